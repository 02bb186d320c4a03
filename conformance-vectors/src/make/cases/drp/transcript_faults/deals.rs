//! Faults of the groups, the announcement, the inputs, their deals and the root.
//!
//! The leader chooses which deals become inputs. A verifier that accepts an input of the leader,
//! one too many, one twice, a deal of another run, or one that not every recipient can decrypt lets
//! it bias the number.

use ioschain_spec::drp::messages::{Announcement, SignedDeal};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::Rank;
use ioschain_spec::suite::Normative;

use super::question::drop_last;
use super::{IDENTITY, NO_ELEMENT, NO_SCALAR, Question};
use crate::make::cases::drp::world::{falsify, missing};
use crate::make::cases::faults::{Fault, faults};

/// Faults of the groups, the announcement, the inputs, the deals and the root.
pub(super) static DEALS: &[Fault<Question>] = &faults! { Question:
    "lists-more" => DrpGroups, "DRP-GROUPS-02",
        "its statement has one list of inputs more than there are groups",
        |question| question.change_inputs(|inputs| inputs.push(Vec::new()));
    "lists-fewer" => DrpGroups, "DRP-GROUPS-02",
        "its statement has one list of inputs fewer than there are groups",
        |question| question.change_inputs(drop_last);
    "announced-by-another" => DrpAnnouncement, "DRP-ANNOUNCE-01",
        "a server signed its announcement instead of the leader",
        |question| {
            let dealer = question.proposal().deals[0].dealer;
            let run = question.proposal().announcement.run;
            let announcement = Announcement::sign(&Normative, run, question.signing(&dealer)?);
            question.proposal().announcement = announcement;
            question.sign_again()
        };
    "announced-other-run" => DrpAnnouncement, "DRP-ANNOUNCE-01",
        "the signature of its announcement is that of the failed leader's run",
        |question| {
            let leader = question.proposal().announcement.run.leader;
            let mut run = question.proposal().announcement.run;
            run.rank = Rank(0);
            let other = Announcement::sign(&Normative, run, question.signing(&leader)?);
            question.proposal().announcement.signature = other.signature;
            question.sign_again()
        };
    "inputs-fewer" => DrpInputCount, "DRP-INPUTS-01",
        "a group has one input fewer than its threshold",
        |question| {
            question.edit_deals(|deals| drop(deals.remove(1)))?;
            question.change_inputs(|inputs| inputs[0].truncate(1))?;
            question.root_again()
        };
    "inputs-more" => DrpInputCount, "DRP-INPUTS-01",
        "a group has one input more than its threshold",
        |question| {
            let inputs = &question.transcript.commit.proposal.statement.inputs;
            let of_group = |deal: &&SignedDeal| {
                question.groups[0].contains(&deal.dealer) && !inputs[0].contains(&deal.dealer)
            };
            let third = question.finished.deals.iter().find(of_group).cloned();
            let third = third.ok_or_else(|| missing("third deal"))?;
            let dealer = third.dealer;
            question.edit_deals(|deals| deals.insert(2, third))?;
            question.change_inputs(|inputs| inputs[0].push(dealer))?;
            question.root_again()
        };
    "inputs-none" => DrpInputCount, "DRP-INPUTS-01", "a group has no inputs",
        |question| {
            question.edit_deals(|deals| drop(deals.drain(..2)))?;
            question.change_inputs(|inputs| inputs[0].clear())?;
            question.root_again()
        };
    "inputs-twice" => DrpInputRepeated, "DRP-INPUTS-02", "a dealer is listed twice as an input",
        |question| {
            question.edit_deals(|deals| deals[1] = deals[0].clone())?;
            question.change_inputs(|inputs| inputs[0][1] = inputs[0][0])?;
            question.root_again()
        };
    "inputs-of-another-group" => DrpInputGroup, "DRP-INPUTS-03",
        "two inputs of different groups are exchanged",
        |question| {
            question.edit_deals(|deals| deals.swap(0, 2))?;
            question.change_inputs(|inputs| {
                let (first, second) = (inputs[0][0], inputs[1][0]);
                (inputs[0][0], inputs[1][0]) = (second, first);
            })?;
            question.root_again()
        };
    "inputs-leader" => DrpInputGroup, "DRP-INPUTS-03", "the leader is listed as an input",
        |question| {
            let leader = question.proposal().announcement.run.leader;
            question.change_inputs(|inputs| inputs[1][0] = leader)
        };
    "inputs-nobody" => DrpInputGroup, "DRP-INPUTS-03", "an input names an unknown validator",
        |question| question.change_inputs(|inputs| inputs[0][0] = NodeId(Digest::ZERO));
    "deal-missing" => DrpDealDealer, "DRP-DEAL-01", "a deal is missing",
        |question| question.change_deals(drop_last);
    "deal-more" => DrpDealDealer, "DRP-DEAL-01", "there is one deal more than inputs",
        |question| question.change_deals(|deals| deals.push(deals[0].clone()));
    "deals-swapped" => DrpDealDealer, "DRP-DEAL-01", "two deals of a group are swapped",
        |question| question.change_deals(|deals| deals.swap(0, 1));
    "deal-unsigned" => DrpDealSignature, "DRP-DEAL-02", "another dealer signed a deal",
        |question| {
            let other = question.proposal().deals[1].dealer;
            let message = question.proposal().deals[0].message();
            let signature = question.signing(&other)?.sign(&message.0);
            question.change_deals(|deals| deals[0].signature = signature)
        };
    "deal-last-unsigned" => DrpDealSignature, "DRP-DEAL-02",
        "the last deal has the signature of the previous one",
        |question| question.change_deals(|deals| deals[3].signature = deals[2].signature);
    "deal-session" => DrpDealSession, "DRP-DEAL-03", "a deal belongs to another session",
        |question| question.change_deal(|deal| deal.session = Digest::ZERO);
    "deal-announcement" => DrpDealSession, "DRP-DEAL-03", "a deal answers another announcement",
        |question| question.change_deal(|deal| deal.announcement = Digest::ZERO);
    "deal-of-another-run" => DrpDealSession, "DRP-DEAL-03",
        "a deal belongs to the run of the failed leader",
        |question| {
            let dealer = question.proposal().deals[0].dealer;
            let old = question.deal_for_the_failed_leader(&dealer)?;
            question.change_deals(|deals| deals[0] = old)
        };
    "commitment-more" => CryPvssLengths, "CRY-PVSS-03", "a deal has one commitment too many",
        |question| question.change_commitments(|list| list.push(IDENTITY));
    "commitment-fewer" => CryPvssLengths, "CRY-PVSS-03", "a deal has one commitment too few",
        |question| question.change_commitments(drop_last);
    "share-more" => CryPvssLengths, "CRY-PVSS-03", "a deal has one encrypted share too many",
        |question| question.change_encrypted(|shares| shares.push(shares[0]));
    "share-fewer" => CryPvssLengths, "CRY-PVSS-03", "a deal has one encrypted share too few",
        |question| question.change_encrypted(drop_last);
    "commitment-no-element" => CryElementEncoding, "CRY-GROUP-01",
        "a commitment is not a group element",
        |question| question.change_commitments(|list| list[1] = NO_ELEMENT);
    "share-no-element" => CryElementEncoding, "CRY-GROUP-01",
        "an encrypted share is not a group element",
        |question| question.change_encrypted(|shares| shares[2].share = NO_ELEMENT);
    "nonce-no-element" => CryElementEncoding, "CRY-GROUP-01",
        "the nonce commitment of a proof is not a group element",
        |question| {
            question.change_encrypted(|shares| shares[0].proof.nonce_commitments[1] = NO_ELEMENT)
        };
    "response-no-scalar" => CryScalarEncoding, "CRY-GROUP-02",
        "the response of a proof is not a scalar",
        |question| question.change_encrypted(|shares| shares[0].proof.response = NO_SCALAR);
    "nonce-identity" => CryElementIdentity, "CRY-GROUP-03",
        "the nonce commitment of a proof is the identity",
        |question| {
            question.change_encrypted(|shares| shares[0].proof.nonce_commitments[0] = IDENTITY)
        };
    "shares-swapped" => CryDleqProof, "CRY-PVSS-04",
        "two encrypted shares are exchanged together with their proofs",
        |question| question.change_encrypted(|shares| shares.swap(0, 1));
    "share-of-another" => CryDleqProof, "CRY-PVSS-04",
        "an encrypted share and its proof are those of another recipient",
        |question| question.change_encrypted(|shares| shares[2].share = shares[0].share);
    "commitment-identity" => CryDleqProof, "CRY-PVSS-04", "a commitment is the identity",
        |question| question.change_commitments(|list| list[0] = IDENTITY);
    "deal-copied" => CryDleqProof, "CRY-PVSS-04", "a dealer signs another dealer's deal as its own",
        |question| {
            let copied = question.proposal().deals[1].deal.clone();
            question.edit_deal(|deal| {
                *deal = copied;
                Ok(())
            })
        };
    "last-deal-false" => CryDleqProof, "CRY-PVSS-04",
        "the last deal encrypts a share that differs from the committed one",
        |question| {
            let last = question.proposal().deals[3].clone();
            let falsified = falsify(question.finished.world.member(&last.dealer)?, &last)?;
            question.change_deals(|deals| deals[3] = falsified)
        };
    "root" => DrpRoot, "DRP-ROOT-01", "its statement names another root",
        |question| {
            question.proposal().statement.root = Digest::ZERO;
            question.sign_again()
        };
    "root-other-deal" => DrpRoot, "DRP-ROOT-01",
        "its root is that of another valid deal of the same dealer",
        |question| {
            let root = question.proposal().statement.root;
            let dealer = question.proposal().deals[0].dealer;
            let other = question.deal_from_another_seed(&dealer)?;
            question.edit_deals(|deals| deals[0] = other)?;
            question.proposal().statement.root = root;
            question.sign_again()
        };
};
