//! Ed25519: known answers from public sources, and honest signatures with one thing changed.

use serde_json::{Value, json};

use ioschain_spec::primitives::ed25519::KeyPair;

use super::ed25519_known::{CCTV, Known, KnownPair, RFC_8032, SPECCHECK, WYCHEPROOF};
use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, key_pair};

const REQUIREMENT: &[&str] = &["CRY-SIGN-01"];

/// RFC 8032 §7.3, of the message `abc` by the key of TEST SHA(abc): a signature in another mode.
const PREHASHED: &str = "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406";

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        signing()?,
        rfc_8032()?,
        known("taming-eddsas", "The twelve signatures of \"Taming the many EdDSAs\".", SPECCHECK)?,
        known("cctv", "Signatures of C2SP/CCTV on points of small and of mixed order.", CCTV)?,
        known("wycheproof", "A selection of Wycheproof's signatures.", WYCHEPROOF)?,
        changed()?,
        keys()?,
    ])
}

fn signing() -> Result<VectorFile, CaseError> {
    let doc = "Key pairs and signatures that follow from seeds.";
    let mut suite = SuiteWriter::new("primitives.ed25519_sign", "signing", doc)?;
    for KnownPair { slug, what, seed, public_key, message, signature } in RFC_8032 {
        let doc = format!(
            "Given {what}, of RFC 8032 §7.1, when it is signed, then key and signature are the published ones."
        );
        let input = json!({ "seed": seed, "message": message });
        let answer = json!({ "public_key": public_key, "signature": signature });
        suite.add(
            &format!("rfc-8032-{slug}"),
            REQUIREMENT,
            &doc,
            input,
            Intent::Exactly(answer),
        )?;
    }
    let long = Repeat::new(&[], &[0x33], 10_000, &[]).to_value();
    let seeds = [
        ("zero-seed", "a seed of zeros", [0; 32], json!("")),
        ("full-seed", "a seed of ones", [0xff; 32], json!("00")),
        ("long-message", "a message of 10,000 bytes", digest("seed").0, long),
    ];
    for (slug, what, seed, message) in seeds {
        let doc = format!("Given {what}, when it is signed, then this is the signature.");
        let input = json!({ "seed": hex::encode(seed), "message": message });
        suite.add(slug, REQUIREMENT, &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// What `ed25519_verify` is asked.
fn input(public_key: &[u8], message: &[u8], signature: &[u8]) -> Value {
    json!({
        "public_key": hex::encode(public_key),
        "message": hex::encode(message),
        "signature": hex::encode(signature),
    })
}

fn verdict(valid: bool) -> &'static str {
    if valid { "holds" } else { "does not hold" }
}

fn rfc_8032() -> Result<VectorFile, CaseError> {
    let doc = "The signatures of RFC 8032, and of its other modes, which are not ours.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "rfc-8032", doc)?;
    let mut add =
        |slug: &str, what: &str, key: &str, message: &str, signature: &str, valid: bool| {
            let doc = format!(
                "Given {what}, when the signature is verified, then it {}.",
                verdict(valid)
            );
            let input = json!({ "public_key": key, "message": message, "signature": signature });
            suite.add(slug, REQUIREMENT, &doc, input, Intent::Valid(valid)).map(|_| ())
        };
    for signed in RFC_8032 {
        let what = format!("{}, of RFC 8032 §7.1", signed.what);
        add(signed.slug, &what, signed.public_key, signed.message, signed.signature, true)?;
    }
    for (one, other) in RFC_8032.iter().zip(RFC_8032.iter().cycle().skip(1)) {
        let what = format!("{}, of RFC 8032 §7.1, with the signature of the next test", one.what);
        let slug = format!("{}-other-signature", one.slug);
        add(&slug, &what, one.public_key, one.message, other.signature, false)?;
        let what = format!("{}, of RFC 8032 §7.1, with the key of the next test", one.what);
        let slug = format!("{}-other-key", one.slug);
        add(&slug, &what, other.public_key, one.message, one.signature, false)?;
    }
    for signed in RFC_8032.iter().filter(|signed| signed.slug == "test-sha-abc") {
        let what = "the signature of abc in the mode Ed25519ph (RFC 8032 §7.3)";
        add("prehashed", what, signed.public_key, "616263", PREHASHED, false)?;
        let what =
            "the signature of abc in the mode Ed25519ph (RFC 8032 §7.3), over the hash of abc";
        add("prehashed-over-hash", what, signed.public_key, signed.message, PREHASHED, false)?;
        let what = "the signature of the hash of abc, over abc";
        add("plain-over-abc", what, signed.public_key, "616263", signed.signature, false)?;
    }
    Ok(suite.finish())
}

fn known(suite: &str, doc: &str, signatures: &[Known]) -> Result<VectorFile, CaseError> {
    let source = suite;
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", suite, doc)?;
    for known in signatures {
        let doc = format!(
            "Given signature {} of {source} ({}), when it is verified, then it {}.",
            known.number,
            known.what,
            verdict(known.valid)
        );
        let input = json!({
            "public_key": known.public_key,
            "message": known.message,
            "signature": known.signature,
        });
        let slug = format!("number-{}", known.number);
        suite.add(&slug, REQUIREMENT, &doc, input, Intent::Valid(known.valid))?;
    }
    Ok(suite.finish())
}

/// Where bits are flipped, as (byte, mask): the ends of every part, and some between.
const BITS: [(usize, u8); 6] =
    [(0, 0x01), (0, 0x80), (15, 0x10), (16, 0x02), (31, 0x40), (31, 0x80)];

/// A key, a message and a signature.
#[derive(Clone)]
struct Signed {
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

/// What was changed: a slug, in words, and what came out.
type Change = (String, String, Signed);

fn changed() -> Result<VectorFile, CaseError> {
    let doc = "An honest signature with one bit flipped, cut, extended, or put together otherwise.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "changed", doc)?;
    let keys = key_pair("signer", 1);
    let message = digest("message").0.to_vec();
    let signature = keys.sign(&message).0.to_vec();
    let honest = Signed { key: keys.public_key().0.to_vec(), message, signature };

    let as_it_is = ("honest".to_owned(), "as it is".to_owned(), honest.clone());
    let mut changes = vec![as_it_is];
    changes.extend(bits_flipped(&honest));
    changes.extend(signatures_changed(&honest));
    changes.extend(others_changed(&honest));
    for (slug, change, Signed { key, message, signature }) in changes {
        let valid = slug == "honest";
        let doc = format!(
            "Given an honest signature {change}, when it is verified, then it {}.",
            verdict(valid)
        );
        let input = input(&key, &message, &signature);
        suite.add(&slug, REQUIREMENT, &doc, input, Intent::Valid(valid))?;
    }
    Ok(suite.finish())
}

fn bits_flipped(honest: &Signed) -> Vec<Change> {
    type Part = fn(&mut Signed) -> &mut [u8];
    let mut changes = Vec::new();
    for (byte, mask) in BITS {
        let parts: [(&str, &str, Part); 4] = [
            ("point", "R", |signed| &mut signed.signature[..32]),
            ("scalar", "S", |signed| &mut signed.signature[32..]),
            ("key", "the key", |signed| &mut signed.key),
            ("message", "the message", |signed| &mut signed.message),
        ];
        for (slug, part, of) in parts {
            let mut flipped = honest.clone();
            of(&mut flipped)[byte] ^= mask;
            let change = format!("with the bit {mask:#04x} flipped in byte {byte} of {part}");
            changes.push((format!("{slug}-byte-{byte}-mask-{mask}"), change, flipped));
        }
    }
    changes
}

fn signatures_changed(honest: &Signed) -> Vec<Change> {
    let signature = &honest.signature[..];
    let (point, scalar) = signature.split_at(32);
    let changes: [(&str, &str, Vec<u8>); 11] = [
        ("empty", "of no bytes", vec![]),
        ("cut", "without its last byte", signature[..63].to_vec()),
        ("beheaded", "without its first byte", signature[1..].to_vec()),
        ("point-only", "without S", point.to_vec()),
        ("scalar-only", "without R", scalar.to_vec()),
        ("extended", "with a zero byte after it", [signature, &[0]].concat()),
        ("twice", "twice", signature.repeat(2)),
        ("exchanged", "with R and S exchanged", [scalar, point].concat()),
        ("zero-scalar", "with S = 0", [point, &[0; 32]].concat()),
        ("zero-point", "with R = 0", [&[0; 32], scalar].concat()),
        ("key-as-point", "with the key in the place of R", [&honest.key, scalar].concat()),
    ];
    let change = |(slug, what, signature): (&str, &str, Vec<u8>)| {
        let changed = Signed { signature, ..honest.clone() };
        (format!("signature-{slug}"), what.to_owned(), changed)
    };
    changes.into_iter().map(change).collect()
}

fn others_changed(honest: &Signed) -> Vec<Change> {
    let with_key = |key: &[u8]| Signed { key: key.to_vec(), ..honest.clone() };
    let of = |message: &[u8]| Signed { message: message.to_vec(), ..honest.clone() };
    let (key, message) = (&honest.key[..], &honest.message[..]);
    let seed = [0x42; 32];
    let signature = KeyPair::from_seed(&seed).sign(message).0.to_vec();
    let seed_as_key = Signed { key: seed.to_vec(), signature, ..honest.clone() };
    let changes = [
        ("key-is-seed", "under the seed instead of the key", seed_as_key),
        ("key-empty", "under no key", with_key(&[])),
        ("key-cut", "under a key without its last byte", with_key(&key[..31])),
        ("key-extended", "under a key with a zero byte after it", with_key(&[key, &[0]].concat())),
        ("message-empty", "of an empty message", of(&[])),
        ("message-cut", "of a message without its last byte", of(&message[..31])),
        (
            "message-extended",
            "of a message with a zero byte after it",
            of(&[message, &[0]].concat()),
        ),
    ];
    changes.map(|(slug, what, changed)| (slug.to_owned(), what.to_owned(), changed)).to_vec()
}

/// Honest keys whose bytes come close to those of p = 2²⁵⁵ − 19, above which no y is canonical.
fn keys() -> Result<VectorFile, CaseError> {
    let doc = "Honest keys that look like the end of the field, in one or two of their bytes.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "keys", doc)?;
    type Like = fn(&[u8; 32]) -> bool;
    let likes: [(&str, &str, Like); 6] = [
        ("low-below", "whose lowest byte is 0xec", |key| key[0] == 0xec),
        ("low-at", "whose lowest byte is 0xed", |key| key[0] == 0xed),
        ("high", "whose highest byte is 0x7f or 0xff", |key| key[31] & 0x7f == 0x7f),
        (
            "low-and-high",
            "whose lowest byte is at least 0xed and whose highest is 0x7f or 0xff",
            |key| key[0] >= 0xed && key[31] & 0x7f == 0x7f,
        ),
        (
            "low-and-middle",
            "whose lowest byte is at least 0xed, with 0xff among the others",
            |key| key[0] >= 0xed && key[1..31].contains(&0xff),
        ),
        ("signed", "with the sign bit and the highest bits set", |key| key[31] >= 0xfe),
    ];
    for (slug, what, like) in likes {
        let candidates = (0..100_000).map(|number| key_pair("key", number));
        let found = candidates.map(|keys| (keys.public_key().0, keys)).find(|(key, _)| like(key));
        let (key, keys) = found.ok_or_else(|| suite.error(slug, "no such key".to_owned()))?;
        let doc = format!("Given a key {what}, when its signature is verified, then it holds.");
        let signature = keys.sign(slug.as_bytes()).0;
        let input = input(&key, slug.as_bytes(), &signature);
        suite.add(slug, REQUIREMENT, &doc, input, Intent::Valid(true))?;
    }
    Ok(suite.finish())
}
