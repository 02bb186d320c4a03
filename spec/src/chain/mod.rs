//! The chain of a shard (§3), on top of the sections whose entries it holds.
//!
//! | module | contents |
//! |---|---|
//! | [`entry`] | the entries of every section, and how one is applied to a shard |
//! | [`block`] | building and applying a block |
//! | [`conservation`] | the sum that no rule may change |
//!
//! A block lists the entries of every section, so this module is above all sections: a later
//! section adds its entries here, and no section below changes.
//!
//! Origin: white paper §3; the contents are ours.

pub mod block;
pub mod conservation;
pub mod entry;

pub use block::{Block, BlockBuilder, BuiltBlock, apply_block};
pub use entry::{Body, ENTRIES_MAX, Entry, Receipt, apply_entry};
