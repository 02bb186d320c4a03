//! Values that occur several times in a file, written once.
//!
//! Many cases begin with the same state or the same rosters. A file's member `shared` lists such
//! values, and wherever a case may have a value, it may have `{"shared": 3}` instead, which means
//! entry 3 of the list, counted from 0. An entry may refer to entries before it. The runner writes
//! them out before an adapter sees them; who reads the files directly does the same.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use thiserror::Error;

use crate::format::canonical_json;
use crate::format::vector::{Case, Expect, VectorFile};

/// The least length of a value, as canonical JSON, that is worth sharing.
const SHARED_LENGTH_MIN: usize = 40;

/// The most values that the references of one file may come to, parts of values included.
pub const WRITTEN_OUT_MAX: usize = 1 << 22;

/// Why a reference cannot be written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SharedError {
    /// It points nowhere, or is no number.
    #[error(
        "a reference is {{\"shared\": n}}, where n is the place of an earlier entry of `shared`"
    )]
    Place,
    /// The values would fill the memory.
    #[error("the shared values of one file come to more than {WRITTEN_OUT_MAX} values")]
    TooLarge,
}

impl VectorFile {
    /// The file as it is written: what occurs in it several times is in `shared`.
    pub fn with_shared_values(&self) -> Self {
        let mut counts = BTreeMap::new();
        for value in self.cases.iter().flat_map(values) {
            count(value, &mut counts);
        }
        counts.retain(|_, count| *count > 1);
        let mut list = SharedList { counts, places: BTreeMap::new(), entries: Vec::new() };
        let mut file = self.clone();
        for value in file.cases.iter_mut().flat_map(values_mut) {
            *value = list.refer(value);
        }
        file.shared = list.entries;
        file
    }

    /// The file with all references written out, and `shared` empty.
    ///
    /// # Errors
    /// A reference that points nowhere or forwards; more than [`WRITTEN_OUT_MAX`] values.
    pub fn written_out(mut self) -> Result<Self, SharedError> {
        let mut budget = WRITTEN_OUT_MAX;
        let mut entries = Vec::new();
        for entry in std::mem::take(&mut self.shared) {
            let entry = write_out(&entry, &entries, &mut budget)?;
            entries.push(entry);
        }
        for value in self.cases.iter_mut().flat_map(values_mut) {
            *value = write_out(value, &entries, &mut budget)?;
        }
        Ok(self)
    }
}

/// The values of a case in which references may occur.
fn values(case: &Case) -> impl Iterator<Item = &Value> {
    let steps = case.steps.iter().map(|step| &step.input);
    let answers = case.expectations().filter_map(Expect::value);
    [&case.input].into_iter().chain(steps).chain(answers).chain(&case.state)
}

/// As [`values`], to change, in another order.
fn values_mut(case: &mut Case) -> impl Iterator<Item = &mut Value> {
    let steps = case.steps.iter_mut();
    let of_steps = steps.flat_map(|step| [Some(&mut step.input), step.expect.value_mut()]);
    let expect = case.expect.as_mut().and_then(Expect::value_mut);
    [&mut case.input].into_iter().chain(of_steps.flatten()).chain(expect).chain(&mut case.state)
}

/// The canonical form, if the value is long enough.
fn long(value: &Value) -> Option<String> {
    canonical_json::line(value).ok().filter(|text| text.len() >= SHARED_LENGTH_MIN)
}

/// How often each long value occurs. What occurs again is not looked into again.
fn count(value: &Value, counts: &mut BTreeMap<String, u32>) {
    let Some(text) = long(value) else { return };
    let seen = counts.entry(text).or_default();
    *seen += 1;
    if *seen == 1 {
        parts(value).for_each(|part| count(part, counts));
    }
}

fn parts(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(elements) => Box::new(elements.iter()),
        Value::Object(members) => Box::new(members.values()),
        _ => Box::new(std::iter::empty()),
    }
}

struct SharedList {
    /// The values that occur more than once.
    counts: BTreeMap<String, u32>,
    places: BTreeMap<String, usize>,
    entries: Vec<Value>,
}

impl SharedList {
    /// The value, or a reference to it, with references inside.
    fn refer(&mut self, value: &Value) -> Value {
        let Some(text) = long(value) else { return value.clone() };
        if let Some(place) = self.places.get(&text) {
            return json!({ "shared": place });
        }
        let with_references = match value {
            Value::Array(elements) => elements.iter().map(|element| self.refer(element)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, member)| (name.clone(), self.refer(member))).collect()
            }
            scalar => scalar.clone(),
        };
        if !self.counts.contains_key(&text) {
            return with_references;
        }
        let place = self.entries.len();
        self.entries.push(with_references);
        self.places.insert(text, place);
        json!({ "shared": place })
    }
}

fn write_out(value: &Value, entries: &[Value], budget: &mut usize) -> Result<Value, SharedError> {
    match value {
        Value::Array(elements) => {
            elements.iter().map(|element| write_out(element, entries, budget)).collect()
        }
        Value::Object(members) => match members.get("shared") {
            Some(place) if members.len() == 1 => {
                let place = place.as_u64().and_then(|place| usize::try_from(place).ok());
                let entry = place.and_then(|place| entries.get(place)).ok_or(SharedError::Place)?;
                *budget = budget.checked_sub(size(entry)).ok_or(SharedError::TooLarge)?;
                Ok(entry.clone())
            }
            _ => members
                .iter()
                .map(|(name, member)| Ok((name.clone(), write_out(member, entries, budget)?)))
                .collect(),
        },
        scalar => Ok(scalar.clone()),
    }
}

/// How many values there are in a value, itself included.
fn size(value: &Value) -> usize {
    parts(value).map(size).fold(1, usize::saturating_add)
}
