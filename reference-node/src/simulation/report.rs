//! What came of a replay, and whether it holds.

use ioschain_spec::ledger::SUPPLY;
use serde::Serialize;

/// What came of a replay. Amounts are in units.
///
/// `transactions`, `inputs`, `outputs` and `cross_shard` describe the workload, so conflicting payments
/// do not count. The others tell what happened, to all payments.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The workload's own payments; conflicting ones come on top.
    pub transactions: usize,
    /// What they spend.
    pub inputs: usize,
    /// What they create.
    pub outputs: usize,
    /// Those of them with more than one participating shard.
    pub cross_shard: usize,
    /// Payments, conflicting ones included, whose outputs exist.
    pub committed: usize,
    /// Payments, conflicting ones included, that had locked something and got it back.
    pub aborted: usize,
    /// Payments, conflicting ones included, that never locked anything.
    pub rejected: usize,
    /// Deliveries to shards, duplicates and those of conflicting payments included.
    pub messages: u64,
    /// Their encoded sizes, added up; expiry lists are no messages and not counted.
    pub bytes: u64,
    /// The conservation sum at genesis.
    #[serde(serialize_with = "as_decimal")]
    pub supply_before: u64,
    /// The conservation sum at the end.
    #[serde(serialize_with = "as_decimal")]
    pub supply_after: u64,
    /// Whether the sum was [`SUPPLY`] at genesis, at every closed epoch and at the end.
    pub conserved: bool,
    /// Locks at the end.
    pub unresolved_locks: usize,
    /// Distinct signatures that were verified.
    pub signature_checks: usize,
    /// The whole replay.
    pub seconds_total: f64,
    /// Key derivation, building and signing of transactions, genesis.
    pub seconds_setup: f64,
    /// `signature_checks` times one strict verification, the mean of those of this run.
    pub seconds_signatures: f64,
    /// Payments, conflicting ones included, that neither committed nor aborted nor were rejected; 0
    /// unless something is broken.
    #[serde(skip)]
    pub unended: usize,
    /// Pairs of conflicting payments that both committed; 0 unless the ledger is broken.
    #[serde(skip)]
    pub double_spends: usize,
    /// The workload's own payments without a rival that did not commit; 0 unless something is broken.
    #[serde(skip)]
    pub honest_failures: usize,
}

impl Report {
    /// What does not hold, a sentence each; empty if everything holds.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        if !self.conserved {
            failures.push(format!(
                "the units do not always add up to {SUPPLY}: they are {} at genesis and {} at the end",
                self.supply_before, self.supply_after
            ));
        }
        let counted = [
            (self.unresolved_locks, "output is still locked", "outputs are still locked"),
            (self.unended, "transaction never ended", "transactions never ended"),
            (
                self.double_spends,
                "pair of conflicting transactions both committed",
                "pairs of conflicting transactions both committed",
            ),
            (
                self.honest_failures,
                "transaction without a conflict did not commit",
                "transactions without a conflict did not commit",
            ),
        ];
        failures.extend(counted.into_iter().filter_map(|(count, one, several)| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {several}")),
        }));
        failures
    }
}

fn as_decimal<S: serde::Serializer>(amount: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}
