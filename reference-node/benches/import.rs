//! What a replay costs beyond its signatures, as ratios within one run.
//!
//! `replay/…` carries a workload from genesis to the last settlement; before the times come the
//! ratios (total − setup) / signatures, whose bound for the large Bitcoin block on 4 shards is 2.5.
//! Set `IOSCHAIN_BITCOIN_BLOCK` to measure the block; a generated workload of the same size runs
//! always.

use divan::Bencher;
use ioschain_node::bitcoin::{parse_block, workload_of};
use ioschain_node::generated::generated_workload;
use ioschain_node::simulation::{Faults, Report, Settings, replay};
use ioschain_node::workload::Workload;
use ioschain_spec::atomix::Specification;

const SHARDS: [u16; 3] = [1, 4, 16];
/// Replays for each ratio; the median is shown.
const RUNS: usize = 5;

fn main() {
    if std::env::args().any(|argument| argument == "--bench") {
        print_ratios("generated", &generated());
        match bitcoin() {
            Some(workload) => print_ratios("bitcoin", &workload),
            None => println!("SKIPPED: set IOSCHAIN_BITCOIN_BLOCK to measure the block"),
        }
    }
    divan::main();
}

fn generated() -> Workload {
    generated_workload(1, 2_500)
}

fn bitcoin() -> Option<Workload> {
    let path = std::env::var_os("IOSCHAIN_BITCOIN_BLOCK")?;
    let file = std::fs::read(&path).expect("IOSCHAIN_BITCOIN_BLOCK names a readable file");
    let block = parse_block(&file).expect("the file is a valid block");
    Some(workload_of(&block).expect("the block can be replayed"))
}

fn carry(workload: &Workload, shards: u16) -> Report {
    let settings = Settings { shards, epoch_blocks: 16, seed: 0, faults: Faults::default() };
    let report = replay(&Specification, workload, &settings, &mut |_| {})
        .expect("the workload is well-formed");
    assert!(report.failures().is_empty(), "a benchmark of something broken: {report:?}");
    report
}

fn print_ratios(name: &str, workload: &Workload) {
    for shards in SHARDS {
        let mut ratios: Vec<f64> = (0..RUNS)
            .map(|_| {
                let report = carry(workload, shards);
                (report.seconds_total - report.seconds_setup) / report.seconds_signatures
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        let (least, median, most) = (ratios[0], ratios[RUNS / 2], ratios[RUNS - 1]);
        println!(
            "{name}, {shards} shards: (total - setup) / signatures = {median:.2} ({least:.2} to {most:.2})"
        );
    }
}

#[divan::bench(args = SHARDS, sample_count = 3)]
fn replay_generated(bencher: Bencher<'_, '_>, shards: u16) {
    let workload = generated();
    bencher.bench(|| carry(&workload, shards));
}

#[divan::bench(args = SHARDS, sample_count = 3)]
fn replay_bitcoin(bencher: Bencher<'_, '_>, shards: u16) {
    match bitcoin() {
        Some(workload) => bencher.bench(|| carry(&workload, shards)),
        None => println!("SKIPPED: set IOSCHAIN_BITCOIN_BLOCK to measure the block"),
    }
}
