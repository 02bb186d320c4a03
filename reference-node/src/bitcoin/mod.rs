//! Real Bitcoin blocks as workloads.
//!
//! A generated workload has the shape its author had in mind. A mined block has the shape of real
//! payments: many inputs here, long chains there. This module reads such a block, checks that it
//! is what it claims to be, and turns it into a [`Workload`](crate::workload::Workload).
//!
//! - [`parse`]: from the bytes of a file to a checked block.
//! - [`convert`]: from the block to a workload.
//!
//! Scripts and signatures of Bitcoin are not checked: the proof of work and the Merkle root
//! vouch for the block, and the ledger here has its own owners, keys and signatures.

pub mod convert;
pub mod parse;

pub use convert::{ConvertError, workload_of};
pub use parse::{BlockError, Part, parse_block};

/// Blocks for the tests of this module.
#[cfg(test)]
pub(crate) mod samples {
    use std::io::Write;

    use ::bitcoin::absolute::LockTime;
    use ::bitcoin::block::{Header, Version};
    use ::bitcoin::hashes::Hash;
    use ::bitcoin::{
        Amount, Block, BlockHash, CompactTarget, OutPoint, ScriptBuf, Sequence, Transaction, TxIn,
        TxMerkleNode, TxOut, Txid, Witness, transaction,
    };

    /// Block 170 of Bitcoin's main chain, as a hex dump.
    pub(crate) const BLOCK_170_HEX: &str = include_str!("../../tests/data/block-170.hex");

    /// Block 170 of Bitcoin's main chain, 490 bytes.
    pub(crate) fn block_170_bytes() -> Vec<u8> {
        hex::decode(BLOCK_170_HEX.trim()).unwrap()
    }

    /// An output outside of the block: output 0 of a transaction whose id is `number` repeated.
    pub(crate) fn outside(number: u8) -> OutPoint {
        OutPoint { txid: Txid::from_byte_array([number; 32]), vout: 0 }
    }

    /// An output of `value` satoshis with a script of one byte.
    pub(crate) fn output(value: u64, script: u8) -> TxOut {
        TxOut { value: Amount::from_sat(value), script_pubkey: ScriptBuf::from_bytes(vec![script]) }
    }

    /// A transaction without signatures.
    pub(crate) fn transaction(inputs: &[OutPoint], outputs: &[TxOut]) -> Transaction {
        let input = |&previous_output: &OutPoint| TxIn {
            previous_output,
            script_sig: ScriptBuf::new(),
            sequence: Sequence::MAX,
            witness: Witness::new(),
        };
        Transaction {
            version: transaction::Version::TWO,
            lock_time: LockTime::ZERO,
            input: inputs.iter().map(input).collect(),
            output: outputs.to_vec(),
        }
    }

    /// A coinbase with these outputs.
    pub(crate) fn coinbase(outputs: &[TxOut]) -> Transaction {
        transaction(&[OutPoint::null()], outputs)
    }

    /// A block of these transactions with a right Merkle root, and proof of work for a target
    /// that every second hash meets.
    pub(crate) fn mine(transactions: &[Transaction]) -> Block {
        let mut block = Block {
            header: Header {
                version: Version::TWO,
                prev_blockhash: BlockHash::all_zeros(),
                merkle_root: TxMerkleNode::all_zeros(),
                time: 0,
                bits: CompactTarget::from_consensus(0x207f_ffff),
                nonce: 0,
            },
            txdata: transactions.to_vec(),
        };
        if let Some(merkle_root) = block.compute_merkle_root() {
            block.header.merkle_root = merkle_root;
        }
        work(&mut block);
        block
    }

    /// Counts the nonce up until the block's hash meets its target.
    pub(crate) fn work(block: &mut Block) {
        while !block.header.target().is_met_by(block.block_hash()) {
            block.header.nonce += 1;
        }
    }

    /// The bytes of the file that `IOSCHAIN_BITCOIN_BLOCK` names, a large block of the main chain.
    /// Says on the terminal that `test` is skipped where the variable is not set.
    pub(crate) fn large_block_bytes(test: &str) -> Option<Vec<u8>> {
        let Some(path) = std::env::var_os("IOSCHAIN_BITCOIN_BLOCK") else {
            // The test runner hides what passing tests print; a skipped test must be seen.
            writeln!(
                std::io::stderr(),
                "SKIPPED: set IOSCHAIN_BITCOIN_BLOCK to the file of the large block to run {test}"
            )
            .unwrap();
            return None;
        };
        Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }
}
