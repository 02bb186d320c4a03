//! One module for each subcommand. Each gives `Ok(true)` if all holds, `Ok(false)` if a result does
//! not hold (said on `errors`), and an error if it could not run.

pub(crate) mod drp;
pub(crate) mod import;
pub(crate) mod models;
pub(crate) mod progress;
pub(crate) mod vectors;
pub(crate) mod verify;
