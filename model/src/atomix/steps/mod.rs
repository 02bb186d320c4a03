//! What one shard does with one message, remembered.
//!
//! The rules are pure functions of a shard's state, the identity log and the message, so each question
//! is put to the specification once, and the answer is looked up ever after. States of shards,
//! attestations and logs get small numbers, in the order in which they are met. Nothing here decides
//! anything: it asks the rules.

mod effects;
mod menu;
mod renaming;
mod sums;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::attestation::IdealAttestation;
use ioschain_spec::atomix::{Answer, ExpiryList, Rules};
use ioschain_spec::chain::conservation::RetainedLists;
use ioschain_spec::chain::entry::{Entry, apply_entry};
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed, IdentityLog};
use ioschain_spec::ledger::{
    Changes, Decision, OutPoint, Overlay, ShardContext, ShardEnvironment, ShardState,
    SignedTransaction, TxId, Vote,
};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::suite::{Ideal, IdealCertificate};

use super::entry::{Makings, Sender, import_of};
use super::identity_view::{Sight, view_of_block};
use super::message::Message;
use super::plan::Carried;
use super::watched::Watched;
use menu::Menu;
pub use menu::MenuBounds;
pub use renaming::Renaming;
use sums::value_of;

/// Rules that a model can be run with.
pub type ModelRules = dyn Rules<Watched> + Send + Sync;

/// The number of a shard's state.
pub type LocalId = u32;
/// The number of a log with its expiry lists.
pub type LogId = u32;
/// The number of a log as entries that are no sweep see it.
type ShownId = u32;
/// Attestations by number, as bits.
pub type Pool = u64;
/// Stands in a message for any attestation.
const BLANK: u8 = u8::MAX;

/// A step that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The shard's state after it.
    pub local: LocalId,
    /// The log after it; another only if the shard closed its epoch.
    pub log: LogId,
    /// The attestations that the shard can give from now on, of the transactions that were named.
    pub attested: Pool,
    /// Outpoints that came to be unspent.
    pub appeared: u64,
    /// Transactions whose outputs were created, or that were settled as committed, here.
    pub committed: u8,
    /// Transactions whose locked inputs were given back here.
    pub returned: u8,
}

/// What an attestation says, in terms of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attested {
    /// Which shard voted.
    pub shard: u16,
    /// On which transaction of the plan.
    pub transaction: u8,
    /// How.
    pub vote: Vote,
}

impl Attested {
    fn is_rival(&self, other: &Self) -> bool {
        (self.shard, self.transaction) == (other.shard, other.transaction)
            && self.vote != other.vote
    }
}

/// A shard's state with what properties ask of it, found once.
#[derive(Clone, Debug)]
pub struct Local {
    /// The state.
    pub state: ShardState,
    /// Whether it holds no lock.
    pub is_free: bool,
    /// What it holds in outputs and pools, in units.
    pub held: u64,
    /// Whether a row outlived the epoch after its expiry.
    pub is_hoarding: bool,
    /// The number of what conservation asks of it.
    value: u32,
}

impl Local {
    fn new(state: ShardState, value: u32) -> Self {
        let pools = state.totals.fee_pool + state.totals.community_pool;
        let epoch = state.position.epoch;
        let outlived = |row: &Decision| row.expiry_epoch + 1 < epoch;
        Self {
            is_free: state.locks.is_empty(),
            held: state.unspent.values().map(|output| output.amount).sum::<u64>() + pools,
            is_hoarding: state.decisions.values().any(outlived),
            value,
            state,
        }
    }
}

/// A log with the expiry lists of its closing entries.
#[derive(Clone, Debug)]
pub struct Log {
    /// What the identity shard would have ordered.
    pub log: IdentityLog,
    entries: BTreeMap<(u64, u16), EpochClosed>,
    /// The lists, for imports and for the conservation sum.
    pub retained: RetainedLists,
    /// The log as entries that are no sweep see it. What they were asked holds for every log that looks
    /// the same to them.
    shown: ShownId,
}

/// Everything that was asked so far.
pub struct Steps {
    rules: &'static ModelRules,
    transactions: Vec<Carried>,
    requests: Vec<SignedTransaction>,
    garbage: Vec<SignedTransaction>,
    locals: Numbered<Vec<u8>, Local>,
    values: Numbered<Vec<u8>, ()>,
    sums: HashMap<(Vec<u32>, LogId), Option<u64>>,
    logs: Numbered<Vec<u8>, Log>,
    sight: Sight,
    shown: Numbered<Vec<u8>, IdentityLog>,
    attestations: Numbered<Attested, IdealAttestation>,
    /// What each attestation says.
    said: Vec<Attested>,
    /// For each attestation those of other votes by the same shard on the same transaction.
    rivals: Vec<Pool>,
    outpoints: Numbered<OutPoint, OutPoint>,
    bounds: MenuBounds,
    menus: HashMap<(LocalId, LogId), Menu>,
    messages: HashMap<(LocalId, ShownId), Menu>,
}

/// Values by number, and the other way round.
struct Numbered<K, V> {
    numbers: HashMap<K, u32>,
    values: Vec<Arc<V>>,
}

impl<K: std::hash::Hash + Eq, V> Numbered<K, V> {
    fn new() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new() }
    }

    fn number(&mut self, key: K, value: impl FnOnce() -> V) -> u32 {
        let fresh = self.values.len() as u32;
        let number = *self.numbers.entry(key).or_insert(fresh);
        if number == fresh {
            self.values.push(Arc::new(value()));
        }
        number
    }

    fn get(&self, number: u32) -> &Arc<V> {
        &self.values[number as usize]
    }
}

impl Steps {
    /// Nothing asked yet: the numbers of the first states of shards 1..=m, and of the empty log.
    pub fn new(
        rules: &'static ModelRules,
        log: IdentityLog,
        states: Vec<ShardState>,
        transactions: Vec<Carried>,
        bounds: MenuBounds,
    ) -> (Self, Vec<LocalId>, LogId) {
        let mut steps = Self {
            rules,
            garbage: transactions.iter().map(Carried::unsigned).collect(),
            requests: transactions.iter().map(Carried::ideally_signed).collect(),
            transactions,
            locals: Numbered::new(),
            values: Numbered::new(),
            sums: HashMap::new(),
            logs: Numbered::new(),
            sight: Sight::Everything,
            shown: Numbered::new(),
            attestations: Numbered::new(),
            said: Vec::new(),
            rivals: Vec::new(),
            outpoints: Numbered::new(),
            bounds,
            menus: HashMap::new(),
            messages: HashMap::new(),
        };
        let locals = states.into_iter().map(|state| steps.number_local(state)).collect();
        let shown = steps.shown.number(Vec::new(), || log.clone());
        let empty = Log { log, entries: BTreeMap::new(), retained: RetainedLists::new(), shown };
        let log = steps.logs.number(Vec::new(), || empty);
        (steps, locals, log)
    }

    /// Shows entries that are no sweep less of the log, from the next question on.
    pub fn show(&mut self, sight: Sight) {
        self.sight = sight;
    }

    /// A shard's state.
    pub fn local(&self, local: LocalId) -> &Arc<Local> {
        self.locals.get(local)
    }

    /// A log.
    pub fn log(&self, log: LogId) -> &Arc<Log> {
        self.logs.get(log)
    }

    /// An attestation; [`BLANK`] is one of no shard.
    fn attestation(&self, number: u8) -> IdealAttestation {
        if number == BLANK { Watched::blank() } else { **self.attestations.get(u32::from(number)) }
    }

    /// The transactions of the plan.
    pub fn transactions(&self) -> &[Carried] {
        &self.transactions
    }

    fn number_local(&mut self, state: ShardState) -> LocalId {
        for outpoint in state.unspent.keys() {
            self.outpoints.number(*outpoint, || *outpoint);
        }
        let value = self.values.number(encode(&value_of(&state)), || ());
        self.locals.number(encode(&state), || Local::new(state, value))
    }

    /// The bits of the outpoints that a state has unspent.
    pub fn unspent(&mut self, local: LocalId) -> u64 {
        let state = Arc::clone(self.locals.get(local));
        let keys = state.state.unspent.keys();
        keys.map(|outpoint| bit(self.outpoints.number(*outpoint, || *outpoint))).sum()
    }

    /// What the rules say to a message.
    ///
    /// # Errors
    /// Their rejection.
    pub fn ask(
        &mut self,
        local: LocalId,
        log: LogId,
        message: &Message,
    ) -> Result<Taken, Rejection> {
        self.ask_watched(&Watched::default(), local, log, message)
    }

    fn ask_watched(
        &mut self,
        suite: &Watched,
        local: LocalId,
        log: LogId,
        message: &Message,
    ) -> Result<Taken, Rejection> {
        let before = Arc::clone(self.locals.get(local));
        let seen = Arc::clone(self.logs.get(log));
        let (changes, log) = match message {
            Message::Close => {
                let context = ShardContext { suite, identity: seen.log.view() };
                let closed = self.rules.close_epoch(&context, &before.state)?;
                (closed.changes, self.number_log(&seen, closed.entry, closed.lists)?)
            }
            _ => (self.run(suite, &before.state, &seen, message)?.1, log),
        };
        let named = self.named(&before.state, &seen, message);
        let mut state = before.state.clone();
        state.apply(changes);
        Ok(self.describe(&before.state, state, log, &named))
    }

    fn run(
        &self,
        suite: &Watched,
        state: &ShardState,
        seen: &Log,
        message: &Message,
    ) -> Result<(Answer, Changes), Rejection> {
        let is_sweep = *message == Message::Import;
        let log = if is_sweep { &seen.log } else { &**self.shown.get(seen.shown) };
        let identity = view_of_block(log, state, is_sweep);
        let context = ShardContext { suite, identity };
        let mut overlay = Overlay::on(state);
        let entry = self.entry(state, seen, message)?;
        let answer = apply_entry(
            &ShardEnvironment { rules: self.rules, context: &context },
            &mut overlay,
            &entry,
        )?;
        Ok((answer, overlay.into_changes()))
    }

    fn entry(
        &self,
        state: &ShardState,
        seen: &Log,
        message: &Message,
    ) -> Result<Entry<IdealAttestation>, Rejection> {
        let sign = |number: u8, sender| {
            let signed = if sender == Sender::Client { &self.requests } else { &self.garbage };
            signed[usize::from(number)].clone()
        };
        let proofs = message.proofs();
        let makings = Makings {
            transactions: &self.transactions,
            sign: &sign,
            proofs: proofs.numbers().iter().map(|proof| self.attestation(*proof)).collect(),
            shards: seen.log.view().parameters().shards,
            retained: &seen.retained,
        };
        makings.entry(message, state)
    }

    /// The answer that a message gets.
    ///
    /// # Errors
    /// The rules' rejection.
    pub fn answer(
        &self,
        local: LocalId,
        log: LogId,
        message: &Message,
    ) -> Result<Option<Answer>, Rejection> {
        if *message == Message::Close {
            return Ok(None);
        }
        let state = &self.local(local).state;
        let (answer, _) = self.run(&Watched::default(), state, self.log(log), message)?;
        Ok(Some(answer))
    }

    /// The transactions that the block of this message names.
    fn named(&self, state: &ShardState, seen: &Log, message: &Message) -> Vec<TxId> {
        match message {
            Message::Request { transaction }
            | Message::Garbage { transaction }
            | Message::Commit { transaction, .. }
            | Message::Abort { transaction, .. } => {
                vec![self.transactions[usize::from(*transaction)].txid]
            }
            Message::Import => import_of(&seen.retained, state).map_or(Vec::new(), |import| {
                let listed = import.lists.iter().flatten();
                listed.map(|transaction| transaction.id(&Ideal)).collect()
            }),
            Message::Close => Vec::new(),
        }
    }

    fn number_log(
        &mut self,
        seen: &Log,
        entry: EpochClosed,
        lists: Vec<ExpiryList>,
    ) -> Result<LogId, Rejection> {
        let place = (entry.epoch, entry.shard);
        let mut entries = seen.entries.clone();
        entries.insert(place, entry);
        let mut retained = seen.retained.clone();
        retained.insert(place, lists);
        let empty = Arc::clone(self.logs.get(0));
        let log = append_all(&empty.log, entries.values().cloned())?;
        let visible: Vec<EpochClosed> =
            entries.values().map(|closed| self.sight.of(closed)).collect();
        let shown_log = append_all(&empty.log, visible.iter().cloned())?;
        let shown = self.shown.number(visible.iter().flat_map(encode).collect(), || shown_log);
        let key = entries.values().flat_map(encode).collect();
        Ok(self.logs.number(key, || Log { log, entries, retained, shown }))
    }
}

/// A log with some entries more.
fn append_all(
    log: &IdentityLog,
    entries: impl Iterator<Item = EpochClosed>,
) -> Result<IdentityLog, Rejection> {
    let mut longer = log.clone();
    for closed in entries {
        longer.append(&Ideal, &CertifiedEpoch { closed, certificate: IdealCertificate })?;
    }
    Ok(longer)
}

/// The bit of a number.
///
/// # Panics
/// If a plan has more than 64 attestations or outpoints.
pub(super) fn bit(number: u32) -> u64 {
    1u64.checked_shl(number).expect("a plan has at most 64 attestations and 64 outpoints")
}

/// The numbers whose bits are set.
pub(super) fn members(bits: u64) -> impl Iterator<Item = u8> {
    (0..64).filter(move |number| bits >> number & 1 == 1)
}
