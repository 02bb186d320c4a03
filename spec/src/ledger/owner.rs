//! Owners: an account is a policy of keys, a witness satisfies the policy, and the owner decides
//! the shard.
//!
//! The paper: "Unspent transactions (UTXOs) are stored in the memory of the nodes in the
//! corresponding shards" (§3). It does not say which shard corresponds to an output. In this
//! specification, an output belongs to the shard of its owner (gap A1).
//!
//! Origin: own.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::ShardContext;
use super::transaction::{Input, TxId};
use crate::Rejection;
use crate::primitives::ed25519::{PublicKey, Signature};
use crate::primitives::encoding::BoundedMap;
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::numbers::Shard;
use crate::primitives::stream::mulshift;
use crate::suite::Suite;

/// The name of an account: the hash of its first policy.
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

/// The rule about who may spend: keys with weights, and the total weight that the signers need.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Policy {
    /// The least sum of the signers' weights with which they may spend. It is at least 1.
    pub threshold: u32,
    /// At most 16 keys with their weights, each at least 1.
    pub keys: BoundedMap<PublicKey, u16, 16>,
}

/// The row of an account in its shard. The account's balance is the sum of its unspent outputs
/// (gap A2).
///
/// Section 8 will add Servi, reputation, contribution and bond.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Account {
    /// The policy that the witnesses of this account must satisfy.
    pub policy: Policy,
}

/// The evidence that the owner of an input agrees to a transaction.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Witness {
    /// The owner's first policy. It is needed until the account has a row, and ignored after that.
    pub policy: Option<Policy>,
    /// Signatures of `H("sig", txid)`.
    pub signatures: BoundedMap<PublicKey, Signature, 16>,
}

impl Policy {
    /// The account whose first policy this is: `H("account", policy)`.
    ///
    /// **LED-OWNER-01** (MUST) \[own] An account is named by its first policy.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use ioschain_spec::ledger::Policy;
    /// use ioschain_spec::primitives::ed25519::KeyPair;
    ///
    /// let key = KeyPair::from_seed(&[1; 32]).public_key();
    /// let one_of_one = Policy { threshold: 1, keys: BTreeMap::from([(key, 1)]).try_into()? };
    /// let two_of_two = Policy { threshold: 2, keys: BTreeMap::from([(key, 2)]).try_into()? };
    /// // The name covers threshold and weights, so a thief cannot reveal a weaker policy.
    /// assert_ne!(one_of_one.account_id(), two_of_two.account_id());
    /// # Ok::<(), ioschain_spec::Rejection>(())
    /// ```
    pub fn account_id(&self) -> AccountId {
        AccountId(tagged_hash(tags::ACCOUNT, self))
    }

    /// Whether some set of signers satisfies the policy, and the empty set does not.
    fn is_valid(&self) -> bool {
        let weights = sum_of_weights(self.keys.values());
        let weightless = self.keys.values().any(|weight| *weight == 0);
        !weightless && self.threshold > 0 && u64::from(self.threshold) <= weights
    }
}

/// The sum of the weights. It always fits in 64 bits.
fn sum_of_weights<'a>(weights: impl Iterator<Item = &'a u16>) -> u64 {
    weights.map(|weight| u64::from(*weight)).fold(0, u64::saturating_add)
}

/// The shard of an owner: `1 + mulshift(H("shard", owner), m)`, in 1..=m.
///
/// **LED-OWNER-02** (MUST) \[own] An output belongs to its owner's shard. Shard 0 is the identity
/// shard, and no output belongs to it.
///
/// ```
/// use ioschain_spec::ledger::AccountId;
/// use ioschain_spec::ledger::owner::derive_shard_of_owner;
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::numbers::Shard;
///
/// let account = |number| AccountId(Digest([number; 32]));
/// let shard_of = |number: u8, shards| derive_shard_of_owner(&account(number), shards);
/// assert_eq!(shard_of(1, 1), Shard(1));
/// let mut accounts = [0; 5];
/// (0..=255).for_each(|owner| accounts[usize::from(shard_of(owner, 4))] += 1);
/// // No account is in the identity shard. Each of the four shards has its part of the accounts.
/// assert_eq!(accounts[0], 0);
/// assert!(accounts[1..].iter().all(|count| (40..90).contains(count)));
/// ```
pub fn derive_shard_of_owner(owner: &AccountId, shards: u16) -> Shard {
    Shard(mulshift(&tagged_hash(tags::SHARD, owner), shards)).saturating_add(1)
}

/// The message that an owner signs in order to spend: `H("sig", txid)`.
pub fn derive_witness_message<S: Suite>(suite: &S, txid: &TxId) -> Digest {
    suite.hash(tags::WITNESS, txid)
}

/// Checks the witness of one input against its owner's current policy, and returns that policy.
///
/// **LED-WITNESS-04** (MUST) \[own] Every weight of a policy is above 0. The threshold is above 0
/// and at most the sum of the weights. With a threshold of 0, anyone could spend the account's
/// outputs.
///
/// **LED-WITNESS-05** (MUST) \[own] Every signature of a witness is made with a key of the policy.
/// Otherwise a witness could contain useless signatures of strangers, and every validator would
/// have to verify them.
///
/// **LED-WITNESS-06** (MUST) \[own] Every signature of a witness is a valid signature of the
/// message.
///
/// **LED-WITNESS-07** (MUST) \[own] The sum of the weights of a witness's signers is at least the
/// threshold.
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
    // LED-WITNESS-04: some set of signers satisfies the policy, and the empty set does not.
    if !policy.is_valid() {
        return Err(Rejection::LedWitnessPolicyInvalid);
    }
    // LED-WITNESS-05: every signer is in the policy. This check costs less than the verification of
    // a signature, so it is made first.
    if witness.signatures.keys().any(|key| !policy.keys.contains_key(key)) {
        return Err(Rejection::LedWitnessKey);
    }
    // LED-WITNESS-06: every signature is valid, or anyone could spend anyone's outputs.
    let mut signatures = witness.signatures.iter();
    if !signatures.all(|(key, signature)| context.suite.verify_signature(key, message, signature)) {
        return Err(Rejection::LedWitnessSignature);
    }
    // LED-WITNESS-07: the signers have enough weight.
    let weights = witness.signatures.keys().filter_map(|key| policy.keys.get(key));
    if sum_of_weights(weights) < u64::from(policy.threshold) {
        return Err(Rejection::LedWitnessThreshold);
    }
    Ok(policy)
}

/// Returns the account's policy if the account has a row. Otherwise returns the revealed policy, if
/// it is the owner's first policy.
///
/// **LED-WITNESS-02** (MUST) \[own] While the owner's account has no row, the witness reveals a
/// policy.
///
/// **LED-WITNESS-03** (MUST) \[own] While the owner's account has no row, the hash of the revealed
/// policy is the name of the account. Otherwise a thief could reveal a policy with the thief's own
/// keys for any account that has not spent yet.
fn current_policy<'a>(
    account: Option<&'a Account>,
    input: &Input,
    witness: &'a Witness,
) -> Result<&'a Policy, Rejection> {
    if let Some(account) = account {
        return Ok(&account.policy);
    }
    // LED-WITNESS-02: an owner without a row reveals a policy.
    let policy = witness.policy.as_ref().ok_or(Rejection::LedWitnessPolicyMissing)?;
    // LED-WITNESS-03: the revealed policy is the owner's.
    if policy.account_id() != input.owner {
        return Err(Rejection::LedWitnessPolicyWrong);
    }
    Ok(policy)
}
