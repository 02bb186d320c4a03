//! The simulation of a workload on real shards, with clients, a network, committees, blocks and
//! epochs.
//!
//! The specification decides what a shard answers. This module only brings messages to shards and
//! proofs to clients, and takes no decision of the protocol. A committee executes each block once,
//! and its four validators sign it. Every message of a client is encoded, delivered, decoded and
//! verified. Messages are delivered in a random order that a seed determines, and some of them
//! twice. A shard reads the expiry lists of other shards in memory, and checks them against the
//! roots in the identity log.

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

/// The proof that a shard of the simulation gives of its decision.
pub type Proof = DecisionProof<CollectiveSignature>;
