//! Faults of the ordered commit, of the log's certificate, of the decrypted shares and of the
//! random number.
//!
//! These come after the collective signature. They show that the commit was ordered, and that the
//! number follows from its inputs alone: not from shares of another dealer or position, and not
//! from a secret that was made up.

use ioschain_spec::Rejection::{
    CryCertificateQuorum, CryCertificateSigners, CryCosiSignature, CryDleqProof,
    CryElementEncoding, CryElementIdentity, CryScalarEncoding, CrySharePositions, DrpCommitEntry,
    DrpOutput, DrpSecret, DrpShareCount,
};
use ioschain_spec::drp::messages::{OrderedRecord, Record};
use ioschain_spec::primitives::hash::Digest;

use super::question::drop_last;
use super::{IDENTITY, NO_ELEMENT, NO_SCALAR, Question};
use crate::cases::drp::world::edit;
use crate::cases::faults::{Fault, fault_table};

/// The commit in the log, and what follows it.
pub(super) static COMMIT: &[Fault<Question>] = fault_table! {
    "commit-not-ordered", "its log ends without a commit", "DRP-COMMIT-01", DrpCommitEntry
        => |question| question.end_log(Record::Other(Digest::ZERO));
    "commit-another", "its log ends with another commit", "DRP-COMMIT-01", DrpCommitEntry
        => |question| question.end_log(Record::Commit(Digest::ZERO));
    "commit-second", "another commit stands before it in its log", "DRP-COMMIT-01", DrpCommitEntry
        => |question| {
            question.edit_records(|records| {
                let at = records.len() - 1;
                let height = records[at].height;
                records.insert(at, OrderedRecord { height, record: Record::Commit(Digest::ZERO) });
            })
        };
    "commit-twice", "its commit stands in its log twice", "DRP-COMMIT-02", DrpCommitEntry
        => |question| {
            question.edit_records(|records| {
                let last = records[records.len() - 1].clone();
                records.push(last);
            })
        };
    "log-goes-on", "its log goes on after the commit", "DRP-COMMIT-01", DrpCommitEntry
        => |question| {
            question.edit_records(|records| {
                let height = records[records.len() - 1].height;
                records.push(OrderedRecord { height, record: Record::Other(Digest::ZERO) });
            })?;
            question.certify_again()
        };
    "log-invented", "an entry is added to its log", "DRP-LOG-03", CryCosiSignature
        => |question| {
            question.edit_records(|records| {
                let height = records[0].height;
                records.insert(0, OrderedRecord { height, record: Record::Other(Digest::ZERO) });
            })
        };
    "log-ticket-left-out", "a larger ticket is left out of its log", "DRP-LOG-03", CryCosiSignature
        => |question| {
            let ranks = question.finished.world.log.state.ranks();
            let is_larger = |ordered: &OrderedRecord| {
                matches!(&ordered.record, Record::Ticket(it) if !ranks.contains(&it.validator))
            };
            question.edit_records(|records| {
                if let Some(at) = records.iter().position(is_larger) {
                    records.remove(at);
                }
            })
        };
    "log-height", "its commit stands at another height than was certified",
        "DRP-LOG-03", CryCosiSignature => |question| {
            question.edit_records(|records| {
                let at = records.len() - 1;
                records[at].height += 1;
            })
        };
    "certificate-bitmap", "its certificate's bitmap is too long",
        "CRY-CERT-01", CryCertificateSigners
        => |question| edit(&mut question.transcript.log.certificate.signers, |bytes| bytes.push(0));
    "certificate-quorum", "one signer too few certifies its log",
        "CRY-CERT-02", CryCertificateQuorum
        => |question| {
            edit(&mut question.transcript.log.certificate.signers, |bytes| bytes[0] &= bytes[0] - 1)
        };
    "certificate-commitment", "its certificate's nonce commitment is no group element",
        "CRY-GROUP-01", CryElementEncoding => |question| {
            question.transcript.log.certificate.signature.commitment = NO_ELEMENT
        };
    "certificate-response", "its certificate's response is not below the group's order",
        "CRY-GROUP-02", CryScalarEncoding => |question| {
            question.transcript.log.certificate.signature.response = NO_SCALAR
        };
    "certificate-signature", "a bit of its certificate's response is flipped",
        "CRY-COSI-02", CryCosiSignature
        => |question| question.transcript.log.certificate.signature.response.0[0] ^= 1;
    "lists-fewer", "it has shares of an input fewer", "DRP-SHARES-01", DrpShareCount
        => |question| edit(&mut question.transcript.shares, drop_last);
    "lists-more", "it has shares of an input more", "DRP-SHARES-01", DrpShareCount
        => |question| edit(&mut question.transcript.shares, |lists| lists.push(lists[0].clone()));
    "shares-fewer", "it has a share fewer than a threshold", "DRP-SHARES-01", DrpShareCount
        => |question| question.edit_shares(drop_last);
    "shares-more", "it has a share more than a threshold", "DRP-SHARES-01", DrpShareCount
        => |question| {
            let share = question.third_share()?;
            question.edit_shares(|shares| shares.push(share))
        };
    "shares-twice", "it has a share twice", "DRP-SHARES-01", DrpShareCount
        => |question| question.edit_shares(|shares| shares[1] = shares[0]);
    "shares-order", "its shares are not at rising positions", "DRP-SHARES-01", DrpShareCount
        => |question| question.edit_shares(|shares| shares.swap(0, 1));
    "position-beyond", "a share is at a position that nobody has", "CRY-PVSS-06", CrySharePositions
        => |question| question.edit_shares(|shares| shares[1].position = 4);
    "position-zero", "a share is at position 0", "CRY-PVSS-06", CrySharePositions
        => |question| question.edit_shares(|shares| shares[0].position = 0);
    "share-no-element", "a decrypted share is no element", "CRY-GROUP-01", CryElementEncoding
        => |question| question.edit_shares(|shares| shares[0].share = NO_ELEMENT);
    "share-response", "a decrypted share's proof has a response that is no scalar",
        "CRY-GROUP-02", CryScalarEncoding
        => |question| question.edit_shares(|shares| shares[1].proof.response = NO_SCALAR);
    "share-nonce", "a decrypted share's proof has the identity for a commitment",
        "CRY-GROUP-03", CryElementIdentity
        => |question| {
            question.edit_shares(|shares| shares[1].proof.nonce_commitments[0] = IDENTITY)
        };
    "share-identity", "a decrypted share is the identity", "CRY-PVSS-05", CryDleqProof
        => |question| question.edit_shares(|shares| shares[0].share = IDENTITY);
    "shares-of-another-dealer", "the shares of two dealers are swapped", "CRY-PVSS-05", CryDleqProof
        => |question| edit(&mut question.transcript.shares, |lists| lists.swap(0, 1));
    "share-position", "a share stands at another server's position", "CRY-PVSS-05", CryDleqProof
        => |question| question.edit_shares(|shares| shares[1].position = 3);
    "secret", "it has another secret", "DRP-OUTPUT-01", DrpSecret
        => |question| {
            question.transcript.secret = IDENTITY;
            question.output_again()
        };
    "randomness", "it has another random number", "DRP-OUTPUT-02", DrpOutput
        => |question| question.transcript.randomness = Digest::ZERO;
    "randomness-secret", "its random number is the bare secret", "DRP-OUTPUT-02", DrpOutput
        => |question| question.transcript.randomness = Digest(question.transcript.secret.0);
};
