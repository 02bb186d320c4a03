//! Steps of a model taken by real shards: Ed25519, blocks, certificates, Merkle paths.
//!
//! One entry is one block. A block is built under the rules at hand, signed by the shard's four
//! validators, and then checked and applied as any other validator would. [`project_state`] forgets
//! what a model's shards do not have, which is where a block stands in its chain; what is left must
//! be the model's state after every step.

use std::collections::BTreeMap;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Answer;
use ioschain_spec::atomix::attestation::Attests;
use ioschain_spec::atomix::decision_proof::{DecisionProof, prove_decisions};
use ioschain_spec::chain::block::{Block, BlockBuilder, apply_block};
use ioschain_spec::chain::conservation::{RetainedLists, conservation_sum};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::identity::{CertifiedEpoch, EpochClosed, IdentityLog};
use ioschain_spec::ledger::shard_state::RecomputedRoots;
use ioschain_spec::ledger::{ShardContext, ShardEnvironment, ShardState};
use ioschain_spec::primitives::certificate::ValidatorVote;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::suite::{Normative, Suite};

use crate::atomix::entry::{EntryInputs, Sender};
use crate::atomix::identity_view::view_of_block;
use crate::atomix::limits::PlanError;
use crate::atomix::message::AttestedVote;
use crate::atomix::message::NumberedMessage;
use crate::atomix::plan::{Plan, SignableTransaction, validators};
use crate::atomix::trace::ProvedVote;
use crate::variants::RealRules;

/// A real proof of a vote.
pub type RealProof = DecisionProof<CollectiveSignature>;

/// Real shards, and what clients have of them.
#[derive(Clone)]
pub struct RealShards {
    rules: &'static RealRules,
    transactions: Vec<SignableTransaction>,
    /// What the identity shard has ordered.
    pub log: IdentityLog,
    /// Shards 1..=m.
    pub states: Vec<ShardState>,
    /// The expiry lists of closed epochs.
    pub retained: RetainedLists,
    proofs: BTreeMap<AttestedVote, RealProof>,
}

/// A message needs a proof that does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a proof of {} that no shard gave", ProvedVote::from(.0))]
pub struct MissingProof(pub AttestedVote);

/// The result of a step of real shards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RealStep {
    /// A block was made and applied; the answer is its only entry's.
    Block(Answer),
    /// The epoch was closed and the entry ordered.
    Closed,
}

impl RealShards {
    /// The shards of a plan before the first step.
    ///
    /// # Errors
    /// A limit that the plan exceeds, or the specification's rejection of its genesis.
    pub fn new(plan: &Plan, rules: &'static RealRules) -> Result<Self, PlanError> {
        let chain = plan.realise()?;
        Ok(Self {
            rules,
            transactions: chain.transactions,
            log: chain.log,
            states: chain.states,
            retained: RetainedLists::new(),
            proofs: BTreeMap::new(),
        })
    }

    /// Takes a step. `said` are the votes that the message proves, in its order.
    ///
    /// # Errors
    /// The first rejection; nothing changes then.
    pub fn take(
        &mut self,
        shard: Shard,
        message: &NumberedMessage,
        said: &[AttestedVote],
    ) -> Result<RealStep, Rejection> {
        if *message == NumberedMessage::Close {
            self.close(shard)?;
            return Ok(RealStep::Closed);
        }
        let entry = self.entry(shard, message, said)?;
        self.make_block(shard, entry).map(RealStep::Block)
    }

    /// The entry that a message is. Proofs that no shard gave are left out;
    /// [`RealShards::check_proofs`] finds them.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, within the caps of a plan.
    pub fn entry(
        &self,
        shard: Shard,
        message: &NumberedMessage,
        said: &[AttestedVote],
    ) -> Result<Entry<RealProof>, Rejection> {
        let sign = |number: u8, sender| {
            let carried = &self.transactions[usize::from(number)];
            if sender == Sender::Client { carried.signed() } else { carried.unsigned() }
        };
        let inputs = EntryInputs {
            transactions: &self.transactions,
            sign: &sign,
            proofs: said.iter().filter_map(|said| self.proofs.get(said)).cloned().collect(),
            shards: self.log.view().parameters().shards,
            retained: &self.retained,
        };
        inputs.entry(message, self.state(shard))
    }

    /// Whether shards gave every proof that a message needs.
    ///
    /// # Errors
    /// The first that none gave.
    pub fn check_proofs(&self, said: &[AttestedVote]) -> Result<(), MissingProof> {
        let missing = said.iter().find(|said| !self.proofs.contains_key(said));
        missing.map_or(Ok(()), |said| Err(MissingProof(*said)))
    }

    /// A shard's state.
    pub fn state(&self, shard: Shard) -> &ShardState {
        &self.states[usize::from(shard) - 1]
    }

    /// Builds the block of one entry, certifies it, and has it checked and applied.
    fn make_block(&mut self, shard: Shard, entry: Entry<RealProof>) -> Result<Answer, Rejection> {
        let is_sweep = matches!(entry, Entry::Import(_));
        let identity = view_of_block(&self.log, self.state(shard), is_sweep);
        let context = ShardContext { suite: &Normative, identity };
        let mut builder = BlockBuilder::new(
            ShardEnvironment { rules: self.rules, context: &context },
            self.state(shard),
        );
        let answer = builder.push(entry)?;
        let built = builder.finish(&RecomputedRoots)?;
        let header = built.block.header.clone();
        let certificate = certify(&self.log, shard, &header.vote(&Normative))?;
        let proofs = prove_decisions(&header, &certificate, &built.decisions);
        self.apply(shard, &built.block, &certificate)?;
        for proof in proofs {
            if let Some(said) = self.say(shard, &proof) {
                self.proofs.entry(said).or_insert(proof);
            }
        }
        Ok(answer)
    }

    /// What a validator does that did not make the block.
    fn apply(
        &mut self,
        shard: Shard,
        block: &Block<RealProof>,
        certificate: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        let view = self.log.view();
        let roster = view.roster(shard).ok_or(Rejection::LedBlockRoster)?;
        let message = block.header.vote(&Normative).message();
        Normative.verify_certificate::<Ristretto255>(roster, &message, certificate)?;
        let state = &mut self.states[usize::from(shard) - 1];
        apply_block(self.rules, &Normative, &self.log, state, &mut RecomputedRoots, block)?;
        Ok(())
    }

    fn say(&self, shard: Shard, proof: &RealProof) -> Option<AttestedVote> {
        let verified = Normative.verify_attestation(&self.log.view(), proof).ok()?;
        let place = self.transactions.iter().position(|carried| carried.txid == verified.txid())?;
        Some(AttestedVote { shard, transaction: u8::try_from(place).ok()?, vote: verified.vote() })
    }

    fn close(&mut self, shard: Shard) -> Result<(), Rejection> {
        let context = ShardContext { suite: &Normative, identity: self.log.view() };
        let state = self.state(shard);
        let closed = self.rules.close_epoch(&context, state)?;
        let epoch = state.position.epoch;
        let certificate = certify(&self.log, shard, &closed.entry.vote())?;
        self.log.append(&Normative, &CertifiedEpoch { closed: closed.entry, certificate })?;
        self.retained.insert((epoch, shard), closed.lists);
        self.states[usize::from(shard) - 1].apply(closed.changes);
        Ok(())
    }

    /// The votes that can be proved.
    pub fn attested(&self) -> impl Iterator<Item = &AttestedVote> {
        self.proofs.keys()
    }

    /// The proof of a vote, if a shard gave it.
    pub fn proof(&self, said: &AttestedVote) -> Option<&RealProof> {
        self.proofs.get(said)
    }

    /// Shares proofs with other runs of the same plan: of each vote the first proof that was seen
    /// in any of them is used for all. A verifier of a proof does not depend on which block
    /// contains the vote.
    pub fn share_proofs(&mut self, shared: &mut BTreeMap<AttestedVote, RealProof>) {
        for (said, proof) in &mut self.proofs {
            proof.clone_from(shared.entry(*said).or_insert_with(|| proof.clone()));
        }
    }

    /// The units that all shards together account for.
    ///
    /// # Errors
    /// [`Rejection::LedOverflow`]
    pub fn supply(&self) -> Result<u64, Rejection> {
        conservation_sum(&Normative, &self.states, &self.retained)
    }
}

/// All validators of a shard sign together.
///
/// # Errors
/// [`Rejection::LedBlockRoster`]: there is no such shard.
pub fn certify(
    log: &IdentityLog,
    shard: Shard,
    vote: &ValidatorVote,
) -> Result<CollectiveSignature, Rejection> {
    let view = log.view();
    let roster = view.roster(shard).ok_or(Rejection::LedBlockRoster)?;
    roster.certify(&validators(shard), &vote.message())
}

/// A real shard's state as a model's shard would have it: without its place in a chain of blocks.
pub fn project_state(state: &ShardState, first: &ShardState) -> ShardState {
    let mut projected = state.clone();
    projected.position.height = first.position.height;
    projected.position.previous = first.position.previous;
    projected.position.identity_height = first.position.identity_height;
    projected
}

/// A real closing entry as a model's shard would have made it.
pub fn project_entry(entry: &EpochClosed, first: &ShardState) -> EpochClosed {
    let mut projected = entry.clone();
    projected.height = first.position.height;
    projected.last_header = first.position.previous;
    projected
}
