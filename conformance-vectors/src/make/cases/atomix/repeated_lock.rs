//! A lock that is asked for again after the shard has voted.

use ioschain_spec::Rejection;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::SignedTransaction;
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use super::attempt::{Row, SignedAttempt, add_rows};
use super::samples::Market;
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, SuiteWriter};
use crate::make::cases::world::{ACCEPTED, answered, change_witnesses, voted_down};

/// Requests that are answered from memory. An implementation that votes again gives another answer
/// when its state has changed since, and one that checks the request first refuses to repeat its
/// vote.
pub(super) fn stored_answers() -> Result<VectorFile, CaseError> {
    let doc = "Repeated lock requests. A shard votes once on a transaction; it answers each later \
               request with the stored vote, even if its state has changed.";
    let mut suite = SuiteWriter::new("atomix.lock", "stored-answers", doc)?;
    let doc = "Given {what}, when the lock is requested again, then the answer is the stored vote.";
    let requirements = ["ATX-LOCK-03"];
    add_rows(&mut suite, &requirements, doc, &answered(ACCEPTED)?, &after_acceptance()?)?;
    let down = answered(voted_down(Rejection::LedOutpointLocked))?;
    add_rows(&mut suite, &requirements, doc, &down, &after_rejection()?)?;
    add_rows(&mut suite, &requirements, doc, &answered(ACCEPTED)?, &[after_abort()?])?;
    Ok(suite.finish())
}

impl SignedAttempt {
    fn without_witnesses(mut self) -> Result<Self, CaseError> {
        change_witnesses(&mut self.request, Vec::clear)?;
        Ok(self)
    }
}

/// The joint payment, which both of its input shards accepted, is put to one of them again.
fn after_acceptance() -> Result<[Row<SignedTransaction>; 6], CaseError> {
    let (market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let request = market.joint(Epoch(1))?;
    let honest = SignedAttempt { world: market.world, shard: Shard(1), request };
    let mut committed = honest.clone();
    let commit = Entry::UnlockCommit(committed.world.commit(&joint)?);
    committed.world.block(Shard(1), &[commit])?;
    Ok([
        ("accepted-before", "a transaction that was accepted", honest.clone()),
        (
            "accepted-before-garbage-witness",
            "a transaction that was accepted, and a request without its witnesses",
            honest.at(Shard(2)).without_witnesses()?,
        ),
        (
            "accepted-before-epoch-2",
            "an accepted transaction with the expiry epoch 1 whose row is not pruned yet in epoch \
             2",
            honest.in_epoch(Epoch(2))?,
        ),
        (
            "accepted-before-epoch-3",
            "an accepted transaction with the expiry epoch 1 whose row is not pruned yet in epoch \
             3",
            honest.in_epoch(Epoch(3))?,
        ),
        (
            "accepted-before-epoch-1000",
            "an accepted transaction with the expiry epoch 1 whose row is not pruned yet in epoch \
             1000",
            honest.in_epoch(Epoch(1000))?,
        ),
        ("committed-since", "a transaction that was accepted and committed", committed),
    ])
}

/// The joint payment, which shard 1 rejected, is put to shard 1 again.
fn after_rejection() -> Result<[Row<SignedTransaction>; 3], CaseError> {
    let (market, _) = Market::with_joint_rejected(Epoch(1))?;
    let request = market.joint(Epoch(1))?;
    let honest = SignedAttempt { world: market.world, shard: Shard(1), request };
    let mut free = honest.clone();
    free.state()?.locks.clear();
    Ok([
        ("rejected-before", "a transaction that was rejected", honest.clone()),
        (
            "rejected-before-garbage-witness",
            "a transaction that was rejected, and a request without its witnesses",
            honest.without_witnesses()?,
        ),
        (
            "rejected-before-and-free-since",
            "a transaction that was rejected because of a lock that no longer exists",
            free,
        ),
    ])
}

/// The joint payment, which shard 1 rejected, is put again to shard 2, which accepted and aborted
/// it.
fn after_abort() -> Result<Row<SignedTransaction>, CaseError> {
    let (market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let request = market.joint(Epoch(1))?;
    let mut aborted = SignedAttempt { world: market.world, shard: Shard(2), request };
    let abort = Entry::UnlockAbort(aborted.world.abort(&joint, Shard(1))?);
    aborted.world.block(Shard(2), &[abort])?;
    Ok(("aborted-since", "a transaction that was accepted and aborted", aborted))
}
