//! Proofs of equal logarithms: honest ones, ones with one thing changed, and forgeries that fit a
//! verifier which does not compute the challenge, or computes it over too little.
//!
//! The file is one piece: the families change the same `Claim`, in the standard and in toy groups.
//! Each family has a heading.

use ioschain_spec::Rejection::{self, CryDleqProof, CryElementIdentity};
use ioschain_spec::primitives::dleq::{
    DleqProof, DleqStatement, ProofContext, ProofRole, derive_challenge, prove, respond, verify,
};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, EncodedScalar, Group, Scalar,
};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use serde_json::{Value, json};

use super::curve_points::plus_order;
use super::group::{element, nonzero, scalar, scalar_json, short_name};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Edit, add_edits, case_table, edits};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

const ALL: &[&str] = &["CRY-DLEQ-01", "CRY-DLEQ-02", "CRY-DLEQ-03"];
const CONTEXT: &[&str] = &["CRY-DLEQ-01"];
const EQUATIONS: &[&str] = &["CRY-DLEQ-02"];
const IDENTITY: &[&str] = &["CRY-DLEQ-03"];
const ELEMENT: &[&str] = &["CRY-GROUP-01"];
const SCALAR: &[&str] = &["CRY-GROUP-02"];

const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const NEUTRAL: EncodedElement = EncodedElement([0; 32]);

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        proving()?,
        toy_proving()?,
        honest()?,
        changed()?,
        unsound()?,
        weak_challenges()?,
        toy()?,
    ])
}

/// What `dleq_verify` is asked.
#[derive(Clone)]
struct Claim {
    context: ProofContext,
    bases: [EncodedElement; 2],
    values: [EncodedElement; 2],
    proof: DleqProof,
    /// What the other values that an edit puts in are hashed from.
    number: u32,
}

/// The context of a proof of encryption with these bases and this second value.
fn context(bases: [EncodedElement; 2], values: [EncodedElement; 2]) -> ProofContext {
    let ([base, key], [_, encrypted]) = (bases, values);
    ProofContext {
        session: digest("session"),
        dealer: digest("dealer"),
        base,
        commitments: digest("commitments"),
        recipient: Position(3),
        key,
        encrypted,
        role: ProofRole::Encryption,
    }
}

impl Claim {
    /// A claim that an encrypted share is the committed one, which need not be true.
    fn about<G: Group>(
        bases: [G::Element; 2],
        values: [G::Element; 2],
        commitments: [G::Element; 2],
        response: G::Scalar,
    ) -> Self {
        let (bases, values) = (encoded::<G>(bases), encoded::<G>(values));
        let nonce_commitments = encoded::<G>(commitments);
        let proof = DleqProof { nonce_commitments, response: response.encode() };
        Self { context: context(bases, values), bases, values, proof, number: 0 }
    }

    /// An honest dealer's claim: that an encrypted share is the committed one.
    fn encryption<G: Group>(secret: G::Scalar) -> Result<Self, CaseError> {
        let statement = DleqStatement::<G>::with_logarithm(dealer_bases::<G>(), secret);
        let context = context(encoded::<G>(statement.bases), encoded::<G>(statement.values));
        Self::prove(context, &statement, secret)
    }

    /// An honest recipient's claim: that a share is the encrypted one.
    fn decryption<G: Group>(share: G::Element) -> Result<Self, CaseError> {
        let secret = nonzero::<G>("key");
        let statement = DleqStatement::<G>::with_logarithm([G::generator(), share], secret);
        let [key, encrypted] = encoded::<G>(statement.values);
        let [base, _] = encoded::<G>(dealer_bases::<G>());
        let role = ProofRole::Decryption(share.encode());
        let context = ProofContext { role, ..context([base, key], [key, encrypted]) };
        Self::prove(context, &statement, secret)
    }

    /// With a nonce for which neither challenge nor response is 0, as they would often be in a toy
    /// group.
    fn prove<G: Group>(
        context: ProofContext,
        statement: &DleqStatement<G>,
        secret: G::Scalar,
    ) -> Result<Self, CaseError> {
        let mut proof = prove::<G>(&context, statement.bases, secret, first_nonce::<G>())?;
        for number in 0..1_000 {
            let challenge = derive_challenge::<G>(&context, &proof.nonce_commitments);
            if challenge != G::Scalar::ZERO && proof.response != G::Scalar::ZERO.encode() {
                break;
            }
            let nonce = nonzero::<G>(&format!("nonce {number}"));
            proof = prove::<G>(&context, statement.bases, secret, nonce)?;
        }
        let (bases, values) = (encoded::<G>(statement.bases), encoded::<G>(statement.values));
        Ok(Self { context, bases, values, proof, number: 0 })
    }

    /// Another element, and another digest, for each [`Claim::number`].
    fn other<G: Group>(&self) -> EncodedElement {
        element::<G>(&format!("other {}", self.number)).encode()
    }

    fn other_digest(&self) -> Digest {
        digest(&format!("other {}", self.number))
    }

    /// What the specification says.
    fn answer<G: Group>(&self) -> Result<(), Rejection> {
        let decode = |[one, other]: &[EncodedElement; 2]| -> Result<_, Rejection> {
            Ok([G::Element::decode(one)?, G::Element::decode(other)?])
        };
        let (bases, values) = (decode(&self.bases)?, decode(&self.values)?);
        verify(&self.context, &DleqStatement::<G> { bases, values }, &self.proof.decode()?)
    }

    fn to_json<G: Group>(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "group": G::NAME,
            "context": to_json(&self.context)?,
            "bases": [to_json(&self.bases[0])?, to_json(&self.bases[1])?],
            "values": [to_json(&self.values[0])?, to_json(&self.values[1])?],
            "proof": to_json(&self.proof)?,
        }))
    }

    /// Adds a case in which a verifier must find that the proof does not hold.
    fn refuse<G: Group>(
        &self,
        suite: &mut SuiteWriter,
        slug: &str,
        doc: &str,
    ) -> Result<(), CaseError> {
        suite.add(slug, ALL, doc, self.to_json::<G>()?, Intent::Rejected(CryDleqProof))?;
        Ok(())
    }
}

fn encoded<G: Group>(elements: [G::Element; 2]) -> [EncodedElement; 2] {
    elements.map(|element| element.encode())
}

fn first_nonce<G: Group>() -> G::Scalar {
    nonzero::<G>("nonce")
}

fn public_key<G: Group>() -> G::Element {
    G::generator().multiply(nonzero::<G>("key"))
}

/// The bases of a dealer's proof: the run's base and the recipient's key.
fn dealer_bases<G: Group>() -> [G::Element; 2] {
    [G::generator().multiply(nonzero::<G>("base")), public_key::<G>()]
}

// --- Honest proofs ----------------------------------------------------------------------------

/// A prover that accepts the nonce 0 publishes its secret times the challenge; one that accepts the
/// identity as first base proves nothing about the secret.
fn proving() -> Result<VectorFile, CaseError> {
    let doc = "Proofs with given nonces, and nonces and bases with which no proof can be made.";
    let mut suite = SuiteWriter::new("primitives.dleq_prove", "nonces", doc)?;
    add_proving::<Ristretto255>(&mut suite)?;
    Ok(suite.finish())
}

fn toy_proving() -> Result<VectorFile, CaseError> {
    let doc = "Proofs over toy groups with given nonces, and nonces and bases with which no proof \
               can be made.";
    let mut suite = SuiteWriter::tiny("primitives.dleq_prove", "nonces", doc)?;
    add_proving::<ToyGroup<5>>(&mut suite)?;
    add_proving::<ToyGroup<7>>(&mut suite)?;
    add_proving::<ToyGroup<11>>(&mut suite)?;
    Ok(suite.finish())
}

fn add_proving<G: Group>(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let Claim { context, bases, .. } = Claim::encryption::<G>(scalar::<G>("secret"))?;
    let (no_first, no_second) = ([NEUTRAL, bases[1]], [bases[0], NEUTRAL]);
    let (secret, nonce) = (scalar::<G>("secret"), first_nonce::<G>());
    let (one, zero) = (G::Scalar::ONE, G::Scalar::ZERO);
    let refused = Some(CryElementIdentity);
    let tasks = case_table! {
        "honest", "a secret and a nonce", None => (bases, secret, nonce);
        "nonce-one", "the nonce 1", None => (bases, secret, one);
        "secret-zero", "the secret 0", None => (bases, zero, nonce);
        "second-base-identity", "the identity as second base", None => (no_second, secret, nonce);
        "nonce-zero", "the nonce 0", refused => (bases, secret, zero);
        "first-base-identity", "the identity as first base", refused => (no_first, secret, nonce);
    };
    for (slug, what, refused, (bases, secret, nonce)) in tasks.iter().copied() {
        let group = short_name::<G>();
        let then = if refused.is_some() { "it is refused" } else { "this is the proof" };
        let doc = format!("Given {what} in {group}, when a proof is made, then {then}.");
        let requirements = if refused.is_some() { IDENTITY } else { ALL };
        let input = json!({
            "group": G::NAME,
            "context": to_json(&context)?,
            "bases": [to_json(&bases[0])?, to_json(&bases[1])?],
            "secret": scalar_json::<G>(secret),
            "nonce": scalar_json::<G>(nonce),
        });
        let intent = refused.map_or(Intent::Ok, Intent::Rejected);
        suite.add(&format!("{group}-{slug}"), requirements, &doc, input, intent)?;
    }
    Ok(())
}

/// Honest claims: slug, in words.
fn honest_claims<G: Group>() -> Result<Vec<(&'static str, &'static str, Claim)>, CaseError> {
    let share = public_key::<G>().multiply(nonzero::<G>("share"));
    let no_secret = "of encryption, in which both values are the identity";
    let no_share = "of decryption, in which the share is the identity";
    Ok(vec![
        ("encryption", "of encryption", Claim::encryption::<G>(nonzero::<G>("secret"))?),
        ("decryption", "of decryption", Claim::decryption::<G>(share)?),
        ("secret-zero", no_secret, Claim::encryption::<G>(G::Scalar::ZERO)?),
        ("share-identity", no_share, Claim::decryption::<G>(G::identity())?),
    ])
}

/// A verifier that refuses the identity as a value refuses honest dealers: a share may be 0.
fn honest() -> Result<VectorFile, CaseError> {
    let doc = "Honest proofs of encryption and of decryption.";
    let mut suite = SuiteWriter::new("primitives.dleq_verify", "honest", doc)?;
    add_honest::<Ristretto255>(&mut suite)?;
    Ok(suite.finish())
}

fn add_honest<G: Group>(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    for (slug, what, claim) in honest_claims::<G>()? {
        let group = short_name::<G>();
        let doc = format!("Given an honest proof {what}, when it is verified, then it is valid.");
        suite.add(&format!("{group}-{slug}"), ALL, &doc, claim.to_json::<G>()?, Intent::Ok)?;
    }
    Ok(())
}

// --- One thing changed ------------------------------------------------------------------------

/// A verifier that leaves a part of the context out of the challenge accepts a proof elsewhere than
/// where it was made; one that leaves out an equation accepts a false statement.
fn changes<G: Group>() -> [Edit<Claim>; 21] {
    edits! { Claim:
        "session" => CryDleqProof, CONTEXT, "for another session",
            |claim| claim.context.session = claim.other_digest();
        "dealer" => CryDleqProof, CONTEXT, "for another dealer",
            |claim| claim.context.dealer = claim.other_digest();
        "base" => CryDleqProof, CONTEXT, "in the context of another base",
            |claim| claim.context.base = claim.other::<G>();
        "commitments" => CryDleqProof, CONTEXT, "for other commitments",
            |claim| claim.context.commitments = claim.other_digest();
        "recipient" => CryDleqProof, CONTEXT, "for another recipient",
            |claim| claim.context.recipient += claim.number + 1;
        "key" => CryDleqProof, CONTEXT, "in the context of another key",
            |claim| claim.context.key = claim.other::<G>();
        "encrypted" => CryDleqProof, CONTEXT, "in the context of another encrypted share",
            |claim| claim.context.encrypted = claim.other::<G>();
        "share" => CryDleqProof, CONTEXT, "in the context of another share",
            |claim| claim.context.role = ProofRole::Decryption(claim.other::<G>());
        "role" => CryDleqProof, CONTEXT, "in the context of the other role",
            |claim| claim.context.role = match claim.context.role {
                ProofRole::Encryption => ProofRole::Decryption(claim.other::<G>()),
                ProofRole::Decryption(_) => ProofRole::Encryption,
            };
        "first-base" => CryDleqProof, EQUATIONS, "with another first base",
            |claim| claim.bases[0] = claim.other::<G>();
        "second-base" => CryDleqProof, EQUATIONS, "with another second base",
            |claim| claim.bases[1] = claim.other::<G>();
        "first-value" => CryDleqProof, EQUATIONS, "with another first value",
            |claim| claim.values[0] = claim.other::<G>();
        "second-value" => CryDleqProof, EQUATIONS, "with another second value",
            |claim| claim.values[1] = claim.other::<G>();
        "first-commitment" => CryDleqProof, ALL, "with another commitment T1",
            |claim| claim.proof.nonce_commitments[0] = claim.other::<G>();
        "second-commitment" => CryDleqProof, ALL, "with another commitment T2",
            |claim| claim.proof.nonce_commitments[1] = claim.other::<G>();
        "response" => CryDleqProof, EQUATIONS, "with another response",
            |claim| claim.proof.response =
                scalar::<G>(&format!("other {}", claim.number)).encode();
        "bases-exchanged" => CryDleqProof, EQUATIONS, "with its bases exchanged",
            |claim| claim.bases.reverse();
        "values-exchanged" => CryDleqProof, EQUATIONS, "with its values exchanged",
            |claim| claim.values.reverse();
        "statement-exchanged" => CryDleqProof, ALL, "with its bases and its values exchanged",
            |claim| {
                claim.bases.reverse();
                claim.values.reverse();
            };
        "commitments-exchanged" => CryDleqProof, ALL, "with T1 and T2 exchanged",
            |claim| claim.proof.nonce_commitments.reverse();
        "response-zero" => CryDleqProof, EQUATIONS, "with the response 0",
            |claim| claim.proof.response = EncodedScalar([0; 32]);
    }
}

/// Adds an honest claim with each change of these slugs, with the first number for which the claim
/// is false.
fn add_changed<G: Group>(
    suite: &mut SuiteWriter,
    (slug, what, honest): &(&str, &str, Claim),
    is_wanted: impl Fn(&str) -> bool,
) -> Result<(), CaseError> {
    let doc =
        format!("Given an honest proof {what}, when it is verified {{what}}, then it is refused.");
    for edit in changes::<G>().iter().filter(|edit| is_wanted(edit.slug)) {
        let slug = format!("{}-{slug}-{}", short_name::<G>(), edit.slug);
        let is_false = |claim: &Claim| claim.answer::<G>() == Err(CryDleqProof);
        let claim = (0..1_000)
            .filter_map(|number| edit.apply(&Claim { number, ..honest.clone() }).ok())
            .find(is_false)
            .ok_or_else(|| suite.error(&slug, "the proof holds all the same".to_owned()))?;
        edit.add_as(suite, &slug, &doc, claim.to_json::<G>()?, edit.intent())?;
    }
    Ok(())
}

/// What the edits of [`changes`] and of [`BAD_PARTS`] make of honest proofs.
fn changed() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Honest proofs with one change each, in the context, in the statement or in the \
               proof itself.";
    let mut suite = SuiteWriter::new("primitives.dleq_verify", "changed", doc)?;
    let honest = honest_claims::<G>()?;
    let (encryption, decryption) = (&honest[0], &honest[1]);
    add_changed::<G>(&mut suite, encryption, |slug| slug != "share")?;
    let of_decryption = ["share", "role", "first-commitment", "second-commitment", "response"];
    add_changed::<G>(&mut suite, decryption, |slug| of_decryption.contains(&slug))?;
    let doc = "Given an honest proof with {what}, when it is verified, then it is refused.";
    add_edits(&mut suite, &encryption.2, Claim::to_json::<G>, doc, BAD_PARTS)?;
    Ok(suite.finish())
}

/// A verifier that decodes leniently has two encodings for one proof, and one that accepts the
/// identity as T1 or T2 accepts the nonce 0. Two faults together fix the order of the checks.
const BAD_PARTS: &[Edit<Claim>] = &edits! { Claim:
    "first-base-no-element" => CryElementEncoding, ELEMENT, "a first base that does not encode an \
                                                             element",
        |claim| claim.bases[0] = NO_ELEMENT;
    "second-value-no-element" => CryElementEncoding, ELEMENT, "a second value that does not encode \
                                                               an element",
        |claim| claim.values[1] = NO_ELEMENT;
    "first-commitment-no-element" => CryElementEncoding, ELEMENT, "a T1 that does not encode an \
                                                                   element",
        |claim| claim.proof.nonce_commitments[0] = NO_ELEMENT;
    "second-commitment-no-element" => CryElementEncoding, ELEMENT, "a T2 that does not encode an \
                                                                    element",
        |claim| claim.proof.nonce_commitments[1] = NO_ELEMENT;
    "response-raised" => CryScalarEncoding, SCALAR, "a response increased by the order",
        |claim| claim.proof.response.0 = plus_order(&claim.proof.response.0);
    "first-base-identity" => CryElementIdentity, IDENTITY, "the identity as first base",
        |claim| claim.bases[0] = NEUTRAL;
    "first-commitment-identity" => CryElementIdentity, IDENTITY, "the identity as T1",
        |claim| claim.proof.nonce_commitments[0] = NEUTRAL;
    "second-commitment-identity" => CryElementIdentity, IDENTITY, "the identity as T2",
        |claim| claim.proof.nonce_commitments[1] = NEUTRAL;
    "element-before-scalar" => CryElementEncoding, ELEMENT,
        "a T2 that does not encode an element and a response that does not encode a scalar",
        |claim| {
            claim.proof.nonce_commitments[1] = NO_ELEMENT;
            claim.proof.response.0 = [0xff; 32];
        }, second_fault;
    "scalar-before-identity" => CryScalarEncoding, SCALAR,
        "a response that does not encode a scalar and the identity as T1",
        |claim| {
            claim.proof.nonce_commitments[0] = NEUTRAL;
            claim.proof.response.0 = [0xff; 32];
        }, second_fault;
    "identity-before-proof" => CryElementIdentity, IDENTITY, "the identity as T1 and another \
                                                              session",
        |claim| {
            claim.proof.nonce_commitments[0] = NEUTRAL;
            claim.context.session = digest("other");
        }, second_fault;
};

// --- Forgeries --------------------------------------------------------------------------------

/// A statement about honest bases, true or false, with T1 and T2 fitted to a challenge.
fn fitted<G: Group>(challenge: G::Scalar, is_true: bool) -> Claim {
    let bases = dealer_bases::<G>();
    let (secret, response) = (nonzero::<G>("secret"), nonzero::<G>("response"));
    let other_secret = if is_true { secret } else { secret.add(G::Scalar::ONE) };
    let values = [bases[0].multiply(secret), bases[1].multiply(other_secret)];
    let fit =
        |place: usize| bases[place].multiply(response).subtract(values[place].multiply(challenge));
    Claim::about::<G>(bases, values, [fit(0), fit(1)], response)
}

/// A fault of public code until 2024: the verifier takes the challenge from the proof.
fn unsound() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Proofs whose T1 and T2 are computed from a challenge that was chosen first, of true \
               and of false statements. A verifier that takes the challenge from the prover, \
               instead of computing it, accepts them.";
    let mut suite = SuiteWriter::new("primitives.dleq_verify", "fitted", doc)?;
    let challenges = [
        ("chosen", "a chosen challenge", scalar::<G>("challenge")),
        ("one", "the challenge 1", <G as Group>::Scalar::ONE),
        ("zero", "the challenge 0", <G as Group>::Scalar::ZERO),
    ];
    for (slug, what, challenge) in challenges {
        for (kind, is_true) in [("false", false), ("true", true)] {
            let doc = format!(
                "Given a {kind} statement and T1 and T2 computed from {what}, when the proof is \
                 verified, then it is refused."
            );
            let claim = fitted::<G>(challenge, is_true);
            claim.refuse::<G>(&mut suite, &format!("{slug}-{kind}"), &doc)?;
        }
    }
    Ok(suite.finish())
}

/// What the challenge hashes, part by part.
fn hashed_parts(claim: &Claim) -> [(&'static str, Vec<u8>); 10] {
    let (context, [t1, t2]) = (&claim.context, &claim.proof.nonce_commitments);
    [
        ("session", encode(&context.session)),
        ("dealer", encode(&context.dealer)),
        ("base", encode(&context.base)),
        ("commitments", encode(&context.commitments)),
        ("recipient", encode(&context.recipient)),
        ("key", encode(&context.key)),
        ("encrypted", encode(&context.encrypted)),
        ("role", encode(&context.role)),
        ("t1", encode(t1)),
        ("t2", encode(t2)),
    ]
}

/// The challenge over these bytes, whatever they leave out.
fn challenge_over<G: Group>(hashed: &[u8]) -> G::Scalar {
    let domain = ["HashToScalar-IOSChain/v1", G::NAME, tags::DLEQ_CHALLENGE.name()].join("-");
    G::hash_to_scalar(domain.as_bytes(), hashed)
}

/// Proofs whose challenge leaves out one of the ten parts, or is computed before the values or the
/// bases are chosen. Public code has had such a fault: its challenge hashed values and commitments,
/// and neither bases nor context.
fn weak_challenges() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Proofs for a challenge that hashes only some of the required parts. A verifier that \
               leaves out the same part accepts such a proof in another context, or for a false \
               statement.";
    let mut suite = SuiteWriter::new("primitives.dleq_verify", "weak-challenges", doc)?;
    let (secret, nonce) = (nonzero::<G>("secret"), first_nonce::<G>());
    let honest = Claim::encryption::<G>(secret)?;
    let weak_challenge = |left_out: &str| {
        let parts = hashed_parts(&honest).into_iter().filter(|(name, _)| *name != left_out);
        challenge_over::<G>(&parts.flat_map(|(_, bytes)| bytes).collect::<Vec<u8>>())
    };
    let challenge = derive_challenge::<G>(&honest.context, &honest.proof.nonce_commitments);
    if weak_challenge("nothing") != challenge {
        return Err(suite.error("parts", "the parts are not those of the challenge".to_owned()));
    }
    for (left_out, _) in hashed_parts(&honest) {
        let mut claim = honest.clone();
        claim.proof.response = respond(secret, nonce, weak_challenge(left_out)).encode();
        let doc = format!(
            "Given a true statement and a challenge that does not hash the part `{left_out}`, when \
             the proof is verified, then it is refused."
        );
        claim.refuse::<G>(&mut suite, &format!("without-{left_out}"), &doc)?;
    }
    let chosen_last = [
        ("values", "a challenge over T1 and T2 alone", values_last::<G>()),
        ("bases", "a challenge over the values, T1 and T2", bases_last::<G>()),
    ];
    for (chosen, after, claim) in chosen_last {
        let slug = format!("{chosen}-chosen-last");
        let claim = claim.ok_or_else(|| suite.error(&slug, "a scalar is 0".to_owned()))?;
        let doc = format!(
            "Given a false statement whose {chosen} were chosen after {after} was computed, when \
             the proof is verified, then it is refused."
        );
        claim.refuse::<G>(&mut suite, &slug, &doc)?;
    }
    Ok(suite.finish())
}

/// T1 and T2 with different nonces, and the values for which both equations hold.
fn values_last<G: Group>() -> Option<Claim> {
    let (bases, nonce) = (dealer_bases::<G>(), nonzero::<G>("nonce"));
    let commitments = [bases[0].multiply(nonce), bases[1].multiply(nonce.add(G::Scalar::ONE))];
    let inverse = challenge_over::<G>(&encode(&encoded::<G>(commitments))).invert()?;
    let response = nonzero::<G>("response");
    let value = |place: usize| {
        bases[place].multiply(response).subtract(commitments[place]).multiply(inverse)
    };
    Some(Claim::about::<G>(bases, [value(0), value(1)], commitments, response))
}

/// Values, T1 and T2 of anything, and the bases for which both equations hold. The challenge hashes
/// both values, T1 and T2, and nothing else.
fn bases_last<G: Group>() -> Option<Claim> {
    let values = [element::<G>("first value"), element::<G>("second value")];
    let commitments = [element::<G>("T1"), element::<G>("T2")];
    let hashed = [encoded::<G>(values), encoded::<G>(commitments)];
    let challenge = challenge_over::<G>(&encode(&hashed));
    let response = nonzero::<G>("response");
    let inverse = response.invert()?;
    let base =
        |place: usize| commitments[place].add(values[place].multiply(challenge)).multiply(inverse);
    Some(Claim::about::<G>([base(0), base(1)], values, commitments, response))
}

// --- Toy groups -------------------------------------------------------------------------------

/// The models run over toy groups, so an implementation that is checked against them must agree on
/// these proofs, too.
fn toy() -> Result<VectorFile, CaseError> {
    let doc = "Proofs over toy groups: honest proofs, and proofs with one change each. In a group \
               this small a changed proof can be valid by chance. The generator therefore tries \
               different values for a change until the proof is invalid.";
    let mut suite = SuiteWriter::tiny("primitives.dleq_verify", "toy-groups", doc)?;
    add_toy::<ToyGroup<5>>(&mut suite)?;
    add_toy::<ToyGroup<7>>(&mut suite)?;
    add_toy::<ToyGroup<11>>(&mut suite)?;
    Ok(suite.finish())
}

fn add_toy<G: Group>(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    add_honest::<G>(suite)?;
    let honest = honest_claims::<G>()?;
    let (encryption, decryption) = (&honest[0], &honest[1]);
    let of_encryption = ["session", "recipient", "role", "second-base", "second-value", "response"];
    add_changed::<G>(suite, encryption, |slug| of_encryption.contains(&slug))?;
    let of_decryption = ["first-commitment", "response"];
    add_changed::<G>(suite, decryption, |slug| of_decryption.contains(&slug))
}
