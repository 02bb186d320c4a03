//! What is checked of a proposal and of a commit, in the order in which a third party does it.
//!
//! Everybody runs the same checks: a signer those of the proposal, a validator of the identity shard those
//! of the commit before it votes, a third party these and more ([`verifier`](super::verifier)). Each check is
//! noted in a [`Report`], so that a list of them can be shown.

use std::sync::Arc;

use super::configuration::{
    EpochEnvironment, Leadership, Run, ServerGroup, Session, derive_partition,
};
use super::messages::{Announcement, Commit, Proposal, SignedDeal, Statement, derive_root};
use crate::Rejection;
use crate::primitives::cosi::CollectiveSignature;
use crate::primitives::group::Group;
use crate::primitives::hash::Digest;
use crate::primitives::keys::NodeId;
use crate::primitives::pvss::{DecodedDeal, Sharing};
use crate::suite::Suite;

/// The checks of a transcript, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The run's suite, chain, epoch, random number before and validators.
    Configuration,
    /// The session id.
    Session,
    /// Tickets and failures give this view, rank and leader.
    Leader,
    /// The groups, derived, are a partition of the servers.
    Groups,
    /// The thresholds, computed, fit their groups.
    Thresholds,
    /// The announcement's signature.
    Announcement,
    /// As many inputs as the threshold, distinct, members of their group.
    Inputs,
    /// Each deal's signature, session, lengths, encodings.
    Deals,
    /// Each encrypted share is the committed one.
    Encryptions,
    /// The root commits to the deals.
    Root,
    /// The signers are a quorum of the validators.
    Signers,
    /// The collective signature.
    CollectiveSignature,
    /// The commit is ordered, first of its epoch.
    Commit,
    /// As many shares as the threshold for each input, at distinct positions.
    Shares,
    /// Each decrypted share is the encrypted one.
    Decryptions,
    /// The shares give the secret, and that the random number.
    Output,
}

impl Check {
    /// All of them, in their order.
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

    /// What it is, for a person.
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

/// The checks that were made, in order; only the last can have failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Each with what it gave.
    pub outcomes: Vec<(Check, Result<(), Rejection>)>,
}

impl Report {
    /// Notes what a check gave, and gives it.
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

/// A proposal that was checked, with what was computed on the way.
#[derive(Clone, Debug)]
pub struct CheckedProposal<G: Group> {
    /// The session.
    pub session: Session<G>,
    /// What was proposed.
    pub statement: Statement,
    /// The inputs, in order; all who have the proposal share them.
    pub inputs: Arc<[Input<G>]>,
}

/// An input: a dealer's secret, shared in its group.
#[derive(Clone, Debug)]
pub struct Input<G: Group> {
    /// Whose.
    pub dealer: NodeId,
    /// In which group, from 0.
    pub group: usize,
    /// How it is shared.
    pub sharing: Sharing<G>,
    /// The deal.
    pub deal: DecodedDeal<G>,
}

/// Checks an announcement against what the reader computes: field by field, then the signature.
///
/// # Errors
/// Those of [`check_configuration`], [`check_leader`], [`check_announcement_signature`], in this order.
pub fn check_announcement<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    current: &Leadership,
    announcement: &Announcement,
) -> Result<(), Rejection> {
    check_configuration(environment, &announcement.run)?;
    check_leader(current, &announcement.run)?;
    check_announcement_signature(environment, announcement)
}

/// Checks a proposal, up to and including its root. `current` is whose turn it is, as far as the reader knows;
/// `signer` is who checks in order to sign.
///
/// # Errors
/// Of each [`Check`] up to [`Check::Root`], in their order.
pub fn check_proposal<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    current: Result<Leadership, Rejection>,
    proposal: &Proposal,
    signer: Option<&NodeId>,
    report: &mut Report,
) -> Result<CheckedProposal<G>, Rejection> {
    let Proposal { announcement, statement, .. } = proposal;
    let (rules, run) = (environment.rules, &announcement.run);
    report.note(Check::Configuration, check_configuration(environment, run))?;
    report.note(Check::Session, check_session(environment, run, statement))?;
    let leader = current.and_then(|current| check_leader(&current, run));
    report.note(Check::Leader, leader)?;
    let groups = derive_partition(environment, run);
    let groups = groups.and_then(|groups| check_lists(groups, statement));
    let groups = report.note(Check::Groups, groups)?;
    let session = Session::new(environment, run, groups);
    let session = report.note(Check::Thresholds, session)?;
    let signature = check_announcement_signature(environment, announcement);
    report.note(Check::Announcement, signature)?;
    report.note(Check::Inputs, rules.check_inputs(&session, &statement.inputs))?;
    let inputs = decode_deals(environment, &session, proposal);
    let inputs = report.note(Check::Deals, inputs)?;
    let own = signer.and_then(|signer| session.group_of(signer)).map(|(at, _)| at);
    let is_checked = |input: &&Input<G>| signer.is_none() || rules.checks_group(own, input.group);
    let mut to_check = inputs.iter().filter(is_checked);
    let encryptions =
        to_check.try_for_each(|input| rules.check_encryptions(&input.sharing, &input.deal));
    report.note(Check::Encryptions, encryptions)?;
    report.note(Check::Root, check_root(proposal))?;
    Ok(CheckedProposal { session, statement: statement.clone(), inputs: inputs.into() })
}

/// Checks a commit, up to and including its collective signature.
///
/// # Errors
/// Of each [`Check`] up to [`Check::CollectiveSignature`], in their order.
pub fn check_commit<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    current: Result<Leadership, Rejection>,
    commit: &Commit,
    report: &mut Report,
) -> Result<CheckedProposal<G>, Rejection> {
    let (rules, validators) = (environment.rules, environment.epoch.configuration.count());
    let proposal = &commit.proposal;
    let checked = rules.check_proposal(environment, current, proposal, None, report)?;
    let signers = rules.check_signers(validators, &commit.signature.signers);
    report.note(Check::Signers, signers)?;
    let signature = check_collective_signature(environment, &checked.statement, &commit.signature);
    report.note(Check::CollectiveSignature, signature)?;
    Ok(checked)
}

/// **DRP-CONFIG-01** (MUST) [own] A run names the suite, the chain, the epoch, the random number of the epoch before
/// and the epoch's validators. Every reader computes them.
///
/// # Errors
/// [`Rejection::DrpConfiguration`]
pub fn check_configuration<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    run: &Run,
) -> Result<(), Rejection> {
    // DRP-CONFIG-01: field by field.
    if environment.epoch.run::<G>(&run.leadership()) != *run {
        return Err(Rejection::DrpConfiguration);
    }
    Ok(())
}

/// **DRP-LEADER-01** (MUST) [WP §5 steps 3, 4 and 7] A run is led by the validator whose rank is current, in the view
/// that is current, by the tickets that count and the failures that are ordered.
///
/// # Errors
/// [`Rejection::DrpLeader`]
pub fn check_leader(current: &Leadership, run: &Run) -> Result<(), Rejection> {
    // DRP-LEADER-01: it is its turn.
    if run.leadership() != *current {
        return Err(Rejection::DrpLeader);
    }
    Ok(())
}

/// **DRP-ANNOUNCE-01** (MUST) [RH] An announcement is signed by its run's leader.
///
/// # Errors
/// [`Rejection::DrpAnnouncement`]
pub fn check_announcement_signature<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    announcement: &Announcement,
) -> Result<(), Rejection> {
    let Announcement { run, signature } = announcement;
    let message = Announcement::message(run);
    let key = environment.epoch.signing_key(&run.leader);
    // DRP-ANNOUNCE-01: signed by the leader.
    if !key.is_some_and(|key| environment.suite.verify_signature(key, &message, signature)) {
        return Err(Rejection::DrpAnnouncement);
    }
    Ok(())
}

fn check_session<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    run: &Run,
    statement: &Statement,
) -> Result<(), Rejection> {
    // DRP-SESSION-01: the hash of the whole configuration.
    if statement.session != environment.rules.derive_session_id(run) {
        return Err(Rejection::DrpSession);
    }
    Ok(())
}

fn check_lists(
    groups: Vec<Vec<NodeId>>,
    statement: &Statement,
) -> Result<Vec<Vec<NodeId>>, Rejection> {
    // DRP-GROUPS-02: a list of inputs for each group.
    if statement.inputs.len() != groups.len() {
        return Err(Rejection::DrpGroups);
    }
    Ok(groups)
}

/// **DRP-DEAL-01** (MUST) [RH] A proposal has the deal of every input, in the order of the inputs, and no other.
fn decode_deals<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    session: &Session<G>,
    proposal: &Proposal,
) -> Result<Vec<Input<G>>, Rejection> {
    // DRP-DEAL-01: one by each dealer, in order.
    if !proposal.statement.dealers().eq(proposal.deals.iter().map(|deal| deal.dealer)) {
        return Err(Rejection::DrpDealDealer);
    }
    let announcement = proposal.announcement.hash();
    let lists = session.groups.iter().zip(&proposal.statement.inputs).enumerate();
    let placed = lists.flat_map(|(at, (group, dealers))| dealers.iter().map(move |_| (at, group)));
    let deals = placed.zip(&proposal.deals);
    deals
        .map(|(group, deal)| decode_deal(environment, session, &announcement, group, deal))
        .collect()
}

/// A deal in answer to an announcement, by a member of a group, with its number; its encryptions may still be
/// false.
///
/// # Errors
/// In this order: those of [`Rules::check_deal_origin`](super::Rules::check_deal_origin), of
/// [`Rules::decode_deal`](super::Rules::decode_deal).
pub(super) fn decode_deal<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    session: &Session<G>,
    announcement: &Digest,
    (at, group): (usize, &ServerGroup<G>),
    deal: &SignedDeal,
) -> Result<Input<G>, Rejection> {
    environment.rules.check_deal_origin(environment, session, announcement, deal)?;
    let sharing = group.sharing_of(&deal.dealer);
    let decoded = environment.rules.decode_deal(&sharing, deal)?;
    Ok(Input { dealer: deal.dealer, group: at, sharing, deal: decoded })
}

fn check_root(proposal: &Proposal) -> Result<(), Rejection> {
    // DRP-ROOT-01: the deals are those that the statement fixes.
    if derive_root(&proposal.deals) != proposal.statement.root {
        return Err(Rejection::DrpRoot);
    }
    Ok(())
}

/// # Errors
/// Those of [`Roster::cosigners`](crate::primitives::certificate::Roster::cosigners), of
/// [`Rules::check_collective_signature`](super::Rules::check_collective_signature).
pub(super) fn check_collective_signature<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    statement: &Statement,
    signature: &CollectiveSignature,
) -> Result<(), Rejection> {
    let cosigners = environment.epoch.configuration.cosigners::<G>()?;
    let EpochEnvironment { rules, suite, .. } = environment;
    rules.check_collective_signature(suite, &cosigners, &statement.message(), signature)
}
