//! `ioschain vectors run`.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use ioschain_vectors::format::skips::Skips;
use ioschain_vectors::make::cases::atomix::trace::walks;
use ioschain_vectors::reference::Reference;
use ioschain_vectors::run::adapter::ProcessAdapter;
use ioschain_vectors::run::report::RunReport;
use ioschain_vectors::run::runner::{RunOptions, WildMatch};

use super::{load, run_on};
use crate::commands::io::Io;
use crate::commands::parse_seeds;

/// At most so many failures are described one by one.
const FAILURES_SHOWN_MAX: usize = 10;

/// Run the vectors against an implementation, or without --adapter against the specification
/// itself.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain vectors run --adapter './my-node --vectors'
      All vectors, against a program that answers JSON lines as conformance-vectors/README.md describes.
  ioschain vectors run --adapter ./my-node --only 'drp.*' --fail-fast
      The cases of one module, up to the first one that does not pass.
  ioschain vectors run --adapter ./my-node --level L1 --junit report.xml --html report.html
      Levels L0 and L1, with a report for a build server and one for people.")]
pub(crate) struct RunVectors {
    /// The program under test with its arguments. It reads requests from standard input and writes
    /// answers to standard output, one JSON object on each line. Quotes and backslashes work as in
    /// a POSIX shell; put a Windows path into single quotes.
    #[arg(long, value_name = "CMD")]
    adapter: Option<String>,
    /// Run only the cases whose ids match this pattern, with * and ?.
    #[arg(long, value_name = "GLOB")]
    only: Option<String>,
    /// The highest level to run: L0, L1, L2 or L3.
    #[arg(long, value_name = "LEVEL", default_value = "L3")]
    level: String,
    /// Run only the cases of this profile: `standard`, or `tiny`, whose cases come from the models.
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// Also run one random walk through a larger model for each of the seeds from A to B - 1. Walks
    /// count as level L3.
    #[arg(long, value_name = "A..B", value_parser = parse_seeds)]
    walks: Option<Range<u64>>,
    /// A TOML file that lists the cases that are known not to pass. conformance-vectors/README.md
    /// shows its format.
    #[arg(long, value_name = "FILE")]
    skips: Option<PathBuf>,
    /// How many seconds the program under test may take for each answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Stop at the first case that does not pass.
    #[arg(long)]
    fail_fast: bool,
    /// Write a JSON report to this file. Without a file, print the report instead of text.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    json: Option<PathBuf>,
    /// Write a JUnit report to this file.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write an HTML report to this file.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The directory of the vectors.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl RunVectors {
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let mut suite = load(self.dir.as_ref())?;
        if let Some(seeds) = self.walks.clone() {
            suite.files.push(walks(seeds)?);
        }
        let options = RunOptions {
            profile: self.profile.clone(),
            level: self.level.parse()?,
            only: self.only.as_deref().map(WildMatch::new),
            skips: self.skips()?,
            fail_fast: self.fail_fast,
        };
        let report = match &self.adapter {
            None => run_on(&suite, &options, &mut Reference::new(), io)?,
            Some(command) => {
                let time_limit = Duration::from_secs(self.timeout);
                let version = &suite.manifest.suite_version;
                let mut adapter =
                    ProcessAdapter::start(command, version, &suite.profiles(), time_limit)?;
                run_on(&suite, &options, &mut adapter, io)?
            }
        };
        self.write_reports(&report)?;
        match &self.json {
            Some(path) if path.as_os_str() == "-" => writeln!(io.results, "{}", report.json())?,
            _ => write!(io.results, "{}", report.text(FAILURES_SHOWN_MAX))?,
        }
        if !report.holds() {
            io.write_failure("some cases did not pass, or passed although a skip lists them")?;
        }
        Ok(report.holds())
    }

    fn skips(&self) -> anyhow::Result<Skips> {
        let Some(path) = &self.skips else { return Ok(Skips::default()) };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}; give a file of skips", path.display()))?;
        Skips::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn write_reports(&self, report: &RunReport) -> anyhow::Result<()> {
        let json = self.json.as_ref().filter(|path| path.as_os_str() != "-");
        let wanted = [
            (json, report.json()),
            (self.junit.as_ref(), report.junit()),
            (self.html.as_ref(), report.html()),
        ];
        for (path, content) in wanted {
            if let Some(path) = path {
                std::fs::write(path, content).with_context(|| {
                    format!("cannot write {}; give a path that can be written", path.display())
                })?;
            }
        }
        Ok(())
    }
}
