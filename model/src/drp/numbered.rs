//! What the model numbers: what is said and heard, proposals, commits, logs, machines.

use ioschain_spec::drp::checks::CheckedProposal;
use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::messages::{Commit, Fail, Proposal, Reveal, SignedDeal, Timeout};
use ioschain_spec::drp::server::{Memory, Server};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;

use super::crafting::Choice;
use super::world::Validator;

/// What honest validators have said so far: a bit for each [`Said`].
pub type Pool = u128;
/// The number of a machine's state, of a log, of a commit, and so on.
pub type Id = u16;

/// Something that an honest validator said, for ever.
#[derive(Clone, Debug)]
pub enum Said {
    /// An honest leader's I1, by its number.
    Announced(Id),
    /// R1, in answer to an announcement by its number.
    Dealt {
        /// By whom.
        dealer: Validator,
        /// To which announcement.
        announcement: Id,
        /// The deal.
        deal: SignedDeal,
    },
    /// An honest leader's I2, by its number.
    Proposed(Id),
    /// A part of the collective signature of a statement.
    Agreed {
        /// By whom.
        validator: Validator,
        /// Of which statement.
        message: Digest,
    },
    /// It has given a leader up.
    TimedOut(Timeout),
    /// R3.
    Revealed {
        /// By whom.
        validator: Validator,
        /// What.
        reveal: Reveal,
        /// To whom, if not to all.
        only_to: Option<Validator>,
    },
    /// It has an I3, by its number, and has it ordered.
    PassedOn(Id),
}

/// What a validator hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Heard {
    /// I1.
    Announcement(Id),
    /// I2.
    Proposal(Id),
    /// I3.
    Commit(Id),
    /// The log's next entry, at a place.
    Entry(Id, u8),
    /// The deadline of a step, in the run of a rank of view 0.
    Deadline(u8, StepOf),
    /// R3, by the number of what was said.
    Reveal(Id),
    /// A malicious server's R3.
    CorruptReveal(Id),
    /// Nothing: it crashes, and comes back.
    Restart,
}

/// [`Step`], with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepOf {
    /// I1 is due.
    Announcement,
    /// I2 is due.
    Proposal,
    /// I3 is due.
    SignOff,
}

/// What somebody proposed.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// In which run.
    pub run: usize,
    /// To which announcement.
    pub announcement: Id,
    /// I2.
    pub proposal: Proposal,
    /// M.
    pub message: Digest,
    /// Whose deals, by group.
    pub choice: Choice,
    /// What must have been said for it to be made.
    pub needs: Pool,
}

/// A server's machine with what the model looks at.
pub struct Local<G: Group> {
    /// The machine.
    pub server: Server<G>,
    /// The entries of the log that it has heard.
    pub entries: Vec<Id>,
    /// What it persisted last.
    pub persisted: Memory,
}

impl<G: Group> Local<G> {
    /// How many entries of the log it has heard.
    pub fn heard(&self) -> u8 {
        u8::try_from(self.entries.len()).unwrap_or(u8::MAX)
    }
}

/// A log after the lottery.
pub struct Log {
    /// Its entries.
    pub entries: Vec<Id>,
    /// Its state.
    pub progress: LotteryLog,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A run is committed: the commit's number.
    Commit(Id),
    /// A leader has failed.
    Fail(Fail),
}

/// A commit.
#[derive(Clone, Debug)]
pub struct Committed<G: Group> {
    /// Of which proposal.
    pub proposed: Id,
    /// I3.
    pub commit: Commit,
    /// What the specification made of it.
    pub checked: CheckedProposal<G>,
}

/// A reveal that a malicious server can make, with what it says of the shares.
#[derive(Clone, Debug)]
pub struct CorruptReveal {
    /// By whom.
    pub validator: Validator,
    /// Of which commit.
    pub commit: Id,
    /// What is added to each share: 0 for an honest reveal.
    pub offset: u8,
    /// R3.
    pub reveal: Reveal,
}
