//! `ioschain mutants`: what the models catch.

use std::io::Write;

use ioschain_model::graph::GoOn;
use ioschain_model::score::{Score, score};

use super::{is_interrupted, watch_for_interruption};
use crate::cli::Mutants;
use crate::commands::progress::Progress;

/// How many variants there are, and how many the models caught.
pub(crate) struct Catch {
    pub(crate) killed: usize,
    pub(crate) total: usize,
    /// States of the specification, over all configurations.
    pub(crate) states: usize,
    /// Whether the specification keeps every property in every configuration.
    pub(crate) specification_holds: bool,
}

impl Catch {
    pub(crate) fn holds(&self) -> bool {
        self.killed == self.total && self.specification_holds
    }
}

/// Runs them all, with progress.
pub(crate) fn catch_variants(errors: &mut dyn Write) -> anyhow::Result<(Score, Catch)> {
    let total = ioschain_model::variants::registry().len();
    let mut shown = Progress::of("variants", errors);
    let mut done = 0;
    let found = score(&mut |_| {
        shown.at(done, total);
        done += 1;
        if is_interrupted() { GoOn::No } else { GoOn::Yes }
    })?;
    drop(shown);
    let score = found
        .ok_or_else(|| anyhow::anyhow!("interrupted; {done} of {total} variants were begun"))?;
    let states = score.configurations.iter().map(|column| column.unique_states).sum();
    let specification_holds = score.configurations.iter().all(|column| column.holds);
    let catch = Catch { killed: score.killed, total: score.total, states, specification_holds };
    Ok((score, catch))
}

pub(crate) fn mutants(
    arguments: &Mutants,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    watch_for_interruption();
    let (score, catch) = catch_variants(errors)?;
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string_pretty(&score)?)?;
    } else {
        write_score(&score, output)?;
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

fn write_score(score: &Score, output: &mut dyn Write) -> std::io::Result<()> {
    writeln!(output, "{:<30} {:<17} {:>5}  property", "variant", "configuration", "steps")?;
    for row in &score.variants {
        let steps = row.length.map_or("alive".to_owned(), |length| length.to_string());
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
    let bound = ioschain_model::score::VARIANT_STATES_MAX;
    writeln!(
        output,
        "\n{} of {} variants caught; each was given up to {bound} states in each configuration",
        score.killed, score.total
    )
}
