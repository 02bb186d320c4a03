//! §5: efficient distributed sharding: who leads the randomness protocol, and who serves which shard.
//!
//! | module | what it is |
//! |---|---|
//! | [`configuration`] | who the validators of an epoch are |
//! | [`lottery`] | tickets, who may lead, the three ranks |
//! | [`assignment`] | the validators of an epoch cut into shards |
//! | [`registration`] | how a validator becomes known |
//! | [`seeds`] | the seeds of the random streams of §5, §6 and §8 |
//!
//! Once an epoch all validators enter a lottery, whose winner leads the randomness protocol (§4); its number
//! puts the validators into an order, which is cut into shards. Here are the functions; their inputs (which
//! validators, which height, which exclusions) are facts of the identity log.
//! Origin: white paper §5 and OmniLedger 2018; what the lottery is over is OmniLedger's and ours (gap W8).

pub mod assignment;
pub mod configuration;
pub mod lottery;
pub mod registration;
pub mod seeds;
