//! The best response: the exact probability with which the best adversary gets a number that it has
//! chosen.
//!
//! The value of a state is computed backward over the graph of the model. The adversary takes the
//! step that is best, given what it has seen. What it sees next depends on the honest dealers'
//! random choices (their coins), so the value is an average over all coins that agree with what it
//! has seen. A run that fails is followed by a run with fresh coins.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use ioschain_spec::primitives::group::{Element, Group};
use ioschain_spec::primitives::numbers::{Height, Position, View};
use ioschain_spec::primitives::pvss::recover;
use stateright::Model;

use super::coins::{Coins, number};
use super::knowledge::{Candidate, Seen};
use super::machines::{Id, MachineMemo};
use super::world::{Validator, World};
use super::{Drp, DrpState, ModelGroup};

/// A fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    /// The number above the line.
    pub numerator: u128,
    /// The number below the line.
    pub denominator: u128,
}

impl Fraction {
    /// Reduces a fraction to its lowest terms.
    pub fn new(numerator: u128, denominator: u128) -> Self {
        let (mut one, mut other) = (numerator, denominator);
        while other != 0 {
            (one, other) = (other, one % other);
        }
        let divisor = one.max(1);
        Self { numerator: numerator / divisor, denominator: denominator / divisor }
    }
}

impl std::fmt::Display for Fraction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.numerator, self.denominator)
    }
}

/// The coins of a run, divided into parts: within one part the adversary sees the same.
struct Parts {
    /// The number of the part to which each combination of coins belongs.
    part_of: Vec<u32>,
    /// One combination of each part.
    first_of: Vec<usize>,
    /// The number of combinations in each part.
    sizes: Vec<u128>,
}

/// The value for an adversary that never has a number ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// The probability in a run with an honest leader, as if such a run followed.
    FairRun,
    /// Nothing: the adversary must choose among the numbers of the plan's runs.
    Nothing,
}

struct BestPlay<'a, G: ModelGroup> {
    model: &'a Drp<G>,
    otherwise: Otherwise,
    /// The coins of each run.
    coins: Vec<Arc<Coins>>,
    /// For each run, the weight of one combination of its coins if the number is the chosen one.
    units: Vec<u128>,
    parts: HashMap<(usize, Seen), Rc<Parts>>,
    values: HashMap<DrpState, Rc<Vec<u128>>>,
    sums: HashMap<(usize, Vec<Validator>), Rc<Vec<u64>>>,
    /// Every list of values, stored once, because many states have the same list.
    lists: HashSet<Rc<Vec<u128>>>,
}

/// The probability that the number is the one with Z = 0, against the best adversary. It is `None`
/// if the plan has too many coins to count.
pub fn best_response<G: ModelGroup>(model: &Drp<G>, otherwise: Otherwise) -> Option<Fraction> {
    let runs = 0..model.plan.runs;
    let coins: Vec<Arc<Coins>> =
        runs.map(|run| model.with_memo(|memo| memo.coins(run))).collect::<Option<_>>()?;
    let order = u128::from(coins.first()?.order);
    let mut units = vec![order];
    for later in coins.iter().skip(1).rev() {
        units.insert(0, units[0].checked_mul(later.count as u128)?);
    }
    let whole = units[0].checked_mul(coins[0].count as u128)?;
    let mut playing = BestPlay {
        model,
        otherwise,
        coins,
        units,
        parts: HashMap::new(),
        values: HashMap::new(),
        sums: HashMap::new(),
        lists: HashSet::new(),
    };
    let value = playing.value(&model.first(), 0);
    Some(Fraction::new(value.iter().sum(), whole))
}

impl<G: ModelGroup> BestPlay<'_, G> {
    /// The current run of a state. If a run is committed and nobody's turn follows, it is the
    /// committed run. It is `None` if all runs have failed.
    fn run_of(&self, state: &DrpState) -> Option<usize> {
        self.model.with_memo(|memo| {
            let current = memo.current_run(state);
            let last = memo.last_commit(state.log);
            match (current, last) {
                (Some(run), _) => (run < memo.plan.runs).then_some(run),
                (None, Some(commit)) => Some(memo.run_of_commit(commit)),
                (None, None) => None,
            }
        })
    }

    /// For each part, the total weight of the coins with which the best adversary gets its number.
    fn value(&mut self, state: &DrpState, run: usize) -> Rc<Vec<u128>> {
        if let Some(known) = self.values.get(state) {
            return known.clone();
        }
        let parts = self.parts_of(state, run);
        let (stop, is_over) = self.stop(state, run, &parts);
        let mut best = stop;
        let mut actions = Vec::new();
        if !is_over {
            self.model.actions(state, &mut actions);
        }
        for action in actions {
            let taken = self.after(&action.next, run, &parts);
            for (best, taken) in best.iter_mut().zip(taken) {
                *best = taken.max(*best);
            }
        }
        let best = self.lists.get(&best).cloned().unwrap_or_else(|| Rc::new(best));
        self.lists.insert(best.clone());
        self.values.insert(*state, best.clone());
        best
    }

    /// The value of a step, for each part of the coins before the step.
    fn after(&mut self, next: &DrpState, run: usize, parts: &Parts) -> Vec<u128> {
        match self.run_of(next) {
            Some(same) if same == run => {
                let value = self.value(next, run);
                let finer = self.parts_of(next, run);
                let mut sums = vec![0; parts.sizes.len()];
                for (first, value) in finer.first_of.iter().zip(value.iter()) {
                    sums[parts.part_of[*first] as usize] += value;
                }
                sums
            }
            Some(later) => {
                // Fresh coins: its whole value counts for each combination of this run's.
                let value: u128 = self.value(next, later).iter().sum();
                parts.sizes.iter().map(|size| size * value).collect()
            }
            None => self.fair(run, parts),
        }
    }

    fn fair(&self, run: usize, parts: &Parts) -> Vec<u128> {
        let share = match self.otherwise {
            Otherwise::FairRun => self.units[run] / u128::from(self.coins[run].order),
            Otherwise::Nothing => 0,
        };
        parts.sizes.iter().map(|size| size * share).collect()
    }

    /// The value of stopping in this state, for each part, and whether no other step can follow.
    fn stop(&mut self, state: &DrpState, run: usize, parts: &Parts) -> (Vec<u128>, bool) {
        let reached = self.model.with_memo(|memo| memo.reached(state));
        match reached {
            Reached::NoCommit => (self.fair(run, parts), false),
            Reached::Open => (vec![0; parts.sizes.len()], false),
            Reached::Number { candidate, constant, is_final } => {
                let sums = self.sums_of(run, candidate.dealers);
                let order = self.coins[run].order;
                let mut won = vec![0; parts.sizes.len()];
                for (part, sum) in parts.part_of.iter().zip(sums.iter()) {
                    if (sum + constant) % order == 0 {
                        won[*part as usize] += self.units[run];
                    }
                }
                (won, is_final)
            }
        }
    }

    fn sums_of(&mut self, run: usize, dealers: Vec<Validator>) -> Rc<Vec<u64>> {
        let coins = &self.coins[run];
        let sums = self.sums.entry((run, dealers));
        sums.or_insert_with_key(|(_, dealers)| Rc::new(coins.sums(dealers))).clone()
    }

    fn parts_of(&mut self, state: &DrpState, run: usize) -> Rc<Parts> {
        let seen = self.model.with_memo(|memo| memo.seen(run, state.sent));
        let key = (run, seen);
        if let Some(known) = self.parts.get(&key) {
            return known.clone();
        }
        let mut numbers: HashMap<u64, u32> = HashMap::new();
        let (mut part_of, mut first_of, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
        for (place, view) in self.coins[run].views(&key.1).into_iter().enumerate() {
            let fresh = u32::try_from(first_of.len()).unwrap_or(u32::MAX);
            let part = *numbers.entry(view).or_insert(fresh);
            if part == fresh {
                first_of.push(place);
                sizes.push(0);
            }
            sizes[part as usize] += 1;
            part_of.push(part);
        }
        let parts = Rc::new(Parts { part_of, first_of, sizes });
        self.parts.insert(key, parts.clone());
        parts
    }
}

/// How far a state determines the number.
enum Reached {
    /// No run is committed.
    NoCommit,
    /// A run is committed. Its number depends on the shares that are still to be received.
    Open,
    /// The number is the sum of the secrets of the candidate's honest dealers and a constant.
    Number { candidate: Candidate, constant: u64, is_final: bool },
}

impl<G: Group> MachineMemo<G> {
    /// The rank whose turn it is in view 0, or `usize::MAX` if the log has reached the next view.
    fn current_run(&self, state: &DrpState) -> Option<usize> {
        let log = self.log(state.log);
        let height = World::<G>::height_of(log.entries.len());
        match log.progress.leadership(&self.world.epoch, Height(height)) {
            Ok(current) if current.view == View(0) => Some(usize::from(current.rank)),
            _ if log.progress.view() > View(0) => Some(usize::MAX),
            _ => None,
        }
    }

    fn run_of_commit(&self, commit: Id) -> usize {
        self.proposed[usize::from(self.commits[usize::from(commit)].proposed)].run
    }

    fn reached(&mut self, state: &DrpState) -> Reached {
        let Some(commit) = self.last_commit(state.log) else { return Reached::NoCommit };
        let current = self.current_run(state);
        if current.is_some_and(|run| run != self.run_of_commit(commit)) {
            return Reached::NoCommit; // of a run that has failed
        }
        let honest: Vec<_> = self.world.honest().collect();
        let recovered = honest.iter().find_map(|validator| {
            self.machine(state.machines[usize::from(*validator)]).server.recovered().cloned()
        });
        let secret = match recovered {
            Some(recovered) => G::Element::decode(&recovered.secret).ok(),
            None if self.plan.recovers => return Reached::Open,
            None => self.secret_of(commit),
        };
        let Some(secret) = secret else { return Reached::Open };
        let candidate = self.candidate(self.commits[usize::from(commit)].proposed);
        let order = u64::from(G::POSITIONS_MAX) + 1;
        let sum = u64::from(secret.encode().0[0]) + order * candidate.dealers.len() as u64;
        let constant = sum - self.real_sum(&candidate);
        Reached::Number { candidate, constant, is_final: current.is_none() }
    }

    /// The secret of a committed run, recovered from the shares at the lowest positions.
    fn secret_of(&self, commit: Id) -> Option<G::Element> {
        let checked = &self.commits[usize::from(commit)].checked;
        let keys = self.world.decryption_keys();
        checked.inputs.iter().try_fold(G::identity(), |sum, input| {
            let members = &checked.session.groups[input.group].members;
            let shares = self.all_shares(input, members, &keys);
            Some(sum.add(recover(&input.sharing, &shares).ok()?))
        })
    }

    /// The sum of the secrets that the candidate's honest dealers have in this model.
    fn real_sum(&self, candidate: &Candidate) -> u64 {
        let session = &self.world.runs[candidate.run];
        let secret = |dealer: &u8| {
            let name = self.world.name(*dealer);
            let (_, group) = session.group_of(&name)?;
            let seed = &self.world.members[usize::from(*dealer)].participant.secrets.seed;
            Some(number(group.sharing_of(&name).derive_polynomial(seed).evaluate(Position(0))))
        };
        candidate.dealers.iter().filter_map(secret).sum()
    }
}
