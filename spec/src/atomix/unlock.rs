//! Step two: all shards settle a transaction with the same result.
//!
//! The paper: "the fund is released to b" (§7 step 4), or "the fund gets returned to a" (steps 2 to
//! 4).
//!
//! Origin: white paper §7 steps 3 and 4, OmniLedger §IV-C. In the paper, the output shard may still
//! refuse. With two output shards, this would break atomicity, so in this specification no shard
//! has a veto (gap A7).

use super::attestation::Attests;
use super::message::{UnlockAbort, UnlockCommit};
use super::rules::Rules;
use crate::Rejection;
use crate::ledger::settle::{create_outputs, earn_fee};
use crate::ledger::{
    Decision, Overlay, Settlement, ShardEnvironment, StateView, Transaction, TxId, UnspentOutput,
    Vote,
};

/// Handles a request to commit. The shard may be an input shard, an output shard, or both.
///
/// **ATX-COMMIT-01** (MUST) \[own] The same rule applies to every participant. In a payment with
/// change, an input shard is also an output shard, and two rules for one shard would have to agree
/// anyway.
///
/// **ATX-COMMIT-04** (MUST) \[own] A shard that owns no input and will own no output refuses a
/// commit. Otherwise a stranger could fill any shard with rows of transactions that do not concern
/// it.
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
/// | 10 | this shard takes part | ATX-COMMIT-04 | `ATX_NOT_PARTICIPANT` | `apply_unlock_commit` |
/// | 11 | the window for unlocking is open | ATX-UNLOCK-01 | `ATX_WINDOW_CLOSED` | `Rules::check_unlock_window` |
/// | 12 | not settled yet; a settlement is the answer, and the checks end | ATX-UNLOCK-02 | - | `settled_before` |
/// | 13 | there is one proof for each input shard | ATX-COMMIT-02 | `ATX_PROOF_COUNT` | `Rules::check_acceptances` |
/// | 14 | each proof: the header is of this chain | ATX-PROOF-01 | `ATX_PROOF_CHAIN` | `verify_decision_proof` |
/// | 15 | each proof: its roster is the one that the identity log gives | ATX-PROOF-02 | `ATX_PROOF_ROSTER_UNKNOWN` | `verify_decision_proof` |
/// | 16 | each proof: certificate: the bitmap fits the roster | CRY-CERT-01 | `CRY_CERTIFICATE_SIGNERS` | `check_signers` |
/// | 17 | each proof: certificate: a quorum signed | CRY-CERT-02 | `CRY_CERTIFICATE_QUORUM` | `check_signers` |
/// | 18 | each proof: certificate: the commitment is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 19 | each proof: certificate: neither commitment nor key sum is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 20 | each proof: certificate: the response is a scalar | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 21 | each proof: certificate: the signers signed the message | CRY-COSI-02 | `CRY_COSI_SIGNATURE` | `verify_named` |
/// | 22 | each proof: the path leads to the decisions root | ATX-PROOF-03 | `ATX_PROOF_PATH` | `verify_decision_proof` |
/// | 23 | each proof: the row carries a vote | ATX-PROOF-04 | `ATX_PROOF_NO_VOTE` | `verify_decision_proof` |
/// | 24 | each proof: it names this transaction | ATX-PROOF-05 | `ATX_PROOF_WRONG_TRANSACTION` | `Rules::check_bound` |
/// | 25 | each proof: it is by the input shard in its place | ATX-PROOF-06 | `ATX_PROOF_WRONG_SHARD` | `Rules::check_acceptances` |
/// | 26 | each proof: it is of an acceptance | ATX-COMMIT-03 | `ATX_PROOF_NOT_ACCEPTANCE` | `Rules::check_acceptances` |
/// | 27 | the fee pool does not overflow | LED-FEE-02 | `LED_OVERFLOW` | `earn_fee` |
///
/// # Errors
/// The first row of the table that fails.
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

/// Handles a request to abort. The shard must be an input shard.
///
/// **ATX-ABORT-03** (MUST) \[own] A shard that owns no input refuses an abort. It has locked
/// nothing.
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
/// | 10 | this shard owns an input | ATX-ABORT-03 | `ATX_NOT_PARTICIPANT` | `apply_unlock_abort` |
/// | 11 | the window for unlocking is open | ATX-UNLOCK-01 | `ATX_WINDOW_CLOSED` | `Rules::check_unlock_window` |
/// | 12 | this shard accepted the transaction | ATX-ABORT-01 | `ATX_ABORT_NOT_ACCEPTED` | `Rules::check_abortable` |
/// | 13 | not settled yet; a settlement is the answer, and the checks end | ATX-UNLOCK-02 | - | `settled_before` |
/// | 14 | the proof: the header is of this chain | ATX-PROOF-01 | `ATX_PROOF_CHAIN` | `verify_decision_proof` |
/// | 15 | the proof: its roster is the one that the identity log gives | ATX-PROOF-02 | `ATX_PROOF_ROSTER_UNKNOWN` | `verify_decision_proof` |
/// | 16 | the proof: certificate: the bitmap fits the roster | CRY-CERT-01 | `CRY_CERTIFICATE_SIGNERS` | `check_signers` |
/// | 17 | the proof: certificate: a quorum signed | CRY-CERT-02 | `CRY_CERTIFICATE_QUORUM` | `check_signers` |
/// | 18 | the proof: certificate: the commitment is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 19 | the proof: certificate: neither commitment nor key sum is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 20 | the proof: certificate: the response is a scalar | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 21 | the proof: certificate: the signers signed the message | CRY-COSI-02 | `CRY_COSI_SIGNATURE` | `verify_named` |
/// | 22 | the proof: the path leads to the decisions root | ATX-PROOF-03 | `ATX_PROOF_PATH` | `verify_decision_proof` |
/// | 23 | the proof: the row carries a vote | ATX-PROOF-04 | `ATX_PROOF_NO_VOTE` | `verify_decision_proof` |
/// | 24 | the proof: it names this transaction | ATX-PROOF-05 | `ATX_PROOF_WRONG_TRANSACTION` | `Rules::check_bound` |
/// | 25 | the proof: it is by an input shard | ATX-ABORT-06 | `ATX_PROOF_WRONG_SHARD` | `Rules::check_rejection` |
/// | 26 | the proof: it is of a rejection | ATX-ABORT-02 | `ATX_PROOF_NOT_REJECTION` | `Rules::check_rejection` |
///
/// # Errors
/// The first row of the table that fails.
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

/// The settlement that is stored for the transaction, if there is one.
///
/// **ATX-UNLOCK-02** (MUST) \[S19] A transaction settles once in a shard, and later unlock requests
/// get the stored settlement as their answer. Otherwise anyone could replay a commit, and the
/// outputs would be created again after they were spent.
///
/// ```
/// use ioschain_spec::atomix::unlock::settled_before;
/// use ioschain_spec::ledger::{Decision, Settlement, Vote};
/// use ioschain_spec::primitives::numbers::Epoch;
///
/// let row = |settled| Decision { vote: Vote::Accepted, settled, expiry_epoch: Epoch(1) };
/// // A row that is not settled leaves the question open; a settled one is the permanent answer.
/// assert_eq!(settled_before(None), None);
/// assert_eq!(settled_before(Some(row(Settlement::No))), None);
/// assert_eq!(settled_before(Some(row(Settlement::Aborted))), Some(Settlement::Aborted));
/// ```
pub fn settled_before(stored: Option<Decision>) -> Option<Settlement> {
    stored.map(|decision| decision.settled).filter(|settled| *settled != Settlement::No)
}

/// Commits the transaction in this shard:
///
/// ```text
/// fee pool'  = fee pool + this shard's part of the fee
/// locks'     = locks without those that this transaction has on this shard's inputs
/// unspent'   = unspent ∪ { (txid, i) ↦ output i : output i belongs to this shard }
/// decisions' = decisions with txid ↦ (the vote as before, Committed, the expiry epoch)
/// ```
///
/// *No money appears.* An input shard still has a lock on each of its inputs: it accepted the
/// transaction (ATX-COMMIT-03, or ATX-SWEEP-07 in a sweep), an acceptance locks them all
/// (ATX-LOCK-04), and only a settlement drops a lock, which happens once (ATX-UNLOCK-02). So the
/// loop below finds every lock. Rules that break this create outputs for which nobody pays;
/// LED-CONSERVE-01 finds them.
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

/// Returns the amounts that are locked in this shard, as fresh outputs.
///
/// **ATX-ABORT-04** (MUST) \[own] Each lock becomes a refund with the same owner and amount, at an
/// outpoint that never existed before. The old outpoint never exists again, so no signature and no
/// proof about it can be used again.
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

/// Stores how the transaction was settled, in the row that has the vote.
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
