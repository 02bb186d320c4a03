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
    /// The requirements that the cases name, in the order of their ids.
    pub requirements: Vec<RequirementEntry>,
    /// The codes for which no case can have a second fault.
    pub codes_without_second_fault: Vec<NoSecondFault>,
}

/// One file of vectors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// The path of the file in the tree.
    pub path: String,
    /// The SHA-256 of the file, as hex.
    pub sha256: String,
    /// The length of the file in bytes.
    pub bytes: u32,
    /// The handler that the cases test: `<module>.<handler>`.
    pub handler: String,
    /// How the cases are sent to an implementation.
    pub kind: HandlerKind,
    /// The profile of the cases: `standard` or `tiny`.
    pub profile: String,
    /// How many cases the file has.
    pub cases: u32,
    /// How many of them are negative.
    pub negative: u32,
    /// The requirements that the cases name, in the order of their ids.
    pub requirements: Vec<String>,
}

/// How often a requirement is tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementEntry {
    /// The permanent id of the requirement.
    pub id: String,
    /// The number of positive cases that name the requirement.
    pub positive: u32,
    /// The number of negative cases that name the requirement.
    pub negative: u32,
}

/// A code for which no case can have a second fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoSecondFault {
    /// The code of the rejection.
    pub code: String,
    /// The reason why there is no case with a second fault.
    pub reason: String,
}

/// `REJECTIONS.json`: every reason for which the specification refuses something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rejections {
    /// The rejections in the order of the checks. Of two faults, the one that is listed first is
    /// reported.
    pub rejections: Vec<RejectionRow>,
}

/// One reason for which the specification refuses something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectionRow {
    /// The permanent code of the rejection.
    pub code: String,
    /// The violated requirement. If several checks share this code, the list has the requirement of
    /// each, and one of them is violated.
    pub requirements: Vec<String>,
    /// One sentence that says what was wrong.
    pub meaning: String,
    /// The position in the order of the checks, counted from 0.
    pub precedence: u32,
}

/// The input and the answer of one handler, for those who implement it:
/// `schema/handlers/<name>.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandlerDescription {
    /// The name of the handler: `<module>.<handler>`.
    pub name: String,
    /// What the handler does, in one or two sentences.
    pub doc: String,
    /// The input: a JSON Schema, a wire type, or an object of those.
    pub input: Value,
    /// The value of an `ok` answer, described in the same way.
    pub output: Value,
    /// In a scenario, the input of a step, described in the same way; otherwise null.
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
