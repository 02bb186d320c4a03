//! What a replay cannot do.

use ioschain_spec::Rejection;
use thiserror::Error;

use crate::workload::WorkloadError;

/// The longest epoch, in blocks. Epochs without end would never sweep; this is more than any workload
/// here needs, and keeps the arithmetic of rounds far from its limits.
pub const EPOCH_BLOCKS_MAX: u64 = 65_536;

/// Why a replay cannot be started or finished.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The workload is not well-formed.
    #[error("the workload does not hold together")]
    Workload(#[from] WorkloadError),
    /// More conflicts were asked for than there are transactions to conflict with.
    #[error(
        "{asked} conflicts asked for, but only {available} transactions have neither parents nor \
         children here; ask for at most {available}"
    )]
    TooManyConflicts {
        /// How many were asked for.
        asked: usize,
        /// How many there can be.
        available: usize,
    },
    /// An epoch has too few or too many blocks.
    #[error("an epoch cannot have {asked} blocks; ask for 1 to {EPOCH_BLOCKS_MAX}")]
    EpochBlocks {
        /// How many were asked for.
        asked: u64,
    },
    /// The specification refused what the replay itself made.
    #[error("the specification refused a step of the replay")]
    Refused(#[from] Rejection),
}
