//! Step one: an input shard locks its inputs, or says that it cannot.
//!
//! Origin: white paper §7 steps 1 and 2, OmniLedger §IV-C; one vote for ever against replays [S19].

use super::attestation::Attests;
use super::rules::Rules;
use crate::Rejection;
use crate::ledger::{
    Decision, Lock, Overlay, Settlement, ShardContext, ShardEnvironment, SignedTransaction,
    Transaction, TxId, View, Vote,
};
use crate::suite::Suite;

/// Handles a lock request; the answer is the shard's vote.
///
/// # Errors
/// In this order: those of the static checks, [`Rejection::AtxLockSingleShard`],
/// [`Rejection::AtxNotParticipant`]; then, unless the shard voted before, those of the epoch, witness,
/// unknown, locked and claim checks, each over all own inputs before the next, as far as they do not
/// become a vote; [`Rejection::AtxRejectionLimit`]. A refused request leaves no row, or a stranger
/// with a garbage witness could end anyone's transaction.
pub fn apply_lock<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    request: &SignedTransaction,
) -> Result<Vote, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    let transaction = &request.transaction;
    let txid = transaction.id(context.suite);
    rules.check_static(context.parameters(), transaction)?;
    check_votes_here(context, overlay, transaction)?;
    let stored = rules.read_decision(overlay, &txid);
    if let Some(vote) = rules.answer_repeated_lock(stored) {
        return Ok(vote);
    }
    match check_lockable(environment, overlay, request, &txid) {
        Ok(()) => Ok(accept(environment, overlay, request, &txid)),
        Err(reason) if rules.becomes_vote(context, transaction, reason) => {
            reject(environment, overlay, transaction, &txid, reason)
        }
        Err(reason) => Err(reason),
    }
}

/// Whether this shard votes on the transaction.
///
/// **ATX-LOCK-01** (MUST) [own] A transaction is locked only if more than one shard takes part in it; any
/// other is applied (LED-SINGLE-01).
///
/// **ATX-LOCK-02** (MUST) [OL §IV-C] A shard votes only on a transaction of which it owns an input.
fn check_votes_here<S: Suite>(
    context: &ShardContext<'_, S>,
    view: &dyn View,
    transaction: &Transaction,
) -> Result<(), Rejection> {
    let shards = context.shards();
    // ATX-LOCK-01: more than one shard takes part.
    if transaction.participants(shards).len() <= 1 {
        return Err(Rejection::AtxLockSingleShard);
    }
    // ATX-LOCK-02: this shard owns an input.
    if !transaction.input_shards(shards).contains(&view.position().shard) {
        return Err(Rejection::AtxNotParticipant);
    }
    Ok(())
}

fn check_lockable<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    view: &dyn View,
    request: &SignedTransaction,
    txid: &TxId,
) -> Result<(), Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    let transaction = &request.transaction;
    rules.check_epoch(view, transaction)?;
    rules.check_witnesses(context, view, request, txid)?;
    rules.check_known(context, view, transaction)?;
    rules.check_unlocked(context, view, transaction, txid)?;
    rules.check_claims(context, view, transaction)
}

/// All own inputs become locks, and the transaction waits for its end.
///
/// **ATX-LOCK-04** (MUST) [OL §IV-C] A shard accepts iff every check of a lock request holds for all its
/// inputs, and then none of them is available to another transaction.
fn accept<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    request: &SignedTransaction,
    txid: &TxId,
) -> Vote {
    let ShardEnvironment { rules, context } = *environment;
    let transaction = &request.transaction;
    let shard = overlay.position().shard;
    rules.record_accounts(context, overlay, request);
    for (_, input) in transaction.inputs_of(shard, context.shards()) {
        let lock = Lock { txid: *txid, owner: input.owner, amount: input.amount };
        overlay.set_unspent(input.outpoint, None);
        overlay.set_lock(input.outpoint, Some(lock));
    }
    overlay.set_pending(*txid, Some(transaction.clone()));
    write_vote(rules, overlay, transaction, txid, Vote::Accepted);
    Vote::Accepted
}

/// The shard votes no, for ever; no input is touched.
///
/// **ATX-LOCK-07** (MUST) [own] At most `rejections_max` such rows in a block, so that refusing cannot
/// be made to fill the state; expiry resolves the rest.
fn reject<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    transaction: &Transaction,
    txid: &TxId,
    reason: Rejection,
) -> Result<Vote, Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    if overlay.rejections_in_block() >= context.parameters().rejections_max {
        return Err(Rejection::AtxRejectionLimit);
    }
    overlay.count_rejection();
    write_vote(rules, overlay, transaction, txid, Vote::Rejected(reason));
    Ok(Vote::Rejected(reason))
}

fn write_vote<S: Attests, R: Rules<S> + ?Sized>(
    rules: &R,
    overlay: &mut Overlay<'_>,
    transaction: &Transaction,
    txid: &TxId,
    vote: Vote,
) {
    let expiry_epoch = transaction.expiry_epoch;
    let decision = Decision { vote, settled: Settlement::No, expiry_epoch };
    rules.write_decision(overlay, *txid, decision);
}
