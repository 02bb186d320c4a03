//! Whole runs: several shards, blocks as steps, and blocks that must leave the state as it is.

mod conflicts;
mod faults;
mod late;
mod payments;
mod story;
mod sweeps;

use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;

const HANDLER: &str = "atomix.run";

/// The suites.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        payments::payments()?,
        conflicts::conflicts()?,
        sweeps::sweeps()?,
        late::late_messages()?,
        faults::public_faults()?,
    ])
}
