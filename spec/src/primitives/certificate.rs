//! Rosters, quorums, and the quorum certificate: a bitmap of signers and their Ed25519 signatures.
//!
//! The white paper's collective signature ([`cosi`](super::cosi)), which the randomness protocol (§4) uses, is
//! to take this place; the list of signatures then stays as its oracle. The bitmap and its checks serve both.
//! Origin: own.

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
    /// How many validators may be malicious: [`faults_max`].
    pub fn faults_max(&self) -> usize {
        faults_max(self.keys.len())
    }

    /// How many signatures make a certificate: [`quorum`].
    pub fn quorum(&self) -> usize {
        quorum(self.keys.len())
    }

    /// The commitment to the roster that block headers carry.
    pub fn root(&self) -> Digest {
        list_root_of(self.keys.keys())
    }
}

/// How many of n validators may be malicious: f = ⌊(n − 1)/3⌋.
pub fn faults_max(validators: usize) -> usize {
    validators.saturating_sub(1).checked_div(3).unwrap_or(0)
}

/// How many of n validators a certificate needs: q = n − f.
///
/// **CRY-QUORUM-01** (MUST) [own] The quorum is n − f: two quorums then share an honest validator for
/// every n, which 2f + 1 gives only for n = 3f + 1.
pub fn quorum(validators: usize) -> usize {
    validators.saturating_sub(faults_max(validators))
}

/// Which of n validators signed: ⌈n/8⌉ bytes; validator i did iff bit i mod 8 (least significant first)
/// of byte ⌊i/8⌋ is 1.
pub type Signers = Bounded<u8, { ROSTER_MAX / 8 }>;

/// The bitmap that names the validators at `positions`, of n; who is not one of the n is left out.
///
/// # Errors
/// [`Rejection::EncMalformed`] for more than 4,096 validators.
pub fn name_signers(
    validators: usize,
    positions: impl IntoIterator<Item = usize>,
) -> Result<Signers, Rejection> {
    let mut bytes = vec![0u8; validators.div_ceil(8)];
    for position in positions.into_iter().filter(|position| *position < validators) {
        if let Some(byte) = bytes.get_mut(position / 8) {
            *byte |= 1u8 << (position % 8);
        }
    }
    bytes.try_into()
}

/// The positions that a bitmap names, in order, if they are a quorum of n validators.
///
/// **CRY-CERT-01** (MUST) [own] A certificate's bitmap has ⌈n/8⌉ bytes, and names nobody beyond the n
/// validators.
///
/// **CRY-CERT-02** (MUST) [own] A certificate is of a roster of at least four validators, and names at
/// least a quorum of them.
///
/// # Errors
/// In this order: [`Rejection::CryCertificateSigners`], [`Rejection::CryCertificateQuorum`].
pub fn check_signers(validators: usize, signers: &Signers) -> Result<Vec<usize>, Rejection> {
    let bits = signers.len().saturating_mul(8);
    let named: Vec<usize> = (0..bits).filter(|position| names(signers, *position)).collect();
    // CRY-CERT-01: the bitmap fits the roster, without stray bits.
    let stray = named.last().is_some_and(|last| *last >= validators);
    if signers.len() != validators.div_ceil(8) || stray {
        return Err(Rejection::CryCertificateSigners);
    }
    // CRY-CERT-02: a quorum signed, of a roster that tolerates a malicious validator.
    if validators < ROSTER_MIN || named.len() < quorum(validators) {
        return Err(Rejection::CryCertificateQuorum);
    }
    Ok(named)
}

fn names(signers: &Signers, position: usize) -> bool {
    let mask = 1u8 << (position % 8);
    signers.get(position / 8).is_some_and(|byte| byte & mask != 0)
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
    /// Who signed.
    pub signers: Signers,
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
        let (mut positions, mut in_order) = (Vec::new(), Vec::new());
        for (position, key) in roster.keys.keys().enumerate() {
            if let Some((_, signature)) = signatures.iter().find(|(signer, _)| signer == key) {
                positions.push(position);
                in_order.push(*signature);
            }
        }
        let signers = name_signers(roster.keys.len(), positions)?;
        Ok(Self { signers, signatures: in_order.try_into()? })
    }
}

/// Checks that `certificate` is a quorum's signature of `message`.
///
/// **CRY-CERT-03** (MUST) [own] A certificate has as many signatures as signers.
///
/// **CRY-CERT-04** (MUST) [own] Each signature of a certificate is a valid one of the message, by its
/// signer, in roster order.
///
/// # Errors
/// Those of [`check_signers`], then, in this order: [`Rejection::CryCertificateCount`],
/// [`Rejection::CryCertificateSignature`].
pub fn verify_quorum_certificate<S: Suite>(
    suite: &S,
    roster: &Roster,
    message: &Digest,
    certificate: &QuorumCertificate,
) -> Result<(), Rejection> {
    let positions = check_signers(roster.keys.len(), &certificate.signers)?;
    let in_order: Vec<&PublicKey> = roster.keys.keys().collect();
    let signers: Vec<&PublicKey> =
        positions.iter().filter_map(|position| in_order.get(*position).copied()).collect();
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
