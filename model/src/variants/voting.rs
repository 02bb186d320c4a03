//! Weakened votes: what a lock request is checked for, and what it is answered with.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::atomix::sweep::{Swept, apply_import};
use ioschain_spec::atomix::unlock::{apply_unlock_abort, apply_unlock_commit};
use ioschain_spec::atomix::{Import, Rules, Specification, UnlockAbort, UnlockCommit};
use ioschain_spec::ledger::{
    self, Decision, Input, Lock, OutPoint, Overlay, Settlement, ShardContext, ShardEnvironment,
    SignedTransaction, Transaction, TxId, UnspentOutput, View, Vote,
};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::hash::tags;
use ioschain_spec::suite::Suite;

use super::variant;

fn rejections_only(stored: Option<Decision>) -> Option<Vote> {
    stored.map(|decision| decision.vote).filter(|vote| matches!(vote, Vote::Rejected(_)))
}

variant! {
    /// A repeated lock request is looked at anew, and finds the shard's own lock in its way.
    RepeatedLockRejects {
        fn check_unlocked(
            &self,
            context: &ShardContext<'_, S>,
            view: &dyn View,
            transaction: &Transaction,
            _txid: &TxId,
        ) -> Result<(), Rejection> {
            let mut inputs = transaction.inputs_of(view.position().shard, context.shards());
            let locked = inputs.any(|(_, input)| view.lock(&input.outpoint).is_some());
            if locked { Err(Rejection::LedOutpointLocked) } else { Ok(()) }
        }
    } {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            rejections_only(stored)
        }
    }
}

variant! {
    /// A shard that rejected a transaction may accept it later; and what is given back is the old
    /// output, or there would be nothing left to accept.
    AcceptsAfterRejection {} {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            stored.map(|decision| decision.vote).filter(|vote| *vote == Vote::Accepted)
        }

        fn derive_refund(
            &self,
            _context: &ShardContext<'_, S>,
            _txid: &TxId,
            _index: u32,
            locked: &OutPoint,
        ) -> OutPoint {
            *locked
        }
    }
}

variant! {
    /// *Final* dropped: no vote is the answer to a repeated request.
    VotesAreNotFinal {} {
        fn answer_repeated_lock(&self, _stored: Option<Decision>) -> Option<Vote> {
            None
        }
    }
}

variant! {
    /// A lock is given without a look at whether the output is locked already.
    LocksTheLocked {
        fn check_unlocked(
            &self,
            _context: &ShardContext<'_, S>,
            _view: &dyn View,
            _transaction: &Transaction,
            _txid: &TxId,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    } {}
}

variant! {
    /// A transaction needs no inputs; then its sums are not compared either.
    NeedsNoInputs {
        fn check_static(
            &self,
            parameters: &Parameters,
            transaction: &Transaction,
        ) -> Result<(), Rejection> {
            if transaction.inputs.is_empty() {
                return Ok(());
            }
            ledger::transaction::check_static::<S, Self>(self, parameters, transaction)
        }
    } {}
}

variant! {
    /// A failed witness check is a vote.
    WitnessFailureRejects {} {
        fn becomes_vote(
            &self,
            context: &ShardContext<'_, S>,
            transaction: &Transaction,
            reason: Rejection,
        ) -> bool {
            let of_witness = reason.code().starts_with("LED_WITNESS");
            of_witness || Specification.becomes_vote(context, transaction, reason)
        }
    }
}

variant! {
    /// Claimed amounts are believed.
    ClaimsAreBelieved {
        fn check_claims(
            &self,
            _context: &ShardContext<'_, S>,
            _view: &dyn View,
            _transaction: &Transaction,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    } {}
}

variant! {
    /// A second transaction that wants a locked output gets a lock all the same, on as many units of the
    /// community pool: nothing is created, and still one output was spent twice. An abort gives it what
    /// it had locked.
    DoubleSpendsAreInsured {
        fn check_unlocked(
            &self,
            _context: &ShardContext<'_, S>,
            _view: &dyn View,
            _transaction: &Transaction,
            _txid: &TxId,
        ) -> Result<(), Rejection> {
            Ok(())
        }

        fn check_claims(
            &self,
            context: &ShardContext<'_, S>,
            view: &dyn View,
            transaction: &Transaction,
        ) -> Result<(), Rejection> {
            let mut inputs = transaction.inputs_of(view.position().shard, context.shards());
            let is_wrong = |input: &Input| {
                let locked = view.lock(&input.outpoint).map(|lock| (lock.owner, lock.amount));
                let unspent = view.unspent(&input.outpoint).map(|it| (it.owner, it.amount));
                unspent.or(locked) != Some((input.owner, input.amount))
            };
            if inputs.any(|(_, input)| is_wrong(input)) { Err(Rejection::LedClaimWrong) } else { Ok(()) }
        }
    } {
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
            let vote = ioschain_spec::atomix::lock::apply_lock(&ShardEnvironment { rules: self, context }, overlay, request)?;
            for (index, outpoint, first) in taken.into_iter().filter(|_| is_new) {
                overlay.totals_mut().community_pool -= first.amount;
                overlay.set_lock(insured(context, txid, index), Some(Lock { txid, ..first.clone() }));
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
            let settled = apply_unlock_commit(&ShardEnvironment { rules: self, context }, overlay, request)?;
            end_insurance(context, overlay, &request.transaction);
            Ok(settled)
        }

        fn apply_unlock_abort(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            request: &UnlockAbort<S::Attestation>,
        ) -> Result<Settlement, Rejection> {
            let settled = apply_unlock_abort(&ShardEnvironment { rules: self, context }, overlay, request)?;
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

/// Where a transaction's insurance for one of its inputs is locked: like the refund of an input that no
/// transaction has.
fn insured<S: Suite>(context: &ShardContext<'_, S>, txid: TxId, index: u32) -> OutPoint {
    let name = context.suite.hash(tags::REFUND, &(txid, u32::MAX - index));
    OutPoint { txid: TxId(name), index: 0 }
}

/// Frees the insurance of a transaction that has settled: it has paid for the outputs, or comes back.
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
