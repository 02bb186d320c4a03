//! `ioschain check --tier nightly` and `--symmetry`: stateright's depth-first search on all cores. It keeps
//! a fingerprint for each state and nothing else, so it says whether a property fails, not how soon, and
//! nothing of resolution.

use std::io::Write;
use std::thread::{available_parallelism, sleep};
use std::time::{Duration, Instant};

use ioschain_model::atomix::memoised::symmetry::Symmetric;
use ioschain_model::atomix::plan::Plan;
use ioschain_model::atomix::{Action, Atomix};
use ioschain_model::fingerprint::collision_probability;
use ioschain_model::trace::{AnyTrace, SPECIFICATION};
use stateright::{Checker, Expectation, Model};

use super::reach::Reach;
use super::report::{CheckReport, Violation};
use super::{ATOMIX, checking, is_interrupted};
use crate::commands::progress::ProgressBar;

/// Every state of a configuration, or of those that differ in the names of equal payments only, one.
pub(super) fn check(
    plan: Plan,
    with_symmetry: bool,
    errors: &mut dyn Write,
) -> anyhow::Result<CheckReport> {
    let (configuration, started) = (plan.name.clone(), Instant::now());
    let reach = Reach::of(&plan, None);
    let model = checking(plan, None)?.model;
    let threads = available_parallelism().map_or(1, usize::from);
    let found = if with_symmetry {
        let checker = Symmetric::new(model).checker().symmetry().threads(threads).spawn_dfs();
        search(&checker, |symmetric| &symmetric.model, started, errors)
    } else {
        let checker = model.checker().threads(threads).spawn_dfs();
        search(&checker, |model| model, started, errors)
    };
    Ok(CheckReport {
        configuration,
        seconds: started.elapsed().as_secs_f64(),
        bounds: Some(reach),
        with_symmetry,
        ..found
    })
}

/// The most steps that a search took; stateright counts the states of a path.
fn depth_of<M: Model>(checker: &impl Checker<M>) -> usize {
    checker.max_depth().saturating_sub(1)
}

/// Waits for a search, and says what it found.
fn search<M: Model<Action = Action>>(
    checker: &impl Checker<M>,
    atomix: impl Fn(&M) -> &Atomix,
    started: Instant,
    errors: &mut dyn Write,
) -> CheckReport
where
    M::State: Clone + std::hash::Hash + PartialEq,
{
    let mut shown = ProgressBar::of("states", errors);
    while !checker.is_done() && !is_interrupted() {
        sleep(Duration::from_millis(10));
        let (states, depth) = (checker.unique_state_count(), depth_of(checker));
        let rate = states as f64 / started.elapsed().as_secs_f64();
        shown.tell(states, &format!("depth {depth}, {rate:.0} states a second"));
    }
    drop(shown);
    let is_complete = checker.is_done();
    let mut violations = Vec::new();
    let mut is_missing = false;
    for property in checker.model().properties() {
        let found = checker.discovery(property.name);
        match (property.expectation, found) {
            (Expectation::Sometimes, found) => is_missing |= found.is_none(),
            (_, Some(path)) => {
                let actions: Vec<_> = path.into_actions();
                let trace = atomix(checker.model()).trace(Some(property.name), &actions);
                let trace = AnyTrace::Atomix(trace);
                let property = property.name.to_owned();
                violations.push(Violation { property, length: actions.len(), trace });
            }
            _ => {}
        }
    }
    let unique_states = checker.unique_state_count();
    CheckReport {
        unique_states,
        generated: checker.state_count() as u64,
        depth: depth_of(checker),
        verdict: match (violations.is_empty(), is_complete) {
            (false, _) => "fails",
            (true, false) => "incomplete",
            (true, true) if is_missing => "fails",
            (true, true) => "holds",
        },
        collision_probability: collision_probability(unique_states as u64),
        violations,
        ..CheckReport::nothing(ATOMIX, SPECIFICATION, String::new())
    }
}
