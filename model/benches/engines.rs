//! Unique states per second of both engines, on Atomix and on two-phase commit. Compare within one
//! run: the ratio is what counts.

use divan::Bencher;
use divan::counter::ItemsCount;
use ioschain_model::atomix::check::Check;
use ioschain_model::atomix::configurations::shared;
use ioschain_model::graph::{Bounds, GoOn, Graph, Stop};
use ioschain_model::two_phase_commit::TwoPhaseCommit;
use stateright::{Checker, Model};

const EVERYTHING: Bounds = Bounds { states_max: usize::MAX, stop: Stop::AtTheEnd };
/// 7 resource managers.
const TWO_PHASE_COMMIT_STATES: usize = 296_448;
/// 3 input shards, 2 output shards, 4 payments of the same coins.
const ATOMIX_STATES: usize = 218_081;
/// 3 input shards, 2 output shards, 3 payments of the same coins, and each shard closes an epoch.
const ATOMIX_EPOCHS_STATES: usize = 715_113;

fn main() {
    divan::main();
}

fn two_phase_commit() -> TwoPhaseCommit {
    TwoPhaseCommit { resource_managers: 7 }
}

fn atomix() -> Check {
    Check::of_specification(shared(3, 2, 4, 0)).expect("its genesis is valid")
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn two_phase_commit_depth_first(bencher: Bencher) {
    bencher.counter(ItemsCount::new(TWO_PHASE_COMMIT_STATES)).bench(|| {
        let checker = two_phase_commit().checker().spawn_dfs().join();
        assert_eq!(checker.unique_state_count(), TWO_PHASE_COMMIT_STATES);
    });
}

/// Nothing is remembered before: the rules are asked anew in every sample.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn atomix_depth_first(bencher: Bencher) {
    bencher.counter(ItemsCount::new(ATOMIX_STATES)).bench(|| {
        let checker = atomix().model.checker().spawn_dfs().join();
        assert_eq!(checker.unique_state_count(), ATOMIX_STATES);
    });
}

/// With an epoch most states ask the rules something new.
#[divan::bench(sample_count = 1, sample_size = 1)]
fn atomix_with_epochs_depth_first(bencher: Bencher) {
    bencher.counter(ItemsCount::new(ATOMIX_EPOCHS_STATES)).bench(|| {
        let check = Check::of_specification(shared(3, 2, 3, 1)).expect("its genesis is valid");
        let checker = check.model.checker().spawn_dfs().join();
        assert_eq!(checker.unique_state_count(), ATOMIX_EPOCHS_STATES);
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn two_phase_commit_graph(bencher: Bencher) {
    bencher.counter(ItemsCount::new(TWO_PHASE_COMMIT_STATES)).bench(|| {
        let model = two_phase_commit();
        let graph = Graph::explore(&model, EVERYTHING, &mut |_| GoOn::Yes);
        assert_eq!(graph.len(), TWO_PHASE_COMMIT_STATES);
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn atomix_graph(bencher: Bencher) {
    bencher.counter(ItemsCount::new(ATOMIX_STATES)).bench(|| {
        let check = atomix();
        let graph = Graph::explore(&check.model, EVERYTHING, &mut |_| GoOn::Yes);
        assert_eq!(graph.len(), ATOMIX_STATES);
    });
}
