//! What travels during a run, what the identity log orders, and the transcript.
//!
//! | paper | here | from, to |
//! |---|---|---|
//! | I1 | [`Announcement`] | leader to all |
//! | R1 | [`SignedDeal`] | server to leader |
//! | I2 | [`Proposal`] | leader to all |
//! | M | [`Statement::message`] | what a quorum signs |
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
use crate::primitives::pvss::{Deal, DecryptedShare};
use crate::sharding::lottery::Ticket;
use crate::suite::Suite;

/// The most records in a transcript's piece of the log.
pub const RECORDS_MAX: usize = 1 << 16;

/// I1: the leader starts its run.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Announcement {
    /// The run.
    pub run: Run,
    /// The leader's, of [`Announcement::message`].
    pub signature: Signature,
}

impl Announcement {
    /// What the leader signs: `H("drp/i1/signed", C)`.
    pub fn message(run: &Run) -> Digest {
        tagged_hash(tags::DRP_ANNOUNCEMENT_SIGNED, run)
    }

    /// The announcement of a run, signed.
    pub fn sign<S: Suite>(suite: &S, run: Run, key_pair: &KeyPair) -> Self {
        Self { signature: suite.sign_with(key_pair, &Self::message(&run)), run }
    }

    /// What deals name it by: `H("drp/i1", announcement)`.
    pub fn hash(&self) -> Digest {
        tagged_hash(tags::DRP_ANNOUNCEMENT, self)
    }
}

/// R1: a server shares a secret with its group.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SignedDeal {
    /// sid.
    pub session: Digest,
    /// The hash of the announcement that it answers.
    pub announcement: Digest,
    /// Who deals.
    pub dealer: NodeId,
    /// Commitments, encrypted shares, proofs.
    pub deal: Deal,
    /// The dealer's, of [`SignedDeal::message`].
    pub signature: Signature,
}

impl SignedDeal {
    /// What the dealer signs: `H("drp/r1/signed", (sid, H(I1), dealer, deal))`.
    pub fn message(&self) -> Digest {
        deal_message(&self.session, &self.announcement, &self.dealer, &self.deal)
    }

    /// The deal of a dealer, signed.
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

    /// What the root commits to: `H("drp/r1", signed deal)`.
    pub fn hash(&self) -> Digest {
        tagged_hash(tags::DRP_DEAL, self)
    }
}

fn deal_message(session: &Digest, announcement: &Digest, dealer: &NodeId, deal: &Deal) -> Digest {
    tagged_hash(tags::DRP_DEAL_SIGNED, &(session, announcement, dealer, deal))
}

/// T′: for each group, the dealers whose secrets count.
pub type Inputs = Bounded<Bounded<NodeId, ROSTER_MAX>, ROSTER_MAX>;

/// What a quorum signs: which secrets make the number.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Statement {
    /// sid.
    pub session: Digest,
    /// T′.
    pub inputs: Inputs,
    /// The list commitment to the deals, from [`derive_root`].
    pub root: Digest,
}

impl Statement {
    /// M: `H("drp/statement", (sid, T′, root))`.
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
/// **DRP-ROOT-01** (MUST) [own] The root commits to the signed deal of every input, in the order of the inputs:
/// so the statement fixes the secrets, and not only whose they are.
pub fn derive_root<'a>(deals: impl IntoIterator<Item = &'a SignedDeal>) -> Digest {
    list_root_of(deals.into_iter().map(|deal| (deal.dealer, deal.hash())))
}

/// I2: the leader shows what it wants signed, with every deal.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Proposal {
    /// I1.
    pub announcement: Announcement,
    /// What is to be signed.
    pub statement: Statement,
    /// The deals of the inputs, in the order of the inputs.
    pub deals: Bounded<SignedDeal, ROSTER_MAX>,
}

/// I3: a proposal that a quorum signed.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Commit {
    /// What was proposed.
    pub proposal: Proposal,
    /// P, and their signature of the statement's message.
    pub signature: CollectiveSignature,
}

impl Commit {
    /// What the log names it by: `H("drp/commit", commit)`.
    pub fn hash(&self) -> Digest {
        tagged_hash(tags::DRP_COMMIT, self)
    }
}

/// A decrypted share of one dealer's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct RevealedShare {
    /// Whose secret.
    pub dealer: NodeId,
    /// Position, share, proof.
    pub share: DecryptedShare,
}

/// R3: a server's shares of the inputs of its group. Each proves itself, so nobody signs.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Reveal {
    /// sid.
    pub session: Digest,
    /// One for each input of the group.
    pub shares: Bounded<RevealedShare, ROSTER_MAX>,
}

/// A validator has waited too long for the leader of a view and rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Timeout {
    /// In which epoch.
    pub epoch: u64,
    /// For the leader of which view.
    pub view: u32,
    /// And rank.
    pub rank: u8,
    /// Who has waited.
    pub validator: NodeId,
    /// Its signature of [`timeout_message`].
    pub signature: Signature,
}

/// What is signed by a validator that gives up a leader: `H("drp/timeout", (chain, epoch, view, rank))`.
pub fn timeout_message(chain_id: &Digest, epoch: u64, view: u32, rank: u8) -> Digest {
    tagged_hash(tags::DRP_TIMEOUT, &(chain_id, epoch, view, rank))
}

/// A quorum has waited too long: the leader of a view and rank has failed.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Fail {
    /// In which epoch.
    pub epoch: u64,
    /// The leader of which view.
    pub view: u32,
    /// And rank.
    pub rank: u8,
    /// The signatures of those who have waited.
    pub timeouts: BoundedMap<NodeId, Signature, ROSTER_MAX>,
}

/// What the log orders for this section.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[expect(clippy::large_enum_variant, reason = "most of a commit is on the heap anyway")]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum LogEntry {
    /// A validator enters a lottery.
    Ticket(Ticket) = 0,
    /// A leader has failed.
    Fail(Fail) = 1,
    /// A run is committed.
    Commit(Commit) = 2,
    /// An entry of another section, by its hash.
    Other(Digest) = 3,
}

/// An entry as the log's hash covers it: a commit by its hash.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Record {
    /// A validator enters a lottery.
    Ticket(Ticket) = 0,
    /// A leader has failed.
    Fail(Fail) = 1,
    /// A run is committed.
    Commit(Digest) = 2,
    /// An entry of another section, by its hash.
    Other(Digest) = 3,
}

impl LogEntry {
    /// The entry's record.
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
    pub height: u64,
    /// The record.
    pub record: Record,
}

/// The log from the opening of an epoch's first lottery to the commit. `C` is the suite's certificate.
///
/// A record's hash covers the one before, so one certificate vouches for all of them: that each is in the
/// log, and that none was left out. That is what shows that no smaller ticket, no failure and no earlier
/// commit is kept back.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct LogSegment<C> {
    /// Every record, in order; the last is the commit.
    pub records: Bounded<OrderedRecord, RECORDS_MAX>,
    /// A quorum's of the identity shard, of the log's head after the last record.
    pub certificate: C,
}

/// All that a third party needs besides the [`Epoch`](super::Epoch).
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Transcript<C> {
    /// The run up to its commit.
    pub commit: Commit,
    /// The log up to the commit.
    pub log: LogSegment<C>,
    /// For each input, in order, as many shares as its threshold.
    pub shares: Bounded<Bounded<DecryptedShare, ROSTER_MAX>, ROSTER_MAX>,
    /// Z.
    pub secret: EncodedElement,
    /// rnd_e.
    pub randomness: Digest,
}

/// What parties of a run send one another.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Message {
    /// I1.
    Announcement(Announcement) = 0,
    /// R1.
    Deal(SignedDeal) = 1,
    /// I2.
    Proposal(Proposal) = 2,
    /// I3.
    Commit(Commit) = 3,
    /// R3.
    Reveal(Reveal) = 4,
    /// Somebody gives up the leader.
    Timeout(Timeout) = 5,
}

/// The inputs as wire types.
///
/// # Errors
/// [`Rejection::EncMalformed`](crate::Rejection::EncMalformed) never, for configurations within their cap.
pub fn to_inputs(dealers: Vec<Vec<NodeId>>) -> Result<Inputs, crate::Rejection> {
    let groups = dealers.into_iter().map(Bounded::try_from).collect::<Result<Vec<_>, _>>()?;
    groups.try_into()
}
