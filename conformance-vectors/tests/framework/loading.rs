use ioschain_vectors::format::shared::SharedError;
use ioschain_vectors::format::suite::{LoadError, VectorSuite};
use ioschain_vectors::format::tree::Tree;
use ioschain_vectors::format::vector::{Expect, HandlerKind, VectorFile};
use ioschain_vectors::make::generate::generate_tree;
use serde_json::{Value, json};

use crate::toy_suite::{sources, vector_file};

const HALF: &str = "v1/standard/toy/half/basic.json";

fn tree() -> Tree {
    generate_tree(&sources()).unwrap()
}

fn load_changed(path: &str, from: &str, to: &str) -> LoadError {
    let mut tree = tree();
    let content = String::from_utf8(tree[path].clone()).unwrap();
    assert!(content.contains(from), "{path} has no {from}");
    tree.insert(path.to_owned(), content.replacen(from, to, 1).into_bytes());
    VectorSuite::from_tree(&tree).unwrap_err()
}

#[test]
fn what_is_generated_is_loaded_unchanged() {
    let mut files = sources().files;
    files.sort_by_key(|file| file.path());
    let suite = VectorSuite::from_tree(&tree()).unwrap();
    assert_eq!(suite.files, files);
    assert_eq!(suite.rejections, sources().rejections);
    assert_eq!(suite.cases().count(), 14);
}

#[test]
fn a_changed_file_is_refused() {
    let error = load_changed(HALF, "\"number\":50", "\"number\":51");
    assert!(matches!(error, LoadError::Hash { path, .. } if path == HALF));
    let manifest = String::from_utf8(tree()["MANIFEST.json"].clone()).unwrap();
    let hash = manifest.split("\"tree_hash\": \"").nth(1).unwrap().split('"').next().unwrap();
    let error = load_changed("MANIFEST.json", hash, &"0".repeat(64));
    assert!(matches!(error, LoadError::TreeHash));
}

#[test]
fn a_missing_or_unlisted_file_is_refused() {
    for path in ["MANIFEST.json", "REJECTIONS.json", HALF] {
        let mut tree = tree();
        tree.remove(path);
        let error = VectorSuite::from_tree(&tree).unwrap_err();
        assert!(
            matches!(&error, LoadError::Missing { path: missing } if missing == path),
            "{error}"
        );
    }
    let mut tree = tree();
    tree.insert("v1/standard/toy/extra.json".to_owned(), b"{}".to_vec());
    assert!(matches!(VectorSuite::from_tree(&tree).unwrap_err(), LoadError::Unlisted { .. }));
}

#[test]
fn an_unknown_member_is_refused() {
    let error = load_changed("REJECTIONS.json", "\"code\"", "\"kode\"");
    assert!(matches!(error, LoadError::Format { .. }), "{error}");
}

#[test]
fn values_that_stand_several_times_are_written_once_and_come_back() {
    let long = json!({"keys": ["ab".repeat(60), "cd".repeat(60)], "number": 1});
    let mut file = vector_file("toy", "half", "shared", HandlerKind::Function);
    for slug in ["one", "two", "three"] {
        let input = json!({"number": slug, "state": long, "again": [slug, long]});
        file.add(slug, "doc", &["TOY-HALF-01"], input, Expect::Ok(long.clone()));
    }
    let written = file.with_shared_values();
    assert_eq!(written.shared, [long]);
    assert_eq!(
        written.cases[0].input,
        json!({"number": "one", "state": {"shared": 0}, "again": ["one", {"shared": 0}]})
    );
    assert_eq!(written.cases[2].expect, Some(Expect::Ok(json!({"shared": 0}))));
    assert_eq!(written.written_out(), Ok(file));
}

#[test]
fn shared_values_may_share_and_short_ones_are_repeated() {
    let key = json!("ab".repeat(60));
    let (one, two) = (json!({"key": key, "of": 1}), json!({"key": key, "of": 2}));
    let mut file = vector_file("toy", "half", "shared", HandlerKind::Function);
    let short = json!({"short": 1});
    for (number, value) in [&one, &two, &one, &two, &short, &short].into_iter().enumerate() {
        file.add("slug", "doc", &["TOY-HALF-01"], json!([number, value]), Expect::Ok(Value::Null));
    }
    let written = file.with_shared_values();
    let refer = |of: u8| json!({"key": {"shared": 0}, "of": of});
    assert_eq!(written.shared, [key, refer(1), refer(2)]);
    assert_eq!(written.cases[5].input, json!([5, {"short": 1}]));
    assert_eq!(written.written_out(), Ok(file));
}

#[test]
fn references_that_point_nowhere_or_forwards_or_fill_the_memory_are_refused() {
    let with = |shared: Vec<Value>, input: Value| {
        let mut file = vector_file("toy", "half", "shared", HandlerKind::Function);
        file.add("slug", "doc", &["TOY-HALF-01"], input, Expect::Ok(Value::Null));
        VectorFile { shared, ..file }.written_out()
    };
    assert_eq!(with(vec![], json!({"shared": 0})), Err(SharedError::Place));
    assert_eq!(with(vec![json!(1)], json!({"shared": 1})), Err(SharedError::Place));
    assert_eq!(with(vec![json!(1)], json!({"shared": "0"})), Err(SharedError::Place));
    assert_eq!(with(vec![json!({"shared": 0})], json!(1)), Err(SharedError::Place));
    let doubling = |place: u64| json!([{"shared": place}, {"shared": place}]);
    let entries: Vec<Value> = [json!(1)].into_iter().chain((0..30).map(doubling)).collect();
    assert_eq!(with(entries, json!(1)), Err(SharedError::TooLarge));
}
