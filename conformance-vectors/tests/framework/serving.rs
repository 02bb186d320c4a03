use ioschain_vectors::run::adapter::serve;
use serde_json::{Value, json};

use crate::toy::Toy;

fn dialogue(lines: &[&str]) -> Vec<Value> {
    let mut written = Vec::new();
    serve(&mut Toy::default(), lines.join("\n").as_bytes(), &mut written).unwrap();
    let text = String::from_utf8(written).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_operation_is_answered_under_its_id() {
    let answers = dialogue(&[
        r#"{"id":0,"op":"hello","protocol":1,"suite":"1.0.0","profiles":["standard"]}"#,
        r#"{"id":1,"op":"run","handler":"toy.half","profile":"standard","input":{"number":8}}"#,
        r#"{"id":2,"op":"run","handler":"toy.half","profile":"standard","input":{"number":7}}"#,
        r#"{"id":3,"op":"run","handler":"toy.unknown","profile":"standard","input":{}}"#,
        r#"{"id":9,"op":"begin","handler":"toy.counter","profile":"standard","input":{"count":1}}"#,
        r#"{"id":5,"op":"step","input":{"add":2}}"#,
        r#"{"id":6,"op":"query","what":"state"}"#,
        r#"{"id":7,"op":"query","what":"root"}"#,
        r#"{"id":8,"op":"end"}"#,
    ]);
    assert_eq!(answers[0]["ok"]["name"], "toy");
    assert_eq!(answers[0]["ok"]["exact_codes"], true);
    assert_eq!(answers[1], json!({"id": 1, "ok": {"number": 4}}));
    assert_eq!(answers[2], json!({"id": 2, "rejected": {"code": "TOY_ODD"}}));
    assert_eq!(
        answers[3],
        json!({"id": 3, "unsupported": {"reason": "there is no handler toy.unknown"}})
    );
    assert_eq!(answers[4], json!({"id": 9, "ok": null}));
    assert_eq!(answers[5], json!({"id": 5, "ok": {"count": 3}}));
    assert_eq!(answers[6], json!({"id": 6, "ok": {"count": 3}}));
    assert_eq!(answers[7], json!({"id": 7, "ok": "00000003"}));
    assert_eq!(answers[8], json!({"id": 8, "ok": null}));
    assert_eq!(answers.len(), 9);
}

#[test]
fn what_is_no_request_gets_an_error_and_the_next_one_an_answer() {
    let requests = [
        ("nonsense", None),
        ("", None),
        (r#"{"op":"end"}"#, None),
        (r#"{"id":-1,"op":"end"}"#, None),
        ("[1]", None),
        ("\u{fffd}\u{0}", None),
        (r#"{"id":4,"op":"fly"}"#, Some(4)),
        (r#"{"id":5,"op":"run"}"#, Some(5)),
        (r#"{"id":6,"op":"hello","protocol":2,"suite":"1.0.0","profiles":[]}"#, Some(6)),
    ];
    let mut lines: Vec<&str> = requests.iter().map(|(line, _)| *line).collect();
    lines.push(
        r#"{"id":7,"op":"run","handler":"toy.half","profile":"standard","input":{"number":2}}"#,
    );
    let answers = dialogue(&lines);
    for (answer, (line, id)) in answers.iter().zip(&requests) {
        assert!(answer["error"]["detail"].is_string(), "{line}: {answer}");
        assert_eq!(answer["id"].as_u64(), *id, "{line}");
    }
    assert_eq!(answers[requests.len()], json!({"id": 7, "ok": {"number": 1}}));
}
