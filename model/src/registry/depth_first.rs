//! Atomix with stateright's depth-first search on all cores. The search keeps a fingerprint for
//! each state and nothing else, so it decides whether a property fails, but neither how soon nor
//! liveness.

use std::thread::{available_parallelism, sleep};
use std::time::{Duration, Instant};

use stateright::{Checker, Expectation, Model};

use super::{ModelError, Observer};
use crate::atomix::check::Check;
use crate::atomix::memoised::symmetry::Symmetric;
use crate::atomix::plan::Plan;
use crate::atomix::{Action, Atomix};
use crate::fingerprint::collision_probability;
use crate::graph::{GoOn, Watch};
use crate::reach::Reach;
use crate::report::{CheckReport, Violation};
use crate::trace::{AnyTrace, SPECIFICATION};
use crate::verdict::Verdict;

/// Every state of a configuration; with symmetry, one of those that differ only by a permutation of
/// identical payments.
pub(super) fn check(
    model: &'static str,
    plan: Plan,
    with_symmetry: bool,
    observer: &mut dyn Observer,
) -> Result<CheckReport, ModelError> {
    let (configuration, started) = (plan.name.clone(), Instant::now());
    let reach = Reach::of(&plan, None);
    let atomix = Check::of_specification(plan)?.model;
    let threads = available_parallelism().map_or(1, usize::from);
    let found = if with_symmetry {
        let checker = Symmetric::new(atomix).checker().symmetry().threads(threads).spawn_dfs();
        search(model, &checker, |symmetric| &symmetric.model, observer)
    } else {
        let checker = atomix.checker().threads(threads).spawn_dfs();
        search(model, &checker, |atomix| atomix, observer)
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

/// Waits for a search, and reports what it found.
fn search<M: Model<Action = Action>>(
    model: &'static str,
    checker: &impl Checker<M>,
    atomix: impl Fn(&M) -> &Atomix,
    observer: &mut dyn Observer,
) -> CheckReport
where
    M::State: Clone + std::hash::Hash + PartialEq,
{
    let mut goes_on = GoOn::Yes;
    while !checker.is_done() && goes_on == GoOn::Yes {
        sleep(Duration::from_millis(10));
        let watch = Watch { unique_states: checker.unique_state_count(), depth: depth_of(checker) };
        goes_on = observer.on_progress(watch);
    }
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
            (false, _) => Verdict::Fails,
            (true, false) => Verdict::Incomplete,
            (true, true) => Verdict::holds_if(!is_missing),
        },
        collision_probability: collision_probability(unique_states as u64),
        violations,
        ..CheckReport::empty(model, SPECIFICATION, String::new())
    }
}
