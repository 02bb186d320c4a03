//! The test kit: small, honest settings that several crates start their tests from.
//!
//! The vectors of §3 and §7 and the tests of this crate begin with the same chain; each of them
//! then does something wrong to it. The kit is behind the feature `testing`, so that no node
//! carries it. It contains no rule: blocks, proofs and genesis come from the specification's own
//! functions. Every function that can fail returns an error and panics nowhere, like the rest of
//! the crate.
//!
//! | module | contents |
//! |---|---|
//! | [`setup`] | the error of the kit, and values that are derived from labels |
//! | [`owners`] | owners, their coins, and the transactions that they sign |
//! | [`chain`] | a chain of a few shards, its validators and its identity log |
//! | [`drp`] | the participants of the randomness protocol |

pub mod chain;
pub mod drp;
pub mod owners;
pub mod setup;
