//! `ioschain adapter`: the specification behind a pipe.

use anyhow::bail;
use clap::Args;
use ioschain_vectors::reference::Reference;
use ioschain_vectors::run::adapter::serve;

/// Answer the requests of `vectors run --adapter` on standard input and output, as the
/// specification does.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain vectors run --adapter 'ioschain adapter'
      Runs the vectors against the specification, over pipes.
  ioschain vectors run --adapter 'ssh other-machine ioschain adapter'
      The same, with the specification on another machine.
  echo '{\"id\":0,\"op\":\"run\",\"profile\":\"standard\",\"handler\":\"sharding.ranks\",\"input\":{\"tickets\":[]}}' |
  ioschain adapter
      One request by hand. conformance-vectors/README.md describes requests and answers.")]
pub(crate) struct Adapter {}

impl Adapter {
    pub(crate) fn run(&self) -> anyhow::Result<bool> {
        let (input, output) = (std::io::stdin(), std::io::stdout());
        if std::io::IsTerminal::is_terminal(&input) {
            bail!(
                "`ioschain adapter` reads requests from a pipe, and standard input is a terminal. Use \
                 `ioschain vectors run --adapter 'ioschain adapter'`"
            );
        }
        serve(&mut Reference::new(), input.lock(), output.lock())?;
        Ok(true)
    }
}
