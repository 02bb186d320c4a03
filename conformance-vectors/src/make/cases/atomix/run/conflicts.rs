//! Payments that want the same coins.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Answer;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Input, OutPoint, SignedTransaction, Transaction, TxId};
use ioschain_spec::primitives::hash::{tagged_hash, tags};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use super::HANDLER;
use super::story::Story;
use crate::format::vector::VectorFile;
use crate::make::cases::atomix::samples::Couple;
use crate::make::cases::support::{CaseError, SuiteWriter};
use crate::make::cases::world::{ABORTED, ACCEPTED, COMMITTED, Coin, Owner, voted_down};

const LOCKED: Rejection = Rejection::LedOutpointLocked;

/// An implementation that locks a coin for two payments spends it twice; one that never frees it
/// loses it.
pub(super) fn conflicts() -> Result<VectorFile, CaseError> {
    let doc = "Payments that spend the same coins. At most one of them commits, and no coin stays \
               locked.";
    let mut suite = SuiteWriter::new(HANDLER, "conflicts", doc)?;
    mutual_locks(&mut suite)?;
    one_wins(&mut suite)?;
    double_spend(&mut suite)?;
    Ok(suite.finish())
}

/// The refund of an input, as its owner can spend it.
pub(super) fn refund(transaction: &Transaction, index: u32, owner: &Owner) -> Coin {
    let name = tagged_hash(tags::REFUND, &(transaction.id(&Normative), index));
    let outpoint = OutPoint { txid: TxId(name), index: 0 };
    let inputs = (0..).zip(&transaction.inputs);
    let amount = inputs.filter(|(place, _): &(u32, &Input)| *place == index);
    let amount = amount.map(|(_, input)| input.amount).sum();
    Coin { outpoint, owner: owner.clone(), amount }
}

/// Each shard accepts one payment and rejects the other.
fn mutual_locks(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let (joint, rival) = (couple.joint(Epoch(1))?, couple.rival(Epoch(1))?);
    let mut story = Story::begin(couple.world.clone())?;
    let lock = |payment: &SignedTransaction| Entry::Lock(payment.clone());
    story.accept(Shard(1), &[(lock(&joint), ACCEPTED), (lock(&rival), voted_down(LOCKED))])?;
    story.accept(Shard(2), &[(lock(&rival), ACCEPTED), (lock(&joint), voted_down(LOCKED))])?;
    let commit = Entry::UnlockCommit(story.world.commit(&joint.transaction)?);
    story.refuse(Shard(1), &[commit], Rejection::AtxProofNotAcceptance)?;
    let own = Entry::UnlockAbort(story.world.abort(&rival.transaction, Shard(2))?);
    story.refuse(Shard(1), &[own], Rejection::AtxAbortNotAccepted)?;
    let abort = Entry::UnlockAbort(story.world.abort(&joint.transaction, Shard(2))?);
    story.accept_one(Shard(1), abort, ABORTED)?;
    let abort = Entry::UnlockAbort(story.world.abort(&rival.transaction, Shard(1))?);
    story.accept_one(Shard(2), abort, ABORTED)?;
    // The coin itself is gone permanently; its refund can be spent.
    let old = story.world.pay(Epoch(1), &[&couple.of_alice], &[(&couple.alice, 990)])?;
    story.refuse(Shard(1), &[Entry::Single(old)], Rejection::LedOutpointUnknown)?;
    let refund = refund(&joint.transaction, 0, &couple.alice);
    let spend = story.world.pay(Epoch(1), &[&refund], &[(&couple.alice, 990)])?;
    story.accept_one(Shard(1), Entry::Single(spend), Answer::Applied)?;
    story.end(
        suite,
        "mutual-locks",
        &[
            "ATX-LOCK-05",
            "ATX-ABORT-02",
            "ATX-ABORT-04",
            "ATX-ABORT-05",
            "LED-LOCAL-03",
            "ATX-ATOMIC-01",
            "ATX-SPEND-01",
        ],
        "Given two payments that spend the same two coins, when each payment locks its coin first \
         in a different shard, then both payments are rejected and abort, and the coins are \
         refunded as new outputs.",
    )
}

/// Every input shard accepts the first payment, and shard 1 rejects the second. A proof of that
/// rejection does not abort the first payment. The second aborts in shard 2 after the first has
/// committed there, and before it has committed in shard 1.
fn one_wins(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut couple = Couple::new()?;
    let bob = couple.bob.clone();
    let spare = couple.world.coin(&bob, 500, 3)?;
    let joint = couple.joint(Epoch(1))?;
    let loser =
        couple.world.pay(Epoch(1), &[&couple.of_alice, &spare], &[(&couple.alice, 1490)])?;
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), Entry::Lock(joint.clone()), ACCEPTED)?;
    story.accept(
        Shard(2),
        &[(Entry::Lock(joint.clone()), ACCEPTED), (Entry::Lock(loser.clone()), ACCEPTED)],
    )?;
    story.accept_one(Shard(1), Entry::Lock(loser.clone()), voted_down(LOCKED))?;
    let commit = Entry::UnlockCommit(story.world.commit(&joint.transaction)?);
    // A rejection of the loser is no reason to abort the winner.
    let foreign = story.world.proof(Shard(1), &loser.transaction)?;
    let foreign = ioschain_spec::atomix::UnlockAbort {
        transaction: joint.transaction.clone(),
        proof: foreign,
    };
    story.refuse(Shard(2), &[Entry::UnlockAbort(foreign)], Rejection::AtxProofWrongTransaction)?;
    let abort = Entry::UnlockAbort(story.world.abort(&loser.transaction, Shard(1))?);
    story.accept(Shard(2), &[(commit.clone(), COMMITTED), (abort, ABORTED)])?;
    story.accept_one(Shard(1), commit, COMMITTED)?;
    let refund = refund(&loser.transaction, 1, &couple.bob);
    let paid = Coin::output_of(&joint.transaction, 0, &couple.bob);
    let spend = story.world.pay(Epoch(1), &[&refund, &paid], &[(&couple.bob, 2469)])?;
    story.accept_one(Shard(2), Entry::Single(spend), Answer::Applied)?;
    story.end(
        suite,
        "one-wins",
        &["ATX-LOCK-05", "ATX-PROOF-05", "ATX-ABORT-05", "ATX-COMMIT-01"],
        "Given two payments that share one coin, when every input shard accepts the first one, \
         then it commits, the second one aborts, and the payment and the refund can both be \
         spent.",
    )
}

/// One coin, paid twice to Bob in another shard. The second payment is refused before and after the
/// first commits.
fn double_spend(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let couple = Couple::new()?;
    let first = couple.simple(Epoch(1))?;
    let second = couple.world.pay(Epoch(1), &[&couple.of_alice], &[(&couple.bob, 980)])?;
    let mut story = Story::begin(couple.world.clone())?;
    story.accept_one(Shard(1), Entry::Lock(first.clone()), ACCEPTED)?;
    story.refuse(Shard(1), &[Entry::Lock(second.clone())], LOCKED)?;
    let proof = story.world.proof(Shard(1), &first.transaction)?;
    let stolen = crate::make::cases::world::unlock_commit(&second.transaction, vec![proof])?;
    story.refuse(Shard(2), &[Entry::UnlockCommit(stolen)], Rejection::AtxProofWrongTransaction)?;
    let within = story.world.pay(Epoch(1), &[&couple.of_alice], &[(&couple.alice, 990)])?;
    story.refuse(Shard(1), &[Entry::Single(within)], LOCKED)?;
    let commit = Entry::UnlockCommit(story.world.commit(&first.transaction)?);
    story.accept_one(Shard(1), commit.clone(), COMMITTED)?;
    story.refuse(Shard(1), &[Entry::Lock(second)], Rejection::LedOutpointUnknown)?;
    story.accept_one(Shard(2), commit, COMMITTED)?;
    story.end(
        suite,
        "double-spend",
        &["ATX-LOCK-04", "ATX-LOCK-06", "ATX-PROOF-05", "LED-LOCAL-04", "LED-LOCAL-03"],
        "Given two payments of one coin to another shard, when one of them has locked the coin, \
         then the other one is refused before and after the first one commits, also with the \
         proof of the first one, and so is a payment of the coin within its shard.",
    )
}
