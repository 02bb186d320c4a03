//! A group of prime order with its field of scalars, as the randomness protocol sees it.
//!
//! The protocol is written once, over [`Group`]. [`Ristretto255`](super::ristretto::Ristretto255) is the
//! real instance; [`ToyGroup`](super::toy_group::ToyGroup) has 5, 7 or 11 elements, so that models and
//! tests can go through all of them. The group is written additively: `scalar · element`.
//!
//! On the wire stand [`EncodedElement`] and [`EncodedScalar`], which are any 32 bytes. What decodes them
//! says which rule they break, in the order of the protocol's checks.

use std::fmt::Debug;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use zeroize::Zeroize;

use super::encoding::encode;
use super::hash::Tag;
use crate::Rejection;

/// An element as it stands on the wire: 32 bytes, which may be no element's encoding.
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
    /// That of the identity, in every group here (RFC 9496 §4.3.2 for the real one).
    pub const IDENTITY: Self = Self([0; 32]);
}

/// A scalar as it stands on the wire: 32 bytes, little-endian, which may be no scalar's encoding.
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

/// A scalar: an integer modulo the group's order, which is prime.
pub trait Scalar: Copy + Debug + Eq + Zeroize {
    /// 0, which has no inverse.
    const ZERO: Self;
    /// 1.
    const ONE: Self;

    /// The number, modulo the order.
    fn from_number(number: impl Into<u128>) -> Self;

    /// `self + other`.
    fn add(self, other: Self) -> Self;

    /// `self − other`.
    fn subtract(self, other: Self) -> Self;

    /// `self · other`.
    fn multiply(self, other: Self) -> Self;

    /// `1 / self`; `None` for 0.
    fn invert(self) -> Option<Self>;

    /// The scalar's 32 bytes.
    fn encode(self) -> EncodedScalar;

    /// The scalar of an encoding.
    ///
    /// # Errors
    /// [`Rejection::CryScalarEncoding`] for bytes that encode no scalar.
    fn decode(encoded: &EncodedScalar) -> Result<Self, Rejection>;
}

/// An element of the group.
pub trait Element<S: Scalar>: Copy + Debug + Eq {
    /// `self + other`.
    fn add(self, other: Self) -> Self;

    /// `self − other`.
    fn subtract(self, other: Self) -> Self;

    /// `scalar · self`. The scalar may be secret: the time taken does not depend on it.
    fn multiply(self, scalar: S) -> Self;

    /// The element's 32 bytes.
    fn encode(self) -> EncodedElement;

    /// The element of an encoding. The identity has one too.
    ///
    /// # Errors
    /// [`Rejection::CryElementEncoding`] for bytes that encode no element.
    fn decode(encoded: &EncodedElement) -> Result<Self, Rejection>;
}

/// A group of prime order.
pub trait Group: Copy + Debug + Eq {
    /// The name, which is part of every domain that is hashed to the group.
    const NAME: &'static str;
    /// The largest n such that 1, …, n are distinct scalars and none of them is 0; at most `u32::MAX`.
    const POSITIONS_MAX: u32;
    /// Integers modulo the order.
    type Scalar: Scalar;
    /// What is in the group.
    type Element: Element<Self::Scalar>;

    /// 0, the neutral element; [`EncodedElement::IDENTITY`] is its encoding, and no other element's.
    fn identity() -> Self::Element;

    /// The fixed generator.
    fn generator() -> Self::Element;

    /// An element whose logarithm nobody knows. Domains differ for different uses.
    fn hash_to_group(domain: &[u8], message: &[u8]) -> Self::Element;

    /// A scalar that nobody chooses. Domains differ for different uses.
    fn hash_to_scalar(domain: &[u8], message: &[u8]) -> Self::Scalar;

    /// Σ `scalar · element` over `terms`, which are public: the time taken may depend on them.
    fn sum_of_products(terms: &[(Self::Scalar, Self::Element)]) -> Self::Element {
        terms
            .iter()
            .map(|(scalar, element)| element.multiply(*scalar))
            .fold(Self::identity(), Element::add)
    }
}

/// `HashToGroup(tag, value)`: [`Group::hash_to_group`] in the domain of the protocol, group and tag.
///
/// **CRY-HASH-03** (MUST) [RFC 9497 §4.1, RFC 9380 §3.1] A value is hashed to the group by its encoding
/// in the domain `"HashToGroup-IOSChain/v1-" ‖ group ‖ "-" ‖ tag`.
pub fn tagged_hash_to_group<G: Group>(
    tag: Tag,
    value: &(impl BorshSerialize + ?Sized),
) -> G::Element {
    G::hash_to_group(&domain::<G>("HashToGroup", tag), &encode(value))
}

/// `HashToScalar(tag, value)`: [`Group::hash_to_scalar`] in the domain of the protocol, group and tag.
///
/// **CRY-HASH-04** (MUST) [RFC 9497 §4.1, RFC 9380 §3.1] A value is hashed to a scalar by its encoding
/// in the domain `"HashToScalar-IOSChain/v1-" ‖ group ‖ "-" ‖ tag`.
pub fn tagged_hash_to_scalar<G: Group>(
    tag: Tag,
    value: &(impl BorshSerialize + ?Sized),
) -> G::Scalar {
    G::hash_to_scalar(&domain::<G>("HashToScalar", tag), &encode(value))
}

/// [`tagged_hash_to_scalar`] of a secret value, for a scalar that must not be 0: a key or a nonce.
///
/// **CRY-HASH-05** (MUST) [own] The scalar is that of (value, attempt), the attempts counting from 0 as
/// a u64 until the scalar is not 0.
pub fn derive_nonzero_scalar<G: Group>(tag: Tag, value: &impl BorshSerialize) -> G::Scalar {
    (0u64..)
        .map(|attempt| tagged_hash_to_scalar::<G>(tag, &(value, attempt)))
        .find(|scalar| *scalar != G::Scalar::ZERO)
        .unwrap_or(G::Scalar::ONE) // after 2⁶⁴ attempts: never
}

fn domain<G: Group>(use_of_hash: &str, tag: Tag) -> Vec<u8> {
    [use_of_hash, "IOSChain/v1", G::NAME, tag.name()].join("-").into_bytes()
}

/// The element, if it is not the identity.
///
/// **CRY-GROUP-03** (MUST) [own] The identity is never a public key, nor the base of commitments, nor
/// what a signature commits to its nonce with; it is a legal commitment of a polynomial, share and secret,
/// since a uniform one is the identity as often as any other element.
///
/// # Errors
/// [`Rejection::CryElementIdentity`] for the identity.
pub fn refuse_identity<G: Group>(element: G::Element) -> Result<G::Element, Rejection> {
    if element == G::identity() {
        return Err(Rejection::CryElementIdentity);
    }
    Ok(element)
}
