//! Faults of the collective signature: who is named as a signer, and what was signed.
//!
//! A commit counts because a quorum checked its proposal, so signers must be named exactly and must
//! have signed the whole statement.

use ioschain_spec::primitives::group::EncodedScalar;
use ioschain_spec::primitives::hash::Digest;

use super::{IDENTITY, NO_ELEMENT, NO_SCALAR, Question};
use crate::make::cases::faults::{Fault, faults};

/// Signers and their signature.
pub(super) static SIGNATURES: &[Fault<Question>] = &faults! { Question:
    "bitmap-long" => CryCertificateSigners, "CRY-CERT-01", "its bitmap of signers is too long",
        |question| question.change_signers(|bytes| bytes.push(0));
    "bitmap-empty" => CryCertificateSigners, "CRY-CERT-01", "its bitmap of signers is empty",
        |question| question.change_signers(Vec::clear);
    "bitmap-stray" => CryCertificateSigners, "CRY-CERT-01",
        "its bitmap names a signer after the last validator",
        |question| question.change_signers(|bytes| bytes[0] |= 0x80);
    "quorum" => CryCertificateQuorum, "DRP-SIGN-02", "the signers are one fewer than a quorum",
        |question| question.signed_by(4);
    "nobody" => CryCertificateQuorum, "DRP-SIGN-02", "its bitmap names no signer",
        |question| question.change_signers(|bytes| bytes[0] = 0);
    "nonce-no-element" => CryElementEncoding, "CRY-GROUP-01",
        "the nonce commitment of the collective signature is not a group element",
        |question| question.change_signature(|signature| signature.commitment = NO_ELEMENT);
    "nonce-identity" => CryElementIdentity, "CRY-GROUP-03",
        "the nonce commitment of the collective signature is the identity",
        |question| question.change_signature(|signature| signature.commitment = IDENTITY);
    "response-no-scalar" => CryScalarEncoding, "CRY-GROUP-02",
        "the response of the collective signature is not a scalar",
        |question| question.change_signature(|signature| signature.response = NO_SCALAR);
    "another-statement" => CryCosiSignature, "DRP-SIGN-03", "the signers signed another statement",
        |question| {
            let signers = question.finished.world.participants.first_signers(7)?;
            question.transcript.commit.signature =
                question.finished.world.participants.signature_by(&signers, &Digest::ZERO);
            question.record_again()
        };
    "root-signed" => CryCosiSignature, "DRP-SIGN-03", "the signers signed only the root",
        |question| {
            let signers = question.finished.world.participants.first_signers(7)?;
            let root = question.transcript.commit.proposal.statement.root;
            question.transcript.commit.signature =
                question.finished.world.participants.signature_by(&signers, &root);
            question.record_again()
        };
    "signer-too-few-named" => CryCosiSignature, "DRP-SIGN-03",
        "its bitmap omits a validator that signed",
        |question| question.change_signers(|bytes| bytes[0] = 0b0011_1111);
    "signer-too-many-named" => CryCosiSignature, "DRP-SIGN-03",
        "its bitmap names a validator that did not sign",
        |question| {
            question.signed_by(6)?;
            question.change_signers(|bytes| bytes[0] = 0b0111_1111)
        };
    "signers-others" => CryCosiSignature, "DRP-SIGN-01",
        "its bitmap names other validators than those that signed",
        |question| {
            question.signed_by(6)?;
            question.change_signers(|bytes| bytes[0] = 0b0111_1110)
        };
    "response-zero" => CryCosiSignature, "DRP-SIGN-03",
        "the response of the collective signature is 0",
        |question| question.change_signature(|it| it.response = EncodedScalar([0; 32]));
};
