//! The steps of one leader's turn, from the lottery to the decrypted shares.

use std::collections::BTreeMap;
use std::time::Instant;

use ioschain_model::words;
use ioschain_spec::Rejection;
use ioschain_spec::drp::Leadership;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::machine::{Effect, Event};
use ioschain_spec::drp::messages::{LogEntry, Message, Proposal, Reveal, SignedDeal, Timeout};
use ioschain_spec::drp::rules::Step;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::KeyPair;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::testing::drp::Signing;

use super::{Fault, Run, RunError, measure};

impl Run<'_> {
    /// Every validator that is not silent and may lead enters the lottery. Then the lottery closes.
    pub(super) fn hold_lottery(&mut self) -> Result<(), Rejection> {
        let started = Instant::now();
        let enters = |name: &NodeId| !self.has_fault(name, Fault::Silent);
        let drawn = self.participants.draw_tickets(&self.environment, &self.log.state, enters)?;
        let tickets = drawn.iter().filter_map(|entry| match entry {
            LogEntry::Ticket(ticket) => Some(ticket),
            _ => None,
        });
        let size = measure(tickets);
        let height = self.log.next_height();
        for ticket in drawn {
            self.order(height, ticket)?;
        }
        let epoch = self.environment.epoch;
        let closed = epoch.opened.height.max(height) + epoch.lottery_heights + 1;
        self.log.reach(&self.environment, closed);
        let note = format!("view {}", self.log.state.view());
        self.note("lottery", None, size, started, note);
        Ok(())
    }

    /// Carries out a leader's turn. The result is the decrypted shares if its run is committed, or
    /// `None` if the leader fails.
    pub(super) fn take_turn(
        &mut self,
        leadership: &Leadership,
        tell: &mut dyn FnMut(&str),
    ) -> Result<Option<Vec<Reveal>>, RunError> {
        self.start_machines();
        let leader = self.participants.get(&leadership.leader).ok_or(Rejection::DrpNotCurrent)?;
        let signing = leader.secrets.signing.clone();
        tell("deals");
        let (mut machine, deals) = self.announce(leadership, &signing)?;
        tell("proposal");
        let Some(proposal) = self.propose(leadership, &mut machine, deals)? else {
            self.give_up(leadership)?;
            return Ok(None);
        };
        tell("checks of the signers");
        let agreed = self.agree(leadership, proposal)?;
        tell("collective signature");
        let signature = self.sign_off(leadership, &agreed)?;
        tell("commit and decryption");
        self.commit(leadership, &machine, signature).map(Some)
    }

    /// The leader sends its announcement (I1), and the servers answer with their deals (R1).
    fn announce(
        &mut self,
        leadership: &Leadership,
        signing: &KeyPair,
    ) -> Result<(Leader<Ristretto255>, Vec<SignedDeal>), RunError> {
        let (rank, started) = (Some(leadership.rank.0), Instant::now());
        let (machine, effects) = Leader::start(&self.environment, leadership, signing)?;
        let announcement = only_broadcast(effects);
        let size = measure(&announcement);
        self.note("I1 announcement", rank, size, started, String::new());

        let started = Instant::now();
        let mut deals = Vec::new();
        for message in &announcement {
            for (name, effects) in self.tell_everybody(message)? {
                for effect in effects {
                    if let Effect::Send { message: Message::Deal(deal), .. } = effect {
                        deals.push(self.as_dealt_by(&name, deal)?);
                    }
                }
            }
        }
        let size = measure(&deals);
        self.note("R1 deals", rank, size, started, "each server sends one".to_owned());
        Ok((machine, deals))
    }

    /// The deal that the dealer sends, which is a false one if the dealer has this fault.
    fn as_dealt_by(&self, name: &NodeId, mut deal: SignedDeal) -> Result<SignedDeal, Rejection> {
        let dealer = self.participants.get(name);
        let Some(dealer) = dealer.filter(|_| self.has_fault(name, Fault::DealsFalsely)) else {
            return Ok(deal);
        };
        let mut shares = deal.deal.shares.to_vec();
        if let [first, .., last] = shares.as_mut_slice() {
            std::mem::swap(&mut first.share, &mut last.share);
        }
        deal.deal.shares = shares.try_into()?;
        let SignedDeal { session, announcement, dealer: name, deal, .. } = deal;
        let (suite, signing) = (self.environment.suite, &dealer.secrets.signing);
        Ok(SignedDeal::sign(suite, session, announcement, name, deal, signing))
    }

    /// The leader checks the deals and proposes inputs (I2). The result is `None` if it has too few
    /// valid deals.
    fn propose(
        &mut self,
        leadership: &Leadership,
        machine: &mut Leader<Ristretto255>,
        deals: Vec<SignedDeal>,
    ) -> Result<Option<Proposal>, RunError> {
        let (started, count) = (Instant::now(), deals.len());
        let mut effects = Vec::new();
        let mut refused = BTreeMap::<&str, usize>::new();
        for deal in deals {
            match machine.take_deal(&self.environment, deal) {
                Ok(wanted) => effects.extend(wanted),
                Err(rejection) => *refused.entry(rejection.code()).or_default() += 1,
            }
        }
        // The deadline for deals: whoever has not dealt is left out.
        match machine.propose(&self.environment) {
            Ok(wanted) => effects.extend(wanted),
            Err(Rejection::DrpDealsMissing) => {}
            Err(rejection) => return Err(rejection.into()),
        }
        let proposal = effects.into_iter().find_map(|effect| match effect {
            Effect::Broadcast(Message::Proposal(proposal)) => Some(proposal),
            _ => None,
        });
        let inputs = proposal.as_ref().map_or(0, |proposal| proposal.deals.len());
        let mut note = format!("{} checked, {inputs} taken", words::count(count, "deal"));
        for (code, times) in refused {
            note += &format!(", {times} refused with {code}");
        }
        let size = measure(&proposal);
        self.note("I2 proposal", Some(leadership.rank.0), size, started, note);
        Ok(proposal)
    }

    /// Every validator checks the proposal. The result names, for each statement, the validators
    /// that agree to it.
    fn agree(
        &mut self,
        leadership: &Leadership,
        proposal: Proposal,
    ) -> Result<BTreeMap<Digest, Vec<NodeId>>, RunError> {
        let started = Instant::now();
        let mut agreed = BTreeMap::<Digest, Vec<NodeId>>::new();
        for (name, effects) in self.tell_everybody(&Message::Proposal(proposal))? {
            for effect in effects {
                if let Effect::Agree(message) = effect {
                    agreed.entry(message).or_default().push(name);
                }
            }
        }
        let count = agreed.values().map(Vec::len).sum::<usize>();
        let note = format!(
            "agreed: {}; checks that are the same for all are made once",
            words::count(count, "validator")
        );
        self.note("checks of the signers", Some(leadership.rank.0), (0, 0), started, note);
        Ok(agreed)
    }

    /// All validators that agreed sign the statement together, in as many attempts as they need.
    fn sign_off(
        &mut self,
        leadership: &Leadership,
        agreed: &BTreeMap<Digest, Vec<NodeId>>,
    ) -> Result<CollectiveSignature, RunError> {
        let started = Instant::now();
        let (message, names) = agreed.first_key_value().ok_or(Rejection::DrpNotAnnounced)?;
        let signing = self.participants.sign_together(
            self.environment.epoch,
            message,
            |name| names.contains(name),
            |name| !self.has_fault(name, Fault::LeavesSigning),
            |participant, _, attempt| {
                let seed = &*participant.secrets.seed;
                sha256(&[b"ioschain drp run nonces", seed, &attempt.to_le_bytes()]).0
            },
        )?;
        let Signing { signature, attempts, messages, bytes } = signing;
        let note = match attempts {
            1 => "one attempt".to_owned(),
            _ => format!("{attempts} attempts; signers that did not answer are left out"),
        };
        let rank = Some(leadership.rank.0);
        self.note("collective signature", rank, (messages, bytes), started, note);
        Ok(signature)
    }

    /// The commit (I3) is ordered, and every server decrypts its shares of its group's inputs.
    fn commit(
        &mut self,
        leadership: &Leadership,
        machine: &Leader<Ristretto255>,
        signature: CollectiveSignature,
    ) -> Result<Vec<Reveal>, RunError> {
        let started = Instant::now();
        let effects = machine.take_signature(&self.environment, signature)?;
        let entry = effects.into_iter().find_map(|effect| match effect {
            Effect::Order(entry) => Some(entry),
            _ => None,
        });
        let entry = entry.ok_or(Rejection::DrpNotAnnounced)?;
        let (size, height) = (measure([&entry]), self.log.next_height());
        self.order(height, entry.clone())?;
        let note = "the log orders it: the number is fixed, and nobody knows it yet".to_owned();
        self.note("I3 commit", Some(leadership.rank.0), size, started, note);

        let started = Instant::now();
        let mut reveals = Vec::new();
        for (name, machine) in &mut self.machines {
            let event = Event::Ordered { height, entry: entry.clone() };
            for effect in machine.handle(&self.environment, event)? {
                if let Effect::Broadcast(Message::Reveal(reveal)) = effect
                    && self.faults.get(name) != Some(&Fault::KeepsShares)
                {
                    reveals.push(reveal);
                }
            }
        }
        let size = measure(&reveals);
        let note = "each server sends those of its group's inputs".to_owned();
        self.note("R3 decrypted shares", Some(leadership.rank.0), size, started, note);
        Ok(reveals)
    }

    /// The leader has failed. Its deadlines pass, a quorum signs timeouts, and the failure is
    /// ordered.
    fn give_up(&mut self, leadership: &Leadership) -> Result<(), RunError> {
        let started = Instant::now();
        let Leadership { view, rank, .. } = *leadership;
        let mut timeouts: Vec<Timeout> = Vec::new();
        for machine in self.machines.values_mut() {
            for step in [Step::Announcement, Step::Deals, Step::Proposal, Step::SignOff] {
                let event = Event::Deadline { view, rank, step };
                for effect in machine.handle(&self.environment, event)? {
                    if let Effect::Broadcast(Message::Timeout(timeout)) = effect {
                        timeouts.retain(|known| known.validator != timeout.validator);
                        timeouts.push(timeout);
                    }
                }
            }
        }
        let mut failure = None;
        if let Some(machine) = self.machines.values_mut().next() {
            for timeout in &timeouts {
                let event = Event::Message(Message::Timeout(*timeout));
                let effects = machine.handle(&self.environment, event)?;
                failure = failure.or(effects.into_iter().find_map(|effect| match effect {
                    Effect::Order(entry @ LogEntry::Fail(_)) => Some(entry),
                    _ => None,
                }));
            }
        }
        let size = measure(&timeouts);
        let height = self.log.next_height();
        self.order(height, failure.ok_or(Rejection::DrpNotCurrent)?)?;
        self.log.reach(&self.environment, height);
        self.note("timeouts", Some(rank.0), size, started, "the next rank's turn".to_owned());
        Ok(())
    }

    /// Delivers a message to every machine, and returns the effects of each. The messages are
    /// honest, so a refusal ends the run with an error.
    fn tell_everybody(
        &mut self,
        message: &Message,
    ) -> Result<Vec<(NodeId, Vec<Effect>)>, RunError> {
        let mut wanted = Vec::new();
        for (name, machine) in &mut self.machines {
            let event = Event::Message(message.clone());
            wanted.push((*name, machine.handle(&self.environment, event)?));
        }
        Ok(wanted)
    }
}

fn only_broadcast(effects: Vec<Effect>) -> Vec<Message> {
    let broadcast = |effect| match effect {
        Effect::Broadcast(message) => Some(message),
        _ => None,
    };
    effects.into_iter().filter_map(broadcast).collect()
}
