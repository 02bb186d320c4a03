//! The summary for a terminal.

use std::fmt::Write;

use ioschain_model::words::count;

use super::{CaseResult, Outcome, RunReport, cut, one_line};

/// The longest input or answer printed in full, in characters.
const LINE_MAX: usize = 600;

pub(super) fn text(report: &RunReport, failures_max: usize) -> String {
    let mut page = String::new();
    let who = &report.implementation;
    let _ = writeln!(
        page,
        "suite {}, {}, up to {}",
        report.suite_version,
        report.profiles_in_words(),
        report.level
    );
    let _ = writeln!(page, "implementation {} {}", who.name, who.version);
    if let Some(only) = &report.only {
        let _ = writeln!(page, "only {only}");
    }
    let counts: Vec<String> = report
        .counts
        .named()
        .into_iter()
        .filter(|(name, number)| *number > 0 || *name == "passed")
        .map(|(name, number)| format!("{number} {name}"))
        .collect();
    let _ = writeln!(page, "{}: {}", count(report.cases.len(), "case"), counts.join(", "));
    if report.stopped_early {
        page.push_str("stopped at this case; what came after it was not asked\n");
    }
    for verdict in &report.levels {
        let _ = match (&verdict.obstacle, verdict.declared_skips) {
            (Some(obstacle), _) => writeln!(page, "{} not granted: {obstacle}", verdict.level),
            (None, 0) => writeln!(page, "{} granted", verdict.level),
            (None, skips) => {
                writeln!(page, "{} granted, with {}", verdict.level, count(skips, "declared skip"))
            }
        };
    }
    let bad: Vec<&CaseResult> =
        report.cases.iter().filter(|case| !case.outcome.is_fine()).collect();
    for case in bad.iter().take(failures_max) {
        spell_out(case, &mut page);
    }
    if bad.len() > failures_max {
        let more = bad.len() - failures_max;
        let verb = if more == 1 { "does" } else { "do" };
        let _ = writeln!(page, "\nand {more} more that {verb} not pass");
    }
    page
}

fn spell_out(case: &CaseResult, page: &mut String) {
    let _ = writeln!(page, "\n{}", case.id);
    let _ = writeln!(page, "  {}", case.doc);
    let _ = writeln!(page, "  {}", case.outcome.summary());
    if let Outcome::Failed(failure) = &case.outcome {
        let _ = writeln!(page, "  input:    {}", cut(&one_line(&failure.input), LINE_MAX));
        let _ = writeln!(page, "  expected: {}", cut(&one_line(&failure.expected), LINE_MAX));
        let _ = writeln!(page, "  got:      {}", cut(&one_line(&failure.got), LINE_MAX));
        for line in failure.difference.iter().flat_map(|difference| difference.lines()) {
            let _ = writeln!(page, "    {line}");
        }
    }
}
