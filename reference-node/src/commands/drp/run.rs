//! `ioschain drp run`: the randomness protocol with real cryptography.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use ioschain_model::words::count;
use serde::Serialize;

use crate::commands::io::Io;
use crate::drp::transcript_file::TranscriptFile;
use crate::drp::{Fault, Outcome, Settings, StepReport, run};

/// Run the protocol once with real cryptography, with all validators in this process.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain drp run --validators 16 --group-size 5
      One run. The table shows the messages, the bytes and the time of each step.
  ioschain drp run --validators 64 --group-size 16 --faulty 20 --seed 7
      The same with 20 faulty validators.
  ioschain drp run --validators 16 --group-size 5 --transcript-out t.json
  ioschain drp verify t.json
      Writes the transcript, and checks it as a third party would.")]
pub(crate) struct RunDrp {
    /// How many validators there are, the leader included; 4 to 4096.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(4..=4096))]
    validators: u16,
    /// The smallest number of servers in a group; the leader is in none. If the servers cannot be
    /// divided evenly, some groups are larger. With fewer servers than this there is one group of
    /// all.
    #[arg(long, value_name = "C", value_parser = clap::value_parser!(u16).range(1..=4096))]
    group_size: u16,
    /// How many validators are faulty, each in one of four ways. At most a third of the validators
    /// beside the leader may be faulty.
    #[arg(long, value_name = "K", default_value_t = 0)]
    faulty: u16,
    /// The seed from which all keys, secrets and faults are derived.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Write the transcript to this file, for `drp verify`.
    #[arg(long, value_name = "FILE")]
    transcript_out: Option<PathBuf>,
    /// Write the facts of the epoch to this file, for `drp verify --facts`. A third party knows
    /// these facts independently of the transcript.
    #[arg(long, value_name = "FILE")]
    facts_out: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

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
    /// The faulty validators, and what each does.
    faulty: Vec<(String, Fault)>,
    steps: &'a [StepReport],
    randomness: String,
}

impl RunDrp {
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let Self { validators, group_size, faulty, seed, transcript_out, facts_out, .. } = self;
        let (validators, group_size, faulty, seed) = (*validators, *group_size, *faulty, *seed);
        let settings = Settings { validators, group_size, faulty, seed };
        let mut tell = |step: &str| {
            let _ = writeln!(io.log, "{step} …");
        };
        let outcome = run(&settings, &mut tell)?;
        let file = TranscriptFile::of(&outcome.epoch, &outcome.transcript);
        if let Some(path) = transcript_out {
            write_file(path, &file.to_json()?)?;
            let path = path.display();
            writeln!(io.log, "wrote {path}; `ioschain drp verify {path}` checks it")?;
        }
        if let Some(path) = facts_out {
            write_file(path, &file.epoch.to_json()?)?;
            writeln!(io.log, "wrote {}, for `ioschain drp verify --facts`", path.display())?;
        }
        if io.json {
            io.write_json(&RunReport::of(&settings, &outcome))?;
        } else {
            write_run(&settings, &outcome, io.results)?;
        }
        Ok(true)
    }
}

impl<'a> RunReport<'a> {
    fn of(settings: &Settings, outcome: &'a Outcome) -> Self {
        let name = |digest: &[u8; 32]| hex::encode(digest);
        Self {
            validators: settings.validators,
            group_size: settings.group_size,
            seed: settings.seed,
            groups: &outcome.groups,
            view: outcome.leadership.view.0,
            rank: outcome.leadership.rank.0,
            leader: name(&outcome.leadership.leader.0.0),
            faulty: outcome.faults.iter().map(|(who, how)| (name(&who.0.0), *how)).collect(),
            steps: &outcome.steps,
            randomness: name(&outcome.transcript.randomness.0),
        }
    }
}

fn write_file(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| {
        format!("cannot write {}; give a path that can be written", path.display())
    })
}

fn write_run(
    settings: &Settings,
    outcome: &Outcome,
    results: &mut dyn Write,
) -> std::io::Result<()> {
    let Settings { validators, faulty, seed, .. } = settings;
    let groups: Vec<String> = outcome
        .groups
        .iter()
        .map(|(members, threshold)| format!("{members} (threshold {threshold})"))
        .collect();
    let validators = count(validators, "validator");
    writeln!(results, "{validators}, {faulty} of them faulty, seed {seed}")?;
    writeln!(results, "groups of {}", groups.join(", "))?;
    for (who, how) in &outcome.faults {
        writeln!(results, "  {} {}", short(&who.0.0), describe(*how))?;
    }
    writeln!(
        results,
        "{:<22} {:>4} {:>8} {:>10} {:>9}  note",
        "step", "rank", "messages", "bytes", "seconds"
    )?;
    for StepReport { step, rank, messages, bytes, seconds, note } in &outcome.steps {
        let rank = rank.map_or("-".to_owned(), |rank| rank.to_string());
        writeln!(results, "{step:<22} {rank:>4} {messages:>8} {bytes:>10} {seconds:>9.4}  {note}")?;
    }
    let leadership = &outcome.leadership;
    writeln!(
        results,
        "the leader was {}, view {}, rank {}",
        short(&leadership.leader.0.0),
        leadership.view,
        leadership.rank
    )?;
    writeln!(results, "random number {}", hex::encode(outcome.transcript.randomness.0))
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
