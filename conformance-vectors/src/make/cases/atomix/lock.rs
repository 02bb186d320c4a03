//! Locks: when a shard accepts, when it votes no, when it merely refuses.

use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::ledger::{Account, SignedTransaction, Transaction, TxId, Witness};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use super::attempt::{Request, SignedAttempt, add_rows};
use super::samples::Market;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Edit, Fault, Pairs, add_edits, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    ACCEPTED, Coin, Inputs as _, Owner, Setup, World, answered, change_inputs, change_outputs,
    change_witnesses, digest, key_pair, lock_by_another, outpoint, voted_down, witness,
};

const HANDLER: &str = "atomix.lock";

/// What is done to a request after its owners signed.
type SignedChange = fn(&mut SignedTransaction) -> Setup<()>;

/// A lock request with three inputs in shard 1 and one in shard 2, before it is signed. Alice owns
/// the first three, Bob the last; Carol in shard 3 is paid.
#[derive(Clone)]
struct Draft {
    transaction: Transaction,
    alice: Owner,
    bob: Owner,
    /// Of Alice in shard 1, but not Alice.
    amy: Owner,
    after_signing: Vec<SignedChange>,
}

impl Draft {
    /// Alice signs for the first three inputs and Bob for the last, whatever they claim.
    fn signed(&self) -> Result<SignedTransaction, CaseError> {
        let txid = self.transaction.id(&Normative);
        let of_alice = self.alice.witness(&Normative, &txid)?;
        let mut witnesses = vec![of_alice; 3];
        witnesses.push(self.bob.witness(&Normative, &txid)?);
        witnesses.truncate(self.transaction.inputs.len());
        let transaction = self.transaction.clone();
        let mut signed = SignedTransaction { transaction, witnesses: witnesses.try_into()? };
        for change in &self.after_signing {
            change(&mut signed)?;
        }
        Ok(signed)
    }
}

impl Request for Draft {
    fn input(&self, world: &World, shard: Shard) -> Result<Value, CaseError> {
        self.signed()?.input(world, shard)
    }
}

/// A lock request that is put to a shard.
type Attempt = super::attempt::Attempt<Draft>;

impl Attempt {
    /// The honest request, put to shard 1.
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
        let request = Draft { transaction, alice, bob, amy, after_signing: Vec::new() };
        Ok(Self { world, shard: Shard(1), request })
    }

    fn transaction(&mut self) -> &mut Transaction {
        &mut self.request.transaction
    }

    fn after_signing(&mut self, change: SignedChange) {
        self.request.after_signing.push(change);
    }

    /// Shard 1 is in one epoch, and the request expires in another.
    fn set_epochs(&mut self, epoch: Epoch, expiry: Epoch) -> Result<(), CaseError> {
        self.transaction().expiry_epoch = expiry;
        self.world.state_mut(Shard(1))?.position.epoch = epoch;
        Ok(())
    }

    fn lock_by_another(&mut self, place: u8) -> Result<(), CaseError> {
        lock_by_another(&mut self.world, place)
    }

    /// The last own input was spent, or has not arrived.
    fn forget_last_input(&mut self) -> Result<(), CaseError> {
        self.world.state_mut(Shard(1))?.unspent.remove(&outpoint(3, 0));
        Ok(())
    }

    fn claim_a_unit_more(&mut self, place: usize) -> Setup<()> {
        change_inputs(self.transaction(), |inputs| inputs[place].amount += 1)?;
        change_outputs(self.transaction(), |outputs| outputs[0].amount += 1)
    }

    /// Bob's input is left out: shard 1 is the only input shard.
    fn without_bob(&mut self) -> Setup<()> {
        change_inputs(self.transaction(), |inputs| inputs.truncate(3))?;
        change_outputs(self.transaction(), |outputs| outputs[0].amount -= 1000)
    }

    /// Alice pays herself: nobody else takes part.
    fn within_shard_1(&mut self) -> Setup<()> {
        self.without_bob()?;
        let alice = self.request.alice.account();
        change_outputs(self.transaction(), |outputs| outputs[0].owner = alice)
    }
}

/// Requests that a shard accepts. They catch an implementation that is too strict: one that looks
/// at the inputs of other shards, or that closes the window of epochs too early.
pub(super) fn accepted() -> Result<VectorFile, CaseError> {
    let doc = "Lock requests that a shard accepts. The inputs of the shard become locks, and the \
               transaction is pending until it is settled.";
    let mut suite = SuiteWriter::new(HANDLER, "accepted", doc)?;
    let honest = Attempt::new()?;
    let doc =
        "Given {what}, when the lock is requested, then the shard votes to accept the transaction.";
    let intent = answered(ACCEPTED)?;
    for edit in ACCEPTABLE {
        edit.add(&mut suite, doc, edit.apply(&honest)?.ask()?, intent.clone())?;
    }
    let market = Market::new()?;
    let put = |request, shard| SignedAttempt {
        world: market.world.clone(),
        shard: Shard(shard),
        request,
    };
    let (joint, simple) = (market.joint(Epoch(1))?, market.simple(Epoch(1))?);
    let pooled = market.pooled(Epoch(1))?;
    let rows = [
        (
            "input-and-output-shard",
            "a shard that is both an input shard and an output shard",
            put(joint.clone(), 1),
        ),
        ("input-shard-alone", "a shard that is only an input shard", put(joint, 2)),
        ("one-input-shard", "one input shard and one output shard", put(simple, 1)),
        (
            "three-input-shards",
            "three input shards and a request to the last of them",
            put(pooled, 3),
        ),
    ];
    let requirements =
        ["ATX-LOCK-01", "ATX-LOCK-02", "ATX-LOCK-04", "LED-OWNER-02", "LED-OWNER-03"];
    add_rows(&mut suite, &requirements, doc, &intent, &rows)?;
    Ok(suite.finish())
}

const LOCKABLE: &[&str] = &["ATX-LOCK-04", "LED-LOCAL-03", "LED-LOCAL-04", "LED-LOCAL-05"];
const WINDOW: &[&str] = &["LED-LOCAL-01", "LED-LOCAL-02"];

const ACCEPTABLE: &[Edit<Attempt>] = &edits! { Attempt:
    "three-own-inputs" => accepted, LOCKABLE,
        "three inputs of this shard and one of another shard", |_| ();
    "expiry-next-epoch" => accepted, WINDOW, "an expiry epoch that is one after the shard's epoch",
        |attempt| attempt.transaction().expiry_epoch = Epoch(2);
    "last-epoch-before-expiry" => accepted, WINDOW,
        "a shard in epoch 3 and a transaction with the expiry epoch 4",
        |attempt| attempt.set_epochs(Epoch(3), Epoch(4));
    "epoch-of-expiry" => accepted, WINDOW,
        "a shard in epoch 3 and a transaction with the expiry epoch 3",
        |attempt| attempt.set_epochs(Epoch(3), Epoch(3));
    "foreign-witness-empty" => accepted, &["LED-WITNESS-01", "ATX-LOCK-04"],
        "an empty witness for the input of another shard",
        |attempt| attempt.after_signing(|signed| {
            let empty = witness(None, &[], &TxId(Digest::ZERO))?;
            change_witnesses(signed, |witnesses| witnesses[3] = empty)
        });
    "foreign-input-gone" => accepted, &["ATX-LOCK-04", "LED-LOCAL-03"],
        "an input of another shard that does not exist in that shard",
        |attempt| attempt.world.state_mut(Shard(2))?.unspent.clear();
    "account-with-a-row" => accepted, &["LED-WITNESS-02", "LED-OWNER-03"],
        "an account that has a row, and witnesses without a policy",
        |attempt| {
            let alice = attempt.request.alice.clone();
            let (owner, policy) = (alice.account(), alice.policy);
            attempt.world.state_mut(Shard(1))?.accounts.insert(owner, Account { policy });
            attempt.after_signing(|signed| {
                change_witnesses(signed, |witnesses| {
                    witnesses.iter_mut().take(3).for_each(|one| one.policy = None)
                })
            });
        };
    "other-locks-stay" => accepted, LOCKABLE,
        "another coin of the owner that another transaction has locked",
        |attempt| {
            let alice = attempt.request.alice.clone();
            attempt.world.coin(&alice, 50, 9)?;
            attempt.lock_by_another(9)
        };
};

/// Requests that a shard votes down, because an input is locked or claims a wrong amount or owner.
/// An implementation that refuses them instead leaves no proof, so that other input shards cannot
/// abort; one that does not compare claims with its own coins makes money.
pub(super) fn rejected() -> Result<VectorFile, CaseError> {
    let doc = "Lock requests that a shard votes to reject. The shard writes a row for its vote and \
               changes nothing else.";
    let mut suite = SuiteWriter::new(HANDLER, "rejected", doc)?;
    let honest = Attempt::new()?;
    for (edit, reason) in CONTESTED.iter().filter_map(|edit| Some((edit, edit.rejection?))) {
        let doc = "Given {what}, when the lock is requested, then the shard votes to reject the \
                   transaction.";
        edit.add(&mut suite, doc, edit.apply(&honest)?.ask()?, answered(voted_down(reason))?)?;
    }
    Ok(suite.finish())
}

const VOTES: &[&str] = &["ATX-LOCK-05", "ATX-LOCK-06"];

const CONTESTED: &[Edit<Attempt>] = &edits! { Attempt:
    "first-input-locked" => LedOutpointLocked, VOTES,
        "a first input of this shard that another transaction has locked",
        |attempt| attempt.lock_by_another(1);
    "last-input-locked" => LedOutpointLocked, VOTES,
        "a last input of this shard that another transaction has locked",
        |attempt| attempt.lock_by_another(3);
    "all-inputs-locked" => LedOutpointLocked, VOTES,
        "inputs of this shard that are all locked by another transaction",
        |attempt| (1..=3).try_for_each(|place| attempt.lock_by_another(place));
    "locked-before-claim" => LedOutpointLocked, VOTES,
        "a first input of this shard that claims more than its amount, and a second input that is \
         locked",
        |attempt| {
            attempt.claim_a_unit_more(0)?;
            attempt.lock_by_another(2)
        };
    "locked-with-the-last-row-left" => LedOutpointLocked, &["ATX-LOCK-05", "ATX-LOCK-07"],
        "a limit of 1 rejection row, and a locked input",
        |attempt| {
            attempt.world.limit_rejections(1);
            attempt.lock_by_another(2)
        };
    "claims-more" => LedClaimWrong, VOTES,
        "a last input of this shard that claims 1 unit more than its amount",
        |attempt| attempt.claim_a_unit_more(2);
    "claims-less" => LedClaimWrong, VOTES,
        "a first input of this shard that claims 1 unit less than its amount",
        |attempt| {
            change_inputs(attempt.transaction(), |inputs| inputs[0].amount -= 1)?;
            change_outputs(attempt.transaction(), |outputs| outputs[0].amount -= 1)
        };
    "claims-the-coin-of-another" => LedClaimWrong, VOTES,
        "an input of this shard that is a coin of another owner of the shard",
        |attempt| {
            let amy = attempt.request.amy.account();
            let coins = attempt.world.state_mut(Shard(1))?.unspent.values_mut();
            coins.filter(|coin| coin.amount == 500).for_each(|coin| coin.owner = amy);
        };
    "fault-3-foreign-claim" => LedClaimWrong, &["ATX-LOCK-05", "LED-CONSERVE-01"],
        "an input of this shard that claims 4,000 units more than its amount, and outputs in \
         other shards that spend these units",
        |attempt| {
            attempt.shard = Shard(2);
            change_inputs(attempt.transaction(), |inputs| inputs[3].amount = 5000)?;
            change_outputs(attempt.transaction(), |outputs| outputs[0].amount += 4000)
        };
};

/// Requests that a shard refuses. The base is the honest request, put to shard 1. An implementation
/// that votes on them writes a row that anybody can provoke, and so kills a transaction with a
/// garbage witness.
pub(super) fn refused() -> Result<VectorFile, CaseError> {
    let doc = "Lock requests that are refused without a row, for each possible reason.";
    let mut suite = SuiteWriter::new(HANDLER, "refused", doc)?;
    let doc = "Given {what}, when the lock is requested, then the request is refused.";
    add_edits(&mut suite, &Attempt::new()?, Attempt::ask, doc, REFUSED)?;
    pruned(&mut suite)?;
    Ok(suite.finish())
}

const REFUSED: &[Edit<Attempt>] = &edits! { Attempt:
    "fault-3-local-sums" => LedSumMismatch, &["LED-STATIC-08", "LED-CONSERVE-01"],
        "outputs that exceed the inputs by 4,000 units, and a shard whose inputs cover the \
         outputs in the same shard",
        |attempt| change_outputs(attempt.transaction(), |outputs| outputs[0].amount += 4000);
    "other-chain" => LedChainId, &["LED-STATIC-01", "LED-GENESIS-05"],
        "a transaction for another chain",
        |attempt| attempt.transaction().chain_id = digest("other chain");
    "another-single-shard" => AtxLockSingleShard, &["ATX-LOCK-01"],
        "a transaction within another shard",
        |attempt| {
            attempt.within_shard_1()?;
            attempt.shard = Shard(2);
        };
    "no-part-at-all" => AtxNotParticipant, &["ATX-LOCK-02"],
        "a shard that is neither an input shard nor an output shard",
        |attempt| {
            let bob = attempt.request.bob.account();
            change_outputs(attempt.transaction(), |outputs| outputs[0].owner = bob)?;
            attempt.shard = Shard(3);
        };
    "expired" => LedEpochExpired, &["LED-LOCAL-01"],
        "an expiry epoch that is one before the shard's epoch",
        |attempt| attempt.set_epochs(Epoch(5), Epoch(4));
    "too-far" => LedEpochTooFar, &["LED-LOCAL-02"],
        "an expiry epoch that is two after the shard's epoch",
        |attempt| attempt.transaction().expiry_epoch = Epoch(3);
    "no-witnesses" => LedWitnessCount, &["LED-WITNESS-01", "ATX-LOCK-05"],
        "a transaction without witnesses",
        |attempt| attempt.after_signing(|signed| change_witnesses(signed, Vec::clear));
    "foreign-witness-missing" => LedWitnessCount, &["LED-WITNESS-01"],
        "a transaction without a witness for the input of another shard",
        |attempt| attempt.after_signing(|signed| {
            change_witnesses(signed, |witnesses| witnesses.truncate(3))
        });
    "own-witness-unsigned" => LedWitnessThreshold, &["LED-WITNESS-07", "ATX-LOCK-04"],
        "a witness without signatures for an input of this shard",
        |attempt| attempt.after_signing(|signed| without_signatures(signed, 2));
    "policy-missing" => LedWitnessPolicyMissing, &["LED-WITNESS-02"],
        "an account without a row, and a witness without a policy for an input of this shard",
        |attempt| attempt.after_signing(|signed| {
            change_witnesses(signed, |witnesses| witnesses[1].policy = None)
        });
    "input-unknown" => LedOutpointUnknown, &["LED-LOCAL-03", "ATX-LOCK-05"],
        "an input of this shard that is spent or does not exist yet",
        |attempt| attempt.forget_last_input();
    "locked-and-nobody-to-tell" => LedOutpointLocked, &["LED-LOCAL-04", "ATX-LOCK-06"],
        "a locked input in the only input shard",
        |attempt| {
            attempt.without_bob()?;
            attempt.lock_by_another(2)
        };
    "claim-wrong-and-nobody-to-tell" => LedClaimWrong, &["LED-LOCAL-05", "ATX-LOCK-06"],
        "a wrong claim in the only input shard",
        |attempt| {
            attempt.without_bob()?;
            attempt.claim_a_unit_more(1)
        };
    "rejection-limit-zero" => AtxRejectionLimit, &["ATX-LOCK-07"],
        "a limit of 0 rejection rows, and a locked input",
        |attempt| {
            attempt.world.limit_rejections(0);
            attempt.lock_by_another(2)
        };
    "rejection-limit-zero-claim" => AtxRejectionLimit, &["ATX-LOCK-07"],
        "a limit of 0 rejection rows, and a wrong claim",
        |attempt| {
            attempt.world.limit_rejections(0);
            attempt.claim_a_unit_more(2)
        };
};

fn without_signatures(signed: &mut SignedTransaction, place: usize) -> Setup<()> {
    let empty = witness(None, &[], &TxId(Digest::ZERO))?;
    change_witnesses(signed, |witnesses| {
        let policy = witnesses[place].policy.clone();
        witnesses[place] = Witness { policy, ..empty };
    })
}

/// After its row is pruned a lock has expired, so there is no second vote. An implementation that
/// prunes rows before their locks expire votes twice.
fn pruned(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (mut market, _) = Market::with_joint_accepted(Epoch(1))?;
    let request = market.joint(Epoch(1))?;
    market.world.next_epoch()?;
    market.world.close(Shard(1))?;
    suite.add(
        "row-pruned",
        &["ATX-CLOSE-02", "ATX-LOCK-03", "LED-LOCAL-01"],
        "Given a vote whose row was pruned with its epoch, when the lock is requested again, then \
         it is refused because the transaction has expired.",
        market.world.request(Shard(1), &request)?,
        Intent::Rejected(Rejection::LedEpochExpired),
    )?;
    Ok(())
}

/// Faults of the checks that refuse a request, in their order, with one static check and two checks
/// of witnesses for all of theirs. The expiry that is too far away is in the table below, and the
/// limit of rejection rows in [`REFUSED`].
const FAULTS: &[Fault<Attempt>] = &faults! { Attempt:
    "static" => LedVersion, "LED-STATIC-02", "its version is 2",
        |attempt| attempt.transaction().version = 2;
    "single-shard" => AtxLockSingleShard, "ATX-LOCK-01", "it has only one participant",
        |attempt| attempt.within_shard_1();
    "not-participant" => AtxNotParticipant, "ATX-LOCK-02",
        "it is sent to a shard that is only an output shard",
        |attempt| attempt.shard = Shard(3);
    "expired" => LedEpochExpired, "LED-LOCAL-01", "it has expired",
        |attempt| attempt.transaction().expiry_epoch = Epoch(0);
    "witness-count" => LedWitnessCount, "LED-WITNESS-01", "it has one witness more than inputs",
        |attempt| attempt.after_signing(|signed| {
            change_witnesses(signed, |witnesses| witnesses.push(witnesses[3].clone()))
        });
    "witness-key" => LedWitnessKey, "LED-WITNESS-05",
        "the witness of the shard's last input is signed by a stranger",
        |attempt| attempt.after_signing(|signed| {
            let stranger = witness(None, &[key_pair("stranger", 0)], &TxId(Digest::ZERO))?;
            change_witnesses(signed, |witnesses| witnesses[2].signatures = stranger.signatures)
        });
    "unknown" => LedOutpointUnknown, "LED-LOCAL-03",
        "the last input of the shard does not exist in the state",
        |attempt| attempt.forget_last_input();
};

/// Requests with two faults, of which the first refuses them. In all but the second case the other
/// fault alone would be voted down, and it is in an earlier input where both are in inputs. An
/// implementation that votes first answers with a rejection instead.
const BEFORE_VOTES: &[Edit<Attempt>] = &edits! { Attempt:
    "expired-before-locked" => LedEpochExpired, &["ATX-LOCK-05", "LED-LOCAL-01"],
        "it has expired and an input is locked",
        |attempt| {
            attempt.transaction().expiry_epoch = Epoch(0);
            attempt.lock_by_another(1)
        }, second_fault;
    "too-far-before-witness-count" => LedEpochTooFar, &["ATX-LOCK-05", "LED-LOCAL-02"],
        "its expiry epoch is two after the shard's epoch and it has no witnesses",
        |attempt| {
            attempt.transaction().expiry_epoch = Epoch(3);
            attempt.after_signing(|signed| change_witnesses(signed, Vec::clear));
        }, second_fault;
    "garbage-witness-before-locked" => LedWitnessThreshold, &["ATX-LOCK-05", "LED-WITNESS-07"],
        "a witness is unsigned and an input is locked",
        |attempt| {
            attempt.after_signing(|signed| without_signatures(signed, 1));
            attempt.lock_by_another(1)
        }, second_fault;
    "unknown-before-locked" => LedOutpointUnknown, &["ATX-LOCK-05", "LED-LOCAL-03"],
        "the first input of the shard is locked and the last one does not exist in the state",
        |attempt| {
            attempt.forget_last_input()?;
            attempt.lock_by_another(1)
        }, second_fault;
    "unknown-before-claim" => LedOutpointUnknown, &["ATX-LOCK-05", "LED-LOCAL-03"],
        "the first input of the shard claims more than its amount and the last one does not exist \
         in the state",
        |attempt| {
            attempt.forget_last_input()?;
            attempt.claim_a_unit_more(0)
        }, second_fault;
};

/// Without another input shard nobody waits for a vote. An implementation that checks input by
/// input refuses this request for the claim, which comes first.
const LOCKED_BEFORE_CLAIM: &[Edit<Attempt>] = &edits! { Attempt:
    "locked-before-claim-and-nobody-to-tell" => LedOutpointLocked, &["ATX-LOCK-06", "LED-LOCAL-04"],
        "an input claims more than its amount and another one is locked",
        |attempt| {
            attempt.without_bob()?;
            attempt.claim_a_unit_more(0)?;
            attempt.lock_by_another(2)
        }, second_fault;
};

/// Each fault alone and together with the next one, in a request with three inputs in shard 1 and
/// one in shard 2, put to shard 1. Further cases have a fault that refuses and one that would be
/// voted down. An implementation with another order of checks gives another answer.
pub(super) fn order_of_checks() -> Result<VectorFile, CaseError> {
    let doc = "Lock requests in which each check fails alone and together with the next one. The \
               checks that refuse a request come before those that decide the vote.";
    let mut suite = SuiteWriter::new(HANDLER, "order-of-checks", doc)?;
    let honest = Attempt::new()?;
    let subject = "a lock request";
    let checks = Checks { subject, honest: &honest, faults: FAULTS, ask: Attempt::ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    let doc = "Given a lock request, when {what}, then it is refused and no row is written.";
    add_edits(&mut suite, &honest, Attempt::ask, doc, BEFORE_VOTES)?;
    let doc = "Given a lock request with one input shard, when {what}, then it is refused because \
               of the lock.";
    add_edits(&mut suite, &honest, Attempt::ask, doc, LOCKED_BEFORE_CLAIM)?;
    Ok(suite.finish())
}
