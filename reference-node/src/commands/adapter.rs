//! `ioschain adapter`: the specification behind a pipe.

use anyhow::bail;
use clap::Args;
use ioschain_vectors::reference::Reference;
use ioschain_vectors::run::adapter::serve;

/// Answer a runner of vectors on standard input and output, with the specification's answers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain vectors run --adapter 'ioschain adapter'
      Runs the vectors against the specification, over pipes.
  printf '%s\\n' '{\"op\":\"hello\"}' | ioschain adapter
      What the adapter says to a line by hand; the vectors' README describes the lines.")]
pub(crate) struct Adapter {}

impl Adapter {
    pub(crate) fn run(&self) -> anyhow::Result<bool> {
        let (input, output) = (std::io::stdin(), std::io::stdout());
        if std::io::IsTerminal::is_terminal(&input) {
            bail!(
                "`ioschain adapter` answers a runner, line by line; start one with \
                 `ioschain vectors run --adapter 'ioschain adapter'`"
            );
        }
        serve(&mut Reference::new(), input.lock(), output.lock())?;
        Ok(true)
    }
}
