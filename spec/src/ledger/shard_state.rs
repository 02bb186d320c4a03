//! The state of a shard, and the commitment to it.
//!
//! Origin: in white paper §3, each shard has its "Unspent transactions (UTXOs)". Section 7 needs
//! locks, decisions and pending transactions (OmniLedger §IV-C, and ours).

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::overlay::{Changes, StateView};
use super::owner::{Account, AccountId};
use super::transaction::{OutPoint, Transaction, TxId};
use crate::Rejection;
use crate::primitives::encoding::encode;
use crate::primitives::hash::Digest;
use crate::primitives::map_commitment::map_root;
use crate::primitives::map_commitment_cached::CachedMapCommitment;
use crate::primitives::merkle::list_root;
use crate::primitives::numbers::{Epoch, Height, Shard};

/// An output that nobody has spent.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct UnspentOutput {
    /// The owner of the output.
    pub owner: AccountId,
    /// The amount, in units.
    pub amount: u64,
}

/// An output that is locked by a transaction that is not settled yet.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Lock {
    /// The transaction that holds the lock.
    pub txid: TxId,
    /// The owner of the locked output, who receives the refund after an abort.
    pub owner: AccountId,
    /// The amount, in units.
    pub amount: u64,
}

/// The vote of a shard on a transaction.
///
/// `None` means what `None` of an `Option` would mean. The type is not an `Option` because its wire
/// form is frozen: one byte, 0, 1 or 2, and after a 2 the number of the rejection.
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
    /// The shard owns no input of the transaction, so it had nothing to vote on.
    None = 0,
    /// The shard has locked its inputs of the transaction.
    Accepted = 1,
    /// The shard could not lock its inputs. The value is the reason.
    Rejected(Rejection) = 2,
}

/// Whether and how a transaction was settled in a shard.
///
/// `No` means what `None` of an `Option` would mean. The type is not an `Option` because its wire
/// form is frozen: the row contains one byte, 0, 1 or 2.
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
    /// The transaction is not settled yet.
    No = 0,
    /// The locked inputs of this shard were spent, and its outputs were created.
    Committed = 1,
    /// The locked amounts were returned to their owners as fresh outputs.
    Aborted = 2,
}

/// What a shard remembers about a transaction. The shard prunes the row when it closes the epoch
/// after the expiry epoch.
///
/// Only these rows occur: {None, Committed}, {Accepted, No | Committed | Aborted} and {Rejected,
/// No}.
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
    /// Whether and how the transaction was settled in this shard.
    pub settled: Settlement,
    /// The transaction's expiry epoch. It decides when the row is pruned.
    pub expiry_epoch: Epoch,
}

/// The position of a shard in its chain.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ChainPosition {
    /// The number of the shard, in 1..=m.
    pub shard: Shard,
    /// The open epoch. The first epoch is 1.
    pub epoch: Epoch,
    /// The number of blocks so far, which is the height of the last block.
    pub height: Height,
    /// The hash of the last block.
    pub previous: Digest,
    /// The height up to which the last block has seen the identity log.
    pub identity_height: Height,
}

/// Amounts that belong to no account, and the last swept epoch.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Totals {
    /// The fees that were earned and not paid out yet, in units.
    pub fee_pool: u64,
    /// This shard's part of the community allocation, in units.
    pub community_pool: u64,
    /// The last epoch whose expiry lists were swept (§7); 0 at genesis.
    pub imported: Epoch,
}

/// The complete state of a shard. Its encoding is canonical: each map is encoded as its entries,
/// sorted by key. The maps have no bound, because no message contains a state.
///
/// Section 8 will add payouts, seized and burned amounts, and bonds.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ShardState {
    /// The shard's position in its chain.
    pub position: ChainPosition,
    /// The unspent outputs of this shard's owners.
    pub unspent: BTreeMap<OutPoint, UnspentOutput>,
    /// The locks, by the outpoint of the locked output.
    pub locks: BTreeMap<OutPoint, Lock>,
    /// The decision rows, by transaction id.
    pub decisions: BTreeMap<TxId, Decision>,
    /// The accounts that have spent in this shard.
    pub accounts: BTreeMap<AccountId, Account>,
    /// The transactions that this shard accepted. The expiry lists are made from them. Each one is
    /// removed together with its decision row.
    pub pending: BTreeMap<TxId, Transaction>,
    /// The fee pool, the community pool and the last swept epoch.
    pub totals: Totals,
}

impl StateView for ShardState {
    fn position(&self) -> &ChainPosition {
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
    /// Applies the changes that an overlay collected.
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
    /// **LED-STATE-01** (MUST) \[own] The state root is the list commitment of six values, in this
    /// order: the map roots of unspent outputs, locks, decisions, accounts and pending
    /// transactions, and the encoded totals.
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

/// A way to compute the state root after changes. [`RecomputedRoots`] defines the result.
pub trait StateRoots: Sized {
    /// Returns the state root after `changes` to `state`, and the value for the changed state.
    fn after(&self, state: &ShardState, changes: &Changes) -> (Digest, Self);
}

/// The readable path: it computes the root of the changed state from the whole state.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecomputedRoots;

impl StateRoots for RecomputedRoots {
    fn after(&self, state: &ShardState, changes: &Changes) -> (Digest, Self) {
        let mut changed = state.clone();
        changed.apply(changes.clone());
        (changed.root(), Self)
    }
}

/// The fast path: it keeps the tries. So its cost depends on the number of changes and not on the
/// size of the state.
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

    /// The state root. It equals [`ShardState::root`] of the state that these tries represent.
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
