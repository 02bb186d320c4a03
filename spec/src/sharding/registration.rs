//! Registration: how a validator makes its keys and its owner known. Origin: white paper §5 (validators
//! have an identity), the rest own.
//!
//! Each of the three keys proves for itself that the registration is meant, over one message that names all
//! of them. So nobody can register a key of somebody else's. It matters for each: a signing key in two
//! registrations would be two validators with one vote; with a copied lottery key every ticket of its holder
//! could be handed in again under another name, and win the tie (gap W22); a group key that was made to
//! cancel others breaks collective signatures.
//!
//! The owner does not sign here. Its agreement is the bond that it pays, a transaction of its own (§8); until
//! that exists nothing can be taken from it.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::ledger::AccountId;
use crate::ledger::owner::derive_shard_of_owner;
use crate::primitives::ed25519::Signature;
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys, verify_possession};
use crate::primitives::ristretto::Ristretto255;
use crate::primitives::schnorr::SchnorrSignature;
use crate::primitives::vrf::VrfProof;
use crate::suite::Suite;

/// A validator, as it wants to be known.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Registration {
    /// On which chain.
    pub chain_id: Digest,
    /// Its public keys, which name it.
    pub keys: ValidatorKeys,
    /// The account that is rewarded, and that answers for it.
    pub owner: AccountId,
}

/// A registration with the proof of each of its keys.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SignedRegistration {
    /// What is registered.
    pub registration: Registration,
    /// The signing key's signature of [`Registration::message`].
    pub signature: Signature,
    /// The lottery key's proof for the message.
    pub lottery_proof: VrfProof,
    /// The group key's proof of possession for the message.
    pub possession: SchnorrSignature,
}

impl Registration {
    /// What the three keys prove: `H("registration", registration)`.
    pub fn message(&self) -> Digest {
        tagged_hash(tags::REGISTRATION, self)
    }

    /// The validator's home: its owner's shard, in 1..=m.
    ///
    /// **EDS-REGISTER-06** (MUST) [own] A validator is at home in the shard of its owner.
    pub fn home(&self, shards: u16) -> u16 {
        derive_shard_of_owner(&self.owner, shards)
    }

    /// The registration with its proofs, by `key_pairs`. `None` if the message cannot be hashed to the curve,
    /// which happens once in 2²⁵⁶.
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

/// Checks a registration against the chain and those that are `registered`.
///
/// **EDS-REGISTER-01** (MUST) [own] A registration names this chain.
///
/// **EDS-REGISTER-02** (MUST) [own] None of a registration's three keys is registered already.
///
/// **EDS-REGISTER-03** (MUST) [own] A registration is signed by its signing key.
///
/// **EDS-REGISTER-04** (MUST) [own] A registration has a proof of its lottery key for the registration's
/// message; without it, a copied key could hand in the tickets of its holder.
///
/// **EDS-REGISTER-05** (MUST) [own] A registration has a proof of possession of its group key for the
/// registration's message; without it, a key could be chosen that cancels others.
///
/// # Errors
/// In this order: [`Rejection::EdsRegistrationChain`], [`Rejection::EdsRegistrationRepeated`],
/// [`Rejection::EdsRegistrationSignature`]; those of
/// [`vrf::verify`](crate::primitives::vrf::verify); those of [`verify_possession`].
pub fn check_registration<S: Suite>(
    suite: &S,
    chain_id: &Digest,
    registered: &BTreeMap<NodeId, Registration>,
    signed: &SignedRegistration,
) -> Result<(), Rejection> {
    let SignedRegistration { registration, signature, lottery_proof, possession } = signed;
    let keys = &registration.keys;
    // EDS-REGISTER-01: for this chain.
    if registration.chain_id != *chain_id {
        return Err(Rejection::EdsRegistrationChain);
    }
    // EDS-REGISTER-02: every key is new.
    if registered.values().any(|other| share_a_key(keys, &other.keys)) {
        return Err(Rejection::EdsRegistrationRepeated);
    }
    // EDS-REGISTER-03: the signing key agrees.
    let message = registration.message();
    if !suite.verify_signature(&keys.signing, &message, signature) {
        return Err(Rejection::EdsRegistrationSignature);
    }
    // EDS-REGISTER-04: the lottery key agrees.
    suite.verify_vrf(&keys.lottery, &message.0, lottery_proof)?;
    // EDS-REGISTER-05: the group key agrees.
    verify_possession::<Ristretto255>(&keys.group, &message, possession)
}

fn share_a_key(one: &ValidatorKeys, other: &ValidatorKeys) -> bool {
    one.signing == other.signing || one.lottery == other.lottery || one.group == other.group
}
