//! The steps of an honest leader, which is the specification's machine.

use ioschain_spec::drp::configuration::Leadership;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::messages::SignedDeal;
use ioschain_spec::primitives::group::Group;

use super::plan::DealKind;
use super::steps::{Id, Pool, Said, Steps};
use super::world::{Validator, World};
use super::{Action, State, What};
use crate::fingerprint::fingerprint;

/// A step of an honest leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lead {
    /// It announces its run.
    Start,
    /// It takes an honest deal, by its number.
    Take(Id),
    /// It takes a malicious server's deal of a kind.
    TakeCorrupt(Validator, DealKind),
    /// It has waited long enough for deals.
    Propose,
}

impl<G: Group> Steps<G> {
    pub(super) fn leadings(&mut self, state: &State, next: &mut Vec<Action>) {
        let height = World::<G>::height_of(self.log(state.log).entries.len());
        let current = self.log(state.log).progress.leadership(&self.world.epoch, height);
        let Ok(current) = current else { return };
        let Some(validator) = self.world.place_of(&current.leader) else { return };
        let run = usize::from(current.rank);
        if self.world.corrupt.contains(&validator) || run >= self.plan.runs || current.view > 0 {
            return;
        }
        if state.leader == 0 {
            self.lead(state, validator, &current, Lead::Start, next);
            return;
        }
        let deals = self.in_pool(state.pool).filter_map(|(id, said)| match said {
            Said::Dealt { deal, .. } if deal.session == self.world.runs[run].id => Some(id),
            _ => None,
        });
        let mut steps: Vec<Lead> = deals.map(Lead::Take).collect();
        for corrupt in &self.world.corrupt {
            let kinds = &self.plan.choices.corrupt;
            steps.extend(kinds.iter().map(|kind| Lead::TakeCorrupt(*corrupt, *kind)));
        }
        steps.push(Lead::Propose);
        for step in steps {
            self.lead(state, validator, &current, step, next);
        }
    }

    fn lead(
        &mut self,
        state: &State,
        validator: Validator,
        current: &Leadership,
        lead: Lead,
        next: &mut Vec<Action>,
    ) {
        let key = (state.leader, fingerprint(&(lead, current.rank)));
        let known = self.led.get(&key).copied();
        let answer = known.unwrap_or_else(|| {
            let answer = self.ask_leader(state.leader, validator, current, lead);
            self.led.insert(key, answer);
            answer
        });
        if let Some((leader, said)) = answer {
            let pool = state.pool | said;
            next.push(Action { what: What::Lead(lead), next: State { leader, pool, ..*state } });
        }
    }

    fn ask_leader(
        &mut self,
        leader: Id,
        validator: Validator,
        current: &Leadership,
        lead: Lead,
    ) -> Option<(Id, Pool)> {
        let run = usize::from(current.rank);
        let machine = leader.checked_sub(1).map(|place| self.leaders[usize::from(place)].clone());
        let (machine, effects) = match (lead, machine) {
            (Lead::Start, _) => {
                let member = &self.world.members[usize::from(validator)];
                let signing = &member.participant.secrets.signing;
                self.world.within(|it| Leader::start(it, current, signing)).ok()?
            }
            (_, None) => return None,
            (Lead::Propose, Some(mut machine)) => {
                let effects = self.world.within(|environment| machine.propose(environment)).ok()?;
                (machine, effects)
            }
            (Lead::Take(_) | Lead::TakeCorrupt(..), Some(mut machine)) => {
                let deal = self.deal_for(run, lead)?;
                let taken = self.world.within(|environment| machine.take_deal(environment, deal));
                (machine, taken.ok()?)
            }
        };
        let said = self.take_note(validator, effects);
        Some((self.intern_leader(machine) + 1, said))
    }

    fn deal_for(&mut self, run: usize, lead: Lead) -> Option<SignedDeal> {
        match lead {
            Lead::Take(id) => match &self.said[usize::from(id)] {
                Said::Dealt { deal, .. } => Some(deal.clone()),
                _ => None,
            },
            Lead::TakeCorrupt(dealer, kind) => {
                let announced = self.announcements.iter().find(|(of, _)| *of == run)?;
                let deal = self.world.craft(run, &announced.1.hash(), dealer, kind, None).ok()?;
                self.crafted_deals.insert(fingerprint(&format!("{deal:?}")), (dealer, kind));
                Some(deal)
            }
            Lead::Start | Lead::Propose => None,
        }
    }
}
