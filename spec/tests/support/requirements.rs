//! Reads requirements out of source text: where they are defined, and where they are named.

use std::fs;
use std::path::{Path, PathBuf};

/// The levels of a requirement.
const LEVELS: [&str; 3] = ["MUST", "SHOULD", "MAY"];
/// The items that can obey a requirement.
const ITEMS: [&str; 7] = ["fn", "const", "struct", "enum", "trait", "type", "mod"];

/// A text file and the name by which it is reported.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
}

/// A place where a requirement is defined.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) id: String,
    pub(crate) place: String,
    /// Whether the comment documents an item that can obey it.
    pub(crate) on_item: bool,
    /// What follows the id.
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

    /// The lines with their places.
    pub(crate) fn placed_lines(&self) -> impl Iterator<Item = (String, &str)> {
        let lines = (1..).zip(&self.lines);
        lines.map(|(number, line)| (format!("{}:{number}", self.name), line.as_str()))
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
        let name = path.strip_prefix(folder).unwrap().display().to_string();
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

/// Every id that a line names.
pub(crate) fn ids_in(line: &str) -> Vec<&str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-';
    line.split(|character| !is_part(character)).filter(|word| is_id(word)).collect()
}

/// The id of the comment above a check, `// ID: what holds`.
pub(crate) fn id_at_check(line: &str) -> Option<&str> {
    let comment = line.trim_start().strip_prefix("// ")?;
    let (id, _) = comment.split_once(": ")?;
    is_id(id).then_some(id)
}

/// How many ids a line has in bold.
pub(crate) fn bold_ids(line: &str) -> usize {
    line.split("**").skip(1).filter(|text| is_id(text)).count()
}

pub(crate) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn doc_text(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("///").or(line.strip_prefix("//!")).map(str::trim)
}

/// Whether the doc comment that line `at` belongs to is of an item that can obey a requirement.
fn is_on_item(source: &Source, at: usize) -> bool {
    let mut in_attribute = false;
    for line in source.lines[at..].iter().map(|line| line.trim()) {
        if line.starts_with("//!") {
            return true;
        }
        in_attribute |= line.starts_with("#[");
        if in_attribute {
            in_attribute = !line.ends_with(']');
        } else if !line.starts_with("///") {
            let mut words = line.split_whitespace();
            return words.find(|word| !word.starts_with("pub")).is_some_and(|w| ITEMS.contains(&w));
        }
    }
    false
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
        place: format!("{}:{}", source.name, at + 1),
        on_item: is_on_item(source, at),
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
    /// Where it stands, and its id.
    pub(crate) fn name(&self) -> String {
        format!("{}: {}", self.place, self.id)
    }

    /// `(LEVEL) [origin] A sentence.`; `None` if a part is missing.
    pub(crate) fn statement(&self) -> Option<Statement<'_>> {
        let (level, rest) = self.text.strip_prefix('(')?.split_once(')')?;
        let (origin, sentence) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
        let sentence = sentence.trim();
        let complete = LEVELS.contains(&level)
            && !origin.trim().is_empty()
            && sentence.len() > 1
            && sentence.ends_with('.');
        complete.then_some(Statement { level, origin, sentence })
    }
}
