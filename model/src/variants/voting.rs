//! Weakened votes: what a lock request is checked for, and what it is answered with.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Rules, Specification};
use ioschain_spec::ledger::{
    self, Decision, Environment, OutPoint, Overlay, Parameters, SignedTransaction, Transaction,
    TxId, View, Vote,
};
use ioschain_spec::primitives::suite::Suite;

use super::variant;

fn rejections_only(stored: Option<Decision>) -> Option<Vote> {
    stored.map(|decision| decision.vote).filter(|vote| matches!(vote, Vote::Rejected(_)))
}

variant! {
    /// A repeated lock request is looked at anew, and finds the shard's own lock in its way.
    RepeatedLockRejects {
        fn check_unlocked(
            &self,
            environment: &Environment<'_, S>,
            view: &dyn View,
            transaction: &Transaction,
            _txid: &TxId,
        ) -> Result<(), Rejection> {
            let mut inputs = transaction.inputs_of(view.position().shard, environment.shards());
            let locked = inputs.any(|(_, input)| view.lock(&input.outpoint).is_some());
            if locked { Err(Rejection::LedOutpointLocked) } else { Ok(()) }
        }
    } {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            rejections_only(stored)
        }
    }
}

variant! {
    /// A shard that rejected a transaction may accept it later; and what is given back is the old
    /// output, or there would be nothing left to accept.
    AcceptsAfterRejection {} {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            stored.map(|decision| decision.vote).filter(|vote| *vote == Vote::Accepted)
        }

        fn derive_refund(
            &self,
            _environment: &Environment<'_, S>,
            _txid: &TxId,
            _index: u32,
            locked: &OutPoint,
        ) -> OutPoint {
            *locked
        }
    }
}

variant! {
    /// *Final* dropped: no vote is the answer to a repeated request.
    VotesAreNotFinal {} {
        fn answer_repeated_lock(&self, _stored: Option<Decision>) -> Option<Vote> {
            None
        }
    }
}

variant! {
    /// A lock is given without a look at whether the output is locked already.
    LocksTheLocked {
        fn check_unlocked(
            &self,
            _environment: &Environment<'_, S>,
            _view: &dyn View,
            _transaction: &Transaction,
            _txid: &TxId,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    } {}
}

variant! {
    /// A transaction needs no inputs; then its sums are not compared either.
    NeedsNoInputs {
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
    } {}
}

variant! {
    /// A failed witness check is a vote.
    WitnessFailureRejects {} {
        fn becomes_vote(
            &self,
            environment: &Environment<'_, S>,
            transaction: &Transaction,
            reason: Rejection,
        ) -> bool {
            let of_witness = reason.code().starts_with("LED_WITNESS");
            of_witness || Specification.becomes_vote(environment, transaction, reason)
        }
    }
}

variant! {
    /// Claimed amounts are believed.
    ClaimsAreBelieved {
        fn check_claims(
            &self,
            _environment: &Environment<'_, S>,
            _view: &dyn View,
            _transaction: &Transaction,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    } {}
}

variant! {
    /// A second transaction gets the lock of the first, and the community pool pays for it: nothing is
    /// created, and still one output was spent twice.
    DoubleSpendsAreInsured {
        fn check_unlocked(
            &self,
            _environment: &Environment<'_, S>,
            _view: &dyn View,
            _transaction: &Transaction,
            _txid: &TxId,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    } {
        fn apply_lock(
            &self,
            environment: &Environment<'_, S>,
            overlay: &mut Overlay<'_>,
            request: &SignedTransaction,
        ) -> Result<Vote, Rejection> {
            let shard = overlay.position().shard;
            let txid = request.transaction.id(environment.suite);
            let is_new = Rules::<S>::read_decision(self, overlay, &txid).is_none();
            let insured: u64 = request
                .transaction
                .inputs_of(shard, environment.shards())
                .filter_map(|(_, input)| overlay.lock(&input.outpoint))
                .filter(|_| is_new)
                .map(|lock| lock.amount)
                .sum();
            let vote = ioschain_spec::atomix::lock::apply_lock(self, environment, overlay, request)?;
            overlay.totals_mut().community_pool -= insured;
            Ok(vote)
        }
    }
}
