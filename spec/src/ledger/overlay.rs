//! Changes on top of a state that stays as it is.
//!
//! A rule reads through an [`Overlay`] and writes into it; the state below is borrowed and cannot
//! change. Whoever asked takes the [`Changes`] or drops them, so a rejected step leaves the state
//! untouched by construction.

use std::collections::BTreeMap;

use super::owner::{Account, AccountId};
use super::shard_state::{Decision, Lock, Position, Totals, UnspentOutput};
use super::transaction::{OutPoint, Transaction, TxId};

/// Read access to a shard's state, with or without changes on top.
pub trait View {
    /// Where the shard stands.
    fn position(&self) -> &Position;
    /// The unspent output at `outpoint`.
    fn unspent(&self, outpoint: &OutPoint) -> Option<&UnspentOutput>;
    /// The lock on `outpoint`.
    fn lock(&self, outpoint: &OutPoint) -> Option<&Lock>;
    /// The decision row of a transaction, as it is stored.
    fn decision(&self, txid: &TxId) -> Option<&Decision>;
    /// An account's row.
    fn account(&self, owner: &AccountId) -> Option<&Account>;
    /// Pools and counters.
    fn totals(&self) -> &Totals;
    /// How many rejection rows the block at hand has written so far.
    fn rejections_in_block(&self) -> u32;
}

/// What differs from a state: `None` removes a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Where the shard stands then.
    pub position: Position,
    /// To the unspent outputs.
    pub unspent: BTreeMap<OutPoint, Option<UnspentOutput>>,
    /// To the locks.
    pub locks: BTreeMap<OutPoint, Option<Lock>>,
    /// To the decision rows.
    pub decisions: BTreeMap<TxId, Option<Decision>>,
    /// To the accounts.
    pub accounts: BTreeMap<AccountId, Option<Account>>,
    /// To the pending transactions.
    pub pending: BTreeMap<TxId, Option<Transaction>>,
    /// The totals as they are then.
    pub totals: Totals,
    /// Rejection rows written in the block at hand.
    pub rejections_in_block: u32,
}

/// A view with changes on top of another.
pub struct Overlay<'a> {
    below: &'a dyn View,
    changes: Changes,
}

impl<'a> Overlay<'a> {
    /// No changes yet, on top of `below`.
    pub fn on(below: &'a dyn View) -> Self {
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

    /// What was changed.
    pub fn into_changes(self) -> Changes {
        self.changes
    }

    /// Takes over what a further overlay on top of this one changed.
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

    /// Sets an account's row.
    pub fn set_account(&mut self, owner: AccountId, account: Account) {
        self.changes.accounts.insert(owner, Some(account));
    }

    /// Sets or removes a pending transaction.
    pub fn set_pending(&mut self, txid: TxId, transaction: Option<Transaction>) {
        self.changes.pending.insert(txid, transaction);
    }

    /// Pools and counters, to change.
    pub fn totals_mut(&mut self) -> &mut Totals {
        &mut self.changes.totals
    }

    /// Where the shard stands, to change.
    pub fn position_mut(&mut self) -> &mut Position {
        &mut self.changes.position
    }

    /// Counts one more rejection row.
    pub fn count_rejection(&mut self) {
        self.changes.rejections_in_block = self.changes.rejections_in_block.saturating_add(1);
    }
}

/// A change hides what is below it, a removal too.
fn look_up<'a, K: Ord, V>(
    changes: &'a BTreeMap<K, Option<V>>,
    key: &K,
    below: impl FnOnce() -> Option<&'a V>,
) -> Option<&'a V> {
    changes.get(key).map_or_else(below, Option::as_ref)
}

impl View for Overlay<'_> {
    fn position(&self) -> &Position {
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
