//! The entries of a block. Each is one step of a section that acts on a shard's state.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::atomix::attestation::Attests;
use crate::atomix::{Answer, Import, Rules, UnlockAbort, UnlockCommit};
use crate::ledger::{Overlay, ShardEnvironment, SignedTransaction, TxId};
use crate::primitives::encoding::Bounded;
use crate::suite::Suite;

/// The most entries in a block.
pub const ENTRIES_MAX: usize = 65_536;

/// One step of a block. No other kind of entry can be encoded. Later sections add kinds at the end.
/// `A` is the suite's attestation.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Entry<A> {
    /// A transaction of this shard alone.
    Single(SignedTransaction) = 0,
    /// A request to lock the inputs of a transaction.
    Lock(SignedTransaction) = 1,
    /// A request to commit a transaction, with its proofs of acceptance.
    UnlockCommit(UnlockCommit<A>) = 2,
    /// A request to abort a transaction, with its proof of rejection.
    UnlockAbort(UnlockAbort<A>) = 3,
    /// The sweep of the epoch before the open epoch.
    Import(Import) = 4,
}

/// A block's entries, in order.
pub type Body<A> = Bounded<Entry<A>, ENTRIES_MAX>;

/// The result of an entry.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Receipt {
    /// The index of the entry, from 0.
    pub index: u32,
    /// The shard's answer to the entry.
    pub answer: Answer,
}

impl<A> Entry<A> {
    /// The transactions that the entry names, for the decisions root.
    pub(super) fn txids<S: Suite>(&self, suite: &S) -> Vec<TxId> {
        match self {
            Self::Single(request) | Self::Lock(request) => vec![request.transaction.id(suite)],
            Self::UnlockCommit(unlock) => vec![unlock.transaction.id(suite)],
            Self::UnlockAbort(unlock) => vec![unlock.transaction.id(suite)],
            Self::Import(import) => {
                import.lists.iter().flatten().map(|transaction| transaction.id(suite)).collect()
            }
        }
    }
}

/// Applies one entry to a shard. A block applies each of its entries in this way.
///
/// An entry has no checks besides those of the function for its kind. Each of these functions has
/// its own table of checks:
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | `Single`: a transaction of this shard alone | - | - | `apply_single` |
/// | 2 | `Lock`: an input shard votes on the transaction | - | - | `apply_lock` |
/// | 3 | `UnlockCommit`: every input shard accepted | - | - | `apply_unlock_commit` |
/// | 4 | `UnlockAbort`: an input shard rejected | - | - | `apply_unlock_abort` |
/// | 5 | `Import`: every shard closed the epoch | - | - | `apply_import` |
///
/// # Errors
/// The rejection of the function for the entry's kind. The caller must then drop the overlay.
pub fn apply_entry<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    entry: &Entry<S::Attestation>,
) -> Result<Answer, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    match entry {
        Entry::Single(request) => {
            rules.apply_single(context, overlay, request).map(|()| Answer::Applied)
        }
        Entry::Lock(request) => rules.apply_lock(context, overlay, request).map(Answer::Voted),
        Entry::UnlockCommit(unlock) => {
            rules.apply_unlock_commit(context, overlay, unlock).map(Answer::Settled)
        }
        Entry::UnlockAbort(unlock) => {
            rules.apply_unlock_abort(context, overlay, unlock).map(Answer::Settled)
        }
        Entry::Import(import) => {
            let swept = rules.apply_import(context, overlay, import)?;
            Ok(Answer::Swept { committed: swept.committed, aborted: swept.aborted })
        }
    }
}
