//! Some shards and what they agree on: what a question about §3 or §7 starts from.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::chain::block::apply_block;
use ioschain_spec::chain::entry::apply_entry;
use ioschain_spec::identity::{CertifiedEpoch, IdentityLog};
use ioschain_spec::ledger::shard_state::CachedRoots;
use ioschain_spec::ledger::{Overlay, ShardContext, ShardEnvironment, ShardState};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::merkle::list_root_of;
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::suite::Normative;

use super::encoding::{Block, Entry};
use super::json::{from_json, member, read, read_list, to_json};
use super::{NormativeRules, OpenScenario, Outcome, Refusal};

/// The member with the chain's parameters.
pub const PARAMETERS: &str = "parameters";
/// The member with the rosters of shards 0..=m.
pub const ROSTERS: &str = "rosters";
/// The member with the closing entries ordered so far, with their certificates.
pub const IDENTITY: &str = "identity";

/// The members of an input that describe the identity log, and further ones.
macro_rules! log_and {
    ($($further:expr),*) => {
        &[
            ("parameters", "Parameters"),
            ("rosters", "[Roster]"),
            ("identity", "[CertifiedEpoch]"),
            $($further),*
        ]
    };
}
pub(super) use log_and;

/// The members of an input that describe a shard and the identity log, and what is put to the
/// shard.
macro_rules! shard_and {
    ($($asked:expr),*) => {
        $crate::reference::world::log_and![("state", "ShardState") $(, $asked)*]
    };
}
pub(super) use shard_and;

/// Shards 1..=m and the identity log.
pub struct World {
    rules: &'static NormativeRules,
    parameters: Parameters,
    rosters: Vec<Roster>,
    ordered: Vec<CertifiedEpoch<CollectiveSignature>>,
    log: IdentityLog,
    states: Vec<ShardState>,
}

/// The identity log that an input describes.
pub(super) fn read_log(input: &Value) -> Result<IdentityLog, Refusal> {
    let ordered: Vec<CertifiedEpoch<CollectiveSignature>> = read_list(input, IDENTITY)?;
    log_of(&read(input, PARAMETERS)?, &read_list(input, ROSTERS)?, &ordered)
}

fn log_of(
    parameters: &Parameters,
    rosters: &[Roster],
    ordered: &[CertifiedEpoch<CollectiveSignature>],
) -> Result<IdentityLog, Refusal> {
    let mut log = IdentityLog::new(parameters.clone(), rosters.to_vec());
    for entry in ordered {
        log.append(&Normative, entry)
            .map_err(|rejection| format!("`{IDENTITY}` cannot be ordered: {rejection}"))?;
    }
    Ok(log)
}

impl World {
    /// Reads `{parameters, rosters, identity, states}`.
    pub(super) fn from_json(
        rules: &'static NormativeRules,
        input: &Value,
    ) -> Result<Self, Refusal> {
        let parameters: Parameters = read(input, PARAMETERS)?;
        let rosters: Vec<Roster> = read_list(input, ROSTERS)?;
        let ordered = read_list(input, IDENTITY)?;
        let log = log_of(&parameters, &rosters, &ordered)?;
        Ok(Self { rules, parameters, rosters, ordered, log, states: read_list(input, "states")? })
    }

    fn apply_entry(&mut self, shard: Shard, entry: &Entry) -> Outcome {
        let state = shard_state(&mut self.states, shard)?;
        let context = ShardContext { suite: &Normative, identity: self.log.view() };
        let mut overlay = Overlay::on(state);
        let answer = apply_entry(
            &ShardEnvironment { rules: self.rules, context: &context },
            &mut overlay,
            entry,
        )?;
        let changes = overlay.into_changes();
        state.apply(changes);
        Ok(json!({ "answer": to_json(&answer)? }))
    }

    fn apply_block(&mut self, block: &Block) -> Outcome {
        let shard = block.header.shard;
        let state = shard_state(&mut self.states, shard)?;
        // The fast path, where single questions take the readable one: vectors check both.
        let mut roots = CachedRoots::of(state);
        let receipts = apply_block(self.rules, &Normative, &self.log, state, &mut roots, block)?;
        let receipts = receipts.iter().map(to_json).collect::<Result<Vec<_>, _>>()?;
        Ok(json!({ "receipts": receipts }))
    }

    fn close_epoch(&mut self, shard: Shard) -> Outcome {
        let state = shard_state(&mut self.states, shard)?;
        let context = ShardContext { suite: &Normative, identity: self.log.view() };
        let closed = self.rules.close_epoch(&context, state)?;
        state.apply(closed.changes);
        Ok(json!({
            "entry": to_json(&closed.entry)?,
            "lists": closed.lists.iter().map(to_json).collect::<Result<Vec<_>, _>>()?,
        }))
    }
}

impl OpenScenario for World {
    /// `{"entry": …, "shard": …}`: the shard is asked outside any block; its answer.
    /// `{"block": …}`: its shard checks and applies it; the receipts. `{"close": shard}`: the shard
    /// closes its epoch; the closing entry and the expiry lists. `{"order": …}`: the identity log
    /// takes a certified closing entry; its height.
    fn step(&mut self, input: &Value) -> Outcome {
        if let Some(entry) = input.get("entry") {
            return self.apply_entry(read(input, "shard")?, &from_json(entry)?);
        }
        if let Some(block) = input.get("block") {
            return self.apply_block(&from_json(block)?);
        }
        if input.get("close").is_some() {
            return self.close_epoch(read(input, "close")?);
        }
        let entry: CertifiedEpoch<CollectiveSignature> = from_json(member(input, "order")?)?;
        self.log.append(&Normative, &entry)?;
        self.ordered.push(entry);
        Ok(json!({ "identity_height": self.log.height().to_string() }))
    }

    /// The list commitment of the shards' state roots and the identity log's hash.
    fn root(&self) -> Digest {
        let roots = self.states.iter().map(ShardState::root);
        list_root_of(roots.chain([self.log.view().hash()]))
    }

    /// Writes `{parameters, rosters, identity, states}`.
    fn to_json(&self) -> Outcome {
        Ok(json!({
            PARAMETERS: to_json(&self.parameters)?,
            ROSTERS: self.rosters.iter().map(to_json).collect::<Result<Vec<_>, _>>()?,
            IDENTITY: self.ordered.iter().map(to_json).collect::<Result<Vec<_>, _>>()?,
            "states": self.states.iter().map(to_json).collect::<Result<Vec<_>, _>>()?,
        }))
    }
}

fn shard_state(states: &mut [ShardState], shard: Shard) -> Result<&mut ShardState, Rejection> {
    let found = states.iter_mut().find(|state| state.position.shard == shard);
    found.ok_or(Rejection::LedBlockShard)
}
