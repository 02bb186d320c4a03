//! A leader with honest, silent and faulty signers; sums along trees.

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    CryCosiResponse, CryCosiUnexpected, CryElementEncoding, CryElementIdentity, CryScalarEncoding,
};
use ioschain_spec::primitives::cosi::{Challenge, Nonce, Specification};
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, EncodedScalar, Group, Scalar as _,
};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::variants::{FixedBinding, WhitePaper};

use super::super::curve_points::{ORDER, plus_order};
use super::{
    Attempt, Committee, IDENTITY, NO_ELEMENT, QUORUM, Real, Scalar, VALIDATORS, committee,
};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Checks, Fault, Pairs, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![leaders()?, refused_messages()?, responses_of_other_schemes()?, sums()?])
}

// --- A leader ---------------------------------------------------------------------------------

/// What `cosi_lead` is asked.
#[derive(Clone)]
struct Led {
    keys: Vec<EncodedElement>,
    message: Digest,
    attempts: Vec<Attempt>,
}

impl Led {
    fn with(attempts: Vec<Attempt>) -> Result<Self, CaseError> {
        let committee = committee()?;
        Ok(Self { keys: committee.keys, message: committee.message, attempts })
    }

    fn honest() -> Result<Self, CaseError> {
        Self::with(vec![committee()?.attempt(&QUORUM, 0)?])
    }

    fn last_nonce(&mut self) -> &mut Nonce {
        let nonces = &mut self.attempts[0].nonces;
        let last = nonces.len() - 1;
        &mut nonces[last].1
    }

    fn to_json(&self) -> Result<Value, CaseError> {
        let attempt = |attempt: &Attempt| {
            Ok(json!({
                "nonces": list_to_json(&attempt.nonces)?,
                "responses": list_to_json(&attempt.responses)?,
            }))
        };
        let attempts = self.attempts.iter().map(attempt).collect::<Result<Vec<_>, CaseError>>()?;
        Ok(json!({
            "group": Real::NAME,
            "keys": list_to_json(&self.keys)?,
            "message": to_json(&self.message)?,
            "attempts": attempts,
        }))
    }
}

const LEAD: &[&str] = &["CRY-COSI-01", "CRY-COSI-05", "CRY-COSI-06", "CRY-COSI-07", "CRY-COSI-08"];

/// A leader that stops at the first silent or faulty signer never gets a signature.
fn leaders() -> Result<VectorFile, CaseError> {
    let doc = "Leaders with honest signers, and with signers that do not answer and are left out \
               of the next attempt.";
    let mut suite = SuiteWriter::new("primitives.cosi_lead", "honest", doc)?;
    let committee = committee()?;
    let honest = Led::honest()?;
    let collective = to_json(&committee.collective(&QUORUM)?)?;
    let mut backwards = honest.clone();
    backwards.attempts[0].nonces.reverse();
    backwards.attempts[0].responses.reverse();
    let mut silent = committee.attempt(&[0, 1, 2, 3, 4], 0)?;
    silent.responses.retain(|(position, _)| *position != 3);
    let mut waiting = honest.attempts[0].clone();
    waiting.responses.pop();
    let second = committee.attempt(&QUORUM, 1)?;
    let mut without_nonce = committee.attempt(&[0, 1, 2, 3], 0)?;
    without_nonce.responses.pop();
    let everybody = committee.attempt(&[0, 1, 2, 3, 4], 0)?;
    let signed = Intent::OkWith(json!({ "signature": collective, "faulty": [] }));
    let rows = [
        ("quorum", "a quorum answers", vec![honest.attempts[0].clone()], signed.clone()),
        (
            "backwards",
            "the same messages arrive in the opposite order",
            vec![backwards.attempts[0].clone()],
            signed,
        ),
        ("everybody", "all answer", vec![everybody], Intent::OkWith(json!({ "faulty": [] }))),
        (
            "waiting",
            "one of the signers asked has not answered yet",
            vec![waiting],
            Intent::OkWith(json!({ "signature": null, "faulty": [] })),
        ),
        (
            "restart",
            "one of the signers asked does not answer in the first attempt",
            vec![silent, second.clone()],
            Intent::OkWith(json!({ "faulty": [3], "next": null })),
        ),
        (
            "restart-without-nonce",
            "one validator sends no nonce in the first attempt, and one of the signers asked does \
             not answer",
            vec![without_nonce, second],
            Intent::OkWith(json!({ "faulty": [3] })),
        ),
    ];
    for (slug, what, attempts, intent) in rows {
        let doc =
            format!("Given a leader, when {what}, then this is the outcome of the last attempt.");
        suite.add(slug, LEAD, &doc, Led::with(attempts)?.to_json()?, intent)?;
    }
    Ok(suite.finish())
}

/// In the order of the steps: a nonce, the challenge, a response.
const LEAD_FAULTS: &[Fault<Led>] = &faults! { Led:
    "nonce-message" => CryCosiUnexpected, "CRY-COSI-05", "a nonce is for another message",
        |led| led.attempts[0].nonces[1].1.message = digest("other");
    "nonce-attempt" => CryCosiUnexpected, "CRY-COSI-05", "a nonce is for another attempt",
        |led| led.attempts[0].nonces[1].1.attempt = 1;
    "nonce-stranger" => CryCosiUnexpected, "CRY-COSI-05", "a nonce is not from one of the \
                                                           validators",
        |led| led.attempts[0].nonces[2].0 = VALIDATORS;
    "nonce-twice" => CryCosiUnexpected, "CRY-COSI-05", "a nonce is sent twice",
        |led| {
            let nonces = &mut led.attempts[0].nonces;
            nonces.insert(3, nonces[0]);
        };
    "nonce-no-element" => CryElementEncoding, "CRY-GROUP-01",
        "a nonce commitment does not encode an element",
        |led| led.last_nonce().commitments[0] = NO_ELEMENT;
    "nonce-identity" => CryElementIdentity, "CRY-GROUP-03",
        "the commitment to a second nonce is the identity",
        |led| led.last_nonce().commitments[1] = IDENTITY;
    "nonces-too-few" => CryCertificateQuorum, "CRY-COSI-07", "fewer than a quorum send nonces",
        |led| { led.attempts[0].nonces.remove(0); };
    "response-message" => CryCosiUnexpected, "CRY-COSI-05", "a response is for another message",
        |led| led.attempts[0].responses[0].1.message = digest("other");
    "response-attempt" => CryCosiUnexpected, "CRY-COSI-05", "a response is for another attempt",
        |led| led.attempts[0].responses[0].1.attempt = 1;
    "response-stranger" => CryCosiUnexpected, "CRY-COSI-05", "a response is not from one of the \
                                                              signers asked",
        |led| led.attempts[0].responses[1].0 = 3;
    "response-twice" => CryCosiUnexpected, "CRY-COSI-05", "a response is sent twice",
        |led| {
            let responses = &mut led.attempts[0].responses;
            responses.insert(2, responses[0]);
        };
    "response-no-scalar" => CryScalarEncoding, "CRY-GROUP-02", "a response is increased by the \
                                                                order",
        |led| {
            let response = &mut led.attempts[0].responses[2].1.response;
            response.0 = plus_order(&response.0);
        };
    "responses-exchanged" => CryCosiResponse, "CRY-COSI-06",
        "two signers each send the other's response",
        |led| {
            let responses = &mut led.attempts[0].responses;
            let last = responses.len() - 1;
            let (one, other) = (responses[last - 1].1, responses[last].1);
            (responses[last - 1].1, responses[last].1) = (other, one);
        };
    "response-other" => CryCosiResponse, "CRY-COSI-06", "the last response is invalid",
        |led| {
            let responses = &mut led.attempts[0].responses;
            let last = responses.len() - 1;
            responses[last].1.response.0[0] ^= 1;
        };
};

/// A leader that accepts one of these messages adds up what does not verify.
fn refused_messages() -> Result<VectorFile, CaseError> {
    let doc = "What a leader refuses of its signers.";
    let mut suite = SuiteWriter::new("primitives.cosi_lead", "refused", doc)?;
    let honest = Led::honest()?;
    let checks =
        Checks { subject: "a leader", honest: &honest, faults: LEAD_FAULTS, ask: Led::to_json };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[("nonce-no-element", "nonce-identity")])?;
    let committee = committee()?;
    let mut silent = committee.attempt(&[0, 1, 2, 3, 4], 0)?;
    silent.responses.retain(|(position, _)| *position != 3);
    let again = committee.attempt(&[0, 1, 2, 3, 4], 1)?;
    let mut late = committee.attempt(&QUORUM, 1)?;
    for (sent, (_, old)) in late.responses.iter_mut().zip(&silent.responses) {
        sent.1.response = old.response; // of nonces that are used
    }
    let mut nobody = committee.attempt(&[0, 1, 2, 3, 4], 0)?;
    nobody.responses.clear();
    let rows = [
        (
            "nonce-faulty",
            "a validator that was found faulty sends a nonce in the next attempt",
            vec![silent.clone(), again],
            "CRY-COSI-07",
            CryCosiUnexpected,
        ),
        (
            "nobody-left",
            "none of the signers asked answers in the first attempt and all of them send nonces in \
             the second",
            vec![nobody, committee.attempt(&QUORUM, 1)?],
            "CRY-COSI-08",
            CryCosiUnexpected,
        ),
        (
            "response-of-earlier-attempt",
            "the responses of the first attempt are sent with the number of the second",
            vec![silent, late],
            "CRY-COSI-06",
            CryCosiResponse,
        ),
    ];
    for (slug, what, attempts, requirement, rejection) in rows {
        let doc = format!("Given a leader, when {what}, then it is refused.");
        let intent = Intent::Rejected(rejection);
        suite.add(slug, &[requirement], &doc, Led::with(attempts)?.to_json()?, intent)?;
    }
    let mut cancelled = honest.clone();
    let secrets = &committee.secrets;
    let others =
        [0, 1, 2].map(|position| secrets[position]).into_iter().fold(Scalar::ZERO, Scalar::add);
    let cancelling = Scalar::ZERO.subtract(others);
    cancelled.keys[4] = Real::generator().multiply(cancelling).encode();
    let doc = "Given a leader, when the keys of the validators that send nonces add up to the \
               identity, then it is refused, and there is no challenge.";
    let intent = Intent::Rejected(CryElementIdentity);
    suite.add("keys-cancel", &["CRY-GROUP-03"], doc, cancelled.to_json()?, intent)?;
    Ok(suite.finish())
}

/// Responses by a signer that takes another b: each is refused, whatever the difference is.
fn responses_of_other_schemes() -> Result<VectorFile, CaseError> {
    let doc = "Responses in which the factor b of the second nonce is wrong: b = 0, as in the \
               scheme of the paper, b = 1, or a hash of other inputs.";
    let mut suite = SuiteWriter::new("primitives.cosi_lead", "other-schemes", doc)?;
    let committee = committee()?;
    let (challenge, honest) = (committee.challenge(&QUORUM, 0)?, Led::honest()?);
    let mut exchanged = challenge.clone();
    exchanged.commitments.reverse();
    let all = committee.challenge(&[0, 1, 2, 3, 4], 0)?;
    let others = Challenge { signers: all.signers, ..challenge.clone() };
    let rows = [
        (
            "papers",
            "b = 0, as in the scheme of the paper",
            committee.response(&WhitePaper, 4, &challenge)?,
        ),
        ("one", "b = 1", committee.response(&FixedBinding, 4, &challenge)?),
        (
            "exchanged",
            "the sums D and F exchanged in b",
            committee.response(&Specification, 4, &exchanged)?,
        ),
        (
            "other-signers",
            "another set of signers in b",
            committee.response(&Specification, 4, &others)?,
        ),
    ];
    for (slug, what, response) in rows {
        let mut led = honest.clone();
        led.attempts[0].responses[3].1 = response;
        let doc = format!(
            "Given a leader, when a signer responds with {what}, then the response is refused."
        );
        let intent = Intent::Rejected(CryCosiResponse);
        let requirements = ["CRY-COSI-01", "CRY-COSI-06"];
        suite.add(slug, &requirements, &doc, led.to_json()?, intent)?;
    }
    Ok(suite.finish())
}

// --- Trees ------------------------------------------------------------------------------------

/// Sums along a star, and along trees of which only the subtrees' sums arrive.
fn sums() -> Result<VectorFile, CaseError> {
    let doc = "The sums of the commitments and responses of seven signers, computed as a star, in \
               another order, and along trees. The sums are always the same.";
    let mut suite = SuiteWriter::new("primitives.cosi_combine", "trees", doc)?;
    let committee = Committee::<Real>::of(7)?;
    let positions: Vec<usize> = (0..7).collect();
    let Attempt { nonces, responses } = committee.attempt(&positions, 0)?;
    let parts: Vec<Part> = nonces
        .iter()
        .zip(&responses)
        .map(|((_, nonce), (_, sent))| Part {
            commitments: nonce.commitments,
            response: sent.response,
        })
        .collect();
    let challenge = committee.challenge(&positions, 0)?;
    let response = committee.collective(&positions)?.signature.response;
    let total = Part { commitments: challenge.commitments, response };
    let backwards: Vec<Part> = parts.iter().rev().copied().collect();
    // 0 is the root, its children are 1 and 2, theirs 3, 4 and 5, 6.
    let (left, right) =
        (sum_of(&[parts[1], parts[3], parts[4]])?, sum_of(&[parts[2], parts[5], parts[6]])?);
    let mut chain = parts[6];
    for part in parts[1..6].iter().rev() {
        chain = sum_of(&[*part, chain])?;
    }
    let rows = [
        ("star", "a star", parts.clone()),
        ("backwards", "a star whose messages arrive in the opposite order", backwards),
        ("binary-tree", "a binary tree", vec![parts[0], left, right]),
        ("chain", "a chain", vec![parts[0], chain]),
    ];
    for (slug, what, parts) in rows {
        let doc = format!(
            "Given {what} of signers, when the commitments and the responses are added up, then \
             these are the sums."
        );
        let intent = Intent::Exactly(total.sums()?);
        suite.add(slug, &["CRY-COSI-01", "CRY-COSI-02"], &doc, combine_input(&parts)?, intent)?;
    }
    let mut element = parts.clone();
    element[2].commitments[1] = NO_ELEMENT;
    let mut scalar = parts.clone();
    scalar[2].response = EncodedScalar(ORDER);
    let mut both = element.clone();
    both[1].response = EncodedScalar(ORDER);
    let doc = "Given a commitment that does not encode an element, when the sums are computed, \
               then it is refused.";
    let intent = Intent::Rejected(CryElementEncoding);
    suite.add("no-element", &["CRY-GROUP-01"], doc, combine_input(&element)?, intent.clone())?;
    let doc = "Given a commitment that does not encode an element and a response that does not \
               encode a scalar, when the sums are computed, then the commitment is refused.";
    suite
        .add("two-faults", &["CRY-GROUP-01"], doc, combine_input(&both)?, intent)?
        .flag(FLAG_SECOND_FAULT);
    let doc = "Given the order as a response, when the sums are computed, then it is refused.";
    let intent = Intent::Rejected(CryScalarEncoding);
    suite.add("no-scalar", &["CRY-GROUP-02"], doc, combine_input(&scalar)?, intent)?;
    Ok(suite.finish())
}

/// What one signer, or a subtree of them, adds to the sums.
#[derive(Clone, Copy)]
struct Part {
    commitments: [EncodedElement; 2],
    response: EncodedScalar,
}

impl Part {
    fn sums(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "commitments": to_json(&self.commitments)?,
            "response": to_json(&self.response)?,
        }))
    }
}

fn combine_input(parts: &[Part]) -> Result<Value, CaseError> {
    let commitments: Vec<_> = parts.iter().map(|part| part.commitments).collect();
    let responses: Vec<_> = parts.iter().map(|part| part.response).collect();
    Ok(json!({
        "group": Real::NAME,
        "commitments": list_to_json(&commitments)?,
        "responses": list_to_json(&responses)?,
    }))
}

fn sum_of(parts: &[Part]) -> Result<Part, CaseError> {
    let (mut commitments, mut response) = ([Real::identity(); 2], Scalar::ZERO);
    for part in parts {
        for (sum, encoded) in commitments.iter_mut().zip(&part.commitments) {
            *sum = sum.add(<Real as Group>::Element::decode(encoded)?);
        }
        response = response.add(Scalar::decode(&part.response)?);
    }
    let commitments = commitments.map(|sum| sum.encode());
    Ok(Part { commitments, response: response.encode() })
}
