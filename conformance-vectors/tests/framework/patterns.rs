//! What a pattern over case ids matches; `--only` and the entries of `skips.toml` promise this.

use wildmatch::WildMatch;

fn matches(pattern: &str, text: &str) -> bool {
    WildMatch::new(pattern).matches(text)
}

#[test]
fn a_pattern_without_wildcards_matches_itself_only() {
    assert!(matches("ledger.apply", "ledger.apply"));
    assert!(!matches("ledger.apply", "ledger.apply.x"));
    assert!(!matches("ledger.apply", "ledger.appl"));
    assert!(matches("", ""));
    assert!(!matches("", "a"));
}

#[test]
fn a_star_matches_any_run_of_characters_also_none() {
    assert!(matches("*", ""));
    assert!(matches("a*c", "ac"));
    assert!(matches("a*c", "abcbc"));
    assert!(matches("*.witness.*", "ledger.check.witness.key"));
    assert!(!matches("a*c", "acb"));
    assert!(matches("a**", "a"));
}

#[test]
fn a_question_mark_matches_exactly_one_character() {
    assert!(matches("case-?", "case-7"));
    assert!(matches("?", "ü"));
    assert!(!matches("case-?", "case-"));
    assert!(!matches("case-?", "case-10"));
    assert!(matches("*?b", "aab"));
}
