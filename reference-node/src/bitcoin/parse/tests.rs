use ::bitcoin::consensus::serialize;
use ::bitcoin::{Amount, CompactTarget, OutPoint, ScriptBuf, Target, TxOut, Txid, Witness};

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
fn a_piece_of_a_nodes_block_file_is_told_apart() {
    let length = block_170_bytes().len() as u32;
    let stored =
        [&[0xf9, 0xbe, 0xb4, 0xd9], &length.to_le_bytes()[..], &block_170_bytes()].concat();
    let error = error_of(&stored);
    assert_eq!(error, BlockError::NetworkMagic { length: 490 });
    assert!(error.to_string().contains("strip those 8"), "{error}");
    assert_eq!(error_of(hex::encode(&stored).as_bytes()), error);
    // What the error says to do helps.
    assert_eq!(parse_block(&stored[8..]), Ok(block_170()));
    assert_eq!(error_of(&stored[..4]), BlockError::NetworkMagic { length: 0 });
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
