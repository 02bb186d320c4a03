//! The map commitment: roots, proofs of membership and of non-membership, and proofs that are none.
//!
//! Keys are u32 counters and values u64. Hashes of counters are as good as random, so keys whose
//! hashes share many bits are found by looking through many counters.
//!
//! The file is one piece: the families change the same `Claim` and share the tables of its changes.
//! Each family has a heading.

use std::collections::BTreeMap;
use std::mem::swap;

use serde_json::{Value, json};

use ioschain_model::words::count;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::map_commitment::{MapLeaf, MapProof, hash_key, map_root, prove_key};

use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Change, case_table, changed};
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
    /// Ten entries and the two keys that are near each other.
    twelve: Map,
    /// Two keys whose hashes share more bits than those of any other two counters.
    near: (u32, u32),
    /// A key that shares some bits with them, and is in no map.
    nearby: u32,
}

/// What a map has under a key.
struct Question<'a> {
    slug: String,
    what: &'static str,
    map: &'a Map,
    key: u32,
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

        let pair = Map::from([(near.0, value(near.0)), (near.1, value(near.1))]);
        let twelve: Map = first(10).into_iter().chain(pair.clone()).collect();
        let maps = case_table! {
            "empty", "an empty map" => first(0);
            "one", "a map with one entry" => first(1);
            "two", "a map with two entries" => first(2);
            "three", "a map with three entries" => first(3);
            "ten", "a map with ten entries" => first(10);
            "near", "a map with two entries whose key hashes share many bits" => pair;
            "twelve", "a map with ten entries and two whose key hashes share many bits"
                => twelve.clone();
        };
        Self { maps: maps.to_vec(), twelve, near, nearby }
    }

    /// Every map with each of its keys of interest that it has, or lacks.
    fn questions(&self, present: bool) -> impl Iterator<Item = Question<'_>> {
        let all = self.all_questions();
        all.filter(move |question| question.map.contains_key(&question.key) == present)
    }

    fn all_questions(&self) -> impl Iterator<Item = Question<'_>> {
        self.maps.iter().flat_map(|(name, what, map)| {
            let keys = keys_of_interest(self, map).into_iter();
            keys.map(move |(slug, key)| Question { slug: format!("{name}-{slug}"), what, map, key })
        })
    }

    /// The first counters from 1,000 on that `map` lacks: one whose place is empty, and one whose
    /// place another key has. A map with fewer than two entries gives only 1,000, as the latter; in
    /// the empty map its place is empty, too.
    fn absent(map: &Map) -> (Option<u32>, Option<u32>) {
        let first = |taken: bool| {
            (1_000..COUNTERS)
                .filter(|key| !map.contains_key(key))
                .find(|key| prove_key(map, key).other.is_some() == taken)
        };
        if map.len() < 2 { (None, Some(1_000)) } else { (first(false), first(true)) }
    }
}

fn value(key: u32) -> u64 {
    1_000_000 + u64::from(key)
}

/// The map of the first counters.
fn first(count: u32) -> Map {
    (0..count).map(|key| (key, value(key))).collect()
}

fn leaf(key: u32) -> MapLeaf {
    MapLeaf::of(&key, &value(key))
}

fn common_bits(one: &Digest, other: &Digest) -> u16 {
    (0..256).take_while(|depth| one.bit(*depth) == other.bit(*depth)).count() as u16
}

fn entries_json<'a>(entries: impl Iterator<Item = (&'a u32, &'a u64)>) -> Value {
    entries
        .map(|(key, value)| json!([hex::encode(encode(key)), hex::encode(encode(value))]))
        .collect()
}

/// An implementation whose root depends on the order of insertion, or in which keys and values run
/// into each other, has another root.
fn roots(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Roots of maps. The order of the entries does not matter.";
    let mut suite = SuiteWriter::new("primitives.map_root", "roots", doc)?;
    for (name, what, map) in &maps.maps {
        let doc = format!("Given {what}, when it is committed to, then this is the root.");
        let input = json!({ "entries": entries_json(map.iter()) });
        suite.add(name, ROOT, &doc, input, Intent::Ok)?;
    }
    for (name, map) in [("three", first(3)), ("ten", first(10))] {
        let doc = format!(
            "Given the {name} entries in reverse order, when they are committed to, then the root \
             is the same."
        );
        let input = json!({ "entries": entries_json(map.iter().rev()) });
        let same = Intent::Exactly(json!({ "root": hex::encode(map_root(&map).0) }));
        suite.add(&format!("{name}-reversed"), ROOT, &doc, input, same)?;
    }
    let mut changed = first(3);
    changed.insert(1, 0);
    let doc = "Given three entries, one of them with another value, when they are committed to, \
               then the root is different.";
    let input = json!({ "entries": entries_json(changed.iter()) });
    suite.add("three-changed", ROOT, doc, input, Intent::Ok)?;
    let odd = json!([["", ""], ["00", ""], ["", "00"], ["0001", "02"], ["00", "0102"]]);
    let kept = json!([["", "00"], ["00", "0102"], ["0001", "02"]]);
    for (slug, entries) in [("lengths", &kept), ("lengths-last-counts", &odd)] {
        let doc = "Given keys and values of several lengths and two entries with equal keys, when \
                   they are committed to, then the last of these entries counts and this is the \
                   root.";
        suite.add(slug, ROOT, doc, json!({ "entries": entries }), Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// A prover that writes siblings from the leaf upwards, or forgets the other leaf, answers
/// otherwise.
fn proofs(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Proofs that a key has a value in a map, or that it is absent.";
    let mut suite = SuiteWriter::new("primitives.map_prove", "proofs", doc)?;
    for Question { slug, what, map, key } in maps.all_questions() {
        let doc = format!(
            "Given {what}, when its value or no value under the key {key} is to be proved, then \
             this is the proof."
        );
        let key = hex::encode(encode(&key));
        let input = json!({ "entries": entries_json(map.iter()), "key": key });
        suite.add(&slug, ROOT, &doc, input, Intent::Ok)?;
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

fn absent_keys(maps: &Maps, map: &Map) -> impl Iterator<Item = (&'static str, u32)> {
    let keys = keys_of_interest(maps, map).into_iter();
    keys.filter(|(_, key)| !map.contains_key(key))
}

/// What `map_membership` or `map_non_membership` is asked; without a value, the latter.
#[derive(Clone)]
struct Claim {
    root: Digest,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
    siblings: Vec<Digest>,
    other: Option<MapLeaf>,
    /// The key and another one, which the changes put leaves of in.
    counter: u32,
    neighbour: u32,
}

impl Claim {
    /// What `map` has under `key`, with its honest proof.
    fn honest(map: &Map, key: u32) -> Self {
        let MapProof { siblings, other } = prove_key(map, &key);
        let (root, value, siblings) =
            (map_root(map), map.get(&key).map(encode), siblings.into_vec());
        Self { root, key: encode(&key), value, siblings, other, counter: key, neighbour: 0 }
    }

    fn sibling_changes(&self) -> &'static [Change<Claim>] {
        if self.siblings.len() < 2 { &[] } else { SIBLINGS }
    }

    fn last_sibling(&mut self) -> &mut Digest {
        let last = self.siblings.len() - 1;
        &mut self.siblings[last]
    }

    fn change_leaf(&mut self, change: impl FnOnce(&mut MapLeaf)) {
        if let Some(leaf) = &mut self.other {
            change(leaf);
        }
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

/// Adds a claim with each change of the tables, none of which may hold.
fn add_false(
    suite: &mut SuiteWriter,
    (prefix, what): (&str, &str),
    honest: &Claim,
    tables: &[&[Change<Claim>]],
) -> Result<(), CaseError> {
    for (slug, change, claim) in changed(honest, tables) {
        let requirements = if claim.value.is_some() { MEMBER } else { NO_MEMBER };
        let doc = format!("Given {what} {change}, when it is verified, then it is not valid.");
        let slug = format!("{prefix}-{slug}");
        suite.add(&slug, requirements, &doc, claim.input()?, Intent::Valid(false))?;
    }
    Ok(())
}

/// A verifier that does not compare the root, or ignores siblings that are not needed, accepts
/// these.
const ROOT_AND_LENGTH: &[Change<Claim>] = case_table! {
    "other-root", "with one bit of the root flipped" => |claim| claim.root.0[0] ^= 1;
    "zero-root", "under the root of the empty map" => |claim| claim.root = Digest::ZERO;
    "one-more", "with an additional empty sibling next to the leaf"
        => |claim| claim.siblings.push(Digest::ZERO);
    "one-before", "with an additional empty sibling next to the root"
        => |claim| claim.siblings.insert(0, Digest::ZERO);
};

/// A verifier that leaves a sibling out, or takes them from the other end, accepts one of these.
/// They need two siblings.
const SIBLINGS: &[Change<Claim>] = case_table! {
    "no-siblings", "without siblings" => |claim| claim.siblings.clear();
    "first-missing", "without the sibling below the root"
        => |claim| { claim.siblings.remove(0); };
    "last-missing", "without the leaf's sibling" => |claim| { claim.siblings.pop(); };
    "first-changed", "with a bit flipped in the sibling below the root"
        => |claim| claim.siblings[0].0[31] ^= 0x80;
    "last-changed", "with a bit flipped in the leaf's sibling"
        => |claim| claim.last_sibling().0[0] ^= 1;
    "first-empty", "with its first sibling replaced by an empty one" => |claim| claim.siblings[0] = Digest::ZERO;
    "reversed", "with its siblings in reverse order" => |claim| claim.siblings.reverse();
};

// --- Membership -------------------------------------------------------------------------------

/// A verifier that hashes key or value in another way, or folds in another order, refuses these.
fn honest_membership(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Proofs of membership.";
    let mut suite = SuiteWriter::new("primitives.map_membership", "honest", doc)?;
    for Question { slug, what, map, key } in maps.questions(true) {
        let doc = format!(
            "Given {what} and the proof of its entry {key}, when the proof is verified, then it is \
             valid."
        );
        suite.add(&slug, MEMBER, &doc, Claim::honest(map, key).input()?, Intent::Valid(true))?;
    }
    Ok(suite.finish())
}

/// A verifier that ignores the other leaf accepts two proofs of one entry; one that does not bind
/// key and value to their places takes one entry for another.
const MEMBERSHIP: &[Change<Claim>] = case_table! {
    "own-leaf", "that contains the entry's own leaf as the leaf of another key"
        => |claim| claim.other = Some(leaf(claim.counter));
    "other-leaf", "that contains the leaf of another key"
        => |claim| claim.other = Some(leaf(claim.counter + 1));
    "other-value", "with another value" => |claim| claim.value = Some(encode(&0u64));
    "empty-value", "with an empty value" => |claim| claim.value = Some(vec![]);
    "longer-value", "with an additional byte in its value"
        => |claim| claim.value = Some([encode(&value(claim.counter)), vec![0]].concat());
    "other-key", "with another key" => |claim| claim.key = encode(&(claim.counter + 50));
    "longer-key", "with an additional byte in its key" => |claim| claim.key.push(0);
    "key-as-value", "with its key and its value exchanged" => |claim| {
        claim.key = encode(&value(claim.counter));
        claim.value = Some(encode(&claim.counter));
    };
};

/// A proof that a key is absent does not show that it is there.
const ABSENCE: &[Change<Claim>] = case_table! {
    "absence", "itself" => |_| ();
    "absence-bare", "without the leaf of the other key" => |claim| claim.other = None;
};

/// A verifier that looks only at the first bits of a key's hash takes one key for its neighbour.
const NEIGHBOUR: &[Change<Claim>] = case_table! {
    "neighbour", "for the other key" => |claim| claim.key = encode(&claim.neighbour);
    "neighbour-with-value", "for the other key and the other value" => |claim| {
        claim.key = encode(&claim.neighbour);
        claim.value = Some(encode(&value(claim.neighbour)));
    };
};

fn false_membership(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Proofs of membership with one change each, and proofs for entries that the map does \
               not have.";
    let mut suite = SuiteWriter::new("primitives.map_membership", "changed", doc)?;
    for (name, map, key) in [("one", first(1), 0), ("ten", first(10), 3)] {
        let honest = Claim::honest(&map, key);
        let entries = if name == "one" { "entry" } else { "entries" };
        let what = format!("the proof of an entry of a map with {name} {entries}");
        let tables = [ROOT_AND_LENGTH, honest.sibling_changes(), MEMBERSHIP];
        add_false(&mut suite, (name, &what), &honest, &tables)?;
    }
    for (slug, key) in absent_keys(maps, &maps.twelve) {
        let what = format!("the proof that the key {key} is absent, used as a proof of membership");
        let absence =
            Claim { value: Some(encode(&value(key))), ..Claim::honest(&maps.twelve, key) };
        add_false(&mut suite, (slug, &what), &absence, &[ABSENCE])?;
    }
    let (near, neighbour) = maps.near;
    let what = ("near", "the proof of one of two keys that share many bits");
    let honest = Claim { neighbour, ..Claim::honest(&maps.twelve, near) };
    add_false(&mut suite, what, &honest, &[NEIGHBOUR])?;
    Ok(suite.finish())
}

// --- Non-membership ---------------------------------------------------------------------------

/// A verifier that only knows empty places refuses the proofs with another key's leaf.
fn honest_non_membership(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc = "Proofs of non-membership.";
    let mut suite = SuiteWriter::new("primitives.map_non_membership", "honest", doc)?;
    for Question { slug, what, map, key } in maps.questions(false) {
        let doc = format!(
            "Given {what} and the proof that the key {key} is absent, when the proof is verified, \
             then it is valid."
        );
        suite.add(&slug, NO_MEMBER, &doc, Claim::honest(map, key).input()?, Intent::Valid(true))?;
    }
    // One of the two near keys alone: its leaf is the root, so a proof about the other has no
    // siblings.
    let single = Map::from([(maps.near.0, value(maps.near.0))]);
    let doc = "Given a map with one entry and a key whose hash begins with the same bits, when the \
               proof that this key is absent is verified, then it is valid.";
    let input = Claim::honest(&single, maps.near.1).input()?;
    suite.add("single-near", NO_MEMBER, doc, input, Intent::Valid(true))?;
    Ok(suite.finish())
}

/// A verifier that does not compare the other leaf's key with the key that is denied lets anyone
/// deny an entry.
const ABSENT_KEY: &[Change<Claim>] = case_table! {
    "own-leaf", "with the leaf of the absent key itself" => |claim| claim.other = Some(leaf(claim.counter));
    "present-key", "for a key that is present" => |claim| claim.key = encode(&3u32);
};

/// Changes of a proof whose place is empty.
const NO_OTHER_LEAF: &[Change<Claim>] = case_table! {
    "leaf", "with the leaf of another key" => |claim| claim.other = Some(leaf(3));
};

/// Changes of a proof whose place another key has.
const OTHER_LEAF: &[Change<Claim>] = case_table! {
    "no-leaf", "without the leaf of the other key" => |claim| claim.other = None;
    "other-value", "with another value hash in the leaf of the other key"
        => |claim| claim.change_leaf(|leaf| leaf.value_hash = Digest::ZERO);
    "other-key", "with another key hash, on the same path, in the leaf of the other key"
        => |claim| claim.change_leaf(|leaf| leaf.key_hash.0[31] ^= 1);
    "hashes-exchanged", "with the key hash and the value hash exchanged in the leaf of the other \
                         key"
        => |claim| claim.change_leaf(|leaf| swap(&mut leaf.key_hash, &mut leaf.value_hash));
};

/// Ways to deny an entry that is there: without them, a verifier could be shown that a lock or a
/// decision does not exist.
const DENIALS: &[Change<Claim>] = case_table! {
    "own-leaf", "with the entry's own leaf as the leaf of another key" => |claim| claim.other = Some(leaf(claim.counter));
    "own-leaf-other-value", "with the entry's own leaf, changed to another value, as the leaf of \
                             another key"
        => |claim| claim.other = Some(MapLeaf::of(&claim.counter, &0u64));
    "no-leaf", "without the leaf of another key" => |claim| claim.other = None;
    "neighbour", "with the leaf of a key whose hash begins with the same bits"
        => |claim| claim.other = Some(leaf(claim.neighbour));
    "bare", "without siblings and without the leaf of another key" => |claim| {
        claim.siblings.clear();
        claim.other = None;
    };
};

/// One more, which needs a sibling.
const SHALLOW_DENIAL: &[Change<Claim>] = case_table! {
    "shallow", "with the leaf of a key whose hash begins with the same bits and with one sibling \
                missing" => |claim| {
        claim.siblings.pop();
        claim.other = Some(leaf(claim.neighbour));
    };
};

/// The empty map has no leaf and no branch, so a verifier must accept no proof that contains one.
/// Its proof shows nothing of another map.
const EMPTY_MAP: &[Change<Claim>] = case_table! {
    "with-leaf", "with the leaf of another key" => |claim| claim.other = Some(leaf(8));
    "with-sibling", "with an additional empty sibling" => |claim| claim.siblings.push(Digest::ZERO);
    "of-another", "under the root of a map with one entry" => |claim| claim.root = map_root(&first(1));
};

fn false_non_membership(maps: &Maps) -> Result<VectorFile, CaseError> {
    let doc =
        "Proofs of non-membership with one change each, and proofs for entries that the map has.";
    let mut suite = SuiteWriter::new("primitives.map_non_membership", "changed", doc)?;
    for (slug, key) in absent_keys(maps, &maps.twelve) {
        let honest = Claim::honest(&maps.twelve, key);
        let what = format!("the proof that the key {key} is absent");
        let of_leaf = if honest.other.is_some() { OTHER_LEAF } else { NO_OTHER_LEAF };
        let tables = [ROOT_AND_LENGTH, honest.sibling_changes(), ABSENT_KEY, of_leaf];
        add_false(&mut suite, (slug, &what), &honest, &tables)?;
    }
    let (near, next) = maps.near;
    let present = [
        ("one", &first(1), 0, near),
        ("ten", &first(10), 3, near),
        ("twelve", &maps.twelve, near, next),
    ];
    for (name, map, key, neighbour) in present {
        let present = Claim { value: None, neighbour, ..Claim::honest(map, key) };
        let what = format!("the proof that the key {key} is present, used as a proof of absence");
        let shallow = if present.siblings.is_empty() { &[] } else { SHALLOW_DENIAL };
        add_false(&mut suite, (name, &what), &present, &[DENIALS, shallow])?;
    }
    let what = ("empty", "the proof that a key is absent from the empty map");
    add_false(&mut suite, what, &Claim::honest(&first(0), 7), &[EMPTY_MAP])?;
    Ok(suite.finish())
}

// --- Crafted roots ----------------------------------------------------------------------------

fn hash_branch(left: &Digest, right: &Digest) -> Digest {
    sha256(&[&[3], &left.0, &right.0])
}

/// `leaf` at the end of the path of `key`, under a root that no map has.
fn crafted(key: u32, leaf: &MapLeaf, depth: u32) -> Claim {
    let (siblings, key_hash) = (siblings(depth), hash_key(&key));
    let path: Vec<(u16, &Digest)> = (0..).zip(&siblings).collect();
    let root = path.into_iter().rev().fold(leaf.hash(), |node, (depth, sibling)| {
        if key_hash.bit(depth) { hash_branch(sibling, &node) } else { hash_branch(&node, sibling) }
    });
    Claim { root, siblings, other: Some(*leaf), ..Claim::honest(&Map::new(), key) }
}

fn siblings(count: u32) -> Vec<Digest> {
    (0..count).map(|depth| digest(&format!("branch {depth}"))).collect()
}

/// The entry 5 at the end of its path.
fn crafted_member(depth: u32) -> Claim {
    Claim { value: Some(encode(&value(5))), other: None, ..crafted(5, &leaf(5), depth) }
}

/// A verifier that reads the bits of a key hash in another order, or stops at a byte, folds these
/// paths to another root.
fn crafted_membership() -> Result<VectorFile, CaseError> {
    let doc = "Paths of many depths. The roots are computed from the paths, not from a map.";
    let mut suite = SuiteWriter::new("primitives.map_membership", "crafted", doc)?;
    for depth in [1, 7, 8, 9, 16, 17, 64] {
        let mut claim = crafted_member(depth);
        let doc = format!(
            "Given a root over an entry at depth {depth}, when the path is verified, then it is \
             valid."
        );
        suite.add(&format!("depth-{depth}"), MEMBER, &doc, claim.input()?, Intent::Valid(true))?;
        if depth > 1 {
            claim.siblings.swap(0, depth as usize - 1);
            let doc = format!(
                "Given a root over an entry at depth {depth}, when the path is verified with its \
                 first and last siblings exchanged, then it is not valid."
            );
            let slug = format!("depth-{depth}-exchanged");
            suite.add(&slug, MEMBER, &doc, claim.input()?, Intent::Valid(false))?;
        }
    }
    let doc = "Given a root over an entry at depth 256, the greatest depth, when the path is \
               verified, then it is valid.";
    suite.add("depth-256", MEMBER, doc, crafted_member(256).input()?, Intent::Valid(true))?;
    Ok(suite.finish())
}

/// A verifier that checks only the hashes, and not that the other leaf's key leads to this place,
/// accepts any leaf as a proof of absence.
fn crafted_non_membership() -> Result<VectorFile, CaseError> {
    let doc = "Proofs of absence that show the leaf of another key at the end of the path. The \
               roots are computed from the paths, not from a map.";
    let mut suite = SuiteWriter::new("primitives.map_non_membership", "crafted", doc)?;
    let key_hash = hash_key(&5u32);
    let sharing = |bits: u16| {
        let found = (0..COUNTERS).find(|key| common_bits(&hash_key(key), &key_hash) == bits);
        found.unwrap_or_default()
    };
    let mut add = |slug: String, doc: String, other: u32, depth, valid| {
        let input = crafted(5, &leaf(other), depth).input()?;
        suite.add(&slug, NO_MEMBER, &doc, input, Intent::Valid(valid)).map(|_| ())
    };
    let (on_path, off_path) = (
        [(0, 0), (1, 1), (2, 1), (3, 3), (8, 8), (9, 9), (9, 4)],
        [(0, 1), (0, 2), (1, 2), (2, 3), (7, 8), (8, 9), (9, 10), (3, 12)],
    );
    for (bits, depth) in on_path.into_iter().chain(off_path) {
        let valid = u32::from(bits) >= depth;
        let leading = count(bits, "leading bit");
        let (only, verdict) = match valid {
            true => ("", "is valid"),
            false => ("only ", "is not valid, although the hashes are correct"),
        };
        let doc = format!(
            "Given the leaf of another key whose hash shares {only}{leading} with the key's hash, \
             at depth {depth} of the key's path, when the proof that the key is absent is \
             verified, then it {verdict}."
        );
        add(format!("shares-{bits}-depth-{depth}"), doc, sharing(bits), depth, valid)?;
    }
    for depth in [0, 3, 9] {
        let doc = format!(
            "Given the key's own leaf as the leaf of another key, at depth {depth} of the path, \
             when the proof that the key is absent is verified, then it is not valid, although the \
             hashes are correct."
        );
        add(format!("own-depth-{depth}"), doc, 5, depth, false)?;
    }
    Ok(suite.finish())
}
