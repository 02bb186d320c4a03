//! The codecs of §4 and §5: proofs, deals, keys, registrations, tickets.

use ioschain_spec::drp::Run;
use ioschain_spec::drp::messages::{
    Announcement, Commit, Fail, LogEntry, LogSegment, Message, OrderedRecord, Proposal, Record,
    Reveal, RevealedShare, SignedDeal, Statement, Timeout, Transcript, to_inputs,
};
use ioschain_spec::drp::server::{Answered, Memory};
use ioschain_spec::primitives::certificate::{ROSTER_MAX, name_signers};
use ioschain_spec::primitives::cosi::{Challenge, CollectiveSignature, Nonce, Open, Response};
use ioschain_spec::primitives::dleq::{DleqProof, ProofContext, ProofRole};
use ioschain_spec::primitives::encoding::{Bounded, BoundedMap};
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeys};
use ioschain_spec::primitives::numbers::{Epoch, Height, Position, Rank, View};
use ioschain_spec::primitives::pvss::{Deal, DecryptedShare, EncryptedShare};
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::primitives::vrf::{VrfProof, VrfPublicKey};
use ioschain_spec::sharding::lottery::Ticket;
use ioschain_spec::sharding::registration::{Registration, SignedRegistration};

use super::codec::values;
use super::values::{account_id, public_key, signature};
use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;
use crate::make::cases::world::digest;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let suites = [
        contexts()?,
        proofs()?,
        deals()?,
        decrypted_shares()?,
        vrf_proofs()?,
        validator_keys()?,
        schnorr_signatures()?,
        opens()?,
        nonces()?,
        challenges()?,
        responses()?,
        collective_signatures()?,
        registrations()?,
        signed_registrations()?,
        tickets()?,
        memories()?,
        messages()?,
        log_entries()?,
        transcripts()?,
    ];
    Ok(suites.into_iter().flatten().collect())
}

/// Bytes that stand for an element, and are none.
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

fn contexts() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.proof_context":
        "encryption" "the context of an encryption" => context(ProofRole::Encryption);
        "decryption" broken "the context of a decryption" =>
            context(ProofRole::Decryption(element(4)));
    }
}

fn proofs() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.dleq_proof":
        "distinct" broken "a proof of equal logarithms" => proof(0);
    }
}

fn encrypted_share(number: u32) -> EncryptedShare {
    EncryptedShare { share: element(number), proof: proof(number) }
}

fn deal(commitments: u32, shares: u32) -> Result<Deal, CaseError> {
    let commitments: Vec<EncodedElement> = (0..commitments).map(|k| element(1_000 + k)).collect();
    let shares: Vec<EncryptedShare> = (0..shares).map(|j| encrypted_share(10 * j)).collect();
    Ok(Deal { commitments: commitments.try_into()?, shares: shares.try_into()? })
}

fn deals() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.deal":
        "empty" "a deal of nothing to nobody" => deal(0, 0)?;
        "one" broken "a deal of one commitment and one share" => deal(1, 1)?;
        "uneven" "a deal of two commitments and three shares" => deal(2, 3)?;
    }
}

fn decrypted_shares() -> Result<[VectorFile; 2], CaseError> {
    let share = |position| DecryptedShare { position, share: element(5), proof: proof(5) };
    values! { "encoding.decrypted_share":
        "distinct" broken "a decrypted share" => share(Position(0x0102_0304));
        "last" "a decrypted share at the largest position" => share(Position(u32::MAX));
    }
}

fn vrf_proof() -> VrfProof {
    let mut challenge = [0; 16];
    challenge.copy_from_slice(&digest("challenge").0[..16]);
    VrfProof { gamma: digest("gamma").0, challenge, response: digest("response").0 }
}

fn vrf_proofs() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.vrf_proof":
        "distinct" broken "a proof of the random function" => vrf_proof();
    }
}

fn keys() -> ValidatorKeys {
    let (lottery, group) = (VrfPublicKey(digest("lottery").0), EncodedElement(digest("group").0));
    ValidatorKeys { signing: public_key(1), lottery, group }
}

fn validator_keys() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.validator_keys":
        "distinct" broken "the keys of a validator" => keys();
    }
}

fn schnorr_signature() -> SchnorrSignature {
    let (commitment, response) = (digest("commitment").0, digest("possession").0);
    SchnorrSignature { commitment: EncodedElement(commitment), response: EncodedScalar(response) }
}

fn schnorr_signatures() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.schnorr_signature":
        "distinct" broken "a Schnorr signature" => schnorr_signature();
    }
}

const ATTEMPT: u32 = 0x0102_0304;

fn opens() -> Result<[VectorFile; 2], CaseError> {
    let open = Open { message: digest("message"), attempt: ATTEMPT };
    values! { "encoding.cosi_open":
        "distinct" broken "an opening of an attempt" => open;
    }
}

fn nonces() -> Result<[VectorFile; 2], CaseError> {
    let commitments = [element(6), element(7)];
    let nonce = Nonce { message: digest("message"), attempt: ATTEMPT, commitments };
    values! { "encoding.cosi_nonce":
        "distinct" broken "commitments to nonces" => nonce;
    }
}

fn challenges() -> Result<[VectorFile; 2], CaseError> {
    let challenge = |validators: usize| -> Result<Challenge, CaseError> {
        let signers = name_signers(validators, (0..validators).step_by(3))?;
        let commitments = [element(8), element(9)];
        Ok(Challenge { message: digest("message"), attempt: ATTEMPT, signers, commitments })
    };
    values! { "encoding.cosi_challenge":
        "nine" broken "a challenge to some of nine" => challenge(9)?;
        "nobody" "a challenge to nobody" => challenge(0)?;
        "most" "a challenge to some of 4,096" => challenge(ROSTER_MAX)?;
    }
}

fn responses() -> Result<[VectorFile; 2], CaseError> {
    let response = EncodedScalar(digest("response").0);
    let response = Response { message: digest("message"), attempt: ATTEMPT, response };
    values! { "encoding.cosi_response":
        "distinct" broken "a signer's response" => response;
    }
}

fn collective_signatures() -> Result<[VectorFile; 2], CaseError> {
    let signers = name_signers(12, [0, 2, 5, 11])?;
    let collective = CollectiveSignature { signers, signature: schnorr_signature() };
    values! { "encoding.collective_signature":
        "distinct" broken "a collective signature" => collective;
    }
}

fn registration() -> Registration {
    Registration { chain_id: digest("chain"), keys: keys(), owner: account_id(1) }
}

fn registrations() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.registration":
        "distinct" broken "a registration" => registration();
    }
}

fn signed_registrations() -> Result<[VectorFile; 2], CaseError> {
    let signed = SignedRegistration {
        registration: registration(),
        signature: signature(1),
        lottery_proof: vrf_proof(),
        possession: schnorr_signature(),
    };
    values! { "encoding.signed_registration":
        "distinct" broken "a registration with its proofs" => signed;
    }
}

fn tickets() -> Result<[VectorFile; 2], CaseError> {
    let ticket =
        |epoch, view| Ticket { epoch, view, validator: NodeId(digest("node")), proof: vrf_proof() };
    let nobody = Ticket { validator: NodeId(Digest::ZERO), ..ticket(Epoch(0), View(0)) };
    values! { "encoding.ticket":
        "distinct" broken "a ticket" => ticket(Epoch(0x0102_0304_0506_0708), View(0x1112_1314));
        "least" "a ticket with zeros" => nobody;
        "most" "a ticket with the largest integers" => ticket(Epoch(u64::MAX), View(u32::MAX));
    }
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

fn memories() -> Result<[VectorFile; 2], CaseError> {
    let memory = |answered: Vec<((View, Rank), Answered)>| -> Result<Memory, CaseError> {
        let answered: std::collections::BTreeMap<_, _> = answered.into_iter().collect();
        Ok(Memory { answered: answered.try_into()? })
    };
    let announcement = digest("announcement");
    let nothing = Answered { announcement, deal: None, agreed: None };
    let agreed = Answered { agreed: Some(digest("message")), ..nothing.clone() };
    let dealt = Answered { deal: Some(signed_deal()?), ..agreed.clone() };
    values! { "encoding.memory":
        "empty" "the memory of a validator that has answered nothing" => memory(vec![])?;
        "two" broken "the memory of two answers without a deal" =>
            memory(vec![((View(1), Rank(2)), nothing.clone()), ((View(0x0102_0304), Rank(1)), agreed)])?;
        "dealt" "the memory of a deal" => memory(vec![((View(u32::MAX), Rank(u8::MAX)), dealt)])?;
    }
}

fn run() -> Run {
    Run {
        suite: digest("suite"),
        chain_id: digest("chain"),
        epoch: Epoch(0x0102_0304_0506_0708),
        view: View(0x1112_1314),
        rank: Rank(2),
        randomness_before: digest("randomness"),
        configuration: digest("configuration"),
        leader: name(0),
    }
}

fn proposal() -> Result<Proposal, CaseError> {
    let statement = Statement {
        session: digest("session"),
        inputs: to_inputs(vec![vec![], vec![name(1)]])?,
        root: digest("root"),
    };
    let announcement = Announcement { run: run(), signature: signature(2) };
    Ok(Proposal { announcement, statement, deals: vec![signed_deal()?].try_into()? })
}

fn commit() -> Result<Commit, CaseError> {
    let signers = name_signers(12, [0, 2, 5, 11])?;
    let signature = CollectiveSignature { signers, signature: schnorr_signature() };
    Ok(Commit { proposal: proposal()?, signature })
}

fn reveal() -> Result<Reveal, CaseError> {
    let share = DecryptedShare { position: Position(3), share: element(5), proof: proof(5) };
    let shares = vec![RevealedShare { dealer: name(1), share }];
    Ok(Reveal { session: digest("session"), shares: shares.try_into()? })
}

fn messages() -> Result<[VectorFile; 2], CaseError> {
    let announcement = Announcement { run: run(), signature: signature(2) };
    let timeout = Timeout {
        epoch: Epoch(0x0102_0304_0506_0708),
        view: View(0x1112_1314),
        rank: Rank(2),
        validator: name(1),
        signature: signature(3),
    };
    values! { "encoding.message":
        "announcement" "an announcement" => Message::Announcement(announcement);
        "deal" broken "a deal" => Message::Deal(signed_deal()?);
        "proposal" "a proposal" => Message::Proposal(proposal()?);
        "commit" "a commit" => Message::Commit(commit()?);
        "reveal" broken "a decrypted share" => Message::Reveal(reveal()?);
        "timeout" broken "a timeout" => Message::Timeout(timeout);
    }
}

fn fail() -> Result<Fail, CaseError> {
    let timeouts: std::collections::BTreeMap<_, _> =
        [(name(1), signature(1)), (name(2), signature(2))].into_iter().collect();
    let timeouts = BoundedMap::try_from(timeouts)?;
    Ok(Fail {
        epoch: Epoch(0x0102_0304_0506_0708),
        view: View(0x1112_1314),
        rank: Rank(2),
        timeouts,
    })
}

fn ticket() -> Ticket {
    Ticket { epoch: Epoch(7), view: View(0), validator: name(1), proof: vrf_proof() }
}

fn log_entries() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.log_entry":
        "ticket" "a ticket in the log" => LogEntry::Ticket(ticket());
        "fail" broken "a failure in the log" => LogEntry::Fail(fail()?);
        "commit" "a commit in the log" => LogEntry::Commit(commit()?);
        "other" broken "another section's entry" => LogEntry::Other(digest("other"));
    }
}

fn transcripts() -> Result<[VectorFile; 2], CaseError> {
    let ordered = |height, record| OrderedRecord { height, record };
    let records = vec![
        ordered(Height(100), Record::Ticket(ticket())),
        ordered(Height(101), Record::Fail(fail()?)),
        ordered(Height(101), Record::Other(digest("other"))),
        ordered(Height(u64::MAX), Record::Commit(digest("commit"))),
    ];
    let signers = name_signers(4, [0, 1, 3])?;
    let certificate = CollectiveSignature { signers, signature: schnorr_signature() };
    let share = DecryptedShare { position: Position(3), share: element(5), proof: proof(5) };
    let full = Transcript {
        commit: commit()?,
        log: LogSegment { records: records.try_into()?, certificate },
        shares: vec![vec![share].try_into()?, Bounded::empty()].try_into()?,
        secret: element(6),
        randomness: digest("randomness"),
    };
    let mut bare = full.clone();
    bare.commit.proposal.statement.inputs = Bounded::empty();
    bare.commit.proposal.deals = Bounded::empty();
    bare.commit.signature.signers = Bounded::empty();
    let other = ordered(Height(1), Record::Other(digest("other")));
    bare.log.records = vec![other].try_into()?;
    bare.log.certificate.signers = Bounded::empty();
    bare.shares = Bounded::empty();
    values! { "encoding.transcript":
        "full" "a transcript with a record of each kind" => full;
        "bare" broken "a transcript of nothing" => bare;
    }
}
