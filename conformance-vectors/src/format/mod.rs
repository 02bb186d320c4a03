//! What a vector is, as a file: its parts, its notation, and the tree of files with its manifest.

pub mod canonical_json;
pub mod manifest;
pub mod repeat;
pub mod shared;
pub mod skips;
pub mod suite;
pub mod tree;
pub mod vector;
pub mod wire_json;
