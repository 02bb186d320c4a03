//! The result of a replay, and its failures.

use ioschain_spec::ledger::SUPPLY;
use serde::Serialize;

/// The result of a replay. Amounts are in units.
///
/// `transactions`, `inputs`, `outputs` and `cross_shard` describe the workload, so they do not
/// count conflicting payments. The other fields are about all payments.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The number of the workload's own payments, without the conflicting ones.
    pub transactions: usize,
    /// The number of outputs that these payments spend.
    pub inputs: usize,
    /// The number of outputs that these payments create.
    pub outputs: usize,
    /// The number of these payments that have more than one participating shard.
    pub cross_shard: usize,
    /// The number of payments, including conflicting ones, that committed.
    pub committed: usize,
    /// The number of payments, including conflicting ones, whose locked inputs were returned.
    pub aborted: usize,
    /// The number of payments, including conflicting ones, of which no input was ever locked.
    pub rejected: usize,
    /// The number of deliveries to shards, including duplicates and those of conflicting payments.
    pub messages: u64,
    /// The sum of the encoded sizes of these deliveries. Expiry lists are not messages and are not
    /// counted.
    pub bytes: u64,
    /// The conservation sum at genesis.
    #[serde(serialize_with = "as_decimal")]
    pub supply_before: u64,
    /// The conservation sum at the end.
    #[serde(serialize_with = "as_decimal")]
    pub supply_after: u64,
    /// Whether the sum was [`SUPPLY`] at genesis, at every closed epoch and at the end.
    pub conserved: bool,
    /// The number of locks that are left at the end.
    pub unresolved_locks: usize,
    /// The number of different signatures that were verified.
    pub signature_checks: usize,
    /// The duration of the whole replay, in seconds.
    pub seconds_total: f64,
    /// The time for deriving keys, for genesis, and for building and signing transactions, in
    /// seconds.
    pub seconds_setup: f64,
    /// The time for verifying signatures, in seconds: `signature_checks` times the mean of one
    /// verification.
    pub seconds_signatures: f64,
    /// The number of payments, including conflicting ones, that did not end. It is 0 unless a rule
    /// is violated.
    #[serde(skip)]
    pub unended: usize,
    /// The number of pairs of conflicting payments that both committed. It is 0 unless a rule is
    /// violated.
    #[serde(skip)]
    pub double_spends: usize,
    /// The number of the workload's own payments that did not commit although no payment conflicts
    /// with them. It is 0 unless a rule is violated.
    #[serde(skip)]
    pub honest_failures: usize,
}

impl Report {
    /// The failures of the replay, one clause for each. The list is empty if there are none.
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
