//! A reduction: of several states that differ in names only, the search continues from one.
//!
//! Payments of a plan that are equal except for their salt can exchange their names: whatever one
//! of them can do, the other can do. All states that such exchanges lead to are an orbit. The
//! search needs to continue from only one state of each orbit (Ip and Dill, "Better verification
//! through symmetry", 1996; stateright's `symmetry`). This is sound if nothing in the rules depends
//! on which of two ids is smaller. This is true of the specification: it sorts lists by id, but no
//! result depends on the order. A variant in which the smaller id wins must be searched without
//! this reduction.

use std::sync::{PoisonError, RwLock};

use stateright::{Model, Path, Property, Representative};

use super::model::{Action, Atomix, CompactState};
use super::{AttestationSet, OutpointSet, Renaming, ShardMemo};
use crate::atomix::limits::SHARDS_MAX;
use crate::atomix::plan::{Plan, Source};

/// The model, in which every state has a representative.
pub struct Symmetric {
    /// The model itself.
    pub model: Atomix,
    names: RwLock<Vec<Names>>,
}

/// A state, and the representative of all states that differ from it in names only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateWithRepresentative {
    /// The state that was reached.
    pub state: CompactState,
    representative: CompactState,
}

impl Representative for StateWithRepresentative {
    fn representative(&self) -> Self {
        Self { state: self.representative, representative: self.representative }
    }
}

/// A renaming and the results that are known for it: at the index of a number, its new number.
struct Names {
    renaming: Renaming,
    shard_states: Vec<Option<u32>>,
    logs: Vec<Option<u32>>,
    attestations: Vec<Option<u32>>,
    outpoints: Vec<Option<u32>>,
}

impl Symmetric {
    /// The model with all exchanges of equal payments. Its result is right only for rules in which
    /// nothing depends on which of two ids is smaller, and nobody checks this here. Every exchange
    /// is tried on every state. Eight equal payments, the most that a plan has, have 40,320
    /// exchanges.
    pub fn new(model: Atomix) -> Self {
        let orders = orders(&model.plan);
        let names = orders.iter().map(|order| Names {
            renaming: model.with_memo(|memo| memo.renaming(order)),
            shard_states: Vec::new(),
            logs: Vec::new(),
            attestations: Vec::new(),
            outpoints: Vec::new(),
        });
        let names = RwLock::new(names.collect());
        Self { model, names }
    }

    /// A state under each renaming. The renaming that changes nothing comes first.
    pub fn orbit(&self, state: &CompactState) -> Vec<CompactState> {
        let known = self.names.read().unwrap_or_else(PoisonError::into_inner);
        let orbit: Option<Vec<CompactState>> =
            known.iter().map(|names| names.known(&self.model, state)).collect();
        drop(known);
        orbit.unwrap_or_else(|| {
            let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
            let rename = |names: &mut Names| {
                self.model.with_memo(|memo| {
                    names.learn(&self.model, memo, state);
                    names.known(&self.model, state)
                })
            };
            names.iter_mut().filter_map(rename).collect()
        })
    }

    fn with_representative(&self, state: CompactState) -> StateWithRepresentative {
        let representative = self.orbit(&state).into_iter().min().unwrap_or(state);
        StateWithRepresentative { state, representative }
    }
}

impl Names {
    /// A state under the new names. `None` if some part of it is not in the cache.
    fn known(&self, model: &Atomix, state: &CompactState) -> Option<CompactState> {
        let mut shards = [0; SHARDS_MAX];
        for shard in model.shards() {
            let place = usize::from(shard) - 1;
            shards[place] = known(&self.shard_states, state.shards[place])?;
        }
        let mut attestations = AttestationSet::EMPTY;
        for old in state.attestations.members() {
            attestations.insert(known(&self.attestations, old.into())?);
        }
        let mut existed = OutpointSet::EMPTY;
        for old in state.existed.members() {
            existed.insert(known(&self.outpoints, old.into())?);
        }
        Some(CompactState {
            shards,
            log: known(&self.logs, state.log)?,
            attestations,
            existed,
            committed: self.renaming.transactions(state.committed),
            returned: self.renaming.transactions(state.returned),
            events: state.events,
        })
    }

    /// Computes and stores the new names of all parts of a state.
    fn learn(&mut self, model: &Atomix, memo: &mut ShardMemo, state: &CompactState) {
        let names = &self.renaming;
        for shard in model.shards() {
            let id = Atomix::shard_state_id(state, shard);
            remember(&mut self.shard_states, id, || memo.rename_shard_state(id, names));
        }
        remember(&mut self.logs, state.log, || memo.rename_log(state.log, names));
        for number in state.attestations.members() {
            let table = &mut self.attestations;
            remember(table, number.into(), || memo.rename_attestation(number, names));
        }
        for number in state.existed.members() {
            let table = &mut self.outpoints;
            remember(table, number.into(), || memo.rename_outpoint(number, names));
        }
    }
}

fn known(table: &[Option<u32>], number: u32) -> Option<u32> {
    *table.get(number as usize)?
}

fn remember(table: &mut Vec<Option<u32>>, number: u32, rename: impl FnOnce() -> u32) {
    let place = number as usize;
    if table.len() <= place {
        table.resize(place + 1, None);
    }
    table[place].get_or_insert_with(rename);
}

/// The orders of a plan's transactions that exchange equal ones only. The plan's own order comes
/// first.
fn orders(plan: &Plan) -> Vec<Vec<u8>> {
    let mut orders = vec![Vec::new()];
    for transaction in 0..plan.transactions.len() {
        let equals =
            (0..plan.transactions.len()).filter(|other| is_equal(plan, transaction, *other));
        let equals: Vec<u8> = equals.map(|other| other as u8).collect();
        let longer = |order: &Vec<u8>| {
            let free = equals.iter().filter(|other| !order.contains(other));
            free.map(|next| [order.clone(), vec![*next]].concat()).collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

/// Whether two transactions of a plan can exchange their names: they are the same transaction, or
/// they are equal and nothing spends their outputs or refunds.
fn is_equal(plan: &Plan, one: usize, other: usize) -> bool {
    let is_spent_from = |number: usize| {
        let mut sources = plan.transactions.iter().flat_map(|planned| &planned.inputs);
        sources.any(|source| match source {
            Source::Coin(_) => false,
            Source::Output { transaction, .. } | Source::Refund { transaction, .. } => {
                *transaction == number
            }
        })
    };
    let are_alike = plan.transactions[one] == plan.transactions[other];
    one == other || are_alike && !is_spent_from(one) && !is_spent_from(other)
}

impl Model for Symmetric {
    type State = StateWithRepresentative;
    type Action = Action;

    fn init_states(&self) -> Vec<StateWithRepresentative> {
        vec![self.with_representative(self.model.first())]
    }

    fn actions(&self, seen: &StateWithRepresentative, actions: &mut Vec<Action>) {
        self.model.actions(&seen.state, actions);
    }

    fn next_state(
        &self,
        seen: &StateWithRepresentative,
        action: Action,
    ) -> Option<StateWithRepresentative> {
        Some(self.with_representative(Atomix::after(&seen.state, &action)))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let of_model = self.model.properties().into_iter().enumerate();
        let of_state = |(place, property): (usize, Property<Atomix>)| {
            let Property { name, expectation, .. } = property;
            Property { name, expectation, condition: CONDITIONS[place] }
        };
        of_model.map(of_state).collect()
    }

    fn format_action(&self, action: &Action) -> String {
        self.model.format_action(action)
    }

    fn as_svg(&self, path: Path<StateWithRepresentative, Action>) -> Option<String> {
        Some(self.model.trace(None, &path.into_actions()).as_svg())
    }
}

type Condition = fn(&Symmetric, &StateWithRepresentative) -> bool;

/// The condition of a property is a function without a memory, so there is one function for each
/// index of the model's properties. No plan has more properties than these.
const CONDITIONS: [Condition; 11] = [
    condition::<0>,
    condition::<1>,
    condition::<2>,
    condition::<3>,
    condition::<4>,
    condition::<5>,
    condition::<6>,
    condition::<7>,
    condition::<8>,
    condition::<9>,
    condition::<10>,
];

fn condition<const PLACE: usize>(symmetric: &Symmetric, seen: &StateWithRepresentative) -> bool {
    let model = &symmetric.model;
    (model.properties[PLACE].condition)(model, &seen.state)
}
