//! The cryptography as a value, so that the model checker runs the same protocol code as a node.
//!
//! Protocol code is generic over a [`Suite`] and receives it by reference. [`Normative`] is the
//! real suite. [`Ideal`] is the suite of the models: its signatures are unforgeable by
//! construction, and model states do not contain their history. A wrapper that caches or counts is
//! also a suite. Origin: own.

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

/// The cryptographic operations that protocol code may use.
pub trait Suite: Sized {
    /// The proof that a quorum signed a vote.
    type Certificate: Clone + std::fmt::Debug + PartialEq + Eq;

    /// The tagged hash `H(tag, value)`. A suite may cache or count it, but must return this value.
    fn hash<T: BorshSerialize + ?Sized>(&self, tag: Tag, value: &T) -> Digest {
        tagged_hash(tag, value)
    }

    /// The signature of `message` by the holder of `key_pair`.
    fn sign_with(&self, key_pair: &KeyPair, message: &Digest) -> Signature {
        key_pair.sign(&message.0)
    }

    /// Returns whether `signature` is a valid signature of `message` under `key`.
    fn verify_signature(&self, key: &PublicKey, message: &Digest, signature: &Signature) -> bool;

    /// The output of the verifiable random function for `alpha` under `key`, if `proof` proves it.
    ///
    /// # Errors
    /// See [`vrf::verify`], which all suites of this crate use.
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
    /// The rejection that the suite has for an invalid certificate.
    fn verify_certificate<G: Group>(
        &self,
        roster: &Roster,
        message: &Digest,
        certificate: &Self::Certificate,
    ) -> Result<(), Rejection>;
}

/// The real suite: SHA-256, Ed25519, collective signatures, Merkle paths.
///
/// ```
/// use ioschain_spec::primitives::ed25519::KeyPair;
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::suite::{Normative, Suite};
///
/// let key_pair = KeyPair::from_seed(&[1; 32]);
/// let (message, another) = (Digest([2; 32]), Digest([3; 32]));
/// let signature = Normative.sign_with(&key_pair, &message);
/// assert!(Normative.verify_signature(&key_pair.public_key(), &message, &signature));
/// assert!(!Normative.verify_signature(&key_pair.public_key(), &another, &signature));
/// ```
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

/// The real suite with another form of certificates: the list of the signers' Ed25519 signatures
/// instead of the collective signature. It is an oracle for tests.
///
/// The same chain gives the same answers under both suites. Only the code for a false certificate
/// can differ. Tests compare the two suites. No message uses this suite.
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

/// The suite of the models: signatures are unforgeable by construction instead of by cryptography.
///
/// A model that uses this suite must ensure three things, which this module cannot check:
///
/// * A signature is the pair (key, message) itself. Only the owner of the key may create it.
/// * A collective signature is the pair (signers, message). All its signers must have agreed.
/// * A certificate is always accepted. A shard may certify only what it has done.
///
/// ```
/// use ioschain_spec::primitives::ed25519::PublicKey;
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::suite::{Ideal, Suite};
///
/// let (alice, bob) = (PublicKey([1; 32]), PublicKey([2; 32]));
/// let message = Digest([3; 32]);
/// let signature = Ideal.sign(&alice, &message);
/// assert!(Ideal.verify_signature(&alice, &message, &signature));
/// assert!(!Ideal.verify_signature(&bob, &message, &signature));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ideal;

/// An [`Ideal`] certificate. It is always accepted, because the identity log of a model contains
/// only what its shards closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdealCertificate;

impl Ideal {
    /// The signature of `message` by `key`. Only the owner of the key may call this function.
    pub fn sign(&self, key: &PublicKey, message: &Digest) -> Signature {
        let mut bytes = [0; 64];
        let (left, right) = bytes.split_at_mut(32);
        left.copy_from_slice(&key.0);
        right.copy_from_slice(&message.0);
        Signature(bytes)
    }

    /// The signature of `message` by all of `signers`. The caller must ensure that all of them
    /// agree.
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
        // CRY-COSI-02: the signature is of this message and by these signers.
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
