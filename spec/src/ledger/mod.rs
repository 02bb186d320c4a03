//! §3: the ledger: owners, transactions, the state of a shard, the header of a block, and genesis.
//!
//! | module | contents |
//! |---|---|
//! | [`owner`] | the corresponding shard of an unspent output; accounts, and who may spend it |
//! | [`transaction`] | transactions (UTXO model): their static checks, their shards, their fee |
//! | [`shard_state`] | what a shard keeps: unspent outputs, locks, votes, accounts, fee pool |
//! | [`rules`] | decides in which epochs a transaction is valid, and whether each owner agrees |
//! | | decides whether each input exists, is not locked, and has the claimed amount |
//! | | decides that a transaction has inputs, and when an account is stored |
//! | [`settle`] | a transaction within one shard; how outputs are created and the fee is earned |
//! | [`header`] | the header of a block, which the validators of a shard sign |
//! | [`genesis`] | the genesis block: all tokens (§8), the number of shards, each shard's validators |
//! | [`overlay`] | changes on top of a state, so that a refused step changes nothing |
//!
//! The body of a block, and how a block is checked, are in [`chain`](crate::chain).
//!
//! Two rules of the paper's §3 are elsewhere. [`assignment`](crate::sharding::assignment) puts each
//! validator into exactly one shard. Until §6 exists, the validators of the shards are those of
//! genesis, and nothing checks that they are in one shard only (gap A62). How nodes spread messages
//! (gossip) is not specified (gap A61).
//!
//! Origin: white paper §3. From the paper are the unspent outputs and the shards. Everything else
//! is ours (`spec/gaps.toml`).

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

/// What a rule may read besides the state of its shard.
pub struct ShardContext<'a, S: Suite> {
    /// The suite: the cryptographic operations.
    pub suite: &'a S,
    /// The identity log, up to the height that the current block has seen.
    pub identity: IdentityView<'a>,
}

/// The rules in force in a shard, together with their context.
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
