//! Malformed bytes, made by breaking an honest encoding in one place at a time.
//!
//! Each part of the type is broken once, where it first occurs in the value, so that the list is
//! as long as the type is rich and not as long as the value. Slugs name the part, and stay the same
//! when the honest value changes.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use super::BytesError;
use super::shape::Shape;
use super::to_json::{self, Mark, MarkKind};
use crate::format::repeat::Repeat;

/// The most truncations taken from one value.
const TRUNCATIONS_MAX: usize = 16;

/// The longest byte string made to put one element too many into a sequence.
const OVER_CAP_BYTES_MAX: u64 = 1 << 20;

/// One way to break an encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformation {
    /// A part of a case id, such as `length-over-cap-inputs`.
    pub slug: String,
    /// What is wrong, such as `the length of inputs is 1025, one over its cap`.
    pub description: String,
    /// The malformed bytes.
    pub bytes: Vec<u8>,
    /// The same bytes as they are written in a vector file: hex, or a `repeat` object where that is
    /// long.
    pub written: Value,
}

/// Every malformation of `honest`, without repetitions.
pub(super) fn derive(shape: &Shape, honest: &[u8]) -> Result<Vec<Malformation>, BytesError> {
    let marks = to_json::marks(shape, honest)?;
    let mut found =
        Collector { shape, slugs: BTreeSet::new(), bytes: BTreeSet::new(), list: vec![] };
    truncate(&marks, honest, &mut found);
    let trailing = Repeat::new(honest, &[0], 1, &[]);
    found.add("trailing-byte", "", "one byte follows the value", &trailing);
    for mark in &marks {
        break_mark(mark, honest, &mut found);
    }
    Ok(found.list)
}

fn truncate(marks: &[Mark<'_>], honest: &[u8], found: &mut Collector<'_>) {
    let mut boundaries = Vec::new();
    let (mut offsets, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for mark in marks.iter().filter(|mark| matches!(mark.kind, MarkKind::Start)) {
        let first_here = mark.offset < honest.len() && offsets.insert(mark.offset);
        if first_here && paths.insert(mark.path.slug()) {
            boundaries.push(mark);
        }
    }
    // Evenly spread when there are more than enough.
    let kept = boundaries.len().min(TRUNCATIONS_MAX);
    for place in 0..kept {
        let mark = boundaries[place * boundaries.len() / kept];
        let slug = if mark.offset == 0 { "empty" } else { "truncated-before" };
        let description = format!("the bytes end before {}", mark.path);
        found.add(slug, &mark.path.slug(), &description, &plain(&honest[..mark.offset]));
    }
    if let Some((_, all_but_last)) = honest.split_last() {
        found.add("truncated-last-byte", "", "the last byte is missing", &plain(all_but_last));
    }
}

fn break_mark(mark: &Mark<'_>, honest: &[u8], found: &mut Collector<'_>) {
    let (path, slug) = (&mark.path, mark.path.slug());
    let with_byte = |byte: u8| {
        Repeat::new(
            &honest[..mark.offset],
            &[byte],
            1,
            honest.get(mark.offset + 1..).unwrap_or_default(),
        )
    };
    match &mark.kind {
        MarkKind::Start => {}
        MarkKind::Tag { known } => {
            let unknown = (0..=u8::MAX).find(|tag| !known.contains(tag));
            if let Some(tag) = unknown {
                let description = format!("the tag of {path} is {tag}, which no variant has");
                found.add("unknown-tag", &slug, &description, &with_byte(tag));
            }
            if !known.contains(&u8::MAX) {
                let description = format!("the tag of {path} is 255, which no variant has");
                found.add("tag-255", &slug, &description, &with_byte(u8::MAX));
            }
        }
        MarkKind::OptionTag => {
            let description = format!("the tag of the option {path} is 2");
            found.add("option-tag-2", &slug, &description, &with_byte(2));
        }
        MarkKind::Boolean => {
            let description = format!("the boolean {path} is 2");
            found.add("boolean-2", &slug, &description, &with_byte(2));
        }
        MarkKind::Length { cap, ordered, of_bytes, elements } => {
            break_length(mark, honest, *cap, *of_bytes, elements, found);
            if *ordered {
                break_order(mark, honest, elements, found);
            }
        }
    }
}

fn break_length(
    mark: &Mark<'_>,
    honest: &[u8],
    cap: u64,
    of_bytes: bool,
    elements: &[Range<usize>],
    found: &mut Collector<'_>,
) {
    let (path, slug) = (&mark.path, mark.path.slug());
    let (before, rest) = honest.split_at(mark.offset);
    let after_length = rest.get(4..).unwrap_or_default();
    let with_length =
        |length: u32| Repeat::new(&[before, &length.to_le_bytes()].concat(), &[], 0, after_length);
    let huge = format!("the length of {path} is 4294967295, more than the bytes that are left");
    found.add("length-huge", &slug, &huge, &with_length(u32::MAX));
    let Some(over) = u32::try_from(cap).ok().and_then(|cap| cap.checked_add(1)) else {
        return;
    };
    let too_far =
        format!("the length of {path} is {cap}, which is allowed, but the bytes end before");
    found.add("length-past-end", &slug, &too_far, &with_length(over - 1));
    // With all its elements there, so that only the cap is left to refuse it.
    let unit = if of_bytes {
        Some(&[0][..])
    } else {
        elements.first().map(|first| &honest[first.clone()])
    };
    let Some(unit) = unit.filter(|unit| unit.len() as u64 * u64::from(over) <= OVER_CAP_BYTES_MAX)
    else {
        let description = format!("the length of {path} is {over}, one over its cap");
        found.add("length-over-cap", &slug, &description, &with_length(over));
        return;
    };
    let length_is = u32_at(honest, mark.offset) as usize;
    let end = match elements.last() {
        Some(last) => last.end,
        None => mark.offset + 4 + if of_bytes { length_is } else { 0 },
    };
    let prefix = [before, &over.to_le_bytes()].concat();
    let description = format!("{path} has {over} elements, one over its cap");
    let repeat = Repeat::new(&prefix, unit, over, honest.get(end..).unwrap_or_default());
    found.add("length-over-cap", &slug, &description, &repeat);
}

fn break_order(
    mark: &Mark<'_>,
    honest: &[u8],
    elements: &[Range<usize>],
    found: &mut Collector<'_>,
) {
    let [first, second, ..] = elements else {
        return;
    };
    let (path, slug) = (&mark.path, mark.path.slug());
    let (one, two) = (&honest[first.clone()], &honest[second.clone()]);
    let (before, after) = (&honest[..first.start], &honest[second.end..]);
    let swapped = plain(&[before, two, one, after].concat());
    found.add_unseen(
        "unsorted",
        &slug,
        &format!("the first two entries of {path} are swapped"),
        &swapped,
    );
    let repeated = plain(&[before, one, one, after].concat());
    found.add_unseen(
        "repeated",
        &slug,
        &format!("the first entry of {path} is repeated"),
        &repeated,
    );
}

fn plain(bytes: &[u8]) -> Repeat {
    Repeat::new(bytes, &[], 0, &[])
}

fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    let digits = bytes.iter().skip(offset).take(4).rev();
    digits.fold(0, |value, byte| (value << 8) | u32::from(*byte))
}

/// Gathers malformations, each kind once for each part of the type, no byte string twice.
struct Collector<'a> {
    shape: &'a Shape,
    slugs: BTreeSet<String>,
    bytes: BTreeSet<Vec<u8>>,
    list: Vec<Malformation>,
}

impl Collector<'_> {
    /// Takes it up if the schema shows that it is malformed.
    fn add(&mut self, kind: &str, part: &str, description: &str, repeat: &Repeat) {
        let bytes = bytes_of(repeat);
        // A changed length can, by chance, make another honest value.
        if to_json::convert(self.shape, &bytes).is_err() {
            self.keep(kind, part, description, repeat, bytes);
        }
    }

    /// Takes up what is malformed only by the order of entries, which no schema shows.
    fn add_unseen(&mut self, kind: &str, part: &str, description: &str, repeat: &Repeat) {
        self.keep(kind, part, description, repeat, bytes_of(repeat));
    }

    fn keep(&mut self, kind: &str, part: &str, description: &str, repeat: &Repeat, bytes: Vec<u8>) {
        let slug = if part.is_empty() { kind.to_owned() } else { format!("{kind}-{part}") };
        if self.slugs.contains(&slug) || !self.bytes.insert(bytes.clone()) {
            return;
        }
        self.slugs.insert(slug.clone());
        let written = repeat.to_value();
        self.list.push(Malformation { slug, description: description.to_owned(), bytes, written });
    }
}

fn bytes_of(repeat: &Repeat) -> Vec<u8> {
    let digits = [&repeat.prefix, &repeat.hex.repeat(repeat.times as usize), &repeat.suffix];
    hex::decode(digits.map(String::as_str).concat()).unwrap_or_default()
}
