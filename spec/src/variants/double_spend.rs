//! A weakened rule of §3 and §7: a double spend that conserves all units, so no sum can show it.

use super::{LocksTheLocked, variant};
use crate::Rejection;
use crate::atomix::attestation::Attests;
use crate::atomix::lock::apply_lock;
use crate::atomix::sweep::{Swept, apply_import};
use crate::atomix::unlock::{apply_unlock_abort, apply_unlock_commit};
use crate::atomix::{Import, Rules, UnlockAbort, UnlockCommit};
use crate::ledger::{
    self, Input, Lock, OutPoint, Overlay, Settlement, ShardContext, ShardEnvironment,
    SignedTransaction, StateView, Transaction, TxId, UnspentOutput, Vote,
};
use crate::primitives::hash::tags;
use crate::suite::Suite;

variant! {
    /// A second transaction that spends a locked output gets a lock too, on the same amount from
    /// the community pool. No unit is created, but one output is spent twice. If the second
    /// transaction aborts, it gets the amount that it had locked.
    DoubleSpendsAreInsured, ledger {
        fn check_unlocked(
            &self,
            context: &ShardContext<'_, S>,
            view: &dyn StateView,
            transaction: &Transaction,
            txid: &TxId,
        ) -> Result<(), Rejection> {
            ledger::Rules::<S>::check_unlocked(&LocksTheLocked, context, view, transaction, txid)
        }

        fn check_claims(
            &self,
            context: &ShardContext<'_, S>,
            view: &dyn StateView,
            transaction: &Transaction,
        ) -> Result<(), Rejection> {
            let mut inputs = transaction.inputs_of(view.position().shard, context.shards());
            let is_wrong = |input: &Input| {
                let locked = view.lock(&input.outpoint).map(|lock| (lock.owner, lock.amount));
                let unspent = view.unspent(&input.outpoint).map(|it| (it.owner, it.amount));
                unspent.or(locked) != Some((input.owner, input.amount))
            };
            if inputs.any(|(_, input)| is_wrong(input)) {
                return Err(Rejection::LedClaimWrong);
            }
            Ok(())
        }
    } atomix {
        fn apply_lock(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            request: &SignedTransaction,
        ) -> Result<Vote, Rejection> {
            let shard = overlay.position().shard;
            let txid = request.transaction.id(context.suite);
            let other = |lock: &Lock| lock.txid != txid;
            let taken: Vec<_> = request
                .transaction
                .inputs_of(shard, context.shards())
                .filter_map(|(index, input)| {
                    let lock = overlay.lock(&input.outpoint).cloned().filter(other)?;
                    Some((index, input.outpoint, lock))
                })
                .collect();
            let is_new = Rules::<S>::read_decision(self, overlay, &txid).is_none();
            let vote = apply_lock(&ShardEnvironment { rules: self, context }, overlay, request)?;
            for (index, outpoint, first) in taken.into_iter().filter(|_| is_new) {
                let totals = overlay.totals_mut();
                totals.community_pool = totals.community_pool.saturating_sub(first.amount);
                let insurance = Lock { txid, ..first.clone() };
                overlay.set_lock(insured(context, txid, index), Some(insurance));
                overlay.set_lock(outpoint, Some(first));
            }
            Ok(vote)
        }

        fn apply_unlock_commit(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            request: &UnlockCommit<S::Attestation>,
        ) -> Result<Settlement, Rejection> {
            let environment = ShardEnvironment { rules: self, context };
            let settled = apply_unlock_commit(&environment, overlay, request)?;
            end_insurance(context, overlay, &request.transaction);
            Ok(settled)
        }

        fn apply_unlock_abort(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            request: &UnlockAbort<S::Attestation>,
        ) -> Result<Settlement, Rejection> {
            let environment = ShardEnvironment { rules: self, context };
            let settled = apply_unlock_abort(&environment, overlay, request)?;
            end_insurance(context, overlay, &request.transaction);
            Ok(settled)
        }

        fn apply_import(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            import: &Import,
        ) -> Result<Swept, Rejection> {
            let swept = apply_import(&ShardEnvironment { rules: self, context }, overlay, import)?;
            for transaction in import.lists.iter().flatten() {
                end_insurance(context, overlay, transaction);
            }
            Ok(swept)
        }
    }
}

/// The outpoint at which the insurance for one input of a transaction is locked. It has the form of
/// a refund's outpoint, for an input index that no transaction uses.
fn insured<S: Suite>(context: &ShardContext<'_, S>, txid: TxId, index: u32) -> OutPoint {
    let name = context.suite.hash(tags::REFUND, &(txid, u32::MAX.saturating_sub(index)));
    OutPoint { txid: TxId(name), index: 0 }
}

/// Removes the insurance of a transaction that has settled. After a commit, it has paid for the
/// outputs. After an abort, it becomes an output again.
fn end_insurance<S: Suite>(
    context: &ShardContext<'_, S>,
    overlay: &mut Overlay<'_>,
    transaction: &Transaction,
) {
    let shard = overlay.position().shard;
    let txid = transaction.id(context.suite);
    let Some(settled) = overlay.decision(&txid).map(|row| row.settled) else { return };
    for (index, _) in transaction.inputs_of(shard, context.shards()) {
        let place = insured(context, txid, index);
        let Some(Lock { owner, amount, .. }) = overlay.lock(&place).cloned() else { continue };
        if settled != Settlement::No {
            overlay.set_lock(place, None);
        }
        if settled == Settlement::Aborted {
            overlay.set_unspent(place, Some(UnspentOutput { owner, amount }));
        }
    }
}
