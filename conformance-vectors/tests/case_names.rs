//! That a generator of cases is found by the name of what it tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ioschain_vectors::reference::handlers;

/// The modules whose cases have a folder. The cases of `encoding` are not here: they belong to one
/// file of the specification, and their files bear the names of the modules whose types they
/// encode.
const MODULES: [&str; 5] = ["primitives", "ledger", "drp", "sharding", "atomix"];

/// Files that bear neither the name of a file of the specification nor that of a handler, and why.
const EXCEPTIONS: [(&str, &str); 15] = [
    ("primitives/curve_points", "the points and scalars that the cases of two handlers share"),
    ("primitives/ed25519_known", "the known answers of `ed25519`, as data"),
    ("ledger/apply_block_entries", "the entries of a block: the second half of `apply_block`"),
    ("ledger/names", "three handlers: the names of accounts, of their shards and of transactions"),
    ("ledger/samples", "the transaction and the chain that cases start from"),
    ("ledger/witnesses", "the witness checks of `apply`, which are a family of their own"),
    ("drp/sessions", "the session ids and the deadlines of a run"),
    ("drp/tiny", "whole runs over toy groups, which ask several handlers"),
    ("drp/transcript_faults", "the transcripts that `verify_transcript` refuses"),
    ("drp/transcripts", "the transcripts that `verify_transcript` accepts"),
    ("drp/world", "the run that cases start from"),
    ("atomix/attempt", "the request that the edits of cases change"),
    ("atomix/proofs", "the faults of proofs, which two unlocks share"),
    ("atomix/repeated_lock", "the requests that `lock` answers from memory"),
    ("atomix/samples", "the payments that cases start from"),
];

/// The files and folders of a folder, without their endings.
fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let names = entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    names.filter(|name| name != "mod").collect()
}

#[test]
fn a_file_of_cases_bears_the_name_of_a_file_of_the_specification_or_of_a_handler() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let handlers: BTreeSet<String> =
        handlers().iter().map(|handler| handler.name.replace('.', "/")).collect();
    let mut others = BTreeSet::new();
    for module in MODULES {
        let specified = names_in(&folder.join("../spec/src").join(module));
        for name in names_in(&folder.join("src/make/cases").join(module)) {
            let path = format!("{module}/{name}");
            if !specified.contains(&name) && !handlers.contains(&path) {
                others.insert(path);
            }
        }
    }
    let excepted = EXCEPTIONS.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(others, excepted, "rename the file, or list it with the reason");
}
