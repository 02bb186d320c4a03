//! §5: efficient distributed sharding: the choice of the leader of the randomness protocol, and of
//! the validators of each shard.
//!
//! | module | contents |
//! |---|---|
//! | [`configuration`] | the validators of an epoch |
//! | [`lottery`] | tickets, who may lead, the three ranks |
//! | [`assignment`] | the division of an epoch's validators among the shards |
//! | [`registration`] | how a validator makes its keys known |
//! | [`seeds`] | the seeds of the random streams of §5, §6 and §8 |
//!
//! Once an epoch, all validators enter a lottery. Its winner leads the randomness protocol (§4).
//! The random number puts the validators into an order, which is divided among the shards. This
//! module has the functions. Their inputs (the validators, the height, the exclusions) are facts of
//! the identity log.
//!
//! Origin: white paper §5 and OmniLedger 2018. The input of the lottery is OmniLedger's and ours
//! (gap W8).

pub mod assignment;
pub mod configuration;
pub mod lottery;
pub mod registration;
pub mod seeds;
