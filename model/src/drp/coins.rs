//! Unbiasability by counting. The coins of a run are the random coefficients of its honest dealers.
//! All combinations of coins are divided into parts, so that the adversary sees the same within one
//! part. In each part, a number that can still be changed must have every value equally often.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ioschain_spec::primitives::group::{Group, Scalar};
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::shamir::Polynomial;

use super::DrpState;
use super::knowledge::{Candidate, Seen};
use super::machines::MachineMemo;
use super::world::Validator;

/// The coins of a run: every combination of its honest dealers' coefficients. The order of the
/// combinations is fixed: the polynomial of the first dealer changes fastest.
pub struct Coins {
    /// The order of the group.
    pub order: u64,
    /// The number of combinations.
    pub count: usize,
    /// Each honest dealer with the values of each of its polynomials at 0, 1, 2, ….
    dealers: Vec<(Validator, Vec<Vec<u64>>)>,
}

/// The most combinations that are counted.
pub const COINS_MAX: u64 = 200_000;

impl Coins {
    /// The coins of honest dealers, each with its number of coefficients. It is `None` if there are
    /// more than [`COINS_MAX`] combinations.
    pub fn new<S: Scalar>(order: u64, dealers: &[(Validator, usize)]) -> Option<Self> {
        let coefficients: usize = dealers.iter().map(|(_, count)| count).sum();
        let count = order.checked_pow(u32::try_from(coefficients).ok()?)?;
        (count <= COINS_MAX).then_some(())?;
        let of_dealer = |(dealer, coefficients): &(Validator, usize)| {
            let all = polynomials::<S>(order, *coefficients);
            let positions = 0..u32::try_from(order).unwrap_or(u32::MAX);
            let values = |polynomial: &Polynomial<S>| {
                positions.clone().map(|at| number(polynomial.evaluate(Position(at)))).collect()
            };
            (*dealer, all.iter().map(values).collect())
        };
        let dealers = dealers.iter().map(of_dealer).collect();
        Some(Self { order, count: usize::try_from(count).ok()?, dealers })
    }

    /// For each combination, what the adversary sees of it, as one number.
    pub fn views(&self, seen: &Seen) -> Vec<u64> {
        self.fold(|dealer| {
            let positions: Vec<Position> =
                seen.iter().filter(|(of, _)| *of == dealer).map(|(_, at)| *at).collect();
            let scale = self.order.pow(u32::try_from(positions.len()).unwrap_or(u32::MAX));
            move |sofar, values: &[u64]| {
                let see = |view, at: &Position| view * self.order + values[at.0 as usize];
                sofar * scale + positions.iter().fold(0, see)
            }
        })
    }

    /// For each combination, the sum of the secrets of `dealers`. A dealer that is named several
    /// times is counted as often.
    pub fn sums(&self, dealers: &[Validator]) -> Vec<u64> {
        self.fold(|dealer| {
            let times = dealers.iter().filter(|of| **of == dealer).count() as u64;
            move |sofar, values: &[u64]| (sofar + times * values[0]) % self.order
        })
    }

    /// Computes one number for each combination, dealer by dealer: `step_of` makes the next number
    /// from the number so far and the values of the dealer's polynomial.
    fn fold<F: Fn(u64, &[u64]) -> u64>(&self, step_of: impl Fn(Validator) -> F) -> Vec<u64> {
        self.dealers.iter().rev().fold(vec![0], |sofar, (dealer, polynomials)| {
            let step = step_of(*dealer);
            let longer = |sofar: &u64| {
                polynomials.iter().map(|values| step(*sofar, values)).collect::<Vec<_>>()
            };
            sofar.iter().flat_map(longer).collect()
        })
    }
}

/// Every polynomial with this number of coefficients.
fn polynomials<S: Scalar>(order: u64, coefficients: usize) -> Vec<Polynomial<S>> {
    let longer = |list: Vec<Vec<S>>| {
        let next = |list: &Vec<S>| {
            let with = |last| [&list[..], &[S::from_number(last)]].concat();
            (0..order).map(with).collect::<Vec<_>>()
        };
        list.iter().flat_map(next).collect()
    };
    let all = (0..coefficients).fold(vec![Vec::new()], |list, _| longer(list));
    all.into_iter().map(Polynomial::new).collect()
}

/// A scalar of a toy group as a number.
pub fn number<S: Scalar>(scalar: S) -> u64 {
    u64::from(scalar.encode().0[0])
}

/// The results that were computed before.
#[derive(Default)]
pub struct Counted {
    /// The coins of each run.
    coins: HashMap<usize, Option<Arc<Coins>>>,
    equal: HashMap<(usize, Vec<Validator>, Seen), bool>,
}

impl<G: Group> MachineMemo<G> {
    /// The coins of a run. It is `None` if there are too many to count.
    pub fn coins(&mut self, run: usize) -> Option<Arc<Coins>> {
        if let Some(known) = self.counted.coins.get(&run) {
            return known.clone();
        }
        let members = self.world.runs[run].groups.iter().flat_map(|group| &group.members);
        let members = members.filter_map(|name| self.world.place_of(name));
        let honest = members.filter(|member| !self.world.corrupt.contains(member));
        let dealers: Vec<_> =
            honest.map(|dealer| (dealer, self.threshold_of(run, dealer))).collect();
        let order = u64::from(G::POSITIONS_MAX) + 1;
        let coins = Coins::new::<G::Scalar>(order, &dealers).map(Arc::new);
        self.counted.coins.insert(run, coins.clone());
        coins
    }

    /// Whether each number that can still be changed has every value equally often, whatever the
    /// adversary has seen.
    ///
    /// # Panics
    /// If the plan has too many coins.
    /// [`Subject::is_countable`](super::check::Subject::is_countable) tells whether it has.
    pub fn is_unbiased_by_counting(&mut self, state: &DrpState) -> bool {
        let candidates = self.undecided(state);
        candidates.into_iter().all(|candidate| {
            let seen = self.seen(candidate.run, state.sent);
            self.is_evenly_spread(&candidate, seen)
        })
    }

    fn is_evenly_spread(&mut self, candidate: &Candidate, seen: Seen) -> bool {
        let key = (candidate.run, candidate.dealers.clone(), seen);
        if let Some(known) = self.counted.equal.get(&key) {
            return *known;
        }
        let coins = self.coins(candidate.run).expect("a plan has few enough coins");
        let (views, sums) = (coins.views(&key.2), coins.sums(&candidate.dealers));
        let mut parts: BTreeMap<u64, BTreeMap<u64, u64>> = BTreeMap::new();
        for (view, sum) in views.into_iter().zip(sums) {
            *parts.entry(view).or_default().entry(sum).or_default() += 1;
        }
        let is_even = |counts: &BTreeMap<u64, u64>| {
            let first = counts.values().next();
            counts.len() as u64 == coins.order && counts.values().all(|count| Some(count) == first)
        };
        let even = parts.values().all(is_even);
        self.counted.equal.insert(key, even);
        even
    }
}
