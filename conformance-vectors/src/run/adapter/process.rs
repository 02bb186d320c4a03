//! An implementation in another process, asked over pipes.
//!
//! Each request has its own time limit. A process that crashes, answers out of turn or not at all
//! is replaced, so that one bad case does not sink the rest.

use std::io::{BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

use super::lines::{LINE_BYTES_MAX, Line, read_line};
use super::messages::{Answer, Hello, Operation, PROTOCOL, Request, Response};
use super::{CommandLineError, Implementation, Reply, split_command_line};

/// After so many failed starts in a row no further one is tried.
const FAILED_STARTS_MAX: u32 = 3;

/// Why an adapter could not be started.
#[derive(Debug, Error)]
pub enum AdapterError {
    /// The command line cannot be read.
    #[error(transparent)]
    CommandLine(#[from] CommandLineError),
    /// The operating system did not start it.
    #[error("the adapter `{program}` does not start: {reason}")]
    Start {
        /// The program.
        program: String,
        /// What the operating system says.
        reason: String,
    },
    /// It started, and did not say hello.
    #[error("the adapter `{program}` gave no valid answer to the request `hello`: {problem}")]
    Hello {
        /// The program.
        program: String,
        /// What it did instead.
        problem: String,
    },
}

/// An [`Implementation`] that asks another process. What that process writes to its standard error
/// goes to ours.
#[derive(Debug)]
pub struct ProcessAdapter {
    words: Vec<String>,
    suite: String,
    profiles: Vec<String>,
    time_limit: Duration,
    hello: Hello,
    running: Option<Running>,
    failed_starts: u32,
}

/// A live process, and the threads that keep its pipes from blocking ours.
#[derive(Debug)]
struct Running {
    child: Child,
    to_child: Sender<Vec<u8>>,
    from_child: Receiver<Line>,
    next_id: u64,
}

/// Why a live process has to be replaced.
enum Broken {
    Timeout,
    Protocol(String),
}

impl ProcessAdapter {
    /// Starts the program of `command_line` and exchanges hellos. `suite` is the version of the
    /// suite, `profiles` what it has, `time_limit` the limit for each answer.
    ///
    /// # Errors
    /// The command line is not one, or the program does not start or does not answer the hello.
    pub fn start(
        command_line: &str,
        suite: &str,
        profiles: &[String],
        time_limit: Duration,
    ) -> Result<Self, AdapterError> {
        let mut adapter = Self {
            words: split_command_line(command_line)?,
            suite: suite.to_owned(),
            profiles: profiles.to_vec(),
            time_limit,
            hello: Hello {
                name: String::new(),
                version: String::new(),
                handlers: Vec::new(),
                profiles: Vec::new(),
                exact_codes: false,
            },
            running: None,
            failed_starts: 0,
        };
        adapter.hello = adapter.launch()?;
        Ok(adapter)
    }

    /// Starts a fresh process and keeps it if it says hello.
    fn launch(&mut self) -> Result<Hello, AdapterError> {
        let program = self.words.first().cloned().unwrap_or_default();
        let refuse = |problem| AdapterError::Hello { program: program.clone(), problem };
        let mut running = Running::spawn(&self.words)?;
        let hello = Operation::Hello {
            protocol: PROTOCOL,
            suite: self.suite.clone(),
            profiles: self.profiles.clone(),
        };
        let answer = match running.ask(hello, self.time_limit) {
            Ok(answer) => answer,
            Err(Broken::Timeout) => return Err(refuse("no answer in time".to_owned())),
            Err(Broken::Protocol(problem)) => return Err(refuse(problem)),
        };
        let hello = match answer {
            Answer::Ok(value) => {
                serde_json::from_value(value).map_err(|error| refuse(error.to_string()))?
            }
            Answer::Error { detail } => return Err(refuse(detail)),
            other => return Err(refuse(format!("it answers {other:?}"))),
        };
        self.running = Some(running);
        Ok(hello)
    }

    fn ask(&mut self, operation: Operation) -> Reply {
        if self.running.is_none()
            && let Err(problem) = self.restart()
        {
            return Reply::Error(problem);
        }
        let Some(running) = &mut self.running else {
            return Reply::Error("the adapter is not running".to_owned());
        };
        match running.ask(operation, self.time_limit) {
            Ok(answer) => answer.into(),
            Err(Broken::Timeout) => {
                self.running = None;
                Reply::Timeout
            }
            Err(Broken::Protocol(problem)) => {
                self.running = None;
                Reply::Error(problem)
            }
        }
    }

    fn restart(&mut self) -> Result<(), String> {
        if self.failed_starts >= FAILED_STARTS_MAX {
            return Err(format!("the adapter failed to start {FAILED_STARTS_MAX} times in a row"));
        }
        match self.launch() {
            Ok(_) => {
                self.failed_starts = 0;
                Ok(())
            }
            Err(error) => {
                self.failed_starts += 1;
                Err(error.to_string())
            }
        }
    }
}

impl Implementation for ProcessAdapter {
    fn hello(&mut self) -> Hello {
        self.hello.clone()
    }

    fn run(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        self.ask(Operation::Run {
            handler: handler.to_owned(),
            profile: profile.to_owned(),
            input: input.clone(),
        })
    }

    fn begin(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        self.ask(Operation::Begin {
            handler: handler.to_owned(),
            profile: profile.to_owned(),
            input: input.clone(),
        })
    }

    fn step(&mut self, input: &Value) -> Reply {
        self.ask(Operation::Step { input: input.clone() })
    }

    fn query(&mut self, what: &str) -> Reply {
        self.ask(Operation::Query { what: what.to_owned() })
    }

    fn end(&mut self) -> Reply {
        // A fresh process has no scenario to close.
        if self.running.is_none() { Reply::Ok(Value::Null) } else { self.ask(Operation::End) }
    }
}

impl Running {
    fn spawn(words: &[String]) -> Result<Self, AdapterError> {
        let (program, arguments) = words.split_first().ok_or(CommandLineError::Empty)?;
        let refuse = |reason: String| AdapterError::Start { program: program.clone(), reason };
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| refuse(error.to_string()))?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(refuse("its pipes are missing".to_owned()));
        };
        let (to_child, requests) = channel::<Vec<u8>>();
        let (lines, from_child) = channel();
        // Each thread ends when its pipe or its channel does, at the latest when the child is
        // killed.
        thread::spawn(move || {
            for request in requests {
                if stdin.write_all(&request).and_then(|()| stdin.flush()).is_err() {
                    return;
                }
            }
        });
        thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            loop {
                let line = read_line(&mut reader).unwrap_or(Line::End);
                let ended = line == Line::End;
                if lines.send(line).is_err() || ended {
                    return;
                }
            }
        });
        Ok(Self { child, to_child, from_child, next_id: 0 })
    }

    fn ask(&mut self, operation: Operation, time_limit: Duration) -> Result<Answer, Broken> {
        let id = self.next_id;
        self.next_id += 1;
        let mut request = serde_json::to_vec(&Request { id, operation })
            .map_err(|error| Broken::Protocol(error.to_string()))?;
        request.push(b'\n');
        // If the writer is gone, so is the child: the reader says how it ended.
        let _ = self.to_child.send(request);
        let line = match self.from_child.recv_timeout(time_limit) {
            Ok(Line::Complete(line)) => line,
            Ok(Line::TooLong) => {
                let problem = format!("the adapter sent a line longer than {LINE_BYTES_MAX} bytes");
                return Err(Broken::Protocol(problem));
            }
            Ok(Line::End) | Err(RecvTimeoutError::Disconnected) => {
                return Err(Broken::Protocol(self.how_it_ended()));
            }
            Err(RecvTimeoutError::Timeout) => return Err(Broken::Timeout),
        };
        let response = Response::parse(&line).map_err(|problem| {
            let start: String = String::from_utf8_lossy(&line).chars().take(200).collect();
            Broken::Protocol(format!("the adapter sent `{start}`, which is no response: {problem}"))
        })?;
        if response.id != Some(id) {
            return Err(Broken::Protocol(out_of_turn(id, &response)));
        }
        Ok(response.answer)
    }

    /// Its standard output is closed: ended, or about to.
    fn how_it_ended(&mut self) -> String {
        let _ = self.child.kill();
        match self.child.wait() {
            Ok(status) => format!("the adapter ended without an answer ({status})"),
            Err(error) => format!("the adapter ended without an answer ({error})"),
        }
    }
}

/// An answer to another request than the one at hand.
fn out_of_turn(asked: u64, response: &Response) -> String {
    match (response.id, &response.answer) {
        (Some(answered), _) => {
            format!("the adapter answered request {answered} when asked request {asked}")
        }
        (None, Answer::Error { detail }) => {
            format!("the adapter could not read request {asked}: {detail}")
        }
        (None, _) => format!("the adapter answered request {asked} without its id"),
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
