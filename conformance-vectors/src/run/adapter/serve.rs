//! The other end of the pipes: an implementation that answers line by line.

use std::io::{self, BufRead, Write};

use serde_json::Value;

use super::lines::{LINE_BYTES_MAX, Line, read_line};
use super::messages::{Operation, PROTOCOL, Response};
use super::{Implementation, Reply};

/// Answers every line from `reader` with one line to `writer`, until `reader` ends.
///
/// A line that is no request is answered with an error, and the next one is read.
///
/// # Errors
/// The pipes themselves fail.
pub fn serve(
    implementation: &mut dyn Implementation,
    mut reader: impl BufRead,
    mut writer: impl Write,
) -> io::Result<()> {
    loop {
        let response = match read_line(&mut reader)? {
            Line::End => return Ok(()),
            Line::TooLong => error(None, format!("the line is longer than {LINE_BYTES_MAX} bytes")),
            Line::Complete(line) => answer(implementation, &line),
        };
        let mut text = serde_json::to_vec(&response)?;
        text.push(b'\n');
        writer.write_all(&text)?;
        writer.flush()?;
    }
}

fn answer(implementation: &mut dyn Implementation, line: &[u8]) -> Response {
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(fault) => return error(None, format!("the line is not JSON: {fault}")),
    };
    let id = value.get("id").and_then(Value::as_u64);
    if id.is_none() {
        return error(None, "the request has no `id`, a number from 0".to_owned());
    }
    match serde_json::from_value::<Operation>(value) {
        Ok(operation) => Response { id, answer: perform(implementation, operation).into() },
        Err(fault) => error(id, format!("the request is not understood: {fault}")),
    }
}

fn perform(implementation: &mut dyn Implementation, operation: Operation) -> Reply {
    match operation {
        Operation::Hello { protocol: PROTOCOL, .. } => {
            match serde_json::to_value(implementation.hello()) {
                Ok(hello) => Reply::Ok(hello),
                Err(fault) => Reply::Error(fault.to_string()),
            }
        }
        Operation::Hello { protocol, .. } => Reply::Error(format!(
            "this adapter speaks version {PROTOCOL} of the messages, and the runner {protocol}"
        )),
        Operation::Run { handler, profile, input } => {
            implementation.run(&handler, &profile, &input)
        }
        Operation::Begin { handler, profile, input } => {
            implementation.begin(&handler, &profile, &input)
        }
        Operation::Step { input } => implementation.step(&input),
        Operation::Query { what } => implementation.query(&what),
        Operation::End => implementation.end(),
    }
}

fn error(id: Option<u64>, detail: String) -> Response {
    Response { id, answer: Reply::Error(detail).into() }
}
