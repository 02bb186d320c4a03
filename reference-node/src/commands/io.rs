//! Where a command writes.

use std::io::Write;

use serde::Serialize;

/// Where a command writes its results, and where everything else.
pub(crate) struct Io<'a> {
    /// Results.
    pub(crate) results: &'a mut dyn Write,
    /// Progress, headings, and what does not hold: everything for a person who watches or must act.
    pub(crate) log: &'a mut dyn Write,
    /// Whether the results are one JSON object instead of text.
    pub(crate) json: bool,
}

impl Io<'_> {
    /// Writes a report as JSON.
    pub(crate) fn write_json(&mut self, report: &impl Serialize) -> anyhow::Result<()> {
        Ok(writeln!(self.results, "{}", serde_json::to_string_pretty(report)?)?)
    }

    /// Writes what does not hold.
    pub(crate) fn write_failure(&mut self, sentence: &str) -> std::io::Result<()> {
        writeln!(self.log, "does not hold: {sentence}")
    }
}
