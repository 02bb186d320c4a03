//! Messages that come again: after settlement, and after the rows are pruned.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::UnlockAbort;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Transaction, Vote};
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use super::HANDLER;
use super::story::Story;
use crate::format::vector::VectorFile;
use crate::make::cases::atomix::proofs::with_vote;
use crate::make::cases::atomix::samples::Couple;
use crate::make::cases::support::{CaseError, SuiteWriter};
use crate::make::cases::world::{ABORTED, ACCEPTED, COMMITTED, Proof, voted_down};

/// An implementation that carries out a repeated message creates or returns the same units again.
pub(super) fn late_messages() -> Result<VectorFile, CaseError> {
    let doc = "Messages that are repeated later in any order. The shard gives the stored answer or \
               refuses the message as too late, and its state does not change.";
    let mut suite = SuiteWriter::new(HANDLER, "late-messages", doc)?;
    after_commit(&mut suite)?;
    after_abort(&mut suite)?;
    after_pruning(&mut suite)?;
    Ok(suite.finish())
}

fn after_commit(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let payment = couple.simple(Epoch(1))?;
    let lock = Entry::Lock(payment.clone());
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), lock.clone(), ACCEPTED)?;
    let commit = Entry::UnlockCommit(story.world.commit(&payment.transaction)?);
    for shard in [1, 2] {
        story.accept_one(Shard(shard), commit.clone(), COMMITTED)?;
    }
    let abort = Entry::UnlockAbort(second_vote(&story, &payment.transaction)?);
    let again = [(abort, COMMITTED), (lock.clone(), ACCEPTED), (commit.clone(), COMMITTED)];
    story.accept(Shard(1), &again)?;
    story.accept_one(Shard(2), commit, COMMITTED)?;
    story.refuse(Shard(2), &[lock], Rejection::AtxNotParticipant)?;
    story.end(
        suite,
        "after-commit",
        &["ATX-LOCK-02", "ATX-LOCK-03", "ATX-UNLOCK-02", "ATX-COMMIT-01"],
        "Given a committed payment, when the lock, the commit and an abort are requested \
         afterwards, then the shard gives the stored answer to each request and no coin changes, \
         and the output shard refuses the lock request.",
    )
}

/// An abort with a proof of a second vote of shard 1, which a quorum of its validators would have
/// to sign.
fn second_vote(story: &Story, transaction: &Transaction) -> Result<UnlockAbort<Proof>, CaseError> {
    let acceptance = story.world.proof(Shard(1), transaction)?;
    let proof = with_vote(&acceptance, Vote::Rejected(Rejection::LedClaimWrong))?;
    Ok(UnlockAbort { transaction: transaction.clone(), proof })
}

fn after_abort(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let (payment, rival) = (couple.joint(Epoch(1))?, couple.simple(Epoch(1))?);
    let lock = Entry::Lock(payment.clone());
    let down = voted_down(Rejection::LedOutpointLocked);
    let mut story = Story::begin(couple.world.clone())?;
    story.accept(Shard(1), &[(Entry::Lock(rival), ACCEPTED), (lock.clone(), down)])?;
    story.accept_one(Shard(2), lock.clone(), ACCEPTED)?;
    let abort = Entry::UnlockAbort(story.world.abort(&payment.transaction, Shard(1))?);
    story.accept_one(Shard(2), abort.clone(), ABORTED)?;
    story.accept(Shard(2), &[(lock.clone(), ACCEPTED), (abort.clone(), ABORTED)])?;
    story.accept_one(Shard(1), lock, down)?;
    story.refuse(Shard(1), &[abort], Rejection::AtxAbortNotAccepted)?;
    let commit = Entry::UnlockCommit(story.world.commit(&payment.transaction)?);
    story.refuse(Shard(1), std::slice::from_ref(&commit), Rejection::AtxProofNotAcceptance)?;
    story.accept_one(Shard(2), commit, ABORTED)?;
    story.end(
        suite,
        "after-abort",
        &["ATX-LOCK-03", "ATX-UNLOCK-02", "ATX-ABORT-01", "ATX-COMMIT-03"],
        "Given an aborted payment, when the lock, the abort and a commit are requested \
         afterwards, then the shard that aborted gives the stored answers, and the shard that \
         rejected the payment refuses to settle it.",
    )
}

fn after_pruning(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let payment = couple.simple(Epoch(1))?;
    let lock = Entry::Lock(payment.clone());
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), lock.clone(), ACCEPTED)?;
    let commit = Entry::UnlockCommit(story.world.commit(&payment.transaction)?);
    let abort = Entry::UnlockAbort(second_vote(&story, &payment.transaction)?);
    story.close_all()?;
    let import = Entry::Import(story.world.import_for(Shard(1))?);
    story.sweep(Shard(1), 1, 0)?;
    story.sweep(Shard(2), 1, 0)?;
    story.refuse(Shard(1), std::slice::from_ref(&import), Rejection::AtxImportEpoch)?;
    // In epoch 2 the row still answers, also to the lock.
    let again = [(lock.clone(), ACCEPTED), (commit.clone(), COMMITTED), (abort.clone(), COMMITTED)];
    story.accept(Shard(1), &again)?;
    story.close_all()?;
    story.sweep(Shard(1), 0, 0)?;
    story.refuse(Shard(1), &[lock], Rejection::LedEpochExpired)?;
    story.refuse(Shard(1), &[commit], Rejection::AtxWindowClosed)?;
    story.refuse(Shard(1), &[abort], Rejection::AtxWindowClosed)?;
    story.refuse(Shard(1), &[import], Rejection::AtxImportEpoch)?;
    story.end(
        suite,
        "after-pruning",
        &["ATX-CLOSE-02", "ATX-LOCK-03", "ATX-UNLOCK-01", "ATX-SWEEP-03", "LED-LOCAL-01"],
        "Given a payment that a sweep settled, when its messages are repeated one epoch later, \
         then the shard gives the stored answers; when they are repeated after the row is pruned, \
         then all of them are refused as too late.",
    )
}
