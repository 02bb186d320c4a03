//! Encoding: Borsh, restricted so that every value has exactly one byte string.
//!
//! These types are allowed: `u8`, `u16`, `u32` and `u64` in little-endian order, fixed byte arrays,
//! [`Bounded`] sequences and [`BoundedMap`]s (a u32 length, with a stated cap), `Option`, enums
//! with explicit `u8` tags, and structs in the order of their fields. The state of a shard, which
//! is never sent as a message, may also contain maps without a cap. Floats, signed integers,
//! `bool`, `usize` and hash maps are not allowed.
//!
//! If a value had two encodings, two nodes could hash the same value to different ids. An attacker
//! could also change the id of a message without changing its meaning. Origin: own, on the Borsh
//! specification.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Read, Result as IoResult, Write};
use std::ops::Deref;

use borsh::schema::{Declaration, Definition, add_definition};
use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;

/// A type that can be part of a message: it encodes, decodes and describes itself.
pub trait Wire: BorshSerialize + BorshDeserialize + BorshSchema {}
impl<T: BorshSerialize + BorshDeserialize + BorshSchema> Wire for T {}

/// The canonical bytes of `value`.
///
/// **ENC-ENCODE-01** (MUST) \[own] Every value has exactly one encoding.
///
/// # Examples
/// ```
/// use ioschain_spec::primitives::encoding::{Bounded, encode};
///
/// let numbers: Bounded<u16, 4> = vec![1, 258].try_into()?;
/// assert_eq!(encode(&numbers), [2, 0, 0, 0, 1, 0, 2, 1], "length, then values, little-endian");
/// # Ok::<(), ioschain_spec::Rejection>(())
/// ```
pub fn encode<T: BorshSerialize + ?Sized>(value: &T) -> Vec<u8> {
    // Writing to memory fails only for a sequence longer than u32::MAX, and every cap is far below
    // that.
    borsh::to_vec(value).unwrap_or_default()
}

/// The value that `bytes` encode.
///
/// **ENC-DECODE-01** (MUST) \[own] A decoder accepts exactly the encodings: it refuses truncated
/// input, trailing bytes, unknown tags, lengths over the cap, and unsorted or repeated entries
/// where a set is meant. Therefore `encode(decode(b)) = b` for every accepted `b`.
///
/// # Errors
/// [`Rejection::EncMalformed`] for every fault.
///
/// # Examples
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::encoding::{Bounded, decode};
///
/// let numbers: Bounded<u16, 2> = decode(&[2, 0, 0, 0, 1, 0, 2, 1])?;
/// assert_eq!(*numbers, [1, 258]);
///
/// let three_values = [3, 0, 0, 0, 1, 0, 2, 0, 3, 0];
/// assert_eq!(decode::<Bounded<u16, 2>>(&three_values), Err(Rejection::EncMalformed));
/// let a_byte_too_many = [0, 0, 0, 0, 9];
/// assert_eq!(decode::<Bounded<u16, 2>>(&a_byte_too_many), Err(Rejection::EncMalformed));
/// # Ok::<(), Rejection>(())
/// ```
pub fn decode<T: Wire>(bytes: &[u8]) -> Result<T, Rejection> {
    T::try_from_slice(bytes).map_err(|_| Rejection::EncMalformed)
}

/// A sequence of at most `CAP` values. It is encoded as its u32 length, followed by the values in
/// order.
///
/// **ENC-CAP-01** (MUST) \[own] A length over the field's cap is refused, and a decoder allocates
/// nothing for it. Without it, a message of a few bytes could make a node allocate gigabytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize)]
pub struct Bounded<T, const CAP: usize>(Vec<T>);

impl<T, const CAP: usize> Bounded<T, CAP> {
    /// The empty sequence.
    pub fn empty() -> Self {
        Self(Vec::new())
    }

    /// The values as a vector.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const CAP: usize> TryFrom<Vec<T>> for Bounded<T, CAP> {
    type Error = Rejection;

    /// # Errors
    /// [`Rejection::EncMalformed`] for more than `CAP` values.
    fn try_from(values: Vec<T>) -> Result<Self, Rejection> {
        if values.len() > CAP {
            return Err(Rejection::EncMalformed);
        }
        Ok(Self(values))
    }
}

impl<T, const CAP: usize> Deref for Bounded<T, CAP> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T, const CAP: usize> IntoIterator for &'a Bounded<T, CAP> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: BorshDeserialize, const CAP: usize> BorshDeserialize for Bounded<T, CAP> {
    fn deserialize_reader<R: Read>(reader: &mut R) -> IoResult<Self> {
        // The vector grows with the values that were read. A length alone allocates nothing.
        let length = read_length(reader, CAP)?;
        let mut values = Vec::new();
        for _ in 0..length {
            values.push(T::deserialize_reader(reader)?);
        }
        Ok(Self(values))
    }
}

impl<T: BorshSchema, const CAP: usize> BorshSchema for Bounded<T, CAP> {
    fn declaration() -> Declaration {
        format!("Bounded<{}, {CAP}>", T::declaration())
    }

    fn add_definitions_recursively(definitions: &mut BTreeMap<Declaration, Definition>) {
        add_sequence::<T>(Self::declaration(), CAP, definitions);
    }
}

/// A map of at most `CAP` entries. It is encoded as its u32 length, followed by the (key, value)
/// pairs with strictly increasing keys.
///
/// **ENC-SET-01** (MUST) \[own] Keys that are unsorted or repeated are refused. Without it, one map
/// would have several encodings, and two readers could take different values for a repeated key.
///
/// # Examples
/// ```
/// use std::collections::BTreeMap;
///
/// use ioschain_spec::Rejection;
/// use ioschain_spec::primitives::encoding::{BoundedMap, decode, encode};
///
/// type Weights = BoundedMap<u8, u8, 4>;
/// let weights: Weights = BTreeMap::from([(7, 1), (5, 2)]).try_into()?;
/// assert_eq!(encode(&weights), [2, 0, 0, 0, 5, 2, 7, 1], "in the order of keys");
/// assert_eq!(decode::<Weights>(&[2, 0, 0, 0, 7, 1, 5, 2]), Err(Rejection::EncMalformed));
/// # Ok::<(), Rejection>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BoundedMap<K, V, const CAP: usize>(BTreeMap<K, V>);

/// A set of at most `CAP` values. It is a map whose values are empty and take no bytes.
pub type BoundedSet<T, const CAP: usize> = BoundedMap<T, (), CAP>;

impl<K, V, const CAP: usize> Default for BoundedMap<K, V, CAP> {
    /// The empty map.
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K, V, const CAP: usize> TryFrom<BTreeMap<K, V>> for BoundedMap<K, V, CAP> {
    type Error = Rejection;

    /// # Errors
    /// [`Rejection::EncMalformed`] for more than `CAP` entries.
    fn try_from(entries: BTreeMap<K, V>) -> Result<Self, Rejection> {
        if entries.len() > CAP {
            return Err(Rejection::EncMalformed);
        }
        Ok(Self(entries))
    }
}

impl<K, V, const CAP: usize> Deref for BoundedMap<K, V, CAP> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &BTreeMap<K, V> {
        &self.0
    }
}

impl<K: BorshSerialize, V: BorshSerialize, const CAP: usize> BorshSerialize
    for BoundedMap<K, V, CAP>
{
    fn serialize<W: Write>(&self, writer: &mut W) -> IoResult<()> {
        let length = u32::try_from(self.0.len()).map_err(|_| ErrorKind::InvalidData)?;
        length.serialize(writer)?;
        for entry in &self.0 {
            entry.serialize(writer)?;
        }
        Ok(())
    }
}

impl<K: BorshDeserialize + Ord, V: BorshDeserialize, const CAP: usize> BorshDeserialize
    for BoundedMap<K, V, CAP>
{
    fn deserialize_reader<R: Read>(reader: &mut R) -> IoResult<Self> {
        let length = read_length(reader, CAP)?;
        let mut entries = BTreeMap::new();
        for _ in 0..length {
            let (key, value) = <(K, V)>::deserialize_reader(reader)?;
            if entries.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(malformed("keys are not strictly increasing"));
            }
            entries.insert(key, value);
        }
        Ok(Self(entries))
    }
}

impl<K: BorshSchema, V: BorshSchema, const CAP: usize> BorshSchema for BoundedMap<K, V, CAP> {
    fn declaration() -> Declaration {
        format!("BoundedMap<{}, {}, {CAP}>", K::declaration(), V::declaration())
    }

    fn add_definitions_recursively(definitions: &mut BTreeMap<Declaration, Definition>) {
        add_sequence::<(K, V)>(Self::declaration(), CAP, definitions);
    }
}

/// Reads a u32 length. Refuses a length above `cap`.
fn read_length<R: Read>(reader: &mut R, cap: usize) -> IoResult<u32> {
    let length = u32::deserialize_reader(reader)?;
    if usize::try_from(length).is_ok_and(|length| length <= cap) {
        Ok(length)
    } else {
        Err(malformed("length over the cap"))
    }
}

fn malformed(reason: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, reason)
}

/// Describes a sequence of `T` values with a u32 length and a cap.
fn add_sequence<T: BorshSchema>(
    declaration: Declaration,
    cap: usize,
    definitions: &mut BTreeMap<Declaration, Definition>,
) {
    let definition = Definition::Sequence {
        length_width: Definition::DEFAULT_LENGTH_WIDTH,
        length_range: 0..=u64::try_from(cap).unwrap_or(u64::MAX),
        elements: T::declaration(),
    };
    add_definition(declaration, definition, definitions);
    T::add_definitions_recursively(definitions);
}

#[cfg(feature = "arbitrary")]
mod arbitrary_instances {
    use super::{BTreeMap, Bounded, BoundedMap};
    use arbitrary::{Arbitrary, Result, Unstructured};

    impl<'a, T: Arbitrary<'a>, const CAP: usize> Arbitrary<'a> for Bounded<T, CAP> {
        fn arbitrary(source: &mut Unstructured<'a>) -> Result<Self> {
            Ok(Self(source.arbitrary_iter()?.take(CAP).collect::<Result<_>>()?))
        }
    }

    impl<'a, K: Arbitrary<'a> + Ord, V: Arbitrary<'a>, const CAP: usize> Arbitrary<'a>
        for BoundedMap<K, V, CAP>
    {
        fn arbitrary(source: &mut Unstructured<'a>) -> Result<Self> {
            let entries: BTreeMap<K, V> =
                source.arbitrary_iter()?.take(CAP).collect::<Result<_>>()?;
            Ok(Self(entries))
        }
    }
}
