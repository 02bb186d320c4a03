//! Weakened rules of §7: votes, proofs, settlement, stored rows and the sweep. The largest of them
//! is in [`double_spend`](super::double_spend).

use std::collections::BTreeSet;

use super::{IgnoresExpiry, WhitePaper, variant};
use crate::Rejection;
use crate::atomix::attestation::Attests;
use crate::atomix::decision_proof::Decided;
use crate::atomix::sweep::{ClosedEpoch, Swept, close_epoch};
use crate::atomix::unlock::apply_unlock_commit;
use crate::atomix::{Import, Rules, Specification, UnlockCommit};
use crate::ledger::{
    self, Decision, OutPoint, Overlay, Settlement, ShardContext, ShardEnvironment, ShardState,
    StateView, Transaction, TxId, UnspentOutput, Vote,
};
use crate::primitives::numbers::{Epoch, Shard};
use crate::suite::Suite;

// Votes: the answer to a lock request.

variant! {
    /// A repeated lock request is checked again, and it fails because the shard itself has locked
    /// the input.
    RepeatedLockRejects, ledger {
        fn check_unlocked(
            &self,
            context: &ShardContext<'_, S>,
            view: &dyn StateView,
            transaction: &Transaction,
            _txid: &TxId,
        ) -> Result<(), Rejection> {
            let mut inputs = transaction.inputs_of(view.position().shard, context.shards());
            let locked = inputs.any(|(_, input)| view.lock(&input.outpoint).is_some());
            if locked { Err(Rejection::LedOutpointLocked) } else { Ok(()) }
        }
    } atomix {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            let vote = stored.map(|decision| decision.vote);
            vote.filter(|vote| matches!(vote, Vote::Rejected(_)))
        }
    }
}

variant! {
    /// A shard that rejected a transaction may accept it later. An abort returns the old output;
    /// otherwise nothing would be left to accept.
    AcceptsAfterRejection, atomix {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            stored.map(|decision| decision.vote).filter(|vote| *vote == Vote::Accepted)
        }

        fn derive_refund(
            &self,
            context: &ShardContext<'_, S>,
            txid: &TxId,
            index: u32,
            locked: &OutPoint,
        ) -> OutPoint {
            Rules::<S>::derive_refund(&RefundsAreNotFresh, context, txid, index, locked)
        }
    }
}

variant! {
    /// The vote is not *final*: a repeated request is checked again, as in the paper.
    VotesAreNotFinal, atomix {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            Rules::<S>::answer_repeated_lock(&WhitePaper, stored)
        }
    }
}

variant! {
    /// A failed witness check becomes a rejection vote.
    WitnessFailureRejects, atomix {
        fn becomes_vote(
            &self,
            context: &ShardContext<'_, S>,
            transaction: &Transaction,
            reason: Rejection,
        ) -> bool {
            let of_witness = reason.code().starts_with("LED_WITNESS");
            of_witness || Specification.becomes_vote(context, transaction, reason)
        }
    }
}

variant! {
    /// Every failed check becomes a rejection vote, as in the paper.
    RefusalsBecomeVotes, atomix {
        fn becomes_vote(
            &self,
            context: &ShardContext<'_, S>,
            transaction: &Transaction,
            reason: Rejection,
        ) -> bool {
            Rules::<S>::becomes_vote(&WhitePaper, context, transaction, reason)
        }
    }
}

// Proofs: what is needed to commit and to abort.

variant! {
    /// One proof of acceptance commits, as in the paper.
    OneProofCommits, atomix {
        fn check_acceptances(
            &self,
            context: &ShardContext<'_, S>,
            transaction: &Transaction,
            txid: &TxId,
            proofs: &[S::Attestation],
        ) -> Result<(), Rejection> {
            Rules::<S>::check_acceptances(&WhitePaper, context, transaction, txid, proofs)
        }
    }
}

variant! {
    /// A commit needs no proofs.
    CommitsWithoutProofs, atomix {
        fn check_acceptances(
            &self,
            _context: &ShardContext<'_, S>,
            _transaction: &Transaction,
            _txid: &TxId,
            _proofs: &[S::Attestation],
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// An abort needs no proof of a rejection, as if a timeout were enough.
    AbortsOnTimeout, atomix {
        fn check_rejection(
            &self,
            _context: &ShardContext<'_, S>,
            _transaction: &Transaction,
            _txid: &TxId,
            _proof: &S::Attestation,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// An abort is accepted by a shard that did not accept the transaction.
    AbortsWithoutAcceptance, atomix {
        fn check_abortable(&self, _stored: Option<Decision>) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// An abort is accepted before the lock request, and the shard remembers it when the lock
    /// request arrives.
    AbortsBeforeTheLock, atomix {
        fn check_abortable(&self, stored: Option<Decision>) -> Result<(), Rejection> {
            Rules::<S>::check_abortable(&AbortsWithoutAcceptance, stored)
        }

        fn write_decision(&self, overlay: &mut Overlay<'_>, txid: TxId, decision: Decision) {
            let before = Rules::<S>::read_decision(self, overlay, &txid);
            let settled = before.map(|decision| decision.settled);
            let settled = settled.filter(|settled| *settled != Settlement::No);
            let settled = settled.unwrap_or(decision.settled);
            overlay.set_decision(txid, Some(Decision { settled, ..decision }));
        }
    }
}

variant! {
    /// Proofs are not *bound*: a proof about one transaction is valid for any other.
    ProofsAreNotBound, atomix {
        fn check_bound(&self, _decided: &Decided, _txid: &TxId) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// An output shard may refuse for its own reasons. In this variant it refuses an expired
    /// transaction, and the refusal is a vote with which the others can abort.
    OutputShardsVeto, atomix {
        fn apply_unlock_commit(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            request: &UnlockCommit<S::Attestation>,
        ) -> Result<Settlement, Rejection> {
            let transaction = &request.transaction;
            let txid = transaction.id(context.suite);
            let input_shards = transaction.input_shards(context.shards());
            let only_output = !input_shards.contains(&overlay.position().shard);
            let expired = overlay.position().epoch > transaction.expiry_epoch;
            let stored = Rules::<S>::read_decision(self, overlay, &txid);
            if stored.is_some_and(|row| matches!(row.vote, Vote::Rejected(_))) {
                return Ok(Settlement::No);
            }
            if only_output && expired && stored.is_none() {
                let decision = Decision {
                    vote: Vote::Rejected(Rejection::LedEpochExpired),
                    settled: Settlement::No,
                    expiry_epoch: transaction.expiry_epoch,
                };
                Rules::<S>::write_decision(self, overlay, txid, decision);
                return Ok(Settlement::No);
            }
            apply_unlock_commit(&ShardEnvironment { rules: self, context }, overlay, request)
        }

        fn check_rejection(
            &self,
            context: &ShardContext<'_, S>,
            transaction: &Transaction,
            txid: &TxId,
            proof: &S::Attestation,
        ) -> Result<(), Rejection> {
            Rules::<S>::check_rejection(&WhitePaper, context, transaction, txid, proof)
        }
    }
}

// Settlement: what a commit and an abort do.

variant! {
    /// One row is used for the vote and for the settlement. If a shard has voted and must also
    /// create an output, it finds the row of its vote and concludes that it has settled already.
    OneRowForBothRoles, atomix {
        fn apply_unlock_commit(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            request: &UnlockCommit<S::Attestation>,
        ) -> Result<Settlement, Rejection> {
            let transaction = &request.transaction;
            let shard = overlay.position().shard;
            let has_output = transaction.outputs_of(shard, context.shards()).next().is_some();
            let txid = transaction.id(context.suite);
            if has_output && Rules::<S>::read_decision(self, overlay, &txid).is_some() {
                return Ok(Settlement::Committed);
            }
            apply_unlock_commit(&ShardEnvironment { rules: self, context }, overlay, request)
        }
    }
}

variant! {
    /// The change of a payment is returned as a refund, and not as an output of the transaction. No
    /// unit is lost, but the transaction was both committed and returned.
    ChangeIsRefunded, atomix {
        fn apply_unlock_commit(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            request: &UnlockCommit<S::Attestation>,
        ) -> Result<Settlement, Rejection> {
            let environment = ShardEnvironment { rules: self, context };
            let settled = apply_unlock_commit(&environment, overlay, request)?;
            let transaction = &request.transaction;
            let shard = overlay.position().shard;
            let txid = transaction.id(context.suite);
            let inputs: Vec<_> = transaction.inputs_of(shard, context.shards()).collect();
            let outputs = transaction.outputs_of(shard, context.shards());
            for ((index, input), (place, output)) in inputs.into_iter().zip(outputs) {
                let created = ledger::OutPoint { txid, index: place };
                if overlay.unspent(&created).is_some() {
                    let refund = self.derive_refund(context, &txid, index, &input.outpoint);
                    let UnspentOutput { owner, amount } =
                        UnspentOutput { owner: output.owner, amount: output.amount };
                    overlay.set_unspent(created, None);
                    overlay.set_unspent(refund, Some(UnspentOutput { owner, amount }));
                }
            }
            Ok(settled)
        }
    }
}

variant! {
    /// Refunds are not *fresh*: an abort returns the old output itself, as in the paper.
    RefundsAreNotFresh, atomix {
        fn derive_refund(
            &self,
            context: &ShardContext<'_, S>,
            txid: &TxId,
            index: u32,
            locked: &OutPoint,
        ) -> OutPoint {
            Rules::<S>::derive_refund(&WhitePaper, context, txid, index, locked)
        }
    }
}

variant! {
    /// A transaction may be tried again under the same id: after a rejection or an abort it is
    /// checked again, and an abort returns the old output. Proofs do not name the attempt that they
    /// are about.
    RetriesUnderTheSameId, atomix {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            let holds = |row: &Decision| row.settled != Settlement::Aborted;
            stored.filter(holds).map(|row| row.vote).filter(|vote| *vote == Vote::Accepted)
        }

        fn derive_refund(
            &self,
            context: &ShardContext<'_, S>,
            txid: &TxId,
            index: u32,
            locked: &OutPoint,
        ) -> OutPoint {
            Rules::<S>::derive_refund(&RefundsAreNotFresh, context, txid, index, locked)
        }
    }
}

// Memory: which rows a shard stores, and for how long.

variant! {
    /// A shard forgets that a transaction was settled.
    ForgetsSettlements, atomix {
        fn read_decision(&self, view: &dyn StateView, txid: &TxId) -> Option<Decision> {
            let stored = view.decision(txid).copied()?;
            Some(Decision { settled: Settlement::No, ..stored })
        }
    }
}

variant! {
    /// A shard without an input does not remember that it committed.
    OutputShardForgets, atomix {
        fn write_decision(&self, overlay: &mut Overlay<'_>, txid: TxId, decision: Decision) {
            if decision.vote != Vote::None {
                overlay.set_decision(txid, Some(decision));
            }
        }
    }
}

variant! {
    /// Unlock requests are accepted in every later epoch.
    UnlocksForEver, atomix {
        fn check_unlock_window(
            &self,
            _view: &dyn StateView,
            _transaction: &Transaction,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// Locks are dropped when the epoch changes.
    LocksEndWithTheEpoch, atomix {
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
    /// Decisions are dropped when the epoch changes, and no message is refused because it is late.
    DecisionsEndWithTheEpoch, ledger {
        fn check_epoch(&self, view: &dyn StateView, transaction: &Transaction) -> Result<(), Rejection> {
            ledger::Rules::<S>::check_epoch(&IgnoresExpiry, view, transaction)
        }
    } atomix {
        fn is_prunable(&self, _decision: &Decision, _epoch: Epoch) -> bool {
            true
        }

        fn check_unlock_window(
            &self,
            view: &dyn StateView,
            transaction: &Transaction,
        ) -> Result<(), Rejection> {
            Rules::<S>::check_unlock_window(&UnlocksForEver, view, transaction)
        }
    }
}

variant! {
    /// Rows are dropped one epoch too early.
    RowsGoEarly, atomix {
        fn is_prunable(&self, decision: &Decision, epoch: Epoch) -> bool {
            decision.expiry_epoch <= epoch
        }
    }
}

variant! {
    /// Rows are kept permanently.
    RowsNeverGo, atomix {
        fn is_prunable(&self, _decision: &Decision, _epoch: Epoch) -> bool {
            false
        }
    }
}

// The sweep: how transactions of absent clients end.

variant! {
    /// Only clients settle, as in the paper.
    NobodySweeps, atomix {
        fn apply_import(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            import: &Import,
        ) -> Result<Swept, Rejection> {
            Rules::<S>::apply_import(&WhitePaper, context, overlay, import)
        }
    }
}

variant! {
    /// A shard addresses no expiry list to itself.
    NoListToOneself, atomix {
        fn derive_addressees(
            &self,
            context: &ShardContext<'_, S>,
            transaction: &Transaction,
            source: Shard,
        ) -> BTreeSet<Shard> {
            let mut addressees = transaction.participants(context.shards());
            addressees.remove(&source);
            addressees
        }
    }
}

variant! {
    /// A sweep commits whatever any input shard lists.
    AnyListCommits, atomix {
        fn commits_by_lists(
            &self,
            _context: &ShardContext<'_, S>,
            _transaction: &Transaction,
            _listed_by: &BTreeSet<Shard>,
        ) -> bool {
            true
        }
    }
}
