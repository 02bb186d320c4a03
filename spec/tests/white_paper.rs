//! §7 as the paper has it: short runs in which its four steps lose or create units, or leave them
//! locked permanently, and the same runs under the specification.
//!
//! Each run is one function that takes the rules. Whatever a rule refuses is left undone, as a
//! client or an attacker would leave it.

mod world;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Rules, Specification};
use ioschain_spec::ledger::{
    OutPoint, SUPPLY, Settlement, SignedTransaction, Transaction, TxId, Vote,
};
use ioschain_spec::primitives::hash::{tagged_hash, tags};
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::suite::Normative;
use ioschain_spec::variants::WhitePaper;

use world::{Coin, Owner, World, owner_in_shard};

type NormativeRules = &'static dyn Rules<Normative>;

const LOCKED: Vote = Vote::Rejected(Rejection::LedOutpointLocked);

/// Three shards, a coin in shard 1 and one in shard 2, and payees in shards 2 and 3.
struct Scene {
    world: World<Normative>,
    coins: Vec<Coin>,
    payees: [Owner; 2],
}

fn scene(rules: NormativeRules) -> Scene {
    let payers = [1, 2].map(|shard| owner_in_shard(Shard(shard), 3, 0));
    let payees = [2, 3].map(|shard| owner_in_shard(Shard(shard), 3, 1));
    let (world, coins) = World::new(rules, 3, &[(&payers[0], 100), (&payers[1], 200)]);
    Scene { world, coins, payees }
}

/// Whether an output of the transaction exists, and whether an input was given back: under the
/// fresh outpoint of the specification or, as the paper has it, under the old one.
fn ends(world: &World<Normative>, transaction: &Transaction) -> (bool, bool) {
    let txid = transaction.id(&Normative);
    let exists =
        |outpoint: &OutPoint| (1..=3).any(|shard| world.unspent(Shard(shard), outpoint).is_some());
    let mut outputs = (0..).take(transaction.outputs.len());
    let created = outputs.any(|index| exists(&OutPoint { txid, index }));
    let mut inputs = (0..).zip(&transaction.inputs);
    let returned = inputs.any(|(index, input)| {
        let refund = TxId(tagged_hash(tags::REFUND, &(txid, index)));
        exists(&OutPoint { txid: refund, index: 0 }) || exists(&input.outpoint)
    });
    (created, returned)
}

/// All that the shards hold, when nothing is on its way.
fn held(world: &World<Normative>) -> u64 {
    let unspent = world.states.iter().flat_map(|state| state.unspent.values());
    let locks = world.states.iter().flat_map(|state| state.locks.values());
    let pools =
        world.states.iter().map(|state| state.totals.fee_pool + state.totals.community_pool);
    let amounts = unspent.map(|output| output.amount).chain(locks.map(|lock| lock.amount));
    amounts.chain(pools).sum()
}

// One proof where two are needed.

/// Shard 1 accepts the payment and shard 2 rejects it, because its coin is held by another. The
/// client commits in shard 3 with the one acceptance and aborts in shard 1 with the one rejection.
fn one_of_two_proofs(rules: NormativeRules) -> (World<Normative>, SignedTransaction) {
    let Scene { mut world, coins, payees } = scene(rules);
    let holder = world.pay(&coins[1..], &[(&payees[1], 190)]);
    let payment = world.pay(&coins, &[(&payees[1], 290)]);
    let txid = world.id(&payment);
    assert_eq!(world.lock(Shard(2), &holder), Ok(Vote::Accepted));
    assert_eq!(world.lock(Shard(1), &payment), Ok(Vote::Accepted));
    assert_eq!(world.lock(Shard(2), &payment), Ok(LOCKED));
    let [acceptance, rejection] = [1, 2].map(|shard| world.proof(Shard(shard), &txid));
    let _ = world.commit(Shard(3), &payment.transaction, vec![acceptance]);
    let _ = world.abort(Shard(1), &payment.transaction, rejection);
    world.settle_everywhere(&holder);
    (world, payment)
}

#[test]
fn in_the_paper_one_acceptance_of_two_commits() {
    let (world, payment) = one_of_two_proofs(&WhitePaper);
    assert_eq!(ends(&world, &payment.transaction), (true, true), "created and given back");
    assert_eq!(held(&world), SUPPLY + 290, "out of nothing");
    assert_eq!(world.conservation(), Ok(SUPPLY + 290));
}

#[test]
fn in_the_specification_one_acceptance_of_two_commits_nothing() {
    let (world, payment) = one_of_two_proofs(&Specification);
    assert_eq!(ends(&world, &payment.transaction), (false, true));
    assert_eq!(held(&world), SUPPLY);
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

// The veto of one of two output shards.

/// A payment of shard 1 has outputs in shards 2 and 3. Shard 3 hears of it one epoch late.
fn a_late_output_shard(rules: NormativeRules) -> (World<Normative>, SignedTransaction) {
    let Scene { mut world, coins, payees } = scene(rules);
    let payment = world.pay(&coins[..1], &[(&payees[0], 40), (&payees[1], 50)]);
    let txid = world.id(&payment);
    assert_eq!(world.lock(Shard(1), &payment), Ok(Vote::Accepted));
    let proofs = vec![world.proof(Shard(1), &txid)];
    world.close(Shard(3)).unwrap();
    assert!(world.commit(Shard(2), &payment.transaction, proofs.clone()).is_ok());
    assert!(world.commit(Shard(3), &payment.transaction, proofs.clone()).is_ok());
    let said_by_shard_3 = world.proof(Shard(3), &txid);
    let _ = world.abort(Shard(1), &payment.transaction, said_by_shard_3);
    let _ = world.commit(Shard(1), &payment.transaction, proofs);
    (world, payment)
}

#[test]
fn in_the_paper_one_output_shard_commits_and_the_other_returns_the_fund() {
    let (world, payment) = a_late_output_shard(&WhitePaper);
    let txid = world.id(&payment);
    assert!(world.unspent(Shard(2), &OutPoint { txid, index: 0 }).is_some(), "paid in shard 2");
    assert!(world.unspent(Shard(3), &OutPoint { txid, index: 1 }).is_none(), "not paid in shard 3");
    assert_eq!(ends(&world, &payment.transaction), (true, true));
    assert_eq!(held(&world), SUPPLY + 40);
    assert_ne!(world.conservation(), Ok(SUPPLY));
}

#[test]
fn in_the_specification_no_output_shard_has_a_veto() {
    let (world, payment) = a_late_output_shard(&Specification);
    let txid = world.id(&payment);
    assert!(world.unspent(Shard(2), &OutPoint { txid, index: 0 }).is_some());
    assert!(world.unspent(Shard(3), &OutPoint { txid, index: 1 }).is_some());
    assert_eq!(ends(&world, &payment.transaction), (true, false));
    assert_eq!(held(&world), SUPPLY);
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

// A rejection, kept and replayed.

/// Two payments of the same two coins lock one each and are rejected by the other shard. The second
/// is aborted; the first is asked for again in shard 2, committed if it can be, and then aborted in
/// shard 1 with the old rejection.
fn a_replayed_rejection(rules: NormativeRules) -> (World<Normative>, SignedTransaction, Vote) {
    let Scene { mut world, coins, payees } = scene(rules);
    let first = world.pay(&coins, &[(&payees[1], 290)]);
    let second = world.pay(&coins, &[(&payees[1], 280)]);
    let txid = world.id(&first);
    assert_eq!(world.lock(Shard(1), &first), Ok(Vote::Accepted));
    assert_eq!(world.lock(Shard(2), &second), Ok(Vote::Accepted));
    assert_eq!(world.lock(Shard(2), &first), Ok(LOCKED));
    assert_eq!(world.lock(Shard(1), &second), Ok(LOCKED));
    let old_rejection = world.proof(Shard(2), &txid);
    let of_the_second = world.proof(Shard(1), &world.id(&second));
    assert_eq!(world.abort(Shard(2), &second.transaction, of_the_second), Ok(Settlement::Aborted));

    let asked_again = world.lock(Shard(2), &first).unwrap();
    let proofs = world.proofs_of(&first.transaction);
    for shard in [3, 2] {
        let _ = world.commit(Shard(shard), &first.transaction, proofs.clone());
    }
    assert_eq!(world.abort(Shard(1), &first.transaction, old_rejection), Ok(Settlement::Aborted));
    (world, first, asked_again)
}

#[test]
fn in_the_paper_a_rejection_can_be_replayed_after_an_acceptance() {
    let (world, payment, asked_again) = a_replayed_rejection(&WhitePaper);
    assert_eq!(asked_again, Vote::Accepted, "the shard does not remember its vote");
    assert_eq!(ends(&world, &payment.transaction), (true, true));
    // Created: 290 and half of the fee. Gone: the 200 of shard 2. Given back: the 100 of shard 1.
    assert_eq!(held(&world), SUPPLY + 290 + world.state(Shard(2)).totals.fee_pool - 200);
    assert_ne!(world.conservation(), Ok(SUPPLY));
}

#[test]
fn in_the_specification_a_vote_is_final() {
    let (world, payment, asked_again) = a_replayed_rejection(&Specification);
    assert_eq!(asked_again, LOCKED, "the stored answer");
    assert_eq!(ends(&world, &payment.transaction), (false, true));
    assert_eq!(held(&world), SUPPLY);
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

// A client that disappears.

/// The client has all its locks and is never heard of again. Three epochs pass.
fn a_vanished_client(rules: NormativeRules) -> (World<Normative>, SignedTransaction) {
    let Scene { mut world, coins, payees } = scene(rules);
    let payment = world.pay(&coins, &[(&payees[1], 290)]);
    world.lock_everywhere(&payment);
    (0..3).for_each(|_| world.next_epoch());
    (world, payment)
}

#[test]
fn in_the_paper_the_locks_of_a_vanished_client_stay_for_ever() {
    let (world, payment) = a_vanished_client(&WhitePaper);
    let locks: usize = world.states.iter().map(|state| state.locks.len()).sum();
    assert_eq!(locks, 2);
    assert_eq!(ends(&world, &payment.transaction), (false, false), "neither paid nor given back");
}

#[test]
fn in_the_specification_the_sweep_settles_for_a_vanished_client() {
    let (world, payment) = a_vanished_client(&Specification);
    assert!(world.states.iter().all(|state| state.locks.is_empty()));
    assert_eq!(ends(&world, &payment.transaction), (true, false));
    assert_eq!(held(&world), SUPPLY);
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

// A stranger who rejects in the owner's name.

/// Shard 1 has accepted; a stranger sends shard 2 the same payment with another's signatures, and
/// whatever comes of it to shard 1.
fn a_strangers_garbage(rules: NormativeRules) -> (World<Normative>, SignedTransaction) {
    let Scene { mut world, coins, payees } = scene(rules);
    let payment = world.pay(&coins, &[(&payees[1], 290)]);
    let txid = world.id(&payment);
    assert_eq!(world.lock(Shard(1), &payment), Ok(Vote::Accepted));
    let mut garbage = payment.clone();
    garbage.witnesses = world.pay(&coins, &[(&payees[1], 289)]).witnesses;
    if world.lock(Shard(2), &garbage).is_ok() {
        let rejection = world.proof(Shard(2), &txid);
        let _ = world.abort(Shard(1), &payment.transaction, rejection);
    }
    (world, payment)
}

#[test]
fn in_the_paper_a_stranger_can_end_anyones_payment() {
    let (world, payment) = a_strangers_garbage(&WhitePaper);
    let row = world.decision(Shard(1), &world.id(&payment)).unwrap();
    assert_eq!(row.settled, Settlement::Aborted);
}

#[test]
fn in_the_specification_garbage_is_refused_and_the_payment_goes_on() {
    let (mut world, payment) = a_strangers_garbage(&Specification);
    assert_eq!(world.decision(Shard(2), &world.id(&payment)), None);
    world.settle_everywhere(&payment);
    assert_eq!(ends(&world, &payment.transaction), (true, false));
}

// Where the paper says enough, both agree.

#[test]
fn the_papers_own_case_is_the_same_in_both() {
    let rules: [NormativeRules; 2] = [&WhitePaper, &Specification];
    for rules in rules {
        let Scene { mut world, coins, payees } = scene(rules);
        let payment = world.pay(&coins[..1], &[(&payees[1], 90)]);
        world.settle_everywhere(&payment);
        assert_eq!(ends(&world, &payment.transaction), (true, false));
        assert_eq!(held(&world), SUPPLY);
    }
}
