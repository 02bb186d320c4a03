//! Negative cases made from an honest one: each check fails alone, and pairs of checks fail
//! together, so that their order decides.

use serde_json::Value;

use ioschain_spec::Rejection;

use super::support::{CaseError, Intent, SuiteWriter};
use crate::vector::FLAG_SECOND_FAULT;

/// One way to be wrong. `Q` is what a question is made from.
pub(super) struct Fault<Q> {
    pub(super) slug: &'static str,
    /// What is wrong, as half a sentence.
    pub(super) what: &'static str,
    pub(super) requirement: &'static str,
    pub(super) rejection: Rejection,
    /// Commits the fault, and leaves what other checks look at as it is.
    pub(super) commit: fn(&mut Q) -> Result<(), CaseError>,
}

/// What an edit gives: nothing, or the error of an edit that could not be made.
pub(super) trait EditOutcome {
    fn into_result(self) -> Result<(), CaseError>;
}

impl EditOutcome for () {
    fn into_result(self) -> Result<(), CaseError> {
        Ok(())
    }
}

impl EditOutcome for Result<(), CaseError> {
    fn into_result(self) -> Result<(), CaseError> {
        self
    }
}

/// A table of [`Fault`]s, one row each: its slug, what is wrong, the requirement and the rejection,
/// and after the arrow the edit that makes an honest question wrong in that way.
macro_rules! fault_table {
    ($($slug:literal, $what:literal, $requirement:expr, $rejection:expr
        => |$question:pat_param| $edit:expr;)*) => {
        &[$($crate::cases::faults::Fault {
            slug: $slug,
            what: $what,
            requirement: $requirement,
            rejection: $rejection,
            commit: |$question| $crate::cases::faults::EditOutcome::into_result($edit),
        }),*]
    };
}

/// A table of cases, one row each: what describes the case, and after the arrow how it is made.
macro_rules! case_table {
    ($($($description:expr),+ => $make:expr;)*) => {
        &[$(($($description),+, $make)),*]
    };
}

pub(super) use {case_table, fault_table};

/// Which checks fail together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pairs {
    /// Every two.
    All,
    /// Every one with the next: enough to fix the order of checks that run one after the other.
    Neighbours,
}

/// Honest questions, and the checks that can fail, in their order.
pub(super) struct Checks<'a, Q> {
    /// What is asked about, with its article: `a payment`.
    pub(super) subject: &'static str,
    pub(super) honest: &'a Q,
    pub(super) faults: &'a [Fault<Q>],
    /// The input of the case.
    pub(super) ask: fn(&Q) -> Result<Value, CaseError>,
}

impl<Q: Clone> Checks<'_, Q> {
    /// A case for each check that fails alone.
    ///
    /// # Errors
    /// The specification does not refuse for that reason.
    pub(super) fn add_single_faults(&self, suite: &mut SuiteWriter) -> Result<(), CaseError> {
        for fault in self.faults {
            let mut question = self.honest.clone();
            (fault.commit)(&mut question)?;
            let doc = format!(
                "Given {}, when {}, then it is refused for that.",
                self.subject, fault.what
            );
            let intent = Intent::Rejected(fault.rejection);
            suite.add(fault.slug, &[fault.requirement], &doc, (self.ask)(&question)?, intent)?;
        }
        Ok(())
    }

    /// A case for two checks that fail together; `impossible` pairs are left out. The later fault
    /// is committed first.
    ///
    /// # Errors
    /// The specification does not refuse for the reason that comes first.
    pub(super) fn add_pairs(
        &self,
        suite: &mut SuiteWriter,
        pairs: Pairs,
        impossible: &[(&str, &str)],
    ) -> Result<(), CaseError> {
        for (place, first) in self.faults.iter().enumerate() {
            let possible = |second: &&Fault<Q>| !impossible.contains(&(first.slug, second.slug));
            let mut after: Vec<&Fault<Q>> =
                self.faults.iter().skip(place + 1).filter(possible).collect();
            if pairs == Pairs::Neighbours {
                after.truncate(1);
            }
            for second in after {
                let mut question = self.honest.clone();
                (second.commit)(&mut question)?;
                (first.commit)(&mut question)?;
                let doc = format!(
                    "Given {}, when {} and {}, then it is refused for the former.",
                    self.subject, first.what, second.what
                );
                let slug = format!("{}-before-{}", first.slug, second.slug);
                let requirements = [first.requirement, second.requirement];
                let intent = Intent::Rejected(first.rejection);
                suite
                    .add(&slug, &requirements, &doc, (self.ask)(&question)?, intent)?
                    .flag(FLAG_SECOND_FAULT);
            }
        }
        Ok(())
    }
}
