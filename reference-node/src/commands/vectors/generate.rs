//! `ioschain vectors generate`.

use std::path::PathBuf;

use clap::Args;
use ioschain_model::words::count;
use ioschain_vectors::format::tree::{check_tree, write_tree};
use ioschain_vectors::make::cases::sources;
use ioschain_vectors::make::generate::generate_tree;
use serde_json::json;

use super::directory;
use crate::commands::io::Io;

/// Generate the vectors from the specification, and write them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain vectors generate --check
      Checks that the files in conformance-vectors/ are those that the specification generates.
  ioschain vectors generate
      Writes the files that differ.
  ioschain vectors generate --dir /tmp/vectors
      Writes all files to another directory.")]
pub(crate) struct GenerateVectors {
    /// Write nothing; name the files that differ, and exit with 1 if there are any.
    #[arg(long)]
    check: bool,
    /// The directory of the vectors.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

impl GenerateVectors {
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let tree = generate_tree(&sources()?)?;
        let directory = directory(self.dir.as_ref());
        let departures = match self.check {
            true => check_tree(&directory, &tree)?,
            false => write_tree(&directory, &tree)?,
        };
        let bytes: usize = tree.values().map(Vec::len).sum();
        if io.json {
            let departures: Vec<String> = departures.iter().map(ToString::to_string).collect();
            let report = json!({ "files": tree.len(), "bytes": bytes, "departures": departures });
            writeln!(io.results, "{report:#}")?;
        } else {
            let (files, bytes) = (count(tree.len(), "file"), count(bytes, "byte"));
            let none = if departures.is_empty() { "; nothing differs" } else { "" };
            writeln!(io.results, "{files}, {bytes} in {}{none}", directory.display())?;
            let what = if self.check { "differs" } else { "written" };
            for departure in &departures {
                writeln!(io.results, "  {what}: {departure}")?;
            }
        }
        if self.check && !departures.is_empty() {
            io.write_failure(
                "the vectors are not those that the specification generates; run \
                 `ioschain vectors generate` and inspect the difference",
            )?;
            return Ok(false);
        }
        Ok(true)
    }
}
