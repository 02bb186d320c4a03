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

mod error;

use std::collections::BTreeMap;

use ::bitcoin::consensus::encode::serialize;
use ::bitcoin::hashes::{Hash, sha256};
use ::bitcoin::{Block, OutPoint, Transaction, TxOut, Txid};
use ioschain_spec::ledger::transaction::INPUTS_MAX;

use crate::workload::{OwnerSeed, Payment, Source, Spend, Workload, within_supply};

pub use error::ConvertError;

/// Turns a block into a workload, by the rules in the [module's documentation](self).
///
/// 1 satoshi becomes 1 unit.
///
/// # Errors
///
/// The first transaction that has no counterpart, with the reason. A block that Bitcoin accepted
/// can fail in four ways only: [`ConvertError::TooManyParts`], [`ConvertError::TooFewOutputs`],
/// [`ConvertError::SpendsZeroValue`] and [`ConvertError::NoFee`].
pub fn workload_of(block: &Block) -> Result<Workload, ConvertError> {
    let (coinbase, transactions) = block.txdata.split_first().ok_or(ConvertError::NoCoinbase)?;
    if !coinbase.is_coinbase() {
        return Err(ConvertError::NoCoinbase);
    }
    let mut conversion = Conversion::new(coinbase, transactions)?;
    for (position, transaction) in transactions.iter().enumerate() {
        conversion.append(position, transaction)?;
    }
    Ok(conversion.workload)
}

/// The workload so far, and how to find in it what Bitcoin's inputs name.
struct Conversion {
    workload: Workload,
    /// What the genesis outputs hold in all, in units.
    granted: u64,
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
    fn new(coinbase: &Transaction, transactions: &[Transaction]) -> Result<Self, ConvertError> {
        let with_value = coinbase.output.iter().filter(|output| has_value(output));
        let genesis: Vec<Payment> = with_value.map(payment_of).collect();
        let txids = transactions.iter().map(Transaction::compute_txid);
        let coinbase = coinbase.compute_txid();
        Ok(Conversion {
            granted: sum_of(coinbase, &genesis)?,
            workload: Workload { genesis, spends: Vec::new() },
            coinbase,
            positions: txids.enumerate().map(|(position, txid)| (txid, position)).collect(),
            places: Vec::new(),
            spent_by: BTreeMap::new(),
        })
    }

    /// Appends the transaction at `position`, counted without the coinbase.
    fn append(&mut self, position: usize, transaction: &Transaction) -> Result<(), ConvertError> {
        let txid = transaction.compute_txid();
        let (outputs, places) = outputs_of(transaction, txid)?;
        check_parts(txid, transaction.input.len(), outputs.len())?;
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
        let paid = sum_of(txid, outputs)?;
        let created = inputs.iter().filter_map(|&source| self.workload.payment(source));
        let created = sum_of(txid, created)?;

        // One unit more than the outputs hold, for the fee.
        let missing = (paid + 1).saturating_sub(created);
        let outside = &mut self.workload.genesis[first_outside..];
        let amounts = split(missing, outside.len());
        for (payment, amount) in outside.iter_mut().zip(amounts) {
            payment.amount = amount;
        }
        let added = sum_of(txid, outside.iter())?;
        self.granted = check_supply(txid, [self.granted, added])?;

        // Neither sum exceeds the supply, so the two fit together.
        let held = created + added;
        if held < paid {
            return Err(ConvertError::CreatesValue { txid, inputs: held, outputs: paid });
        }
        if held == paid {
            return Err(ConvertError::NoFee { txid });
        }
        Ok(held - paid)
    }
}

/// A transaction of the ledger has room for so many inputs and outputs.
fn check_parts(txid: Txid, inputs: usize, outputs: usize) -> Result<(), ConvertError> {
    if inputs > INPUTS_MAX || outputs > INPUTS_MAX {
        return Err(ConvertError::TooManyParts { txid, inputs, outputs });
    }
    Ok(())
}

/// What the payments hold in all, in units.
fn sum_of<'a>(
    txid: Txid,
    payments: impl IntoIterator<Item = &'a Payment>,
) -> Result<u64, ConvertError> {
    check_supply(txid, payments.into_iter().map(|payment| payment.amount))
}

/// The sum of amounts, of which there are no more than the ledger has.
fn check_supply(txid: Txid, amounts: impl IntoIterator<Item = u64>) -> Result<u64, ConvertError> {
    within_supply(amounts).map_err(|units| ConvertError::ExceedsSupply { txid, units })
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
mod tests;
