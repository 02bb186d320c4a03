//! What the tree of vectors holds: the manifest, the table of rejections, the handlers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::format::vector::{CaseKind, HandlerKind};

/// `MANIFEST.json`: every file of vectors, and what the suite covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the suite: a new major version may change what a case expects.
    pub suite_version: String,
    /// The program that wrote the tree, and its version.
    pub generator: String,
    /// SHA-256 over one line `<sha256>  <path>` LF for each of `files`, in order of their paths.
    pub tree_hash: String,
    /// How many cases there are.
    pub cases: u32,
    /// How many of them are negative.
    pub negative: u32,
    /// The files of vectors, in order of their paths.
    pub files: Vec<FileEntry>,
    /// The requirements that the cases name, in order.
    pub requirements: Vec<RequirementEntry>,
    /// The codes for which no case can hold a second fault.
    pub codes_without_second_fault: Vec<NoSecondFault>,
}

/// One file of vectors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its place in the tree.
    pub path: String,
    /// Its SHA-256, as hex.
    pub sha256: String,
    /// Its length.
    pub bytes: u32,
    /// `<module>.<handler>`.
    pub handler: String,
    /// How its cases are put to an implementation.
    pub kind: HandlerKind,
    /// The parameters in force.
    pub profile: String,
    /// How many cases it holds.
    pub cases: u32,
    /// How many of them are negative.
    pub negative: u32,
    /// The requirements that its cases name, in order.
    pub requirements: Vec<String>,
}

/// How often a requirement is tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementEntry {
    /// Its permanent id.
    pub id: String,
    /// Positive cases that name it.
    pub positive: u32,
    /// Negative cases that name it.
    pub negative: u32,
}

/// A code for which no case can hold a second fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoSecondFault {
    /// The code.
    pub code: String,
    /// Why.
    pub reason: String,
}

/// `REJECTIONS.json`: every way in which the specification says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejections {
    /// In the order of the checks: of two faults the one listed first is reported.
    pub rejections: Vec<RejectionRow>,
}

/// One way in which the specification says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionRow {
    /// The permanent code.
    pub code: String,
    /// The requirements that are violated: one, or one of several where checks share the code.
    pub requirements: Vec<String>,
    /// What was wrong, in one sentence.
    pub meaning: String,
    /// Its place in the order of the checks, from 0.
    pub precedence: u32,
}

/// What one handler asks and answers, for those who implement it: `schema/handlers/<name>.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandlerDescription {
    /// `<module>.<handler>`.
    pub name: String,
    /// What it does, in a sentence.
    pub doc: String,
    /// The input: a JSON Schema, a wire type, or an object of those.
    pub input: Value,
    /// The value of an `ok`, likewise.
    pub output: Value,
    /// In a scenario the input of a step, likewise; else null.
    pub step: Value,
}

/// The hash over a list of files.
pub fn tree_hash(files: &[FileEntry]) -> String {
    let lines: String =
        files.iter().map(|file| format!("{}  {}\n", file.sha256, file.path)).collect();
    sha256(lines.as_bytes())
}

/// SHA-256, as hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The requirements that `cases` name, with how often.
pub(crate) fn requirement_entries<'a>(
    cases: impl Iterator<Item = &'a crate::format::vector::Case>,
) -> Vec<RequirementEntry> {
    let mut entries: BTreeMap<&str, RequirementEntry> = BTreeMap::new();
    for case in cases {
        for id in &case.requirements {
            let entry = entries.entry(id).or_insert_with(|| RequirementEntry {
                id: id.clone(),
                positive: 0,
                negative: 0,
            });
            match case.kind {
                CaseKind::Positive => entry.positive += 1,
                CaseKind::Negative => entry.negative += 1,
            }
        }
    }
    entries.into_values().collect()
}
