//! The machines of the specification, asked once for each event in each of their states.
//!
//! A machine's state is a number: two machines of one validator that print alike are alike (all that they do
//! not print, their secrets, never changes). What honest validators say, and what the log has, are numbers too.

use std::collections::HashMap;

use ioschain_spec::Rejection;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::messages::{Announcement, LogEntry, Message};
use ioschain_spec::drp::rules::Step;
use ioschain_spec::drp::server::{Effect, Event, Memory};
use ioschain_spec::primitives::group::Group;

use super::coins::Counted;
use super::crafting::Choice;
use super::plan::{DealKind, Plan, Restarts};
use super::world::{Validator, World};
use crate::fingerprint::fingerprint;

pub use super::numbered::*;

/// Everything that is numbered.
pub struct Steps<G: Group> {
    /// What is fixed.
    pub world: World<G>,
    /// The plan.
    pub plan: Plan,
    pub(super) locals: Vec<Local<G>>,
    local_ids: HashMap<u64, Id>,
    pub(super) leaders: Vec<Leader<G>>,
    leader_ids: HashMap<u64, Id>,
    pub(super) said: Vec<Said>,
    said_ids: HashMap<u64, Id>,
    pub(super) announcements: Vec<(usize, Announcement)>,
    announcement_ids: HashMap<u64, Id>,
    pub(super) proposed: Vec<Proposed>,
    pub(super) commits: Vec<Committed<G>>,
    pub(super) commit_ids: HashMap<(Id, Vec<Validator>), Option<Id>>,
    pub(super) entries: Vec<Entry>,
    pub(super) logs: Vec<Log>,
    pub(super) log_ids: HashMap<Vec<Id>, Id>,
    pub(super) appended: HashMap<(Id, Id), Option<Id>>,
    heard: HashMap<(Validator, Id, Heard), Option<(Id, Pool)>>,
    pub(super) corrupt_reveals: Vec<CorruptReveal>,
    pub(super) choices: Vec<Vec<Choice>>,
    pub(super) crafted: HashMap<(Id, usize), Option<Id>>,
    pub(super) crafted_deals: HashMap<u64, (Validator, DealKind)>,
    pub(super) led: HashMap<(Id, u64), Option<(Id, Pool)>>,
    pub(super) counted: Counted,
    pub(super) ended: HashMap<(Id, Vec<Id>), bool>,
    pub(super) ambiguous: HashMap<Id, bool>,
    /// Whether more things were said than the pool has bits: then something was left out.
    pub is_overfull: bool,
}

pub(super) fn number(at: usize) -> Id {
    Id::try_from(at).expect("a model has fewer than 65,536 of each thing")
}

/// The bit of something said; 0 if there is none left.
pub fn bit(said: Id) -> Pool {
    1u128.checked_shl(said.into()).unwrap_or(0)
}

/// Puts something that prints as `key` into a list once.
fn intern<T>(
    list: &mut Vec<T>,
    ids: &mut HashMap<u64, Id>,
    key: u64,
    make: impl FnOnce() -> T,
) -> Id {
    *ids.entry(key).or_insert_with(|| {
        list.push(make());
        number(list.len() - 1)
    })
}

impl<G: Group> Steps<G> {
    /// Nothing is asked yet; with the first state of each machine.
    ///
    /// # Errors
    /// What a machine refuses of the lottery.
    pub fn new(plan: Plan, world: World<G>) -> Result<(Self, Vec<Id>), Rejection> {
        let all_choices = (0..plan.runs).map(|run| world.choices(run, &plan.choices)).collect();
        let first_log = Log { entries: Vec::new(), progress: world.progress.clone() };
        let mut steps = Self {
            plan,
            locals: Vec::new(),
            local_ids: HashMap::new(),
            leaders: Vec::new(),
            leader_ids: HashMap::new(),
            said: Vec::new(),
            said_ids: HashMap::new(),
            announcements: Vec::new(),
            announcement_ids: HashMap::new(),
            proposed: Vec::new(),
            commits: Vec::new(),
            commit_ids: HashMap::new(),
            entries: Vec::new(),
            logs: vec![first_log],
            log_ids: HashMap::from([(Vec::new(), 0)]),
            appended: HashMap::new(),
            heard: HashMap::new(),
            corrupt_reveals: Vec::new(),
            choices: all_choices,
            crafted: HashMap::new(),
            crafted_deals: HashMap::new(),
            led: HashMap::new(),
            counted: Counted::default(),
            ended: HashMap::new(),
            ambiguous: HashMap::new(),
            is_overfull: false,
            world,
        };
        let validators: Vec<Validator> = steps.world.validators().collect();
        let mut first = Vec::new();
        for validator in validators {
            let persisted = Memory::default();
            let server = steps.world.server(validator, persisted.clone())?;
            let local = Local { server, entries: Vec::new(), persisted };
            first.push(steps.intern_local(validator, local));
        }
        for run in 0..steps.plan.runs {
            if steps.world.is_corrupt_rank(run) {
                for variant in 0..steps.plan.announcements {
                    let announcement = steps.world.announcement(run, variant);
                    steps.intern_announcement(run, announcement);
                }
            }
        }
        Ok((steps, first))
    }

    fn intern_local(&mut self, validator: Validator, local: Local<G>) -> Id {
        let Local { server, entries, persisted } = &local;
        let key = fingerprint(&(validator, entries, format!("{persisted:?}{server:?}")));
        intern(&mut self.locals, &mut self.local_ids, key, || local)
    }

    pub(super) fn intern_leader(&mut self, leader: Leader<G>) -> Id {
        let key = fingerprint(&format!("{leader:?}"));
        intern(&mut self.leaders, &mut self.leader_ids, key, || leader)
    }

    pub(super) fn intern_announcement(&mut self, run: usize, announcement: Announcement) -> Id {
        let key = fingerprint(&format!("{announcement:?}"));
        intern(&mut self.announcements, &mut self.announcement_ids, key, || (run, announcement))
    }

    fn intern_said(&mut self, said: Said) -> Pool {
        let key = fingerprint(&format!("{said:?}"));
        let bit = bit(intern(&mut self.said, &mut self.said_ids, key, || said));
        self.is_overfull |= bit == 0;
        bit
    }

    /// The machine of a number.
    pub fn local(&self, id: Id) -> &Local<G> {
        &self.locals[usize::from(id)]
    }

    /// The log of a number.
    pub fn log(&self, id: Id) -> &Log {
        &self.logs[usize::from(id)]
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

    /// What has been said, by number.
    pub fn in_pool(&self, pool: Pool) -> impl Iterator<Item = (Id, &Said)> {
        let all = self.said.iter().enumerate().map(|(at, said)| (number(at), said));
        all.filter(move |(id, _)| pool & bit(*id) != 0)
    }

    /// What a validator makes of something: its next state and what it says; `None` if it refuses it, or if it
    /// changes nothing and is silent.
    pub fn hear(&mut self, validator: Validator, local: Id, heard: Heard) -> Option<(Id, Pool)> {
        let key = (validator, local, heard);
        if let Some(known) = self.heard.get(&key) {
            return *known;
        }
        let answer = self.ask(validator, local, heard);
        self.heard.insert(key, answer);
        answer
    }

    fn ask(&mut self, validator: Validator, local: Id, heard: Heard) -> Option<(Id, Pool)> {
        let Local { server, entries, persisted } = self.local(local);
        let mut after = Local {
            server: server.clone(),
            entries: entries.clone(),
            persisted: persisted.clone(),
        };
        let effects = match heard {
            Heard::Restart => self.restart(validator, &mut after)?,
            _ => {
                let event = self.event(heard);
                let server = &mut after.server;
                self.world.within(|environment| server.handle(environment, event)).ok()?
            }
        };
        if let Heard::Entry(entry, _) = heard {
            after.entries.push(entry);
        }
        for effect in &effects {
            if let Effect::Persist(memory) = effect {
                after.persisted = memory.clone();
            }
        }
        let said = self.take_note(validator, effects);
        let next = self.intern_local(validator, after);
        (next != local || said != 0).then_some((next, said))
    }

    /// A machine that comes back with what it persisted; the log is handed to it again.
    fn restart(&mut self, validator: Validator, local: &mut Local<G>) -> Option<Vec<Effect>> {
        if self.plan.restarts == Restarts::Forgetting {
            local.persisted = Memory::default();
        }
        local.server = self.world.server(validator, local.persisted.clone()).ok()?;
        let mut effects = Vec::new();
        for (place, entry) in (0..).zip(&local.entries) {
            let event = self.event(Heard::Entry(*entry, place));
            let server = &mut local.server;
            let answer = self.world.within(|environment| server.handle(environment, event));
            effects.extend(answer.ok()?);
        }
        Some(effects)
    }

    /// The event that something is for a machine.
    pub fn event(&self, heard: Heard) -> Event {
        match heard {
            Heard::Announcement(id) => {
                let (_, announcement) = &self.announcements[usize::from(id)];
                Event::Message(Message::Announcement(announcement.clone()))
            }
            Heard::Proposal(id) => {
                let proposal = self.proposed[usize::from(id)].proposal.clone();
                Event::Message(Message::Proposal(proposal))
            }
            Heard::Commit(id) => {
                Event::Message(Message::Commit(self.commits[usize::from(id)].commit.clone()))
            }
            Heard::Entry(id, place) => {
                let height = World::<G>::height_of(place.into());
                Event::Ordered { height, entry: self.entry(id) }
            }
            Heard::Deadline(rank, step) => {
                let step = match step {
                    StepOf::Announcement => Step::Announcement,
                    StepOf::Proposal => Step::Proposal,
                    StepOf::SignOff => Step::SignOff,
                };
                Event::Deadline { view: 0, rank, step }
            }
            Heard::Restart => Event::Reached(0), // no event: see `restart`
            Heard::Reveal(id) => match &self.said[usize::from(id)] {
                Said::Revealed { reveal, .. } => Event::Message(Message::Reveal(reveal.clone())),
                _ => Event::Reached(0), // no reveal: nothing happens
            },
            Heard::CorruptReveal(id) => {
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

    /// What effects say. What is persisted is part of the machine's state; what is to be ordered can be made of
    /// what was said.
    pub(super) fn take_note(&mut self, validator: Validator, effects: Vec<Effect>) -> Pool {
        effects.into_iter().fold(0, |said, effect| said | self.note(validator, effect))
    }

    fn note(&mut self, validator: Validator, effect: Effect) -> Pool {
        let (message, only_to) = match effect {
            Effect::Agree(message) => return self.intern_said(Said::Agreed { validator, message }),
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
                self.intern_said(Said::Announced(id))
            }
            Message::Deal(deal) => {
                let announced = self.announcements.iter();
                let mut answered = announced.map(|(_, announcement)| announcement.hash());
                let place = answered.position(|hash| hash == deal.announcement);
                let announcement = number(place.unwrap_or_default());
                self.intern_said(Said::Dealt { dealer: validator, announcement, deal })
            }
            Message::Proposal(proposal) => {
                let id = self.intern_honest_proposal(proposal);
                self.intern_said(Said::Proposed(id))
            }
            Message::Timeout(timeout) => self.intern_said(Said::TimedOut(timeout)),
            Message::Reveal(reveal) => {
                self.intern_said(Said::Revealed { validator, reveal, only_to })
            }
            Message::Commit(commit) => {
                let known = self.commits.iter().position(|known| known.commit == commit);
                known.map_or(0, |known| self.intern_said(Said::PassedOn(number(known))))
            }
        }
    }
}
