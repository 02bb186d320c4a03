//! Atomix with the most general client: the specification, and every variant of it.

use std::collections::BTreeSet;

use ioschain_model::atomix::configurations::{self, by_name};
use ioschain_model::atomix::properties::{RESOLUTION, SAFETY};
use ioschain_model::check::{Check, Verdict};
use ioschain_model::variants::{Expected, Variant, registry};
use stateright::{Checker, Model};

#[test]
fn the_specification_keeps_every_property_in_every_configuration() {
    for plan in configurations::quick() {
        let name = plan.name.clone();
        let outcome = Check::of_specification(plan).unwrap().run();
        assert_eq!(outcome.verdict(), Verdict::Holds, "{name}: {:?}", outcome.findings);
    }
}

#[test]
fn both_engines_see_the_same_states() {
    for plan in configurations::quick() {
        let check = Check::of_specification(plan).unwrap();
        let findings = check.run().findings;
        let checker = check.model.checker().spawn_dfs().join();
        assert_eq!(checker.unique_state_count(), findings.unique_states);
        assert_eq!(checker.state_count() as u64, findings.generated);
        checker.assert_properties();
    }
}

/// The check of a single property of a variant, where it is expected to fail.
fn shortest_failure(variant: &Variant, property: &str) -> Option<usize> {
    let plan = by_name(variant.expected.configuration).unwrap();
    let mut check = Check::of_variant(plan, variant).unwrap().to_first_failure();
    check.model = check.model.only(property);
    let failures = check.run().findings.failures;
    failures.iter().find(|failure| failure.property == property).map(|found| found.actions.len())
}

#[test]
fn every_variant_fails_as_it_is_said_to_and_no_sooner() {
    for variant in registry() {
        let Expected { property, length, .. } = variant.expected;
        assert_eq!(shortest_failure(variant, property), Some(length), "{}", variant.name);
    }
}

#[test]
fn stateright_comes_to_the_same_verdict_on_every_variant() {
    for variant in registry().iter().filter(|variant| variant.expected.property != RESOLUTION) {
        let plan = by_name(variant.expected.configuration).unwrap();
        let check = Check::of_variant(plan, variant).unwrap();
        let model = check.model.only(variant.expected.property);
        let checker = model.checker().spawn_dfs().join();
        assert!(checker.discovery(variant.expected.property).is_some(), "{}", variant.name);
    }
}

/// A property that no variant needs earns nothing.
#[test]
fn without_any_one_property_some_variant_lives() {
    let alone: BTreeSet<&str> = registry()
        .iter()
        .filter_map(|variant| {
            let plan = by_name(variant.expected.configuration).unwrap();
            let mut check = Check::of_variant(plan, variant).unwrap();
            check.bounds.states_max = 50_000;
            let outcome = check.run();
            let failed: BTreeSet<&str> =
                outcome.findings.failures.iter().map(|failure| failure.property).collect();
            let only = failed.len() == 1 && outcome.findings.is_complete;
            only.then_some(variant.expected.property)
        })
        .collect();
    for property in SAFETY.into_iter().chain([RESOLUTION]) {
        assert!(alone.contains(property), "nothing but other properties is needed for {property}");
    }
}
