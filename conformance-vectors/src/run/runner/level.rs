//! Levels of conformance, and when one is granted.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::format::vector::{HandlerKind, VectorFile};
use crate::reference::TINY;
use crate::run::report::{CaseResult, LevelVerdict, Outcome};

/// How much of the suite an implementation passes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Level {
    /// The encodings and the primitives.
    L0,
    /// All handlers with one input and one answer.
    L1,
    /// The scenarios, and the exact codes of rejections.
    L2,
    /// The runs that the models check: every step and every refusal in small configurations, and
    /// the primitives and the randomness protocol over toy groups.
    L3,
}

/// A text that names no level.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no level `{0}`; write L0, L1, L2 or L3")]
pub struct UnknownLevel(pub String);

impl Level {
    const ALL: [Self; 4] = [Self::L0, Self::L1, Self::L2, Self::L3];

    /// The level that the cases of a file belong to.
    pub fn of(file: &VectorFile) -> Self {
        if file.profile == TINY || file.kind == HandlerKind::Trace {
            Self::L3
        } else if file.kind.has_steps() {
            Self::L2
        } else if ["encoding", "primitives"].contains(&file.module.as_str()) {
            Self::L0
        } else {
            Self::L1
        }
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        match text {
            "L0" => Ok(Self::L0),
            "L1" => Ok(Self::L1),
            "L2" => Ok(Self::L2),
            "L3" => Ok(Self::L3),
            other => Err(UnknownLevel(other.to_owned())),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

/// Which levels `results` earn. `left_out` is the lowest level of which a case was not run.
pub(super) fn verdicts(
    results: &[CaseResult],
    highest: Level,
    left_out: Option<Level>,
) -> Vec<LevelVerdict> {
    let judged = Level::ALL.into_iter().filter(|level| *level <= highest);
    judged
        .map(|level| {
            let is_complete = left_out.is_none_or(|left_out| level < left_out);
            let obstacle =
                if is_complete { obstacle(results, level) } else { Some(PART_ONLY.to_owned()) };
            let within = results.iter().filter(|result| result.level <= level);
            let skipped = within.filter(|result| matches!(result.outcome, Outcome::Skipped { .. }));
            LevelVerdict {
                level,
                granted: obstacle.is_none(),
                declared_skips: u32::try_from(skipped.count()).unwrap_or(u32::MAX),
                obstacle,
            }
        })
        .collect()
}

const PART_ONLY: &str = "only a part of the cases was run";

/// What keeps a level from being granted.
fn obstacle(results: &[CaseResult], level: Level) -> Option<String> {
    let within: Vec<&CaseResult> = results.iter().filter(|result| result.level <= level).collect();
    let passed_here = within
        .iter()
        .any(|result| result.level == level && matches!(result.outcome, Outcome::Passed { .. }));
    let count = |matches: fn(&Outcome) -> bool| {
        within.iter().filter(|result| matches(&result.outcome)).count()
    };
    let unexpected = count(|outcome| matches!(outcome, Outcome::UnexpectedPass { .. }));
    if unexpected > 0 {
        return Some(match unexpected {
            1 => "1 skipped case passes; remove its entry".to_owned(),
            _ => format!("{unexpected} skipped cases pass; remove their entries"),
        });
    }
    let undeclared = count(|outcome| matches!(outcome, Outcome::Unsupported { .. }));
    if undeclared > 0 {
        return Some(match undeclared {
            1 => "1 case is not supported, and no skip declares it".to_owned(),
            _ => format!("{undeclared} cases are not supported, and no skip declares them"),
        });
    }
    let open = count(|outcome| !outcome.is_fine());
    if open > 0 {
        return Some(match open {
            1 => "1 case does not pass".to_owned(),
            _ => format!("{open} cases do not pass"),
        });
    }
    if !passed_here {
        return Some(format!("no case of {level} passes"));
    }
    let inexact = count(|outcome| matches!(outcome, Outcome::Passed { exact_code: false }));
    if level >= Level::L2 && inexact > 0 {
        return Some(match inexact {
            1 => "1 rejection has another code".to_owned(),
            _ => format!("{inexact} rejections have another code"),
        });
    }
    None
}
