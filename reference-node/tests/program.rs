//! The program as its users meet it: answers, errors that help, exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ioschain_node::{EXIT_BAD_INPUT, EXIT_DOES_NOT_HOLD, EXIT_SUCCESS, run};
use serde_json::Value;

const BLOCK_170: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/block-170.hex");

/// Runs in process: exit code, output, errors.
fn ioschain(arguments: &[&str]) -> (u8, String, String) {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("ioschain").chain(arguments.iter().copied());
    let code = run(arguments, &mut output, &mut errors);
    (code, String::from_utf8(output).unwrap(), String::from_utf8(errors).unwrap())
}

/// Runs the real program.
fn process(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ioschain")).args(arguments).output().unwrap()
}

/// A file of its own for a test.
fn scratch(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// Reports with the seconds taken out.
fn without_seconds(text: &str) -> String {
    text.lines().filter(|line| !line.contains(" s, of which ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn block_170_is_replayed_and_reported() {
    let (code, output, errors) = ioschain(&["import", "bitcoin", BLOCK_170, "--shards", "4"]);
    assert_eq!((code, errors.as_str()), (EXIT_SUCCESS, ""));
    insta::assert_snapshot!(without_seconds(&output), @"
    Bitcoin block 00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee
      1 transaction, 1 input, 2 outputs; 0 conflicting transactions added
      4 shards, 1 cross-shard transaction
      committed 1, aborted 0, rejected 0; locks left 0
      6 messages, 3542 bytes
      supply 2100000000000000000 units, conserved
    ");
}

#[test]
fn a_byte_order_mark_before_hexadecimal_digits_is_no_part_of_the_block() {
    let marked = [b"\xef\xbb\xbf".as_slice(), &std::fs::read(BLOCK_170).unwrap()].concat();
    let path = scratch("marked.hex", &marked);
    let (code, _, errors) =
        ioschain(&["import", "bitcoin", path.to_str().unwrap(), "--shards", "2"]);
    assert_eq!((code, errors.as_str()), (EXIT_SUCCESS, ""));
}

#[test]
fn vectors_are_not_written_over_what_is_something_else() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("somebody-elses");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("README.md"), "mine").unwrap();
    let arguments = ["vectors", "generate", "--dir", folder.to_str().unwrap()];
    let (code, _, errors) = ioschain(&arguments);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("has no MANIFEST.json"), "{errors}");
    assert_eq!(std::fs::read_to_string(folder.join("README.md")).unwrap(), "mine");
}

/// A reader that has enough hears no complaint.
#[test]
fn a_closed_pipe_ends_the_program_quietly() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ioschain"))
        .args(["vectors", "run", "--json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    let ended = program.wait_with_output().unwrap();
    let errors = String::from_utf8(ended.stderr).unwrap();
    assert!(!errors.contains("error"), "{errors}");
    assert_eq!(ended.status.code(), Some(i32::from(EXIT_BAD_INPUT)));
}

#[test]
fn the_readme_shows_what_its_commands_print() {
    let readme = include_str!("../../README.md");
    let (_, import, _) = ioschain(&["import", "bitcoin", BLOCK_170, "--shards", "4"]);
    assert!(readme.contains(&without_seconds(&import)), "put this into README.md:\n{import}");
    let (_, verify, _) = ioschain(&["verify"]);
    assert!(readme.contains(&verify), "put this into README.md:\n{verify}");
}

#[test]
fn the_json_report_has_exactly_the_promised_keys() {
    let arguments = ["import", "bitcoin", BLOCK_170, "--shards", "2", "--json"];
    let (code, output, _) = ioschain(&arguments);
    assert_eq!(code, EXIT_SUCCESS);
    let report: Value = serde_json::from_str(&output).unwrap();
    let mut keys: Vec<&str> = report.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    let mut promised: Vec<&str> = "block_hash transactions inputs outputs cross_shard committed \
        aborted rejected messages bytes supply_before supply_after conserved unresolved_locks \
        signature_checks seconds_total seconds_setup seconds_signatures"
        .split_whitespace()
        .collect();
    promised.sort_unstable();
    assert_eq!(keys, promised);
    assert_eq!(report["supply_before"], "2100000000000000000");
    assert_eq!(report["supply_after"], "2100000000000000000");
}

#[test]
fn a_replay_is_the_same_for_the_same_seed_and_another_for_another() {
    let replay = |seed: &str| {
        let (code, output, _) =
            ioschain(&["import", "bitcoin", BLOCK_170, "--shards", "16", "--seed", seed]);
        assert_eq!(code, EXIT_SUCCESS);
        without_seconds(&output)
    };
    assert_eq!(replay("3"), replay("3"));
    assert!((0..16).any(|seed| replay(&seed.to_string()) != replay("3")));
}

#[test]
fn a_conflicting_transaction_and_its_rival_do_not_both_commit() {
    for seed in 0..8 {
        let seed = seed.to_string();
        let arguments = [
            "import",
            "bitcoin",
            BLOCK_170,
            "--shards",
            "3",
            "--conflicts",
            "1",
            "--seed",
            &seed,
            "--json",
        ];
        let (code, output, errors) = ioschain(&arguments);
        assert_eq!((code, errors.as_str()), (EXIT_SUCCESS, ""));
        let report: Value = serde_json::from_str(&output).unwrap();
        assert!(report["committed"].as_u64().unwrap() <= 1);
        assert_eq!(report["unresolved_locks"], 0);
        assert_eq!(report["conserved"], true);
    }
}

#[test]
fn clients_that_all_vanish_are_settled_by_the_sweep() {
    let arguments = [
        "import",
        "bitcoin",
        BLOCK_170,
        "--shards",
        "4",
        "--drop-clients",
        "1000000",
        "--epoch-blocks",
        "1",
        "--json",
    ];
    let (code, output, _) = ioschain(&arguments);
    assert_eq!(code, EXIT_SUCCESS);
    let report: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(report["committed"], 1);
    assert_eq!(report["unresolved_locks"], 0);
}

#[test]
fn more_conflicts_than_there_can_be_is_an_error_that_says_how_many() {
    let arguments = ["import", "bitcoin", BLOCK_170, "--shards", "4", "--conflicts", "2"];
    let (code, _, errors) = ioschain(&arguments);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("ask for at most 1"), "{errors}");
}

#[test]
fn a_truncated_block_is_refused_with_the_offset() {
    let text = std::fs::read_to_string(BLOCK_170).unwrap();
    let bytes = hex::decode(text.trim()).unwrap();
    let path = scratch("truncated.raw", &bytes[..300]);
    let (code, output, errors) =
        ioschain(&["import", "bitcoin", path.to_str().unwrap(), "--shards", "4"]);
    assert_eq!((code, output.as_str()), (EXIT_BAD_INPUT, ""));
    assert!(errors.contains("300"), "{errors}");
}

#[test]
fn a_block_with_a_wrong_merkle_root_is_refused_with_the_check_that_fails() {
    let text = std::fs::read_to_string(BLOCK_170).unwrap();
    let mut bytes = hex::decode(text.trim()).unwrap();
    let last_script_byte = bytes.len() - 6;
    bytes[last_script_byte] ^= 1;
    let path = scratch("wrong-merkle-root.raw", &bytes);
    let (code, _, errors) =
        ioschain(&["import", "bitcoin", path.to_str().unwrap(), "--shards", "4"]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.to_lowercase().contains("merkle root"), "{errors}");
}

#[test]
fn a_missing_file_is_named_once_and_so_is_the_reason() {
    let (code, _, errors) = ioschain(&["import", "bitcoin", "no-such.raw", "--shards", "4"]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert_eq!(
        errors,
        "error: cannot read no-such.raw; give the path of a Bitcoin block: No such file or directory \
         (os error 2)\n"
    );
    let file = scratch("a-file", b"");
    let (code, _, errors) = ioschain(&["verify", "--dir", file.to_str().unwrap()]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("a-file"), "{errors}");
    let reason = errors.trim_end().rsplit(": ").next().unwrap();
    assert_eq!(errors.matches(reason).count(), 1, "{errors}");
}

#[test]
fn a_piece_of_a_nodes_block_file_is_refused_with_what_to_do() {
    let stored = format!("f9beb4d9ea010000{}", std::fs::read_to_string(BLOCK_170).unwrap());
    let path = scratch("magic.hex", stored.as_bytes());
    let (code, _, errors) =
        ioschain(&["import", "bitcoin", path.to_str().unwrap(), "--shards", "4"]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("magic f9beb4d9") && errors.contains("strip those 8"), "{errors}");
}

#[test]
fn an_epoch_without_end_is_refused_and_a_long_one_is_soon_over() {
    let import = |blocks| {
        let block = ["import", "bitcoin", BLOCK_170, "--shards", "4"];
        let faults = ["--drop-clients", "1000000", "--epoch-blocks", blocks];
        ioschain(&[&block[..], &faults].concat())
    };
    for blocks in ["0", "65537", "18446744073709551615"] {
        let (code, _, errors) = import(blocks);
        assert_eq!(code, EXIT_BAD_INPUT);
        assert!(errors.contains("1..=65536"), "{errors}");
    }
    let (code, output, _) = import("65536");
    assert_eq!(code, EXIT_SUCCESS);
    assert!(output.contains("committed 1, aborted 0, rejected 0; locks left 0"), "{output}");
    let (_, help, _) = ioschain(&["import", "bitcoin", "--help"]);
    assert!(help.contains("1 to 65536"), "{help}");
}

#[test]
fn vectors_that_differ_are_a_result_that_does_not_hold() {
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty");
    std::fs::create_dir_all(&empty).unwrap();
    let arguments = ["vectors", "generate", "--check", "--dir", empty.to_str().unwrap()];
    let (code, output, errors) = ioschain(&arguments);
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert!(output.contains("differs: MANIFEST.json is missing"), "{output}");
    assert!(errors.starts_with("does not hold: "), "{errors}");
    assert_eq!(process(&arguments).status.code(), Some(1));
}

#[test]
fn unknown_subcommands_and_options_get_a_hint() {
    let (code, _, errors) = ioschain(&["verfy"]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("verify"), "{errors}");
    let (code, _, errors) = ioschain(&["import", "bitcoin", BLOCK_170, "--shard", "4"]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("--shards"), "{errors}");
    let (code, _, errors) = ioschain(&["import", "bitcoin", BLOCK_170, "--shards", "0"]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("1..=1024"), "{errors}");
}

#[test]
fn an_adapter_may_lie_in_a_folder_with_a_space_in_its_name() {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("a folder").join("ioschain");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    let _ = std::fs::remove_file(&program);
    std::fs::hard_link(env!("CARGO_BIN_EXE_ioschain"), &program).unwrap();
    let command = format!("'{}' adapter", program.display());
    let (code, output, errors) =
        ioschain(&["vectors", "run", "--adapter", &command, "--only", "ledger.*"]);
    assert_eq!(code, EXIT_SUCCESS, "{output}{errors}");
}

#[test]
fn exit_codes_reach_the_shell() {
    assert_eq!(process(&["--version"]).status.code(), Some(0));
    assert_eq!(
        process(&["import", "bitcoin", "no-such.raw", "--shards", "1"]).status.code(),
        Some(2)
    );
    assert_eq!(process(&[]).status.code(), Some(2));
}
