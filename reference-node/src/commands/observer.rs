//! Shows the progress of checks, and ends them at Ctrl-C.

use std::io::Write;
use std::time::Instant;

use ioschain_model::graph::{GoOn, Watch};
use ioschain_model::registry::Observer;
use ioschain_model::report::CheckReport;

use super::check_text::write_check;
use super::interruption::goes_on;
use super::io::Io;
use super::progress::ProgressBar;

/// The person at the command line.
pub(super) struct CommandObserver<'io, 'a> {
    io: &'io mut Io<'a>,
    /// Whether each report is written as text.
    writes_text: bool,
    /// The run at hand: since when, and its progress.
    run: Option<(Instant, ProgressBar)>,
}

impl<'io, 'a> CommandObserver<'io, 'a> {
    /// Writes the text of each report, unless JSON is asked for.
    pub(super) fn with_text(io: &'io mut Io<'a>) -> Self {
        Self { writes_text: !io.json, io, run: None }
    }

    /// Shows progress and writes no results.
    pub(super) fn of_progress(io: &'io mut Io<'a>) -> Self {
        Self { writes_text: false, io, run: None }
    }

    /// Where progress goes.
    pub(super) fn log(&mut self) -> &mut dyn Write {
        self.io.log
    }
}

impl Observer for CommandObserver<'_, '_> {
    fn on_progress(&mut self, progress: Watch) -> GoOn {
        let Watch { unique_states, depth } = progress;
        let start = || (Instant::now(), ProgressBar::of("states"));
        let (started, bar) = self.run.get_or_insert_with(start);
        let rate = unique_states as f64 / started.elapsed().as_secs_f64().max(1e-9);
        let how = format!("depth {depth}, {rate:.0} states a second");
        bar.tell(self.io.log, unique_states, &how);
        goes_on()
    }

    fn on_report(&mut self, report: &CheckReport) -> std::io::Result<()> {
        self.run = None;
        if self.writes_text { write_check(report, self.io.results) } else { Ok(()) }
    }

    fn goes_on(&self) -> GoOn {
        goes_on()
    }
}
