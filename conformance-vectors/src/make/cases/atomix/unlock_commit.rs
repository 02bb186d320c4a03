//! Unlock-to-commit: at every kind of participant, and every way in which its proofs can fail.

use ioschain_spec::primitives::numbers::{Epoch, Shard};
use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Lock, Transaction, TxId, Vote};
use ioschain_spec::suite::Normative;

use super::proofs::{
    HasProof, NO_SIGNATURE, about_another, attest, broken_proofs, certified_anew, with_vote,
};
use super::samples::Market;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Edit, Fault, Pairs, add_edits, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    ABORTED, COMMITTED, Coin, Inputs as _, Proof, World, answered, certify, change_outputs, digest,
    outpoint, roster, sign, unlock_commit,
};

const HANDLER: &str = "atomix.unlock_commit";

/// An unlock that is put to a shard.
#[derive(Clone)]
struct Attempt {
    market: Market,
    transaction: Transaction,
    proofs: Vec<Proof>,
    shard: Shard,
}

impl HasProof for Attempt {
    fn proof(&mut self) -> &mut Proof {
        &mut self.proofs[0]
    }
}

impl Attempt {
    /// The joint payment, accepted by its input shards, at shard 1, which votes and receives.
    fn new() -> Result<Self, CaseError> {
        let (market, transaction) = Market::with_joint_accepted(Epoch(1))?;
        Self::of(market, transaction, Shard(1))
    }

    /// A payment from shard 1 to shard 2, accepted, at shard 1: one proof is enough.
    fn simple() -> Result<Self, CaseError> {
        let mut market = Market::new()?;
        let simple = market.simple(Epoch(1))?;
        market.world.lock_everywhere(&simple)?;
        Self::of(market, simple.transaction, Shard(1))
    }

    fn of(market: Market, transaction: Transaction, shard: Shard) -> Result<Self, CaseError> {
        let proofs = market.world.proofs(&transaction)?;
        Ok(Self { market, transaction, proofs, shard })
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
        let unlock = unlock_commit(&self.transaction, self.proofs.clone())?;
        self.market.world.request(self.shard, &unlock)
    }
}

fn add_committed(
    suite: &mut SuiteWriter,
    slug: &str,
    requirements: &[&str],
    given: &str,
    attempt: &Attempt,
) -> Result<(), CaseError> {
    let doc = format!("Given {given}, when the commit is asked for, then the shard settles.");
    suite.add(slug, requirements, &doc, attempt.ask()?, answered(COMMITTED)?)?;
    Ok(())
}

/// Commits that are carried out.
pub(super) fn committed() -> Result<VectorFile, CaseError> {
    let doc = "Commits at input shards, output shards and shards that are both: own locks go, own \
               outputs come, the own part of the fee is earned.";
    let mut suite = SuiteWriter::new(HANDLER, "committed", doc)?;
    participants(&mut suite)?;
    windows(&mut suite)?;
    other_proofs(&mut suite)?;
    surroundings(&mut suite)?;
    Ok(suite.finish())
}

fn participants(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let one_rule = [
        "ATX-PROOF-05",
        "ATX-PROOF-06",
        "ATX-COMMIT-01",
        "ATX-COMMIT-02",
        "ATX-COMMIT-03",
        "ATX-COMMIT-04",
        "ATX-COMMIT-05",
        "LED-FEE-01",
    ];
    let joint = Attempt::new()?;
    let given = "a shard that votes and receives";
    add_committed(suite, "input-and-output-shard", &one_rule, given, &joint)?;
    add_committed(
        suite,
        "input-shard-alone",
        &one_rule,
        "a shard that only votes",
        &joint.clone().at(Shard(2)),
    )?;
    add_committed(
        suite,
        "output-shard-alone",
        &one_rule,
        "a shard that only receives",
        &joint.at(Shard(3)),
    )?;

    let simple = Attempt::simple()?;
    add_committed(suite, "one-proof-input-shard", &one_rule, "one input shard", &simple)?;
    add_committed(
        suite,
        "one-proof-output-shard",
        &one_rule,
        "one input shard and another that receives",
        &simple.at(Shard(2)),
    )?;

    let mut market = Market::new()?;
    let of_bob = market.world.coin(&market.bob.clone(), 1000, 0)?;
    let coins = [&of_bob, &market.of_alice, &market.of_carol];
    let pooled = market.world.pay(Epoch(1), &coins, &[(&market.alice, 2976)])?;
    market.world.lock_everywhere(&pooled)?;
    let pooled = Attempt::of(market, pooled.transaction, Shard(2))?;
    let given = "three input shards and a fee of 24, in the shard of input 0";
    add_committed(suite, "three-proofs-first-input", &one_rule, given, &pooled)?;
    let given = "three input shards and a fee of 24, in another shard";
    add_committed(suite, "three-proofs-last-shard", &one_rule, given, &pooled.at(Shard(3)))?;

    let mut market = Market::new()?;
    let of_bob = market.world.coin(&market.bob.clone(), 1000, 0)?;
    let both =
        market.world.pay(Epoch(1), &[&of_bob, &market.of_alice], &[(&market.carol, 1979)])?;
    market.world.lock_everywhere(&both)?;
    let both = Attempt::of(market, both.transaction, Shard(2))?;
    let given = "a fee of 21 and input 0 in shard 2, which earns the remainder";
    add_committed(suite, "remainder-to-shard-2", &one_rule, given, &both)?;
    let given = "a fee of 21 and input 0 in shard 2, so that shard 1 earns no remainder";
    add_committed(suite, "no-remainder-to-shard-1", &one_rule, given, &both.at(Shard(1)))
}

fn windows(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let requirements = ["ATX-UNLOCK-01"];
    let given = "an expiry of the epoch before, which is the last epoch to unlock";
    add_committed(
        suite,
        "epoch-after-expiry",
        &requirements,
        given,
        &Attempt::new()?.in_epoch(Epoch(2))?,
    )?;
    add_committed(
        suite,
        "output-shard-after-expiry",
        &requirements,
        given,
        &Attempt::new()?.at(Shard(3)).in_epoch(Epoch(2))?,
    )?;
    let (market, transaction) = Market::with_joint_accepted(Epoch(2))?;
    let early = Attempt::of(market, transaction, Shard(1))?;
    let given = "an expiry of the next epoch";
    add_committed(suite, "epoch-before-expiry", &requirements, given, &early)?;
    let given = "an expiry of 2 and an output shard in epoch 3";
    add_committed(
        suite,
        "third-epoch",
        &requirements,
        given,
        &early.at(Shard(3)).in_epoch(Epoch(3))?,
    )
}

/// Proofs that are as good as the first ones.
fn other_proofs(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let requirements = ["ATX-COMMIT-03", "ATX-PROOF-03", "CRY-CERT-02"];
    let mut all_signed = Attempt::new()?.at(Shard(3));
    for proof in &mut all_signed.proofs {
        let message = proof.header.vote(&Normative).message();
        proof.certificate = certify(proof.header.shard, &message, 4)?;
    }
    let given = "proofs that all four validators signed";
    add_committed(suite, "all-validators-signed", &requirements, given, &all_signed)?;

    let mut settled = Attempt::new()?;
    let commit = settled.market.world.commit(&settled.transaction)?;
    for shard in [1, 2] {
        settled.world().block(Shard(shard), &[Entry::UnlockCommit(commit.clone())])?;
    }
    let settled = Attempt::of(settled.market, settled.transaction, Shard(3))?;
    let given = "proofs from the blocks in which the input shards settled";
    add_committed(suite, "proofs-of-settled-rows", &requirements, given, &settled)
}

/// What else may be in the state.
fn surroundings(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut attempt = Attempt::new()?;
    let owner = attempt.market.alice.account();
    let lock = Lock { txid: TxId(digest("another transaction")), owner, amount: 70 };
    let state = attempt.world().state_mut(Shard(1))?;
    state.locks.insert(outpoint(7, 0), lock);
    state.totals.fee_pool = u64::MAX - 11;
    let given = "another transaction's lock, and a fee pool with just enough room";
    let requirements = ["ATX-COMMIT-01", "LED-FEE-02"];
    add_committed(suite, "other-lock-and-full-pool", &requirements, given, &attempt)?;

    let mut market = Market::new()?;
    let mut joint = market.joint(Epoch(1))?.transaction;
    change_outputs(&mut joint, |outputs| outputs[0].data_hash = Some(digest("data")))?;
    let signed = sign(&joint, &[&market.of_alice, &market.of_bob])?;
    market.world.lock_everywhere(&signed)?;
    let given = "an output with a hash of data";
    add_committed(suite, "data-hash", &["LED-TX-02"], given, &Attempt::of(market, joint, Shard(3))?)
}

/// Commits of what is settled.
pub(super) fn stored_answers() -> Result<VectorFile, CaseError> {
    let doc = "A transaction settles once in a shard; whoever asks again gets that answer, and the \
               proofs are not looked at.";
    let mut suite = SuiteWriter::new(HANDLER, "stored-answers", doc)?;
    let mut add = |slug: &str, given: &str, attempt: &Attempt, answer| {
        let doc = format!(
            "Given {given}, when the commit is asked for, then the stored answer comes back and nothing changes."
        );
        suite.add(slug, &["ATX-UNLOCK-02"], &doc, attempt.ask()?, answered(answer)?).map(|_| ())
    };
    let mut committed = Attempt::new()?;
    let commit = committed.market.world.commit(&committed.transaction)?;
    for shard in [1, 2, 3] {
        committed.world().block(Shard(shard), &[Entry::UnlockCommit(commit.clone())])?;
    }
    add("input-shard", "an input shard that committed before", &committed, COMMITTED)?;
    add(
        "output-shard",
        "an output shard that committed before",
        &committed.clone().at(Shard(3)),
        COMMITTED,
    )?;
    let mut without = committed.clone().at(Shard(3));
    without.proofs.clear();
    add("without-proofs", "a shard that committed before, and no proofs", &without, COMMITTED)?;
    add(
        "epoch-after-expiry",
        "a commit of the epoch before",
        &committed.in_epoch(Epoch(2))?,
        COMMITTED,
    )?;

    let (mut market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let abort = Entry::UnlockAbort(market.world.abort(&joint, Shard(1))?);
    market.world.block(Shard(2), &[abort])?;
    let aborted = Attempt::of(market, joint, Shard(2))?;
    add(
        "aborted-before",
        "a shard that aborted before, and the proof of a rejection",
        &aborted,
        ABORTED,
    )?;

    // The output of a commit is spent; a second commit must not bring it back.
    let mut spent = Attempt::new()?.at(Shard(3));
    spent.world().block(Shard(3), &[Entry::UnlockCommit(commit)])?;
    let paid = Coin::output_of(&spent.transaction, 0, &spent.market.carol);
    let spend = spent.market.world.pay(Epoch(1), &[&paid], &[(&spent.market.carol, 1490)])?;
    spent.world().block(Shard(3), &[Entry::Single(spend)])?;
    add(
        "output-spent-since",
        "a shard that committed before, where the output has been spent",
        &spent,
        COMMITTED,
    )?;
    Ok(suite.finish())
}

/// What is checked before the proofs.
fn early_faults() -> Vec<Fault<Attempt>> {
    Vec::from(faults! { Attempt:
        "static" => LedVersion, "LED-STATIC-02", "its version is 2",
            |attempt| attempt.transaction.version = 2;
        "not-participant" => AtxNotParticipant, "ATX-COMMIT-04",
            "it is put to a shard that takes no part",
            |attempt| attempt.shard = Shard(3);
        "window-closed" => AtxWindowClosed, "ATX-UNLOCK-01",
            "the shard is two epochs after the expiry",
            |attempt| attempt.market.world.states.iter_mut().for_each(|s| s.position.epoch = Epoch(3));
        "proof-count" => AtxProofCount, "ATX-COMMIT-02", "there is a proof too many",
            |attempt| attempt.proofs.push(attempt.proofs[0].clone());
    })
}

/// Proofs that verify, and do not serve here; and what can fail after them.
fn misplaced_proofs() -> Vec<Fault<Attempt>> {
    Vec::from(faults! { Attempt:
        "wrong-transaction" => AtxProofWrongTransaction, "ATX-PROOF-05",
            "a proof is about another transaction",
            |attempt| attempt.proofs[0] = about_another(&attempt.proofs[0])?;
        "wrong-shard" => AtxProofWrongShard, "ATX-PROOF-06",
            "the proof is by the shard that receives",
            |attempt| {
                let Proof { txid, decision, .. } = attempt.proofs[0];
                let header = attempt.market.world.build(Shard(2), &[])?.block.header;
                attempt.proofs[0] = attest(&header, txid, decision)?;
            };
        "not-acceptance" => AtxProofNotAcceptance, "ATX-COMMIT-03", "a proof is of a rejection",
            |attempt| {
                let vote = Vote::Rejected(Rejection::LedOutpointLocked);
                attempt.proofs[0] = with_vote(&attempt.proofs[0], vote)?;
            };
        "overflow" => LedOverflow, "LED-FEE-02", "the fee pool is full",
            |attempt| attempt.market.world.state_mut(Shard(1))?.totals.fee_pool = u64::MAX - 9;
    })
}

/// Each check fails alone, and together with the next. A proof that does not verify is one matter;
/// `atomix.verify_proof` has each of its faults alone.
pub(super) fn order_of_checks() -> Result<VectorFile, CaseError> {
    let doc = "Each check of a commit fails alone, and together with the next, those of its proof included.";
    let mut suite = SuiteWriter::new(HANDLER, "order-of-checks", doc)?;
    let (subject, honest, ask) = ("a commit", &Attempt::simple()?, Attempt::ask);
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
    let doc = "Commits that are refused: each proof, their number and order, and the faults of a 2018 \
               implementation that accepted proofs without looking at signature, shard or transaction.";
    let mut suite = SuiteWriter::new(HANDLER, "refused", doc)?;
    let doc = "Given a commit, when {what}, then it is refused.";
    add_edits(&mut suite, &Attempt::new()?.at(Shard(3)), Attempt::ask, doc, REFUSED)?;
    upgraded(&mut suite)?;
    rejected_for_real(&mut suite)?;
    Ok(suite.finish())
}

const COUNT: &[&str] = &["ATX-COMMIT-02"];

const REFUSED: &[Edit<Attempt>] = &edits! { Attempt:
    "fault-1-signature" => CryCosiSignature, &["CRY-COSI-02", "ATX-COMMIT-03"],
        "a proof's signature is one of something else",
        |attempt| {
            let other = attempt.proofs[1].certificate.clone();
            attempt.proofs[0].certificate = other;
        };
    "fault-1-shard" => AtxProofWrongShard, &["ATX-PROOF-06", "ATX-COMMIT-03"],
        "both proofs are by shard 2",
        |attempt| attempt.proofs[0] = attempt.proofs[1].clone();
    "fault-1-transaction" => AtxProofWrongTransaction, &["ATX-PROOF-05"],
        "the proofs are of the same payment with another salt",
        |attempt| attempt.transaction.salt += 1;
    "proof-missing" => AtxProofCount, COUNT, "a proof is missing",
        |attempt| attempt.proofs.truncate(1);
    "no-proofs" => AtxProofCount, COUNT, "there are no proofs", |attempt| attempt.proofs.clear();
    "a-proof-too-many" => AtxProofCount, COUNT, "there are three proofs for two input shards",
        |attempt| attempt.proofs.push(attempt.proofs[1].clone());
    "proofs-swapped" => AtxProofWrongShard, &["ATX-PROOF-06"], "the proofs are in the wrong order",
        |attempt| attempt.proofs.swap(0, 1);
    "second-proof-by-first-shard" => AtxProofWrongShard, &["ATX-PROOF-06"],
        "both proofs are by shard 1",
        |attempt| attempt.proofs[1] = attempt.proofs[0].clone();
    "proof-by-the-output-shard" => AtxProofWrongShard, &["ATX-PROOF-06"],
        "the second proof is by the output shard",
        |attempt| {
            let header = attempt.market.world.build(Shard(3), &[])?.block.header;
            attempt.proofs[1] =
                attest(&header, attempt.proofs[1].txid, attempt.proofs[1].decision)?;
        };
    "second-proof-another-transaction" => AtxProofWrongTransaction, &["ATX-PROOF-05"],
        "the second proof is about another transaction",
        |attempt| attempt.proofs[1] = about_another(&attempt.proofs[1])?;
    "second-proof-rejects" => AtxProofNotAcceptance, &["ATX-COMMIT-03"],
        "the second input shard rejected",
        |attempt| attempt.proofs[1] =
        with_vote(&attempt.proofs[1], Vote::Rejected(Rejection::LedClaimWrong))?;
    "second-proof-unsigned" => CryElementIdentity, &["CRY-GROUP-03"],
        "the second proof's signature is all zeros, a commitment to the nonce 0",
        |attempt| attempt.proofs[1].certificate.signature = NO_SIGNATURE;
    "proof-by-proof" => AtxProofNotAcceptance, &["ATX-COMMIT-03", "ATX-PROOF-01"],
        "the first proof is of a rejection and the second of another chain",
        |attempt| {
            attempt.proofs[0] =
                with_vote(&attempt.proofs[0], Vote::Rejected(Rejection::LedClaimWrong))?;
            attempt.proofs[1].header.chain_id = digest("other chain");
        }, second_fault;
    "signed-by-another-roster" => AtxProofRosterUnknown, &["ATX-PROOF-02"],
        "a proof is signed by the roster of another shard, which its header names",
        |attempt| {
            attempt.proofs[0].header.roster_root = roster(Shard(2))?.root();
            attempt.proofs[0] = certified_anew(&attempt.proofs[0])?;
        };
    "signed-by-strangers" => CryCosiSignature, &["CRY-COSI-02"],
        "a proof is signed by the validators of another shard",
        |attempt| {
            let message = attempt.proofs[0].header.vote(&Normative).message();
            attempt.proofs[0].certificate = certify(Shard(2), &message, 3)?;
        };
    "header-changed" => CryCosiSignature, &["CRY-COSI-02"],
        "a header was changed after it was signed",
        |attempt| attempt.proofs[0].header.state_root = digest("another state");
    "window-closed-for-long" => AtxWindowClosed, &["ATX-UNLOCK-01"],
        "the shard is long past the expiry",
        |attempt| attempt.market.world.state_mut(Shard(3))?.position.epoch = Epoch(1000);
};

/// A rejection whose row is turned into an acceptance.
fn upgraded(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let mut attempt = Attempt::of(market, joint, Shard(3))?;
    attempt.proofs[0].decision.vote = Vote::Accepted;
    suite.add(
        "rejection-turned-into-acceptance",
        &["ATX-PROOF-03", "ATX-COMMIT-03"],
        "Given the proof of a rejection, when its row is changed to an acceptance, then the path no longer leads to the header and the commit is refused.",
        attempt.ask()?,
        Intent::Rejected(Rejection::AtxProofPath),
    )?;
    Ok(())
}

/// A transaction that one of two shards rejected commits nowhere.
fn rejected_for_real(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let attempt = Attempt::of(market, joint, Shard(1))?;
    for shard in [1, 2, 3] {
        let doc = format!(
            "Given a payment that shard 1 rejected, when it is to commit in shard {shard}, then it is refused."
        );
        let requirements = ["ATX-COMMIT-01", "ATX-COMMIT-03", "ATX-COMMIT-05"];
        let input = attempt.clone().at(Shard(shard)).ask()?;
        let intent = Intent::Rejected(Rejection::AtxProofNotAcceptance);
        suite.add(&format!("rejected-in-shard-{shard}"), &requirements, &doc, input, intent)?;
    }
    Ok(())
}
