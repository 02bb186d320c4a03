//! Unlock-to-abort: locks come back as fresh outputs, once, and only for a proof of a rejection.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::UnlockAbort;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{
    Decision, Lock, Settlement, ShardState, Transaction, TxId, UnspentOutput, Vote,
};
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use super::attempt::{Row, add_rows};
use super::proofs::{HasProof, about_another, add_checks_of_unlock, attest, with_vote};
use super::samples::Market;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Edit, Fault, add_edits, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    ABORTED, COMMITTED, Proof, World, answered, certify, digest, outpoint,
};

const HANDLER: &str = "atomix.unlock_abort";

/// An abort that is put to a shard.
type Attempt = super::attempt::Attempt<UnlockAbort<Proof>>;

impl HasProof for Attempt {
    fn proof(&mut self) -> &mut Proof {
        &mut self.request.proof
    }
}

impl Attempt {
    /// The joint payment, rejected by shard 1, at shard 2, which accepted it.
    fn new() -> Result<Self, CaseError> {
        Self::with_expiry(Epoch(1))
    }

    fn with_expiry(expiry: Epoch) -> Result<Self, CaseError> {
        let (market, transaction) = Market::with_joint_rejected(expiry)?;
        Self::of(market.world, &transaction, Shard(2))
    }

    /// The joint payment, accepted by both of its input shards, at shard 2.
    fn accepted() -> Result<Self, CaseError> {
        let (market, transaction) = Market::with_joint_accepted(Epoch(1))?;
        Self::of(market.world, &transaction, Shard(2))
    }

    /// A payment with the latest proof of shard 1.
    fn of(world: World, transaction: &Transaction, shard: Shard) -> Result<Self, CaseError> {
        let request = world.abort(transaction, Shard(1))?;
        Ok(Self { world, shard, request })
    }

    /// The same request with the latest proof of another shard.
    fn proved_by(mut self, shard: Shard) -> Result<Self, CaseError> {
        self.request.proof = self.world.proof(shard, &self.request.transaction)?;
        Ok(self)
    }

    /// The same request with the proof of another vote.
    fn with_vote(&self, vote: Vote) -> Result<Self, CaseError> {
        let mut attempt = self.clone();
        attempt.request.proof = with_vote(&self.request.proof, vote)?;
        Ok(attempt)
    }
}

const WRONG_CLAIM: Vote = Vote::Rejected(Rejection::LedClaimWrong);

fn add_aborted(
    suite: &mut SuiteWriter,
    requirements: &[&str],
    then: &str,
    row: Row<UnlockAbort<Proof>>,
) -> Result<(), CaseError> {
    let doc = format!("Given {{what}}, when the abort is requested, then {then}.");
    add_rows(suite, requirements, &doc, &answered(ABORTED)?, &[row])
}

/// Aborts that are carried out. An implementation that puts the locked outputs back in their old
/// places lets an old transaction spend them again, and one with a shorter window strands locks.
pub(super) fn aborted() -> Result<VectorFile, CaseError> {
    let doc = "Aborts that are applied. Each lock of the transaction in the shard becomes a refund \
               at an outpoint that has never existed before.";
    let mut suite = SuiteWriter::new(HANDLER, "aborted", doc)?;
    let fresh = [
        "ATX-ABORT-01",
        "ATX-ABORT-02",
        "ATX-ABORT-03",
        "ATX-ABORT-04",
        "ATX-ABORT-05",
        "ATX-ABORT-06",
    ];
    let refunded = "the lock becomes an output with a new outpoint";
    let honest = Attempt::new()?;
    let given = "a lock for input 1 of a payment that shard 1 rejected";
    add_aborted(&mut suite, &fresh, refunded, ("second-input", given, honest.clone()))?;

    let window = ["ATX-UNLOCK-01"];
    let given = "a shard whose epoch is one after the expiry epoch, the last epoch in which it \
                 may unlock";
    let row = ("epoch-after-expiry", given, honest.in_epoch(Epoch(2))?);
    add_aborted(&mut suite, &window, refunded, row)?;
    let given = "a shard whose epoch is one before the expiry epoch";
    let row = ("epoch-before-expiry", given, Attempt::with_expiry(Epoch(2))?);
    add_aborted(&mut suite, &window, refunded, row)?;

    several_locks(&mut suite)?;
    by_another_shard(&mut suite)?;
    let row =
        ("other-reason", "a rejection because of a wrong claim", honest.with_vote(WRONG_CLAIM)?);
    add_aborted(&mut suite, &["ATX-ABORT-02"], refunded, row)?;
    let mut all = honest;
    let message = all.request.proof.header.vote(&Normative).message();
    all.request.proof.certificate = certify(Shard(1), &message, 4)?;
    let row = ("all-validators-signed", "a rejection that all four validators signed", all);
    add_aborted(&mut suite, &["CRY-CERT-02"], refunded, row)?;
    Ok(suite.finish())
}

/// Three own locks of the transaction, and one of another. An implementation that numbers refunds
/// by lock and not by input, or that refunds every lock of an owner, changes another state.
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
    let attempt = Attempt::of(market.world, &payment.transaction, Shard(2))?;
    let given = "locks for the inputs 0, 2 and 3, and a lock of another transaction";
    let then = "the three locks become refunds that are numbered by input, and the lock of the \
                other transaction is kept";
    let requirements = ["ATX-ABORT-04", "ATX-ABORT-05"];
    add_aborted(suite, &requirements, then, ("several-locks", given, attempt))
}

/// The rejecting shard comes after the accepting ones. An implementation that expects the proof of
/// the first input shard refuses it.
fn by_another_shard(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut market = Market::new()?;
    let pooled = market.pooled(Epoch(1))?;
    let of_carol = market.world.pay(Epoch(1), &[&market.of_carol], &[(&market.alice, 990)])?;
    market.world.block(Shard(3), &[Entry::Lock(of_carol)])?;
    market.world.lock_everywhere(&pooled)?;
    let attempt = Attempt::of(market.world, &pooled.transaction, Shard(1))?.proved_by(Shard(3))?;
    let given = "a payment with three input shards that the last of them rejected";
    let then = "the shard refunds what it has locked";
    let requirements = ["ATX-ABORT-02", "ATX-ABORT-04", "ATX-ABORT-06"];
    let row = ("rejected-by-the-third-at-shard-1", given, attempt.clone());
    add_aborted(suite, &requirements, then, row)?;
    let row = ("rejected-by-the-third-at-shard-2", given, attempt.at(Shard(2)));
    add_aborted(suite, &requirements, then, row)
}

/// Aborts of what is settled. An implementation that aborts again refunds twice, and one that
/// aborts after a commit makes money (fault 5).
pub(super) fn stored_answers() -> Result<VectorFile, CaseError> {
    let doc = "Repeated aborts. A transaction settles once in a shard; the shard answers each \
               later request with the stored answer and does not check the proof.";
    let mut suite = SuiteWriter::new(HANDLER, "stored-answers", doc)?;
    let doc = "Given {what}, when the abort is requested, then the shard gives the stored answer \
               and its state does not change.";
    let requirements = ["ATX-UNLOCK-02"];
    let mut aborted = Attempt::new()?;
    let abort = Entry::UnlockAbort(aborted.request.clone());
    aborted.world.block(Shard(2), &[abort])?;
    let rows = [
        ("aborted-before", "a shard that has already aborted", aborted.clone()),
        (
            "aborted-before-no-rejection",
            "a shard that has already aborted, and a proof of an acceptance",
            aborted.with_vote(Vote::Accepted)?,
        ),
        (
            "epoch-after-expiry",
            "a shard that aborted in the previous epoch",
            aborted.in_epoch(Epoch(2))?,
        ),
    ];
    add_rows(&mut suite, &requirements, doc, &answered(ABORTED)?, &rows)?;

    let mut committed = Attempt::accepted()?.at(Shard(1));
    let commit = committed.world.commit(&committed.request.transaction)?;
    committed.world.block(Shard(1), &[Entry::UnlockCommit(commit)])?;
    committed = committed.proved_by(Shard(1))?;
    let rejected = committed.with_vote(WRONG_CLAIM)?;
    let rows = [
        ("committed-before", "a shard that has already committed", committed),
        (
            "fault-5-rejection-after-commit",
            "a shard that has already committed, and a proof of a rejection",
            rejected,
        ),
    ];
    add_rows(&mut suite, &requirements, doc, &answered(COMMITTED)?, &rows)?;
    Ok(suite.finish())
}

/// What is checked before the proof, in the order of the checks.
const EARLY: &[Fault<Attempt>] = &faults! { Attempt:
    "static" => LedVersion, "LED-STATIC-02", "its version is 2",
        |attempt| attempt.request.transaction.version = 2;
    "not-participant" => AtxNotParticipant, "ATX-ABORT-03",
        "it is sent to a shard that is only an output shard",
        |attempt| attempt.shard = Shard(3);
    "window-closed" => AtxWindowClosed, "ATX-UNLOCK-01",
        "the shard's epoch is two after the expiry epoch",
        |attempt| attempt.world.states.iter_mut().for_each(|s| s.position.epoch = Epoch(3));
    "not-accepted" => AtxAbortNotAccepted, "ATX-ABORT-01",
        "the shard has no row for the transaction",
        |attempt| attempt.world.state_mut(Shard(2))?.decisions.clear();
};

/// Proofs that verify but belong to another transaction, shard or vote, in the order of the checks.
const MISPLACED: &[Fault<Attempt>] = &faults! { Attempt:
    "wrong-transaction" => AtxProofWrongTransaction, "ATX-PROOF-05",
        "the proof is about another transaction",
        |attempt| attempt.request.proof = about_another(&attempt.request.proof)?;
    "wrong-shard" => AtxProofWrongShard, "ATX-ABORT-06",
        "the proof is by a shard that is only an output shard",
        |attempt| {
            let header = attempt.world.build(Shard(3), &[])?.block.header;
            attempt.request.proof = attest(&header, attempt.request.proof.txid, attempt.request.proof.decision)?;
        };
    "not-rejection" => AtxProofNotRejection, "ATX-ABORT-02", "the proof is of an acceptance",
        |attempt| attempt.request.proof = with_vote(&attempt.request.proof, Vote::Accepted)?;
};

/// The base is the joint payment that shard 1 rejected, at shard 2, which accepted it. Each check
/// but those of a proof fails alone, and each check of all together with the next one. An
/// implementation that leaves a check out, or has another order of checks, gives another answer to
/// one of these aborts.
pub(super) fn order_of_checks() -> Result<VectorFile, CaseError> {
    let doc = "Aborts in which each check, including those of the proof, fails alone and together \
               with the next one.";
    let mut suite = SuiteWriter::new(HANDLER, "order-of-checks", doc)?;
    let (subject, honest) = ("an abort", Attempt::new()?);
    add_checks_of_unlock(&mut suite, subject, &honest, Attempt::ask, [EARLY, MISPLACED])?;
    Ok(suite.finish())
}

/// Aborts that are refused: of a transaction that the shard has not accepted, of one that every
/// input shard accepted, with a proof about another payment, and long after the window.
pub(super) fn refused() -> Result<VectorFile, CaseError> {
    let doc = "Aborts that are refused: for unknown locks, for transactions that the shard itself \
               rejected, and with proofs that are not proofs of a rejection.";
    let mut suite = SuiteWriter::new(HANDLER, "refused", doc)?;
    let (honest, ask) = (Attempt::new()?, Attempt::ask);
    let doc = "Given an abort, when {what}, then it is refused.";
    add_edits(&mut suite, &honest, ask, doc, NOT_ACCEPTED)?;
    add_edits(&mut suite, &Attempt::accepted()?, ask, doc, ACCEPTED_BY_ALL)?;
    other_transactions(&mut suite)?;
    let doc = "Given a shard that is {what}, when the abort is requested, then it is refused and \
               the locks are kept.";
    add_edits(&mut suite, &honest, ask, doc, TOO_LATE)?;
    Ok(suite.finish())
}

const UNKNOWN: &[&str] = &["ATX-ABORT-01", "LED-CONSERVE-01"];

/// The shard has not accepted the transaction. An implementation that looks at the proof alone
/// gives back money that it never locked (fault 6).
const NOT_ACCEPTED: &[Edit<Attempt>] = &edits! { Attempt:
    "fault-6-unknown-lock" => AtxAbortNotAccepted, UNKNOWN,
        "the shard has never locked anything for the transaction",
        |attempt| forget_lock(attempt.state()?);
    "fault-6-unknown-transaction" => AtxAbortNotAccepted, UNKNOWN,
        "neither the shard nor the proof knows the transaction",
        |attempt| {
            forget_lock(attempt.state()?);
            attempt.request.transaction.salt += 1;
        };
    "own-rejection" => AtxAbortNotAccepted, &["ATX-ABORT-01"],
        "the shard itself rejected the transaction, and the proof is by this shard",
        |attempt| attempt.shard = Shard(1);
    "row-without-vote" => AtxAbortNotAccepted, &["ATX-ABORT-01"],
        "the shard's row contains no vote",
        |attempt| {
            let (vote, settled) = (Vote::None, Settlement::Committed);
            let row = Decision { vote, settled, expiry_epoch: Epoch(1) };
            let txid = attempt.request.transaction.id(&Normative);
            attempt.state()?.decisions.insert(txid, row);
        };
};

/// The state of a shard that was never asked for a lock.
fn forget_lock(state: &mut ShardState) {
    state.decisions.clear();
    state.pending.clear();
    let locks = std::mem::take(&mut state.locks).into_iter();
    state.unspent.extend(locks.map(|(outpoint, lock)| {
        (outpoint, UnspentOutput { owner: lock.owner, amount: lock.amount })
    }));
}

const NO_REJECTION: &[&str] = &["ATX-ABORT-02", "ATX-COMMIT-05"];

/// Every input shard accepted. An implementation that takes any vote for a rejection, or that does
/// not verify the path from the row to the header, aborts what other shards commit.
const ACCEPTED_BY_ALL: &[Edit<Attempt>] = &edits! { Attempt:
    "everybody-accepted" => AtxProofNotRejection, NO_REJECTION,
        "every input shard accepted the transaction, and the proof is of an acceptance", |_| ();
    "own-acceptance" => AtxProofNotRejection, NO_REJECTION,
        "the proof is of the shard's own acceptance",
        |attempt| *attempt = attempt.clone().proved_by(Shard(2))?;
    "acceptance-turned-into-rejection" => AtxProofPath, &["ATX-PROOF-03"],
        "the row of an acceptance was changed to a rejection",
        |attempt| {
            *attempt = attempt.clone().proved_by(Shard(2))?;
            attempt.request.proof.decision.vote = Vote::Rejected(Rejection::LedOutpointLocked);
        };
};

/// Shard 1 rejected two payments, and the abort of one brings the proof about the other. An
/// implementation that does not compare the transaction of the proof carries it out.
fn other_transactions(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut attempt = Attempt::new()?;
    let market = Market::new()?;
    let coin = attempt.world.coin(&market.bob, 500, 6)?;
    let coins = [&market.of_alice, &coin];
    let other = attempt.world.pay(Epoch(1), &coins, &[(&market.carol, 1490)])?;
    attempt.world.lock_everywhere(&other)?;
    attempt.request.proof = attempt.world.proof(Shard(1), &other.transaction)?;
    suite.add(
        "rejection-of-another-payment",
        &["ATX-PROOF-05"],
        "Given two payments that shard 1 rejected, when an abort of one of them brings the proof \
         about the other, then the abort is refused.",
        attempt.ask()?,
        Intent::Rejected(Rejection::AtxProofWrongTransaction),
    )?;
    Ok(())
}

/// After the window the sweep has decided. An implementation that aborts then contradicts it.
const TOO_LATE: &[Edit<Attempt>] = &edits! { Attempt:
    "window-closed-for-long" => AtxWindowClosed, &["ATX-UNLOCK-01"],
        "many epochs after the expiry epoch",
        |attempt| {
            let owner = Market::new()?.bob.account();
            let lock = Lock { txid: TxId(digest("another transaction")), owner, amount: 5 };
            attempt.state()?.locks.insert(outpoint(7, 0), lock);
            attempt.state()?.position.epoch = Epoch(1000);
        };
};
