use ioschain_spec::ledger::SUPPLY;

use super::*;
use crate::bitcoin::parse_block;
use crate::bitcoin::samples::{
    block_170_bytes, coinbase, large_block_bytes, mine, output, outside, transaction,
};
use ioschain_model::words::count;

/// The workload of a coinbase with one output of 50 satoshis, and `others`.
fn convert(others: &[Transaction]) -> Result<Workload, ConvertError> {
    let coinbase = coinbase(&[output(50, 0)]);
    workload_of(&mine(&[vec![coinbase], others.to_vec()].concat()))
}

/// The same for a block that has a counterpart.
fn workload(others: &[Transaction]) -> Workload {
    let workload = convert(others).unwrap();
    assert_eq!(workload.check(), Ok(()));
    workload
}

fn of(transaction: &Transaction, vout: u32) -> OutPoint {
    OutPoint { txid: transaction.compute_txid(), vout }
}

fn amounts(payments: &[Payment]) -> Vec<u64> {
    payments.iter().map(|payment| payment.amount).collect()
}

fn hash_of_script(script: u8) -> [u8; 32] {
    sha256_of(&[script])
}

/// A payment whose owner's seed is given in hexadecimal.
fn paid(seed: &str, amount: u64) -> Payment {
    let owner = OwnerSeed(hex::decode(seed).unwrap().try_into().unwrap());
    Payment { owner, amount, data_hash: None }
}

#[test]
fn block_170_is_one_payment_with_change() {
    const COIN: u64 = 100_000_000;
    let block = parse_block(&block_170_bytes()).unwrap();
    let workload = workload_of(&block).unwrap();
    assert_eq!(workload.check(), Ok(()));
    // The seeds were computed with another program from the bytes of the block.
    let expected = Workload {
        genesis: vec![
            paid("101a605fcbe711075380f466232f7ad3e9859ce9513b1785b2c7848f2651d3c3", 50 * COIN),
            paid("5f969d4a47aaaa48da226b4351ea6e80d3310d38b99bda19bb9e72610d526754", 50 * COIN + 1),
        ],
        spends: vec![Spend {
            inputs: vec![Source::Genesis { index: 1 }],
            outputs: vec![
                paid("799c48c4482e6a9726b0ee7f1609fb83c52a0d63b9c1d0b3fd8770f26e1c4677", 10 * COIN),
                paid("786929a9e558952ce72efc809ef12043c96978534ca2ccb7dda62d9b1be33181", 40 * COIN),
            ],
            fee: 1,
        }],
    };
    assert_eq!(workload, expected);
}

#[test]
fn the_coinbase_is_genesis_and_its_outputs_without_value_are_dropped() {
    let coinbase = coinbase(&[output(0, 1), output(7, 2), output(0, 3), output(8, 4)]);
    let workload = workload_of(&mine(&[coinbase])).unwrap();
    assert_eq!(amounts(&workload.genesis), [7, 8]);
    assert_eq!(workload.genesis[1].owner, OwnerSeed(hash_of_script(4)));
    assert!(workload.genesis.iter().all(|payment| payment.data_hash.is_none()));
    assert!(workload.spends.is_empty());
}

#[test]
fn outside_inputs_share_the_missing_amount_and_the_first_takes_the_remainder() {
    // (what the outputs hold, what a created input holds, genesis amounts, fee)
    for (paid, carried, expected, fee) in [
        (9, None, vec![10], 1),
        (9, None, vec![4, 3, 3], 1),
        // The shares are 0, and every input holds at least 1.
        (1, None, vec![2, 1, 1], 3),
        (8, Some(4), vec![3, 2], 1),
        (8, Some(8), vec![1], 1),
        (8, Some(9), vec![1, 1], 3),
        (5, Some(10), vec![1], 6),
    ] {
        let mut others = Vec::new();
        let mut inputs: Vec<OutPoint> = (1..=expected.len() as u8).map(outside).collect();
        if let Some(carried) = carried {
            others.push(transaction(&[outside(99)], &[output(carried, 1)]));
            inputs.insert(1, of(&others[0], 0));
        }
        others.push(transaction(&inputs, &[output(paid, 2)]));
        let workload = workload(&others);
        let new = workload.genesis.len() - expected.len();
        assert_eq!(amounts(&workload.genesis[new..]), expected);
        assert_eq!(workload.spends.last().unwrap().fee, fee);
    }
}

#[test]
fn a_transaction_with_created_inputs_only_keeps_its_fee() {
    let parent = transaction(&[outside(1)], &[output(10, 1), output(20, 2)]);
    let child = transaction(&[of(&parent, 1), of(&parent, 0)], &[output(23, 3)]);
    let workload = workload(&[parent, child]);
    assert_eq!(workload.spends[1].fee, 7);
    assert_eq!(
        workload.spends[1].inputs,
        [1, 0].map(|output| Source::Created { transaction: 0, output })
    );
    assert_eq!(amounts(&workload.genesis), [50, 31]);
}

#[test]
fn genesis_outputs_stand_in_order_of_appearance() {
    let first = transaction(&[outside(3), outside(1)], &[output(10, 1)]);
    let second = transaction(&[outside(2), of(&first, 0)], &[output(10, 2)]);
    let workload = workload(&[first, second]);
    let seeds: Vec<OwnerSeed> =
        workload.genesis.iter().skip(1).map(|payment| payment.owner).collect();
    // 32 bytes of the transaction id, then output 0 in four bytes.
    let seed_of = |number| OwnerSeed(sha256_of(&[[number; 32].as_slice(), &[0; 4]].concat()));
    assert_eq!(seeds, [3, 1, 2].map(seed_of));
}

#[test]
fn an_output_without_value_is_a_data_hash_and_children_find_the_shifted_outputs() {
    let outputs = [output(0, 1), output(5, 2), output(0, 3), output(6, 4), output(7, 5)];
    let parent = transaction(&[outside(1)], &outputs);
    let child = transaction(&[of(&parent, 4), of(&parent, 1)], &[output(11, 6)]);
    let workload = workload(&[parent, child]);
    let created = &workload.spends[0].outputs;
    assert_eq!(amounts(created), [5, 6, 7]);
    let hashes: Vec<_> = created.iter().map(|payment| payment.data_hash).collect();
    assert_eq!(hashes, [Some(hash_of_script(1)), Some(hash_of_script(3)), None]);
    assert_eq!(
        workload.spends[1].inputs,
        [2, 0].map(|output| Source::Created { transaction: 0, output })
    );
    assert_eq!(workload.spends[1].fee, 1);
}

#[test]
fn equal_scripts_have_one_owner() {
    let parent = transaction(&[outside(1)], &[output(5, 2), output(6, 2), output(7, 3)]);
    let workload = workload(&[parent]);
    let [first, second, third] = &workload.spends[0].outputs[..] else { panic!("three") };
    assert_eq!(first.owner, second.owner);
    assert_ne!(first.owner, third.owner);
}

#[test]
fn a_block_without_a_coinbase_is_refused() {
    let payment = transaction(&[outside(1)], &[output(1, 1)]);
    for block in [mine(&[]), mine(&[payment])] {
        assert_eq!(workload_of(&block), Err(ConvertError::NoCoinbase));
    }
}

#[test]
fn every_data_hash_needs_an_output_of_its_own() {
    for (values, without_value, with_value) in [(&[][..], 0, 0), (&[0], 1, 0), (&[0, 5, 0], 2, 1)] {
        let outputs: Vec<TxOut> = values.iter().map(|&value| output(value, 1)).collect();
        let payment = transaction(&[outside(1)], &outputs);
        let txid = payment.compute_txid();
        assert_eq!(
            convert(&[payment]),
            Err(ConvertError::TooFewOutputs { txid, without_value, with_value })
        );
    }
}

#[test]
fn the_coinbase_of_the_block_cannot_be_spent_in_it() {
    let coinbase = coinbase(&[output(50, 0)]);
    let child = transaction(&[outside(1), of(&coinbase, 0)], &[output(1, 1)]);
    let (txid, outpoint) = (child.compute_txid(), of(&coinbase, 0));
    assert_eq!(
        workload_of(&mine(&[coinbase, child])),
        Err(ConvertError::SpendsCoinbase { txid, outpoint })
    );
}

#[test]
fn parents_come_before_children() {
    let parent = transaction(&[outside(1)], &[output(9, 1)]);
    let child = transaction(&[of(&parent, 0)], &[output(5, 2)]);
    let (txid, outpoint) = (child.compute_txid(), of(&parent, 0));
    assert_eq!(convert(&[child, parent]), Err(ConvertError::NotEarlier { txid, outpoint }));
}

#[test]
fn an_input_names_an_output_that_holds_something() {
    let parent = transaction(&[outside(1)], &[output(9, 1), output(0, 2)]);
    let child = |vout| transaction(&[of(&parent, vout)], &[output(5, 3)]);
    let error = |vout| convert(&[parent.clone(), child(vout)]);
    let (txid, outpoint) = (child(1).compute_txid(), of(&parent, 1));
    assert_eq!(error(1), Err(ConvertError::SpendsZeroValue { txid, outpoint }));
    let (txid, outpoint) = (child(2).compute_txid(), of(&parent, 2));
    assert_eq!(error(2), Err(ConvertError::NoSuchOutput { txid, outpoint, outputs: 2 }));
}

#[test]
fn an_output_is_spent_once_whether_the_block_creates_it_or_not() {
    let parent = transaction(&[outside(1)], &[output(9, 1)]);
    for outpoint in [outside(2), of(&parent, 0)] {
        let spends = [2, 3].map(|script| transaction(&[outpoint], &[output(5, script)]));
        let [first, second] = spends.each_ref().map(Transaction::compute_txid);
        let [one, other] = spends;
        assert_eq!(
            convert(&[parent.clone(), one, other]),
            Err(ConvertError::SpentTwice { outpoint, first, second })
        );
        let both = transaction(&[outpoint, outpoint], &[output(5, 2)]);
        let first = both.compute_txid();
        assert_eq!(
            convert(&[parent.clone(), both]),
            Err(ConvertError::SpentTwice { outpoint, first, second: first })
        );
    }
}

#[test]
fn created_inputs_alone_cover_the_outputs_and_a_fee() {
    let parent = transaction(&[outside(1)], &[output(9, 1)]);
    let child = |value| transaction(&[of(&parent, 0)], &[output(value, 2)]);
    let error = |value| convert(&[parent.clone(), child(value)]);
    let txid = child(9).compute_txid();
    assert_eq!(error(9), Err(ConvertError::NoFee { txid }));
    let txid = child(10).compute_txid();
    assert_eq!(error(10), Err(ConvertError::CreatesValue { txid, inputs: 9, outputs: 10 }));
    let without_inputs = transaction(&[], &[output(3, 3)]);
    let txid = without_inputs.compute_txid();
    assert_eq!(
        convert(&[without_inputs]),
        Err(ConvertError::CreatesValue { txid, inputs: 0, outputs: 3 })
    );
}

#[test]
fn a_transaction_has_room_for_1024_inputs_and_as_many_outputs_with_a_value() {
    let payment = |inputs: u32, outputs: usize, without_value: usize| {
        let inputs: Vec<OutPoint> =
            (0..inputs).map(|vout| OutPoint { vout, ..outside(1) }).collect();
        let outputs = [vec![output(1, 1); outputs], vec![output(0, 2); without_value]].concat();
        transaction(&inputs, &outputs)
    };
    assert_eq!(workload(&[payment(1_024, 1_024, 3)]).spends[0].inputs.len(), 1_024);
    for (inputs, outputs) in [(1_025, 1), (1, 1_025), (2_000, 3_000)] {
        let payment = payment(inputs, outputs, 0);
        let (txid, inputs) = (payment.compute_txid(), inputs as usize);
        let error = convert(&[payment]).unwrap_err();
        assert_eq!(error, ConvertError::TooManyParts { txid, inputs, outputs });
        let message = error.to_string();
        let said = [txid.to_string(), count(inputs, "input"), "at most 1024".to_owned()];
        assert!(said.iter().all(|part| message.contains(part)), "{message}");
    }
}

#[test]
fn the_block_holds_the_supply_at_most() {
    // The coinbase holds 50, and a fee of 1 is added.
    let rest = SUPPLY - 51;
    let whole = workload(&[transaction(&[outside(1)], &[output(rest, 1)])]);
    assert_eq!(amounts(&whole.genesis), [50, rest + 1]);

    let parents = [1, 2].map(|number| transaction(&[outside(number)], &[output(1, number)]));
    let [parent, _] = &parents;
    let over = transaction(&[of(parent, 0), outside(3)], &[output(rest, 3)]);
    let txid = over.compute_txid();
    // 50, 2 for each parent, and what the last needs beside the 1 of its parent.
    let units = u128::from(50 + 2 + 2 + (rest + 1 - 1));
    let error = convert(&[parents.to_vec(), vec![over]].concat()).unwrap_err();
    assert_eq!(error, ConvertError::ExceedsSupply { txid, units });
    let message = error.to_string();
    assert!(message.contains(&format!("the supply here is {SUPPLY} units")), "{message}");
}

#[test]
fn a_coinbase_holds_the_supply_at_most() {
    let coinbase = coinbase(&[output(SUPPLY, 0), output(1, 0)]);
    let (txid, units) = (coinbase.compute_txid(), u128::from(SUPPLY) + 1);
    assert_eq!(workload_of(&mine(&[coinbase])), Err(ConvertError::ExceedsSupply { txid, units }));
}

#[test]
fn amounts_beyond_64_bits_are_errors_and_never_wrap() {
    let half = u64::MAX / 2 + 1;
    for values in [vec![u64::MAX], vec![half, half], vec![u64::MAX; 3]] {
        let outputs: Vec<TxOut> = values.iter().map(|&value| output(value, 1)).collect();
        let payment = transaction(&[outside(1)], &outputs);
        let txid = payment.compute_txid();
        let units = values.into_iter().map(u128::from).sum();
        assert_eq!(convert(&[payment]), Err(ConvertError::ExceedsSupply { txid, units }));
    }
}

#[test]
fn the_large_block_has_the_known_figures() {
    let Some(bytes) = large_block_bytes("the figures of the large block") else { return };
    let workload = workload_of(&parse_block(&bytes).unwrap()).unwrap();
    assert_eq!(workload.check(), Ok(()));
    let spends = &workload.spends;
    let inputs = || spends.iter().flat_map(|spend| &spend.inputs);
    let outputs = || spends.iter().flat_map(|spend| &spend.outputs);
    let created = inputs().filter(|source| matches!(source, Source::Created { .. })).count();

    assert_eq!(spends.len(), 2_499);
    assert_eq!(inputs().count(), 6_517);
    assert_eq!(created, 327);
    assert_eq!(outputs().count(), 5_991);
    assert_eq!(outputs().filter(|payment| payment.data_hash.is_some()).count(), 22);
    // One output of the coinbase has a value.
    assert_eq!(workload.genesis.len(), 1 + 6_517 - 327);
    assert_eq!(workload.isolated().len(), 1_972);
    assert_eq!(workload.depth(), 17);
}
