//! §7: locks, unlocks, proofs, the sweep, and whole runs of several shards.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::atomix::{Answer, Import};
use ioschain_spec::ledger::{Overlay, ShardContext, ShardState, SignedTransaction};
use ioschain_spec::suite::Normative;

use super::Answers::{self, ByRules, InSteps, Plain};
use super::encoding::{CertifiedEpoch, DecisionProof, UnlockAbort, UnlockCommit};
use super::json::{read, to_json};
use super::world::{World, log_and, read_log, shard_and};
use super::{Handler, NormativeRules, Opened, Outcome, RuleBook, Shape};
use crate::format::vector::HandlerKind::{Function, Scenario, Trace};

/// What a scenario starts from and ends in.
const WORLD: &[(&str, &str)] = &[
    ("parameters", "Parameters"),
    ("rosters", "[Roster] (of shards 0..=m)"),
    ("identity", "[CertifiedEpoch] (the closing entries ordered so far)"),
    ("states", "[ShardState] (of shards 1..=m)"),
];

/// What a request comes to: the answer, and the state after it.
const ANSWER: &[(&str, &str)] = &[("answer", "Answer"), ("state", "ShardState")];

pub(super) const HANDLERS: [Handler; 9] = [
    handler(
        "atomix.lock",
        "A shard's answer to a lock request.",
        Shape::new(shard_and![("request", "SignedTransaction")], ANSWER),
        ByRules(lock),
    ),
    handler(
        "atomix.unlock_commit",
        "A shard's answer to an unlock-to-commit request.",
        Shape::new(shard_and![("request", "UnlockCommit")], ANSWER),
        ByRules(unlock_commit),
    ),
    handler(
        "atomix.unlock_abort",
        "A shard's answer to an unlock-to-abort request.",
        Shape::new(shard_and![("request", "UnlockAbort")], ANSWER),
        ByRules(unlock_abort),
    ),
    handler(
        "atomix.import",
        "A shard's answer to the import of an epoch's expiry lists (the sweep).",
        Shape::new(shard_and![("request", "Import")], ANSWER),
        ByRules(import),
    ),
    handler(
        "atomix.verify_proof",
        "The verification of a shard's proof of its vote: the shard, the transaction and the vote.",
        Shape::new(
            log_and![("proof", "DecisionProof")],
            &[("shard", "u16"), ("txid", "TxId"), ("vote", "Vote")],
        ),
        Plain(verify_proof),
    ),
    handler(
        "atomix.close_epoch",
        "A shard closes its epoch.",
        Shape::new(
            shard_and![],
            &[("entry", "EpochClosed"), ("lists", "[[Transaction]]"), ("state", "ShardState")],
        ),
        ByRules(close_epoch),
    ),
    handler(
        "atomix.order",
        "The identity log orders a closing entry.",
        Shape::new(
            log_and![("entry", "CertifiedEpoch")],
            &[("identity_height", "u64"), ("identity_hash", "Digest")],
        ),
        Plain(order),
    ),
    Handler {
        name: "atomix.run",
        kind: Scenario,
        doc: "Several shards and the identity log. The root is the list commitment of the state \
              roots of all shards, followed by the hash of the identity log.",
        shape: Shape {
            input: WORLD,
            output: WORLD,
            step: &[
                (
                    "block",
                    "Block (its shard checks and applies it; the answer is {receipts: [Receipt]})",
                ),
                (
                    "close",
                    "u16 (that shard closes its epoch; the answer is {entry: EpochClosed, lists: \
                     [[Transaction]]})",
                ),
                (
                    "order",
                    "CertifiedEpoch (the identity log orders it; the answer is {identity_height: \
                     u64})",
                ),
            ],
        },
        answer: InSteps(begin),
    },
    Handler {
        name: "atomix.trace",
        kind: Trace,
        doc: "Several shards and the identity log. Entries are sent to the shards directly and not \
              in blocks, as in the models. The root is computed as in `atomix.run`.",
        shape: Shape {
            input: WORLD,
            output: WORLD,
            step: &[
                (
                    "entry",
                    "Entry (the shard that the member `shard`, a u16, names applies it; the answer \
                     is {answer: Answer})",
                ),
                (
                    "close",
                    "u16 (that shard closes its epoch; the answer is {entry: EpochClosed, lists: \
                     [[Transaction]]})",
                ),
                (
                    "order",
                    "CertifiedEpoch (the identity log orders it; the answer is {identity_height: \
                     u64})",
                ),
            ],
        },
        answer: InSteps(begin),
    },
];

const fn handler(name: &'static str, doc: &'static str, shape: Shape, answer: Answers) -> Handler {
    Handler { name, kind: Function, doc, shape, answer }
}

fn begin(rules: RuleBook, input: &Value) -> Opened {
    Ok(Box::new(World::from_json(rules.atomix, input)?))
}

/// Puts one request to one shard.
fn ask(
    input: &Value,
    step: impl FnOnce(&ShardContext<'_, Normative>, &mut Overlay<'_>) -> Result<Answer, Rejection>,
) -> Outcome {
    let log = read_log(input)?;
    let context = ShardContext { suite: &Normative, identity: log.view() };
    let mut state: ShardState = read(input, "state")?;
    let mut overlay = Overlay::on(&state);
    let answer = step(&context, &mut overlay)?;
    let changes = overlay.into_changes();
    state.apply(changes);
    Ok(json!({ "answer": to_json(&answer)?, "state": to_json(&state)? }))
}

fn lock(rules: &NormativeRules, input: &Value) -> Outcome {
    let request: SignedTransaction = read(input, "request")?;
    ask(input, |context, overlay| rules.apply_lock(context, overlay, &request).map(Answer::Voted))
}

fn unlock_commit(rules: &NormativeRules, input: &Value) -> Outcome {
    let request: UnlockCommit = read(input, "request")?;
    ask(input, |context, overlay| {
        rules.apply_unlock_commit(context, overlay, &request).map(Answer::Settled)
    })
}

fn unlock_abort(rules: &NormativeRules, input: &Value) -> Outcome {
    let request: UnlockAbort = read(input, "request")?;
    ask(input, |context, overlay| {
        rules.apply_unlock_abort(context, overlay, &request).map(Answer::Settled)
    })
}

fn import(rules: &NormativeRules, input: &Value) -> Outcome {
    let request: Import = read(input, "request")?;
    ask(input, |context, overlay| {
        let swept = rules.apply_import(context, overlay, &request)?;
        Ok(Answer::Swept { committed: swept.committed, aborted: swept.aborted })
    })
}

fn verify_proof(input: &Value) -> Outcome {
    let log = read_log(input)?;
    let proof: DecisionProof = read(input, "proof")?;
    let decided = Normative.verify_attestation(&log.view(), &proof)?;
    Ok(json!({
        "shard": decided.shard().0,
        "txid": to_json(&decided.txid())?,
        "vote": to_json(&decided.vote())?,
    }))
}

fn close_epoch(rules: &NormativeRules, input: &Value) -> Outcome {
    let log = read_log(input)?;
    let context = ShardContext { suite: &Normative, identity: log.view() };
    let mut state: ShardState = read(input, "state")?;
    let closed = rules.close_epoch(&context, &state)?;
    state.apply(closed.changes);
    Ok(json!({
        "entry": to_json(&closed.entry)?,
        "lists": closed.lists.iter().map(to_json).collect::<Result<Vec<_>, _>>()?,
        "state": to_json(&state)?,
    }))
}

fn order(input: &Value) -> Outcome {
    let mut log = read_log(input)?;
    let entry: CertifiedEpoch = read(input, "entry")?;
    log.append(&Normative, &entry)?;
    Ok(json!({
        "identity_height": log.height().to_string(),
        "identity_hash": to_json(&log.view().hash())?,
    }))
}
