//! The names of the checks of a transcript, and the record of those that were made.
//!
//! The checks themselves are in [`checks`](super::checks) and in [`verifier`](super::verifier).
//! Both use these names, and so does a program that shows the list.

use crate::Rejection;

/// The checks of a transcript, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The run names the suite, the chain, the epoch, the previous random number and the validators
    /// that the reader computes.
    Configuration,
    /// The session id is the hash of the run's configuration.
    Session,
    /// The run names the view, the rank and the leader that follow from the tickets and failures.
    Leader,
    /// The computed groups are a partition of the servers.
    Groups,
    /// The computed thresholds fit their groups.
    Thresholds,
    /// The leader signed the announcement.
    Announcement,
    /// Each group has as many inputs as its threshold, and they are distinct members of the group.
    Inputs,
    /// Each deal has a valid signature, names this session, and has the right lengths and
    /// encodings.
    Deals,
    /// Each encrypted share is the share that the dealer committed to.
    Encryptions,
    /// The root is the commitment to the deals.
    Root,
    /// The signers are a quorum of the validators.
    Signers,
    /// The collective signature of the statement is valid.
    CollectiveSignature,
    /// The commit is ordered, as the first of its epoch.
    Commit,
    /// Each input has as many shares as its threshold, at distinct positions.
    Shares,
    /// Each decrypted share is the decryption of the encrypted share.
    Decryptions,
    /// The shares recover the secret, and the secret determines the random number.
    Output,
}

impl Check {
    /// All checks, in their order.
    pub const ALL: [Self; 16] = [
        Self::Configuration,
        Self::Session,
        Self::Leader,
        Self::Groups,
        Self::Thresholds,
        Self::Announcement,
        Self::Inputs,
        Self::Deals,
        Self::Encryptions,
        Self::Root,
        Self::Signers,
        Self::CollectiveSignature,
        Self::Commit,
        Self::Shares,
        Self::Decryptions,
        Self::Output,
    ];

    /// The name of the check, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration hash",
            Self::Session => "session id",
            Self::Leader => "ticket and rank",
            Self::Groups => "groups, an exact partition",
            Self::Thresholds => "thresholds",
            Self::Announcement => "announcement's signature",
            Self::Inputs => "inputs",
            Self::Deals => "deals",
            Self::Encryptions => "encrypted shares",
            Self::Root => "root of the deals",
            Self::Signers => "signers, a quorum",
            Self::CollectiveSignature => "collective signature",
            Self::Commit => "commit, first of the epoch",
            Self::Shares => "shares of each input",
            Self::Decryptions => "decrypted shares",
            Self::Output => "random number",
        }
    }
}

/// The checks that were made, in order. Only the last one can have failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Each check with its outcome.
    pub outcomes: Vec<(Check, Result<(), Rejection>)>,
}

impl Report {
    /// Records the outcome of a check, and returns it.
    pub(super) fn note<T>(
        &mut self,
        check: Check,
        outcome: Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        self.outcomes.push((check, outcome.as_ref().map(drop).map_err(|rejection| *rejection)));
        outcome
    }

    /// The check that failed, if one did.
    pub fn failed(&self) -> Option<(Check, Rejection)> {
        let (check, outcome) = self.outcomes.last()?;
        outcome.err().map(|rejection| (*check, rejection))
    }
}
