//! Step one: an input shard locks its inputs, or votes to reject the transaction.
//!
//! The paper: "let all nodes validate the transaction" (§7 step 1), and "lock the fund of a in to a
//! UTXO" (step 2). In the paper, the client locks. In this specification, the shard locks (gap A5).
//!
//! Origin: white paper §7 steps 1 and 2, OmniLedger §IV-C. The vote is final, which prevents
//! replays \[S19].

use super::attestation::Attests;
use super::rules::Rules;
use crate::Rejection;
use crate::ledger::{
    Decision, Lock, Overlay, Settlement, ShardContext, ShardEnvironment, SignedTransaction,
    StateView, Transaction, TxId, Vote,
};
use crate::suite::Suite;

/// Handles a lock request. The answer is the shard's vote.
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
/// | 10 | more than one shard takes part | ATX-LOCK-01 | `ATX_LOCK_SINGLE_SHARD` | `check_votes_here` |
/// | 11 | this shard owns an input | ATX-LOCK-02 | `ATX_NOT_PARTICIPANT` | `check_votes_here` |
/// | 12 | no vote is stored; a stored vote is the answer, and the checks end | ATX-LOCK-03 | - | `Rules::answer_repeated_lock` |
/// | 13 | the expiry is not in the past | LED-LOCAL-01 | `LED_EPOCH_EXPIRED` | `Rules::check_epoch` |
/// | 14 | the expiry is at most one epoch ahead | LED-LOCAL-02 | `LED_EPOCH_TOO_FAR` | `Rules::check_epoch` |
/// | 15 | there is one witness for each input | LED-WITNESS-01 | `LED_WITNESS_COUNT` | `Rules::check_witnesses` |
/// | 16 | each own input: a new owner reveals a policy | LED-WITNESS-02 | `LED_WITNESS_POLICY_MISSING` | `current_policy` |
/// | 17 | each own input: the policy is the owner's | LED-WITNESS-03 | `LED_WITNESS_POLICY_WRONG` | `current_policy` |
/// | 18 | each own input: the policy can be satisfied | LED-WITNESS-04 | `LED_WITNESS_POLICY_INVALID` | `check_witness` |
/// | 19 | each own input: every signer is in the policy | LED-WITNESS-05 | `LED_WITNESS_KEY` | `check_witness` |
/// | 20 | each own input: every signature is valid | LED-WITNESS-06 | `LED_WITNESS_SIGNATURE` | `check_witness` |
/// | 21 | each own input: the signers reach the threshold | LED-WITNESS-07 | `LED_WITNESS_THRESHOLD` | `check_witness` |
/// | 22 | every own input is unspent or locked here | LED-LOCAL-03 | `LED_OUTPOINT_UNKNOWN` | `Rules::check_known` |
/// | 23 | no own input is locked by another transaction (else a vote: no) | LED-LOCAL-04 | `LED_OUTPOINT_LOCKED` | `Rules::check_unlocked` |
/// | 24 | every own input holds what it claims (else a vote: no) | LED-LOCAL-05 | `LED_CLAIM_WRONG` | `Rules::check_claims` |
/// | 25 | a vote no: another input shard needs the proof (else a refusal) | ATX-LOCK-06 | - | `Rules::becomes_vote` |
/// | 26 | a vote no: the block has room for the row | ATX-LOCK-07 | `ATX_REJECTION_LIMIT` | `reject` |
///
/// Each check is made for all own inputs before the next check begins. The witnesses are an
/// exception: all checks of one witness come before those of the next witness. A refused request
/// leaves no row. Otherwise a stranger could end anyone's transaction with an invalid witness.
///
/// # Errors
/// The first row of the table that fails.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use ioschain_spec::Rejection;
/// use ioschain_spec::atomix::Specification;
/// use ioschain_spec::atomix::lock::apply_lock;
/// use ioschain_spec::identity::IdentityLog;
/// use ioschain_spec::ledger::{
///     AccountId, Input, OutPoint, Output, Overlay, Payload, Policy, ChainPosition, ShardContext,
///     ShardEnvironment, ShardState, SignedTransaction, Totals, Transaction, TxId, UnspentOutput,
///     StateView, Vote, Witness,
/// };
/// use ioschain_spec::ledger::owner::{derive_shard_of_owner, derive_witness_message};
/// use ioschain_spec::parameters::Parameters;
/// use ioschain_spec::primitives::ed25519::KeyPair;
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
/// use ioschain_spec::suite::Normative;
///
/// // Alice's account is in shard 1 of 2, and she pays Bob, whose account is in shard 2.
/// let policy_of = |keys: &KeyPair| -> Policy {
///     Policy { threshold: 1, keys: BTreeMap::from([(keys.public_key(), 1)]).try_into().unwrap() }
/// };
/// let keys_in = |shard| {
///     let mut keys = (0..=255).map(|number| KeyPair::from_seed(&[number; 32]));
///     keys.find(|keys| derive_shard_of_owner(&policy_of(keys).account_id(), 2) == shard).unwrap()
/// };
/// let alice = keys_in(Shard(1));
/// let (owner, bob) = (policy_of(&alice).account_id(), policy_of(&keys_in(Shard(2))).account_id());
/// let chain_id = Digest([7; 32]);
/// let outpoint = OutPoint { txid: TxId(Digest([9; 32])), index: 0 };
/// let transaction = Transaction {
///     version: 1,
///     chain_id,
///     inputs: vec![Input { outpoint, owner, amount: 50 }].try_into()?,
///     outputs: vec![Output { owner: bob, amount: 49, data_hash: None }].try_into()?,
///     fee: 1,
///     expiry_epoch: Epoch(1),
///     salt: 0,
///     payload: Payload::Transfer,
/// };
/// let txid = transaction.id(&Normative);
/// let message = derive_witness_message(&Normative, &txid);
/// let witness = |signer: &KeyPair| -> Result<Witness, Rejection> {
///     let signatures = BTreeMap::from([(alice.public_key(), signer.sign(&message.0))]);
///     Ok(Witness { policy: Some(policy_of(&alice)), signatures: signatures.try_into()? })
/// };
/// let request = |signer: &KeyPair| -> Result<SignedTransaction, Rejection> {
///     let witnesses = vec![witness(signer)?].try_into()?;
///     Ok(SignedTransaction { transaction: transaction.clone(), witnesses })
/// };
///
/// # let parameters = Parameters { chain_id, shards: 2, fee_minimum: 1, rejections_max: 8 };
/// # let log = IdentityLog::new(parameters, vec![]);
/// # let state = ShardState {
/// #     position: ChainPosition {
/// #         shard: Shard(1),
/// #         epoch: Epoch(1),
/// #         height: Height(0),
/// #         previous: chain_id,
/// #         identity_height: Height(0),
/// #     },
/// #     unspent: BTreeMap::from([(outpoint, UnspentOutput { owner, amount: 50 })]),
/// #     locks: BTreeMap::new(),
/// #     decisions: BTreeMap::new(),
/// #     accounts: BTreeMap::new(),
/// #     pending: BTreeMap::new(),
/// #     totals: Totals { fee_pool: 0, community_pool: 0, imported: Epoch(0) },
/// # };
/// // `state` is the state of shard 1, with one unspent output, which is Alice's.
/// let context = ShardContext { suite: &Normative, identity: log.view() };
/// let environment = ShardEnvironment { rules: &Specification, context: &context };
/// let mut overlay = Overlay::on(&state);
/// let mut lock = |request| apply_lock(&environment, &mut overlay, &request);
/// // A stranger's signature is refused and leaves no row. Alice's is accepted, and stays accepted.
/// assert_eq!(lock(request(&keys_in(Shard(2)))?), Err(Rejection::LedWitnessSignature));
/// assert_eq!(lock(request(&alice)?), Ok(Vote::Accepted));
/// assert_eq!(lock(request(&keys_in(Shard(2)))?), Ok(Vote::Accepted));
/// assert!(overlay.unspent(&outpoint).is_none());
/// assert_eq!(overlay.lock(&outpoint).unwrap().txid, txid);
/// # Ok::<(), Rejection>(())
/// ```
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

/// Checks that this shard votes on the transaction.
///
/// **ATX-LOCK-01** (MUST) \[own] A transaction is locked only if more than one shard takes part in
/// it. Any other transaction is applied (LED-SINGLE-01).
///
/// **ATX-LOCK-02** (MUST) [OL §IV-C] A shard votes only on a transaction of which it owns an input.
/// A shard without inputs would have nothing to vote on, and anybody could make it store rows at no
/// cost.
fn check_votes_here<S: Suite>(
    context: &ShardContext<'_, S>,
    view: &dyn StateView,
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

/// The checks of the epoch, the witnesses and the inputs.
fn check_lockable<S: Attests, R: Rules<S> + ?Sized>(
    environment: &ShardEnvironment<'_, S, R>,
    view: &dyn StateView,
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

/// Locks all own inputs and keeps the transaction until it is settled.
///
/// **ATX-LOCK-04** (MUST) [OL §IV-C] A shard accepts iff every check of a lock request passes for
/// all its inputs. From then on, no other transaction can use these inputs.
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

/// Stores a rejection vote, which is final. No input changes.
///
/// **ATX-LOCK-07** (MUST) \[own] A block writes at most `rejections_max` rejection rows, so that
/// nobody can fill the state with them. The other transactions of this kind end by expiry.
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

/// Stores the row with the shard's vote.
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
