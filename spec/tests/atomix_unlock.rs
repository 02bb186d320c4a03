//! §7, step two: commit and abort, the proofs they need, and the faults of an earlier
//! implementation.

mod world;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Rules, Specification, UnlockCommit};
use ioschain_spec::ledger::{
    Decision, OutPoint, Overlay, SUPPLY, Settlement, SignedTransaction, Transaction, TxId, Vote,
};
use ioschain_spec::primitives::certificate::ROSTER_MIN;
use ioschain_spec::primitives::encoding::{Bounded, encode};
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::{Ideal, Normative};

use world::{Coin, NormativeProof, Owner, TestSuite, World, owner_in_shard};

const ACCEPTED: Decision =
    Decision { vote: Vote::Accepted, settled: Settlement::No, expiry_epoch: Epoch(3) };
const REJECTED: Decision =
    Decision { vote: Vote::Rejected(Rejection::LedOutpointLocked), ..ACCEPTED };
const NO_VOTE: Decision = Decision { vote: Vote::None, settled: Settlement::Committed, ..ACCEPTED };

/// Four shards in epoch 3. Payments take a coin of shard 1 and one of shard 2, and pay in shard 3.
/// Shard 4 has no part in them.
#[derive(Clone)]
struct Scene<S: TestSuite> {
    world: World<S>,
    /// The coins of two payments, each of shard 1 and shard 2.
    coins: [Vec<Coin>; 2],
    payee: Owner,
}

fn scene<S: TestSuite>() -> Scene<S> {
    let payers = [1, 2].map(|shard| owner_in_shard(Shard(shard), 4, 0));
    let payee = owner_in_shard(Shard(3), 4, 0);
    let grants = [(&payers[0], 100), (&payers[1], 200), (&payers[0], 300), (&payers[1], 400)];
    let (mut world, coins) = World::<S>::new(&Specification, 4, &grants);
    world.next_epoch();
    world.next_epoch();
    Scene { world, coins: [coins[..2].to_vec(), coins[2..].to_vec()], payee }
}

impl<S: TestSuite> Scene<S> {
    fn payment(&self) -> SignedTransaction {
        self.world.pay(&self.coins[0], &[(&self.payee, 290)])
    }

    fn other_payment(&self) -> SignedTransaction {
        self.world.pay(&self.coins[1], &[(&self.payee, 690)])
    }
}

/// The refund of input `index`, as any implementation derives it.
fn refund_of(txid: &TxId, index: u32) -> OutPoint {
    OutPoint { txid: TxId(tagged_hash(tags::REFUND, &(txid, index))), index: 0 }
}

fn output_of(txid: &TxId, index: u32) -> OutPoint {
    OutPoint { txid: *txid, index }
}

/// What a shard said about a transaction, before its validators sign it.
struct Statement {
    shard: Shard,
    txid: TxId,
    decision: Decision,
}

/// An unlock request on its way: the first proof is the one that the faults are made in.
struct Delivery {
    transaction: Transaction,
    to: u16,
    late: bool,
    statement: Statement,
    more_proofs: Vec<NormativeProof>,
    tampered: Vec<fn(&mut NormativeProof)>,
}

struct Fault {
    rejection: Rejection,
    make: fn(&Scene<Normative>, &mut Delivery),
}

/// What both kinds of unlock check before their proofs, in order.
const DOOR_FAULTS: [Fault; 3] = [
    Fault {
        rejection: Rejection::LedVersion,
        make: |_, delivery| delivery.transaction.version = 2,
    },
    Fault { rejection: Rejection::AtxNotParticipant, make: |_, delivery| delivery.to = 4 },
    Fault { rejection: Rejection::AtxWindowClosed, make: |_, delivery| delivery.late = true },
];

/// What is checked of each proof, in order.
const PROOF_FAULTS: [Fault; 9] = [
    Fault {
        rejection: Rejection::AtxProofChain,
        make: |_, delivery| delivery.tampered.push(|proof| proof.header.chain_id.0[0] ^= 1),
    },
    Fault {
        rejection: Rejection::AtxProofRosterUnknown,
        make: |_, delivery| delivery.tampered.push(|proof| proof.header.roster_root.0[0] ^= 1),
    },
    Fault {
        rejection: Rejection::CryCertificateSigners,
        make: |_, delivery| {
            delivery.tampered.push(|proof| {
                let mut signers = proof.certificate.signers.to_vec();
                signers.push(0);
                proof.certificate.signers = signers.try_into().unwrap();
            });
        },
    },
    Fault {
        rejection: Rejection::CryCertificateQuorum,
        make: |_, delivery| {
            delivery.tampered.push(|proof| {
                let mut signers = proof.certificate.signers.to_vec();
                signers[0] = 0b0011;
                proof.certificate.signers = signers.try_into().unwrap();
            });
        },
    },
    Fault {
        rejection: Rejection::CryCosiSignature,
        make: |_, delivery| delivery.tampered.push(|proof| proof.header.height += 1),
    },
    Fault {
        rejection: Rejection::AtxProofPath,
        make: |_, delivery| delivery.tampered.push(|proof| proof.decision.expiry_epoch += 1),
    },
    Fault {
        rejection: Rejection::AtxProofNoVote,
        make: |_, delivery| delivery.statement.decision = NO_VOTE,
    },
    Fault {
        rejection: Rejection::AtxProofWrongTransaction,
        make: |scene, delivery| {
            delivery.statement.txid = scene.world.id(&scene.other_payment());
        },
    },
    Fault {
        rejection: Rejection::AtxProofWrongShard,
        make: |_, delivery| delivery.statement.shard = Shard(3),
    },
];

/// The row says it all: these two are never both true of one proof.
const NOT_BOTH: [Rejection; 3] =
    [Rejection::AtxProofNoVote, Rejection::AtxProofNotAcceptance, Rejection::AtxProofNotRejection];

fn commit_faults() -> Vec<Fault> {
    let count = Fault {
        rejection: Rejection::AtxProofCount,
        make: |_, delivery| {
            delivery.more_proofs.pop();
        },
    };
    let not_acceptance = Fault {
        rejection: Rejection::AtxProofNotAcceptance,
        make: |_, delivery| delivery.statement.decision = REJECTED,
    };
    DOOR_FAULTS.into_iter().chain([count]).chain(PROOF_FAULTS).chain([not_acceptance]).collect()
}

fn abort_faults() -> Vec<Fault> {
    let not_accepted = Fault {
        rejection: Rejection::AtxAbortNotAccepted,
        make: |scene, delivery| {
            delivery.transaction = scene.other_payment().transaction;
            delivery.statement.txid = delivery.transaction.id(&Normative);
        },
    };
    let not_rejection = Fault {
        rejection: Rejection::AtxProofNotRejection,
        make: |_, delivery| delivery.statement.decision = ACCEPTED,
    };
    DOOR_FAULTS
        .into_iter()
        .chain([not_accepted])
        .chain(PROOF_FAULTS)
        .chain([not_rejection])
        .collect()
}

/// Hands a shard an unlock of one kind.
type Unlock =
    fn(&mut World<Normative>, Delivery, Vec<NormativeProof>) -> Result<Settlement, Rejection>;

/// Shard 1 has accepted the payment; the proofs are signed by validators who say what they are
/// told.
fn deliver(
    scene: &Scene<Normative>,
    decision: Decision,
    made: &[&Fault],
    unlock: Unlock,
) -> Result<Settlement, Rejection> {
    let request = scene.payment();
    let txid = scene.world.id(&request);
    let mut world = scene.world.clone();
    assert_eq!(world.lock(Shard(1), &request), Ok(Vote::Accepted));
    let mut delivery = Delivery {
        transaction: request.transaction,
        to: 1,
        late: false,
        statement: Statement { shard: Shard(1), txid, decision },
        more_proofs: vec![world.forge_proof(Shard(2), txid, ACCEPTED)],
        tampered: Vec::new(),
    };
    made.iter().for_each(|fault| (fault.make)(scene, &mut delivery));
    if delivery.late {
        world.next_epoch();
        world.next_epoch();
    }
    let Statement { shard, txid, decision } = delivery.statement;
    let mut proof = world.forge_proof(shard, txid, decision);
    delivery.tampered.iter().for_each(|tamper| tamper(&mut proof));
    let proofs = [proof].into_iter().chain(delivery.more_proofs.clone()).collect();
    unlock(&mut world, delivery, proofs)
}

fn commit_with(scene: &Scene<Normative>, made: &[&Fault]) -> Result<Settlement, Rejection> {
    deliver(scene, ACCEPTED, made, |world, delivery, proofs| {
        world.commit(Shard(delivery.to), &delivery.transaction, proofs)
    })
}

fn abort_with(scene: &Scene<Normative>, made: &[&Fault]) -> Result<Settlement, Rejection> {
    deliver(scene, REJECTED, made, |world, delivery, proofs| {
        world.abort(Shard(delivery.to), &delivery.transaction, proofs[0].clone())
    })
}

fn assert_faults(
    faults: &[Fault],
    answer_to: impl Fn(&Scene<Normative>, &[&Fault]) -> Result<Settlement, Rejection>,
) {
    let scene = scene();
    for (place, earlier) in faults.iter().enumerate() {
        assert_eq!(answer_to(&scene, &[earlier]), Err(earlier.rejection));
        for later in &faults[place + 1..] {
            let both = [earlier.rejection, later.rejection];
            if !both.iter().all(|rejection| NOT_BOTH.contains(rejection)) {
                let answer = answer_to(&scene, &[later, earlier]);
                assert_eq!(answer, Err(earlier.rejection), "and {}", later.rejection);
            }
        }
    }
}

#[test]
fn each_fault_of_a_commit_is_refused_and_of_two_the_earlier_check_answers() {
    assert_eq!(commit_with(&scene(), &[]), Ok(Settlement::Committed));
    assert_faults(&commit_faults(), commit_with);
}

#[test]
fn each_fault_of_an_abort_is_refused_and_of_two_the_earlier_check_answers() {
    assert_eq!(abort_with(&scene(), &[]), Ok(Settlement::Aborted));
    assert_faults(&abort_faults(), abort_with);
}

fn a_payment_commits_at_every_participant_in_any_order_under<S: TestSuite>() {
    let orders: [[u16; 3]; 6] = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
    for order in orders {
        let scene = scene::<S>();
        let mut world = scene.world.clone();
        let request = scene.payment();
        let txid = world.id(&request);
        world.lock_everywhere(&request);
        let proofs = world.proofs_of(&request.transaction);
        for shard in order {
            let settled = world.commit(Shard(shard), &request.transaction, proofs.clone());
            assert_eq!(settled, Ok(Settlement::Committed));
            assert_eq!(world.conservation(), Ok(SUPPLY));
        }
        for shard in 1..=4 {
            assert!(world.state(Shard(shard)).locks.is_empty());
        }
        let output = world.unspent(Shard(3), &output_of(&txid, 0)).unwrap();
        assert_eq!((output.owner, output.amount), (scene.payee.account(), 290));
        let votes = [Vote::Accepted, Vote::Accepted, Vote::None];
        for (shard, vote) in (1..).zip(votes) {
            let row = Decision { vote, settled: Settlement::Committed, expiry_epoch: Epoch(3) };
            assert_eq!(world.decision(Shard(shard), &txid), Some(row));
        }
        assert_eq!(world.decision(Shard(4), &txid), None);
    }
}

#[test]
fn a_payment_commits_at_every_participant_in_any_order() {
    a_payment_commits_at_every_participant_in_any_order_under::<Normative>();
    a_payment_commits_at_every_participant_in_any_order_under::<Ideal>();
}

#[test]
fn the_fee_is_split_over_three_input_shards_and_the_first_inputs_shard_has_the_remainder() {
    let payers = [1, 2, 3].map(|shard| owner_in_shard(Shard(shard), 4, 0));
    let payee = owner_in_shard(Shard(4), 4, 0);
    let grants = payers.each_ref().map(|payer| (payer, 100));
    let (mut world, coins) = World::normative(4, &grants);
    let request = world.pay(&coins, &[(&payee, 289)]);
    assert_eq!(request.transaction.fee, 11);
    let first_owner = request.transaction.inputs[0].owner;
    let first = payers.iter().position(|payer| payer.account() == first_owner).unwrap();
    world.settle_everywhere(&request);
    let earned: Vec<u64> = world.states.iter().map(|state| state.totals.fee_pool).collect();
    let mut expected = vec![3, 3, 3, 0];
    expected[first] += 2;
    assert_eq!(earned, expected);
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

#[test]
fn a_payment_with_change_makes_its_input_shard_an_output_shard_too() {
    let payer = owner_in_shard(Shard(1), 2, 0);
    let payee = owner_in_shard(Shard(2), 2, 0);
    let (mut world, coins) = World::normative(2, &[(&payer, 100)]);
    let request = world.pay(&coins, &[(&payee, 30), (&payer, 55)]);
    let txid = world.id(&request);
    world.settle_everywhere(&request);
    let change = world.unspent(Shard(1), &output_of(&txid, 1)).unwrap();
    assert_eq!((change.owner, change.amount), (payer.account(), 55));
    assert_eq!(world.unspent(Shard(2), &output_of(&txid, 0)).unwrap().amount, 30);
    assert_eq!(world.unspent(Shard(1), &output_of(&txid, 0)), None);
    assert_eq!(world.state(Shard(1)).totals.fee_pool, 15);
    assert_eq!(world.state(Shard(2)).totals.fee_pool, 0);
    assert!(world.state(Shard(1)).locks.is_empty());
}

#[test]
fn proofs_come_one_from_each_input_shard_and_in_shard_order() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    world.lock_everywhere(&request);
    let [first, second] = [1, 2].map(|shard| world.proof(Shard(shard), &world.id(&request)));
    let cases = [
        (vec![], Rejection::AtxProofCount),
        (vec![first.clone()], Rejection::AtxProofCount),
        (vec![first.clone(), second.clone(), first.clone()], Rejection::AtxProofCount),
        (vec![first.clone(), first.clone()], Rejection::AtxProofWrongShard),
        (vec![second.clone(), first.clone()], Rejection::AtxProofWrongShard),
        (vec![second.clone(), second.clone()], Rejection::AtxProofWrongShard),
    ];
    for (proofs, rejection) in cases {
        assert_eq!(world.commit(Shard(3), &request.transaction, proofs), Err(rejection));
    }
    let settled = world.commit(Shard(3), &request.transaction, vec![first, second]);
    assert_eq!(settled, Ok(Settlement::Committed));
}

#[test]
fn a_proof_from_any_block_that_names_the_transaction_will_do() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    let txid = world.id(&request);
    world.lock_everywhere(&request);
    let early = world.proofs_of(&request.transaction);
    world.commit(Shard(1), &request.transaction, early.clone()).unwrap();
    world.lock(Shard(1), &request).unwrap();
    let late = world.proof(Shard(1), &txid);
    assert_eq!(late.decision.settled, Settlement::Committed);
    let proofs = vec![late, early[1].clone()];
    assert_eq!(world.commit(Shard(3), &request.transaction, proofs), Ok(Settlement::Committed));
}

#[test]
fn a_bare_quorum_certifies_and_one_fewer_does_not() {
    let scene = scene::<Normative>();
    let request = scene.payment();
    let mut world = scene.world.clone();
    world.lock_everywhere(&request);
    let proofs = world.proofs_of(&request.transaction);
    for (count, expected) in [
        (ROSTER_MIN, Ok(Settlement::Committed)),
        (ROSTER_MIN - 1, Ok(Settlement::Committed)),
        (ROSTER_MIN - 2, Err(Rejection::CryCertificateQuorum)),
    ] {
        let mut world = world.clone();
        let mut proofs = proofs.clone();
        proofs[1].certificate = world.certify_header(&proofs[1].header, count);
        assert_eq!(
            world.commit(Shard(3), &request.transaction, proofs),
            expected,
            "{count} signatures"
        );
    }
}

#[test]
fn a_roster_that_the_log_does_not_give_is_unknown() {
    let scene = scene::<Normative>();
    let request = scene.payment();
    let mut world = scene.world.clone();
    world.lock_everywhere(&request);
    // Of another shard, of the identity shard, of a shard that does not exist.
    for shard in [2, 0, 5, u16::MAX] {
        let mut proofs = world.proofs_of(&request.transaction);
        proofs[0].header.shard = Shard(shard);
        let answer = world.commit(Shard(3), &request.transaction, proofs);
        assert_eq!(answer, Err(Rejection::AtxProofRosterUnknown), "shard {shard}");
    }
}

#[test]
fn a_settled_transaction_answers_the_same_to_every_later_request() {
    let scene = scene::<Normative>();
    let request = scene.payment();
    let txid = scene.world.id(&request);
    let garbage = scene.world.forge_proof(Shard(4), TxId(Digest([9; 32])), REJECTED);
    for settled in [Settlement::Committed, Settlement::Aborted] {
        let mut world = scene.world.clone();
        world.lock(Shard(1), &request).unwrap();
        match settled {
            Settlement::Aborted => {
                let proof = world.forge_proof(Shard(2), txid, REJECTED);
                assert_eq!(world.abort(Shard(1), &request.transaction, proof), Ok(settled));
            }
            _ => {
                let proofs = [1, 2].map(|shard| world.forge_proof(Shard(shard), txid, ACCEPTED));
                assert_eq!(
                    world.commit(Shard(1), &request.transaction, proofs.to_vec()),
                    Ok(settled)
                );
            }
        }
        let mut before = world.state(Shard(1)).clone();
        assert_eq!(world.commit(Shard(1), &request.transaction, vec![]), Ok(settled));
        assert_eq!(world.abort(Shard(1), &request.transaction, garbage.clone()), Ok(settled));
        before.position = world.state(Shard(1)).position.clone();
        assert_eq!(world.state(Shard(1)), &before, "a repeated request changes nothing");
    }
}

#[test]
fn unlocking_ends_one_epoch_after_the_expiry() {
    for (epochs, open) in [(0, true), (1, true), (2, false)] {
        // Not settled by the sweep: shard 3 has never heard of the payment, nor will it be swept
        // there, because shard 2 never locked it. Its acceptance is the validators' own invention.
        let scene = scene::<Normative>();
        let mut world = scene.world.clone();
        let request = scene.payment();
        let txid = world.id(&request);
        (0..epochs).for_each(|_| world.next_epoch());
        let proofs = [1, 2].map(|shard| world.forge_proof(Shard(shard), txid, ACCEPTED)).to_vec();
        let expected =
            if open { Ok(Settlement::Committed) } else { Err(Rejection::AtxWindowClosed) };
        assert_eq!(
            world.commit(Shard(3), &request.transaction, proofs),
            expected,
            "{epochs} epochs later"
        );
    }
}

#[test]
fn an_abort_is_heard_until_one_epoch_after_the_expiry() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    let txid = world.id(&request);
    world.lock(Shard(1), &request).unwrap();
    let proof = world.forge_proof(Shard(2), txid, REJECTED);
    world.close(Shard(1)).unwrap();
    assert_eq!(world.epoch(Shard(1)), 4);
    let mut early = world.clone();
    assert_eq!(early.abort(Shard(1), &request.transaction, proof.clone()), Ok(Settlement::Aborted));

    for shard in 2..=4 {
        world.close(Shard(shard)).unwrap();
    }
    (1..=4).for_each(|shard| world.tick(Shard(shard)));
    world.next_epoch();
    assert_eq!(world.epoch(Shard(1)), 5);
    let late = world.abort(Shard(1), &request.transaction, proof);
    assert_eq!(late, Err(Rejection::AtxWindowClosed));
}

#[test]
fn no_shard_has_a_veto_after_the_expiry() {
    // Shards 1 and 2 accept in the expiry epoch; shard 3 hears of it in the next one.
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    world.lock_everywhere(&request);
    let proofs = world.proofs_of(&request.transaction);
    world.close(Shard(3)).unwrap();
    assert_eq!(world.commit(Shard(3), &request.transaction, proofs), Ok(Settlement::Committed));
}

fn an_abort_gives_the_locks_back_as_fresh_outputs_under<S: TestSuite>() {
    let scene = scene::<S>();
    let mut world = scene.world.clone();
    // Both coins of shard 1 and one of shard 2, which another payment holds.
    let coins: Vec<Coin> =
        [&scene.coins[0][0], &scene.coins[1][0], &scene.coins[0][1]].map(Clone::clone).to_vec();
    let request = world.pay(&coins, &[(&scene.payee, 590)]);
    let holder = world.pay(&scene.coins[0][1..], &[(&scene.payee, 190)]);
    assert_eq!(world.lock(Shard(2), &holder), Ok(Vote::Accepted));
    assert_eq!(world.lock(Shard(2), &request), Ok(REJECTED.vote));
    assert_eq!(world.lock(Shard(1), &request), Ok(Vote::Accepted));
    let txid = world.id(&request);
    let proof = world.proof(Shard(2), &txid);
    assert_eq!(world.abort(Shard(1), &request.transaction, proof), Ok(Settlement::Aborted));

    for (index, input) in (0..).zip(&request.transaction.inputs) {
        let refund = world.unspent(Shard(1), &refund_of(&txid, index)).cloned();
        let own = coins[..2].iter().any(|coin| coin.outpoint == input.outpoint);
        let expected = own.then_some((input.owner, input.amount));
        assert_eq!(refund.map(|refund| (refund.owner, refund.amount)), expected);
        assert_eq!(world.unspent(Shard(1), &input.outpoint), None, "the old outpoint stays dead");
    }
    assert!(world.state(Shard(1)).locks.is_empty());
    assert_eq!(world.conservation(), Ok(SUPPLY));

    // The request cannot be tried again, and the refund can be spent.
    assert_eq!(
        world.lock(Shard(1), &request),
        Ok(Vote::Accepted),
        "the stored answer, and no lock"
    );
    assert!(world.state(Shard(1)).locks.is_empty());
    let index = (0..).zip(&request.transaction.inputs);
    let index = index.filter(|(_, input)| input.outpoint == coins[0].outpoint).map(|(at, _)| at);
    let refund = Coin { outpoint: refund_of(&txid, index.last().unwrap()), ..coins[0].clone() };
    let spend = world.pay(&[refund], &[(&coins[0].owner, 90)]);
    assert_eq!(world.single(Shard(1), &spend), Ok(()));
}

#[test]
fn an_abort_gives_the_locks_back_as_fresh_outputs() {
    an_abort_gives_the_locks_back_as_fresh_outputs_under::<Normative>();
    an_abort_gives_the_locks_back_as_fresh_outputs_under::<Ideal>();
}

#[test]
fn an_abort_that_overtakes_its_lock_leaves_no_trace() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    let proof = world.forge_proof(Shard(2), world.id(&request), REJECTED);
    let refused = world.abort(Shard(1), &request.transaction, proof.clone());
    assert_eq!(refused, Err(Rejection::AtxAbortNotAccepted));
    assert_eq!(world.decision(Shard(1), &world.id(&request)), None);
    assert_eq!(world.lock(Shard(1), &request), Ok(Vote::Accepted));
    assert_eq!(world.abort(Shard(1), &request.transaction, proof), Ok(Settlement::Aborted));
}

#[test]
fn a_shard_that_rejected_has_nothing_to_abort() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let holder = world.pay(&scene.coins[0][..1], &[(&scene.payee, 90)]);
    world.lock(Shard(1), &holder).unwrap();
    let request = scene.payment();
    assert_eq!(world.lock(Shard(1), &request), Ok(REJECTED.vote));
    let own_rejection = world.proof(Shard(1), &world.id(&request));
    let answer = world.abort(Shard(1), &request.transaction, own_rejection);
    assert_eq!(answer, Err(Rejection::AtxAbortNotAccepted));
}

#[test]
fn an_output_shard_aborts_nothing() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    let proof = world.forge_proof(Shard(2), world.id(&request), REJECTED);
    let answer = world.abort(Shard(3), &request.transaction, proof);
    assert_eq!(answer, Err(Rejection::AtxNotParticipant));
}

#[test]
fn a_transaction_of_one_shard_is_not_unlocked() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let coin = &scene.coins[0][..1];
    let request = world.pay(coin, &[(&coin[0].owner, 90)]);
    let proof = world.forge_proof(Shard(2), world.id(&request), ACCEPTED);
    let cases = [(vec![], Rejection::AtxProofCount), (vec![proof], Rejection::AtxProofWrongShard)];
    for (proofs, rejection) in cases {
        assert_eq!(world.commit(Shard(1), &request.transaction, proofs), Err(rejection));
    }
}

#[test]
fn a_fee_pool_does_not_wrap_around_at_a_commit() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    world.lock_everywhere(&request);
    let proofs: Bounded<NormativeProof, 1024> =
        world.proofs_of(&request.transaction).try_into().unwrap();
    let unlock = UnlockCommit { transaction: request.transaction.clone(), proofs };
    let mut state = world.state(Shard(1)).clone();
    state.totals.fee_pool = u64::MAX;
    let mut overlay = Overlay::on(&state);
    let answer = Specification.apply_unlock_commit(&world.context(), &mut overlay, &unlock);
    assert_eq!(answer, Err(Rejection::LedOverflow));
    assert_eq!(overlay.into_changes(), Overlay::on(&state).into_changes());
}

// Six faults of an implementation of Atomix from 2018: each is refused here.

/// (1) It accepted proofs without a look at their signatures, shard or transaction.
#[test]
fn fault_1_a_proof_is_verified_before_it_counts() {
    let scene = scene::<Normative>();
    let request = scene.payment();
    let txid = scene.world.id(&request);
    let mut world = scene.world.clone();
    world.lock(Shard(1), &request).unwrap();
    let own = world.proof(Shard(1), &txid);
    let other = scene.other_payment();
    world.lock(Shard(2), &other).unwrap();
    let mut unsigned = world.forge_proof(Shard(2), txid, ACCEPTED);
    unsigned.certificate.signature = own.certificate.signature;
    let of_another = world.proof(Shard(2), &world.id(&other));
    let cases = [
        (unsigned, Rejection::CryCosiSignature),
        (world.forge_proof(Shard(4), txid, ACCEPTED), Rejection::AtxProofWrongShard),
        (of_another, Rejection::AtxProofWrongTransaction),
    ];
    for (proof, rejection) in cases {
        let mut proof = proof;
        if rejection == Rejection::CryCosiSignature {
            proof.certificate.signers = own.certificate.signers.clone();
        }
        let answer = world.commit(Shard(3), &request.transaction, vec![own.clone(), proof]);
        assert_eq!(answer, Err(rejection));
    }
}

/// (2) Its commit wrote the outputs again whenever it was asked.
#[test]
fn fault_2_outputs_are_written_once_even_after_they_were_spent() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    world.settle_everywhere(&request);
    let txid = world.id(&request);
    let output = Coin { outpoint: output_of(&txid, 0), owner: scene.payee.clone(), amount: 290 };
    let spend = world.pay(std::slice::from_ref(&output), &[(&scene.payee, 280)]);
    world.single(Shard(3), &spend).unwrap();
    let proofs = world.proofs_of(&request.transaction);
    let again = world.commit(Shard(3), &request.transaction, proofs);
    assert_eq!(again, Ok(Settlement::Committed), "the stored answer");
    assert_eq!(world.unspent(Shard(3), &output.outpoint), None);
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

/// (3) It summed up the inputs of one shard only, so that a payment between shards created value.
#[test]
fn fault_3_the_sums_are_those_of_all_shards_and_the_claims_are_checked() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let mut unbalanced = scene.payment().transaction;
    let mut outputs = unbalanced.outputs.to_vec();
    outputs[0].amount += 1_000;
    unbalanced.outputs = outputs.try_into().unwrap();
    let request = world.sign(&unbalanced, &scene.coins[0]);
    for shard in [1, 2] {
        assert_eq!(world.lock(Shard(shard), &request), Err(Rejection::LedSumMismatch));
    }
    // Balanced by a false claim about shard 2's coin: shard 1 cannot see it, shard 2 rejects.
    let mut inputs = unbalanced.inputs.to_vec();
    let claimed = scene.coins[0][1].owner.account();
    inputs
        .iter_mut()
        .filter(|input| input.owner == claimed)
        .for_each(|input| input.amount += 1_000);
    unbalanced.inputs = inputs.try_into().unwrap();
    let request = world.sign(&unbalanced, &scene.coins[0]);
    assert_eq!(world.lock(Shard(1), &request), Ok(Vote::Accepted));
    assert_eq!(world.lock(Shard(2), &request), Ok(Vote::Rejected(Rejection::LedClaimWrong)));
    let proofs = world.proofs_of(&request.transaction);
    let refused = world.commit(Shard(3), &request.transaction, proofs.clone());
    assert_eq!(refused, Err(Rejection::AtxProofNotAcceptance));
    let aborted = world.abort(Shard(1), &request.transaction, proofs[1].clone());
    assert_eq!(aborted, Ok(Settlement::Aborted));
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

/// (4) Its abort looked for the locked output among the unlocked ones, and never refunded.
#[test]
fn fault_4_an_abort_refunds_what_was_locked() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    let txid = world.id(&request);
    world.lock(Shard(1), &request).unwrap();
    let proof = world.forge_proof(Shard(2), txid, REJECTED);
    world.abort(Shard(1), &request.transaction, proof).unwrap();
    let refunds = (0..2).filter_map(|index| world.unspent(Shard(1), &refund_of(&txid, index)));
    let refunds: Vec<(_, u64)> = refunds.map(|refund| (refund.owner, refund.amount)).collect();
    assert_eq!(refunds, [(scene.coins[0][0].owner.account(), 100)]);
}

/// (5) Its commit left the lock, so that a rejection that came later refunded as well.
#[test]
fn fault_5_a_commit_drops_the_lock_and_nothing_is_refunded_after_it() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    let txid = world.id(&request);
    world.settle_everywhere(&request);
    assert!(world.state(Shard(1)).locks.is_empty());
    let before = world.state(Shard(1)).unspent.clone();
    let proof = world.forge_proof(Shard(2), txid, REJECTED);
    assert_eq!(world.abort(Shard(1), &request.transaction, proof), Ok(Settlement::Committed));
    assert_eq!(world.state(Shard(1)).unspent, before);
}

/// (6) Its abort of a lock it did not know created an output of 0.
#[test]
fn fault_6_the_abort_of_an_unknown_lock_creates_nothing() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.payment();
    let before = encode(&world.state(Shard(1)).unspent);
    let proof = world.forge_proof(Shard(2), world.id(&request), REJECTED);
    let refused = world.abort(Shard(1), &request.transaction, proof);
    assert_eq!(refused, Err(Rejection::AtxAbortNotAccepted));
    assert_eq!(encode(&world.state(Shard(1)).unspent), before);
    let mut amounts = world.states.iter().flat_map(|state| state.unspent.values());
    assert!(amounts.all(|output| output.amount > 0));
}
