//! Collective signing: many validators make one Schnorr signature, with a bitmap of who they are.
//! Origin: white paper §4 and §8 (CoSi), Crites, Komlo and Maller 2021 (SpeedyMuSig).
//!
//! ```text
//!  leader                                         signer i, key pair xᵢ, Xᵢ
//!    Open(M, a)                        ─────▶       two fresh nonces dᵢ, fᵢ
//!                                      ◀─────     Nonce(M, a, Dᵢ = dᵢ·G, Fᵢ = fᵢ·G)
//!    P: who answered; D = Σ Dᵢ, F = Σ Fᵢ
//!    Challenge(M, a, P, D, F)          ─────▶     both: X_P = Σ Xᵢ, b = hash(X_P, D, F, P, M),
//!                                                       R = D + b·F, c = hash(X_P, M, R)
//!                                      ◀─────     Response(M, a, zᵢ = dᵢ + b·fᵢ + c·xᵢ)
//!    (R, z = Σ zᵢ) is X_P's signature of M; if one zᵢ is missing or false, a + 1 opens without i
//! ```
//!
//! **Why two nonces.** With one, a leader that runs many sessions at once picks its own nonces after it has
//! seen the others', so that the answers add up to a signature of a message that nobody wanted (Drijvers
//! et al. 2019; in polynomial time, Benhamouda et al. 2020). The factor b changes with everything that the
//! leader can pick, and so takes away the sum that it needs. The paper's scheme is the variant
//! `variants::WhitePaper`.
//!
//! **Why plain key sums.** Whoever could choose a key freely could choose one that cancels others in the sum.
//! Every key's possession is proven when it is registered ([`keys`](super::keys)); what is handed to
//! [`Cosigners::new`] must come from there.
//!
//! The messages travel in their senders' signed envelopes, along a tree or a star: sums do not depend on
//! the order, and so neither do the bytes. Who waits, and how long, is the caller's.

use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use zeroize::Zeroize;

use super::certificate::{Signers, check_signers, faults_max, name_signers};
use super::group::{
    Element, EncodedElement, EncodedScalar, Group, Scalar, derive_nonzero_scalar, refuse_identity,
    tagged_hash_to_scalar,
};
use super::hash::{Digest, tags};
use super::schnorr::{SchnorrSignature, derive_challenge, is_accepting};
use crate::Rejection;

/// Asks for nonces. From the leader to all.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Open {
    /// M, what is to be signed.
    pub message: Digest,
    /// a, from 0.
    pub attempt: u32,
}

/// A signer's commitments to its two nonces. To the leader.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Nonce {
    /// M.
    pub message: Digest,
    /// a.
    pub attempt: u32,
    /// Dᵢ and Fᵢ.
    pub commitments: [EncodedElement; 2],
}

/// Asks for responses. From the leader to the signers that it names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Challenge {
    /// M.
    pub message: Digest,
    /// a.
    pub attempt: u32,
    /// P, who signs.
    pub signers: Signers,
    /// D and F, the sums over P.
    pub commitments: [EncodedElement; 2],
}

/// A signer's part of the signature. To the leader.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Response {
    /// M.
    pub message: Digest,
    /// a.
    pub attempt: u32,
    /// zᵢ.
    pub response: EncodedScalar,
}

/// A signature by the signers that it names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct CollectiveSignature {
    /// P.
    pub signers: Signers,
    /// (R, z), a Schnorr signature by the sum of the signers' keys.
    pub signature: SchnorrSignature,
}

/// N, the validators that may sign: their group keys, in the order of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigners<G: Group> {
    keys: Vec<G::Element>,
}

impl<G: Group> Cosigners<G> {
    /// The validators with these keys. Each key's possession must have been proven.
    ///
    /// # Errors
    /// For each key, in this order: [`Rejection::CryElementEncoding`],
    /// [`Rejection::CryElementIdentity`].
    pub fn new(keys: &[EncodedElement]) -> Result<Self, Rejection> {
        let decode = |key| refuse_identity::<G>(G::Element::decode(key)?);
        Ok(Self { keys: keys.iter().map(decode).collect::<Result<_, Rejection>>()? })
    }

    /// n.
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    /// f: how many of them may be malicious, and so the last attempt.
    fn attempt_max(&self) -> u32 {
        u32::try_from(faults_max(self.count())).unwrap_or(u32::MAX)
    }

    /// X_P, the sum of the keys at `positions`.
    fn key_of(&self, positions: &[usize]) -> Result<G::Element, Rejection> {
        let keys = positions.iter().filter_map(|position| self.keys.get(*position));
        refuse_identity::<G>(keys.copied().fold(G::identity(), Element::add))
    }
}

/// D and F: the sums of what signers, or subtrees of them, commit to.
pub fn combine_commitments<G: Group>(
    commitments: impl IntoIterator<Item = [G::Element; 2]>,
) -> [G::Element; 2] {
    let zero = [G::identity(), G::identity()];
    commitments.into_iter().fold(zero, |[hiding, binding], [next_hiding, next_binding]| {
        [hiding.add(next_hiding), binding.add(next_binding)]
    })
}

/// z: the sum of the responses of signers, or subtrees of them.
pub fn combine_responses<S: Scalar>(responses: impl IntoIterator<Item = S>) -> S {
    responses.into_iter().fold(S::ZERO, S::add)
}

/// What the factor b is bound to.
#[derive(Clone, Copy, Debug, BorshSerialize)]
pub struct BindingContext<'a> {
    /// X_P.
    pub key: EncodedElement,
    /// D and F.
    pub commitments: [EncodedElement; 2],
    /// P.
    pub signers: &'a Signers,
    /// M.
    pub message: Digest,
}

/// Where the specification decides otherwise than the paper. The default body is the specification.
pub trait Rules<G: Group> {
    /// b, the factor of the second nonces.
    ///
    /// **CRY-COSI-01** (MUST) [Crites-Komlo-Maller 2021] The nonce of a signature is committed to by
    /// R = D + b·F with `b = HashToScalar("cosi/binding", (X_P, D, F, P, M))`, and its challenge c is that of
    /// a Schnorr signature of M by X_P under the tag "cosi/challenge".
    fn derive_binding(&self, context: &BindingContext<'_>) -> G::Scalar {
        tagged_hash_to_scalar::<G>(tags::COSI_BINDING, context)
    }
}

/// The specification.
#[derive(Clone, Copy, Debug, Default)]
pub struct Specification;

impl<G: Group> Rules<G> for Specification {}

/// What M, P, D and F determine for everybody.
#[derive(Clone, Copy, Debug)]
struct Round<G: Group> {
    /// b.
    binding: G::Scalar,
    /// R.
    commitment: EncodedElement,
    /// c.
    challenge: G::Scalar,
}

/// The round that a challenge opens for the signers at `positions`, which are those that it names.
///
/// # Errors
/// In this order: [`Rejection::CryElementEncoding`] for D or F, [`Rejection::CryElementIdentity`] for X_P
/// or R.
fn derive_round<G: Group>(
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

/// A signer's two nonces for one attempt. They cannot be copied, and answering takes them: so no second
/// answer is possible. Wiped when dropped.
struct Nonces<S: Scalar>([S; 2]);

impl<S: Scalar> Nonces<S> {
    /// Dᵢ and Fᵢ.
    fn commit<G: Group<Scalar = S>>(&self) -> [EncodedElement; 2] {
        self.0.map(|nonce| G::generator().multiply(nonce).encode())
    }

    /// zᵢ = dᵢ + b·fᵢ + c·xᵢ.
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

/// A signer of one message, as long as it runs. It keeps nothing that survives a crash: whoever lost its
/// nonces answers no more challenge for them.
///
/// It signs for whoever leads. Its caller makes one only for a message that it wants signed.
pub struct Signer<'a, G: Group> {
    cosigners: &'a Cosigners<G>,
    position: usize,
    secret: G::Scalar,
    message: Digest,
    /// By attempt; `None` when they are used.
    nonces: BTreeMap<u32, Option<Nonces<G::Scalar>>>,
}

impl<'a, G: Group> Signer<'a, G> {
    /// The validator at `position`, counted from 0, that signs `message` with `secret`.
    pub fn new(
        cosigners: &'a Cosigners<G>,
        position: usize,
        secret: G::Scalar,
        message: Digest,
    ) -> Self {
        Self { cosigners, position, secret, message, nonces: BTreeMap::new() }
    }

    /// Answers an Open with commitments to two nonces made of `randomness`; one that comes again, with the
    /// same ones, until they are used.
    ///
    /// **CRY-COSI-04** (MUST) [Crites-Komlo-Maller 2021] Both nonces of every attempt are drawn anew. They
    /// are derived, as scalars are that must not be 0 (CRY-HASH-05), under the tag "cosi/nonce" from (32
    /// bytes that were never used before, secret, M, a, k), k being 0 and 1.
    ///
    /// Nonces that follow from the message alone, as they may where one signs alone, would be the same when
    /// the others' are not, and two answers would give the secret away.
    ///
    /// # Errors
    /// [`Rejection::CryCosiUnexpected`] for another message, an attempt above f, or one that was answered.
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

    /// Answers a challenge. What is refused leaves the nonces as they were.
    ///
    /// **CRY-COSI-03** (MUST) [Crites-Komlo-Maller 2021, own] A signer answers one challenge for each message
    /// and attempt, which names it, and only with the nonces that it sent for that attempt; they are kept in
    /// memory alone, and erased before the answer leaves.
    ///
    /// # Errors
    /// In this order: [`Rejection::CryCosiUnexpected`] if there are no nonces for it; those of
    /// [`check_signers`]; [`Rejection::CryCosiUnexpected`] if it names others alone;
    /// [`Rejection::CryElementEncoding`] for D or F; [`Rejection::CryElementIdentity`] if the keys or the
    /// nonces cancel out.
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
    /// No secrets.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let attempts: Vec<&u32> = self.nonces.keys().collect();
        let mut fields = formatter.debug_struct("Signer");
        fields.field("position", &self.position).field("message", &self.message);
        fields.field("attempts", &attempts).finish()
    }
}

/// Who collects the nonces and the responses for one message. It holds no secret.
///
/// Its caller decides when to stop waiting: for nonces with [`Leader::challenge`], for responses with
/// [`Leader::restart`].
#[derive(Clone, Debug)]
pub struct Leader<'a, G: Group> {
    cosigners: &'a Cosigners<G>,
    message: Digest,
    attempt: u32,
    /// Who was in P of an earlier attempt and did not answer, or falsely.
    faulty: BTreeSet<usize>,
    /// This attempt's Dᵢ and Fᵢ.
    nonces: BTreeMap<usize, [G::Element; 2]>,
    /// What was asked, if it was.
    asked: Option<(Challenge, Round<G>)>,
    /// This attempt's valid zᵢ.
    responses: BTreeMap<usize, G::Scalar>,
}

impl<'a, G: Group> Leader<'a, G> {
    /// The leader of a session for `message`, in attempt 0.
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

    /// What to send to all.
    pub fn open(&self) -> Open {
        Open { message: self.message, attempt: self.attempt }
    }

    /// Takes the nonce that the validator at `position` sent.
    ///
    /// **CRY-COSI-05** (MUST) [own] Of each validator that was not found faulty a leader takes one Nonce in an
    /// attempt, before it sends the challenge, and of each signer one Response, after.
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

    /// What to ask the signers; the same if it was asked before.
    ///
    /// **CRY-COSI-07** (MUST) [own] The signers P are those whose nonces came in this attempt, without those
    /// who were found faulty in earlier ones, and at least a quorum.
    ///
    /// # Errors
    /// In this order: those of [`check_signers`]; [`Rejection::CryElementIdentity`] if the keys or the nonces
    /// cancel out, which happens once in the group's order. Then more nonces may come, or the next
    /// attempt.
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

    /// Takes the response that the validator at `position` sent. One that is refused is as good as none.
    ///
    /// **CRY-COSI-06** (MUST) [Crites-Komlo-Maller 2021] A response is valid iff
    /// zᵢ·G = Dᵢ + b·Fᵢ + c·Xᵢ: so every faulty signer is found, and nobody else.
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

    /// Gives this attempt up: who was asked and has not answered is faulty. Gives what to send to all in the
    /// next attempt; `None` after the last.
    ///
    /// **CRY-COSI-08** (MUST) [own] Attempts are 0 to f: each that fails after its challenge finds at least
    /// one faulty validator, so the last has none, and n − f that are not faulty are a quorum.
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

    /// Who was found faulty so far: in P of an attempt that was given up, without a valid answer.
    pub fn faulty(&self) -> &BTreeSet<usize> {
        &self.faulty
    }
}

/// The signature of `signers`, a quorum or not, by somebody who knows all their `secrets`: for tests, and for
/// chains that run in one process. It says the same as one that a session makes, in other bytes.
pub fn sign_for_all<G: Group>(
    signers: &Signers,
    secrets: impl IntoIterator<Item = G::Scalar>,
    message: &Digest,
) -> CollectiveSignature {
    let secret = secrets.into_iter().fold(G::Scalar::ZERO, Scalar::add);
    let nonce =
        derive_nonzero_scalar::<G>(tags::COSI_FOR_ALL, &(secret.encode(), signers, message));
    let [key, commitment] = [secret, nonce].map(|it| G::generator().multiply(it).encode());
    let challenge = derive_challenge::<G>(tags::COSI_CHALLENGE, &key, message, &commitment);
    let response = nonce.add(challenge.multiply(secret)).encode();
    let signature = SchnorrSignature { commitment, response };
    CollectiveSignature { signers: signers.clone(), signature }
}

/// Checks that `collective` is a signature of `message` by a quorum of `cosigners`.
///
/// **CRY-COSI-02** (MUST) [Crites-Komlo-Maller 2021] A collective signature is a Schnorr signature of the
/// message by the sum of the keys of the signers that it names, under the tag "cosi/challenge".
///
/// The bitmap is not part of what is signed. Whoever holds several secrets, one of which is the sum of
/// others, can name the one for the others; honest signers can be neither added nor left out.
///
/// # Errors
/// Those of [`check_signers`], of [`verify_named`].
pub fn verify_collective_signature<G: Group>(
    cosigners: &Cosigners<G>,
    message: &Digest,
    collective: &CollectiveSignature,
) -> Result<(), Rejection> {
    let positions = check_signers(cosigners.count(), &collective.signers)?;
    verify_named(cosigners, &positions, message, &collective.signature)
}

/// Checks that `signature` is one of `message` by the sum of the keys at `positions`, a quorum or not.
///
/// # Errors
/// Those of [`SchnorrSignature::decode`]; then, in this order: [`Rejection::CryElementIdentity`] for a key sum
/// that is the identity, [`Rejection::CryCosiSignature`].
pub fn verify_named<G: Group>(
    cosigners: &Cosigners<G>,
    positions: &[usize],
    message: &Digest,
    signature: &SchnorrSignature,
) -> Result<(), Rejection> {
    let (commitment, response) = signature.decode::<G>()?;
    let key = cosigners.key_of(positions)?;
    let challenge =
        derive_challenge::<G>(tags::COSI_CHALLENGE, &key.encode(), message, &signature.commitment);
    // CRY-COSI-02: signed by the sum of the keys.
    if !is_accepting::<G>(key, commitment, challenge, response) {
        return Err(Rejection::CryCosiSignature);
    }
    Ok(())
}
