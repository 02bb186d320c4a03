//! Weakened sweeps: how transactions end whose client has disappeared.

use std::collections::BTreeSet;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::atomix::sweep::Swept;
use ioschain_spec::atomix::{Import, Rules};
use ioschain_spec::ledger::{self, Overlay, ShardContext, Transaction};
use ioschain_spec::suite::Suite;

use super::variant;

variant! {
    /// Only clients settle.
    NobodySweeps {} {
        fn apply_import(
            &self,
            _context: &ShardContext<'_, S>,
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
            context: &ShardContext<'_, S>,
            transaction: &Transaction,
            source: u16,
        ) -> BTreeSet<u16> {
            let mut addressees = transaction.participants(context.shards());
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
            _context: &ShardContext<'_, S>,
            _transaction: &Transaction,
            _listed_by: &BTreeSet<u16>,
        ) -> bool {
            true
        }
    }
}
