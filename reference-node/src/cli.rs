//! The command line: what can be asked, and what the exit code means.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands;

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
    /// Bring data from elsewhere and run it through the ledger.
    #[command(subcommand)]
    Import(Import),
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Replay a real Bitcoin block as sharded transactions through Atomix.
    Bitcoin(ImportBitcoin),
}

/// Arguments of `import bitcoin`.
#[derive(Debug, Args)]
pub(crate) struct ImportBitcoin {
    /// The block: raw bytes as Bitcoin nodes store them, or the same in hex.
    pub(crate) block: PathBuf,
    /// How many transaction shards.
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) shards: u16,
    /// Add this many transactions that double-spend inputs of others.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) conflicts: usize,
    /// The share of clients that vanish between lock and unlock, in parts per million.
    #[arg(long, value_name = "PPM", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(crate) drop_clients: u32,
    /// How many blocks a shard makes in an epoch.
    #[arg(long, value_name = "B", default_value_t = 16,
          value_parser = clap::value_parser!(u64).range(1..))]
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
        Command::Import(Import::Bitcoin(arguments)) => {
            commands::import::bitcoin(arguments, output, errors)
        }
    };
    match done {
        Ok(true) => EXIT_SUCCESS,
        Ok(false) => EXIT_DOES_NOT_HOLD,
        Err(error) => {
            let _ = writeln!(errors, "error: {error:#}");
            EXIT_BAD_INPUT
        }
    }
}
