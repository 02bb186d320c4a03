//! The runs that vectors are made of leave nothing of a model out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ioschain_model::atomix::configurations::{change, shared};
use ioschain_model::atomix::coverage::{Extent, Run, runs};
use ioschain_model::atomix::message::NumberedMessage;
use ioschain_model::atomix::plan::Plan;
use ioschain_model::atomix::{Action, Atomix, CompactState};
use ioschain_model::trace::SPECIFICATION;
use ioschain_spec::atomix::Specification;
use ioschain_spec::primitives::numbers::Shard;
use stateright::Model;

type Edge = (CompactState, Shard, NumberedMessage);

fn model(plan: Plan) -> Atomix {
    Atomix::new(plan, SPECIFICATION, &Specification).unwrap()
}

fn actions(model: &Atomix, state: &CompactState) -> Vec<Action> {
    let mut actions = Vec::new();
    model.actions(state, &mut actions);
    actions
}

/// Every reachable state with its distance from the first, and every step.
fn explore(model: &Atomix) -> (BTreeMap<CompactState, usize>, BTreeSet<Edge>) {
    let mut distances = BTreeMap::from([(model.first(), 0)]);
    let mut pending = VecDeque::from([model.first()]);
    let mut edges = BTreeSet::new();
    while let Some(state) = pending.pop_front() {
        for action in actions(model, &state) {
            edges.insert((state, action.shard, action.message));
            let after = Atomix::after(&state, &action);
            if !distances.contains_key(&after) {
                distances.insert(after, distances[&state] + 1);
                pending.push_back(after);
            }
        }
    }
    (distances, edges)
}

/// The steps that a run takes.
fn steps(model: &Atomix, run: &Run) -> Vec<Edge> {
    let mut state = model.first();
    let mut steps = Vec::new();
    for action in run.path.iter().chain(&run.last) {
        assert!(actions(model, &state).contains(action), "a run takes a step that is not possible");
        steps.push((state, action.shard, action.message));
        state = Atomix::after(&state, action);
    }
    steps
}

#[test]
fn every_step_from_every_state_is_in_some_run_and_every_way_is_a_shortest() {
    for plan in [shared(2, 2, 2, 0), change(), shared(1, 2, 1, 1)] {
        let model = model(plan);
        let (distances, edges) = explore(&model);
        let runs = runs(&model, Extent::Everything);
        let covered: BTreeSet<Edge> = runs.iter().flat_map(|run| steps(&model, run)).collect();
        assert_eq!(covered, edges, "{}", model.plan.name);
        for run in &runs {
            assert_eq!(run.path.len(), distances[&run.state]);
        }
    }
}

#[test]
fn at_every_state_every_refusal_of_every_shard_kind_transaction_and_code_is_tried() {
    let model = model(shared(2, 2, 2, 0));
    let (distances, _) = explore(&model);
    let mut due = BTreeSet::new();
    for state in distances.keys() {
        for shard in model.shards() {
            let local = Atomix::shard_state_id(state, shard);
            let asked = model
                .with_memo(|memo| memo.ask_every_message(local, state.log, state.attestations));
            due.extend(asked.into_iter().filter_map(|(message, answer)| {
                let code = answer.err()?.code();
                Some((*state, shard, message.kind(), message.transaction(), code))
            }));
        }
    }
    let mut tried = BTreeSet::new();
    for run in runs(&model, Extent::Everything) {
        tried.extend(run.tries.iter().filter_map(|it| {
            let code = it.answer.as_ref().err()?.code();
            Some((run.state, it.shard, it.message.kind(), it.message.transaction(), code))
        }));
    }
    assert_eq!(due.len(), 6_196);
    assert_eq!(tried, due);
}

#[test]
fn no_run_without_tries_is_the_beginning_of_another() {
    for (plan, extent) in
        [(shared(2, 2, 2, 0), Extent::Everything), (shared(2, 1, 1, 2), Extent::Firsts)]
    {
        let model = model(plan);
        let runs = runs(&model, extent);
        let ways: Vec<Vec<Edge>> = runs.iter().map(|run| steps(&model, run)).collect();
        for (run, way) in runs.iter().zip(&ways) {
            let longer = |other: &&Vec<Edge>| other.len() > way.len() && other.starts_with(way);
            assert!(!run.tries.is_empty() || ways.iter().find(longer).is_none());
        }
    }
}

#[test]
fn the_first_answers_of_a_model_with_epochs_have_all_its_codes_and_sweeps() {
    let model = model(shared(2, 1, 1, 2));
    let (distances, _) = explore(&model);
    let mut codes = BTreeSet::new();
    for state in distances.keys() {
        for shard in model.shards() {
            let local = Atomix::shard_state_id(state, shard);
            let asked = model
                .with_memo(|memo| memo.ask_every_message(local, state.log, state.attestations));
            codes.extend(asked.iter().filter_map(|(_, answer)| Some(answer.err()?.code())));
        }
    }
    let runs = runs(&model, Extent::Firsts);
    let tries = runs.iter().flat_map(|run| &run.tries);
    let found: BTreeSet<&str> = tries.filter_map(|it| Some(it.answer.err()?.code())).collect();
    assert_eq!(found, codes);
    let taken = runs.iter().flat_map(|run| run.path.iter().chain(&run.last));
    let sweeps = taken.clone().filter(|action| action.message == NumberedMessage::Import);
    assert!(sweeps.clone().any(|action| !action.transition.committed.is_empty()));
    assert!(sweeps.clone().any(|action| !action.transition.returned.is_empty()));
    for shard in model.shards() {
        assert!(sweeps.clone().any(|action| action.shard == shard));
    }
}
