//! The properties of the model: what must be true in every state, and what must be reachable.

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::drp::recovery::Recovered;
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::numbers::{Height, View};
use stateright::Property;

use super::machines::{DeadlineStep, Delivery, Entry, Id, MachineMemo, Sent, SentSet};
use super::plan::{DealKind, Plan};
use super::world::{Validator, World};
use super::{Drp, DrpState, ModelGroup};

/// The two ways to decide unbiasability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formulation {
    /// By what the adversary knows: a number that can still be changed must not be known.
    Knowledge,
    /// By counting all coins: a number that can still be changed must have every value equally
    /// often.
    Enumeration,
}

/// A number is uniform as long as it can still be changed.
pub const UNBIASED: &str = "DRP-UNBIASED-01 nobody knows a number that can still be changed";
/// The log orders at most one commit in an epoch.
pub const ONE_COMMIT: &str = "DRP-UNIQUE-01 one commit in an epoch";
/// An honest validator signs at most one statement of a run. Only a machine that forgets what it
/// persisted violates this.
pub const ONE_STATEMENT: &str = "DRP-SIGN-05 an honest validator signs one statement of a run";
/// All honest validators that have a number have the same number.
pub const ONE_NUMBER: &str = "DRP-UNIQUE-01 all validators that have a number have the same one";
/// After a commit, the honest validators get the number without anybody's help.
pub const AVAILABLE: &str =
    "DRP-AVAILABLE-01 after a commit the honest validators alone get its number";
/// Any t shares of a committed input give the same secret.
pub const EVERY_SET: &str = "DRP-AVAILABLE-01 every t shares of a committed input give one secret";
/// The honest validators can end a run that is not committed without anybody's help.
pub const PROGRESS: &str =
    "DRP-TIMEOUT-03 the honest validators alone end a run that is not committed";
/// The properties that must be true in every state.
pub const SAFETY: [&str; 7] =
    [UNBIASED, ONE_COMMIT, ONE_STATEMENT, ONE_NUMBER, AVAILABLE, EVERY_SET, PROGRESS];

/// Everybody has the number of a committed run. Some state must reach this.
pub const ALL_HAVE_IT: &str = "everybody has the number of a committed run";
/// A run is committed. Some state must reach this.
pub const COMMITS: &str = "a run is committed";
/// A leader fails, and the run of the next rank is committed. Some state must reach this.
pub const NEXT_RANK: &str = "a leader fails and the next rank's run is committed";
/// A run is committed without a deal that is invalid. Some state must reach this.
pub const LEFT_OUT: &str = "a run is committed that leaves an invalid deal out";

/// The properties that a plan can show.
pub(super) fn of<G: ModelGroup>(plan: &Plan, formulation: Formulation) -> Vec<Property<Drp<G>>> {
    let mut all: Vec<Property<Drp<G>>> = vec![match formulation {
        Formulation::Knowledge => Property::always(UNBIASED, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| memo.is_unbiased_by_knowledge(state))
        }),
        Formulation::Enumeration => {
            Property::always(UNBIASED, |model: &Drp<G>, state: &DrpState| {
                model.with_memo(|memo| memo.is_unbiased_by_counting(state))
            })
        }
    }];
    all.extend([
        Property::always(ONE_COMMIT, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| memo.commits_in_log(state.log) <= 1)
        }),
        Property::always(ONE_STATEMENT, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| memo.signs_one_statement(state.sent))
        }),
        Property::always(ONE_NUMBER, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| memo.numbers(state).len() <= 1)
        }),
        Property::always(AVAILABLE, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| memo.ends_well(state))
        }),
        Property::always(EVERY_SET, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| {
                let commit = memo.last_commit(state.log);
                commit.is_none_or(|commit| !memo.is_ambiguous(commit))
            })
        }),
        Property::always(PROGRESS, |model: &Drp<G>, state: &DrpState| {
            !model.plan.gives_up || model.with_memo(|memo| memo.gets_on(state))
        }),
        Property::sometimes(COMMITS, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| memo.commits_in_log(state.log) > 0)
        }),
    ]);
    if plan.recovers {
        all.push(Property::sometimes(ALL_HAVE_IT, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| memo.all_have_it(state))
        }));
    }
    if plan.runs > 1 && plan.gives_up {
        all.push(Property::sometimes(NEXT_RANK, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| {
                let log = memo.log(state.log).entries.len();
                log > 1 && memo.commits_in_log(state.log) == 1
            })
        }));
    }
    if plan.choices.corrupt.contains(&DealKind::Inconsistent) {
        all.push(Property::sometimes(LEFT_OUT, |model: &Drp<G>, state: &DrpState| {
            model.with_memo(|memo| memo.leaves_corrupt_out(state))
        }));
    }
    all
}

impl<G: Group> MachineMemo<G> {
    fn commits_in_log(&self, log: Id) -> usize {
        let is_commit =
            |entry: &&Id| matches!(self.entries[usize::from(**entry)], Entry::Commit(_));
        self.log(log).entries.iter().filter(is_commit).count()
    }

    fn signs_one_statement(&self, sent: SentSet) -> bool {
        let mut signed = BTreeMap::new();
        self.sent_in(sent).all(|(_, sent)| match sent {
            Sent::Agreed { validator, message } => {
                let of = self.proposed.iter().find(|proposed| proposed.message == *message);
                let run = of.map(|proposed| proposed.run);
                *signed.entry((*validator, run)).or_insert(*message) == *message
            }
            _ => true,
        })
    }

    fn recovered(&self, state: &DrpState, validator: Validator) -> Option<&Recovered> {
        self.machine(state.machines[usize::from(validator)]).server.recovered()
    }

    /// The numbers that honest validators have.
    pub(super) fn numbers(&self, state: &DrpState) -> BTreeSet<[u8; 32]> {
        let recovered = self.world.honest().filter_map(|it| self.recovered(state, it));
        recovered.map(|recovered| recovered.randomness.0).collect()
    }

    pub(super) fn all_have_it(&self, state: &DrpState) -> bool {
        self.world.honest().all(|it| self.recovered(state, it).is_some())
    }

    /// Whether a run is committed and none of its inputs is by a malicious server.
    fn leaves_corrupt_out(&self, state: &DrpState) -> bool {
        self.last_commit(state.log).is_some_and(|commit| {
            let proposed = self.commits[usize::from(commit)].proposed;
            let choice = &self.proposed[usize::from(proposed)].choice;
            choice.iter().flatten().all(|(_, kind)| *kind == DealKind::Genuine)
        })
    }

    /// Whether the honest validators get one number without anybody's help, if a run is committed:
    /// each receives the rest of the log and all shares of honest validators, and nothing else. It
    /// is true without a check if no run is committed, or if a group has too few honest members.
    pub(super) fn ends_well(&mut self, state: &DrpState) -> bool {
        let Some(commit) = self.last_commit(state.log) else { return true };
        let honest: Vec<Validator> = self.world.honest().collect();
        if !self.fits_groups() {
            return true; // nothing is promised
        }
        let key =
            (commit, honest.iter().map(|it| state.machines[usize::from(*it)]).collect::<Vec<_>>());
        if let Some(known) = self.ended.get(&key) {
            return *known;
        }
        let ended = self.end(*state, &honest);
        let is_well = self.all_have_it(&ended) && self.numbers(&ended).len() == 1;
        self.ended.insert(key, is_well);
        is_well
    }

    /// The state after all honest validators have received the log and each other's shares.
    fn end(&mut self, mut state: DrpState, honest: &[Validator]) -> DrpState {
        for validator in honest {
            let place = usize::from(*validator);
            loop {
                let heard = self.machine(state.machines[place]).heard();
                let entry = self.log(state.log).entries.get(usize::from(heard)).copied();
                let Some(entry) = entry else { break };
                let delivery = Delivery::Entry(entry, heard);
                let Some((machine, sent)) =
                    self.receive(*validator, state.machines[place], delivery)
                else {
                    break;
                };
                state.machines[place] = machine;
                state.sent |= sent;
            }
        }
        let revealed = self.sent_in(state.sent).filter_map(|(id, sent)| match sent {
            Sent::Revealed { only_to, .. } => Some((id, *only_to)),
            _ => None,
        });
        let revealed: Vec<(Id, Option<Validator>)> = revealed.collect();
        for validator in honest {
            let place = usize::from(*validator);
            for (id, only_to) in &revealed {
                let is_for = only_to.is_none_or(|only| only == *validator);
                if is_for && self.waits_for_shares(&state, *validator) {
                    let delivery = Delivery::Reveal(*id);
                    if let Some((machine, _)) =
                        self.receive(*validator, state.machines[place], delivery)
                    {
                        state.machines[place] = machine;
                    }
                }
            }
        }
        state
    }

    /// Whether the honest validators, without anybody's help, can have a failure or a commit
    /// ordered once all deadlines have passed. It is true without a check if more validators are
    /// malicious than the protocol tolerates, or after the last rank of the plan.
    fn gets_on(&mut self, state: &DrpState) -> bool {
        let height = World::<G>::height_of(self.log(state.log).entries.len());
        let current = self.log(state.log).progress.leadership(&self.world.epoch, Height(height));
        let is_on =
            current.is_ok_and(|it| it.view == View(0) && usize::from(it.rank) < self.plan.runs);
        if !is_on || self.world.corrupt.len() > self.world.epoch.faults_max() {
            return true;
        }
        let honest: Vec<Validator> = self.world.honest().collect();
        let mut late = self.end(*state, &honest);
        for validator in honest {
            let place = usize::from(validator);
            for rank in 0..u8::try_from(self.plan.runs).unwrap_or(u8::MAX) {
                for step in
                    [DeadlineStep::Announcement, DeadlineStep::Proposal, DeadlineStep::SignOff]
                {
                    let delivery = Delivery::Deadline(rank, step);
                    if let Some((machine, sent)) =
                        self.receive(validator, late.machines[place], delivery)
                    {
                        late.machines[place] = machine;
                        late.sent |= sent;
                    }
                }
            }
        }
        let passed_on = self.sent_in(late.sent).filter_map(|(_, sent)| match sent {
            Sent::PassedOn(commit) => Some(*commit),
            _ => None,
        });
        let passed_on: Vec<Id> = passed_on.collect();
        self.fail_of(late.log, late.sent).is_some()
            || passed_on.into_iter().any(|commit| self.commit_to(late.log, commit).is_some())
    }

    /// Whether each group has as many honest members as the specification's threshold, ⌊c/3⌋ + 1.
    pub(super) fn fits_groups(&self) -> bool {
        self.world.runs.iter().all(|session| {
            session.groups.iter().all(|group| {
                let members = group.members.iter().filter_map(|name| self.world.place_of(name));
                let honest = members.filter(|it| !self.world.corrupt.contains(it)).count();
                honest > group.members.len() / 3
            })
        })
    }
}
