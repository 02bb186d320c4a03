//! One run of the randomness protocol in one process, with real cryptography.
//!
//! Every validator is the specification's own machine. This module carries messages from one
//! machine to the others, orders entries, and measures the time of each step. It takes no decision
//! of the protocol.
//!
//! All validators share the results of checks (`CachingRules` and [`CachingSuite`]), so that 512
//! validators on one core do not check one deal 512 times. The first validator makes the checks of
//! a proposal that are the same for all. Each validator checks for itself whose turn it is, its own
//! deal, the statement and the signatures.

mod caching_rules;
mod participants;
mod steps;
pub mod transcript_file;

use std::collections::BTreeMap;
use std::time::Instant;

use borsh::BorshSerialize;
use ioschain_model::words::count;
use ioschain_spec::Rejection;
use ioschain_spec::drp::log::head_vote;
use ioschain_spec::drp::machine::{Event, Memory};
use ioschain_spec::drp::messages::{LogEntry, LogSegment, Reveal, Transcript};
use ioschain_spec::drp::server::Server;
use ioschain_spec::drp::{EpochContext, EpochEnvironment, Leadership, Session};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::keys::ValidatorKeyPairs;
use ioschain_spec::primitives::numbers::Height;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::testing::drp::{OrderedLog, Participant, Participants};
use serde::Serialize;
use thiserror::Error;

use caching_rules::CachingRules;
use participants::EpochParticipants;
pub use participants::Fault;

use crate::simulation::CachingSuite;

/// The settings of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The number n of validators, including the leader.
    pub validators: u16,
    /// Policy: the approximate number of servers in a group.
    pub group_size: u16,
    /// The number of faulty validators.
    pub faulty: u16,
    /// The seed of all keys and secrets.
    pub seed: u64,
}

/// The reason why a run gives no random number.
#[derive(Debug, Error)]
pub enum RunError {
    /// There are too few validators to tolerate a malicious one.
    #[error("{0} validators are too few: a roster has at least 4; give --validators 4 or more")]
    TooFew(u16),
    /// There are more faulty validators than the protocol tolerates.
    #[error(
        "--faulty {faulty} is too large for {}: at most {most} may be faulty",
        count(.validators, "validator")
    )]
    TooFaulty {
        /// The number of faulty validators that was asked for.
        faulty: u16,
        /// The number of validators.
        validators: u16,
        /// The largest number f of faulty validators that is tolerated.
        most: usize,
    },
    /// A machine refuses a message of an honest machine.
    #[error("a machine refuses an honest message: {0}")]
    Refused(#[from] Rejection),
    /// No run is committed, although this number of leaders had their turn.
    #[error("no run is committed in {0} turns")]
    NoCommit(u32),
    /// A group has too few honest members to recover its secrets.
    #[error(
        "the run is committed, and its number stays unknown: some group has fewer willing members than its threshold; \
         fewer --faulty or larger groups help"
    )]
    Unrecovered,
}

/// A step of the run, as it is shown to the user.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// The name of the step.
    pub step: &'static str,
    /// The rank of the leader in whose turn the step was, or `None` for a step outside of turns.
    pub rank: Option<u8>,
    /// The number of different messages or entries.
    pub messages: usize,
    /// The sum of the lengths of their encodings. Each message is counted once, whatever the number
    /// of its recipients.
    pub bytes: usize,
    /// The time in seconds that the step took on one core, for all validators together.
    pub seconds: f64,
    /// A remark about the step.
    pub note: String,
}

/// A finished run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The facts with which a third party verifies the transcript.
    pub epoch: EpochContext,
    /// The transcript of the run.
    pub transcript: Transcript<CollectiveSignature>,
    /// The leader of the committed run, with its view and rank.
    pub leadership: Leadership,
    /// For each group, the number of its members and its threshold.
    pub groups: Vec<(usize, usize)>,
    /// The faulty validators, each with its fault.
    pub faults: BTreeMap<NodeId, Fault>,
    /// The steps of the run, in order.
    pub steps: Vec<StepReport>,
}

/// A machine that runs in this process.
type Machine = Server<Ristretto255>;
type Here<'a> = EpochEnvironment<'a, Ristretto255, CachingSuite>;

/// The state of a run: its participants, their machines, the log, and the steps so far.
struct Run<'a> {
    environment: Here<'a>,
    participants: Participants<Ristretto255>,
    faults: BTreeMap<NodeId, Fault>,
    machines: BTreeMap<NodeId, Machine>,
    log: OrderedLog,
    steps: Vec<StepReport>,
}

/// The most leaders that are tried: three ranks in each of three views.
const TURNS_MAX: u32 = 9;

/// Runs the protocol until the random number is known. `tell` is called with the name of every step
/// when the step begins.
///
/// # Errors
/// See [`RunError`].
pub fn run(settings: &Settings, tell: &mut dyn FnMut(&str)) -> Result<Outcome, RunError> {
    let EpochParticipants { epoch, participants, faults } = EpochParticipants::derive(settings)?;
    let (suite, rules) = (CachingSuite::default(), CachingRules::default());
    let environment = EpochEnvironment { rules: &rules, suite: &suite, epoch: &epoch };
    let mut run = Run {
        log: OrderedLog::new(&epoch),
        environment,
        participants,
        faults,
        machines: BTreeMap::new(),
        steps: Vec::new(),
    };
    let mut turns = 0;
    let (leadership, reveals) = loop {
        if turns == TURNS_MAX {
            return Err(RunError::NoCommit(turns));
        }
        if run.leadership().is_err() {
            tell("lottery");
            run.hold_lottery()?;
        }
        turns += 1;
        let leadership = run.leadership()?;
        if let Some(reveals) = run.take_turn(&leadership, tell)? {
            break (leadership, reveals);
        }
    };
    tell("recovery");
    let transcript = run.recover(&leadership, &reveals)?;
    tell("verification");
    run.verify(&transcript)?;
    let session = Session::derive(&run.environment, &epoch.run::<Ristretto255>(&leadership))?;
    let groups = session.groups.iter().map(|group| (group.members.len(), group.threshold()));
    Ok(Outcome {
        transcript,
        leadership,
        groups: groups.collect(),
        faults: run.faults,
        steps: run.steps,
        epoch: epoch.clone(),
    })
}

impl Run<'_> {
    fn leadership(&self) -> Result<Leadership, Rejection> {
        self.log.leadership(self.environment.epoch)
    }

    /// Orders an entry at a height. Several entries can have one height, because a block can hold
    /// several.
    fn order(&mut self, height: Height, entry: LogEntry) -> Result<(), Rejection> {
        self.log.append(&self.environment, height, entry).map(drop)
    }

    fn has_fault(&self, name: &NodeId, fault: Fault) -> bool {
        self.faults.get(name) == Some(&fault)
    }

    /// Starts new machines that have received the whole log. Silent validators have no machine.
    fn start_machines(&mut self) {
        let awake =
            self.participants.iter().filter(|(name, _)| !self.has_fault(name, Fault::Silent));
        let start = |(name, participant): (&NodeId, &Participant<Ristretto255>)| {
            (*name, participant.machine(Memory::default(), &self.log))
        };
        self.machines = awake.map(start).collect();
    }

    /// Adds a step to the report.
    fn note(
        &mut self,
        step: &'static str,
        rank: Option<u8>,
        (messages, bytes): (usize, usize),
        started: Instant,
        note: String,
    ) {
        let seconds = started.elapsed().as_secs_f64();
        self.steps.push(StepReport { step, rank, messages, bytes, seconds, note });
    }

    /// One honest validator recovers the random number from the shares, and makes the transcript.
    fn recover(
        &mut self,
        leadership: &Leadership,
        reveals: &[Reveal],
    ) -> Result<Transcript<CollectiveSignature>, RunError> {
        let started = Instant::now();
        let honest = self.participants.keys().find(|name| !self.faults.contains_key(name));
        let machine = honest.and_then(|name| self.machines.get_mut(name));
        let machine = machine.ok_or(RunError::Unrecovered)?;
        let mut used = 0;
        for reveal in reveals {
            if machine.recovered().is_some() {
                break;
            }
            used += 1;
            let message = ioschain_spec::drp::messages::Message::Reveal(reveal.clone());
            machine.handle(&self.environment, Event::Message(message))?;
        }
        let recovered = machine.recovered().cloned().ok_or(RunError::Unrecovered)?;
        let commit = self.log.commit().cloned().ok_or(RunError::Unrecovered)?;
        let log = self.segment()?;
        let transcript = recovered.into_transcript(commit, log)?;
        let size = (1, encode(&transcript).len());
        let note = format!("one validator, from the shares of {}", count(used, "server"));
        self.note("recovery", Some(leadership.rank.0), size, started, note);
        Ok(transcript)
    }

    /// A third party verifies the transcript. It uses no result of the run.
    fn verify(&mut self, transcript: &Transcript<CollectiveSignature>) -> Result<Digest, RunError> {
        let started = Instant::now();
        let verified = transcript_file::verify(self.environment.epoch, transcript)?;
        let note = "one third party makes every check".to_owned();
        self.note("verification", None, (0, 0), started, note);
        Ok(verified)
    }

    /// The log from the opening of the lottery to the commit, with the certificate of a quorum.
    fn segment(&self) -> Result<LogSegment<CollectiveSignature>, Rejection> {
        let epoch = self.environment.epoch;
        let message = head_vote(epoch, self.log.state.position()).message();
        let willing = self.participants.values();
        let willing = willing.filter(|it| !self.has_fault(&it.name(), Fault::Silent));
        let signers: Vec<ValidatorKeyPairs> =
            willing.take(epoch.quorum()).map(|it| it.key_pairs.clone()).collect();
        let certificate = epoch.configuration.certify(&signers, &message)?;
        self.log.segment(certificate)
    }
}

/// The number of the messages, and the sum of the lengths of their encodings.
fn measure<'a, T: BorshSerialize + 'a>(
    messages: impl IntoIterator<Item = &'a T>,
) -> (usize, usize) {
    let lengths = messages.into_iter().map(|message| encode(message).len());
    lengths.fold((0, 0), |(count, bytes), length| (count + 1, bytes + length))
}
