//! `ioschain drp run` and `drp verify`, as a user runs them.

use std::fs;
use std::path::{Path, PathBuf};

use ioschain_node::{EXIT_BAD_INPUT, EXIT_DOES_NOT_HOLD, EXIT_SUCCESS, run};
use serde_json::Value;

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

/// The transcript of a run, in a file.
fn transcript(name: &str, arguments: &[&str]) -> PathBuf {
    let path = scratch(name);
    let out = ["--transcript-out", path.to_str().unwrap()];
    let (code, _, errors) = ioschain(&[&["drp", "run"], arguments, &out].concat());
    assert_eq!(code, EXIT_SUCCESS, "{errors}");
    path
}

fn verified(path: &Path) -> (u8, String, String) {
    ioschain(&["drp", "verify", path.to_str().unwrap()])
}

/// A copy of a file with one thing changed, verified.
fn altered(file: &Value, name: &str, change: &dyn Fn(&mut Value)) -> (u8, String, String) {
    let mut copy = file.clone();
    change(&mut copy);
    let path = scratch(name);
    fs::write(&path, serde_json::to_vec(&copy).unwrap()).unwrap();
    verified(&path)
}

#[test]
fn a_run_gives_the_number_that_a_third_party_finds() {
    let sizes = ["--validators", "8", "--group-size", "7"];
    let (code, report) = json(&[&["drp", "run", "--json"], &sizes[..]].concat());
    assert_eq!(code, EXIT_SUCCESS);
    assert_eq!(report["groups"], serde_json::json!([[7, 3]]));
    let path = transcript("honest.json", &sizes);
    let (code, third_party) = json(&["drp", "verify", path.to_str().unwrap(), "--json"]);
    assert_eq!(code, EXIT_SUCCESS);
    assert_eq!(third_party["randomness"], report["randomness"]);
    let checks = third_party["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 16);
    assert!(checks.iter().all(|check| check["result"] == "holds"));
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let bytes = |name: &str, seed: &str| {
        let sizes = ["--validators", "5", "--group-size", "4", "--seed", seed];
        fs::read(transcript(name, &sizes)).unwrap()
    };
    let first = bytes("seed-1.json", "1");
    assert_eq!(first, bytes("seed-1-again.json", "1"));
    assert_ne!(first, bytes("seed-2.json", "2"));
}

#[test]
fn every_kind_of_fault_is_survived() {
    // 13 validators tolerate four faulty ones: one of each kind.
    for seed in ["0", "1", "2", "3"] {
        let sizes = ["--validators", "13", "--group-size", "12", "--faulty", "4", "--seed", seed];
        let (code, report) = json(&[&["drp", "run", "--json"], &sizes[..]].concat());
        assert_eq!(code, EXIT_SUCCESS);
        let faulty = report["faulty"].as_array().unwrap();
        let kinds: Vec<&str> = faulty.iter().map(|faulty| faulty[1].as_str().unwrap()).collect();
        for kind in ["silent", "deals-falsely", "leaves-signing", "keeps-shares"] {
            assert!(kinds.contains(&kind), "{kinds:?}");
        }
        let steps = report["steps"].to_string();
        assert!(steps.contains("2 attempts"), "{steps}");
    }
}

#[test]
fn more_faults_than_are_tolerated_are_refused_with_the_limit() {
    let arguments = ["drp", "run", "--validators", "7", "--group-size", "6", "--faulty", "3"];
    let (code, _, errors) = ioschain(&arguments);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("at most 2 may be faulty"), "{errors}");
}

#[test]
fn an_altered_fact_fails_the_check_that_it_is_of() {
    let path = transcript("facts.json", &["--validators", "5", "--group-size", "4"]);
    let file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let (code, output, errors) =
        altered(&file, "epoch.json", &|it| it["epoch"]["epoch"] = "4".into());
    assert_eq!(code, EXIT_DOES_NOT_HOLD, "{errors}");
    assert!(errors.contains("does not hold: configuration hash"), "{errors}");
    assert!(output.contains("not made"), "{output}");

    let (code, _, errors) = altered(&file, "size.json", &|it| it["epoch"]["group_size"] = 2.into());
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert!(errors.contains("does not hold: groups, an exact partition"), "{errors}");

    // The last 32 bytes are the random number.
    let (code, _, errors) = altered(&file, "output.json", &|it| {
        let mut hex = it["transcript"].as_str().unwrap().to_owned();
        let last = if hex.pop() == Some('0') { '1' } else { '0' };
        hex.push(last);
        it["transcript"] = hex.into();
    });
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert!(errors.contains("does not hold: random number"), "{errors}");
}

#[test]
fn a_third_party_judges_by_the_facts_that_it_knows() {
    let (mine, theirs) = (scratch("facts-mine.json"), scratch("facts-theirs.json"));
    let of_seed = |name, seed, facts: &Path| {
        let sizes = ["--validators", "5", "--group-size", "4", "--seed", seed];
        transcript(name, &[&sizes[..], &["--facts-out", facts.to_str().unwrap()]].concat())
    };
    let path = of_seed("of-seed-1.json", "1", &mine);
    of_seed("of-seed-2.json", "2", &theirs);
    let judge = |facts: &Path| {
        let (path, facts) = (path.to_str().unwrap(), facts.to_str().unwrap());
        ioschain(&["drp", "verify", path, "--facts", facts])
    };
    let (code, output, errors) = judge(&mine);
    assert_eq!(code, EXIT_SUCCESS, "{errors}");
    assert!(output.contains("which were given"), "{output}");
    // What came with the transcript says that all is well, and is not asked.
    let (code, _, errors) = judge(&theirs);
    assert_eq!(code, EXIT_DOES_NOT_HOLD);
    assert!(errors.contains("does not hold: configuration hash"), "{errors}");
    let (code, _, errors) = judge(&path);
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("--facts-out"), "{errors}");
}

#[test]
fn no_changed_or_truncated_transcript_is_taken_for_the_real_one() {
    let path = transcript("changed.json", &["--validators", "4", "--group-size", "3"]);
    let file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let bytes = hex::decode(file["transcript"].as_str().unwrap()).unwrap();
    let judge = |bytes: &[u8]| {
        let hex = hex::encode(bytes);
        altered(&file, "changed-copy.json", &|it| it["transcript"] = hex.clone().into())
    };
    assert_eq!(judge(&bytes).0, EXIT_SUCCESS);
    for place in (0..bytes.len()).step_by(61) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let (code, _, errors) = judge(&changed);
        assert_ne!(code, EXIT_SUCCESS, "byte {place}");
        assert!(errors.contains("does not hold") || errors.contains("does not decode"), "{errors}");
        let (code, _, errors) = judge(&bytes[..place]);
        assert_eq!(code, EXIT_BAD_INPUT, "cut at {place}");
        assert!(errors.contains("it is cut off or was changed"), "{errors}");
    }
}

#[test]
fn what_is_no_transcript_file_is_refused_with_what_to_do() {
    let cases = [
        ("empty.json", "", "is not a transcript file"),
        ("other.json", "{\"format\": \"x\"}", "is not a transcript file"),
        ("array.json", "[1]", "ioschain drp run --transcript-out"),
    ];
    for (name, text, says) in cases {
        let path = scratch(name);
        fs::write(&path, text).unwrap();
        let (code, _, errors) = verified(&path);
        assert_eq!(code, EXIT_BAD_INPUT, "{name}");
        assert!(errors.contains(says), "{name}: {errors}");
    }
    let (code, _, errors) = verified(&scratch("there-is-none.json"));
    assert_eq!(code, EXIT_BAD_INPUT);
    assert!(errors.contains("cannot read"), "{errors}");
}
