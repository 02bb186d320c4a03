//! `ioschain check two-phase-commit`: the engines against numbers that other checkers give.

use std::io::Write;
use std::thread::sleep;
use std::time::{Duration, Instant};

use ioschain_model::fingerprint::collision_probability;
use ioschain_model::graph::{Bounds, Graph, Stop};
use ioschain_model::trace::SPECIFICATION;
use ioschain_model::two_phase_commit::TwoPhaseCommit;
use stateright::{Checker as _, Model as _};

use super::report::{CheckReport, Checks};
use super::{TWO_PHASE_COMMIT, is_interrupted, look_with_progress};
use crate::cli::Tier;

/// Resource managers and the states that they give.
const KNOWN: [(usize, usize); 3] = [(3, 288), (7, 296_448), (8, 1_745_408)];
/// How many of them the quick tier has.
const QUICK: usize = 2;

/// The configurations, and the tier from which on they are checked.
pub(super) fn names() -> Vec<(Tier, String)> {
    let tier = |place| if place < QUICK { Tier::Quick } else { Tier::Full };
    (0..).zip(KNOWN).map(|(place, known)| (tier(place), name(known))).collect()
}

fn name((resource_managers, known): (usize, usize)) -> String {
    format!("{resource_managers} resource managers, {known} states known")
}

/// Both engines on two-phase commit; the largest in the full tier only.
pub(super) fn check(
    tier: Tier,
    text: &mut dyn Write,
    errors: &mut dyn Write,
) -> std::io::Result<Checks> {
    let all = if tier == Tier::Quick { &KNOWN[..QUICK] } else { &KNOWN[..] };
    let mut checks = Checks::of(all.iter().copied().map(name));
    for known in all {
        if is_interrupted() {
            break;
        }
        checks.add(check_one(*known, errors), text)?;
    }
    Ok(checks)
}

fn check_one((resource_managers, known): (usize, usize), errors: &mut dyn Write) -> CheckReport {
    let started = Instant::now();
    let model = TwoPhaseCommit { resource_managers };
    let bounds = Bounds { states_max: usize::MAX, stop: Stop::AtTheEnd };
    let graph = look_with_progress(errors, &mut |watch| Graph::explore(&model, bounds, watch));
    let findings = graph.findings();
    let depth_first = if findings.is_complete { states_depth_first(model) } else { None };
    let agrees = findings.unique_states == known && depth_first == Some(known);
    let unresolved = depth_first.map(|_| graph.unresolved());
    CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict: match (depth_first, agrees && findings.failures.is_empty()) {
            (None, _) => "incomplete",
            (Some(_), true) => "holds",
            (Some(_), false) => "fails",
        },
        collision_probability: collision_probability(findings.unique_states as u64),
        unresolvable: unresolved.as_ref().map(|it| it.stuck.len()),
        deadlocks: unresolved.as_ref().map(|it| it.deadlocks.len()),
        fair_cycles: unresolved.as_ref().map(|it| it.fair_cycles.len()),
        ..CheckReport::counting(
            TWO_PHASE_COMMIT,
            SPECIFICATION,
            name((resource_managers, known)),
            findings,
        )
    }
}

/// As stateright counts them; `None` if somebody interrupts. Its thread then ends with the program.
fn states_depth_first(model: TwoPhaseCommit) -> Option<usize> {
    let checker = model.checker().spawn_dfs();
    while !checker.is_done() {
        if is_interrupted() {
            return None;
        }
        sleep(Duration::from_millis(10));
    }
    Some(checker.unique_state_count())
}
