//! How valid shares give the secret.

use std::collections::BTreeMap;

use super::sharing::Sharing;
use crate::Rejection;
use crate::primitives::group::Group;
use crate::primitives::numbers::Position;
use crate::primitives::shamir::lagrange_coefficients;

/// Recovers the secret from valid shares, which are given by position.
///
/// # Errors
/// [`Rejection::CrySharePositions`] for fewer than t shares, or a position that is 0 as a scalar.
///
/// # Examples
/// The whole of a sharing: three recipients, of whom the first and the third recover the secret.
/// ```
/// use std::collections::BTreeMap;
///
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::group::{Element, Group, tagged_hash_to_group};
/// use ioschain_spec::primitives::hash::{Digest, tags};
/// use ioschain_spec::primitives::keys::GroupKeyPair;
/// use ioschain_spec::primitives::numbers::Position;
/// use ioschain_spec::primitives::pvss::{
///     Sharing, deal, decrypt_share, recover, verify_deal, verify_decryption,
/// };
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let [session, dealer] = [Digest([1; 32]), Digest([2; 32])];
/// let base = tagged_hash_to_group::<Ristretto255>(tags::DRP_BASE, &session);
/// let key_pairs = [1, 2, 3].map(|seed| GroupKeyPair::<Ristretto255>::from_seed(&[seed; 32]));
/// let encoded = key_pairs.each_ref().map(GroupKeyPair::public_key);
/// let keys = encoded.iter().map(<Ristretto255 as Group>::Element::decode);
/// let keys = keys.collect::<Result<Vec<_>, Rejection>>()?;
/// let sharing = Sharing::<Ristretto255>::new(session, dealer, base, 2, keys)?;
///
/// // The dealer.
/// let polynomial = sharing.derive_polynomial(&[9; 32]);
/// let deal = deal(&sharing, &polynomial, &[9; 32])?;
///
/// // Anyone.
/// let checked = verify_deal(&sharing, &deal)?;
///
/// // Two recipients, and anyone who checks what they reveal.
/// let mut shares = BTreeMap::new();
/// for (position, key_pair) in [(Position(1), &key_pairs[0]), (Position(3), &key_pairs[2])] {
///     let decrypted = decrypt_share(&sharing, &checked, position, key_pair.secret(), &[8; 32])?;
///     shares.insert(position, verify_decryption(&sharing, &checked, &decrypted)?);
/// }
/// let secret = recover(&sharing, &shares)?;
/// assert_eq!(secret, Ristretto255::generator().multiply(polynomial.evaluate(Position(0))));
/// # Ok::<(), Rejection>(())
/// ```
pub fn recover<G: Group>(
    sharing: &Sharing<G>,
    shares: &BTreeMap<Position, G::Element>,
) -> Result<G::Element, Rejection> {
    let (positions, chosen) = choose_shares(sharing, shares)?;
    interpolate::<G>(&positions, &chosen)
}

/// The positions and the shares from which the secret is recovered, out of valid shares by
/// position.
///
/// **CRY-PVSS-06** (MUST) \[own] The secret is `Σ λⱼ·Sⱼ` over the t lowest positions of the valid
/// shares; every choice of t gives the same secret, and one rule makes the bytes of transcripts
/// equal too.
///
/// # Errors
/// [`Rejection::CrySharePositions`] for fewer than t shares.
pub(crate) fn choose_shares<G: Group>(
    sharing: &Sharing<G>,
    shares: &BTreeMap<Position, G::Element>,
) -> Result<(Vec<Position>, Vec<G::Element>), Rejection> {
    // CRY-PVSS-06: the t lowest positions.
    if shares.len() < sharing.threshold() {
        return Err(Rejection::CrySharePositions);
    }
    Ok(shares.iter().take(sharing.threshold()).unzip())
}

/// The secret `Σ λⱼ·Sⱼ` of the shares at these positions. The shares of a sum of secrets are the
/// sums of their shares, so this function also recovers such a sum.
///
/// # Errors
/// [`Rejection::CrySharePositions`] for positions that are 0 or equal as scalars.
pub(crate) fn interpolate<G: Group>(
    positions: &[Position],
    shares: &[G::Element],
) -> Result<G::Element, Rejection> {
    let weights = lagrange_coefficients::<G::Scalar>(positions)?;
    let terms: Vec<_> = weights.into_iter().zip(shares.iter().copied()).collect();
    Ok(G::sum_of_products(&terms))
}
