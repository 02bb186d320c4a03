//! How a case comes about: the author says what is asked and what the answer is meant to be, the
//! specification answers, and the two must agree.

use serde_json::{Value, json};
use thiserror::Error;

use ioschain_spec::Rejection;

use crate::format::repeat;
use crate::format::vector::{Case, Expect, HandlerKind, Step, VectorFile};
use crate::reference::{Reference, STANDARD, TINY, handlers};
use crate::run::adapter::{Implementation, Reply};

/// What the author of a case means the answer to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Accepted, with whatever value the specification gives.
    Ok,
    /// Accepted, with this value: a known answer from a public source, or one that the author
    /// computed.
    Exactly(Value),
    /// Accepted, with an object that has these members among others.
    OkWith(Value),
    /// `{"valid": …}`; false makes the case negative.
    Valid(bool),
    /// Refused, for this reason.
    Rejected(Rejection),
}

/// A case that is not what its author means.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("case `{id}`: {problem}")]
pub struct CaseError {
    /// The case, or the suite.
    pub id: String,
    /// What the specification answers, or what could not be made.
    pub problem: String,
}

/// Writes one file of vectors, case by case.
pub struct SuiteWriter {
    file: VectorFile,
    reference: Reference,
}

impl SuiteWriter {
    /// An empty suite for `handler`, which is `<module>.<handler>`. `doc` says what its cases show.
    ///
    /// # Errors
    /// The reference has no such handler.
    pub fn new(handler: &str, suite: &str, doc: &str) -> Result<Self, CaseError> {
        Self::in_profile(STANDARD, handler, suite, doc)
    }

    /// Likewise in the profile of the models.
    ///
    /// # Errors
    /// The reference has no such handler.
    pub fn tiny(handler: &str, suite: &str, doc: &str) -> Result<Self, CaseError> {
        Self::in_profile(TINY, handler, suite, doc)
    }

    fn in_profile(profile: &str, handler: &str, suite: &str, doc: &str) -> Result<Self, CaseError> {
        let error = || CaseError {
            id: format!("{handler}.{suite}"),
            problem: "the reference has no such handler".to_owned(),
        };
        let (module, name) = handler.split_once('.').ok_or_else(error)?;
        let known = handlers().into_iter().find(|known| known.name == handler);
        let file = VectorFile {
            suite: suite.to_owned(),
            module: module.to_owned(),
            handler: name.to_owned(),
            profile: profile.to_owned(),
            kind: known.ok_or_else(error)?.kind,
            doc: doc.to_owned(),
            cases: Vec::new(),
            shared: Vec::new(),
        };
        Ok(Self { file, reference: Reference::new() })
    }

    /// The suite with its cases.
    pub fn finish(self) -> VectorFile {
        self.file
    }

    /// Adds a case with one answer. It is negative if the answer is a rejection or `valid: false`.
    ///
    /// # Errors
    /// The specification does not answer as meant; or, in a codec, does not encode the value back.
    pub fn add(
        &mut self,
        slug: &str,
        requirements: &[&str],
        doc: &str,
        input: Value,
        intent: Intent,
    ) -> Result<&mut Case, CaseError> {
        let answer = self.run(slug, &input)?;
        let expect = agree(answer, &intent).map_err(|problem| self.error(slug, problem))?;
        if let (HandlerKind::Codec, Expect::Ok(value)) = (self.file.kind, &expect) {
            self.check_encodes_back(slug, value, &input)?;
        }
        let case = self.file.add(slug, doc, requirements, input, expect);
        if intent == Intent::Valid(false) {
            case.refused_by_value();
        }
        Ok(case)
    }

    /// Adds a scenario: the state at the start, then steps with their intents. The root after each
    /// step that changes it and the state at the end are the specification's.
    ///
    /// # Errors
    /// The specification does not take the state, or does not answer a step as meant.
    pub fn add_scenario(
        &mut self,
        slug: &str,
        requirements: &[&str],
        doc: &str,
        input: Value,
        steps: Vec<(Value, Intent)>,
    ) -> Result<&mut Case, CaseError> {
        let opened = self.reference.begin(&self.file.handler_name(), &self.file.profile, &input);
        self.accepted(slug, opened)?;
        let mut answered = Vec::new();
        let mut last_root = self.query(slug, "root")?;
        for (number, (input, intent)) in (1..).zip(steps) {
            let reply = self.reference.step(&input);
            let expect = agree(reply, &intent)
                .map_err(|problem| self.error(slug, format!("step {number}: {problem}")))?;
            let root = self.query(slug, "root")?;
            let new_root = (root != last_root).then(|| root.as_str().map(str::to_owned)).flatten();
            answered.push(Step { input, expect, root: new_root });
            last_root = root;
        }
        let state = self.query(slug, "state")?;
        Ok(self.file.add_scenario(slug, doc, requirements, input, answered, state))
    }

    fn run(&mut self, slug: &str, input: &Value) -> Result<Reply, CaseError> {
        let written_out =
            repeat::expand(input).map_err(|error| self.error(slug, error.to_string()))?;
        Ok(self.reference.run(&self.file.handler_name(), &self.file.profile, &written_out))
    }

    fn check_encodes_back(
        &mut self,
        slug: &str,
        value: &Value,
        input: &Value,
    ) -> Result<(), CaseError> {
        let reply = self.run(slug, &json!({ "value": value }))?;
        let bytes = repeat::expand(input).map_err(|error| self.error(slug, error.to_string()))?;
        if reply == Reply::Ok(bytes) {
            return Ok(());
        }
        Err(self.error(slug, format!("the value encodes to something else: {reply:?}")))
    }

    fn query(&mut self, slug: &str, what: &str) -> Result<Value, CaseError> {
        let reply = self.reference.query(what);
        self.accepted(slug, reply)
    }

    fn accepted(&self, slug: &str, reply: Reply) -> Result<Value, CaseError> {
        match reply {
            Reply::Ok(value) => Ok(value),
            other => Err(self.error(slug, format!("the specification answers {other:?}"))),
        }
    }

    /// An error about the case called `slug`.
    pub fn error(&self, slug: &str, problem: String) -> CaseError {
        CaseError { id: self.file.case_id(slug), problem }
    }
}

/// The answer as it is expected of others, if it is the one meant.
fn agree(reply: Reply, intent: &Intent) -> Result<Expect, String> {
    let meant = match intent {
        Intent::Ok | Intent::OkWith(_) => None,
        Intent::Exactly(value) => Some(Expect::Ok(value.clone())),
        Intent::Valid(valid) => Some(Expect::Ok(json!({ "valid": valid }))),
        Intent::Rejected(rejection) => Some(Expect::rejected(rejection.code())),
    };
    let expect = match &reply {
        Reply::Ok(value) => Expect::Ok(value.clone()),
        Reply::Rejected(code) => Expect::rejected(code.clone()),
        other => return Err(format!("the specification answers {other:?}")),
    };
    let agrees = match (&meant, intent, &expect) {
        (Some(meant), ..) => *meant == expect,
        (None, Intent::OkWith(members), Expect::Ok(value)) => has_members(value, members),
        (None, ..) => expect.code().is_none(),
    };
    if agrees {
        return Ok(expect);
    }
    Err(format!("{intent:?} is meant, and the specification answers {reply:?}"))
}

/// Whether `value` has all of `members`.
fn has_members(value: &Value, members: &Value) -> bool {
    let members = members.as_object();
    members
        .is_some_and(|members| members.iter().all(|(name, member)| value.get(name) == Some(member)))
}
