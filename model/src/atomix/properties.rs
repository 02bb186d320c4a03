//! What must hold in every state, and what some run must reach.
//!
//! Each property begins with the requirement that it states. [`explicit`] says what the properties
//! are, on states that are written out in full. The module `compact` asks the memoised engine the
//! same questions. The last property, resolution, is about the whole graph of states, and
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

/// No output of a transaction is created while an input of it is given back.
pub const ATOMICITY: &str = "ATX-ATOMIC-01 atomicity";
/// Of two transactions that spend the same output at most one commits.
pub const NO_DOUBLE_SPEND: &str = "ATX-SPEND-01 no double spend";
/// Outputs, locks, what is owed, and pools add up to the supply.
pub const CONSERVATION: &str = "LED-CONSERVE-01 conservation";
/// No shard attests two votes on a transaction.
pub const ONE_VOTE: &str = "ATX-LOCK-03 one vote";
/// No outpoint comes back to life.
pub const FRESHNESS: &str = "ATX-ABORT-05 freshness";
/// A request with forged witnesses changes nothing.
pub const STRANGERS: &str = "ATX-LOCK-05 strangers end nothing";
/// No row outlives the epoch after its expiry.
pub const MEMORY: &str = "ATX-CLOSE-02 memory is bounded";
/// From every reachable state one can be reached in which nothing is locked or owed.
pub const RESOLUTION: &str = "ATX-RESOLVE-01 resolution";

/// Those that hold or fail in a state.
pub const SAFETY: [&str; 7] =
    [ATOMICITY, NO_DOUBLE_SPEND, CONSERVATION, ONE_VOTE, FRESHNESS, STRANGERS, MEMORY];

/// Some transaction of several shards commits.
pub const COMMITS: &str = "a transaction commits across shards";
/// Some transaction that had locked something aborts.
pub const ABORTS: &str = "a transaction aborts after a partial lock";
/// What an abort gave back is spent by the next try.
pub const RETRIES: &str = "a refund is spent";
/// A sweep settles something.
pub const SWEEPS: &str = "a sweep settles a transaction";

/// The properties of a plan: safety always, and what the plan is made to reach.
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

/// Whether some run of a plan aborts a transaction that had locked something.
fn must_abort(plan: &Plan, has_conflicts: bool) -> bool {
    (has_conflicts || plan.epochs > 0) && plan.has_partial_locks()
}

/// Whether a plan spends what an abort gives back.
fn has_retries(plan: &Plan) -> bool {
    (0..plan.transactions.len()).any(|transaction| plan.is_retry(transaction))
}

/// Whether a transaction has committed that spends what an abort gave back.
fn retry_commits(plan: &Plan, committed: TransactionSet) -> bool {
    committed.members().any(|transaction| plan.is_retry(usize::from(transaction)))
}
