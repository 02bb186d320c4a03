//! Owners: accounts as key policies, the witnesses that satisfy them, and the shard they live in.
//!
//! The paper says that a node keeps the unspent outputs of its shard (§3) and not which those are;
//! here an output belongs to the shard of its owner (gap A1). Origin: own.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::ShardContext;
use super::transaction::{Input, TxId};
use crate::Rejection;
use crate::primitives::ed25519::{PublicKey, Signature};
use crate::primitives::encoding::BoundedMap;
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::stream::mulshift;
use crate::suite::Suite;

/// Names an account: the hash of its first policy.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct AccountId(pub Digest);

/// Who may spend: keys with weights, and the weight that must sign.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Policy {
    /// The sum of signers' weights that suffices; at least 1.
    pub threshold: u32,
    /// The keys and their weights, each at least 1; at most 16.
    pub keys: BoundedMap<PublicKey, u16, 16>,
}

/// What a shard keeps of an account. Its balance is the sum of its unspent outputs (gap A2).
///
/// Servi, reputation, contribution and bond join with §8.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Account {
    /// The current policy.
    pub policy: Policy,
}

/// Shows that an input's owner agrees to a transaction.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Witness {
    /// The owner's first policy; needed until the account has a row, and not looked at after that.
    pub policy: Option<Policy>,
    /// Signatures of `H("sig", txid)`.
    pub signatures: BoundedMap<PublicKey, Signature, 16>,
}

impl Policy {
    /// The account whose first policy this is: `H("account", policy)`.
    ///
    /// **LED-OWNER-01** (MUST) [own] An account is named by its first policy.
    pub fn account_id(&self) -> AccountId {
        AccountId(tagged_hash(tags::ACCOUNT, self))
    }

    /// Whether the policy can be satisfied, and not by nobody.
    fn is_valid(&self) -> bool {
        let weights = sum_of_weights(self.keys.values());
        let weightless = self.keys.values().any(|weight| *weight == 0);
        !weightless && self.threshold > 0 && u64::from(self.threshold) <= weights
    }
}

fn sum_of_weights<'a>(weights: impl Iterator<Item = &'a u16>) -> u64 {
    weights.map(|weight| u64::from(*weight)).fold(0, u64::saturating_add)
}

/// The shard of an owner: `1 + mulshift(H("shard", owner), m)`, in 1..=m.
///
/// **LED-OWNER-02** (MUST) [own] An output lives in its owner's shard. Shard 0 is the identity shard
/// and owns nothing.
pub fn derive_shard_of_owner(owner: &AccountId, shards: u16) -> u16 {
    mulshift(&tagged_hash(tags::SHARD, owner), shards).saturating_add(1)
}

/// The message an owner signs to spend: `H("sig", txid)`.
pub fn derive_witness_message<S: Suite>(suite: &S, txid: &TxId) -> Digest {
    suite.hash(tags::WITNESS, txid)
}

/// Checks one input's witness against its owner's current policy; gives that policy back.
///
/// **LED-WITNESS-04** (MUST) [own] The weights of a policy are above 0, and its threshold is above 0
/// and not above their sum.
///
/// **LED-WITNESS-05** (MUST) [own] Every signature of a witness is by a key of the policy.
///
/// **LED-WITNESS-06** (MUST) [own] Every signature of a witness is a valid one of the message.
///
/// **LED-WITNESS-07** (MUST) [own] The weights of a witness's signers add up to at least the threshold.
///
/// # Errors
/// In this order: [`Rejection::LedWitnessPolicyMissing`], [`Rejection::LedWitnessPolicyWrong`],
/// [`Rejection::LedWitnessPolicyInvalid`], [`Rejection::LedWitnessKey`],
/// [`Rejection::LedWitnessSignature`], [`Rejection::LedWitnessThreshold`].
pub fn check_witness<'a, S: Suite>(
    context: &ShardContext<'_, S>,
    account: Option<&'a Account>,
    input: &Input,
    message: &Digest,
    witness: &'a Witness,
) -> Result<&'a Policy, Rejection> {
    let policy = current_policy(account, input, witness)?;
    // LED-WITNESS-04: somebody can satisfy the policy, and nobody cannot.
    if !policy.is_valid() {
        return Err(Rejection::LedWitnessPolicyInvalid);
    }
    // LED-WITNESS-05: every signer is in the policy.
    if witness.signatures.keys().any(|key| !policy.keys.contains_key(key)) {
        return Err(Rejection::LedWitnessKey);
    }
    // LED-WITNESS-06: every signature is valid.
    let mut signatures = witness.signatures.iter();
    if !signatures.all(|(key, signature)| context.suite.verify_signature(key, message, signature)) {
        return Err(Rejection::LedWitnessSignature);
    }
    // LED-WITNESS-07: the signers weigh enough.
    let weights = witness.signatures.keys().filter_map(|key| policy.keys.get(key));
    if sum_of_weights(weights) < u64::from(policy.threshold) {
        return Err(Rejection::LedWitnessThreshold);
    }
    Ok(policy)
}

/// The account's policy if it has a row, else the revealed one if it is the owner's.
///
/// **LED-WITNESS-02** (MUST) [own] While the owner's account has no row, the witness reveals a policy.
///
/// **LED-WITNESS-03** (MUST) [own] A policy that is revealed then is the one that names the account.
fn current_policy<'a>(
    account: Option<&'a Account>,
    input: &Input,
    witness: &'a Witness,
) -> Result<&'a Policy, Rejection> {
    if let Some(account) = account {
        return Ok(&account.policy);
    }
    // LED-WITNESS-02: without a row, a policy is revealed.
    let policy = witness.policy.as_ref().ok_or(Rejection::LedWitnessPolicyMissing)?;
    // LED-WITNESS-03: and it is the owner's.
    if policy.account_id() != input.owner {
        return Err(Rejection::LedWitnessPolicyWrong);
    }
    Ok(policy)
}
