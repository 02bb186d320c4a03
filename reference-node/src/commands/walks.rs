//! `ioschain check --seeds`: random walks, a line of JSON for each.

use std::ops::Range;

use ioschain_model::registry::Walks;
use ioschain_model::words::count;

use super::interruption::is_interrupted;
use super::io::Io;
use super::progress::ProgressBar;

/// Takes the walks of one part of a range of seeds.
pub(super) fn take(
    walks: &Walks,
    seeds: Range<u64>,
    (part, of): (u64, u64),
    steps_max: usize,
    io: &mut Io<'_>,
) -> anyhow::Result<bool> {
    let (mine, all) = divide(seeds, part, of);
    let (mut failed, mut steps, mut done) = (0, 0, 0);
    let mut bar = ProgressBar::of("walks");
    for seed in mine {
        if is_interrupted() {
            break;
        }
        let walk = (walks.walk)(seed, steps_max);
        writeln!(io.results, "{}", serde_json::to_string(&walk)?)?;
        failed += usize::from(walk.property.is_some());
        steps += walk.steps;
        done += 1;
        bar.at(io.log, done, all);
    }
    drop(bar);
    let interrupted = if done < all { "interrupted; " } else { "" };
    writeln!(
        io.log,
        "{interrupted}{done} of {} of at most {}, {} taken, {}; bounds: {}. Random walks find failures; \
         they prove nothing, and do not decide resolution.",
        count(all, "walk"),
        count(steps_max, "step"),
        count(steps, "step"),
        count(failed, "failure"),
        walks.reach
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
