//! The models as their users meet them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ioschain_node::{EXIT_BAD_INPUT, EXIT_DOES_NOT_HOLD, EXIT_SUCCESS, run};
use serde_json::Value;

/// Runs in process: exit code, output, errors.
fn ioschain(arguments: &[&str]) -> (u8, String, String) {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let arguments = std::iter::once("ioschain").chain(arguments.iter().copied());
    let code = run(arguments, &mut output, &mut errors);
    (code, String::from_utf8(output).unwrap(), String::from_utf8(errors).unwrap())
}

fn json(arguments: &[&str]) -> (u8, Value) {
    let (code, output, errors) = ioschain(arguments);
    (code, serde_json::from_str(&output).unwrap_or_else(|_| panic!("{output}{errors}")))
}

/// The path of a file of its own for a test.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn the_specification_holds_and_a_variant_does_not() {
    let (code, report) = json(&["check", "atomix", "--configuration", "k2-l2-t2", "--json"]);
    assert_eq!(code, EXIT_SUCCESS);
    assert_eq!(report["unique_states"], 155);
    assert_eq!(report["verdict"], "holds");
    assert_eq!(report["violations"], Value::Array(Vec::new()));

    let (code, report) = json(&["check", "--variant", "repeated-lock-rejects", "--json"]);
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert_eq!(report["verdict"], "fails");
    assert_eq!(report["variant"], "repeated-lock-rejects");
    assert_eq!(report["violations"][0]["length"], 5);
    assert_eq!(report["violations"][0]["trace"]["steps"].as_array().unwrap().len(), 5);
}

#[test]
fn a_check_of_all_small_configurations_sums_them_up() {
    let (code, report) = json(&["check", "--json"]);
    assert_eq!(code, EXIT_SUCCESS);
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.len() > 10);
    let states: u64 = checks.iter().map(|check| check["unique_states"].as_u64().unwrap()).sum();
    assert_eq!(report["unique_states"].as_u64().unwrap(), states);
    for key in ["model", "variant", "configuration", "generated", "depth", "seconds", "verdict"] {
        assert!(report.get(key).is_some(), "{key}");
    }
}

#[test]
fn a_run_that_is_cut_off_is_incomplete_and_says_what_it_did_not_cover() {
    let arguments = ["check", "--configuration", "k3-l2-t2", "--states-max", "100"];
    let (code, output, _) = ioschain(&arguments);
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert!(output.contains("incomplete"), "{output}");
    assert!(output.contains("not covered"), "{output}");
}

#[test]
fn every_variant_is_caught() {
    let (code, score) = json(&["mutants", "--json"]);
    assert_eq!(code, EXIT_SUCCESS);
    assert_eq!(score["killed"], score["total"]);
    let variants = score["variants"].as_array().unwrap();
    assert_eq!(variants.len() as u64, score["total"].as_u64().unwrap());
    for variant in variants {
        assert_eq!(variant["killed"], true, "{variant}");
        assert!(variant["length"].as_u64().unwrap() > 0);
    }
}

#[test]
fn a_counterexample_is_written_drawn_and_replayed_with_real_blocks() {
    let path = scratch("white-paper.json");
    let file = path.to_str().unwrap();
    let (code, _, errors) = ioschain(&["check", "--variant", "white-paper", "--trace-out", file]);
    assert_eq!(code, EXIT_DOES_NOT_HOLD, "{errors}");
    let mermaid = std::fs::read_to_string(path.with_extension("mmd")).unwrap();
    assert!(mermaid.starts_with("sequenceDiagram\n"));
    assert!(std::fs::read_to_string(path.with_extension("svg")).unwrap().starts_with("<svg"));

    let (code, report) = json(&["replay", file, "--json"]);
    assert_eq!(code, EXIT_SUCCESS);
    assert_eq!(report["agrees"], true);
    assert_eq!(report["conserved"], false);

    // Under the specification's own rules the same messages go another way.
    let other = std::fs::read_to_string(&path).unwrap().replace("white-paper", "specification");
    std::fs::write(&path, other).unwrap();
    let (code, _, errors) = ioschain(&["replay", file]);
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert!(errors.contains("does not hold: step 2"), "{errors}");
}

#[test]
fn what_cannot_be_done_is_said() {
    for (arguments, says) in [
        (&["check", "drp"][..], "there is no model `drp`"),
        (&["check", "--variant", "nonsense"], "there is no variant `nonsense`"),
        (&["check", "--configuration", "k9"], "there is no configuration `k9`"),
        (&["check", "--configuration", "k1-l1-t1", "--trace-out", "x"], "no property failed"),
        (&["check", "--seeds", "9..1"], "the range is empty"),
        (&["check", "--seeds", "1..9", "--shard", "3/2"], "I is from 1 to N"),
        (&["replay", "/nowhere.json"], "cannot read /nowhere.json"),
        (&["explore", "--listen", "nonsense"], "cannot listen on `nonsense`"),
    ] {
        let (code, _, errors) = ioschain(arguments);
        assert_eq!(code, EXIT_BAD_INPUT, "{arguments:?}");
        assert!(errors.contains(says), "{arguments:?}: {errors}");
    }
    let path = scratch("no-trace.json");
    std::fs::write(&path, "{}").unwrap();
    let (code, _, errors) = ioschain(&["replay", path.to_str().unwrap()]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("is not a trace"), "{errors}");
}

#[test]
fn everything_that_can_be_checked_is_listed() {
    let (code, output, _) = ioschain(&["check", "--list"]);
    assert_eq!(code, EXIT_SUCCESS);
    for name in ["k2-l2-t2", "k3-l2-t4-e1", "nobody-sweeps", "white-paper"] {
        assert!(output.contains(name), "{name}");
    }
    let (_, listing) = json(&["check", "--list", "--json"]);
    assert_eq!(listing[0]["model"], "atomix");
}

#[test]
fn a_swarm_divides_its_seeds_and_prints_a_line_for_each() {
    let walks = |part: &str| {
        let (code, output, _) = ioschain(&["check", "--seeds", "0..8", "--shard", part]);
        assert_eq!(code, EXIT_SUCCESS);
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let (all, first, second) = (walks("1/1"), walks("1/2"), walks("2/2"));
    let mut merged = [first, second].concat();
    merged.sort_by_key(|walk| walk["seed"].as_u64());
    assert_eq!(merged, all);
    assert!(all.iter().all(|walk| walk["steps"].as_u64().unwrap() > 0));

    let arguments = ["check", "--variant", "locks-the-locked", "--seeds", "0..4"];
    let (code, output, _) = ioschain(&arguments);
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert!(output.contains("\"property\":\"LED-CONSERVE-01"), "{output}");
}

/// The answer of a server to a GET.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_explorer_serves_the_model_with_our_drawings() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let address = free.to_string();
    let mut program = Command::new(env!("CARGO_BIN_EXE_ioschain"))
        .args(["explore", "atomix", "--configuration", "k2-l1-t1", "--listen", &address])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut said).unwrap();
    assert!(said.contains("http://"), "{said}");
    // It says so just before it listens.
    while TcpStream::connect(&address).is_err() {
        std::thread::yield_now();
    }
    let first = get(&address, "/.states");
    let next = get(&address, "/.states/0");
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(first.contains("\"properties\""), "{first}");
    assert!(next.contains("shard 1: request T0"), "{next}");
    assert!(next.contains("<svg"), "{next}");
}
