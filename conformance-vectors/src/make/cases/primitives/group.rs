//! The groups: hashing to them and to their scalars, encodings, sums.

use ioschain_model::words::count;
use ioschain_spec::Rejection::{self, CryElementEncoding, CryScalarEncoding};
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, EncodedScalar, Group, Scalar, tagged_hash_to_scalar,
};
use ioschain_spec::primitives::hash::{Tag, tags};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use serde_json::{Value, json};

use super::curve_points::{ORDER, plus_order};
use super::group_vectors::{INVALID_ENCODINGS, MULTIPLES_OF_THE_GENERATOR};
use super::rfc9497_vectors::{RFC_9497, RFC_9497_BLINDED};
use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        expansions()?,
        rfc_9497_elements()?,
        rfc_9497_keys()?,
        tagged_elements()?,
        tagged_scalars()?,
        toy_hashes()?,
        rfc_9496_encodings()?,
        scalars()?,
        toy_encodings("element", CryElementEncoding)?,
        toy_encodings("scalar", CryScalarEncoding)?,
        rfc_9496_multiples()?,
        sums()?,
    ])
}

/// 32 published bytes.
fn of_text(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap_or_default().try_into().unwrap_or_default()
}

/// A little-endian number.
pub(super) fn number(low: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&low.to_le_bytes());
    bytes
}

/// An element without a known logarithm.
pub(super) fn element<G: Group>(label: &str) -> G::Element {
    G::hash_to_group(b"IOSChain vectors", label.as_bytes())
}

/// A scalar that nobody chose.
pub(super) fn scalar<G: Group>(label: &str) -> G::Scalar {
    G::hash_to_scalar(b"IOSChain vectors", label.as_bytes())
}

/// As [`scalar`], and not 0.
pub(super) fn nonzero<G: Group>(label: &str) -> G::Scalar {
    let scalars = (0..1_000).map(|attempt| scalar::<G>(&format!("{label} {attempt}")));
    scalars.into_iter().find(|scalar| *scalar != G::Scalar::ZERO).unwrap_or(G::Scalar::ONE)
}

pub(super) fn element_json<G: Group>(element: G::Element) -> Value {
    json!(hex::encode(element.encode().0))
}

pub(super) fn scalar_json<G: Group>(scalar: G::Scalar) -> Value {
    json!(hex::encode(scalar.encode().0))
}

/// The name without the hash function: `toy5`.
pub(super) fn short_name<G: Group>() -> &'static str {
    G::NAME.split('-').next().unwrap_or(G::NAME)
}

// --- Hashing ----------------------------------------------------------------------------------

/// An implementation that does not hash a long domain first, or pads the message in another way,
/// hashes everything else to other elements.
fn expansions() -> Result<VectorFile, CaseError> {
    let doc =
        "Messages and domains of many lengths. A domain of more than 255 bytes is hashed first.";
    let mut suite = SuiteWriter::new("primitives.expand_message", "lengths", doc)?;
    let domains = [0, 1, 37, 254, 255, 256, 257, 1_000].map(|length| (length, 32));
    let messages = [0, 1, 127, 128, 129, 10_000].map(|length| (24, length));
    for (domain, message) in domains.into_iter().chain(messages) {
        let doc = format!(
            "Given a domain of {} and a message of {}, when the message is expanded, then these \
             are the bytes.",
            count(domain, "byte"),
            count(message, "byte")
        );
        let input = json!({
            "domain": Repeat::new(&[], &[0x64], domain, &[]).to_value(),
            "message": Repeat::new(&[], &[0x6d], message, &[]).to_value(),
        });
        let slug = format!("domain-{domain}-message-{message}");
        suite.add(&slug, &["CRY-HASH-02"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// `use-OPRFV1-mode-suite` (RFC 9497 §3.1).
fn rfc_9497_domain(start: &str, mode: u8) -> String {
    let parts: [&[u8]; 4] = [start.as_bytes(), b"OPRFV1-", &[mode], b"-ristretto255-SHA512"];
    hex::encode(parts.concat())
}

/// An implementation with another map to the group gives other elements.
fn rfc_9497_elements() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "The elements to which RFC 9497 (appendix A.1) hashes its inputs. The published \
               elements are multiplied by a blind, which is removed here.";
    let mut suite = SuiteWriter::new("primitives.hash_to_group", "rfc-9497", doc)?;
    let mut known =
        RFC_9497_BLINDED.map(|(input, blind, blinded)| (0, input, blind, blinded)).to_vec();
    for mode in &RFC_9497 {
        for proof in mode.proofs.iter().filter(|proof| proof.inputs.len() == 1) {
            known.push((mode.number, proof.inputs[0], proof.blinds[0], proof.blinded[0]));
        }
    }
    for (mode, input, blind, blinded) in known {
        let slug = format!("mode-{mode}-input-of-{}", input.len() / 2);
        let blind = <G as Group>::Scalar::decode(&EncodedScalar(of_text(blind)))?;
        let blinded = <G as Group>::Element::decode(&EncodedElement(of_text(blinded)))?;
        let inverse = Scalar::invert(blind);
        let inverse = inverse.ok_or_else(|| suite.error(&slug, "the blind is 0".to_owned()))?;
        let hashed = element_json::<G>(blinded.multiply(inverse));
        let doc = format!(
            "Given the input {input} in mode {mode} of RFC 9497, when it is hashed to the group, \
             then the element times the blind is the published element."
        );
        let domain = rfc_9497_domain("HashToGroup-", mode);
        let input = json!({ "group": G::NAME, "domain": domain, "message": input });
        let intent = Intent::Exactly(json!({ "element": hashed }));
        suite.add(&slug, &["CRY-HASH-02", "CRY-HASH-03"], &doc, input, intent)?;
    }
    Ok(suite.finish())
}

/// RFC 9497 appendix A.1: the seed of 32 bytes and the info that every mode's key is derived from,
/// and the secret key of mode 0.
const RFC_9497_SEED: [u8; 32] = [0xa3; 32];
const RFC_9497_KEY_INFO: &[u8] = b"test key";
const RFC_9497_OPRF_KEY: &str = "5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e";

/// An implementation that reduces a hash to a scalar in another way gives other keys.
fn rfc_9497_keys() -> Result<VectorFile, CaseError> {
    let doc = "The secret keys of RFC 9497 (appendix A.1), which are seeds hashed to scalars.";
    let mut suite = SuiteWriter::new("primitives.hash_to_scalar", "rfc-9497", doc)?;
    let of_modes = RFC_9497.iter().map(|mode| (mode.number, mode.secret_key));
    for (mode, secret_key) in [(0, RFC_9497_OPRF_KEY)].into_iter().chain(of_modes) {
        let message = [&RFC_9497_SEED[..], &[0, 8], RFC_9497_KEY_INFO, &[0]].concat();
        let doc = format!(
            "Given the seed of mode {mode} of RFC 9497, when it is hashed to a scalar, then the \
             secret key is the published one."
        );
        let input = json!({
            "group": Ristretto255::NAME,
            "domain": rfc_9497_domain("DeriveKeyPair", mode),
            "message": hex::encode(message),
        });
        let intent = Intent::Exactly(json!({ "scalar": secret_key }));
        let requirements = ["CRY-HASH-02", "CRY-HASH-04"];
        suite.add(&format!("key-of-mode-{mode}"), &requirements, &doc, input, intent)?;
    }
    Ok(suite.finish())
}

/// Tags, and what is hashed under them: nothing, a digest.
fn tagged_inputs() -> impl Iterator<Item = (Tag, &'static str, Vec<u8>)> {
    let values = [("nothing", vec![]), ("a digest", digest("content").0.to_vec())];
    [tags::DLEQ_CHALLENGE, tags::PVSS_COEFFICIENT, tags::DLEQ_NONCE]
        .into_iter()
        .flat_map(move |tag| values.clone().map(|(what, bytes)| (tag, what, bytes)))
}

fn add_tagged<G: Group>(
    suite: &mut SuiteWriter,
    requirements: &[&str],
    (tag, what, bytes): (Tag, &str, Vec<u8>),
) -> Result<(), CaseError> {
    let (name, group) = (tag.name(), short_name::<G>());
    let doc = format!(
        "Given {what}, when it is hashed in {group} under the tag `{name}`, then this is the hash."
    );
    let slug = format!("{group}-{}-{}", name.replace('/', "-"), what.replace(' ', "-"));
    let input = json!({ "group": G::NAME, "tag": name, "bytes": hex::encode(bytes) });
    suite.add(&slug, requirements, &doc, input, Intent::Ok)?;
    Ok(())
}

/// Without the tag in the domain, a value hashed for one purpose could be taken for another's.
fn tagged_elements() -> Result<VectorFile, CaseError> {
    let doc = "Values hashed to the group in the domains of the protocol.";
    let mut suite = SuiteWriter::new("primitives.tagged_hash_to_group", "tags", doc)?;
    for question in tagged_inputs() {
        add_tagged::<Ristretto255>(&mut suite, &["CRY-HASH-02", "CRY-HASH-03"], question)?;
    }
    Ok(suite.finish())
}

const TO_SCALAR: &[&str] = &["CRY-HASH-02", "CRY-HASH-04", "CRY-HASH-05"];

fn tagged_scalars() -> Result<VectorFile, CaseError> {
    let doc = "Values hashed to scalars in the domains of the protocol.";
    let mut suite = SuiteWriter::new("primitives.tagged_hash_to_scalar", "tags", doc)?;
    for question in tagged_inputs() {
        add_tagged::<Ristretto255>(&mut suite, TO_SCALAR, question)?;
    }
    Ok(suite.finish())
}

/// An implementation that does not try again uses the scalar 0, which is likely in a toy group.
fn toy_hashes() -> Result<VectorFile, CaseError> {
    let doc = "Values hashed to the scalars of toy groups. Some need several attempts until the \
               scalar is not 0.";
    let mut suite = SuiteWriter::tiny("primitives.tagged_hash_to_scalar", "tags", doc)?;
    add_toy_hashes::<ToyGroup<5>>(&mut suite)?;
    add_toy_hashes::<ToyGroup<7>>(&mut suite)?;
    add_toy_hashes::<ToyGroup<11>>(&mut suite)?;
    Ok(suite.finish())
}

fn add_toy_hashes<G: Group>(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    for question in tagged_inputs().take(2) {
        add_tagged::<G>(suite, TO_SCALAR, question)?;
    }
    let tag = tags::DLEQ_NONCE;
    let is_zero = |value: u64, attempt: u64| {
        tagged_hash_to_scalar::<G>(tag, &(value, attempt)) == G::Scalar::ZERO
    };
    for attempts in 0..3 {
        let value = (0..10_000u64).find(|value| {
            (0..attempts).all(|attempt| is_zero(*value, attempt)) && !is_zero(*value, attempts)
        });
        let group = short_name::<G>();
        let slug = format!("{group}-zero-{attempts}-times");
        let value = value.ok_or_else(|| suite.error(&slug, "there is none".to_owned()))?;
        let doc = format!(
            "Given a value for which attempt {attempts} (counted from 0) is the first that does \
             not give 0 in {group}, when it is hashed to a scalar that is not 0, then this is the \
             scalar."
        );
        let bytes = hex::encode(value.to_le_bytes());
        let input = json!({ "group": G::NAME, "tag": tag.name(), "bytes": bytes });
        suite.add(&slug, TO_SCALAR, &doc, input, Intent::Ok)?;
    }
    Ok(())
}

// --- Encodings --------------------------------------------------------------------------------

fn add_encoding<G: Group>(
    suite: &mut SuiteWriter,
    kind: &str,
    (slug, what): (&str, &str),
    bytes: [u8; 32],
    refused: Option<Rejection>,
) -> Result<(), CaseError> {
    let (article, requirement) =
        if kind == "element" { ("an", "CRY-GROUP-01") } else { ("a", "CRY-GROUP-02") };
    let verdict = if refused.is_some() { "they are refused" } else { "they are accepted" };
    let group = short_name::<G>();
    let doc = format!(
        "Given {what}, when the bytes are decoded as {article} {kind} of {group}, then {verdict}."
    );
    let input = json!({ "group": G::NAME, kind: hex::encode(bytes) });
    let intent = refused.map_or(Intent::Ok, Intent::Rejected);
    suite.add(slug, &[requirement], &doc, input, intent)?;
    Ok(())
}

/// A decoder that accepts these has several encodings of one element, so that signed bytes can be
/// changed.
fn rfc_9496_encodings() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Encodings of elements, and the bytes of RFC 9496 (appendix A.2) that do not encode \
               an element.";
    let mut suite = SuiteWriter::new("primitives.decode_element", "rfc-9496", doc)?;
    for (factor, encoding) in MULTIPLES_OF_THE_GENERATOR.iter().enumerate().take(4) {
        let slug = format!("generator-times-{factor}");
        let what = format!("the encoding of {factor} times the generator");
        add_encoding::<G>(&mut suite, "element", (&slug, &what), of_text(encoding), None)?;
    }
    let faults =
        INVALID_ENCODINGS.iter().flat_map(|(what, all)| all.iter().map(move |e| (what, e)));
    for (place, (what, encoding)) in faults.enumerate() {
        let slug = format!("invalid-{place}");
        let what = format!("an invalid encoding of RFC 9496 ({what})");
        let refused = Some(CryElementEncoding);
        add_encoding::<G>(&mut suite, "element", (&slug, &what), of_text(encoding), refused)?;
    }
    Ok(suite.finish())
}

/// The order of ristretto255 less 1.
fn last_scalar() -> [u8; 32] {
    let mut last = ORDER;
    last[0] -= 1;
    last
}

fn bit(place: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[place / 8] = 1 << (place % 8);
    bytes
}

/// A decoder that reduces, or only looks at the highest bits, has several encodings of one scalar.
fn scalars() -> Result<VectorFile, CaseError> {
    let doc = "Numbers below the order of ristretto255, and numbers that are not below it.";
    let mut suite = SuiteWriter::new("primitives.decode_scalar", "order", doc)?;
    let honest = scalar::<Ristretto255>("scalar").to_bytes();
    let numbers = case_table! {
        "zero", "0", true => [0; 32];
        "one", "1", true => number(1);
        "bit-252", "2^252", true => bit(252);
        "last", "the order minus 1", true => last_scalar();
        "order", "the order", false => ORDER;
        "order-and-one", "the order plus 1", false => plus_order(&number(1));
        "raised", "a scalar increased by the order", false => plus_order(&honest);
        "twice-order", "twice the order", false => plus_order(&ORDER);
        "bit-253", "2^253", false => bit(253);
        "bit-255", "2^255", false => bit(255);
        "full", "bytes with all bits set", false => [0xff; 32];
    };
    for (slug, what, valid, bytes) in numbers.iter().copied() {
        let refused = (!valid).then_some(CryScalarEncoding);
        add_encoding::<Ristretto255>(&mut suite, "scalar", (slug, what), bytes, refused)?;
    }
    Ok(suite.finish())
}

/// Toy elements and scalars are numbers below the order; an implementation that reads only the
/// first word takes the last two rows for numbers, too.
fn toy_encodings(kind: &str, refusal: Rejection) -> Result<VectorFile, CaseError> {
    let doc = match kind {
        "element" => "Encodings of elements of toy groups: numbers below the order.",
        _ => "Encodings of scalars of toy groups: numbers below the order.",
    };
    let mut suite = SuiteWriter::tiny(&format!("primitives.decode_{kind}"), "order", doc)?;
    add_toy_encodings::<5>(&mut suite, kind, refusal)?;
    add_toy_encodings::<7>(&mut suite, kind, refusal)?;
    add_toy_encodings::<11>(&mut suite, kind, refusal)?;
    Ok(suite.finish())
}

fn add_toy_encodings<const ORDER: u64>(
    suite: &mut SuiteWriter,
    kind: &str,
    refusal: Rejection,
) -> Result<(), CaseError> {
    let mut high = number(1);
    high[31] = 0x80;
    let numbers = case_table! {
        "zero", "0", true => number(0);
        "last", "the order minus 1", true => number(ORDER - 1);
        "order", "the order", false => number(ORDER);
        "raised", "the order plus 1", false => number(ORDER + 1);
        "top-bit", "the number 1 with the highest bit set", false => high;
        "word", "2^64", false => bit(64);
    };
    for (slug, what, valid, bytes) in numbers.iter().copied() {
        let slug = format!("{}-{slug}", short_name::<ToyGroup<ORDER>>());
        let refused = (!valid).then_some(refusal);
        add_encoding::<ToyGroup<ORDER>>(suite, kind, (&slug, what), bytes, refused)?;
    }
    Ok(())
}

// --- Sums -------------------------------------------------------------------------------------

const SUM: &[&str] = &["CRY-GROUP-01", "CRY-GROUP-02"];

fn sum_input(terms: &[(Value, Value)]) -> Value {
    let (scalars, elements): (Vec<Value>, Vec<Value>) = terms.iter().cloned().unzip();
    json!({ "group": Ristretto255::NAME, "scalars": scalars, "elements": elements })
}

/// An implementation with another generator, or another group law, gives other multiples.
fn rfc_9496_multiples() -> Result<VectorFile, CaseError> {
    let doc = "The multiples of the generator in RFC 9496 (appendix A.1).";
    let mut suite = SuiteWriter::new("primitives.sum_of_products", "rfc-9496", doc)?;
    let generator = json!(MULTIPLES_OF_THE_GENERATOR[1]);
    for (factor, multiple) in (0u64..).zip(MULTIPLES_OF_THE_GENERATOR) {
        let doc = format!(
            "Given the generator and {factor}, when they are multiplied, then the product is the \
             published one."
        );
        let input = sum_input(&[(json!(hex::encode(number(factor))), generator.clone())]);
        let intent = Intent::Exactly(json!({ "sum": multiple }));
        suite.add(&format!("times-{factor}"), SUM, &doc, input, intent)?;
    }
    Ok(suite.finish())
}

/// An implementation that decodes only the first term, or refuses the identity as a sum, answers
/// otherwise.
fn sums() -> Result<VectorFile, CaseError> {
    let doc = "Sums of products of scalars and elements, and invalid terms.";
    let mut suite = SuiteWriter::new("primitives.sum_of_products", "sums", doc)?;
    let part = |label: &str| element_json::<Ristretto255>(element::<Ristretto255>(label));
    let times = |label: &str| scalar_json::<Ristretto255>(scalar::<Ristretto255>(label));
    let (one, minus_one) = (json!(hex::encode(number(1))), json!(hex::encode(last_scalar())));
    let identity = json!(MULTIPLES_OF_THE_GENERATOR[0]);
    let is_identity = Intent::Exactly(json!({ "sum": identity }));
    let bad_element = json!(INVALID_ENCODINGS[1].1[0]);
    let bad_scalar = json!(hex::encode(ORDER));
    let (no_element, no_scalar) =
        (Intent::Rejected(CryElementEncoding), Intent::Rejected(CryScalarEncoding));
    let cases = case_table! {
        "nothing", "no terms", &is_identity => vec![];
        "three", "three terms", &Intent::Ok => ["a", "b", "c"].map(|l| (times(l), part(l))).to_vec();
        "cancelled", "an element and its negative, both times the same scalar", &is_identity
            => vec![(one.clone(), part("a")), (minus_one, part("a"))];
        "of-identity", "a multiple of the identity", &is_identity => vec![(times("a"), identity)];
        "no-element", "an element whose encoding is a negative field element", &no_element
            => vec![(times("a"), bad_element.clone())];
        "no-scalar", "the order in place of a scalar", &no_scalar => vec![(bad_scalar, part("a"))];
        "last-no-element", "two terms, the last of which has bytes that do not encode an element", &no_element
            => vec![(one, part("a")), (times("b"), bad_element)];
    };
    for (slug, what, intent, terms) in cases {
        let is_refused = matches!(intent, Intent::Rejected(_));
        let then = if is_refused { "they are refused" } else { "this is the sum" };
        let doc = format!("Given {what}, when the products are added up, then {then}.");
        suite.add(slug, SUM, &doc, sum_input(terms), (*intent).clone())?;
    }
    Ok(suite.finish())
}
