//! `ioschain replay`: a model's trace with real cryptography; and how traces are written.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use ioschain_model::registry::find;
use ioschain_model::trace::AnyTrace;
use ioschain_vectors::format::canonical_json;
use serde::Deserialize;

use super::io::Io;

/// Take the steps of a model's trace again, with real signatures, blocks and proofs.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain check --variant white-paper --trace-out failure.json
  ioschain replay failure.json
      Writes the shortest trace in which the paper's protocol fails, and takes its steps with real blocks.
  ioschain check drp --variant paper-runs --trace-out biased.json
  ioschain replay biased.json --json
      The same for the randomness protocol, over ristretto255.")]
pub(crate) struct ReplayTrace {
    /// A JSON file that `ioschain check --trace-out` wrote.
    trace: PathBuf,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The part of a trace that says which model it is of.
#[derive(Deserialize)]
struct ModelOfTrace {
    model: String,
}

impl ReplayTrace {
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let path = self.trace.display();
        let text = std::fs::read_to_string(&self.trace).with_context(|| {
            format!("cannot read {path}; give a file that `ioschain check --trace-out` wrote")
        })?;
        let ModelOfTrace { model } = serde_json::from_str(&text).with_context(|| {
            format!("{path} is not a trace that `ioschain check --trace-out` wrote")
        })?;
        let replay = find(&model).and_then(|model| model.replay(&text));
        let replay = replay.with_context(|| format!("{path} cannot be replayed"))?;
        if io.json {
            io.write_json(&replay)?;
        } else {
            write!(io.results, "{}", replay.text)?;
        }
        replay.failures.iter().try_for_each(|sentence| io.write_failure(sentence))?;
        Ok(replay.failures.is_empty())
    }
}

/// Writes a trace as canonical JSON, and drawings of it beside it; gives the three paths.
pub(super) fn write_trace(path: &Path, trace: &AnyTrace) -> anyhow::Result<[PathBuf; 3]> {
    let json = canonical_json::document(&serde_json::to_value(trace)?)?;
    let paths = [path.to_owned(), path.with_extension("mmd"), path.with_extension("svg")];
    for (path, text) in paths.iter().zip([json, trace.as_mermaid(), trace.as_svg()]) {
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(paths)
}
