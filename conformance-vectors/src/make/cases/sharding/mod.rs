//! §5: registration, tickets of the lottery, ranks, assignment.

mod assignment;
mod lottery;
mod registration;
mod seeds;

use serde_json::{Value, json};

use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::numbers::{Epoch, View};

use super::support::CaseError;
use super::world::{digest, list_to_json};
use crate::format::vector::VectorFile;

/// The suites of §5.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = registration::files()?;
    files.extend(lottery::files()?);
    files.extend(seeds::files()?);
    files.extend(assignment::files()?);
    Ok(files)
}

/// The key pairs of a validator.
fn key_pairs(number: u32) -> ValidatorKeyPairs {
    ValidatorKeyPairs::from_seed(&digest(&format!("validator {number}")).0)
}

/// The keys of the validators with the numbers 0..count.
fn validators(count: u32) -> Vec<ValidatorKeys> {
    (0..count).map(|number| key_pairs(number).public_keys()).collect()
}

fn node_id(number: u32) -> NodeId {
    key_pairs(number).public_keys().node_id()
}

fn node_ids(numbers: &[u32]) -> Vec<NodeId> {
    numbers.iter().map(|number| node_id(*number)).collect()
}

/// Where a lottery takes place.
#[derive(Clone)]
struct Place {
    chain_id: Digest,
    epoch: Epoch,
    view: View,
    randomness_before: Digest,
    validators: Vec<ValidatorKeys>,
}

impl Place {
    /// The second view of an epoch with four validators.
    fn honest() -> Self {
        Self {
            chain_id: digest("chain"),
            epoch: Epoch(7),
            view: View(1),
            randomness_before: digest("randomness"),
            validators: validators(4),
        }
    }

    fn configuration(&self) -> Result<Roster, CaseError> {
        Ok(Roster::new(self.validators.iter().copied())?)
    }

    fn to_json(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "chain_id": hex::encode(self.chain_id.0),
            "epoch": self.epoch.to_string(),
            "view": self.view.0,
            "randomness_before": hex::encode(self.randomness_before.0),
            "validators": list_to_json(&self.validators)?,
        }))
    }
}
