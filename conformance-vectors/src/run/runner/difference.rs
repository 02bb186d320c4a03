//! Where two values differ, so that a person can read it.

use ioschain_model::words::count;
use serde_json::{Map, Value};

use crate::format::canonical_json;
use crate::run::report::cut;

/// The most places listed.
const PLACES_MAX: usize = 20;

/// The longest string shown in full, in characters.
const STRING_MAX: usize = 400;

/// One line for each place where `got` departs from `expected`, at most [`PLACES_MAX`].
pub(super) fn difference(expected: &Value, got: &Value) -> String {
    let mut places = Vec::new();
    compare("", expected, got, &mut places);
    let more = places.len().saturating_sub(PLACES_MAX);
    places.truncate(PLACES_MAX);
    if more > 0 {
        places.push(format!("and {}", count(more, "more place")));
    }
    places.join("\n")
}

fn compare(path: &str, expected: &Value, got: &Value, places: &mut Vec<String>) {
    match (expected, got) {
        (one, other) if one == other => {}
        (Value::Object(wanted), Value::Object(found)) => {
            compare_members(path, wanted, found, places)
        }
        (Value::Array(wanted), Value::Array(found)) => {
            compare_elements(path, wanted, found, places)
        }
        _ => {
            let name = if path.is_empty() { "the value" } else { path };
            places.push(format!("{name}: expected {}, got {}", brief(expected), brief(got)));
        }
    }
}

fn compare_members(
    path: &str,
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
    places: &mut Vec<String>,
) {
    let within = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    for (key, expected) in wanted {
        match found.get(key) {
            Some(got) => compare(&within(key), expected, got, places),
            None => places.push(format!("{}: missing, expected {}", within(key), brief(expected))),
        }
    }
    for (key, got) in found.iter().filter(|(key, _)| !wanted.contains_key(*key)) {
        places.push(format!("{}: unexpected, got {}", within(key), brief(got)));
    }
}

/// Elements that both have at the start and at the end are set aside first, so that one insertion
/// does not shift all that follows.
fn compare_elements(path: &str, wanted: &[Value], found: &[Value], places: &mut Vec<String>) {
    let shorter = wanted.len().min(found.len());
    let start = wanted.iter().zip(found).take_while(|(one, other)| one == other).count();
    let ends = wanted.iter().rev().zip(found.iter().rev());
    let end = ends.take(shorter - start).take_while(|(one, other)| one == other).count();
    let (wanted, found) = (&wanted[start..wanted.len() - end], &found[start..found.len() - end]);
    for place in 0..wanted.len().max(found.len()) {
        let name = format!("{path}[{}]", start + place);
        match (wanted.get(place), found.get(place)) {
            (Some(expected), Some(got)) => compare(&name, expected, got, places),
            (Some(expected), None) => {
                places.push(format!("{name}: missing, expected {}", brief(expected)))
            }
            (None, Some(got)) => places.push(format!("{name}: unexpected, got {}", brief(got))),
            (None, None) => {}
        }
    }
}

fn brief(value: &Value) -> String {
    let short = shorten(value);
    let text = canonical_json::line(&short).unwrap_or_else(|_| short.to_string());
    cut(&text, STRING_MAX)
}

/// The value with its long strings cut, for a report.
pub(super) fn shorten(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(cut(text, STRING_MAX)),
        Value::Array(elements) => elements.iter().map(shorten).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, member)| (key.clone(), shorten(member))).collect()
        }
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_values_have_no_difference() {
        let value = json!({"a": [1, {"b": null}]});
        assert_eq!(difference(&value, &value), "");
    }

    #[test]
    fn each_place_is_named_with_both_values() {
        let expected = json!({"fee": "5", "utxos": [{"amount": "1"}], "height": 3});
        let got = json!({"fee": "6", "utxos": [{"amount": "2"}], "epoch": 3});
        assert_eq!(
            difference(&expected, &got),
            "fee: expected \"5\", got \"6\"\n\
             height: missing, expected 3\n\
             utxos[0].amount: expected \"1\", got \"2\"\n\
             epoch: unexpected, got 3"
        );
    }

    #[test]
    fn an_inserted_element_is_one_place() {
        assert_eq!(difference(&json!([1, 2, 3]), &json!([1, 9, 2, 3])), "[1]: unexpected, got 9");
        assert_eq!(difference(&json!([1, 2, 3]), &json!([2, 3])), "[0]: missing, expected 1");
        assert_eq!(difference(&json!([1, 1]), &json!([1])), "[1]: missing, expected 1");
    }

    #[test]
    fn another_kind_of_value_is_one_place() {
        assert_eq!(difference(&json!({"a": []}), &json!({"a": {}})), "a: expected [], got {}");
        assert_eq!(difference(&json!(1), &json!(null)), "the value: expected 1, got null");
    }

    #[test]
    fn the_list_of_places_and_long_strings_are_bounded() {
        let expected: Value = (0..100).map(|number| json!([number, "x"])).collect();
        let got: Value = (0..100).map(|number| json!([number, "y"])).collect();
        let text = difference(&expected, &got);
        assert_eq!(text.lines().count(), PLACES_MAX + 1);
        assert!(text.ends_with("and 80 more places"));
        let long = difference(&json!("a".repeat(10_000)), &json!("b"));
        assert!(long.len() < 1000 && long.contains("… ("), "{long}");
    }
}
