//! RFC 9497 as a check on hashing to ristretto255 and its scalars (CRY-HASH-02), and on the algebra
//! of proofs of equal logarithms (CRY-DLEQ-02).
//!
//! The RFC's proofs are (c, s) with `s = r − c·k`, ours (T₁, T₂, z) with `z = w + c·x`: the same
//! equations for the challenge −c. The RFC's challenge hash is written out here; ours hashes other
//! things.

#[path = "support/rfc9497_vectors.rs"]
mod rfc9497_vectors;

use curve25519_dalek::{RistrettoPoint, Scalar as RistrettoScalar};
use ioschain_spec::primitives::dleq::{DleqStatement, commit, is_accepting, respond};
use ioschain_spec::primitives::group::{Element, EncodedElement, EncodedScalar, Group, Scalar};
use ioschain_spec::primitives::ristretto::Ristretto255;
use rfc9497_vectors::{Evaluation, Mode, RFC_9497, RFC_9497_BLINDED};
use sha2::{Digest as _, Sha512};

fn bytes(hexadecimal: &str) -> Vec<u8> {
    hex::decode(hexadecimal).unwrap()
}

fn scalar(hexadecimal: &str) -> RistrettoScalar {
    Scalar::decode(&EncodedScalar(bytes(hexadecimal).try_into().unwrap())).unwrap()
}

fn element(hexadecimal: &str) -> RistrettoPoint {
    Element::decode(&EncodedElement(bytes(hexadecimal).try_into().unwrap())).unwrap()
}

/// `use-OPRFV1-mode-suite` (RFC 9497 §3.1), as in `HashToGroup-…`, `HashToScalar-…`, `Seed-…`.
fn domain(use_of_hash: &str, mode: u8) -> Vec<u8> {
    let start = format!("{use_of_hash}-OPRFV1-").into_bytes();
    [&start[..], &[mode], b"-ristretto255-SHA512"].concat()
}

fn hash_to_scalar(mode: u8, message: &[u8]) -> RistrettoScalar {
    Ristretto255::hash_to_scalar(&domain("HashToScalar", mode), message)
}

/// The parts, each behind its length in two bytes.
fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let length = |part: &[u8]| u16::try_from(part.len()).unwrap().to_be_bytes();
    parts.iter().flat_map(|part| [&length(part)[..], part].concat()).collect()
}

#[test]
fn blinded_elements_are_those_of_the_rfc() {
    let mut checked = 0;
    let mut check = |mode, input: &str, blind: &str, blinded: &str| {
        let hashed = Ristretto255::hash_to_group(&domain("HashToGroup", mode), &bytes(input));
        assert_eq!(hex::encode(hashed.multiply(scalar(blind)).encode().0), blinded);
        checked += 1;
    };
    for (input, blind, blinded) in RFC_9497_BLINDED {
        check(0, input, blind, blinded);
    }
    for mode in RFC_9497 {
        for Evaluation { inputs, blinds, blinded, .. } in mode.proofs {
            for ((input, blind), blinded) in inputs.iter().zip(*blinds).zip(*blinded) {
                check(mode.number, input, blind, blinded);
            }
        }
    }
    assert_eq!(checked, 10);
}

/// What a proof of a mode is made with: its secret, and the public value that it is the logarithm
/// of.
fn proof_keys(mode: &Mode) -> (RistrettoScalar, RistrettoPoint) {
    let (secret, public) = (scalar(mode.secret_key), element(mode.public_key));
    let Some(info) = mode.info else { return (secret, public) };
    // POPRF proves for a key to which the hash of the public input is added (RFC 9497 §3.3.3).
    let tweak = hash_to_scalar(mode.number, &[&b"Info"[..], &framed(&[&bytes(info)])].concat());
    let generator = Ristretto255::generator();
    (Scalar::add(secret, tweak), Element::add(public, generator.multiply(tweak)))
}

/// ComputeComposites (RFC 9497 §2.2.1): one pair of elements for many, with weights from a hash.
fn composites(mode: u8, key: RistrettoPoint, pairs: &[(&str, &str)]) -> [RistrettoPoint; 2] {
    let seed = Sha512::digest(framed(&[&key.encode().0, &domain("Seed", mode)]));
    let identity = Ristretto255::identity();
    (0u16..).zip(pairs).fold([identity, identity], |[bases, values], (index, (base, value))| {
        let [base_bytes, value_bytes] = [bytes(base), bytes(value)];
        let start = [framed(&[&seed]), index.to_be_bytes().to_vec()].concat();
        let transcript = [start, framed(&[&base_bytes, &value_bytes]), b"Composite".to_vec()];
        let weight = hash_to_scalar(mode, &transcript.concat());
        let weighted = |text: &str| element(text).multiply(weight);
        [Element::add(bases, weighted(base)), Element::add(values, weighted(value))]
    })
}

#[test]
fn proofs_of_the_rfc_hold_and_are_made_by_our_algebra() {
    let mut checked = 0;
    for mode in &RFC_9497 {
        let (secret, key) = proof_keys(mode);
        for proof in mode.proofs {
            let pairs = proof.blinded.iter().copied().zip(proof.evaluated.iter().copied());
            // POPRF evaluates with the inverse of the key, so there the evaluated elements are the
            // bases.
            let pairs: Vec<(&str, &str)> = match mode.number {
                1 => pairs.collect(),
                _ => pairs.map(|(blinded, evaluated)| (evaluated, blinded)).collect(),
            };
            let [base, value] = composites(mode.number, key, &pairs);
            let statement = DleqStatement::<Ristretto255> {
                bases: [Ristretto255::generator(), base],
                values: [key, value],
            };
            let commitments = commit::<Ristretto255>(statement.bases, scalar(proof.nonce));
            // The RFC's challenge, over the RFC's transcript.
            let [t2, t3] = commitments.map(|commitment| commitment.encode().0);
            let parts = [key.encode().0, base.encode().0, value.encode().0, t2, t3];
            let transcript = framed(&parts.each_ref().map(|part| &part[..]));
            let challenge = hash_to_scalar(mode.number, &[&transcript[..], b"Challenge"].concat());
            assert_eq!(hex::encode(challenge.encode().0), proof.challenge);
            // Our response and our check, for the challenge −c.
            let challenge = Scalar::subtract(RistrettoScalar::ZERO, challenge);
            let response = respond(secret, scalar(proof.nonce), challenge);
            assert_eq!(hex::encode(response.encode().0), proof.response);
            assert!(is_accepting(&statement, &commitments, challenge, response));
            let other = Scalar::add(challenge, RistrettoScalar::ONE);
            assert!(!is_accepting(&statement, &commitments, other, response));
            checked += 1;
        }
    }
    assert_eq!(checked, 6);
}
