//! The report as one page: what holds, what does not, and why.

use std::fmt::Write;

use ioschain_model::words::count;

use super::junit::escape;
use super::{CaseResult, Outcome, RunReport, one_line};

const STYLE: &str = "
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid #ddd;
  vertical-align: top; }
code, pre { font: 14px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
.good { color: #146c2e; } .bad { color: #a1151a; } .skip { color: #6b5500; }
summary { cursor: pointer; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; } th, td { border-color: #444; }
  .good { color: #7bd88f; } .bad { color: #ff8a80; } .skip { color: #e6c84f; }
}";

pub(super) fn html(report: &RunReport) -> String {
    let who = format!("{} {}", report.implementation.name, report.implementation.version);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>IOSChain vectors: {}</title>\n<style>{STYLE}\n</style>\n</head>\n<body>\n",
        escape(&who)
    );
    let verdict = if report.holds() { "every case holds" } else { "not every case holds" };
    let class = if report.holds() { "good" } else { "bad" };
    let _ = writeln!(page, "<h1>{}: <span class=\"{class}\">{verdict}</span></h1>", escape(&who));
    let _ = writeln!(
        page,
        "<p>Suite {}, {}, levels up to {}{}. Files <code>{}</code>.</p>",
        escape(&report.suite_version),
        escape(&report.profiles_in_words()),
        report.level,
        report
            .only
            .as_ref()
            .map_or(String::new(), |only| format!(", only <code>{}</code>", escape(only))),
        escape(&report.tree_hash)
    );
    levels(report, &mut page);
    counts(report, &mut page);
    failures(report, &mut page);
    all_cases(report, &mut page);
    page.push_str("</body>\n</html>\n");
    page
}

fn levels(report: &RunReport, page: &mut String) {
    page.push_str("<h2>Levels</h2>\n<table>\n");
    for verdict in &report.levels {
        let (class, word) =
            if verdict.granted { ("good", "granted") } else { ("bad", "not granted") };
        let remark = match &verdict.obstacle {
            Some(obstacle) => escape(obstacle),
            None if verdict.declared_skips > 0 => count(verdict.declared_skips, "declared skip"),
            None => String::new(),
        };
        let _ = writeln!(
            page,
            "<tr><th>{}</th><td class=\"{class}\">{word}</td><td>{remark}</td></tr>",
            verdict.level
        );
    }
    page.push_str("</table>\n");
}

fn counts(report: &RunReport, page: &mut String) {
    page.push_str("<h2>Outcomes</h2>\n<table>\n");
    for (name, number) in report.counts.named() {
        let _ = writeln!(page, "<tr><th>{name}</th><td>{number}</td></tr>");
    }
    page.push_str("</table>\n");
}

fn failures(report: &RunReport, page: &mut String) {
    let bad: Vec<&CaseResult> =
        report.cases.iter().filter(|case| !case.outcome.is_fine()).collect();
    if bad.is_empty() {
        return;
    }
    page.push_str("<h2>What does not hold</h2>\n");
    for case in bad {
        let _ = writeln!(
            page,
            "<h3><code>{}</code></h3>\n<p>{}</p>",
            escape(&case.id),
            escape(&case.doc)
        );
        let _ = writeln!(page, "<p class=\"bad\">{}</p>", escape(&case.outcome.summary()));
        if let Outcome::Failed(failure) = &case.outcome {
            page.push_str("<table>\n");
            for (name, value) in
                [("input", &failure.input), ("expected", &failure.expected), ("got", &failure.got)]
            {
                let value = escape(&one_line(value));
                let _ = writeln!(page, "<tr><th>{name}</th><td><code>{value}</code></td></tr>");
            }
            page.push_str("</table>\n");
            if let Some(difference) = &failure.difference {
                let _ = writeln!(page, "<pre>{}</pre>", escape(difference));
            }
        }
    }
}

fn all_cases(report: &RunReport, page: &mut String) {
    let cases = count(report.cases.len(), "case");
    let _ = writeln!(page, "<details>\n<summary>All cases ({cases})</summary>\n<table>");
    for case in &report.cases {
        let class = match case.outcome {
            Outcome::Passed { .. } => "good",
            Outcome::Skipped { .. } => "skip",
            _ => "bad",
        };
        let _ = writeln!(
            page,
            "<tr><td><code>{}</code><br>{}</td><td class=\"{class}\">{}</td></tr>",
            escape(&case.id),
            escape(&case.doc),
            case.outcome.name()
        );
    }
    page.push_str("</table>\n</details>\n");
}
