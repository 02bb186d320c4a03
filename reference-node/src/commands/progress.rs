//! Progress of long jobs: a bar on a terminal; elsewhere a plain line now and then, so that a log
//! stays readable.

use std::io::{IsTerminal as _, Write};
use std::time::{Duration, Instant};

use indicatif::ProgressStyle;

/// Without a terminal, the time between two lines.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Progress of one job, for the person who waits for it.
pub(crate) enum ProgressBar {
    /// Rewrites a line of the terminal.
    Bar(indicatif::ProgressBar),
    /// Writes a few lines to a log.
    Lines {
        /// What is counted.
        what: &'static str,
        /// When the next line is due.
        pace: Pace,
    },
}

impl ProgressBar {
    /// Of a job that begins now.
    pub(crate) fn of(what: &'static str) -> Self {
        if std::io::stderr().is_terminal() {
            Self::Bar(bar(what))
        } else {
            Self::Lines { what, pace: Pace::starting(Instant::now()) }
        }
    }

    /// `done` of `total` steps are done.
    pub(crate) fn at(&mut self, log: &mut dyn Write, done: usize, total: usize) {
        match self {
            Self::Bar(bar) => {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
            }
            Self::Lines { what, pace } => {
                if pace.is_time(Instant::now()) {
                    let _ = writeln!(log, "{what}: {done} of {total}");
                }
            }
        }
    }

    /// `done` steps are done, and the total is not known; `how` says more.
    pub(crate) fn tell(&mut self, log: &mut dyn Write, done: usize, how: &str) {
        match self {
            Self::Bar(bar) => {
                bar.set_position(done as u64);
                bar.set_message(how.to_owned());
            }
            Self::Lines { what, pace } => {
                if pace.is_time(Instant::now()) {
                    let _ = writeln!(log, "{what}: {done}, {how}");
                }
            }
        }
    }
}

impl Drop for ProgressBar {
    /// The job is over, well or not: the bar goes.
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// When the next line is due.
pub(crate) struct Pace {
    due: Instant,
}

impl Pace {
    fn starting(now: Instant) -> Self {
        Self { due: now + BETWEEN_LINES }
    }

    fn is_time(&mut self, now: Instant) -> bool {
        let is_due = now >= self.due;
        if is_due {
            self.due = now + BETWEEN_LINES;
        }
        is_due
    }
}

fn bar(what: &'static str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::no_length();
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(what);
    bar
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Pace, ProgressBar};

    #[test]
    fn lines_are_plain_and_few() {
        let mut lines = Vec::new();
        let pace = Pace { due: Instant::now() };
        let mut progress = ProgressBar::Lines { what: "settling", pace };
        // One line is due, and the next in 5 seconds.
        progress.at(&mut lines, 3, 20);
        progress.at(&mut lines, 4, 20);
        drop(progress);
        assert_eq!(String::from_utf8(lines).unwrap(), "settling: 3 of 20\n");
    }

    #[test]
    fn a_line_is_due_every_five_seconds() {
        let start = Instant::now();
        let mut pace = Pace::starting(start);
        let due = (0..=20).filter(|second| pace.is_time(start + Duration::from_secs(*second)));
        assert_eq!(due.collect::<Vec<_>>(), [5, 10, 15, 20]);
    }
}
