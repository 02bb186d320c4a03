//! Atomix with explicit honest clients, to check progress.
//!
//! Each transaction has a client. The client sends the request and forwards every proof that it
//! receives to every shard that may need it. It can crash at any time, and then it never returns.
//! The network is a set: a message that was sent can arrive at any time, any number of times, in
//! any order, or never. A client that crashes between two messages is the same as a client whose
//! second message is lost. So its only state is whether it has started and whether it has crashed.
//! With helpers, anybody forwards proofs. Then a crash has an effect only before the request is
//! sent.

use stateright::{Model, Property};

use super::memoised::{AttestationSet, ShardMemo, TransactionSet};
use super::message::NumberedMessage;
use super::{Action as ShardAction, Atomix, CompactState};
use crate::graph::Liveness;

/// The model of a plan with honest clients.
pub struct Clients {
    /// The shards and the rules.
    pub atomix: Atomix,
    /// Whether clients can crash.
    pub can_crash: bool,
    /// Whether others forward the proofs of a client that crashed.
    pub has_helpers: bool,
}

/// Shards, clients and network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientsState {
    /// The state of the shards.
    pub shards: CompactState,
    /// Transactions whose requests are in the network.
    pub started: TransactionSet,
    /// Transactions whose client has crashed.
    pub crashed: TransactionSet,
    /// Attestations that a client has put into the network again.
    pub carried: AttestationSet,
}

/// A step of a client, or of a shard that a message reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The client of a transaction sends its requests to the shards.
    Start(u8),
    /// The client of a transaction, or a helper, forwards an attestation.
    Carry {
        /// The number of the transaction.
        transaction: u8,
        /// The number of the attestation.
        attestation: u8,
    },
    /// The client of a transaction crashes.
    Crash(u8),
    /// A message arrives, or a shard acts by itself.
    Deliver(ShardAction),
}

impl Clients {
    fn transactions(&self) -> impl Iterator<Item = u8> + use<> {
        (0u8..).take(self.atomix.plan.transactions.len())
    }

    /// Whether the network contains everything that a message is made of.
    fn is_in_network(memo: &ShardMemo, state: &ClientsState, message: &NumberedMessage) -> bool {
        let Some(transaction) = message.transaction() else { return true };
        let proofs = message.proofs();
        let mut proofs = proofs.numbers().iter();
        let about_it = |number: &u8| {
            let is_carried = state.carried.contains((*number).into());
            is_carried && memo.attested_vote(*number).transaction == transaction
        };
        match message {
            NumberedMessage::Forged { .. } => false,
            NumberedMessage::Request { .. } => state.started.contains(transaction.into()),
            _ => proofs.all(about_it),
        }
    }

    /// The attestations about a transaction that can be forwarded.
    fn to_carry(memo: &ShardMemo, state: &ClientsState, transaction: u8) -> Vec<u8> {
        let left = state.shards.attestations.difference(state.carried).members();
        left.filter(|number| memo.attested_vote(*number).transaction == transaction).collect()
    }
}

impl Model for Clients {
    type State = ClientsState;
    type Action = Action;

    fn init_states(&self) -> Vec<ClientsState> {
        let shards = self.atomix.first();
        vec![ClientsState {
            shards,
            started: TransactionSet::EMPTY,
            crashed: TransactionSet::EMPTY,
            carried: AttestationSet::EMPTY,
        }]
    }

    fn actions(&self, state: &ClientsState, actions: &mut Vec<Action>) {
        let mut enabled = Vec::new();
        self.atomix.actions(&state.shards, &mut enabled);
        self.atomix.with_memo(|memo| {
            for transaction in self.transactions() {
                let is_crashed = state.crashed.contains(transaction.into());
                let has_started = state.started.contains(transaction.into());
                if !is_crashed && !has_started {
                    actions.push(Action::Start(transaction));
                }
                if !is_crashed && self.can_crash {
                    actions.push(Action::Crash(transaction));
                }
                if !is_crashed || self.has_helpers {
                    let carry = |attestation| Action::Carry { transaction, attestation };
                    actions.extend(Self::to_carry(memo, state, transaction).into_iter().map(carry));
                }
            }
            let arrives = |action: &ShardAction| Self::is_in_network(memo, state, &action.message);
            actions.extend(enabled.into_iter().filter(arrives).map(Action::Deliver));
        });
    }

    fn next_state(&self, state: &ClientsState, action: Action) -> Option<ClientsState> {
        let mut next = *state;
        match action {
            Action::Start(transaction) => next.started.insert(transaction.into()),
            Action::Crash(transaction) => next.crashed.insert(transaction.into()),
            Action::Carry { attestation, .. } => next.carried.insert(attestation.into()),
            Action::Deliver(action) => next.shards = Atomix::after(&state.shards, &action),
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("ATX-ATOMIC-01 atomicity", |_, state: &ClientsState| {
                state.shards.committed.intersection(state.shards.returned).is_empty()
            }),
            Property::sometimes("a transaction commits", |_, state: &ClientsState| {
                !state.shards.committed.is_empty()
            }),
        ]
    }
}

impl Liveness for Clients {
    fn kind(&self, action: &Action) -> &'static str {
        match action {
            Action::Start(_) => "start",
            Action::Carry { .. } => "carry",
            Action::Crash(_) => "crash",
            Action::Deliver(action) => action.message.kind(),
        }
    }

    fn is_resolved(&self, state: &ClientsState) -> bool {
        self.atomix.is_resolved(&state.shards)
    }

    /// Fairness: nobody has to start a payment, and nobody has to crash. Every other step that
    /// stays possible happens at some time.
    fn is_fair(&self, kind: &'static str) -> bool {
        !matches!(kind, "start" | "crash")
    }
}
