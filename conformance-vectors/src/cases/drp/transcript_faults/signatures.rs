//! Faults of the collective signature: who is named as a signer, and what was signed.
//!
//! A commit counts because a quorum checked its proposal, so signers must be named exactly and must
//! have signed the whole statement.

use ioschain_spec::Rejection::{
    CryCertificateQuorum, CryCertificateSigners, CryCosiSignature, CryElementEncoding,
    CryElementIdentity, CryScalarEncoding,
};
use ioschain_spec::primitives::group::EncodedScalar;
use ioschain_spec::primitives::hash::Digest;

use super::{IDENTITY, NO_ELEMENT, NO_SCALAR, Question};
use crate::cases::faults::{Fault, fault_table};

/// Signers and their signature.
pub(super) static SIGNATURES: &[Fault<Question>] = fault_table! {
    "bitmap-long", "its bitmap of signers is too long", "CRY-CERT-01", CryCertificateSigners
        => |question| question.change_signers(|bytes| bytes.push(0));
    "bitmap-empty", "its bitmap of signers is empty", "CRY-CERT-01", CryCertificateSigners
        => |question| question.change_signers(Vec::clear);
    "bitmap-stray", "its bitmap names a signer beyond the last",
        "CRY-CERT-01", CryCertificateSigners
        => |question| question.change_signers(|bytes| bytes[0] |= 0x80);
    "quorum", "one signer too few signed", "DRP-SIGN-02", CryCertificateQuorum
        => |question| question.signed_by(4);
    "nobody", "nobody is named as signer", "DRP-SIGN-02", CryCertificateQuorum
        => |question| question.change_signers(|bytes| bytes[0] = 0);
    "nonce-no-element", "the collective signature's commitment is no element",
        "CRY-GROUP-01", CryElementEncoding
        => |question| question.change_signature(|signature| signature.commitment = NO_ELEMENT);
    "nonce-identity", "the collective signature's commitment is the identity",
        "CRY-GROUP-03", CryElementIdentity
        => |question| question.change_signature(|signature| signature.commitment = IDENTITY);
    "response-no-scalar", "the collective signature's response is no scalar",
        "CRY-GROUP-02", CryScalarEncoding
        => |question| question.change_signature(|signature| signature.response = NO_SCALAR);
    "another-statement", "another statement is signed", "DRP-SIGN-03", CryCosiSignature
        => |question| {
            let signers = question.finished.world.participants.first_signers(7)?;
            question.transcript.commit.signature =
                question.finished.world.participants.signature_by(&signers, &Digest::ZERO);
            question.record_again()
        };
    "root-signed", "the root alone is signed", "DRP-SIGN-03", CryCosiSignature
        => |question| {
            let signers = question.finished.world.participants.first_signers(7)?;
            let root = question.transcript.commit.proposal.statement.root;
            question.transcript.commit.signature =
                question.finished.world.participants.signature_by(&signers, &root);
            question.record_again()
        };
    "signer-too-few-named", "a signer is not named", "DRP-SIGN-03", CryCosiSignature
        => |question| question.change_signers(|bytes| bytes[0] = 0b0011_1111);
    "signer-too-many-named", "a signer is named that did not sign", "DRP-SIGN-03", CryCosiSignature
        => |question| {
            question.signed_by(6)?;
            question.change_signers(|bytes| bytes[0] = 0b0111_1111)
        };
    "signers-others", "others are named than signed", "DRP-SIGN-01", CryCosiSignature
        => |question| {
            question.signed_by(6)?;
            question.change_signers(|bytes| bytes[0] = 0b0111_1110)
        };
    "response-zero", "the collective signature's response is 0", "DRP-SIGN-03", CryCosiSignature
        => |question| question.change_signature(|it| it.response = EncodedScalar([0; 32]));
};
