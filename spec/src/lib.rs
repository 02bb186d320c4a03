//! The IOSChain protocol as an executable specification.
//!
//! It follows the white paper "Internet of Services: The Next-generation, Secure, Highly Scalable
//! Ecosystem for Online Services" (IOS Foundation, 31 December 2017). Its modules follow the
//! sections of the paper, in their order. Where the paper is silent, ambiguous or wrong,
//! `spec/gaps.toml` says what the paper says, what the problem is, and what this specification
//! does.
//!
//! | section | modules | requirements |
//! |---|---|---|
//! | 1 Conventions and primitives | [`primitives`], [`suite`], [`parameters`] | ENC-…, CRY-… |
//! | 2 Identity shard | [`identity`] | - |
//! | 3 Blockchain architecture | [`ledger`], [`chain`] | LED-… |
//! | 4 Distributed randomness (DRP) | [`drp`] | DRP-… |
//! | 5 Efficient distributed sharding (EDS) | [`sharding`] | EDS-… |
//! | 7 Inter-shard transactions (Atomix) | [`atomix`] | ATX-…, MSB-… |
//!
//! [`Section`] is this table as code. Each module begins with a table of its files, in the words of
//! the paper.
//!
//! The paper also has the following, which is not specified here, or only in part:
//!
//! - §3, gossip: how nodes spread messages is not specified. A message is an input of a function,
//!   and the caller carries it (gap A61).
//! - §6, TransEpoch: not specified yet. The seeds of its two permutations are in
//!   [`sharding::seeds`]. Until then, the validators of each shard stay those of genesis (gap A62).
//! - §8, tokens: all tokens exist from [`ledger::genesis`] on. The paper's commission is the fee of
//!   a [`ledger::transaction`]. The believability score, Servi, the two leagues, sampling and
//!   punishment are not specified yet.
//! - §8, agreement: a quorum ([`primitives::certificate`]) signs collectively
//!   ([`primitives::cosi`]). How the validators of a shard agree on a block is not specified
//!   yet. Until then, each shard is one sequential machine.
//! - §9, Micro State Blocks: not specified yet. An entry of [`identity`] takes the place of the
//!   header of such a block. [`atomix::sweep`] makes this entry and prunes the votes that are no
//!   longer needed. The requirements of the two modules for this are MSB-CLOSE-… and ATX-CLOSE-….
//! - Smart contracts, which §7 mentions, are not specified.
//!
//! Each module imports only modules before it in this list: [`primitives`], [`suite`],
//! [`parameters`], [`identity`], [`ledger`], [`sharding`], [`drp`], [`atomix`], [`chain`]. So a
//! section can be read without knowledge of a later one. The blocks of [`chain`] belong to §3, but
//! `chain` is the last module, because a block contains entries of every section. The feature
//! `variants` adds the module `variants`. It contains weakened rules, each with one weakness, and
//! the rules of the paper's text.
//!
//! How to read a rule: it is defined in the doc comment of the item that implements it. The
//! definition has the requirement id in bold, the level (MUST, SHOULD, MAY), the origin, and the
//! rule as one or more sentences. The comment above a check begins with the id of the rule that is
//! checked.
//!
//! Origins: `[WP]` white paper, `[OL]` OmniLedger 2018, `[RH]` RandHound 2017, `[S19]` Sonnino et
//! al. 2019, `[RFC n]`, `[own]` this specification.
//!
//! The [`glossary`] explains every term once. [`requirements`] is the table of all requirements.
//!
//! Every function here is pure and total: it does no input or output, reads no clock, uses no
//! randomness except what is passed in, and does not panic. Time is an argument. The caller takes
//! the part of the network and brings messages from one shard to another. If a check fails, the
//! function returns one [`Rejection`] and changes nothing.

#![deny(missing_docs)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::todo,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::disallowed_types
)]

pub mod atomix;
pub mod cached_suite;
pub mod chain;
pub mod drp;
pub mod glossary;
pub mod identity;
pub mod ledger;
pub mod parameters;
pub mod primitives;
mod rejection;
pub mod requirements;
mod section;
pub mod sharding;
pub mod suite;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "variants")]
pub mod variants;

pub use rejection::Rejection;
pub use section::Section;
