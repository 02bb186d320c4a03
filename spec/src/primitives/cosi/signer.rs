//! The machine of a signer: it sends two nonces for an attempt, and answers one challenge with
//! them.

use std::collections::BTreeMap;

use zeroize::Zeroize;

use super::messages::{Challenge, Nonce, Open, Response};
use super::rules::{Round, Rules, derive_round};
use super::signature::Cosigners;
use crate::Rejection;
use crate::primitives::certificate::check_signers;
use crate::primitives::group::{Element, EncodedElement, Group, Scalar, derive_nonzero_scalar};
use crate::primitives::hash::{Digest, tags};

/// A signer of one message, for as long as it runs. It keeps nothing that survives a crash: a
/// signer that has lost its nonces cannot answer a challenge for them any more.
///
/// It signs for any leader. Its caller creates a signer only for a message that it agrees to sign.
pub struct Signer<'a, G: Group> {
    cosigners: &'a Cosigners<G>,
    position: usize,
    secret: G::Scalar,
    message: Digest,
    /// The nonces of each attempt. `None` means that they have been used.
    nonces: BTreeMap<u32, Option<Nonces<G::Scalar>>>,
}

impl<'a, G: Group> Signer<'a, G> {
    /// The signer at `position`, counted from 0, that signs `message` with `secret`.
    pub fn new(
        cosigners: &'a Cosigners<G>,
        position: usize,
        secret: G::Scalar,
        message: Digest,
    ) -> Self {
        Self { cosigners, position, secret, message, nonces: BTreeMap::new() }
    }

    /// Answers an Open with the commitments to two nonces, which are derived from `randomness`. A
    /// repeated Open gets the same commitments, until the nonces are used.
    ///
    /// **CRY-COSI-04** (MUST) [Crites-Komlo-Maller 2021] Both nonces of every attempt are drawn
    /// anew. They are derived by the rule for scalars that must not be 0 (CRY-HASH-05), under the
    /// tag "cosi/nonce" from (32 bytes that were never used before, secret, M, a, k), k being 0
    /// and 1.
    ///
    /// A single signer may derive its nonce from the message. Here such nonces would be the same
    /// while the nonces of other signers change. Two answers with the same nonces then reveal the
    /// secret key.
    ///
    /// # Errors
    /// [`Rejection::CryCosiUnexpected`] for another message, for an attempt above f, or for an
    /// attempt that was already answered.
    pub fn open(&mut self, open: &Open, randomness: &[u8; 32]) -> Result<Nonce, Rejection> {
        let Open { message, attempt } = *open;
        // CRY-COSI-03: of this session.
        if message != self.message || attempt > self.cosigners.attempt_max() {
            return Err(Rejection::CryCosiUnexpected);
        }
        let nonces = self.nonces.entry(attempt).or_insert_with(|| {
            let nonce = |k: u8| {
                let input = (randomness, self.secret.encode(), message, attempt, k);
                derive_nonzero_scalar::<G>(tags::COSI_NONCE, &input)
            };
            Some(Nonces([nonce(0), nonce(1)]))
        });
        // CRY-COSI-03: not yet answered.
        let nonces = nonces.as_ref().ok_or(Rejection::CryCosiUnexpected)?;
        Ok(Nonce { message, attempt, commitments: nonces.commit::<G>() })
    }

    /// Answers a challenge. A refused challenge leaves the nonces unchanged.
    ///
    /// **CRY-COSI-03** (MUST) [Crites-Komlo-Maller 2021, own] For each message and attempt a signer
    /// answers one challenge that names it, and only with the nonces that it sent for that attempt;
    /// it keeps the nonces in memory only, and erases them before the answer leaves. Otherwise a
    /// leader could get two answers with the same nonces and compute the secret key.
    ///
    /// # Errors
    /// In this order: [`Rejection::CryCosiUnexpected`] if there are no nonces for it; those of
    /// [`check_signers`]; [`Rejection::CryCosiUnexpected`] if the challenge does not name this
    /// signer; [`Rejection::CryElementEncoding`] for D or F; [`Rejection::CryElementIdentity`] if
    /// the keys or the nonces cancel each other.
    pub fn answer(
        &mut self,
        rules: &impl Rules<G>,
        asked: &Challenge,
    ) -> Result<Response, Rejection> {
        let Challenge { message, attempt, .. } = *asked;
        // CRY-COSI-03: for nonces that were sent, and not used.
        let slot = self.nonces.get_mut(&attempt).filter(|slot| slot.is_some());
        let slot = slot.filter(|_| message == self.message);
        let slot = slot.ok_or(Rejection::CryCosiUnexpected)?;
        let positions = check_signers(self.cosigners.count(), &asked.signers)?;
        // CRY-COSI-03: and this signer is asked.
        if !positions.contains(&self.position) {
            return Err(Rejection::CryCosiUnexpected);
        }
        let round = derive_round(rules, self.cosigners, &positions, asked)?;
        // CRY-COSI-03: erased before the answer leaves.
        let nonces = slot.take().ok_or(Rejection::CryCosiUnexpected)?;
        let response = nonces.respond::<G>(self.secret, &round).encode();
        Ok(Response { message, attempt, response })
    }
}

impl<G: Group> Drop for Signer<'_, G> {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl<G: Group> std::fmt::Debug for Signer<'_, G> {
    /// Prints no secrets.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let attempts: Vec<&u32> = self.nonces.keys().collect();
        let mut fields = formatter.debug_struct("Signer");
        fields.field("position", &self.position).field("message", &self.message);
        fields.field("attempts", &attempts).finish()
    }
}

/// A signer's two nonces for one attempt. They cannot be copied, and answering consumes them, so a
/// second answer is impossible. The memory is wiped when they are dropped.
struct Nonces<S: Scalar>([S; 2]);

impl<S: Scalar> Nonces<S> {
    /// The commitments Dᵢ and Fᵢ to the nonces dᵢ and fᵢ.
    fn commit<G: Group<Scalar = S>>(&self) -> [EncodedElement; 2] {
        self.0.map(|nonce| G::generator().multiply(nonce).encode())
    }

    /// The response zᵢ = dᵢ + b·fᵢ + c·xᵢ.
    fn respond<G: Group<Scalar = S>>(self, secret: S, round: &Round<G>) -> S {
        let [hiding, binding] = self.0;
        hiding.add(round.binding.multiply(binding)).add(round.challenge.multiply(secret))
    }
}

impl<S: Scalar> Drop for Nonces<S> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
