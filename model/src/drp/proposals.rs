//! The announcements and proposals that exist in a state: those of honest leaders, and those that
//! malicious validators can make.

use ioschain_spec::drp::messages::{Proposal, SignedDeal};
use ioschain_spec::primitives::group::Group;

use super::DrpState;
use super::machines::{Entry, Id, MachineMemo, Proposed, Sent, SentSet, bit};
use super::plan::DealKind;
use super::world::Validator;
use crate::fingerprint::fingerprint;

impl<G: Group> MachineMemo<G> {
    /// The proposals that exist in a state: those of honest leaders, and those that malicious
    /// validators can make.
    pub fn proposals_in(&mut self, state: &DrpState) -> Vec<Id> {
        let sent = self.sent_in(state.sent).filter_map(|(_, sent)| match sent {
            Sent::Proposed(id) => Some(*id),
            _ => None,
        });
        let mut all: Vec<Id> = sent.collect();
        for (announcement, run) in self.announcements_in(state) {
            for choice in 0..self.choices[run].len() {
                all.extend(self.make_proposal(announcement, choice, state.sent));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The announcements that exist in a state, with their runs: of malicious leaders whose turn it
    /// is or was, and of honest ones that have started.
    pub(super) fn announcements_in(&self, state: &DrpState) -> Vec<(Id, usize)> {
        let failed = self.log(state.log).entries.iter();
        let failed =
            failed.filter(|entry| matches!(self.entries[usize::from(**entry)], Entry::Fail(_)));
        let current = failed.count();
        let announced = |id: Id| {
            self.sent_in(state.sent)
                .any(|(_, sent)| matches!(sent, Sent::Announced(of) if *of == id))
        };
        let all = (0..).zip(self.announcements.values()).map(|(id, (run, _))| (id, *run));
        all.filter(
            |(id, run)| {
                if self.world.is_corrupt_rank(*run) { *run <= current } else { announced(*id) }
            },
        )
        .collect()
    }

    /// A proposal by malicious validators, if the messages that it needs were sent.
    fn make_proposal(&mut self, announcement: Id, choice: usize, sent: SentSet) -> Option<Id> {
        let known = self.adversary_proposals.get(&(announcement, choice)).copied();
        if let Some(known) = known {
            return known.filter(|id| {
                let needs = self.proposed[usize::from(*id)].needs;
                sent & needs == needs
            });
        }
        let (run, announced) = self.announcement(announcement).clone();
        let chosen = self.choices[run][choice].clone();
        let (mut deals, mut needs) = (Vec::new(), 0);
        for (dealer, kind) in chosen.iter().flatten() {
            let genuine = match kind {
                DealKind::Genuine => Some(self.dealt(announcement, *dealer, sent)?),
                DealKind::Copied => {
                    let mut honest = self.group_mates(run, *dealer);
                    Some(honest.find_map(|mate| self.dealt(announcement, mate, sent))?)
                }
                _ => None,
            };
            needs |= genuine.as_ref().map_or(0, |(id, _)| bit(*id));
            let genuine = genuine.as_ref().map(|(_, deal)| deal);
            let hash = announced.hash();
            let Ok(deal) = self.world.make_deal(run, &hash, *dealer, *kind, genuine) else {
                self.adversary_proposals.insert((announcement, choice), None);
                return None;
            };
            self.adversary_deals.insert(fingerprint(&format!("{deal:?}")), (*dealer, *kind));
            deals.push(deal);
        }
        let proposal = self.world.proposal(run, announced, &chosen, deals);
        let proposal = proposal.ok();
        let id = proposal.map(|proposal| self.intern_proposal(run, announcement, proposal, needs));
        self.adversary_proposals.insert((announcement, choice), id);
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
    fn dealt(&self, to: Id, by: Validator, sent: SentSet) -> Option<(Id, SignedDeal)> {
        self.sent_in(sent).find_map(|(id, sent)| match sent {
            Sent::Dealt { dealer, announcement, deal } if (*dealer, *announcement) == (by, to) => {
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
        needs: SentSet,
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
        let known = self.adversary_deals.get(&fingerprint(&format!("{deal:?}")));
        known.copied().unwrap_or((dealer, DealKind::Genuine))
    }
}
