//! That the premises tables are true: the doc comment of each `apply_*`, and of each check that a
//! third party makes, contains the order of the checks, and this test reads it.
//!
//! ```text
//! | order | check | id | code | function |
//! ```
//!
//! A row with a code is a check. A row without one (`-`) is an answer that ends the checks, or it
//! represents the checks of another function, which has a table of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ioschain_spec::Rejection;

#[path = "../build/parser.rs"]
#[allow(dead_code, reason = "this test uses a part of it")]
mod parser;
#[path = "support/requirements.rs"]
#[allow(dead_code, reason = "this test uses a part of it")]
mod requirements;

use parser::{Source, definitions_in, files_below, is_id, sources_below};
use requirements::{bold_ids, id_at_check, ids_in, is_comment};

const HEADER: [&str; 5] = ["order", "check", "id", "code", "function"];
/// What a row says that has no id, no code or no function.
const NONE: &str = "-";
/// Codes that are listed once among the rejections, for things that are parts of many others.
const LISTED_ONCE: [&str; 3] = ["ENC_", "CRY_", "EDS_TICKET_"];

/// Functions that must have a table, besides every `apply_*`.
const CHECKS: [&str; 11] = [
    "check_static",
    "derive_genesis",
    "append",
    "append_record",
    "close_epoch",
    "check_ticket",
    "check_registration",
    "check_proposal",
    "check_commit",
    "verify_decision_proof",
    "verify_transcript",
];

/// The handlers of the conformance vectors, and the function that each of them runs.
const HANDLERS: [(&str, &str); 14] = [
    ("ledger/check_static", "check_static"),
    ("ledger/genesis", "derive_genesis"),
    ("ledger/apply", "apply_single"),
    ("ledger/apply_block", "apply_block"),
    ("identity/check_registration", "check_registration"),
    ("sharding/check_ticket", "check_ticket"),
    ("atomix/order", "append"),
    ("atomix/lock", "apply_lock"),
    ("atomix/unlock_commit", "apply_unlock_commit"),
    ("atomix/unlock_abort", "apply_unlock_abort"),
    ("atomix/import", "apply_import"),
    ("atomix/close_epoch", "close_epoch"),
    ("atomix/verify_proof", "verify_decision_proof"),
    ("drp/verify_transcript", "verify_transcript"),
];

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    place: String,
    cells: [String; 5],
}

/// A table and the function whose checks it lists.
#[derive(Debug)]
struct Premises {
    function: String,
    rows: Vec<Row>,
}

/// A function: its name, and the text of its doc comment and its body.
#[derive(Debug)]
struct Function {
    name: String,
    text: Vec<String>,
}

impl Row {
    fn order(&self) -> &str {
        &self.cells[0]
    }

    fn id(&self) -> &str {
        &self.cells[2]
    }

    fn code(&self) -> &str {
        self.cells[3].trim_matches('`')
    }

    /// The function's own name, without the trait or module before it.
    fn function(&self) -> &str {
        let path = self.cells[4].trim_matches('`');
        path.rsplit("::").next().unwrap_or(path)
    }
}

fn crate_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    sources_below(&crate_root().join("src"))
}

/// The name of the function that a line begins to define.
fn function_at(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let words = line.strip_prefix("pub(super) ").or(line.strip_prefix("pub(crate) "));
    let words = words.or(line.strip_prefix("pub ")).unwrap_or(line);
    let name = words.strip_prefix("fn ")?;
    name.split(|character: char| !character.is_ascii_alphanumeric() && character != '_').next()
}

/// Every function of a source, with its comment and its body.
fn functions_in(source: &Source) -> Vec<Function> {
    let lines = &source.lines;
    let mut functions = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = function_at(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let end = format!("{}}}", " ".repeat(indent));
        let documented = |line: &&String| {
            let line = line.trim_start();
            line.starts_with("///") || line.starts_with("#[")
        };
        let above = lines[..at].iter().rev().take_while(documented).count();
        let below = lines[at..].iter().take_while(|line| **line != end).count();
        let text = lines[at - above..at + below].to_vec();
        functions.push(Function { name: name.to_owned(), text });
    }
    functions
}

fn cells_of(line: &str) -> Option<[String; 5]> {
    let row = line.trim_start().strip_prefix("/// |")?.strip_suffix('|')?;
    let cells: Vec<String> = row.split(" | ").map(|cell| cell.trim().to_owned()).collect();
    cells.try_into().ok()
}

/// The table in the comment of a function, if it has one.
fn table_of(function: &Function) -> Option<Premises> {
    let comment: Vec<&String> =
        function.text.iter().take_while(|line| function_at(line).is_none()).collect();
    let header = comment.iter().position(|line| cells_of(line).is_some_and(|it| it == HEADER))?;
    let rows = comment.iter().skip(header + 2).map_while(|line| cells_of(line));
    let place = |at| format!("{}, row {at}", function.name);
    let rows = (1..).zip(rows).map(|(at, cells)| Row { place: place(at), cells });
    Some(Premises { function: function.name.clone(), rows: rows.collect() })
}

fn functions() -> Vec<Function> {
    let functions: Vec<Function> = sources().iter().flat_map(functions_in).collect();
    assert!(functions.len() > 300, "functions are written as this test reads them");
    functions
}

fn tables() -> Vec<Premises> {
    let tables: Vec<Premises> = functions().iter().filter_map(table_of).collect();
    assert!(tables.len() > 15, "tables are written as this test reads them");
    tables
}

fn position_of(code: &str) -> Option<usize> {
    Rejection::ALL.iter().position(|rejection| rejection.code() == code)
}

/// The codes of a function's table, with those of the tables that it refers to.
fn codes_of<'a>(tables: &'a [Premises], function: &str) -> BTreeSet<&'a str> {
    let own = tables.iter().filter(|table| table.function == function);
    let mut codes = BTreeSet::new();
    for row in own.flat_map(|table| &table.rows) {
        if row.code() != NONE {
            codes.insert(row.code());
        } else if row.function() != function {
            codes.extend(codes_of(tables, row.function()));
        }
        if row.cells[1].contains("[`apply_entry`]") {
            codes.extend(codes_of(tables, "apply_entry"));
        }
    }
    codes
}

#[test]
fn every_step_and_every_check_of_a_third_party_has_a_table() {
    let with_table: BTreeSet<String> = tables().into_iter().map(|it| it.function).collect();
    for source in sources() {
        // A free function; methods of `Rules` with these names pass the call on.
        for line in source.lines.iter().filter(|line| line.starts_with("pub fn apply_")) {
            let name = function_at(line).unwrap();
            assert!(with_table.contains(name), "{}: {name} has no table", source.name);
        }
    }
    for name in CHECKS {
        assert!(with_table.contains(name), "{name} has no table");
    }
}

#[test]
fn rows_are_numbered_and_every_id_code_and_function_exists() {
    let (sources, functions) = (sources(), functions());
    let definitions = definitions_in(&sources);
    let defined: BTreeSet<&str> = definitions.iter().map(|it| it.id.as_str()).collect();
    for table in tables() {
        for (number, row) in (1..).zip(&table.rows) {
            let place = &row.place;
            assert_eq!(row.order(), format!("{number}"), "{place}");
            assert!(!row.cells[1].is_empty(), "{place}: no check");
            assert!(row.id() == NONE || defined.contains(row.id()), "{place}: {}", row.id());
            assert!(row.id() != NONE || row.code() == NONE, "{place}: a check without an id");
            let exists = functions.iter().any(|it| it.name == row.function());
            assert!(exists || row.function() == NONE, "{place}: no {}", row.function());
            if row.code() != NONE {
                let known = position_of(row.code()).map(|at| Rejection::ALL[at]);
                let known = known.unwrap_or_else(|| panic!("{place}: no {}", row.code()));
                assert!(known.requirements().contains(&row.id()), "{place}: {}", row.id());
            }
        }
    }
}

/// The requirement is defined in the comment of the named function, or named at a check in its
/// body.
#[test]
fn the_function_of_a_row_names_its_requirement() {
    let functions = functions();
    for row in tables().iter().flat_map(|table| &table.rows) {
        if row.id() == NONE || row.function() == NONE {
            continue;
        }
        let named = functions.iter().filter(|it| it.name == row.function());
        let names = |line: &String| {
            let at_check = id_at_check(line) == Some(row.id());
            at_check || (bold_ids(line) > 0 && ids_in(line).contains(&row.id()))
        };
        let found = named.into_iter().any(|it| it.text.iter().any(names));
        assert!(found, "{}: {} is not at {}", row.place, row.id(), row.function());
    }
}

/// What several things have in common is listed once among the rejections, and checked where it is
/// met.
#[test]
fn rows_follow_the_order_of_the_rejections() {
    for table in tables() {
        let codes = table.rows.iter().map(Row::code).filter(|code| *code != NONE);
        let own = codes.filter(|code| !LISTED_ONCE.iter().any(|part| code.starts_with(part)));
        let positions: Vec<usize> = own.filter_map(position_of).collect();
        assert!(positions.is_sorted(), "{}: {positions:?}", table.function);
    }
}

/// In the code, the rejections of a function's own checks come in the order of its rows.
#[test]
fn rows_follow_the_order_of_the_checks_in_their_function() {
    let functions = functions();
    let mut compared = 0;
    for table in tables() {
        for function in &functions {
            let body = function.text.iter().filter(|line| !is_comment(line) || is_check(line));
            let body: Vec<&str> = body.filter_map(|line| id_at_check(line)).collect();
            let rows = table.rows.iter().filter(|row| row.function() == function.name);
            let mut seen = BTreeSet::new(); // a function may be called again
            let rows = rows.filter(|row| seen.insert(row.id()));
            let places: Vec<usize> =
                rows.filter_map(|row| body.iter().position(|id| *id == row.id())).collect();
            compared += places.len();
            let in_order = places.is_sorted();
            assert!(in_order, "{}: the checks of {}", table.function, function.name);
        }
    }
    assert!(compared > 100, "checks are written as this test reads them");
}

/// A check in a function that a table names has a row in this table. A check is a comment that
/// begins with a requirement for which there is a rejection.
#[test]
fn every_check_of_a_function_in_a_table_has_a_row() {
    let functions = functions();
    let refused: BTreeSet<&str> =
        Rejection::ALL.iter().flat_map(|rejection| rejection.requirements()).copied().collect();
    let (mut compared, mut without_row) = (0, Vec::new());
    for table in tables() {
        let ids: BTreeSet<&str> = table.rows.iter().map(Row::id).collect();
        for function in &functions {
            let named = table.rows.iter().filter(|row| row.function() == function.name);
            let named: BTreeSet<&str> = named.map(Row::id).collect();
            let checks = function.text.iter().filter_map(|line| id_at_check(line));
            let checks: Vec<&str> = checks.filter(|id| refused.contains(id)).collect();
            // Another function may have the same name. It has none of the requirements.
            if !checks.iter().any(|id| named.contains(id)) {
                continue;
            }
            compared += checks.len();
            let missing = checks.into_iter().filter(|id| !ids.contains(id));
            let words = |id| format!("{}: {id} of {}", table.function, function.name);
            without_row.extend(missing.map(words));
        }
    }
    assert_eq!(without_row, [""; 0]);
    assert!(compared > 100, "{compared} checks are written as this test reads them");
}

/// A table that names a function with a table of its own has all rows of that table, in their
/// order.
#[test]
fn rows_of_another_table_are_repeated_in_full_and_in_order() {
    let tables = tables();
    let mut compared = 0;
    for table in &tables {
        for other in tables.iter().filter(|it| it.function != table.function) {
            let of_other: Vec<&str> = other.rows.iter().map(Row::code).collect();
            let repeats =
                table.rows.iter().any(|row| row.function() == other.function && row.code() != NONE);
            if !repeats {
                continue;
            }
            let own: Vec<&str> = table.rows.iter().map(Row::code).collect();
            let is_repeated = own.windows(of_other.len()).any(|rows| rows == of_other);
            assert!(is_repeated, "{} repeats {} in part", table.function, other.function);
            compared += 1;
        }
    }
    assert!(compared > 3, "{compared} tables repeat another one");
}

fn is_check(line: &str) -> bool {
    id_at_check(line).is_some_and(is_id)
}

/// Every code that the vectors of a handler expect is in the table of its function; all but that of
/// bytes that do not decode, which come to no function.
#[test]
fn the_vectors_of_a_function_expect_codes_of_its_table() {
    let tables = tables();
    let expected = codes_in_vectors();
    for (handler, function) in HANDLERS {
        let of_handler = expected.get(handler).unwrap_or_else(|| panic!("no vectors: {handler}"));
        let codes = codes_of(&tables, function);
        for code in of_handler.iter().filter(|code| *code != "ENC_MALFORMED") {
            assert!(codes.contains(code.as_str()), "{handler} expects {code}");
        }
    }
}

#[test]
fn some_vector_expects_every_code_of_a_table() {
    let expected: BTreeSet<String> = codes_in_vectors().into_values().flatten().collect();
    for row in tables().iter().flat_map(|table| &table.rows) {
        let code = row.code();
        assert!(code == NONE || expected.contains(code), "{}: {code}", row.place);
    }
}

/// A case `one-before-other` has two faults, and the vectors expect the code of the first. The code
/// of the other is what another case expects that has this fault alone or first.
#[test]
fn rows_follow_the_order_that_the_vectors_expect() {
    let tables = tables();
    let expected = rejected_cases();
    let mut compared = 0;
    for (handler, function) in HANDLERS {
        let rows = tables.iter().filter(|table| table.function == function);
        let codes: Vec<&str> = rows.flat_map(|table| &table.rows).map(Row::code).collect();
        let place = |code: &str| codes.iter().position(|other| *other == code);
        let cases = &expected[handler];
        let faults = cases.iter().map(|(name, code)| {
            let (fault, _) = name.split_once("-before-").unwrap_or((name, ""));
            (fault, code)
        });
        let code_of: BTreeMap<&str, &String> = faults.collect();
        for (name, code) in cases {
            let Some((_, other)) = name.split_once("-before-") else { continue };
            let other = code_of.get(other).and_then(|code| place(code));
            if let (Some(first), Some(other)) = (place(code), other) {
                assert!(first <= other, "{handler} {name}: rows {first} and {other}");
                compared += 1;
            }
        }
    }
    assert!(compared > 30, "{compared} cases are named as this test reads them");
}

/// The codes that vectors expect, by `module/handler`.
fn codes_in_vectors() -> BTreeMap<String, BTreeSet<String>> {
    let codes = |cases: Vec<(String, String)>| cases.into_iter().map(|(_, code)| code).collect();
    rejected_cases().into_iter().map(|(handler, cases)| (handler, codes(cases))).collect()
}

/// The cases that vectors expect to be refused, by `module/handler`: the last part of the id, and
/// the code.
fn rejected_cases() -> BTreeMap<String, Vec<(String, String)>> {
    let folder = crate_root().join("../conformance-vectors/v1/standard");
    let mut found: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for path in files_below(&folder, "json") {
        let handler = path.parent().unwrap().strip_prefix(&folder).unwrap().display().to_string();
        let text = fs::read_to_string(&path).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let cases = found.entry(handler).or_default();
        for case in file["cases"].as_array().into_iter().flatten() {
            let name = case["id"].as_str().and_then(|id| id.rsplit('.').next());
            let code = case["expect"]["rejected"]["code"].as_str();
            let case = name.zip(code).map(|(name, code)| (name.to_owned(), code.to_owned()));
            cases.extend(case);
        }
    }
    found
}

// That these checks can fail.

const A_RULE: &str = "\
/// Checks a thing.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | it has inputs | LED-STATIC-03 | `LED_NO_INPUTS` | `Rules::check_has_inputs` |
/// | 2 | an answer | ATX-LOCK-03 | - | `answer` |
///
/// # Errors
/// None.
pub fn apply_thing() {
    // LED-STATIC-03: it has inputs.
}
";

#[test]
fn a_table_is_read_row_by_row_with_the_function_that_it_belongs_to() {
    let functions = functions_in(&Source::new("example.rs", A_RULE));
    let [function] = functions.as_slice() else { panic!("one function") };
    let table = table_of(function).unwrap();
    assert_eq!((table.function.as_str(), table.rows.len()), ("apply_thing", 2));
    let row = &table.rows[0];
    assert_eq!((row.id(), row.code()), ("LED-STATIC-03", "LED_NO_INPUTS"));
    assert_eq!((row.order(), row.function()), ("1", "check_has_inputs"));
    assert_eq!(table.rows[1].code(), NONE);
    assert!(function.text.iter().any(|line| is_check(line)));
}

#[test]
fn a_function_without_a_table_has_none() {
    let text = A_RULE.replace("| order |", "| number |");
    let functions = functions_in(&Source::new("example.rs", &text));
    assert!(functions.iter().all(|function| table_of(function).is_none()));
}
