//! Unlock-to-abort: locks come back as fresh outputs, once, and only for a proof of a rejection.

use ioschain_spec::primitives::numbers::{Epoch, Shard};
use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::atomix::{Answer, UnlockAbort};
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Decision, Lock, Settlement, Transaction, TxId, UnspentOutput, Vote};
use ioschain_spec::suite::Normative;

use super::proofs::{HasProof, about_another, attest, broken_proofs, with_vote};
use super::samples::Market;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Fault, Pairs, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    ABORTED, COMMITTED, Inputs as _, Proof, World, answered, certify, digest, outpoint,
};

const HANDLER: &str = "atomix.unlock_abort";

/// An abort that is put to a shard.
#[derive(Clone)]
struct Attempt {
    market: Market,
    transaction: Transaction,
    proof: Proof,
    shard: Shard,
}

impl HasProof for Attempt {
    fn proof(&mut self) -> &mut Proof {
        &mut self.proof
    }
}

impl Attempt {
    /// The joint payment, rejected by shard 1, at shard 2, which accepted it.
    fn new() -> Result<Self, CaseError> {
        let (market, transaction) = Market::with_joint_rejected(Epoch(1))?;
        Self::of(market, transaction, Shard(2))
    }

    fn of(market: Market, transaction: Transaction, shard: Shard) -> Result<Self, CaseError> {
        let proof = market.world.proof(Shard(1), &transaction)?;
        Ok(Self { market, transaction, proof, shard })
    }

    fn at(mut self, shard: Shard) -> Self {
        self.shard = shard;
        self
    }

    fn world(&mut self) -> &mut World {
        &mut self.market.world
    }

    fn in_epoch(mut self, epoch: Epoch) -> Result<Self, CaseError> {
        let shard = self.shard;
        self.world().state_mut(shard)?.position.epoch = epoch;
        Ok(self)
    }

    fn ask(&self) -> Result<Value, CaseError> {
        let unlock =
            UnlockAbort { transaction: self.transaction.clone(), proof: self.proof.clone() };
        self.market.world.request(self.shard, &unlock)
    }
}

fn add(
    suite: &mut SuiteWriter,
    slug: &str,
    requirements: &[&str],
    (given, then): (&str, &str),
    attempt: &Attempt,
    answer: Answer,
) -> Result<(), CaseError> {
    let doc = format!("Given {given}, when the abort is asked for, then {then}.");
    suite.add(slug, requirements, &doc, attempt.ask()?, answered(answer)?)?;
    Ok(())
}

/// Aborts that are carried out.
pub(super) fn aborted() -> Result<VectorFile, CaseError> {
    let doc = "Aborts: every own lock becomes a refund at an outpoint that never existed.";
    let mut suite = SuiteWriter::new(HANDLER, "aborted", doc)?;
    let fresh = [
        "ATX-ABORT-01",
        "ATX-ABORT-02",
        "ATX-ABORT-03",
        "ATX-ABORT-04",
        "ATX-ABORT-05",
        "ATX-ABORT-06",
    ];
    let refunded = "the lock becomes a fresh output";
    let honest = Attempt::new()?;
    let given = "a lock for input 1 of a payment that shard 1 rejected";
    add(&mut suite, "second-input", &fresh, (given, refunded), &honest, ABORTED)?;

    let window = ["ATX-UNLOCK-01"];
    let given = "an expiry of the epoch before, which is the last epoch to unlock";
    let late = honest.clone().in_epoch(Epoch(2))?;
    add(&mut suite, "epoch-after-expiry", &window, (given, refunded), &late, ABORTED)?;
    let (market, transaction) = Market::with_joint_rejected(Epoch(2))?;
    let early = Attempt::of(market, transaction, Shard(2))?;
    let given = "an expiry of the next epoch";
    add(&mut suite, "epoch-before-expiry", &window, (given, refunded), &early, ABORTED)?;

    several_locks(&mut suite)?;
    by_another_shard(&mut suite)?;
    let mut claim = honest.clone();
    claim.proof = with_vote(&claim.proof, Vote::Rejected(Rejection::LedClaimWrong))?;
    let given = "a rejection for a wrong claim";
    add(&mut suite, "other-reason", &["ATX-ABORT-02"], (given, refunded), &claim, ABORTED)?;
    let mut all = honest;
    let message = all.proof.header.vote(&Normative).message();
    all.proof.certificate = certify(Shard(1), &message, 4)?;
    let given = "a rejection that all four validators signed";
    add(&mut suite, "all-validators-signed", &["CRY-CERT-02"], (given, refunded), &all, ABORTED)?;
    Ok(suite.finish())
}

/// Two own locks of the transaction, and one of another.
fn several_locks(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let bob = market.bob.clone();
    let first = market.world.coin(&bob, 30, 0)?;
    let last = market.world.coin(&bob, 40, 9)?;
    let other = market.world.coin(&bob, 60, 8)?;
    let coins = [&first, &market.of_alice, &market.of_bob, &last];
    let payment = market.world.pay(Epoch(1), &coins, &[(&market.carol, 2050)])?;
    let simple = market.simple(Epoch(1))?;
    let locked = market.world.pay(Epoch(1), &[&other], &[(&market.alice, 50)])?;
    market.world.block(Shard(1), &[Entry::Lock(simple)])?;
    market.world.block(Shard(2), &[Entry::Lock(locked)])?;
    market.world.lock_everywhere(&payment)?;
    let attempt = Attempt::of(market, payment.transaction, Shard(2))?;
    let doc = (
        "locks for the inputs 0, 2 and 3, and one of another transaction",
        "the three become refunds numbered by input, and the other lock stays",
    );
    let requirements = ["ATX-ABORT-04", "ATX-ABORT-05"];
    add(suite, "several-locks", &requirements, doc, &attempt, ABORTED)
}

/// The rejecting shard comes after the accepting one.
fn by_another_shard(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let pooled = market.pooled(Epoch(1))?;
    let of_carol = market.world.pay(Epoch(1), &[&market.of_carol], &[(&market.alice, 990)])?;
    market.world.block(Shard(3), &[Entry::Lock(of_carol)])?;
    market.world.lock_everywhere(&pooled)?;
    let mut attempt = Attempt::of(market, pooled.transaction, Shard(1))?;
    attempt.proof = attempt.market.world.proof(Shard(3), &attempt.transaction)?;
    let requirements = ["ATX-ABORT-02", "ATX-ABORT-04", "ATX-ABORT-06"];
    for shard in [1, 2] {
        let doc = (
            "a payment of three input shards that the last one rejected",
            "each of the others gives back what it locked",
        );
        let slug = format!("rejected-by-the-third-at-shard-{shard}");
        add(suite, &slug, &requirements, doc, &attempt.clone().at(Shard(shard)), ABORTED)?;
    }
    Ok(())
}

/// Aborts of what is settled.
pub(super) fn stored_answers() -> Result<VectorFile, CaseError> {
    let doc = "A transaction settles once in a shard; whoever asks again gets that answer, and the \
               proof is not looked at.";
    let mut suite = SuiteWriter::new(HANDLER, "stored-answers", doc)?;
    let requirements = ["ATX-UNLOCK-02"];
    let stored = "the stored answer comes back and nothing changes";
    let mut aborted = Attempt::new()?;
    let abort = Entry::UnlockAbort(aborted.market.world.abort(&aborted.transaction, Shard(1))?);
    aborted.world().block(Shard(2), &[abort])?;
    let given = "a shard that aborted before";
    add(&mut suite, "aborted-before", &requirements, (given, stored), &aborted, ABORTED)?;
    let mut acceptance = aborted.clone();
    acceptance.proof = with_vote(&acceptance.proof, Vote::Accepted)?;
    let given = "a shard that aborted before, and the proof of an acceptance";
    add(
        &mut suite,
        "aborted-before-no-rejection",
        &requirements,
        (given, stored),
        &acceptance,
        ABORTED,
    )?;
    let given = "an abort of the epoch before";
    let late = aborted.in_epoch(Epoch(2))?;
    add(&mut suite, "epoch-after-expiry", &requirements, (given, stored), &late, ABORTED)?;

    let (mut market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let commit = Entry::UnlockCommit(market.world.commit(&joint)?);
    market.world.block(Shard(1), &[commit])?;
    let mut committed = Attempt::of(market, joint, Shard(1))?;
    let given = "a shard that committed before";
    add(&mut suite, "committed-before", &requirements, (given, stored), &committed, COMMITTED)?;
    committed.proof = with_vote(&committed.proof, Vote::Rejected(Rejection::LedClaimWrong))?;
    let given = "a shard that committed before, and a rejection of later";
    let slug = "fault-5-rejection-after-commit";
    add(&mut suite, slug, &requirements, (given, stored), &committed, COMMITTED)?;
    Ok(suite.finish())
}

/// What is checked before the proofs.
fn early_faults() -> Vec<Fault<Attempt>> {
    Vec::from(faults! { Attempt:
        "static" => LedVersion, "LED-STATIC-02", "its version is 2",
            |attempt| attempt.transaction.version = 2;
        "not-participant" => AtxNotParticipant, "ATX-ABORT-03",
            "it is put to a shard that only receives",
            |attempt| attempt.shard = Shard(3);
        "window-closed" => AtxWindowClosed, "ATX-UNLOCK-01",
            "the shard is two epochs after the expiry",
            |attempt| attempt.market.world.states.iter_mut().for_each(|s| s.position.epoch = Epoch(3));
        "not-accepted" => AtxAbortNotAccepted, "ATX-ABORT-01", "the shard has no row",
            |attempt| attempt.market.world.state_mut(Shard(2))?.decisions.clear();
    })
}

/// Proofs that verify, and do not serve here.
fn misplaced_proofs() -> Vec<Fault<Attempt>> {
    Vec::from(faults! { Attempt:
        "wrong-transaction" => AtxProofWrongTransaction, "ATX-PROOF-05",
            "the proof is about another transaction",
            |attempt| attempt.proof = about_another(&attempt.proof)?;
        "wrong-shard" => AtxProofWrongShard, "ATX-ABORT-06",
            "the proof is by a shard that only receives",
            |attempt| {
                let header = attempt.market.world.build(Shard(3), &[])?.block.header;
                attempt.proof = attest(&header, attempt.proof.txid, attempt.proof.decision)?;
            };
        "not-rejection" => AtxProofNotRejection, "ATX-ABORT-02", "the proof is of an acceptance",
            |attempt| attempt.proof = with_vote(&attempt.proof, Vote::Accepted)?;
    })
}

/// Each check fails alone, and together with the next. A proof that does not verify is one matter;
/// `atomix.verify_proof` has each of its faults alone.
pub(super) fn order_of_checks() -> Result<VectorFile, CaseError> {
    let doc = "Each check of an abort fails alone, and together with the next, those of its proof included.";
    let mut suite = SuiteWriter::new(HANDLER, "order-of-checks", doc)?;
    let (subject, honest, ask) = ("an abort", &Attempt::new()?, Attempt::ask);
    for faults in [early_faults(), misplaced_proofs()] {
        Checks { subject, honest, faults: &faults, ask }.add_single_faults(&mut suite)?;
    }
    let mut faults = early_faults();
    faults.extend(broken_proofs());
    faults.extend(misplaced_proofs());
    Checks { subject, honest, faults: &faults, ask }.add_pairs(
        &mut suite,
        Pairs::Neighbours,
        &[],
    )?;
    Ok(suite.finish())
}

/// Further ways to be refused.
pub(super) fn refused() -> Result<VectorFile, CaseError> {
    let doc =
        "Aborts that are refused: unknown locks, own rejections, proofs that are not rejections.";
    let mut suite = SuiteWriter::new(HANDLER, "refused", doc)?;
    let mut add = |slug: &str, requirements: &[&str], what: &str, attempt: &Attempt, rejection| {
        let doc = format!("Given an abort, when {what}, then it is refused.");
        suite.add(slug, requirements, &doc, attempt.ask()?, Intent::Rejected(rejection)).map(|_| ())
    };
    let mut overtaken = Attempt::new()?;
    let state = overtaken.world().state_mut(Shard(2))?;
    state.decisions.clear();
    state.pending.clear();
    let locks = std::mem::take(&mut state.locks);
    let unlocked = locks.into_iter().map(|(outpoint, lock)| {
        let output = UnspentOutput { owner: lock.owner, amount: lock.amount };
        (outpoint, output)
    });
    state.unspent.extend(unlocked);
    let not_accepted = Rejection::AtxAbortNotAccepted;
    let requirements = ["ATX-ABORT-01", "LED-CONSERVE-01"];
    add(
        "fault-6-unknown-lock",
        &requirements,
        "the shard has never locked anything for the transaction",
        &overtaken,
        not_accepted,
    )?;
    overtaken.transaction.salt += 1;
    let what = "the shard has never heard of the transaction, nor the proof";
    add("fault-6-unknown-transaction", &requirements, what, &overtaken, not_accepted)?;

    let own = Attempt::new()?.at(Shard(1));
    let what = "the shard itself rejected, and the proof is its own";
    add("own-rejection", &["ATX-ABORT-01"], what, &own, not_accepted)?;
    let mut received = Attempt::new()?;
    let row = Decision { vote: Vote::None, settled: Settlement::Committed, expiry_epoch: Epoch(1) };
    let txid = received.transaction.id(&Normative);
    received.world().state_mut(Shard(2))?.decisions.insert(txid, row);
    let what = "the shard's row carries no vote";
    add("row-without-vote", &["ATX-ABORT-01"], what, &received, not_accepted)?;

    let (market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let accepted = Attempt::of(market, joint, Shard(2))?;
    let requirements = ["ATX-ABORT-02", "ATX-COMMIT-05"];
    let what = "every input shard accepted, and the proof is of an acceptance";
    add("everybody-accepted", &requirements, what, &accepted, Rejection::AtxProofNotRejection)?;
    let mut own_acceptance = accepted;
    own_acceptance.proof =
        own_acceptance.market.world.proof(Shard(2), &own_acceptance.transaction)?;
    let what = "the proof is of the shard's own acceptance";
    add("own-acceptance", &requirements, what, &own_acceptance, Rejection::AtxProofNotRejection)?;

    let mut turned = own_acceptance;
    turned.proof.decision.vote = Vote::Rejected(Rejection::LedOutpointLocked);
    let what = "the row of an acceptance was changed to a rejection";
    add(
        "acceptance-turned-into-rejection",
        &["ATX-PROOF-03"],
        what,
        &turned,
        Rejection::AtxProofPath,
    )?;
    other_transactions(&mut suite)?;
    Ok(suite.finish())
}

/// A rejection of one transaction gives back nothing of another.
fn other_transactions(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut attempt = Attempt::new()?;
    let bob = attempt.market.bob.clone();
    let coin = attempt.world().coin(&bob, 500, 6)?;
    let market = &attempt.market;
    let other = market.world.pay(Epoch(1), &[&market.of_alice, &coin], &[(&market.carol, 1490)])?;
    attempt.world().lock_everywhere(&other)?;
    attempt.proof = attempt.market.world.proof(Shard(1), &other.transaction)?;
    suite.add(
        "rejection-of-another-payment",
        &["ATX-PROOF-05"],
        "Given two payments that shard 1 rejected, when one is to be aborted with the proof about the other, then it is refused.",
        attempt.ask()?,
        Intent::Rejected(Rejection::AtxProofWrongTransaction),
    )?;
    let mut foreign = Attempt::new()?;
    let owner = foreign.market.bob.account();
    let lock = Lock { txid: TxId(digest("another transaction")), owner, amount: 5 };
    foreign.world().state_mut(Shard(2))?.locks.insert(outpoint(7, 0), lock);
    foreign = foreign.in_epoch(Epoch(1000))?;
    suite.add(
        "window-closed-for-long",
        &["ATX-UNLOCK-01"],
        "Given a shard that is long past the expiry, when the abort is asked for, then it is refused and locks stay.",
        foreign.ask()?,
        Intent::Rejected(Rejection::AtxWindowClosed),
    )?;
    Ok(())
}
