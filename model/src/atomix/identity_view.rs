//! The identity log of a model, and the part of it that a block sees.

use std::collections::BTreeMap;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::ExpiryList;
use ioschain_spec::atomix::sweep::import_due;
use ioschain_spec::chain::conservation::RetainedLists;
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed, IdentityLog, IdentityView};
use ioschain_spec::ledger::{ShardContext, ShardState};
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
use ioschain_spec::suite::{Ideal, IdealCertificate};

/// The epochs that shards have closed, with their expiry lists.
///
/// The entries of a model's identity log are in the order of (epoch, shard), whichever shard closed
/// its epoch first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosedEpochs {
    /// The entries of the identity log, by (epoch, shard).
    pub entries: BTreeMap<(Epoch, Shard), EpochClosed>,
    /// The lists, for imports and for the conservation sum.
    pub retained: RetainedLists,
}

impl ClosedEpochs {
    /// Adds the epoch that a shard closes.
    pub fn add(&mut self, entry: EpochClosed, lists: Vec<ExpiryList>) {
        let place = (entry.epoch, entry.shard);
        self.entries.insert(place, entry);
        self.retained.insert(place, lists);
    }

    /// The identity log with these entries after `genesis`.
    ///
    /// # Errors
    /// The specification's rejection of an entry.
    pub fn log(&self, genesis: &IdentityLog) -> Result<IdentityLog, Rejection> {
        append_all(genesis, self.entries.values().cloned())
    }
}

/// Appends entries to a log.
///
/// # Errors
/// The specification's rejection of an entry.
pub(super) fn append_all(
    log: &IdentityLog,
    entries: impl Iterator<Item = EpochClosed>,
) -> Result<IdentityLog, Rejection> {
    let mut longer = log.clone();
    for closed in entries {
        longer.append(&Ideal, &CertifiedEpoch { closed, certificate: IdealCertificate })?;
    }
    Ok(longer)
}

/// The part of the identity log that the block of one entry sees.
///
/// A sweep sees the whole log. Every other entry sees the longest prefix in which no sweep is due
/// yet, because a block that sees that a sweep is due has to begin with it.
///
/// A real block could also see a shorter prefix, or a log in another order. Rules that count
/// entries could distinguish these logs. The rules of the specification cannot.
pub fn view_of_block<'a>(
    log: &'a IdentityLog,
    state: &ShardState,
    is_sweep: bool,
) -> IdentityView<'a> {
    let all = log.view();
    if is_sweep {
        return all;
    }
    let heights = (state.position.identity_height.0..=all.height().0).rev().map(Height);
    let mut views = heights.filter_map(|height| log.view_at(height));
    let not_due = |view: &IdentityView<'_>| {
        import_due(&ShardContext { suite: &Ideal, identity: *view }, state).is_none()
    };
    views.find(not_due).unwrap_or(all)
}
