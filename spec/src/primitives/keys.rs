//! The three keys of a validator, and the proof that it knows the secret of the third one. Origin:
//! own.
//!
//! | role | scheme | used for |
//! |---|---|---|
//! | signing | Ed25519 | envelopes, votes |
//! | lottery | [`vrf`](super::vrf) | the lottery of §5, sampling of §8 |
//! | group | ristretto255 | secret sharing and collective signatures of §4 |
//!
//! All three keys are derived from one seed, but none of them reveals anything about another. A
//! collective signature ([`cosi`](super::cosi)) adds the group keys of its signers. An attacker
//! that could register *any* element could register one that cancels the other keys in this sum (a
//! rogue key), and could then sign for their owners. A validator therefore proves, with a signature
//! by its group key, that it knows the key's logarithm.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use zeroize::Zeroize;

use super::ed25519::{KeyPair, PublicKey};
use super::group::{
    Element, EncodedElement, Group, Scalar, derive_nonzero_scalar, refuse_identity,
};
use super::hash::{Digest, tagged_hash, tags};
use super::ristretto::Ristretto255;
use super::schnorr::{self, SchnorrSignature, derive_challenge};
use super::vrf::{VrfKeyPair, VrfPublicKey};
use crate::Rejection;

/// The name of a validator: the hash of its public keys.
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
    /// The Ed25519 key, for envelopes and votes.
    pub signing: PublicKey,
    /// The key of the verifiable random function, for the lottery and for sampling.
    pub lottery: VrfPublicKey,
    /// The ristretto255 key, for secret sharing and collective signatures.
    pub group: EncodedElement,
}

impl ValidatorKeys {
    /// The validator's name: `H("node", keys)`.
    ///
    /// **CRY-KEYS-01** (MUST) \[own] A validator is named by its three public keys together.
    pub fn node_id(&self) -> NodeId {
        NodeId(tagged_hash(tags::NODE, self))
    }
}

/// A key pair in a group, made from a 32-byte seed that the caller draws at random. The memory is
/// wiped when the pair is dropped.
#[derive(Clone)]
pub struct GroupKeyPair<G: Group> {
    secret: G::Scalar,
    /// The seed from which nonces are derived.
    seed: [u8; 32],
    public_key: EncodedElement,
}

/// The three key pairs of a validator.
#[derive(Clone, Debug)]
pub struct ValidatorKeyPairs {
    /// The Ed25519 key pair.
    pub signing: KeyPair,
    /// The key pair of the verifiable random function.
    pub lottery: VrfKeyPair,
    /// The ristretto255 key pair.
    pub group: GroupKeyPair<Ristretto255>,
}

impl ValidatorKeyPairs {
    /// Derives the key pairs from a seed.
    ///
    /// **CRY-KEYS-02** (MUST) \[own] The seed of each of a validator's key pairs is
    /// `H(role, seed)`, the roles being "keys/signing", "keys/lottery" and "keys/group".
    ///
    /// # Examples
    /// ```
    /// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
    ///
    /// let [one, again, other] =
    ///     [1, 1, 2].map(|seed| ValidatorKeyPairs::from_seed(&[seed; 32]).public_keys());
    /// assert_eq!(one.node_id(), again.node_id());
    /// assert_ne!(one.node_id(), other.node_id());
    /// assert_ne!(one.signing.0, one.lottery.0, "each role has a key of its own");
    /// ```
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let seed_of = |role| tagged_hash(role, seed).0;
        Self {
            signing: KeyPair::from_seed(&seed_of(tags::KEYS_SIGNING)),
            lottery: VrfKeyPair::from_seed(&seed_of(tags::KEYS_LOTTERY)),
            group: GroupKeyPair::from_seed(&seed_of(tags::KEYS_GROUP)),
        }
    }

    /// The public keys of the three pairs.
    pub fn public_keys(&self) -> ValidatorKeys {
        ValidatorKeys {
            signing: self.signing.public_key(),
            lottery: self.lottery.public_key(),
            group: self.group.public_key(),
        }
    }
}

impl<G: Group> GroupKeyPair<G> {
    /// Derives the key pair from a seed.
    ///
    /// **CRY-KEYS-03** (MUST) \[own] The secret scalar of a group key is derived from the key
    /// pair's seed under the tag "keys/secret", by the rule for scalars that must not be 0
    /// (CRY-HASH-05).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let secret = derive_nonzero_scalar::<G>(tags::KEYS_SECRET, seed);
        let public_key = G::generator().multiply(secret).encode();
        Self { secret, seed: *seed, public_key }
    }

    /// The public key of the pair.
    pub fn public_key(&self) -> EncodedElement {
        self.public_key
    }

    /// The secret key of the pair, for decrypting shares and for signing collectively.
    pub fn secret(&self) -> G::Scalar {
        self.secret
    }

    /// The proof of possession for `message`. It is deterministic.
    ///
    /// **CRY-POSSESS-02** (SHOULD) \[own] The nonce of a proof of possession is derived from (seed,
    /// key, message) under the tag "possession/nonce", by the rule for scalars that must not be 0
    /// (CRY-HASH-05), so that no two messages share one. Two messages with one nonce would reveal
    /// the secret key.
    pub fn prove_possession(&self, message: &Digest) -> SchnorrSignature {
        let key = self.public_key;
        let input = (self.seed, key, *message);
        let nonce = derive_nonzero_scalar::<G>(tags::POSSESSION_NONCE, &input);
        let commitment = G::generator().multiply(nonce).encode();
        let challenge = derive_challenge::<G>(tags::POSSESSION, &key, message, &commitment);
        let response = nonce.add(challenge.multiply(self.secret)).encode();
        SchnorrSignature { commitment, response }
    }
}

impl<G: Group> Drop for GroupKeyPair<G> {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.seed.zeroize();
    }
}

impl<G: Group> std::fmt::Debug for GroupKeyPair<G> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("GroupKeyPair").field(&self.public_key).finish()
    }
}

/// Checks that the author of `possession` knows the logarithm of `key` and signed `message`.
///
/// **CRY-POSSESS-01** (MUST) \[own] A proof of possession is a Schnorr signature of the message by
/// the key, under the tag "possession".
///
/// # Errors
/// In this order: for the key, then for R, [`Rejection::CryElementEncoding`],
/// [`Rejection::CryElementIdentity`]; [`Rejection::CryScalarEncoding`],
/// [`Rejection::CryPossession`].
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::hash::{tagged_hash, tags};
/// use ioschain_spec::primitives::keys::{GroupKeyPair, verify_possession};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let key_pair = GroupKeyPair::<Ristretto255>::from_seed(&[1; 32]);
/// let [message, other] = [1u8, 2].map(|number| tagged_hash(tags::REGISTRATION, &number));
/// let (key, possession) = (key_pair.public_key(), key_pair.prove_possession(&message));
/// assert_eq!(verify_possession::<Ristretto255>(&key, &message, &possession), Ok(()));
/// let refused = verify_possession::<Ristretto255>(&key, &other, &possession);
/// assert_eq!(refused, Err(Rejection::CryPossession));
/// ```
pub fn verify_possession<G: Group>(
    key: &EncodedElement,
    message: &Digest,
    possession: &SchnorrSignature,
) -> Result<(), Rejection> {
    let public_key = refuse_identity::<G>(G::Element::decode(key)?)?;
    let (commitment, response) = possession.decode::<G>()?;
    let challenge = derive_challenge::<G>(tags::POSSESSION, key, message, &possession.commitment);
    // CRY-POSSESS-01: signed by the key.
    if !schnorr::is_accepting::<G>(public_key, commitment, challenge, response) {
        return Err(Rejection::CryPossession);
    }
    Ok(())
}
