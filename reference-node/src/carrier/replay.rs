//! The replay of a workload from genesis to the last settlement.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::{Duration, Instant};

use serde::Serialize;
use thiserror::Error;

use ioschain_spec::Rejection;
use ioschain_spec::identity::IdentityLog;
use ioschain_spec::ledger::conservation::{RetainedLists, conservation_sum};
use ioschain_spec::ledger::genesis::{ALLOCATIONS_PPM, Genesis, Grant, Holder, derive_genesis};
use ioschain_spec::ledger::owner::derive_witness_message;
use ioschain_spec::ledger::transaction::TRANSACTION_VERSION;
use ioschain_spec::ledger::{
    Input, OutPoint, Output, Payload, ShardState, SignedTransaction, Transaction, TxId, Witness,
};
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::stream::Stream;

use super::caching_suite::CachingSuite;
use super::client::{Client, Ending};
use super::keys::{Committee, Owner};
use super::network::Network;
use super::shard::Shard;
use crate::workload::{OwnerSeed, Payment, Source, Spend, Workload, WorkloadError};

/// The replay's genesis parameters; no result depends on them.
const FEE_MINIMUM: u64 = 1;
const REJECTIONS_MAX: u32 = 1024;
/// Give up when nothing was settled for this many epochs: two must suffice.
const EPOCHS_WITHOUT_PROGRESS: u64 = 4;

/// How to replay.
#[derive(Clone, Debug)]
pub struct Settings {
    /// m, the number of transaction shards.
    pub shards: u16,
    /// How many blocks a shard makes in an epoch, at least 1.
    pub epoch_blocks: u64,
    /// Fixes the network and the faults.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
}

/// What goes wrong in a replay.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// So many more transactions that double-spend the inputs of others.
    pub conflicts: usize,
    /// The share of cross-shard clients that vanish after their lock requests, in parts per million.
    pub vanishing_ppm: u32,
}

/// How far a replay is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Payments that have ended.
    pub ended: usize,
    /// All payments, conflicting ones included.
    pub payments: usize,
    /// Rounds so far; every shard makes one block in each.
    pub round: u64,
}

/// What came of a replay. Amounts are in units.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Payments of the workload; conflicting ones come on top.
    pub transactions: usize,
    /// What they spend.
    pub inputs: usize,
    /// What they create.
    pub outputs: usize,
    /// Payments, conflicting ones included, with more than one participating shard.
    pub cross_shard: usize,
    /// Payments, conflicting ones included, whose outputs exist.
    pub committed: usize,
    /// Payments that had locked something and got it back.
    pub aborted: usize,
    /// Payments that never locked anything.
    pub rejected: usize,
    /// Deliveries, duplicates included.
    pub messages: u64,
    /// Their encoded sizes, added up.
    pub bytes: u64,
    /// The conservation sum at genesis.
    #[serde(serialize_with = "as_decimal")]
    pub supply_before: u64,
    /// The conservation sum at the end.
    #[serde(serialize_with = "as_decimal")]
    pub supply_after: u64,
    /// Whether the sum was the same at genesis, at every closed epoch and at the end.
    pub conserved: bool,
    /// Locks at the end.
    pub unresolved_locks: usize,
    /// Distinct signatures that were verified.
    pub signature_checks: usize,
    /// The whole replay.
    pub seconds_total: f64,
    /// Key derivation, building and signing of transactions, genesis.
    pub seconds_setup: f64,
    /// `signature_checks` times one strict verification, the mean of those of this run.
    pub seconds_signatures: f64,
    /// Pairs of conflicting payments that both committed; 0 unless the ledger is broken.
    #[serde(skip)]
    pub double_spends: usize,
    /// Payments without a rival that did not commit; 0 unless something is broken.
    #[serde(skip)]
    pub honest_failures: usize,
}

impl Report {
    /// What does not hold, in words; empty if all is well.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        if !self.conserved {
            failures.push(format!(
                "the units do not add up: {} at genesis, {} at the end",
                self.supply_before, self.supply_after
            ));
        }
        if self.unresolved_locks > 0 {
            failures.push(format!("{} outputs are still locked", self.unresolved_locks));
        }
        if self.double_spends > 0 {
            failures.push(format!("{} conflicting pairs both committed", self.double_spends));
        }
        if self.honest_failures > 0 {
            failures.push(format!(
                "{} transactions without a conflict did not commit",
                self.honest_failures
            ));
        }
        failures
    }
}

fn as_decimal<S: serde::Serializer>(amount: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}

/// Why a replay cannot be started or finished.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The workload is not well-formed.
    #[error("the workload does not hold together: {0}")]
    Workload(#[from] WorkloadError),
    /// More conflicts were asked for than there are transactions to conflict with.
    #[error(
        "{asked} conflicts asked for, but only {available} transactions have neither parents nor \
         children here; ask for at most {available}"
    )]
    TooManyConflicts {
        /// How many were asked for.
        asked: usize,
        /// How many there can be.
        available: usize,
    },
    /// An epoch must have blocks.
    #[error("an epoch of 0 blocks never ends; ask for at least 1")]
    EmptyEpochs,
    /// The specification refused what the replay itself made.
    #[error("the specification refused a step of the replay: {0}")]
    Refused(#[from] Rejection),
}

/// Replays a workload and reports; `progress` is called after every round.
///
/// # Errors
/// [`ReplayError`]; a result that does not hold is not an error, see [`Report::failures`].
pub fn replay(
    workload: &Workload,
    settings: &Settings,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, ReplayError> {
    let started = Instant::now();
    let mut replay = Replay::prepare(workload, settings)?;
    while !replay.is_done() {
        replay.run_round()?;
        progress(replay.progress());
    }
    replay.report(started)
}

/// A payment before, while and after it is carried.
enum Stage {
    /// Its parents have not settled.
    Waiting,
    Sent(Box<Client>),
    Ended(Ending, TxId),
    /// A parent did not commit, so it was never built.
    Orphaned,
}

struct Replay<'a> {
    settings: &'a Settings,
    genesis: &'a [Payment],
    /// The workload's payments, then the conflicting ones.
    spends: Vec<Spend>,
    /// How many are the workload's own.
    own: usize,
    /// For each conflicting payment, the payment it conflicts with.
    rivals: Vec<usize>,
    stages: Vec<Stage>,
    /// Which payment a transaction is, from when it is sent.
    sent: BTreeMap<TxId, usize>,
    cross_shard: usize,
    owners: BTreeMap<OwnerSeed, Owner>,
    suite: CachingSuite,
    chain_id: Digest,
    log: IdentityLog,
    shards: Vec<Shard>,
    retained: RetainedLists,
    network: Network,
    faults: Stream,
    round: u64,
    last_progress: u64,
    supply_before: u64,
    conserved: bool,
    setup: Duration,
}

impl<'a> Replay<'a> {
    fn prepare(workload: &'a Workload, settings: &'a Settings) -> Result<Self, ReplayError> {
        let setup = Instant::now();
        workload.check()?;
        if settings.epoch_blocks == 0 {
            return Err(ReplayError::EmptyEpochs);
        }
        let mut faults = Stream::new(sha256(&[b"replay faults", &settings.seed.to_le_bytes()]));
        let rivals = choose_rivals(workload, settings.faults.conflicts, &mut faults)?;
        let mut spends = workload.spends.clone();
        spends.extend(rivals.iter().map(|rival| double_spend(&workload.spends[*rival])));

        let owners = derive_owners(&workload.genesis, &spends)?;
        let genesis = genesis_of(&workload.genesis, &owners, settings.shards)?;
        let chain_id = genesis.parameters().chain_id;
        let (log, states) = derive_genesis(&genesis)?;
        let suite = CachingSuite::default();
        let supply_before = conservation_sum(&suite, &states, &RetainedLists::new())?;
        let shards = states
            .into_iter()
            .map(|state| {
                let committee = Committee::of_shard(state.position.shard)?;
                Ok(Shard::new(state, committee))
            })
            .collect::<Result<Vec<_>, Rejection>>()?;
        Ok(Self {
            settings,
            genesis: &workload.genesis,
            own: workload.spends.len(),
            stages: spends.iter().map(|_| Stage::Waiting).collect(),
            spends,
            rivals,
            sent: BTreeMap::new(),
            cross_shard: 0,
            owners,
            suite,
            chain_id,
            log,
            shards,
            retained: RetainedLists::new(),
            network: Network::new(settings.seed),
            faults,
            round: 0,
            last_progress: 0,
            supply_before,
            conserved: true,
            setup: setup.elapsed(),
        })
    }

    fn is_done(&self) -> bool {
        let ended = self.progress().ended == self.stages.len();
        let patience = EPOCHS_WITHOUT_PROGRESS * (self.settings.epoch_blocks + 1);
        let stuck = self.round > self.last_progress + patience;
        (ended && self.network.is_quiet()) || stuck
    }

    fn progress(&self) -> Progress {
        let has_ended = |stage: &&Stage| matches!(stage, Stage::Ended(..) | Stage::Orphaned);
        Progress {
            ended: self.stages.iter().filter(has_ended).count(),
            payments: self.stages.len(),
            round: self.round,
        }
    }

    /// Clients speak, every shard makes a block, clients hear; at an epoch's end, epochs close.
    fn run_round(&mut self) -> Result<(), ReplayError> {
        self.start_ready_payments()?;
        let mut deliveries = self.network.deliver(self.round);
        for shard in &mut self.shards {
            let inbox = deliveries.remove(&shard.number()).unwrap_or_default();
            let outcome = shard.make_block(&self.suite, &self.log, &self.retained, &inbox)?;
            tell_clients(&mut self.stages, &self.sent, shard.number(), outcome);
        }
        self.round += 1;
        self.let_clients_act()?;
        if self.round.is_multiple_of(self.settings.epoch_blocks) {
            self.close_epochs()?;
        }
        Ok(())
    }

    /// Builds, signs and sends every payment whose parents have settled.
    fn start_ready_payments(&mut self) -> Result<(), ReplayError> {
        for payment in 0..self.spends.len() {
            if !matches!(self.stages[payment], Stage::Waiting) {
                continue;
            }
            match self.parents(payment) {
                Parents::Unsettled => {}
                Parents::Failed => {
                    self.stages[payment] = Stage::Orphaned;
                    self.last_progress = self.round;
                }
                Parents::Settled(outpoints) => self.start(payment, outpoints)?,
            }
        }
        Ok(())
    }

    fn start(&mut self, payment: usize, outpoints: Vec<OutPoint>) -> Result<(), ReplayError> {
        let setup = Instant::now();
        let (signed, txid) = self.build(payment, outpoints)?;
        self.setup += setup.elapsed();
        let transaction = signed.transaction.clone();
        let vanishes = self.draw_vanishing();
        let client = Client::new(payment, transaction, txid, self.settings.shards, vanishes);
        if client.is_cross_shard() {
            self.cross_shard += 1;
        }
        client.start(signed, self.round, &mut self.network);
        self.sent.insert(txid, payment);
        self.stages[payment] = Stage::Sent(Box::new(client));
        Ok(())
    }

    fn draw_vanishing(&mut self) -> bool {
        const PPM: std::num::NonZeroU64 = std::num::NonZeroU64::new(1_000_000).unwrap();
        self.faults.below(PPM) < u64::from(self.settings.faults.vanishing_ppm)
    }

    /// The outpoints a payment spends, in the order of its inputs.
    fn parents(&self, payment: usize) -> Parents {
        let mut outpoints = Vec::new();
        let mut unsettled = false;
        for source in &self.spends[payment].inputs {
            match *source {
                Source::Genesis { index } => outpoints.push(genesis_outpoint(index)),
                Source::Created { transaction, output } => match &self.stages[transaction] {
                    Stage::Ended(Ending::Committed, txid) => {
                        outpoints.push(OutPoint { txid: *txid, index: output as u32 });
                    }
                    Stage::Ended(..) | Stage::Orphaned => return Parents::Failed,
                    Stage::Waiting | Stage::Sent(_) => unsettled = true,
                },
            }
        }
        if unsettled { Parents::Unsettled } else { Parents::Settled(outpoints) }
    }

    fn source_payment(&self, source: &Source) -> &Payment {
        match *source {
            Source::Genesis { index } => &self.genesis[index],
            Source::Created { transaction, output } => &self.spends[transaction].outputs[output],
        }
    }

    fn build(
        &self,
        payment: usize,
        outpoints: Vec<OutPoint>,
    ) -> Result<(SignedTransaction, TxId), Rejection> {
        let spend = &self.spends[payment];
        let mut inputs: Vec<(Input, &Owner)> = spend
            .inputs
            .iter()
            .zip(outpoints)
            .map(|(source, outpoint)| {
                let Payment { owner, amount, .. } = self.source_payment(source);
                let owner = &self.owners[owner];
                (Input { outpoint, owner: owner.account, amount: *amount }, owner)
            })
            .collect();
        inputs.sort_by_key(|(input, _)| input.outpoint);
        let outputs: Vec<Output> = spend
            .outputs
            .iter()
            .map(|output| Output {
                owner: self.owners[&output.owner].account,
                amount: output.amount,
                data_hash: output.data_hash.map(Digest),
            })
            .collect();
        let epochs = self.shards.iter().map(|shard| shard.state.position.epoch);
        let transaction = Transaction {
            version: TRANSACTION_VERSION,
            chain_id: self.chain_id,
            inputs: inputs.iter().map(|(input, _)| input.clone()).collect::<Vec<_>>().try_into()?,
            outputs: outputs.try_into()?,
            fee: spend.fee,
            expiry_epoch: epochs.min().unwrap_or(0) + 1,
            salt: payment as u64,
            payload: Payload::Transfer,
        };
        let txid = transaction.id(&self.suite);
        let witnesses = self.sign(&txid, &inputs)?.try_into()?;
        Ok((SignedTransaction { transaction, witnesses }, txid))
    }

    /// One witness for each input; an owner of several inputs signs once.
    fn sign(&self, txid: &TxId, inputs: &[(Input, &Owner)]) -> Result<Vec<Witness>, Rejection> {
        let message = derive_witness_message(&self.suite, txid);
        let mut by_owner = BTreeMap::new();
        for (_, owner) in inputs {
            if let Entry::Vacant(vacant) = by_owner.entry(owner.account) {
                vacant.insert(owner.witness(&message)?);
            }
        }
        Ok(inputs.iter().map(|(_, owner)| by_owner[&owner.account].clone()).collect())
    }

    fn let_clients_act(&mut self) -> Result<(), ReplayError> {
        for stage in &mut self.stages {
            let Stage::Sent(client) = stage else { continue };
            client.unlock(self.round, &mut self.network)?;
            if let Some(ending) = client.ending() {
                *stage = Stage::Ended(ending, client.txid);
                self.last_progress = self.round;
            }
        }
        Ok(())
    }

    /// Every shard that has swept the last epoch closes this one.
    fn close_epochs(&mut self) -> Result<(), ReplayError> {
        for shard in &mut self.shards {
            shard.close_epoch(&self.suite, &mut self.log, &mut self.retained)?;
        }
        // Lists are kept until every shard has closed the next epoch.
        let open = self.shards.iter().map(|shard| shard.state.position.epoch).min().unwrap_or(0);
        self.retained.retain(|(epoch, _), _| epoch + 1 >= open);
        self.conserved &= self.supply()? == self.supply_before;
        Ok(())
    }

    fn supply(&self) -> Result<u64, Rejection> {
        let states: Vec<&ShardState> = self.shards.iter().map(|shard| &shard.state).collect();
        conservation_sum(&self.suite, &states, &self.retained)
    }

    fn report(self, started: Instant) -> Result<Report, ReplayError> {
        let supply_after = self.supply()?;
        let seconds_total = started.elapsed().as_secs_f64();
        let signature_checks = self.suite.distinct_checks();
        let own = &self.spends[..self.own];
        let endings: Vec<Option<Ending>> = self.stages.iter().map(Stage::ending).collect();
        let count = |ending| endings.iter().filter(|found| **found == Some(ending)).count();
        let committed = |payment: usize| endings[payment] == Some(Ending::Committed);
        let has_rival = |payment: &usize| self.rivals.contains(payment);
        let pairs = self.rivals.iter().enumerate();
        Ok(Report {
            transactions: own.len(),
            inputs: own.iter().map(|spend| spend.inputs.len()).sum(),
            outputs: own.iter().map(|spend| spend.outputs.len()).sum(),
            cross_shard: self.cross_shard,
            committed: count(Ending::Committed),
            aborted: count(Ending::Aborted),
            rejected: count(Ending::Rejected),
            messages: self.network.messages,
            bytes: self.network.bytes,
            supply_before: self.supply_before,
            supply_after,
            conserved: self.conserved && supply_after == self.supply_before,
            unresolved_locks: self.shards.iter().map(|shard| shard.state.locks.len()).sum(),
            signature_checks,
            seconds_total,
            seconds_setup: self.setup.as_secs_f64(),
            seconds_signatures: self.suite.time_verifying().as_secs_f64(),
            double_spends: pairs
                .filter(|(conflict, rival)| committed(self.own + conflict) && committed(**rival))
                .count(),
            honest_failures: (0..self.own)
                .filter(|payment| !has_rival(payment) && !committed(*payment))
                .count(),
        })
    }
}

enum Parents {
    Unsettled,
    Failed,
    Settled(Vec<OutPoint>),
}

impl Stage {
    fn ending(&self) -> Option<Ending> {
        match self {
            Self::Ended(ending, _) => Some(*ending),
            Self::Orphaned => Some(Ending::Rejected),
            Self::Waiting | Self::Sent(_) => None,
        }
    }
}

/// Proofs first: an answer counts as a refusal only if there is no vote.
fn tell_clients(
    stages: &mut [Stage],
    sent: &BTreeMap<TxId, usize>,
    shard: u16,
    outcome: super::shard::Outcome,
) {
    for proof in outcome.proofs {
        let payment = sent.get(&proof.txid);
        if let Some(Stage::Sent(client)) = payment.and_then(|payment| stages.get_mut(*payment)) {
            client.receive(proof);
        }
    }
    for (payment, answer) in outcome.answers {
        if let Stage::Sent(client) = &mut stages[payment] {
            client.hear(shard, answer);
        }
    }
}

/// The outpoint of a workload's genesis output: the five allocations come first.
fn genesis_outpoint(index: usize) -> OutPoint {
    Genesis::outpoint((ALLOCATIONS_PPM.len() + index) as u32)
}

/// Draws which payments get a rival, without repetition.
fn choose_rivals(
    workload: &Workload,
    conflicts: usize,
    stream: &mut Stream,
) -> Result<Vec<usize>, ReplayError> {
    let mut isolated = workload.isolated();
    if conflicts > isolated.len() {
        let available = isolated.len();
        return Err(ReplayError::TooManyConflicts { asked: conflicts, available });
    }
    stream.shuffle(&mut isolated);
    isolated.truncate(conflicts);
    Ok(isolated)
}

/// The same inputs, all to somebody else.
fn double_spend(rival: &Spend) -> Spend {
    let amount = rival.outputs.iter().map(|output| output.amount).sum();
    let owner = OwnerSeed(sha256(&[b"replay thief"]).0);
    let outputs = vec![Payment { owner, amount, data_hash: None }];
    Spend { inputs: rival.inputs.clone(), outputs, fee: rival.fee }
}

fn derive_owners(
    genesis: &[Payment],
    spends: &[Spend],
) -> Result<BTreeMap<OwnerSeed, Owner>, Rejection> {
    let outputs = spends.iter().flat_map(|spend| &spend.outputs);
    let mut owners = BTreeMap::new();
    for payment in genesis.iter().chain(outputs) {
        if let Entry::Vacant(vacant) = owners.entry(payment.owner) {
            vacant.insert(Owner::of(payment.owner)?);
        }
    }
    Ok(owners)
}

/// The five allocations to five fixed accounts; the workload's outputs are taken out of them.
fn genesis_of(
    outputs: &[Payment],
    owners: &BTreeMap<OwnerSeed, Owner>,
    shards: u16,
) -> Result<Genesis, Rejection> {
    let mut holders = [Holder::CommunityPools; ALLOCATIONS_PPM.len()];
    for (holder, number) in holders.iter_mut().zip(0u8..) {
        let seed = OwnerSeed(sha256(&[b"replay allocation", &[number]]).0);
        *holder = Holder::Account(Owner::of(seed)?.account);
    }
    let grants: Vec<Grant> = outputs
        .iter()
        .map(|output| Grant { owner: owners[&output.owner].account, amount: output.amount })
        .collect();
    let rosters = (0..=shards)
        .map(|shard| Ok(Committee::of_shard(shard)?.roster))
        .collect::<Result<Vec<_>, Rejection>>()?;
    Ok(Genesis {
        shards,
        fee_minimum: FEE_MINIMUM,
        rejections_max: REJECTIONS_MAX,
        rosters: rosters.try_into()?,
        holders,
        grants: grants.try_into()?,
    })
}
