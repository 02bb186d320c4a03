//! What is known to all before a dealer deals, and how the dealer derives its polynomial.

use crate::Rejection;
use crate::primitives::dleq::{ProofContext, ProofRole};
use crate::primitives::group::{
    Element, EncodedElement, Group, refuse_identity, tagged_hash_to_scalar,
};
use crate::primitives::hash::{Digest, tags};
use crate::primitives::numbers::Position;
use crate::primitives::shamir::Polynomial;

/// What is fixed and known to all before a dealer deals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing<G: Group> {
    session: Digest,
    dealer: Digest,
    pub(crate) base: (G::Element, EncodedElement),
    pub(super) threshold: usize,
    /// The recipients' keys, each with its encoding, which every proof hashes.
    pub(crate) keys: Vec<(G::Element, EncodedElement)>,
}

impl<G: Group> Sharing<G> {
    /// The sharing of the secret of `dealer` in `session` among the owners of `keys`. Any
    /// `threshold` of them recover the secret. The commitments are multiples of `base`.
    ///
    /// **CRY-PVSS-01** (MUST) [Schoenmakers 1999] The threshold is from 1 to the number of
    /// recipients, who have the positions 1, 2, … in the order of their keys; positions are
    /// distinct scalars and none is 0. A recipient at position 0 would get the secret itself as its
    /// share.
    ///
    /// # Errors
    /// In this order: [`Rejection::CryPvssLengths`], [`Rejection::CryElementIdentity`] for the base
    /// or a key.
    pub fn new(
        session: Digest,
        dealer: Digest,
        base: G::Element,
        threshold: usize,
        keys: Vec<G::Element>,
    ) -> Result<Self, Rejection> {
        let keys = keys.into_iter().map(|key| (key, key.encode())).collect();
        Self::with_encoded_keys(session, dealer, base, threshold, keys)
    }

    /// The same as [`Sharing::new`], for a caller that also knows the encodings of the keys. Each
    /// key precedes its encoding.
    ///
    /// # Errors
    /// Those of [`Sharing::new`].
    pub(crate) fn with_encoded_keys(
        session: Digest,
        dealer: Digest,
        base: G::Element,
        threshold: usize,
        keys: Vec<(G::Element, EncodedElement)>,
    ) -> Result<Self, Rejection> {
        // CRY-PVSS-01: the threshold fits the recipients, and they have a position each.
        let positions_suffice = u32::try_from(keys.len()).is_ok_and(|n| n <= G::POSITIONS_MAX);
        if !(1..=keys.len()).contains(&threshold) || !positions_suffice {
            return Err(Rejection::CryPvssLengths);
        }
        refuse_identity::<G>(base)?;
        for (key, _) in &keys {
            refuse_identity::<G>(*key)?;
        }
        Ok(Self { session, dealer, base: (base, base.encode()), threshold, keys })
    }

    /// The sharing of another dealer's secret. Everything else is the same.
    pub fn with_dealer(&self, dealer: Digest) -> Self {
        Self { dealer, ..self.clone() }
    }

    /// Returns whether another sharing is for the same recipients and over the same base.
    pub(crate) fn has_same_recipients(&self, other: &Self) -> bool {
        let (keys, others) = (self.keys.iter(), other.keys.iter());
        self.base.1 == other.base.1 && keys.map(|(_, key)| key).eq(others.map(|(_, key)| key))
    }

    /// The same sharing with another threshold.
    ///
    /// # Errors
    /// [`Rejection::CryPvssLengths`] for a threshold that does not fit the recipients.
    pub fn with_threshold(&self, threshold: usize) -> Result<Self, Rejection> {
        // CRY-PVSS-01: the threshold fits the recipients.
        if !(1..=self.keys.len()).contains(&threshold) {
            return Err(Rejection::CryPvssLengths);
        }
        Ok(Self { threshold, ..self.clone() })
    }

    /// The threshold t: the number of coefficients of the polynomial, and of the shares that
    /// recover the secret.
    pub fn threshold(&self) -> usize {
        self.threshold
    }

    /// The context of the dealer's proof for the recipient at position j.
    pub(super) fn context(
        &self,
        commitments: Digest,
        recipient: Position,
        key: EncodedElement,
        encrypted: EncodedElement,
    ) -> ProofContext {
        let (session, dealer, (_, base)) = (self.session, self.dealer, self.base);
        let role = ProofRole::Encryption;
        ProofContext { session, dealer, base, commitments, recipient, key, encrypted, role }
    }

    /// Derives the dealer's polynomial from a secret seed.
    ///
    /// **CRY-PVSS-07** (SHOULD) \[own] Coefficient k is
    /// `HashToScalar("pvss/coefficient", (seed, session, dealer, k))`, k from 0 as a u32, so that a
    /// deal in one session reveals nothing about a deal in another.
    pub fn derive_polynomial(&self, seed: &[u8; 32]) -> Polynomial<G::Scalar> {
        let coefficient = |k: u32| {
            let input = (seed, self.session, self.dealer, k);
            tagged_hash_to_scalar::<G>(tags::PVSS_COEFFICIENT, &input)
        };
        Polynomial::new((0u32..).take(self.threshold).map(coefficient).collect())
    }
}
