//! Models of IOSChain: the specification's own functions, checked exhaustively.
//!
//! A model wraps functions of `ioschain-spec` as a [`stateright::Model`]; it holds no protocol
//! decision. Two engines check it: stateright's depth-first search, and [`graph`], which gives
//! minimal counterexamples and decides progress. Both must agree.
//!
//! [`registry`] lists every model behind one trait: the commands of the `ioschain` program go
//! through the list, and name no model.

pub mod atomix;
pub mod cosi;
pub mod drp;
pub mod fingerprint;
pub mod graph;
pub mod interner;
pub mod reach;
pub mod real;
pub mod registry;
pub mod report;
pub mod score;
pub mod sharding;
pub mod trace;
pub mod two_phase_commit;
pub mod variants;
pub mod verdict;
pub mod words;
