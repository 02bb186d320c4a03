//! `ioschain drp run` and `drp verify`: the randomness protocol, and the third party.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use ioschain_spec::drp::checks::Check;
use serde::Serialize;

use crate::cli::{RunDrp, VerifyDrp};
use crate::drp::transcript_file::{EpochFacts, Judged, TranscriptFile, checks};
use crate::drp::{Fault, Outcome, Settings, StepReport, run};

/// The report of `drp run --json`.
#[derive(Serialize)]
struct RunReport<'a> {
    validators: u16,
    group_size: u16,
    seed: u64,
    /// How many members each group has, and its threshold.
    groups: &'a [(usize, usize)],
    view: u32,
    rank: u8,
    leader: String,
    /// Names with what they do.
    faulty: Vec<(String, Fault)>,
    steps: &'a [StepReport],
    randomness: String,
}

pub(crate) fn run_drp(
    arguments: &RunDrp,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let RunDrp { validators, group_size, faulty, seed, transcript_out, facts_out, json } =
        arguments;
    let (validators, group_size, faulty, seed) = (*validators, *group_size, *faulty, *seed);
    let settings = Settings { validators, group_size, faulty, seed };
    let mut tell = |step: &str| {
        let _ = writeln!(errors, "{step} …");
    };
    let outcome = run(&settings, &mut tell)?;
    let file = TranscriptFile::of(&outcome.epoch, &outcome.transcript);
    if let Some(path) = transcript_out {
        write_file(path, &file.to_json()?)?;
        let path = path.display();
        writeln!(errors, "wrote {path}; `ioschain drp verify {path}` checks it")?;
    }
    if let Some(path) = facts_out {
        write_file(path, &file.epoch.to_json()?)?;
        writeln!(errors, "wrote {}, for `ioschain drp verify --facts`", path.display())?;
    }
    if *json {
        let name = |digest: &[u8; 32]| hex::encode(digest);
        let report = RunReport {
            validators,
            group_size,
            seed,
            groups: &outcome.groups,
            view: outcome.leadership.view,
            rank: outcome.leadership.rank,
            leader: name(&outcome.leadership.leader.0.0),
            faulty: outcome.faults.iter().map(|(who, how)| (name(&who.0.0), *how)).collect(),
            steps: &outcome.steps,
            randomness: name(&outcome.transcript.randomness.0),
        };
        writeln!(output, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        write_run(&settings, &outcome, output)?;
    }
    Ok(true)
}

fn write_file(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| {
        format!("cannot write {}; give a path that can be written", path.display())
    })
}

fn write_run(
    settings: &Settings,
    outcome: &Outcome,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let Settings { validators, faulty, seed, .. } = settings;
    let groups: Vec<String> = outcome
        .groups
        .iter()
        .map(|(members, threshold)| format!("{members} (threshold {threshold})"))
        .collect();
    writeln!(output, "{validators} validators, {faulty} of them faulty, seed {seed}")?;
    writeln!(output, "groups of {}", groups.join(", "))?;
    for (who, how) in &outcome.faults {
        writeln!(output, "  {} {}", short(&who.0.0), describe(*how))?;
    }
    writeln!(
        output,
        "{:<22} {:>4} {:>8} {:>10} {:>9}  note",
        "step", "rank", "messages", "bytes", "seconds"
    )?;
    for StepReport { step, rank, messages, bytes, seconds, note } in &outcome.steps {
        let rank = rank.map_or("-".to_owned(), |rank| rank.to_string());
        writeln!(output, "{step:<22} {rank:>4} {messages:>8} {bytes:>10} {seconds:>9.4}  {note}")?;
    }
    let leadership = &outcome.leadership;
    writeln!(
        output,
        "led by {}, view {}, rank {}",
        short(&leadership.leader.0.0),
        leadership.view,
        leadership.rank
    )?;
    writeln!(output, "random number {}", hex::encode(outcome.transcript.randomness.0))
}

fn describe(fault: Fault) -> &'static str {
    match fault {
        Fault::Silent => "says nothing",
        Fault::DealsFalsely => "encrypts two shares for each other's recipient",
        Fault::LeavesSigning => "agrees to sign, and does not answer",
        Fault::KeepsShares => "keeps its decrypted shares to itself",
    }
}

/// The beginning of a name.
fn short(digest: &[u8; 32]) -> String {
    hex::encode(&digest[..4])
}

/// The report of `drp verify --json`.
#[derive(Serialize)]
struct VerifyReport {
    verdict: &'static str,
    /// The facts that the transcript is judged by, in a name.
    epoch_facts: String,
    /// Whether they were given, or came with the transcript.
    facts_given: bool,
    epoch: String,
    validators: usize,
    checks: Vec<CheckReport>,
    /// Null if a check fails.
    randomness: Option<String>,
}

#[derive(Serialize)]
struct CheckReport {
    check: &'static str,
    /// `holds`, `fails`, or `not made`.
    result: &'static str,
    /// The rejection's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

pub(crate) fn verify_drp(
    arguments: &VerifyDrp,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let text = read_file(&arguments.transcript, "--transcript-out")?;
    let Judged { mut epoch, transcript } = TranscriptFile::parse(&text)
        .with_context(|| format!("{} cannot be judged", arguments.transcript.display()))?;
    if let Some(path) = &arguments.facts {
        epoch = EpochFacts::parse(&read_file(path, "--facts-out")?)
            .with_context(|| format!("nothing can be judged by {}", path.display()))?;
    }
    let report = checks(&epoch, &transcript);
    let made = |check: Check| report.outcomes.iter().find(|(made, _)| *made == check);
    let rows = Check::ALL.map(|check| {
        let outcome = made(check).map(|(_, outcome)| outcome);
        let result = match outcome {
            None => "not made",
            Some(Ok(())) => "holds",
            Some(Err(_)) => "fails",
        };
        let code = outcome.and_then(|outcome| outcome.err()).map(|rejection| rejection.code());
        CheckReport { check: check.name(), result, code }
    });
    let failed = report.failed();
    let facts = TranscriptFile::of(&epoch, &transcript).epoch.fingerprint()?;
    let verified = VerifyReport {
        verdict: if failed.is_none() { "holds" } else { "fails" },
        epoch_facts: hex::encode(facts.0),
        facts_given: arguments.facts.is_some(),
        epoch: epoch.number.to_string(),
        validators: epoch.configuration.count(),
        checks: rows.into(),
        randomness: failed.is_none().then(|| hex::encode(transcript.randomness.0)),
    };
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string_pretty(&verified)?)?;
    } else {
        write_verified(&verified, output)?;
    }
    if let Some((check, rejection)) = failed {
        writeln!(errors, "does not hold: {}: {rejection}", check.name())?;
    }
    Ok(failed.is_none())
}

fn read_file(path: &Path, written_with: &str) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| {
        let path = path.display();
        format!("cannot read {path}; give a file that `ioschain drp run {written_with}` wrote")
    })
}

fn write_verified(report: &VerifyReport, output: &mut dyn Write) -> std::io::Result<()> {
    let VerifyReport { epoch, validators, epoch_facts, .. } = report;
    let whose = if report.facts_given {
        "which were given"
    } else {
        "which came with it; compare them with your own, or give these with --facts"
    };
    writeln!(output, "epoch {epoch}, {validators} validators")?;
    writeln!(output, "judged by the facts {epoch_facts}, {whose}")?;
    for CheckReport { check, result, code } in &report.checks {
        let code = code.map_or(String::new(), |code| format!("  {code}"));
        writeln!(output, "  {check:<30} {result}{code}")?;
    }
    if let Some(randomness) = &report.randomness {
        writeln!(output, "random number {randomness}")?;
    }
    Ok(())
}
