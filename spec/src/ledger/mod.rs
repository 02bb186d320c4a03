//! §3: the ledger: owners, transactions, the state of a shard, the header of a block, and genesis.
//!
//! | module | contents |
//! |---|---|
//! | [`owner`] | accounts, policies, witnesses, the shard of an owner |
//! | [`transaction`] | transactions and their static checks |
//! | [`shard_state`] | the state of a shard and its root |
//! | [`overlay`] | changes on top of a state that stays unchanged |
//! | [`rules`] | the decision points of this section |
//! | [`settle`] | transactions of one shard, and the changes of every committed transaction |
//! | [`header`] | the header of a block |
//! | [`genesis`] | the five allocations and the first state |
//!
//! Origin: white paper §3. The paper has unspent outputs, shards, and nodes that belong to one
//! shard each. Everything else is ours (`spec/gaps.toml`).

pub mod genesis;
pub mod header;
pub mod overlay;
pub mod owner;
pub mod rules;
pub mod settle;
pub mod shard_state;
pub mod transaction;

pub use header::Header;
pub use overlay::{Changes, Overlay, StateView};
pub use owner::{Account, AccountId, Policy, Witness};
pub use rules::Rules;
pub use shard_state::{
    ChainPosition, Decision, Lock, Settlement, ShardState, Totals, UnspentOutput, Vote,
};
pub use transaction::{
    Input, OutPoint, Output, Payload, SUPPLY, SignedTransaction, Transaction, TxId,
};

use crate::identity::IdentityView;
use crate::parameters::Parameters;
use crate::suite::Suite;

/// The inputs of a rule besides the state of its shard.
pub struct ShardContext<'a, S: Suite> {
    /// The cryptography.
    pub suite: &'a S,
    /// The identity log, up to the height that the current block has seen.
    pub identity: IdentityView<'a>,
}

/// The rules in force in a shard, with their context.
///
/// Functions of the specification receive their rules inside an environment, in every section (§4
/// has [`EpochEnvironment`](crate::drp::EpochEnvironment)). Methods of [`Rules`] receive the
/// context alone, because the rules are `self`.
pub struct ShardEnvironment<'a, S: Suite, R: ?Sized> {
    /// The rules in force.
    pub rules: &'a R,
    /// The context of the rules.
    pub context: &'a ShardContext<'a, S>,
}

impl<S: Suite> ShardContext<'_, S> {
    /// The parameters that genesis fixed.
    pub fn parameters(&self) -> &Parameters {
        self.identity.parameters()
    }

    /// m, the number of transaction shards.
    pub fn shards(&self) -> u16 {
        self.parameters().shards
    }
}
