//! The paper's four steps as a variant, to show what they lack. Not for use.
//!
//! White paper §7, in our words: (1) the transaction is created in input shard A, whose nodes validate
//! it; (2) if they approve it is logged, the client gossips a proof of acceptance, locks the fund and
//! sends it to output shard B; if they reject, the fund returns; (3) B's nodes validate it; if they
//! reject, the fund returns; (4) if they approve, the fund is released to the recipient.

use super::attestation::Attests;
use super::message::{Import, UnlockCommit};
use super::rules::Rules;
use super::sweep::Swept;
use super::unlock::apply_unlock_commit;
use crate::Rejection;
use crate::ledger::{
    self, Decision, OutPoint, Overlay, Settlement, ShardContext, ShardEnvironment, Transaction,
    TxId, View, Vote,
};
use crate::suite::Suite;

/// Follows the paper where the specification does not.
///
/// It weakens *final* (no memory of votes), *fresh* (the fund itself returns), the quantifier over input
/// shards (the paper knows one), the rule that no output shard has a veto, the difference between a
/// refusal and a vote, and it has no sweep (gaps A3, A7, A8, A10). Expiry epochs are ours; here they
/// are what B's nodes find to reject.
#[derive(Clone, Copy, Debug, Default)]
pub struct WhitePaper;

impl<S: Suite> ledger::Rules<S> for WhitePaper {}

impl<S: Attests> Rules<S> for WhitePaper {
    /// Steps 1 and 2 say nothing about a second request (gap A10).
    fn answer_repeated_lock(&self, _stored: Option<Decision>) -> Option<Vote> {
        None
    }

    /// Step 2: whatever A's nodes do not approve is rejected (gap A8).
    fn becomes_vote(
        &self,
        _context: &ShardContext<'_, S>,
        _transaction: &Transaction,
        _reason: Rejection,
    ) -> bool {
        true
    }

    /// Step 2: "a proof-of-acceptance", one, from the one input shard the paper has (gap A3).
    fn check_acceptances(
        &self,
        context: &ShardContext<'_, S>,
        transaction: &Transaction,
        txid: &TxId,
        proofs: &[S::Attestation],
    ) -> Result<(), Rejection> {
        let proof = proofs.first().ok_or(Rejection::AtxProofCount)?;
        let decided = context.suite.verify_attestation(&context.identity, proof)?;
        Rules::<S>::check_bound(self, &decided, txid)?;
        if !transaction.input_shards(context.shards()).contains(&decided.shard()) {
            return Err(Rejection::AtxProofWrongShard);
        }
        if decided.vote() != Vote::Accepted {
            return Err(Rejection::AtxProofNotAcceptance);
        }
        Ok(())
    }

    /// Step 3: B's nodes validate the transaction again (gap A7).
    fn check_commit_here(
        &self,
        context: &ShardContext<'_, S>,
        view: &dyn View,
        transaction: &Transaction,
    ) -> Result<(), Rejection> {
        let input_shards = transaction.input_shards(context.shards());
        let only_output = !input_shards.contains(&view.position().shard);
        if only_output { ledger::Rules::<S>::check_epoch(self, view, transaction) } else { Ok(()) }
    }

    /// Step 3: and what they find is a vote.
    fn apply_unlock_commit(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        request: &UnlockCommit<S::Attestation>,
    ) -> Result<Settlement, Rejection> {
        match apply_unlock_commit(&ShardEnvironment { rules: self, context }, overlay, request) {
            Err(reason @ (Rejection::LedEpochExpired | Rejection::LedEpochTooFar)) => {
                let transaction = &request.transaction;
                let decision = Decision {
                    vote: Vote::Rejected(reason),
                    settled: Settlement::No,
                    expiry_epoch: transaction.expiry_epoch,
                };
                let txid = transaction.id(context.suite);
                Rules::<S>::write_decision(self, overlay, txid, decision);
                Ok(Settlement::No)
            }
            answer => answer,
        }
    }

    /// Steps 2 to 4: a rejection by A or by B returns the fund (gap A7).
    fn check_rejection(
        &self,
        context: &ShardContext<'_, S>,
        transaction: &Transaction,
        txid: &TxId,
        proof: &S::Attestation,
    ) -> Result<(), Rejection> {
        let decided = context.suite.verify_attestation(&context.identity, proof)?;
        Rules::<S>::check_bound(self, &decided, txid)?;
        if !transaction.participants(context.shards()).contains(&decided.shard()) {
            return Err(Rejection::AtxProofWrongShard);
        }
        if !matches!(decided.vote(), Vote::Rejected(_)) {
            return Err(Rejection::AtxProofNotRejection);
        }
        Ok(())
    }

    /// "The fund returns": the same output, as if nothing had been.
    fn derive_refund(
        &self,
        _context: &ShardContext<'_, S>,
        _txid: &TxId,
        _index: u32,
        locked: &OutPoint,
    ) -> OutPoint {
        *locked
    }

    /// Nobody settles for a client that disappeared (gap A10).
    fn apply_import(
        &self,
        _context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        import: &Import,
    ) -> Result<Swept, Rejection> {
        overlay.totals_mut().imported = import.epoch;
        Ok(Swept::default())
    }
}
