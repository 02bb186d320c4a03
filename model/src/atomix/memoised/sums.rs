//! The conservation sum of many states, most of which differ in nothing that counts for it.

use std::collections::BTreeMap;

use ioschain_spec::chain::conservation::conservation_sum;
use ioschain_spec::ledger::{Decision, ShardState, Vote};
use ioschain_spec::primitives::numbers::Epoch;
use ioschain_spec::suite::Ideal;

use super::{LogId, ShardMemo, ShardStateId};

/// A state without what does not count for conservation: accounts, the place in the chain, and rows
/// of rejections that nobody could miss yet. States that differ in nothing else have the same sum.
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
    /// The units that shards account for; `None` if they are too many to count.
    pub fn sum(&self, ids: &[ShardStateId], log: LogId) -> Option<u64> {
        let states: Vec<_> = ids.iter().map(|id| &self.shard_state(*id).state).collect();
        conservation_sum(&Ideal, &states, &self.log(log).closed.retained).ok()
    }

    /// The same, remembered by what counts for it; the outer `None` if it was not asked for before.
    pub fn known_sum(&self, ids: &[ShardStateId], log: LogId) -> Option<Option<u64>> {
        self.sums.get(&(self.values_of(ids), log)).copied()
    }

    /// Remembers the sum.
    pub fn learn_sum(&mut self, ids: &[ShardStateId], log: LogId) -> Option<u64> {
        let sum = self.sum(ids, log);
        self.sums.insert((self.values_of(ids), log), sum);
        sum
    }

    fn values_of(&self, ids: &[ShardStateId]) -> Vec<u32> {
        ids.iter().map(|id| self.shard_state(*id).value).collect()
    }
}
