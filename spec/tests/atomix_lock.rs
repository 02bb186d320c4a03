//! §7, step one: what a shard locks, what it votes against, what it merely refuses, and that it
//! votes once.

mod world;

use std::collections::BTreeMap;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, Specification};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{
    Decision, Input, Lock, Settlement, SignedTransaction, Transaction, TxId, Vote,
};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::{Ideal, Normative};

use world::{Coin, Owner, REJECTIONS_MAX, TestSuite, World, owner_in_shard};

const LOCKED: Vote = Vote::Rejected(Rejection::LedOutpointLocked);
const CLAIM_WRONG: Vote = Vote::Rejected(Rejection::LedClaimWrong);

/// Three shards in epoch 3. The payment takes two coins of shard 1 and one of shard 2, and pays in
/// shard 3. Another transaction holds one more coin of shard 1.
#[derive(Clone)]
struct Scene<S: TestSuite> {
    world: World<S>,
    coins: Vec<Coin>,
    held: Coin,
    payee: Owner,
}

fn scene<S: TestSuite>() -> Scene<S> {
    let payers = [(1, 0), (1, 1), (2, 0)].map(|(shard, nth)| owner_in_shard(Shard(shard), 3, nth));
    let holder = owner_in_shard(Shard(1), 3, 2);
    let payee = owner_in_shard(Shard(3), 3, 0);
    let grants = [(&payers[0], 100), (&payers[1], 200), (&payers[2], 300), (&holder, 400)];
    let (mut world, mut coins) = World::<S>::new(&Specification, 3, &grants);
    world.next_epoch();
    world.next_epoch();
    let held = coins.pop().unwrap();
    let other = world.pay(std::slice::from_ref(&held), &[(&payee, 390)]);
    assert_eq!(world.lock(Shard(1), &other), Ok(Vote::Accepted));
    Scene { world, coins, held, payee }
}

impl<S: TestSuite> Scene<S> {
    fn payment(&self) -> Transaction {
        self.world.draft(&self.coins, &[(&self.payee, 590)])
    }

    fn request(&self) -> SignedTransaction {
        self.sign(&self.payment())
    }

    fn sign(&self, transaction: &Transaction) -> SignedTransaction {
        let coins: Vec<Coin> = self.coins.iter().chain([&self.held]).cloned().collect();
        self.world.sign(transaction, &coins)
    }

    /// A request that claims the held coin, with the payment's coin of shard 2 unless it is alone.
    fn conflicting(&self, salt: u64, alone: bool) -> SignedTransaction {
        let mut coins = vec![self.held.clone()];
        coins.extend(self.coins[2..].iter().filter(|_| !alone).cloned());
        let amount = coins.iter().map(|coin| coin.amount).sum::<u64>() - 10;
        let mut transaction = self.world.draft(&coins, &[(&self.payee, amount)]);
        transaction.salt = salt;
        self.sign(&transaction)
    }
}

fn edit_inputs(transaction: &mut Transaction, change: impl FnOnce(&mut Vec<Input>)) {
    let mut inputs = transaction.inputs.to_vec();
    change(&mut inputs);
    inputs.sort_by_key(|input| input.outpoint);
    transaction.inputs = inputs.try_into().unwrap();
}

fn add_to_output(transaction: &mut Transaction, amount: u64) {
    let mut outputs = transaction.outputs.to_vec();
    outputs[0].amount += amount;
    transaction.outputs = outputs.try_into().unwrap();
}

fn garble_witnesses(request: &SignedTransaction) -> SignedTransaction {
    let mut witnesses = request.witnesses.to_vec();
    for witness in &mut witnesses {
        let mut signatures = (*witness.signatures).clone();
        signatures.values_mut().for_each(|signature| signature.0[40] ^= 1);
        witness.signatures = signatures.try_into().unwrap();
    }
    SignedTransaction {
        transaction: request.transaction.clone(),
        witnesses: witnesses.try_into().unwrap(),
    }
}

#[derive(Clone, Copy)]
enum Make {
    BeforeSigning(fn(&Scene<Normative>, &mut Transaction)),
    AfterSigning(fn(&mut SignedTransaction)),
    /// At this shard instead of shard 1.
    At(u16),
}

struct Fault {
    answer: Result<Vote, Rejection>,
    make: Make,
}

const fn refusal(rejection: Rejection, make: Make) -> Fault {
    Fault { answer: Err(rejection), make }
}

/// In the order of the checks. The last two are answered with a vote.
const FAULTS: [Fault; 9] = [
    refusal(
        Rejection::LedChainId,
        Make::BeforeSigning(|_, transaction| transaction.chain_id.0[0] ^= 1),
    ),
    refusal(Rejection::AtxNotParticipant, Make::At(3)),
    refusal(
        Rejection::LedEpochExpired,
        Make::BeforeSigning(|_, transaction| transaction.expiry_epoch = Epoch(2)),
    ),
    refusal(
        Rejection::LedEpochTooFar,
        Make::BeforeSigning(|_, transaction| transaction.expiry_epoch = Epoch(5)),
    ),
    refusal(
        Rejection::LedWitnessCount,
        Make::AfterSigning(|request| {
            let mut witnesses = request.witnesses.to_vec();
            witnesses.pop();
            request.witnesses = witnesses.try_into().unwrap();
        }),
    ),
    refusal(
        Rejection::LedWitnessSignature,
        Make::AfterSigning(|request| *request = garble_witnesses(request)),
    ),
    refusal(
        Rejection::LedOutpointUnknown,
        Make::BeforeSigning(|scene, transaction| {
            let owner = scene.coins[0].owner.account();
            edit_inputs(transaction, |inputs| {
                let input = inputs.iter_mut().find(|input| input.owner == owner);
                input.unwrap().outpoint.index += 1;
            });
        }),
    ),
    Fault {
        answer: Ok(LOCKED),
        make: Make::BeforeSigning(|scene, transaction| {
            let Coin { outpoint, ref owner, amount } = scene.held;
            let input = Input { outpoint, owner: owner.account(), amount };
            edit_inputs(transaction, |inputs| inputs.push(input));
            add_to_output(transaction, amount);
        }),
    },
    Fault {
        answer: Ok(CLAIM_WRONG),
        make: Make::BeforeSigning(|scene, transaction| {
            let owner = scene.coins[1].owner.account();
            edit_inputs(transaction, |inputs| {
                let input = inputs.iter_mut().find(|input| input.owner == owner);
                input.unwrap().amount += 5;
            });
            add_to_output(transaction, 5);
        }),
    },
];

/// The answer to a request with these faults, and the row that it left.
fn answer_to(
    scene: &Scene<Normative>,
    made: &[&Fault],
) -> (Result<Vote, Rejection>, Option<Decision>) {
    let mut transaction = scene.payment();
    let mut shard = 1;
    for fault in made {
        match fault.make {
            Make::BeforeSigning(make) => make(scene, &mut transaction),
            Make::At(place) => shard = place,
            Make::AfterSigning(_) => {}
        }
    }
    let mut request = scene.sign(&transaction);
    for fault in made {
        if let Make::AfterSigning(make) = fault.make {
            make(&mut request);
        }
    }
    let mut world = scene.world.clone();
    let answer = world.lock(Shard(shard), &request);
    (answer, world.decision(Shard(shard), &world.id(&request)))
}

fn assert_answer(
    answer: (Result<Vote, Rejection>, Option<Decision>),
    expected: Result<Vote, Rejection>,
) {
    assert_eq!(answer.0, expected);
    let row = expected.ok().map(|vote| (vote, Settlement::No, Epoch(3)));
    let found = answer.1.map(|decision| (decision.vote, decision.settled, decision.expiry_epoch));
    assert_eq!(found, row, "a vote leaves a row, a refusal leaves none");
}

#[test]
fn each_fault_has_its_own_answer_and_only_a_vote_leaves_a_row() {
    let scene = scene();
    for fault in &FAULTS {
        assert_answer(answer_to(&scene, &[fault]), fault.answer);
    }
    assert_answer(answer_to(&scene, &[]), Ok(Vote::Accepted));
}

#[test]
fn of_two_faults_the_earlier_check_answers() {
    let scene = scene();
    let too_far = Err(Rejection::LedEpochTooFar);
    for (place, earlier) in FAULTS.iter().enumerate() {
        for later in &FAULTS[place + 1..] {
            // An expiry is not both too early and too late.
            if earlier.answer != Err(Rejection::LedEpochExpired) || later.answer != too_far {
                assert_answer(answer_to(&scene, &[later, earlier]), earlier.answer);
            }
        }
    }
}

#[test]
fn a_transaction_with_one_participant_is_not_locked_anywhere() {
    let Scene { mut world, coins, .. } = scene::<Normative>();
    let request = world.pay(&coins[..2], &[(&coins[0].owner, 290)]);
    for shard in [1, 2] {
        assert_eq!(world.lock(Shard(shard), &request), Err(Rejection::AtxLockSingleShard));
    }
    // Before the participant check, and after the static ones.
    let mut worthless = request.clone();
    worthless.transaction.version = 9;
    assert_eq!(world.lock(Shard(2), &worthless), Err(Rejection::LedVersion));
}

fn locking_sets_the_own_inputs_aside_under<S: TestSuite>() {
    let scene = scene::<S>();
    let mut world = scene.world.clone();
    let request = scene.request();
    let txid = world.id(&request);
    assert_eq!(world.lock(Shard(1), &request), Ok(Vote::Accepted));
    for coin in &scene.coins[..2] {
        assert_eq!(world.unspent(Shard(1), &coin.outpoint), None);
        let lock = Lock { txid, owner: coin.owner.account(), amount: coin.amount };
        assert_eq!(world.state(Shard(1)).locks.get(&coin.outpoint), Some(&lock));
        assert!(world.state(Shard(1)).accounts.contains_key(&coin.owner.account()));
    }
    assert_eq!(world.state(Shard(1)).pending.get(&txid), Some(&request.transaction));
    let decision =
        Decision { vote: Vote::Accepted, settled: Settlement::No, expiry_epoch: Epoch(3) };
    assert_eq!(world.decision(Shard(1), &txid), Some(decision));
    assert_eq!(
        world.state(Shard(2)),
        scene.world.state(Shard(2)),
        "the other input shard has its own lock"
    );
}

#[test]
fn locking_sets_the_own_inputs_aside() {
    locking_sets_the_own_inputs_aside_under::<Normative>();
    locking_sets_the_own_inputs_aside_under::<Ideal>();
}

#[test]
fn a_vote_against_touches_no_input_and_keeps_no_body() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.conflicting(0, false);
    assert_eq!(world.lock(Shard(1), &request), Ok(LOCKED));
    let mut after = world.state(Shard(1)).clone();
    let txid = world.id(&request);
    assert!(after.decisions.remove(&txid).is_some());
    after.position = scene.world.state(Shard(1)).position.clone();
    assert_eq!(&after, scene.world.state(Shard(1)), "the row is all there is");
}

#[test]
fn without_another_input_shard_a_conflict_is_a_refusal() {
    let Scene { mut world, coins, held, payee } = scene::<Normative>();
    let alone = world.pay(std::slice::from_ref(&held), &[(&payee, 389)]);
    assert_eq!(world.lock(Shard(1), &alone), Err(Rejection::LedOutpointLocked));
    assert_eq!(world.decision(Shard(1), &world.id(&alone)), None);

    let mut wrong = world.draft(&coins[..1], &[(&payee, 90)]);
    edit_inputs(&mut wrong, |inputs| inputs[0].amount += 1);
    add_to_output(&mut wrong, 1);
    let wrong = world.sign(&wrong, &coins);
    assert_eq!(world.lock(Shard(1), &wrong), Err(Rejection::LedClaimWrong));
    assert_eq!(world.decision(Shard(1), &world.id(&wrong)), None);
}

#[test]
fn a_strangers_garbage_witness_leaves_no_row_and_ends_nothing() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let request = scene.request();
    let garbage = garble_witnesses(&request);
    for shard in [1, 2] {
        assert_eq!(world.lock(Shard(shard), &garbage), Err(Rejection::LedWitnessSignature));
        assert_eq!(world.decision(Shard(shard), &world.id(&request)), None);
    }
    // Garbage for a coin that is held would be a reason to reject, were the witness not first.
    let conflict = garble_witnesses(&scene.conflicting(0, false));
    assert_eq!(world.lock(Shard(1), &conflict), Err(Rejection::LedWitnessSignature));
    world.settle_everywhere(&request);
}

#[test]
fn an_unknown_outpoint_leaves_no_row_whether_spent_or_never_seen() {
    let Scene { mut world, coins, payee, .. } = scene::<Normative>();
    let spend = world.pay(&coins[..1], &[(&coins[0].owner, 90)]);
    let spent_later = world.pay(&coins, &[(&payee, 590)]);
    world.single(Shard(1), &spend).unwrap();
    let mut never_seen = coins.clone();
    never_seen[0].outpoint.txid = TxId(Digest([7; 32]));
    let never_seen = world.pay(&never_seen, &[(&payee, 590)]);
    for request in [spent_later, never_seen] {
        assert_eq!(world.lock(Shard(1), &request), Err(Rejection::LedOutpointUnknown));
        assert_eq!(world.decision(Shard(1), &world.id(&request)), None);
        assert!(world.unspent(Shard(1), &coins[1].outpoint).is_some(), "all own inputs or none");
    }
}

#[test]
fn a_false_owner_is_found_out_by_the_shard_that_knows() {
    let Scene { mut world, coins, payee, .. } = scene::<Normative>();
    // The owner of coin 0 claims coin 1, in the same shard, and signs for it.
    let mut claimed = vec![coins[1].clone(), coins[2].clone()];
    claimed[0].owner = coins[0].owner.clone();
    let request = world.pay(&claimed, &[(&payee, 490)]);
    assert_eq!(world.lock(Shard(1), &request), Ok(CLAIM_WRONG));
    // The owner of coin 2, in another shard, claims coin 0: that shard does not know it.
    let mut claimed = vec![coins[0].clone(), coins[1].clone()];
    claimed[0].owner = coins[2].owner.clone();
    let request = world.pay(&claimed, &[(&payee, 290)]);
    assert_eq!(world.lock(Shard(2), &request), Err(Rejection::LedOutpointUnknown));
}

#[test]
fn a_vote_is_final_and_repeated_to_anyone_who_asks() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let accepted = scene.request();
    let rejected = scene.conflicting(0, false);
    for (request, vote) in [(&accepted, Vote::Accepted), (&rejected, LOCKED)] {
        assert_eq!(world.lock(Shard(1), request), Ok(vote));
        let before = world.state(Shard(1)).clone();
        assert_eq!(world.lock(Shard(1), request), Ok(vote));
        assert_eq!(world.lock(Shard(1), &garble_witnesses(request)), Ok(vote), "the row answers");
        let mut after = world.state(Shard(1)).clone();
        after.position = before.position.clone();
        assert_eq!(after, before, "and nothing else happens");
    }
}

#[test]
fn a_vote_against_stands_when_its_reason_is_gone() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let holder = world.state(Shard(1)).pending.values().next().unwrap().clone();
    let request = scene.conflicting(0, false);
    assert_eq!(world.lock(Shard(1), &request), Ok(LOCKED));
    // The holder has one input shard, whose own proof commits it.
    let proof = world.proof(Shard(1), &holder.id(&Normative));
    assert_eq!(world.commit(Shard(1), &holder, vec![proof]), Ok(Settlement::Committed));
    assert_eq!(world.state(Shard(1)).locks, BTreeMap::new());
    assert_eq!(world.lock(Shard(1), &request), Ok(LOCKED));
    assert_eq!(
        world.lock(Shard(1), &scene.conflicting(1, false)),
        Err(Rejection::LedOutpointUnknown),
        "a new id is looked at anew"
    );
}

#[test]
fn a_vote_is_repeated_after_the_expiry_until_its_row_is_pruned() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let requests = [(scene.request(), Vote::Accepted), (scene.conflicting(0, false), LOCKED)];
    for (request, vote) in &requests {
        assert_eq!(world.lock(Shard(1), request), Ok(*vote));
    }
    world.next_epoch();
    assert_eq!(world.epoch(Shard(1)), 4);
    for (request, vote) in &requests {
        assert_eq!(world.lock(Shard(1), request), Ok(*vote));
        assert_eq!(
            world.lock(Shard(2), request),
            Err(Rejection::LedEpochExpired),
            "no vote, no answer"
        );
    }
    world.next_epoch();
    for (request, _) in &requests {
        assert_eq!(world.decision(Shard(1), &world.id(request)), None);
        assert_eq!(world.lock(Shard(1), request), Err(Rejection::LedEpochExpired));
    }
}

#[test]
fn an_input_is_locked_in_the_expiry_epoch_and_the_one_before() {
    let scene = scene::<Normative>();
    let cases = [
        (2, Err(Rejection::LedEpochExpired)),
        (3, Ok(Vote::Accepted)),
        (4, Ok(Vote::Accepted)),
        (5, Err(Rejection::LedEpochTooFar)),
    ];
    for (expiry, expected) in cases {
        let mut world = scene.world.clone();
        let request = world.pay_until(Epoch(expiry), &scene.coins, &[(&scene.payee, 590)]);
        assert_eq!(world.lock(Shard(1), &request), expected, "expiry {expiry} in epoch 3");
    }
}

#[test]
fn a_block_writes_its_number_of_rejection_rows_and_no_more() {
    let scene = scene::<Normative>();
    let mut world = scene.world.clone();
    let conflicts: Vec<SignedTransaction> =
        (0..u64::from(REJECTIONS_MAX) + 2).map(|salt| scene.conflicting(salt, false)).collect();
    let mut entries: Vec<_> = conflicts.iter().cloned().map(Entry::Lock).collect();
    entries.push(Entry::Lock(conflicts[0].clone()));
    entries.push(Entry::Lock(scene.request()));
    let answers = world.submit(Shard(1), entries);
    let limit = usize::try_from(REJECTIONS_MAX).unwrap();
    assert_eq!(answers[..limit], vec![Ok(Answer::Voted(LOCKED)); limit]);
    assert_eq!(answers[limit..limit + 2], [Err(Rejection::AtxRejectionLimit); 2]);
    assert_eq!(answers[limit + 2], Ok(Answer::Voted(LOCKED)), "a stored answer is no new row");
    assert_eq!(answers[limit + 3], Ok(Answer::Voted(Vote::Accepted)), "nor is an acceptance");

    let refused = &conflicts[limit];
    assert_eq!(world.decision(Shard(1), &world.id(refused)), None);
    assert_eq!(world.lock(Shard(1), refused), Ok(LOCKED), "the next block has room again");
}

fn conflicting_transactions_that_lock_each_other_both_abort_under<S: TestSuite>() {
    let payers = [owner_in_shard(Shard(1), 3, 0), owner_in_shard(Shard(2), 3, 0)];
    let payee = owner_in_shard(Shard(3), 3, 0);
    let (mut world, coins) =
        World::<S>::new(&Specification, 3, &[(&payers[0], 100), (&payers[1], 200)]);
    let mut drafts = [world.draft(&coins, &[(&payee, 290)]), world.draft(&coins, &[(&payee, 280)])];
    drafts[1].salt = 1;
    let [first, second] = drafts.map(|draft| world.sign(&draft, &coins));
    assert_eq!(world.lock(Shard(1), &first), Ok(Vote::Accepted));
    assert_eq!(world.lock(Shard(2), &second), Ok(Vote::Accepted));
    assert_eq!(world.lock(Shard(2), &first), Ok(LOCKED));
    assert_eq!(world.lock(Shard(1), &second), Ok(LOCKED));

    for (request, accepted_by, rejected_by) in [(&first, 1, 2), (&second, 2, 1)] {
        let proof = world.proof(Shard(rejected_by), &world.id(request));
        let aborted = world.abort(Shard(accepted_by), &request.transaction, proof);
        assert_eq!(aborted, Ok(Settlement::Aborted));
    }
    for (shard, amount) in [(1, 100), (2, 200)] {
        assert!(world.state(Shard(shard)).locks.is_empty());
        let mut outputs = world.state(Shard(shard)).unspent.values();
        assert!(outputs.any(|output| output.amount == amount), "the coin is back, refreshed");
    }
}

#[test]
fn conflicting_transactions_that_lock_each_other_both_abort() {
    conflicting_transactions_that_lock_each_other_both_abort_under::<Normative>();
    conflicting_transactions_that_lock_each_other_both_abort_under::<Ideal>();
}
