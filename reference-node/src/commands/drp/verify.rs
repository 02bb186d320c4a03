//! `ioschain drp verify`: the third party.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use ioschain_model::verdict::Verdict;
use ioschain_model::words::count;
use ioschain_spec::drp::report::Check;
use serde::Serialize;

use crate::commands::io::Io;
use crate::drp::transcript_file::{EpochFacts, Judged, TranscriptFile, checks};

/// Check a transcript as a third party, and list every check with its result.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain drp verify t.json
      Lists the checks of a transcript that `ioschain drp run --transcript-out t.json` wrote.
  ioschain drp verify t.json --facts facts.json
      The same against facts that you know independently. A forged transcript could bring facts of its
      own, and would then pass.")]
pub(crate) struct VerifyDrp {
    /// A file that `drp run --transcript-out` wrote.
    transcript: PathBuf,
    /// Use the facts in this file, which `drp run --facts-out` wrote, instead of those in the
    /// transcript file.
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The report of `drp verify --json`.
#[derive(Serialize)]
struct VerifyReport {
    verdict: Verdict,
    /// The hash of the facts that the transcript is checked against.
    epoch_facts: String,
    /// Whether they were given with --facts, or came with the transcript.
    facts_given: bool,
    epoch: String,
    validators: usize,
    checks: Vec<CheckRow>,
    /// Null if a check fails.
    randomness: Option<String>,
}

#[derive(Serialize)]
struct CheckRow {
    check: &'static str,
    result: CheckResult,
    /// The rejection's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

/// The result of one check.
#[derive(Clone, Copy, Serialize)]
enum CheckResult {
    #[serde(rename = "holds")]
    Holds,
    #[serde(rename = "fails")]
    Fails,
    /// An earlier check failed.
    #[serde(rename = "not made")]
    NotMade,
}

impl fmt::Display for CheckResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::NotMade => "not made",
        })
    }
}

impl VerifyDrp {
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let text = read_file(&self.transcript, "--transcript-out")?;
        let Judged { mut epoch, transcript } = TranscriptFile::parse(&text)
            .with_context(|| format!("{} cannot be checked", self.transcript.display()))?;
        if let Some(path) = &self.facts {
            epoch = EpochFacts::parse(&read_file(path, "--facts-out")?)
                .with_context(|| format!("{} cannot be used for --facts", path.display()))?;
        }
        let report = checks(&epoch, &transcript);
        let rows = Check::ALL.map(|check| {
            let made = report.outcomes.iter().find(|(made, _)| *made == check);
            let (result, code) = match made.map(|(_, outcome)| outcome) {
                None => (CheckResult::NotMade, None),
                Some(Ok(())) => (CheckResult::Holds, None),
                Some(Err(rejection)) => (CheckResult::Fails, Some(rejection.code())),
            };
            CheckRow { check: check.name(), result, code }
        });
        let failed = report.failed();
        let facts = TranscriptFile::of(&epoch, &transcript).epoch.fingerprint()?;
        let verified = VerifyReport {
            verdict: Verdict::holds_if(failed.is_none()),
            epoch_facts: hex::encode(facts.0),
            facts_given: self.facts.is_some(),
            epoch: epoch.number.to_string(),
            validators: epoch.configuration.count(),
            checks: rows.into(),
            randomness: failed.is_none().then(|| hex::encode(transcript.randomness.0)),
        };
        if io.json {
            io.write_json(&verified)?;
        } else {
            write_verified(&verified, io.results)?;
        }
        if let Some((check, rejection)) = failed {
            io.write_failure(&format!("{}: {rejection}", check.name()))?;
        }
        Ok(failed.is_none())
    }
}

fn read_file(path: &Path, written_with: &str) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| {
        let path = path.display();
        format!("cannot read {path}; give a file that `ioschain drp run {written_with}` wrote")
    })
}

fn write_verified(report: &VerifyReport, results: &mut dyn Write) -> std::io::Result<()> {
    let VerifyReport { epoch, validators, epoch_facts, .. } = report;
    let whose = if report.facts_given {
        "which were given with --facts"
    } else {
        "which are in the transcript file itself; compare this hash with that of your own facts, or give yours \
         with --facts"
    };
    writeln!(results, "epoch {epoch}, {}", count(validators, "validator"))?;
    writeln!(results, "checked against the facts with the hash {epoch_facts}, {whose}")?;
    for CheckRow { check, result, code } in &report.checks {
        let code = code.map_or(String::new(), |code| format!("  {code}"));
        writeln!(results, "  {check:<30} {result}{code}")?;
    }
    if let Some(randomness) = &report.randomness {
        writeln!(results, "random number {randomness}")?;
    }
    Ok(())
}
