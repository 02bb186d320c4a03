//! The cases of the ledger and of Atomix, as they are made, put to the specification by the runner.

use ioschain_vectors::cases::{atomix, ledger};
use ioschain_vectors::manifest::Manifest;
use ioschain_vectors::reference::Reference;
use ioschain_vectors::report::Outcome;
use ioschain_vectors::runner::{RunOptions, Runner};
use ioschain_vectors::suite::Suite;
use ioschain_vectors::vector::VectorFile;

fn suite_of(files: Vec<VectorFile>) -> Suite {
    let manifest = Manifest {
        suite_version: "1.0.0".to_owned(),
        generator: String::new(),
        tree_hash: String::new(),
        cases: 0,
        negative: 0,
        files: Vec::new(),
        requirements: Vec::new(),
        codes_without_second_fault: Vec::new(),
    };
    Suite { manifest, rejections: Vec::new(), files }
}

fn assert_passes(files: Vec<VectorFile>) {
    for file in &files {
        assert_eq!(file.check_shape(), Ok(()));
        assert!(!file.cases.is_empty(), "{} has cases", file.path());
    }
    let suite = suite_of(files);
    let report = Runner::new(&suite, &RunOptions::default()).run(&mut Reference::new()).unwrap();
    for case in &report.cases {
        assert_eq!(case.outcome, Outcome::Passed { exact_code: true }, "{}", case.id);
    }
}

#[test]
fn the_specification_passes_the_cases_of_the_ledger() {
    assert_passes(ledger::files().unwrap());
}

#[test]
fn the_specification_passes_the_cases_of_atomix() {
    assert_passes(atomix::files().unwrap());
}
