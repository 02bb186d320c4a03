//! Uniform bytes out of a message, for what hashes to a group or to its scalars. Origin: RFC 9380 §5.3.
//!
//! A group element must come out of a message in such a way that nobody knows its logarithm. The RFC
//! splits that in two: 64 bytes that nobody can tell from random ones, which is this module, and a map
//! from bytes to elements, which is the group's.

use sha2::{Digest as _, Sha512};

/// SHA-512 reads blocks of 128 bytes: a first one of zeros keeps what follows apart from other uses.
const ZERO_BLOCK: [u8; 128] = [0; 128];
/// The longest domain that is taken as it stands.
const DOMAIN_MAX: usize = 255;

/// `expand_message_xmd` with SHA-512, for 64 bytes.
///
/// **CRY-HASH-02** (MUST) [RFC 9380 §5.3.1] With `D` the domain and its length in one byte:
/// `b₀ = SHA-512(0¹²⁸ ‖ message ‖ u16be(64) ‖ 0 ‖ D)`, and the answer is `SHA-512(b₀ ‖ 1 ‖ D)`. A domain of
/// more than 255 bytes is first replaced by `SHA-512("H2C-OVERSIZE-DST-" ‖ domain)`.
pub fn expand_message_xmd(domain: &[u8], message: &[u8]) -> [u8; 64] {
    if domain.len() > DOMAIN_MAX {
        return expand_message_xmd(&sha512(&[b"H2C-OVERSIZE-DST-", domain]), message);
    }
    let domain_length = [u8::try_from(domain.len()).unwrap_or(u8::MAX)];
    let output_length = 64u16.to_be_bytes();
    let first = sha512(&[&ZERO_BLOCK, message, &output_length, &[0], domain, &domain_length]);
    sha512(&[&first, &[1], domain, &domain_length])
}

fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    let mut hasher = Sha512::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
