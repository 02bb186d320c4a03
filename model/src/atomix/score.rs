//! The variants of Atomix in the small configurations, and the specification beside them.

use std::collections::BTreeMap;

use super::ATOMIX;
use super::check::Check;
use super::configurations::by_name;
use super::limits::PlanError;
use super::plan::Plan;
use super::trace::AtomixTrace;
use crate::reach::Reach;
use crate::registry::Expectation;
use crate::score::{Column, Row, VARIANT_STATES_MAX};
use crate::variants::AtomixVariant;
use crate::verdict::Verdict;

/// A variant of Atomix in its own configuration and in all others.
pub(crate) fn row(
    variant: &'static AtomixVariant,
    plans: &[Plan],
    states_max: usize,
) -> Result<Row, PlanError> {
    let Expectation { configuration, property, length } = variant.expectation;
    let shortest = match by_name(configuration) {
        Some(plan) => shortest_within(states_max, plan, variant, Some(property))?,
        None => None,
    };
    let mut killed_in = BTreeMap::new();
    for plan in plans {
        if let Some(AtomixTrace { property: Some(property), length, .. }) =
            shortest_within(states_max, plan.clone(), variant, None)?
        {
            killed_in.insert(plan.name.clone(), (property, length));
        }
    }
    let found = shortest.map(|trace| trace.length);
    Ok(Row {
        name: variant.name,
        weakens: variant.weakens,
        model: ATOMIX,
        configuration,
        property,
        length: found,
        killed: found.is_some() && found == length,
        killed_in,
    })
}

/// The trace of the shortest failure of a property, or of any, under a variant of Atomix.
///
/// # Errors
/// A configuration of which there is no model.
pub fn shortest_failure(
    plan: Plan,
    variant: &AtomixVariant,
    property: Option<&str>,
) -> Result<Option<AtomixTrace>, PlanError> {
    shortest_within(VARIANT_STATES_MAX, plan, variant, property)
}

fn shortest_within(
    states_max: usize,
    plan: Plan,
    variant: &AtomixVariant,
    property: Option<&str>,
) -> Result<Option<AtomixTrace>, PlanError> {
    let mut check = Check::of_variant(plan, variant)?.to_first_failure();
    check.bounds.states_max = states_max;
    if let Some(property) = property {
        check.model = check.model.only(property);
    }
    let failures = check.run().findings.failures;
    let mut found = failures.iter();
    let found = found.find(|failure| property.is_none_or(|name| failure.property == name));
    Ok(found.map(|failure| check.model.trace(Some(failure.property), &failure.actions)))
}

/// The specification of Atomix in a configuration, and how many variants die there.
pub(crate) fn column(plan: Plan, rows: &[Row], states_max: usize) -> Result<Column, PlanError> {
    let outcome = Check::of_specification(plan.clone())?.run();
    Ok(Column {
        model: ATOMIX,
        killed: rows.iter().filter(|row| row.killed_in.contains_key(&plan.name)).count(),
        total: rows.len(),
        unique_states: outcome.findings.unique_states,
        holds: outcome.verdict() == Verdict::Holds,
        bounds: Some(Reach::of(&plan, Some(states_max))),
        bound: states_max,
        configuration: plan.name,
        about: plan.about,
    })
}
