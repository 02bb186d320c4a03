//! Between JSON and the specification's types.

use std::any::TypeId;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use borsh::BorshSerialize;
use serde_json::Value;

use ioschain_spec::primitives::encoding::{Wire, decode, encode};

use super::Refusal;
use crate::format::wire_json::WireFormat;

thread_local! {
    /// A format is worked out once for each type.
    static FORMATS: RefCell<BTreeMap<TypeId, Rc<WireFormat>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The format of a wire type.
pub(super) fn format_of<T: Wire + 'static>() -> Result<Rc<WireFormat>, Refusal> {
    FORMATS.with_borrow_mut(|formats| {
        if let Some(format) = formats.get(&TypeId::of::<T>()) {
            return Ok(Rc::clone(format));
        }
        let format = WireFormat::of::<T>().map_err(|error| error.to_string())?;
        let format = Rc::new(format);
        formats.insert(TypeId::of::<T>(), Rc::clone(&format));
        Ok(format)
    })
}

/// The value that JSON describes.
///
/// # Errors
/// What is wrong, and where; the rejection if the specification's decoder refuses the bytes, as it
/// does for unsorted sets.
pub fn from_json<T: Wire + 'static>(value: &Value) -> Result<T, Refusal> {
    let bytes = format_of::<T>()?.to_bytes(value).map_err(|error| error.to_string())?;
    Ok(decode(&bytes)?)
}

/// The JSON of a value.
///
/// # Errors
/// A type without a JSON form.
pub fn to_json<T: Wire + 'static>(value: &T) -> Result<Value, Refusal> {
    let bytes = encode(value);
    Ok(format_of::<T>()?.to_json(&bytes).map_err(|error| error.to_string())?)
}

/// The member `name` of an object.
pub(super) fn member<'a>(input: &'a Value, name: &str) -> Result<&'a Value, Refusal> {
    input.get(name).ok_or_else(|| Refusal::InvalidInput(format!("the input has no `{name}`")))
}

/// The member `name`, as a value of the specification.
pub(super) fn read<T: Wire + 'static>(input: &Value, name: &str) -> Result<T, Refusal> {
    from_json(member(input, name)?).map_err(|refusal| match refusal {
        Refusal::InvalidInput(reason) => Refusal::InvalidInput(format!("`{name}`: {reason}")),
        rejected => rejected,
    })
}

/// The member `name`, as a list of values.
pub(super) fn read_list<T: Wire + 'static>(input: &Value, name: &str) -> Result<Vec<T>, Refusal> {
    list(input, name)?.iter().map(from_json).collect()
}

/// The member `name`, as JSON values.
pub(super) fn list<'a>(input: &'a Value, name: &str) -> Result<&'a [Value], Refusal> {
    let list = member(input, name)?.as_array();
    list.map(Vec::as_slice).ok_or_else(|| Refusal::InvalidInput(format!("`{name}` is no list")))
}

/// Hex as bytes.
pub(super) fn bytes_of(value: &Value) -> Result<Vec<u8>, Refusal> {
    let text = value.as_str().ok_or_else(|| "bytes are a string of hex digits".to_owned())?;
    Ok(hex::decode(text).map_err(|error| format!("`{text}`: {error}"))?)
}

/// The member `name`, as bytes.
pub(super) fn read_bytes(input: &Value, name: &str) -> Result<Vec<u8>, Refusal> {
    bytes_of(member(input, name)?)
}

/// Bytes that are already an encoding, for maps whose keys and values are given in bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Encoded(pub(super) Vec<u8>);

impl BorshSerialize for Encoded {
    fn serialize<W: std::io::Write>(&self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(&self.0)
    }
}
