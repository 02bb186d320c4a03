//! The seeds of the draws: one for each use, epoch, shard and random number.

use serde_json::json;

use ioschain_spec::primitives::hash::Digest;

use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![seeds()?])
}

/// An implementation that leaves a part out of the hash uses the same seed for two draws.
fn seeds() -> Result<VectorFile, CaseError> {
    let doc = "Seeds that differ in their use, their epoch, their shard or their random number.";
    let mut suite = SuiteWriter::new("sharding.seed", "uses", doc)?;
    let number = digest("randomness");
    let labels = ["assign", "swap-out", "swap-in", "league", "leader"];
    let uses = labels.map(|label| (label.to_owned(), label, 7, 2, number));
    let others = [
        ("other-epoch", "league", 8, 2, number),
        ("other-shard", "league", 7, 3, number),
        ("other-number", "league", 7, 2, digest("another number")),
        ("least", "assign", 0, 0, Digest::ZERO),
        ("most", "leader", u64::MAX, u16::MAX, Digest([0xff; 32])),
    ];
    let others = others
        .map(|(slug, label, epoch, shard, number)| (slug.to_owned(), label, epoch, shard, number));
    for (slug, label, epoch, shard, randomness) in uses.into_iter().chain(others) {
        let doc = format!(
            "Given epoch {epoch}, shard {shard} and a random number, when the seed for {label} is \
             derived, then it is as expected."
        );
        let input = json!({
            "label": label,
            "epoch": epoch.to_string(),
            "shard": shard,
            "randomness": hex::encode(randomness.0),
        });
        suite.add(&slug, &["EDS-SEED-01"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}
