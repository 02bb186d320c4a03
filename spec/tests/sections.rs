//! That [`Section`] is the only table of sections: whatever else lists them says the same.

use std::collections::BTreeSet;

use ioschain_spec::Section;

const LIB: &str = include_str!("../src/lib.rs");

/// Words in a cell of a table.
fn cell(words: &[String]) -> String {
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn numbers_are_the_papers_and_each_code_and_module_has_one_section() {
    assert_eq!(Section::ALL.map(Section::number), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for of in [Section::requirement_codes, Section::vector_modules, Section::modules] {
        let all: Vec<&str> = Section::ALL.into_iter().flat_map(of).copied().collect();
        assert!(all.len() >= 7);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
    }
}

#[test]
fn a_requirement_a_rejection_and_a_module_of_the_vectors_find_their_section() {
    for section in Section::ALL {
        assert_eq!(Section::of_number(section.number()), Some(section));
        for code in section.requirement_codes() {
            assert_eq!(Section::of_requirement(&format!("{code}-TOPIC-01")), Some(section));
            assert_eq!(Section::of_requirement(&format!("{code}_TOPIC")), Some(section));
        }
        for module in section.vector_modules() {
            assert_eq!(Section::of_vector_module(module), Some(section));
        }
    }
    assert_eq!(Section::of_number(10), None);
    assert_eq!(Section::of_requirement("LEDGER-TOPIC-01"), None);
    assert_eq!(Section::of_vector_module("nothing"), None);
}

/// Modules that are about all sections.
const OF_NO_SECTION: [&str; 5] =
    ["cached_suite", "glossary", "requirements", "testing", "variants"];

#[test]
fn the_public_modules_of_the_crate_are_those_of_its_sections() {
    let declared: BTreeSet<&str> =
        LIB.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let of_sections = Section::ALL.into_iter().flat_map(Section::modules);
    let listed: BTreeSet<&str> = of_sections.chain(&OF_NO_SECTION).copied().collect();
    assert_eq!(declared, listed);
}

#[test]
fn the_crates_contents_are_the_table() {
    let rows: Vec<&str> = LIB.lines().filter(|line| line.starts_with("//! | ")).skip(1).collect();
    let specified = Section::ALL.into_iter().filter(|section| !section.modules().is_empty());
    let expected: Vec<String> = specified
        .map(|section| {
            let modules = section.modules().iter().map(|module| format!("[`{module}`]"));
            let codes = section.requirement_codes().iter().map(|code| format!("{code}-…"));
            let (modules, codes): (Vec<_>, Vec<_>) = (modules.collect(), codes.collect());
            format!("//! | {section} | {} | {} |", cell(&modules), cell(&codes))
        })
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn the_crates_readme_has_a_row_for_each_section_with_its_modules() {
    let readme = include_str!("../README.md");
    for section in Section::ALL {
        let row = readme.lines().find(|line| line.starts_with(&format!("| {section} | ")));
        let row = row.unwrap_or_else(|| panic!("{section} has no row"));
        for module in section.modules() {
            assert!(row.contains(&format!("(src/{module}")), "{row}: {module}");
        }
        assert_eq!(row.contains("not specified yet"), section.modules().is_empty(), "{row}");
    }
}

#[test]
fn the_guide_for_contributors_lists_the_codes_and_the_modules_of_the_vectors() {
    let guide = include_str!("../../CONTRIBUTING.md");
    for section in Section::ALL {
        let codes = cell(&owned(section.requirement_codes()));
        let vectors = cell(&owned(section.vector_modules()));
        let row = format!("   | {section} | {codes} | {vectors} |");
        assert!(guide.lines().any(|line| line == row), "put this into CONTRIBUTING.md:\n{row}");
    }
}
