//! How an implementation plugs in: a trait for one in the same process, and JSON lines over pipes
//! for one in any other language.
//!
//! [`serve`] puts an [`Implementation`] behind the pipes; [`ProcessAdapter`] is an
//! [`Implementation`] that asks another process. The expected answer never passes through here.

mod command_line;
mod lines;
mod messages;
mod process;
mod serve;

use serde_json::Value;

pub use command_line::{CommandLineError, split_command_line};
pub use messages::{Answer, Hello, Operation, PROTOCOL, Request, Response};
pub use process::{AdapterError, ProcessAdapter};
pub use serve::serve;

/// What can be asked of an implementation under test.
///
/// At most one scenario is open at a time: `begin` opens one and drops whatever was open, `end`
/// closes it. `step` and `query` without an open scenario are errors. Whatever an implementation
/// does not offer it answers with [`Reply::Unsupported`]; an input that it cannot make sense of,
/// with [`Reply::Error`].
pub trait Implementation {
    /// Says who this is and what it offers.
    fn hello(&mut self) -> Hello;

    /// Asks one question and gives its answer.
    fn run(&mut self, handler: &str, profile: &str, input: &Value) -> Reply;

    /// Opens a scenario in the state `input`. The value of an `Ok` is not looked at.
    fn begin(&mut self, handler: &str, profile: &str, input: &Value) -> Reply;

    /// Takes the next step of the open scenario. After a rejection the state is what it was before.
    fn step(&mut self, input: &Value) -> Reply;

    /// Gives the `root` (the root of the state, in hex) or the `state` (the whole state) of the
    /// open scenario.
    fn query(&mut self, what: &str) -> Reply;

    /// Closes the open scenario.
    fn end(&mut self) -> Reply;
}

/// What an implementation replies. The five kinds are kept apart: a crash is not a rejection.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// The input is accepted, and this is the answer.
    Ok(Value),
    /// The input is refused with this code.
    Rejected(String),
    /// The implementation does not offer this. The text is the reason.
    Unsupported(String),
    /// The implementation failed. The text says what happened.
    Error(String),
    /// There was no answer in time. Only a [`ProcessAdapter`] replies with this.
    Timeout,
}
