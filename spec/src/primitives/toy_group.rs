//! Groups of 5, 7 or 11 elements, which are so small that a test or a model can try all of them.
//!
//! A toy group consists of the integers modulo P under addition, with the generator 1. Everybody
//! can see the logarithm of an element, so nothing is secret in these groups. The algebra of the
//! protocol is valid in them, and its outcomes can be counted. Origin: own.

use zeroize::Zeroize;

use super::expand_message::expand_message_xmd;
use super::group::{Element, EncodedElement, EncodedScalar, Group, Scalar};
use crate::Rejection;

/// The group of the integers modulo `P`, which is 5, 7 or 11.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToyGroup<const P: u64>;

/// An integer modulo `P`, as a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToyScalar<const P: u64>(u64);

/// An integer modulo `P`, as an element. It is its own logarithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToyElement<const P: u64>(u64);

impl<const P: u64> ToyGroup<P> {
    /// Every scalar once, beginning with 0.
    ///
    /// # Examples
    /// Two shares of a sharing with threshold 3 leave every secret possible:
    /// ```
    /// use ioschain_spec::primitives::group::Scalar;
    /// use ioschain_spec::primitives::numbers::Position;
    /// use ioschain_spec::primitives::shamir::recover_scalar;
    /// use ioschain_spec::primitives::toy_group::{ToyGroup, ToyScalar};
    ///
    /// let [share_1, share_2] = [4u32, 2].map(ToyScalar::<5>::from_number);
    /// let mut secrets: Vec<ToyScalar<5>> = ToyGroup::<5>::scalars()
    ///     .map(|share_3| {
    ///         let shares = [share_1, share_2, share_3];
    ///         recover_scalar(&Position::all().zip(shares).collect::<Vec<_>>())
    ///     })
    ///     .collect::<Result<_, _>>()?;
    /// secrets.sort();
    /// assert!(secrets.into_iter().eq(ToyGroup::<5>::scalars()), "each secret, once");
    /// # Ok::<(), ioschain_spec::Rejection>(())
    /// ```
    pub fn scalars() -> impl Iterator<Item = ToyScalar<P>> + Clone {
        (0..P).map(ToyScalar)
    }

    /// Every element once, beginning with the identity.
    pub fn elements() -> impl Iterator<Item = ToyElement<P>> + Clone {
        (0..P).map(ToyElement)
    }
}

impl<const P: u64> Group for ToyGroup<P> {
    const NAME: &'static str = {
        assert!(matches!(P, 5 | 7 | 11), "a toy group has 5, 7 or 11 elements");
        match P {
            5 => "toy5-SHA512",
            7 => "toy7-SHA512",
            _ => "toy11-SHA512",
        }
    };
    const POSITIONS_MAX: u32 = (P as u32).saturating_sub(1);
    type Scalar = ToyScalar<P>;
    type Element = ToyElement<P>;

    fn identity() -> ToyElement<P> {
        ToyElement(0)
    }

    fn generator() -> ToyElement<P> {
        ToyElement(1)
    }

    /// Hashes to any element, including the identity.
    fn hash_to_group(domain: &[u8], message: &[u8]) -> ToyElement<P> {
        ToyElement(hash::<P>(domain, message))
    }

    fn hash_to_scalar(domain: &[u8], message: &[u8]) -> ToyScalar<P> {
        ToyScalar(hash::<P>(domain, message))
    }
}

impl<const P: u64> Scalar for ToyScalar<P> {
    const ZERO: Self = Self(0);
    const ONE: Self = Self(1);

    fn from_number(number: impl Into<u128>) -> Self {
        let remainder = number.into().checked_rem(u128::from(P)).unwrap_or(0); // P is not 0
        Self(u64::try_from(remainder).unwrap_or(0)) // it is below P
    }

    fn add(self, other: Self) -> Self {
        Self(add::<P>(self.0, other.0))
    }

    fn subtract(self, other: Self) -> Self {
        Self(subtract::<P>(self.0, other.0))
    }

    fn multiply(self, other: Self) -> Self {
        Self(multiply::<P>(self.0, other.0))
    }

    fn invert(self) -> Option<Self> {
        (0..P).map(Self).find(|inverse| self.multiply(*inverse) == Self::ONE)
    }

    fn encode(self) -> EncodedScalar {
        EncodedScalar(to_bytes(self.0))
    }

    fn decode(encoded: &EncodedScalar) -> Result<Self, Rejection> {
        // CRY-GROUP-02: below the order.
        from_bytes::<P>(&encoded.0).map(Self).ok_or(Rejection::CryScalarEncoding)
    }
}

impl<const P: u64> Element<ToyScalar<P>> for ToyElement<P> {
    fn add(self, other: Self) -> Self {
        Self(add::<P>(self.0, other.0))
    }

    fn subtract(self, other: Self) -> Self {
        Self(subtract::<P>(self.0, other.0))
    }

    fn multiply(self, scalar: ToyScalar<P>) -> Self {
        Self(multiply::<P>(scalar.0, self.0))
    }

    fn encode(self) -> EncodedElement {
        EncodedElement(to_bytes(self.0))
    }

    fn decode(encoded: &EncodedElement) -> Result<Self, Rejection> {
        // CRY-GROUP-01: the encoding of an element.
        from_bytes::<P>(&encoded.0).map(Self).ok_or(Rejection::CryElementEncoding)
    }
}

impl<const P: u64> Zeroize for ToyScalar<P> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

// Numbers below P are small: their sums and products are far below 2⁶⁴.

fn modulo<const P: u64>(number: u64) -> u64 {
    number.checked_rem(P).unwrap_or(0) // P is not 0
}

fn add<const P: u64>(one: u64, other: u64) -> u64 {
    modulo::<P>(one.wrapping_add(other))
}

fn subtract<const P: u64>(one: u64, other: u64) -> u64 {
    modulo::<P>(one.wrapping_add(P).wrapping_sub(other))
}

fn multiply<const P: u64>(one: u64, other: u64) -> u64 {
    modulo::<P>(one.wrapping_mul(other))
}

/// The number modulo `P` of 64 uniform bytes in little-endian order. It is uniform up to 2⁻⁵⁰⁰.
fn hash<const P: u64>(domain: &[u8], message: &[u8]) -> u64 {
    let bytes = expand_message_xmd(domain, message);
    bytes.iter().rev().fold(0, |number, byte| {
        add::<P>(multiply::<P>(number, modulo::<P>(256)), modulo::<P>(u64::from(*byte)))
    })
}

/// The 32 bytes of a number in little-endian order, as in the real group.
fn to_bytes(number: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (low, _) = bytes.split_at_mut(8);
    low.copy_from_slice(&number.to_le_bytes());
    bytes
}

fn from_bytes<const P: u64>(bytes: &[u8; 32]) -> Option<u64> {
    (0..P).find(|number| to_bytes(*number) == *bytes)
}
