//! The variants by name, with what they must break.

use ioschain_spec::atomix::Rules;
use ioschain_spec::atomix::white_paper::WhitePaper;
use ioschain_spec::suite::Normative;

use super::*;
use crate::atomix::observed_suite::ModelRules;
use crate::atomix::observed_suite::ObservedSuite;
use crate::atomix::properties::*;
use crate::registry::{Expectation, ModelVariant};

/// Rules that real blocks can be made with.
pub type RealRules = dyn Rules<Normative> + Send + Sync;

/// The rules of a variant for both suites, under a name.
#[derive(Clone, Copy)]
pub struct Variant {
    /// In words joined by hyphens.
    pub name: &'static str,
    /// What is weaker than in the specification.
    pub weakens: &'static str,
    /// For models.
    pub ideal: &'static ModelRules,
    /// For real shards.
    pub normative: &'static RealRules,
    /// What it must break.
    pub expectation: Expectation,
}

const fn variant<R>(
    name: &'static str,
    rules: &'static R,
    weakens: &'static str,
    (configuration, property, length): (&'static str, &'static str, usize),
) -> Variant
where
    R: Rules<ObservedSuite> + Rules<Normative> + Send + Sync,
{
    let expectation = Expectation { configuration, property, length: Some(length) };
    Variant { name, weakens, ideal: rules, normative: rules, expectation }
}

/// All of them.
pub fn registry() -> &'static [Variant] {
    REGISTRY
}

/// The variant of a name.
pub fn find(name: &str) -> Option<&'static Variant> {
    REGISTRY.iter().find(|variant| variant.name == name)
}

impl From<&Variant> for ModelVariant {
    fn from(variant: &Variant) -> Self {
        let Variant { name, weakens, expectation, .. } = *variant;
        Self { name, weakens, expectation }
    }
}

const REGISTRY: &[Variant] = &[
    variant(
        "repeated-lock-rejects",
        &RepeatedLockRejects,
        "a repeated lock request is answered by a rejection",
        ("k2-l1-t1", ATOMICITY, 5),
    ),
    variant(
        "accepts-after-rejection",
        &AcceptsAfterRejection,
        "a shard accepts what it rejected before, and refunds are the old outputs",
        ("k2-l1-t2", ATOMICITY, 8),
    ),
    variant(
        "output-shard-forgets",
        &OutputShardForgets,
        "an output shard keeps no memory of a commit",
        ("k1-l1-t1", CONSERVATION, 2),
    ),
    variant(
        "one-proof-commits",
        &OneProofCommits,
        "one proof of acceptance of several is enough",
        ("k2-l1-t2", NO_DOUBLE_SPEND, 4),
    ),
    variant(
        "aborts-on-timeout",
        &AbortsOnTimeout,
        "an abort needs no proof of a rejection",
        ("k2-l1-t1", ATOMICITY, 4),
    ),
    variant(
        "proofs-are-not-bound",
        &ProofsAreNotBound,
        "a proof serves for any transaction (bound dropped)",
        ("k2-l1-t2", ATOMICITY, 5),
    ),
    variant(
        "locks-the-locked",
        &LocksTheLocked,
        "a lock is given on what is locked already",
        ("k2-l1-t2", NO_DOUBLE_SPEND, 6),
    ),
    variant(
        "locks-end-with-the-epoch",
        &LocksEndWithTheEpoch,
        "locks are dropped when the epoch changes",
        ("k2-l1-t1-e3", ATOMICITY, 4),
    ),
    variant(
        "decisions-end-with-the-epoch",
        &DecisionsEndWithTheEpoch,
        "decisions are dropped when the epoch changes, and nothing expires",
        ("k2-l1-t2-e2", ATOMICITY, 7),
    ),
    variant("nobody-sweeps", &NobodySweeps, "only clients settle", ("k2-l1-t1-e3", RESOLUTION, 2)),
    variant(
        "output-shards-veto",
        &OutputShardsVeto,
        "an output shard may refuse what all input shards accepted",
        ("k1-l2-t1-e2", ATOMICITY, 5),
    ),
    variant(
        "retries-under-the-same-id",
        &RetriesUnderTheSameId,
        "an aborted transaction may try again under its id, and its proofs do not say which try",
        ("k2-l1-t2", ATOMICITY, 8),
    ),
    variant(
        "needs-no-inputs",
        &NeedsNoInputs,
        "a transaction may have no inputs",
        ("from-nothing", CONSERVATION, 1),
    ),
    variant(
        "one-row-for-both-roles",
        &OneRowForBothRoles,
        "one decision row serves for vote and settlement",
        ("change", RESOLUTION, 1),
    ),
    variant(
        "aborts-before-the-lock",
        &AbortsBeforeTheLock,
        "an abort is heard before the lock, and remembered",
        ("k2-l1-t2-e2", RESOLUTION, 4),
    ),
    variant(
        "no-list-to-oneself",
        &NoListToOneself,
        "a shard's expiry list is not addressed to itself",
        ("k2-l1-t1-e3", RESOLUTION, 2),
    ),
    variant(
        "rows-go-early",
        &RowsGoEarly,
        "rows are dropped one epoch too early",
        ("k2-l1-t1-e3", CONSERVATION, 4),
    ),
    variant(
        "witness-failure-rejects",
        &WitnessFailureRejects,
        "a failed witness check is a final rejection",
        ("k2-l1-t1", STRANGERS, 1),
    ),
    variant(
        "votes-are-not-final",
        &VotesAreNotFinal,
        "a repeated request is looked at anew (final dropped)",
        ("overclaim", ONE_VOTE, 3),
    ),
    variant(
        "refunds-are-not-fresh",
        &RefundsAreNotFresh,
        "a refund is the old output itself (fresh dropped)",
        ("k2-l1-t2", FRESHNESS, 4),
    ),
    variant(
        "white-paper",
        &WhitePaper,
        "the paper's four steps to the letter",
        ("k2-l1-t1", ATOMICITY, 4),
    ),
    variant(
        "claims-are-believed",
        &ClaimsAreBelieved,
        "claimed amounts are not compared with the outputs",
        ("overclaim", CONSERVATION, 1),
    ),
    variant(
        "any-list-commits",
        &AnyListCommits,
        "a sweep commits what any input shard lists",
        ("k2-l1-t1-e3", CONSERVATION, 5),
    ),
    variant(
        "rows-never-go",
        &RowsNeverGo,
        "decision rows are kept permanently",
        ("k1-l2-t1-e2", MEMORY, 6),
    ),
    variant(
        "change-is-refunded",
        &ChangeIsRefunded,
        "change comes back as a refund",
        ("change", ATOMICITY, 4),
    ),
    variant(
        "double-spends-are-insured",
        &DoubleSpendsAreInsured,
        "a second transaction gets a lock too, on units of the community pool",
        ("k1-l1-t2", NO_DOUBLE_SPEND, 4),
    ),
];
