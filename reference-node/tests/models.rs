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
        assert_ne!(variant["length"], 0, "a count has no length");
    }
    for model in ["atomix", "drp", "sharding", "cosi"] {
        assert!(variants.iter().any(|variant| variant["model"] == model), "{model}");
    }
}

#[test]
fn cosi_holds_and_each_of_its_variants_says_in_figures_what_comes_of_it() {
    let (code, report) = json(&["check", "cosi", "--json"]);
    assert_eq!(code, EXIT_SUCCESS);
    assert_eq!(report["checks"].as_array().unwrap().len(), 3);
    for (variant, says) in [
        ("rogue-key", "16 of 16 rogue keys sign alone"),
        ("classic-cosi", "attacks forge a signature"),
        ("reused-nonces", "three lives give 16 of 16 secret keys"),
    ] {
        let (code, output, errors) = ioschain(&["check", "cosi", "--variant", variant]);
        assert_eq!(code, EXIT_DOES_NOT_HOLD, "{errors}");
        assert!(output.contains(says), "{output}");
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
    assert_eq!(report["property_breaks"], true);
    assert_eq!(report["conserved"], false);
}

#[test]
fn a_counterexample_of_the_randomness_protocol_is_replayed_over_the_real_group() {
    for variant in ["paper-runs", "deals-unsigned", "encryptions-unproven", "shares-to-leader"] {
        let path = scratch(&format!("drp-{variant}.json"));
        let file = path.to_str().unwrap();
        let arguments = ["check", "drp", "--variant", variant, "--trace-out", file];
        let (code, output, errors) = ioschain(&arguments);
        assert_eq!(code, EXIT_DOES_NOT_HOLD, "{errors}");
        assert!(output.contains("bounds: n = "), "{output}");
        let mermaid = std::fs::read_to_string(path.with_extension("mmd")).unwrap();
        assert!(mermaid.starts_with("sequenceDiagram\n"));
        assert!(std::fs::read_to_string(path.with_extension("svg")).unwrap().starts_with("<svg"));
        let (code, report) = json(&["replay", file, "--json"]);
        assert_eq!(code, EXIT_SUCCESS, "{report}");
        assert_eq!(report["agrees"], true);
        assert_eq!(report["property_breaks"], true);
    }
}

#[test]
fn a_changed_trace_of_the_randomness_protocol_is_not_replayed() {
    let path = scratch("drp-changed.json");
    let file = path.to_str().unwrap();
    ioschain(&["check", "drp", "--variant", "fewer-inputs", "--trace-out", file]);
    let text = std::fs::read_to_string(&path).unwrap();
    let trace: Value = serde_json::from_str(&text).unwrap();
    let (code, _, errors) = replayed("drp-under-the-specification", trace.clone(), |it| {
        it["variant"] = "specification".into();
    });
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert!(
        errors.contains("the model has no step that agrees with step 2 of the file"),
        "{errors}"
    );
    let (code, _, _) = replayed("drp-too-long", trace, |it| it["length"] = 7.into());
    assert_eq!(code, EXIT_BAD_INPUT);
}

/// A shortest trace of a variant, as JSON.
fn trace_of(variant: &str) -> Value {
    let path = scratch(&format!("trace-of-{variant}.json"));
    ioschain(&["check", "--variant", variant, "--trace-out", path.to_str().unwrap()]);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What a replay says of a trace that was changed.
fn replayed(name: &str, mut trace: Value, change: impl Fn(&mut Value)) -> (u8, String, String) {
    change(&mut trace);
    let path = scratch(&format!("changed-{name}.json"));
    std::fs::write(&path, trace.to_string()).unwrap();
    ioschain(&["replay", path.to_str().unwrap()])
}

#[test]
fn a_replay_refuses_a_file_that_is_not_a_trace_of_its_model() {
    type Change = (&'static str, fn(&mut Value), &'static str);
    let changes: [Change; 8] = [
        (
            "property",
            |it| it["property"] = "NONSENSE-99 pigs fly".into(),
            "no property `NONSENSE-99",
        ),
        ("no-steps", |it| it["steps"] = Value::Array(Vec::new()), "its length is 4, and it has 0"),
        ("length", |it| it["length"] = 7.into(), "its length is 7, and it has 4 steps"),
        ("first", |it| it["first"][0]["epoch"] = 3.into(), "its first state is not"),
        (
            "picture",
            |it| it["steps"][1]["state"]["fee_pool"] = 77.into(),
            "step 2: the file's state",
        ),
        ("answer", |it| it["steps"][1]["answer"] = "committed".into(), "step 2: the answer is `"),
        ("shard", |it| it["steps"][2]["shard"] = 9.into(), "step 3: k2-l1-t1 has no shard 9"),
        ("rules", |it| it["variant"] = "specification".into(), "step 2"),
    ];
    let trace = trace_of("aborts-on-timeout");
    for (name, change, says) in changes {
        let (code, output, errors) = replayed(name, trace.clone(), change);
        assert_eq!(code, EXIT_BAD_INPUT, "{name}: {output}{errors}");
        assert!(errors.contains(says), "{name}: {errors}");
    }
}

#[test]
fn a_replay_does_not_repeat_a_claim_that_is_false() {
    let trace = trace_of("aborts-on-timeout");
    let (code, output, errors) = replayed("no-break", trace.clone(), |it| {
        it["property"] = "ATX-SPEND-01 no double spend".into();
        it["configuration"] = "k2-l1-t2".into();
    });
    // The configuration is another one, so it is no trace of it, or it is one that breaks nothing.
    assert_ne!(code, EXIT_SUCCESS, "{output}{errors}");

    let (code, output, errors) = replayed("too-short", trace, |it| {
        it["steps"].as_array_mut().unwrap().pop();
        it["length"] = 3.into();
    });
    assert_eq!(code, EXIT_DOES_NOT_HOLD, "{output}{errors}");
    assert!(output.contains("does NOT break in the last state"), "{output}");
    assert!(errors.contains("does not hold: the file says that the trace breaks"), "{errors}");
}

#[test]
fn a_replay_names_the_proof_that_no_shard_gave() {
    let trace = trace_of("white-paper");
    let with_proofs =
        trace["steps"].as_array().unwrap().iter().position(|it| it.get("proofs").is_some());
    let place = with_proofs.expect("some step carries a proof");
    let (code, _, errors) = replayed("no-proof", trace, |it| {
        it["steps"][place]["proofs"][0]["shard"] = 3.into();
    });
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains(&format!("step {} needs a proof of T0", place + 1)), "{errors}");
    assert!(errors.contains("by shard 3 that no shard gave"), "{errors}");
}

#[test]
fn a_replay_leaves_resolution_to_the_graph() {
    let trace = trace_of("nobody-sweeps");
    let (code, output, errors) = replayed("resolution", trace.clone(), |_| ());
    assert_eq!(code, EXIT_SUCCESS, "{errors}");
    assert!(output.contains("is decided on the graph of all states"), "{output}");
    // Before the first step nothing is locked or owed.
    let (code, _, errors) = replayed("resolved", trace, |it| {
        it["steps"] = Value::Array(Vec::new());
        it["length"] = 0.into();
    });
    assert_eq!(code, EXIT_DOES_NOT_HOLD, "{errors}");
}

#[test]
fn a_score_below_all_is_a_failure() {
    let (code, score) = json(&["mutants", "--states-max", "3", "--json"]);
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert!(score["killed"].as_u64().unwrap() < score["total"].as_u64().unwrap());
    assert_eq!(score["bounds"]["states_max"], 3);
}

#[test]
fn no_argument_is_ignored_in_silence() {
    for arguments in [
        &["check", "two-phase-commit", "--variant", "white-paper"][..],
        &["check", "two-phase-commit", "--configuration", "ring"],
        &["check", "two-phase-commit", "--seeds", "0..2"],
        &["check", "two-phase-commit", "--states-max", "5"],
        &["check", "clients", "--seeds", "0..2"],
        &["check", "--tier", "nightly", "--states-max", "5"],
        &["check", "--variant", "white-paper", "--tier", "full"],
        &["check", "--variant", "white-paper", "--tier", "nightly"],
        &["check", "--configuration", "ring", "--tier", "full"],
        &["check", "--seeds", "0..2", "--states-max", "5"],
        &["check", "--seeds", "0..2", "--symmetry"],
        &["check", "--symmetry", "--states-max", "5"],
        &["check", "--symmetry", "--configuration", "ring", "--tier", "full"],
        &["check", "clients", "--symmetry"],
        &["check", "drp", "--symmetry"],
        &["check", "sharding", "--trace-out", "t.json"],
        &["check", "cosi", "--states-max", "5"],
        &["check", "drp", "--seeds", "0..2"],
        &["check", "drp", "--variant", "paper-runs", "--tier", "full"],
    ] {
        let (code, _, errors) = ioschain(arguments);
        assert_eq!(code, EXIT_BAD_INPUT, "{arguments:?}");
        assert!(errors.contains("has no effect here"), "{arguments:?}: {errors}");
        assert!(errors.contains("Remove it and run again."), "{arguments:?}: {errors}");
    }
    for drawing in ["x.svg", "x.mmd"] {
        let arguments = ["check", "--variant", "white-paper", "--trace-out", drawing];
        let (code, _, errors) = ioschain(&arguments);
        assert_eq!(code, EXIT_BAD_INPUT);
        assert!(errors.contains("name it .json"), "{errors}");
    }
    let (code, _, errors) = ioschain(&["verify", "--tier", "nightly"]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("verify has no nightly tier"), "{errors}");
}

#[test]
fn every_result_stands_beside_its_bounds() {
    let (_, report) = json(&["check", "--configuration", "k2-l2-t2", "--json"]);
    let bounds = &report["bounds"];
    for (key, value) in
        [("shards", 4), ("input_shards", 2), ("output_shards", 2), ("payments", 2), ("epochs", 0)]
    {
        assert_eq!(bounds[key], value, "{key}");
    }
    assert!(bounds["states_max"].as_u64().unwrap() > 155);
    assert!(report["collision_probability"].as_f64().unwrap() > 0.0);
    assert!(report["actions"]["request"].as_u64().unwrap() > 0);
    assert_eq!((&report["unresolvable"], &report["deadlocks"]), (&4.into(), &4.into()));

    let (_, output, _) = ioschain(&["check", "--variant", "repeated-lock-rejects"]);
    for says in [
        "bounds: 3 shards, 1 payment, up to 2 input shards",
        "probability that a fingerprint collision hid a state: at most",
        "steps by kind: ",
        "only `ATX-ATOMIC-01 atomicity` was checked; add --configuration k2-l1-t1 to",
    ] {
        assert!(output.contains(says), "{says}: {output}");
    }
}

#[test]
fn with_symmetry_equal_payments_count_as_one_and_the_text_says_so() {
    let arguments = ["check", "--symmetry", "--configuration", "k2-l2-t2"];
    let (code, output, errors) = ioschain(&arguments);
    assert_eq!(code, EXIT_SUCCESS, "{errors}");
    assert!(
        output.contains("states that differ only by a permutation of identical payments"),
        "{output}"
    );
    let (_, report) = json(&[&arguments[..], &["--json"]].concat());
    assert_eq!(report["with_symmetry"], true);
    let states = report["unique_states"].as_u64().unwrap();
    assert!(states < 155 && 155 <= 2 * states, "{states} of 155");

    let (code, _, errors) = ioschain(&["check", "--symmetry", "--variant", "white-paper"]);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("never compares the order of two ids"), "{errors}");
}

#[test]
fn clients_that_crash_leave_as_many_locks_as_the_readme_says() {
    let (code, report) = json(&["check", "clients", "--json"]);
    assert_eq!(code, EXIT_SUCCESS);
    let checks = report["checks"].as_array().unwrap();
    let unresolvable = |name: &str| {
        let check = checks.iter().find(|check| check["configuration"] == name).unwrap();
        (check["unresolvable"].as_u64().unwrap(), check["unique_states"].as_u64().unwrap())
    };
    assert_eq!(unresolvable("k2-l1-t1-crashes"), (7, 34));
    assert_eq!(unresolvable("k2-l1-t1-crashes-helpers").0, 0);
    assert_eq!(unresolvable("k2-l1-t2"), (16, 384));
    assert_eq!(unresolvable("k2-l1-t2-crashes"), (440, 1_536));
    assert_eq!(unresolvable("k2-l1-t2-crashes-helpers").0, 64);
    assert_eq!(unresolvable("k2-l1-t2-e1-crashes").0, 0);
}

/// Sends a program what Ctrl-C sends.
fn interrupt(program: &std::process::Child) {
    let sent = Command::new("kill").args(["-INT", &program.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn an_interrupted_swarm_of_any_length_says_how_far_it_got() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ioschain"))
        .args(["check", "--seeds", "0..18446744073709551615"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    interrupt(&program);
    std::io::copy(&mut output, &mut std::io::sink()).unwrap();
    let ended = program.wait_with_output().unwrap();
    let errors = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(EXIT_DOES_NOT_HOLD.into()), "{errors}");
    assert!(errors.contains("interrupted; "), "{errors}");
    assert!(errors.contains(" of 18446744073709551615 walks"), "{errors}");
    assert!(errors.contains("do not decide resolution"), "{errors}");
}

#[test]
fn an_interrupted_search_with_symmetry_says_how_far_it_got() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ioschain"))
        .args(["check", "--symmetry", "--configuration", "k3-l2-t5-e1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(program.stderr.take().unwrap());
    let mut said = String::new();
    errors.read_line(&mut said).unwrap();
    // A supervisor and the terminal may both send it: twice at once is once.
    interrupt(&program);
    interrupt(&program);
    errors.read_to_string(&mut said).unwrap();
    let ended = program.wait_with_output().unwrap();
    let output = String::from_utf8(ended.stdout).unwrap();
    assert_eq!(ended.status.code(), Some(EXIT_DOES_NOT_HOLD.into()), "{said}{output}");
    assert!(output.contains("not covered: whatever lies beyond"), "{said}{output}");
}

#[test]
fn an_interrupted_verify_says_what_it_did_not_check() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ioschain"))
        .arg("verify")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut errors = BufReader::new(program.stderr.take().unwrap());
    let mut said = String::new();
    errors.read_line(&mut said).unwrap();
    interrupt(&program);
    errors.read_to_string(&mut said).unwrap();
    let ended = program.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(EXIT_DOES_NOT_HOLD.into()), "{said}");
    assert!(said.contains("interrupted; not checked: "), "{said}");
    assert!(ended.stdout.is_empty());
}

#[test]
fn what_cannot_be_done_is_said() {
    for (arguments, says) in [
        (&["check", "nothing"][..], "there is no model `nothing`"),
        (&["check", "lotteries"], "is now called `sharding`"),
        (&["check", "signing"], "is now called `cosi`"),
        (&["explore", "cosi"], "`cosi` cannot be explored: its attacks are counted"),
        (&["explore", "clients", "--configuration", "k9"], "clients has no configuration `k9`"),
        (&["check", "drp", "--variant", "nonsense"], "drp has no variant `nonsense`"),
        (&["check", "drp", "--configuration", "k9"], "drp has no configuration `k9`"),
        (&["check", "sharding", "--variant", "k9"], "sharding has no variant `k9`"),
        (&["check", "cosi", "--variant", "late-key"], "cosi has no variant `late-key`"),
        (&["check", "--variant", "nonsense"], "atomix has no variant `nonsense`"),
        (&["check", "--configuration", "k9"], "atomix has no configuration `k9`"),
        (&["check", "--configuration", "k1-l1-t1", "--trace-out", "x"], "no property failed"),
        (&["check", "--seeds", "9..1"], "the range is empty"),
        (&["check", "--seeds", "1..9", "--shard", "3/2"], "I must be from 1 to N"),
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
    for name in [
        "k2-l2-t2",
        "k3-l2-t4-e1",
        "k3-l2-t5-e1",
        "swarm-e4",
        "nobody-sweeps",
        "white-paper",
        "k2-l1-t1-crashes-helpers",
        "model two-phase-commit",
        "withheld-commit",
        "swap-with-any",
        "reused-nonces",
        "1745408 states known",
    ] {
        assert!(output.contains(name), "{name}");
    }
    let (_, listing) = json(&["check", "--list", "--json"]);
    for (place, model) in
        ["atomix", "drp", "sharding", "cosi", "clients", "two-phase-commit"].into_iter().enumerate()
    {
        assert_eq!(listing[place]["model"], model);
    }
}

/// The registry knows the models, and the commands iterate over it.
#[test]
fn no_command_names_a_model() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands");
    let (_, listing) = json(&["check", "--list", "--json"]);
    let models: Vec<&str> =
        listing.as_array().unwrap().iter().map(|it| it["model"].as_str().unwrap()).collect();
    assert_eq!(models.len(), 6);
    let files: Vec<_> =
        std::fs::read_dir(&directory).unwrap().map(|it| it.unwrap().path()).collect();
    let files: Vec<_> = files.into_iter().filter(|path| path.is_file()).collect();
    assert!(files.len() > 10, "{files:?}");
    for path in files {
        let (file, source) = (path.display(), std::fs::read_to_string(&path).unwrap());
        let code = source.split("#[cfg(test)]").next().unwrap();
        for model in &models {
            let module = model.replace('-', "_");
            for name in [format!("\"{model}\""), format!("ioschain_model::{module}")] {
                assert!(!code.contains(&name), "{file}: {name}");
            }
        }
        assert!(!code.contains("ioschain_model::variants"), "{file}");
    }
}

#[test]
fn every_command_ends_its_help_with_worked_examples() {
    for command in [
        &["verify"][..],
        &["vectors"],
        &["vectors", "generate"],
        &["vectors", "run"],
        &["vectors", "self-test"],
        &["adapter"],
        &["import"],
        &["import", "bitcoin"],
        &["drp"],
        &["drp", "run"],
        &["drp", "verify"],
        &["check"],
        &["mutants"],
        &["replay"],
        &["explore"],
    ] {
        let (code, help, _) = ioschain(&[command, &["--help"]].concat());
        assert_eq!(code, EXIT_SUCCESS);
        let (_, examples) = help.split_once("\nExamples:\n").expect("there are examples");
        let is_example = |line: &&str| line.starts_with("  ") && line.contains("ioschain ");
        assert!(examples.lines().filter(is_example).count() >= 2, "{help}");
        assert!(help.lines().next().unwrap().ends_with(|it: char| it.is_alphanumeric()), "{help}");
    }
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
