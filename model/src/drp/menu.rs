//! What can happen in a state: everything that somebody can hear, order or make of what was said.

use ioschain_spec::drp::messages::{Reveal, RevealedShare};
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::group::{Element, Group, Scalar};
use ioschain_spec::primitives::pvss::{DecryptedShare, decrypt_share};

use super::plan::{Interleaving, Restarts};
use super::steps::{CorruptReveal, Entry, Heard, Id, Said, StepOf, Steps};
use super::world::Validator;
use super::{Action, State, What};

impl<G: Group> Steps<G> {
    /// Every step out of a state.
    pub fn possible(&mut self, state: &State, actions: &mut Vec<Action>) {
        let mut next = Vec::new();
        self.hearings(state, &mut next);
        self.orderings(state, &mut next);
        self.leadings(state, &mut next);
        actions.extend(next.into_iter().filter(|action| action.next != *state));
    }

    /// A log of the specification has at most an entry for each run; that of a variant is cut off at two.
    fn orderings(&mut self, state: &State, next: &mut Vec<Action>) {
        if self.log(state.log).entries.len() >= 2 * self.plan.runs {
            return;
        }
        for commit in self.commits_in(state) {
            if let Some(log) = self.commit_to(state.log, commit) {
                next.push(Action { what: What::Order(commit), next: State { log, ..*state } });
            }
        }
        if self.plan.gives_up
            && let Some(log) = self.fail_of(state.log, state.pool)
        {
            next.push(Action { what: What::Fail, next: State { log, leader: 0, ..*state } });
        }
    }

    /// The commits that can be made in a state, of statements that some honest validator agreed to, or that
    /// nobody needs to agree to.
    fn commits_in(&mut self, state: &State) -> Vec<Id> {
        let proposals = self.proposals_in(state);
        let mut commits: Vec<Id> =
            proposals.into_iter().filter_map(|it| self.commit_of(it, state.pool)).collect();
        commits.dedup();
        commits
    }

    fn hearings(&mut self, state: &State, next: &mut Vec<Action>) {
        let honest: Vec<Validator> = self.in_order();
        let ordered = self.plan.interleaving == Interleaving::Ordered;
        let together = ordered || self.plan.interleaving == Interleaving::DealTogether;
        for (announcement, _) in self.announcements_in(state) {
            self.offer(state, &honest, Heard::Announcement(announcement), together, next);
        }
        for proposal in self.proposals_in(state) {
            self.offer(state, &honest, Heard::Proposal(proposal), ordered, next);
        }
        if self.plan.hears_commits {
            for commit in self.commits_in(state) {
                self.offer(state, &honest, Heard::Commit(commit), ordered, next);
            }
        }
        if self.plan.gives_up {
            for rank in 0..u8::try_from(self.plan.runs).unwrap_or(0) {
                for step in [StepOf::Announcement, StepOf::Proposal, StepOf::SignOff] {
                    let heard = Heard::Deadline(rank, step);
                    self.offer(state, &honest, heard, ordered, next);
                }
            }
        }
        self.hear_log(state, &honest, ordered, next);
        if self.plan.restarts != Restarts::Never {
            self.offer(state, &honest, Heard::Restart, false, next);
        }
        if self.plan.recovers {
            self.hear_shares(state, &honest, ordered, next);
        }
    }

    /// The honest, in the order of their positions in the first run; those without one last.
    fn in_order(&self) -> Vec<Validator> {
        let members = self.world.runs[0].groups.iter().flat_map(|group| &group.members);
        let mut all: Vec<Validator> =
            members.filter_map(|name| self.world.place_of(name)).collect();
        // Leaders, and servers that weaker rules put into no group.
        let others: Vec<Validator> =
            self.world.validators().filter(|validator| !all.contains(validator)).collect();
        all.extend(others);
        all.retain(|validator| !self.world.corrupt.contains(validator));
        all
    }

    fn hear_log(
        &mut self,
        state: &State,
        honest: &[Validator],
        ordered: bool,
        next: &mut Vec<Action>,
    ) {
        for validator in honest {
            let place = self.local(state.locals[usize::from(*validator)]).heard();
            let Some(entry) = self.log(state.log).entries.get(usize::from(place)).copied() else {
                continue;
            };
            self.offer(state, &[*validator], Heard::Entry(entry, place), false, next);
            if ordered {
                return; // one after the other
            }
        }
    }

    fn hear_shares(
        &mut self,
        state: &State,
        honest: &[Validator],
        ordered: bool,
        next: &mut Vec<Action>,
    ) {
        let honest: Vec<Validator> =
            honest.iter().copied().filter(|it| self.waits_for_shares(state, *it)).collect();
        let revealed = self.in_pool(state.pool).filter_map(|(id, said)| match said {
            Said::Revealed { only_to, .. } => Some((id, *only_to)),
            _ => None,
        });
        for (id, only_to) in revealed.collect::<Vec<_>>() {
            let hearers = honest.iter().copied();
            let hearers: Vec<Validator> =
                hearers.filter(|hearer| only_to.is_none_or(|only| only == *hearer)).collect();
            self.offer(state, &hearers, Heard::Reveal(id), ordered, next);
        }
        for id in self.corrupt_reveals_in(state) {
            self.offer(state, &honest, Heard::CorruptReveal(id), ordered, next);
        }
    }

    /// Whether it has heard a commit and has no number yet. Once it has one, shares change nothing.
    pub fn waits_for_shares(&self, state: &State, validator: Validator) -> bool {
        let local = self.local(state.locals[usize::from(validator)]);
        let heard = &self.log(state.log).entries[..usize::from(local.heard())];
        let is_commit = |entry: &Id| matches!(self.entries[usize::from(*entry)], Entry::Commit(_));
        local.server.recovered().is_none() && heard.iter().any(is_commit)
    }

    /// The reveals that malicious servers can make of the last commit: an honest one, and for each offset one
    /// whose shares are off by it.
    pub fn corrupt_reveals_in(&mut self, state: &State) -> Vec<Id> {
        let Some(commit) = self.last_commit(state.log) else { return Vec::new() };
        let made = self.corrupt_reveals.iter().any(|known| known.commit == commit);
        if !made {
            for validator in self.world.corrupt.clone() {
                for offset in 0..=self.plan.forged_shares {
                    let reveal = self.make_reveal(validator, commit, offset);
                    let made =
                        reveal.map(|reveal| CorruptReveal { validator, commit, offset, reveal });
                    self.corrupt_reveals.extend(made);
                }
            }
        }
        let all = (0..).zip(&self.corrupt_reveals);
        all.filter(|(_, known)| known.commit == commit).map(|(id, _)| id).collect()
    }

    fn make_reveal(&self, validator: Validator, commit: Id, offset: u8) -> Option<Reveal> {
        let checked = &self.commits[usize::from(commit)].checked;
        let name = self.world.name(validator);
        let (own, group) = checked.session.group_of(&name)?;
        let position = group.position_of(&name)?;
        let member = &self.world.members[usize::from(validator)];
        let inputs = checked.inputs.iter().filter(|input| input.group == own);
        let share = |input: &ioschain_spec::drp::checks::Input<G>| {
            let secrets = &member.participant.secrets;
            let (key, seed) = (*secrets.decryption, &secrets.seed);
            let share = decrypt_share(&input.sharing, &input.deal, position, key, seed).ok()?;
            let wrong = G::generator().multiply(G::Scalar::from_number(offset));
            let element = G::Element::decode(&share.share).ok()?.add(wrong).encode();
            let share = DecryptedShare { share: element, ..share };
            Some(RevealedShare { dealer: input.dealer, share })
        };
        let shares = inputs.map(share).collect::<Option<Vec<_>>>()?;
        (!shares.is_empty()).then_some(())?;
        Some(Reveal { session: checked.session.id, shares: Bounded::try_from(shares).ok()? })
    }

    /// Something is heard by each of these, or by all of them together.
    fn offer(
        &mut self,
        state: &State,
        hearers: &[Validator],
        heard: Heard,
        together: bool,
        next: &mut Vec<Action>,
    ) {
        let mut all = *state;
        for validator in hearers {
            let place = usize::from(*validator);
            let Some((local, said)) = self.hear(*validator, state.locals[place], heard) else {
                continue;
            };
            let mut after = if together { all } else { *state };
            after.locals[place] = local;
            after.pool |= said;
            if together {
                all = after;
            } else {
                next.push(Action { what: What::Hear(*validator, heard), next: after });
            }
        }
        if together {
            next.push(Action { what: What::HearTogether(heard), next: all });
        }
    }
}
