//! The checks of a proposal and of a commit, in the order in which a third party makes them.
//!
//! Everybody makes the same checks. A signer makes those of the proposal. A validator of the
//! identity shard makes those of the commit before it votes. A third party makes these and more
//! ([`verifier`](super::verifier)). The outcome of each check is recorded in a [`Report`], so that
//! a program can show the list.

use std::sync::Arc;

use super::configuration::{
    EpochEnvironment, Leadership, Run, ServerGroup, Session, derive_partition,
};
use super::messages::{Announcement, Commit, Proposal, SignedDeal, Statement, derive_root};
use super::report::{Check, Report};
use crate::Rejection;
use crate::primitives::cosi::CollectiveSignature;
use crate::primitives::group::Group;
use crate::primitives::hash::Digest;
use crate::primitives::keys::NodeId;
use crate::primitives::pvss::{DecodedDeal, Sharing};
use crate::suite::Suite;

/// A proposal that passed its checks, with the values that were computed for them.
#[derive(Clone, Debug)]
pub struct CheckedProposal<G: Group> {
    /// The session of the run.
    pub session: Session<G>,
    /// The statement that was proposed.
    pub statement: Statement,
    /// The inputs, in order. All copies of this value share them.
    pub inputs: Arc<[Input<G>]>,
}

/// An input: a dealer's secret, shared in its group.
#[derive(Clone, Debug)]
pub struct Input<G: Group> {
    /// The name of the dealer.
    pub dealer: NodeId,
    /// The number of the dealer's group, from 0.
    pub group: usize,
    /// The parameters of the sharing.
    pub sharing: Sharing<G>,
    /// The deal, decoded.
    pub deal: DecodedDeal<G>,
}

/// Checks an announcement against the values that the reader computes: first each field, then the
/// signature.
///
/// # Errors
/// Those of [`check_configuration`], [`check_leader`], [`check_announcement_signature`], in this
/// order.
pub fn check_announcement<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    current: &Leadership,
    announcement: &Announcement,
) -> Result<(), Rejection> {
    check_configuration(environment, &announcement.run)?;
    check_leader(current, &announcement.run)?;
    check_announcement_signature(environment, announcement)
}

/// Checks a proposal, up to and including its root. `current` is the current leader according to
/// the reader's log. `signer` is the validator that makes the checks because it is asked to sign.
///
/// Each row of the table begins with the name of its [`Check`].
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | Configuration: the run is of this suite, chain, epoch and these validators | DRP-CONFIG-01 | `DRP_CONFIGURATION` | `check_configuration` |
/// | 2 | Session: the session id is the run's | DRP-SESSION-01 | `DRP_SESSION` | `check_session` |
/// | 3 | Leader: the log gives this view, rank and leader | DRP-LEADER-01 | `DRP_LEADER` | `check_leader` |
/// | 4 | Groups: they are a partition of the servers | DRP-GROUPS-02 | `DRP_GROUPS` | `Rules::check_groups` |
/// | 5 | Groups: the inputs are one list for each group | DRP-GROUPS-02 | `DRP_GROUPS` | `check_lists` |
/// | 6 | Thresholds: each member's group key is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 7 | Thresholds: each fits its group | CRY-PVSS-01 | `CRY_PVSS_LENGTHS` | `Sharing::with_encoded_keys` |
/// | 8 | Thresholds: neither base nor key is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 9 | Announcement: the leader signed it | DRP-ANNOUNCE-01 | `DRP_ANNOUNCEMENT` | `check_announcement_signature` |
/// | 10 | Inputs: as many as the threshold of each group | DRP-INPUTS-01 | `DRP_INPUT_COUNT` | `Rules::check_inputs` |
/// | 11 | Inputs: no dealer comes twice | DRP-INPUTS-02 | `DRP_INPUT_REPEATED` | `check_members` |
/// | 12 | Inputs: each dealer is of its group | DRP-INPUTS-03 | `DRP_INPUT_GROUP` | `check_members` |
/// | 13 | Deals: one of each dealer, in order | DRP-DEAL-01 | `DRP_DEAL_DEALER` | `decode_deals` |
/// | 14 | Deals, each: its dealer signed it | DRP-DEAL-02 | `DRP_DEAL_SIGNATURE` | `Rules::check_deal_origin` |
/// | 15 | Deals, each: it answers this announcement | DRP-DEAL-03 | `DRP_DEAL_SESSION` | `Rules::check_deal_origin` |
/// | 16 | Deals, each: its lengths are exact | CRY-PVSS-03 | `CRY_PVSS_LENGTHS` | `decode_deal` |
/// | 17 | Deals, each: its elements are encoded | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 18 | Deals, each: its scalars are encoded | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 19 | Encryptions: no base of a proof is the identity | CRY-DLEQ-03 | `CRY_ELEMENT_IDENTITY` | `check_identity` |
/// | 20 | Encryptions: each share is the committed one | CRY-DLEQ-02 | `CRY_DLEQ_PROOF` | `verify` |
/// | 21 | Root: it commits to the deals | DRP-ROOT-01 | `DRP_ROOT` | `check_root` |
///
/// # Errors
/// The first row of the table that fails. If `current` is a rejection, that rejection is returned
/// where the row of the leader would be checked.
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::drp::checks::check_proposal;
/// use ioschain_spec::drp::report::{Check, Report};
/// use ioschain_spec::drp::{EpochEnvironment, Specification};
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::ristretto::Ristretto255;
/// use ioschain_spec::suite::Normative;
/// use ioschain_spec::testing::drp::{OrderedLog, Participants, epoch_of};
///
/// let participants = Participants::numbered(4);
/// let epoch = epoch_of(participants.roster()?, 3);
/// let environment: EpochEnvironment<'_, Ristretto255, Normative> =
///     EpochEnvironment { rules: &Specification, suite: &Normative, epoch: &epoch };
/// let log = OrderedLog::after_lottery(&environment, &participants)?;
/// let mut proposal = participants.propose(&environment, &log)?;
///
/// let current = log.leadership(&epoch);
/// let checked = check_proposal(&environment, current, &proposal, None, &mut Report::default())?;
/// assert_eq!(checked.inputs.len(), 2, "a group of three servers has the threshold 2");
///
/// // A root that commits to other deals is refused, and the report names the check.
/// proposal.statement.root = Digest::ZERO;
/// let mut report = Report::default();
/// assert!(check_proposal(&environment, current, &proposal, None, &mut report).is_err());
/// assert_eq!(report.failed(), Some((Check::Root, Rejection::DrpRoot)));
/// # Ok::<(), Rejection>(())
/// ```
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
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | the proposal passes its own checks | - | - | `check_proposal` |
/// | 2 | Signers: the bitmap fits the validators | CRY-CERT-01 | `CRY_CERTIFICATE_SIGNERS` | `check_signers` |
/// | 3 | Signers: they are a quorum | CRY-CERT-02 | `CRY_CERTIFICATE_QUORUM` | `check_signers` |
/// | 4 | CollectiveSignature: its commitment is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 5 | CollectiveSignature: neither commitment nor key sum is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 6 | CollectiveSignature: its response is a scalar | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 7 | CollectiveSignature: the signers signed the statement | CRY-COSI-02 | `CRY_COSI_SIGNATURE` | `verify_named` |
///
/// # Errors
/// The first row of the table that fails.
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

/// **DRP-CONFIG-01** (MUST) \[own] A run names the suite, the chain, the epoch, the random number
/// of the epoch before and the epoch's validators. Every reader computes these values itself.
///
/// # Errors
/// [`Rejection::DrpConfiguration`]
pub fn check_configuration<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    run: &Run,
) -> Result<(), Rejection> {
    // DRP-CONFIG-01: every field is the one that the reader computes.
    if environment.epoch.run::<G>(&run.leadership()) != *run {
        return Err(Rejection::DrpConfiguration);
    }
    Ok(())
}

/// **DRP-LEADER-01** (MUST) [WP §5 steps 3, 4 and 7] A run names the current view, the current rank
/// and the validator with that rank, according to the tickets that count and the ordered failures.
/// Otherwise two leaders could run at once, and whoever knows both numbers could choose one.
///
/// The paper: "The validator corresponding to the minimum-value valid lottery is elected as the
/// leader" (§5 step 4).
///
/// # Errors
/// [`Rejection::DrpLeader`]
pub fn check_leader(current: &Leadership, run: &Run) -> Result<(), Rejection> {
    // DRP-LEADER-01: it is this leader's turn.
    if run.leadership() != *current {
        return Err(Rejection::DrpLeader);
    }
    Ok(())
}

/// **DRP-ANNOUNCE-01** (MUST) \[RH] An announcement is signed by its run's leader. Otherwise a
/// stranger could start a run, and the servers would use up the only answer that they give.
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
    // DRP-ANNOUNCE-01: the leader signed it.
    if !key.is_some_and(|key| environment.suite.verify_signature(key, &message, signature)) {
        return Err(Rejection::DrpAnnouncement);
    }
    Ok(())
}

/// Checks the session id.
fn check_session<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    run: &Run,
    statement: &Statement,
) -> Result<(), Rejection> {
    // DRP-SESSION-01: the session id is the hash of the whole configuration. Otherwise an old run
    // with known secrets could count again.
    if statement.session != environment.rules.derive_session_id(run) {
        return Err(Rejection::DrpSession);
    }
    Ok(())
}

/// Checks that there is one list of inputs for each group.
fn check_lists(
    groups: Vec<Vec<NodeId>>,
    statement: &Statement,
) -> Result<Vec<Vec<NodeId>>, Rejection> {
    // DRP-GROUPS-02: there is a list of inputs for each group.
    if statement.inputs.len() != groups.len() {
        return Err(Rejection::DrpGroups);
    }
    Ok(groups)
}

/// **DRP-DEAL-01** (MUST) \[RH] A proposal has the deal of every input, in the order of the inputs,
/// and no other deal.
fn decode_deals<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    session: &Session<G>,
    proposal: &Proposal,
) -> Result<Vec<Input<G>>, Rejection> {
    // DRP-DEAL-01: there is one deal of each dealer, in order.
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

/// Checks where a deal of a group member comes from, and decodes it. The group is given with its
/// number. The encrypted shares are not checked here.
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

/// Checks the root of the deals.
fn check_root(proposal: &Proposal) -> Result<(), Rejection> {
    // DRP-ROOT-01: the deals are those that the statement fixes.
    if derive_root(&proposal.deals) != proposal.statement.root {
        return Err(Rejection::DrpRoot);
    }
    Ok(())
}

/// Checks the collective signature of a statement.
///
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
