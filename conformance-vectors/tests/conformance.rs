//! The vectors as they are checked in, put to the specification. The mutation score is taken with
//! this test alone, so this file may have no other test.

use std::path::Path;

use ioschain_vectors::format::suite::VectorSuite;
use ioschain_vectors::reference::Reference;
use ioschain_vectors::run::runner::{RunOptions, Runner};

#[test]
fn the_specification_passes_every_checked_in_vector() {
    let suite = VectorSuite::from_directory(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let options = RunOptions { fail_fast: true, ..RunOptions::default() };
    let report = Runner::new(&suite, &options).run(&mut Reference::new()).unwrap();
    assert!(report.holds(), "{}", report.text(3));
}
