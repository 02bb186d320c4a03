//! A suite of vectors, loaded and checked against its manifest.

use std::path::Path;

use thiserror::Error;

use crate::format::manifest::{self, Manifest, RejectionRow, Rejections};
use crate::format::shared::SharedError;
use crate::format::tree::{self, MANIFEST_PATH, REJECTIONS_PATH, Tree, TreeError};
use crate::format::vector::{Case, ShapeError, VectorFile};

/// The vectors, with what their manifest says of them.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorSuite {
    /// What the tree holds.
    pub manifest: Manifest,
    /// Every way in which the specification says no.
    pub rejections: Vec<RejectionRow>,
    /// The files, in order of their paths.
    pub files: Vec<VectorFile>,
}

/// Why a suite cannot be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The files cannot be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A file that must be there is not.
    #[error("{path} is missing; is this the folder `conformance-vectors`?")]
    Missing {
        /// The file.
        path: String,
    },
    /// A file has another content than the manifest says.
    #[error(
        "{path} has the SHA-256 {found}, and the manifest says {wanted}; it was changed by hand or copied badly"
    )]
    Hash {
        /// The file.
        path: String,
        /// The hash of what is there.
        found: String,
        /// The hash that the manifest names.
        wanted: String,
    },
    /// The manifest contradicts itself.
    #[error("the tree hash in MANIFEST.json is not that of its files")]
    TreeHash,
    /// A file of vectors that the manifest does not know.
    #[error("{path} is not in MANIFEST.json")]
    Unlisted {
        /// The file.
        path: String,
    },
    /// A file is not JSON of the right shape.
    #[error("{path} cannot be understood: {reason}")]
    Format {
        /// The file.
        path: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// A reference to a shared value points nowhere.
    #[error("{path}: {source}")]
    Shared {
        /// The file.
        path: String,
        /// What is wrong.
        source: SharedError,
    },
    /// A file of vectors is not well-formed.
    #[error("{path}: {source}")]
    Shape {
        /// The file.
        path: String,
        /// What is wrong.
        source: ShapeError,
    },
}

impl VectorSuite {
    /// The suite in a folder.
    ///
    /// # Errors
    /// A file that is missing, unlisted, changed, or not understood.
    pub fn from_directory(directory: &Path) -> Result<Self, LoadError> {
        Self::from_tree(&tree::read_tree(directory)?)
    }

    /// The suite in memory.
    ///
    /// # Errors
    /// The errors are those of [`VectorSuite::from_directory`].
    pub fn from_tree(tree: &Tree) -> Result<Self, LoadError> {
        let manifest: Manifest = parse(MANIFEST_PATH, content(tree, MANIFEST_PATH)?)?;
        let Rejections { rejections } = parse(REJECTIONS_PATH, content(tree, REJECTIONS_PATH)?)?;
        if manifest::tree_hash(&manifest.files) != manifest.tree_hash {
            return Err(LoadError::TreeHash);
        }
        let listed = |path: &String| manifest.files.iter().any(|entry| entry.path == *path);
        if let Some(path) = tree.keys().find(|path| path.starts_with("v1/") && !listed(path)) {
            return Err(LoadError::Unlisted { path: path.clone() });
        }
        let mut files = Vec::new();
        for entry in &manifest.files {
            let bytes = content(tree, &entry.path)?;
            let found = manifest::sha256(bytes);
            if found != entry.sha256 {
                let (path, wanted) = (entry.path.clone(), entry.sha256.clone());
                return Err(LoadError::Hash { path, found, wanted });
            }
            let file: VectorFile = parse(&entry.path, bytes)?;
            let file = file
                .written_out()
                .map_err(|source| LoadError::Shared { path: entry.path.clone(), source })?;
            file.check_shape()
                .map_err(|source| LoadError::Shape { path: entry.path.clone(), source })?;
            files.push(file);
        }
        Ok(Self { manifest, rejections, files })
    }

    /// Every case, with the file that contains it.
    pub fn cases(&self) -> impl Iterator<Item = (&VectorFile, &Case)> {
        self.files.iter().flat_map(|file| file.cases.iter().map(move |case| (file, case)))
    }

    /// The profiles that the suite has, in order.
    pub fn profiles(&self) -> Vec<String> {
        let mut profiles: Vec<String> =
            self.files.iter().map(|file| file.profile.clone()).collect();
        profiles.sort();
        profiles.dedup();
        profiles
    }
}

fn content<'a>(tree: &'a Tree, path: &str) -> Result<&'a [u8], LoadError> {
    tree.get(path).map(Vec::as_slice).ok_or_else(|| LoadError::Missing { path: path.to_owned() })
}

fn parse<T: serde::de::DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, LoadError> {
    serde_json::from_slice(bytes)
        .map_err(|error| LoadError::Format { path: path.to_owned(), reason: error.to_string() })
}
