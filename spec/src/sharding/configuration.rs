//! The validators of an epoch.
//!
//! ```text
//!   epoch      e − 2            │ e − 1                      │ e
//!   keys       … last changes ──│─▶ frozen                   │ config_e serves
//!   numbers    rnd_{e−2} ordered│        rnd_{e−1} ordered ──│─▶ the lottery of e draws over it
//! ```
//!
//! If the random number were known before the keys are fixed, an attacker could generate K keys,
//! keep the one with the best draw, and win with probability K/(K + n − 1). Therefore config_e is
//! fixed when epoch e − 1 opens. The lottery of epoch e is drawn over the random number of epoch e
//! − 1. When config_e is fixed, this number is not ordered yet, and nobody knows it.
//!
//! Epoch 1 is an exception: no run comes before it. Its lottery is drawn over a number that the
//! participants agree on together with genesis, outside the protocol. The caller passes this number
//! as [`randomness_before`](crate::drp::EpochContext::randomness_before) of epoch 1. No field of
//! [`Genesis`](crate::ledger::genesis::Genesis) has the number yet, so the chain id does not commit
//! to it. Whoever writes genesis could try many numbers and keys, so the participants must also
//! agree that the number was chosen last.
//!
//! Origin: own. The paper does not say when keys are fixed (gap W8).

use std::collections::{BTreeMap, BTreeSet};

use crate::Rejection;
use crate::primitives::certificate::{ROSTER_MAX, ROSTER_MIN, Roster};
use crate::primitives::keys::{NodeId, ValidatorKeys};
use crate::primitives::numbers::Epoch;

/// A change of the set of validators. It is an entry of the identity log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipChange {
    /// A validator is registered with these keys, after
    /// [`check_registration`](crate::sharding::registration::check_registration) accepted it.
    Registered(ValidatorKeys),
    /// A validator is no longer registered, because it asked to leave.
    Unregistered(NodeId),
    /// A validator was convicted of an offence that its own signatures prove (§8).
    Convicted(NodeId),
}

/// A membership change and the epoch in which it was ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembershipEntry {
    /// The epoch, 1 or later.
    pub epoch: Epoch,
    /// The change of the set of validators.
    pub change: MembershipChange,
}

/// Computes config_e, the validators of an epoch, from those of genesis and from the `entries` of
/// the identity log, in the order of the log.
///
/// **EDS-CONFIG-02** (MUST) \[own] The validators of epoch e follow from genesis and from the
/// entries of epochs 1 to e − 2, within the limits of EDS-CONFIG-03. They are the validators of
/// genesis and those that these entries registered, without those that a later one of these entries
/// unregistered, and without those that any of these entries convicted. So the validators of epochs
/// 1 and 2 are those of genesis.
///
/// **EDS-CONFIG-03** (MUST) \[own] A registration has no effect if there are 4,096 validators
/// already. An entry that would leave fewer than four validators removes nobody. A roster cannot
/// have more than 4,096 validators, fewer than four certify nothing, and an epoch without
/// validators would be the last one. A convicted validator that is not removed may not lead.
///
/// # Errors
/// [`Rejection::EncMalformed`] never, because there are at most 4,096 validators.
///
/// ```
/// use ioschain_spec::primitives::certificate::Roster;
/// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
/// use ioschain_spec::primitives::numbers::Epoch;
/// use ioschain_spec::sharding::configuration::{
///     MembershipChange, MembershipEntry, derive_configuration,
/// };
///
/// let keys = |number| ValidatorKeyPairs::from_seed(&[number; 32]).public_keys();
/// let genesis = Roster::new((1..=4).map(keys))?;
/// // A validator registers in epoch 1. It serves two epochs later.
/// let change = MembershipChange::Registered(keys(5));
/// let entries = [MembershipEntry { epoch: Epoch(1), change }];
/// assert_eq!(derive_configuration(&genesis, &entries, Epoch(2))?.count(), 4);
/// assert_eq!(derive_configuration(&genesis, &entries, Epoch(3))?.count(), 5);
/// # Ok::<(), ioschain_spec::Rejection>(())
/// ```
pub fn derive_configuration(
    genesis: &Roster,
    entries: &[MembershipEntry],
    epoch: Epoch,
) -> Result<Roster, Rejection> {
    let frozen = Epoch(1)..=epoch.saturating_sub(2);
    let mut validators: BTreeMap<NodeId, ValidatorKeys> =
        genesis.validators().map(|keys| (keys.node_id(), *keys)).collect();
    let mut convicted = BTreeSet::new();
    // EDS-CONFIG-02: only entries that were ordered before epoch e − 1 opened.
    for entry in entries.iter().filter(|entry| frozen.contains(&entry.epoch)) {
        // EDS-CONFIG-03: there are from four to 4,096 validators.
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
