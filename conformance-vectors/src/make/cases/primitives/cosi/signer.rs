//! A signer's nonces and answers, and the challenges that it refuses.

use serde_json::{Value, json};

use ioschain_spec::Rejection::{CryCosiUnexpected, CryElementIdentity};
use ioschain_spec::primitives::cosi::{Challenge, Open};
use ioschain_spec::primitives::group::{Element as _, EncodedElement, Group, Scalar as _};
use ioschain_spec::primitives::hash::Digest;

use super::{Committee, IDENTITY, NO_ELEMENT, QUORUM, Real, Scalar, committee, edit, fresh};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Fault, Pairs, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![nonces()?, answers()?, refused_challenges()?])
}

// --- A signer's nonces ------------------------------------------------------------------------

/// Nonces for the first and the last attempt and for other randomness, among five, seven and ten
/// validators; another message and attempts above f are refused. A signer that ignores the
/// randomness, signs another message, or opens too many attempts gives another answer.
fn nonces() -> Result<VectorFile, CaseError> {
    let doc = "The nonces that validator 1 commits to, and requests that it refuses.";
    let mut suite = SuiteWriter::new("primitives.cosi_nonce", "nonces", doc)?;
    let committee = committee()?;
    let (message, other) = (committee.message, digest("other"));
    let unexpected = Intent::Rejected(CryCosiUnexpected);
    let rows = [
        ("first", "the first attempt", message, 0, "fresh", Intent::Ok),
        ("last", "the last attempt", message, 1, "fresh", Intent::Ok),
        (
            "other-randomness",
            "an attempt with other randomness",
            message,
            0,
            "fresh too",
            Intent::Ok,
        ),
        (
            "message-other",
            "an attempt to sign another message",
            other,
            0,
            "fresh",
            unexpected.clone(),
        ),
        (
            "attempt-above-f",
            "an attempt with a number above f",
            message,
            2,
            "fresh",
            unexpected.clone(),
        ),
        (
            "attempt-largest",
            "the attempt with the largest number",
            message,
            u32::MAX,
            "fresh",
            unexpected,
        ),
    ];
    for (slug, what, message, attempt, randomness, intent) in rows {
        let then = nonces_or_refusal(&intent);
        let doc = format!("Given {what}, when the leader opens the attempt, then {then}.");
        let open = Open { message, attempt };
        add_nonce(&mut suite, slug, &doc, &committee, open, randomness, intent)?;
    }
    // f is 2 of 7 and 3 of 10.
    for (validators, attempt, intent) in [
        (7, 2, Intent::Ok),
        (7, 3, Intent::Rejected(CryCosiUnexpected)),
        (10, 3, Intent::Ok),
        (10, 4, Intent::Rejected(CryCosiUnexpected)),
    ] {
        let (slug, committee) =
            (format!("attempt-{attempt}-of-{validators}"), Committee::of(validators)?);
        let then = nonces_or_refusal(&intent);
        let doc = format!(
            "Given attempt {attempt} among {validators} validators, when the leader opens it, then \
             {then}."
        );
        let open = Open { message, attempt };
        add_nonce(&mut suite, &slug, &doc, &committee, open, "fresh", intent)?;
    }
    Ok(suite.finish())
}

/// What a signer answers to the opening of an attempt, in words.
fn nonces_or_refusal(intent: &Intent) -> &'static str {
    match intent {
        Intent::Rejected(_) => "the request is refused",
        _ => "these are the commitments to the signer's nonces",
    }
}

/// Validator 1 of a committee opens an attempt.
fn add_nonce(
    suite: &mut SuiteWriter,
    slug: &str,
    doc: &str,
    committee: &Committee<Real>,
    open: Open,
    randomness: &str,
    intent: Intent,
) -> Result<(), CaseError> {
    let input = json!({
        "group": Real::NAME,
        "keys": list_to_json(&committee.keys)?,
        "position": 1,
        "secret": to_json(&committee.secrets[1].encode())?,
        "message": to_json(&committee.message)?,
        "open": to_json(&open)?,
        "randomness": to_json(&digest(randomness))?,
    });
    let requirements: &[&str] = match intent {
        Intent::Ok => &["CRY-COSI-03", "CRY-COSI-04", "CRY-COSI-08"],
        _ => &["CRY-COSI-03", "CRY-COSI-08"],
    };
    suite.add(slug, requirements, doc, input, intent)?;
    Ok(())
}

// --- A signer's answer ------------------------------------------------------------------------

/// What `cosi_answer` is asked of validator 1.
#[derive(Clone)]
struct Asked {
    keys: Vec<EncodedElement>,
    secret: Scalar,
    message: Digest,
    opened: Vec<(u32, Digest)>,
    before: Vec<Challenge>,
    challenge: Challenge,
}

impl Asked {
    fn honest() -> Result<Self, CaseError> {
        let committee = committee()?;
        Ok(Self {
            challenge: committee.challenge(&QUORUM, 0)?,
            secret: committee.secrets[1],
            keys: committee.keys,
            message: committee.message,
            opened: vec![(0, fresh(1, 0))],
            before: Vec::new(),
        })
    }

    fn to_json(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "group": Real::NAME,
            "keys": list_to_json(&self.keys)?,
            "position": 1,
            "secret": to_json(&self.secret.encode())?,
            "message": to_json(&self.message)?,
            "opened": list_to_json(&self.opened)?,
            "before": list_to_json(&self.before)?,
            "challenge": to_json(&self.challenge)?,
        }))
    }
}

/// A signer that computes the binding factor or the challenge otherwise sends a response that is
/// refused.
fn answers() -> Result<VectorFile, CaseError> {
    let doc = "The responses of validator 1, in the first attempt and in later ones.";
    let mut suite = SuiteWriter::new("primitives.cosi_answer", "honest", doc)?;
    let (committee, honest) = (committee()?, Asked::honest()?);
    let everybody = committee.challenge(&[0, 1, 2, 3, 4], 0)?;
    let second = committee.challenge(&[0, 1, 2, 4], 1)?;
    let mut refused = honest.challenge.clone();
    refused.commitments[0] = NO_ELEMENT;
    let both = vec![(0, fresh(1, 0)), (1, fresh(1, 1))];
    let rows = [
        ("quorum", "a quorum is asked", honest.clone()),
        ("everybody", "all are asked", Asked { challenge: everybody, ..honest.clone() }),
        (
            "restart",
            "another attempt follows one that it answered",
            Asked {
                opened: both.clone(),
                before: vec![honest.challenge.clone()],
                challenge: second.clone(),
                ..honest.clone()
            },
        ),
        (
            "restart-unasked",
            "another attempt follows one in which it was not asked",
            Asked { opened: both, challenge: second, ..honest.clone() },
        ),
        (
            "opened-twice",
            "it was asked twice for its nonces in the same attempt",
            Asked { opened: vec![(0, fresh(1, 0)), (0, fresh(1, 7))], ..honest.clone() },
        ),
        (
            "after-a-refused-one",
            "it has refused a challenge before",
            Asked { before: vec![refused], ..honest.clone() },
        ),
    ];
    for (slug, what, asked) in rows {
        let doc = format!("Given a signer, when {what}, then this is its response.");
        let requirements = ["CRY-COSI-01", "CRY-COSI-03", "CRY-COSI-04"];
        suite.add(slug, &requirements, &doc, asked.to_json()?, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// In the order of the checks.
const ANSWER_FAULTS: &[Fault<Asked>] = &faults! { Asked:
    "attempt-unopened" => CryCosiUnexpected, "CRY-COSI-03",
        "it is for an attempt that was not opened",
        |asked| asked.challenge.attempt = 1;
    "message-other" => CryCosiUnexpected, "CRY-COSI-03", "it is for another message",
        |asked| asked.challenge.message = digest("other");
    "bitmap-long" => CryCertificateSigners, "CRY-CERT-01", "its bitmap is too long",
        |asked| edit(&mut asked.challenge.signers, |bytes| bytes.push(0));
    "bitmap-stray" => CryCertificateSigners, "CRY-CERT-01",
        "its bitmap names a validator after the end of the roster",
        |asked| edit(&mut asked.challenge.signers, |bytes| bytes[0] |= 0x20);
    "quorum" => CryCertificateQuorum, "CRY-CERT-02", "it names 2f + 1 signers, which is less than \
                                                      a quorum",
        |asked| edit(&mut asked.challenge.signers, |bytes| bytes[0] &= 0b1110_1111);
    "not-named" => CryCosiUnexpected, "CRY-COSI-03", "it names only other validators",
        |asked| edit(&mut asked.challenge.signers, |bytes| bytes[0] = bytes[0] & !0b10 | 0b1000);
    "first-no-element" => CryElementEncoding, "CRY-GROUP-01",
        "the first sum of commitments does not encode an element",
        |asked| asked.challenge.commitments[0] = NO_ELEMENT;
    "second-no-element" => CryElementEncoding, "CRY-GROUP-01",
        "the second sum of commitments does not encode an element",
        |asked| asked.challenge.commitments[1] = NO_ELEMENT;
    "keys-cancel" => CryElementIdentity, "CRY-GROUP-03", "the keys of the signers that it names \
                                                          add up to the identity",
        |asked| {
            // The key of validator 4 is what the others of P lack.
            let keys = [0, 1, 2].map(|position| asked.keys[position]);
            let mut sum = Real::identity();
            for key in &keys {
                sum = sum.add(<Real as Group>::Element::decode(key)?);
            }
            asked.keys[4] = Real::identity().subtract(sum).encode();
            Ok::<(), CaseError>(())
        };
};

/// Challenges with one fault, with two, and after an answer in the same attempt. A signer that
/// answers one of them signs what it did not agree to, or gives its key away.
fn refused_challenges() -> Result<VectorFile, CaseError> {
    let doc = "Challenges that validator 1 refuses.";
    let mut suite = SuiteWriter::new("primitives.cosi_answer", "refused", doc)?;
    let honest = Asked::honest()?;
    let ask = Asked::to_json;
    let faults = ANSWER_FAULTS;
    let checks = Checks { subject: "a challenge", honest: &honest, faults, ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[("quorum", "not-named")])?;
    let answered = |challenge| Asked { before: vec![challenge], ..honest.clone() };
    let other = committee()?.challenge(&[0, 1, 2, 3, 4], 0)?;
    let mut cancelled = honest.clone();
    cancelled.challenge.commitments = [IDENTITY; 2];
    let mut above = honest.clone();
    above.opened.push((2, fresh(1, 2)));
    let rows = [
        (
            "answered",
            "it was answered before",
            answered(honest.challenge.clone()),
            "CRY-COSI-03",
            CryCosiUnexpected,
        ),
        (
            "other-answered",
            "another challenge of the same attempt was answered before",
            answered(other),
            "CRY-COSI-03",
            CryCosiUnexpected,
        ),
        (
            "opened-above-f",
            "an attempt above f was opened before",
            above,
            "CRY-COSI-08",
            CryCosiUnexpected,
        ),
        (
            "nonces-cancel",
            "the sums of commitments are the identity",
            cancelled,
            "CRY-GROUP-03",
            CryElementIdentity,
        ),
    ];
    for (slug, what, asked, requirement, rejection) in rows {
        let doc = format!("Given a challenge, when {what}, then it is refused.");
        let intent = Intent::Rejected(rejection);
        suite.add(slug, &[requirement], &doc, asked.to_json()?, intent)?;
    }
    Ok(suite.finish())
}
