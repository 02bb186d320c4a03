//! Two-phase commit, to calibrate the engines: how many states it has is known from other checkers.
//!
//! Resource managers prepare or give up on their own; the transaction manager commits once all have
//! prepared, and may abort until then; messages are a set that only grows. Origin: Gray and
//! Lamport, *Consensus on Transaction Commit*, 2006, §3.

use std::collections::BTreeSet;

use stateright::{Model, Property};

use crate::graph::Liveness;

/// The protocol with resource managers 0..n.
#[derive(Clone, Copy, Debug)]
pub struct TwoPhaseCommit {
    /// n, the number of resource managers.
    pub resource_managers: usize,
}

/// The state of a resource manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceManager {
    /// It may still prepare or give up on its own.
    Working,
    /// It is prepared, and waits for the transaction manager's decision.
    Prepared,
    /// It has committed.
    Committed,
    /// It has given up, or the transaction manager told it to abort.
    Aborted,
}

/// The state of the transaction manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransactionManager {
    /// It has not decided.
    Open,
    /// It has decided to commit.
    Committed,
    /// It has decided to abort.
    Aborted,
}

/// A message. Messages are never removed from the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// A resource manager tells that it is prepared.
    Prepared(usize),
    /// The transaction manager tells all to commit.
    Commit,
    /// The transaction manager tells all to abort.
    Abort,
}

/// The state of the whole system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    resource_managers: Vec<ResourceManager>,
    transaction_manager: TransactionManager,
    heard_prepared: Vec<bool>,
    messages: BTreeSet<Message>,
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The transaction manager hears that a resource manager is prepared.
    HearPrepared(usize),
    /// The transaction manager decides to commit.
    DecideCommit,
    /// The transaction manager decides to abort.
    DecideAbort,
    /// A resource manager prepares.
    Prepare(usize),
    /// A resource manager gives up.
    GiveUp(usize),
    /// A resource manager hears that it must commit.
    HearCommit(usize),
    /// A resource manager hears that it must abort.
    HearAbort(usize),
}

impl Model for TwoPhaseCommit {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            resource_managers: vec![ResourceManager::Working; self.resource_managers],
            transaction_manager: TransactionManager::Open,
            heard_prepared: vec![false; self.resource_managers],
            messages: BTreeSet::new(),
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let open = state.transaction_manager == TransactionManager::Open;
        if open && state.heard_prepared.iter().all(|heard| *heard) {
            actions.push(Action::DecideCommit);
        }
        if open {
            actions.push(Action::DecideAbort);
        }
        for manager in 0..self.resource_managers {
            if open && state.messages.contains(&Message::Prepared(manager)) {
                actions.push(Action::HearPrepared(manager));
            }
            if state.resource_managers[manager] == ResourceManager::Working {
                actions.push(Action::Prepare(manager));
                actions.push(Action::GiveUp(manager));
            }
            if state.messages.contains(&Message::Commit) {
                actions.push(Action::HearCommit(manager));
            }
            if state.messages.contains(&Message::Abort) {
                actions.push(Action::HearAbort(manager));
            }
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::HearPrepared(manager) => next.heard_prepared[manager] = true,
            Action::DecideCommit => {
                next.transaction_manager = TransactionManager::Committed;
                next.messages.insert(Message::Commit);
            }
            Action::DecideAbort => {
                next.transaction_manager = TransactionManager::Aborted;
                next.messages.insert(Message::Abort);
            }
            Action::Prepare(manager) => {
                next.resource_managers[manager] = ResourceManager::Prepared;
                next.messages.insert(Message::Prepared(manager));
            }
            Action::GiveUp(manager) | Action::HearAbort(manager) => {
                next.resource_managers[manager] = ResourceManager::Aborted;
            }
            Action::HearCommit(manager) => {
                next.resource_managers[manager] = ResourceManager::Committed;
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("nobody commits while another aborts", |_, state: &State| {
                let is = |end| state.resource_managers.contains(&end);
                !(is(ResourceManager::Committed) && is(ResourceManager::Aborted))
            }),
            Property::sometimes("all commit", |_, state: &State| {
                state.resource_managers.iter().all(|each| *each == ResourceManager::Committed)
            }),
            Property::sometimes("all abort", |_, state: &State| {
                state.resource_managers.iter().all(|each| *each == ResourceManager::Aborted)
            }),
        ]
    }
}

impl Liveness for TwoPhaseCommit {
    fn kind(&self, action: &Action) -> &'static str {
        match action {
            Action::HearPrepared(_) => "hear prepared",
            Action::DecideCommit => "decide commit",
            Action::DecideAbort => "decide abort",
            Action::Prepare(_) => "prepare",
            Action::GiveUp(_) => "give up",
            Action::HearCommit(_) => "hear commit",
            Action::HearAbort(_) => "hear abort",
        }
    }

    fn is_resolved(&self, state: &State) -> bool {
        let done = [ResourceManager::Committed, ResourceManager::Aborted];
        state.resource_managers.iter().all(|manager| done.contains(manager))
    }

    fn is_fair(&self, kind: &'static str) -> bool {
        kind != "give up" && kind != "decide abort"
    }
}
