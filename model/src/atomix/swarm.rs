//! Random walks by seed, for configurations that are too large to exhaust.
//!
//! A swarm finds bugs and proves nothing. Each walk is a function of its seed alone, so a range of
//! seeds can be divided over machines, and what they print can be put together in any order.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use serde::Serialize;
use stateright::{Expectation, Model as _};

use super::trace::AtomixTrace;
use crate::atomix::{Action, Atomix, CompactState};

/// The result of a walk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Walk {
    /// The seed.
    pub seed: u64,
    /// The configuration.
    pub configuration: String,
    /// The rules.
    pub variant: String,
    /// The number of steps that were taken.
    pub steps: usize,
    /// The property that failed at the end of the walk, if one did.
    pub property: Option<String>,
    /// The path to the failure. It need not be a shortest one.
    pub trace: Option<AtomixTrace>,
}

/// Walks from the first state. Each step is drawn from all possible steps. The walk ends when no
/// step is possible, when a property fails, or when it has `steps_max` steps.
pub fn walk(model: &Atomix, seed: u64, steps_max: usize) -> Walk {
    let properties = model.properties();
    let always: Vec<_> =
        properties.iter().filter(|it| it.expectation == Expectation::Always).collect();
    let failure = |state: &CompactState| always.iter().find(|it| !(it.condition)(model, state));
    let (taken, last) = take_steps(model, seed, steps_max, |state| failure(state).is_some());
    let failed = failure(&last).map(|it| it.name);
    Walk {
        seed,
        configuration: model.plan.name.clone(),
        variant: model.rules.clone(),
        steps: taken.len(),
        property: failed.map(str::to_owned),
        trace: failed.map(|property| model.trace(Some(property), &taken)),
    }
}

/// Draws steps from a seed. The walk ends when no step is possible, when `is_over` says so, or when
/// it has `steps_max` steps. Returns the steps and the state after them.
pub fn take_steps(
    model: &Atomix,
    seed: u64,
    steps_max: usize,
    is_over: impl Fn(&CompactState) -> bool,
) -> (Vec<Action>, CompactState) {
    let mut draws = ChaCha8Rng::seed_from_u64(seed);
    let (mut state, mut taken, mut actions) = (model.first(), Vec::new(), Vec::new());
    while !is_over(&state) && taken.len() < steps_max {
        actions.clear();
        model.actions(&state, &mut actions);
        if actions.is_empty() {
            break;
        }
        // The remainder makes some steps slightly more likely; no claim depends on how likely a
        // walk is.
        let at = draws.next_u64() % actions.len() as u64;
        let action = actions.swap_remove(at as usize);
        state = Atomix::after(&state, &action);
        taken.push(action);
    }
    (taken, state)
}
