//! What a shard's proof of its vote says, and what makes it worthless.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::chain::entry::Entry;
use ioschain_spec::ledger::{Transaction, Vote};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::{Epoch, Shard};
use ioschain_spec::suite::Normative;

use super::proofs::{HasProof, broken_proofs, certified_anew};
use super::samples::Market;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Edit, Pairs, edits};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{
    Inputs as _, Proof, World, certify, digest, roster, sign, validators,
};
use crate::reference::to_json;

const HANDLER: &str = "atomix.verify_proof";

/// A proof, and who looks at it.
#[derive(Clone)]
struct Attempt {
    world: World,
    proof: Proof,
}

impl HasProof for Attempt {
    fn proof(&mut self) -> &mut Proof {
        &mut self.proof
    }
}

impl Attempt {
    /// One of three rows that a block of shard 1 decided on: acceptances of payments by Alice.
    fn of_three(place: u32) -> Result<Self, CaseError> {
        let mut market = Market::new()?;
        let alice = market.alice.clone();
        let mut locks = Vec::new();
        for number in [11, 12, 13] {
            let coin = market.world.coin(&alice, 100, number)?;
            let payment = market.world.pay(Epoch(1), &[&coin], &[(&market.bob, 90)])?;
            locks.push(payment);
        }
        let entries: Vec<Entry<Proof>> = locks.iter().cloned().map(Entry::Lock).collect();
        market.world.block(Shard(1), &entries)?;
        let proofs = locks.iter().map(|lock| market.world.proof(Shard(1), &lock.transaction));
        let proofs = proofs.collect::<Result<Vec<_>, _>>()?;
        let proof = proofs.into_iter().find(|proof| proof.path.index == place);
        let proof = proof.ok_or(Rejection::AtxProofPath)?;
        Ok(Self { world: market.world, proof })
    }

    fn of(world: &World, shard: Shard, transaction: &Transaction) -> Result<Self, CaseError> {
        Ok(Self { world: world.clone(), proof: world.proof(shard, transaction)? })
    }

    fn ask(&self) -> Result<Value, CaseError> {
        let mut input = self.world.context_json()?;
        input["proof"] = to_json(&self.proof)?;
        Ok(input)
    }
}

fn says(shard: Shard, vote: Vote) -> Result<Intent, CaseError> {
    Ok(Intent::OkWith(json!({ "shard": shard.0, "vote": to_json(&vote)? })))
}

const CHAIN: &[&str] = &[
    "ATX-PROOF-01",
    "ATX-PROOF-02",
    "ATX-PROOF-03",
    "ATX-PROOF-04",
    "CRY-CERT-01",
    "CRY-CERT-02",
    "CRY-CERT-03",
    "CRY-COSI-02",
    "CRY-LIST-02",
];

/// Proofs that verify: of each row of a block, of acceptances and rejections, before and after
/// settlement, and signed by different validators. An implementation that expects one row, the
/// first validators, or exactly a quorum refuses one of them.
pub(super) fn valid() -> Result<VectorFile, CaseError> {
    let doc = "Proofs that are valid, and the vote that each of them proves.";
    let mut suite = SuiteWriter::new(HANDLER, "valid", doc)?;
    let mut add = |slug: &str, given: &str, attempt: &Attempt, (shard, vote): (u16, Vote)| {
        let doc = format!("Given {given}, when the proof is verified, then it proves that vote.");
        suite.add(slug, CHAIN, &doc, attempt.ask()?, says(Shard(shard), vote)?).map(|_| ())
    };
    for place in [0, 1, 2] {
        let given = format!("the proof of row {place} of the three rows that a block decided");
        let attempt = Attempt::of_three(place)?;
        add(&format!("row-{place}-of-three"), &given, &attempt, (1, Vote::Accepted))?;
    }
    let (mut market, joint) = Market::with_joint_accepted(Epoch(1))?;
    let second = Attempt::of(&market.world, Shard(2), &joint)?;
    add(
        "acceptance-of-shard-2",
        "a proof of an acceptance by shard 2",
        &second,
        (2, Vote::Accepted),
    )?;
    let commit = Entry::UnlockCommit(market.world.commit(&joint)?);
    market.world.block(Shard(1), &[commit])?;
    let settled = Attempt::of(&market.world, Shard(1), &joint)?;
    add(
        "acceptance-settled",
        "a proof of an acceptance of a transaction that has since committed",
        &settled,
        (1, Vote::Accepted),
    )?;

    let (mut market, joint) = Market::with_joint_rejected(Epoch(1))?;
    let rejection = Attempt::of(&market.world, Shard(1), &joint)?;
    let vote = Vote::Rejected(Rejection::LedOutpointLocked);
    add(
        "rejection-locked",
        "a proof of a rejection because of a locked input",
        &rejection,
        (1, vote),
    )?;
    let abort = Entry::UnlockAbort(market.world.abort(&joint, Shard(1))?);
    market.world.block(Shard(2), &[abort])?;
    let aborted = Attempt::of(&market.world, Shard(2), &joint)?;
    add(
        "acceptance-aborted",
        "a proof of an acceptance of a transaction that has since aborted",
        &aborted,
        (2, Vote::Accepted),
    )?;

    let overclaimed = overclaimed()?;
    let vote = Vote::Rejected(Rejection::LedClaimWrong);
    add(
        "rejection-claim",
        "a proof of a rejection because of a wrong claim",
        &overclaimed,
        (1, vote),
    )?;
    let mut all = rejection.clone();
    let message = all.proof.header.vote(&Normative).message();
    all.proof.certificate = certify(Shard(1), &message, 4)?;
    let vote = Vote::Rejected(Rejection::LedOutpointLocked);
    add(
        "all-validators-signed",
        "a proof of a rejection, whose certificate all four validators signed",
        &all,
        (1, vote),
    )?;
    let mut last_three = rejection;
    last_three.proof.certificate = of_the_last_three(&last_three.proof)?;
    add(
        "first-validator-absent",
        "a proof of a rejection, whose certificate the first validator did not sign",
        &last_three,
        (1, vote),
    )?;
    Ok(suite.finish())
}

/// Shard 1 rejects a payment in which Alice claims a unit too much.
fn overclaimed() -> Result<Attempt, CaseError> {
    let mut market = Market::new()?;
    let mut rich = market.of_alice.clone();
    rich.amount += 1;
    let coins = [&rich, &market.of_bob];
    let draft = market.world.draft(Epoch(1), &coins, &[(&market.carol, 1980)])?;
    let payment = sign(&draft, &coins)?;
    market.world.block(Shard(1), &[Entry::Lock(payment)])?;
    Attempt::of(&market.world, Shard(1), &draft)
}

/// The certificate of all validators but the first.
fn of_the_last_three(proof: &Proof) -> Result<CollectiveSignature, CaseError> {
    let message = proof.header.vote(&Normative).message();
    Ok(roster(proof.header.shard)?.certify(&validators(proof.header.shard)[1..], &message)?)
}

/// Proofs that are refused. The base is the proof of row 1 of three, an acceptance by shard 1.
pub(super) fn invalid() -> Result<VectorFile, CaseError> {
    let doc = "Proofs that are refused. Each check fails alone, together with the next one, and in \
               further ways.";
    let mut suite = SuiteWriter::new(HANDLER, "invalid", doc)?;
    let honest = Attempt::of_three(1)?;
    let faults = broken_proofs();
    let checks = Checks { subject: "a proof", honest: &honest, faults: &faults, ask: Attempt::ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::Neighbours, &[])?;
    for edit in FURTHER {
        let attempt = Attempt { proof: edit.apply(&honest.proof)?, ..honest.clone() };
        let doc = "Given a proof, when {what}, then it is refused.";
        edit.add(&mut suite, doc, attempt.ask()?, edit.intent())?;
    }
    Ok(suite.finish())
}

/// Further proofs that are refused. They catch a verifier that checks only what [`broken_proofs`]
/// changes.
const FURTHER: &[Edit<Proof>] = &edits! { Proof:
    "shard-that-does-not-exist" => AtxProofRosterUnknown, &["ATX-PROOF-02"],
        "its header belongs to shard 4 on a chain of three shards",
        |proof| {
            proof.header.shard = Shard(4);
            proof.header.roster_root = roster(Shard(4))?.root();
            *proof = certified_anew(proof)?;
        };
    "roster-of-another-shard" => AtxProofRosterUnknown, &["ATX-PROOF-02"],
        "its header names the roster of shard 2",
        |proof| proof.header.roster_root = roster(Shard(2))?.root();
    "bitmap-with-a-stray-bit" => CryCertificateSigners, &["CRY-CERT-01"],
        "its bitmap names a fifth validator",
        |proof| proof.certificate.signers = vec![0b1_0111].try_into()?;
    "bitmap-missing" => CryCertificateSigners, &["CRY-CERT-01"], "its bitmap is empty",
        |proof| proof.certificate.signers = vec![].try_into()?;
    "nobody-signed" => CryCertificateQuorum, &["CRY-CERT-02"], "no validator signed it", |proof| {
        let message = proof.header.vote(&Normative).message();
        proof.certificate = certify(Shard(1), &message, 0)?;
    };
    "signer-unnamed" => CryCosiSignature, &["CRY-COSI-02"],
        "all four validators signed it and its bitmap names only three",
        |proof| {
            let message = proof.header.vote(&Normative).message();
            let signers = proof.certificate.signers.clone();
            proof.certificate = CollectiveSignature { signers, ..certify(Shard(1), &message, 4)? };
        };
    "commitment-of-another" => CryCosiSignature, &["CRY-COSI-02"],
        "its nonce commitment is that of another certificate",
        |proof| {
            let other = certify(Shard(1), &digest("another vote"), 3)?;
            proof.certificate.signature.commitment = other.signature.commitment;
        };
    "response-of-another" => CryCosiSignature, &["CRY-COSI-02"],
        "its response is that of another certificate",
        |proof| {
            let other = certify(Shard(1), &digest("another vote"), 3)?;
            proof.certificate.signature.response = other.signature.response;
        };
    "signers-shifted" => CryCosiSignature, &["CRY-COSI-02"],
        "its bitmap names the fourth validator instead of the first one, which signed",
        |proof| proof.certificate.signers = vec![0b1110].try_into()?;
    "signed-for-another-height" => CryCosiSignature, &["CRY-COSI-02"],
        "the height in its header was changed after it was signed",
        |proof| proof.header.height += 1;
    "path-too-short" => AtxProofPath, &["ATX-PROOF-03"], "its path is one step too short", |proof| {
        let mut path = proof.path.path.to_vec();
        path.pop();
        proof.path.path = path.try_into()?;
    };
    "path-of-another-row" => AtxProofPath, &["ATX-PROOF-03"],
        "its path belongs to another position",
        |proof| proof.path.index = 0;
    "row-changed" => AtxProofPath, &["ATX-PROOF-03"],
        "its row was changed to say that the transaction has settled",
        |proof| proof.decision.settled = ioschain_spec::ledger::Settlement::Committed;
    "transaction-changed" => AtxProofPath, &["ATX-PROOF-03"], "it names another transaction",
        |proof| proof.txid = ioschain_spec::ledger::TxId(digest("another transaction"));
    "no-decisions" => AtxProofPath, &["ATX-PROOF-03"],
        "its header commits to an empty list of decisions", |proof| {
        proof.header.decisions_root = Digest::ZERO;
        *proof = certified_anew(proof)?;
    };
};
