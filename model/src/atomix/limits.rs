//! The limits of a plan, so that the memoised engine's states fit into a few words.

use ioschain_spec::Rejection;
use ioschain_spec::primitives::numbers::Shard;
use thiserror::Error;

use super::message::PROOFS_MAX;
use super::plan::{Plan, Source};

/// The most shards of a model.
pub const SHARDS_MAX: usize = 5;
/// The most transactions of a model.
pub const TRANSACTIONS_MAX: usize = 8;
/// The most outpoints, and the most votes that shards can attest, of a model.
pub const NUMBERED_MAX: usize = 64;
/// Outpoints of every plan: the allocations of genesis.
const ALLOCATIONS: usize = 5;

/// Why there is no model of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// Too many shards, or none.
    #[error("a plan has 1 to {SHARDS_MAX} shards, and this one {0}")]
    Shards(u16),
    /// Too many transactions.
    #[error("a plan has at most {TRANSACTIONS_MAX} transactions, and this one {0}")]
    Transactions(usize),
    /// A commit could not carry all proofs.
    #[error("T{transaction} spends in {count} shards; at most {PROOFS_MAX} are possible")]
    InputShards {
        /// Which transaction.
        transaction: usize,
        /// In how many shards.
        count: usize,
    },
    /// A name that nothing bears.
    #[error(
        "T{0} speaks of a coin, an output, an earlier transaction or a shard that there is not"
    )]
    Unknown(usize),
    /// A coin that no shard holds.
    #[error("coin {0} is in a shard that there is not")]
    Coin(usize),
    /// Too many outpoints for the bits of a state.
    #[error("a plan has at most {NUMBERED_MAX} outpoints, and this one {0}")]
    Outpoints(usize),
    /// Too many votes for the bits of a state.
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
    /// The first limit that it exceeds, or name that it does not explain.
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
            // Accepted or rejected: a shard gives one of two, and a variant may give both.
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

    /// The shard of an input of a transaction; `None` if what it speaks of does not exist before
    /// it.
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
