//! The cryptography as a value, so that what is model-checked is what runs.
//!
//! Protocol code is generic over a [`Suite`] and is handed one by reference. [`Normative`] is the
//! real one. [`Ideal`] is the model's: its attestations cannot be made by anyone but the shard whose
//! row they speak of, and they carry no history. A wrapper that caches or counts is itself a suite.
//! Origin: own.

use borsh::BorshSerialize;

use crate::Rejection;
use crate::primitives::certificate::{
    QuorumCertificate, Roster, Signers, check_signers, verify_quorum_certificate,
};
use crate::primitives::cosi::{self, CollectiveSignature, Cosigners};
use crate::primitives::ed25519::{KeyPair, PublicKey, Signature, verify_strict};
use crate::primitives::group::{EncodedElement, EncodedScalar, Group};
use crate::primitives::hash::{Digest, Tag, tagged_hash};
use crate::primitives::schnorr::SchnorrSignature;
use crate::primitives::vrf::{self, VrfOutput, VrfProof, VrfPublicKey};

/// What a protocol may ask of its cryptography.
pub trait Suite: Sized {
    /// A quorum's signature of a vote.
    type Certificate: Clone + std::fmt::Debug + PartialEq + Eq;

    /// `H(tag, value)`. A suite may remember or count it, and gives this value.
    fn hash<T: BorshSerialize + ?Sized>(&self, tag: Tag, value: &T) -> Digest {
        tagged_hash(tag, value)
    }

    /// The signature of `message` by the holder of `key_pair`.
    fn sign_with(&self, key_pair: &KeyPair, message: &Digest) -> Signature {
        key_pair.sign(&message.0)
    }

    /// Whether `signature` is `key`'s signature of `message`.
    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool;

    /// The output of the verifiable random function for `alpha` under `key`, if `proof` shows it.
    ///
    /// # Errors
    /// See [`vrf::verify`]. No suite has another function so far.
    fn verify_vrf(
        &self,
        key: &VrfPublicKey,
        alpha: &[u8],
        proof: &VrfProof,
    ) -> Result<VrfOutput, Rejection> {
        vrf::verify(key, alpha, proof)
    }

    /// Checks that a quorum of `cosigners` signed `message` together.
    ///
    /// # Errors
    /// See [`cosi::verify_collective_signature`].
    fn verify_collective_signature<G: Group>(
        &self,
        cosigners: &Cosigners<G>,
        message: &Digest,
        collective: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        cosi::verify_collective_signature(cosigners, message, collective)
    }

    /// Checks that a quorum of `roster`, whose group keys are in `G`, signed `message`.
    ///
    /// # Errors
    /// The suite's rejection of a false certificate.
    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &Self::Certificate,
    ) -> Result<(), Rejection>;
}

/// The real suite: SHA-256, Ed25519, collective signatures, Merkle paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Normative;

impl Suite for Normative {
    type Certificate = CollectiveSignature;

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        verify_strict(key, &message.0, signature)
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        let cosigners = roster.cosigners::<G>()?;
        self.verify_collective_signature(&cosigners, message, certificate)
    }
}

/// The real suite with the oracle of its certificates: a list of Ed25519 signatures for the collective one.
///
/// The same chain under both suites gives the same answers, up to which fault of a false certificate is
/// named. Tests compare them; nothing on the wire is of this suite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignatureLists;

impl Suite for SignatureLists {
    type Certificate = QuorumCertificate;

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        Normative.verify_signature(key, message, signature)
    }

    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &QuorumCertificate,
    ) -> Result<(), Rejection> {
        verify_quorum_certificate(roster, message, certificate)
    }
}

/// The model's suite: unforgeable by construction instead of by cryptography.
///
/// Three duties fall to whoever builds a model with it, since nothing here can check them. A signature
/// is the pair (key, message) itself, so a model must let only the key's owner make it; a collective one
/// is the pair (signers, message), so a model must have all of them agree; and certificates are taken for
/// granted, so a model must let a shard certify only what it did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ideal;

/// An [`Ideal`] certificate: the identity log of a model holds only what its shards closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdealCertificate;

impl Ideal {
    /// The signature of `message` by `key`, to be asked for by the key's owner alone.
    pub fn sign(&self, key: &PublicKey, message: &Digest) -> Signature {
        let mut bytes = [0; 64];
        let (left, right) = bytes.split_at_mut(32);
        left.copy_from_slice(&key.0);
        right.copy_from_slice(&message.0);
        Signature(bytes)
    }

    /// The signature of `message` by all of `signers`, to be asked for when they agree.
    pub fn sign_together(&self, signers: Signers, message: &Digest) -> CollectiveSignature {
        let (commitment, response) = (EncodedElement(message.0), EncodedScalar([0; 32]));
        CollectiveSignature { signers, signature: SchnorrSignature { commitment, response } }
    }
}

impl Suite for Ideal {
    type Certificate = IdealCertificate;

    fn sign_with(&self, key_pair: &KeyPair, message: &Digest) -> Signature {
        self.sign(&key_pair.public_key(), message)
    }

    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool {
        *signature == self.sign(key, message)
    }

    fn verify_collective_signature<G: Group>(
        &self,
        cosigners: &Cosigners<G>,
        message: &Digest,
        collective: &CollectiveSignature,
    ) -> Result<(), Rejection> {
        check_signers(cosigners.count(), &collective.signers)?;
        // CRY-COSI-02: of this message, by these signers.
        if *collective != self.sign_together(collective.signers.clone(), message) {
            return Err(Rejection::CryCosiSignature);
        }
        Ok(())
    }

    fn verify_certificate<G: Group>(
        &self,
        _roster: &Roster,
        _message: &Digest,
        _certificate: &IdealCertificate,
    ) -> Result<(), Rejection> {
        Ok(())
    }
}
