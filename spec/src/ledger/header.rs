//! The header of a shard's block: what the validators of the shard sign.
//!
//! The paper gives a shard a chain of blocks (§3) and no contents; the header is ours. It commits to
//! everything that others must be able to prove: the entries, their receipts, the decisions and the
//! state. The body and its rules are in [`chain`](crate::chain), because a block holds the entries of
//! every section.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::primitives::certificate::ValidatorVote;
use crate::primitives::hash::{Digest, tags};
use crate::suite::Suite;

/// What the validators of a shard sign.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Header {
    /// Which chain.
    pub chain_id: Digest,
    /// Which shard, 1..=m.
    pub shard: u16,
    /// In which epoch.
    pub epoch: u64,
    /// The first block has height 1.
    pub height: u64,
    /// The hash of the block before.
    pub previous: Digest,
    /// How much of the identity log the block sees.
    pub identity_height: u64,
    /// The identity log's hash there.
    pub identity_hash: Digest,
    /// List commitment of the entries.
    pub transactions_root: Digest,
    /// List commitment of the [`Receipt`]s.
    pub receipts_root: Digest,
    /// List commitment of (txid, row after the block), by txid, for the transactions that entries name.
    pub decisions_root: Digest,
    /// The state root after the block.
    pub state_root: Digest,
    /// Commitment to the roster that signs.
    pub roster_root: Digest,
}

impl Header {
    /// The block's name: `H("block", header)`.
    pub fn hash<S: Suite>(&self, suite: &S) -> Digest {
        suite.hash(tags::BLOCK, self)
    }

    /// What the validators sign.
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
