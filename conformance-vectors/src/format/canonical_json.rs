//! Canonical JSON: one way to write each value, so that regenerated files are byte-identical and a
//! change of one case is a change of one line.
//!
//! Keys are sorted, lines end in LF, and no number is a float or above 2⁵³, where readers in other
//! languages would lose digits; such integers are decimal strings.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use thiserror::Error;

/// The largest integer that every JSON reader keeps exactly.
pub const INTEGER_MAX: u64 = 1 << 53;

/// Why a value has no canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CanonicalError {
    /// A number with a fraction or an exponent.
    #[error("{number} is a float; canonical JSON has none, so write an integer or a string")]
    Float {
        /// The number as it is written.
        number: String,
    },
    /// An integer that other readers would round.
    #[error("{number} is beyond 2^53; write it as a decimal string")]
    IntegerTooLarge {
        /// The number as it is written.
        number: String,
    },
    /// A file's top level is something other than an object.
    #[error("a canonical file is a JSON object, and this is not one")]
    NotAnObject,
}

/// The value on one line, without an end of line.
///
/// # Errors
/// A float, or an integer beyond 2⁵³.
pub fn line(value: &Value) -> Result<String, CanonicalError> {
    let mut text = String::new();
    write_line(value, &mut text)?;
    Ok(text)
}

/// A file: an object with each member on a line of its own, and each element of a member that is
/// an array on a line of its own.
///
/// # Errors
/// Anything but an object, a float, or an integer beyond 2⁵³.
pub fn document(value: &Value) -> Result<String, CanonicalError> {
    let Value::Object(members) = value else {
        return Err(CanonicalError::NotAnObject);
    };
    let mut text = String::from("{\n");
    for (position, (key, member)) in sorted(members).into_iter().enumerate() {
        if position > 0 {
            text.push_str(",\n");
        }
        text.push_str(&quoted(key));
        text.push_str(": ");
        match member {
            Value::Array(elements) if !elements.is_empty() => write_rows(elements, &mut text)?,
            other => write_line(other, &mut text)?,
        }
    }
    text.push_str("\n}\n");
    Ok(text)
}

/// The value indented for people, keys sorted, with an end of line; for schemas and differences.
pub fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(&with_sorted_keys(value)).unwrap_or_default();
    text.push('\n');
    text
}

fn write_rows(elements: &[Value], text: &mut String) -> Result<(), CanonicalError> {
    text.push_str("[\n");
    for (position, element) in elements.iter().enumerate() {
        if position > 0 {
            text.push_str(",\n");
        }
        write_line(element, text)?;
    }
    text.push_str("\n]");
    Ok(())
}

fn write_line(value: &Value, text: &mut String) -> Result<(), CanonicalError> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&integer(number)?),
        Value::String(string) => text.push_str(&quoted(string)),
        Value::Array(elements) => {
            text.push('[');
            for (position, element) in elements.iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                write_line(element, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (position, (key, member)) in sorted(members).into_iter().enumerate() {
                if position > 0 {
                    text.push(',');
                }
                text.push_str(&quoted(key));
                text.push(':');
                write_line(member, text)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

fn integer(number: &serde_json::Number) -> Result<String, CanonicalError> {
    let magnitude = match (number.as_u64(), number.as_i64()) {
        (Some(value), _) => value,
        (None, Some(value)) => value.unsigned_abs(),
        (None, None) => return Err(CanonicalError::Float { number: number.to_string() }),
    };
    if magnitude > INTEGER_MAX {
        return Err(CanonicalError::IntegerTooLarge { number: number.to_string() });
    }
    Ok(number.to_string())
}

fn quoted(string: &str) -> String {
    Value::from(string).to_string()
}

// Sorted here rather than by the map type: another crate's feature could switch that to insertion
// order.
fn sorted(members: &Map<String, Value>) -> BTreeMap<&String, &Value> {
    members.iter().collect()
}

fn with_sorted_keys(value: &Value) -> Value {
    match value {
        Value::Array(elements) => Value::Array(elements.iter().map(with_sorted_keys).collect()),
        Value::Object(members) => sorted(members)
            .into_iter()
            .map(|(key, member)| (key.clone(), with_sorted_keys(member)))
            .collect(),
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = json!({"b": [{"z": 1, "a": null}], "a": true});
        assert_eq!(line(&value).unwrap(), r#"{"a":true,"b":[{"a":null,"z":1}]}"#);
    }

    #[test]
    fn a_document_has_one_case_a_line() {
        let value = json!({"doc": "two", "cases": [{"id": "a"}, {"id": "b"}], "empty": []});
        assert_eq!(
            document(&value).unwrap(),
            "{\n\"cases\": [\n{\"id\":\"a\"},\n{\"id\":\"b\"}\n],\n\"doc\": \"two\",\n\"empty\": []\n}\n"
        );
    }

    #[test]
    fn what_is_written_reads_back_as_the_same_value() {
        let value =
            json!({"text": "line\nbreak \"quoted\" ü \u{1}", "number": -7, "nested": {"x": [[]]}});
        assert_eq!(serde_json::from_str::<Value>(&line(&value).unwrap()).unwrap(), value);
        assert_eq!(serde_json::from_str::<Value>(&document(&value).unwrap()).unwrap(), value);
    }

    #[test]
    fn floats_are_refused_at_any_depth() {
        let error = line(&json!({"a": [1.5]})).unwrap_err();
        assert_eq!(error, CanonicalError::Float { number: "1.5".into() });
        assert!(document(&json!({"a": {"b": 1e3}})).is_err());
    }

    #[test]
    fn integers_are_exact_up_to_two_to_the_53_and_refused_above() {
        assert_eq!(line(&json!(9_007_199_254_740_992_u64)).unwrap(), "9007199254740992");
        assert!(line(&json!(9_007_199_254_740_993_u64)).is_err());
        assert!(line(&json!(-9_007_199_254_740_993_i64)).is_err());
    }

    #[test]
    fn a_document_is_an_object() {
        assert_eq!(document(&json!([1])), Err(CanonicalError::NotAnObject));
    }

    #[test]
    fn pretty_sorts_and_indents() {
        assert_eq!(
            pretty(&json!({"b": 1, "a": [2]})),
            "{\n  \"a\": [\n    2\n  ],\n  \"b\": 1\n}\n"
        );
    }
}
