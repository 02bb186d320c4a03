//! The variants of the randomness protocol by name, with what they must break.

use std::sync::Arc;

use ioschain_spec::drp::Rules;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use ioschain_spec::variants::*;

use crate::drp::properties::{AVAILABLE, ONE_COMMIT, PROGRESS, UNBIASED};
use crate::drp::suite::ModelSuite;
use crate::drp::world::ModelRules;
use crate::registry::{Expectation, ModelVariant};

/// The rules of a variant in every group, under a name.
#[derive(Clone, Copy, Debug)]
pub struct DrpVariant {
    /// In words joined by hyphens.
    pub name: &'static str,
    /// What is weaker than in the specification.
    pub weakens: &'static str,
    /// In the integers modulo 5.
    pub toy5: fn() -> Arc<ModelRules<ToyGroup<5>>>,
    /// In the integers modulo 7.
    pub toy7: fn() -> Arc<ModelRules<ToyGroup<7>>>,
    /// In the integers modulo 11.
    pub toy11: fn() -> Arc<ModelRules<ToyGroup<11>>>,
    /// In the protocol's group.
    pub ristretto255: fn() -> Arc<ModelRules<Ristretto255>>,
    /// What it must break.
    pub expectation: Expectation,
}

const fn variant<R>(
    name: &'static str,
    weakens: &'static str,
    (configuration, property, length): (&'static str, &'static str, usize),
) -> DrpVariant
where
    R: Rules<ToyGroup<5>, ModelSuite>
        + Rules<ToyGroup<7>, ModelSuite>
        + Rules<ToyGroup<11>, ModelSuite>
        + Rules<Ristretto255, ModelSuite>
        + Default
        + Send
        + Sync
        + 'static,
{
    DrpVariant {
        name,
        weakens,
        toy5: || Arc::new(R::default()),
        toy7: || Arc::new(R::default()),
        toy11: || Arc::new(R::default()),
        ristretto255: || Arc::new(R::default()),
        expectation: Expectation { configuration, property, length: Some(length) },
    }
}

/// All of them.
pub fn registry() -> &'static [DrpVariant] {
    REGISTRY
}

/// Weaker rules that break nothing, and must not be reported; their lengths mean nothing.
pub fn harmless() -> &'static [DrpVariant] {
    HARMLESS
}

/// The variant of a name, a harmless one too.
pub fn find(name: &str) -> Option<&'static DrpVariant> {
    REGISTRY.iter().chain(HARMLESS).find(|variant| variant.name == name)
}

impl From<&DrpVariant> for ModelVariant {
    fn from(variant: &DrpVariant) -> Self {
        let DrpVariant { name, weakens, expectation, .. } = *variant;
        Self { name, weakens, expectation }
    }
}

const REGISTRY: &[DrpVariant] = &[
    variant::<WhitePaper>(
        "paper-runs",
        "servers send shares to the leader alone, before the commit is ordered; without a number there is another run",
        ("withheld-commit", UNBIASED, 3),
    ),
    variant::<RunsAgain>(
        "runs-again",
        "after a commit a leader can fail, and another one runs",
        ("withheld-commit", ONE_COMMIT, 4),
    ),
    variant::<CommitReveal>(
        "commit-reveal",
        "a number needs everybody's share, and a run without a number is run again",
        ("withheld-commit", AVAILABLE, 3),
    ),
    variant::<InputsAfterReveal>(
        "inputs-after-reveal",
        "servers decrypt the shares of a proposal that is not committed",
        ("corrupt-leader", UNBIASED, 2),
    ),
    variant::<FewerInputs>(
        "fewer-inputs",
        "a group may have fewer inputs than its threshold",
        ("false-deals", UNBIASED, 2),
    ),
    variant::<DegreeUnchecked>(
        "degree-unchecked",
        "a deal may have too many coefficients",
        ("false-deals", AVAILABLE, 4),
    ),
    variant::<LowQuorum>(
        "low-quorum",
        "a quorum is ⌊(n + f)/2⌋, and its signature is enough to decrypt",
        ("withheld-commit", UNBIASED, 3),
    ),
    variant::<LowThreshold>(
        "low-threshold",
        "the threshold is ⌊c/3⌋",
        ("corrupt-leader", UNBIASED, 2),
    ),
    variant::<EncryptionsUnproven>(
        "encryptions-unproven",
        "nobody checks that the encrypted shares are the committed ones",
        ("three-servers", UNBIASED, 4),
    ),
    variant::<DecryptionsUnproven>(
        "decryptions-unproven",
        "nobody checks that the decrypted shares are the encrypted ones",
        ("false-shares", UNBIASED, 4),
    ),
    variant::<SessionUnbound>(
        "session-unbound",
        "a deal of another epoch is accepted",
        ("false-deals", UNBIASED, 2),
    ),
    variant::<DealsUnsigned>(
        "deals-unsigned",
        "a deal needs no signature by its dealer",
        ("false-deals", UNBIASED, 2),
    ),
    variant::<ServersLeftOut>(
        "servers-left-out",
        "the groups need not contain every server",
        ("corrupt-leader", UNBIASED, 2),
    ),
    variant::<SharesToLeader>(
        "shares-to-leader",
        "shares go to the leader alone",
        ("false-shares", AVAILABLE, 3),
    ),
    variant::<StartDeadlineOnly>(
        "start-deadline-only",
        "only the announcement has a deadline",
        ("failover", PROGRESS, 1),
    ),
];

const HARMLESS: &[DrpVariant] = &[
    variant::<GroupsChosen>(
        "groups-chosen",
        "the leader chooses the groups, which are a partition",
        ("two-groups", UNBIASED, 0),
    ),
    variant::<LowQuorumAlone>(
        "low-quorum-alone",
        "a quorum is ⌊(n + f)/2⌋, but servers decrypt when the commit is ordered",
        ("corrupt-leader", UNBIASED, 0),
    ),
    variant::<OwnGroupOnly>(
        "own-group-only",
        "signers check their own group's deals, but the log's validators check all",
        ("two-groups", AVAILABLE, 0),
    ),
];
