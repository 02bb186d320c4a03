//! The assignment of an epoch's validators to shards.

use serde_json::json;

use super::validators;
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, list_to_json};
use ioschain_model::words::count;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![assignments()?])
}

/// Validators, shards, epoch: sizes that divide and sizes that do not.
const SIZES: [(u32, u16, u64); 14] = [
    (0, 3, 7),
    (1, 1, 7),
    (1, 3, 7),
    (3, 4, 7),
    (5, 0, 7),
    (5, 1, 7),
    (5, 2, 7),
    (6, 3, 7),
    (7, 3, 7),
    (8, 3, 7),
    (11, 4, 7),
    (11, 4, 8),
    (13, 5, u64::MAX),
    (16, 4, 0),
];

/// An implementation that shuffles in another way, or gives the larger shards other numbers,
/// assigns some validator to another shard.
fn assignments() -> Result<VectorFile, CaseError> {
    let doc = "Assignments of validators to shards. If the number of validators is not divisible \
               by the number of shards, the first shards are larger.";
    let mut suite = SuiteWriter::new("sharding.assignment", "sizes", doc)?;
    let randomness = digest("randomness");
    let requirements = ["EDS-ASSIGN-01", "EDS-SEED-01"];
    for (size, shards, epoch) in SIZES {
        let doc = format!(
            "Given {} and {} in epoch {epoch}, when the assignment is computed, then it is as \
             expected.",
            count(size, "validator"),
            count(shards, "shard")
        );
        let input = json!({
            "validators": list_to_json(&validators(size))?,
            "epoch": epoch.to_string(),
            "shards": shards,
            "randomness": hex::encode(randomness.0),
        });
        let slug = format!("{size}-to-{shards}-epoch-{epoch}");
        suite.add(&slug, &requirements, &doc, input, Intent::Ok)?;
    }
    let mut reversed = validators(11);
    reversed.reverse();
    let others = [
        ("other-number", "another random number", validators(11), digest("another number")),
        (
            "reversed",
            "validators that are listed in another order, which does not change the assignment",
            reversed,
            randomness,
        ),
    ];
    for (slug, what, validators, randomness) in others {
        let doc = format!(
            "Given {what}, when eleven validators are assigned to four shards, then the \
             assignment is as expected."
        );
        let input = json!({
            "validators": list_to_json(&validators)?,
            "epoch": "7",
            "shards": 4,
            "randomness": hex::encode(randomness.0),
        });
        suite.add(slug, &requirements, &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}
