//! The fast path beside [`pvss`]: hundreds of proofs checked with one sum. Origin: Bellare, Garay
//! and Rabin 1998 (small exponents).
//!
//! A proof is two equations T + c·a − z·g = 0. A batch multiplies each with a weight of its own and adds
//! them all up, so that one multiscalar multiplication checks all: it is shorter than its parts, and what is
//! in several equations of a deal, or of deals for the same recipients, is in it once.
//!
//! **Soundness.** If every equation holds, so does the sum. If one does not, then for any weights of the
//! others at most one value of its own weight makes the sum vanish. Weights are uniform in 128 bits, so a
//! batch with a false equation passes with a probability of at most 2⁻¹²⁸, in a group of more than 2¹²⁸
//! elements; in one of p elements with about 1/p. They must not be known to whoever makes the proofs: the
//! caller makes their stream of a hash of everything that is checked, and each try costs a forger a hash. Nor
//! may two equations share one, or faults could cancel each other: a batch draws all of its own stream.
//!
//! A batch says whether all proofs are true. Which one is not, [`pvss`] says.

use super::dleq::{DecodedProof, ProofContext, check_identity, derive_challenge};
use super::group::{Group, Scalar};
use super::pvss::{DecodedDeal, DecodedDecryption, Recipient, Sharing, decryption, recipient};
use super::stream::Stream;
use crate::Rejection;

/// The weighted sum of all equations of any number of deals.
#[derive(Clone, Debug)]
pub struct Batch<G: Group> {
    /// Where all weights come from, so that no two are the same.
    weights: Stream,
    /// The coefficient of G.
    generator: G::Scalar,
    /// For whom the deals were.
    groups: Vec<OfRecipients<G>>,
    /// What is in no equation but those of one deal.
    terms: Vec<(G::Scalar, G::Element)>,
}

/// The coefficients of what is in the equations of all deals for the same recipients.
#[derive(Clone, Debug)]
struct OfRecipients<G: Group> {
    /// Who they are; its dealer is one of several.
    sharing: Sharing<G>,
    /// Of H.
    base: G::Scalar,
    /// Of each Yⱼ.
    keys: Vec<G::Scalar>,
}

/// The coefficients of what is in several equations of one deal.
struct OfDeal<S: Scalar> {
    /// Of each Aₖ.
    commitments: Vec<S>,
    /// Of each Eⱼ.
    shares: Vec<S>,
}

impl<G: Group> Batch<G> {
    /// No equation yet. The weights must not be known to whoever makes the proofs.
    pub fn new(weights: Stream) -> Self {
        Self { weights, generator: G::Scalar::ZERO, groups: Vec::new(), terms: Vec::new() }
    }

    /// The batch with what [`verify_encryptions`](super::pvss::verify_encryptions) checks of a deal, and what
    /// [`verify_decryption`](super::pvss::verify_decryption) checks of its `decryptions`. It is shortest if deals
    /// for the same recipients come one after another.
    ///
    /// # Errors
    /// [`Rejection::CryElementIdentity`] for a proof that is false without a look at its equations;
    /// [`Rejection::CrySharePositions`] for a position that nobody has.
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
        for (position, encrypted) in (1u32..).zip(&deal.shares) {
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

    /// z·H = T₁ + c·Σₖ jᵏ·Aₖ and z·Yⱼ = T₂ + c·Eⱼ.
    fn add_encryption(
        &mut self,
        recipient: &Recipient<G>,
        position: u32,
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

    /// z·G = T₁ + c·Yⱼ and z·Sⱼ = T₂ + c·Eⱼ.
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

    /// Weighs both equations of a proof, and adds their nonce commitments.
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
            // The nonce commitments are most of the sum: theirs are the factors of 128 bits.
            self.terms.push((weight, nonce_commitment));
            Weighed { response: minus.multiply(proof.response), value: weight.multiply(challenge) }
        }))
    }

    /// Whether the sum of all equations holds.
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
    /// No equation yet for the recipients that `sharing` has.
    fn new(sharing: &Sharing<G>) -> Self {
        let keys = vec![G::Scalar::ZERO; sharing.keys.len()];
        Self { sharing: sharing.clone(), base: G::Scalar::ZERO, keys }
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
