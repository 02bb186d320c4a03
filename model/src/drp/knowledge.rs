//! Unbiasability as knowledge. The honest coefficients are unknowns. What the adversary sees, and
//! the numbers that may result, are linear functionals of these unknowns. If the row of a number
//! lies in the span of the rows that the adversary sees, the adversary knows the number. Otherwise
//! the number is uniform, whatever the adversary sees.
//!
//! A share is a functional of its own dealer's coefficients. So the rows form one block for each
//! dealer, and a sum of secrets lies in their span iff each of its secrets lies in the span of its
//! own block.

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::drp::checks::Input;
use ioschain_spec::drp::messages::RevealedShare;
use ioschain_spec::primitives::group::{Element, Group, Scalar};
use ioschain_spec::primitives::numbers::{Height, Position, View};
use ioschain_spec::primitives::pvss::{decrypt_share, recover};

use super::DrpState;
use super::adversary::subsets;
use super::machines::{Delivery, Id, MachineMemo, Sent, SentSet};
use super::plan::DealKind;
use super::world::{Validator, World};

/// The honest shares of a run that the adversary sees: the dealer of the deal, and the position.
pub type Seen = BTreeSet<(Validator, Position)>;

/// If an input has at least this many shares, not every set of its shares is tried.
pub const SUBSETS_OF_MAX: usize = 9;

/// A number that may result: the sum of the secrets of these honest dealers, and of a part that the
/// adversary knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate {
    /// The run to which the number belongs.
    pub run: usize,
    /// The dealers, each as often as its secret is counted.
    pub dealers: Vec<Validator>,
    /// The number of the proposal.
    pub proposed: Id,
}

impl<G: Group> MachineMemo<G> {
    /// The shares of a run that the adversary sees: the malicious members' shares of every honest
    /// deal that was sent, and every share that was revealed to all or to a malicious validator.
    pub fn seen(&self, run: usize, sent: SentSet) -> Seen {
        let session = &self.world.runs[run];
        let mut seen = Seen::new();
        for (_, sent) in self.sent_in(sent) {
            match sent {
                Sent::Dealt { dealer, deal, .. } if deal.session == session.id => {
                    let places = self.corrupt_positions(run, *dealer);
                    seen.extend(places.map(|position| (*dealer, position)));
                }
                Sent::Revealed { reveal, only_to, .. }
                    if reveal.session == session.id
                        && only_to.is_none_or(|only| self.world.corrupt.contains(&only)) =>
                {
                    let shares = reveal.shares.iter();
                    seen.extend(shares.filter_map(|share| self.genuine_share(run, share)));
                }
                _ => {}
            }
        }
        seen
    }

    /// The positions of the malicious members of a dealer's group.
    fn corrupt_positions(
        &self,
        run: usize,
        dealer: Validator,
    ) -> impl Iterator<Item = Position> + use<'_, G> {
        let name = self.world.name(dealer);
        let groups = self.world.runs[run].groups.iter();
        let group = groups.filter(move |group| group.members.contains(&name));
        group.flat_map(|group| Position::all().zip(&group.members)).filter_map(
            |(position, member)| {
                let place = self.world.place_of(member)?;
                self.world.corrupt.contains(&place).then_some(position)
            },
        )
    }

    /// The dealer and the position of a share, if the share is part of the deal that an honest
    /// dealer made in this run.
    fn genuine_share(&self, run: usize, revealed: &RevealedShare) -> Option<(Validator, Position)> {
        let dealer = self.world.place_of(&revealed.dealer)?;
        let session = &self.world.runs[run];
        let (_, group) = session.group_of(&revealed.dealer)?;
        let sharing = group.sharing_of(&revealed.dealer);
        let polynomial = sharing
            .derive_polynomial(&self.world.members[usize::from(dealer)].participant.secrets.seed);
        let position = revealed.share.position;
        let own = G::generator().multiply(polynomial.evaluate(position)).encode();
        let is_honest = !self.world.corrupt.contains(&dealer);
        (is_honest && own == revealed.share.share).then_some((dealer, position))
    }

    /// The number that results from a proposal.
    pub fn candidate(&self, proposed: Id) -> Candidate {
        let it = &self.proposed[usize::from(proposed)];
        let mut dealers = Vec::new();
        for (place, (dealer, kind)) in it.choice.iter().flatten().enumerate() {
            match kind {
                DealKind::Genuine => dealers.push(*dealer),
                // A copied deal is a copy of the first known honest deal of its group.
                DealKind::Copied => dealers.extend(self.original_of(proposed, place)),
                _ => {}
            }
        }
        dealers.sort_unstable();
        Candidate { run: it.run, dealers, proposed }
    }

    fn original_of(&self, proposed: Id, place: usize) -> Option<Validator> {
        let it = &self.proposed[usize::from(proposed)];
        let copy = it.proposal.deals.get(place)?;
        self.messages().find_map(|sent| match sent {
            Sent::Dealt { dealer, deal, .. } if deal.deal == copy.deal => Some(*dealer),
            _ => None,
        })
    }

    /// The numbers of which the adversary can still decide whether they result. These are the
    /// numbers of every statement of the current run that an honest validator agreed to. The number
    /// of the last commit is one of them if a failure may follow, or if the number depends on which
    /// shares arrive first.
    pub fn undecided(&mut self, state: &DrpState) -> Vec<Candidate> {
        let height = World::<G>::height_of(self.log(state.log).entries.len());
        let current = self.log(state.log).progress.leadership(&self.world.epoch, Height(height));
        let run = current.ok().filter(|it| it.view == View(0)).map(|it| usize::from(it.rank));
        let last = self.last_commit(state.log);
        let mut proposals: BTreeSet<Id> = BTreeSet::new();
        if let Some(run) = run {
            for (_, sent) in self.sent_in(state.sent) {
                if let Sent::Agreed { message, .. } = sent {
                    let agreed = (0..).zip(&self.proposed);
                    let agreed = agreed.filter(|(_, it)| it.message == *message && it.run == run);
                    proposals.extend(agreed.map(|(id, _)| id));
                }
            }
        }
        if let Some(last) = last {
            let may_change = run.is_some() || self.depends_on_shares(state, last);
            proposals.extend(may_change.then(|| self.commits[usize::from(last)].proposed));
        }
        proposals.into_iter().map(|proposed| self.candidate(proposed)).collect()
    }

    /// Whether the number of a commit depends on which shares some validator receives first.
    fn depends_on_shares(&mut self, state: &DrpState, commit: Id) -> bool {
        let honest: Vec<Validator> = self.world.honest().collect();
        let waiting: Vec<Validator> =
            honest.into_iter().filter(|it| self.waits_for_shares(state, *it)).collect();
        if waiting.is_empty() {
            return false;
        }
        if self.is_ambiguous(commit) {
            return true;
        }
        let reveals = self.corrupt_reveals_in(state);
        let false_ones: Vec<Id> = reveals
            .into_iter()
            .filter(|id| self.corrupt_reveals[usize::from(*id)].offset != 0)
            .collect();
        waiting.iter().any(|validator| {
            let machine = state.machines[usize::from(*validator)];
            false_ones
                .iter()
                .any(|id| self.receive(*validator, machine, Delivery::CorruptReveal(*id)).is_some())
        })
    }

    /// Whether different shares of an input give different secrets. If there are fewer than
    /// [`SUBSETS_OF_MAX`] shares, every set of as many shares as the threshold is tried. If there
    /// are more, the sets of neighbouring positions (windows) are tried. If all windows give one
    /// secret, every set gives it: two neighbouring windows have all shares but one in common, and
    /// these shares and the secret determine the polynomial.
    pub fn is_ambiguous(&mut self, commit: Id) -> bool {
        if let Some(known) = self.ambiguous.get(&commit) {
            return *known;
        }
        let is_ambiguous = self.has_ambiguous_input(commit);
        self.ambiguous.insert(commit, is_ambiguous);
        is_ambiguous
    }

    fn has_ambiguous_input(&self, commit: Id) -> bool {
        let checked = &self.commits[usize::from(commit)].checked;
        let keys = self.world.decryption_keys();
        checked.inputs.iter().any(|input| {
            let members = &checked.session.groups[input.group].members;
            let shares = self.all_shares(input, members, &keys);
            let threshold = input.sharing.threshold();
            let positions: Vec<Position> = shares.keys().copied().collect();
            let secret = |taken: &[Position]| {
                let taken = taken.iter().map(|position| (*position, shares[position])).collect();
                recover(&input.sharing, &taken).ok().map(Element::encode)
            };
            let sets = if positions.len() < SUBSETS_OF_MAX {
                subsets(&positions, threshold..=threshold)
            } else {
                positions.windows(threshold).map(<[Position]>::to_vec).collect()
            };
            let secrets: BTreeSet<_> = sets.iter().map(|set| secret(set)).collect();
            secrets.len() > 1
        })
    }

    /// Every share of an input, by position.
    pub(super) fn all_shares(
        &self,
        input: &Input<G>,
        members: &[ioschain_spec::primitives::keys::NodeId],
        keys: &BTreeMap<ioschain_spec::primitives::keys::NodeId, G::Scalar>,
    ) -> BTreeMap<Position, G::Element> {
        let share = |(position, member): (Position, &_)| {
            let share =
                decrypt_share(&input.sharing, &input.deal, position, *keys.get(member)?, &[0; 32]);
            Some((position, G::Element::decode(&share.ok()?.share).ok()?))
        };
        Position::all().zip(members).filter_map(share).collect()
    }

    /// Whether the adversary knows none of the numbers that it can still change.
    pub fn is_unbiased_by_knowledge(&mut self, state: &DrpState) -> bool {
        let candidates = self.undecided(state);
        candidates.iter().all(|candidate| {
            let seen = self.seen(candidate.run, state.sent);
            !self.is_known(candidate, &seen)
        })
    }

    fn is_known(&self, candidate: &Candidate, seen: &Seen) -> bool {
        candidate.dealers.iter().all(|dealer| {
            let copies = candidate.dealers.iter().filter(|other| *other == dealer).count();
            let weight = G::Scalar::from_number(copies as u64);
            let threshold = self.threshold_of(candidate.run, *dealer);
            let row = |position: Position| powers::<G::Scalar>(position, threshold);
            let rows = seen.iter().filter(|(of, _)| of == dealer).map(|(_, at)| row(*at));
            let mut secret = vec![G::Scalar::ZERO; threshold];
            secret[0] = weight;
            is_in_span(rows.collect(), secret)
        })
    }

    pub(super) fn threshold_of(&self, run: usize, dealer: Validator) -> usize {
        let session = &self.world.runs[run];
        let group = session.group_of(&self.world.name(dealer));
        group.map_or(1, |(_, group)| group.threshold())
    }
}

/// The row of the share at position j, as a functional of the coefficients: 1, j, j², ….
pub fn powers<S: Scalar>(position: Position, count: usize) -> Vec<S> {
    let point = S::from_number(position);
    std::iter::successors(Some(S::ONE), |power| Some(power.multiply(point))).take(count).collect()
}

/// Whether a row is a linear combination of other rows, decided by elimination.
pub fn is_in_span<S: Scalar>(rows: Vec<Vec<S>>, mut row: Vec<S>) -> bool {
    let mut basis: Vec<(usize, Vec<S>)> = Vec::new();
    for mut next in rows {
        reduce(&basis, &mut next);
        if let Some(lead) = next.iter().position(|entry| *entry != S::ZERO) {
            basis.push((lead, next));
        }
    }
    reduce(&basis, &mut row);
    row.iter().all(|entry| *entry == S::ZERO)
}

fn reduce<S: Scalar>(basis: &[(usize, Vec<S>)], row: &mut [S]) {
    for (lead, known) in basis {
        let Some(inverse) = known[*lead].invert() else { continue };
        let factor = row[*lead].multiply(inverse);
        for (entry, of_known) in row.iter_mut().zip(known) {
            *entry = entry.subtract(factor.multiply(*of_known));
        }
    }
}
