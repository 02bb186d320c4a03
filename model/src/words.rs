//! Small helpers for sentences.

use std::fmt::Display;

/// A number with its noun, which agrees with it. The noun is one whose plural ends with a plain
/// "s".
///
/// ```
/// use ioschain_model::words::count;
///
/// assert_eq!(count(1, "transaction"), "1 transaction");
/// assert_eq!(count(0, "transaction"), "0 transactions");
/// assert_eq!(count(2, "epoch"), "2 epochs");
/// ```
pub fn count(number: impl Display, noun: &str) -> String {
    let number = number.to_string();
    let ending = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// Words joined by commas, with "and" before the last one.
///
/// ```
/// use ioschain_model::words::listed;
///
/// assert_eq!(listed(&["1", "3", "6"]), "1, 3 and 6");
/// assert_eq!(listed(&["1"]), "1");
/// ```
pub fn listed(words: &[impl AsRef<str>]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        Some((last, _)) => (*last).to_owned(),
        None => String::new(),
    }
}
