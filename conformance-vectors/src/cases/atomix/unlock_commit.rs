//! Unlock-to-commit: at every kind of participant, and every way in which its proofs can fail.

use serde_json::Value;

use ioschain_spec::Rejection;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Lock, Transaction, TxId, Vote};
use ioschain_spec::suite::Normative;

use super::proofs::{
    HasProof, NO_SIGNATURE, about_another, attest, broken_proofs, certified_anew, with_vote,
};
use super::samples::Market;
use crate::cases::faults::{Checks, Fault, Pairs};
use crate::cases::support::{CaseError, Intent, SuiteWriter};
use crate::cases::world::{
    ABORTED, COMMITTED, Coin, Proof, World, answered, certify, change_outputs, digest, outpoint,
    roster, sign, unlock_commit,
};
use crate::vector::{FLAG_SECOND_FAULT, VectorFile};

const HANDLER: &str = "atomix.unlock_commit";

/// An unlock that is put to a shard.
#[derive(Clone)]
struct Attempt {
    market: Market,
    transaction: Transaction,
    proofs: Vec<Proof>,
    shard: u16,
}

impl HasProof for Attempt {
    fn proof(&mut self) -> &mut Proof {
        &mut self.proofs[0]
    }
}

impl Attempt {
    /// The joint payment, accepted by its input shards, at shard 1, which votes and receives.
    fn new() -> Result<Self, CaseError> {
        let (market, transaction) = Market::with_joint_accepted(1)?;
        Self::of(market, transaction, 1)
    }

    /// A payment from shard 1 to shard 2, accepted, at shard 1: one proof is enough.
    fn simple() -> Result<Self, CaseError> {
        let mut market = Market::new()?;
        let simple = market.simple(1)?;
        market.world.lock_everywhere(&simple)?;
        Self::of(market, simple.transaction, 1)
    }

    fn of(market: Market, transaction: Transaction, shard: u16) -> Result<Self, CaseError> {
        let proofs = market.world.proofs(&transaction)?;
        Ok(Self { market, transaction, proofs, shard })
    }

    fn at(mut self, shard: u16) -> Self {
        self.shard = shard;
        self
    }

    fn world(&mut self) -> &mut World {
        &mut self.market.world
    }

    fn in_epoch(mut self, epoch: u64) -> Result<Self, CaseError> {
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
        &joint.clone().at(2),
    )?;
    add_committed(
        suite,
        "output-shard-alone",
        &one_rule,
        "a shard that only receives",
        &joint.at(3),
    )?;

    let simple = Attempt::simple()?;
    add_committed(suite, "one-proof-input-shard", &one_rule, "one input shard", &simple)?;
    add_committed(
        suite,
        "one-proof-output-shard",
        &one_rule,
        "one input shard and another that receives",
        &simple.at(2),
    )?;

    let mut market = Market::new()?;
    let of_bob = market.world.coin(&market.bob.clone(), 1000, 0)?;
    let coins = [&of_bob, &market.of_alice, &market.of_carol];
    let pooled = market.world.pay(1, &coins, &[(&market.alice, 2976)])?;
    market.world.lock_everywhere(&pooled)?;
    let pooled = Attempt::of(market, pooled.transaction, 2)?;
    let given = "three input shards and a fee of 24, in the shard of input 0";
    add_committed(suite, "three-proofs-first-input", &one_rule, given, &pooled)?;
    let given = "three input shards and a fee of 24, in another shard";
    add_committed(suite, "three-proofs-last-shard", &one_rule, given, &pooled.at(3))?;

    let mut market = Market::new()?;
    let of_bob = market.world.coin(&market.bob.clone(), 1000, 0)?;
    let both = market.world.pay(1, &[&of_bob, &market.of_alice], &[(&market.carol, 1979)])?;
    market.world.lock_everywhere(&both)?;
    let both = Attempt::of(market, both.transaction, 2)?;
    let given = "a fee of 21 and input 0 in shard 2, which earns the remainder";
    add_committed(suite, "remainder-to-shard-2", &one_rule, given, &both)?;
    let given = "a fee of 21 and input 0 in shard 2, so that shard 1 earns no remainder";
    add_committed(suite, "no-remainder-to-shard-1", &one_rule, given, &both.at(1))
}

fn windows(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let requirements = ["ATX-UNLOCK-01"];
    let given = "an expiry of the epoch before, which is the last epoch to unlock";
    add_committed(
        suite,
        "epoch-after-expiry",
        &requirements,
        given,
        &Attempt::new()?.in_epoch(2)?,
    )?;
    add_committed(
        suite,
        "output-shard-after-expiry",
        &requirements,
        given,
        &Attempt::new()?.at(3).in_epoch(2)?,
    )?;
    let (market, transaction) = Market::with_joint_accepted(2)?;
    let early = Attempt::of(market, transaction, 1)?;
    let given = "an expiry of the next epoch";
    add_committed(suite, "epoch-before-expiry", &requirements, given, &early)?;
    let given = "an expiry of 2 and an output shard in epoch 3";
    add_committed(suite, "third-epoch", &requirements, given, &early.at(3).in_epoch(3)?)
}

/// Proofs that are as good as the first ones.
fn other_proofs(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let requirements = ["ATX-COMMIT-03", "ATX-PROOF-03", "CRY-CERT-02"];
    let mut all_signed = Attempt::new()?.at(3);
    for proof in &mut all_signed.proofs {
        let message = proof.header.vote(&Normative).message();
        proof.certificate = certify(proof.header.shard, &message, 4)?;
    }
    let given = "proofs that all four validators signed";
    add_committed(suite, "all-validators-signed", &requirements, given, &all_signed)?;

    let mut settled = Attempt::new()?;
    let commit = settled.market.world.commit(&settled.transaction)?;
    for shard in [1, 2] {
        settled.world().block(shard, &[Entry::UnlockCommit(commit.clone())])?;
    }
    let settled = Attempt::of(settled.market, settled.transaction, 3)?;
    let given = "proofs from the blocks in which the input shards settled";
    add_committed(suite, "proofs-of-settled-rows", &requirements, given, &settled)
}

/// What else may be in the state.
fn surroundings(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let mut attempt = Attempt::new()?;
    let owner = attempt.market.alice.account();
    let lock = Lock { txid: TxId(digest("another transaction")), owner, amount: 70 };
    let state = attempt.world().state_mut(1)?;
    state.locks.insert(outpoint(7, 0), lock);
    state.totals.fee_pool = u64::MAX - 11;
    let given = "another transaction's lock, and a fee pool with just enough room";
    let requirements = ["ATX-COMMIT-01", "LED-FEE-02"];
    add_committed(suite, "other-lock-and-full-pool", &requirements, given, &attempt)?;

    let mut market = Market::new()?;
    let mut joint = market.joint(1)?.transaction;
    change_outputs(&mut joint, |outputs| outputs[0].data_hash = Some(digest("data")))?;
    let signed = sign(&joint, &[&market.of_alice, &market.of_bob])?;
    market.world.lock_everywhere(&signed)?;
    let given = "an output with a hash of data";
    add_committed(suite, "data-hash", &["LED-TX-02"], given, &Attempt::of(market, joint, 3)?)
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
        committed.world().block(shard, &[Entry::UnlockCommit(commit.clone())])?;
    }
    add("input-shard", "an input shard that committed before", &committed, COMMITTED)?;
    add(
        "output-shard",
        "an output shard that committed before",
        &committed.clone().at(3),
        COMMITTED,
    )?;
    let mut without = committed.clone().at(3);
    without.proofs.clear();
    add("without-proofs", "a shard that committed before, and no proofs", &without, COMMITTED)?;
    add("epoch-after-expiry", "a commit of the epoch before", &committed.in_epoch(2)?, COMMITTED)?;

    let (mut market, joint) = Market::with_joint_rejected(1)?;
    let abort = Entry::UnlockAbort(market.world.abort(&joint, 1)?);
    market.world.block(2, &[abort])?;
    let aborted = Attempt::of(market, joint, 2)?;
    add(
        "aborted-before",
        "a shard that aborted before, and the proof of a rejection",
        &aborted,
        ABORTED,
    )?;

    // The output of a commit is spent; a second commit must not bring it back.
    let mut spent = Attempt::new()?.at(3);
    spent.world().block(3, &[Entry::UnlockCommit(commit)])?;
    let paid = Coin::output_of(&spent.transaction, 0, &spent.market.carol);
    let spend = spent.market.world.pay(1, &[&paid], &[(&spent.market.carol, 1490)])?;
    spent.world().block(3, &[Entry::Single(spend)])?;
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
    vec![
        Fault {
            slug: "static",
            what: "its version is 2",
            requirement: "LED-STATIC-02",
            rejection: Rejection::LedVersion,
            commit: |attempt: &mut Attempt| {
                attempt.transaction.version = 2;
                Ok(())
            },
        },
        Fault {
            slug: "not-participant",
            what: "it is put to a shard that takes no part",
            requirement: "ATX-COMMIT-04",
            rejection: Rejection::AtxNotParticipant,
            commit: |attempt| {
                attempt.shard = 3;
                Ok(())
            },
        },
        Fault {
            slug: "window-closed",
            what: "the shard is two epochs after the expiry",
            requirement: "ATX-UNLOCK-01",
            rejection: Rejection::AtxWindowClosed,
            commit: |attempt| {
                (1..=3).try_for_each(|shard| {
                    attempt.market.world.state_mut(shard)?.position.epoch = 3;
                    Ok(())
                })
            },
        },
        Fault {
            slug: "proof-count",
            what: "there is a proof too many",
            requirement: "ATX-COMMIT-02",
            rejection: Rejection::AtxProofCount,
            commit: |attempt| {
                attempt.proofs.push(attempt.proofs[0].clone());
                Ok(())
            },
        },
    ]
}

/// Proofs that verify, and do not serve here; and what can fail after them.
fn misplaced_proofs() -> Vec<Fault<Attempt>> {
    vec![
        Fault {
            slug: "wrong-transaction",
            what: "a proof is about another transaction",
            requirement: "ATX-PROOF-05",
            rejection: Rejection::AtxProofWrongTransaction,
            commit: |attempt: &mut Attempt| {
                attempt.proofs[0] = about_another(&attempt.proofs[0])?;
                Ok(())
            },
        },
        Fault {
            slug: "wrong-shard",
            what: "the proof is by the shard that receives",
            requirement: "ATX-PROOF-06",
            rejection: Rejection::AtxProofWrongShard,
            commit: |attempt| {
                let Proof { txid, decision, .. } = attempt.proofs[0];
                let header = attempt.market.world.build(2, &[])?.block.header;
                attempt.proofs[0] = attest(&header, txid, decision)?;
                Ok(())
            },
        },
        Fault {
            slug: "not-acceptance",
            what: "a proof is of a rejection",
            requirement: "ATX-COMMIT-03",
            rejection: Rejection::AtxProofNotAcceptance,
            commit: |attempt| {
                let vote = Vote::Rejected(Rejection::LedOutpointLocked);
                attempt.proofs[0] = with_vote(&attempt.proofs[0], vote)?;
                Ok(())
            },
        },
        Fault {
            slug: "overflow",
            what: "the fee pool is full",
            requirement: "LED-FEE-02",
            rejection: Rejection::LedOverflow,
            commit: |attempt| {
                attempt.market.world.state_mut(1)?.totals.fee_pool = u64::MAX - 9;
                Ok(())
            },
        },
    ]
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
    for Refused { slug, what, requirements, rejection, change, second_fault } in REFUSED {
        let mut attempt = Attempt::new()?.at(3);
        change(&mut attempt)?;
        let doc = format!("Given a commit, when {what}, then it is refused.");
        let intent = Intent::Rejected(*rejection);
        let case = suite.add(slug, requirements, &doc, attempt.ask()?, intent)?;
        if *second_fault {
            case.flag(FLAG_SECOND_FAULT);
        }
    }
    upgraded(&mut suite)?;
    rejected_for_real(&mut suite)?;
    Ok(suite.finish())
}

struct Refused {
    slug: &'static str,
    what: &'static str,
    requirements: &'static [&'static str],
    rejection: Rejection,
    change: fn(&mut Attempt) -> Result<(), CaseError>,
    second_fault: bool,
}

const fn refused_for(
    slug: &'static str,
    what: &'static str,
    requirements: &'static [&'static str],
    rejection: Rejection,
    change: fn(&mut Attempt) -> Result<(), CaseError>,
) -> Refused {
    Refused { slug, what, requirements, rejection, change, second_fault: false }
}

const COUNT: &[&str] = &["ATX-COMMIT-02"];

const REFUSED: &[Refused] = &[
    refused_for(
        "fault-1-signature",
        "a proof's signature is one of something else",
        &["CRY-COSI-02", "ATX-COMMIT-03"],
        Rejection::CryCosiSignature,
        |attempt| {
            let other = attempt.proofs[1].certificate.clone();
            attempt.proofs[0].certificate = other;
            Ok(())
        },
    ),
    refused_for(
        "fault-1-shard",
        "both proofs are by shard 2",
        &["ATX-PROOF-06", "ATX-COMMIT-03"],
        Rejection::AtxProofWrongShard,
        |attempt| {
            attempt.proofs[0] = attempt.proofs[1].clone();
            Ok(())
        },
    ),
    refused_for(
        "fault-1-transaction",
        "the proofs are of the same payment with another salt",
        &["ATX-PROOF-05"],
        Rejection::AtxProofWrongTransaction,
        |attempt| {
            attempt.transaction.salt += 1;
            Ok(())
        },
    ),
    refused_for(
        "proof-missing",
        "a proof is missing",
        COUNT,
        Rejection::AtxProofCount,
        |attempt| {
            attempt.proofs.truncate(1);
            Ok(())
        },
    ),
    refused_for("no-proofs", "there are no proofs", COUNT, Rejection::AtxProofCount, |attempt| {
        attempt.proofs.clear();
        Ok(())
    }),
    refused_for(
        "a-proof-too-many",
        "there are three proofs for two input shards",
        COUNT,
        Rejection::AtxProofCount,
        |attempt| {
            attempt.proofs.push(attempt.proofs[1].clone());
            Ok(())
        },
    ),
    refused_for(
        "proofs-swapped",
        "the proofs are in the wrong order",
        &["ATX-PROOF-06"],
        Rejection::AtxProofWrongShard,
        |attempt| {
            attempt.proofs.swap(0, 1);
            Ok(())
        },
    ),
    refused_for(
        "second-proof-by-first-shard",
        "both proofs are by shard 1",
        &["ATX-PROOF-06"],
        Rejection::AtxProofWrongShard,
        |attempt| {
            attempt.proofs[1] = attempt.proofs[0].clone();
            Ok(())
        },
    ),
    refused_for(
        "proof-by-the-output-shard",
        "the second proof is by the output shard",
        &["ATX-PROOF-06"],
        Rejection::AtxProofWrongShard,
        |attempt| {
            let header = attempt.market.world.build(3, &[])?.block.header;
            attempt.proofs[1] =
                attest(&header, attempt.proofs[1].txid, attempt.proofs[1].decision)?;
            Ok(())
        },
    ),
    refused_for(
        "second-proof-another-transaction",
        "the second proof is about another transaction",
        &["ATX-PROOF-05"],
        Rejection::AtxProofWrongTransaction,
        |attempt| {
            attempt.proofs[1] = about_another(&attempt.proofs[1])?;
            Ok(())
        },
    ),
    refused_for(
        "second-proof-rejects",
        "the second input shard rejected",
        &["ATX-COMMIT-03"],
        Rejection::AtxProofNotAcceptance,
        |attempt| {
            attempt.proofs[1] =
                with_vote(&attempt.proofs[1], Vote::Rejected(Rejection::LedClaimWrong))?;
            Ok(())
        },
    ),
    refused_for(
        "second-proof-unsigned",
        "the second proof's signature is all zeros, a commitment to the nonce 0",
        &["CRY-GROUP-03"],
        Rejection::CryElementIdentity,
        |attempt| {
            attempt.proofs[1].certificate.signature = NO_SIGNATURE;
            Ok(())
        },
    ),
    Refused {
        second_fault: true,
        ..refused_for(
            "proof-by-proof",
            "the first proof is of a rejection and the second of another chain",
            &["ATX-COMMIT-03", "ATX-PROOF-01"],
            Rejection::AtxProofNotAcceptance,
            |attempt| {
                attempt.proofs[0] =
                    with_vote(&attempt.proofs[0], Vote::Rejected(Rejection::LedClaimWrong))?;
                attempt.proofs[1].header.chain_id = digest("other chain");
                Ok(())
            },
        )
    },
    refused_for(
        "signed-by-another-roster",
        "a proof is signed by the roster of another shard, which its header names",
        &["ATX-PROOF-02"],
        Rejection::AtxProofRosterUnknown,
        |attempt| {
            attempt.proofs[0].header.roster_root = roster(2)?.root();
            attempt.proofs[0] = certified_anew(&attempt.proofs[0])?;
            Ok(())
        },
    ),
    refused_for(
        "signed-by-strangers",
        "a proof is signed by the validators of another shard",
        &["CRY-COSI-02"],
        Rejection::CryCosiSignature,
        |attempt| {
            let message = attempt.proofs[0].header.vote(&Normative).message();
            attempt.proofs[0].certificate = certify(2, &message, 3)?;
            Ok(())
        },
    ),
    refused_for(
        "header-changed",
        "a header was changed after it was signed",
        &["CRY-COSI-02"],
        Rejection::CryCosiSignature,
        |attempt| {
            attempt.proofs[0].header.state_root = digest("another state");
            Ok(())
        },
    ),
    refused_for(
        "window-closed-for-long",
        "the shard is long past the expiry",
        &["ATX-UNLOCK-01"],
        Rejection::AtxWindowClosed,
        |attempt| {
            attempt.market.world.state_mut(3)?.position.epoch = 1000;
            Ok(())
        },
    ),
];

/// A rejection whose row is turned into an acceptance.
fn upgraded(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let (market, joint) = Market::with_joint_rejected(1)?;
    let mut attempt = Attempt::of(market, joint, 3)?;
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
    let (market, joint) = Market::with_joint_rejected(1)?;
    let attempt = Attempt::of(market, joint, 1)?;
    for shard in [1, 2, 3] {
        let doc = format!(
            "Given a payment that shard 1 rejected, when it is to commit in shard {shard}, then it is refused."
        );
        let requirements = ["ATX-COMMIT-01", "ATX-COMMIT-03", "ATX-COMMIT-05"];
        let input = attempt.clone().at(shard).ask()?;
        let intent = Intent::Rejected(Rejection::AtxProofNotAcceptance);
        suite.add(&format!("rejected-in-shard-{shard}"), &requirements, &doc, input, intent)?;
    }
    Ok(())
}
