use ioschain_vectors::generate::generate_tree;
use ioschain_vectors::suite::{LoadError, Suite};
use ioschain_vectors::tree::Tree;

use crate::toy_suite::sources;

const HALF: &str = "v1/standard/toy/half/basic.json";

fn tree() -> Tree {
    generate_tree(&sources()).unwrap()
}

fn load_changed(path: &str, from: &str, to: &str) -> LoadError {
    let mut tree = tree();
    let content = String::from_utf8(tree[path].clone()).unwrap();
    assert!(content.contains(from), "{path} has no {from}");
    tree.insert(path.to_owned(), content.replacen(from, to, 1).into_bytes());
    Suite::from_tree(&tree).unwrap_err()
}

#[test]
fn what_is_generated_is_loaded_unchanged() {
    let mut files = sources().files;
    files.sort_by_key(|file| file.path());
    let suite = Suite::from_tree(&tree()).unwrap();
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
        let error = Suite::from_tree(&tree).unwrap_err();
        assert!(
            matches!(&error, LoadError::Missing { path: missing } if missing == path),
            "{error}"
        );
    }
    let mut tree = tree();
    tree.insert("v1/standard/toy/extra.json".to_owned(), b"{}".to_vec());
    assert!(matches!(Suite::from_tree(&tree).unwrap_err(), LoadError::Unlisted { .. }));
}

#[test]
fn an_unknown_member_is_refused() {
    let error = load_changed("REJECTIONS.json", "\"code\"", "\"kode\"");
    assert!(matches!(error, LoadError::Format { .. }), "{error}");
}
