//! `ioschain check --seeds`: random walks, a line of JSON for each.

use std::io::Write;
use std::ops::Range;

use ioschain_model::atomix::configurations::swarm as swarm_plan;
use ioschain_model::swarm::walk;
use ioschain_model::variants::Variant;

use super::{checking, configuration_named, is_interrupted};
use crate::cli::Check;
use crate::commands::progress::Progress;

/// Walks for the seeds of its part of the range.
pub(super) fn swarm(
    seeds: Range<u64>,
    variant: Option<&'static Variant>,
    arguments: &Check,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let plan = match &arguments.configuration {
        Some(name) => configuration_named(name)?,
        None => swarm_plan(),
    };
    let model = checking(plan, variant)?.model;
    let (part, of) = arguments.shard;
    let mine: Vec<u64> = seeds.filter(|seed| seed % of == part - 1).collect();
    let (mut failed, mut steps, mut done) = (0, 0, 0);
    let mut shown = Progress::of("walks", errors);
    for seed in &mine {
        if is_interrupted() {
            break;
        }
        let walk = walk(&model, *seed, arguments.steps_max);
        writeln!(output, "{}", serde_json::to_string(&walk)?)?;
        failed += usize::from(walk.property.is_some());
        steps += walk.steps;
        done += 1;
        shown.at(done, mine.len());
    }
    drop(shown);
    let all = mine.len();
    writeln!(
        errors,
        "{done} of {all} walks, {steps} steps, {failed} failures; a swarm proves nothing"
    )?;
    Ok(failed == 0)
}
