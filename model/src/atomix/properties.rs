//! The properties that must be true in every state, and the states that some run must reach.
//!
//! Each property begins with the id of its requirement. [`explicit`] defines the properties on
//! states that are written out in full. The module `compact` asks the memoised engine the same
//! questions. The last property, resolution, is about the whole graph of states, and
//! [`crate::graph`] decides it.

use ioschain_spec::chain::conservation::conservation_sum;
use ioschain_spec::ledger::SUPPLY;
use ioschain_spec::suite::Ideal;
use stateright::Property;

use super::explicit::ExplicitAtomix;
use super::memoised::TransactionSet;
use super::plan::Plan;
use super::transition::AtomixState;
use super::{Atomix, CompactState};

/// If an output of a transaction is created, no input of it is given back.
pub const ATOMICITY: &str = "ATX-ATOMIC-01 atomicity";
/// If two transactions spend the same output, at most one of them commits.
pub const NO_DOUBLE_SPEND: &str = "ATX-SPEND-01 no double spend";
/// Outputs, locks, pools, and the outputs that are still to be created add up to the supply.
pub const CONSERVATION: &str = "LED-CONSERVE-01 conservation";
/// No shard attests two votes on a transaction.
pub const ONE_VOTE: &str = "ATX-LOCK-03 one vote";
/// An outpoint that was spent is never unspent again.
pub const FRESHNESS: &str = "ATX-ABORT-05 freshness";
/// A request with forged witnesses changes nothing.
pub const STRANGERS: &str = "ATX-LOCK-05 strangers end nothing";
/// No row is kept after the epoch that follows its expiry epoch.
pub const MEMORY: &str = "ATX-CLOSE-02 memory is bounded";
/// From every reachable state, a state can be reached in which nothing is locked and nothing is
/// left to create.
pub const RESOLUTION: &str = "ATX-RESOLVE-01 resolution";

/// The properties that must be true in every state.
pub const SAFETY: [&str; 7] =
    [ATOMICITY, NO_DOUBLE_SPEND, CONSERVATION, ONE_VOTE, FRESHNESS, STRANGERS, MEMORY];

/// Some transaction of several shards commits.
pub const COMMITS: &str = "a transaction commits across shards";
/// Some transaction that had locked an input aborts.
pub const ABORTS: &str = "a transaction aborts after a partial lock";
/// A refund is spent by the next attempt.
pub const RETRIES: &str = "a refund is spent";
/// A sweep settles some transaction.
pub const SWEEPS: &str = "a sweep settles a transaction";

/// The properties of a plan: all safety properties, and the states that the plan is made to reach.
pub fn explicit(plan: &Plan, has_conflicts: bool) -> Vec<Property<ExplicitAtomix>> {
    let mut properties = vec![
        Property::always(ATOMICITY, |_, state: &AtomixState| {
            state.history.committed.intersection(state.history.returned).is_empty()
        }),
        Property::always(NO_DOUBLE_SPEND, |model: &ExplicitAtomix, state: &AtomixState| {
            !both_commit(&model.conflicts, state.history.committed)
        }),
        Property::always(CONSERVATION, |_, state: &AtomixState| {
            let shards: Vec<_> = state.shards.iter().collect();
            conservation_sum(&Ideal, &shards, &state.closed.retained) == Ok(SUPPLY)
        }),
        Property::always(ONE_VOTE, |_, state: &AtomixState| {
            let votes = || state.attestations.iter();
            !votes().any(|vote| votes().any(|other| vote.contradicts(other)))
        }),
        Property::always(FRESHNESS, |_, state: &AtomixState| !state.history.events.revived),
        Property::always(STRANGERS, |_, state: &AtomixState| !state.history.events.forged),
        Property::always(MEMORY, |_, state: &AtomixState| {
            state.shards.iter().all(|shard| {
                let mut rows = shard.decisions.values();
                rows.all(|row| shard.position.epoch <= row.expiry_epoch.saturating_add(1))
            })
        }),
        Property::sometimes(COMMITS, |model: &ExplicitAtomix, state: &AtomixState| {
            model.transactions.iter().any(|signable| state.commits_of(signable) > 1)
        }),
    ];
    if must_abort(plan, has_conflicts) {
        let returned = |_: &ExplicitAtomix, state: &AtomixState| !state.history.returned.is_empty();
        properties.push(Property::sometimes(ABORTS, returned));
    }
    if plan.epochs > 0 {
        let swept = |_: &ExplicitAtomix, state: &AtomixState| state.history.events.swept;
        properties.push(Property::sometimes(SWEEPS, swept));
    }
    if has_retries(plan) {
        properties.push(Property::sometimes(
            RETRIES,
            |model: &ExplicitAtomix, state: &AtomixState| {
                retry_commits(&model.plan, state.history.committed)
            },
        ));
    }
    properties
}

/// The same properties for the memoised engine.
pub(super) fn compact(plan: &Plan, has_conflicts: bool) -> Vec<Property<Atomix>> {
    let mut properties = vec![
        Property::always(ATOMICITY, |_, state: &CompactState| {
            state.committed.intersection(state.returned).is_empty()
        }),
        Property::always(NO_DOUBLE_SPEND, |model: &Atomix, state: &CompactState| {
            !both_commit(&model.conflicts, state.committed)
        }),
        Property::always(CONSERVATION, |model: &Atomix, state| {
            model.supply_remembered(state) == Some(SUPPLY)
        }),
        Property::always(ONE_VOTE, |model: &Atomix, state: &CompactState| {
            !model.read_memo(|memo| memo.has_contradiction(state.attestations))
        }),
        Property::always(FRESHNESS, |_, state: &CompactState| !state.events.revived),
        Property::always(STRANGERS, |_, state: &CompactState| !state.events.forged),
        Property::always(MEMORY, |model: &Atomix, state| !model.has_outlived_row(state)),
        Property::sometimes(COMMITS, |model: &Atomix, state| model.has_committed_across(state)),
    ];
    if must_abort(plan, has_conflicts) {
        let returned = |_: &Atomix, state: &CompactState| !state.returned.is_empty();
        properties.push(Property::sometimes(ABORTS, returned));
    }
    if plan.epochs > 0 {
        let swept = |_: &Atomix, state: &CompactState| state.events.swept;
        properties.push(Property::sometimes(SWEEPS, swept));
    }
    if has_retries(plan) {
        properties.push(Property::sometimes(RETRIES, |model: &Atomix, state: &CompactState| {
            retry_commits(&model.plan, state.committed)
        }));
    }
    properties
}

/// Whether two transactions of some pair have both committed.
fn both_commit(pairs: &[(usize, usize)], committed: TransactionSet) -> bool {
    let has_committed = |transaction: usize| committed.contains(transaction as u32);
    pairs.iter().any(|(one, other)| has_committed(*one) && has_committed(*other))
}

/// Whether some run of a plan must abort a transaction that had locked an input.
fn must_abort(plan: &Plan, has_conflicts: bool) -> bool {
    (has_conflicts || plan.epochs > 0) && plan.has_partial_locks()
}

/// Whether a plan has a transaction that spends a refund.
fn has_retries(plan: &Plan) -> bool {
    (0..plan.transactions.len()).any(|transaction| plan.is_retry(transaction))
}

/// Whether a transaction that spends a refund has committed.
fn retry_commits(plan: &Plan, committed: TransactionSet) -> bool {
    committed.members().any(|transaction| plan.is_retry(usize::from(transaction)))
}
