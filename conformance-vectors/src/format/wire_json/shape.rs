//! The schema of a type, reduced to what a conversion needs: checked once, then walked without
//! any case that could fail.

use borsh::schema::{BorshSchemaContainer, Declaration, Definition, Fields};
use thiserror::Error;

/// Why a type has no JSON form.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the type `{declaration}` has no JSON form: {problem}")]
pub struct SchemaError {
    /// The type, as its schema names it.
    pub declaration: String,
    /// Why there is none.
    pub problem: &'static str,
}

/// How a value is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Takes no bytes.
    Nothing,
    Boolean,
    /// Little-endian and unsigned, 1, 2, 4 or 8 bytes.
    Integer {
        bytes: usize,
    },
    /// `[u8; length]`.
    FixedBytes {
        length: u64,
    },
    /// A u32 length, then as many bytes.
    Bytes {
        cap: u64,
    },
    /// `[element; length]`.
    Array {
        length: u64,
        element: Box<Shape>,
    },
    /// A u32 length, then as many elements; in increasing order if it is a set or a map.
    List {
        cap: u64,
        element: Box<Shape>,
        ordered: bool,
    },
    /// Named fields, at least one.
    Record {
        fields: Vec<(String, Shape)>,
    },
    /// Unnamed fields, at least two.
    Tuple {
        fields: Vec<Shape>,
    },
    Optional {
        value: Box<Shape>,
    },
    /// A u8 tag, then the variant's fields.
    Choice {
        variants: Vec<Variant>,
    },
}

/// One variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) tag: u8,
    pub(super) name: String,
    pub(super) fields: Shape,
}

/// The shape of the type that `container` describes.
pub(super) fn resolve(container: &BorshSchemaContainer) -> Result<Shape, SchemaError> {
    let mut resolver = Resolver { container, open: Vec::new() };
    resolver.declared(container.declaration())
}

struct Resolver<'a> {
    container: &'a BorshSchemaContainer,
    /// The types around the one at hand, to notice one that contains itself.
    open: Vec<&'a Declaration>,
}

impl<'a> Resolver<'a> {
    fn declared(&mut self, declaration: &'a Declaration) -> Result<Shape, SchemaError> {
        if self.open.contains(&declaration) {
            return Err(refuse(declaration, "it contains itself"));
        }
        let definition = self
            .container
            .get_definition(declaration)
            .ok_or_else(|| refuse(declaration, "its schema does not define it"))?;
        self.open.push(declaration);
        let shape = self.defined(declaration, definition)?;
        self.open.pop();
        Ok(shape)
    }

    fn defined(
        &mut self,
        declaration: &'a Declaration,
        definition: &'a Definition,
    ) -> Result<Shape, SchemaError> {
        match definition {
            Definition::Primitive(_) => primitive(declaration),
            Definition::Sequence { length_width, length_range, elements } => {
                self.sequence(declaration, *length_width, length_range.clone(), elements)
            }
            Definition::Tuple { elements } => self.unnamed(elements),
            Definition::Struct { fields } => match fields {
                Fields::NamedFields(fields) => self.named(fields),
                Fields::UnnamedFields(fields) => self.unnamed(fields),
                Fields::Empty => Ok(Shape::Nothing),
            },
            Definition::Enum { tag_width: 1, variants } => self.choice(declaration, variants),
            Definition::Enum { .. } => Err(refuse(declaration, "its tag is not one byte")),
        }
    }

    fn sequence(
        &mut self,
        declaration: &Declaration,
        length_width: u8,
        lengths: std::ops::RangeInclusive<u64>,
        elements: &'a Declaration,
    ) -> Result<Shape, SchemaError> {
        // Text is also a sequence of bytes, but not every byte string is text.
        if declaration == "String" || declaration == "AsciiString" {
            return Err(refuse(declaration, "the restricted encoding has no text"));
        }
        let element = self.declared(elements)?;
        if !element.takes_bytes() {
            return Err(refuse(declaration, "its elements take no bytes"));
        }
        let (first, last) = (*lengths.start(), *lengths.end());
        let of_bytes = elements == "u8";
        let element = Box::new(element);
        match length_width {
            0 if first == last && of_bytes => Ok(Shape::FixedBytes { length: last }),
            0 if first == last => Ok(Shape::Array { length: last, element }),
            4 if first == 0 && of_bytes => Ok(Shape::Bytes { cap: last }),
            4 if first == 0 => {
                Ok(Shape::List { cap: last, element, ordered: is_ordered(declaration) })
            }
            _ => Err(refuse(declaration, "it has neither a fixed length nor a u32 length from 0")),
        }
    }

    fn named(&mut self, fields: &'a [(String, Declaration)]) -> Result<Shape, SchemaError> {
        let mut kept = Vec::new();
        for (name, declaration) in fields {
            let shape = self.declared(declaration)?;
            if shape != Shape::Nothing {
                kept.push((name.clone(), shape));
            }
        }
        Ok(if kept.is_empty() { Shape::Nothing } else { Shape::Record { fields: kept } })
    }

    fn unnamed(&mut self, fields: &'a [Declaration]) -> Result<Shape, SchemaError> {
        let mut kept = Vec::new();
        for declaration in fields {
            let shape = self.declared(declaration)?;
            if shape != Shape::Nothing {
                kept.push(shape);
            }
        }
        Ok(match kept.len() {
            0 | 1 => kept.pop().unwrap_or(Shape::Nothing),
            _ => Shape::Tuple { fields: kept },
        })
    }

    fn choice(
        &mut self,
        declaration: &Declaration,
        variants: &'a [(i64, String, Declaration)],
    ) -> Result<Shape, SchemaError> {
        let mut resolved = Vec::new();
        for (tag, name, fields) in variants {
            let tag = u8::try_from(*tag).map_err(|_| refuse(declaration, "a tag is above 255"))?;
            resolved.push(Variant { tag, name: name.clone(), fields: self.declared(fields)? });
        }
        if !declaration.starts_with("Option<") {
            return Ok(Shape::Choice { variants: resolved });
        }
        let value = match resolved.pop() {
            Some(Variant { tag: 1, fields, .. }) => fields,
            _ => return Err(refuse(declaration, "its tags are not those of an Option")),
        };
        if matches!(value, Shape::Nothing | Shape::Optional { .. }) {
            return Err(refuse(declaration, "null would mean two things"));
        }
        Ok(Shape::Optional { value: Box::new(value) })
    }
}

impl Shape {
    /// Whether every value of this shape takes at least one byte.
    fn takes_bytes(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::FixedBytes { length } => *length > 0,
            Self::Array { length, element } => *length > 0 && element.takes_bytes(),
            Self::Record { fields } => fields.iter().any(|(_, field)| field.takes_bytes()),
            Self::Tuple { fields } => fields.iter().any(Self::takes_bytes),
            _ => true,
        }
    }
}

fn primitive(declaration: &Declaration) -> Result<Shape, SchemaError> {
    match declaration.as_str() {
        "()" => Ok(Shape::Nothing),
        "bool" => Ok(Shape::Boolean),
        "u8" => Ok(Shape::Integer { bytes: 1 }),
        "u16" => Ok(Shape::Integer { bytes: 2 }),
        "u32" => Ok(Shape::Integer { bytes: 4 }),
        "u64" => Ok(Shape::Integer { bytes: 8 }),
        _ => Err(refuse(declaration, "only u8, u16, u32, u64 and bool have one")),
    }
}

/// A schema does not describe the order; the type's name does.
pub(super) fn is_ordered(declaration: &Declaration) -> bool {
    ["BoundedMap<", "BTreeMap<", "BTreeSet<"].iter().any(|name| declaration.starts_with(name))
}

fn refuse(declaration: &Declaration, problem: &'static str) -> SchemaError {
    SchemaError { declaration: declaration.clone(), problem }
}
