//! Transactions that concern one shard, and what all transactions have in common when they end.

use super::overlay::{Overlay, View};
use super::rules::Rules;
use super::shard_state::UnspentOutput;
use super::transaction::{OutPoint, SignedTransaction, Transaction, TxId};
use super::{ShardContext, ShardEnvironment};
use crate::Rejection;
use crate::suite::Suite;

/// Applies a transaction that concerns this shard alone: its inputs go, its outputs come, the shard
/// earns the whole fee. It leaves no row: its inputs never come back, so it cannot be applied twice.
///
/// **LED-SINGLE-01** (MUST) [own] A transaction whose only participant is this shard is applied in one
/// block; every other goes through Atomix (§7).
///
/// # Errors
/// In this order: those of the static checks, [`Rejection::LedNotSingleShard`], then the epoch,
/// witness, unknown, locked and claim checks, each over all inputs before the next.
pub fn apply_single<S: Suite, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    overlay: &mut Overlay<'_>,
    signed: &SignedTransaction,
) -> Result<(), Rejection> {
    let ShardEnvironment { rules, context } = *environment;
    let transaction = &signed.transaction;
    let txid = transaction.id(context.suite);
    let shard = overlay.position().shard;
    rules.check_static(context.parameters(), transaction)?;
    // LED-SINGLE-01: nobody else is concerned.
    if !transaction.participants(context.shards()).iter().eq([&shard]) {
        return Err(Rejection::LedNotSingleShard);
    }
    rules.check_epoch(overlay, transaction)?;
    rules.check_witnesses(context, overlay, signed, &txid)?;
    rules.check_known(context, overlay, transaction)?;
    rules.check_unlocked(context, overlay, transaction, &txid)?;
    rules.check_claims(context, overlay, transaction)?;

    earn_fee(context, overlay, transaction)?;
    rules.record_accounts(context, overlay, signed);
    for input in &transaction.inputs {
        overlay.set_unspent(input.outpoint, None);
    }
    create_outputs(context, overlay, transaction, &txid);
    Ok(())
}

/// Creates the outputs of a committed transaction that belong to this shard.
///
/// **LED-TX-02** (MUST) [own] Output i of a transaction is the outpoint (txid, i).
pub fn create_outputs<S: Suite>(
    context: &ShardContext<'_, S>,
    overlay: &mut Overlay<'_>,
    transaction: &Transaction,
    txid: &TxId,
) {
    let shard = overlay.position().shard;
    for (index, output) in transaction.outputs_of(shard, context.shards()) {
        let unspent = UnspentOutput { owner: output.owner, amount: output.amount };
        overlay.set_unspent(OutPoint { txid: *txid, index }, Some(unspent));
    }
}

/// Credits this shard's part of a committed transaction's fee.
///
/// **LED-FEE-02** (MUST) [own] A part that takes the fee pool above 64 bits is refused and never wraps.
///
/// # Errors
/// [`Rejection::LedOverflow`]
pub fn earn_fee<S: Suite>(
    context: &ShardContext<'_, S>,
    overlay: &mut Overlay<'_>,
    transaction: &Transaction,
) -> Result<(), Rejection> {
    let part = transaction.fee_part(overlay.position().shard, context.shards());
    let totals = overlay.totals_mut();
    // LED-FEE-02: the pool holds it. Conservation keeps every honest state within the supply.
    totals.fee_pool = totals.fee_pool.checked_add(part).ok_or(Rejection::LedOverflow)?;
    Ok(())
}
