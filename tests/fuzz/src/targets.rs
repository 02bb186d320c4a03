//! The targets by name, the seeds that they begin with, and the words of their dictionaries.

use std::collections::BTreeSet;

use ioschain_spec::primitives::hash::tags;

use crate::codes::Codes;
use crate::edit::{EDIT_KINDS, SPECIAL};
use crate::{cosi, drp_transcript, vrf};

/// A target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, that of its program and of the folder of its corpus.
    pub name: &'static str,
    /// Runs one input.
    pub run: fn(&[u8], &mut Codes),
    /// What its corpus begins with.
    pub seeds: fn() -> Seeds,
}

/// All of them.
pub const TARGETS: [Target; 3] = [
    Target { name: "drp_transcript", run: drp_transcript::run, seeds: drp_transcript::seeds },
    Target { name: "cosi", run: cosi::run, seeds: cosi::seeds },
    Target { name: "vrf", run: vrf::run, seeds: vrf::seeds },
];

/// The target of a name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

/// Inputs to begin with, each once.
#[derive(Clone, Debug, Default)]
pub struct Seeds(BTreeSet<Vec<u8>>);

impl Seeds {
    /// Adds one.
    pub fn add(&mut self, seed: Vec<u8>) {
        self.0.insert(seed);
    }

    /// Adds one for each kind of edit; `prefix` is what the target reads before edits.
    pub fn add_edits(&mut self, prefix: &[u8]) {
        for kind in 0..EDIT_KINDS {
            let fields = [prefix.last().copied().unwrap_or(0), 0, 1, 0];
            self.add([prefix, &choice(kind, EDIT_KINDS), &fields].concat());
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(Vec::as_slice)
    }
}

/// The words of every target's dictionary, each with its name: the tags that hashes are taken
/// under, the names of the groups, and byte strings at the edges of what decodes.
pub fn dictionary() -> Vec<(String, Vec<u8>)> {
    let tags = tags::ALL.iter().map(|tag| (format!("tag_{}", tag.name()), tag.name().into()));
    let groups = ["ristretto255-SHA512", "toy11-SHA512", "IOSChain/v1"];
    let groups = groups.map(|name| (format!("domain_{name}"), name.into()));
    let special = SPECIAL.iter().enumerate();
    let special = special.map(|(number, bytes)| (format!("special_{number}"), bytes.to_vec()));
    let edits =
        (0..EDIT_KINDS).map(|kind| (format!("edit_{kind}"), choice(kind, EDIT_KINDS).to_vec()));
    tags.chain(groups).chain(special).chain(edits).collect()
}

/// The bytes that `arbitrary` takes for a kind of an enum, of so many: a fraction of 2³².
pub(crate) fn choice(kind: u64, kinds: u64) -> [u8; 4] {
    u32::try_from((2 * kind + 1) * (1 << 31) / kinds).unwrap_or(0).to_le_bytes()
}
