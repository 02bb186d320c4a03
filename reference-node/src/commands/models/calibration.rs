//! `ioschain check two-phase-commit`: the engines against numbers that other checkers give.

use std::io::Write;
use std::time::Instant;

use ioschain_model::fingerprint::collision_probability;
use ioschain_model::graph::{Bounds, GoOn, Graph, Stop, Watch};
use ioschain_model::trace::SPECIFICATION;
use ioschain_model::two_phase_commit::TwoPhaseCommit;
use stateright::{Checker as _, Model as _};

use super::{CheckReport, TWO_PHASE_COMMIT, is_interrupted};
use crate::cli::Tier;
use crate::commands::progress::Progress;

/// Resource managers and the states that they give.
const KNOWN: [(usize, usize); 3] = [(3, 288), (7, 296_448), (8, 1_745_408)];

/// Both engines on two-phase commit; the largest in the full tier only.
pub(super) fn check(tier: Tier, errors: &mut dyn Write) -> Vec<CheckReport> {
    let all = if tier == Tier::Quick { &KNOWN[..2] } else { &KNOWN[..] };
    all.iter().map(|(managers, states)| check_one(*managers, *states, errors)).collect()
}

fn check_one(resource_managers: usize, known: usize, errors: &mut dyn Write) -> CheckReport {
    let started = Instant::now();
    let model = TwoPhaseCommit { resource_managers };
    let bounds = Bounds { states_max: usize::MAX, stop: Stop::AtTheEnd };
    let mut shown = Progress::of("states", errors);
    let graph = Graph::explore(&model, bounds, &mut |Watch { unique_states, depth }| {
        shown.tell(unique_states, &format!("depth {depth}"));
        if is_interrupted() { GoOn::No } else { GoOn::Yes }
    });
    drop(shown);
    let findings = graph.findings();
    let depth_first = model.checker().spawn_dfs().join().unique_state_count();
    let agrees = findings.unique_states == known && depth_first == known;
    CheckReport {
        model: TWO_PHASE_COMMIT,
        variant: SPECIFICATION.to_owned(),
        configuration: format!("{resource_managers} resource managers, {known} states known"),
        unique_states: findings.unique_states,
        generated: findings.generated,
        depth: findings.depth,
        seconds: started.elapsed().as_secs_f64(),
        verdict: match (findings.is_complete, agrees && findings.failures.is_empty()) {
            (false, _) => "incomplete",
            (true, true) => "holds",
            (true, false) => "fails",
        },
        collision_probability: collision_probability(findings.unique_states as u64),
        unresolvable: Some(graph.unresolved().stuck.len()),
        violations: Vec::new(),
        checks: Vec::new(),
    }
}
