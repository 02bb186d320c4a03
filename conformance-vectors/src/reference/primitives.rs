//! §1: hashes, commitments, signatures, certificates, draws.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use serde_json::{Value, json};

use ioschain_spec::primitives::certificate::{
    QuorumCertificate, Roster, verify_quorum_certificate,
};
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey, Signature, verify_strict};
use ioschain_spec::primitives::hash::{Digest, Tag, tagged_hash_of_bytes, tags};
use ioschain_spec::primitives::map_commitment::{
    MapProof, map_root, prove_key, verify_membership, verify_non_membership,
};
use ioschain_spec::primitives::merkle::{
    InclusionProof, list_root, prove_inclusion, verify_inclusion,
};
use ioschain_spec::primitives::stream::{Stream, buckets, mulshift};

use super::Answers::Plain;
use super::json::{Encoded, bytes_of, list, member, read, read_bytes, to_json};
use super::{Handler, Outcome, Refusal, Shape};
use crate::format::vector::HandlerKind::{self, Draw, Function};

pub(super) const HANDLERS: [Handler; 17] = [
    handler(
        "primitives.tagged_hash",
        Function,
        "The tagged hash H(tag, x); `bytes` is the encoding of x.",
        Shape::new(&[("tag", "text"), ("bytes", "bytes")], &[("hash", "Digest")]),
        tagged_hash,
    ),
    handler(
        "primitives.merkle_root",
        Function,
        "The list commitment: the Merkle root of the leaves.",
        Shape::new(&[("leaves", "[bytes]")], &[("root", "Digest")]),
        merkle_root,
    ),
    handler(
        "primitives.merkle_prove",
        Function,
        "The inclusion proof of a leaf; null if there is no such leaf.",
        Shape::new(
            &[("leaves", "[bytes]"), ("index", "u32")],
            &[("proof", "InclusionProof or null")],
        ),
        merkle_prove,
    ),
    handler(
        "primitives.merkle_inclusion",
        Function,
        "Says whether the proof shows that the leaf is in the list.",
        Shape::new(
            &[("root", "Digest"), ("leaf", "bytes"), ("proof", "InclusionProof")],
            &[("valid", "bool")],
        ),
        merkle_inclusion,
    ),
    handler(
        "primitives.map_root",
        Function,
        "The map commitment. Keys and values are given as encodings.",
        Shape::new(&[("entries", "[[bytes, bytes]]")], &[("root", "Digest")]),
        map_root_of,
    ),
    handler(
        "primitives.map_prove",
        Function,
        "The proof that the map has a value under the key, or that it has none.",
        Shape::new(&[("entries", "[[bytes, bytes]]"), ("key", "bytes")], &[("proof", "MapProof")]),
        map_prove,
    ),
    handler(
        "primitives.map_membership",
        Function,
        "Says whether the proof shows that the map has the value under the key. Both are given as \
         encodings.",
        Shape::new(
            &[("root", "Digest"), ("key", "bytes"), ("value", "bytes"), ("proof", "MapProof")],
            &[("valid", "bool")],
        ),
        map_membership,
    ),
    handler(
        "primitives.map_non_membership",
        Function,
        "Says whether the proof shows that the map has no value under the key, which is given as \
         an encoding.",
        Shape::new(
            &[("root", "Digest"), ("key", "bytes"), ("proof", "MapProof")],
            &[("valid", "bool")],
        ),
        map_non_membership,
    ),
    handler(
        "primitives.ed25519_sign",
        Function,
        "The public key of a seed, and its signature for the message.",
        Shape::new(
            &[("seed", "Digest"), ("message", "bytes")],
            &[("public_key", "bytes"), ("signature", "bytes")],
        ),
        ed25519_sign,
    ),
    handler(
        "primitives.ed25519_verify",
        Function,
        "Strict verification with the equation without the cofactor. Keys and signatures of a \
         wrong length are not valid.",
        Shape::new(
            &[("public_key", "bytes"), ("message", "bytes"), ("signature", "bytes")],
            &[("valid", "bool")],
        ),
        ed25519_verify,
    ),
    handler(
        "primitives.quorum",
        Function,
        "The number of validators that may be faulty, the size of a quorum, and the commitment to \
         the roster.",
        Shape::new(
            &[("roster", "Roster")],
            &[("faults", "u32"), ("quorum", "u32"), ("root", "Digest")],
        ),
        quorum,
    ),
    handler(
        "primitives.certificate",
        Function,
        "Verifies that a quorum of the roster signed the message.",
        Shape::new(
            &[("roster", "Roster"), ("message", "Digest"), ("certificate", "QuorumCertificate")],
            &[],
        ),
        certificate,
    ),
    handler(
        "primitives.stream",
        Draw,
        "The first 64-bit words of the stream of a seed.",
        Shape::new(&[("seed", "Digest"), ("count", "u32")], &[("words", "[u64]")]),
        stream,
    ),
    handler(
        "primitives.below",
        Draw,
        "Uniform numbers below `bound`, drawn from the stream of a seed.",
        Shape::new(
            &[("seed", "Digest"), ("bound", "u64"), ("count", "u32")],
            &[("draws", "[u64]")],
        ),
        below,
    ),
    handler(
        "primitives.shuffle",
        Draw,
        "The numbers from 0 to length − 1 in a shuffled order.",
        Shape::new(&[("seed", "Digest"), ("length", "u32")], &[("order", "[u32]")]),
        shuffle,
    ),
    handler(
        "primitives.buckets",
        Function,
        "The numbers from 0 to length − 1, divided into buckets.",
        Shape::new(&[("length", "u32"), ("count", "u32")], &[("buckets", "[[u32]]")]),
        cut,
    ),
    handler(
        "primitives.mulshift",
        Function,
        "The number below `bound` to which a hash is mapped.",
        Shape::new(&[("hash", "Digest"), ("bound", "u16")], &[("value", "u16")]),
        mulshift_of,
    ),
];

const fn handler(
    name: &'static str,
    kind: HandlerKind,
    doc: &'static str,
    shape: Shape,
    answer: fn(&Value) -> Outcome,
) -> Handler {
    Handler { name, kind, doc, shape, answer: Plain(answer) }
}

fn digest_json(digest: &Digest) -> String {
    hex::encode(digest.0)
}

fn read_number(input: &Value, name: &str) -> Result<u64, Refusal> {
    let number = member(input, name)?;
    let text = number.as_str().and_then(|text| text.parse().ok());
    text.or_else(|| number.as_u64()).ok_or_else(|| format!("`{name}` is no number").into())
}

/// The tag that `tag` names.
pub(super) fn read_tag(input: &Value) -> Result<Tag, Refusal> {
    let name = member(input, "tag")?.as_str().unwrap_or_default();
    let tag = tags::ALL.iter().find(|tag| tag.name() == name).copied();
    Ok(tag.ok_or_else(|| format!("the protocol has no tag `{name}`"))?)
}

fn tagged_hash(input: &Value) -> Outcome {
    let hash = tagged_hash_of_bytes(read_tag(input)?, &read_bytes(input, "bytes")?);
    Ok(json!({ "hash": digest_json(&hash) }))
}

fn leaves(input: &Value) -> Result<Vec<Vec<u8>>, Refusal> {
    list(input, "leaves")?.iter().map(bytes_of).collect()
}

fn merkle_root(input: &Value) -> Outcome {
    Ok(json!({ "root": digest_json(&list_root(&leaves(input)?)) }))
}

fn merkle_prove(input: &Value) -> Outcome {
    let index: u32 = read(input, "index")?;
    let proof = prove_inclusion(&leaves(input)?, index);
    Ok(json!({ "proof": proof.as_ref().map(to_json).transpose()? }))
}

fn merkle_inclusion(input: &Value) -> Outcome {
    let root: Digest = read(input, "root")?;
    let proof: InclusionProof = read(input, "proof")?;
    Ok(json!({ "valid": verify_inclusion(&root, &read_bytes(input, "leaf")?, &proof) }))
}

fn entries(input: &Value) -> Result<BTreeMap<Encoded, Encoded>, Refusal> {
    let entry = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
        Some([key, value]) => Ok((Encoded(bytes_of(key)?), Encoded(bytes_of(value)?))),
        _ => Err(Refusal::InvalidInput("an entry is [key, value]".to_owned())),
    };
    list(input, "entries")?.iter().map(entry).collect()
}

fn map_root_of(input: &Value) -> Outcome {
    Ok(json!({ "root": digest_json(&map_root(&entries(input)?)) }))
}

fn map_prove(input: &Value) -> Outcome {
    let proof = prove_key(&entries(input)?, &Encoded(read_bytes(input, "key")?));
    Ok(json!({ "proof": to_json(&proof)? }))
}

fn map_membership(input: &Value) -> Outcome {
    let root: Digest = read(input, "root")?;
    let proof: MapProof = read(input, "proof")?;
    let key = Encoded(read_bytes(input, "key")?);
    let value = Encoded(read_bytes(input, "value")?);
    Ok(json!({ "valid": verify_membership(&root, &key, &value, &proof) }))
}

fn map_non_membership(input: &Value) -> Outcome {
    let root: Digest = read(input, "root")?;
    let proof: MapProof = read(input, "proof")?;
    let key = Encoded(read_bytes(input, "key")?);
    Ok(json!({ "valid": verify_non_membership(&root, &key, &proof) }))
}

fn ed25519_sign(input: &Value) -> Outcome {
    let Digest(seed) = read(input, "seed")?;
    let key_pair = KeyPair::from_seed(&seed);
    let signature = key_pair.sign(&read_bytes(input, "message")?);
    Ok(json!({
        "public_key": hex::encode(key_pair.public_key().0),
        "signature": hex::encode(signature.0),
    }))
}

/// Keys and signatures of another length are not valid, and are not errors.
fn ed25519_verify(input: &Value) -> Outcome {
    let key = <[u8; 32]>::try_from(read_bytes(input, "public_key")?);
    let signature = <[u8; 64]>::try_from(read_bytes(input, "signature")?);
    let message = read_bytes(input, "message")?;
    let valid = match (key, signature) {
        (Ok(key), Ok(signature)) => verify_strict(&PublicKey(key), &message, &Signature(signature)),
        _ => false,
    };
    Ok(json!({ "valid": valid }))
}

fn quorum(input: &Value) -> Outcome {
    let roster: Roster = read(input, "roster")?;
    Ok(json!({
        "faults": roster.faults_max(),
        "quorum": roster.quorum(),
        "root": digest_json(&roster.root()),
    }))
}

fn certificate(input: &Value) -> Outcome {
    let roster: Roster = read(input, "roster")?;
    let message: Digest = read(input, "message")?;
    let certificate: QuorumCertificate = read(input, "certificate")?;
    verify_quorum_certificate(&roster, &message, &certificate)?;
    Ok(Value::Null)
}

fn read_stream(input: &Value) -> Result<Stream, Refusal> {
    Ok(Stream::new(read(input, "seed")?))
}

/// The most that one question may draw.
const COUNT_MAX: u64 = 65_536;

fn read_count(input: &Value, name: &str) -> Result<u64, Refusal> {
    let count = read_number(input, name)?;
    if count <= COUNT_MAX {
        Ok(count)
    } else {
        Err(format!("`{name}` is above {COUNT_MAX}").into())
    }
}

fn stream(input: &Value) -> Outcome {
    let mut stream = read_stream(input)?;
    let words = (0..read_count(input, "count")?).map(|_| stream.next_u64().to_string());
    Ok(json!({ "words": words.collect::<Vec<_>>() }))
}

fn below(input: &Value) -> Outcome {
    let mut stream = read_stream(input)?;
    let bound = NonZeroU64::new(read_number(input, "bound")?);
    let bound = bound.ok_or_else(|| "`bound` is 0".to_owned())?;
    let draws = (0..read_count(input, "count")?).map(|_| stream.below(bound).to_string());
    Ok(json!({ "draws": draws.collect::<Vec<_>>() }))
}

fn shuffle(input: &Value) -> Outcome {
    let mut order: Vec<u64> = (0..read_count(input, "length")?).collect();
    read_stream(input)?.shuffle(&mut order);
    Ok(json!({ "order": order }))
}

fn cut(input: &Value) -> Outcome {
    let items: Vec<u64> = (0..read_count(input, "length")?).collect();
    let count: u16 = read(input, "count")?;
    Ok(json!({ "buckets": buckets(&items, count) }))
}

fn mulshift_of(input: &Value) -> Outcome {
    let hash: Digest = read(input, "hash")?;
    let bound: u16 = read(input, "bound")?;
    Ok(json!({ "value": mulshift(&hash, bound) }))
}
