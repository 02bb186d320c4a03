//! The conformance vectors, as values to begin with. A tree of vectors that cannot be read ends the
//! run.

use std::fs;
use std::path::Path;

use ioschain_spec::primitives::encoding::{Wire, decode, encode};
use ioschain_vectors::format::vector::{Case, VectorFile};
use ioschain_vectors::format::wire_json::WireFormat;
use serde_json::Value;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance-vectors/v1");

/// The cases of a handler such as `drp/verify_transcript`, of all profiles, in the order of file
/// names.
pub fn cases(handler: &str) -> Vec<Case> {
    let folders =
        ["standard", "tiny"].map(|profile| Path::new(VECTORS).join(profile).join(handler));
    let mut cases = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        let entries = fs::read_dir(folder).expect("the folder of vectors can be listed");
        let mut files: Vec<_> =
            entries.map(|entry| entry.expect("so can its files").path()).collect();
        files.sort();
        for file in files {
            let bytes = fs::read(&file).expect("a file of vectors can be read");
            let parsed: VectorFile = serde_json::from_slice(&bytes).expect("it is one of vectors");
            cases.extend(parsed.written_out().expect("its references are sound").cases);
        }
    }
    assert!(!cases.is_empty(), "there are no vectors of {handler} in {VECTORS}");
    cases
}

/// A wire type with its JSON form.
pub fn format_of<T: Wire>() -> WireFormat {
    WireFormat::of::<T>().expect("every wire type has a JSON form")
}

/// The value of a JSON form; `None` if it is none of this type.
pub fn from_json<T: Wire>(format: &WireFormat, json: &Value) -> Option<T> {
    format.to_bytes(json).ok().and_then(|bytes| decode(&bytes).ok())
}

/// The JSON form of a value.
pub fn to_json<T: Wire>(format: &WireFormat, value: &T) -> Value {
    format.to_json(&encode(value)).expect("what is encoded has a JSON form")
}

/// A member of a vector's input.
///
/// # Panics
/// For a member that is missing or of another type: then the vectors and the specification do not
/// agree.
pub fn member<T: Wire>(input: &Value, name: &str) -> T {
    from_json(&format_of::<T>(), &input[name]).unwrap_or_else(|| panic!("no `{name}` in {input}"))
}

/// A member that is a list, without a cap.
///
/// # Panics
/// As [`member`].
pub fn list<T: Wire>(input: &Value, name: &str) -> Vec<T> {
    let format = format_of::<T>();
    let elements = input[name].as_array().unwrap_or_else(|| panic!("no list `{name}` in {input}"));
    let read =
        |element| from_json(&format, element).unwrap_or_else(|| panic!("in `{name}`: {element}"));
    elements.iter().map(read).collect()
}
