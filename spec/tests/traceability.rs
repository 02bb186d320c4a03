//! That the requirement ids in the source, the rejections and the gap ledger hold together.
//!
//! A requirement is *defined* where a doc comment says `**XXX-TOPIC-NN** (MUST) [origin] …`, or, for a
//! single check, where a line comment above it says `// XXX-TOPIC-NN: …`. Everything else refers.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use ioschain_spec::Rejection;

/// One for each section that has requirements of its own, in the paper's order.
const SECTIONS: [&str; 11] =
    ["ENC", "CRY", "LED", "DRP", "EDS", "TRE", "ATX", "TOK", "POB", "BFT", "MSB"];
const LEVELS: [&str; 3] = ["MUST", "SHOULD", "MAY"];

/// A source file and its name below `src`.
struct Source {
    name: String,
    lines: Vec<String>,
}

/// A place where a requirement is defined.
#[derive(Debug)]
struct Definition {
    id: String,
    place: String,
    /// In a doc comment, with level and origin, as far as it says so.
    bold: bool,
    /// What follows the id.
    text: String,
}

fn crate_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
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

fn sources() -> Vec<Source> {
    let root = crate_root().join("src");
    let sources: Vec<Source> = files_below(&root, "rs")
        .into_iter()
        .map(|path| Source {
            name: path.strip_prefix(&root).unwrap().display().to_string(),
            lines: fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect(),
        })
        .collect();
    assert!(sources.len() > 20, "the source is where this test looks for it");
    sources
}

/// Whether `text` has the shape `XXX-TOPIC-NN`.
fn is_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [section, topic, number] = parts.as_slice() else { return false };
    let letters =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase());
    let digits = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    section.len() == 3 && letters(section) && letters(topic) && digits
}

/// Every id that a line mentions.
fn ids_in(line: &str) -> Vec<&str> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-';
    line.split(|character| !is_part(character)).filter(|word| is_id(word)).collect()
}

/// The id of a line comment that defines one, and what it says.
fn line_definition(line: &str) -> Option<(&str, &str)> {
    let comment = line.trim_start().strip_prefix("// ")?;
    let (id, text) = comment.split_once(": ")?;
    is_id(id).then_some((id, text))
}

fn doc_text(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("///").or(line.strip_prefix("//!")).map(str::trim)
}

/// The definition that begins at a line of a doc comment, with the lines it goes on for.
fn bold_definition(source: &Source, at: usize) -> Option<Definition> {
    let rest = doc_text(&source.lines[at])?.strip_prefix("**")?;
    let (id, first) = rest.split_once("**")?;
    if !is_id(id) {
        return None;
    }
    let following = source.lines[at + 1..].iter().map_while(|line| doc_text(line));
    let following = following.take_while(|text| !text.is_empty() && !text.starts_with("**"));
    let text = [first.trim()].into_iter().chain(following).collect::<Vec<_>>().join(" ");
    let place = format!("{}:{}", source.name, at + 1);
    Some(Definition { id: id.to_owned(), place, bold: true, text })
}

fn definitions(sources: &[Source]) -> Vec<Definition> {
    let mut found = Vec::new();
    for source in sources {
        for (at, line) in source.lines.iter().enumerate() {
            found.extend(bold_definition(source, at));
            found.extend(line_definition(line).map(|(id, text)| Definition {
                id: id.to_owned(),
                place: format!("{}:{}", source.name, at + 1),
                bold: false,
                text: text.to_owned(),
            }));
        }
    }
    assert!(found.len() > 100, "definitions are written as this test reads them");
    found
}

fn defined_ids(definitions: &[Definition]) -> BTreeSet<&str> {
    definitions.iter().map(|definition| definition.id.as_str()).collect()
}

/// The level and the origin of a bold definition.
fn level_and_origin(text: &str) -> Option<(&str, &str)> {
    let (level, rest) = text.strip_prefix('(')?.split_once(')')?;
    let (origin, sentence) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
    let complete = LEVELS.contains(&level) && !origin.is_empty() && !sentence.trim().is_empty();
    complete.then_some((level, origin))
}

/// The variants of [`Rejection`] that a line of code names.
fn rejections_in(line: &str) -> Vec<Rejection> {
    line.split("Rejection::")
        .skip(1)
        .filter_map(|rest| {
            let end = rest.find(|character: char| !character.is_ascii_alphanumeric());
            let name = &rest[..end.unwrap_or(rest.len())];
            Rejection::ALL.iter().find(|rejection| format!("{rejection:?}") == name).copied()
        })
        .collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

// The source.

#[test]
fn a_bold_definition_has_level_origin_and_sentence() {
    for definition in definitions(&sources()).iter().filter(|definition| definition.bold) {
        let Definition { id, place, text, .. } = definition;
        assert!(level_and_origin(text).is_some(), "{place}: {id} lacks level, origin or sentence");
    }
}

#[test]
fn bold_stands_at_the_beginning_of_a_line_or_not_at_all() {
    for source in sources() {
        for (at, line) in source.lines.iter().enumerate() {
            let bold_ids = line.split("**").skip(1).filter(|text| is_id(text)).count();
            let read = usize::from(bold_definition(&source, at).is_some());
            assert_eq!(bold_ids, read, "{}:{}: not read as a definition", source.name, at + 1);
        }
    }
}

#[test]
fn no_requirement_is_defined_in_two_ways() {
    let definitions = definitions(&sources());
    let mut bold: BTreeMap<&str, &Definition> = BTreeMap::new();
    for definition in definitions.iter().filter(|definition| definition.bold) {
        if let Some(first) = bold.insert(&definition.id, definition) {
            let places = (&first.place, &definition.place);
            assert_eq!(first.text, definition.text, "{} at {places:?}", definition.id);
        }
    }
}

#[test]
fn section_codes_are_those_of_the_list() {
    for source in sources() {
        for (at, line) in source.lines.iter().enumerate() {
            for id in ids_in(line) {
                let known = SECTIONS.iter().any(|section| id.starts_with(section));
                assert!(known, "{}:{}: {id} is of no section", source.name, at + 1);
            }
        }
    }
}

#[test]
fn every_id_that_is_mentioned_is_defined() {
    let sources = sources();
    let definitions = definitions(&sources);
    let defined = defined_ids(&definitions);
    for source in &sources {
        for (at, line) in source.lines.iter().enumerate() {
            for id in ids_in(line) {
                assert!(defined.contains(id), "{}:{}: {id} is not defined", source.name, at + 1);
            }
        }
    }
}

// The rejections.

#[test]
fn every_rejection_has_a_defined_requirement_of_its_section() {
    let definitions = definitions(&sources());
    let defined = defined_ids(&definitions);
    for rejection in Rejection::ALL {
        let (code, requirement) = (rejection.code(), rejection.requirement());
        assert!(defined.contains(requirement), "{code}: {requirement} is defined nowhere");
        let section = code.split('_').next().unwrap();
        assert!(SECTIONS.contains(&section), "{code} is of no section");
        assert!(requirement.starts_with(section), "{code} and {requirement}");
        assert!(!rejection.meaning().is_empty());
    }
}

#[test]
fn codes_and_tags_are_distinct_and_codes_are_the_variants_names() {
    let codes: BTreeSet<&str> = Rejection::ALL.iter().map(|rejection| rejection.code()).collect();
    let tags: BTreeSet<u8> = Rejection::ALL.iter().map(|rejection| *rejection as u8).collect();
    assert_eq!(codes.len(), Rejection::ALL.len());
    assert_eq!(tags.len(), Rejection::ALL.len());
    for rejection in Rejection::ALL {
        let name = format!("{rejection:?}");
        let mut spelled = String::new();
        for character in name.chars() {
            if character.is_ascii_uppercase() && !spelled.is_empty() {
                spelled.push('_');
            }
            spelled.push(character.to_ascii_uppercase());
        }
        assert_eq!(rejection.code(), spelled);
    }
}

/// Above a check stands the requirement of the rejection that it gives.
#[test]
fn a_check_and_its_comment_name_the_same_requirement() {
    let mut checks = 0;
    for source in sources() {
        for (at, line) in source.lines.iter().enumerate() {
            let Some((id, _)) = line_definition(line) else { continue };
            let below = source.lines[at + 1..].iter();
            // As far as the next check, or the end of the function.
            let below = below.take_while(|line| line_definition(line).is_none() && *line != "}");
            let mut given =
                below.filter(|line| !is_comment(line)).flat_map(|line| rejections_in(line));
            if let Some(rejection) = given.next() {
                let place = format!("{}:{}", source.name, at + 1);
                assert_eq!(rejection.requirement(), id, "{place} gives {}", rejection.code());
                checks += 1;
            }
        }
    }
    assert!(checks > 40, "checks are written as this test reads them");
}

/// A rejection is given where its requirement is defined.
#[test]
fn every_rejection_is_given_in_a_file_that_defines_its_requirement() {
    let sources = sources();
    for rejection in Rejection::ALL {
        let found = sources.iter().filter(|source| source.name != "rejection.rs").any(|source| {
            let mut code = source.lines.iter().filter(|line| !is_comment(line));
            let gives = code.any(|line| rejections_in(line).contains(rejection));
            let definitions = (0..source.lines.len()).filter_map(|at| {
                let bold = bold_definition(source, at).map(|definition| definition.id);
                bold.or(line_definition(&source.lines[at]).map(|(id, _)| id.to_owned()))
            });
            gives && definitions.into_iter().any(|id| id == rejection.requirement())
        });
        assert!(
            found,
            "{} is not given where {} stands",
            rejection.code(),
            rejection.requirement()
        );
    }
}

/// The rejections of encodings and certificates have tests of their own (`encoding`, `certificate`).
#[test]
fn some_test_expects_every_rejection_of_the_ledger_and_of_atomix() {
    let mut expected = BTreeSet::new();
    for path in files_below(&crate_root().join("tests"), "rs") {
        let text = fs::read_to_string(&path).unwrap();
        expected.extend(text.lines().flat_map(rejections_in));
    }
    for rejection in Rejection::ALL {
        let elsewhere = ["ENC", "CRY"].iter().any(|section| rejection.code().starts_with(section));
        assert!(elsewhere || expected.contains(rejection), "no test expects {}", rejection.code());
    }
}

// The gap ledger.

/// A row of `gaps.toml`.
struct Gap {
    id: String,
    texts: BTreeMap<&'static str, String>,
    requirements: Vec<String>,
    shown_by: Vec<String>,
}

fn gaps() -> Vec<Gap> {
    let text = fs::read_to_string(crate_root().join("gaps.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(table.keys().collect::<Vec<_>>(), ["gap"], "rows and nothing else");
    let gaps: Vec<Gap> = table["gap"].as_array().unwrap().iter().map(read_gap).collect();
    assert!(gaps.len() > 10);
    gaps
}

fn read_gap(row: &toml::Value) -> Gap {
    let row = row.as_table().unwrap();
    let id = row["id"].as_str().unwrap().to_owned();
    let text = |key| {
        let found = row.get(key).and_then(toml::Value::as_str);
        found.unwrap_or_else(|| panic!("{id} has no {key}")).to_owned()
    };
    let list = |key| -> Vec<String> {
        let found = row.get(key).and_then(toml::Value::as_array);
        let values = found.unwrap_or_else(|| panic!("{id} has no {key}"));
        values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    };
    let keys = ["section", "paper", "problem", "resolution", "origin"];
    let texts = keys.into_iter().map(|key| (key, text(key))).collect();
    assert_eq!(row.len(), keys.len() + 3, "{id} has fields that nobody reads");
    Gap { texts, requirements: list("requirements"), shown_by: list("shown_by"), id }
}

#[test]
fn every_gap_is_told_in_full_and_once() {
    let gaps = gaps();
    let ids: BTreeSet<&str> = gaps.iter().map(|gap| gap.id.as_str()).collect();
    assert_eq!(ids.len(), gaps.len());
    for gap in &gaps {
        for (key, text) in &gap.texts {
            assert!(!text.trim().is_empty(), "{}: {key} is empty", gap.id);
        }
        let section: u8 = gap.texts["section"].parse().unwrap();
        assert!((1..=9).contains(&section), "{}: the paper has no section {section}", gap.id);
        let claims = !gap.requirements.is_empty();
        assert!(!claims || !gap.shown_by.is_empty(), "{}: a rule that nothing shows", gap.id);
    }
}

#[test]
fn the_requirements_of_a_gap_are_defined() {
    let definitions = definitions(&sources());
    let defined = defined_ids(&definitions);
    for gap in gaps() {
        for requirement in &gap.requirements {
            assert!(defined.contains(requirement.as_str()), "{}: {requirement}", gap.id);
        }
    }
}

#[test]
fn the_evidence_of_a_gap_exists() {
    let tests = test_names();
    let cases = vector_ids();
    for gap in gaps() {
        for evidence in &gap.shown_by {
            let found = match evidence.split_once("::") {
                Some(_) => tests.contains(evidence),
                None => cases.iter().any(|case| matches_glob(evidence, case)),
            };
            assert!(found, "{}: there is no {evidence}", gap.id);
        }
    }
}

/// The gaps that the source speaks of are in the ledger.
#[test]
fn every_gap_that_the_source_names_is_in_the_ledger() {
    let ids: BTreeSet<String> = gaps().into_iter().map(|gap| gap.id).collect();
    let mut named = 0;
    for source in sources() {
        for (at, line) in source.lines.iter().enumerate() {
            let after = line.split_once("(gap ").or(line.split_once("(gaps "));
            let Some((list, _)) = after.and_then(|(_, rest)| rest.split_once(')')) else {
                continue;
            };
            for id in list.split(", ") {
                assert!(ids.contains(id), "{}:{}: there is no gap {id}", source.name, at + 1);
                named += 1;
            }
        }
    }
    assert!(named > 5, "gaps are named as this test reads them");
}

/// Every `file::name` of an integration test.
fn test_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in files_below(&crate_root().join("tests"), "rs") {
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let mut marked = false;
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("fn ") {
                let name = rest.split('(').next().unwrap();
                if marked {
                    names.insert(format!("{file}::{name}"));
                }
                marked = false;
            }
            marked |= line == "#[test]";
        }
    }
    assert!(names.contains("traceability::the_evidence_of_a_gap_exists"));
    names
}

/// The ids of the conformance vectors, as far as there are any.
fn vector_ids() -> BTreeSet<String> {
    let folder = crate_root().join("../conformance-vectors/v1");
    let mut ids = BTreeSet::new();
    for path in files_below(&folder, "json") {
        let file: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let cases = file["cases"].as_array().into_iter().flatten();
        ids.extend(cases.filter_map(|case| case["id"].as_str()).map(str::to_owned));
    }
    ids
}

/// Whether `text` is `pattern`, where `*` stands for any characters.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    (0..=rest.len()).any(|at| rest.is_char_boundary(at) && matches_glob(after, &rest[at..]))
}

// That these checks can fail.

#[test]
fn the_reader_of_definitions_tells_them_from_what_only_looks_like_one() {
    let source = |text: &str| Source {
        name: "example.rs".to_owned(),
        lines: text.lines().map(str::to_owned).collect(),
    };
    let found = |text: &str| {
        let definition = bold_definition(&source(text), 0);
        definition.map(|definition| level_and_origin(&definition.text).is_some())
    };
    assert_eq!(found("/// **LED-TX-01** (MUST) [own] It holds."), Some(true));
    assert_eq!(found("/// **LED-TX-01** (MUST) [RFC 6962 §2.1] It\n/// holds."), Some(true));
    assert_eq!(found("/// **LED-TX-01** (SHALL) [own] It holds."), Some(false));
    assert_eq!(found("/// **LED-TX-01** (MUST) It holds."), Some(false));
    assert_eq!(found("/// **LED-TX-01** (MUST) [own]"), Some(false));
    assert_eq!(found("/// **fresh** (an output is never created twice)"), None);
    assert_eq!(line_definition("    // LED-TX-01: it holds."), Some(("LED-TX-01", "it holds.")));
    assert_eq!(line_definition("    /// LED-TX-01: it holds."), None);
    assert_eq!(line_definition("    // LED-TX-1: it holds."), None);
    assert_eq!(ids_in("`LED_X` (LED-TX-01), ATX-…, MSB-CLOSE-05."), ["LED-TX-01", "MSB-CLOSE-05"]);
    assert!(matches_glob("atomix.unlock_*.late", "atomix.unlock_abort.late"));
    assert!(!matches_glob("atomix.unlock_*.late", "atomix.unlock_abort.early"));
}
