//! The keys of a validator, its name, and the proof that it has its group key.

use serde_json::{Value, json};

use ioschain_spec::primitives::group::{
    self, Element as _, EncodedElement, Group, Scalar as _, tagged_hash_to_scalar,
};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::keys::{GroupKeyPair, ValidatorKeyPairs};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::schnorr::{SchnorrSignature, derive_challenge};

use super::curve_points::{ORDER, plus_order};
use super::group::nonzero;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Edit, add_edits, edits};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![derived_keys()?, names()?, honest_possessions()?, false_possessions()?])
}

/// An implementation that uses one seed for all three keys, or derives them under other tags, has
/// other keys.
fn derived_keys() -> Result<VectorFile, CaseError> {
    let doc = "The three public keys of a validator, derived from a seed.";
    let mut suite = SuiteWriter::new("primitives.validator_keys", "seeds", doc)?;
    for (slug, seed) in [("zero", [0; 32]), ("full", [0xff; 32]), ("label", digest("seed").0)] {
        let doc = "Given a seed, when a validator's keys are derived, then these are the keys.";
        let input = json!({ "seed": hex::encode(seed) });
        suite.add(slug, &["CRY-KEYS-02", "CRY-KEYS-03"], doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// A name that does not hash all keys in their order lets a validator exchange a key and keep its
/// name.
fn names() -> Result<VectorFile, CaseError> {
    let doc = "The names of validators that have the same three keys in different roles.";
    let mut suite = SuiteWriter::new("primitives.node_id", "keys", doc)?;
    let keys = ValidatorKeyPairs::from_seed(&digest("seed").0).public_keys();
    let mut exchanged = keys;
    (exchanged.signing.0, exchanged.lottery.0) = (keys.lottery.0, keys.signing.0);
    let mut moved = keys;
    (moved.lottery.0, moved.group.0) = (keys.group.0, keys.lottery.0);
    let questions = [
        ("honest", "three keys", keys),
        (
            "signing-and-lottery-exchanged",
            "the same three keys with two of them exchanged",
            exchanged,
        ),
        ("lottery-and-group-exchanged", "the same three keys with two others exchanged", moved),
    ];
    for (slug, what, keys) in questions {
        let doc =
            format!("Given {what}, when the validator's name is computed, then this is the name.");
        let input = json!({ "keys": to_json(&keys)? });
        suite.add(slug, &["CRY-KEYS-01"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

// --- Possession -------------------------------------------------------------------------------

const POSSESSION: &[&str] = &["CRY-POSSESS-01", "CRY-SCHNORR-01", "CRY-SCHNORR-02"];
const ENCODED_ELEMENT: &[&str] = &["CRY-GROUP-01"];
const ENCODED_SCALAR: &[&str] = &["CRY-GROUP-02"];
const IDENTITY: &[&str] = &["CRY-GROUP-03"];

type Element = <Ristretto255 as Group>::Element;
type Scalar = <Ristretto255 as Group>::Scalar;

const ZERO: Scalar = <Scalar as group::Scalar>::ZERO;
const ONE: Scalar = <Scalar as group::Scalar>::ONE;

fn secret() -> Scalar {
    nonzero::<Ristretto255>("secret")
}

fn nonce() -> Scalar {
    nonzero::<Ristretto255>("nonce")
}

/// What `possession` is asked.
#[derive(Clone)]
struct Question {
    key: EncodedElement,
    message: Digest,
    possession: SchnorrSignature,
}

impl Question {
    fn to_json(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "key": to_json(&self.key)?,
            "message": to_json(&self.message)?,
            "possession": to_json(&self.possession)?,
        }))
    }

    /// A proof with any secret and nonce, for a key that need not belong to the secret.
    fn with(key: Element, secret: Scalar, nonce: Scalar) -> Self {
        let (key, message) = (key.encode(), digest("message"));
        let commitment = times_generator(nonce).encode();
        let challenge =
            derive_challenge::<Ristretto255>(tags::POSSESSION, &key, &message, &commitment);
        let response = nonce.add(challenge.multiply(secret)).encode();
        Self { key, message, possession: SchnorrSignature { commitment, response } }
    }

    /// A proof that answers a challenge over these parts alone.
    fn weak(parts: fn(&Self) -> [[u8; 32]; 2]) -> Self {
        let mut question = Self::with(times_generator(secret()), secret(), nonce());
        let challenge = tagged_hash_to_scalar::<Ristretto255>(tags::POSSESSION, &parts(&question));
        question.possession.response = nonce().add(challenge.multiply(secret())).encode();
        question
    }

    fn honest() -> Self {
        let key_pair = key_pair("seed");
        let message = digest("message");
        let possession = key_pair.prove_possession(&message);
        Self { key: key_pair.public_key(), message, possession }
    }
}

fn key_pair(label: &str) -> GroupKeyPair<Ristretto255> {
    GroupKeyPair::from_seed(&digest(label).0)
}

fn times_generator(scalar: Scalar) -> Element {
    Ristretto255::generator().multiply(scalar)
}

/// A verifier that refuses small secrets or nonces refuses what the rules allow.
fn honest_possessions() -> Result<VectorFile, CaseError> {
    let doc = "Honest proofs of possession, by the key of a seed and by given secrets.";
    let mut suite = SuiteWriter::new("primitives.possession", "honest", doc)?;
    let with = |secret, nonce| Question::with(times_generator(secret), secret, nonce);
    let questions = [
        ("seed", "the key of a seed", Question::honest()),
        ("secret", "a secret", with(secret(), nonce())),
        ("nonce-one", "the nonce 1", with(secret(), ONE)),
        ("secret-one", "the generator as the key", with(ONE, nonce())),
    ];
    for (slug, what, question) in questions {
        let doc =
            format!("Given {what}, when the proof of possession is verified, then it is valid.");
        let requirements = [POSSESSION, ENCODED_ELEMENT, ENCODED_SCALAR, IDENTITY].concat();
        suite.add(slug, &requirements, &doc, question.to_json()?, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// A verifier that decodes leniently has two encodings of one proof; one that leaves a part out of
/// the challenge accepts a proof for another key or message.
const CHANGES: &[Edit<Question>] = &edits! { Question:
    "key-negative" => CryElementEncoding, ENCODED_ELEMENT, "a key that is negative",
        |q| q.key.0 = [1; 32];
    "key-full" => CryElementEncoding, ENCODED_ELEMENT, "a key with all bits set",
        |q| q.key.0 = [0xff; 32];
    "key-above" => CryElementEncoding, ENCODED_ELEMENT, "a key that is not below p",
        |q| {
            q.key.0 = [0xff; 32];
            q.key.0[0] = 0xed;
            q.key.0[31] = 0x7f;
        };
    "key-other" => CryPossession, POSSESSION, "another key",
        |q| q.key = key_pair("other").public_key();
    "message-other" => CryPossession, POSSESSION, "another message",
        |q| q.message = digest("other");
    "commitment-other" => CryPossession, POSSESSION, "another commitment",
        |q| q.possession.commitment =
            times_generator(nonzero::<Ristretto255>("other")).encode();
    "commitment-no-element" => CryElementEncoding, ENCODED_ELEMENT,
        "a commitment that does not encode an element", |q| q.possession.commitment.0 = [0xff; 32];
    "commitment-identity" => CryElementIdentity, IDENTITY, "the identity as its commitment",
        |q| q.possession.commitment.0 = [0; 32];
    "commitment-key" => CryPossession, POSSESSION, "the key as its commitment",
        |q| q.possession.commitment = q.key;
    "response-other" => CryPossession, POSSESSION, "a bit flipped in its response",
        |q| q.possession.response.0[0] ^= 1;
    "response-zero" => CryPossession, POSSESSION, "the response 0",
        |q| q.possession.response.0 = [0; 32];
    "response-order" => CryScalarEncoding, ENCODED_SCALAR, "the order as its response",
        |q| q.possession.response.0 = ORDER;
    "response-raised" => CryScalarEncoding, ENCODED_SCALAR, "its response increased by the order",
        |q| q.possession.response.0 = plus_order(&q.possession.response.0);
    "response-full" => CryScalarEncoding, ENCODED_SCALAR, "a response with all bits set",
        |q| q.possession.response.0 = [0xff; 32];
};

/// For the identity, everyone knows the logarithm: a validator with this key has no secret.
const IDENTITY_AS_KEY: &[Edit<Question>] = &edits! { Question:
    "key-identity" => CryElementIdentity, IDENTITY, "the identity",
        |q| *q = Question::with(Ristretto255::identity(), ZERO, nonce());
};

/// Two faults together fix the order of the checks: key, commitment, response, equation.
const TWO_FAULTS: &[Edit<Question>] = &edits! { Question:
    "key-before-commitment" => CryElementEncoding, ENCODED_ELEMENT,
        "a key that does not encode an element and the identity as its commitment",
        |q| (q.key.0, q.possession.commitment.0) = ([1; 32], [0; 32]), second_fault;
    "commitment-before-response" => CryElementIdentity, IDENTITY,
        "the identity as its commitment and a response that does not encode a scalar",
        |q| (q.possession.commitment.0, q.possession.response.0) = ([0; 32], [0xff; 32]),
        second_fault;
    "response-before-message" => CryScalarEncoding, ENCODED_SCALAR,
        "a response that does not encode a scalar and another message",
        |q| (q.possession.response.0, q.message) = ([0xff; 32], digest("other")), second_fault;
};

/// Proofs by whoever does not know the logarithm, takes the nonce 0, or answers a challenge over
/// too little. A verifier that accepts the rogue key lets it cancel another validator's in a
/// collective signature.
const FORGERIES: &[Edit<Question>] = &edits! { Question:
    "rogue-key" => CryPossession, POSSESSION,
        "a key that cancels the key of another validator, made with the secret key of the sum of \
         both",
        |q| {
            let rogue = times_generator(secret()).subtract(Element::decode(&q.key)?);
            *q = Question::with(rogue, secret(), nonce());
        };
    "nonce-zero" => CryElementIdentity, IDENTITY, "the nonce 0",
        |q| *q = Question::with(times_generator(secret()), secret(), ZERO);
    "fitted" => CryPossession, POSSESSION, "a commitment computed from a chosen challenge",
        |q| {
            let cancelled = Element::decode(&q.key)?.multiply(secret());
            q.possession.commitment = times_generator(nonce()).subtract(cancelled).encode();
            q.possession.response = nonce().encode();
        };
    "challenge-without-key" => CryPossession, POSSESSION, "a challenge that does not hash the key",
        |q| *q = Question::weak(|q| [q.message.0, q.possession.commitment.0]);
    "challenge-without-message" => CryPossession, POSSESSION, "a challenge that does not hash the \
                                                               message",
        |q| *q = Question::weak(|q| [q.key.0, q.possession.commitment.0]);
    "challenge-without-commitment" => CryPossession, POSSESSION,
        "a challenge that does not hash the commitment", |q| *q = Question::weak(|q| [q.key.0, q.message.0]);
};

/// What the tables above make of an honest proof.
fn false_possessions() -> Result<VectorFile, CaseError> {
    let doc = "Proofs with one part changed, and proofs made without the secret key.";
    let mut suite = SuiteWriter::new("primitives.possession", "false", doc)?;
    let mut add =
        |doc, edits| add_edits(&mut suite, &Question::honest(), Question::to_json, doc, edits);
    add(
        "Given an honest proof of possession, when it is verified with {what}, then it is refused.",
        CHANGES,
    )?;
    add(
        "Given {what} as a key, when a proof that satisfies the equation is verified, then it is \
         refused.",
        IDENTITY_AS_KEY,
    )?;
    add(
        "Given an honest proof of possession, when it is verified with {what}, then it is refused \
         for the first fault.",
        TWO_FAULTS,
    )?;
    add(
        "Given a proof of possession with {what}, when it is verified, then it is refused.",
        FORGERIES,
    )?;
    Ok(suite.finish())
}
