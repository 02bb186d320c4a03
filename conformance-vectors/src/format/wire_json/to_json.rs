//! Bytes to JSON, and on the way the places where an encoding can be broken.

use ioschain_model::words::count;
use serde_json::{Map, Value};

use super::BytesError;
use super::path::{Path, Segment};
use super::shape::Shape;

/// The JSON form of `bytes`, all of which must be used.
pub(super) fn convert(shape: &Shape, bytes: &[u8]) -> Result<Value, BytesError> {
    let mut reader = Reader::new(bytes, false);
    let value = reader.read(shape)?;
    reader.finish()?;
    Ok(value)
}

/// The places in an honest encoding where it can be broken, in order.
pub(super) fn marks<'a>(shape: &'a Shape, bytes: &'a [u8]) -> Result<Vec<Mark<'a>>, BytesError> {
    let mut reader = Reader::new(bytes, true);
    reader.read(shape)?;
    reader.finish()?;
    Ok(reader.marks)
}

/// A place where an encoding can be broken.
#[derive(Clone, Debug)]
pub(super) struct Mark<'a> {
    pub(super) offset: usize,
    pub(super) path: Path<'a>,
    pub(super) kind: MarkKind,
}

#[derive(Clone, Debug)]
pub(super) enum MarkKind {
    /// A field or an element begins.
    Start,
    /// An enum's tag, and the tags that exist.
    Tag {
        known: Vec<u8>,
    },
    OptionTag,
    Boolean,
    /// A u32 length, and the bytes of each element after it (of a byte string: none).
    Length {
        cap: u64,
        ordered: bool,
        of_bytes: bool,
        elements: Vec<std::ops::Range<usize>>,
    },
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
    path: Path<'a>,
    /// Left empty unless asked for: a long value has many.
    marks: Vec<Mark<'a>>,
    marking: bool,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8], marking: bool) -> Self {
        Self { bytes, offset: 0, path: Path::default(), marks: Vec::new(), marking }
    }

    fn read(&mut self, shape: &'a Shape) -> Result<Value, BytesError> {
        self.mark(MarkKind::Start);
        match shape {
            Shape::Nothing => Ok(Value::Null),
            Shape::Boolean => self.boolean(),
            Shape::Integer { bytes } => self.integer(*bytes),
            Shape::FixedBytes { length } => self.hex(*length),
            Shape::Bytes { cap } => {
                let at = self.offset;
                let length = self.length(*cap)?;
                self.mark_length(at, *cap, false, true, Vec::new());
                self.hex(length)
            }
            Shape::Array { length, element } => self.elements(*length, element).map(|read| read.0),
            Shape::List { cap, element, ordered } => {
                let at = self.offset;
                let length = self.length(*cap)?;
                let (values, ranges) = self.elements(length, element)?;
                self.mark_length(at, *cap, *ordered, false, ranges);
                Ok(values)
            }
            Shape::Record { fields } => self.record(fields),
            Shape::Tuple { fields } => {
                let mut values = Vec::new();
                for (place, field) in fields.iter().enumerate() {
                    values.push(self.inside(Segment::Place(place), field)?);
                }
                Ok(Value::Array(values))
            }
            Shape::Optional { value } => self.optional(value),
            Shape::Choice { variants } => self.choice(variants),
        }
    }

    fn boolean(&mut self) -> Result<Value, BytesError> {
        self.mark(MarkKind::Boolean);
        match self.take_byte()? {
            0 => Ok(Value::Bool(false)),
            1 => Ok(Value::Bool(true)),
            other => Err(self.refuse(format!("{other} is neither false (0) nor true (1)"))),
        }
    }

    fn integer(&mut self, bytes: usize) -> Result<Value, BytesError> {
        let value = self.take_integer(bytes)?;
        Ok(if bytes == 8 { Value::from(value.to_string()) } else { Value::from(value) })
    }

    fn hex(&mut self, length: u64) -> Result<Value, BytesError> {
        Ok(Value::from(hex::encode(self.take(length)?)))
    }

    fn length(&mut self, cap: u64) -> Result<u64, BytesError> {
        let length = self.take_integer(4)?;
        if length > cap {
            return Err(self.refuse(format!("the length {length} is over the cap of {cap}")));
        }
        Ok(length)
    }

    /// The elements, and the bytes of each. Grows with what was read: a length allocates nothing.
    fn elements(
        &mut self,
        length: u64,
        element: &'a Shape,
    ) -> Result<(Value, Vec<std::ops::Range<usize>>), BytesError> {
        let mut values = Vec::new();
        let mut ranges = Vec::new();
        for place in 0..length {
            let start = self.offset;
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            values.push(self.inside(Segment::Place(place), element)?);
            if self.marking {
                ranges.push(start..self.offset);
            }
        }
        Ok((Value::Array(values), ranges))
    }

    fn record(&mut self, fields: &'a [(String, Shape)]) -> Result<Value, BytesError> {
        let mut members = Map::new();
        for (name, field) in fields {
            members.insert(name.clone(), self.inside(Segment::Name(name), field)?);
        }
        Ok(Value::Object(members))
    }

    fn optional(&mut self, shape: &'a Shape) -> Result<Value, BytesError> {
        self.mark(MarkKind::OptionTag);
        match self.take_byte()? {
            0 => Ok(Value::Null),
            1 => self.read(shape),
            other => Err(self.refuse(format!("{other} is neither absent (0) nor present (1)"))),
        }
    }

    fn choice(&mut self, variants: &'a [super::shape::Variant]) -> Result<Value, BytesError> {
        if self.marking {
            let known = variants.iter().map(|variant| variant.tag).collect();
            self.mark(MarkKind::Tag { known });
        }
        let tag = self.take_byte()?;
        let Some(variant) = variants.iter().find(|variant| variant.tag == tag) else {
            return Err(self.refuse(format!("no variant has the tag {tag}")));
        };
        if variant.fields == Shape::Nothing {
            return Ok(Value::from(variant.name.clone()));
        }
        let fields = self.inside(Segment::Name(&variant.name), &variant.fields)?;
        Ok(Value::Object(Map::from_iter([(variant.name.clone(), fields)])))
    }

    fn inside(&mut self, segment: Segment<'a>, shape: &'a Shape) -> Result<Value, BytesError> {
        self.path.enter(segment);
        let value = self.read(shape)?;
        self.path.leave();
        Ok(value)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], BytesError> {
        let rest = &self.bytes[self.offset..];
        match usize::try_from(length).ok().and_then(|length| rest.get(..length)) {
            Some(taken) => {
                self.offset += taken.len();
                Ok(taken)
            }
            None => {
                let remaining = rest.len();
                let needed = count(length, "byte");
                Err(self.refuse(format!("{needed} needed, but only {remaining} left")))
            }
        }
    }

    fn take_byte(&mut self) -> Result<u8, BytesError> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    fn take_integer(&mut self, bytes: usize) -> Result<u64, BytesError> {
        let taken = self.take(bytes as u64)?;
        Ok(taken.iter().rev().fold(0, |value, byte| (value << 8) | u64::from(*byte)))
    }

    fn finish(&self) -> Result<(), BytesError> {
        match self.bytes.len() - self.offset {
            0 => Ok(()),
            1 => Err(self.refuse("1 byte follows after the value".to_owned())),
            trailing => Err(self.refuse(format!("{trailing} bytes follow after the value"))),
        }
    }

    fn refuse(&self, problem: String) -> BytesError {
        BytesError { offset: self.offset, path: self.path.to_string(), problem }
    }

    fn mark(&mut self, kind: MarkKind) {
        self.mark_at(self.offset, kind);
    }

    fn mark_length(
        &mut self,
        offset: usize,
        cap: u64,
        ordered: bool,
        of_bytes: bool,
        elements: Vec<std::ops::Range<usize>>,
    ) {
        self.mark_at(offset, MarkKind::Length { cap, ordered, of_bytes, elements });
    }

    fn mark_at(&mut self, offset: usize, kind: MarkKind) {
        if self.marking {
            self.marks.push(Mark { offset, path: self.path.clone(), kind });
        }
    }
}
