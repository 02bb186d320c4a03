use ioschain_vectors::run::adapter::Reply;
use ioschain_vectors::run::report::RunReport;
use ioschain_vectors::run::runner::{RunOptions, Runner};
use serde_json::{Value, json};

use crate::toy::Toy;
use crate::toy_suite::{altered, suite};

/// A run with a failure, an error, a timeout and something unsupported, all with awkward texts.
fn mixed() -> RunReport {
    let mut adapter = altered(|_, reply| match reply {
        Reply::Ok(value) if value == json!({"number": 4}) => {
            Reply::Ok(json!({"number": "<b>&\"5\"</b>\u{1}"}))
        }
        Reply::Rejected(code) if code == "TOY_LARGE" => {
            Reply::Error("<crash> & \u{1b}[31m".to_owned())
        }
        Reply::Rejected(code) if code == "TOY_ODD" => Reply::Timeout,
        Reply::Rejected(code) if code == "TOY_ZERO" => Reply::Unsupported("\"later\"".to_owned()),
        other => other,
    });
    Runner::new(&suite(), &RunOptions::default()).run(&mut adapter).unwrap()
}

/// Checks that every element of `text` is closed in order, and that it holds no stray `<` or `&`.
fn assert_well_formed(text: &str, void: &[&str]) {
    let mut open: Vec<String> = Vec::new();
    for piece in text.split('<').skip(1) {
        let (tag, content) = piece.split_once('>').expect("a tag is closed");
        assert!(!content.contains('>'), "a stray > in {content:?}");
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|c| c.is_alphanumeric()).collect();
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "closed out of order");
        } else if !tag.starts_with(['?', '!'])
            && !tag.ends_with('/')
            && !void.contains(&name.as_str())
        {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    for entity in text.split('&').skip(1) {
        let name = entity.split_once(';').expect("an entity ends").0;
        let known = ["amp", "lt", "gt", "quot"].contains(&name) || name.starts_with('#');
        assert!(known, "a stray & before {name:?}");
    }
}

#[test]
fn the_json_report_reads_back_as_the_same_report() {
    for report in
        [mixed(), Runner::new(&suite(), &RunOptions::default()).run(&mut Toy::default()).unwrap()]
    {
        let read: RunReport = serde_json::from_str(&report.json()).unwrap();
        assert_eq!(read, report);
    }
}

#[test]
fn the_same_run_gives_the_same_report() {
    assert_eq!(mixed().json(), mixed().json());
}

#[test]
fn a_float_in_an_answer_does_not_spoil_the_report() {
    let mut adapter = altered(|_, reply| match reply {
        Reply::Ok(value) if value == json!({"number": 4}) => Reply::Ok(json!({"number": 4.5})),
        other => other,
    });
    let report = Runner::new(&suite(), &RunOptions::default()).run(&mut adapter).unwrap();
    let read: Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(read["counts"]["failed"], 1);
    assert!(report.text(1).contains("4.5"));
}

#[test]
fn the_junit_report_counts_and_is_well_formed() {
    let xml = mixed().junit();
    assert_well_formed(&xml, &[]);
    let total = "<testsuites name=\"IOSChain vectors 1.0.0 profile standard\" tests=\"14\" failures=\"3\" errors=\"4\" skipped=\"0\">";
    assert!(xml.contains(total), "{xml}");
    assert!(xml.contains(
        "<testsuite name=\"toy.half\" tests=\"7\" failures=\"1\" errors=\"4\" skipped=\"0\">"
    ));
    assert!(xml.contains("type=\"unsupported\"") && xml.contains("type=\"timeout\""));
    assert!(!xml.contains('\u{1b}') && xml.contains("&lt;crash&gt; &amp; \u{fffd}[31m"));
    assert_eq!(xml.matches("<testcase ").count(), 14);
}

#[test]
fn the_html_report_needs_nothing_else_and_is_well_formed() {
    let page = mixed().html();
    assert_well_formed(&page, &["meta", "br"]);
    for outside in ["http:", "https:", "src=", "<script", "<link", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("not every case holds") && page.contains("&lt;b&gt;"));
}

#[test]
fn the_summary_spells_out_the_first_failures_and_counts_the_rest() {
    let text = mixed().text(1);
    assert!(text.starts_with("suite 1.0.0, profile standard, up to L2\nimplementation toy 1\n"));
    assert!(
        text.contains("14 cases: 7 passed, 1 failed, 2 unsupported, 2 error, 2 timeout"),
        "{text}"
    );
    assert!(text.contains("L0 granted\nL1 not granted: 5 cases do not pass\n"), "{text}");
    assert!(text.ends_with("and 6 more that do not pass\n"), "{text}");
    let whole = mixed().text(100);
    assert!(whole.contains(
        "toy.half.basic.even-8\n  Given a number, when it is halved, then half of it comes out, or a refusal.\n  \
         answer: wrong value\n  input:    {\"number\":8}\n  expected: {\"ok\":{\"number\":4}}\n  got:      {\"ok\":"
    ), "{whole}");
}
