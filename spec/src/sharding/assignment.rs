//! The division of an epoch's validators among the shards.
//!
//! Origin: white paper §5, steps 5 and 6.

use super::seeds::{SeedLabel, derive_seed};
use crate::primitives::certificate::Roster;
use crate::primitives::hash::Digest;
use crate::primitives::keys::NodeId;
use crate::primitives::numbers::{Epoch, Shard};
use crate::primitives::stream::{Stream, buckets};

/// The validators of each shard 1..=m in an epoch, in the order in which they were drawn. The
/// result is empty if `shards` is 0.
///
/// **EDS-ASSIGN-01** (MUST) [WP §5 steps 5 and 6, sizes own] The validators of epoch e are shuffled
/// with `seed("assign", e, 0)` and cut into m contiguous shards. The sizes differ by at most one,
/// and the larger shards come first. If validators could choose their shard, accomplices could
/// gather in one shard.
///
/// The paper: "compute a permutation and divide the result into m buckets with same size" (§5 step
/// 6). Equal sizes are possible only if m divides the number of validators (gap W26).
///
/// ```
/// use ioschain_spec::primitives::certificate::Roster;
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
/// use ioschain_spec::primitives::numbers::Epoch;
/// use ioschain_spec::sharding::assignment::derive_assignment;
///
/// let keys = |number| ValidatorKeyPairs::from_seed(&[number; 32]).public_keys();
/// let configuration = Roster::new((1..=9).map(keys))?;
/// let shards = derive_assignment(&configuration, Epoch(3), 2, &Digest([5; 32]));
/// // Nine validators in two shards: the first shard has one more.
/// assert_eq!(shards.iter().map(Vec::len).collect::<Vec<_>>(), [5, 4]);
/// // Another random number gives another assignment.
/// assert_ne!(shards, derive_assignment(&configuration, Epoch(3), 2, &Digest([6; 32])));
/// # Ok::<(), ioschain_spec::Rejection>(())
/// ```
pub fn derive_assignment(
    configuration: &Roster,
    epoch: Epoch,
    shards: u16,
    randomness: &Digest,
) -> Vec<Vec<NodeId>> {
    let mut order: Vec<NodeId> = configuration.node_ids().collect();
    Stream::new(derive_seed(SeedLabel::Assign, epoch, Shard::IDENTITY, randomness))
        .shuffle(&mut order);
    buckets(&order, shards).into_iter().map(<[NodeId]>::to_vec).collect()
}
