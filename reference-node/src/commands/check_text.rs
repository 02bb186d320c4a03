//! What came of checks, as JSON and as text.

use std::collections::BTreeMap;
use std::io::Write;

use ioschain_model::drp::trace::DrpTrace;
use ioschain_model::graph::Findings;
use ioschain_model::trace::{AnyTrace, SPECIFICATION, Trace};
use serde::Serialize;

use super::reach::Reach;
use super::{DRP, SIGNING};

/// What came of a check, as `--json` prints it.
#[derive(Serialize)]
pub(super) struct CheckReport {
    pub(super) model: &'static str,
    pub(super) variant: String,
    /// A configuration's name, or which tier's configurations.
    pub(super) configuration: String,
    pub(super) unique_states: usize,
    pub(super) generated: u64,
    pub(super) depth: usize,
    pub(super) seconds: f64,
    /// `holds`, `fails`, or `incomplete`: nothing failed as far as the run went.
    pub(super) verdict: &'static str,
    /// The only property that was looked at, if the others were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) only: Option<&'static str>,
    /// How far the configuration goes; of several, the largest of each. Null for two-phase commit.
    pub(super) bounds: Option<Reach>,
    /// Whether states that differ in the names of equal payments only were taken for one.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) with_symmetry: bool,
    /// At most so probable it is that two states were taken for one.
    pub(super) collision_probability: f64,
    /// States from which nothing resolves, where the configuration does not promise that; null if not
    /// every state was seen.
    pub(super) unresolvable: Option<usize>,
    /// Of those, the ones in which nothing can happen at all.
    pub(super) deadlocks: Option<usize>,
    /// Cycles of unresolved states that weak fairness does not leave.
    pub(super) fair_cycles: Option<usize>,
    /// How often a step of each kind was taken; empty if the engine does not count them.
    pub(super) actions: BTreeMap<&'static str, u64>,
    pub(super) violations: Vec<Violation>,
    /// The single configurations, if there were several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) checks: Vec<CheckReport>,
    /// The configurations that an interruption left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) not_begun: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// A property that fails.
#[derive(Clone, Serialize)]
pub(super) struct Violation {
    pub(super) property: String,
    pub(super) length: usize,
    pub(super) trace: AnyTrace,
}

impl CheckReport {
    /// What the exploration counted; nothing is said of the rest.
    pub(super) fn counting<A>(
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
            ..Self::nothing(model, variant, configuration)
        }
    }

    /// Of a check that has seen nothing.
    pub(super) fn nothing(model: &'static str, variant: &str, configuration: String) -> Self {
        Self {
            model,
            variant: variant.to_owned(),
            configuration,
            unique_states: 0,
            generated: 0,
            depth: 0,
            seconds: 0.0,
            verdict: "incomplete",
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
        }
    }
}

/// The checks that were asked for, as far as they got.
pub(super) struct Checks {
    /// Names of all of them, in order.
    planned: Vec<String>,
    pub(super) done: Vec<CheckReport>,
}

impl Checks {
    pub(super) fn of(planned: impl Iterator<Item = String>) -> Self {
        Self { planned: planned.collect(), done: Vec::new() }
    }

    /// Says what came of the next one, and keeps it.
    pub(super) fn add(&mut self, report: CheckReport, text: &mut dyn Write) -> std::io::Result<()> {
        write_check(&report, text)?;
        self.done.push(report);
        Ok(())
    }

    /// The only check that was asked for, or the sum of several.
    pub(super) fn sum(mut self, model: &'static str, of: &str) -> CheckReport {
        match (self.planned.len(), self.done.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                self.done.extend(last);
                let not_begun = self.planned.split_off(self.done.len());
                summarise(model, of, self.done, not_begun)
            }
        }
    }
}

fn summarise(
    model: &'static str,
    of: &str,
    checks: Vec<CheckReport>,
    not_begun: Vec<String>,
) -> CheckReport {
    let has = |verdict: &str| checks.iter().any(|check| check.verdict == verdict);
    let verdict = match (has("fails"), has("incomplete") || !not_begun.is_empty()) {
        (true, _) => "fails",
        (false, true) => "incomplete",
        (false, false) => "holds",
    };
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
        ..CheckReport::nothing(model, SPECIFICATION, of.to_owned())
    }
}

fn write_check(report: &CheckReport, output: &mut dyn Write) -> std::io::Result<()> {
    let CheckReport { model, configuration, variant, unique_states, generated, depth, .. } = report;
    writeln!(
        output,
        "{model} {configuration} under {variant}: {}; {unique_states} states, {generated} steps, depth \
         {depth}, {:.2} s",
        report.verdict, report.seconds
    )?;
    write_extent(report, output)?;
    if let Some(count) = report.unresolvable.filter(|count| *count > 0) {
        writeln!(output, "  {count} states from which a lock does not end")?;
    }
    let found = [("deadlocks", report.deadlocks), ("fair cycles", report.fair_cycles)];
    for (what, count) in found {
        if let Some(count) = count.filter(|count| *count > 0) {
            writeln!(output, "  {count} {what} among the unresolved states")?;
        }
    }
    for violation in &report.violations {
        write_violation(violation, output)?;
    }
    if let Some(property) = report.only {
        writeln!(
            output,
            "  only `{property}` was looked at; --configuration {configuration} shows every failure"
        )?;
    }
    Ok(())
}

/// What was covered, and what was not.
fn write_extent(report: &CheckReport, output: &mut dyn Write) -> std::io::Result<()> {
    let probability = report.collision_probability;
    let bounds = report.bounds.map_or(String::new(), |reach| format!("{reach}; "));
    writeln!(
        output,
        "  bounds: {bounds}two states were taken for one with a probability of at most {probability:.0e}"
    )?;
    if report.with_symmetry {
        writeln!(output, "  states that differ in the names of equal payments only count as one")?;
    }
    let taken: Vec<String> =
        report.actions.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    if !taken.is_empty() {
        writeln!(output, "  steps by kind: {}", taken.join(", "))?;
    }
    match (report.verdict, report.unresolvable) {
        ("incomplete", _) => {
            writeln!(output, "  not covered: whatever lies beyond these states, and resolution")
        }
        ("fails", None) => {
            writeln!(output, "  not covered: whatever lies beyond the first failure")
        }
        (_, None) if report.model == DRP => {
            writeln!(output, "  not covered: output by reachability, as no shares are heard")
        }
        (_, None) if report.model == SIGNING => {
            writeln!(output, "  not covered: other attacks than this one")
        }
        (_, None) => writeln!(output, "  not covered: resolution, which a graph decides"),
        _ => Ok(()),
    }
}

fn write_violation(violation: &Violation, output: &mut dyn Write) -> std::io::Result<()> {
    let Violation { property, length, trace } = violation;
    match length {
        0 => writeln!(output, "  broken: {property}")?,
        _ => writeln!(output, "  broken after {length} steps: {property}")?,
    }
    match trace {
        AnyTrace::Atomix(trace) => write_steps(trace, output),
        AnyTrace::Drp(trace) => write_drp_steps(trace, output),
    }
}

fn write_drp_steps(trace: &DrpTrace, output: &mut dyn Write) -> std::io::Result<()> {
    for (step, number) in trace.steps.iter().zip(1..) {
        let says = match step.says.is_empty() {
            true => String::new(),
            false => format!(" -> {}", step.says.join("; ")),
        };
        writeln!(output, "    {number}. {}: {}{says}", step.who, step.what)?;
    }
    Ok(())
}

fn write_steps(trace: &Trace, output: &mut dyn Write) -> std::io::Result<()> {
    for (step, number) in trace.steps.iter().zip(1..) {
        let proofs: Vec<String> = step.proofs.iter().map(ToString::to_string).collect();
        let about = step.transaction.map_or(String::new(), |number| format!(" T{number}"));
        let with = match proofs.is_empty() {
            true => String::new(),
            false => format!(" ({})", proofs.join("; ")),
        };
        let (shard, message, answer) = (step.shard, &step.message, &step.answer);
        writeln!(output, "    {number}. shard {shard}: {message}{about}{with} -> {answer}")?;
    }
    Ok(())
}

pub(super) fn write_sum(report: &CheckReport, output: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        output,
        "{}: {} configurations, {} states in {:.2} s; two states were taken for one with a probability \
         of at most {:.0e}",
        report.verdict,
        report.checks.len(),
        report.unique_states,
        report.seconds,
        report.collision_probability
    )?;
    if let Some(reach) = report.bounds {
        writeln!(output, "the largest bounds: {reach}")?;
    }
    if !report.not_begun.is_empty() {
        writeln!(output, "interrupted; not begun: {}", report.not_begun.join(", "))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CheckReport, Checks};

    #[test]
    fn what_was_never_begun_is_named_and_makes_the_sum_incomplete() {
        let names = ["one", "two", "three"].map(str::to_owned);
        let mut checks = Checks::of(names.into_iter());
        let mut first = CheckReport::nothing("atomix", "specification", "one".to_owned());
        first.verdict = "holds";
        checks.add(first, &mut Vec::new()).unwrap();
        let sum = checks.sum("atomix", "tier full");
        assert_eq!(sum.verdict, "incomplete");
        assert_eq!(sum.not_begun, ["two", "three"]);
        assert_eq!(sum.checks.len(), 1);
    }
}
