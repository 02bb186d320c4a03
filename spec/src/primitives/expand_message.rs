//! Uniform bytes from a message, for hashing to a group or to its scalars. Origin: RFC 9380 §5.3.
//!
//! A message must be hashed to a group element in such a way that nobody knows the logarithm of the
//! element. The RFC does this in two steps. This module makes 64 bytes that nobody can distinguish
//! from random bytes. Each group then maps these bytes to one of its elements.

use sha2::{Digest as _, Sha512};

/// SHA-512 reads blocks of 128 bytes. A first block of zeros separates this use of SHA-512 from
/// other uses.
const ZERO_BLOCK: [u8; 128] = [0; 128];
/// The longest domain that is used without being hashed first.
const DOMAIN_MAX: usize = 255;

/// The function `expand_message_xmd` of the RFC with SHA-512, for an output of 64 bytes. Different
/// domains give independent outputs, so the hash for one use cannot serve for another.
///
/// **CRY-HASH-02** (MUST) [RFC 9380 §5.3.1] With `D` the domain and its length in one byte:
/// `b₀ = SHA-512(0¹²⁸ ‖ message ‖ u16be(64) ‖ 0 ‖ D)`, and the answer is `SHA-512(b₀ ‖ 1 ‖ D)`. A
/// domain of more than 255 bytes is first replaced by `SHA-512("H2C-OVERSIZE-DST-" ‖ domain)`.
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
