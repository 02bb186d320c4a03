//! Why a file is not a Bitcoin block.

use std::fmt;

use ::bitcoin::{BlockHash, CompactTarget, Target, TxMerkleNode, Txid};
use ioschain_model::words;
use thiserror::Error;

/// Where in a block a decoder stopped. Transactions count from 0, the coinbase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The 80 bytes of the header.
    Header,
    /// The number of transactions, right after the header.
    TransactionCount,
    /// One of the transactions.
    Transaction {
        /// Its position in the block.
        position: u64,
        /// How many transactions the block says it has.
        announced: u64,
        /// The byte offset at which it starts.
        start: usize,
    },
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Header => write!(formatter, "the block header (bytes 0 to 79)"),
            Part::TransactionCount => {
                write!(formatter, "the number of transactions (from byte 80)")
            }
            Part::Transaction { position, announced, start } => write!(
                formatter,
                "transaction {position} (the first is 0, the block announces {announced}), \
                 which starts at byte {start}"
            ),
        }
    }
}

/// Why a file is not a Bitcoin block.
///
/// Offsets count the bytes of the block from 0. In a hex dump without whitespace, byte n is
/// digits 2n and 2n + 1; only [`BlockError::NotHexadecimal`] counts the characters of the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BlockError {
    /// A text file with a character that is no hexadecimal digit.
    #[error(
        "the file is text, and the character '{}' at offset {offset} is no hexadecimal digit; \
         give a block as raw bytes or as hexadecimal digits",
        found.escape_ascii()
    )]
    NotHexadecimal {
        /// Offset of the character in the file.
        offset: usize,
        /// The character.
        found: u8,
    },
    /// A hex dump that ends in the middle of a byte.
    #[error(
        "the hex dump has {digits} digits, and the last one is half a byte; the file is probably \
         cut short: fetch it again"
    )]
    OddDigits {
        /// The number of hexadecimal digits, odd.
        digits: usize,
    },
    /// The bytes start as Bitcoin's `blk*.dat` files do.
    #[error(
        "the file starts with the network's magic f9beb4d9, as the blk*.dat files of a node do; a \
         block of {length} bytes comes after the 8 bytes of magic and length: strip those 8, and \
         what follows the block, or fetch the block with `bitcoin-cli getblock HASH 0`"
    )]
    NetworkMagic {
        /// The length that stands after the magic, in bytes; 0 if nothing does.
        length: u32,
    },
    /// The bytes end before the block does.
    #[error(
        "the block is truncated: its bytes end at offset {offset}, inside {part}; \
         it is cut short or announces more than it holds: fetch the file again"
    )]
    Truncated {
        /// The number of bytes there are.
        offset: usize,
        /// What is incomplete.
        part: Part,
    },
    /// The bytes are not an encoding of a block.
    #[error(
        "the block is malformed at offset {offset}, inside {part}: {reason}; give a block in \
         Bitcoin's consensus encoding"
    )]
    Malformed {
        /// Where the decoder's last read began.
        offset: usize,
        /// What could not be decoded.
        part: Part,
        /// What the decoder says.
        reason: String,
    },
    /// The block ends before the file does.
    #[error(
        "trailing bytes: the block ends at offset {offset}, but the file has {} more; \
         give a file with one block and nothing else",
        words::count(.count, "byte")
    )]
    TrailingBytes {
        /// The number of bytes that the block takes.
        offset: usize,
        /// The number of bytes after it.
        count: usize,
    },
    /// The header's difficulty field is not the encoding of any target.
    #[error(
        "proof of work: the header's difficulty bits {:#010x} encode no target; the header was \
         altered, or the file is not a Bitcoin block: fetch the block again",
        bits.to_consensus()
    )]
    DifficultyBits {
        /// The field as it stands in the header.
        bits: CompactTarget,
    },
    /// The header's hash is above the header's target.
    #[error(
        "proof of work: the block hash must be at most the header's target {target:064x}, but is \
         {hash}; the header was altered, or the file is not a Bitcoin block: fetch the block again"
    )]
    ProofOfWork {
        /// The largest hash that the header allows.
        target: Target,
        /// The hash of the header.
        hash: BlockHash,
    },
    /// The block has no transactions at all.
    #[error(
        "coinbase: the block has no transactions, and every block has at least a coinbase; \
         give a whole block, not a header"
    )]
    NoTransactions,
    /// The first transaction is not a coinbase.
    #[error(
        "coinbase: the first transaction must be a coinbase, but {txid} spends other outputs; \
         the list of transactions was altered: fetch the block again"
    )]
    FirstIsNotCoinbase {
        /// The first transaction.
        txid: Txid,
    },
    /// A transaction after the first is a coinbase.
    #[error(
        "coinbase: only the first transaction may be one, but transaction {position} (counted \
         from 0), {txid}, is another; the list of transactions was altered: fetch the \
         block again"
    )]
    SecondCoinbase {
        /// Its position in the block.
        position: usize,
        /// Its id.
        txid: Txid,
    },
    /// A transaction appears twice.
    #[error(
        "repeated transaction: {txid} stands at positions {first} and {second} (counted from 0), \
         and each transaction may stand once; the list of transactions was altered: \
         fetch the block again"
    )]
    RepeatedTransaction {
        /// The transaction.
        txid: Txid,
        /// Its first position.
        first: usize,
        /// Its second position.
        second: usize,
    },
    /// The transactions are not those of the header.
    #[error(
        "Merkle root: the header says {expected}, but the file's transactions give {found}; a \
         transaction was altered, added, dropped or moved: fetch the block again"
    )]
    MerkleRoot {
        /// The root in the header.
        expected: TxMerkleNode,
        /// The root of the transactions in the file.
        found: TxMerkleNode,
    },
    /// There are witnesses, and the coinbase does not commit to them.
    #[error(
        "witness commitment: transaction {position} (counted from 0) has a witness, but the \
         coinbase commits to none; the witness was added later: fetch the block again"
    )]
    NoWitnessCommitment {
        /// Position of the first transaction with a witness.
        position: usize,
    },
    /// The coinbase's witness is not the one value that a commitment needs.
    #[error(
        "witness commitment: the witness of the coinbase must be one item of 32 bytes, but its \
         items have {lengths:?} bytes; the witness was altered or dropped: fetch the block again"
    )]
    WitnessReservedValue {
        /// The length of each item of the coinbase's witness, in bytes.
        lengths: Vec<usize>,
    },
    /// The witnesses are not those that the coinbase commits to.
    #[error(
        "witness commitment: the coinbase says {}, but the file's witnesses give {}; a witness \
         was altered, or the file was saved without witnesses: fetch the block again",
        hex::encode(expected),
        hex::encode(found)
    )]
    WitnessCommitment {
        /// The commitment in the coinbase.
        expected: [u8; 32],
        /// The commitment computed from the witnesses in the file.
        found: [u8; 32],
    },
}
