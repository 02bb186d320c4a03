//! A deal: how a dealer makes it, and how anyone checks it.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::sharing::Sharing;
use crate::Rejection;
use crate::primitives::certificate::ROSTER_MAX;
use crate::primitives::dleq::{
    DecodedProof, DleqProof, DleqStatement, ProofContext, derive_nonce, prove, verify,
};
use crate::primitives::encoding::Bounded;
use crate::primitives::group::{Element, EncodedElement, Group, Scalar};
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::numbers::Position;
use crate::primitives::shamir::Polynomial;

/// A deal as it is sent in a message.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Deal {
    /// The commitments A₀, A₁, …, one for each coefficient.
    pub commitments: Bounded<EncodedElement, ROSTER_MAX>,
    /// The encrypted shares, one for each recipient, in the order of the recipients.
    pub shares: Bounded<EncryptedShare, ROSTER_MAX>,
}

/// A share that is encrypted for one recipient, with the proof that it is the committed one: 128
/// bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct EncryptedShare {
    /// The encrypted share Eⱼ.
    pub share: EncodedElement,
    /// The proof that log_H Vⱼ = log_Yⱼ Eⱼ.
    pub proof: DleqProof,
}

/// A deal of the right lengths whose parts have been decoded as elements and scalars. Its proofs
/// may still be false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedDeal<G: Group> {
    pub(crate) commitments: Vec<G::Element>,
    /// The hash that binds every proof of this deal and of its decryptions.
    commitments_hash: Digest,
    /// The encrypted shares, in the order of the recipients.
    pub(crate) shares: Vec<DecodedShare<G>>,
}

impl<G: Group> DecodedDeal<G> {
    /// The hash `H("pvss/commitments", commitments)`, which names the secret that is dealt.
    pub fn commitments_hash(&self) -> Digest {
        self.commitments_hash
    }
}

/// The encrypted share Eⱼ, decoded and as it was received, with its proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DecodedShare<G: Group> {
    pub(crate) share: G::Element,
    encoded: EncodedElement,
    pub(crate) proof: DecodedProof<G>,
}

/// What is known of one recipient of a deal, and the context of its proofs.
pub(crate) struct Recipient<G: Group> {
    pub(crate) key: G::Element,
    pub(super) encrypted: G::Element,
    pub(crate) context: ProofContext,
}

/// Deals the secret s(0)·G of a polynomial s. The nonces of the proofs are derived from a secret
/// seed.
///
/// **CRY-PVSS-02** (MUST) [Schoenmakers 1999] The commitments are `Aₖ = aₖ·H` for exactly t
/// coefficients, and the share of the recipient at position j is `Eⱼ = s(j)·Yⱼ`.
///
/// # Errors
/// [`Rejection::CryPvssLengths`] for a polynomial that does not have t coefficients.
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::group::{Element, Group, tagged_hash_to_group};
/// use ioschain_spec::primitives::hash::{Digest, tags};
/// use ioschain_spec::primitives::keys::GroupKeyPair;
/// use ioschain_spec::primitives::pvss::{Sharing, deal};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let [session, dealer] = [Digest([1; 32]), Digest([2; 32])];
/// let base = tagged_hash_to_group::<Ristretto255>(tags::DRP_BASE, &session);
/// let key_of = |seed: u8| {
///     let key_pair = GroupKeyPair::<Ristretto255>::from_seed(&[seed; 32]);
///     <Ristretto255 as Group>::Element::decode(&key_pair.public_key())
/// };
/// let keys = vec![key_of(1)?, key_of(2)?, key_of(3)?];
/// let sharing = Sharing::<Ristretto255>::new(session, dealer, base, 2, keys)?;
/// let deal = deal(&sharing, &sharing.derive_polynomial(&[9; 32]), &[9; 32])?;
/// assert_eq!(deal.commitments.len(), 2, "as many as the threshold");
/// assert_eq!(deal.shares.len(), 3, "one for each recipient");
/// # Ok::<(), Rejection>(())
/// ```
pub fn deal<G: Group>(
    sharing: &Sharing<G>,
    polynomial: &Polynomial<G::Scalar>,
    seed: &[u8; 32],
) -> Result<Deal, Rejection> {
    // CRY-PVSS-02: exactly t coefficients.
    if polynomial.coefficients().len() != sharing.threshold {
        return Err(Rejection::CryPvssLengths);
    }
    let (base, _) = sharing.base;
    let commitments: Vec<EncodedElement> = polynomial
        .coefficients()
        .iter()
        .map(|coefficient| base.multiply(*coefficient).encode())
        .collect();
    let commitments = Bounded::try_from(commitments)?;
    let commitments_hash = tagged_hash(tags::PVSS_COMMITMENTS, &commitments);
    let encrypt = |(position, (key, encoded_key)): (Position, &(G::Element, EncodedElement))| {
        let secret = polynomial.evaluate(position);
        let share = key.multiply(secret).encode();
        let context = sharing.context(commitments_hash, position, *encoded_key, share);
        let nonce = derive_nonce::<G>(seed, secret, &context);
        let proof = prove::<G>(&context, [base, *key], secret, nonce)?;
        Ok(EncryptedShare { share, proof })
    };
    let shares =
        Position::all().zip(&sharing.keys).map(encrypt).collect::<Result<Vec<_>, Rejection>>()?;
    Ok(Deal { commitments, shares: shares.try_into()? })
}

/// Decodes the parts of a deal, after a check of its lengths.
///
/// **CRY-PVSS-03** (MUST) \[own] A deal has exactly t commitments, else a dealer could take a
/// polynomial that t shares do not determine, and exactly one share for each recipient.
///
/// # Errors
/// In this order: [`Rejection::CryPvssLengths`]; for each commitment, then for each share and its
/// proof, [`Rejection::CryElementEncoding`], [`Rejection::CryScalarEncoding`].
pub fn decode_deal<G: Group>(
    sharing: &Sharing<G>,
    deal: &Deal,
) -> Result<DecodedDeal<G>, Rejection> {
    // CRY-PVSS-03: exact lengths.
    let recipients = sharing.keys.len();
    if deal.commitments.len() != sharing.threshold || deal.shares.len() != recipients {
        return Err(Rejection::CryPvssLengths);
    }
    let decode_share = |encrypted: &EncryptedShare| {
        Ok(DecodedShare {
            share: G::Element::decode(&encrypted.share)?,
            encoded: encrypted.share,
            proof: encrypted.proof.decode()?,
        })
    };
    Ok(DecodedDeal {
        commitments: deal.commitments.iter().map(G::Element::decode).collect::<Result<_, _>>()?,
        commitments_hash: tagged_hash(tags::PVSS_COMMITMENTS, &deal.commitments),
        shares: deal.shares.iter().map(decode_share).collect::<Result<_, Rejection>>()?,
    })
}

/// Checks that every encrypted share of a deal is the committed one. Otherwise a malicious dealer
/// could give some recipients shares of another secret, and the secret would depend on which shares
/// are used.
///
/// **CRY-PVSS-04** (MUST) [Schoenmakers 1999] For each position j the proof shows log_H Vⱼ = log_Yⱼ
/// Eⱼ.
///
/// # Errors
/// For each share: [`Rejection::CryElementIdentity`], [`Rejection::CryDleqProof`].
pub fn verify_encryptions<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
) -> Result<(), Rejection> {
    let (base, _) = sharing.base;
    for (position, decoded) in Position::all().zip(&deal.shares) {
        let Recipient { key, encrypted, context } = recipient(sharing, deal, position)?;
        let committed = evaluate_commitments::<G>(&deal.commitments, position);
        let statement = DleqStatement { bases: [base, key], values: [committed, encrypted] };
        verify(&context, &statement, &decoded.proof)?;
    }
    Ok(())
}

/// Checks everything about a deal. Returns the decoded deal, against which decrypted shares are
/// checked.
///
/// # Errors
/// Those of [`decode_deal`], then those of [`verify_encryptions`].
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::group::{Element, Group, tagged_hash_to_group};
/// use ioschain_spec::primitives::hash::{Digest, tags};
/// use ioschain_spec::primitives::pvss::{Sharing, deal, verify_deal};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let [session, dealer] = [Digest([1; 32]), Digest([2; 32])];
/// let base = tagged_hash_to_group::<Ristretto255>(tags::DRP_BASE, &session);
/// let keys = vec![Ristretto255::generator(), base];
/// let sharing = Sharing::<Ristretto255>::new(session, dealer, base, 2, keys)?;
/// let mut deal = deal(&sharing, &sharing.derive_polynomial(&[9; 32]), &[9; 32])?;
/// assert!(verify_deal(&sharing, &deal).is_ok());
///
/// // A dealer that gives the first recipient the second one's share is found out.
/// let swapped = vec![deal.shares[1], deal.shares[1]];
/// deal.shares = swapped.try_into()?;
/// assert_eq!(verify_deal(&sharing, &deal), Err(Rejection::CryDleqProof));
/// # Ok::<(), Rejection>(())
/// ```
pub fn verify_deal<G: Group>(
    sharing: &Sharing<G>,
    deal: &Deal,
) -> Result<DecodedDeal<G>, Rejection> {
    let decoded = decode_deal(sharing, deal)?;
    verify_encryptions(sharing, &decoded)?;
    Ok(decoded)
}

/// The commitments' value for the share at `position`: Vⱼ = Σₖ jᵏ·Aₖ, which is the share times H.
pub fn evaluate_commitments<G: Group>(
    commitments: &[G::Element],
    position: Position,
) -> G::Element {
    let position = G::Scalar::from_number(position);
    let mut power = G::Scalar::ONE;
    let weigh = |commitment: &G::Element| {
        let term = (power, *commitment);
        power = power.multiply(position);
        term
    };
    let terms: Vec<_> = commitments.iter().map(weigh).collect();
    G::sum_of_products(&terms)
}

/// The recipient at `position`.
pub(crate) fn recipient<G: Group>(
    sharing: &Sharing<G>,
    deal: &DecodedDeal<G>,
    position: Position,
) -> Result<Recipient<G>, Rejection> {
    // CRY-PVSS-06: a position of the sharing.
    let found = position.index().and_then(|at| Some((sharing.keys.get(at)?, deal.shares.get(at)?)));
    let ((key, encoded_key), share) = found.ok_or(Rejection::CrySharePositions)?;
    let context = sharing.context(deal.commitments_hash, position, *encoded_key, share.encoded);
    Ok(Recipient { key: *key, encrypted: share.share, context })
}
