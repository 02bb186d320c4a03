//! The actions that are enabled in a shard, found once for each of its states.

use ioschain_spec::Rejection;
use ioschain_spec::primitives::numbers::Epoch;

use super::{AttestationSet, LogId, PLACEHOLDER, ShardMemo, ShardStateId, Transition};
use crate::atomix::message::{NumberedMessage, ProofNumbers};
use crate::atomix::observed_suite::ObservedSuite;
use crate::atomix::plan::{FEE, SignableTransaction};

/// The actions that are possible in a shard with one log: every message that changes something and
/// that can be made of the attestations that were considered so far.
#[derive(Clone, Debug, Default)]
pub(super) struct EnabledActions {
    /// The attestations that were considered.
    considered: AttestationSet,
    actions: Vec<EnabledAction>,
}

/// A message that changes something.
#[derive(Clone, Copy, Debug)]
struct EnabledAction {
    /// The attestations that the message contains.
    needs: AttestationSet,
    /// Whether the message changes the shard or the log. If it does not, its only effect is a new
    /// attestation, so it counts only while this attestation does not exist.
    changes: bool,
    message: NumberedMessage,
    transition: Transition,
}

/// The bounds of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionBounds {
    /// The number of epochs that a shard may close.
    pub epochs: u64,
    /// Whether strangers send requests with forged witnesses.
    pub has_strangers: bool,
}

impl ShardMemo {
    /// Calls back for each action that is possible in a shard when these attestations exist.
    /// Returns `false` if this is not known yet, see [`ShardMemo::find_enabled`].
    pub fn enabled(
        &self,
        id: ShardStateId,
        log: LogId,
        attestations: AttestationSet,
        each: &mut dyn FnMut(NumberedMessage, Transition),
    ) -> bool {
        let enabled = self.enabled.get(&(id, log));
        let Some(enabled) = enabled.filter(|it| attestations.is_subset(it.considered)) else {
            return false;
        };
        for EnabledAction { needs, changes, message, transition } in &enabled.actions {
            let is_new = *changes || !transition.attested.is_subset(attestations);
            if needs.is_subset(attestations) && is_new {
                each(*message, *transition);
            }
        }
        true
    }

    /// Finds the actions that are possible in a shard: every message that can be made of these
    /// attestations and of those that were considered before, the import, and the closing of an
    /// epoch.
    pub fn find_enabled(&mut self, id: ShardStateId, log: LogId, attestations: AttestationSet) {
        let place = (id, self.log(log).visible_log);
        let known = self.enabled_messages.get(&place);
        let known = known.filter(|it| attestations.is_subset(it.considered)).cloned();
        let mut enabled = known.unwrap_or_else(|| {
            let messages = self.try_messages(id, log, attestations);
            self.enabled_messages.insert(place, messages.clone());
            messages
        });
        enabled.actions.iter_mut().for_each(|action| action.transition.log = log);
        for step in self.own_steps(id) {
            let answer = self.ask(id, log, &step);
            self.add(&mut enabled, id, log, step, answer);
        }
        self.enabled.insert((id, log), enabled);
    }

    /// Asks the rules about every message: all requests, honest and forged; commits with every
    /// sequence of attestations that is not longer than the number of input shards, in any order
    /// and with repetitions; and aborts with every attestation. If the rules cannot distinguish
    /// some commits, because they verify only the first proofs, one of these commits is kept.
    fn try_messages(
        &mut self,
        id: ShardStateId,
        log: LogId,
        attestations: AttestationSet,
    ) -> EnabledActions {
        // An attestation of another state may exist here later. It costs less to consider it now
        // than to start again then. `enabled` leaves out attestations that do not exist yet.
        let considered = attestations.union(self.all_attested());
        let mut enabled = EnabledActions { considered, actions: Vec::new() };
        for message in self.without_proofs() {
            let answer = self.ask(id, log, &message);
            self.add(&mut enabled, id, log, message, answer);
        }
        for (transaction, most) in self.input_shards() {
            for length in 1..=most {
                let none = ProofNumbers::default();
                self.add_commits(&mut enabled, (id, log), transaction, length, none);
            }
            for proof in enabled.considered.members() {
                let message = NumberedMessage::Abort { transaction, proof };
                let answer = self.ask(id, log, &message);
                self.add(&mut enabled, id, log, message, answer);
            }
        }
        enabled
    }

    /// Everything that any shard has attested in any state so far.
    fn all_attested(&self) -> AttestationSet {
        (0..self.attestations.len() as u32).collect()
    }

    /// Adds the commits of one length that begin with the given proofs.
    fn add_commits(
        &mut self,
        enabled: &mut EnabledActions,
        (id, log): (ShardStateId, LogId),
        transaction: u8,
        length: usize,
        begun: ProofNumbers,
    ) {
        let missing = length - begun.numbers().len();
        let placeholders = std::iter::repeat_n(PLACEHOLDER, missing);
        let proofs = begun.numbers().iter().copied().chain(placeholders).collect();
        let suite = ObservedSuite::default();
        let message = NumberedMessage::Commit { transaction, proofs };
        let answer = self.ask_observed(&suite, id, log, &message);
        if missing == 0 {
            self.add(enabled, id, log, message, answer);
        } else if suite.has_verified_placeholder() {
            for proof in enabled.considered.members() {
                let longer = begun.and(proof).expect("no longer than the message");
                self.add_commits(enabled, (id, log), transaction, length, longer);
            }
        } else if answer.is_ok() {
            // The other proofs may be any. Repeat the last proof, or, if there is none, use any one
            // proof.
            let last = begun.numbers().last().copied();
            let rests = last.map_or_else(|| enabled.considered.members().collect(), |it| vec![it]);
            for rest in rests {
                let rest = std::iter::repeat_n(rest, missing);
                let proofs = begun.numbers().iter().copied().chain(rest).collect();
                let message = NumberedMessage::Commit { transaction, proofs };
                self.add(enabled, id, log, message, answer);
            }
        }
    }

    /// Keeps a message if it changes something.
    fn add(
        &self,
        enabled: &mut EnabledActions,
        id: ShardStateId,
        log: LogId,
        message: NumberedMessage,
        answer: Result<Transition, Rejection>,
    ) {
        let Ok(transition) = answer else { return };
        let changes = transition.shard_state != id || transition.log != log;
        if (changes || !transition.attested.is_empty())
            && self.is_within_bounds(transition.shard_state)
        {
            let proofs = message.proofs();
            let needs = proofs.numbers().iter().map(|number| u32::from(*number)).collect();
            enabled.actions.push(EnabledAction { needs, changes, message, transition });
        }
    }

    /// Each transaction with the number of its input shards.
    fn input_shards(&self) -> Vec<(u8, usize)> {
        let shards = self.genesis().view().parameters().shards;
        let count = |it: &SignableTransaction| it.transaction.input_shards(shards).len();
        (0u8..).zip(self.transactions.iter().map(count)).collect()
    }

    /// All requests, honest and forged, and commits without proofs.
    fn without_proofs(&self) -> Vec<NumberedMessage> {
        let mut messages = Vec::new();
        for (transaction, _) in (0u8..).zip(&self.transactions) {
            messages.push(NumberedMessage::Request { transaction });
            if self.bounds.has_strangers {
                messages.push(NumberedMessage::Forged { transaction });
            }
            let proofs = ProofNumbers::default();
            messages.push(NumberedMessage::Commit { transaction, proofs });
        }
        messages
    }

    /// The actions of a shard itself: the import and the closing of an epoch.
    fn own_steps(&self, id: ShardStateId) -> Vec<NumberedMessage> {
        let may_close = self.shard_state(id).state.position.epoch <= Epoch(self.bounds.epochs);
        let close = may_close.then_some(NumberedMessage::Close);
        [NumberedMessage::Import].into_iter().chain(close).collect()
    }

    /// The commits and aborts that can be made of attestations, with every sequence of proofs.
    fn with_proofs(&self, attestations: AttestationSet) -> Vec<NumberedMessage> {
        let mut messages = Vec::new();
        for (transaction, most) in self.input_shards() {
            let commit = |proofs| NumberedMessage::Commit { transaction, proofs };
            messages.extend(sequences(attestations, most).into_iter().map(commit));
            let abort = |proof| NumberedMessage::Abort { transaction, proof };
            messages.extend(attestations.members().map(abort));
        }
        messages
    }

    /// Every message that can be made of attestations, with the answer of the rules.
    pub fn ask_every_message(
        &mut self,
        id: ShardStateId,
        log: LogId,
        attestations: AttestationSet,
    ) -> Vec<(NumberedMessage, Result<Transition, Rejection>)> {
        let mut messages = self.without_proofs();
        messages.extend(self.own_steps(id));
        messages.extend(self.with_proofs(attestations));
        let ask = |message: NumberedMessage| (message, self.ask(id, log, &message));
        messages.into_iter().map(ask).collect()
    }

    /// No shard earns more fees than all transactions pay. If a variant lets a shard earn more, a
    /// property has failed before that, and without this bound there would be infinitely many
    /// states.
    fn is_within_bounds(&self, id: ShardStateId) -> bool {
        let most = FEE * self.transactions.len() as u64;
        self.shard_state(id).state.totals.fee_pool <= most
    }
}

/// All sequences of 1 to `most` attestations.
fn sequences(attestations: AttestationSet, most: usize) -> Vec<ProofNumbers> {
    let mut found = Vec::new();
    let mut longest = vec![ProofNumbers::default()];
    for _ in 0..most {
        let longer = |shorter: &ProofNumbers| {
            let shorter = *shorter;
            attestations.members().filter_map(move |last| shorter.and(last))
        };
        longest = longest.iter().flat_map(longer).collect();
        found.extend(longest.iter().copied());
    }
    found
}
