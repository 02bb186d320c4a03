//! `ioschain check clients`: honest clients that crash, with and without others that carry their proofs.

use std::io::Write;
use std::time::Instant;

use anyhow::Context as _;
use ioschain_model::atomix::Atomix;
use ioschain_model::atomix::clients::{Action, Clients};
use ioschain_model::atomix::configurations::{change, shared, with_epochs};
use ioschain_model::atomix::plan::Plan;
use ioschain_model::atomix::properties::RESOLUTION;
use ioschain_model::check::STATES_MAX;
use ioschain_model::fingerprint::collision_probability;
use ioschain_model::graph::{Bounds, Discovery, Graph, Stop};
use ioschain_model::trace::{AnyTrace, SPECIFICATION};
use ioschain_spec::atomix::Specification;

use super::reach::Reach;
use super::report::{CheckReport, Checks, Violation};
use super::{CLIENTS, is_interrupted, look_with_progress};
use crate::cli::Check;

/// A configuration of shards and payments, and what clients do there.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) plan: Plan,
    can_crash: bool,
    has_helpers: bool,
}

impl Setting {
    pub(super) fn name(&self) -> String {
        let suffix = match (self.can_crash, self.has_helpers) {
            (false, _) => "",
            (true, false) => "-crashes",
            (true, true) => "-crashes-helpers",
        };
        format!("{}{suffix}", self.plan.name)
    }

    pub(super) fn about(&self) -> String {
        let clients = match (self.can_crash, self.has_helpers) {
            (false, _) => "nobody crashes",
            (true, false) => "clients can crash, and nobody helps",
            (true, true) => "clients can crash, and others carry their proofs",
        };
        format!("{}; {clients}", self.plan.about)
    }
}

/// Each small configuration with and without crashes and helpers.
pub(super) fn settings() -> Vec<Setting> {
    let plans = [
        shared(2, 1, 1, 0),
        change(),
        shared(2, 1, 2, 0),
        shared(2, 1, 1, 2),
        shared(2, 1, 2, 1),
        shared(2, 2, 1, 1),
        with_epochs(change(), 2),
    ];
    let modes = [(false, false), (true, false), (true, true)];
    let setting = |plan: &Plan, (can_crash, has_helpers)| Setting {
        plan: plan.clone(),
        can_crash,
        has_helpers,
    };
    plans.iter().flat_map(|plan| modes.map(|mode| setting(plan, mode))).collect()
}

pub(super) fn check(
    arguments: &Check,
    text: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<Checks> {
    let mut settings = settings();
    if let Some(name) = &arguments.configuration {
        settings.retain(|setting| setting.name() == *name);
        settings.first().with_context(|| {
            format!("clients have no configuration `{name}`; `ioschain check --list` names them")
        })?;
    }
    let mut checks = Checks::of(settings.iter().map(Setting::name));
    for setting in settings {
        if is_interrupted() {
            break;
        }
        let report = check_one(setting, arguments.states_max.unwrap_or(STATES_MAX), errors)?;
        checks.add(report, text)?;
    }
    Ok(checks)
}

fn check_one(
    setting: Setting,
    states_max: usize,
    errors: &mut dyn Write,
) -> anyhow::Result<CheckReport> {
    let (started, configuration) = (Instant::now(), setting.name());
    let Setting { plan, can_crash, has_helpers } = setting;
    let reach = Reach::of(&plan, Some(states_max));
    let atomix = Atomix::new(plan, SPECIFICATION, &Specification)?;
    // Whatever no sweep ends must be ended by a client, or by whoever carries its proofs.
    let must_resolve =
        atomix.must_resolve() && (atomix.plan.epochs > 0 || !can_crash || has_helpers);
    let model = Clients { atomix, can_crash, has_helpers };
    let bounds = Bounds { states_max, stop: Stop::AtTheEnd };
    let graph = look_with_progress(errors, &mut |watch| Graph::explore(&model, bounds, watch));
    let mut findings = graph.findings().clone();
    let unresolved = findings.is_complete.then(|| graph.unresolved());
    let stuck = unresolved.as_ref().and_then(|unresolved| unresolved.stuck.first());
    if let Some(stuck) = stuck.filter(|_| must_resolve) {
        let actions = graph.path_to(*stuck);
        findings.failures.push(Discovery { property: RESOLUTION, actions });
    }
    let count = |of: fn(&ioschain_model::graph::Unresolved) -> usize| unresolved.as_ref().map(of);
    let violations: Vec<_> =
        findings.failures.iter().map(|failure| violation(&model, failure)).collect();
    Ok(CheckReport {
        verdict: match (violations.is_empty(), findings.is_complete) {
            (false, _) => "fails",
            (true, false) => "incomplete",
            (true, true) if findings.missing_witnesses.is_empty() => "holds",
            (true, true) => "fails",
        },
        violations,
        seconds: started.elapsed().as_secs_f64(),
        collision_probability: collision_probability(findings.unique_states as u64),
        unresolvable: count(|unresolved| unresolved.stuck.len()),
        deadlocks: count(|unresolved| unresolved.deadlocks.len()),
        fair_cycles: count(|unresolved| unresolved.fair_cycles.len()),
        bounds: Some(reach),
        ..CheckReport::counting(CLIENTS, SPECIFICATION, configuration, &findings)
    })
}

/// The trace has what the shards did; the length counts what clients did too.
fn violation(model: &Clients, failure: &Discovery<Action>) -> Violation {
    let delivered: Vec<_> = failure
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Deliver(taken) => Some(*taken),
            _ => None,
        })
        .collect();
    Violation {
        property: failure.property.to_owned(),
        length: failure.actions.len(),
        trace: AnyTrace::Atomix(model.atomix.trace(Some(failure.property), &delivered)),
    }
}
