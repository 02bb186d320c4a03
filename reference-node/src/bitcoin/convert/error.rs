//! Why a Bitcoin block cannot become a workload.

use ::bitcoin::{OutPoint, Txid};
use ioschain_model::words::count;
use ioschain_spec::ledger::SUPPLY;
use ioschain_spec::ledger::transaction::INPUTS_MAX;
use thiserror::Error;

/// Why a Bitcoin block cannot become a workload. Each error names the transaction by its id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConvertError {
    /// The block does not start with a coinbase.
    #[error("the block does not start with a coinbase; give a block that `parse_block` accepts")]
    NoCoinbase,
    /// There is no output to carry the data of an output of value 0, or no output at all.
    #[error(
        "transaction {txid} has {} of value 0 and {} with a value; \
         each output of value 0 needs one with a value to carry its data hash, and a transaction \
         needs at least one with a value: this block cannot be imported",
        count(.without_value, "output"), count(.with_value, "output")
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
        "transaction {txid} spends {outpoint}, but that transaction has only {}: \
         the block breaks Bitcoin's rules",
        count(.outputs, "output")
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
    /// A transaction has more inputs or outputs than one of the ledger can have.
    #[error(
        "transaction {txid} has {} and {} with a value, and a transaction here has at most \
         {INPUTS_MAX} of each: this block cannot be imported; take another one",
        count(.inputs, "input"), count(.outputs, "output")
    )]
    TooManyParts {
        /// The transaction.
        txid: Txid,
        /// The number of its inputs.
        inputs: usize,
        /// The number of its outputs, those of value 0 left out.
        outputs: usize,
    },
    /// The amounts of the block exceed the ledger's supply.
    #[error(
        "with transaction {txid} the amounts of the block come to {units} satoshis, and the \
         supply here is {SUPPLY} units of 1 satoshi each: the block breaks Bitcoin's rules, whose \
         supply is smaller"
    )]
    ExceedsSupply {
        /// The transaction, or the coinbase.
        txid: Txid,
        /// What it holds, or what the block holds up to it, in satoshis.
        units: u128,
    },
}
