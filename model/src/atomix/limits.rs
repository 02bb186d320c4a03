//! The limits of a plan. They make the memoised engine's states fit into a few words.

use ioschain_spec::Rejection;
use ioschain_spec::primitives::numbers::Shard;
use thiserror::Error;

use super::message::PROOFS_MAX;
use super::plan::{Plan, Source};

/// The largest number of shards of a model.
pub const SHARDS_MAX: usize = 5;
/// The largest number of transactions of a model.
pub const TRANSACTIONS_MAX: usize = 8;
/// The largest number of outpoints of a model, and of votes that its shards can attest.
pub const NUMBERED_MAX: usize = 64;
/// The number of outpoints that every plan has: the allocations of genesis.
const ALLOCATIONS: usize = 5;

/// The reason why a plan has no model.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// There are too many shards, or none.
    #[error("a plan has 1 to {SHARDS_MAX} shards, and this one {0}")]
    Shards(u16),
    /// There are too many transactions.
    #[error("a plan has at most {TRANSACTIONS_MAX} transactions, and this one {0}")]
    Transactions(usize),
    /// A transaction has too many input shards: a commit could not contain all proofs.
    #[error("T{transaction} spends in {count} shards; at most {PROOFS_MAX} are possible")]
    InputShards {
        /// The number of the transaction.
        transaction: usize,
        /// The number of its input shards.
        count: usize,
    },
    /// A transaction names a coin, an output, a transaction or a shard that does not exist.
    #[error(
        "T{0} speaks of a coin, an output, an earlier transaction or a shard that there is not"
    )]
    Unknown(usize),
    /// A coin is in a shard that does not exist.
    #[error("coin {0} is in a shard that there is not")]
    Coin(usize),
    /// There are too many outpoints for the bits of a state.
    #[error("a plan has at most {NUMBERED_MAX} outpoints, and this one {0}")]
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

impl Plan {
    /// Checks that a model can hold the plan's states.
    ///
    /// # Errors
    /// The first limit that the plan exceeds, or a name in it that does not exist.
    pub fn check(&self) -> Result<(), PlanError> {
        if self.shards == 0 || usize::from(self.shards) > SHARDS_MAX {
            return Err(PlanError::Shards(self.shards));
        }
        if self.transactions.len() > TRANSACTIONS_MAX {
            return Err(PlanError::Transactions(self.transactions.len()));
        }
        if let Some(coin) = self.coins.iter().position(|shard| !self.has_shard(Shard(*shard))) {
            return Err(PlanError::Coin(coin));
        }
        let mut votes = 0;
        for (transaction, planned) in self.transactions.iter().enumerate() {
            let shards = planned.inputs.iter().map(|it| self.shard_of(transaction, *it));
            let shards: Option<Vec<u16>> = shards.collect();
            let mut shards = shards.ok_or(PlanError::Unknown(transaction))?;
            if !planned.outputs.iter().all(|shard| self.has_shard(Shard(*shard))) {
                return Err(PlanError::Unknown(transaction));
            }
            shards.sort_unstable();
            shards.dedup();
            let count = shards.len();
            if count > PROOFS_MAX {
                return Err(PlanError::InputShards { transaction, count });
            }
            // A shard either accepts or rejects. A variant may do both, so two votes are counted.
            votes += 2 * count;
        }
        let created = self.transactions.iter().map(|it| it.inputs.len() + it.outputs.len());
        let outpoints = ALLOCATIONS + self.coins.len() + created.sum::<usize>();
        if outpoints > NUMBERED_MAX {
            return Err(PlanError::Outpoints(outpoints));
        }
        if votes > NUMBERED_MAX { Err(PlanError::Votes(votes)) } else { Ok(()) }
    }

    fn has_shard(&self, shard: Shard) -> bool {
        (1..=self.shards).contains(&shard.0)
    }

    /// The shard of an input of a transaction. `None` if the source of the input does not exist
    /// before the transaction.
    fn shard_of(&self, transaction: usize, source: Source) -> Option<u16> {
        let earlier = |other: usize| self.transactions[..transaction].get(other);
        match source {
            Source::Coin(coin) => self.coins.get(coin).copied(),
            Source::Output { transaction, index } => {
                earlier(transaction)?.outputs.get(index as usize).copied()
            }
            Source::Refund { transaction, coin } => {
                let spends = earlier(transaction)?.inputs.contains(&Source::Coin(coin));
                self.coins.get(coin).copied().filter(|_| spends)
            }
        }
    }
}
