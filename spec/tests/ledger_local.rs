//! §3: what a shard checks of its own inputs, and what a transaction of one shard does there.

mod world;

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Specification;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::owner::derive_shard_of_owner;
use ioschain_spec::ledger::{
    AccountId, Input, OutPoint, Overlay, Policy, Rules, SUPPLY, SignedTransaction, Transaction,
    Vote, Witness,
};
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use world::{Coin, Owner, World, key_pair, owner_in_shard, owner_numbered};

/// Two shards in epoch 3; every owner but the last lives in shard 1, and none has spent there
/// except the owner of the locked coin.
struct Scene {
    world: World<Normative>,
    /// The coins of the sound payment: of a 2-of-2 account, and of two plain ones.
    spent: Vec<Coin>,
    /// A coin whose account nobody can satisfy.
    broken: Coin,
    /// A coin that another transaction holds.
    locked: Coin,
    payee: Owner,
    stranger: Owner,
}

/// An owner with this threshold and a key for each weight, made from a number.
fn weighted(threshold: u32, weights: &[u16], number: u32) -> Owner {
    let places = (0u32..).zip(weights);
    let keys = places.map(|(place, _)| key_pair("weighted", number * 100 + place)).collect();
    Owner::with_keys(threshold, keys, weights).unwrap()
}

/// The first such owner in shard 1 of 2.
fn weighted_in_shard_one(threshold: u32, weights: &[u16]) -> Owner {
    let mut owners = (0u32..).map(|number| weighted(threshold, weights, number));
    owners.find(|owner| derive_shard_of_owner(&owner.account(), 2) == Shard(1)).unwrap()
}

fn scene() -> Scene {
    let two_of_two = weighted_in_shard_one(2, &[1, 1]);
    let broken = weighted_in_shard_one(9, &[1, 1]);
    let [first, second, holder, payee] = [0, 1, 2, 3].map(|nth| owner_in_shard(Shard(1), 2, nth));
    let stranger = owner_in_shard(Shard(2), 2, 0);
    let grants =
        [(&two_of_two, 100), (&first, 200), (&second, 300), (&broken, 400), (&holder, 500)];
    let (mut world, mut coins) = World::normative(2, &grants);
    world.next_epoch();
    world.next_epoch();
    let locked = coins.pop().unwrap();
    let broken = coins.pop().unwrap();
    let other = world.pay(std::slice::from_ref(&locked), &[(&stranger, 490)]);
    assert_eq!(world.lock(Shard(1), &other), Ok(Vote::Accepted));
    Scene { world, spent: coins, broken, locked, payee, stranger }
}

impl Scene {
    fn sound(&self) -> Transaction {
        self.world.draft(&self.spent, &[(&self.payee, 300), (&self.payee, 290)])
    }

    fn all_coins(&self) -> Vec<Coin> {
        let more = [self.broken.clone(), self.locked.clone()];
        self.spent.iter().cloned().chain(more).collect()
    }

    fn sign(&self, transaction: &Transaction) -> SignedTransaction {
        self.world.sign(transaction, &self.all_coins())
    }
}

/// Adds a coin to the inputs and its amount to the first output.
fn add_input(transaction: &mut Transaction, coin: &Coin) {
    let mut inputs = transaction.inputs.to_vec();
    inputs.push(Input {
        outpoint: coin.outpoint,
        owner: coin.owner.account(),
        amount: coin.amount,
    });
    inputs.sort_by_key(|input| input.outpoint);
    transaction.inputs = inputs.try_into().unwrap();
    add_to_first_output(transaction, coin.amount);
}

fn add_to_first_output(transaction: &mut Transaction, amount: u64) {
    let mut outputs = transaction.outputs.to_vec();
    outputs[0].amount += amount;
    transaction.outputs = outputs.try_into().unwrap();
}

fn edit_input(transaction: &mut Transaction, owner: AccountId, change: impl Fn(&mut Input)) {
    let mut inputs = transaction.inputs.to_vec();
    inputs.iter_mut().filter(|input| input.owner == owner).for_each(change);
    inputs.sort_by_key(|input| input.outpoint);
    transaction.inputs = inputs.try_into().unwrap();
}

fn edit_witness(signed: &mut SignedTransaction, place: usize, change: impl FnOnce(&mut Witness)) {
    let mut witnesses = signed.witnesses.to_vec();
    change(&mut witnesses[place]);
    signed.witnesses = witnesses.try_into().unwrap();
}

fn edit_signatures(
    witness: &mut Witness,
    change: impl FnOnce(&mut BTreeMap<PublicKey, Signature>),
) {
    let mut signatures = (*witness.signatures).clone();
    change(&mut signatures);
    witness.signatures = signatures.try_into().unwrap();
}

/// The place of the witness that the witness faults are about: that of the broken account if it is
/// there, else that of the 2-of-2 account. Both have two keys.
fn target(scene: &Scene, signed: &SignedTransaction) -> usize {
    let place_of = |coin: &Coin| {
        let owner = coin.owner.account();
        signed.transaction.inputs.iter().position(|input| input.owner == owner)
    };
    place_of(&scene.broken).or(place_of(&scene.spent[0])).unwrap()
}

enum Make {
    BeforeSigning(fn(&Scene, &mut Transaction)),
    AfterSigning(fn(&Scene, &mut SignedTransaction)),
}

struct Fault {
    rejection: Rejection,
    make: Make,
}

const fn before(rejection: Rejection, make: fn(&Scene, &mut Transaction)) -> Fault {
    Fault { rejection, make: Make::BeforeSigning(make) }
}

const fn after(rejection: Rejection, make: fn(&Scene, &mut SignedTransaction)) -> Fault {
    Fault { rejection, make: Make::AfterSigning(make) }
}

/// In the order of the checks.
const FAULTS: [Fault; 14] = [
    before(Rejection::LedVersion, |_, transaction| transaction.version = 0),
    before(Rejection::LedNotSingleShard, |scene, transaction| {
        let mut outputs = transaction.outputs.to_vec();
        outputs[1].owner = scene.stranger.account();
        transaction.outputs = outputs.try_into().unwrap();
    }),
    before(Rejection::LedEpochExpired, |_, transaction| transaction.expiry_epoch = Epoch(2)),
    before(Rejection::LedEpochTooFar, |_, transaction| transaction.expiry_epoch = Epoch(5)),
    after(Rejection::LedWitnessCount, |_, signed| {
        let mut witnesses = signed.witnesses.to_vec();
        witnesses.push(witnesses[0].clone());
        signed.witnesses = witnesses.try_into().unwrap();
    }),
    after(Rejection::LedWitnessPolicyMissing, |scene, signed| {
        let place = target(scene, signed);
        edit_witness(signed, place, |witness| witness.policy = None);
    }),
    after(Rejection::LedWitnessPolicyWrong, |scene, signed| {
        let policy = scene.stranger.policy.clone();
        let place = target(scene, signed);
        edit_witness(signed, place, |witness| witness.policy = Some(policy));
    }),
    before(Rejection::LedWitnessPolicyInvalid, |scene, transaction| {
        add_input(transaction, &scene.broken)
    }),
    after(Rejection::LedWitnessKey, |scene, signed| {
        let theirs = scene.world.witness_of(&scene.stranger, &scene.world.id(signed));
        let place = target(scene, signed);
        edit_witness(signed, place, |witness| {
            edit_signatures(witness, |own| own.extend(theirs.signatures.iter()));
        });
    }),
    after(Rejection::LedWitnessSignature, |scene, signed| {
        let key = target_key(scene, signed, 0);
        let place = target(scene, signed);
        edit_witness(signed, place, |witness| {
            edit_signatures(witness, |own| own.get_mut(&key).unwrap().0[0] ^= 1);
        });
    }),
    after(Rejection::LedWitnessThreshold, |scene, signed| {
        let key = target_key(scene, signed, 1);
        let place = target(scene, signed);
        edit_witness(signed, place, |witness| {
            edit_signatures(witness, |own| {
                own.remove(&key);
            });
        });
    }),
    before(Rejection::LedOutpointUnknown, |scene, transaction| {
        let owner = scene.spent[1].owner.account();
        edit_input(transaction, owner, |input| input.outpoint.index += 1);
    }),
    before(Rejection::LedOutpointLocked, |scene, transaction| {
        add_input(transaction, &scene.locked)
    }),
    before(Rejection::LedClaimWrong, |scene, transaction| {
        let owner = scene.spent[2].owner.account();
        edit_input(transaction, owner, |input| input.amount += 5);
        add_to_first_output(transaction, 5);
    }),
];

/// The first or second key of the target's own account.
fn target_key(scene: &Scene, signed: &SignedTransaction, which: usize) -> PublicKey {
    let owner = signed.transaction.inputs[target(scene, signed)].owner;
    let coins = scene.all_coins();
    let coin = coins.iter().find(|coin| coin.owner.account() == owner).unwrap();
    coin.owner.keys[which].public_key()
}

/// Pairs that cannot both be present.
const EXCLUSIVE: &[(Rejection, Rejection)] = &[
    (Rejection::LedEpochExpired, Rejection::LedEpochTooFar),
    (Rejection::LedWitnessPolicyMissing, Rejection::LedWitnessPolicyWrong),
];

fn answer_to(scene: &mut Scene, made: &[&Fault]) -> Result<(), Rejection> {
    let mut transaction = scene.sound();
    for fault in made {
        if let Make::BeforeSigning(make) = fault.make {
            make(scene, &mut transaction);
        }
    }
    let mut signed = scene.sign(&transaction);
    for fault in made {
        if let Make::AfterSigning(make) = fault.make {
            make(scene, &mut signed);
        }
    }
    scene.world.single(Shard(1), &signed)
}

#[test]
fn each_fault_is_refused_with_its_own_code_and_leaves_no_account() {
    let mut scene = scene();
    let accounts = scene.world.state(Shard(1)).accounts.clone();
    for fault in &FAULTS {
        let answer = answer_to(&mut scene, &[fault]);
        assert_eq!(answer, Err(fault.rejection));
        assert_eq!(scene.world.state(Shard(1)).accounts, accounts, "{}", fault.rejection);
    }
    assert_eq!(answer_to(&mut scene, &[]), Ok(()), "and without a fault it is applied");
}

#[test]
fn of_two_faults_the_earlier_check_answers() {
    let mut scene = scene();
    let mut pairs = 0;
    for (place, earlier) in FAULTS.iter().enumerate() {
        for later in &FAULTS[place + 1..] {
            if EXCLUSIVE.contains(&(earlier.rejection, later.rejection)) {
                continue;
            }
            let answer = answer_to(&mut scene, &[later, earlier]);
            assert_eq!(answer, Err(earlier.rejection), "and {}", later.rejection);
            pairs += 1;
        }
    }
    assert_eq!(pairs, FAULTS.len() * (FAULTS.len() - 1) / 2 - EXCLUSIVE.len());
}

#[test]
fn a_check_looks_at_all_inputs_before_the_next_check() {
    let mut scene = scene();
    let by_outpoint = |coins: &mut Vec<Coin>| coins.sort_by_key(|coin| coin.outpoint);
    by_outpoint(&mut scene.spent);
    let [first, _, last] = [0, 1, 2].map(|place| scene.spent[place].owner.account());

    let mut transaction = scene.sound();
    edit_input(&mut transaction, first, |input| input.amount += 5);
    add_to_first_output(&mut transaction, 5);
    edit_input(&mut transaction, last, |input| input.outpoint.index += 1);
    let signed = scene.sign(&transaction);
    assert_eq!(scene.world.single(Shard(1), &signed), Err(Rejection::LedOutpointUnknown));

    let mut coins: Vec<Coin> = vec![scene.locked.clone(), scene.spent[0].clone()];
    by_outpoint(&mut coins);
    let claimed_wrong = coins.iter().position(|coin| coin.amount != scene.locked.amount).unwrap();
    let mut transaction = scene.world.draft(&coins, &[(&scene.payee, 1)]);
    edit_input(&mut transaction, coins[claimed_wrong].owner.account(), |input| input.amount += 5);
    add_to_first_output(&mut transaction, 5);
    let signed = scene.sign(&transaction);
    assert_eq!(scene.world.single(Shard(1), &signed), Err(Rejection::LedOutpointLocked));
}

/// The witness check is one check: all about input 0's witness comes before input 1's.
#[test]
fn witnesses_are_checked_input_by_input() {
    let mut scene = scene();
    let mut signed = scene.sign(&scene.sound());
    edit_witness(&mut signed, 0, |witness| {
        witness.signatures = BTreeMap::new().try_into().unwrap()
    });
    edit_witness(&mut signed, 1, |witness| witness.policy = None);
    assert_eq!(scene.world.single(Shard(1), &signed), Err(Rejection::LedWitnessThreshold));
}

#[test]
fn a_transaction_is_applied_in_its_expiry_epoch_and_the_one_before() {
    let cases = [
        (2, Err(Rejection::LedEpochExpired)),
        (3, Ok(())),
        (4, Ok(())),
        (5, Err(Rejection::LedEpochTooFar)),
        (u64::MAX, Err(Rejection::LedEpochTooFar)),
    ];
    for (expiry, expected) in cases {
        let mut scene = scene();
        assert_eq!(scene.world.epoch(Shard(1)), 3);
        let request = scene.world.pay_until(Epoch(expiry), &scene.spent, &[(&scene.payee, 590)]);
        assert_eq!(scene.world.single(Shard(1), &request), expected, "expiry {expiry} in epoch 3");
    }
}

#[test]
fn applying_spends_the_inputs_creates_the_outputs_and_earns_the_whole_fee() {
    let Scene { mut world, spent, payee, .. } = scene();
    let earned = world.state(Shard(1)).totals.fee_pool;
    let request = world.pay(&spent, &[(&payee, 300), (&payee, 290)]);
    world.single(Shard(1), &request).unwrap();

    for coin in &spent {
        assert_eq!(world.unspent(Shard(1), &coin.outpoint), None);
    }
    let txid = world.id(&request);
    for (index, amount) in [(0, 300), (1, 290)] {
        let output = world.unspent(Shard(1), &OutPoint { txid, index }).unwrap();
        assert_eq!((output.owner, output.amount), (payee.account(), amount));
    }
    assert_eq!(world.state(Shard(1)).totals.fee_pool, earned + 10);
    assert_eq!(world.decision(Shard(1), &txid), None, "a transaction of one shard leaves no row");
    assert_eq!(world.conservation(), Ok(SUPPLY));
}

#[test]
fn a_transaction_is_applied_once() {
    let Scene { mut world, spent, payee, .. } = scene();
    let request = world.pay(&spent, &[(&payee, 590)]);
    assert_eq!(world.single(Shard(1), &request), Ok(()));
    assert_eq!(world.single(Shard(1), &request), Err(Rejection::LedOutpointUnknown));
}

#[test]
fn an_output_can_be_spent_in_the_block_that_creates_it() {
    let Scene { mut world, spent, payee, .. } = scene();
    let first = world.pay(&spent, &[(&payee, 590)]);
    let outpoint = OutPoint { txid: world.id(&first), index: 0 };
    let change = Coin { outpoint, owner: payee.clone(), amount: 590 };
    let second = world.pay(&[change], &[(&payee, 580)]);
    let answers = world.submit(
        Shard(1),
        vec![Entry::Single(second.clone()), Entry::Single(first), Entry::Single(second.clone())],
    );
    assert_eq!(answers[0], Err(Rejection::LedOutpointUnknown), "not before it exists");
    assert!(answers[1].is_ok() && answers[2].is_ok());
    assert!(world.unspent(Shard(1), &OutPoint { txid: world.id(&second), index: 0 }).is_some());
}

#[test]
fn a_locked_coin_is_not_spent_even_by_its_owner() {
    let Scene { mut world, locked, payee, .. } = scene();
    let request = world.pay(&[locked], &[(&payee, 490)]);
    assert_eq!(world.single(Shard(1), &request), Err(Rejection::LedOutpointLocked));
}

#[test]
fn a_transaction_is_applied_in_its_own_shard_only() {
    let Scene { mut world, spent, payee, .. } = scene();
    let request = world.pay(&spent, &[(&payee, 590)]);
    assert_eq!(world.single(Shard(2), &request), Err(Rejection::LedNotSingleShard));
}

#[test]
fn the_first_accepted_witness_gives_an_account_its_row() {
    let Scene { mut world, spent, stranger, .. } = scene();
    let owner = &spent[1].owner;
    let request = world.pay(&[spent[1].clone()], &[(owner, 190)]);
    world.single(Shard(1), &request).unwrap();
    assert_eq!(world.state(Shard(1)).accounts[&owner.account()].policy, owner.policy);

    // From now on the policy need not be revealed, and a revealed one is not looked at.
    let outpoint = OutPoint { txid: world.id(&request), index: 0 };
    let change = Coin { outpoint, owner: owner.clone(), amount: 190 };
    let mut request = world.pay(&[change], &[(owner, 180)]);
    edit_witness(&mut request, 0, |witness| witness.policy = Some(stranger.policy.clone()));
    let mut silent = request.clone();
    edit_witness(&mut silent, 0, |witness| witness.policy = None);
    let answers = world.submit(Shard(1), vec![Entry::Single(silent), Entry::Single(request)]);
    assert!(answers[0].is_ok());
    assert_eq!(answers[1], Err(Rejection::LedOutpointUnknown), "its witness passed too");
    assert_eq!(world.state(Shard(1)).accounts[&owner.account()].policy, owner.policy);
}

#[test]
fn signers_must_weigh_the_threshold() {
    let weights: [u16; 3] = [1, 2, 4];
    for threshold in 1..=7u32 {
        let owner = weighted_in_shard_one(threshold, &weights);
        for signers in 0..8u32 {
            let signs = |place: usize| signers >> place & 1 == 1;
            let (mut world, coins) = World::normative(2, &[(&owner, 100)]);
            let mut request = world.pay(&coins, &[(&owner, 90)]);
            edit_witness(&mut request, 0, |witness| {
                edit_signatures(witness, |signatures| {
                    let places = owner.keys.iter().enumerate();
                    for (_, keys) in places.filter(|(place, _)| !signs(*place)) {
                        signatures.remove(&keys.public_key());
                    }
                });
            });
            let weight: u16 =
                (0..3).filter(|place| signs(*place)).map(|place| weights[place]).sum();
            let expected = match u32::from(weight) >= threshold {
                true => Ok(()),
                false => Err(Rejection::LedWitnessThreshold),
            };
            assert_eq!(
                world.single(Shard(1), &request),
                expected,
                "weight {weight} of {threshold}"
            );
        }
    }
}

#[test]
fn a_policy_that_nobody_or_everybody_satisfies_is_no_policy() {
    type Answer = Result<(), Rejection>;
    const INVALID: Answer = Err(Rejection::LedWitnessPolicyInvalid);
    let cases: [(&str, u32, &[u16], Answer); 7] = [
        ("threshold 0", 0, &[1], INVALID),
        ("a weight of 0", 1, &[1, 0], INVALID),
        ("threshold above the sum", 4, &[1, 2], INVALID),
        ("no keys", 1, &[], INVALID),
        ("no keys and threshold 0", 0, &[], INVALID),
        ("threshold equal to the sum", 3, &[1, 2], Ok(())),
        ("sixteen of the largest weights", 16 * 65_535, &[u16::MAX; 16], Ok(())),
    ];
    for (name, threshold, weights, expected) in cases {
        let owner = weighted(threshold, weights, 0);
        let (mut world, coins) = World::normative(1, &[(&owner, 100)]);
        let request = world.pay(&coins, &[(&owner, 90)]);
        assert_eq!(world.single(Shard(1), &request), expected, "{name}");
    }
}

#[test]
fn a_signature_serves_one_transaction() {
    let Scene { mut world, spent, payee, .. } = scene();
    let signed = world.pay(&spent, &[(&payee, 590)]);
    let mut other = world.pay(&spent, &[(&payee, 580)]);
    other.witnesses = signed.witnesses;
    assert_eq!(world.single(Shard(1), &other), Err(Rejection::LedWitnessSignature));
}

#[test]
fn the_id_covers_every_field_and_no_witness() {
    let scene = scene();
    let sound = scene.sound();
    let changes: [fn(&mut Transaction); 8] = [
        |transaction| transaction.version += 1,
        |transaction| transaction.chain_id.0[0] ^= 1,
        |transaction| transaction.inputs = Bounded::empty(),
        |transaction| transaction.outputs = Bounded::empty(),
        |transaction| transaction.fee += 1,
        |transaction| transaction.expiry_epoch += 1,
        |transaction| transaction.salt += 1,
        |transaction| {
            let mut outputs = transaction.outputs.to_vec();
            outputs[0].data_hash = Some(Digest::ZERO);
            transaction.outputs = outputs.try_into().unwrap();
        },
    ];
    let ids: BTreeSet<_> = changes
        .iter()
        .map(|change| {
            let mut transaction = sound.clone();
            change(&mut transaction);
            transaction.id(&Normative)
        })
        .chain([sound.id(&Normative)])
        .collect();
    assert_eq!(ids.len(), changes.len() + 1);

    let signed = scene.sign(&sound);
    let mut bare = signed.clone();
    bare.witnesses = Bounded::empty();
    assert_eq!(scene.world.id(&signed), scene.world.id(&bare));
}

#[test]
fn an_account_is_named_by_its_first_policy() {
    let owner = owner_numbered(0);
    let other = Policy { threshold: 2, ..owner.policy.clone() };
    assert_ne!(owner.account(), other.account_id());
}

#[test]
fn owners_live_in_the_shards_from_one_to_m() {
    for shards in [1u16, 2, 3, 7] {
        let found: BTreeSet<Shard> = (0..200)
            .map(|number| derive_shard_of_owner(&owner_numbered(number).account(), shards))
            .collect();
        assert_eq!(
            found,
            Shard::all(shards).collect(),
            "of {shards} shards none is empty, 0 is not one"
        );
    }
}

/// No honest state comes near 64 bits; the check is there so that none wraps around.
#[test]
fn a_fee_pool_does_not_wrap_around() {
    let Scene { world, spent, payee, .. } = scene();
    let request = world.pay(&spent, &[(&payee, 590)]);
    for (room, expected) in [(9, Err(Rejection::LedOverflow)), (10, Ok(()))] {
        let mut state = world.state(Shard(1)).clone();
        state.totals.fee_pool = u64::MAX - room;
        let untouched = Overlay::on(&state).into_changes();
        let mut overlay = Overlay::on(&state);
        let rules: &dyn Rules<Normative> = &Specification;
        let answer = rules.apply_single(&world.context(), &mut overlay, &request);
        assert_eq!(answer, expected, "a fee of 10 and room for {room}");
        assert_eq!(overlay.into_changes() == untouched, expected.is_err());
    }
}

/// The model's suite decides the same.
#[test]
fn the_ideal_suite_gives_the_same_codes() {
    use ioschain_spec::suite::{Ideal, Suite as _};
    let owner = owner_in_shard(Shard(1), 2, 0);
    let stranger = owner_in_shard(Shard(1), 2, 1);
    let (mut world, coins) = World::<Ideal>::new(&Specification, 2, &[(&owner, 100)]);
    let request = world.pay(&coins, &[(&owner, 90)]);
    let mut forged = request.clone();
    let theirs = stranger.keys[0].clone();
    let message = Digest::ZERO;
    edit_witness(&mut forged, 0, |witness| {
        edit_signatures(witness, |own| {
            own.values_mut().for_each(|own| *own = Ideal.sign_with(&theirs, &message));
        });
    });
    assert_eq!(world.single(Shard(1), &forged), Err(Rejection::LedWitnessSignature));
    assert_eq!(world.single(Shard(1), &request), Ok(()));
    assert_eq!(world.single(Shard(1), &request), Err(Rejection::LedOutpointUnknown));
}
