//! Weakened settlement: which proofs commit or abort, and what that does.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::atomix::decision_proof::Decided;
use ioschain_spec::atomix::unlock::apply_unlock_commit;
use ioschain_spec::atomix::{Rules, UnlockCommit};
use ioschain_spec::ledger::{
    self, Decision, Overlay, Settlement, ShardContext, ShardEnvironment, Transaction, TxId,
    UnspentOutput, View, Vote,
};
use ioschain_spec::suite::Suite;

use super::variant;

variant! {
    /// One proof of acceptance commits.
    OneProofCommits {} {
        fn check_acceptances(
            &self,
            context: &ShardContext<'_, S>,
            transaction: &Transaction,
            txid: &TxId,
            proofs: &[S::Attestation],
        ) -> Result<(), Rejection> {
            let proof = proofs.first().ok_or(Rejection::AtxProofCount)?;
            let decided = context.suite.verify_attestation(&context.identity, proof)?;
            Rules::<S>::check_bound(self, &decided, txid)?;
            if !transaction.input_shards(context.shards()).contains(&decided.shard()) {
                return Err(Rejection::AtxProofWrongShard);
            }
            let accepted = decided.vote() == Vote::Accepted;
            if accepted { Ok(()) } else { Err(Rejection::AtxProofNotAcceptance) }
        }
    }
}

variant! {
    /// An abort needs no rejection, as if a clock had run out.
    AbortsOnTimeout {} {
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
    /// *Bound* dropped: a proof about one transaction serves for another.
    ProofsAreNotBound {} {
        fn check_bound(&self, _decided: &Decided, _txid: &TxId) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// An output shard may refuse for reasons of its own; here it refuses what has expired, and its
    /// refusal is a vote that aborts.
    OutputShardsVeto {} {
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
            let decided = context.suite.verify_attestation(&context.identity, proof)?;
            Rules::<S>::check_bound(self, &decided, txid)?;
            if !transaction.participants(context.shards()).contains(&decided.shard()) {
                return Err(Rejection::AtxProofWrongShard);
            }
            let rejected = matches!(decided.vote(), Vote::Rejected(_));
            if rejected { Ok(()) } else { Err(Rejection::AtxProofNotRejection) }
        }
    }
}

variant! {
    /// One row serves for the vote and for the settlement: a shard that voted and also has an output
    /// to create finds the row of its vote, and thinks that it has settled.
    OneRowForBothRoles {} {
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
    /// An abort is heard before the lock, and is remembered when the lock comes.
    AbortsBeforeTheLock {} {
        fn check_abortable(&self, _stored: Option<Decision>) -> Result<(), Rejection> {
            Ok(())
        }

        fn write_decision(&self, overlay: &mut Overlay<'_>, txid: TxId, decision: Decision) {
            let before = Rules::<S>::read_decision(self, overlay, &txid).map(|decision| decision.settled);
            let settled = before.filter(|settled| *settled != Settlement::No);
            let settled = settled.unwrap_or(decision.settled);
            overlay.set_decision(txid, Some(Decision { settled, ..decision }));
        }
    }
}

variant! {
    /// Change comes back as a refund instead of as an output of the transaction: no unit is lost, and
    /// still the transaction both happened and was returned.
    ChangeIsRefunded {} {
        fn apply_unlock_commit(
            &self,
            context: &ShardContext<'_, S>,
            overlay: &mut Overlay<'_>,
            request: &UnlockCommit<S::Attestation>,
        ) -> Result<Settlement, Rejection> {
            let settled = apply_unlock_commit(&ShardEnvironment { rules: self, context }, overlay, request)?;
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
