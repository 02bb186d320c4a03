//! The tree of vectors as it is checked in: where it comes from, and whether it can fail.

use std::path::Path;

use ioschain_model::variants::atomix_registry::find;
use ioschain_spec::atomix::Specification;
use ioschain_vectors::format::suite::VectorSuite;
use ioschain_vectors::format::tree::check_tree;
use ioschain_vectors::make::cases::atomix::trace::walks;
use ioschain_vectors::make::cases::sources;
use ioschain_vectors::make::faulty::invariant_faults;
use ioschain_vectors::make::generate::generate_tree;
use ioschain_vectors::make::self_test::self_test;
use ioschain_vectors::reference::{Reference, STANDARD, TINY, handlers};
use ioschain_vectors::run::runner::{Level, RunOptions, Runner};
use wildmatch::WildMatch;

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_checked_in_tree_is_byte_for_byte_what_the_specification_gives() {
    let tree = generate_tree(&sources().unwrap()).unwrap();
    let departures = check_tree(folder(), &tree).unwrap();
    assert!(departures.is_empty(), "run `ioschain vectors generate`: {departures:?}");
}

#[test]
fn every_faulty_implementation_is_caught() {
    let suite = VectorSuite::from_directory(folder()).unwrap();
    let mut faults = invariant_faults();
    let report = self_test(&suite, &mut Reference::new(), &mut faults).unwrap();
    assert!(report.holds(), "{}", report.text());
}

#[test]
fn a_profile_alone_grants_the_levels_that_it_has_all_cases_of() {
    let suite = VectorSuite::from_directory(folder()).unwrap();
    let granted = |profile: &str| {
        let options = RunOptions { profile: Some(profile.to_owned()), ..RunOptions::default() };
        let report = Runner::new(&suite, &options).run(&mut Reference::new()).unwrap();
        assert!(report.holds());
        let granted = report.levels.into_iter().filter(|verdict| verdict.granted);
        granted.map(|verdict| verdict.level).collect::<Vec<_>>()
    };
    assert_eq!(granted(STANDARD), [Level::L0, Level::L1, Level::L2]);
    assert_eq!(granted(TINY), []);
}

#[test]
fn walks_follow_from_their_seeds_and_find_a_faulty_implementation() {
    let file = walks(0..3).unwrap();
    assert_eq!(file, walks(0..3).unwrap());
    let mut suite = VectorSuite::from_directory(folder()).unwrap();
    suite.files.push(file);
    let only = Some(WildMatch::new("atomix.trace.walks.*"));
    let options = RunOptions { only, ..RunOptions::default() };
    let failed = |rules| {
        let report = Runner::new(&suite, &options).run(&mut Reference::with_rules(rules)).unwrap();
        assert_eq!(report.cases.len(), 3);
        report.counts.failed
    };
    assert_eq!(failed(&Specification), 0);
    assert!(failed(find("refunds-are-not-fresh").unwrap().normative) > 0);
}

#[test]
fn the_suite_keeps_its_promises_of_size_and_refusal() {
    let suite = VectorSuite::from_directory(folder()).unwrap();
    let cases = suite.cases().count();
    let negative =
        suite.cases().filter(|(_, case)| case.expectations().any(|e| e.code().is_some()));
    assert!(cases >= 600, "{cases} cases");
    assert!(negative.count() * 10 >= cases * 3, "too few cases end in a rejection");
    for row in &suite.rejections {
        let due = suite.cases().filter(|(_, case)| case.expects_code(&row.code)).count();
        assert!(due >= 2, "{} is expected by {due} cases", row.code);
    }
}

#[test]
fn every_handler_has_cases() {
    let suite = VectorSuite::from_directory(folder()).unwrap();
    for handler in handlers() {
        let cases = suite.files.iter().filter(|file| file.handler_name() == handler.name).count();
        assert!(cases > 0, "{} has no cases", handler.name);
    }
}

#[test]
fn the_readme_is_as_reviewed() {
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    insta::assert_snapshot!("readme", readme);
}
