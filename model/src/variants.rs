//! What the weakened rules of [`ioschain_spec::variants`] must break: [`registry`] says which property
//! must fail where.
//!
//! The rows follow the order of the weaknesses that public designs and papers have had; the last ones
//! are there for single properties, so that none of them is idle.

pub mod computed;
pub mod cosi_registry;
pub mod drp_registry;
mod registry;
pub mod sharding_registry;

pub use registry::{Expected, RealRules, Variant, find, registry};
