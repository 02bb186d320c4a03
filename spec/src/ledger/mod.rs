//! §3: the ledger: owners, transactions, blocks, the state of a shard, genesis.
//!
//! | module | what it is |
//! |---|---|
//! | [`owner`] | accounts, policies, witnesses, the shard of an owner |
//! | [`transaction`] | transactions and their static checks |
//! | [`shard_state`] | what a shard keeps, and its root |
//! | [`overlay`] | changes on top of a state that stays as it is |
//! | [`rules`] | the decision points of this section |
//! | [`settle`] | transactions of one shard, and what every committed transaction changes |
//! | [`header`] | the header of a block |
//! | [`genesis`] | the five allocations and the first state |
//!
//! Origin: white paper §3; the paper gives unspent outputs, shards and one shard for each node, the
//! rest is ours (`spec/gaps.toml`).

pub mod genesis;
pub mod header;
pub mod overlay;
pub mod owner;
pub mod rules;
pub mod settle;
pub mod shard_state;
pub mod transaction;

pub use header::Header;
pub use overlay::{Changes, Overlay, View};
pub use owner::{Account, AccountId, Policy, Witness};
pub use rules::Rules;
pub use shard_state::{
    Decision, Lock, Position, Settlement, ShardState, Totals, UnspentOutput, Vote,
};
pub use transaction::{
    Input, OutPoint, Output, Payload, SUPPLY, SignedTransaction, Transaction, TxId,
};

use crate::identity::IdentityView;
use crate::parameters::Parameters;
use crate::suite::Suite;

/// What a rule may look at besides the state of its shard.
pub struct ShardContext<'a, S: Suite> {
    /// The cryptography.
    pub suite: &'a S,
    /// The identity log, as far as the current block has seen it.
    pub identity: IdentityView<'a>,
}

/// The rules in force in a shard, with what they may look at.
///
/// Functions of the specification take their rules inside an environment, in every section
/// (§4 has [`EpochEnvironment`](crate::drp::EpochEnvironment)). Methods of [`Rules`] take the context
/// alone, since the rules are `self`.
pub struct ShardEnvironment<'a, S: Suite, R: ?Sized> {
    /// The rules in force.
    pub rules: &'a R,
    /// What they may look at.
    pub context: &'a ShardContext<'a, S>,
}

impl<S: Suite> ShardContext<'_, S> {
    /// What genesis fixed.
    pub fn parameters(&self) -> &Parameters {
        self.identity.parameters()
    }

    /// m, the number of transaction shards.
    pub fn shards(&self) -> u16 {
        self.parameters().shards
    }
}
