//! What must hold of every run, and what some run must reach.
//!
//! Each property begins with the requirement that it states. The last one, resolution, speaks of the
//! whole graph of states and is decided by [`crate::graph`].

use stateright::Property;

use super::plan::Plan;
use super::{Atomix, State, is_retry};
use ioschain_spec::ledger::SUPPLY;

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
/// A request with a garbage witness changes nothing.
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
pub(super) fn of(plan: &Plan, has_conflicts: bool) -> Vec<Property<Atomix>> {
    let mut properties = vec![
        Property::always(ATOMICITY, |_, state: &State| state.committed & state.returned == 0),
        Property::always(NO_DOUBLE_SPEND, |model: &Atomix, state: &State| {
            let committed = |transaction: usize| state.committed >> transaction & 1 == 1;
            !model.conflicts.iter().any(|(one, other)| committed(*one) && committed(*other))
        }),
        Property::always(CONSERVATION, |model: &Atomix, state| {
            model.supply_remembered(state) == Some(SUPPLY)
        }),
        Property::always(ONE_VOTE, |model: &Atomix, state: &State| {
            !model.read_steps(|steps| steps.has_rivals(state.pool))
        }),
        Property::always(FRESHNESS, |_, state: &State| !state.past.revived),
        Property::always(STRANGERS, |_, state: &State| !state.past.garbled),
        Property::always(MEMORY, |model: &Atomix, state: &State| {
            model.read_steps(|steps| {
                !model.shards().any(|shard| steps.local(Atomix::local(state, shard)).is_hoarding)
            })
        }),
        Property::sometimes(COMMITS, |model: &Atomix, state| model.has_committed_across(state)),
    ];
    if (has_conflicts || plan.epochs > 0) && plan.has_partial_locks() {
        properties.push(Property::sometimes(ABORTS, |_, state: &State| state.returned != 0));
    }
    if plan.epochs > 0 {
        properties.push(Property::sometimes(SWEEPS, |_, state: &State| state.past.swept));
    }
    if (0..plan.transactions.len()).any(|transaction| is_retry(plan, transaction)) {
        properties.push(Property::sometimes(RETRIES, |model: &Atomix, state: &State| {
            let committed = |transaction: &usize| state.committed >> transaction & 1 == 1;
            let mut all = 0..model.plan.transactions.len();
            all.any(|transaction| committed(&transaction) && is_retry(&model.plan, transaction))
        }));
    }
    properties
}
