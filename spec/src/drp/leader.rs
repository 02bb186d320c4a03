//! The leader of a run, the paper's client: it collects deals, chooses the inputs, and has a quorum
//! sign them.
//!
//! Only progress depends on the leader's honesty. Everybody checks the messages that it sends. If
//! it withholds a message, its run fails. After the commit it is not needed. It has nothing to
//! persist, because its choices bind nobody before they are signed.
//!
//! The leader is also a validator and runs a [`Server`](super::server::Server), which agrees to the
//! statement on its behalf.

use std::collections::BTreeMap;

use super::checks::{check_collective_signature, decode_deal};
use super::configuration::{EpochEnvironment, Leadership, Session};
use super::messages::{
    Announcement, Commit, LogEntry, Message, Proposal, SignedDeal, Statement, derive_root,
    to_inputs,
};
use super::server::Effect;
use crate::Rejection;
use crate::primitives::cosi::CollectiveSignature;
use crate::primitives::ed25519::KeyPair;
use crate::primitives::group::Group;
use crate::primitives::keys::NodeId;
use crate::suite::Suite;

/// A leader in its run.
#[derive(Clone, Debug)]
pub struct Leader<G: Group> {
    session: Session<G>,
    announcement: Announcement,
    /// The valid deals that have arrived.
    deals: BTreeMap<NodeId, SignedDeal>,
    /// I2, once it is sent.
    proposal: Option<Proposal>,
}

impl<G: Group> Leader<G> {
    /// Starts the run of a leadership: sends I1. `key_pair` is the leader's signing key pair.
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

    /// The proposal, I2, once it is sent.
    pub fn proposal(&self) -> Option<&Proposal> {
        self.proposal.as_ref()
    }

    /// Takes a deal, R1. When all servers have dealt, the leader proposes at once. A deal that
    /// arrives after the proposal has no effect.
    ///
    /// **DRP-DEAL-04** (MUST) \[own] Of several deals by one dealer the first counts.
    ///
    /// # Errors
    /// In this order: [`Rejection::DrpInputGroup`] for who is no server,
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
        // DRP-INPUTS-03: it is by a server.
        let group = group.ok_or(Rejection::DrpInputGroup)?;
        // DRP-DEAL-04: it is the dealer's first.
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

    /// Sends I2, once: when all servers have dealt, or at the deadline for deals.
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

    /// Takes the collective signature of its statement, sends I3, and has it ordered.
    ///
    /// # Errors
    /// [`Rejection::DrpNotAnnounced`] before the proposal; those of
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
