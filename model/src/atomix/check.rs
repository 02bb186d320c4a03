//! A check of Atomix: one configuration under some rules, and what came of it.
//!
//! ```
//! use ioschain_model::atomix::configurations::shared;
//! use ioschain_model::atomix::check::Check;
//! use ioschain_model::verdict::Verdict;
//!
//! let outcome = Check::of_specification(shared(2, 1, 1, 0)).unwrap().run();
//! assert_eq!(outcome.verdict(), Verdict::Holds);
//! assert_eq!(outcome.findings.unique_states, 11);
//! ```

use ioschain_spec::atomix::Specification;

use crate::atomix::limits::PlanError;
use crate::atomix::observed_suite::ModelRules;
use crate::atomix::plan::Plan;
use crate::atomix::properties::RESOLUTION;
use crate::atomix::{Action, Atomix};
use crate::graph::{Bounds, Discovery, Findings, GoOn, Graph, STATES_MAX, Stop, Unresolved, Watch};
use crate::trace::SPECIFICATION;
use crate::variants::AtomixVariant;
use crate::verdict::Verdict;

/// A check that is ready to run.
pub struct Check {
    /// The model.
    pub model: Atomix,
    /// How far to go.
    pub bounds: Bounds,
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct CheckOutcome {
    /// What the exploration found; resolution is among the failures.
    pub findings: Findings<Action>,
    /// States from which nothing resolves; `None` if that was not decided, because not every state
    /// was seen.
    pub unresolvable: Option<usize>,
    /// Of those, the ones in which nothing can happen at all.
    pub deadlocks: Option<usize>,
    /// Cycles of unresolved states that weakly fair scheduling need not leave.
    pub fair_cycles: Option<usize>,
}

impl Check {
    /// Everything that can be reached in a configuration, under any rules; see [`Atomix::new`] for
    /// what they are shown.
    ///
    /// # Errors
    /// A limit that the configuration exceeds, or the specification's rejection of its genesis.
    pub fn new(plan: Plan, name: &str, rules: &'static ModelRules) -> Result<Self, PlanError> {
        let bounds = Bounds { states_max: STATES_MAX, stop: Stop::AtTheEnd };
        Ok(Self { model: Atomix::new(plan, name, rules)?, bounds })
    }

    /// Everything that can be reached in a configuration under the specification's own rules.
    ///
    /// # Errors
    /// As for [`Check::new`].
    pub fn of_specification(plan: Plan) -> Result<Self, PlanError> {
        Ok(Self::new(plan, SPECIFICATION, &Specification)?.with_closings_visible_only())
    }

    /// Everything that can be reached in a configuration under a variant's rules.
    ///
    /// # Errors
    /// As for [`Check::new`].
    pub fn of_variant(plan: Plan, variant: &AtomixVariant) -> Result<Self, PlanError> {
        Ok(Self::new(plan, variant.name, variant.ideal)?.with_closings_visible_only())
    }

    /// The specification and the registered variants read the roots of expiry lists in sweeps
    /// alone, so they need not be asked again for every list (`tests/log_visibility.rs` compares).
    fn with_closings_visible_only(self) -> Self {
        Self { model: self.model.with_closings_visible_only(), ..self }
    }

    /// Ends after the layer in which the first property fails.
    #[must_use]
    pub fn to_first_failure(mut self) -> Self {
        self.bounds.stop = Stop::AtFirstFailure;
        self
    }

    /// Runs to the end of the bounds.
    pub fn run(&self) -> CheckOutcome {
        self.run_watched(&mut |_| GoOn::Yes)
    }

    /// Runs until `watch` says no.
    pub fn run_watched(&self, watch: &mut dyn FnMut(Watch) -> GoOn) -> CheckOutcome {
        let graph = Graph::explore(&self.model, self.bounds, watch);
        let mut findings = graph.findings().clone();
        if !findings.is_complete {
            return CheckOutcome {
                findings,
                unresolvable: None,
                deadlocks: None,
                fair_cycles: None,
            };
        }
        let Unresolved { stuck, deadlocks, fair_cycles } = graph.unresolved();
        if let Some(first) = stuck.first().filter(|_| self.model.must_resolve()) {
            let actions = graph.path_to(*first);
            findings.failures.push(Discovery { property: RESOLUTION, actions });
        }
        CheckOutcome {
            findings,
            unresolvable: Some(stuck.len()),
            deadlocks: Some(deadlocks.len()),
            fair_cycles: Some(fair_cycles.len()),
        }
    }
}

impl CheckOutcome {
    /// What it shows.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(&self.findings)
    }
}
