//! What is model-checked is what runs: real shards, with real cryptography, do step by step what
//! the model says, and refuse what it says they refuse with the same code.

use std::collections::{BTreeMap, BTreeSet};

use ioschain_model::atomix::configurations::{
    by_name, chain, change, overclaim, shared, spend, with_epochs,
};
use ioschain_model::atomix::message::AttestedVote;
use ioschain_model::atomix::message::NumberedMessage;
use ioschain_model::atomix::plan::Plan;
use ioschain_model::atomix::properties::CONSERVATION;
use ioschain_model::atomix::score::shortest_failure;
use ioschain_model::atomix::trace::words_of_answer;
use ioschain_model::atomix::{Action, Atomix, CompactState};
use ioschain_model::real::{RealShards, RealStep, project_entry, project_state};
use ioschain_model::trace::SPECIFICATION;
use ioschain_model::variants::Expectation;
use ioschain_model::variants::atomix_registry::registry;
use ioschain_spec::atomix::Specification;
use ioschain_spec::ledger::{SUPPLY, ShardState};
use ioschain_spec::primitives::numbers::Shard;
use stateright::Model;

/// A model beside real shards in their first state.
struct Pair {
    model: Atomix,
    first: Vec<ShardState>,
    real: RealShards,
}

impl Pair {
    fn of(plan: Plan) -> Self {
        let real = RealShards::new(&plan, &Specification).unwrap();
        let model = Atomix::new(plan, SPECIFICATION, &Specification).unwrap();
        Self { model, first: real.states.clone(), real }
    }

    /// Takes a step in a copy of the real shards, and compares what comes out.
    fn follow(&self, real: &RealShards, action: &Action, after: &CompactState) -> RealShards {
        let mut real = real.clone();
        let said = self.model.proved_votes(&action.message);
        let taken = real.take(action.shard, &action.message, &said);
        assert!(taken.is_ok(), "{action:?}: {taken:?}");
        self.compare(&real, after);
        real
    }

    fn compare(&self, real: &RealShards, state: &CompactState) {
        let votes = self.model.with_memo(|memo| {
            for shard in self.model.shards() {
                let first = &self.first[usize::from(shard) - 1];
                let projected = project_state(real.state(shard), first);
                assert_eq!(projected, memo.shard_state(Atomix::shard_state_id(state, shard)).state);
            }
            let log = memo.log(state.log);
            assert_eq!(real.retained, log.closed.retained);
            for (epoch, shard) in real.retained.keys() {
                let entry = real.log.view().closed(*shard, *epoch).unwrap().clone();
                let projected = project_entry(&entry, &self.first[usize::from(*shard) - 1]);
                assert_eq!(Some(&projected), log.log.view().closed(*shard, *epoch));
            }
            let numbers = state.attestations.members();
            numbers.map(|number| memo.attested_vote(number)).collect::<BTreeSet<AttestedVote>>()
        });
        assert_eq!(real.attested().copied().collect::<BTreeSet<_>>(), votes);
        assert_eq!(real.supply().ok(), self.model.supply(state));
    }

    /// Every message that can be made of the proofs and is refused, is refused with the same code.
    fn compare_refusals(&self, real: &RealShards, state: &CompactState) -> usize {
        let mut refused = 0;
        for shard in self.model.shards() {
            let local = Atomix::shard_state_id(state, shard);
            let answers = self
                .model
                .with_memo(|memo| memo.ask_every_message(local, state.log, state.attestations));
            let refusals =
                answers.into_iter().filter_map(|(message, answer)| Some((message, answer.err()?)));
            for (message, rejection) in refusals {
                let said = self.model.proved_votes(&message);
                let answer = real.clone().take(shard, &message, &said);
                assert_eq!(answer, Err(rejection), "{message:?} at shard {shard}");
                refused += 1;
            }
        }
        refused
    }

    fn steps(&self, state: &CompactState) -> Vec<(Action, CompactState)> {
        let mut actions = Vec::new();
        self.model.actions(state, &mut actions);
        actions.into_iter().map(|action| (action, Atomix::after(state, &action))).collect()
    }

    /// Follows every path to its end; gives how many there are.
    fn follow_every_path(&self) -> usize {
        let mut pending = vec![(self.model.first(), self.real.clone())];
        let mut paths = 0;
        while let Some((state, real)) = pending.pop() {
            let steps = self.steps(&state);
            paths += usize::from(steps.is_empty());
            for (action, after) in steps {
                pending.push((after, self.follow(&real, &action, &after)));
            }
        }
        paths
    }

    /// Follows every step from every state once, and tries what is refused there; gives how many
    /// states, steps and refusals there are.
    fn follow_every_step(&self) -> (usize, usize, usize) {
        let mut known = BTreeMap::from([(self.model.first(), self.real.clone())]);
        let mut pending = vec![self.model.first()];
        let (mut taken, mut refused) = (0, 0);
        while let Some(state) = pending.pop() {
            let real = known[&state].clone();
            refused += self.compare_refusals(&real, &state);
            for (action, after) in self.steps(&state) {
                let followed = self.follow(&real, &action, &after);
                taken += 1;
                known.entry(after).or_insert_with(|| {
                    pending.push(after);
                    followed
                });
            }
        }
        (known.len(), taken, refused)
    }
}

#[test]
fn real_shards_follow_every_path_of_the_smallest_models() {
    for (plan, paths) in
        [(shared(1, 1, 1, 0), 2), (shared(1, 1, 2, 0), 4), (shared(2, 1, 1, 0), 12), (change(), 12)]
    {
        let name = plan.name.clone();
        assert_eq!(Pair::of(plan).follow_every_path(), paths, "{name}");
    }
}

#[test]
fn real_shards_follow_every_step_of_small_models_and_refuse_with_the_same_codes() {
    for (plan, states) in [
        (shared(2, 1, 2, 0), 91),
        (shared(2, 2, 2, 0), 155),
        (chain(), 28),
        (overclaim(), 78),
        (shared(2, 1, 1, 2), 313),
        (with_epochs(chain(), 1), 351),
        (with_epochs(spend(), 1), 203),
    ] {
        let name = plan.name.clone();
        let (seen, taken, refused) = Pair::of(plan).follow_every_step();
        assert_eq!(seen, states, "{name}");
        assert!(taken >= states && refused > taken, "{name}: {taken} steps, {refused} refusals");
    }
}

/// The shards of the model start where real ones do, under every variant too; and a variant that
/// breaks a property in the model breaks it with real blocks.
#[test]
fn real_shards_follow_every_counterexample() {
    for variant in registry() {
        let Expectation { configuration, property, .. } = variant.expectation;
        let plan = by_name(configuration).unwrap();
        let trace = shortest_failure(plan.clone(), variant, Some(property)).unwrap().unwrap();
        let mut real = RealShards::new(&plan, variant.normative).unwrap();
        let model = Atomix::new(plan, variant.name, variant.ideal).unwrap();
        let pair = Pair { first: real.states.clone(), real: real.clone(), model };
        let mut state = pair.model.first();
        for (step, number) in trace.steps.iter().zip(1..) {
            let (message, said) = step.read(number).unwrap();
            let answer = match real.take(Shard(step.shard), &message, &said) {
                Ok(RealStep::Block(answer)) => words_of_answer(&answer),
                Ok(RealStep::Closed) => "closed".to_owned(),
                Err(rejection) => format!("refused {}", rejection.code()),
            };
            assert_eq!(answer, step.answer, "{}, step {number}", variant.name);
            let is_taken = |action: &Action| {
                let is_same = |other: &NumberedMessage| {
                    (message.kind(), message.transaction()) == (other.kind(), other.transaction())
                };
                action.shard == Shard(step.shard)
                    && is_same(&action.message)
                    && pair.model.proved_votes(&action.message) == said
            };
            let steps = pair.steps(&state);
            state = steps.iter().find(|(action, _)| is_taken(action)).unwrap().1;
            pair.compare(&real, &state);
        }
        let conserved = real.supply().ok() == Some(SUPPLY);
        assert!(property != CONSERVATION || !conserved, "{}: the sum is whole", variant.name);
    }
}
