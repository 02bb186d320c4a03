use std::time::Duration;

use ioschain_vectors::run::adapter::{AdapterError, Implementation, ProcessAdapter, Reply};
use ioschain_vectors::run::report::Outcome;
use ioschain_vectors::run::runner::{RunOptions, Runner};
use serde_json::json;

use crate::toy_suite::suite;

/// Long enough that only an adapter that never answers reaches it.
const PATIENT: Duration = Duration::from_secs(60);
/// The limit where an adapter does never answer.
const IMPATIENT: Duration = Duration::from_secs(3);

fn start(mode: &str, time_limit: Duration) -> Result<ProcessAdapter, AdapterError> {
    let command = format!("'{}' {mode}", env!("CARGO_BIN_EXE_misbehaving-adapter"));
    ProcessAdapter::start(&command, "1.0.0", &["standard".to_owned()], time_limit)
}

/// Runs the suite against an adapter that fails at one case, and says what came out of that case.
/// Every other case must pass.
fn outcome_of_the_bad_case(mode: &str, time_limit: Duration) -> Outcome {
    let suite = suite();
    let mut adapter = start(mode, time_limit).unwrap();
    let report = Runner::new(&suite, &RunOptions::default()).run(&mut adapter).unwrap();
    let mut bad = report.cases.into_iter().filter(|case| !case.outcome.is_fine());
    let first = bad.next().expect("one case is bad");
    assert_eq!(first.id, "toy.half.basic.refused-102");
    assert_eq!(bad.next(), None, "one bad case does not sink the rest");
    first.outcome
}

#[test]
fn an_adapter_that_follows_the_protocol_passes_everything() {
    let suite = suite();
    let mut adapter = start("honest", PATIENT).unwrap();
    assert_eq!(adapter.hello().name, "toy");
    let report = Runner::new(&suite, &RunOptions::default()).run(&mut adapter).unwrap();
    assert!(report.holds(), "{}", report.text(3));
    assert!(report.levels.iter().all(|verdict| verdict.granted));
}

#[test]
fn a_crash_is_an_error_and_names_the_exit_status() {
    let Outcome::Error { detail, .. } = outcome_of_the_bad_case("crash", PATIENT) else {
        panic!("a crash is an error");
    };
    assert!(detail.contains("ended without an answer") && detail.contains('7'), "{detail}");
}

#[test]
fn no_answer_in_time_is_a_timeout() {
    let outcome = outcome_of_the_bad_case("hang", IMPATIENT);
    assert_eq!(outcome, Outcome::Timeout { place: "answer".to_owned() });
}

#[test]
fn garbage_and_answers_out_of_turn_are_errors() {
    for (mode, wanted) in [
        ("garbage", "I am not JSON"),
        ("wrong-id", "answered request 999999"),
        ("no-id", "could not read request"),
    ] {
        let Outcome::Error { detail, .. } = outcome_of_the_bad_case(mode, PATIENT) else {
            panic!("{mode} is an error");
        };
        assert!(detail.contains(wanted), "{mode}: {detail}");
    }
}

#[test]
fn a_scenario_goes_on_in_one_process() {
    let mut adapter = start("honest", PATIENT).unwrap();
    assert_eq!(
        adapter.begin("toy.counter", "standard", &json!({"count": 4})),
        Reply::Ok(json!(null))
    );
    assert_eq!(adapter.step(&json!({"add": 0})), Reply::Rejected("TOY_ZERO".to_owned()));
    assert_eq!(adapter.step(&json!({"add": 1})), Reply::Ok(json!({"count": 5})));
    assert_eq!(adapter.query("root"), Reply::Ok(json!("00000005")));
    assert_eq!(adapter.end(), Reply::Ok(json!(null)));
}

#[test]
fn requests_and_answers_larger_than_a_pipe_holds_get_through() {
    let mut adapter = start("honest", PATIENT).unwrap();
    let value = json!({"value": {"number": 1_000_000}});
    let Reply::Ok(answer) = adapter.run("encoding.number", "standard", &value) else {
        panic!("the codec answers");
    };
    let reply = adapter.run("encoding.number", "standard", &answer);
    assert_eq!(reply, Reply::Ok(json!({"number": 1_000_000})));
}

#[test]
fn an_adapter_that_does_not_start_or_greet_is_refused_with_its_name() {
    let missing = ProcessAdapter::start("/no/such/program", "1.0.0", &[], PATIENT).unwrap_err();
    assert!(missing.to_string().contains("`/no/such/program` does not start"), "{missing}");
    let ended = start("never-starts", PATIENT).unwrap_err();
    assert!(ended.to_string().contains("ended without an answer"), "{ended}");
    let mute = start("mute", IMPATIENT).unwrap_err();
    assert!(mute.to_string().contains("no answer in time"), "{mute}");
    let bad_hello = start("bad-hello", PATIENT).unwrap_err();
    assert!(matches!(bad_hello, AdapterError::Hello { .. }), "{bad_hello}");
    let empty = ProcessAdapter::start(" ", "1.0.0", &[], PATIENT).unwrap_err();
    assert!(matches!(empty, AdapterError::CommandLine(_)), "{empty}");
}
