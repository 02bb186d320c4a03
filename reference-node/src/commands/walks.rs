//! `ioschain check --seeds`: random walks, a line of JSON for each.

use std::io::Write;
use std::ops::Range;

use ioschain_model::atomix::configurations::swarm as swarm_plan;
use ioschain_model::swarm::walk;
use ioschain_model::variants::Variant;

use super::reach::Reach;
use super::{checking, configuration_named, is_interrupted};
use crate::cli::Check;
use crate::commands::progress::ProgressBar;

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
    let (mine, all) = divide(seeds, part, of);
    let (mut failed, mut steps, mut done) = (0, 0, 0);
    let mut shown = ProgressBar::of("walks", errors);
    for seed in mine {
        if is_interrupted() {
            break;
        }
        let walk = walk(&model, seed, arguments.steps_max);
        writeln!(output, "{}", serde_json::to_string(&walk)?)?;
        failed += usize::from(walk.property.is_some());
        steps += walk.steps;
        done += 1;
        shown.at(done, all);
    }
    drop(shown);
    let interrupted = if done < all { "interrupted; " } else { "" };
    writeln!(
        errors,
        "{interrupted}{done} of {all} walks of at most {} steps, {steps} steps, {failed} failures; bounds: \
         {}; a swarm proves nothing, and does not decide resolution",
        arguments.steps_max,
        Reach::of(&model.plan, None)
    )?;
    Ok(failed == 0 && done == all)
}

/// The seeds of a part, and how many there are. A range can be longer than memory.
fn divide(seeds: Range<u64>, part: u64, of: u64) -> (impl Iterator<Item = u64>, usize) {
    let (wanted, at) = (part - 1, seeds.start % of);
    let to_first = if wanted >= at { wanted - at } else { of - (at - wanted) };
    let first = seeds.start.checked_add(to_first).filter(|first| *first < seeds.end);
    let count = first.map_or(0, |first| (seeds.end - 1 - first) / of + 1);
    let mine = (0..count).map(move |place| first.unwrap_or_default() + place * of);
    (mine, usize::try_from(count).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::divide;

    #[test]
    fn parts_have_every_seed_once() {
        for seeds in [0..1, 5..23, 7..9] {
            let mut all: Vec<u64> =
                (1..=4).flat_map(|part| divide(seeds.clone(), part, 4).0).collect();
            all.sort_unstable();
            assert_eq!(all, seeds.clone().collect::<Vec<_>>());
            let counts: usize = (1..=4).map(|part| divide(seeds.clone(), part, 4).1).sum();
            assert_eq!(counts, seeds.count());
        }
    }

    #[test]
    fn the_longest_range_has_a_first_and_a_last_part() {
        assert_eq!(divide(0..u64::MAX, 1, 1).1, usize::MAX);
        let (last, count) = divide(u64::MAX - 2..u64::MAX, u64::MAX, u64::MAX);
        assert_eq!((last.collect::<Vec<_>>(), count), (vec![u64::MAX - 1], 1));
    }
}
