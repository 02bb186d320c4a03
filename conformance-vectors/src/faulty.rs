//! Implementations that are wrong on purpose, one for each invariant: the vectors must catch all.
//!
//! Most are the specification with one rule weakened, through the same trait that a protocol
//! designer would use. The rest answer "valid" whatever they are asked.

use std::collections::BTreeSet;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::decision_proof::Decided;
use ioschain_spec::atomix::sweep::Swept;
use ioschain_spec::atomix::white_paper::WhitePaper;
use ioschain_spec::atomix::{Import, Rules};
use ioschain_spec::ledger::{
    self, Decision, Environment, OutPoint, Overlay, Settlement, Transaction, TxId, View, Vote,
};
use ioschain_spec::primitives::suite::Normative;
use serde_json::{Value, json};

use crate::adapter::{Hello, Implementation, Reply};
use crate::glob::Glob;
use crate::reference::{NormativeRules, Reference};
use crate::self_test::InvariantFault;

/// Defines rules that differ from the specification in the given methods of the ledger's and of
/// Atomix's rules.
macro_rules! weakened {
    ($(#[$doc:meta])* $name:ident { $($ledger:item)* } { $($atomix:item)* }) => {
        $(#[$doc])*
        struct $name;
        impl ledger::Rules<Normative> for $name { $($ledger)* }
        impl Rules<Normative> for $name { $($atomix)* }
    };
}

type Asked<'a> = Environment<'a, Normative>;
type Proof = <Normative as ioschain_spec::primitives::suite::Suite>::Attestation;

weakened! {
    /// *Bound* is dropped: a proof about one transaction serves another.
    Unbound {} {
        fn check_bound(&self, _: &Decided, _: &TxId) -> Result<(), Rejection> {
            Ok(())
        }
    }
}
weakened! {
    /// *Final* is dropped: a repeated lock request is looked at anew.
    NotFinal {} {
        fn answer_repeated_lock(&self, _: Option<Decision>) -> Option<Vote> {
            None
        }
    }
}
weakened! {
    /// *Fresh* is dropped: the refund is the old output.
    NotFresh {} {
        fn derive_refund(&self, _: &Asked<'_>, _: &TxId, _: u32, locked: &OutPoint) -> OutPoint {
            *locked
        }
    }
}
weakened! {
    /// One proof of acceptance is taken for all.
    AnyProofCommits {} {
        fn check_acceptances(
            &self,
            asked: &Asked<'_>,
            _: &Transaction,
            txid: &TxId,
            proofs: &[Proof],
        ) -> Result<(), Rejection> {
            use ioschain_spec::primitives::suite::Suite as _;
            let proof = proofs.first().ok_or(Rejection::AtxProofCount)?;
            let decided = asked.suite.verify_attestation(&asked.identity, proof)?;
            self.check_bound(&decided, txid)
        }
    }
}
weakened! {
    /// An abort needs no proof.
    AbortNeedsNoProof {} {
        fn check_rejection(
            &self,
            _: &Asked<'_>,
            _: &Transaction,
            _: &TxId,
            _: &Proof,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    }
}
weakened! {
    /// An abort that overtakes its lock is taken.
    AbortBeforeLock {} {
        fn check_abortable(&self, _: Option<Decision>) -> Result<(), Rejection> {
            Ok(())
        }
    }
}
weakened! {
    /// Every failed check becomes a vote.
    EveryFailureVotes {} {
        fn becomes_vote(&self, _: &Asked<'_>, _: &Transaction, _: Rejection) -> bool {
            true
        }
    }
}
weakened! {
    /// What was settled is forgotten.
    ForgetsSettlements {} {
        fn read_decision(&self, view: &dyn View, txid: &TxId) -> Option<Decision> {
            let stored = view.decision(txid).copied()?;
            Some(Decision { settled: Settlement::No, ..stored })
        }
    }
}
weakened! {
    /// Unlocking has no end.
    UnlocksForEver {} {
        fn check_unlock_window(&self, _: &dyn View, _: &Transaction) -> Result<(), Rejection> {
            Ok(())
        }
    }
}
weakened! {
    /// Nobody settles for a client that disappeared.
    NoSweep {} {
        fn apply_import(
            &self,
            _: &Asked<'_>,
            overlay: &mut Overlay<'_>,
            import: &Import,
        ) -> Result<Swept, Rejection> {
            overlay.totals_mut().imported = import.epoch;
            Ok(Swept::default())
        }
    }
}
weakened! {
    /// A shard's expiry lists leave out the shard itself.
    NotAddressedToItself {} {
        fn derive_addressees(&self, asked: &Asked<'_>, paid: &Transaction, from: u16) -> BTreeSet<u16> {
            let mut addressees = paid.participants(asked.shards());
            addressees.remove(&from);
            addressees
        }
    }
}
weakened! {
    /// Rows go one epoch too early.
    PrunesEarly {} {
        fn is_prunable(&self, decision: &Decision, epoch: u64) -> bool {
            decision.expiry_epoch <= epoch
        }
    }
}
weakened! {
    /// A transaction may have no inputs.
    NeedsNoInputs {
        fn check_has_inputs(&self, _: &Transaction) -> Result<(), Rejection> {
            Ok(())
        }
    } {}
}
weakened! {
    /// An input may claim any amount and owner.
    BelievesClaims {
        fn check_claims(
            &self,
            _: &Asked<'_>,
            _: &dyn View,
            _: &Transaction,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    } {}
}
weakened! {
    /// Locks bind nobody.
    IgnoresLocks {
        fn check_unlocked(
            &self,
            _: &Asked<'_>,
            _: &dyn View,
            _: &Transaction,
            _: &TxId,
        ) -> Result<(), Rejection> {
            Ok(())
        }
    } {}
}
weakened! {
    /// Expiry binds nobody.
    IgnoresExpiry {
        fn check_epoch(&self, _: &dyn View, _: &Transaction) -> Result<(), Rejection> {
            Ok(())
        }
    } {}
}

/// Every faulty implementation, with the cases that must notice.
pub fn invariant_faults() -> Vec<InvariantFault> {
    let by_rules = |name: &str, rules: &'static NormativeRules| InvariantFault {
        name: name.to_owned(),
        implementation: Box::new(Reference::with_rules(rules)),
        only: Glob::new("*"),
    };
    let always_valid = |handler: &str| InvariantFault {
        name: format!("{handler} always says valid"),
        implementation: Box::new(AlwaysValid(Reference::new())),
        only: Glob::new(format!("{handler}.*")),
    };
    vec![
        by_rules("bound: a proof serves another transaction", &Unbound),
        by_rules("final: a repeated lock request is looked at anew", &NotFinal),
        by_rules("fresh: the refund is the old output", &NotFresh),
        by_rules("one proof of acceptance is taken for all", &AnyProofCommits),
        by_rules("an abort needs no proof", &AbortNeedsNoProof),
        by_rules("an abort is taken before its lock", &AbortBeforeLock),
        by_rules("every failed check becomes a vote", &EveryFailureVotes),
        by_rules("what was settled is forgotten", &ForgetsSettlements),
        by_rules("unlocking has no end", &UnlocksForEver),
        by_rules("nobody sweeps", &NoSweep),
        by_rules("expiry lists leave out their own shard", &NotAddressedToItself),
        by_rules("rows are pruned one epoch early", &PrunesEarly),
        by_rules("a transaction may have no inputs", &NeedsNoInputs),
        by_rules("claims are believed", &BelievesClaims),
        by_rules("locks bind nobody", &IgnoresLocks),
        by_rules("expiry binds nobody", &IgnoresExpiry),
        by_rules("the white paper's four steps", &WhitePaper),
        always_valid("primitives.ed25519_verify"),
        always_valid("primitives.merkle_inclusion"),
        always_valid("primitives.map_membership"),
        always_valid("primitives.map_non_membership"),
    ]
}

/// Answers `{"valid": true}` where the specification says false.
struct AlwaysValid(Reference);

impl Implementation for AlwaysValid {
    fn hello(&mut self) -> Hello {
        self.0.hello()
    }
    fn run(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        let invalid = Reply::Ok(json!({ "valid": false }));
        let reply = self.0.run(handler, profile, input);
        if reply == invalid { Reply::Ok(json!({ "valid": true })) } else { reply }
    }
    fn begin(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        self.0.begin(handler, profile, input)
    }
    fn step(&mut self, input: &Value) -> Reply {
        self.0.step(input)
    }
    fn query(&mut self, what: &str) -> Reply {
        self.0.query(what)
    }
    fn end(&mut self) -> Reply {
        self.0.end()
    }
}
