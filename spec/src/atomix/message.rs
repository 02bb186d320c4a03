//! What travels between shards, and what a shard answers. A lock request is a
//! [`SignedTransaction`](crate::ledger::SignedTransaction).

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::ledger::{Settlement, Transaction, Vote};
use crate::parameters::SHARDS_MAX;
use crate::primitives::encoding::Bounded;

/// The most transactions in one expiry list.
pub const EXPIRY_LIST_MAX: usize = 1 << 24;

/// Step two, the good end: every input shard accepted. `A` is the suite's attestation.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct UnlockCommit<A> {
    /// The transaction; an output shard has not seen it before.
    pub transaction: Transaction,
    /// One proof of acceptance for each input shard, in shard order.
    pub proofs: Bounded<A, SHARDS_MAX>,
}

/// Step two, the bad end: some input shard rejected. `A` is the suite's attestation.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct UnlockAbort<A> {
    /// The transaction.
    pub transaction: Transaction,
    /// A proof of rejection by one of its input shards.
    pub proof: A,
}

/// The transactions that a shard accepted, that expire in an epoch, and that concern one
/// destination; strictly increasing by transaction id.
pub type ExpiryList = Bounded<Transaction, EXPIRY_LIST_MAX>;

/// The sweep of an epoch: the lists that shards 1..=m address to one shard, in shard order.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Import {
    /// Which epoch.
    pub epoch: u64,
    /// The list of shard i + 1 at place i.
    pub lists: Bounded<ExpiryList, SHARDS_MAX>,
}

/// What a shard answers when it does not refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Answer {
    /// A transaction of this shard alone was applied.
    Applied = 0,
    /// The shard's vote, now or from before.
    Voted(Vote) = 1,
    /// How the transaction ended here, now or before.
    Settled(Settlement) = 2,
    /// A sweep settled this many transactions here.
    Swept {
        /// As committed.
        committed: u32,
        /// As aborted.
        aborted: u32,
    } = 3,
}
