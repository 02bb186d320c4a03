//! `ioschain vectors …`: writes the conformance vectors, runs them, and shows that they can fail.

mod generate;
mod run;
mod self_test;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use ioschain_vectors::format::suite::VectorSuite;
use ioschain_vectors::format::tree::MANIFEST_PATH;
use ioschain_vectors::reference::Reference;
use ioschain_vectors::run::adapter::Implementation;
use ioschain_vectors::run::report::RunReport;
use ioschain_vectors::run::runner::{CaseProgress, RunOptions, Runner};

use super::io::Io;
use super::progress::ProgressBar;

/// Generate the conformance vectors, run them against an implementation, or test the vectors
/// themselves.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  ioschain vectors run --adapter ./my-node
      Tests another implementation. conformance-vectors/README.md describes what it must answer.
  ioschain vectors run --only 'sharding.*'
      Runs the cases of one module against the specification itself.
  ioschain vectors generate --check
      Checks that the vectors are up to date.")]
pub(crate) enum Vectors {
    Generate(generate::GenerateVectors),
    Run(Box<run::RunVectors>),
    SelfTest(self_test::SelfTest),
}

impl Vectors {
    /// Whether the results are one JSON object. `run` has its own way to say so.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Generate(command) => command.json,
            Self::Run(_) => false,
            Self::SelfTest(command) => command.json,
        }
    }

    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        match self {
            Self::Generate(command) => command.run(io),
            Self::Run(command) => command.run(io),
            Self::SelfTest(command) => command.run(io),
        }
    }
}

/// The directory of the vectors: the one that is named, or that of the working directory, or that
/// of the sources from which this program was built.
fn directory(named: Option<&PathBuf>) -> PathBuf {
    if let Some(named) = named {
        return named.clone();
    }
    let here = Path::new("conformance-vectors");
    if here.join(MANIFEST_PATH).is_file() {
        return here.to_owned();
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance-vectors")
}

/// The suite in the directory.
pub(super) fn load(named: Option<&PathBuf>) -> anyhow::Result<VectorSuite> {
    let directory = directory(named);
    VectorSuite::from_directory(&directory).with_context(|| {
        let directory = directory.display();
        format!("cannot load the vectors in {directory}; give their directory with --dir")
    })
}

/// Runs the suite, with progress in the log.
pub(super) fn run_on(
    suite: &VectorSuite,
    options: &RunOptions,
    implementation: &mut dyn Implementation,
    io: &mut Io<'_>,
) -> anyhow::Result<RunReport> {
    let mut bar = ProgressBar::of("vectors");
    let mut reference = Reference::new();
    let mut on_case = |progress: CaseProgress<'_>| bar.at(io.log, progress.done, progress.total);
    let runner = Runner::new(suite, options);
    let runner = runner.with_reference(&mut reference).with_progress(&mut on_case);
    Ok(runner.run(implementation)?)
}
