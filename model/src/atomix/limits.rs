//! The limits of a plan. They make the memoised engine's states fit into a few words.

use ioschain_spec::Rejection;
use thiserror::Error;

use super::message::PROOFS_MAX;
use crate::words;

/// The largest number of shards of a model.
pub const SHARDS_MAX: usize = 5;
/// The largest number of transactions of a model.
pub const TRANSACTIONS_MAX: usize = 8;
/// The largest number of outpoints of a model, and of votes that its shards can attest.
pub const NUMBERED_MAX: usize = 64;

/// The reason why a plan has no model.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// There are too many shards, or none.
    #[error("a plan has 1 to {SHARDS_MAX} shards, and this one has {0}")]
    Shards(u16),
    /// There are too many transactions.
    #[error("a plan has at most {TRANSACTIONS_MAX} transactions, and this one has {0}")]
    Transactions(usize),
    /// A transaction has too many input shards: a commit could not contain all proofs.
    #[error("T{transaction} spends in {}; at most {PROOFS_MAX} are possible", words::count(.count, "shard"))]
    InputShards {
        /// The number of the transaction.
        transaction: usize,
        /// The number of its input shards.
        count: usize,
    },
    /// A transaction names a coin, an output, a transaction or a shard that does not exist.
    #[error("T{0} names a coin, an output, an earlier transaction or a shard that does not exist")]
    Unknown(usize),
    /// A coin is in a shard that does not exist.
    #[error("coin {0} is in a shard that does not exist")]
    Coin(usize),
    /// There are too many outpoints for the bits of a state.
    #[error("a plan has at most {NUMBERED_MAX} outpoints, and this one has {0}")]
    Outpoints(usize),
    /// There are too many votes for the bits of a state.
    #[error(
        "the shards of a plan can attest at most {NUMBERED_MAX} votes, and those of this one {0}"
    )]
    Votes(usize),
    /// The specification refuses the plan's genesis.
    #[error(transparent)]
    Genesis(#[from] Rejection),
}
