//! Patterns over case ids: `*` stands for any characters, `?` for exactly one.

use std::fmt;

/// A pattern such as `ledger.*.witness-?`. It must match the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(String);

impl Glob {
    /// The pattern. Every text is one.
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// Whether the pattern matches all of `text`.
    pub fn matches(&self, text: &str) -> bool {
        let pattern: Vec<char> = self.0.chars().collect();
        let text: Vec<char> = text.chars().collect();
        let (mut at_pattern, mut at_text) = (0, 0);
        // Where to go back to: just after the last `*`, and the text position it has reached.
        let mut retry: Option<(usize, usize)> = None;
        while at_text < text.len() {
            match pattern.get(at_pattern) {
                Some('*') => {
                    at_pattern += 1;
                    retry = Some((at_pattern, at_text));
                }
                Some(wanted) if *wanted == '?' || *wanted == text[at_text] => {
                    at_pattern += 1;
                    at_text += 1;
                }
                _ => match retry {
                    Some((after_star, reached)) => {
                        at_pattern = after_star;
                        at_text = reached + 1;
                        retry = Some((after_star, at_text));
                    }
                    None => return false,
                },
            }
        }
        pattern[at_pattern..].iter().all(|rest| *rest == '*')
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    fn matches(pattern: &str, text: &str) -> bool {
        Glob::new(pattern).matches(text)
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
}
