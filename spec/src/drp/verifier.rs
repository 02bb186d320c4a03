//! The third party: it was not there, and it trusts nobody but a quorum of the epoch's validators.
//!
//! It has a transcript, and the [`Epoch`](super::Epoch): who the validators were, the random number before, the
//! policy, and where in the identity log the first lottery opened. From these it computes all that the paper's
//! client would have told it: leader, session, groups, thresholds. What it does not compute it verifies.

use std::collections::BTreeMap;

use super::checks::{Check, CheckedProposal, Report, check_commit};
use super::configuration::{EpochEnvironment, Leadership};
use super::log::{LotteryLog, head_vote};
use super::messages::{Commit, LogSegment, Record, Transcript};
use super::recovery::{derive_randomness, derive_secret};
use crate::Rejection;
use crate::primitives::group::{EncodedElement, Group};
use crate::primitives::hash::Digest;
use crate::suite::Suite;

/// Checks a transcript; gives its random number.
///
/// # Errors
/// Of each [`Check`], in their order.
pub fn verify_transcript<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    transcript: &Transcript<S::Certificate>,
) -> Result<Digest, Rejection> {
    run_checks(environment, transcript, &mut Report::default())?;
    Ok(transcript.randomness)
}

/// The checks of a transcript with what they give, up to the first that fails.
pub fn list_checks<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    transcript: &Transcript<S::Certificate>,
) -> Report {
    let mut report = Report::default();
    let _ = run_checks(environment, transcript, &mut report); // the report has it
    report
}

/// Every check; gives what was committed.
pub(super) fn run_checks<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    transcript: &Transcript<S::Certificate>,
    report: &mut Report,
) -> Result<CheckedProposal<G>, Rejection> {
    let Transcript { commit, log, secret, randomness, .. } = transcript;
    let replayed = replay(environment, log);
    let current = replayed.as_ref().map(|(_, leadership)| *leadership);
    let current = current.map_err(|rejection| *rejection);
    let checked = check_commit(environment, current, commit, report)?;
    let ordered =
        replayed.and_then(|(progress, _)| check_ordered(environment, progress, log, commit));
    report.note(Check::Commit, ordered)?;
    report.note(Check::Shares, check_share_counts(&checked, transcript))?;
    let elements = report.note(Check::Decryptions, decrypt(environment, &checked, transcript))?;
    let output = check_output(&checked, &elements, secret, randomness);
    report.note(Check::Output, output)?;
    Ok(checked)
}

/// The state of the log before its first commit, and whose turn it was then.
fn replay<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    log: &LogSegment<S::Certificate>,
) -> Result<(LotteryLog, Leadership), Rejection> {
    let mut progress = LotteryLog::new(environment.epoch);
    let mut height = environment.epoch.opened.height;
    for ordered in &log.records {
        height = ordered.height;
        if matches!(ordered.record, Record::Commit(_)) {
            break;
        }
        progress.append_record(environment, height, &ordered.record)?;
    }
    let leadership = progress.leadership(environment.epoch, height)?;
    Ok((progress, leadership))
}

/// **DRP-COMMIT-01** (MUST) [own] A commit counts if it is ordered in the identity log as the first of its epoch. A
/// transcript shows it by all that the log ordered from the opening of the first lottery up to the commit, and a
/// quorum's certificate of the log's head there.
fn check_ordered<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    mut progress: LotteryLog,
    log: &LogSegment<S::Certificate>,
    commit: &Commit,
) -> Result<(), Rejection> {
    let commits = log.records.iter().filter(|ordered| matches!(ordered.record, Record::Commit(_)));
    let last = log.records.last().filter(|last| last.record == Record::Commit(commit.hash()));
    // DRP-COMMIT-01: the log ends with this commit, and has no other.
    let last = last.filter(|_| commits.count() == 1).ok_or(Rejection::DrpCommitEntry)?;
    progress.append_record(environment, last.height, &last.record)?;
    let (epoch, suite) = (environment.epoch, environment.suite);
    let message = head_vote(epoch, progress.position()).message();
    suite.verify_certificate::<G>(&epoch.configuration, &message, &log.certificate)
}

/// **DRP-SHARES-01** (MUST) [own] A transcript has for each input exactly as many shares as its threshold, at rising
/// positions.
fn check_share_counts<G: Group, C>(
    checked: &CheckedProposal<G>,
    transcript: &Transcript<C>,
) -> Result<(), Rejection> {
    let mut pairs = checked.inputs.iter().zip(&transcript.shares);
    let fits = pairs.all(|(input, shares)| {
        shares.len() == input.sharing.threshold()
            && shares.is_sorted_by(|one, next| one.position < next.position)
    });
    // DRP-SHARES-01: exactly t distinct positions for each input.
    if transcript.shares.len() != checked.inputs.len() || !fits {
        return Err(Rejection::DrpShareCount);
    }
    Ok(())
}

/// The shares of each input, by position.
fn decrypt<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    checked: &CheckedProposal<G>,
    transcript: &Transcript<S::Certificate>,
) -> Result<Vec<BTreeMap<u32, G::Element>>, Rejection> {
    let mut elements = Vec::new();
    for (input, shares) in checked.inputs.iter().zip(&transcript.shares) {
        let mut of_input = BTreeMap::new();
        for share in shares {
            let (sharing, deal) = (&input.sharing, &input.deal);
            let element = environment.rules.check_decryption(sharing, deal, share)?;
            of_input.insert(share.position, element);
        }
        elements.push(of_input);
    }
    Ok(elements)
}

fn check_output<G: Group>(
    checked: &CheckedProposal<G>,
    elements: &[BTreeMap<u32, G::Element>],
    secret: &EncodedElement,
    randomness: &Digest,
) -> Result<(), Rejection> {
    // DRP-OUTPUT-01: the sum of the secrets.
    if derive_secret(&checked.inputs, elements)? != *secret {
        return Err(Rejection::DrpSecret);
    }
    // DRP-OUTPUT-02: its hash.
    if derive_randomness(&checked.session.id, secret) != *randomness {
        return Err(Rejection::DrpOutput);
    }
    Ok(())
}
