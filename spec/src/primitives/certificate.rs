//! Rosters, quorums, and the quorum certificate: a bitmap of signers and their Ed25519 signatures.
//!
//! The white paper's collective signature (CoSi, §4 and §8) takes this place in the suite when the
//! randomness protocol exists; the list of signatures stays as its oracle. Origin: own.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::encoding::{Bounded, BoundedSet};
use super::hash::{Digest, tagged_hash, tags};
use super::list_commitment::list_root_of;
use super::signature::{PublicKey, Signature};
use super::suite::Suite;
use crate::Rejection;

/// The fewest validators that tolerate a malicious one.
pub const ROSTER_MIN: usize = 4;
/// The most validators in a roster.
pub const ROSTER_MAX: usize = 4096;

/// The validators of a shard: their keys, in key order. Validator i is the i-th key.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Roster {
    /// One signing key for each validator.
    pub keys: BoundedSet<PublicKey, ROSTER_MAX>,
}

impl Roster {
    /// How many validators may be malicious: f = ⌊(n − 1)/3⌋.
    pub fn faults_max(&self) -> usize {
        self.keys.len().saturating_sub(1).checked_div(3).unwrap_or(0)
    }

    /// How many signatures make a certificate: q = n − f.
    ///
    /// **CRY-QUORUM-01** (MUST) [own] The quorum is n − f: two quorums then share an honest validator for
    /// every n, which 2f + 1 gives only for n = 3f + 1.
    pub fn quorum(&self) -> usize {
        self.keys.len().saturating_sub(self.faults_max())
    }

    /// The commitment to the roster that block headers carry.
    pub fn root(&self) -> Digest {
        list_root_of(self.keys.keys())
    }
}

/// What validators vote on: a value at a place in a chain.
///
/// View and phase join with the agreement protocol (§8.3).
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ValidatorVote {
    /// Which chain.
    pub chain_id: Digest,
    /// Which shard's roster votes; 0 is the identity shard.
    pub shard: u16,
    /// In which epoch.
    pub epoch: u64,
    /// At which height of the shard.
    pub height: u64,
    /// For what: the hash of a header or of a closing entry.
    pub value: Digest,
}

impl ValidatorVote {
    /// The message that is signed: `H("vote", vote)`.
    pub fn message(&self) -> Digest {
        tagged_hash(tags::VOTE, self)
    }
}

/// Shows that a quorum of a roster signed one message.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct QuorumCertificate {
    /// ⌈n/8⌉ bytes; validator i signed iff bit i mod 8 (least significant first) of byte ⌊i/8⌋ is 1.
    pub signers: Bounded<u8, { ROSTER_MAX / 8 }>,
    /// The signers' signatures, in roster order.
    pub signatures: Bounded<Signature, ROSTER_MAX>,
}

impl QuorumCertificate {
    /// The certificate of those signatures whose keys are in the roster; of several by one key, the
    /// first. Signatures are not verified.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, for rosters within their cap.
    pub fn assemble(
        roster: &Roster,
        signatures: &[(PublicKey, Signature)],
    ) -> Result<Self, Rejection> {
        let mut signers = vec![0u8; roster.keys.len().div_ceil(8)];
        let mut in_order = Vec::new();
        for (position, key) in roster.keys.keys().enumerate() {
            let signed = signatures.iter().find(|(signer, _)| signer == key);
            if let (Some((_, signature)), Some(byte)) = (signed, signers.get_mut(position / 8)) {
                *byte |= 1u8 << (position % 8);
                in_order.push(*signature);
            }
        }
        Ok(Self { signers: signers.try_into()?, signatures: in_order.try_into()? })
    }

    fn has_signer(&self, position: usize) -> bool {
        let mask = 1u8 << (position % 8);
        self.signers.get(position / 8).is_some_and(|byte| byte & mask != 0)
    }
}

/// Checks that `certificate` is a quorum's signature of `message`.
///
/// **CRY-CERT-01** (MUST) [own] A certificate's bitmap has ⌈n/8⌉ bytes, and names nobody beyond the n
/// validators.
///
/// **CRY-CERT-02** (MUST) [own] A certificate is of a roster of at least four validators, and names at
/// least a quorum of them.
///
/// **CRY-CERT-03** (MUST) [own] A certificate has as many signatures as signers.
///
/// **CRY-CERT-04** (MUST) [own] Each signature of a certificate is a valid one of the message, by its
/// signer, in roster order.
///
/// # Errors
/// In this order: [`Rejection::CryCertificateSigners`], [`Rejection::CryCertificateQuorum`],
/// [`Rejection::CryCertificateCount`], [`Rejection::CryCertificateSignature`].
pub fn verify_quorum_certificate<S: Suite>(
    suite: &S,
    roster: &Roster,
    message: &Digest,
    certificate: &QuorumCertificate,
) -> Result<(), Rejection> {
    let count = roster.keys.len();
    // CRY-CERT-01: the bitmap fits the roster, without stray bits.
    let bits = certificate.signers.len().saturating_mul(8);
    let stray = (count..bits).any(|position| certificate.has_signer(position));
    if certificate.signers.len() != count.div_ceil(8) || stray {
        return Err(Rejection::CryCertificateSigners);
    }
    let signers: Vec<&PublicKey> = roster
        .keys
        .keys()
        .enumerate()
        .filter(|(position, _)| certificate.has_signer(*position))
        .map(|(_, key)| key)
        .collect();
    // CRY-CERT-02: a quorum signed, of a roster that tolerates a malicious validator.
    if count < ROSTER_MIN || signers.len() < roster.quorum() {
        return Err(Rejection::CryCertificateQuorum);
    }
    // CRY-CERT-03: one signature for each signer.
    if signers.len() != certificate.signatures.len() {
        return Err(Rejection::CryCertificateCount);
    }
    // CRY-CERT-04: every signature is valid.
    let mut signed = signers.iter().zip(&certificate.signatures);
    if !signed.all(|(key, signature)| suite.verify_signature(key, message, signature)) {
        return Err(Rejection::CryCertificateSignature);
    }
    Ok(())
}
