//! The cases: what is asked, and what its author means the answer to be.
//!
//! The expected values are the specification's: it answers every case when the tree is made, and an
//! answer that is not the one meant stops it ([`support`]). A value is written here only where the
//! author can check it alone: a known answer from a public source, or one that is short to compute.

pub mod atomix;
pub mod drp;
pub mod encoding;
mod faults;
pub mod ledger;
pub mod primitives;
pub mod sharding;
pub mod support;
mod world;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_model::atomix::coverage::Extent;
use ioschain_spec::Rejection;
use ioschain_spec::atomix::message::EXPIRY_LIST_MAX;
use ioschain_spec::chain::entry::ENTRIES_MAX;
use ioschain_spec::ledger::genesis::{ALLOCATIONS_PPM, GRANTS_MAX};
use ioschain_spec::ledger::transaction::{INPUTS_MAX, SUPPLY, TRANSACTION_VERSION};
use ioschain_spec::parameters::SHARDS_MAX;
use ioschain_spec::primitives::certificate::{ROSTER_MAX, ROSTER_MIN};

use crate::format::manifest::{NoSecondFault, RejectionRow};
use crate::format::vector::VectorFile;
use crate::make::cases::atomix::trace::{Chosen, chosen};
use crate::make::generate::Sources;
use crate::reference::{self, STANDARD, TINY};
use crate::requirements;
use support::CaseError;

/// The version of the suite.
const SUITE_VERSION: &str = "2.2.0";

/// All that the tree of vectors is made from.
///
/// # Errors
/// The first case whose answer is not the one meant, or that names a requirement that does not
/// exist.
pub fn sources() -> Result<Sources, CaseError> {
    let mut files = encoding::files()?;
    files.extend(primitives::files()?);
    files.extend(ledger::files()?);
    files.extend(atomix::files()?);
    files.extend(sharding::files()?);
    files.extend(drp::files()?);
    check_requirements(&files)?;
    Ok(Sources {
        suite_version: SUITE_VERSION.to_owned(),
        generator: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
        files,
        rejections: rejections(),
        codes_without_second_fault: codes_without_second_fault(),
        must_requirements: must_requirements(),
        handlers: reference::descriptions(),
        types: reference::types().map_err(|error| CaseError {
            id: error.declaration.clone(),
            problem: error.to_string(),
        })?,
        profiles: BTreeMap::from([
            (STANDARD.to_owned(), standard_profile()),
            (TINY.to_owned(), tiny_profile()),
        ]),
    })
}

/// Every requirement that a case names is in the specification.
fn check_requirements(files: &[VectorFile]) -> Result<(), CaseError> {
    let known = requirements::must_requirements();
    for case in files.iter().flat_map(|file| &file.cases) {
        if let Some(unknown) = case.requirements.iter().find(|id| !known.contains(*id)) {
            let problem = format!("the specification has no requirement {unknown}");
            return Err(CaseError { id: case.id.clone(), problem });
        }
    }
    Ok(())
}

/// The codes beside which no case has the fault of a later check, and why.
fn codes_without_second_fault() -> Vec<NoSecondFault> {
    [
        (
            Rejection::AtxCloseNotImported,
            "the only other check of closing an epoch fails only for a list of more than 2²⁴ \
             transactions",
        ),
        (Rejection::LedBlockStateRoot, "it is the last check of a block"),
        (
            Rejection::CryPossession,
            "it is the last check of a proof of possession, and of a registration",
        ),
        (Rejection::DrpOutput, "it is the last check of a transcript"),
        (Rejection::DrpStatementRepeated, "it is the last check of a proposal"),
        (Rejection::DrpDealsMissing, "it is the only check before a proposal is made"),
    ]
    .map(|(rejection, reason)| NoSecondFault {
        code: rejection.code().to_owned(),
        reason: reason.to_owned(),
    })
    .to_vec()
}

/// Requirements that need not have a case of each kind. Nothing that is hashed, derived, drawn, put
/// into order, chosen or sent can be refused: whoever does it otherwise gives another answer to a
/// positive case. And what holds of whole runs is shown by runs, which are negative as soon as they
/// hold a refusal.
const WITHOUT_BOTH_KINDS: [&str; 27] = [
    "CRY-COSI-04",
    "CRY-HASH-02",
    "CRY-HASH-03",
    "CRY-HASH-04",
    "CRY-HASH-05",
    "CRY-KEYS-02",
    "CRY-KEYS-03",
    "EDS-CONFIG-02",
    "EDS-CONFIG-03",
    "EDS-REGISTER-06",
    "EDS-LOTTERY-02",
    "EDS-SEED-01",
    "EDS-ASSIGN-01",
    "CRY-STREAM-01",
    "CRY-STREAM-02",
    "CRY-STREAM-03",
    "CRY-STREAM-04",
    "CRY-STREAM-05",
    "ATX-ATOMIC-01",
    "ATX-SPEND-01",
    "ATX-RESOLVE-01",
    "DRP-DEADLINE-01",
    "DRP-TIMEOUT-03",
    "DRP-REVEAL-02",
    "DRP-OUTPUT-03",
    "DRP-UNBIASED-01",
    "DRP-AVAILABLE-01",
];

/// The requirements that must have a positive and a negative case.
fn must_requirements() -> Vec<String> {
    let excused = |id: &String| WITHOUT_BOTH_KINDS.contains(&id.as_str());
    requirements::must_requirements().into_iter().filter(|id| !excused(id)).collect()
}

/// The specification's table of rejections, in the order of its checks.
fn rejections() -> Vec<RejectionRow> {
    (0u32..)
        .zip(Rejection::ALL)
        .map(|(precedence, rejection)| RejectionRow {
            code: rejection.code().to_owned(),
            requirements: rejection.requirements().iter().map(|&id| id.to_owned()).collect(),
            meaning: rejection.meaning().to_owned(),
            precedence,
        })
        .collect()
}

/// What holds in every case. The least fee and the limit of rejection rows are a chain's own: they
/// stand in the `parameters` of an input.
fn standard_profile() -> Value {
    json!({
        "profile": STANDARD,
        "shards_max": SHARDS_MAX,
        "roster_min": ROSTER_MIN,
        "roster_max": ROSTER_MAX,
        "inputs_max": INPUTS_MAX,
        "outputs_max": INPUTS_MAX,
        "entries_max": ENTRIES_MAX,
        "grants_max": GRANTS_MAX,
        "expiry_list_max": EXPIRY_LIST_MAX,
        "transaction_version": TRANSACTION_VERSION,
        "supply": SUPPLY.to_string(),
        "allocations_ppm": ALLOCATIONS_PPM,
    })
}

/// What the models check, and how much of it the vectors show. The limits are those of `standard`.
fn tiny_profile() -> Value {
    let describe = |chosen: &Chosen| {
        let Chosen { plan, extent, .. } = chosen;
        json!({
            "name": plan.name,
            "about": plan.about,
            "shards": plan.shards,
            "transactions": plan.transactions.len(),
            "epochs_closed": plan.epochs,
            "runs": match extent {
                Extent::Everything => "every step from every state; at every state each message \
                                       that changes nothing, once for every shard, kind, \
                                       transaction and answer, and with every sequence of proofs \
                                       where the shard is for the first time in its state",
                Extent::Firsts => "the first of each shard, kind of message, transaction, epoch \
                                   and answer, steps and messages that change nothing alike",
            },
        })
    };
    json!({
        "profile": TINY,
        "limits": STANDARD,
        "atomix": chosen().iter().map(describe).collect::<Vec<_>>(),
    })
}
