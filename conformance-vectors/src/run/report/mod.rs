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

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunReport {
    /// The version of the suite.
    pub suite_version: String,
    /// The hash over the suite's files, as in its manifest.
    pub tree_hash: String,
    /// Who was asked.
    pub implementation: Hello,
    /// The profiles whose cases were run.
    pub profiles: Vec<String>,
    /// The highest level whose cases were run.
    pub level: Level,
    /// The pattern, if only a part was run.
    pub only: Option<String>,
    /// Whether the run stopped at the first case that did not pass.
    pub stopped_early: bool,
    /// How often each outcome came out.
    pub counts: Counts,
    /// Which levels are granted.
    pub levels: Vec<LevelVerdict>,
    /// Each case that was run, in the order of the suite.
    pub cases: Vec<CaseResult>,
}

/// How often each outcome came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// The right answer.
    pub passed: u32,
    /// A wrong answer.
    pub failed: u32,
    /// Not offered, and no skip declares it.
    pub unsupported: u32,
    /// The implementation failed.
    pub error: u32,
    /// No answer in time.
    pub timeout: u32,
    /// Not passed, as a skip declares.
    pub skipped: u32,
    /// Passed, though a skip says that it does not.
    pub unexpected_pass: u32,
}

/// Whether a level is granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LevelVerdict {
    /// The level.
    pub level: Level,
    /// Whether it is granted.
    pub granted: bool,
    /// How many of its cases a declared skip excuses.
    pub declared_skips: u32,
    /// What keeps it from being granted.
    pub obstacle: Option<String>,
}

/// One case that was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseResult {
    /// Its permanent id.
    pub id: String,
    /// `<module>.<handler>`.
    pub handler: String,
    /// The level it belongs to.
    pub level: Level,
    /// What it shows.
    pub doc: String,
    /// What came out.
    pub outcome: Outcome,
}

/// What came out of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The right answer.
    Passed {
        /// Whether each rejection had its exact code.
        exact_code: bool,
    },
    /// A wrong answer.
    Failed(Failure),
    /// Not offered.
    Unsupported {
        /// Where in the case.
        place: String,
        /// Why.
        reason: String,
    },
    /// The implementation failed.
    Error {
        /// Where in the case.
        place: String,
        /// What happened.
        detail: String,
    },
    /// No answer in time.
    Timeout {
        /// Where in the case.
        place: String,
    },
    /// Not passed, as a skip declares.
    Skipped {
        /// Why it does not pass.
        category: SkipCategory,
        /// What is the matter.
        reason: String,
        /// Where it is followed up.
        link: String,
        /// What came out.
        instead: String,
    },
    /// Passed, though a skip says that it does not: the skip is out of date.
    UnexpectedPass {
        /// Why it should not have passed.
        category: SkipCategory,
        /// What was the matter.
        reason: String,
        /// Where it was followed up.
        link: String,
    },
}

/// A wrong answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// In which way it is wrong.
    #[serde(rename = "failure")]
    pub kind: FailureKind,
    /// Where in the case.
    pub place: String,
    /// What was asked. Long strings are cut, here and below.
    pub input: Value,
    /// What should have come back.
    pub expected: Value,
    /// What came back.
    pub got: Value,
    /// Where they differ, one place a line.
    pub difference: Option<String>,
}

/// In which way an answer is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Accepted with another value.
    WrongValue,
    /// Refused with another code.
    WrongCode,
    /// Accepted what must be refused.
    AcceptedButMustReject,
    /// Refused what must be accepted.
    RejectedButMustAccept,
    /// The state has another root.
    WrongRoot,
    /// The state is another.
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
                format!("passes, and a skip says that it does not: {reason}; remove the skip")
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

/// A value on one line, as it stands in a vector file.
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
