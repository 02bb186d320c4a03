//! §5: efficient distributed sharding: the choice of the leader of the randomness protocol, and of
//! the validators of each shard.
//!
//! | module | contents |
//! |---|---|
//! | [`lottery`] | steps 1 to 3: tickets, the three smallest numbers, their ranks |
//! | [`assignment`] | step 6: the permutation that divides the validators among the shards |
//! | | so each validator (node) belongs to exactly one shard (§3) |
//! | [`configuration`] | the validators of an epoch, and the moment at which they are fixed |
//! | [`registration`] | how a validator makes its keys known |
//! | [`seeds`] | the seeds of the random streams of step 6, of §6 (s_j and s_0) and of §8 |
//!
//! The other steps of the paper's algorithm are about a run, so they are in [`drp`](crate::drp):
//!
//! | module | contents |
//! |---|---|
//! | [`drp::checks`](crate::drp::checks) | step 4: the elected leader, and nobody else, leads |
//! | [`drp::recovery`](crate::drp::recovery) | step 5: rnd_e, and the transcript that proves it |
//! | [`drp::log`](crate::drp::log) | step 7: a leader fails, a back-up leads, then a new lottery |
//! | | step 7: when a run is marked as failed |
//! | [`drp::rules`](crate::drp::rules) | step 7: the deadlines (Δ) for a leader |
//! | [`lottery`] | step 7: the failed leader does not lead again in the epoch |
//! | | (unless nobody else is left or a lottery closes empty: gap W24) |
//!
//! Once an epoch, all validators may enter a lottery. Its winner leads the randomness protocol
//! (§4). The random number puts the validators into an order, which is divided among the shards.
//! This module contains the functions for these steps. Their inputs (the validators, the height,
//! the exclusions) are facts of the identity log.
//!
//! Origin: white paper §5 and OmniLedger 2018. The input of the lottery is OmniLedger's and ours
//! (gap W8).

pub mod assignment;
pub mod configuration;
pub mod lottery;
pub mod registration;
pub mod seeds;
