//! One run of the randomness protocol in one process, with real cryptography.
//!
//! Every validator is the specification's own machine; this module carries what machines want from
//! one to the other, orders entries, and takes the time of each step. It decides nothing.
//!
//! All validators share a memory of what was checked already ([`CachingRules`], [`CachingSuite`]),
//! so that 512 of them on one core do not check one deal 512 times. What every validator checks
//! alike of a proposal is checked by the first; whose turn it is, own deals, statements and
//! signatures each checks for itself.

mod caching_rules;
mod participants;
mod steps;
pub mod transcript_file;

use ioschain_spec::primitives::numbers::Height;
use std::collections::BTreeMap;
use std::time::Instant;

use borsh::BorshSerialize;
use ioschain_spec::Rejection;
use ioschain_spec::drp::log::head_vote;
use ioschain_spec::drp::messages::{LogEntry, LogSegment, Reveal, Transcript};
use ioschain_spec::drp::server::{Event, Memory, Server};
use ioschain_spec::drp::{EpochContext, EpochEnvironment, Leadership, Session};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::keys::ValidatorKeyPairs;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::testing::drp::{OrderedLog, Participant, Participants};
use serde::Serialize;
use thiserror::Error;

use caching_rules::CachingRules;
use participants::EpochParticipants;
pub use participants::Fault;

use crate::simulation::CachingSuite;

/// What a run is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// n, the leader among them.
    pub validators: u16,
    /// Policy: how many servers a group has, about.
    pub group_size: u16,
    /// How many validators are faulty.
    pub faulty: u16,
    /// What all keys and secrets come from.
    pub seed: u64,
}

/// Why there is no random number.
#[derive(Debug, Error)]
pub enum RunError {
    /// Fewer validators than tolerate a malicious one.
    #[error("{0} validators are too few: a roster has at least 4; give --validators 4 or more")]
    TooFew(u16),
    /// More than the protocol tolerates.
    #[error(
        "{faulty} faulty of {validators} validators are too many: at most {most} are tolerated"
    )]
    TooFaulty {
        /// How many were asked for.
        faulty: u16,
        /// Of how many.
        validators: u16,
        /// f.
        most: usize,
    },
    /// A machine refuses what an honest one sent it.
    #[error("a machine refuses an honest message: {0}")]
    Refused(#[from] Rejection),
    /// No run is committed, with however many leaders.
    #[error("no run is committed in {0} turns")]
    NoCommit(u32),
    /// A group has too few honest members to recover its secrets.
    #[error(
        "the run is committed, and its number stays unknown: some group has fewer willing members than its threshold; \
         fewer --faulty or larger groups help"
    )]
    Unrecovered,
}

/// A step that was taken, for the reader.
#[derive(Clone, Debug, Serialize)]
pub struct StepReport {
    /// Which.
    pub step: &'static str,
    /// In the turn of which rank; nothing for what is in no turn.
    pub rank: Option<u8>,
    /// How many different messages or entries there were.
    pub messages: usize,
    /// Their encodings together, each counted once, however many receive it.
    pub bytes: usize,
    /// Of one core, of all who took part.
    pub seconds: f64,
    /// What else is worth knowing.
    pub note: String,
}

/// A run with its outcome.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What third parties judge the transcript by.
    pub epoch: EpochContext,
    /// The transcript.
    pub transcript: Transcript<CollectiveSignature>,
    /// Who led the committed run.
    pub leadership: Leadership,
    /// How many members each group has, and its threshold.
    pub groups: Vec<(usize, usize)>,
    /// Who is faulty, and how.
    pub faults: BTreeMap<NodeId, Fault>,
    /// The steps, in order.
    pub steps: Vec<StepReport>,
}

/// A machine that runs in this process.
type Machine = Server<Ristretto255>;
type Here<'a> = EpochEnvironment<'a, Ristretto255, CachingSuite>;

/// Everything that a run has.
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

/// Runs the protocol until the random number is there. `tell` hears the name of every step that
/// begins.
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

    /// Orders an entry; a block may hold several, at one height.
    fn order(&mut self, height: Height, entry: LogEntry) -> Result<(), Rejection> {
        self.log.append(&self.environment, height, entry).map(drop)
    }

    fn has_fault(&self, name: &NodeId, fault: Fault) -> bool {
        self.faults.get(name) == Some(&fault)
    }

    /// Fresh machines that have the log as it is.
    fn start_machines(&mut self) {
        let awake =
            self.participants.iter().filter(|(name, _)| !self.has_fault(name, Fault::Silent));
        let start = |(name, participant): (&NodeId, &Participant<Ristretto255>)| {
            (*name, participant.machine(Memory::default(), &self.log))
        };
        self.machines = awake.map(start).collect();
    }

    /// Takes note of a step.
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

    /// One validator puts the shares together, and writes the transcript.
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
        let note = format!("one validator, from the shares of {used} servers");
        self.note("recovery", Some(leadership.rank.0), size, started, note);
        Ok(transcript)
    }

    /// A third party goes through the transcript, and remembers nothing of the run.
    fn verify(&mut self, transcript: &Transcript<CollectiveSignature>) -> Result<Digest, RunError> {
        let started = Instant::now();
        let verified = transcript_file::verify(self.environment.epoch, transcript)?;
        let note = "one third party, every check anew".to_owned();
        self.note("verification", None, (0, 0), started, note);
        Ok(verified)
    }

    /// The log from the lottery's opening to the commit, vouched for by a quorum.
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

/// How many messages, and how many bytes their encodings have together.
fn measure<'a, T: BorshSerialize + 'a>(
    messages: impl IntoIterator<Item = &'a T>,
) -> (usize, usize) {
    let lengths = messages.into_iter().map(|message| encode(message).len());
    lengths.fold((0, 0), |(count, bytes), length| (count + 1, bytes + length))
}
