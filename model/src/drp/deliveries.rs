//! How the deliveries of [`transition`](super::transition) become steps: who can receive which
//! message, and which messages the malicious validators can make.

use ioschain_spec::drp::messages::{Reveal, RevealedShare};
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::group::{Element, Group, Scalar};
use ioschain_spec::primitives::pvss::{DecryptedShare, decrypt_share};

use super::machines::{CorruptReveal, Delivery, Entry, Id, MachineMemo};
use super::world::Validator;
use super::{Action, ActionKind, DrpState};

impl<G: Group> MachineMemo<G> {
    /// The honest validators in the order of their positions in the first run. Those that have no
    /// position come last.
    pub(super) fn in_order(&self) -> Vec<Validator> {
        let members = self.world.runs[0].groups.iter().flat_map(|group| &group.members);
        let mut all: Vec<Validator> =
            members.filter_map(|name| self.world.place_of(name)).collect();
        // These are leaders, and servers that weakened rules put into no group.
        let others: Vec<Validator> =
            self.world.validators().filter(|validator| !all.contains(validator)).collect();
        all.extend(others);
        all.retain(|validator| !self.world.corrupt.contains(validator));
        all
    }

    /// The commits that can be made in a state, of statements that some honest validator agreed to,
    /// or that need no honest validator's agreement.
    pub(super) fn commits_in(&mut self, state: &DrpState) -> Vec<Id> {
        let proposals = self.proposals_in(state);
        let mut commits: Vec<Id> =
            proposals.into_iter().filter_map(|it| self.commit_of(it, state.sent)).collect();
        commits.dedup();
        commits
    }

    /// Whether a validator has received a commit and has no number yet. When it has a number,
    /// shares change nothing.
    pub fn waits_for_shares(&self, state: &DrpState, validator: Validator) -> bool {
        let machine = self.machine(state.machines[usize::from(validator)]);
        let heard = &self.log(state.log).entries[..usize::from(machine.heard())];
        let is_commit = |entry: &Id| matches!(self.entries[usize::from(*entry)], Entry::Commit(_));
        machine.server.recovered().is_none() && heard.iter().any(is_commit)
    }

    /// The reveals that malicious servers can make of the last commit: an honest one, and for each
    /// offset one whose shares differ by the offset.
    pub fn corrupt_reveals_in(&mut self, state: &DrpState) -> Vec<Id> {
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

    /// Delivers something to each of these validators, in one step for each or in one step for all
    /// together. A validator takes no part if it refuses the delivery, or if it does not change and
    /// sends nothing.
    pub(super) fn deliver(
        &mut self,
        state: &DrpState,
        hearers: &[Validator],
        delivery: Delivery,
        together: bool,
        next: &mut Vec<Action>,
    ) {
        let mut all = *state;
        for validator in hearers {
            let place = usize::from(*validator);
            let Some((machine, sent)) = self.receive(*validator, state.machines[place], delivery)
            else {
                continue;
            };
            let mut after = if together { all } else { *state };
            after.machines[place] = machine;
            after.sent |= sent;
            if together {
                all = after;
            } else {
                next.push(Action { what: ActionKind::Deliver(*validator, delivery), next: after });
            }
        }
        if together {
            next.push(Action { what: ActionKind::DeliverToAll(delivery), next: all });
        }
    }
}
