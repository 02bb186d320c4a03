//! Traces of Atomix with real blocks, signatures and proofs.

use ioschain_spec::atomix::Specification;
use ioschain_spec::ledger::SUPPLY;
use ioschain_spec::primitives::numbers::Shard;

use super::atomix::{RegisteredAtomix, ready};
use super::retake::{Claim, retake};
use super::{ModelError, Replay, ReplayDetails, ReplayedStep};
use crate::atomix::ATOMIX;
use crate::atomix::trace::{AtomixTrace, words_of_answer};
use crate::real::{RealShards, RealStep};
use crate::trace::SPECIFICATION;
use crate::variants::RealRules;

/// Takes a trace again in its model, and then with real shards.
pub(super) fn replay(atomix: &RegisteredAtomix, trace: &AtomixTrace) -> Result<Replay, ModelError> {
    let plan = atomix.plan(&trace.configuration)?;
    let variant = match trace.variant.as_str() {
        SPECIFICATION => None,
        name => Some(atomix.variant(name)?),
    };
    let claim = retake(&ready(plan.clone(), variant)?.model, trace)?;
    let rules: &'static RealRules = variant.map_or(&Specification, |variant| variant.normative);
    let mut shards = RealShards::new(&plan, rules)?;
    let mut steps = Vec::new();
    for (step, number) in trace.steps.iter().zip(1..) {
        let (message, said) = step.read(number)?;
        let missing = |source| ModelError::MissingProof { step: number, source };
        shards.check_proofs(&said).map_err(missing)?;
        let answer = match shards.take(Shard(step.shard), &message, &said) {
            Ok(RealStep::Block(answer)) => words_of_answer(&answer),
            Ok(RealStep::Closed) => "closed".to_owned(),
            Err(rejection) => format!("refused {}", rejection.code()),
        };
        steps.push(ReplayedStep {
            shard: step.shard,
            message: step.message.clone(),
            transaction: step.transaction,
            answer,
            expected: step.answer.clone(),
            last_header: hex::encode(shards.state(Shard(step.shard)).position.previous.0),
        });
    }
    let supply = shards.supply().ok();
    let mut replay = Replay {
        model: ATOMIX.to_owned(),
        configuration: trace.configuration.clone(),
        variant: trace.variant.clone(),
        property: trace.property.clone(),
        property_breaks: match claim {
            Claim::Breaks => Some(true),
            Claim::Holds => Some(false),
            Claim::None | Claim::Undecided => None,
        },
        agrees: steps.iter().all(|step| step.answer == step.expected),
        text: String::new(),
        failures: Vec::new(),
        details: ReplayDetails::Steps { steps_taken: 0 },
    };
    replay.failures = failures(&replay, &steps);
    let supply_after = supply.map(|units| units.to_string());
    let conserved = supply == Some(SUPPLY);
    replay.text = in_words(&replay, &steps, supply_after.as_deref(), conserved);
    replay.details = ReplayDetails::Blocks { steps, supply_after, conserved };
    Ok(replay)
}

fn failures(replay: &Replay, steps: &[ReplayedStep]) -> Vec<String> {
    let different = steps.iter().zip(1..).filter(|(step, _)| step.answer != step.expected);
    let mut failures: Vec<String> = different
        .map(|(step, number)| {
            let ReplayedStep { answer, expected, .. } = step;
            format!(
                "step {number}: the real shard answers {answer}, and the model answers {expected}"
            )
        })
        .collect();
    if let (Some(property), Some(false)) = (&replay.property, replay.property_breaks) {
        failures.push(format!(
            "the file says that the trace breaks `{property}`, but the last state keeps it"
        ));
    }
    failures
}

fn in_words(
    replay: &Replay,
    steps: &[ReplayedStep],
    supply_after: Option<&str>,
    conserved: bool,
) -> String {
    let Replay { model, configuration, variant, .. } = replay;
    let mut lines =
        vec![format!("{model} {configuration} under {variant}, with real blocks and signatures")];
    for (step, number) in steps.iter().zip(1..) {
        let ReplayedStep { shard, message, transaction, answer, last_header, .. } = step;
        let about = transaction.map_or(String::new(), |number| format!(" T{number}"));
        let block = &last_header[..16];
        lines.push(format!(
            "  {number}. shard {shard}: {message}{about} -> {answer}   block {block}"
        ));
    }
    let sum = supply_after.unwrap_or("too many to count");
    let kept = if conserved { "conserved" } else { "NOT CONSERVED" };
    lines.push(format!("  supply {sum} units, {kept}"));
    if let Some(property) = &replay.property {
        let shows = match replay.property_breaks {
            Some(true) => "breaks in the last state",
            Some(false) => "does NOT break in the last state",
            None => "is decided on the graph of all states (`ioschain check`), not by a trace",
        };
        lines.push(format!("  {property}: {shows}"));
    }
    let every = if replay.agrees { "every step" } else { "NOT every step" };
    lines.push(format!("{every} gave the same answer as in the model\n"));
    lines.join("\n")
}
