//! The results of checks, as the program prints them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::graph::{Findings, Unresolved};
use crate::reach::Reach;
use crate::registry::Observer;
use crate::trace::{AnyTrace, SPECIFICATION};
use crate::verdict::Verdict;

/// What a check did not cover, if nothing ended it early and its liveness was not decided.
pub const RESOLUTION_UNDECIDED: &str = "resolution, which a depth-first search cannot decide";

/// The result of a check.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    /// The model's name.
    pub model: &'static str,
    /// The name of the rules.
    pub variant: String,
    /// A configuration's name; of a sum, which configurations it sums up.
    pub configuration: String,
    /// States with different fingerprints.
    pub unique_states: usize,
    /// Steps taken, whether they led to a new state or not.
    pub generated: u64,
    /// The number of steps to the farthest state.
    pub depth: usize,
    /// How long the check took.
    pub seconds: f64,
    /// Whether every property holds.
    pub verdict: Verdict,
    /// The only property that was checked, if the others were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<&'static str>,
    /// How far the configuration goes; null where there are no payments between shards.
    pub bounds: Option<Reach>,
    /// Whether states that differ only by a permutation of identical payments were treated as one.
    #[serde(skip_serializing_if = "is_false")]
    pub with_symmetry: bool,
    /// An upper bound of the probability that a fingerprint collision hid a state.
    pub collision_probability: f64,
    /// States from which no resolved state can be reached; null if not every state was seen.
    pub unresolvable: Option<usize>,
    /// Of those, the ones in which nothing can happen at all.
    pub deadlocks: Option<usize>,
    /// Cycles of unresolved states that weakly fair scheduling need not leave.
    pub fair_cycles: Option<usize>,
    /// How often a step of each kind was taken; empty if the engine does not count them.
    pub actions: BTreeMap<&'static str, u64>,
    /// The properties that fail, each with a trace.
    pub violations: Vec<Violation>,
    /// The single configurations, if there were several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckReport>,
    /// The configurations that an interruption left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_begun: Vec<String>,
    /// The bounds in words, if they are not those of payments between shards.
    #[serde(skip)]
    pub bounds_in_words: Option<String>,
    /// What the check leaves open where `unresolvable` is null.
    #[serde(skip)]
    pub undecided: &'static str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// A property that fails.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// The property's name.
    pub property: String,
    /// How many steps the trace has; 0 if a count shows the failure.
    pub length: usize,
    /// The way to it.
    pub trace: AnyTrace,
}

impl CheckReport {
    /// A report with the figures of an exploration; the caller fills in the rest.
    pub fn counting<A>(
        model: &'static str,
        variant: &str,
        configuration: String,
        findings: &Findings<A>,
    ) -> Self {
        Self {
            unique_states: findings.unique_states,
            generated: findings.generated,
            depth: findings.depth,
            actions: findings.actions_by_kind.clone(),
            ..Self::empty(model, variant, configuration)
        }
    }

    /// The report of a check that has not seen any state.
    pub fn empty(model: &'static str, variant: &str, configuration: String) -> Self {
        Self {
            model,
            variant: variant.to_owned(),
            configuration,
            unique_states: 0,
            generated: 0,
            depth: 0,
            seconds: 0.0,
            verdict: Verdict::Incomplete,
            only: None,
            bounds: None,
            with_symmetry: false,
            collision_probability: 0.0,
            unresolvable: None,
            deadlocks: None,
            fair_cycles: None,
            actions: BTreeMap::new(),
            violations: Vec::new(),
            checks: Vec::new(),
            not_begun: Vec::new(),
            bounds_in_words: None,
            undecided: RESOLUTION_UNDECIDED,
        }
    }

    /// Adds what the graph says of progress.
    #[must_use]
    pub fn with_unresolved(self, unresolved: Option<&Unresolved>) -> Self {
        Self {
            unresolvable: unresolved.map(|it| it.stuck.len()),
            deadlocks: unresolved.map(|it| it.deadlocks.len()),
            fair_cycles: unresolved.map(|it| it.fair_cycles.len()),
            ..self
        }
    }
}

/// The checks that were asked for, as far as they got.
#[derive(Debug)]
pub struct Checks {
    model: &'static str,
    /// Which configurations the sum is of, in words.
    scope: String,
    /// The names of all configurations, in order.
    planned: Vec<String>,
    done: Vec<CheckReport>,
}

impl Checks {
    /// Checks of the configurations `planned`, none of which has begun.
    pub fn planned(
        model: &'static str,
        scope: String,
        planned: impl IntoIterator<Item = String>,
    ) -> Self {
        Self { model, scope, planned: planned.into_iter().collect(), done: Vec::new() }
    }

    /// Reports the next one to the observer, and keeps it.
    ///
    /// # Errors
    /// What the observer cannot write.
    pub fn add(&mut self, report: CheckReport, observer: &mut dyn Observer) -> std::io::Result<()> {
        observer.on_report(&report)?;
        self.done.push(report);
        Ok(())
    }

    /// The only check that was asked for, or the sum of several.
    pub fn sum(mut self) -> CheckReport {
        match (self.planned.len(), self.done.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                self.done.extend(last);
                let not_begun = self.planned.split_off(self.done.len());
                summarise(self.model, self.scope, self.done, not_begun)
            }
        }
    }
}

fn summarise(
    model: &'static str,
    scope: String,
    checks: Vec<CheckReport>,
    not_begun: Vec<String>,
) -> CheckReport {
    let verdicts = checks.iter().map(|check| check.verdict);
    let verdict = Verdict::of_all(verdicts.chain(not_begun.iter().map(|_| Verdict::Incomplete)));
    let mut actions = BTreeMap::new();
    for (kind, count) in checks.iter().flat_map(|check| &check.actions) {
        *actions.entry(*kind).or_default() += count;
    }
    CheckReport {
        unique_states: checks.iter().map(|check| check.unique_states).sum(),
        generated: checks.iter().map(|check| check.generated).sum(),
        depth: checks.iter().map(|check| check.depth).max().unwrap_or(0),
        seconds: checks.iter().map(|check| check.seconds).sum(),
        verdict,
        bounds: checks.iter().filter_map(|check| check.bounds).reduce(Reach::and),
        with_symmetry: checks.iter().any(|check| check.with_symmetry),
        collision_probability: checks.iter().map(|check| check.collision_probability).sum(),
        unresolvable: checks.iter().map(|check| check.unresolvable).sum(),
        deadlocks: checks.iter().map(|check| check.deadlocks).sum(),
        fair_cycles: checks.iter().map(|check| check.fair_cycles).sum(),
        actions,
        violations: checks.iter().flat_map(|check| check.violations.clone()).collect(),
        checks,
        not_begun,
        ..CheckReport::empty(model, SPECIFICATION, scope)
    }
}

#[cfg(test)]
mod tests {
    use super::{CheckReport, Checks};
    use crate::registry::Unobserved;
    use crate::verdict::Verdict;

    #[test]
    fn what_was_never_begun_is_named_and_makes_the_sum_incomplete() {
        let names = ["one", "two", "three"].map(str::to_owned);
        let mut checks = Checks::planned("atomix", "tier full".to_owned(), names);
        let mut first = CheckReport::empty("atomix", "specification", "one".to_owned());
        first.verdict = Verdict::Holds;
        checks.add(first, &mut Unobserved).unwrap();
        let sum = checks.sum();
        assert_eq!(sum.verdict, Verdict::Incomplete);
        assert_eq!(sum.not_begun, ["two", "three"]);
        assert_eq!(sum.checks.len(), 1);
    }
}
