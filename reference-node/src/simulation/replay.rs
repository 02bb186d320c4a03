//! The replay of a workload from genesis to the last settlement.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Rules;
use ioschain_spec::chain::conservation::{RetainedLists, conservation_sum};
use ioschain_spec::identity::IdentityLog;
use ioschain_spec::ledger::genesis::derive_genesis;
use ioschain_spec::ledger::{OutPoint, SUPPLY, ShardState, TxId};
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::primitives::stream::Stream;

use super::client::{Client, Ending};
use super::error::{EPOCH_BLOCKS_MAX, ReplayError};
use super::keys::Committee;
use super::network::Network;
use super::payments::{Payments, genesis_outpoint};
use super::report::Report;
use super::shard::{Outcome, SimulatedShard};
use super::timed_suite::CachingSuite;
use crate::workload::{Source, Workload};

/// A replay stops after this number of epochs in which no payment ended. Two epochs must be enough
/// for a payment to end.
const EPOCHS_WITHOUT_PROGRESS: u64 = 4;

/// The settings of a replay.
#[derive(Clone, Debug)]
pub struct Settings {
    /// m, the number of transaction shards.
    pub shards: u16,
    /// The number of rounds of an epoch, from 1 to [`EPOCH_BLOCKS_MAX`]. A shard makes a block in
    /// each round. Rounds in which nothing would happen are left out.
    pub epoch_blocks: u64,
    /// The seed of the random choices of the network and of the faults.
    pub seed: u64,
    /// The faults of the replay.
    pub faults: Faults,
}

/// The faults of a replay.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// The number of additional transactions that spend the inputs of others a second time.
    pub conflicts: usize,
    /// The share of cross-shard clients that vanish after their lock requests, in parts per
    /// million.
    pub vanishing_ppm: u32,
}

/// The progress of a replay.
#[derive(Clone, Copy, Debug)]
pub struct ReplayProgress {
    /// The number of payments that have ended.
    pub ended: usize,
    /// The number of all payments, including the conflicting ones.
    pub payments: usize,
    /// The number of rounds so far.
    pub round: u64,
}

/// Replays a workload under the given rules, and reports the result. `progress` is called after
/// every round.
///
/// Under the [specification](ioschain_spec::atomix::Specification)'s rules, [`Report::failures`] is
/// empty. Under a variant it shows what goes wrong without the rule that the variant weakens.
///
/// # Errors
/// See [`ReplayError`]. A failure that the report names is not an error.
pub fn replay(
    rules: &dyn Rules<CachingSuite>,
    workload: &Workload,
    settings: &Settings,
    progress: &mut dyn FnMut(ReplayProgress),
) -> Result<Report, ReplayError> {
    let started = Instant::now();
    let mut replay = Replay::prepare(rules, workload, settings)?;
    while !replay.is_done() {
        replay.run_round()?;
        progress(replay.progress());
    }
    replay.report(started)
}

/// The stage of a payment.
enum Stage {
    /// A payment whose inputs it spends has not settled yet.
    Waiting,
    Sent(Box<Client>),
    Ended(Ending, TxId),
    /// A payment whose output it spends did not commit, so this payment was never sent.
    Orphaned,
}

struct Replay<'a> {
    rules: &'a dyn Rules<CachingSuite>,
    settings: &'a Settings,
    payments: Payments<'a>,
    /// The stage of each payment.
    stages: Vec<Stage>,
    /// The payment of each transaction that was sent.
    sent: BTreeMap<TxId, usize>,
    cross_shard: usize,
    suite: CachingSuite,
    chain_id: Digest,
    log: IdentityLog,
    shards: Vec<SimulatedShard>,
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
    fn prepare(
        rules: &'a dyn Rules<CachingSuite>,
        workload: &'a Workload,
        settings: &'a Settings,
    ) -> Result<Self, ReplayError> {
        let setup = Instant::now();
        workload.check()?;
        let asked = settings.epoch_blocks;
        if asked == 0 || asked > EPOCH_BLOCKS_MAX {
            return Err(ReplayError::EpochBlocks { asked });
        }
        let mut faults = Stream::new(sha256(&[b"replay faults", &settings.seed.to_le_bytes()]));
        let payments = Payments::of(workload, settings.faults.conflicts, &mut faults)?;
        let genesis = payments.derive_genesis(settings.shards)?;
        let (log, states) = derive_genesis(&genesis)?;
        let suite = CachingSuite::default();
        let supply_before = conservation_sum(&suite, &states, &RetainedLists::new())?;
        let shards = states
            .into_iter()
            .map(|state| {
                let committee = Committee::of_shard(state.position.shard)?;
                Ok(SimulatedShard::new(state, committee))
            })
            .collect::<Result<Vec<_>, Rejection>>()?;
        Ok(Self {
            rules,
            settings,
            stages: (0..payments.count()).map(|_| Stage::Waiting).collect(),
            payments,
            sent: BTreeMap::new(),
            cross_shard: 0,
            suite,
            chain_id: genesis.parameters().chain_id,
            log,
            shards,
            retained: RetainedLists::new(),
            network: Network::new(settings.seed),
            faults,
            round: 0,
            last_progress: 0,
            supply_before,
            conserved: supply_before == SUPPLY,
            setup: setup.elapsed(),
        })
    }

    fn is_done(&self) -> bool {
        let ended = self.progress().ended == self.stages.len();
        // At most 4 · 65,537 rounds, so neither this nor the number of a round can overflow.
        let patience = EPOCHS_WITHOUT_PROGRESS * (self.settings.epoch_blocks + 1);
        let stuck = self.round > self.last_progress + patience;
        (ended && self.network.is_quiet()) || stuck
    }

    fn progress(&self) -> ReplayProgress {
        let has_ended = |stage: &&Stage| matches!(stage, Stage::Ended(..) | Stage::Orphaned);
        ReplayProgress {
            ended: self.stages.iter().filter(has_ended).count(),
            payments: self.stages.len(),
            round: self.round,
        }
    }

    /// One round: messages are delivered, every shard makes a block, and clients receive the
    /// answers and act on them. After the last round of an epoch, the shards close it.
    fn run_round(&mut self) -> Result<(), ReplayError> {
        self.start_ready_payments()?;
        self.skip_idle_rounds();
        let mut deliveries = self.network.deliver(self.round);
        for shard in &mut self.shards {
            let inbox = deliveries.remove(&shard.number()).unwrap_or_default();
            let outcome =
                shard.make_block(self.rules, &self.suite, &self.log, &self.retained, &inbox)?;
            tell_clients(&mut self.stages, &self.sent, shard.number(), outcome);
        }
        self.round += 1;
        self.let_clients_act()?;
        if self.round.is_multiple_of(self.settings.epoch_blocks) {
            self.close_epochs()?;
        }
        Ok(())
    }

    /// Skips to the last round of the epoch if no message is on its way and no sweep is due. All
    /// blocks before that round would be empty.
    fn skip_idle_rounds(&mut self) {
        let sweep_due = self.shards.iter().any(|shard| shard.is_sweep_due(&self.suite, &self.log));
        if self.network.is_quiet() && !sweep_due {
            self.round = (self.round + 1).next_multiple_of(self.settings.epoch_blocks) - 1;
        }
    }

    /// Builds, signs and sends every payment whose parents have settled.
    fn start_ready_payments(&mut self) -> Result<(), ReplayError> {
        for payment in 0..self.stages.len() {
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
        let epochs = self.shards.iter().map(|shard| shard.state.position.epoch);
        let expiry_epoch = epochs.min().unwrap_or(Epoch(0)).saturating_add(1);
        let (request, txid) =
            self.payments.build(&self.suite, self.chain_id, payment, outpoints, expiry_epoch)?;
        self.setup += setup.elapsed();
        let vanishes = self.draw_vanishing();
        let client = Client::new(payment, request, txid, self.settings.shards, vanishes);
        if client.is_cross_shard() && payment < self.payments.own().len() {
            self.cross_shard += 1;
        }
        client.start(self.round, &mut self.network);
        self.sent.insert(txid, payment);
        self.stages[payment] = Stage::Sent(Box::new(client));
        Ok(())
    }

    fn draw_vanishing(&mut self) -> bool {
        const PPM: std::num::NonZeroU64 = std::num::NonZeroU64::new(1_000_000).unwrap();
        self.faults.below(PPM) < u64::from(self.settings.faults.vanishing_ppm)
    }

    /// The outpoints that a payment spends, in the order of its inputs, if the payments that create
    /// them have committed.
    fn parents(&self, payment: usize) -> Parents {
        let mut outpoints = Vec::new();
        let mut unsettled = false;
        for source in self.payments.sources(payment) {
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

    fn let_clients_act(&mut self) -> Result<(), ReplayError> {
        for stage in &mut self.stages {
            let Stage::Sent(client) = stage else { continue };
            client.act(self.round, &mut self.network)?;
            if let Some(ending) = client.ending() {
                *stage = Stage::Ended(ending, client.txid);
                self.last_progress = self.round;
            }
        }
        Ok(())
    }

    /// Every shard closes its epoch, and expiry lists that no shard needs any more are dropped.
    fn close_epochs(&mut self) -> Result<(), ReplayError> {
        for shard in &mut self.shards {
            shard.close_epoch(self.rules, &self.suite, &mut self.log, &mut self.retained)?;
        }
        // Lists are kept until every shard has closed the next epoch.
        let open =
            self.shards.iter().map(|shard| shard.state.position.epoch).min().unwrap_or(Epoch(0));
        self.retained.retain(|(epoch, _), _| epoch.saturating_add(1) >= open);
        self.conserved &= self.supply()? == SUPPLY;
        Ok(())
    }

    fn supply(&self) -> Result<u64, Rejection> {
        let states: Vec<&ShardState> = self.shards.iter().map(|shard| &shard.state).collect();
        conservation_sum(&self.suite, &states, &self.retained)
    }

    fn report(self, started: Instant) -> Result<Report, ReplayError> {
        let supply_after = self.supply()?;
        let seconds_total = started.elapsed().as_secs_f64();
        let signature_checks = self.suite.suite().verifications();
        let own = self.payments.own();
        let endings: Vec<Option<Ending>> = self.stages.iter().map(Stage::ending).collect();
        let count = |ending| endings.iter().filter(|found| **found == ending).count();
        let committed = |payment: usize| endings[payment] == Some(Ending::Committed);
        let with_rival: BTreeSet<usize> =
            self.payments.conflicting_pairs().map(|(_, rival)| rival).collect();
        let honest = (0..own.len()).filter(|payment| !with_rival.contains(payment));
        Ok(Report {
            transactions: own.len(),
            inputs: own.iter().map(|spend| spend.inputs.len()).sum(),
            outputs: own.iter().map(|spend| spend.outputs.len()).sum(),
            cross_shard: self.cross_shard,
            committed: count(Some(Ending::Committed)),
            aborted: count(Some(Ending::Aborted)),
            rejected: count(Some(Ending::Rejected)),
            messages: self.network.messages,
            bytes: self.network.bytes,
            supply_before: self.supply_before,
            supply_after,
            conserved: self.conserved && supply_after == SUPPLY,
            unresolved_locks: self.shards.iter().map(|shard| shard.state.locks.len()).sum(),
            signature_checks,
            seconds_total,
            seconds_setup: self.setup.as_secs_f64(),
            seconds_signatures: self.suite.suite().time_verifying().as_secs_f64(),
            unended: count(None),
            double_spends: self
                .payments
                .conflicting_pairs()
                .filter(|(conflict, rival)| committed(*conflict) && committed(*rival))
                .count(),
            honest_failures: honest.filter(|payment| !committed(*payment)).count(),
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

/// Gives the clients the proofs and answers of a block. Proofs come first, because an answer counts
/// as a refusal only if there is no vote.
fn tell_clients(
    stages: &mut [Stage],
    sent: &BTreeMap<TxId, usize>,
    shard: Shard,
    outcome: Outcome,
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
