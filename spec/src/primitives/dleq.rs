//! Proofs of equal logarithms. The author of a proof knows an x with `a₁ = x·g₁` and `a₂ = x·g₂`.
//! The proof reveals nothing else.
//!
//! These proofs make secret sharing *publicly* verifiable. Anyone can check that the dealer
//! encrypted the share that it committed to, and that the recipient decrypted the share that was
//! encrypted. Origin: Chaum and Pedersen 1992, made non-interactive by the method of Fiat and
//! Shamir 1986.
//!
//! | move | what | here |
//! |---|---|---|
//! | commit | `Tᵢ = w·gᵢ`, w the nonce | [`commit`] |
//! | challenge | `c = HashToScalar(context, T₁, T₂)` | [`derive_challenge`] |
//! | respond | `z = w + c·x` | [`respond`] |
//! | check | `z·gᵢ = Tᵢ + c·aᵢ` | [`is_accepting`] |
//!
//! A proof is (T₁, T₂, z), and **the verifier computes c**. The shorter form (c, z) tempts a
//! verifier to read c from the proof. An attacker can then pick z and c first, and fit T₁ and T₂ to
//! them, for any statement, even a false one. The hash covers everything that the proof is about,
//! so a proof cannot be reused in another context.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::group::{
    Element, EncodedElement, EncodedScalar, Group, Scalar, derive_nonzero_scalar,
    tagged_hash_to_scalar,
};
use super::hash::{Digest, tags};
use crate::Rejection;
use crate::primitives::numbers::Position;

/// Which party proves which claim.
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
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum ProofRole {
    /// The dealer proves that an encrypted share is the one that it committed to: log_H Vⱼ = log_Yⱼ
    /// Eⱼ.
    Encryption = 0,
    /// The recipient proves that this share Sⱼ is the one that was encrypted: log_G Yⱼ = log_Sⱼ Eⱼ.
    Decryption(EncodedElement) = 1,
}

/// What a proof is about, and where it belongs. The challenge covers all of it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ProofContext {
    /// The session id, which names the run of the protocol.
    pub session: Digest,
    /// The name of the dealer, whose secret is shared.
    pub dealer: Digest,
    /// The base H of the commitments.
    pub base: EncodedElement,
    /// The hash of the dealer's commitments. Together with the position, the commitments determine
    /// Vⱼ.
    pub commitments: Digest,
    /// The position j of the recipient, counted from 1.
    pub recipient: Position,
    /// The public key Yⱼ of the recipient.
    pub key: EncodedElement,
    /// The encrypted share Eⱼ.
    pub encrypted: EncodedElement,
    /// Which party proves which claim.
    pub role: ProofRole,
}

/// The claim: both values have the same logarithm, each to its own base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DleqStatement<G: Group> {
    /// The bases g₁ and g₂.
    pub bases: [G::Element; 2],
    /// The values a₁ and a₂.
    pub values: [G::Element; 2],
}

/// A proof as it is sent in a message: 96 bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct DleqProof {
    /// The nonce commitments T₁ and T₂.
    pub nonce_commitments: [EncodedElement; 2],
    /// The response z.
    pub response: EncodedScalar,
}

/// A proof whose parts have been decoded as elements and a scalar. The proof may still be false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodedProof<G: Group> {
    /// The proof as it was received.
    pub encoded: DleqProof,
    /// The nonce commitments T₁ and T₂.
    pub nonce_commitments: [G::Element; 2],
    /// The response z.
    pub response: G::Scalar,
}

impl<G: Group> DleqStatement<G> {
    /// The true statement about these bases: the logarithm of both values is `secret`.
    pub fn with_logarithm(bases: [G::Element; 2], secret: G::Scalar) -> Self {
        Self { bases, values: bases.map(|base| base.multiply(secret)) }
    }
}

impl DleqProof {
    /// Decodes the parts of the proof.
    ///
    /// # Errors
    /// In this order: [`Rejection::CryElementEncoding`], [`Rejection::CryScalarEncoding`].
    pub fn decode<G: Group>(&self) -> Result<DecodedProof<G>, Rejection> {
        let [first, second] = &self.nonce_commitments;
        Ok(DecodedProof {
            encoded: *self,
            nonce_commitments: [G::Element::decode(first)?, G::Element::decode(second)?],
            response: G::Scalar::decode(&self.response)?,
        })
    }
}

/// Proves that `secret` is the logarithm of both values to `bases`. Only a party that knows the
/// secret can call this function.
///
/// The nonce must be secret and must be used only once. Two proofs with one nonce and different
/// challenges reveal the secret. [`derive_nonce`] makes a nonce that cannot be used twice.
///
/// # Errors
/// [`Rejection::CryElementIdentity`] if nobody would accept the proof, because the nonce is 0 or
/// the first base is the identity.
pub fn prove<G: Group>(
    context: &ProofContext,
    bases: [G::Element; 2],
    secret: G::Scalar,
    nonce: G::Scalar,
) -> Result<DleqProof, Rejection> {
    let nonce_commitments = commit::<G>(bases, nonce).map(G::Element::encode);
    check_identity::<G>(&bases, &nonce_commitments)?;
    let challenge = derive_challenge::<G>(context, &nonce_commitments);
    let response = respond(secret, nonce, challenge).encode();
    Ok(DleqProof { nonce_commitments, response })
}

/// Checks that `proof` proves `statement` in `context`.
///
/// **CRY-DLEQ-02** (MUST) [Chaum-Pedersen 1992] With the challenge c computed from the statement,
/// both equations hold: `z·gᵢ = Tᵢ + c·aᵢ`.
///
/// # Errors
/// In this order: [`Rejection::CryElementIdentity`], [`Rejection::CryDleqProof`].
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::dleq::{
///     DleqStatement, ProofContext, ProofRole, derive_nonce, prove, verify,
/// };
/// use ioschain_spec::primitives::group::{Element, Group, Scalar, tagged_hash_to_group};
/// use ioschain_spec::primitives::hash::{Digest, tags};
/// use ioschain_spec::primitives::numbers::Position;
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// // The dealer has committed to the share s as s·H, and encrypts it to the key Y as s·Y.
/// let base = tagged_hash_to_group::<Ristretto255>(tags::DRP_BASE, "session");
/// let [share, secret_key] = [5u32, 11].map(<Ristretto255 as Group>::Scalar::from_number);
/// let key = Ristretto255::generator().multiply(secret_key);
/// let statement = DleqStatement::<Ristretto255>::with_logarithm([base, key], share);
/// let context = ProofContext {
///     session: Digest([1; 32]),
///     dealer: Digest([2; 32]),
///     base: base.encode(),
///     commitments: Digest([3; 32]),
///     recipient: Position(1),
///     key: key.encode(),
///     encrypted: statement.values[1].encode(),
///     role: ProofRole::Encryption,
/// };
/// let nonce = derive_nonce::<Ristretto255>(&[4; 32], share, &context);
/// let proof = prove::<Ristretto255>(&context, [base, key], share, nonce)?.decode()?;
/// assert_eq!(verify(&context, &statement, &proof), Ok(()));
/// let elsewhere = ProofContext { session: Digest([9; 32]), ..context };
/// assert_eq!(verify(&elsewhere, &statement, &proof), Err(Rejection::CryDleqProof));
/// # Ok::<(), Rejection>(())
/// ```
pub fn verify<G: Group>(
    context: &ProofContext,
    statement: &DleqStatement<G>,
    proof: &DecodedProof<G>,
) -> Result<(), Rejection> {
    check_identity::<G>(&statement.bases, &proof.encoded.nonce_commitments)?;
    let challenge = derive_challenge::<G>(context, &proof.encoded.nonce_commitments);
    // CRY-DLEQ-02: both equations hold.
    if !is_accepting(statement, &proof.nonce_commitments, challenge, proof.response) {
        return Err(Rejection::CryDleqProof);
    }
    Ok(())
}

/// **CRY-DLEQ-03** (MUST) \[own] The first base is not the identity, and a nonce commitment is the
/// identity only where its base is. Otherwise the equation would be true for every logarithm, or
/// the response would reveal the secret.
///
/// The second base may be the identity. It is a decrypted share, and a share may be the identity.
pub(super) fn check_identity<G: Group>(
    bases: &[G::Element; 2],
    nonce_commitments: &[EncodedElement; 2],
) -> Result<(), Rejection> {
    let [first_base, _] = *bases;
    let mut pairs = bases.iter().zip(nonce_commitments);
    let vanishes = |(base, nonce): (&G::Element, &EncodedElement)| {
        *nonce == EncodedElement::IDENTITY && *base != G::identity()
    };
    // CRY-DLEQ-03: no identity where a nonce or a key would vanish in it.
    if first_base == G::identity() || pairs.any(vanishes) {
        return Err(Rejection::CryElementIdentity);
    }
    Ok(())
}

/// The commitments T₁ and T₂ to a nonce: `Tᵢ = w·gᵢ`.
pub fn commit<G: Group>(bases: [G::Element; 2], nonce: G::Scalar) -> [G::Element; 2] {
    bases.map(|base| base.multiply(nonce))
}

/// The challenge c.
///
/// **CRY-DLEQ-01** (MUST) [Fiat-Shamir 1986] The challenge is
/// `HashToScalar("dleq/challenge", (context, T₁, T₂))`, computed by the verifier; the context
/// determines both bases and both values.
///
/// If the context did not determine one of them, an attacker could choose that one after the
/// challenge.
pub fn derive_challenge<G: Group>(
    context: &ProofContext,
    nonce_commitments: &[EncodedElement; 2],
) -> G::Scalar {
    tagged_hash_to_scalar::<G>(tags::DLEQ_CHALLENGE, &(context, nonce_commitments))
}

/// Derives the nonce of one proof from a secret seed.
///
/// **CRY-DLEQ-04** (SHOULD) [RFC 6979, adapted] The nonce is derived from the seed, the secret and
/// the context, so that no nonce answers two challenges; it is not 0.
pub fn derive_nonce<G: Group>(
    seed: &[u8; 32],
    secret: G::Scalar,
    context: &ProofContext,
) -> G::Scalar {
    derive_nonzero_scalar::<G>(tags::DLEQ_NONCE, &(seed, secret.encode(), context))
}

/// The response z = w + c·x.
pub fn respond<S: Scalar>(secret: S, nonce: S, challenge: S) -> S {
    nonce.add(challenge.multiply(secret))
}

/// Returns whether `z·gᵢ = Tᵢ + c·aᵢ` for both i.
///
/// For a false statement and any T₁ and T₂, at most one challenge can be answered.
pub fn is_accepting<G: Group>(
    statement: &DleqStatement<G>,
    nonce_commitments: &[G::Element; 2],
    challenge: G::Scalar,
    response: G::Scalar,
) -> bool {
    let minus_challenge = G::Scalar::ZERO.subtract(challenge);
    let pairs = statement.bases.iter().zip(&statement.values);
    pairs.zip(nonce_commitments).all(|((base, value), nonce_commitment)| {
        G::sum_of_products(&[(response, *base), (minus_challenge, *value)]) == *nonce_commitment
    })
}
