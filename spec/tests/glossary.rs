//! The glossary: each term once, in order, and only modules that exist.

use std::path::Path;

const GLOSSARY: &str = include_str!("../src/glossary.md");

/// The entries: the bold term or terms at the beginning of a paragraph, and the text that follows.
fn entries() -> Vec<(&'static str, &'static str)> {
    let paragraphs = GLOSSARY.split("\n\n").filter_map(|text| text.strip_prefix("**"));
    let entries: Vec<_> = paragraphs.filter_map(|text| text.split_once("**:")).collect();
    assert!(entries.len() > 100, "entries are written as this test reads them");
    entries
}

/// The terms that entries define; an entry may name several, separated by commas.
fn terms() -> Vec<&'static str> {
    entries().into_iter().flat_map(|(terms, _)| terms.split(", ")).collect()
}

/// What is in code font and looks like the path of a module.
fn modules_in(text: &str) -> impl Iterator<Item = &str> {
    let is_path = |text: &&str| {
        !text.is_empty()
            && text.chars().all(|letter| letter.is_ascii_lowercase() || "_:".contains(letter))
    };
    text.split('`').skip(1).step_by(2).filter(is_path)
}

fn exists(module: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(module.replace("::", "/"));
    path.is_dir() || path.with_extension("rs").is_file()
}

#[test]
fn entries_are_in_alphabetical_order() {
    // Word by word, without a difference between small and capital letters.
    let key = |term: &str| term.to_lowercase().replace('-', "").replace(' ', "\0");
    let first_terms = entries().into_iter().filter_map(|(terms, _)| terms.split(", ").next());
    let keys: Vec<String> = first_terms.map(key).collect();
    let misplaced = keys.windows(2).find(|pair| pair[0] > pair[1]);
    assert_eq!(misplaced, None);
}

#[test]
fn every_term_has_one_entry() {
    let mut terms = terms();
    terms.sort_unstable();
    let repeated = terms.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(repeated, None);
}

#[test]
fn every_module_that_the_glossary_names_exists() {
    let missing: Vec<&str> = modules_in(GLOSSARY).filter(|module| !exists(module)).collect();
    assert_eq!(missing, [""; 0]);
    assert!(modules_in(GLOSSARY).count() > 100, "modules are written as this test reads them");
    assert!(!exists("ledger::no_such_module"));
}
