//! The chain of a shard (§3). It uses every section whose entries a block can contain.
//!
//! | module | contents |
//! |---|---|
//! | [`block`] | a shard's blockchain: how a block is built, and how anyone checks one |
//! | [`entry`] | what a block can contain, and how one entry changes a shard |
//! | [`conservation`] | the sum of all units, which no rule may change |
//!
//! The header of a block is in [`ledger::header`](crate::ledger::header). How the validators of a
//! shard agree on a block (§8) is not specified yet.
//!
//! A block contains entries of every section, so this module imports all sections. A later section
//! adds its entries here, and the earlier sections do not change.
//!
//! Origin: white paper §3. What a block contains is ours.

pub mod block;
pub mod conservation;
pub mod entry;

pub use block::{Block, BlockBuilder, BuiltBlock, apply_block};
pub use entry::{Body, ENTRIES_MAX, Entry, Receipt, apply_entry};
