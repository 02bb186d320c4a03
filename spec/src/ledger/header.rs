//! The header of a shard's block: the validators of the shard sign it.
//!
//! The paper gives each shard a chain of blocks (§3), but it does not say what a block contains.
//! This header is our design. It commits to everything that a shard must be able to prove to
//! others: the entries, their receipts, the decisions and the state. The body and its rules are in
//! [`chain`](crate::chain), because a block contains the entries of every section.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::primitives::certificate::ValidatorVote;
use crate::primitives::hash::{Digest, tags};
use crate::primitives::numbers::{Epoch, Height, Shard};
use crate::suite::Suite;

/// The header of a block, which the validators of a shard sign.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Header {
    /// The id of the chain.
    pub chain_id: Digest,
    /// The number of the shard, in 1..=m.
    pub shard: Shard,
    /// The epoch of the block.
    pub epoch: Epoch,
    /// The block's height. The first block has height 1.
    pub height: Height,
    /// The hash of the previous block.
    pub previous: Digest,
    /// The height up to which the block sees the identity log.
    pub identity_height: Height,
    /// The identity log's hash at that height.
    pub identity_hash: Digest,
    /// The list commitment of the entries.
    pub transactions_root: Digest,
    /// The list commitment of the receipts ([`Receipt`](crate::chain::Receipt)).
    pub receipts_root: Digest,
    /// The list commitment of (txid, decision row after the block), sorted by txid. It covers the
    /// transactions that an entry names and that have a row after the block.
    pub decisions_root: Digest,
    /// The state root after the block.
    pub state_root: Digest,
    /// The commitment to the roster that signs the header.
    pub roster_root: Digest,
}

impl Header {
    /// The block's hash: `H("block", header)`.
    pub fn hash<S: Suite>(&self, suite: &S) -> Digest {
        suite.hash(tags::BLOCK, self)
    }

    /// The vote that the validators sign.
    pub fn vote<S: Suite>(&self, suite: &S) -> ValidatorVote {
        ValidatorVote {
            chain_id: self.chain_id,
            shard: self.shard,
            epoch: self.epoch,
            height: self.height,
            value: self.hash(suite),
        }
    }
}
