//! A cache of the conservation sum, because most states differ only in what does not change it.

use std::collections::BTreeMap;

use ioschain_spec::chain::conservation::conservation_sum;
use ioschain_spec::ledger::{Decision, ShardState, Vote};
use ioschain_spec::primitives::numbers::Epoch;
use ioschain_spec::suite::Ideal;

use super::{LogId, ShardMemo, ShardStateId};

/// A state without the parts that do not count for conservation: accounts, the open epoch, and
/// rejection rows whose expiry epoch is not swept yet. States that differ only in these parts have
/// the same sum.
pub(super) fn value_of(state: &ShardState) -> ShardState {
    let mut value = state.clone();
    value.accounts = BTreeMap::new();
    value.position.epoch = Epoch(0);
    let imported = value.totals.imported;
    let counts =
        |row: &Decision| !matches!(row.vote, Vote::Rejected(_)) || row.expiry_epoch <= imported;
    value.decisions.retain(|_, row| counts(row));
    value
}

impl ShardMemo {
    /// The units of all these shards together. `None` if the sum overflows.
    pub fn sum(&self, ids: &[ShardStateId], log: LogId) -> Option<u64> {
        let states: Vec<_> = ids.iter().map(|id| &self.shard_state(*id).state).collect();
        conservation_sum(&Ideal, &states, &self.log(log).closed.retained).ok()
    }

    /// The same sum from the cache. The outer `None` means that it is not in the cache.
    pub fn known_sum(&self, ids: &[ShardStateId], log: LogId) -> Option<Option<u64>> {
        self.sums.get(&(self.values_of(ids), log)).copied()
    }

    /// Computes the sum and stores it in the cache.
    pub fn learn_sum(&mut self, ids: &[ShardStateId], log: LogId) -> Option<u64> {
        let sum = self.sum(ids, log);
        self.sums.insert((self.values_of(ids), log), sum);
        sum
    }

    fn values_of(&self, ids: &[ShardStateId]) -> Vec<u32> {
        ids.iter().map(|id| self.shard_state(*id).value).collect()
    }
}
