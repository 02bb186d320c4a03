//! Edits of a value in its JSON form: they know byte strings, numbers and lists, and so most of
//! them leave a value of the type. What an edit makes of a value that is none of the type is
//! dropped by whoever encodes it.

use arbitrary::{Arbitrary, Unstructured};
use serde_json::{Value, json};

/// The most edits of one value.
pub const EDITS_MAX: usize = 6;

/// One change. Places are counted from 0 over all that the edit fits, and begin again after the
/// last.
#[derive(Clone, Debug, Arbitrary)]
pub enum Edit {
    /// Flips a bit of a byte string.
    Flip {
        /// Which byte string.
        text: u16,
        /// Which of its bits.
        bit: u16,
    },
    /// Puts one of the [`SPECIAL`] values in the place of a byte string.
    Special {
        /// Which byte string.
        text: u16,
        /// Which value.
        value: u8,
    },
    /// Puts another byte string of the same length there.
    Copy {
        /// Which byte string.
        text: u16,
        /// Which one is copied, of those that fit.
        from: u16,
    },
    /// Makes a short byte string, such as a bitmap, longer or shorter by a byte.
    Length {
        /// Which one, of those of at most 8 bytes.
        text: u16,
        /// The byte that is added; without one the last is taken away.
        added: Option<u8>,
    },
    /// Changes a number.
    Number {
        /// Which.
        number: u16,
        /// How.
        change: NumberChange,
    },
    /// Leaves an element of a list out.
    Drop {
        /// Which list.
        list: u16,
        /// Which element.
        place: u8,
    },
    /// Repeats an element of a list.
    Repeat {
        /// Which list.
        list: u16,
        /// Which element.
        place: u8,
    },
    /// Exchanges two elements of a list.
    Swap {
        /// Which list.
        list: u16,
        /// One.
        place: u8,
        /// The other.
        with: u8,
    },
    /// Puts a part there that is in the same place of another value.
    Splice {
        /// Which part.
        part: u16,
        /// Of which value.
        donor: u8,
    },
}

/// How many kinds of [`Edit`] there are, for the seeds.
pub const EDIT_KINDS: u64 = 9;

/// What becomes of a number.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub enum NumberChange {
    /// One more.
    More,
    /// One less.
    Less,
    /// 0.
    Zero,
    /// The largest of a byte, of two, of four, of eight.
    Largest(u8),
    /// Something else.
    To(u64),
}

/// Byte strings at the edges of what decodes, 32 bytes each; shorter ones are their beginning,
/// longer ones repeat them: zeros (the identity of ristretto255, 0), ones, the number 1 (also the
/// identity of edwards25519), the order of the groups, one less, the modulus of their field, one
/// less, ristretto255's generator.
pub const SPECIAL: [[u8; 32]; 8] = [
    [0; 32],
    [0xff; 32],
    little_endian(&[1], 0),
    little_endian(&ORDER, 0x10),
    little_endian(&one_less(ORDER), 0x10),
    modulus(0xed),
    modulus(0xec),
    [
        0xe2, 0xf2, 0xae, 0x0a, 0x6a, 0xbc, 0x4e, 0x71, 0xa8, 0x84, 0xa9, 0x61, 0xc5, 0x00, 0x51,
        0x5f, 0x58, 0xe3, 0x0b, 0x6a, 0xa5, 0x82, 0xdd, 0x8d, 0xb6, 0xa6, 0x59, 0x45, 0xe0, 0x8d,
        0x2d, 0x76,
    ],
];

/// The low half of 2²⁵² + 27742317777372353535851937790883648493.
const ORDER: [u8; 16] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
];

const fn one_less(mut number: [u8; 16]) -> [u8; 16] {
    number[0] -= 1;
    number
}

/// A number's low bytes and its highest.
const fn little_endian(low: &[u8], highest: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut place = 0;
    while place < low.len() {
        bytes[place] = low[place];
        place += 1;
    }
    bytes[31] = highest;
    bytes
}

/// 2²⁵⁵ − 19 or close to it.
const fn modulus(lowest: u8) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = lowest;
    bytes[31] = 0x7f;
    bytes
}

/// The edits that the rest of the fuzzer's bytes encode.
///
/// # Errors
/// Never with bytes left; the type is that of `arbitrary`.
pub fn read_edits(source: &mut Unstructured<'_>) -> arbitrary::Result<Vec<Edit>> {
    let mut edits = Vec::new();
    while !source.is_empty() && edits.len() < EDITS_MAX {
        edits.push(source.arbitrary()?);
    }
    Ok(edits)
}

impl Edit {
    /// Changes `value`; parts of others come from `donors`.
    pub fn apply(&self, value: &mut Value, donors: &[&Value]) {
        match *self {
            Self::Flip { text, bit } => edit_bytes(value, text, is_bytes, |bytes| flip(bytes, bit)),
            Self::Special { text, value: special } => {
                let special = SPECIAL[usize::from(special) % SPECIAL.len()];
                edit_bytes(value, text, is_bytes, |bytes| {
                    bytes
                        .iter_mut()
                        .zip(special.iter().cycle())
                        .for_each(|(byte, new)| *byte = *new);
                });
            }
            Self::Copy { text, from } => copy(value, text, from),
            Self::Length { text, added } => {
                edit_bytes(value, text, is_short, |bytes| match added {
                    Some(byte) => bytes.push(byte),
                    None => drop(bytes.pop()),
                })
            }
            Self::Number { number, change } => {
                if let Some(place) = find(value, number, is_number) {
                    *place = change_number(place, change);
                }
            }
            Self::Drop { list, place } => edit_list(value, list, |list| {
                list.remove(usize::from(place) % list.len());
            }),
            Self::Repeat { list, place } => edit_list(value, list, |list| {
                let place = usize::from(place) % list.len();
                list.insert(place, list[place].clone());
            }),
            Self::Swap { list, place, with } => edit_list(value, list, |list| {
                let length = list.len();
                list.swap(usize::from(place) % length, usize::from(with) % length);
            }),
            Self::Splice { part, donor } => splice(value, part, donor, donors),
        }
    }
}

/// The part of a value at a place, counted over those that fit.
fn find(value: &mut Value, place: u16, fits: fn(&Value) -> bool) -> Option<&mut Value> {
    let count = count(value, fits);
    let mut left = usize::from(place).checked_rem(count)?;
    go_to(value, &mut left, fits)
}

fn go_to<'a>(
    value: &'a mut Value,
    left: &mut usize,
    fits: fn(&Value) -> bool,
) -> Option<&'a mut Value> {
    if fits(value) {
        if *left == 0 {
            return Some(value);
        }
        *left -= 1;
    }
    match value {
        Value::Array(elements) => elements.iter_mut().find_map(|part| go_to(part, left, fits)),
        Value::Object(members) => members.values_mut().find_map(|part| go_to(part, left, fits)),
        _ => None,
    }
}

fn count(value: &Value, fits: fn(&Value) -> bool) -> usize {
    let parts: usize = match value {
        Value::Array(elements) => elements.iter().map(|part| count(part, fits)).sum(),
        Value::Object(members) => members.values().map(|part| count(part, fits)).sum(),
        _ => 0,
    };
    parts + usize::from(fits(value))
}

/// Hex of whole bytes; or a number or a name of even length, which an edit leaves as it is or makes
/// another of.
fn is_bytes(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && text.len() % 2 == 0)
}

fn is_short(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() <= 16 && text.len() % 2 == 0)
}

/// A number, or the decimal text that encodes a u64.
fn is_number(value: &Value) -> bool {
    value.is_u64() || value.as_str().is_some_and(|text| text.parse::<u64>().is_ok())
}

fn is_list(value: &Value) -> bool {
    value.as_array().is_some_and(|elements| !elements.is_empty())
}

fn edit_bytes(
    value: &mut Value,
    place: u16,
    fits: fn(&Value) -> bool,
    change: impl FnOnce(&mut Vec<u8>),
) {
    let Some(found) = find(value, place, fits) else { return };
    let Some(mut bytes) = found.as_str().and_then(|text| hex::decode(text).ok()) else { return };
    change(&mut bytes);
    *found = json!(hex::encode(bytes));
}

fn edit_list(value: &mut Value, place: u16, change: impl FnOnce(&mut Vec<Value>)) {
    if let Some(Value::Array(elements)) = find(value, place, is_list) {
        change(elements);
    }
}

fn flip(bytes: &mut [u8], bit: u16) {
    let place = usize::from(bit / 8) % bytes.len();
    bytes[place] ^= 1 << (bit % 8);
}

/// Copies one of the byte strings that are as long as that at `text`.
fn copy(value: &mut Value, text: u16, from: u16) {
    let Some(length) = find(value, text, is_bytes).and_then(|found| found.as_str()).map(str::len)
    else {
        return;
    };
    let mut candidates = Vec::new();
    collect(value, length, &mut candidates);
    let copied =
        usize::from(from).checked_rem(candidates.len()).map(|place| candidates.swap_remove(place));
    if let (Some(copied), Some(found)) = (copied, find(value, text, is_bytes)) {
        *found = json!(copied);
    }
}

fn collect(value: &Value, length: usize, found: &mut Vec<String>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|part| collect(part, length, found)),
        Value::Object(members) => members.values().for_each(|part| collect(part, length, found)),
        Value::String(text) if text.len() == length => found.push(text.clone()),
        _ => {}
    }
}

fn change_number(number: &Value, change: NumberChange) -> Value {
    let old = number.as_u64().or_else(|| number.as_str().and_then(|text| text.parse().ok()));
    let old = old.unwrap_or(0);
    let new = match change {
        NumberChange::More => old.wrapping_add(1),
        NumberChange::Less => old.wrapping_sub(1),
        NumberChange::Zero => 0,
        NumberChange::Largest(bytes) => u64::MAX >> (64 - (8u32 << (bytes % 4))),
        NumberChange::To(new) => new,
    };
    if number.is_string() { json!(new.to_string()) } else { json!(new) }
}

fn splice(value: &mut Value, part: u16, donor: u8, donors: &[&Value]) {
    let Some(donor) = usize::from(donor).checked_rem(donors.len()).map(|place| donors[place])
    else {
        return;
    };
    let mut donor = donor.clone();
    let everything = |_: &Value| true;
    let mut left = usize::from(part) % count(value, everything);
    let mut same = left;
    if let (Some(found), Some(new)) =
        (go_to(value, &mut left, everything), go_to(&mut donor, &mut same, everything))
    {
        *found = new.take();
    }
}
