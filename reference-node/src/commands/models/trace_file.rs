//! `ioschain replay`: a model's trace with real cryptography; and how traces are written.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;
use ioschain_model::real::{RealShards, Step};
use ioschain_model::trace::{SPECIFICATION, Trace, words_of_answer};
use ioschain_model::variants::RealRules;
use ioschain_spec::atomix::Specification;
use ioschain_spec::ledger::SUPPLY;
use ioschain_vectors::canonical_json;
use serde::Serialize;

use super::{configuration_named, model_named, variant_named};
use crate::cli::ReplayTrace;

/// Writes a trace as canonical JSON, and beside it the drawings.
pub(super) fn write(path: &Path, trace: &Trace) -> anyhow::Result<()> {
    let json = canonical_json::document(&serde_json::to_value(trace)?)?;
    for (path, text) in [
        (path.to_owned(), json),
        (path.with_extension("mmd"), trace.as_mermaid()),
        (path.with_extension("svg"), trace.as_svg()),
    ] {
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// What `replay --json` prints.
#[derive(Serialize)]
struct ReplayReport {
    model: String,
    configuration: String,
    variant: String,
    property: Option<String>,
    steps: Vec<ReplayedStep>,
    /// Whether every real shard answered as the model says.
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
    Ok(report.agrees)
}

fn replay(trace: &Trace) -> anyhow::Result<ReplayReport> {
    model_named(&trace.model)?;
    let plan = configuration_named(&trace.configuration)?;
    let rules: &'static RealRules = match trace.variant.as_str() {
        SPECIFICATION => &Specification,
        name => variant_named(name)?.normative,
    };
    let transactions = plan.transactions.len();
    let mut shards = RealShards::new(&plan, rules)?;
    let mut steps = Vec::new();
    for (step, number) in trace.steps.iter().zip(1..) {
        let (message, said) = step.read(number)?;
        anyhow::ensure!(
            (1..=plan.shards).contains(&step.shard),
            "step {number}: {} has no shard {}",
            plan.name,
            step.shard
        );
        anyhow::ensure!(
            step.transaction.is_none_or(|transaction| usize::from(transaction) < transactions),
            "step {number}: {} has no such transaction",
            plan.name
        );
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
        writeln!(output, "  the trace shows that it breaks: {property}")?;
    }
    let verdict = if report.agrees { "every step went" } else { "NOT every step went" };
    writeln!(output, "{verdict} as in the model")
}
