//! The steps of an honest leader. The leader is the specification's machine.

use ioschain_spec::drp::configuration::Leadership;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::messages::SignedDeal;
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::numbers::{Height, View};

use super::machines::{Id, MachineMemo, Sent, SentSet};
use super::plan::DealKind;
use super::world::{Validator, World};
use super::{Action, ActionKind, DrpState};
use crate::fingerprint::fingerprint;

/// A step of an honest leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeaderStep {
    /// The leader announces its run.
    Start,
    /// The leader takes an honest deal, by its number.
    Take(Id),
    /// The leader takes a malicious server's deal, of a kind.
    TakeCorrupt(Validator, DealKind),
    /// The leader has waited long enough for deals, and proposes.
    Propose,
}

impl<G: Group> MachineMemo<G> {
    pub(super) fn leader_steps(&mut self, state: &DrpState, next: &mut Vec<Action>) {
        let height = World::<G>::height_of(self.log(state.log).entries.len());
        let current = self.log(state.log).progress.leadership(&self.world.epoch, Height(height));
        let Ok(current) = current else { return };
        let Some(validator) = self.world.place_of(&current.leader) else { return };
        let run = usize::from(current.rank);
        if self.world.corrupt.contains(&validator)
            || run >= self.plan.runs
            || current.view > View(0)
        {
            return;
        }
        if state.leader == 0 {
            self.lead(state, validator, &current, LeaderStep::Start, next);
            return;
        }
        let deals = self.sent_in(state.sent).filter_map(|(id, sent)| match sent {
            Sent::Dealt { deal, .. } if deal.session == self.world.runs[run].id => Some(id),
            _ => None,
        });
        let mut steps: Vec<LeaderStep> = deals.map(LeaderStep::Take).collect();
        for corrupt in &self.world.corrupt {
            let kinds = &self.plan.choices.corrupt;
            steps.extend(kinds.iter().map(|kind| LeaderStep::TakeCorrupt(*corrupt, *kind)));
        }
        steps.push(LeaderStep::Propose);
        for step in steps {
            self.lead(state, validator, &current, step, next);
        }
    }

    fn lead(
        &mut self,
        state: &DrpState,
        validator: Validator,
        current: &Leadership,
        lead: LeaderStep,
        next: &mut Vec<Action>,
    ) {
        let key = (state.leader, fingerprint(&(lead, current.rank)));
        let known = self.led.get(&key).copied();
        let answer = known.unwrap_or_else(|| {
            let answer = self.ask_leader(state.leader, validator, current, lead);
            self.led.insert(key, answer);
            answer
        });
        if let Some((leader, sent)) = answer {
            let sent = state.sent | sent;
            next.push(Action {
                what: ActionKind::Lead(lead),
                next: DrpState { leader, sent, ..*state },
            });
        }
    }

    fn ask_leader(
        &mut self,
        leader: Id,
        validator: Validator,
        current: &Leadership,
        lead: LeaderStep,
    ) -> Option<(Id, SentSet)> {
        let run = usize::from(current.rank);
        let machine = leader.checked_sub(1).map(|place| self.leader(place).clone());
        let (machine, effects) = match (lead, machine) {
            (LeaderStep::Start, _) => {
                let member = &self.world.members[usize::from(validator)];
                let signing = &member.participant.secrets.signing;
                self.world.within(|it| Leader::start(it, current, signing)).ok()?
            }
            (_, None) => return None,
            (LeaderStep::Propose, Some(mut machine)) => {
                let effects = self.world.within(|environment| machine.propose(environment)).ok()?;
                (machine, effects)
            }
            (LeaderStep::Take(_) | LeaderStep::TakeCorrupt(..), Some(mut machine)) => {
                let deal = self.deal_for(run, lead)?;
                let taken = self.world.within(|environment| machine.take_deal(environment, deal));
                (machine, taken.ok()?)
            }
        };
        let sent = self.record_effects(validator, effects);
        Some((self.intern_leader(machine) + 1, sent))
    }

    fn deal_for(&mut self, run: usize, lead: LeaderStep) -> Option<SignedDeal> {
        match lead {
            LeaderStep::Take(id) => match self.message(id) {
                Sent::Dealt { deal, .. } => Some(deal.clone()),
                _ => None,
            },
            LeaderStep::TakeCorrupt(dealer, kind) => {
                let announced = self.announcements.values().find(|(of, _)| *of == run)?;
                let deal =
                    self.world.make_deal(run, &announced.1.hash(), dealer, kind, None).ok()?;
                self.adversary_deals.insert(fingerprint(&format!("{deal:?}")), (dealer, kind));
                Some(deal)
            }
            LeaderStep::Start | LeaderStep::Propose => None,
        }
    }
}
