//! The keys of the validators that may sign, and the collective signature.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::primitives::certificate::{Signers, check_signers, faults_max};
use crate::primitives::group::{
    Element, EncodedElement, Group, Scalar, derive_nonzero_scalar, refuse_identity,
};
use crate::primitives::hash::{Digest, tags};
use crate::primitives::schnorr::{SchnorrSignature, derive_challenge, is_accepting};

/// The validators N that may sign: their group keys, in the order of the roster.
///
/// In this module a validator is named by its position in this list. A position is a `usize` and is
/// counted from 0, as the bits of [`Signers`] are. It is not the
/// [`Position`](crate::primitives::numbers::Position) of a recipient in secret sharing, which is
/// counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigners<G: Group> {
    pub(super) keys: Vec<G::Element>,
}

impl<G: Group> Cosigners<G> {
    /// The validators with these keys. Every key must have been registered with a proof of
    /// possession.
    ///
    /// # Errors
    /// For each key, in this order: [`Rejection::CryElementEncoding`],
    /// [`Rejection::CryElementIdentity`].
    pub fn new(keys: &[EncodedElement]) -> Result<Self, Rejection> {
        let decode = |key| refuse_identity::<G>(G::Element::decode(key)?);
        Ok(Self { keys: keys.iter().map(decode).collect::<Result<_, Rejection>>()? })
    }

    /// The number n of validators.
    pub fn count(&self) -> usize {
        self.keys.len()
    }

    /// The number of the last attempt. It equals f, the number of validators that may be malicious.
    pub(super) fn attempt_max(&self) -> u32 {
        u32::try_from(faults_max(self.count())).unwrap_or(u32::MAX)
    }

    /// The sum X_P of the keys at `positions`.
    pub(super) fn key_of(&self, positions: &[usize]) -> Result<G::Element, Rejection> {
        let keys = positions.iter().filter_map(|position| self.keys.get(*position));
        refuse_identity::<G>(keys.copied().fold(G::identity(), Element::add))
    }
}

/// A collective signature, with the signers that it names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct CollectiveSignature {
    /// The signers P.
    pub signers: Signers,
    /// The Schnorr signature (R, z) by the sum of the signers' keys.
    pub signature: SchnorrSignature,
}

/// The signature of `signers`, which may be fewer than a quorum, by a caller that knows all their
/// `secrets`. It is for tests, and for chains that run in one process. It proves the same as a
/// signature that a session makes, but its bytes are different.
pub fn sign_for_all<G: Group>(
    signers: &Signers,
    secrets: impl IntoIterator<Item = G::Scalar>,
    message: &Digest,
) -> CollectiveSignature {
    let secret = secrets.into_iter().fold(G::Scalar::ZERO, Scalar::add);
    let nonce =
        derive_nonzero_scalar::<G>(tags::COSI_FOR_ALL, &(secret.encode(), signers, message));
    let [key, commitment] = [secret, nonce].map(|it| G::generator().multiply(it).encode());
    let challenge = derive_challenge::<G>(tags::COSI_CHALLENGE, &key, message, &commitment);
    let response = nonce.add(challenge.multiply(secret)).encode();
    let signature = SchnorrSignature { commitment, response };
    CollectiveSignature { signers: signers.clone(), signature }
}

/// Checks that `collective` is a signature of `message` by a quorum of `cosigners`.
///
/// **CRY-COSI-02** (MUST) [Crites-Komlo-Maller 2021] A collective signature is a Schnorr signature
/// of the message by the sum of the keys of the signers that it names, under the tag
/// "cosi/challenge".
///
/// The bitmap is not signed. An owner of several secrets, one of which is the sum of others, can
/// name that one signer instead of the others. Honest signers can be neither added nor left out.
///
/// # Errors
/// Those of [`check_signers`], of [`verify_named`].
///
/// # Examples
/// Three of four validators, which are a quorum, sign together.
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::cosi::{
///     Cosigners, Leader, Signer, Specification, verify_collective_signature,
/// };
/// use ioschain_spec::primitives::hash::{tagged_hash, tags};
/// use ioschain_spec::primitives::keys::GroupKeyPair;
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let key_pairs = [1, 2, 3, 4].map(|seed| GroupKeyPair::<Ristretto255>::from_seed(&[seed; 32]));
/// let keys = key_pairs.each_ref().map(GroupKeyPair::public_key);
/// let cosigners = Cosigners::<Ristretto255>::new(&keys)?;
/// let [message, other] = ["this block", "another"].map(|text| tagged_hash(tags::VOTE, text));
/// let mut leader = Leader::new(&cosigners, message);
/// let mut signers = [0usize, 1, 3].map(|position| {
///     let secret = key_pairs[position].secret();
///     (position, Signer::new(&cosigners, position, secret, message))
/// });
///
/// for (position, signer) in &mut signers {
///     let randomness = [*position as u8; 32]; // real signers draw it anew for every attempt
///     leader.receive_nonce(*position, &signer.open(&leader.open(), &randomness)?)?;
/// }
/// let challenge = leader.challenge(&Specification)?;
/// for (position, signer) in &mut signers {
///     leader.receive_response(*position, &signer.answer(&Specification, &challenge)?)?;
/// }
/// let signature = leader.signature().ok_or("a response is missing").unwrap();
/// assert_eq!(verify_collective_signature(&cosigners, &message, &signature), Ok(()));
/// let refused = verify_collective_signature(&cosigners, &other, &signature);
/// assert_eq!(refused, Err(Rejection::CryCosiSignature));
/// # Ok::<(), Rejection>(())
/// ```
pub fn verify_collective_signature<G: Group>(
    cosigners: &Cosigners<G>,
    message: &Digest,
    collective: &CollectiveSignature,
) -> Result<(), Rejection> {
    let positions = check_signers(cosigners.count(), &collective.signers)?;
    verify_named(cosigners, &positions, message, &collective.signature)
}

/// Checks that `signature` is a signature of `message` by the sum of the keys at `positions`, which
/// may be fewer than a quorum.
///
/// # Errors
/// Those of [`SchnorrSignature::decode`]; then, in this order: [`Rejection::CryElementIdentity`]
/// for a key sum that is the identity, [`Rejection::CryCosiSignature`].
pub fn verify_named<G: Group>(
    cosigners: &Cosigners<G>,
    positions: &[usize],
    message: &Digest,
    signature: &SchnorrSignature,
) -> Result<(), Rejection> {
    let (commitment, response) = signature.decode::<G>()?;
    let key = cosigners.key_of(positions)?;
    let challenge =
        derive_challenge::<G>(tags::COSI_CHALLENGE, &key.encode(), message, &signature.commitment);
    // CRY-COSI-02: signed by the sum of the keys.
    if !is_accepting::<G>(key, commitment, challenge, response) {
        return Err(Rejection::CryCosiSignature);
    }
    Ok(())
}
