//! A check of a plan under some rules, in any group.

use std::sync::Arc;

use ioschain_spec::Rejection;
use ioschain_spec::drp::rules::Specification;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;

use super::availability::Availability;
use super::best_response::{Fraction, Otherwise, best_response};
use super::plan::{InGroup, Plan};
use super::properties::Formulation;
use super::world::ModelRules;
use super::{Action, Drp, ModelGroup};
use crate::graph::{Bounds, Findings, GoOn, Graph, Watch};
use crate::trace::SPECIFICATION;
use crate::variants::drp_registry::DrpVariant;
use crate::verdict::Verdict;

/// A task that is done with a model, in any group.
pub trait Visit {
    /// The result of the task.
    type Output;

    /// Does the task.
    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> Self::Output;
}

/// The model that is checked: a plan, the rules, and how properties are decided.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The plan that is checked.
    pub plan: Plan,
    /// The variant whose rules are used. `None` means the rules of the specification.
    pub variant: Option<&'static DrpVariant>,
    /// How unbiasability is decided.
    pub formulation: Formulation,
    /// The only property that is checked. `None` means all properties.
    pub only: Option<&'static str>,
}

impl Subject {
    /// A plan under the specification. Unbiasability is decided by what the adversary knows.
    pub fn of_specification(plan: Plan) -> Self {
        Self { plan, variant: None, formulation: Formulation::Knowledge, only: None }
    }

    /// A plan under a variant. Unbiasability is decided by what the adversary knows.
    pub fn of_variant(plan: Plan, variant: &'static DrpVariant) -> Self {
        Self { variant: Some(variant), ..Self::of_specification(plan) }
    }

    /// Makes the model in the plan's group, and passes it to the visitor.
    ///
    /// # Errors
    /// A rejection of the plan by the specification.
    pub fn visit<V: Visit>(&self, visitor: &mut V) -> Result<V::Output, Rejection> {
        let variant = self.variant;
        match self.plan.in_group {
            InGroup::Toy5 => self.model::<ToyGroup<5>, V>(variant.map(|it| it.toy5), visitor),
            InGroup::Toy7 => self.model::<ToyGroup<7>, V>(variant.map(|it| it.toy7), visitor),
            InGroup::Toy11 => self.model::<ToyGroup<11>, V>(variant.map(|it| it.toy11), visitor),
            InGroup::Ristretto255 => {
                self.model::<Ristretto255, V>(variant.map(|it| it.ristretto255), visitor)
            }
        }
    }

    fn model<G: ModelGroup, V: Visit>(
        &self,
        rules: Option<fn() -> Arc<ModelRules<G>>>,
        visitor: &mut V,
    ) -> Result<V::Output, Rejection> {
        let rules = rules.map_or_else(|| Arc::new(Specification) as Arc<ModelRules<G>>, |it| it());
        let name = self.variant.map_or(SPECIFICATION, |variant| variant.name);
        let model = Drp::new(self.plan.clone(), name, rules, self.formulation)?;
        let model = match self.only {
            Some(property) => model.only(property),
            None => model,
        };
        Ok(visitor.visit(&model))
    }

    /// Explores the model with the second engine.
    ///
    /// # Errors
    /// A rejection of the plan by the specification.
    pub fn run(
        &self,
        bounds: Bounds,
        watch: &mut dyn FnMut(Watch) -> GoOn,
    ) -> Result<Findings<Action>, Rejection> {
        self.visit(&mut Exploring { bounds, watch })
    }
}

impl Subject {
    /// The exact probability with which the best adversary gets a number that it has chosen. This
    /// is for plans in toy groups with few coins.
    ///
    /// # Errors
    /// A rejection of the plan by the specification.
    pub fn best_response(&self, otherwise: Otherwise) -> Result<Option<Fraction>, Rejection> {
        self.visit(&mut BestPlay { otherwise })
    }
}

impl Subject {
    /// Whether the honest coins of each run are few enough to be counted.
    ///
    /// # Errors
    /// A rejection of the plan by the specification.
    pub fn is_countable(&self) -> Result<bool, Rejection> {
        self.visit(&mut Counting)
    }
}

/// The findings of an exploration in which the adversary may stop after any commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvailabilityFindings {
    /// Whether every state was seen.
    pub is_complete: bool,
    /// Whether the adversary stopped somewhere.
    pub stops: bool,
    /// The number of states in which the adversary has stopped and the honest validators can never
    /// all have one number.
    pub stuck: usize,
    /// The number of fair cycles of such states.
    pub fair_cycles: usize,
}

impl Subject {
    /// Whether the honest validators alone get a number from every state after a commit, decided by
    /// reachability. This is for plans in which validators receive shares.
    ///
    /// # Errors
    /// A rejection of the plan by the specification.
    pub fn availability(&self, bounds: Bounds) -> Result<AvailabilityFindings, Rejection> {
        self.visit(&mut CheckingAvailability { bounds })
    }
}

struct CheckingAvailability {
    bounds: Bounds,
}

impl Visit for CheckingAvailability {
    type Output = AvailabilityFindings;

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> AvailabilityFindings {
        let availability = Availability { model };
        let graph = Graph::explore(&availability, self.bounds, &mut |_| GoOn::Yes);
        let (findings, unresolved) = (graph.findings(), graph.unresolved());
        AvailabilityFindings {
            is_complete: findings.is_complete,
            stops: findings.missing_witnesses.is_empty(),
            stuck: unresolved.stuck.len(),
            fair_cycles: unresolved.fair_cycles.len(),
        }
    }
}

struct Counting;

impl Visit for Counting {
    type Output = bool;

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> bool {
        let countable = |run| model.with_memo(|memo| memo.coins(run).is_some());
        (0..model.plan.runs).all(countable)
    }
}

struct BestPlay {
    otherwise: Otherwise,
}

impl Visit for BestPlay {
    type Output = Option<Fraction>;

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> Option<Fraction> {
        best_response(model, self.otherwise)
    }
}

struct Exploring<'a> {
    bounds: Bounds,
    watch: &'a mut dyn FnMut(Watch) -> GoOn,
}

impl Visit for Exploring<'_> {
    type Output = Findings<Action>;

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> Findings<Action> {
        let mut findings = Graph::explore(model, self.bounds, self.watch).findings().clone();
        findings.is_complete &= !model.with_memo(|memo| memo.is_overfull);
        findings
    }
}

/// The verdict that follows from findings.
pub fn verdict(findings: &Findings<Action>) -> Verdict {
    Verdict::of(findings)
}
