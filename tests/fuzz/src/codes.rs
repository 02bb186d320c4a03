//! Which rejections inputs reach, and how often.

use std::collections::BTreeMap;

use ioschain_spec::Rejection;

/// How often each outcome was seen: a rejection by its code, an acceptance as `accepted`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    /// By outcome.
    pub counts: BTreeMap<&'static str, u64>,
}

impl Codes {
    /// Notes an outcome, and gives it back.
    pub fn note<T>(&mut self, outcome: Result<T, Rejection>) -> Result<T, Rejection> {
        let name = outcome.as_ref().map_or_else(|rejection| rejection.code(), |_| "accepted");
        *self.counts.entry(name).or_default() += 1;
        outcome
    }
}
