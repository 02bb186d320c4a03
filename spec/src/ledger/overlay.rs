//! Changes on top of a state that stays unchanged.
//!
//! A rule reads through an [`Overlay`] and writes into it. The state below is borrowed and cannot
//! change. The caller keeps the [`Changes`] or drops them, so a rejected step leaves the state
//! untouched by construction.

use std::collections::BTreeMap;

use super::owner::{Account, AccountId};
use super::shard_state::{ChainPosition, Decision, Lock, Totals, UnspentOutput};
use super::transaction::{OutPoint, Transaction, TxId};

/// Read access to a shard's state, with or without changes on top.
pub trait StateView {
    /// The shard's position in its chain.
    fn position(&self) -> &ChainPosition;
    /// The unspent output at `outpoint`.
    fn unspent(&self, outpoint: &OutPoint) -> Option<&UnspentOutput>;
    /// The lock on `outpoint`.
    fn lock(&self, outpoint: &OutPoint) -> Option<&Lock>;
    /// The decision row of a transaction, as it is stored.
    fn decision(&self, txid: &TxId) -> Option<&Decision>;
    /// The row of an account.
    fn account(&self, owner: &AccountId) -> Option<&Account>;
    /// The fee pool, the community pool and the last swept epoch.
    fn totals(&self) -> &Totals;
    /// The number of rejection rows that the current block has written so far.
    fn rejections_in_block(&self) -> u32;
}

/// The changes to a state. In a map, `None` as the value means that the key is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The shard's new position.
    pub position: ChainPosition,
    /// Changes of the unspent outputs.
    pub unspent: BTreeMap<OutPoint, Option<UnspentOutput>>,
    /// Changes of the locks.
    pub locks: BTreeMap<OutPoint, Option<Lock>>,
    /// Changes of the decision rows.
    pub decisions: BTreeMap<TxId, Option<Decision>>,
    /// Changes of the accounts.
    pub accounts: BTreeMap<AccountId, Option<Account>>,
    /// Changes of the pending transactions.
    pub pending: BTreeMap<TxId, Option<Transaction>>,
    /// The totals after the changes.
    pub totals: Totals,
    /// The number of rejection rows that the current block has written.
    pub rejections_in_block: u32,
}

/// A view with changes on top of another view.
///
/// ```
/// use ioschain_spec::ledger::{
///     AccountId, ChainPosition, OutPoint, Overlay, ShardState, StateView, Totals, TxId,
///     UnspentOutput,
/// };
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
/// # use std::collections::BTreeMap;
///
/// # let position = ChainPosition {
/// #     shard: Shard(1),
/// #     epoch: Epoch(1),
/// #     height: Height(0),
/// #     previous: Digest::ZERO,
/// #     identity_height: Height(0),
/// # };
/// # let empty = ShardState {
/// #     position,
/// #     unspent: BTreeMap::new(),
/// #     locks: BTreeMap::new(),
/// #     decisions: BTreeMap::new(),
/// #     accounts: BTreeMap::new(),
/// #     pending: BTreeMap::new(),
/// #     totals: Totals { fee_pool: 0, community_pool: 0, imported: Epoch(0) },
/// # };
/// let mut state: ShardState = empty;
/// let outpoint = OutPoint { txid: TxId(Digest([1; 32])), index: 0 };
/// let output = UnspentOutput { owner: AccountId(Digest([2; 32])), amount: 5 };
///
/// let mut overlay = Overlay::on(&state);
/// overlay.set_unspent(outpoint, Some(output.clone()));
/// assert_eq!(overlay.unspent(&outpoint), Some(&output));
///
/// // The state below is as it was, until somebody applies the changes.
/// let changes = overlay.into_changes();
/// assert_eq!(state.unspent(&outpoint), None);
/// state.apply(changes);
/// assert_eq!(state.unspent(&outpoint), Some(&output));
/// ```
pub struct Overlay<'a> {
    below: &'a dyn StateView,
    changes: Changes,
}

impl<'a> Overlay<'a> {
    /// An overlay on top of `below`, without changes.
    pub fn on(below: &'a dyn StateView) -> Self {
        let changes = Changes {
            position: below.position().clone(),
            unspent: BTreeMap::new(),
            locks: BTreeMap::new(),
            decisions: BTreeMap::new(),
            accounts: BTreeMap::new(),
            pending: BTreeMap::new(),
            totals: below.totals().clone(),
            rejections_in_block: below.rejections_in_block(),
        };
        Self { below, changes }
    }

    /// Returns the changes that were made on this overlay.
    pub fn into_changes(self) -> Changes {
        self.changes
    }

    /// Adds the changes of a second overlay that was made on top of this one.
    pub fn absorb(&mut self, further: Changes) {
        self.changes.unspent.extend(further.unspent);
        self.changes.locks.extend(further.locks);
        self.changes.decisions.extend(further.decisions);
        self.changes.accounts.extend(further.accounts);
        self.changes.pending.extend(further.pending);
        self.changes.position = further.position;
        self.changes.totals = further.totals;
        self.changes.rejections_in_block = further.rejections_in_block;
    }

    /// Sets or removes an unspent output.
    pub fn set_unspent(&mut self, outpoint: OutPoint, output: Option<UnspentOutput>) {
        self.changes.unspent.insert(outpoint, output);
    }

    /// Sets or removes a lock.
    pub fn set_lock(&mut self, outpoint: OutPoint, lock: Option<Lock>) {
        self.changes.locks.insert(outpoint, lock);
    }

    /// Sets or removes a decision row.
    pub fn set_decision(&mut self, txid: TxId, decision: Option<Decision>) {
        self.changes.decisions.insert(txid, decision);
    }

    /// Sets the row of an account.
    pub fn set_account(&mut self, owner: AccountId, account: Account) {
        self.changes.accounts.insert(owner, Some(account));
    }

    /// Sets or removes a pending transaction.
    pub fn set_pending(&mut self, txid: TxId, transaction: Option<Transaction>) {
        self.changes.pending.insert(txid, transaction);
    }

    /// Write access to the fee pool, the community pool and the last swept epoch.
    pub fn totals_mut(&mut self) -> &mut Totals {
        &mut self.changes.totals
    }

    /// Write access to the shard's position.
    pub fn position_mut(&mut self) -> &mut ChainPosition {
        &mut self.changes.position
    }

    /// Counts one more rejection row.
    pub fn count_rejection(&mut self) {
        self.changes.rejections_in_block = self.changes.rejections_in_block.saturating_add(1);
    }
}

/// Looks up a key: first in the changes, then in the state below. A removal in the changes hides
/// the value below.
fn look_up<'a, K: Ord, V>(
    changes: &'a BTreeMap<K, Option<V>>,
    key: &K,
    below: impl FnOnce() -> Option<&'a V>,
) -> Option<&'a V> {
    changes.get(key).map_or_else(below, Option::as_ref)
}

impl StateView for Overlay<'_> {
    fn position(&self) -> &ChainPosition {
        &self.changes.position
    }
    fn unspent(&self, outpoint: &OutPoint) -> Option<&UnspentOutput> {
        look_up(&self.changes.unspent, outpoint, || self.below.unspent(outpoint))
    }
    fn lock(&self, outpoint: &OutPoint) -> Option<&Lock> {
        look_up(&self.changes.locks, outpoint, || self.below.lock(outpoint))
    }
    fn decision(&self, txid: &TxId) -> Option<&Decision> {
        look_up(&self.changes.decisions, txid, || self.below.decision(txid))
    }
    fn account(&self, owner: &AccountId) -> Option<&Account> {
        look_up(&self.changes.accounts, owner, || self.below.account(owner))
    }
    fn totals(&self) -> &Totals {
        &self.changes.totals
    }
    fn rejections_in_block(&self) -> u32 {
        self.changes.rejections_in_block
    }
}
