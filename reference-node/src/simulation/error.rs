//! The errors of a replay.

use ioschain_spec::Rejection;
use thiserror::Error;

use crate::workload::WorkloadError;

/// The longest epoch, in blocks. An epoch without end would never be swept. No workload here needs
/// a longer epoch than this, and with it the numbers of rounds cannot overflow.
pub const EPOCH_BLOCKS_MAX: u64 = 65_536;

/// The reason why a replay cannot be started or finished.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The workload is not valid.
    #[error("the workload does not hold together")]
    Workload(#[from] WorkloadError),
    /// More conflicts were asked for than there are transactions to conflict with.
    #[error(
        "--conflicts {asked} is too large: a conflict needs a transaction with neither parents nor \
         children in this block; ask for at most {available}"
    )]
    TooManyConflicts {
        /// The number that was asked for.
        asked: usize,
        /// The largest number that is possible.
        available: usize,
    },
    /// An epoch has too few or too many blocks.
    #[error("an epoch cannot have {asked} blocks; ask for 1 to {EPOCH_BLOCKS_MAX}")]
    EpochBlocks {
        /// The number that was asked for.
        asked: u64,
    },
    /// The specification refused something that the replay itself had made.
    #[error("the specification refused a step of the replay")]
    Refused(#[from] Rejection),
}
