//! The sweep: what it settles, what it skips, and what it is refused for.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, ExpiryList, Import};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use super::samples::{Couple, Market};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Edit, Fault, Pairs, add_edits, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{Coin, World, answered, sign};

const HANDLER: &str = "atomix.import";

/// An import that is put to a shard.
type Attempt = super::attempt::Attempt<Import>;

impl Attempt {
    /// The shard's own import, after all shards have closed their epoch.
    fn after(mut world: World, shard: Shard) -> Result<Self, CaseError> {
        world.close_all()?;
        let request = world.import_for(shard)?;
        Ok(Self { world, shard, request })
    }

    /// In a chain of two shards both accepted a payment, and its client has vanished.
    fn new() -> Result<Self, CaseError> {
        let mut couple = Couple::new()?;
        let joint = couple.joint(Epoch(1))?;
        couple.world.lock_everywhere(&joint)?;
        Self::after(couple.world, Shard(1))
    }

    /// The joint payment was accepted by both of its input shards, and nobody settled it.
    fn joint_accepted(shard: Shard) -> Result<Self, CaseError> {
        Self::after(Market::with_joint_accepted(Epoch(1))?.0.world, shard)
    }

    fn change_lists(&mut self, change: impl FnOnce(&mut Vec<ExpiryList>)) -> Result<(), CaseError> {
        let mut lists = self.request.lists.to_vec();
        change(&mut lists);
        self.request.lists = lists.try_into()?;
        Ok(())
    }
}

fn swept(committed: u32, aborted: u32) -> Result<Intent, CaseError> {
    answered(Answer::Swept { committed, aborted })
}

const SWEEP: &[&str] = &[
    "ATX-SWEEP-01",
    "ATX-SWEEP-03",
    "ATX-SWEEP-04",
    "ATX-SWEEP-05",
    "ATX-SWEEP-06",
    "ATX-SWEEP-07",
];

/// Sweeps that are accepted, and how many payments each commits and aborts. They catch an
/// implementation that decides by its own row alone, that settles a payment twice, or that sweeps
/// payments of another epoch.
pub(super) fn settled() -> Result<VectorFile, CaseError> {
    let doc = "Sweeps of an epoch. A transaction on the lists of all its input shards commits; a \
               transaction that the shard accepted and that is missing on one of these lists \
               aborts; all other transactions do not change.";
    let mut suite = SuiteWriter::new(HANDLER, "settled", doc)?;
    let nothing = Attempt::after(Market::new()?.world, Shard(1))?;
    let doc = "Given empty lists, when they are imported, then the state records that the epoch is \
               swept, and nothing else changes.";
    suite.add("nothing", SWEEP, doc, nothing.ask()?, swept(0, 0)?)?;
    for shard in [1, 2, 3] {
        let attempt = Attempt::joint_accepted(Shard(shard))?;
        let doc = format!(
            "Given a payment that both input shards accepted and no shard settled, when shard \
             {shard} sweeps the epoch, then the payment commits."
        );
        let slug = format!("commits-in-shard-{shard}");
        suite.add(&slug, SWEEP, &doc, attempt.ask()?, swept(1, 0)?)?;
    }
    // The simple payment, for which shard 1 rejected the joint one, has shard 1 as its only input
    // shard: it commits in the shards 1 and 2.
    let branches = [
        (1, "which rejected it", "the payment is skipped and its row is kept", swept(1, 0)?),
        (2, "which accepted it", "the payment aborts and its lock becomes a refund", swept(1, 1)?),
        (
            3,
            "which is only an output shard",
            "the payment is skipped and no row is written",
            swept(0, 0)?,
        ),
    ];
    for (shard, who, then, intent) in branches {
        let attempt = Attempt::after(Market::with_joint_rejected(Epoch(1))?.0.world, Shard(shard))?;
        let doc = format!(
            "Given a payment that is on the list of one of its two input shards, when shard \
             {shard}, {who}, sweeps the epoch, then {then}."
        );
        let slug = format!("on-one-list-in-shard-{shard}");
        suite.add(&slug, SWEEP, &doc, attempt.ask()?, intent)?;
    }
    one_lock_missing(&mut suite)?;
    settled_before(&mut suite)?;
    mixture(&mut suite)?;
    second_epoch(&mut suite)?;
    Ok(suite.finish())
}

/// The client vanished before it asked every shard. An implementation that takes silence for
/// acceptance commits the payment.
fn one_lock_missing(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let pooled = market.pooled(Epoch(1))?;
    for shard in [1, 3] {
        market.world.block(Shard(shard), &[Entry::Lock(pooled.clone())])?;
    }
    market.world.close_all()?;
    for (shard, then, intent) in [
        (1, "the payment aborts", swept(0, 1)?),
        (2, "the payment is skipped because the shard has locked no coin", swept(0, 0)?),
        (3, "the payment aborts", swept(0, 1)?),
    ] {
        let request = market.world.import_for(Shard(shard))?;
        let attempt = Attempt { world: market.world.clone(), shard: Shard(shard), request };
        let doc = format!(
            "Given a payment for which only two of three input shards received the lock request, \
             when shard {shard} sweeps the epoch, then {then}."
        );
        let slug = format!("never-asked-shard-2-in-shard-{shard}");
        suite.add(&slug, SWEEP, &doc, attempt.ask()?, intent)?;
    }
    Ok(())
}

/// The shard has committed or aborted the payment before. An implementation that does not look
/// whether it has settled pays its outputs or its refund twice.
fn settled_before(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let requirements = ["ATX-SWEEP-07", "ATX-UNLOCK-02"];
    let (mut market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let commit = market.world.commit(&joint)?;
    for shard in [1, 3] {
        market.world.block(Shard(shard), &[Entry::UnlockCommit(commit.clone())])?;
    }
    for (shard, who) in [(1, "an input shard"), (3, "an output shard")] {
        let attempt = Attempt::after(market.world.clone(), Shard(shard))?;
        let doc = format!(
            "Given a payment that {who} has already committed, when this shard sweeps the epoch, \
             then the payment is skipped."
        );
        let slug = format!("committed-before-in-shard-{shard}");
        suite.add(&slug, &requirements, &doc, attempt.ask()?, swept(0, 0)?)?;
    }
    let (mut market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let abort = market.world.abort(&joint, Shard(1))?;
    market.world.block(Shard(2), &[Entry::UnlockAbort(abort)])?;
    let attempt = Attempt::after(market.world, Shard(2))?;
    let doc = "Given a payment that the shard has already aborted, when the shard sweeps the \
               epoch, then this payment is skipped and another one commits.";
    suite.add("aborted-before", &requirements, doc, attempt.ask()?, swept(1, 0)?)?;
    Ok(())
}

/// Four payments that end in four ways in shard 1. An implementation that stops at the first
/// payment, or that treats all of them alike, gives other counts.
fn mixture(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let (alice, bob) = (market.alice.clone(), market.bob.clone());
    let mut payments = Vec::new();
    for place in [11, 12, 13] {
        let of_alice: Coin = market.world.coin(&alice, 100, place)?;
        let of_bob: Coin = market.world.coin(&bob, 100, place + 10)?;
        let coins = [&of_alice, &of_bob];
        let draft = market.world.draft(Epoch(1), &coins, &[(&market.carol, 179)])?;
        payments.push(sign(&draft, &coins)?);
    }
    let [committed, listed, half] = &payments[..] else { return Ok(()) };
    for payment in [committed, listed] {
        market.world.lock_everywhere(payment)?;
    }
    market.world.block(Shard(1), &[Entry::Lock(half.clone())])?;
    let commit = market.world.commit(&committed.transaction)?;
    market.world.block(Shard(1), &[Entry::UnlockCommit(commit)])?;
    let later = market.simple(Epoch(2))?;
    market.world.block(Shard(1), &[Entry::Lock(later)])?;
    let attempt = Attempt::after(market.world, Shard(1))?;
    let doc = "Given a payment that has committed, a second one on the lists of both input shards, \
               a third one only on the list of this shard, and a fourth one that expires later, \
               when the shard sweeps the epoch, then the second one commits, the third one aborts, \
               and the others are skipped.";
    suite.add("mixture", SWEEP, doc, attempt.ask()?, swept(1, 1)?)?;
    Ok(())
}

/// An implementation that sweeps by the epoch of the lock, not of the expiry, misses this payment.
fn second_epoch(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (mut market, _) = Market::with_joint_accepted(Epoch(2))?;
    market.world.next_epoch()?;
    let attempt = Attempt::after(market.world, Shard(3))?;
    let doc = "Given a payment that was accepted in epoch 1 and expires in epoch 2, when the shard \
               sweeps epoch 2, then the payment commits.";
    suite.add("second-epoch", SWEEP, doc, attempt.ask()?, swept(1, 0)?)?;
    Ok(())
}

/// A fault for each check, in the order of the checks. An implementation that leaves a check out
/// accepts one of them.
const FAULTS: &[Fault<Attempt>] = &faults! { Attempt:
    "epoch" => AtxImportEpoch, "ATX-SWEEP-03", "its epoch is the shard's current epoch",
        |attempt| attempt.request.epoch = Epoch(2);
    "not-closed" => AtxImportNotClosed, "ATX-SWEEP-04",
        "the closing entry of one shard is not in the identity log",
        |attempt| attempt.world.ordered.truncate(1);
    "count" => AtxImportCount, "ATX-SWEEP-05", "a list is missing",
        |attempt| attempt.change_lists(|lists| lists.truncate(1));
    "root" => AtxImportRoot, "ATX-SWEEP-06",
        "the first list is empty although its shard accepted a payment",
        |attempt| attempt.change_lists(|lists| lists[0] = ExpiryList::empty());
    "overflow" => LedOverflow, "LED-FEE-02",
        "the shard's part of the fees would make the fee pool exceed 64 bits by 1 unit",
        |attempt| attempt.world.state_mut(Shard(1))?.totals.fee_pool = u64::MAX - 10;
};

/// Values beyond both ends of what a check allows, and lists that lack a transaction or have it
/// twice. They catch a comparison in one direction only, and a root that is compared for one list
/// only.
const FURTHER: &[Edit<Attempt>] = &edits! { Attempt:
    "epoch-zero" => AtxImportEpoch, &["ATX-SWEEP-03"],
        "its epoch is two before the shard's current epoch",
        |attempt| attempt.request.epoch = Epoch(0);
    "swept-before" => AtxImportEpoch, &["ATX-SWEEP-03"], "the shard has already swept this epoch",
        |attempt| attempt.world.state_mut(Shard(1))?.totals.imported = Epoch(1);
    "not-yet-in-the-next-epoch" => AtxImportEpoch, &["ATX-SWEEP-03"],
        "the shard itself has not closed this epoch",
        |attempt| attempt.world.state_mut(Shard(1))?.position.epoch = Epoch(1);
    "nobody-closed" => AtxImportNotClosed, &["ATX-SWEEP-04"],
        "the identity log has no closing entries",
        |attempt| attempt.world.ordered.clear();
    "a-list-too-many" => AtxImportCount, &["ATX-SWEEP-05"], "there are three lists for two shards",
        |attempt| attempt.change_lists(|lists| lists.push(ExpiryList::empty()));
    "no-lists" => AtxImportCount, &["ATX-SWEEP-05"], "there are no lists",
        |attempt| attempt.change_lists(Vec::clear);
    "last-list-empty" => AtxImportRoot, &["ATX-SWEEP-06", "ATX-SWEEP-07"],
        "the second list omits its transaction",
        |attempt| attempt.change_lists(|lists| lists[1] = ExpiryList::empty());
    "transaction-twice" => AtxImportRoot, &["ATX-SWEEP-06"],
        "a list contains its transaction twice",
        |attempt| attempt.change_lists(|lists| {
            let twice = vec![lists[0][0].clone(), lists[0][0].clone()];
            if let Ok(twice) = twice.try_into() {
                lists[0] = twice;
            }
        });
};

/// The lists are those of other shards. Shard 3 accepted nothing, so its list has no transactions,
/// and an implementation that does not compare each list with its own shard's root accepts these.
const LISTS_OF_OTHERS: &[Edit<Attempt>] = &edits! { Attempt:
    "transaction-added" => AtxImportRoot, &["ATX-SWEEP-06", "ATX-SWEEP-07"],
        "a list contains a transaction that its shard did not accept",
        |attempt| attempt.change_lists(|lists| lists[2] = lists[0].clone());
    "lists-shifted" => AtxImportRoot, &["ATX-SWEEP-06", "ATX-SWEEP-07"],
        "each list is at the position of another shard",
        |attempt| attempt.change_lists(|lists| lists.rotate_right(1));
};

/// The shard has missed an epoch. An implementation that only asks whether the epoch is over lets
/// it catch up out of order.
const EPOCH_LEFT_OUT: &[Edit<Attempt>] = &edits! { Attempt:
    "epoch-left-out" => AtxImportEpoch, &["ATX-SWEEP-03"],
        "epoch 1, then the import is refused",
        |attempt| attempt.state()?.position.epoch = Epoch(3);
    "epoch-left-out-and-not-closed" => AtxImportEpoch, &["ATX-SWEEP-03", "ATX-SWEEP-04"],
        "epoch 2, which no shard has closed, then the import is refused for its epoch",
        |attempt| {
            attempt.state()?.position.epoch = Epoch(3);
            attempt.request.epoch = Epoch(2);
        }, second_fault;
};

/// Sweeps that are refused. The base is shard 1 of two, where both shards accepted a payment and
/// closed epoch 1.
pub(super) fn refused() -> Result<VectorFile, CaseError> {
    let doc = "Imports that are refused. Each check fails alone, together with the next one, and \
               in further ways.";
    let mut suite = SuiteWriter::new(HANDLER, "refused", doc)?;
    let (honest, ask) = (Attempt::new()?, Attempt::ask);
    let checks = Checks { subject: "an import", honest: &honest, faults: FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    let doc = "Given an import, when {what}, then it is refused.";
    add_edits(&mut suite, &honest, ask, doc, FURTHER)?;
    another_destination(&mut suite)?;
    add_edits(&mut suite, &Attempt::joint_accepted(Shard(1))?, ask, doc, LISTS_OF_OTHERS)?;
    let doc = "Given a shard in epoch 3 that has not swept any epoch, when it imports {what}.";
    add_edits(&mut suite, &honest, ask, doc, EPOCH_LEFT_OUT)?;
    Ok(suite.finish())
}

/// The lists to shard 2 are not the lists to shard 3. An implementation that does not derive the
/// root for its own number accepts them.
fn another_destination(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let simple = market.simple(Epoch(1))?;
    market.world.block(Shard(1), &[Entry::Lock(simple)])?;
    let mut attempt = Attempt::after(market.world, Shard(3))?;
    attempt.request = attempt.world.import_for(Shard(2))?;
    suite.add(
        "lists-to-another-shard",
        &["ATX-SWEEP-01", "ATX-SWEEP-06"],
        "Given a payment of which shard 3 is not a participant, when shard 3 imports the lists \
         that are addressed to shard 2, then the import is refused.",
        attempt.ask()?,
        Intent::Rejected(Rejection::AtxImportRoot),
    )?;
    Ok(())
}
