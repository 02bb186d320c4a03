//! The state of a shard, and the commitment to it.
//!
//! Origin: white paper §3 keeps "unspent transactions" per shard; locks, decisions and pending
//! transactions are what §7 needs (OmniLedger §IV-C, and ours).

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::overlay::{Changes, View};
use super::owner::{Account, AccountId};
use super::transaction::{OutPoint, Transaction, TxId};
use crate::Rejection;
use crate::primitives::encoding::encode;
use crate::primitives::hash::Digest;
use crate::primitives::map_commitment::map_root;
use crate::primitives::map_commitment_cached::CachedMapCommitment;
use crate::primitives::merkle::list_root;

/// An output that nobody has spent.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct UnspentOutput {
    /// Whose it is.
    pub owner: AccountId,
    /// How much it holds, in units.
    pub amount: u64,
}

/// An output that a transaction in flight has set aside.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Lock {
    /// For which transaction.
    pub txid: TxId,
    /// Whose it was.
    pub owner: AccountId,
    /// How much it holds, in units.
    pub amount: u64,
}

/// How a shard voted on a transaction.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Vote {
    /// It has no input here, so it had nothing to vote on.
    None = 0,
    /// Its inputs here are locked.
    Accepted = 1,
    /// Its inputs here could not be locked, for this reason.
    Rejected(Rejection) = 2,
}

/// How a transaction ended in a shard.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Settlement {
    /// Not yet.
    No = 0,
    /// Locks dropped, outputs created.
    Committed = 1,
    /// Locks given back as fresh outputs.
    Aborted = 2,
}

/// What a shard remembers of a transaction until its epoch's decisions are pruned.
///
/// The legal rows are {None, Committed}, {Accepted, No | Committed | Aborted}, {Rejected, No}.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Decision {
    /// The shard's vote.
    pub vote: Vote,
    /// How it ended here.
    pub settled: Settlement,
    /// The transaction's expiry epoch, after which the row goes.
    pub expiry_epoch: u64,
}

/// Where a shard stands.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Position {
    /// Which shard, 1..=m.
    pub shard: u16,
    /// The open epoch; the first is 1.
    pub epoch: u64,
    /// How many blocks there are.
    pub height: u64,
    /// The hash of the last block.
    pub previous: Digest,
    /// How much of the identity log the last block had seen.
    pub identity_height: u64,
}

/// The amounts and counters that belong to no account.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Totals {
    /// Fees earned and not yet paid out, in units.
    pub fee_pool: u64,
    /// This shard's part of the community allocation, in units.
    pub community_pool: u64,
    /// The last epoch whose expiry lists were swept (§7); 0 at genesis.
    pub imported: u64,
}

/// Everything a shard keeps. Its encoding is the canonical dump: each map as its sorted entries, with no
/// cap, since a state does not travel in a message.
///
/// Payouts, seized and burned amounts and bonds join with §8.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ShardState {
    /// Where the shard stands.
    pub position: Position,
    /// Unspent outputs.
    pub unspent: BTreeMap<OutPoint, UnspentOutput>,
    /// Outputs set aside.
    pub locks: BTreeMap<OutPoint, Lock>,
    /// What was decided.
    pub decisions: BTreeMap<TxId, Decision>,
    /// Accounts that have spent here.
    pub accounts: BTreeMap<AccountId, Account>,
    /// The transactions this shard accepted, for the expiry lists; they go with their rows.
    pub pending: BTreeMap<TxId, Transaction>,
    /// Pools and counters.
    pub totals: Totals,
}

impl View for ShardState {
    fn position(&self) -> &Position {
        &self.position
    }
    fn unspent(&self, outpoint: &OutPoint) -> Option<&UnspentOutput> {
        self.unspent.get(outpoint)
    }
    fn lock(&self, outpoint: &OutPoint) -> Option<&Lock> {
        self.locks.get(outpoint)
    }
    fn decision(&self, txid: &TxId) -> Option<&Decision> {
        self.decisions.get(txid)
    }
    fn account(&self, owner: &AccountId) -> Option<&Account> {
        self.accounts.get(owner)
    }
    fn totals(&self) -> &Totals {
        &self.totals
    }
    fn rejections_in_block(&self) -> u32 {
        0
    }
}

impl ShardState {
    /// Takes over what an overlay found.
    pub fn apply(&mut self, changes: Changes) {
        apply_to(&mut self.unspent, changes.unspent);
        apply_to(&mut self.locks, changes.locks);
        apply_to(&mut self.decisions, changes.decisions);
        apply_to(&mut self.accounts, changes.accounts);
        apply_to(&mut self.pending, changes.pending);
        self.position = changes.position;
        self.totals = changes.totals;
    }

    /// The state root.
    ///
    /// **LED-STATE-01** (MUST) [own] The state root is the list commitment of the map roots of unspent
    /// outputs, locks, decisions, accounts and pending transactions, and of the encoded totals, in
    /// this order.
    pub fn root(&self) -> Digest {
        let map_roots = [
            map_root(&self.unspent),
            map_root(&self.locks),
            map_root(&self.decisions),
            map_root(&self.accounts),
            map_root(&self.pending),
        ];
        root_of_parts(&map_roots, &self.totals)
    }
}

fn apply_to<K: Ord, V>(map: &mut BTreeMap<K, V>, changes: BTreeMap<K, Option<V>>) {
    for (key, value) in changes {
        match value {
            Some(value) => map.insert(key, value),
            None => map.remove(&key),
        };
    }
}

fn root_of_parts(map_roots: &[Digest], totals: &Totals) -> Digest {
    let mut leaves: Vec<Vec<u8>> = map_roots.iter().map(|root| root.0.to_vec()).collect();
    leaves.push(encode(totals));
    list_root(&leaves)
}

/// How the root after some changes is found; [`RecomputedRoots`] is the definition.
pub trait StateRoots: Sized {
    /// The state root after `changes` to `state`, and these roots as they are then.
    fn after(&self, state: &ShardState, changes: &Changes) -> (Digest, Self);
}

/// The readable path: the root of the changed state, computed from nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecomputedRoots;

impl StateRoots for RecomputedRoots {
    fn after(&self, state: &ShardState, changes: &Changes) -> (Digest, Self) {
        let mut changed = state.clone();
        changed.apply(changes.clone());
        (changed.root(), Self)
    }
}

/// The fast path: the tries are kept, so the cost follows the changes and not the state.
#[derive(Clone, Debug)]
pub struct CachedRoots {
    unspent: CachedMapCommitment,
    locks: CachedMapCommitment,
    decisions: CachedMapCommitment,
    accounts: CachedMapCommitment,
    pending: CachedMapCommitment,
}

impl CachedRoots {
    /// The tries of a whole state.
    pub fn of(state: &ShardState) -> Self {
        Self {
            unspent: CachedMapCommitment::of(&state.unspent),
            locks: CachedMapCommitment::of(&state.locks),
            decisions: CachedMapCommitment::of(&state.decisions),
            accounts: CachedMapCommitment::of(&state.accounts),
            pending: CachedMapCommitment::of(&state.pending),
        }
    }

    /// The state root; equal to [`ShardState::root`] of the state these tries are of.
    pub fn root(&self, totals: &Totals) -> Digest {
        let map_roots = [
            self.unspent.root(),
            self.locks.root(),
            self.decisions.root(),
            self.accounts.root(),
            self.pending.root(),
        ];
        root_of_parts(&map_roots, totals)
    }

    /// The tries after some changes.
    pub fn updated(&self, changes: &Changes) -> Self {
        Self {
            unspent: self.unspent.updated(&changes.unspent),
            locks: self.locks.updated(&changes.locks),
            decisions: self.decisions.updated(&changes.decisions),
            accounts: self.accounts.updated(&changes.accounts),
            pending: self.pending.updated(&changes.pending),
        }
    }
}

impl StateRoots for CachedRoots {
    fn after(&self, _state: &ShardState, changes: &Changes) -> (Digest, Self) {
        let updated = self.updated(changes);
        (updated.root(&changes.totals), updated)
    }
}
