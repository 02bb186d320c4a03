//! The IOSChain protocol as a specification that runs.
//!
//! It follows the white paper "Internet of Services: The Next-generation, Secure, Highly Scalable
//! Ecosystem for Online Services" (IOS Foundation, 31 December 2017), one module for each of its
//! sections, in its order. Where the paper is silent, ambiguous or wrong, `spec/gaps.toml` says what
//! it says, what is the matter, and what holds here.
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
//! [`Section`] is this table as code. [`identity`] contains what §7 needs of §8 and §9 until they are
//! specified, with the requirements MSB-CLOSE-….
//!
//! Modules import one another in one direction only: [`primitives`], [`suite`], [`parameters`],
//! [`identity`], [`ledger`], [`sharding`], [`drp`], [`atomix`], [`chain`], each from those before it. So
//! a section can be read with no knowledge of a later one. The blocks of [`chain`] belong to §3 and stand
//! last, because a block holds entries of every section.
//!
//! How to read a rule: its requirement id in bold, its level (MUST, SHOULD, MAY), its origin and its
//! sentence stand in the comment of the item that obeys it; the id above a check refers to them.
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

pub use rejection::Rejection;
pub use section::Section;
