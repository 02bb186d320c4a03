//! Weakened rules that are not explored by one of the large models: each computes what comes of it,
//! as a small graph or as an exact count.

use ioschain_spec::Rejection;

use super::{cosi_registry, sharding_registry};
use crate::score::Row;

/// What a weakened rule leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How many steps: to the failure, or round the cycle; `None` for a count.
    pub length: Option<usize>,
    /// In words.
    pub words: String,
}

/// A weakened rule.
#[derive(Clone, Copy, Debug)]
pub struct ComputedVariant {
    /// In which model.
    pub model: &'static str,
    /// In words joined by hyphens.
    pub name: &'static str,
    /// What is weaker than in the specification.
    pub weakens: &'static str,
    /// In what it is seen.
    pub configuration: &'static str,
    /// What breaks.
    pub property: &'static str,
    /// How many steps it takes, if it is seen on a graph.
    pub length: Option<usize>,
    /// Looks for the failure; `None` if the property holds, or, where the model has the specification beside the
    /// weakened rule, fails under it too.
    pub find: fn() -> Result<Option<Found>, Rejection>,
}

/// All of them.
pub fn registry() -> impl Iterator<Item = &'static ComputedVariant> {
    sharding_registry::registry().iter().chain(cosi_registry::registry())
}

/// The variant of a name.
pub fn find(model: &str, name: &str) -> Option<&'static ComputedVariant> {
    registry().find(|variant| variant.model == model && variant.name == name)
}

impl ComputedVariant {
    /// Whether its property breaks, as it is said to.
    ///
    /// # Errors
    /// What the specification refuses of the model.
    pub fn row(&self) -> Result<Row, Rejection> {
        let found = (self.find)()?;
        let length = found.as_ref().and_then(|found| found.length);
        let killed = found.is_some() && length == self.length;
        let in_own = killed.then(|| {
            (self.configuration.to_owned(), (self.property.to_owned(), length.unwrap_or(0)))
        });
        Ok(Row {
            name: self.name,
            weakens: self.weakens,
            model: self.model,
            configuration: self.configuration,
            property: self.property,
            length,
            killed,
            killed_in: in_own.into_iter().collect(),
        })
    }
}
