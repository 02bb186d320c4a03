//! That the modules of the specification import one another in one direction only, so that a
//! section can be read, taught and proved without the later ones.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[path = "../build/parser.rs"]
#[allow(dead_code)] // This test reads sources and no definitions.
mod parser;

use parser::{Source, sources_below};

/// The top modules. Each may import those before it, and itself.
const ORDER: [&str; 16] = [
    "glossary",
    "rejection",
    "requirements",
    "section",
    "primitives",
    "suite",
    "cached_suite",
    "parameters",
    "identity",
    "ledger",
    "sharding",
    "drp",
    "atomix",
    "chain",
    "variants",
    "testing",
];

fn sources() -> Vec<Source> {
    let sources = sources_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(sources.len() > 40, "the sources are where this test looks for them");
    sources
}

/// The modules that a file lies in, from the top: `["primitives", "hash"]` for
/// `primitives/hash.rs`.
fn module_path(name: &str) -> Vec<String> {
    let without_extension = name.trim_end_matches(".rs");
    let mut parts: Vec<String> = without_extension.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// The code of a source without its comments.
fn code_of(source: &Source) -> String {
    let lines = source.lines.iter().map(String::as_str);
    let code = lines.filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// The names right after a path's last `::`: one, or those of a group in braces.
fn names_after(rest: &str) -> Vec<String> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let Some(group) = rest.strip_prefix('{') else {
        return vec![rest.chars().take_while(|character| is_name(*character)).collect()];
    };
    let (mut names, mut name, mut depth, mut in_path) = (Vec::new(), String::new(), 1, false);
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            // What follows a name is its path, or `as` and another name.
            ':' | ' ' if !name.is_empty() => in_path = true,
            _ => {}
        }
        if depth == 0 || (depth == 1 && character == ',') {
            names.push(std::mem::take(&mut name));
            in_path = false;
        } else if depth == 1 && !in_path && is_name(character) {
            name.push(character);
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The top modules that a source's code names by a path from the crate's root, or by enough
/// `super`.
fn imports(source: &Source) -> BTreeSet<String> {
    let code = code_of(source);
    let depth = module_path(&source.name).len();
    let to_root = "super::".repeat(depth);
    let from_root = ["crate::".to_owned(), to_root].into_iter().flat_map(|prefix| {
        let after = code.match_indices(prefix.as_str()).map(|(at, _)| &code[at + prefix.len()..]);
        after.flat_map(names_after).collect::<Vec<_>>()
    });
    from_root.filter(|name| ORDER.contains(&name.as_str())).collect()
}

/// Ways to write a path that this test does not follow. The specification needs none of them.
const UNREADABLE: [&str; 8] = [
    "crate::*",
    "crate as",
    "super as",
    "self as",
    "super::{super",
    "extern crate",
    "ioschain_spec::",
    "r#",
];

/// Every path of a source that this test could not follow.
fn unreadable_paths(source: &Source) -> Vec<String> {
    let code = code_of(source);
    let to_root = format!("{}*", "super::".repeat(module_path(&source.name).len()));
    let forms = UNREADABLE.iter().copied().chain([to_root.as_str()]);
    let found = forms.filter(|form| code.contains(form));
    found.map(|form| format!("{}: `{form}`", source.name)).collect()
}

fn rank(module: &str) -> usize {
    let place = ORDER.iter().position(|known| *known == module);
    place.unwrap_or_else(|| panic!("`{module}` has no place in the order of modules"))
}

/// Every import of a later module: `file imports module`.
fn wrong_arrows(sources: &[Source]) -> Vec<String> {
    let of_source = |source: &Source| {
        let own = module_path(&source.name).swap_remove(0);
        let later = imports(source).into_iter().filter(move |module| rank(module) > rank(&own));
        later.map(|module| format!("{} imports {module}", source.name)).collect::<Vec<_>>()
    };
    let inside = sources.iter().filter(|source| source.name != "lib.rs");
    inside.flat_map(of_source).collect()
}

#[test]
fn no_module_imports_a_later_one() {
    assert_eq!(wrong_arrows(&sources()), [""; 0]);
}

#[test]
fn every_path_is_written_in_a_form_that_this_test_follows() {
    let inside = sources().into_iter().filter(|source| source.name != "lib.rs");
    let unreadable: Vec<String> = inside.flat_map(|source| unreadable_paths(&source)).collect();
    assert_eq!(unreadable, [""; 0]);
    for text in ["use crate::*;", "use super::super::*;", "use super::{super::drp::log};"] {
        assert!(!unreadable_paths(&Source::new("primitives/hash.rs", text)).is_empty(), "{text}");
    }
}

#[test]
fn every_section_imports_an_earlier_module() {
    let found: BTreeSet<String> = sources().iter().flat_map(imports).collect();
    for module in ["primitives", "suite", "parameters", "identity", "ledger", "sharding", "atomix"]
    {
        assert!(found.contains(module), "this test sees no import of {module}");
    }
}

#[test]
fn every_module_has_a_place_in_the_order() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared = lib.lines().filter_map(|line| {
        let line = line.trim_start_matches("pub ");
        line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';'))
    });
    let declared: Vec<&str> = declared.collect();
    assert!(declared.len() >= 10, "lib.rs declares modules as this test reads them");
    for module in declared {
        rank(module);
    }
}

#[test]
fn a_wrong_arrow_is_found_however_it_is_written() {
    for text in [
        "use crate::atomix::Rules;",
        "use crate::{Rejection, ledger::{Decision, TxId}, primitives};",
        "use crate::{Rejection, drp as protocol};",
        "use super::super::drp::log::LotteryLog;",
        "let answer = crate::chain::apply_block(rules);",
    ] {
        let source = Source::new("primitives/hash.rs", text);
        assert_eq!(wrong_arrows(&[source]).len(), 1, "{text}");
    }
}

#[test]
fn comments_and_earlier_modules_are_no_wrong_arrows() {
    for text in [
        "/// See [`verify`](crate::atomix::decision_proof).",
        "use crate::primitives::hash::Digest;",
        "use super::lock::apply_lock;",
        "use crate::{Rejection, identity, ledger::{self, StateView}};",
    ] {
        let source = Source::new("atomix/unlock.rs", text);
        assert_eq!(wrong_arrows(&[source]), [""; 0], "{text}");
    }
}
