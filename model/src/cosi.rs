//! Collective signing against three known attacks on such schemes: a rogue key, concurrent
//! sessions, and nonces that are used again after a crash.
//!
//! The signers, the verifier and the proofs of possession are the specification's. The adversary
//! has its own secret and the messages of honest validators, and nothing else. There are four
//! validators. The last one is malicious and leads. It signs with the first two, and these three
//! are a quorum. Everything is derived from seeds, which are counted from 0.

use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::{Signers, name_signers};
use ioschain_spec::primitives::cosi::{
    BindingContext, Challenge, CollectiveSignature, Cosigners, Open, Rules, Signer,
    combine_commitments, combine_responses, sign_for_all, verify_collective_signature,
};
use ioschain_spec::primitives::group::{
    Element, EncodedElement, Group, Scalar, derive_nonzero_scalar, refuse_identity,
};
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};
use ioschain_spec::primitives::keys::GroupKeyPair;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::schnorr::{SchnorrSignature, derive_challenge};
use ioschain_spec::primitives::toy_group::ToyGroup;

/// The number of validators.
const VALIDATORS: usize = 4;
/// The places of the honest signers.
const HONEST: [usize; 2] = [0, 1];
/// The place of the malicious signer.
const MALICIOUS: usize = 3;
/// The places of all signers.
const SIGNERS: [usize; 3] = [0, 1, MALICIOUS];
/// A message that no honest validator signs.
const UNWANTED: Digest = Digest([0x18; 32]);

/// How often an attack was tried, and how often it succeeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// How often all steps of the attack could be made.
    pub tried: usize,
    /// How often the attack gave the adversary what it wants.
    pub succeeded: usize,
}

impl Attempts {
    fn count(&mut self, succeeded: bool) {
        self.tried += 1;
        self.succeeded += usize::from(succeeded);
    }
}

fn multiple<G: Group>(scalar: G::Scalar) -> EncodedElement {
    G::generator().multiply(scalar).encode()
}

fn named_signers() -> Result<Signers, Rejection> {
    name_signers(VALIDATORS, SIGNERS)
}

/// The message that the honest validators sign in a session.
fn wanted(session: u64) -> Digest {
    tagged_hash(tags::NODE, &("wanted", session))
}

// --- A rogue key ------------------------------------------------------------------------------

/// A check of a key before the key is added to the roster. Its arguments are the key, the message
/// of the proof of possession, and the proof. It is
/// [`verify_possession`](ioschain_spec::primitives::keys::verify_possession), or a weaker check.
pub type Admission = fn(&EncodedElement, &Digest, &SchnorrSignature) -> Result<(), Rejection>;

/// For each seed, tries a key that cancels the keys of the two other signers. The attack succeeds
/// if the key is added to the roster and the adversary alone can sign in the name of all three.
///
/// The adversary does not know the key's logarithm. It tries these proofs: a signature with the
/// secret of the sum of the three keys, which it knows, and the proofs of the other validators.
///
/// # Errors
/// A rejection of honest validators by the specification.
pub fn rogue_keys(admit: Admission, seeds: u64) -> Result<Attempts, Rejection> {
    let mut attempts = Attempts::default();
    for seed in 0..seeds {
        attempts.count(rogue_key(admit, seed)?);
    }
    Ok(attempts)
}

fn rogue_key(admit: Admission, seed: u64) -> Result<bool, Rejection> {
    let key_pair = |number: usize| {
        let seed = tagged_hash(tags::KEYS_GROUP, &(seed, number as u64));
        GroupKeyPair::<Ristretto255>::from_seed(&seed.0)
    };
    let pairs: Vec<_> = (0..VALIDATORS).map(key_pair).collect();
    let (own, others) = (&pairs[MALICIOUS], &pairs[..MALICIOUS]);
    let mut keys: Vec<EncodedElement> = others.iter().map(GroupKeyPair::public_key).collect();
    let mut rogue = Ristretto255::generator().multiply(own.secret());
    for place in HONEST {
        rogue = Element::subtract(rogue, Element::decode(&keys[place])?);
    }
    let rogue = Element::encode(rogue);
    let purpose = |key: &EncodedElement| tagged_hash(tags::NODE, key);
    let mut proofs = Vec::new();
    for pair in others {
        let key = pair.public_key();
        let proof = pair.prove_possession(&purpose(&key));
        admit(&key, &purpose(&key), &proof)?;
        proofs.push(proof);
    }
    // If the secret belongs to the key, such a proof is valid.
    let key = own.public_key();
    admit(&key, &purpose(&key), &prove_with(own.secret(), &key, &purpose(&key)))?;
    proofs.push(prove_with(own.secret(), &rogue, &purpose(&rogue)));
    if proofs.iter().all(|proof| admit(&rogue, &purpose(&rogue), proof).is_err()) {
        return Ok(false);
    }
    keys.push(rogue);
    let cosigners = Cosigners::<Ristretto255>::new(&keys)?;
    let forgery = sign_for_all::<Ristretto255>(&named_signers()?, [own.secret()], &UNWANTED);
    Ok(verify_collective_signature(&cosigners, &UNWANTED, &forgery).is_ok())
}

/// A signature that proves the possession of `key` if `secret` is its logarithm.
fn prove_with(
    secret: <Ristretto255 as Group>::Scalar,
    key: &EncodedElement,
    message: &Digest,
) -> SchnorrSignature {
    let nonce = derive_nonzero_scalar::<Ristretto255>(tags::POSSESSION_NONCE, &(key, message));
    let commitment = multiple::<Ristretto255>(nonce);
    let challenge = derive_challenge::<Ristretto255>(tags::POSSESSION, key, message, &commitment);
    let response = Scalar::encode(Scalar::add(nonce, Scalar::multiply(challenge, secret)));
    SchnorrSignature { commitment, response }
}

// --- Sessions ---------------------------------------------------------------------------------

/// The validators with their secrets. The adversary uses only the last secret.
struct Validators<G: Group> {
    secrets: Vec<G::Scalar>,
    cosigners: Cosigners<G>,
    /// X_P, the sum of the signers' keys.
    key: EncodedElement,
}

/// A session in which the honest signers have sent their nonces.
struct Session<'a, G: Group> {
    validators: &'a Validators<G>,
    message: Digest,
    signers: Vec<Signer<'a, G>>,
    /// The sums of the honest signers' first nonces and of their second nonces.
    honest: [G::Element; 2],
}

/// A challenge, with the values that anybody can compute from it.
struct Asked<G: Group> {
    asked: Challenge,
    /// The binding factor b.
    binding: G::Scalar,
    /// The challenge c.
    challenge: G::Scalar,
}

impl<G: Group> Validators<G> {
    /// The validators of a seed.
    ///
    /// # Errors
    /// [`Rejection::CryElementIdentity`] if the signers' keys cancel out, which can happen in a toy
    /// group.
    fn new(seed: u64) -> Result<Self, Rejection> {
        let secret =
            |place: usize| derive_nonzero_scalar::<G>(tags::KEYS_SECRET, &(seed, place as u64));
        let secrets: Vec<G::Scalar> = (0..VALIDATORS).map(secret).collect();
        let keys: Vec<EncodedElement> = secrets.iter().copied().map(multiple::<G>).collect();
        let sum = combine_responses(SIGNERS.map(|place| secrets[place]));
        let key = refuse_identity::<G>(G::generator().multiply(sum))?.encode();
        Ok(Self { cosigners: Cosigners::new(&keys)?, secrets, key })
    }

    /// Opens a session. `randomness` is the randomness of the honest signers.
    fn open(
        &self,
        message: Digest,
        randomness: [[u8; 32]; 2],
    ) -> Result<Session<'_, G>, Rejection> {
        let open = Open { message, attempt: 0 };
        let (mut signers, mut nonces) = (Vec::new(), Vec::new());
        for (place, drawn) in HONEST.into_iter().zip(randomness) {
            let mut signer = Signer::new(&self.cosigners, place, self.secrets[place], message);
            let [hiding, binding] = signer.open(&open, &drawn)?.commitments;
            nonces.push([G::Element::decode(&hiding)?, G::Element::decode(&binding)?]);
            signers.push(signer);
        }
        Ok(Session { validators: self, message, signers, honest: combine_commitments::<G>(nonces) })
    }
}

impl<G: Group> Session<'_, G> {
    /// The challenge in which the adversary's own nonces, which come last, are `own` and 1.
    ///
    /// # Errors
    /// [`Rejection::CryElementIdentity`] if the nonces cancel out.
    fn ask(&self, rules: &impl Rules<G>, own: u64) -> Result<Asked<G>, Rejection> {
        let own =
            [G::Scalar::from_number(own), G::Scalar::ONE].map(|it| G::generator().multiply(it));
        let [hiding, binding_part] = combine_commitments::<G>([self.honest, own]);
        let commitments = [hiding.encode(), binding_part.encode()];
        let (message, signers, key) = (self.message, named_signers()?, self.validators.key);
        let context = BindingContext { key, commitments, signers: &signers, message };
        let binding = rules.derive_binding(&context);
        let commitment = refuse_identity::<G>(hiding.add(binding_part.multiply(binding)))?.encode();
        let challenge = derive_challenge::<G>(tags::COSI_CHALLENGE, &key, &message, &commitment);
        let asked = Challenge { message, attempt: 0, signers, commitments };
        Ok(Asked { asked, binding, challenge })
    }

    /// The response of each honest signer.
    fn answer(
        &mut self,
        rules: &impl Rules<G>,
        asked: &Challenge,
    ) -> Result<Vec<G::Scalar>, Rejection> {
        let answer =
            |signer: &mut Signer<'_, G>| G::Scalar::decode(&signer.answer(rules, asked)?.response);
        self.signers.iter_mut().map(answer).collect()
    }
}

// --- Sessions that are open at once -----------------------------------------------------------

/// How often concurrent sessions gave a signature of a message that no honest signer signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgeries {
    /// The attacks that produced a signature, and those whose signature is accepted.
    pub attempts: Attempts,
    /// The attacks in which the weighted sum of the honest second nonces is the identity. In a toy
    /// group, this also happens by chance.
    pub unbound: usize,
    /// Whether exactly these attacks succeeded.
    pub is_explained: bool,
}

/// For each seed, tries the attack of Benhamouda et al. 2020 in the integers modulo `P`, with this
/// number of sessions. To reach every number, the attack needs more than log₂ P sessions.
///
/// # Errors
/// A rejection of honest validators by the specification.
pub fn forgeries<const P: u64>(
    rules: &impl Rules<ToyGroup<P>>,
    sessions: u64,
    seeds: u64,
) -> Result<Forgeries, Rejection> {
    let mut found = Forgeries { is_explained: true, ..Forgeries::default() };
    for seed in 0..seeds {
        let validators = match Validators::new(seed) {
            Err(Rejection::CryElementIdentity) => continue,
            other => other?,
        };
        let Some(attack) = Attack::prepare(rules, &validators, sessions, seed)? else { continue };
        let (forgery, is_unbound) = attack.finish(rules, &validators)?;
        let verified = verify_collective_signature(&validators.cosigners, &UNWANTED, &forgery);
        found.attempts.count(verified.is_ok());
        found.unbound += usize::from(is_unbound);
        found.is_explained &= verified.is_ok() == is_unbound;
    }
    Ok(found)
}

/// Sessions that are all open at once. In each of them, the adversary can ask two challenges with
/// different c.
///
/// Let ρᵢ = 2ⁱ / (cᵢ¹ − cᵢ⁰). Then the adversary can make Σ ρᵢ·cᵢ equal to any number that has as
/// many bits as there are sessions. So it first fixes R* = Σ ρᵢ·Rᵢ. Then it chooses the challenge
/// of each session such that the sum is the c* of R*. The response is Σ ρᵢ·zᵢ. The signature is
/// accepted if R does not depend on the chosen challenges. With only one nonce for each signer, R
/// does not depend on them.
struct Attack<'a, G: Group> {
    sessions: Vec<(Session<'a, G>, [Asked<G>; 2])>,
    /// The weights ρᵢ.
    weights: Vec<G::Scalar>,
    /// R*, computed with the first challenge of each session.
    commitment: G::Element,
}

impl<'a, G: Group> Attack<'a, G> {
    /// Opens the sessions. `None` if some session has no two such challenges, or if R* is the
    /// identity, which can happen in a toy group.
    fn prepare(
        rules: &impl Rules<G>,
        validators: &'a Validators<G>,
        count: u64,
        seed: u64,
    ) -> Result<Option<Self>, Rejection> {
        let (mut sessions, mut weights) = (Vec::new(), Vec::new());
        let mut power = G::Scalar::ONE;
        for number in 0..count {
            let drawn = HONEST.map(|place| (seed, number, place as u64));
            let drawn = drawn.map(|it| tagged_hash(tags::COSI_NONCE, &it).0);
            let session = validators.open(wanted(number), drawn)?;
            let mut choices = (1..=16).filter_map(|own| session.ask(rules, own).ok());
            let Some(first) = choices.next() else { return Ok(None) };
            let differs = |it: &Asked<G>| it.challenge != first.challenge;
            let Some(second) = choices.find(differs) else { return Ok(None) };
            let Some(inverse) = second.challenge.subtract(first.challenge).invert() else {
                return Ok(None);
            };
            weights.push(power.multiply(inverse));
            power = power.add(power);
            sessions.push((session, [first, second]));
        }
        let terms = weights.iter().zip(&sessions).map(|(weight, (session, [first, _]))| {
            let [hiding, binding_part] = session.honest;
            (*weight, hiding.add(binding_part.multiply(first.binding)))
        });
        let commitment = G::sum_of_products(&terms.collect::<Vec<_>>());
        Ok((commitment != G::identity()).then_some(Self { sessions, weights, commitment }))
    }

    /// Asks one challenge in every session. Returns the signature, and whether the weighted sum of
    /// the honest second nonces is the identity.
    fn finish(
        self,
        rules: &impl Rules<G>,
        validators: &Validators<G>,
    ) -> Result<(CollectiveSignature, bool), Rejection> {
        let commitment = self.commitment.encode();
        let key = &validators.key;
        let wanted = derive_challenge::<G>(tags::COSI_CHALLENGE, key, &UNWANTED, &commitment);
        let base = self.weights.iter().zip(&self.sessions);
        let base = base.map(|(weight, (_, [first, _]))| weight.multiply(first.challenge));
        // Bit i of this number says whether session i gets its second challenge.
        let binary = wanted.subtract(combine_responses(base)).encode().0;
        let mut response = wanted.multiply(validators.secrets[MALICIOUS]);
        let mut moved = G::identity();
        for (at, (weight, (mut session, choices))) in
            self.weights.into_iter().zip(self.sessions).enumerate()
        {
            let chosen = &choices[usize::from(binary[at / 8] >> (at % 8) & 1)];
            let answers = session.answer(rules, &chosen.asked)?;
            response = response.add(weight.multiply(combine_responses(answers)));
            let by = weight.multiply(chosen.binding.subtract(choices[0].binding));
            moved = moved.add(session.honest[1].multiply(by));
        }
        let signature = SchnorrSignature { commitment, response: response.encode() };
        let forgery = CollectiveSignature { signers: named_signers()?, signature };
        Ok((forgery, moved == G::identity()))
    }
}

// --- Nonces that are used again ---------------------------------------------------------------

/// The randomness of a signer after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterACrash {
    /// The signer draws new randomness.
    Fresh,
    /// The signer has the same bytes again, as from a copy of its memory.
    Again,
}

/// For each seed, the first signer starts three times and answers one challenge each time. The
/// adversary solves the three equations z = d + b·f + c·x, as if d and f were the same in all
/// three. The attack succeeds if x is the signer's secret.
///
/// # Errors
/// A rejection of honest validators by the specification.
pub fn solved_keys(randomness: AfterACrash, seeds: u64) -> Result<Attempts, Rejection> {
    let mut attempts = Attempts::default();
    for seed in 0..seeds {
        let validators = Validators::<Ristretto255>::new(seed)?;
        let life = |life: u64| answer_in_life(&validators, seed, life, randomness);
        let solved = solve::<Ristretto255>([life(0)?, life(1)?, life(2)?]);
        attempts.count(solved == Some(validators.secrets[0]));
    }
    Ok(attempts)
}

/// The values (b, c, z) of one start of the signer. The adversary adds another nonce of its own
/// each time.
fn answer_in_life<G: Group>(
    validators: &Validators<G>,
    seed: u64,
    life: u64,
    randomness: AfterACrash,
) -> Result<[G::Scalar; 3], Rejection> {
    let drawn_in = match randomness {
        AfterACrash::Fresh => life,
        AfterACrash::Again => 0,
    };
    let drawn =
        HONEST.map(|place| tagged_hash(tags::COSI_NONCE, &(seed, drawn_in, place as u64)).0);
    let rules = &ioschain_spec::primitives::cosi::Specification;
    let mut session = validators.open(wanted(0), drawn)?;
    let Asked { asked, binding, challenge } = session.ask(rules, life + 1)?;
    let answers = session.answer(rules, &asked)?;
    Ok([binding, challenge, answers[0]])
}

/// The x of three equations z = d + b·f + c·x with the same d and f. `None` if the equations do not
/// determine x.
fn solve<G: Group>([first, second, third]: [[G::Scalar; 3]; 3]) -> Option<G::Scalar> {
    let less_first = |[b, c, z]: [G::Scalar; 3]| {
        [b.subtract(first[0]), c.subtract(first[1]), z.subtract(first[2])]
    };
    let ([b, c, z], [b_other, c_other, z_other]) = (less_first(second), less_first(third));
    let above = z.multiply(b_other).subtract(z_other.multiply(b));
    let below = c.multiply(b_other).subtract(c_other.multiply(b));
    Some(above.multiply(below.invert()?))
}
