//! The keys of a validator, its name, and the proof that it has its group key.

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    self, CryElementEncoding, CryElementIdentity, CryPossession, CryScalarEncoding,
};
use ioschain_spec::primitives::group::{
    self, Element as _, EncodedElement, Group, Scalar as _, tagged_hash_to_scalar,
};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::keys::{GroupKeyPair, ValidatorKeyPairs};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::schnorr::{SchnorrSignature, derive_challenge};

use super::curve_points::{ORDER, plus_order};
use super::group::nonzero;
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![derived_keys()?, names()?, honest_possessions()?, false_possessions()?])
}

fn derived_keys() -> Result<VectorFile, CaseError> {
    let doc = "The three keys that follow from seeds.";
    let mut suite = SuiteWriter::new("primitives.validator_keys", "seeds", doc)?;
    for (slug, seed) in [("zero", [0; 32]), ("full", [0xff; 32]), ("label", digest("seed").0)] {
        let doc = "Given a seed, when a validator's keys are derived, then they are these.";
        let input = json!({ "seed": hex::encode(seed) });
        suite.add(slug, &["CRY-KEYS-02", "CRY-KEYS-03"], doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

fn names() -> Result<VectorFile, CaseError> {
    let doc = "The names of validators with the same keys in other places.";
    let mut suite = SuiteWriter::new("primitives.node_id", "keys", doc)?;
    let keys = ValidatorKeyPairs::from_seed(&digest("seed").0).public_keys();
    let mut exchanged = keys;
    (exchanged.signing.0, exchanged.lottery.0) = (keys.lottery.0, keys.signing.0);
    let mut moved = keys;
    (moved.lottery.0, moved.group.0) = (keys.group.0, keys.lottery.0);
    for (slug, what, keys) in [
        ("honest", "three keys", keys),
        ("signing-and-lottery-exchanged", "three keys of which two are exchanged", exchanged),
        ("lottery-and-group-exchanged", "three keys of which two others are exchanged", moved),
    ] {
        let doc = format!("Given {what}, when the validator is named, then this is its name.");
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

    fn honest() -> Self {
        let key_pair = GroupKeyPair::<Ristretto255>::from_seed(&digest("seed").0);
        let message = digest("message");
        let possession = key_pair.prove_possession(&message);
        Self { key: key_pair.public_key(), message, possession }
    }
}

fn times_generator(scalar: Scalar) -> Element {
    Ristretto255::generator().multiply(scalar)
}

fn honest_possessions() -> Result<VectorFile, CaseError> {
    let doc = "Honest proofs, by a seed's key and by given secrets.";
    let mut suite = SuiteWriter::new("primitives.possession", "honest", doc)?;
    let (secret, nonce) = (nonzero::<Ristretto255>("secret"), nonzero::<Ristretto255>("nonce"));
    let key = times_generator(secret);
    let one = <Scalar as group::Scalar>::ONE;
    let questions = [
        ("seed", "the key of a seed", Question::honest()),
        ("secret", "a secret", Question::with(key, secret, nonce)),
        ("nonce-one", "the nonce 1", Question::with(key, secret, one)),
        (
            "secret-one",
            "the generator for the key",
            Question::with(times_generator(one), one, nonce),
        ),
    ];
    for (slug, what, question) in questions {
        let doc = format!("Given {what}, when the proof of possession is verified, then it holds.");
        let requirements = [POSSESSION, ENCODED_ELEMENT, ENCODED_SCALAR, IDENTITY].concat();
        suite.add(slug, &requirements, &doc, question.to_json()?, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// What is done to an honest proof, and why it is refused then.
type Change = (&'static str, &'static str, Rejection, fn(&mut Question));

const CHANGES: &[Change] = case_table! {
    "key-negative", "a key that is negative", CryElementEncoding => |q| q.key.0 = [1; 32];
    "key-full", "a key with all bits set", CryElementEncoding => |q| q.key.0 = [0xff; 32];
    "key-above", "a key that is not below p", CryElementEncoding
        => |q| {
            q.key.0 = [0xff; 32];
            q.key.0[0] = 0xed;
            q.key.0[31] = 0x7f;
        };
    "key-other", "another key", CryPossession
        => |q| q.key = GroupKeyPair::<Ristretto255>::from_seed(&digest("other").0).public_key();
    "message-other", "another message", CryPossession => |q| q.message = digest("other");
    "commitment-other", "another commitment", CryPossession
        => |q| q.possession.commitment = times_generator(nonzero::<Ristretto255>("other")).encode();
    "commitment-no-element", "a commitment that is no element", CryElementEncoding
        => |q| {
            q.possession.commitment.0 = [0xff; 32];
        };
    "commitment-identity", "the identity for its commitment", CryElementIdentity
        => |q| q.possession.commitment.0 = [0; 32];
    "commitment-key", "the key for its commitment", CryPossession
        => |q| q.possession.commitment = q.key;
    "response-other", "a bit flipped in its response", CryPossession
        => |q| q.possession.response.0[0] ^= 1;
    "response-zero", "the response 0", CryPossession => |q| q.possession.response.0 = [0; 32];
    "response-order", "the order for its response", CryScalarEncoding
        => |q| q.possession.response.0 = ORDER;
    "response-raised", "its response raised by the order", CryScalarEncoding
        => |q| q.possession.response.0 = plus_order(&q.possession.response.0);
    "response-full", "a response with all bits set", CryScalarEncoding
        => |q| {
            q.possession.response.0 = [0xff; 32];
        };
};

fn requirements_of(rejection: Rejection) -> &'static [&'static str] {
    match rejection {
        CryElementEncoding => ENCODED_ELEMENT,
        CryElementIdentity => IDENTITY,
        CryScalarEncoding => ENCODED_SCALAR,
        _ => POSSESSION,
    }
}

fn false_possessions() -> Result<VectorFile, CaseError> {
    let doc = "Proofs with one part changed, and proofs by those who do not know the logarithm.";
    let mut suite = SuiteWriter::new("primitives.possession", "false", doc)?;
    for (slug, what, rejection, apply) in CHANGES.iter().copied() {
        let mut question = Question::honest();
        apply(&mut question);
        let doc = format!(
            "Given an honest proof of possession, when it is verified with {what}, then it is refused."
        );
        let intent = Intent::Rejected(rejection);
        suite.add(slug, requirements_of(rejection), &doc, question.to_json()?, intent)?;
    }
    let nonce = nonzero::<Ristretto255>("nonce");
    let identity = Question::with(Ristretto255::identity(), <Scalar as group::Scalar>::ZERO, nonce);
    let doc = "Given the identity for a key, when a proof for which the equation holds is verified, then it is refused.";
    let intent = Intent::Rejected(CryElementIdentity);
    suite.add("key-identity", IDENTITY, doc, identity.to_json()?, intent)?;
    add_two_faults(&mut suite)?;
    add_forgeries(&mut suite)?;
    Ok(suite.finish())
}

fn add_two_faults(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let pairs: [Change; 3] = [
        (
            "key-before-commitment",
            "a key that is no element and the identity for its commitment",
            CryElementEncoding,
            |q| (q.key.0, q.possession.commitment.0) = ([1; 32], [0; 32]),
        ),
        (
            "commitment-before-response",
            "the identity for its commitment and a response that is no scalar",
            CryElementIdentity,
            |q| (q.possession.commitment.0, q.possession.response.0) = ([0; 32], [0xff; 32]),
        ),
        (
            "response-before-message",
            "a response that is no scalar and another message",
            CryScalarEncoding,
            |q| (q.possession.response.0, q.message) = ([0xff; 32], digest("other")),
        ),
    ];
    for (slug, what, rejection, apply) in pairs {
        let mut question = Question::honest();
        apply(&mut question);
        let doc = format!(
            "Given an honest proof of possession, when it is verified with {what}, then it is refused for the former."
        );
        let (requirements, intent) = (requirements_of(rejection), Intent::Rejected(rejection));
        suite.add(slug, requirements, &doc, question.to_json()?, intent)?.flag(FLAG_SECOND_FAULT);
    }
    Ok(())
}

/// Proofs by whoever does not know the logarithm, or answers a challenge over too little.
fn add_forgeries(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let honest = Question::honest();
    let victim = Element::decode(&honest.key)?;
    let (secret, nonce) = (nonzero::<Ristretto255>("secret"), nonzero::<Ristretto255>("nonce"));
    let mine = times_generator(secret);
    let rogue = mine.subtract(victim);
    let zero_nonce = Question::with(mine, secret, <Scalar as group::Scalar>::ZERO);
    // R fitted to a chosen challenge and response.
    let commitment = times_generator(nonce).subtract(victim.multiply(secret)).encode();
    let fitted = SchnorrSignature { commitment, response: nonce.encode() };
    let fitted = Question { possession: fitted, ..honest.clone() };
    let weak = |parts: fn(&Question) -> [[u8; 32]; 2]| {
        let mut question = Question::with(mine, secret, nonce);
        let challenge = tagged_hash_to_scalar::<Ristretto255>(tags::POSSESSION, &parts(&question));
        question.possession.response = nonce.add(challenge.multiply(secret)).encode();
        question
    };
    let (refused, with_identity) = (CryPossession, CryElementIdentity);
    let forgeries = [
        (
            "rogue-key",
            "a key that cancels another's, and the secret of the sum",
            Question::with(rogue, secret, nonce),
            refused,
        ),
        ("nonce-zero", "the nonce 0", zero_nonce, with_identity),
        ("fitted", "a commitment fitted to a chosen challenge", fitted, refused),
        (
            "challenge-without-key",
            "a challenge without the key",
            weak(|q| [q.message.0, q.possession.commitment.0]),
            refused,
        ),
        (
            "challenge-without-message",
            "a challenge without the message",
            weak(|q| [q.key.0, q.possession.commitment.0]),
            refused,
        ),
        (
            "challenge-without-commitment",
            "a challenge without the commitment",
            weak(|q| [q.key.0, q.message.0]),
            refused,
        ),
    ];
    for (slug, what, question, rejection) in forgeries {
        let doc = format!(
            "Given a proof of possession with {what}, when it is verified, then it is refused."
        );
        let intent = Intent::Rejected(rejection);
        suite.add(slug, requirements_of(rejection), &doc, question.to_json()?, intent)?;
    }
    Ok(())
}
