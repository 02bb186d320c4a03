//! Blocks: the unit in which a shard decides, and how anyone checks one.
//!
//! The paper gives each shard a chain of blocks (§3), but it does not say what a block contains.
//! The header and the body are our design. The same code builds and checks a block:
//! [`BlockBuilder`] runs the entries on an overlay, and [`apply_block`] compares the result with
//! the header.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::entry::{Body, ENTRIES_MAX, Entry, Receipt, apply_entry};
use crate::Rejection;
use crate::atomix::attestation::Attests;
use crate::atomix::sweep::import_due;
use crate::atomix::{Answer, Rules};
use crate::identity::IdentityLog;
use crate::ledger::overlay::{Changes, Overlay, StateView};
use crate::ledger::shard_state::StateRoots;
use crate::ledger::{
    ChainPosition, Decision, Header, ShardContext, ShardEnvironment, ShardState, TxId,
};
use crate::primitives::encoding::Bounded;
use crate::primitives::hash::Digest;
use crate::primitives::merkle::list_root_of;
use crate::primitives::numbers::Height;
use crate::suite::Suite;

/// A header and its body. `A` is the suite's attestation.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Block<A> {
    /// The header, which the validators sign.
    pub header: Header,
    /// The entries, in their order.
    pub body: Body<A>,
}

/// A block that was built, with the results of its entries.
#[derive(Clone, Debug)]
pub struct BuiltBlock<A, R> {
    /// The block, without a certificate.
    pub block: Block<A>,
    /// The result of each entry.
    pub receipts: Vec<Receipt>,
    /// The rows that the header's decisions root commits to.
    pub decisions: Vec<(TxId, Decision)>,
    /// The changes of the shard's state.
    pub changes: Changes,
    /// The state roots after the block.
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
    /// Starts an empty block on top of `state`. The environment decides how much of the identity
    /// log the block sees.
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

    /// Adds an entry, if the rules accept it after all earlier entries.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] if the block is full, else the rejection of [`apply_entry`]. The
    /// block is then unchanged.
    pub fn push(&mut self, entry: Entry<S::Attestation>) -> Result<Answer, Rejection> {
        let index = u32::try_from(self.body.len()).unwrap_or(u32::MAX);
        // ENC-CAP-01: the body has fewer entries than the maximum.
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

    /// The state after the entries so far.
    pub fn view(&self) -> &Overlay<'a> {
        &self.overlay
    }

    /// Closes the block: computes its roots and its header.
    ///
    /// # Errors
    /// [`Rejection::LedBlockIdentityHeight`] if the last block has seen more of the identity log
    /// than this one; [`Rejection::AtxImportMissing`] if a sweep is due and is not the first entry.
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

/// Checks that the first entry is a sweep, if one is due.
fn check_import_first<S: Suite, A>(
    context: &ShardContext<'_, S>,
    view: &dyn StateView,
    body: &[Entry<A>],
) -> Result<(), Rejection> {
    // ATX-SWEEP-02: an import that is due is the first entry. Otherwise one shard could use outputs
    // before it has settled the transactions that the others have settled.
    let begins_with_import = matches!(body.first(), Some(Entry::Import(_)));
    if import_due(context, view).is_some() && !begins_with_import {
        return Err(Rejection::AtxImportMissing);
    }
    Ok(())
}

/// Checks a block against a shard's state and applies it if every check passes. The certificate is
/// not part of this: validators run this function before they sign.
///
/// **LED-BLOCK-06** (MUST) \[own] A block's identity height is at least that of the last block, and
/// at most the height of the reader's log. A reader cannot check a block that has seen more of the
/// log than the reader. A block that has seen less than the last block could use an old roster
/// again.
///
/// **LED-BLOCK-13** (MUST) \[own] A block with an entry that is refused is invalid as a whole.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | the header names this chain | LED-BLOCK-01 | `LED_BLOCK_CHAIN` | `check_place` |
/// | 2 | it names this shard | LED-BLOCK-02 | `LED_BLOCK_SHARD` | `check_place` |
/// | 3 | it is of the open epoch | LED-BLOCK-03 | `LED_BLOCK_EPOCH` | `check_place` |
/// | 4 | its height is the next one | LED-BLOCK-04 | `LED_BLOCK_HEIGHT` | `check_place` |
/// | 5 | it names the last block | LED-BLOCK-05 | `LED_BLOCK_PREVIOUS` | `check_place` |
/// | 6 | its identity height has not decreased | LED-BLOCK-06 | `LED_BLOCK_IDENTITY_HEIGHT` | `check_identity_height` |
/// | 7 | the reader has the identity log up to there | LED-BLOCK-06 | `LED_BLOCK_IDENTITY_HEIGHT` | `apply_block` |
/// | 8 | the identity log has this hash there | LED-BLOCK-07 | `LED_BLOCK_IDENTITY_HASH` | `check_identity` |
/// | 9 | the roster is the one that the log gives | LED-BLOCK-08 | `LED_BLOCK_ROSTER` | `check_identity` |
/// | 10 | the body is the one that the header commits to | LED-BLOCK-09 | `LED_BLOCK_TRANSACTIONS_ROOT` | `check_identity` |
/// | 11 | an import that is due is the first entry | ATX-SWEEP-02 | `ATX_IMPORT_MISSING` | `check_import_first` |
/// | 12 | each entry: the checks of its own function, see [`apply_entry`] | LED-BLOCK-13 | - | `apply_block` |
/// | 13 | the receipts have the header's root | LED-BLOCK-10 | `LED_BLOCK_RECEIPTS_ROOT` | `check_results` |
/// | 14 | the decisions have the header's root | LED-BLOCK-11 | `LED_BLOCK_DECISIONS_ROOT` | `check_results` |
/// | 15 | the state has the header's root | LED-BLOCK-12 | `LED_BLOCK_STATE_ROOT` | `check_results` |
///
/// # Errors
/// The first row of the table that fails.
///
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::atomix::Specification;
/// use ioschain_spec::chain::{BlockBuilder, apply_block};
/// use ioschain_spec::ledger::genesis::{Genesis, Holder, derive_genesis, found_rosters};
/// use ioschain_spec::ledger::shard_state::RecomputedRoots;
/// use ioschain_spec::ledger::{ShardContext, ShardEnvironment};
/// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
/// use ioschain_spec::primitives::numbers::Height;
/// use ioschain_spec::suite::Normative;
///
/// # let four = |first: u8| {
/// #     (first..first + 4).map(|number| ValidatorKeyPairs::from_seed(&[number; 32])).collect()
/// # };
/// # let (rosters, possessions) = found_rosters(&[four(1), four(5)])?;
/// # let genesis = Genesis {
/// #     shards: 1,
/// #     fee_minimum: 1,
/// #     rejections_max: 8,
/// #     rosters,
/// #     possessions,
/// #     holders: [Holder::CommunityPools; 5],
/// #     grants: vec![].try_into()?,
/// # };
/// let (log, mut states) = derive_genesis(&genesis)?;
/// let state = &mut states[0];
///
/// // A leader builds the next block. This one has no entries.
/// let context = ShardContext { suite: &Normative, identity: log.view() };
/// let environment = ShardEnvironment { rules: &Specification, context: &context };
/// let block = BlockBuilder::new(environment, state).finish(&RecomputedRoots)?.block;
///
/// // A validator applies it. A second time it is no longer the next block.
/// let mut apply = || {
///     apply_block(&Specification, &Normative, &log, state, &mut RecomputedRoots, &block)
/// };
/// assert_eq!(apply(), Ok(vec![]));
/// assert_eq!(apply(), Err(Rejection::LedBlockHeight));
/// assert_eq!(state.position.height, Height(1));
/// # Ok::<(), Rejection>(())
/// ```
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
    // LED-BLOCK-06: the block has seen no more of the identity log than the reader has.
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

/// Checks that the header continues this shard's chain.
///
/// **LED-BLOCK-01** (MUST) \[own] A block names this chain.
///
/// **LED-BLOCK-02** (MUST) \[own] A block names this shard.
///
/// **LED-BLOCK-03** (MUST) \[own] A block's epoch is the shard's open epoch.
///
/// **LED-BLOCK-04** (MUST) \[own] A block's height is the last block's height plus one.
///
/// **LED-BLOCK-05** (MUST) \[own] A block's `previous` is the hash of the last block. In the first
/// block it is `H("genesis/shard", (chain id, shard))`.
fn check_place(log: &IdentityLog, state: &ShardState, header: &Header) -> Result<(), Rejection> {
    let position = &state.position;
    // LED-BLOCK-01: the block is of this chain.
    if header.chain_id != log.view().parameters().chain_id {
        return Err(Rejection::LedBlockChain);
    }
    // LED-BLOCK-02: it is of this shard.
    if header.shard != position.shard {
        return Err(Rejection::LedBlockShard);
    }
    // LED-BLOCK-03: it is in the open epoch.
    if header.epoch != position.epoch {
        return Err(Rejection::LedBlockEpoch);
    }
    // LED-BLOCK-04: it is at the next height.
    if Some(header.height) != position.height.checked_add(1) {
        return Err(Rejection::LedBlockHeight);
    }
    // LED-BLOCK-05: it is on top of the last block.
    if header.previous != position.previous {
        return Err(Rejection::LedBlockPrevious);
    }
    check_identity_height(position, header.identity_height)
}

/// Checks that the identity height does not decrease.
fn check_identity_height(
    position: &ChainPosition,
    identity_height: Height,
) -> Result<(), Rejection> {
    // LED-BLOCK-06: the block has seen at least as much of the identity log as the last block.
    if identity_height < position.identity_height {
        return Err(Rejection::LedBlockIdentityHeight);
    }
    Ok(())
}

/// Checks that the header sees the identity log correctly, and that it commits to the body.
///
/// **LED-BLOCK-07** (MUST) \[own] `identity_hash` is the identity log's hash at the identity
/// height.
///
/// **LED-BLOCK-08** (MUST) \[own] `roster_root` is the commitment to the roster that the identity
/// log gives for the shard at the identity height.
///
/// **LED-BLOCK-09** (MUST) \[own] `transactions_root` is the list commitment of the entries.
fn check_identity<S: Attests>(
    context: &ShardContext<'_, S>,
    block: &Block<S::Attestation>,
) -> Result<(), Rejection>
where
    S::Attestation: BorshSerialize,
{
    let header = &block.header;
    // LED-BLOCK-07: the reader's log has the same hash, so that both decide from the same entries.
    if header.identity_hash != context.identity.hash() {
        return Err(Rejection::LedBlockIdentityHash);
    }
    // LED-BLOCK-08: the roster is the one that the log gives. Otherwise validators who have left
    // could sign.
    let roster = context.identity.roster(header.shard);
    if roster.is_none_or(|roster| roster.root() != header.roster_root) {
        return Err(Rejection::LedBlockRoster);
    }
    // LED-BLOCK-09: the validators sign this body and no other.
    if list_root_of(&block.body) != header.transactions_root {
        return Err(Rejection::LedBlockTransactionsRoot);
    }
    Ok(())
}

/// Checks that the header commits to the results of the entries.
///
/// **LED-BLOCK-10** (MUST) \[own] `receipts_root` is the list commitment of the receipts, one for
/// each entry.
///
/// **LED-BLOCK-11** (MUST) \[own] `decisions_root` is the list commitment of (txid, decision row
/// after the block), sorted by txid. It covers the transactions that an entry names and that have a
/// row after the block.
///
/// **LED-BLOCK-12** (MUST) \[own] `state_root` is the state root after the block.
fn check_results(found: &Header, claimed: &Header) -> Result<(), Rejection> {
    // LED-BLOCK-10: the receipts are those of the entries.
    if found.receipts_root != claimed.receipts_root {
        return Err(Rejection::LedBlockReceiptsRoot);
    }
    // LED-BLOCK-11: the decisions are those of the entries. Proofs are made from them, so a false
    // decision could commit a transaction whose inputs were never locked.
    if found.decisions_root != claimed.decisions_root {
        return Err(Rejection::LedBlockDecisionsRoot);
    }
    // LED-BLOCK-12: the state is the one after the entries.
    if found.state_root != claimed.state_root {
        return Err(Rejection::LedBlockStateRoot);
    }
    Ok(())
}
