//! The steps that can happen next in the randomness protocol (§4).
//!
//! Honest validators are the specification's machines. Every message that they send is public from
//! then on, and so is every message that malicious validators can make from it. Anybody can receive
//! any of these messages at any time, any number of times, or never. The log orders commits and
//! failures, and each validator follows it at its own speed. The specification decides what a
//! machine does with a message, and what the log accepts.

use ioschain_spec::primitives::group::Group;

use super::machines::{DeadlineStep, Delivery, MachineMemo, Sent};
use super::plan::{Interleaving, Restarts};
use super::world::Validator;
use super::{Action, ActionKind, DrpState};

impl<G: Group> MachineMemo<G> {
    /// The steps that are enabled in a state: those that change the state and stay within the
    /// bounds of the plan.
    pub fn enabled(&mut self, state: &DrpState, actions: &mut Vec<Action>) {
        let mut next = Vec::new();
        self.deliveries(state, &mut next);
        self.log_steps(state, &mut next);
        self.leader_steps(state, &mut next);
        actions.extend(next.into_iter().filter(|action| action.next != *state));
    }

    /// The steps in which honest validators receive something.
    fn deliveries(&mut self, state: &DrpState, next: &mut Vec<Action>) {
        let honest: Vec<Validator> = self.in_order();
        let in_order = self.plan.interleaving == Interleaving::Ordered;
        let deal_together = in_order || self.plan.interleaving == Interleaving::DealTogether;

        // A validator receives an announcement. Enabled once an honest leader has sent it, or a
        // malicious one can.
        for (announcement, _) in self.announcements_in(state) {
            self.deliver(state, &honest, Delivery::Announcement(announcement), deal_together, next);
        }
        // A validator receives a proposal. Enabled once an honest leader has sent it, or a
        // malicious one can.
        for proposal in self.proposals_in(state) {
            self.deliver(state, &honest, Delivery::Proposal(proposal), in_order, next);
        }
        // A validator receives a commit before the log orders it. Enabled once enough validators
        // have signed.
        if self.plan.hears_commits {
            for commit in self.commits_in(state) {
                self.deliver(state, &honest, Delivery::Commit(commit), in_order, next);
            }
        }
        // A validator reaches a deadline. Always enabled: the model does not bound clocks.
        if self.plan.gives_up {
            for rank in 0..u8::try_from(self.plan.runs).unwrap_or(0) {
                use DeadlineStep::{Announcement, Proposal, SignOff};
                for step in [Announcement, Proposal, SignOff] {
                    self.deliver(state, &honest, Delivery::Deadline(rank, step), in_order, next);
                }
            }
        }
        // A validator receives the next entry of the log.
        self.log_entries(state, &honest, in_order, next);

        // A validator crashes and comes back with what it persisted. Always enabled.
        if self.plan.restarts != Restarts::Never {
            self.deliver(state, &honest, Delivery::Restart, false, next);
        }
        // A validator that waits for shares receives some: an honest validator's or a malicious
        // one's.
        if self.plan.recovers {
            self.shares(state, &honest, in_order, next);
        }
    }

    fn log_entries(
        &mut self,
        state: &DrpState,
        honest: &[Validator],
        in_order: bool,
        next: &mut Vec<Action>,
    ) {
        for validator in honest {
            let place = self.machine(state.machines[usize::from(*validator)]).heard();
            let Some(entry) = self.log(state.log).entries.get(usize::from(place)).copied() else {
                continue;
            };
            self.deliver(state, &[*validator], Delivery::Entry(entry, place), false, next);
            if in_order {
                return; // one after the other
            }
        }
    }

    fn shares(
        &mut self,
        state: &DrpState,
        honest: &[Validator],
        in_order: bool,
        next: &mut Vec<Action>,
    ) {
        let honest: Vec<Validator> =
            honest.iter().copied().filter(|it| self.waits_for_shares(state, *it)).collect();
        let revealed = self.sent_in(state.sent).filter_map(|(id, sent)| match sent {
            Sent::Revealed { only_to, .. } => Some((id, *only_to)),
            _ => None,
        });
        for (id, only_to) in revealed.collect::<Vec<_>>() {
            let receivers = honest.iter().copied();
            let receivers: Vec<Validator> =
                receivers.filter(|it| only_to.is_none_or(|only| only == *it)).collect();
            self.deliver(state, &receivers, Delivery::Reveal(id), in_order, next);
        }
        for id in self.corrupt_reveals_in(state) {
            self.deliver(state, &honest, Delivery::CorruptReveal(id), in_order, next);
        }
    }

    /// The steps of the log. Under the specification, a log has at most one entry for each run.
    /// Under a variant it could have more, and it is cut off at two.
    fn log_steps(&mut self, state: &DrpState, next: &mut Vec<Action>) {
        if self.log(state.log).entries.len() >= 2 * self.plan.runs {
            return;
        }
        // The log orders a commit. Enabled once enough validators have signed it.
        for commit in self.commits_in(state) {
            if let Some(log) = self.commit_to(state.log, commit) {
                let next_state = DrpState { log, ..*state };
                next.push(Action { what: ActionKind::Order(commit), next: next_state });
            }
        }
        // The log orders the failure of the leader. Enabled once enough validators have given it
        // up.
        let failure = if self.plan.gives_up { self.fail_of(state.log, state.sent) } else { None };
        if let Some(log) = failure {
            let next_state = DrpState { log, leader: 0, ..*state };
            next.push(Action { what: ActionKind::Fail, next: next_state });
        }
    }
}
