//! Availability of the output, decided by reachability. The adversary may stop permanently in any
//! state after a commit. From there, the honest validators alone must be able to reach a state in
//! which all of them have the same number.

use ioschain_spec::primitives::group::Group;
use stateright::{Model, Property};

use super::machines::{Delivery, MachineMemo};
use super::{Action, ActionKind, Drp, DrpState, ModelGroup, kind_of};
use crate::graph::Liveness;

/// The model of a plan, with the step "the adversary stops".
pub struct Availability<'a, G: ModelGroup> {
    /// The model of the plan.
    pub model: &'a Drp<G>,
}

/// A state, and whether the adversary has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AvailabilityState {
    /// The state of the plan's model.
    pub state: DrpState,
    /// Whether the adversary has stopped.
    pub adversary_stopped: bool,
}

/// A step of the plan's model, or the adversary's last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AvailabilityAction {
    /// A step of the plan's model.
    Take(Action),
    /// The adversary stops permanently.
    Stop,
}

/// The witness property: the adversary stops in some state.
pub const STOPS: &str = "the adversary stops after a commit";

/// Whether a step belongs to the honest validators alone, after a commit: they receive entries of
/// the log and each other's shares.
fn is_honest(what: &ActionKind) -> bool {
    matches!(
        what,
        ActionKind::Deliver(_, Delivery::Entry(..) | Delivery::Reveal(_))
            | ActionKind::DeliverToAll(Delivery::Entry(..) | Delivery::Reveal(_))
    )
}

impl<G: ModelGroup> Model for Availability<'_, G> {
    type State = AvailabilityState;
    type Action = AvailabilityAction;

    fn init_states(&self) -> Vec<AvailabilityState> {
        vec![AvailabilityState { state: self.model.first(), adversary_stopped: false }]
    }

    fn actions(&self, from: &AvailabilityState, actions: &mut Vec<AvailabilityAction>) {
        let mut all = Vec::new();
        self.model.actions(&from.state, &mut all);
        if from.adversary_stopped {
            all.retain(|action| is_honest(&action.what));
        } else if self.model.with_memo(|memo| memo.last_commit(from.state.log).is_some()) {
            actions.push(AvailabilityAction::Stop);
        }
        actions.extend(all.into_iter().map(AvailabilityAction::Take));
    }

    fn next_state(
        &self,
        from: &AvailabilityState,
        action: AvailabilityAction,
    ) -> Option<AvailabilityState> {
        Some(match action {
            AvailabilityAction::Take(action) => AvailabilityState { state: action.next, ..*from },
            AvailabilityAction::Stop => AvailabilityState { adversary_stopped: true, ..*from },
        })
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::sometimes(STOPS, |_: &Self, state: &AvailabilityState| {
            state.adversary_stopped
        })]
    }
}

impl<G: ModelGroup> Liveness for Availability<'_, G> {
    fn kind(&self, action: &AvailabilityAction) -> &'static str {
        match action {
            AvailabilityAction::Take(action) => kind_of(&action.what),
            AvailabilityAction::Stop => "stop",
        }
    }

    /// Before a commit, or if a group has too many malicious members, nothing is promised, and the
    /// state counts as resolved.
    fn is_resolved(&self, state: &AvailabilityState) -> bool {
        !state.adversary_stopped || self.model.with_memo(|memo| memo.has_one_number(&state.state))
    }

    fn is_fair(&self, _kind: &'static str) -> bool {
        true
    }
}

impl<G: Group> MachineMemo<G> {
    /// Whether all honest validators have the same number, or no number is promised.
    fn has_one_number(&self, state: &DrpState) -> bool {
        !self.fits_groups() || (self.all_have_it(state) && self.numbers(state).len() == 1)
    }
}
