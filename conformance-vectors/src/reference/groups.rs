//! §1: hashing to groups and their scalars, proofs of equal logarithms, secret sharing.
//!
//! Every question names its group, so one handler answers for ristretto255 and for the toy groups.
//! Elements and scalars are decoded in the order in which the input lists them.

use serde_json::{Value, json};

use ioschain_spec::primitives::dleq::{
    DleqProof, DleqStatement, ProofContext, derive_challenge, prove, verify,
};
use ioschain_spec::primitives::expand_message::expand_message_xmd;
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, EncodedScalar, Group, Scalar as _, derive_nonzero_scalar,
    tagged_hash_to_group, tagged_hash_to_scalar,
};
use ioschain_spec::primitives::hash::Tag;
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::pvss::{
    Deal, DecryptedShare, Sharing, deal, decode_deal, decrypt_share, recover, verify_deal,
    verify_decryption,
};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::shamir::{Polynomial, lagrange_coefficients, recover_scalar};
use ioschain_spec::primitives::toy_group::ToyGroup;

use super::Answers::Plain;
use super::json::{Encoded, from_json, list, member, read, read_bytes, read_list, to_json};
use super::primitives::read_tag;
use super::{Handler, Outcome, Refusal, Shape};
use crate::format::vector::HandlerKind::Function;

/// The same question in every group.
macro_rules! in_group {
    ($question:ident) => {
        |input| match member(input, "group")?.as_str() {
            Some(<Ristretto255 as Group>::NAME) => $question::<Ristretto255>(input),
            Some(<ToyGroup<5> as Group>::NAME) => $question::<ToyGroup<5>>(input),
            Some(<ToyGroup<7> as Group>::NAME) => $question::<ToyGroup<7>>(input),
            Some(<ToyGroup<11> as Group>::NAME) => $question::<ToyGroup<11>>(input),
            _ => Err(format!("there is no group `{}`", input["group"]).into()),
        }
    };
}

pub(super) use in_group;

pub(super) const GROUP: (&str, &str) = ("group", "text");
const SESSION: (&str, &str) = ("session", "Digest");
const DEALER: (&str, &str) = ("dealer", "Digest");
const BASE: (&str, &str) = ("base", "EncodedElement");
const THRESHOLD: (&str, &str) = ("threshold", "u32");
const KEYS: (&str, &str) = ("keys", "[EncodedElement]");
const DEAL: (&str, &str) = ("deal", "Deal");

pub(super) const HANDLERS: [Handler; 19] = [
    handler(
        "primitives.expand_message",
        "The 64 uniform bytes that expand_message_xmd derives from a message.",
        Shape::new(&[("domain", "bytes"), ("message", "bytes")], &[("uniform", "bytes")]),
        expand_message,
    ),
    handler(
        "primitives.hash_to_group",
        "The element to which a message is hashed in a domain.",
        Shape::new(
            &[GROUP, ("domain", "bytes"), ("message", "bytes")],
            &[("element", "EncodedElement")],
        ),
        in_group!(hash_to_group),
    ),
    handler(
        "primitives.hash_to_scalar",
        "The scalar to which a message is hashed in a domain.",
        Shape::new(
            &[GROUP, ("domain", "bytes"), ("message", "bytes")],
            &[("scalar", "EncodedScalar")],
        ),
        in_group!(hash_to_scalar),
    ),
    handler(
        "primitives.tagged_hash_to_group",
        "The element to which a value is hashed under a tag of the protocol; `bytes` is the \
         encoding of the value.",
        Shape::new(&[GROUP, ("tag", "text"), ("bytes", "bytes")], &[("element", "EncodedElement")]),
        in_group!(tagged_to_group),
    ),
    handler(
        "primitives.tagged_hash_to_scalar",
        "The scalar to which a value is hashed under a tag of the protocol, and the first scalar \
         that is not 0, which keys and nonces need; `bytes` is the encoding of the value.",
        Shape::new(
            &[GROUP, ("tag", "text"), ("bytes", "bytes")],
            &[("scalar", "EncodedScalar"), ("nonzero", "EncodedScalar")],
        ),
        in_group!(tagged_to_scalar),
    ),
    handler(
        "primitives.decode_element",
        "Decodes an element, and says whether it is the identity.",
        Shape::new(&[GROUP, ("element", "EncodedElement")], &[("identity", "bool")]),
        in_group!(decode_element),
    ),
    handler(
        "primitives.decode_scalar",
        "Decodes a scalar, and says whether it is 0.",
        Shape::new(&[GROUP, ("scalar", "EncodedScalar")], &[("zero", "bool")]),
        in_group!(decode_scalar),
    ),
    handler(
        "primitives.sum_of_products",
        "The sum of the products of each scalar with its element.",
        Shape::new(
            &[GROUP, ("scalars", "[EncodedScalar]"), ("elements", "[EncodedElement]")],
            &[("sum", "EncodedElement")],
        ),
        in_group!(sum_of_products),
    ),
    handler(
        "primitives.dleq_prove",
        "The proof, made with this nonce, that a secret is the discrete logarithm to both bases, \
         and its challenge.",
        Shape::new(
            &[
                GROUP,
                ("context", "ProofContext"),
                ("bases", "[EncodedElement] (two)"),
                ("secret", "EncodedScalar"),
                ("nonce", "EncodedScalar"),
            ],
            &[("proof", "DleqProof"), ("challenge", "EncodedScalar")],
        ),
        in_group!(dleq_prove),
    ),
    handler(
        "primitives.dleq_verify",
        "Verifies a proof, in its context, that both values have the same discrete logarithm to \
         their bases.",
        Shape::new(
            &[
                GROUP,
                ("context", "ProofContext"),
                ("bases", "[EncodedElement] (two)"),
                ("values", "[EncodedElement] (two)"),
                ("proof", "DleqProof"),
            ],
            &[],
        ),
        in_group!(dleq_verify),
    ),
    handler(
        "primitives.shamir_share",
        "The values of a polynomial at these positions. The constant coefficient is the first one.",
        Shape::new(
            &[GROUP, ("coefficients", "[EncodedScalar]"), ("positions", "[u32]")],
            &[("shares", "[EncodedScalar]")],
        ),
        in_group!(shamir_share),
    ),
    handler(
        "primitives.lagrange",
        "The Lagrange weights with which the values at these positions give the value at 0.",
        Shape::new(&[GROUP, ("positions", "[u32]")], &[("weights", "[EncodedScalar]")]),
        in_group!(lagrange),
    ),
    handler(
        "primitives.shamir_recover",
        "The value at 0 of the polynomial that has these values and at most as many coefficients \
         as there are values.",
        Shape::new(
            &[GROUP, ("positions", "[u32]"), ("shares", "[EncodedScalar]")],
            &[("secret", "EncodedScalar")],
        ),
        in_group!(shamir_recover),
    ),
    handler(
        "primitives.pvss_deal",
        "The commitments and encrypted shares of a dealer. The answer omits the proofs, because \
         their nonces are the dealer's choice.",
        Shape::new(
            &[GROUP, SESSION, DEALER, BASE, THRESHOLD, KEYS, ("coefficients", "[EncodedScalar]")],
            &[("commitments", "[EncodedElement]"), ("shares", "[EncodedElement]")],
        ),
        in_group!(pvss_deal),
    ),
    handler(
        "primitives.pvss_verify_deal",
        "Verifies a deal with all of its checks.",
        Shape::new(&[GROUP, SESSION, DEALER, BASE, THRESHOLD, KEYS, DEAL], &[]),
        in_group!(pvss_verify_deal),
    ),
    handler(
        "primitives.pvss_decrypt",
        "The share that a recipient decrypts. The lengths and encodings of the deal are checked; \
         its proofs are not.",
        Shape::new(
            &[
                GROUP,
                SESSION,
                DEALER,
                BASE,
                THRESHOLD,
                KEYS,
                DEAL,
                ("position", "u32"),
                ("secret_key", "EncodedScalar"),
            ],
            &[("share", "EncodedElement")],
        ),
        in_group!(pvss_decrypt),
    ),
    handler(
        "primitives.pvss_verify_decryption",
        "Verifies that a decrypted share belongs to the encrypted one. The lengths and encodings \
         of the deal are checked; its proofs are not.",
        Shape::new(
            &[GROUP, SESSION, DEALER, BASE, THRESHOLD, KEYS, DEAL, ("decrypted", "DecryptedShare")],
            &[],
        ),
        in_group!(pvss_verify_decryption),
    ),
    handler(
        "primitives.pvss_recover",
        "The secret, recovered from shares that were already verified.",
        Shape::new(
            &[
                GROUP,
                SESSION,
                DEALER,
                BASE,
                THRESHOLD,
                KEYS,
                ("positions", "[u32]"),
                ("shares", "[EncodedElement]"),
            ],
            &[("secret", "EncodedElement")],
        ),
        in_group!(pvss_recover),
    ),
    handler(
        "primitives.pvss_sharing",
        "Checks whether a secret can be shared with this base and this threshold among the owners \
         of these keys.",
        Shape::new(&[GROUP, SESSION, DEALER, BASE, THRESHOLD, KEYS], &[]),
        in_group!(pvss_sharing),
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

// --- Elements and scalars ---------------------------------------------------------------------

fn element<G: Group>(input: &Value, name: &str) -> Result<G::Element, Refusal> {
    Ok(G::Element::decode(&read::<EncodedElement>(input, name)?)?)
}

fn elements<G: Group>(input: &Value, name: &str) -> Result<Vec<G::Element>, Refusal> {
    let encoded: Vec<EncodedElement> = read_list(input, name)?;
    Ok(encoded.iter().map(G::Element::decode).collect::<Result<_, _>>()?)
}

fn two_elements<G: Group>(input: &Value, name: &str) -> Result<[G::Element; 2], Refusal> {
    let elements = elements::<G>(input, name)?;
    elements.try_into().map_err(|_| format!("`{name}` are not two elements").into())
}

pub(super) fn scalar<G: Group>(input: &Value, name: &str) -> Result<G::Scalar, Refusal> {
    Ok(G::Scalar::decode(&read::<EncodedScalar>(input, name)?)?)
}

pub(super) fn scalars<G: Group>(input: &Value, name: &str) -> Result<Vec<G::Scalar>, Refusal> {
    let encoded: Vec<EncodedScalar> = read_list(input, name)?;
    Ok(encoded.iter().map(G::Scalar::decode).collect::<Result<_, _>>()?)
}

/// Two lists that belong together, entry by entry.
fn zip<A, B>(one: Vec<A>, other: Vec<B>) -> Result<Vec<(A, B)>, Refusal> {
    if one.len() != other.len() {
        return Err("two lists that belong together differ in length".to_owned().into());
    }
    Ok(one.into_iter().zip(other).collect())
}

pub(super) fn element_json<G: Group>(element: G::Element) -> Value {
    hex::encode(element.encode().0).into()
}

pub(super) fn scalar_json<G: Group>(scalar: G::Scalar) -> Value {
    hex::encode(scalar.encode().0).into()
}

fn decode_element<G: Group>(input: &Value) -> Outcome {
    Ok(json!({ "identity": element::<G>(input, "element")? == G::identity() }))
}

fn decode_scalar<G: Group>(input: &Value) -> Outcome {
    Ok(json!({ "zero": scalar::<G>(input, "scalar")? == G::Scalar::ZERO }))
}

fn sum_of_products<G: Group>(input: &Value) -> Outcome {
    let terms = zip(scalars::<G>(input, "scalars")?, elements::<G>(input, "elements")?)?;
    Ok(json!({ "sum": element_json::<G>(G::sum_of_products(&terms)) }))
}

// --- Hashing ----------------------------------------------------------------------------------

fn expand_message(input: &Value) -> Outcome {
    let (domain, message) = (read_bytes(input, "domain")?, read_bytes(input, "message")?);
    Ok(json!({ "uniform": hex::encode(expand_message_xmd(&domain, &message)) }))
}

fn hash_to_group<G: Group>(input: &Value) -> Outcome {
    let (domain, message) = (read_bytes(input, "domain")?, read_bytes(input, "message")?);
    Ok(json!({ "element": element_json::<G>(G::hash_to_group(&domain, &message)) }))
}

fn hash_to_scalar<G: Group>(input: &Value) -> Outcome {
    let (domain, message) = (read_bytes(input, "domain")?, read_bytes(input, "message")?);
    Ok(json!({ "scalar": scalar_json::<G>(G::hash_to_scalar(&domain, &message)) }))
}

fn tag_and_value(input: &Value) -> Result<(Tag, Encoded), Refusal> {
    Ok((read_tag(input)?, Encoded(read_bytes(input, "bytes")?)))
}

fn tagged_to_group<G: Group>(input: &Value) -> Outcome {
    let (tag, value) = tag_and_value(input)?;
    Ok(json!({ "element": element_json::<G>(tagged_hash_to_group::<G>(tag, &value)) }))
}

fn tagged_to_scalar<G: Group>(input: &Value) -> Outcome {
    let (tag, value) = tag_and_value(input)?;
    Ok(json!({
        "scalar": scalar_json::<G>(tagged_hash_to_scalar::<G>(tag, &value)),
        "nonzero": scalar_json::<G>(derive_nonzero_scalar::<G>(tag, &value)),
    }))
}

// --- Proofs of equal logarithms ---------------------------------------------------------------

fn dleq_prove<G: Group>(input: &Value) -> Outcome {
    let context: ProofContext = read(input, "context")?;
    let bases = two_elements::<G>(input, "bases")?;
    let (secret, nonce) = (scalar::<G>(input, "secret")?, scalar::<G>(input, "nonce")?);
    let proof = prove::<G>(&context, bases, secret, nonce)?;
    let challenge = derive_challenge::<G>(&context, &proof.nonce_commitments);
    Ok(json!({ "proof": to_json(&proof)?, "challenge": scalar_json::<G>(challenge) }))
}

fn dleq_verify<G: Group>(input: &Value) -> Outcome {
    let context: ProofContext = read(input, "context")?;
    let bases = two_elements::<G>(input, "bases")?;
    let values = two_elements::<G>(input, "values")?;
    let proof: DleqProof = read(input, "proof")?;
    verify(&context, &DleqStatement::<G> { bases, values }, &proof.decode()?)?;
    Ok(Value::Null)
}

// --- Secret sharing ---------------------------------------------------------------------------

fn shamir_share<G: Group>(input: &Value) -> Outcome {
    let polynomial = Polynomial::new(scalars::<G>(input, "coefficients")?);
    let positions: Vec<Position> = read_list(input, "positions")?;
    let share = |position: Position| scalar_json::<G>(polynomial.evaluate(position));
    Ok(json!({ "shares": positions.into_iter().map(share).collect::<Vec<_>>() }))
}

fn lagrange<G: Group>(input: &Value) -> Outcome {
    let positions: Vec<Position> = read_list(input, "positions")?;
    let weights = lagrange_coefficients::<G::Scalar>(&positions)?;
    Ok(json!({ "weights": weights.into_iter().map(scalar_json::<G>).collect::<Vec<_>>() }))
}

fn shamir_recover<G: Group>(input: &Value) -> Outcome {
    let shares = zip(read_list(input, "positions")?, scalars::<G>(input, "shares")?)?;
    Ok(json!({ "secret": scalar_json::<G>(recover_scalar(&shares)?) }))
}

fn sharing<G: Group>(input: &Value) -> Result<Sharing<G>, Refusal> {
    let base = element::<G>(input, "base")?;
    let threshold: u32 = read(input, "threshold")?;
    let threshold = usize::try_from(threshold).unwrap_or(usize::MAX);
    let keys = elements::<G>(input, "keys")?;
    Ok(Sharing::new(read(input, "session")?, read(input, "dealer")?, base, threshold, keys)?)
}

fn pvss_sharing<G: Group>(input: &Value) -> Outcome {
    sharing::<G>(input)?;
    Ok(Value::Null)
}

fn pvss_deal<G: Group>(input: &Value) -> Outcome {
    let polynomial = Polynomial::new(scalars::<G>(input, "coefficients")?);
    let Deal { commitments, shares } = deal(&sharing::<G>(input)?, &polynomial, &[0; 32])?;
    let encrypted: Vec<EncodedElement> = shares.iter().map(|encrypted| encrypted.share).collect();
    let all_to_json = |elements: &[EncodedElement]| -> Result<Vec<Value>, Refusal> {
        elements.iter().map(to_json).collect()
    };
    Ok(json!({ "commitments": all_to_json(&commitments)?, "shares": all_to_json(&encrypted)? }))
}

fn pvss_verify_deal<G: Group>(input: &Value) -> Outcome {
    verify_deal(&sharing::<G>(input)?, &read(input, "deal")?)?;
    Ok(Value::Null)
}

fn pvss_decrypt<G: Group>(input: &Value) -> Outcome {
    let sharing = sharing::<G>(input)?;
    let deal = decode_deal(&sharing, &read(input, "deal")?)?;
    let secret_key = scalar::<G>(input, "secret_key")?;
    let decrypted = decrypt_share(&sharing, &deal, read(input, "position")?, secret_key, &[0; 32])?;
    Ok(json!({ "share": to_json(&decrypted.share)? }))
}

fn pvss_verify_decryption<G: Group>(input: &Value) -> Outcome {
    let sharing = sharing::<G>(input)?;
    let deal = decode_deal(&sharing, &read(input, "deal")?)?;
    let decrypted: DecryptedShare = read(input, "decrypted")?;
    verify_decryption(&sharing, &deal, &decrypted)?;
    Ok(Value::Null)
}

fn pvss_recover<G: Group>(input: &Value) -> Outcome {
    let sharing = sharing::<G>(input)?;
    let positions = list(input, "positions")?.iter().map(from_json).collect::<Result<_, _>>()?;
    let shares = zip(positions, elements::<G>(input, "shares")?)?;
    let secret = recover(&sharing, &shares.into_iter().collect())?;
    Ok(json!({ "secret": element_json::<G>(secret) }))
}
