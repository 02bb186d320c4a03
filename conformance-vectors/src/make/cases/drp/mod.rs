//! §4: the randomness protocol: sessions, transcripts with every fault, the log, servers and
//! leaders step by step, whole runs over toy groups.

mod leader;
mod log;
mod server;
mod sessions;
mod tiny;
mod transcript_faults;
mod transcripts;
mod world;

use super::support::CaseError;
use crate::format::vector::VectorFile;

/// The suites of §4.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = sessions::files()?;
    files.extend(transcripts::files()?);
    files.extend(transcript_faults::files()?);
    files.extend(log::files()?);
    files.extend(server::files()?);
    files.extend(leader::files()?);
    files.extend(tiny::files()?);
    Ok(files)
}
