//! Ed25519: known answers from public sources, and honest signatures with one thing changed.

use serde_json::json;

use ioschain_spec::primitives::ed25519::KeyPair;

use super::ed25519_known::{CCTV, Known, RFC_8032, SPECCHECK, WYCHEPROOF};
use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Change, case_table, changed};
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
        one_thing_changed()?,
        keys()?,
    ])
}

/// A signer that takes a nonce from a random source, or reduces in another way, gives other
/// signatures.
fn signing() -> Result<VectorFile, CaseError> {
    let doc = "The key pairs and signatures of given seeds.";
    let mut suite = SuiteWriter::new("primitives.ed25519_sign", "signing", doc)?;
    for (slug, what, seed, public_key, message, signature) in RFC_8032 {
        let doc = format!(
            "Given {what}, of RFC 8032 §7.1, when the message is signed, then the key and the \
             signature are the published ones."
        );
        let input = json!({ "seed": seed, "message": message });
        let answer = json!({ "public_key": public_key, "signature": signature });
        let slug = format!("rfc-8032-{slug}");
        suite.add(&slug, REQUIREMENT, &doc, input, Intent::Exactly(answer))?;
    }
    let long = Repeat::new(&[], &[0x33], 10_000, &[]).to_value();
    let seeds = [
        ("zero-seed", "a seed of zeros", [0; 32], json!("")),
        ("full-seed", "a seed of ones", [0xff; 32], json!("00")),
        ("long-message", "a message of 10,000 bytes", digest("seed").0, long),
    ];
    for (slug, what, seed, message) in seeds {
        let doc = format!("Given {what}, when a message is signed, then this is the signature.");
        let input = json!({ "seed": hex::encode(seed), "message": message });
        suite.add(slug, REQUIREMENT, &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// Adds a question about a key, a message and a signature, as hex; `premise` begins its doc.
fn add(
    suite: &mut SuiteWriter,
    slug: &str,
    premise: &str,
    (key, message, signature): (&str, &str, &str),
    valid: bool,
) -> Result<(), CaseError> {
    let verdict = if valid { "is valid" } else { "is not valid" };
    let doc = format!("{premise}, then it {verdict}.");
    let input = json!({ "public_key": key, "message": message, "signature": signature });
    suite.add(slug, REQUIREMENT, &doc, input, Intent::Valid(valid))?;
    Ok(())
}

/// Five valid signatures, ten with the signature or the key of the next test, and three that do not
/// fit this mode. A verifier that hashes the message first, or uses the domain of Ed25519ph,
/// accepts one of the last three.
fn rfc_8032() -> Result<VectorFile, CaseError> {
    let doc = "The signatures of RFC 8032, and signatures of its mode Ed25519ph, which IOSChain \
               does not use.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "rfc-8032", doc)?;
    let mut add = |slug: &str, what: &str, question, valid| {
        let premise = format!("Given {what}, when the signature is verified");
        add(&mut suite, slug, &premise, question, valid)
    };
    for (slug, what, _, key, message, signature) in RFC_8032 {
        let what = format!("{what}, of RFC 8032 §7.1");
        add(slug, &what, (key, message, signature), true)?;
    }
    for (one, other) in RFC_8032.iter().zip(RFC_8032.iter().cycle().skip(1)) {
        let (slug, what, _, key, message, signature) = one;
        let (.., other_key, _, other_signature) = other;
        let with = format!("{what}, of RFC 8032 §7.1, with the signature of the next test");
        add(&format!("{slug}-other-signature"), &with, (key, message, other_signature), false)?;
        let with = format!("{what}, of RFC 8032 §7.1, with the key of the next test");
        add(&format!("{slug}-other-key"), &with, (other_key, message, signature), false)?;
    }
    for (.., key, hash, signature) in RFC_8032.iter().filter(|row| row.0 == "test-sha-abc") {
        let what = "the signature of abc in the mode Ed25519ph (RFC 8032 §7.3)";
        add("prehashed", what, (key, "616263", PREHASHED), false)?;
        let what =
            "the signature of abc in the mode Ed25519ph (RFC 8032 §7.3), over the hash of abc";
        add("prehashed-over-hash", what, (key, hash, PREHASHED), false)?;
        let what = "the signature of the hash of abc, over abc";
        add("plain-over-abc", what, (key, "616263", signature), false)?;
    }
    Ok(suite.finish())
}

/// Two validators with verifiers that differ on one of these could disagree about a block.
fn known(source: &str, doc: &str, signatures: &[Known]) -> Result<VectorFile, CaseError> {
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", source, doc)?;
    for (number, valid, what, key, message, signature) in signatures {
        let premise = format!("Given signature {number} of {source} ({what}), when it is verified");
        let slug = format!("number-{number}");
        add(&mut suite, &slug, &premise, (key, message, signature), *valid)?;
    }
    Ok(suite.finish())
}

// --- One thing changed ------------------------------------------------------------------------

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

impl Signed {
    fn by(keys: &KeyPair, message: &[u8]) -> Self {
        let (key, signature) = (keys.public_key().0.to_vec(), keys.sign(message).0.to_vec());
        Self { key, message: message.to_vec(), signature }
    }

    fn add(
        &self,
        suite: &mut SuiteWriter,
        slug: &str,
        premise: &str,
        valid: bool,
    ) -> Result<(), CaseError> {
        let [key, message, signature] =
            [&self.key, &self.message, &self.signature].map(hex::encode);
        add(suite, slug, premise, (&key, &message, &signature), valid)
    }

    /// Adds an honest signature with a change; then it does not hold.
    fn add_changed(
        &self,
        suite: &mut SuiteWriter,
        slug: &str,
        change: &str,
    ) -> Result<(), CaseError> {
        let premise = format!("Given an honest signature {change}, when it is verified");
        self.add(suite, slug, &premise, false)
    }
}

/// A part of what is signed.
type Part = fn(&mut Signed) -> &mut [u8];

/// The parts in which bits are flipped: a verifier that does not look at all of a part accepts one.
const PARTS: [(&str, &str, Part); 4] = [
    ("point", "R", |signed| &mut signed.signature[..32]),
    ("scalar", "S", |signed| &mut signed.signature[32..]),
    ("key", "the key", |signed| &mut signed.key),
    ("message", "the message", |signed| &mut signed.message),
];

/// Changes of length, and parts that are exchanged, zero, or taken from elsewhere. A verifier that
/// pads or cuts what has another length accepts signatures that no one made.
const CHANGES: &[Change<Signed>] = case_table! {
    "signature-empty", "of no bytes" => |signed| signed.signature.clear();
    "signature-cut", "without its last byte" => |signed| signed.signature.truncate(63);
    "signature-beheaded", "without its first byte" => |signed| { signed.signature.remove(0); };
    "signature-point-only", "without S" => |signed| signed.signature.truncate(32);
    "signature-scalar-only", "without R" => |signed| { signed.signature.drain(..32); };
    "signature-extended", "with a zero byte after it" => |signed| signed.signature.push(0);
    "signature-twice", "twice" => |signed| signed.signature = signed.signature.repeat(2);
    "signature-exchanged", "with R and S exchanged" => |signed| signed.signature.rotate_left(32);
    "signature-zero-scalar", "with S = 0" => |signed| signed.signature[32..].fill(0);
    "signature-zero-point", "with R = 0" => |signed| signed.signature[..32].fill(0);
    "signature-key-as-point", "with the key in place of R"
        => |signed| signed.signature[..32].copy_from_slice(&signed.key);
    "key-is-seed", "under the seed instead of the public key" => |signed| {
        let seed = [0x42; 32];
        *signed = Signed::by(&KeyPair::from_seed(&seed), &signed.message);
        signed.key = seed.to_vec();
    };
    "key-empty", "under an empty key" => |signed| signed.key.clear();
    "key-cut", "under a key without its last byte" => |signed| signed.key.truncate(31);
    "key-extended", "under a key with a zero byte after it" => |signed| signed.key.push(0);
    "message-empty", "of an empty message" => |signed| signed.message.clear();
    "message-cut", "of a message without its last byte" => |signed| signed.message.truncate(31);
    "message-extended", "of a message with a zero byte after it" => |signed| signed.message.push(0);
};

fn one_thing_changed() -> Result<VectorFile, CaseError> {
    let doc = "An honest signature, and the same signature with one bit flipped, with bytes \
               removed or added, or with its parts rearranged.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "changed", doc)?;
    let honest = Signed::by(&key_pair("signer", 1), &digest("message").0);
    let premise = "Given an honest signature, when it is verified";
    honest.add(&mut suite, "honest", premise, true)?;
    for (byte, mask) in BITS {
        for (slug, part, of) in PARTS {
            let slug = format!("{slug}-byte-{byte}-mask-{mask}");
            let change = format!("with the bit {mask:#04x} flipped in byte {byte} of {part}");
            let mut flipped = honest.clone();
            of(&mut flipped)[byte] ^= mask;
            flipped.add_changed(&mut suite, &slug, &change)?;
        }
    }
    for (slug, change, signed) in changed(&honest, &[CHANGES]) {
        signed.add_changed(&mut suite, slug, change)?;
    }
    Ok(suite.finish())
}

// --- Keys like the end of the field -----------------------------------------------------------

/// A property of a key's bytes.
type Like = fn(&[u8; 32]) -> bool;

/// Keys whose bytes come close to those of p = 2²⁵⁵ − 19, from which on no y is canonical. A
/// verifier that compares byte by byte refuses one of them.
const LIKE_P: &[(&str, &str, Like)] = case_table! {
    "low-below", "whose lowest byte is 0xec" => |key| key[0] == 0xec;
    "low-at", "whose lowest byte is 0xed" => |key| key[0] == 0xed;
    "high", "whose highest byte is 0x7f or 0xff" => |key| key[31] & 0x7f == 0x7f;
    "low-and-high", "whose lowest byte is at least 0xed and whose highest is 0x7f or 0xff"
        => |key| key[0] >= 0xed && key[31] & 0x7f == 0x7f;
    "low-and-middle", "whose lowest byte is at least 0xed, with 0xff among the others"
        => |key| key[0] >= 0xed && key[1..31].contains(&0xff);
    "signed", "with the sign bit and the highest bits set" => |key| key[31] >= 0xfe;
};

fn keys() -> Result<VectorFile, CaseError> {
    let doc = "Honest keys that resemble the largest field elements in some of their bytes.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "keys", doc)?;
    for (slug, what, is_like) in LIKE_P {
        let mut candidates = (0..100_000).map(|number| key_pair("key", number));
        let keys = candidates.find(|keys| is_like(&keys.public_key().0));
        let keys = keys.ok_or_else(|| suite.error(slug, "no such key".to_owned()))?;
        let premise = format!("Given a key {what}, when its signature is verified");
        Signed::by(&keys, slug.as_bytes()).add(&mut suite, slug, &premise, true)?;
    }
    Ok(suite.finish())
}
