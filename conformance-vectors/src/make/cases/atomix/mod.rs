//! §7: locks, unlocks, proofs, the sweep, whole runs, and the runs of the model.

mod attempt;
mod close_epoch;
mod import;
mod lock;
mod order;
mod proofs;
mod repeated_lock;
mod run;
pub(in crate::make::cases) mod samples;
pub mod trace;
mod unlock_abort;
mod unlock_commit;
mod verify_proof;

use super::support::CaseError;
use crate::format::vector::VectorFile;

/// The suites.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = vec![
        lock::accepted()?,
        repeated_lock::stored_answers()?,
        lock::rejected()?,
        lock::refused()?,
        lock::order_of_checks()?,
        unlock_commit::committed()?,
        unlock_commit::stored_answers()?,
        unlock_commit::order_of_checks()?,
        unlock_commit::refused()?,
        unlock_abort::aborted()?,
        unlock_abort::stored_answers()?,
        unlock_abort::order_of_checks()?,
        unlock_abort::refused()?,
        verify_proof::valid()?,
        verify_proof::invalid()?,
        import::settled()?,
        import::refused()?,
        close_epoch::closed()?,
        close_epoch::refused()?,
        order::ordered()?,
        order::refused()?,
    ];
    files.extend(run::files()?);
    files.extend(trace::files()?);
    Ok(files)
}
