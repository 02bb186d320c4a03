//! The tree of vectors on disk: reading it, writing it, and whether it is what would be written.
//!
//! Paths are relative, with `/`. The tree shares its folder with this crate's sources, so only the
//! files and folders named here belong to it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The files of the tree: path to content.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// Where the manifest lies.
pub const MANIFEST_PATH: &str = "MANIFEST.json";
/// Where the table of rejections lies.
pub const REJECTIONS_PATH: &str = "REJECTIONS.json";
/// Where the page for people lies.
pub const README_PATH: &str = "README.md";
/// Where the wire types are described.
pub const TYPES_PATH: &str = "schema/types.json";

const FILES: [&str; 3] = [README_PATH, MANIFEST_PATH, REJECTIONS_PATH];
const FOLDERS: [&str; 3] = ["profiles", "schema", "v1"];

/// A file or folder that cannot be read or written.
#[derive(Debug, Error)]
#[error("cannot {action} {}: {source}", path.display())]
pub struct TreeError {
    /// What was tried.
    pub action: &'static str,
    /// With what.
    pub path: PathBuf,
    /// What the operating system says.
    pub source: io::Error,
}

/// How the tree on disk departs from what it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Departure {
    /// The file has another content; the first line that differs, from 1.
    Differs {
        /// The file.
        path: String,
        /// The first line that differs, from 1.
        line: usize,
    },
    /// The file should be there.
    Missing(String),
    /// The file should not be there.
    Unexpected(String),
}

impl fmt::Display for Departure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs { path, line } => write!(formatter, "{path} differs from line {line} on"),
            Self::Missing(path) => write!(formatter, "{path} is missing"),
            Self::Unexpected(path) => write!(formatter, "{path} should not be there"),
        }
    }
}

/// The tree in `directory`.
///
/// # Errors
/// A file or folder that cannot be read. One that is not there is simply not in the tree.
pub fn read_tree(directory: &Path) -> Result<Tree, TreeError> {
    let mut tree = Tree::new();
    for name in FILES {
        let path = directory.join(name);
        if path.is_file() {
            tree.insert(name.to_owned(), read(&path)?);
        }
    }
    for name in FOLDERS {
        let path = directory.join(name);
        if path.is_dir() {
            read_folder(&path, name, &mut tree)?;
        }
    }
    Ok(tree)
}

fn read_folder(folder: &Path, prefix: &str, tree: &mut Tree) -> Result<(), TreeError> {
    let list = fs::read_dir(folder).map_err(|error| failed("list", folder, error))?;
    for entry in list {
        let entry = entry.map_err(|error| failed("list", folder, error))?;
        let path = entry.path();
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            read_folder(&path, &name, tree)?;
        } else {
            tree.insert(name, read(&path)?);
        }
    }
    Ok(())
}

/// Makes the tree in `directory` this one: writes what differs, removes what should not be there.
/// Says what had to change.
///
/// # Errors
/// A folder that holds something else than vectors; a file or folder that cannot be read, written
/// or removed.
pub fn write_tree(directory: &Path, tree: &Tree) -> Result<Vec<Departure>, TreeError> {
    check_own(directory)?;
    let departures = check_tree(directory, tree)?;
    for departure in &departures {
        match departure {
            Departure::Differs { path, .. } | Departure::Missing(path) => {
                let content = tree.get(path).map(Vec::as_slice).unwrap_or_default();
                let file = directory.join(path);
                if let Some(folder) = file.parent() {
                    fs::create_dir_all(folder).map_err(|error| failed("create", folder, error))?;
                }
                fs::write(&file, content).map_err(|error| failed("write", &file, error))?;
            }
            Departure::Unexpected(path) => {
                let file = directory.join(path);
                fs::remove_file(&file).map_err(|error| failed("remove", &file, error))?;
            }
        }
    }
    Ok(departures)
}

/// What is there would be replaced and removed, so it must be vectors: a folder with a manifest, an
/// empty one, or none yet.
fn check_own(directory: &Path) -> Result<(), TreeError> {
    let is_empty = match fs::read_dir(directory) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(failed("list", directory, error)),
    };
    if is_empty || directory.join("MANIFEST.json").is_file() {
        return Ok(());
    }
    let problem = "it is not empty and has no MANIFEST.json; name a new folder, or one of vectors";
    Err(failed("write vectors into", directory, io::Error::other(problem)))
}

/// How the tree in `directory` departs from `tree`; empty if it is byte-identical.
///
/// # Errors
/// A file or folder that cannot be read.
pub fn check_tree(directory: &Path, tree: &Tree) -> Result<Vec<Departure>, TreeError> {
    let on_disk = read_tree(directory)?;
    let mut departures = Vec::new();
    for (path, content) in tree {
        match on_disk.get(path) {
            None => departures.push(Departure::Missing(path.clone())),
            Some(found) if found != content => {
                let line = first_difference(found, content);
                departures.push(Departure::Differs { path: path.clone(), line });
            }
            Some(_) => {}
        }
    }
    let unexpected = on_disk.keys().filter(|path| !tree.contains_key(*path));
    departures.extend(unexpected.cloned().map(Departure::Unexpected));
    Ok(departures)
}

fn first_difference(one: &[u8], other: &[u8]) -> usize {
    let same = one.iter().zip(other).take_while(|(left, right)| left == right);
    1 + same.filter(|(byte, _)| **byte == b'\n').count()
}

fn read(path: &Path) -> Result<Vec<u8>, TreeError> {
    fs::read(path).map_err(|error| failed("read", path, error))
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> TreeError {
    TreeError { action, path: path.to_owned(), source }
}
