//! What a run of the randomness protocol costs, and what its verification by a third party costs, as ratios
//! within one run of this benchmark.
//!
//! Before the times come two tables: a run's cost for each server by the number of servers, and for 512
//! servers in groups of 32 the third party's time, by the readable path and by the batched one, over the sum
//! of the multiscalar multiplications that the readable path makes. Its bounds are 1.3, and 3 for the gain
//! of the batched path.

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use divan::Bencher;
use ioschain_node::randomness::transcript_file::verify;
use ioschain_node::randomness::{Outcome, Settings, run};
use ioschain_spec::primitives::group::{Element, Group};
use ioschain_spec::primitives::pvss::evaluate_commitments;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::suite::Normative;
use ioschain_spec::randomness::verifier_batched::verify_batched;

type Real = Ristretto255;

/// Servers; the leader is one validator more.
const SERVERS: [u16; 5] = [64, 128, 256, 512, 1024];
const GROUP: u16 = 32;
/// Repetitions of a ratio's parts, in turn; the least of each counts.
const REPETITIONS: usize = 7;

fn main() {
    if std::env::args().any(|argument| argument == "--bench") {
        print_growth();
        print_ratios(large());
    }
    divan::main();
}

fn run_with(servers: u16) -> (Outcome, Duration) {
    let settings = Settings { validators: servers + 1, group_size: GROUP, faulty: 0, seed: 1 };
    let started = Instant::now();
    let outcome = run(&settings, &mut |_| {}).expect("an honest run ends with its number");
    (outcome, started.elapsed())
}

/// The run of 512 servers.
fn large() -> &'static Outcome {
    static LARGE: OnceLock<Outcome> = OnceLock::new();
    LARGE.get_or_init(|| run_with(512).0)
}

fn print_growth() {
    println!(
        "groups of {GROUP}, one core: servers, seconds of a whole run, milliseconds a server;"
    );
    println!("bytes that the leader sends and receives for each server");
    for servers in SERVERS {
        let (outcome, took) = run_with(servers);
        let milliseconds = took.as_secs_f64() * 1e3 / f64::from(servers);
        let sent: usize = outcome.steps.iter().map(|step| step.bytes).sum();
        println!(
            "  {servers:5} {:8.2} {milliseconds:8.2} {:10}",
            took.as_secs_f64(),
            sent / usize::from(servers)
        );
        for step in &outcome.steps {
            println!("        {:8.2} {}", step.seconds, step.step);
        }
    }
}

/// The least time that each of several things takes when they are tried in turn.
fn least<const N: usize>(acts: [&dyn Fn(); N]) -> [f64; N] {
    let mut times = [f64::INFINITY; N];
    for _ in 0..REPETITIONS {
        for (time, act) in times.iter_mut().zip(acts) {
            let started = Instant::now();
            act();
            *time = time.min(started.elapsed().as_secs_f64());
        }
    }
    times
}

fn print_ratios(outcome: &Outcome) {
    let deals: usize = outcome.groups.iter().map(|(_, threshold)| threshold).sum();
    let shares: usize = outcome.groups.iter().map(|(size, threshold)| size * threshold).sum();
    let decryptions: usize =
        outcome.groups.iter().map(|(_, threshold)| threshold * threshold).sum();
    println!(
        "512 servers: {deals} deals with {shares} encrypted shares, {decryptions} decrypted shares;"
    );
    println!(
        "  {shares} multiscalar multiplications of t terms, {} of two",
        2 * (shares + decryptions)
    );
    let [operations, readable, batched] = least([
        &|| multiply(outcome),
        &|| {
            verify(&outcome.epoch, &outcome.transcript).expect("the transcript is honest");
        },
        &|| {
            verify_batched::<Real, _>(&Normative, &outcome.epoch, &outcome.transcript)
                .expect("the transcript is honest");
        },
    ]);
    println!("  operations {operations:.3} s; readable {readable:.3} s; batched {batched:.3} s");
    println!(
        "  readable / operations = {:.2}; readable / batched = {:.2}",
        readable / operations,
        readable / batched
    );
}

/// The multiscalar multiplications of the readable path, and nothing else.
fn multiply(outcome: &Outcome) {
    let scalar = |number: u32| Real::hash_to_scalar(b"bench", &number.to_le_bytes());
    let elements: Vec<_> =
        (0..64).map(|number| Real::generator().multiply(scalar(number))).collect();
    let pair = [(scalar(1), elements[0]), (scalar(2), elements[1])];
    for (size, threshold) in &outcome.groups {
        for _ in 0..*threshold {
            for position in (1u32..).take(*size) {
                let commitments = &elements[..*threshold];
                black_box(evaluate_commitments::<Real>(black_box(commitments), position));
                black_box(Real::sum_of_products(black_box(&pair)));
                black_box(Real::sum_of_products(black_box(&pair)));
            }
            for _ in 0..2 * threshold {
                black_box(Real::sum_of_products(black_box(&pair)));
            }
        }
    }
}

#[divan::bench(sample_count = 3)]
fn third_party(bencher: Bencher<'_, '_>) {
    let outcome = large();
    bencher.bench(|| verify(&outcome.epoch, black_box(&outcome.transcript)));
}

#[divan::bench(sample_count = 3)]
fn third_party_batched(bencher: Bencher<'_, '_>) {
    let outcome = large();
    bencher.bench(|| {
        verify_batched::<Real, _>(&Normative, &outcome.epoch, black_box(&outcome.transcript))
    });
}
