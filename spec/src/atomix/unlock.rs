//! Step two: the shards settle a transaction, all the same way.
//!
//! Origin: white paper §7 steps 3 and 4, OmniLedger §IV-C. In the paper the output shard may still
//! refuse; with two output shards that breaks atomicity, so here no shard has a veto (gap A7).

use super::attestation::Attests;
use super::message::{UnlockAbort, UnlockCommit};
use super::rules::Rules;
use crate::Rejection;
use crate::ledger::settle::{create_outputs, earn_fee};
use crate::ledger::{
    Decision, Overlay, Settlement, ShardEnvironment, Transaction, TxId, UnspentOutput, View, Vote,
};

/// Handles an unlock-to-commit, at any participant: input shard, output shard, or both.
///
/// **ATX-COMMIT-01** (MUST) [own] One rule for every participant. A payment with change makes an input
/// shard an output shard too, and two rules for one shard would have to agree anyway.
///
/// **ATX-COMMIT-04** (MUST) [own] A commit is heard only at shards that own an input or will own an
/// output.
///
/// # Errors
/// In this order: those of the static checks, [`Rejection::AtxNotParticipant`],
/// [`Rejection::AtxWindowClosed`]; then, unless it is settled, those of
/// [`Rules::check_acceptances`] and [`Rejection::LedOverflow`].
pub fn apply_unlock_commit<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    unlock: &UnlockCommit<S::Attestation>,
) -> Result<Settlement, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    let transaction = &unlock.transaction;
    let txid = transaction.id(context.suite);
    rules.check_static(context.parameters(), transaction)?;
    // ATX-COMMIT-04: this shard takes part.
    let participants = transaction.participants(context.shards());
    if !participants.contains(&overlay.position().shard) {
        return Err(Rejection::AtxNotParticipant);
    }
    rules.check_unlock_window(overlay, transaction)?;
    let stored = rules.read_decision(overlay, &txid);
    if let Some(settled) = settled_before(stored) {
        return Ok(settled);
    }
    rules.check_acceptances(context, transaction, &txid, &unlock.proofs)?;
    rules.check_commit_here(context, overlay, transaction)?;
    settle_committed(environment, overlay, transaction, &txid)
}

/// Handles an unlock-to-abort, at an input shard.
///
/// **ATX-ABORT-03** (MUST) [own] An abort is heard only at input shards; the others gave nothing.
///
/// # Errors
/// In this order: those of the static checks, [`Rejection::AtxNotParticipant`],
/// [`Rejection::AtxWindowClosed`], those of [`Rules::check_abortable`]; then, unless it is settled,
/// those of [`Rules::check_rejection`].
pub fn apply_unlock_abort<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    unlock: &UnlockAbort<S::Attestation>,
) -> Result<Settlement, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    let transaction = &unlock.transaction;
    let txid = transaction.id(context.suite);
    rules.check_static(context.parameters(), transaction)?;
    // ATX-ABORT-03: this shard owns an input.
    let input_shards = transaction.input_shards(context.shards());
    if !input_shards.contains(&overlay.position().shard) {
        return Err(Rejection::AtxNotParticipant);
    }
    rules.check_unlock_window(overlay, transaction)?;
    let stored = rules.read_decision(overlay, &txid);
    rules.check_abortable(stored)?;
    if let Some(settled) = settled_before(stored) {
        return Ok(settled);
    }
    rules.check_rejection(context, transaction, &txid, &unlock.proof)?;
    Ok(settle_aborted(environment, overlay, transaction, &txid))
}

/// How the transaction ended here before, if it did.
///
/// **ATX-UNLOCK-02** (MUST) [S19] A transaction settles once in a shard; later unlocks get that answer.
pub fn settled_before(stored: Option<Decision>) -> Option<Settlement> {
    stored.map(|decision| decision.settled).filter(|settled| *settled != Settlement::No)
}

/// Own locks go, own outputs come, the own part of the fee is earned.
///
/// # Errors
/// [`Rejection::LedOverflow`]
pub fn settle_committed<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    transaction: &Transaction,
    txid: &TxId,
) -> Result<Settlement, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    let shard = overlay.position().shard;
    earn_fee(context, overlay, transaction)?;
    for (_, input) in transaction.inputs_of(shard, context.shards()) {
        if overlay.lock(&input.outpoint).is_some_and(|lock| lock.txid == *txid) {
            overlay.set_lock(input.outpoint, None);
        }
    }
    create_outputs(context, overlay, transaction, txid);
    write_settlement(rules, overlay, transaction, txid, Settlement::Committed);
    Ok(Settlement::Committed)
}

/// Own locks come back as fresh outputs.
///
/// **ATX-ABORT-04** (MUST) [own] Each lock becomes a refund of the same owner and amount, under an
/// outpoint that never existed: the old one does not come back to life, so nothing that was signed
/// or proved about it can be used again.
pub fn settle_aborted<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    transaction: &Transaction,
    txid: &TxId,
) -> Settlement {
    let ShardEnvironment { rules, context } = *environment;
    let shard = overlay.position().shard;
    for (index, input) in transaction.inputs_of(shard, context.shards()) {
        let lock = overlay.lock(&input.outpoint).filter(|lock| lock.txid == *txid);
        let Some(refund) =
            lock.map(|lock| UnspentOutput { owner: lock.owner, amount: lock.amount })
        else {
            continue;
        };
        overlay.set_lock(input.outpoint, None);
        let outpoint = rules.derive_refund(context, txid, index, &input.outpoint);
        overlay.set_unspent(outpoint, Some(refund));
    }
    write_settlement(rules, overlay, transaction, txid, Settlement::Aborted);
    Settlement::Aborted
}

fn write_settlement<S: Attests, R: Rules<S> + ?Sized>(
    rules: &R,
    overlay: &mut Overlay<'_>,
    transaction: &Transaction,
    txid: &TxId,
    settled: Settlement,
) {
    let vote = rules.read_decision(overlay, txid).map_or(Vote::None, |decision| decision.vote);
    let decision = Decision { vote, settled, expiry_epoch: transaction.expiry_epoch };
    rules.write_decision(overlay, *txid, decision);
}
