//! The messages of a run, the entries of the log, and the transcript.
//!
//! | paper | type | from, to |
//! |---|---|---|
//! | I1 | [`Announcement`] | leader to all |
//! | R1 | [`SignedDeal`] | server to leader |
//! | I2 | [`Proposal`] | leader to all |
//! | M | [`Statement::message`] | signed by a quorum |
//! | I3 | [`Commit`] | leader to all and to the log |
//! | R3 | [`Reveal`] | server to all |
//! | | [`Timeout`], [`Fail`] | validator to all; anyone to the log |

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::configuration::Run;
use crate::primitives::certificate::ROSTER_MAX;
use crate::primitives::cosi::CollectiveSignature;
use crate::primitives::ed25519::{KeyPair, Signature};
use crate::primitives::encoding::{Bounded, BoundedMap};
use crate::primitives::group::EncodedElement;
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::NodeId;
use crate::primitives::merkle::list_root_of;
use crate::primitives::numbers::{Epoch, Height, Rank, View};
use crate::primitives::pvss::{Deal, DecryptedShare};
use crate::sharding::lottery::Ticket;
use crate::suite::Suite;

/// The largest number of records in the log segment of a transcript.
pub const RECORDS_MAX: usize = 1 << 16;

/// I1: the message with which the leader starts its run.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Announcement {
    /// The configuration of the run.
    pub run: Run,
    /// The leader's signature of [`Announcement::message`].
    pub signature: Signature,
}

impl Announcement {
    /// The message that the leader signs: `H("drp/i1/signed", C)`.
    pub fn message(run: &Run) -> Digest {
        tagged_hash(tags::DRP_ANNOUNCEMENT_SIGNED, run)
    }

    /// The signed announcement of a run.
    pub fn sign<S: Suite>(suite: &S, run: Run, key_pair: &KeyPair) -> Self {
        Self { signature: suite.sign_with(key_pair, &Self::message(&run)), run }
    }

    /// The hash by which deals name the announcement: `H("drp/i1", announcement)`.
    pub fn hash(&self) -> Digest {
        tagged_hash(tags::DRP_ANNOUNCEMENT, self)
    }
}

/// R1: the message with which a server shares a secret in its group.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SignedDeal {
    /// The session id, sid.
    pub session: Digest,
    /// The hash of the announcement that this deal answers.
    pub announcement: Digest,
    /// The name of the dealer.
    pub dealer: NodeId,
    /// The commitments, the encrypted shares and their proofs.
    pub deal: Deal,
    /// The dealer's signature of [`SignedDeal::message`].
    pub signature: Signature,
}

impl SignedDeal {
    /// The message that the dealer signs: `H("drp/r1/signed", (sid, H(I1), dealer, deal))`.
    pub fn message(&self) -> Digest {
        deal_message(&self.session, &self.announcement, &self.dealer, &self.deal)
    }

    /// Signs a deal as its dealer.
    pub fn sign<S: Suite>(
        suite: &S,
        session: Digest,
        announcement: Digest,
        dealer: NodeId,
        deal: Deal,
        key_pair: &KeyPair,
    ) -> Self {
        let message = deal_message(&session, &announcement, &dealer, &deal);
        let signature = suite.sign_with(key_pair, &message);
        Self { session, announcement, dealer, deal, signature }
    }

    /// The hash that the root commits to: `H("drp/r1", signed deal)`.
    pub fn hash(&self) -> Digest {
        tagged_hash(tags::DRP_DEAL, self)
    }
}

/// The message that a dealer signs.
fn deal_message(session: &Digest, announcement: &Digest, dealer: &NodeId, deal: &Deal) -> Digest {
    tagged_hash(tags::DRP_DEAL_SIGNED, &(session, announcement, dealer, deal))
}

/// T′: for each group, the dealers whose secrets count.
pub type Inputs = Bounded<Bounded<NodeId, ROSTER_MAX>, ROSTER_MAX>;

/// The statement that a quorum signs. It fixes the secrets from which the random number is
/// computed.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Statement {
    /// The session id, sid.
    pub session: Digest,
    /// T′, the dealers whose secrets count.
    pub inputs: Inputs,
    /// The list commitment to the deals, from [`derive_root`].
    pub root: Digest,
}

impl Statement {
    /// The message M: `H("drp/statement", (sid, T′, root))`.
    pub fn message(&self) -> Digest {
        tagged_hash(tags::DRP_STATEMENT, self)
    }

    /// The dealers of all groups, in the order of the deals.
    pub fn dealers(&self) -> impl Iterator<Item = NodeId> {
        self.inputs.iter().flatten().copied()
    }
}

/// The commitment to deals: the list root of (dealer, H(R1)).
///
/// **DRP-ROOT-01** (MUST) \[own] The root commits to the signed deal of every input, in the order
/// of the inputs. So the statement fixes the secrets themselves, and not only the names of their
/// dealers. Otherwise a leader could exchange a deal after the sign-off.
pub fn derive_root<'a>(deals: impl IntoIterator<Item = &'a SignedDeal>) -> Digest {
    list_root_of(deals.into_iter().map(|deal| (deal.dealer, deal.hash())))
}

/// I2: the message in which the leader shows the statement that it wants signed, with every deal.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Proposal {
    /// The announcement, I1.
    pub announcement: Announcement,
    /// The statement that is to be signed.
    pub statement: Statement,
    /// The deals of the inputs, in the order of the inputs.
    pub deals: Bounded<SignedDeal, ROSTER_MAX>,
}

/// I3: a proposal that a quorum signed.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Commit {
    /// The proposal that was signed.
    pub proposal: Proposal,
    /// The signers P, and their signature of the statement's message.
    pub signature: CollectiveSignature,
}

impl Commit {
    /// The hash by which the log names the commit: `H("drp/commit", commit)`.
    pub fn hash(&self) -> Digest {
        tagged_hash(tags::DRP_COMMIT, self)
    }
}

/// A decrypted share of one dealer's secret, with the dealer's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct RevealedShare {
    /// The dealer of the secret.
    pub dealer: NodeId,
    /// The position, the decrypted share, and the proof of the decryption.
    pub share: DecryptedShare,
}

/// R3: a server's decrypted shares of the inputs of its group. Each share has its own proof, so the
/// message needs no signature.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Reveal {
    /// The session id, sid.
    pub session: Digest,
    /// One share for each input of the group.
    pub shares: Bounded<RevealedShare, ROSTER_MAX>,
}

/// The message with which a validator gives up the leader of a view and rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Timeout {
    /// The epoch of the run.
    pub epoch: Epoch,
    /// The view of the leader.
    pub view: View,
    /// The rank of the leader.
    pub rank: Rank,
    /// The validator that has given up the leader.
    pub validator: NodeId,
    /// The validator's signature of [`timeout_message`].
    pub signature: Signature,
}

/// The message that a validator signs to give up a leader:
/// `H("drp/timeout", (chain, epoch, view, rank))`.
pub fn timeout_message(chain_id: &Digest, epoch: Epoch, view: View, rank: Rank) -> Digest {
    tagged_hash(tags::DRP_TIMEOUT, &(chain_id, epoch, view, rank))
}

/// The log entry of a failure: a quorum has given up the leader of a view and rank.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Fail {
    /// The epoch of the run.
    pub epoch: Epoch,
    /// The view of the leader.
    pub view: View,
    /// The rank of the leader.
    pub rank: Rank,
    /// The signatures of the validators that have given up the leader.
    pub timeouts: BoundedMap<NodeId, Signature, ROSTER_MAX>,
}

/// An entry that the log orders for this section.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[expect(clippy::large_enum_variant, reason = "most of a commit is on the heap anyway")]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum LogEntry {
    /// A validator's ticket for a lottery.
    Ticket(Ticket) = 0,
    /// A leader has failed.
    Fail(Fail) = 1,
    /// A run is committed.
    Commit(Commit) = 2,
    /// An entry of another section, by its hash.
    Other(Digest) = 3,
}

/// An entry in the form that the log's head covers. A commit is replaced by its hash.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Record {
    /// A validator's ticket for a lottery.
    Ticket(Ticket) = 0,
    /// A leader has failed.
    Fail(Fail) = 1,
    /// A run is committed.
    Commit(Digest) = 2,
    /// An entry of another section, by its hash.
    Other(Digest) = 3,
}

impl LogEntry {
    /// Returns the record of the entry.
    pub fn record(&self) -> Record {
        match self {
            Self::Ticket(ticket) => Record::Ticket(ticket.clone()),
            Self::Fail(fail) => Record::Fail(fail.clone()),
            Self::Commit(commit) => Record::Commit(commit.hash()),
            Self::Other(hash) => Record::Other(*hash),
        }
    }
}

/// A record and the height at which it is ordered.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct OrderedRecord {
    /// The height of its block.
    pub height: Height,
    /// The record of the entry.
    pub record: Record,
}

/// The log from the opening of an epoch's first lottery to the commit. `C` is the suite's
/// certificate.
///
/// The head after each record is a hash of the record and of the head before it. So one certificate
/// of the last head proves that every record is in the log and that no record is missing. Therefore
/// nobody can conceal a smaller ticket, a failure or an earlier commit.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct LogSegment<C> {
    /// Every record, in order. The last one is the commit.
    pub records: Bounded<OrderedRecord, RECORDS_MAX>,
    /// A certificate of the log's head after the last record, by a quorum of the identity shard.
    pub certificate: C,
}

/// All that a third party needs besides the [`EpochContext`](super::EpochContext).
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Transcript<C> {
    /// The commit of the run, which contains the announcement and the proposal.
    pub commit: Commit,
    /// The log up to the commit.
    pub log: LogSegment<C>,
    /// For each input, in order, as many shares as its threshold.
    pub shares: Bounded<Bounded<DecryptedShare, ROSTER_MAX>, ROSTER_MAX>,
    /// Z, the sum of the secrets.
    pub secret: EncodedElement,
    /// rnd_e, the random number.
    pub randomness: Digest,
}

/// A message between the parties of a run.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Message {
    /// I1, from the leader.
    Announcement(Announcement) = 0,
    /// R1, from a server.
    Deal(SignedDeal) = 1,
    /// I2, from the leader.
    Proposal(Proposal) = 2,
    /// I3, from the leader or from a validator that passes it on.
    Commit(Commit) = 3,
    /// R3, from a server.
    Reveal(Reveal) = 4,
    /// A timeout: a validator gives up the leader.
    Timeout(Timeout) = 5,
}

/// Converts lists of dealers into the type that messages use.
///
/// # Errors
/// [`Rejection::EncMalformed`](crate::Rejection::EncMalformed) never, for configurations within
/// their bound.
pub fn to_inputs(dealers: Vec<Vec<NodeId>>) -> Result<Inputs, crate::Rejection> {
    let groups = dealers.into_iter().map(Bounded::try_from).collect::<Result<Vec<_>, _>>()?;
    groups.try_into()
}
