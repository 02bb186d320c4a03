//! The memoised engine's model of a plan. Stateright and the graph engine explore it.

use std::sync::{PoisonError, RwLock};

use ioschain_spec::ledger::{SUPPLY, Settlement, TxId};
use ioschain_spec::primitives::numbers::Shard;
use stateright::{Model, Path, Property};

use super::log_visibility::LogVisibility;
use super::{
    ActionBounds, AttestationSet, LogId, OutpointSet, ShardMemo, ShardStateId, TransactionSet,
    Transition,
};
use crate::atomix::effects::Events;
use crate::atomix::limits::{PlanError, SHARDS_MAX};
use crate::atomix::message::{AttestedVote, NumberedMessage};
use crate::atomix::observed_suite::ModelRules;
use crate::atomix::plan::{Plan, SignableTransaction, conflicts};
use crate::atomix::properties;
use crate::graph::Liveness;

/// A state of the readable model, written as numbers that [`ShardMemo`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompactState {
    /// The states of shards 1..=m, followed by zeros.
    pub shards: [ShardStateId; SHARDS_MAX],
    /// The number of the identity log.
    pub log: LogId,
    /// The attestations that exist so far.
    pub attestations: AttestationSet,
    /// Outpoints that were ever unspent.
    pub existed: OutpointSet,
    /// Transactions that committed in some shard.
    pub committed: TransactionSet,
    /// Transactions whose inputs were given back in some shard.
    pub returned: TransactionSet,
    /// Other events that happened.
    pub events: Events,
}

/// A message that reaches a shard, and what it does there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// The number of the shard, 1..=m.
    pub shard: Shard,
    /// The message that reaches it.
    pub message: NumberedMessage,
    /// The answer of the rules: the effect of the message.
    pub transition: Transition,
}

/// The model of a plan under some rules.
pub struct Atomix {
    /// The plan: the configuration that is modelled.
    pub plan: Plan,
    /// The name of the rules.
    pub rules: String,
    memo: RwLock<ShardMemo>,
    first: CompactState,
    /// Pairs of transactions that spend the same output.
    pub(in crate::atomix) conflicts: Vec<(usize, usize)>,
    pub(super) properties: Vec<Property<Self>>,
}

impl Atomix {
    /// The model of a plan under some rules, with every property that the plan can show. `name` is
    /// the name of the rules in traces.
    ///
    /// The rules may read everything that they receive: the shard's state, the entry, and the
    /// identity log with the roots of its expiry lists. They are asked once for each combination,
    /// so they must always give the same answer to the same question.
    /// [`view_of_block`](crate::atomix::identity_view::view_of_block) decides which part of the log
    /// an entry sees.
    ///
    /// # Errors
    /// A limit that the plan exceeds, or the specification's rejection of its genesis.
    ///
    /// # Panics
    /// Not here, but while the model is checked, if shards attest more than 64 different votes.
    pub fn new(plan: Plan, name: &str, rules: &'static ModelRules) -> Result<Self, PlanError> {
        let chain = plan.realise()?;
        let conflicts = conflicts(&chain.transactions);
        let bounds = ActionBounds { epochs: plan.epochs, has_strangers: plan.has_strangers };
        let (mut memo, numbers, log) =
            ShardMemo::new(rules, chain.log, chain.states, chain.transactions, bounds);
        let mut shards = [0; SHARDS_MAX];
        shards[..numbers.len()].copy_from_slice(&numbers);
        let mut existed = OutpointSet::EMPTY;
        for id in numbers {
            existed.extend(memo.unspent(id));
        }
        let first = CompactState {
            shards,
            log,
            attestations: AttestationSet::EMPTY,
            existed,
            committed: TransactionSet::EMPTY,
            returned: TransactionSet::EMPTY,
            events: Events::default(),
        };
        let properties = properties::compact(&plan, !conflicts.is_empty());
        Ok(Self {
            plan,
            rules: name.to_owned(),
            memo: RwLock::new(memo),
            first,
            conflicts,
            properties,
        })
    }

    /// The same model with fewer questions to the rules. Entries that are not sweeps see which
    /// epochs are closed, but not the roots of their expiry lists. If the rules read these roots
    /// there, the model does not notice it.
    #[must_use]
    pub fn with_closings_visible_only(self) -> Self {
        self.with_memo(|memo| memo.set_log_visibility(LogVisibility::ClosingsOnly));
        self
    }

    /// The model without one of its properties, to show what the property detects.
    #[must_use]
    pub fn without(mut self, property: &str) -> Self {
        self.properties.retain(|kept| kept.name != property);
        self
    }

    /// The model with only one of its safety properties, to find the shortest failure of this
    /// property.
    #[must_use]
    pub fn only(mut self, property: &str) -> Self {
        self.properties.retain(|kept| kept.name == property);
        self
    }

    /// Gives access to the memo, to look something up or to ask the rules.
    pub fn with_memo<T>(&self, ask: impl FnOnce(&mut ShardMemo) -> T) -> T {
        ask(&mut self.memo.write().unwrap_or_else(PoisonError::into_inner))
    }

    pub(in crate::atomix) fn read_memo<T>(&self, look: impl FnOnce(&ShardMemo) -> T) -> T {
        look(&self.memo.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The state before the first step.
    pub fn first(&self) -> CompactState {
        self.first
    }

    /// The numbers of all shards.
    pub fn shards(&self) -> impl Iterator<Item = Shard> + use<> {
        Shard::all(self.plan.shards)
    }

    /// The transactions of the plan.
    pub fn transactions(&self) -> Vec<SignableTransaction> {
        self.read_memo(|memo| memo.transactions().to_vec())
    }

    /// Whether resolution must be true here. Without epochs there is no sweep, and then one of
    /// several conflicting transactions can lose an input for ever while it has another input
    /// locked (gap A41).
    pub fn must_resolve(&self) -> bool {
        self.plan.epochs > 0 || self.conflicts.is_empty()
    }

    /// The votes that a message proves, in its order.
    pub fn proved_votes(&self, message: &NumberedMessage) -> Vec<AttestedVote> {
        let proofs = message.proofs();
        let vote = |memo: &ShardMemo, number: &u8| memo.attested_vote(*number);
        self.with_memo(|memo| proofs.numbers().iter().map(|number| vote(memo, number)).collect())
    }

    /// The number of a shard's state.
    pub fn shard_state_id(state: &CompactState, shard: Shard) -> ShardStateId {
        state.shards[usize::from(shard) - 1]
    }

    /// The units of all shards together. `None` if the sum overflows.
    pub fn supply(&self, state: &CompactState) -> Option<u64> {
        self.read_memo(|memo| memo.sum(self.shard_state_ids(state), state.log))
    }

    /// [`Atomix::supply`], with a cache: states that differ only in what does not change the sum
    /// share one entry.
    pub fn supply_remembered(&self, state: &CompactState) -> Option<u64> {
        let ids = self.shard_state_ids(state);
        let known = self.read_memo(|memo| memo.known_sum(ids, state.log));
        known.unwrap_or_else(|| self.with_memo(|memo| memo.learn_sum(ids, state.log)))
    }

    fn shard_state_ids<'a>(&self, state: &'a CompactState) -> &'a [ShardStateId] {
        &state.shards[..usize::from(self.plan.shards)]
    }

    /// Whether no shard has a lock and nothing is owed: all outputs and pools add up to the supply.
    fn is_settled(&self, state: &CompactState) -> bool {
        self.read_memo(|memo| {
            let ids = || self.shard_state_ids(state).iter();
            let known = || ids().map(|id| memo.shard_state(*id));
            known().all(|known| known.is_free)
                && known().map(|known| known.held).sum::<u64>() >= SUPPLY
        })
    }

    /// Whether some transaction of several shards has settled as committed in more than one of
    /// them.
    pub(in crate::atomix) fn has_committed_across(&self, state: &CompactState) -> bool {
        self.read_memo(|memo| {
            let committed_in = |txid: &TxId| {
                let ids = self.shard_state_ids(state).iter();
                let known = ids.map(|id| memo.shard_state(*id));
                let rows = known.filter_map(|known| known.state.decisions.get(txid));
                rows.filter(|row| row.settled == Settlement::Committed).count()
            };
            memo.transactions().iter().any(|signable| committed_in(&signable.txid) > 1)
        })
    }

    /// Whether some shard keeps a row after the epoch that follows its expiry epoch.
    pub(in crate::atomix) fn has_outlived_row(&self, state: &CompactState) -> bool {
        let mut ids = self.shard_state_ids(state).iter();
        self.read_memo(|memo| ids.any(|id| memo.shard_state(*id).has_outlived_row))
    }

    /// The state after a step.
    pub fn after(state: &CompactState, action: &Action) -> CompactState {
        let Action { shard, message, transition } = action;
        let mut next = *state;
        next.shards[usize::from(*shard) - 1] = transition.shard_state;
        next.log = transition.log;
        next.attestations.extend(transition.attested);
        let settled = transition.committed.union(transition.returned);
        let revived = state.existed.intersection(transition.appeared);
        next.events.revived |= !revived.is_empty();
        next.events.forged |= matches!(message, NumberedMessage::Forged { .. });
        next.events.swept |= *message == NumberedMessage::Import && !settled.is_empty();
        next.existed.extend(transition.appeared);
        next.committed.extend(transition.committed);
        next.returned.extend(transition.returned);
        next
    }
}

impl Model for Atomix {
    type State = CompactState;
    type Action = Action;

    fn init_states(&self) -> Vec<CompactState> {
        vec![self.first]
    }

    fn actions(&self, state: &CompactState, actions: &mut Vec<Action>) {
        for shard in self.shards() {
            let id = Self::shard_state_id(state, shard);
            let CompactState { log, attestations, .. } = *state;
            let mut add = |message, transition| actions.push(Action { shard, message, transition });
            if !self.read_memo(|memo| memo.enabled(id, log, attestations, &mut add)) {
                self.with_memo(|memo| {
                    memo.find_enabled(id, log, attestations);
                    memo.enabled(id, log, attestations, &mut add);
                });
            }
        }
    }

    fn next_state(&self, state: &CompactState, action: Action) -> Option<CompactState> {
        Some(Self::after(state, &action))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        self.properties.clone()
    }

    fn format_action(&self, action: &Action) -> String {
        self.words_of(action)
    }

    fn format_step(&self, state: &CompactState, action: Action) -> Option<String> {
        Some(self.words_after(state, &action))
    }

    fn as_svg(&self, path: Path<CompactState, Action>) -> Option<String> {
        let actions: Vec<Action> =
            path.into_vec().into_iter().filter_map(|(_, action)| action).collect();
        Some(self.trace(None, &actions).as_svg())
    }
}

impl Liveness for Atomix {
    fn kind(&self, action: &Action) -> &'static str {
        action.message.kind()
    }

    fn is_resolved(&self, state: &CompactState) -> bool {
        self.is_settled(state)
    }

    fn is_fair(&self, _kind: &'static str) -> bool {
        true
    }
}
