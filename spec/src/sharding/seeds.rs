//! The seeds of the random streams: one for each use, epoch and shard.
//!
//! The assignment of §5, the swaps of §6, and the leagues and leader orders of §8 all use seeds
//! that are made from the random number of an epoch.
//!
//! Origin: white paper §6; the labels are ours.

use crate::primitives::hash::{Digest, Tag, tagged_hash, tags};
use crate::primitives::numbers::{Epoch, Shard};

/// The purpose of a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedLabel {
    /// The order in which the validators of an epoch are divided among the shards. The shard number
    /// of this seed is 0.
    Assign,
    /// The order in which validators leave a shard in an epoch transition (§6).
    SwapOut,
    /// The order in which validators join a shard in an epoch transition (§6).
    SwapIn,
    /// The draw of a shard's believable league (§8).
    League,
    /// The order of a shard's leaders (§8). It uses the random number of the epoch before, because
    /// an epoch's own number is ordered only in the course of that epoch.
    Leader,
}

impl SeedLabel {
    /// The hash tag of the label.
    fn tag(self) -> Tag {
        match self {
            Self::Assign => tags::SEED_ASSIGN,
            Self::SwapOut => tags::SEED_SWAP_OUT,
            Self::SwapIn => tags::SEED_SWAP_IN,
            Self::League => tags::SEED_LEAGUE,
            Self::Leader => tags::SEED_LEADER,
        }
    }
}

/// The seed of a random stream: `H("seed/" ‖ label, (epoch, shard, randomness))`.
///
/// **EDS-SEED-01** (MUST) [WP §6, labels own] Every use, epoch and shard has its own seed. It is
/// made from the random number of its epoch; the seed for leaders is made from the random number of
/// the epoch before. If two uses shared a seed, whoever knows the outcome of one could predict the
/// other.
///
/// The paper makes the two seeds of each shard "using the generated random output from DRP" (§6).
///
/// ```
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::numbers::{Epoch, Shard};
/// use ioschain_spec::sharding::seeds::{SeedLabel, derive_seed};
///
/// let randomness = Digest([1; 32]);
/// let seed = derive_seed(SeedLabel::SwapOut, Epoch(5), Shard(2), &randomness);
/// // Anyone who knows the random number computes the same seed; label, epoch and shard change it.
/// assert_eq!(seed, derive_seed(SeedLabel::SwapOut, Epoch(5), Shard(2), &randomness));
/// assert_ne!(seed, derive_seed(SeedLabel::SwapIn, Epoch(5), Shard(2), &randomness));
/// assert_ne!(seed, derive_seed(SeedLabel::SwapOut, Epoch(6), Shard(2), &randomness));
/// assert_ne!(seed, derive_seed(SeedLabel::SwapOut, Epoch(5), Shard(3), &randomness));
/// ```
pub fn derive_seed(label: SeedLabel, epoch: Epoch, shard: Shard, randomness: &Digest) -> Digest {
    tagged_hash(label.tag(), &(epoch, shard, randomness))
}
