//! How much of the identity log a block sees.

use ioschain_spec::atomix::sweep::import_due;
use ioschain_spec::identity::{EpochClosed, IdentityLog, IdentityView};
use ioschain_spec::ledger::{Environment, ShardState};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::suite::Ideal;

/// What the block of one entry sees: all of the log if the entry is a sweep, and else as much as makes
/// no sweep due. A block may see less than there is, and one that sees that a sweep is due begins with it.
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
        import_due(&Environment { suite: &Ideal, identity: *view }, state).is_none()
    };
    views.find(not_due).unwrap_or(all)
}

/// That an epoch was closed, and not with which lists. Only a sweep looks at the lists; a model does not
/// show them to other entries, so rules that would look at them there can be seen in a replay with real
/// shards alone.
pub fn without_lists(closed: &EpochClosed) -> EpochClosed {
    let no_lists = vec![Digest::ZERO; closed.expiry_roots.len()];
    let expiry_roots = no_lists.try_into().expect("as many as there were");
    EpochClosed { expiry_roots, ..closed.clone() }
}
