//! A reduction: the part of the identity log that the engine shows to entries other than sweeps.

use ioschain_spec::identity::EpochClosed;
use ioschain_spec::primitives::hash::Digest;

/// What an entry that is not a sweep sees of a closed epoch.
///
/// The specification's rules use only the fact that an epoch is closed. So an answer under one log
/// is also right under every other log with the same closed epochs, and most questions are asked
/// only once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogVisibility {
    /// The whole closing entry. This is right for any rules.
    Everything,
    /// Only the fact that the epoch is closed: the roots of its expiry lists are zeros. This is
    /// right for rules that read the roots in sweeps only.
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
