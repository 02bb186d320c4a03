//! Weakened rules that none of the large models explores: each computes its own effect, as a small
//! graph or as an exact count.

use std::time::Instant;

use ioschain_spec::Rejection;

use super::{cosi_registry, sharding_registry};
use crate::drp::trace::{DrpStep, DrpTrace};
use crate::registry::{Expectation, ModelVariant};
use crate::report::{CheckReport, Violation};
use crate::score::Row;
use crate::trace::AnyTrace;
use crate::verdict::Verdict;

/// The effect of a weakened rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The number of steps to the failure, or of the cycle; `None` for a count.
    pub length: Option<usize>,
    /// The effect in words.
    pub words: String,
}

/// A weakened rule.
#[derive(Clone, Copy, Debug)]
pub struct ComputedVariant {
    /// The name of the model.
    pub model: &'static str,
    /// In words joined by hyphens.
    pub name: &'static str,
    /// What is weaker than in the specification.
    pub weakens: &'static str,
    /// What it must break.
    pub expectation: Expectation,
    /// Looks for the failure. `None` if the property holds; also if it fails under the
    /// specification too, where the model computes both.
    pub find: fn() -> Result<Option<Found>, Rejection>,
}

/// All of them.
pub fn registry() -> impl Iterator<Item = &'static ComputedVariant> {
    sharding_registry::registry().iter().chain(cosi_registry::registry())
}

impl ComputedVariant {
    /// The row of the score: whether the property breaks as expected.
    ///
    /// # Errors
    /// What the specification refuses of the model.
    pub fn row(&self) -> Result<Row, Rejection> {
        let found = (self.find)()?;
        let Expectation { configuration, property, length: expected } = self.expectation;
        let length = found.as_ref().and_then(|found| found.length);
        let killed = found.is_some() && length == expected;
        let in_own =
            killed.then(|| (configuration.to_owned(), (property.to_owned(), length.unwrap_or(0))));
        Ok(Row {
            name: self.name,
            weakens: self.weakens,
            model: self.model,
            configuration,
            property,
            length,
            killed,
            killed_in: in_own.into_iter().collect(),
        })
    }

    /// The report of a check.
    ///
    /// # Errors
    /// What the specification refuses of the model.
    pub fn check(&self) -> Result<CheckReport, Rejection> {
        let started = Instant::now();
        let found = (self.find)()?;
        let configuration = self.expectation.configuration.to_owned();
        Ok(CheckReport {
            seconds: started.elapsed().as_secs_f64(),
            verdict: Verdict::holds_if(found.is_none()),
            violations: found.iter().map(|found| self.violation(found)).collect(),
            undecided: "everything that this computation does not count",
            ..CheckReport::empty(self.model, self.name, configuration)
        })
    }

    /// The trace has a single step, which says what was found.
    fn violation(&self, found: &Found) -> Violation {
        let Expectation { configuration, property, .. } = self.expectation;
        let length = found.length.unwrap_or(0);
        let step =
            DrpStep { who: "counted".to_owned(), what: found.words.clone(), says: Vec::new() };
        Violation {
            property: property.to_owned(),
            length,
            trace: AnyTrace::Drp(DrpTrace {
                model: self.model.to_owned(),
                configuration: configuration.to_owned(),
                variant: self.name.to_owned(),
                property: Some(property.to_owned()),
                length,
                validators: Vec::new(),
                steps: vec![step],
            }),
        }
    }
}

impl From<&ComputedVariant> for ModelVariant {
    fn from(variant: &ComputedVariant) -> Self {
        let ComputedVariant { name, weakens, expectation, .. } = *variant;
        Self { name, weakens, expectation }
    }
}
