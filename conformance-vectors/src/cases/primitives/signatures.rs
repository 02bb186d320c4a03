//! Ed25519: known answers from public sources, and honest signatures with one thing changed.

use serde_json::{Value, json};

use ioschain_spec::primitives::signature::{KeyPair, PublicKey};

use super::known_signatures::{CCTV, Known, RFC_8032, SPECCHECK, Signed, WYCHEPROOF};
use crate::cases::support::{CaseError, Intent, SuiteWriter};
use crate::cases::world::{digest, key_pair};
use crate::repeat::Repeat;
use crate::vector::VectorFile;

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
    for Signed { slug, what, seed, public_key, message, signature } in RFC_8032 {
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

fn changed() -> Result<VectorFile, CaseError> {
    let doc = "An honest signature with one bit flipped, cut, extended, or put together otherwise.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "changed", doc)?;
    let keys = key_pair("signer", 1);
    let PublicKey(key) = keys.public_key();
    let message = digest("message").0.to_vec();
    let signature = keys.sign(&message).0;
    let mut add =
        |slug: &str, change: &str, key: &[u8], message: &[u8], signature: &[u8], valid: bool| {
            let doc = format!(
                "Given an honest signature {change}, when it is verified, then it {}.",
                verdict(valid)
            );
            let input = input(key, message, signature);
            suite.add(slug, REQUIREMENT, &doc, input, Intent::Valid(valid)).map(|_| ())
        };
    add("honest", "as it is", &key, &message, &signature, true)?;
    for (byte, mask) in BITS {
        let place = format!("byte-{byte}-mask-{mask}");
        let flipped = |bytes: &[u8], at: usize| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= mask;
            bytes
        };
        let change =
            |part: &str| format!("with the bits {mask:#04x} flipped in byte {byte} of {part}");
        add(
            &format!("point-{place}"),
            &change("R"),
            &key,
            &message,
            &flipped(&signature, byte),
            false,
        )?;
        add(
            &format!("scalar-{place}"),
            &change("S"),
            &key,
            &message,
            &flipped(&signature, 32 + byte),
            false,
        )?;
        add(
            &format!("key-{place}"),
            &change("the key"),
            &flipped(&key, byte),
            &message,
            &signature,
            false,
        )?;
        add(
            &format!("message-{place}"),
            &change("the message"),
            &key,
            &flipped(&message, byte),
            &signature,
            false,
        )?;
    }
    let (point, scalar) = signature.split_at(32);
    let extended = [&signature[..], &[0]].concat();
    let long_key = [&key[..], &[0]].concat();
    let long_message = [&message[..], &[0]].concat();
    let signatures: [(&str, &str, &[u8]); 11] = [
        ("empty", "of no bytes", &[]),
        ("cut", "without its last byte", &signature[..63]),
        ("beheaded", "without its first byte", &signature[1..]),
        ("point-only", "without S", point),
        ("scalar-only", "without R", scalar),
        ("extended", "with a zero byte after it", &extended),
        ("twice", "twice", &signature.repeat(2)),
        ("exchanged", "with R and S exchanged", &[scalar, point].concat()),
        ("zero-scalar", "with S = 0", &[point, &[0; 32]].concat()),
        ("zero-point", "with R = 0", &[&[0; 32], scalar].concat()),
        ("key-as-point", "with the key in the place of R", &[&key, scalar].concat()),
    ];
    for (slug, change, signature) in signatures {
        add(&format!("signature-{slug}"), change, &key, &message, signature, false)?;
    }
    let seed = [0x42; 32];
    let secret_is_no_key = KeyPair::from_seed(&seed).sign(&message).0;
    add(
        "key-is-seed",
        "under the seed instead of the key",
        &seed,
        &message,
        &secret_is_no_key,
        false,
    )?;
    add("key-empty", "under no key", &[], &message, &signature, false)?;
    add("key-cut", "under a key without its last byte", &key[..31], &message, &signature, false)?;
    add(
        "key-extended",
        "under a key with a zero byte after it",
        &long_key,
        &message,
        &signature,
        false,
    )?;
    add("message-empty", "of an empty message", &key, &[], &signature, false)?;
    add(
        "message-cut",
        "of a message without its last byte",
        &key,
        &message[..31],
        &signature,
        false,
    )?;
    add(
        "message-extended",
        "of a message with a zero byte after it",
        &key,
        &long_message,
        &signature,
        false,
    )?;
    Ok(suite.finish())
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
