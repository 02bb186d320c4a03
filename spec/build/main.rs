//! Makes the table of requirements, [`REQUIREMENTS`], out of the comments in `src/`.

mod parser;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use parser::{Definition, definitions_in, sources_below};

fn main() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=build");
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the crate's folder"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the output folder"));
    let mut definitions = definitions_in(&sources_below(&root.join("src")));
    definitions.sort_by(|one, other| one.id.cmp(&other.id));
    write(&out.join("requirements.rs"), &definitions);
}

/// Writes the rows of the table as one Rust expression.
///
/// An incomplete definition gets no row. The test `traceability` names it, with its place.
fn write(path: &Path, definitions: &[Definition]) {
    let rows: Vec<String> = definitions.iter().filter_map(row).collect();
    let text = format!("&[\n{}]\n", rows.concat());
    fs::write(path, text)
        .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
}

fn row(definition: &Definition) -> Option<String> {
    let statement = definition.statement()?;
    let level = match statement.level {
        "MUST" => "Must",
        "SHOULD" => "Should",
        _ => "May",
    };
    let Definition { id, file, line, .. } = definition;
    Some(format!(
        "    Requirement {{ id: {id:?}, level: Level::{level}, origin: {:?}, sentence: {:?}, file: {file:?}, line: {line} }},\n",
        statement.origin, statement.sentence,
    ))
}
