//! The constants that genesis fixes for every shard and for all time, and the bounds that all
//! sections share.
//!
//! Origin: own.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::primitives::hash::Digest;

/// The largest number of transaction shards. A commit contains one proof for each input shard, so a
/// message must be able to contain this many proofs.
pub const SHARDS_MAX: usize = 1024;

/// The parameters of a chain. Genesis fixes them for every shard and for all time.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Parameters {
    /// The name of the chain: the hash of its genesis.
    pub chain_id: Digest,
    /// m, the number of transaction shards. They are numbered 1..=m; shard 0 is the identity shard.
    pub shards: u16,
    /// The least fee of a transaction, in units.
    pub fee_minimum: u64,
    /// The most rejection rows that one block may write (§7).
    pub rejections_max: u32,
}
