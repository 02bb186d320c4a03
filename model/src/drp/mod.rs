//! The randomness protocol (§4). Honest validators are the specification's machines. Malicious
//! validators send every message that can be made with their keys and from the messages that were
//! sent.
//!
//! Read [`transition`] first: it says what can happen next. [`adversary`] makes the messages of the
//! malicious validators. [`machines`] stores the answers of the specification's machines.
//! [`knowledge`] and [`coins`] decide unbiasability in two ways. [`availability`] decides whether
//! the honest validators alone can finish.

pub mod adversary;
pub mod availability;
pub mod best_response;
pub mod check;
pub mod coins;
mod deliveries;
mod interned;
pub mod knowledge;
pub mod leader_steps;
mod log_steps;
pub mod machines;
pub mod plan;
pub mod properties;
mod proposals;
pub mod score;
pub mod suite;
pub mod trace;
pub mod transition;
pub mod world;

use std::sync::{Arc, PoisonError, RwLock};

use ioschain_spec::Rejection;
use ioschain_spec::primitives::group::Group;
use stateright::{Model, Path, Property};

use crate::graph::Liveness;
use leader_steps::LeaderStep;
use machines::{Delivery, Id, MachineMemo, SentSet};
use plan::Plan;
use properties::Formulation;
use world::{ModelRules, Validator, World};

/// The most validators of a plan.
pub const VALIDATORS_MAX: usize = 33;

/// The states of all machines, the log, and the messages of honest validators, as numbers that
/// [`MachineMemo`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DrpState {
    /// The machine of each validator, in the order of names. The machine of a malicious validator
    /// never changes.
    pub machines: [Id; VALIDATORS_MAX],
    /// The honest leader that has started, counted from 1. 0 means that none has started.
    pub leader: Id,
    /// The number of the log.
    pub log: Id,
    /// The messages that honest validators have sent. This set only grows.
    pub sent: SentSet,
}

/// What happens in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionKind {
    /// A validator receives something.
    Deliver(Validator, Delivery),
    /// All honest validators receive something, except those that refuse it.
    DeliverToAll(Delivery),
    /// An honest leader does something.
    Lead(LeaderStep),
    /// The log orders a commit.
    Order(Id),
    /// The log orders the failure of the leader.
    Fail,
}

/// A step, and the state that it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// What happens.
    pub what: ActionKind,
    /// The state after it.
    pub next: DrpState,
}

/// A group that engines can share between threads.
pub trait ModelGroup:
    Group<Scalar: Send + Sync, Element: Send + Sync> + Send + Sync + 'static
{
}

impl<G> ModelGroup for G where
    G: Group<Scalar: Send + Sync, Element: Send + Sync> + Send + Sync + 'static
{
}

/// The model of a plan under some rules, in a group.
pub struct Drp<G: ModelGroup> {
    /// The plan of the model.
    pub plan: Plan,
    /// The name of the rules.
    pub rules: String,
    /// How unbiasability is decided.
    pub formulation: Formulation,
    memo: RwLock<MachineMemo<G>>,
    first: DrpState,
    properties: Vec<Property<Self>>,
}

impl<G: ModelGroup> Drp<G> {
    /// The model of a plan under some rules.
    ///
    /// # Errors
    /// A rejection of the plan by the specification.
    pub fn new(
        plan: Plan,
        name: &str,
        rules: Arc<ModelRules<G>>,
        formulation: Formulation,
    ) -> Result<Self, Rejection> {
        let world = World::new(&plan, rules)?;
        let (memo, numbers) = MachineMemo::new(plan.clone(), world)?;
        let mut machines = [0; VALIDATORS_MAX];
        machines[..numbers.len()].copy_from_slice(&numbers);
        let first = DrpState { machines, leader: 0, log: 0, sent: 0 };
        let properties = properties::of(&plan, formulation);
        let memo = RwLock::new(memo);
        Ok(Self { plan, rules: name.to_owned(), formulation, memo, first, properties })
    }

    /// The model with only one of its safety properties.
    #[must_use]
    pub fn only(mut self, property: &str) -> Self {
        self.properties.retain(|kept| kept.name == property);
        self
    }

    /// Gives access to the memo, to look something up or to ask the machines.
    pub fn with_memo<T>(&self, ask: impl FnOnce(&mut MachineMemo<G>) -> T) -> T {
        ask(&mut self.memo.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// The rules of this model, for another model.
    pub fn same_rules(&self) -> Arc<ModelRules<G>> {
        self.with_memo(|memo| memo.world.rules.clone())
    }

    /// The state before the first step.
    pub fn first(&self) -> DrpState {
        self.first
    }
}

impl<G: ModelGroup> Model for Drp<G> {
    type State = DrpState;
    type Action = Action;

    fn init_states(&self) -> Vec<DrpState> {
        vec![self.first]
    }

    fn actions(&self, state: &DrpState, actions: &mut Vec<Action>) {
        self.with_memo(|memo| memo.enabled(state, actions));
    }

    fn next_state(&self, _state: &DrpState, action: Action) -> Option<DrpState> {
        Some(action.next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.properties.clone()
    }

    fn format_action(&self, action: &Action) -> String {
        self.trace(None, std::slice::from_ref(action))
            .steps
            .pop()
            .map_or_else(String::new, |step| format!("{}: {}", step.who, step.what))
    }

    fn as_svg(&self, path: Path<DrpState, Action>) -> Option<String> {
        let actions: Vec<Action> =
            path.into_vec().into_iter().filter_map(|(_, action)| action).collect();
        Some(self.trace(None, &actions).as_svg())
    }
}

impl<G: ModelGroup> Liveness for Drp<G> {
    fn kind(&self, action: &Action) -> &'static str {
        kind_of(&action.what)
    }

    fn is_resolved(&self, _state: &DrpState) -> bool {
        true
    }

    fn is_fair(&self, _kind: &'static str) -> bool {
        true
    }
}

/// The kind of a step.
pub fn kind_of(what: &ActionKind) -> &'static str {
    match what {
        ActionKind::Deliver(_, delivery) | ActionKind::DeliverToAll(delivery) => match delivery {
            Delivery::Announcement(_) => "hear announcement",
            Delivery::Proposal(_) => "hear proposal",
            Delivery::Commit(_) => "hear commit",
            Delivery::Entry(..) => "hear log",
            Delivery::Deadline(..) => "deadline",
            Delivery::Reveal(_) => "hear shares",
            Delivery::CorruptReveal(_) => "hear malicious shares",
            Delivery::Restart => "restart",
        },
        ActionKind::Lead(LeaderStep::Start) => "start",
        ActionKind::Lead(LeaderStep::Take(_) | LeaderStep::TakeCorrupt(..)) => "take deal",
        ActionKind::Lead(LeaderStep::Propose) => "propose",
        ActionKind::Order(_) => "order commit",
        ActionKind::Fail => "order failure",
    }
}
