//! The verifiable random function: the examples of RFC 9381, honest proofs with one thing changed,
//! and proofs that only one rule keeps from holding.

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use curve25519_dalek::traits::Identity;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use ioschain_spec::Rejection::{self, CryVrfKey, CryVrfProofFalse, CryVrfProofMalformed};
use ioschain_spec::primitives::vrf::{
    VrfKeyPair, VrfProof, VrfPublicKey, derive_challenge, encode_to_curve,
};

use super::curve_points::{SMALL_ORDER, plus_order};
use super::vrf_vectors::{Example, RFC_9381};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::case_table;
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
    let proof = key_pair.prove(&input).ok_or_else(no_point)?;
    Ok(Question { key: key_pair.public_key(), input, proof })
}

fn no_point() -> CaseError {
    let problem = "the input cannot be hashed to the curve".to_owned();
    CaseError { id: "primitives.vrf".to_owned(), problem }
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

fn proving() -> Result<VectorFile, CaseError> {
    let doc = "Keys, proofs and outputs of RFC 9381 (appendix B.3), and of other seeds and inputs.";
    let mut suite = SuiteWriter::new("primitives.vrf_prove", "proving", doc)?;
    for example in &RFC_9381 {
        let doc = format!(
            "Given seed and input of {} of RFC 9381, when the output is proved, then key, proof and output are the published ones.",
            example.name
        );
        let input = json!({ "seed": example.seed, "input": example.alpha });
        let intent = Intent::Exactly(json!({
            "public_key": example.public_key,
            "proof": proof_json(example),
            "output": example.beta,
        }));
        suite.add(&slug_of(example), ALL, &doc, input, intent)?;
    }
    for (slug, seed, input) in [
        ("zero-seed", [0; 32], "".to_owned()),
        ("full-seed", [0xff; 32], "00".to_owned()),
        ("long-input", seed(), "5a".repeat(300)),
    ] {
        let doc = "Given a seed and an input, when the output is proved, then it is so.";
        let input = json!({ "seed": hex::encode(seed), "input": input });
        suite.add(slug, ALL, doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

fn verifying() -> Result<VectorFile, CaseError> {
    let doc = "The proofs of RFC 9381 (appendix B.3), each of them for each key and input.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "rfc-9381", doc)?;
    for (number, example) in RFC_9381.iter().enumerate() {
        let ask = |key: &Example, input: &Example| json!({ "public_key": key.public_key, "input": input.alpha, "proof": proof_json(example) });
        let slug = slug_of(example);
        let doc = format!(
            "Given {} of RFC 9381, when the proof is verified, then its output is the published one.",
            example.name
        );
        let intent = Intent::Exactly(json!({ "output": example.beta }));
        suite.add(&slug, ALL, &doc, ask(example, example), intent)?;
        let other = &RFC_9381[(number + 1) % RFC_9381.len()];
        for (what, of_other, input) in [
            ("key", "key", ask(other, example)),
            ("input", "input", ask(example, other)),
            ("key-and-input", "key and input", ask(other, other)),
        ] {
            let doc = format!(
                "Given {} of RFC 9381, when the proof is verified for the {of_other} of another example, then it is refused.",
                example.name
            );
            let slug = format!("{slug}-other-{what}");
            suite.add(&slug, TRUTH, &doc, input, Intent::Rejected(CryVrfProofFalse))?;
        }
    }
    Ok(suite.finish())
}

fn hashing_to_curve() -> Result<VectorFile, CaseError> {
    let doc = "Points that RFC 9381 (appendix B.3) hashes its inputs to, and inputs that need several attempts.";
    let mut suite = SuiteWriter::new("primitives.vrf_hash_to_curve", "attempts", doc)?;
    for example in &RFC_9381 {
        let doc = format!(
            "Given key and input of {} of RFC 9381, when the input is hashed to the curve, then the point is the published one.",
            example.name
        );
        let input = json!({ "public_key": example.public_key, "input": example.alpha });
        let intent = Intent::Exactly(json!({ "point": example.h }));
        suite.add(&slug_of(example), &["CRY-VRF-05"], &doc, input, intent)?;
    }
    let key = VrfKeyPair::from_seed(&seed()).public_key();
    for attempts in [0, 1, 2, 5, 8] {
        let slug = format!("attempts-{attempts}");
        let input = (0..100_000u32).map(|number| number.to_le_bytes());
        let input = input.into_iter().find(|input| failed_attempts(&key, input) == attempts);
        let input = input.ok_or_else(|| suite.error(&slug, "there is none".to_owned()))?;
        let doc = format!(
            "Given an input whose first {attempts} attempts give no point, when it is hashed to the curve, then this is the point."
        );
        let input = json!({ "public_key": to_json(&key)?, "input": hex::encode(input) });
        suite.add(&slug, &["CRY-VRF-05"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// How many counters give no point before one does. Points of small order do not turn up.
fn failed_attempts(key: &VrfPublicKey, input: &[u8]) -> usize {
    let is_point = |counter: &u8| {
        let hash = Sha512::new().chain_update([3, 1]).chain_update(key.0).chain_update(input);
        let hash: [u8; 64] = hash.chain_update([*counter, 0]).finalize().into();
        let mut encoding = [0; 32];
        encoding.copy_from_slice(&hash[..32]);
        CompressedEdwardsY(encoding).decompress().is_some()
    };
    (0..=u8::MAX).take_while(|counter| !is_point(counter)).count()
}

fn challenges() -> Result<VectorFile, CaseError> {
    let doc = "The challenges of RFC 9381 (appendix B.3), over the five points of each example.";
    let mut suite = SuiteWriter::new("primitives.vrf_challenge", "rfc-9381", doc)?;
    for example in &RFC_9381 {
        let (gamma, rest) = example.pi.split_at(64);
        let doc = format!(
            "Given the five points of {} of RFC 9381, when they are hashed, then the challenge is the published one.",
            example.name
        );
        let points = [example.public_key, example.h, gamma, example.u, example.v];
        let intent = Intent::Exactly(json!({ "challenge": &rest[..32] }));
        let input = json!({ "points": points });
        suite.add(&slug_of(example), &["CRY-VRF-06"], &doc, input, intent)?;
    }
    Ok(suite.finish())
}

fn outputs() -> Result<VectorFile, CaseError> {
    let doc = "Outputs of proofs, true or false, and of what is no proof.";
    let mut suite = SuiteWriter::new("primitives.vrf_output", "outputs", doc)?;
    for example in &RFC_9381 {
        let doc = format!(
            "Given the proof of {} of RFC 9381, when its output is asked for, then it is the published one.",
            example.name
        );
        let intent = Intent::Exactly(json!({ "output": example.beta }));
        let input = json!({ "proof": proof_json(example) });
        suite.add(&slug_of(example), FORM, &doc, input, intent)?;
    }
    let honest = honest()?.proof;
    let output = json!({ "output": hex::encode(honest.to_output()?.0) });
    for (place, torsion) in EIGHT_TORSION.iter().enumerate().skip(1).step_by(3) {
        let gamma = (decoded(&honest.gamma)? + torsion).compress().0;
        let doc = "Given a proof with a point of small order added to its point, when its output is asked for, then it is the same.";
        let input = json!({ "proof": to_json(&VrfProof { gamma, ..honest })? });
        let intent = Intent::Exactly(output.clone());
        suite.add(&format!("torsion-{place}"), FORM, doc, input, intent)?;
    }
    for (slug, what, proof) in malformed_proofs(&honest) {
        let doc =
            format!("Given a proof with {what}, when its output is asked for, then it is refused.");
        let input = json!({ "proof": to_json(&proof)? });
        suite.add(&slug, FORM, &doc, input, Intent::Rejected(CryVrfProofMalformed))?;
    }
    Ok(suite.finish())
}

fn decoded(encoding: &[u8; 32]) -> Result<EdwardsPoint, CaseError> {
    CompressedEdwardsY(*encoding).decompress().ok_or_else(no_point)
}

// --- Malformed keys and proofs ----------------------------------------------------------------

/// Encodings that are no point's own: slug, in words.
fn no_encodings() -> Vec<(String, String, [u8; 32])> {
    let mut off_curve = [2; 32];
    while CompressedEdwardsY(off_curve).decompress().is_some() {
        off_curve[0] += 1;
    }
    let given = [
        ("off-curve".to_owned(), "a y that no point has".to_owned(), off_curve),
        ("full".to_owned(), "all bits set".to_owned(), [0xff; 32]),
    ];
    // The canonical ones come first.
    let second = SMALL_ORDER.iter().skip(8).filter_map(|(slug, what, encoding)| {
        let bytes = hex::decode(encoding).ok()?.try_into().ok()?;
        Some(((*slug).to_owned(), format!("another encoding of a point of {what}"), bytes))
    });
    given.into_iter().chain(second).collect()
}

fn malformed_proofs(honest: &VrfProof) -> Vec<(String, String, VrfProof)> {
    let mut last = plus_order(&[0; 32]);
    let points = no_encodings().into_iter().map(|(slug, what, gamma)| {
        (format!("gamma-{slug}"), format!("{what} for its point"), VrfProof { gamma, ..*honest })
    });
    let mut raised_far = honest.response;
    for _ in 0..8 {
        raised_far = plus_order(&raised_far);
    }
    last[0] += 1;
    let responses = [
        ("response-order", "the order for its response", plus_order(&[0; 32])),
        ("response-order-and-one", "the order and 1 for its response", last),
        ("response-raised", "its response raised by the order", plus_order(&honest.response)),
        ("response-raised-far", "its response raised by eight times the order", raised_far),
        ("response-full", "a response with all bits set", [0xff; 32]),
    ];
    let responses = responses.map(|(slug, what, response)| {
        (slug.to_owned(), what.to_owned(), VrfProof { response, ..*honest })
    });
    points.chain(responses).collect()
}

/// A proof with a chosen secret and nonce, and a point added to Γ.
fn prove_with(
    key: &VrfPublicKey,
    secret: &Scalar,
    input: &[u8],
    nonce: &Scalar,
    torsion: &EdwardsPoint,
) -> Option<VrfProof> {
    let h = encode_to_curve(key, input)?;
    let gamma = (secret * h + torsion).compress().0;
    let (u, v) = (EdwardsPoint::mul_base(nonce).compress().0, (nonce * h).compress().0);
    let challenge = derive_challenge([&key.0, &h.compress().0, &gamma, &u, &v]);
    let c = Scalar::from(u128::from_le_bytes(challenge));
    Some(VrfProof { gamma, challenge, response: (nonce + c * secret).to_bytes() })
}

fn keys() -> Result<VectorFile, CaseError> {
    let doc =
        "Keys of small order, for which the equations hold, and keys that are no point's encoding.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "keys", doc)?;
    let refused = Intent::Rejected(CryVrfKey);
    for (slug, what, encoding) in SMALL_ORDER.iter().take(8) {
        let bytes: Vec<u8> = hex::decode(encoding).unwrap_or_default();
        let key = VrfPublicKey(bytes.try_into().unwrap_or_default());
        // With a challenge that the key's order divides, s·B alone satisfies the equations.
        let proof = (2..100_000u64).find_map(|nonce| {
            let nonce = Scalar::from(nonce);
            let proof =
                prove_with(&key, &Scalar::ZERO, b"input", &nonce, &EdwardsPoint::identity())?;
            (proof.challenge[0] % 8 == 0).then_some(proof)
        });
        let proof = proof.ok_or_else(|| suite.error(slug, "there is no such proof".to_owned()))?;
        let doc = format!(
            "Given a key of {what} and a proof for which the equations hold, when it is verified, then it is refused."
        );
        let input = Question { key, input: b"input".to_vec(), proof }.to_json()?;
        suite.add(&format!("small-order-{slug}"), KEY, &doc, input, refused.clone())?;
    }
    for (slug, what, encoding) in no_encodings() {
        let question = Question { key: VrfPublicKey(encoding), ..honest()? };
        let doc = format!("Given a key with {what}, when a proof is verified, then it is refused.");
        suite.add(&slug, KEY, &doc, question.to_json()?, refused.clone())?;
    }
    let mut question = honest()?;
    question.key = VrfPublicKey(EIGHT_TORSION[1].compress().0);
    question.proof.response = [0xff; 32];
    let doc = "Given a key of small order, when a proof with a response that is no scalar is verified, then it is refused for the former.";
    suite
        .add("small-order-before-form", KEY, doc, question.to_json()?, refused)?
        .flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}

fn proofs() -> Result<VectorFile, CaseError> {
    let doc =
        "Proofs whose point is no point's encoding, or whose response is not below the order.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "malformed", doc)?;
    let honest = honest()?;
    for (slug, what, proof) in malformed_proofs(&honest.proof) {
        let question = Question { proof, ..honest.clone() };
        let doc = format!("Given a proof with {what}, when it is verified, then it is refused.");
        let intent = Intent::Rejected(CryVrfProofMalformed);
        suite.add(&slug, &["CRY-VRF-02"], &doc, question.to_json()?, intent)?;
    }
    let proof = VrfProof { response: [0xff; 32], ..honest.proof };
    let question = Question { proof, input: b"another input".to_vec(), ..honest };
    let doc = "Given a proof with a response that is no scalar, when it is verified for another input, then it is refused for the former.";
    let intent = Intent::Rejected(CryVrfProofMalformed);
    let case = suite.add("form-before-truth", &["CRY-VRF-02"], doc, question.to_json()?, intent)?;
    case.flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}

// --- One thing changed ------------------------------------------------------------------------

/// What is changed: slug, in words, in fact.
type Change = (&'static str, &'static str, Rejection, fn(&mut Question));

const CHANGES: &[Change] = case_table! {
    "challenge-first", "a bit flipped in its challenge's first byte", CryVrfProofFalse
        => |q| q.proof.challenge[0] ^= 1;
    "challenge-last", "a bit flipped in its challenge's last byte", CryVrfProofFalse
        => |q| q.proof.challenge[15] ^= 0x80;
    "challenge-zero", "the challenge 0", CryVrfProofFalse => |q| q.proof.challenge = [0; 16];
    "challenge-reversed", "its challenge in the other order of bytes", CryVrfProofFalse
        => |q| q.proof.challenge.reverse();
    "response-first", "a bit flipped in its response's first byte", CryVrfProofFalse
        => |q| q.proof.response[0] ^= 1;
    "response-zero", "the response 0", CryVrfProofFalse => |q| q.proof.response = [0; 32];
    "gamma-negated", "its point negated", CryVrfProofFalse => |q| q.proof.gamma[31] ^= 0x80;
    "gamma-key", "the key for its point", CryVrfProofFalse => |q| q.proof.gamma = q.key.0;
    "key-negated", "its key negated", CryVrfProofFalse => |q| q.key.0[31] ^= 0x80;
    "input-empty", "no input", CryVrfProofFalse => |q| q.input.clear();
    "input-longer", "a zero byte after its input", CryVrfProofFalse => |q| q.input.push(0);
    "input-shorter", "its input without the last byte", CryVrfProofFalse
        => |q| { q.input.pop(); };
};

fn changed() -> Result<VectorFile, CaseError> {
    let doc = "An honest proof, and the same with one part changed.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "changed", doc)?;
    let honest = honest()?;
    let doc = "Given an honest proof, when it is verified, then it holds.";
    suite.add("honest", ALL, doc, honest.to_json()?, Intent::Ok)?;
    for (slug, what, rejection, apply) in CHANGES.iter().copied() {
        let mut question = honest.clone();
        apply(&mut question);
        let doc =
            format!("Given an honest proof, when it is verified with {what}, then it is refused.");
        suite.add(slug, TRUTH, &doc, question.to_json()?, Intent::Rejected(rejection))?;
    }
    Ok(suite.finish())
}

/// The secret scalar of a seed (RFC 8032 §5.1.5).
fn secret_of(seed: &[u8; 32]) -> Scalar {
    let hash: [u8; 64] = Sha512::digest(seed).into();
    let mut half = [0; 32];
    half.copy_from_slice(&hash[..32]);
    Scalar::from_bytes_mod_order(clamp_integer(half))
}

/// What comes of another way to hash.
struct Variant {
    slug: &'static str,
    what: &'static str,
    requirement: &'static str,
    /// H before the cofactor is multiplied away, and the challenge, each from what is hashed.
    point: fn(&VrfPublicKey, &[u8], u8) -> Vec<u8>,
    challenge: fn(Vec<u8>) -> Vec<u8>,
    cofactor: bool,
}

fn point_preimage(key: &VrfPublicKey, input: &[u8], counter: u8) -> Vec<u8> {
    [&[3, 1][..], &key.0, input, &[counter, 0]].concat()
}

const VARIANTS: [Variant; 6] = [
    Variant {
        slug: "no-salt",
        what: "whose input is hashed without the key",
        requirement: "CRY-VRF-05",
        point: |_, input, counter| [&[3, 1][..], input, &[counter, 0]].concat(),
        challenge: |bytes| bytes,
        cofactor: true,
    },
    Variant {
        slug: "no-back",
        what: "whose input is hashed without the separator at the back",
        requirement: "CRY-VRF-05",
        point: |key, input, counter| [&[3, 1][..], &key.0, input, &[counter]].concat(),
        challenge: |bytes| bytes,
        cofactor: true,
    },
    Variant {
        slug: "no-cofactor",
        what: "whose input is hashed to a point that is not multiplied by the cofactor",
        requirement: "CRY-VRF-05",
        point: point_preimage,
        challenge: |bytes| bytes,
        cofactor: false,
    },
    Variant {
        slug: "challenge-no-back",
        what: "whose challenge is hashed without the separator at the back",
        requirement: "CRY-VRF-06",
        point: point_preimage,
        challenge: |mut bytes| {
            bytes.pop();
            bytes
        },
        cofactor: true,
    },
    Variant {
        slug: "challenge-no-key",
        what: "whose challenge leaves out the key, as in early drafts",
        requirement: "CRY-VRF-06",
        point: point_preimage,
        challenge: |mut bytes| {
            bytes.drain(2..34);
            bytes
        },
        cofactor: true,
    },
    Variant {
        slug: "challenge-other-suite",
        what: "whose challenge is that of the suite with Elligator",
        requirement: "CRY-VRF-06",
        point: point_preimage,
        challenge: |mut bytes| {
            bytes[0] = 4;
            bytes
        },
        cofactor: true,
    },
];

impl Variant {
    /// The proof of whoever hashes in this way.
    fn prove(&self, input: &[u8]) -> Option<VrfProof> {
        let secret = secret_of(&seed());
        let key = VrfKeyPair::from_seed(&seed()).public_key();
        let h = (0..=u8::MAX).find_map(|counter| {
            let hash = Sha512::digest((self.point)(&key, input, counter));
            let encoding: [u8; 32] = hash.as_slice().get(..32)?.try_into().ok()?;
            CompressedEdwardsY(encoding).decompress()
        })?;
        let h = if self.cofactor { h.mul_by_cofactor() } else { h };
        let nonce = Scalar::from_bytes_mod_order(digest("nonce").0);
        let points = [
            EdwardsPoint::mul_base(&secret),
            h,
            secret * h,
            EdwardsPoint::mul_base(&nonce),
            nonce * h,
        ];
        let encoded: Vec<u8> = points.iter().flat_map(|point| point.compress().0).collect();
        let hash = Sha512::digest((self.challenge)([&[3, 2], &encoded[..], &[0]].concat()));
        let challenge: [u8; 16] = hash.as_slice().get(..16)?.try_into().ok()?;
        let c = Scalar::from(u128::from_le_bytes(challenge));
        let response = (nonce + c * secret).to_bytes();
        Some(VrfProof { gamma: (secret * h).compress().0, challenge, response })
    }
}

fn one_rule_away() -> Result<VectorFile, CaseError> {
    let doc =
        "Proofs of whoever hashes in another way, and proofs with a point of small order in them.";
    let mut suite = SuiteWriter::new("primitives.vrf_verify", "one-rule-away", doc)?;
    let honest = honest()?;
    let false_proof = Intent::Rejected(CryVrfProofFalse);
    for variant in VARIANTS {
        let slug = variant.slug;
        let proof = variant.prove(&honest.input).ok_or_else(no_point)?;
        let question = Question { proof, ..honest.clone() };
        let doc =
            format!("Given a proof {}, when it is verified, then it is refused.", variant.what);
        let requirements = [variant.requirement, "CRY-VRF-03"];
        suite.add(slug, &requirements, &doc, question.to_json()?, false_proof.clone())?;
    }
    let (key, secret) = (honest.key, secret_of(&seed()));
    for (number, torsion) in EIGHT_TORSION.iter().enumerate().skip(1).step_by(2) {
        let proofs = (1..1_000u64).filter_map(|nonce| {
            prove_with(&key, &secret, &honest.input, &Scalar::from(nonce), torsion)
        });
        // The part of small order cancels if its order divides the challenge.
        let (cancels, stays): (Vec<VrfProof>, Vec<VrfProof>) =
            proofs.partition(|proof| proof.challenge[0] % 8 == 0);
        let output = json!({ "output": hex::encode(honest.proof.to_output()?.0) });
        let both = [
            ("cancels", "that cancels", cancels, Intent::Exactly(output)),
            ("stays", "that does not cancel", stays, false_proof.clone()),
        ];
        for (slug, what, proofs, intent) in both {
            let slug = format!("torsion-{number}-{slug}");
            let proof = proofs.first().copied();
            let proof = proof.ok_or_else(|| suite.error(&slug, "there is none".to_owned()))?;
            let question = Question { proof, ..honest.clone() };
            let doc = format!(
                "Given a proof with a part of small order {what}, when it is verified, then this is the answer."
            );
            suite.add(&slug, &["CRY-VRF-03", "CRY-VRF-04"], &doc, question.to_json()?, intent)?;
        }
    }
    add_keys_of_mixed_order(&mut suite, &honest.input)?;
    Ok(suite.finish())
}

/// Keys x·B + T with T of order 8. A verifier that multiplies such a key with the order less c,
/// instead of −c, refuses what must be accepted, and accepts proofs with a challenge that is 5
/// modulo 8, as the order is.
fn add_keys_of_mixed_order(suite: &mut SuiteWriter, input: &[u8]) -> Result<(), CaseError> {
    let secret = secret_of(&seed());
    for (number, torsion) in EIGHT_TORSION.iter().enumerate().skip(1).step_by(2) {
        let key = VrfPublicKey((EdwardsPoint::mul_base(&secret) + torsion).compress().0);
        let proof_with = |rest: u8| {
            let mut proofs = (1..1_000u64).filter_map(|nonce| {
                let nonce = Scalar::from(nonce);
                prove_with(&key, &secret, input, &nonce, &EdwardsPoint::identity())
            });
            proofs.find(|proof| proof.challenge[0] % 8 == rest)
        };
        for (slug, what, rest) in
            [("cancels", "cancels", 0), ("stays", "cancels for the order less c alone", 5)]
        {
            let slug = format!("key-torsion-{number}-{slug}");
            let proof = proof_with(rest);
            let proof = proof.ok_or_else(|| suite.error(&slug, "there is none".to_owned()))?;
            let intent = match rest {
                0 => Intent::Exactly(json!({ "output": hex::encode(proof.to_output()?.0) })),
                _ => Intent::Rejected(CryVrfProofFalse),
            };
            let doc = format!(
                "Given a key with a part of small order that {what}, when a proof is verified, then this is the answer."
            );
            let question = Question { key, input: input.to_vec(), proof };
            suite.add(&slug, &["CRY-VRF-01", "CRY-VRF-03"], &doc, question.to_json()?, intent)?;
        }
    }
    Ok(())
}
