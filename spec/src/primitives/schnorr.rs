//! Schnorr signatures over a [`Group`], in the form that carries the commitment. Origin: Schnorr 1991.
//!
//! Whoever knows x with `Y = x·G` picks a nonce r, commits to it with `R = r·G`, and answers the challenge
//! `c = HashToScalar(tag, (Y, message, R))` with `z = r + c·x`. Each use has its tag, so that no signature is
//! of use elsewhere: [`keys`](super::keys) has the proof of possession, [`cosi`](super::cosi) the signature
//! of many.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::group::{
    Element, EncodedElement, EncodedScalar, Group, Scalar, refuse_identity, tagged_hash_to_scalar,
};
use super::hash::{Digest, Tag};
use crate::Rejection;

/// A signature as it stands on the wire, 64 bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SchnorrSignature {
    /// R.
    pub commitment: EncodedElement,
    /// z.
    pub response: EncodedScalar,
}

impl SchnorrSignature {
    /// R and z.
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
/// **CRY-SCHNORR-01** (MUST) [Schnorr 1991, own] The challenge is `HashToScalar(tag, (Y, message, R))`: it
/// covers the key, else a signature by one key could be made into one by a related key.
pub fn derive_challenge<G: Group>(
    tag: Tag,
    key: &EncodedElement,
    message: &Digest,
    commitment: &EncodedElement,
) -> G::Scalar {
    tagged_hash_to_scalar::<G>(tag, &(key, message, commitment))
}

/// Whether `z·G = R + c·Y`.
///
/// **CRY-SCHNORR-02** (MUST) [Schnorr 1991] A signature (R, z) is one by the key Y iff z·G = R + c·Y.
pub fn is_accepting<G: Group>(
    key: G::Element,
    commitment: G::Element,
    challenge: G::Scalar,
    response: G::Scalar,
) -> bool {
    let minus_challenge = G::Scalar::ZERO.subtract(challenge);
    G::sum_of_products(&[(response, G::generator()), (minus_challenge, key)]) == commitment
}
