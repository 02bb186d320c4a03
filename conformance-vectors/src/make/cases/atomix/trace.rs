//! Runs of the model as vectors. Of one configuration they are every step from every state, and
//! messages that change nothing there, refused or answered; of three others, the first run of each
//! kind.
//!
//! The model asks the specification with ideal cryptography; here the same messages are put to it
//! with real signatures and proofs. The two must agree in every answer and every root, or nothing
//! is generated. Proofs come from blocks of real shards, which a trace does not show.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use ioschain_model::atomix::configurations::{change, shared, spend, swarm};
use ioschain_model::atomix::coverage::{Extent, Run, Try, runs, walk};
use ioschain_model::atomix::memoised::{LogId, ShardStateId};
use ioschain_model::atomix::message::{AttestedVote, NumberedMessage};
use ioschain_model::atomix::observed_suite::ModelRules;
use ioschain_model::atomix::plan::Plan;
use ioschain_model::atomix::{Action, Atomix, CompactState};
use ioschain_model::real::{RealProof, RealShards, certify};
use ioschain_model::trace::SPECIFICATION;
use ioschain_model::variants::RealRules;
use ioschain_spec::atomix::{Answer, Specification};
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed, IdentityLog};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::merkle::list_root_of;
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::suite::Normative;

use crate::format::vector::{Step, VectorFile};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::list_to_json;
use crate::reference::{IDENTITY, PARAMETERS, ROSTERS, to_json};

const HANDLER: &str = "atomix.trace";

type Certified = CertifiedEpoch<CollectiveSignature>;

/// A configuration, and which of its runs become vectors.
pub(in crate::make::cases) struct Chosen {
    pub(in crate::make::cases) plan: Plan,
    pub(in crate::make::cases) extent: Extent,
    /// Where a new file begins, by the length of the way; more than one also divides by the first
    /// step.
    bands: &'static [usize],
}

/// The configurations of the profile.
pub(in crate::make::cases) fn chosen() -> [Chosen; 4] {
    let all = |plan, bands| Chosen { plan, extent: Extent::Everything, bands };
    let firsts = |plan| Chosen { plan, extent: Extent::Firsts, bands: &[0] };
    [
        all(shared(2, 2, 2, 0), &[0, 4, 5, 6]),
        firsts(change()),
        firsts(spend()),
        firsts(shared(2, 1, 1, 2)),
    ]
}

/// The suites.
///
/// # Errors
/// The specification and the model disagree.
pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = Vec::new();
    for Chosen { plan, extent, bands } in chosen() {
        let mut teller = Teller::new(plan, &Specification, &Specification)?;
        let mut suites: BTreeMap<String, Vec<Run>> = BTreeMap::new();
        for run in runs(&teller.model, extent) {
            suites.entry(suite_of(&teller.model.plan, bands, &run)).or_default().push(run);
        }
        for (name, runs) in suites {
            files.push(teller.suite(extent, &name, &runs)?);
        }
    }
    Ok(files)
}

/// The suite that a run belongs to, such as `k2-l2-t2-l1a-from-4`: its configuration, its first
/// step, and the least length of the ways in the same file.
fn suite_of(plan: &Plan, bands: &[usize], run: &Run) -> String {
    let begun = bands.iter().filter(|from| **from <= run.path.len()).max();
    let first = names(run.path.first().or(run.last.as_ref())).into_iter().next();
    match (begun, first) {
        (Some(from), Some(first)) if bands.len() > 1 => {
            format!("{}-{first}-from-{from}", plan.name)
        }
        _ => plan.name.clone(),
    }
}

/// The most steps of a walk.
const WALK_STEPS_MAX: usize = 60;

/// Random walks through a configuration that is too large to exhaust, one for each seed: cases like
/// those of the files, made when they are asked for.
///
/// # Errors
/// The specification and the model disagree.
pub fn walks(seeds: impl Iterator<Item = u64>) -> Result<VectorFile, CaseError> {
    let mut teller = Teller::new(swarm(), &Specification, &Specification)?;
    let doc =
        format!("{}, in random walks. In the name of a case, {LETTERS}.", teller.model.plan.about);
    let mut suite = SuiteWriter::tiny(HANDLER, "walks", &doc)?;
    let first = teller.model.first();
    for seed in seeds {
        let run = walk(&teller.model, seed, WALK_STEPS_MAX);
        teller.add(&mut suite, &format!("seed-{seed}"), &run)?;
        teller.real.retain(|state, _| *state == first);
    }
    Ok(suite.finish())
}

/// Tells runs of a model as steps of real shards.
struct Teller {
    model: Atomix,
    parameters: Value,
    rosters: Value,
    /// Real shards in every state of the model that was met, for their proofs and lists.
    real: BTreeMap<CompactState, RealShards>,
    proofs: BTreeMap<AttestedVote, RealProof>,
}

/// A run while it is told.
struct Telling {
    state: CompactState,
    /// The closing entries in their order. A model forgets the order: nothing that a shard does
    /// depends on it, but the log's hash does.
    ordered: Vec<Certified>,
    log: IdentityLog,
    steps: Vec<(Value, Intent)>,
    /// The root after each step, as the model has it.
    roots: Vec<Digest>,
    requirements: BTreeSet<&'static str>,
}

impl Teller {
    fn new(
        plan: Plan,
        ideal: &'static ModelRules,
        normative: &'static RealRules,
    ) -> Result<Self, CaseError> {
        let real = RealShards::new(&plan, normative)?;
        let parameters = to_json(real.log.view().parameters())?;
        let rosters = list_to_json(&plan.genesis().rosters)?;
        let model = Atomix::new(plan, SPECIFICATION, ideal)?;
        let real = BTreeMap::from([(model.first(), real)]);
        Ok(Self { model, parameters, rosters, real, proofs: BTreeMap::new() })
    }

    fn suite(&mut self, extent: Extent, name: &str, runs: &[Run]) -> Result<VectorFile, CaseError> {
        let plan = &self.model.plan;
        let what = match extent {
            Extent::Everything => "every step, and every message that changes nothing",
            Extent::Firsts => {
                "the first step for each combination of shard, kind of message, transaction, \
                 epoch and answer"
            }
        };
        let doc =
            format!("{} ({}): {what}. In the name of a case, {LETTERS}.", plan.about, plan.name);
        let mut suite = SuiteWriter::tiny(HANDLER, name, &doc)?;
        for run in runs {
            self.add(&mut suite, &slug_of(run), run)?;
        }
        Ok(suite.finish())
    }

    fn add(&mut self, suite: &mut SuiteWriter, slug: &str, run: &Run) -> Result<(), CaseError> {
        let first = self.model.first();
        let mut telling = Telling {
            state: first,
            ordered: Vec::new(),
            log: self.real[&first].log.clone(),
            steps: Vec::new(),
            roots: Vec::new(),
            requirements: BTreeSet::from(["ATX-ATOMIC-01", "ATX-SPEND-01"]),
        };
        for action in &run.path {
            self.take(&mut telling, action)?;
        }
        for it in &run.tries {
            self.attempt(&mut telling, it)?;
        }
        if let Some(action) = &run.last {
            self.take(&mut telling, action)?;
        }
        let start = self.world(&first, &[])?;
        let end = self.world(&telling.state, &telling.ordered)?;
        let doc = sentence_of(run);
        let requirements: Vec<&str> = telling.requirements.into_iter().collect();
        let case = suite.add_scenario(slug, &requirements, &doc, start, telling.steps)?;
        let problem = match first_difference(&case.steps, &telling.roots) {
            Some(number) => format!("after step {number} the model has another state"),
            None if case.state.as_ref() != Some(&end) => "the model ends elsewhere".to_owned(),
            None => return Ok(()),
        };
        Err(suite.error(slug, problem))
    }

    /// A step that changes something.
    fn take(&mut self, telling: &mut Telling, action: &Action) -> Result<(), CaseError> {
        let Action { shard, message, transition } = action;
        let before = telling.state;
        let after = Atomix::after(&before, action);
        telling.requirements.insert(requirement_of(message));
        if *message == NumberedMessage::Close {
            let closed = self.closed(&before, *shard, transition.log)?;
            let certificate = certify(&telling.log, *shard, &closed.vote())?;
            let entry = Certified { closed, certificate };
            let answer = json!({ "entry": to_json(&entry.closed)? });
            let root = self.root(&after, &telling.log);
            telling.tell(json!({ "close": shard.0 }), Intent::OkWith(answer), root);
            telling.log.append(&Normative, &entry)?;
            let height = json!({ "identity_height": (telling.ordered.len() + 1).to_string() });
            let order = json!({ "order": to_json(&entry)? });
            let root = self.root(&after, &telling.log);
            telling.tell(order, Intent::Exactly(height), root);
            telling.ordered.push(entry);
        } else {
            let local = Atomix::shard_state_id(&before, *shard);
            let answer = self.model.with_memo(|memo| memo.answer(local, before.log, message))?;
            let answer = answer.ok_or_else(|| disagreement("a message has no answer"))?;
            let entry = self.entry(&before, *shard, message)?;
            let root = self.root(&after, &telling.log);
            telling.tell(entry, answered(&answer)?, root);
        }
        self.follow(&before, action, &after)?;
        telling.state = after;
        Ok(())
    }

    /// A step that changes nothing.
    fn attempt(&self, telling: &mut Telling, it: &Try) -> Result<(), CaseError> {
        let Try { shard, message, answer } = it;
        let (intent, shown): (Intent, &[&str]) = match answer {
            Ok(answer) => (answered(answer)?, &["ATX-UNLOCK-02"]),
            Err(rejection) => (Intent::Rejected(*rejection), rejection.requirements()),
        };
        telling.requirements.extend(shown);
        let step = match message {
            NumberedMessage::Close => json!({ "close": shard.0 }),
            _ => self.entry(&telling.state, *shard, message)?,
        };
        let root = self.root(&telling.state, &telling.log);
        telling.tell(step, intent, root);
        Ok(())
    }

    /// The closing entry by which the log came about.
    fn closed(
        &self,
        before: &CompactState,
        shard: Shard,
        log: LogId,
    ) -> Result<EpochClosed, CaseError> {
        self.model.with_memo(|memo| {
            let epoch =
                memo.shard_state(Atomix::shard_state_id(before, shard)).state.position.epoch;
            let closed = memo.log(log).log.view().closed(shard, epoch).cloned();
            closed.ok_or_else(|| disagreement("a closed epoch has no closing entry"))
        })
    }

    fn entry(
        &self,
        state: &CompactState,
        shard: Shard,
        message: &NumberedMessage,
    ) -> Result<Value, CaseError> {
        let entry = self.real[state].entry(shard, message, &self.model.proved_votes(message))?;
        Ok(json!({ "entry": to_json(&entry)?, "shard": shard.0 }))
    }

    /// Lets real shards take the step as well, which makes the proofs that it brings.
    fn follow(
        &mut self,
        before: &CompactState,
        action: &Action,
        after: &CompactState,
    ) -> Result<(), CaseError> {
        if self.real.contains_key(after) {
            return Ok(());
        }
        let Action { shard, message, .. } = action;
        let mut real = self.real[before].clone();
        real.take(*shard, message, &self.model.proved_votes(message))?;
        real.share_proofs(&mut self.proofs);
        self.real.insert(*after, real);
        Ok(())
    }

    fn locals(&self, state: &CompactState) -> Vec<ShardStateId> {
        self.model.shards().map(|shard| Atomix::shard_state_id(state, shard)).collect()
    }

    /// The root of a state, by the model's own shards, under a log.
    fn root(&self, state: &CompactState, log: &IdentityLog) -> Digest {
        let locals = self.locals(state);
        self.model.with_memo(|memo| {
            let roots = locals.iter().map(|local| memo.shard_state(*local).state.root());
            list_root_of(roots.chain([log.view().hash()]))
        })
    }

    /// A state as the specification shows it, by the model's own shards.
    fn world(&self, state: &CompactState, ordered: &[Certified]) -> Result<Value, CaseError> {
        let locals = self.locals(state);
        let states: Vec<_> = self.model.with_memo(|memo| {
            locals.iter().map(|local| memo.shard_state(*local).state.clone()).collect()
        });
        Ok(json!({
            PARAMETERS: self.parameters,
            ROSTERS: self.rosters,
            IDENTITY: list_to_json(ordered)?,
            "states": list_to_json(&states)?,
        }))
    }
}

impl Telling {
    fn tell(&mut self, step: Value, intent: Intent, root: Digest) {
        self.steps.push((step, intent));
        self.roots.push(root);
    }
}

fn answered(answer: &Answer) -> Result<Intent, CaseError> {
    Ok(Intent::Exactly(json!({ "answer": to_json(answer)? })))
}

/// The first step after which the specification's root is not the model's. A step without a root
/// has that of the step before; the first ones may have that of the start, which is the model's.
fn first_difference(steps: &[Step], meant: &[Digest]) -> Option<usize> {
    let mut last = None;
    let mut pairs = (1..).zip(steps.iter().zip(meant));
    pairs.find_map(|(number, (step, meant))| {
        last = step.root.as_ref().or(last);
        last.is_some_and(|found| *found != hex::encode(meant.0)).then_some(number)
    })
}

fn disagreement(problem: &str) -> CaseError {
    CaseError { id: HANDLER.to_owned(), problem: problem.to_owned() }
}

/// What the letters of [`names`] mean.
const LETTERS: &str = "l1a means a lock request for transaction a in shard 1; the first letter is \
                       l for a lock request, g for a lock request with a garbage witness, c for a \
                       commit, a for an abort, i for the sweep of an epoch, and e for the end of \
                       an epoch";

/// The steps of a run, each with the letter of its kind, its shard, its transaction: `l1a`.
fn names<'a>(steps: impl IntoIterator<Item = &'a Action>) -> Vec<String> {
    let name = |Action { shard, message, .. }: &Action| {
        let letter = match message {
            NumberedMessage::Request { .. } => 'l',
            NumberedMessage::Forged { .. } => 'g',
            NumberedMessage::Commit { .. } => 'c',
            NumberedMessage::Abort { .. } => 'a',
            NumberedMessage::Import => 'i',
            NumberedMessage::Close => 'e',
        };
        let transaction = message.transaction().map(|number| char::from(b'a' + number));
        format!("{letter}{shard}{}", transaction.map(String::from).unwrap_or_default())
    };
    steps.into_iter().map(name).collect()
}

/// A name that lasts as long as the run: `l1a-l2a-c3a`.
fn slug_of(run: &Run) -> String {
    let names = names(run.path.iter().chain(&run.last));
    if names.is_empty() { "start".to_owned() } else { names.join("-") }
}

fn sentence_of(run: &Run) -> String {
    let way = names(&run.path);
    let way = if way.is_empty() {
        "the initial state".to_owned()
    } else {
        format!("the state after {}", way.join(" "))
    };
    let tries = match run.tries.len() {
        0 => None,
        1 => Some("a message that changes nothing".to_owned()),
        count => Some(format!("{count} messages that change nothing")),
    };
    let last = names(&run.last).into_iter().next();
    let what: Vec<String> = tries.into_iter().chain(last).collect();
    let verb = if run.tries.len() > 1 || what.len() > 1 { "follow" } else { "follows" };
    let what = what.join(" and then ");
    format!("Given {way}, when {what} {verb}, then each answer equals that of the model.")
}

/// The requirement that a step obeys first of all.
fn requirement_of(message: &NumberedMessage) -> &'static str {
    match message {
        NumberedMessage::Request { .. } | NumberedMessage::Forged { .. } => "ATX-LOCK-04",
        NumberedMessage::Commit { .. } => "ATX-COMMIT-02",
        NumberedMessage::Abort { .. } => "ATX-ABORT-04",
        NumberedMessage::Import => "ATX-SWEEP-07",
        NumberedMessage::Close => "ATX-CLOSE-01",
    }
}

#[cfg(test)]
mod tests {
    use ioschain_model::variants::atomix_registry::find;

    use super::*;

    /// What stops the traces of a model whose shards follow a variant.
    fn problem_with(variant: &str) -> String {
        let variant = find(variant).unwrap();
        let mut teller = Teller::new(shared(2, 1, 2, 0), variant.ideal, variant.normative).unwrap();
        let runs = runs(&teller.model, Extent::Firsts);
        teller.suite(Extent::Firsts, "variant", &runs).unwrap_err().problem
    }

    #[test]
    fn a_model_that_answers_otherwise_makes_no_vectors() {
        let problem = problem_with("locks-the-locked");
        assert!(problem.contains("is meant, and the specification answers"), "{problem}");
    }

    #[test]
    fn a_model_that_comes_to_another_state_makes_no_vectors() {
        let problem = problem_with("refunds-are-not-fresh");
        assert!(problem.contains("the model has another state"), "{problem}");
    }
}
