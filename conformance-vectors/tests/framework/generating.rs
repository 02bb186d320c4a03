use std::path::PathBuf;

use ioschain_vectors::format::manifest::Manifest;
use ioschain_vectors::format::tree::{self, Departure};
use ioschain_vectors::format::vector::{CaseKind, Expect, HandlerKind};
use ioschain_vectors::make::generate::{Problem, Sources, generate_tree};
use serde_json::{Value, json};

use crate::toy_suite::{sources, vector_file};

/// The problems that appear when the sources are changed.
fn problems(change: impl FnOnce(&mut Sources)) -> Vec<Problem> {
    let mut sources = sources();
    change(&mut sources);
    generate_tree(&sources).expect_err("a rule is broken").problems
}

fn assert_one(found: &[Problem], wanted: impl Fn(&Problem) -> bool) {
    assert!(found.iter().any(wanted), "{found:?}");
}

/// A folder of its own for one test, empty at the start.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_same_sources_give_the_same_bytes_in_any_order_of_files() {
    let mut reversed = sources();
    reversed.files.reverse();
    assert_eq!(generate_tree(&sources()).unwrap(), generate_tree(&reversed).unwrap());
}

#[test]
fn the_manifest_counts_what_the_files_hold() {
    let tree = generate_tree(&sources()).unwrap();
    let manifest: Manifest = serde_json::from_slice(&tree["MANIFEST.json"]).unwrap();
    assert_eq!((manifest.cases, manifest.negative, manifest.files.len()), (14, 8, 3));
    let half = manifest.files.iter().find(|file| file.handler == "toy.half").unwrap();
    assert_eq!((half.cases, half.negative, half.kind), (7, 4, HandlerKind::Function));
    assert_eq!(half.requirements, ["TOY-HALF-01"]);
    assert_eq!(half.bytes as usize, tree[&half.path].len());
    let named: Vec<&str> = manifest.requirements.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(named, ["ENC-DECODE-01", "TOY-COUNT-01", "TOY-HALF-01"]);
    assert_eq!(manifest.codes_without_second_fault.len(), 3);
}

#[test]
fn every_file_holds_one_case_a_line() {
    let tree = generate_tree(&sources()).unwrap();
    let text = String::from_utf8(tree["v1/standard/toy/half/basic.json"].clone()).unwrap();
    assert_eq!(text.lines().filter(|line| line.starts_with("{\"doc\"")).count(), 7);
    assert!(!text.contains('\r') && text.ends_with("}\n"));
}

#[test]
fn every_format_has_a_schema() {
    let tree = generate_tree(&sources()).unwrap();
    for name in
        ["manifest", "vector-file", "adapter-request", "adapter-response", "report", "skips"]
    {
        let schema: Value = serde_json::from_slice(&tree[&format!("schema/{name}.json")]).unwrap();
        assert!(schema["$schema"].is_string() && schema["title"].is_string(), "{name}");
    }
    let vector_file: Value = serde_json::from_slice(&tree["schema/vector-file.json"]).unwrap();
    assert_eq!(vector_file["additionalProperties"], false);
    assert!(vector_file["properties"]["cases"]["description"].is_string());
    assert!(tree.contains_key("schema/handlers/toy.half.json"));
    assert!(tree.contains_key("profiles/standard.json"));
}

#[test]
fn the_readme_shows_counts_and_a_dialogue_of_real_cases() {
    let tree = generate_tree(&sources()).unwrap();
    let readme = String::from_utf8(tree["README.md"].clone()).unwrap();
    assert!(
        readme.contains("Suite 1.0.0 has 14 cases. In 8 of them (57 %) the input must be refused.")
    );
    assert!(readme.contains("| `toy.half` | standard | function | 7 | 4 | 1 |"), "{readme}");
    let dialogue: Vec<&str> = readme.lines().filter(|line| line.starts_with(['>', '<'])).collect();
    assert_eq!(
        dialogue[0],
        r#"> {"id":0,"op":"hello","profiles":["standard"],"protocol":1,"suite":"1.0.0"}"#
    );
    let even =
        r#"> {"handler":"toy.half","id":1,"input":{"number":0},"op":"run","profile":"standard"}"#;
    assert_eq!(dialogue[2..4], [even, r#"< {"id":1,"ok":{"number":0}}"#]);
    assert_eq!(dialogue.len() % 2, 0);
    for line in dialogue {
        assert!(serde_json::from_str::<Value>(&line[2..]).is_ok(), "{line}");
    }
}

#[test]
fn ids_paths_and_codes_are_unique() {
    let found = problems(|sources| {
        let copy = sources.files[1].clone();
        sources.files.push(copy);
    });
    assert_one(&found, |problem| matches!(problem, Problem::DuplicatePath(_)));
    assert_one(
        &found,
        |problem| matches!(problem, Problem::DuplicateId(id) if id == "toy.half.basic.even-8"),
    );
    let found = problems(|sources| sources.rejections[2].code = "TOY_ODD".to_owned());
    assert_one(&found, |problem| matches!(problem, Problem::DuplicateCode(_)));
}

#[test]
fn names_and_ids_are_slugs_of_their_file() {
    let found =
        problems(|sources| sources.files[1].cases[0].id = "toy.half.other.even-0".to_owned());
    assert_one(&found, |problem| matches!(problem, Problem::Shape { .. }));
    let found = problems(|sources| sources.files[1].suite = "../up".to_owned());
    assert_one(&found, |problem| matches!(problem, Problem::Shape { .. }));
}

#[test]
fn scenarios_have_steps_and_functions_have_an_answer() {
    let found = problems(|sources| sources.files[1].kind = HandlerKind::Scenario);
    assert_one(&found, |problem| matches!(problem, Problem::Shape { .. }));
    let found = problems(|sources| sources.files[2].kind = HandlerKind::Function);
    assert_one(&found, |problem| matches!(problem, Problem::Shape { .. }));
    let found = problems(|sources| sources.files[2].cases[0].state = None);
    assert_one(&found, |problem| matches!(problem, Problem::Shape { .. }));
}

#[test]
fn every_case_says_given_when_then_and_names_its_requirements() {
    let found = problems(|sources| sources.files[1].cases[0].doc = "Half of 0 is 0.".to_owned());
    assert_one(&found, |problem| matches!(problem, Problem::Doc(_)));
    let found = problems(|sources| sources.files[1].cases[0].requirements.clear());
    assert_one(&found, |problem| matches!(problem, Problem::NoRequirement(_)));
    for name in ["", "TOY", "TOY-HALF", "toy-half-01", "TOY-HALF-1", "TOY--01"] {
        let found =
            problems(|sources| sources.files[1].cases[0].requirements = vec![name.to_owned()]);
        assert_one(&found, |problem| matches!(problem, Problem::RequirementName { .. }));
    }
}

#[test]
fn a_case_is_negative_exactly_if_something_is_refused() {
    let found = problems(|sources| sources.files[1].cases[0].kind = CaseKind::Negative);
    assert_one(&found, |problem| matches!(problem, Problem::Kind(_)));
    let found = problems(|sources| sources.files[1].cases[3].kind = CaseKind::Positive);
    assert_one(&found, |problem| matches!(problem, Problem::Kind(_)));
    let mut by_value = sources();
    by_value.files[1].cases[0].refused_by_value();
    assert!(generate_tree(&by_value).is_ok());
}

#[test]
fn every_code_is_known_and_expected_twice_once_with_a_second_fault() {
    let found =
        problems(|sources| sources.files[1].cases[3].expect = Some(Expect::rejected("NEW")));
    assert_one(
        &found,
        |problem| matches!(problem, Problem::UnknownCode { code, .. } if code == "NEW"),
    );
    let found = problems(|sources| {
        sources.files[1].cases.pop();
    });
    let rare = Problem::CodeTooRare { code: "TOY_ODD".to_owned(), cases: 1 };
    assert_one(&found, |problem| *problem == rare);
    assert_one(
        &found,
        |problem| matches!(problem, Problem::SecondFaultMissing(code) if code == "TOY_ODD"),
    );
    let found =
        problems(|sources| sources.codes_without_second_fault[1].code = "TOY_ODD".to_owned());
    assert_one(&found, |problem| matches!(problem, Problem::SecondFaultDeclared { .. }));
    assert_one(
        &found,
        |problem| matches!(problem, Problem::SecondFaultMissing(code) if code == "TOY_LARGE"),
    );
    let found = problems(|sources| sources.codes_without_second_fault[0].code = "GONE".to_owned());
    assert_one(&found, |problem| matches!(problem, Problem::SecondFaultUnknown(_)));
}

#[test]
fn rejections_are_listed_in_the_order_of_the_checks() {
    let found = problems(|sources| sources.rejections.swap(0, 1));
    assert_one(&found, |problem| matches!(problem, Problem::Precedence(_)));
}

#[test]
fn must_requirements_have_both_kinds_of_case() {
    let found = problems(|sources| sources.must_requirements.push("TOY-NEW-01".to_owned()));
    for kind in ["positive", "negative"] {
        let requirement = "TOY-NEW-01".to_owned();
        let wanted = Problem::RequirementUntested { requirement, kind };
        assert_one(&found, |problem| *problem == wanted);
    }
}

#[test]
fn two_fifths_of_the_cases_are_negative() {
    let many_positive = |count: u32| {
        let mut file = vector_file("toy", "half", "many", HandlerKind::Function);
        for number in 0..count {
            let doc = "Given a number, when it is halved, then half of it comes out.";
            file.add(
                &format!("n{number}"),
                doc,
                &["TOY-HALF-01"],
                json!({}),
                Expect::Ok(json!({})),
            );
        }
        let mut sources = sources();
        sources.files.push(file);
        generate_tree(&sources)
    };
    assert!(many_positive(6).is_ok(), "8 of 20");
    let found = many_positive(7).unwrap_err().problems;
    assert_eq!(found, [Problem::TooFewNegative { negative: 8, cases: 21 }]);
}

#[test]
fn files_that_are_too_large_are_refused() {
    let found = problems(|sources| {
        sources.files[1].cases[0].input = json!({"number": 0, "padding": "00".repeat(128_000)});
    });
    assert_one(&found, |problem| matches!(problem, Problem::FileTooLarge { .. }));
    let found = problems(|sources| {
        for number in 0..25 {
            let mut file =
                vector_file("toy", "half", &format!("large-{number}"), HandlerKind::Function);
            let doc = "Given a number, when it is halved, then it is refused.";
            let input = json!({"padding": "00".repeat(120_000)});
            file.add("large", doc, &["TOY-HALF-01"], input, Expect::rejected("TOY_LARGE"));
            sources.files.push(file);
        }
    });
    assert!(matches!(found[..], [Problem::TreeTooLarge { .. }]), "{found:?}");
}

#[test]
fn numbers_that_lose_digits_and_bad_repeats_are_refused() {
    let found = problems(|sources| sources.files[1].cases[0].input = json!({"number": 0.5}));
    assert_one(&found, |problem| matches!(problem, Problem::Canonical { .. }));
    let found = problems(|sources| {
        sources.files[0].cases[0].input = json!({"bytes": {"repeat": {"hex": "0", "times": 2}}});
    });
    assert_one(&found, |problem| matches!(problem, Problem::Repeat { .. }));
}

#[test]
fn the_types_that_describe_handlers_are_described() {
    let found = problems(|sources| {
        sources.handlers[0].input = json!({"value": "[Number] (or Text)", "other": "u64"});
    });
    assert_one(
        &found,
        |problem| matches!(problem, Problem::TypeUndescribed { name, .. } if name == "Text"),
    );
}

#[test]
fn handlers_and_profiles_are_described() {
    let found = problems(|sources| {
        sources.handlers.remove(0);
    });
    assert_one(
        &found,
        |problem| matches!(problem, Problem::HandlerUndescribed(name) if name == "encoding.number"),
    );
    let found = problems(|sources| sources.profiles.clear());
    assert_one(&found, |problem| matches!(problem, Problem::ProfileUndescribed(_)));
}

#[test]
fn a_written_tree_is_what_was_generated_and_every_departure_is_found() {
    let folder = folder("written-tree");
    let tree = generate_tree(&sources()).unwrap();
    let written = tree::write_tree(&folder, &tree).unwrap();
    assert_eq!(written.len(), tree.len());
    assert_eq!(tree::check_tree(&folder, &tree).unwrap(), []);
    assert_eq!(tree::read_tree(&folder).unwrap(), tree);

    let half = "v1/standard/toy/half/basic.json";
    let changed = String::from_utf8(tree[half].clone()).unwrap().replacen("even-8", "even-9", 1);
    std::fs::write(folder.join(half), changed).unwrap();
    std::fs::remove_file(folder.join("README.md")).unwrap();
    std::fs::write(folder.join("v1/stray.json"), "{}").unwrap();
    // Sources lie in the same folder and are none of the tree's business.
    std::fs::create_dir(folder.join("src")).unwrap();
    std::fs::write(folder.join("src/lib.rs"), "").unwrap();
    let departures = tree::check_tree(&folder, &tree).unwrap();
    assert_eq!(
        departures,
        [
            Departure::Missing("README.md".to_owned()),
            Departure::Differs { path: half.to_owned(), line: 4 },
            Departure::Unexpected("v1/stray.json".to_owned()),
        ]
    );

    assert_eq!(tree::write_tree(&folder, &tree).unwrap(), departures);
    assert_eq!(tree::check_tree(&folder, &tree).unwrap(), []);
    assert!(folder.join("src/lib.rs").exists());
}
