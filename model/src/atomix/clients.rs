//! Atomix with explicit honest clients, for progress.
//!
//! Each transaction has a client. It sends the request, carries every proof that it hears of to
//! whoever may want it, and can crash at any time, for good. The network is a set: what was sent can
//! arrive at any time, any number of times, in any order, or never. A client that crashes between two
//! messages is the same as one whose second message is lost, so it has no state but "has started" and
//! "has crashed". With helpers anybody carries proofs, so that a crash before the request matters and
//! nothing else does.

use stateright::{Model, Property};

use super::message::Message;
use super::steps::{Pool, Steps};
use super::{Action as Taken, Atomix, State as Shards};
use crate::graph::Liveness;

/// The model.
pub struct Clients {
    /// The shards and the rules.
    pub atomix: Atomix,
    /// Whether clients can crash.
    pub can_crash: bool,
    /// Whether others carry the proofs of a client that crashed.
    pub has_helpers: bool,
}

/// Shards, clients and network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State {
    /// The shards.
    pub shards: Shards,
    /// Transactions whose requests are in the network.
    pub started: u8,
    /// Transactions whose client has crashed.
    pub crashed: u8,
    /// Attestations that a client has put into the network again.
    pub carried: Pool,
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The client of a transaction sends its requests.
    Start(u8),
    /// The client of a transaction, or a helper, carries an attestation on.
    Carry {
        /// Which transaction.
        transaction: u8,
        /// Which attestation.
        attestation: u8,
    },
    /// The client of a transaction crashes.
    Crash(u8),
    /// A message arrives, or a shard takes a step by itself.
    Deliver(Taken),
}

impl Clients {
    fn transactions(&self) -> impl Iterator<Item = u8> + use<> {
        (0u8..).take(self.atomix.plan.transactions.len())
    }

    /// Whether what a message is made of is in the network.
    fn is_in_network(steps: &Steps, state: &State, message: &Message) -> bool {
        let Some(transaction) = message.transaction() else { return true };
        let proofs = message.proofs();
        let mut proofs = proofs.numbers().iter();
        let about_it = |number: &u8| {
            state.carried >> number & 1 == 1 && steps.said(*number).transaction == transaction
        };
        match message {
            Message::Garbage { .. } => false,
            Message::Request { .. } => state.started >> transaction & 1 == 1,
            _ => proofs.all(about_it),
        }
    }

    /// The attestations about a transaction that are there to be carried.
    fn to_carry(steps: &Steps, state: &State, transaction: u8) -> Vec<u8> {
        let left = state.shards.pool & !state.carried;
        let numbers = (0u8..64).filter(|number| left >> number & 1 == 1);
        numbers.filter(|number| steps.said(*number).transaction == transaction).collect()
    }
}

impl Model for Clients {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let shards = self.atomix.first();
        vec![State { shards, started: 0, crashed: 0, carried: 0 }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let mut possible = Vec::new();
        self.atomix.actions(&state.shards, &mut possible);
        self.atomix.with_steps(|steps| {
            for transaction in self.transactions() {
                let is_crashed = state.crashed >> transaction & 1 == 1;
                let has_started = state.started >> transaction & 1 == 1;
                if !is_crashed && !has_started {
                    actions.push(Action::Start(transaction));
                }
                if !is_crashed && self.can_crash {
                    actions.push(Action::Crash(transaction));
                }
                if !is_crashed || self.has_helpers {
                    let carry = |attestation| Action::Carry { transaction, attestation };
                    actions
                        .extend(Self::to_carry(steps, state, transaction).into_iter().map(carry));
                }
            }
            let arrives = |taken: &Taken| Self::is_in_network(steps, state, &taken.message);
            actions.extend(possible.into_iter().filter(arrives).map(Action::Deliver));
        });
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = *state;
        match action {
            Action::Start(transaction) => next.started |= 1 << transaction,
            Action::Crash(transaction) => next.crashed |= 1 << transaction,
            Action::Carry { attestation, .. } => next.carried |= 1 << attestation,
            Action::Deliver(taken) => next.shards = Atomix::after(&state.shards, &taken),
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("ATX-ATOMIC-01 atomicity", |_, state: &State| {
                state.shards.committed & state.shards.returned == 0
            }),
            Property::sometimes("a transaction commits", |_, state: &State| {
                state.shards.committed != 0
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
            Action::Deliver(taken) => taken.message.kind(),
        }
    }

    fn is_resolved(&self, state: &State) -> bool {
        self.atomix.is_resolved(&state.shards)
    }

    /// Nobody has to pay, and nobody has to crash; all else that stays possible happens.
    fn is_fair(&self, kind: &'static str) -> bool {
        !matches!(kind, "start" | "crash")
    }
}
