//! Progress of long jobs: a bar on a terminal, nothing that would spoil a log elsewhere.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `total` steps on standard error; hidden when that is not a terminal.
pub(crate) fn bar(total: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(total);
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(what);
    bar
}
