//! The map commitment: roots, proofs of membership and of non-membership, and proofs that are none.
//!
//! Keys are u32 counters and values u64. Hashes of counters are as good as random, so keys whose
//! hashes share many bits are found by looking through many counters.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::map_commitment::{MapLeaf, MapProof, hash_key, map_root, prove_key};

use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

const ROOT: &[&str] = &["CRY-MAP-01"];
const MEMBER: &[&str] = &["CRY-MAP-01", "CRY-MAP-02"];
const NO_MEMBER: &[&str] = &["CRY-MAP-01", "CRY-MAP-03"];

/// How many counters are looked through for neighbours: enough for about 30 common bits.
const COUNTERS: u32 = 40_000;

type Map = BTreeMap<u32, u64>;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let maps = Maps::find();
    Ok(vec![
        roots(&maps)?,
        proofs(&maps)?,
        honest_membership(&maps)?,
        false_membership(&maps)?,
        honest_non_membership(&maps)?,
        false_non_membership(&maps)?,
        crafted_membership()?,
        crafted_non_membership()?,
    ])
}

/// Maps with a name and a description, and the keys that matter in them.
struct Maps {
    maps: Vec<(&'static str, &'static str, Map)>,
    /// Two keys whose hashes share more bits than those of any other two counters.
    near: (u32, u32),
    /// A key that shares some bits with them, and is in no map.
    nearby: u32,
}

impl Maps {
    fn find() -> Self {
        let mut hashes: Vec<(Digest, u32)> =
            (0..COUNTERS).map(|counter| (hash_key(&counter), counter)).collect();
        hashes.sort();
        let pairs = hashes.windows(2).map(|pair| (common_bits(&pair[0].0, &pair[1].0), pair));
        let near =
            pairs.max_by_key(|(bits, _)| *bits).map_or((0, 1), |(_, pair)| (pair[0].1, pair[1].1));
        let nearby = hashes
            .iter()
            .filter(|(_, counter)| *counter != near.0 && *counter != near.1 && *counter >= 1_000)
            .max_by_key(|(hash, _)| common_bits(hash, &hash_key(&near.0)))
            .map_or(0, |(_, counter)| *counter);

        let first = |count: u32| (0..count).map(|key| (key, value(key))).collect::<Map>();
        let pair = Map::from([(near.0, value(near.0)), (near.1, value(near.1))]);
        let with_pair: Map = first(10).into_iter().chain(pair.clone()).collect();
        let maps = vec![
            ("empty", "an empty map", first(0)),
            ("one", "a map with one entry", first(1)),
            ("two", "a map with two entries", first(2)),
            ("three", "a map with three entries", first(3)),
            ("ten", "a map with ten entries", first(10)),
            ("near", "a map with two entries whose key hashes share many bits", pair),
            (
                "twelve",
                "a map with ten entries and two whose key hashes share many bits",
                with_pair,
            ),
        ];
        Self { maps, near, nearby }
    }

    fn named(&self, name: &str) -> &Map {
        let mut maps = self.maps.iter();
        let found = maps.find(|(known, ..)| *known == name);
        found.map_or(&EMPTY, |(.., map)| map)
    }

    /// The first counters that are in no map: one whose place in `map` is empty, one whose place
    /// another key holds.
    fn absent(map: &Map) -> (Option<u32>, Option<u32>) {
        let first = |taken: bool| {
            (1_000..COUNTERS)
                .filter(|key| !map.contains_key(key))
                .find(|key| prove_key(map, key).other.is_some() == taken)
        };
        if map.len() < 2 { (None, Some(1_000)) } else { (first(false), first(true)) }
    }
}

static EMPTY: Map = Map::new();

fn value(key: u32) -> u64 {
    1_000_000 + u64::from(key)
}

fn common_bits(one: &Digest, other: &Digest) -> u16 {
    (0..256).take_while(|depth| one.bit(*depth) == other.bit(*depth)).count() as u16
}

fn entries_json<'a>(entries: impl Iterator<Item = (&'a u32, &'a u64)>) -> Value {
    entries
        .map(|(key, value)| json!([hex::encode(encode(key)), hex::encode(encode(value))]))
        .collect()
}

fn roots(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Roots of maps; the order of the entries does not matter.";
    let mut suite = SuiteWriter::new("primitives.map_root", "roots", doc)?;
    for (name, what, map) in &maps.maps {
        let doc = format!("Given {what}, when it is committed to, then this is the root.");
        let input = json!({ "entries": entries_json(map.iter()) });
        suite.add(name, ROOT, &doc, input, Intent::Ok)?;
    }
    for name in ["three", "ten"] {
        let map = maps.named(name);
        let doc = format!(
            "Given the {name} entries in reverse order, when they are committed to, then the root is the same."
        );
        let input = json!({ "entries": entries_json(map.iter().rev()) });
        let same = Intent::Exactly(json!({ "root": hex::encode(map_root(map).0) }));
        suite.add(&format!("{name}-reversed"), ROOT, &doc, input, same)?;
    }
    let mut changed = maps.named("three").clone();
    changed.insert(1, 0);
    let doc = "Given three entries, one with another value, when they are committed to, then the root is another.";
    let input = json!({ "entries": entries_json(changed.iter()) });
    suite.add("three-changed", ROOT, doc, input, Intent::Ok)?;
    let odd = json!([["", ""], ["00", ""], ["", "00"], ["0001", "02"], ["00", "0102"]]);
    let kept = json!([["", "00"], ["00", "0102"], ["0001", "02"]]);
    for (slug, entries) in [("lengths", &kept), ("lengths-last-counts", &odd)] {
        let doc = "Given keys and values of other lengths, the last of equal keys counting, when they are committed to, then this is the root.";
        suite.add(slug, ROOT, doc, json!({ "entries": entries }), Intent::Ok)?;
    }
    Ok(suite.finish())
}

fn proofs(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Proofs of what a map has under a key.";
    let mut suite = SuiteWriter::new("primitives.map_prove", "proofs", doc)?;
    for (name, what, map) in &maps.maps {
        for (slug, key) in keys_of_interest(maps, map) {
            let doc = format!(
                "Given {what}, when what it has under the key {key} is proved, then this is the proof."
            );
            let input =
                json!({ "entries": entries_json(map.iter()), "key": hex::encode(encode(&key)) });
            suite.add(&format!("{name}-{slug}"), ROOT, &doc, input, Intent::Ok)?;
        }
    }
    Ok(suite.finish())
}

/// Present: the first and the last. Absent: an empty place, a place of another key, one nearby.
fn keys_of_interest(maps: &Maps, map: &Map) -> Vec<(&'static str, u32)> {
    let (empty, taken) = Maps::absent(map);
    let keys = [
        ("first", map.first_key_value().map(|(key, _)| *key)),
        ("last", map.last_key_value().map(|(key, _)| *key).filter(|_| map.len() > 1)),
        ("absent-empty", empty),
        ("absent-taken", taken),
        ("absent-nearby", Some(maps.nearby).filter(|_| map.contains_key(&maps.near.0))),
    ];
    keys.into_iter().filter_map(|(slug, key)| Some((slug, key?))).collect()
}

/// What `map_membership` or `map_non_membership` is asked; without a value, the latter.
#[derive(Clone)]
struct Claim {
    root: Digest,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
    siblings: Vec<Digest>,
    other: Option<MapLeaf>,
}

impl Claim {
    /// What `map` has under `key`, with its honest proof.
    fn honest(map: &Map, key: u32) -> Self {
        let MapProof { siblings, other } = prove_key(map, &key);
        let value = map.get(&key).map(encode);
        Self { root: map_root(map), key: encode(&key), value, siblings: siblings.into_vec(), other }
    }

    fn input(&self) -> Result<Value, CaseError> {
        let proof = MapProof { siblings: self.siblings.clone().try_into()?, other: self.other };
        let mut input = json!({
            "root": hex::encode(self.root.0),
            "key": hex::encode(&self.key),
            "proof": to_json(&proof)?,
        });
        if let Some(value) = &self.value {
            input["value"] = json!(hex::encode(value));
        }
        Ok(input)
    }
}

/// A claim with one thing changed: its slug and what was changed.
type Change = (&'static str, &'static str, Claim);

/// Adds what must not hold.
fn add_false(
    suite: &mut SuiteWriter,
    requirements: &[&str],
    prefix: &str,
    what: &str,
    changes: Vec<Change>,
) -> Result<(), CaseError> {
    for (slug, change, claim) in changes {
        let doc = format!("Given {what} {change}, when it is verified, then it does not hold.");
        let slug = format!("{prefix}-{slug}");
        suite.add(&slug, requirements, &doc, claim.input()?, Intent::Valid(false))?;
    }
    Ok(())
}

fn honest_membership(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Proofs of membership.";
    let mut suite = SuiteWriter::new("primitives.map_membership", "honest", doc)?;
    for (name, what, map) in &maps.maps {
        for (slug, key) in keys_of_interest(maps, map) {
            if map.contains_key(&key) {
                let doc = format!(
                    "Given {what} and the proof of its entry {key}, when it is verified, then it holds."
                );
                let input = Claim::honest(map, key).input()?;
                suite.add(&format!("{name}-{slug}"), MEMBER, &doc, input, Intent::Valid(true))?;
            }
        }
    }
    Ok(suite.finish())
}

fn false_membership(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Proofs of membership with one thing changed, and entries that are not there.";
    let mut suite = SuiteWriter::new("primitives.map_membership", "changed", doc)?;
    for (name, key) in [("one", 0), ("ten", 3)] {
        let honest = Claim::honest(maps.named(name), key);
        let what = format!("the proof of an entry of a map of {name}");
        let mut changes = changed_siblings(&honest);
        changes.extend(changed_membership(&honest, key));
        add_false(&mut suite, MEMBER, name, &what, changes)?;
    }
    // The proof that a key is absent does not show that it is there.
    let twelve = maps.named("twelve");
    for (slug, key) in keys_of_interest(maps, twelve) {
        if !twelve.contains_key(&key) {
            let absence = Claim { value: Some(encode(&value(key))), ..Claim::honest(twelve, key) };
            let without_other = Claim { other: None, ..absence.clone() };
            let changes = vec![
                ("absence", "itself", absence),
                ("absence-bare", "without the other leaf", without_other),
            ];
            let what =
                format!("the proof that the key {key} is absent, taken for one of membership,");
            add_false(&mut suite, MEMBER, slug, &what, changes)?;
        }
    }
    let neighbour = Claim { key: encode(&maps.near.1), ..Claim::honest(twelve, maps.near.0) };
    let swapped = Claim { value: Some(encode(&value(maps.near.1))), ..neighbour.clone() };
    let changes = vec![
        ("neighbour", "for the other key", neighbour),
        ("neighbour-with-value", "for the other key and its value", swapped),
    ];
    add_false(
        &mut suite,
        MEMBER,
        "near",
        "the proof of one of two keys that share many bits",
        changes,
    )?;
    Ok(suite.finish())
}

/// With the siblings changed, each time in another way, where there are such siblings.
fn changed_siblings(honest: &Claim) -> Vec<Change> {
    type Do<'a> = (&'static str, &'static str, &'a dyn Fn(&mut Claim));
    let always: &[Do<'_>] = &[
        ("other-root", "with one bit of the root flipped", &|claim| claim.root.0[0] ^= 1),
        ("zero-root", "under the root of the empty map", &|claim| claim.root = Digest::ZERO),
        ("one-more", "with an empty sibling more at the leaf's end", &|claim| {
            claim.siblings.push(Digest::ZERO);
        }),
        ("one-before", "with an empty sibling more at the root's end", &|claim| {
            claim.siblings.insert(0, Digest::ZERO);
        }),
    ];
    let depth = honest.siblings.len();
    let with_two_siblings: &[Do<'_>] = &[
        ("no-siblings", "without siblings", &|claim| claim.siblings.clear()),
        ("first-missing", "without the sibling below the root", &|claim| {
            claim.siblings.remove(0);
        }),
        ("last-missing", "without the leaf's sibling", &|claim| claim.siblings.truncate(depth - 1)),
        ("first-changed", "with a bit flipped in the sibling below the root", &|claim| {
            claim.siblings[0].0[31] ^= 0x80;
        }),
        ("last-changed", "with a bit flipped in the leaf's sibling", &|claim| {
            claim.siblings[depth - 1].0[0] ^= 1;
        }),
        ("first-empty", "with its first sibling empty", &|claim| claim.siblings[0] = Digest::ZERO),
        ("reversed", "with its siblings in reverse order", &|claim| claim.siblings.reverse()),
    ];
    let applicable = always.iter().chain(with_two_siblings.iter().filter(|_| depth >= 2));
    let changed = applicable.map(|(slug, what, change)| {
        let mut claim = honest.clone();
        change(&mut claim);
        (*slug, *what, claim)
    });
    changed.collect()
}

/// With what only a proof of membership has changed.
fn changed_membership(honest: &Claim, key: u32) -> Vec<Change> {
    let own = MapLeaf::of(&key, &value(key));
    let other = MapLeaf::of(&(key + 1), &value(key + 1));
    let with_other = |other| Claim { other: Some(other), ..honest.clone() };
    let with_value = |value: Vec<u8>| Claim { value: Some(value), ..honest.clone() };
    vec![
        ("own-leaf", "that carries the entry's own leaf as another", with_other(own)),
        ("other-leaf", "that carries another leaf", with_other(other)),
        ("other-value", "with another value", with_value(encode(&0u64))),
        ("empty-value", "with an empty value", with_value(vec![])),
        (
            "longer-value",
            "with a byte more in its value",
            with_value([encode(&value(key)), vec![0]].concat()),
        ),
        ("other-key", "with another key", Claim { key: encode(&(key + 50)), ..honest.clone() }),
        (
            "longer-key",
            "with a byte more in its key",
            Claim { key: [encode(&key), vec![0]].concat(), ..honest.clone() },
        ),
        (
            "key-as-value",
            "with key and value exchanged",
            Claim { key: encode(&value(key)), value: Some(encode(&key)), ..honest.clone() },
        ),
    ]
}

fn honest_non_membership(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Proofs of non-membership.";
    let mut suite = SuiteWriter::new("primitives.map_non_membership", "honest", doc)?;
    for (name, what, map) in &maps.maps {
        for (slug, key) in keys_of_interest(maps, map) {
            if !map.contains_key(&key) {
                let doc = format!(
                    "Given {what} and the proof that the key {key} is absent, when it is verified, then it holds."
                );
                let input = Claim::honest(map, key).input()?;
                suite.add(
                    &format!("{name}-{slug}"),
                    NO_MEMBER,
                    &doc,
                    input,
                    Intent::Valid(true),
                )?;
            }
        }
    }
    // One of the two keys alone: all bits of the other are shared but the last that are needed.
    let single = Map::from([(maps.near.0, value(maps.near.0))]);
    let doc = "Given a map with one entry, when it is verified that a key is absent whose hash shares many bits, then it holds.";
    let input = Claim::honest(&single, maps.near.1).input()?;
    suite.add("single-near", NO_MEMBER, doc, input, Intent::Valid(true))?;
    Ok(suite.finish())
}

fn false_non_membership(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Proofs of non-membership with one thing changed, and entries that are there.";
    let mut suite = SuiteWriter::new("primitives.map_non_membership", "changed", doc)?;
    let twelve = maps.named("twelve");
    for (slug, key) in keys_of_interest(maps, twelve) {
        if !twelve.contains_key(&key) {
            let honest = Claim::honest(twelve, key);
            let what = format!("the proof that the key {key} is absent");
            let mut changes = changed_siblings(&honest);
            changes.extend(changed_other(&honest, key));
            add_false(&mut suite, NO_MEMBER, slug, &what, changes)?;
        }
    }
    for (name, key) in [("one", 0), ("ten", 3), ("twelve", maps.near.0)] {
        let map = maps.named(name);
        let present = Claim { value: None, ..Claim::honest(map, key) };
        let what = format!("the proof that the key {key} is present, taken for one of absence,");
        add_false(&mut suite, NO_MEMBER, name, &what, denials(&present, key, maps))?;
    }
    // In the empty map nothing stands anywhere.
    let absent = Claim::honest(maps.named("empty"), 7);
    let leaf = Some(MapLeaf::of(&8u32, &value(8)));
    let changes = vec![
        ("with-leaf", "with another leaf", Claim { other: leaf, ..absent.clone() }),
        (
            "with-sibling",
            "with an empty sibling",
            Claim { siblings: vec![Digest::ZERO], ..absent.clone() },
        ),
        (
            "of-another",
            "under the root of a map of one",
            Claim { root: map_root(maps.named("one")), ..absent },
        ),
    ];
    add_false(&mut suite, NO_MEMBER, "empty", "the proof that the empty map lacks a key", changes)?;
    Ok(suite.finish())
}

/// With what only a proof of non-membership has changed.
fn changed_other(honest: &Claim, key: u32) -> Vec<Change> {
    let own = MapLeaf::of(&key, &value(key));
    let mut changed = vec![
        ("own-leaf", "with the key's own leaf", Claim { other: Some(own), ..honest.clone() }),
        (
            "present-key",
            "for a key that is present",
            Claim { key: encode(&3u32), ..honest.clone() },
        ),
    ];
    match honest.other {
        None => {
            let leaf = Some(MapLeaf::of(&3u32, &value(3)));
            changed.push(("leaf", "with another leaf", Claim { other: leaf, ..honest.clone() }));
        }
        Some(MapLeaf { key_hash, value_hash }) => {
            let with = |leaf| Claim { other: Some(leaf), ..honest.clone() };
            let mut last_bit = key_hash;
            last_bit.0[31] ^= 1;
            changed.extend([
                ("no-leaf", "without the other leaf", Claim { other: None, ..honest.clone() }),
                (
                    "other-value",
                    "with another value hash in the other leaf",
                    with(MapLeaf { key_hash, value_hash: Digest::ZERO }),
                ),
                (
                    "other-key",
                    "with another key hash in the other leaf, on the same path",
                    with(MapLeaf { key_hash: last_bit, value_hash }),
                ),
                (
                    "hashes-exchanged",
                    "with key hash and value hash of the other leaf exchanged",
                    with(MapLeaf { key_hash: value_hash, value_hash: key_hash }),
                ),
            ]);
        }
    }
    changed
}

/// Ways to deny an entry that is there.
fn denials(present: &Claim, key: u32, maps: &Maps) -> Vec<Change> {
    let own = MapLeaf::of(&key, &value(key));
    let own_otherwise = MapLeaf::of(&key, &0u64);
    let neighbour = if key == maps.near.0 { maps.near.1 } else { maps.near.0 };
    let near = MapLeaf::of(&neighbour, &value(neighbour));
    let with = |other| Claim { other, ..present.clone() };
    let mut denials = vec![
        ("own-leaf", "with its own leaf as the other", with(Some(own))),
        (
            "own-leaf-other-value",
            "with its own leaf under another value as the other",
            with(Some(own_otherwise)),
        ),
        ("no-leaf", "without another leaf", with(None)),
        ("neighbour", "with the leaf of a key that shares bits", with(Some(near))),
        (
            "bare",
            "without siblings and another leaf",
            Claim { siblings: vec![], other: None, ..present.clone() },
        ),
    ];
    if !present.siblings.is_empty() {
        let mut shallow = with(Some(near));
        shallow.siblings.pop();
        denials.push((
            "shallow",
            "with the leaf of a key that shares bits, a sibling short",
            shallow,
        ));
    }
    denials
}

fn hash_branch(left: &Digest, right: &Digest) -> Digest {
    sha256(&[&[3], &left.0, &right.0])
}

/// A root that no map has: `leaf` at the end of the path of `key_hash`, with these siblings.
fn root_over(key_hash: &Digest, leaf: &MapLeaf, siblings: &[Digest]) -> Digest {
    let path = (0..).zip(siblings).collect::<Vec<(u16, &Digest)>>();
    path.into_iter().rev().fold(leaf.hash(), |node, (depth, sibling)| {
        if key_hash.bit(depth) { hash_branch(sibling, &node) } else { hash_branch(&node, sibling) }
    })
}

fn siblings(count: u32) -> Vec<Digest> {
    (0..count).map(|depth| digest(&format!("branch {depth}"))).collect()
}

fn crafted_membership() -> Result<VectorFile, CaseError> {
    let doc = "Paths of every depth, folded to roots that no one computed from a map.";
    let mut suite = SuiteWriter::new("primitives.map_membership", "crafted", doc)?;
    let (key, value) = (5u32, value(5));
    let leaf = MapLeaf::of(&key, &value);
    for depth in [1, 7, 8, 9, 16, 17, 64] {
        let claim = craft_membership(&leaf, key, value, depth);
        let doc = format!(
            "Given a root over an entry at depth {depth}, when the path is verified, then it holds."
        );
        suite.add(&format!("depth-{depth}"), MEMBER, &doc, claim.input()?, Intent::Valid(true))?;
        let mut swapped = claim;
        swapped.siblings.swap(0, depth as usize - 1);
        if depth > 1 {
            let doc = format!(
                "Given a root over an entry at depth {depth}, when the path is verified with its first and last siblings exchanged, then it does not hold."
            );
            let slug = format!("depth-{depth}-exchanged");
            suite.add(&slug, MEMBER, &doc, swapped.input()?, Intent::Valid(false))?;
        }
    }
    let doc = "Given a root over an entry at depth 256, the deepest, when the path is verified, then it holds.";
    let deepest = craft_membership(&leaf, key, value, 256);
    suite.add("depth-256", MEMBER, doc, deepest.input()?, Intent::Valid(true))?;
    Ok(suite.finish())
}

/// A path of `depth` siblings to an entry.
fn craft_membership(leaf: &MapLeaf, key: u32, value: u64, depth: u32) -> Claim {
    Claim {
        root: root_over(&leaf.key_hash, leaf, &siblings(depth)),
        key: encode(&key),
        value: Some(encode(&value)),
        siblings: siblings(depth),
        other: None,
    }
}

fn crafted_non_membership() -> Result<VectorFile, CaseError> {
    let doc = "Leaves of other keys at the end of a key's path, under roots that no map has.";
    let mut suite = SuiteWriter::new("primitives.map_non_membership", "crafted", doc)?;
    let key = 5u32;
    let key_hash = hash_key(&key);
    let sharing =
        |bits: u16| (0..COUNTERS).find(|other| common_bits(&hash_key(other), &key_hash) == bits);
    for (bits, depth) in [(0, 0), (1, 1), (2, 1), (3, 3), (8, 8), (9, 9), (9, 4)] {
        let claim = craft(key, sharing(bits).unwrap_or_default(), depth);
        let doc = format!(
            "Given the leaf of a key that shares {bits} bits, at depth {depth} of a key's path, when it is verified that the key is absent, then it holds."
        );
        let slug = format!("shares-{bits}-depth-{depth}");
        suite.add(&slug, NO_MEMBER, &doc, claim.input()?, Intent::Valid(true))?;
    }
    for (bits, depth) in [(0, 1), (0, 2), (1, 2), (2, 3), (7, 8), (8, 9), (9, 10), (3, 12)] {
        let claim = craft(key, sharing(bits).unwrap_or_default(), depth);
        let doc = format!(
            "Given the leaf of a key that shares only {bits} bits, at depth {depth} of a key's path, when it is verified that the key is absent, then it does not hold, although the hashes agree."
        );
        let slug = format!("shares-{bits}-depth-{depth}");
        suite.add(&slug, NO_MEMBER, &doc, claim.input()?, Intent::Valid(false))?;
    }
    for depth in [0, 3, 9] {
        let claim = craft(key, key, depth);
        let doc = format!(
            "Given the key's own leaf as the other, at depth {depth} of its path, when it is verified that the key is absent, then it does not hold, although the hashes agree."
        );
        suite.add(
            &format!("own-depth-{depth}"),
            NO_MEMBER,
            &doc,
            claim.input()?,
            Intent::Valid(false),
        )?;
    }
    Ok(suite.finish())
}

/// The leaf of `other` at the end of the path of `key`.
fn craft(key: u32, other: u32, depth: u32) -> Claim {
    let leaf = MapLeaf::of(&other, &value(other));
    Claim {
        root: root_over(&hash_key(&key), &leaf, &siblings(depth)),
        key: encode(&key),
        value: None,
        siblings: siblings(depth),
        other: Some(leaf),
    }
}
