//! The announcements and proposals that exist in a state: honest leaders', and what the malicious can make.

use ioschain_spec::drp::messages::{Proposal, SignedDeal};
use ioschain_spec::primitives::group::Group;

use super::State;
use super::plan::DealKind;
use super::steps::{Entry, Id, Pool, Proposed, Said, Steps, bit};
use super::world::Validator;
use crate::fingerprint::fingerprint;

impl<G: Group> Steps<G> {
    /// The proposals that exist in a state: honest leaders' and those that the malicious can make.
    pub fn proposals_in(&mut self, state: &State) -> Vec<Id> {
        let said = self.in_pool(state.pool).filter_map(|(_, said)| match said {
            Said::Proposed(id) => Some(*id),
            _ => None,
        });
        let mut all: Vec<Id> = said.collect();
        for (announcement, run) in self.announcements_in(state) {
            for choice in 0..self.choices[run].len() {
                all.extend(self.craft_proposal(announcement, choice, state.pool));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The announcements that exist in a state, with their runs: of malicious leaders whose turn it is or was,
    /// and of honest ones that have started.
    pub(super) fn announcements_in(&self, state: &State) -> Vec<(Id, usize)> {
        let failed = self.log(state.log).entries.iter();
        let failed =
            failed.filter(|entry| matches!(self.entries[usize::from(**entry)], Entry::Fail(_)));
        let current = failed.count();
        let announced = |id: Id| {
            self.in_pool(state.pool)
                .any(|(_, said)| matches!(said, Said::Announced(of) if *of == id))
        };
        let all = (0..).zip(&self.announcements).map(|(id, (run, _))| (id, *run));
        all.filter(
            |(id, run)| {
                if self.world.is_corrupt_rank(*run) { *run <= current } else { announced(*id) }
            },
        )
        .collect()
    }

    /// A proposal that the malicious make, if what it needs was said.
    fn craft_proposal(&mut self, announcement: Id, choice: usize, pool: Pool) -> Option<Id> {
        let known = self.crafted.get(&(announcement, choice)).copied();
        if let Some(known) = known {
            return known.filter(|id| {
                let needs = self.proposed[usize::from(*id)].needs;
                pool & needs == needs
            });
        }
        let (run, announced) = self.announcements[usize::from(announcement)].clone();
        let chosen = self.choices[run][choice].clone();
        let (mut deals, mut needs) = (Vec::new(), 0);
        for (dealer, kind) in chosen.iter().flatten() {
            let genuine = match kind {
                DealKind::Genuine => Some(self.dealt(announcement, *dealer, pool)?),
                DealKind::Copied => {
                    let mut honest = self.group_mates(run, *dealer);
                    Some(honest.find_map(|mate| self.dealt(announcement, mate, pool))?)
                }
                _ => None,
            };
            needs |= genuine.as_ref().map_or(0, |(id, _)| bit(*id));
            let genuine = genuine.as_ref().map(|(_, deal)| deal);
            let hash = announced.hash();
            let Ok(deal) = self.world.craft(run, &hash, *dealer, *kind, genuine) else {
                self.crafted.insert((announcement, choice), None);
                return None;
            };
            self.crafted_deals.insert(fingerprint(&format!("{deal:?}")), (*dealer, *kind));
            deals.push(deal);
        }
        let proposal = self.world.proposal(run, announced, &chosen, deals);
        let proposal = proposal.ok();
        let id = proposal.map(|proposal| self.intern_proposal(run, announcement, proposal, needs));
        self.crafted.insert((announcement, choice), id);
        id
    }

    fn group_mates(&self, run: usize, of: Validator) -> impl Iterator<Item = Validator> + use<G> {
        let name = self.world.name(of);
        let group = self.world.runs[run].groups.iter().find(|group| group.members.contains(&name));
        let members = group.map(|group| group.members.clone()).unwrap_or_default();
        let places: Vec<Validator> =
            members.iter().filter_map(|member| self.world.place_of(member)).collect();
        let corrupt = self.world.corrupt.clone();
        places.into_iter().filter(move |member| !corrupt.contains(member))
    }

    /// An honest dealer's answer to an announcement, if it has answered.
    fn dealt(&self, to: Id, by: Validator, pool: Pool) -> Option<(Id, SignedDeal)> {
        self.in_pool(pool).find_map(|(id, said)| match said {
            Said::Dealt { dealer, announcement, deal } if (*dealer, *announcement) == (by, to) => {
                Some((id, deal.clone()))
            }
            _ => None,
        })
    }

    /// The number of an honest leader's proposal.
    pub(super) fn intern_honest_proposal(&mut self, proposal: Proposal) -> Id {
        let run = usize::from(proposal.announcement.run.rank);
        let announcement = self.intern_announcement(run, proposal.announcement.clone());
        self.intern_proposal(run, announcement, proposal, 0)
    }

    fn intern_proposal(
        &mut self,
        run: usize,
        announcement: Id,
        proposal: Proposal,
        needs: Pool,
    ) -> Id {
        let same = self.proposed.iter().position(|known| known.proposal == proposal);
        let place = same.unwrap_or_else(|| {
            let message = proposal.statement.message();
            let mut deals = proposal.deals.iter();
            let groups = proposal.statement.inputs.iter().map(|group| {
                let dealers = group.iter().filter_map(|name| self.world.place_of(name));
                dealers
                    .zip(deals.by_ref())
                    .map(|(dealer, deal)| self.kind_of(dealer, deal))
                    .collect()
            });
            let choice = groups.collect();
            self.proposed.push(Proposed { run, announcement, proposal, message, choice, needs });
            self.proposed.len() - 1
        });
        Id::try_from(place).unwrap_or(Id::MAX)
    }

    pub(super) fn kind_of(&self, dealer: Validator, deal: &SignedDeal) -> (Validator, DealKind) {
        let known = self.crafted_deals.get(&fingerprint(&format!("{deal:?}")));
        known.copied().unwrap_or((dealer, DealKind::Genuine))
    }
}
