//! Conformance vectors: how any implementation, in any language, finds out whether it follows the
//! specification.
//!
//! The vectors are plain JSON files. This crate writes them ([`generate`]), reads them ([`suite`]),
//! puts them to an implementation ([`runner`], over pipes through [`adapter`]), says what came out
//! ([`report`]), and shows that they can fail ([`self_test`]). It holds no rule of the protocol: an
//! expected answer comes from the specification, through the [`adapter::Implementation`] trait; which
//! runs of several shards are worth a vector, the models say.
//!
//! | to learn | read |
//! |---|---|
//! | what a vector is | [`vector`], [`repeat`], [`shared`] |
//! | how bytes become JSON | [`wire_json`], [`canonical_json`] |
//! | how to plug in an implementation | [`adapter`] |
//! | how a run is judged | [`runner`], [`skips`] |
//! | what the checked-in tree holds | [`manifest`], [`generate`] |

pub mod adapter;
pub mod canonical_json;
pub mod cases;
pub mod faulty;
pub mod generate;
pub mod glob;
pub mod manifest;
pub mod reference;
pub mod repeat;
pub mod report;
pub mod requirements;
pub mod runner;
pub mod self_test;
pub mod shared;
pub mod skips;
pub mod suite;
pub mod tree;
pub mod vector;
pub mod wire_json;
