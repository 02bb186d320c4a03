//! Weakened sweeps: how transactions end whose client has disappeared.

use std::collections::BTreeSet;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::sweep::Swept;
use ioschain_spec::atomix::{Import, Rules};
use ioschain_spec::ledger::{self, Environment, Overlay, Transaction};
use ioschain_spec::primitives::suite::Suite;

use super::variant;

variant! {
    /// Only clients settle.
    NobodySweeps {} {
        fn apply_import(
            &self,
            _environment: &Environment<'_, S>,
            overlay: &mut Overlay<'_>,
            import: &Import,
        ) -> Result<Swept, Rejection> {
            overlay.totals_mut().imported = import.epoch;
            Ok(Swept::default())
        }
    }
}

variant! {
    /// A shard addresses no list to itself.
    NoListToOneself {} {
        fn derive_addressees(
            &self,
            environment: &Environment<'_, S>,
            transaction: &Transaction,
            source: u16,
        ) -> BTreeSet<u16> {
            let mut addressees = transaction.participants(environment.shards());
            addressees.remove(&source);
            addressees
        }
    }
}

variant! {
    /// A sweep commits what any input shard lists.
    AnyListCommits {} {
        fn commits_by_lists(
            &self,
            _environment: &Environment<'_, S>,
            _transaction: &Transaction,
            _listed_by: &BTreeSet<u16>,
        ) -> bool {
            true
        }
    }
}
