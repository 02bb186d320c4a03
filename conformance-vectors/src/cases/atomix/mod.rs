//! §7: locks, unlocks, proofs, the sweep, and whole runs.

pub(in crate::cases) mod samples;

use super::support::CaseError;
use crate::vector::VectorFile;

/// The suites.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![])
}
