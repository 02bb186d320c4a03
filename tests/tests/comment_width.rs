//! Comments are at most as wide as the code. rustfmt holds the code to 100 columns, and leaves
//! comments alone.

use std::fs;
use std::path::{Path, PathBuf};

/// The width in `rustfmt.toml`.
const WIDTH: usize = 100;

/// All Rust files below a folder, except those that a build has made.
fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Rows of tables and addresses cannot be wrapped.
fn is_too_wide(line: &str) -> bool {
    let comment = line.trim_start();
    let words = comment.trim_start_matches(['/', '!']).trim_start();
    let can_be_wrapped = !words.starts_with('|') && !words.contains("://");
    comment.starts_with("//") && can_be_wrapped && line.chars().count() > WIDTH
}

#[test]
fn a_wide_comment_is_told_from_a_table() {
    let words = "word ".repeat(20);
    assert!(is_too_wide(&format!("//! {words}")));
    assert!(is_too_wide(&format!("    // {words}")));
    assert!(!is_too_wide(&format!("//! | {words} |")));
    assert!(!is_too_wide(&format!("let words = \"{words}\";")));
    assert!(!is_too_wide("// A short comment."));
}

#[test]
fn no_comment_is_wider_than_100_columns() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for part in ["spec", "model", "conformance-vectors", "reference-node", "tests"] {
        rust_files(&repository.join(part), &mut files);
    }
    assert!(files.len() > 300, "{}", files.len());
    let mut wide = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().zip(1..).filter(|(line, _)| is_too_wide(line));
        wide.extend(lines.map(|(_, number)| format!("{}:{number}", file.display())));
    }
    assert!(wide.is_empty(), "wrap these comments at {WIDTH} columns: {wide:#?}");
}
