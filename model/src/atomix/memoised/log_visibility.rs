//! A reduction: how much of the identity log the engine shows to entries that are no sweep.

use ioschain_spec::identity::EpochClosed;
use ioschain_spec::primitives::hash::Digest;

/// What an entry that is no sweep sees of a closed epoch.
///
/// The specification's rules look only at which epochs are closed. An answer that was given under
/// one log then holds under every other log with the same epochs closed, and most questions are
/// asked once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogVisibility {
    /// All of the entry. This is right for any rules.
    Everything,
    /// The fact that the epoch is closed, with zeros for the roots of its expiry lists. This is
    /// right for rules that are known to read the roots in sweeps only.
    ClosingsOnly,
}

impl LogVisibility {
    /// The visible part of a closed epoch.
    pub fn visible_part(self, closed: &EpochClosed) -> EpochClosed {
        match self {
            Self::Everything => closed.clone(),
            Self::ClosingsOnly => {
                let no_lists = vec![Digest::ZERO; closed.expiry_roots.len()];
                let expiry_roots = no_lists.try_into().expect("as many as there were");
                EpochClosed { expiry_roots, ..closed.clone() }
            }
        }
    }
}
