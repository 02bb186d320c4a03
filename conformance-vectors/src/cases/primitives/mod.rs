//! The primitives: hashes, commitments and their proofs, signatures, certificates, draws.
//!
//! Hashing (CRY-HASH-01 to -05), draws (CRY-STREAM-01 to -05) and the derivation of keys (CRY-KEYS-02 and
//! -03) answer every question, so they have no negative cases.

mod certificates;
mod collective_signing;
mod curve_points;
mod draws;
mod equal_logarithms;
mod groups;
mod hashes;
mod known_signatures;
mod list_commitment;
mod map_commitment;
mod random_function;
mod secret_sharing;
mod signatures;
mod validator_keys;

// Values from the RFCs that the specification's own tests use too.
#[expect(dead_code, reason = "vectors of what has no handler: a map, and 32 bytes instead of 64")]
#[path = "../../../../spec/tests/support/group_vectors.rs"]
mod group_vectors;
#[expect(dead_code, reason = "the proofs of the RFC hash other things than ours")]
#[path = "../../../../spec/tests/support/rfc9497_vectors.rs"]
mod rfc9497_vectors;
#[expect(dead_code, reason = "secret scalars and nonces, which no handler shows")]
#[path = "../../../../spec/tests/support/vrf_vectors.rs"]
mod vrf_vectors;

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
    files.extend(groups::files()?);
    files.extend(equal_logarithms::files()?);
    files.extend(secret_sharing::files()?);
    files.extend(collective_signing::files()?);
    files.extend(random_function::files()?);
    files.extend(validator_keys::files()?);
    Ok(files)
}
