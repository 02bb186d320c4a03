//! `ioschain vectors self-test`.

use std::path::PathBuf;

use clap::Args;
use ioschain_vectors::make::faulty::invariant_faults;
use ioschain_vectors::make::self_test::self_test;
use ioschain_vectors::reference::Reference;

use super::load;
use crate::commands::io::Io;

/// Check that the vectors catch implementations that are faulty on purpose.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain vectors self-test
      Lists the faulty implementations that the vectors catch, and those that they miss.
  ioschain vectors self-test --json
      The same as one JSON object, with the cases that detect each fault.")]
pub(crate) struct SelfTest {
    /// The directory of the vectors.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

impl SelfTest {
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let suite = load(self.dir.as_ref())?;
        let report = self_test(&suite, &mut Reference::new(), &mut invariant_faults())?;
        if io.json {
            io.write_json(&report)?;
        } else {
            write!(io.results, "{}", report.text())?;
        }
        if !report.holds() {
            io.write_failure("a faulty implementation passes all vectors; see the lines above")?;
        }
        Ok(report.holds())
    }
}
