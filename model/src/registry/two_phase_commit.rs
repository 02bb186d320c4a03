//! Two-phase commit in the registry: the engines against numbers of states that other checkers
//! give.

use std::thread::sleep;
use std::time::{Duration, Instant};

use ioschain_spec::Section;
use stateright::{Checker as _, Model as _};

use super::{
    CheckOption, Configuration, Exploration, ModelError, Observer, Refusal, RegisteredModel,
    Request, Tier,
};
use crate::fingerprint::collision_probability;
use crate::graph::{Bounds, GoOn, Graph, Stop, Watch};
use crate::report::{CheckReport, Checks};
use crate::trace::SPECIFICATION;
use crate::two_phase_commit::TwoPhaseCommit;
use crate::verdict::Verdict;

/// See the module.
pub(super) struct RegisteredTwoPhaseCommit;

const NAME: &str = "two-phase-commit";

/// A number of resource managers, and the number of states that they give.
#[derive(Clone, Copy)]
struct Known {
    resource_managers: usize,
    states: usize,
    tier: Tier,
}

const KNOWN: [Known; 3] = [
    Known { resource_managers: 3, states: 288, tier: Tier::Quick },
    Known { resource_managers: 7, states: 296_448, tier: Tier::Quick },
    Known { resource_managers: 8, states: 1_745_408, tier: Tier::Full },
];

impl Known {
    fn name(self) -> String {
        let Self { resource_managers, states, .. } = self;
        format!("{resource_managers} resource managers, {states} states known")
    }

    fn configuration(self) -> Configuration {
        Configuration {
            name: self.name(),
            about: "the number of states must be the one that other checkers report".to_owned(),
            tier: self.tier,
            bounds: None,
        }
    }

    fn model(self) -> TwoPhaseCommit {
        TwoPhaseCommit { resource_managers: self.resource_managers }
    }

    fn check(self, observer: &mut dyn Observer) -> CheckReport {
        let started = Instant::now();
        let model = self.model();
        let bounds = Bounds { states_max: usize::MAX, stop: Stop::AtTheEnd };
        let graph = Graph::explore(&model, bounds, &mut |watch| observer.on_progress(watch));
        let findings = graph.findings();
        let is_complete = findings.is_complete;
        let depth_first = is_complete.then(|| states_depth_first(model, observer)).flatten();
        let agrees = findings.unique_states == self.states && depth_first == Some(self.states);
        let unresolved = depth_first.map(|_| graph.unresolved());
        CheckReport {
            seconds: started.elapsed().as_secs_f64(),
            verdict: match depth_first {
                None => Verdict::Incomplete,
                Some(_) => Verdict::holds_if(agrees && findings.failures.is_empty()),
            },
            collision_probability: collision_probability(findings.unique_states as u64),
            ..CheckReport::counting(NAME, SPECIFICATION, self.name(), findings)
        }
        .with_unresolved(unresolved.as_ref())
    }
}

/// The number of states that stateright counts; `None` after an interruption. Its thread then ends
/// with the program.
fn states_depth_first(model: TwoPhaseCommit, observer: &mut dyn Observer) -> Option<usize> {
    let checker = model.checker().spawn_dfs();
    while !checker.is_done() {
        let unique_states = checker.unique_state_count();
        if observer.on_progress(Watch { unique_states, depth: checker.max_depth() }) == GoOn::No {
            return None;
        }
        sleep(Duration::from_millis(10));
    }
    Some(checker.unique_state_count())
}

impl RegisteredModel for RegisteredTwoPhaseCommit {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "a known protocol, to calibrate the search engines; it checks no rule of the specification"
    }

    fn section(&self) -> Option<Section> {
        None
    }

    fn configurations(&self) -> Vec<Configuration> {
        KNOWN.map(Known::configuration).into()
    }

    fn larger_configurations(&self) -> Vec<Configuration> {
        self.configurations()
    }

    fn accept(&self, request: &Request) -> Result<(), Refusal> {
        let ignored = [
            CheckOption::Variant,
            CheckOption::Configuration,
            CheckOption::StatesMax,
            CheckOption::Seeds,
            CheckOption::TraceOut,
            CheckOption::Symmetry,
        ];
        request.refuse(&ignored, "this model is only checked against known numbers of states")?;
        request.refuse_nightly(NAME)
    }

    fn check(&self, request: &Request, observer: &mut dyn Observer) -> Result<Checks, ModelError> {
        let is_wanted = |known: &Known| match &request.configuration {
            Some(name) => known.name() == *name,
            None => known.tier <= request.tier(),
        };
        let wanted: Vec<Known> = KNOWN.into_iter().filter(is_wanted).collect();
        let names = wanted.iter().map(|known| known.name());
        let mut checks = Checks::planned(NAME, request.tier_in_words(), names);
        for known in wanted {
            if observer.goes_on() == GoOn::No {
                break;
            }
            checks.add(known.check(observer), observer)?;
        }
        Ok(checks)
    }

    fn explore(
        &self,
        variant: Option<&str>,
        configuration: Option<&str>,
    ) -> Result<Exploration, ModelError> {
        if let Some(variant) = variant {
            return Err(self.no_variant(variant));
        }
        let name = configuration.map_or_else(|| KNOWN[0].name(), str::to_owned);
        let known = KNOWN.into_iter().find(|known| known.name() == name);
        let known = known.ok_or_else(|| self.no_configuration(&name))?;
        Ok(Exploration::of(&name, SPECIFICATION, known.model()))
    }
}
