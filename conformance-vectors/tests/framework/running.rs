use ioschain_vectors::run::adapter::{Implementation, Reply};
use ioschain_vectors::run::report::{Failure, FailureKind, Outcome, RunReport};
use ioschain_vectors::run::runner::{Level, RunError, RunOptions, Runner};
use serde_json::json;
use wildmatch::WildMatch;

use crate::toy::Toy;
use crate::toy_suite::{altered, suite};

fn run(implementation: &mut dyn Implementation, options: &RunOptions) -> RunReport {
    Runner::new(&suite(), options).run(implementation).unwrap()
}

fn run_all(implementation: &mut dyn Implementation) -> RunReport {
    run(implementation, &RunOptions::default())
}

/// The failure of one case, which must be there.
fn failure(report: &RunReport, id: &str) -> Failure {
    let case = report.cases.iter().find(|case| case.id == id).expect("the case was run");
    match &case.outcome {
        Outcome::Failed(failure) => failure.clone(),
        other => panic!("{id} should have failed: {other:?}"),
    }
}

fn granted(report: &RunReport) -> Vec<Level> {
    report.levels.iter().filter(|verdict| verdict.granted).map(|verdict| verdict.level).collect()
}

#[test]
fn the_right_implementation_passes_every_case_and_gets_every_level() {
    let report = run_all(&mut Toy::default());
    assert_eq!(report.counts.passed, 14);
    assert_eq!(report.cases.len(), 14);
    assert!(report.holds());
    assert_eq!(granted(&report), [Level::L0, Level::L1, Level::L2]);
}

#[test]
fn a_wrong_value_is_shown_with_the_place_where_it_differs() {
    let mut wrong = altered(|operation, reply| match reply {
        Reply::Ok(value) if operation == "run" && value == json!({"number": 4}) => {
            Reply::Ok(json!({"number": 5}))
        }
        other => other,
    });
    let report = run_all(&mut wrong);
    let failure = failure(&report, "toy.half.basic.even-8");
    assert_eq!(failure.kind, FailureKind::WrongValue);
    assert_eq!(failure.expected, json!({"ok": {"number": 4}}));
    assert_eq!(failure.got, json!({"ok": {"number": 5}}));
    assert_eq!(failure.difference.as_deref(), Some("number: expected 4, got 5"));
    assert_eq!(report.counts.failed, 1);
    assert_eq!(granted(&report), [Level::L0]);
}

#[test]
fn refusing_and_accepting_in_the_wrong_place_are_told_apart() {
    let mut lax = altered(|_, reply| match reply {
        Reply::Rejected(_) => Reply::Ok(json!(null)),
        other => other,
    });
    let report = run_all(&mut lax);
    assert_eq!(
        failure(&report, "toy.half.basic.refused-7").kind,
        FailureKind::AcceptedButMustReject
    );
    let mut strict = altered(|operation, reply| match reply {
        Reply::Ok(_) if operation == "run" => Reply::Rejected("TOY_ODD".to_owned()),
        other => other,
    });
    let report = run_all(&mut strict);
    assert_eq!(failure(&report, "toy.half.basic.even-8").kind, FailureKind::RejectedButMustAccept);
}

#[test]
fn a_codec_must_also_encode_the_value_back() {
    let mut one_way = altered(|_, reply| match reply {
        Reply::Ok(value) if value.get("bytes").is_some() => Reply::Ok(json!({"bytes": "01"})),
        other => other,
    });
    let report = run_all(&mut one_way);
    let failure = failure(&report, "encoding.number.basic.two");
    assert_eq!(
        (failure.kind, failure.place.as_str()),
        (FailureKind::WrongValue, "encoding the value back")
    );
    assert_eq!(failure.input, json!({"value": {"number": 2}}));
    assert!(granted(&report).is_empty());
}

#[test]
fn a_wrong_code_fails_who_promises_exact_codes_and_costs_the_others_level_two() {
    let other_code = |_: &'static str, reply| match reply {
        Reply::Rejected(code) if code == "TOY_LARGE" => Reply::Rejected("E42".to_owned()),
        other => other,
    };
    let report = run_all(&mut altered(other_code));
    assert_eq!(failure(&report, "toy.half.basic.refused-102").kind, FailureKind::WrongCode);
    assert_eq!(granted(&report), [Level::L0]);

    let mut vague = altered(other_code);
    vague.hello.exact_codes = false;
    let report = run_all(&mut vague);
    assert!(report.holds());
    assert_eq!(granted(&report), [Level::L0, Level::L1]);
    let obstacle = report.levels[2].obstacle.as_deref();
    assert_eq!(obstacle, Some("2 rejections have another code"));
}

#[test]
fn scenarios_need_exact_codes_whatever_the_hello_says() {
    let mut vague = altered(|_, reply| match reply {
        Reply::Rejected(code) if code == "TOY_ZERO" => Reply::Rejected("E42".to_owned()),
        other => other,
    });
    vague.hello.exact_codes = false;
    let report = run_all(&mut vague);
    let failure = failure(&report, "toy.counter.basic.zero-is-refused-1");
    assert_eq!((failure.kind, failure.place.as_str()), (FailureKind::WrongCode, "step 1"));
}

#[test]
fn a_wrong_root_is_explained_by_the_state_of_the_reference() {
    let suite = suite();
    let forgetful = || {
        altered(|operation, reply| match (operation, reply) {
            ("root", Reply::Ok(_)) => Reply::Ok(json!("ffffffff")),
            ("state", Reply::Ok(_)) => Reply::Ok(json!({"count": 9, "extra": 1})),
            (_, other) => other,
        })
    };
    let mut reference = Toy::default();
    let options = RunOptions::default();
    let runner = Runner::new(&suite, &options).with_reference(&mut reference);
    let report = runner.run(&mut forgetful()).unwrap();
    let with_reference = failure(&report, "toy.counter.basic.sum");
    assert_eq!(with_reference.kind, FailureKind::WrongRoot);
    assert_eq!(with_reference.place, "root after step 1");
    let wanted = "count: expected 3, got 9\nextra: unexpected, got 1";
    assert_eq!(with_reference.difference.as_deref(), Some(wanted));

    let alone = failure(&run_all(&mut forgetful()), "toy.counter.basic.sum");
    assert!(alone.difference.unwrap().starts_with("the state it holds:\n{\n  \"count\": 9"));
}

#[test]
fn a_wrong_root_over_a_right_state_is_called_that() {
    let suite = suite();
    let mut reference = Toy::default();
    let options = RunOptions::default();
    let runner = Runner::new(&suite, &options).with_reference(&mut reference);
    let mut wrong_hash = altered(|operation, reply| match operation {
        "root" => Reply::Ok(json!("ffffffff")),
        _ => reply,
    });
    let report = runner.run(&mut wrong_hash).unwrap();
    let difference = failure(&report, "toy.counter.basic.sum").difference.unwrap();
    assert_eq!(difference, "the state is right, so the root is computed wrongly");
}

#[test]
fn the_state_after_the_last_step_is_compared_as_a_whole() {
    let mut wrong = altered(|operation, reply| match operation {
        "state" => Reply::Ok(json!({"count": 7, "extra": 1})),
        _ => reply,
    });
    let report = run_all(&mut wrong);
    let failure = failure(&report, "toy.counter.basic.sum");
    assert_eq!(failure.kind, FailureKind::WrongState);
    assert_eq!(failure.difference.as_deref(), Some("extra: unexpected, got 1"));
}

#[test]
fn unsupported_error_and_timeout_stay_apart_from_failures() {
    type Count = fn(&RunReport) -> u32;
    let replies: [(Reply, Count); 3] = [
        (Reply::Unsupported("later".to_owned()), |report| report.counts.unsupported),
        (Reply::Error("broken".to_owned()), |report| report.counts.error),
        (Reply::Timeout, |report| report.counts.timeout),
    ];
    for (instead, count) in replies {
        let mut adapter = altered(|_, reply| match reply {
            Reply::Rejected(code) if code == "TOY_ODD" => instead.clone(),
            other => other,
        });
        let report = run_all(&mut adapter);
        assert_eq!((count(&report), report.counts.failed), (2, 0), "{instead:?}");
        assert!(!report.holds());
        assert_eq!(granted(&report), [Level::L0]);
    }
}

#[test]
fn an_error_in_a_scenario_ends_it_and_the_next_case_begins_afresh() {
    let mut first = true;
    let mut adapter = altered(move |operation, reply| match operation {
        "step" if std::mem::take(&mut first) => Reply::Error("broken".to_owned()),
        _ => reply,
    });
    let report = run_all(&mut adapter);
    assert_eq!((report.counts.error, report.counts.failed), (1, 0));
}

#[test]
fn handlers_and_profiles_that_the_hello_does_not_offer_are_not_asked() {
    let mut asked = 0;
    let mut adapter = altered(|_, reply| {
        asked += 1;
        reply
    });
    adapter.hello.handlers = vec!["encoding.numbe?".to_owned()];
    let report = run_all(&mut adapter);
    assert_eq!((report.counts.passed, report.counts.unsupported), (4, 10));
    assert_eq!(granted(&report), [Level::L0]);
    assert_eq!(asked, 6, "two codec cases ask twice");

    let mut adapter = altered(|_, reply| reply);
    adapter.hello.profiles = vec!["tiny".to_owned()];
    assert_eq!(run_all(&mut adapter).counts.unsupported, 14);
}

#[test]
fn only_runs_what_matches_and_grants_nothing() {
    let options = RunOptions { only: Some(WildMatch::new("*.refused-*")), ..RunOptions::default() };
    let report = run(&mut Toy::default(), &options);
    assert_eq!(report.counts.passed, 3);
    assert!(report.holds());
    assert!(granted(&report).is_empty());
    assert_eq!(report.levels[0].obstacle.as_deref(), Some("only a part of the cases was run"));
}

#[test]
fn a_lower_level_leaves_the_higher_cases_out() {
    let options = RunOptions { level: Level::L0, ..RunOptions::default() };
    let report = run(&mut Toy::default(), &options);
    assert!(report.cases.iter().all(|case| case.id.starts_with("encoding.")));
    assert_eq!(granted(&report), [Level::L0]);
    assert_eq!(report.levels.len(), 1);
}

#[test]
fn five_timeouts_in_a_row_stop_the_run() {
    let mut hanging = altered(|_, _| Reply::Timeout);
    let report = run(&mut hanging, &RunOptions::default());
    assert!(report.stopped_early && !report.holds() && granted(&report).is_empty());
    assert_eq!((report.cases.len(), report.counts.timeout), (5, 5));
}

#[test]
fn fail_fast_stops_at_the_first_bad_case() {
    let options = RunOptions { fail_fast: true, ..RunOptions::default() };
    let mut lax = altered(|_, reply| match reply {
        Reply::Rejected(_) => Reply::Ok(json!(null)),
        other => other,
    });
    let report = run(&mut lax, &options);
    assert!(report.stopped_early && !report.holds() && granted(&report).is_empty());
    assert_eq!(report.counts.failed, 1);
    assert!(!report.cases.last().unwrap().outcome.is_fine());
}

#[test]
fn progress_is_told_after_each_case() {
    let suite = suite();
    let mut seen = Vec::new();
    let mut on_case = |progress: ioschain_vectors::run::runner::CaseProgress<'_>| {
        seen.push((progress.done, progress.total, progress.case.id.clone()));
    };
    let options = RunOptions::default();
    Runner::new(&suite, &options).with_progress(&mut on_case).run(&mut Toy::default()).unwrap();
    assert_eq!(seen.len(), 14);
    assert_eq!(seen[0].0, 1);
    assert!(seen.iter().all(|(_, total, _)| *total == 14));
}

#[test]
fn what_the_suite_does_not_have_is_named() {
    let refuse =
        |options: RunOptions| Runner::new(&suite(), &options).run(&mut Toy::default()).unwrap_err();
    let unknown = refuse(RunOptions { profile: Some("huge".to_owned()), ..RunOptions::default() });
    assert!(matches!(unknown, RunError::UnknownProfile { .. }));
    assert!(unknown.to_string().contains("standard"), "{unknown}");
    let nothing =
        refuse(RunOptions { only: Some(WildMatch::new("nope")), ..RunOptions::default() });
    assert!(nothing.to_string().contains("encoding.number.basic.two"), "{nothing}");
    assert!("L7".parse::<Level>().is_err());
}
