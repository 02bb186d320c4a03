//! `ioschain replay`: a model's trace with real cryptography; and how traces are written.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use ioschain_model::real::{RealShards, Step};
use ioschain_model::trace::{AnyTrace, SPECIFICATION, Trace, words_of_answer};
use ioschain_model::variants::RealRules;
use ioschain_spec::atomix::Specification;
use ioschain_spec::ledger::SUPPLY;
use ioschain_vectors::format::canonical_json;
use serde::{Deserialize, Serialize};

use super::retake::{Claim, retake};
use super::{DRP, checking, configuration_named, drp, is_explorable, variant_named};
use crate::cli::ReplayTrace;

/// Writes a trace as canonical JSON, and beside it the drawings; gives the three paths.
pub(super) fn write(path: &Path, trace: &AnyTrace) -> anyhow::Result<[PathBuf; 3]> {
    let json = canonical_json::document(&serde_json::to_value(trace)?)?;
    let paths = [path.to_owned(), path.with_extension("mmd"), path.with_extension("svg")];
    for (path, text) in paths.iter().zip([json, trace.as_mermaid(), trace.as_svg()]) {
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(paths)
}

/// Which model a file is of.
#[derive(Deserialize)]
struct Model {
    model: String,
}

/// What `replay --json` prints.
#[derive(Serialize)]
struct ReplayReport {
    model: String,
    configuration: String,
    variant: String,
    property: Option<String>,
    /// Whether the property is false in the last state; null if the trace claims nothing, or if only the
    /// graph of all states decides it.
    property_breaks: Option<bool>,
    steps: Vec<ReplayedStep>,
    /// Whether every real shard answered as the model does.
    agrees: bool,
    /// What all shards account for in the end; a decimal string, or null if it cannot be counted.
    supply_after: Option<String>,
    conserved: bool,
}

#[derive(Serialize)]
struct ReplayedStep {
    shard: u16,
    message: String,
    transaction: Option<u8>,
    answer: String,
    expected: String,
    /// The hash of the shard's last header.
    last_header: String,
}

pub(crate) fn replay_trace(
    arguments: &ReplayTrace,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let path = arguments.trace.display();
    let text = std::fs::read_to_string(&arguments.trace).with_context(|| {
        format!("cannot read {path}; `ioschain check --trace-out` writes traces")
    })?;
    let model: Model =
        serde_json::from_str(&text).with_context(|| format!("{path} is not a trace"))?;
    if model.model == DRP {
        let trace =
            serde_json::from_str(&text).with_context(|| format!("{path} is not a trace"))?;
        return drp::replay(&trace, arguments.json, output, errors)
            .with_context(|| format!("{path} cannot be replayed"));
    }
    let trace: Trace =
        serde_json::from_str(&text).with_context(|| format!("{path} is not a trace"))?;
    let report = replay(&trace).with_context(|| format!("{path} cannot be replayed"))?;
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        write_text(&report, output)?;
    }
    let different = report.steps.iter().zip(1..).filter(|(step, _)| step.answer != step.expected);
    for (step, number) in different {
        let ReplayedStep { answer, expected, .. } = step;
        writeln!(
            errors,
            "does not hold: step {number}: {answer}, where the model says {expected}"
        )?;
    }
    let is_false = report.property_breaks == Some(false);
    if let Some(property) = report.property.as_ref().filter(|_| is_false) {
        writeln!(
            errors,
            "does not hold: the trace is said to break `{property}`, and its last state does not"
        )?;
    }
    Ok(report.agrees && !is_false)
}

fn replay(trace: &Trace) -> anyhow::Result<ReplayReport> {
    is_explorable(&trace.model)?;
    let plan = configuration_named(&trace.configuration)?;
    let variant = match trace.variant.as_str() {
        SPECIFICATION => None,
        name => Some(variant_named(name)?),
    };
    let claim = retake(&checking(plan.clone(), variant)?.model, trace)?;
    let rules: &'static RealRules = variant.map_or(&Specification, |variant| variant.normative);
    let mut shards = RealShards::new(&plan, rules)?;
    let mut steps = Vec::new();
    for (step, number) in trace.steps.iter().zip(1..) {
        let (message, said) = step.read(number)?;
        shards.check_proofs(&said).with_context(|| format!("step {number} lacks a real proof"))?;
        let answer = match shards.take(step.shard, &message, &said) {
            Ok(Step::Block(answer)) => words_of_answer(&answer),
            Ok(Step::Closed) => "closed".to_owned(),
            Err(rejection) => format!("refused {}", rejection.code()),
        };
        steps.push(ReplayedStep {
            shard: step.shard,
            message: step.message.clone(),
            transaction: step.transaction,
            answer,
            expected: step.answer.clone(),
            last_header: hex::encode(shards.state(step.shard).position.previous.0),
        });
    }
    let supply = shards.supply().ok();
    Ok(ReplayReport {
        model: trace.model.clone(),
        configuration: trace.configuration.clone(),
        variant: trace.variant.clone(),
        property: trace.property.clone(),
        property_breaks: match claim {
            Claim::Breaks => Some(true),
            Claim::Holds => Some(false),
            Claim::None | Claim::Undecided => None,
        },
        agrees: steps.iter().all(|step| step.answer == step.expected),
        steps,
        supply_after: supply.map(|units| units.to_string()),
        conserved: supply == Some(SUPPLY),
    })
}

fn write_text(report: &ReplayReport, output: &mut dyn Write) -> std::io::Result<()> {
    let ReplayReport { model, configuration, variant, .. } = report;
    writeln!(output, "{model} {configuration} under {variant}, with real blocks and signatures")?;
    for (step, number) in report.steps.iter().zip(1..) {
        let ReplayedStep { shard, message, transaction, answer, last_header, .. } = step;
        let about = transaction.map_or(String::new(), |number| format!(" T{number}"));
        writeln!(
            output,
            "  {number}. shard {shard}: {message}{about} -> {answer}   block {}",
            &last_header[..16]
        )?;
    }
    let sum = report.supply_after.as_deref().unwrap_or("too many to count");
    let kept = if report.conserved { "conserved" } else { "NOT CONSERVED" };
    writeln!(output, "  supply {sum} units, {kept}")?;
    if let Some(property) = &report.property {
        let shows = match report.property_breaks {
            Some(true) => "breaks in the last state",
            Some(false) => "does NOT break in the last state",
            None => "is decided on the graph of all states (`ioschain check`), not by a trace",
        };
        writeln!(output, "  {property}: {shows}")?;
    }
    let verdict = if report.agrees { "every step went" } else { "NOT every step went" };
    writeln!(output, "{verdict} as in the model")
}
