//! Reads the definitions of requirements out of source text. The build script makes the table of
//! requirements with it, and the test `traceability` checks the sources with it.
//!
//! A requirement is defined in the doc comment of the item that obeys it:
//! `**XXX-TOPIC-NN** (MUST) [origin] A sentence.`

use std::fs;
use std::path::{Path, PathBuf};

/// The levels of a requirement.
const LEVELS: [&str; 3] = ["MUST", "SHOULD", "MAY"];

/// A text file and the name by which it is reported.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
}

/// A definition of a requirement, and where it is.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) id: String,
    /// The file, by its path below the folder of sources.
    pub(crate) file: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The text after the id.
    pub(crate) text: String,
}

/// What a complete definition says besides its id.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    pub(crate) level: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) sentence: &'a str,
}

impl Source {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), lines: text.lines().map(str::to_owned).collect() }
    }
}

/// The files with this extension, in order.
pub(crate) fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return files };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The Rust files below a folder, named by their paths in it.
pub(crate) fn sources_below(folder: &Path) -> Vec<Source> {
    let read = |path: PathBuf| {
        let name =
            path.strip_prefix(folder).expect("the file is below the folder").display().to_string();
        Source::new(&name, &fs::read_to_string(&path).unwrap())
    };
    files_below(folder, "rs").into_iter().map(read).collect()
}

/// Whether `text` has the shape `XXX-TOPIC-NN`.
pub(crate) fn is_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [section, topic, number] = parts.as_slice() else { return false };
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase());
    let digits = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    section.len() == 3 && letters(section) && letters(topic) && digits
}

fn doc_text(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("///").or(line.strip_prefix("//!")).map(str::trim)
}

/// The definition that begins at a line of a doc comment, with the lines it goes on for.
pub(crate) fn definition_at(source: &Source, at: usize) -> Option<Definition> {
    let rest = doc_text(&source.lines[at])?.strip_prefix("**")?;
    let (id, first) = rest.split_once("**")?;
    if !is_id(id) {
        return None;
    }
    let following = source.lines[at + 1..].iter().map_while(|line| doc_text(line));
    let following = following.take_while(|text| !text.is_empty() && !text.starts_with("**"));
    Some(Definition {
        id: id.to_owned(),
        file: source.name.clone(),
        line: at + 1,
        text: [first.trim()].into_iter().chain(following).collect::<Vec<_>>().join(" "),
    })
}

pub(crate) fn definitions_in(sources: &[Source]) -> Vec<Definition> {
    let of_source = |source: &Source| -> Vec<Definition> {
        (0..source.lines.len()).filter_map(|at| definition_at(source, at)).collect()
    };
    sources.iter().flat_map(of_source).collect()
}

impl Definition {
    /// `(LEVEL) [origin] A sentence.`; `None` if a part is missing.
    pub(crate) fn statement(&self) -> Option<Statement<'_>> {
        let (level, rest) = self.text.strip_prefix('(')?.split_once(')')?;
        // rustdoc takes an origin of one word for a link, unless its bracket is escaped.
        let rest = rest.trim_start().trim_start_matches('\\');
        let (origin, sentence) = rest.strip_prefix('[')?.split_once(']')?;
        let sentence = sentence.trim();
        let complete = LEVELS.contains(&level)
            && !origin.trim().is_empty()
            && sentence.len() > 1
            && sentence.ends_with('.');
        complete.then_some(Statement { level, origin, sentence })
    }
}
