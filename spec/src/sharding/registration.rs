//! Registration: how a validator makes its keys and its owner known.
//!
//! Each of the three keys signs or proves one message that names all three keys. So nobody can
//! register a key of somebody else. This matters for each key:
//!
//! - A signing key in two registrations would give one validator two votes.
//! - A copied lottery key would let an attacker submit each ticket of its holder again under
//!   another name, and win the tie (gap W22).
//! - A group key that was chosen to cancel other keys breaks collective signatures.
//!
//! The owner does not sign the registration. It will agree by paying the bond, in a transaction of
//! its own (§8). Until that transaction is specified, nothing can be taken from the owner.
//!
//! Origin: white paper §5 (validators have an identity); the rest is ours.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::ledger::AccountId;
use crate::ledger::owner::derive_shard_of_owner;
use crate::primitives::ed25519::Signature;
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys, verify_possession};
use crate::primitives::numbers::Shard;
use crate::primitives::ristretto::Ristretto255;
use crate::primitives::schnorr::SchnorrSignature;
use crate::primitives::vrf::VrfProof;
use crate::suite::Suite;

/// The identity that a validator wants to register.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Registration {
    /// The id of the chain.
    pub chain_id: Digest,
    /// The validator's public keys. They determine its name.
    pub keys: ValidatorKeys,
    /// The account that receives the rewards and is liable for the validator's faults.
    pub owner: AccountId,
}

/// A registration with a proof by each of its keys.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SignedRegistration {
    /// The registration that is signed.
    pub registration: Registration,
    /// The signature of [`Registration::message`] by the signing key.
    pub signature: Signature,
    /// The lottery key's proof for the message.
    pub lottery_proof: VrfProof,
    /// The group key's proof of possession, for the same message.
    pub possession: SchnorrSignature,
}

impl Registration {
    /// The message that the three keys sign or prove: `H("registration", registration)`.
    pub fn message(&self) -> Digest {
        tagged_hash(tags::REGISTRATION, self)
    }

    /// The validator's home: the shard of its owner's account, in 1..=m.
    ///
    /// **EDS-REGISTER-06** (MUST) \[own] The home of a validator is the shard of its owner.
    pub fn home(&self, shards: u16) -> Shard {
        derive_shard_of_owner(&self.owner, shards)
    }

    /// Makes the proofs of the registration with `key_pairs`. The result is `None` if the message
    /// cannot be hashed to the curve, which happens with probability 2⁻²⁵⁶.
    pub fn sign(self, key_pairs: &ValidatorKeyPairs) -> Option<SignedRegistration> {
        let message = self.message();
        Some(SignedRegistration {
            signature: key_pairs.signing.sign(&message.0),
            lottery_proof: key_pairs.lottery.prove(&message.0)?,
            possession: key_pairs.group.prove_possession(&message),
            registration: self,
        })
    }
}

/// Checks a registration against the chain and the validators that are already `registered`.
///
/// **EDS-REGISTER-01** (MUST) \[own] A registration names this chain. Otherwise a registration on a
/// test chain could be replayed on the main chain.
///
/// **EDS-REGISTER-02** (MUST) \[own] None of a registration's three keys is registered already.
///
/// **EDS-REGISTER-03** (MUST) \[own] A registration is signed by its signing key. Otherwise a
/// stranger could register the keys of others under an owner of its choice.
///
/// **EDS-REGISTER-04** (MUST) \[own] A registration has a proof of its lottery key for the
/// registration's message. Without this proof, an attacker could register a copied key and submit
/// the tickets of its holder.
///
/// **EDS-REGISTER-05** (MUST) \[own] A registration has a proof of possession of its group key for
/// the registration's message. Without this proof, an attacker could choose a key that cancels
/// other keys.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | the registration names this chain | EDS-REGISTER-01 | `EDS_REGISTRATION_CHAIN` | `check_registration` |
/// | 2 | none of its keys is registered | EDS-REGISTER-02 | `EDS_REGISTRATION_REPEATED` | `check_registration` |
/// | 3 | the signing key signed it | EDS-REGISTER-03 | `EDS_REGISTRATION_SIGNATURE` | `check_registration` |
/// | 4 | lottery proof (EDS-REGISTER-04): the lottery key is a point of large order | CRY-VRF-01 | `CRY_VRF_KEY` | `vrf::verify` |
/// | 5 | lottery proof (EDS-REGISTER-04): the proof is canonically encoded | CRY-VRF-02 | `CRY_VRF_PROOF_MALFORMED` | `vrf::verify` |
/// | 6 | lottery proof (EDS-REGISTER-04): it is this key's for this input | CRY-VRF-03 | `CRY_VRF_PROOF_FALSE` | `vrf::verify` |
/// | 7 | possession (EDS-REGISTER-05): key and commitment are elements | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 8 | possession (EDS-REGISTER-05): neither is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 9 | possession (EDS-REGISTER-05): the response is a scalar | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 10 | possession (EDS-REGISTER-05): it is this key's for this message | CRY-POSSESS-01 | `CRY_POSSESSION` | `verify_possession` |
///
/// # Errors
/// The first row of the table that fails.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use ioschain_spec::Rejection;
/// use ioschain_spec::ledger::AccountId;
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
/// use ioschain_spec::sharding::registration::{Registration, check_registration};
/// use ioschain_spec::suite::Normative;
///
/// let key_pairs = ValidatorKeyPairs::from_seed(&[1; 32]);
/// let keys = key_pairs.public_keys();
/// let (chain_id, owner) = (Digest([7; 32]), AccountId(Digest([2; 32])));
/// let registration = Registration { chain_id, keys, owner };
/// let signed = registration.clone().sign(&key_pairs).unwrap();
///
/// let mut registered = BTreeMap::new();
/// assert_eq!(check_registration(&Normative, &chain_id, &registered, &signed), Ok(()));
/// // The same keys cannot be registered twice.
/// registered.insert(keys.node_id(), registration);
/// let again = check_registration(&Normative, &chain_id, &registered, &signed);
/// assert_eq!(again, Err(Rejection::EdsRegistrationRepeated));
/// ```
pub fn check_registration<S: Suite>(
    suite: &S,
    chain_id: &Digest,
    registered: &BTreeMap<NodeId, Registration>,
    signed: &SignedRegistration,
) -> Result<(), Rejection> {
    let SignedRegistration { registration, signature, lottery_proof, possession } = signed;
    let keys = &registration.keys;
    // EDS-REGISTER-01: the registration is for this chain.
    if registration.chain_id != *chain_id {
        return Err(Rejection::EdsRegistrationChain);
    }
    // EDS-REGISTER-02: every key is new.
    if registered.values().any(|other| share_a_key(keys, &other.keys)) {
        return Err(Rejection::EdsRegistrationRepeated);
    }
    // EDS-REGISTER-03: the signing key signed the registration.
    let message = registration.message();
    if !suite.verify_signature(&keys.signing, &message, signature) {
        return Err(Rejection::EdsRegistrationSignature);
    }
    // EDS-REGISTER-04: the lottery key proved its agreement.
    suite.verify_vrf(&keys.lottery, &message.0, lottery_proof)?;
    // EDS-REGISTER-05: the group key proved its agreement.
    verify_possession::<Ristretto255>(&keys.group, &message, possession)
}

/// Whether two validators have a key in common.
fn share_a_key(one: &ValidatorKeys, other: &ValidatorKeys) -> bool {
    one.signing == other.signing || one.lottery == other.lottery || one.group == other.group
}
