//! Output after a commit, as reachability: the adversary may stop for ever in any state after a commit, and then
//! the honest alone must have a way to one number.

use ioschain_spec::primitives::group::Group;
use stateright::{Model, Property};

use super::steps::{Heard, Steps};
use super::{Action, Drp, ModelGroup, State, What, kind_of};
use crate::graph::Liveness;

/// The model of a plan, with the step "the adversary stops".
pub struct Alone<'a, G: ModelGroup> {
    /// The plan's own model.
    pub model: &'a Drp<G>,
}

/// A state, and whether the honest are alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AloneState {
    /// Of the plan's model.
    pub state: State,
    /// Whether the adversary has stopped.
    pub is_alone: bool,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AloneAction {
    /// One of the plan's model.
    Take(Action),
    /// The adversary stops for ever.
    Stop,
}

/// Witness: somebody is alone.
pub const STOPS: &str = "the adversary stops after a commit";

/// Whether a step is the honest validators' own, after a commit: they hear the log and each other's shares.
fn is_honest(what: &What) -> bool {
    matches!(
        what,
        What::Hear(_, Heard::Entry(..) | Heard::Reveal(_))
            | What::HearTogether(Heard::Entry(..) | Heard::Reveal(_))
    )
}

impl<G: ModelGroup> Model for Alone<'_, G> {
    type State = AloneState;
    type Action = AloneAction;

    fn init_states(&self) -> Vec<AloneState> {
        vec![AloneState { state: self.model.first(), is_alone: false }]
    }

    fn actions(&self, from: &AloneState, actions: &mut Vec<AloneAction>) {
        let mut all = Vec::new();
        self.model.actions(&from.state, &mut all);
        if from.is_alone {
            all.retain(|action| is_honest(&action.what));
        } else if self.model.with_steps(|steps| steps.last_commit(from.state.log).is_some()) {
            actions.push(AloneAction::Stop);
        }
        actions.extend(all.into_iter().map(AloneAction::Take));
    }

    fn next_state(&self, from: &AloneState, action: AloneAction) -> Option<AloneState> {
        Some(match action {
            AloneAction::Take(action) => AloneState { state: action.next, ..*from },
            AloneAction::Stop => AloneState { is_alone: true, ..*from },
        })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::sometimes(STOPS, |_: &Self, state: &AloneState| state.is_alone)]
    }
}

impl<G: ModelGroup> Liveness for Alone<'_, G> {
    fn kind(&self, action: &AloneAction) -> &'static str {
        match action {
            AloneAction::Take(action) => kind_of(&action.what),
            AloneAction::Stop => "stop",
        }
    }

    /// Nothing is promised before a commit, nor where a group has too many malicious members.
    fn is_resolved(&self, state: &AloneState) -> bool {
        !state.is_alone || self.model.with_steps(|steps| steps.has_one_number(&state.state))
    }

    fn is_fair(&self, _kind: &'static str) -> bool {
        true
    }
}

impl<G: Group> Steps<G> {
    /// Whether all honest validators have the same number, or none is promised.
    fn has_one_number(&self, state: &State) -> bool {
        !self.fits_groups() || (self.all_have_it(state) && self.numbers(state).len() == 1)
    }
}
