//! Whole runs: several shards, blocks as steps, and blocks that must leave the state as it is.

mod conflicts;
mod faults;
mod late;
mod payments;
mod story;
mod sweeps;

use ioschain_spec::ledger::SignedTransaction;

use crate::cases::support::CaseError;
use crate::cases::world::{Coin, Owner, World};
use crate::vector::VectorFile;

const HANDLER: &str = "atomix.run";

/// The suites.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        payments::payments()?,
        conflicts::conflicts()?,
        sweeps::sweeps()?,
        late::late_messages()?,
        faults::public_faults()?,
    ])
}

/// Two shards: Alice lives in shard 1, Bob in shard 2. Each has a coin of 1,000 units.
struct Couple {
    world: World,
    alice: Owner,
    bob: Owner,
    of_alice: Coin,
    of_bob: Coin,
}

impl Couple {
    fn new() -> Result<Self, CaseError> {
        let mut world = World::new(2)?;
        let (alice, bob) = (Owner::new("alice", 1, 2)?, Owner::new("bob", 2, 2)?);
        let of_alice = world.coin(&alice, 1000, 1)?;
        let of_bob = world.coin(&bob, 1000, 2)?;
        Ok(Self { world, alice, bob, of_alice, of_bob })
    }

    /// Alice pays Bob 990: shard 1 votes, shard 2 receives.
    fn simple(&self, expiry: u64) -> Result<SignedTransaction, CaseError> {
        self.world.pay(expiry, &[&self.of_alice], &[(&self.bob, 990)])
    }

    /// Alice and Bob pay Bob 1,979, with a fee of 21: both shards vote.
    fn joint(&self, expiry: u64) -> Result<SignedTransaction, CaseError> {
        self.world.pay(expiry, &[&self.of_alice, &self.of_bob], &[(&self.bob, 1979)])
    }

    /// Alice and Bob pay Alice 1,979, with the same coins.
    fn rival(&self, expiry: u64) -> Result<SignedTransaction, CaseError> {
        self.world.pay(expiry, &[&self.of_alice, &self.of_bob], &[(&self.alice, 1979)])
    }
}
