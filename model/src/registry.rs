//! Every model, behind one trait.
//!
//! The commands `check`, `list`, `mutants`, `explore`, `replay` and `verify` iterate over
//! [`MODELS`] and name no model. A new model is one implementation of [`RegisteredModel`] and one
//! entry in the list.

mod atomix;
mod atomix_replay;
mod clients;
mod cosi;
mod depth_first;
mod drp;
mod request;
mod retake;
mod sharding;
mod two_phase_commit;

use std::fmt::Debug;
use std::hash::Hash;
use std::net::SocketAddr;

use ioschain_spec::{Rejection, Section};
use serde::Serialize;
use stateright::Model;

use crate::atomix::limits::PlanError;
use crate::atomix::swarm::Walk;
use crate::atomix::trace::TraceError;
use crate::graph::{GoOn, Watch};
use crate::reach::Reach;
use crate::real::MissingProof;
use crate::report::{CheckReport, Checks};
use crate::score::{Column, Row};

pub use request::{CheckOption, Refusal, Request, Tier};
pub use retake::NotATrace;

/// All models, in the order in which they are listed.
pub const MODELS: [&dyn RegisteredModel; 6] = [
    &atomix::RegisteredAtomix,
    &drp::RegisteredDrp,
    &sharding::RegisteredSharding,
    &cosi::RegisteredCosi,
    &clients::RegisteredClients,
    &two_phase_commit::RegisteredTwoPhaseCommit,
];

/// Former names of models, with the present names.
const FORMER_NAMES: [(&str, &str); 2] = [("lotteries", "sharding"), ("signing", "cosi")];

/// A model that the commands can use.
pub trait RegisteredModel: Sync {
    /// The name that the commands take. If the model is about one module of the specification, it
    /// has that module's name.
    fn name(&self) -> &'static str;

    /// What the model is about, in a few words.
    fn about(&self) -> &'static str;

    /// The section of the paper whose rules the model checks; `None` if it only calibrates the
    /// engines.
    fn section(&self) -> Option<Section>;

    /// The configurations that can be checked.
    fn configurations(&self) -> Vec<Configuration>;

    /// The weakened rules, each with the failure that it must cause.
    fn variants(&self) -> Vec<ModelVariant> {
        Vec::new()
    }

    /// Checks that every option of a request has an effect on this model.
    ///
    /// # Errors
    /// The first option that has no effect, and the reason.
    fn accept(&self, request: &Request) -> Result<(), Refusal>;

    /// Checks the configurations that a request asks for, until the observer interrupts.
    ///
    /// # Errors
    /// A name that the model does not know, or a rejection of a configuration by the specification.
    fn check(&self, request: &Request, observer: &mut dyn Observer) -> Result<Checks, ModelError>;

    /// Random walks through the configuration that a request asks for.
    ///
    /// # Errors
    /// As for [`RegisteredModel::check`]; most models have no random walks.
    fn walks(&self, _request: &Request) -> Result<Walks, ModelError> {
        Err(ModelError::NoWalks { model: self.name() })
    }

    /// The model of a configuration, ready to be explored in a browser. If no configuration is
    /// given, it is one that is small enough to look at.
    ///
    /// # Errors
    /// As for [`RegisteredModel::check`], or the reason why the model cannot be explored.
    fn explore(
        &self,
        variant: Option<&str>,
        configuration: Option<&str>,
    ) -> Result<Exploration, ModelError>;

    /// Takes the steps of a trace again with real cryptography. The trace is a JSON document.
    ///
    /// # Errors
    /// The reason why the document is not a trace of this model.
    fn replay(&self, _trace: &str) -> Result<Replay, ModelError> {
        Err(ModelError::NoReplay { model: self.name() })
    }

    /// Runs a variant in the configuration where it must cause a failure. If the model supports it,
    /// also runs the variant in the other small configurations.
    ///
    /// # Errors
    /// As for [`RegisteredModel::check`].
    fn score_variant(&self, variant: &str, states_max: usize) -> Result<Row, ModelError> {
        let _ = states_max;
        Err(self.no_variant(variant))
    }

    /// Runs the specification in every small configuration of the score. `rows` are the results of
    /// the model's own variants.
    ///
    /// # Errors
    /// As for [`RegisteredModel::check`].
    fn score_configurations(
        &self,
        rows: &[Row],
        states_max: usize,
    ) -> Result<Vec<Column>, ModelError> {
        let _ = (rows, states_max);
        Ok(Vec::new())
    }

    /// The configurations that `verify --tier full` checks beyond those of the score.
    fn larger_configurations(&self) -> Vec<Configuration> {
        Vec::new()
    }

    /// The error that a variant is unknown.
    fn no_variant(&self, name: &str) -> ModelError {
        ModelError::Unknown { model: self.name(), what: "variant", name: name.to_owned() }
    }

    /// The error that a configuration is unknown.
    fn no_configuration(&self, name: &str) -> ModelError {
        ModelError::Unknown { model: self.name(), what: "configuration", name: name.to_owned() }
    }
}

/// The model with a name.
///
/// # Errors
/// The error that no model has this name. If the model was renamed, the error gives the new name.
pub fn find(name: &str) -> Result<&'static dyn RegisteredModel, ModelError> {
    let found = MODELS.into_iter().find(|model| model.name() == name);
    found.ok_or_else(|| match FORMER_NAMES.iter().find(|(former, _)| *former == name) {
        Some((former, now)) => ModelError::Renamed { former, now },
        None => ModelError::NoModel { name: name.to_owned() },
    })
}

/// A configuration of a model.
#[derive(Clone, Debug, Serialize)]
pub struct Configuration {
    /// Its name, for `--configuration`.
    pub name: String,
    /// The contents or the purpose of the configuration.
    pub about: String,
    /// The tier that checks it.
    pub tier: Tier,
    /// The bounds of the configuration, if it is about payments between shards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Reach>,
}

/// A weakened rule of a model.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ModelVariant {
    /// Its name, for `--variant`.
    pub name: &'static str,
    /// What is weaker than in the specification.
    pub weakens: &'static str,
    /// The failure that the variant must cause.
    #[serde(flatten)]
    pub expectation: Expectation,
}

/// The shortest failure that a weakened rule must cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Expectation {
    /// The configuration in which the failure occurs.
    pub configuration: &'static str,
    /// The property that fails.
    pub property: &'static str,
    /// The number of steps until the failure. `None` if a count shows the failure.
    pub length: Option<usize>,
}

/// The caller of a check. It sees the progress, gets the results, and may end the run.
pub trait Observer {
    /// The progress of the current configuration. The answer says whether the check goes on.
    fn on_progress(&mut self, progress: Watch) -> GoOn;

    /// The report of a configuration whose check is complete.
    ///
    /// # Errors
    /// An error, if the observer cannot write.
    fn on_report(&mut self, report: &CheckReport) -> std::io::Result<()>;

    /// Whether the check goes on with the next configuration.
    fn goes_on(&self) -> GoOn;
}

/// An observer that does nothing: every check runs to its end.
#[derive(Clone, Copy, Debug)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn on_progress(&mut self, _progress: Watch) -> GoOn {
        GoOn::Yes
    }

    fn on_report(&mut self, _report: &CheckReport) -> std::io::Result<()> {
        Ok(())
    }

    fn goes_on(&self) -> GoOn {
        GoOn::Yes
    }
}

/// Random walks through one configuration.
pub struct Walks {
    /// The bounds of the configuration.
    pub reach: Reach,
    /// The walk of a seed, with at most the given number of steps.
    pub walk: Box<dyn Fn(u64, usize) -> Walk>,
}

/// A model that is ready to be explored in a browser.
pub struct Exploration {
    /// The configuration's name.
    pub configuration: String,
    /// The name of the rules.
    pub variant: String,
    /// Serves stateright's Explorer at an address until the program is ended.
    pub serve: Box<dyn FnOnce(SocketAddr)>,
}

impl Exploration {
    /// The exploration of any model.
    pub fn of<M>(configuration: &str, variant: &str, model: M) -> Self
    where
        M: Model + Send + Sync + 'static,
        M::State: Clone + Debug + Hash + PartialEq + Send + Sync,
        M::Action: Clone + Debug + PartialEq + Send + Sync,
    {
        Self {
            configuration: configuration.to_owned(),
            variant: variant.to_owned(),
            serve: Box::new(move |address| {
                model.checker().serve(address);
            }),
        }
    }
}

/// The result of a replay.
#[derive(Debug, Serialize)]
pub struct Replay {
    /// The model's name.
    pub model: String,
    /// The configuration's name.
    pub configuration: String,
    /// The name of the rules.
    pub variant: String,
    /// The property that the trace claims to break.
    pub property: Option<String>,
    /// Whether the property is false in the last state. It is null if the trace names no property,
    /// or if only the graph of all states decides the property.
    pub property_breaks: Option<bool>,
    /// Whether every step had the same result as in the model.
    pub agrees: bool,
    /// The part of the result that depends on the model.
    #[serde(flatten)]
    pub details: ReplayDetails,
    /// The result in words.
    #[serde(skip)]
    pub text: String,
    /// The reasons why the replay failed, one sentence each. If the list is empty, the replay
    /// succeeded.
    #[serde(skip)]
    pub failures: Vec<String>,
}

/// The part of a replay's result that depends on the model.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ReplayDetails {
    /// Real shards have made blocks.
    Blocks {
        /// The replayed steps, in order.
        steps: Vec<ReplayedStep>,
        /// The units of all shards at the end, as a decimal string. It is null if the sum
        /// overflows.
        supply_after: Option<String>,
        /// Whether these units are the supply.
        conserved: bool,
    },
    /// Machines have taken steps in the protocol's own group.
    Steps {
        /// The number of steps that were possible.
        steps_taken: usize,
    },
}

/// A step that a real shard took.
#[derive(Debug, Serialize)]
pub struct ReplayedStep {
    /// The number of the shard.
    pub shard: u16,
    /// The kind of message.
    pub message: String,
    /// The number of the transaction in the configuration, if the step is about one.
    pub transaction: Option<u8>,
    /// The answer of the shard.
    pub answer: String,
    /// The answer of the model.
    pub expected: String,
    /// The hash of the shard's last header.
    pub last_header: String,
}

/// The reason why a model cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No model has this name.
    #[error("there is no model `{name}`; `ioschain check --list` names them")]
    NoModel {
        /// The name that was asked for.
        name: String,
    },
    /// The model has another name now.
    #[error("the model `{former}` is now called `{now}`; use that name")]
    Renamed {
        /// The former name, which was asked for.
        former: &'static str,
        /// The present name.
        now: &'static str,
    },
    /// The model has no such variant or configuration.
    #[error("{model} has no {what} `{name}`; `ioschain check --list` names them")]
    Unknown {
        /// The model's name.
        model: &'static str,
        /// What is unknown: a variant or a configuration.
        what: &'static str,
        /// The name that was asked for.
        name: String,
    },
    /// The model cannot be explored.
    #[error("`{model}` cannot be explored: {why}")]
    NoExploration {
        /// The model's name.
        model: &'static str,
        /// The reason why it cannot.
        why: &'static str,
    },
    /// Traces of the model cannot be replayed.
    #[error("a trace of `{model}` cannot be replayed with real cryptography")]
    NoReplay {
        /// The model's name.
        model: &'static str,
    },
    /// The model has no random walks.
    #[error("`{model}` has no random walks")]
    NoWalks {
        /// The model's name.
        model: &'static str,
    },
    /// The document is not the JSON of a trace.
    #[error("it is not a trace")]
    Json(#[from] serde_json::Error),
    /// The document is a trace of something else.
    #[error(transparent)]
    NotATrace(#[from] NotATrace),
    /// A step of the trace cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A step of the trace has no real proof.
    #[error("step {step} lacks a real proof")]
    MissingProof {
        /// The number of the step, counted from 1.
        step: usize,
        /// The proof that is missing.
        source: MissingProof,
    },
    /// A configuration exceeds a limit of its model.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The specification refuses a configuration.
    #[error("the specification refuses the configuration: {0}")]
    Rejected(#[from] Rejection),
    /// The observer cannot write.
    #[error(transparent)]
    Output(#[from] std::io::Error),
}
