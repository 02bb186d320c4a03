//! A decrypted share: how its recipient makes it, and how anyone checks it.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::dealing::{DecodedDeal, Recipient, recipient};
use super::sharing::Sharing;
use crate::Rejection;
use crate::primitives::dleq::{
    DecodedProof, DleqProof, DleqStatement, ProofContext, ProofRole, derive_nonce, prove, verify,
};
use crate::primitives::group::{Element, EncodedElement, Group, Scalar};
use crate::primitives::numbers::Position;

/// A share that its recipient has decrypted, with the proof that it did so correctly: 132 bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct DecryptedShare {
    /// The position j of the recipient, counted from 1.
    pub position: Position,
    /// The decrypted share Sⱼ.
    pub share: EncodedElement,
    /// The proof that log_G Yⱼ = log_Sⱼ Eⱼ.
    pub proof: DleqProof,
}

/// A decrypted share whose parts have been decoded as elements and scalars. Its proof may still be
/// false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodedDecryption<G: Group> {
    /// The position j of the recipient.
    pub position: Position,
    /// The decrypted share Sⱼ.
    pub share: G::Element,
    /// The encoding of Sⱼ, as it was received.
    pub encoded: EncodedElement,
    /// The proof that log_G Yⱼ = log_Sⱼ Eⱼ.
    pub proof: DecodedProof<G>,
}

/// Decrypts the share of the recipient at `position` with its secret key. The nonce of the proof is
/// derived from a secret seed.
///
/// # Errors
/// In this order: [`Rejection::CrySharePositions`] for a position that no recipient has,
/// [`Rejection::CryDleqProof`] for a secret key that is not the recipient's.
pub fn decrypt_share<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
    position: Position,
    secret_key: G::Scalar,
    seed: &[u8; 32],
) -> Result<DecryptedShare, Rejection> {
    let recipient = recipient(sharing, deal, position)?;
    // CRY-DLEQ-02: a proof with another key would be false.
    if G::generator().multiply(secret_key) != recipient.key {
        return Err(Rejection::CryDleqProof);
    }
    let inverse = secret_key.invert().ok_or(Rejection::CryDleqProof)?; // no key is 0
    let share = recipient.encrypted.multiply(inverse);
    let encoded = share.encode();
    let (context, statement) = decryption(&recipient, share, encoded);
    let nonce = derive_nonce::<G>(seed, secret_key, &context);
    let proof = prove::<G>(&context, statement.bases, secret_key, nonce)?;
    Ok(DecryptedShare { position, share: encoded, proof })
}

/// Checks a decrypted share and returns it. Otherwise a malicious recipient could change the
/// recovered secret with a false share.
///
/// **CRY-PVSS-05** (MUST) [Schoenmakers 1999] The proof shows log_G Yⱼ = log_Sⱼ Eⱼ, so that
/// `Sⱼ = xⱼ⁻¹·Eⱼ`.
///
/// # Errors
/// In this order: [`Rejection::CrySharePositions`] for a position that no recipient has,
/// [`Rejection::CryElementEncoding`], [`Rejection::CryScalarEncoding`],
/// [`Rejection::CryElementIdentity`], [`Rejection::CryDleqProof`].
pub fn verify_decryption<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
    decrypted: &DecryptedShare,
) -> Result<G::Element, Rejection> {
    let DecodedDecryption { position, share, encoded, proof } =
        decode_decryption(sharing, deal, decrypted)?;
    let recipient = recipient(sharing, deal, position)?;
    let (context, statement) = decryption(&recipient, share, encoded);
    verify(&context, &statement, &proof)?;
    Ok(share)
}

/// Decodes the parts of a decrypted share, after a check that some recipient has its position.
///
/// # Errors
/// In this order: [`Rejection::CrySharePositions`], [`Rejection::CryElementEncoding`],
/// [`Rejection::CryScalarEncoding`].
pub fn decode_decryption<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
    decrypted: &DecryptedShare,
) -> Result<DecodedDecryption<G>, Rejection> {
    let DecryptedShare { position, share: encoded, proof } = *decrypted;
    recipient(sharing, deal, position)?;
    let share = G::Element::decode(&encoded)?;
    Ok(DecodedDecryption { position, share, encoded, proof: proof.decode()? })
}

/// The claim that a recipient proves about its decrypted share, and the context of the proof.
pub(crate) fn decryption<G: Group>(
    recipient: &Recipient<G>,
    share: G::Element,
    encoded: EncodedElement,
) -> (ProofContext, DleqStatement<G>) {
    let context = ProofContext { role: ProofRole::Decryption(encoded), ..recipient.context };
    let bases = [G::generator(), share];
    (context, DleqStatement { bases, values: [recipient.key, recipient.encrypted] })
}
