//! What a vector is: a question, and the only right answer.
//!
//! A file holds the cases of one suite for one handler. Bytes are lower-case hex, every `u64` is a
//! decimal string, smaller integers are numbers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// The flag of a case in which a second, later fault is present, so that the order of the checks
/// decides the answer.
pub const FLAG_SECOND_FAULT: &str = "second-fault";

/// The flag of a negative case whose answer is a value that says no, such as `{"valid": false}`,
/// and not a rejection.
pub const FLAG_REFUSED_BY_VALUE: &str = "refused-by-value";

/// One file of vectors: `v1/<profile>/<module>/<handler>/<suite>.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VectorFile {
    /// The name of the suite: what these cases have in common, such as `witnesses`.
    pub suite: String,
    /// The part of the specification that is tested, such as `ledger`.
    pub module: String,
    /// The function that is tested, such as `check_static`. In requests to an adapter its name is
    /// `<module>.<handler>`.
    pub handler: String,
    /// The profile, which gives the limits that apply: `standard` or `tiny`.
    pub profile: String,
    /// How the cases are sent to an implementation.
    pub kind: HandlerKind,
    /// One or two sentences that say what the cases of this file show.
    pub doc: String,
    /// The cases.
    pub cases: Vec<Case>,
    /// Values that occur more than once in this file. In the cases and in later items of this
    /// list, the object `{"shared": n}` means item n of this list, counted from 0.
    // Empty in memory: `format::shared` replaces the references when a file is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<Value>,
}

/// How the cases of a handler are sent to an implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandlerKind {
    /// The input is `{"bytes": hex}`, and the answer is the decoded value. The runner then sends
    /// `{"value": value}`, and the answer must be `{"bytes": hex}`. Malformed bytes are rejected.
    Codec,
    /// A case has one input and one answer.
    Function,
    /// A case has a state at the start, and steps. Each step has an answer.
    Scenario,
    /// A scenario that was generated from a model.
    Trace,
    /// A case has a fixed seed or random number, and the exact results derived from it.
    Draw,
}

impl HandlerKind {
    /// Whether the cases have steps.
    pub fn has_steps(self) -> bool {
        matches!(self, Self::Scenario | Self::Trace)
    }
}

/// One vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The permanent id of the case: `<module>.<handler>.<suite>.<slug>`.
    pub id: String,
    /// One sentence that describes the case: given …, when …, then ….
    pub doc: String,
    /// Whether the case shows what must be accepted or what must be refused.
    pub kind: CaseKind,
    /// The requirements that this case tests.
    pub requirements: Vec<String>,
    /// Further properties of the case, such as `second-fault`.
    pub flags: Vec<String>,
    /// The input. In a scenario it is the whole state at the start.
    pub input: Value,
    /// The expected answer. It is absent in a scenario.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expect>,
    /// The steps of a scenario, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// The whole state after the last step of a scenario.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Value>,
}

/// Whether a case shows what must be accepted or what must be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// The input, or every step, must be accepted.
    Positive,
    /// The input, or at least one step, must be refused.
    Negative,
}

/// One step of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The input of the step.
    pub input: Value,
    /// The expected answer. A rejection leaves the state unchanged.
    pub expect: Expect,
    /// The root of the state after the step, as hex. It is absent if the step does not change the
    /// root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
}

/// The only correct answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expect {
    /// The input is accepted, and this is the value of the answer.
    Ok(Value),
    /// The input is refused, with this code.
    Rejected {
        /// The code of the rejection, as in REJECTIONS.json.
        code: String,
    },
}

impl Expect {
    /// Refused with `code`.
    pub fn rejected(code: impl Into<String>) -> Self {
        Self::Rejected { code: code.into() }
    }

    /// The value, if one is expected.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Ok(value) => Some(value),
            Self::Rejected { .. } => None,
        }
    }

    /// The value, if one is expected, to change.
    pub fn value_mut(&mut self) -> Option<&mut Value> {
        match self {
            Self::Ok(value) => Some(value),
            Self::Rejected { .. } => None,
        }
    }

    /// The code, if a rejection is expected.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Ok(_) => None,
            Self::Rejected { code } => Some(code),
        }
    }
}

/// Why a file is not a well-formed file of vectors.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// A name that would not make a good path or id.
    #[error("`{0}` is not a name: use lower-case letters, digits, `_` and `-`")]
    Name(String),
    /// An id outside its file.
    #[error(
        "case `{id}` must be called `{prefix}<slug>`, with a slug of lower-case letters, digits, `_` and `-`"
    )]
    Id {
        /// The id.
        id: String,
        /// What ids in this file begin with.
        prefix: String,
    },
    /// `expect` and `steps` do not fit the kind of the file.
    #[error("case `{id}`: {problem}")]
    Body {
        /// The id.
        id: String,
        /// What does not fit.
        problem: &'static str,
    },
}

impl VectorFile {
    /// The name by which adapters know the handler: `<module>.<handler>`.
    pub fn handler_name(&self) -> String {
        format!("{}.{}", self.module, self.handler)
    }

    /// Where the file lies in the tree.
    pub fn path(&self) -> String {
        format!("v1/{}/{}/{}/{}.json", self.profile, self.module, self.handler, self.suite)
    }

    /// The id of the case called `slug`.
    pub fn case_id(&self, slug: &str) -> String {
        format!("{}.{}.{}.{slug}", self.module, self.handler, self.suite)
    }

    /// Appends a case with one answer; it is negative if the answer is a rejection. The case is
    /// handed back, so that flags can be added.
    pub fn add(
        &mut self,
        slug: &str,
        doc: &str,
        requirements: &[&str],
        input: Value,
        expect: Expect,
    ) -> &mut Case {
        let negative = expect.code().is_some();
        self.push(Case {
            expect: Some(expect),
            ..self.bare_case(slug, doc, requirements, input, negative)
        })
    }

    /// Appends a scenario: the state at the start, the steps, the state at the end. It is negative
    /// if a step is rejected.
    pub fn add_scenario(
        &mut self,
        slug: &str,
        doc: &str,
        requirements: &[&str],
        input: Value,
        steps: Vec<Step>,
        state: Value,
    ) -> &mut Case {
        let negative = steps.iter().any(|step| step.expect.code().is_some());
        self.push(Case {
            steps,
            state: Some(state),
            ..self.bare_case(slug, doc, requirements, input, negative)
        })
    }

    fn bare_case(
        &self,
        slug: &str,
        doc: &str,
        requirements: &[&str],
        input: Value,
        negative: bool,
    ) -> Case {
        Case {
            id: self.case_id(slug),
            doc: doc.to_owned(),
            kind: if negative { CaseKind::Negative } else { CaseKind::Positive },
            requirements: requirements.iter().map(|id| (*id).to_owned()).collect(),
            flags: Vec::new(),
            input,
            expect: None,
            steps: Vec::new(),
            state: None,
        }
    }

    fn push(&mut self, case: Case) -> &mut Case {
        let place = self.cases.len();
        self.cases.push(case);
        &mut self.cases[place]
    }

    /// Checks names, ids, and that every case has the parts its kind asks for.
    ///
    /// # Errors
    /// The first fault.
    pub fn check_shape(&self) -> Result<(), ShapeError> {
        for name in [&self.profile, &self.module, &self.handler, &self.suite] {
            if !is_name(name) {
                return Err(ShapeError::Name(name.clone()));
            }
        }
        let prefix = self.case_id("");
        for case in &self.cases {
            if !case.id.strip_prefix(&prefix).is_some_and(is_name) {
                return Err(ShapeError::Id { id: case.id.clone(), prefix });
            }
            case.check_body(self.kind)?;
        }
        Ok(())
    }
}

impl Case {
    /// Adds a flag.
    pub fn flag(&mut self, flag: &str) -> &mut Self {
        self.flags.push(flag.to_owned());
        self
    }

    /// Marks a case whose answer is a value that says no.
    pub fn refused_by_value(&mut self) -> &mut Self {
        self.kind = CaseKind::Negative;
        self.flag(FLAG_REFUSED_BY_VALUE)
    }

    /// Every answer that the case expects, in order.
    pub fn expectations(&self) -> impl Iterator<Item = &Expect> {
        self.expect.iter().chain(self.steps.iter().map(|step| &step.expect))
    }

    /// Whether a rejection with `code` is expected anywhere in the case.
    pub fn expects_code(&self, code: &str) -> bool {
        self.expectations().any(|expect| expect.code() == Some(code))
    }

    fn check_body(&self, kind: HandlerKind) -> Result<(), ShapeError> {
        let problem = match (kind.has_steps(), &self.expect, self.steps.is_empty(), &self.state) {
            (true, Some(_), ..) => "a scenario has its answers in its steps and no `expect`",
            (true, None, true, _) => "a scenario needs at least one step",
            (true, None, false, None) => "a scenario needs the whole `state` after its last step",
            (true, None, false, Some(_)) | (false, Some(_), true, None) => return Ok(()),
            (false, None, ..) => "the expected answer is missing",
            (false, Some(_), ..) => "only scenarios and traces have `steps` and a `state`",
        };
        Err(ShapeError::Body { id: self.id.clone(), problem })
    }
}

/// Whether `text` can be a part of an id and of a path.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}
