//! The results of checks as text.

use std::io::Write;

use ioschain_model::report::{CheckReport, Violation};
use ioschain_model::verdict::Verdict;
use ioschain_model::words::count;

/// The result of one check.
pub(super) fn write_check(report: &CheckReport, results: &mut dyn Write) -> std::io::Result<()> {
    let CheckReport { model, configuration, variant, verdict, depth, .. } = report;
    if let Some(bounds) = &report.bounds_in_words {
        writeln!(results, "bounds: {bounds}")?;
    }
    let states = count(report.unique_states, "state");
    let steps = count(report.generated, "step");
    write!(results, "{model} {configuration} under {variant}: {verdict}; ")?;
    // A model that only counts attacks has no states.
    if report.unique_states > 0 {
        write!(results, "{states}, {steps}, depth {depth}, ")?;
    }
    writeln!(results, "{:.2} s", report.seconds)?;
    write_extent(report, results)?;
    if let Some(count) = report.unresolvable.filter(|count| *count > 0) {
        writeln!(results, "  states from which a lock can never be released: {count}")?;
    }
    let found = [("deadlocks", report.deadlocks), ("fair cycles", report.fair_cycles)];
    for (what, count) in found {
        if let Some(count) = count.filter(|count| *count > 0) {
            writeln!(results, "  {what} among the unresolved states: {count}")?;
        }
    }
    for violation in &report.violations {
        write_violation(violation, results)?;
    }
    if let Some(property) = report.only {
        writeln!(
            results,
            "  only `{property}` was checked; add --configuration {configuration} to check all properties"
        )?;
    }
    Ok(())
}

/// What was covered, and what was not.
fn write_extent(report: &CheckReport, results: &mut dyn Write) -> std::io::Result<()> {
    if let Some(bounds) = report.bounds {
        writeln!(results, "  bounds: {bounds}")?;
    }
    if report.unique_states > 0 {
        writeln!(
            results,
            "  probability that a fingerprint collision hid a state: at most {:.0e}",
            report.collision_probability
        )?;
    }
    if report.with_symmetry {
        writeln!(
            results,
            "  states that differ only by a permutation of identical payments count as one"
        )?;
    }
    let taken: Vec<String> =
        report.actions.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    if !taken.is_empty() {
        writeln!(results, "  steps by kind: {}", taken.join(", "))?;
    }
    let not_covered = match (report.verdict, report.unresolvable) {
        (Verdict::Incomplete, _) => "whatever lies beyond these states, and resolution",
        // An attack that is counted is not the first of several states.
        (Verdict::Fails, None) if report.unique_states == 0 => report.undecided,
        (Verdict::Fails, None) => "whatever lies beyond the first failure",
        (Verdict::Holds, None) => report.undecided,
        (_, Some(_)) => return Ok(()),
    };
    writeln!(results, "  not covered: {not_covered}")
}

fn write_violation(violation: &Violation, results: &mut dyn Write) -> std::io::Result<()> {
    let Violation { property, length, trace } = violation;
    match length {
        0 => writeln!(results, "  broken property: {property}")?,
        _ => writeln!(results, "  broken property after {}: {property}", count(length, "step"))?,
    }
    trace.lines().iter().try_for_each(|line| writeln!(results, "    {line}"))
}

/// The sum of several checks.
pub(super) fn write_sum(report: &CheckReport, results: &mut dyn Write) -> std::io::Result<()> {
    write!(results, "{}: {}", report.verdict, count(report.checks.len(), "configuration"))?;
    if report.unique_states > 0 {
        write!(results, ", {}", count(report.unique_states, "state"))?;
    }
    writeln!(results, " in {:.2} s", report.seconds)?;
    if report.unique_states > 0 {
        writeln!(
            results,
            "probability that a fingerprint collision hid a state in any of these runs: at most {:.0e}",
            report.collision_probability
        )?;
    }
    if let Some(reach) = report.bounds {
        writeln!(results, "the largest bounds: {reach}")?;
    }
    if !report.not_begun.is_empty() {
        writeln!(
            results,
            "interrupted; these configurations were not begun: {}",
            report.not_begun.join(", ")
        )?;
    }
    Ok(())
}
