//! A small protocol that has nothing to do with IOSChain: a codec, a function, a scenario.

use ioschain_vectors::run::adapter::{Hello, Implementation, Reply};
use serde_json::{Value, json};

/// Answers the handlers `encoding.number`, `toy.half` and `toy.counter`.
#[derive(Default)]
pub(crate) struct Toy {
    count: Option<u64>,
}

fn rejected(code: &str) -> Reply {
    Reply::Rejected(code.to_owned())
}

/// `{"bytes": hex}` to `{"number": n}`, and `{"value": {"number": n}}` back to `{"bytes": hex}`:
/// any number of bytes, each of which counts one, and none of which is anything but 0.
fn number(input: &Value) -> Reply {
    if let Some(value) = input.get("value") {
        let Some(number) = value["number"].as_u64() else {
            return Reply::Error("the value has no number".to_owned());
        };
        return Reply::Ok(json!({ "bytes": "00".repeat(number as usize) }));
    }
    let Some(bytes) = input["bytes"].as_str() else {
        return Reply::Error("the input has no bytes".to_owned());
    };
    if bytes.chars().any(|digit| digit != '0') || !bytes.len().is_multiple_of(2) {
        return rejected("ENC_MALFORMED");
    }
    Reply::Ok(json!({ "number": bytes.len() / 2 }))
}

/// Halves an even number of at most 100. Oddness is checked first.
fn half(input: &Value) -> Reply {
    match input["number"].as_u64() {
        None => Reply::Error("the input has no number".to_owned()),
        Some(number) if number % 2 == 1 => rejected("TOY_ODD"),
        Some(number) if number > 100 => rejected("TOY_LARGE"),
        Some(number) => Reply::Ok(json!({ "number": number / 2 })),
    }
}

impl Implementation for Toy {
    fn hello(&mut self) -> Hello {
        Hello {
            name: "toy".to_owned(),
            version: "1".to_owned(),
            handlers: vec!["encoding.*".to_owned(), "toy.*".to_owned()],
            profiles: vec!["standard".to_owned()],
            exact_codes: true,
        }
    }

    fn run(&mut self, handler: &str, _profile: &str, input: &Value) -> Reply {
        match handler {
            "encoding.number" => number(input),
            "toy.half" => half(input),
            other => Reply::Unsupported(format!("there is no handler {other}")),
        }
    }

    fn begin(&mut self, handler: &str, _profile: &str, input: &Value) -> Reply {
        if handler != "toy.counter" {
            return Reply::Unsupported(format!("there is no handler {handler}"));
        }
        self.count = input["count"].as_u64();
        Reply::Ok(Value::Null)
    }

    fn step(&mut self, input: &Value) -> Reply {
        match (&mut self.count, input["add"].as_u64()) {
            (Some(_), Some(0)) => rejected("TOY_ZERO"),
            (Some(count), Some(add)) => {
                *count += add;
                Reply::Ok(json!({ "count": count }))
            }
            _ => Reply::Error("no scenario is open, or nothing is added".to_owned()),
        }
    }

    fn query(&mut self, what: &str) -> Reply {
        match (self.count, what) {
            (Some(count), "root") => Reply::Ok(json!(format!("{count:08x}"))),
            (Some(count), "state") => Reply::Ok(json!({ "count": count })),
            _ => Reply::Unsupported(format!("there is no {what}")),
        }
    }

    fn end(&mut self) -> Reply {
        self.count = None;
        Reply::Ok(Value::Null)
    }
}
