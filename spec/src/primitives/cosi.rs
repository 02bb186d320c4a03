//! Collective signing: many validators make one Schnorr signature, with a bitmap that names them.
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
//! **Why two nonces.** With one nonce for each signer, a leader that runs many sessions at once can
//! pick its own nonces after it has seen those of the others. The answers then add up to a
//! signature of a message that nobody agreed to sign (Drijvers et al. 2019; in polynomial time,
//! Benhamouda et al. 2020). The factor b changes with everything that the leader can pick, so the
//! leader cannot steer this sum. The paper's scheme is the variant
//! `variants::WhitePaper`.
//!
//! **Why plain key sums.** An attacker that could choose its key freely could choose one that
//! cancels other keys in the sum. Every key is therefore registered with a proof of possession
//! ([`keys`](super::keys)). The keys that are passed to [`Cosigners::new`] must have been
//! registered in this way.
//!
//! The messages are sent in their senders' signed envelopes, along a tree or a star. A sum does not
//! depend on the order of its terms, so the bytes of the signature do not depend on the route
//! either. The caller decides when to stop waiting.

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

/// The leader asks all validators for nonces.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Open {
    /// The message M that is to be signed.
    pub message: Digest,
    /// The attempt a, counted from 0.
    pub attempt: u32,
}

/// A signer sends the leader the commitments to its two nonces.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Nonce {
    /// The message M.
    pub message: Digest,
    /// The attempt a.
    pub attempt: u32,
    /// The commitments Dᵢ and Fᵢ to the nonces dᵢ and fᵢ.
    pub commitments: [EncodedElement; 2],
}

/// The leader asks the signers that it names for responses.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Challenge {
    /// The message M.
    pub message: Digest,
    /// The attempt a.
    pub attempt: u32,
    /// The signers P.
    pub signers: Signers,
    /// The sums D and F of the commitments of all signers in P.
    pub commitments: [EncodedElement; 2],
}

/// A signer sends the leader its part of the signature.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Response {
    /// The message M.
    pub message: Digest,
    /// The attempt a.
    pub attempt: u32,
    /// The response zᵢ.
    pub response: EncodedScalar,
}

/// A collective signature, with the signers that it names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct CollectiveSignature {
    /// The signers P.
    pub signers: Signers,
    /// The Schnorr signature (R, z) by the sum of the signers' keys.
    pub signature: SchnorrSignature,
}

/// The validators N that may sign: their group keys, in the order of the roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigners<G: Group> {
    keys: Vec<G::Element>,
}

impl<G: Group> Cosigners<G> {
    /// The validators with these keys. Every key must have been registered with a proof of
    /// possession.
    ///
    /// # Errors
    /// For each key, in this order: [`Rejection::CryElementEncoding`],
    /// [`Rejection::CryElementIdentity`].
    pub fn new(keys: &[EncodedElement]) -> Result<Self, Rejection> {
        let decode = |key| refuse_identity::<G>(G::Element::decode(key)?);
        Ok(Self { keys: keys.iter().map(decode).collect::<Result<_, Rejection>>()? })
    }

    /// The number n of validators.
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    /// The number of the last attempt. It equals f, the number of validators that may be malicious.
    fn attempt_max(&self) -> u32 {
        u32::try_from(faults_max(self.count())).unwrap_or(u32::MAX)
    }

    /// The sum X_P of the keys at `positions`.
    fn key_of(&self, positions: &[usize]) -> Result<G::Element, Rejection> {
        let keys = positions.iter().filter_map(|position| self.keys.get(*position));
        refuse_identity::<G>(keys.copied().fold(G::identity(), Element::add))
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

/// The input of the hash that gives the factor b.
#[derive(Clone, Copy, Debug, BorshSerialize)]
pub struct BindingContext<'a> {
    /// The sum X_P of the signers' keys.
    pub key: EncodedElement,
    /// The sums D and F of the nonce commitments.
    pub commitments: [EncodedElement; 2],
    /// The signers P.
    pub signers: &'a Signers,
    /// The message M.
    pub message: Digest,
}

/// The decision point at which the specification differs from the paper. The default body is the
/// specification.
pub trait Rules<G: Group> {
    /// The factor b of the second nonces.
    ///
    /// **CRY-COSI-01** (MUST) [Crites-Komlo-Maller 2021] The nonce of a signature is committed to
    /// by R = D + b·F with `b = HashToScalar("cosi/binding", (X_P, D, F, P, M))`, and its challenge
    /// c is that of a Schnorr signature of M by X_P under the tag "cosi/challenge".
    fn derive_binding(&self, context: &BindingContext<'_>) -> G::Scalar {
        tagged_hash_to_scalar::<G>(tags::COSI_BINDING, context)
    }
}

/// The rules of the specification.
#[derive(Clone, Copy, Debug, Default)]
pub struct Specification;

impl<G: Group> Rules<G> for Specification {}

/// The values that follow from M, P, D and F, and are the same for everybody.
#[derive(Clone, Copy, Debug)]
struct Round<G: Group> {
    /// The factor b.
    binding: G::Scalar,
    /// The commitment R of the signature.
    commitment: EncodedElement,
    /// The challenge c of the signature.
    challenge: G::Scalar,
}

/// The round that a challenge opens. The `positions` are those of the signers that it names.
///
/// # Errors
/// In this order: [`Rejection::CryElementEncoding`] for D or F, [`Rejection::CryElementIdentity`]
/// for X_P or R.
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

/// The signature of `signers`, which may be fewer than a quorum, by a caller that knows all their
/// `secrets`. It is for tests, and for chains that run in one process. It proves the same as a
/// signature that a session makes, but its bytes are different.
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
/// **CRY-COSI-02** (MUST) [Crites-Komlo-Maller 2021] A collective signature is a Schnorr signature
/// of the message by the sum of the keys of the signers that it names, under the tag
/// "cosi/challenge".
///
/// The bitmap is not signed. An owner of several secrets, one of which is the sum of others, can
/// name that one signer instead of the others. Honest signers can be neither added nor left out.
///
/// # Errors
/// Those of [`check_signers`], of [`verify_named`].
///
/// # Examples
/// Three of four validators, which are a quorum, sign together.
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::cosi::{
///     Cosigners, Leader, Signer, Specification, verify_collective_signature,
/// };
/// use ioschain_spec::primitives::hash::{tagged_hash, tags};
/// use ioschain_spec::primitives::keys::GroupKeyPair;
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let key_pairs = [1, 2, 3, 4].map(|seed| GroupKeyPair::<Ristretto255>::from_seed(&[seed; 32]));
/// let keys = key_pairs.each_ref().map(GroupKeyPair::public_key);
/// let cosigners = Cosigners::<Ristretto255>::new(&keys)?;
/// let [message, other] = ["this block", "another"].map(|text| tagged_hash(tags::VOTE, text));
/// let mut leader = Leader::new(&cosigners, message);
/// let mut signers = [0usize, 1, 3].map(|position| {
///     let secret = key_pairs[position].secret();
///     (position, Signer::new(&cosigners, position, secret, message))
/// });
///
/// for (position, signer) in &mut signers {
///     let randomness = [*position as u8; 32]; // real signers draw it anew for every attempt
///     leader.receive_nonce(*position, &signer.open(&leader.open(), &randomness)?)?;
/// }
/// let challenge = leader.challenge(&Specification)?;
/// for (position, signer) in &mut signers {
///     leader.receive_response(*position, &signer.answer(&Specification, &challenge)?)?;
/// }
/// let signature = leader.signature().ok_or("a response is missing").unwrap();
/// assert_eq!(verify_collective_signature(&cosigners, &message, &signature), Ok(()));
/// let refused = verify_collective_signature(&cosigners, &other, &signature);
/// assert_eq!(refused, Err(Rejection::CryCosiSignature));
/// # Ok::<(), Rejection>(())
/// ```
pub fn verify_collective_signature<G: Group>(
    cosigners: &Cosigners<G>,
    message: &Digest,
    collective: &CollectiveSignature,
) -> Result<(), Rejection> {
    let positions = check_signers(cosigners.count(), &collective.signers)?;
    verify_named(cosigners, &positions, message, &collective.signature)
}

/// Checks that `signature` is a signature of `message` by the sum of the keys at `positions`, which
/// may be fewer than a quorum.
///
/// # Errors
/// Those of [`SchnorrSignature::decode`]; then, in this order: [`Rejection::CryElementIdentity`]
/// for a key sum that is the identity, [`Rejection::CryCosiSignature`].
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
