//! Weakened memory: what a shard keeps of its decisions and locks, and for how long.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Rules;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::atomix::sweep::{ClosedEpoch, close_epoch};
use ioschain_spec::ledger::{
    self, Decision, OutPoint, Overlay, Settlement, ShardContext, ShardEnvironment, ShardState,
    Transaction, TxId, UnspentOutput, View, Vote,
};
use ioschain_spec::suite::Suite;

use super::variant;

variant! {
    /// A shard without an input does not remember that it committed.
    OutputShardForgets {} {
        fn write_decision(&self, overlay: &mut Overlay<'_>, txid: TxId, decision: Decision) {
            if decision.vote != Vote::None {
                overlay.set_decision(txid, Some(decision));
            }
        }
    }
}

variant! {
    /// *Fresh* dropped: what is given back is the old output itself.
    RefundsAreNotFresh {} {
        fn derive_refund(
            &self,
            _context: &ShardContext<'_, S>,
            _txid: &TxId,
            _index: u32,
            locked: &OutPoint,
        ) -> OutPoint {
            *locked
        }
    }
}

variant! {
    /// Locks are dropped when the epoch changes.
    LocksEndWithTheEpoch {} {
        fn close_epoch(
            &self,
            context: &ShardContext<'_, S>,
            state: &ShardState,
        ) -> Result<ClosedEpoch, Rejection> {
            let mut closed = close_epoch(&ShardEnvironment { rules: self, context }, state)?;
            for (outpoint, lock) in &state.locks {
                let output = UnspentOutput { owner: lock.owner, amount: lock.amount };
                closed.changes.locks.insert(*outpoint, None);
                closed.changes.unspent.insert(*outpoint, Some(output));
            }
            Ok(closed)
        }
    }
}

variant! {
    /// Decisions are dropped when the epoch changes, and no message is ever too late.
    DecisionsEndWithTheEpoch {
        fn check_epoch(&self, _view: &dyn View, _transaction: &Transaction) -> Result<(), Rejection> {
            Ok(())
        }
    } {
        fn is_prunable(&self, _decision: &Decision, _epoch: u64) -> bool {
            true
        }

        fn check_unlock_window(
            &self,
            _view: &dyn View,
            _transaction: &Transaction,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// Rows go one epoch too early.
    RowsGoEarly {} {
        fn is_prunable(&self, decision: &Decision, epoch: u64) -> bool {
            decision.expiry_epoch <= epoch
        }
    }
}

variant! {
    /// Rows never go.
    RowsNeverGo {} {
        fn is_prunable(&self, _decision: &Decision, _epoch: u64) -> bool {
            false
        }
    }
}

variant! {
    /// A transaction may try again under the same id: what was rejected or aborted is looked at anew,
    /// and what is given back is the old output. Proofs do not say of which try they speak.
    RetriesUnderTheSameId {} {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            let holds = |row: &Decision| row.settled != Settlement::Aborted;
            stored.filter(holds).map(|row| row.vote).filter(|vote| *vote == Vote::Accepted)
        }

        fn derive_refund(
            &self,
            _context: &ShardContext<'_, S>,
            _txid: &TxId,
            _index: u32,
            locked: &OutPoint,
        ) -> OutPoint {
            *locked
        }
    }
}
