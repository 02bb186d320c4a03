//! The primitives: hashes, commitments and their proofs, signatures, certificates, draws.
//!
//! Hashing (CRY-HASH-01) and draws (CRY-STREAM-01 to -05) answer every question, so they have no
//! negative cases.

mod certificates;
mod curve_points;
mod draws;
mod hashes;
mod known_signatures;
mod list_commitment;
mod map_commitment;
mod signatures;

use super::support::CaseError;
use crate::vector::VectorFile;

/// The suites of every primitive.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = hashes::files()?;
    files.extend(list_commitment::files()?);
    files.extend(map_commitment::files()?);
    files.extend(signatures::files()?);
    files.extend(curve_points::files()?);
    files.extend(certificates::files()?);
    files.extend(draws::files()?);
    Ok(files)
}
