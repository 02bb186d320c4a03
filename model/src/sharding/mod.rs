//! Small models of §5: whose turn it is after failures and silence, why tickets are ordered, and
//! what a choice of keys or a bad shuffle gives an attacker.

mod turns;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;
use std::sync::Arc;

use ioschain_spec::Rejection;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::Epoch;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::stream::Stream;
use ioschain_spec::primitives::vrf::VrfOutput;
use ioschain_spec::sharding::lottery::{Tickets, derive_ranks};
use stateright::{Model, Property};

pub use turns::{AnyNumbers, Names, TURN_COMES, Turn, TurnRules, Turns};

use crate::drp::plan::{InGroup, Plan, honest_leader};
use crate::drp::world::{ModelRules, World};
use crate::graph::Liveness;

fn validators(
    count: u8,
    rules: Arc<ModelRules<Ristretto255>>,
) -> Result<World<Ristretto255>, Rejection> {
    let plan = Plan {
        validators: count,
        in_group: InGroup::Ristretto255,
        runs: 3,
        corrupt_members: Vec::new(),
        ..honest_leader()
    };
    World::new(&plan, rules)
}

/// The first leaders of consecutive epochs, with ten validators.
///
/// # Errors
/// A rejection by the specification.
pub fn first_leaders(
    rules: Arc<ModelRules<Ristretto255>>,
    epochs: u64,
) -> Result<Vec<NodeId>, Rejection> {
    let mut world = validators(10, rules)?;
    let leaders = (0..epochs).map(|epoch| world.first_leader_in(Epoch(epoch)));
    Ok(leaders.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// The paper's lottery: all validators gossip tickets for Δ, and then each one locks the smallest
/// ticket that it has received. A malicious validator has the smallest ticket and sends it late.
#[derive(Clone, Copy, Debug)]
pub struct Gossip;

/// The state of two honest validators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GossipState {
    /// Whether each validator has received the late ticket.
    heard: [bool; 2],
    /// The leader that each validator has locked, by the index of the leader's ticket.
    locked: [Option<u8>; 2],
}

/// A step of one of the two validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GossipStep {
    /// The validator receives the late ticket.
    Hear(usize),
    /// Δ is over, and the validator locks its leader.
    Lock(usize),
}

/// Both validators lock the same leader, by gossip.
pub const ONE_LOCKED: &str = "EDS-LOTTERY-02 all lock the same leader";

impl Model for Gossip {
    type State = GossipState;
    type Action = GossipStep;

    fn init_states(&self) -> Vec<GossipState> {
        vec![GossipState::default()]
    }

    fn actions(&self, state: &GossipState, actions: &mut Vec<GossipStep>) {
        for place in 0..2 {
            if state.locked[place].is_none() {
                if !state.heard[place] {
                    actions.push(GossipStep::Hear(place));
                }
                actions.push(GossipStep::Lock(place));
            }
        }
    }

    fn next_state(&self, state: &GossipState, step: GossipStep) -> Option<GossipState> {
        let mut next = *state;
        match step {
            GossipStep::Hear(place) => next.heard[place] = true,
            GossipStep::Lock(place) => {
                let late = next.heard[place].then_some((0, 1));
                let tickets: Tickets =
                    [(1, 7), (2, 9)].into_iter().chain(late).map(ticket).collect();
                let leader = derive_ranks(&tickets).first().copied();
                next.locked[place] = leader.map(|leader| leader.0.0[0]);
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always(ONE_LOCKED, |_, state: &GossipState| {
            let [one, other] = state.locked;
            one.is_none() || other.is_none() || one == other
        })]
    }
}

impl Liveness for Gossip {
    fn kind(&self, step: &GossipStep) -> &'static str {
        match step {
            GossipStep::Hear(_) => "hear",
            GossipStep::Lock(_) => "lock",
        }
    }

    fn is_resolved(&self, state: &GossipState) -> bool {
        state.locked.iter().all(Option::is_some)
    }

    fn is_fair(&self, _kind: &'static str) -> bool {
        true
    }
}

/// A validator that is named by a byte, with the number that it drew.
fn ticket((name, number): (u8, u8)) -> (NodeId, VrfOutput) {
    (NodeId(Digest([name; 32])), VrfOutput([number; 64]))
}

/// How often an attacker leads who can choose among `tries` keys when the lottery's input is known.
/// There are `others` with one key each. All orders of the numbers are counted: (wins, orders).
pub fn late_key_wins(tries: usize, others: usize) -> (u64, u64) {
    let mut orders = vec![Vec::new()];
    for number in 0..tries + others {
        let insert = |order: &Vec<usize>| {
            let places = 0..=order.len();
            places.map(|at| [&order[..at], &[number], &order[at..]].concat()).collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(insert).collect();
    }
    let wins = |order: &&Vec<usize>| {
        let numbers = (0u8..).zip(order.iter());
        let best = order[..tries].iter().min().copied().unwrap_or(usize::MAX);
        let played =
            numbers.filter(|(name, number)| usize::from(*name) >= tries || **number == best);
        let byte = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        let tickets: Tickets = played.map(|(name, number)| ticket((name, byte(*number)))).collect();
        derive_ranks(&tickets).first().is_some_and(|leader| usize::from(leader.0.0[0]) < tries)
    };
    (orders.iter().filter(wins).count() as u64, orders.len() as u64)
}

/// How many draws give each order of three elements if every element is swapped with any element.
/// There are 27 draws.
pub fn swap_with_any() -> Vec<u64> {
    let mut counts: BTreeMap<[usize; 3], u64> = BTreeMap::new();
    for draw in 0..27 {
        let mut order = [0, 1, 2];
        for (at, with) in [draw / 9, draw / 3 % 3, draw % 3].into_iter().enumerate() {
            order.swap(at, with);
        }
        *counts.entry(order).or_default() += 1;
    }
    let mut counts: Vec<u64> = counts.into_values().collect();
    counts.sort_unstable();
    counts
}

/// The orders of three elements that the specification's shuffle makes, by its two draws: below 3,
/// then below 2.
pub fn orders_by_draws() -> BTreeMap<(u64, u64), BTreeSet<[u8; 3]>> {
    let mut orders: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for number in 0..=u8::MAX {
        let seed = Digest([number; 32]);
        let mut stream = Stream::new(seed);
        let [three, two] = [3, 2].map(|bound| NonZeroU64::new(bound).unwrap_or(NonZeroU64::MIN));
        let draws = (stream.below(three), stream.below(two));
        let mut order = [0, 1, 2];
        Stream::new(seed).shuffle(&mut order);
        orders.entry(draws).or_default().insert(order);
    }
    orders
}
