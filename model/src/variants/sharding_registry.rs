//! Weakened rules of §5 by name, with the property that each breaks and how the failure shows: on a
//! graph, or as an exact count.

use std::collections::BTreeSet;
use std::sync::Arc;

use ioschain_spec::Rejection;
use ioschain_spec::drp::rules::Specification;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::keys::ValidatorKeyPairs;
use ioschain_spec::primitives::numbers::Epoch;
use ioschain_spec::sharding::configuration::{
    MembershipChange, MembershipEntry, derive_configuration,
};
use ioschain_spec::variants::{LotteryOverView, SameView};

use super::computed::{ComputedVariant, Found};
use crate::graph::{Bounds, GoOn, Graph, Stop};
use crate::registry::Expectation;
use crate::score::{Column, Row};
use crate::sharding::{
    Gossip, ONE_LOCKED, TURN_COMES, Turns, first_leaders, late_key_wins, orders_by_draws,
    swap_with_any,
};
use crate::words::count;

/// The name of the model.
pub const SHARDING: &str = "sharding";

/// The configuration in which leaders fail.
pub const TURNS: &str = "turns";

/// All of them.
pub fn registry() -> &'static [ComputedVariant] {
    &REGISTRY
}

/// The specification in the model of turns, and how many variants die there.
///
/// # Errors
/// What the specification refuses of the model.
pub fn column(rows: &[Row], bound: usize) -> Result<Column, Rejection> {
    let turns = Turns::new(Arc::new(Specification))?;
    let graph = Graph::explore(&turns, ALL, &mut |_| GoOn::Yes);
    let own = || rows.iter().filter(|row| row.configuration == TURNS);
    Ok(Column {
        model: SHARDING,
        configuration: TURNS.to_owned(),
        about: "leaders fail, malicious validators stay out, and honest ones are late".to_owned(),
        unique_states: graph.len(),
        holds: holds(&graph),
        bounds: None,
        bound,
        killed: own().filter(|row| row.killed).count(),
        total: own().count(),
    })
}

/// Whether an honest leader's turn comes, from every state and without a cycle.
pub fn holds(graph: &Graph<'_, Turns>) -> bool {
    let (findings, unresolved) = (graph.findings(), graph.unresolved());
    findings.is_complete
        && findings.missing_witnesses.is_empty()
        && unresolved.stuck.is_empty()
        && unresolved.fair_cycles.is_empty()
}

const REGISTRY: [ComputedVariant; 5] = [
    ComputedVariant {
        model: SHARDING,
        name: "same-view",
        weakens: "after all leaders have failed the same view is drawn again, and nobody is excluded",
        expectation: Expectation { configuration: TURNS, property: TURN_COMES, length: Some(4) },
        find: same_leaders_for_ever,
    },
    ComputedVariant {
        model: SHARDING,
        name: "lottery-over-view",
        weakens: "tickets are drawn over the view alone",
        expectation: Expectation {
            configuration: "ten-epochs",
            property: "EDS-LOTTERY-01 each epoch draws its leader anew",
            length: None,
        },
        find: same_leader_in_every_epoch,
    },
    ComputedVariant {
        model: SHARDING,
        name: "gossip",
        weakens: "no log orders the tickets: each validator locks the smallest one that it received within Δ",
        expectation: Expectation { configuration: "gossip", property: ONE_LOCKED, length: Some(3) },
        find: two_leaders,
    },
    ComputedVariant {
        model: SHARDING,
        name: "late-key",
        weakens: "a lottery key may be registered when the lottery's input is known",
        expectation: Expectation {
            configuration: "late-key",
            property: "EDS-CONFIG-02 nobody wins more often than others",
            length: None,
        },
        find: late_key,
    },
    ComputedVariant {
        model: SHARDING,
        name: "swap-with-any",
        weakens: "the shuffle swaps each place with any place, and not only with those that are not yet final",
        expectation: Expectation {
            configuration: "swaps-of-three",
            property: "EDS-ASSIGN-01 every order is equally frequent",
            length: None,
        },
        find: uneven_orders,
    },
];

fn same_leaders_for_ever() -> Result<Option<Found>, Rejection> {
    let turns = Turns::new(Arc::new(SameView))?;
    let graph = Graph::explore(&turns, ALL, &mut |_| GoOn::Yes);
    let cycles = graph.unresolved().fair_cycles;
    let shortest = cycles.iter().filter_map(|state| graph.shortest_cycle(*state)).min();
    Ok(shortest.map(|length| Found {
        length: Some(length),
        words: format!("a cycle of {length} turns and lotteries can repeat for ever"),
    }))
}

fn same_leader_in_every_epoch() -> Result<Option<Found>, Rejection> {
    let different = |leaders: Vec<_>| leaders.into_iter().collect::<BTreeSet<_>>().len();
    let weak = different(first_leaders(Arc::new(LotteryOverView), EPOCHS)?);
    let strong = different(first_leaders(Arc::new(Specification), EPOCHS)?);
    let words = format!("{weak} leader in {EPOCHS} epochs, instead of {strong}");
    Ok((weak == 1 && strong > 1).then_some(Found { length: None, words }))
}

fn two_leaders() -> Result<Option<Found>, Rejection> {
    let graph = Graph::explore(&Gossip, ALL, &mut |_| GoOn::Yes);
    let failure = graph.findings().failures.first();
    Ok(failure.map(|failure| Found {
        length: Some(failure.actions.len()),
        words: "two validators lock two leaders".to_owned(),
    }))
}

fn late_key() -> Result<Option<Found>, Rejection> {
    let (keys, others) = (3, 3);
    // The lottery over the number of epoch 5 is that of epoch 6. If keys were fixed an epoch later
    // than they are, it would have the validators that epoch 7 has.
    let [in_time, late] = [6, 7].map(|epoch| late_keys(keys, Epoch(epoch)));
    let fair_wins = |tries: usize| {
        let (wins, orders) = late_key_wins(tries, others);
        (wins, orders, orders / (others as u64 + 1))
    };
    let (wins, orders, fair) = fair_wins(1 + late?);
    let (wins_in_time, _, fair_in_time) = fair_wins(1 + in_time?);
    let words = format!(
        "with {} the attacker wins in {wins} of {}; {fair} would be fair",
        count(keys, "key"),
        count(orders, "order")
    );
    let is_caught = wins > fair && wins_in_time == fair_in_time;
    Ok(is_caught.then_some(Found { length: None, words }))
}

/// How many count in an epoch of the keys that a validator registers in epoch 5, when its number is
/// known, beside its own.
fn late_keys(keys: usize, epoch: Epoch) -> Result<usize, Rejection> {
    let of = |number: u8| ValidatorKeyPairs::from_seed(&[number; 32]).public_keys();
    let genesis = Roster::new((0..4).map(of))?;
    let registered = |number| MembershipEntry {
        epoch: Epoch(5),
        change: MembershipChange::Registered(of(number)),
    };
    let entries: Vec<MembershipEntry> = (4..).take(keys - 1).map(registered).collect();
    let validators = derive_configuration(&genesis, &entries, epoch)?;
    Ok(validators.count() - genesis.count())
}

fn uneven_orders() -> Result<Option<Found>, Rejection> {
    let counts = swap_with_any();
    let is_even = counts.windows(2).all(|pair| pair[0] == pair[1]);
    // The specification's two draws give each order once.
    let by_draws = orders_by_draws();
    let each_once = by_draws.values().all(|orders| orders.len() == 1)
        && by_draws.values().flatten().collect::<BTreeSet<_>>().len() == by_draws.len();
    let words = format!("the six orders occur {counts:?} times in 27 draws");
    Ok((!is_even && each_once).then_some(Found { length: None, words }))
}

const EPOCHS: u64 = 10;

/// More states than there are.
pub const STATES_MAX: usize = 20_000;
const ALL: Bounds = Bounds { states_max: STATES_MAX, stop: Stop::AtTheEnd };
