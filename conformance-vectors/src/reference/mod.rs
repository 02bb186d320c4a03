//! The specification as an implementation under test: what every other one is compared with.
//!
//! A handler turns JSON into a question for `ioschain-spec` and its answer back into JSON. It holds
//! no rule. The JSON form of a wire type is that of [`crate::format::wire_json`].

mod atomix;
mod cosi;
mod drp;
mod encoding;
mod groups;
mod json;
mod keys;
mod ledger;
mod primitives;
mod sharding;
mod world;

use std::collections::BTreeMap;

use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Rules, Specification};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::suite::Normative;
use ioschain_spec::variants::DrpRules;

use crate::format::manifest::HandlerDescription;
use crate::format::vector::HandlerKind;
use crate::format::wire_json::SchemaError;
use crate::run::adapter::{Hello, Implementation, Reply};

pub use json::{from_json, to_json};
pub use world::{IDENTITY, PARAMETERS, ROSTERS, World};

/// The parameters of a chain that runs.
pub const STANDARD: &str = "standard";
/// What the models check: the same rules, in configurations that can be exhausted.
pub const TINY: &str = "tiny";
/// All of them.
pub const PROFILES: [&str; 2] = [STANDARD, TINY];

/// Why a question has no answer.
#[derive(Debug)]
pub enum Refusal {
    /// The specification refuses, for this reason.
    Rejected(Rejection),
    /// The input does not have the form that the handler asks for.
    InvalidInput(String),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self::InvalidInput(reason)
    }
}

/// What a handler gives.
pub type Outcome = Result<Value, Refusal>;

/// One question that can be asked.
pub struct Handler {
    /// `<module>.<handler>`.
    pub name: &'static str,
    /// How its cases are put.
    pub kind: HandlerKind,
    /// What it does, in a sentence or two.
    pub doc: &'static str,
    /// The input, then the value of an `ok`: members and their wire types.
    pub shape: Shape,
    /// How it answers.
    pub answer: Answers,
}

/// The rules of §3 and §7 that an answer follows.
pub type NormativeRules = dyn Rules<Normative>;

/// The rules that answers follow.
#[derive(Clone, Copy)]
pub struct RuleBook {
    /// The rules of §3 and §7.
    pub atomix: &'static NormativeRules,
    /// The rules of §4.
    pub randomness: &'static DrpRules<Normative>,
}

/// A scenario, or the reason why it could not be opened.
pub type Opened = Result<Box<dyn OpenScenario>, Refusal>;

/// A scenario that is open: it is asked step by step.
pub trait OpenScenario {
    /// Takes one step and gives its answer. A refusal leaves the state as it is.
    fn step(&mut self, input: &Value) -> Outcome;
    /// Gives the root of the state.
    fn root(&self) -> Digest;
    /// Gives the whole state.
    fn to_json(&self) -> Outcome;
}

/// How a handler answers.
#[derive(Clone, Copy)]
pub enum Answers {
    /// From the input alone: no rule that a variant could replace is asked.
    Plain(fn(&Value) -> Outcome),
    /// With the given implementation of the rules of §3 and §7: the specification or a variant of
    /// it.
    ByRules(fn(&NormativeRules, &Value) -> Outcome),
    /// With the given implementation of the rules of §4: the specification or a variant of it.
    ByDrpRules(fn(RuleBook, &Value) -> Outcome),
    /// Step by step: the input describes the state at the start, and each step has its own answer.
    InSteps(fn(RuleBook, &Value) -> Opened),
}

/// The members of a handler's input and output, each with its type in words of the encoding.
pub struct Shape {
    input: &'static [(&'static str, &'static str)],
    output: &'static [(&'static str, &'static str)],
    /// The alternatives of a step. Only scenarios have them.
    step: &'static [(&'static str, &'static str)],
}

impl Shape {
    const fn new(
        input: &'static [(&'static str, &'static str)],
        output: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self { input, output, step: &[] }
    }
}

/// Every handler, by name.
pub fn handlers() -> Vec<Handler> {
    let mut handlers = Vec::new();
    handlers.extend(encoding::handlers());
    handlers.extend(primitives::HANDLERS);
    handlers.extend(groups::HANDLERS);
    handlers.extend(cosi::HANDLERS);
    handlers.extend(keys::HANDLERS);
    handlers.extend(ledger::HANDLERS);
    handlers.extend(atomix::HANDLERS);
    handlers.extend(sharding::HANDLERS);
    handlers.extend(drp::HANDLERS);
    handlers.sort_by_key(|handler| handler.name);
    handlers
}

/// The wire types that the descriptions name.
///
/// # Errors
/// A type that has no JSON form.
pub fn types() -> Result<BTreeMap<String, Value>, SchemaError> {
    encoding::types()
}

/// The handlers as the manifest and the README list them.
pub fn descriptions() -> Vec<HandlerDescription> {
    let describe = |handler: Handler| HandlerDescription {
        name: handler.name.to_owned(),
        doc: handler.doc.to_owned(),
        input: object(handler.shape.input),
        output: answer(&handler),
        step: object(handler.shape.step),
    };
    handlers().into_iter().map(describe).collect()
}

/// What an `ok` holds: an object of members, but for a codec, whose answer is the value itself.
fn answer(handler: &Handler) -> Value {
    match (handler.kind, handler.shape.output) {
        (HandlerKind::Codec, [(_, wire)]) => Value::from(*wire),
        (_, members) => object(members),
    }
}

/// Members and their types as an object; nothing at all is null.
fn object(members: &[(&str, &str)]) -> Value {
    if members.is_empty() {
        return Value::Null;
    }
    members.iter().map(|(name, wire)| ((*name).to_owned(), Value::from(*wire))).collect()
}

/// The specification behind the adapter's trait; or a variant of it, which is how the self-test
/// gets implementations that are wrong on purpose.
pub struct Reference {
    rules: RuleBook,
    handlers: Vec<Handler>,
    open: Option<Box<dyn OpenScenario>>,
}

impl Reference {
    /// The specification, nothing open.
    pub fn new() -> Self {
        Self::with_rules(&Specification)
    }

    /// What follows these rules in §3 and §7, nothing open.
    pub fn with_rules(atomix: &'static NormativeRules) -> Self {
        let rules = RuleBook { atomix, randomness: &ioschain_spec::drp::Specification };
        Self { rules, handlers: handlers(), open: None }
    }

    /// What follows these rules in §4, nothing open.
    pub fn with_drp_rules(randomness: &'static DrpRules<Normative>) -> Self {
        let rules = RuleBook { atomix: &Specification, randomness };
        Self { rules, handlers: handlers(), open: None }
    }

    fn find(&self, name: &str, profile: &str) -> Result<&Handler, Reply> {
        if !PROFILES.contains(&profile) {
            return Err(Reply::Unsupported(format!("the profiles are {}", PROFILES.join(", "))));
        }
        let found = self.handlers.iter().find(|handler| handler.name == name);
        found.ok_or_else(|| Reply::Unsupported(format!("there is no handler `{name}`")))
    }

    fn with_open(&mut self, ask: impl FnOnce(&mut dyn OpenScenario) -> Outcome) -> Reply {
        match &mut self.open {
            None => Reply::Error("no scenario is open; send `begin` first".to_owned()),
            Some(scenario) => reply(ask(&mut **scenario)),
        }
    }
}

impl Default for Reference {
    fn default() -> Self {
        Self::new()
    }
}

fn reply(outcome: Outcome) -> Reply {
    match outcome {
        Ok(value) => Reply::Ok(value),
        Err(Refusal::Rejected(rejection)) => Reply::Rejected(rejection.code().to_owned()),
        Err(Refusal::InvalidInput(reason)) => Reply::Error(reason),
    }
}

impl Implementation for Reference {
    fn hello(&mut self) -> Hello {
        Hello {
            name: "ioschain-spec".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            handlers: self.handlers.iter().map(|handler| handler.name.to_owned()).collect(),
            profiles: PROFILES.map(str::to_owned).to_vec(),
            exact_codes: true,
        }
    }

    fn run(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        match self.find(handler, profile) {
            Err(reply) => reply,
            Ok(handler) => match handler.answer {
                Answers::Plain(answer) => reply(answer(input)),
                Answers::ByRules(answer) => reply(answer(self.rules.atomix, input)),
                Answers::ByDrpRules(answer) => reply(answer(self.rules, input)),
                Answers::InSteps(_) => {
                    Reply::Error(format!("`{}` is a scenario; send `begin`", handler.name))
                }
            },
        }
    }

    fn begin(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        self.open = None;
        let begin = match self.find(handler, profile).map(|handler| handler.answer) {
            Ok(Answers::InSteps(begin)) => begin,
            Ok(_) => return Reply::Error(format!("`{handler}` is no scenario; send `run`")),
            Err(reply) => return reply,
        };
        match begin(self.rules, input) {
            Ok(scenario) => {
                self.open = Some(scenario);
                Reply::Ok(Value::Null)
            }
            Err(refusal) => reply(Err(refusal)),
        }
    }

    fn step(&mut self, input: &Value) -> Reply {
        self.with_open(|scenario| scenario.step(input))
    }

    fn query(&mut self, what: &str) -> Reply {
        self.with_open(|scenario| match what {
            "root" => Ok(Value::String(hex::encode(scenario.root().0))),
            "state" => scenario.to_json(),
            _ => Err(format!("there is no `{what}` to query; ask for `root` or `state`").into()),
        })
    }

    fn end(&mut self) -> Reply {
        self.open = None;
        Reply::Ok(Value::Null)
    }
}
