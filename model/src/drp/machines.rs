//! The memoised machines: each machine of the specification is asked once for each event in each of
//! its states.
//!
//! The state of a machine gets a number. Two machines of one validator count as one if they print
//! the same text: they can differ only in secrets, which are not printed and never change. The
//! messages of honest validators, the logs and their entries get numbers too.

use std::collections::HashMap;

use ioschain_spec::Rejection;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::machine::{Effect, Event, Memory};
use ioschain_spec::drp::messages::{Announcement, LogEntry, Message};
use ioschain_spec::drp::rules::Step;
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::numbers::{Height, Rank, View};

use super::adversary::Choice;
use super::coins::Counted;
use super::plan::{DealKind, Plan, Restarts};
use super::world::{Validator, World};
use crate::fingerprint::fingerprint;
use crate::interner::Interner;

pub use super::interned::*;

/// All answers that the machines have given, and the numbers of everything that they were asked
/// about.
pub struct MachineMemo<G: Group> {
    /// The validators, their keys and the rules.
    pub world: World<G>,
    /// The plan that is explored.
    pub plan: Plan,
    machines: Interner<u64, Machine<G>>,
    leaders: Interner<u64, Leader<G>>,
    messages: Interner<u64, Sent>,
    pub(super) announcements: Interner<u64, (usize, Announcement)>,
    pub(super) proposed: Vec<Proposed>,
    pub(super) commits: Vec<CheckedCommit<G>>,
    pub(super) commit_ids: HashMap<(Id, Vec<Validator>), Option<Id>>,
    pub(super) entries: Vec<Entry>,
    pub(super) logs: Interner<Vec<Id>, Log>,
    pub(super) appended: HashMap<(Id, Id), Option<Id>>,
    answers: HashMap<(Validator, Id, Delivery), Option<(Id, SentSet)>>,
    pub(super) corrupt_reveals: Vec<CorruptReveal>,
    pub(super) choices: Vec<Vec<Choice>>,
    pub(super) adversary_proposals: HashMap<(Id, usize), Option<Id>>,
    pub(super) adversary_deals: HashMap<u64, (Validator, DealKind)>,
    pub(super) led: HashMap<(Id, u64), Option<(Id, SentSet)>>,
    pub(super) counted: Counted,
    pub(super) ended: HashMap<(Id, Vec<Id>), bool>,
    pub(super) ambiguous: HashMap<Id, bool>,
    /// Whether more messages were sent than a set has bits. Then some message was left out.
    pub is_overfull: bool,
}

pub(super) fn number(at: usize) -> Id {
    Id::try_from(at).expect("a model has fewer than 65,536 of each thing")
}

/// The set with one message; the empty set if no bit is left.
pub fn bit(sent: Id) -> SentSet {
    1u128.checked_shl(sent.into()).unwrap_or(0)
}

/// The number that an interner has given to a value, as an [`Id`].
pub(super) fn id_of(interned: u32) -> Id {
    Id::try_from(interned).expect("a model has fewer than 65,536 of each thing")
}

impl<G: Group> MachineMemo<G> {
    /// The memo before the first question, with the first state of each machine.
    ///
    /// # Errors
    /// A rejection of the lottery by a machine.
    pub fn new(plan: Plan, world: World<G>) -> Result<(Self, Vec<Id>), Rejection> {
        let all_choices = (0..plan.runs).map(|run| world.choices(run, &plan.choices)).collect();
        let first_log = Log { entries: Vec::new(), progress: world.progress.clone() };
        let mut logs = Interner::default();
        logs.intern(Vec::new(), || first_log);
        let mut memo = Self {
            plan,
            machines: Interner::default(),
            leaders: Interner::default(),
            messages: Interner::default(),
            announcements: Interner::default(),
            proposed: Vec::new(),
            commits: Vec::new(),
            commit_ids: HashMap::new(),
            entries: Vec::new(),
            logs,
            appended: HashMap::new(),
            answers: HashMap::new(),
            corrupt_reveals: Vec::new(),
            choices: all_choices,
            adversary_proposals: HashMap::new(),
            adversary_deals: HashMap::new(),
            led: HashMap::new(),
            counted: Counted::default(),
            ended: HashMap::new(),
            ambiguous: HashMap::new(),
            is_overfull: false,
            world,
        };
        let validators: Vec<Validator> = memo.world.validators().collect();
        let mut first = Vec::new();
        for validator in validators {
            let persisted = Memory::default();
            let server = memo.world.server(validator, persisted.clone())?;
            let machine = Machine { server, entries: Vec::new(), persisted };
            first.push(memo.intern_machine(validator, machine));
        }
        for run in 0..memo.plan.runs {
            if memo.world.is_corrupt_rank(run) {
                for variant in 0..memo.plan.announcements {
                    let announcement = memo.world.announcement(run, variant);
                    memo.intern_announcement(run, announcement);
                }
            }
        }
        Ok((memo, first))
    }

    fn intern_machine(&mut self, validator: Validator, machine: Machine<G>) -> Id {
        let Machine { server, entries, persisted } = &machine;
        let key = fingerprint(&(validator, entries, format!("{persisted:?}{server:?}")));
        id_of(self.machines.intern(key, || machine))
    }

    pub(super) fn intern_leader(&mut self, leader: Leader<G>) -> Id {
        let key = fingerprint(&format!("{leader:?}"));
        id_of(self.leaders.intern(key, || leader))
    }

    pub(super) fn intern_announcement(&mut self, run: usize, announcement: Announcement) -> Id {
        let key = fingerprint(&format!("{announcement:?}"));
        id_of(self.announcements.intern(key, || (run, announcement)))
    }

    fn intern_sent(&mut self, sent: Sent) -> SentSet {
        let key = fingerprint(&format!("{sent:?}"));
        let bit = bit(id_of(self.messages.intern(key, || sent)));
        self.is_overfull |= bit == 0;
        bit
    }

    /// The state of a validator's machine with this number.
    pub fn machine(&self, id: Id) -> &Machine<G> {
        self.machines.get(id.into())
    }

    /// The state of an honest leader's machine with this number.
    pub fn leader(&self, id: Id) -> &Leader<G> {
        self.leaders.get(id.into())
    }

    /// The message of an honest validator with this number.
    pub fn message(&self, id: Id) -> &Sent {
        self.messages.get(id.into())
    }

    /// The messages of honest validators, in the order in which they were first sent.
    pub fn messages(&self) -> impl Iterator<Item = &Sent> {
        self.messages.values()
    }

    /// The announcement with this number, and its run.
    pub fn announcement(&self, id: Id) -> &(usize, Announcement) {
        self.announcements.get(id.into())
    }

    /// The log with this number.
    pub fn log(&self, id: Id) -> &Log {
        self.logs.get(id.into())
    }

    /// The last commit of a log, by its number.
    pub fn last_commit(&self, log: Id) -> Option<Id> {
        self.log(log).entries.iter().rev().find_map(|entry| {
            match self.entries[usize::from(*entry)] {
                Entry::Commit(commit) => Some(commit),
                Entry::Fail(_) => None,
            }
        })
    }

    /// The messages of a set, with their numbers.
    pub fn sent_in(&self, sent: SentSet) -> impl Iterator<Item = (Id, &Sent)> {
        let all = (0..).zip(self.messages.values());
        all.filter(move |(id, _)| sent & bit(*id) != 0)
    }

    /// The answer of a validator to a delivery: its next state and the messages that it sends.
    /// `None` if it refuses the delivery, or if it does not change and sends nothing.
    pub fn receive(
        &mut self,
        validator: Validator,
        machine: Id,
        delivery: Delivery,
    ) -> Option<(Id, SentSet)> {
        let key = (validator, machine, delivery);
        if let Some(known) = self.answers.get(&key) {
            return *known;
        }
        let answer = self.ask(validator, machine, delivery);
        self.answers.insert(key, answer);
        answer
    }

    fn ask(
        &mut self,
        validator: Validator,
        machine: Id,
        delivery: Delivery,
    ) -> Option<(Id, SentSet)> {
        let Machine { server, entries, persisted } = self.machine(machine);
        let mut after = Machine {
            server: server.clone(),
            entries: entries.clone(),
            persisted: persisted.clone(),
        };
        let effects = match delivery {
            Delivery::Restart => self.restart(validator, &mut after)?,
            _ => {
                let event = self.event(delivery);
                let server = &mut after.server;
                self.world.within(|environment| server.handle(environment, event)).ok()?
            }
        };
        if let Delivery::Entry(entry, _) = delivery {
            after.entries.push(entry);
        }
        for effect in &effects {
            if let Effect::Persist(memory) = effect {
                after.persisted = memory.clone();
            }
        }
        let sent = self.record_effects(validator, effects);
        let next = self.intern_machine(validator, after);
        (next != machine || sent != 0).then_some((next, sent))
    }

    /// Restarts a machine with the memory that it persisted last, and delivers the log to it again.
    fn restart(&mut self, validator: Validator, machine: &mut Machine<G>) -> Option<Vec<Effect>> {
        if self.plan.restarts == Restarts::Forgetting {
            machine.persisted = Memory::default();
        }
        machine.server = self.world.server(validator, machine.persisted.clone()).ok()?;
        let mut effects = Vec::new();
        for (place, entry) in (0..).zip(&machine.entries) {
            let event = self.event(Delivery::Entry(*entry, place));
            let server = &mut machine.server;
            let answer = self.world.within(|environment| server.handle(environment, event));
            effects.extend(answer.ok()?);
        }
        Some(effects)
    }

    /// The event that a delivery is for a machine.
    pub fn event(&self, delivery: Delivery) -> Event {
        match delivery {
            Delivery::Announcement(id) => {
                let (_, announcement) = self.announcement(id);
                Event::Message(Message::Announcement(announcement.clone()))
            }
            Delivery::Proposal(id) => {
                let proposal = self.proposed[usize::from(id)].proposal.clone();
                Event::Message(Message::Proposal(proposal))
            }
            Delivery::Commit(id) => {
                Event::Message(Message::Commit(self.commits[usize::from(id)].commit.clone()))
            }
            Delivery::Entry(id, place) => {
                let height = World::<G>::height_of(place.into());
                Event::Ordered { height: Height(height), entry: self.entry(id) }
            }
            Delivery::Deadline(rank, step) => {
                let step = match step {
                    DeadlineStep::Announcement => Step::Announcement,
                    DeadlineStep::Proposal => Step::Proposal,
                    DeadlineStep::SignOff => Step::SignOff,
                };
                Event::Deadline { view: View(0), rank: Rank(rank), step }
            }
            Delivery::Restart => Event::Reached(Height(0)), // no event: see `restart`
            Delivery::Reveal(id) => match self.message(id) {
                Sent::Revealed { reveal, .. } => Event::Message(Message::Reveal(reveal.clone())),
                _ => Event::Reached(Height(0)), // no reveal: nothing happens
            },
            Delivery::CorruptReveal(id) => {
                let reveal = self.corrupt_reveals[usize::from(id)].reveal.clone();
                Event::Message(Message::Reveal(reveal))
            }
        }
    }

    pub(super) fn entry(&self, id: Id) -> LogEntry {
        match &self.entries[usize::from(id)] {
            Entry::Commit(commit) => {
                LogEntry::Commit(self.commits[usize::from(*commit)].commit.clone())
            }
            Entry::Fail(fail) => LogEntry::Fail(fail.clone()),
        }
    }

    /// Records the messages that effects send. Persisted memory is part of the machine's state.
    /// Entries for the log can be made from the messages that were sent.
    pub(super) fn record_effects(&mut self, validator: Validator, effects: Vec<Effect>) -> SentSet {
        effects.into_iter().fold(0, |sent, effect| sent | self.record_effect(validator, effect))
    }

    fn record_effect(&mut self, validator: Validator, effect: Effect) -> SentSet {
        let (message, only_to) = match effect {
            Effect::Agree(message) => return self.intern_sent(Sent::Agreed { validator, message }),
            Effect::Send { to, message } => (message, self.world.place_of(&to)),
            Effect::Broadcast(message) => (message, None),
            Effect::Persist(_) | Effect::Collect(_) | Effect::Order(_) | Effect::Output(_) => {
                return 0;
            }
        };
        match message {
            Message::Announcement(announcement) => {
                let place = usize::from(announcement.run.rank);
                let id = self.intern_announcement(place, announcement);
                self.intern_sent(Sent::Announced(id))
            }
            Message::Deal(deal) => {
                let is_answered = |(_, announcement): &(usize, Announcement)| {
                    announcement.hash() == deal.announcement
                };
                let place = self.announcements.values().position(is_answered);
                let announcement = number(place.unwrap_or_default());
                self.intern_sent(Sent::Dealt { dealer: validator, announcement, deal })
            }
            Message::Proposal(proposal) => {
                let id = self.intern_honest_proposal(proposal);
                self.intern_sent(Sent::Proposed(id))
            }
            Message::Timeout(timeout) => self.intern_sent(Sent::TimedOut(timeout)),
            Message::Reveal(reveal) => {
                self.intern_sent(Sent::Revealed { validator, reveal, only_to })
            }
            Message::Commit(commit) => {
                let known = self.commits.iter().position(|known| known.commit == commit);
                known.map_or(0, |known| self.intern_sent(Sent::PassedOn(number(known))))
            }
        }
    }
}
