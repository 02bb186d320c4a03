//! §3: the static checks, each alone, in every pair, and at every door of a shard.

mod world;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Specification, UnlockAbort, UnlockCommit};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::transaction::INPUTS_MAX;
use ioschain_spec::ledger::{OutPoint, Rules, SUPPLY, Transaction, TxId, Vote};
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::suite::Normative;

use world::{Coin, FEE_MINIMUM, NormativeProof, World, owner_in_shard};

struct Fault {
    name: &'static str,
    rejection: Rejection,
    make: fn(&mut Transaction),
}

/// In the order of the checks.
const FAULTS: &[Fault] = &[
    Fault {
        name: "another chain",
        rejection: Rejection::LedChainId,
        make: |transaction| transaction.chain_id.0[31] ^= 1,
    },
    Fault {
        name: "version 2",
        rejection: Rejection::LedVersion,
        make: |transaction| transaction.version = 2,
    },
    Fault {
        name: "no inputs",
        rejection: Rejection::LedNoInputs,
        make: |transaction| transaction.inputs = Bounded::empty(),
    },
    Fault {
        name: "no outputs",
        rejection: Rejection::LedNoOutputs,
        make: |transaction| transaction.outputs = Bounded::empty(),
    },
    Fault {
        name: "inputs out of order",
        rejection: Rejection::LedInputsOrder,
        make: |transaction| edit(&mut transaction.inputs, |inputs| inputs.reverse()),
    },
    Fault {
        name: "an output of 0",
        rejection: Rejection::LedAmountRange,
        make: |transaction| edit(&mut transaction.outputs, |outputs| outputs[0].amount = 0),
    },
    Fault {
        name: "inputs of nine times the supply",
        rejection: Rejection::LedSumOverflow,
        make: |transaction| {
            edit(&mut transaction.inputs, |inputs| {
                for number in 1..=9u32 {
                    let mut input = inputs.last().unwrap().clone();
                    input.outpoint.index += number;
                    input.amount = SUPPLY;
                    inputs.push(input);
                }
            });
        },
    },
    Fault {
        name: "one unit too much",
        rejection: Rejection::LedSumMismatch,
        make: |transaction| {
            edit(&mut transaction.outputs, |outputs| {
                if let Some(output) = outputs.last_mut() {
                    output.amount += 1;
                }
            });
        },
    },
    Fault {
        name: "a fee of one unit less than the minimum",
        rejection: Rejection::LedFeeMinimum,
        make: |transaction| {
            let saved = transaction.fee - (FEE_MINIMUM - 1);
            transaction.fee = FEE_MINIMUM - 1;
            edit(&mut transaction.outputs, |outputs| outputs[0].amount += saved);
        },
    },
];

/// Pairs (earlier, later) in which the earlier fault takes away what the later one is about.
const EXCLUSIVE: &[(Rejection, Rejection)] = &[
    (Rejection::LedNoInputs, Rejection::LedInputsOrder),
    (Rejection::LedNoInputs, Rejection::LedSumOverflow),
    (Rejection::LedNoOutputs, Rejection::LedAmountRange),
    (Rejection::LedSumOverflow, Rejection::LedSumMismatch),
];

fn edit<T: Clone, const CAP: usize>(
    values: &mut Bounded<T, CAP>,
    change: impl FnOnce(&mut Vec<T>),
) {
    let mut inner = values.to_vec();
    change(&mut inner);
    *values = inner.try_into().unwrap();
}

/// Two shards, an owner in each, and a payment of two inputs and two outputs between them.
fn scene() -> (World<Normative>, Vec<Coin>, Transaction) {
    let owners = [owner_in_shard(Shard(1), 2, 0), owner_in_shard(Shard(2), 2, 0)];
    let (world, coins) = World::normative(2, &[(&owners[0], 1_000), (&owners[1], 2_000)]);
    let transaction = world.draft(&coins, &[(&owners[1], 700), (&owners[0], 2_250)]);
    (world, coins, transaction)
}

fn check(world: &World<Normative>, transaction: &Transaction) -> Result<(), Rejection> {
    let rules: &dyn Rules<Normative> = &Specification;
    rules.check_static(world.parameters(), transaction)
}

#[test]
fn a_sound_transaction_passes() {
    let (world, _, transaction) = scene();
    assert_eq!(check(&world, &transaction), Ok(()));
}

#[test]
fn each_fault_is_refused_with_its_own_code() {
    let (world, _, sound) = scene();
    for fault in FAULTS {
        let mut transaction = sound.clone();
        (fault.make)(&mut transaction);
        assert_eq!(check(&world, &transaction), Err(fault.rejection), "{}", fault.name);
    }
}

#[test]
fn of_two_faults_the_earlier_check_answers() {
    let (world, _, sound) = scene();
    let mut pairs = 0;
    for (place, earlier) in FAULTS.iter().enumerate() {
        for later in &FAULTS[place + 1..] {
            if EXCLUSIVE.contains(&(earlier.rejection, later.rejection)) {
                continue;
            }
            let mut transaction = sound.clone();
            (later.make)(&mut transaction);
            (earlier.make)(&mut transaction);
            let found = check(&world, &transaction);
            assert_eq!(found, Err(earlier.rejection), "{}, and {}", earlier.name, later.name);
            pairs += 1;
        }
    }
    assert_eq!(pairs, FAULTS.len() * (FAULTS.len() - 1) / 2 - EXCLUSIVE.len());
}

#[test]
fn every_amount_is_above_zero_and_at_most_the_supply() {
    let (world, _, sound) = scene();
    let cases: [(&str, u64, Result<(), Rejection>); 4] = [
        ("nothing", 0, Err(Rejection::LedAmountRange)),
        ("one unit", 1, Err(Rejection::LedSumMismatch)),
        ("the supply", SUPPLY, Err(Rejection::LedSumMismatch)),
        ("one unit more", SUPPLY + 1, Err(Rejection::LedAmountRange)),
    ];
    for (name, amount, expected) in cases {
        let mut transaction = sound.clone();
        edit(&mut transaction.inputs, |inputs| inputs[1].amount = amount);
        assert_eq!(check(&world, &transaction), expected, "an input of {name}");
        let mut transaction = sound.clone();
        edit(&mut transaction.outputs, |outputs| outputs[1].amount = amount);
        assert_eq!(check(&world, &transaction), expected, "an output of {name}");
    }
}

#[test]
fn the_whole_supply_can_move_at_once() {
    let (world, _, mut transaction) = scene();
    edit(&mut transaction.inputs, |inputs| {
        inputs.truncate(1);
        inputs[0].amount = SUPPLY;
    });
    edit(&mut transaction.outputs, |outputs| {
        outputs.truncate(1);
        outputs[0].amount = SUPPLY - FEE_MINIMUM;
    });
    transaction.fee = FEE_MINIMUM;
    assert_eq!(check(&world, &transaction), Ok(()));
}

#[test]
fn a_fee_that_overflows_the_sum_is_refused() {
    let (world, _, mut transaction) = scene();
    transaction.fee = u64::MAX;
    assert_eq!(check(&world, &transaction), Err(Rejection::LedSumOverflow));
}

#[test]
fn an_outpoint_stands_once_among_the_inputs() {
    let (world, _, sound) = scene();
    let mut transaction = sound.clone();
    edit(&mut transaction.inputs, |inputs| inputs[1].outpoint = inputs[0].outpoint);
    assert_eq!(check(&world, &transaction), Err(Rejection::LedInputsOrder));
}

#[test]
fn inputs_are_ordered_by_bytes_and_then_by_number() {
    let (world, _, sound) = scene();
    let at = |first_byte: u8, index: u32| {
        let mut txid = [0; 32];
        txid[0] = first_byte;
        OutPoint { txid: TxId(Digest(txid)), index }
    };
    // 256 is after 2 as a number, and before it in little-endian bytes.
    let cases = [
        (at(1, 2), at(1, 256), Ok(())),
        (at(1, 256), at(1, 2), Err(Rejection::LedInputsOrder)),
        (at(1, 9), at(2, 0), Ok(())),
        (at(2, 0), at(1, 9), Err(Rejection::LedInputsOrder)),
    ];
    for (first, second, expected) in cases {
        let mut transaction = sound.clone();
        edit(&mut transaction.inputs, |inputs| {
            inputs[0].outpoint = first;
            inputs[1].outpoint = second;
        });
        assert_eq!(check(&world, &transaction), expected, "{first:?}, then {second:?}");
    }
}

#[test]
fn a_transaction_holds_1024_inputs_and_outputs_and_no_more() {
    let (_, _, transaction) = scene();
    let input = transaction.inputs[0].clone();
    let output = transaction.outputs[0].clone();
    assert_eq!(INPUTS_MAX, 1_024);
    assert!(Bounded::<_, INPUTS_MAX>::try_from(vec![input.clone(); 1_024]).is_ok());
    assert!(Bounded::<_, INPUTS_MAX>::try_from(vec![output.clone(); 1_024]).is_ok());
    let inputs = Bounded::<_, INPUTS_MAX>::try_from(vec![input; 1_025]);
    let outputs = Bounded::<_, INPUTS_MAX>::try_from(vec![output; 1_025]);
    assert_eq!(inputs.unwrap_err(), Rejection::EncMalformed);
    assert_eq!(outputs.unwrap_err(), Rejection::EncMalformed);
}

#[test]
fn every_door_of_every_shard_makes_the_static_checks_first() {
    let (mut world, coins, sound) = scene();
    let signed = world.sign(&sound, &coins);
    assert_eq!(world.lock(Shard(1), &signed), Ok(Vote::Accepted));
    let proof: NormativeProof = world.proof(Shard(1), &world.id(&signed));
    for fault in FAULTS {
        let mut transaction = sound.clone();
        (fault.make)(&mut transaction);
        let mut request = signed.clone();
        request.transaction = transaction.clone();
        let commit = UnlockCommit { transaction: transaction.clone(), proofs: Bounded::empty() };
        let abort = UnlockAbort { transaction, proof: proof.clone() };
        for shard in [1, 2] {
            let answers = world.submit(
                Shard(shard),
                vec![
                    Entry::Single(request.clone()),
                    Entry::Lock(request.clone()),
                    Entry::UnlockCommit(commit.clone()),
                    Entry::UnlockAbort(abort.clone()),
                ],
            );
            assert_eq!(answers, vec![Err(fault.rejection); 4], "{} at shard {shard}", fault.name);
        }
    }
}
