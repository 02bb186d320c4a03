//! The validators of an epoch cut into shards. Origin: white paper §5, steps 5 and 6.

use super::seeds::{SeedLabel, derive_seed};
use crate::primitives::certificate::Roster;
use crate::primitives::hash::Digest;
use crate::primitives::keys::NodeId;
use crate::primitives::stream::{Stream, buckets};

/// The shards 1..=m of an epoch, each with its validators in the order drawn; none if `shards` is 0.
///
/// **EDS-ASSIGN-01** (MUST) [WP §5 steps 5 and 6] The validators of epoch e, put into order by
/// `seed("assign", e, 0)`, are cut into m contiguous shards; sizes differ by at most one, the larger ones
/// first.
pub fn derive_assignment(
    configuration: &Roster,
    epoch: u64,
    shards: u16,
    randomness: &Digest,
) -> Vec<Vec<NodeId>> {
    let mut order: Vec<NodeId> = configuration.node_ids().collect();
    Stream::new(derive_seed(SeedLabel::Assign, epoch, 0, randomness)).shuffle(&mut order);
    buckets(&order, shards).into_iter().map(<[NodeId]>::to_vec).collect()
}
