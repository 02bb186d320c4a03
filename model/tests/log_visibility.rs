//! What rules see of the identity log.

use std::collections::BTreeSet;

use ioschain_model::atomix::check::Check;
use ioschain_model::atomix::configurations::{by_name, late, quick, shared};
use ioschain_model::atomix::identity_view::view_of_block;
use ioschain_model::atomix::memoised::Transition;
use ioschain_model::atomix::message::NumberedMessage;
use ioschain_model::atomix::observed_suite::ModelRules;
use ioschain_model::atomix::plan::Plan;
use ioschain_model::atomix::properties::ONE_VOTE;
use ioschain_model::atomix::{Atomix, CompactState};
use ioschain_model::real::{RealShards, RealStep};
use ioschain_model::variants::atomix_registry::registry;
use ioschain_model::verdict::Verdict;
use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::atomix::sweep::expiry_list_root;
use ioschain_spec::atomix::{Answer, ExpiryList, Rules, Specification, lock};
use ioschain_spec::ledger::{
    self, ChainPosition, Decision, Overlay, ShardContext, ShardEnvironment, SignedTransaction,
    StateView, Vote,
};
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::suite::Suite;
use stateright::Model;

/// A repeated request is refused for good if the list that this shard committed to was empty.
struct LooksAtItsList;

impl<S: Suite> ledger::Rules<S> for LooksAtItsList {}

impl<S: Attests> Rules<S> for LooksAtItsList {
    fn apply_lock(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        request: &SignedTransaction,
    ) -> Result<Vote, Rejection> {
        let ChainPosition { shard, epoch, .. } = *overlay.position();
        let txid = request.transaction.id(context.suite);
        let empty = expiry_list_root(&ExpiryList::empty());
        let closed = context.identity.closed(shard, epoch - 1);
        let was_empty =
            closed.is_some_and(|closed| closed.expiry_roots[usize::from(shard) - 1] == empty);
        if let Some(row) = overlay.decision(&txid).copied().filter(|_| was_empty) {
            let vote = Vote::Rejected(Rejection::LedOutpointLocked);
            overlay.set_decision(txid, Some(Decision { vote, ..row }));
            return Ok(vote);
        }
        lock::apply_lock(&ShardEnvironment { rules: self, context }, overlay, request)
    }
}

/// A shard takes no request when another has closed the epoch that it is in.
struct WaitsForNobody;

impl<S: Suite> ledger::Rules<S> for WaitsForNobody {}

impl<S: Attests> Rules<S> for WaitsForNobody {
    fn apply_lock(
        &self,
        context: &ShardContext<'_, S>,
        overlay: &mut Overlay<'_>,
        request: &SignedTransaction,
    ) -> Result<Vote, Rejection> {
        let ChainPosition { shard, epoch, .. } = *overlay.position();
        let shards = context.identity.parameters().shards;
        let mut others = Shard::all(shards).filter(|other| *other != shard);
        if others.any(|other| context.identity.closed(other, epoch).is_some()) {
            return Err(Rejection::LedEpochExpired);
        }
        lock::apply_lock(&ShardEnvironment { rules: self, context }, overlay, request)
    }
}

/// States, steps, and every property that fails, with the length of the shortest way to it.
fn found(check: &Check) -> (usize, u64, Vec<(&'static str, usize)>) {
    let findings = check.run().findings;
    let failures = findings.failures.iter();
    let failures = failures.map(|failure| (failure.property, failure.actions.len()));
    (findings.unique_states, findings.generated, failures.collect())
}

#[test]
fn what_registered_rules_answer_does_not_depend_on_lists_outside_sweeps() {
    let specification = quick().into_iter().map(|plan| {
        let all_visible = Check::new(plan.clone(), "", &Specification).unwrap();
        (all_visible, Check::of_specification(plan).unwrap(), "specification")
    });
    let variants = registry().iter().flat_map(|variant| {
        let plans = [variant.expectation.configuration, "k2-l1-t1-e3"];
        plans.map(|name| {
            let plan = || by_name(name).unwrap();
            let all_visible = Check::new(plan(), "", variant.ideal).unwrap();
            (all_visible, Check::of_variant(plan(), variant).unwrap(), variant.name)
        })
    });
    for (mut all_visible, mut closings_only, rules) in specification.chain(variants) {
        all_visible.bounds.states_max = 20_000;
        closings_only.bounds.states_max = 20_000;
        let name = &all_visible.model.plan.name;
        assert_eq!(found(&all_visible), found(&closings_only), "{rules} in {name}");
    }
}

#[test]
fn a_rule_that_looks_at_lists_in_a_lock_is_caught_unless_they_are_hidden() {
    let check = || Check::new(late(), "looks at its list", &LooksAtItsList).unwrap();
    let (_, _, failures) = found(&check());
    assert!(failures.contains(&(ONE_VOTE, 3)), "{failures:?}");
    let hidden = Check { model: check().model.with_closings_visible_only(), ..check() };
    assert_eq!(hidden.run().verdict(), Verdict::Holds);
}

#[test]
fn real_shards_take_the_same_way_under_such_a_rule() {
    let mut shards = RealShards::new(&late(), &LooksAtItsList).unwrap();
    let request = NumberedMessage::Request { transaction: 1 };
    let mut take = |message: &NumberedMessage| shards.take(Shard(1), message, &[]).unwrap();
    assert_eq!(take(&request), RealStep::Block(Answer::Voted(Vote::Accepted)));
    assert_eq!(take(&NumberedMessage::Close), RealStep::Closed);
    let rejected = Vote::Rejected(Rejection::LedOutpointLocked);
    assert_eq!(take(&request), RealStep::Block(Answer::Voted(rejected)));
}

fn reachable(model: &Atomix) -> BTreeSet<CompactState> {
    let mut known = BTreeSet::from([model.first()]);
    let mut pending = vec![model.first()];
    while let Some(state) = pending.pop() {
        let mut actions = Vec::new();
        model.actions(&state, &mut actions);
        let next = actions.iter().map(|action| Atomix::after(&state, action));
        pending.extend(next.filter(|state| known.insert(*state)));
    }
    known
}

/// Every step of every state, put to the rules again without anything that was remembered.
fn assert_steps_are_what_the_rules_say_now(plan: Plan, rules: &'static ModelRules) {
    let model = Atomix::new(plan, "", rules).unwrap();
    for state in reachable(&model) {
        let mut actions = Vec::new();
        model.actions(&state, &mut actions);
        for shard in model.shards() {
            let local = Atomix::shard_state_id(&state, shard);
            let asked = model
                .with_memo(|memo| memo.ask_every_message(local, state.log, state.attestations));
            let is_step = |transition: &Transition| {
                let changes = transition.shard_state != local || transition.log != state.log;
                changes || !transition.attested.is_subset(state.attestations)
            };
            let expected = asked.into_iter().filter_map(|(_, answer)| answer.ok());
            let expected: Vec<Transition> = expected.filter(is_step).collect();
            let steps = actions.iter().filter(|action| action.shard == shard);
            let steps: Vec<Transition> = steps.map(|action| action.transition).collect();
            assert!(expected.iter().all(|taken| steps.contains(taken)), "shard {shard}: missing");
            assert!(steps.iter().all(|taken| expected.contains(taken)), "shard {shard}: too many");
        }
    }
}

#[test]
fn what_is_remembered_is_asked_again_when_the_log_looks_different() {
    let plans = || [shared(2, 1, 1, 2), shared(1, 1, 2, 2)];
    for plan in plans() {
        assert_steps_are_what_the_rules_say_now(plan, &Specification);
    }
    for plan in plans() {
        assert_steps_are_what_the_rules_say_now(plan, &WaitsForNobody);
    }
    assert_steps_are_what_the_rules_say_now(shared(2, 1, 1, 2), &LooksAtItsList);
}

#[test]
fn a_block_sees_no_sweep_due_unless_it_is_one() {
    let model = Atomix::new(shared(2, 1, 1, 2), "", &Specification).unwrap();
    let mut seen = BTreeSet::new();
    for state in reachable(&model) {
        model.with_memo(|memo| {
            let log = &memo.log(state.log).log;
            for shard in model.shards() {
                let local = memo.shard_state(Atomix::shard_state_id(&state, shard));
                let height = view_of_block(log, &local.state, false).height();
                assert_eq!(view_of_block(log, &local.state, true).height(), log.view().height());
                assert!(height >= local.state.position.identity_height);
                seen.insert(log.view().height() - height.0);
            }
        });
    }
    assert!(seen.len() > 1, "views that are cut, and views that are not: {seen:?}");
}
