//! What a check of any model shows, in one word.

use std::fmt;

use serde::Serialize;

use crate::graph::Findings;

/// What a check shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every reachable state was seen, every property holds, and every witness was found.
    Holds,
    /// A property fails, or something that must be reachable is not.
    Fails,
    /// No property fails as far as the run went.
    Incomplete,
}

impl Verdict {
    /// What findings show.
    pub fn of<A>(findings: &Findings<A>) -> Self {
        match (findings.failures.is_empty(), findings.is_complete) {
            (false, _) => Self::Fails,
            (true, false) => Self::Incomplete,
            (true, true) if findings.missing_witnesses.is_empty() => Self::Holds,
            (true, true) => Self::Fails,
        }
    }

    /// [`Verdict::Holds`] or [`Verdict::Fails`].
    pub fn holds_if(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }

    /// What several checks show together: a failure counts more than an incomplete run.
    pub fn of_all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().fold(Self::Holds, |all, one| match (all, one) {
            (Self::Fails, _) | (_, Self::Fails) => Self::Fails,
            (Self::Incomplete, _) | (_, Self::Incomplete) => Self::Incomplete,
            (Self::Holds, Self::Holds) => Self::Holds,
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Incomplete => "incomplete",
        })
    }
}
