//! A check: one configuration under some rules, and what came of it.
//!
//! ```
//! use ioschain_model::atomix::configurations::shared;
//! use ioschain_model::check::{Check, Verdict};
//!
//! let outcome = Check::of_specification(shared(2, 1, 1, 0)).unwrap().run();
//! assert_eq!(outcome.verdict(), Verdict::Holds);
//! assert_eq!(outcome.findings.unique_states, 11);
//! ```

use std::fmt;

use ioschain_spec::atomix::Specification;
use serde::Serialize;

use crate::atomix::limits::PlanError;
use crate::atomix::observed_suite::ModelRules;
use crate::atomix::plan::Plan;
use crate::atomix::properties::RESOLUTION;
use crate::atomix::{Action, Atomix};
use crate::graph::{Bounds, Discovery, Findings, GoOn, Graph, Stop, Unresolved, Watch};
use crate::trace::SPECIFICATION;
use crate::variants::Variant;

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
    /// States from which nothing resolves; `None` if that was not decided, because not every state was
    /// seen.
    pub unresolvable: Option<usize>,
    /// Of those, the ones in which nothing can happen at all.
    pub deadlocks: Option<usize>,
    /// Cycles of unresolved states that weakly fair scheduling need not leave.
    pub fair_cycles: Option<usize>,
}

/// What a check shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every reachable state was seen, every property holds, and every witness was found.
    Holds,
    /// A property fails, or something that must be reachable is not.
    Fails,
    /// No property fails as far as the run went.
    Incomplete,
}

impl Verdict {
    /// What findings show.
    pub fn of<A>(findings: &Findings<A>) -> Self {
        match (findings.failures.is_empty(), findings.is_complete) {
            (false, _) => Self::Fails,
            (true, false) => Self::Incomplete,
            (true, true) if findings.missing_witnesses.is_empty() => Self::Holds,
            (true, true) => Self::Fails,
        }
    }

    /// [`Verdict::Holds`] or [`Verdict::Fails`].
    pub fn holds_if(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }

    /// What several checks show together: a failure counts more than an incomplete run.
    pub fn of_all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().fold(Self::Holds, |all, one| match (all, one) {
            (Self::Fails, _) | (_, Self::Fails) => Self::Fails,
            (Self::Incomplete, _) | (_, Self::Incomplete) => Self::Incomplete,
            (Self::Holds, Self::Holds) => Self::Holds,
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Incomplete => "incomplete",
        })
    }
}

/// More than any configuration of the quick and full tiers has; a graph of so many states takes about
/// 6 GB.
pub const STATES_MAX: usize = 50_000_000;

impl Check {
    /// Everything that can be reached in a configuration, under any rules; see [`Atomix::new`] for what
    /// they are shown.
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
    pub fn of_variant(plan: Plan, variant: &Variant) -> Result<Self, PlanError> {
        Ok(Self::new(plan, variant.name, variant.ideal)?.with_closings_visible_only())
    }

    /// The specification and the registered variants read the roots of expiry lists in sweeps alone, so
    /// they need not be asked again for every list (`tests/log_visibility.rs` compares).
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
