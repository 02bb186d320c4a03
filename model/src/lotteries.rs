//! §5 in small: whose turn it is after failures, why tickets are ordered, and what keys and shuffles give away.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroU64;
use std::sync::{Arc, PoisonError, RwLock};

use ioschain_spec::Rejection;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::stream::Stream;
use ioschain_spec::primitives::vrf::VrfOutput;
use ioschain_spec::randomness::messages::{Fail, LogEntry, timeout_message};
use ioschain_spec::randomness::progress::Progress as LogState;
use ioschain_spec::sharding::lottery::{Tickets, derive_ranks};
use stateright::{Model, Property};

use crate::fingerprint::fingerprint;
use crate::graph::Progress;
use crate::randomness::plan::{InGroup, Plan, honest_leader};
use crate::randomness::world::{ModelRules, World};

/// Leaders that come and fail: all three ranks of the first view are malicious and fail, whenever it is their
/// turn. The state is that of the log, up to heights.
pub struct Turns {
    world: World<Ristretto255>,
    corrupt: BTreeSet<NodeId>,
    states: RwLock<(Vec<LogState>, HashMap<u64, u16>)>,
}

/// What happens next in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// Everybody who may lead enters the lottery, which closes.
    Lottery,
    /// The current leader fails.
    Fail,
}

/// An honest leader's turn.
pub const TURN_COMES: &str = "EDS-ELIGIBLE-01 an honest leader's turn comes";

fn ten_validators(rules: Arc<ModelRules<Ristretto255>>) -> Result<World<Ristretto255>, Rejection> {
    let plan = Plan {
        validators: 10,
        in_group: InGroup::Ristretto255,
        runs: 3,
        corrupt_members: Vec::new(),
        ..honest_leader()
    };
    World::new(&plan, rules)
}

/// The first leaders of so many epochs in a row.
///
/// # Errors
/// What the specification refuses of them.
pub fn first_leaders(
    rules: Arc<ModelRules<Ristretto255>>,
    epochs: u64,
) -> Result<Vec<NodeId>, Rejection> {
    let mut world = ten_validators(rules)?;
    let leaders = (0..epochs).map(|epoch| world.first_leader_in(epoch));
    Ok(leaders.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

impl Turns {
    /// Ten validators, of whom f = 3 are malicious, under some rules.
    ///
    /// # Errors
    /// What the specification refuses of them.
    pub fn new(rules: Arc<ModelRules<Ristretto255>>) -> Result<Self, Rejection> {
        let world = ten_validators(rules)?;
        let corrupt = world.ranks.iter().map(|leader| world.name(*leader)).collect();
        let turns = Self { world, corrupt, states: RwLock::default() };
        turns.intern(turns.world.progress.clone());
        Ok(turns)
    }

    fn intern(&self, state: LogState) -> u16 {
        let key = format!(
            "{:?}",
            (state.view(), state.ranks(), self.leader_of(&state), self.failed(&state))
        );
        let mut states = self.states.write().unwrap_or_else(PoisonError::into_inner);
        let (list, ids) = &mut *states;
        let fresh = u16::try_from(list.len()).unwrap_or(u16::MAX);
        *ids.entry(fingerprint(&key)).or_insert_with(|| {
            list.push(state);
            fresh
        })
    }

    /// Who may not lead any more.
    fn failed(&self, state: &LogState) -> Vec<NodeId> {
        let excluded = self.world.within(|environment| {
            state.with_lottery(environment, |lottery| lottery.excluded.clone())
        });
        excluded.into_iter().collect()
    }

    fn leader_of(&self, state: &LogState) -> Option<NodeId> {
        let height = state.position().height + self.world.epoch.lottery_heights + 1;
        state.leadership(&self.world.epoch, height).ok().map(|current| current.leader)
    }

    fn state(&self, id: u16) -> LogState {
        let states = self.states.read().unwrap_or_else(PoisonError::into_inner);
        states.0[usize::from(id)].clone()
    }

    fn take(&self, state: &LogState, turn: Turn) -> Result<LogState, Rejection> {
        let (mut next, position) = (state.clone(), state.position());
        match turn {
            Turn::Lottery => {
                for validator in self.world.validators() {
                    let Some(ticket) = self.world.ticket(&next, validator) else { continue };
                    let entry = LogEntry::Ticket(ticket);
                    self.world.within(|it| next.append(it, position.height, &entry))?;
                }
            }
            Turn::Fail => {
                let height = position.height + self.world.epoch.lottery_heights + 1;
                let current = state.leadership(&self.world.epoch, height)?;
                let (epoch, view, rank) = (self.world.epoch.number, current.view, current.rank);
                let message = timeout_message(&self.world.epoch.chain_id, epoch, view, rank);
                let signed = self.world.members.iter();
                let signed = signed.map(|it| (it.name, it.signing.sign(&message.0)));
                let timeouts = signed.collect::<BTreeMap<_, _>>().try_into()?;
                let entry = LogEntry::Fail(Fail { epoch, view, rank, timeouts });
                self.world.within(|it| next.append(it, height, &entry))?;
            }
        }
        Ok(next)
    }
}

impl Model for Turns {
    type State = u16;
    type Action = Turn;

    fn init_states(&self) -> Vec<u16> {
        vec![0]
    }

    fn actions(&self, state: &u16, actions: &mut Vec<Turn>) {
        let leader = self.leader_of(&self.state(*state));
        match leader {
            None => actions.push(Turn::Lottery),
            Some(leader) if self.corrupt.contains(&leader) => actions.push(Turn::Fail),
            Some(_) => {} // an honest leader: the run ends
        }
    }

    fn next_state(&self, state: &u16, turn: Turn) -> Option<u16> {
        self.take(&self.state(*state), turn).ok().map(|next| self.intern(next))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::sometimes(TURN_COMES, |model: &Self, state| model.is_resolved(state))]
    }
}

impl Progress for Turns {
    fn kind(&self, turn: &Turn) -> &'static str {
        match turn {
            Turn::Lottery => "lottery",
            Turn::Fail => "fail",
        }
    }

    fn is_resolved(&self, state: &u16) -> bool {
        let leader = self.leader_of(&self.state(*state));
        leader.is_some_and(|leader| !self.corrupt.contains(&leader))
    }

    fn is_fair(&self, _kind: &'static str) -> bool {
        true
    }
}

/// The paper's lottery: everybody gossips tickets for Δ and then locks the smallest that it has heard. A malicious
/// validator has the smallest, and sends it late.
#[derive(Clone, Copy, Debug)]
pub struct Gossip;

/// Two honest validators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GossipState {
    /// Who has the late ticket.
    heard: [bool; 2],
    /// Whom each has locked as its leader, by the place of its ticket.
    locked: [Option<u8>; 2],
}

/// A step of one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GossipStep {
    /// It hears the late ticket.
    Hear(usize),
    /// Δ is over, and it locks.
    Lock(usize),
}

/// One leader, by gossip.
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

impl Progress for Gossip {
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

/// A validator named by a byte, and what it drew.
fn ticket((name, number): (u8, u8)) -> (NodeId, VrfOutput) {
    (NodeId(Digest([name; 32])), VrfOutput([number; 64]))
}

/// How often somebody who can choose among `tries` keys when the lottery's input is known leads, against
/// `others` with a key each, out of all orders of their numbers: (wins, orders).
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

/// How many draws give each order of three when each is swapped with any: 27 draws.
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

/// The orders that the specification's shuffle gives three, by its two draws: below 3, then below 2.
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
