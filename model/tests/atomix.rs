//! Atomix with the most general client: the specification, and every variant of it.

use std::collections::BTreeSet;

use ioschain_model::atomix::Atomix;
use ioschain_model::atomix::check::Check;
use ioschain_model::atomix::configurations::{self, by_name, change, shared};
use ioschain_model::atomix::plan::{Plan, Source};
use ioschain_model::atomix::properties::{RESOLUTION, SAFETY};
use ioschain_model::variants::{AtomixVariant, Expectation, atomix_registry::registry};
use ioschain_model::verdict::Verdict;
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
    assert_both_engines_see_the_same(configurations::quick());
}

#[test]
#[ignore = "15 million states in each engine: minutes in release, 1.4 GB"]
fn both_engines_see_the_same_states_of_the_full_tier() {
    assert_both_engines_see_the_same(configurations::full());
}

fn assert_both_engines_see_the_same(plans: Vec<Plan>) {
    for plan in plans {
        let check = Check::of_specification(plan).unwrap();
        let findings = check.run().findings;
        let checker = check.model.checker().spawn_dfs().join();
        assert_eq!(checker.unique_state_count(), findings.unique_states);
        assert_eq!(checker.state_count() as u64, findings.generated);
        checker.assert_properties();
    }
}

/// The check of a single property of a variant, where it is expected to fail.
fn shortest_failure(variant: &AtomixVariant, property: &str) -> Option<usize> {
    let plan = by_name(variant.expectation.configuration).unwrap();
    let mut check = Check::of_variant(plan, variant).unwrap().to_first_failure();
    check.model = check.model.only(property);
    let failures = check.run().findings.failures;
    failures.iter().find(|failure| failure.property == property).map(|found| found.actions.len())
}

#[test]
fn every_variant_fails_as_it_is_said_to_and_no_sooner() {
    for variant in registry() {
        let Expectation { property, length, .. } = variant.expectation;
        assert!(length.is_some(), "{}", variant.name);
        assert_eq!(shortest_failure(variant, property), length, "{}", variant.name);
    }
}

/// Which safety properties fail, by the graph; `None` if not every state was seen.
fn failing(variant: &AtomixVariant, plan: Plan) -> Option<(BTreeSet<&'static str>, Check)> {
    let mut check = Check::of_variant(plan, variant).unwrap();
    check.bounds.states_max = 20_000;
    let outcome = check.run();
    let failures = outcome.findings.failures.iter().map(|failure| failure.property);
    outcome.findings.is_complete.then(|| (failures.collect(), check))
}

/// stateright stops at a property's first failure and goes on for the others, so what it discovers
/// in a whole run is what fails.
#[test]
fn both_engines_find_the_same_properties_of_every_variant_broken() {
    let plans = ["k1-l1-t2", "k2-l1-t1", "k2-l1-t2", "change", "overclaim", "k2-l1-t1-e3"];
    let mut compared = 0;
    for variant in registry() {
        for plan in plans.map(|name| by_name(name).unwrap()) {
            let name = plan.name.clone();
            let Some((mut broken, check)) = failing(variant, plan) else { continue };
            broken.remove(RESOLUTION);
            let checker = check.model.checker().spawn_dfs().join();
            let found: BTreeSet<&str> = SAFETY
                .into_iter()
                .filter(|property| checker.discovery(property).is_some())
                .collect();
            assert_eq!(found, broken, "{} in {name}", variant.name);
            compared += 1;
        }
    }
    assert!(compared >= 150, "{compared} of {}", registry().len() * plans.len());
}

/// What remembers the sum forgets nothing that counts for it.
#[test]
fn the_sum_that_is_remembered_is_the_specifications() {
    let mut models: Vec<Atomix> = configurations::quick()
        .into_iter()
        .map(|plan| Check::of_specification(plan).unwrap().model)
        .collect();
    for variant in registry() {
        let plan = by_name(variant.expectation.configuration).unwrap();
        models.push(Check::of_variant(plan, variant).unwrap().model);
    }
    for model in models {
        let mut known = BTreeSet::from([model.first()]);
        let mut pending = vec![model.first()];
        while let Some(state) = pending.pop() {
            assert_eq!(model.supply_remembered(&state), model.supply(&state), "{}", model.rules);
            let mut actions = Vec::new();
            model.actions(&state, &mut actions);
            let next = actions.iter().map(|action| Atomix::after(&state, action));
            pending.extend(next.filter(|state| known.len() < 3_000 && known.insert(*state)));
        }
    }
}

/// A property that no variant needs earns nothing: without it, some variant would be caught
/// nowhere.
#[test]
fn without_any_one_property_some_variant_lives() {
    let mut alone: BTreeSet<&str> = BTreeSet::new();
    for variant in registry() {
        let property = variant.expectation.property;
        let survives = |plan| {
            let broken = failing(variant, plan).map(|(broken, _)| broken);
            broken.is_some_and(|broken| broken.iter().all(|name| *name == property))
        };
        let own = by_name(variant.expectation.configuration).unwrap();
        if survives(own) && configurations::quick().into_iter().all(survives) {
            alone.insert(property);
        }
    }
    for property in SAFETY.into_iter().chain([RESOLUTION]) {
        assert!(alone.contains(property), "no variant lives without {property}: {alone:?}");
    }
}

#[test]
fn a_plan_beyond_the_limits_is_refused_with_the_limit() {
    let refused = |plan: Plan| Check::of_specification(plan).err().unwrap().to_string();
    assert_eq!(
        refused(shared(1, 1, 9, 0)),
        "a plan has at most 8 transactions, and this one has 9"
    );
    assert_eq!(refused(shared(3, 3, 1, 0)), "a plan has 1 to 5 shards, and this one has 6");
    assert!(refused(shared(5, 0, 1, 0)).contains("T0 spends in 5 shards; at most 4"));
    let mut plan = change();
    plan.transactions[0].inputs[0] = Source::Coin(7);
    assert!(refused(plan).contains("T0 names a coin"));
    let mut plan = change();
    plan.transactions[0].outputs[0] = 9;
    assert!(refused(plan).contains("T0 names a coin"));
    let mut plan = change();
    plan.coins[1] = 0;
    assert!(refused(plan).contains("coin 1"));
    let mut plan = shared(2, 1, 2, 0);
    plan.transactions.iter_mut().for_each(|it| it.outputs = vec![3; 40]);
    assert!(refused(plan).contains("outpoints"));
}
