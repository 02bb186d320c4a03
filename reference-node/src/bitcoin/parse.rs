//! From the bytes of a file to a Bitcoin block that is what it claims to be.
//!
//! The file is the user's, so every way in which it can be wrong has its own [`BlockError`]. The
//! checks run in this order, and the first failure is the answer:
//!
//! 1. the bytes decode as a header and the announced number of transactions;
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

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use ::bitcoin::block::Header;
use ::bitcoin::consensus::{Decodable, encode};
use ::bitcoin::{
    Block, BlockHash, CompactTarget, Target, Transaction, TxMerkleNode, Txid, VarInt, io,
};
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
        "trailing bytes: the block ends at offset {offset} and {count} bytes follow; \
         give a file with one block and nothing else"
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
    let block = decode(&block_bytes(file)?)?;
    check_proof_of_work(&block.header)?;
    let coinbase = check_coinbase(&block.txdata)?;
    check_no_repetition(&block.txdata)?;
    check_merkle_root(&block)?;
    check_witness_commitment(&block, coinbase)?;
    Ok(block)
}

/// The bytes of the block: the file itself, or what its hexadecimal digits say.
fn block_bytes(file: &[u8]) -> Result<Cow<'_, [u8]>, BlockError> {
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
mod tests {
    use ::bitcoin::consensus::serialize;
    use ::bitcoin::{Amount, OutPoint, ScriptBuf, TxOut, Witness};

    use super::*;
    use crate::bitcoin::samples::{
        BLOCK_170_HEX, block_170_bytes, coinbase, large_block_bytes, mine, output, outside,
        transaction, work,
    };

    /// Where the first transaction of a block with fewer than 253 starts.
    const FIRST_TRANSACTION: usize = 81;
    /// Where the second transaction of block 170 starts.
    const SECOND_TRANSACTION: usize = 215;

    fn error_of(file: &[u8]) -> BlockError {
        parse_block(file).expect_err("the file is refused")
    }

    /// What a changed block is refused with. The header keeps its proof of work.
    fn error_after(block: &Block, tamper: impl FnOnce(&mut Block)) -> BlockError {
        assert_eq!(parse_block(&serialize(block)).as_ref(), Ok(block));
        let mut tampered = block.clone();
        tamper(&mut tampered);
        assert_eq!(tampered.header, block.header);
        error_of(&serialize(&tampered))
    }

    fn block_170() -> Block {
        parse_block(&block_170_bytes()).unwrap()
    }

    /// A payment from outside of the block that differs from every other `number`.
    fn payment(number: u8) -> Transaction {
        transaction(&[outside(number)], &[output(1, number)])
    }

    /// A coinbase and `others` payments.
    fn block_of(others: u8) -> Block {
        let coinbase = coinbase(&[output(50, 0)]);
        mine(&[vec![coinbase], (1..=others).map(payment).collect()].concat())
    }

    #[test]
    fn block_170_is_read_from_raw_bytes() {
        let block = block_170();
        assert_eq!(
            block.block_hash().to_string(),
            "00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee"
        );
        let [coinbase, payment] = &block.txdata[..] else { panic!("two transactions") };
        assert_eq!(coinbase.output[0].value, Amount::from_int_btc(50));
        assert_eq!(payment.input.len(), 1);
        let values: Vec<Amount> = payment.output.iter().map(|output| output.value).collect();
        assert_eq!(values, [Amount::from_int_btc(10), Amount::from_int_btc(40)]);
        assert_eq!(serialize(&block), block_170_bytes());
    }

    #[test]
    fn a_hex_dump_is_the_same_as_the_raw_bytes() {
        let digits = BLOCK_170_HEX.trim();
        let spaced = digits.as_bytes().chunks(3).map(String::from_utf8_lossy);
        let spaced = spaced.collect::<Vec<_>>().join(" \r\n\t");
        for dump in [digits, BLOCK_170_HEX, &digits.to_uppercase(), &spaced] {
            assert_eq!(parse_block(dump.as_bytes()), Ok(block_170()));
        }
    }

    #[test]
    fn a_character_that_is_no_digit_is_reported_with_its_offset() {
        for (offset, found) in [(0, b'<'), (79, b'g'), (80, b'\0'), (979, b'-'), (980, 0xff)] {
            let mut dump = BLOCK_170_HEX.as_bytes().to_vec();
            dump[offset] = found;
            assert_eq!(error_of(&dump), BlockError::NotHexadecimal { offset, found });
        }
    }

    #[test]
    fn a_hex_dump_of_half_a_byte_too_little_is_refused() {
        let dump = &BLOCK_170_HEX.as_bytes()[..979];
        assert_eq!(error_of(dump), BlockError::OddDigits { digits: 979 });
    }

    #[test]
    fn every_truncation_is_reported_with_its_offset_and_part() {
        let bytes = block_170_bytes();
        for offset in 0..bytes.len() {
            let part = match offset {
                0..80 => Part::Header,
                80 => Part::TransactionCount,
                FIRST_TRANSACTION..SECOND_TRANSACTION => {
                    Part::Transaction { position: 0, announced: 2, start: FIRST_TRANSACTION }
                }
                _ => Part::Transaction { position: 1, announced: 2, start: SECOND_TRANSACTION },
            };
            let expected = BlockError::Truncated { offset, part };
            assert_eq!(error_of(&bytes[..offset]), expected);
            assert_eq!(error_of(&BLOCK_170_HEX.as_bytes()[..2 * offset]), expected);
        }
    }

    #[test]
    fn too_many_announced_transactions_end_where_the_bytes_end() {
        let bytes = block_170_bytes();
        for (count, announced) in [
            (vec![3], 3),
            (vec![0xfd, 0xff, 0xff], 0xffff),
            (vec![0xfe, 0xff, 0xff, 0xff, 0xff], 0xffff_ffff),
            (vec![0xff; 9], u64::MAX),
        ] {
            let file = [&bytes[..80], &count, &bytes[81..]].concat();
            let offset = file.len();
            let part = Part::Transaction { position: 2, announced, start: offset };
            assert_eq!(error_of(&file), BlockError::Truncated { offset, part });
        }
    }

    #[test]
    fn announced_lengths_beyond_the_file_are_truncation() {
        let bytes = block_170_bytes();
        // The number of inputs, the length of the input's script, the number of outputs.
        for field in [85, 122, 134] {
            let file = [&bytes[..field], &[0xff; 9], &bytes[field + 1..]].concat();
            let part = Part::Transaction { position: 0, announced: 2, start: FIRST_TRANSACTION };
            assert_eq!(error_of(&file), BlockError::Truncated { offset: file.len(), part });
        }
    }

    #[test]
    fn malformed_bytes_are_reported_with_the_offset_of_their_field() {
        let first = Part::Transaction { position: 0, announced: 2, start: FIRST_TRANSACTION };
        let head = block_170_bytes()[..85].to_vec();
        let empty_input = [&[0; 36][..], &[0], &[0; 4]].concat();
        for (file, offset, part, reason) in [
            // 2 as a number of three bytes.
            ([&head[..80], &[0xfd, 2, 0]].concat(), 81, Part::TransactionCount, "varint"),
            // No inputs where a flag of 1 must follow.
            ([&head[..], &[0, 7]].concat(), 86, first, "segwit"),
            // The flag, one input, no outputs, and no witness.
            ([&head[..], &[0, 1, 1], &empty_input, &[0, 0]].concat(), 130, first, "witness"),
            // The same with a witness of 2^32 - 1 items.
            (
                [&head[..], &[0, 1, 1], &empty_input, &[0, 0xfe, 255, 255, 255, 255]].concat(),
                131,
                first,
                "oversized",
            ),
        ] {
            match error_of(&file) {
                BlockError::Malformed { offset: at, part: inside, reason: said } => {
                    assert_eq!((at, inside), (offset, part), "{said}");
                    assert!(said.contains(reason), "{said}");
                }
                other => panic!("{other}"),
            }
        }
    }

    #[test]
    fn trailing_bytes_are_counted() {
        let bytes = block_170_bytes();
        for count in [1, 80, 490] {
            let file = [&bytes[..], &bytes[..count]].concat();
            let expected = BlockError::TrailingBytes { offset: 490, count };
            assert_eq!(error_of(&file), expected);
            assert_eq!(error_of(hex::encode(&file).as_bytes()), expected);
        }
    }

    #[test]
    fn every_altered_byte_of_the_header_breaks_the_proof_of_work() {
        let bytes = block_170_bytes();
        for offset in 0..80 {
            let mut file = bytes.clone();
            file[offset] ^= 1;
            let error = error_of(&file);
            let text = error.to_string();
            assert!(text.starts_with("proof of work: "), "{offset}: {text}");
            if !(72..76).contains(&offset) {
                let header = block_170().header;
                let altered: Header = encode::deserialize(&file[..80]).unwrap();
                let (target, hash) = (header.target(), altered.block_hash());
                assert_eq!(error, BlockError::ProofOfWork { target, hash });
            }
        }
    }

    #[test]
    fn every_altered_byte_of_a_block_is_noticed() {
        let bytes = block_170_bytes();
        for offset in 0..bytes.len() {
            for flipped in [0x01, 0x80, 0xff] {
                let mut file = bytes.clone();
                file[offset] ^= flipped;
                assert!(parse_block(&file).is_err(), "byte {offset} flipped by {flipped}");
            }
        }
    }

    #[test]
    fn difficulty_bits_that_encode_no_target_are_refused() {
        // The first means about 2^511; the decoder's shift wraps to 2^255, which every second hash
        // meets. The other two have a sign and a shorter encoding.
        for bits in [0x407f_ffff, 0x1d80_0001, 0x2000_7fff] {
            let mut block = block_of(0);
            block.header.bits = CompactTarget::from_consensus(bits);
            if bits == 0x407f_ffff {
                work(&mut block);
            }
            let bits = block.header.bits;
            assert_eq!(error_of(&serialize(&block)), BlockError::DifficultyBits { bits });
        }
    }

    #[test]
    fn a_target_of_zero_is_met_by_no_hash() {
        let mut block = block_of(0);
        block.header.bits = CompactTarget::from_consensus(0);
        let hash = block.block_hash();
        let expected = BlockError::ProofOfWork { target: Target::ZERO, hash };
        assert_eq!(error_of(&serialize(&block)), expected);
    }

    #[test]
    fn a_header_without_transactions_is_refused() {
        assert_eq!(error_of(&serialize(&mine(&[]))), BlockError::NoTransactions);
    }

    #[test]
    fn the_first_transaction_is_the_coinbase_and_no_other_is() {
        let block = block_170();
        let txids: Vec<Txid> = block.txdata.iter().map(Transaction::compute_txid).collect();
        assert_eq!(
            error_after(&block, |block| {
                block.txdata.remove(0);
            }),
            BlockError::FirstIsNotCoinbase { txid: txids[1] }
        );
        let other = coinbase(&[output(9, 9)]);
        let expected = BlockError::SecondCoinbase { position: 2, txid: other.compute_txid() };
        assert_eq!(error_after(&block, |block| block.txdata.push(other)), expected);
    }

    #[test]
    fn a_repeated_end_of_the_list_is_refused_though_the_merkle_root_holds() {
        for (others, repeated) in [(2, 2..3), (4, 4..5), (5, 4..6), (6, 6..7)] {
            let block = block_of(others);
            let mut longer = block.clone();
            longer.txdata.extend_from_within(repeated.clone());
            assert_eq!(longer.compute_merkle_root(), Some(block.header.merkle_root));
            let (first, second) = (repeated.start, block.txdata.len());
            let txid = block.txdata[first].compute_txid();
            assert_eq!(
                error_after(&block, |block| *block = longer),
                BlockError::RepeatedTransaction { txid, first, second }
            );
        }
    }

    #[test]
    fn altered_dropped_and_moved_transactions_break_the_merkle_root() {
        let block = block_of(3);
        type Tamper = fn(&mut Block);
        let tampers: [Tamper; 4] = [
            |block| block.txdata[2].output[0].value = Amount::from_sat(2),
            |block| block.txdata.swap(1, 2),
            |block| block.txdata.truncate(3),
            |block| block.txdata.push(payment(9)),
        ];
        for tamper in tampers {
            let mut tampered = block.clone();
            tamper(&mut tampered);
            let expected = block.header.merkle_root;
            let found = tampered.compute_merkle_root().unwrap();
            assert_eq!(error_after(&block, tamper), BlockError::MerkleRoot { expected, found });
        }
    }

    const RESERVED: [u8; 32] = [5; 32];

    /// A script that commits to witnesses.
    fn commitment_script(commitment: [u8; 32]) -> ScriptBuf {
        let marker = [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed];
        ScriptBuf::from_bytes([&marker[..], &commitment].concat())
    }

    fn output_with(script_pubkey: ScriptBuf) -> TxOut {
        TxOut { value: Amount::ZERO, script_pubkey }
    }

    /// The witness root of a list of transactions, and the reserved value, hashed.
    fn commitment_to(others: &[Transaction], reserved_value: [u8; 32]) -> [u8; 32] {
        let block = mine(&[vec![coinbase(&[])], others.to_vec()].concat());
        let root = block.witness_root().unwrap();
        *Block::compute_witness_commitment(&root, &reserved_value).as_ref()
    }

    /// A coinbase that commits to two payments, one of them with a witness.
    fn block_with_witness() -> Block {
        let mut others = [payment(1), payment(2)];
        others[1].input[0].witness = Witness::from_slice(&[b"signature"]);
        let commitment = commitment_to(&others, RESERVED);
        let older = output_with(commitment_script([0; 32]));
        let current = output_with(commitment_script(commitment));
        let mut coinbase = coinbase(&[older, output(50, 0), current, output(1, 1)]);
        coinbase.input[0].witness = Witness::from_slice(&[RESERVED]);
        mine(&[vec![coinbase], others.to_vec()].concat())
    }

    #[test]
    fn an_altered_witness_breaks_the_commitment() {
        let block = block_with_witness();
        let expected = commitment_to(&block.txdata[1..], RESERVED);

        let mut altered = block.txdata[1..].to_vec();
        altered[1].input[0].witness = Witness::from_slice(&[b"Signature"]);
        let found = commitment_to(&altered, RESERVED);
        let error = error_after(&block, |block| block.txdata[2] = altered[1].clone());
        assert_eq!(error, BlockError::WitnessCommitment { expected, found });

        let found = commitment_to(&block.txdata[1..], [6; 32]);
        let error = error_after(&block, |block| {
            block.txdata[0].input[0].witness = Witness::from_slice(&[[6; 32]]);
        });
        assert_eq!(error, BlockError::WitnessCommitment { expected, found });
    }

    #[test]
    fn a_block_that_lost_its_witnesses_is_refused() {
        let block = block_with_witness();
        let error = error_after(&block, |block| {
            for transaction in &mut block.txdata {
                transaction.input[0].witness.clear();
            }
        });
        assert!(matches!(error, BlockError::WitnessCommitment { .. }), "{error}");
    }

    #[test]
    fn the_reserved_value_is_one_item_of_32_bytes() {
        let block = block_with_witness();
        for items in [vec![], vec![31], vec![33], vec![32, 32], vec![32, 0]] {
            let error = error_after(&block, |block| {
                let contents: Vec<Vec<u8>> = items.iter().map(|&length| vec![5; length]).collect();
                block.txdata[0].input[0].witness = Witness::from_slice(&contents);
            });
            assert_eq!(error, BlockError::WitnessReservedValue { lengths: items });
        }
    }

    #[test]
    fn witnesses_without_a_commitment_are_refused() {
        let error = error_after(&block_of(2), |block| {
            block.txdata[1].input[0].witness = Witness::from_slice(&[b"signature"]);
        });
        assert_eq!(error, BlockError::NoWitnessCommitment { position: 1 });

        // One byte short of a commitment is none.
        let mut script = commitment_script([0; 32]).into_bytes();
        script.pop();
        let short = output_with(ScriptBuf::from_bytes(script));
        let mut coinbase = coinbase(&[short]);
        coinbase.input[0].witness = Witness::from_slice(&[RESERVED]);
        let error = error_of(&serialize(&mine(&[coinbase])));
        assert_eq!(error, BlockError::NoWitnessCommitment { position: 0 });
    }

    #[test]
    fn a_commitment_without_witnesses_is_checked_with_a_reserved_value_of_zeros() {
        let others = [payment(1), payment(2)];
        for (reserved_value, holds) in [([0; 32], true), (RESERVED, false)] {
            let script = commitment_script(commitment_to(&others, reserved_value));
            let coinbase = coinbase(&[output_with(script)]);
            let block = mine(&[vec![coinbase], others.to_vec()].concat());
            assert_eq!(parse_block(&serialize(&block)).is_ok(), holds);
        }
    }

    #[test]
    fn the_checks_run_in_their_stated_order() {
        // Wrong in every way; each step repairs what the last answer was about.
        let mut block = block_with_witness();
        block.txdata[2].input[0].witness.push(b"one more item");
        block.txdata[2].output[0].value = Amount::from_sat(2);
        block.txdata.push(block.txdata[2].clone());
        let coinbase = block.txdata.remove(0);
        while block.header.target().is_met_by(block.block_hash()) {
            block.header.nonce += 1;
        }
        let file = [serialize(&block), vec![0]].concat();
        assert!(matches!(error_of(&file[..file.len() - 2]), BlockError::Truncated { .. }));
        assert!(matches!(error_of(&file), BlockError::TrailingBytes { count: 1, .. }));

        let mut answer = |repair: &dyn Fn(&mut Block)| {
            repair(&mut block);
            error_of(&serialize(&block))
        };
        assert!(matches!(answer(&|_| ()), BlockError::ProofOfWork { .. }));
        assert!(matches!(answer(&work), BlockError::FirstIsNotCoinbase { .. }));
        let insert = |block: &mut Block| block.txdata.insert(0, coinbase.clone());
        assert!(matches!(answer(&insert), BlockError::RepeatedTransaction { .. }));
        assert!(matches!(answer(&|block| block.txdata.truncate(3)), BlockError::MerkleRoot { .. }));
        let restore = |block: &mut Block| block.txdata[2].output[0].value = Amount::from_sat(1);
        assert!(matches!(answer(&restore), BlockError::WitnessCommitment { .. }));
    }

    #[test]
    fn messages_say_what_failed_where_and_what_to_do() {
        let bytes = block_170_bytes();
        assert_eq!(
            error_of(&bytes[..300]).to_string(),
            "the block is truncated: its bytes end at offset 300, inside transaction 1 (the first \
             is 0, the block announces 2), which starts at byte 215; it is cut short or \
             announces more than it holds: fetch the file again"
        );
        assert_eq!(
            error_after(&block_170(), |block| block.txdata.truncate(1)).to_string(),
            "Merkle root: the header says \
             7dac2c5666815c17a3b36427de37bb9d2e2c5ccec3f8633eb91a4205cb4c10ff, but the file's \
             transactions give b1fea52486ce0c62bb442b530a3f0132b826c74e473d1f2c220bfa78111c5082; \
             a transaction was altered, added, dropped or moved: fetch the block again"
        );
        let mut altered = bytes.clone();
        altered[76] ^= 1;
        let text = error_of(&altered).to_string();
        let target = "00000000ffff0000000000000000000000000000000000000000000000000000";
        assert!(text.contains(&format!("at most the header's target {target}, but is ")), "{text}");
    }

    #[test]
    fn the_large_block_is_read_and_its_tampered_copies_are_refused() {
        let Some(bytes) = large_block_bytes("the checks of the large block") else { return };
        let block = parse_block(&bytes).unwrap();
        assert_eq!(
            block.block_hash().to_string(),
            "000000000000000000000c835b2adcaedc20fdf6ee440009c249452c726dafae"
        );
        assert_eq!(block.txdata.len(), 2_500);

        for offset in [1, 79, 80, 81, 100_000, bytes.len() - 1] {
            let error = error_of(&bytes[..offset]);
            assert!(
                matches!(error, BlockError::Truncated { offset: at, .. } if at == offset),
                "{error}"
            );
        }
        let error = error_after(&block, |block| block.txdata.swap(1, 2));
        assert!(matches!(error, BlockError::MerkleRoot { .. }), "{error}");
        let last = block.txdata.iter().rposition(has_witness).unwrap();
        let error = error_after(&block, |block| block.txdata[last].input[0].witness.push([1]));
        assert!(matches!(error, BlockError::WitnessCommitment { .. }), "{error}");
        let error = error_after(&block, |block| {
            let inputs = block.txdata.iter_mut().flat_map(|transaction| &mut transaction.input);
            inputs.for_each(|input| input.witness.clear());
        });
        assert!(matches!(error, BlockError::WitnessCommitment { .. }), "{error}");
    }

    #[test]
    fn a_coinbase_is_known_by_its_single_null_outpoint() {
        let two_inputs = transaction(&[OutPoint::null(), outside(1)], &[output(1, 1)]);
        let txid = two_inputs.compute_txid();
        let block = mine(&[two_inputs]);
        assert_eq!(error_of(&serialize(&block)), BlockError::FirstIsNotCoinbase { txid });
    }
}
