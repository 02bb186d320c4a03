//! The `ioschain` program, as a library that tests can call in process.
//!
//! It holds no protocol decision: what a shard accepts, and why it refuses, is `ioschain-spec`'s.
//!
//! | module | what it does |
//! |---|---|
//! | [`bitcoin`] | reads a Bitcoin block and says which check it fails |
//! | [`workload`] | what is to be paid, apart from any ledger |
//! | [`generated`] | workloads from a seed |
//! | [`simulation`] | carries a workload through shards, with real cryptography |
//! | [`drp`] | a run of the randomness protocol with real cryptography, and its transcript as a file |

pub mod bitcoin;
mod cli;
mod commands;
pub mod drp;
pub mod generated;
pub mod simulation;
pub mod workload;

pub use cli::{EXIT_BAD_INPUT, EXIT_DOES_NOT_HOLD, EXIT_SUCCESS, run};
