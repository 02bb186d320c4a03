//! A shard as its committee runs it: messages in, one certified block out.

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
    /// Its state after its last block.
    pub state: ShardState,
    roots: CachedRoots,
    committee: Committee,
}

/// What one block brought.
pub struct Outcome {
    /// For each delivery: whose it was, and the shard's answer.
    pub answers: Vec<(usize, Result<Answer, Rejection>)>,
    /// A proof for every row that the block speaks of, votes or not.
    pub proofs: Vec<Proof>,
}

impl SimulatedShard {
    /// A shard in its first state.
    pub fn new(state: ShardState, committee: Committee) -> Self {
        let roots = CachedRoots::of(&state);
        Self { state, roots, committee }
    }

    /// Its number, 1..=m.
    pub fn number(&self) -> Shard {
        self.state.position.shard
    }

    /// Whether the next block must begin with a sweep.
    pub fn is_sweep_due(&self, suite: &CachingSuite, log: &IdentityLog) -> bool {
        import_due(&ShardContext { suite, identity: log.view() }, &self.state).is_some()
    }

    /// Makes one block: the sweep if it is due, then the deliveries in order. What the rules refuse
    /// stays out of the block, and its sender is told why.
    ///
    /// # Errors
    /// What the specification finds wrong with a block that it was asked to make: an inconsistent log.
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

    /// The lists that all shards addressed to this one when they closed `epoch`.
    fn fetch_import(&self, epoch: Epoch, retained: &RetainedLists) -> Result<Import, Rejection> {
        let place = usize::from(self.number()) - 1;
        let lists: Vec<ExpiryList> = retained
            .range((epoch, Shard::IDENTITY)..=(epoch, Shard::MAX))
            .filter_map(|(_, lists)| lists.get(place).cloned())
            .collect();
        Ok(Import { epoch, lists: lists.try_into()? })
    }

    /// Closes the epoch: the entry goes to the identity log, the lists are kept for the others.
    ///
    /// # Errors
    /// The rules' rejection; nothing changes then.
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
