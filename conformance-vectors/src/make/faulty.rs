//! Implementations that are wrong on purpose, one for each invariant: the vectors must catch all.
//!
//! Most are the specification with one rule weakened: the variants of the models, those of the randomness protocol,
//! and some that no property of a model needs. The rest answer "valid" whatever they are asked. The paper's text of
//! the randomness protocol is not among them: where the client chooses the groups, a question cannot say which.

use ioschain_model::variants::registry;
use ioschain_spec::Rejection;
use ioschain_spec::atomix::Rules;
use ioschain_spec::drp::variants::{
    DealsUnsigned, DecryptionsUnproven, EncryptionsUnproven, FewerInputs, InputsAfterReveal,
    LotteryOverView, LowThreshold, OwnGroupOnly, RunsAgain, SameView, SessionUnbound,
    SharesToLeader, StartDeadlineOnly,
};
use ioschain_spec::ledger::{self, Decision, Settlement, Transaction, TxId, View};
use ioschain_spec::suite::Normative;
use serde_json::{Value, json};
use wildmatch::WildMatch;

use crate::make::self_test::InvariantFault;
use crate::reference::{EveryGroup, NormativeRules, Reference};
use crate::run::adapter::{Hello, Implementation, Reply};

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
        // Nothing else follows these rules.
        only: vec![WildMatch::new("ledger.*"), WildMatch::new("atomix.*")],
    };
    let in_a_run = |name: &str, rules: &'static dyn EveryGroup| InvariantFault {
        name: name.to_owned(),
        implementation: Box::new(Reference::with_drp_rules(rules)),
        // Proposals and commits are checked there as transcripts are, and transcripts take longer.
        only: ["session", "log", "server", "leader"]
            .map(|handler| WildMatch::new(&format!("drp.{handler}.*")))
            .to_vec(),
    };
    let always_valid = |handler: &str| InvariantFault {
        name: format!("{handler} always says valid"),
        implementation: Box::new(AlwaysValid(Reference::new())),
        only: vec![WildMatch::new(&format!("{handler}.*"))],
    };
    let of_the_models =
        registry().iter().map(|variant| by_rules(variant.weakens, variant.normative));
    let others = [
        by_rules("what was settled is forgotten", &ForgetsSettlements),
        by_rules("unlocking has no end", &UnlocksForEver),
        by_rules("expiry binds nobody", &IgnoresExpiry),
        always_valid("primitives.ed25519_verify"),
        always_valid("primitives.merkle_inclusion"),
        always_valid("primitives.map_membership"),
        always_valid("primitives.map_non_membership"),
    ];
    let of_runs = [
        in_a_run("thresholds are one lower", &LowThreshold),
        in_a_run("fewer inputs than the threshold will do", &FewerInputs),
        in_a_run("servers decrypt before the commit", &InputsAfterReveal),
        in_a_run("deals are not signed", &DealsUnsigned),
        in_a_run("a session is that of any epoch, view and rank", &SessionUnbound),
        in_a_run("encrypted shares are not proven", &EncryptionsUnproven),
        in_a_run("decrypted shares are not proven", &DecryptionsUnproven),
        in_a_run("signers check the deals of their own group only", &OwnGroupOnly),
        in_a_run("decrypted shares go to the leader alone", &SharesToLeader),
        in_a_run("after a commit another run can follow", &RunsAgain),
        in_a_run("only the announcement has a deadline", &StartDeadlineOnly),
        in_a_run("the same view is drawn again, by the same", &SameView),
        in_a_run("the lottery is over the view alone", &LotteryOverView),
    ];
    of_the_models.chain(others).chain(of_runs).collect()
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
