//! A configuration of a model: a chain, some transactions, and the number of epochs.

use std::collections::BTreeMap;

use ioschain_spec::atomix::{Rules as _, Specification};
use ioschain_spec::identity::IdentityLog;
use ioschain_spec::ledger::genesis::{Genesis, Grant, Holder, derive_genesis, found_rosters};
use ioschain_spec::ledger::owner::{derive_shard_of_owner, derive_witness_message};
use ioschain_spec::ledger::transaction::TRANSACTION_VERSION;
use ioschain_spec::ledger::{
    AccountId, Input, OutPoint, Output, Payload, Policy, ShardContext, ShardState,
    SignedTransaction, Transaction, TxId, Witness,
};
use ioschain_spec::primitives::certificate::ROSTER_MIN;
use ioschain_spec::primitives::ed25519::{KeyPair, Signature};
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::ValidatorKeyPairs;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::{Ideal, Normative};

use super::limits::{NUMBERED_MAX, PlanError, SHARDS_MAX, TRANSACTIONS_MAX};
use super::message::PROOFS_MAX;

/// Where an input of a planned transaction comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The genesis output with this number.
    Coin(usize),
    /// An output of an earlier transaction of the plan.
    Output {
        /// The number of the transaction.
        transaction: usize,
        /// The index of its output.
        index: u32,
    },
    /// The refund of an earlier transaction of the plan that was aborted.
    Refund {
        /// The number of the transaction.
        transaction: usize,
        /// The number of the coin that the transaction spent.
        coin: usize,
    },
}

/// A transaction of a plan. In each shard, one owner has all inputs and outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The sources of its inputs.
    pub inputs: Vec<Source>,
    /// The shards of its outputs. The outputs share equally what is left after the fee, and the
    /// first one also gets the remainder.
    pub outputs: Vec<u16>,
    /// The last epoch in which the transaction can be locked.
    pub expiry_epoch: Epoch,
    /// The number of units by which the first input claims too much.
    pub overclaim: u64,
}

/// The fee of every planned transaction, in units. It is divisible by 2 and not by 3, so that there
/// are fee parts with and without a remainder.
pub(super) const FEE: u64 = 10;
/// The amount of each output of a transaction without inputs, in units.
const FROM_NOTHING: u64 = 100;

impl Planned {
    /// An honest transaction that expires in epoch 1.
    pub fn new(inputs: impl Into<Vec<Source>>, outputs: impl Into<Vec<u16>>) -> Self {
        Self {
            inputs: inputs.into(),
            outputs: outputs.into(),
            expiry_epoch: Epoch(1),
            overclaim: 0,
        }
    }
}

/// Grants come after the five allocations.
const ALLOCATIONS: u32 = 5;
/// The amount of every coin of a plan, in units.
pub const COIN: u64 = 1_000;

/// A configuration: everything that a model needs except the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// A short and stable name.
    pub name: String,
    /// Its purpose, in a few words.
    pub about: String,
    /// The number of shards, m.
    pub shards: u16,
    /// The shards of the genesis outputs, which have [`COIN`] units each. All coins of one shard
    /// belong to one owner.
    pub coins: Vec<u16>,
    /// The transactions that clients may send.
    pub transactions: Vec<Planned>,
    /// The number of epochs that each shard may close.
    pub epochs: u64,
    /// Whether a stranger sends lock requests with forged witnesses.
    pub has_strangers: bool,
}

/// A transaction with everything that its client needs to sign it.
#[derive(Clone, Debug)]
pub struct SignableTransaction {
    /// The id of the transaction.
    pub txid: TxId,
    /// The transaction.
    pub transaction: Transaction,
    /// For each input, the seed of its owner's key.
    owners: Vec<[u8; 32]>,
}

/// A plan made concrete: the first states and the transactions.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The empty identity log.
    pub log: IdentityLog,
    /// The first states of shards 1..=m.
    pub states: Vec<ShardState>,
    /// The transactions, in the order of the plan.
    pub transactions: Vec<SignableTransaction>,
}

/// The outpoint of a coin.
pub(super) fn coin(number: usize) -> OutPoint {
    Genesis::outpoint(ALLOCATIONS + number as u32)
}

/// The seed of the key of the one owner in a shard.
fn owner_seed(shard: Shard, shards: u16) -> [u8; 32] {
    let mut seeds = (0u32..).map(|number| sha256(&[b"model owner", &number.to_le_bytes()]).0);
    let lives_here =
        |seed: &[u8; 32]| derive_shard_of_owner(&policy_of(seed).account_id(), shards) == shard;
    seeds.find(lives_here).expect("one owner in m lives in each shard")
}

fn policy_of(seed: &[u8; 32]) -> Policy {
    let keys = BTreeMap::from([(KeyPair::from_seed(seed).public_key(), 1)]);
    Policy { threshold: 1, keys: keys.try_into().expect("one key is below the cap") }
}

/// The seed of a shard's validator.
fn validator_seed(shard: Shard, number: usize) -> [u8; 32] {
    sha256(&[b"model validator", &shard.0.to_le_bytes(), &(number as u64).to_le_bytes()]).0
}

/// The validators of a shard, in any order.
pub fn validators(shard: Shard) -> Vec<ValidatorKeyPairs> {
    let seeds = (0..ROSTER_MIN).map(|number| validator_seed(shard, number));
    seeds.map(|seed| ValidatorKeyPairs::from_seed(&seed)).collect()
}

impl Plan {
    /// The genesis of the plan: its coins are grants out of the five allocations.
    pub fn genesis(&self) -> Genesis {
        let holder = |number: u8| match number {
            4 => Holder::CommunityPools,
            _ => Holder::Account(policy_of(&sha256(&[b"model holder", &[number]]).0).account_id()),
        };
        let grants: Vec<Grant> = self
            .coins
            .iter()
            .map(|shard| Grant { owner: self.owner(Shard(*shard)), amount: COIN })
            .collect();
        let validators: Vec<_> = (0..=self.shards).map(Shard).map(validators).collect();
        let (rosters, possessions) = found_rosters(&validators).expect("a plan has few shards");
        Genesis {
            shards: self.shards,
            fee_minimum: 1,
            rejections_max: 1,
            rosters,
            possessions,
            holders: [0, 1, 2, 3, 4].map(holder),
            grants: grants.try_into().expect("a plan has few coins"),
        }
    }

    /// Whether some transaction can be locked in one shard before it can be locked in another.
    pub fn has_partial_locks(&self) -> bool {
        self.transactions.iter().any(|planned| planned.inputs.len() > 1)
    }

    /// Whether a transaction spends a refund of another.
    pub(super) fn is_retry(&self, transaction: usize) -> bool {
        let inputs = &self.transactions[transaction].inputs;
        inputs.iter().any(|source| matches!(source, Source::Refund { .. }))
    }

    fn owner(&self, shard: Shard) -> AccountId {
        policy_of(&owner_seed(shard, self.shards)).account_id()
    }

    /// Makes the plan concrete.
    ///
    /// # Errors
    /// A limit that the plan exceeds, or the specification's rejection of its genesis.
    pub fn realise(&self) -> Result<Chain, PlanError> {
        self.check()?;
        let (log, states) = derive_genesis(&self.genesis())?;
        let mut transactions: Vec<SignableTransaction> = Vec::new();
        for (salt, planned) in (0u64..).zip(&self.transactions) {
            let next = self.realise_transaction(planned, salt, &log, &transactions);
            transactions.push(next);
        }
        Ok(Chain { log, states, transactions })
    }

    fn realise_transaction(
        &self,
        planned: &Planned,
        salt: u64,
        log: &IdentityLog,
        earlier: &[SignableTransaction],
    ) -> SignableTransaction {
        let mut inputs: Vec<Input> =
            planned.inputs.iter().map(|source| self.input(*source, log, earlier)).collect();
        inputs.sort_by_key(|input| input.outpoint);
        let owners = inputs.iter().map(|input| self.seed_of(&input.owner)).collect();
        if let Some(first) = inputs.first_mut() {
            first.amount += planned.overclaim;
        }
        let outputs = self.outputs(planned, inputs.iter().map(|input| input.amount).sum());
        let transaction = Transaction {
            version: TRANSACTION_VERSION,
            chain_id: log.view().parameters().chain_id,
            inputs: inputs.try_into().expect("a plan has few inputs"),
            outputs: outputs.try_into().expect("a plan has few outputs"),
            fee: FEE,
            expiry_epoch: planned.expiry_epoch,
            salt,
            payload: Payload::Transfer,
        };
        SignableTransaction { txid: transaction.id(&Normative), transaction, owners }
    }

    fn outputs(&self, planned: &Planned, spent: u64) -> Vec<Output> {
        let count = planned.outputs.len() as u64;
        let from_nothing = planned.inputs.is_empty();
        let all = if from_nothing { FROM_NOTHING * count } else { spent - FEE };
        let part = all / count.max(1);
        let amount = |place| if place == 0 { all - part * (count - 1) } else { part };
        (0u64..)
            .zip(&planned.outputs)
            .map(|(place, shard)| Output {
                owner: self.owner(Shard(*shard)),
                amount: amount(place),
                data_hash: None,
            })
            .collect()
    }

    fn input(&self, source: Source, log: &IdentityLog, earlier: &[SignableTransaction]) -> Input {
        match source {
            Source::Coin(number) => {
                let outpoint = coin(number);
                Input { outpoint, owner: self.owner(Shard(self.coins[number])), amount: COIN }
            }
            Source::Output { transaction, index } => {
                let SignableTransaction { txid, transaction, .. } = &earlier[transaction];
                let output = &transaction.outputs[index as usize];
                let outpoint = OutPoint { txid: *txid, index };
                Input { outpoint, owner: output.owner, amount: output.amount }
            }
            Source::Refund { transaction, coin } => {
                let SignableTransaction { txid, transaction, .. } = &earlier[transaction];
                let spent = self::coin(coin);
                let index = transaction.inputs.iter().position(|input| input.outpoint == spent);
                let index = index.expect("a refund is of a coin that the transaction spends");
                let context = ShardContext { suite: &Ideal, identity: log.view() };
                let outpoint = Specification.derive_refund(&context, txid, index as u32, &spent);
                Input { outpoint, ..transaction.inputs[index].clone() }
            }
        }
    }

    fn seed_of(&self, owner: &AccountId) -> [u8; 32] {
        let mut seeds = Shard::all(self.shards).map(|shard| owner_seed(shard, self.shards));
        seeds
            .find(|seed| policy_of(seed).account_id() == *owner)
            .expect("every planned output belongs to the owner of its shard")
    }
}

impl SignableTransaction {
    /// The transaction with the signatures of its owners.
    pub fn signed(&self) -> SignedTransaction {
        self.signed_by(|keys, message| keys.sign(&message.0))
    }

    /// The transaction with the signatures of its owners, as [`Ideal`] makes them.
    pub fn ideally_signed(&self) -> SignedTransaction {
        self.signed_by(|keys, message| Ideal.sign(&keys.public_key(), message))
    }

    /// The transaction as a stranger would send it: with the policies, which are public, and
    /// without signatures.
    pub fn unsigned(&self) -> SignedTransaction {
        let witness = |seed: &[u8; 32]| Witness {
            policy: Some(policy_of(seed)),
            signatures: BTreeMap::new().try_into().expect("nothing is below the cap"),
        };
        self.with(self.owners.iter().map(witness).collect())
    }

    fn signed_by(&self, sign: impl Fn(&KeyPair, &Digest) -> Signature) -> SignedTransaction {
        let message = derive_witness_message(&Normative, &self.txid);
        let witness = |seed: &[u8; 32]| {
            let keys = KeyPair::from_seed(seed);
            let signatures = BTreeMap::from([(keys.public_key(), sign(&keys, &message))]);
            Witness {
                policy: Some(policy_of(seed)),
                signatures: signatures.try_into().expect("one signature is below the cap"),
            }
        };
        self.with(self.owners.iter().map(witness).collect())
    }

    fn with(&self, witnesses: Vec<Witness>) -> SignedTransaction {
        let witnesses = witnesses.try_into().expect("as many as inputs");
        SignedTransaction { transaction: self.transaction.clone(), witnesses }
    }
}

/// Pairs of transactions that spend the same output.
pub(super) fn conflicts(transactions: &[SignableTransaction]) -> Vec<(usize, usize)> {
    let spends = |one: usize, other: usize| {
        let inputs = &transactions[one].transaction.inputs;
        inputs.iter().any(|input| {
            let mut others = transactions[other].transaction.inputs.iter();
            others.any(|other| other.outpoint == input.outpoint)
        })
    };
    let all = 0..transactions.len();
    all.clone()
        .flat_map(|one| (one + 1..all.end).map(move |other| (one, other)))
        .filter(|(one, other)| spends(*one, *other))
        .collect()
}

impl Plan {
    /// Checks that a model can hold the plan's states.
    ///
    /// # Errors
    /// The first limit that the plan exceeds, or a name in it that does not exist.
    pub fn check(&self) -> Result<(), PlanError> {
        if self.shards == 0 || usize::from(self.shards) > SHARDS_MAX {
            return Err(PlanError::Shards(self.shards));
        }
        if self.transactions.len() > TRANSACTIONS_MAX {
            return Err(PlanError::Transactions(self.transactions.len()));
        }
        if let Some(coin) = self.coins.iter().position(|shard| !self.has_shard(Shard(*shard))) {
            return Err(PlanError::Coin(coin));
        }
        let mut votes = 0;
        for (transaction, planned) in self.transactions.iter().enumerate() {
            let shards = planned.inputs.iter().map(|it| self.shard_of(transaction, *it));
            let shards: Option<Vec<u16>> = shards.collect();
            let mut shards = shards.ok_or(PlanError::Unknown(transaction))?;
            if !planned.outputs.iter().all(|shard| self.has_shard(Shard(*shard))) {
                return Err(PlanError::Unknown(transaction));
            }
            shards.sort_unstable();
            shards.dedup();
            let count = shards.len();
            if count > PROOFS_MAX {
                return Err(PlanError::InputShards { transaction, count });
            }
            // A shard either accepts or rejects. A variant may do both, so two votes are counted.
            votes += 2 * count;
        }
        let created = self.transactions.iter().map(|it| it.inputs.len() + it.outputs.len());
        let outpoints = ALLOCATIONS as usize + self.coins.len() + created.sum::<usize>();
        if outpoints > NUMBERED_MAX {
            return Err(PlanError::Outpoints(outpoints));
        }
        if votes > NUMBERED_MAX { Err(PlanError::Votes(votes)) } else { Ok(()) }
    }

    fn has_shard(&self, shard: Shard) -> bool {
        (1..=self.shards).contains(&shard.0)
    }

    /// The shard of an input of a transaction. `None` if the source of the input does not exist
    /// before the transaction.
    fn shard_of(&self, transaction: usize, source: Source) -> Option<u16> {
        let earlier = |other: usize| self.transactions[..transaction].get(other);
        match source {
            Source::Coin(coin) => self.coins.get(coin).copied(),
            Source::Output { transaction, index } => {
                earlier(transaction)?.outputs.get(index as usize).copied()
            }
            Source::Refund { transaction, coin } => {
                let spends = earlier(transaction)?.inputs.contains(&Source::Coin(coin));
                self.coins.get(coin).copied().filter(|_| spends)
            }
        }
    }
}
