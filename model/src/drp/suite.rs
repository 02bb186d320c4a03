//! The suite of all models of this section: the real cryptography with a cache.
//!
//! The machines of a model receive the same few messages in thousands of states. Without a cache,
//! most of the time would be spent on the verification of the same signatures.

use std::sync::LazyLock;

use ioschain_spec::cached_suite::Cached;
use ioschain_spec::suite::Normative;

/// The suite of a model.
pub type ModelSuite = Cached<Normative>;

/// The one suite that all models share. They can share it because an answer depends only on the
/// question.
pub static SUITE: LazyLock<ModelSuite> = LazyLock::new(ModelSuite::default);
