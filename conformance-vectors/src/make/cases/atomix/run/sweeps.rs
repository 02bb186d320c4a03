//! Payments whose client has vanished, and epochs that end.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, ExpiryList};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use super::HANDLER;
use super::conflicts::refund;
use super::story::Story;
use crate::format::vector::VectorFile;
use crate::make::cases::atomix::samples::Couple;
use crate::make::cases::support::{CaseError, SuiteWriter};
use crate::make::cases::world::{ACCEPTED, COMMITTED, Coin, with_body};

/// Payments that a sweep settles, by a commit or an abort, and shards that must close and sweep
/// their epochs in order. An implementation that sweeps otherwise settles a payment differently in
/// two shards.
pub(super) fn sweeps() -> Result<VectorFile, CaseError> {
    let doc = "Payments that their client does not complete. Sweeps settle each payment in the \
               same way in every shard, and epochs end in order.";
    let mut suite = SuiteWriter::new(HANDLER, "sweeps", doc)?;
    commits(&mut suite)?;
    aborts(&mut suite)?;
    in_step(&mut suite)?;
    second_epoch(&mut suite)?;
    Ok(suite.finish())
}

/// Both shards accepted the payment, and only shard 2 committed it. The sweep commits it in the
/// other shard; blocks without the sweep, or with a list that lacks the payment, are refused.
fn commits(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let payment = couple.joint(Epoch(1))?;
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), Entry::Lock(payment.clone()), ACCEPTED)?;
    story.accept_one(Shard(2), Entry::Lock(payment.clone()), ACCEPTED)?;
    let commit = Entry::UnlockCommit(story.world.commit(&payment.transaction)?);
    // One shard hears of the commit in time.
    story.accept_one(Shard(2), commit.clone(), COMMITTED)?;
    story.close_all()?;
    let mut import = story.world.import_for(Shard(1))?;
    let honest = story.world.build(Shard(1), &[Entry::Import(import.clone())])?.block;
    story.refuse_block(&with_body(&honest, &[])?, Rejection::AtxImportMissing)?;
    let mut lists = import.lists.to_vec();
    lists[1] = ExpiryList::empty();
    import.lists = lists.try_into()?;
    let short = with_body(&honest, &[Entry::Import(import)])?;
    story.refuse_block(&short, Rejection::AtxImportRoot)?;
    story.sweep(Shard(1), 1, 0)?;
    story.sweep(Shard(2), 0, 0)?;
    story.accept_one(Shard(1), commit, COMMITTED)?;
    let paid = Coin::output_of(&payment.transaction, 0, &couple.bob);
    let spend = story.world.pay(Epoch(2), &[&paid], &[(&couple.bob, 1969)])?;
    story.accept_one(Shard(2), Entry::Single(spend), Answer::Applied)?;
    story.end(
        suite,
        "vanished-after-locking-everything",
        &[
            "ATX-SWEEP-01",
            "ATX-SWEEP-02",
            "ATX-SWEEP-06",
            "ATX-SWEEP-07",
            "ATX-UNLOCK-02",
            "LED-CONSERVE-01",
            "ATX-RESOLVE-01",
        ],
        "Given a payment that all input shards accepted and one of them committed, when its \
         client stops and the epoch ends, then the sweep commits the payment in the other shard, \
         a later commit gets the stored answer, and the payee spends the output.",
    )
}

/// Shard 2, an input shard, was never asked. The sweep aborts the payment in shard 1, and shard 2
/// refuses the lock and the commit that come too late.
fn aborts(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let payment = couple.joint(Epoch(1))?;
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), Entry::Lock(payment.clone()), ACCEPTED)?;
    story.close_all()?;
    story.sweep(Shard(1), 0, 1)?;
    story.sweep(Shard(2), 0, 0)?;
    // Too late: the other shard may not accept what this one has given back.
    story.refuse(Shard(2), &[Entry::Lock(payment.clone())], Rejection::LedEpochExpired)?;
    let alone = vec![story.world.proof(Shard(1), &payment.transaction)?];
    let alone = crate::make::cases::world::unlock_commit(&payment.transaction, alone)?;
    story.refuse(Shard(2), &[Entry::UnlockCommit(alone)], Rejection::AtxProofCount)?;
    let refund = refund(&payment.transaction, 0, &couple.alice);
    let spend = story.world.pay(Epoch(2), &[&refund], &[(&couple.alice, 990)])?;
    story.accept_one(Shard(1), Entry::Single(spend), Answer::Applied)?;
    let free = story.world.pay(Epoch(2), &[&couple.of_bob], &[(&couple.bob, 990)])?;
    story.accept_one(Shard(2), Entry::Single(free), Answer::Applied)?;
    story.end(
        suite,
        "vanished-after-locking-half",
        &["ATX-SWEEP-07", "ATX-ABORT-04", "ATX-ABORT-05", "LED-LOCAL-01", "ATX-COMMIT-02"],
        "Given a payment that one of two input shards accepted, when its client stops and the \
         epoch ends, then the sweep refunds the locked coin, the other shard refuses the payment \
         as expired, and both coins can be spent.",
    )
}

/// No shard is more than one epoch ahead, and no epoch is left out.
fn in_step(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let payment = couple.joint(Epoch(1))?;
    let mut story = Story::begin(couple.world.clone())?;
    for shard in [1, 2] {
        story.accept_one(Shard(shard), Entry::Lock(payment.clone()), ACCEPTED)?;
    }
    let first = story.close(Shard(1))?;
    story.refuse_close(Shard(1), Rejection::AtxCloseNotImported);
    story.order(&first)?;
    story.refuse_order(&first, Rejection::MsbEpoch)?;
    // Shard 2 has not closed yet: shard 1 goes on in epoch 2 and cannot sweep.
    story.accept(Shard(1), &[])?;
    let second = story.close(Shard(2))?;
    let mut forged = second.clone();
    forged.closed.expiry_roots = first.closed.expiry_roots[..1].to_vec().try_into()?;
    story.refuse_order(&forged, Rejection::MsbExpiryRoots)?;
    story.order(&second)?;
    story.refuse_close(Shard(1), Rejection::AtxCloseNotImported);
    story.sweep(Shard(1), 1, 0)?;
    let third = story.close(Shard(1))?;
    story.order(&third)?;
    story.accept(Shard(1), &[])?;
    story.sweep(Shard(2), 1, 0)?;
    let fourth = story.close(Shard(2))?;
    story.order(&fourth)?;
    story.sweep(Shard(1), 0, 0)?;
    story.sweep(Shard(2), 0, 0)?;
    story.end(
        suite,
        "shards-in-step",
        &[
            "ATX-CLOSE-01",
            "ATX-CLOSE-02",
            "ATX-SWEEP-02",
            "MSB-CLOSE-03",
            "MSB-CLOSE-04",
            "LED-CONSERVE-01",
        ],
        "Given a shard that is one epoch ahead of another shard, when it is asked to close its \
         epoch, then it refuses until it has swept the previous epoch, and it can sweep only \
         after the other shard has closed that epoch; it prunes rows even if the other shard has \
         not swept yet.",
    )
}

/// A payment that expires in epoch 2: one shard locks it in epoch 1, and the other in epoch 2.
fn second_epoch(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let payment = couple.joint(Epoch(2))?;
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), Entry::Lock(payment.clone()), ACCEPTED)?;
    story.close_all()?;
    story.sweep(Shard(1), 0, 0)?;
    story.sweep(Shard(2), 0, 0)?;
    let too_far = couple.world.pay(Epoch(4), &[&couple.of_bob], &[(&couple.alice, 990)])?;
    story.refuse(Shard(2), &[Entry::Lock(too_far)], Rejection::LedEpochTooFar)?;
    story.accept_one(Shard(2), Entry::Lock(payment.clone()), ACCEPTED)?;
    let commit = Entry::UnlockCommit(story.world.commit(&payment.transaction)?);
    story.accept_one(Shard(1), commit.clone(), COMMITTED)?;
    story.close_all()?;
    let import = Entry::Import(story.world.import_for(Shard(2))?);
    story.accept(
        Shard(2),
        &[(import, Answer::Swept { committed: 1, aborted: 0 }), (commit.clone(), COMMITTED)],
    )?;
    story.sweep(Shard(1), 0, 0)?;
    story.refuse(Shard(1), &[Entry::Lock(couple.simple(Epoch(1))?)], Rejection::LedEpochExpired)?;
    story.close_all()?;
    story.sweep(Shard(1), 0, 0)?;
    story.refuse(Shard(1), &[commit], Rejection::AtxWindowClosed)?;
    story.end(
        suite,
        "two-epochs",
        &["LED-LOCAL-02", "ATX-UNLOCK-01", "ATX-SWEEP-01", "ATX-CLOSE-02", "ATX-LOCK-04"],
        "Given a payment that expires in epoch 2, when one shard locks it in epoch 1 and the \
         other shard in epoch 2, then it commits in epoch 2 or by the sweep of that epoch, and \
         two epochs later a repeated commit is refused as too late.",
    )
}
