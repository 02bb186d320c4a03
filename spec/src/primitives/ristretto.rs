//! ristretto255: the group of the protocol. Origin: RFC 9496 (group), RFC 9497 §4.1 (hashing).
//!
//! The order of the group is the prime 2²⁵² + 27742317777372353535851937790883648493. Every element
//! has exactly one encoding. There is neither a cofactor nor a second encoding on which two
//! verifiers could disagree. A library does the arithmetic; [`Group`] gives it
//! the names of the protocol.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "the operators are those of a field and its group"
)]

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::traits::{Identity, VartimeMultiscalarMul};
use curve25519_dalek::{RistrettoPoint, Scalar};

use super::expand_message::expand_message_xmd;
use super::group::{self, EncodedElement, EncodedScalar, Group};
use crate::Rejection;

/// The group ristretto255, with SHA-512 for hashing to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ristretto255;

impl Group for Ristretto255 {
    const NAME: &'static str = "ristretto255-SHA512";
    const POSITIONS_MAX: u32 = u32::MAX;
    type Scalar = Scalar;
    type Element = RistrettoPoint;

    fn identity() -> RistrettoPoint {
        RistrettoPoint::identity()
    }

    fn generator() -> RistrettoPoint {
        RISTRETTO_BASEPOINT_POINT
    }

    fn hash_to_group(domain: &[u8], message: &[u8]) -> RistrettoPoint {
        RistrettoPoint::from_uniform_bytes(&expand_message_xmd(domain, message))
    }

    fn hash_to_scalar(domain: &[u8], message: &[u8]) -> Scalar {
        Scalar::from_bytes_mod_order_wide(&expand_message_xmd(domain, message))
    }

    fn sum_of_products(terms: &[(Scalar, RistrettoPoint)]) -> RistrettoPoint {
        let scalars = terms.iter().map(|(scalar, _)| scalar);
        RistrettoPoint::vartime_multiscalar_mul(scalars, terms.iter().map(|(_, element)| element))
    }
}

impl group::Scalar for Scalar {
    const ZERO: Self = Scalar::ZERO;
    const ONE: Self = Scalar::ONE;

    fn from_number(number: impl Into<u128>) -> Self {
        Self::from(number.into())
    }

    fn add(self, other: Self) -> Self {
        self + other
    }

    fn subtract(self, other: Self) -> Self {
        self - other
    }

    fn multiply(self, other: Self) -> Self {
        self * other
    }

    fn invert(self) -> Option<Self> {
        (self != Self::ZERO).then(|| Scalar::invert(&self))
    }

    fn encode(self) -> EncodedScalar {
        EncodedScalar(self.to_bytes())
    }

    /// **CRY-GROUP-02** (MUST) [RFC 9496 §4.4] A scalar is the 32 little-endian bytes of a number
    /// below the order. Otherwise an attacker could add the order to the scalar of a valid
    /// signature and get a second one.
    fn decode(encoded: &EncodedScalar) -> Result<Self, Rejection> {
        // CRY-GROUP-02: below the order.
        Option::from(Self::from_canonical_bytes(encoded.0)).ok_or(Rejection::CryScalarEncoding)
    }
}

impl group::Element<Scalar> for RistrettoPoint {
    fn add(self, other: Self) -> Self {
        self + other
    }

    fn subtract(self, other: Self) -> Self {
        self - other
    }

    fn multiply(self, scalar: Scalar) -> Self {
        scalar * self
    }

    fn encode(self) -> EncodedElement {
        EncodedElement(self.compress().to_bytes())
    }

    /// **CRY-GROUP-01** (MUST) [RFC 9496 §4.3.1] An element is its one canonical encoding of 32
    /// bytes. Otherwise one key could be registered twice, in two encodings.
    fn decode(encoded: &EncodedElement) -> Result<Self, Rejection> {
        // CRY-GROUP-01: the encoding of an element.
        CompressedRistretto(encoded.0).decompress().ok_or(Rejection::CryElementEncoding)
    }
}
