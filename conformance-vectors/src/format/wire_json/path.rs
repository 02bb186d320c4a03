//! The place in a value that a conversion has reached, for its error messages.

use std::fmt;

/// The way from the whole value to the part at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Path<'a>(Vec<Segment<'a>>);

#[derive(Clone, Copy, Debug)]
pub(super) enum Segment<'a> {
    /// A field or a variant.
    Name(&'a str),
    /// An element.
    Place(usize),
}

impl<'a> Path<'a> {
    pub(super) fn enter(&mut self, segment: Segment<'a>) {
        self.0.push(segment);
    }

    pub(super) fn leave(&mut self) {
        self.0.pop();
    }

    /// The path as a slug, without the places of elements: `inputs[3].data_hash` is
    /// `inputs-data-hash`, and the whole value is empty. So the same part of the type has the same
    /// slug, whichever value is there.
    pub(super) fn slug(&self) -> String {
        let names: Vec<String> = self
            .0
            .iter()
            .filter_map(|segment| match segment {
                Segment::Name(name) => Some(name.replace('_', "-").to_lowercase()),
                Segment::Place(_) => None,
            })
            .collect();
        names.join("-")
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return formatter.write_str("the value");
        }
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Name(name) if position == 0 => write!(formatter, "{name}")?,
                Segment::Name(name) => write!(formatter, ".{name}")?,
                Segment::Place(place) => write!(formatter, "[{place}]")?,
            }
        }
        Ok(())
    }
}
