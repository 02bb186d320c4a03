//! Implementations that are wrong on purpose, one for each invariant: the vectors must catch all.
//!
//! Most are the specification with one rule weakened ([`ioschain_spec::variants`]);
//! [`EXPECTATIONS`] says which cases must notice. The others answer "valid" to every question.
//!
//! Variants of the randomness protocol in which the leader chooses the groups are not among them: a
//! question does not say which groups it chose.

use ioschain_spec::suite::Normative;
use ioschain_spec::variants::{of_atomix, of_drp};
use serde_json::{Value, json};
use wildmatch::WildMatch;

use crate::make::self_test::InvariantFault;
use crate::reference::Reference;
use crate::run::adapter::{Hello, Implementation, Reply};

/// Patterns of case ids. No other case follows the rules of §3 and §7.
const OF_ATOMIX: &[&str] = &["ledger.*", "atomix.*"];

/// Patterns of case ids. These check proposals and commits as transcripts do, which take longer.
const OF_DRP: &[&str] = &["drp.session.*", "drp.log.*", "drp.server.*", "drp.leader.*"];

/// The variants that the vectors must catch, each with the cases of which one must notice.
pub const EXPECTATIONS: &[(&str, &[&str])] = &[
    ("repeated-lock-rejects", OF_ATOMIX),
    ("accepts-after-rejection", OF_ATOMIX),
    ("output-shard-forgets", OF_ATOMIX),
    ("one-proof-commits", OF_ATOMIX),
    ("aborts-on-timeout", OF_ATOMIX),
    ("proofs-are-not-bound", OF_ATOMIX),
    ("locks-the-locked", OF_ATOMIX),
    ("locks-end-with-the-epoch", OF_ATOMIX),
    ("decisions-end-with-the-epoch", OF_ATOMIX),
    ("nobody-sweeps", OF_ATOMIX),
    ("output-shards-veto", OF_ATOMIX),
    ("retries-under-the-same-id", OF_ATOMIX),
    ("needs-no-inputs", OF_ATOMIX),
    ("one-row-for-both-roles", OF_ATOMIX),
    ("aborts-before-the-lock", OF_ATOMIX),
    ("no-list-to-oneself", OF_ATOMIX),
    ("rows-go-early", OF_ATOMIX),
    ("witness-failure-rejects", OF_ATOMIX),
    ("votes-are-not-final", OF_ATOMIX),
    ("refunds-are-not-fresh", OF_ATOMIX),
    ("white-paper", OF_ATOMIX),
    ("claims-are-believed", OF_ATOMIX),
    ("any-list-commits", OF_ATOMIX),
    ("rows-never-go", OF_ATOMIX),
    ("change-is-refunded", OF_ATOMIX),
    ("double-spends-are-insured", OF_ATOMIX),
    ("forgets-settlements", OF_ATOMIX),
    ("unlocks-for-ever", OF_ATOMIX),
    ("ignores-expiry", OF_ATOMIX),
    ("inputs-need-not-exist", OF_ATOMIX),
    ("commits-without-proofs", OF_ATOMIX),
    ("aborts-without-acceptance", OF_ATOMIX),
    ("refusals-become-votes", OF_ATOMIX),
    ("low-threshold", OF_DRP),
    ("fewer-inputs", OF_DRP),
    ("inputs-after-reveal", OF_DRP),
    ("deals-unsigned", OF_DRP),
    ("session-unbound", OF_DRP),
    ("encryptions-unproven", OF_DRP),
    ("decryptions-unproven", OF_DRP),
    ("own-group-only", OF_DRP),
    ("shares-to-leader", OF_DRP),
    ("runs-again", OF_DRP),
    ("start-deadline-only", OF_DRP),
    ("same-view", OF_DRP),
    ("lottery-over-view", OF_DRP),
];

/// Every faulty implementation, with the cases that must notice.
pub fn invariant_faults() -> Vec<InvariantFault> {
    let always_valid = |handler: &str| InvariantFault {
        name: format!("{handler} always says valid"),
        implementation: Box::new(AlwaysValid(Reference::new())),
        only: vec![WildMatch::new(&format!("{handler}.*"))],
    };
    let always_valid = [
        always_valid("primitives.ed25519_verify"),
        always_valid("primitives.merkle_inclusion"),
        always_valid("primitives.map_membership"),
        always_valid("primitives.map_non_membership"),
    ];
    EXPECTATIONS.iter().filter_map(weakened).chain(always_valid).collect()
}

/// The reference with the rules of a variant; `None` if there is no variant of that name.
fn weakened((name, noticed_by): &(&str, &[&str])) -> Option<InvariantFault> {
    let of_atomix = of_atomix::<Normative>().into_iter().find(|variant| variant.name == *name);
    let of_drp = of_drp::<Normative>().into_iter().find(|variant| variant.name == *name);
    let (weakens, reference) = match (of_atomix, of_drp) {
        (Some(variant), _) => (variant.weakens, Reference::with_rules(variant.rules)),
        (None, Some(variant)) => (variant.weakens, Reference::with_drp_rules(variant.rules)),
        (None, None) => return None,
    };
    Some(InvariantFault {
        name: weakens.to_owned(),
        implementation: Box::new(reference),
        only: noticed_by.iter().map(|pattern| WildMatch::new(pattern)).collect(),
    })
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
