//! §1: the verifiable random function, the keys of a validator, the proof of possession.

use serde_json::{Value, json};

use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::{ValidatorKeyPairs, ValidatorKeys, verify_possession};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::primitives::vrf::{
    VrfKeyPair, VrfOutput, VrfProof, VrfPublicKey, derive_challenge, encode_to_curve, verify,
};

use super::Answers::Plain;
use super::json::{list, read, read_bytes, to_json};
use super::{Handler, Outcome, Refusal, Shape, json::bytes_of};
use crate::format::vector::HandlerKind::Function;

pub(super) const HANDLERS: [Handler; 8] = [
    handler(
        "primitives.vrf_prove",
        "The public key of a seed, and its proof and output of the verifiable random function for \
         an input.",
        Shape::new(
            &[("seed", "Digest"), ("input", "bytes")],
            &[("public_key", "VrfPublicKey"), ("proof", "VrfProof"), ("output", "bytes")],
        ),
        vrf_prove,
    ),
    handler(
        "primitives.vrf_verify",
        "Verifies a proof of the verifiable random function for an input; the answer is the \
         output.",
        Shape::new(
            &[("public_key", "VrfPublicKey"), ("input", "bytes"), ("proof", "VrfProof")],
            &[("output", "bytes")],
        ),
        vrf_verify,
    ),
    handler(
        "primitives.vrf_output",
        "The output that belongs to a proof, whether or not the proof is valid.",
        Shape::new(&[("proof", "VrfProof")], &[("output", "bytes")]),
        vrf_output,
    ),
    handler(
        "primitives.vrf_hash_to_curve",
        "The point to which an input is hashed, under a key.",
        Shape::new(&[("public_key", "VrfPublicKey"), ("input", "bytes")], &[("point", "bytes")]),
        vrf_hash_to_curve,
    ),
    handler(
        "primitives.vrf_challenge",
        "The challenge of the verifiable random function: the hash of five encoded points.",
        Shape::new(&[("points", "[bytes] (five)")], &[("challenge", "bytes")]),
        vrf_challenge,
    ),
    handler(
        "primitives.validator_keys",
        "The three public keys that are derived from a validator's seed.",
        Shape::new(&[("seed", "Digest")], &[("keys", "ValidatorKeys")]),
        validator_keys,
    ),
    handler(
        "primitives.node_id",
        "The name of the validator with these keys.",
        Shape::new(&[("keys", "ValidatorKeys")], &[("node_id", "NodeId")]),
        node_id,
    ),
    handler(
        "primitives.possession",
        "Verifies a proof, for the message, that its maker knows the secret key of the public key.",
        Shape::new(
            &[("key", "EncodedElement"), ("message", "Digest"), ("possession", "SchnorrSignature")],
            &[],
        ),
        possession,
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

fn output_json(VrfOutput(output): VrfOutput) -> Value {
    json!({ "output": hex::encode(output) })
}

/// What an input that has no point is answered with: nobody will ever find one.
fn without_point() -> Refusal {
    Refusal::InvalidInput("the input cannot be hashed to the curve".to_owned())
}

fn vrf_prove(input: &Value) -> Outcome {
    let Digest(seed) = read(input, "seed")?;
    let key_pair = VrfKeyPair::from_seed(&seed);
    let proof = key_pair.prove(&read_bytes(input, "input")?).ok_or_else(without_point)?;
    Ok(json!({
        "public_key": to_json(&key_pair.public_key())?,
        "proof": to_json(&proof)?,
        "output": hex::encode(proof.to_output()?.0),
    }))
}

fn vrf_verify(input: &Value) -> Outcome {
    let key: VrfPublicKey = read(input, "public_key")?;
    let proof: VrfProof = read(input, "proof")?;
    Ok(output_json(verify(&key, &read_bytes(input, "input")?, &proof)?))
}

fn vrf_output(input: &Value) -> Outcome {
    let proof: VrfProof = read(input, "proof")?;
    Ok(output_json(proof.to_output()?))
}

fn vrf_hash_to_curve(input: &Value) -> Outcome {
    let key: VrfPublicKey = read(input, "public_key")?;
    let point = encode_to_curve(&key, &read_bytes(input, "input")?).ok_or_else(without_point)?;
    Ok(json!({ "point": hex::encode(point.compress().0) }))
}

fn vrf_challenge(input: &Value) -> Outcome {
    let point = |value: &Value| -> Result<[u8; 32], Refusal> {
        let bytes = bytes_of(value)?;
        bytes.try_into().map_err(|_| "a point takes 32 bytes".to_owned().into())
    };
    let points = list(input, "points")?.iter().map(point).collect::<Result<Vec<_>, _>>()?;
    let points: [[u8; 32]; 5] =
        points.try_into().map_err(|_| "the points are not five".to_owned())?;
    Ok(json!({ "challenge": hex::encode(derive_challenge(points.each_ref())) }))
}

fn validator_keys(input: &Value) -> Outcome {
    let Digest(seed) = read(input, "seed")?;
    Ok(json!({ "keys": to_json(&ValidatorKeyPairs::from_seed(&seed).public_keys())? }))
}

fn node_id(input: &Value) -> Outcome {
    let keys: ValidatorKeys = read(input, "keys")?;
    Ok(json!({ "node_id": to_json(&keys.node_id())? }))
}

fn possession(input: &Value) -> Outcome {
    let key: EncodedElement = read(input, "key")?;
    let possession: SchnorrSignature = read(input, "possession")?;
    verify_possession::<Ristretto255>(&key, &read(input, "message")?, &possession)?;
    Ok(Value::Null)
}
