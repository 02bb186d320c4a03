//! Many proofs of secret sharing checked with one sum: it holds where each of them does.

use ioschain_spec::Rejection;
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::group::{
    Element, EncodedScalar, Group, Scalar, derive_nonzero_scalar, tagged_hash_to_group,
};
use ioschain_spec::primitives::hash::{Digest, sha256, tags};
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::pvss::{
    Deal, DecryptedShare, EncryptedShare, Sharing, deal, decode_deal, decode_decryption,
    decrypt_share, verify_deal, verify_decryption,
};
use ioschain_spec::primitives::pvss_batched::Batch;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::stream::Stream;

type Real = Ristretto255;
type Key = <Real as Group>::Scalar;

const RECIPIENTS: usize = 5;
const THRESHOLD: usize = 3;

/// What three dealers dealt to five recipients each, and what some of them decrypted of it. The
/// second deals to others, and over another base.
#[derive(Clone)]
struct Dealt {
    sharings: Vec<Sharing<Real>>,
    deals: Vec<Deal>,
    decrypted: Vec<Vec<DecryptedShare>>,
}

fn secret_key(number: usize) -> Key {
    derive_nonzero_scalar::<Real>(tags::KEY, &(number as u32))
}

fn dealt() -> Dealt {
    let session = sha256(&[b"session"]);
    let mut dealt = Dealt { sharings: Vec::new(), deals: Vec::new(), decrypted: Vec::new() };
    for dealer in 0..3u8 {
        let dealer_id = sha256(&[b"dealer", &[dealer]]);
        let group = usize::from(dealer == 1);
        let base = tagged_hash_to_group::<Real>(tags::KEY, &(session, group as u8));
        let secret_of = |position: usize| secret_key(10 * group + position);
        let keys = (1..=RECIPIENTS).map(|at| Real::generator().multiply(secret_of(at)));
        let sharing = Sharing::new(session, dealer_id, base, THRESHOLD, keys.collect()).unwrap();
        let made = deal(&sharing, &sharing.derive_polynomial(&[dealer; 32]), &[9; 32]).unwrap();
        let decoded = verify_deal(&sharing, &made).unwrap();
        let decrypt = |position: usize| {
            let key = secret_of(position);
            decrypt_share(&sharing, &decoded, Position(position as u32), key, &[7; 32]).unwrap()
        };
        dealt.decrypted.push([1, 3, 5].map(decrypt).to_vec());
        dealt.deals.push(made);
        dealt.sharings.push(sharing);
    }
    dealt
}

/// What the batch says; `None` if something cannot be decoded.
fn holds(dealt: &Dealt, seed: &[u8]) -> Option<bool> {
    let mut batch = Batch::new(Stream::new(sha256(&[seed])));
    for ((sharing, deal), decrypted) in
        dealt.sharings.iter().zip(&dealt.deals).zip(&dealt.decrypted)
    {
        let decoded = decode_deal(sharing, deal).ok()?;
        let decode = |share: &DecryptedShare| decode_decryption(sharing, &decoded, share).ok();
        let decrypted: Vec<_> = decrypted.iter().map(decode).collect::<Option<_>>()?;
        let Ok(longer) = batch.with(sharing, &decoded, &decrypted) else { return Some(false) };
        batch = longer;
    }
    Some(batch.holds())
}

/// What the readable path says.
fn verify(dealt: &Dealt) -> Result<(), Rejection> {
    for ((sharing, deal), decrypted) in
        dealt.sharings.iter().zip(&dealt.deals).zip(&dealt.decrypted)
    {
        let decoded = verify_deal(sharing, deal)?;
        for share in decrypted {
            verify_decryption(sharing, &decoded, share)?;
        }
    }
    Ok(())
}

fn change_share(dealt: &mut Dealt, dealer: usize, at: usize, change: impl Fn(&mut EncryptedShare)) {
    let mut shares = dealt.deals[dealer].shares.clone().into_vec();
    change(&mut shares[at]);
    dealt.deals[dealer].shares = Bounded::try_from(shares).unwrap();
}

/// A response, made larger by a number.
fn shifted(response: &EncodedScalar, by: Key) -> EncodedScalar {
    Key::decode(response).unwrap().add(by).encode()
}

#[test]
fn what_is_honest_holds_under_any_weights() {
    let dealt = dealt();
    assert_eq!(verify(&dealt), Ok(()));
    for seed in 0..20u8 {
        assert_eq!(holds(&dealt, &[seed]), Some(true));
    }
}

#[test]
fn one_false_proof_among_many_is_enough() {
    let one = Key::from_number(1u8);
    for dealer in 0..3 {
        for at in 0..RECIPIENTS {
            let mut response = dealt();
            change_share(&mut response, dealer, at, |share| {
                share.proof.response = shifted(&share.proof.response, one);
            });
            let mut value = dealt();
            let other = value.deals[dealer].shares[(at + 1) % RECIPIENTS].share;
            change_share(&mut value, dealer, at, |share| share.share = other);
            for place in 0..2 {
                let mut nonce = dealt();
                let other = nonce.deals[dealer].shares[(at + 1) % RECIPIENTS].proof;
                change_share(&mut nonce, dealer, at, |share| {
                    share.proof.nonce_commitments[place] = other.nonce_commitments[place];
                });
                assert_eq!(holds(&nonce, b"weights"), Some(false));
                assert!(verify(&nonce).is_err());
            }
            for wrong in [response, value] {
                assert_eq!(holds(&wrong, b"weights"), Some(false));
                assert!(verify(&wrong).is_err());
            }
        }
        let mut commitment = dealt();
        let mut commitments = commitment.deals[dealer].commitments.clone().into_vec();
        commitments.swap(0, 2);
        commitment.deals[dealer].commitments = Bounded::try_from(commitments).unwrap();
        assert_eq!(holds(&commitment, b"weights"), Some(false));
        assert!(verify(&commitment).is_err());
        for at in 0..3 {
            let mut response = dealt();
            let share = &mut response.decrypted[dealer][at];
            share.proof.response = shifted(&share.proof.response, one);
            let mut element = dealt();
            element.decrypted[dealer][at].share = element.decrypted[dealer][(at + 1) % 3].share;
            let mut position = dealt();
            position.decrypted[dealer][at].position = Position(2);
            for wrong in [response, element, position] {
                assert_eq!(holds(&wrong, b"weights"), Some(false));
                assert!(verify(&wrong).is_err());
            }
        }
    }
}

/// Without weights these would pass: what one proof has too much of, another has too little of.
#[test]
fn faults_that_cancel_each_other_are_found() {
    let (more, less) = (Key::from_number(1u8), Key::ZERO.subtract(Key::from_number(1u8)));
    // The same key twice in different deals: both equations of both proofs are off by ±1.
    let mut encryptions = dealt();
    for (dealer, by) in [(0, more), (2, less)] {
        change_share(&mut encryptions, dealer, 2, |share| {
            share.proof.response = shifted(&share.proof.response, by);
        });
    }
    // The first equations have the generator in common; so the nonce commitments take the rest.
    let mut decryptions = dealt();
    for (dealer, by) in [(0, more), (2, less)] {
        let share = &mut decryptions.decrypted[dealer][0];
        share.proof.response = shifted(&share.proof.response, by);
    }
    for wrong in [encryptions, decryptions] {
        assert!(verify(&wrong).is_err());
        for seed in 0..20u8 {
            assert_eq!(holds(&wrong, &[seed]), Some(false));
        }
    }
}

#[test]
fn a_position_that_nobody_has_is_refused() {
    let dealt = dealt();
    let decoded = decode_deal(&dealt.sharings[0], &dealt.deals[0]).unwrap();
    let share = dealt.decrypted[0][0];
    let mut decrypted = decode_decryption(&dealt.sharings[0], &decoded, &share).unwrap();
    for position in [0, 6, u32::MAX] {
        decrypted.position = Position(position);
        let batch = Batch::new(Stream::new(Digest::ZERO));
        let refused = batch.with(&dealt.sharings[0], &decoded, &[decrypted]);
        assert_eq!(refused.err(), Some(Rejection::CrySharePositions));
        let wrong = DecryptedShare { position: Position(position), ..share };
        let refused = decode_decryption(&dealt.sharings[0], &decoded, &wrong);
        assert_eq!(refused.err(), Some(Rejection::CrySharePositions));
    }
}
