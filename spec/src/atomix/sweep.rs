//! The expiry sweep: how transactions end whose client has disappeared.
//!
//! When a shard closes epoch x, it commits, for each destination shard, to the list of exactly the
//! transactions that it accepted, that expire in x, and that concern the destination. A transaction
//! commits iff it is on the lists of all its input shards, else it aborts. In epoch x + 1 each shard
//! imports the lists addressed to it, as soon as all shards have closed x, and settles. No clock is
//! involved, and no shard can be more than one epoch ahead of another.
//!
//! The paper does not say what happens when the client crashes (gap A10). Origin: own.

use std::collections::{BTreeMap, BTreeSet};

use super::attestation::Attests;
use super::message::{ExpiryList, Import};
use super::rules::Rules;
use super::unlock::{settle_aborted, settle_committed, settled_before};
use crate::Rejection;
use crate::identity::EpochClosed;
use crate::ledger::{
    Changes, Overlay, Position, ShardContext, ShardEnvironment, ShardState, Transaction, TxId,
    View, Vote,
};
use crate::primitives::encoding::Bounded;
use crate::primitives::hash::Digest;
use crate::primitives::merkle::list_root_of;
use crate::suite::Suite;

/// How many transactions a sweep settled in this shard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// As committed.
    pub committed: u32,
    /// As aborted.
    pub aborted: u32,
}

/// A closed epoch: what is ordered, what the other shards fetch, and what changes here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedEpoch {
    /// The entry for the identity log, to be certified by the shard's roster.
    pub entry: EpochClosed,
    /// The list addressed to shard i + 1 at place i. Kept until all shards have closed the next epoch.
    pub lists: Vec<ExpiryList>,
    /// The next epoch opens, and expired rows go.
    pub changes: Changes,
}

/// The commitment to an expiry list: the list commitment of its transactions.
pub fn expiry_list_root(list: &ExpiryList) -> Digest {
    list_root_of(list)
}

/// The epoch whose sweep is due in the next block, if one is.
///
/// **ATX-SWEEP-02** (MUST) [own] The first block of epoch x + 1 whose identity height shows that all
/// shards have closed x begins with the import of x.
pub fn import_due<S: Suite>(context: &ShardContext<'_, S>, view: &dyn View) -> Option<u64> {
    let last_epoch = view.position().epoch.saturating_sub(1);
    let swept = view.totals().imported >= last_epoch;
    (!swept && context.identity.all_closed(last_epoch)).then_some(last_epoch)
}

/// Sweeps an epoch.
///
/// # Errors
/// In this order: [`Rejection::AtxImportEpoch`], [`Rejection::AtxImportNotClosed`],
/// [`Rejection::AtxImportCount`], [`Rejection::AtxImportRoot`], [`Rejection::LedOverflow`].
pub fn apply_import<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    import: &Import,
) -> Result<Swept, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    check_import(context, overlay, import)?;
    let mut swept = Swept::default();
    let mut step = Overlay::on(&*overlay); // thrown away if a settlement is refused
    for (txid, (transaction, listed_by)) in by_transaction(context, import) {
        let stored = rules.read_decision(&step, &txid);
        if settled_before(stored).is_some() {
            continue;
        }
        if rules.commits_by_lists(context, transaction, &listed_by) {
            settle_committed(environment, &mut step, transaction, &txid)?;
            swept.committed = swept.committed.saturating_add(1);
        } else if stored.is_some_and(|decision| decision.vote == Vote::Accepted) {
            settle_aborted(environment, &mut step, transaction, &txid);
            swept.aborted = swept.aborted.saturating_add(1);
        }
    }
    step.totals_mut().imported = import.epoch;
    let changes = step.into_changes();
    overlay.absorb(changes);
    Ok(swept)
}

/// Whether the import is due, and brings what the shards committed to.
///
/// **ATX-SWEEP-03** (MUST) [own] An import is of the epoch before the shard's, and that is the one
/// after the last that the shard swept.
///
/// **ATX-SWEEP-04** (MUST) [own] Every transaction shard has closed the epoch of an import, as far as
/// the identity log is seen.
///
/// **ATX-SWEEP-05** (MUST) [own] An import has as many lists as there are transaction shards.
///
/// **ATX-SWEEP-06** (MUST) [own] List i of an import is the one whose root shard i committed to for
/// this shard when it closed the epoch.
fn check_import<S: Suite>(
    context: &ShardContext<'_, S>,
    view: &dyn View,
    import: &Import,
) -> Result<(), Rejection> {
    let position = view.position();
    // ATX-SWEEP-03: of the epoch before this one, and next in order.
    let is_last = import.epoch.checked_add(1) == Some(position.epoch);
    let is_next = view.totals().imported.checked_add(1) == Some(import.epoch);
    if !is_last || !is_next {
        return Err(Rejection::AtxImportEpoch);
    }
    // ATX-SWEEP-04: every shard has closed it.
    if !context.identity.all_closed(import.epoch) {
        return Err(Rejection::AtxImportNotClosed);
    }
    // ATX-SWEEP-05: a list from every shard.
    if import.lists.len() != usize::from(context.shards()) {
        return Err(Rejection::AtxImportCount);
    }
    // ATX-SWEEP-06: each the one its shard committed to.
    let place = usize::from(position.shard.saturating_sub(1));
    for (source, list) in (1u16..).zip(&import.lists) {
        let closed = context.identity.closed(source, import.epoch);
        let committed = closed.and_then(|closed| closed.expiry_roots.get(place));
        if committed != Some(&expiry_list_root(list)) {
            return Err(Rejection::AtxImportRoot);
        }
    }
    Ok(())
}

/// The swept transactions in the order of their ids, each with the shards on whose lists it is.
fn by_transaction<'a, S: Suite>(
    context: &ShardContext<'_, S>,
    import: &'a Import,
) -> BTreeMap<TxId, (&'a Transaction, BTreeSet<u16>)> {
    let mut swept = BTreeMap::new();
    for (source, list) in (1u16..).zip(&import.lists) {
        for transaction in list {
            let txid = transaction.id(context.suite);
            let (_, listed_by) = swept.entry(txid).or_insert((transaction, BTreeSet::new()));
            listed_by.insert(source);
        }
    }
    swept
}

/// Closes the shard's epoch: fixes its expiry lists, drops rows that can no longer matter, and opens
/// the next epoch. Between blocks; stands for the Micro State Block (§9).
///
/// **ATX-CLOSE-01** (MUST) [own] A shard closes an epoch only when it has swept the epoch before, so
/// that no shard is two epochs ahead of another.
///
/// # Errors
/// [`Rejection::AtxCloseNotImported`]; [`Rejection::EncMalformed`] for a list over its cap.
pub fn close_epoch<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    state: &ShardState,
) -> Result<ClosedEpoch, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    let position = &state.position;
    // ATX-CLOSE-01: the epoch before is swept.
    if state.totals.imported.checked_add(1) != Some(position.epoch) {
        return Err(Rejection::AtxCloseNotImported);
    }
    let lists = derive_expiry_lists(environment, state)?;
    let expiry_roots: Vec<Digest> = lists.iter().map(expiry_list_root).collect();
    let entry = EpochClosed {
        chain_id: context.parameters().chain_id,
        shard: position.shard,
        epoch: position.epoch,
        height: position.height,
        last_header: position.previous,
        expiry_roots: Bounded::try_from(expiry_roots)?,
    };
    Ok(ClosedEpoch { entry, lists, changes: open_next_epoch(rules, state) })
}

/// For each shard 1..=m, exactly the transactions that this shard accepted, that expire now, and that
/// are addressed to it; in the order of their ids, as `pending` is.
fn derive_expiry_lists<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    state: &ShardState,
) -> Result<Vec<ExpiryList>, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    let Position { shard, epoch, .. } = state.position;
    let mut lists: BTreeMap<u16, Vec<Transaction>> =
        (1..=context.shards()).map(|destination| (destination, Vec::new())).collect();
    for (txid, transaction) in &state.pending {
        let stored = rules.read_decision(state, txid);
        let accepted = stored.is_some_and(|decision| decision.vote == Vote::Accepted);
        if !accepted || transaction.expiry_epoch != epoch {
            continue;
        }
        for destination in rules.derive_addressees(context, transaction, shard) {
            if let Some(list) = lists.get_mut(&destination) {
                list.push(transaction.clone());
            }
        }
    }
    lists.into_values().map(Bounded::try_from).collect()
}

fn open_next_epoch<S: Attests, R: Rules<S> + ?Sized>(rules: &R, state: &ShardState) -> Changes {
    let mut overlay = Overlay::on(state);
    for (txid, decision) in &state.decisions {
        if rules.is_prunable(decision, state.position.epoch) {
            overlay.set_decision(*txid, None);
            overlay.set_pending(*txid, None);
        }
    }
    let position = overlay.position_mut();
    position.epoch = position.epoch.saturating_add(1);
    overlay.into_changes()
}
