//! A shard with its committee. It receives messages and makes certified blocks.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::decision_proof::prove_decisions;
use ioschain_spec::atomix::sweep::import_due;
use ioschain_spec::atomix::{Answer, ExpiryList, Import, Rules};
use ioschain_spec::chain::block::BlockBuilder;
use ioschain_spec::chain::conservation::RetainedLists;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::identity::{CertifiedEpoch, IdentityLog};
use ioschain_spec::ledger::shard_state::CachedRoots;
use ioschain_spec::ledger::{ShardContext, ShardEnvironment, ShardState};
use ioschain_spec::primitives::encoding::decode;
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use super::Proof;
use super::keys::Committee;
use super::network::Delivery;
use super::timed_suite::CachingSuite;

/// One shard with its committee.
#[derive(Clone)]
pub struct SimulatedShard {
    /// The state of the shard after its last block.
    pub state: ShardState,
    roots: CachedRoots,
    committee: Committee,
}

/// The result of one block.
pub struct Outcome {
    /// For each delivery, the payment to which it belongs and the shard's answer.
    pub answers: Vec<(usize, Result<Answer, Rejection>)>,
    /// The proofs of all decision rows to which the block commits, whether they carry a vote or
    /// not.
    pub proofs: Vec<Proof>,
}

impl SimulatedShard {
    /// A shard with its committee, in a state.
    pub fn new(state: ShardState, committee: Committee) -> Self {
        let roots = CachedRoots::of(&state);
        Self { state, roots, committee }
    }

    /// The number of the shard, in 1..=m.
    pub fn number(&self) -> Shard {
        self.state.position.shard
    }

    /// Whether the next block must begin with a sweep.
    pub fn is_sweep_due(&self, suite: &CachingSuite, log: &IdentityLog) -> bool {
        import_due(&ShardContext { suite, identity: log.view() }, &self.state).is_some()
    }

    /// Makes one block. It contains the sweep if one is due, and then the deliveries in order. An
    /// entry that the rules refuse is left out of the block, and its sender receives the reason.
    ///
    /// # Errors
    /// The rejection of the sweep or of the whole block, which happens if the log and the expiry
    /// lists do not agree.
    pub fn make_block(
        &mut self,
        rules: &dyn Rules<CachingSuite>,
        suite: &CachingSuite,
        log: &IdentityLog,
        retained: &RetainedLists,
        deliveries: &[Delivery],
    ) -> Result<Outcome, Rejection> {
        let context = ShardContext { suite, identity: log.view() };
        let mut builder =
            BlockBuilder::new(ShardEnvironment { rules, context: &context }, &self.state);
        if let Some(epoch) = import_due(&context, &self.state) {
            builder.push(Entry::Import(self.fetch_import(epoch, retained)?))?;
        }
        let mut answers = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            let entry: Result<Entry<Proof>, Rejection> = decode(&delivery.bytes);
            answers.push((delivery.payment, entry.and_then(|entry| builder.push(entry))));
        }
        let built = builder.finish(&self.roots)?;
        let header = &built.block.header;
        let certificate = self.committee.certify(&header.vote(suite))?;
        let proofs = prove_decisions(header, &certificate, &built.decisions);
        self.state.apply(built.changes);
        self.roots = built.roots;
        Ok(Outcome { answers, proofs })
    }

    /// The expiry lists that all shards addressed to this shard when they closed `epoch`.
    fn fetch_import(&self, epoch: Epoch, retained: &RetainedLists) -> Result<Import, Rejection> {
        let place = usize::from(self.number()) - 1;
        let lists: Vec<ExpiryList> = retained
            .range((epoch, Shard::IDENTITY)..=(epoch, Shard::MAX))
            .filter_map(|(_, lists)| lists.get(place).cloned())
            .collect();
        Ok(Import { epoch, lists: lists.try_into()? })
    }

    /// Closes the epoch. The closing entry is appended to the identity log, and the lists are kept
    /// for the other shards.
    ///
    /// # Errors
    /// The rejection of the rules or of the identity log. Nothing changes then.
    pub fn close_epoch(
        &mut self,
        rules: &dyn Rules<CachingSuite>,
        suite: &CachingSuite,
        log: &mut IdentityLog,
        retained: &mut RetainedLists,
    ) -> Result<(), Rejection> {
        let context = ShardContext { suite, identity: log.view() };
        let closed = rules.close_epoch(&context, &self.state)?;
        let certificate = self.committee.certify(&closed.entry.vote())?;
        log.append(suite, &CertifiedEpoch { closed: closed.entry, certificate })?;
        retained.insert((self.state.position.epoch, self.number()), closed.lists);
        self.roots = self.roots.updated(&closed.changes);
        self.state.apply(closed.changes);
        Ok(())
    }
}
