//! The decision points of §4, one method each. The default body is the specification.

use std::collections::BTreeSet;

use super::checks::{self, CheckedProposal};
use super::configuration::{EpochEnvironment, Leadership, Run, Session};
use super::messages::{Inputs, Proposal, SignedDeal};
use super::report::Report;
use crate::Rejection;
use crate::primitives::certificate::{self, Roster, Signers};
use crate::primitives::cosi::{CollectiveSignature, Cosigners};
use crate::primitives::group::{Group, tagged_hash_to_group};
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::{NodeId, ValidatorKeyPairs};
use crate::primitives::numbers::{Height, View};
use crate::primitives::pvss::{
    self, DecodedDeal, DecryptedShare, Sharing, decode_deal, verify_decryption,
};
use crate::primitives::stream::{Stream, buckets};
use crate::primitives::vrf::VrfOutput;
use crate::sharding::lottery::{self, Lottery, Ticket, Tickets};
use crate::suite::Suite;

/// The specification: every rule as its default body states it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Specification;

impl<G: Group, S: Suite> Rules<G, S> for Specification {}

/// The steps of a run that have a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The announcement, I1, has arrived.
    Announcement,
    /// The leader has waited long enough for the deals, R1.
    Deals,
    /// The proposal, I2, has arrived.
    Proposal,
    /// The commit, I3, has arrived.
    SignOff,
}

/// The kinds of messages of a run that a validator has received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Whether the announcement, I1, has arrived.
    pub announcement: bool,
    /// Whether a proposal, I2, has arrived.
    pub proposal: bool,
    /// Whether a commit, I3, has arrived.
    pub commit: bool,
}

/// The stage that a run has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// There is a proposal, I2.
    Proposed,
    /// There is a commit, I3.
    SignedOff,
    /// The commit is ordered.
    Committed,
}

/// The recipients of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every validator receives the message.
    All,
    /// The leader of the run alone.
    Leader,
}

/// The largest number of times that Δ is doubled. Because of this limit, validators that were
/// disconnected for many views do not wait without end.
pub const DOUBLINGS_MAX: u32 = 16;

/// The rules of the randomness protocol. No method is generic, so `&dyn Rules<G, S>` is possible.
///
/// Together they give these properties in every run:
///
/// **DRP-UNBIASED-01** (MUST) [WP §4, RH] If at most f validators are malicious, the leader
/// included, the random number of a committed run is uniform, whatever the malicious validators do.
///
/// The paper: "The final random number must be unforgeable and unbiased (uniformly random)" (§4,
/// requirement 2).
///
/// **DRP-UNIQUE-01** (MUST) [WP §4] An epoch has one committed run, and therefore one random
/// number.
///
/// The paper: "Dishonest participant is not able to try multiple times to generate the random
/// number that favors the participant" (§4, requirement 3).
///
/// **DRP-AVAILABLE-01** (MUST) \[own] A committed run ends with its random number, whatever its
/// leader does, if every group has at most c_l − t_l malicious members.
pub trait Rules<G: Group, S: Suite>: std::fmt::Debug {
    // The lottery and whose turn it is.

    /// Draws a validator's ticket in a lottery.
    fn draw_ticket(&self, lottery: &Lottery<'_>, key_pairs: &ValidatorKeyPairs) -> Option<Ticket> {
        lottery.draw(key_pairs)
    }

    /// Checks a ticket and returns its number.
    ///
    /// # Errors
    /// Those of [`Lottery::check_ticket`].
    fn check_ticket(
        &self,
        suite: &S,
        lottery: &Lottery<'_>,
        counted: &Tickets,
        height: Height,
        ticket: &Ticket,
    ) -> Result<VrfOutput, Rejection> {
        lottery.check_ticket(suite, counted, height, ticket)
    }

    /// The validators that may not lead.
    fn derive_excluded(
        &self,
        configuration: &Roster,
        convicted: &BTreeSet<NodeId>,
        failed: &BTreeSet<NodeId>,
    ) -> BTreeSet<NodeId> {
        lottery::derive_excluded(configuration, convicted, failed)
    }

    /// The view after `lotteries` views, counted from `view`. In each of these views, all leaders
    /// have failed, or nobody entered the lottery.
    ///
    /// **EDS-VIEW-01** (MUST) [WP §5 step 7, OL] The number of the next view is one higher, so that
    /// each lottery draws new numbers.
    ///
    /// The paper: "the lottery will roll back to step 1 and the whole protocol will be rerun" (§5
    /// step 7). It does not say in which view (gap W11).
    fn derive_later_view(&self, view: View, lotteries: u64) -> View {
        view.saturating_add(u32::try_from(lotteries).unwrap_or(u32::MAX))
    }

    /// Whether an epoch may have another run after a commit.
    ///
    /// **DRP-COMMIT-02** (MUST) \[own] After a commit, no leader is current for the rest of the
    /// epoch: there is no timeout, no failure and no other commit. Otherwise somebody who withholds
    /// shares could have another run.
    fn may_run_again(&self) -> bool {
        false
    }

    // The session.

    /// The session id, sid.
    fn derive_session_id(&self, run: &Run) -> Digest {
        run.session_id()
    }

    /// H_sid, the base of a session's commitments.
    ///
    /// **DRP-SESSION-02** (MUST) [RFC 9497 §4.1, RFC 9380 §3.1] The base is
    /// `HashToGroup("drp/base", sid)`: nobody knows its logarithm, and no two sessions share it. If
    /// two sessions shared a base, commitments of one could be copied into the other.
    fn derive_base(&self, session: &Digest) -> G::Element {
        tagged_hash_to_group::<G>(tags::DRP_BASE, session)
    }

    /// The groups T_1 … T_g of the servers, which are given in the order of names.
    ///
    /// **DRP-GROUPS-01** (MUST) \[own] The servers, in the order of names, are shuffled with the
    /// random stream of `H("drp/groups", sid)` and cut into g = max(1, ⌊|S| / group size⌋)
    /// contiguous groups. The leader chooses nothing (gap W14). A leader that chose the groups
    /// could put all malicious servers into one group.
    ///
    /// The paper: the client broadcasts "a randomly generated balanced grouping" (§4).
    ///
    /// ```
    /// use ioschain_spec::drp::{Rules, Specification};
    /// use ioschain_spec::primitives::hash::Digest;
    /// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
    /// use ioschain_spec::primitives::ristretto::Ristretto255;
    /// use ioschain_spec::primitives::numbers::View;
    /// use ioschain_spec::suite::Normative;
    ///
    /// let rules: &dyn Rules<Ristretto255, Normative> = &Specification;
    /// let name = |number| ValidatorKeyPairs::from_seed(&[number; 32]).public_keys().node_id();
    /// let mut servers: Vec<_> = (1..=10).map(name).collect();
    /// servers.sort();
    /// // Ten servers and a group size of four give two groups of five. Each has the threshold 2.
    /// let groups = rules.derive_groups(&Digest([1; 32]), &servers, 4);
    /// assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5]);
    /// assert_eq!(rules.check_groups(&servers, &groups), Ok(()));
    /// assert_eq!(rules.derive_threshold(5), 2);
    /// // Another session has other groups, so nobody can prepare for them.
    /// assert_ne!(groups, rules.derive_groups(&Digest([2; 32]), &servers, 4));
    /// ```
    fn derive_groups(
        &self,
        session: &Digest,
        servers: &[NodeId],
        group_size: u16,
    ) -> Vec<Vec<NodeId>> {
        let mut order = servers.to_vec();
        Stream::new(tagged_hash(tags::DRP_GROUPS, session)).shuffle(&mut order);
        let count = servers.len().checked_div(group_size.into()).unwrap_or(0).max(1);
        let groups = buckets(&order, u16::try_from(count).unwrap_or(u16::MAX));
        groups.into_iter().map(<[NodeId]>::to_vec).collect()
    }

    /// Checks that the groups are an exact partition of the servers.
    ///
    /// **DRP-GROUPS-02** (MUST) \[RH] Every server is in exactly one group, and nobody else is in a
    /// group. A statement has one list of inputs for each group. Then Σ t_l > |S|/3, so the sum
    /// contains an honest secret.
    ///
    /// # Errors
    /// [`Rejection::DrpGroups`]
    fn check_groups(&self, servers: &[NodeId], groups: &[Vec<NodeId>]) -> Result<(), Rejection> {
        let mut members: Vec<NodeId> = groups.iter().flatten().copied().collect();
        members.sort_unstable();
        // DRP-GROUPS-02: each server is in one group, and nobody else is in any.
        if members != servers {
            return Err(Rejection::DrpGroups);
        }
        Ok(())
    }

    /// The threshold t_l of a group of c_l servers.
    ///
    /// **DRP-GROUPS-03** (MUST) \[RH] The threshold is ⌊c/3⌋ + 1. A verifier computes it and never
    /// reads it from a message.
    fn derive_threshold(&self, members: usize) -> usize {
        members.checked_div(3).unwrap_or(0).saturating_add(1)
    }

    // Deals and inputs.

    /// Checks that a deal comes from its dealer and answers this announcement.
    ///
    /// **DRP-DEAL-02** (MUST) \[RH] A deal is signed by its dealer, and the deal is always sent
    /// together with this signature. Otherwise a leader could invent all deals.
    ///
    /// **DRP-DEAL-03** (MUST) \[own] A deal names this session and answers this announcement.
    /// Otherwise a deal of an old run, whose secret is known by now, could count again.
    ///
    /// # Errors
    /// In this order: [`Rejection::DrpDealSignature`], [`Rejection::DrpDealSession`].
    fn check_deal_origin(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        session: &Session<G>,
        announcement: &Digest,
        deal: &SignedDeal,
    ) -> Result<(), Rejection> {
        let (suite, key) = (environment.suite, environment.epoch.signing_key(&deal.dealer));
        let signed = |key| suite.verify_signature(key, &deal.message(), &deal.signature);
        // DRP-DEAL-02: its dealer signed it.
        if !key.is_some_and(signed) {
            return Err(Rejection::DrpDealSignature);
        }
        // DRP-DEAL-03: the deal names this session and answers this announcement.
        if deal.session != session.id || deal.announcement != *announcement {
            return Err(Rejection::DrpDealSession);
        }
        Ok(())
    }

    /// Decodes the parts of a deal. Their lengths must be exact.
    ///
    /// # Errors
    /// Those of [`decode_deal`].
    fn decode_deal(
        &self,
        sharing: &Sharing<G>,
        deal: &SignedDeal,
    ) -> Result<DecodedDeal<G>, Rejection> {
        decode_deal(sharing, &deal.deal)
    }

    /// Checks that every encrypted share of a deal is the share that the dealer committed to.
    ///
    /// # Errors
    /// Those of [`pvss::verify_encryptions`].
    fn check_encryptions(
        &self,
        sharing: &Sharing<G>,
        deal: &DecodedDeal<G>,
    ) -> Result<(), Rejection> {
        pvss::verify_encryptions(sharing, deal)
    }

    /// The inputs that a leader chooses among the dealers whose deals are `valid`.
    ///
    /// **DRP-INPUTS-04** (SHOULD) \[own] From each group, the leader takes the first valid dealers
    /// in the order of the group, as many as the group's threshold.
    ///
    /// **DRP-INPUTS-05** (MUST) \[own] A run fails if one of its groups has fewer valid deals than
    /// its threshold.
    ///
    /// The paper: "the client chooses a subset of server inputs from each group" (§4). It does not
    /// say of which size (gap W16).
    ///
    /// # Errors
    /// [`Rejection::DrpDealsMissing`]
    fn select_inputs(
        &self,
        session: &Session<G>,
        valid: &BTreeSet<NodeId>,
    ) -> Result<Vec<Vec<NodeId>>, Rejection> {
        let mut inputs = Vec::new();
        for group in &session.groups {
            let dealers = group.members.iter().filter(|member| valid.contains(member));
            let taken: Vec<NodeId> = dealers.take(group.threshold()).copied().collect();
            // DRP-INPUTS-05: the group reaches its threshold.
            if taken.len() < group.threshold() {
                return Err(Rejection::DrpDealsMissing);
            }
            inputs.push(taken);
        }
        Ok(inputs)
    }

    /// Checks that the inputs are the right number of different members of each group.
    ///
    /// **DRP-INPUTS-01** (MUST) [RH, exact own] A group has exactly as many inputs as its
    /// threshold. With fewer inputs, all of them could be malicious. With more inputs, a leader
    /// could choose among more sums.
    ///
    /// # Errors
    /// In this order: [`Rejection::DrpInputCount`], those of [`check_members`].
    fn check_inputs(&self, session: &Session<G>, inputs: &Inputs) -> Result<(), Rejection> {
        let mut pairs = session.groups.iter().zip(inputs);
        // DRP-INPUTS-01: each group has exactly t inputs.
        if !pairs.all(|(group, dealers)| dealers.len() == group.threshold()) {
            return Err(Rejection::DrpInputCount);
        }
        check_members(session, inputs)
    }

    // The sign-off.

    /// Checks the bitmap of a commit, and returns the positions of the validators that it names.
    ///
    /// **DRP-SIGN-01** (MUST) [WP §4, own] All validators of the epoch may sign a statement, and
    /// the leader is one of them. The bitmap has them in the order of their names.
    ///
    /// **DRP-SIGN-02** (MUST) [WP §4, quorum own] A commit names a quorum of these validators, as a
    /// certificate does (CRY-CERT-01, CRY-CERT-02). Then any two quorums have an honest validator
    /// in common.
    ///
    /// The paper: "a sign-off on input values in a global run of collective signature" (§4). It
    /// does not say how many servers must sign (gap W25).
    ///
    /// # Errors
    /// Those of [`certificate::check_signers`].
    fn check_signers(&self, validators: usize, signers: &Signers) -> Result<Vec<usize>, Rejection> {
        certificate::check_signers(validators, signers)
    }

    /// Checks the collective signature of a statement's message.
    ///
    /// **DRP-SIGN-03** (MUST) [WP §4] A commit has the collective signature (CRY-COSI-02) of the
    /// statement's message by the validators whom it names.
    ///
    /// The paper: "a sign-off on input values in a global run of collective signature" (§4).
    ///
    /// # Errors
    /// Those of [`Suite::verify_collective_signature`].
    fn check_collective_signature(
        &self,
        suite: &S,
        cosigners: &Cosigners<G>,
        message: &Digest,
        signature: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        suite.verify_collective_signature(cosigners, message, signature)
    }

    /// Whether a signer checks the encryptions of a group's deals. `own` is the signer's own group,
    /// `None` for the leader.
    ///
    /// **DRP-SIGN-06** (MUST) \[own] A signer checks the encryptions of all groups. If signers
    /// checked only those of their own groups, a leader could commit a run that nobody can recover.
    fn checks_group(&self, _own: Option<usize>, _group: usize) -> bool {
        true
    }

    // Shares.

    /// Whether servers decrypt at a stage.
    ///
    /// **DRP-REVEAL-01** (MUST) \[own] A server decrypts when the commit is ordered, and not
    /// before. Until then nobody knows the random number. From then on nobody can discard it.
    ///
    /// The paper: "the servers decrypt and send their shares to the client as soon as the client
    /// receives a sign-off" (§4). With that rule, a client could try again (gap W12).
    fn may_reveal(&self, stage: Stage) -> bool {
        stage == Stage::Committed
    }

    /// The recipients of decrypted shares.
    ///
    /// **DRP-REVEAL-02** (MUST) \[own] Decrypted shares go to all validators. If they went to the
    /// leader alone, as in the paper, the leader could see the random number first and keep it
    /// secret (gap W18).
    fn audience_of_shares(&self) -> Audience {
        Audience::All
    }

    /// Checks a decrypted share and returns it as an element.
    ///
    /// # Errors
    /// Those of [`verify_decryption`].
    fn check_decryption(
        &self,
        sharing: &Sharing<G>,
        deal: &DecodedDeal<G>,
        share: &DecryptedShare,
    ) -> Result<G::Element, Rejection> {
        verify_decryption(sharing, deal, share)
    }

    // Deadlines.

    /// The time at which a step is due, counted from the lottery's end or from the failure of the
    /// rank before. Its unit is that of `delay`, which is Δ.
    ///
    /// **DRP-DEADLINE-01** (MUST) \[own] I1 is due after Δ, R1 after 2Δ, and I2 after 3Δ. I3 is due
    /// later than I2 by 4Δ for each of the f + 1 attempts at signing. Δ is the given delay in view
    /// 0, and it doubles with each of the next sixteen views.
    ///
    /// ```
    /// use ioschain_spec::drp::rules::Step;
    /// use ioschain_spec::drp::{Rules, Specification};
    /// use ioschain_spec::primitives::ristretto::Ristretto255;
    /// use ioschain_spec::primitives::numbers::View;
    /// use ioschain_spec::suite::Normative;
    ///
    /// let rules: &dyn Rules<Ristretto255, Normative> = &Specification;
    /// // With Δ = 10 and f = 1 in view 0: I2 is due after 3Δ, I3 after another 2 · 4Δ.
    /// assert_eq!(rules.derive_deadline(Step::Proposal, 10, View(0), 1), 30);
    /// assert_eq!(rules.derive_deadline(Step::SignOff, 10, View(0), 1), 110);
    /// // Δ doubles with the view, so that some view is long enough for the network.
    /// assert_eq!(rules.derive_deadline(Step::Proposal, 10, View(1), 1), 60);
    /// ```
    fn derive_deadline(&self, step: Step, delay: u64, view: View, faults_max: usize) -> u64 {
        let attempts = u64::try_from(faults_max).unwrap_or(u64::MAX).saturating_add(1);
        let delays = match step {
            Step::Announcement => 1,
            Step::Deals => 2,
            Step::Proposal => 3,
            Step::SignOff => attempts.saturating_mul(4).saturating_add(3),
        };
        let doubled = 2u64.saturating_pow(view.0.min(DOUBLINGS_MAX)).saturating_mul(delay);
        doubled.saturating_mul(delays)
    }

    /// Whether a validator gives up the leader at the deadline of a step.
    ///
    /// **DRP-TIMEOUT-03** (MUST) \[own] A validator gives up the leader if it has not received what
    /// is due. A validator that has I3 passes it on and never gives up. The deadline for R1 makes
    /// nobody give up, because only the leader can see that deals are late.
    fn gives_up(&self, step: Step, seen: Seen) -> bool {
        let lacks = match step {
            Step::Announcement => !seen.announcement,
            Step::Deals => false,
            Step::Proposal => !seen.proposal,
            Step::SignOff => true,
        };
        lacks && !seen.commit
    }

    // Whole steps follow. Each runs checks that are methods of their own above. Override these
    // last.

    /// Checks a proposal: see [`check_proposal`](checks::check_proposal). This method decides
    /// nothing. It exists so that a process with many validators can check once for all of them.
    ///
    /// # Errors
    /// Those of [`check_proposal`](checks::check_proposal).
    fn check_proposal(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        current: Result<Leadership, Rejection>,
        proposal: &Proposal,
        signer: Option<&NodeId>,
        report: &mut Report,
    ) -> Result<CheckedProposal<G>, Rejection> {
        checks::check_proposal(environment, current, proposal, signer, report)
    }
}

/// Checks that the inputs are different members of their groups.
///
/// **DRP-INPUTS-02** (MUST) \[RH] No dealer is an input more than once.
///
/// **DRP-INPUTS-03** (MUST) \[RH] Every input of a group is a member of the group.
///
/// # Errors
/// In this order, each for all groups: [`Rejection::DrpInputRepeated`],
/// [`Rejection::DrpInputGroup`].
pub fn check_members<G: Group>(session: &Session<G>, inputs: &Inputs) -> Result<(), Rejection> {
    let mut seen = BTreeSet::new();
    // DRP-INPUTS-02: the dealers are distinct. Otherwise one secret could count twice and cancel
    // another.
    if !inputs.iter().flatten().all(|dealer| seen.insert(*dealer)) {
        return Err(Rejection::DrpInputRepeated);
    }
    for (group, dealers) in session.groups.iter().zip(inputs) {
        // DRP-INPUTS-03: each dealer is a member of its group.
        if !dealers.iter().all(|dealer| group.members.contains(dealer)) {
            return Err(Rejection::DrpInputGroup);
        }
    }
    Ok(())
}
