//! From a Bitcoin block to a workload: what each transaction of the block means here.
//!
//! | in the block | in the workload |
//! |---|---|
//! | the coinbase | no transaction; its outputs are genesis outputs, those of value 0 are dropped |
//! | any other transaction | a [`Spend`], in the same order |
//! | an output of 1 satoshi or more | an output of as many units; its owner's seed is SHA-256 of the script |
//! | an output of value 0 | no output; SHA-256 of its script is the `data_hash` of another output of its transaction: that of the k-th goes to the k-th output with a value |
//! | an input that the block creates | the output it spends |
//! | any other input | a genesis output, whose owner's seed is SHA-256 of the outpoint's 36 bytes |
//!
//! The block does not say how much its other inputs hold. They get what makes their transaction
//! balance with a fee of 1 unit: the missing amount in equal parts, rounded down, the remainder
//! to the first of them, and at least 1 unit each. The fee is what is left over. A transaction
//! whose inputs are all created in the block keeps the fee it really paid.
//!
//! Genesis outputs stand in the order in which the block names them.

use std::collections::BTreeMap;

use ::bitcoin::consensus::encode::serialize;
use ::bitcoin::hashes::{Hash, sha256};
use ::bitcoin::{Block, OutPoint, Transaction, TxOut, Txid};
use thiserror::Error;

use crate::workload::{OwnerSeed, Payment, Source, Spend, Workload, checked_sum};

/// Why a Bitcoin block cannot become a workload. Each error names the transaction by its id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConvertError {
    /// The block does not start with a coinbase.
    #[error("the block does not start with a coinbase; give a block that `parse_block` accepts")]
    NoCoinbase,
    /// There is no output to carry the data of an output of value 0, or no output at all.
    #[error(
        "transaction {txid} has {without_value} outputs of value 0 and {with_value} with a value; \
         each of the former needs one of the latter to carry its data hash, and a transaction \
         needs at least one with a value: this block cannot be imported"
    )]
    TooFewOutputs {
        /// The transaction.
        txid: Txid,
        /// The number of its outputs of value 0.
        without_value: usize,
        /// The number of its other outputs.
        with_value: usize,
    },
    /// An input spends an output of the block's own coinbase.
    #[error(
        "transaction {txid} spends {outpoint}, an output of the coinbase of its own block, which \
         may be spent 100 blocks later only: the block breaks Bitcoin's rules"
    )]
    SpendsCoinbase {
        /// The transaction.
        txid: Txid,
        /// The output that it spends.
        outpoint: OutPoint,
    },
    /// An input spends an output of its own or of a later transaction of the block.
    #[error(
        "transaction {txid} spends {outpoint}, which the block does not create before it; put \
         parents before children"
    )]
    NotEarlier {
        /// The transaction.
        txid: Txid,
        /// The output that it spends.
        outpoint: OutPoint,
    },
    /// An input spends an output that its parent, a transaction of the block, does not have.
    #[error(
        "transaction {txid} spends {outpoint}, but that transaction has only {outputs} outputs: \
         the block breaks Bitcoin's rules"
    )]
    NoSuchOutput {
        /// The transaction.
        txid: Txid,
        /// The output that it spends.
        outpoint: OutPoint,
        /// The number of outputs of the parent.
        outputs: usize,
    },
    /// An input spends an output of value 0 of the block, which has no counterpart here.
    #[error(
        "transaction {txid} spends {outpoint}, an output of value 0, which becomes a data hash \
         and cannot be spent: this block cannot be imported"
    )]
    SpendsZeroValue {
        /// The transaction.
        txid: Txid,
        /// The output that it spends.
        outpoint: OutPoint,
    },
    /// Two inputs spend the same output.
    #[error(
        "transaction {second} spends {outpoint}, which transaction {first} spends already: the \
         block breaks Bitcoin's rules"
    )]
    SpentTwice {
        /// The output.
        outpoint: OutPoint,
        /// The transaction that spends it first.
        first: Txid,
        /// The transaction that spends it again, perhaps the same one.
        second: Txid,
    },
    /// All inputs are created in the block, and the outputs hold more than they do.
    #[error(
        "transaction {txid} creates {outputs} satoshis from inputs that hold {inputs}: the block \
         breaks Bitcoin's rules"
    )]
    CreatesValue {
        /// The transaction.
        txid: Txid,
        /// The sum of its inputs, in satoshis.
        inputs: u64,
        /// The sum of its outputs, in satoshis.
        outputs: u64,
    },
    /// All inputs are created in the block, and the outputs hold as much as they do.
    #[error(
        "transaction {txid} spends only outputs of its own block and pays no fee, and at least \
         1 unit is needed: this block cannot be imported"
    )]
    NoFee {
        /// The transaction.
        txid: Txid,
    },
    /// Amounts add up to more than a `u64` holds.
    #[error(
        "the amounts of transaction {txid} add up to more than {} satoshis: the block breaks \
         Bitcoin's rules",
        u64::MAX
    )]
    Overflow {
        /// The transaction.
        txid: Txid,
    },
}

/// Turns a block into a workload, by the rules in the [module's documentation](self).
///
/// 1 satoshi becomes 1 unit.
///
/// # Errors
///
/// The first transaction that has no counterpart, with the reason. A block that Bitcoin accepted
/// can fail in three ways only: [`ConvertError::TooFewOutputs`],
/// [`ConvertError::SpendsZeroValue`] and [`ConvertError::NoFee`].
pub fn workload_of(block: &Block) -> Result<Workload, ConvertError> {
    let (coinbase, transactions) = block.txdata.split_first().ok_or(ConvertError::NoCoinbase)?;
    if !coinbase.is_coinbase() {
        return Err(ConvertError::NoCoinbase);
    }
    let mut conversion = Conversion::new(coinbase, transactions);
    for (position, transaction) in transactions.iter().enumerate() {
        conversion.append(position, transaction)?;
    }
    Ok(conversion.workload)
}

/// The workload so far, and how to find in it what Bitcoin's inputs name.
struct Conversion {
    workload: Workload,
    /// The id of the coinbase.
    coinbase: Txid,
    /// The id of every other transaction of the block, with its position among the spends.
    positions: BTreeMap<Txid, usize>,
    /// Per spend and Bitcoin output, its position among our outputs; none for value 0.
    places: Vec<Vec<Option<usize>>>,
    /// Every output that an input has spent, with the transaction that did.
    spent_by: BTreeMap<OutPoint, Txid>,
}

impl Conversion {
    /// The coinbase's outputs at genesis, and no transactions yet.
    fn new(coinbase: &Transaction, transactions: &[Transaction]) -> Self {
        let with_value = coinbase.output.iter().filter(|output| has_value(output));
        let genesis = with_value.map(payment_of).collect();
        let txids = transactions.iter().map(Transaction::compute_txid);
        Conversion {
            workload: Workload { genesis, spends: Vec::new() },
            coinbase: coinbase.compute_txid(),
            positions: txids.enumerate().map(|(position, txid)| (txid, position)).collect(),
            places: Vec::new(),
            spent_by: BTreeMap::new(),
        }
    }

    /// Appends the transaction at `position`, counted without the coinbase.
    fn append(&mut self, position: usize, transaction: &Transaction) -> Result<(), ConvertError> {
        let txid = transaction.compute_txid();
        let (outputs, places) = outputs_of(transaction, txid)?;
        let first_outside = self.workload.genesis.len();
        let mut inputs = Vec::new();
        for input in &transaction.input {
            inputs.push(self.source_of(position, txid, input.previous_output)?);
        }
        let fee = self.balance(txid, &inputs, &outputs, first_outside)?;
        self.places.push(places);
        self.workload.spends.push(Spend { inputs, outputs, fee });
        Ok(())
    }

    /// The source that `outpoint` becomes, for an input of the transaction at `position`.
    ///
    /// An outpoint of another block becomes a genesis output of amount 0, which
    /// [`Conversion::balance`] fills once all inputs are known.
    fn source_of(
        &mut self,
        position: usize,
        txid: Txid,
        outpoint: OutPoint,
    ) -> Result<Source, ConvertError> {
        if let Some(first) = self.spent_by.insert(outpoint, txid) {
            return Err(ConvertError::SpentTwice { outpoint, first, second: txid });
        }
        if outpoint.txid == self.coinbase {
            return Err(ConvertError::SpendsCoinbase { txid, outpoint });
        }
        let Some(&transaction) = self.positions.get(&outpoint.txid) else {
            let owner = OwnerSeed(sha256_of(&serialize(&outpoint)));
            self.workload.genesis.push(Payment { owner, amount: 0, data_hash: None });
            return Ok(Source::Genesis { index: self.workload.genesis.len() - 1 });
        };
        if transaction >= position {
            return Err(ConvertError::NotEarlier { txid, outpoint });
        }
        let places = &self.places[transaction];
        match places.get(outpoint.vout as usize) {
            Some(Some(output)) => Ok(Source::Created { transaction, output: *output }),
            Some(None) => Err(ConvertError::SpendsZeroValue { txid, outpoint }),
            None => Err(ConvertError::NoSuchOutput { txid, outpoint, outputs: places.len() }),
        }
    }

    /// Fills the genesis outputs from `first_outside` on, which are those of this transaction, so
    /// that it balances. Returns the fee.
    fn balance(
        &mut self,
        txid: Txid,
        inputs: &[Source],
        outputs: &[Payment],
        first_outside: usize,
    ) -> Result<u64, ConvertError> {
        let overflow = || ConvertError::Overflow { txid };
        let paid = checked_sum(outputs.iter().map(|payment| payment.amount));
        let paid = paid.ok_or_else(overflow)?;
        let needed = paid.checked_add(1).ok_or_else(overflow)?;
        let created = inputs.iter().filter_map(|&source| self.workload.payment(source));
        let created = checked_sum(created.map(|payment| payment.amount)).ok_or_else(overflow)?;

        let outside = &mut self.workload.genesis[first_outside..];
        let amounts = split(needed.saturating_sub(created), outside.len());
        for (payment, amount) in outside.iter_mut().zip(&amounts) {
            payment.amount = *amount;
        }

        let held = checked_sum(amounts.into_iter().chain([created])).ok_or_else(overflow)?;
        if held < paid {
            return Err(ConvertError::CreatesValue { txid, inputs: held, outputs: paid });
        }
        if held == paid {
            return Err(ConvertError::NoFee { txid });
        }
        Ok(held - paid)
    }
}

/// Our outputs of a transaction, and per Bitcoin output its position among them.
fn outputs_of(
    transaction: &Transaction,
    txid: Txid,
) -> Result<(Vec<Payment>, Vec<Option<usize>>), ConvertError> {
    let mut outputs = Vec::new();
    let mut places = Vec::new();
    let mut data_hashes = Vec::new();
    for output in &transaction.output {
        if has_value(output) {
            places.push(Some(outputs.len()));
            outputs.push(payment_of(output));
        } else {
            places.push(None);
            data_hashes.push(sha256_of(output.script_pubkey.as_bytes()));
        }
    }
    let (without_value, with_value) = (data_hashes.len(), outputs.len());
    if with_value == 0 || without_value > with_value {
        return Err(ConvertError::TooFewOutputs { txid, without_value, with_value });
    }
    for (payment, data_hash) in outputs.iter_mut().zip(data_hashes) {
        payment.data_hash = Some(data_hash);
    }
    Ok((outputs, places))
}

/// The same amount for the owner of the same script.
fn payment_of(output: &TxOut) -> Payment {
    Payment {
        owner: OwnerSeed(sha256_of(output.script_pubkey.as_bytes())),
        amount: output.value.to_sat(),
        data_hash: None,
    }
}

/// Whether the output holds anything.
fn has_value(output: &TxOut) -> bool {
    output.value.to_sat() > 0
}

/// `total` in `parts` equal amounts, rounded down, the remainder to the first; at least 1 each.
fn split(total: u64, parts: usize) -> Vec<u64> {
    let Some(share) = total.checked_div(parts as u64) else { return Vec::new() };
    let mut amounts = vec![share.max(1); parts];
    amounts[0] = (share + total % parts as u64).max(1);
    amounts
}

fn sha256_of(bytes: &[u8]) -> [u8; 32] {
    sha256::Hash::hash(bytes).to_byte_array()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitcoin::parse_block;
    use crate::bitcoin::samples::{
        block_170_bytes, coinbase, large_block_bytes, mine, output, outside, transaction,
    };

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
                paid(
                    "5f969d4a47aaaa48da226b4351ea6e80d3310d38b99bda19bb9e72610d526754",
                    50 * COIN + 1,
                ),
            ],
            spends: vec![Spend {
                inputs: vec![Source::Genesis { index: 1 }],
                outputs: vec![
                    paid(
                        "799c48c4482e6a9726b0ee7f1609fb83c52a0d63b9c1d0b3fd8770f26e1c4677",
                        10 * COIN,
                    ),
                    paid(
                        "786929a9e558952ce72efc809ef12043c96978534ca2ccb7dda62d9b1be33181",
                        40 * COIN,
                    ),
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
        for (values, without_value, with_value) in
            [(&[][..], 0, 0), (&[0], 1, 0), (&[0, 5, 0], 2, 1)]
        {
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
    fn amounts_beyond_64_bits_are_errors_and_never_wrap() {
        let half = u64::MAX / 2 + 1;
        for values in [vec![u64::MAX], vec![half, half]] {
            let outputs: Vec<TxOut> = values.iter().map(|&value| output(value, 1)).collect();
            let payment = transaction(&[outside(1)], &outputs);
            let txid = payment.compute_txid();
            assert_eq!(convert(&[payment]), Err(ConvertError::Overflow { txid }));
        }
        let parents = [1, 2].map(|number| transaction(&[outside(number)], &[output(half, number)]));
        let inputs = parents.each_ref().map(|parent| of(parent, 0));
        let child = transaction(&inputs, &[output(1, 3)]);
        let txid = child.compute_txid();
        let block = [parents.to_vec(), vec![child]].concat();
        assert_eq!(convert(&block), Err(ConvertError::Overflow { txid }));
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
}
