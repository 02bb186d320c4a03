//! The list of checks, which ends at the first that fails; and the faults by the check that refuses
//! them.

use serde_json::json;

use ioschain_spec::Rejection;
use ioschain_spec::drp::report::Check;

use super::Question;
use super::commit::COMMIT;
use super::deals::DEALS;
use super::run::RUN;
use super::signatures::SIGNATURES;
use crate::format::vector::VectorFile;
use crate::make::cases::drp::world::missing;
use crate::make::cases::faults::Fault;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

/// The list of a valid transcript, and one or two cases for each check but that of the thresholds.
/// The list ends at the check that fails.
pub(super) fn listed_checks(honest: &Question) -> Result<VectorFile, CaseError> {
    let doc = "The list of checks of a valid transcript and of invalid ones. Each check except \
               that of the thresholds fails in one transcript.";
    let mut suite = SuiteWriter::new("drp.list_checks", "each", doc)?;
    let listed = |failed: Option<(Check, Rejection)>| {
        let last = failed.map_or(Check::Output, |(check, _)| check);
        let made = Check::ALL.iter().filter(|check| **check <= last);
        let row = |check: &Check| {
            let code = failed.filter(|(failed, _)| failed == check).map(|(_, code)| code.code());
            json!([check.name(), code])
        };
        Intent::Exactly(json!({ "checks": made.map(row).collect::<Vec<_>>() }))
    };
    let doc = "Given a valid transcript, when its checks are listed, then all sixteen checks pass.";
    suite.add("valid", &["DRP-OUTPUT-02"], doc, honest.to_json()?, listed(None))?;
    for (check, slug) in CHECKED {
        let (fault, question) = with_fault(honest, check, slug)?;
        let doc = format!(
            "Given a transcript, when {} and its checks are listed, then the list ends with the \
             failed check `{}`.",
            fault.what,
            check.name()
        );
        let input = question.to_json()?;
        let intent = listed(Some((check, fault.rejection)));
        suite.add(slug, &[fault.requirement], &doc, input, intent)?.refused_by_value();
    }
    Ok(suite.finish())
}

/// The transcript with the fault of this name among those of the check's table.
pub(in crate::make::cases::drp) fn with_fault(
    honest: &Question,
    check: Check,
    slug: &str,
) -> Result<(&'static Fault<Question>, Question), CaseError> {
    let table: &'static [Fault<Question>] = match check {
        Check::Configuration | Check::Session | Check::Leader => RUN,
        Check::Signers | Check::CollectiveSignature => SIGNATURES,
        Check::Commit | Check::Shares | Check::Decryptions | Check::Output => COMMIT,
        _ => DEALS,
    };
    let fault = table.iter().find(|fault| fault.slug == slug);
    let fault = fault.ok_or_else(|| missing("such fault"))?;
    let mut question = honest.clone();
    (fault.commit)(&mut question)?;
    Ok((fault, question))
}

/// One or two faults for each check but that of the thresholds, in the order of the checks.
pub(in crate::make::cases::drp) const CHECKED: [(Check, &str); 19] = [
    (Check::Configuration, "chain"),
    (Check::Session, "session"),
    (Check::Leader, "rank-next"),
    (Check::Leader, "ticket-twice"),
    (Check::Groups, "lists-more"),
    (Check::Announcement, "announced-by-another"),
    (Check::Inputs, "inputs-twice"),
    (Check::Deals, "deal-unsigned"),
    (Check::Deals, "commitment-no-element"),
    (Check::Encryptions, "shares-swapped"),
    (Check::Encryptions, "nonce-identity"),
    (Check::Root, "root"),
    (Check::Signers, "quorum"),
    (Check::CollectiveSignature, "another-statement"),
    (Check::Commit, "commit-another"),
    (Check::Commit, "certificate-quorum"),
    (Check::Shares, "shares-twice"),
    (Check::Decryptions, "share-identity"),
    (Check::Output, "secret"),
];
