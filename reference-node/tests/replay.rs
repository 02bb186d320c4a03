//! Replays under the specification's rules and under weaker ones: every sentence that a report can
//! say about what does not hold is said of a ledger in which it does not.

use ioschain_node::generated::generated_workload;
use ioschain_node::simulation::{CachingSuite, EPOCH_BLOCKS_MAX, Faults, Report, Settings, replay};
use ioschain_node::workload::{OwnerSeed, Payment, Source, Spend, Workload};
use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Rules, Specification};
use ioschain_spec::ledger::{
    self, Overlay, SUPPLY, ShardContext, SignedTransaction, StateView, TxId, Vote,
};
use ioschain_spec::variants::{LocksTheLocked, NobodySweeps, WhitePaper};

/// Three shards, short epochs, conflicts and vanished clients.
fn settings() -> Settings {
    let faults = Faults { conflicts: 20, vanishing_ppm: 300_000 };
    Settings { shards: 3, epoch_blocks: 8, seed: 5, faults }
}

fn run(rules: &dyn Rules<CachingSuite>, settings: &Settings) -> Report {
    replay(rules, &generated_workload(5, 120), settings, &mut |_| {}).expect("the replay runs")
}

/// What a report says under `rules`, with the numbers replaced by `N`, the supply apart.
fn sentences(rules: &dyn Rules<CachingSuite>) -> Vec<String> {
    let failures = run(rules, &settings()).failures();
    failures.iter().map(|failure| without_numbers(failure)).collect()
}

fn without_numbers(sentence: &str) -> String {
    let supply = SUPPLY.to_string();
    let words = sentence.split(' ').map(|word| {
        let is_number = word != supply && word.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { "N" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

const NOT_CONSERVED: &str = "the units do not always add up to 2100000000000000000: they are \
                             2100000000000000000 at genesis and N at the end";
const LOCKED: &str = "N outputs are still locked";
const UNENDED: &str = "N transactions never ended";
const DOUBLE_SPENT: &str = "N pairs of conflicting transactions both committed";
const HONEST_FAILED: &str = "N transactions without a conflict did not commit";

#[test]
fn everything_holds_under_the_specification() {
    assert_eq!(sentences(&Specification), [""; 0]);
}

#[test]
fn conflicting_pairs_that_both_commit_are_reported_and_so_are_the_units_they_create() {
    assert_eq!(sentences(&LocksTheLocked), [NOT_CONSERVED, DOUBLE_SPENT]);
}

#[test]
fn locks_that_stay_and_transactions_that_never_end_are_reported() {
    assert_eq!(sentences(&NobodySweeps), [LOCKED, UNENDED, HONEST_FAILED]);
}

/// Nobody may spend anything. These rules are stricter than the specification, so they are no
/// variant of [`ioschain_spec::variants`].
struct RefusesAll;
impl ledger::Rules<CachingSuite> for RefusesAll {
    fn check_witnesses(
        &self,
        _context: &ShardContext<'_, CachingSuite>,
        _view: &dyn StateView,
        _signed: &SignedTransaction,
        _txid: &TxId,
    ) -> Result<(), Rejection> {
        Err(Rejection::LedWitnessCount)
    }
}
impl Rules<CachingSuite> for RefusesAll {}

#[test]
fn transactions_that_fail_without_a_conflict_are_reported() {
    assert_eq!(sentences(&RefusesAll), [HONEST_FAILED]);
}

#[test]
fn the_papers_four_steps_do_not_hold() {
    assert_eq!(sentences(&WhitePaper), [LOCKED, UNENDED, HONEST_FAILED]);
}

#[test]
fn a_sum_that_was_wrong_only_in_between_is_reported() {
    let mut report = run(&Specification, &settings());
    assert_eq!((report.supply_before, report.supply_after), (SUPPLY, SUPPLY));
    assert_eq!(report.failures(), [""; 0]);
    report.conserved = false;
    assert_eq!(
        report.failures(),
        [format!(
            "the units do not always add up to {SUPPLY}: they are {SUPPLY} at genesis and \
                  {SUPPLY} at the end"
        )]
    );
}

/// In every second block there is no room for votes.
struct FullInEverySecondBlock;
impl ledger::Rules<CachingSuite> for FullInEverySecondBlock {}
impl Rules<CachingSuite> for FullInEverySecondBlock {
    fn apply_lock(
        &self,
        context: &ShardContext<'_, CachingSuite>,
        overlay: &mut Overlay<'_>,
        request: &SignedTransaction,
    ) -> Result<Vote, Rejection> {
        if overlay.position().height.0.is_multiple_of(2) {
            return Err(Rejection::AtxRejectionLimit);
        }
        Specification.apply_lock(context, overlay, request)
    }
}

#[test]
fn a_client_asks_again_where_a_block_had_no_room_for_its_vote() {
    let faults = Faults { conflicts: 20, vanishing_ppm: 0 };
    let report = run(&FullInEverySecondBlock, &Settings { faults, ..settings() });
    assert_eq!(report.failures(), [""; 0]);
    let roomy = run(&Specification, &Settings { faults, ..settings() });
    assert!(report.messages > roomy.messages, "{} {}", report.messages, roomy.messages);
}

#[test]
fn added_conflicts_do_not_count_as_transactions_across_shards() {
    let without = Settings { faults: Faults::default(), ..settings() };
    let with = settings();
    let [without, with] = [without, with].map(|settings| run(&Specification, &settings));
    assert_eq!(without.transactions, with.transactions);
    assert_eq!(without.cross_shard, with.cross_shard);
    assert!(with.cross_shard > 0 && with.cross_shard < with.transactions);
    // What happened is told of all of them.
    let ended = with.committed + with.aborted + with.rejected;
    assert_eq!(ended, with.transactions + 20);
}

#[test]
fn an_epoch_has_1_to_65536_blocks_and_idle_ones_cost_nothing() {
    for epoch_blocks in [1, EPOCH_BLOCKS_MAX] {
        let faults = Faults { conflicts: 0, vanishing_ppm: 1_000_000 };
        let report = run(&Specification, &Settings { epoch_blocks, faults, ..settings() });
        assert_eq!(report.failures(), [""; 0]);
        assert_eq!(report.committed, report.transactions);
    }
    for epoch_blocks in [0, EPOCH_BLOCKS_MAX + 1, u64::MAX] {
        let settings = Settings { epoch_blocks, ..settings() };
        let error = replay(&Specification, &Workload::default(), &settings, &mut |_| {});
        let error = error.expect_err("the epoch is refused").to_string();
        assert_eq!(
            error,
            format!("an epoch cannot have {epoch_blocks} blocks; ask for 1 to 65536")
        );
    }
}

#[test]
fn an_error_leaves_the_telling_of_its_cause_to_the_cause() {
    let mut workload = generated_workload(5, 10);
    workload.spends[3].fee = 0;
    let error = replay(&Specification, &workload, &settings(), &mut |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "the workload does not hold together");
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "transaction 3 has fee 0; leave at least 1 unit");
}

#[test]
fn a_transaction_with_1024_inputs_and_1024_outputs_commits() {
    let pay = |number: u16| {
        let mut owner = OwnerSeed([0; 32]);
        owner.0[..2].copy_from_slice(&number.to_le_bytes());
        Payment { owner, amount: 2, data_hash: None }
    };
    let mut genesis: Vec<Payment> = (0..1_024).map(pay).collect();
    genesis[0].amount += 1;
    let inputs = (0..1_024).map(|index| Source::Genesis { index }).collect();
    let outputs = (1_024..2_048).map(pay).collect();
    let workload = Workload { genesis, spends: vec![Spend { inputs, outputs, fee: 1 }] };
    let settings = Settings { faults: Faults::default(), ..settings() };
    let report = replay(&Specification, &workload, &settings, &mut |_| {}).unwrap();
    assert_eq!((report.failures(), report.committed), (Vec::new(), 1));
}
