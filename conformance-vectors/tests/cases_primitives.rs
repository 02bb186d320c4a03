//! The suites of encoding and primitives obey the rules of every suite, hold what they promise, and
//! the specification passes them.

use std::collections::BTreeMap;

use ioschain_spec::Rejection;
use ioschain_vectors::cases::{encoding, primitives};
use ioschain_vectors::generate::{Sources, generate_tree};
use ioschain_vectors::manifest::RejectionRow;
use ioschain_vectors::reference::{self, PROFILE, Reference};
use ioschain_vectors::report::Outcome;
use ioschain_vectors::runner::{RunOptions, Runner};
use ioschain_vectors::suite::Suite;
use serde_json::json;

/// The requirements of these two modules for which both an accepted and a refused case make sense.
/// Hashing (CRY-HASH-01) and draws (CRY-STREAM-*) refuse nothing.
const TESTED_BOTH_WAYS: [&str; 15] = [
    "CRY-CERT-01",
    "CRY-CERT-02",
    "CRY-CERT-03",
    "CRY-CERT-04",
    "CRY-LIST-01",
    "CRY-LIST-02",
    "CRY-MAP-01",
    "CRY-MAP-02",
    "CRY-MAP-03",
    "CRY-QUORUM-01",
    "CRY-SIGN-01",
    "ENC-CAP-01",
    "ENC-DECODE-01",
    "ENC-ENCODE-01",
    "ENC-SET-01",
];

fn rejections() -> Vec<RejectionRow> {
    let of_these_modules = |rejection: &&Rejection| {
        let code = rejection.code();
        code.starts_with("ENC_") || code.starts_with("CRY_")
    };
    (0..)
        .zip(Rejection::ALL.iter().filter(of_these_modules))
        .map(|(precedence, rejection)| RejectionRow {
            code: rejection.code().to_owned(),
            requirement: rejection.requirement().to_owned(),
            meaning: rejection.meaning().to_owned(),
            precedence,
        })
        .collect()
}

fn suite() -> Suite {
    let mut files = encoding::files().unwrap();
    files.extend(primitives::files().unwrap());
    let sources = Sources {
        suite_version: "1.0.0".to_owned(),
        generator: "test".to_owned(),
        files,
        rejections: rejections(),
        codes_without_second_fault: Vec::new(),
        must_requirements: TESTED_BOTH_WAYS.map(str::to_owned).to_vec(),
        handlers: reference::descriptions(),
        profiles: BTreeMap::from([(PROFILE.to_owned(), json!({}))]),
    };
    let tree = generate_tree(&sources).unwrap_or_else(|error| panic!("{error}"));
    Suite::from_tree(&tree).unwrap()
}

#[test]
fn the_specification_passes_the_suites_of_encoding_and_primitives() {
    let suite = suite();
    for file in &suite.manifest.files {
        println!(
            "{:>7} bytes {:>4} cases {:>4} negative  {}",
            file.bytes, file.cases, file.negative, file.path
        );
    }
    println!("{} cases, {} negative", suite.manifest.cases, suite.manifest.negative);
    let report = Runner::new(&suite, &RunOptions::default()).run(&mut Reference::new()).unwrap();
    assert_eq!(report.cases.len(), suite.manifest.cases as usize);
    for case in &report.cases {
        assert_eq!(case.outcome, Outcome::Passed { exact_code: true }, "{}", case.id);
    }
}

#[test]
fn every_handler_of_the_two_modules_has_cases() {
    let suite = suite();
    for handler in reference::handlers() {
        let ours = ["encoding.", "primitives."].iter().any(|name| handler.name.starts_with(name));
        let cases = suite.files.iter().filter(|file| file.handler_name() == handler.name).count();
        assert!(!ours || cases > 0, "{} has no cases", handler.name);
    }
}
