//! Putting the vectors to an implementation, and judging what comes back.
//!
//! Four levels, each of which includes those before it:
//!
//! | level | cases | what must hold |
//! |---|---|---|
//! | L0 | the modules `encoding` and `primitives` | every answer is right |
//! | L1 | codecs, functions and draws of every module | every answer is right |
//! | L2 | scenarios as well | every answer is right, and every rejection has its exact code |
//! | L3 | traces of the models as well | likewise |
//!
//! An implementation that says hello with `exact_codes: false` may refuse with any code at L0 and
//! L1. A level is granted only when every case of it was run and passed, or is skipped by a
//! declared entry.

mod ask;
mod difference;
mod level;

use thiserror::Error;
pub use wildmatch::WildMatch;

use crate::format::skips::{Skip, SkipError, Skips};
use crate::format::suite::VectorSuite;
use crate::format::vector::{Case, VectorFile};
use crate::run::adapter::{Hello, Implementation};
use crate::run::report::{CaseResult, Counts, Outcome, RunReport};

pub use level::{Level, UnknownLevel};

/// After so many timeouts in a row the run stops: what hangs would cost the time limit of every
/// case.
pub const TIMEOUTS_IN_A_ROW_MAX: usize = 5;

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// Only the cases of this profile.
    pub profile: Option<String>,
    /// The highest level whose cases are run.
    pub level: Level,
    /// Only the cases whose ids match. No level is granted on a part.
    pub only: Option<WildMatch>,
    /// The cases that are known not to pass.
    pub skips: Skips,
    /// Whether to stop at the first case that does not pass.
    pub fail_fast: bool,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            profile: None,
            level: Level::L3,
            only: None,
            skips: Skips::default(),
            fail_fast: false,
        }
    }
}

/// Why nothing was run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RunError {
    /// The suite has no such profile.
    #[error("the suite has no profile `{profile}`; it has: {known}")]
    UnknownProfile {
        /// What was asked for.
        profile: String,
        /// What there is.
        known: String,
    },
    /// No case is left.
    #[error("no case of {profile} up to {level} matches `{only}`; ids look like `{example}`")]
    NothingToRun {
        /// The profiles asked for, in words.
        profile: String,
        /// The highest level asked for.
        level: Level,
        /// The pattern asked for.
        only: String,
        /// An id of the suite.
        example: String,
    },
    /// The skips do not fit the suite.
    #[error(transparent)]
    Skips(#[from] SkipError),
}

/// A case was put to the implementation.
#[derive(Clone, Copy, Debug)]
pub struct CaseProgress<'a> {
    /// How many were, this one included.
    pub done: usize,
    /// How many there are.
    pub total: usize,
    /// This one, and what came out.
    pub case: &'a CaseResult,
}

/// A run of a suite. Build it, add what is wanted, and [`Runner::run`] it.
pub struct Runner<'a> {
    suite: &'a VectorSuite,
    options: &'a RunOptions,
    reference: Option<&'a mut dyn Implementation>,
    on_case: Option<&'a mut dyn FnMut(CaseProgress<'_>)>,
}

impl<'a> Runner<'a> {
    /// A run of `suite`.
    pub fn new(suite: &'a VectorSuite, options: &'a RunOptions) -> Self {
        Self { suite, options, reference: None, on_case: None }
    }

    /// Lets `reference` show the right state where an implementation's root is wrong.
    #[must_use]
    pub fn with_reference(mut self, reference: &'a mut dyn Implementation) -> Self {
        self.reference = Some(reference);
        self
    }

    /// Calls `on_case` after each case.
    #[must_use]
    pub fn with_progress(mut self, on_case: &'a mut dyn FnMut(CaseProgress<'_>)) -> Self {
        self.on_case = Some(on_case);
        self
    }

    /// Puts the cases to `implementation`, in the order of the suite.
    ///
    /// # Errors
    /// Nothing fits the options, or the skips do not fit the suite.
    pub fn run(mut self, implementation: &mut dyn Implementation) -> Result<RunReport, RunError> {
        self.options.skips.check(self.suite)?;
        let selected = self.select()?;
        let hello = implementation.hello();
        let mut results = Vec::new();
        for (file, case) in &selected {
            let result = self.run_case(implementation, &hello, file, case);
            let passed = result.outcome.is_fine();
            if let Some(on_case) = &mut self.on_case {
                on_case(CaseProgress {
                    done: results.len() + 1,
                    total: selected.len(),
                    case: &result,
                });
            }
            results.push(result);
            if self.options.fail_fast && !passed || hangs(&results) {
                break;
            }
        }
        let stopped_early = results.len() < selected.len();
        Ok(self.conclude(hello, results, stopped_early))
    }

    /// The highest level that the suite has cases of.
    fn highest_level(&self) -> Level {
        self.suite.files.iter().map(Level::of).max().unwrap_or(Level::L0)
    }

    /// The lowest level with cases of a profile that is not asked for.
    fn left_out_by_profile(&self) -> Option<Level> {
        let profile = self.options.profile.as_ref()?;
        let others = self.suite.files.iter().filter(|file| file.profile != *profile);
        others.filter(|file| !file.cases.is_empty()).map(Level::of).min()
    }

    /// The cases that the options ask for.
    fn select(&self) -> Result<Vec<(&'a VectorFile, &'a Case)>, RunError> {
        let options = self.options;
        let profiles = self.suite.profiles();
        if let Some(profile) = options.profile.clone().filter(|it| !profiles.contains(it)) {
            return Err(RunError::UnknownProfile { profile, known: profiles.join(", ") });
        }
        let is_wanted =
            |file: &VectorFile| options.profile.as_ref().is_none_or(|it| *it == file.profile);
        let selected: Vec<_> = self
            .suite
            .cases()
            .filter(|(file, _)| is_wanted(file))
            .filter(|(file, _)| Level::of(file) <= options.level)
            .filter(|(_, case)| options.only.as_ref().is_none_or(|glob| glob.matches(&case.id)))
            .collect();
        if selected.is_empty() {
            return Err(RunError::NothingToRun {
                profile: match &options.profile {
                    Some(profile) => format!("profile `{profile}`"),
                    None => "any profile".to_owned(),
                },
                level: options.level,
                only: options.only.as_ref().map_or("*".to_owned(), WildMatch::to_string),
                example: self
                    .suite
                    .cases()
                    .next()
                    .map(|(_, case)| case.id.clone())
                    .unwrap_or_default(),
            });
        }
        Ok(selected)
    }

    fn run_case(
        &mut self,
        implementation: &mut dyn Implementation,
        hello: &Hello,
        file: &VectorFile,
        case: &Case,
    ) -> CaseResult {
        let level = Level::of(file);
        let any_code = !hello.exact_codes && level < Level::L2;
        let outcome = match not_offered(hello, file) {
            Some(reason) => Outcome::Unsupported { place: "hello".to_owned(), reason },
            None => ask::ask(implementation, &mut self.reference, file, case, any_code),
        };
        let outcome = match self.options.skips.find(&case.id) {
            Some(skip) => skipped(skip, outcome),
            None => outcome,
        };
        CaseResult {
            id: case.id.clone(),
            handler: file.handler_name(),
            level,
            doc: case.doc.clone(),
            outcome,
        }
    }

    fn conclude(&self, hello: Hello, cases: Vec<CaseResult>, stopped_early: bool) -> RunReport {
        let is_part = self.options.only.is_some() || stopped_early;
        let level = self.options.level.min(self.highest_level());
        let left_out = if is_part { Some(Level::L0) } else { self.left_out_by_profile() };
        RunReport {
            suite_version: self.suite.manifest.suite_version.clone(),
            tree_hash: self.suite.manifest.tree_hash.clone(),
            implementation: hello,
            profiles: match &self.options.profile {
                Some(profile) => vec![profile.clone()],
                None => self.suite.profiles(),
            },
            level,
            only: self.options.only.as_ref().map(WildMatch::to_string),
            stopped_early,
            counts: Counts::of(&cases),
            levels: level::verdicts(&cases, level, left_out),
            cases,
        }
    }
}

/// Whether the last cases all had no answer in time.
fn hangs(results: &[CaseResult]) -> bool {
    let last = results.iter().rev().take(TIMEOUTS_IN_A_ROW_MAX);
    let timeouts = last.filter(|case| matches!(case.outcome, Outcome::Timeout { .. }));
    timeouts.count() == TIMEOUTS_IN_A_ROW_MAX
}

/// Why the hello says that this need not be asked.
fn not_offered(hello: &Hello, file: &VectorFile) -> Option<String> {
    let name = file.handler_name();
    if !hello.handlers.iter().any(|pattern| WildMatch::new(pattern.as_str()).matches(&name)) {
        return Some(format!("its hello does not offer the handler `{name}`"));
    }
    if !hello.profiles.contains(&file.profile) {
        return Some(format!("its hello does not offer the profile `{}`", file.profile));
    }
    None
}

/// What a declared skip makes of an outcome.
fn skipped(skip: &Skip, outcome: Outcome) -> Outcome {
    let (category, reason, link) = (skip.category, skip.reason.clone(), skip.link.clone());
    match outcome {
        Outcome::Passed { .. } => Outcome::UnexpectedPass { category, reason, link },
        other => Outcome::Skipped { category, reason, link, instead: other.summary() },
    }
}
