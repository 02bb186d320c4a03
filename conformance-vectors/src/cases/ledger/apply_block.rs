//! Blocks: each check of the header, and what the header says came of the entries.

use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::chain::block::Block;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::{Decision, Settlement, ShardState, TxId, UnspentOutput, Vote};
use ioschain_spec::primitives::hash::Digest;

use super::samples::Town;
use crate::cases::faults::{Checks, Fault, Pairs};
use crate::cases::support::{CaseError, Intent, SuiteWriter};
use crate::cases::world::{
    Coin, Owner, Proof, World, digest, outpoint, roster, with_body, with_state,
};
use crate::vector::{FLAG_SECOND_FAULT, VectorFile};

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
        let block = world.build(1, &[])?.block;
        Ok(Self { world, block })
    }

    /// Nothing happens in the first block after an epoch was swept.
    fn in_second_epoch() -> Result<Self, CaseError> {
        let mut world = World::new(2)?;
        world.next_epoch()?;
        let block = world.build(1, &[])?.block;
        Ok(Self { world, block })
    }

    /// A payment of a coin that does not exist.
    fn refused_payment(&self) -> Result<Entry<Proof>, CaseError> {
        let owner = Owner::new("alice", 1, 2)?;
        let coin = Coin { outpoint: outpoint(1, 0), owner: owner.clone(), amount: 1000 };
        Ok(Entry::Single(self.world.pay(1, &[&coin], &[(&owner, 990)])?))
    }

    fn ask(&self) -> Result<Value, CaseError> {
        self.world.question(1, "block", &self.block)
    }
}

macro_rules! header_fault {
    ($slug:literal, $what:literal, $requirement:literal, $rejection:ident, $change:expr) => {
        Fault {
            slug: $slug,
            what: $what,
            requirement: $requirement,
            rejection: Rejection::$rejection,
            commit: |attempt: &mut Attempt| {
                let change: fn(&mut Header) = $change;
                change(&mut attempt.block.header);
                Ok(())
            },
        }
    };
}

/// A fault for each check, in the order of the checks.
const FAULTS: [Fault<Attempt>; 13] = [
    header_fault!("chain", "it is of another chain", "LED-BLOCK-01", LedBlockChain, |header| {
        header.chain_id = digest("other chain")
    }),
    header_fault!("shard", "it is of another shard", "LED-BLOCK-02", LedBlockShard, |header| {
        header.shard = 2
    }),
    header_fault!("epoch", "it is of the next epoch", "LED-BLOCK-03", LedBlockEpoch, |header| {
        header.epoch += 1
    }),
    header_fault!("height", "a height is left out", "LED-BLOCK-04", LedBlockHeight, |header| {
        header.height += 1
    }),
    header_fault!(
        "previous",
        "it names another predecessor",
        "LED-BLOCK-05",
        LedBlockPrevious,
        |header| { header.previous = digest("another block") }
    ),
    header_fault!(
        "identity-height",
        "it has seen an entry that is not in the identity log",
        "LED-BLOCK-06",
        LedBlockIdentityHeight,
        |header| { header.identity_height += 1 }
    ),
    header_fault!(
        "identity-hash",
        "it has seen another identity log",
        "LED-BLOCK-07",
        LedBlockIdentityHash,
        |header| { header.identity_hash = digest("another log") }
    ),
    header_fault!(
        "roster",
        "it is signed by a roster of strangers",
        "LED-BLOCK-08",
        LedBlockRoster,
        |header| { header.roster_root = digest("strangers") }
    ),
    header_fault!(
        "transactions-root",
        "its body is another one",
        "LED-BLOCK-09",
        LedBlockTransactionsRoot,
        |header| { header.transactions_root = digest("another body") }
    ),
    Fault {
        slug: "entry",
        what: "its entry is a payment of a coin that does not exist",
        requirement: "LED-BLOCK-13",
        rejection: Rejection::LedOutpointUnknown,
        commit: |attempt| {
            let body = [attempt.refused_payment()?];
            attempt.block = with_body(&attempt.block, &body)?;
            Ok(())
        },
    },
    header_fault!(
        "receipts-root",
        "it claims other answers",
        "LED-BLOCK-10",
        LedBlockReceiptsRoot,
        |header| { header.receipts_root = digest("other answers") }
    ),
    header_fault!(
        "decisions-root",
        "it claims a decision",
        "LED-BLOCK-11",
        LedBlockDecisionsRoot,
        |header| { header.decisions_root = digest("a decision") }
    ),
    header_fault!(
        "state-root",
        "it claims another state",
        "LED-BLOCK-12",
        LedBlockStateRoot,
        |header| { header.state_root = Digest::ZERO }
    ),
];

/// The checks of the header, each alone and each with the next.
pub(super) fn headers() -> Result<VectorFile, CaseError> {
    let doc = "Each check of a block, alone, with the next one, and on both sides of its boundary.";
    let mut suite = SuiteWriter::new(HANDLER, "headers", doc)?;
    let honest = Attempt::new()?;
    let ask = Attempt::ask;
    let checks = Checks { subject: "a block", honest: &honest, faults: &FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    identity_heights(&mut suite)?;
    for (slug, what, requirement, rejection, change) in OTHER_VALUES {
        let mut attempt = Attempt::in_second_epoch()?;
        change(&mut attempt.block.header)?;
        let doc = format!("Given a block in epoch 2, when {what}, then it is refused.");
        suite.add(slug, &[requirement], &doc, attempt.ask()?, Intent::Rejected(rejection))?;
    }
    Ok(suite.finish())
}

type HeaderChange = fn(&mut Header) -> Result<(), CaseError>;

const OTHER_VALUES: [(&str, &str, &str, Rejection, HeaderChange); 7] = [
    (
        "shard-zero",
        "it is of the identity shard",
        "LED-BLOCK-02",
        Rejection::LedBlockShard,
        |header| {
            header.shard = 0;
            Ok(())
        },
    ),
    (
        "epoch-before",
        "it is of the epoch before",
        "LED-BLOCK-03",
        Rejection::LedBlockEpoch,
        |header| {
            header.epoch -= 1;
            Ok(())
        },
    ),
    (
        "height-again",
        "it has the height of the last block",
        "LED-BLOCK-04",
        Rejection::LedBlockHeight,
        |header| {
            header.height -= 1;
            Ok(())
        },
    ),
    (
        "identity-height-before",
        "it has seen less of the identity log than the last block",
        "LED-BLOCK-06",
        Rejection::LedBlockIdentityHeight,
        |header| {
            header.identity_height -= 1;
            Ok(())
        },
    ),
    (
        "identity-height-zero",
        "it has seen nothing of the identity log",
        "LED-BLOCK-06",
        Rejection::LedBlockIdentityHeight,
        |header| {
            header.identity_height = 0;
            Ok(())
        },
    ),
    (
        "identity-height-after",
        "it has seen more of the identity log than there is",
        "LED-BLOCK-06",
        Rejection::LedBlockIdentityHeight,
        |header| {
            header.identity_height += 1;
            Ok(())
        },
    ),
    (
        "roster-of-another-shard",
        "it names the roster of shard 2",
        "LED-BLOCK-08",
        Rejection::LedBlockRoster,
        |header| {
            header.roster_root = roster(2)?.root();
            Ok(())
        },
    ),
];

/// How much of the identity log a block may have seen.
fn identity_heights(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let Attempt { world, block } = Attempt::in_second_epoch()?;
    let requirements = ["LED-BLOCK-06", "LED-BLOCK-07"];
    let doc = "Given a block that has seen as much of the identity log as the last one, when it is put to its shard, then it is applied.";
    suite.add(
        "identity-height-as-before",
        &requirements,
        doc,
        world.question(1, "block", &block)?,
        Intent::Ok,
    )?;

    let mut world = World::new(2)?;
    world.close_all()?;
    for (slug, height) in [("sees-none-of-two", 0), ("sees-one-of-two", 1)] {
        let view = world.log.view_at(height).ok_or(Rejection::LedBlockIdentityHeight)?;
        let block = world.build_seeing(view, 1, &[])?.block;
        let doc = format!(
            "Given an identity log in which both shards have closed epoch 1, when a block has seen {height} of the two entries, then no import is due and it is applied."
        );
        let requirements = ["LED-BLOCK-06", "LED-BLOCK-07", "ATX-SWEEP-02"];
        suite.add(slug, &requirements, &doc, world.question(1, "block", &block)?, Intent::Ok)?;
    }
    let view = world.log.view_at(1).ok_or(Rejection::LedBlockIdentityHeight)?;
    let mut block = world.build_seeing(view, 1, &[])?.block;
    block.header.identity_hash = world.log.view().hash();
    suite.add(
        "hash-of-another-height",
        &["LED-BLOCK-07"],
        "Given a block that has seen one entry, when it carries the identity log's hash after two, then it is refused.",
        world.question(1, "block", &block)?,
        Intent::Rejected(Rejection::LedBlockIdentityHash),
    )?;
    imports(suite, &world)
}

/// A sweep that is due must come first.
fn imports(suite: &mut SuiteWriter, world: &World) -> Result<(), CaseError> {
    let import = Entry::Import(world.import_for(1)?);
    let honest = world.build(1, std::slice::from_ref(&import))?.block;
    let doc = "Given a due import, when it is the first entry, then the block is applied.";
    let question = |block: &Block<Proof>| world.question(1, "block", block);
    suite.add("import-first", &["ATX-SWEEP-02"], doc, question(&honest)?, Intent::Ok)?;

    let refused = Attempt { world: world.clone(), block: honest.clone() }.refused_payment()?;
    let bodies: [(&str, &str, Vec<Entry<Proof>>, bool); 3] = [
        ("import-missing", "the block is empty", vec![], false),
        ("import-second", "it is the second entry", vec![refused.clone(), import.clone()], true),
        (
            "import-missing-before-entry",
            "it is not there and the block's entry is refused",
            vec![refused],
            true,
        ),
    ];
    for (slug, what, body, second_fault) in bodies {
        let block = with_body(&honest, &body)?;
        let doc = format!("Given a due import, when {what}, then the block is refused.");
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
            "Given a due import, when it was taken out of the body and the header still commits to it, then the block is refused for its body.",
            question(&block)?,
            Intent::Rejected(Rejection::LedBlockTransactionsRoot),
        )?
        .flag(FLAG_SECOND_FAULT);
    Ok(())
}

/// What a header can claim that did not come out.
pub(super) fn results() -> Result<VectorFile, CaseError> {
    let doc = "Blocks whose header claims a state or answers that do not follow from the entries.";
    let mut suite = SuiteWriter::new(HANDLER, "results", doc)?;
    let Town { world, amy, coins, .. } = Town::new()?;
    let payment = world.pay(1, &[&coins[0]], &[(&amy, 990)])?;
    let built = world.build(1, &[Entry::Single(payment)])?;
    let block = &built.block;
    for (slug, what, requirements, change) in OTHER_STATES {
        let other = with_state(&world, &built, change)?;
        let doc = format!(
            "Given a block with a payment, when its state root is that of a state in which {what}, then it is refused."
        );
        let input = world.question(1, "block", &other)?;
        suite.add(
            slug,
            requirements,
            &doc,
            input,
            Intent::Rejected(Rejection::LedBlockStateRoot),
        )?;
    }
    let mut without_entry = block.clone();
    without_entry.body = with_body(block, &[])?.body;
    suite.add(
        "body-left-out",
        &["LED-BLOCK-09"],
        "Given a block with a payment, when its body is empty, then it is refused.",
        world.question(1, "block", &without_entry)?,
        Intent::Rejected(Rejection::LedBlockTransactionsRoot),
    )?;
    Ok(suite.finish())
}

type StateChange = fn(&mut ShardState);

const OTHER_STATES: [(&str, &str, &[&str], StateChange); 7] = [
    ("input-kept", "the input is still unspent", &["LED-BLOCK-12", "LED-CONSERVE-01"], |state| {
        if let Some(paid) = state.unspent.values().find(|output| output.amount == 990).cloned() {
            state.unspent.insert(outpoint(1, 0), UnspentOutput { amount: 1000, ..paid });
        }
    }),
    (
        "output-at-another-index",
        "the output has index 1",
        &["LED-BLOCK-12", "LED-TX-02"],
        |state| {
            let paid = state.unspent.iter().find(|(_, output)| output.amount == 990);
            if let Some((mut outpoint, output)) =
                paid.map(|(outpoint, output)| (*outpoint, output.clone()))
            {
                state.unspent.remove(&outpoint);
                outpoint.index = 1;
                state.unspent.insert(outpoint, output);
            }
        },
    ),
    (
        "row-left-out",
        "the payer's account has no row",
        &["LED-BLOCK-12", "LED-OWNER-03"],
        |state| {
            state.accounts.clear();
        },
    ),
    ("fee-not-earned", "the fee is not earned", &["LED-BLOCK-12", "LED-FEE-01"], |state| {
        state.totals.fee_pool = 0;
    }),
    (
        "fee-to-the-community",
        "the fee is in the community pool",
        &["LED-BLOCK-12", "LED-FEE-01"],
        |state| {
            state.totals.community_pool += state.totals.fee_pool;
            state.totals.fee_pool = 0;
        },
    ),
    (
        "a-unit-created",
        "the payee has a unit more",
        &["LED-BLOCK-12", "LED-CONSERVE-01", "LED-STATE-01"],
        |state| {
            state
                .unspent
                .values_mut()
                .filter(|output| output.amount == 990)
                .for_each(|output| output.amount += 1);
        },
    ),
    (
        "decision-remembered",
        "the payment has a decision row",
        &["LED-BLOCK-12", "LED-STATE-01"],
        |state| {
            let row =
                Decision { vote: Vote::None, settled: Settlement::Committed, expiry_epoch: 1 };
            state.decisions.insert(TxId(digest("payment")), row);
        },
    ),
];
