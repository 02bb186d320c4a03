//! Transactions that concern one shard, and the changes that every committed transaction makes.

use super::overlay::{Overlay, StateView};
use super::rules::Rules;
use super::shard_state::UnspentOutput;
use super::transaction::{OutPoint, SignedTransaction, Transaction, TxId};
use super::{ShardContext, ShardEnvironment};
use crate::Rejection;
use crate::suite::Suite;

/// Applies a transaction that concerns this shard alone: its inputs are removed, its outputs are
/// created, and the shard earns the whole fee. The transaction leaves no decision row. It cannot be
/// applied twice, because its inputs never exist again.
///
/// **LED-SINGLE-01** (MUST) \[own] A transaction whose only participant is this shard is applied in
/// one block. Every other transaction goes through Atomix (§7). Otherwise this shard could create
/// outputs in another shard, and the other shard would never learn of them.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | the transaction names this chain | LED-STATIC-01 | `LED_CHAIN_ID` | `check_static` |
/// | 2 | its version is 1 | LED-STATIC-02 | `LED_VERSION` | `check_static` |
/// | 3 | it has inputs | LED-STATIC-03 | `LED_NO_INPUTS` | `Rules::check_has_inputs` |
/// | 4 | it has outputs | LED-STATIC-04 | `LED_NO_OUTPUTS` | `check_static` |
/// | 5 | its inputs strictly increase by outpoint | LED-STATIC-05 | `LED_INPUTS_ORDER` | `check_static` |
/// | 6 | every amount is from 1 to the supply | LED-STATIC-06 | `LED_AMOUNT_RANGE` | `check_sums` |
/// | 7 | both sums fit in 64 bits | LED-STATIC-07 | `LED_SUM_OVERFLOW` | `check_sums` |
/// | 8 | the inputs equal the outputs and the fee | LED-STATIC-08 | `LED_SUM_MISMATCH` | `check_sums` |
/// | 9 | the fee reaches the minimum | LED-STATIC-09 | `LED_FEE_MINIMUM` | `check_static` |
/// | 10 | this shard is the only participant | LED-SINGLE-01 | `LED_NOT_SINGLE_SHARD` | `apply_single` |
/// | 11 | the expiry is not in the past | LED-LOCAL-01 | `LED_EPOCH_EXPIRED` | `Rules::check_epoch` |
/// | 12 | the expiry is at most one epoch ahead | LED-LOCAL-02 | `LED_EPOCH_TOO_FAR` | `Rules::check_epoch` |
/// | 13 | there is one witness for each input | LED-WITNESS-01 | `LED_WITNESS_COUNT` | `Rules::check_witnesses` |
/// | 14 | each own input: a new owner reveals a policy | LED-WITNESS-02 | `LED_WITNESS_POLICY_MISSING` | `current_policy` |
/// | 15 | each own input: the policy is the owner's | LED-WITNESS-03 | `LED_WITNESS_POLICY_WRONG` | `current_policy` |
/// | 16 | each own input: the policy can be satisfied | LED-WITNESS-04 | `LED_WITNESS_POLICY_INVALID` | `check_witness` |
/// | 17 | each own input: every signer is in the policy | LED-WITNESS-05 | `LED_WITNESS_KEY` | `check_witness` |
/// | 18 | each own input: every signature is valid | LED-WITNESS-06 | `LED_WITNESS_SIGNATURE` | `check_witness` |
/// | 19 | each own input: the signers reach the threshold | LED-WITNESS-07 | `LED_WITNESS_THRESHOLD` | `check_witness` |
/// | 20 | every own input is unspent or locked here | LED-LOCAL-03 | `LED_OUTPOINT_UNKNOWN` | `Rules::check_known` |
/// | 21 | no own input is locked by another transaction | LED-LOCAL-04 | `LED_OUTPOINT_LOCKED` | `Rules::check_unlocked` |
/// | 22 | every own input holds what it claims | LED-LOCAL-05 | `LED_CLAIM_WRONG` | `Rules::check_claims` |
/// | 23 | the fee pool does not overflow | LED-FEE-02 | `LED_OVERFLOW` | `earn_fee` |
///
/// Each check is made for all inputs before the next check begins. The witnesses are an exception:
/// all checks of one witness come before those of the next witness.
///
/// # Errors
/// The first row of the table that fails.
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
    // LED-SINGLE-01: no other shard takes part.
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
/// **LED-TX-02** (MUST) \[own] The outpoint of output i of a transaction is (txid, i).
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

/// Adds this shard's part of a committed transaction's fee to the fee pool.
///
/// **LED-FEE-02** (MUST) \[own] A part that would take the fee pool above 64 bits is refused. The
/// sum never wraps around.
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
    // LED-FEE-02: the sum fits in 64 bits. In every state that the rules can reach, all units
    // together are the supply, so this check never fails there.
    totals.fee_pool = totals.fee_pool.checked_add(part).ok_or(Rejection::LedOverflow)?;
    Ok(())
}
