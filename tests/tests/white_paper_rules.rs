//! That a reader with the white paper in hand finds its rules where `white_paper_rules.toml` says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ioschain_spec::Section;
use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    section: u8,
    rule: String,
    file: String,
    item: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rules() -> Vec<Rule> {
    let text = fs::read_to_string(root().join("white_paper_rules.toml")).unwrap();
    let table: Table = toml::from_str(&text).unwrap();
    table.rule
}

/// Whether a line of Rust defines an item of this name.
fn defines(line: &str, item: &str) -> bool {
    let Some((before, after)) = line.split_once(item) else { return false };
    let keyword = before.split_whitespace().last();
    let is_keyword = keyword.is_some_and(|word| ["fn", "struct", "enum", "const"].contains(&word));
    is_keyword && !after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
}

/// What is wrong with a row, if anything is.
fn fault(rule: &Rule) -> Option<String> {
    let Some(section) = Section::of_number(rule.section) else {
        return Some(format!("there is no section {}", rule.section));
    };
    let module = rule.file.split(['/', '.']).next().unwrap_or_default();
    if !section.modules().contains(&module) {
        return Some(format!("{} is in no module of section {section}", rule.file));
    }
    let path: PathBuf = root().join("../spec/src").join(&rule.file);
    let Ok(text) = fs::read_to_string(&path) else {
        return Some(format!("there is no file {}", rule.file));
    };
    if !text.lines().any(|line| defines(line, &rule.item)) {
        return Some(format!("{} does not define {}", rule.file, rule.item));
    }
    None
}

#[test]
fn every_rule_of_the_table_is_where_the_table_says() {
    let rules = rules();
    assert_eq!(rules.len(), 24);
    let faults: Vec<String> = rules.iter().filter_map(fault).collect();
    assert_eq!(faults, [""; 0]);
}

#[test]
fn the_table_names_each_rule_once_and_every_section_that_is_specified() {
    let rules = rules();
    let texts: BTreeSet<&str> = rules.iter().map(|rule| rule.rule.as_str()).collect();
    assert_eq!(texts.len(), rules.len());
    let sections: BTreeSet<u8> = rules.iter().map(|rule| rule.section).collect();
    assert_eq!(sections, BTreeSet::from([3, 4, 5, 7]));
}

#[test]
fn a_row_that_is_wrong_is_found() {
    let row = |section, file: &str, item: &str| {
        let (file, item) = (file.to_owned(), item.to_owned());
        fault(&Rule { section, rule: String::new(), file, item })
    };
    assert_eq!(row(7, "atomix/lock.rs", "apply_lock"), None);
    assert!(row(10, "atomix/lock.rs", "apply_lock").unwrap().contains("no section 10"));
    assert!(row(4, "atomix/lock.rs", "apply_lock").unwrap().contains("no module of section"));
    assert!(row(7, "atomix/luck.rs", "apply_lock").unwrap().contains("no file"));
    assert!(row(7, "atomix/lock.rs", "apply_loc").unwrap().contains("does not define"));
}
