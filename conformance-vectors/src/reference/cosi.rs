//! §1: collective signing: the steps of a signer, those of a leader, the signature.
//!
//! Every question names its group and lists the group keys of all validators, in their order.

use serde_json::{Value, json};

use ioschain_spec::primitives::cosi::{
    Challenge, CollectiveSignature, Cosigners, Leader, Nonce, Open, Response, Signer,
    Specification, combine_commitments, combine_responses, verify_collective_signature,
};
use ioschain_spec::primitives::group::{Element as _, EncodedElement, Group};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;

use super::Answers::Plain;
use super::groups::{GROUP, element_json, in_group, scalar, scalar_json, scalars};
use super::json::{from_json, list, member, read, read_list, to_json};
use super::{Handler, Outcome, Refusal, Shape};
use crate::format::vector::HandlerKind::Function;

const KEYS: (&str, &str) = ("keys", "[EncodedElement]");
const MESSAGE: (&str, &str) = ("message", "Digest");
const POSITION: (&str, &str) = ("position", "u32, from 0");
const SECRET: (&str, &str) = ("secret", "EncodedScalar");

pub(super) const HANDLERS: [Handler; 5] = [
    handler(
        "primitives.cosi_nonce",
        "The commitments to nonces that a signer sends when the leader opens an attempt. The \
         nonces are derived with this randomness.",
        Shape::new(
            &[GROUP, KEYS, POSITION, SECRET, MESSAGE, ("open", "Open"), ("randomness", "Digest")],
            &[("nonce", "Nonce")],
        ),
        in_group!(cosi_nonce),
    ),
    handler(
        "primitives.cosi_answer",
        "The response of a signer to a challenge. Before, it has sent nonces for the attempts in \
         `opened`, each with its randomness, and has received the challenges in `before`, which it \
         answered or refused.",
        Shape::new(
            &[
                GROUP,
                KEYS,
                POSITION,
                SECRET,
                MESSAGE,
                ("opened", "[[u32, Digest]]"),
                ("before", "[Challenge]"),
                ("challenge", "Challenge"),
            ],
            &[("response", "Response")],
        ),
        in_group!(cosi_answer),
    ),
    handler(
        "primitives.cosi_lead",
        "The leader of a collective signature. In each attempt it receives all nonces, each with \
         the position of its sender, then makes the challenge, then receives the responses. The \
         answer describes the last attempt: its challenge, the positions of the signers found \
         faulty so far, the signature or null, and the message that would open the next attempt, \
         or null.",
        Shape::new(
            &[
                GROUP,
                KEYS,
                MESSAGE,
                ("attempts", "[{nonces: [[u32, Nonce]], responses: [[u32, Response]]}]"),
            ],
            &[
                ("challenge", "Challenge"),
                ("faulty", "[u32]"),
                ("signature", "CollectiveSignature or null"),
                ("next", "Open or null"),
            ],
        ),
        in_group!(cosi_lead),
    ),
    handler(
        "primitives.cosi_combine",
        "The sums of the commitments and of the responses of signers.",
        Shape::new(
            &[GROUP, ("commitments", "[[EncodedElement] (two)]"), ("responses", "[EncodedScalar]")],
            &[("commitments", "[EncodedElement] (two)"), ("response", "EncodedScalar")],
        ),
        in_group!(cosi_combine),
    ),
    handler(
        "primitives.cosi_verify",
        "Verifies a collective signature for the message by a quorum of the owners of these keys.",
        Shape::new(&[GROUP, KEYS, MESSAGE, ("collective", "CollectiveSignature")], &[]),
        in_group!(cosi_verify),
    ),
];

const fn handler(
    name: &'static str,
    doc: &'static str,
    shape: Shape,
    answer: fn(&Value) -> Outcome,
) -> Handler {
    Handler { name, kind: Function, doc, shape, answer: Plain(answer) }
}

fn cosigners<G: Group>(input: &Value) -> Result<Cosigners<G>, Refusal> {
    let keys: Vec<EncodedElement> = read_list(input, "keys")?;
    Ok(Cosigners::new(&keys)?)
}

fn position_of(value: &Value) -> Result<usize, Refusal> {
    let position: u32 = from_json(value)?;
    Ok(usize::try_from(position).unwrap_or(usize::MAX))
}

fn signer<'a, G: Group>(
    input: &Value,
    cosigners: &'a Cosigners<G>,
) -> Result<Signer<'a, G>, Refusal> {
    let position = position_of(member(input, "position")?)?;
    let secret = scalar::<G>(input, "secret")?;
    Ok(Signer::new(cosigners, position, secret, read(input, "message")?))
}

fn cosi_nonce<G: Group>(input: &Value) -> Outcome {
    let cosigners = cosigners::<G>(input)?;
    let open: Open = read(input, "open")?;
    let Digest(randomness) = read(input, "randomness")?;
    let nonce = signer(input, &cosigners)?.open(&open, &randomness)?;
    Ok(json!({ "nonce": to_json(&nonce)? }))
}

fn cosi_answer<G: Group>(input: &Value) -> Outcome {
    let cosigners = cosigners::<G>(input)?;
    let mut signer = signer(input, &cosigners)?;
    let message: Digest = read(input, "message")?;
    for opened in list(input, "opened")? {
        let (attempt, Digest(randomness)) = from_json(opened)?;
        signer.open(&Open { message, attempt }, &randomness)?;
    }
    for challenge in read_list::<Challenge>(input, "before")? {
        let _ = signer.answer(&Specification, &challenge); // whichever it was
    }
    let challenge: Challenge = read(input, "challenge")?;
    let response = signer.answer(&Specification, &challenge)?;
    Ok(json!({ "response": to_json(&response)? }))
}

fn cosi_lead<G: Group>(input: &Value) -> Outcome {
    let cosigners = cosigners::<G>(input)?;
    let mut leader = Leader::new(&cosigners, read(input, "message")?);
    let attempts = list(input, "attempts")?;
    let (last, earlier) = attempts.split_last().ok_or_else(|| "there is no attempt".to_owned())?;
    for attempt in earlier {
        lead_attempt(&mut leader, attempt)?;
        leader.restart().ok_or_else(|| "there are more attempts than f + 1".to_owned())?;
    }
    let challenge = lead_attempt(&mut leader, last)?;
    let optional = |json: Option<Result<Value, Refusal>>| json.unwrap_or(Ok(Value::Null));
    let signature = optional(leader.signature().map(|signature| to_json(&signature)))?;
    let faulty: Vec<usize> = leader.faulty().iter().copied().collect();
    let next = optional(leader.restart().map(|open| to_json(&open)))?;
    Ok(json!({
        "challenge": to_json(&challenge)?,
        "faulty": faulty,
        "signature": signature,
        "next": next,
    }))
}

fn lead_attempt<G: Group>(
    leader: &mut Leader<'_, G>,
    attempt: &Value,
) -> Result<Challenge, Refusal> {
    for sent in list(attempt, "nonces")? {
        let (position, nonce): (u32, Nonce) = from_json(sent)?;
        leader.receive_nonce(usize::try_from(position).unwrap_or(usize::MAX), &nonce)?;
    }
    let challenge = leader.challenge(&Specification)?;
    for sent in list(attempt, "responses")? {
        let (position, response): (u32, Response) = from_json(sent)?;
        leader.receive_response(usize::try_from(position).unwrap_or(usize::MAX), &response)?;
    }
    Ok(challenge)
}

fn cosi_combine<G: Group>(input: &Value) -> Outcome {
    let decode = |value: &Value| -> Result<[G::Element; 2], Refusal> {
        let [hiding, binding]: [EncodedElement; 2] = from_json(value)?;
        Ok([G::Element::decode(&hiding)?, G::Element::decode(&binding)?])
    };
    let commitments = list(input, "commitments")?.iter().map(decode);
    let commitments = combine_commitments::<G>(commitments.collect::<Result<Vec<_>, _>>()?);
    let response = combine_responses(scalars::<G>(input, "responses")?);
    Ok(json!({
        "commitments": commitments.map(element_json::<G>),
        "response": scalar_json::<G>(response),
    }))
}

fn cosi_verify<G: Group>(input: &Value) -> Outcome {
    let cosigners = cosigners::<G>(input)?;
    let collective: CollectiveSignature = read(input, "collective")?;
    verify_collective_signature(&cosigners, &read(input, "message")?, &collective)?;
    Ok(Value::Null)
}
