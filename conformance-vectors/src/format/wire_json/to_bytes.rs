//! JSON to bytes: exactly the inverse of `to_json`, and as strict.

use serde_json::{Map, Value};

use super::JsonError;
use super::path::{Path, Segment};
use super::shape::{Shape, Variant};
use crate::run::report::cut;

/// The longest text repeated in an error message, in characters.
const SHOWN_MAX: usize = 40;

/// The encoding of `value`.
pub(super) fn convert(shape: &Shape, value: &Value) -> Result<Vec<u8>, JsonError> {
    let mut writer = Writer { bytes: Vec::new(), path: Path::default() };
    writer.write(shape, value)?;
    Ok(writer.bytes)
}

struct Writer<'a> {
    bytes: Vec<u8>,
    path: Path<'a>,
}

impl<'a> Writer<'a> {
    fn write(&mut self, shape: &'a Shape, value: &'a Value) -> Result<(), JsonError> {
        match (shape, value) {
            (Shape::Nothing, Value::Null) => Ok(()),
            (Shape::Boolean, Value::Bool(flag)) => {
                self.bytes.push(u8::from(*flag));
                Ok(())
            }
            (Shape::Integer { bytes: 8 }, Value::String(text)) => self.decimal(text),
            (Shape::Integer { bytes }, Value::Number(number)) if *bytes < 8 => {
                self.number(*bytes, number.as_u64())
            }
            (Shape::FixedBytes { length }, Value::String(text)) => {
                let decoded = self.hex(text)?;
                self.check_exact(decoded.len(), *length, "bytes")?;
                self.bytes.extend(decoded);
                Ok(())
            }
            (Shape::Bytes { cap }, Value::String(text)) => {
                let decoded = self.hex(text)?;
                self.length(decoded.len(), *cap)?;
                self.bytes.extend(decoded);
                Ok(())
            }
            (Shape::Array { length, element }, Value::Array(elements)) => {
                self.check_exact(elements.len(), *length, "elements")?;
                self.elements(element, elements)
            }
            (Shape::List { cap, element, .. }, Value::Array(elements)) => {
                self.length(elements.len(), *cap)?;
                self.elements(element, elements)
            }
            (Shape::Record { fields }, Value::Object(members)) => self.record(fields, members),
            (Shape::Tuple { fields }, Value::Array(elements)) => {
                self.check_exact(elements.len(), fields.len() as u64, "elements")?;
                for (place, (field, element)) in fields.iter().zip(elements).enumerate() {
                    self.inside(Segment::Place(place), field, element)?;
                }
                Ok(())
            }
            (Shape::Optional { .. }, Value::Null) => {
                self.bytes.push(0);
                Ok(())
            }
            (Shape::Optional { value: shape }, present) => {
                self.bytes.push(1);
                self.write(shape, present)
            }
            (Shape::Choice { variants }, chosen) => self.choice(variants, chosen),
            (shape, other) => Err(self.unexpected(shape.expected(), other)),
        }
    }

    fn decimal(&mut self, text: &str) -> Result<(), JsonError> {
        // Rust also parses `+1` and `01`; one number has one text.
        let value = text.parse::<u64>().ok().filter(|value| value.to_string() == text);
        match value {
            Some(value) => {
                self.bytes.extend(value.to_le_bytes());
                Ok(())
            }
            None => Err(self.refuse(format!("`{}` is not a u64 in decimal", cut(text, SHOWN_MAX)))),
        }
    }

    fn number(&mut self, bytes: usize, value: Option<u64>) -> Result<(), JsonError> {
        match value.filter(|value| value >> (8 * bytes) == 0) {
            Some(value) => {
                self.bytes.extend(value.to_le_bytes().iter().take(bytes));
                Ok(())
            }
            None => Err(self.refuse(format!("the number is not a u{}", 8 * bytes))),
        }
    }

    fn hex(&self, text: &str) -> Result<Vec<u8>, JsonError> {
        let lower_case = crate::format::repeat::is_hex(text);
        hex::decode(text).ok().filter(|_| lower_case).ok_or_else(|| {
            self.refuse(format!("`{}` is not lower-case hex of whole bytes", cut(text, SHOWN_MAX)))
        })
    }

    fn check_exact(&self, length: usize, wanted: u64, what: &str) -> Result<(), JsonError> {
        if length as u64 == wanted {
            return Ok(());
        }
        Err(self.refuse(format!("the number of {what} is {length}, and {wanted} are needed")))
    }

    fn length(&mut self, length: usize, cap: u64) -> Result<(), JsonError> {
        match u32::try_from(length).ok().filter(|length| u64::from(*length) <= cap) {
            Some(length) => {
                self.bytes.extend(length.to_le_bytes());
                Ok(())
            }
            None => Err(self.refuse(format!("the length {length} is over the cap of {cap}"))),
        }
    }

    fn elements(&mut self, element: &'a Shape, values: &'a [Value]) -> Result<(), JsonError> {
        for (place, value) in values.iter().enumerate() {
            self.inside(Segment::Place(place), element, value)?;
        }
        Ok(())
    }

    fn record(
        &mut self,
        fields: &'a [(String, Shape)],
        members: &'a Map<String, Value>,
    ) -> Result<(), JsonError> {
        for (name, field) in fields {
            let Some(member) = members.get(name) else {
                return Err(self.refuse(format!("the field `{name}` is missing")));
            };
            self.inside(Segment::Name(name), field, member)?;
        }
        let unknown = members.keys().find(|key| !fields.iter().any(|(name, _)| name == *key));
        match unknown {
            Some(key) => Err(self.refuse(format!("there is no field `{}`", cut(key, SHOWN_MAX)))),
            None => Ok(()),
        }
    }

    fn choice(&mut self, variants: &'a [Variant], chosen: &'a Value) -> Result<(), JsonError> {
        let (name, fields) = match chosen {
            Value::String(name) => (name, None),
            Value::Object(members) if members.len() == 1 => {
                let only = members.iter().next();
                only.map(|(name, fields)| (name, Some(fields)))
                    .ok_or_else(|| self.refuse("a variant is missing".to_owned()))?
            }
            other => return Err(self.unexpected("a variant", other)),
        };
        let Some(variant) = variants.iter().find(|variant| variant.name == *name) else {
            return Err(self.refuse(format!("there is no variant `{}`", cut(name, SHOWN_MAX))));
        };
        self.bytes.push(variant.tag);
        match (&variant.fields, fields) {
            (Shape::Nothing, None) => Ok(()),
            (Shape::Nothing, Some(_)) => {
                Err(self
                    .refuse(format!("the variant `{name}` has no fields; write its name alone")))
            }
            (_, None) => {
                Err(self.refuse(format!("the fields of the variant `{name}` are missing")))
            }
            (shape, Some(fields)) => self.inside(Segment::Name(name), shape, fields),
        }
    }

    fn inside(
        &mut self,
        segment: Segment<'a>,
        shape: &'a Shape,
        value: &'a Value,
    ) -> Result<(), JsonError> {
        self.path.enter(segment);
        self.write(shape, value)?;
        self.path.leave();
        Ok(())
    }

    fn unexpected(&self, expected: &str, got: &Value) -> JsonError {
        let got = match got {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.refuse(format!("{expected} is needed, and {got} is written here"))
    }

    fn refuse(&self, problem: String) -> JsonError {
        JsonError { path: self.path.to_string(), problem }
    }
}

impl Shape {
    /// What JSON value is needed, for error messages.
    fn expected(&self) -> &'static str {
        match self {
            Self::Nothing => "null",
            Self::Boolean => "true or false",
            Self::Integer { bytes: 8 } => "a decimal string",
            Self::Integer { .. } => "a number",
            Self::FixedBytes { .. } | Self::Bytes { .. } => "a hex string",
            Self::Array { .. } | Self::List { .. } | Self::Tuple { .. } => "an array",
            Self::Record { .. } => "an object",
            Self::Optional { .. } => "a value or null",
            Self::Choice { .. } => "a variant",
        }
    }
}
