//! Six faults of a 2018 implementation of Atomix, each as what must not happen.
//!
//! (1) an unlock accepts proofs without checking signature, shard or transaction; (2) an
//! unlock-to-commit writes the outputs with no memory of having done so; (3) conservation sums
//! local inputs only; (4) an abort looks the locked output up among the unlocked ones and never
//! refunds; (5) a commit does not clear the lock, so a later rejection refunds as well; (6) the
//! abort of an unknown lock creates an amount of 0.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, UnlockAbort};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Lock, UnspentOutput, Vote};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use super::HANDLER;
use super::conflicts::refund;
use super::story::Story;
use crate::format::vector::VectorFile;
use crate::make::cases::atomix::proofs::{NO_SIGNATURE, attest, with_vote};
use crate::make::cases::atomix::samples::Couple;
use crate::make::cases::support::{CaseError, SuiteWriter};
use crate::make::cases::world::{
    ABORTED, ACCEPTED, COMMITTED, Coin, change_inputs, change_outputs, sign, unlock_commit,
    voted_down,
};

/// An implementation with one of these public faults accepts the block that shows it.
pub(super) fn public_faults() -> Result<VectorFile, CaseError> {
    let doc = "Six faults of a 2018 implementation of Atomix. Each fault is shown by blocks that \
               must be refused.";
    let mut suite = SuiteWriter::new(HANDLER, "public-faults", doc)?;
    unchecked_proofs(&mut suite)?;
    commit_without_memory(&mut suite)?;
    local_sums(&mut suite)?;
    abort_without_refund(&mut suite)?;
    lock_not_cleared(&mut suite)?;
    abort_before_lock(&mut suite)?;
    Ok(suite.finish())
}

fn unchecked_proofs(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let payment = couple.simple(Epoch(1))?;
    let transaction = &payment.transaction;
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), Entry::Lock(payment.clone()), ACCEPTED)?;
    let honest = story.world.proof(Shard(1), transaction)?;
    let mut unsigned = honest.clone();
    unsigned.certificate.signature = NO_SIGNATURE;
    let by_payee = story.world.build(Shard(2), &[])?.block.header;
    let by_payee = attest(&by_payee, honest.txid, honest.decision)?;
    let forgeries =
        [(unsigned, Rejection::CryElementIdentity), (by_payee, Rejection::AtxProofWrongShard)];
    for (proof, rejection) in forgeries {
        let commit = Entry::UnlockCommit(unlock_commit(transaction, vec![proof])?);
        story.refuse(Shard(2), &[commit], rejection)?;
    }
    let mut bigger = transaction.clone();
    bigger.salt = 1;
    let commit = Entry::UnlockCommit(unlock_commit(&bigger, vec![honest])?);
    story.refuse(Shard(2), &[commit], Rejection::AtxProofWrongTransaction)?;
    let commit = Entry::UnlockCommit(story.world.commit(transaction)?);
    story.accept_one(Shard(2), commit, COMMITTED)?;
    story.end(
        suite,
        "fault-1-unchecked-proofs",
        &["CRY-GROUP-03", "ATX-PROOF-05", "ATX-PROOF-06", "ATX-COMMIT-03"],
        "Given an accepted payment, when its commit brings an unsigned proof, a proof by the \
         shard of the payee, or a proof about another transaction, then each of these commits is \
         refused, and the honest one is applied.",
    )
}

fn commit_without_memory(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let payment = couple.simple(Epoch(1))?;
    let transaction = &payment.transaction;
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), Entry::Lock(payment.clone()), ACCEPTED)?;
    let commit = Entry::UnlockCommit(story.world.commit(transaction)?);
    story.accept_one(Shard(2), commit.clone(), COMMITTED)?;
    let received = Coin::output_of(transaction, 0, &couple.bob);
    let spend = story.world.pay(Epoch(1), &[&received], &[(&couple.bob, 980)])?;
    story.accept_one(Shard(2), Entry::Single(spend), Answer::Applied)?;
    let output = UnspentOutput { owner: couple.bob.account(), amount: 990 };
    story.refuse_state(Shard(2), std::slice::from_ref(&commit), |state| {
        state.unspent.insert(received.outpoint, output);
    })?;
    let again = story.world.pay(Epoch(1), &[&received], &[(&couple.bob, 970)])?;
    story.refuse(
        Shard(2),
        &[commit.clone(), Entry::Single(again)],
        Rejection::LedOutpointUnknown,
    )?;
    story.accept_one(Shard(2), commit, COMMITTED)?;
    story.end(
        suite,
        "fault-2-commit-without-memory",
        &["ATX-UNLOCK-02", "LED-BLOCK-12", "LED-LOCAL-03", "LED-CONSERVE-01"],
        "Given a committed payment whose output is spent, when the commit is requested again, \
         then no output is created; a block that claims to create one is refused, and so is a \
         second spending of the output.",
    )
}

fn local_sums(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let coins = [&couple.of_alice, &couple.of_bob];
    let mut story = Story::begin(couple.world.clone())?;
    let mut inflated = couple.joint(Epoch(1))?.transaction;
    change_outputs(&mut inflated, |outputs| outputs[0].amount += 4000)?;
    let inflated = Entry::Lock(sign(&inflated, &coins)?);
    story.refuse(Shard(1), &[inflated], Rejection::LedSumMismatch)?;
    // The sums agree, because Bob claims what he does not have.
    let mut claimed = couple.joint(Epoch(1))?.transaction;
    change_inputs(&mut claimed, |inputs| inputs[1].amount += 4000)?;
    change_outputs(&mut claimed, |outputs| outputs[0].amount += 4000)?;
    let claimed = sign(&claimed, &coins)?;
    story.accept_one(Shard(1), Entry::Lock(claimed.clone()), ACCEPTED)?;
    let down = voted_down(Rejection::LedClaimWrong);
    story.accept_one(Shard(2), Entry::Lock(claimed.clone()), down)?;
    let commit = Entry::UnlockCommit(story.world.commit(&claimed.transaction)?);
    story.refuse(Shard(1), std::slice::from_ref(&commit), Rejection::AtxProofNotAcceptance)?;
    story.refuse(Shard(2), &[commit], Rejection::AtxProofNotAcceptance)?;
    let abort = Entry::UnlockAbort(story.world.abort(&claimed.transaction, Shard(2))?);
    story.accept_one(Shard(1), abort, ABORTED)?;
    story.end(
        suite,
        "fault-3-local-sums",
        &["LED-STATIC-08", "LED-LOCAL-05", "ATX-LOCK-05", "ATX-COMMIT-03", "LED-CONSERVE-01"],
        "Given a payment that would create 4,000 units, when its outputs exceed its inputs, then \
         the first shard refuses it; when an input of another shard claims these units, then that \
         shard votes to reject the payment and no shard commits it.",
    )
}

fn abort_without_refund(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let (payment, rival) = (couple.joint(Epoch(1))?, couple.simple(Epoch(1))?);
    let transaction = &payment.transaction;
    let mut story = Story::begin(couple.world.clone())?;
    let down = voted_down(Rejection::LedOutpointLocked);
    story.accept(
        Shard(1),
        &[(Entry::Lock(rival), ACCEPTED), (Entry::Lock(payment.clone()), down)],
    )?;
    story.accept_one(Shard(2), Entry::Lock(payment.clone()), ACCEPTED)?;
    let abort = Entry::UnlockAbort(story.world.abort(transaction, Shard(1))?);
    let fresh = refund(transaction, 1, &couple.bob);
    let output = UnspentOutput { owner: couple.bob.account(), amount: 1000 };
    let old = couple.of_bob.outpoint;
    story.refuse_state(Shard(2), std::slice::from_ref(&abort), |state| {
        state.unspent.remove(&fresh.outpoint);
    })?;
    // The coin itself must not come back either.
    story.refuse_state(Shard(2), std::slice::from_ref(&abort), |state| {
        state.unspent.remove(&fresh.outpoint);
        state.unspent.insert(old, output);
    })?;
    story.accept_one(Shard(2), abort, ABORTED)?;
    let spend = story.world.pay(Epoch(1), &[&fresh], &[(&couple.bob, 990)])?;
    story.accept_one(Shard(2), Entry::Single(spend), Answer::Applied)?;
    story.end(
        suite,
        "fault-4-abort-without-refund",
        &["ATX-ABORT-04", "ATX-ABORT-05", "LED-BLOCK-12", "LED-CONSERVE-01"],
        "Given a rejected payment, when a block aborts it without a refund or restores the old \
         coin as the refund, then the block is refused; the honest abort creates a new output, \
         which its owner spends.",
    )
}

fn lock_not_cleared(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let payment = couple.simple(Epoch(1))?;
    let transaction = &payment.transaction;
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), Entry::Lock(payment.clone()), ACCEPTED)?;
    let commit = Entry::UnlockCommit(story.world.commit(transaction)?);
    let owner = couple.alice.account();
    let lock = Lock { txid: transaction.id(&Normative), owner, amount: 1000 };
    let old = couple.of_alice.outpoint;
    story.refuse_state(Shard(1), std::slice::from_ref(&commit), |state| {
        state.locks.insert(old, lock);
    })?;
    story.accept_one(Shard(1), commit, COMMITTED)?;
    let acceptance = story.world.proof(Shard(1), transaction)?;
    let proof = with_vote(&acceptance, Vote::Rejected(Rejection::LedOutpointLocked))?;
    let abort = Entry::UnlockAbort(UnlockAbort { transaction: transaction.clone(), proof });
    let fresh = refund(transaction, 0, &couple.alice);
    let output = UnspentOutput { owner, amount: 1000 };
    story.refuse_state(Shard(1), std::slice::from_ref(&abort), |state| {
        state.unspent.insert(fresh.outpoint, output);
    })?;
    let spend = story.world.pay(Epoch(1), &[&fresh], &[(&couple.alice, 990)])?;
    story.refuse(
        Shard(1),
        &[abort.clone(), Entry::Single(spend)],
        Rejection::LedOutpointUnknown,
    )?;
    story.accept_one(Shard(1), abort, COMMITTED)?;
    story.end(
        suite,
        "fault-5-lock-not-cleared",
        &["ATX-COMMIT-01", "ATX-UNLOCK-02", "LED-BLOCK-12", "LED-CONSERVE-01"],
        "Given a payment that commits, when a block keeps its lock, then the block is refused; \
         when a later abort brings a proof of a rejection, then the shard gives the stored answer \
         and nothing is refunded.",
    )
}

fn abort_before_lock(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let (payment, rival) = (couple.joint(Epoch(1))?, couple.simple(Epoch(1))?);
    let transaction = &payment.transaction;
    let down = voted_down(Rejection::LedOutpointLocked);
    let mut story = Story::begin(couple.world.clone())?;
    story.accept(
        Shard(1),
        &[(Entry::Lock(rival), ACCEPTED), (Entry::Lock(payment.clone()), down)],
    )?;
    let abort = Entry::UnlockAbort(story.world.abort(transaction, Shard(1))?);
    story.refuse(Shard(2), std::slice::from_ref(&abort), Rejection::AtxAbortNotAccepted)?;
    // It left no row: the lock that it overtook is accepted, and then aborted.
    story.accept_one(Shard(2), Entry::Lock(payment.clone()), ACCEPTED)?;
    story.accept_one(Shard(2), abort, ABORTED)?;
    let fresh = refund(transaction, 1, &couple.bob);
    let spend = story.world.pay(Epoch(1), &[&fresh], &[(&couple.bob, 990)])?;
    story.accept_one(Shard(2), Entry::Single(spend), Answer::Applied)?;
    story.end(
        suite,
        "fault-6-abort-before-lock",
        &["ATX-ABORT-01", "ATX-ABORT-04", "LED-CONSERVE-01"],
        "Given a payment that shard 1 rejected, when its abort reaches shard 2 before the lock \
         request, then the abort is refused and creates no output; when it is requested after the \
         lock, then it refunds the coin.",
    )
}
