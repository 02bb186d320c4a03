//! Carries a workload through real shards: clients, a network, committees, blocks, epochs.
//!
//! The specification says what a shard answers; this module only brings messages to shards and
//! proofs to clients. It holds no protocol decision. One committee executes each block once and all
//! four validators sign it; every message of a client is encoded, delivered in a random order that a
//! seed fixes, sometimes twice, decoded, and verified. Expiry lists are fetched in memory and checked
//! against the roots that the identity log has.

mod client;
mod error;
mod keys;
mod network;
mod payments;
mod replay;
mod report;
mod shard;
mod timed_suite;

use ioschain_spec::atomix::decision_proof::DecisionProof;
use ioschain_spec::primitives::cosi::CollectiveSignature;

pub use error::{EPOCH_BLOCKS_MAX, ReplayError};
pub use keys::Committee;
pub use network::Delivery;
pub use replay::{Faults, ReplayProgress, Settings, replay};
pub use report::Report;
pub use shard::{Outcome, SimulatedShard};
pub use timed_suite::{CachingSuite, TimedSuite};

/// A proof between real shards.
pub type Proof = DecisionProof<CollectiveSignature>;
