//! Proofs that say something else than the honest one, and proofs that are broken.

use ioschain_spec::atomix::decision_proof::encode_decision_leaf;
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::{Decision, TxId, Vote};
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::merkle::list_root;
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::suite::Normative;
use serde_json::Value;

use crate::make::cases::faults::{Checks, Fault, Pairs, faults};
use crate::make::cases::support::{CaseError, SuiteWriter};
use crate::make::cases::world::{Proof, certify, certify_by_quorum, digest, prove};

/// What the validators of the header's shard would sign if this row were all the block decided.
pub(super) fn attest(header: &Header, txid: TxId, decision: Decision) -> Result<Proof, CaseError> {
    let decisions_root = list_root(&[encode_decision_leaf(&txid, &decision)]);
    let header = Header { decisions_root, ..header.clone() };
    let mut proofs = prove(&header, &[(txid, decision)])?;
    Ok(proofs.remove(0))
}

/// The same shard's proof with another vote.
pub(super) fn with_vote(proof: &Proof, vote: Vote) -> Result<Proof, CaseError> {
    attest(&proof.header, proof.txid, Decision { vote, ..proof.decision })
}

/// The same shard's proof of the same vote on another transaction.
pub(super) fn about_another(proof: &Proof) -> Result<Proof, CaseError> {
    attest(&proof.header, TxId(digest("another transaction")), proof.decision)
}

/// The proof, certified anew by its shard's quorum after its header was changed.
pub(super) fn certified_anew(proof: &Proof) -> Result<Proof, CaseError> {
    let message = proof.header.vote(&Normative).message();
    let certificate = certify_by_quorum(proof.header.shard, &message)?;
    Ok(Proof { certificate, ..proof.clone() })
}

/// A signature of zeros: its commitment is the identity element, and its response is 0.
pub(super) const NO_SIGNATURE: SchnorrSignature =
    SchnorrSignature { commitment: EncodedElement([0; 32]), response: EncodedScalar([0; 32]) };

/// A question with a proof that can be broken. If it has several proofs, it is the first one.
pub(super) trait HasProof {
    fn proof(&mut self) -> &mut Proof;
}

/// Each check before the proofs, and each check after their verification, fails alone. Each check
/// of all fails together with the next one; among them are those of a proof, which stand between
/// the others. `atomix.verify_proof` has the cases in which a check of a proof fails alone.
pub(super) fn add_checks_of_unlock<Q: HasProof + Clone>(
    suite: &mut SuiteWriter,
    subject: &'static str,
    honest: &Q,
    ask: fn(&Q) -> Result<Value, CaseError>,
    [early, late]: [&[Fault<Q>]; 2],
) -> Result<(), CaseError> {
    for faults in [early, late] {
        Checks { subject, honest, faults, ask }.add_single_faults(suite)?;
    }
    let faults = &[early, &broken_proofs(), late].concat();
    Checks { subject, honest, faults, ask }.add_pairs(suite, Pairs::Neighbours, &[])
}

/// Ways to break a proof, in the order of the checks of its verification: one for each check but
/// that of an identity element. A fault in the header also changes what was signed, so that the
/// signature fails after it.
pub(super) fn broken_proofs<Q: HasProof>() -> [Fault<Q>; 9] {
    faults! { Q:
        "proof-chain" => AtxProofChain, "ATX-PROOF-01",
            "the header of a proof belongs to another chain",
            |question| question.proof().header.chain_id = digest("other chain");
        "proof-roster" => AtxProofRosterUnknown, "ATX-PROOF-02",
            "the header of a proof names a roster of other validators",
            |question| question.proof().header.roster_root = digest("strangers");
        "certificate-signers" => CryCertificateSigners, "CRY-CERT-01",
            "the bitmap of a certificate is 1 byte too long",
            |question| {
                let mut signers = question.proof().certificate.signers.to_vec();
                signers.push(0);
                question.proof().certificate.signers = signers.try_into()?;
            };
        "certificate-quorum" => CryCertificateQuorum, "CRY-CERT-02",
            "only two of four validators signed the certificate",
            |question| {
                let header = &question.proof().header;
                let certificate = certify(header.shard, &header.vote(&Normative).message(), 2)?;
                question.proof().certificate = certificate;
            };
        "certificate-commitment" => CryElementEncoding, "CRY-GROUP-01",
            "the nonce commitment of a certificate is not a group element",
            |question| {
                question.proof().certificate.signature.commitment = EncodedElement([0xff; 32]);
            };
        "certificate-response" => CryScalarEncoding, "CRY-GROUP-02",
            "the response of a certificate is not below the order of the group",
            |question| {
                question.proof().certificate.signature.response = EncodedScalar([0xff; 32]);
            };
        "certificate-signature" => CryCosiSignature, "CRY-COSI-02",
            "one bit of the response of a certificate is flipped",
            |question| question.proof().certificate.signature.response.0[0] ^= 1;
        "proof-path" => AtxProofPath, "ATX-PROOF-03",
            "the path of a proof does not lead to the root in its header",
            |question| question.proof().path.path = vec![Digest::ZERO].try_into()?;
        "proof-no-vote" => AtxProofNoVote, "ATX-PROOF-04", "the row of a proof contains no vote",
            |question| *question.proof() = with_vote(question.proof(), Vote::None)?;
    }
}
