//! The paper's text, and rules weakened one by one, to show what each is good for. Not for use.
//!
//! | variant | what it breaks |
//! |---|---|
//! | [`WhitePaper`] | unbiasability: who sees the number first may have another try |
//! | [`GroupsUnchecked`] | unbiasability: a leader can group the malicious together, and leave honest servers out |
//! | [`LowThreshold`] | unpredictability: all inputs of a group can be malicious, or open to them |
//! | [`FewerInputs`] | unbiasability: a leader can do without honest inputs |
//! | [`InputsAfterReveal`] | unbiasability: a leader picks among sums that it knows |
//! | [`DealsUnsigned`] | unbiasability: a leader deals for everybody |
//! | [`SessionUnbound`] | unpredictability: an old deal, with its known secret, counts again |
//! | [`EncryptionsUnproven`] | uniqueness of a deal's secret: which shares are used decides |
//! | [`DecryptionsUnproven`] | unbiasability: the last share can be anything |
//! | [`OwnGroupOnly`] | output after the commit |
//! | [`SharesToLeader`] | output after the commit |
//! | [`RunsAgain`] | uniqueness: after a commit there is another |
//! | [`StartDeadlineOnly`] | progress: a leader that starts and stops is never given up |
//! | [`SameView`] | progress: the same leaders for ever |
//! | [`LotteryOverView`] | unpredictability of leaders, over epochs |
//!
//! A challenge that is taken from the proof instead of computed cannot be had as a variant: proofs here hold no
//! challenge (see [`dleq`](crate::primitives::dleq)).

use std::collections::BTreeSet;

use super::configuration::{EpochEnvironment, Run, Session};
use super::messages::{Inputs, SignedDeal};
use super::rules::{Audience, Rules, Seen, Stage, Step, check_members};
use crate::Rejection;
use crate::primitives::certificate::Roster;
use crate::primitives::encoding::encode;
use crate::primitives::group::{Element, Group};
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::{NodeId, ValidatorKeyPairs};
use crate::primitives::pvss::{DecodedDeal, DecryptedShare, Sharing};
use crate::primitives::vrf::VrfOutput;
use crate::sharding::lottery::{Lottery, Ticket, Tickets};
use crate::suite::Suite;

/// Follows the paper where the specification does not: the client chooses the groups; shares go to it alone, as
/// soon as it has the collective signature; only the start has a deadline, and a run whose number does not come
/// is failed and another one follows; tickets are drawn over the view alone (gaps W8, W10, W12, W13, W14, W18).
#[derive(Clone, Debug, Default)]
pub struct WhitePaper {
    /// The groups that the client chose.
    pub grouping: Vec<Vec<NodeId>>,
}

impl<G: Group, S: Suite> Rules<G, S> for WhitePaper {
    /// §5 step 1: "its view and private key".
    fn draw_ticket(&self, lottery: &Lottery<'_>, key_pairs: &ValidatorKeyPairs) -> Option<Ticket> {
        draw_over_view(lottery, key_pairs)
    }

    /// §5 step 1.
    fn check_ticket(
        &self,
        suite: &S,
        lottery: &Lottery<'_>,
        counted: &Tickets,
        height: u64,
        ticket: &Ticket,
    ) -> Result<VrfOutput, Rejection> {
        check_over_view(suite, lottery, counted, height, ticket)
    }

    /// §4: the client broadcasts a grouping.
    fn derive_groups(
        &self,
        _session: &Digest,
        _servers: &[NodeId],
        _size: u16,
    ) -> Vec<Vec<NodeId>> {
        self.grouping.clone()
    }

    /// §4, phase two: once the client has the collective signature.
    fn may_reveal(&self, stage: Stage) -> bool {
        stage >= Stage::SignedOff
    }

    /// §4, phase two: "to the client".
    fn audience_of_shares(&self) -> Audience {
        Audience::Leader
    }

    /// §5 step 7: Δ for the start; and the analysis: a malicious leader can fail the run.
    fn gives_up(&self, step: Step, seen: Seen) -> bool {
        match step {
            Step::Announcement => !seen.announcement,
            Step::Deals | Step::Proposal => false,
            Step::SignOff => true,
        }
    }

    /// §5 step 7: a back-up leads.
    fn may_run_again(&self) -> bool {
        true
    }
}

/// Takes whatever groups the client chose, a partition or not.
#[derive(Clone, Debug, Default)]
pub struct GroupsUnchecked {
    /// The groups that the client chose.
    pub grouping: Vec<Vec<NodeId>>,
}

impl<G: Group, S: Suite> Rules<G, S> for GroupsUnchecked {
    fn derive_groups(
        &self,
        _session: &Digest,
        _servers: &[NodeId],
        _size: u16,
    ) -> Vec<Vec<NodeId>> {
        self.grouping.clone()
    }

    fn check_groups(&self, _servers: &[NodeId], _groups: &[Vec<NodeId>]) -> Result<(), Rejection> {
        Ok(())
    }
}

/// t_l = ⌊c_l/3⌋: one fewer, at least 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct LowThreshold;

impl<G: Group, S: Suite> Rules<G, S> for LowThreshold {
    fn derive_threshold(&self, members: usize) -> usize {
        members.checked_div(3).unwrap_or(0).max(1)
    }
}

/// Accepts fewer inputs of a group than its threshold.
#[derive(Clone, Copy, Debug, Default)]
pub struct FewerInputs;

impl<G: Group, S: Suite> Rules<G, S> for FewerInputs {
    fn check_inputs(&self, session: &Session<G>, inputs: &Inputs) -> Result<(), Rejection> {
        let mut pairs = session.groups.iter().zip(inputs);
        if !pairs.all(|(group, dealers)| dealers.len() <= group.threshold()) {
            return Err(Rejection::DrpInputCount);
        }
        check_members(session, inputs)
    }
}

/// Servers decrypt as soon as there is a proposal, so that the leader may still make another.
#[derive(Clone, Copy, Debug, Default)]
pub struct InputsAfterReveal;

impl<G: Group, S: Suite> Rules<G, S> for InputsAfterReveal {
    fn may_reveal(&self, _stage: Stage) -> bool {
        true
    }
}

/// Nobody looks whether a deal is signed by its dealer.
#[derive(Clone, Copy, Debug, Default)]
pub struct DealsUnsigned;

impl<G: Group, S: Suite> Rules<G, S> for DealsUnsigned {
    fn check_deal_origin(
        &self,
        _environment: &EpochEnvironment<'_, G, S>,
        session: &Session<G>,
        announcement: &Digest,
        deal: &SignedDeal,
    ) -> Result<(), Rejection> {
        if deal.session != session.id || deal.announcement != *announcement {
            return Err(Rejection::DrpDealSession);
        }
        Ok(())
    }
}

/// The session id leaves out epoch, view and rank, and a deal answers any announcement.
#[derive(Clone, Copy, Debug, Default)]
pub struct SessionUnbound;

impl<G: Group, S: Suite> Rules<G, S> for SessionUnbound {
    fn derive_session_id(&self, run: &Run) -> Digest {
        tagged_hash(tags::DRP_SESSION, &(run.suite, run.chain_id, run.configuration, run.leader))
    }

    fn check_deal_origin(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        session: &Session<G>,
        _announcement: &Digest,
        deal: &SignedDeal,
    ) -> Result<(), Rejection> {
        let key = environment.epoch.signing_key(&deal.dealer);
        let (suite, message) = (environment.suite, deal.message());
        if !key.is_some_and(|key| suite.verify_signature(key, &message, &deal.signature)) {
            return Err(Rejection::DrpDealSignature);
        }
        if deal.session != session.id {
            return Err(Rejection::DrpDealSession);
        }
        Ok(())
    }
}

/// Nobody looks whether encrypted shares are the committed ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct EncryptionsUnproven;

impl<G: Group, S: Suite> Rules<G, S> for EncryptionsUnproven {
    fn check_encryptions(
        &self,
        _sharing: &Sharing<G>,
        _deal: &DecodedDeal<G>,
    ) -> Result<(), Rejection> {
        Ok(())
    }
}

/// Nobody looks whether decrypted shares are the encrypted ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct DecryptionsUnproven;

impl<G: Group, S: Suite> Rules<G, S> for DecryptionsUnproven {
    fn check_decryption(
        &self,
        _sharing: &Sharing<G>,
        _deal: &DecodedDeal<G>,
        share: &DecryptedShare,
    ) -> Result<G::Element, Rejection> {
        G::Element::decode(&share.share)
    }
}

/// Signers check the encryptions of their own group's deals only.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnGroupOnly;

impl<G: Group, S: Suite> Rules<G, S> for OwnGroupOnly {
    fn checks_group(&self, own: Option<usize>, group: usize) -> bool {
        own == Some(group)
    }
}

/// Shares go to the leader alone, after the commit.
#[derive(Clone, Copy, Debug, Default)]
pub struct SharesToLeader;

impl<G: Group, S: Suite> Rules<G, S> for SharesToLeader {
    fn audience_of_shares(&self) -> Audience {
        Audience::Leader
    }
}

/// A commit ends nothing: a failure after it makes the next rank current.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunsAgain;

impl<G: Group, S: Suite> Rules<G, S> for RunsAgain {
    fn may_run_again(&self) -> bool {
        true
    }
}

/// Only the announcement has a deadline.
#[derive(Clone, Copy, Debug, Default)]
pub struct StartDeadlineOnly;

impl<G: Group, S: Suite> Rules<G, S> for StartDeadlineOnly {
    fn gives_up(&self, step: Step, seen: Seen) -> bool {
        step == Step::Announcement && !seen.announcement && !seen.commit
    }
}

/// After all leaders have failed the same view is drawn again, and nobody is excluded.
#[derive(Clone, Copy, Debug, Default)]
pub struct SameView;

impl<G: Group, S: Suite> Rules<G, S> for SameView {
    fn derive_excluded(
        &self,
        _configuration: &Roster,
        convicted: &BTreeSet<NodeId>,
        _failed: &BTreeSet<NodeId>,
    ) -> BTreeSet<NodeId> {
        convicted.clone()
    }

    fn derive_later_view(&self, view: u32, _lotteries: u64) -> u32 {
        view
    }
}

/// The lottery's input is the view alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct LotteryOverView;

impl<G: Group, S: Suite> Rules<G, S> for LotteryOverView {
    fn draw_ticket(&self, lottery: &Lottery<'_>, key_pairs: &ValidatorKeyPairs) -> Option<Ticket> {
        draw_over_view(lottery, key_pairs)
    }

    fn check_ticket(
        &self,
        suite: &S,
        lottery: &Lottery<'_>,
        counted: &Tickets,
        height: u64,
        ticket: &Ticket,
    ) -> Result<VrfOutput, Rejection> {
        check_over_view(suite, lottery, counted, height, ticket)
    }
}

fn draw_over_view(lottery: &Lottery<'_>, key_pairs: &ValidatorKeyPairs) -> Option<Ticket> {
    let proof = key_pairs.lottery.prove(&encode(&lottery.view))?;
    Some(Ticket { proof, ..lottery.draw(key_pairs)? })
}

fn check_over_view<S: Suite>(
    suite: &S,
    lottery: &Lottery<'_>,
    counted: &Tickets,
    height: u64,
    ticket: &Ticket,
) -> Result<VrfOutput, Rejection> {
    let keys = lottery.check_claims(counted, height, ticket)?;
    suite.verify_vrf(&keys.lottery, &encode(&lottery.view), &ticket.proof)
}
