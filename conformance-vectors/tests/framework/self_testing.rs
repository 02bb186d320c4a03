use ioschain_vectors::make::self_test::{FaultKind, InvariantFault, self_test};
use ioschain_vectors::run::adapter::Reply;
use serde_json::json;
use wildmatch::WildMatch;

use crate::toy::Toy;
use crate::toy_suite::{altered, suite};

fn invariant(name: &str, only: &str, fault: fn(&'static str, Reply) -> Reply) -> InvariantFault {
    InvariantFault {
        name: name.to_owned(),
        implementation: Box::new(altered(fault)),
        only: vec![WildMatch::new(only)],
    }
}

fn miscounts(operation: &'static str, reply: Reply) -> Reply {
    match operation {
        "root" => Reply::Ok(json!("00000000")),
        _ => reply,
    }
}

#[test]
fn every_code_and_every_invariant_is_caught() {
    let mut invariants = [invariant("the root follows the count", "toy.counter.*", miscounts)];
    let report = self_test(&suite(), &mut Toy::default(), &mut invariants).unwrap();
    assert!(report.holds(), "{}", report.text());
    assert_eq!(report.reference_cases, 14);
    let rows: Vec<(&str, u32, u32)> =
        report.faults.iter().map(|row| (row.name.as_str(), row.cases, row.failed)).collect();
    assert_eq!(
        rows,
        [
            ("ENC_MALFORMED", 2, 2),
            ("TOY_ODD", 2, 2),
            ("TOY_LARGE", 2, 2),
            ("TOY_ZERO", 2, 2),
            ("the root follows the count", 3, 3),
        ]
    );
    assert_eq!(report.faults[4].kind, FaultKind::Invariant);
    assert_eq!(report.caught(FaultKind::Code), (4, 4));
    assert_eq!(report.caught(FaultKind::Invariant), (1, 1));
    assert!(report.text().contains("1 of 1 broken invariants are caught"));
}

#[test]
fn a_fault_that_the_vectors_miss_is_not_caught() {
    let mut invariants = [
        invariant("nothing is wrong", "toy.counter.*", |_, reply| reply),
        invariant("no case is asked", "toy.counter.none", miscounts),
        invariant("a crash is no wrong answer", "toy.counter.*", |_, _| {
            Reply::Error("crash".to_owned())
        }),
    ];
    let report = self_test(&suite(), &mut Toy::default(), &mut invariants).unwrap();
    assert!(!report.holds());
    let caught: Vec<bool> = report.faults[4..].iter().map(|row| row.caught).collect();
    assert_eq!(caught, [false, false, false]);
    assert_eq!(report.faults[5].cases, 0);
    assert!(report.text().contains("NOT CAUGHT"));
}

#[test]
fn a_code_without_cases_is_not_caught() {
    let mut suite = suite();
    let mut forgotten = suite.rejections[0].clone();
    forgotten.code = "TOY_FORGOTTEN".to_owned();
    suite.rejections.push(forgotten);
    let report = self_test(&suite, &mut Toy::default(), &mut []).unwrap();
    assert!(!report.holds());
    assert!(!report.faults[4].caught);
}

#[test]
fn a_reference_that_fails_a_case_fails_the_self_test() {
    let mut vague = altered(|_, reply| match reply {
        Reply::Rejected(code) if code == "TOY_LARGE" => Reply::Rejected("OTHER".to_owned()),
        other => other,
    });
    vague.hello.exact_codes = false;
    let report = self_test(&suite(), &mut vague, &mut []).unwrap();
    assert!(!report.holds());
    assert_eq!(report.reference_failures.len(), 2, "another code is a failure of the reference");
}
