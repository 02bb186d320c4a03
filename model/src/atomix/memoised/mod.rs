//! The memoised engine: a fast form of the transition of [`transition`](super::transition).
//!
//! The rules are pure functions of a shard's state, the identity log and the message. The engine
//! asks the specification once for each combination, and looks the answer up afterwards. It differs
//! from the readable model in four ways. None of them changes what the model finds:
//!
//! - [`ShardMemo`] gives states of shards, logs and attestations numbers, so that a state of the
//!   model takes 48 bytes;
//! - [`enabled_actions`] puts one commit to the rules for all that they cannot tell apart, by the
//!   proofs that they verify before they answer;
//! - [`log_visibility`] hides the roots of expiry lists from entries that are no sweep, if the
//!   rules are known not to read them there;
//! - [`symmetry`] lets a search treat states as one that differ only in the names of equal
//!   payments.
//!
//! `tests/transition.rs` compares the graphs of the engine and of the readable model, for the
//! specification and for every variant.

mod bitset;
pub mod enabled_actions;
pub mod log_visibility;
pub mod model;
mod projection;
mod recording;
mod renaming;
mod sums;
pub mod symmetry;

use std::collections::HashMap;
use std::sync::Arc;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::IdealAttestation;
use ioschain_spec::atomix::{Answer, ExpiryList};
use ioschain_spec::chain::entry::{Entry, apply_entry};
use ioschain_spec::identity::{EpochClosed, IdentityLog};
use ioschain_spec::ledger::{
    Changes, Decision, OutPoint, Overlay, ShardContext, ShardEnvironment, ShardState,
    SignedTransaction,
};
use ioschain_spec::primitives::encoding::encode;

use super::effects::named_transactions;
use super::entry::{EntryInputs, Sender};
use super::identity_view::{ClosedEpochs, append_all, view_of_block};
use super::message::{AttestedVote, NumberedMessage};
use super::observed_suite::{ModelRules, ObservedSuite};
use super::plan::SignableTransaction;
use crate::interner::Interner;
pub use bitset::{AttestationSet, OutpointSet, TransactionSet};
pub use enabled_actions::ActionBounds;
use enabled_actions::EnabledActions;
use log_visibility::LogVisibility;
pub use renaming::Renaming;
use sums::value_of;

/// The number of a shard's state.
pub type ShardStateId = u32;
/// The number of an identity log with its expiry lists.
pub type LogId = u32;
/// The number of the part of an identity log that entries other than sweeps see.
type VisibleLogId = u32;
/// The number that represents any attestation in a message.
const PLACEHOLDER: u8 = u8::MAX;

/// The effect of a message on the shard that it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The shard's state after the message.
    pub shard_state: ShardStateId,
    /// The log after the message. It differs only if the shard closed its epoch.
    pub log: LogId,
    /// The attestations of the shard's votes on the transactions that the message names.
    pub attested: AttestationSet,
    /// Outpoints that became unspent.
    pub appeared: OutpointSet,
    /// Transactions whose outputs were created here, or that were settled as committed here.
    pub committed: TransactionSet,
    /// Transactions whose locked inputs were given back here.
    pub returned: TransactionSet,
}

/// A shard's state, with the facts that properties need.
#[derive(Clone, Debug)]
pub struct KnownShardState {
    /// The state itself.
    pub state: ShardState,
    /// Whether the shard has no lock.
    pub is_free: bool,
    /// The units in the shard's outputs and pools.
    pub held: u64,
    /// Whether a row was kept after the epoch that follows its expiry epoch.
    pub has_outlived_row: bool,
    /// The number of the part of the state that counts for conservation.
    value: u32,
}

impl KnownShardState {
    fn new(state: ShardState, value: u32) -> Self {
        let pools = state.totals.fee_pool + state.totals.community_pool;
        let epoch = state.position.epoch;
        let outlived = |row: &Decision| row.expiry_epoch.saturating_add(1) < epoch;
        Self {
            is_free: state.locks.is_empty(),
            held: state.unspent.values().map(|output| output.amount).sum::<u64>() + pools,
            has_outlived_row: state.decisions.values().any(outlived),
            value,
            state,
        }
    }
}

/// An identity log, with the facts that the engine needs.
#[derive(Clone, Debug)]
pub struct KnownLog {
    /// The identity log, as the identity shard would have ordered it.
    pub log: IdentityLog,
    /// The closed epochs in the log.
    pub closed: ClosedEpochs,
    /// The part that entries other than sweeps see. An answer for such an entry is right for every
    /// log with the same visible part.
    visible_log: VisibleLogId,
}

/// All answers that the rules have given, and the numbers of everything that they were asked about.
pub struct ShardMemo {
    rules: &'static ModelRules,
    transactions: Vec<SignableTransaction>,
    requests: Vec<SignedTransaction>,
    forged_requests: Vec<SignedTransaction>,
    shard_states: Interner<Vec<u8>, KnownShardState>,
    values: Interner<Vec<u8>, ()>,
    sums: HashMap<(Vec<u32>, LogId), Option<u64>>,
    logs: Interner<Vec<u8>, KnownLog>,
    visibility: LogVisibility,
    visible_logs: Interner<Vec<u8>, IdentityLog>,
    attestations: Interner<AttestedVote, (AttestedVote, IdealAttestation)>,
    /// For each attestation, the attestations that contradict it.
    contradictions: Vec<AttestationSet>,
    outpoints: Interner<OutPoint, OutPoint>,
    bounds: ActionBounds,
    enabled: HashMap<(ShardStateId, LogId), EnabledActions>,
    enabled_messages: HashMap<(ShardStateId, VisibleLogId), EnabledActions>,
}

impl ShardMemo {
    /// A memo without answers, with the numbers of the first states of shards 1..=m and of the log
    /// of genesis.
    pub fn new(
        rules: &'static ModelRules,
        log: IdentityLog,
        states: Vec<ShardState>,
        transactions: Vec<SignableTransaction>,
        bounds: ActionBounds,
    ) -> (Self, Vec<ShardStateId>, LogId) {
        let mut memo = Self {
            rules,
            forged_requests: transactions.iter().map(SignableTransaction::unsigned).collect(),
            requests: transactions.iter().map(SignableTransaction::ideally_signed).collect(),
            transactions,
            shard_states: Interner::default(),
            values: Interner::default(),
            sums: HashMap::new(),
            logs: Interner::default(),
            visibility: LogVisibility::Everything,
            visible_logs: Interner::default(),
            attestations: Interner::default(),
            contradictions: Vec::new(),
            outpoints: Interner::default(),
            bounds,
            enabled: HashMap::new(),
            enabled_messages: HashMap::new(),
        };
        let numbers = states.into_iter().map(|state| memo.intern_shard_state(state)).collect();
        let visible_log = memo.visible_logs.intern(Vec::new(), || log.clone());
        let genesis = KnownLog { log, closed: ClosedEpochs::default(), visible_log };
        let log = memo.logs.intern(Vec::new(), || genesis);
        (memo, numbers, log)
    }

    /// From the next question on, hides a part of the log from every entry that is not a sweep.
    pub fn set_log_visibility(&mut self, visibility: LogVisibility) {
        self.visibility = visibility;
    }

    /// The state of a shard with this number.
    pub fn shard_state(&self, id: ShardStateId) -> &Arc<KnownShardState> {
        self.shard_states.get(id)
    }

    /// The log with this number.
    pub fn log(&self, log: LogId) -> &Arc<KnownLog> {
        self.logs.get(log)
    }

    /// The log of genesis.
    fn genesis(&self) -> &IdentityLog {
        &self.logs.get(0).log
    }

    /// The attestation with this number. [`PLACEHOLDER`] is the attestation of no voting shard.
    fn attestation(&self, number: u8) -> IdealAttestation {
        match number {
            PLACEHOLDER => ObservedSuite::placeholder(),
            _ => self.attestations.get(number.into()).1,
        }
    }

    /// The transactions of the plan.
    pub fn transactions(&self) -> &[SignableTransaction] {
        &self.transactions
    }

    fn intern_shard_state(&mut self, state: ShardState) -> ShardStateId {
        for outpoint in state.unspent.keys() {
            self.outpoints.intern(*outpoint, || *outpoint);
        }
        let value = self.values.intern(encode(&value_of(&state)), || ());
        self.shard_states.intern(encode(&state), || KnownShardState::new(state, value))
    }

    /// The outpoints that are unspent in a state.
    pub fn unspent(&mut self, id: ShardStateId) -> OutpointSet {
        let known = Arc::clone(self.shard_states.get(id));
        let keys = known.state.unspent.keys();
        keys.map(|outpoint| self.outpoints.intern(*outpoint, || *outpoint)).collect()
    }

    /// Asks the rules about the effect of a message.
    ///
    /// # Errors
    /// The rejection by the rules.
    pub fn ask(
        &mut self,
        id: ShardStateId,
        log: LogId,
        message: &NumberedMessage,
    ) -> Result<Transition, Rejection> {
        self.ask_observed(&ObservedSuite::default(), id, log, message)
    }

    fn ask_observed(
        &mut self,
        suite: &ObservedSuite,
        id: ShardStateId,
        log: LogId,
        message: &NumberedMessage,
    ) -> Result<Transition, Rejection> {
        let before = Arc::clone(self.shard_states.get(id));
        let known = Arc::clone(self.logs.get(log));
        let (changes, log) = match message {
            NumberedMessage::Close => {
                let context = ShardContext { suite, identity: known.log.view() };
                let closing = self.rules.close_epoch(&context, &before.state)?;
                (closing.changes, self.intern_log(&known, closing.entry, closing.lists)?)
            }
            _ => (self.apply(suite, &before.state, &known, message)?.1, log),
        };
        let transactions = &self.transactions;
        let named = named_transactions(message, &before.state, &known.closed, transactions);
        let mut state = before.state.clone();
        state.apply(changes);
        Ok(self.record(&before.state, state, log, &named))
    }

    fn apply(
        &self,
        suite: &ObservedSuite,
        state: &ShardState,
        known: &KnownLog,
        message: &NumberedMessage,
    ) -> Result<(Answer, Changes), Rejection> {
        let is_sweep = *message == NumberedMessage::Import;
        let visible_log = self.visible_logs.get(known.visible_log);
        let log = if is_sweep { &known.log } else { &**visible_log };
        let identity = view_of_block(log, state, is_sweep);
        let context = ShardContext { suite, identity };
        let mut overlay = Overlay::on(state);
        let entry = self.entry(state, known, message)?;
        let answer = apply_entry(
            &ShardEnvironment { rules: self.rules, context: &context },
            &mut overlay,
            &entry,
        )?;
        Ok((answer, overlay.into_changes()))
    }

    fn entry(
        &self,
        state: &ShardState,
        known: &KnownLog,
        message: &NumberedMessage,
    ) -> Result<Entry<IdealAttestation>, Rejection> {
        let sign = |number: u8, sender| {
            let signed = match sender {
                Sender::Client => &self.requests,
                Sender::Stranger => &self.forged_requests,
            };
            signed[usize::from(number)].clone()
        };
        let proofs = message.proofs();
        let inputs = EntryInputs {
            transactions: &self.transactions,
            sign: &sign,
            proofs: proofs.numbers().iter().map(|proof| self.attestation(*proof)).collect(),
            shards: known.log.view().parameters().shards,
            retained: &known.closed.retained,
        };
        inputs.entry(message, state)
    }

    /// The answer to a message. `None` for the closing of an epoch, which has no answer.
    ///
    /// # Errors
    /// The rejection by the rules.
    pub fn answer(
        &self,
        id: ShardStateId,
        log: LogId,
        message: &NumberedMessage,
    ) -> Result<Option<Answer>, Rejection> {
        if *message == NumberedMessage::Close {
            return Ok(None);
        }
        let state = &self.shard_state(id).state;
        let (answer, _) = self.apply(&ObservedSuite::default(), state, self.log(log), message)?;
        Ok(Some(answer))
    }

    fn intern_log(
        &mut self,
        known: &KnownLog,
        entry: EpochClosed,
        lists: Vec<ExpiryList>,
    ) -> Result<LogId, Rejection> {
        let mut closed = known.closed.clone();
        closed.add(entry, lists);
        let log = closed.log(self.genesis())?;
        let visible: Vec<EpochClosed> =
            closed.entries.values().map(|entry| self.visibility.visible_part(entry)).collect();
        let visible_log = append_all(self.genesis(), visible.iter().cloned())?;
        let visible_key = visible.iter().flat_map(encode).collect();
        let visible_log = self.visible_logs.intern(visible_key, || visible_log);
        let key = closed.entries.values().flat_map(encode).collect();
        Ok(self.logs.intern(key, || KnownLog { log, closed, visible_log }))
    }
}
