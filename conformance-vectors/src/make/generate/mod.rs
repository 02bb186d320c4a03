//! From suites to the tree of files: the rules that every suite obeys, then the files themselves.
//!
//! Everything is made in memory, without clock or chance, so the same sources always give the same
//! bytes. [`crate::format::tree`] writes them to disk, or checks that they are there.

mod readme;
mod rules;
mod schemas;

use std::collections::BTreeMap;
use std::fmt;

use ioschain_model::words;
use serde_json::Value;
use thiserror::Error;

use crate::format::canonical_json::{self, CanonicalError};
use crate::format::manifest::{
    self, FileEntry, HandlerDescription, Manifest, NoSecondFault, RejectionRow, Rejections,
};
use crate::format::tree::{MANIFEST_PATH, README_PATH, REJECTIONS_PATH, TYPES_PATH, Tree};
use crate::format::vector::{CaseKind, VectorFile};

pub use rules::{FILE_BYTES_MAX, NEGATIVE_PERCENT_MIN, Problem, TREE_BYTES_MAX};

/// All that a tree of vectors is made from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The version of the suite, such as `1.0.0`.
    pub suite_version: String,
    /// The program that writes the tree, and its version.
    pub generator: String,
    /// The files of vectors, in any order.
    pub files: Vec<VectorFile>,
    /// Every way in which the specification says no, in the order of the checks.
    pub rejections: Vec<RejectionRow>,
    /// The codes for which no case can hold a second fault.
    pub codes_without_second_fault: Vec<NoSecondFault>,
    /// The requirements that must have a positive and a negative case.
    pub must_requirements: Vec<String>,
    /// What each handler asks and answers.
    pub handlers: Vec<HandlerDescription>,
    /// The wire types that the handlers' descriptions name.
    pub types: BTreeMap<String, Value>,
    /// The parameters of each profile.
    pub profiles: BTreeMap<String, Value>,
}

/// Why no tree is made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct GenerateError {
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
}

impl fmt::Display for GenerateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "the suites break {}:", words::count(self.problems.len(), "rule"))?;
        for problem in &self.problems {
            writeln!(formatter, "- {problem}")?;
        }
        Ok(())
    }
}

/// The tree, path to content.
///
/// # Errors
/// Every rule that the sources break, all at once.
pub fn generate_tree(sources: &Sources) -> Result<Tree, GenerateError> {
    let mut problems = rules::check(sources);
    let (vectors, files) = match write_vectors(sources) {
        Ok(written) => written,
        Err(problem) => {
            problems.push(problem);
            return Err(GenerateError { problems });
        }
    };
    problems.extend(rules::check_file_sizes(&files));
    let manifest = manifest_of(sources, files);
    let written = write_rest(sources, &manifest, vectors);
    match written {
        Ok(tree) if problems.is_empty() => match rules::check_tree_size(&tree) {
            Some(problem) => Err(GenerateError { problems: vec![problem] }),
            None => Ok(tree),
        },
        Ok(_) => Err(GenerateError { problems }),
        Err(problem) => {
            problems.push(problem);
            Err(GenerateError { problems })
        }
    }
}

fn write_vectors(sources: &Sources) -> Result<(Tree, Vec<FileEntry>), Problem> {
    let mut tree = Tree::new();
    let mut entries = BTreeMap::new();
    for file in &sources.files {
        let path = file.path();
        let content = document(&path, &file.with_shared_values())?;
        entries.insert(path.clone(), entry_of(file, &path, &content));
        tree.insert(path, content);
    }
    Ok((tree, entries.into_values().collect()))
}

fn entry_of(file: &VectorFile, path: &str, content: &[u8]) -> FileEntry {
    let named = manifest::requirement_entries(file.cases.iter());
    FileEntry {
        path: path.to_owned(),
        sha256: manifest::sha256(content),
        bytes: count(content.len()),
        handler: file.handler_name(),
        kind: file.kind,
        profile: file.profile.clone(),
        cases: count(file.cases.len()),
        negative: count(negative(file)),
        requirements: named.into_iter().map(|entry| entry.id).collect(),
    }
}

fn manifest_of(sources: &Sources, files: Vec<FileEntry>) -> Manifest {
    Manifest {
        suite_version: sources.suite_version.clone(),
        generator: sources.generator.clone(),
        tree_hash: manifest::tree_hash(&files),
        cases: files.iter().map(|file| file.cases).sum(),
        negative: files.iter().map(|file| file.negative).sum(),
        files,
        requirements: manifest::requirement_entries(
            sources.files.iter().flat_map(|file| file.cases.iter()),
        ),
        codes_without_second_fault: sources.codes_without_second_fault.clone(),
    }
}

fn write_rest(sources: &Sources, manifest: &Manifest, mut tree: Tree) -> Result<Tree, Problem> {
    tree.insert(MANIFEST_PATH.to_owned(), document(MANIFEST_PATH, manifest)?);
    let rejections = Rejections { rejections: sources.rejections.clone() };
    tree.insert(REJECTIONS_PATH.to_owned(), document(REJECTIONS_PATH, &rejections)?);
    for (name, parameters) in &sources.profiles {
        let path = format!("profiles/{name}.json");
        let content = document(&path, parameters)?;
        tree.insert(path, content);
    }
    for handler in &sources.handlers {
        let path = format!("schema/handlers/{}.json", handler.name);
        let value = serde_json::to_value(handler).unwrap_or_default();
        tree.insert(path, canonical_json::pretty(&value).into_bytes());
    }
    let types = serde_json::to_value(&sources.types).unwrap_or_default();
    tree.insert(TYPES_PATH.to_owned(), canonical_json::pretty(&types).into_bytes());
    for (path, schema) in schemas::schemas() {
        tree.insert(path.to_owned(), canonical_json::pretty(&schema).into_bytes());
    }
    tree.insert(README_PATH.to_owned(), readme::readme(sources, manifest).into_bytes());
    Ok(tree)
}

fn document(path: &str, value: &impl serde::Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_value(value)
        .map_err(|_| CanonicalError::NotAnObject)
        .and_then(|value| canonical_json::document(&value))
        .map(String::into_bytes)
        .map_err(|source| Problem::Canonical { path: path.to_owned(), source })
}

fn negative(file: &VectorFile) -> usize {
    file.cases.iter().filter(|case| case.kind == CaseKind::Negative).count()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
