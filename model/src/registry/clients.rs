//! Honest clients that crash in the registry, with and without others that carry their proofs.

use std::time::Instant;

use ioschain_spec::Section;
use ioschain_spec::atomix::Specification;

use super::{
    CheckOption, Configuration, Exploration, ModelError, Observer, Refusal, RegisteredModel,
    Request, Tier,
};
use crate::atomix::Atomix;
use crate::atomix::clients::{Action, Clients};
use crate::atomix::configurations::{change, shared, with_epochs};
use crate::atomix::limits::PlanError;
use crate::atomix::plan::Plan;
use crate::atomix::properties::RESOLUTION;
use crate::fingerprint::collision_probability;
use crate::graph::STATES_MAX;
use crate::graph::{Bounds, Discovery, GoOn, Graph, Stop};
use crate::reach::Reach;
use crate::report::{CheckReport, Checks, Violation};
use crate::trace::{AnyTrace, SPECIFICATION};
use crate::verdict::Verdict;

/// See the module.
pub(super) struct RegisteredClients;

const NAME: &str = "clients";

/// A configuration of shards and payments, and what clients do there.
#[derive(Clone)]
struct Setting {
    plan: Plan,
    can_crash: bool,
    has_helpers: bool,
}

impl Setting {
    fn name(&self) -> String {
        let suffix = match (self.can_crash, self.has_helpers) {
            (false, _) => "",
            (true, false) => "-crashes",
            (true, true) => "-crashes-helpers",
        };
        format!("{}{suffix}", self.plan.name)
    }

    fn configuration(&self) -> Configuration {
        let clients = match (self.can_crash, self.has_helpers) {
            (false, _) => "nobody crashes",
            (true, false) => "clients can crash, and nobody helps",
            (true, true) => "clients can crash, and others deliver their proofs",
        };
        Configuration {
            name: self.name(),
            about: format!("{}; {clients}", self.plan.about),
            tier: Tier::Quick,
            bounds: Some(Reach::of(&self.plan, None)),
        }
    }

    fn model(self) -> Result<Clients, PlanError> {
        let Self { plan, can_crash, has_helpers } = self;
        let atomix = Atomix::new(plan, SPECIFICATION, &Specification)?;
        Ok(Clients { atomix, can_crash, has_helpers })
    }

    fn check(
        self,
        states_max: usize,
        observer: &mut dyn Observer,
    ) -> Result<CheckReport, ModelError> {
        let (started, configuration) = (Instant::now(), self.name());
        let reach = Reach::of(&self.plan, Some(states_max));
        let model = self.model()?;
        // Whatever no sweep ends must be ended by a client, or by somebody who carries its proofs.
        let must_resolve = model.atomix.must_resolve()
            && (model.atomix.plan.epochs > 0 || !model.can_crash || model.has_helpers);
        let bounds = Bounds { states_max, stop: Stop::AtTheEnd };
        let graph = Graph::explore(&model, bounds, &mut |watch| observer.on_progress(watch));
        let mut findings = graph.findings().clone();
        let unresolved = findings.is_complete.then(|| graph.unresolved());
        let stuck = unresolved.as_ref().and_then(|unresolved| unresolved.stuck.first());
        if let Some(stuck) = stuck.filter(|_| must_resolve) {
            let actions = graph.path_to(*stuck);
            findings.failures.push(Discovery { property: RESOLUTION, actions });
        }
        Ok(CheckReport {
            verdict: Verdict::of(&findings),
            violations: findings.failures.iter().map(|it| violation(&model, it)).collect(),
            seconds: started.elapsed().as_secs_f64(),
            collision_probability: collision_probability(findings.unique_states as u64),
            bounds: Some(reach),
            ..CheckReport::counting(NAME, SPECIFICATION, configuration, &findings)
        }
        .with_unresolved(unresolved.as_ref()))
    }
}

/// The trace has the steps of the shards; the length counts those of the clients too.
fn violation(model: &Clients, failure: &Discovery<Action>) -> Violation {
    let delivered = failure.actions.iter().filter_map(|action| match action {
        Action::Deliver(taken) => Some(*taken),
        _ => None,
    });
    let delivered: Vec<_> = delivered.collect();
    Violation {
        property: failure.property.to_owned(),
        length: failure.actions.len(),
        trace: AnyTrace::Atomix(model.atomix.trace(Some(failure.property), &delivered)),
    }
}

/// Each small configuration with and without crashes and helpers.
fn settings() -> Vec<Setting> {
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

impl RegisteredClients {
    fn setting(&self, name: &str) -> Result<Setting, ModelError> {
        let found = settings().into_iter().find(|setting| setting.name() == name);
        found.ok_or_else(|| self.no_configuration(name))
    }
}

impl RegisteredModel for RegisteredClients {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "whether payments end when honest clients crash; configurations by tier (--configuration)"
    }

    fn section(&self) -> Option<Section> {
        Some(Section::Atomix)
    }

    fn configurations(&self) -> Vec<Configuration> {
        settings().iter().map(Setting::configuration).collect()
    }

    fn accept(&self, request: &Request) -> Result<(), Refusal> {
        let ignored = [
            CheckOption::Variant,
            CheckOption::Tier,
            CheckOption::Seeds,
            CheckOption::TraceOut,
            CheckOption::Symmetry,
        ];
        request.refuse(
            &ignored,
            "this model has no variants, and all its configurations are always checked completely",
        )
    }

    fn check(&self, request: &Request, observer: &mut dyn Observer) -> Result<Checks, ModelError> {
        let settings = match &request.configuration {
            Some(name) => vec![self.setting(name)?],
            None => settings(),
        };
        let names = settings.iter().map(Setting::name);
        let mut checks = Checks::planned(NAME, "all".to_owned(), names);
        for setting in settings {
            if observer.goes_on() == GoOn::No {
                break;
            }
            let report = setting.check(request.states_max.unwrap_or(STATES_MAX), observer)?;
            checks.add(report, observer)?;
        }
        Ok(checks)
    }

    fn explore(
        &self,
        variant: Option<&str>,
        configuration: Option<&str>,
    ) -> Result<Exploration, ModelError> {
        if let Some(variant) = variant {
            return Err(self.no_variant(variant));
        }
        let setting = self.setting(configuration.unwrap_or("k2-l1-t1-crashes"))?;
        Ok(Exploration::of(&setting.name(), SPECIFICATION, setting.model()?))
    }
}
