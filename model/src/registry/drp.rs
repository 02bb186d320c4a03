//! The randomness protocol in the registry: checked exhaustively, and its traces replayed over the
//! protocol's own group.

use std::time::Instant;

use ioschain_spec::Section;

use super::{
    CheckOption, Configuration, Exploration, ModelError, ModelVariant, NotATrace, Observer,
    Refusal, RegisteredModel, Replay, ReplayDetails, Request, Tier,
};
use crate::drp::check::{Subject, Visit};
use crate::drp::plan::{InGroup, Plan, by_name, full, quick};
use crate::drp::score::{columns, row};
use crate::drp::trace::{DRP, DrpTrace};
use crate::drp::{Action, Drp, ModelGroup};
use crate::fingerprint::collision_probability;
use crate::graph::STATES_MAX;
use crate::graph::{Bounds, Findings, GoOn, Graph, Stop};
use crate::report::{CheckReport, Checks, Violation};
use crate::score::{Column, Row, VARIANT_STATES_MAX};
use crate::trace::{AnyTrace, SPECIFICATION};
use crate::variants::drp_registry::{DrpVariant, find, registry};
use crate::verdict::Verdict;

/// See the module.
pub(super) struct RegisteredDrp;

impl RegisteredDrp {
    fn plan(&self, name: &str) -> Result<Plan, ModelError> {
        by_name(name).ok_or_else(|| self.no_configuration(name))
    }

    fn variant(&self, name: &str) -> Result<&'static DrpVariant, ModelError> {
        find(name).ok_or_else(|| self.no_variant(name))
    }

    /// A plan and rules by their names.
    fn subject(&self, variant: Option<&str>, plan: &str) -> Result<Subject, ModelError> {
        let variant = variant.map(|name| self.variant(name)).transpose()?;
        Ok(Subject { variant, ..Subject::of_specification(self.plan(plan)?) })
    }
}

fn rules_of(subject: &Subject) -> &'static str {
    subject.variant.map_or(SPECIFICATION, |variant| variant.name)
}

fn check_one(
    subject: &Subject,
    states_max: Option<usize>,
    observer: &mut dyn Observer,
) -> Result<CheckReport, ModelError> {
    let started = Instant::now();
    let (default_max, stop) = match subject.variant {
        Some(_) => (VARIANT_STATES_MAX, Stop::AtFirstFailure),
        None => (STATES_MAX, Stop::AtTheEnd),
    };
    let bounds = Bounds { states_max: states_max.unwrap_or(default_max), stop };
    let (findings, violations) = subject.visit(&mut Checking { bounds, observer })?;
    // That the honest validators alone get the number is decided where shares are heard.
    let is_decided = subject.variant.is_none() && subject.plan.recovers && findings.is_complete;
    let alone = is_decided.then(|| subject.availability(bounds)).transpose()?;
    let ends = alone.is_none_or(|alone| alone.stops && alone.stuck + alone.fair_cycles == 0);
    Ok(CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict: match Verdict::of(&findings) {
            Verdict::Holds => Verdict::holds_if(ends),
            other => other,
        },
        unresolvable: alone.map(|alone| alone.stuck),
        fair_cycles: alone.map(|alone| alone.fair_cycles),
        only: subject.only,
        collision_probability: collision_probability(findings.unique_states as u64),
        violations,
        bounds_in_words: Some(subject.plan.bounds()),
        undecided: "whether the honest validators alone get the number, because no shares are sent in this configuration",
        ..CheckReport::counting(DRP, rules_of(subject), subject.plan.name.clone(), &findings)
    })
}

struct Checking<'a> {
    bounds: Bounds,
    observer: &'a mut dyn Observer,
}

impl Visit for Checking<'_> {
    type Output = (Findings<Action>, Vec<Violation>);

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> Self::Output {
        let watch = &mut |watch| self.observer.on_progress(watch);
        let mut findings = Graph::explore(model, self.bounds, watch).findings().clone();
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

impl RegisteredModel for RegisteredDrp {
    fn name(&self) -> &'static str {
        DRP
    }

    fn about(&self) -> &'static str {
        "the randomness protocol with malicious leaders and servers; configurations by tier (--configuration)"
    }

    fn section(&self) -> Option<Section> {
        Some(Section::Drp)
    }

    fn configurations(&self) -> Vec<Configuration> {
        let of_tier = |tier: Tier, plans: Vec<Plan>| {
            plans.into_iter().map(move |plan| Configuration {
                about: format!("{}; {}", plan.about, plan.bounds()),
                name: plan.name,
                tier,
                bounds: None,
            })
        };
        of_tier(Tier::Quick, quick()).chain(of_tier(Tier::Full, full())).collect()
    }

    fn variants(&self) -> Vec<ModelVariant> {
        registry().iter().map(ModelVariant::from).collect()
    }

    fn accept(&self, request: &Request) -> Result<(), Refusal> {
        let ignored = [CheckOption::Seeds, CheckOption::Symmetry];
        request.refuse(&ignored, "the randomness protocol is checked exhaustively")?;
        request.refuse_nightly(DRP)?;
        if request.variant.is_some() || request.configuration.is_some() {
            let why = "the tier selects configurations, and one is given already (by --configuration or by the variant)";
            request.refuse(&[CheckOption::Tier], why)?;
        }
        Ok(())
    }

    fn check(&self, request: &Request, observer: &mut dyn Observer) -> Result<Checks, ModelError> {
        let variant = request.variant.as_deref().map(|name| self.variant(name)).transpose()?;
        let plans = match (&request.configuration, variant) {
            (Some(name), _) => vec![self.plan(name)?],
            (None, Some(variant)) => vec![self.plan(variant.expectation.configuration)?],
            (None, None) if request.tier() == Tier::Full => {
                quick().into_iter().chain(full()).collect()
            }
            (None, None) => quick(),
        };
        let names = plans.iter().map(|plan| plan.name.clone());
        let mut checks = Checks::planned(DRP, request.tier_in_words(), names);
        for plan in plans {
            if observer.goes_on() == GoOn::No {
                break;
            }
            let only = variant.filter(|_| request.configuration.is_none());
            let only = only.map(|variant| variant.expectation.property);
            let subject = Subject { variant, only, ..Subject::of_specification(plan) };
            checks.add(check_one(&subject, request.states_max, observer)?, observer)?;
        }
        Ok(checks)
    }

    fn explore(
        &self,
        variant: Option<&str>,
        configuration: Option<&str>,
    ) -> Result<Exploration, ModelError> {
        let subject = self.subject(variant, configuration.unwrap_or("three-servers"))?;
        Ok(subject.visit(&mut Exploring)??)
    }

    fn replay(&self, trace: &str) -> Result<Replay, ModelError> {
        replay(self, &serde_json::from_str(trace)?)
    }

    fn score_variant(&self, variant: &str, states_max: usize) -> Result<Row, ModelError> {
        Ok(row(self.variant(variant)?, states_max)?)
    }

    fn score_configurations(
        &self,
        rows: &[Row],
        states_max: usize,
    ) -> Result<Vec<Column>, ModelError> {
        Ok(columns(rows, states_max)?)
    }
}

struct Exploring;

impl Visit for Exploring {
    type Output = Result<Exploration, ioschain_spec::Rejection>;

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> Self::Output {
        let (plan, rules) = (model.plan.clone(), model.same_rules());
        let same = Drp::new(plan, &model.rules, rules, model.formulation)?;
        Ok(Exploration::of(&model.plan.name, &model.rules, same))
    }
}

/// Takes a trace again: in its own group, and with the machines over the group of the protocol.
fn replay(drp: &RegisteredDrp, trace: &DrpTrace) -> Result<Replay, ModelError> {
    let (said, steps) = (trace.length, trace.steps.len());
    if said != steps {
        return Err(NotATrace::Length { said, steps }.into());
    }
    let variant = Some(trace.variant.as_str()).filter(|name| *name != SPECIFICATION);
    let subject = drp.subject(variant, &trace.configuration)?;
    let real = Plan { in_group: InGroup::Ristretto255, ..subject.plan.clone() };
    let in_model = subject.visit(&mut Retaking { trace })?;
    let over_real = Subject { plan: real, ..subject }.visit(&mut Retaking { trace })?;
    let agrees = [&in_model, &over_real].iter().all(|it| it.taken == steps);
    let Retaken { taken, breaks } = over_real;
    let mut failures = Vec::new();
    if !agrees {
        failures
            .push(format!("the model has no step that agrees with step {} of the file", taken + 1));
    }
    if let (Some(property), true) = (&trace.property, breaks != Some(true)) {
        failures.push(format!("`{property}` does not break in the last state"));
    }
    Ok(Replay {
        model: DRP.to_owned(),
        configuration: trace.configuration.clone(),
        variant: trace.variant.clone(),
        property: trace.property.clone(),
        property_breaks: breaks,
        agrees,
        details: ReplayDetails::Steps { steps_taken: taken },
        text: in_words(trace, taken, agrees),
        failures,
    })
}

fn in_words(trace: &DrpTrace, taken: usize, agrees: bool) -> String {
    let DrpTrace { configuration, variant, .. } = trace;
    let mut text = format!("drp {configuration} under {variant}, over ristretto255\n");
    for (number, step) in (1..=taken).zip(&trace.steps) {
        let says = step.says.join("; ");
        text += &format!("  {number}. {}: {} -> {says}\n", step.who, step.what);
    }
    let every = if agrees { "every step" } else { "NOT every step" };
    text + every + " gave the same answer as in the model\n"
}

struct Retaking<'a> {
    trace: &'a DrpTrace,
}

struct Retaken {
    /// How many steps were possible.
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
