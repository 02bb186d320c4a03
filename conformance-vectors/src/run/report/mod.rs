//! What came out of a run, for programs and for people.
//!
//! A report holds no time and no machine, so the same run gives the same report.

mod html;
mod junit;
mod text;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::format::canonical_json;
use crate::format::skips::SkipCategory;
use crate::run::adapter::Hello;
use crate::run::runner::Level;

/// The report of a whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunReport {
    /// The version of the suite.
    pub suite_version: String,
    /// The hash over the suite's files, as in its manifest.
    pub tree_hash: String,
    /// The implementation that was tested.
    pub implementation: Hello,
    /// The profiles whose cases were run.
    pub profiles: Vec<String>,
    /// The highest level whose cases were run.
    pub level: Level,
    /// The pattern of case ids, if only a part of the suite was run; otherwise null.
    pub only: Option<String>,
    /// Whether the run stopped at the first case that did not pass.
    pub stopped_early: bool,
    /// How many cases had each outcome.
    pub counts: Counts,
    /// Which levels are granted.
    pub levels: Vec<LevelVerdict>,
    /// Each case that was run, in the order of the suite.
    pub cases: Vec<CaseResult>,
}

/// How many cases had each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// The implementation gave the correct answer.
    pub passed: u32,
    /// The implementation gave a wrong answer.
    pub failed: u32,
    /// The implementation does not offer the handler, and no skip declares it.
    pub unsupported: u32,
    /// The implementation failed.
    pub error: u32,
    /// The implementation did not answer in time.
    pub timeout: u32,
    /// The case did not pass, as a skip declares.
    pub skipped: u32,
    /// The case passed, although a skip declares that it does not.
    pub unexpected_pass: u32,
}

/// Whether a level is granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LevelVerdict {
    /// The level.
    pub level: Level,
    /// Whether it is granted.
    pub granted: bool,
    /// How many cases of the level a declared skip excuses.
    pub declared_skips: u32,
    /// The reason why the level is not granted, or null.
    pub obstacle: Option<String>,
}

/// One case that was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseResult {
    /// The permanent id of the case.
    pub id: String,
    /// The name of the handler: `<module>.<handler>`.
    pub handler: String,
    /// The level to which the case belongs.
    pub level: Level,
    /// The sentence that describes the case.
    pub doc: String,
    /// The outcome of the case.
    pub outcome: Outcome,
}

/// The outcome of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The implementation gave the correct answer.
    Passed {
        /// Whether each rejection had its exact code.
        exact_code: bool,
    },
    /// The implementation gave a wrong answer.
    Failed(Failure),
    /// The implementation does not offer the handler.
    Unsupported {
        /// The part of the case, such as the number of the step.
        place: String,
        /// The reason in words.
        reason: String,
    },
    /// The implementation failed.
    Error {
        /// The part of the case, such as the number of the step.
        place: String,
        /// What happened, in words.
        detail: String,
    },
    /// The implementation did not answer in time.
    Timeout {
        /// The part of the case, such as the number of the step.
        place: String,
    },
    /// The case did not pass, as a skip declares.
    Skipped {
        /// The kind of reason for which it does not pass.
        category: SkipCategory,
        /// The reason in words, from the skip.
        reason: String,
        /// A link to where the problem is tracked.
        link: String,
        /// The outcome that the case had without the skip.
        instead: String,
    },
    /// The case passed, although a skip declares that it does not. The skip is out of date.
    UnexpectedPass {
        /// The kind of reason for which the skip declares that it does not pass.
        category: SkipCategory,
        /// The reason in words, from the skip.
        reason: String,
        /// A link to where the problem was tracked.
        link: String,
    },
}

/// A wrong answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// In which way it is wrong.
    #[serde(rename = "failure")]
    pub kind: FailureKind,
    /// The part of the case, such as the number of the step.
    pub place: String,
    /// The input. Long strings are shortened, here and in the next members.
    pub input: Value,
    /// The expected answer.
    pub expected: Value,
    /// The answer of the implementation.
    pub got: Value,
    /// Where the two answers differ, one difference on each line.
    pub difference: Option<String>,
}

/// In which way an answer is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The answer has another value.
    WrongValue,
    /// The input is refused with another code.
    WrongCode,
    /// The input is accepted, but must be refused.
    AcceptedButMustReject,
    /// The input is refused, but must be accepted.
    RejectedButMustAccept,
    /// The state has another root.
    WrongRoot,
    /// The state differs from the expected one.
    WrongState,
}

impl RunReport {
    /// `profile standard`, or several.
    pub(crate) fn profiles_in_words(&self) -> String {
        let noun = if self.profiles.len() == 1 { "profile" } else { "profiles" };
        format!("{noun} {}", self.profiles.join(" and "))
    }

    /// Whether every case passed, or is skipped by a declared entry, and none was left out.
    pub fn holds(&self) -> bool {
        let counts = &self.counts;
        let bad = [
            counts.failed,
            counts.unsupported,
            counts.error,
            counts.timeout,
            counts.unexpected_pass,
        ];
        bad.iter().all(|count| *count == 0) && counts.passed > 0 && !self.stopped_early
    }

    /// The report as canonical JSON, one case a line.
    pub fn json(&self) -> String {
        // What an adapter answers can hold floats, which have no canonical form.
        let value = serde_json::to_value(self).unwrap_or_default();
        canonical_json::document(&value).unwrap_or_else(|_| canonical_json::pretty(&value))
    }

    /// The report as JUnit XML, for continuous integration.
    pub fn junit(&self) -> String {
        junit::junit(self)
    }

    /// The report as one page that needs nothing else.
    pub fn html(&self) -> String {
        html::html(self)
    }

    /// A summary for a terminal, with the first `failures_max` cases that do not pass spelled out.
    pub fn text(&self, failures_max: usize) -> String {
        text::text(self, failures_max)
    }
}

impl Counts {
    /// Counts the outcomes of `cases`.
    pub fn of(cases: &[CaseResult]) -> Self {
        let mut counts = Self::default();
        for case in cases {
            *match case.outcome {
                Outcome::Passed { .. } => &mut counts.passed,
                Outcome::Failed(_) => &mut counts.failed,
                Outcome::Unsupported { .. } => &mut counts.unsupported,
                Outcome::Error { .. } => &mut counts.error,
                Outcome::Timeout { .. } => &mut counts.timeout,
                Outcome::Skipped { .. } => &mut counts.skipped,
                Outcome::UnexpectedPass { .. } => &mut counts.unexpected_pass,
            } += 1;
        }
        counts
    }

    /// Each outcome by name, with how often it came out.
    pub fn named(&self) -> [(&'static str, u32); 7] {
        [
            ("passed", self.passed),
            ("failed", self.failed),
            ("unsupported", self.unsupported),
            ("error", self.error),
            ("timeout", self.timeout),
            ("skipped", self.skipped),
            ("unexpected pass", self.unexpected_pass),
        ]
    }
}

impl Outcome {
    /// Its name, as in [`Counts::named`].
    pub fn name(&self) -> &'static str {
        match self {
            Self::Passed { .. } => "passed",
            Self::Failed(_) => "failed",
            Self::Unsupported { .. } => "unsupported",
            Self::Error { .. } => "error",
            Self::Timeout { .. } => "timeout",
            Self::Skipped { .. } => "skipped",
            Self::UnexpectedPass { .. } => "unexpected pass",
        }
    }

    /// Whether the run holds in spite of it.
    pub fn is_fine(&self) -> bool {
        matches!(self, Self::Passed { .. } | Self::Skipped { .. })
    }

    /// What came out, in one line.
    pub fn summary(&self) -> String {
        match self {
            Self::Passed { exact_code: true } => "passed".to_owned(),
            Self::Passed { exact_code: false } => "passed, with another code".to_owned(),
            Self::Failed(failure) => format!("{}: {}", failure.place, failure.kind.sentence()),
            Self::Unsupported { place, reason } => format!("{place}: not supported, {reason}"),
            Self::Error { place, detail } => format!("{place}: error, {detail}"),
            Self::Timeout { place } => format!("{place}: no answer in time"),
            Self::Skipped { reason, link, instead, .. } => {
                format!("skipped: {reason} ({link}); {instead}")
            }
            Self::UnexpectedPass { reason, .. } => {
                format!("passes although a skip declares that it fails ({reason}); remove the skip")
            }
        }
    }
}

impl FailureKind {
    /// In words.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::WrongValue => "wrong value",
            Self::WrongCode => "refused with another code",
            Self::AcceptedButMustReject => "accepted what must be refused",
            Self::RejectedButMustAccept => "refused what must be accepted",
            Self::WrongRoot => "wrong root",
            Self::WrongState => "wrong state",
        }
    }
}

/// A value on one line, as it is written in a vector file.
fn one_line(value: &Value) -> String {
    canonical_json::line(value).unwrap_or_else(|_| value.to_string())
}

/// The first characters of a text that may be long, and how many it has.
pub(crate) fn cut(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text.to_owned(),
    }
}
