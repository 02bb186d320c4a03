//! A verifiable random function: ECVRF-EDWARDS25519-SHA512-TAI. Origin: RFC 9381.
//!
//! The holder of a key can compute exactly one output for an input, and nobody else can compute it.
//! A proof shows everybody that the output is the right one. The lottery (§5) needs all three
//! properties: a validator can neither choose among several tickets nor draw for another validator,
//! and nobody knows the winner before the tickets are published.
//!
//! The output is unique, but its proof is not. The holder of a key can add a point of small order
//! to Γ and find a nonce for which the equations are true, while 8·Γ stays the same. Therefore
//! nothing may be drawn from the bytes of a proof, only from [`VrfOutput`]: otherwise a validator
//! could try several proofs until one draws well. The functions are in the order of section 5 of
//! the RFC, and `§` refers to its sections.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "the operators are those of a field and its group"
)]

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::scalar::clamp_integer;
use curve25519_dalek::traits::{IsIdentity, VartimeMultiscalarMul};
use curve25519_dalek::{EdwardsPoint, Scalar};
use sha2::digest::Output;
use sha2::digest::consts::{U16, U32};
use sha2::{Digest as _, Sha512};
use zeroize::Zeroize;

use crate::Rejection;

/// A public key Y: a compressed point of 32 bytes. Any 32 bytes decode, but no proof is valid under
/// bytes that encode no valid point.
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
pub struct VrfPublicKey(pub [u8; 32]);

/// A proof of 80 bytes, which the RFC calls `pi_string`. Any bytes decode; verification refuses
/// invalid ones.
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
pub struct VrfProof {
    /// The compressed point Γ = x·H.
    pub gamma: [u8; 32],
    /// The challenge c, in little-endian order.
    pub challenge: [u8; 16],
    /// The response s = k + c·x modulo the group's order, in little-endian order.
    pub response: [u8; 32],
}

/// An output of 64 bytes, which the RFC calls `beta_string`. Outputs are ordered as big-endian
/// numbers.
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
pub struct VrfOutput(pub [u8; 64]);

/// A key pair, made from a 32-byte seed (SK in the RFC) that the caller draws at random. The memory
/// is wiped when the pair is dropped.
#[derive(Clone)]
pub struct VrfKeyPair {
    /// The secret scalar x, reduced modulo the group's order. H has this prime order, so x·H does
    /// not change.
    secret: Scalar,
    /// The other half of the seed's hash, from which nonces are derived.
    nonce_prefix: [u8; 32],
    public_key: VrfPublicKey,
}

impl Drop for VrfKeyPair {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.nonce_prefix.zeroize();
    }
}

impl std::fmt::Debug for VrfKeyPair {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("VrfKeyPair").field(&self.public_key).finish()
    }
}

/// The RFC's `suite_string` (§5.5).
const SUITE: u8 = 0x03;
/// The domain separators at the front of what is hashed: for hashing to the curve (§5.4.1.1), for
/// challenges (§5.4.3) and for outputs (§5.2). The separator at the end is 0 for all three.
const ENCODE_TO_CURVE: u8 = 0x01;
const CHALLENGE: u8 = 0x02;
const PROOF_TO_HASH: u8 = 0x03;
const BACK: u8 = 0x00;

impl VrfKeyPair {
    /// Derives the key pair from a seed (§5.5, as in RFC 8032 §5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let (scalar, nonce_prefix) = Sha512::digest(seed).split::<U32>();
        let secret = Scalar::from_bytes_mod_order(clamp_integer(scalar.into()));
        let public_key = VrfPublicKey(EdwardsPoint::mul_base(&secret).compress().0);
        Self { secret, nonce_prefix: nonce_prefix.into(), public_key }
    }

    /// The public key of the pair.
    pub fn public_key(&self) -> VrfPublicKey {
        self.public_key
    }

    /// The proof of the output for `alpha` (§5.1). It is deterministic. The result is `None` if
    /// `alpha` cannot be hashed to the curve, which happens for one in 2²⁵⁶ inputs.
    pub fn prove(&self, alpha: &[u8]) -> Option<VrfProof> {
        // 1. x and Y are in the key pair.  2. H = encode_to_curve(Y, alpha)
        let h = encode_to_curve(&self.public_key, alpha)?;
        // 3. h_string  4. Γ = x·H
        let h_string = h.compress().0;
        let gamma = (self.secret * h).compress().0;
        // 5. k, from the key and H
        let k = self.nonce(&h_string);
        // 6. c, over Y, H, Γ, k·B, k·H
        let u = EdwardsPoint::mul_base(&k).compress().0;
        let v = (k * h).compress().0;
        let challenge = derive_challenge([&self.public_key.0, &h_string, &gamma, &u, &v]);
        // 7. s = k + c·x  8. pi_string
        let response = k + challenge_scalar(&challenge) * self.secret;
        Some(VrfProof { gamma, challenge, response: response.to_bytes() })
    }

    /// The nonce k (§5.4.2.2, as in RFC 8032 §5.1.6). It needs no randomness, and no two points H
    /// share one.
    fn nonce(&self, h_string: &[u8; 32]) -> Scalar {
        let k_string = Sha512::new().chain_update(self.nonce_prefix).chain_update(h_string);
        Scalar::from_bytes_mod_order_wide(&k_string.finalize().into())
    }
}

impl VrfProof {
    /// The output that belongs to the proof (§5.2). It means nothing before [`verify`] has accepted
    /// the proof.
    ///
    /// # Errors
    /// [`Rejection::CryVrfProofMalformed`] if Γ is not the encoding of a point, or if s is not
    /// below the order.
    pub fn to_output(&self) -> Result<VrfOutput, Rejection> {
        let (gamma, _) = self.decode()?;
        Ok(derive_output(&gamma.mul_by_cofactor().compress()))
    }

    /// Decodes Γ and s (§5.4.4).
    fn decode(&self) -> Result<(EdwardsPoint, Scalar), Rejection> {
        // CRY-VRF-02: Γ is a point, canonically encoded, and s is below the order.
        let gamma = decode_point(&self.gamma).ok_or(Rejection::CryVrfProofMalformed)?;
        let response = Option::from(Scalar::from_canonical_bytes(self.response));
        Ok((gamma, response.ok_or(Rejection::CryVrfProofMalformed)?))
    }
}

/// The output for `alpha` under `key`, if `proof` proves it (§5.3, with `validate_key`).
///
/// **CRY-VRF-01** (MUST) [RFC 9381 §5.3, §5.4.5] A public key of the random function is the
/// canonical encoding of a point that is not of small order; a key of small order would have one
/// output for all inputs, so a validator could choose its draw for every lottery in advance.
///
/// **CRY-VRF-02** (MUST) [RFC 9381 §5.4.4] In a proof of the random function Γ is the canonical
/// encoding of a point, and s is below the group's order.
///
/// **CRY-VRF-03** (MUST) [RFC 9381 §5.3] A proof of the random function is accepted iff its
/// challenge is that of Y, H, Γ, s·B − c·Y and s·H − c·Γ, where H is the input hashed to the curve.
///
/// # Errors
/// In this order: [`Rejection::CryVrfKey`], [`Rejection::CryVrfProofMalformed`],
/// [`Rejection::CryVrfProofFalse`].
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::vrf::{VrfKeyPair, verify};
///
/// let key_pair = VrfKeyPair::from_seed(&[1; 32]);
/// let key = key_pair.public_key();
/// let proof = key_pair.prove(b"lottery 1").ok_or(Rejection::CryVrfProofFalse)?;
/// let output = verify(&key, b"lottery 1", &proof)?;
/// assert_eq!(proof.to_output(), Ok(output));
/// assert_eq!(verify(&key, b"lottery 2", &proof), Err(Rejection::CryVrfProofFalse));
/// # Ok::<(), Rejection>(())
/// ```
pub fn verify(key: &VrfPublicKey, alpha: &[u8], proof: &VrfProof) -> Result<VrfOutput, Rejection> {
    // CRY-VRF-01: the key is a point (steps 1, 2), and not of small order (step 3, validate_key).
    let y = decode_point(&key.0).ok_or(Rejection::CryVrfKey)?;
    if y.is_small_order() {
        return Err(Rejection::CryVrfKey);
    }
    // 4 to 6. Γ, c and s
    let (gamma, s) = proof.decode()?;
    let c = challenge_scalar(&proof.challenge);
    // 7. H; of an input that has none, no proof is true
    let h = encode_to_curve(key, alpha).ok_or(Rejection::CryVrfProofFalse)?;
    // 8. U = s·B − c·Y  9. V = s·H − c·Γ. Y and Γ may have parts of small order, for which −c
    // modulo the order of B is not −c: so the points are negated, not the scalar.
    let u = EdwardsPoint::vartime_double_scalar_mul_basepoint(&c, &-y, &s);
    let v = EdwardsPoint::vartime_multiscalar_mul([s, c], [h, -gamma]);
    let [h, u, v, cleared_gamma] =
        EdwardsPoint::compress_batch(&[h, u, v, gamma.mul_by_cofactor()]);
    // CRY-VRF-03: the challenge is that of the five points (steps 10, 11).
    if derive_challenge([&key.0, &h.0, &proof.gamma, &u.0, &v.0]) != proof.challenge {
        return Err(Rejection::CryVrfProofFalse);
    }
    Ok(derive_output(&cleared_gamma))
}

/// The output for 8·Γ (§5.2, steps 4 to 7). The factor 8 removes any part of small order.
///
/// **CRY-VRF-04** (MUST) [RFC 9381 §5.2] The output of the random function is SHA-512 of 3, 3, the
/// encoding of 8·Γ, and 0, one byte each but the point.
fn derive_output(cleared_gamma: &CompressedEdwardsY) -> VrfOutput {
    VrfOutput(hash(&[&[SUITE, PROOF_TO_HASH], &cleared_gamma.0, &[BACK]]).into())
}

/// Hashes `alpha` to a point H of prime order whose logarithm nobody knows (§5.4.1.1). The salt is
/// the key. The result is `None` after 256 failed attempts; each attempt succeeds with probability
/// 1/2.
///
/// **CRY-VRF-05** (MUST) [RFC 9381 §5.4.1.1] H is 8 times the first point whose encoding is the
/// beginning of SHA-512 of 3, 1, the key, the input, a counter and 0, the counter going through 0
/// to 255; a point of small order does not count.
pub fn encode_to_curve(key: &VrfPublicKey, alpha: &[u8]) -> Option<EdwardsPoint> {
    (0..=u8::MAX).find_map(|counter| {
        let hash_string = hash(&[&[SUITE, ENCODE_TO_CURVE], &key.0, alpha, &[counter, BACK]]);
        let (encoding, _) = hash_string.split::<U32>();
        let point = decode_point(&encoding.into())?.mul_by_cofactor();
        (!point.is_identity()).then_some(point)
    })
}

/// The challenge over the encodings of Y, H, Γ, U and V (§5.4.3).
///
/// **CRY-VRF-06** (MUST) [RFC 9381 §5.4.3] The challenge is the first 16 bytes of SHA-512 of 3, 2,
/// the five points and 0.
pub fn derive_challenge(points: [&[u8; 32]; 5]) -> [u8; 16] {
    let [y, h, gamma, u, v] = points;
    let c_string = hash(&[&[SUITE, CHALLENGE], y, h, gamma, u, v, &[BACK]]);
    let (challenge, _) = c_string.split::<U16>();
    challenge.into()
}

/// The challenge as a scalar. A number of 16 bytes is always below the order.
fn challenge_scalar(challenge: &[u8; 16]) -> Scalar {
    Scalar::from(u128::from_le_bytes(*challenge))
}

/// Decodes a point, as `string_to_point` does (§5.5, RFC 8032 §5.1.3). The encoding is y in
/// little-endian order, with the sign of x in the highest bit. The library also accepts two kinds
/// of second encodings, which are refused here: it reads y ≥ p as y − p, and it accepts x = 0 with
/// either sign.
fn decode_point(encoding: &[u8; 32]) -> Option<EdwardsPoint> {
    let point = CompressedEdwardsY(*encoding).decompress()?;
    let [low, middle @ .., high] = encoding;
    // p = 2²⁵⁵ − 19: its bytes are 0xed, thirty times 0xff, 0x7f.
    let is_reduced = *low < 0xed || middle.iter().any(|byte| *byte != 0xff) || high & 0x7f != 0x7f;
    // x is 0 for the two points whose double is the identity, and its sign is then 0.
    let is_signed_zero = high & 0x80 != 0 && (point + point).is_identity();
    (is_reduced && !is_signed_zero).then_some(point)
}

/// SHA-512 over the concatenation of `parts`.
fn hash(parts: &[&[u8]]) -> Output<Sha512> {
    let hasher = parts.iter().fold(Sha512::new(), |hasher, part| hasher.chain_update(part));
    hasher.finalize()
}
