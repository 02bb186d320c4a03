//! Short runs that together show what the shards of a model do: every step from every state, and
//! every message that changes nothing there, with its answer.
//!
//! A run takes a shortest path to a state. There it tries the messages that change nothing, and it
//! ends with at most one more step. No run is the beginning of another one. Conformance vectors are
//! made of such runs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Answer;
use ioschain_spec::primitives::numbers::Shard;
use stateright::Model as _;

use crate::atomix::memoised::Transition;
use crate::atomix::message::NumberedMessage;
use crate::atomix::swarm::take_steps;
use crate::atomix::trace::words_of_answer;
use crate::atomix::{Action, Atomix, CompactState};

/// Which runs are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Every step from every state, and at every state the messages that change nothing. There is
    /// one such message for each shard, kind, transaction and answer. Where a shard is in its state
    /// for the first time, every sequence of proofs is tried.
    Everything,
    /// The first step or message for each shard, kind of message, transaction, epoch and answer.
    /// Messages that change nothing count like steps.
    Firsts,
}

/// A message that leaves the shard as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// The shard, counted from 1.
    pub shard: Shard,
    /// The message that is sent to it.
    pub message: NumberedMessage,
    /// The answer: a stored answer that is given again, or a rejection by the rules.
    pub answer: Result<Answer, Rejection>,
}

/// A run through a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// A shortest path from the first state.
    pub path: Vec<Action>,
    /// The state that the path leads to.
    pub state: CompactState,
    /// The messages that are tried there.
    pub tries: Vec<Try>,
    /// The step that is taken after these messages, if there is one.
    pub last: Option<Action>,
}

/// Messages that need not be told apart: shard, kind, transaction, the shard's epoch, answer.
type Label = (u16, &'static str, Option<u8>, u64, String);

/// The runs of a model, in order of their lengths.
pub fn runs(model: &Atomix, extent: Extent) -> Vec<Run> {
    let mut cover = Cover { model, extent, tried: BTreeSet::new(), labels: BTreeSet::new() };
    let mut runs = Vec::new();
    let mut paths = BTreeMap::from([(model.first(), Vec::new())]);
    let mut pending = VecDeque::from([model.first()]);
    while let Some(state) = pending.pop_front() {
        let path = paths[&state].clone();
        let tries = cover.tries(&state);
        let mut last_steps = Vec::new();
        let mut actions = Vec::new();
        model.actions(&state, &mut actions);
        for action in actions {
            let after = Atomix::after(&state, &action);
            let is_shortest_way = !paths.contains_key(&after);
            if is_shortest_way {
                paths.insert(after, [path.clone(), vec![action]].concat());
                pending.push_back(after);
            }
            if cover.is_last(&state, &action, is_shortest_way) {
                last_steps.push(action);
            }
        }
        runs.extend(with_last_steps(path, state, tries, last_steps));
    }
    without_prefixes(runs)
}

/// A random walk from a seed. At its end, the first message that changes nothing is tried for each
/// shard, kind, transaction and answer.
pub fn walk(model: &Atomix, seed: u64, steps_max: usize) -> Run {
    let (path, state) = take_steps(model, seed, steps_max, |_| false);
    let (tried, labels) = (BTreeSet::new(), BTreeSet::new());
    let mut cover = Cover { model, extent: Extent::Firsts, tried, labels };
    Run { tries: cover.tries(&state), path, state, last: None }
}

/// One run for each last step; the first of them has the tries.
fn with_last_steps(
    path: Vec<Action>,
    state: CompactState,
    tries: Vec<Try>,
    last_steps: Vec<Action>,
) -> Vec<Run> {
    let run = |tries, last| Run { path: path.clone(), state, tries, last };
    let mut last_steps = last_steps.into_iter();
    let first = last_steps.next();
    let mut runs = Vec::new();
    if first.is_some() || !tries.is_empty() {
        runs.push(run(tries, first));
    }
    runs.extend(last_steps.map(|last| run(Vec::new(), Some(last))));
    runs
}

/// The runs without last steps that are on the way of another run.
fn without_prefixes(runs: Vec<Run>) -> Vec<Run> {
    let ways: Vec<Vec<Action>> = runs.iter().map(|run| run.path.clone()).collect();
    let is_on_a_way = |steps: &[Action]| ways.iter().any(|way| way.starts_with(steps));
    let shorten = |mut run: Run| {
        let steps: Vec<Action> = run.path.iter().chain(&run.last).copied().collect();
        run.last = run.last.filter(|_| !is_on_a_way(&steps));
        (run.last.is_some() || !run.tries.is_empty()).then_some(run)
    };
    runs.into_iter().filter_map(shorten).collect()
}

struct Cover<'a> {
    model: &'a Atomix,
    extent: Extent,
    /// Messages that were put to a shard's state under a log.
    tried: BTreeSet<(u16, u32, u32, NumberedMessage)>,
    /// Labels that some run of the extent [`Extent::Firsts`] has.
    labels: BTreeSet<Label>,
}

impl Cover<'_> {
    /// What is to be tried at a state.
    fn tries(&mut self, state: &CompactState) -> Vec<Try> {
        let shards = self.model.shards();
        shards.flat_map(|shard| self.tries_in(state, shard)).collect()
    }

    fn tries_in(&mut self, state: &CompactState, shard: Shard) -> Vec<Try> {
        let mut by_label: BTreeMap<Label, Vec<Try>> = BTreeMap::new();
        for it in self.changing_nothing(state, shard) {
            let answer = match &it.answer {
                Ok(answer) => words_of_answer(answer),
                Err(rejection) => rejection.code().to_owned(),
            };
            let label = self.label(state, shard, &it.message, answer);
            by_label.entry(label).or_default().push(it);
        }
        let local = Atomix::shard_state_id(state, shard);
        let mut wanted = Vec::new();
        for (label, tries) in by_label {
            let first = tries[0].clone();
            match self.extent {
                Extent::Firsts if self.labels.insert(label) => wanted.push(first),
                Extent::Firsts => {}
                Extent::Everything => {
                    let is_new =
                        |it: &Try| self.tried.insert((shard.0, local, state.log, it.message));
                    let new: Vec<Try> = tries.into_iter().filter(is_new).collect();
                    wanted.extend(if new.is_empty() { vec![first] } else { new });
                }
            }
        }
        wanted
    }

    /// Every message that leaves a shard as it is, and makes no proof that there was not.
    fn changing_nothing(&self, state: &CompactState, shard: Shard) -> Vec<Try> {
        let local = Atomix::shard_state_id(state, shard);
        self.model.with_memo(|memo| {
            let asked = memo.ask_every_message(local, state.log, state.attestations);
            let try_of = |(message, asked): (NumberedMessage, Result<Transition, Rejection>)| {
                let answer = match asked {
                    Err(rejection) => Err(rejection),
                    Ok(transition) => {
                        let same = (transition.shard_state, transition.log) == (local, state.log);
                        let nothing_new = transition.attested.is_subset(state.attestations);
                        (same && nothing_new).then_some(())?;
                        Ok(memo.answer(local, state.log, &message).ok()??)
                    }
                };
                Some(Try { shard, message, answer })
            };
            asked.into_iter().filter_map(try_of).collect()
        })
    }

    /// Whether a run must end with this step. Every step of a shortest way is on the way of other
    /// runs.
    fn is_last(&mut self, state: &CompactState, action: &Action, is_shortest_way: bool) -> bool {
        match self.extent {
            Extent::Everything => !is_shortest_way,
            Extent::Firsts => {
                let Action { shard, message, .. } = action;
                let local = Atomix::shard_state_id(state, *shard);
                let answer = self.model.with_memo(|memo| memo.answer(local, state.log, message));
                let answer = answer.ok().flatten().as_ref().map(words_of_answer);
                let label = self.label(state, *shard, message, answer.unwrap_or_default());
                self.labels.insert(label)
            }
        }
    }

    fn label(
        &self,
        state: &CompactState,
        shard: Shard,
        message: &NumberedMessage,
        answer: String,
    ) -> Label {
        let local = Atomix::shard_state_id(state, shard);
        let epoch = self.model.with_memo(|memo| memo.shard_state(local).state.position.epoch);
        (shard.0, message.kind(), message.transaction(), epoch.0, answer)
    }
}
