//! The verifiable random function: the examples of RFC 9381, honest proofs with one thing changed,
//! and proofs that only one rule keeps from holding.
//!
//! The file is one piece: the families that verify a proof ask the same question, `Question`, and
//! most of them start from the same honest proof. Each family has a heading.

use std::ops::Range;

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use curve25519_dalek::traits::Identity;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use ioschain_spec::Rejection::{CryVrfKey, CryVrfProofFalse, CryVrfProofMalformed};
use ioschain_spec::primitives::vrf::{
    VrfKeyPair, VrfProof, VrfPublicKey, derive_challenge, encode_to_curve,
};

use super::curve_points::{ORDER, SMALL_ORDER, plus_order};
use super::group::number;
use super::vrf_vectors::{Example, RFC_9381};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Edit, add_edits, edits};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

const ALL: &[&str] =
    &["CRY-VRF-01", "CRY-VRF-02", "CRY-VRF-03", "CRY-VRF-04", "CRY-VRF-05", "CRY-VRF-06"];
const KEY: &[&str] = &["CRY-VRF-01"];
const FORM: &[&str] = &["CRY-VRF-02", "CRY-VRF-04"];
const TRUTH: &[&str] = &["CRY-VRF-03"];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        proving()?,
        verifying()?,
        hashing_to_curve()?,
        challenges()?,
        outputs()?,
        changed()?,
        keys()?,
        proofs()?,
        one_rule_away()?,
    ])
}

/// What `vrf_verify` is asked.
#[derive(Clone)]
struct Question {
    key: VrfPublicKey,
    input: Vec<u8>,
    proof: VrfProof,
}

impl Question {
    fn to_json(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "public_key": to_json(&self.key)?,
            "input": hex::encode(&self.input),
            "proof": to_json(&self.proof)?,
        }))
    }
}

fn seed() -> [u8; 32] {
    digest("lottery key").0
}

/// The honest question that others are made from.
fn honest() -> Result<Question, CaseError> {
    let key_pair = VrfKeyPair::from_seed(&seed());
    let input = b"an input".to_vec();
    let proof = key_pair.prove(&input).ok_or_else(missing)?;
    Ok(Question { key: key_pair.public_key(), input, proof })
}

fn missing() -> CaseError {
    let problem = "there is no such input, point or proof".to_owned();
    CaseError { id: "primitives.vrf".to_owned(), problem }
}

fn output_json(proof: &VrfProof) -> Result<Value, CaseError> {
    Ok(json!({ "output": hex::encode(proof.to_output()?.0) }))
}

// --- RFC 9381 ---------------------------------------------------------------------------------

fn slug_of(example: &Example) -> String {
    format!("rfc-9381-{}", example.name.to_lowercase().replace(' ', "-"))
}

/// The proof of an example, in its parts.
fn proof_json(example: &Example) -> Value {
    let (gamma, rest) = example.pi.split_at(64);
    let (challenge, response) = rest.split_at(32);
    json!({ "gamma": gamma, "challenge": challenge, "response": response })
}

/// Adds a question about each example with its published answer; `{name}` in `doc` is the
/// example's.
fn add_examples(
    suite: &mut SuiteWriter,
    requirements: &[&str],
    doc: &str,
    question: fn(&Example) -> (Value, Value),
) -> Result<(), CaseError> {
    for example in &RFC_9381 {
        let doc = doc.replace("{name}", example.name);
        let (input, answer) = question(example);
        suite.add(&slug_of(example), requirements, &doc, input, Intent::Exactly(answer))?;
    }
    Ok(())
}

/// A prover with another suite of RFC 9381, or another way to derive key or nonce, gives another
/// proof.
fn proving() -> Result<VectorFile, CaseError> {
    let doc = "Keys, proofs and outputs of RFC 9381 (appendix B.3), and of other seeds and inputs.";
    let mut suite = SuiteWriter::new("primitives.vrf_prove", "proving", doc)?;
    let doc = "Given the seed and the input of {name} of RFC 9381, when the output is proved, then \
               the key, the proof and the output are the published ones.";
    add_examples(&mut suite, ALL, doc, |example| {
        let Example { seed, alpha, public_key, beta, .. } = example;
        let answer =
            json!({ "public_key": public_key, "proof": proof_json(example), "output": beta });
        (json!({ "seed": seed, "input": alpha }), answer)
    })?;
    let others = [
        ("zero-seed", [0; 32], "".to_owned()),
        ("full-seed", [0xff; 32], "00".to_owned()),
        ("long-input", seed(), "5a".repeat(300)),
    ];
    for (slug, seed, input) in others {
        let doc = "Given a seed and an input, when the output is proved, then these are the key, \
                   the proof and the output.";
        let input = json!({ "seed": hex::encode(seed), "input": input });
        suite.add(slug, ALL, doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// A verifier that leaves the key or the input out of the hashes accepts a proof for another one.
fn verifying() -> Result<VectorFile, CaseError> {
    let doc = "The proofs of RFC 9381 (appendix B.3), verified for their own key and input and for \
               those of the other examples.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "rfc-9381", doc)?;
    for (example, other) in RFC_9381.iter().zip(RFC_9381.iter().cycle().skip(1)) {
        let ask = |key: &Example, input: &Example| json!({ "public_key": key.public_key, "input": input.alpha, "proof": proof_json(example) });
        let (name, slug) = (example.name, slug_of(example));
        let doc = format!(
            "Given {name} of RFC 9381, when the proof is verified, then its output is the \
             published one."
        );
        let intent = Intent::Exactly(json!({ "output": example.beta }));
        suite.add(&slug, ALL, &doc, ask(example, example), intent)?;
        let others = [
            ("key", "key", ask(other, example)),
            ("input", "input", ask(example, other)),
            ("key-and-input", "key and the input", ask(other, other)),
        ];
        for (what, of_other, input) in others {
            let doc = format!(
                "Given {name} of RFC 9381, when the proof is verified for the {of_other} of \
                 another example, then it is refused."
            );
            let slug = format!("{slug}-other-{what}");
            suite.add(&slug, TRUTH, &doc, input, Intent::Rejected(CryVrfProofFalse))?;
        }
    }
    Ok(suite.finish())
}

/// An implementation that gives up after one attempt, or counts attempts in another way, finds
/// another point or none.
fn hashing_to_curve() -> Result<VectorFile, CaseError> {
    let doc = "The points to which RFC 9381 (appendix B.3) hashes its inputs, and inputs that need \
               several attempts.";
    let mut suite = SuiteWriter::new("primitives.vrf_hash_to_curve", "attempts", doc)?;
    let doc = "Given the key and the input of {name} of RFC 9381, when the input is hashed to the \
               curve, then the point is the published one.";
    add_examples(&mut suite, &["CRY-VRF-05"], doc, |example| {
        let input = json!({ "public_key": example.public_key, "input": example.alpha });
        (input, json!({ "point": example.h }))
    })?;
    let hashing = Hashing::of_suite(&VrfKeyPair::from_seed(&seed()).public_key());
    for attempts in [0, 1, 2, 5, 8] {
        // Points of small order do not turn up.
        let failed = |input: &[u8; 4]| {
            (0..=u8::MAX).take_while(|counter| hashing.try_point(input, *counter).is_none()).count()
        };
        let mut inputs = (0..100_000u32).map(u32::to_le_bytes);
        let input = inputs.find(|input| failed(input) == attempts).ok_or_else(missing)?;
        let doc = format!(
            "Given an input for which attempt {attempts} (counted from 0) is the first that gives \
             a point, when it is hashed to the curve, then this is the point."
        );
        let key = hex::encode(&hashing.key);
        let input = json!({ "public_key": key, "input": hex::encode(input) });
        suite.add(&format!("attempts-{attempts}"), &["CRY-VRF-05"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// A challenge over other points, or over them in another order, is another challenge.
fn challenges() -> Result<VectorFile, CaseError> {
    let doc = "The challenges of RFC 9381 (appendix B.3), over the five points of each example.";
    let mut suite = SuiteWriter::new("primitives.vrf_challenge", "rfc-9381", doc)?;
    let doc = "Given the five points of {name} of RFC 9381, when they are hashed, then the \
               challenge is the published one.";
    add_examples(&mut suite, &["CRY-VRF-06"], doc, |example| {
        let (gamma, rest) = example.pi.split_at(64);
        let points = [example.public_key, example.h, gamma, example.u, example.v];
        (json!({ "points": points }), json!({ "challenge": &rest[..32] }))
    })?;
    Ok(suite.finish())
}

/// An output that is hashed without the cofactor differs for proofs that both hold, so a prover
/// could choose among several tickets.
fn outputs() -> Result<VectorFile, CaseError> {
    let doc =
        "The outputs of valid and of invalid proofs, and malformed proofs, which have no output.";
    let mut suite = SuiteWriter::new("primitives.vrf_output", "outputs", doc)?;
    let doc = "Given the proof of {name} of RFC 9381, when its output is computed, then it is the \
               published one.";
    add_examples(&mut suite, FORM, doc, |example| {
        (json!({ "proof": proof_json(example) }), json!({ "output": example.beta }))
    })?;
    let honest = honest()?.proof;
    let point = CompressedEdwardsY(honest.gamma).decompress().ok_or_else(missing)?;
    for (place, torsion) in EIGHT_TORSION.iter().enumerate().skip(1).step_by(3) {
        let gamma = (point + torsion).compress().0;
        let doc = "Given a proof with a point of small order added to its point, when its output \
                   is computed, then it is the output of the honest proof.";
        let input = json!({ "proof": to_json(&VrfProof { gamma, ..honest })? });
        let intent = Intent::Exactly(output_json(&honest)?);
        suite.add(&format!("torsion-{place}"), FORM, doc, input, intent)?;
    }
    for (slug, what, proof) in malformed_proofs(&honest) {
        let doc =
            format!("Given a proof with {what}, when its output is computed, then it is refused.");
        let input = json!({ "proof": to_json(&proof)? });
        suite.add(&slug, FORM, &doc, input, Intent::Rejected(CryVrfProofMalformed))?;
    }
    Ok(suite.finish())
}

// --- Malformed keys and proofs ----------------------------------------------------------------

/// Encodings that are no point's own: the slug, the description, and the bytes.
fn no_encodings() -> Vec<(String, String, [u8; 32])> {
    let mut off_curve = [2; 32];
    while CompressedEdwardsY(off_curve).decompress().is_some() {
        off_curve[0] += 1;
    }
    let given = [
        ("off-curve".to_owned(), "a y coordinate that no point has".to_owned(), off_curve),
        ("full".to_owned(), "32 bytes with all bits set".to_owned(), [0xff; 32]),
    ];
    // The canonical ones come first.
    let second = SMALL_ORDER.iter().skip(8).filter_map(|(slug, what, encoding)| {
        let bytes = hex::decode(encoding).ok()?.try_into().ok()?;
        Some(((*slug).to_owned(), format!("another encoding of a point of {what}"), bytes))
    });
    given.into_iter().chain(second).collect()
}

/// A verifier that reduces a response, or reads a point leniently, has several encodings of one
/// proof.
fn malformed_proofs(honest: &VrfProof) -> Vec<(String, String, VrfProof)> {
    let points = no_encodings().into_iter().map(|(slug, what, gamma)| {
        (format!("gamma-{slug}"), format!("{what} as its point"), VrfProof { gamma, ..*honest })
    });
    let raised_far = (0..8).fold(honest.response, |response, _| plus_order(&response));
    let responses = [
        ("response-order", "the order as its response", ORDER),
        ("response-order-and-one", "the order plus 1 as its response", plus_order(&number(1))),
        ("response-raised", "its response increased by the order", plus_order(&honest.response)),
        ("response-raised-far", "its response increased by eight times the order", raised_far),
        ("response-full", "a response with all bits set", [0xff; 32]),
    ];
    let responses = responses.map(|(slug, what, response)| {
        (slug.to_owned(), what.to_owned(), VrfProof { response, ..*honest })
    });
    points.chain(responses).collect()
}

/// The first proof with one of these nonces whose challenge has one of the residues modulo 8. It is
/// by whoever knows `secret`, and has `torsion` added to Γ.
fn prove_with(
    key: &VrfPublicKey,
    secret: &Scalar,
    input: &[u8],
    torsion: &EdwardsPoint,
    mut nonces: Range<u64>,
    residues: &[u8],
) -> Result<VrfProof, CaseError> {
    let h = encode_to_curve(key, input).ok_or_else(missing)?;
    let gamma = (secret * h + torsion).compress().0;
    let proof = nonces.find_map(|nonce| {
        let nonce = Scalar::from(nonce);
        let (u, v) = (EdwardsPoint::mul_base(&nonce).compress().0, (nonce * h).compress().0);
        let challenge = derive_challenge([&key.0, &h.compress().0, &gamma, &u, &v]);
        let c = Scalar::from(u128::from_le_bytes(challenge));
        let proof = VrfProof { gamma, challenge, response: (nonce + c * secret).to_bytes() };
        residues.contains(&(challenge[0] % 8)).then_some(proof)
    });
    proof.ok_or_else(missing)
}

/// Keys of small order with proofs for which the equations hold, and keys that are no point's own
/// encoding. Under a key of small order anyone can make a proof, and its output is the same for
/// every input. A verifier that accepts such a key takes a ticket that nobody drew.
fn keys() -> Result<VectorFile, CaseError> {
    let doc =
        "Keys of small order, for which the equations hold, and keys that do not encode a point.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "keys", doc)?;
    let refused = Intent::Rejected(CryVrfKey);
    for (slug, what, encoding) in SMALL_ORDER.iter().take(8) {
        let bytes: Vec<u8> = hex::decode(encoding).unwrap_or_default();
        let key = VrfPublicKey(bytes.try_into().unwrap_or_default());
        // With a challenge that the key's order divides, s·B alone satisfies the equations.
        let (none, input) = (EdwardsPoint::identity(), b"input".to_vec());
        let proof = prove_with(&key, &Scalar::ZERO, &input, &none, 2..100_000, &[0])?;
        let doc = format!(
            "Given a key of {what} and a proof for which the equations hold, when it is verified, \
             then it is refused."
        );
        let input = Question { key, input, proof }.to_json()?;
        suite.add(&format!("small-order-{slug}"), KEY, &doc, input, refused.clone())?;
    }
    for (slug, what, encoding) in no_encodings() {
        let question = Question { key: VrfPublicKey(encoding), ..honest()? };
        let doc =
            format!("Given a key that is {what}, when a proof is verified, then it is refused.");
        suite.add(&slug, KEY, &doc, question.to_json()?, refused.clone())?;
    }
    let doc = "Given {what}, when a proof with a response that is not below the order is verified, \
               then it is refused for the key.";
    add_edits(&mut suite, &honest()?, Question::to_json, doc, KEY_BEFORE_FORM)?;
    Ok(suite.finish())
}

/// Two faults together fix the order of the checks: the key, then the form of the proof.
const KEY_BEFORE_FORM: &[Edit<Question>] = &edits! { Question:
    "small-order-before-form" => CryVrfKey, KEY, "a key of small order",
        |q| {
            q.key = VrfPublicKey(EIGHT_TORSION[1].compress().0);
            q.proof.response = [0xff; 32];
        }, second_fault;
};

/// Two faults together fix the rest of that order: the form of the proof, then its truth.
const FORM_BEFORE_TRUTH: &[Edit<Question>] = &edits! { Question:
    "form-before-truth" => CryVrfProofMalformed, &["CRY-VRF-02"], "a response that is not below \
                                                                   the order",
        |q| {
            q.proof.response = [0xff; 32];
            q.input = b"another input".to_vec();
        }, second_fault;
};

/// A verifier that decodes leniently answers that these proofs are false, or even true.
fn proofs() -> Result<VectorFile, CaseError> {
    let doc = "Proofs whose point does not encode a curve point, or whose response is not below \
               the order.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "malformed", doc)?;
    let honest = honest()?;
    for (slug, what, proof) in malformed_proofs(&honest.proof) {
        let question = Question { proof, ..honest.clone() };
        let doc = format!("Given a proof with {what}, when it is verified, then it is refused.");
        let intent = Intent::Rejected(CryVrfProofMalformed);
        suite.add(&slug, &["CRY-VRF-02"], &doc, question.to_json()?, intent)?;
    }
    let doc = "Given a proof with {what}, when it is verified for another input, then it is \
               refused for this part of the proof.";
    add_edits(&mut suite, &honest, Question::to_json, doc, FORM_BEFORE_TRUTH)?;
    Ok(suite.finish())
}

// --- One thing changed ------------------------------------------------------------------------

/// A verifier that leaves a part of the proof or of the question out of its equations accepts one
/// of these.
const CHANGES: &[Edit<Question>] = &edits! { Question:
    "challenge-first" => CryVrfProofFalse, TRUTH, "a bit flipped in the first byte of its \
                                                   challenge",
        |q| q.proof.challenge[0] ^= 1;
    "challenge-last" => CryVrfProofFalse, TRUTH, "a bit flipped in the last byte of its challenge",
        |q| q.proof.challenge[15] ^= 0x80;
    "challenge-zero" => CryVrfProofFalse, TRUTH, "the challenge 0",
        |q| q.proof.challenge = [0; 16];
    "challenge-reversed" => CryVrfProofFalse, TRUTH, "the bytes of its challenge in reverse order",
        |q| q.proof.challenge.reverse();
    "response-first" => CryVrfProofFalse, TRUTH, "a bit flipped in the first byte of its response",
        |q| q.proof.response[0] ^= 1;
    "response-zero" => CryVrfProofFalse, TRUTH, "the response 0",
        |q| q.proof.response = [0; 32];
    "gamma-negated" => CryVrfProofFalse, TRUTH, "its point negated",
        |q| q.proof.gamma[31] ^= 0x80;
    "gamma-key" => CryVrfProofFalse, TRUTH, "the key as its point",
        |q| q.proof.gamma = q.key.0;
    "key-negated" => CryVrfProofFalse, TRUTH, "its key negated", |q| q.key.0[31] ^= 0x80;
    "input-empty" => CryVrfProofFalse, TRUTH, "an empty input", |q| q.input.clear();
    "input-longer" => CryVrfProofFalse, TRUTH, "a zero byte appended to its input", |q| q.input.push(0);
    "input-shorter" => CryVrfProofFalse, TRUTH, "its input without the last byte",
        |q| { q.input.pop(); };
};

/// Without the honest question, a verifier that refuses everything would pass.
fn changed() -> Result<VectorFile, CaseError> {
    let doc = "An honest proof, and the same proof with one part changed.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "changed", doc)?;
    let honest = honest()?;
    let doc = "Given an honest proof, when it is verified, then it is valid.";
    suite.add("honest", ALL, doc, honest.to_json()?, Intent::Ok)?;
    let doc = "Given an honest proof, when it is verified with {what}, then it is refused.";
    add_edits(&mut suite, &honest, Question::to_json, doc, CHANGES)?;
    Ok(suite.finish())
}

// --- One rule away ----------------------------------------------------------------------------

/// The secret scalar of a seed (RFC 8032 §5.1.5).
fn secret_of(seed: &[u8; 32]) -> Scalar {
    let hash: [u8; 64] = Sha512::digest(seed).into();
    let mut half = [0; 32];
    half.copy_from_slice(&hash[..32]);
    Scalar::from_bytes_mod_order(clamp_integer(half))
}

/// How a prover hashes to the curve, and the challenge: what precedes and follows the points.
#[derive(Clone)]
struct Hashing {
    key: Vec<u8>,
    point_back: &'static [u8],
    cofactor: u8,
    challenge_front: [u8; 2],
    challenge_key: Vec<u8>,
    challenge_back: &'static [u8],
}

/// A verifier that hashes in one of these ways accepts such a proof, and refuses honest ones.
const VARIANTS: &[Edit<Hashing>] = &edits! { Hashing:
    "no-salt" => CryVrfProofFalse, &["CRY-VRF-05", "CRY-VRF-03"],
        "whose input is hashed without the key", |hashing| hashing.key.clear();
    "no-back" => CryVrfProofFalse, &["CRY-VRF-05", "CRY-VRF-03"],
        "whose input is hashed without the separator at the end",
        |hashing| hashing.point_back = &[];
    "no-cofactor" => CryVrfProofFalse, &["CRY-VRF-05", "CRY-VRF-03"],
        "whose input is hashed to a point that is not multiplied by the cofactor",
        |hashing| hashing.cofactor = 1;
    "challenge-no-back" => CryVrfProofFalse, &["CRY-VRF-06", "CRY-VRF-03"],
        "whose challenge is hashed without the separator at the end",
        |hashing| hashing.challenge_back = &[];
    "challenge-no-key" => CryVrfProofFalse, &["CRY-VRF-06", "CRY-VRF-03"],
        "whose challenge does not hash the key, as in early drafts of the RFC",
        |hashing| hashing.challenge_key.clear();
    "challenge-other-suite" => CryVrfProofFalse, &["CRY-VRF-06", "CRY-VRF-03"],
        "whose challenge is hashed under the name of the suite with Elligator",
        |hashing| hashing.challenge_front = [4, 2];
};

impl Hashing {
    /// As ECVRF-EDWARDS25519-SHA512-TAI says.
    fn of_suite(key: &VrfPublicKey) -> Self {
        let (key, challenge_key) = (key.0.to_vec(), key.0.to_vec());
        let challenge_front = [3, 2];
        Self {
            key,
            point_back: &[0],
            cofactor: 8,
            challenge_front,
            challenge_key,
            challenge_back: &[0],
        }
    }

    /// The point of an attempt, before the cofactor is multiplied away.
    fn try_point(&self, input: &[u8], counter: u8) -> Option<EdwardsPoint> {
        let hashed = [&[3, 1], &self.key[..], input, &[counter], self.point_back].concat();
        let hash = Sha512::digest(hashed);
        CompressedEdwardsY::from_slice(hash.as_slice().get(..32)?).ok()?.decompress()
    }

    /// The proof of whoever hashes in this way.
    fn prove(&self, input: &[u8]) -> Option<VrfProof> {
        let secret = secret_of(&seed());
        let nonce = Scalar::from_bytes_mod_order(digest("nonce").0);
        let h = (0..=u8::MAX).find_map(|counter| self.try_point(input, counter))?;
        let h = Scalar::from(self.cofactor) * h;
        let points = [h, secret * h, EdwardsPoint::mul_base(&nonce), nonce * h];
        let points = points.map(|point| point.compress().0).concat();
        let (front, back) = (&self.challenge_front, self.challenge_back);
        let hash = Sha512::digest([&front[..], &self.challenge_key, &points, back].concat());
        let challenge: [u8; 16] = hash.as_slice().get(..16)?.try_into().ok()?;
        let c = Scalar::from(u128::from_le_bytes(challenge));
        let response = (nonce + c * secret).to_bytes();
        Some(VrfProof { gamma: (secret * h).compress().0, challenge, response })
    }
}

/// Proofs by a prover that hashes in another way, and proofs and keys with a component of small
/// order. Where the component cancels the proof is valid, and a verifier that is too strict refuses
/// it. Each other proof breaks one rule, and an implementation without that rule accepts it.
fn one_rule_away() -> Result<VectorFile, CaseError> {
    let doc = "Proofs by a prover that hashes in another way, and proofs and keys with a component \
               of small order.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "one-rule-away", doc)?;
    let honest = honest()?;
    for variant in VARIANTS {
        let hashing = variant.apply(&Hashing::of_suite(&honest.key))?;
        let proof = hashing.prove(&honest.input).ok_or_else(missing)?;
        let input = Question { proof, ..honest.clone() }.to_json()?;
        let doc = "Given a proof {what}, when it is verified, then it is refused.";
        variant.add(&mut suite, doc, input, variant.intent())?;
    }
    add_points_of_mixed_order(&mut suite, &honest)?;
    add_keys_of_mixed_order(&mut suite, &honest)?;
    Ok(suite.finish())
}

/// Γ with a point of small order added. The point cancels if its order divides the challenge. A
/// verifier that checks the order of Γ refuses the proofs in which it cancels; one that multiplies
/// by the cofactor accepts the others, too.
fn add_points_of_mixed_order(suite: &mut SuiteWriter, honest: &Question) -> Result<(), CaseError> {
    let same_output = Intent::Exactly(output_json(&honest.proof)?);
    let both: [(&str, &str, &str, &[u8], Intent); 2] = [
        ("cancels", "that cancels", "its output is that of the honest proof", &[0], same_output),
        (
            "stays",
            "that does not cancel",
            "it is refused",
            &[1, 2, 3, 4, 5, 6, 7],
            Intent::Rejected(CryVrfProofFalse),
        ),
    ];
    for (number, torsion) in EIGHT_TORSION.iter().enumerate().skip(1).step_by(2) {
        for (slug, what, then, residues, intent) in &both {
            let Question { key, input, .. } = honest;
            let proof = prove_with(key, &secret_of(&seed()), input, torsion, 1..1_000, residues)?;
            let doc = format!(
                "Given a proof with a component of small order {what}, when it is verified, then \
                 {then}."
            );
            let slug = format!("torsion-{number}-{slug}");
            let input = Question { proof, ..honest.clone() }.to_json()?;
            suite.add(&slug, &["CRY-VRF-03", "CRY-VRF-04"], &doc, input, intent.clone())?;
        }
    }
    Ok(())
}

/// Keys x·B + T with T of order 8. A verifier that multiplies such a key with the order less c,
/// instead of −c, refuses what must be accepted, and accepts proofs with a challenge that is 5
/// modulo 8, as the order is.
fn add_keys_of_mixed_order(suite: &mut SuiteWriter, honest: &Question) -> Result<(), CaseError> {
    let (secret, none) = (secret_of(&seed()), EdwardsPoint::identity());
    let both = [
        ("cancels", "cancels", 0),
        ("stays", "cancels only if it is multiplied by the order minus the challenge", 5),
    ];
    for (number, torsion) in EIGHT_TORSION.iter().enumerate().skip(1).step_by(2) {
        let key = VrfPublicKey((EdwardsPoint::mul_base(&secret) + torsion).compress().0);
        for (slug, what, residue) in both {
            let input = honest.input.clone();
            let proof = prove_with(&key, &secret, &input, &none, 1..1_000, &[residue])?;
            let (then, intent) = match slug {
                "cancels" => ("it is valid", Intent::Exactly(output_json(&proof)?)),
                _ => ("it is refused", Intent::Rejected(CryVrfProofFalse)),
            };
            let doc = format!(
                "Given a key with a component of small order that {what}, when a proof is \
                 verified, then {then}."
            );
            let slug = format!("key-torsion-{number}-{slug}");
            let input = Question { key, input, proof }.to_json()?;
            suite.add(&slug, &["CRY-VRF-01", "CRY-VRF-03"], &doc, input, intent)?;
        }
    }
    Ok(())
}
