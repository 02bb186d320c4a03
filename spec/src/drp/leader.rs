//! The leader of a run, the paper's client. It collects deals, chooses the inputs, and asks a
//! quorum to sign them.
//!
//! Only progress depends on the leader's honesty. Everybody checks the messages that it sends. If
//! it withholds a message, its run fails. After the commit it is not needed. The leader need not
//! persist anything, because its choices have no effect before they are signed.
//!
//! The leader is also a validator and runs a [`Server`](super::server::Server), which agrees to the
//! statement on its behalf.

use std::collections::BTreeMap;

use super::checks::{check_collective_signature, decode_deal};
use super::configuration::{EpochEnvironment, Leadership, Session};
use super::machine::Effect;
use super::messages::{
    Announcement, Commit, LogEntry, Message, Proposal, SignedDeal, Statement, derive_root,
    to_inputs,
};
use crate::Rejection;
use crate::primitives::cosi::CollectiveSignature;
use crate::primitives::ed25519::KeyPair;
use crate::primitives::group::Group;
use crate::primitives::keys::NodeId;
use crate::suite::Suite;

/// The machine of a leader during its run.
///
/// # Examples
/// A leader announces its run. At the deadline for deals, it proposes.
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::drp::leader::Leader;
/// use ioschain_spec::drp::machine::Effect;
/// use ioschain_spec::drp::messages::Message;
/// use ioschain_spec::drp::{EpochEnvironment, Specification};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
/// use ioschain_spec::suite::Normative;
/// use ioschain_spec::testing::drp::{OrderedLog, Participants, epoch_of};
///
/// let participants = Participants::numbered(4);
/// let epoch = epoch_of(participants.roster()?, 3);
/// let environment: EpochEnvironment<'_, Ristretto255, Normative> =
///     EpochEnvironment { rules: &Specification, suite: &Normative, epoch: &epoch };
/// let log = OrderedLog::after_lottery(&environment, &participants)?;
/// let current = log.leadership(&epoch)?;
/// let signing = &participants[&current.leader].secrets.signing;
///
/// let (mut leader, effects) = Leader::start(&environment, &current, signing)?;
/// assert!(matches!(effects[..], [Effect::Broadcast(Message::Announcement(_))]));
/// assert_eq!(leader.propose(&environment), Err(Rejection::DrpDealsMissing));
///
/// let deals = participants.propose(&environment, &log)?.deals;
/// for deal in &deals {
///     leader.take_deal(&environment, deal.clone())?;
/// }
/// // Two of three servers have dealt. This is enough at the deadline for deals.
/// let effects = leader.propose(&environment)?;
/// assert!(matches!(effects[..], [Effect::Broadcast(Message::Proposal(_)), Effect::Collect(_)]));
/// # Ok::<(), Rejection>(())
/// ```
#[derive(Clone, Debug)]
pub struct Leader<G: Group> {
    session: Session<G>,
    announcement: Announcement,
    /// The valid deals that have arrived.
    deals: BTreeMap<NodeId, SignedDeal>,
    /// The proposal (I2), if the leader has sent one.
    proposal: Option<Proposal>,
}

impl<G: Group> Leader<G> {
    /// Starts the run of a leader, which sends the announcement (I1). `key_pair` is the leader's
    /// signing key pair.
    ///
    /// # Errors
    /// Those of [`Session::derive`].
    pub fn start<S: Suite>(
        environment: &EpochEnvironment<'_, G, S>,
        leadership: &Leadership,
        key_pair: &KeyPair,
    ) -> Result<(Self, Vec<Effect>), Rejection> {
        let run = environment.epoch.run::<G>(leadership);
        let session = Session::derive(environment, &run)?;
        let announcement = Announcement::sign(environment.suite, run, key_pair);
        let message = Message::Announcement(announcement.clone());
        let leader = Self { session, announcement, deals: BTreeMap::new(), proposal: None };
        Ok((leader, vec![Effect::Broadcast(message)]))
    }

    /// The announcement, I1.
    pub fn announcement(&self) -> &Announcement {
        &self.announcement
    }

    /// The dealers whose valid deals have arrived.
    pub fn dealers(&self) -> impl Iterator<Item = &NodeId> {
        self.deals.keys()
    }

    /// The proposal (I2), if the leader has sent one.
    pub fn proposal(&self) -> Option<&Proposal> {
        self.proposal.as_ref()
    }

    /// Handles a deal (R1). When all servers have dealt, the leader proposes at once. A deal that
    /// arrives after the proposal has no effect.
    ///
    /// **DRP-DEAL-04** (MUST) \[own] If there are several deals of one dealer, the first one
    /// counts.
    ///
    /// # Errors
    /// In this order: [`Rejection::DrpInputGroup`] if the dealer is not a server of the run,
    /// [`Rejection::DrpDealRepeated`], those of
    /// [`Rules::check_deal_origin`](super::Rules::check_deal_origin), of
    /// [`Rules::decode_deal`](super::Rules::decode_deal), of
    /// [`Rules::check_encryptions`](super::Rules::check_encryptions).
    pub fn take_deal<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        deal: SignedDeal,
    ) -> Result<Vec<Effect>, Rejection> {
        let group = self.session.group_of(&deal.dealer);
        // DRP-INPUTS-03: the dealer is a server of the run.
        let group = group.ok_or(Rejection::DrpInputGroup)?;
        // DRP-DEAL-04: this is the dealer's first deal.
        if self.deals.contains_key(&deal.dealer) {
            return Err(Rejection::DrpDealRepeated);
        }
        let announcement = self.announcement.hash();
        let input = decode_deal(environment, &self.session, &announcement, group, &deal)?;
        environment.rules.check_encryptions(&input.sharing, &input.deal)?;
        if self.proposal.is_some() {
            return Ok(Vec::new());
        }
        let servers: usize = self.session.groups.iter().map(|group| group.members.len()).sum();
        self.deals.insert(deal.dealer, deal);
        if self.deals.len() == servers { self.propose(environment) } else { Ok(Vec::new()) }
    }

    /// Sends the proposal (I2), once: when all servers have dealt, or at the deadline for deals.
    ///
    /// # Errors
    /// Those of [`Rules::select_inputs`](super::Rules::select_inputs). The run then fails, unless
    /// more deals arrive.
    pub fn propose<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
    ) -> Result<Vec<Effect>, Rejection> {
        if self.proposal.is_some() {
            return Ok(Vec::new());
        }
        let valid = self.deals.keys().copied().collect();
        let inputs = environment.rules.select_inputs(&self.session, &valid)?;
        let dealers = inputs.iter().flatten();
        let deals: Vec<SignedDeal> =
            dealers.filter_map(|dealer| self.deals.get(dealer)).cloned().collect();
        let root = derive_root(&deals);
        let statement = Statement { session: self.session.id, inputs: to_inputs(inputs)?, root };
        let message = statement.message();
        let announcement = self.announcement.clone();
        let proposal = Proposal { announcement, statement, deals: deals.try_into()? };
        self.proposal = Some(proposal.clone());
        Ok(vec![Effect::Broadcast(Message::Proposal(proposal)), Effect::Collect(message)])
    }

    /// Handles the collective signature of the statement: sends the commit (I3), and asks the log
    /// to order it.
    ///
    /// # Errors
    /// [`Rejection::DrpNotAnnounced`] if the leader has not proposed yet; those of
    /// [`Suite::verify_collective_signature`].
    pub fn take_signature<S: Suite>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        signature: CollectiveSignature,
    ) -> Result<Vec<Effect>, Rejection> {
        // DRP-ANNOUNCE-03: the signature is of a proposal that this leader made.
        let proposal = self.proposal.clone().ok_or(Rejection::DrpNotAnnounced)?;
        check_collective_signature(environment, &proposal.statement, &signature)?;
        let commit = Commit { proposal, signature };
        let message = Message::Commit(commit.clone());
        Ok(vec![Effect::Broadcast(message), Effect::Order(LogEntry::Commit(commit))])
    }
}
