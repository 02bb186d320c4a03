//! Between Borsh bytes and JSON, driven by the type's own schema.
//!
//! No type needs code for its JSON form, and an implementer in another language can do the same
//! from [`WireFormat::describe`]:
//!
//! | on the wire | in JSON |
//! |---|---|
//! | `u8`, `u16`, `u32` | number |
//! | `u64` | decimal string |
//! | `[u8; N]`, a sequence of `u8` | lower-case hex |
//! | struct with named fields | object |
//! | tuple, struct with unnamed fields | array; a single field is written without the array |
//! | `Option` | the value, or `null` |
//! | enum variant without fields | `"Name"` |
//! | enum variant with fields | `{"Name": fields}` |
//! | array, sequence, set, map | array; a map is an array of `[key, value]` |
//! | `bool` | `true` or `false` |
//!
//! What takes no bytes is left out, so that a set, which is a map to nothing, is an array of its
//! keys. Types that the restricted encoding forbids have no JSON form. The order of the keys in a
//! set or map is not part of a schema: checking it is left to the decoder under test.

mod describe;
mod malformations;
mod path;
mod shape;
mod to_bytes;
mod to_json;

use std::collections::BTreeMap;

use borsh::BorshSchema;
use borsh::schema::BorshSchemaContainer;
use serde_json::Value;
use thiserror::Error;

pub use malformations::Malformation;
pub use shape::SchemaError;

use shape::Shape;

/// A wire type, ready to convert its values.
#[derive(Clone, Debug)]
pub struct WireFormat {
    container: BorshSchemaContainer,
    shape: Shape,
}

/// Bytes that are no value of the type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("byte {offset}, at {path}: {problem}")]
pub struct BytesError {
    /// How many bytes had been read.
    pub offset: usize,
    /// The field, such as `inputs[3].amount`; `the value` for the whole.
    pub path: String,
    /// What is wrong.
    pub problem: String,
}

/// JSON that is no value of the type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("at {path}: {problem}")]
pub struct JsonError {
    /// The field, such as `inputs[3].amount`; `the value` for the whole.
    pub path: String,
    /// What is wrong.
    pub problem: String,
}

impl WireFormat {
    /// The format of the Rust type `T`.
    ///
    /// # Errors
    /// A type in it has no JSON form.
    pub fn of<T: BorshSchema>() -> Result<Self, SchemaError> {
        Self::new(BorshSchemaContainer::for_type::<T>())
    }

    /// The format that a schema describes.
    ///
    /// # Errors
    /// A type in it has no JSON form, or no definition.
    pub fn new(container: BorshSchemaContainer) -> Result<Self, SchemaError> {
        let shape = shape::resolve(&container)?;
        Ok(Self { container, shape })
    }

    /// The JSON form of the value that `bytes` encode.
    ///
    /// # Errors
    /// Truncated or trailing bytes, an unknown tag, a length over its cap.
    pub fn to_json(&self, bytes: &[u8]) -> Result<Value, BytesError> {
        to_json::convert(&self.shape, bytes)
    }

    /// The encoding of the value whose JSON form this is.
    ///
    /// # Errors
    /// A missing or unknown field, another kind of JSON value, a number or length out of range.
    pub fn to_bytes(&self, value: &Value) -> Result<Vec<u8>, JsonError> {
        to_bytes::convert(&self.shape, value)
    }

    /// The types by name, as plain JSON, for implementers.
    pub fn describe(&self) -> BTreeMap<String, Value> {
        describe::describe(&self.container)
    }

    /// Malformed byte strings made from an honest encoding, one for each way in which a decoder
    /// could be too lenient with this value. The same bytes always give the same list.
    ///
    /// # Errors
    /// `honest` is itself malformed.
    pub fn malformations(&self, honest: &[u8]) -> Result<Vec<Malformation>, BytesError> {
        malformations::derive(&self.shape, honest)
    }
}

#[cfg(test)]
mod tests;
