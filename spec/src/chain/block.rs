//! Blocks: what a shard decides in one step, and how anyone checks it.
//!
//! The paper gives a shard a chain of blocks (§3) and no contents; header and body are ours. A block
//! is built and checked by the same code: [`BlockBuilder`] runs the entries on an overlay, and
//! [`apply_block`] compares what comes out with what the header says.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::entry::{Body, ENTRIES_MAX, Entry, Receipt, apply_entry};
use crate::Rejection;
use crate::atomix::attestation::Attests;
use crate::atomix::sweep::import_due;
use crate::atomix::{Answer, Rules};
use crate::identity::IdentityLog;
use crate::ledger::overlay::{Changes, Overlay, View};
use crate::ledger::shard_state::StateRoots;
use crate::ledger::{Decision, Header, Position, ShardContext, ShardEnvironment, ShardState, TxId};
use crate::primitives::encoding::Bounded;
use crate::primitives::hash::Digest;
use crate::primitives::merkle::list_root_of;
use crate::suite::Suite;

/// A header and its body. `A` is the suite's attestation.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Block<A> {
    /// What is signed.
    pub header: Header,
    /// What is done.
    pub body: Body<A>,
}

/// A block that was built, with all that follows from it.
#[derive(Clone, Debug)]
pub struct BuiltBlock<A, R> {
    /// The block.
    pub block: Block<A>,
    /// What each entry came to.
    pub receipts: Vec<Receipt>,
    /// The rows that the header's decisions root commits to.
    pub decisions: Vec<(TxId, Decision)>,
    /// What it changes.
    pub changes: Changes,
    /// The state roots after it.
    pub roots: R,
}

/// Builds a block, entry by entry, on top of a state.
pub struct BlockBuilder<'a, S: Attests, R: Rules<S> + ?Sized> {
    environment: ShardEnvironment<'a, S, R>,
    state: &'a ShardState,
    overlay: Overlay<'a>,
    body: Vec<Entry<S::Attestation>>,
    receipts: Vec<Receipt>,
    named: BTreeSet<TxId>,
}

impl<'a, S: Attests, R: Rules<S> + ?Sized> BlockBuilder<'a, S, R>
where
    S::Attestation: BorshSerialize,
{
    /// An empty block on top of `state`, seeing the identity log as the environment does.
    pub fn new(environment: ShardEnvironment<'a, S, R>, state: &'a ShardState) -> Self {
        Self {
            environment,
            state,
            overlay: Overlay::on(state),
            body: Vec::new(),
            receipts: Vec::new(),
            named: BTreeSet::new(),
        }
    }

    /// Adds an entry, if the rules accept it on top of the entries before.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] for an entry more than a block holds, else the rules' rejection; the
    /// block is then as it was.
    pub fn push(&mut self, entry: Entry<S::Attestation>) -> Result<Answer, Rejection> {
        let index = u32::try_from(self.body.len()).unwrap_or(u32::MAX);
        // ENC-CAP-01: the body holds one more.
        if self.body.len() >= ENTRIES_MAX {
            return Err(Rejection::EncMalformed);
        }
        let mut step = Overlay::on(&self.overlay);
        let answer = apply_entry(&self.environment, &mut step, &entry)?;
        let changes = step.into_changes();
        self.overlay.absorb(changes);
        self.receipts.push(Receipt { index, answer });
        self.named.extend(entry.txids(self.environment.context.suite));
        self.body.push(entry);
        Ok(answer)
    }

    /// The state as the entries so far leave it.
    pub fn view(&self) -> &Overlay<'a> {
        &self.overlay
    }

    /// Closes the block: computes its roots.
    ///
    /// # Errors
    /// [`Rejection::LedBlockIdentityHeight`] if the last block saw more of the identity log;
    /// [`Rejection::AtxImportMissing`] if a sweep is due and is not the first entry.
    pub fn finish<C: StateRoots>(
        self,
        roots: &C,
    ) -> Result<BuiltBlock<S::Attestation, C>, Rejection> {
        check_identity_height(&self.state.position, self.environment.context.identity.height())?;
        check_import_first(self.environment.context, self.state, &self.body)?;
        let decisions: Vec<(TxId, Decision)> = self
            .named
            .iter()
            .filter_map(|txid| {
                Some((*txid, self.environment.rules.read_decision(&self.overlay, txid)?))
            })
            .collect();
        let mut changes = self.overlay.into_changes();
        let (state_root, roots) = roots.after(self.state, &changes);
        let position = &self.state.position;
        let identity = &self.environment.context.identity;
        let roster = identity.roster(position.shard);
        let header = Header {
            chain_id: identity.parameters().chain_id,
            shard: position.shard,
            epoch: position.epoch,
            height: position.height.saturating_add(1),
            previous: position.previous,
            identity_height: identity.height(),
            identity_hash: identity.hash(),
            transactions_root: list_root_of(&self.body),
            receipts_root: list_root_of(&self.receipts),
            decisions_root: list_root_of(&decisions),
            state_root,
            roster_root: roster.map_or(Digest::ZERO, |roster| roster.root()),
        };
        changes.position.height = header.height;
        changes.position.previous = header.hash(self.environment.context.suite);
        changes.position.identity_height = header.identity_height;
        let block = Block { header, body: Bounded::try_from(self.body)? };
        Ok(BuiltBlock { block, receipts: self.receipts, decisions, changes, roots })
    }
}

/// Checks that a sweep, if one is due, comes before everything else.
fn check_import_first<S: Suite, A>(
    context: &ShardContext<'_, S>,
    view: &dyn View,
    body: &[Entry<A>],
) -> Result<(), Rejection> {
    // ATX-SWEEP-02: what is due is the first entry.
    let begins_with_import = matches!(body.first(), Some(Entry::Import(_)));
    if import_due(context, view).is_some() && !begins_with_import {
        return Err(Rejection::AtxImportMissing);
    }
    Ok(())
}

/// Checks a block against a shard's state and, if all holds, applies it. The certificate is apart:
/// validators run this before they sign.
///
/// **LED-BLOCK-06** (MUST) [own] A block's identity height is not below the last block's, and not above
/// the height of the reader's log.
///
/// **LED-BLOCK-13** (MUST) [own] A block with an entry that is refused is invalid as a whole.
///
/// # Errors
/// In this order: the header's checks ([`Rejection::LedBlockChain`] to
/// [`Rejection::LedBlockTransactionsRoot`]), [`Rejection::AtxImportMissing`], the first entry's
/// rejection, [`Rejection::LedBlockReceiptsRoot`], [`Rejection::LedBlockDecisionsRoot`],
/// [`Rejection::LedBlockStateRoot`].
pub fn apply_block<S: Attests, R: Rules<S> + ?Sized, C: StateRoots>(
    rules: &R,
    suite: &S,
    log: &IdentityLog,
    state: &mut ShardState,
    roots: &mut C,
    block: &Block<S::Attestation>,
) -> Result<Vec<Receipt>, Rejection>
where
    S::Attestation: BorshSerialize,
{
    check_place(log, state, &block.header)?;
    // LED-BLOCK-06: it has seen no more of the identity log than the reader has.
    let identity = log.view_at(block.header.identity_height);
    let identity = identity.ok_or(Rejection::LedBlockIdentityHeight)?;
    let context = &ShardContext { suite, identity };
    check_identity(context, block)?;
    check_import_first(context, state, &block.body)?;

    let environment = ShardEnvironment { rules, context };
    let mut builder = BlockBuilder::new(environment, state);
    for entry in &block.body {
        builder.push(entry.clone())?;
    }
    let built = builder.finish(roots)?;
    check_results(&built.block.header, &block.header)?;
    state.apply(built.changes);
    *roots = built.roots;
    Ok(built.receipts)
}

/// The header continues this shard's chain.
///
/// **LED-BLOCK-01** (MUST) [own] A block is of this chain.
///
/// **LED-BLOCK-02** (MUST) [own] A block is of this shard.
///
/// **LED-BLOCK-03** (MUST) [own] A block is of the shard's open epoch.
///
/// **LED-BLOCK-04** (MUST) [own] A block's height is one above the last block's.
///
/// **LED-BLOCK-05** (MUST) [own] A block's `previous` is the last block's hash; the first block's is
/// `H("genesis/shard", (chain id, shard))`.
fn check_place(log: &IdentityLog, state: &ShardState, header: &Header) -> Result<(), Rejection> {
    let position = &state.position;
    // LED-BLOCK-01: of this chain.
    if header.chain_id != log.view().parameters().chain_id {
        return Err(Rejection::LedBlockChain);
    }
    // LED-BLOCK-02: of this shard.
    if header.shard != position.shard {
        return Err(Rejection::LedBlockShard);
    }
    // LED-BLOCK-03: in the open epoch.
    if header.epoch != position.epoch {
        return Err(Rejection::LedBlockEpoch);
    }
    // LED-BLOCK-04: at the next height.
    if Some(header.height) != position.height.checked_add(1) {
        return Err(Rejection::LedBlockHeight);
    }
    // LED-BLOCK-05: on top of the last block.
    if header.previous != position.previous {
        return Err(Rejection::LedBlockPrevious);
    }
    check_identity_height(position, header.identity_height)
}

fn check_identity_height(position: &Position, identity_height: u64) -> Result<(), Rejection> {
    // LED-BLOCK-06: it has seen at least as much of the identity log as the last block.
    if identity_height < position.identity_height {
        return Err(Rejection::LedBlockIdentityHeight);
    }
    Ok(())
}

/// The header sees the identity log as it is, and commits to the body.
///
/// **LED-BLOCK-07** (MUST) [own] `identity_hash` is the identity log's hash at the identity height.
///
/// **LED-BLOCK-08** (MUST) [own] `roster_root` commits to the roster that the identity log gives for the
/// shard there.
///
/// **LED-BLOCK-09** (MUST) [own] `transactions_root` is the list commitment of the entries.
fn check_identity<S: Attests>(
    context: &ShardContext<'_, S>,
    block: &Block<S::Attestation>,
) -> Result<(), Rejection>
where
    S::Attestation: BorshSerialize,
{
    let header = &block.header;
    // LED-BLOCK-07: the log is the same.
    if header.identity_hash != context.identity.hash() {
        return Err(Rejection::LedBlockIdentityHash);
    }
    // LED-BLOCK-08: the roster is the one the log gives.
    let roster = context.identity.roster(header.shard);
    if roster.is_none_or(|roster| roster.root() != header.roster_root) {
        return Err(Rejection::LedBlockRoster);
    }
    // LED-BLOCK-09: the body is this one.
    if list_root_of(&block.body) != header.transactions_root {
        return Err(Rejection::LedBlockTransactionsRoot);
    }
    Ok(())
}

/// What the entries came to is what the header says.
///
/// **LED-BLOCK-10** (MUST) [own] `receipts_root` is the list commitment of the receipts, one for each
/// entry.
///
/// **LED-BLOCK-11** (MUST) [own] `decisions_root` is the list commitment of (txid, row after the block),
/// by txid, of the transactions that entries name and that have a row then.
///
/// **LED-BLOCK-12** (MUST) [own] `state_root` is the state root after the block.
fn check_results(found: &Header, claimed: &Header) -> Result<(), Rejection> {
    // LED-BLOCK-10: the answers.
    if found.receipts_root != claimed.receipts_root {
        return Err(Rejection::LedBlockReceiptsRoot);
    }
    // LED-BLOCK-11: the decisions, which become proofs.
    if found.decisions_root != claimed.decisions_root {
        return Err(Rejection::LedBlockDecisionsRoot);
    }
    // LED-BLOCK-12: the state.
    if found.state_root != claimed.state_root {
        return Err(Rejection::LedBlockStateRoot);
    }
    Ok(())
}
