//! Whose turn it is to lead, when leaders fail and validators do not enter lotteries.
//!
//! The log and the rules about who may lead are the specification's. Malicious validators enter a
//! lottery or not, as they like, and they fail when it is their turn: if one of them completed its
//! run, the epoch would end. Every honest validator is late at most once, with its ticket or as a
//! leader. A lottery may draw any numbers, also those that the random function cannot draw. So what
//! is true here is true for every draw, and rules that depend on lucky draws fail here.
//!
//! The model does not distinguish validators that are alike, and it does not distinguish views. A
//! state says how many validators (malicious, honest and possibly late, or late already) may lead,
//! have failed, and wait for a turn. So an epoch that goes on for ever is a cycle. A validator that
//! enters and is not among the first three has no effect, so malicious validators do not enter in
//! order to lose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use ioschain_spec::Rejection;
use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::messages::{Fail, LogEntry, timeout_message};
use ioschain_spec::drp::rules::Specification;
use ioschain_spec::drp::{EpochEnvironment, Rules};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey, Signature};
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::vrf::{VrfOutput, VrfProof, VrfPublicKey};
use ioschain_spec::sharding::lottery::{RANKS, Ticket, derive_last_height};
use ioschain_spec::suite::{Ideal, IdealCertificate, Suite};
use stateright::{Model, Property};

use super::validators;
use crate::drp::world::{Validator, World};
use crate::graph::Liveness;

/// At some time it is an honest leader's turn.
pub const TURN_COMES: &str = "EDS-ELIGIBLE-01 an honest leader's turn comes";

/// [`Ideal`] with another random function: a proof contains any number, which is then the output.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyNumbers;

impl AnyNumbers {
    /// A proof with this number. The validator with the smaller number leads.
    fn show(number: u8) -> VrfProof {
        VrfProof { gamma: [number; 32], challenge: [0; 16], response: [0; 32] }
    }
}

impl Suite for AnyNumbers {
    type Certificate = IdealCertificate;

    fn sign_with(&self, key_pair: &KeyPair, message: &Digest) -> Signature {
        Ideal.sign_with(key_pair, message)
    }

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        Ideal.verify_signature(key, message, signature)
    }

    fn verify_vrf(
        &self,
        _key: &VrfPublicKey,
        _alpha: &[u8],
        proof: &VrfProof,
    ) -> Result<VrfOutput, Rejection> {
        let mut number = [0; 64];
        number[..32].copy_from_slice(&proof.gamma);
        Ok(VrfOutput(number))
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &IdealCertificate,
    ) -> Result<(), Rejection> {
        Ideal.verify_certificate::<G>(roster, message, certificate)
    }
}

/// The rules with which the model can be made.
pub type TurnRules = dyn Rules<Ristretto255, AnyNumbers> + Send + Sync;

/// Rules by which exactly those who have failed may not lead. They show which failures a log
/// remembers.
#[derive(Clone, Copy, Debug)]
struct ThoseWhoFailed;

impl<G: Group, S: Suite> Rules<G, S> for ThoseWhoFailed {
    fn derive_excluded(
        &self,
        _configuration: &Roster,
        _convicted: &BTreeSet<NodeId>,
        failed: &BTreeSet<NodeId>,
    ) -> BTreeSet<NodeId> {
        failed.clone()
    }
}

/// Which validators count as alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Validators of the same kind that may do the same count as alike.
    Forgotten,
    /// No two validators count as alike.
    Kept,
}

/// The model of an epoch, until an honest leader is in time.
pub struct Turns {
    rules: Arc<TurnRules>,
    world: World<Ristretto255>,
    names: Names,
    known: RwLock<Known>,
}

/// The states that are known, by number.
#[derive(Default)]
struct Known {
    situations: Vec<Situation>,
    numbers: BTreeMap<Look, u32>,
}

#[derive(Clone)]
struct Situation {
    log: LotteryLog,
    /// The honest validators that were late.
    late: BTreeSet<Validator>,
    /// Whether an honest leader was in time.
    has_led: bool,
}

/// The kind of a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Malicious,
    /// Honest, and the validator may still be late once.
    InTime,
    /// Honest, and the validator was late before.
    Late,
}

/// The part of a state that matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Look {
    validators: Vec<Standing>,
    has_led: bool,
}

/// The part of a validator's state that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Standing {
    kind: Kind,
    may_lead: bool,
    has_failed: bool,
    /// The number of turns before the validator's own turn, if it waits for one.
    waits: Option<usize>,
}

/// A step: what happens next in the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Turn {
    /// A lottery opens and closes.
    Lottery {
        /// The honest validators that may lead and whose tickets are late.
        late: Vec<Validator>,
        /// The first three validators of those that enter, in the order of their numbers. Malicious
        /// validators that are not among them do not enter.
        first: Vec<Validator>,
    },
    /// The current leader is malicious, and fails.
    Fail,
    /// The current leader is honest and too slow, and so fails.
    TooSlow,
    /// The current leader is honest and in time.
    Lead,
}

impl Turns {
    /// Ten validators, of which f = 3 are malicious, under some rules.
    ///
    /// # Errors
    /// A rejection by the specification.
    pub fn new(rules: Arc<TurnRules>) -> Result<Self, Rejection> {
        Self::of(rules, 10, Names::Forgotten)
    }

    /// `count` validators, of which f are malicious.
    ///
    /// # Errors
    /// A rejection by the specification.
    pub fn of(rules: Arc<TurnRules>, count: u8, names: Names) -> Result<Self, Rejection> {
        let world = validators(count, Arc::new(Specification))?;
        let log = LotteryLog::new(&world.epoch);
        let turns = Self { rules, world, names, known: RwLock::default() };
        turns.number_of(Situation { log, late: BTreeSet::new(), has_led: false });
        Ok(turns)
    }

    /// The number of reached states, if states that differ only in names are counted once.
    pub fn groups(&self) -> usize {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let forgotten = |look: &Look| {
            let mut look = look.clone();
            look.validators.sort_unstable();
            look
        };
        known.numbers.keys().map(forgotten).collect::<BTreeSet<_>>().len()
    }

    fn number_of(&self, situation: Situation) -> u32 {
        let look = self.look(&situation);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let Known { situations, numbers } = &mut *known;
        let fresh = u32::try_from(situations.len()).unwrap_or(u32::MAX);
        *numbers.entry(look).or_insert_with(|| {
            situations.push(situation);
            fresh
        })
    }

    fn situation(&self, number: u32) -> Situation {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.situations[number as usize].clone()
    }

    fn look(&self, situation: &Situation) -> Look {
        let mut validators = self.standings(situation);
        if self.names == Names::Forgotten {
            validators.sort_unstable();
        }
        Look { validators, has_led: situation.has_led }
    }

    /// The state of each validator, in the order of names.
    fn standings(&self, situation: &Situation) -> Vec<Standing> {
        let (eligible, waiting) = (self.eligible(situation), self.waiting(situation));
        let failed = self.excluded_under(&ThoseWhoFailed, situation);
        let of = |validator| Standing {
            kind: self.kind_of(situation, validator),
            may_lead: eligible.contains(&validator),
            has_failed: failed.contains(&validator),
            waits: waiting.iter().position(|it| *it == validator),
        };
        self.world.validators().map(of).collect()
    }

    fn kind_of(&self, situation: &Situation, validator: Validator) -> Kind {
        match (self.is_malicious(validator), situation.late.contains(&validator)) {
            (true, _) => Kind::Malicious,
            (false, false) => Kind::InTime,
            (false, true) => Kind::Late,
        }
    }

    /// Whether a validator is one of the first f. The numbers can have any order, so it does not
    /// matter which validators are malicious.
    fn is_malicious(&self, validator: Validator) -> bool {
        usize::from(validator) < self.world.epoch.faults_max()
    }

    /// The validators that may lead.
    fn eligible(&self, situation: &Situation) -> Vec<Validator> {
        let excluded = self.excluded_under(&*self.rules, situation);
        self.world.validators().filter(|validator| !excluded.contains(validator)).collect()
    }

    fn excluded_under(
        &self,
        rules: &dyn Rules<Ristretto255, AnyNumbers>,
        situation: &Situation,
    ) -> Vec<Validator> {
        let environment = EpochEnvironment { rules, suite: &AnyNumbers, epoch: &self.world.epoch };
        situation.log.with_lottery(&environment, |lottery| {
            lottery.excluded.iter().filter_map(|name| self.world.place_of(name)).collect()
        })
    }

    /// The current leader and the back-up leaders after it. The list is empty while a lottery is
    /// open.
    fn waiting(&self, situation: &Situation) -> Vec<Validator> {
        let log = &situation.log;
        let Ok(current) = log.leadership(&self.world.epoch, log.position().height) else {
            return Vec::new();
        };
        let later = log.ranks().into_iter().skip(usize::from(current.rank));
        later.filter_map(|name| self.world.place_of(&name)).collect()
    }

    fn within<T>(
        &self,
        act: impl FnOnce(&EpochEnvironment<'_, Ristretto255, AnyNumbers>) -> T,
    ) -> T {
        act(&EpochEnvironment { rules: &*self.rules, suite: &AnyNumbers, epoch: &self.world.epoch })
    }

    /// Every way in which the next lottery may end.
    fn lotteries(&self, situation: &Situation) -> Vec<Turn> {
        let eligible = self.eligible(situation);
        let in_time = |it: &Validator| self.kind_of(situation, *it) == Kind::InTime;
        let may_be_late: Vec<Validator> = eligible.iter().copied().filter(in_time).collect();
        let standings = self.standings(situation);
        let mut turns = Vec::new();
        for late in self.subsets(&may_be_late) {
            let enter = |it: &Validator| !late.contains(it);
            let candidates: Vec<Validator> = eligible.iter().copied().filter(enter).collect();
            let orders = self.orders(&standings, &candidates).into_iter();
            turns.extend(orders.map(|first| Turn::Lottery { late: late.clone(), first }));
        }
        turns
    }

    /// All subsets of the validators. If validators count as alike, only the first subset of each
    /// size is in the list.
    fn subsets(&self, validators: &[Validator]) -> Vec<Vec<Validator>> {
        match self.names {
            Names::Forgotten => {
                (0..=validators.len()).map(|count| validators[..count].to_vec()).collect()
            }
            Names::Kept => validators.iter().fold(vec![Vec::new()], |subsets, validator| {
                let with = subsets.iter().map(|subset| [&subset[..], &[*validator]].concat());
                subsets.iter().cloned().chain(with).collect()
            }),
        }
    }

    /// The validators that may be the first three, in every order. There are fewer than three only
    /// if all honest validators are among them.
    fn orders(&self, standings: &[Standing], candidates: &[Validator]) -> Vec<Vec<Validator>> {
        let (mut orders, mut growing) = (Vec::new(), vec![Vec::new()]);
        while let Some(order) = growing.pop() {
            let left = candidates.iter().copied().filter(|it| !order.contains(it));
            let mut left: Vec<Validator> = left.collect();
            if order.len() == RANKS || left.iter().all(|it| self.is_malicious(*it)) {
                orders.push(order.clone());
            }
            if order.len() < RANKS {
                if self.names == Names::Forgotten {
                    left.sort_by_key(|it| standings[usize::from(*it)]);
                    left.dedup_by_key(|it| standings[usize::from(*it)]);
                }
                growing.extend(left.into_iter().map(|next| [&order[..], &[next]].concat()));
            }
        }
        orders
    }

    fn take(&self, situation: &Situation, turn: Turn) -> Result<Situation, Rejection> {
        let mut next = situation.clone();
        match turn {
            Turn::Lottery { late, first } => {
                let may_enter = self.eligible(situation).into_iter();
                let behind = may_enter.filter(|it| {
                    !self.is_malicious(*it) && !late.contains(it) && !first.contains(it)
                });
                let entering: Vec<Validator> = first.iter().copied().chain(behind).collect();
                self.hold_lottery(&mut next.log, &entering)?;
                next.late.extend(late);
            }
            Turn::Fail => self.fail(&mut next.log)?,
            Turn::TooSlow => {
                next.late.extend(self.waiting(situation).first());
                self.fail(&mut next.log)?;
            }
            Turn::Lead => next.has_led = true,
        }
        Ok(next)
    }

    /// The validators enter the lottery, the first one with the smallest number. Then the log grows
    /// until the lottery has closed.
    fn hold_lottery(&self, log: &mut LotteryLog, entering: &[Validator]) -> Result<(), Rejection> {
        let height = log.position().height;
        let (opened_at, heights) = self.within(|environment| {
            log.with_lottery(environment, |lottery| (lottery.opened_at, lottery.heights))
        });
        for (number, validator) in (0..).zip(entering) {
            let (epoch, view) = (self.world.epoch.number, log.view());
            let (validator, proof) = (self.world.name(*validator), AnyNumbers::show(number));
            let entry = LogEntry::Ticket(Ticket { epoch, view, validator, proof });
            self.within(|environment| log.append(environment, height, &entry))?;
        }
        let closed = derive_last_height(opened_at, heights).saturating_add(1);
        let other = LogEntry::Other(Digest::ZERO);
        self.within(|environment| log.append(environment, closed, &other))?;
        Ok(())
    }

    /// All validators give the current leader up.
    fn fail(&self, log: &mut LotteryLog) -> Result<(), Rejection> {
        let (epoch, height) = (&self.world.epoch, log.position().height);
        let current = log.leadership(epoch, height)?;
        let (number, view, rank) = (epoch.number, current.view, current.rank);
        let message = timeout_message(&epoch.chain_id, number, view, rank);
        let signed = self.world.members.iter();
        let signed = signed
            .map(|it| (it.name(), AnyNumbers.sign_with(&it.participant.secrets.signing, &message)));
        let timeouts = signed.collect::<BTreeMap<_, _>>().try_into()?;
        let entry = LogEntry::Fail(Fail { epoch: number, view, rank, timeouts });
        self.within(|environment| log.append(environment, height, &entry))?;
        Ok(())
    }
}

impl Model for Turns {
    type State = u32;
    type Action = Turn;

    fn init_states(&self) -> Vec<u32> {
        vec![0]
    }

    fn actions(&self, state: &u32, actions: &mut Vec<Turn>) {
        let situation = self.situation(*state);
        if situation.has_led {
            return; // the run ends
        }
        match self.waiting(&situation).first() {
            None => actions.extend(self.lotteries(&situation)),
            Some(leader) => match self.kind_of(&situation, *leader) {
                Kind::Malicious => actions.push(Turn::Fail),
                Kind::InTime => actions.extend([Turn::Lead, Turn::TooSlow]),
                Kind::Late => actions.push(Turn::Lead),
            },
        }
    }

    /// A step that the specification refuses leads to no new state, so it appears as a cycle.
    fn next_state(&self, state: &u32, turn: Turn) -> Option<u32> {
        let next = self.take(&self.situation(*state), turn);
        Some(next.map_or(*state, |next| self.number_of(next)))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::sometimes(TURN_COMES, |model: &Self, state| model.is_resolved(state))]
    }
}

impl Liveness for Turns {
    fn kind(&self, turn: &Turn) -> &'static str {
        match turn {
            Turn::Lottery { .. } => "lottery",
            Turn::Fail => "fail",
            Turn::TooSlow => "too slow",
            Turn::Lead => "lead",
        }
    }

    fn is_resolved(&self, state: &u32) -> bool {
        self.situation(*state).has_led
    }

    /// Fairness: deadlines pass, and honest leaders act at some time. Nobody has to be late.
    fn is_fair(&self, kind: &'static str) -> bool {
        kind != "too slow"
    }
}
