//! `ioschain check sharding`, §5 in small, and `ioschain check cosi`: models whose variants are
//! computed one by one.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use ioschain_model::drp::trace::{DrpStep, DrpTrace};
use ioschain_model::fingerprint::collision_probability;
use ioschain_model::graph::{Bounds, GoOn, Graph, Stop};
use ioschain_model::sharding::Turns;
use ioschain_model::trace::{AnyTrace, SPECIFICATION};
use ioschain_model::variants::computed::{ComputedVariant, Found, find};
use ioschain_model::variants::cosi_registry::{Attack, SIGNING, attacks};
use ioschain_model::variants::sharding_registry::{SHARDING, STATES_MAX, TURNS, holds};
use ioschain_spec::drp::rules::Specification;

use super::report::{CheckReport, Checks, Violation};
use crate::cli::Check;

pub(super) fn check(
    model: &str,
    arguments: &Check,
    text: &mut dyn Write,
) -> anyhow::Result<Checks> {
    let variant = arguments.variant.as_deref().map(|name| {
        find(model, name).with_context(|| {
            format!("{model} has no variant `{name}`; `ioschain check --list` names them")
        })
    });
    let reports = match variant.transpose()? {
        Some(variant) => vec![check_variant(variant)?],
        None if model == SIGNING => {
            attacks().iter().map(check_attack).collect::<anyhow::Result<_>>()?
        }
        None => vec![check_turns()?],
    };
    let mut checks = Checks::of(reports.iter().map(|report| report.configuration.clone()));
    for report in reports {
        checks.add(report, text)?;
    }
    Ok(checks)
}

/// The specification withstands an attack, or not.
fn check_attack(attack: &Attack) -> anyhow::Result<CheckReport> {
    let started = Instant::now();
    let fails = (attack.fails)()?;
    Ok(CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict: if fails { "holds" } else { "fails" },
        ..CheckReport::nothing(SIGNING, SPECIFICATION, attack.name.to_owned())
    })
}

fn check_turns() -> anyhow::Result<CheckReport> {
    let started = Instant::now();
    let turns = Turns::new(Arc::new(Specification))?;
    let bounds = Bounds { states_max: STATES_MAX, stop: Stop::AtTheEnd };
    let graph = Graph::explore(&turns, bounds, &mut |_| GoOn::Yes);
    let (findings, unresolved) = (graph.findings(), graph.unresolved());
    Ok(CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict: if holds(&graph) { "holds" } else { "fails" },
        collision_probability: collision_probability(findings.unique_states as u64),
        unresolvable: Some(unresolved.stuck.len()),
        deadlocks: Some(unresolved.deadlocks.len()),
        fair_cycles: Some(unresolved.fair_cycles.len()),
        ..CheckReport::counting(SHARDING, SPECIFICATION, TURNS.to_owned(), findings)
    })
}

fn check_variant(variant: &ComputedVariant) -> anyhow::Result<CheckReport> {
    let started = Instant::now();
    let found = (variant.find)()?;
    let violation = found.as_ref().map(|found| violation(variant, found));
    Ok(CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict: if found.is_some() { "fails" } else { "holds" },
        violations: violation.into_iter().collect(),
        ..CheckReport::nothing(variant.model, variant.name, variant.configuration.to_owned())
    })
}

fn violation(variant: &ComputedVariant, found: &Found) -> Violation {
    let length = found.length.unwrap_or(0);
    let step = DrpStep { who: "seen".to_owned(), what: found.words.clone(), says: Vec::new() };
    Violation {
        property: variant.property.to_owned(),
        length,
        trace: AnyTrace::Drp(DrpTrace {
            model: variant.model.to_owned(),
            configuration: variant.configuration.to_owned(),
            variant: variant.name.to_owned(),
            property: Some(variant.property.to_owned()),
            length,
            validators: Vec::new(),
            steps: vec![step],
        }),
    }
}
