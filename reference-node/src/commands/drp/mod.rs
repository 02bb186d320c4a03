//! `ioschain drp …`: the randomness protocol, and the third party.

mod run;
mod verify;

use clap::Subcommand;

use super::io::Io;

/// Run the randomness protocol, or verify a transcript of it.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  ioschain drp run --validators 16 --group-size 5 --transcript-out t.json --facts-out facts.json
      Runs the protocol, and writes its transcript and the facts of the epoch.
  ioschain drp verify t.json --facts facts.json
      Checks the transcript as a third party that knows these facts.")]
pub(crate) enum Drp {
    Run(run::RunDrp),
    Verify(verify::VerifyDrp),
}

impl Drp {
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Run(command) => command.json,
            Self::Verify(command) => command.json,
        }
    }

    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        match self {
            Self::Run(command) => command.run(io),
            Self::Verify(command) => command.run(io),
        }
    }
}
