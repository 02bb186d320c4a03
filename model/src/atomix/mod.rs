//! Atomix (§7) with the most general client: anybody can send any message that can be made.
//!
//! | file | contents |
//! |---|---|
//! | [`transition`] | what can happen next: the normative model, to be read first |
//! | [`properties`] | what must hold in every state, and what must be reachable |
//! | [`explicit`] | the rest of the normative model: states written out in full |
//! | [`memoised`] | the same model as a fast engine: states as numbers, each question asked once |
//! | [`plan`], [`configurations`] | the chains and transactions that are explored |
//! | [`check`] | one configuration under some rules, and the result |
//! | [`swarm`], [`coverage`] | random walks, and walks that reach every answer |
//! | [`score`] | every variant in the configuration where it must fail |
//! | [`trace`] | a path for people and other programs |
//! | [`clients`] | the same shards with honest clients that crash |

pub mod check;
pub mod clients;
pub mod configurations;
pub mod coverage;
pub mod effects;
pub mod entry;
pub mod explicit;
pub mod identity_view;
pub mod limits;
pub mod memoised;
pub mod message;
pub mod observed_suite;
pub mod plan;
pub mod properties;
pub mod score;
pub mod swarm;
pub mod trace;
pub mod transition;

/// The name of the model.
pub const ATOMIX: &str = "atomix";

pub use memoised::model::{Action, Atomix, CompactState};
