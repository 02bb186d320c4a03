//! A trace taken again in its model: what a file says is compared with what the rules give.

use ioschain_spec::Rejection;
use ioschain_spec::primitives::numbers::Shard;
use stateright::{Expectation, Model as _};

use crate::atomix::message::NumberedMessage;
use crate::atomix::properties::RESOLUTION;
use crate::atomix::trace::{AtomixTrace, TraceError, TraceStep};
use crate::atomix::{Action, Atomix, CompactState};
use crate::graph::Liveness as _;
use crate::real::MissingProof;
use crate::words::count;

/// Why a file is not a trace of its model.
#[derive(Debug, thiserror::Error)]
pub enum NotATrace {
    /// The number of steps is not the length that the file gives.
    #[error("its length is {said}, and it has {}", count(.steps, "step"))]
    Length {
        /// The length that the file gives.
        said: usize,
        /// How many steps it has.
        steps: usize,
    },
    /// The first state is another one.
    #[error("its first state is not the first state of {configuration}")]
    First {
        /// The configuration's name.
        configuration: String,
    },
    /// A step cannot be read.
    #[error(transparent)]
    Unreadable(#[from] TraceError),
    /// There is no such shard.
    #[error("step {step}: {configuration} has no shard {shard}")]
    Shard {
        /// Counted from 1.
        step: usize,
        /// The configuration's name.
        configuration: String,
        /// The shard that the file names.
        shard: u16,
    },
    /// There is no such transaction.
    #[error("step {step}: {configuration} has no transaction T{transaction}")]
    Transaction {
        /// Counted from 1.
        step: usize,
        /// The configuration's name.
        configuration: String,
        /// The transaction that the file names.
        transaction: u8,
    },
    /// A message contains a proof that no shard has given.
    #[error("step {step} needs {missing}")]
    Proof {
        /// Counted from 1.
        step: usize,
        /// The proof.
        missing: MissingProof,
    },
    /// The rules refuse the message.
    #[error("step {step}: the model refuses this {message} with {}", .rejection.code())]
    Refused {
        /// Counted from 1.
        step: usize,
        /// The kind of message.
        message: String,
        /// Why the rules refuse it.
        rejection: Rejection,
    },
    /// The message cannot be sent in this state.
    #[error("step {step}: the model has no such {message} here")]
    Impossible {
        /// Counted from 1.
        step: usize,
        /// The kind of message.
        message: String,
    },
    /// The shard answers something else.
    #[error("step {step}: the answer is `{model}` in the model, and `{said}` in the file")]
    Answer {
        /// Counted from 1.
        step: usize,
        /// The model's answer.
        model: String,
        /// The file's answer.
        said: String,
    },
    /// The shard's state after the step is another one.
    #[error("step {step}: the file's state of shard {shard} is not the model's")]
    Picture {
        /// Counted from 1.
        step: usize,
        /// Which shard.
        shard: u16,
    },
    /// The model has no such property.
    #[error("there is no property `{property}` of {configuration}; there are: {known}")]
    Property {
        /// The property that the file names.
        property: String,
        /// The configuration's name.
        configuration: String,
        /// The names of all its properties.
        known: String,
    },
}

/// What the model says of the property that a trace claims to break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// The trace claims nothing.
    None,
    /// The property is false in the last state.
    Breaks,
    /// The property is true in the last state.
    Holds,
    /// Resolution: the last state is not resolved; whether it can be is for the graph to say.
    Undecided,
}

/// Takes every step again, and compares everything that the file says.
pub(super) fn retake(model: &Atomix, trace: &AtomixTrace) -> Result<Claim, NotATrace> {
    let configuration = || model.plan.name.clone();
    if trace.length != trace.steps.len() {
        return Err(NotATrace::Length { said: trace.length, steps: trace.steps.len() });
    }
    if trace.first != model.trace(None, &[]).first {
        return Err(NotATrace::First { configuration: configuration() });
    }
    let mut state = model.first();
    let mut actions = Vec::new();
    for (said, step) in trace.steps.iter().zip(1..) {
        let action = find(model, &state, said, step)?;
        state = Atomix::after(&state, &action);
        actions.push(action);
        if let Some(taken) = model.trace(None, &actions).steps.pop() {
            compare(&taken, said, step)?;
        }
    }
    judge(model, &state, trace.property.as_deref())
}

/// The step of the model that a step of the file is.
fn find(
    model: &Atomix,
    state: &CompactState,
    said: &TraceStep,
    step: usize,
) -> Result<Action, NotATrace> {
    let (message, proofs) = said.read(step)?;
    let configuration = || model.plan.name.clone();
    if !model.shards().any(|shard| shard == Shard(said.shard)) {
        return Err(NotATrace::Shard { step, configuration: configuration(), shard: said.shard });
    }
    let transactions = model.plan.transactions.len();
    if let Some(transaction) = said.transaction.filter(|it| usize::from(*it) >= transactions) {
        return Err(NotATrace::Transaction { step, configuration: configuration(), transaction });
    }
    let given = state.attestations.members();
    let asked = model.with_memo(|memo| {
        let missing =
            proofs.iter().find(|proof| !given.clone().any(|it| memo.attested_vote(it) == **proof));
        if let Some(missing) = missing {
            return Err(NotATrace::Proof { step, missing: MissingProof(*missing) });
        }
        Ok(memo.ask_every_message(
            Atomix::shard_state_id(state, Shard(said.shard)),
            state.log,
            state.attestations,
        ))
    })?;
    let is_it = |asked: &NumberedMessage| {
        (asked.kind(), asked.transaction()) == (message.kind(), message.transaction())
            && model.proved_votes(asked) == proofs
    };
    match asked.into_iter().find(|(message, _)| is_it(message)) {
        Some((message, Ok(transition))) => {
            Ok(Action { shard: Shard(said.shard), message, transition })
        }
        Some((_, Err(rejection))) => {
            Err(NotATrace::Refused { step, message: said.message.clone(), rejection })
        }
        None => Err(NotATrace::Impossible { step, message: said.message.clone() }),
    }
}

fn compare(taken: &TraceStep, said: &TraceStep, step: usize) -> Result<(), NotATrace> {
    if taken.answer != said.answer {
        let (model, said) = (taken.answer.clone(), said.answer.clone());
        return Err(NotATrace::Answer { step, model, said });
    }
    if taken.state != said.state {
        return Err(NotATrace::Picture { step, shard: said.shard });
    }
    Ok(())
}

/// Whether the property fails in the last state.
fn judge(model: &Atomix, last: &CompactState, property: Option<&str>) -> Result<Claim, NotATrace> {
    let Some(property) = property else { return Ok(Claim::None) };
    if property == RESOLUTION {
        return Ok(if model.is_resolved(last) { Claim::Holds } else { Claim::Undecided });
    }
    let mut known = model.properties();
    known.retain(|known| known.expectation == Expectation::Always);
    let Some(found) = known.iter().find(|known| known.name == property) else {
        let names: Vec<_> = known.iter().map(|known| known.name).chain([RESOLUTION]).collect();
        return Err(NotATrace::Property {
            property: property.to_owned(),
            configuration: model.plan.name.clone(),
            known: names.join(", "),
        });
    };
    Ok(if (found.condition)(model, last) { Claim::Holds } else { Claim::Breaks })
}
