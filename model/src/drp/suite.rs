//! The suite of all models of this section: the real cryptography, with a memory.
//!
//! The machines of a model receive the same few messages in thousands of states, and without a
//! memory most of the time would go into verifying the same signatures.

use std::sync::LazyLock;

use ioschain_spec::cached_suite::Cached;
use ioschain_spec::suite::Normative;

/// The suite of a model.
pub type ModelSuite = Cached<Normative>;

/// The one value of it, which all models share: what it answers depends on nothing but the
/// question.
pub static SUITE: LazyLock<ModelSuite> = LazyLock::new(ModelSuite::default);
