//! The IOSChain protocol as a specification that runs.
//!
//! It follows the white paper "Internet of Services: The Next-generation, Secure, Highly Scalable
//! Ecosystem for Online Services" (IOS Foundation, 31 December 2017), one module for each of its
//! sections, in its order. Where the paper is silent, ambiguous or wrong, `spec/gaps.toml` says what
//! it says, what is the matter, and what holds here.
//!
//! | section | module | requirements |
//! |---|---|---|
//! | 1 conventions | [`primitives`], [`Rejection`] | ENC-…, CRY-… |
//! | 3 architecture, ledger | [`ledger`] | LED-… |
//! | 4 randomness | [`drp`] | DRP-… |
//! | 5 sharding | [`sharding`] | EDS-… |
//! | 7 inter-shard transactions | [`atomix`] | ATX-… |
//! | until 5, 8 and 9 are complete | [`identity`] | EDS-REGISTER-…, MSB-CLOSE-… |
//!
//! How to read a rule: its requirement id in bold, its level (MUST, SHOULD, MAY), its origin and its
//! sentence stand in the comment of the item that obeys it; the id above a check refers to them.
//! Origins: `[WP]` white paper, `[OL]` OmniLedger 2018, `[S19]` Sonnino et al. 2019, `[RFC n]`, `[own]`
//! ours.
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
pub mod drp;
pub mod identity;
pub mod ledger;
pub mod primitives;
mod rejection;
pub mod sharding;
#[cfg(feature = "testing")]
pub mod testing;

pub use rejection::Rejection;
