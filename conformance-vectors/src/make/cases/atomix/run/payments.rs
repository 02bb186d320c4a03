//! Payments between shards that commit.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Answer;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::genesis::Genesis;
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use super::HANDLER;
use super::story::Story;
use crate::format::vector::VectorFile;
use crate::make::cases::atomix::samples::Market;
use crate::make::cases::support::{CaseError, SuiteWriter};
use crate::make::cases::world::{ACCEPTED, COMMITTED, Coin, Owner, World, genesis, unlock_commit};

/// Runs without a dishonest client: an empty block, a simple payment, one with change, and one from
/// three shards. An implementation that fails one of them does not serve an honest client.
pub(super) fn payments() -> Result<VectorFile, CaseError> {
    let doc = "Payments between shards that commit, from the lock request to the spending of their \
               outputs.";
    let mut suite = SuiteWriter::new(HANDLER, "payments", doc)?;
    smallest(&mut suite)?;
    from_genesis(&mut suite)?;
    with_change(&mut suite)?;
    three_input_shards(&mut suite)?;
    Ok(suite.finish())
}

/// One shard and one empty block, which is applied once and refused the second time. An implementer
/// tries this first.
fn smallest(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut story = Story::begin(World::new(1)?)?;
    let block = story.accept(Shard(1), &[])?;
    story.refuse_block(&block, Rejection::LedBlockHeight)?;
    story.end(
        suite,
        "one-empty-block",
        &["LED-BLOCK-04", "LED-BLOCK-12"],
        "Given a chain of one shard, when its first block is submitted twice, then it is applied \
         only once.",
    )
}

/// A grant of genesis is paid to another shard and spent there.
fn from_genesis(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (alice, bob) = (Owner::new("alice", Shard(1), 2)?, Owner::new("bob", Shard(2), 2)?);
    let world = World::of(genesis(2, &[(alice.account(), 1000)])?)?;
    let granted = Coin { outpoint: Genesis::outpoint(5), owner: alice, amount: 1000 };
    let payment = world.pay(Epoch(1), &[&granted], &[(&bob, 990)])?;
    let mut story = Story::begin(world)?;
    story.accept_one(Shard(1), Entry::Lock(payment.clone()), ACCEPTED)?;
    for shard in [2, 1] {
        let commit = story.world.commit(&payment.transaction)?;
        story.accept_one(Shard(shard), Entry::UnlockCommit(commit), COMMITTED)?;
    }
    let received = Coin::output_of(&payment.transaction, 0, &bob);
    let spend = story.world.pay(Epoch(1), &[&received], &[(&bob, 980)])?;
    story.accept_one(Shard(2), Entry::Single(spend), Answer::Applied)?;
    story.end(
        suite,
        "simple-payment",
        &[
            "ATX-LOCK-04",
            "ATX-COMMIT-01",
            "ATX-COMMIT-05",
            "LED-GENESIS-06",
            "LED-TX-02",
            "LED-CONSERVE-01",
            "ATX-ATOMIC-01",
        ],
        "Given a grant of genesis, when its owner pays it to another shard, then the coin is \
         locked, the output is created in the other shard, the fee is added to the fee pool of \
         the input shard, and the payee spends the output.",
    )
}

/// Shard 1 votes and receives, shard 2 votes, shard 3 receives. A commit with one of two proofs is
/// refused, and so are blocks that give the remainder of the fee to no shard or to shard 2.
fn with_change(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let market = Market::new()?;
    let payment = market.joint(Epoch(1))?;
    let joint = &payment.transaction;
    let lock = Entry::Lock(payment.clone());
    let mut story = Story::begin(market.world.clone())?;
    story.accept_one(Shard(1), lock.clone(), ACCEPTED)?;
    let alone = unlock_commit(joint, vec![story.world.proof(Shard(1), joint)?])?;
    story.refuse(Shard(3), &[Entry::UnlockCommit(alone)], Rejection::AtxProofCount)?;
    story.accept_one(Shard(2), lock, ACCEPTED)?;
    let commit = Entry::UnlockCommit(story.world.commit(joint)?);
    story.accept_one(Shard(3), commit.clone(), COMMITTED)?;
    story.refuse_state(Shard(1), std::slice::from_ref(&commit), |state| {
        state.totals.fee_pool -= 1
    })?;
    story.accept_one(Shard(1), commit.clone(), COMMITTED)?;
    story.refuse_state(Shard(2), std::slice::from_ref(&commit), |state| {
        state.totals.fee_pool += 1
    })?;
    story.accept_one(Shard(2), commit, COMMITTED)?;
    story.end(
        suite,
        "payment-with-change",
        &["ATX-COMMIT-01", "ATX-COMMIT-02", "LED-FEE-01", "LED-CONSERVE-01"],
        "Given a payment with two input shards and change, when each participant commits, then \
         each output and each part of the fee is credited once, and only the shard of input 0 \
         receives the remainder of the fee.",
    )
}

/// All three shards vote, and shard 1 receives. They lock and commit in different orders, and the
/// output is spent.
fn three_input_shards(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let market = Market::new()?;
    let payment = market.pooled(Epoch(2))?;
    let pooled = &payment.transaction;
    let mut story = Story::begin(market.world.clone())?;
    for shard in [3, 1, 2] {
        story.accept_one(Shard(shard), Entry::Lock(payment.clone()), ACCEPTED)?;
    }
    let commit = Entry::UnlockCommit(story.world.commit(pooled)?);
    for shard in [2, 3, 1] {
        story.accept_one(Shard(shard), commit.clone(), COMMITTED)?;
    }
    let back = Coin::output_of(pooled, 0, &market.alice);
    let spend = story.world.pay(Epoch(1), &[&back], &[(&market.alice, 2969)])?;
    story.accept_one(Shard(1), Entry::Single(spend), Answer::Applied)?;
    story.end(
        suite,
        "three-input-shards",
        &["ATX-COMMIT-02", "ATX-PROOF-06", "ATX-LOCK-04"],
        "Given a payment with an input in each of three shards, when all shards accept it and \
         commit it in any order, then the payee spends the output.",
    )
}
