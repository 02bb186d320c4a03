//! §5 in small: leaders that fail, tickets by gossip, late keys, shuffles.

use std::collections::BTreeSet;
use std::sync::Arc;

use ioschain_model::graph::{Bounds, GoOn, Graph, Stop};
use ioschain_model::sharding::{
    Gossip, Names, ONE_LOCKED, TurnRules, Turns, late_key_wins, orders_by_draws, swap_with_any,
};
use ioschain_model::variants::computed::registry;
use ioschain_spec::drp::rules::Specification;
use ioschain_spec::drp::variants::SameView;

const ALL: Bounds = Bounds { states_max: 20_000, stop: Stop::AtTheEnd };

/// States, stuck states and fair cycles.
fn turns(turns: &Turns) -> (usize, usize, usize) {
    let graph = Graph::explore(turns, ALL, &mut |_| GoOn::Yes);
    assert!(graph.findings().is_complete);
    let unresolved = graph.unresolved();
    (graph.len(), unresolved.stuck.len(), unresolved.fair_cycles.len())
}

#[test]
fn an_honest_leaders_turn_comes_whoever_stays_out_and_is_late_once() {
    assert_eq!(turns(&Turns::new(Arc::new(Specification)).unwrap()), (1_635, 0, 0));
}

#[test]
fn without_exclusion_and_with_the_same_view_the_same_leaders_come_for_ever() {
    let same_view = Turns::new(Arc::new(SameView)).unwrap();
    let graph = Graph::explore(&same_view, ALL, &mut |_| GoOn::Yes);
    let cycles = graph.unresolved().fair_cycles;
    // Three turns and the lottery. Fewer are no cycle: honest ones that are in time would be next.
    assert_eq!(cycles.iter().filter_map(|state| graph.shortest_cycle(*state)).min(), Some(4));
}

#[test]
fn validators_that_are_alike_need_no_names() {
    for (count, rules) in [
        (4, Arc::new(Specification) as Arc<TurnRules>),
        (5, Arc::new(Specification)),
        (4, Arc::new(SameView)),
    ] {
        let [kept, forgotten] = [Names::Kept, Names::Forgotten]
            .map(|names| Turns::of(rules.clone(), count, names).unwrap());
        let ((all, stuck, cycles), (few, stuck_too, cycles_too)) =
            (turns(&kept), turns(&forgotten));
        assert!(few < all, "{few} of {all}");
        assert_eq!(kept.groups(), few, "{count} validators");
        assert_eq!((stuck == 0, cycles == 0), (stuck_too == 0, cycles_too == 0));
    }
}

#[test]
fn gossip_without_an_order_locks_two_leaders() {
    let graph = Graph::explore(&Gossip, ALL, &mut |_| GoOn::Yes);
    let failures = &graph.findings().failures;
    let found: Vec<_> = failures.iter().map(|it| (it.property, it.actions.len())).collect();
    assert_eq!(found, [(ONE_LOCKED, 3)]);
}

#[test]
fn a_key_chosen_late_wins_with_k_of_k_plus_n_minus_1() {
    for (tries, others) in [(1, 3), (2, 3), (3, 3), (4, 3), (2, 4), (3, 4)] {
        let (wins, orders) = late_key_wins(tries, others);
        let (tries, all) = (tries as u64, (tries + others) as u64);
        assert_eq!(wins * all, orders * tries, "{tries} of {all}");
    }
}

#[test]
fn swapping_with_any_place_is_uneven_and_the_shuffle_is_not() {
    assert_eq!(swap_with_any(), [4, 4, 4, 5, 5, 5]);
    let orders = orders_by_draws();
    assert_eq!(orders.len(), 6, "all draws occur");
    assert!(orders.values().all(|orders| orders.len() == 1), "draws decide the order");
    let all: BTreeSet<_> = orders.values().flatten().collect();
    assert_eq!(all.len(), 6, "each order has one pair of draws");
}

#[test]
fn every_weakened_rule_is_seen_as_it_is_said_to() {
    for variant in registry() {
        let row = variant.row().unwrap();
        assert!(row.killed, "{row:?}");
        assert_eq!(row.length, variant.expectation.length, "{}", variant.name);
    }
}
