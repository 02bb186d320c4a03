//! Weakened rules. Each drops one thing that the specification does, and says what must go wrong.

use std::collections::BTreeSet;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::decision_proof::Decided;
use ioschain_spec::atomix::sweep::{ClosedEpoch, Swept, close_epoch};
use ioschain_spec::atomix::{Import, Rules};
use ioschain_spec::ledger::{
    self, Decision, Environment, OutPoint, Overlay, Parameters, Settlement, ShardState,
    Transaction, TxId, UnspentOutput, View, Vote,
};
use ioschain_spec::primitives::suite::Suite;

/// A repeated lock request is looked at anew, and the shard's own lock is in its way: so it is
/// answered by a rejection.
#[derive(Clone, Copy, Debug)]
pub struct RepeatedLockRejects;

impl<S: Suite> ledger::Rules<S> for RepeatedLockRejects {
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
}

impl<S: Suite> Rules<S> for RepeatedLockRejects {
    fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
        stored.map(|decision| decision.vote).filter(|vote| matches!(vote, Vote::Rejected(_)))
    }
}

macro_rules! variant {
    ($(#[$doc:meta])* $name:ident { $($method:item)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl<S: Suite> ledger::Rules<S> for $name {}
        impl<S: Suite> Rules<S> for $name { $($method)* }
    };
}

variant! {
    /// A shard that rejected a transaction may accept it later.
    AcceptsAfterRejection {
        fn answer_repeated_lock(&self, stored: Option<Decision>) -> Option<Vote> {
            stored.map(|decision| decision.vote).filter(|vote| *vote == Vote::Accepted)
        }
    }
}

variant! {
    /// *Final* dropped: no vote is remembered.
    VotesAreNotFinal {
        fn answer_repeated_lock(&self, _stored: Option<Decision>) -> Option<Vote> {
            None
        }
    }
}

variant! {
    /// A shard without an input does not remember that it committed.
    OutputShardForgets {
        fn write_decision(&self, overlay: &mut Overlay<'_>, txid: TxId, decision: Decision) {
            if decision.vote != Vote::None {
                overlay.set_decision(txid, Some(decision));
            }
        }
    }
}

variant! {
    /// One proof of acceptance commits.
    OneProofCommits {
        fn check_acceptances(
            &self,
            environment: &Environment<'_, S>,
            transaction: &Transaction,
            txid: &TxId,
            proofs: &[S::Attestation],
        ) -> Result<(), Rejection> {
            let proof = proofs.first().ok_or(Rejection::AtxProofCount)?;
            let decided = environment.suite.verify_attestation(&environment.identity, proof)?;
            self.check_bound(&decided, txid)?;
            let is_input = transaction.input_shards(environment.shards()).contains(&decided.shard());
            if !is_input {
                return Err(Rejection::AtxProofWrongShard);
            }
            if decided.vote() == Vote::Accepted { Ok(()) } else { Err(Rejection::AtxProofNotAcceptance) }
        }
    }
}

variant! {
    /// An abort needs no rejection, as if a clock had run out.
    AbortOnTimeout {
        fn check_rejection(
            &self,
            _environment: &Environment<'_, S>,
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
    ProofsAreNotBound {
        fn check_bound(&self, _decided: &Decided, _txid: &TxId) -> Result<(), Rejection> {
            Ok(())
        }
    }
}

variant! {
    /// *Fresh* dropped: what is given back is the old output itself.
    RefundsAreNotFresh {
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
