//! The machine of the leader: it collects nonces and responses, and finds the signers that are
//! faulty.

use std::collections::{BTreeMap, BTreeSet};

use super::messages::{Challenge, Nonce, Open, Response};
use super::rules::{Round, Rules, derive_round};
use super::signature::{CollectiveSignature, Cosigners};
use crate::Rejection;
use crate::primitives::certificate::{check_signers, name_signers};
use crate::primitives::group::{Element, Group, Scalar, refuse_identity};
use crate::primitives::hash::Digest;
use crate::primitives::schnorr::{SchnorrSignature, is_accepting};

/// The leader collects the nonces and the responses for one message. It has no secrets.
///
/// Its caller decides when to stop waiting: for nonces by calling [`Leader::challenge`], for
/// responses by calling [`Leader::restart`].
#[derive(Clone, Debug)]
pub struct Leader<'a, G: Group> {
    cosigners: &'a Cosigners<G>,
    message: Digest,
    attempt: u32,
    /// The signers of an earlier attempt that did not answer, or gave a false answer.
    faulty: BTreeSet<usize>,
    /// The commitments Dᵢ and Fᵢ of this attempt, by position.
    nonces: BTreeMap<usize, [G::Element; 2]>,
    /// The challenge of this attempt, once it was sent, with its round.
    asked: Option<(Challenge, Round<G>)>,
    /// The valid responses zᵢ of this attempt, by position.
    responses: BTreeMap<usize, G::Scalar>,
}

impl<'a, G: Group> Leader<'a, G> {
    /// The leader of a session for `message`, at attempt 0.
    pub fn new(cosigners: &'a Cosigners<G>, message: Digest) -> Self {
        Self {
            cosigners,
            message,
            attempt: 0,
            faulty: BTreeSet::new(),
            nonces: BTreeMap::new(),
            asked: None,
            responses: BTreeMap::new(),
        }
    }

    /// The Open message of this attempt, to be sent to all.
    pub fn open(&self) -> Open {
        Open { message: self.message, attempt: self.attempt }
    }

    /// Accepts the nonce that the validator at `position` has sent.
    ///
    /// **CRY-COSI-05** (MUST) \[own] In an attempt a leader takes one Nonce of each validator that
    /// was not found faulty, before it sends the challenge, and one Response of each signer, after
    /// it.
    ///
    /// # Errors
    /// In this order: [`Rejection::CryCosiUnexpected`], [`Rejection::CryElementEncoding`],
    /// [`Rejection::CryElementIdentity`].
    pub fn receive_nonce(&mut self, position: usize, nonce: &Nonce) -> Result<(), Rejection> {
        let of_this_attempt = (nonce.message, nonce.attempt) == (self.message, self.attempt);
        let awaited = self.asked.is_none()
            && position < self.cosigners.count()
            && !self.faulty.contains(&position)
            && !self.nonces.contains_key(&position);
        // CRY-COSI-05: awaited.
        if !of_this_attempt || !awaited {
            return Err(Rejection::CryCosiUnexpected);
        }
        let [hiding, binding] = &nonce.commitments;
        let hiding = refuse_identity::<G>(G::Element::decode(hiding)?)?;
        let binding = refuse_identity::<G>(G::Element::decode(binding)?)?;
        self.nonces.insert(position, [hiding, binding]);
        Ok(())
    }

    /// The challenge to send to the signers. A repeated call returns the same challenge.
    ///
    /// **CRY-COSI-07** (MUST) \[own] The signers P are those whose nonces were received in this
    /// attempt, without those that were found faulty in earlier attempts, and they are at least a
    /// quorum.
    ///
    /// # Errors
    /// In this order: those of [`check_signers`]; [`Rejection::CryElementIdentity`] if the keys or
    /// the nonces cancel each other, whose probability is 1 divided by the group's order. After an
    /// error the leader can wait for more nonces, or begin the next attempt.
    pub fn challenge(&mut self, rules: &impl Rules<G>) -> Result<Challenge, Rejection> {
        if let Some((challenge, _)) = &self.asked {
            return Ok(challenge.clone());
        }
        let validators = self.cosigners.count();
        let signers = name_signers(validators, self.nonces.keys().copied())?;
        let positions = check_signers(validators, &signers)?;
        let commitments = combine_commitments::<G>(self.nonces.values().copied());
        let commitments = commitments.map(G::Element::encode);
        let Open { message, attempt } = self.open();
        let challenge = Challenge { message, attempt, signers, commitments };
        let round = derive_round(rules, self.cosigners, &positions, &challenge)?;
        self.asked = Some((challenge.clone(), round));
        Ok(challenge)
    }

    /// Accepts the response that the validator at `position` has sent. A refused response counts as
    /// no response.
    ///
    /// **CRY-COSI-06** (MUST) [Crites-Komlo-Maller 2021] A response is valid iff zᵢ·G = Dᵢ + b·Fᵢ +
    /// c·Xᵢ: so every faulty signer is found, and no honest signer is. Without it, one false
    /// response would spoil the sum, and the leader could not tell whose it was.
    ///
    /// # Errors
    /// In this order: [`Rejection::CryCosiUnexpected`], [`Rejection::CryScalarEncoding`],
    /// [`Rejection::CryCosiResponse`].
    pub fn receive_response(
        &mut self,
        position: usize,
        response: &Response,
    ) -> Result<(), Rejection> {
        let of_this_attempt = (response.message, response.attempt) == (self.message, self.attempt);
        let awaited = of_this_attempt && !self.responses.contains_key(&position);
        // CRY-COSI-05: awaited.
        let asked = self.asked.as_ref().filter(|_| awaited);
        let (_, round) = asked.ok_or(Rejection::CryCosiUnexpected)?;
        let signer = self.nonces.get(&position).zip(self.cosigners.keys.get(position));
        let ([hiding, binding], key) = signer.ok_or(Rejection::CryCosiUnexpected)?;
        let response = G::Scalar::decode(&response.response)?;
        let commitment = hiding.add(binding.multiply(round.binding));
        // CRY-COSI-06: of this signer.
        if !is_accepting::<G>(*key, commitment, round.challenge, response) {
            return Err(Rejection::CryCosiResponse);
        }
        self.responses.insert(position, response);
        Ok(())
    }

    /// The signature, once all signers of the attempt have answered.
    pub fn signature(&self) -> Option<CollectiveSignature> {
        let (challenge, round) = self.asked.as_ref()?;
        if self.responses.len() != self.nonces.len() {
            return None;
        }
        let response = combine_responses(self.responses.values().copied()).encode();
        let signature = SchnorrSignature { commitment: round.commitment, response };
        Some(CollectiveSignature { signers: challenge.signers.clone(), signature })
    }

    /// Gives up this attempt. Every signer that was asked and has not answered is faulty from now
    /// on. Returns the Open message of the next attempt, or `None` after the last attempt.
    ///
    /// **CRY-COSI-08** (MUST) \[own] Attempts are 0 to f: each attempt that fails after its
    /// challenge finds at least one faulty validator, so in the last attempt no signer is faulty,
    /// and the n − f validators that are not faulty are a quorum.
    pub fn restart(&mut self) -> Option<Open> {
        if self.attempt >= self.cosigners.attempt_max() {
            return None;
        }
        if self.asked.take().is_some() {
            let silent = self.nonces.keys().filter(|signer| !self.responses.contains_key(signer));
            self.faulty.extend(silent);
        }
        self.nonces.clear();
        self.responses.clear();
        self.attempt = self.attempt.saturating_add(1);
        Some(self.open())
    }

    /// The validators that were found faulty so far: each was a signer of an attempt that was given
    /// up, and has given no valid answer.
    pub fn faulty(&self) -> &BTreeSet<usize> {
        &self.faulty
    }
}

/// The sums D and F of the commitments of signers, or of subtrees of signers.
pub fn combine_commitments<G: Group>(
    commitments: impl IntoIterator<Item = [G::Element; 2]>,
) -> [G::Element; 2] {
    let zero = [G::identity(), G::identity()];
    commitments.into_iter().fold(zero, |[hiding, binding], [next_hiding, next_binding]| {
        [hiding.add(next_hiding), binding.add(next_binding)]
    })
}

/// The sum z of the responses of signers, or of subtrees of signers.
pub fn combine_responses<S: Scalar>(responses: impl IntoIterator<Item = S>) -> S {
    responses.into_iter().fold(S::ZERO, S::add)
}
