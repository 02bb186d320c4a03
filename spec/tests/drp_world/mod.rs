//! An epoch's validators in one process: their machines, a log that orders what they ask for, and a network
//! that carries what they send. Tests make it lose and change messages.

#![allow(dead_code, reason = "every test file uses a part of it")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use ioschain_spec::Rejection;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::log::{LotteryLog, head_vote};
use ioschain_spec::drp::messages::{
    Commit, LogEntry, LogSegment, Message, OrderedRecord, Transcript,
};
use ioschain_spec::drp::recovery::Recovered;
use ioschain_spec::drp::rules::{Specification, Step};
use ioschain_spec::drp::server::{Effect, Event, Memory, Secrets, Server};
use ioschain_spec::drp::{Epoch, EpochEnvironment, Leadership, LogPosition, Rules};
use ioschain_spec::primitives::certificate::{Roster, Signers, name_signers};
use ioschain_spec::primitives::cosi::{self, CollectiveSignature, Signer, sign_for_all};
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::group::{Element, Group, derive_nonzero_scalar};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::{Normative, Suite as _};

pub(crate) type RulesOf<G> = Rc<dyn Rules<G, Normative>>;
pub(crate) type NormativeTranscript = Transcript<CollectiveSignature>;
/// What becomes of a message: (from, to, message).
type Fault = Box<dyn FnMut(&NodeId, &NodeId, Message) -> Option<Message>>;

/// A validator and its machine.
pub(crate) struct Member<G: Group> {
    pub(crate) key_pairs: ValidatorKeyPairs,
    pub(crate) secrets: Secrets<G>,
    pub(crate) server: Server<G>,
    /// What it persisted last.
    pub(crate) persisted: Memory,
}

pub(crate) struct World<G: Group> {
    pub(crate) epoch: Rc<Epoch>,
    pub(crate) rules: RulesOf<G>,
    pub(crate) members: BTreeMap<NodeId, Member<G>>,
    /// Those who neither send nor receive.
    pub(crate) silent: BTreeSet<NodeId>,
    /// Those who do not answer when they sign together, though they agree.
    pub(crate) refuses_to_sign: BTreeSet<NodeId>,
    pub(crate) fault: Fault,
    pub(crate) leader: Option<(NodeId, Leader<G>)>,
    pub(crate) progress: LotteryLog,
    pub(crate) records: Vec<OrderedRecord>,
    pub(crate) commit: Option<Commit>,
    pub(crate) height: u64,
    pub(crate) agreed: BTreeMap<Digest, BTreeSet<NodeId>>,
    to_collect: Option<Digest>,
    to_order: VecDeque<LogEntry>,
    network: VecDeque<(NodeId, NodeId, Message)>,
    /// Everything that machines wanted, in order.
    pub(crate) effects: Vec<(NodeId, Effect)>,
    /// Everything that machines refused: (who, code).
    pub(crate) refused: Vec<(NodeId, Rejection)>,
}

/// The key pairs and secrets of a validator; its group key is in `G`. In the toy group of five, the keys of
/// the first four do not cancel out.
pub(crate) fn validator<G: Group>(number: u8) -> (ValidatorKeyPairs, ValidatorKeys, Secrets<G>) {
    let key_pairs = ValidatorKeyPairs::from_seed(&[number; 32]);
    let decryption = derive_nonzero_scalar::<G>(tags::KEYS_SECRET, &number);
    let mut keys = key_pairs.public_keys();
    keys.group = G::generator().multiply(decryption).encode();
    let secrets = Secrets {
        name: keys.node_id(),
        signing: key_pairs.signing.clone(),
        decryption: decryption.into(),
        seed: [number ^ 0x55; 32].into(),
    };
    (key_pairs, keys, secrets)
}

pub(crate) fn epoch<G: Group>(count: u8, group_size: u16) -> Epoch {
    let configuration = Roster::new((1..=count).map(|number| validator::<G>(number).1));
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
            progress: LotteryLog::new(&epoch),
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
    pub(crate) fn within<T>(
        &self,
        act: impl FnOnce(&EpochEnvironment<'_, G, Normative>) -> T,
    ) -> T {
        act(&EpochEnvironment { rules: &*self.rules, suite: &Normative, epoch: &self.epoch })
    }

    pub(crate) fn names(&self) -> Vec<NodeId> {
        self.members.keys().copied().collect()
    }

    pub(crate) fn leadership(&self) -> Option<Leadership> {
        self.progress.leadership(&self.epoch, self.height).ok()
    }

    /// Hands an event to a validator, and takes note of what it wants.
    pub(crate) fn hand(&mut self, to: NodeId, event: Event) -> Result<Vec<Effect>, Rejection> {
        let (rules, epoch) = (self.rules.clone(), self.epoch.clone());
        let environment = EpochEnvironment { rules: &*rules, suite: &Normative, epoch: &epoch };
        let member = self.members.get_mut(&to).unwrap();
        let answer = member.server.handle(&environment, event);
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
                    lottery.may_lead(&name).then_some(ticket)
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
        let cosigners = self.epoch.configuration.cosigners::<G>()?;
        let mut signers = BTreeMap::new();
        for (position, (name, member)) in self.members.iter().enumerate() {
            if self.agreed.get(message).is_some_and(|agreed| agreed.contains(name)) {
                let secret = *member.secrets.decryption;
                let signer = Signer::new(&cosigners, position, secret, *message);
                signers.insert(position, (signer, self.refuses_to_sign.contains(name)));
            }
        }
        let mut leader = cosi::Leader::new(&cosigners, *message);
        loop {
            let signed = attempt(&mut leader, &mut signers);
            if matches!(signed, Ok(Some(_))) || leader.restart().is_none() {
                return signed.map(|signature| signature.expect("the last attempt has no faulty"));
            }
        }
    }

    /// The collective signature of a message by these, a quorum or not: made by whoever knows all their secrets.
    pub(crate) fn signature_by(&self, signers: &Signers, message: &Digest) -> CollectiveSignature {
        let signed = |position: usize| signers[position / 8] >> (position % 8) & 1 == 1;
        let members = self.members.values().enumerate().filter(|(position, _)| signed(*position));
        let secrets = members.map(|(_, member)| *member.secrets.decryption);
        sign_for_all::<G>(signers, secrets, message)
    }

    /// All validators as signers.
    pub(crate) fn everybody(&self) -> Signers {
        name_signers(self.members.len(), 0..self.members.len()).unwrap()
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

    /// The certificate of the log by the first of a quorum, or by more if their keys cancel out, as they may
    /// in a toy group.
    pub(crate) fn certify(&self, progress: &LotteryLog) -> CollectiveSignature {
        let message = head_vote(&self.epoch, progress.position()).message();
        let count = self.members.len();
        let mut certificates = (self.epoch.quorum()..=count)
            .map(|signers| self.signature_by(&name_signers(count, 0..signers).unwrap(), &message));
        let roster = &self.epoch.configuration;
        let is_valid = |certificate: &CollectiveSignature| {
            Normative.verify_certificate::<G>(roster, &message, certificate).is_ok()
        };
        certificates.find(is_valid).expect("the keys of some quorum do not cancel out")
    }

    pub(crate) fn segment(&self) -> LogSegment<CollectiveSignature> {
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

/// One attempt at signing together: all have nonces, and those who refuse do not answer.
fn attempt<G: Group>(
    leader: &mut cosi::Leader<'_, G>,
    signers: &mut BTreeMap<usize, (Signer<'_, G>, bool)>,
) -> Result<Option<CollectiveSignature>, Rejection> {
    let open = leader.open();
    for (position, (signer, _)) in signers.iter_mut() {
        let mut randomness = [open.attempt as u8; 32];
        randomness[0] = *position as u8;
        let nonce = signer.open(&open, &randomness)?;
        if !leader.faulty().contains(position) {
            leader.receive_nonce(*position, &nonce)?;
        }
    }
    let challenge = leader.challenge(&cosi::Specification)?;
    for (position, (signer, refuses)) in signers.iter_mut() {
        if !*refuses {
            let response = signer.answer(&cosi::Specification, &challenge)?;
            leader.receive_response(*position, &response)?;
        }
    }
    Ok(leader.signature())
}
