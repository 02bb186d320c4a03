//! Atomix (§7) with the most general client.
//!
//! What clients share is the set of attestations that shards have given; it only grows. Any message
//! that can be made of it may reach any shard at any time, any number of times. That one relation
//! covers loss, duplication, reordering, replay, crashes and any number of Byzantine clients.

pub mod clients;
pub mod configurations;
pub mod entry;
pub mod identity_view;
pub mod limits;
pub mod message;
pub mod plan;
pub mod properties;
pub mod steps;
pub mod symmetry;
pub mod watched;

use std::sync::{PoisonError, RwLock};

use ioschain_spec::ledger::{SUPPLY, Settlement, TxId};
use stateright::{Model, Path, Property};

use crate::graph::Liveness;
use identity_view::Sight;
use limits::{PlanError, SHARDS_MAX};
use message::Message;
use plan::{Carried, Plan, Source};
use steps::{Attested, LocalId, LogId, MenuBounds, ModelRules, Pool, Steps, Taken};

/// Every shard's state, the identity log, what was attested, and what has happened: numbers for what
/// [`Steps`] knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// Shards 1..=m, then zeros.
    pub locals: [LocalId; SHARDS_MAX],
    /// The identity log.
    pub log: LogId,
    /// The attestations that were given.
    pub pool: Pool,
    /// Outpoints that were ever unspent.
    pub existed: u64,
    /// Transactions that committed somewhere.
    pub committed: u8,
    /// Transactions whose inputs were given back somewhere.
    pub returned: u8,
    /// What else happened.
    pub past: Past,
}

/// What properties must know of the past, beyond what a state shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Past {
    /// An outpoint that had existed before came back to life.
    pub revived: bool,
    /// A stranger's request with a garbage witness changed something.
    pub garbled: bool,
    /// A sweep settled something.
    pub swept: bool,
}

/// A step of one shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// Which shard, 1..=m.
    pub shard: u16,
    /// What happens there.
    pub message: Message,
    /// What the rules make of it.
    pub taken: Taken,
}

/// The model.
pub struct Atomix {
    /// The configuration.
    pub plan: Plan,
    /// The name that the rules go by.
    pub rules: String,
    steps: RwLock<Steps>,
    first: State,
    /// Pairs of transactions that spend the same output.
    conflicts: Vec<(usize, usize)>,
    properties: Vec<Property<Self>>,
}

impl Atomix {
    /// The model of a plan under some rules, with every property that the plan can show. `name` is
    /// what traces call the rules.
    ///
    /// The rules may read whatever they are shown: the shard's state, the entry, and the identity log with
    /// the roots of its lists. They are asked once for each, and must answer the same whenever they are
    /// asked. Of the log an entry that is no sweep sees one view, see
    /// [`view_of_block`](identity_view::view_of_block).
    ///
    /// # Errors
    /// A limit that the plan exceeds, or the specification's rejection of its genesis.
    ///
    /// # Panics
    /// Later, while it is checked: under rules by which shards attest more than 64 different votes.
    pub fn new(plan: Plan, name: &str, rules: &'static ModelRules) -> Result<Self, PlanError> {
        let chain = plan.realise()?;
        let conflicts = conflicts(&chain.transactions);
        let bounds = MenuBounds { epochs: plan.epochs, has_strangers: plan.has_strangers };
        let (mut steps, numbers, log) =
            Steps::new(rules, chain.log, chain.states, chain.transactions, bounds);
        let mut locals = [0; SHARDS_MAX];
        locals[..numbers.len()].copy_from_slice(&numbers);
        let existed =
            numbers.iter().map(|local| steps.unspent(*local)).fold(0, |all, bits| all | bits);
        let first = State {
            locals,
            log,
            pool: 0,
            existed,
            committed: 0,
            returned: 0,
            past: Past::default(),
        };
        let properties = properties::of(&plan, !conflicts.is_empty());
        Ok(Self {
            plan,
            rules: name.to_owned(),
            steps: RwLock::new(steps),
            first,
            conflicts,
            properties,
        })
    }

    /// The same model, asked less: entries that are no sweep see which epochs are closed, and not with
    /// which lists. With rules that do look at the roots of the lists there, what they do is missed.
    #[must_use]
    pub fn with_lists_for_sweeps_alone(self) -> Self {
        self.with_steps(|steps| steps.show(Sight::Closings));
        self
    }

    /// The model without one of its properties, to see what the property is for.
    #[must_use]
    pub fn without(mut self, property: &str) -> Self {
        self.properties.retain(|kept| kept.name != property);
        self
    }

    /// The model with a single one of its safety properties, to find that one's shortest failure.
    #[must_use]
    pub fn only(mut self, property: &str) -> Self {
        self.properties.retain(|kept| kept.name == property);
        self
    }

    /// Looks something up, or asks the rules.
    pub fn with_steps<T>(&self, ask: impl FnOnce(&mut Steps) -> T) -> T {
        ask(&mut self.steps.write().unwrap_or_else(PoisonError::into_inner))
    }

    fn read_steps<T>(&self, look: impl FnOnce(&Steps) -> T) -> T {
        look(&self.steps.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The state before the first step.
    pub fn first(&self) -> State {
        self.first
    }

    /// The numbers of all shards.
    pub fn shards(&self) -> impl Iterator<Item = u16> + use<> {
        1..=self.plan.shards
    }

    /// The transactions of the plan.
    pub fn transactions(&self) -> Vec<Carried> {
        self.read_steps(|steps| steps.transactions().to_vec())
    }

    /// Whether every run can come to its end here. Without epochs there is no sweep, and of conflicting
    /// transactions one can lose its input for good while it holds another (gap A41).
    pub fn must_resolve(&self) -> bool {
        self.plan.epochs > 0 || self.conflicts.is_empty()
    }

    /// The votes that a message proves, in its order.
    pub fn said(&self, message: &Message) -> Vec<Attested> {
        let proofs = message.proofs();
        self.with_steps(|steps| proofs.numbers().iter().map(|it| steps.said(*it)).collect())
    }

    /// The number of a shard's state.
    pub fn local(state: &State, shard: u16) -> LocalId {
        state.locals[usize::from(shard) - 1]
    }

    /// The units that all shards together account for; `None` if they are too many to count.
    pub fn supply(&self, state: &State) -> Option<u64> {
        self.read_steps(|steps| steps.sum(self.locals(state), state.log))
    }

    /// [`Atomix::supply`], looked up where only what does not count for it differs.
    pub fn supply_remembered(&self, state: &State) -> Option<u64> {
        let locals = self.locals(state);
        let known = self.read_steps(|steps| steps.known_sum(locals, state.log));
        known.unwrap_or_else(|| self.with_steps(|steps| steps.learn_sum(locals, state.log)))
    }

    fn locals<'a>(&self, state: &'a State) -> &'a [LocalId] {
        &state.locals[..usize::from(self.plan.shards)]
    }

    /// Whether no shard holds a lock, and nothing is owed.
    fn is_settled(&self, state: &State) -> bool {
        self.read_steps(|steps| {
            let locals = || self.shards().map(|shard| steps.local(Self::local(state, shard)));
            locals().all(|local| local.is_free)
                && locals().map(|local| local.held).sum::<u64>() >= SUPPLY
        })
    }

    /// Whether some transaction of several shards has settled as committed in more than one of them.
    fn has_committed_across(&self, state: &State) -> bool {
        self.read_steps(|steps| {
            let committed_in = |txid: &TxId| {
                let locals = self.shards().map(|shard| steps.local(Self::local(state, shard)));
                let rows = locals.filter_map(|local| local.state.decisions.get(txid));
                rows.filter(|row| row.settled == Settlement::Committed).count()
            };
            steps.transactions().iter().any(|carried| committed_in(&carried.txid) > 1)
        })
    }

    /// The state after a step.
    pub fn after(state: &State, action: &Action) -> State {
        let Action { shard, message, taken } = action;
        let mut next = *state;
        next.locals[usize::from(*shard) - 1] = taken.local;
        next.log = taken.log;
        next.pool |= taken.attested;
        next.past.revived |= state.existed & taken.appeared != 0;
        next.past.garbled |= matches!(message, Message::Garbage { .. });
        next.past.swept |= *message == Message::Import && taken.committed | taken.returned != 0;
        next.existed |= taken.appeared;
        next.committed |= taken.committed;
        next.returned |= taken.returned;
        next
    }
}

/// Pairs of transactions that spend the same output.
fn conflicts(transactions: &[Carried]) -> Vec<(usize, usize)> {
    let spends = |one: usize, other: usize| {
        let inputs = &transactions[one].transaction.inputs;
        inputs.iter().any(|input| {
            let mut others = transactions[other].transaction.inputs.iter();
            others.any(|other| other.outpoint == input.outpoint)
        })
    };
    let all = 0..transactions.len();
    all.clone()
        .flat_map(|one| (one + 1..all.end).map(move |other| (one, other)))
        .filter(|(one, other)| spends(*one, *other))
        .collect()
}

/// Whether a planned transaction spends what an aborted one gave back.
fn is_retry(plan: &Plan, transaction: usize) -> bool {
    let inputs = &plan.transactions[transaction].inputs;
    inputs.iter().any(|source| matches!(source, Source::Refund { .. }))
}

impl Model for Atomix {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.first]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for shard in self.shards() {
            let local = Self::local(state, shard);
            let State { log, pool, .. } = *state;
            let mut add = |message, taken| actions.push(Action { shard, message, taken });
            if !self.read_steps(|steps| steps.possible(local, log, pool, &mut add)) {
                self.with_steps(|steps| {
                    steps.prepare(local, log, pool);
                    steps.possible(local, log, pool, &mut add);
                });
            }
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        Some(Self::after(state, &action))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.properties.clone()
    }

    fn format_action(&self, action: &Action) -> String {
        self.words_of(action)
    }

    fn format_step(&self, state: &State, action: Action) -> Option<String> {
        Some(self.words_after(state, &action))
    }

    fn as_svg(&self, path: Path<State, Action>) -> Option<String> {
        let actions: Vec<Action> =
            path.into_vec().into_iter().filter_map(|(_, action)| action).collect();
        Some(self.trace(None, &actions).as_svg())
    }
}

impl Liveness for Atomix {
    fn kind(&self, action: &Action) -> &'static str {
        action.message.kind()
    }

    fn is_resolved(&self, state: &State) -> bool {
        self.is_settled(state)
    }

    fn is_fair(&self, _kind: &'static str) -> bool {
        true
    }
}
