//! The group and its scalars (CRY-GROUP, CRY-HASH-02 to 05): published vectors, the laws in all
//! instances, canonical encodings, and a second library.

#[path = "support/group_vectors.rs"]
mod group_vectors;

use std::collections::BTreeSet;

use curve25519_dalek::{RistrettoPoint, Scalar as RistrettoScalar};
use group_vectors::{
    DERIVED_FROM_SHA_512, EXPANDED_TO_32_BYTES, INVALID_ENCODINGS, MULTIPLES_OF_THE_GENERATOR,
};
use ioschain_spec::Rejection;
use ioschain_spec::primitives::expand_message::expand_message_xmd;
use ioschain_spec::primitives::group::{
    Element, EncodedElement, EncodedScalar, Group, Scalar, derive_nonzero_scalar, refuse_identity,
    tagged_hash_to_group, tagged_hash_to_scalar,
};
use ioschain_spec::primitives::hash::tags;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::{ToyElement, ToyGroup, ToyScalar};
use quickcheck::quickcheck;
use sha2::{Digest as _, Sha512};

fn bytes<const N: usize>(hexadecimal: &str) -> [u8; N] {
    hex::decode(hexadecimal).unwrap().try_into().unwrap()
}

/// The order of ristretto255, little-endian (RFC 9496 §4).
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

// --- Published vectors ------------------------------------------------------------------------

#[test]
fn multiples_of_the_generator_are_those_of_rfc_9496() {
    let mut sum = Ristretto255::identity();
    for (number, encoding) in (0u64..).zip(MULTIPLES_OF_THE_GENERATOR) {
        let encoded = EncodedElement(bytes(encoding));
        let multiple = Ristretto255::generator().multiply(RistrettoScalar::from_number(number));
        assert_eq!(multiple.encode(), encoded, "{number}");
        assert_eq!(RistrettoPoint::decode(&encoded), Ok(sum), "{number}");
        sum = Element::add(sum, Ristretto255::generator());
    }
}

#[test]
fn invalid_encodings_of_rfc_9496_are_refused() {
    let mut refused = 0;
    for (fault, encodings) in INVALID_ENCODINGS {
        for encoding in encodings {
            let decoded = RistrettoPoint::decode(&EncodedElement(bytes(encoding)));
            assert_eq!(decoded, Err(Rejection::CryElementEncoding), "{fault}: {encoding}");
            refused += 1;
        }
    }
    assert_eq!(refused, 29);
}

/// The map of 64 bytes to an element, which hashing to the group ends with.
#[test]
fn elements_derived_from_hashes_are_those_of_rfc_9496() {
    for (text, encoding) in DERIVED_FROM_SHA_512 {
        let element = RistrettoPoint::from_uniform_bytes(&Sha512::digest(text).into());
        assert_eq!(element.encode(), EncodedElement(bytes(encoding)), "{text}");
    }
}

/// `expand_message_xmd` of RFC 9380 §5.3.1 with SHA-512, for any length of at most 255 · 64.
fn expand_in_general(domain: &[u8], message: &[u8], length: u16) -> Vec<u8> {
    let domain = [domain, &[u8::try_from(domain.len()).unwrap()]].concat();
    let first = Sha512::new()
        .chain_update([0; 128])
        .chain_update(message)
        .chain_update(length.to_be_bytes())
        .chain_update([0])
        .chain_update(&domain)
        .finalize();
    let (mut block, mut output) = ([0u8; 64], Vec::new());
    for number in 1..=u8::try_from(length.div_ceil(64)).unwrap() {
        let mixed: Vec<u8> = first.iter().zip(block).map(|(one, other)| one ^ other).collect();
        block = Sha512::new()
            .chain_update(mixed)
            .chain_update([number])
            .chain_update(&domain)
            .finalize()
            .into();
        output.extend(block);
    }
    output.truncate(length.into());
    output
}

#[test]
fn the_general_expansion_is_that_of_rfc_9380() {
    let domain = b"QUUX-V01-CS02-with-expander-SHA512-256";
    for (message, expanded) in EXPANDED_TO_32_BYTES {
        let expected = bytes::<32>(expanded);
        assert_eq!(expand_in_general(domain, message.as_bytes(), 32), expected, "{message}");
    }
}

quickcheck! {
    fn the_expansion_is_the_general_one_for_64_bytes(domain: Vec<u8>, message: Vec<u8>) -> bool {
        expand_message_xmd(&domain, &message)[..] == expand_in_general(&domain, &message, 64)
    }
}

#[test]
fn a_domain_of_more_than_255_bytes_is_hashed_first() {
    for length in [0, 1, 254, 255] {
        let domain = vec![b'd'; length];
        assert_eq!(expand_message_xmd(&domain, b"m")[..], expand_in_general(&domain, b"m", 64));
    }
    for length in [256, 300] {
        let domain = vec![b'd'; length];
        let shorter = Sha512::digest([b"H2C-OVERSIZE-DST-", &domain[..]].concat());
        assert_eq!(expand_message_xmd(&domain, b"m")[..], expand_in_general(&shorter, b"m", 64));
    }
}

// --- Domains ----------------------------------------------------------------------------------

#[test]
fn values_are_hashed_in_the_domain_of_protocol_group_and_tag() {
    let (tag, message) = (tags::DLEQ_NONCE, 7u32.to_le_bytes());
    let domain = |start: &str, group: &str| format!("{start}-IOSChain/v1-{group}-dleq/nonce");
    assert_eq!(
        tagged_hash_to_group::<Ristretto255>(tag, &7u32),
        Ristretto255::hash_to_group(
            domain("HashToGroup", "ristretto255-SHA512").as_bytes(),
            &message
        )
    );
    assert_eq!(
        tagged_hash_to_scalar::<Ristretto255>(tag, &7u32),
        Ristretto255::hash_to_scalar(
            domain("HashToScalar", "ristretto255-SHA512").as_bytes(),
            &message
        )
    );
    assert_eq!(
        tagged_hash_to_scalar::<ToyGroup<11>>(tag, &7u32),
        ToyGroup::<11>::hash_to_scalar(domain("HashToScalar", "toy11-SHA512").as_bytes(), &message)
    );
}

#[test]
fn uses_tags_and_values_give_distinct_hashes() {
    let mut scalars = BTreeSet::new();
    let mut elements = BTreeSet::new();
    for tag in tags::ALL {
        for value in 0..4u8 {
            scalars.insert(tagged_hash_to_scalar::<Ristretto255>(*tag, &value).encode());
            elements.insert(tagged_hash_to_group::<Ristretto255>(*tag, &value).encode());
        }
    }
    assert_eq!((scalars.len(), elements.len()), (4 * tags::ALL.len(), 4 * tags::ALL.len()));
}

/// The number that 64 bytes are, modulo 5, 7 or 11, with 256 = 1, 4, 3 modulo these.
#[test]
fn a_toy_hash_is_the_expansion_modulo_the_order() {
    fn modulo(order: u64, message: &[u8]) -> u64 {
        let bytes = expand_message_xmd(b"domain", message);
        let digits = bytes.iter().rev().map(|byte| u64::from(*byte));
        digits.fold(0, |number, digit| (number * 256 + digit) % order)
    }
    for number in 0..200u64 {
        let message = number.to_le_bytes();
        let scalar = |order| modulo(order, &message);
        let hash = ToyGroup::<5>::hash_to_scalar(b"domain", &message);
        assert_eq!(hash, ToyScalar::from_number(scalar(5)));
        let hash = ToyGroup::<7>::hash_to_scalar(b"domain", &message);
        assert_eq!(hash, ToyScalar::from_number(scalar(7)));
        let hash = ToyGroup::<11>::hash_to_group(b"domain", &message);
        let expected = ToyGroup::<11>::generator().multiply(ToyScalar::from_number(scalar(11)));
        assert_eq!(hash, expected);
    }
}

#[test]
fn every_toy_element_is_hashed_to_about_as_often_as_any_other() {
    let mut counts = [0; 5];
    for number in 0..5_000u64 {
        let element = ToyGroup::<5>::hash_to_group(b"domain", &number.to_le_bytes());
        counts[usize::from(element.encode().0[0])] += 1;
    }
    assert!(counts.iter().all(|count| (850..1_150).contains(count)), "{counts:?}");
}

#[test]
fn a_nonzero_scalar_is_that_of_the_first_attempt_that_gives_one() {
    let mut attempts = BTreeSet::new();
    for value in 0..200u32 {
        let of_attempt = |attempt: u64| {
            tagged_hash_to_scalar::<ToyGroup<5>>(tags::DLEQ_NONCE, &(value, attempt))
        };
        let attempt = (0..).find(|attempt| of_attempt(*attempt) != ToyScalar::ZERO).unwrap();
        let derived = derive_nonzero_scalar::<ToyGroup<5>>(tags::DLEQ_NONCE, &value);
        assert_eq!(derived, of_attempt(attempt));
        attempts.insert(attempt);
    }
    assert!(attempts.len() > 2, "some first attempts give 0");
}

// --- Laws -------------------------------------------------------------------------------------

/// The laws of a field, for three of its scalars.
fn field_laws_hold<S: Scalar>(a: S, b: S, c: S) -> bool {
    let inverse_holds = match a.invert() {
        Some(inverse) => a != S::ZERO && a.multiply(inverse) == S::ONE,
        None => a == S::ZERO,
    };
    inverse_holds
        && S::ZERO != S::ONE
        && a.add(b) == b.add(a)
        && a.multiply(b) == b.multiply(a)
        && a.add(b).add(c) == a.add(b.add(c))
        && a.multiply(b).multiply(c) == a.multiply(b.multiply(c))
        && a.multiply(b.add(c)) == a.multiply(b).add(a.multiply(c))
        && a.add(S::ZERO) == a
        && a.multiply(S::ONE) == a
        && a.subtract(b).add(b) == a
        && S::decode(&a.encode()) == Ok(a)
        && (a == b) == (a.encode() == b.encode())
}

/// The laws of a group on which scalars act, for three elements and two scalars.
fn group_laws_hold<G: Group>([p, q, r]: [G::Element; 3], [a, b]: [G::Scalar; 2]) -> bool {
    let zero = G::identity();
    p.add(q) == q.add(p)
        && p.add(q).add(r) == p.add(q.add(r))
        && p.add(zero) == p
        && p.subtract(p) == zero
        && p.subtract(q).add(q) == p
        && p.multiply(G::Scalar::ONE) == p
        && p.multiply(G::Scalar::ZERO) == zero
        && zero.multiply(a) == zero
        && p.multiply(a.add(b)) == p.multiply(a).add(p.multiply(b))
        && p.multiply(a.multiply(b)) == p.multiply(a).multiply(b)
        && p.add(q).multiply(a) == p.multiply(a).add(q.multiply(a))
        && G::sum_of_products(&[(a, p), (b, q), (a, r)])
            == p.multiply(a).add(q.multiply(b)).add(r.multiply(a))
        && G::sum_of_products(&[]) == zero
        && G::Element::decode(&p.encode()) == Ok(p)
        && (p == q) == (p.encode() == q.encode())
        && refuse_identity::<G>(p).is_err() == (p == zero)
}

fn scalar(bytes: [u8; 32]) -> RistrettoScalar {
    Ristretto255::hash_to_scalar(b"test", &bytes)
}

fn element(bytes: [u8; 32]) -> RistrettoPoint {
    Ristretto255::hash_to_group(b"test", &bytes)
}

quickcheck! {
    fn the_scalars_of_ristretto255_are_a_field(a: [u8; 32], b: [u8; 32], c: [u8; 32]) -> bool {
        let (a, b, c) = (scalar(a), scalar(b), scalar(c));
        let (zero, one) = (RistrettoScalar::ZERO, RistrettoScalar::ONE);
        field_laws_hold(a, b, c) && field_laws_hold(zero, a, b) && field_laws_hold(one, a, a)
    }

    fn ristretto255_is_a_group(p: [u8; 32], q: [u8; 32], a: [u8; 32], b: [u8; 32]) -> bool {
        let (p, q, zero) = (element(p), element(q), Ristretto255::identity());
        let scalars = [scalar(a), scalar(b)];
        group_laws_hold::<Ristretto255>([p, q, Ristretto255::generator()], scalars)
            && group_laws_hold::<Ristretto255>([zero, p, p], scalars)
    }

    fn numbers_are_scalars(one: u32, other: u32) -> bool {
        let number = |number: u64| RistrettoScalar::from_number(number);
        let (one, other) = (u64::from(one), u64::from(other));
        Scalar::add(number(one), number(other)) == number(one + other)
            && Scalar::multiply(number(one), number(other)) == number(one * other)
            && number(one).encode().0[..8] == one.to_le_bytes()
    }
}

fn toy_laws_hold<const P: u64>() {
    let scalars = || ToyGroup::<P>::scalars();
    let elements = || ToyGroup::<P>::elements();
    for a in scalars() {
        for b in scalars() {
            assert!(scalars().all(|c| field_laws_hold(a, b, c)), "{a:?} {b:?}");
            let triples = elements().flat_map(|p| elements().map(move |q| [p, q, p.add(q).add(q)]));
            assert!(triples.clone().count() == usize::try_from(P * P).unwrap());
            for triple in triples {
                assert!(group_laws_hold::<ToyGroup<P>>(triple, [a, b]), "{triple:?} {a:?} {b:?}");
            }
        }
    }
    let multiples: BTreeSet<ToyElement<P>> =
        scalars().map(|scalar| ToyGroup::<P>::generator().multiply(scalar)).collect();
    assert_eq!(multiples, elements().collect(), "the generator generates");
    assert_eq!(u64::from(ToyGroup::<P>::POSITIONS_MAX), P - 1);
    assert_eq!(ToyScalar::<P>::from_number(P), ToyScalar::ZERO);
}

#[test]
fn every_toy_group_is_a_group_of_prime_order_over_its_field() {
    toy_laws_hold::<5>();
    toy_laws_hold::<7>();
    toy_laws_hold::<11>();
}

// --- Encodings --------------------------------------------------------------------------------

#[test]
fn the_identity_has_one_encoding_in_every_group() {
    assert_eq!(Ristretto255::identity().encode(), EncodedElement::IDENTITY);
    assert_eq!(ToyGroup::<5>::identity().encode(), EncodedElement::IDENTITY);
    assert_eq!(ToyGroup::<7>::identity().encode(), EncodedElement::IDENTITY);
    assert_eq!(ToyGroup::<11>::identity().encode(), EncodedElement::IDENTITY);
}

#[test]
fn scalars_at_and_above_the_order_are_refused() {
    let order: [u8; 32] = bytes(ORDER);
    let plus = |offset: i16| {
        let mut number = order;
        number[0] = u8::try_from(i16::from(order[0]) + offset).unwrap();
        RistrettoScalar::decode(&EncodedScalar(number))
    };
    let minus_one = Scalar::subtract(RistrettoScalar::ZERO, RistrettoScalar::ONE);
    assert_eq!(plus(-1), Ok(minus_one), "the largest scalar");
    for offset in [0, 1, 2] {
        assert_eq!(plus(offset), Err(Rejection::CryScalarEncoding));
    }
    for highest in [0x11, 0x20, 0x80, 0xff] {
        let mut number = [0; 32];
        number[31] = highest;
        let decoded = RistrettoScalar::decode(&EncodedScalar(number));
        assert_eq!(decoded, Err(Rejection::CryScalarEncoding), "{highest}");
    }
}

#[test]
fn a_toy_value_has_one_encoding() {
    let mut accepted = 0;
    for (place, value) in (0..32).flat_map(|place| (0..=255).map(move |value| (place, value))) {
        let mut number = [0; 32];
        number[place] = value;
        let canonical = value == 0 || (place == 0 && value < 7);
        let scalar = ToyScalar::<7>::decode(&EncodedScalar(number));
        let element = ToyElement::<7>::decode(&EncodedElement(number));
        assert_eq!(scalar.is_ok(), canonical, "{number:?}");
        assert_eq!(element.is_ok(), canonical, "{number:?}");
        if !canonical {
            assert_eq!(scalar, Err(Rejection::CryScalarEncoding));
            assert_eq!(element, Err(Rejection::CryElementEncoding));
        }
        accepted += u32::from(canonical);
    }
    assert_eq!(accepted, 6 + 32, "the six that are not 0, and 0 in each place");
}

quickcheck! {
    fn what_is_decoded_encodes_to_the_same_bytes(encoding: [u8; 32], low: bool) -> bool {
        // Half of them below 2²⁵², so that many are scalars.
        let mut encoding = encoding;
        encoding[31] &= if low { 0x0f } else { 0xff };
        let (element, scalar) = (EncodedElement(encoding), EncodedScalar(encoding));
        RistrettoPoint::decode(&element).is_ok_and(|decoded| decoded.encode() == element)
            != (RistrettoPoint::decode(&element) == Err(Rejection::CryElementEncoding))
            && RistrettoScalar::decode(&scalar).is_ok_and(|decoded| decoded.encode() == scalar)
                != (RistrettoScalar::decode(&scalar) == Err(Rejection::CryScalarEncoding))
    }
}

// --- A second library -------------------------------------------------------------------------

quickcheck! {
    /// An older line of the same library: only its bytes can be compared.
    fn another_version_of_the_library_gives_the_same_bytes(
        a: [u8; 32], b: [u8; 32], message: Vec<u8>
    ) -> bool {
        use dalek4::{ristretto::RistrettoPoint as OtherPoint, scalar::Scalar as OtherScalar};
        let uniform = expand_message_xmd(b"test", &message);
        let (one, other) = (scalar(a), scalar(b));
        let [one4, other4] = [one, other]
            .map(|scalar| OtherScalar::from_canonical_bytes(scalar.encode().0).unwrap());
        let (base, base4) =
            (Ristretto255::hash_to_group(b"test", &message), OtherPoint::from_uniform_bytes(&uniform));
        let wide = OtherScalar::from_bytes_mod_order_wide(&uniform);
        let sum = Element::add(base.multiply(one), Ristretto255::generator().multiply(other));
        let sum4 = base4 * one4 + dalek4::constants::RISTRETTO_BASEPOINT_POINT * other4;
        base.encode().0 == base4.compress().to_bytes()
            && Ristretto255::hash_to_scalar(b"test", &message).encode().0 == wide.to_bytes()
            && Scalar::multiply(one, other).encode().0 == (one4 * other4).to_bytes()
            && Scalar::invert(one).map(|inverse| inverse.encode().0) == Some(one4.invert().to_bytes())
            && sum.encode().0 == sum4.compress().to_bytes()
    }

    fn another_version_of_the_library_decodes_the_same_bytes(encoding: [u8; 32], low: bool) -> bool {
        let mut encoding = encoding;
        // Non-negative and mostly below the prime: about a quarter of these encode an element.
        encoding[31] &= if low { 0x0f } else { 0x7f };
        encoding[0] &= 0xfe;
        let element4 = dalek4::ristretto::CompressedRistretto(encoding).decompress();
        let scalar4: Option<dalek4::scalar::Scalar> =
            dalek4::scalar::Scalar::from_canonical_bytes(encoding).into();
        RistrettoPoint::decode(&EncodedElement(encoding)).is_ok() == element4.is_some()
            && RistrettoScalar::decode(&EncodedScalar(encoding)).is_ok() == scalar4.is_some()
    }
}
