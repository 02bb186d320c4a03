//! The decision points of §3, one method each. The default body is the specification.
//!
//! A variant overrides one method and so weakens one rule. The rest of the specification does not
//! know that variants exist.

use super::overlay::{Overlay, StateView};
use super::owner::check_witness;
use super::settle;
use super::shard_state::Lock;
use super::transaction::{self, SignedTransaction, Transaction, TxId};
use super::{Account, ShardContext, ShardEnvironment};
use crate::Rejection;
use crate::parameters::Parameters;
use crate::suite::Suite;

/// The rules of the ledger. No method is generic, so `&dyn Rules<S>` is possible.
pub trait Rules<S: Suite> {
    /// **LED-STATIC-03** (MUST) \[own] A transaction has inputs. A transaction without inputs has
    /// no input shards, so "all its input shards accepted" would be true from the start, and it
    /// could create value.
    ///
    /// # Errors
    /// [`Rejection::LedNoInputs`]
    fn check_has_inputs(&self, transaction: &Transaction) -> Result<(), Rejection> {
        if transaction.inputs.is_empty() { Err(Rejection::LedNoInputs) } else { Ok(()) }
    }

    /// Checks that a transaction may be locked or applied in the open epoch. The open epoch must be
    /// the expiry epoch of the transaction or the epoch before it.
    ///
    /// **LED-LOCAL-01** (MUST) \[own] A transaction is not locked or applied in an epoch after its
    /// expiry epoch. The sweep of the expiry epoch may already be done, and then a later lock would
    /// never be settled.
    ///
    /// **LED-LOCAL-02** (MUST) \[own] A transaction is locked or applied at most one epoch before
    /// its expiry epoch. This limits how long a shard must store its row. Otherwise a stranger
    /// could fill the state with rows that expire in a million years.
    ///
    /// # Errors
    /// In this order: [`Rejection::LedEpochExpired`], [`Rejection::LedEpochTooFar`].
    fn check_epoch(
        &self,
        view: &dyn StateView,
        transaction: &Transaction,
    ) -> Result<(), Rejection> {
        let epoch = view.position().epoch;
        // LED-LOCAL-01: not too late.
        if transaction.expiry_epoch < epoch {
            return Err(Rejection::LedEpochExpired);
        }
        // LED-LOCAL-02: not too early.
        if transaction.expiry_epoch > epoch.saturating_add(1) {
            return Err(Rejection::LedEpochTooFar);
        }
        Ok(())
    }

    /// Checks that the owner of every input of this shard agrees to the transaction.
    ///
    /// **LED-WITNESS-01** (MUST) \[own] There are as many witnesses as inputs, and witness i
    /// belongs to input i. If a witness could belong to another input, one owner could spend the
    /// output of another.
    ///
    /// # Errors
    /// [`Rejection::LedWitnessCount`], then those of [`check_witness`], input by input.
    fn check_witnesses(
        &self,
        context: &ShardContext<'_, S>,
        view: &dyn StateView,
        signed: &SignedTransaction,
        txid: &TxId,
    ) -> Result<(), Rejection> {
        // LED-WITNESS-01: a witness for each input.
        if signed.witnesses.len() != signed.transaction.inputs.len() {
            return Err(Rejection::LedWitnessCount);
        }
        let message = super::owner::derive_witness_message(context.suite, txid);
        let shard = view.position().shard;
        for (position, input) in signed.transaction.inputs_of(shard, context.shards()) {
            let witness = usize::try_from(position).ok().and_then(|at| signed.witnesses.get(at));
            let witness = witness.ok_or(Rejection::LedWitnessCount)?;
            check_witness(context, view.account(&input.owner), input, &message, witness)?;
        }
        Ok(())
    }

    /// **LED-LOCAL-03** (MUST) \[own] Every input of this shard is unspent or locked here. If an
    /// output is neither, it was spent before or is not created yet, and nobody can prove which.
    ///
    /// # Errors
    /// [`Rejection::LedOutpointUnknown`]
    fn check_known(
        &self,
        context: &ShardContext<'_, S>,
        view: &dyn StateView,
        transaction: &Transaction,
    ) -> Result<(), Rejection> {
        let mut inputs = transaction.inputs_of(view.position().shard, context.shards());
        let known = inputs.all(|(_, input)| {
            view.unspent(&input.outpoint).is_some() || view.lock(&input.outpoint).is_some()
        });
        if known { Ok(()) } else { Err(Rejection::LedOutpointUnknown) }
    }

    /// **LED-LOCAL-04** (MUST) [OL §IV-C] No input of this shard is locked by another transaction.
    /// Otherwise two transactions could spend one output, each in another shard.
    ///
    /// # Errors
    /// [`Rejection::LedOutpointLocked`]
    fn check_unlocked(
        &self,
        context: &ShardContext<'_, S>,
        view: &dyn StateView,
        transaction: &Transaction,
        txid: &TxId,
    ) -> Result<(), Rejection> {
        let mut inputs = transaction.inputs_of(view.position().shard, context.shards());
        let other = |lock: &Lock| lock.txid != *txid;
        let locked = inputs.any(|(_, input)| view.lock(&input.outpoint).is_some_and(other));
        if locked { Err(Rejection::LedOutpointLocked) } else { Ok(()) }
    }

    /// **LED-LOCAL-05** (MUST) \[own] Every input of this shard has the owner and the amount that
    /// the transaction claims for it. The other shards trust this claim when they check the sums.
    /// An owner who claims more than the output contains would create money.
    ///
    /// # Errors
    /// [`Rejection::LedClaimWrong`]
    fn check_claims(
        &self,
        context: &ShardContext<'_, S>,
        view: &dyn StateView,
        transaction: &Transaction,
    ) -> Result<(), Rejection> {
        let mut inputs = transaction.inputs_of(view.position().shard, context.shards());
        let right = inputs.all(|(_, input)| {
            view.unspent(&input.outpoint)
                .is_none_or(|output| (output.owner, output.amount) == (input.owner, input.amount))
        });
        if right { Ok(()) } else { Err(Rejection::LedClaimWrong) }
    }

    /// Stores the policies that this shard's witnesses revealed.
    ///
    /// **LED-OWNER-03** (MUST) \[own] An account gets its row with the first transaction of its
    /// owner that its shard applies or accepts. A transaction that the shard refuses or rejects
    /// creates no row. Otherwise strangers could fill the state with accounts that never spend.
    fn record_accounts(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        signed: &SignedTransaction,
    ) {
        let shard = overlay.position().shard;
        for (position, input) in signed.transaction.inputs_of(shard, context.shards()) {
            let witness = usize::try_from(position).ok().and_then(|at| signed.witnesses.get(at));
            let revealed = witness.and_then(|witness| witness.policy.as_ref());
            if let (None, Some(policy)) = (overlay.account(&input.owner), revealed) {
                overlay.set_account(input.owner, Account { policy: policy.clone() });
            }
        }
    }

    // Whole steps follow. Each runs checks that are methods of their own above. Override these
    // last.

    /// Makes the static checks, which come after decoding.
    ///
    /// # Errors
    /// See [`transaction::check_static`].
    fn check_static(
        &self,
        parameters: &Parameters,
        transaction: &Transaction,
    ) -> Result<(), Rejection> {
        transaction::check_static::<S, Self>(self, parameters, transaction)
    }

    /// Applies a transaction that concerns this shard alone.
    ///
    /// # Errors
    /// See [`settle::apply_single`].
    fn apply_single(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        signed: &SignedTransaction,
    ) -> Result<(), Rejection> {
        settle::apply_single(&ShardEnvironment { rules: self, context }, overlay, signed)
    }
}
