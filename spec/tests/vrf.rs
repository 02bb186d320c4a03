//! The verifiable random function (CRY-VRF-01 to CRY-VRF-06), against the RFC's vectors, against
//! another implementation, and against keys and proofs that satisfy the equations and break the
//! rule.

#[path = "support/vrf_vectors.rs"]
mod vrf_vectors;

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::scalar::clamp_integer;
use curve25519_dalek::traits::{Identity, IsIdentity};
use curve25519_dalek::{EdwardsPoint, Scalar};
use ioschain_spec::Rejection;
use ioschain_spec::primitives::encoding::{decode, encode};
use ioschain_spec::primitives::vrf::{
    VrfKeyPair, VrfOutput, VrfProof, VrfPublicKey, derive_challenge, encode_to_curve, verify,
};
use quickcheck::quickcheck;
use sha2::{Digest as _, Sha512};
use vrf_rfc9381::ec::edwards25519::EdVrfProof;
use vrf_rfc9381::ec::edwards25519::tai::{
    EdVrfEdwards25519TaiPublicKey, EdVrfEdwards25519TaiSecretKey,
};
use vrf_rfc9381::{Proof as _, Prover as _, Verifier as _};
use vrf_vectors::RFC_9381;

fn bytes(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal).unwrap()
}

fn array<const N: usize>(hexadecimal: &str) -> [u8; N] {
    bytes(hexadecimal).try_into().unwrap()
}

fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    Sha512::digest(parts.concat()).into()
}

fn first<const N: usize>(hash: [u8; 64]) -> [u8; N] {
    hash[..N].try_into().unwrap()
}

fn point(encoding: &[u8; 32]) -> EdwardsPoint {
    CompressedEdwardsY(*encoding).decompress().unwrap()
}

/// The secret scalar and the nonce's prefix of a seed, by hand.
fn secrets(seed: &[u8; 32]) -> ([u8; 32], [u8; 32]) {
    let hashed = sha512(&[seed]);
    (clamp_integer(first(hashed)), hashed[32..].try_into().unwrap())
}

fn secret(seed: &[u8; 32]) -> Scalar {
    Scalar::from_bytes_mod_order(secrets(seed).0)
}

// --- The RFC's vectors ------------------------------------------------------------------------

#[test]
fn the_vectors_of_rfc_9381_hold() {
    for example in &RFC_9381 {
        let (name, alpha) = (example.name, bytes(example.alpha));
        let key_pair = VrfKeyPair::from_seed(&array(example.seed));
        assert_eq!(hex::encode(key_pair.public_key().0), example.public_key, "{name}");
        let proof = key_pair.prove(&alpha).unwrap();
        assert_eq!(hex::encode(encode(&proof)), example.pi, "{name}");
        let output = verify(&key_pair.public_key(), &alpha, &proof).unwrap();
        assert_eq!(hex::encode(output.0), example.beta, "{name}");
        assert_eq!(proof.to_output(), Ok(output), "{name}");
    }
}

/// What lies in between: the specification's steps where they are public, and the secret ones by
/// hand.
#[test]
fn the_intermediate_values_of_rfc_9381_hold() {
    for example in &RFC_9381 {
        let (name, alpha) = (example.name, bytes(example.alpha));
        let key = VrfPublicKey(array(example.public_key));
        let (x, nonce_prefix) = secrets(&array(example.seed));
        assert_eq!(hex::encode(x), example.x, "{name}");

        let h = encode_to_curve(&key, &alpha).unwrap();
        let h_string = h.compress().0;
        assert_eq!(hex::encode(h_string), example.h, "{name}");

        let k_string = sha512(&[&nonce_prefix, &h_string]);
        assert_eq!(hex::encode(k_string), example.k_string, "{name}");
        let k = Scalar::from_bytes_mod_order_wide(&k_string);
        assert_eq!(hex::encode(k.to_bytes()), example.k, "{name}");
        assert_eq!(hex::encode(EdwardsPoint::mul_base(&k).compress().0), example.u, "{name}");
        assert_eq!(hex::encode((k * h).compress().0), example.v, "{name}");

        let proof: VrfProof = decode(&bytes(example.pi)).unwrap();
        let (u, v) = (array(example.u), array(example.v));
        let challenge = derive_challenge([&key.0, &h_string, &proof.gamma, &u, &v]);
        assert_eq!(challenge, proof.challenge, "{name}");
    }
}

/// The counter that the RFC prints is the first one whose hash begins with a point.
#[test]
fn hashing_to_the_curve_takes_the_first_counter_that_gives_a_point() {
    let mut later = 0;
    for example in &RFC_9381 {
        let (key, alpha) = (array::<32>(example.public_key), bytes(example.alpha));
        let candidate = |counter: u8| {
            let hash = sha512(&[&[3, 1], &key, &alpha, &[counter, 0]]);
            CompressedEdwardsY(first(hash)).decompress()
        };
        assert!((0..example.counter).all(|counter| candidate(counter).is_none()));
        let taken = candidate(example.counter).unwrap();
        let expected = taken.mul_by_cofactor().compress().0;
        assert_eq!(hex::encode(expected), example.h, "{}", example.name);
        later += usize::from(example.counter > 0);
    }
    assert!(later > 0, "one of the examples needs a second attempt");
}

// --- Against another implementation -----------------------------------------------------------

/// What `vrf-rfc9381` says of a proof; `None` for a refusal.
fn their_answer(key: &VrfPublicKey, alpha: &[u8], proof: &VrfProof) -> Option<VrfOutput> {
    let key = EdVrfEdwards25519TaiPublicKey::from_slice(&key.0).ok()?;
    let output = key.verify(alpha, EdVrfProof::decode_pi(&encode(proof)).ok()?).ok()?;
    Some(VrfOutput(output.into()))
}

quickcheck! {
    fn both_implementations_make_the_same_keys_proofs_and_outputs(
        seed: [u8; 32], alpha: Vec<u8>
    ) -> bool {
        let ours = VrfKeyPair::from_seed(&seed);
        let theirs = EdVrfEdwards25519TaiSecretKey::from_slice(&seed).unwrap();
        let proof = ours.prove(&alpha).unwrap();
        let same_key =
            EdVrfEdwards25519TaiPublicKey::from_slice(&ours.public_key().0).unwrap() == theirs.verifier();
        let output = verify(&ours.public_key(), &alpha, &proof).ok();
        same_key
            && theirs.prove(&alpha).unwrap().encode_to_pi() == encode(&proof)
            && output.is_some()
            && their_answer(&ours.public_key(), &alpha, &proof) == output
    }

    fn both_implementations_refuse_a_changed_key_input_or_proof(
        seed: [u8; 32], alpha: Vec<u8>, place: usize, mask: u8
    ) -> bool {
        let key_pair = VrfKeyPair::from_seed(&seed);
        let proof = key_pair.prove(&alpha).unwrap();
        let mut all = [&key_pair.public_key().0[..], &encode(&proof), &alpha].concat();
        let place = place % all.len();
        all[place] ^= mask;
        let key = VrfPublicKey(all[..32].try_into().unwrap());
        let proof: VrfProof = decode(&all[32..112]).unwrap();
        let ours = verify(&key, &all[112..], &proof);
        ours.is_ok() == (mask == 0) && their_answer(&key, &all[112..], &proof) == ours.ok()
    }
}

// --- Laws -------------------------------------------------------------------------------------

quickcheck! {
    fn a_proof_verifies_for_its_key_and_input_alone(
        seed: [u8; 32], other_seed: [u8; 32], alpha: Vec<u8>, other_alpha: Vec<u8>
    ) -> bool {
        let (key_pair, other) = (VrfKeyPair::from_seed(&seed), VrfKeyPair::from_seed(&other_seed));
        let proof = key_pair.prove(&alpha).unwrap();
        let verifies = |key_pair: &VrfKeyPair, alpha: &[u8]| {
            verify(&key_pair.public_key(), alpha, &proof).is_ok()
        };
        verifies(&key_pair, &alpha)
            && verifies(&other, &alpha) == (seed == other_seed)
            && verifies(&key_pair, &other_alpha) == (alpha == other_alpha)
    }

    fn outputs_are_as_distinct_as_their_keys_and_inputs(
        one: ([u8; 32], Vec<u8>), other: ([u8; 32], Vec<u8>)
    ) -> bool {
        let output = |(seed, alpha): &([u8; 32], Vec<u8>)| {
            VrfKeyPair::from_seed(seed).prove(alpha).unwrap().to_output().unwrap()
        };
        (output(&one) == output(&other)) == (one == other)
    }

    /// Proofs made with any nonce, as a dishonest holder of the key can, are of the one output.
    fn whatever_the_nonce_the_output_is_the_same(
        seed: [u8; 32], alpha: Vec<u8>, nonce: [u8; 32]
    ) -> bool {
        let key_pair = VrfKeyPair::from_seed(&seed);
        let key = key_pair.public_key();
        let proof = prove_with(&key, &secret(&seed), &alpha, &nonce_of(nonce), &EdwardsPoint::identity());
        let honest = key_pair.prove(&alpha).unwrap();
        verify(&key, &alpha, &proof) == honest.to_output() && proof != honest
    }

    fn outputs_are_ordered_as_big_endian_numbers(one: [u8; 32], other: [u8; 32]) -> bool {
        let number = |seed: [u8; 32]| VrfOutput(sha512(&[&seed]));
        let (one, other) = (number(one), number(other));
        let differing = (0..64).find(|place| one.0[*place] != other.0[*place]);
        (one < other) == differing.is_some_and(|place| one.0[place] < other.0[place])
    }

    fn arbitrary_bytes_are_no_proof(seed: [u8; 32], key: [u8; 32], alpha: Vec<u8>, bytes: [u8; 32]) -> bool {
        let proof: VrfProof = decode(&[bytes, key, bytes].concat()[..80]).unwrap();
        verify(&VrfPublicKey(key), &alpha, &proof).is_err()
            && verify(&VrfKeyPair::from_seed(&seed).public_key(), &alpha, &proof).is_err()
    }

    fn hashing_to_the_curve_gives_points_of_prime_order(key: [u8; 32], alpha: Vec<u8>) -> bool {
        let h = encode_to_curve(&VrfPublicKey(key), &alpha).unwrap();
        h.is_torsion_free() && !h.is_identity()
    }
}

#[test]
fn every_flipped_bit_of_key_input_or_proof_is_noticed() {
    let key_pair = VrfKeyPair::from_seed(&[5; 32]);
    let (key, alpha) = (key_pair.public_key(), *b"eight by");
    let proof = key_pair.prove(&alpha).unwrap();
    assert!(verify(&key, &alpha, &proof).is_ok());
    for bit in 0..256 {
        let mut key = key;
        key.0[bit / 8] ^= 1 << (bit % 8);
        assert!(verify(&key, &alpha, &proof).is_err(), "bit {bit} of the key");
    }
    for bit in 0..64 {
        let mut alpha = alpha;
        alpha[bit / 8] ^= 1 << (bit % 8);
        let answer = verify(&key, &alpha, &proof);
        assert_eq!(answer, Err(Rejection::CryVrfProofFalse), "bit {bit} of the input");
    }
    let mut malformed = 0;
    for bit in 0..640 {
        let mut encoded = encode(&proof);
        encoded[bit / 8] ^= 1 << (bit % 8);
        let proof: VrfProof = decode(&encoded).unwrap();
        match verify(&key, &alpha, &proof) {
            Err(Rejection::CryVrfProofMalformed) => malformed += 1,
            answer => {
                assert_eq!(answer, Err(Rejection::CryVrfProofFalse), "bit {bit} of the proof")
            }
        }
    }
    // About half of the 256 bits of Γ leave the curve; four bits of s carry it above the order.
    assert!((64..256).contains(&malformed), "{malformed}");
}

// --- Bad keys ---------------------------------------------------------------------------------

/// The y of the field's modulus p = 2²⁵⁵ − 19 and what follows it: 19 numbers with a second
/// encoding.
fn encodings_from_p_on() -> impl Iterator<Item = [u8; 32]> {
    (0xed..=0xffu8).flat_map(|lowest| {
        let mut encoding = [0xff; 32];
        encoding[0] = lowest;
        [encoding, {
            encoding[31] = 0x7f;
            encoding
        }]
    })
}

/// x = 0, y = 1 or −1, and the sign bit set.
fn encodings_of_minus_zero() -> [[u8; 32]; 2] {
    [EIGHT_TORSION[0], EIGHT_TORSION[4]].map(|point| {
        let mut encoding = point.compress().0;
        encoding[31] |= 0x80;
        encoding
    })
}

/// With c a multiple of the key's order, `s·B` alone satisfies the equations: every input would
/// have the output of Γ = 0.
#[test]
fn a_key_of_small_order_is_refused_though_the_equations_hold() {
    for torsion in &EIGHT_TORSION {
        let key = VrfPublicKey(torsion.compress().0);
        let proof = (0u64..1000)
            .map(|nonce| {
                let nonce = Scalar::from(nonce + 2);
                prove_with(&key, &Scalar::ZERO, b"alpha", &nonce, &EdwardsPoint::identity())
            })
            .find(|proof| equations_hold(&key, b"alpha", proof))
            .expect("one nonce in eight");
        assert_eq!(proof.to_output().unwrap().0, sha512(&[&[3, 3, 1], &[0; 31], &[0]]));
        assert_eq!(verify(&key, b"alpha", &proof), Err(Rejection::CryVrfKey));
    }
}

#[test]
fn a_key_that_is_no_point_or_not_canonical_is_refused() {
    let key_pair = VrfKeyPair::from_seed(&[1; 32]);
    let proof = key_pair.prove(b"alpha").unwrap();
    let mut no_point = [2; 32];
    while CompressedEdwardsY(no_point).decompress().is_some() {
        no_point[0] += 1;
    }
    let keys = encodings_from_p_on().chain(encodings_of_minus_zero()).chain([no_point]);
    let mut of_points = 0;
    for key in keys {
        of_points += usize::from(CompressedEdwardsY(key).decompress().is_some());
        assert_eq!(verify(&VrfPublicKey(key), b"alpha", &proof), Err(Rejection::CryVrfKey));
    }
    assert!(of_points > 10, "{of_points}: the library alone takes them");
}

// --- Bad proofs -------------------------------------------------------------------------------

/// A proof made with a chosen nonce, and a point of small order added to Γ.
fn prove_with(
    key: &VrfPublicKey,
    secret: &Scalar,
    alpha: &[u8],
    nonce: &Scalar,
    torsion: &EdwardsPoint,
) -> VrfProof {
    let h = encode_to_curve(key, alpha).unwrap();
    let gamma = (secret * h + torsion).compress().0;
    let (u, v) = (EdwardsPoint::mul_base(nonce).compress().0, (nonce * h).compress().0);
    let challenge = derive_challenge([&key.0, &h.compress().0, &gamma, &u, &v]);
    let c = Scalar::from(u128::from_le_bytes(challenge));
    VrfProof { gamma, challenge, response: (nonce + c * secret).to_bytes() }
}

fn nonce_of(bytes: [u8; 32]) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&sha512(&[b"nonce", &bytes]))
}

/// Steps 8 to 11 of the verification, whatever the key.
fn equations_hold(key: &VrfPublicKey, alpha: &[u8], proof: &VrfProof) -> bool {
    let (y, gamma) = (point(&key.0), point(&proof.gamma));
    let h = encode_to_curve(key, alpha).unwrap();
    let c = Scalar::from(u128::from_le_bytes(proof.challenge));
    let s = Scalar::from_bytes_mod_order(proof.response);
    let (u, v) = (EdwardsPoint::mul_base(&s) - c * y, s * h - c * gamma);
    let points = [&key.0, &h.compress().0, &proof.gamma, &u.compress().0, &v.compress().0];
    derive_challenge(points) == proof.challenge
}

#[test]
fn a_gamma_with_a_part_of_small_order_added_is_refused() {
    let key_pair = VrfKeyPair::from_seed(&[2; 32]);
    let proof = key_pair.prove(b"alpha").unwrap();
    for torsion in &EIGHT_TORSION[1..] {
        let gamma = (point(&proof.gamma) + torsion).compress().0;
        let changed = VrfProof { gamma, ..proof };
        assert_eq!(changed.to_output(), proof.to_output(), "the output is of 8·Γ");
        let answer = verify(&key_pair.public_key(), b"alpha", &changed);
        assert_eq!(answer, Err(Rejection::CryVrfProofFalse));
    }
}

/// A known limit: proofs are not unique. Whoever holds the key finds others, and all have one
/// output.
#[test]
fn a_gamma_with_a_part_of_small_order_is_accepted_where_it_cancels_and_has_the_same_output() {
    let seed = [3; 32];
    let key_pair = VrfKeyPair::from_seed(&seed);
    let key = key_pair.public_key();
    let honest = key_pair.prove(b"alpha").unwrap();
    for torsion in &EIGHT_TORSION[1..] {
        let mut counts = [0; 2];
        for nonce in 0..100 {
            let nonce = Scalar::from(nonce + 1000u64);
            let proof = prove_with(&key, &secret(&seed), b"alpha", &nonce, torsion);
            let answer = verify(&key, b"alpha", &proof);
            match answer {
                Ok(output) => assert_eq!(honest.to_output(), Ok(output)),
                Err(rejection) => assert_eq!(rejection, Rejection::CryVrfProofFalse),
            }
            assert_eq!(answer.is_ok(), equations_hold(&key, b"alpha", &proof));
            counts[usize::from(answer.is_ok())] += 1;
        }
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    }
}

/// A key may have a part of small order, too: then −c·Y is not (L − c)·Y, and of the proofs with a
/// challenge that is 5 modulo 8, as L is, none is true where that part has order 8.
#[test]
fn a_proof_of_a_key_with_a_part_of_small_order_is_true_where_that_part_cancels() {
    let secret = secret(&[3; 32]);
    for torsion in &EIGHT_TORSION[1..] {
        let key = VrfPublicKey((EdwardsPoint::mul_base(&secret) + torsion).compress().0);
        let has_order_8 = !(torsion + torsion + torsion + torsion).is_identity();
        let mut counts = [0; 2];
        for nonce in 0..100 {
            let nonce = Scalar::from(nonce + 1000u64);
            let proof = prove_with(&key, &secret, b"alpha", &nonce, &EdwardsPoint::identity());
            let answer = verify(&key, b"alpha", &proof);
            assert_eq!(answer.is_ok(), equations_hold(&key, b"alpha", &proof));
            if has_order_8 {
                assert_eq!(answer.is_ok(), proof.challenge[0].is_multiple_of(8));
            }
            counts[usize::from(answer.is_ok())] += 1;
        }
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    }
}

/// L, the order of the group, little-endian (RFC 8032 §5.1).
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

/// Here the other implementation is laxer than the RFC: it takes s modulo the order.
#[test]
fn a_response_that_is_raised_by_multiples_of_the_order_is_refused() {
    let key_pair = VrfKeyPair::from_seed(&[4; 32]);
    let key = key_pair.public_key();
    let mut proof = key_pair.prove(b"alpha").unwrap();
    let output = proof.to_output().unwrap();
    let mut raised = 0;
    while let Some(higher) = plus_order(&proof.response) {
        proof.response = higher;
        raised += 1;
        assert!(equations_hold(&key, b"alpha", &proof));
        assert_eq!(verify(&key, b"alpha", &proof), Err(Rejection::CryVrfProofMalformed));
        assert_eq!(proof.to_output(), Err(Rejection::CryVrfProofMalformed));
        assert_eq!(their_answer(&key, b"alpha", &proof), Some(output));
    }
    assert!(raised >= 14, "{raised}");
}

#[test]
fn a_gamma_that_is_no_point_or_not_canonical_is_refused() {
    let key_pair = VrfKeyPair::from_seed(&[6; 32]);
    let proof = key_pair.prove(b"alpha").unwrap();
    for gamma in encodings_from_p_on().chain(encodings_of_minus_zero()) {
        let changed = VrfProof { gamma, ..proof };
        let answer = verify(&key_pair.public_key(), b"alpha", &changed);
        assert_eq!(answer, Err(Rejection::CryVrfProofMalformed));
    }
}

#[test]
fn a_gamma_whose_y_is_just_below_p_is_taken_if_it_is_a_point() {
    let mut points = 0;
    for (lowest, highest) in (0xc0..0xedu8).flat_map(|lowest| [(lowest, 0x7f), (lowest, 0xff)]) {
        let mut gamma = [0xff; 32];
        (gamma[0], gamma[31]) = (lowest, highest);
        let is_point = CompressedEdwardsY(gamma).decompress().is_some();
        let is_minus_zero = encodings_of_minus_zero().contains(&gamma);
        let proof = VrfProof { gamma, challenge: [0; 16], response: [0; 32] };
        assert_eq!(proof.to_output().is_ok(), is_point && !is_minus_zero, "{lowest:x}");
        points += usize::from(is_point);
    }
    assert!(points > 30, "{points}");
}

#[test]
fn of_two_faults_the_earlier_check_answers() {
    let key_pair = VrfKeyPair::from_seed(&[7; 32]);
    let proof = key_pair.prove(b"alpha").unwrap();
    let malformed = VrfProof { response: [0xff; 32], ..proof };
    let small_order = VrfPublicKey(EIGHT_TORSION[1].compress().0);
    assert_eq!(verify(&small_order, b"alpha", &malformed), Err(Rejection::CryVrfKey));
    let answer = verify(&key_pair.public_key(), b"beta", &malformed);
    assert_eq!(answer, Err(Rejection::CryVrfProofMalformed));
}

#[test]
fn printing_a_key_pair_does_not_print_its_secret() {
    let key_pair = VrfKeyPair::from_seed(&[0xab; 32]);
    assert_eq!(format!("{key_pair:?}"), format!("VrfKeyPair({:?})", key_pair.public_key()));
}
