//! Atomix for a search that looks at one of several states which differ in names only.
//!
//! Payments of a plan that are equal but for their salt can exchange their names: whatever one of them
//! can do, the other can. States that such an exchange leads to form an orbit, and the search needs to go
//! on from one of them (Ip and Dill, "Better verification through symmetry", 1996; stateright's
//! `symmetry`). That presumes rules in which nothing depends on which of two ids is the smaller, as the
//! specification's are: it orders lists by id, and the order decides nothing. A variant by which the
//! smaller id wins must be searched without.

use std::sync::{PoisonError, RwLock};

use stateright::{Model, Path, Property, Representative};

use super::limits::SHARDS_MAX;
use super::plan::{Plan, Source};
use super::steps::{Renaming, Steps, bit, members};
use super::{Action, Atomix, State};

/// The model, with the representative of every state beside it.
pub struct Symmetric {
    /// The model itself.
    pub model: Atomix,
    names: RwLock<Vec<Names>>,
}

/// A state, and the one that stands for all that differ from it in names only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sighting {
    /// The state.
    pub state: State,
    representative: State,
}

impl Representative for Sighting {
    fn representative(&self) -> Self {
        Self { state: self.representative, representative: self.representative }
    }
}

/// A renaming, with what it was asked before: at the place of a number its new number.
struct Names {
    renaming: Renaming,
    locals: Vec<Option<u32>>,
    logs: Vec<Option<u32>>,
    attestations: Vec<Option<u32>>,
    outpoints: Vec<Option<u32>>,
}

impl Symmetric {
    /// The model with all exchanges of equal payments. What it finds holds for rules in which nothing
    /// depends on which of two ids is the smaller; nobody checks that here. Every exchange is tried on
    /// every state: eight equal payments, the most that a plan has, have 40,320 of them.
    pub fn new(model: Atomix) -> Self {
        let orders = orders(&model.plan);
        let names = orders.iter().map(|order| Names {
            renaming: model.with_steps(|steps| steps.renaming(order)),
            locals: Vec::new(),
            logs: Vec::new(),
            attestations: Vec::new(),
            outpoints: Vec::new(),
        });
        let names = RwLock::new(names.collect());
        Self { model, names }
    }

    /// A state under each renaming, the one that changes nothing first.
    pub fn orbit(&self, state: &State) -> Vec<State> {
        let known = self.names.read().unwrap_or_else(PoisonError::into_inner);
        let orbit: Option<Vec<State>> =
            known.iter().map(|names| names.known(&self.model, state)).collect();
        drop(known);
        orbit.unwrap_or_else(|| {
            let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
            let rename = |names: &mut Names| {
                self.model.with_steps(|steps| {
                    names.learn(&self.model, steps, state);
                    names.known(&self.model, state)
                })
            };
            names.iter_mut().filter_map(rename).collect()
        })
    }

    fn sighting(&self, state: State) -> Sighting {
        let representative = self.orbit(&state).into_iter().min().unwrap_or(state);
        Sighting { state, representative }
    }
}

impl Names {
    /// A state under the new names; `None` if some of it was never asked for.
    fn known(&self, model: &Atomix, state: &State) -> Option<State> {
        let mut locals = [0; SHARDS_MAX];
        for shard in model.shards() {
            let place = usize::from(shard) - 1;
            locals[place] = known(&self.locals, state.locals[place])?;
        }
        let bits_of = |table: &[Option<u32>], bits: u64| {
            members(bits).try_fold(0, |all, old| Some(all | bit(known(table, old.into())?)))
        };
        Some(State {
            locals,
            log: known(&self.logs, state.log)?,
            pool: bits_of(&self.attestations, state.pool)?,
            existed: bits_of(&self.outpoints, state.existed)?,
            committed: self.renaming.transactions(state.committed),
            returned: self.renaming.transactions(state.returned),
            past: state.past,
        })
    }

    /// Asks for whatever of a state was never asked for.
    fn learn(&mut self, model: &Atomix, steps: &mut Steps, state: &State) {
        let names = &self.renaming;
        for shard in model.shards() {
            let local = Atomix::local(state, shard);
            remember(&mut self.locals, local, || steps.rename_local(local, names));
        }
        remember(&mut self.logs, state.log, || steps.rename_log(state.log, names));
        for number in members(state.pool) {
            let table = &mut self.attestations;
            remember(table, number.into(), || steps.rename_attestation(number, names));
        }
        for number in members(state.existed) {
            let table = &mut self.outpoints;
            remember(table, number.into(), || steps.rename_outpoint(number, names));
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

/// The orders of a plan's transactions that exchange equal ones only, the plan's own first.
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

/// Whether two transactions of a plan can exchange their names: they are the same, or equal and nothing
/// spends what they leave.
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
    type State = Sighting;
    type Action = Action;

    fn init_states(&self) -> Vec<Sighting> {
        vec![self.sighting(self.model.first())]
    }

    fn actions(&self, seen: &Sighting, actions: &mut Vec<Action>) {
        self.model.actions(&seen.state, actions);
    }

    fn next_state(&self, seen: &Sighting, action: Action) -> Option<Sighting> {
        Some(self.sighting(Atomix::after(&seen.state, &action)))
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

    fn as_svg(&self, path: Path<Sighting, Action>) -> Option<String> {
        Some(self.model.trace(None, &path.into_actions()).as_svg())
    }
}

type Condition = fn(&Symmetric, &Sighting) -> bool;

/// A property's condition is a function without a memory, so there is one for each place among the
/// model's properties: no plan has more than these.
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

fn condition<const PLACE: usize>(symmetric: &Symmetric, seen: &Sighting) -> bool {
    let model = &symmetric.model;
    (model.properties[PLACE].condition)(model, &seen.state)
}
