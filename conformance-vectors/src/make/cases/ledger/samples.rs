//! What the cases of the ledger start from: a transaction of no world, for what is a function of
//! the transaction alone, and a chain of two shards.

use ioschain_spec::ledger::{AccountId, Input, Output, Payload, Transaction};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use crate::make::cases::support::CaseError;
use crate::make::cases::world::{
    Coin, FEE_MINIMUM, Owner, REJECTIONS_MAX, World, digest, outpoint,
};

/// The parameters that [`sample_transaction`] is for.
pub(super) fn sample_parameters() -> Parameters {
    Parameters {
        chain_id: digest("chain"),
        shards: 2,
        fee_minimum: FEE_MINIMUM,
        rejections_max: REJECTIONS_MAX,
    }
}

/// 600 and 500 go in, 800 and 290 come out, the fee is the minimum of 10.
pub(super) fn sample_transaction() -> Result<Transaction, CaseError> {
    let payer = AccountId(digest("payer"));
    let input = |place, amount| Input { outpoint: outpoint(place, 0), owner: payer, amount };
    let output = |owner, amount| Output { owner, amount, data_hash: None };
    Ok(Transaction {
        version: 1,
        chain_id: digest("chain"),
        inputs: vec![input(1, 600), input(2, 500)].try_into()?,
        outputs: vec![output(AccountId(digest("payee")), 800), output(payer, 290)].try_into()?,
        fee: FEE_MINIMUM,
        expiry_epoch: Epoch(1),
        salt: 0,
        payload: Payload::Transfer,
    })
}

/// Two shards. Alice and Amy live in shard 1, Bob in shard 2.
#[derive(Clone)]
pub(super) struct Town {
    pub(super) world: World,
    pub(super) alice: Owner,
    pub(super) amy: Owner,
    pub(super) bob: Owner,
    /// 1,000, 500 and 300 units of Alice, in the order of their outpoints.
    pub(super) coins: [Coin; 3],
}

impl Town {
    pub(super) fn new() -> Result<Self, CaseError> {
        let mut world = World::new(2)?;
        let alice = Owner::new("alice", Shard(1), 2)?;
        let coins = [
            world.coin(&alice, 1000, 1)?,
            world.coin(&alice, 500, 2)?,
            world.coin(&alice, 300, 3)?,
        ];
        let (amy, bob) = (Owner::new("amy", Shard(1), 2)?, Owner::new("bob", Shard(2), 2)?);
        Ok(Self { world, alice, amy, bob, coins })
    }
}
