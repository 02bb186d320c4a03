//! Fingerprints: 64 bits that stand for a state, and how likely it is that two states share one.

use std::hash::{Hash, Hasher};

/// A hasher for keys that are hashes already.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlreadyHashed(u64);

impl Hasher for AlreadyHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// The fingerprint of a state: SipHash-1-3 with a fixed key, so another function than stateright's.
pub fn fingerprint<T: Hash>(state: &T) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

/// An upper bound for the probability that among `states` states two share a 64-bit fingerprint, so
/// that one of them went unexplored: n(n − 1)/2 pairs, each with probability 2⁻⁶⁴.
///
/// ```
/// let bound = ioschain_model::fingerprint::collision_probability(5_000_000);
/// assert!((6e-7..7e-7).contains(&bound));
/// ```
pub fn collision_probability(states: u64) -> f64 {
    let states = states as f64;
    states * (states - 1.0).max(0.0) / 2.0 / 2f64.powi(64)
}
