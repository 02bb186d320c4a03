//! An epoch's validators in one process: their machines, a log that orders what they ask for, and a
//! network that carries what they send. Tests make it lose and change messages.

#![allow(dead_code, reason = "every test file uses a part of it")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use ioschain_spec::Rejection;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::machine::{Effect, Event, Memory};
use ioschain_spec::drp::messages::{Commit, LogEntry, LogSegment, Message, Transcript};
use ioschain_spec::drp::recovery::Recovered;
use ioschain_spec::drp::rules::{Specification, Step};
use ioschain_spec::drp::server::Server;
use ioschain_spec::drp::{EpochContext, EpochEnvironment, Leadership, Rules};
use ioschain_spec::primitives::certificate::Signers;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::group::{Group, derive_nonzero_scalar};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::Height;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::Normative;
use ioschain_spec::testing::drp::{OrderedLog, Participant, Participants, epoch_of};

pub(crate) type RulesOf<G> = Rc<dyn Rules<G, Normative>>;
pub(crate) type NormativeTranscript = Transcript<CollectiveSignature>;
/// What becomes of a message: (from, to, message).
type Fault = Box<dyn FnMut(&NodeId, &NodeId, Message) -> Option<Message>>;

/// The machine of a validator.
pub(crate) struct Machine<G: Group> {
    pub(crate) server: Server<G>,
    /// What it persisted last.
    pub(crate) persisted: Memory,
}

pub(crate) struct Simulation<G: Group> {
    pub(crate) epoch: Rc<EpochContext>,
    pub(crate) rules: RulesOf<G>,
    pub(crate) participants: Participants<G>,
    pub(crate) machines: BTreeMap<NodeId, Machine<G>>,
    /// Those who neither send nor receive.
    pub(crate) silent: BTreeSet<NodeId>,
    /// Those who do not answer when they sign together, though they agree.
    pub(crate) refuses_to_sign: BTreeSet<NodeId>,
    pub(crate) fault: Fault,
    pub(crate) leader: Option<(NodeId, Leader<G>)>,
    pub(crate) log: OrderedLog,
    pub(crate) agreed: BTreeMap<Digest, BTreeSet<NodeId>>,
    to_collect: Option<Digest>,
    to_order: VecDeque<LogEntry>,
    network: VecDeque<(NodeId, NodeId, Message)>,
    /// Everything that machines wanted, in order.
    pub(crate) effects: Vec<(NodeId, Effect)>,
    /// Everything that machines refused: (who, code).
    pub(crate) refused: Vec<(NodeId, Rejection)>,
}

/// The validator of a number. In the toy group of five, the keys of the first four do not cancel
/// out.
pub(crate) fn participant<G: Group>(number: u8) -> Participant<G> {
    let decryption = derive_nonzero_scalar::<G>(tags::KEYS_SECRET, &number);
    Participant::new(&[number; 32], decryption, [number ^ 0x55; 32])
}

fn participants<G: Group>(count: u8) -> Participants<G> {
    (1..=count).map(participant).collect()
}

pub(crate) fn epoch<G: Group>(count: u8, group_size: u16) -> EpochContext {
    epoch_of(participants::<G>(count).roster().unwrap(), group_size)
}

impl Simulation<Ristretto255> {
    pub(crate) fn new(count: u8, group_size: u16) -> Self {
        Self::with(epoch::<Ristretto255>(count, group_size), Rc::new(Specification))
    }
}

impl<G: Group> Simulation<G> {
    /// The validators 1..=n of an epoch, with fresh machines.
    pub(crate) fn with(epoch: EpochContext, rules: RulesOf<G>) -> Self {
        let count = u8::try_from(epoch.configuration.node_ids().count()).unwrap();
        let participants = participants::<G>(count);
        let machine = |participant: &Participant<G>| {
            let server = Server::new(&epoch, participant.secrets.clone(), Memory::default());
            (participant.name(), Machine { server, persisted: Memory::default() })
        };
        Self {
            machines: participants.values().map(machine).collect(),
            participants,
            log: OrderedLog::new(&epoch),
            epoch: Rc::new(epoch),
            rules,
            silent: BTreeSet::new(),
            refuses_to_sign: BTreeSet::new(),
            fault: Box::new(|_, _, message| Some(message)),
            leader: None,
            agreed: BTreeMap::new(),
            to_collect: None,
            to_order: VecDeque::new(),
            network: VecDeque::new(),
            effects: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Calls `act` with the environment.
    pub(crate) fn within<T>(
        &self,
        act: impl FnOnce(&EpochEnvironment<'_, G, Normative>) -> T,
    ) -> T {
        act(&EpochEnvironment { rules: &*self.rules, suite: &Normative, epoch: &self.epoch })
    }

    pub(crate) fn names(&self) -> Vec<NodeId> {
        self.participants.names()
    }

    pub(crate) fn leadership(&self) -> Option<Leadership> {
        self.log.leadership(&self.epoch).ok()
    }

    pub(crate) fn commit(&self) -> Option<&Commit> {
        self.log.commit()
    }

    /// Hands an event to a validator, and takes note of what it wants.
    pub(crate) fn hand(&mut self, to: NodeId, event: Event) -> Result<Vec<Effect>, Rejection> {
        let (rules, epoch) = (self.rules.clone(), self.epoch.clone());
        let environment = EpochEnvironment { rules: &*rules, suite: &Normative, epoch: &epoch };
        let machine = self.machines.get_mut(&to).unwrap();
        let answer = machine.server.handle(&environment, event);
        match &answer {
            Ok(effects) => self.carry_out(to, effects.clone()),
            Err(rejection) => self.refused.push((to, *rejection)),
        }
        answer
    }

    /// Carries out effects; what they cause is still under way afterwards.
    pub(crate) fn carry_out(&mut self, from: NodeId, effects: Vec<Effect>) {
        for effect in effects {
            self.effects.push((from, effect.clone()));
            match effect {
                Effect::Persist(memory) => {
                    self.machines.get_mut(&from).unwrap().persisted = memory;
                }
                Effect::Send { to, message } => self.network.push_back((from, to, message)),
                Effect::Broadcast(message) => {
                    for to in self.names() {
                        self.network.push_back((from, to, message.clone()));
                    }
                }
                Effect::Agree(message) => {
                    self.agreed.entry(message).or_default().insert(from);
                }
                Effect::Collect(message) => self.to_collect = Some(message),
                Effect::Order(entry) => self.to_order.push_back(entry),
                Effect::Output(_) => {}
            }
        }
    }

    /// Delivers and orders until nothing is under way.
    pub(crate) fn settle(&mut self) {
        loop {
            if let Some((from, to, message)) = self.network.pop_front() {
                self.deliver(from, to, message);
            } else if let Some(entry) = self.to_order.pop_front() {
                let _ = self.order(entry); // of several the first wins
            } else {
                return;
            }
        }
    }

    fn deliver(&mut self, from: NodeId, to: NodeId, message: Message) {
        if self.silent.contains(&from) || self.silent.contains(&to) {
            return;
        }
        let Some(message) = (self.fault)(&from, &to, message) else { return };
        if let Message::Deal(deal) = message {
            let Some((name, mut leader)) = self.leader.take() else { return };
            match self.within(|environment| leader.take_deal(environment, deal)) {
                Ok(effects) => self.carry_out(name, effects),
                Err(rejection) => self.refused.push((name, rejection)),
            }
            self.leader = Some((name, leader));
        } else {
            let _ = self.hand(to, Event::Message(message)); // noted in `refused`
        }
    }

    /// Orders an entry at the next height and hands it to everybody.
    pub(crate) fn order(&mut self, entry: LogEntry) -> Result<(), Rejection> {
        self.order_at(self.log.next_height(), entry)
    }

    fn order_at(&mut self, height: Height, entry: LogEntry) -> Result<(), Rejection> {
        let mut log = self.log.clone();
        self.within(|environment| log.append(environment, height, entry.clone()))?;
        self.log = log;
        for to in self.names() {
            if !self.silent.contains(&to) {
                let event = Event::Ordered { height, entry: entry.clone() };
                self.hand(to, event).expect("what is ordered is accepted by all");
            }
        }
        Ok(())
    }

    /// A validator comes back with this memory, and is handed the log again.
    pub(crate) fn restart(&mut self, name: NodeId, memory: Memory) {
        let secrets = self.participants[&name].secrets.clone();
        let server = Server::new(&self.epoch, secrets, memory);
        self.machines.get_mut(&name).unwrap().server = server;
        for (height, entry) in self.log.entries.clone() {
            self.hand(name, Event::Ordered { height, entry }).unwrap();
        }
        self.hand(name, Event::Reached(self.log.height)).unwrap();
    }

    /// Lets the log reach a height.
    pub(crate) fn reach(&mut self, height: Height) {
        let mut log = self.log.clone();
        self.within(|environment| log.reach(environment, height));
        self.log = log;
        for to in self.names() {
            let _ = self.hand(to, Event::Reached(height));
        }
    }

    /// Everybody who is not silent and may lead enters the lottery, all in one block; then it
    /// closes.
    pub(crate) fn hold_lottery(&mut self) {
        let height = self.log.next_height();
        let tickets = self.within(|environment| {
            let enters = |name: &NodeId| !self.silent.contains(name);
            self.participants.draw_tickets(environment, &self.log.state, enters)
        });
        for ticket in tickets.unwrap() {
            self.order_at(height, ticket).unwrap();
        }
        self.reach(height + self.epoch.lottery_heights);
    }

    /// The current leader starts its run; everything up to its proposal happens, if it can.
    pub(crate) fn start_run(&mut self) {
        let leadership = self.leadership().expect("it is somebody's turn");
        if self.silent.contains(&leadership.leader) {
            return;
        }
        let signing = self.participants[&leadership.leader].secrets.signing.clone();
        let started = self.within(|environment| Leader::start(environment, &leadership, &signing));
        let (leader, effects) = started.unwrap();
        self.leader = Some((leadership.leader, leader));
        self.carry_out(leadership.leader, effects);
        self.settle();
        // The deadline for deals.
        if let Some((name, mut leader)) = self.leader.take() {
            match self.within(|environment| leader.propose(environment)) {
                Ok(effects) => self.carry_out(name, effects),
                Err(rejection) => self.refused.push((name, rejection)),
            }
            self.leader = Some((name, leader));
        }
        self.settle();
    }

    /// All who agreed sign together; everything up to the random number happens, if it can.
    pub(crate) fn sign_off(&mut self) {
        let Some(message) = self.to_collect.take() else { return };
        let Some((name, leader)) = self.leader.take() else { return };
        let signed = self.sign_together(&message).and_then(|signature| {
            self.within(|environment| leader.take_signature(environment, signature))
        });
        match signed {
            Ok(effects) => self.carry_out(name, effects),
            Err(rejection) => self.refused.push((name, rejection)),
        }
        self.leader = Some((name, leader));
        self.settle();
    }

    /// All who agreed sign together, in as many attempts as there are.
    pub(crate) fn sign_together(&self, message: &Digest) -> Result<CollectiveSignature, Rejection> {
        let agreed = self.agreed.get(message);
        let signing = self.participants.sign_together(
            &self.epoch,
            message,
            |name| agreed.is_some_and(|agreed| agreed.contains(name)),
            |name| !self.refuses_to_sign.contains(name),
            |_, position, attempt| {
                let mut randomness = [attempt as u8; 32];
                randomness[0] = position as u8;
                randomness
            },
        );
        Ok(signing?.signature)
    }

    /// The collective signature of a message by these, a quorum or not.
    pub(crate) fn signature_by(&self, signers: &Signers, message: &Digest) -> CollectiveSignature {
        self.participants.signature_by(signers, message)
    }

    /// All validators as signers.
    pub(crate) fn everybody(&self) -> Signers {
        self.participants.first_signers(self.participants.len()).unwrap()
    }

    /// The deadlines of the current turn come for everybody, as long as it is on.
    pub(crate) fn let_time_pass(&mut self) {
        let Some(Leadership { view, rank, .. }) = self.leadership() else { return };
        for step in [Step::Announcement, Step::Deals, Step::Proposal, Step::SignOff] {
            for to in self.names() {
                if !self.silent.contains(&to) {
                    let _ = self.hand(to, Event::Deadline { view, rank, step });
                }
            }
            self.settle();
        }
    }

    /// Lotteries and runs until one is committed.
    pub(crate) fn run(&mut self) {
        for _ in 0..8 {
            if self.leadership().is_none() {
                self.hold_lottery();
            }
            self.start_run();
            self.sign_off();
            if self.commit().is_some() {
                return;
            }
            self.let_time_pass();
        }
        panic!("no run is committed");
    }

    /// What a validator has recovered.
    pub(crate) fn recovered(&self, name: &NodeId) -> Option<Recovered> {
        self.machines[name].server.recovered().cloned()
    }

    /// The certificate of a log's head by a quorum.
    pub(crate) fn certify(&self, state: &LotteryLog) -> CollectiveSignature {
        self.participants.certify(&self.epoch, state).expect("some quorum can sign")
    }

    pub(crate) fn segment(&self) -> LogSegment<CollectiveSignature> {
        self.log.segment(self.certify(&self.log.state)).unwrap()
    }

    /// The transcript of the committed run, by the validator with the first name that has the
    /// number.
    pub(crate) fn transcript(&self) -> NormativeTranscript {
        let recovered = self.names().iter().find_map(|name| self.recovered(name));
        let commit = self.commit().cloned().expect("a run is committed");
        recovered.expect("somebody has the number").into_transcript(commit, self.segment()).unwrap()
    }
}
