//! How much of the identity log a block sees.

use ioschain_spec::atomix::sweep::import_due;
use ioschain_spec::identity::{EpochClosed, IdentityLog, IdentityView};
use ioschain_spec::ledger::{ShardContext, ShardState};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::suite::Ideal;

/// What the block of one entry sees: all of the log if the entry is a sweep, and else as much as makes
/// no sweep due. A block may see less than there is, and one that sees that a sweep is due begins with it.
///
/// One view is tried of the several that a block could have: the longest in which no sweep is due, of a
/// log in the order of (epoch, shard). Rules that count entries can tell other orders and shorter views
/// apart; the specification's cannot.
pub fn view_of_block<'a>(
    log: &'a IdentityLog,
    state: &ShardState,
    is_sweep: bool,
) -> IdentityView<'a> {
    let all = log.view();
    if is_sweep {
        return all;
    }
    let heights = (state.position.identity_height..=all.height()).rev();
    let mut views = heights.filter_map(|height| log.view_at(height));
    let not_due = |view: &IdentityView<'_>| {
        import_due(&ShardContext { suite: &Ideal, identity: *view }, state).is_none()
    };
    views.find(not_due).unwrap_or(all)
}

/// What entries that are no sweep are shown of a closed epoch.
///
/// The specification's look only at which epochs are closed. What is asked for one log then holds for
/// every other with the same epochs closed, and most questions are asked once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of the entry: right for any rules.
    Everything,
    /// That it is closed, with zeros for the roots of its lists: for rules that are known to read the
    /// roots in sweeps alone.
    Closings,
}

impl Sight {
    /// What is shown of a closed epoch.
    pub fn of(self, closed: &EpochClosed) -> EpochClosed {
        match self {
            Self::Everything => closed.clone(),
            Self::Closings => {
                let no_lists = vec![Digest::ZERO; closed.expiry_roots.len()];
                let expiry_roots = no_lists.try_into().expect("as many as there were");
                EpochClosed { expiry_roots, ..closed.clone() }
            }
        }
    }
}
