//! Transactions of one shard: what they change, what they are refused for, and in which order.

use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{SignedTransaction, Transaction, TxId};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use super::samples::Town;
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Checks, Edit, Fault, Pairs, add_edits, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    Coin, Inputs as _, Setup, change_inputs, change_outputs, change_witnesses, digest, key_pair,
    lock_by_another, outpoint, witness,
};

const HANDLER: &str = "ledger.apply";

/// What is done to a request after its owners signed.
type SignedChange = fn(&mut SignedTransaction) -> Setup<()>;
/// A transaction that is put to shard 1, and what is done to it after it is signed.
#[derive(Clone)]
struct Attempt {
    town: Town,
    transaction: Transaction,
    after_signing: Vec<SignedChange>,
}

impl Attempt {
    /// Alice pays Amy 1,790 out of three coins, and the fee of 10.
    fn new() -> Result<Self, CaseError> {
        let town = Town::new()?;
        let coins: Vec<&Coin> = town.coins.iter().collect();
        let transaction = town.world.draft(Epoch(1), &coins, &[(&town.amy, 1790)])?;
        Ok(Self { town, transaction, after_signing: Vec::new() })
    }

    /// Alice signs, whatever the inputs claim.
    fn signed(&self) -> Result<SignedTransaction, CaseError> {
        let txid = self.transaction.id(&Normative);
        let witnesses = self
            .transaction
            .inputs
            .iter()
            .map(|_| self.town.alice.witness(&Normative, &txid))
            .collect::<Result<Vec<_>, _>>()?;
        let mut signed = SignedTransaction {
            transaction: self.transaction.clone(),
            witnesses: witnesses.try_into()?,
        };
        for change in &self.after_signing {
            change(&mut signed)?;
        }
        Ok(signed)
    }

    fn ask(&self) -> Result<Value, CaseError> {
        self.town.world.request(Shard(1), &self.signed()?)
    }
}

/// Payments that are applied, and the state after each. The cases vary their inputs and outputs,
/// the expiry, and the state that they meet.
pub(super) fn payments() -> Result<VectorFile, CaseError> {
    let doc = "Transactions within one shard that are applied, and the resulting state.";
    let mut suite = SuiteWriter::new(HANDLER, "payments", doc)?;
    let Town { world, alice, amy, coins, .. } = Town::new()?;
    let [thousand, five_hundred, _] = &coins;
    let all: Vec<&Coin> = coins.iter().collect();
    let shapes = [
        (
            "payment",
            "a payment of a coin of 1,000 without change",
            world.pay(Epoch(1), &[thousand], &[(&amy, 990)])?,
        ),
        (
            "change",
            "a payment with change that is paid back to the payer",
            world.pay(Epoch(1), &[thousand], &[(&amy, 400), (&alice, 590)])?,
        ),
        (
            "two-inputs",
            "a payment of two coins of one owner",
            world.pay(Epoch(1), &[thousand, five_hundred], &[(&amy, 1490)])?,
        ),
        (
            "three-outputs",
            "a payment with three outputs",
            world.pay(Epoch(1), &[thousand], &[(&amy, 1), (&alice, 2), (&amy, 987)])?,
        ),
        (
            "everything-a-fee",
            "a payment of 1 unit with all other units as the fee",
            world.pay(Epoch(1), &all, &[(&alice, 1)])?,
        ),
        (
            "expiry-next-epoch",
            "a payment whose expiry epoch is one after the shard's epoch",
            world.pay(Epoch(2), &[thousand], &[(&amy, 990)])?,
        ),
    ];
    let requirements = [
        "LED-SINGLE-01",
        "LED-TX-02",
        "LED-OWNER-03",
        "LED-FEE-01",
        "LED-LOCAL-01",
        "LED-LOCAL-02",
    ];
    for (slug, what, signed) in shapes {
        let doc = format!(
            "Given {what}, when the transaction is applied in its shard, then its inputs are \
             removed, its outputs are created, and its fee is added to the fee pool."
        );
        suite.add(slug, &requirements, &doc, world.request(Shard(1), &signed)?, Intent::Ok)?;
    }
    data_hash(&mut suite)?;
    two_owners(&mut suite)?;
    later_states(&mut suite)?;
    Ok(suite.finish())
}

/// An implementation that stores the hash of the data in the state has another root.
fn data_hash(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut attempt = Attempt::new()?;
    change_outputs(&mut attempt.transaction, |outputs| {
        outputs[0].data_hash = Some(digest("data"))
    })?;
    suite.add(
        "data-hash",
        &["LED-TX-02"],
        "Given an output with a hash of data, when the transaction is applied, then the state \
         stores only the owner and the amount of the output.",
        attempt.ask()?,
        Intent::Ok,
    )?;
    Ok(())
}

/// An implementation that writes a row for the first owner alone has another root.
fn two_owners(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let Town { mut world, alice, amy, coins, .. } = Town::new()?;
    let of_amy = world.coin(&amy, 200, 4)?;
    let signed = world.pay(Epoch(1), &[&of_amy, &coins[0]], &[(&alice, 1190)])?;
    suite.add(
        "two-owners",
        &["LED-OWNER-03"],
        "Given inputs of two owners of the shard, when the transaction is applied, then a row is \
         created for both accounts.",
        world.request(Shard(1), &signed)?,
        Intent::Ok,
    )?;
    Ok(())
}

/// A payment of the same coin in other states: the third epoch with two expiries, and a fee pool
/// that has units in it or becomes full.
fn later_states(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let Town { mut world, amy, coins, .. } = Town::new()?;
    world.state_mut(Shard(1))?.position.epoch = Epoch(3);
    for (slug, expiry) in [("third-epoch", 3), ("third-epoch-expiry-next", 4)] {
        let signed = world.pay(Epoch(expiry), &[&coins[0]], &[(&amy, 990)])?;
        let doc = format!(
            "Given a payment with the expiry epoch {expiry}, when the shard is in epoch 3, then \
             the payment is applied."
        );
        let requirements = ["LED-LOCAL-01", "LED-LOCAL-02"];
        suite.add(slug, &requirements, &doc, world.request(Shard(1), &signed)?, Intent::Ok)?;
    }

    let Town { mut world, amy, coins, .. } = Town::new()?;
    let signed = world.pay(Epoch(1), &[&coins[0]], &[(&amy, 990)])?;
    for (slug, pool) in [("fee-added-to-the-pool", 7), ("fee-fills-the-pool", u64::MAX - 10)] {
        world.state_mut(Shard(1))?.totals.fee_pool = pool;
        let doc = format!(
            "Given a fee pool of {pool}, when a payment with a fee of 10 is applied, then the pool \
             becomes the sum of both."
        );
        suite.add(slug, &["LED-FEE-02"], &doc, world.request(Shard(1), &signed)?, Intent::Ok)?;
    }
    Ok(())
}

/// Payments that are refused. The base is the payment of three coins that Alice makes to Amy.
pub(super) fn refusals() -> Result<VectorFile, CaseError> {
    let doc = "Transactions that a shard refuses to apply, for each possible reason.";
    let mut suite = SuiteWriter::new(HANDLER, "refusals", doc)?;
    let honest = Attempt::new()?;
    let doc = "Given a payment, when {what}, then it is refused.";
    add_edits(&mut suite, &honest, Attempt::ask, doc, REFUSED)?;
    elsewhere(&mut suite)?;
    Ok(suite.finish())
}

/// Payments with one fault each, most of them in a check of the shard and not of the transaction
/// alone. A shard that leaves one of these checks out spends what it must not.
const REFUSED: &[Edit<Attempt>] = &edits! { Attempt:
    "other-chain" => LedChainId, &["LED-STATIC-01", "LED-GENESIS-05"],
        "it was signed for a chain with another genesis",
        |attempt| attempt.transaction.chain_id = digest("other chain");
    "a-unit-created" => LedSumMismatch, &["LED-STATIC-08", "LED-CONSERVE-01"],
        "its outputs and its fee exceed its inputs by 1 unit",
        |attempt| change_outputs(&mut attempt.transaction, |outputs| outputs[0].amount += 1);
    "output-elsewhere" => LedNotSingleShard, &["LED-SINGLE-01", "LED-OWNER-02"],
        "its payee belongs to another shard",
        |attempt| {
            let bob = attempt.town.bob.account();
            change_outputs(&mut attempt.transaction, |outputs| outputs[0].owner = bob)
        };
    "input-elsewhere" => LedNotSingleShard, &["LED-SINGLE-01", "LED-OWNER-02"],
        "an input claims to belong to an owner of another shard",
        |attempt| {
            let bob = attempt.town.bob.account();
            change_inputs(&mut attempt.transaction, |inputs| inputs[2].owner = bob)
        };
    "expired" => LedEpochExpired, &["LED-LOCAL-01"], "its expiry epoch is the one before the \
                                                      shard's epoch",
        |attempt| attempt.transaction.expiry_epoch = Epoch(0);
    "expired-for-long" => LedEpochExpired, &["LED-LOCAL-01"], "its expiry epoch is several epochs \
                                                               before the shard's epoch",
        |attempt| attempt.town.world.state_mut(Shard(1))?.position.epoch = Epoch(1000);
    "too-far" => LedEpochTooFar, &["LED-LOCAL-02"], "its expiry epoch is two after the shard's \
                                                     epoch",
        |attempt| attempt.transaction.expiry_epoch = Epoch(3);
    "never-expires" => LedEpochTooFar, &["LED-LOCAL-02"], "its expiry epoch is the largest \
                                                           possible number",
        |attempt| attempt.transaction.expiry_epoch = Epoch(u64::MAX);
    "never-seen" => LedOutpointUnknown, &["LED-LOCAL-03"], "an input names an output that never \
                                                            existed",
        |attempt| change_inputs(&mut attempt.transaction, |inputs| inputs[2].outpoint = outpoint(77, 0));
    "spent" => LedOutpointUnknown, &["LED-LOCAL-03"], "an input is already spent", |attempt| {
        attempt.town.world.state_mut(Shard(1))?.unspent.remove(&outpoint(2, 0));
    };
    "another-index" => LedOutpointUnknown, &["LED-LOCAL-03", "LED-TX-02", "LED-GENESIS-06"],
        "an input names an output index that the transaction does not have",
        |attempt| change_inputs(&mut attempt.transaction, |inputs| inputs[0].outpoint.index = 1);
    "locked" => LedOutpointLocked, &["LED-LOCAL-04"], "an input is locked by another transaction",
        |attempt| lock_by_another(&mut attempt.town.world, 2);
    "claims-more" => LedClaimWrong, &["LED-LOCAL-05"], "an input claims 1 unit more than its \
                                                        amount",
        |attempt| claim_a_unit_more(attempt, 2);
    "claims-less" => LedClaimWrong, &["LED-LOCAL-05"], "an input claims 1 unit less than its \
                                                        amount",
        |attempt| {
            change_inputs(&mut attempt.transaction, |inputs| inputs[0].amount -= 1)?;
            change_outputs(&mut attempt.transaction, |outputs| outputs[0].amount -= 1)
        };
    "claims-the-coin-of-another" => LedClaimWrong, &["LED-LOCAL-05"],
        "an input is a coin of another owner of the shard",
        |attempt| {
            let amy = attempt.town.amy.account();
            let state = attempt.town.world.state_mut(Shard(1))?;
            state
                .unspent
                .values_mut()
                .for_each(|coin| coin.owner = if coin.amount == 500 { amy } else { coin.owner });
        };
    "fee-overflows-the-pool" => LedOverflow, &["LED-FEE-02", "LED-CONSERVE-01"],
        "the fee pool would exceed 64 bits by 1 unit",
        |attempt| attempt.town.world.state_mut(Shard(1))?.totals.fee_pool = u64::MAX - 9;
};

fn claim_a_unit_more(attempt: &mut Attempt, place: usize) -> Setup<()> {
    change_inputs(&mut attempt.transaction, |inputs| inputs[place].amount += 1)?;
    change_outputs(&mut attempt.transaction, |outputs| outputs[0].amount += 1)
}

/// A payment within shard 2, put to shard 1; and one that was applied, put to its shard again.
fn elsewhere(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let Town { mut world, bob, amy, coins, .. } = Town::new()?;
    let of_bob = world.coin(&bob, 1000, 9)?;
    let within = world.pay(Epoch(1), &[&of_bob], &[(&bob, 990)])?;
    suite.add(
        "wholly-elsewhere",
        &["LED-SINGLE-01"],
        "Given a payment within shard 2, when it is sent to shard 1, then it is refused.",
        world.request(Shard(1), &within)?,
        Intent::Rejected(Rejection::LedNotSingleShard),
    )?;
    let payment = world.pay(Epoch(1), &[&coins[0]], &[(&amy, 990)])?;
    world.block(Shard(1), &[Entry::Single(payment.clone())])?;
    suite.add(
        "applied-before",
        &["LED-SINGLE-01", "LED-LOCAL-03"],
        "Given a payment that was already applied, when it is sent to its shard again, then it is \
         refused because its input is spent.",
        world.request(Shard(1), &payment)?,
        Intent::Rejected(Rejection::LedOutpointUnknown),
    )?;
    Ok(())
}

/// Faults in the order of the checks, with two static checks and two checks of witnesses for all of
/// theirs; the expiry that is too far away has a case of its own. A fault of a later check is never
/// in a later input: each check runs over all inputs before the next check runs.
const FAULTS: &[Fault<Attempt>] = &faults! { Attempt:
    "static" => LedVersion, "LED-STATIC-02", "its version is 2",
        |attempt| attempt.transaction.version = 2;
    "fee-minimum" => LedFeeMinimum, "LED-STATIC-09", "its fee is 1 unit below the minimum", |attempt| {
        attempt.transaction.fee -= 1;
        change_outputs(&mut attempt.transaction, |outputs| outputs[0].amount += 1)
    };
    "not-single-shard" => LedNotSingleShard, "LED-SINGLE-01", "an output belongs to another shard",
        |attempt| {
            let bob = attempt.town.bob.account();
            change_outputs(&mut attempt.transaction, |outputs| outputs[0].owner = bob)
        };
    "expired" => LedEpochExpired, "LED-LOCAL-01", "it has expired",
        |attempt| attempt.transaction.expiry_epoch = Epoch(0);
    "witness-count" => LedWitnessCount, "LED-WITNESS-01", "a witness is missing", |attempt| attempt
    .after_signing
    .push(|signed| change_witnesses(signed, |witnesses| witnesses.truncate(2)));
    "witness-key" => LedWitnessKey, "LED-WITNESS-05", "a stranger signs for the last input",
        |attempt| {
            attempt.after_signing.insert(0, |signed| {
                let stranger = witness(None, &[key_pair("stranger", 0)], &TxId(Digest::ZERO))?;
                change_witnesses(signed, |witnesses| witnesses[2].signatures = stranger.signatures)
            });
        };
    "unknown" => LedOutpointUnknown, "LED-LOCAL-03", "the last input does not exist in the state", |attempt| {
        attempt.town.world.state_mut(Shard(1))?.unspent.remove(&outpoint(3, 0));
    };
    "locked" => LedOutpointLocked, "LED-LOCAL-04",
        "the second input is locked by another transaction",
        |attempt| lock_by_another(&mut attempt.town.world, 2);
    "claim-wrong" => LedClaimWrong, "LED-LOCAL-05", "the first input claims more than its amount",
        |attempt| claim_a_unit_more(attempt, 0);
    "overflow" => LedOverflow, "LED-FEE-02", "the fee pool is full",
        |attempt| attempt.town.world.state_mut(Shard(1))?.totals.fee_pool = u64::MAX;
};

/// Each fault together with the next one, and an expiry that is too far away without witnesses. An
/// implementation with another order of checks gives another answer.
pub(super) fn order_of_checks() -> Result<VectorFile, CaseError> {
    let doc = "Transactions with two faults each. The check that comes first determines the \
               answer. Each check is made for all inputs before the next check begins.";
    let mut suite = SuiteWriter::new(HANDLER, "order-of-checks", doc)?;
    let honest = Attempt::new()?;
    let checks =
        Checks { subject: "a payment", honest: &honest, faults: FAULTS, ask: Attempt::ask };
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    let mut attempt = honest.clone();
    attempt.transaction.expiry_epoch = Epoch(3);
    attempt.after_signing.push(|signed| change_witnesses(signed, Vec::clear));
    suite
        .add(
            "too-far-before-witness-count",
            &["LED-LOCAL-02", "LED-WITNESS-01"],
            "Given a payment, when its expiry epoch is two after the shard's epoch and it has no \
             witnesses, then it is refused for the expiry.",
            attempt.ask()?,
            Intent::Rejected(Rejection::LedEpochTooFar),
        )?
        .flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}
