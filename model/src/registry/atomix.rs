//! Atomix in the registry: the most general client, checked exhaustively, depth-first, or by random
//! walks.

use std::time::Instant;

use ioschain_spec::Section;

use super::{
    CheckOption, Configuration, Exploration, ModelError, ModelVariant, Observer, Refusal,
    RegisteredModel, Replay, Request, Tier, Walks, atomix_replay, depth_first,
};
use crate::atomix::check::Check;
use crate::atomix::configurations::{by_name, full, nightly, quick, swarm};
use crate::atomix::limits::PlanError;
use crate::atomix::plan::Plan;
use crate::atomix::swarm::walk;
use crate::atomix::{ATOMIX, Action, score};
use crate::fingerprint::collision_probability;
use crate::graph::{Discovery, GoOn, Stop};
use crate::reach::Reach;
use crate::report::{CheckReport, Checks, Violation};
use crate::score::{Column, Row, VARIANT_STATES_MAX};
use crate::trace::{AnyTrace, SPECIFICATION};
use crate::variants::AtomixVariant;
use crate::variants::atomix_registry::{find, registry};

/// See the module.
pub(super) struct RegisteredAtomix;

impl RegisteredAtomix {
    pub(super) fn plan(&self, name: &str) -> Result<Plan, ModelError> {
        by_name(name).ok_or_else(|| self.no_configuration(name))
    }

    pub(super) fn variant(&self, name: &str) -> Result<&'static AtomixVariant, ModelError> {
        find(name).ok_or_else(|| self.no_variant(name))
    }

    fn variant_of(&self, name: Option<&str>) -> Result<Option<&'static AtomixVariant>, ModelError> {
        name.map(|name| self.variant(name)).transpose()
    }
}

/// Under a variant, or under the specification's own rules.
pub(super) fn ready(plan: Plan, variant: Option<&AtomixVariant>) -> Result<Check, PlanError> {
    match variant {
        Some(variant) => Check::of_variant(plan, variant),
        None => Check::of_specification(plan),
    }
}

/// The configurations of a tier; the full one contains those of the quick one.
fn plans_of(tier: Tier) -> Vec<Plan> {
    match tier {
        Tier::Quick => quick(),
        Tier::Full => quick().into_iter().chain(full()).collect(),
        Tier::Nightly => nightly(),
        Tier::Swarm => vec![swarm()],
    }
}

fn configuration((tier, plan): (Tier, Plan)) -> Configuration {
    let bounds = Some(Reach::of(&plan, None));
    Configuration { name: plan.name, about: plan.about, tier, bounds }
}

fn check_one(
    plan: Plan,
    variant: Option<&'static AtomixVariant>,
    request: &Request,
    observer: &mut dyn Observer,
) -> Result<CheckReport, ModelError> {
    let (configuration, started) = (plan.name.clone(), Instant::now());
    let mut check = ready(plan, variant)?;
    let mut only = None;
    if let Some(variant) = variant {
        check.bounds.stop = Stop::AtFirstFailure;
        check.bounds.states_max = VARIANT_STATES_MAX;
        if request.configuration.is_none() {
            only = Some(variant.expectation.property);
            check.model = check.model.only(variant.expectation.property);
        }
    }
    if let Some(most) = request.states_max {
        check.bounds.states_max = most;
    }
    let outcome = check.run_watched(&mut |watch| observer.on_progress(watch));
    let findings = &outcome.findings;
    let violation = |failure: &Discovery<Action>| Violation {
        property: failure.property.to_owned(),
        length: failure.actions.len(),
        trace: AnyTrace::Atomix(check.model.trace(Some(failure.property), &failure.actions)),
    };
    let name = variant.map_or(SPECIFICATION, |variant| variant.name);
    Ok(CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict: outcome.verdict(),
        only,
        bounds: Some(Reach::of(&check.model.plan, Some(check.bounds.states_max))),
        collision_probability: collision_probability(findings.unique_states as u64),
        unresolvable: outcome.unresolvable,
        deadlocks: outcome.deadlocks,
        fair_cycles: outcome.fair_cycles,
        violations: findings.failures.iter().map(violation).collect(),
        ..CheckReport::counting(ATOMIX, name, configuration, findings)
    })
}

impl RegisteredModel for RegisteredAtomix {
    fn name(&self) -> &'static str {
        ATOMIX
    }

    fn about(&self) -> &'static str {
        "payments between shards with the most general client; configurations by tier (--configuration)"
    }

    fn section(&self) -> Option<Section> {
        Some(Section::Atomix)
    }

    fn configurations(&self) -> Vec<Configuration> {
        let tiers = [
            (Tier::Quick, quick()),
            (Tier::Full, full()),
            (Tier::Nightly, nightly()),
            (Tier::Swarm, vec![swarm()]),
        ];
        let of_tier =
            |(tier, plans): (Tier, Vec<Plan>)| plans.into_iter().map(move |it| (tier, it));
        tiers.into_iter().flat_map(of_tier).map(configuration).collect()
    }

    fn larger_configurations(&self) -> Vec<Configuration> {
        full().into_iter().map(|plan| configuration((Tier::Full, plan))).collect()
    }

    fn variants(&self) -> Vec<ModelVariant> {
        registry().iter().map(ModelVariant::from).collect()
    }

    /// Atomix has the most ways to be checked: random walks, one variant, a depth-first search, one
    /// configuration.
    fn accept(&self, request: &Request) -> Result<(), Refusal> {
        let named = "the tier selects configurations, and --configuration gives one already";
        if request.walks {
            let ignored = [
                CheckOption::Tier,
                CheckOption::StatesMax,
                CheckOption::TraceOut,
                CheckOption::Symmetry,
            ];
            return request.refuse(&ignored, "random walks print the trace of each failure");
        }
        if request.variant.is_some() {
            if request.symmetry {
                return Err(Refusal::UnsoundSymmetry);
            }
            let why = "a variant is checked in one configuration, up to its first failure";
            return request.refuse(&[CheckOption::Tier], why);
        }
        if request.tier == Some(Tier::Nightly) || request.symmetry {
            request.refuse(&[CheckOption::StatesMax], "a depth-first search has no such bound")?;
        }
        if request.configuration.is_some() && request.tier != Some(Tier::Nightly) {
            return request.refuse(&[CheckOption::Tier], named);
        }
        Ok(())
    }

    fn check(&self, request: &Request, observer: &mut dyn Observer) -> Result<Checks, ModelError> {
        let variant = self.variant_of(request.variant.as_deref())?;
        let plans = match (&request.configuration, variant) {
            (Some(name), _) => vec![self.plan(name)?],
            (None, Some(variant)) => vec![self.plan(variant.expectation.configuration)?],
            (None, None) => plans_of(request.tier()),
        };
        let names = plans.iter().map(|plan| plan.name.clone());
        let mut checks = Checks::planned(ATOMIX, request.tier_in_words(), names);
        for plan in plans {
            if observer.goes_on() == GoOn::No {
                break;
            }
            let report = if request.tier() == Tier::Nightly || request.symmetry {
                depth_first::check(ATOMIX, plan, request.symmetry, observer)?
            } else {
                check_one(plan, variant, request, observer)?
            };
            checks.add(report, observer)?;
        }
        Ok(checks)
    }

    fn walks(&self, request: &Request) -> Result<Walks, ModelError> {
        let variant = self.variant_of(request.variant.as_deref())?;
        let plan = match &request.configuration {
            Some(name) => self.plan(name)?,
            None => swarm(),
        };
        let model = ready(plan, variant)?.model;
        Ok(Walks {
            reach: Reach::of(&model.plan, None),
            walk: Box::new(move |seed, steps_max| walk(&model, seed, steps_max)),
        })
    }

    fn explore(
        &self,
        variant: Option<&str>,
        configuration: Option<&str>,
    ) -> Result<Exploration, ModelError> {
        let variant = self.variant_of(variant)?;
        let model = ready(self.plan(configuration.unwrap_or("k2-l1-t2"))?, variant)?.model;
        let (configuration, rules) = (model.plan.name.clone(), model.rules.clone());
        Ok(Exploration::of(&configuration, &rules, model))
    }

    fn replay(&self, trace: &str) -> Result<Replay, ModelError> {
        atomix_replay::replay(self, &serde_json::from_str(trace)?)
    }

    fn score_variant(&self, variant: &str, states_max: usize) -> Result<Row, ModelError> {
        Ok(score::row(self.variant(variant)?, &quick(), states_max)?)
    }

    fn score_configurations(
        &self,
        rows: &[Row],
        states_max: usize,
    ) -> Result<Vec<Column>, ModelError> {
        let column = |plan| score::column(plan, rows, states_max);
        Ok(quick().into_iter().map(column).collect::<Result<_, _>>()?)
    }
}
