//! The fast path beside [`pvss`](super::pvss): it checks hundreds of proofs with one sum.
//! Origin: Bellare, Garay and Rabin 1998 (small exponents).
//!
//! A proof consists of two equations T + c·a − z·g = 0. A batch multiplies each equation by its own
//! weight and adds all of them, so that one multiscalar multiplication checks all proofs. The sum
//! has fewer terms than the single equations together: an element that occurs in several equations
//! of a deal, or of deals for the same recipients, occurs in the sum only once.
//!
//! **Soundness.** If every equation is true, so is the sum. If one equation is false, then for any
//! weights of the other equations at most one weight of the false one makes the sum vanish. Weights
//! are uniform in 128 bits, so a batch with a false equation passes with a probability of at most
//! 2⁻¹²⁸ in a group of more than 2¹²⁸ elements, and of about 1/p in a group of p elements.
//!
//! An attacker that knew the weights could make false equations cancel each other. The caller
//! therefore seeds the stream of weights with a hash of everything that is checked, so that each
//! try costs a forger a hash. Two equations must not share a weight, so a batch draws all its
//! weights from one stream.
//!
//! A batch reports only whether all proofs are true. [`pvss`](super::pvss) reports which proof is
//! false.

use super::dleq::{DecodedProof, ProofContext, check_identity, derive_challenge};
use super::group::{Group, Scalar};
use super::pvss::{DecodedDeal, DecodedDecryption, Recipient, Sharing, decryption, recipient};
use super::stream::Stream;
use crate::Rejection;
use crate::primitives::numbers::Position;

/// The weighted sum of all equations of any number of deals.
#[derive(Clone, Debug)]
pub struct Batch<G: Group> {
    /// The stream from which all weights are drawn, so that no two equations share one.
    weights: Stream,
    /// The coefficient of the generator G.
    generator: G::Scalar,
    /// The recipients of the deals, with the coefficients that their deals have in common.
    groups: Vec<OfRecipients<G>>,
    /// The terms that occur only in equations of one deal.
    terms: Vec<(G::Scalar, G::Element)>,
}

/// The coefficients of the elements that occur in the equations of all deals for the same
/// recipients.
#[derive(Clone, Debug)]
struct OfRecipients<G: Group> {
    /// The sharing that names the recipients. Its dealer is one of several.
    sharing: Sharing<G>,
    /// The coefficient of H.
    base: G::Scalar,
    /// The coefficient of each key Yⱼ.
    keys: Vec<G::Scalar>,
}

/// The coefficients of the elements that occur in several equations of one deal.
struct OfDeal<S: Scalar> {
    /// The coefficient of each commitment Aₖ.
    commitments: Vec<S>,
    /// The coefficient of each encrypted share Eⱼ.
    shares: Vec<S>,
}

impl<G: Group> Batch<G> {
    /// A batch without equations. The author of the proofs must not know the weights, or it could
    /// make false proofs cancel each other.
    pub fn new(weights: Stream) -> Self {
        Self { weights, generator: G::Scalar::ZERO, groups: Vec::new(), terms: Vec::new() }
    }

    /// Adds what [`verify_encryptions`](super::pvss::verify_encryptions) checks of a deal, and what
    /// [`verify_decryption`](super::pvss::verify_decryption) checks of its `decryptions`. The sum
    /// has the fewest terms if deals for the same recipients are added one after another.
    ///
    /// # Errors
    /// [`Rejection::CryElementIdentity`] for a proof that is false for this reason alone;
    /// [`Rejection::CrySharePositions`] for a position that no recipient has.
    pub fn with(
        mut self,
        sharing: &Sharing<G>,
        deal: &DecodedDeal<G>,
        decryptions: &[DecodedDecryption<G>],
    ) -> Result<Self, Rejection> {
        let same = self.groups.pop_if(|last| last.sharing.has_same_recipients(sharing));
        let mut group = same.unwrap_or_else(|| OfRecipients::new(sharing));
        let mut sums = OfDeal {
            commitments: vec![G::Scalar::ZERO; deal.commitments.len()],
            shares: vec![G::Scalar::ZERO; deal.shares.len()],
        };
        for (position, encrypted) in Position::all().zip(&deal.shares) {
            let recipient = recipient(sharing, deal, position)?;
            let proof = &encrypted.proof;
            self.add_encryption(&recipient, position, proof, &mut group, &mut sums)?;
        }
        for decrypted in decryptions {
            let recipient = recipient(sharing, deal, decrypted.position)?;
            self.add_decryption(&recipient, decrypted, &mut group, &mut sums)?;
        }
        self.groups.push(group);
        let shares = deal.shares.iter().map(|encrypted| encrypted.share);
        self.terms.extend(sums.shares.into_iter().zip(shares));
        self.terms.extend(sums.commitments.into_iter().zip(deal.commitments.iter().copied()));
        Ok(self)
    }

    /// Adds the equations z·H = T₁ + c·Σₖ jᵏ·Aₖ and z·Yⱼ = T₂ + c·Eⱼ.
    fn add_encryption(
        &mut self,
        recipient: &Recipient<G>,
        position: Position,
        proof: &DecodedProof<G>,
        group: &mut OfRecipients<G>,
        sums: &mut OfDeal<G::Scalar>,
    ) -> Result<(), Rejection> {
        let bases = [group.sharing.base.0, recipient.key];
        let [first, second] = self.weigh(&recipient.context, &bases, proof)?;
        group.base = group.base.add(first.response);
        add_at(&mut group.keys, position, second.response);
        add_at(&mut sums.shares, position, second.value);
        let position = G::Scalar::from_number(position);
        let mut power = first.value;
        for commitment in &mut sums.commitments {
            *commitment = commitment.add(power);
            power = power.multiply(position);
        }
        Ok(())
    }

    /// Adds the equations z·G = T₁ + c·Yⱼ and z·Sⱼ = T₂ + c·Eⱼ.
    fn add_decryption(
        &mut self,
        recipient: &Recipient<G>,
        decrypted: &DecodedDecryption<G>,
        group: &mut OfRecipients<G>,
        sums: &mut OfDeal<G::Scalar>,
    ) -> Result<(), Rejection> {
        let (context, statement) = decryption(recipient, decrypted.share, decrypted.encoded);
        let [first, second] = self.weigh(&context, &statement.bases, &decrypted.proof)?;
        self.generator = self.generator.add(first.response);
        add_at(&mut group.keys, decrypted.position, first.value);
        self.terms.push((second.response, decrypted.share));
        add_at(&mut sums.shares, decrypted.position, second.value);
        Ok(())
    }

    /// Draws a weight for each of the two equations of a proof, and adds their nonce commitments.
    fn weigh(
        &mut self,
        context: &ProofContext,
        bases: &[G::Element; 2],
        proof: &DecodedProof<G>,
    ) -> Result<[Weighed<G::Scalar>; 2], Rejection> {
        check_identity::<G>(bases, &proof.encoded.nonce_commitments)?;
        let challenge = derive_challenge::<G>(context, &proof.encoded.nonce_commitments);
        Ok(proof.nonce_commitments.map(|nonce_commitment| {
            let weight = draw_weight::<G::Scalar>(&mut self.weights);
            let minus = G::Scalar::ZERO.subtract(weight);
            // Most terms of the sum are nonce commitments, so these have the short factors of 128
            // bits.
            self.terms.push((weight, nonce_commitment));
            Weighed { response: minus.multiply(proof.response), value: weight.multiply(challenge) }
        }))
    }

    /// Returns whether the sum of all equations is true.
    pub fn holds(mut self) -> bool {
        for group in self.groups {
            let keys = group.sharing.keys.iter().map(|(key, _)| *key);
            self.terms.extend(group.keys.into_iter().zip(keys));
            self.terms.push((group.base, group.sharing.base.0));
        }
        self.terms.push((self.generator, G::generator()));
        G::sum_of_products(&self.terms) == G::identity()
    }
}

impl<G: Group> OfRecipients<G> {
    /// No equation yet for the recipients of `sharing`.
    fn new(sharing: &Sharing<G>) -> Self {
        let keys = vec![G::Scalar::ZERO; sharing.keys.len()];
        Self { sharing: sharing.clone(), base: G::Scalar::ZERO, keys }
    }
}

/// The weighted coefficients of the base and of the value of an equation.
struct Weighed<S: Scalar> {
    /// The coefficient −w·z of the base g.
    response: S,
    /// The coefficient w·c of the value a.
    value: S,
}

/// Draws a weight that is uniform in 128 bits.
fn draw_weight<S: Scalar>(weights: &mut Stream) -> S {
    let [high, low] = [weights.next_u64(), weights.next_u64()].map(u128::from);
    S::from_number(high << 64 | low)
}

/// Adds to the sum of a position, which is counted from 1. Every position that is passed to this
/// function belongs to a recipient.
fn add_at<S: Scalar>(sums: &mut [S], position: Position, summand: S) {
    if let Some(sum) = position.index().and_then(|at| sums.get_mut(at)) {
        *sum = sum.add(summand);
    }
}
