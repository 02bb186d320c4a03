//! Decrypted shares: who can decrypt, and faults of a decryption and its proof.
//!
//! A false share that passed would make the recovered secret another for those who used it.

use ioschain_spec::Rejection::{
    CryDleqProof, CryPvssLengths, CryScalarEncoding, CrySharePositions,
};
use ioschain_spec::primitives::group::EncodedScalar;
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::ristretto::Ristretto255;
use serde_json::json;

use super::{
    CHALLENGE, Change, NEUTRAL, NO_ELEMENT, NO_SCALAR, Question, Run, add_changes, another,
};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Checks, Fault, Pairs, case_table, faults};
use crate::make::cases::primitives::curve_points::plus_order;
use crate::make::cases::primitives::group::scalar_json;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

/// Positions that no recipient has, and keys that are not the recipient's. A recipient that
/// decrypts with them publishes a share that is refused.
pub(super) fn decrypters(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Positions and keys that do not belong to a recipient of the deal.";
    let mut suite = SuiteWriter::new("primitives.pvss_decrypt", "strangers", doc)?;
    let secret = |number: usize| scalar_json::<G>(run.secret_keys[number]);
    let cases = [
        ("position-zero", "the position 0", 0, secret(0), CrySharePositions, "CRY-PVSS-06"),
        (
            "position-five",
            "a position after the last",
            5,
            secret(0),
            CrySharePositions,
            "CRY-PVSS-06",
        ),
        (
            "position-most",
            "the largest position",
            u32::MAX,
            secret(0),
            CrySharePositions,
            "CRY-PVSS-06",
        ),
        ("key-of-other", "the key of another recipient", 1, secret(1), CryDleqProof, "CRY-PVSS-05"),
        ("key-zero", "the key 0", 1, json!(hex::encode([0; 32])), CryDleqProof, "CRY-PVSS-05"),
        (
            "key-no-scalar",
            "a key that does not encode a scalar",
            1,
            json!(hex::encode(NO_SCALAR.0)),
            CryScalarEncoding,
            "CRY-GROUP-02",
        ),
    ];
    for (slug, what, position, secret_key, rejection, requirement) in cases {
        let mut input = run.question.deal_json()?;
        input["position"] = json!(position);
        input["secret_key"] = secret_key;
        let doc = format!("Given {what}, when a share is to be decrypted, then it is refused.");
        suite.add(slug, &[requirement], &doc, input, Intent::Rejected(rejection))?;
    }
    Ok(suite.finish())
}

/// One fault for each check of a decryption, in their order.
const DECRYPTION_FAULTS: &[Fault<Question>] = &faults! { Question:
    "position" => CrySharePositions, "CRY-PVSS-06", "no recipient has its position",
        |question| question.asked().position = Position(5);
    "element" => CryElementEncoding, "CRY-GROUP-01", "the share does not encode an element",
        |question| question.asked().share = NO_ELEMENT;
    "scalar" => CryScalarEncoding, "CRY-GROUP-02", "the response of its proof does not encode a \
                                                    scalar",
        |question| question.asked().proof.response = NO_SCALAR;
    "identity" => CryElementIdentity, "CRY-DLEQ-03", "T1 of its proof is the identity",
        |question| question.asked().proof.nonce_commitments[0] = NEUTRAL;
    "proof" => CryDleqProof, "CRY-PVSS-05", "it is verified for another session",
        |question| question.session = digest("another session");
};

/// A verifier that leaves a check out, or has another order of checks, gives another answer.
pub(super) fn broken_decryptions(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc = "An honest decryption with one fault for each check, and with two faults.";
    let mut suite = SuiteWriter::new("primitives.pvss_verify_decryption", "checks", doc)?;
    let honest = &run.question;
    let ask = Question::decryption_json;
    let checks = Checks { subject: "a decryption", honest, faults: DECRYPTION_FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::All, &[])?;
    let mut question = run.question.clone();
    question.shares.pop();
    question.asked().position = Position(5);
    let doc = "Given a decryption, when its deal is too short and no recipient has its position, \
               then it is refused for the deal.";
    let intent = Intent::Rejected(CryPvssLengths);
    let requirements = ["CRY-PVSS-03", "CRY-PVSS-06"];
    suite
        .add("lengths-before-position", &requirements, doc, ask(&question)?, intent)?
        .flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}

const DECRYPTED: &str = "CRY-PVSS-05";

/// A verifier that leaves a part of the decryption out of its proof accepts one of these.
const DECRYPTION_CHANGES: &[Change] = case_table! {
    "position-zero", "at the position 0", "CRY-PVSS-06", CrySharePositions
        => |q| q.asked().position = Position(0);
    "position-most", "at the largest position", "CRY-PVSS-06", CrySharePositions
        => |q| q.asked().position = Position(u32::MAX);
    "position-other", "at the position of another recipient", DECRYPTED, CryDleqProof
        => |q| q.asked().position = Position(2);
    "share-other", "with another share", DECRYPTED, CryDleqProof => |q| q.asked().share = another();
    "share-identity", "with the identity as its share", DECRYPTED, CryDleqProof
        => |q| q.asked().share = NEUTRAL;
    "share-encrypted", "with the share still encrypted", DECRYPTED, CryDleqProof
        => |q| q.asked().share = q.shares[0].share;
    "share-of-next", "with the share of the next recipient", DECRYPTED, CryDleqProof
        => |q| q.asked().share = q.decrypted[1].share;
    "proof-of-next", "with the proof of the next recipient", DECRYPTED, CryDleqProof
        => |q| q.asked().proof = q.decrypted[1].proof;
    "proof-of-encryption", "with the proof of the dealer", CHALLENGE, CryDleqProof
        => |q| q.asked().proof = q.shares[0].proof;
    "t1-other", "with another T1", DECRYPTED, CryDleqProof
        => |q| q.asked().proof.nonce_commitments[0] = another();
    "response-raised", "with a response increased by the order", "CRY-GROUP-02", CryScalarEncoding
        => |q| q.asked().proof.response = EncodedScalar(plus_order(&q.decrypted[0].proof.response.0));
    "dealer", "of the share of another dealer", CHALLENGE, CryDleqProof
        => |q| q.dealer = digest("another dealer");
    "base", "under another base", CHALLENGE, CryDleqProof => |q| q.base = another();
    "commitment", "of a deal with another commitment", CHALLENGE, CryDleqProof
        => |q| q.commitments[1] = another();
    "encrypted", "of another encrypted share", DECRYPTED, CryDleqProof
        => |q| q.shares[0].share = another();
    "key", "by another recipient", DECRYPTED, CryDleqProof => |q| q.keys[0] = another();
};

pub(super) fn changed_decryptions(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc = "An honest decryption with one change each.";
    let mut suite = SuiteWriter::new("primitives.pvss_verify_decryption", "changed", doc)?;
    let ask = Question::decryption_json;
    add_changes(&mut suite, &run.question, "a decryption", ask, DECRYPTION_CHANGES)?;
    Ok(suite.finish())
}
