//! The randomness protocol (§4) with honest validators that are the specification's machines, and malicious ones
//! that say whatever can be made of their keys and of what was said.
//!
//! What honest validators say goes into a pool that only grows. Anybody may hear any of it at any time, any
//! number of times, or never: loss, delay, replay and reordering are in that one relation. The log orders commits
//! and failures, and each validator follows it at its own pace.

pub mod alone;
pub mod best_response;
pub mod check;
pub mod coins;
pub mod crafting;
pub mod knowledge;
pub mod leading;
pub mod menu;
mod numbered;
mod ordering;
pub mod plan;
pub mod properties;
mod proposing;
pub mod score;
pub mod steps;
pub mod suite;
pub mod trace;
pub mod world;

use std::sync::{Arc, PoisonError, RwLock};

use ioschain_spec::Rejection;
use ioschain_spec::primitives::group::Group;
use stateright::{Model, Path, Property};

use crate::graph::Liveness;
use leading::Lead;
use plan::Plan;
use properties::Formulation;
use steps::{Heard, Id, Pool, Steps};
use world::{ModelRules, Validator, World};

/// The most validators of a plan.
pub const VALIDATORS_MAX: usize = 33;

/// Every machine's state, the log and what was said: numbers for what [`Steps`] knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// Of each validator, in the order of names; of the malicious the first, for ever.
    pub locals: [Id; VALIDATORS_MAX],
    /// The honest leader that has started, counted from 1; 0 for none.
    pub leader: Id,
    /// The log.
    pub log: Id,
    /// What honest validators have said.
    pub pool: Pool,
}

/// What happens in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A validator hears something.
    Hear(Validator, Heard),
    /// All honest validators do, those who refuse it excepted.
    HearTogether(Heard),
    /// An honest leader does something.
    Lead(Lead),
    /// A commit is ordered.
    Order(Id),
    /// A failure is ordered.
    Fail,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// What happens.
    pub what: What,
    /// What comes of it.
    pub next: State,
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

/// The model.
pub struct Drp<G: ModelGroup> {
    /// The plan.
    pub plan: Plan,
    /// The name that the rules go by.
    pub rules: String,
    /// How unbiasability is decided.
    pub formulation: Formulation,
    steps: RwLock<Steps<G>>,
    first: State,
    properties: Vec<Property<Self>>,
}

impl<G: ModelGroup> Drp<G> {
    /// The model of a plan under some rules.
    ///
    /// # Errors
    /// What the specification refuses of the plan.
    pub fn new(
        plan: Plan,
        name: &str,
        rules: Arc<ModelRules<G>>,
        formulation: Formulation,
    ) -> Result<Self, Rejection> {
        let world = World::new(&plan, rules)?;
        let (steps, numbers) = Steps::new(plan.clone(), world)?;
        let mut locals = [0; VALIDATORS_MAX];
        locals[..numbers.len()].copy_from_slice(&numbers);
        let first = State { locals, leader: 0, log: 0, pool: 0 };
        let properties = properties::of(&plan, formulation);
        let steps = RwLock::new(steps);
        Ok(Self { plan, rules: name.to_owned(), formulation, steps, first, properties })
    }

    /// The model with a single one of its safety properties.
    #[must_use]
    pub fn only(mut self, property: &str) -> Self {
        self.properties.retain(|kept| kept.name == property);
        self
    }

    /// Looks something up, or asks the machines.
    pub fn with_steps<T>(&self, ask: impl FnOnce(&mut Steps<G>) -> T) -> T {
        ask(&mut self.steps.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// The rules, for another model with them.
    pub fn same_rules(&self) -> Arc<ModelRules<G>> {
        self.with_steps(|steps| steps.world.rules.clone())
    }

    /// The state before the first step.
    pub fn first(&self) -> State {
        self.first
    }
}

impl<G: ModelGroup> Model for Drp<G> {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.first]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        self.with_steps(|steps| steps.possible(state, actions));
    }

    fn next_state(&self, _state: &State, action: Action) -> Option<State> {
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

    fn as_svg(&self, path: Path<State, Action>) -> Option<String> {
        let actions: Vec<Action> =
            path.into_vec().into_iter().filter_map(|(_, action)| action).collect();
        Some(self.trace(None, &actions).as_svg())
    }
}

impl<G: ModelGroup> Liveness for Drp<G> {
    fn kind(&self, action: &Action) -> &'static str {
        kind_of(&action.what)
    }

    fn is_resolved(&self, _state: &State) -> bool {
        true
    }

    fn is_fair(&self, _kind: &'static str) -> bool {
        true
    }
}

/// The kind of a step.
pub fn kind_of(what: &What) -> &'static str {
    match what {
        What::Hear(_, heard) | What::HearTogether(heard) => match heard {
            Heard::Announcement(_) => "hear announcement",
            Heard::Proposal(_) => "hear proposal",
            Heard::Commit(_) => "hear commit",
            Heard::Entry(..) => "hear log",
            Heard::Deadline(..) => "deadline",
            Heard::Reveal(_) => "hear shares",
            Heard::CorruptReveal(_) => "hear malicious shares",
            Heard::Restart => "restart",
        },
        What::Lead(Lead::Start) => "start",
        What::Lead(Lead::Take(_) | Lead::TakeCorrupt(..)) => "take deal",
        What::Lead(Lead::Propose) => "propose",
        What::Order(_) => "order commit",
        What::Fail => "order failure",
    }
}
