//! The command line: the commands, the exit codes, and how errors are written. Each command's
//! arguments and help are in its own file.

use std::ffi::OsString;
use std::io::Write;

use clap::{Parser, Subcommand};

use crate::commands::adapter::Adapter;
use crate::commands::check::Check;
use crate::commands::drp::Drp;
use crate::commands::explore::Explore;
use crate::commands::import::Import;
use crate::commands::io::Io;
use crate::commands::mutants::Mutants;
use crate::commands::replay::ReplayTrace;
use crate::commands::vectors::Vectors;
use crate::commands::verify::Verify;

/// Everything holds.
pub const EXIT_SUCCESS: u8 = 0;
/// The command ran, and something that it checked does not hold.
pub const EXIT_DOES_NOT_HOLD: u8 = 1;
/// The command could not run, because its arguments or its input cannot be used.
pub const EXIT_BAD_INPUT: u8 = 2;

/// IOSChain: a formally tested reference specification of a sharded blockchain.
#[derive(Debug, Parser)]
#[command(name = "ioschain", version, arg_required_else_help = true)]
#[command(after_help = "\
Examples:
  ioschain verify
      Runs all checks of this repository, and prints one table of evidence.
  ioschain check drp
      Explores every state of one model.
  ioschain vectors run --adapter ./my-node
      Tests another implementation. conformance-vectors/README.md describes what it must answer.

Exit codes: 0 all checks passed, 1 a check failed or is incomplete, 2 the arguments or the input cannot
be used.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(Verify),
    #[command(subcommand)]
    Vectors(Vectors),
    Adapter(Adapter),
    #[command(subcommand)]
    Import(Import),
    #[command(subcommand)]
    Drp(Drp),
    Check(Check),
    Mutants(Mutants),
    Replay(ReplayTrace),
    Explore(Explore),
}

impl Command {
    /// Whether the results are one JSON object instead of text.
    fn json(&self) -> bool {
        match self {
            Self::Verify(command) => command.json,
            Self::Vectors(command) => command.json(),
            Self::Adapter(_) | Self::Explore(_) => false,
            Self::Import(command) => command.json(),
            Self::Drp(command) => command.json(),
            Self::Check(command) => command.json,
            Self::Mutants(command) => command.json,
            Self::Replay(command) => command.json,
        }
    }

    fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        match self {
            Self::Verify(command) => command.run(io),
            Self::Vectors(command) => command.run(io),
            Self::Adapter(command) => command.run(),
            Self::Import(command) => command.run(io),
            Self::Drp(command) => command.run(io),
            Self::Check(command) => command.run(io),
            Self::Mutants(command) => command.run(io),
            Self::Replay(command) => command.run(io),
            Self::Explore(command) => command.run(io),
        }
    }
}

/// Runs the program with the given arguments, the program's name first; gives the exit code.
///
/// `results` takes the results, and `log` takes progress and everything for a person who must act.
pub fn run<I, T>(arguments: I, results: &mut dyn Write, log: &mut dyn Write) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let command = match Cli::try_parse_from(arguments) {
        Ok(Cli { command }) => command,
        Err(error) => {
            // `--help` and `--version` come here too; they are answers, not errors.
            if error.use_stderr() {
                let _ = write!(log, "{}", error.render());
                return EXIT_BAD_INPUT;
            }
            let _ = write!(results, "{}", error.render());
            return EXIT_SUCCESS;
        }
    };
    match command.run(&mut Io { results, log, json: command.json() }) {
        Ok(true) => EXIT_SUCCESS,
        Ok(false) => EXIT_DOES_NOT_HOLD,
        // The reader of the output has enough. The command did not finish, and nobody is there to
        // be told.
        Err(error) if is_broken_pipe(&error) => EXIT_BAD_INPUT,
        Err(error) => {
            let _ = writeln!(log, "error: {}", in_words(&error));
            EXIT_BAD_INPUT
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    kinds.map(std::io::Error::kind).any(|kind| kind == std::io::ErrorKind::BrokenPipe)
}

/// The error and its causes, outermost first. Some errors quote their cause; a cause that was
/// quoted is left out.
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
    fn every_cause_is_written_once() {
        let error = anyhow!("no such file");
        assert_eq!(in_words(&error), "no such file");
        let error = error.context("cannot read a.raw: no such file").context("a.raw is no block");
        assert_eq!(in_words(&error), "a.raw is no block: cannot read a.raw: no such file");
    }
}
