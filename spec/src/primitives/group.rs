//! A group of prime order and its field of scalars, as the randomness protocol uses them.
//!
//! The protocol is written once, for any [`Group`]. The real group is
//! [`Ristretto255`](super::ristretto::Ristretto255). [`ToyGroup`](super::toy_group::ToyGroup) has
//! 5, 7 or 11 elements, so that models and tests can try all of them. The group is written
//! additively: `scalar · element`.
//!
//! Messages contain [`EncodedElement`] and [`EncodedScalar`], which may be any 32 bytes. The code
//! that decodes them reports which rule the bytes violate, in the order of the protocol's checks.

use std::fmt::Debug;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use zeroize::Zeroize;

use super::encoding::encode;
use super::hash::Tag;
use crate::Rejection;

/// An element as it is sent in a message: 32 bytes, which need not encode an element.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct EncodedElement(pub [u8; 32]);

impl EncodedElement {
    /// The encoding of the identity, in every group of this crate (RFC 9496 §4.3.2 for the real
    /// group).
    pub const IDENTITY: Self = Self([0; 32]);
}

/// A scalar as it is sent in a message: 32 bytes in little-endian order, which need not encode a
/// scalar.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct EncodedScalar(pub [u8; 32]);

/// A scalar: an integer modulo the order of the group, which is prime.
pub trait Scalar: Copy + Debug + Eq + Zeroize {
    /// The scalar 0, which has no inverse.
    const ZERO: Self;
    /// The scalar 1.
    const ONE: Self;

    /// The scalar of a number, which is taken modulo the order.
    fn from_number(number: impl Into<u128>) -> Self;

    /// The sum `self + other`.
    fn add(self, other: Self) -> Self;

    /// The difference `self − other`.
    fn subtract(self, other: Self) -> Self;

    /// The product `self · other`.
    fn multiply(self, other: Self) -> Self;

    /// The inverse `1 / self`, or `None` for 0.
    fn invert(self) -> Option<Self>;

    /// The 32 bytes that encode the scalar.
    fn encode(self) -> EncodedScalar;

    /// The scalar that these bytes encode.
    ///
    /// # Errors
    /// [`Rejection::CryScalarEncoding`] for bytes that encode no scalar.
    fn decode(encoded: &EncodedScalar) -> Result<Self, Rejection>;
}

/// An element of a group.
pub trait Element<S: Scalar>: Copy + Debug + Eq {
    /// The sum `self + other`.
    fn add(self, other: Self) -> Self;

    /// The difference `self − other`.
    fn subtract(self, other: Self) -> Self;

    /// The product `scalar · self`. The scalar may be secret, so the computing time does not depend
    /// on it.
    fn multiply(self, scalar: S) -> Self;

    /// The 32 bytes that encode the element.
    fn encode(self) -> EncodedElement;

    /// The element that these bytes encode. The identity also has an encoding.
    ///
    /// # Errors
    /// [`Rejection::CryElementEncoding`] for bytes that encode no element.
    fn decode(encoded: &EncodedElement) -> Result<Self, Rejection>;
}

/// A group of prime order.
pub trait Group: Copy + Debug + Eq {
    /// The name of the group. It is part of every domain for hashing to the group.
    const NAME: &'static str;
    /// The largest n such that 1, …, n are distinct scalars and none of them is 0. It is at most
    /// `u32::MAX`.
    const POSITIONS_MAX: u32;
    /// The integers modulo the order of the group.
    type Scalar: Scalar;
    /// The elements of the group.
    type Element: Element<Self::Scalar>;

    /// The identity, which is the neutral element of addition. Only the identity has the encoding
    /// [`EncodedElement::IDENTITY`].
    fn identity() -> Self::Element;

    /// The fixed generator G.
    fn generator() -> Self::Element;

    /// Hashes a message to an element whose logarithm nobody knows. Different uses have different
    /// domains.
    fn hash_to_group(domain: &[u8], message: &[u8]) -> Self::Element;

    /// Hashes a message to a scalar that nobody can choose. Different uses have different domains.
    fn hash_to_scalar(domain: &[u8], message: &[u8]) -> Self::Scalar;

    /// The sum of `scalar · element` over all `terms`. The terms are public: the computing time may
    /// depend on them.
    fn sum_of_products(terms: &[(Self::Scalar, Self::Element)]) -> Self::Element {
        terms
            .iter()
            .map(|(scalar, element)| element.multiply(*scalar))
            .fold(Self::identity(), Element::add)
    }
}

/// Hashes a value to an element: `HashToGroup(tag, value)`, which is [`Group::hash_to_group`] in
/// the domain of the protocol, the group and the tag.
///
/// **CRY-HASH-03** (MUST) [RFC 9497 §4.1, RFC 9380 §3.1] A value is hashed to the group by its
/// encoding in the domain `"HashToGroup-IOSChain/v1-" ‖ group ‖ "-" ‖ tag`.
pub fn tagged_hash_to_group<G: Group>(
    tag: Tag,
    value: &(impl BorshSerialize + ?Sized),
) -> G::Element {
    G::hash_to_group(&domain::<G>("HashToGroup", tag), &encode(value))
}

/// Hashes a value to a scalar: `HashToScalar(tag, value)`, which is [`Group::hash_to_scalar`] in
/// the domain of the protocol, the group and the tag.
///
/// **CRY-HASH-04** (MUST) [RFC 9497 §4.1, RFC 9380 §3.1] A value is hashed to a scalar by its
/// encoding in the domain `"HashToScalar-IOSChain/v1-" ‖ group ‖ "-" ‖ tag`.
pub fn tagged_hash_to_scalar<G: Group>(
    tag: Tag,
    value: &(impl BorshSerialize + ?Sized),
) -> G::Scalar {
    G::hash_to_scalar(&domain::<G>("HashToScalar", tag), &encode(value))
}

/// The [`tagged_hash_to_scalar`] of a secret value, for a key or a nonce, which must not be 0.
///
/// **CRY-HASH-05** (MUST) \[own] The scalar is that of (value, attempt), the attempts counting from
/// 0 as a u64 until the scalar is not 0.
pub fn derive_nonzero_scalar<G: Group>(tag: Tag, value: &impl BorshSerialize) -> G::Scalar {
    (0u64..)
        .map(|attempt| tagged_hash_to_scalar::<G>(tag, &(value, attempt)))
        .find(|scalar| *scalar != G::Scalar::ZERO)
        .unwrap_or(G::Scalar::ONE) // after 2⁶⁴ attempts: never
}

fn domain<G: Group>(use_of_hash: &str, tag: Tag) -> Vec<u8> {
    [use_of_hash, "IOSChain/v1", G::NAME, tag.name()].join("-").into_bytes()
}

/// Returns the element if it is not the identity.
///
/// **CRY-GROUP-03** (MUST) \[own] The identity is never a public key, nor the base of commitments,
/// nor the commitment to the nonce of a signature; it is a legal commitment of a polynomial, share
/// and secret, since a uniform one is the identity as often as any other element. Otherwise an
/// attacker could use the identity as a key whose secret, 0, everybody knows.
///
/// # Errors
/// [`Rejection::CryElementIdentity`] for the identity.
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::group::{Group, refuse_identity};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
///
/// let (identity, generator) = (Ristretto255::identity(), Ristretto255::generator());
/// let refused = refuse_identity::<Ristretto255>(identity);
/// assert_eq!(refused, Err(Rejection::CryElementIdentity));
/// assert_eq!(refuse_identity::<Ristretto255>(generator), Ok(generator));
/// ```
pub fn refuse_identity<G: Group>(element: G::Element) -> Result<G::Element, Rejection> {
    if element == G::identity() {
        return Err(Rejection::CryElementIdentity);
    }
    Ok(element)
}
