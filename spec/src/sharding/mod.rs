//! §5: efficient distributed sharding: who leads the randomness protocol, and who serves which shard.
//!
//! | module | what it is |
//! |---|---|
//! | [`lottery`] | tickets, who may lead, the three ranks |
//! | [`assignment`] | the validators of an epoch cut into shards |
//! | this one | the validators of an epoch, seeds |
//!
//! Once an epoch all validators enter a lottery, whose winner leads the randomness protocol (§4); its number
//! puts the validators into an order, which is cut into shards. Here are the functions; their inputs (which
//! validators, which height, which exclusions) are facts of the identity log.
//! Origin: white paper §5 and OmniLedger 2018; what the lottery is over is OmniLedger's and ours (gap W8).

pub mod assignment;
pub mod lottery;

use std::collections::BTreeMap;

use crate::Rejection;
use crate::primitives::certificate::{ROSTER_MAX, Roster};
use crate::primitives::cosi::Cosigners;
use crate::primitives::encoding::BoundedMap;
use crate::primitives::group::{EncodedElement, Group};
use crate::primitives::hash::{Digest, Tag, tagged_hash, tags};
use crate::primitives::keys::{NodeId, ValidatorKeys};

/// The validators of an epoch e, config_e: by name, in the order of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    validators: BoundedMap<NodeId, ValidatorKeys, ROSTER_MAX>,
    roster: Roster,
}

impl Configuration {
    /// The configuration of these validators, in any order.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] for more than 4,096.
    pub fn new(validators: impl IntoIterator<Item = ValidatorKeys>) -> Result<Self, Rejection> {
        let named = validators.into_iter().map(|keys| (keys.node_id(), keys));
        let named: BTreeMap<_, _> = named.collect();
        let keys: BTreeMap<_, ()> = named.values().map(|keys| (keys.signing, ())).collect();
        Ok(Self { validators: named.try_into()?, roster: Roster { keys: keys.try_into()? } })
    }

    /// n.
    pub fn count(&self) -> usize {
        self.validators.len()
    }

    /// The roster that these validators are: of the identity shard, during their epoch.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The same as those who sign collectively, in the order of names.
    ///
    /// # Errors
    /// Those of [`Cosigners::new`] for a group key that is none, which registration excludes.
    pub fn cosigners<G: Group>(&self) -> Result<Cosigners<G>, Rejection> {
        let keys: Vec<EncodedElement> = self.validators.values().map(|keys| keys.group).collect();
        Cosigners::new(&keys)
    }

    /// The names, in order.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> {
        self.validators.keys().copied()
    }

    /// The keys of a validator, if it is one of these.
    pub fn keys_of(&self, validator: &NodeId) -> Option<&ValidatorKeys> {
        self.validators.get(validator)
    }

    /// The configuration's hash: `H("config", names)`.
    ///
    /// **EDS-CONFIG-01** (MUST) [own] A configuration is committed to by its validators' names in order; a
    /// name commits to the keys.
    pub fn hash(&self) -> Digest {
        tagged_hash(tags::CONFIGURATION, &self.node_ids().collect::<Vec<_>>())
    }
}

/// What a seed is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedLabel {
    /// The order in which the validators of an epoch are cut into shards; the shard is 0.
    Assign,
    /// The order in which validators leave a shard (§6).
    SwapOut,
    /// The order in which validators join a shard (§6).
    SwapIn,
    /// The draw of a shard's believable league (§8).
    League,
    /// The order of a shard's leaders (§8). Its random number is that of the epoch before, since an epoch's
    /// own is ordered only in the course of it.
    Leader,
}

impl SeedLabel {
    fn tag(self) -> Tag {
        match self {
            Self::Assign => tags::SEED_ASSIGN,
            Self::SwapOut => tags::SEED_SWAP_OUT,
            Self::SwapIn => tags::SEED_SWAP_IN,
            Self::League => tags::SEED_LEAGUE,
            Self::Leader => tags::SEED_LEADER,
        }
    }
}

/// The seed of a random stream: `H("seed/" ‖ label, (epoch, shard, randomness))`.
///
/// **EDS-SEED-01** (MUST) [WP §6, labels own] Every use, epoch and shard has its own seed, made of the random
/// number of its epoch; that of leaders is made of the number of the epoch before.
pub fn derive_seed(label: SeedLabel, epoch: u64, shard: u16, randomness: &Digest) -> Digest {
    tagged_hash(label.tag(), &(epoch, shard, randomness))
}
