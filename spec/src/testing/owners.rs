//! Owners, their coins, and the transactions that they sign.

use std::collections::BTreeMap;

use super::setup::{Setup, SetupError, key_pair};
use crate::atomix::UnlockCommit;
use crate::atomix::attestation::Attests;
use crate::ledger::owner::{derive_shard_of_owner, derive_witness_message};
use crate::ledger::{
    AccountId, Input, OutPoint, Output, Policy, SignedTransaction, Transaction, TxId, Witness,
};
use crate::primitives::ed25519::{KeyPair, PublicKey, Signature};
use crate::primitives::numbers::Shard;
use crate::suite::Normative;

/// How many numbers are tried for an owner. If none of them gives an account in the wanted shard,
/// there is an error.
const ATTEMPTS_MAX: u32 = 1_000;

/// An account and the keys that sign for it.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The account's first policy.
    pub policy: Policy,
    /// The keys of the policy, in the order in which they were asked for.
    pub keys: Vec<KeyPair>,
}

impl Owner {
    /// The owner with one key, whose account belongs to `shard` of `shards`.
    pub fn new(name: &str, shard: Shard, shards: u16) -> Setup<Self> {
        Self::weighted(name, 1, &[1], shard, shards)
    }

    /// An owner with one key for each weight, whose account belongs to `shard` of `shards`.
    pub fn weighted(
        name: &str,
        threshold: u32,
        weights: &[u16],
        shard: Shard,
        shards: u16,
    ) -> Setup<Self> {
        for attempt in 0..ATTEMPTS_MAX {
            let first = attempt.saturating_mul(100);
            let keys: Vec<KeyPair> =
                (first..).zip(weights).map(|(number, _)| key_pair(name, number)).collect();
            let owner = Self::with_keys(threshold, keys, weights)?;
            if derive_shard_of_owner(&owner.account(), shards) == shard {
                return Ok(owner);
            }
        }
        Err(SetupError(format!("no account of {name} lives in shard {shard} of {shards}")))
    }

    /// The owner of these keys, in whichever shard its account is.
    pub fn with_keys(threshold: u32, keys: Vec<KeyPair>, weights: &[u16]) -> Setup<Self> {
        Ok(Self { policy: policy(threshold, &keys, weights)?, keys })
    }

    /// The name of the account.
    pub fn account(&self) -> AccountId {
        self.policy.account_id()
    }

    /// The witness with the signatures of all keys and with the policy.
    pub fn witness<S: Attests>(&self, suite: &S, txid: &TxId) -> Setup<Witness> {
        witness(suite, Some(&self.policy), &self.keys, txid)
    }
}

/// A policy of some keys with a weight each.
pub fn policy(threshold: u32, keys: &[KeyPair], weights: &[u16]) -> Setup<Policy> {
    let public = keys.iter().map(KeyPair::public_key);
    let weighted: BTreeMap<PublicKey, u16> = public.zip(weights.iter().copied()).collect();
    Ok(Policy { threshold, keys: weighted.try_into()? })
}

/// The witness of some keys, with or without a policy.
pub fn witness<S: Attests>(
    suite: &S,
    revealed: Option<&Policy>,
    keys: &[KeyPair],
    txid: &TxId,
) -> Setup<Witness> {
    let message = derive_witness_message(suite, txid);
    let signatures: BTreeMap<PublicKey, Signature> =
        keys.iter().map(|keys| (keys.public_key(), suite.sign_with(keys, &message))).collect();
    Ok(Witness { policy: revealed.cloned(), signatures: signatures.try_into()? })
}

/// An output that a test uses, spent or not, with the owner who can spend it.
#[derive(Clone, Debug)]
pub struct Coin {
    /// The outpoint of the output.
    pub outpoint: OutPoint,
    /// The owner, who can spend the output.
    pub owner: Owner,
    /// The amount, in units.
    pub amount: u64,
}

impl Coin {
    /// Output `index` of a transaction, with its owner.
    pub fn output_of(transaction: &Transaction, index: u32, owner: &Owner) -> Self {
        let txid = transaction.id(&Normative);
        let outputs = (0..).zip(&transaction.outputs);
        let amount = outputs.filter(|(place, _)| *place == index).map(|(_, output)| output.amount);
        Self { outpoint: OutPoint { txid, index }, owner: owner.clone(), amount: amount.sum() }
    }

    /// The input that spends the coin, with true claims.
    pub fn input(&self) -> Input {
        Input { outpoint: self.outpoint, owner: self.owner.account(), amount: self.amount }
    }
}

/// An output of a transaction, without data.
pub fn output(owner: &Owner, amount: u64) -> Output {
    Output { owner: owner.account(), amount, data_hash: None }
}

// Edits of transactions.

/// Edits the inputs of a transaction.
pub fn change_inputs(
    transaction: &mut Transaction,
    change: impl FnOnce(&mut Vec<Input>),
) -> Setup<()> {
    let mut inputs = transaction.inputs.to_vec();
    change(&mut inputs);
    transaction.inputs = inputs.try_into()?;
    Ok(())
}

/// Edits the outputs of a transaction.
pub fn change_outputs(
    transaction: &mut Transaction,
    change: impl FnOnce(&mut Vec<Output>),
) -> Setup<()> {
    let mut outputs = transaction.outputs.to_vec();
    change(&mut outputs);
    transaction.outputs = outputs.try_into()?;
    Ok(())
}

/// Edits the witnesses of a signed transaction.
pub fn change_witnesses(
    signed: &mut SignedTransaction,
    change: impl FnOnce(&mut Vec<Witness>),
) -> Setup<()> {
    let mut witnesses = signed.witnesses.to_vec();
    change(&mut witnesses);
    signed.witnesses = witnesses.try_into()?;
    Ok(())
}

/// Signs a transaction for the claimed owners of its inputs, found among those of `coins`.
pub fn sign<S: Attests>(
    suite: &S,
    transaction: &Transaction,
    coins: &[&Coin],
) -> Setup<SignedTransaction> {
    let txid = transaction.id(suite);
    let witness_of = |input: &Input| {
        let mut owners = coins.iter().map(|coin| &coin.owner);
        let owner = owners.find(|owner| owner.account() == input.owner);
        let unknown = || SetupError("an input claims the owner of no known coin".to_owned());
        owner.ok_or_else(unknown)?.witness(suite, &txid)
    };
    let witnesses: Vec<Witness> =
        transaction.inputs.iter().map(witness_of).collect::<Result<_, _>>()?;
    Ok(SignedTransaction { transaction: transaction.clone(), witnesses: witnesses.try_into()? })
}

/// An unlock-to-commit with these proofs.
pub fn unlock_commit<A>(transaction: &Transaction, proofs: Vec<A>) -> Setup<UnlockCommit<A>> {
    Ok(UnlockCommit { transaction: transaction.clone(), proofs: proofs.try_into()? })
}
