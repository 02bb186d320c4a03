//! Conservation: at every stage of a transaction the units add up to the supply.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::chain::conservation::RetainedLists;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{SUPPLY, ShardState, Transaction};
use ioschain_spec::primitives::numbers::{Epoch, Shard};

use super::samples::Town;
use crate::format::vector::VectorFile;
use crate::make::cases::atomix::samples::Market;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{World, list_to_json};

const REQUIREMENTS: &[&str] = &["LED-CONSERVE-01"];

fn ask(states: &[ShardState], lists: &RetainedLists) -> Result<Value, CaseError> {
    let retained = lists
        .iter()
        .map(|((epoch, source), lists)| {
            let lists = list_to_json(lists)?;
            Ok(json!({ "epoch": epoch.to_string(), "source": source.0, "lists": lists }))
        })
        .collect::<Result<Vec<Value>, CaseError>>()?;
    Ok(json!({ "states": list_to_json(states)?, "retained": retained }))
}

fn adds_up_to(sum: u64) -> Intent {
    Intent::Exactly(json!({ "sum": sum.to_string() }))
}

/// Worlds whose sum is known.
struct Sums {
    suite: SuiteWriter,
}

impl Sums {
    /// A world of which the retained lists are known too: the sum is the supply.
    fn conserved(&mut self, slug: &str, given: &str, world: &World) -> Result<(), CaseError> {
        let doc =
            format!("Given {given}, when the units are added up, then the sum is the supply.");
        let input = ask(&world.states, &world.lists)?;
        self.suite.add(slug, REQUIREMENTS, &doc, input, adds_up_to(SUPPLY))?;
        Ok(())
    }
}

/// The sums at the stages of a payment within a shard, of a commit, of an abort and of a sweep: the
/// supply, where the expiry lists are known. Further sums are of states that are made up. An
/// implementation that leaves out what is not credited yet, or counts it twice, has another sum.
pub(super) fn sums() -> Result<VectorFile, CaseError> {
    let doc = "Sums of unspent outputs, locked outputs, pools, and the amounts that decided \
               transactions have not credited yet.";
    let mut sums = Sums { suite: SuiteWriter::new("ledger.conservation", "sums", doc)? };
    let Town { mut world, amy, coins, .. } = Town::new()?;
    sums.conserved("coins-and-pools", "a chain with coins and community pools", &world)?;
    let payment = world.pay(Epoch(1), &[&coins[0]], &[(&amy, 990)])?;
    world.block(Shard(1), &[Entry::Single(payment)])?;
    sums.conserved("fee-pool", "a fee in the fee pool", &world)?;
    commits(&mut sums)?;
    aborts(&mut sums)?;
    sweeps(&mut sums)?;
    made_up(&mut sums.suite)?;
    Ok(sums.suite.finish())
}

fn commit_at(market: &mut Market, joint: &Transaction, shard: Shard) -> Result<(), CaseError> {
    let commit = market.world.commit(joint)?;
    market.world.block(shard, &[Entry::UnlockCommit(commit)])?;
    Ok(())
}

fn commits(sums: &mut Sums) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let joint = market.joint(Epoch(1))?;
    market.world.block(Shard(1), &[Entry::Lock(joint.clone())])?;
    sums.conserved(
        "accepted-by-one-of-two",
        "a transaction that one of two input shards accepted",
        &market.world,
    )?;
    market.world.block(Shard(2), &[Entry::Lock(joint)])?;
    sums.conserved(
        "decided",
        "a transaction that both input shards accepted and no shard has settled",
        &market.world,
    )?;
    let (accepted, joint) = Market::with_joint_accepted(Epoch(1))?;
    let orders: [(&str, &str, &[u16]); 4] = [
        (
            "settled-by-the-output-shard",
            "a decided transaction that only the output shard has settled",
            &[3],
        ),
        ("settled-by-one-input-shard", "a decided transaction that only shard 2 has settled", &[2]),
        (
            "settled-by-both-input-shards",
            "a decided transaction that only the output shard has not settled yet",
            &[2, 1],
        ),
        ("settled-by-all", "a transaction that every participating shard has settled", &[1, 2, 3]),
    ];
    for (slug, given, shards) in orders {
        let mut market = accepted.clone();
        for shard in shards {
            commit_at(&mut market, &joint, Shard(*shard))?;
        }
        sums.conserved(slug, given, &market.world)?;
    }
    Ok(())
}

fn aborts(sums: &mut Sums) -> Result<(), CaseError> {
    let (mut market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let given = "a transaction that one shard accepted and another rejected";
    sums.conserved("accepted-and-rejected", given, &market.world)?;
    let abort = market.world.abort(&joint, Shard(1))?;
    market.world.block(Shard(2), &[Entry::UnlockAbort(abort)])?;
    sums.conserved("aborted", "a transaction that the accepting shard aborted", &market.world)
}

/// A decided transaction whose client has vanished, shard by shard through the sweep, and a
/// rejected one that shard 2 swept as aborted. Without the expiry lists the sum is too small.
fn sweeps(sums: &mut Sums) -> Result<(), CaseError> {
    let (mut market, _) = Market::with_joint_accepted(Epoch(1))?;
    market.world.close_all()?;
    sums.conserved(
        "closed",
        "a decided transaction whose expiry epoch is closed in every shard",
        &market.world,
    )?;
    let import = market.world.import_for(Shard(1))?;
    market.world.block(Shard(1), &[Entry::Import(import)])?;
    sums.conserved(
        "swept-by-one",
        "a decided transaction that only shard 1 has swept",
        &market.world,
    )?;
    market.world.close(Shard(1))?;
    let world = &market.world;
    let given = "a decided transaction whose decision row shard 1 has deleted, but which is in the \
                 retained expiry lists";
    sums.conserved("pruned-by-one", given, world)?;
    sums.suite.add(
        "pruned-and-lists-lost",
        REQUIREMENTS,
        "Given a decided transaction whose decision row shard 1 has deleted, when the expiry lists \
         are not known, then the transaction counts as undecided, and the sum is below the supply \
         because its outputs are not counted.",
        ask(&world.states, &RetainedLists::new())?,
        // Shard 1 has credited its 479 and 11 of the 2,000 that went in; shard 2 still locks 1,000.
        adds_up_to(SUPPLY - 2000 + 479 + 11 + 1000),
    )?;
    let import = market.world.import_for(Shard(2))?;
    market.world.block(Shard(2), &[Entry::Import(import)])?;
    sums.conserved(
        "pruned-and-swept",
        "a decided transaction that only the output shard has not swept yet",
        &market.world,
    )?;
    let import = market.world.import_for(Shard(3))?;
    market.world.block(Shard(3), &[Entry::Import(import)])?;
    sums.conserved(
        "swept-by-all",
        "a decided transaction that every participating shard has swept",
        &market.world,
    )?;
    market.world.close(Shard(3))?;
    sums.conserved(
        "pruned-by-the-output-shard",
        "a transaction whose decision rows are deleted, but which is in the retained expiry lists",
        &market.world,
    )?;

    let (mut market, _) = Market::with_joint_rejected(Epoch(1))?;
    market.world.close_all()?;
    let import = market.world.import_for(Shard(2))?;
    market.world.block(Shard(2), &[Entry::Import(import)])?;
    market.world.close(Shard(2))?;
    let given = "a transaction that is on only one of two expiry lists, and whose decision row \
                 shard 2 deleted after sweeping it as aborted";
    sums.conserved("swept-as-aborted", given, &market.world)
}

/// States that no chain reaches: their sum is above the supply, or refused because it exceeds 64
/// bits.
fn made_up(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let none = RetainedLists::new();
    let states = Town::new()?.world.states;
    let sum_of = |states: &[ShardState]| -> Result<Value, CaseError> { ask(states, &none) };

    let mut richer = states.clone();
    richer[1].totals.community_pool += 1;
    let doc = "Given 1 unit too many in a pool, when the units are added up, then the sum is the \
               supply plus 1.";
    suite.add("a-unit-too-many", REQUIREMENTS, doc, sum_of(&richer)?, adds_up_to(SUPPLY + 1))?;

    let mut full = states;
    full[0].totals.fee_pool = u64::MAX - SUPPLY;
    let doc = "Given pools that add up to the largest 64-bit number, when the units are added up, \
               then that is the sum.";
    suite.add("largest-sum", REQUIREMENTS, doc, sum_of(&full)?, adds_up_to(u64::MAX))?;

    full[1].totals.fee_pool = 1;
    let doc = "Given pools that add up to 1 more than the largest 64-bit number, when the units \
               are added up, then the sum is refused.";
    let requirements = ["LED-CONSERVE-01"];
    let overflow = || Intent::Rejected(Rejection::LedOverflow);
    suite.add("sum-overflows", &requirements, doc, sum_of(&full)?, overflow())?;

    full[1].totals.fee_pool = 0;
    full[0].unspent.values_mut().take(1).for_each(|output| output.amount += 1);
    let doc = "Given pools and coins that add up to 1 more than the largest 64-bit number, when \
               the units are added up, then the sum is refused.";
    suite.add("coins-overflow", &requirements, doc, sum_of(&full)?, overflow())?;
    Ok(())
}
