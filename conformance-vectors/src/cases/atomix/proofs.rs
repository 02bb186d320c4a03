//! Proofs that say something else than the honest one, and proofs that are broken.

use ioschain_spec::Rejection;
use ioschain_spec::atomix::decision_proof::encode_decision_leaf;
use ioschain_spec::ledger::header::Header;
use ioschain_spec::ledger::{Decision, TxId, Vote};
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::merkle::list_root;
use ioschain_spec::primitives::schnorr::SchnorrSignature;
use ioschain_spec::suite::Normative;

use crate::cases::faults::Fault;
use crate::cases::support::CaseError;
use crate::cases::world::{Proof, certify, certify_by_quorum, digest, prove};

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

/// Where nobody signed.
pub(super) const NO_SIGNATURE: SchnorrSignature =
    SchnorrSignature { commitment: EncodedElement([0; 32]), response: EncodedScalar([0; 32]) };

/// A question with a proof that can be broken: of several, the first.
pub(super) trait HasProof {
    fn proof(&mut self) -> &mut Proof;
}

macro_rules! broken {
    ($slug:literal, $what:literal, $requirement:literal, $rejection:ident, $change:expr) => {
        Fault {
            slug: $slug,
            what: $what,
            requirement: $requirement,
            rejection: Rejection::$rejection,
            commit: |question: &mut Q| {
                let change: fn(&mut Proof) -> Result<(), CaseError> = $change;
                change(question.proof())
            },
        }
    };
}

/// A way to break a proof for each check of its verification, in the order of the checks. Each
/// leaves what later checks look at as it is.
pub(super) fn broken_proofs<Q: HasProof>() -> Vec<Fault<Q>> {
    let mut faults = broken_headers();
    faults.extend(broken_certificates());
    faults.extend(broken_rows());
    faults
}

fn broken_headers<Q: HasProof>() -> Vec<Fault<Q>> {
    vec![
        broken!(
            "proof-chain",
            "a proof's header is of another chain",
            "ATX-PROOF-01",
            AtxProofChain,
            |proof| {
                proof.header.chain_id = digest("other chain");
                Ok(())
            }
        ),
        broken!(
            "proof-roster",
            "a proof's header names a roster of strangers",
            "ATX-PROOF-02",
            AtxProofRosterUnknown,
            |proof| {
                proof.header.roster_root = digest("strangers");
                Ok(())
            }
        ),
    ]
}

fn broken_certificates<Q: HasProof>() -> Vec<Fault<Q>> {
    vec![
        broken!(
            "certificate-signers",
            "a certificate's bitmap is a byte too long",
            "CRY-CERT-01",
            CryCertificateSigners,
            |proof| {
                let mut signers = proof.certificate.signers.to_vec();
                signers.push(0);
                proof.certificate.signers = signers.try_into()?;
                Ok(())
            }
        ),
        broken!(
            "certificate-quorum",
            "two of four validators signed",
            "CRY-CERT-02",
            CryCertificateQuorum,
            |proof| {
                let message = proof.header.vote(&Normative).message();
                proof.certificate = certify(proof.header.shard, &message, 2)?;
                Ok(())
            }
        ),
        broken!(
            "certificate-commitment",
            "a certificate's nonce commitment is no group element",
            "CRY-GROUP-01",
            CryElementEncoding,
            |proof| {
                proof.certificate.signature.commitment = EncodedElement([0xff; 32]);
                Ok(())
            }
        ),
        broken!(
            "certificate-response",
            "a certificate's response is not below the group's order",
            "CRY-GROUP-02",
            CryScalarEncoding,
            |proof| {
                proof.certificate.signature.response = EncodedScalar([0xff; 32]);
                Ok(())
            }
        ),
        broken!(
            "certificate-signature",
            "a bit of a certificate's response is flipped",
            "CRY-COSI-02",
            CryCosiSignature,
            |proof| {
                proof.certificate.signature.response.0[0] ^= 1;
                Ok(())
            }
        ),
    ]
}

fn broken_rows<Q: HasProof>() -> Vec<Fault<Q>> {
    vec![
        broken!(
            "proof-path",
            "a proof's path leads elsewhere",
            "ATX-PROOF-03",
            AtxProofPath,
            |proof| {
                proof.path.path = vec![Digest::ZERO].try_into()?;
                Ok(())
            }
        ),
        broken!(
            "proof-no-vote",
            "a proof's row carries no vote",
            "ATX-PROOF-04",
            AtxProofNoVote,
            |proof| {
                *proof = with_vote(proof, Vote::None)?;
                Ok(())
            }
        ),
    ]
}
