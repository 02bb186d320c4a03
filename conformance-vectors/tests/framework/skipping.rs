use ioschain_vectors::format::skips::{SkipError, Skips};
use ioschain_vectors::run::adapter::Reply;
use ioschain_vectors::run::report::{Outcome, RunReport};
use ioschain_vectors::run::runner::{RunError, RunOptions, Runner};
use serde_json::json;

use crate::toy_suite::{altered, suite};

fn skips(pattern: &str, expiry: &str) -> Skips {
    let text = format!(
        "[[skip]]\nmatch = \"{pattern}\"\ncategory = \"known-bug\"\nreason = \"off by one\"\n\
         link = \"https://example.org/1\"\nexpiry = \"{expiry}\"\n"
    );
    Skips::parse(&text).unwrap()
}

/// Runs an implementation that halves 8 wrongly.
fn run(skips: Skips) -> Result<RunReport, RunError> {
    let mut wrong = altered(|_, reply| match reply {
        Reply::Ok(value) if value == json!({"number": 4}) => Reply::Ok(json!({"number": 5})),
        other => other,
    });
    Runner::new(&suite(), &RunOptions { skips, ..RunOptions::default() }).run(&mut wrong)
}

#[test]
fn a_declared_failure_is_skipped_and_the_level_granted_with_it() {
    let report = run(skips("*.even-8", "1.0.1")).unwrap();
    assert!(report.holds());
    assert_eq!((report.counts.skipped, report.counts.failed), (1, 0));
    assert!(report.levels.iter().all(|verdict| verdict.granted));
    assert_eq!(report.levels[1].declared_skips, 1);
    assert_eq!(report.levels[0].declared_skips, 0);
    let skipped = report.cases.iter().find(|case| case.id.ends_with("even-8")).unwrap();
    let Outcome::Skipped { instead, .. } = &skipped.outcome else { panic!("it is skipped") };
    assert_eq!(instead, "answer: wrong value");
}

#[test]
fn a_skipped_case_that_passes_is_an_error() {
    let report = run(skips("*.even-*", "2.0.0")).unwrap();
    assert!(!report.holds());
    assert_eq!((report.counts.skipped, report.counts.unexpected_pass), (1, 2));
    let obstacle = report.levels[1].obstacle.as_deref();
    assert_eq!(obstacle, Some("2 skipped cases pass; remove their entries"));
}

#[test]
fn an_entry_that_matches_nothing_or_has_expired_is_an_error() {
    let nothing = run(skips("toy.nothing.*", "2.0.0")).unwrap_err();
    assert!(matches!(nothing, RunError::Skips(SkipError::MatchesNothing { .. })), "{nothing}");
    for expiry in ["1.0.0", "0.9.9"] {
        let expired = run(skips("*.even-8", expiry)).unwrap_err();
        assert!(matches!(expired, RunError::Skips(SkipError::Expired { .. })), "{expired}");
    }
}

#[test]
fn a_file_that_leaves_something_open_is_refused() {
    let whole = "[[skip]]\nmatch = \"a\"\ncategory = \"disputed\"\nreason = \"b\"\nlink = \"c\"\nexpiry = \"1.2.3\"\n";
    assert!(Skips::parse(whole).is_ok());
    assert_eq!(Skips::parse("").unwrap(), Skips::default());
    let changes = [
        ("reason = \"b\"\n", ""),
        ("reason = \"b\"", "reason = \" \""),
        ("\"disputed\"", "\"whatever\""),
        ("\"1.2.3\"", "\"2027-01-31\""),
        ("link", "url"),
        ("[[skip]]", "[[skips]]"),
    ];
    for (from, to) in changes {
        assert!(whole.contains(from));
        assert!(Skips::parse(&whole.replace(from, to)).is_err(), "{from} -> {to}");
    }
}

#[test]
fn a_run_in_which_nothing_passes_does_not_hold() {
    let mut empty = altered(|_, reply| reply);
    empty.hello.handlers.clear();
    let options = RunOptions { skips: skips("*", "2.0.0"), ..RunOptions::default() };
    let report = Runner::new(&suite(), &options).run(&mut empty).unwrap();
    assert_eq!(report.counts.skipped, 14);
    assert!(!report.holds());
    assert!(report.levels.iter().all(|verdict| !verdict.granted));
    assert_eq!(report.levels[0].obstacle.as_deref(), Some("no case of L0 passes"));
}
