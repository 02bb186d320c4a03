//! Locks: when a shard accepts, when it votes no, when it merely refuses.

use ioschain_spec::primitives::numbers::{Epoch, Shard};
use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::Answer;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Account, SignedTransaction, Transaction, TxId, Witness};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::suite::Normative;

use super::samples::Market;
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Checks, Edit, Fault, Pairs, add_edits, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    ACCEPTED, Coin, Inputs as _, Owner, Setup, World, answered, change_inputs, change_outputs,
    change_witnesses, digest, key_pair, lock_by_another, outpoint, voted_down, witness,
};

const HANDLER: &str = "atomix.lock";

/// What is done to a request after its owners signed.
type SignedChange = fn(&mut SignedTransaction) -> Setup<()>;
/// A lock request with three inputs in shard 1 and one in shard 2, and what is done to it after it
/// is signed. Alice owns the first three, Bob the last; Carol in shard 3 is paid.
#[derive(Clone)]
struct Attempt {
    world: World,
    alice: Owner,
    bob: Owner,
    /// Of Alice in shard 1, but not Alice.
    amy: Owner,
    transaction: Transaction,
    after_signing: Vec<SignedChange>,
    shard: Shard,
}

impl Attempt {
    fn new() -> Result<Self, CaseError> {
        let mut world = World::new(3)?;
        let alice = Owner::new("alice", Shard(1), 3)?;
        let amy = Owner::new("amy", Shard(1), 3)?;
        let bob = Owner::new("bob", Shard(2), 3)?;
        let carol = Owner::new("carol", Shard(3), 3)?;
        let coins = [
            world.coin(&alice, 1000, 1)?,
            world.coin(&alice, 500, 2)?,
            world.coin(&alice, 300, 3)?,
            world.coin(&bob, 1000, 4)?,
        ];
        let coins: Vec<&Coin> = coins.iter().collect();
        let transaction = world.draft(Epoch(1), &coins, &[(&carol, 2780)])?;
        Ok(Self { world, alice, bob, amy, transaction, after_signing: Vec::new(), shard: Shard(1) })
    }

    fn txid(&self) -> TxId {
        self.transaction.id(&Normative)
    }

    /// Alice signs for the first three inputs and Bob for the last, whatever they claim.
    fn signed(&self) -> Result<SignedTransaction, CaseError> {
        let txid = self.txid();
        let of_alice = self.alice.witness(&Normative, &txid)?;
        let mut witnesses = vec![of_alice; 3];
        witnesses.push(self.bob.witness(&Normative, &txid)?);
        witnesses.truncate(self.transaction.inputs.len());
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
        self.world.request(self.shard, &self.signed()?)
    }

    fn lock_by_another(&mut self, place: u8) -> Result<(), CaseError> {
        lock_by_another(&mut self.world, place)
    }

    fn claim_a_unit_more(&mut self, place: usize) -> Setup<()> {
        change_inputs(&mut self.transaction, |inputs| inputs[place].amount += 1)?;
        change_outputs(&mut self.transaction, |outputs| outputs[0].amount += 1)
    }

    /// Bob's input is left out: shard 1 is the only input shard.
    fn without_bob(&mut self) -> Setup<()> {
        change_inputs(&mut self.transaction, |inputs| inputs.truncate(3))?;
        change_outputs(&mut self.transaction, |outputs| outputs[0].amount -= 1000)
    }
}

/// Requests that a shard accepts.
pub(super) fn accepted() -> Result<VectorFile, CaseError> {
    let doc = "Lock requests that a shard accepts: its inputs become locks, the transaction waits.";
    let mut suite = SuiteWriter::new(HANDLER, "accepted", doc)?;
    let honest = Attempt::new()?;
    for edit in ACCEPTABLE {
        let doc = "Given {what}, when the lock is asked for, then the shard accepts.";
        edit.add(&mut suite, doc, edit.apply(&honest)?.ask()?, answered(ACCEPTED)?)?;
    }
    let market = Market::new()?;
    let requests = [
        ("input-and-output-shard", "a shard that votes and receives", market.joint(Epoch(1))?, 1),
        ("input-shard-alone", "a shard that only votes", market.joint(Epoch(1))?, 2),
        ("one-input-shard", "one input shard and one output shard", market.simple(Epoch(1))?, 1),
        (
            "three-input-shards",
            "three input shards, of which this is the last",
            market.pooled(Epoch(1))?,
            3,
        ),
    ];
    let requirements =
        ["ATX-LOCK-01", "ATX-LOCK-02", "ATX-LOCK-04", "LED-OWNER-02", "LED-OWNER-03"];
    for (slug, given, request, shard) in requests {
        let doc = format!("Given {given}, when the lock is asked for, then the shard accepts.");
        let input = market.world.request(Shard(shard), &request)?;
        suite.add(slug, &requirements, &doc, input, answered(ACCEPTED)?)?;
    }
    Ok(suite.finish())
}

const LOCKABLE: &[&str] = &["ATX-LOCK-04", "LED-LOCAL-03", "LED-LOCAL-04", "LED-LOCAL-05"];
const WINDOW: &[&str] = &["LED-LOCAL-01", "LED-LOCAL-02"];

const ACCEPTABLE: &[Edit<Attempt>] = &edits! { Attempt:
    "three-own-inputs" => accepted, LOCKABLE, "three own inputs and one of another shard", |_| ();
    "expiry-next-epoch" => accepted, WINDOW, "an expiry one epoch ahead",
        |attempt| attempt.transaction.expiry_epoch = Epoch(2);
    "last-epoch-before-expiry" => accepted, WINDOW, "a shard in epoch 3 and an expiry of 4",
        |attempt| {
            attempt.transaction.expiry_epoch = Epoch(4);
            attempt.world.state_mut(Shard(1))?.position.epoch = Epoch(3);
        };
    "epoch-of-expiry" => accepted, WINDOW, "a shard in epoch 3 and an expiry of 3", |attempt| {
        attempt.transaction.expiry_epoch = Epoch(3);
        attempt.world.state_mut(Shard(1))?.position.epoch = Epoch(3);
    };
    "foreign-witness-empty" => accepted, &["LED-WITNESS-01", "ATX-LOCK-04"],
        "a witness of another shard's input with nothing in it",
        |attempt| attempt.after_signing.push(|signed| {
            let empty = witness(None, &[], &TxId(Digest::ZERO))?;
            change_witnesses(signed, |witnesses| witnesses[3] = empty)
        });
    "foreign-input-gone" => accepted, &["ATX-LOCK-04", "LED-LOCAL-03"],
        "an input of another shard that nobody there has",
        |attempt| attempt.world.state_mut(Shard(2))?.unspent.clear();
    "account-with-a-row" => accepted, &["LED-WITNESS-02", "LED-OWNER-03"],
        "an account with a row, and witnesses without a policy",
        |attempt| {
            let (owner, policy) = (attempt.alice.account(), attempt.alice.policy.clone());
            attempt.world.state_mut(Shard(1))?.accounts.insert(owner, Account { policy });
            attempt.after_signing.push(|signed| {
                change_witnesses(signed, |witnesses| {
                    witnesses.iter_mut().take(3).for_each(|one| one.policy = None)
                })
            });
        };
    "other-locks-stay" => accepted, LOCKABLE,
        "a coin of the owner that another transaction has locked",
        |attempt| {
            let alice = attempt.alice.clone();
            attempt.world.coin(&alice, 50, 9)?;
            attempt.lock_by_another(9)
        };
};

/// Requests that are answered from memory.
pub(super) fn stored_answers() -> Result<VectorFile, CaseError> {
    let doc = "A shard votes once: whoever asks again gets the vote, whatever has changed since.";
    let mut suite = SuiteWriter::new(HANDLER, "stored-answers", doc)?;
    after_acceptance(&mut suite)?;
    after_rejection(&mut suite)?;
    Ok(suite.finish())
}

/// The request is put to the shard again.
fn add_again(
    suite: &mut SuiteWriter,
    slug: &str,
    given: &str,
    (world, shard): (&World, u16),
    request: &SignedTransaction,
    answer: Answer,
) -> Result<(), CaseError> {
    let doc = format!(
        "Given {given}, when the lock is asked for again, then the answer is the vote from before."
    );
    let input = world.request(Shard(shard), request)?;
    suite.add(slug, &["ATX-LOCK-03"], &doc, input, answered(answer)?)?;
    Ok(())
}

fn after_acceptance(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (mut market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let honest = market.joint(Epoch(1))?;
    let mut garbage = honest.clone();
    change_witnesses(&mut garbage, Vec::clear)?;
    let world = &market.world;
    let given = "a request that was accepted";
    add_again(suite, "accepted-before", given, (world, 1), &honest, ACCEPTED)?;
    let slug = "accepted-before-garbage-witness";
    let given = "a request that was accepted, without its witnesses";
    add_again(suite, slug, given, (world, 2), &garbage, ACCEPTED)?;
    for epoch in [2, 3, 1000] {
        let mut later = world.clone();
        later.state_mut(Shard(1))?.position.epoch = Epoch(epoch);
        let slug = format!("accepted-before-epoch-{epoch}");
        let given = format!("an acceptance with expiry 1 that was not pruned yet in epoch {epoch}");
        add_again(suite, &slug, &given, (&later, 1), &honest, ACCEPTED)?;
    }
    let commit = Entry::UnlockCommit(market.world.commit(&joint)?);
    market.world.block(Shard(1), &[commit])?;
    let given = "an acceptance that has been committed";
    add_again(suite, "committed-since", given, (&market.world, 1), &honest, ACCEPTED)
}

fn after_rejection(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (mut market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let down = voted_down(Rejection::LedOutpointLocked);
    let honest = market.joint(Epoch(1))?;
    let mut garbage = honest.clone();
    change_witnesses(&mut garbage, Vec::clear)?;
    let given = "a request that was voted down";
    add_again(suite, "rejected-before", given, (&market.world, 1), &honest, down)?;
    let slug = "rejected-before-garbage-witness";
    let given = "a request that was voted down, without its witnesses";
    add_again(suite, slug, given, (&market.world, 1), &garbage, down)?;
    let mut free = market.world.clone();
    free.state_mut(Shard(1))?.locks.clear();
    let slug = "rejected-before-and-free-since";
    let given = "a request that was voted down for a lock that is gone";
    add_again(suite, slug, given, (&free, 1), &honest, down)?;
    let abort = Entry::UnlockAbort(market.world.abort(&joint, Shard(1))?);
    market.world.block(Shard(2), &[abort])?;
    let given = "an acceptance that has been aborted";
    add_again(suite, "aborted-since", given, (&market.world, 2), &honest, ACCEPTED)
}

/// Requests that a shard votes down.
pub(super) fn rejected() -> Result<VectorFile, CaseError> {
    let doc = "Lock requests that a shard votes down: one row is written, and nothing is touched.";
    let mut suite = SuiteWriter::new(HANDLER, "rejected", doc)?;
    let honest = Attempt::new()?;
    for (edit, reason) in CONTESTED.iter().filter_map(|edit| Some((edit, edit.rejection?))) {
        let doc = "Given {what}, when the lock is asked for, then the shard votes no.";
        edit.add(&mut suite, doc, edit.apply(&honest)?.ask()?, answered(voted_down(reason))?)?;
    }
    Ok(suite.finish())
}

const VOTES: &[&str] = &["ATX-LOCK-05", "ATX-LOCK-06"];

const CONTESTED: &[Edit<Attempt>] = &edits! { Attempt:
    "first-input-locked" => LedOutpointLocked, VOTES,
        "a first own input that another transaction has locked",
        |attempt| attempt.lock_by_another(1);
    "last-input-locked" => LedOutpointLocked, VOTES,
        "a last own input that another transaction has locked",
        |attempt| attempt.lock_by_another(3);
    "all-inputs-locked" => LedOutpointLocked, VOTES,
        "own inputs that another transaction has locked, all of them",
        |attempt| (1..=3).try_for_each(|place| attempt.lock_by_another(place));
    "locked-before-claim" => LedOutpointLocked, VOTES,
        "a first own input that claims too much, and a second that is locked",
        |attempt| {
            attempt.claim_a_unit_more(0)?;
            attempt.lock_by_another(2)
        };
    "locked-with-the-last-row-left" => LedOutpointLocked, &["ATX-LOCK-05", "ATX-LOCK-07"],
        "a limit of one rejection row, and a locked input",
        |attempt| {
            attempt.world.limit_rejections(1);
            attempt.lock_by_another(2)
        };
    "claims-more" => LedClaimWrong, VOTES, "a last own input that claims a unit more than it holds",
        |attempt| attempt.claim_a_unit_more(2);
    "claims-less" => LedClaimWrong, VOTES,
        "a first own input that claims a unit less than it holds",
        |attempt| {
            change_inputs(&mut attempt.transaction, |inputs| inputs[0].amount -= 1)?;
            change_outputs(&mut attempt.transaction, |outputs| outputs[0].amount -= 1)
        };
    "claims-the-coin-of-another" => LedClaimWrong, VOTES,
        "an own input that is a coin of another owner of the shard",
        |attempt| {
            let amy = attempt.amy.account();
            let state = attempt.world.state_mut(Shard(1))?;
            state
                .unspent
                .values_mut()
                .filter(|coin| coin.amount == 500)
                .for_each(|coin| coin.owner = amy);
        };
    "fault-3-foreign-claim" => LedClaimWrong, &["ATX-LOCK-05", "LED-CONSERVE-01"],
        "an input shard whose own input claims 4,000 units more than it holds, on which the outputs of the other shards rely",
        |attempt| {
            attempt.shard = Shard(2);
            change_inputs(&mut attempt.transaction, |inputs| inputs[3].amount = 5000)?;
            change_outputs(&mut attempt.transaction, |outputs| outputs[0].amount += 4000)
        };
};

/// Requests that a shard refuses.
pub(super) fn refused() -> Result<VectorFile, CaseError> {
    let doc = "Lock requests that are refused and leave no row, for each reason.";
    let mut suite = SuiteWriter::new(HANDLER, "refused", doc)?;
    let doc = "Given {what}, when the lock is asked for, then it is refused.";
    add_edits(&mut suite, &Attempt::new()?, Attempt::ask, doc, REFUSED)?;
    pruned(&mut suite)?;
    Ok(suite.finish())
}

const REFUSED: &[Edit<Attempt>] = &edits! { Attempt:
    "fault-3-local-sums" => LedSumMismatch, &["LED-STATIC-08", "LED-CONSERVE-01"],
        "outputs of 4,000 units more than the inputs, in a shard whose own inputs cover its own outputs",
        |attempt| change_outputs(&mut attempt.transaction, |outputs| outputs[0].amount += 4000);
    "other-chain" => LedChainId, &["LED-STATIC-01", "LED-GENESIS-05"],
        "a request for another chain",
        |attempt| attempt.transaction.chain_id = digest("other chain");
    "another-single-shard" => AtxLockSingleShard, &["ATX-LOCK-01"],
        "a transaction within another shard",
        |attempt| {
            within_shard_1(attempt)?;
            attempt.shard = Shard(2);
        };
    "no-part-at-all" => AtxNotParticipant, &["ATX-LOCK-02"],
        "a shard that neither pays nor receives",
        |attempt| {
            let bob = attempt.bob.account();
            change_outputs(&mut attempt.transaction, |outputs| outputs[0].owner = bob)?;
            attempt.shard = Shard(3);
        };
    "expired" => LedEpochExpired, &["LED-LOCAL-01"], "an expiry of the epoch before", |attempt| {
        attempt.transaction.expiry_epoch = Epoch(4);
        attempt.world.state_mut(Shard(1))?.position.epoch = Epoch(5);
    };
    "too-far" => LedEpochTooFar, &["LED-LOCAL-02"], "an expiry two epochs ahead",
        |attempt| attempt.transaction.expiry_epoch = Epoch(3);
    "no-witnesses" => LedWitnessCount, &["LED-WITNESS-01", "ATX-LOCK-05"], "no witnesses",
        |attempt| attempt.after_signing.push(|signed| change_witnesses(signed, Vec::clear));
    "foreign-witness-missing" => LedWitnessCount, &["LED-WITNESS-01"],
        "no witness for another shard's input",
        |attempt| attempt
        .after_signing
        .push(|signed| change_witnesses(signed, |witnesses| witnesses.truncate(3)));
    "own-witness-unsigned" => LedWitnessThreshold, &["LED-WITNESS-07", "ATX-LOCK-04"],
        "an own witness without a signature",
        |attempt| attempt.after_signing.push(|signed| without_signatures(signed, 2));
    "policy-missing" => LedWitnessPolicyMissing, &["LED-WITNESS-02"],
        "an account without a row, and an own witness without a policy",
        |attempt| attempt.after_signing.push(|signed| {
            change_witnesses(signed, |witnesses| witnesses[1].policy = None)
        });
    "input-unknown" => LedOutpointUnknown, &["LED-LOCAL-03", "ATX-LOCK-05"],
        "an own input that was spent or has not arrived",
        |attempt| {
            attempt.world.state_mut(Shard(1))?.unspent.remove(&outpoint(3, 0));
        };
    "locked-and-nobody-to-tell" => LedOutpointLocked, &["LED-LOCAL-04", "ATX-LOCK-06"],
        "a locked input, and no other input shard",
        |attempt| {
            attempt.without_bob()?;
            attempt.lock_by_another(2)
        };
    "claim-wrong-and-nobody-to-tell" => LedClaimWrong, &["LED-LOCAL-05", "ATX-LOCK-06"],
        "a wrong claim, and no other input shard",
        |attempt| {
            attempt.without_bob()?;
            attempt.claim_a_unit_more(1)
        };
    "rejection-limit-zero" => AtxRejectionLimit, &["ATX-LOCK-07"],
        "a limit of no rejection rows, and a locked input",
        |attempt| {
            attempt.world.limit_rejections(0);
            attempt.lock_by_another(2)
        };
    "rejection-limit-zero-claim" => AtxRejectionLimit, &["ATX-LOCK-07"],
        "a limit of no rejection rows, and a wrong claim",
        |attempt| {
            attempt.world.limit_rejections(0);
            attempt.claim_a_unit_more(2)
        };
};

/// Alice pays herself: nobody else takes part.
fn within_shard_1(attempt: &mut Attempt) -> Setup<()> {
    attempt.without_bob()?;
    let alice = attempt.alice.account();
    change_outputs(&mut attempt.transaction, |outputs| outputs[0].owner = alice)
}

fn without_signatures(signed: &mut SignedTransaction, place: usize) -> Setup<()> {
    let empty = witness(None, &[], &TxId(Digest::ZERO))?;
    change_witnesses(signed, |witnesses| {
        let policy = witnesses[place].policy.clone();
        witnesses[place] = Witness { policy, ..empty };
    })
}

/// After its row is pruned a lock has expired, so there is no second vote.
fn pruned(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (mut market, _) = Market::with_joint_accepted(Epoch(1))?;
    let request = market.joint(Epoch(1))?;
    market.world.next_epoch()?;
    market.world.close(Shard(1))?;
    suite.add(
        "row-pruned",
        &["ATX-CLOSE-02", "ATX-LOCK-03", "LED-LOCAL-01"],
        "Given a vote whose row was pruned with its epoch, when the lock is asked for again, then it has expired.",
        market.world.request(Shard(1), &request)?,
        Intent::Rejected(Rejection::LedEpochExpired),
    )?;
    Ok(())
}

/// A fault for each check. Of faults in an input, the later checks' are in the earlier inputs.
const FAULTS: &[Fault<Attempt>] = &faults! { Attempt:
    "static" => LedVersion, "LED-STATIC-02", "its version is 2",
        |attempt| attempt.transaction.version = 2;
    "single-shard" => AtxLockSingleShard, "ATX-LOCK-01", "one shard alone takes part",
        |question| within_shard_1(question);
    "not-participant" => AtxNotParticipant, "ATX-LOCK-02",
        "it is put to a shard that only receives",
        |attempt| attempt.shard = Shard(3);
    "expired" => LedEpochExpired, "LED-LOCAL-01", "it has expired",
        |attempt| attempt.transaction.expiry_epoch = Epoch(0);
    "witness-count" => LedWitnessCount, "LED-WITNESS-01", "it has a witness too many",
        |attempt| attempt.after_signing.push(|signed| {
            change_witnesses(signed, |witnesses| witnesses.push(witnesses[3].clone()))
        });
    "witness-key" => LedWitnessKey, "LED-WITNESS-05", "a stranger signs for the last own input",
        |attempt| attempt.after_signing.push(|signed| {
            let stranger = witness(None, &[key_pair("stranger", 0)], &TxId(Digest::ZERO))?;
            change_witnesses(signed, |witnesses| witnesses[2].signatures = stranger.signatures)
        });
    "unknown" => LedOutpointUnknown, "LED-LOCAL-03", "the last own input is unknown", |attempt| {
        attempt.world.state_mut(Shard(1))?.unspent.remove(&outpoint(3, 0));
    };
};

/// What is refused although it would be voted down, too.
const BEFORE_VOTES: &[Edit<Attempt>] = &edits! { Attempt:
    "expired-before-locked" => LedEpochExpired, &["ATX-LOCK-05", "LED-LOCAL-01"],
        "it has expired and an input is locked",
        |attempt| {
            attempt.transaction.expiry_epoch = Epoch(0);
            attempt.lock_by_another(1)
        }, second_fault;
    "too-far-before-witness-count" => LedEpochTooFar, &["ATX-LOCK-05", "LED-LOCAL-02"],
        "its expiry is two epochs ahead and it has no witnesses",
        |attempt| {
            attempt.transaction.expiry_epoch = Epoch(3);
            attempt.after_signing.push(|signed| change_witnesses(signed, Vec::clear));
        }, second_fault;
    "garbage-witness-before-locked" => LedWitnessThreshold, &["ATX-LOCK-05", "LED-WITNESS-07"],
        "a witness is unsigned and an input is locked",
        |attempt| {
            attempt.after_signing.push(|signed| without_signatures(signed, 1));
            attempt.lock_by_another(1)
        }, second_fault;
    "unknown-before-locked" => LedOutpointUnknown, &["ATX-LOCK-05", "LED-LOCAL-03"],
        "the first own input is locked and the last is unknown",
        |attempt| {
            attempt.world.state_mut(Shard(1))?.unspent.remove(&outpoint(3, 0));
            attempt.lock_by_another(1)
        }, second_fault;
    "unknown-before-claim" => LedOutpointUnknown, &["ATX-LOCK-05", "LED-LOCAL-03"],
        "the first own input claims too much and the last is unknown",
        |attempt| {
            attempt.world.state_mut(Shard(1))?.unspent.remove(&outpoint(3, 0));
            attempt.claim_a_unit_more(0)
        }, second_fault;
};

/// Each check fails alone, and together with the next.
pub(super) fn order_of_checks() -> Result<VectorFile, CaseError> {
    let doc = "Each check of a lock request fails alone, and together with the next; a refusal comes \
               before a vote.";
    let mut suite = SuiteWriter::new(HANDLER, "order-of-checks", doc)?;
    let honest = Attempt::new()?;
    let subject = "a lock request";
    let checks = Checks { subject, honest: &honest, faults: FAULTS, ask: Attempt::ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    let doc = "Given a lock request, when {what}, then it is refused and no vote is written.";
    add_edits(&mut suite, &honest, Attempt::ask, doc, BEFORE_VOTES)?;
    let mut alone = honest.clone();
    alone.without_bob()?;
    alone.claim_a_unit_more(0)?;
    alone.lock_by_another(2)?;
    suite
        .add(
            "locked-before-claim-and-nobody-to-tell",
            &["ATX-LOCK-06", "LED-LOCAL-04"],
            "Given a lock request with one input shard, when an input claims too much and another is locked, then it is refused for the lock.",
            alone.ask()?,
            Intent::Rejected(Rejection::LedOutpointLocked),
        )?
        .flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}
