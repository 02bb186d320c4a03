//! The requirements of the specification, read from its sources.
//!
//! A requirement is defined where it is obeyed, and nowhere else: in bold with its level in the doc
//! comment of an item, `**LED-TX-01** (MUST)`. So the vectors need no list of their own that could
//! fall behind.

use std::collections::BTreeSet;

macro_rules! sources {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../spec/src/", $path)))),*]
    };
}

/// The specification's source files: path below `spec/src`, and text.
const SOURCES: &[(&str, &str)] = sources![
    "atomix/attestation.rs",
    "atomix/decision_proof.rs",
    "atomix/lock.rs",
    "atomix/message.rs",
    "atomix/mod.rs",
    "atomix/rules.rs",
    "atomix/sweep.rs",
    "atomix/unlock.rs",
    "chain/block.rs",
    "chain/conservation.rs",
    "chain/entry.rs",
    "chain/mod.rs",
    "drp/checks.rs",
    "drp/configuration.rs",
    "drp/leader.rs",
    "drp/log.rs",
    "drp/messages.rs",
    "drp/mod.rs",
    "drp/recovery.rs",
    "drp/rules.rs",
    "drp/server.rs",
    "drp/verifier.rs",
    "drp/verifier_batched.rs",
    "identity/mod.rs",
    "ledger/genesis.rs",
    "ledger/header.rs",
    "ledger/mod.rs",
    "ledger/overlay.rs",
    "ledger/owner.rs",
    "ledger/rules.rs",
    "ledger/settle.rs",
    "ledger/shard_state.rs",
    "ledger/transaction.rs",
    "lib.rs",
    "parameters.rs",
    "primitives/certificate.rs",
    "primitives/cosi.rs",
    "primitives/dleq.rs",
    "primitives/ed25519.rs",
    "primitives/encoding.rs",
    "primitives/expand_message.rs",
    "primitives/group.rs",
    "primitives/hash.rs",
    "primitives/keys.rs",
    "primitives/map_commitment.rs",
    "primitives/map_commitment_cached.rs",
    "primitives/merkle.rs",
    "primitives/mod.rs",
    "primitives/pvss.rs",
    "primitives/pvss_batched.rs",
    "primitives/ristretto.rs",
    "primitives/schnorr.rs",
    "primitives/shamir.rs",
    "primitives/stream.rs",
    "primitives/toy_group.rs",
    "primitives/vrf.rs",
    "rejection.rs",
    "sharding/assignment.rs",
    "sharding/configuration.rs",
    "sharding/lottery.rs",
    "sharding/mod.rs",
    "sharding/registration.rs",
    "sharding/seeds.rs",
    "suite.rs",
    "variants/atomix.rs",
    "variants/drp.rs",
    "variants/ledger.rs",
    "variants/mod.rs",
    "variants/sharding.rs",
    "variants/white_paper.rs",
];

/// Every requirement whose level is MUST, in order.
pub fn must_requirements() -> BTreeSet<String> {
    let lines = SOURCES.iter().flat_map(|(_, text)| text.lines());
    lines.flat_map(in_bold).collect()
}

/// The ids in `**ID** (MUST)`.
fn in_bold(line: &str) -> Vec<String> {
    let mut parts: Vec<&str> = line.split("**").collect();
    let after = parts.split_off(parts.len().min(1));
    after
        .windows(2)
        .filter(|pair| matches!(pair, [id, level] if is_id(id) && level.starts_with(" (MUST)")))
        .filter_map(|pair| pair.first().map(|id| (*id).to_owned()))
        .collect()
}

/// Whether `text` has the form of an id: `LED-STATIC-01`.
fn is_id(text: &str) -> bool {
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
    let is_number = |word: &str| word.len() == 2 && word.bytes().all(|b| b.is_ascii_digit());
    let words: Vec<&str> = text.split('-').collect();
    words.split_last().is_some_and(|(number, words)| {
        words.len() >= 2 && words.iter().all(is_word) && is_number(number)
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use ioschain_spec::Rejection;

    use super::*;

    #[test]
    fn the_list_of_sources_is_complete() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/src");
        let mut found = BTreeSet::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let below = path.strip_prefix(&root).unwrap();
                    found.insert(below.to_str().unwrap().replace('\\', "/"));
                }
            }
        }
        let listed: BTreeSet<String> = SOURCES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(listed, found);
    }

    #[test]
    fn a_definition_is_read() {
        assert_eq!(in_bold("/// **LED-TX-01** (MUST) [own] The id covers"), ["LED-TX-01"]);
    }

    #[test]
    fn other_text_and_other_levels_are_not_requirements() {
        assert!(in_bold("/// **LED-TX-01** (SHOULD) [own] The id covers").is_empty());
        assert!(in_bold("/// **bound** (MUST) a proof names its transaction").is_empty());
        assert!(in_bold("    // LED-STATIC-01: for this chain.").is_empty());
    }

    #[test]
    fn every_rejection_is_the_violation_of_a_requirement() {
        let known = must_requirements();
        for requirement in Rejection::ALL.iter().flat_map(|rejection| rejection.requirements()) {
            assert!(known.contains(*requirement), "{requirement}");
        }
    }
}
