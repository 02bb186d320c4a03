//! Conservation: in every state, all units add up to the supply, even while a transaction is
//! settled in some of its shards only.
//!
//! ```text
//! supply = Σ unspent + Σ locks of undecided transactions
//!        + Σ over decided transactions of (outputs and fee parts not yet credited)
//!        + fee pools + community pools
//! ```
//!
//! A transaction is *decided* once all its input shards have accepted it. From then on it can only
//! commit, so the sum counts the outputs that it will create instead of the outputs that it has
//! locked.
//!
//! Origin: own.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use crate::Rejection;
use crate::atomix::ExpiryList;
use crate::ledger::{Settlement, ShardState, Transaction, TxId, Vote};
use crate::primitives::numbers::{Epoch, Shard};
use crate::suite::Suite;

/// The expiry lists of closed epochs, by epoch and source shard. For each source shard there is one
/// list for every destination shard, in the order of the shards. The lists represent rows that the
/// source shard has pruned, although another shard has not swept yet.
pub type RetainedLists = BTreeMap<(Epoch, Shard), Vec<ExpiryList>>;

/// A transaction that some shard accepted, and the shards that accepted it.
struct Accepted<'a> {
    transaction: &'a Transaction,
    by: BTreeSet<Shard>,
}

/// The sum over shards 1..=m, in units. It equals [`SUPPLY`](crate::ledger::SUPPLY) in every
/// reachable state.
///
/// **LED-CONSERVE-01** (MUST) \[own] No rule creates or destroys a unit.
///
/// # Errors
/// [`Rejection::LedOverflow`]
///
/// ```
/// use ioschain_spec::chain::conservation::{RetainedLists, conservation_sum};
/// use ioschain_spec::ledger::{ChainPosition, ShardState, Totals};
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
/// use ioschain_spec::suite::Normative;
/// # use std::collections::BTreeMap;
///
/// let shard = |shard, fee_pool| ShardState {
///     position: ChainPosition {
///         shard,
///         epoch: Epoch(1),
///         height: Height(0),
///         previous: Digest::ZERO,
///         identity_height: Height(0),
///     },
///     totals: Totals { fee_pool, community_pool: 10, imported: Epoch(0) },
/// #   unspent: BTreeMap::new(),
/// #   locks: BTreeMap::new(),
/// #   decisions: BTreeMap::new(),
/// #   accounts: BTreeMap::new(),
/// #   pending: BTreeMap::new(),
///     // and the maps of the shard, which are empty
/// };
/// let states = [shard(Shard(1), 5), shard(Shard(2), 7)];
/// assert_eq!(conservation_sum(&Normative, &states, &RetainedLists::new()), Ok(5 + 7 + 10 + 10));
/// ```
pub fn conservation_sum<S: Suite, T: Borrow<ShardState>>(
    suite: &S,
    states: &[T],
    retained: &RetainedLists,
) -> Result<u64, Rejection> {
    let shards = u16::try_from(states.len()).map_err(|_| Rejection::LedOverflow)?;
    let states: Vec<&ShardState> = states.iter().map(Borrow::borrow).collect();
    let mut decided = accepted_transactions(suite, &states, retained);
    decided
        .retain(|_, Accepted { transaction, by }| transaction.input_shards(shards).is_subset(by));

    let unspent =
        states.iter().flat_map(|state| state.unspent.values()).map(|output| output.amount);
    let locked = states
        .iter()
        .flat_map(|state| state.locks.values())
        .filter(|lock| !decided.contains_key(&lock.txid))
        .map(|lock| lock.amount);
    let pools =
        states.iter().flat_map(|state| [state.totals.fee_pool, state.totals.community_pool]);
    let outstanding = decided.iter().flat_map(|(txid, Accepted { transaction, .. })| {
        states
            .iter()
            .filter(|state| !is_credited(state, txid, transaction))
            .flat_map(|state| credits(transaction, state.position.shard, shards))
    });
    // LED-CONSERVE-01: a sum that does not fit in 64 bits is not the supply.
    let mut amounts = unspent.chain(locked).chain(pools).chain(outstanding);
    amounts.try_fold(0u64, u64::checked_add).ok_or(Rejection::LedOverflow)
}

/// Every transaction that some shard accepted, according to a row or to a retained list.
fn accepted_transactions<'a, S: Suite>(
    suite: &S,
    states: &[&'a ShardState],
    retained: &'a RetainedLists,
) -> BTreeMap<TxId, Accepted<'a>> {
    let mut accepted: BTreeMap<TxId, Accepted<'a>> = BTreeMap::new();
    let mut note = |txid: TxId, transaction: &'a Transaction, shard: Shard| {
        let entry = accepted.entry(txid);
        entry.or_insert(Accepted { transaction, by: BTreeSet::new() }).by.insert(shard);
    };
    for state in states {
        for (txid, transaction) in &state.pending {
            let row = state.decisions.get(txid);
            if row.is_some_and(|decision| decision.vote == Vote::Accepted) {
                note(*txid, transaction, state.position.shard);
            }
        }
    }
    for ((_, source), lists) in retained {
        for transaction in lists.iter().flatten() {
            note(transaction.id(suite), transaction, *source);
        }
    }
    accepted
}

/// Whether a shard has credited its part of a decided transaction. It has if its row says so, or if
/// the row was pruned, because a row is pruned only after the sweep of the expiry epoch.
fn is_credited(state: &ShardState, txid: &TxId, transaction: &Transaction) -> bool {
    match state.decisions.get(txid) {
        Some(decision) => decision.settled == Settlement::Committed,
        None => state.totals.imported >= transaction.expiry_epoch,
    }
}

/// The amounts that a shard gains when the transaction commits: its outputs and its part of the
/// fee.
fn credits(transaction: &Transaction, shard: Shard, shards: u16) -> impl Iterator<Item = u64> {
    let outputs = transaction.outputs_of(shard, shards).map(|(_, output)| output.amount);
    outputs.chain([transaction.fee_part(shard, shards)])
}
