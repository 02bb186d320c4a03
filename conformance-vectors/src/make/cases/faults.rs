//! Cases made from an honest one by an edit, written as tables.
//!
//! A [`Fault`] makes one check fail. It must leave every earlier check passing, and must not undo
//! the faults of later checks. [`Checks`] makes a case of each fault alone, so that no
//! implementation can leave that check out, and cases of two faults together, so that an
//! implementation with another order of checks gives another answer. An [`Edit`] is any other
//! change of an honest question, with the answer that is meant.

use serde_json::Value;

use ioschain_spec::Rejection;

use super::support::{CaseError, Intent, SuiteWriter};
use crate::format::vector::FLAG_SECOND_FAULT;

/// What an edit gives: nothing, or an error when the setting cannot be built.
pub(super) trait EditOutcome {
    fn finish(self) -> Result<(), CaseError>;
}

impl EditOutcome for () {
    fn finish(self) -> Result<(), CaseError> {
        Ok(())
    }
}

impl<E: Into<CaseError>> EditOutcome for Result<(), E> {
    fn finish(self) -> Result<(), CaseError> {
        self.map_err(Into::into)
    }
}

/// A table of [`Fault`]s of questions of one type, in the order of the checks. A row is the slug,
/// the code, the requirement, half a sentence, and the edit:
///
/// ```text
/// faults! { Attempt:
///     "expired" => LedEpochExpired, "LED-LOCAL-01", "it has expired",
///         |attempt| attempt.transaction.expiry_epoch = 0;
/// }
/// ```
macro_rules! faults {
    ($question:ty: $($slug:literal => $rejection:ident, $requirement:expr, $what:expr,
        |$edited:pat_param| $edit:expr;)*) => {
        [$($crate::make::cases::faults::Fault {
            slug: $slug,
            what: $what,
            requirement: $requirement,
            rejection: ::ioschain_spec::Rejection::$rejection,
            commit: |$edited: &mut $question| {
                $crate::make::cases::faults::EditOutcome::finish($edit)
            },
        }),*]
    };
}
pub(super) use faults;

/// A table of [`Edit`]s of questions of one type. A row is the slug, the code or `accepted`, the
/// requirements, half a sentence, and the edit; `second_fault` at the end says that a later check
/// would fail, too.
///
/// ```text
/// edits! { Attempt:
///     "too-far" => LedEpochTooFar, &["LED-LOCAL-02"], "an expiry two epochs ahead",
///         |attempt| attempt.transaction.expiry_epoch = 3;
/// }
/// ```
macro_rules! edits {
    ($question:ty: $($slug:literal => $answer:ident, $requirements:expr, $what:expr,
        |$edited:pat_param| $edit:expr $(, $second_fault:ident)?;)*) => {
        [$($crate::make::cases::faults::Edit {
            slug: $slug,
            what: $what,
            requirements: $requirements,
            rejection: $crate::make::cases::faults::edits!(@answer $answer),
            second_fault: $crate::make::cases::faults::edits!(@flag $($second_fault)?),
            change: |$edited: &mut $question| {
                $crate::make::cases::faults::EditOutcome::finish($edit)
            },
        }),*]
    };
    (@answer accepted) => { None };
    (@answer $rejection:ident) => { Some(::ioschain_spec::Rejection::$rejection) };
    (@flag second_fault) => { true };
    (@flag) => { false };
}
pub(super) use edits;

/// A table of cases that no [`Edit`] describes. A row is what describes the case, and after the
/// arrow how it is made; it becomes a tuple of these.
macro_rules! case_table {
    ($($($description:expr),+ => $make:expr;)*) => {
        &[$(($($description),+, $make)),*]
    };
}
pub(super) use case_table;

/// An edit of an honest question, and the answer that its author means.
pub(super) struct Edit<Q: 'static> {
    pub(super) slug: &'static str,
    /// What is edited, as half a sentence.
    pub(super) what: &'static str,
    pub(super) requirements: &'static [&'static str],
    /// Why the edited question is refused, if it is.
    pub(super) rejection: Option<Rejection>,
    /// Whether a later check would fail, too.
    pub(super) second_fault: bool,
    pub(super) change: fn(&mut Q) -> Result<(), CaseError>,
}

impl<Q: Clone + 'static> Edit<Q> {
    /// The honest question with the edit.
    ///
    /// # Errors
    /// The edited question cannot be built.
    pub(super) fn apply(&self, honest: &Q) -> Result<Q, CaseError> {
        let mut question = honest.clone();
        (self.change)(&mut question)?;
        Ok(question)
    }

    /// The refusal that is meant, or any acceptance.
    pub(super) fn intent(&self) -> Intent {
        self.rejection.map_or(Intent::Ok, Intent::Rejected)
    }

    /// Adds the case; `{what}` in its doc is the half sentence.
    ///
    /// # Errors
    /// The specification does not answer as meant.
    pub(super) fn add(
        &self,
        suite: &mut SuiteWriter,
        doc: &str,
        input: Value,
        intent: Intent,
    ) -> Result<(), CaseError> {
        self.add_as(suite, self.slug, doc, input, intent)
    }

    /// Likewise under another slug, for a table that is applied to several honest questions.
    ///
    /// # Errors
    /// The specification does not answer as meant.
    pub(super) fn add_as(
        &self,
        suite: &mut SuiteWriter,
        slug: &str,
        doc: &str,
        input: Value,
        intent: Intent,
    ) -> Result<(), CaseError> {
        let doc = doc.replace("{what}", self.what);
        let case = suite.add(slug, self.requirements, &doc, input, intent)?;
        if self.second_fault {
            case.flag(FLAG_SECOND_FAULT);
        }
        Ok(())
    }
}

/// Adds a case for each edit of an honest question; `{what}` in `doc` is the edit's half sentence.
///
/// # Errors
/// The specification does not answer as meant.
pub(super) fn add_edits<Q: Clone + 'static>(
    suite: &mut SuiteWriter,
    honest: &Q,
    ask: fn(&Q) -> Result<Value, CaseError>,
    doc: &str,
    edits: &[Edit<Q>],
) -> Result<(), CaseError> {
    for edit in edits {
        edit.add(suite, doc, ask(&edit.apply(honest)?)?, edit.intent())?;
    }
    Ok(())
}

/// A change of an honest question whose answer is `valid: false`: its slug, its description as half
/// a sentence, and the change itself.
pub(super) type Change<Q> = (&'static str, &'static str, fn(&mut Q));

/// The honest question with each change of the tables: the slug, the description, and the question.
pub(super) fn changed<Q: Clone>(
    honest: &Q,
    tables: &[&[Change<Q>]],
) -> impl Iterator<Item = (&'static str, &'static str, Q)> {
    tables.concat().into_iter().map(|(slug, what, change)| {
        let mut question = honest.clone();
        change(&mut question);
        (slug, what, question)
    })
}

/// One way to make one check fail. `Q` is what a question is made from.
#[derive(Clone)]
pub(super) struct Fault<Q> {
    pub(super) slug: &'static str,
    /// What is wrong, as half a sentence.
    pub(super) what: &'static str,
    pub(super) requirement: &'static str,
    pub(super) rejection: Rejection,
    /// Makes the check fail. It must leave every earlier check passing, and must not undo the
    /// faults of later checks.
    pub(super) commit: fn(&mut Q) -> Result<(), CaseError>,
}

/// Which checks fail together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pairs {
    /// Every two checks.
    All,
    /// Every check with the next one that can fail beside it: enough to fix the order of checks
    /// that run one after the other.
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
    /// A case for each fault by itself.
    ///
    /// # Errors
    /// The specification does not refuse for that reason.
    pub(super) fn add_single_faults(&self, suite: &mut SuiteWriter) -> Result<(), CaseError> {
        for fault in self.faults {
            let mut question = self.honest.clone();
            (fault.commit)(&mut question)?;
            let doc = format!(
                "Given {}, when {}, then it is refused for that reason.",
                self.subject, fault.what
            );
            let intent = Intent::Rejected(fault.rejection);
            suite.add(fault.slug, &[fault.requirement], &doc, (self.ask)(&question)?, intent)?;
        }
        Ok(())
    }

    /// A case for each two checks that fail together, as `pairs` says; `impossible` pairs are left
    /// out. The later fault is committed first.
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
                    "Given {}, when {} and {}, then it is refused for the first fault.",
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
