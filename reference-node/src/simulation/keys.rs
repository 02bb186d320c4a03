//! The keys of a replay. Every key is derived from a public seed, so no key is secret.

use std::collections::BTreeMap;

use ioschain_spec::Rejection;
use ioschain_spec::ledger::{AccountId, Policy, Witness};
use ioschain_spec::primitives::certificate::{Roster, ValidatorVote};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::KeyPair;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::ValidatorKeyPairs;
use ioschain_spec::primitives::numbers::Shard;

use crate::workload::OwnerSeed;

/// The number of validators of a committee: the smallest number that tolerates a malicious one.
const VALIDATORS: u8 = 4;

/// An owner with one key, which is enough to spend.
pub(super) struct Owner {
    key_pair: KeyPair,
    policy: Policy,
    pub(super) account: AccountId,
}

impl Owner {
    pub(super) fn of(seed: OwnerSeed) -> Result<Self, Rejection> {
        let key_pair = KeyPair::from_seed(&seed.0);
        let keys = BTreeMap::from([(key_pair.public_key(), 1)]);
        let policy = Policy { threshold: 1, keys: keys.try_into()? };
        let account = policy.account_id();
        Ok(Self { key_pair, policy, account })
    }

    /// The witness with which the owner agrees to the transaction of `message`. It reveals the
    /// owner's policy.
    pub(super) fn witness(&self, message: &Digest) -> Result<Witness, Rejection> {
        let signature = self.key_pair.sign(&message.0);
        let signatures = BTreeMap::from([(self.key_pair.public_key(), signature)]);
        Ok(Witness { policy: Some(self.policy.clone()), signatures: signatures.try_into()? })
    }
}

/// The validators of a shard. All of them are honest and in this process.
#[derive(Clone)]
pub struct Committee {
    pub(super) validators: Vec<ValidatorKeyPairs>,
    roster: Roster,
}

impl Committee {
    pub(super) fn of_shard(shard: Shard) -> Result<Self, Rejection> {
        let validators = (0..VALIDATORS).map(|validator| {
            let seed = sha256(&[b"replay validator", &shard.0.to_le_bytes(), &[validator]]);
            ValidatorKeyPairs::from_seed(&seed.0)
        });
        Self::of(validators.collect())
    }

    /// The committee with these key pairs.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] if there are more validators than a roster can have.
    pub fn of(validators: Vec<ValidatorKeyPairs>) -> Result<Self, Rejection> {
        let roster = Roster::new(validators.iter().map(ValidatorKeyPairs::public_keys))?;
        Ok(Self { validators, roster })
    }

    /// The certificate of a vote, which all validators of the committee sign.
    pub(super) fn certify(&self, vote: &ValidatorVote) -> Result<CollectiveSignature, Rejection> {
        self.roster.certify(&self.validators, &vote.message())
    }
}
