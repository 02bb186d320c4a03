//! The fast path beside [`pvss`]: hundreds of proofs checked with one sum. Origin: Bellare, Garay
//! and Rabin 1998 (small exponents).
//!
//! A proof is two equations T + c·a − z·g = 0. A batch multiplies each with a weight of its own and adds
//! them all up, so that one multiscalar multiplication checks all: it is shorter than its parts, and what is
//! in several equations is in it once.
//!
//! **Soundness.** If every equation holds, so does the sum. If one does not, then for any weights of the
//! others at most one value of its own weight makes the sum vanish. Weights are uniform in 128 bits, so a
//! batch with a false equation passes with a probability of at most 2⁻¹²⁸, in a group of more than 2¹²⁸
//! elements; in one of p elements with about 1/p. They must not be known to whoever makes the proofs: the
//! caller makes them of a hash of everything that is checked, and each try costs a forger a hash.
//!
//! A batch says whether all proofs are true. Which one is not, [`pvss`] says.

use super::dleq::{DecodedProof, ProofContext, check_identity, derive_challenge};
use super::group::{Group, Scalar};
use super::pvss::{DecodedDeal, DecodedDecryption, Recipient, Sharing, decryption, recipient};
use super::stream::Stream;
use crate::Rejection;

/// The weighted sum of all equations of one group of recipients.
#[derive(Clone, Debug)]
pub struct Batch<G: Group> {
    /// Whom all deals are for; its dealer is nobody's.
    sharing: Sharing<G>,
    /// The coefficient of G.
    generator: G::Scalar,
    /// The coefficient of H.
    base: G::Scalar,
    /// The coefficient of each Yⱼ.
    keys: Vec<G::Scalar>,
    /// What is in no equation but those of one deal.
    terms: Vec<(G::Scalar, G::Element)>,
}

/// The coefficients of what is in several equations of one deal.
struct OfDeal<S: Scalar> {
    /// Of each Aₖ.
    commitments: Vec<S>,
    /// Of each Eⱼ.
    shares: Vec<S>,
}

impl<G: Group> Batch<G> {
    /// No equation yet, for recipients as `sharing` has them, whoever deals.
    pub fn new(sharing: &Sharing<G>) -> Self {
        Self {
            sharing: sharing.clone(),
            generator: G::Scalar::ZERO,
            base: G::Scalar::ZERO,
            keys: vec![G::Scalar::ZERO; sharing.keys.len()],
            terms: Vec::new(),
        }
    }

    /// The batch with what [`verify_encryptions`](super::pvss::verify_encryptions) checks of a deal, and what
    /// [`verify_decryption`](super::pvss::verify_decryption) checks of its `decryptions`.
    ///
    /// # Errors
    /// [`Rejection::CryPvssLengths`] for other recipients or another base; [`Rejection::CryElementIdentity`]
    /// for a proof that is false without a look at its equations; [`Rejection::CrySharePositions`] for a
    /// position that nobody has.
    pub fn with(
        mut self,
        sharing: &Sharing<G>,
        deal: &DecodedDeal<G>,
        decryptions: &[DecodedDecryption<G>],
        weights: &mut Stream,
    ) -> Result<Self, Rejection> {
        if (sharing.base, &sharing.keys) != (self.sharing.base, &self.sharing.keys) {
            return Err(Rejection::CryPvssLengths);
        }
        let mut sums = OfDeal {
            commitments: vec![G::Scalar::ZERO; deal.commitments.len()],
            shares: vec![G::Scalar::ZERO; deal.shares.len()],
        };
        for (position, encrypted) in (1u32..).zip(&deal.shares) {
            let recipient = recipient(sharing, deal, position)?;
            self.add_encryption(&recipient, position, &encrypted.proof, &mut sums, weights)?;
        }
        for decrypted in decryptions {
            let recipient = recipient(sharing, deal, decrypted.position)?;
            self.add_decryption(&recipient, decrypted, &mut sums, weights)?;
        }
        let shares = deal.shares.iter().map(|encrypted| encrypted.share);
        self.terms.extend(sums.shares.into_iter().zip(shares));
        self.terms.extend(sums.commitments.into_iter().zip(deal.commitments.iter().copied()));
        Ok(self)
    }

    /// z·H = T₁ + c·Σₖ jᵏ·Aₖ and z·Yⱼ = T₂ + c·Eⱼ.
    fn add_encryption(
        &mut self,
        recipient: &Recipient<G>,
        position: u32,
        proof: &DecodedProof<G>,
        sums: &mut OfDeal<G::Scalar>,
        weights: &mut Stream,
    ) -> Result<(), Rejection> {
        let bases = [self.sharing.base.0, recipient.key];
        let [first, second] = self.weigh(&recipient.context, &bases, proof, weights)?;
        self.base = self.base.add(first.response);
        add_at(&mut self.keys, position, second.response);
        add_at(&mut sums.shares, position, second.value);
        let position = G::Scalar::from_number(position);
        let mut power = first.value;
        for commitment in &mut sums.commitments {
            *commitment = commitment.add(power);
            power = power.multiply(position);
        }
        Ok(())
    }

    /// z·G = T₁ + c·Yⱼ and z·Sⱼ = T₂ + c·Eⱼ.
    fn add_decryption(
        &mut self,
        recipient: &Recipient<G>,
        decrypted: &DecodedDecryption<G>,
        sums: &mut OfDeal<G::Scalar>,
        weights: &mut Stream,
    ) -> Result<(), Rejection> {
        let (context, statement) = decryption(recipient, decrypted.share, decrypted.encoded);
        let [first, second] = self.weigh(&context, &statement.bases, &decrypted.proof, weights)?;
        self.generator = self.generator.add(first.response);
        add_at(&mut self.keys, decrypted.position, first.value);
        self.terms.push((second.response, decrypted.share));
        add_at(&mut sums.shares, decrypted.position, second.value);
        Ok(())
    }

    /// Weighs both equations of a proof, and adds their nonce commitments.
    fn weigh(
        &mut self,
        context: &ProofContext,
        bases: &[G::Element; 2],
        proof: &DecodedProof<G>,
        weights: &mut Stream,
    ) -> Result<[Weighed<G::Scalar>; 2], Rejection> {
        check_identity::<G>(bases, &proof.encoded.nonce_commitments)?;
        let challenge = derive_challenge::<G>(context, &proof.encoded.nonce_commitments);
        Ok(proof.nonce_commitments.map(|nonce_commitment| {
            let weight = draw_weight::<G::Scalar>(weights);
            let minus = G::Scalar::ZERO.subtract(weight);
            // The nonce commitments are most of the sum: theirs are the factors of 128 bits.
            self.terms.push((weight, nonce_commitment));
            Weighed { response: minus.multiply(proof.response), value: weight.multiply(challenge) }
        }))
    }

    /// Whether the sum of all equations of all `batches` holds: one for all groups is shorter than one for each.
    pub fn hold(batches: impl IntoIterator<Item = Self>) -> bool {
        let terms: Vec<_> = batches.into_iter().flat_map(Self::into_terms).collect();
        G::sum_of_products(&terms) == G::identity()
    }

    fn into_terms(mut self) -> Vec<(G::Scalar, G::Element)> {
        let keys = self.sharing.keys.iter().map(|(key, _)| *key);
        self.terms.extend(self.keys.into_iter().zip(keys));
        self.terms.push((self.generator, G::generator()));
        self.terms.push((self.base, self.sharing.base.0));
        self.terms
    }
}

/// The coefficients of an equation's base and value, weighed.
struct Weighed<S: Scalar> {
    /// −w·z, of g.
    response: S,
    /// w·c, of a.
    value: S,
}

/// A weight, uniform in 128 bits.
fn draw_weight<S: Scalar>(weights: &mut Stream) -> S {
    let [high, low] = [weights.next_u64(), weights.next_u64()].map(u128::from);
    S::from_number(high << 64 | low)
}

/// Adds to the sum of a position, which counts from 1. Every position that comes here is a recipient's.
fn add_at<S: Scalar>(sums: &mut [S], position: u32, summand: S) {
    let at = position.checked_sub(1).and_then(|at| usize::try_from(at).ok());
    if let Some(sum) = at.and_then(|at| sums.get_mut(at)) {
        *sum = sum.add(summand);
    }
}
