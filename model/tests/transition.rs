//! The memoised engine gives the graph of the readable transition: the same states, the same steps
//! and the same verdicts.
//!
//! The readable model asks the rules anew for every message in every state, so the configurations
//! are small. It shows entries the whole identity log, and it tries every sequence of proofs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ioschain_model::atomix::check::Check;
use ioschain_model::atomix::configurations::{
    by_name, change, overclaim, retry, shared, with_epochs,
};
use ioschain_model::atomix::explicit::ExplicitAtomix;
use ioschain_model::atomix::observed_suite::ModelRules;
use ioschain_model::atomix::plan::Plan;
use ioschain_model::atomix::transition::AtomixState;
use ioschain_model::atomix::{Atomix, CompactState};
use ioschain_model::graph::{Bounds, Discovery, Findings, GoOn, Graph, Liveness, Stop};
use ioschain_model::variants::atomix_registry::registry;
use ioschain_spec::atomix::Specification;
use ioschain_spec::primitives::numbers::Shard;
use stateright::Model;

/// A shard, what reaches it, and the number of the state that follows. Commits that differ in their
/// proofs only are one step: of those that the rules cannot tell apart the engine tries one.
type Edge = (usize, Shard, &'static str, Option<u8>, usize);

/// The states of a graph by number, in the order in which they are met, and its steps.
#[derive(Default)]
struct Reachable {
    numbers: HashMap<AtomixState, usize>,
    edges: BTreeSet<Edge>,
}

fn explicit_graph(model: &ExplicitAtomix) -> Reachable {
    let mut found = Reachable::default();
    let mut pending = model.init_states();
    found.numbers.extend(pending.iter().cloned().map(|first| (first, 0)));
    while let Some(state) = pending.pop() {
        let from = found.numbers[&state];
        for step in model.steps(&state) {
            let fresh = found.numbers.len();
            let to = *found.numbers.entry(step.next.clone()).or_insert(fresh);
            let message = &step.message;
            found.edges.insert((from, step.shard, message.kind(), message.transaction(), to));
            if to == fresh {
                pending.push(step.next);
            }
        }
    }
    found
}

/// The engine's steps, between the numbers that the readable model gave its states.
fn edges_of_engine(model: &Atomix, numbers: &HashMap<AtomixState, usize>) -> BTreeSet<Edge> {
    let number = |state: &CompactState| {
        let projected = model.project(state);
        *numbers.get(&projected).expect("a state of the engine is one of the readable model")
    };
    let mut edges = BTreeSet::new();
    let mut known = BTreeMap::from([(model.first(), number(&model.first()))]);
    let mut pending = vec![model.first()];
    while let Some(state) = pending.pop() {
        let from = known[&state];
        let mut actions = Vec::new();
        model.actions(&state, &mut actions);
        for action in actions {
            let next = Atomix::after(&state, &action);
            let to = *known.entry(next).or_insert_with(|| {
                pending.push(next);
                number(&next)
            });
            let message = &action.message;
            edges.insert((from, action.shard, message.kind(), message.transaction(), to));
        }
    }
    let numbers_of_states: BTreeSet<usize> = known.values().copied().collect();
    assert_eq!(numbers_of_states.len(), known.len(), "different states project differently");
    assert_eq!(known.len(), numbers.len(), "the engine reaches every state");
    edges
}

type Lengths = Vec<(&'static str, usize)>;

/// States, failing properties and found witnesses with the length of the shortest way, and how many
/// states cannot resolve.
fn verdicts<M: Liveness>(model: &M) -> (usize, usize, Lengths, Lengths, usize)
where
    M::State: Clone + std::hash::Hash,
    M::Action: Clone,
{
    let bounds = Bounds { states_max: 100_000, stop: Stop::AtTheEnd };
    let graph = Graph::explore(model, bounds, &mut |_| GoOn::Yes);
    let Findings { unique_states, depth, failures, witnesses, .. } = graph.findings();
    let lengths = |found: &Vec<Discovery<M::Action>>| {
        found.iter().map(|it| (it.property, it.actions.len())).collect()
    };
    let stuck = graph.unresolved().stuck.len();
    (*unique_states, *depth, lengths(failures), lengths(witnesses), stuck)
}

fn assert_same_graph(plan: &Plan, rules: &'static ModelRules, engine: &Atomix) {
    let name = format!("{} under {}", plan.name, engine.rules);
    let explicit = ExplicitAtomix::new(plan.clone(), rules).unwrap();
    let Reachable { numbers, edges } = explicit_graph(&explicit);
    let of_engine = edges_of_engine(engine, &numbers);
    assert!(edges.is_subset(&of_engine), "{name}: the engine misses a step");
    assert!(of_engine.is_subset(&edges), "{name}: the engine has a step too many");
    assert_eq!(verdicts(&explicit), verdicts(engine), "{name}");
}

#[test]
fn the_engine_gives_the_graph_of_the_readable_transition() {
    let plans = [
        shared(1, 1, 1, 0),
        shared(2, 1, 1, 0),
        shared(1, 1, 2, 0),
        shared(2, 1, 2, 0),
        shared(1, 2, 1, 2),
        shared(2, 1, 1, 1),
        change(),
        overclaim(),
        with_epochs(shared(1, 1, 2, 0), 1),
    ];
    for plan in plans {
        let everything = Check::new(plan.clone(), "the specification", &Specification).unwrap();
        assert_same_graph(&plan, &Specification, &everything.model);
        let closings_only = Check::of_specification(plan.clone()).unwrap();
        assert_same_graph(&plan, &Specification, &closings_only.model);
    }
}

#[test]
fn the_engine_gives_the_graph_of_the_readable_transition_under_every_variant() {
    let mut compared = 0;
    for variant in registry() {
        let own = by_name(variant.expectation.configuration).unwrap();
        for plan in [own, shared(1, 1, 2, 0), shared(2, 1, 1, 1)] {
            let mut check = Check::of_variant(plan.clone(), variant).unwrap();
            check.bounds.states_max = 250;
            if !check.run().findings.is_complete {
                continue;
            }
            assert_same_graph(&plan, variant.ideal, &check.model);
            compared += 1;
        }
    }
    assert!(compared >= 40, "{compared} graphs");
}

/// A second try of a payment spends what an abort gave back, so the properties have all their
/// witnesses.
#[test]
#[ignore = "minutes: every sequence of proofs in every one of thousands of states"]
fn the_engine_gives_the_graph_of_the_readable_transition_with_a_retry() {
    for plan in [with_epochs(retry(), 1), shared(2, 2, 2, 0), shared(2, 1, 2, 1)] {
        let check = Check::of_specification(plan.clone()).unwrap();
        assert_same_graph(&plan, &Specification, &check.model);
    }
}
