//! Two faults at once, and all that are checked later: an implementation must name the one that is
//! checked first.
//!
//! Here nothing is signed again after an edit, so that a fault of an earlier check leaves the later
//! one in place.

use ioschain_spec::Rejection::{
    CryCertificateQuorum, DrpAnnouncement, DrpCommitEntry, DrpConfiguration, DrpDealDealer,
    DrpDealSession, DrpDealSignature, DrpGroups, DrpInputCount, DrpInputGroup, DrpInputRepeated,
    DrpLogOrder, DrpOutput, DrpRoot, DrpSecret, DrpSession, DrpShareCount, EdsTicketRepeated,
};
use ioschain_spec::drp::messages::{Record, to_inputs};
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;

use super::question::drop_last;
use super::{IDENTITY, Question};
use crate::cases::drp::world::edit;
use crate::cases::faults::{Checks, Fault, Pairs, fault_table};
use crate::cases::support::{CaseError, Intent, SuiteWriter};
use crate::vector::{FLAG_SECOND_FAULT, VectorFile};

/// Each with the next, and the first with the last: what is changed is not signed again, so the
/// later fault stays.
pub(super) fn two_faults(honest: &Question) -> Result<VectorFile, CaseError> {
    let doc =
        "A valid transcript that is changed in two things; the check that comes first decides.";
    let mut suite = SuiteWriter::new("drp.verify_transcript", "two-faults", doc)?;
    let ask = Question::to_json;
    let checks = Checks { subject: "a transcript", honest, faults: UNSIGNED, ask };
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    all_faults(&mut suite, honest)?;
    Ok(suite.finish())
}

/// Every fault from a check to the last.
fn all_faults(suite: &mut SuiteWriter, honest: &Question) -> Result<(), CaseError> {
    let mut question = honest.clone();
    for (place, fault) in UNSIGNED.iter().enumerate().rev() {
        (fault.commit)(&mut question)?;
        if place + 2 >= UNSIGNED.len() {
            continue; // those are pairs, or alone
        }
        let doc = format!(
            "Given a transcript, when {} and everything is wrong that is checked later, then it is refused for the former.",
            fault.what
        );
        let slug = format!("{}-and-all-later", fault.slug);
        let intent = Intent::Rejected(fault.rejection);
        let input = question.to_json()?;
        suite.add(&slug, &[fault.requirement], &doc, input, intent)?.flag(FLAG_SECOND_FAULT);
    }
    Ok(())
}

/// One for each check, without signing again what is changed.
const UNSIGNED: &[Fault<Question>] = fault_table! {
    "configuration", "its run is of another chain", "DRP-CONFIG-01", DrpConfiguration
        => |question| question.proposal().announcement.run.chain_id = Digest::ZERO;
    "session", "its statement is of another session", "DRP-SESSION-01", DrpSession
        => |question| question.proposal().statement.session = Digest::ZERO;
    "log-order", "its log goes back", "DRP-LOG-01", DrpLogOrder
        => |question| question.edit_records(|records| records[1].height = 0);
    "ticket", "a ticket stands in its log twice", "EDS-TICKET-06", EdsTicketRepeated
        => |question| question.edit_records(|records| records.insert(2, records[0].clone()));
    "groups", "its statement has no lists of inputs", "DRP-GROUPS-02", DrpGroups
        => |question| {
            question.proposal().statement.inputs = to_inputs(Vec::new())?;
            Ok(())
        };
    "announcement", "its announcement is not signed", "DRP-ANNOUNCE-01", DrpAnnouncement
        => |question| question.proposal().announcement.signature = Signature([0; 64]);
    "input-count", "the second group has an input too few", "DRP-INPUTS-01", DrpInputCount
        => |question| question.set_inputs(|inputs| inputs[1].truncate(1));
    "input-repeated", "a dealer is an input twice", "DRP-INPUTS-02", DrpInputRepeated
        => |question| question.set_inputs(|inputs| inputs[0][1] = inputs[0][0]);
    "input-group", "an input is by nobody of the epoch", "DRP-INPUTS-03", DrpInputGroup
        => |question| question.set_inputs(|inputs| inputs[1][0] = NodeId(Digest::ZERO));
    "deal-dealer", "the last two deals are swapped", "DRP-DEAL-01", DrpDealDealer
        => |question| question.edit_deals(|deals| deals.swap(2, 3));
    "deal-signature", "the first deal is not signed", "DRP-DEAL-02", DrpDealSignature
        => |question| {
            question.edit_deals(|deals| {
                deals[0].signature = Signature([0; 64]);
            })
        };
    "deal-session", "the second deal, as its dealer signed it, is of another session",
        "DRP-DEAL-03", DrpDealSession => |question| {
            let mut deal = question.transcript.commit.proposal.deals[1].clone();
            deal.session = Digest::ZERO;
            deal.signature = question.signing(&deal.dealer)?.sign(&deal.message().0);
            question.edit_deals(|deals| deals[1] = deal)
        };
    "root", "its statement has another root", "DRP-ROOT-01", DrpRoot
        => |question| question.proposal().statement.root = Digest::ZERO;
    "signers", "one signer is named", "DRP-SIGN-02", CryCertificateQuorum
        => |question| edit(&mut question.transcript.commit.signature.signers, |bytes| bytes[0] = 1);
    "commit", "its log ends without a commit", "DRP-COMMIT-01", DrpCommitEntry
        => |question| {
            question.edit_records(|records| {
                if let Some(last) = records.last_mut() {
                    last.record = Record::Other(Digest::ZERO);
                }
            })
        };
    "share-count", "it has shares of an input fewer", "DRP-SHARES-01", DrpShareCount
        => |question| edit(&mut question.transcript.shares, drop_last);
    "secret", "it has another secret", "DRP-OUTPUT-01", DrpSecret
        => |question| question.transcript.secret = IDENTITY;
    "output", "it has another random number", "DRP-OUTPUT-02", DrpOutput
        => |question| question.transcript.randomness = Digest::ZERO;
};
