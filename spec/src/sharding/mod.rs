//! §5: efficient distributed sharding: who leads the randomness protocol, and who serves which shard.
//!
//! | module | what it is |
//! |---|---|
//! | [`configuration`] | who the validators of an epoch are |
//! | [`lottery`] | tickets, who may lead, the three ranks |
//! | [`assignment`] | the validators of an epoch cut into shards |
//! | this one | seeds |
//!
//! Once an epoch all validators enter a lottery, whose winner leads the randomness protocol (§4); its number
//! puts the validators into an order, which is cut into shards. Here are the functions; their inputs (which
//! validators, which height, which exclusions) are facts of the identity log.
//! Origin: white paper §5 and OmniLedger 2018; what the lottery is over is OmniLedger's and ours (gap W8).

pub mod assignment;
pub mod configuration;
pub mod lottery;

use crate::primitives::hash::{Digest, Tag, tagged_hash, tags};

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
