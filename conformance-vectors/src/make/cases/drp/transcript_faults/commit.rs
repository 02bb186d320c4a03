//! Faults of the ordered commit, of the log's certificate, of the decrypted shares and of the
//! random number.
//!
//! These come after the collective signature. They show that the commit was ordered, and that the
//! number follows from its inputs alone: not from shares of another dealer or position, and not
//! from a secret that was made up.

use ioschain_spec::drp::messages::{OrderedRecord, Record};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::Position;

use super::question::drop_last;
use super::{IDENTITY, NO_ELEMENT, NO_SCALAR, Question};
use crate::make::cases::drp::world::edit;
use crate::make::cases::faults::{Fault, faults};

/// Faults of the commit in the log, the log's certificate, the shares, the secret and the random
/// number.
pub(super) static COMMIT: &[Fault<Question>] = &faults! { Question:
    "commit-not-ordered" => DrpCommitEntry, "DRP-COMMIT-01", "its log ends without a commit",
        |question| question.end_log(Record::Other(Digest::ZERO));
    "commit-another" => DrpCommitEntry, "DRP-COMMIT-01", "its log ends with another commit",
        |question| question.end_log(Record::Commit(Digest::ZERO));
    "commit-second" => DrpCommitEntry, "DRP-COMMIT-01",
        "another commit is before its commit in the log",
        |question| {
            question.edit_records(|records| {
                let at = records.len() - 1;
                let height = records[at].height;
                records.insert(at, OrderedRecord { height, record: Record::Commit(Digest::ZERO) });
            })
        };
    "commit-twice" => DrpCommitEntry, "DRP-COMMIT-02", "its log contains its commit twice",
        |question| {
            question.edit_records(|records| {
                let last = records[records.len() - 1].clone();
                records.push(last);
            })
        };
    "log-goes-on" => DrpCommitEntry, "DRP-COMMIT-01", "its log continues after the commit",
        |question| {
            question.edit_records(|records| {
                let height = records[records.len() - 1].height;
                records.push(OrderedRecord { height, record: Record::Other(Digest::ZERO) });
            })?;
            question.certify_again()
        };
    "log-invented" => CryCosiSignature, "DRP-LOG-03", "an entry is added to its log",
        |question| {
            question.edit_records(|records| {
                let height = records[0].height;
                records.insert(0, OrderedRecord { height, record: Record::Other(Digest::ZERO) });
            })
        };
    "log-ticket-left-out" => CryCosiSignature, "DRP-LOG-03",
        "a ticket with a larger number is removed from its log",
        |question| {
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
    "log-height" => CryCosiSignature, "DRP-LOG-03",
        "its commit is at another height than the certified one",
        |question| {
            question.edit_records(|records| {
                let at = records.len() - 1;
                records[at].height += 1;
            })
        };
    "certificate-bitmap" => CryCertificateSigners, "CRY-CERT-01",
        "the bitmap of its certificate is too long",
        |question| edit(&mut question.transcript.log.certificate.signers, |bytes| bytes.push(0));
    "certificate-quorum" => CryCertificateQuorum, "CRY-CERT-02",
        "the signers of its certificate are one fewer than a quorum",
        |question| {
            edit(&mut question.transcript.log.certificate.signers, |bytes| bytes[0] &= bytes[0] - 1)
        };
    "certificate-commitment" => CryElementEncoding, "CRY-GROUP-01",
        "the nonce commitment of its certificate is not a group element",
        |question| {
            question.transcript.log.certificate.signature.commitment = NO_ELEMENT
        };
    "certificate-response" => CryScalarEncoding, "CRY-GROUP-02",
        "the response of its certificate is not below the order of the group",
        |question| {
            question.transcript.log.certificate.signature.response = NO_SCALAR
        };
    "certificate-signature" => CryCosiSignature, "CRY-COSI-02",
        "one bit of the response of its certificate is flipped",
        |question| question.transcript.log.certificate.signature.response.0[0] ^= 1;
    "lists-fewer" => DrpShareCount, "DRP-SHARES-01", "the shares of one input are missing",
        |question| edit(&mut question.transcript.shares, drop_last);
    "lists-more" => DrpShareCount, "DRP-SHARES-01", "it has shares of one input too many",
        |question| edit(&mut question.transcript.shares, |lists| lists.push(lists[0].clone()));
    "shares-fewer" => DrpShareCount, "DRP-SHARES-01",
        "one input has one share fewer than its threshold",
        |question| question.edit_shares(drop_last);
    "shares-more" => DrpShareCount, "DRP-SHARES-01",
        "one input has one share more than its threshold",
        |question| {
            let share = question.third_share()?;
            question.edit_shares(|shares| shares.push(share))
        };
    "shares-twice" => DrpShareCount, "DRP-SHARES-01", "it contains one share twice",
        |question| question.edit_shares(|shares| shares[1] = shares[0]);
    "shares-order" => DrpShareCount, "DRP-SHARES-01",
        "its shares are not in the order of their positions",
        |question| question.edit_shares(|shares| shares.swap(0, 1));
    "position-beyond" => CrySharePositions, "CRY-PVSS-06",
        "a share has a position that no server has",
        |question| question.edit_shares(|shares| shares[1].position = Position(4));
    "position-zero" => CrySharePositions, "CRY-PVSS-06", "a share has the position 0",
        |question| question.edit_shares(|shares| shares[0].position = Position(0));
    "share-no-element" => CryElementEncoding, "CRY-GROUP-01",
        "a decrypted share is not a group element",
        |question| question.edit_shares(|shares| shares[0].share = NO_ELEMENT);
    "share-response" => CryScalarEncoding, "CRY-GROUP-02",
        "the response in the proof of a decrypted share is not a scalar",
        |question| question.edit_shares(|shares| shares[1].proof.response = NO_SCALAR);
    "share-nonce" => CryElementIdentity, "CRY-GROUP-03",
        "a nonce commitment in the proof of a decrypted share is the identity",
        |question| {
            question.edit_shares(|shares| shares[1].proof.nonce_commitments[0] = IDENTITY)
        };
    "share-identity" => CryDleqProof, "CRY-PVSS-05", "a decrypted share is the identity",
        |question| question.edit_shares(|shares| shares[0].share = IDENTITY);
    "shares-of-another-dealer" => CryDleqProof, "CRY-PVSS-05",
        "the shares of two dealers are swapped",
        |question| edit(&mut question.transcript.shares, |lists| lists.swap(0, 1));
    "share-position" => CryDleqProof, "CRY-PVSS-05", "a share has the position of another server",
        |question| question.edit_shares(|shares| shares[1].position = Position(3));
    "secret" => DrpSecret, "DRP-OUTPUT-01", "it names another secret",
        |question| {
            question.transcript.secret = IDENTITY;
            question.output_again()
        };
    "randomness" => DrpOutput, "DRP-OUTPUT-02", "it names another random number",
        |question| question.transcript.randomness = Digest::ZERO;
    "randomness-secret" => DrpOutput, "DRP-OUTPUT-02",
        "its random number is the secret itself and not its hash",
        |question| question.transcript.randomness = Digest(question.transcript.secret.0);
};
