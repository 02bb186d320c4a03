//! What the cases of Atomix start from: three shards with an owner in each, or two.

use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{SignedTransaction, Transaction};
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use crate::make::cases::support::CaseError;
use crate::make::cases::world::{Coin, Owner, Setup, World};

/// Alice lives in shard 1, Bob in shard 2, Carol in shard 3. Each has a coin of 1,000 units.
#[derive(Clone)]
pub(in crate::make::cases) struct Market {
    pub(in crate::make::cases) world: World,
    pub(in crate::make::cases) alice: Owner,
    pub(in crate::make::cases) bob: Owner,
    pub(in crate::make::cases) carol: Owner,
    pub(in crate::make::cases) of_alice: Coin,
    pub(in crate::make::cases) of_bob: Coin,
    pub(in crate::make::cases) of_carol: Coin,
}

impl Market {
    pub(in crate::make::cases) fn new() -> Result<Self, CaseError> {
        let mut world = World::new(3)?;
        let alice = Owner::new("alice", Shard(1), 3)?;
        let bob = Owner::new("bob", Shard(2), 3)?;
        let carol = Owner::new("carol", Shard(3), 3)?;
        let of_alice = world.coin(&alice, 1000, 1)?;
        let of_bob = world.coin(&bob, 1000, 2)?;
        let of_carol = world.coin(&carol, 1000, 3)?;
        Ok(Self { world, alice, bob, carol, of_alice, of_bob, of_carol })
    }

    /// Alice and Bob pay Carol 1,500, and Alice gets 479 back. Of the fee of 21 shard 1 earns 11
    /// and shard 2 earns 10. Shards 1 and 2 vote; shard 1 also receives; shard 3 only receives.
    pub(in crate::make::cases) fn joint(&self, expiry: Epoch) -> Setup<SignedTransaction> {
        let outputs = [(&self.carol, 1500), (&self.alice, 479)];
        self.world.pay(expiry, &[&self.of_alice, &self.of_bob], &outputs)
    }

    /// Alice pays Bob 990: one input shard and one output shard.
    pub(in crate::make::cases) fn simple(&self, expiry: Epoch) -> Setup<SignedTransaction> {
        self.world.pay(expiry, &[&self.of_alice], &[(&self.bob, 990)])
    }

    /// Alice, Bob and Carol pay Alice 2,979, with a fee of 21.
    pub(in crate::make::cases) fn pooled(&self, expiry: Epoch) -> Setup<SignedTransaction> {
        let coins = [&self.of_alice, &self.of_bob, &self.of_carol];
        self.world.pay(expiry, &coins, &[(&self.alice, 2979)])
    }

    /// The joint payment, accepted by both of its input shards.
    pub(in crate::make::cases) fn with_joint_accepted(
        expiry: Epoch,
    ) -> Result<(Self, Transaction), CaseError> {
        let mut market = Self::new()?;
        let joint = market.joint(expiry)?;
        market.world.lock_everywhere(&joint)?;
        Ok((market, joint.transaction))
    }

    /// The joint payment, accepted by shard 2 and rejected by shard 1, where a simple payment has
    /// locked Alice's coin before.
    pub(in crate::make::cases) fn with_joint_rejected(
        expiry: Epoch,
    ) -> Result<(Self, Transaction), CaseError> {
        let mut market = Self::new()?;
        let (joint, simple) = (market.joint(expiry)?, market.simple(expiry)?);
        market.world.block(Shard(1), &[Entry::Lock(simple)])?;
        market.world.lock_everywhere(&joint)?;
        Ok((market, joint.transaction))
    }
}

/// Two shards: Alice lives in shard 1, Bob in shard 2. Each has a coin of 1,000 units.
#[derive(Clone)]
pub(super) struct Couple {
    pub(super) world: World,
    pub(super) alice: Owner,
    pub(super) bob: Owner,
    pub(super) of_alice: Coin,
    pub(super) of_bob: Coin,
}

impl Couple {
    pub(super) fn new() -> Result<Self, CaseError> {
        let mut world = World::new(2)?;
        let (alice, bob) = (Owner::new("alice", Shard(1), 2)?, Owner::new("bob", Shard(2), 2)?);
        let of_alice = world.coin(&alice, 1000, 1)?;
        let of_bob = world.coin(&bob, 1000, 2)?;
        Ok(Self { world, alice, bob, of_alice, of_bob })
    }

    /// Alice pays Bob 990: shard 1 votes, shard 2 receives.
    pub(super) fn simple(&self, expiry: Epoch) -> Setup<SignedTransaction> {
        self.world.pay(expiry, &[&self.of_alice], &[(&self.bob, 990)])
    }

    /// Alice and Bob pay Bob 1,979, with a fee of 21: both shards vote.
    pub(super) fn joint(&self, expiry: Epoch) -> Setup<SignedTransaction> {
        self.world.pay(expiry, &[&self.of_alice, &self.of_bob], &[(&self.bob, 1979)])
    }

    /// Alice and Bob pay Alice 1,979, with the same coins.
    pub(super) fn rival(&self, expiry: Epoch) -> Setup<SignedTransaction> {
        self.world.pay(expiry, &[&self.of_alice, &self.of_bob], &[(&self.alice, 1979)])
    }
}
