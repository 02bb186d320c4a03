//! The state root covers every part of a state but its place in the chain.

use std::collections::BTreeMap;

use serde_json::json;

use ioschain_spec::Rejection;
use ioschain_spec::ledger::{
    Account, Decision, Lock, OutPoint, Settlement, ShardState, Transaction, TxId, UnspentOutput,
    Vote,
};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use super::samples::{Town, sample_transaction};
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, outpoint};
use crate::reference::to_json;

/// A state with three unspent outputs, two locks, three decision rows, one account and one pending
/// transaction, and with units in both pools.
fn full_state() -> Result<ShardState, CaseError> {
    let town = Town::new()?;
    let mut state = town.world.state(Shard(1))?.clone();
    let owner = town.amy.account();
    let pending = sample_transaction()?;
    let txid = pending.id(&Normative);
    let lock = |amount| Lock { txid, owner, amount };
    state.locks = BTreeMap::from([(outpoint(8, 0), lock(600)), (outpoint(9, 1), lock(500))]);
    let decision = |vote, settled| Decision { vote, settled, expiry_epoch: Epoch(1) };
    state.decisions = BTreeMap::from([
        (txid, decision(Vote::Accepted, Settlement::No)),
        (
            TxId(digest("rejected")),
            decision(Vote::Rejected(Rejection::LedClaimWrong), Settlement::No),
        ),
        (TxId(digest("received")), decision(Vote::None, Settlement::Committed)),
    ]);
    state.accounts.insert(owner, Account { policy: town.amy.policy.clone() });
    state.pending.insert(txid, pending);
    state.totals.fee_pool = 30;
    state.totals.imported = Epoch(1);
    Ok(state)
}

type Change = fn(&mut ShardState);

fn first_decision(state: &mut ShardState, change: fn(&mut Decision)) {
    state.decisions.values_mut().take(1).for_each(change);
}

fn first_unspent(state: &mut ShardState, change: fn(&mut UnspentOutput)) {
    state.unspent.values_mut().take(1).for_each(change);
}

fn first_lock(state: &mut ShardState, change: fn(&mut Lock)) {
    state.locks.values_mut().take(1).for_each(change);
}

fn first_pending(state: &mut ShardState, change: fn(&mut Transaction)) {
    state.pending.values_mut().take(1).for_each(change);
}

/// Slug, what differs from a full state, and the change that makes it.
const CHANGES: [(&str, &str, Change); 18] = [
    ("full", "a state with entries in every map and units in every pool", |_| {}),
    (
        "epoch-and-height",
        "the same state with another epoch, height and predecessor, on which the root does not \
         depend",
        |state| {
            state.position.epoch += 1;
            state.position.height += 1;
            state.position.previous = digest("another block");
            state.position.identity_height += 1;
        },
    ),
    ("unspent-left-out", "the same state with one unspent output removed", |state| {
        state.unspent.pop_first();
    }),
    ("unspent-index", "the same state with another index of an unspent output", |state| {
        if let Some((outpoint, output)) = state.unspent.pop_first() {
            state.unspent.insert(OutPoint { index: 1, ..outpoint }, output);
        }
    }),
    ("unspent-amount", "the same state with another amount of an unspent output", |state| {
        first_unspent(state, |output| output.amount += 1)
    }),
    ("unspent-owner", "the same state with another owner of an unspent output", |state| {
        first_unspent(state, |output| output.owner = Default::default())
    }),
    ("lock-transaction", "the same state with a lock for another transaction", |state| {
        first_lock(state, |lock| lock.txid = TxId(digest("another transaction")))
    }),
    ("lock-amount", "the same state with another amount of a lock", |state| {
        first_lock(state, |lock| lock.amount += 1)
    }),
    (
        "lock-becomes-unspent",
        "the same state with a locked output that is unspent instead",
        |state| {
            if let Some((outpoint, lock)) = state.locks.pop_first() {
                let output = UnspentOutput { owner: lock.owner, amount: lock.amount };
                state.unspent.insert(outpoint, output);
            }
        },
    ),
    ("decision-vote", "the same state with another vote", |state| {
        first_decision(state, |decision| {
            decision.vote = Vote::Rejected(Rejection::LedOutpointLocked)
        })
    }),
    ("decision-settlement", "the same state with another settlement", |state| {
        first_decision(state, |decision| decision.settled = Settlement::Aborted)
    }),
    ("decision-expiry", "the same state with another expiry epoch of a decision", |state| {
        first_decision(state, |decision| decision.expiry_epoch += 1)
    }),
    ("account-policy", "the same state with another policy of an account", |state| {
        state.accounts.values_mut().for_each(|account| account.policy.threshold += 1)
    }),
    ("pending-salt", "the same state with another pending transaction", |state| {
        first_pending(state, |tx| tx.salt += 1)
    }),
    ("fee-pool", "the same state with another fee pool", |state| state.totals.fee_pool += 1),
    ("community-pool", "the same state with another community pool", |state| {
        state.totals.community_pool += 1
    }),
    ("imported", "the same state with another epoch as the last one imported", |state| {
        state.totals.imported += 1
    }),
    ("empty", "a state with empty maps", |state| {
        state.unspent.clear();
        state.locks.clear();
        state.decisions.clear();
        state.accounts.clear();
        state.pending.clear();
    }),
];

/// The roots of a full state, of changes of it, and of a state with empty maps. Only the change of
/// the place in the chain leaves the root as it is.
pub(super) fn state_roots() -> Result<VectorFile, CaseError> {
    let doc = "The state root is the list commitment of the map roots of unspent outputs, locks, \
               decisions, accounts and pending transactions, and of the totals. Each case changes \
               one field.";
    let mut suite = SuiteWriter::new("ledger.state_root", "fields", doc)?;
    let full = full_state()?.root();
    for (slug, what, change) in CHANGES {
        let mut state = full_state()?;
        change(&mut state);
        let covered = !matches!(slug, "full" | "epoch-and-height");
        if (state.root() != full) != covered {
            let problem = "the root must move for what it covers, and for that alone".to_owned();
            return Err(suite.error(slug, problem));
        }
        let doc = format!("Given {what}, when the state is committed to, then this is the root.");
        let input = json!({ "state": to_json(&state)? });
        suite.add(slug, &["LED-STATE-01", "CRY-MAP-01"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}
