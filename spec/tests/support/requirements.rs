//! What the test `traceability` reads out of source text besides the definitions of requirements.

use super::parser::{Definition, Source, is_id};

/// The items that can obey a requirement.
const ITEMS: [&str; 7] = ["fn", "const", "struct", "enum", "trait", "type", "mod"];

/// The lines of a source with their places.
pub(crate) fn placed_lines(source: &Source) -> impl Iterator<Item = (String, &str)> {
    let lines = (1..).zip(&source.lines);
    lines.map(|(number, line)| (format!("{}:{number}", source.name), line.as_str()))
}

/// The place of a definition and its id.
pub(crate) fn name_of(definition: &Definition) -> String {
    format!("{}:{}: {}", definition.file, definition.line, definition.id)
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

/// Whether the doc comment that defines a requirement belongs to an item that can obey it.
pub(crate) fn is_on_item(definition: &Definition, sources: &[Source]) -> bool {
    let source = sources.iter().find(|source| source.name == definition.file);
    let lines = source.map_or(&[][..], |source| &source.lines[definition.line - 1..]);
    let mut in_attribute = false;
    for line in lines.iter().map(|line| line.trim()) {
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
