//! What the weakened rules of [`ioschain_spec::variants`] must break. Each model has a registry. It
//! names, for each variant, the configuration and the property that must fail there.
//!
//! The rows follow the order of weaknesses that public designs and papers have had. The last ones
//! each belong to one property that no other variant breaks, so that every property is needed.

pub mod atomix_registry;
pub mod computed;
pub mod cosi_registry;
pub mod drp_registry;
pub mod sharding_registry;

pub use crate::registry::Expectation;
pub use atomix_registry::{AtomixVariant, RealRules};
