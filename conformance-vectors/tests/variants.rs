//! Every weakened rule of the specification is caught by something, and nothing else is expected.

use std::collections::BTreeSet;

use ioschain_model::variants::atomix_registry::registry;
use ioschain_model::variants::{computed, drp_registry};
use ioschain_spec::variants::all;
use ioschain_vectors::make::faulty::{EXPECTATIONS, invariant_faults};

/// The variants of the models, each with what the models say that it weakens.
fn in_models() -> BTreeSet<(&'static str, &'static str)> {
    let of_atomix = registry().iter().map(|variant| (variant.name, variant.weakens));
    let of_drp = drp_registry::registry().iter().chain(drp_registry::harmless());
    let of_drp = of_drp.map(|variant| (variant.name, variant.weakens));
    let computed = computed::registry().map(|variant| (variant.name, variant.weakens));
    of_atomix.chain(of_drp).chain(computed).collect()
}

#[test]
fn every_variant_has_an_expectation_in_a_model_or_in_the_self_test() {
    let models = in_models();
    let expected = models.iter().map(|(name, _)| *name);
    let expected: BTreeSet<&str> =
        expected.chain(EXPECTATIONS.iter().map(|(name, _)| *name)).collect();
    let table: BTreeSet<&str> = all().iter().map(|variant| variant.name).collect();
    // The same in both directions: no variant without an expectation, no expectation without a
    // variant.
    assert_eq!(expected, table);
}

#[test]
fn every_expectation_of_the_self_test_becomes_a_faulty_implementation() {
    let weakened: BTreeSet<&str> = EXPECTATIONS.iter().map(|(name, _)| *name).collect();
    assert_eq!(weakened.len(), EXPECTATIONS.len(), "no variant is expected twice");
    let faults: BTreeSet<String> = invariant_faults().into_iter().map(|fault| fault.name).collect();
    for variant in all().into_iter().filter(|variant| weakened.contains(variant.name)) {
        assert!(faults.contains(variant.weakens), "{}", variant.name);
    }
}

#[test]
fn the_models_describe_variants_as_the_table_does() {
    let table: BTreeSet<_> =
        all().into_iter().map(|variant| (variant.name, variant.weakens)).collect();
    assert!(in_models().is_subset(&table));
}
