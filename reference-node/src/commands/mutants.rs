//! `ioschain mutants`: what the models catch.

use std::io::Write;

use ioschain_model::atomix::configurations::quick;
use ioschain_model::fingerprint::collision_probability;
use ioschain_model::graph::GoOn;
use ioschain_model::score::{Score, score_within};
use serde::Serialize;

use super::reach::Reach;
use super::{ATOMIX, DRP, SHARDING, SIGNING, is_interrupted, watch_for_interruption};
use crate::cli::Mutants;
use crate::commands::progress::ProgressBar;

/// What the models of a section other than Atomix caught.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SectionCatch {
    pub(crate) killed: usize,
    pub(crate) total: usize,
    /// States of the specification, over all plans; 0 where nothing is explored.
    pub(crate) states: usize,
}

impl SectionCatch {
    fn of(score: &Score, model: &str) -> Self {
        let rows = || score.variants.iter().filter(|row| row.model == model);
        let columns = score.configurations.iter().filter(|column| column.model == model);
        Self {
            killed: rows().filter(|row| row.killed).count(),
            total: rows().count(),
            states: columns.map(|column| column.unique_states).sum(),
        }
    }
}

/// How many variants of Atomix there are, and how many the models caught; and those of other sections.
pub(crate) struct Catch {
    pub(crate) randomness: SectionCatch,
    pub(crate) lotteries: SectionCatch,
    pub(crate) signing: SectionCatch,
    pub(crate) killed: usize,
    pub(crate) total: usize,
    /// States of the specification, over all configurations.
    pub(crate) states: usize,
    /// Whether the specification keeps every property in every configuration.
    pub(crate) specification_holds: bool,
    /// How many configurations there are.
    pub(crate) configurations: usize,
    /// The largest bounds of them.
    pub(crate) bounds: Reach,
    /// At most so probable it is that in some run two states were taken for one.
    pub(crate) collision_probability: f64,
}

impl Catch {
    /// What a score says. A variant's run has as many states as it may have, at most, in each
    /// configuration and once more in its own.
    fn of(score: &Score, states_max: usize) -> Self {
        let plans = quick();
        let reaches = plans.iter().map(|plan| Reach::of(plan, Some(states_max)));
        let runs = score.variants.len() * (score.configurations.len() + 1);
        let [randomness, lotteries, signing] =
            [DRP, SHARDING, SIGNING].map(|model| SectionCatch::of(score, model));
        let atomix = || score.variants.iter().filter(|row| row.model == ATOMIX);
        let others = score.configurations.iter().filter(|column| column.model != ATOMIX);
        let mut catch = Self {
            randomness,
            lotteries,
            signing,
            killed: atomix().filter(|row| row.killed).count(),
            total: atomix().count(),
            states: 0,
            specification_holds: others.into_iter().all(|column| column.holds),
            configurations: 0,
            bounds: reaches.reduce(Reach::and).unwrap_or_default(),
            collision_probability: runs as f64 * collision_probability(states_max as u64),
        };
        for column in score.configurations.iter().filter(|column| column.model == ATOMIX) {
            catch.add(catch.bounds, column.unique_states, column.holds);
        }
        catch
    }

    /// One more configuration under the specification.
    pub(crate) fn add(&mut self, bounds: Reach, states: usize, holds: bool) {
        self.states += states;
        self.specification_holds &= holds;
        self.configurations += 1;
        self.bounds = self.bounds.and(bounds);
        self.collision_probability += collision_probability(states as u64);
    }

    pub(crate) fn holds(&self) -> bool {
        let others = [self.randomness, self.lotteries, self.signing];
        self.killed == self.total
            && others.iter().all(|section| section.killed == section.total)
            && self.specification_holds
    }
}

/// Runs them all, with progress.
pub(crate) fn catch_variants(
    states_max: usize,
    errors: &mut dyn Write,
) -> anyhow::Result<(Score, Catch)> {
    let total = ioschain_model::score::total();
    let mut shown = ProgressBar::of("variants", errors);
    let mut done = 0;
    let score = score_within(states_max, &mut |_| {
        shown.at(done, total);
        done += 1;
        if is_interrupted() { GoOn::No } else { GoOn::Yes }
    })?;
    drop(shown);
    let catch = Catch::of(&score, states_max);
    Ok((score, catch))
}

/// What `mutants --json` prints.
#[derive(Serialize)]
struct MutantsReport<'a> {
    #[serde(flatten)]
    score: &'a Score,
    /// The largest bounds of all configurations.
    bounds: Reach,
    collision_probability: f64,
}

pub(crate) fn mutants(
    arguments: &Mutants,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    watch_for_interruption();
    let (score, catch) = catch_variants(arguments.states_max, errors)?;
    let Catch { bounds, collision_probability, .. } = catch;
    if arguments.json {
        let report = MutantsReport { score: &score, bounds, collision_probability };
        writeln!(output, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        write_score(&score, arguments.states_max, output)?;
        writeln!(
            output,
            "the largest bounds: {bounds}; in some run two states were taken for one with a probability of \
             at most {collision_probability:.0e}"
        )?;
    }
    if score.variants.len() < score.total {
        writeln!(
            errors,
            "interrupted; {} of {} variants were run, and no configuration under the specification",
            score.variants.len(),
            score.total
        )?;
    }
    write_alive(&score, errors)?;
    Ok(catch.holds())
}

/// What did not go as it must.
pub(crate) fn write_alive(score: &Score, errors: &mut dyn Write) -> std::io::Result<()> {
    for column in score.configurations.iter().filter(|column| !column.holds) {
        let name = &column.configuration;
        writeln!(errors, "does not hold: the specification in {name}; see `ioschain check`")?;
    }
    for row in score.variants.iter().filter(|row| !row.killed) {
        writeln!(
            errors,
            "does not hold: {} does not break {} in {} as it is said to (found: {})",
            row.name,
            row.property,
            row.configuration,
            row.length.map_or("nothing".to_owned(), |length| format!("{length} steps"))
        )?;
    }
    Ok(())
}

fn write_score(score: &Score, bound: usize, output: &mut dyn Write) -> std::io::Result<()> {
    writeln!(output, "{:<30} {:<17} {:>5}  property", "variant", "configuration", "steps")?;
    for row in &score.variants {
        let without = if row.killed { "-" } else { "alive" };
        let steps = row.length.map_or(without.to_owned(), |length| length.to_string());
        writeln!(
            output,
            "{:<30} {:<17} {steps:>5}  {}",
            row.name, row.configuration, row.property
        )?;
    }
    writeln!(output, "\n{:<17} {:>7} {:>7}  about", "configuration", "states", "killed")?;
    for column in &score.configurations {
        let killed = format!("{}/{}", column.killed, column.total);
        let (name, states) = (&column.configuration, column.unique_states);
        writeln!(output, "{name:<17} {states:>7} {killed:>7}  {}", column.about)?;
    }
    writeln!(
        output,
        "\n{} of {} variants caught; each was given up to {bound} states in each configuration",
        score.killed, score.total
    )
}
