//! §3: the ledger: owners, transactions, blocks, the state of a shard, genesis.
//!
//! | module | what it is |
//! |---|---|
//! | [`owner`] | accounts, policies, witnesses, the shard of an owner |
//! | [`transaction`] | transactions and their static checks |
//! | [`shard_state`] | what a shard keeps, and its root |
//! | [`overlay`] | changes on top of a state that stays as it is |
//! | [`rules`] | the decision points of this section |
//! | [`single`] | transactions of one shard |
//! | [`block`] | headers, bodies, building and applying |
//! | [`genesis`] | the five allocations and the first state |
//! | [`conservation`] | that nothing is created or lost |
//!
//! Origin: white paper §3; the paper gives unspent outputs, shards and one shard for each node, the
//! rest is ours (`spec/gaps.toml`).

pub mod block;
pub mod conservation;
pub mod genesis;
pub mod overlay;
pub mod owner;
pub mod rules;
pub mod shard_state;
pub mod single;
pub mod transaction;

pub use overlay::{Changes, Overlay, View};
pub use owner::{Account, AccountId, Policy, Witness};
pub use rules::Rules;
pub use shard_state::{
    Decision, Lock, Position, Settlement, ShardState, Totals, UnspentOutput, Vote,
};
pub use transaction::{
    Input, OutPoint, Output, Payload, SUPPLY, SignedTransaction, Transaction, TxId,
};

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::identity::IdentityView;
use crate::primitives::hash::Digest;
use crate::primitives::suite::Suite;

/// What genesis fixes for every shard and every time.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Parameters {
    /// Names the chain: the hash of its genesis.
    pub chain_id: Digest,
    /// m, the number of transaction shards 1..=m.
    pub shards: u16,
    /// The least fee of a transaction, in units.
    pub fee_minimum: u64,
    /// The most rejection rows that one block may write (§7).
    pub rejections_max: u32,
}

/// What a shard's rules may look at besides its own state.
pub struct Environment<'a, S: Suite> {
    /// The cryptography.
    pub suite: &'a S,
    /// The identity log, as far as the block at hand has seen it.
    pub identity: IdentityView<'a>,
}

impl<S: Suite> Environment<'_, S> {
    /// What genesis fixed.
    pub fn parameters(&self) -> &Parameters {
        self.identity.parameters()
    }

    /// m, the number of transaction shards.
    pub fn shards(&self) -> u16 {
        self.parameters().shards
    }
}
