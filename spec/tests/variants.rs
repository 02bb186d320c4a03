//! The table of weakened rules: its names are unique, and the gaps that it names exist.

use std::collections::BTreeSet;

use ioschain_spec::variants::all;

/// The gap ledger, as far as this test needs it.
fn gap_ids() -> BTreeSet<String> {
    let ledger: toml::Table = include_str!("../gaps.toml").parse().unwrap();
    let gaps = ledger["gap"].as_array().unwrap();
    gaps.iter().map(|gap| gap["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_variant_has_its_own_name() {
    let names: Vec<&str> = all().iter().map(|variant| variant.name).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(distinct.len(), names.len());
}

#[test]
fn names_are_words_joined_by_hyphens() {
    for variant in all() {
        let is_word =
            |word: &str| !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_lowercase());
        assert!(variant.name.split('-').all(is_word), "{}", variant.name);
    }
}

#[test]
fn every_variant_says_what_it_weakens_in_a_section_that_is_specified() {
    for variant in all() {
        assert!(!variant.weakens.is_empty(), "{}", variant.name);
        assert!(!variant.section.modules().is_empty(), "{}", variant.name);
    }
}

#[test]
fn every_gap_that_a_variant_names_is_in_the_ledger() {
    let known = gap_ids();
    for variant in all() {
        for gap in variant.gaps.split_whitespace() {
            assert!(known.contains(gap), "{}: {gap}", variant.name);
        }
    }
}

#[test]
fn the_white_papers_page_names_the_gaps_of_its_rows() {
    let page = include_str!("../src/variants/white_paper.rs");
    let of_the_paper = ["white-paper", "paper-runs", "classic-cosi"];
    let rows = all().into_iter().filter(|variant| of_the_paper.contains(&variant.name));
    let gaps: Vec<&str> = rows.flat_map(|variant| variant.gaps.split_whitespace()).collect();
    assert!(!gaps.is_empty());
    for gap in gaps {
        assert!(page.contains(gap), "{gap}");
    }
}
