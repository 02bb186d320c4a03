//! The second engine: breadth-first, over the same [`Model`] trait as stateright's own checkers.
//!
//! stateright says whether a property fails; this engine says it again, independently, and adds
//! what stateright does not have: counterexamples of minimal length, the whole graph of reachable
//! states, and from it deadlocks, states from which no resolved state can be reached, cycles that
//! weakly fair scheduling does not leave, and how often each kind of action occurs.
//!
//! States are not kept, except those of the current and the next layer: a state is a fingerprint,
//! the way it was first reached, and its edges. A path is made again by following action indices
//! from an initial state, so `init_states` and `actions` must be deterministic.

mod liveness;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hash};

use stateright::{Expectation, Model, Property};

use crate::fingerprint::{AlreadyHashed, fingerprint};

pub use liveness::Unresolved;

/// What the graph engine must know of a model besides what stateright must.
pub trait Liveness: Model {
    /// The kind of an action, for coverage and fairness. Few, and stable.
    fn kind(&self, action: &Self::Action) -> &'static str;

    /// Whether nothing is left to be done here. From every reachable state such a state should stay
    /// reachable.
    fn is_resolved(&self, state: &Self::State) -> bool;

    /// Whether an action of this kind happens in the end, if it stays possible all the time.
    fn is_fair(&self, kind: &'static str) -> bool;
}

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// When every reachable state was seen.
    AtTheEnd,
    /// After the layer in which the first property failed.
    AtFirstFailure,
}

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most states to keep; exceeding it ends the run as incomplete.
    pub states_max: usize,
    /// When to stop before that.
    pub stop: Stop,
}

/// More states than any configuration of the quick and full tiers has. A graph of so many states
/// takes about 6 GB.
pub const STATES_MAX: usize = 50_000_000;

/// A property that failed, or a witness that was found, with the shortest way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery<A> {
    /// The property's name, which begins with its requirement id.
    pub property: &'static str,
    /// The actions from the initial state; no shorter sequence exists.
    pub actions: Vec<A>,
}

/// What an exploration found.
#[derive(Clone, Debug)]
pub struct Findings<A> {
    /// States with different fingerprints.
    pub unique_states: usize,
    /// Steps taken, whether the state was new or not; the initial states included.
    pub generated: u64,
    /// The number of actions to the farthest state.
    pub depth: usize,
    /// Whether every reachable state was seen.
    pub is_complete: bool,
    /// `always` properties that fail.
    pub failures: Vec<Discovery<A>>,
    /// `sometimes` properties that are witnessed.
    pub witnesses: Vec<Discovery<A>>,
    /// `sometimes` properties without a witness.
    pub missing_witnesses: Vec<&'static str>,
    /// How often an action of each kind changed the state.
    pub actions_by_kind: BTreeMap<&'static str, u64>,
    /// The memory that the graph has allocated for its states, in bytes.
    pub bytes_of_states: usize,
    /// And for its edges.
    pub bytes_of_edges: usize,
}

/// The reachable states and what leads from one to another.
pub struct Graph<'a, M: Liveness> {
    model: &'a M,
    indices: HashMap<u64, u32, BuildHasherDefault<AlreadyHashed>>,
    /// How each state was first reached. An initial state is its own parent.
    reached_by: Vec<Step>,
    is_resolved: Vec<bool>,
    /// State i's edges are those from `first_edge[i]` up to `first_edge[i + 1]`.
    first_edge: Vec<u64>,
    targets: Vec<u32>,
    kinds_of_edges: Vec<u8>,
    kinds: Vec<&'static str>,
    findings: Findings<M::Action>,
}

/// An action of a state, by its place in the list of its actions.
#[derive(Clone, Copy, Debug)]
struct Step {
    from: u32,
    action: u32,
}

/// A look at a run that is under way.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    /// Unique states so far.
    pub unique_states: usize,
    /// The layer at hand.
    pub depth: usize,
}

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoOn {
    /// It does.
    Yes,
    /// It ends here, as incomplete.
    No,
}

/// How many states are expanded between two looks.
const STATES_BETWEEN_LOOKS: usize = 10_000;

impl<'a, M> Graph<'a, M>
where
    M: Liveness,
    M::State: Clone + Hash,
    M::Action: Clone,
{
    /// Explores breadth-first from the initial states.
    ///
    /// # Panics
    /// For a model with an `eventually` property: neither stateright nor this engine decides those.
    pub fn explore(model: &'a M, bounds: Bounds, watch: &mut dyn FnMut(Watch) -> GoOn) -> Self {
        let properties = model.properties();
        let eventually = properties.iter().find(|p| p.expectation == Expectation::Eventually);
        assert!(eventually.is_none(), "`eventually` properties are not decided; use the graph");
        let mut graph = Self::empty(model);
        let mut search = Search { properties, failures: Vec::new(), witnesses: Vec::new() };
        let mut layer = Vec::new();
        for (action, state) in (0..).zip(model.init_states()) {
            let own = u32::try_from(graph.reached_by.len()).unwrap_or(u32::MAX);
            if let (index, true) = graph.insert(&state, Step { from: own, action }) {
                search.look_at(model, &state, index);
                layer.push((index, state));
            }
        }
        graph.findings.generated = layer.len() as u64;
        let mut is_complete = true;
        while !layer.is_empty() {
            let failed = bounds.stop == Stop::AtFirstFailure && !search.failures.is_empty();
            let Some(next) = (!failed)
                .then(|| graph.expand_layer(&layer, &mut search, bounds.states_max, watch))
                .flatten()
            else {
                is_complete = false;
                break;
            };
            if !next.is_empty() {
                graph.findings.depth += 1;
            }
            layer = next;
        }
        graph.conclude(search, is_complete);
        graph
    }

    fn empty(model: &'a M) -> Self {
        Self {
            model,
            indices: HashMap::default(),
            reached_by: Vec::new(),
            is_resolved: Vec::new(),
            first_edge: Vec::new(),
            targets: Vec::new(),
            kinds_of_edges: Vec::new(),
            kinds: Vec::new(),
            findings: Findings {
                unique_states: 0,
                generated: 0,
                depth: 0,
                is_complete: false,
                failures: Vec::new(),
                witnesses: Vec::new(),
                missing_witnesses: Vec::new(),
                actions_by_kind: BTreeMap::new(),
                bytes_of_states: 0,
                bytes_of_edges: 0,
            },
        }
    }

    /// The memory for the index of fingerprints (one control byte for each pair) and, for each
    /// state, for how it was reached, whether it is resolved, and where its edges begin.
    fn bytes_of_states(&self) -> usize {
        let index = self.indices.capacity() * (size_of::<(u64, u32)>() + 1);
        let reached_by = self.reached_by.capacity() * size_of::<Step>();
        let first_edge = self.first_edge.capacity() * size_of::<u64>();
        index + reached_by + first_edge + self.is_resolved.capacity()
    }

    fn bytes_of_edges(&self) -> usize {
        self.targets.capacity() * size_of::<u32>() + self.kinds_of_edges.capacity()
    }

    /// Steps from every state of a layer; the states that are new. `None` if a bound is met.
    fn expand_layer(
        &mut self,
        layer: &[(u32, M::State)],
        search: &mut Search<M>,
        states_max: usize,
        watch: &mut dyn FnMut(Watch) -> GoOn,
    ) -> Option<Vec<(u32, M::State)>> {
        let mut next = Vec::new();
        let mut actions = Vec::new();
        for (place, (from, state)) in layer.iter().enumerate() {
            if place % STATES_BETWEEN_LOOKS == 0 {
                let look = Watch { unique_states: self.len(), depth: self.findings.depth };
                if watch(look) == GoOn::No {
                    return None;
                }
            }
            self.first_edge.push(self.targets.len() as u64);
            self.model.actions(state, &mut actions);
            for (action, taken) in (0u32..).zip(actions.drain(..)) {
                let kind = self.kind_index(self.model.kind(&taken));
                let Some(target) = self.model.next_state(state, taken) else { continue };
                if !self.model.within_boundary(&target) {
                    continue;
                }
                self.findings.generated += 1;
                let (index, is_new) = self.insert(&target, Step { from: *from, action });
                self.targets.push(index);
                self.kinds_of_edges.push(kind);
                if is_new {
                    search.look_at(self.model, &target, index);
                    next.push((index, target));
                }
            }
            if self.len() > states_max {
                return None;
            }
        }
        Some(next)
    }

    /// The index of a state, and whether it is new.
    fn insert(&mut self, state: &M::State, step: Step) -> (u32, bool) {
        let fresh = u32::try_from(self.reached_by.len()).expect("fewer than 2^32 states");
        match self.indices.entry(fingerprint(state)) {
            Entry::Occupied(known) => (*known.get(), false),
            Entry::Vacant(vacant) => {
                vacant.insert(fresh);
                self.reached_by.push(step);
                self.is_resolved.push(self.model.is_resolved(state));
                (fresh, true)
            }
        }
    }

    fn kind_index(&mut self, kind: &'static str) -> u8 {
        let known = self.kinds.iter().position(|known| *known == kind);
        let index = known.unwrap_or_else(|| {
            self.kinds.push(kind);
            self.kinds.len() - 1
        });
        u8::try_from(index).expect("fewer than 256 kinds of actions")
    }

    fn conclude(&mut self, search: Search<M>, is_complete: bool) {
        let (bytes_of_states, bytes_of_edges) = (self.bytes_of_states(), self.bytes_of_edges());
        self.indices = HashMap::default();
        self.first_edge.resize(self.len() + 1, self.targets.len() as u64);
        let discovery = |(property, state): (&'static str, u32)| Discovery {
            property,
            actions: self.path_to(state),
        };
        let witnessed = |name: &str| search.witnesses.iter().any(|(found, _)| *found == name);
        let sometimes =
            search.properties.iter().filter(|p| p.expectation == Expectation::Sometimes);
        let missing_witnesses = sometimes.map(|p| p.name).filter(|name| !witnessed(name)).collect();
        let failures = search.failures.iter().copied().map(discovery).collect();
        let witnesses = search.witnesses.iter().copied().map(discovery).collect();
        let mut actions_by_kind = BTreeMap::new();
        for kind in &self.kinds_of_edges {
            *actions_by_kind.entry(self.kinds[usize::from(*kind)]).or_default() += 1;
        }
        self.findings = Findings {
            unique_states: self.len(),
            is_complete,
            failures,
            witnesses,
            missing_witnesses,
            actions_by_kind,
            bytes_of_states,
            bytes_of_edges,
            ..self.findings.clone()
        };
    }

    /// The actions on the shortest way to a state.
    pub fn path_to(&self, state: u32) -> Vec<M::Action> {
        let mut steps = Vec::new();
        let mut at = state;
        loop {
            let step = self.reached_by[at as usize];
            steps.push(step.action as usize);
            if step.from == at {
                break;
            }
            at = step.from;
        }
        let mut steps = steps.into_iter().rev();
        let first = steps.next().expect("a path begins with an initial state");
        let mut state = self.model.init_states().swap_remove(first);
        let mut taken = Vec::new();
        for place in steps {
            let mut actions = Vec::new();
            self.model.actions(&state, &mut actions);
            let action = actions.swap_remove(place);
            state = self
                .model
                .next_state(&state, action.clone())
                .expect("a step that changed the state changes it again");
            taken.push(action);
        }
        taken
    }

    /// What the exploration found.
    pub fn findings(&self) -> &Findings<M::Action> {
        &self.findings
    }
}

impl<M: Liveness> Graph<'_, M> {
    /// How many states there are.
    pub fn len(&self) -> usize {
        self.reached_by.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.reached_by.is_empty()
    }

    fn edges(&self, state: usize) -> impl Iterator<Item = (u32, u8)> {
        let range = self.first_edge[state] as usize..self.first_edge[state + 1] as usize;
        let kinds = self.kinds_of_edges[range.clone()].iter();
        self.targets[range].iter().copied().zip(kinds.copied())
    }
}

/// The properties, and the first state for each that is decided.
struct Search<M: Model> {
    properties: Vec<Property<M>>,
    failures: Vec<(&'static str, u32)>,
    witnesses: Vec<(&'static str, u32)>,
}

impl<M: Model> Search<M> {
    fn look_at(&mut self, model: &M, state: &M::State, index: u32) {
        for property in &self.properties {
            let (found, due) = match property.expectation {
                Expectation::Always => (&mut self.failures, false),
                _ => (&mut self.witnesses, true),
            };
            let known = found.iter().any(|(name, _)| *name == property.name);
            if !known && (property.condition)(model, state) == due {
                found.push((property.name, index));
            }
        }
    }
}
