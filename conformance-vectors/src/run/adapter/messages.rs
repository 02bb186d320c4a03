//! The messages between runner and adapter, one JSON object per line.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Reply;

/// The version of these messages.
pub const PROTOCOL: u32 = 1;

/// A message from the runner to the adapter: `{"id": 1, "op": "run", "handler": …, …}`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Request {
    /// The number of the request, counted from 0. The response repeats it.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub operation: Operation,
}

/// What is asked, by the member `op`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Operation {
    /// Always the first request. The value of the answer is described by `adapter-hello.json`.
    Hello {
        /// The version of these messages.
        protocol: u32,
        /// The version of the suite.
        suite: String,
        /// The profiles that the suite has.
        profiles: Vec<String>,
    },
    /// Asks for the answer to one input.
    Run {
        /// The name of the handler: `<module>.<handler>`.
        handler: String,
        /// The profile: `standard` or `tiny`.
        profile: String,
        /// The input of the case.
        input: Value,
    },
    /// Opens a scenario. A scenario that is still open is dropped.
    Begin {
        /// The name of the handler: `<module>.<handler>`.
        handler: String,
        /// The profile: `standard` or `tiny`.
        profile: String,
        /// The whole state at the start.
        input: Value,
    },
    /// The next step of the open scenario.
    Step {
        /// The input of the step.
        input: Value,
    },
    /// Asks the open scenario for its `root` (a hex string) or its whole `state`.
    Query {
        /// What is requested: `root` or `state`.
        what: String,
    },
    /// Closes the open scenario.
    End,
}

/// The name of an implementation, and what it offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The name of the implementation.
    pub name: String,
    /// The version of the implementation.
    pub version: String,
    /// The handlers that it offers, as patterns with `*` and `?`, such as `drp.*`.
    pub handlers: Vec<String>,
    /// The profiles that it offers.
    pub profiles: Vec<String>,
    /// Whether its rejections have the codes of the specification.
    pub exact_codes: bool,
}

/// A message from the adapter to the runner: `{"id": 1, "ok": …}`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Response {
    /// The id of the request; null if the request had none that could be read.
    pub id: Option<u64>,
    /// The answer, under one of four names.
    #[serde(flatten)]
    pub answer: Answer,
}

/// The four answers. No answer in time is the fifth outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// The input is accepted, and this is the value of the answer.
    Ok(Value),
    /// The input is refused.
    Rejected {
        /// The code of the rejection.
        code: String,
    },
    /// The adapter does not offer this handler or this input.
    Unsupported {
        /// The reason in words.
        reason: String,
    },
    /// The implementation failed while it answered.
    Error {
        /// What happened, in words.
        detail: String,
    },
}

impl Response {
    /// Reads a line; says what is wrong with one that is no response.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let value: Value =
            serde_json::from_slice(line).map_err(|error| format!("it is not JSON: {error}"))?;
        let Value::Object(mut members) = value else {
            return Err("it is not a JSON object".to_owned());
        };
        let id = match members.remove("id") {
            Some(Value::Null) => None,
            Some(id) => Some(id.as_u64().ok_or("its `id` is neither a number nor null")?),
            None => return Err("it has no `id`".to_owned()),
        };
        let answer = serde_json::from_value(Value::Object(members)).map_err(|error| {
            format!("beside its `id`, the response has no valid answer: {error}")
        })?;
        Ok(Self { id, answer })
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Ok(value) => Self::Ok(value),
            Answer::Rejected { code } => Self::Rejected(code),
            Answer::Unsupported { reason } => Self::Unsupported(reason),
            Answer::Error { detail } => Self::Error(detail),
        }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Ok(value) => Self::Ok(value),
            Reply::Rejected(code) => Self::Rejected { code },
            Reply::Unsupported(reason) => Self::Unsupported { reason },
            Reply::Error(detail) => Self::Error { detail },
            // Messages have no such answer: who times out does not answer.
            Reply::Timeout => Self::Error { detail: "no answer in time".to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn requests_are_written_as_the_protocol_says() {
        let request = Request {
            id: 7,
            operation: Operation::Run {
                handler: "drp.verify_deal".into(),
                profile: "tiny".into(),
                input: json!({"a": 1}),
            },
        };
        assert_eq!(
            serde_json::to_value(request).unwrap(),
            json!({"id": 7, "op": "run", "handler": "drp.verify_deal", "profile": "tiny", "input": {"a": 1}})
        );
        let end = Request { id: 8, operation: Operation::End };
        assert_eq!(serde_json::to_value(end).unwrap(), json!({"id": 8, "op": "end"}));
    }

    #[test]
    fn the_four_answers_are_read() {
        let answers = [
            (r#"{"id":1,"ok":null}"#, Answer::Ok(Value::Null)),
            (r#"{"id":1,"rejected":{"code":"X"}}"#, Answer::Rejected { code: "X".into() }),
            (
                r#"{"id":1,"unsupported":{"reason":"r"}}"#,
                Answer::Unsupported { reason: "r".into() },
            ),
            (r#"{"id":1,"error":{"detail":"d"}}"#, Answer::Error { detail: "d".into() }),
        ];
        for (line, answer) in answers {
            assert_eq!(Response::parse(line.as_bytes()).unwrap(), Response { id: Some(1), answer });
        }
    }

    #[test]
    fn a_line_that_is_no_response_is_refused() {
        for line in [
            "",
            "hello",
            "[]",
            r#"{"ok":1}"#,
            r#"{"id":"1","ok":1}"#,
            r#"{"id":-1,"ok":1}"#,
            r#"{"id":1}"#,
            r#"{"id":1,"ok":1,"error":{"detail":"d"}}"#,
            r#"{"id":1,"rejected":"X"}"#,
            r#"{"id":1,"maybe":1}"#,
        ] {
            assert!(Response::parse(line.as_bytes()).is_err(), "{line}");
        }
    }
}
