//! A server: what it answers, remembers, signs, gives up, decrypts and recovers, and what it
//! refuses.
//!
//! Of seven validators, six are servers in two groups of three. The first leader failed and the
//! second leads. The server is the first input of the first group.
//!
//! | file | cases |
//! |---|---|
//! | [`courses`] | whole runs |
//! | [`turns`] | deadlines and timeouts |
//! | [`recoveries`] | shares in every order |
//! | [`announcements`], [`proposals`], [`commits`], [`shares`], [`timeouts`] | what is refused of each message |

mod announcements;
mod commits;
mod courses;
mod proposals;
mod recoveries;
mod shares;
mod timeouts;
mod turns;

use serde_json::{Value, json};

use ioschain_spec::Rejection::{self};
use ioschain_spec::drp::machine::{Answered, Memory};
use ioschain_spec::drp::messages::{Announcement, Commit, LogEntry, Message, Proposal, Reveal};
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Height, Rank, View};
use ioschain_spec::primitives::ristretto::Ristretto255;

use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::drp::transcript_faults::Question;
use crate::make::cases::drp::world::{EpochRun, missing};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::reference::to_json;

type Real = EpochRun<Ristretto255>;
type Steps = Vec<(Value, Intent)>;

const DEALS: &[&str] = &["DRP-ANNOUNCE-02", "DRP-CONFIG-01", "DRP-LEADER-01", "DRP-ANNOUNCE-01"];
const SIGNS: &[&str] =
    &["DRP-ANNOUNCE-03", "DRP-SIGN-04", "DRP-SIGN-05", "DRP-SIGN-06", "DRP-ROOT-01"];
const REVEALS: &[&str] = &["DRP-REVEAL-01", "DRP-REVEAL-02", "DRP-REVEAL-03", "DRP-COMMIT-03"];
const OUTPUTS: &[&str] = &["DRP-OUTPUT-01", "DRP-OUTPUT-02", "DRP-OUTPUT-03", "DRP-AVAILABLE-01"];
const TIMEOUTS: &[&str] = &["DRP-TIMEOUT-01", "DRP-TIMEOUT-02", "DRP-TIMEOUT-03"];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let scene = Scene::new()?;
    Ok(vec![
        scene.courses()?,
        scene.turns()?,
        scene.recoveries()?,
        scene.refused_announcements()?,
        scene.refused_proposals()?,
        scene.refused_commits()?,
        scene.refused_shares()?,
        scene.refused_timeouts()?,
    ])
}

/// The run, and the worlds that the server is in.
struct Scene {
    honest: Question,
    /// When the lottery opens.
    opened: Real,
    /// When it is the second leader's turn.
    turn: Real,
    /// After the commit.
    committed: Real,
    name: NodeId,
    announcement: Announcement,
    /// After the announcement.
    answered: Memory,
}

fn message(message: Message) -> Result<Value, CaseError> {
    Ok(json!({ "message": to_json(&message)? }))
}

fn ordered(height: Height, entry: &LogEntry) -> Result<Value, CaseError> {
    Ok(json!({ "ordered": to_json(entry)?, "height": height.to_string() }))
}

fn deadline(step: &str, view: View, rank: Rank) -> Value {
    json!({ "deadline": step, "view": view.0, "rank": rank.0 })
}

fn nothing() -> Intent {
    Intent::Exactly(json!({ "effects": [] }))
}

impl Scene {
    fn new() -> Result<Self, CaseError> {
        let honest = Question::honest()?;
        let finished = &honest.finished;
        let opened = Real::new(7, 3)?;
        let mut turn = opened.clone();
        turn.hold_lottery()?;
        turn.order(turn.fail()?)?;
        let committed = finished.world.clone();
        let announcement = finished.commit.proposal.announcement.clone();
        let name = finished.commit.proposal.deals[0].dealer;
        let (answered, _) = turn.answer(&name, &announcement)?;
        Ok(Self { opened, turn, committed, name, announcement, answered, honest })
    }

    fn proposal(&self) -> Proposal {
        self.honest.finished.commit.proposal.clone()
    }

    fn commit(&self) -> Commit {
        self.honest.finished.commit.clone()
    }

    fn reveal(&self, name: &NodeId) -> Result<Reveal, CaseError> {
        self.honest.finished.reveals.get(name).cloned().ok_or_else(|| missing("reveal"))
    }

    fn begin(&self, world: &Real, memory: &Memory) -> Result<Value, CaseError> {
        world.server_json(&self.name, memory)
    }

    fn announce_step(&self) -> Result<Value, CaseError> {
        message(Message::Announcement(self.announcement.clone()))
    }

    fn propose_step(&self) -> Result<Value, CaseError> {
        message(Message::Proposal(self.proposal()))
    }

    fn commit_step(&self) -> Result<Value, CaseError> {
        message(Message::Commit(self.commit()))
    }

    fn order_commit_step(&self) -> Result<Value, CaseError> {
        ordered(self.committed.log.height, &LogEntry::Commit(self.commit()))
    }

    fn reveal_step(&self, name: &NodeId) -> Result<Value, CaseError> {
        message(Message::Reveal(self.reveal(name)?))
    }

    /// Servers other than the one that is looked at.
    fn others(&self) -> Vec<NodeId> {
        let servers = self.honest.finished.reveals.keys();
        servers.filter(|name| **name != self.name).copied().collect()
    }

    /// The memory after the announcement, with what the server agreed to.
    fn remembers(&self, agreed: Option<Digest>) -> Result<Memory, CaseError> {
        self.remembers_else(|answered| answered.agreed = agreed)
    }

    fn remembers_else(&self, change: impl FnOnce(&mut Answered)) -> Result<Memory, CaseError> {
        let mut answered = (*self.answered.answered).clone();
        let answer = answered.get_mut(&self.announcement.run.view_and_rank());
        change(answer.ok_or_else(|| missing("answer"))?);
        Ok(Memory { answered: answered.try_into()? })
    }

    fn refuse(
        &self,
        suite: &mut SuiteWriter,
        begin: Value,
        row: &Refused<'_>,
    ) -> Result<(), CaseError> {
        let doc = format!(
            "Given a server, when {}, then the message is refused and the state of the server \
             does not change.",
            row.what
        );
        let steps = vec![(message(row.message.clone())?, Intent::Rejected(row.rejection))];
        let case = suite.add_scenario(row.slug, &[row.requirement], &doc, begin, steps)?;
        if row.slug.contains("-and-") {
            case.flag(FLAG_SECOND_FAULT);
        }
        Ok(())
    }

    fn refuse_all(
        &self,
        suite: &mut SuiteWriter,
        begin: &Value,
        rows: &[Row],
    ) -> Result<(), CaseError> {
        for (slug, what, requirement, rejection, make) in rows.iter().copied() {
            let message = make(self)?;
            let refused = Refused { slug, what, requirement, rejection, message };
            self.refuse(suite, begin.clone(), &refused)?;
        }
        Ok(())
    }
}

/// A message that a server refuses.
#[derive(Clone)]
struct Refused<'a> {
    slug: &'a str,
    what: &'a str,
    requirement: &'a str,
    rejection: Rejection,
    message: Message,
}

/// A message that is refused: slug, what happens, requirement, code, how it is made.
type Row =
    (&'static str, &'static str, &'static str, Rejection, fn(&Scene) -> Result<Message, CaseError>);

const NO_SIGNATURE: Signature = Signature([0; 64]);
const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const IDENTITY: EncodedElement = EncodedElement([0; 32]);
