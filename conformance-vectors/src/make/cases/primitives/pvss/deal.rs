//! Sharings and dealers at their limits, and deals with a fault for each check and with other
//! changes.
//!
//! A deal that a recipient cannot decrypt, or whose shares are not of one polynomial, would let a
//! dealer decide afterwards whether its secret counts.

use ioschain_model::words::count as count_of;
use ioschain_spec::Rejection::{
    CryDleqProof, CryElementEncoding, CryElementIdentity, CryPvssLengths,
};
use ioschain_spec::primitives::dleq::DleqProof;
use ioschain_spec::primitives::ristretto::Ristretto255;

use super::{
    CHALLENGE, Change, NEUTRAL, NO_ELEMENT, NO_SCALAR, Question, Run, add_changes, another,
};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Checks, Fault, Pairs, case_table, faults};
use crate::make::cases::primitives::group::{scalar, scalar_json};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

/// A dealer that accepts one of these publishes its secret, or shares that nobody can combine.
const SHARING_CHANGES: &[Change] = case_table! {
    "threshold-zero", "with the threshold 0", "CRY-PVSS-01", CryPvssLengths => |q| q.threshold = 0;
    "threshold-five", "with a threshold of one more than the number of recipients", "CRY-PVSS-01", CryPvssLengths
        => |q| q.threshold = 5;
    "threshold-most", "with the largest threshold", "CRY-PVSS-01", CryPvssLengths
        => |q| q.threshold = u32::MAX;
    "nobody", "without recipients", "CRY-PVSS-01", CryPvssLengths => |q| q.keys.clear();
    "base-identity", "with the identity as its base", "CRY-GROUP-03", CryElementIdentity
        => |q| q.base = NEUTRAL;
    "first-key-identity", "with the identity as its first key", "CRY-GROUP-03", CryElementIdentity
        => |q| q.keys[0] = NEUTRAL;
    "last-key-identity", "with the identity as its last key", "CRY-GROUP-03", CryElementIdentity
        => |q| q.keys[3] = NEUTRAL;
    "base-no-element", "with a base that does not encode an element", "CRY-GROUP-01", CryElementEncoding
        => |q| q.base = NO_ELEMENT;
    "key-no-element", "with a key that does not encode an element", "CRY-GROUP-01", CryElementEncoding
        => |q| q.keys[3] = NO_ELEMENT;
};

/// A dealer with other limits refuses an honest run, or deals in one that cannot work.
pub(super) fn sharings(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc =
        "Thresholds, bases and keys with which a secret can be shared, and with which it cannot.";
    let mut suite = SuiteWriter::new("primitives.pvss_sharing", "limits", doc)?;
    let ask = Question::sharing_json;
    for threshold in [1, 4] {
        let question = Question { threshold, ..run.question.clone() };
        let doc = format!(
            "Given four recipients, when the threshold is {threshold}, then a secret can be shared \
             among them."
        );
        let requirements = ["CRY-PVSS-01", "CRY-GROUP-03"];
        suite.add(
            &format!("{threshold}-of-4"),
            &requirements,
            &doc,
            ask(&question)?,
            Intent::Ok,
        )?;
    }
    add_changes(&mut suite, &run.question, "a sharing among four", ask, SHARING_CHANGES)?;
    let question = Question { threshold: 0, base: NEUTRAL, ..run.question.clone() };
    let doc = "Given a sharing with the threshold 0 and the identity as its base, when it is \
               verified, then it is refused for the threshold.";
    let intent = Intent::Rejected(CryPvssLengths);
    suite
        .add("threshold-before-identity", &["CRY-PVSS-01"], doc, ask(&question)?, intent)?
        .flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}

/// A dealer that does not count coefficients deals with another threshold.
pub(super) fn dealers(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc = "Polynomials with more or fewer coefficients than the threshold.";
    let mut suite = SuiteWriter::new("primitives.pvss_deal", "lengths", doc)?;
    for count in [0, 2, 4] {
        let coefficients = (0..count).map(|k| scalar::<Ristretto255>(&format!("coefficient {k}")));
        let mut input = run.question.sharing_json()?;
        input["coefficients"] = coefficients.map(scalar_json::<Ristretto255>).collect();
        let terms = count_of(count, "coefficient");
        let doc = format!(
            "Given a polynomial of {terms} and the threshold 3, when the secret is dealt, then it \
             is refused."
        );
        let intent = Intent::Rejected(CryPvssLengths);
        suite.add(&format!("coefficients-{count}"), &["CRY-PVSS-02"], &doc, input, intent)?;
    }
    Ok(suite.finish())
}

/// One fault for each check of a deal, in their order.
const DEAL_FAULTS: &[Fault<Question>] = &faults! { Question:
    "lengths" => CryPvssLengths, "CRY-PVSS-03", "a commitment is missing",
        |question| { question.commitments.remove(0); };
    "element" => CryElementEncoding, "CRY-GROUP-01", "the first encrypted share does not encode an \
                                                      element",
        |question| question.shares[0].share = NO_ELEMENT;
    "scalar" => CryScalarEncoding, "CRY-GROUP-02", "the response in the proof of the second share \
                                                    does not encode a scalar",
        |question| question.shares[1].proof.response = NO_SCALAR;
    "identity" => CryElementIdentity, "CRY-DLEQ-03", "T1 in the proof of the third share is the \
                                                      identity",
        |question| question.shares[2].proof.nonce_commitments[0] = NEUTRAL;
    "proof" => CryDleqProof, "CRY-PVSS-04", "the response in the proof of the last share is that \
                                             of another share",
        |question| question.shares[3].proof.response = question.shares[1].proof.response;
};

/// A verifier that leaves a check out, or has another order of checks, gives another answer.
pub(super) fn broken_deals(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc = "An honest deal with one fault for each check, and with two faults.";
    let mut suite = SuiteWriter::new("primitives.pvss_verify_deal", "checks", doc)?;
    let honest = &run.question;
    let ask = Question::deal_json;
    let checks = Checks { subject: "a deal to four recipients", honest, faults: DEAL_FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    // This pair is left out, although the later fault is committed first and would stay in place.
    checks.add_pairs(&mut suite, Pairs::All, &[("scalar", "proof")])?;
    let mut question = run.question.clone();
    question.shares[1].proof.response = question.shares[0].proof.response;
    question.shares[2].proof.nonce_commitments[1] = NEUTRAL;
    let doc = "Given a deal to four recipients, when the proof of the second share is invalid and \
               T2 in the proof of the third is the identity, then it is refused for the second \
               share.";
    let intent = Intent::Rejected(CryDleqProof);
    let requirements = ["CRY-PVSS-04", "CRY-DLEQ-02"];
    suite
        .add("proof-before-identity", &requirements, doc, ask(&question)?, intent)?
        .flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}

const LENGTHS: &str = "CRY-PVSS-03";
const ENCRYPTED: &str = "CRY-PVSS-04";

/// A verifier that leaves a part of the deal out of its equations accepts one of these.
const DEAL_CHANGES: &[Change] = case_table! {
    "commitment-more", "with an additional commitment", LENGTHS, CryPvssLengths
        => |q| q.commitments.push(NEUTRAL);
    "no-commitments", "without commitments", LENGTHS, CryPvssLengths => |q| q.commitments.clear();
    "share-missing", "without its last share", LENGTHS, CryPvssLengths => |q| q.shares.truncate(3);
    "share-twice", "with its last share repeated", LENGTHS, CryPvssLengths
        => |q| q.shares.push(q.shares[3]);
    "recipient-missing", "verified for only three of its recipients", LENGTHS, CryPvssLengths => |q| q.keys.truncate(3);
    "threshold-lower", "under a lower threshold", LENGTHS, CryPvssLengths => |q| q.threshold = 2;
    "commitment-no-element", "with a commitment that does not encode an element",
        "CRY-GROUP-01", CryElementEncoding => |q| q.commitments[2] = NO_ELEMENT;
    "commitment-other", "with another last commitment", ENCRYPTED, CryDleqProof
        => |q| q.commitments[2] = another();
    "commitment-identity", "with the identity as its last commitment", ENCRYPTED, CryDleqProof
        => |q| q.commitments[2] = NEUTRAL;
    "commitments-exchanged", "with two commitments exchanged", ENCRYPTED, CryDleqProof
        => |q| q.commitments.swap(0, 1);
    "first-share-other", "with another first share", ENCRYPTED, CryDleqProof
        => |q| q.shares[0].share = another();
    "last-share-other", "with another last share", ENCRYPTED, CryDleqProof
        => |q| q.shares[3].share = another();
    "last-share-identity", "with the identity as its last share", ENCRYPTED, CryDleqProof
        => |q| q.shares[3].share = NEUTRAL;
    "shares-exchanged", "with two shares exchanged", ENCRYPTED, CryDleqProof
        => |q| q.shares.swap(1, 2);
    "elements-exchanged", "with two shares exchanged and their proofs left in place", ENCRYPTED, CryDleqProof
        => |q| {
            let [one, other] = [q.shares[0].share, q.shares[3].share];
            (q.shares[0].share, q.shares[3].share) = (other, one);
        };
    "proofs-exchanged", "with two proofs exchanged", ENCRYPTED, CryDleqProof
        => |q| {
            let [one, other]: [DleqProof; 2] = [q.shares[0].proof, q.shares[3].proof];
            (q.shares[0].proof, q.shares[3].proof) = (other, one);
        };
    "commitment-of-nonce-other", "with another T2", ENCRYPTED, CryDleqProof
        => |q| q.shares[2].proof.nonce_commitments[1] = another();
    "session", "for another session", CHALLENGE, CryDleqProof
        => |q| q.session = digest("another session");
    "dealer", "copied from another dealer", CHALLENGE, CryDleqProof
        => |q| q.dealer = digest("another dealer");
    "base", "under another base", ENCRYPTED, CryDleqProof => |q| q.base = another();
    "key-other", "for another last recipient", ENCRYPTED, CryDleqProof => |q| q.keys[3] = another();
    "keys-exchanged", "with two recipients exchanged", ENCRYPTED, CryDleqProof
        => |q| q.keys.swap(0, 1);
    "rotated", "with its recipients and its shares shifted by one position", ENCRYPTED, CryDleqProof
        => |q| {
            q.keys.rotate_left(1);
            q.shares.rotate_left(1);
        };
    "t2-no-element", "with a T2 that does not encode an element", "CRY-GROUP-01", CryElementEncoding
        => |q| q.shares[3].proof.nonce_commitments[1] = NO_ELEMENT;
};

pub(super) fn changed_deals(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "An honest deal with one change each, and deals by dishonest dealers.";
    let mut suite = SuiteWriter::new("primitives.pvss_verify_deal", "changed", doc)?;
    let ask = Question::deal_json;
    add_changes(&mut suite, &run.question, "a deal to four recipients", ask, DEAL_CHANGES)?;
    // Shares of a polynomial of a higher degree, of which only t commitments are shown.
    let mut question = run.question.clone();
    let higher = Run::<G>::new(4, 4)?.question;
    question.shares = higher.shares;
    let doc = "Given shares of a polynomial with one coefficient more than there are commitments, \
               when the deal is verified, then it is refused.";
    let intent = Intent::Rejected(CryDleqProof);
    suite.add("degree-too-high", &["CRY-PVSS-04", "CRY-PVSS-03"], doc, ask(&question)?, intent)?;
    let question = Question { commitments: higher.commitments, ..question };
    let doc = "Given a polynomial with one coefficient more than the threshold, when its deal is \
               verified, then it is refused.";
    let intent = Intent::Rejected(CryPvssLengths);
    suite.add("coefficient-more", &["CRY-PVSS-03"], doc, ask(&question)?, intent)?;
    Ok(suite.finish())
}
