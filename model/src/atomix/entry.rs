//! The block entry that a message becomes. It is the same for a model's shards and for real ones.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Import, UnlockAbort, UnlockCommit};
use ioschain_spec::chain::conservation::RetainedLists;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{ShardState, SignedTransaction, Transaction};
use ioschain_spec::primitives::numbers::Shard;

use super::message::Message;
use super::plan::SignableTransaction;

/// What is needed to make the entry of a message.
pub struct EntryInputs<'a, A> {
    /// The transactions of the plan.
    pub transactions: &'a [SignableTransaction],
    /// Signs a transaction of the plan as its client or as a stranger.
    pub sign: &'a dyn Fn(u8, Sender) -> SignedTransaction,
    /// The proofs that the message contains, in its order.
    pub proofs: Vec<A>,
    /// The number of shards, m.
    pub shards: u16,
    /// The expiry lists of closed epochs.
    pub retained: &'a RetainedLists,
}

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// The owners' client, with their signatures.
    Client,
    /// A stranger, with forged witnesses.
    Stranger,
}

impl<A> EntryInputs<'_, A> {
    /// The entry of a message to the shard with this state.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, within the bounds of a plan.
    pub fn entry<Proof, Proofs>(
        self,
        message: &Message<Proof, Proofs>,
        state: &ShardState,
    ) -> Result<Entry<A>, Rejection> {
        Ok(match message {
            Message::Request { transaction } => self.request(*transaction, Sender::Client),
            Message::Forged { transaction } => self.request(*transaction, Sender::Stranger),
            Message::Commit { transaction, .. } => Entry::UnlockCommit(UnlockCommit {
                transaction: self.transaction(*transaction).clone(),
                proofs: self.proofs.try_into()?,
            }),
            Message::Abort { transaction, .. } => Entry::UnlockAbort(UnlockAbort {
                transaction: self.transaction(*transaction).clone(),
                proof: self.proofs.into_iter().next().ok_or(Rejection::EncMalformed)?,
            }),
            Message::Import | Message::Close => Entry::Import(import_of(self.retained, state)?),
        })
    }

    fn transaction(&self, number: u8) -> &Transaction {
        &self.transactions[usize::from(number)].transaction
    }

    /// A transaction that concerns one shard is applied; any other one is locked.
    fn request(&self, number: u8, sender: Sender) -> Entry<A> {
        let signed = (self.sign)(number, sender);
        let is_alone = self.transaction(number).participants(self.shards).len() == 1;
        if is_alone { Entry::Single(signed) } else { Entry::Lock(signed) }
    }
}

/// The import of the expiry lists that are addressed to a shard, for the epoch before its open
/// epoch.
///
/// # Errors
/// [`Rejection::EncMalformed`] never, within the bounds of a plan.
pub fn import_of(retained: &RetainedLists, state: &ShardState) -> Result<Import, Rejection> {
    let epoch = state.position.epoch.saturating_sub(1);
    let place = usize::from(state.position.shard) - 1;
    let closed = retained.range((epoch, Shard::IDENTITY)..=(epoch, Shard::MAX));
    let lists: Vec<_> = closed.map(|(_, lists)| lists[place].clone()).collect();
    Ok(Import { epoch, lists: lists.try_into()? })
}
