//! The command line: what can be asked, and what the exit code means.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands;
use crate::simulation::EPOCH_BLOCKS_MAX;

/// All is well.
pub const EXIT_SUCCESS: u8 = 0;
/// The command ran, and what it checked does not hold.
pub const EXIT_DOES_NOT_HOLD: u8 = 1;
/// The command could not run: its arguments or its input are not usable.
pub const EXIT_BAD_INPUT: u8 = 2;

/// IOSChain: a formally tested reference specification of a sharded blockchain.
#[derive(Debug, Parser)]
#[command(name = "ioschain", version, about, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 all is well, 1 a result does not hold, 2 bad input.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check everything that can be checked here, and print one table of evidence.
    Verify(Verify),
    /// The conformance vectors: write them, run them, show that they can fail.
    #[command(subcommand)]
    Vectors(Vectors),
    /// Serve the specification to a runner of vectors, on standard input and output.
    Adapter,
    /// Bring data from elsewhere and run it through the ledger.
    #[command(subcommand)]
    Import(Import),
    /// The randomness protocol: run it, verify a transcript.
    #[command(subcommand)]
    Drp(Drp),
    /// Explore every state of a model, and say which properties fail, with the shortest way there.
    Check(Check),
    /// Run every weakened variant of the rules, and show that the models catch it.
    Mutants(Mutants),
    /// Run a model's trace with real signatures, blocks and proofs.
    Replay(ReplayTrace),
    /// Step through a model in a browser.
    Explore(Explore),
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Which model.
    #[arg(default_value = "atomix")]
    pub(crate) model: String,
    /// Under which weakened rules; without it, under the specification's own.
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<String>,
    /// One configuration; without it, the one that shows the variant, or all of the tier.
    #[arg(long, value_name = "NAME")]
    pub(crate) configuration: Option<String>,
    /// How much to do; quick unless said otherwise. Beside --configuration only nightly says anything:
    /// which engine.
    #[arg(long, value_enum)]
    pub(crate) tier: Option<Tier>,
    /// End as incomplete after so many states.
    #[arg(long, value_name = "N")]
    pub(crate) states_max: Option<usize>,
    /// Of states that differ only in which of several equal payments is which, look at one. Searches
    /// depth-first, as the nightly tier does, so it says nothing of resolution and of lengths.
    #[arg(long)]
    pub(crate) symmetry: bool,
    /// Do not exhaust anything: walk at random, once for each of these seeds, and print a line of JSON
    /// for each walk.
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    pub(crate) seeds: Option<std::ops::Range<u64>>,
    /// Of the seeds only the part i of n, counted from 1.
    #[arg(long, value_name = "I/N", value_parser = part, requires = "seeds", default_value = "1/1")]
    pub(crate) shard: (u64, u64),
    /// The most steps of a walk.
    #[arg(long, value_name = "N", default_value_t = 200, requires = "seeds")]
    pub(crate) steps_max: usize,
    /// Write the trace of the first failure here, as JSON, and drawings of it beside it.
    #[arg(long, value_name = "FILE")]
    pub(crate) trace_out: Option<PathBuf>,
    /// Name the models, configurations and variants, and do nothing else.
    #[arg(long)]
    pub(crate) list: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `A..B`.
fn seeds(text: &str) -> Result<std::ops::Range<u64>, String> {
    let number = |text: &str| text.parse::<u64>().map_err(|error| error.to_string());
    let (first, end) = text.split_once("..").ok_or("a range is written A..B")?;
    let range = number(first)?..number(end)?;
    if range.is_empty() { Err("the range is empty".to_owned()) } else { Ok(range) }
}

/// `I/N`, 1 ≤ I ≤ N.
fn part(text: &str) -> Result<(u64, u64), String> {
    let number = |text: &str| text.parse::<u64>().map_err(|error| error.to_string());
    let (part, of) = text.split_once('/').ok_or("a part is written I/N")?;
    let (part, of) = (number(part)?, number(of)?);
    if (1..=of).contains(&part) { Ok((part, of)) } else { Err("I is from 1 to N".to_owned()) }
}

/// Arguments of `mutants`.
#[derive(Debug, Args)]
pub(crate) struct Mutants {
    /// The most states that a variant is given in each configuration.
    #[arg(long, value_name = "N", default_value_t = ioschain_model::score::VARIANT_STATES_MAX)]
    pub(crate) states_max: usize,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayTrace {
    /// A trace as `check --trace-out` writes it.
    pub(crate) trace: PathBuf,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `explore`.
#[derive(Debug, Args)]
pub(crate) struct Explore {
    /// Which model.
    #[arg(default_value = "atomix")]
    pub(crate) model: String,
    /// Under which weakened rules; without it, under the specification's own.
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<String>,
    /// Which configuration.
    #[arg(long, value_name = "NAME", default_value = "k2-l1-t2")]
    pub(crate) configuration: String,
    /// Where to serve.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    pub(crate) listen: String,
}

#[derive(Debug, Subcommand)]
enum Drp {
    /// Run the protocol once with real cryptography, all validators in this process.
    Run(RunDrp),
    /// Check a transcript as a third party, and list every check with its result.
    Verify(VerifyDrp),
}

/// Arguments of `drp run`.
#[derive(Debug, Args)]
pub(crate) struct RunDrp {
    /// How many validators, the leader among them; 4 to 4096.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(4..=4096))]
    pub(crate) validators: u16,
    /// About how many servers share each other's secrets; a remainder makes some groups larger.
    #[arg(long, value_name = "C", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) group_size: u16,
    /// How many validators are faulty, each in one of four ways; at most a third of the others.
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub(crate) faulty: u16,
    /// What all keys, secrets and faults come from.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Write the transcript here, for `drp verify`.
    #[arg(long, value_name = "FILE")]
    pub(crate) transcript_out: Option<PathBuf>,
    /// Write the facts of the epoch here, for `drp verify --facts`: what a third party knows by itself.
    #[arg(long, value_name = "FILE")]
    pub(crate) facts_out: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `drp verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyDrp {
    /// A file that `drp run --transcript-out` wrote.
    pub(crate) transcript: PathBuf,
    /// Judge by the facts in this file, as `drp run --facts-out` writes them, and not by those that came with the
    /// transcript.
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Replay a real Bitcoin block as sharded transactions through Atomix.
    Bitcoin(ImportBitcoin),
}

#[derive(Debug, Subcommand)]
enum Vectors {
    /// Write the vectors that the specification gives.
    Generate(GenerateVectors),
    /// Put the vectors to an implementation; to the specification itself unless said otherwise.
    Run(Box<RunVectors>),
    /// Show that the vectors catch implementations that are wrong on purpose.
    SelfTest(SelfTest),
}

/// How much `check` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tier {
    /// Seconds.
    Quick,
    /// Longer: more shards, larger models, minutes.
    Full,
    /// An hour: stateright on all cores, states that no graph could hold.
    Nightly,
}

impl Tier {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
            Self::Nightly => "nightly",
        }
    }
}

/// How much `verify` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerifyTier {
    /// Seconds.
    Quick,
    /// Longer: more shards, larger models, minutes.
    Full,
}

impl VerifyTier {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }
}

fn verify_tier(text: &str) -> Result<VerifyTier, String> {
    VerifyTier::from_str(text, false).map_err(|_| match Tier::from_str(text, false) {
        Ok(_) => {
            format!("verify has no {text} tier; `ioschain check --tier {text}` is apart from it")
        }
        Err(_) => "verify has the tiers quick and full".to_owned(),
    })
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// How much to do: quick takes seconds; full has more shards and larger models, and takes minutes.
    #[arg(long, value_name = "quick|full", value_parser = verify_tier, default_value = "quick")]
    pub(crate) tier: VerifyTier,
    /// The folder of the vectors.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `vectors generate`.
#[derive(Debug, Args)]
pub(crate) struct GenerateVectors {
    /// Write nothing; say what differs, and exit 1 if anything does.
    #[arg(long)]
    pub(crate) check: bool,
    /// The folder of the vectors.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `vectors run`.
#[derive(Debug, Args)]
pub(crate) struct RunVectors {
    /// The program under test, with its arguments; it speaks JSON lines on its pipes. Quotes and
    /// backslashes work as in a POSIX shell; put a Windows path into single quotes.
    #[arg(long, value_name = "CMD")]
    pub(crate) adapter: Option<String>,
    /// Only cases whose ids match, with * and ?.
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Option<String>,
    /// The highest level to run: L0, L1, L2 or L3.
    #[arg(long, value_name = "LEVEL", default_value = "L3")]
    pub(crate) level: String,
    /// Only the cases of this profile: `standard`, or `tiny`, which comes from the models.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Beside the files, one random walk through a larger model for each of these seeds; they count for
    /// L3.
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    pub(crate) walks: Option<std::ops::Range<u64>>,
    /// The cases that are known not to pass.
    #[arg(long, value_name = "FILE")]
    pub(crate) skips: Option<PathBuf>,
    /// Seconds that the program under test has for each answer.
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timeout: u64,
    /// Stop at the first case that does not pass.
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Write a JSON report; without a file, print it instead of text.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) json: Option<PathBuf>,
    /// Write a JUnit report.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write a page for people.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// The folder of the vectors.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// Arguments of `vectors self-test`.
#[derive(Debug, Args)]
pub(crate) struct SelfTest {
    /// The folder of the vectors.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `import bitcoin`.
#[derive(Debug, Args)]
pub(crate) struct ImportBitcoin {
    /// A file with one block: as `bitcoin-cli getblock HASH 0` prints it (hex), or the same bytes raw.
    pub(crate) block: PathBuf,
    /// How many transaction shards, 1 to 1024. A large block over more than 64 of them takes gigabytes
    /// of memory for its expiry lists, unless its epochs are long (--epoch-blocks 1000).
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) shards: u16,
    /// Add this many transactions that double-spend inputs of others.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) conflicts: usize,
    /// The share of clients of transactions across shards that vanish between lock and unlock, in parts per million, 0 to 1000000.
    #[arg(long, value_name = "PPM", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(crate) drop_clients: u32,
    /// How many blocks a shard makes in an epoch, 1 to 65536; those that would be empty are left out.
    #[arg(long, value_name = "B", default_value_t = 16,
          value_parser = clap::value_parser!(u64).range(1..=EPOCH_BLOCKS_MAX))]
    pub(crate) epoch_blocks: u64,
    /// Fixes the order of delivery, the duplicates and the faults.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Runs the program with the given arguments, the program's name first; gives the exit code.
///
/// `output` takes results, `errors` takes everything meant for a person who must act.
pub fn run<I, T>(arguments: I, output: &mut dyn Write, errors: &mut dyn Write) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` come here too; they are answers, not errors.
            if error.use_stderr() {
                let _ = write!(errors, "{}", error.render());
                return EXIT_BAD_INPUT;
            }
            let _ = write!(output, "{}", error.render());
            return EXIT_SUCCESS;
        }
    };
    let done = match &cli.command {
        Command::Verify(arguments) => commands::verify::verify(arguments, output, errors),
        Command::Vectors(Vectors::Generate(arguments)) => {
            commands::vectors::generate(arguments, output, errors)
        }
        Command::Vectors(Vectors::Run(arguments)) => {
            commands::vectors::run(arguments, output, errors)
        }
        Command::Vectors(Vectors::SelfTest(arguments)) => {
            commands::vectors::test_the_vectors(arguments, output, errors)
        }
        Command::Adapter => commands::vectors::adapter(),
        Command::Check(arguments) => commands::models::check(arguments, output, errors),
        Command::Mutants(arguments) => commands::models::mutants(arguments, output, errors),
        Command::Replay(arguments) => commands::models::replay_trace(arguments, output, errors),
        Command::Explore(arguments) => commands::models::explore(arguments, output, errors),
        Command::Drp(Drp::Run(arguments)) => commands::drp::run_drp(arguments, output, errors),
        Command::Drp(Drp::Verify(arguments)) => {
            commands::drp::verify_drp(arguments, output, errors)
        }
        Command::Import(Import::Bitcoin(arguments)) => {
            commands::import::bitcoin(arguments, output, errors)
        }
    };
    match done {
        Ok(true) => EXIT_SUCCESS,
        Ok(false) => EXIT_DOES_NOT_HOLD,
        // Whoever reads the output has enough: the command did not finish, and there is nobody to tell.
        Err(error) if is_broken_pipe(&error) => EXIT_BAD_INPUT,
        Err(error) => {
            let _ = writeln!(errors, "error: {}", in_words(&error));
            EXIT_BAD_INPUT
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    kinds.map(std::io::Error::kind).any(|kind| kind == std::io::ErrorKind::BrokenPipe)
}

/// The error and its causes, outermost first. A cause whose words stand in what comes before is left
/// out: some errors quote theirs.
fn in_words(error: &anyhow::Error) -> String {
    let mut words = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !words.contains(&cause) {
            words = format!("{words}: {cause}");
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::in_words;

    #[test]
    fn every_cause_stands_once() {
        let error = anyhow!("no such file");
        assert_eq!(in_words(&error), "no such file");
        let error = error.context("cannot read a.raw: no such file").context("a.raw is no block");
        assert_eq!(in_words(&error), "a.raw is no block: cannot read a.raw: no such file");
    }
}
