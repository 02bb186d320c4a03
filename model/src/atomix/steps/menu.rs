//! What can happen in a shard: every message that can be made and that changes something.

use ioschain_spec::Rejection;

use super::{BLANK, LocalId, LogId, Pool, Steps, Taken, bit, members};
use crate::atomix::message::{Message, Proofs};
use crate::atomix::plan::{Carried, FEE};
use crate::atomix::watched::Watched;

/// What can happen in a shard when the log is as it is: every message that changes something, as far as
/// it can be made of the attestations considered so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Menu {
    /// The attestations that were considered.
    considered: Pool,
    possible: Vec<Possible>,
}

/// A message that changes something.
#[derive(Clone, Copy, Debug)]
struct Possible {
    /// The attestations that it carries.
    needs: Pool,
    /// Whether it changes the shard or the log, so that it counts even if what is attested is known.
    changes: bool,
    message: Message,
    taken: Taken,
}

/// What a menu may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MenuBounds {
    /// How many epochs a shard may close.
    pub epochs: u64,
    /// Whether there are garbage requests.
    pub has_strangers: bool,
}

impl Steps {
    /// Hands over what can happen in a shard, given the attestations that exist; `false` if that is not
    /// known yet, see [`Steps::prepare`].
    pub fn possible(
        &self,
        local: LocalId,
        log: LogId,
        pool: Pool,
        each: &mut dyn FnMut(Message, Taken),
    ) -> bool {
        let menu = self.menus.get(&(local, log));
        let Some(menu) = menu.filter(|menu| pool & !menu.considered == 0) else { return false };
        for Possible { needs, changes, message, taken } in &menu.possible {
            if needs & !pool == 0 && (*changes || taken.attested & !pool != 0) {
                each(*message, *taken);
            }
        }
        true
    }

    /// Finds out what can happen in a shard: every message that can be made of a pool and of what was
    /// considered before, the import, and the closing of an epoch.
    pub fn prepare(&mut self, local: LocalId, log: LogId, pool: Pool) {
        let place = (local, self.log(log).shown);
        let known = self.messages.get(&place).filter(|menu| pool & !menu.considered == 0).cloned();
        let mut menu = known.unwrap_or_else(|| {
            let messages = self.put_messages(local, log, pool);
            self.messages.insert(place, messages.clone());
            messages
        });
        menu.possible.iter_mut().for_each(|possible| possible.taken.log = log);
        for step in self.own_steps(local) {
            let answer = self.ask(local, log, &step);
            self.add(&mut menu, local, log, step, answer);
        }
        self.menus.insert((local, log), menu);
    }

    /// Puts every message to the rules: all requests, honest and garbage; commits with every sequence of
    /// at most as many attestations as the transaction has input shards, in any order and with
    /// repetitions; aborts with every attestation. Of commits that the rules cannot tell apart, because
    /// they look only at a first part of the proofs, one is kept.
    fn put_messages(&mut self, local: LocalId, log: LogId, pool: Pool) -> Menu {
        // What other states have attested may be attested here later on: once is cheaper than again and
        // again. `possible` leaves out what is not attested yet.
        let considered = pool | self.all_attested();
        let mut menu = Menu { considered, possible: Vec::new() };
        for message in self.without_proofs() {
            let answer = self.ask(local, log, &message);
            self.add(&mut menu, local, log, message, answer);
        }
        for (transaction, most) in self.input_shards() {
            for length in 1..=most {
                self.add_commits(&mut menu, (local, log), transaction, length, Proofs::default());
            }
            for proof in members(menu.considered) {
                let message = Message::Abort { transaction, proof };
                let answer = self.ask(local, log, &message);
                self.add(&mut menu, local, log, message, answer);
            }
        }
        menu
    }

    /// Everything that any shard has attested in any state so far.
    fn all_attested(&self) -> Pool {
        (0..self.said.len() as u32).map(bit).sum()
    }

    /// Commits of a length that begin with some proofs.
    fn add_commits(
        &mut self,
        menu: &mut Menu,
        (local, log): (LocalId, LogId),
        transaction: u8,
        length: usize,
        begun: Proofs,
    ) {
        let missing = length - begun.numbers().len();
        let blanks = std::iter::repeat_n(BLANK, missing);
        let proofs = begun.numbers().iter().copied().chain(blanks).collect();
        let suite = Watched::default();
        let message = Message::Commit { transaction, proofs };
        let answer = self.ask_watched(&suite, local, log, &message);
        if missing == 0 {
            self.add(menu, local, log, message, answer);
        } else if suite.has_looked_at_blank() {
            for proof in members(menu.considered) {
                let longer = begun.and(proof).expect("no longer than the message");
                self.add_commits(menu, (local, log), transaction, length, longer);
            }
        } else if answer.is_ok() {
            // The rest may be anything: the last proof again, or, if there is none, any one proof.
            let last = begun.numbers().last().copied();
            let rests = last.map_or_else(|| members(menu.considered).collect(), |last| vec![last]);
            for rest in rests {
                let rest = std::iter::repeat_n(rest, missing);
                let proofs = begun.numbers().iter().copied().chain(rest).collect();
                self.add(menu, local, log, Message::Commit { transaction, proofs }, answer);
            }
        }
    }

    /// Keeps a message that changes something.
    fn add(
        &self,
        menu: &mut Menu,
        local: LocalId,
        log: LogId,
        message: Message,
        answer: Result<Taken, Rejection>,
    ) {
        let Ok(taken) = answer else { return };
        let changes = taken.local != local || taken.log != log;
        if (changes || taken.attested != 0) && self.is_within_bounds(taken.local) {
            let proofs = message.proofs();
            let needs = proofs.numbers().iter().fold(0, |all, number| all | 1u64 << number);
            menu.possible.push(Possible { needs, changes, message, taken });
        }
    }

    /// Each transaction with the number of its input shards.
    fn input_shards(&self) -> Vec<(u8, usize)> {
        let shards = self.logs.get(0).log.view().parameters().shards;
        let count = |carried: &Carried| carried.transaction.input_shards(shards).len();
        (0u8..).zip(self.transactions.iter().map(count)).collect()
    }

    /// All requests, honest and garbage, and commits that prove nothing.
    fn without_proofs(&self) -> Vec<Message> {
        let mut messages = Vec::new();
        for (transaction, _) in (0u8..).zip(&self.transactions) {
            messages.push(Message::Request { transaction });
            if self.bounds.has_strangers {
                messages.push(Message::Garbage { transaction });
            }
            messages.push(Message::Commit { transaction, proofs: Proofs::default() });
        }
        messages
    }

    /// What a shard does by itself: the import and the closing of an epoch.
    fn own_steps(&self, local: LocalId) -> Vec<Message> {
        let may_close = self.local(local).state.position.epoch <= self.bounds.epochs;
        [Message::Import].into_iter().chain(may_close.then_some(Message::Close)).collect()
    }

    /// Commits and aborts that can be made of a pool, every sequence of proofs on its own.
    fn with_proofs(&self, pool: Pool) -> Vec<Message> {
        let mut messages = Vec::new();
        for (transaction, most) in self.input_shards() {
            let commit = |proofs| Message::Commit { transaction, proofs };
            messages.extend(sequences(pool, most).into_iter().map(commit));
            messages.extend(members(pool).map(|proof| Message::Abort { transaction, proof }));
        }
        messages
    }

    /// Every message that can be made of a pool, with what the rules say to it.
    pub fn ask_everything(
        &mut self,
        local: LocalId,
        log: LogId,
        pool: Pool,
    ) -> Vec<(Message, Result<Taken, Rejection>)> {
        let mut messages = self.without_proofs();
        messages.extend(self.own_steps(local));
        messages.extend(self.with_proofs(pool));
        let ask = |message: Message| (message, self.ask(local, log, &message));
        messages.into_iter().map(ask).collect()
    }

    /// No shard earns more fees than all transactions pay: a variant that does is caught by then, and
    /// would go on for ever.
    fn is_within_bounds(&self, local: LocalId) -> bool {
        let most = FEE * self.transactions.len() as u64;
        self.local(local).state.totals.fee_pool <= most
    }
}

/// All sequences of 1 to `most` attestations.
fn sequences(pool: Pool, most: usize) -> Vec<Proofs> {
    let mut found = Vec::new();
    let mut longest = vec![Proofs::default()];
    for _ in 0..most {
        let longer = |shorter: &Proofs| {
            let shorter = *shorter;
            members(pool).filter_map(move |last| shorter.and(last))
        };
        longest = longest.iter().flat_map(longer).collect();
        found.extend(longest.iter().copied());
    }
    found
}
