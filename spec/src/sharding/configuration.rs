//! Who the validators of an epoch are. Origin: own; the paper names no moment at which keys are fixed (gap W8).
//!
//! ```text
//!   epoch      e − 2            │ e − 1                       │ e
//!   keys       … last changes ──│─▶ frozen                    │ config_e serves
//!   numbers    rnd_{e−2} ordered│        rnd_{e−1} ordered ───│─▶ the lottery for rnd_e draws over it
//! ```
//!
//! A number that is known before the keys are fixed can be tried against keys: who makes K of them and registers
//! the one that draws best wins with K/(K + n − 1). So config_e is fixed when epoch e − 1 opens, and that epoch's
//! number, over which the lottery of epoch e is drawn, is not ordered yet and known to nobody. Epoch 1 is the
//! exception: its lottery is drawn over the number that stands in genesis beside the keys, and whoever writes
//! genesis can try both. It must be agreed on otherwise that it was not.

use std::collections::{BTreeMap, BTreeSet};

use crate::Rejection;
use crate::primitives::certificate::{ROSTER_MAX, ROSTER_MIN, Roster};
use crate::primitives::keys::{NodeId, ValidatorKeys};

/// What an entry of the identity log changes about who is a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipChange {
    /// A validator is registered, with these keys, as
    /// [`check_registration`](crate::sharding::registration::check_registration) allowed it.
    Registered(ValidatorKeys),
    /// It is registered no more, as it asked for.
    Unregistered(NodeId),
    /// It was convicted of what its signatures prove (§8).
    Convicted(NodeId),
}

/// Such an entry, and in which epoch it was ordered: 1 or later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembershipEntry {
    /// The epoch.
    pub epoch: u64,
    /// What changes.
    pub change: MembershipChange,
}

/// config_e: the validators of an epoch, from those of genesis and the log's `entries`, in their order.
///
/// **EDS-CONFIG-02** (MUST) [own] The validators of epoch e are those of genesis and those that entries of epochs
/// 1 to e − 2 registered, without those that entries of these epochs unregistered since or ever convicted, within
/// the limits of EDS-CONFIG-03. So those of genesis are the validators of epochs 1 and 2.
///
/// **EDS-CONFIG-03** (MUST) [own] A registration beyond 4,096 validators changes nothing, and what would leave
/// fewer than four removes nobody: more have no roster, fewer certify nothing, and an epoch without validators
/// would be the last. A convicted validator that stays may not lead.
///
/// # Errors
/// [`Rejection::EncMalformed`] never: there are 4,096 validators at most.
pub fn derive_configuration(
    genesis: &Roster,
    entries: &[MembershipEntry],
    epoch: u64,
) -> Result<Roster, Rejection> {
    let frozen = 1..=epoch.saturating_sub(2);
    let mut validators: BTreeMap<NodeId, ValidatorKeys> =
        genesis.validators().map(|keys| (keys.node_id(), *keys)).collect();
    let mut convicted = BTreeSet::new();
    // EDS-CONFIG-02: what was ordered before the epoch before opened, and nothing later.
    for entry in entries.iter().filter(|entry| frozen.contains(&entry.epoch)) {
        // EDS-CONFIG-03: from four to 4,096.
        let (has_room, has_spare) = (validators.len() < ROSTER_MAX, validators.len() > ROSTER_MIN);
        if let MembershipChange::Convicted(name) = entry.change {
            convicted.insert(name);
        }
        match entry.change {
            MembershipChange::Registered(keys)
                if has_room && !convicted.contains(&keys.node_id()) =>
            {
                validators.insert(keys.node_id(), keys);
            }
            MembershipChange::Unregistered(name) | MembershipChange::Convicted(name)
                if has_spare =>
            {
                validators.remove(&name);
            }
            _ => {} // too many, too few, or convicted before
        }
    }
    Roster::new(validators.into_values())
}
