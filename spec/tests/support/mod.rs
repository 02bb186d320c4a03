//! What several of the tests share: SHA-256 as they compute it themselves.

use sha2::{Digest as _, Sha256};

/// Plain SHA-256 of the concatenated parts, from the library and not from the specification.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
