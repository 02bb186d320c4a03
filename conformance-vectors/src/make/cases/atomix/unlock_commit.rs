//! Unlock-to-commit: at every kind of participant, with proofs that are enough, and with proofs
//! that are not.

use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Lock, SignedTransaction, Transaction, TxId, Vote};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use super::attempt::{Request, Row, add_rows};
use super::proofs::{
    HasProof, NO_SIGNATURE, about_another, add_checks_of_unlock, attest, certified_anew, with_vote,
};
use super::samples::Market;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Edit, Fault, add_edits, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    ABORTED, COMMITTED, Coin, Inputs as _, Proof, World, answered, certify, change_outputs, digest,
    outpoint, roster, sign, unlock_commit,
};

const HANDLER: &str = "atomix.unlock_commit";

/// A transaction that is to commit, and any number of proofs.
#[derive(Clone)]
struct Commit {
    transaction: Transaction,
    proofs: Vec<Proof>,
}

impl Request for Commit {
    fn input(&self, world: &World, shard: Shard) -> Result<Value, CaseError> {
        world.request(shard, &unlock_commit(&self.transaction, self.proofs.clone())?)
    }
}

/// A commit that is put to a shard.
type Attempt = super::attempt::Attempt<Commit>;

impl HasProof for Attempt {
    fn proof(&mut self) -> &mut Proof {
        &mut self.request.proofs[0]
    }
}

impl Attempt {
    /// The joint payment, accepted by its input shards, at shard 1, which votes and receives.
    fn new() -> Result<Self, CaseError> {
        let (market, transaction) = Market::with_joint_accepted(Epoch(1))?;
        Self::of(market.world, transaction, Shard(1))
    }

    /// The joint payment, rejected by shard 1 and accepted by shard 2.
    fn rejected() -> Result<Self, CaseError> {
        let (market, transaction) = Market::with_joint_rejected(Epoch(1))?;
        Self::of(market.world, transaction, Shard(1))
    }

    /// A payment from shard 1 to shard 2, accepted, at shard 1: one proof is enough.
    fn simple() -> Result<Self, CaseError> {
        let market = Market::new()?;
        let simple = market.simple(Epoch(1))?;
        Self::locked(market.world, &simple, Shard(1))
    }

    /// A payment that all of its input shards are asked to lock.
    fn locked(
        mut world: World,
        payment: &SignedTransaction,
        shard: Shard,
    ) -> Result<Self, CaseError> {
        world.lock_everywhere(payment)?;
        Self::of(world, payment.transaction.clone(), shard)
    }

    /// A payment with the latest proofs of its input shards.
    fn of(world: World, transaction: Transaction, shard: Shard) -> Result<Self, CaseError> {
        let proofs = world.proofs(&transaction)?;
        Ok(Self { world, shard, request: Commit { transaction, proofs } })
    }

    /// The same request after some shards have carried out the commit.
    fn after_commit_in(&self, shards: &[u16]) -> Result<Self, CaseError> {
        let mut after = self.clone();
        let commit = after.world.commit(&after.request.transaction)?;
        for shard in shards {
            after.world.block(Shard(*shard), &[Entry::UnlockCommit(commit.clone())])?;
        }
        Ok(after)
    }
}

fn add_committed(
    suite: &mut SuiteWriter,
    requirements: &[&str],
    rows: &[Row<Commit>],
) -> Result<(), CaseError> {
    let doc = "Given {what}, when the commit is requested, then the shard commits the transaction.";
    add_rows(suite, requirements, doc, &answered(COMMITTED)?, rows)
}

/// Commits that are carried out. The cases vary the participant, the epoch, the proofs, and what
/// else is in the state.
pub(super) fn committed() -> Result<VectorFile, CaseError> {
    let doc = "Commits at input shards, at output shards, and at shards that are both. The shard \
               removes its locks, creates its outputs, and adds its part of the fee to the fee \
               pool.";
    let mut suite = SuiteWriter::new(HANDLER, "committed", doc)?;
    participants(&mut suite)?;
    windows(&mut suite)?;
    other_proofs(&mut suite)?;
    surroundings(&mut suite)?;
    Ok(suite.finish())
}

const ONE_RULE: &[&str] = &[
    "ATX-PROOF-05",
    "ATX-PROOF-06",
    "ATX-COMMIT-01",
    "ATX-COMMIT-02",
    "ATX-COMMIT-03",
    "ATX-COMMIT-04",
    "ATX-COMMIT-05",
    "LED-FEE-01",
];

/// Every kind of participant. An implementation that creates outputs of other shards, that expects
/// a proof of each participant, or that gives the remainder of the fee to another shard changes
/// another state.
fn participants(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (joint, simple) = (Attempt::new()?, Attempt::simple()?);

    let mut market = Market::new()?;
    let of_bob = market.world.coin(&market.bob.clone(), 1000, 0)?;
    let coins = [&of_bob, &market.of_alice, &market.of_carol];
    let pooled = market.world.pay(Epoch(1), &coins, &[(&market.alice, 2976)])?;
    let pooled = Attempt::locked(market.world, &pooled, Shard(2))?;

    let mut market = Market::new()?;
    let of_bob = market.world.coin(&market.bob.clone(), 1000, 0)?;
    let coins = [&of_bob, &market.of_alice];
    let both = market.world.pay(Epoch(1), &coins, &[(&market.carol, 1979)])?;
    let both = Attempt::locked(market.world, &both, Shard(2))?;

    let rows = [
        (
            "input-and-output-shard",
            "a shard that is both an input shard and an output shard",
            joint.clone(),
        ),
        ("input-shard-alone", "a shard that is only an input shard", joint.at(Shard(2))),
        ("output-shard-alone", "a shard that is only an output shard", joint.at(Shard(3))),
        (
            "one-proof-input-shard",
            "a payment with one input shard, and a request to this shard",
            simple.clone(),
        ),
        (
            "one-proof-output-shard",
            "a payment with one input shard, and a request to the output shard",
            simple.at(Shard(2)),
        ),
        (
            "three-proofs-first-input",
            "three input shards and a fee of 24, and a request to the shard of input 0",
            pooled.clone(),
        ),
        (
            "three-proofs-last-shard",
            "three input shards and a fee of 24, and a request to another shard",
            pooled.at(Shard(3)),
        ),
        (
            "remainder-to-shard-2",
            "a fee of 21 and input 0 in shard 2, which receives the remainder of the fee",
            both.clone(),
        ),
        (
            "no-remainder-to-shard-1",
            "a fee of 21 and input 0 in shard 2, so that shard 1 does not receive the remainder \
             of the fee",
            both.at(Shard(1)),
        ),
    ];
    add_committed(suite, ONE_RULE, &rows)
}

/// The first and the last epoch in which a payment can commit. An implementation whose window is an
/// epoch shorter refuses what other shards have settled.
fn windows(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let honest = Attempt::new()?;
    let (market, transaction) = Market::with_joint_accepted(Epoch(2))?;
    let early = Attempt::of(market.world, transaction, Shard(1))?;
    let late = "a shard whose epoch is one after the expiry epoch, the last epoch in which it may \
                unlock";
    let rows = [
        ("epoch-after-expiry", late, honest.in_epoch(Epoch(2))?),
        ("output-shard-after-expiry", late, honest.at(Shard(3)).in_epoch(Epoch(2))?),
        (
            "epoch-before-expiry",
            "a shard whose epoch is one before the expiry epoch",
            early.clone(),
        ),
        (
            "third-epoch",
            "the expiry epoch 2 and an output shard in epoch 3",
            early.at(Shard(3)).in_epoch(Epoch(3))?,
        ),
    ];
    add_committed(suite, &["ATX-UNLOCK-01"], &rows)
}

/// Proofs that are as good as the first ones. An implementation that expects exactly a quorum, or
/// the block in which a shard voted, refuses them.
fn other_proofs(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut all_signed = Attempt::new()?.at(Shard(3));
    for proof in &mut all_signed.request.proofs {
        let message = proof.header.vote(&Normative).message();
        proof.certificate = certify(proof.header.shard, &message, 4)?;
    }
    let Attempt { world, request, .. } = Attempt::new()?.after_commit_in(&[1, 2])?;
    let settled = Attempt::of(world, request.transaction, Shard(3))?;
    let rows = [
        ("all-validators-signed", "proofs that all four validators signed", all_signed),
        (
            "proofs-of-settled-rows",
            "proofs from the blocks in which the input shards settled the transaction",
            settled,
        ),
    ];
    add_committed(suite, &["ATX-COMMIT-03", "ATX-PROOF-03", "CRY-CERT-02"], &rows)
}

/// What else may be in the state, or in an output. An implementation that removes all locks, or
/// that drops the hash of data, changes another state. One that counts the whole fee as its own
/// refuses the commit, because the fee pool would overflow.
fn surroundings(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut crowded = Attempt::new()?;
    let owner = Market::new()?.alice.account();
    let lock = Lock { txid: TxId(digest("another transaction")), owner, amount: 70 };
    let state = crowded.state()?;
    state.locks.insert(outpoint(7, 0), lock);
    state.totals.fee_pool = u64::MAX - 11;
    let given = "a lock of another transaction, and a fee pool that the fee fills up to the \
                 maximum";
    let rows = [("other-lock-and-full-pool", given, crowded)];
    add_committed(suite, &["ATX-COMMIT-01", "LED-FEE-02"], &rows)?;

    let market = Market::new()?;
    let mut joint = market.joint(Epoch(1))?.transaction;
    change_outputs(&mut joint, |outputs| outputs[0].data_hash = Some(digest("data")))?;
    let signed = sign(&joint, &[&market.of_alice, &market.of_bob])?;
    let with_data = Attempt::locked(market.world, &signed, Shard(3))?;
    add_committed(
        suite,
        &["LED-TX-02"],
        &[("data-hash", "an output with a hash of data", with_data)],
    )
}

/// Commits of what is settled. An implementation that carries them out again creates outputs twice,
/// and one that looks at proofs first refuses to repeat its answer.
pub(super) fn stored_answers() -> Result<VectorFile, CaseError> {
    let doc = "Repeated commits. A transaction settles once in a shard; the shard answers each \
               later request with the stored answer and does not check the proofs.";
    let mut suite = SuiteWriter::new(HANDLER, "stored-answers", doc)?;
    let requirements = ["ATX-UNLOCK-02"];
    let doc = "Given {what}, when the commit is requested, then the shard gives the stored answer \
               and its state does not change.";
    let honest = Attempt::new()?;
    let committed = honest.after_commit_in(&[1, 2, 3])?;
    let mut without = committed.at(Shard(3));
    without.request.proofs.clear();
    let rows = [
        ("input-shard", "an input shard that has already committed", committed.clone()),
        ("output-shard", "an output shard that has already committed", committed.at(Shard(3))),
        (
            "without-proofs",
            "a shard that has already committed, and a request without proofs",
            without,
        ),
        (
            "epoch-after-expiry",
            "a shard that committed in the previous epoch",
            committed.in_epoch(Epoch(2))?,
        ),
    ];
    add_rows(&mut suite, &requirements, doc, &answered(COMMITTED)?, &rows)?;

    let mut aborted = Attempt::rejected()?.at(Shard(2));
    let abort = aborted.world.abort(&aborted.request.transaction, Shard(1))?;
    aborted.world.block(Shard(2), &[Entry::UnlockAbort(abort)])?;
    aborted = Attempt::of(aborted.world, aborted.request.transaction, Shard(2))?;
    let given = "a shard that has already aborted, and a proof of a rejection";
    let rows = [("aborted-before", given, aborted)];
    add_rows(&mut suite, &requirements, doc, &answered(ABORTED)?, &rows)?;

    // The output of a commit is spent; a second commit must not bring it back.
    let mut spent = honest.after_commit_in(&[3])?.at(Shard(3));
    let carol = Market::new()?.carol;
    let paid = Coin::output_of(&spent.request.transaction, 0, &carol);
    let spend = spent.world.pay(Epoch(1), &[&paid], &[(&carol, 1490)])?;
    spent.world.block(Shard(3), &[Entry::Single(spend)])?;
    let given = "a shard that has already committed and in which the output is spent";
    let rows = [("output-spent-since", given, spent)];
    add_rows(&mut suite, &requirements, doc, &answered(COMMITTED)?, &rows)?;
    Ok(suite.finish())
}

/// What is checked before the proofs, in the order of the checks.
const EARLY: &[Fault<Attempt>] = &faults! { Attempt:
    "static" => LedVersion, "LED-STATIC-02", "its version is 2",
        |attempt| attempt.request.transaction.version = 2;
    "not-participant" => AtxNotParticipant, "ATX-COMMIT-04",
        "it is sent to a shard that is not a participant",
        |attempt| attempt.shard = Shard(3);
    "window-closed" => AtxWindowClosed, "ATX-UNLOCK-01",
        "the shard's epoch is two after the expiry epoch",
        |attempt| attempt.world.states.iter_mut().for_each(|s| s.position.epoch = Epoch(3));
    "proof-count" => AtxProofCount, "ATX-COMMIT-02", "there is one proof more than input shards",
        |attempt| attempt.request.proofs.push(attempt.request.proofs[0].clone());
};

/// Proofs that verify but belong to another transaction, shard or vote, and a fee pool that
/// overflows, in the order of the checks.
const MISPLACED: &[Fault<Attempt>] = &faults! { Attempt:
    "wrong-transaction" => AtxProofWrongTransaction, "ATX-PROOF-05",
        "a proof is about another transaction",
        |attempt| attempt.request.proofs[0] = about_another(&attempt.request.proofs[0])?;
    "wrong-shard" => AtxProofWrongShard, "ATX-PROOF-06",
        "the proof is by the output shard",
        |attempt| {
            let Proof { txid, decision, .. } = attempt.request.proofs[0];
            let header = attempt.world.build(Shard(2), &[])?.block.header;
            attempt.request.proofs[0] = attest(&header, txid, decision)?;
        };
    "not-acceptance" => AtxProofNotAcceptance, "ATX-COMMIT-03", "a proof is of a rejection",
        |attempt| {
            let vote = Vote::Rejected(Rejection::LedOutpointLocked);
            attempt.request.proofs[0] = with_vote(&attempt.request.proofs[0], vote)?;
        };
    "overflow" => LedOverflow, "LED-FEE-02", "the fee pool is full",
        |attempt| attempt.world.state_mut(Shard(1))?.totals.fee_pool = u64::MAX - 9;
};

/// The base is a payment from shard 1 to shard 2, at shard 1, with one proof. Each check but those
/// of a proof fails alone, and each check of all together with the next one. An implementation that
/// leaves a check out, or has another order of checks, gives another answer to one of these
/// commits.
pub(super) fn order_of_checks() -> Result<VectorFile, CaseError> {
    let doc = "Commits in which each check, including those of the proof, fails alone and together \
               with the next one.";
    let mut suite = SuiteWriter::new(HANDLER, "order-of-checks", doc)?;
    let (subject, honest) = ("a commit", Attempt::simple()?);
    add_checks_of_unlock(&mut suite, subject, &honest, Attempt::ask, [EARLY, MISPLACED])?;
    Ok(suite.finish())
}

/// Commits that are refused. The base of most is the joint payment at shard 3, with a proof of each
/// of its two input shards. They catch an implementation that checks only the first proof, that
/// compares proofs as a set, or that trusts what a header says about itself.
pub(super) fn refused() -> Result<VectorFile, CaseError> {
    let doc = "Commits that are refused because of a proof, or of the number or order of the \
               proofs. Among them are the faults of a 2018 implementation that accepted proofs \
               without checking their signature, shard or transaction.";
    let mut suite = SuiteWriter::new(HANDLER, "refused", doc)?;
    let doc = "Given a commit, when {what}, then it is refused.";
    add_edits(&mut suite, &Attempt::new()?.at(Shard(3)), Attempt::ask, doc, REFUSED)?;
    let doc = "Given a proof of a rejection, when {what}, then its path no longer leads to the \
               root in the header, and the commit is refused.";
    add_edits(&mut suite, &Attempt::rejected()?.at(Shard(3)), Attempt::ask, doc, TURNED)?;
    rejected_for_real(&mut suite)?;
    Ok(suite.finish())
}

const COUNT: &[&str] = &["ATX-COMMIT-02"];

const REFUSED: &[Edit<Attempt>] = &edits! { Attempt:
    "fault-1-signature" => CryCosiSignature, &["CRY-COSI-02", "ATX-COMMIT-03"],
        "the signature of a proof was made for the header of another proof",
        |attempt| {
            let other = attempt.request.proofs[1].certificate.clone();
            attempt.request.proofs[0].certificate = other;
        };
    "fault-1-shard" => AtxProofWrongShard, &["ATX-PROOF-06", "ATX-COMMIT-03"],
        "both proofs are by shard 2",
        |attempt| attempt.request.proofs[0] = attempt.request.proofs[1].clone();
    "fault-1-transaction" => AtxProofWrongTransaction, &["ATX-PROOF-05"],
        "the proofs are about the same payment with another salt",
        |attempt| attempt.request.transaction.salt += 1;
    "proof-missing" => AtxProofCount, COUNT, "a proof is missing",
        |attempt| attempt.request.proofs.truncate(1);
    "no-proofs" => AtxProofCount, COUNT, "there are no proofs", |attempt| attempt.request.proofs.clear();
    "a-proof-too-many" => AtxProofCount, COUNT, "there are three proofs for two input shards",
        |attempt| attempt.request.proofs.push(attempt.request.proofs[1].clone());
    "proofs-swapped" => AtxProofWrongShard, &["ATX-PROOF-06"], "the proofs are in the wrong order",
        |attempt| attempt.request.proofs.swap(0, 1);
    "second-proof-by-first-shard" => AtxProofWrongShard, &["ATX-PROOF-06"],
        "both proofs are by shard 1",
        |attempt| attempt.request.proofs[1] = attempt.request.proofs[0].clone();
    "proof-by-the-output-shard" => AtxProofWrongShard, &["ATX-PROOF-06"],
        "the second proof is by the output shard",
        |attempt| {
            let header = attempt.world.build(Shard(3), &[])?.block.header;
            attempt.request.proofs[1] =
                attest(&header, attempt.request.proofs[1].txid, attempt.request.proofs[1].decision)?;
        };
    "second-proof-another-transaction" => AtxProofWrongTransaction, &["ATX-PROOF-05"],
        "the second proof is about another transaction",
        |attempt| attempt.request.proofs[1] = about_another(&attempt.request.proofs[1])?;
    "second-proof-rejects" => AtxProofNotAcceptance, &["ATX-COMMIT-03"],
        "the second input shard rejected",
        |attempt| attempt.request.proofs[1] =
        with_vote(&attempt.request.proofs[1], Vote::Rejected(Rejection::LedClaimWrong))?;
    "second-proof-unsigned" => CryElementIdentity, &["CRY-GROUP-03"],
        "the second proof's signature is all zeros, a commitment to the nonce 0",
        |attempt| attempt.request.proofs[1].certificate.signature = NO_SIGNATURE;
    "proof-by-proof" => AtxProofNotAcceptance, &["ATX-COMMIT-03", "ATX-PROOF-01"],
        "the first proof is of a rejection and the second one belongs to another chain",
        |attempt| {
            attempt.request.proofs[0] =
                with_vote(&attempt.request.proofs[0], Vote::Rejected(Rejection::LedClaimWrong))?;
            attempt.request.proofs[1].header.chain_id = digest("other chain");
        }, second_fault;
    "signed-by-another-roster" => AtxProofRosterUnknown, &["ATX-PROOF-02"],
        "a proof is signed by the roster of another shard, which its header names",
        |attempt| {
            attempt.request.proofs[0].header.roster_root = roster(Shard(2))?.root();
            attempt.request.proofs[0] = certified_anew(&attempt.request.proofs[0])?;
        };
    "signed-by-strangers" => CryCosiSignature, &["CRY-COSI-02"],
        "a proof is signed by the validators of another shard",
        |attempt| {
            let message = attempt.request.proofs[0].header.vote(&Normative).message();
            attempt.request.proofs[0].certificate = certify(Shard(2), &message, 3)?;
        };
    "header-changed" => CryCosiSignature, &["CRY-COSI-02"],
        "the header of a proof was changed after it was signed",
        |attempt| attempt.request.proofs[0].header.state_root = digest("another state");
    "window-closed-for-long" => AtxWindowClosed, &["ATX-UNLOCK-01"],
        "the shard is many epochs after the expiry epoch",
        |attempt| attempt.world.state_mut(Shard(3))?.position.epoch = Epoch(1000);
};

/// An implementation that verifies the header, and not the path from the row to it, believes this
/// row.
const TURNED: &[Edit<Attempt>] = &edits! { Attempt:
    "rejection-turned-into-acceptance" => AtxProofPath, &["ATX-PROOF-03", "ATX-COMMIT-03"],
        "its row is changed to an acceptance",
        |attempt| attempt.request.proofs[0].decision.vote = Vote::Accepted;
};

/// A transaction that one of two shards rejected commits nowhere. An implementation that counts
/// proofs, and not acceptances, commits it.
fn rejected_for_real(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let attempt = Attempt::rejected()?;
    for shard in [1, 2, 3] {
        let doc = format!(
            "Given a payment that shard 1 rejected, when the commit is requested in shard \
             {shard}, then it is refused."
        );
        let requirements = ["ATX-COMMIT-01", "ATX-COMMIT-03", "ATX-COMMIT-05"];
        let input = attempt.at(Shard(shard)).ask()?;
        let intent = Intent::Rejected(Rejection::AtxProofNotAcceptance);
        suite.add(&format!("rejected-in-shard-{shard}"), &requirements, &doc, input, intent)?;
    }
    Ok(())
}
