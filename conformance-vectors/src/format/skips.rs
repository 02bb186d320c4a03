//! `skips.toml`: the cases that a client knows its implementation to fail.
//!
//! ```toml
//! [[skip]]
//! match = "atomix.unlock_abort.*"
//! category = "not-implemented"
//! reason = "aborts come with the next release"
//! link = "https://example.org/issues/7"
//! expiry = "1.2.0"
//! ```
//!
//! A skipped case is run all the same: one that passes is an error, because the entry is out of
//! date. So is an entry that matches no case. `expiry` is the first version of the *suite* from
//! which on the entry no longer holds; a suite's version needs no clock, and a client looks at its
//! skips whenever it takes up a new suite.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use wildmatch::WildMatch;

use crate::format::suite::VectorSuite;

/// The contents of a `skips.toml`: the cases that a client knows its implementation to fail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Skips {
    /// The entries in the order of the file. For a case, the first entry that matches its id
    /// counts.
    #[serde(default, rename = "skip")]
    pub entries: Vec<Skip>,
}

/// One entry of a `skips.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// The ids of the cases, as a pattern with `*` and `?`.
    #[serde(rename = "match")]
    pub pattern: String,
    /// The kind of reason for which the cases do not pass.
    pub category: SkipCategory,
    /// The reason in words, for people.
    pub reason: String,
    /// A link to where the problem is tracked.
    pub link: String,
    /// The first version of the suite for which the entry is no longer valid, such as `1.2.0`.
    pub expiry: String,
}

/// The kind of reason for which a case does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SkipCategory {
    /// The implementation does not have the feature.
    NotImplemented,
    /// The implementation has a known fault.
    KnownBug,
    /// The client considers the vector to be wrong.
    Disputed,
}

/// What is wrong with a `skips.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SkipError {
    /// Not TOML of the right shape.
    #[error("the skips cannot be understood: {0}")]
    Format(String),
    /// A member that is empty.
    #[error("the skip `{pattern}` has an empty `{member}`")]
    Empty {
        /// The entry.
        pattern: String,
        /// The member.
        member: &'static str,
    },
    /// No version.
    #[error(
        "the skip `{pattern}` has the expiry `{expiry}`; write a version of the suite, such as 1.2.0"
    )]
    Expiry {
        /// The entry.
        pattern: String,
        /// What is written there.
        expiry: String,
    },
    /// Out of date.
    #[error(
        "the skip `{pattern}` expired with version {expiry} of the suite, and this is {version}; look at it again"
    )]
    Expired {
        /// The entry.
        pattern: String,
        /// When it expired.
        expiry: String,
        /// The version at hand.
        version: String,
    },
    /// It is about no case.
    #[error("the skip `{pattern}` matches no case; remove it")]
    MatchesNothing {
        /// The entry.
        pattern: String,
    },
}

impl Skips {
    /// Reads the text of a `skips.toml`.
    ///
    /// # Errors
    /// Anything but TOML of the right shape, an empty member, an expiry that is no version.
    pub fn parse(text: &str) -> Result<Self, SkipError> {
        let skips: Self =
            toml::from_str(text).map_err(|error| SkipError::Format(error.to_string()))?;
        for skip in &skips.entries {
            let pattern = skip.pattern.clone();
            let members =
                [("match", &skip.pattern), ("reason", &skip.reason), ("link", &skip.link)];
            if let Some((member, _)) = members.into_iter().find(|(_, text)| text.trim().is_empty())
            {
                return Err(SkipError::Empty { pattern, member });
            }
            if version(&skip.expiry).is_none() {
                return Err(SkipError::Expiry { pattern, expiry: skip.expiry.clone() });
            }
        }
        Ok(skips)
    }

    /// Checks that every entry is about a case of `suite` and has not expired.
    ///
    /// # Errors
    /// The first entry that is not.
    pub fn check(&self, suite: &VectorSuite) -> Result<(), SkipError> {
        let at_hand = &suite.manifest.suite_version;
        for skip in &self.entries {
            let pattern = skip.pattern.clone();
            if version(&skip.expiry) <= version(at_hand) {
                let (expiry, version) = (skip.expiry.clone(), at_hand.clone());
                return Err(SkipError::Expired { pattern, expiry, version });
            }
            let glob = WildMatch::new(&skip.pattern);
            if !suite.cases().any(|(_, case)| glob.matches(&case.id)) {
                return Err(SkipError::MatchesNothing { pattern });
            }
        }
        Ok(())
    }

    /// The entry about the case `id`, if there is one.
    pub fn find(&self, id: &str) -> Option<&Skip> {
        self.entries.iter().find(|skip| WildMatch::new(&skip.pattern).matches(id))
    }
}

/// `major.minor.patch`, to be compared.
pub(crate) fn version(text: &str) -> Option<[u32; 3]> {
    let parts: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
    parts?.try_into().ok()
}
