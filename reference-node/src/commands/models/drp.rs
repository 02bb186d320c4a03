//! `ioschain check drp`, `explore drp`, and replays of its traces.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use ioschain_model::check::Verdict;
use ioschain_model::drp::check::{Subject, Visit, verdict};
use ioschain_model::drp::plan::{InGroup, Plan, by_name, full, quick};
use ioschain_model::drp::trace::{DRP, DrpTrace};
use ioschain_model::drp::{Drp, ModelGroup};
use ioschain_model::fingerprint::collision_probability;
use ioschain_model::graph::{Bounds, Graph, Stop};
use ioschain_model::score::VARIANT_STATES_MAX;
use ioschain_model::trace::{AnyTrace, SPECIFICATION};
use ioschain_model::variants::drp_registry::{DrpVariant, find};
use stateright::Model as _;

use super::report::{CheckReport, Checks, Violation};
use super::{is_interrupted, look_with_progress};
use crate::cli::{Check, Tier};

/// A plan and rules by their names.
pub(super) fn subject(variant: Option<&str>, configuration: &str) -> anyhow::Result<Subject> {
    let variant = variant.map(variant_named).transpose()?;
    Ok(Subject { variant, ..Subject::of_specification(plan_named(configuration)?) })
}

fn plan_named(name: &str) -> anyhow::Result<Plan> {
    by_name(name).with_context(|| {
        format!("drp has no configuration `{name}`; `ioschain check --list` names them")
    })
}

fn variant_named(name: &str) -> anyhow::Result<&'static DrpVariant> {
    find(name)
        .with_context(|| format!("drp has no variant `{name}`; `ioschain check --list` names them"))
}

pub(super) fn check(
    arguments: &Check,
    text: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<Checks> {
    let variant = arguments.variant.as_deref().map(variant_named).transpose()?;
    let plans = match (&arguments.configuration, variant) {
        (Some(name), _) => vec![plan_named(name)?],
        (None, Some(variant)) => vec![plan_named(variant.expected.configuration)?],
        (None, None) if arguments.tier == Some(Tier::Full) => {
            quick().into_iter().chain(full()).collect()
        }
        (None, None) => quick(),
    };
    let mut checks = Checks::of(plans.iter().map(|plan| plan.name.clone()));
    for plan in plans {
        if is_interrupted() {
            break;
        }
        let only = variant.filter(|_| arguments.configuration.is_none());
        let only = only.map(|variant| variant.expected.property);
        let subject = Subject { variant, only, ..Subject::of_specification(plan) };
        writeln!(text, "bounds: {}", subject.plan.bounds())?;
        checks.add(check_one(subject, arguments.states_max, errors)?, text)?;
    }
    Ok(checks)
}

fn check_one(
    subject: Subject,
    states_max: Option<usize>,
    errors: &mut dyn Write,
) -> anyhow::Result<CheckReport> {
    let started = Instant::now();
    let (default_max, stop) = match subject.variant {
        Some(_) => (VARIANT_STATES_MAX, Stop::AtFirstFailure),
        None => (ioschain_model::check::STATES_MAX, Stop::AtTheEnd),
    };
    let bounds = Bounds { states_max: states_max.unwrap_or(default_max), stop };
    let mut looking = Looking { bounds, errors };
    let (findings, violations) = subject.visit(&mut looking)?;
    let variant = subject.variant.map_or(SPECIFICATION, |variant| variant.name);
    // Output as reachability, where shares are heard.
    let is_asked = subject.variant.is_none() && subject.plan.recovers && findings.is_complete;
    let availability = is_asked.then(|| subject.availability(bounds)).transpose()?;
    let ends = availability.is_none_or(|it| it.stops && it.stuck + it.fair_cycles == 0);
    Ok(CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict: match verdict(&findings) {
            Verdict::Holds if ends => "holds",
            Verdict::Holds | Verdict::Fails => "fails",
            Verdict::Incomplete => "incomplete",
        },
        unresolvable: availability.map(|it| it.stuck),
        fair_cycles: availability.map(|it| it.fair_cycles),
        only: subject.only,
        collision_probability: collision_probability(findings.unique_states as u64),
        violations,
        ..CheckReport::counting(DRP, variant, subject.plan.name.clone(), &findings)
    })
}

struct Looking<'a> {
    bounds: Bounds,
    errors: &'a mut dyn Write,
}

impl Visit for Looking<'_> {
    type Output = (ioschain_model::graph::Findings<ioschain_model::drp::Action>, Vec<Violation>);

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> Self::Output {
        let bounds = self.bounds;
        let explore = &mut |watch: &mut super::Watcher<'_>| {
            Graph::explore(model, bounds, watch).findings().clone()
        };
        let mut findings = look_with_progress(self.errors, explore);
        findings.is_complete &= !model.with_memo(|memo| memo.is_overfull);
        let violations = findings.failures.iter().map(|failure| Violation {
            property: failure.property.to_owned(),
            length: failure.actions.len(),
            trace: AnyTrace::Drp(model.trace(Some(failure.property), &failure.actions)),
        });
        let violations = violations.collect();
        (findings, violations)
    }
}

/// Serves stateright's Explorer until the program is ended.
pub(super) fn explore(
    subject: &Subject,
    address: SocketAddr,
    output: &mut dyn Write,
) -> anyhow::Result<bool> {
    let rules = subject.variant.map_or(SPECIFICATION, |variant| variant.name);
    writeln!(output, "exploring {} under {rules} on http://{address}/", subject.plan.name)?;
    output.flush()?;
    subject.visit(&mut Serving { address })?;
    Ok(true)
}

struct Serving {
    address: SocketAddr,
}

impl Visit for Serving {
    type Output = ();

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) {
        let same =
            Drp::new(model.plan.clone(), &model.rules, model.same_rules(), model.formulation);
        if let Ok(same) = same {
            same.checker().serve(self.address);
        }
    }
}

/// Takes a trace again: in its own group, and with the machines over the group of the protocol.
pub(super) fn replay(
    trace: &DrpTrace,
    json: bool,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    ensure!(
        trace.length == trace.steps.len(),
        "its length is {}, and it has {} steps",
        trace.length,
        trace.steps.len()
    );
    let variant = Some(trace.variant.as_str()).filter(|name| *name != SPECIFICATION);
    let subject = subject(variant, &trace.configuration)?;
    let real = Plan { in_group: InGroup::Ristretto255, ..subject.plan.clone() };
    let in_model = subject.visit(&mut Retaking { trace })?;
    let over_real = Subject { plan: real, ..subject }.visit(&mut Retaking { trace })?;
    let agrees = [&in_model, &over_real].iter().all(|it| it.taken == trace.steps.len());
    let breaks = over_real.breaks;
    if json {
        let report = serde_json::json!({
            "model": DRP, "configuration": trace.configuration, "variant": trace.variant,
            "property": trace.property, "property_breaks": breaks, "agrees": agrees,
            "steps_taken": over_real.taken,
        });
        writeln!(output, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        let (configuration, variant) = (&trace.configuration, &trace.variant);
        writeln!(output, "drp {configuration} under {variant}, over ristretto255")?;
        for (number, step) in (1..=over_real.taken).zip(&trace.steps) {
            let says = step.says.join("; ");
            writeln!(output, "  {number}. {}: {} -> {says}", step.who, step.what)?;
        }
        let every = if agrees { "every step went" } else { "NOT every step went" };
        writeln!(output, "{every} as in the model")?;
    }
    if !agrees {
        writeln!(
            errors,
            "does not hold: there is no step {} like the file's",
            over_real.taken + 1
        )?;
    }
    if let (Some(property), true) = (&trace.property, breaks != Some(true)) {
        writeln!(errors, "does not hold: `{property}` does not break in the last state")?;
        return Ok(false);
    }
    Ok(agrees)
}

struct Retaking<'a> {
    trace: &'a DrpTrace,
}

struct Retaken {
    /// How many steps there were.
    taken: usize,
    /// Whether the property that the trace names is false at their end.
    breaks: Option<bool>,
}

impl Visit for Retaking<'_> {
    type Output = Retaken;

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> Retaken {
        let actions = model.retake(self.trace);
        let last = actions.last().map_or(model.first(), |action| action.next);
        let property = self.trace.property.as_deref();
        let breaks = property.and_then(|property| model.breaks(property, &last));
        Retaken { taken: actions.len(), breaks }
    }
}
