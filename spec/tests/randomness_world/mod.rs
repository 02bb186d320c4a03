//! An epoch's validators in one process: their machines, a log that orders what they ask for, and a network
//! that carries what they send. Tests make it lose and change messages.

#![allow(dead_code, reason = "every test file uses a part of it")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use ioschain_spec::primitives::certificate::QuorumCertificate;
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::group::{Element, Group, derive_nonzero_scalar};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::keys::{GroupKey, NodeId, ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::suite::Normative;
use ioschain_spec::randomness::leader::Leader;
use ioschain_spec::randomness::messages::{
    Commit, LogEntry, LogSegment, Message, OrderedRecord, Transcript,
};
use ioschain_spec::randomness::progress::{Progress, head_vote};
use ioschain_spec::randomness::recovery::Recovered;
use ioschain_spec::randomness::rules::{Specification, Step};
use ioschain_spec::randomness::server::{Effect, Event, Memory, Secrets, Server};
use ioschain_spec::randomness::sign_off::{SignatureList, Signers};
use ioschain_spec::randomness::{Environment, Epoch, Leadership, LogPosition, Rules};
use ioschain_spec::sharding::Configuration;

pub(crate) type RulesOf<G> = Rc<dyn Rules<G, Normative>>;
pub(crate) type NormativeTranscript = Transcript<SignatureList, QuorumCertificate>;
pub(crate) type NormativeMessage = Message<SignatureList>;
pub(crate) type NormativeCommit = Commit<SignatureList>;
pub(crate) type NormativeEvent = Event<SignatureList>;
pub(crate) type NormativeEffect = Effect<SignatureList>;
/// What becomes of a message: (from, to, message).
type Fault = Box<dyn FnMut(&NodeId, &NodeId, NormativeMessage) -> Option<NormativeMessage>>;

/// A validator and its machine.
pub(crate) struct Member<G: Group> {
    pub(crate) key_pairs: ValidatorKeyPairs,
    pub(crate) secrets: Secrets<G>,
    pub(crate) server: Server<G, Normative>,
    /// What it persisted last.
    pub(crate) persisted: Memory,
}

pub(crate) struct World<G: Group> {
    pub(crate) epoch: Rc<Epoch>,
    pub(crate) rules: RulesOf<G>,
    pub(crate) members: BTreeMap<NodeId, Member<G>>,
    /// Those who neither send nor receive.
    pub(crate) silent: BTreeSet<NodeId>,
    /// Those who do not take part in signing, though they agree.
    pub(crate) refuses_to_sign: BTreeSet<NodeId>,
    pub(crate) fault: Fault,
    pub(crate) leader: Option<(NodeId, Leader<G>)>,
    pub(crate) progress: Progress,
    pub(crate) records: Vec<OrderedRecord>,
    pub(crate) commit: Option<NormativeCommit>,
    pub(crate) height: u64,
    pub(crate) agreed: BTreeMap<Digest, BTreeSet<NodeId>>,
    to_collect: Option<Digest>,
    to_order: VecDeque<LogEntry<SignatureList>>,
    network: VecDeque<(NodeId, NodeId, NormativeMessage)>,
    /// Everything that machines wanted, in order.
    pub(crate) effects: Vec<(NodeId, NormativeEffect)>,
    /// Everything that machines refused: (who, code).
    pub(crate) refused: Vec<(NodeId, ioschain_spec::Rejection)>,
}

/// The key pairs and secrets of a validator; its group key is in `G`.
pub(crate) fn validator<G: Group>(number: u8) -> (ValidatorKeyPairs, ValidatorKeys, Secrets<G>) {
    let key_pairs = ValidatorKeyPairs::from_seed(&[number; 32]);
    let decryption = derive_nonzero_scalar::<G>(tags::KEY, &number);
    let mut keys = key_pairs.public_keys();
    keys.group = GroupKey(G::generator().multiply(decryption).encode().0);
    let secrets = Secrets {
        name: keys.node_id(),
        signing: key_pairs.signing.clone(),
        decryption: decryption.into(),
        seed: [number ^ 0x55; 32].into(),
    };
    (key_pairs, keys, secrets)
}

pub(crate) fn epoch<G: Group>(count: u8, group_size: u16) -> Epoch {
    let configuration = Configuration::new((1..=count).map(|number| validator::<G>(number).1));
    Epoch {
        chain_id: Digest([7; 32]),
        number: 3,
        randomness_before: Digest([11; 32]),
        configuration: configuration.unwrap(),
        convicted: BTreeSet::new(),
        group_size,
        lottery_heights: 5,
        opened: LogPosition { height: 100, head: Digest([13; 32]) },
    }
}

impl World<Ristretto255> {
    pub(crate) fn new(count: u8, group_size: u16) -> Self {
        Self::with(epoch::<Ristretto255>(count, group_size), Rc::new(Specification))
    }
}

impl<G: Group> World<G> {
    /// The validators 1..=n of an epoch, with fresh machines.
    pub(crate) fn with(epoch: Epoch, rules: RulesOf<G>) -> Self {
        let count = u8::try_from(epoch.configuration.node_ids().count()).unwrap();
        let member = |number| {
            let (key_pairs, _, secrets) = validator::<G>(number);
            let server = Server::new(&epoch, secrets.clone(), Memory::default());
            let persisted = Memory::default();
            (secrets.name, Member { key_pairs, secrets, server, persisted })
        };
        Self {
            members: (1..=count).map(member).collect(),
            progress: Progress::new(&epoch),
            height: epoch.opened.height,
            epoch: Rc::new(epoch),
            rules,
            silent: BTreeSet::new(),
            refuses_to_sign: BTreeSet::new(),
            fault: Box::new(|_, _, message| Some(message)),
            leader: None,
            records: Vec::new(),
            commit: None,
            agreed: BTreeMap::new(),
            to_collect: None,
            to_order: VecDeque::new(),
            network: VecDeque::new(),
            effects: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Calls `act` with the environment.
    pub(crate) fn within<T>(&self, act: impl FnOnce(&Environment<'_, G, Normative>) -> T) -> T {
        act(&Environment { rules: &*self.rules, suite: &Normative, epoch: &self.epoch })
    }

    pub(crate) fn names(&self) -> Vec<NodeId> {
        self.members.keys().copied().collect()
    }

    pub(crate) fn leadership(&self) -> Option<Leadership> {
        self.progress.leadership(&self.epoch, self.height).ok()
    }

    /// Hands an event to a validator, and takes note of what it wants.
    pub(crate) fn hand(
        &mut self,
        to: NodeId,
        event: NormativeEvent,
    ) -> Result<Vec<NormativeEffect>, ioschain_spec::Rejection> {
        let (rules, epoch) = (self.rules.clone(), self.epoch.clone());
        let environment = Environment { rules: &*rules, suite: &Normative, epoch: &epoch };
        let member = self.members.get_mut(&to).unwrap();
        let answer = member.server.handle(&environment, event);
        match &answer {
            Ok(effects) => self.carry_out(to, effects.clone()),
            Err(rejection) => self.refused.push((to, *rejection)),
        }
        answer
    }

    /// Carries out effects; what they cause is still under way afterwards.
    pub(crate) fn carry_out(&mut self, from: NodeId, effects: Vec<NormativeEffect>) {
        for effect in effects {
            self.effects.push((from, effect.clone()));
            match effect {
                Effect::Persist(memory) => {
                    self.members.get_mut(&from).unwrap().persisted = memory;
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

    fn deliver(&mut self, from: NodeId, to: NodeId, message: NormativeMessage) {
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
    pub(crate) fn order(
        &mut self,
        entry: LogEntry<SignatureList>,
    ) -> Result<(), ioschain_spec::Rejection> {
        let height = self.height + 1;
        let mut progress = self.progress.clone();
        self.within(|environment| progress.append(environment, height, &entry))?;
        self.progress = progress;
        self.height = height;
        self.records.push(OrderedRecord { height, record: entry.record() });
        if let LogEntry::Commit(commit) = &entry {
            self.commit = Some(commit.clone());
        }
        for to in self.names() {
            if !self.silent.contains(&to) {
                let event = Event::Ordered { height, entry: entry.clone() };
                self.hand(to, event).expect("what is ordered is accepted by all");
            }
        }
        Ok(())
    }

    /// Lets the log reach a height.
    pub(crate) fn reach(&mut self, height: u64) {
        self.height = height;
        let mut progress = self.progress.clone();
        self.within(|environment| progress.advance(environment, height));
        self.progress = progress;
        for to in self.names() {
            let _ = self.hand(to, Event::Reached(height));
        }
    }

    /// Everybody who is not silent and may lead enters the lottery, which then closes.
    pub(crate) fn hold_lottery(&mut self) {
        let opened = self.height;
        for name in self.names() {
            let key_pairs = self.members[&name].key_pairs.clone();
            let ticket = self.within(|environment| {
                self.progress.with_lottery(environment, |lottery| {
                    let mut ticket = environment.rules.draw_ticket(lottery, &key_pairs).unwrap();
                    ticket.validator = name; // the keys of a toy group make another name
                    lottery.eligible.contains(&name).then_some(ticket)
                })
            });
            let (height, Some(ticket)) = (self.height, ticket) else { continue };
            if !self.silent.contains(&name) {
                self.height = opened; // all in one block
                self.order(LogEntry::Ticket(ticket)).unwrap();
            }
            self.height = self.height.max(height);
        }
        self.reach(opened + self.epoch.lottery_heights + 1);
    }

    /// The current leader starts its run; everything up to its proposal happens, if it can.
    pub(crate) fn start_run(&mut self) {
        let leadership = self.leadership().expect("it is somebody's turn");
        if self.silent.contains(&leadership.leader) {
            return;
        }
        let signing = self.members[&leadership.leader].secrets.signing.clone();
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

    /// All who agreed sign; everything up to the random number happens, if it can.
    pub(crate) fn sign_off(&mut self) {
        let Some(message) = self.to_collect.take() else { return };
        let agreed = self.agreed.get(&message).cloned().unwrap_or_default();
        let signers: BTreeSet<NodeId> = agreed.difference(&self.refuses_to_sign).copied().collect();
        let (mask, signature) = self.collective(&signers, &message);
        let Some((name, leader)) = self.leader.take() else { return };
        match self.within(|environment| leader.take_signature(environment, mask, signature)) {
            Ok(effects) => self.carry_out(name, effects),
            Err(rejection) => self.refused.push((name, rejection)),
        }
        self.leader = Some((name, leader));
        self.settle();
    }

    pub(crate) fn collective(
        &self,
        signers: &BTreeSet<NodeId>,
        message: &Digest,
    ) -> (Signers, SignatureList) {
        let mask = Signers::new(&self.epoch.configuration, signers).unwrap();
        let signatures: Vec<_> = signers
            .iter()
            .map(|name| self.members[name].secrets.signing.sign(&message.0))
            .collect();
        (mask, Bounded::try_from(signatures).unwrap())
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
            if self.commit.is_some() {
                return;
            }
            self.let_time_pass();
        }
        panic!("no run is committed");
    }

    /// What a validator has recovered.
    pub(crate) fn recovered(&self, name: &NodeId) -> Option<Recovered> {
        self.members[name].server.recovered().cloned()
    }

    pub(crate) fn certify(&self, progress: &Progress) -> QuorumCertificate {
        let message = head_vote(&self.epoch, progress.position()).message();
        let quorum = self.members.values().take(self.epoch.quorum());
        let signatures: Vec<_> = quorum
            .map(|member| {
                let key_pair = &member.secrets.signing;
                (key_pair.public_key(), key_pair.sign(&message.0))
            })
            .collect();
        QuorumCertificate::assemble(self.epoch.configuration.roster(), &signatures).unwrap()
    }

    pub(crate) fn segment(&self) -> LogSegment<QuorumCertificate> {
        let records = Bounded::try_from(self.records.clone()).unwrap();
        LogSegment { records, certificate: self.certify(&self.progress) }
    }

    /// The transcript of the committed run, by the validator with the first name that has the number.
    pub(crate) fn transcript(&self) -> NormativeTranscript {
        let recovered = self.names().iter().find_map(|name| self.recovered(name));
        let commit = self.commit.clone().expect("a run is committed");
        recovered.expect("somebody has the number").into_transcript(commit, self.segment()).unwrap()
    }
}
