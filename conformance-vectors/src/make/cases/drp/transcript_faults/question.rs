//! A valid transcript, and the edits that faults are made of.
//!
//! Most edits leave the rest of the transcript valid: when one changes what others sign, they sign
//! the changed data, and when it changes the log, a quorum certifies the changed log. The deals are
//! not made again, so a changed run or announcement, or other inputs, also fail a later check.
//! `set_inputs`, `edit_deals`, `edit_records`, `edit_shares` and the changes of a ticket, a failure
//! or its timeouts sign nothing again: the fault then does so itself, or several come together.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Value, json};

use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::messages::{
    Announcement, Fail, OrderedRecord, Proposal, Record, SignedDeal, derive_root, to_inputs,
};
use ioschain_spec::drp::recovery::derive_randomness;
use ioschain_spec::drp::{EpochContext, Run};
use ioschain_spec::primitives::ed25519::{KeyPair, Signature};
use ioschain_spec::primitives::encoding::BoundedMap;
use ioschain_spec::primitives::group::{EncodedElement, Group};
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::pvss::{Deal, DecryptedShare, EncryptedShare};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::sharding::lottery::Ticket;
use ioschain_spec::suite::Normative;

use crate::make::cases::drp::transcripts::seven;
use crate::make::cases::drp::world::{
    CompletedRun, EpochRun, NormativeTranscript, edit, epoch_json, missing,
};
use crate::make::cases::support::CaseError;
use crate::make::cases::world::digest;
use crate::reference::to_json;

/// A transcript, and what its reader knows of the epoch.
#[derive(Clone)]
pub(in crate::make::cases::drp) struct Question {
    pub(in crate::make::cases::drp) finished: Rc<CompletedRun<Ristretto255>>,
    /// Of the run.
    pub(in crate::make::cases::drp) groups: Vec<Vec<NodeId>>,
    pub(super) epoch: EpochContext,
    pub(in crate::make::cases::drp) transcript: NormativeTranscript,
}

pub(super) fn drop_last<T>(values: &mut Vec<T>) {
    values.pop();
}

impl Question {
    pub(in crate::make::cases::drp) fn honest() -> Result<Self, CaseError> {
        let finished = Rc::new(seven()?);
        let session = finished.world.session(&finished.leadership)?;
        let groups = session.groups.into_iter().map(|group| group.members).collect();
        let (epoch, transcript) = (finished.world.epoch.clone(), finished.transcript.clone());
        Ok(Self { finished, groups, epoch, transcript })
    }

    pub(super) fn to_json(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "group": Ristretto255::NAME,
            "epoch": epoch_json(&self.epoch)?,
            "transcript": to_json(&self.transcript)?,
        }))
    }

    pub(super) fn signing(&self, name: &NodeId) -> Result<&KeyPair, CaseError> {
        Ok(&self.finished.world.member(name)?.secrets.signing)
    }

    pub(super) fn proposal(&mut self) -> &mut Proposal {
        &mut self.transcript.commit.proposal
    }

    /// Changes the deals, and nobody signs that.
    pub(super) fn edit_deals(
        &mut self,
        change: impl FnOnce(&mut Vec<SignedDeal>),
    ) -> Result<(), CaseError> {
        edit(&mut self.transcript.commit.proposal.deals, change)
    }

    /// Changes the deals; all sign the statement with their root.
    pub(super) fn change_deals(
        &mut self,
        change: impl FnOnce(&mut Vec<SignedDeal>),
    ) -> Result<(), CaseError> {
        self.edit_deals(change)?;
        self.root_again()
    }

    /// The same signers sign what the statement now is.
    pub(super) fn sign_again(&mut self) -> Result<(), CaseError> {
        let message = self.transcript.commit.proposal.statement.message();
        let signers = self.transcript.commit.signature.signers.clone();
        self.transcript.commit.signature =
            self.finished.world.participants.signature_by(&signers, &message);
        self.record_again()
    }

    /// The first `count` validators sign.
    pub(super) fn signed_by(&mut self, count: usize) -> Result<(), CaseError> {
        self.transcript.commit.signature.signers =
            self.finished.world.participants.first_signers(count)?;
        self.sign_again()
    }

    /// The log has what the commit now is, and a quorum certifies that.
    pub(super) fn record_again(&mut self) -> Result<(), CaseError> {
        self.end_log(Record::Commit(self.transcript.commit.hash()))
    }

    pub(super) fn end_log(&mut self, record: Record) -> Result<(), CaseError> {
        self.edit_records(|records| {
            if let Some(last) = records.last_mut() {
                last.record = record;
            }
        })?;
        self.certify_again()
    }

    /// A quorum certifies the log; one that cannot be has no head, and keeps its certificate.
    pub(super) fn certify_again(&mut self) -> Result<(), CaseError> {
        let world = &self.finished.world;
        let mut progress = LotteryLog::new(&world.epoch);
        for ordered in &self.transcript.log.records {
            let environment = world.environment();
            if progress.append_record(&environment, ordered.height, &ordered.record).is_err() {
                return Ok(());
            }
        }
        self.transcript.log.certificate = world.certify(&progress)?;
        Ok(())
    }

    pub(super) fn edit_records(
        &mut self,
        change: impl FnOnce(&mut Vec<OrderedRecord>),
    ) -> Result<(), CaseError> {
        edit(&mut self.transcript.log.records, change)
    }

    /// Changes the run; its leader, then everybody, signs that, in the run's own session.
    pub(super) fn change_run(&mut self, change: impl FnOnce(&mut Run)) -> Result<(), CaseError> {
        let mut run = self.transcript.commit.proposal.announcement.run;
        change(&mut run);
        let announcement = Announcement::sign(&Normative, run, self.signing(&run.leader)?);
        self.transcript.commit.proposal.announcement = announcement;
        self.transcript.commit.proposal.statement.session = run.session_id();
        self.sign_again()
    }

    pub(super) fn lead_by(&mut self, leader: NodeId) -> Result<(), CaseError> {
        self.change_run(|run| run.leader = leader)
    }

    pub(super) fn change_ticket(
        &mut self,
        change: impl FnOnce(&mut Ticket),
    ) -> Result<(), CaseError> {
        self.edit_records(|records| {
            if let Some(Record::Ticket(ticket)) = records.first_mut().map(|first| &mut first.record)
            {
                change(ticket);
            }
        })
    }

    pub(super) fn change_fail(&mut self, change: impl FnOnce(&mut Fail)) -> Result<(), CaseError> {
        self.edit_records(|records| {
            let fail = records.iter_mut().find_map(|ordered| match &mut ordered.record {
                Record::Fail(fail) => Some(fail),
                _ => None,
            });
            if let Some(fail) = fail {
                change(fail);
            }
        })
    }

    pub(super) fn change_timeouts(
        &mut self,
        change: impl FnOnce(&mut BTreeMap<NodeId, Signature>),
    ) -> Result<(), CaseError> {
        let mut changed = Ok(());
        self.change_fail(|fail| {
            let mut timeouts: BTreeMap<NodeId, Signature> = (*fail.timeouts).clone();
            change(&mut timeouts);
            changed = BoundedMap::try_from(timeouts).map(|timeouts| fail.timeouts = timeouts);
        })?;
        Ok(changed?)
    }

    pub(super) fn change_inputs(
        &mut self,
        change: impl FnOnce(&mut Vec<Vec<NodeId>>),
    ) -> Result<(), CaseError> {
        self.set_inputs(change)?;
        self.sign_again()
    }

    /// Changes the inputs, and nobody signs that.
    pub(super) fn set_inputs(
        &mut self,
        change: impl FnOnce(&mut Vec<Vec<NodeId>>),
    ) -> Result<(), CaseError> {
        let statement = &mut self.transcript.commit.proposal.statement;
        let mut inputs: Vec<Vec<NodeId>> =
            statement.inputs.iter().map(|group| group.to_vec()).collect();
        change(&mut inputs);
        statement.inputs = to_inputs(inputs)?;
        Ok(())
    }

    /// The root is that of the deals, and all sign that.
    pub(super) fn root_again(&mut self) -> Result<(), CaseError> {
        let proposal = &mut self.transcript.commit.proposal;
        proposal.statement.root = derive_root(&proposal.deals);
        self.sign_again()
    }

    /// Changes the first deal; its dealer, then everybody, signs that.
    pub(super) fn change_deal(
        &mut self,
        change: impl FnOnce(&mut SignedDeal),
    ) -> Result<(), CaseError> {
        let mut deal = self.transcript.commit.proposal.deals[0].clone();
        change(&mut deal);
        deal.signature = self.signing(&deal.dealer)?.sign(&deal.message().0);
        edit(&mut self.transcript.commit.proposal.deals, |deals| deals[0] = deal)?;
        self.root_again()
    }

    /// Likewise what it deals.
    pub(super) fn edit_deal(
        &mut self,
        change: impl FnOnce(&mut Deal) -> Result<(), CaseError>,
    ) -> Result<(), CaseError> {
        let mut dealt = self.transcript.commit.proposal.deals[0].deal.clone();
        change(&mut dealt)?;
        self.change_deal(|deal| deal.deal = dealt)
    }

    /// Likewise its commitments.
    pub(super) fn change_commitments(
        &mut self,
        change: impl FnOnce(&mut Vec<EncodedElement>),
    ) -> Result<(), CaseError> {
        self.edit_deal(|deal| edit(&mut deal.commitments, change))
    }

    /// Likewise its encrypted shares.
    pub(super) fn change_encrypted(
        &mut self,
        change: impl FnOnce(&mut Vec<EncryptedShare>),
    ) -> Result<(), CaseError> {
        self.edit_deal(|deal| edit(&mut deal.shares, change))
    }

    /// What a dealer dealt in the turn of rank 0.
    pub(in crate::make::cases::drp) fn deal_for_the_failed_leader(
        &self,
        dealer: &NodeId,
    ) -> Result<SignedDeal, CaseError> {
        let mut world = EpochRun::<Ristretto255>::new(7, 3)?;
        world.hold_lottery()?;
        let announcement = world.announce(&world.turn()?)?;
        world.answer(dealer, &announcement)?.1.ok_or_else(|| missing("deal"))
    }

    /// A deal that a dealer might have made instead.
    pub(in crate::make::cases::drp) fn deal_from_another_seed(
        &self,
        dealer: &NodeId,
    ) -> Result<SignedDeal, CaseError> {
        let mut world = EpochRun::<Ristretto255>::new(7, 3)?;
        if let Some(member) = world.participants.get_mut(dealer) {
            member.secrets.seed = digest("another seed").0.into();
        }
        world.hold_lottery()?;
        world.order(world.fail()?)?;
        let announcement = self.transcript.commit.proposal.announcement.clone();
        world.answer(dealer, &announcement)?.1.ok_or_else(|| missing("deal"))
    }

    pub(super) fn change_signers(
        &mut self,
        change: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), CaseError> {
        edit(&mut self.transcript.commit.signature.signers, change)?;
        self.record_again()
    }

    pub(super) fn change_signature(
        &mut self,
        change: impl FnOnce(&mut SchnorrSignature),
    ) -> Result<(), CaseError> {
        change(&mut self.transcript.commit.signature.signature);
        self.record_again()
    }

    /// Changes the shares of the first input.
    pub(super) fn edit_shares(
        &mut self,
        change: impl FnOnce(&mut Vec<DecryptedShare>),
    ) -> Result<(), CaseError> {
        let mut shares = self.transcript.shares[0].clone();
        edit(&mut shares, change)?;
        edit(&mut self.transcript.shares, |lists| lists[0] = shares)
    }

    /// The share of the first input that its threshold does not need.
    pub(super) fn third_share(&self) -> Result<DecryptedShare, CaseError> {
        let dealer = self.transcript.commit.proposal.deals[0].dealer;
        let reveals = self.finished.reveals.values();
        let mut shares = reveals.flat_map(|reveal| reveal.shares.iter());
        let third =
            shares.find(|shown| shown.dealer == dealer && shown.share.position == Position(3));
        third.map(|shown| shown.share).ok_or_else(|| missing("third share"))
    }

    /// The random number is that of the secret.
    pub(super) fn output_again(&mut self) -> Result<(), CaseError> {
        let session = self.transcript.commit.proposal.statement.session;
        self.transcript.randomness = derive_randomness(&session, &self.transcript.secret);
        Ok(())
    }
}
