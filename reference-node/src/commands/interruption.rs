//! Ctrl-C ends a long run, which then reports how far it got.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ioschain_model::graph::GoOn;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C ends a run at its next look instead of ending the program. Another one a
/// second later ends the program. One that comes sooner counts as the same, since a shell and a
/// supervisor may both send it.
pub(crate) fn watch_for_interruption() {
    let mut first = None;
    // If there is a handler already, it is this one or a test's, and nothing needs to be done.
    let _ = ctrlc::set_handler(move || {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let first = *first.get_or_insert_with(Instant::now);
        if first.elapsed() >= Duration::from_secs(1) {
            std::process::exit(130);
        }
    });
}

/// Whether somebody pressed Ctrl-C.
pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Whether a run goes on.
pub(crate) fn goes_on() -> GoOn {
    if is_interrupted() { GoOn::No } else { GoOn::Yes }
}
