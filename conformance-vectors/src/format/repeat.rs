//! Long byte strings, written short.
//!
//! Wherever a vector file may have a hex string, it may have this object instead:
//! `{"repeat": {"prefix": "01", "hex": "00", "times": 70000, "suffix": "ff"}}`. It means the hex
//! digits of `prefix`, then those of `hex` as often as `times` says, then those of `suffix`;
//! `prefix` and `suffix` may be missing. The runner writes it out before an adapter sees it; who
//! reads the files directly does the same.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

/// The most bytes that one case may expand to.
pub const EXPANDED_BYTES_MAX: usize = 16 << 20;

/// Byte strings up to this length are written out.
const WRITTEN_OUT_MAX: usize = 256;

/// A byte string with a part that repeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// What comes before, as hex.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// The part that repeats, as hex.
    pub hex: String,
    /// How often it is repeated.
    pub times: u32,
    /// What comes after, as hex.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
}

/// Why a `repeat` object cannot be written out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RepeatError {
    /// Its members are not those of [`Repeat`].
    #[error(
        "a repeat object is {{\"hex\": …, \"times\": …}} with prefix and suffix if wanted: {0}"
    )]
    Shape(String),
    /// A part is not lower-case hex of whole bytes.
    #[error("`{0}` in a repeat object is not lower-case hex of whole bytes")]
    NotHex(String),
    /// Too long.
    #[error("the repeats of one case come to more than {EXPANDED_BYTES_MAX} bytes")]
    TooLong,
}

impl Repeat {
    /// `prefix`, then `times` times `unit`, then `suffix`.
    pub fn new(prefix: &[u8], unit: &[u8], times: u32, suffix: &[u8]) -> Self {
        Self {
            prefix: hex::encode(prefix),
            hex: hex::encode(unit),
            times,
            suffix: hex::encode(suffix),
        }
    }

    /// How it is written in a vector file: written out where that is short.
    pub fn to_value(&self) -> Value {
        let digits = (self.hex.len() as u64).saturating_mul(u64::from(self.times));
        if digits <= 2 * WRITTEN_OUT_MAX as u64 {
            let repeated = self.hex.repeat(self.times as usize);
            return Value::String(
                [&self.prefix, &repeated, &self.suffix].map(String::as_str).concat(),
            );
        }
        json!({ "repeat": self })
    }

    fn expand(&self, budget: &mut usize) -> Result<String, RepeatError> {
        for part in [&self.prefix, &self.hex, &self.suffix] {
            if !is_hex(part) {
                return Err(RepeatError::NotHex(part.clone()));
            }
        }
        let repeated =
            usize::try_from(self.times).ok().and_then(|times| self.hex.len().checked_mul(times));
        let bytes = repeated
            .and_then(|digits| digits.checked_add(self.prefix.len() + self.suffix.len()))
            .map(|digits| digits / 2)
            .ok_or(RepeatError::TooLong)?;
        *budget = budget.checked_sub(bytes).ok_or(RepeatError::TooLong)?;
        let repeated = self.hex.repeat(self.times as usize);
        Ok([&self.prefix, &repeated, &self.suffix].map(String::as_str).concat())
    }
}

/// The value with every `repeat` object in it written out.
///
/// # Errors
/// A `repeat` object of another shape, with something other than hex, or too long in total.
pub fn expand(value: &Value) -> Result<Value, RepeatError> {
    let mut budget = EXPANDED_BYTES_MAX;
    expand_within(value, &mut budget)
}

fn expand_within(value: &Value, budget: &mut usize) -> Result<Value, RepeatError> {
    match value {
        Value::Array(elements) => {
            elements.iter().map(|element| expand_within(element, budget)).collect()
        }
        Value::Object(members) => match members.get("repeat") {
            Some(inner) if members.len() == 1 => {
                let repeat: Repeat = serde_json::from_value(inner.clone())
                    .map_err(|error| RepeatError::Shape(error.to_string()))?;
                Ok(Value::String(repeat.expand(budget)?))
            }
            _ => members
                .iter()
                .map(|(key, member)| Ok((key.clone(), expand_within(member, budget)?)))
                .collect(),
        },
        scalar => Ok(scalar.clone()),
    }
}

/// Whether `text` is lower-case hex of whole bytes.
pub(crate) fn is_hex(text: &str) -> bool {
    text.len().is_multiple_of(2)
        && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_written_out_at_any_depth_and_the_rest_is_kept() {
        let value = json!({"a": [{"repeat": {"hex": "0a", "times": 3}}], "b": {"c": "00", "d": 1}});
        assert_eq!(expand(&value).unwrap(), json!({"a": ["0a0a0a"], "b": {"c": "00", "d": 1}}));
    }

    #[test]
    fn prefix_and_suffix_stand_around_the_repeats() {
        let repeat = Repeat::new(&[1], &[0, 2], 300, &[255]);
        let expanded = expand(&repeat.to_value()).unwrap();
        assert_eq!(expanded, json!(format!("01{}ff", "0002".repeat(300))));
        assert!(repeat.to_value().is_object());
    }

    #[test]
    fn short_strings_are_written_out_at_once() {
        assert_eq!(Repeat::new(&[1], &[0], 2, &[]).to_value(), json!("010000"));
        assert!(Repeat::new(&[], &[0], WRITTEN_OUT_MAX as u32, &[]).to_value().is_string());
        assert!(Repeat::new(&[], &[0], WRITTEN_OUT_MAX as u32 + 1, &[]).to_value().is_object());
    }

    #[test]
    fn an_object_with_more_members_is_not_a_repeat() {
        let value = json!({"repeat": 3, "other": 1});
        assert_eq!(expand(&value).unwrap(), value);
    }

    #[test]
    fn bad_repeats_are_refused_with_what_is_wrong() {
        assert!(matches!(expand(&json!({"repeat": 3})), Err(RepeatError::Shape(_))));
        let odd = json!({"repeat": {"hex": "0", "times": 2}});
        assert_eq!(expand(&odd), Err(RepeatError::NotHex("0".into())));
        let upper = json!({"repeat": {"hex": "0A", "times": 2}});
        assert_eq!(expand(&upper), Err(RepeatError::NotHex("0A".into())));
    }

    #[test]
    fn the_length_is_bounded_over_the_whole_value() {
        let half = json!({"repeat": {"hex": "00", "times": (EXPANDED_BYTES_MAX / 2 + 1) as u32}});
        assert!(expand(&half).is_ok());
        assert_eq!(expand(&json!([half, half])), Err(RepeatError::TooLong));
        let full = |prefix: &[u8], suffix: &[u8]| {
            Repeat::new(prefix, &[0], EXPANDED_BYTES_MAX as u32 - 2, suffix).to_value()
        };
        assert!(expand(&full(&[1], &[2])).is_ok());
        assert_eq!(expand(&full(&[1, 1], &[2])), Err(RepeatError::TooLong));
        assert_eq!(expand(&full(&[1], &[2, 2])), Err(RepeatError::TooLong));
        let huge = json!({"repeat": {"hex": "00".repeat(1000), "times": u32::MAX}});
        assert_eq!(expand(&huge), Err(RepeatError::TooLong));
    }
}
