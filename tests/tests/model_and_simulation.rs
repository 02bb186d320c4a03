//! The shards that `import bitcoin` carries a block through do what the model says.
//!
//! Their blocks see all of the identity log and begin with a sweep that is due, so a log that grows
//! is handed to them as far as the model's block sees it.

use std::collections::{BTreeMap, BTreeSet};

use ioschain_model::atomix::configurations::{change, shared};
use ioschain_model::atomix::entry::{EntryInputs, Sender};
use ioschain_model::atomix::identity_view::view_of_block;
use ioschain_model::atomix::message::AttestedVote;
use ioschain_model::atomix::message::NumberedMessage;
use ioschain_model::atomix::plan::{Plan, SignableTransaction, validators};
use ioschain_model::atomix::{Action, Atomix, CompactState};
use ioschain_model::real::project_state;
use ioschain_model::trace::SPECIFICATION;
use ioschain_node::simulation::{CachingSuite, Committee, Delivery, Proof, SimulatedShard};
use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::atomix::{Answer, Specification};
use ioschain_spec::chain::conservation::{RetainedLists, conservation_sum};
use ioschain_spec::identity::IdentityLog;
use ioschain_spec::ledger::ShardState;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::numbers::Shard;
use stateright::Model;

/// The simulation's shards, what they have proved, and the log after each closing.
#[derive(Clone)]
struct Simulation {
    shards: Vec<SimulatedShard>,
    logs: Vec<IdentityLog>,
    retained: RetainedLists,
    proofs: BTreeMap<AttestedVote, Proof>,
}

impl Simulation {
    fn of(plan: &Plan) -> Self {
        let chain = plan.realise().unwrap();
        let shard = |state: ShardState| {
            let number = state.position.shard;
            SimulatedShard::new(state, Committee::of(validators(number)).unwrap())
        };
        let shards = chain.states.into_iter().map(shard).collect();
        let (retained, proofs) = (RetainedLists::new(), BTreeMap::new());
        Self { shards, logs: vec![chain.log], retained, proofs }
    }

    fn log(&self) -> &IdentityLog {
        self.logs.last().unwrap()
    }
}

/// A model beside the simulation's shards.
struct Pair {
    model: Atomix,
    transactions: Vec<SignableTransaction>,
    first: Vec<ShardState>,
    suite: CachingSuite,
}

impl Pair {
    fn of(plan: Plan) -> (Self, Simulation) {
        let simulation = Simulation::of(&plan);
        let first = simulation.shards.iter().map(|shard| shard.state.clone()).collect();
        let model = Atomix::new(plan, SPECIFICATION, &Specification).unwrap();
        let transactions = model.transactions();
        (Self { model, transactions, first, suite: CachingSuite::default() }, simulation)
    }

    /// A shard takes a message; the answer, unless it closed its epoch or swept.
    fn take(
        &self,
        simulation: &mut Simulation,
        shard: Shard,
        message: &NumberedMessage,
    ) -> Option<Result<Answer, Rejection>> {
        let place = usize::from(shard) - 1;
        if *message == NumberedMessage::Close {
            let mut log = simulation.log().clone();
            let retained = &mut simulation.retained;
            simulation.shards[place]
                .close_epoch(&Specification, &self.suite, &mut log, retained)
                .unwrap();
            simulation.logs.push(log);
            return None;
        }
        let state = simulation.shards[place].state.clone();
        let is_sweep = *message == NumberedMessage::Import;
        let sees = view_of_block(simulation.log(), &state, is_sweep).height();
        let log = simulation.logs[usize::try_from(sees.0).unwrap()].clone();
        assert_eq!(simulation.shards[place].is_sweep_due(&self.suite, &log), is_sweep);
        let bytes = (!is_sweep).then(|| self.entry(simulation, message, &state));
        let deliveries: Vec<Delivery> = bytes
            .into_iter()
            .map(|bytes| Delivery { shard, payment: 0, bytes: bytes.into() })
            .collect();
        let outcome = simulation.shards[place]
            .make_block(&Specification, &self.suite, &log, &simulation.retained, &deliveries)
            .unwrap();
        for proof in outcome.proofs {
            if let Some(said) = self.said_by(&log, &proof) {
                simulation.proofs.entry(said).or_insert(proof);
            }
        }
        outcome.answers.into_iter().next().map(|(_, answer)| answer)
    }

    fn entry(
        &self,
        simulation: &Simulation,
        message: &NumberedMessage,
        state: &ShardState,
    ) -> Vec<u8> {
        let sign = |number: u8, sender| {
            let carried = &self.transactions[usize::from(number)];
            if sender == Sender::Client { carried.signed() } else { carried.unsigned() }
        };
        let said = self.model.proved_votes(message);
        let inputs = EntryInputs {
            transactions: &self.transactions,
            sign: &sign,
            proofs: said.iter().map(|said| simulation.proofs[said].clone()).collect(),
            shards: self.model.plan.shards,
            retained: &simulation.retained,
        };
        encode(&inputs.entry(message, state).unwrap())
    }

    fn said_by(&self, log: &IdentityLog, proof: &Proof) -> Option<AttestedVote> {
        let verified = self.suite.verify_attestation(&log.view(), proof).ok()?;
        let place = self.transactions.iter().position(|it| it.txid == verified.txid()).unwrap();
        let transaction = u8::try_from(place).unwrap();
        Some(AttestedVote { shard: verified.shard(), transaction, vote: verified.vote() })
    }

    fn compare(&self, simulation: &Simulation, state: &CompactState) {
        let votes = self.model.with_memo(|memo| {
            for shard in self.model.shards() {
                let place = usize::from(shard) - 1;
                let projected = project_state(&simulation.shards[place].state, &self.first[place]);
                assert_eq!(projected, memo.shard_state(Atomix::shard_state_id(state, shard)).state);
            }
            assert_eq!(simulation.retained, memo.log(state.log).closed.retained);
            let numbers = state.attestations.members();
            numbers.map(|number| memo.attested_vote(number)).collect::<BTreeSet<AttestedVote>>()
        });
        assert_eq!(simulation.proofs.keys().copied().collect::<BTreeSet<_>>(), votes);
        let states: Vec<ShardState> = simulation.shards.iter().map(|it| it.state.clone()).collect();
        let sum = conservation_sum(&self.suite, &states, &simulation.retained);
        assert_eq!(sum.ok(), self.model.supply(state));
    }

    fn steps(&self, state: &CompactState) -> Vec<(Action, CompactState)> {
        let mut actions = Vec::new();
        self.model.actions(state, &mut actions);
        actions.into_iter().map(|action| (action, Atomix::after(state, &action))).collect()
    }

    /// Follows a step, and compares what comes out.
    fn follow(&self, simulation: &Simulation, state: &CompactState, action: &Action) -> Simulation {
        let mut simulation = simulation.clone();
        let local = Atomix::shard_state_id(state, action.shard);
        let meant = self.model.with_memo(|it| it.answer(local, state.log, &action.message));
        let answer = self.take(&mut simulation, action.shard, &action.message);
        if !matches!(action.message, NumberedMessage::Close | NumberedMessage::Import) {
            assert_eq!(answer, Some(meant.map(|answer| answer.unwrap())));
        }
        self.compare(&simulation, &Atomix::after(state, action));
        simulation
    }

    /// What the model's shards refuse, the simulation's refuse with the same code, and stay as they
    /// are.
    fn compare_refusals(&self, simulation: &Simulation, state: &CompactState) -> usize {
        let mut refused = 0;
        for shard in self.model.shards() {
            let local = Atomix::shard_state_id(state, shard);
            let asked = self
                .model
                .with_memo(|it| it.ask_every_message(local, state.log, state.attestations));
            for (message, answer) in asked {
                // The simulation makes its imports and closings itself, when they are due.
                let by_itself = matches!(message, NumberedMessage::Close | NumberedMessage::Import);
                let Some(rejection) = answer.err().filter(|_| !by_itself) else { continue };
                let mut simulation = simulation.clone();
                assert_eq!(self.take(&mut simulation, shard, &message), Some(Err(rejection)));
                self.compare(&simulation, state);
                refused += 1;
            }
        }
        refused
    }
}

#[test]
fn the_simulations_shards_follow_every_path_of_the_smallest_models() {
    for (plan, paths) in [(shared(1, 1, 1, 0), 2), (shared(1, 1, 2, 0), 4), (change(), 12)] {
        let (pair, simulation) = Pair::of(plan);
        let mut pending = vec![(pair.model.first(), simulation)];
        let mut ended = 0;
        while let Some((state, simulation)) = pending.pop() {
            let steps = pair.steps(&state);
            ended += usize::from(steps.is_empty());
            for (action, after) in steps {
                pending.push((after, pair.follow(&simulation, &state, &action)));
            }
        }
        assert_eq!(ended, paths, "{}", pair.model.plan.name);
    }
}

#[test]
fn the_simulations_shards_follow_every_step_and_refuse_with_the_same_codes() {
    for (plan, states) in
        [(shared(2, 1, 2, 0), 91), (shared(2, 2, 2, 0), 155), (shared(2, 1, 1, 2), 313)]
    {
        let (pair, simulation) = Pair::of(plan);
        let mut known = BTreeMap::from([(pair.model.first(), simulation)]);
        let mut pending = vec![pair.model.first()];
        let mut refused = 0;
        while let Some(state) = pending.pop() {
            let simulation = known[&state].clone();
            if states < 100 {
                refused += pair.compare_refusals(&simulation, &state);
            }
            for (action, after) in pair.steps(&state) {
                let followed = pair.follow(&simulation, &state, &action);
                known.entry(after).or_insert_with(|| {
                    pending.push(after);
                    followed
                });
            }
        }
        assert_eq!(known.len(), states, "{}", pair.model.plan.name);
        assert!(states >= 100 || refused > 7_000, "{refused}");
    }
}
