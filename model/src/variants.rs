//! Weakened rules. Each leaves out one thing that the specification does, by overriding as few methods
//! as possible, and [`registry`] says which property must fail where.
//!
//! The rows follow the order of weaknesses that public designs and papers have had. The last ones each
//! belong to one property that no other variant breaks, so that every property is needed.

pub mod computed;
pub mod cosi_registry;
pub mod drp;
pub mod drp_registry;
mod memory;
mod registry;
mod settling;
pub mod sharding_registry;
mod sweeping;
mod voting;

pub use crate::registry::Expectation;
pub use memory::*;
pub use registry::{RealRules, Variant, find, registry};
pub use settling::*;
pub use sweeping::*;
pub use voting::*;

/// A unit type and its rules: overrides of the ledger's methods, then of Atomix's.
macro_rules! variant {
    ($(#[$doc:meta])* $name:ident { $($ledger:item)* } { $($atomix:item)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl<S: Suite> ledger::Rules<S> for $name { $($ledger)* }
        impl<S: Attests> Rules<S> for $name { $($atomix)* }
    };
}
use variant;
