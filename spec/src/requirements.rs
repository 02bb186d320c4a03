//! The requirements of the specification as a table.
//!
//! A requirement is defined once, in the doc comment of the item that obeys it. The build script
//! reads these comments, so that vectors, reports and proofs can name a requirement with its
//! sentence and no second list has to be kept.

use std::fmt;

/// How binding a requirement is, in the sense of RFC 2119.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every implementation obeys it.
    Must,
    /// An implementation that does not obey it has a reason.
    Should,
    /// An implementation is free to obey it.
    May,
}

/// One requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The permanent id, such as `ATX-LOCK-03`.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// Where the rule comes from: the white paper, another paper, an RFC, or `own`.
    pub origin: &'static str,
    /// The rule as one or more sentences.
    pub sentence: &'static str,
    /// The file that defines it, below `spec/src`.
    pub file: &'static str,
    /// The line of its definition, from 1.
    pub line: usize,
}

/// Every requirement, by its id.
pub const REQUIREMENTS: &[Requirement] = include!(concat!(env!("OUT_DIR"), "/requirements.rs"));

/// The requirement with this id, if the specification has it.
///
/// ```
/// use ioschain_spec::requirements::{Level, requirement};
///
/// let one_vote = requirement("ATX-LOCK-03").expect("the specification has this requirement");
/// assert_eq!(one_vote.level, Level::Must);
/// assert_eq!(one_vote.file, "atomix/rules.rs");
/// ```
pub fn requirement(id: &str) -> Option<&'static Requirement> {
    let place = REQUIREMENTS.binary_search_by(|requirement| requirement.id.cmp(id)).ok()?;
    REQUIREMENTS.get(place)
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        })
    }
}
