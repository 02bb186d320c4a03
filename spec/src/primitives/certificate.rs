//! Rosters, quorums, and what shows that a quorum signed.
//!
//! A certificate is a bitmap of signers with their collective signature ([`cosi`](super::cosi)). Beside it
//! stands what needs no interaction and no aggregation, the list of their Ed25519 signatures: it is the
//! oracle, in a suite of its own ([`SignatureLists`](crate::suite::SignatureLists)), and no message carries
//! it. The bitmap and its checks serve both.
//! Origin: own.

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

/// The fewest validators that tolerate a malicious one.
pub const ROSTER_MIN: usize = 4;
/// The most validators in a roster.
pub const ROSTER_MAX: usize = 4096;

/// The validators of a shard, or of an epoch: their keys, in the order of names. Validator i is the i-th.
///
/// On the wire it is the keys alone, as many as there are; a decoder refuses them in any other order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    validators: BoundedMap<NodeId, ValidatorKeys, ROSTER_MAX>,
    /// [`Roster::root`], which every ticket of a lottery is drawn over: computed once.
    root: Digest,
}

impl Roster {
    /// The roster of these validators, in any order.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] for more than 4,096.
    pub fn new(validators: impl IntoIterator<Item = ValidatorKeys>) -> Result<Self, Rejection> {
        let named = validators.into_iter().map(|keys| (keys.node_id(), keys));
        let validators: BTreeMap<NodeId, ValidatorKeys> = named.collect();
        let root = list_root_of(validators.keys());
        Ok(Self { validators: validators.try_into()?, root })
    }

    /// n.
    pub fn count(&self) -> usize {
        self.validators.len()
    }

    /// How many validators may be malicious: [`faults_max`].
    pub fn faults_max(&self) -> usize {
        faults_max(self.count())
    }

    /// How many signatures make a certificate: [`quorum`].
    pub fn quorum(&self) -> usize {
        quorum(self.count())
    }

    /// The names, in order.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> {
        self.validators.keys().copied()
    }

    /// The keys, in the order of names.
    pub fn validators(&self) -> impl Iterator<Item = &ValidatorKeys> {
        self.validators.values()
    }

    /// The keys of a validator, if it is one of these.
    pub fn keys_of(&self, validator: &NodeId) -> Option<&ValidatorKeys> {
        self.validators.get(validator)
    }

    /// The same as those who sign collectively, in the order of names.
    ///
    /// # Errors
    /// Those of [`Cosigners::new`] for a group key that is none, which genesis and registration exclude.
    pub fn cosigners<G: Group>(&self) -> Result<Cosigners<G>, Rejection> {
        let keys: Vec<EncodedElement> = self.validators().map(|keys| keys.group).collect();
        Cosigners::new(&keys)
    }

    /// The certificate of those of `key_pairs` that are in the roster, a quorum or not, for who has all their
    /// secrets: see [`cosi::sign_for_all`].
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, for rosters within their cap.
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

    /// The commitment to the roster that block headers and runs of the randomness protocol carry: the list
    /// commitment of the names.
    ///
    /// **EDS-CONFIG-01** (MUST) [own] Validators are committed to by the list commitment of their names in
    /// order; a name commits to the keys.
    pub fn root(&self) -> Digest {
        self.root
    }
}

/// The keys in the order of names, as they stand on the wire.
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

/// Whether a bitmap names the validator at a position.
pub(crate) fn names(signers: &Signers, position: usize) -> bool {
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

/// Shows that a quorum of a roster signed one message, by the signature of each: the oracle of a
/// [`CollectiveSignature`].
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
/// **CRY-CERT-03** (MUST) [own] A certificate has as many signatures as signers.
///
/// **CRY-CERT-04** (MUST) [own] Each signature of a certificate is a valid one of the message, by its
/// signer, in roster order.
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
