//! What a run of the randomness protocol costs, and what its verification by a third party costs,
//! as ratios within one run of this benchmark.
//!
//! Before the times come two tables: for 512 servers in groups of 32 the third party's time, by the
//! readable path over the sum of its own multiscalar multiplications, and over the batched path,
//! for which the aims are 1.3 at most and 3 at least; and a run's cost for each server by the
//! number of servers.
//!
//! The multiplications are those in the group of the protocol; what the tickets of the lottery take
//! is not among them. They are timed one by one inside the readable path, which makes it about a
//! thousandth slower where reading the clock takes 25 ns.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use divan::Bencher;
use ioschain_node::drp::transcript_file::verify;
use ioschain_node::drp::{Outcome, Settings, run};
use ioschain_spec::drp::verifier::verify_transcript;
use ioschain_spec::drp::verifier_batched::verify_batched;
use ioschain_spec::drp::{EpochEnvironment, Specification};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::Normative;

type Real = Ristretto255;

/// Servers; the leader is one validator more.
const SERVERS: [u16; 5] = [64, 128, 256, 512, 1024];
const GROUP: u16 = 32;
/// Rounds in which both paths take their turns; of the rounds' ratios the median counts.
const ROUNDS: usize = 25;

fn main() {
    if std::env::args().any(|argument| argument == "--bench") {
        print_ratios(large());
        print_growth();
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

fn seconds(act: impl FnOnce()) -> f64 {
    let started = Instant::now();
    act();
    started.elapsed().as_secs_f64()
}

fn print_ratios(outcome: &Outcome) {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let [readable, operations] = verify_timed(outcome);
        let batched = seconds(|| {
            verify_batched::<Real, _>(&Normative, &outcome.epoch, &outcome.transcript)
                .expect("the transcript is honest");
        });
        rounds.push([operations, readable, batched]);
    }
    let median = |figure: fn(&[f64; 3]) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[ROUNDS / 2]
    };
    let ([of_two, of_more], _) = MADE.get();
    println!(
        "512 servers, medians of {ROUNDS}: the readable path {:.3} s, of which {of_more} multiscalar multiplications \
         of t terms and {of_two} of two {:.3} s;",
        median(|[_, readable, _]| *readable),
        median(|[operations, ..]| *operations),
    );
    println!(
        "  the batched path {:.3} s; readable / operations {:.3}; readable / batched {:.2}",
        median(|[.., batched]| *batched),
        median(|[operations, readable, _]| readable / operations),
        median(|[_, readable, batched]| readable / batched),
    );
}

thread_local! {
    /// How many multiscalar multiplications of two terms and of more were made in [`Timed`] on this
    /// thread, and how long they took.
    static MADE: Cell<([usize; 2], Duration)> = const { Cell::new(([0, 0], Duration::ZERO)) };
}

/// The group of the protocol, with a clock for its multiscalar multiplications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Timed;

impl Group for Timed {
    const NAME: &'static str = Real::NAME;
    const POSITIONS_MAX: u32 = Real::POSITIONS_MAX;
    type Scalar = <Real as Group>::Scalar;
    type Element = <Real as Group>::Element;

    fn identity() -> Self::Element {
        Real::identity()
    }

    fn generator() -> Self::Element {
        Real::generator()
    }

    fn hash_to_group(domain: &[u8], message: &[u8]) -> Self::Element {
        Real::hash_to_group(domain, message)
    }

    fn hash_to_scalar(domain: &[u8], message: &[u8]) -> Self::Scalar {
        Real::hash_to_scalar(domain, message)
    }

    fn sum_of_products(terms: &[(Self::Scalar, Self::Element)]) -> Self::Element {
        let started = Instant::now();
        let sum = Real::sum_of_products(terms);
        let (mut counts, duration) = MADE.get();
        counts[usize::from(terms.len() > 2)] += 1;
        MADE.set((counts, duration + started.elapsed()));
        sum
    }
}

/// The seconds that the readable path takes, and those of them that its multiscalar multiplications
/// take.
fn verify_timed(outcome: &Outcome) -> [f64; 2] {
    MADE.take();
    let (rules, suite, epoch) = (&Specification, &Normative, &outcome.epoch);
    let environment = EpochEnvironment::<Timed, _> { rules, suite, epoch };
    let readable = seconds(|| {
        verify_transcript(&environment, &outcome.transcript).expect("the transcript is honest");
    });
    [readable, MADE.get().1.as_secs_f64()]
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
