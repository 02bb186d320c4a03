//! A search that takes states for one which differ in names only sees all that the others see.

use std::collections::BTreeSet;

use ioschain_model::atomix::check::Check;
use ioschain_model::atomix::configurations::{
    by_name, late, retry, ring_twice, shared, with_epochs,
};
use ioschain_model::atomix::memoised::symmetry::Symmetric;
use ioschain_model::atomix::plan::{Plan, Planned, Source};
use ioschain_model::atomix::properties::SAFETY;
use ioschain_model::atomix::{Atomix, CompactState};
use ioschain_model::variants::atomix_registry::registry;
use stateright::{Checker, Model};

/// Two and three equal payments, with and without epochs.
fn with_equal_payments() -> Vec<Plan> {
    vec![
        shared(1, 1, 2, 0),
        shared(2, 1, 2, 0),
        shared(2, 2, 2, 0),
        shared(2, 1, 3, 0),
        shared(1, 1, 3, 1),
        shared(2, 1, 2, 2),
        with_lists_of_two(),
    ]
}

/// Two coins of one shard, and two payments of each to another: expiry lists of two pairs, whose
/// order changes with the names.
fn with_lists_of_two() -> Plan {
    let payments = [0, 0, 1, 1].map(|coin| Planned::new([Source::Coin(coin)], [2]));
    Plan {
        name: "lists-of-two".to_owned(),
        shards: 2,
        coins: vec![1, 1],
        transactions: payments.to_vec(),
        ..shared(1, 1, 2, 1)
    }
}

fn symmetric(plan: Plan) -> Symmetric {
    Symmetric::new(Check::of_specification(plan).unwrap().model)
}

fn successors(model: &Atomix, state: &CompactState) -> Vec<CompactState> {
    let mut actions = Vec::new();
    model.actions(state, &mut actions);
    actions.iter().map(|action| Atomix::after(state, action)).collect()
}

fn reachable(model: &Atomix) -> BTreeSet<CompactState> {
    let mut known = BTreeSet::from([model.first()]);
    let mut pending = vec![model.first()];
    while let Some(state) = pending.pop() {
        pending.extend(successors(model, &state).into_iter().filter(|next| known.insert(*next)));
    }
    known
}

#[test]
fn whatever_a_payment_can_do_an_equal_one_can() {
    for plan in with_equal_payments() {
        let name = plan.name.clone();
        let symmetric = symmetric(plan);
        let states = reachable(&symmetric.model);
        for state in &states {
            let orbit = symmetric.orbit(state);
            assert_eq!(orbit[0], *state, "the first renaming changes nothing");
            let mut renamed: Vec<BTreeSet<CompactState>> = vec![BTreeSet::new(); orbit.len()];
            for next in successors(&symmetric.model, state) {
                for (renamed, next) in renamed.iter_mut().zip(symmetric.orbit(&next)) {
                    renamed.insert(next);
                }
            }
            for (other, expected) in orbit.iter().zip(renamed) {
                assert!(states.contains(other), "{name}: a renamed state is reachable");
                let found: BTreeSet<CompactState> =
                    successors(&symmetric.model, other).into_iter().collect();
                assert_eq!(found, expected, "{name}: steps of a renamed state");
            }
        }
    }
}

#[test]
fn the_search_sees_one_state_of_every_orbit() {
    for plan in with_equal_payments() {
        let counted = symmetric(plan.clone());
        let states = reachable(&counted.model);
        let orbits: BTreeSet<BTreeSet<CompactState>> =
            states.iter().map(|state| counted.orbit(state).into_iter().collect()).collect();
        assert!(orbits.len() < states.len());
        let checker = symmetric(plan).checker().symmetry().spawn_dfs().join();
        assert_eq!(checker.unique_state_count(), orbits.len());
        checker.assert_properties();
    }
}

#[test]
fn without_symmetry_the_same_model_has_every_state() {
    let plan = shared(2, 1, 2, 2);
    let states = Check::of_specification(plan.clone()).unwrap().run().findings.unique_states;
    let checker = symmetric(plan).checker().spawn_dfs().join();
    assert_eq!(checker.unique_state_count(), states);
}

#[test]
fn every_variant_breaks_the_same_properties_with_symmetry_and_without() {
    let mut compared = 0;
    for variant in registry() {
        for name in ["k1-l1-t2", "k2-l1-t2"] {
            let check = || Check::of_variant(by_name(name).unwrap(), variant).unwrap();
            let mut bounded = check();
            bounded.bounds.states_max = 20_000;
            let findings = bounded.run().findings;
            if !findings.is_complete {
                continue;
            }
            let broken: BTreeSet<&str> =
                findings.failures.iter().map(|failure| failure.property).collect();
            let broken: BTreeSet<&str> =
                SAFETY.into_iter().filter(|property| broken.contains(property)).collect();
            let checker = Symmetric::new(check().model).checker().symmetry().spawn_dfs().join();
            let found: BTreeSet<&str> = SAFETY
                .into_iter()
                .filter(|property| checker.discovery(property).is_some())
                .collect();
            assert_eq!(found, broken, "{} in {name}", variant.name);
            compared += 1;
        }
    }
    assert!(compared >= 45, "{compared} of {}", 2 * registry().len());
}

#[test]
fn only_equal_payments_exchange_names() {
    let renamings = |plan: Plan| {
        let symmetric = symmetric(plan);
        symmetric.orbit(&symmetric.model.first()).len()
    };
    assert_eq!(renamings(shared(2, 1, 3, 0)), 6);
    assert_eq!(renamings(ring_twice()), 8, "each payment of the ring with its second try");
    assert_eq!(renamings(late()), 1, "they expire in different epochs");
    assert_eq!(renamings(retry()), 1, "the third spends what exactly the first gets back");
}

#[test]
fn every_property_is_asked_of_the_state_itself() {
    let plan = with_epochs(retry(), 1);
    let symmetric = symmetric(plan);
    let (of_model, of_sightings) = (symmetric.model.properties(), symmetric.properties());
    assert_eq!(of_model.len(), 11, "as many as any plan has");
    let mut witnesses = vec![0; of_model.len()];
    let mut known = BTreeSet::new();
    let mut pending = symmetric.init_states();
    while let Some(seen) = pending.pop() {
        for ((one, other), witness) in of_model.iter().zip(&of_sightings).zip(&mut witnesses) {
            assert_eq!(one.name, other.name);
            let is_true = (one.condition)(&symmetric.model, &seen.state);
            assert_eq!((other.condition)(&symmetric, &seen), is_true, "{}", one.name);
            *witness += usize::from(is_true);
        }
        let next = symmetric.next_states(&seen).into_iter();
        pending.extend(next.filter(|next| known.insert(next.state)));
    }
    for (property, witnesses) in of_model.iter().zip(witnesses) {
        assert!(witnesses > 0, "{} is true somewhere", property.name);
    }
}
