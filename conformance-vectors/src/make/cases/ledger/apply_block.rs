//! Blocks: each check of the header, and what the header says came of the entries.

use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::chain::block::Block;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::{Decision, Settlement, ShardState, TxId, UnspentOutput, Vote};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};

use super::samples::Town;
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Checks, Edit, Fault, Pairs, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    Coin, Inputs as _, Owner, Proof, World, digest, outpoint, roster, with_body, with_state,
};

const HANDLER: &str = "ledger.apply_block";

/// A block that is put to shard 1.
#[derive(Clone)]
struct Attempt {
    world: World,
    block: Block<Proof>,
}

impl Attempt {
    /// Nothing happens in the first block.
    fn new() -> Result<Self, CaseError> {
        let world = World::new(2)?;
        let block = world.build(Shard(1), &[])?.block;
        Ok(Self { world, block })
    }

    /// Nothing happens in the first block after an epoch was swept.
    fn in_second_epoch() -> Result<Self, CaseError> {
        let mut world = World::new(2)?;
        world.next_epoch()?;
        let block = world.build(Shard(1), &[])?.block;
        Ok(Self { world, block })
    }

    /// A payment of a coin that does not exist.
    fn refused_payment(&self) -> Result<Entry<Proof>, CaseError> {
        let owner = Owner::new("alice", Shard(1), 2)?;
        let coin = Coin { outpoint: outpoint(1, 0), owner: owner.clone(), amount: 1000 };
        Ok(Entry::Single(self.world.pay(Epoch(1), &[&coin], &[(&owner, 990)])?))
    }

    fn ask(&self) -> Result<Value, CaseError> {
        self.world.question(Shard(1), "block", &self.block)
    }
}

/// A fault for each check but that of the import, in the order of the checks.
const FAULTS: &[Fault<Attempt>] = &faults! { Attempt:
    "chain" => LedBlockChain, "LED-BLOCK-01", "it belongs to another chain",
        |attempt| attempt.block.header.chain_id = digest("other chain");
    "shard" => LedBlockShard, "LED-BLOCK-02", "it belongs to another shard",
        |attempt| attempt.block.header.shard = Shard(2);
    "epoch" => LedBlockEpoch, "LED-BLOCK-03", "its epoch is the next epoch",
        |attempt| attempt.block.header.epoch += 1;
    "height" => LedBlockHeight, "LED-BLOCK-04", "its height skips a height",
        |attempt| attempt.block.header.height += 1;
    "previous" => LedBlockPrevious, "LED-BLOCK-05", "it names another block as its predecessor",
        |attempt| attempt.block.header.previous = digest("another block");
    "identity-height" => LedBlockIdentityHeight, "LED-BLOCK-06",
        "its identity height is above that of the identity log",
        |attempt| attempt.block.header.identity_height += 1;
    "identity-hash" => LedBlockIdentityHash, "LED-BLOCK-07", "its identity hash is that of another \
                                                              log",
        |attempt| attempt.block.header.identity_hash = digest("another log");
    "roster" => LedBlockRoster, "LED-BLOCK-08", "its header names a roster of other validators",
        |attempt| attempt.block.header.roster_root = digest("strangers");
    "transactions-root" => LedBlockTransactionsRoot, "LED-BLOCK-09", "its body is not the one that \
                                                                      its header commits to",
        |attempt| attempt.block.header.transactions_root = digest("another body");
    "entry" => LedOutpointUnknown, "LED-BLOCK-13",
        "its entry spends a coin that does not exist",
        |attempt| {
            let body = [attempt.refused_payment()?];
            attempt.block = with_body(&attempt.block, &body)?;
        };
    "receipts-root" => LedBlockReceiptsRoot, "LED-BLOCK-10", "its header commits to other receipts",
        |attempt| attempt.block.header.receipts_root = digest("other answers");
    "decisions-root" => LedBlockDecisionsRoot, "LED-BLOCK-11", "its header commits to a decision \
                                                                that the block did not make",
        |attempt| attempt.block.header.decisions_root = digest("a decision");
    "state-root" => LedBlockStateRoot, "LED-BLOCK-12", "its header commits to another state",
        |attempt| attempt.block.header.state_root = Digest::ZERO;
};

/// The faults of an empty first block, each alone and each with the next one. Further cases are of
/// identity heights, of imports that are due, and of other values in the header of a later block.
pub(super) fn headers() -> Result<VectorFile, CaseError> {
    let doc = "Each check of a block. The check fails alone or together with the next one, and the \
               values next to each limit are tested.";
    let mut suite = SuiteWriter::new(HANDLER, "headers", doc)?;
    let honest = Attempt::new()?;
    let ask = Attempt::ask;
    let checks = Checks { subject: "a block", honest: &honest, faults: FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    identity_heights(&mut suite)?;
    let second = Attempt::in_second_epoch()?;
    for edit in OTHER_VALUES {
        let mut attempt = second.clone();
        attempt.block.header = edit.apply(&second.block.header)?;
        let doc = "Given a block in epoch 2, when {what}, then it is refused.";
        edit.add(&mut suite, doc, attempt.ask()?, edit.intent())?;
    }
    Ok(suite.finish())
}

const OTHER_VALUES: &[Edit<Header>] = &edits! { Header:
    "shard-zero" => LedBlockShard, &["LED-BLOCK-02"], "it belongs to the identity shard",
        |header| header.shard = Shard(0);
    "epoch-before" => LedBlockEpoch, &["LED-BLOCK-03"], "its epoch is the previous epoch",
        |header| header.epoch -= 1;
    "height-again" => LedBlockHeight, &["LED-BLOCK-04"], "it has the height of the last block",
        |header| header.height -= 1;
    "identity-height-before" => LedBlockIdentityHeight, &["LED-BLOCK-06"],
        "its identity height is below that of the last block",
        |header| header.identity_height -= 1;
    "identity-height-zero" => LedBlockIdentityHeight, &["LED-BLOCK-06"],
        "its identity height is 0",
        |header| header.identity_height = Height(0);
    "identity-height-after" => LedBlockIdentityHeight, &["LED-BLOCK-06"],
        "its identity height is above that of the identity log",
        |header| header.identity_height += 1;
    "roster-of-another-shard" => LedBlockRoster, &["LED-BLOCK-08"],
        "it names the roster of shard 2",
        |header| header.roster_root = roster(Shard(2))?.root();
};

/// How much of the identity log a block may have seen: as much as the last block, or less than
/// there is; and not with the hash of another height.
fn identity_heights(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let Attempt { world, block } = Attempt::in_second_epoch()?;
    let requirements = ["LED-BLOCK-06", "LED-BLOCK-07"];
    let doc = "Given a block with the same identity height as the last block, when its shard \
               checks it, then it is applied.";
    suite.add(
        "identity-height-as-before",
        &requirements,
        doc,
        world.question(Shard(1), "block", &block)?,
        Intent::Ok,
    )?;

    let mut world = World::new(2)?;
    world.close_all()?;
    for (slug, height) in [("sees-none-of-two", 0), ("sees-one-of-two", 1)] {
        let view = world.log.view_at(Height(height)).ok_or(Rejection::LedBlockIdentityHeight)?;
        let block = world.build_seeing(view, Shard(1), &[])?.block;
        let doc = format!(
            "Given an identity log in which both shards have closed epoch 1, when a block has the \
             identity height {height}, then no import is due and the block is applied."
        );
        let requirements = ["LED-BLOCK-06", "LED-BLOCK-07", "ATX-SWEEP-02"];
        suite.add(
            slug,
            &requirements,
            &doc,
            world.question(Shard(1), "block", &block)?,
            Intent::Ok,
        )?;
    }
    let view = world.log.view_at(Height(1)).ok_or(Rejection::LedBlockIdentityHeight)?;
    let mut block = world.build_seeing(view, Shard(1), &[])?.block;
    block.header.identity_hash = world.log.view().hash();
    suite.add(
        "hash-of-another-height",
        &["LED-BLOCK-07"],
        "Given a block with the identity height 1, when its identity hash is that of height 2, \
         then it is refused.",
        world.question(Shard(1), "block", &block)?,
        Intent::Rejected(Rejection::LedBlockIdentityHash),
    )?;
    imports(suite, &world)
}

/// A sweep that is due must come first. Blocks in which it is missing or comes second are refused.
fn imports(suite: &mut SuiteWriter, world: &World) -> Result<(), CaseError> {
    let import = Entry::Import(world.import_for(Shard(1))?);
    let honest = world.build(Shard(1), std::slice::from_ref(&import))?.block;
    let doc = "Given a due import, when it is the first entry, then the block is applied.";
    let question = |block: &Block<Proof>| world.question(Shard(1), "block", block);
    suite.add("import-first", &["ATX-SWEEP-02"], doc, question(&honest)?, Intent::Ok)?;

    let refused = Attempt { world: world.clone(), block: honest.clone() }.refused_payment()?;
    let bodies: [(&str, &str, Vec<Entry<Proof>>, bool); 3] = [
        ("import-missing", "the block is empty", vec![], false),
        ("import-second", "it is the second entry", vec![refused.clone(), import.clone()], true),
        (
            "import-missing-before-entry",
            "it is missing and the block's only entry is refused",
            vec![refused],
            true,
        ),
    ];
    for (slug, what, body, second_fault) in bodies {
        let block = with_body(&honest, &body)?;
        let doc = format!(
            "Given a due import, when {what}, then the block is refused because it does not begin \
             with the import."
        );
        let intent = Intent::Rejected(Rejection::AtxImportMissing);
        let case = suite.add(slug, &["ATX-SWEEP-02"], &doc, question(&block)?, intent)?;
        if second_fault {
            case.flag(FLAG_SECOND_FAULT);
        }
    }
    let mut block = with_body(&honest, &[])?;
    block.header.transactions_root = honest.header.transactions_root;
    suite
        .add(
            "transactions-root-before-import-missing",
            &["LED-BLOCK-09", "ATX-SWEEP-02"],
            "Given a due import, when it is removed from the body but the header still commits to \
             it, then the block is refused because its body is not the one that its header commits \
             to.",
            question(&block)?,
            Intent::Rejected(Rejection::LedBlockTransactionsRoot),
        )?
        .flag(FLAG_SECOND_FAULT);
    Ok(())
}

/// A block with a payment, whose header commits to another state than the one that came out, or
/// whose body was left out.
pub(super) fn results() -> Result<VectorFile, CaseError> {
    let doc = "Blocks whose header commits to a state or to a body that is not the block's.";
    let mut suite = SuiteWriter::new(HANDLER, "results", doc)?;
    let Town { world, amy, coins, .. } = Town::new()?;
    let payment = world.pay(Epoch(1), &[&coins[0]], &[(&amy, 990)])?;
    let built = world.build(Shard(1), &[Entry::Single(payment)])?;
    let block = &built.block;
    for edit in OTHER_STATES {
        let other = with_state(&world, &built, edit.change)?;
        let doc = "Given a block with a payment, when its state root is that of a state in which \
                   {what}, then it is refused.";
        edit.add(&mut suite, doc, world.question(Shard(1), "block", &other)?, edit.intent())?;
    }
    let mut without_entry = block.clone();
    without_entry.body = with_body(block, &[])?.body;
    suite.add(
        "body-left-out",
        &["LED-BLOCK-09"],
        "Given a block with a payment, when its body is empty, then it is refused.",
        world.question(Shard(1), "block", &without_entry)?,
        Intent::Rejected(Rejection::LedBlockTransactionsRoot),
    )?;
    Ok(suite.finish())
}

const OTHER_STATES: &[Edit<ShardState>] = &edits! { ShardState:
    "input-kept" => LedBlockStateRoot, &["LED-BLOCK-12", "LED-CONSERVE-01"],
        "the input is still unspent",
        |state| if let Some(paid) = state.unspent.values().find(|output| output.amount == 990).cloned() {
            state.unspent.insert(outpoint(1, 0), UnspentOutput { amount: 1000, ..paid });
        };
    "output-at-another-index" => LedBlockStateRoot, &["LED-BLOCK-12", "LED-TX-02"],
        "the output has the index 1",
        |state| {
            let paid = state.unspent.iter().find(|(_, output)| output.amount == 990);
            if let Some((mut outpoint, output)) =
                paid.map(|(outpoint, output)| (*outpoint, output.clone()))
            {
                state.unspent.remove(&outpoint);
                outpoint.index = 1;
                state.unspent.insert(outpoint, output);
            }
        };
    "row-left-out" => LedBlockStateRoot, &["LED-BLOCK-12", "LED-OWNER-03"],
        "the payer's account has no row",
        |state| state.accounts.clear();
    "fee-not-earned" => LedBlockStateRoot, &["LED-BLOCK-12", "LED-FEE-01"], "the fee is not in the \
                                                                             fee pool",
        |state| state.totals.fee_pool = 0;
    "fee-to-the-community" => LedBlockStateRoot, &["LED-BLOCK-12", "LED-FEE-01"],
        "the fee is in the community pool instead of the fee pool",
        |state| {
            state.totals.community_pool += state.totals.fee_pool;
            state.totals.fee_pool = 0;
        };
    "a-unit-created" => LedBlockStateRoot, &["LED-BLOCK-12", "LED-CONSERVE-01", "LED-STATE-01"],
        "the payee has 1 unit more",
        |state| {
            state
                .unspent
                .values_mut()
                .filter(|output| output.amount == 990)
                .for_each(|output| output.amount += 1);
        };
    "decision-remembered" => LedBlockStateRoot, &["LED-BLOCK-12", "LED-STATE-01"],
        "the payment has a decision row",
        |state| {
            let row =
                Decision { vote: Vote::None, settled: Settlement::Committed, expiry_epoch: Epoch(1) };
            state.decisions.insert(TxId(digest("payment")), row);
        };
};
