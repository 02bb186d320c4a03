//! Conformance vectors: how any implementation, in any language, finds out whether it follows the
//! specification.
//!
//! The vectors are plain JSON files. This crate writes them ([`make::generate`]), reads them
//! ([`format::suite`]), puts them to an implementation ([`run::runner`], over pipes through
//! [`run::adapter`]), reports the outcome ([`run::report`]), and shows that the vectors can fail an
//! implementation ([`make::self_test`]). It holds no rule of the protocol: an expected answer comes
//! from the specification, through the [`run::adapter::Implementation`] trait, and the models
//! choose which runs of several shards become vectors.
//!
//! | to learn | read |
//! |---|---|
//! | what a vector is | [`format::vector`], [`format::repeat`], [`format::shared`] |
//! | how bytes become JSON | [`format::wire_json`], [`format::canonical_json`] |
//! | how to plug in an implementation | [`run::adapter`] |
//! | how a run is judged | [`run::runner`], [`format::skips`] |
//! | what the checked-in tree holds | [`format::manifest`], [`make::generate`] |
//! | which cases there are, and why | [`make::cases`] |
//! | how the specification answers a case | [`mod@reference`] |

pub mod format;
pub mod make;
pub mod reference;
pub mod requirements;
pub mod run;
