//! What the models catch: every variant in every small configuration.
//!
//! A variant is killed by a configuration in which a property fails. Which configuration kills which is
//! as telling as the total: two payments of one common coin leave most variants alone. The variants of the
//! randomness protocol are run in their own plans.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::atomix::configurations::{by_name, quick};
use crate::atomix::limits::PlanError;
use crate::atomix::plan::Plan;
use crate::check::{Check, Verdict};
use crate::drp;
use crate::graph::GoOn;
use crate::trace::Trace;
use crate::variants::{
    Expected, Variant, computed, cosi_registry, drp_registry, registry, sharding_registry,
};

/// A variant's run ends here if nothing has failed by then: rules that forget can go on for ever.
pub const VARIANT_STATES_MAX: usize = 200_000;

/// The property that a variant must break, where it must break it, and the shortest way there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The variant.
    pub name: &'static str,
    /// What it weakens.
    pub weakens: &'static str,
    /// `atomix`, `drp`, `sharding` or `cosi`.
    pub model: &'static str,
    /// The configuration.
    pub configuration: &'static str,
    /// The property.
    pub property: &'static str,
    /// How many steps it takes at least; `None` if it holds, or if a count shows it.
    pub length: Option<usize>,
    /// Whether the property fails, with the length that the registry has.
    pub killed: bool,
    /// In which of the small configurations some property fails, and the shortest failure's property
    /// and length.
    pub killed_in: BTreeMap<String, (String, usize)>,
}

/// A configuration, and how many variants die in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// `atomix`, `drp`, `sharding` or `cosi`.
    pub model: &'static str,
    /// Its name.
    pub configuration: String,
    /// What it is for.
    pub about: String,
    /// States of the specification here; 0 where nothing is explored.
    pub unique_states: usize,
    /// Whether all of them were seen and every property holds.
    pub holds: bool,
    /// The most states that a variant was given.
    pub bound: usize,
    /// How many variants die.
    pub killed: usize,
    /// Of how many.
    pub total: usize,
}

/// The score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// One for each variant.
    pub variants: Vec<Row>,
    /// One for each small configuration.
    pub configurations: Vec<Column>,
    /// How many variants break what they must.
    pub killed: usize,
    /// Of how many.
    pub total: usize,
}

/// Runs every variant in every small configuration. `watch` hears the name of each variant in turn,
/// and says whether to go on; `None` if it says no.
///
/// # Errors
/// A configuration of which there is no model.
pub fn score(watch: &mut dyn FnMut(&str) -> GoOn) -> Result<Option<Score>, PlanError> {
    let score = score_within(VARIANT_STATES_MAX, watch)?;
    Ok((score.variants.len() == score.total).then_some(score))
}

/// How many variants there are, of all models.
pub fn total() -> usize {
    registry().len() + drp::score::total() + computed::registry().count()
}

/// Runs every variant in every small configuration, with at most so many states each. If `watch` says
/// no, the score has the variants up to then and no configurations, and the others count as alive.
///
/// # Errors
/// A configuration of which there is no model.
pub fn score_within(
    states_max: usize,
    watch: &mut dyn FnMut(&str) -> GoOn,
) -> Result<Score, PlanError> {
    let plans = quick();
    let total = total();
    let mut variants = Vec::new();
    for variant in registry() {
        if watch(variant.name) == GoOn::No {
            break;
        }
        variants.push(row(variant, &plans, states_max)?);
    }
    for variant in drp_registry::registry() {
        if variants.len() < registry().len() || watch(variant.name) == GoOn::No {
            break;
        }
        variants.push(drp::score::row(variant, states_max)?);
    }
    for variant in computed::registry() {
        let are_others_done = variants.len() >= registry().len() + drp::score::total();
        if !are_others_done || watch(variant.name) == GoOn::No {
            break;
        }
        variants.push(variant.row()?);
    }
    let is_interrupted = variants.len() < total;
    let plans = if is_interrupted { Vec::new() } else { plans };
    let column = |plan| column(plan, &variants, states_max);
    let mut configurations = plans.into_iter().map(column).collect::<Result<Vec<_>, _>>()?;
    if !is_interrupted {
        configurations.extend(drp::score::columns(&variants, states_max)?);
        configurations.push(sharding_registry::column(&variants, states_max)?);
        configurations.extend(cosi_registry::columns(&variants, states_max)?);
    }
    let killed = variants.iter().filter(|row| row.killed).count();
    Ok(Score { total, killed, variants, configurations })
}

fn row(variant: &'static Variant, plans: &[Plan], states_max: usize) -> Result<Row, PlanError> {
    let Expected { configuration, property, length } = variant.expected;
    let shortest = match by_name(configuration) {
        Some(plan) => shortest_within(states_max, plan, variant, Some(property))?,
        None => None,
    };
    let mut killed_in = BTreeMap::new();
    for plan in plans {
        if let Some(Trace { property: Some(property), length, .. }) =
            shortest_within(states_max, plan.clone(), variant, None)?
        {
            killed_in.insert(plan.name.clone(), (property, length));
        }
    }
    let found = shortest.map(|trace| trace.length);
    Ok(Row {
        name: variant.name,
        weakens: variant.weakens,
        model: "atomix",
        configuration,
        property,
        length: found,
        killed: found == Some(length),
        killed_in,
    })
}

/// The trace of the shortest failure of a property, or of any, of a variant.
///
/// # Errors
/// A configuration of which there is no model.
pub fn shortest_failure(
    plan: Plan,
    variant: &Variant,
    property: Option<&str>,
) -> Result<Option<Trace>, PlanError> {
    shortest_within(VARIANT_STATES_MAX, plan, variant, property)
}

fn shortest_within(
    states_max: usize,
    plan: Plan,
    variant: &Variant,
    property: Option<&str>,
) -> Result<Option<Trace>, PlanError> {
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

fn column(plan: Plan, rows: &[Row], bound: usize) -> Result<Column, PlanError> {
    let outcome = Check::of_specification(plan.clone())?.run();
    Ok(Column {
        model: "atomix",
        killed: rows.iter().filter(|row| row.killed_in.contains_key(&plan.name)).count(),
        total: rows.iter().filter(|row| row.model == "atomix").count(),
        configuration: plan.name,
        about: plan.about,
        unique_states: outcome.findings.unique_states,
        holds: outcome.verdict() == Verdict::Holds,
        bound,
    })
}
