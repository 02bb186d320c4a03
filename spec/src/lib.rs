//! The IOSChain protocol as a specification that runs.
//!
//! It follows the white paper "Internet of Services: The Next-generation, Secure, Highly Scalable
//! Ecosystem for Online Services" (IOS Foundation, 31 December 2017), one module for each of its
//! sections, in its order. Where the paper is silent, ambiguous or wrong, `spec/gaps.toml` says what
//! the paper says, what the problem is, and what this specification does.
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
//! - §8, tokens: all of them exist from [`ledger::genesis`], and the commission is the fee of a
//!   [`ledger::transaction`]. The believability score, Servi, the two leagues, sampling and
//!   punishment are not specified yet.
//! - §8, agreement: a quorum ([`primitives::certificate`]) signs collectively
//!   ([`primitives::cosi`]). How the validators of a shard come to agree on a block is not
//!   specified yet. Each shard is one sequential machine until then.
//! - §9, Micro State Blocks: not specified yet. An entry of [`identity`] stands for the header of
//!   such a block. [`atomix::sweep`] makes this entry and drops the votes that are no longer
//!   needed. These two have the requirements MSB-CLOSE-… and ATX-CLOSE-….
//! - Smart contracts, which §7 mentions, are not specified.
//!
//! Modules import one another in one direction only: [`primitives`], [`suite`], [`parameters`],
//! [`identity`], [`ledger`], [`sharding`], [`drp`], [`atomix`], [`chain`], each from those before
//! it. So a section can be read with no knowledge of a later one. The blocks of [`chain`] belong to
//! §3 but are the last module, because a block holds entries of every section. The feature
//! `variants` adds the module of the same name, in which rules are weakened one by one, and the
//! paper's text is a set of rules.
//!
//! How to read a rule: the comment of the item that obeys it gives its requirement id in bold, its
//! level (MUST, SHOULD, MAY), its origin and its sentence; the id above a check refers to them.
//! Origins: `[WP]` white paper, `[OL]` OmniLedger 2018, `[S19]` Sonnino et al. 2019, `[RFC n]`, `[own]`
//! ours.
//!
//! Every term is explained once, in the [`glossary`]. All requirements are a table in [`requirements`].
//!
//! Everything here is pure and total: no input or output, no clock, no randomness but what is passed
//! in, no panic. Time is an input, and the network is whoever carries messages from one shard to
//! another. A check that fails gives one [`Rejection`] and changes nothing.

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
