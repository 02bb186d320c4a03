//! The chain that the cases of §3 and §7 start from, and the inputs of cases that describe it.
//!
//! The chain itself is [`TestChain`], which the tests of the specification use as well. Blocks come
//! from the specification's own builder, so what a case edits is honest to begin with.

use serde_json::{Value, json};

use ioschain_model::atomix::limits::PlanError;
use ioschain_spec::Rejection;
use ioschain_spec::atomix::Answer;
use ioschain_spec::chain::block::{Block, BuiltBlock};
use ioschain_spec::chain::entry::{Body, Entry, Receipt};
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed};
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::shard_state::RecomputedRoots;
use ioschain_spec::ledger::{
    Lock, Policy, Settlement, ShardState, SignedTransaction, Transaction, TxId, Vote, Witness,
};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::KeyPair;
use ioschain_spec::primitives::encoding::Wire;
use ioschain_spec::primitives::merkle::list_root_of;
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::suite::Normative;
use ioschain_spec::testing::chain::{self, TestChain};
use ioschain_spec::testing::owners;
use ioschain_spec::testing::setup::SetupError;

use super::faults::EditOutcome;
use super::support::{CaseError, Intent};
use crate::reference::{IDENTITY, PARAMETERS, ROSTERS, Refusal, to_json};

pub(super) use chain::{
    FEE_MINIMUM, Proof, REJECTIONS_MAX, certify, certify_by_quorum, genesis, prove, roster,
    validators,
};
pub(super) use ioschain_spec::testing::owners::{
    Coin, Owner, change_inputs, change_outputs, change_witnesses, output, policy, unlock_commit,
};
pub(super) use ioschain_spec::testing::setup::{Setup, digest, key_pair, outpoint};

/// The chain of the cases.
pub(super) type World = TestChain<Normative>;

/// How an accepting lock is answered.
pub(super) const ACCEPTED: Answer = Answer::Voted(Vote::Accepted);
/// How a commit is answered.
pub(super) const COMMITTED: Answer = Answer::Settled(Settlement::Committed);
/// How an abort is answered.
pub(super) const ABORTED: Answer = Answer::Settled(Settlement::Aborted);

/// How a lock is answered that the shard votes down.
pub(super) fn voted_down(reason: Rejection) -> Answer {
    Answer::Voted(Vote::Rejected(reason))
}

/// A setting that cannot be built. The error names no case: the generator stops at the one that it
/// is writing.
fn unmade(problem: impl ToString) -> CaseError {
    CaseError { id: "the setting of a case".to_owned(), problem: problem.to_string() }
}

impl From<SetupError> for CaseError {
    fn from(error: SetupError) -> Self {
        unmade(error)
    }
}

impl From<Rejection> for CaseError {
    fn from(rejection: Rejection) -> Self {
        unmade(rejection)
    }
}

impl From<PlanError> for CaseError {
    fn from(error: PlanError) -> Self {
        unmade(error)
    }
}

impl From<Refusal> for CaseError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => unmade(rejection),
            Refusal::InvalidInput(reason) => unmade(reason),
        }
    }
}

/// The witness of some keys.
pub(super) fn witness(revealed: Option<&Policy>, keys: &[KeyPair], txid: &TxId) -> Setup<Witness> {
    owners::witness(&Normative, revealed, keys, txid)
}

/// Signs a transaction for the owners of its inputs, found among those of `coins`.
pub(super) fn sign(transaction: &Transaction, coins: &[&Coin]) -> Setup<SignedTransaction> {
    owners::sign(&Normative, transaction, coins)
}

/// The coin of shard 1 at [`outpoint`]`(place, 0)` becomes a lock of another transaction.
pub(super) fn lock_by_another(world: &mut World, place: u8) -> Result<(), CaseError> {
    let state = world.state_mut(Shard(1))?;
    if let Some(coin) = state.unspent.remove(&outpoint(place, 0)) {
        let txid = TxId(digest("another transaction"));
        let lock = Lock { txid, owner: coin.owner, amount: coin.amount };
        state.locks.insert(outpoint(place, 0), lock);
    }
    Ok(())
}

/// A closing entry under the certificate of its shard's quorum.
pub(super) fn certify_epoch(
    closed: EpochClosed,
) -> Result<CertifiedEpoch<CollectiveSignature>, CaseError> {
    let certificate = certify_by_quorum(closed.shard, &closed.vote().message())?;
    Ok(CertifiedEpoch { closed, certificate })
}

/// The block with another body, which its header commits to; its results are those of the old body.
pub(super) fn with_body(
    block: &Block<Proof>,
    entries: &[Entry<Proof>],
) -> Result<Block<Proof>, CaseError> {
    let body = Body::try_from(entries.to_vec())?;
    let transactions_root = list_root_of(&body);
    Ok(Block { header: Header { transactions_root, ..block.header.clone() }, body })
}

/// The block with the root of another state than the one it leads to.
pub(super) fn with_state<O: EditOutcome>(
    world: &World,
    built: &BuiltBlock<Proof, RecomputedRoots>,
    change: impl FnOnce(&mut ShardState) -> O,
) -> Result<Block<Proof>, CaseError> {
    let header = &built.block.header;
    let mut state = world.state(header.shard)?.clone();
    state.apply(built.changes.clone());
    change(&mut state).finish()?;
    let header = Header { state_root: state.root(), ..header.clone() };
    Ok(Block { header, body: built.block.body.clone() })
}

/// The inputs of cases that describe a chain.
pub(super) trait Inputs {
    /// `{parameters, rosters, identity}`.
    fn context_json(&self) -> Result<Value, CaseError>;

    /// The whole chain: the context and the states.
    fn to_json(&self) -> Result<Value, CaseError>;

    /// The context, a shard's state, and one more member: what is put to the shard.
    fn question<T: Wire + 'static>(
        &self,
        shard: Shard,
        name: &str,
        asked: &T,
    ) -> Result<Value, CaseError>;

    /// The context, a shard's state and a request.
    fn request<T: Wire + 'static>(&self, shard: Shard, request: &T) -> Result<Value, CaseError> {
        self.question(shard, "request", request)
    }
}

impl Inputs for World {
    fn context_json(&self) -> Result<Value, CaseError> {
        Ok(json!({
            PARAMETERS: to_json(self.parameters())?,
            ROSTERS: list_to_json(&self.genesis.rosters)?,
            IDENTITY: list_to_json(&self.ordered)?,
        }))
    }

    fn to_json(&self) -> Result<Value, CaseError> {
        let mut input = self.context_json()?;
        input["states"] = list_to_json(&self.states)?;
        Ok(input)
    }

    fn question<T: Wire + 'static>(
        &self,
        shard: Shard,
        name: &str,
        asked: &T,
    ) -> Result<Value, CaseError> {
        let mut input = self.context_json()?;
        input["state"] = to_json(self.state(shard)?)?;
        input[name] = to_json(asked)?;
        Ok(input)
    }
}

/// The request is accepted, with this answer.
pub(super) fn answered(answer: Answer) -> Result<Intent, CaseError> {
    Ok(Intent::OkWith(json!({ "answer": to_json(&answer)? })))
}

/// `{"receipts": …}` of entries that are answered so, in their order.
pub(super) fn answers(answers: &[Answer]) -> Result<Value, CaseError> {
    let receipt = |(index, answer): (u32, &Answer)| Receipt { index, answer: *answer };
    let receipts: Vec<Receipt> = (0..).zip(answers).map(receipt).collect();
    Ok(json!({ "receipts": list_to_json(&receipts)? }))
}

/// A list of values as JSON.
pub(super) fn list_to_json<T: Wire + 'static>(values: &[T]) -> Result<Value, CaseError> {
    Ok(values.iter().map(to_json).collect::<Result<Vec<Value>, Refusal>>()?.into())
}
