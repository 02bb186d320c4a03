//! The decision points of §7, one method each. The default body is the specification.

use std::collections::BTreeSet;

use super::attestation::Attests;
use super::decision_proof::Decided;
use super::message::{Import, UnlockAbort, UnlockCommit};
use super::{lock, sweep, unlock};
use crate::Rejection;
use crate::ledger::{
    self, Decision, OutPoint, Overlay, Settlement, ShardContext, ShardEnvironment, ShardState,
    SignedTransaction, StateView, Transaction, TxId, Vote,
};
use crate::primitives::hash::tags;
use crate::primitives::numbers::{Epoch, Shard};
use crate::suite::Suite;

/// The specification: every rule as its default body states it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Specification;

impl<S: Suite> ledger::Rules<S> for Specification {}
impl<S: Attests> Rules<S> for Specification {}

/// The rules of Atomix. No method is generic, so `&dyn Rules<S>` is possible.
///
/// Together they give these properties in every run; the models check them
/// (`ioschain check atomix`):
///
/// **ATX-ATOMIC-01** (MUST) [WP §7] If an output of a transaction is created in some shard, no
/// input of it is given back in any shard.
///
/// The paper: "This protocol prevents double spending and keeps the consistency of transactions"
/// (§7).
///
/// **ATX-SPEND-01** (MUST) \[own] If two transactions spend the same output, at most one of them
/// commits.
///
/// **ATX-RESOLVE-01** (MUST) \[own] Every lock ends, whoever crashes, as long as all shards
/// continue to close epochs.
pub trait Rules<S: Attests>: ledger::Rules<S> {
    /// Reads the decision row of a transaction.
    fn read_decision(&self, view: &dyn StateView, txid: &TxId) -> Option<Decision> {
        view.decision(txid).copied()
    }

    /// Stores the row of a transaction.
    fn write_decision(&self, overlay: &mut Overlay<'_>, txid: TxId, decision: Decision) {
        overlay.set_decision(txid, Some(decision));
    }

    /// The answer to a repeated lock request, or `None` to check the request anew.
    ///
    /// **ATX-LOCK-03** (MUST) \[S19] *Final*: a shard has one permanent vote on each transaction.
    /// The stored vote is the answer to every later lock request, even after the expiry, until the
    /// row is pruned. Otherwise an attacker could replay old lock requests, collect an acceptance
    /// and a rejection of one transaction, and commit it in one shard and abort it in another.
    ///
    /// Pruning does not end the finality of a vote: no lock is accepted after the expiry epoch
    /// (LED-LOCAL-01), and no unlock settles after the row is pruned (ATX-UNLOCK-01).
    fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
        stored.map(|decision| decision.vote).filter(|vote| *vote != Vote::None)
    }

    /// Whether a failed check becomes a vote, which anyone can prove, or only a refusal.
    ///
    /// **ATX-LOCK-05** (MUST) \[own] Only a fault that the transaction itself cannot correct
    /// becomes a vote. There are two such faults: an input that another transaction has locked, and
    /// a wrong claim. A failed static, epoch or witness check, or an unknown outpoint, is a
    /// refusal. Otherwise a stranger could end any transaction with an invalid witness.
    ///
    /// **ATX-LOCK-06** (MUST) \[own] A failed check becomes a vote only if there is another input
    /// shard, which needs the proof.
    fn becomes_vote(
        &self,
        context: &ShardContext<'_, S>,
        transaction: &Transaction,
        reason: Rejection,
    ) -> bool {
        let final_reason =
            matches!(reason, Rejection::LedOutpointLocked | Rejection::LedClaimWrong);
        final_reason && transaction.input_shards(context.shards()).len() > 1
    }

    /// **ATX-UNLOCK-01** (MUST) \[own] The last epoch for unlocking is the one after the expiry
    /// epoch. By its end, the sweep has settled the remaining transactions, and their rows may be
    /// pruned.
    ///
    /// # Errors
    /// [`Rejection::AtxWindowClosed`]
    fn check_unlock_window(
        &self,
        view: &dyn StateView,
        transaction: &Transaction,
    ) -> Result<(), Rejection> {
        if view.position().epoch > transaction.expiry_epoch.saturating_add(1) {
            return Err(Rejection::AtxWindowClosed);
        }
        Ok(())
    }

    /// Checks that every input shard accepted.
    ///
    /// **ATX-COMMIT-02** (MUST) [OL §IV-C] A commit has as many proofs as there are input shards.
    /// If one proof could be missing, a transaction could commit although the shard of that proof
    /// rejected it.
    ///
    /// **ATX-PROOF-06** (MUST) [OL §IV-C, order own] Proof i of a commit is made by the i-th input
    /// shard, in the order of the shard numbers.
    ///
    /// **ATX-COMMIT-03** (MUST) [OL §IV-C] Each proof of a commit proves an acceptance.
    ///
    /// # Errors
    /// [`Rejection::AtxProofCount`]. Then, for each proof, those of the attestation,
    /// [`Rejection::AtxProofWrongTransaction`], [`Rejection::AtxProofWrongShard`],
    /// [`Rejection::AtxProofNotAcceptance`].
    fn check_acceptances(
        &self,
        context: &ShardContext<'_, S>,
        transaction: &Transaction,
        txid: &TxId,
        proofs: &[S::Attestation],
    ) -> Result<(), Rejection> {
        let input_shards = transaction.input_shards(context.shards());
        // ATX-COMMIT-02: there is one proof for each input shard.
        if proofs.len() != input_shards.len() {
            return Err(Rejection::AtxProofCount);
        }
        for (shard, proof) in input_shards.into_iter().zip(proofs) {
            let decided = context.suite.verify_attestation(&context.identity, proof)?;
            self.check_bound(&decided, txid)?;
            // ATX-PROOF-06: the proof is made by the input shard with this place in the order.
            // Otherwise the proof of one shard could count twice.
            if decided.shard() != shard {
                return Err(Rejection::AtxProofWrongShard);
            }
            // ATX-COMMIT-03: the proof proves an acceptance.
            if decided.vote() != Vote::Accepted {
                return Err(Rejection::AtxProofNotAcceptance);
            }
        }
        Ok(())
    }

    /// Checks that some input shard rejected.
    ///
    /// **ATX-ABORT-06** (MUST) [OL §IV-C] The proof of an abort is made by one of the input shards.
    ///
    /// **ATX-ABORT-02** (MUST) [OL §IV-C] The proof of an abort proves a rejection.
    ///
    /// # Errors
    /// Those of the attestation, [`Rejection::AtxProofWrongTransaction`],
    /// [`Rejection::AtxProofWrongShard`], [`Rejection::AtxProofNotRejection`].
    fn check_rejection(
        &self,
        context: &ShardContext<'_, S>,
        transaction: &Transaction,
        txid: &TxId,
        proof: &S::Attestation,
    ) -> Result<(), Rejection> {
        let decided = context.suite.verify_attestation(&context.identity, proof)?;
        self.check_bound(&decided, txid)?;
        // ATX-ABORT-06: the proof is made by an input shard.
        if !transaction.input_shards(context.shards()).contains(&decided.shard()) {
            return Err(Rejection::AtxProofWrongShard);
        }
        // ATX-ABORT-02: the proof proves a rejection. Otherwise anyone could abort what the others
        // commit.
        if !matches!(decided.vote(), Vote::Rejected(_)) {
            return Err(Rejection::AtxProofNotRejection);
        }
        Ok(())
    }

    /// **ATX-PROOF-05** (MUST) \[S19] *Bound*: a proof names one transaction and is valid for no
    /// other. Otherwise the proof of one small payment could commit any other payment.
    ///
    /// # Errors
    /// [`Rejection::AtxProofWrongTransaction`]
    fn check_bound(&self, decided: &Decided, txid: &TxId) -> Result<(), Rejection> {
        if decided.txid() == *txid { Ok(()) } else { Err(Rejection::AtxProofWrongTransaction) }
    }

    /// **ATX-COMMIT-05** (MUST) [OL §IV-C] After all input shards have accepted, no shard has a
    /// veto. Everything was checked when the inputs were locked, and with two output shards a veto
    /// would break atomicity.
    ///
    /// The paper: "If the TX is rejected by nodes in B, the fund gets returned to a" (§7 step 3).
    /// That would be a veto (gap A7).
    ///
    /// # Errors
    /// None in the specification.
    fn check_commit_here(
        &self,
        _context: &ShardContext<'_, S>,
        _view: &dyn StateView,
        _transaction: &Transaction,
    ) -> Result<(), Rejection> {
        Ok(())
    }

    /// **ATX-ABORT-01** (MUST) \[own] Only a transaction that this shard accepted can be aborted
    /// here. If the shard has no row, the request is refused and writes nothing. If an abort that
    /// arrives before its lock request left a row, the later lock would never end.
    ///
    /// # Errors
    /// [`Rejection::AtxAbortNotAccepted`]
    fn check_abortable(&self, stored: Option<Decision>) -> Result<(), Rejection> {
        let accepted = stored.is_some_and(|decision| decision.vote == Vote::Accepted);
        if accepted { Ok(()) } else { Err(Rejection::AtxAbortNotAccepted) }
    }

    /// The outpoint of the refund of input `index`.
    ///
    /// **ATX-ABORT-05** (MUST) \[own] *Fresh*: the outpoint of the refund of input `index` is
    /// `(H("refund", (txid, index)), 0)`. No other output has this outpoint.
    fn derive_refund(
        &self,
        context: &ShardContext<'_, S>,
        txid: &TxId,
        index: u32,
        _locked: &OutPoint,
    ) -> OutPoint {
        OutPoint { txid: TxId(context.suite.hash(tags::REFUND, &(txid, index))), index: 0 }
    }

    /// The shards to whose expiry lists `source` adds a transaction that it accepted.
    ///
    /// **ATX-SWEEP-01** (MUST) \[own] A transaction is on the lists for all its participants,
    /// including the shard that makes the lists.
    fn derive_addressees(
        &self,
        context: &ShardContext<'_, S>,
        transaction: &Transaction,
        _source: Shard,
    ) -> BTreeSet<Shard> {
        transaction.participants(context.shards())
    }

    /// Whether a swept transaction commits. `listed_by` are the shards on whose lists it is.
    ///
    /// **ATX-SWEEP-07** (MUST) \[own] A swept transaction commits iff it is on the list of every
    /// input shard. The shards have committed to the lists, and the lists are the same for all, so
    /// all shards get the same result.
    fn commits_by_lists(
        &self,
        context: &ShardContext<'_, S>,
        transaction: &Transaction,
        listed_by: &BTreeSet<Shard>,
    ) -> bool {
        transaction.input_shards(context.shards()).is_subset(listed_by)
    }

    /// Whether a row is dropped when `epoch` is closed.
    ///
    /// **ATX-CLOSE-02** (MUST) \[own] A row is pruned iff its transaction expired before the epoch
    /// that is closed. From the next epoch on, every message that could need the row is refused, so
    /// the shard forgets nothing that it still needs.
    fn is_prunable(&self, decision: &Decision, epoch: Epoch) -> bool {
        decision.expiry_epoch < epoch
    }

    // Whole steps follow. Each runs checks that are methods of their own above. Override these
    // last.

    /// Handles a lock request.
    ///
    /// # Errors
    /// See [`lock::apply_lock`].
    fn apply_lock(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        request: &SignedTransaction,
    ) -> Result<Vote, Rejection> {
        lock::apply_lock(&ShardEnvironment { rules: self, context }, overlay, request)
    }

    /// Handles an unlock-to-commit.
    ///
    /// # Errors
    /// See [`unlock::apply_unlock_commit`].
    fn apply_unlock_commit(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        request: &UnlockCommit<S::Attestation>,
    ) -> Result<Settlement, Rejection> {
        unlock::apply_unlock_commit(&ShardEnvironment { rules: self, context }, overlay, request)
    }

    /// Handles an unlock-to-abort.
    ///
    /// # Errors
    /// See [`unlock::apply_unlock_abort`].
    fn apply_unlock_abort(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        request: &UnlockAbort<S::Attestation>,
    ) -> Result<Settlement, Rejection> {
        unlock::apply_unlock_abort(&ShardEnvironment { rules: self, context }, overlay, request)
    }

    /// Handles the sweep of an epoch.
    ///
    /// # Errors
    /// See [`sweep::apply_import`].
    fn apply_import(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        import: &Import,
    ) -> Result<sweep::Swept, Rejection> {
        sweep::apply_import(&ShardEnvironment { rules: self, context }, overlay, import)
    }

    /// Closes the shard's epoch.
    ///
    /// # Errors
    /// See [`sweep::close_epoch`].
    fn close_epoch(
        &self,
        context: &ShardContext<'_, S>,
        state: &ShardState,
    ) -> Result<sweep::ClosedEpoch, Rejection> {
        sweep::close_epoch(&ShardEnvironment { rules: self, context }, state)
    }
}
