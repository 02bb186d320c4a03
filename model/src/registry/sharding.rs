//! The model of §5 in the registry: leaders that fail, on a graph; and weakened rules, each of
//! which computes its own effect.

use std::sync::Arc;
use std::time::Instant;

use ioschain_spec::Section;
use ioschain_spec::drp::rules::Specification;

use super::{
    CheckOption, Configuration, Exploration, ModelError, ModelVariant, Observer, Refusal,
    RegisteredModel, Request, Tier,
};
use crate::fingerprint::collision_probability;
use crate::graph::{Bounds, Graph, Stop};
use crate::report::{CheckReport, Checks};
use crate::score::{Column, Row};
use crate::sharding::Turns;
use crate::trace::SPECIFICATION;
use crate::variants::computed::ComputedVariant;
use crate::variants::sharding_registry::{SHARDING, STATES_MAX, TURNS, column, holds, registry};
use crate::verdict::Verdict;

/// See the module.
pub(super) struct RegisteredSharding;

impl RegisteredSharding {
    fn variant(&self, name: &str) -> Result<&'static ComputedVariant, ModelError> {
        let found = registry().iter().find(|variant| variant.name == name);
        found.ok_or_else(|| self.no_variant(name))
    }
}

fn check_turns(observer: &mut dyn Observer) -> Result<CheckReport, ModelError> {
    let started = Instant::now();
    let turns = Turns::new(Arc::new(Specification))?;
    let bounds = Bounds { states_max: STATES_MAX, stop: Stop::AtTheEnd };
    let graph = Graph::explore(&turns, bounds, &mut |watch| observer.on_progress(watch));
    let findings = graph.findings();
    let verdict = match findings.is_complete {
        true => Verdict::holds_if(holds(&graph)),
        false => Verdict::of(findings),
    };
    Ok(CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict,
        collision_probability: collision_probability(findings.unique_states as u64),
        ..CheckReport::counting(SHARDING, SPECIFICATION, TURNS.to_owned(), findings)
    }
    .with_unresolved(findings.is_complete.then(|| graph.unresolved()).as_ref()))
}

impl RegisteredModel for RegisteredSharding {
    fn name(&self) -> &'static str {
        SHARDING
    }

    fn about(&self) -> &'static str {
        "section 5 with few validators: failing leaders, tickets, keys and shuffles"
    }

    fn section(&self) -> Option<Section> {
        Some(Section::Sharding)
    }

    fn configurations(&self) -> Vec<Configuration> {
        vec![Configuration {
            name: TURNS.to_owned(),
            about:
                "ten validators; three are malicious, enter lotteries or stay out, and fail; each \
                    honest one is late once"
                    .to_owned(),
            tier: Tier::Quick,
            bounds: None,
        }]
    }

    fn variants(&self) -> Vec<ModelVariant> {
        registry().iter().map(ModelVariant::from).collect()
    }

    fn accept(&self, request: &Request) -> Result<(), Refusal> {
        accept_variants_only(request)
    }

    fn check(&self, request: &Request, observer: &mut dyn Observer) -> Result<Checks, ModelError> {
        let report = match &request.variant {
            Some(name) => self.variant(name)?.check()?,
            None => check_turns(observer)?,
        };
        let mut checks =
            Checks::planned(SHARDING, "all".to_owned(), [report.configuration.clone()]);
        checks.add(report, observer)?;
        Ok(checks)
    }

    fn explore(
        &self,
        variant: Option<&str>,
        configuration: Option<&str>,
    ) -> Result<Exploration, ModelError> {
        if variant.is_some() {
            let why = "a variant of it is computed and has no graph of states; remove --variant and run again";
            return Err(ModelError::NoExploration { model: SHARDING, why });
        }
        match configuration {
            None | Some(TURNS) => {
                let turns = Turns::new(Arc::new(Specification))?;
                Ok(Exploration::of(TURNS, SPECIFICATION, turns))
            }
            Some(other) => Err(self.no_configuration(other)),
        }
    }

    fn score_variant(&self, variant: &str, _states_max: usize) -> Result<Row, ModelError> {
        Ok(self.variant(variant)?.row()?)
    }

    fn score_configurations(
        &self,
        rows: &[Row],
        states_max: usize,
    ) -> Result<Vec<Column>, ModelError> {
        Ok(vec![column(rows, states_max)?])
    }
}

/// A model whose variants compute their own effect has no option but `--variant`.
pub(super) fn accept_variants_only(request: &Request) -> Result<(), Refusal> {
    let ignored = [
        CheckOption::Configuration,
        CheckOption::Tier,
        CheckOption::StatesMax,
        CheckOption::Seeds,
        CheckOption::TraceOut,
        CheckOption::Symmetry,
    ];
    request.refuse(&ignored, "this model is small and is always checked completely")
}
