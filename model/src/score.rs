//! What the models catch: every variant where it must break something, and the specification in
//! every small configuration.
//!
//! A configuration kills a variant if a property fails in it. Which configuration kills which
//! variant is as informative as the total: two payments that share one coin leave most variants of
//! Atomix alive.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::graph::GoOn;
use crate::reach::Reach;
use crate::registry::{MODELS, ModelError};

/// A variant's run ends here if nothing has failed by then. Rules that forget may have infinitely
/// many states.
pub const VARIANT_STATES_MAX: usize = 200_000;

/// A variant, with the property that it must break, and the shortest way there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The variant.
    pub name: &'static str,
    /// What it weakens.
    pub weakens: &'static str,
    /// The model's name.
    pub model: &'static str,
    /// The configuration in which it must break the property.
    pub configuration: &'static str,
    /// The property.
    pub property: &'static str,
    /// How many steps it takes at least; `None` if the property holds, or if a count shows the
    /// failure.
    pub length: Option<usize>,
    /// Whether the property fails, after as many steps as expected.
    pub killed: bool,
    /// In which of the small configurations some property fails, with the property and the length
    /// of the shortest failure.
    pub killed_in: BTreeMap<String, (String, usize)>,
}

/// A configuration, with the specification's states and the number of variants that die in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The model's name.
    pub model: &'static str,
    /// The configuration's name.
    pub configuration: String,
    /// What it contains, or what it is for.
    pub about: String,
    /// How many states the specification has here; 0 where nothing is explored.
    pub unique_states: usize,
    /// Whether all of them were seen and every property holds.
    pub holds: bool,
    /// How far it goes, if it is about payments between shards.
    #[serde(skip)]
    pub bounds: Option<Reach>,
    /// The most states of a variant's run.
    pub bound: usize,
    /// How many variants die.
    pub killed: usize,
    /// Out of how many.
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
    /// Out of how many.
    pub total: usize,
}

/// Runs every variant. `watch` gets the name of each variant in turn, and says whether to go on;
/// the result is `None` if it says no.
///
/// # Errors
/// A configuration of which there is no model.
pub fn score(watch: &mut dyn FnMut(&str) -> GoOn) -> Result<Option<Score>, ModelError> {
    let score = score_within(VARIANT_STATES_MAX, watch)?;
    Ok((score.variants.len() == score.total).then_some(score))
}

/// How many variants there are, of all models.
pub fn total() -> usize {
    MODELS.iter().map(|model| model.variants().len()).sum()
}

/// Runs every variant with at most so many states in each configuration, and then the specification
/// in every small configuration. If `watch` says no, the score has the variants up to then and no
/// configurations, and the other variants count as alive.
///
/// # Errors
/// A configuration of which there is no model.
pub fn score_within(
    states_max: usize,
    watch: &mut dyn FnMut(&str) -> GoOn,
) -> Result<Score, ModelError> {
    let planned = MODELS
        .iter()
        .flat_map(|model| model.variants().into_iter().map(move |variant| (*model, variant.name)));
    let (mut variants, mut goes_on) = (Vec::new(), GoOn::Yes);
    for (model, variant) in planned {
        goes_on = watch(variant);
        if goes_on == GoOn::No {
            break;
        }
        variants.push(model.score_variant(variant, states_max)?);
    }
    let mut configurations = Vec::new();
    if goes_on == GoOn::Yes {
        for model in MODELS {
            let own = |row: &&Row| row.model == model.name();
            let rows: Vec<Row> = variants.iter().filter(own).cloned().collect();
            configurations.extend(model.score_configurations(&rows, states_max)?);
        }
    }
    let killed = variants.iter().filter(|row| row.killed).count();
    Ok(Score { total: total(), killed, variants, configurations })
}
