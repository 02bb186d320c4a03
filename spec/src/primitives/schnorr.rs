//! Schnorr signatures (1991) over a [`Group`], in the form that carries the commitment.
//!
//! A signer that knows x with `Y = x·G` picks a nonce r and commits to it with `R = r·G`. It then
//! answers the challenge `c = HashToScalar(tag, (Y, message, R))` with `z = r + c·x`. Each use has
//! its own tag, so a signature for one use is not valid for another: [`keys`](super::keys) has the
//! proof of possession, and [`cosi`](super::cosi) the collective signature.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::group::{
    Element, EncodedElement, EncodedScalar, Group, Scalar, refuse_identity, tagged_hash_to_scalar,
};
use super::hash::{Digest, Tag};
use crate::Rejection;

/// A signature as it is sent in a message: 64 bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SchnorrSignature {
    /// The commitment R to the nonce.
    pub commitment: EncodedElement,
    /// The response z.
    pub response: EncodedScalar,
}

impl SchnorrSignature {
    /// Decodes R and z.
    ///
    /// # Errors
    /// In this order: [`Rejection::CryElementEncoding`], [`Rejection::CryElementIdentity`],
    /// [`Rejection::CryScalarEncoding`].
    pub fn decode<G: Group>(&self) -> Result<(G::Element, G::Scalar), Rejection> {
        let commitment = refuse_identity::<G>(G::Element::decode(&self.commitment)?)?;
        Ok((commitment, G::Scalar::decode(&self.response)?))
    }
}

/// The challenge c.
///
/// **CRY-SCHNORR-01** (MUST) [Schnorr 1991, own] The challenge is
/// `HashToScalar(tag, (Y, message, R))`: it covers the key, else an attacker could change a
/// signature by one key into a signature by a related key.
pub fn derive_challenge<G: Group>(
    tag: Tag,
    key: &EncodedElement,
    message: &Digest,
    commitment: &EncodedElement,
) -> G::Scalar {
    tagged_hash_to_scalar::<G>(tag, &(key, message, commitment))
}

/// Returns whether `z·G = R + c·Y`.
///
/// **CRY-SCHNORR-02** (MUST) [Schnorr 1991] A signature (R, z) is one by the key Y iff z·G = R +
/// c·Y.
pub fn is_accepting<G: Group>(
    key: G::Element,
    commitment: G::Element,
    challenge: G::Scalar,
    response: G::Scalar,
) -> bool {
    let minus_challenge = G::Scalar::ZERO.subtract(challenge);
    G::sum_of_products(&[(response, G::generator()), (minus_challenge, key)]) == commitment
}
