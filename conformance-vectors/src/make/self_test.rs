//! Whether the vectors can fail.
//!
//! The reference must pass every case. Then come implementations that are wrong on purpose. For
//! each code there is one that accepts where this code is due, asked only the cases in which it is:
//! it shows that each such case is put and judged. For each invariant there is one that the caller
//! brings, a specification with a rule broken: it shows that the cases up to L2 notice. (Traces
//! would notice too, at ten times the cost; what the models catch is `ioschain mutants`' to say.) A
//! suite that lets one of them pass has a hole.

use std::fmt::Write;

use ioschain_model::words::count;
use serde::Serialize;
use serde_json::Value;
use wildmatch::WildMatch;

use crate::format::suite::VectorSuite;
use crate::format::vector::{Case, VectorFile};
use crate::run::adapter::{Hello, Implementation, Reply};
use crate::run::report::{CaseResult, Outcome};
use crate::run::runner::{Level, RunError, RunOptions, Runner};

/// An implementation that breaks an invariant, and the cases that must notice.
pub struct InvariantFault {
    /// What it does wrong.
    pub name: String,
    /// The faulty implementation.
    pub implementation: Box<dyn Implementation>,
    /// The ids of the cases to ask: those that one of these matches.
    pub only: Vec<WildMatch>,
}

/// What the self-test shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SelfTestReport {
    /// How many cases the reference was asked.
    pub reference_cases: u32,
    /// The cases that the reference does not pass; there must be none.
    pub reference_failures: Vec<CaseResult>,
    /// The faulty implementations.
    pub faults: Vec<FaultRow>,
}

/// One faulty implementation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultRow {
    /// Whether it breaks a code or an invariant.
    pub kind: FaultKind,
    /// The code, or what the implementation does wrong.
    pub name: String,
    /// How many cases it was asked.
    pub cases: u32,
    /// How many of them it answered wrongly.
    pub failed: u32,
    /// Whether the vectors noticed: for a code in every case, for an invariant in at least one.
    pub caught: bool,
}

/// What a faulty implementation breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A rejection that is never given.
    Code,
    /// A property that is broken.
    Invariant,
}

/// Asks the reference and every faulty implementation.
///
/// # Errors
/// The suite has nothing to run, or nothing for an invariant.
pub fn self_test(
    suite: &VectorSuite,
    reference: &mut dyn Implementation,
    invariants: &mut [InvariantFault],
) -> Result<SelfTestReport, RunError> {
    let options = RunOptions::default();
    let run = Runner::new(suite, &options).run(reference)?;
    let reference_cases = u32::try_from(run.cases.len()).unwrap_or(u32::MAX);
    let mut reference_failures = run.cases;
    reference_failures.retain(|case| case.outcome != Outcome::Passed { exact_code: true });

    let mut faults = Vec::new();
    for row in &suite.rejections {
        let part = keep_cases(suite, |case| case.expects_code(&row.code));
        let mut faulty = NeverRejectsWith { inner: &mut *reference, code: &row.code };
        let (cases, failed) = count_failures(&part, &options, &mut faulty)?;
        let caught = cases > 0 && failed == cases;
        faults.push(FaultRow {
            kind: FaultKind::Code,
            name: row.code.clone(),
            cases,
            failed,
            caught,
        });
    }
    let options = RunOptions { level: Level::L2, ..options };
    for fault in invariants {
        let is_asked = |case: &Case| fault.only.iter().any(|glob| glob.matches(&case.id));
        let part = keep_cases(suite, is_asked);
        let (cases, failed) = count_failures(&part, &options, &mut *fault.implementation)?;
        let name = fault.name.clone();
        faults.push(FaultRow {
            kind: FaultKind::Invariant,
            name,
            cases,
            failed,
            caught: failed > 0,
        });
    }
    Ok(SelfTestReport { reference_cases, reference_failures, faults })
}

impl SelfTestReport {
    /// Whether the reference passes everything and every fault is caught.
    pub fn holds(&self) -> bool {
        self.reference_failures.is_empty() && self.faults.iter().all(|fault| fault.caught)
    }

    /// How many implementations of a kind are caught, and how many there are.
    pub fn caught(&self, kind: FaultKind) -> (usize, usize) {
        let of_kind = self.faults.iter().filter(|fault| fault.kind == kind);
        (of_kind.clone().filter(|fault| fault.caught).count(), of_kind.count())
    }

    /// A table for a terminal.
    pub fn text(&self) -> String {
        let passed = self.reference_cases as usize - self.reference_failures.len();
        let cases = count(self.reference_cases, "case");
        let mut page = format!("the reference passes {passed} of {cases}\n");
        for case in &self.reference_failures {
            let _ = writeln!(page, "  {}: {}", case.id, case.outcome.summary());
        }
        for (kind, what) in [
            (
                FaultKind::Code,
                "codes: an implementation that never gives the code fails every case that expects it",
            ),
            (FaultKind::Invariant, "broken invariants are caught"),
        ] {
            let (caught, all) = self.caught(kind);
            let _ = writeln!(page, "{caught} of {all} {what}");
        }
        let width = self.faults.iter().map(|fault| fault.name.chars().count()).max().unwrap_or(0);
        for fault in &self.faults {
            let word = if fault.caught { "caught" } else { "NOT CAUGHT" };
            let _ = writeln!(
                page,
                "  {:width$}  cases: {:>4}, failed: {:>4}  {word}",
                fault.name, fault.cases, fault.failed
            );
        }
        page
    }
}

/// The suite with some of its cases.
fn keep_cases(suite: &VectorSuite, keep: impl Fn(&Case) -> bool) -> VectorSuite {
    let part_of = |file: &VectorFile| VectorFile {
        suite: file.suite.clone(),
        module: file.module.clone(),
        handler: file.handler.clone(),
        profile: file.profile.clone(),
        kind: file.kind,
        doc: file.doc.clone(),
        cases: file.cases.iter().filter(|case| keep(case)).cloned().collect(),
        shared: Vec::new(),
    };
    VectorSuite {
        manifest: suite.manifest.clone(),
        rejections: suite.rejections.clone(),
        files: suite.files.iter().map(part_of).collect(),
    }
}

/// How many cases were asked, and how many were answered wrongly. Crashes, timeouts and missing
/// support do not count: they would also be noticed without a single expected answer.
fn count_failures(
    part: &VectorSuite,
    options: &RunOptions,
    implementation: &mut dyn Implementation,
) -> Result<(u32, u32), RunError> {
    let report = match Runner::new(part, options).run(implementation) {
        Err(RunError::NothingToRun { .. }) => return Ok((0, 0)),
        other => other?,
    };
    let cases = u32::try_from(report.cases.len()).unwrap_or(u32::MAX);
    Ok((cases, report.counts.failed))
}

/// The reference, but for one code: where that is due, it accepts.
struct NeverRejectsWith<'a> {
    inner: &'a mut dyn Implementation,
    code: &'a str,
}

impl NeverRejectsWith<'_> {
    fn accept(&self, reply: Reply) -> Reply {
        match reply {
            Reply::Rejected(code) if code == self.code => Reply::Ok(Value::Null),
            other => other,
        }
    }
}

impl Implementation for NeverRejectsWith<'_> {
    fn hello(&mut self) -> Hello {
        self.inner.hello()
    }

    fn run(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        let reply = self.inner.run(handler, profile, input);
        self.accept(reply)
    }

    fn begin(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        let reply = self.inner.begin(handler, profile, input);
        self.accept(reply)
    }

    fn step(&mut self, input: &Value) -> Reply {
        let reply = self.inner.step(input);
        self.accept(reply)
    }

    fn query(&mut self, what: &str) -> Reply {
        self.inner.query(what)
    }

    fn end(&mut self) -> Reply {
        self.inner.end()
    }
}
