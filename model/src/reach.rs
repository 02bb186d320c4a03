//! How far a check reaches: nothing is claimed beyond these bounds, so they are printed with every
//! result.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::atomix::plan::{Plan, Planned, Source};
use crate::words::count;

/// The bounds of a configuration of shards and payments; of several configurations, the largest of
/// each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// How many shards there are.
    pub shards: u16,
    /// The most input shards that a payment has.
    pub input_shards: usize,
    /// The most output shards that a payment has.
    pub output_shards: usize,
    /// How many payments there are.
    pub payments: usize,
    /// How many epochs each shard may close.
    pub epochs: u64,
    /// The most states that a run keeps; null if only memory bounds it.
    pub states_max: Option<usize>,
}

impl Reach {
    /// The bounds of a plan.
    pub fn of(plan: &Plan, states_max: Option<usize>) -> Self {
        let most = |count: &dyn Fn(&Planned) -> usize| {
            plan.transactions.iter().map(count).max().unwrap_or(0)
        };
        let shard = |source: &Source| match *source {
            Source::Coin(coin) | Source::Refund { coin, .. } => plan.coins.get(coin).copied(),
            Source::Output { transaction, index } => {
                let outputs = plan.transactions.get(transaction).map(|it| &it.outputs);
                outputs.and_then(|outputs| outputs.get(index as usize)).copied()
            }
        };
        Self {
            shards: plan.shards,
            input_shards: most(&|it| different(it.inputs.iter().filter_map(shard))),
            output_shards: most(&|it| different(it.outputs.iter().copied())),
            payments: plan.transactions.len(),
            epochs: plan.epochs,
            states_max,
        }
    }

    /// The larger of each bound.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            shards: self.shards.max(other.shards),
            input_shards: self.input_shards.max(other.input_shards),
            output_shards: self.output_shards.max(other.output_shards),
            payments: self.payments.max(other.payments),
            epochs: self.epochs.max(other.epochs),
            states_max: self.states_max.max(other.states_max),
        }
    }
}

fn different(shards: impl Iterator<Item = u16>) -> usize {
    shards.collect::<BTreeSet<_>>().len()
}

impl fmt::Display for Reach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shards, input_shards, output_shards, payments, epochs, states_max } = self;
        write!(
            formatter,
            "{}, {}, up to {} and {} of a payment, {} to close",
            count(shards, "shard"),
            count(payments, "payment"),
            count(input_shards, "input shard"),
            count(output_shards, "output shard"),
            count(epochs, "epoch")
        )?;
        states_max.map_or(Ok(()), |most| write!(formatter, ", at most {}", count(most, "state")))
    }
}
