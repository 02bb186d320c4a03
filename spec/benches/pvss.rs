//! What dealing and verifying a deal cost, for groups of 16, 32 and 40 recipients.
//!
//! Compare within one run. `mpvss-rs` over the same curve is the peer; it commits with two
//! polynomials (Pedersen), so of everything it does about twice as much. `operations` is the floor
//! of verifying: the multiscalar multiplications alone, for each recipient one of t terms and two
//! of two. Before the times come ratios over rounds in which we and the peer take turns; they hold
//! on a noisy machine too.

use std::sync::Arc;
use std::time::Instant;

use curve25519_dalek::{RistrettoPoint, Scalar};
use divan::{Bencher, black_box};
use ioschain_spec::primitives::group::{Element, Group, tagged_hash_to_group};
use ioschain_spec::primitives::hash::{sha256, tags};
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::pvss::{
    Sharing, deal, decrypt_share, evaluate_commitments, recover, verify_deal, verify_decryption,
};
use ioschain_spec::primitives::ristretto::Ristretto255;
use mpvss_rs::groups::Ristretto255Group;
use mpvss_rs::{Participant, PublicKey, string_to_secret};

const GROUPS: [u32; 3] = [16, 32, 40];
const SEED: [u8; 32] = [7; 32];

fn main() {
    println!("recipients c, threshold t: multiscalar multiplications of a deal's verification");
    for count in GROUPS {
        let t = threshold(count);
        println!("  c = {count}, t = {t}: {count} of {t} terms, {} of 2 terms", 2 * count);
    }
    if std::env::args().any(|argument| argument == "--bench") {
        println!(
            "medians of {ROUNDS} rounds in which we and the peer take turns, in milliseconds:"
        );
        GROUPS.iter().for_each(|count| print_ratios(*count));
    }
    divan::main();
}

/// Rounds in which we and the peer take turns.
const ROUNDS: usize = 101;

fn print_ratios(count: u32) {
    let sharing = sharing(count);
    let own = || deal(&sharing, &sharing.derive_polynomial(&SEED), &SEED).expect("it fits");
    let mut peer = Peer::new(count);
    let secret = string_to_secret("secret");
    let mut theirs = || peer.dealer.distribute_secret(&secret, &peer.keys, threshold(count));
    let (dealt, dealt_by_peer) = (own(), theirs());
    let to_deal = compare(|| drop(black_box(own())), || drop(black_box(theirs())));
    let to_verify = compare(
        || drop(verify_deal(&sharing, black_box(&dealt)).expect("the deal is honest")),
        || assert!(peer.dealer.verify_distribution_shares(black_box(&dealt_by_peer))),
    );
    println!("  c = {count}: to deal {to_deal}; to verify a deal {to_verify}");
}

/// What we take, what the peer takes, and how many times as long that is.
fn compare(mut own: impl FnMut(), mut theirs: impl FnMut()) -> String {
    let milliseconds = |act: &mut dyn FnMut()| {
        let started = Instant::now();
        act();
        started.elapsed().as_secs_f64() * 1e3
    };
    let rounds: Vec<[f64; 2]> =
        (0..ROUNDS).map(|_| [milliseconds(&mut own), milliseconds(&mut theirs)]).collect();
    let median = |figure: fn(&[f64; 2]) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[ROUNDS / 2]
    };
    let [own, theirs] = [median(|[own, _]| *own), median(|[_, theirs]| *theirs)];
    format!("{own:.2}, the peer {theirs:.2}, {:.2} times", median(|[own, theirs]| theirs / own))
}

/// One more than a third.
fn threshold(count: u32) -> u32 {
    count / 3 + 1
}

fn scalar(number: u32) -> Scalar {
    Ristretto255::hash_to_scalar(b"bench", &number.to_le_bytes())
}

fn sharing(count: u32) -> Sharing<Ristretto255> {
    let keys = (1..=count).map(|number| Ristretto255::generator().multiply(scalar(number)));
    let base = tagged_hash_to_group::<Ristretto255>(tags::KEY, &count);
    let (session, dealer) = (sha256(&[b"session"]), sha256(&[b"dealer"]));
    Sharing::new(session, dealer, base, threshold(count) as usize, keys.collect())
        .expect("the threshold fits, and no key is the identity")
}

#[divan::bench(args = GROUPS)]
fn deals(bencher: Bencher<'_, '_>, count: u32) {
    let sharing = sharing(count);
    bencher.bench(|| {
        let polynomial = sharing.derive_polynomial(black_box(&SEED));
        deal(&sharing, &polynomial, &SEED).expect("the polynomial has t coefficients")
    });
}

#[divan::bench(args = GROUPS)]
fn deals_of_mpvss(bencher: Bencher<'_, '_>, count: u32) {
    let mut peer = Peer::new(count);
    let secret = string_to_secret("secret");
    bencher.bench_local(|| peer.dealer.distribute_secret(&secret, &peer.keys, threshold(count)));
}

#[divan::bench(args = GROUPS)]
fn verifies(bencher: Bencher<'_, '_>, count: u32) {
    let sharing = sharing(count);
    let dealt = deal(&sharing, &sharing.derive_polynomial(&SEED), &SEED).expect("it is honest");
    bencher.bench(|| verify_deal(&sharing, black_box(&dealt)).expect("the deal is honest"));
}

#[divan::bench(args = GROUPS)]
fn verifies_of_mpvss(bencher: Bencher<'_, '_>, count: u32) {
    let mut peer = Peer::new(count);
    let secret = string_to_secret("secret");
    let dealt = peer.dealer.distribute_secret(&secret, &peer.keys, threshold(count));
    bencher.bench_local(|| assert!(peer.dealer.verify_distribution_shares(black_box(&dealt))));
}

/// The multiscalar multiplications of a verification, and nothing else.
#[divan::bench(args = GROUPS)]
fn operations(bencher: Bencher<'_, '_>, count: u32) {
    let elements: Vec<RistrettoPoint> = (0..threshold(count))
        .map(|number| Ristretto255::generator().multiply(scalar(number)))
        .collect();
    let pair = [(scalar(1), elements[0]), (scalar(2), elements[1])];
    bencher.bench(|| {
        for position in 1..=count {
            black_box(evaluate_commitments::<Ristretto255>(
                black_box(&elements),
                Position(position),
            ));
            black_box(Ristretto255::sum_of_products(black_box(&pair)));
            black_box(Ristretto255::sum_of_products(black_box(&pair)));
        }
    });
}

/// One recipient's decryption, its verification by another, and one recovery.
#[divan::bench_group]
mod decryption {
    use super::*;

    #[divan::bench(args = GROUPS)]
    fn decrypts(bencher: Bencher<'_, '_>, count: u32) {
        let sharing = sharing(count);
        let dealt = deal(&sharing, &sharing.derive_polynomial(&SEED), &SEED).expect("honest");
        let dealt = verify_deal(&sharing, &dealt).expect("honest");
        bencher.bench(|| {
            decrypt_share(&sharing, &dealt, Position(1), scalar(1), &SEED).expect("honest")
        });
    }

    #[divan::bench(args = GROUPS)]
    fn verifies(bencher: Bencher<'_, '_>, count: u32) {
        let sharing = sharing(count);
        let dealt = deal(&sharing, &sharing.derive_polynomial(&SEED), &SEED).expect("honest");
        let dealt = verify_deal(&sharing, &dealt).expect("honest");
        let share = decrypt_share(&sharing, &dealt, Position(1), scalar(1), &SEED).expect("honest");
        bencher.bench(|| verify_decryption(&sharing, &dealt, black_box(&share)).expect("honest"));
    }

    #[divan::bench(args = GROUPS)]
    fn recovers(bencher: Bencher<'_, '_>, count: u32) {
        let sharing = sharing(count);
        let element = |number| Ristretto255::generator().multiply(scalar(number));
        let shares = (1..=count).map(|number| (Position(number), element(number))).collect();
        bencher.bench(|| recover(&sharing, black_box(&shares)).expect("there are enough"));
    }
}

/// The peer's dealer, and the keys of its recipients.
struct Peer {
    dealer: Participant<Ristretto255Group>,
    keys: Vec<PublicKey<Ristretto255Group>>,
}

impl Peer {
    fn new(count: u32) -> Self {
        let group: Arc<Ristretto255Group> = Ristretto255Group::new();
        let participant = || {
            let mut participant = Participant::with_arc(group.clone());
            participant.initialize();
            participant
        };
        let keys = (0..count).map(|_| participant().publickey.clone()).collect();
        Self { dealer: participant(), keys }
    }
}
