//! A large block of Bitcoin's main chain, through 1, 4 and 16 shards.
//!
//! The block is not in the repository: set `IOSCHAIN_BITCOIN_BLOCK` to the raw file of mainnet
//! block 000000000000000000000c835b2adcaedc20fdf6ee440009c249452c726dafae (1,381,836 bytes).
//! Without it these tests say loudly that they are skipped.

use std::io::Write as _;

use ioschain_node::{EXIT_BAD_INPUT, EXIT_SUCCESS, run};
use serde_json::Value;

const HASH: &str = "000000000000000000000c835b2adcaedc20fdf6ee440009c249452c726dafae";
const SUPPLY: &str = "2100000000000000000";

/// The path of the block, or a loud word on the terminal.
fn large_block(test: &str) -> Option<String> {
    let path = std::env::var("IOSCHAIN_BITCOIN_BLOCK").ok();
    if path.is_none() {
        // The test runner hides what passing tests print; a skipped test must be seen.
        let mut terminal = std::io::stderr();
        writeln!(terminal, "SKIPPED: set IOSCHAIN_BITCOIN_BLOCK to run {test}").unwrap();
    }
    path
}

fn import(block: &str, arguments: &[&str]) -> (u8, Value, String) {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let all = ["ioschain", "import", "bitcoin", block, "--json"];
    let code = run(all.iter().chain(arguments).copied(), &mut output, &mut errors);
    let report = serde_json::from_slice(&output).unwrap_or(Value::Null);
    (code, report, String::from_utf8(errors).unwrap())
}

fn number(report: &Value, key: &str) -> u64 {
    report[key].as_u64().unwrap_or_else(|| panic!("{key} is no number in {report}"))
}

#[test]
fn every_transaction_of_the_block_commits_on_1_4_and_16_shards() {
    let Some(block) = large_block("every_transaction_of_the_block_commits") else { return };
    for shards in ["1", "4", "16"] {
        let (code, report, errors) = import(&block, &["--shards", shards]);
        // A slow machine shows progress there, so it need not be empty.
        assert_eq!(code, EXIT_SUCCESS, "{errors}");
        assert_eq!(report["block_hash"], HASH);
        assert_eq!(number(&report, "transactions"), 2_499);
        assert_eq!(number(&report, "inputs"), 6_517);
        assert_eq!(number(&report, "outputs"), 5_991);
        assert_eq!(number(&report, "committed"), 2_499);
        assert_eq!(number(&report, "aborted") + number(&report, "rejected"), 0);
        assert_eq!(number(&report, "unresolved_locks"), 0);
        assert_eq!(report["supply_before"], SUPPLY);
        assert_eq!(report["supply_after"], SUPPLY);
        assert_eq!(report["conserved"], true);
        assert_eq!(number(&report, "cross_shard") == 0, shards == "1");
    }
}

#[test]
fn conflicts_and_vanished_clients_leave_nothing_locked_and_nothing_lost() {
    let Some(block) = large_block("conflicts_and_vanished_clients") else { return };
    for shards in ["1", "4", "16"] {
        let faults = ["--shards", shards, "--conflicts", "500", "--drop-clients", "300000"];
        let (code, report, errors) = import(&block, &[&faults[..], &["--seed", "7"]].concat());
        // The program itself checks that of each pair at most one commits, and all others do.
        assert_eq!(code, EXIT_SUCCESS, "{errors}");
        let endings = ["committed", "aborted", "rejected"].map(|key| number(&report, key));
        assert_eq!(endings.iter().sum::<u64>(), 2_499 + 500);
        assert!(endings[0] >= 2_499 - 500 && endings[0] <= 2_499);
        assert_eq!(number(&report, "unresolved_locks"), 0);
        assert_eq!(report["conserved"], true);
    }
}

#[test]
fn conflicts_are_drawn_only_against_transactions_without_relatives() {
    let Some(block) = large_block("conflicts_are_drawn_only_against") else { return };
    let (code, _, errors) = import(&block, &["--shards", "1", "--conflicts", "1973"]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("ask for at most 1972"), "{errors}");
}
