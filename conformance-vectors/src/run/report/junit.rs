//! JUnit XML: one test suite for each handler.
//!
//! A case that is not supported counts as a failure, unless a skip declares it: else a dashboard
//! would show green for something that nobody tested.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{CaseResult, Outcome, RunReport, one_line};

pub(super) fn junit(report: &RunReport) -> String {
    let mut by_handler: BTreeMap<&str, Vec<&CaseResult>> = BTreeMap::new();
    for case in &report.cases {
        by_handler.entry(&case.handler).or_default().push(case);
    }
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let name = format!("IOSChain vectors {} {}", report.suite_version, report.profiles_in_words());
    let all: Vec<&CaseResult> = report.cases.iter().collect();
    let _ = writeln!(xml, "<testsuites name=\"{}\"{}>", escape(&name), totals(&all));
    for (handler, cases) in by_handler {
        let _ = writeln!(xml, "  <testsuite name=\"{}\"{}>", escape(handler), totals(&cases));
        for case in cases {
            write_case(case, &mut xml);
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn totals(cases: &[&CaseResult]) -> String {
    let count = |element: &str| {
        cases.iter().filter(|case| element_of(&case.outcome) == Some(element)).count()
    };
    let (failures, errors, skipped) = (count("failure"), count("error"), count("skipped"));
    format!(
        " tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"",
        cases.len()
    )
}

/// The element of a test case that gives its outcome.
fn element_of(outcome: &Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Passed { .. } => None,
        Outcome::Failed(_) | Outcome::Unsupported { .. } | Outcome::UnexpectedPass { .. } => {
            Some("failure")
        }
        Outcome::Error { .. } | Outcome::Timeout { .. } => Some("error"),
        Outcome::Skipped { .. } => Some("skipped"),
    }
}

fn write_case(case: &CaseResult, xml: &mut String) {
    let (handler, id) = (escape(&case.handler), escape(&case.id));
    let _ = write!(xml, "    <testcase classname=\"{handler}\" name=\"{id}\"");
    let Some(element) = element_of(&case.outcome) else {
        xml.push_str("/>\n");
        return;
    };
    let message = escape(&case.outcome.summary());
    xml.push_str(">\n");
    if element == "skipped" {
        let _ = writeln!(xml, "      <skipped message=\"{message}\"/>");
    } else {
        let kind = escape(case.outcome.name());
        let detail = escape(&detail(case));
        let _ = writeln!(
            xml,
            "      <{element} type=\"{kind}\" message=\"{message}\">{detail}</{element}>"
        );
    }
    xml.push_str("    </testcase>\n");
}

fn detail(case: &CaseResult) -> String {
    let mut lines = vec![case.doc.clone()];
    if let Outcome::Failed(failure) = &case.outcome {
        lines.push(format!("input: {}", one_line(&failure.input)));
        lines.push(format!("expected: {}", one_line(&failure.expected)));
        lines.push(format!("got: {}", one_line(&failure.got)));
        lines.extend(failure.difference.clone());
    }
    lines.join("\n")
}

/// Text as it may be written in XML. Characters that XML 1.0 forbids become U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(escaped, "&#{};", character as u32);
            }
            '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => {
                escaped.push(character)
            }
            _ => escaped.push('\u{fffd}'),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_is_escaped_and_forbidden_characters_are_replaced() {
        assert_eq!(escape("<a b=\"c\" & 'd'>"), "&lt;a b=&quot;c&quot; &amp; &#39;d&#39;&gt;");
        assert_eq!(escape("a\0\u{1b}\u{ffff}b\nü"), "a\u{fffd}\u{fffd}\u{fffd}b&#10;ü");
    }
}
