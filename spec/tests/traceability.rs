//! That the requirement ids in the source, the rejections, the gap ledger and the vectors hold
//! together.
//!
//! A requirement is *defined* once, in the doc comment of the item that obeys it: `**XXX-TOPIC-NN**
//! (MUST) [origin] A sentence.` Everything else refers, the line above a check too: `//
//! XXX-TOPIC-NN: what is checked.`

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ioschain_spec::requirements::{REQUIREMENTS, requirement};
use ioschain_spec::{Rejection, Section};

#[path = "../build/parser.rs"]
mod parser;
#[path = "support/requirements.rs"]
mod requirements;

use parser::{
    Definition, Source, Statement, definition_at, definitions_in, files_below, sources_below,
};
use requirements::{bold_ids, id_at_check, ids_in, is_comment, is_on_item, name_of, placed_lines};

/// What a check gives that finds nothing wrong.
const NOWHERE: [&str; 0] = [];

fn crate_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let sources = sources_below(&crate_root().join("src"));
    assert!(sources.len() > 20, "the source is where this test looks for it");
    sources
}

/// Whatever names requirements: the specification, the gap ledger, the makers of the vectors.
fn sources_that_refer() -> Vec<Source> {
    let vectors = sources_below(&crate_root().join("../conformance-vectors/src"));
    assert!(vectors.len() > 20, "the vectors' crate is where this test looks for it");
    let gaps = fs::read_to_string(crate_root().join("gaps.toml")).unwrap();
    sources().into_iter().chain(vectors).chain([Source::new("gaps.toml", &gaps)]).collect()
}

fn definitions() -> Vec<Definition> {
    let found = definitions_in(&sources());
    assert!(found.len() > 100, "definitions are written as this test reads them");
    found
}

fn ids_of(definitions: &[Definition]) -> BTreeSet<&str> {
    definitions.iter().map(|definition| definition.id.as_str()).collect()
}

// What can be wrong. Each check gives the places that are.

/// Definitions of an id that is defined before.
fn defined_again(definitions: &[Definition]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let again = definitions.iter().filter(|definition| !seen.insert(&definition.id));
    again.map(name_of).collect()
}

/// Definitions without a level, an origin, or a sentence with its full stop.
fn incomplete(definitions: &[Definition]) -> Vec<String> {
    let incomplete = definitions.iter().filter(|definition| definition.statement().is_none());
    incomplete.map(name_of).collect()
}

/// Bold ids in places where no definition is read.
fn bold_elsewhere(sources: &[Source]) -> Vec<String> {
    let of_source = |source: &Source| -> Vec<String> {
        let lines = placed_lines(source).enumerate();
        let wrong = lines.filter(|(at, (_, line))| {
            bold_ids(line) != usize::from(definition_at(source, *at).is_some())
        });
        wrong.map(|(_, (place, _))| place).collect()
    };
    sources.iter().flat_map(of_source).collect()
}

/// Ids that are named and not defined.
fn undefined(sources: &[Source], definitions: &[Definition]) -> Vec<String> {
    let defined = ids_of(definitions);
    let named = sources.iter().flat_map(placed_lines).flat_map(|(place, line)| {
        ids_in(line).into_iter().map(move |id| (place.clone(), id)).collect::<Vec<_>>()
    });
    let undefined = named.filter(|(_, id)| !defined.contains(id));
    undefined.map(|(place, id)| format!("{place}: {id}")).collect()
}

/// Requirements of level MUST that no item and no check obeys.
fn without_a_check(sources: &[Source], definitions: &[Definition]) -> Vec<String> {
    let lines = sources.iter().flat_map(|source| &source.lines);
    let at_checks: BTreeSet<&str> = lines.filter_map(|line| id_at_check(line)).collect();
    let is_must = |definition: &Definition| {
        definition.statement().is_some_and(|statement| statement.level == "MUST")
    };
    let without = definitions.iter().filter(|definition| {
        is_must(definition)
            && !is_on_item(definition, sources)
            && !at_checks.contains(definition.id.as_str())
    });
    without.map(name_of).collect()
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

// The source.

#[test]
fn every_requirement_is_defined_once() {
    assert_eq!(defined_again(&definitions()), NOWHERE);
}

/// The table of the crate is made by the build script, with the parser of this test.
#[test]
fn the_table_has_every_definition_of_the_sources() {
    let definitions = definitions();
    let mut read: Vec<&str> = definitions.iter().map(|definition| definition.id.as_str()).collect();
    read.sort_unstable();
    let rows: Vec<&str> = REQUIREMENTS.iter().map(|requirement| requirement.id).collect();
    assert_eq!(rows, read);
    for definition in &definitions {
        let row = requirement(&definition.id).unwrap();
        let statement = definition.statement().unwrap();
        assert_eq!((row.sentence, row.origin), (statement.sentence, statement.origin));
        assert_eq!(row.level.to_string(), statement.level);
        assert_eq!((row.file, row.line), (definition.file.as_str(), definition.line));
    }
    assert_eq!(requirement("LED-NOTHING-01"), None);
}

#[test]
fn every_definition_has_a_level_an_origin_and_a_sentence() {
    assert_eq!(incomplete(&definitions()), NOWHERE);
}

#[test]
fn bold_ids_are_at_the_beginning_of_a_line_or_nowhere() {
    assert_eq!(bold_elsewhere(&sources()), NOWHERE);
}

#[test]
fn every_id_that_is_named_is_defined() {
    assert_eq!(undefined(&sources_that_refer(), &definitions()), NOWHERE);
}

#[test]
fn every_must_is_obeyed_by_an_item_or_named_at_a_check() {
    assert_eq!(without_a_check(&sources(), &definitions()), NOWHERE);
}

#[test]
fn section_codes_are_those_of_the_list() {
    for definition in definitions() {
        let (id, place) = (&definition.id, name_of(&definition));
        assert!(Section::of_requirement(id).is_some(), "{place}: {id} is of no section");
    }
}

// The rejections.

#[test]
fn every_rejection_has_a_defined_requirement_of_its_section() {
    let definitions = definitions();
    let defined = ids_of(&definitions);
    for rejection in Rejection::ALL {
        let code = rejection.code();
        let section = code.split('_').next().unwrap();
        assert!(Section::of_requirement(code).is_some(), "{code} is of no section");
        assert!(!rejection.requirements().is_empty(), "{code} violates nothing");
        for requirement in rejection.requirements() {
            assert!(defined.contains(requirement), "{code}: {requirement} is defined nowhere");
            assert!(requirement.starts_with(section), "{code} and {requirement}");
        }
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

/// The comment above a check names a requirement of the rejection that the check gives.
#[test]
fn a_check_and_its_comment_name_the_same_requirement() {
    let mut checks = 0;
    for source in sources() {
        for (at, (place, line)) in placed_lines(&source).enumerate() {
            let Some(id) = id_at_check(line) else { continue };
            let below = source.lines[at + 1..].iter();
            // As far as the next check, or the end of the function.
            let below = below.take_while(|line| id_at_check(line).is_none() && *line != "}");
            let mut given =
                below.filter(|line| !is_comment(line)).flat_map(|line| rejections_in(line));
            if let Some(rejection) = given.next() {
                let code = rejection.code();
                assert!(rejection.requirements().contains(&id), "{place} gives {code}");
                checks += 1;
            }
        }
    }
    assert!(checks > 40, "checks are written as this test reads them");
}

/// Each requirement of a rejection is defined, or named at a check, in a file that gives the
/// rejection.
#[test]
fn every_rejection_is_given_in_a_file_that_names_its_requirement() {
    let sources = sources();
    let gives = |source: &Source, rejection| {
        let mut code = source.lines.iter().filter(|line| !is_comment(line));
        code.any(|line| rejections_in(line).contains(&rejection))
    };
    let names = |source: &Source, requirement| {
        let mut definitions = (0..source.lines.len()).filter_map(|at| definition_at(source, at));
        definitions.any(|definition| definition.id == requirement)
            || source.lines.iter().any(|line| id_at_check(line) == Some(requirement))
    };
    for rejection in Rejection::ALL {
        for requirement in rejection.requirements() {
            let mut places = sources.iter().filter(|source| source.name != "rejection.rs");
            let found =
                places.any(|source| gives(source, *rejection) && names(source, requirement));
            assert!(found, "{} is given in no file that names {requirement}", rejection.code());
        }
    }
}

/// The rejections of encodings and certificates have tests of their own (`encoding`,
/// `certificate`).
#[test]
fn some_test_expects_every_rejection_of_the_ledger_and_of_atomix() {
    let mut expected = BTreeSet::new();
    for path in files_below(&crate_root().join("tests"), "rs") {
        let text = fs::read_to_string(&path).unwrap();
        expected.extend(text.lines().flat_map(rejections_in));
    }
    for rejection in Rejection::ALL {
        let elsewhere = Section::of_requirement(rejection.code()) == Some(Section::Conventions);
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
        let section = Section::of_number(section);
        assert!(section.is_some(), "{}: the paper has no such section", gap.id);
        let claims = !gap.requirements.is_empty();
        assert!(!claims || !gap.shown_by.is_empty(), "{}: a rule that nothing shows", gap.id);
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
        for (place, line) in placed_lines(&source) {
            let after = line.split_once("(gap ").or(line.split_once("(gaps "));
            let Some((list, _)) = after.and_then(|(_, rest)| rest.split_once(')')) else {
                continue;
            };
            for id in list.split(", ") {
                assert!(ids.contains(id), "{place}: there is no gap {id}");
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
        let (mut marked, mut in_properties) = (false, false);
        for line in text.lines() {
            in_properties = line == "quickcheck! {" || (in_properties && line != "}");
            let line = line.trim();
            if let Some(rest) = line.strip_prefix("fn ") {
                let name = rest.split('(').next().unwrap();
                if marked || in_properties {
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

/// Whether `text` is `pattern`, where `*` matches any characters.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    (0..=rest.len()).any(|at| rest.is_char_boundary(at) && matches_glob(after, &rest[at..]))
}

// That these checks can fail.

/// The definitions of one made-up file.
fn defined_by(text: &str) -> Vec<Definition> {
    definitions_in(&[Source::new("example.rs", text)])
}

const TWO_RULES: &str = "\
/// Checks a thing.
///
/// **LED-TX-01** (MUST) [own] A thing has a name, which
/// may be long.
///
/// **LED-TX-02** (SHOULD) [RFC 6962 §2.1] A name is short.
#[derive(
    Debug,
)]
pub(crate) fn check() {
    // LED-TX-01: it has a name.
}
";

#[test]
fn complete_definitions_are_read_with_level_origin_and_sentence() {
    let definitions = defined_by(TWO_RULES);
    let statements: Vec<_> = definitions.iter().map(|definition| definition.statement()).collect();
    let must = Statement {
        level: "MUST",
        origin: "own",
        sentence: "A thing has a name, which may be long.",
    };
    let should =
        Statement { level: "SHOULD", origin: "RFC 6962 §2.1", sentence: "A name is short." };
    assert_eq!(statements, [Some(must), Some(should)]);
    let sources = [Source::new("example.rs", TWO_RULES)];
    assert!(definitions.iter().all(|definition| is_on_item(definition, &sources)));
    assert_eq!(undefined(&sources, &definitions), NOWHERE);
    assert_eq!(bold_elsewhere(&sources), NOWHERE);
}

#[test]
fn an_origin_is_read_whether_or_not_its_bracket_is_escaped() {
    for text in ["(MUST) [own] It holds.", "(MUST) \\[own] It holds."] {
        let found = defined_by(&format!("/// **LED-TX-01** {text}\nfn check() {{}}"));
        let origins: Vec<_> = found.iter().map(|it| it.statement().unwrap().origin).collect();
        assert_eq!(origins, ["own"], "{text}");
    }
}

#[test]
fn a_second_definition_is_found_even_if_it_says_the_same() {
    let definitions = defined_by(&format!("{TWO_RULES}{TWO_RULES}"));
    assert_eq!(
        defined_again(&definitions),
        ["example.rs:15: LED-TX-01", "example.rs:18: LED-TX-02"]
    );
}

#[test]
fn a_line_comment_defines_nothing() {
    assert!(
        defined_by("// LED-TX-01: it holds.\n// **LED-TX-01** (MUST) [own] It holds.").is_empty()
    );
}

#[test]
fn a_definition_without_level_origin_sentence_or_full_stop_is_found() {
    for text in [
        "(SHALL) [own] It holds.",
        "[own] It holds.",
        "(MUST) It holds.",
        "(MUST) [] It holds.",
        "(MUST) [ ] It holds.",
        "(MUST) [own]",
        "(MUST) [own] .",
        "(MUST) [own] It holds",
        "(MUST) [own] It holds\n///\n/// permanently.",
    ] {
        let found = incomplete(&defined_by(&format!("/// **LED-TX-01** {text}\nfn check() {{}}")));
        assert_eq!(found, ["example.rs:1: LED-TX-01"], "{text}");
    }
}

#[test]
fn a_bold_id_that_begins_no_line_of_a_doc_comment_is_found() {
    for text in ["/// See **LED-TX-01**.", "// **LED-TX-01** (MUST) [own] It holds."] {
        assert_eq!(bold_elsewhere(&[Source::new("example.rs", text)]), ["example.rs:1"], "{text}");
    }
    let fine = "/// **fresh** (an output is never created twice)";
    assert_eq!(bold_elsewhere(&[Source::new("example.rs", fine)]), NOWHERE);
}

#[test]
fn a_name_that_is_defined_nowhere_is_found() {
    let definitions = defined_by(TWO_RULES);
    for text in ["// LED-TX-03: it holds.", "let ids = [\"LED-TX-03\"];", "/// See LED-TX-03."] {
        let found = undefined(&[Source::new("other.rs", text)], &definitions);
        assert_eq!(found, ["other.rs:1: LED-TX-03"], "{text}");
    }
}

#[test]
fn a_must_on_no_item_needs_a_check_that_names_it() {
    let field = "struct Thing {\n    /// **LED-TX-01** (MUST) [own] It holds.\n    name: u8,\n}\n";
    let check = "    // LED-TX-01: it holds.\n";
    let found = |text: &str| {
        let sources = [Source::new("example.rs", text)];
        without_a_check(&sources, &definitions_in(&sources))
    };
    assert_eq!(found(field), ["example.rs:2: LED-TX-01"]);
    assert_eq!(found(&format!("{field}{check}")), NOWHERE);
    assert_eq!(found(&field.replace("MUST", "MAY")), NOWHERE);
    assert_eq!(found(&field.replace("name: u8,", "pub const NAME: u8 = 0;")), NOWHERE);
}

#[test]
fn ids_and_globs_are_told_from_what_only_looks_like_them() {
    assert_eq!(ids_in("`LED_X` (LED-TX-01), ATX-…, MSB-CLOSE-05."), ["LED-TX-01", "MSB-CLOSE-05"]);
    assert_eq!(id_at_check("    // LED-TX-01: it holds."), Some("LED-TX-01"));
    assert_eq!(id_at_check("    /// LED-TX-01: it holds."), None);
    assert_eq!(id_at_check("    // LED-TX-1: it holds."), None);
    assert!(matches_glob("atomix.unlock_*.late", "atomix.unlock_abort.late"));
    assert!(!matches_glob("atomix.unlock_*.late", "atomix.unlock_abort.early"));
}
