//! From the bytes of a file to a Bitcoin block that is what it claims to be.
//!
//! The file is the user's, so every way in which it can be wrong has its own [`BlockError`]. The
//! checks run in this order, and the first failure is the answer:
//!
//! 0. the bytes are one block, and not a piece of a node's `blk*.dat` file;
//! 1. they decode as a header and the announced number of transactions;
//! 2. nothing follows them;
//! 3. proof of work: the header's hash meets the target that the header names;
//! 4. the first transaction is a coinbase, and no other is;
//! 5. no transaction appears twice;
//! 6. the Merkle root of the transactions is the one in the header;
//! 7. the witnesses are those that the coinbase commits to (BIP 141).
//!
//! From 3 on each check relies on those before it. The header proves work, so its Merkle root is
//! costly to choose. That root does not fix the list of transactions by itself:
//! repeating the end of a list can leave the root as it was (CVE-2012-2459), which 5 rules out,
//! and a level of inner nodes can pass for a list of 64-byte transactions (CVE-2017-12842), which
//! 4 rules out, because an inner node that starts like a coinbase is out of reach. Then the root
//! vouches for the coinbase, and the coinbase for the witnesses.
//!
//! What is not checked: whether the target is the one that the chain demanded, the scripts, and
//! the outputs that other blocks created. All of that takes the whole chain.

mod error;

use std::borrow::Cow;
use std::collections::BTreeMap;

use ::bitcoin::block::Header;
use ::bitcoin::consensus::{Decodable, encode};
use ::bitcoin::p2p::Magic;
use ::bitcoin::{Block, Transaction, VarInt, io};

pub use error::{BlockError, Part};

/// Reads a Bitcoin block from the content of a file: the bytes of its consensus encoding, or the
/// same bytes as hexadecimal digits with any whitespace between them.
///
/// Memory follows the size of the file. A length that the file announces and does not keep costs at
/// most 16 MB more.
///
/// # Errors
///
/// The first check that fails, in the order of the [module's documentation](self).
pub fn parse_block(file: &[u8]) -> Result<Block, BlockError> {
    let bytes = block_bytes(file)?;
    check_no_magic(&bytes)?;
    let block = decode(&bytes)?;
    check_proof_of_work(&block.header)?;
    let coinbase = check_coinbase(&block.txdata)?;
    check_no_repetition(&block.txdata)?;
    check_merkle_root(&block)?;
    check_witness_commitment(&block, coinbase)?;
    Ok(block)
}

/// The bytes of the block: the file itself, or what its hexadecimal digits say.
fn block_bytes(file: &[u8]) -> Result<Cow<'_, [u8]>, BlockError> {
    // Some editors put a byte-order mark before text.
    let file = file.strip_prefix(b"\xef\xbb\xbf").filter(|rest| is_text(rest)).unwrap_or(file);
    if !is_text(file) {
        return Ok(Cow::Borrowed(file));
    }
    let mut digits = Vec::with_capacity(file.len());
    for (offset, &found) in file.iter().enumerate() {
        if found.is_ascii_hexdigit() {
            digits.push(found);
        } else if !found.is_ascii_whitespace() {
            return Err(BlockError::NotHexadecimal { offset, found });
        }
    }
    // Every digit is hexadecimal, so only an odd number of them can fail.
    let bytes = hex::decode(&digits).map_err(|_| BlockError::OddDigits { digits: digits.len() })?;
    Ok(Cow::Owned(bytes))
}

/// Whether the file is text rather than the raw bytes of a block.
///
/// A raw header has zero bytes in the hash of the previous block, since that hash met a target,
/// and text has none. The header is enough to look at: a wrong character further on is then
/// reported as such.
fn is_text(file: &[u8]) -> bool {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    file.iter().take(Header::SIZE).all(is_text)
}

/// The bytes do not start with what nodes write before each block in their `blk*.dat` files: the
/// network's magic, and the length of the block. No block does: its version would be negative.
fn check_no_magic(bytes: &[u8]) -> Result<(), BlockError> {
    let Some(after_magic) = bytes.strip_prefix(&Magic::BITCOIN.to_bytes()) else { return Ok(()) };
    let length = after_magic.first_chunk().map_or(0, |length| u32::from_le_bytes(*length));
    Err(BlockError::NetworkMagic { length })
}

/// Decodes a block that takes all of `bytes`.
fn decode(bytes: &[u8]) -> Result<Block, BlockError> {
    let mut reader = CountingReader { bytes, offset: 0, last_read: 0 };
    let header = reader.decode(Part::Header)?;
    let VarInt(announced) = reader.decode(Part::TransactionCount)?;
    // Grows with the transactions that are there, not with the number announced.
    let mut txdata = Vec::new();
    for position in 0..announced {
        let start = reader.offset;
        txdata.push(reader.decode(Part::Transaction { position, announced, start })?);
    }
    let offset = reader.offset;
    if offset < bytes.len() {
        return Err(BlockError::TrailingBytes { offset, count: bytes.len() - offset });
    }
    Ok(Block { header, txdata })
}

/// Reads from memory and remembers where it is: the decoder's own errors do not say.
struct CountingReader<'a> {
    bytes: &'a [u8],
    /// The number of bytes read.
    offset: usize,
    /// Where the last read began: the field that a decoder refuses.
    last_read: usize,
}

impl CountingReader<'_> {
    /// Decodes the next part of the block.
    fn decode<T: Decodable>(&mut self, part: Part) -> Result<T, BlockError> {
        T::consensus_decode_from_finite_reader(self).map_err(|error| match error {
            // This reader fails in one way only: it has no more bytes.
            encode::Error::Io(_) => BlockError::Truncated { offset: self.offset, part },
            other => {
                BlockError::Malformed { offset: self.last_read, part, reason: other.to_string() }
            }
        })
    }
}

impl io::Read for CountingReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.offset..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.last_read = self.offset;
        self.offset += length;
        Ok(length)
    }
}

/// The header's hash meets the header's own target.
fn check_proof_of_work(header: &Header) -> Result<(), BlockError> {
    let target = header.target();
    // Bits that overflow 256 bits or carry a sign decode to some other target, perhaps an easy
    // one. A chain has only bits that are the encoding of a target.
    if target.to_compact_lossy() != header.bits {
        return Err(BlockError::DifficultyBits { bits: header.bits });
    }
    let hash = header.block_hash();
    if !target.is_met_by(hash) {
        return Err(BlockError::ProofOfWork { target, hash });
    }
    Ok(())
}

/// The first transaction is a coinbase, which is returned, and no other is.
fn check_coinbase(transactions: &[Transaction]) -> Result<&Transaction, BlockError> {
    let (first, others) = transactions.split_first().ok_or(BlockError::NoTransactions)?;
    if !first.is_coinbase() {
        return Err(BlockError::FirstIsNotCoinbase { txid: first.compute_txid() });
    }
    if let Some(index) = others.iter().position(Transaction::is_coinbase) {
        let txid = others[index].compute_txid();
        return Err(BlockError::SecondCoinbase { position: index + 1, txid });
    }
    Ok(first)
}

/// No transaction id appears twice.
fn check_no_repetition(transactions: &[Transaction]) -> Result<(), BlockError> {
    let mut positions = BTreeMap::new();
    for (second, transaction) in transactions.iter().enumerate() {
        let txid = transaction.compute_txid();
        if let Some(first) = positions.insert(txid, second) {
            return Err(BlockError::RepeatedTransaction { txid, first, second });
        }
    }
    Ok(())
}

/// The header's Merkle root is the root of the transactions.
fn check_merkle_root(block: &Block) -> Result<(), BlockError> {
    let expected = block.header.merkle_root;
    let found = block.compute_merkle_root().ok_or(BlockError::NoTransactions)?;
    if found != expected {
        return Err(BlockError::MerkleRoot { expected, found });
    }
    Ok(())
}

/// The coinbase commits to the witnesses of the block, if there are any or it commits to some.
///
/// Before witnesses came into force, miners committed to blocks without any, with a reserved
/// value of zeros that the coinbase did not carry yet. That value is assumed for every block
/// without witnesses. A newer block whose witnesses were dropped still fails: its commitment
/// covers them.
fn check_witness_commitment(block: &Block, coinbase: &Transaction) -> Result<(), BlockError> {
    let first_with_witness = block.txdata.iter().position(has_witness);
    let Some(expected) = witness_commitment(coinbase) else {
        return match first_with_witness {
            Some(position) => Err(BlockError::NoWitnessCommitment { position }),
            None => Ok(()),
        };
    };
    let items: Vec<&[u8]> = coinbase.input.iter().flat_map(|input| input.witness.iter()).collect();
    let reserved_value = match items[..] {
        [value] if value.len() == 32 => value,
        [] if first_with_witness.is_none() => &[0; 32],
        _ => {
            let lengths = items.iter().map(|item| item.len()).collect();
            return Err(BlockError::WitnessReservedValue { lengths });
        }
    };
    let witness_root = block.witness_root().ok_or(BlockError::NoTransactions)?;
    let commitment = Block::compute_witness_commitment(&witness_root, reserved_value);
    let found: [u8; 32] = *commitment.as_ref();
    if found != expected {
        return Err(BlockError::WitnessCommitment { expected, found });
    }
    Ok(())
}

/// Whether any input of the transaction has a witness.
fn has_witness(transaction: &Transaction) -> bool {
    transaction.input.iter().any(|input| !input.witness.is_empty())
}

/// The 32 bytes after the marker of a witness commitment, in the last output that has it
/// (BIP 141): `OP_RETURN`, a push of 36 bytes, `aa21a9ed`.
fn witness_commitment(coinbase: &Transaction) -> Option<[u8; 32]> {
    const MARKER: [u8; 6] = [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed];
    coinbase.output.iter().rev().find_map(|output| {
        let after_marker = output.script_pubkey.as_bytes().strip_prefix(&MARKER)?;
        after_marker.first_chunk().copied()
    })
}

#[cfg(test)]
mod tests;
