//! The primitives: hashes, commitments and their proofs, signatures, certificates, draws.
//!
//! Hashing (CRY-HASH-01 to -05), draws (CRY-STREAM-01 to -05) and the derivation of keys
//! (CRY-KEYS-02 and -03) answer every question, so they have no negative cases.

mod certificate;
mod cosi;
mod curve_points;
mod dleq;
mod ed25519;
mod ed25519_known;
mod group;
mod hash;
mod keys;
mod map_commitment;
mod merkle;
mod pvss;
mod stream;
mod vrf;

// Values from the RFCs that the specification's own tests use too.
#[expect(dead_code, reason = "vectors of what has no handler: a map, and 32 bytes instead of 64")]
#[path = "../../../../../spec/tests/support/group_vectors.rs"]
mod group_vectors;
#[expect(dead_code, reason = "the proofs of the RFC hash other things than ours")]
#[path = "../../../../../spec/tests/support/rfc9497_vectors.rs"]
mod rfc9497_vectors;
#[expect(dead_code, reason = "secret scalars and nonces, which no handler shows")]
#[path = "../../../../../spec/tests/support/vrf_vectors.rs"]
mod vrf_vectors;

use super::support::CaseError;
use crate::format::vector::VectorFile;

/// The suites of every primitive.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = hash::files()?;
    files.extend(merkle::files()?);
    files.extend(map_commitment::files()?);
    files.extend(ed25519::files()?);
    files.extend(curve_points::files()?);
    files.extend(certificate::files()?);
    files.extend(stream::files()?);
    files.extend(group::files()?);
    files.extend(dleq::files()?);
    files.extend(pvss::files()?);
    files.extend(cosi::files()?);
    files.extend(vrf::files()?);
    files.extend(keys::files()?);
    Ok(files)
}
