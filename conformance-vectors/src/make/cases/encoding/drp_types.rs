//! The codecs of §4 and §5: proofs, deals, keys, collective signing, registrations, tickets, the
//! messages and memories of a run, log entries, and transcripts.

use std::collections::BTreeMap;

use ioschain_spec::drp::Run;
use ioschain_spec::drp::machine::{Answered, Memory};
use ioschain_spec::drp::messages::{
    Announcement, Commit, Fail, LogEntry, LogSegment, Message, OrderedRecord, Proposal, Record,
    Reveal, RevealedShare, SignedDeal, Statement, Timeout, Transcript, to_inputs,
};
use ioschain_spec::primitives::certificate::{ROSTER_MAX, name_signers};
use ioschain_spec::primitives::cosi::{Challenge, CollectiveSignature, Nonce, Open, Response};
use ioschain_spec::primitives::dleq::{DleqProof, ProofContext, ProofRole};
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeys};
use ioschain_spec::primitives::numbers::{Epoch, Height, Position, Rank, View};
use ioschain_spec::primitives::pvss::{Deal, DecryptedShare, EncryptedShare};
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::primitives::vrf::{VrfProof, VrfPublicKey};
use ioschain_spec::sharding::lottery::Ticket;
use ioschain_spec::sharding::registration::{Registration, SignedRegistration};

use super::codec::codecs;
use super::values::{account_id, public_key, signature};
use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;
use crate::make::cases::world::digest;

/// Bytes in the place of an element, which need not encode one.
fn element(number: u32) -> EncodedElement {
    EncodedElement(digest(&format!("element {number}")).0)
}

fn proof(number: u32) -> DleqProof {
    DleqProof {
        nonce_commitments: [element(number + 1), element(number + 2)],
        response: EncodedScalar(digest(&format!("response {number}")).0),
    }
}

fn context(role: ProofRole) -> ProofContext {
    ProofContext {
        session: digest("session"),
        dealer: digest("dealer"),
        base: element(1),
        commitments: digest("commitments"),
        recipient: Position(0x0102_0304),
        key: element(2),
        encrypted: element(3),
        role,
    }
}

fn deal(commitments: u32, shares: u32) -> Result<Deal, CaseError> {
    let share = |number| EncryptedShare { share: element(number), proof: proof(number) };
    let commitments: Vec<EncodedElement> = (0..commitments).map(|k| element(1_000 + k)).collect();
    let shares: Vec<EncryptedShare> = (0..shares).map(|j| share(10 * j)).collect();
    Ok(Deal { commitments: commitments.try_into()?, shares: shares.try_into()? })
}

fn decrypted_share(position: u32) -> DecryptedShare {
    DecryptedShare { position: Position(position), share: element(5), proof: proof(5) }
}

fn vrf_proof() -> VrfProof {
    let mut challenge = [0; 16];
    challenge.copy_from_slice(&digest("challenge").0[..16]);
    VrfProof { gamma: digest("gamma").0, challenge, response: digest("response").0 }
}

fn keys() -> ValidatorKeys {
    let (lottery, group) = (VrfPublicKey(digest("lottery").0), EncodedElement(digest("group").0));
    ValidatorKeys { signing: public_key(1), lottery, group }
}

fn schnorr_signature() -> SchnorrSignature {
    let (commitment, response) = (digest("commitment").0, digest("possession").0);
    SchnorrSignature { commitment: EncodedElement(commitment), response: EncodedScalar(response) }
}

const ATTEMPT: u32 = 0x0102_0304;
const EPOCH: u64 = 0x0102_0304_0506_0708;
const VIEW: u32 = 0x1112_1314;

fn challenge(validators: usize) -> Result<Challenge, CaseError> {
    let signers = name_signers(validators, (0..validators).step_by(3))?;
    let commitments = [element(8), element(9)];
    Ok(Challenge { message: digest("message"), attempt: ATTEMPT, signers, commitments })
}

fn collective_signature(
    validators: usize,
    signers: &[usize],
) -> Result<CollectiveSignature, CaseError> {
    let signers = name_signers(validators, signers.iter().copied())?;
    Ok(CollectiveSignature { signers, signature: schnorr_signature() })
}

fn registration() -> Registration {
    Registration { chain_id: digest("chain"), keys: keys(), owner: account_id(1) }
}

fn ticket(epoch: u64, view: u32, validator: NodeId) -> Ticket {
    Ticket { epoch: Epoch(epoch), view: View(view), validator, proof: vrf_proof() }
}

fn name(number: u32) -> NodeId {
    NodeId(digest(&format!("node {number}")))
}

fn signed_deal() -> Result<SignedDeal, CaseError> {
    Ok(SignedDeal {
        session: digest("session"),
        announcement: digest("announcement"),
        dealer: name(1),
        deal: deal(0, 0)?,
        signature: signature(1),
    })
}

fn memory(answered: &[((View, Rank), &Answered)]) -> Result<Memory, CaseError> {
    let answered = answered.iter().map(|(place, answered)| (*place, (*answered).clone()));
    Ok(Memory { answered: answered.collect::<BTreeMap<_, _>>().try_into()? })
}

fn run() -> Run {
    Run {
        suite: digest("suite"),
        chain_id: digest("chain"),
        epoch: Epoch(EPOCH),
        view: View(VIEW),
        rank: Rank(2),
        randomness_before: digest("randomness"),
        configuration: digest("configuration"),
        leader: name(0),
    }
}

fn announcement() -> Announcement {
    Announcement { run: run(), signature: signature(2) }
}

fn proposal() -> Result<Proposal, CaseError> {
    let statement = Statement {
        session: digest("session"),
        inputs: to_inputs(vec![vec![], vec![name(1)]])?,
        root: digest("root"),
    };
    let deals = vec![signed_deal()?].try_into()?;
    Ok(Proposal { announcement: announcement(), statement, deals })
}

fn commit() -> Result<Commit, CaseError> {
    Ok(Commit { proposal: proposal()?, signature: collective_signature(12, &[0, 2, 5, 11])? })
}

fn reveal() -> Result<Reveal, CaseError> {
    let shares = vec![RevealedShare { dealer: name(1), share: decrypted_share(3) }];
    Ok(Reveal { session: digest("session"), shares: shares.try_into()? })
}

fn fail() -> Result<Fail, CaseError> {
    let timeouts = BTreeMap::from([(name(1), signature(1)), (name(2), signature(2))]);
    Ok(Fail {
        epoch: Epoch(EPOCH),
        view: View(VIEW),
        rank: Rank(2),
        timeouts: timeouts.try_into()?,
    })
}

/// A transcript with a record of each kind.
fn transcript() -> Result<Transcript<CollectiveSignature>, CaseError> {
    let records = [
        (100, Record::Ticket(ticket(7, 0, name(1)))),
        (101, Record::Fail(fail()?)),
        (101, Record::Other(digest("other"))),
        (u64::MAX, Record::Commit(digest("commit"))),
    ];
    let records =
        records.map(|(height, record)| OrderedRecord { height: Height(height), record }).to_vec();
    let certificate = collective_signature(4, &[0, 1, 3])?;
    Ok(Transcript {
        commit: commit()?,
        log: LogSegment { records: records.try_into()?, certificate },
        shares: vec![vec![decrypted_share(3)].try_into()?, Bounded::empty()].try_into()?,
        secret: element(6),
        randomness: digest("randomness"),
    })
}

/// The same with one record, and with nothing else where there may be nothing.
fn bare_transcript() -> Result<Transcript<CollectiveSignature>, CaseError> {
    let mut bare = transcript()?;
    bare.commit.proposal.statement.inputs = Bounded::empty();
    bare.commit.proposal.deals = Bounded::empty();
    bare.commit.signature.signers = Bounded::empty();
    let other = OrderedRecord { height: Height(1), record: Record::Other(digest("other")) };
    bare.log.records = vec![other].try_into()?;
    bare.log.certificate.signers = Bounded::empty();
    bare.shares = Bounded::empty();
    Ok(bare)
}

/// Messages are signed and transcripts are hashed as they are encoded: a codec with other tags or
/// lengths finds other signatures false. The bytes of elements and scalars need not decode.
pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let message = digest("message");
    codecs! {
        "encoding.proof_context" => {
            "encryption" "the context of an encryption" => context(ProofRole::Encryption);
            "decryption" broken "the context of a decryption" =>
                context(ProofRole::Decryption(element(4)));
        }
        "encoding.dleq_proof" => {
            "distinct" broken "a proof of equal logarithms" => proof(0);
        }
        "encoding.deal" => {
            "empty" "a deal without commitments and shares" => deal(0, 0)?;
            "one" broken "a deal of one commitment and one share" => deal(1, 1)?;
            "uneven" "a deal of two commitments and three shares" => deal(2, 3)?;
        }
        "encoding.decrypted_share" => {
            "distinct" broken "a decrypted share" => decrypted_share(0x0102_0304);
            "last" "a decrypted share at the largest position" => decrypted_share(u32::MAX);
        }
        "encoding.vrf_proof" => {
            "distinct" broken "a proof of the random function" => vrf_proof();
        }
        "encoding.validator_keys" => {
            "distinct" broken "the keys of a validator" => keys();
        }
        "encoding.schnorr_signature" => {
            "distinct" broken "a Schnorr signature" => schnorr_signature();
        }
        "encoding.cosi_open" => {
            "distinct" broken "a message that opens an attempt" => Open { message, attempt: ATTEMPT };
        }
        "encoding.cosi_nonce" => {
            let commitments = [element(6), element(7)];
            "distinct" broken "commitments to nonces" =>
                Nonce { message, attempt: ATTEMPT, commitments };
        }
        "encoding.cosi_challenge" => {
            "nine" broken "a challenge to some of nine validators" => challenge(9)?;
            "nobody" "a challenge to nobody" => challenge(0)?;
            "most" "a challenge to some of 4,096 validators" => challenge(ROSTER_MAX)?;
        }
        "encoding.cosi_response" => {
            let response = EncodedScalar(digest("response").0);
            "distinct" broken "a signer's response" =>
                Response { message, attempt: ATTEMPT, response };
        }
        "encoding.collective_signature" => {
            "distinct" broken "a collective signature" =>
                collective_signature(12, &[0, 2, 5, 11])?;
        }
        "encoding.registration" => {
            "distinct" broken "a registration" => registration();
        }
        "encoding.signed_registration" => {
            "distinct" broken "a registration with its signature and proofs" => SignedRegistration {
                registration: registration(),
                signature: signature(1),
                lottery_proof: vrf_proof(),
                possession: schnorr_signature(),
            };
        }
        "encoding.ticket" => {
            let node = NodeId(digest("node"));
            "distinct" broken "a ticket" => ticket(EPOCH, VIEW, node);
            "least" "a ticket with zeros" => ticket(0, 0, NodeId(Digest::ZERO));
            "most" "a ticket with the largest integers" => ticket(u64::MAX, u32::MAX, node);
        }
        "encoding.memory" => {
            let announcement = digest("announcement");
            let nothing = Answered { announcement, deal: None, agreed: None };
            let agreed = Answered { agreed: Some(message), ..nothing.clone() };
            let dealt = Answered { deal: Some(signed_deal()?), ..agreed.clone() };
            "empty" "the memory of a validator that has answered nothing" => memory(&[])?;
            "two" broken "the memory of a validator that has given two answers and sent no deal" =>
                memory(&[((View(1), Rank(2)), &nothing), ((View(0x0102_0304), Rank(1)), &agreed)])?;
            "dealt" "the memory of a validator that has sent a deal" => memory(&[((View(u32::MAX), Rank(u8::MAX)), &dealt)])?;
        }
        "encoding.message" => {
            "announcement" "an announcement" => Message::Announcement(announcement());
            "deal" broken "a deal" => Message::Deal(signed_deal()?);
            "proposal" "a proposal" => Message::Proposal(proposal()?);
            "commit" "a commit" => Message::Commit(commit()?);
            "reveal" broken "a decrypted share" => Message::Reveal(reveal()?);
            "timeout" broken "a timeout" => Message::Timeout(Timeout {
                epoch: Epoch(EPOCH),
                view: View(VIEW),
                rank: Rank(2),
                validator: name(1),
                signature: signature(3),
            });
        }
        "encoding.log_entry" => {
            "ticket" "a ticket in the log" => LogEntry::Ticket(ticket(7, 0, name(1)));
            "fail" broken "a failure in the log" => LogEntry::Fail(fail()?);
            "commit" "a commit in the log" => LogEntry::Commit(commit()?);
            "other" broken "an entry of another part of the protocol in the log" => LogEntry::Other(digest("other"));
        }
        "encoding.transcript" => {
            "full" "a transcript with a record of each kind" => transcript()?;
            "bare" broken "a transcript without records, deals and shares" => bare_transcript()?;
        }
    }
}
