//! Collective signing in the registry: attacks, which are counted.

use std::time::Instant;

use ioschain_spec::Section;

use super::sharding::accept_variants_only;
use super::{
    Configuration, Exploration, ModelError, ModelVariant, Observer, Refusal, RegisteredModel,
    Request, Tier,
};
use crate::report::{CheckReport, Checks};
use crate::score::{Column, Row};
use crate::trace::SPECIFICATION;
use crate::variants::computed::ComputedVariant;
use crate::variants::cosi_registry::{Attack, COSI, attacks, columns, registry};
use crate::verdict::Verdict;

/// See the module.
pub(super) struct RegisteredCosi;

impl RegisteredCosi {
    fn variant(&self, name: &str) -> Result<&'static ComputedVariant, ModelError> {
        let found = registry().iter().find(|variant| variant.name == name);
        found.ok_or_else(|| self.no_variant(name))
    }
}

/// Whether the specification withstands an attack.
fn check_attack(attack: &Attack) -> Result<CheckReport, ModelError> {
    let started = Instant::now();
    let fails = (attack.fails)()?;
    Ok(CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict: Verdict::holds_if(fails),
        undecided: "attacks other than the one that is counted",
        ..CheckReport::empty(COSI, SPECIFICATION, attack.name.to_owned())
    })
}

impl RegisteredModel for RegisteredCosi {
    fn name(&self) -> &'static str {
        COSI
    }

    fn about(&self) -> &'static str {
        "collective signing: how many attacks of each kind succeed"
    }

    fn section(&self) -> Option<Section> {
        Some(Section::Conventions)
    }

    fn configurations(&self) -> Vec<Configuration> {
        let configuration = |attack: &Attack| Configuration {
            name: attack.name.to_owned(),
            about: attack.about.to_owned(),
            tier: Tier::Quick,
            bounds: None,
        };
        attacks().iter().map(configuration).collect()
    }

    fn variants(&self) -> Vec<ModelVariant> {
        registry().iter().map(ModelVariant::from).collect()
    }

    fn accept(&self, request: &Request) -> Result<(), Refusal> {
        accept_variants_only(request)
    }

    fn check(&self, request: &Request, observer: &mut dyn Observer) -> Result<Checks, ModelError> {
        let reports = match &request.variant {
            Some(name) => vec![self.variant(name)?.check()?],
            None => attacks().iter().map(check_attack).collect::<Result<_, _>>()?,
        };
        let names: Vec<String> =
            reports.iter().map(|report: &CheckReport| report.configuration.clone()).collect();
        let mut checks = Checks::planned(COSI, "all".to_owned(), names);
        for report in reports {
            checks.add(report, observer)?;
        }
        Ok(checks)
    }

    fn explore(
        &self,
        _variant: Option<&str>,
        _configuration: Option<&str>,
    ) -> Result<Exploration, ModelError> {
        let why =
            "its attacks are counted, so there is no graph of states; use `ioschain check cosi`";
        Err(ModelError::NoExploration { model: COSI, why })
    }

    fn score_variant(&self, variant: &str, _states_max: usize) -> Result<Row, ModelError> {
        Ok(self.variant(variant)?.row()?)
    }

    fn score_configurations(
        &self,
        rows: &[Row],
        states_max: usize,
    ) -> Result<Vec<Column>, ModelError> {
        Ok(columns(rows, states_max)?)
    }
}
