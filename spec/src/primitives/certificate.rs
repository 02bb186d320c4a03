//! Rosters, quorums, and the proof that a quorum signed.
//!
//! A certificate is a bitmap of signers with their collective signature ([`cosi`]).
//! This module also has a second form, the list of the signers' Ed25519 signatures, which needs
//! neither interaction nor aggregation. It serves as the oracle for tests, in a suite of its own
//! ([`SignatureLists`](crate::suite::SignatureLists)), and is never sent in a message. Both forms
//! use the same bitmap and the same checks of it. Origin: own.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Read, Result as IoResult, Write};

use borsh::schema::{Declaration, Definition, Fields, add_definition};
use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::cosi::{self, CollectiveSignature, Cosigners};
use super::ed25519::{PublicKey, Signature, verify_strict};
use super::encoding::{Bounded, BoundedMap};
use super::group::{EncodedElement, Group};
use super::hash::{Digest, tagged_hash, tags};
use super::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use super::merkle::list_root_of;
use super::ristretto::Ristretto255;
use crate::Rejection;
use crate::primitives::numbers::{Epoch, Height, Shard};

/// The smallest number of validators that tolerates a malicious one.
pub const ROSTER_MIN: usize = 4;
/// The largest number of validators in a roster.
pub const ROSTER_MAX: usize = 4096;

/// The validators of a shard or of an epoch: their keys, sorted by name. Validator i is the i-th of
/// them.
///
/// In messages a roster is a sequence of keys. A decoder refuses keys that are not sorted by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    validators: BoundedMap<NodeId, ValidatorKeys, ROSTER_MAX>,
    /// The root that [`Roster::root`] returns. Every ticket of a lottery is drawn over it, so it is
    /// computed only once.
    root: Digest,
}

impl Roster {
    /// The roster of these validators, which may be given in any order.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] for more than 4,096.
    pub fn new(validators: impl IntoIterator<Item = ValidatorKeys>) -> Result<Self, Rejection> {
        let named = validators.into_iter().map(|keys| (keys.node_id(), keys));
        let validators: BTreeMap<NodeId, ValidatorKeys> = named.collect();
        let root = list_root_of(validators.keys());
        Ok(Self { validators: validators.try_into()?, root })
    }

    /// The number n of validators.
    pub fn count(&self) -> usize {
        self.validators.len()
    }

    /// How many of the validators may be malicious: [`faults_max`].
    pub fn faults_max(&self) -> usize {
        faults_max(self.count())
    }

    /// How many validators a certificate needs: [`quorum`].
    pub fn quorum(&self) -> usize {
        quorum(self.count())
    }

    /// The names of the validators, in order.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> {
        self.validators.keys().copied()
    }

    /// The keys of the validators, sorted by name.
    pub fn validators(&self) -> impl Iterator<Item = &ValidatorKeys> {
        self.validators.values()
    }

    /// The keys of a validator, or `None` if it is not in the roster.
    pub fn keys_of(&self, validator: &NodeId) -> Option<&ValidatorKeys> {
        self.validators.get(validator)
    }

    /// The group keys of the validators, sorted by name, for collective signing.
    ///
    /// # Errors
    /// Those of [`Cosigners::new`], for a group key that encodes no element or the identity.
    /// Genesis and registration refuse such keys.
    pub fn cosigners<G: Group>(&self) -> Result<Cosigners<G>, Rejection> {
        let keys: Vec<EncodedElement> = self.validators().map(|keys| keys.group).collect();
        Cosigners::new(&keys)
    }

    /// The certificate by those of `key_pairs` that are in the roster, which may be fewer than a
    /// quorum. The caller must have all their secrets: see [`cosi::sign_for_all`].
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, for rosters within their cap.
    ///
    /// # Examples
    /// ```
    /// use ioschain_spec::Rejection;
    /// use ioschain_spec::primitives::certificate::Roster;
    /// use ioschain_spec::primitives::hash::{tagged_hash, tags};
    /// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
    /// use ioschain_spec::primitives::ristretto::Ristretto255;
    /// use ioschain_spec::suite::{Normative, Suite};
    ///
    /// let key_pairs = [1, 2, 3, 4].map(|seed| ValidatorKeyPairs::from_seed(&[seed; 32]));
    /// let roster = Roster::new(key_pairs.each_ref().map(ValidatorKeyPairs::public_keys))?;
    /// let message = tagged_hash(tags::VOTE, "a block");
    /// let verify = |certificate| {
    ///     Normative.verify_certificate::<Ristretto255>(&roster, &message, &certificate)
    /// };
    /// assert_eq!(verify(roster.certify(&key_pairs[..3], &message)?), Ok(()));
    /// let by_two = roster.certify(&key_pairs[..2], &message)?;
    /// assert_eq!(verify(by_two), Err(Rejection::CryCertificateQuorum));
    /// # Ok::<(), Rejection>(())
    /// ```
    pub fn certify(
        &self,
        key_pairs: &[ValidatorKeyPairs],
        message: &Digest,
    ) -> Result<CollectiveSignature, Rejection> {
        let named = |it: &ValidatorKeyPairs| (it.public_keys().node_id(), it.group.secret());
        let mut secrets: BTreeMap<NodeId, _> = key_pairs.iter().map(named).collect();
        secrets.retain(|name, _| self.keys_of(name).is_some());
        let positions = self.node_ids().enumerate();
        let positions = positions.filter(|(_, name)| secrets.contains_key(name));
        let signers = name_signers(self.count(), positions.map(|(position, _)| position))?;
        Ok(cosi::sign_for_all::<Ristretto255>(&signers, secrets.into_values(), message))
    }

    /// The commitment to the roster, which block headers and runs of the randomness protocol
    /// contain.
    ///
    /// **EDS-CONFIG-01** (MUST) \[own] Validators are committed to by the list commitment of their
    /// names in order; a name commits to the keys.
    pub fn root(&self) -> Digest {
        self.root
    }
}

/// The keys sorted by name, as they are encoded in messages.
type KeysInOrder = Bounded<ValidatorKeys, ROSTER_MAX>;

impl BorshSerialize for Roster {
    fn serialize<W: Write>(&self, writer: &mut W) -> IoResult<()> {
        let keys: Vec<ValidatorKeys> = self.validators().copied().collect();
        keys.serialize(writer)
    }
}

impl BorshDeserialize for Roster {
    fn deserialize_reader<R: Read>(reader: &mut R) -> IoResult<Self> {
        let keys = KeysInOrder::deserialize_reader(reader)?;
        // ENC-SET-01: each validator once, in the order of names.
        if !keys.is_sorted_by(|one, next| one.node_id() < next.node_id()) {
            return Err(Error::new(ErrorKind::InvalidData, "validators are not in order of names"));
        }
        Self::new(keys.iter().copied())
            .map_err(|rejection| Error::new(ErrorKind::InvalidData, rejection.code()))
    }
}

impl BorshSchema for Roster {
    fn declaration() -> Declaration {
        "Roster".to_owned()
    }

    fn add_definitions_recursively(definitions: &mut BTreeMap<Declaration, Definition>) {
        let validators = ("validators".to_owned(), KeysInOrder::declaration());
        let definition = Definition::Struct { fields: Fields::NamedFields(vec![validators]) };
        add_definition(Self::declaration(), definition, definitions);
        KeysInOrder::add_definitions_recursively(definitions);
    }
}

#[cfg(feature = "arbitrary")]
impl<'a> arbitrary::Arbitrary<'a> for Roster {
    fn arbitrary(source: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        let validators: KeysInOrder = source.arbitrary()?;
        Self::new(validators.iter().copied()).map_err(|_| arbitrary::Error::IncorrectFormat)
    }
}

/// How many of n validators may be malicious: f = ⌊(n − 1)/3⌋.
pub fn faults_max(validators: usize) -> usize {
    validators.saturating_sub(1).checked_div(3).unwrap_or(0)
}

/// How many of n validators a certificate needs: q = n − f.
///
/// **CRY-QUORUM-01** (MUST) \[own] The quorum is n − f: any two quorums then share an honest
/// validator for every n, which 2f + 1 gives only for n = 3f + 1. With a smaller quorum, malicious
/// validators could have two different values certified. With a larger one, the malicious
/// validators could stop their shard, as they can in the paper, where a transaction is "approved by
/// all nodes in shard A" (§7, gap A4).
///
/// # Examples
/// ```
/// use ioschain_spec::primitives::certificate::{faults_max, quorum};
///
/// assert_eq!((faults_max(4), quorum(4)), (1, 3));
/// // Of 5 validators, two sets of 2f + 1 = 3 may share only the malicious one. A quorum is 4.
/// assert_eq!((faults_max(5), quorum(5)), (1, 4));
/// ```
pub fn quorum(validators: usize) -> usize {
    validators.saturating_sub(faults_max(validators))
}

/// The bitmap of the validators that signed, in ⌈n/8⌉ bytes. Validator i signed iff bit i mod 8
/// (least significant first) of byte ⌊i/8⌋ is 1.
pub type Signers = Bounded<u8, { ROSTER_MAX / 8 }>;

/// The bitmap that names the validators at `positions`, of n validators. Positions beyond the n
/// validators are left out.
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
/// **CRY-CERT-01** (MUST) \[own] A certificate's bitmap has ⌈n/8⌉ bytes, and names nobody beyond
/// the n validators.
///
/// **CRY-CERT-02** (MUST) \[own] A certificate is of a roster of at least four validators, and
/// names at least a quorum of them.
///
/// # Errors
/// In this order: [`Rejection::CryCertificateSigners`], [`Rejection::CryCertificateQuorum`].
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::certificate::{check_signers, name_signers};
///
/// let signers = name_signers(4, [0, 1, 3])?;
/// assert_eq!(*signers, [0b1011]);
/// assert_eq!(check_signers(4, &signers), Ok(vec![0, 1, 3]));
/// let too_few = name_signers(4, [0, 1])?;
/// assert_eq!(check_signers(4, &too_few), Err(Rejection::CryCertificateQuorum));
/// # Ok::<(), Rejection>(())
/// ```
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

/// Whether a bitmap names the validator at a position.
pub(crate) fn names(signers: &Signers, position: usize) -> bool {
    let mask = 1u8 << (position % 8);
    signers.get(position / 8).is_some_and(|byte| byte & mask != 0)
}

/// The content of a validator's vote: a value for one position in a chain. A vote that did not name
/// chain, shard, epoch and height could be reused for another block.
///
/// The agreement protocol (§8, "Proof-of-Believability") will add view and phase.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ValidatorVote {
    /// The chain.
    pub chain_id: Digest,
    /// The shard whose roster votes. Shard 0 is the identity shard.
    pub shard: Shard,
    /// The epoch.
    pub epoch: Epoch,
    /// The height in the shard.
    pub height: Height,
    /// The value that is voted for: the hash of a header or of a closing entry.
    pub value: Digest,
}

impl ValidatorVote {
    /// The message that is signed: `H("vote", vote)`.
    pub fn message(&self) -> Digest {
        tagged_hash(tags::VOTE, self)
    }
}

/// The proof that a quorum of a roster signed one message, made of the signature of each. It is the
/// oracle for a [`CollectiveSignature`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct QuorumCertificate {
    /// The bitmap of the validators that signed.
    pub signers: Signers,
    /// The signers' signatures, in roster order.
    pub signatures: Bounded<Signature, ROSTER_MAX>,
}

impl QuorumCertificate {
    /// The certificate of those signatures whose keys are in the roster. If a key has several
    /// signatures, the first is used. The signatures are not verified.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, for rosters within their cap.
    pub fn assemble(
        roster: &Roster,
        signatures: &[(PublicKey, Signature)],
    ) -> Result<Self, Rejection> {
        let (mut positions, mut in_order) = (Vec::new(), Vec::new());
        for (position, keys) in roster.validators().enumerate() {
            let mut by_validator = signatures.iter().filter(|(signer, _)| *signer == keys.signing);
            if let Some((_, signature)) = by_validator.next() {
                positions.push(position);
                in_order.push(*signature);
            }
        }
        let signers = name_signers(roster.count(), positions)?;
        Ok(Self { signers, signatures: in_order.try_into()? })
    }
}

/// Checks that `certificate` is a quorum's signature of `message`.
///
/// **CRY-CERT-03** (MUST) \[own] A certificate has as many signatures as signers.
///
/// **CRY-CERT-04** (MUST) \[own] Each signature of a certificate is a valid one of the message, by
/// its signer, in roster order.
///
/// # Errors
/// Those of [`check_signers`], then, in this order: [`Rejection::CryCertificateCount`],
/// [`Rejection::CryCertificateSignature`].
pub fn verify_quorum_certificate(
    roster: &Roster,
    message: &Digest,
    certificate: &QuorumCertificate,
) -> Result<(), Rejection> {
    let positions = check_signers(roster.count(), &certificate.signers)?;
    let in_order: Vec<&PublicKey> = roster.validators().map(|keys| &keys.signing).collect();
    let signers: Vec<&PublicKey> =
        positions.iter().filter_map(|position| in_order.get(*position).copied()).collect();
    // CRY-CERT-03: one signature for each signer.
    if signers.len() != certificate.signatures.len() {
        return Err(Rejection::CryCertificateCount);
    }
    // CRY-CERT-04: every signature is valid.
    let mut signed = signers.iter().zip(&certificate.signatures);
    if !signed.all(|(key, signature)| verify_strict(key, &message.0, signature)) {
        return Err(Rejection::CryCertificateSignature);
    }
    Ok(())
}
