//! The values that [`MachineMemo`](super::machines::MachineMemo) gives numbers: messages,
//! deliveries, proposals, commits, logs and machines.

use ioschain_spec::drp::checks::CheckedProposal;
use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::machine::Memory;
use ioschain_spec::drp::messages::{Commit, Fail, Proposal, Reveal, SignedDeal, Timeout};
use ioschain_spec::drp::server::Server;
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;

use super::adversary::Choice;
use super::world::Validator;

/// A set of messages of honest validators, with one bit for the number of each [`Sent`].
pub type SentSet = u128;
/// The number of a machine's state, of a log, of a commit or of a similar value.
pub type Id = u16;

/// A message that an honest validator has sent. It stays public.
#[derive(Clone, Debug)]
pub enum Sent {
    /// An honest leader's announcement (I1), by its number.
    Announced(Id),
    /// A deal (R1), in answer to an announcement.
    Dealt {
        /// The validator that dealt.
        dealer: Validator,
        /// The number of the announcement that it answers.
        announcement: Id,
        /// The deal that was sent.
        deal: SignedDeal,
    },
    /// An honest leader's proposal (I2), by its number.
    Proposed(Id),
    /// A validator's part of the collective signature of a statement (R2).
    Agreed {
        /// The validator that signed.
        validator: Validator,
        /// The signed message of the statement.
        message: Digest,
    },
    /// The statement of a validator that the leader missed a deadline.
    TimedOut(Timeout),
    /// Decrypted shares (R3).
    Revealed {
        /// The validator that decrypted them.
        validator: Validator,
        /// The message with the shares.
        reveal: Reveal,
        /// The only recipient; `None` if they go to everybody.
        only_to: Option<Validator>,
    },
    /// A commit (I3), by its number, that a validator sends to the log.
    PassedOn(Id),
}

/// Something that a validator receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// An announcement (I1), by its number.
    Announcement(Id),
    /// A proposal (I2), by its number.
    Proposal(Id),
    /// A commit (I3), by its number.
    Commit(Id),
    /// The next entry of the log, with its index in the log.
    Entry(Id, u8),
    /// The deadline of a step, in the run of a rank of view 0.
    Deadline(u8, DeadlineStep),
    /// The shares (R3) of an honest validator, by the number of its message.
    Reveal(Id),
    /// The shares (R3) of a malicious validator, by their number.
    CorruptReveal(Id),
    /// Nothing: the validator crashes and restarts.
    Restart,
}

/// The steps at whose deadline a validator can give up a leader: those of
/// [`Step`](ioschain_spec::drp::rules::Step) except the deals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeadlineStep {
    /// The announcement (I1) is due.
    Announcement,
    /// The proposal (I2) is due.
    Proposal,
    /// The commit (I3) is due.
    SignOff,
}

/// A proposal that somebody can send.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// The run that it belongs to.
    pub run: usize,
    /// The number of the announcement that it follows.
    pub announcement: Id,
    /// The proposal (I2).
    pub proposal: Proposal,
    /// The message M that validators sign for this proposal.
    pub message: Digest,
    /// The dealers of its inputs, by group, with the kinds of their deals.
    pub choice: Choice,
    /// The honest messages that are needed to make the proposal.
    pub needs: SentSet,
}

/// A validator's machine, with the facts that the model uses.
pub struct Machine<G: Group> {
    /// The specification's machine.
    pub server: Server<G>,
    /// The entries of the log that the validator has received.
    pub entries: Vec<Id>,
    /// The memory that the validator persisted last.
    pub persisted: Memory,
}

impl<G: Group> Machine<G> {
    /// The number of entries of the log that the validator has received.
    pub fn heard(&self) -> u8 {
        u8::try_from(self.entries.len()).unwrap_or(u8::MAX)
    }
}

/// A log, from the end of the lottery on.
pub struct Log {
    /// The numbers of its entries, in order.
    pub entries: Vec<Id>,
    /// The state of the lottery log after these entries.
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

/// A commit that the specification accepts.
#[derive(Clone, Debug)]
pub struct CheckedCommit<G: Group> {
    /// The number of the proposal that it commits.
    pub proposed: Id,
    /// The commit (I3).
    pub commit: Commit,
    /// The inputs that the specification found in it.
    pub checked: CheckedProposal<G>,
}

/// Shares that a malicious validator can send. They are true or false.
#[derive(Clone, Debug)]
pub struct CorruptReveal {
    /// The malicious validator.
    pub validator: Validator,
    /// The number of the commit to whose inputs the shares belong.
    pub commit: Id,
    /// The number that is added to each share: 0 for an honest reveal.
    pub offset: u8,
    /// The message with the shares (R3).
    pub reveal: Reveal,
}
