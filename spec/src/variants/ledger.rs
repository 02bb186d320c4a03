//! Weakened rules of §3: the checks of a transaction and of its inputs.

use super::variant;
use crate::Rejection;
use crate::atomix::attestation::Attests;
use crate::ledger::{self, ShardContext, StateView, Transaction, TxId};
use crate::parameters::Parameters;
use crate::suite::Suite;

variant! {
    /// A transaction needs no inputs. Then its sums are not compared either.
    NeedsNoInputs, ledger {
        fn check_static(
            &self,
            parameters: &Parameters,
            transaction: &Transaction,
        ) -> Result<(), Rejection> {
            if transaction.inputs.is_empty() {
                return Ok(());
            }
            ledger::transaction::check_static::<S, Self>(self, parameters, transaction)
        }
    }
}

variant! {
    /// An input may be locked or spent in any epoch.
    IgnoresExpiry, ledger {
        fn check_epoch(
            &self,
            _view: &dyn StateView,
            _transaction: &Transaction,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// An input need not exist.
    InputsNeedNotExist, ledger {
        fn check_known(
            &self,
            _context: &ShardContext<'_, S>,
            _view: &dyn StateView,
            _transaction: &Transaction,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// A shard gives a lock without checking whether the output is locked already.
    LocksTheLocked, ledger {
        fn check_unlocked(
            &self,
            _context: &ShardContext<'_, S>,
            _view: &dyn StateView,
            _transaction: &Transaction,
            _txid: &TxId,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// A shard does not check the amounts and owners that a transaction claims for its inputs.
    ClaimsAreBelieved, ledger {
        fn check_claims(
            &self,
            _context: &ShardContext<'_, S>,
            _view: &dyn StateView,
            _transaction: &Transaction,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}
