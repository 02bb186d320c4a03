//! Blocks: entries that build on each other, and entries that make the whole block invalid.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, Import, UnlockAbort};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::SignedTransaction;
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use super::samples::Town;
use crate::format::vector::{Case, FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::atomix::samples::Market;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    ABORTED, ACCEPTED, COMMITTED, Coin, Inputs as _, Proof, World, answers, change_witnesses, sign,
    unlock_commit, voted_down, with_body,
};

const HANDLER: &str = "ledger.apply_block";

/// A suite of blocks that are put to their shard.
struct Blocks {
    suite: SuiteWriter,
}

impl Blocks {
    /// The shard's next block, with the answers that are meant.
    fn accept(
        &mut self,
        slug: &str,
        requirements: &[&str],
        doc: &str,
        (world, shard): (&World, u16),
        entries: &[(Entry<Proof>, Answer)],
    ) -> Result<(), CaseError> {
        let body: Vec<Entry<Proof>> = entries.iter().map(|(entry, _)| entry.clone()).collect();
        let meant: Vec<Answer> = entries.iter().map(|(_, answer)| *answer).collect();
        let block = world.build(Shard(shard), &body)?.block;
        let input = world.question(Shard(shard), "block", &block)?;
        let intent = Intent::OkWith(answers(&meant)?);
        self.suite.add(slug, requirements, doc, input, intent)?;
        Ok(())
    }

    /// The shard's next block, built from `honest` entries and then given the body `honest`,
    /// `refused`.
    fn refuse(
        &mut self,
        slug: &str,
        requirements: &[&str],
        doc: &str,
        (world, shard): (&World, u16),
        (honest, refused): (&[Entry<Proof>], &[Entry<Proof>]),
        rejection: Rejection,
    ) -> Result<&mut Case, CaseError> {
        let block = world.build(Shard(shard), honest)?.block;
        let block = with_body(&block, &[honest, refused].concat())?;
        let input = world.question(Shard(shard), "block", &block)?;
        self.suite.add(slug, requirements, doc, input, Intent::Rejected(rejection))
    }
}

/// Blocks that are applied.
pub(super) fn entries() -> Result<VectorFile, CaseError> {
    let doc = "Blocks that are applied, with their receipts. Later entries of a block use the \
               state that earlier entries leave.";
    let mut blocks = Blocks { suite: SuiteWriter::new(HANDLER, "entries", doc)? };
    empty_blocks(&mut blocks)?;
    chained_payments(&mut blocks)?;
    locks(&mut blocks)?;
    unlocks(&mut blocks)?;
    rejections(&mut blocks)?;
    sweep_and_more(&mut blocks)?;
    Ok(blocks.suite.finish())
}

fn empty_blocks(blocks: &mut Blocks) -> Result<(), CaseError> {
    let Town { mut world, .. } = Town::new()?;
    let requirements = [
        "LED-BLOCK-01",
        "LED-BLOCK-02",
        "LED-BLOCK-03",
        "LED-BLOCK-04",
        "LED-BLOCK-05",
        "LED-BLOCK-08",
    ];
    let doc = "Given a shard before its first block, when an empty block is applied, then only the \
               shard's position changes.";
    blocks.accept("empty-first", &requirements, doc, (&world, 1), &[])?;
    world.block(Shard(1), &[])?;
    let doc = "Given a shard after its first block, when an empty block is applied, then it names \
               the first block as its predecessor.";
    blocks.accept("empty-second", &requirements, doc, (&world, 1), &[])?;
    let doc = "Given another shard before its first block, when an empty block is applied, then \
               the block has the predecessor and the roster of that shard.";
    blocks.accept("empty-in-shard-2", &requirements, doc, (&world, 2), &[])
}

/// Alice pays Amy, who pays Alice, who pays Amy.
fn chain_of_payments(town: &Town) -> Result<[SignedTransaction; 3], CaseError> {
    let Town { world, alice, amy, coins, .. } = town;
    let first = world.pay(Epoch(1), &[&coins[0]], &[(amy, 990)])?;
    let of_amy = Coin::output_of(&first.transaction, 0, amy);
    let second = world.pay(Epoch(1), &[&of_amy], &[(alice, 500), (amy, 480)])?;
    let of_alice = Coin::output_of(&second.transaction, 0, alice);
    let mut third = world.pay(Epoch(1), &[&of_alice], &[(amy, 490)])?;
    // Alice's account has a row since the first payment.
    change_witnesses(&mut third, |witnesses| witnesses[0].policy = None)?;
    Ok([first, second, third])
}

fn chained_payments(blocks: &mut Blocks) -> Result<(), CaseError> {
    let town = Town::new()?;
    let applied = |signed| (Entry::Single(signed), Answer::Applied);
    let requirements = [
        "LED-BLOCK-13",
        "LED-BLOCK-09",
        "LED-BLOCK-10",
        "LED-BLOCK-11",
        "LED-BLOCK-12",
        "LED-OWNER-03",
        "LED-TX-02",
    ];
    let doc = "Given three payments, when each spends an output of the previous one and the third \
               relies on an account row that the first created, then one block can contain all \
               three.";
    let chain = chain_of_payments(&town)?.map(applied);
    blocks.accept("chain-of-payments", &requirements, doc, (&town.world, 1), &chain)
}

fn locks(blocks: &mut Blocks) -> Result<(), CaseError> {
    let market = Market::new()?;
    let joint = market.joint(Epoch(1))?;
    let lock = || (Entry::Lock(joint.clone()), ACCEPTED);
    let requirements = ["LED-BLOCK-11", "ATX-LOCK-04"];
    let doc = "Given a payment across shards, when a block locks it, then the block commits to the \
               decision row.";
    blocks.accept("lock", &requirements, doc, (&market.world, 1), &[lock()])?;
    let doc = "Given a payment across shards, when a block locks it twice, then both requests have \
               the same answer and there is one decision row.";
    let requirements = ["LED-BLOCK-11", "ATX-LOCK-03"];
    blocks.accept("lock-twice", &requirements, doc, (&market.world, 1), &[lock(), lock()])
}

fn unlocks(blocks: &mut Blocks) -> Result<(), CaseError> {
    let (market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let commit =
        || Ok::<_, CaseError>((Entry::UnlockCommit(market.world.commit(&joint)?), COMMITTED));
    let requirements = ["LED-BLOCK-11", "ATX-COMMIT-01", "ATX-UNLOCK-02"];
    let doc = "Given a payment that all input shards accepted, when an output shard's block \
               commits it twice, then the second answer is the stored one.";
    blocks.accept(
        "commit-twice",
        &requirements,
        doc,
        (&market.world, 3),
        &[commit()?, commit()?],
    )?;
    let doc = "Given a payment that all input shards accepted, when a block commits it and a late \
               lock request follows, then the lock request is answered with the stored vote.";
    let entries = [commit()?, (Entry::Lock(market.joint(Epoch(1))?), ACCEPTED)];
    let requirements = ["ATX-LOCK-03", "ATX-UNLOCK-02"];
    blocks.accept("commit-then-lock", &requirements, doc, (&market.world, 1), &entries)?;

    let (market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let abort = Entry::UnlockAbort(market.world.abort(&joint, Shard(1))?);
    let doc = "Given a payment that shard 1 rejected, when a block of shard 2 aborts it, then the \
               block commits to the settled decision row.";
    let requirements = ["LED-BLOCK-11", "ATX-ABORT-04"];
    blocks.accept("abort", &requirements, doc, (&market.world, 2), &[(abort, ABORTED)])
}

/// Alice's coin is locked; then joint payments with different salts ask for it, each of which would
/// write a rejection row.
fn contended() -> Result<(World, Vec<Entry<Proof>>), CaseError> {
    let mut market = Market::new()?;
    let simple = market.simple(Epoch(1))?;
    market.world.block(Shard(1), &[Entry::Lock(simple)])?;
    let honest = market.joint(Epoch(1))?.transaction;
    let with_salt = |salt| {
        let mut transaction = honest.clone();
        transaction.salt = salt;
        Ok(Entry::Lock(sign(&transaction, &[&market.of_alice, &market.of_bob])?))
    };
    let entries = (1..=3).map(with_salt).collect::<Result<_, CaseError>>()?;
    Ok((market.world, entries))
}

const LIMIT: &[&str] = &["ATX-LOCK-07"];

fn rejections(blocks: &mut Blocks) -> Result<(), CaseError> {
    let (mut world, locks) = contended()?;
    let down = |place: usize| (locks[place].clone(), voted_down(Rejection::LedOutpointLocked));
    let doc = "Given a limit of two rejection rows, when a block creates two, then both are \
               answered with a vote of rejection.";
    blocks.accept("two-rejections", LIMIT, doc, (&world, 1), &[down(0), down(1)])?;
    let doc = "Given a limit of two rejection rows, when a block creates two and then repeats the \
               first request, then the stored vote is the answer and no further row is needed.";
    let again = [down(0), down(1), down(0)];
    blocks.accept("rejection-asked-again", LIMIT, doc, (&world, 1), &again)?;
    world.block(Shard(1), &[locks[0].clone(), locks[1].clone()])?;
    let doc = "Given a block that created two rejection rows, when the next block creates one, \
               then it is allowed because the limit applies to each block separately.";
    blocks.accept("rejection-in-the-next-block", LIMIT, doc, (&world, 1), &[down(2)])
}

fn sweep_and_more(blocks: &mut Blocks) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let joint = market.joint(Epoch(1))?;
    market.world.lock_everywhere(&joint)?;
    market.world.close_all()?;
    let import = Entry::Import(market.world.import_for(Shard(3))?);
    let payment = market.world.pay(Epoch(2), &[&market.of_carol], &[(&market.carol, 990)])?;
    let late = Entry::UnlockCommit(market.world.commit(&joint.transaction)?);
    let entries = [
        (import, Answer::Swept { committed: 1, aborted: 0 }),
        (Entry::Single(payment), Answer::Applied),
        (late, COMMITTED),
    ];
    let requirements = ["ATX-SWEEP-02", "ATX-SWEEP-07", "LED-BLOCK-11", "ATX-UNLOCK-02"];
    let doc = "Given a payment that all input shards accepted and that its client never unlocked, \
               when the first block of the next epoch begins with the import, then the sweep \
               commits the payment, the next entry spends its output, and a late unlock-to-commit \
               is answered with the stored result.";
    blocks.accept("import-payment-late-commit", &requirements, doc, (&market.world, 3), &entries)
}

/// Blocks that are refused for an entry.
pub(super) fn refused_entries() -> Result<VectorFile, CaseError> {
    let doc = "Blocks that are refused as a whole, because one of their entries is refused.";
    let mut blocks = Blocks { suite: SuiteWriter::new(HANDLER, "refused-entries", doc)? };
    refused_payments(&mut blocks)?;
    refused_requests(&mut blocks)?;
    refused_before_results(&mut blocks)?;
    too_many_rejections(&mut blocks)?;
    locked_and_spent(&mut blocks)?;
    Ok(blocks.suite.finish())
}

const WHOLE: &[&str] = &["LED-BLOCK-13"];

fn refused_payments(blocks: &mut Blocks) -> Result<(), CaseError> {
    let town = Town::new()?;
    let [first, second, third] = chain_of_payments(&town)?.map(Entry::Single);
    let unknown = Rejection::LedOutpointUnknown;
    let at = (&town.world, 1);
    let doc = "Given two payments, when the one that spends the other's output is the first entry, \
               then the block is refused.";
    let swapped = [second.clone(), first.clone()];
    blocks.refuse("payments-swapped", WHOLE, doc, at, (&[], &swapped), unknown)?;
    let doc = "Given a payment, when a block contains it twice, then the whole block is refused \
               and neither entry is applied.";
    let once = [first.clone()];
    blocks.refuse("payment-twice", WHOLE, doc, at, (&once, &once), unknown)?;
    let doc = "Given three payments that each spend an output of the previous one, when the second \
               is left out, then the block is refused because the last one has no input.";
    blocks.refuse("payment-left-out", WHOLE, doc, at, (&once, &[third]), unknown)?;

    let mut stranger = town.world.pay(Epoch(1), &[&town.coins[1]], &[(&town.amy, 490)])?;
    change_witnesses(&mut stranger, |witnesses| witnesses[0].policy = None)?;
    let doc = "Given a block with two entries that are refused, when the block is checked, then it \
               is refused for the first of them.";
    let both = [Entry::Single(stranger), second];
    let missing = Rejection::LedWitnessPolicyMissing;
    blocks
        .refuse("first-refused-entry-answers", WHOLE, doc, at, (&[], &both), missing)?
        .flag(FLAG_SECOND_FAULT);
    Ok(())
}

fn refused_requests(blocks: &mut Blocks) -> Result<(), CaseError> {
    let (market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let world = &market.world;
    let acceptance = world.proof(Shard(2), &joint)?;
    let abort = UnlockAbort { transaction: joint.clone(), proof: acceptance };
    let import = Import { epoch: Epoch(1), lists: vec![].try_into()? };
    let requests = [
        (
            "lock",
            Entry::Lock(market.simple(Epoch(3))?),
            1,
            Rejection::LedEpochTooFar,
            "LED-LOCAL-02",
        ),
        (
            "commit",
            Entry::UnlockCommit(unlock_commit(&joint, vec![])?),
            1,
            Rejection::AtxProofCount,
            "ATX-COMMIT-02",
        ),
        ("abort", Entry::UnlockAbort(abort), 1, Rejection::AtxProofNotRejection, "ATX-ABORT-02"),
        ("import", Entry::Import(import), 1, Rejection::AtxImportEpoch, "ATX-SWEEP-03"),
    ];
    for (slug, entry, shard, rejection, requirement) in requests {
        let doc = format!(
            "Given a block, when its only entry is a {slug} entry that is refused, then the block \
             is refused for the same reason."
        );
        let requirements = ["LED-BLOCK-13", requirement];
        blocks.refuse(
            &format!("refused-{slug}"),
            &requirements,
            &doc,
            (world, shard),
            (&[], &[entry]),
            rejection,
        )?;
    }
    Ok(())
}

/// A refused entry, and results that the header has wrong as well.
fn refused_before_results(blocks: &mut Blocks) -> Result<(), CaseError> {
    let mut town = Town::new()?;
    let payment =
        Entry::Single(town.world.pay(Epoch(1), &[&town.coins[0]], &[(&town.amy, 990)])?);
    town.world.state_mut(Shard(1))?.totals.fee_pool = u64::MAX;
    let doc = "Given a full fee pool, when a block with a payment commits to the results of an \
               empty block, then it is refused for the overflow of the fee pool.";
    blocks
        .refuse(
            "overflow-before-results",
            &["LED-FEE-02", "LED-BLOCK-13"],
            doc,
            (&town.world, 1),
            (&[], &[payment]),
            Rejection::LedOverflow,
        )?
        .flag(FLAG_SECOND_FAULT);

    let (market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let proof = market.world.proof(Shard(2), &joint)?;
    let abort = Entry::UnlockAbort(UnlockAbort { transaction: joint, proof });
    let doc = "Given a payment that all input shards accepted, when a block aborts it with a proof \
               of an acceptance and commits to the results of an empty block, then it is refused \
               for the proof.";
    blocks
        .refuse(
            "not-rejection-before-results",
            &["ATX-ABORT-02", "LED-BLOCK-13"],
            doc,
            (&market.world, 1),
            (&[], &[abort]),
            Rejection::AtxProofNotRejection,
        )?
        .flag(FLAG_SECOND_FAULT);
    Ok(())
}

fn too_many_rejections(blocks: &mut Blocks) -> Result<(), CaseError> {
    let (world, locks) = contended()?;
    let limit = Rejection::AtxRejectionLimit;
    let doc = "Given a limit of two rejection rows, when a block would create a third and also \
               commits to wrong results, then it is refused for the limit.";
    blocks
        .refuse("third-rejection", LIMIT, doc, (&world, 1), (&locks[..2], &locks[2..]), limit)?
        .flag(FLAG_SECOND_FAULT);
    Ok(())
}

fn locked_and_spent(blocks: &mut Blocks) -> Result<(), CaseError> {
    let market = Market::new()?;
    let lock = Entry::Lock(market.simple(Epoch(1))?);
    let within = market.world.pay(Epoch(1), &[&market.of_alice], &[(&market.alice, 990)])?;
    let single = Entry::Single(within);
    let at = (&market.world, 1);
    let doc =
        "Given a coin that a block locks, when a later entry spends it, then the block is refused.";
    let requirements = ["LED-BLOCK-13", "LED-LOCAL-04"];
    let (first, second) = ([lock.clone()], [single.clone()]);
    blocks.refuse(
        "locked-then-spent",
        &requirements,
        doc,
        at,
        (&first, &second),
        Rejection::LedOutpointLocked,
    )?;
    let doc =
        "Given a coin that a block spends, when a later entry locks it, then the block is refused.";
    let requirements = ["LED-BLOCK-13", "LED-LOCAL-03"];
    blocks.refuse(
        "spent-then-locked",
        &requirements,
        doc,
        at,
        (&second, &first),
        Rejection::LedOutpointUnknown,
    )?;
    let doc = "Given a coin that a block locks, when a later entry of the block locks it for \
               another payment with a single input shard, then the block is refused.";
    let other = [Entry::Lock(market.simple(Epoch(2))?)];
    let requirements = ["LED-BLOCK-13", "LED-LOCAL-04", "ATX-LOCK-06"];
    blocks.refuse(
        "locked-then-locked",
        &requirements,
        doc,
        at,
        (&first, &other),
        Rejection::LedOutpointLocked,
    )?;
    Ok(())
}
