//! Everything that is fixed before the first step of a model: the validators of a plan with their
//! keys, the lottery that makes them leaders, and the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::certificate::faults_max;
use ioschain_spec::primitives::group::{Group, Scalar, derive_nonzero_scalar};
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};
use ioschain_spec::primitives::keys::NodeId;
use ioschain_spec::primitives::numbers::{Epoch, Height, Rank, View};

use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::machine::{Event, Memory};
use ioschain_spec::drp::messages::LogEntry;
use ioschain_spec::drp::server::Server;
use ioschain_spec::drp::{EpochContext, EpochEnvironment, Leadership, Rules, Run, Session};
use ioschain_spec::sharding::lottery::Ticket;
use ioschain_spec::testing::drp::{OrderedLog, Participant, epoch_of};

use super::plan::Plan;
use super::suite::{ModelSuite, SUITE};

/// The rules with which a model can be made.
pub type ModelRules<G> = dyn Rules<G, ModelSuite> + Send + Sync;

/// A validator, named by its place in the order of names.
pub type Validator = u8;

/// The height of the block of the last ticket, at which the lottery has closed. Entry i of the log
/// after the lottery has the height i + 1 above it.
const CLOSED: u64 = 106;

/// A validator with its secrets.
pub struct Member<G: Group> {
    /// The validator's keys, and the secrets of its machine.
    pub participant: Participant<G>,
    /// The seed of the validator's polynomials and nonces in the epoch before.
    pub old_seed: [u8; 32],
}

/// Everything that is fixed before the first step.
pub struct World<G: Group> {
    /// The rules of the model.
    pub rules: Arc<ModelRules<G>>,
    /// The facts of the epoch.
    pub epoch: EpochContext,
    /// The validators, in the order of names.
    pub members: Vec<Member<G>>,
    /// The leaders, by rank.
    pub ranks: Vec<Validator>,
    /// The malicious validators.
    pub corrupt: BTreeSet<Validator>,
    /// The run of each rank.
    pub runs: Vec<Session<G>>,
    /// The log when the lottery has closed.
    pub progress: LotteryLog,
    tickets: Vec<LogEntry>,
}

impl<G: Group> World<G> {
    /// The world of a plan under some rules. In a toy group, the base of a session is often the
    /// identity, so the first chain is used on which no session's base is the identity.
    ///
    /// # Errors
    /// A rejection by the specification.
    pub fn new(plan: &Plan, rules: Arc<ModelRules<G>>) -> Result<Self, Rejection> {
        let keys = group_keys::<G>(plan.validators).ok_or(Rejection::CryElementIdentity)?;
        let on = |chain| Self::on_chain(plan, rules.clone(), &keys, chain);
        let worlds = (0..=u8::MAX).map(on);
        let mut fitting =
            worlds.skip_while(|world| matches!(world, Err(Rejection::CryElementIdentity)));
        fitting.next().unwrap_or(Err(Rejection::CryElementIdentity))
    }

    fn on_chain(
        plan: &Plan,
        rules: Arc<ModelRules<G>>,
        keys: &[G::Scalar],
        chain: u8,
    ) -> Result<Self, Rejection> {
        let keyed = (1..).zip(keys);
        let mut members: Vec<Member<G>> =
            keyed.map(|(number, key)| member(number, *key, plan.seed)).collect();
        let keys: Vec<_> = members.iter().map(|it| it.participant.public_keys()).collect();
        let epoch = epoch(plan, chain, Roster::new(keys)?);
        members.sort_by_key(Member::name);
        let progress = LotteryLog::new(&epoch);
        let mut world = Self {
            rules,
            epoch,
            members,
            ranks: Vec::new(),
            corrupt: BTreeSet::new(),
            runs: Vec::new(),
            progress,
            tickets: Vec::new(),
        };
        world.hold_lottery()?;
        world.derive_runs(plan.runs)?;
        world.choose_corrupt(plan);
        Ok(world)
    }

    /// All validators enter the lottery, and the lottery closes.
    fn hold_lottery(&mut self) -> Result<(), Rejection> {
        let mut log = OrderedLog::new(&self.epoch);
        for validator in self.validators() {
            let ticket = self.ticket(&log.state, validator).ok_or(Rejection::CryVrfProofFalse)?;
            let entry = LogEntry::Ticket(ticket);
            self.within(|environment| log.append(environment, log.height, entry))?;
        }
        self.within(|environment| log.reach(environment, Height(CLOSED)));
        let place = |name| self.place_of(&name);
        self.ranks = log.state.ranks().into_iter().filter_map(place).collect();
        self.progress = log.state;
        self.tickets = log.entries.into_iter().map(|(_, ticket)| ticket).collect();
        Ok(())
    }

    /// The first leader of another epoch that has the same validators and the same previous random
    /// number.
    ///
    /// # Errors
    /// A rejection by the specification.
    pub fn first_leader_in(&mut self, epoch: Epoch) -> Result<Option<NodeId>, Rejection> {
        self.epoch.number = epoch;
        self.hold_lottery()?;
        Ok(self.ranks.first().map(|leader| self.name(*leader)))
    }

    /// The ticket of a validator in the current lottery, if the validator may lead.
    pub fn ticket(&self, progress: &LotteryLog, validator: Validator) -> Option<Ticket> {
        let participant = &self.members[usize::from(validator)].participant;
        self.within(|environment| {
            let may_lead = participant.may_lead(environment, progress);
            may_lead.then(|| participant.draw_ticket(environment, progress).ok()).flatten()
        })
    }

    fn derive_runs(&mut self, runs: usize) -> Result<(), Rejection> {
        let derive = |(rank, leader): (u8, &Validator)| {
            let leader = self.name(*leader);
            let run = self.epoch.run::<G>(&Leadership { view: View(0), rank: Rank(rank), leader });
            self.within(|environment| Session::derive(environment, &run))
        };
        self.runs = (0..).zip(&self.ranks).take(runs).map(derive).collect::<Result<_, _>>()?;
        for session in &self.runs {
            let old = self.old_run(&session.run);
            self.within(|environment| Session::derive(environment, &old))?;
        }
        Ok(())
    }

    fn choose_corrupt(&mut self, plan: &Plan) {
        let leaders: BTreeSet<Validator> = self.ranks.iter().copied().take(plan.runs).collect();
        let mut corrupt: BTreeSet<Validator> =
            plan.corrupt_ranks.iter().map(|rank| self.ranks[*rank]).collect();
        for (group, count) in self.runs[0].groups.iter().zip(&plan.corrupt_members) {
            let members = group.members.iter().filter_map(|name| self.place_of(name));
            corrupt.extend(members.filter(|member| !leaders.contains(member)).take(*count));
        }
        self.corrupt = corrupt;
    }

    /// Calls `act` with the environment.
    pub fn within<T>(&self, act: impl FnOnce(&EpochEnvironment<'_, G, ModelSuite>) -> T) -> T {
        act(&EpochEnvironment { rules: &*self.rules, suite: &*SUITE, epoch: &self.epoch })
    }

    /// The name of a validator.
    pub fn name(&self, validator: Validator) -> NodeId {
        self.members[usize::from(validator)].name()
    }

    /// The validator with a name: its place in the order of names.
    pub fn place_of(&self, name: &NodeId) -> Option<Validator> {
        let place = self.members.binary_search_by_key(name, Member::name);
        place.ok().and_then(|place| u8::try_from(place).ok())
    }

    /// All validators, in the order of names.
    pub fn validators(&self) -> impl Iterator<Item = Validator> + use<G> {
        0..u8::try_from(self.members.len()).unwrap_or(u8::MAX)
    }

    /// The honest validators.
    pub fn honest(&self) -> impl Iterator<Item = Validator> + '_ {
        self.validators().filter(|validator| !self.corrupt.contains(validator))
    }

    /// Whether the leader of a rank is malicious.
    pub fn is_corrupt_rank(&self, rank: usize) -> bool {
        self.ranks.get(rank).is_some_and(|leader| self.corrupt.contains(leader))
    }

    /// A run of the epoch before, by the same leader.
    pub fn old_run(&self, run: &Run) -> Run {
        let epoch = run.epoch.saturating_sub(1);
        Run { epoch, randomness_before: Digest([17; 32]), ..*run }
    }

    /// The height of entry `index` of the log after the lottery.
    pub fn height_of(index: usize) -> u64 {
        CLOSED + 1 + index as u64
    }

    /// The machine of a validator when the lottery has closed, with the memory that it has
    /// persisted.
    ///
    /// # Errors
    /// A rejection of the lottery by the machine.
    pub fn server(&self, validator: Validator, persisted: Memory) -> Result<Server<G>, Rejection> {
        let secrets = self.members[usize::from(validator)].participant.secrets.clone();
        let mut server = Server::new(&self.epoch, secrets, persisted);
        let height = self.epoch.opened.height;
        for entry in self.tickets.iter().cloned() {
            let event = Event::Ordered { height, entry };
            self.within(|environment| server.handle(environment, event))?;
        }
        self.within(|environment| server.handle(environment, Event::Reached(Height(CLOSED))))?;
        Ok(server)
    }

    /// The secret keys with which shares are decrypted, by name.
    pub fn decryption_keys(&self) -> BTreeMap<NodeId, G::Scalar> {
        let key = |member: &Member<G>| (member.name(), *member.participant.secrets.decryption);
        self.members.iter().map(key).collect()
    }
}

impl<G: Group> Member<G> {
    /// The name of the validator.
    pub fn name(&self) -> NodeId {
        self.participant.name()
    }
}

/// The secret keys of n validators in their group. In a toy group, the keys of several signers
/// often add up to zero. There, the keys are chosen such that no set of ⌊(n + f)/2⌋ or more keys
/// adds up to zero.
fn group_keys<G: Group>(validators: u8) -> Option<Vec<G::Scalar>> {
    let order = u64::from(G::POSITIONS_MAX) + 1;
    if order > u64::from(u16::MAX) {
        let derive = |number| derive_nonzero_scalar::<G>(tags::KEYS_SECRET, &number);
        return Some((1..=validators).map(derive).collect());
    }
    let least =
        u32::try_from((usize::from(validators) + faults_max(validators.into())) / 2).ok()?;
    let choices = (order - 1).checked_pow(validators.into())?;
    let keys_of = |choice: u64| -> Vec<u64> {
        let digit = |place| choice / (order - 1).pow(place) % (order - 1) + 1;
        (0..validators.into()).map(digit).collect()
    };
    let fits = |keys: &Vec<u64>| {
        let sum = |set: u64| -> u64 {
            keys.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, key)| key).sum()
        };
        let mut sets = (0u64..1 << validators).filter(|set| set.count_ones() >= least);
        sets.all(|set| sum(set) % order != 0)
    };
    // Begin in the middle of the choices, where the keys are not all alike.
    let mut choices = (choices / 2..choices).chain(0..choices / 2).map(keys_of);
    Some(choices.find(fits)?.into_iter().map(G::Scalar::from_number).collect())
}

fn member<G: Group>(number: u8, decryption: G::Scalar, seed: u8) -> Member<G> {
    let coins = |which: &str| tagged_hash(tags::KEYS_GROUP, &(number, seed, which)).0;
    Member {
        participant: Participant::new(&[number; 32], decryption, coins("coins")),
        old_seed: coins("old coins"),
    }
}

fn epoch(plan: &Plan, chain: u8, configuration: Roster) -> EpochContext {
    EpochContext { chain_id: Digest([chain; 32]), ..epoch_of(configuration, plan.group_size) }
}
