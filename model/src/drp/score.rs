//! The variants of the randomness protocol, in the plans that must detect them.

use std::collections::BTreeMap;

use ioschain_spec::Rejection;

use super::check::{Subject, verdict};
use super::plan::{Plan, by_name, quick};
use super::trace::DRP;
use crate::graph::{Bounds, GoOn, Stop};
use crate::registry::Expectation;
use crate::score::{Column, Row};
use crate::variants::drp_registry::DrpVariant;
use crate::verdict::Verdict;

/// A variant in its own plan: whether the property fails there after the number of steps that the
/// registry expects.
///
/// # Errors
/// A rejection of the plan by the specification.
pub fn row(variant: &'static DrpVariant, states_max: usize) -> Result<Row, Rejection> {
    let Expectation { configuration, property, length } = variant.expectation;
    let bounds = Bounds { states_max, stop: Stop::AtFirstFailure };
    let found = match by_name(configuration) {
        Some(plan) => {
            let only = Some(property);
            let subject = Subject { only, ..Subject::of_variant(plan, variant) };
            let failures = subject.run(bounds, &mut |_| GoOn::Yes)?.failures;
            failures.first().map(|failure| failure.actions.len())
        }
        None => None,
    };
    let killed_in = found.map(|length| (configuration.to_owned(), (property.to_owned(), length)));
    Ok(Row {
        name: variant.name,
        weakens: variant.weakens,
        model: DRP,
        configuration,
        property,
        length: found,
        killed: found.is_some() && found == length,
        killed_in: killed_in.into_iter().collect::<BTreeMap<_, _>>(),
    })
}

/// The specification in each small plan, and how many variants this plan detects. Each variant is
/// run only in its own plan.
///
/// # Errors
/// A rejection of a plan by the specification.
pub fn columns(rows: &[Row], bound: usize) -> Result<Vec<Column>, Rejection> {
    quick().into_iter().map(|plan| column(plan, rows, bound)).collect()
}

fn column(plan: Plan, rows: &[Row], bound: usize) -> Result<Column, Rejection> {
    let (configuration, about) = (plan.name.clone(), plan.about.clone());
    let bounds = Bounds { states_max: crate::graph::STATES_MAX, stop: Stop::AtTheEnd };
    let findings = Subject::of_specification(plan).run(bounds, &mut |_| GoOn::Yes)?;
    let own = || rows.iter().filter(|row| row.configuration == configuration);
    Ok(Column {
        model: DRP,
        killed: own().filter(|row| row.killed).count(),
        total: own().count(),
        about,
        unique_states: findings.unique_states,
        holds: verdict(&findings) == Verdict::Holds,
        bounds: None,
        bound,
        configuration: configuration.clone(),
    })
}
