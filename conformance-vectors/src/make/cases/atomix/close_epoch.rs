//! Closing an epoch: which transactions are on which list, and which rows are removed.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use super::samples::Market;
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{Coin, Inputs as _, World, list_to_json, sign};
use crate::reference::to_json;
use ioschain_spec::atomix::ExpiryList;
use ioschain_spec::ledger::Transaction;

const HANDLER: &str = "atomix.close_epoch";

fn ask(world: &World, shard: Shard) -> Result<Value, CaseError> {
    let mut input = world.context_json()?;
    input["state"] = to_json(world.state(shard)?)?;
    Ok(input)
}

/// The lists to the shards 1 to 3.
fn lists(lists: [&[&Transaction]; 3]) -> Result<Intent, CaseError> {
    let lists = lists
        .into_iter()
        .map(|list| {
            let list: Vec<Transaction> = list.iter().map(|listed| (*listed).clone()).collect();
            ExpiryList::try_from(list)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Intent::OkWith(json!({ "lists": list_to_json(&lists)? })))
}

/// Epochs that close. The cases vary what is in the shard: nothing, accepted payments, payments
/// that were rejected or settled, and rows of several expiries.
pub(super) fn closed() -> Result<VectorFile, CaseError> {
    let doc = "Shards that close an epoch. The shard makes a list for each participant of the \
               transactions that it accepted and that expire in this epoch, removes the rows that \
               expired earlier, and opens the next epoch.";
    let mut suite = SuiteWriter::new(HANDLER, "closed", doc)?;
    empty(&mut suite)?;
    addressed(&mut suite)?;
    rejected_and_settled(&mut suite)?;
    pruned(&mut suite)?;
    Ok(suite.finish())
}

/// Shards that accepted no lock: one without blocks, one with two blocks, and one that only
/// received a payment. All their lists are empty. An implementation that fails without blocks, or
/// that lists what a shard received, gives another answer.
fn empty(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let requirements = ["ATX-CLOSE-01", "ATX-SWEEP-01"];
    let none = || lists([&[], &[], &[]]);
    let doc = "Given a shard without blocks, when it closes epoch 1, then its lists are empty.";
    suite.add("no-blocks", &requirements, doc, ask(&market.world, Shard(1))?, none()?)?;
    market.world.block(Shard(2), &[])?;
    market.world.block(Shard(2), &[])?;
    let doc = "Given a shard with two blocks, when it closes epoch 1, then the closing entry names \
               the second block.";
    suite.add("two-blocks", &requirements, doc, ask(&market.world, Shard(2))?, none()?)?;
    let received = Market::with_joint_accepted(Epoch(1))?;
    let mut world = received.0.world;
    let commit = Entry::UnlockCommit(world.commit(&received.1)?);
    world.block(Shard(3), &[commit])?;
    let doc = "Given a shard that received a payment and accepted no lock, when it closes epoch 1, \
               then its lists are empty and the row of the payment is kept.";
    suite.add("output-shard", &requirements, doc, ask(&world, Shard(3))?, none()?)?;
    Ok(())
}

/// Accepted payments, and the lists that they are on: those to all participants and to nobody else,
/// in the epoch of the expiry and not before, in the order of the ids. An implementation that lists
/// a payment for its output shard alone leaves the other participants without an answer.
fn addressed(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let requirements = ["ATX-SWEEP-01"];
    let (market, joint) = Market::with_joint_accepted(Epoch(1))?;
    for shard in [1, 2] {
        let doc = format!(
            "Given an accepted payment with three participants, when shard {shard} closes the \
             epoch in which the payment expires, then the payment is on the lists to all three \
             participants, including the shard itself."
        );
        let intent = lists([&[&joint], &[&joint], &[&joint]])?;
        suite.add(
            &format!("to-every-participant-from-{shard}"),
            &requirements,
            &doc,
            ask(&market.world, Shard(shard))?,
            intent,
        )?;
    }
    let mut market = Market::new()?;
    let simple = market.simple(Epoch(1))?;
    market.world.block(Shard(1), &[Entry::Lock(simple.clone())])?;
    let simple = simple.transaction;
    let doc = "Given an accepted payment from shard 1 to shard 2, when shard 1 closes the epoch in \
               which the payment expires, then the payment is on the lists to the shards 1 and 2 \
               and not on the list to shard 3.";
    let intent = lists([&[&simple], &[&simple], &[]])?;
    suite.add(
        "to-participants-alone",
        &requirements,
        doc,
        ask(&market.world, Shard(1))?,
        intent,
    )?;

    let mut market = Market::new()?;
    let later = market.simple(Epoch(2))?;
    market.world.block(Shard(1), &[Entry::Lock(later)])?;
    let doc = "Given an accepted payment that expires in epoch 2, when shard 1 closes epoch 1, \
               then the payment is on no list and its row is kept.";
    suite.add(
        "expiry-later",
        &requirements,
        doc,
        ask(&market.world, Shard(1))?,
        lists([&[], &[], &[]])?,
    )?;

    let (world, sorted) = three_payments()?;
    let [first, second, third] = &sorted;
    let doc = "Given three accepted payments, when shard 1 closes the epoch in which they expire, \
               then each list contains them in the order of their ids.";
    let all: &[&Transaction] = &[first, second, third];
    suite.add(
        "in-order-of-ids",
        &requirements,
        doc,
        ask(&world, Shard(1))?,
        lists([all, all, &[]])?,
    )?;
    Ok(())
}

/// Three payments of Alice to Bob that shard 1 accepted, by id.
fn three_payments() -> Result<(World, [Transaction; 3]), CaseError> {
    let mut market = Market::new()?;
    let alice = market.alice.clone();
    let mut payments = Vec::new();
    for place in [11, 12, 13] {
        let coin: Coin = market.world.coin(&alice, 100, place)?;
        let payment = market.world.pay(Epoch(1), &[&coin], &[(&market.bob, 90)])?;
        market.world.block(Shard(1), &[Entry::Lock(payment.clone())])?;
        payments.push(payment.transaction);
    }
    payments.sort_by_key(|payment| payment.id(&ioschain_spec::suite::Normative));
    let sorted = payments.try_into().map_err(|_| Rejection::EncMalformed)?;
    Ok((market.world, sorted))
}

/// A payment that the shard rejected is on no list. One that it accepted is on the lists, even if
/// the shard has committed or aborted it since. An implementation that lists what it rejected lets
/// a sweep commit it; one that leaves out what is settled lets a sweep settle it otherwise in
/// another shard.
fn rejected_and_settled(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let requirements = ["ATX-SWEEP-01", "ATX-CLOSE-02"];
    let mut market = Market::new()?;
    let simple = market.simple(Epoch(2))?;
    market.world.block(Shard(1), &[Entry::Lock(simple)])?;
    let joint = market.joint(Epoch(1))?;
    market.world.lock_everywhere(&joint)?;
    let doc = "Given a payment that the shard rejected, when the shard closes the epoch in which \
               the payment expires, then the payment is on no list, and its row is kept for \
               another epoch.";
    suite.add(
        "rejected",
        &requirements,
        doc,
        ask(&market.world, Shard(1))?,
        lists([&[], &[], &[]])?,
    )?;

    let (mut market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let commit = Entry::UnlockCommit(market.world.commit(&joint)?);
    market.world.block(Shard(1), &[commit])?;
    let doc = "Given a payment that the shard accepted and committed, when the shard closes the \
               epoch in which the payment expires, then the payment is on the lists although it is \
               settled.";
    let all = || lists([&[&joint], &[&joint], &[&joint]]);
    suite.add("committed", &requirements, doc, ask(&market.world, Shard(1))?, all()?)?;

    let (mut market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let abort = Entry::UnlockAbort(market.world.abort(&joint, Shard(1))?);
    market.world.block(Shard(2), &[abort])?;
    let doc = "Given a payment that the shard accepted and aborted, when the shard closes the \
               epoch in which the payment expires, then the payment is on the lists of this shard \
               although it is settled; the lists of the input shard that rejected it do not \
               contain it.";
    let intent = lists([&[&joint], &[&joint], &[&joint]])?;
    suite.add("aborted", &requirements, doc, ask(&market.world, Shard(2))?, intent)?;
    Ok(())
}

/// Rows of three expiries in shard 1, and one row in shard 2, which is only an output shard. When
/// each of them closes epoch 2, the row that expired in epoch 1 is removed.
fn pruned(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let alice = market.alice.clone();
    let coins = [
        market.world.coin(&alice, 100, 11)?,
        market.world.coin(&alice, 100, 12)?,
        market.world.coin(&alice, 100, 13)?,
    ];
    let draft = |market: &Market, expiry, coin: &Coin| {
        sign(&market.world.draft(expiry, &[coin], &[(&market.bob, 90)])?, &[coin])
    };
    let first = draft(&market, Epoch(1), &coins[0])?;
    let second = draft(&market, Epoch(2), &coins[1])?;
    market.world.block(Shard(1), &[Entry::Lock(first), Entry::Lock(second.clone())])?;
    market.world.next_epoch()?;
    let third = draft(&market, Epoch(3), &coins[2])?;
    market.world.block(Shard(1), &[Entry::Lock(third)])?;
    let second = &second.transaction;
    suite.add(
        "rows-of-three-expiries",
        &["ATX-CLOSE-02", "ATX-CLOSE-01", "ATX-SWEEP-01"],
        "Given rows that expire in the epochs 1, 2 and 3, when the shard closes epoch 2, then the \
         first row and its pending transaction are removed, the transaction of the second row is \
         listed, and the second and the third row are kept.",
        ask(&market.world, Shard(1))?,
        lists([&[second], &[second], &[]])?,
    )?;
    suite.add(
        "row-of-an-output-shard",
        &["ATX-CLOSE-02"],
        "Given the row of a transaction of which the shard is only an output shard and which \
         expired in epoch 1, when the shard closes epoch 2, then the row is removed.",
        ask(&market.world, Shard(2))?,
        lists([&[], &[], &[]])?,
    )?;
    Ok(())
}

/// Epochs that cannot close yet: the previous epoch is not swept, or the state says that the
/// current one is. All are refused with the same code.
pub(super) fn refused() -> Result<VectorFile, CaseError> {
    let doc =
        "Shards that cannot close an epoch yet, because they have not swept the previous epoch.";
    let mut suite = SuiteWriter::new(HANDLER, "refused", doc)?;
    let requirements = ["ATX-CLOSE-01", "ATX-CLOSE-02"];
    let (mut market, _) = Market::with_joint_accepted(Epoch(1))?;
    market.world.close(Shard(1))?;
    let mut add = |slug: &str, given: &str, world: &World| {
        let doc = format!(
            "Given {given}, when the shard is asked to close its epoch, then the request is \
             refused."
        );
        let intent = Intent::Rejected(Rejection::AtxCloseNotImported);
        suite.add(slug, &requirements, &doc, ask(world, Shard(1))?, intent).map(|_| ())
    };
    add("closed-just-now", "a shard that has just closed epoch 1", &market.world)?;
    for shard in [2, 3] {
        market.world.close(Shard(shard))?;
    }
    market.world.block(Shard(1), &[])?;
    add(
        "not-swept",
        "a shard in epoch 2 that has a block and has not swept epoch 1",
        &market.world,
    )?;
    market.world.state_mut(Shard(1))?.totals.imported = Epoch(2);
    add(
        "swept-too-much",
        "a shard in epoch 2 whose state says that epoch 2 is swept",
        &market.world,
    )?;
    Ok(suite.finish())
}
