//! The messages between shards, and the answers of a shard. A lock request is a
//! [`SignedTransaction`](crate::ledger::SignedTransaction).

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::ledger::{Settlement, Transaction, Vote};
use crate::parameters::SHARDS_MAX;
use crate::primitives::encoding::Bounded;
use crate::primitives::numbers::Epoch;

/// The largest number of transactions in one expiry list.
pub const EXPIRY_LIST_MAX: usize = 1 << 24;

/// The request to commit: every input shard accepted. `A` is the suite's attestation.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct UnlockCommit<A> {
    /// The transaction. An output shard has not seen it before.
    pub transaction: Transaction,
    /// One proof of acceptance for each input shard, in the order of the shards.
    pub proofs: Bounded<A, SHARDS_MAX>,
}

/// The request to abort: some input shard rejected. `A` is the suite's attestation.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct UnlockAbort<A> {
    /// The transaction that is to be aborted.
    pub transaction: Transaction,
    /// A proof of rejection by one of its input shards.
    pub proof: A,
}

/// The transactions that a shard accepted, that expire in an epoch, and that concern one
/// destination; strictly increasing by transaction id.
pub type ExpiryList = Bounded<Transaction, EXPIRY_LIST_MAX>;

/// The sweep of an epoch: the lists that shards 1..=m address to one shard, in the order of the
/// shards.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Import {
    /// The epoch that is swept.
    pub epoch: Epoch,
    /// The list of shard i + 1 at index i.
    pub lists: Bounded<ExpiryList, SHARDS_MAX>,
}

/// A shard's answer to an entry that it does not refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Answer {
    /// A transaction that concerns only this shard was applied.
    Applied = 0,
    /// The shard's vote, which may be from an earlier request.
    Voted(Vote) = 1,
    /// How the transaction is settled in this shard. It may have been settled by an earlier
    /// request.
    Settled(Settlement) = 2,
    /// A sweep settled this many transactions in this shard.
    Swept {
        /// The number of transactions that committed.
        committed: u32,
        /// The number of transactions that aborted.
        aborted: u32,
    } = 3,
}
