//! Faults of the inputs and their deals.
//!
//! The leader chooses which deals become inputs. Each of these faults would let it bias the number:
//! with an input of its own, one too many, one twice, a deal of another run, or one that not every
//! recipient can decrypt.

use ioschain_spec::Rejection::{
    CryDleqProof, CryElementEncoding, CryElementIdentity, CryPvssLengths, CryScalarEncoding,
    DrpAnnouncement, DrpDealDealer, DrpDealSession, DrpDealSignature, DrpGroups, DrpInputCount,
    DrpInputGroup, DrpInputRepeated, DrpRoot,
};
use ioschain_spec::drp::messages::{Announcement, SignedDeal};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::suite::Normative;

use super::question::drop_last;
use super::{IDENTITY, NO_ELEMENT, NO_SCALAR, Question};
use crate::cases::drp::world::{edit, falsify, missing};
use crate::cases::faults::{Fault, fault_table};

/// Inputs and deals.
pub(super) static DEALS: &[Fault<Question>] = fault_table! {
    "lists-more", "its statement has a list of inputs more than there are groups",
        "DRP-GROUPS-02", DrpGroups
        => |question| question.change_inputs(|inputs| inputs.push(Vec::new()));
    "lists-fewer", "its statement has a list of inputs fewer", "DRP-GROUPS-02", DrpGroups
        => |question| question.change_inputs(drop_last);
    "announced-by-another", "its announcement is signed by a server",
        "DRP-ANNOUNCE-01", DrpAnnouncement => |question| {
            let dealer = question.proposal().deals[0].dealer;
            let run = question.proposal().announcement.run;
            let announcement = Announcement::sign(&Normative, run, question.signing(&dealer)?);
            question.proposal().announcement = announcement;
            question.sign_again()
        };
    "announced-other-run", "its announcement's signature is that of the failed leader's run",
        "DRP-ANNOUNCE-01", DrpAnnouncement => |question| {
            let leader = question.proposal().announcement.run.leader;
            let mut run = question.proposal().announcement.run;
            run.rank = 0;
            let other = Announcement::sign(&Normative, run, question.signing(&leader)?);
            question.proposal().announcement.signature = other.signature;
            question.sign_again()
        };
    "inputs-fewer", "a group has an input fewer than its threshold", "DRP-INPUTS-01", DrpInputCount
        => |question| {
            question.edit_deals(|deals| drop(deals.remove(1)))?;
            question.change_inputs(|inputs| inputs[0].truncate(1))?;
            question.root_again()
        };
    "inputs-more", "a group has an input more than its threshold", "DRP-INPUTS-01", DrpInputCount
        => |question| {
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
    "inputs-none", "a group has no inputs", "DRP-INPUTS-01", DrpInputCount
        => |question| {
            question.edit_deals(|deals| drop(deals.drain(..2)))?;
            question.change_inputs(|inputs| inputs[0].clear())?;
            question.root_again()
        };
    "inputs-twice", "a dealer is an input twice", "DRP-INPUTS-02", DrpInputRepeated
        => |question| {
            question.edit_deals(|deals| deals[1] = deals[0].clone())?;
            question.change_inputs(|inputs| inputs[0][1] = inputs[0][0])?;
            question.root_again()
        };
    "inputs-of-another-group", "two inputs stand with each other's group",
        "DRP-INPUTS-03", DrpInputGroup => |question| {
            question.edit_deals(|deals| deals.swap(0, 2))?;
            question.change_inputs(|inputs| {
                let (first, second) = (inputs[0][0], inputs[1][0]);
                (inputs[0][0], inputs[1][0]) = (second, first);
            })?;
            question.root_again()
        };
    "inputs-leader", "the leader is an input", "DRP-INPUTS-03", DrpInputGroup
        => |question| {
            let leader = question.proposal().announcement.run.leader;
            question.change_inputs(|inputs| inputs[1][0] = leader)
        };
    "inputs-nobody", "an input is by nobody of the epoch", "DRP-INPUTS-03", DrpInputGroup
        => |question| question.change_inputs(|inputs| inputs[0][0] = NodeId(Digest::ZERO));
    "deal-missing", "a deal is missing", "DRP-DEAL-01", DrpDealDealer
        => |question| question.change_deals(drop_last);
    "deal-more", "there is a deal more than inputs", "DRP-DEAL-01", DrpDealDealer
        => |question| question.change_deals(|deals| deals.push(deals[0].clone()));
    "deals-swapped", "two deals of a group are swapped", "DRP-DEAL-01", DrpDealDealer
        => |question| question.change_deals(|deals| deals.swap(0, 1));
    "deal-unsigned", "a deal is signed by another dealer", "DRP-DEAL-02", DrpDealSignature
        => |question| {
            let other = question.proposal().deals[1].dealer;
            let message = question.proposal().deals[0].message();
            let signature = question.signing(&other)?.sign(&message.0);
            question.change_deals(|deals| deals[0].signature = signature)
        };
    "deal-last-unsigned", "the last deal has the signature of the one before",
        "DRP-DEAL-02", DrpDealSignature
        => |question| question.change_deals(|deals| deals[3].signature = deals[2].signature);
    "deal-session", "a deal is of another session", "DRP-DEAL-03", DrpDealSession
        => |question| question.change_deal(|deal| deal.session = Digest::ZERO);
    "deal-announcement", "a deal answers another announcement", "DRP-DEAL-03", DrpDealSession
        => |question| question.change_deal(|deal| deal.announcement = Digest::ZERO);
    "deal-of-another-run", "a deal comes from the failed leader's run",
        "DRP-DEAL-03", DrpDealSession => |question| {
            let dealer = question.proposal().deals[0].dealer;
            let old = question.deal_for_the_failed_leader(&dealer)?;
            question.change_deals(|deals| deals[0] = old)
        };
    "commitment-more", "a deal has a commitment more", "CRY-PVSS-03", CryPvssLengths
        => |question| question.change_commitments(|list| list.push(IDENTITY));
    "commitment-fewer", "a deal has a commitment fewer", "CRY-PVSS-03", CryPvssLengths
        => |question| question.change_commitments(drop_last);
    "share-more", "a deal has an encrypted share more", "CRY-PVSS-03", CryPvssLengths
        => |question| question.change_encrypted(|shares| shares.push(shares[0]));
    "share-fewer", "a deal has an encrypted share fewer", "CRY-PVSS-03", CryPvssLengths
        => |question| question.change_encrypted(drop_last);
    "commitment-no-element", "a commitment is no element", "CRY-GROUP-01", CryElementEncoding
        => |question| question.change_commitments(|list| list[1] = NO_ELEMENT);
    "share-no-element", "an encrypted share is no element", "CRY-GROUP-01", CryElementEncoding
        => |question| question.change_encrypted(|shares| shares[2].share = NO_ELEMENT);
    "nonce-no-element", "a proof's commitment to its nonce is no element",
        "CRY-GROUP-01", CryElementEncoding
        => |question| {
            question.change_encrypted(|shares| shares[0].proof.nonce_commitments[1] = NO_ELEMENT)
        };
    "response-no-scalar", "a proof's response is no scalar", "CRY-GROUP-02", CryScalarEncoding
        => |question| question.change_encrypted(|shares| shares[0].proof.response = NO_SCALAR);
    "nonce-identity", "a proof's commitment to its nonce is the identity",
        "CRY-GROUP-03", CryElementIdentity
        => |question| {
            question.change_encrypted(|shares| shares[0].proof.nonce_commitments[0] = IDENTITY)
        };
    "shares-swapped", "two encrypted shares are swapped with their proofs",
        "CRY-PVSS-04", CryDleqProof
        => |question| question.change_encrypted(|shares| shares.swap(0, 1));
    "share-of-another", "an encrypted share is another recipient's, with its own proof",
        "CRY-PVSS-04", CryDleqProof
        => |question| question.change_encrypted(|shares| shares[2].share = shares[0].share);
    "commitment-identity", "a commitment is the identity", "CRY-PVSS-04", CryDleqProof
        => |question| question.change_commitments(|list| list[0] = IDENTITY);
    "deal-copied", "a dealer signs another dealer's deal as its own", "CRY-PVSS-04", CryDleqProof
        => |question| {
            let copied = question.proposal().deals[1].deal.clone();
            question.edit_deal(|deal| {
                *deal = copied;
                Ok(())
            })
        };
    "last-deal-false", "the last deal encrypts a share that is not the committed one",
        "CRY-PVSS-04", CryDleqProof => |question| {
            let last = question.proposal().deals[3].clone();
            let falsified = falsify(question.finished.world.member(&last.dealer)?, &last)?;
            question.change_deals(|deals| deals[3] = falsified)
        };
    "root", "its statement has another root", "DRP-ROOT-01", DrpRoot
        => |question| {
            question.proposal().statement.root = Digest::ZERO;
            question.sign_again()
        };
    "root-other-deal", "its root is that of another valid deal of a dealer", "DRP-ROOT-01", DrpRoot
        => |question| {
            let root = question.proposal().statement.root;
            let dealer = question.proposal().deals[0].dealer;
            let other = question.deal_from_another_seed(&dealer)?;
            question.edit_deals(|deals| deals[0] = other)?;
            question.proposal().statement.root = root;
            question.sign_again()
        };
};
