//! The three keys of a validator, and the proof that it has the third one. Origin: own (protocol §2).
//!
//! | role | scheme | used for |
//! |---|---|---|
//! | signing | Ed25519 | envelopes, votes |
//! | lottery | [`vrf`](super::vrf) | the lottery of §5, sampling of §8 |
//! | group | ristretto255 | secret sharing and collective signatures of §4 |
//!
//! One seed gives all three, and none says anything about another. Keys of the group are added up in a
//! collective signature, so whoever could register *any* point could register one that cancels the others
//! (a rogue key). Therefore a validator shows that it knows its group key's logarithm: [`Possession`], a
//! Schnorr signature.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "the operators are those of a field and its group"
)]

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::traits::IsIdentity;
use curve25519_dalek::{RistrettoPoint, Scalar};
use sha2::{Digest as _, Sha512};

use super::encoding::encode;
use super::hash::{DOMAIN, Digest, Tag, tagged_hash, tags};
use super::signature::{KeyPair, PublicKey};
use super::vrf::{VrfKeyPair, VrfPublicKey};
use crate::Rejection;

/// A public key in ristretto255, 32 bytes. Any bytes decode; [`verify_possession`] refuses bad ones.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct GroupKey(pub [u8; 32]);

/// Names a validator: the hash of its public keys.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct NodeId(pub Digest);

/// The public keys of a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ValidatorKeys {
    /// Ed25519, for envelopes and votes.
    pub signing: PublicKey,
    /// The verifiable random function's, for lottery and sampling.
    pub lottery: VrfPublicKey,
    /// ristretto255, for secret sharing and collective signatures.
    pub group: GroupKey,
}

impl ValidatorKeys {
    /// The validator's name: `H("node", keys)`.
    ///
    /// **CRY-KEYS-01** (MUST) [own] A validator is named by its three public keys together.
    pub fn node_id(&self) -> NodeId {
        NodeId(tagged_hash(tags::NODE, self))
    }
}

/// Shows that the logarithm of a group key is known: a Schnorr signature in commitment form, 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Possession {
    /// R = r·G, an element's encoding.
    pub commitment: [u8; 32],
    /// z = r + c·x, a scalar's encoding.
    pub response: [u8; 32],
}

/// A key pair in ristretto255, from a 32-byte seed that the caller draws.
#[derive(Clone)]
pub struct GroupKeyPair {
    secret: Scalar,
    /// What nonces come from.
    seed: [u8; 32],
    public_key: GroupKey,
}

/// The three key pairs of a validator.
#[derive(Clone, Debug)]
pub struct ValidatorKeyPairs {
    /// Ed25519.
    pub signing: KeyPair,
    /// The verifiable random function's.
    pub lottery: VrfKeyPair,
    /// ristretto255.
    pub group: GroupKeyPair,
}

impl ValidatorKeyPairs {
    /// The key pairs of a seed.
    ///
    /// **CRY-KEYS-02** (MUST) [own] The seed of each of a validator's key pairs is `H(role, seed)`, the
    /// roles being "keys/signing", "keys/lottery" and "keys/group".
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let seed_of = |role| tagged_hash(role, seed).0;
        Self {
            signing: KeyPair::from_seed(&seed_of(tags::KEYS_SIGNING)),
            lottery: VrfKeyPair::from_seed(&seed_of(tags::KEYS_LOTTERY)),
            group: GroupKeyPair::from_seed(&seed_of(tags::KEYS_GROUP)),
        }
    }

    /// The public halves.
    pub fn public_keys(&self) -> ValidatorKeys {
        ValidatorKeys {
            signing: self.signing.public_key(),
            lottery: self.lottery.public_key(),
            group: self.group.public_key(),
        }
    }
}

impl GroupKeyPair {
    /// The key pair of a seed. Its secret is 0 for one seed in 2²⁵²; such a key is refused by everybody.
    ///
    /// **CRY-KEYS-03** (MUST) [own] The secret scalar of a group key is `HashToScalar("keys/secret", seed)`.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let secret = hash_to_scalar(tags::KEYS_SECRET, seed);
        let public_key = GroupKey(RistrettoPoint::mul_base(&secret).compress().0);
        Self { secret, seed: *seed, public_key }
    }

    /// The public half.
    pub fn public_key(&self) -> GroupKey {
        self.public_key
    }

    /// The proof of possession for `message`, deterministic.
    ///
    /// **CRY-POSSESS-03** (SHOULD) [own] The nonce of a proof of possession is
    /// `HashToScalar("possession/nonce", (seed, key, message))`, so that no two messages share one.
    pub fn prove_possession(&self, message: &Digest) -> Possession {
        let key = self.public_key;
        let nonce = hash_to_scalar(tags::POSSESSION_NONCE, &(self.seed, key, message));
        let commitment = RistrettoPoint::mul_base(&nonce).compress().0;
        let challenge = derive_challenge(&key, message, &commitment);
        let response = nonce + challenge * self.secret;
        Possession { commitment, response: response.to_bytes() }
    }
}

impl std::fmt::Debug for GroupKeyPair {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("GroupKeyPair").field(&self.public_key).finish()
    }
}

/// Checks that whoever made `possession` knows the logarithm of `key`, and meant `message`.
///
/// **CRY-POSSESS-01** (MUST) [own] A group key is the encoding of an element other than the identity.
///
/// **CRY-POSSESS-02** (MUST) [own] In a proof of possession R is the encoding of an element other than the
/// identity, z that of a scalar, and z·G = R + c·Y with `c = HashToScalar("possession", (Y, message, R))`.
///
/// # Errors
/// In this order: [`Rejection::CryGroupKey`], [`Rejection::CryPossession`].
pub fn verify_possession(
    key: &GroupKey,
    message: &Digest,
    possession: &Possession,
) -> Result<(), Rejection> {
    // CRY-POSSESS-01: the key is an element, and not the identity.
    let public_key = decode_element(&key.0).ok_or(Rejection::CryGroupKey)?;
    // CRY-POSSESS-02: so is R; z is a scalar; and the equation holds.
    let commitment = decode_element(&possession.commitment).ok_or(Rejection::CryPossession)?;
    let response = Option::from(Scalar::from_canonical_bytes(possession.response));
    let response: Scalar = response.ok_or(Rejection::CryPossession)?;
    let challenge = derive_challenge(key, message, &possession.commitment);
    if RistrettoPoint::mul_base(&response) != commitment + challenge * public_key {
        return Err(Rejection::CryPossession);
    }
    Ok(())
}

fn derive_challenge(key: &GroupKey, message: &Digest, commitment: &[u8; 32]) -> Scalar {
    hash_to_scalar(tags::POSSESSION, &(key, message, commitment))
}

/// The element of an encoding; `None` for the identity and for what encodes none.
fn decode_element(encoding: &[u8; 32]) -> Option<RistrettoPoint> {
    CompressedRistretto(*encoding).decompress().filter(|element| !element.is_identity())
}

/// `HashToScalar(tag, value)`: 64 bytes of SHA-512 modulo the order, uniform up to 2⁻²⁵⁹.
fn hash_to_scalar(tag: Tag, value: &impl BorshSerialize) -> Scalar {
    let length = encode(&u8::try_from(tag.name().len()).unwrap_or(u8::MAX)); // Tag::new bounds it
    let parts = [DOMAIN, &length, tag.name().as_bytes(), &encode(value)];
    let hasher = parts.iter().fold(Sha512::new(), |hasher, part| hasher.chain_update(part));
    Scalar::from_bytes_mod_order_wide(&hasher.finalize().into())
}
