//! The readable model of Atomix: its states are written out in full.
//!
//! [`transition`](super::transition) says what can happen. This file has the parts that
//! `transition` uses: it makes the first state of a plan, asks the specification, records what the
//! properties need, and implements the traits of the two engines. It has no cache and no reduction.
//! `tests/transition.rs` compares its graph with that of the memoised engine.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::IdealAttestation;
use ioschain_spec::atomix::sweep::ClosedEpoch;
use ioschain_spec::chain::entry::apply_entry;
use ioschain_spec::identity::IdentityLog;
use ioschain_spec::ledger::{
    Changes, OutPoint, Overlay, SUPPLY, Settlement, ShardContext, ShardEnvironment, ShardState,
};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use stateright::{Model, Property};

use super::effects::{Events, effects, named_transactions, refund_of};
use super::entry::{EntryInputs, Sender};
use super::identity_view::{ClosedEpochs, view_of_block};
use super::limits::PlanError;
use super::memoised::TransactionSet;
use super::message::{AttestedVote, Message};
use super::observed_suite::{ModelRules, ObservedSuite, attestation};
use super::plan::{FEE, Plan, SignableTransaction, conflicts};
use super::properties;
use super::transition::AtomixState;
use crate::graph::Liveness;

/// The readable model of a plan under some rules.
pub struct ExplicitAtomix {
    /// The plan: the configuration that is modelled.
    pub plan: Plan,
    pub(super) rules: &'static ModelRules,
    /// The identity log of genesis.
    pub(super) genesis: IdentityLog,
    pub(super) transactions: Vec<SignableTransaction>,
    /// Pairs of transactions that spend the same output.
    pub(super) conflicts: Vec<(usize, usize)>,
    first: AtomixState,
}

/// What properties must know about the past.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Outpoints that were ever unspent.
    pub existed: BTreeSet<OutPoint>,
    /// Transactions that committed in some shard.
    pub committed: TransactionSet,
    /// Transactions whose inputs were given back in some shard.
    pub returned: TransactionSet,
    /// Other events that happened.
    pub events: Events,
}

impl ExplicitAtomix {
    /// The model of a plan.
    ///
    /// # Errors
    /// A limit that the plan exceeds, or the specification's rejection of its genesis.
    pub fn new(plan: Plan, rules: &'static ModelRules) -> Result<Self, PlanError> {
        let chain = plan.realise()?;
        let existed = chain.states.iter().flat_map(|state| state.unspent.keys().copied());
        let history = History { existed: existed.collect(), ..History::default() };
        Ok(Self {
            plan,
            rules,
            genesis: chain.log,
            conflicts: conflicts(&chain.transactions),
            transactions: chain.transactions,
            first: AtomixState {
                shards: chain.states,
                closed: ClosedEpochs::default(),
                attestations: BTreeSet::new(),
                history,
            },
        })
    }

    /// Each transaction of the plan, with the number of its input shards.
    pub fn transactions_with_input_shards(&self) -> Vec<(u8, usize)> {
        let count = |signable: &SignableTransaction| {
            signable.transaction.input_shards(self.plan.shards).len()
        };
        (0u8..).zip(self.transactions.iter().map(count)).collect()
    }

    /// The changes when a shard closes its epoch.
    ///
    /// # Errors
    /// The rejection by the rules.
    pub fn close_epoch(&self, state: &AtomixState, shard: Shard) -> Result<ClosedEpoch, Rejection> {
        let (suite, log) = (&ObservedSuite::default(), state.closed.log(&self.genesis)?);
        let context = ShardContext { suite, identity: log.view() };
        self.rules.close_epoch(&context, state.shard(shard))
    }

    /// The changes of a shard by the block of a message.
    ///
    /// # Errors
    /// The rejection by the rules.
    pub fn apply_block(
        &self,
        state: &AtomixState,
        shard: Shard,
        message: &Message,
    ) -> Result<Changes, Rejection> {
        let before = state.shard(shard);
        let (suite, log) = (&ObservedSuite::default(), state.closed.log(&self.genesis)?);
        let identity = view_of_block(&log, before, *message == Message::Import);
        let sign = |transaction: u8, sender| {
            let signable = &self.transactions[usize::from(transaction)];
            match sender {
                Sender::Client => signable.ideally_signed(),
                Sender::Stranger => signable.unsigned(),
            }
        };
        let inputs = EntryInputs {
            transactions: &self.transactions,
            sign: &sign,
            proofs: message.proofs().iter().map(|vote| self.attestation(vote)).collect(),
            shards: self.plan.shards,
            retained: &state.closed.retained,
        };
        let entry = inputs.entry(message, before)?;
        let mut overlay = Overlay::on(before);
        let context = ShardContext { suite, identity };
        apply_entry(
            &ShardEnvironment { rules: self.rules, context: &context },
            &mut overlay,
            &entry,
        )?;
        Ok(overlay.into_changes())
    }

    fn attestation(&self, vote: &AttestedVote) -> IdealAttestation {
        let txid = self.transactions[usize::from(vote.transaction)].txid;
        attestation(vote.shard, txid, vote.vote).expect("what was attested is a vote")
    }

    /// The votes that a shard attests with the block of a message.
    pub fn votes(
        &self,
        before: &AtomixState,
        after: &AtomixState,
        shard: Shard,
        message: &Message,
    ) -> Vec<AttestedVote> {
        let (state, closed) = (before.shard(shard), &before.closed);
        let named = named_transactions(message, state, closed, &self.transactions);
        let vote_on = |txid| {
            let vote = self.rules.read_decision(after.shard(shard), &txid)?.vote;
            attestation(shard, txid, vote)?;
            let mut places = (0u8..).zip(&self.transactions);
            let (transaction, _) = places.find(|(_, signable)| signable.txid == txid)?;
            Some(AttestedVote { shard, transaction, vote })
        };
        named.into_iter().filter_map(vote_on).collect()
    }

    /// What properties must know about the past after a step.
    pub fn history_after(
        &self,
        before: &AtomixState,
        after: &AtomixState,
        shard: Shard,
        message: &Message,
    ) -> History {
        let refund = |signable: &SignableTransaction, locked: &OutPoint| {
            refund_of(self.rules, &self.genesis, signable, locked)
        };
        let (state, next) = (before.shard(shard), after.shard(shard));
        let effects = effects(state, next, &self.transactions, refund);
        let mut history = before.history.clone();
        let settled = effects.committed.union(effects.returned);
        history.events.revived |= effects.appeared.iter().any(|it| history.existed.contains(it));
        history.events.forged |= matches!(message, Message::Forged { .. });
        history.events.swept |= *message == Message::Import && !settled.is_empty();
        history.existed.extend(effects.appeared);
        history.committed.extend(effects.committed);
        history.returned.extend(effects.returned);
        history
    }

    /// Whether a state is within the bounds of the plan. No shard closes more epochs than the plan
    /// has. No shard earns more fees than all transactions pay. If a variant lets a shard earn
    /// more, a property has failed before that, and without this bound there would be infinitely
    /// many states.
    pub fn is_within_bounds(&self, state: &AtomixState) -> bool {
        let fees = FEE * self.transactions.len() as u64;
        let mut shards = state.shards.iter();
        shards.all(|shard| {
            shard.position.epoch <= Epoch(self.plan.epochs + 1) && shard.totals.fee_pool <= fees
        })
    }
}

impl AtomixState {
    /// The state of a shard, 1..=m.
    pub fn shard(&self, shard: Shard) -> &ShardState {
        &self.shards[usize::from(shard) - 1]
    }

    pub(super) fn shard_mut(&mut self, shard: Shard) -> &mut ShardState {
        &mut self.shards[usize::from(shard) - 1]
    }

    /// Whether two states are equal except for their history.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.shards, &self.closed, &self.attestations)
            == (&other.shards, &other.closed, &other.attestations)
    }

    /// Whether no shard has a lock and nothing is owed: all outputs and pools add up to the supply.
    pub fn is_settled(&self) -> bool {
        let held = |shard: &ShardState| {
            let outputs = shard.unspent.values().map(|output| output.amount).sum::<u64>();
            outputs + shard.totals.fee_pool + shard.totals.community_pool
        };
        self.shards.iter().all(|shard| shard.locks.is_empty())
            && self.shards.iter().map(held).sum::<u64>() >= SUPPLY
    }

    /// The number of shards in which a transaction is settled as committed.
    pub fn commits_of(&self, signable: &SignableTransaction) -> usize {
        let rows = self.shards.iter().filter_map(|shard| shard.decisions.get(&signable.txid));
        rows.filter(|row| row.settled == Settlement::Committed).count()
    }
}

impl Hash for AtomixState {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let entries: Vec<_> = self.closed.entries.values().map(encode).collect();
        (self.shards.iter().map(encode).collect::<Vec<_>>(), entries).hash(hasher);
        (&self.attestations, &self.history.existed).hash(hasher);
        (self.history.committed, self.history.returned, self.history.events).hash(hasher);
    }
}

/// All sequences of at most `most` votes, the empty one first.
pub(super) fn sequences(votes: &BTreeSet<AttestedVote>, most: usize) -> Vec<Vec<AttestedVote>> {
    let mut all = vec![Vec::new()];
    let mut longest = all.clone();
    for _ in 0..most {
        let longer = |shorter: &Vec<AttestedVote>| {
            let shorter = shorter.clone();
            votes.iter().map(move |last| [&shorter[..], &[*last]].concat())
        };
        longest = longest.iter().flat_map(longer).collect();
        all.extend(longest.iter().cloned());
    }
    all
}

/// A step of the readable model: a message that reaches a shard, and the state after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The number of the shard, 1..=m.
    pub shard: Shard,
    /// The message that reaches it.
    pub message: Message,
    /// The state after the step.
    pub next: AtomixState,
}

impl Model for ExplicitAtomix {
    type State = AtomixState;
    type Action = Step;

    fn init_states(&self) -> Vec<AtomixState> {
        vec![self.first.clone()]
    }

    fn actions(&self, state: &AtomixState, actions: &mut Vec<Step>) {
        actions.extend(self.steps(state));
    }

    fn next_state(&self, _state: &AtomixState, action: Step) -> Option<AtomixState> {
        Some(action.next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::explicit(&self.plan, !self.conflicts.is_empty())
    }
}

impl Liveness for ExplicitAtomix {
    fn kind(&self, action: &Step) -> &'static str {
        action.message.kind()
    }

    fn is_resolved(&self, state: &AtomixState) -> bool {
        state.is_settled()
    }

    fn is_fair(&self, _kind: &'static str) -> bool {
        true
    }
}
