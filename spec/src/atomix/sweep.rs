//! The expiry sweep: it ends the transactions whose client has disappeared.
//!
//! When a shard closes epoch x, it commits to one list for each destination shard. The list has
//! exactly the transactions that the closing shard accepted, that expire in x, and that concern the
//! destination. A transaction commits iff it is on the lists of all its input shards. Otherwise it
//! aborts. In epoch x + 1, when all shards have closed x, each shard imports the lists that are
//! addressed to it, and settles their transactions. No clock is involved, and no shard can be more
//! than one epoch ahead of another.
//!
//! The paper does not say what happens when the client crashes (gap A10).
//!
//! Origin: own.

use std::collections::{BTreeMap, BTreeSet};

use super::attestation::Attests;
use super::message::{ExpiryList, Import};
use super::rules::Rules;
use super::unlock::{settle_aborted, settle_committed, settled_before};
use crate::Rejection;
use crate::identity::EpochClosed;
use crate::ledger::{
    ChainPosition, Changes, Overlay, ShardContext, ShardEnvironment, ShardState, StateView,
    Transaction, TxId, Vote,
};
use crate::primitives::encoding::Bounded;
use crate::primitives::hash::Digest;
use crate::primitives::merkle::list_root_of;
use crate::primitives::numbers::{Epoch, Shard};
use crate::suite::Suite;

/// The number of transactions that a sweep settled in this shard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// The number of transactions that committed.
    pub committed: u32,
    /// The number of transactions that aborted.
    pub aborted: u32,
}

/// A closed epoch: the entry for the identity log, the lists that other shards fetch, and the
/// changes of this shard's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedEpoch {
    /// The entry for the identity log. The shard's roster must certify it.
    pub entry: EpochClosed,
    /// The list that is addressed to shard i + 1 at index i. The shard keeps the lists until all
    /// shards have closed the next epoch.
    pub lists: Vec<ExpiryList>,
    /// The changes: the next epoch opens, and expired rows are dropped.
    pub changes: Changes,
}

/// The commitment to an expiry list: the list commitment of its transactions.
pub fn expiry_list_root(list: &ExpiryList) -> Digest {
    list_root_of(list)
}

/// The epoch whose sweep is due in the next block, if one is.
///
/// **ATX-SWEEP-02** (MUST) \[own] The first block of epoch x + 1 whose identity height shows that
/// all shards have closed x begins with the import of x.
pub fn import_due<S: Suite>(context: &ShardContext<'_, S>, view: &dyn StateView) -> Option<Epoch> {
    let last_epoch = view.position().epoch.saturating_sub(1);
    let swept = view.totals().imported >= last_epoch;
    (!swept && context.identity.all_closed(last_epoch)).then_some(last_epoch)
}

/// Sweeps an epoch: settles its transactions according to the imported lists.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | the epoch is the one before the shard's, and next to be swept | ATX-SWEEP-03 | `ATX_IMPORT_EPOCH` | `check_import` |
/// | 2 | every shard has closed the epoch | ATX-SWEEP-04 | `ATX_IMPORT_NOT_CLOSED` | `check_import` |
/// | 3 | there is one list for each shard | ATX-SWEEP-05 | `ATX_IMPORT_COUNT` | `check_import` |
/// | 4 | each list has the root that its shard committed to | ATX-SWEEP-06 | `ATX_IMPORT_ROOT` | `check_import` |
/// | 5 | each transaction that commits: the fee pool does not overflow | LED-FEE-02 | `LED_OVERFLOW` | `earn_fee` |
///
/// # Errors
/// The first row of the table that fails.
///
/// # Examples
/// Alice pays to another shard. Her payment is locked, and then her client disappears.
/// ```
/// use ioschain_spec::atomix::Specification;
/// use ioschain_spec::atomix::sweep::{Swept, apply_import};
/// use ioschain_spec::ledger::{OutPoint, Overlay, ShardEnvironment, StateView};
/// use ioschain_spec::primitives::numbers::{Epoch, Shard};
/// use ioschain_spec::suite::Normative;
/// use ioschain_spec::testing::chain::TestChain;
/// use ioschain_spec::testing::owners::Owner;
/// use ioschain_spec::testing::setup::SetupError;
///
/// let mut chain = TestChain::<Normative>::new(2)?;
/// let (alice, bob) = (Owner::new("alice", Shard(1), 2)?, Owner::new("bob", Shard(2), 2)?);
/// let coin = chain.coin(&alice, 100, 1)?;
/// let payment = chain.pay(Epoch(1), &[&coin], &[(&bob, 90)])?;
/// chain.lock_everywhere(&payment)?;
///
/// // Every shard closes epoch 1, in which the payment expires, and lists it.
/// chain.close_all()?;
/// let (context, import) = (chain.context(), chain.import_for(Shard(2))?);
/// let environment = ShardEnvironment { rules: &Specification, context: &context };
/// let mut overlay = Overlay::on(chain.state(Shard(2))?);
/// let swept = apply_import(&environment, &mut overlay, &import)?;
/// assert_eq!(swept, Swept { committed: 1, aborted: 0 });
/// let paid = OutPoint { txid: payment.transaction.id(&Normative), index: 0 };
/// assert_eq!(overlay.unspent(&paid).map(|output| output.amount), Some(90));
/// # Ok::<(), SetupError>(())
/// ```
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

/// Checks that the import is due, and that its lists are those that the shards committed to.
///
/// **ATX-SWEEP-03** (MUST) \[own] An import names the epoch before the shard's open epoch, and this
/// is the epoch after the last that the shard swept. A second import of an epoch would find that
/// rows are pruned, and would settle their transactions again.
///
/// **ATX-SWEEP-04** (MUST) \[own] According to the part of the identity log that is seen, every
/// transaction shard has closed the epoch of an import.
///
/// **ATX-SWEEP-05** (MUST) \[own] An import has as many lists as there are transaction shards.
///
/// **ATX-SWEEP-06** (MUST) \[own] List i of an import is the one whose root shard i committed to
/// for this shard when it closed the epoch. Otherwise a leader could leave a transaction off a list
/// and abort here what commits elsewhere.
fn check_import<S: Suite>(
    context: &ShardContext<'_, S>,
    view: &dyn StateView,
    import: &Import,
) -> Result<(), Rejection> {
    let position = view.position();
    // ATX-SWEEP-03: the epoch is the one before the open epoch, and it is the next one to be swept.
    let is_last = import.epoch.checked_add(1) == Some(position.epoch);
    let is_next = view.totals().imported.checked_add(1) == Some(import.epoch);
    if !is_last || !is_next {
        return Err(Rejection::AtxImportEpoch);
    }
    // ATX-SWEEP-04: every shard has closed it.
    if !context.identity.all_closed(import.epoch) {
        return Err(Rejection::AtxImportNotClosed);
    }
    // ATX-SWEEP-05: there is a list from every shard.
    if import.lists.len() != usize::from(context.shards()) {
        return Err(Rejection::AtxImportCount);
    }
    // ATX-SWEEP-06: each list is the one that its shard committed to.
    let place = usize::from(position.shard.saturating_sub(1));
    for (source, list) in Shard::all(context.shards()).zip(&import.lists) {
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
) -> BTreeMap<TxId, (&'a Transaction, BTreeSet<Shard>)> {
    let mut swept = BTreeMap::new();
    for (source, list) in Shard::all(context.shards()).zip(&import.lists) {
        for transaction in list {
            let txid = transaction.id(context.suite);
            let (_, listed_by) = swept.entry(txid).or_insert((transaction, BTreeSet::new()));
            listed_by.insert(source);
        }
    }
    swept
}

/// Closes the shard's epoch: fixes its expiry lists, prunes rows that are no longer needed, and
/// opens the next epoch. This happens between two blocks. It takes the place of the Micro State
/// Block (§9).
///
/// **ATX-CLOSE-01** (MUST) \[own] A shard closes an epoch only when it has swept the epoch before,
/// so that no shard is two epochs ahead of another. Otherwise one shard could prune rows that
/// another still needs.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | the epoch before is swept | ATX-CLOSE-01 | `ATX_CLOSE_NOT_IMPORTED` | `close_epoch` |
/// | 2 | no list is longer than its cap | ENC-CAP-01 | `ENC_MALFORMED` | - |
///
/// # Errors
/// The first row of the table that fails.
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

/// For each shard 1..=m, exactly the transactions that this shard accepted, that expire in the
/// epoch that is closed, and that are addressed to that shard. Like `pending`, each list is in the
/// order of the ids.
fn derive_expiry_lists<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    state: &ShardState,
) -> Result<Vec<ExpiryList>, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    let ChainPosition { shard, epoch, .. } = state.position;
    let mut lists: BTreeMap<Shard, Vec<Transaction>> =
        Shard::all(context.shards()).map(|destination| (destination, Vec::new())).collect();
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

/// The changes that drop expired rows and open the next epoch.
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
