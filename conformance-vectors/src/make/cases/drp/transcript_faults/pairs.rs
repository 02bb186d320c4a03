//! Two faults at once, and all that are checked later: an implementation must name the one that is
//! checked first.
//!
//! Here nothing that an edit changes is signed again, except a deal by its dealer. So the fault of
//! an earlier check leaves the later one in place.

use ioschain_spec::drp::messages::{Record, to_inputs};
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::Height;

use super::question::drop_last;
use super::{IDENTITY, Question};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::drp::world::edit;
use crate::make::cases::faults::{Checks, Fault, Pairs, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

/// Each fault with the next one, and then each with all later ones.
pub(super) fn two_faults(honest: &Question) -> Result<VectorFile, CaseError> {
    let doc = "Transcripts with several faults. The check that comes first determines the answer.";
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
            "Given a transcript, when {} and every later check would fail as well, then it is \
             refused for the first fault.",
            fault.what
        );
        let slug = format!("{}-and-all-later", fault.slug);
        let intent = Intent::Rejected(fault.rejection);
        let input = question.to_json()?;
        suite.add(&slug, &[fault.requirement], &doc, input, intent)?.flag(FLAG_SECOND_FAULT);
    }
    Ok(())
}

/// Faults of most checks, in their order, whose edits do not sign the statement or certify the log
/// again. The base is the valid run of seven validators.
const UNSIGNED: &[Fault<Question>] = &faults! { Question:
    "configuration" => DrpConfiguration, "DRP-CONFIG-01", "its run belongs to another chain",
        |question| question.proposal().announcement.run.chain_id = Digest::ZERO;
    "session" => DrpSession, "DRP-SESSION-01", "its statement belongs to another session",
        |question| question.proposal().statement.session = Digest::ZERO;
    "log-order" => DrpLogOrder, "DRP-LOG-01", "the heights in its log decrease",
        |question| question.edit_records(|records| records[1].height = Height(0));
    "ticket" => EdsTicketRepeated, "EDS-TICKET-06", "its log contains one ticket twice",
        |question| question.edit_records(|records| records.insert(2, records[0].clone()));
    "groups" => DrpGroups, "DRP-GROUPS-02", "its statement has no lists of inputs",
        |question| {
            question.proposal().statement.inputs = to_inputs(Vec::new())?;
            Ok::<(), CaseError>(())
        };
    "announcement" => DrpAnnouncement, "DRP-ANNOUNCE-01", "its announcement is not signed",
        |question| question.proposal().announcement.signature = Signature([0; 64]);
    "input-count" => DrpInputCount, "DRP-INPUTS-01", "the second group has one input too few",
        |question| question.set_inputs(|inputs| inputs[1].truncate(1));
    "input-repeated" => DrpInputRepeated, "DRP-INPUTS-02", "a dealer is listed twice as an input",
        |question| question.set_inputs(|inputs| inputs[0][1] = inputs[0][0]);
    "input-group" => DrpInputGroup, "DRP-INPUTS-03", "an input names an unknown validator",
        |question| question.set_inputs(|inputs| inputs[1][0] = NodeId(Digest::ZERO));
    "deal-dealer" => DrpDealDealer, "DRP-DEAL-01", "the last two deals are swapped",
        |question| question.edit_deals(|deals| deals.swap(2, 3));
    "deal-signature" => DrpDealSignature, "DRP-DEAL-02", "the first deal is not signed",
        |question| {
            question.edit_deals(|deals| {
                deals[0].signature = Signature([0; 64]);
            })
        };
    "deal-session" => DrpDealSession, "DRP-DEAL-03",
        "the second deal, with a valid signature, belongs to another session",
        |question| {
            let mut deal = question.transcript.commit.proposal.deals[1].clone();
            deal.session = Digest::ZERO;
            deal.signature = question.signing(&deal.dealer)?.sign(&deal.message().0);
            question.edit_deals(|deals| deals[1] = deal)
        };
    "root" => DrpRoot, "DRP-ROOT-01", "its statement names another root",
        |question| question.proposal().statement.root = Digest::ZERO;
    "signers" => CryCertificateQuorum, "DRP-SIGN-02", "its bitmap names only one signer",
        |question| edit(&mut question.transcript.commit.signature.signers, |bytes| bytes[0] = 1);
    "commit" => DrpCommitEntry, "DRP-COMMIT-01", "its log ends without a commit",
        |question| {
            question.edit_records(|records| {
                if let Some(last) = records.last_mut() {
                    last.record = Record::Other(Digest::ZERO);
                }
            })
        };
    "share-count" => DrpShareCount, "DRP-SHARES-01", "the shares of one input are missing",
        |question| edit(&mut question.transcript.shares, drop_last);
    "secret" => DrpSecret, "DRP-OUTPUT-01", "it names another secret",
        |question| question.transcript.secret = IDENTITY;
    "output" => DrpOutput, "DRP-OUTPUT-02", "it names another random number",
        |question| question.transcript.randomness = Digest::ZERO;
};
