//! What the graph finds in models small enough to be counted by hand: deadlocks, states that cannot
//! resolve, cycles that fairness leaves or does not, and how often each kind of step occurs.

use ioschain_model::graph::{Bounds, GoOn, Graph, Liveness, Stop, Unresolved};
use stateright::{Model, Property};

/// Numbers, and steps between them, each of a kind.
struct Toy {
    steps: &'static [(u8, &'static str, u8)],
    resolved: &'static [u8],
    unfair: &'static [&'static str],
}

impl Model for Toy {
    type State = u8;
    type Action = (&'static str, u8);

    fn init_states(&self) -> Vec<u8> {
        vec![0]
    }

    fn actions(&self, state: &u8, actions: &mut Vec<Self::Action>) {
        let from_here = self.steps.iter().filter(|(from, ..)| from == state);
        actions.extend(from_here.map(|(_, kind, to)| (*kind, *to)));
    }

    fn next_state(&self, _state: &u8, (_, to): Self::Action) -> Option<u8> {
        Some(to)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("it is a number below 9", |_, state| *state < 9)]
    }
}

impl Liveness for Toy {
    fn kind(&self, action: &Self::Action) -> &'static str {
        action.0
    }

    fn is_resolved(&self, state: &u8) -> bool {
        self.resolved.contains(state)
    }

    fn is_fair(&self, kind: &'static str) -> bool {
        !self.unfair.contains(&kind)
    }
}

/// States by their numbers, in the order in which the graph met them.
fn explore(toy: &Toy) -> (Vec<u8>, Unresolved, Vec<(&'static str, u64)>) {
    let bounds = Bounds { states_max: 100, stop: Stop::AtTheEnd };
    let graph = Graph::explore(toy, bounds, &mut |_| GoOn::Yes);
    assert!(graph.findings().is_complete);
    let states = (0..graph.len() as u32)
        .map(|state| graph.path_to(state).last().map_or(0, |(_, to)| *to))
        .collect();
    let kinds = graph.findings().actions_by_kind.iter().map(|(kind, count)| (*kind, *count));
    (states, graph.unresolved(), kinds.collect())
}

fn named(states: &[u8], indices: &[u32]) -> Vec<u8> {
    let mut names: Vec<u8> = indices.iter().map(|index| states[*index as usize]).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_dead_end_is_a_deadlock_and_what_only_leads_there_is_stuck() {
    let steps = &[(0, "good", 1), (0, "bad", 2), (2, "bad", 3), (3, "bad", 4)];
    let (states, unresolved, kinds) = explore(&Toy { steps, resolved: &[1], unfair: &[] });
    assert_eq!(named(&states, &unresolved.stuck), [2, 3, 4]);
    assert_eq!(named(&states, &unresolved.deadlocks), [4]);
    assert!(unresolved.fair_cycles.is_empty());
    assert_eq!(kinds, [("bad", 3), ("good", 1)]);
}

#[test]
fn a_cycle_that_a_fair_step_leaves_from_every_state_is_none() {
    let steps = &[(0, "turn", 1), (1, "turn", 0), (0, "leave", 2), (1, "leave", 2)];
    let (states, unresolved, _) = explore(&Toy { steps, resolved: &[2], unfair: &[] });
    assert_eq!(states.len(), 3);
    assert_eq!(unresolved, Unresolved::default());
}

#[test]
fn a_cycle_stays_where_the_way_out_is_unfair() {
    let steps = &[(0, "turn", 1), (1, "turn", 0), (0, "leave", 2), (1, "leave", 2)];
    let (states, unresolved, kinds) = explore(&Toy { steps, resolved: &[2], unfair: &["leave"] });
    assert!(unresolved.stuck.is_empty());
    assert_eq!(unresolved.fair_cycles.len(), 1);
    assert!(named(&states, &unresolved.fair_cycles)[0] < 2);
    assert_eq!(kinds, [("leave", 2), ("turn", 2)]);
}

/// Weak fairness asks for what stays possible all the time: here the way out comes and goes.
#[test]
fn a_cycle_stays_where_the_way_out_is_not_always_open() {
    let steps = &[(0, "turn", 1), (1, "turn", 0), (0, "leave", 2)];
    let (_, unresolved, _) = explore(&Toy { steps, resolved: &[2], unfair: &[] });
    assert_eq!(unresolved.fair_cycles.len(), 1);
    assert!(unresolved.stuck.is_empty());
}

#[test]
fn a_step_to_itself_is_a_cycle_too() {
    let steps = &[(0, "wait", 0), (0, "leave", 1)];
    let waits = Toy { steps, resolved: &[1], unfair: &["leave"] };
    assert_eq!(explore(&waits).1.fair_cycles.len(), 1);
    let leaves = Toy { steps, resolved: &[1], unfair: &[] };
    assert!(explore(&leaves).1.fair_cycles.is_empty());
}
