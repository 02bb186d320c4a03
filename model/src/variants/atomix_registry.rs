//! What each variant of §3 and §7 must break, by name.

use std::sync::LazyLock;

use ioschain_spec::atomix::Rules;
use ioschain_spec::suite::Normative;
use ioschain_spec::variants::of_atomix;

use crate::atomix::observed_suite::{ModelRules, ObservedSuite};
use crate::atomix::properties::*;
use crate::registry::{Expectation, ModelVariant};

/// Rules that real blocks can be made with.
pub type RealRules = dyn Rules<Normative> + Send + Sync;

/// The rules of a variant for both suites, under a name.
#[derive(Clone, Copy)]
pub struct AtomixVariant {
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

const fn fails(configuration: &'static str, property: &'static str, length: usize) -> Expectation {
    Expectation { configuration, property, length: Some(length) }
}

/// The variant that an expectation is about; `None` if the specification has none of that name.
fn variant((name, expectation): &(&'static str, Expectation)) -> Option<AtomixVariant> {
    let ideal = of_atomix::<ObservedSuite>().into_iter().find(|variant| variant.name == *name)?;
    let normative = of_atomix::<Normative>().into_iter().find(|variant| variant.name == *name)?;
    Some(AtomixVariant {
        name,
        weakens: ideal.weakens,
        ideal: ideal.rules,
        normative: normative.rules,
        expectation: *expectation,
    })
}

/// All of them.
pub fn registry() -> &'static [AtomixVariant] {
    static REGISTRY: LazyLock<Vec<AtomixVariant>> =
        LazyLock::new(|| EXPECTATIONS.iter().filter_map(variant).collect());
    &REGISTRY
}

/// The variant of a name.
pub fn find(name: &str) -> Option<&'static AtomixVariant> {
    registry().iter().find(|variant| variant.name == name)
}

impl From<&AtomixVariant> for ModelVariant {
    fn from(variant: &AtomixVariant) -> Self {
        let AtomixVariant { name, weakens, expectation, .. } = *variant;
        Self { name, weakens, expectation }
    }
}

/// What each variant of the table must break. Other variants are caught by the vectors only.
const EXPECTATIONS: &[(&str, Expectation)] = &[
    ("repeated-lock-rejects", fails("k2-l1-t1", ATOMICITY, 5)),
    ("accepts-after-rejection", fails("k2-l1-t2", ATOMICITY, 8)),
    ("output-shard-forgets", fails("k1-l1-t1", CONSERVATION, 2)),
    ("one-proof-commits", fails("k2-l1-t2", NO_DOUBLE_SPEND, 4)),
    ("aborts-on-timeout", fails("k2-l1-t1", ATOMICITY, 4)),
    ("proofs-are-not-bound", fails("k2-l1-t2", ATOMICITY, 5)),
    ("locks-the-locked", fails("k2-l1-t2", NO_DOUBLE_SPEND, 6)),
    ("locks-end-with-the-epoch", fails("k2-l1-t1-e3", ATOMICITY, 4)),
    ("decisions-end-with-the-epoch", fails("k2-l1-t2-e2", ATOMICITY, 7)),
    ("nobody-sweeps", fails("k2-l1-t1-e3", RESOLUTION, 2)),
    ("output-shards-veto", fails("k1-l2-t1-e2", ATOMICITY, 5)),
    ("retries-under-the-same-id", fails("k2-l1-t2", ATOMICITY, 8)),
    ("needs-no-inputs", fails("from-nothing", CONSERVATION, 1)),
    ("one-row-for-both-roles", fails("change", RESOLUTION, 1)),
    ("aborts-before-the-lock", fails("k2-l1-t2-e2", RESOLUTION, 4)),
    ("no-list-to-oneself", fails("k2-l1-t1-e3", RESOLUTION, 2)),
    ("rows-go-early", fails("k2-l1-t1-e3", CONSERVATION, 4)),
    ("witness-failure-rejects", fails("k2-l1-t1", STRANGERS, 1)),
    ("votes-are-not-final", fails("overclaim", ONE_VOTE, 3)),
    ("refunds-are-not-fresh", fails("k2-l1-t2", FRESHNESS, 4)),
    ("white-paper", fails("k2-l1-t1", ATOMICITY, 4)),
    ("claims-are-believed", fails("overclaim", CONSERVATION, 1)),
    ("any-list-commits", fails("k2-l1-t1-e3", CONSERVATION, 5)),
    ("rows-never-go", fails("k1-l2-t1-e2", MEMORY, 6)),
    ("change-is-refunded", fails("change", ATOMICITY, 4)),
    ("double-spends-are-insured", fails("k1-l1-t2", NO_DOUBLE_SPEND, 4)),
];
