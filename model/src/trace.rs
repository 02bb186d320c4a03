//! A trace of any model, and how it is drawn and listed.

use serde::{Deserialize, Serialize};

use crate::atomix::trace::{AtomixTrace, TraceStep};
use crate::drp::trace::{DrpStep, DrpTrace};

/// The name that the specification's own rules go by.
pub const SPECIFICATION: &str = "specification";

/// A trace of some model. Each is written, drawn and listed in the same way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AnyTrace {
    /// Of Atomix.
    Atomix(AtomixTrace),
    /// Of the randomness protocol.
    Drp(DrpTrace),
}

impl AnyTrace {
    /// A Mermaid sequence diagram.
    pub fn as_mermaid(&self) -> String {
        match self {
            Self::Atomix(trace) => trace.as_mermaid(),
            Self::Drp(trace) => trace.as_mermaid(),
        }
    }

    /// An SVG.
    pub fn as_svg(&self) -> String {
        match self {
            Self::Atomix(trace) => trace.as_svg(),
            Self::Drp(trace) => trace.as_svg(),
        }
    }

    /// Each step in a line, counted from 1.
    pub fn lines(&self) -> Vec<String> {
        let lines: Vec<String> = match self {
            Self::Atomix(trace) => trace.steps.iter().map(TraceStep::in_words).collect(),
            Self::Drp(trace) => trace.steps.iter().map(DrpStep::in_words).collect(),
        };
        let numbered = lines.iter().zip(1..);
        numbered.map(|(line, number)| format!("{number}. {line}")).collect()
    }
}
