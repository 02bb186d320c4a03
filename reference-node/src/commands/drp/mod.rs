//! `ioschain drp …`: the randomness protocol, and the third party.

mod run;
mod verify;

use clap::Subcommand;

use super::io::Io;

/// Run the randomness protocol, or verify a transcript of it.
#[derive(Debug, Subcommand)]
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
