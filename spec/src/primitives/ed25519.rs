//! Ed25519 signatures, strict and cofactorless. Origin: RFC 8032, narrowed.
//!
//! RFC 8032 leaves choices open, and libraries decide differently: whether encodings must be
//! canonical, whether points of small order are accepted, and whether the equation is multiplied by
//! the cofactor. If validators decide differently, one signature splits the chain. Every choice is
//! therefore fixed here, and vectors check it.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use ed25519_dalek::{Signer, VerifyingKey};

/// An Ed25519 public key: a compressed point of 32 bytes. Any 32 bytes decode, but no signature is
/// valid under bytes that encode no valid point.
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
pub struct PublicKey(pub [u8; 32]);

/// An Ed25519 signature of 64 bytes: the point R, followed by the scalar S.
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
pub struct Signature(pub [u8; 64]);

/// An Ed25519 key pair, made from a 32-byte seed that the caller draws at random.
#[derive(Clone)]
pub struct KeyPair(ed25519_dalek::SigningKey);

impl KeyPair {
    /// The key pair of a seed (RFC 8032 §5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The public key of the pair.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// The signature of `message` (RFC 8032 §5.1.6). It is deterministic.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("KeyPair").field(&self.public_key()).finish()
    }
}

/// Returns whether `signature` is a valid signature of `message` under `key`.
///
/// **CRY-SIGN-01** (MUST) [RFC 8032 §5.1.7, narrowed] Accept iff A and R are canonical encodings of
/// points that are not of small order, S < L, and `S·B = R + H(R ‖ A ‖ M)·A` without the cofactor.
/// Without these conditions an attacker could change a valid signature into another valid one, or
/// make one that is valid for several messages.
///
/// # Examples
/// ```
/// use ioschain_spec::primitives::ed25519::{KeyPair, verify_strict};
///
/// let key_pair = KeyPair::from_seed(&[1; 32]);
/// let signature = key_pair.sign(b"pay 5");
/// assert!(verify_strict(&key_pair.public_key(), b"pay 5", &signature));
/// assert!(!verify_strict(&key_pair.public_key(), b"pay 6", &signature));
/// ```
pub fn verify_strict(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    // Check that A is canonical. The library reads y ≥ p as y − p. It compares R by its bytes, so R
    // needs no check here. No vector shows this check: nobody knows a secret key for the few points
    // that it refuses and that are not of small order.
    if !is_canonical_y(&key.0) {
        return false;
    }
    // The library checks the order of A and R, S < L, and the equation.
    let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
    VerifyingKey::from_bytes(&key.0).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
}

/// Returns whether the y of a compressed point is below p = 2²⁵⁵ − 19. The other kind of
/// non-canonical encoding, x = 0 with the sign bit set, exists only for points of small order.
fn is_canonical_y(encoding: &[u8; 32]) -> bool {
    let [lowest, middle @ .., highest] = encoding;
    *lowest < 0xed || middle.iter().any(|byte| *byte != 0xff) || highest & 0x7f != 0x7f
}
