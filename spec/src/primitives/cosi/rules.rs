//! How the factor b of the second nonces is derived, and the values of a round that follow from it.

use borsh::BorshSerialize;

use super::messages::Challenge;
use super::signature::Cosigners;
use crate::Rejection;
use crate::primitives::certificate::Signers;
use crate::primitives::group::{
    Element, EncodedElement, Group, refuse_identity, tagged_hash_to_scalar,
};
use crate::primitives::hash::{Digest, tags};
use crate::primitives::schnorr::derive_challenge;

/// The input of the hash that gives the factor b.
#[derive(Clone, Copy, Debug, BorshSerialize)]
pub struct BindingContext<'a> {
    /// The sum X_P of the signers' keys.
    pub key: EncodedElement,
    /// The sums D and F of the nonce commitments.
    pub commitments: [EncodedElement; 2],
    /// The signers P.
    pub signers: &'a Signers,
    /// The message M.
    pub message: Digest,
}

/// The decision point at which the specification differs from the paper. The default body is the
/// specification.
pub trait Rules<G: Group> {
    /// The factor b of the second nonces.
    ///
    /// **CRY-COSI-01** (MUST) [Crites-Komlo-Maller 2021] The nonce of a signature is committed to
    /// by R = D + b·F with `b = HashToScalar("cosi/binding", (X_P, D, F, P, M))`, and its challenge
    /// c is that of a Schnorr signature of M by X_P under the tag "cosi/challenge".
    fn derive_binding(&self, context: &BindingContext<'_>) -> G::Scalar {
        tagged_hash_to_scalar::<G>(tags::COSI_BINDING, context)
    }
}

/// The rules of the specification.
#[derive(Clone, Copy, Debug, Default)]
pub struct Specification;

impl<G: Group> Rules<G> for Specification {}

/// The values that follow from M, P, D and F, and are the same for everybody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round<G: Group> {
    /// The factor b.
    pub(super) binding: G::Scalar,
    /// The commitment R of the signature.
    pub(super) commitment: EncodedElement,
    /// The challenge c of the signature.
    pub(super) challenge: G::Scalar,
}

/// The round that a challenge opens. The `positions` are those of the signers that it names.
///
/// # Errors
/// In this order: [`Rejection::CryElementEncoding`] for D or F, [`Rejection::CryElementIdentity`]
/// for X_P or R.
pub(super) fn derive_round<G: Group>(
    rules: &impl Rules<G>,
    cosigners: &Cosigners<G>,
    positions: &[usize],
    asked: &Challenge,
) -> Result<Round<G>, Rejection> {
    let [hiding, binding_part] = &asked.commitments;
    let [hiding, binding_part] = [G::Element::decode(hiding)?, G::Element::decode(binding_part)?];
    let key = cosigners.key_of(positions)?.encode();
    let binding = rules.derive_binding(&BindingContext {
        key,
        commitments: asked.commitments,
        signers: &asked.signers,
        message: asked.message,
    });
    let commitment = refuse_identity::<G>(hiding.add(binding_part.multiply(binding)))?.encode();
    let challenge = derive_challenge::<G>(tags::COSI_CHALLENGE, &key, &asked.message, &commitment);
    Ok(Round { binding, commitment, challenge })
}
