//! The map commitment (CRY-MAP-01 to CRY-MAP-03): the readable trie and the cached one against the
//! definition written another way, and proofs that must not verify.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::map_commitment::{
    MapLeaf, MapProof, hash_key, map_root, prove_key, verify_membership, verify_non_membership,
};
use ioschain_spec::primitives::map_commitment_cached::CachedMapCommitment;
use quickcheck::quickcheck;
use support::sha256;

// --- The definition, written another way ------------------------------------------------------

/// The maps of these tests.
type Map = BTreeMap<u32, u16>;
/// What to do to them; `None` removes.
type Batch = BTreeMap<u32, Option<u16>>;

/// `kh = H("key", key)` by hand.
fn key_hash_by_hand(key: u32) -> [u8; 32] {
    sha256(&[b"IOSChain/v1", &[3], b"key", &key.to_le_bytes()])
}

/// `SHA-256(0x02 ‖ kh ‖ H("value", value))` by hand.
fn leaf_by_hand(key: u32, value: u16) -> [u8; 32] {
    let value_hash = sha256(&[b"IOSChain/v1", &[5], b"value", &value.to_le_bytes()]);
    sha256(&[&[2], &key_hash_by_hand(key), &value_hash])
}

fn bit_by_hand(hash: &[u8; 32], depth: usize) -> bool {
    hash[depth / 8] >> (7 - depth % 8) & 1 == 1
}

/// The root of the entries with some first bits, which are `depth`.
fn root_by_hand(entries: &[(u32, u16)], depth: usize) -> [u8; 32] {
    match entries {
        [] => [0; 32],
        [(key, value)] => leaf_by_hand(*key, *value),
        _ => {
            let [zero, one] = halves_by_hand(entries, depth);
            sha256(&[&[3], &root_by_hand(&zero, depth + 1), &root_by_hand(&one, depth + 1)])
        }
    }
}

fn halves_by_hand(entries: &[(u32, u16)], depth: usize) -> [Vec<(u32, u16)>; 2] {
    [false, true].map(|side| {
        let here =
            entries.iter().filter(|(key, _)| bit_by_hand(&key_hash_by_hand(*key), depth) == side);
        here.copied().collect()
    })
}

/// The siblings on the way to a key, and the entry that is found where the way ends.
fn way_by_hand(map: &Map, key: u32) -> (Vec<Digest>, Option<(u32, u16)>) {
    let mut entries: Vec<(u32, u16)> = map.iter().map(|(key, value)| (*key, *value)).collect();
    let mut siblings = Vec::new();
    while entries.len() > 1 {
        let depth = siblings.len();
        let [zero, one] = halves_by_hand(&entries, depth);
        let right = bit_by_hand(&key_hash_by_hand(key), depth);
        let (way, sibling) = if right { (one, zero) } else { (zero, one) };
        siblings.push(Digest(root_by_hand(&sibling, depth + 1)));
        entries = way;
    }
    (siblings, entries.first().copied())
}

/// The root of a map, which must be that of the definition.
fn checked_root(map: &Map) -> Digest {
    let entries: Vec<(u32, u16)> = map.iter().map(|(key, value)| (*key, *value)).collect();
    let root = map_root(map);
    assert_eq!(root.0, root_by_hand(&entries, 0), "{map:?}");
    root
}

fn proof(siblings: Vec<Digest>, other: Option<MapLeaf>) -> MapProof {
    MapProof { siblings: Bounded::try_from(siblings).unwrap(), other }
}

/// A map of this many entries, and keys that it does not have.
fn example(count: u32) -> (Map, Vec<u32>) {
    ((0..count).map(|key| (key, key as u16 * 3)).collect(), (1000..1020).collect())
}

/// Keys whose hashes begin alike for 20 bits and more, in pairs.
fn keys_that_begin_alike() -> Vec<u32> {
    let mut hashed: Vec<([u8; 32], u32)> =
        (0..20_000u32).map(|key| (key_hash_by_hand(key), key)).collect();
    hashed.sort_unstable();
    let pairs = hashed.windows(2).filter(|pair| pair[0].0[..2] == pair[1].0[..2]);
    let alike = pairs.filter(|pair| pair[0].0[2] >> 4 == pair[1].0[2] >> 4);
    alike
        .take(10)
        .flat_map(|pair| [pair[0].1, pair[1].1])
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

// --- Roots ------------------------------------------------------------------------------------

#[test]
fn small_maps_have_the_roots_that_the_definition_gives() {
    assert_eq!(map_root(&Map::new()), Digest::ZERO);
    assert_eq!(map_root(&Map::from([(7, 9)])).0, leaf_by_hand(7, 9));
    let (left, right) = (0..)
        .map(|key| (key, key + 1))
        .find(|(left, right)| {
            !bit_by_hand(&key_hash_by_hand(*left), 0) && bit_by_hand(&key_hash_by_hand(*right), 0)
        })
        .unwrap();
    let root = map_root(&Map::from([(left, 1), (right, 2)]));
    assert_eq!(root.0, sha256(&[&[3], &leaf_by_hand(left, 1), &leaf_by_hand(right, 2)]));
}

#[test]
fn keys_that_begin_alike_stand_deep_and_are_found() {
    let keys = keys_that_begin_alike();
    assert!(keys.len() >= 16, "{}", keys.len());
    let map: Map = keys.iter().map(|key| (*key, 1)).collect();
    let (root, mut others) = (checked_root(&map), 0);
    for key in &keys {
        let proof = prove_key(&map, key);
        assert!(proof.siblings.len() > 20);
        assert!(verify_membership(&root, key, &1u16, &proof));
        let without: Map =
            map.iter().filter(|(other, _)| *other != key).map(|(k, v)| (*k, *v)).collect();
        let proof = prove_key(&without, key);
        others += usize::from(proof.other.is_some());
        assert!(verify_non_membership(&checked_root(&without), key, &proof));
    }
    assert!(others > keys.len() / 2, "most keys leave the one that begins alike in their place");
}

fn applied(map: &Map, batch: &Batch) -> Map {
    let mut map = map.clone();
    for (key, value) in batch {
        match value {
            Some(value) => map.insert(*key, *value),
            None => map.remove(key),
        };
    }
    map
}

/// Applies batches one after the other; after each, the cached root is that of the definition.
fn assert_cached_follows(batches: &[Batch]) {
    let (mut map, mut cached) = (Map::new(), CachedMapCommitment::default());
    let mut history = Vec::new();
    for batch in batches {
        history.push((cached.clone(), cached.root()));
        map = applied(&map, batch);
        cached = cached.updated(batch);
        assert_eq!(cached.root(), checked_root(&map), "{batches:?}");
        assert_eq!(CachedMapCommitment::of(&map).root(), cached.root());
    }
    for (before, root) in history {
        assert_eq!(before.root(), root, "an update leaves the old trie as it was");
    }
}

/// Few keys, so that batches meet: insertions, replacements, removals of what is there or not.
fn narrow(batches: Vec<Vec<(u8, Option<u16>)>>, keys: &[u32]) -> Vec<Batch> {
    let narrow = |(key, value): (u8, Option<u16>)| (keys[usize::from(key) % keys.len()], value);
    batches.into_iter().map(|batch| batch.into_iter().map(narrow).collect()).collect()
}

quickcheck! {
    fn the_root_is_that_of_the_definition(map: BTreeMap<u32, u16>) -> bool {
        checked_root(&map);
        true
    }

    fn maps_have_the_same_root_only_if_they_are_the_same(
        one: BTreeMap<u32, u16>, other: BTreeMap<u32, u16>, key: u32, value: u16
    ) -> bool {
        let mut changed = one.clone();
        changed.insert(key, value);
        (map_root(&one) == map_root(&other)) == (one == other)
            && (map_root(&one) == map_root(&changed)) == (one == changed)
    }

    fn the_cached_root_follows_any_batches(batches: Vec<Vec<(u8, Option<u16>)>>) -> bool {
        let keys: Vec<u32> = (0..40).collect();
        let batches: Vec<_> = batches.into_iter().take(12).collect();
        assert_cached_follows(&narrow(batches, &keys));
        true
    }

    fn the_cached_root_follows_small_batches_on_few_keys(changes: Vec<(u8, bool)>) -> bool {
        let keys: Vec<u32> = (0..6).collect();
        let batches = changes.into_iter().map(|(key, insert)| vec![(key, insert.then_some(1))]);
        assert_cached_follows(&narrow(batches.collect(), &keys));
        true
    }

    fn the_order_of_updates_does_not_matter(entries: Vec<(u8, u16)>) -> bool {
        let map: Map = entries.into_iter().map(|(key, value)| (u32::from(key), value)).collect();
        let insert = |cached: CachedMapCommitment, (key, value): (&u32, &u16)| {
            cached.updated(&BTreeMap::from([(*key, Some(*value))]))
        };
        let upwards = map.iter().fold(CachedMapCommitment::default(), insert);
        let downwards = map.iter().rev().fold(CachedMapCommitment::default(), insert);
        let root = map_root(&map);
        upwards.root() == root && downwards.root() == root
    }
}

#[test]
fn the_cached_root_follows_keys_that_begin_alike() {
    let keys = keys_that_begin_alike();
    let all = |value: Option<u16>| keys.iter().map(|key| (*key, value)).collect::<Batch>();
    let each = |value: Option<u16>| keys.iter().map(move |key| Batch::from([(*key, value)]));
    let batches: Vec<Batch> = each(Some(1))
        .chain(each(None))
        .chain([all(Some(2)), all(Some(3)), all(None), all(None), all(Some(4))])
        .chain(each(None))
        .collect();
    assert_cached_follows(&batches);
}

#[test]
fn removing_everything_gives_the_empty_root() {
    let (map, absent) = example(50);
    let cached = CachedMapCommitment::of(&map);
    let none_of =
        |keys: &mut dyn Iterator<Item = u32>| keys.map(|key| (key, None)).collect::<Batch>();
    assert_eq!(cached.updated(&none_of(&mut absent.into_iter())).root(), map_root(&map));
    assert_eq!(cached.updated(&none_of(&mut (0..100))).root(), Digest::ZERO);
    assert_eq!(CachedMapCommitment::of(&Map::new()).root(), Digest::ZERO);
    assert_eq!(CachedMapCommitment::default().updated(&Batch::new()).root(), Digest::ZERO);
}

// --- Proofs -----------------------------------------------------------------------------------

#[test]
fn proofs_are_the_siblings_on_the_way_and_what_stands_there() {
    for count in [0, 1, 2, 3, 10, 100] {
        let (map, absent) = example(count);
        for key in map.keys().chain(&absent) {
            let (siblings, found) = way_by_hand(&map, *key);
            let other = found.filter(|(found, _)| found != key);
            let other = other.map(|(key, value)| MapLeaf::of(&key, &value));
            assert_eq!(prove_key(&map, key), proof(siblings, other));
        }
    }
}

#[test]
fn leaves_hash_as_the_definition_says() {
    let leaf = MapLeaf::of(&7u32, &9u16);
    assert_eq!(leaf.key_hash.0, key_hash_by_hand(7));
    assert_eq!(leaf.key_hash, hash_key(&7u32));
    assert_eq!(leaf.hash().0, leaf_by_hand(7, 9));
}

/// What a proof shows about a key: its value (if it is one of `values`), or that it has none.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    Value(u16),
    Absence,
    Nothing,
}

fn shown(root: &Digest, key: u32, values: &[u16], proof: &MapProof) -> Shown {
    let value = values.iter().find(|value| verify_membership(root, &key, *value, proof));
    match (value, verify_non_membership(root, &key, proof)) {
        (Some(value), false) => Shown::Value(*value),
        (None, true) => Shown::Absence,
        (None, false) => Shown::Nothing,
        (Some(_), true) => panic!("{key} is there and is not, by {proof:?}"),
    }
}

#[test]
fn a_proof_shows_exactly_what_the_map_has() {
    for count in [0, 1, 2, 3, 10, 100] {
        let (map, absent) = example(count);
        let root = checked_root(&map);
        let values: Vec<u16> = (0..300).collect();
        for key in map.keys().chain(&absent) {
            let expected = map.get(key).map_or(Shown::Absence, |value| Shown::Value(*value));
            assert_eq!(shown(&root, *key, &values, &prove_key(&map, key)), expected);
        }
    }
}

#[test]
fn a_proof_of_one_key_shows_the_presence_of_no_other() {
    let (map, absent) = example(40);
    let root = checked_root(&map);
    let keys: Vec<u32> = map.keys().chain(&absent).copied().collect();
    for of in &keys {
        let proof = prove_key(&map, of);
        for about in keys.iter().filter(|about| *about != of) {
            let expected = match prove_key(&map, about) == proof {
                // Both ways end at the same place: what is there is neither.
                true => Shown::Absence,
                false => Shown::Nothing,
            };
            let values = [0, 3, 6, *of as u16 * 3, *about as u16 * 3];
            assert_eq!(shown(&root, *about, &values, &proof), expected, "{of} for {about}");
        }
    }
}

/// Every proof that differs from `honest` in one step.
fn tampered(honest: &MapProof, leaves: &[MapLeaf]) -> Vec<MapProof> {
    let siblings = honest.siblings.to_vec();
    let mut all = Vec::new();
    for place in 0..siblings.len() {
        let mut changed = siblings.clone();
        changed[place].0[31] ^= 1;
        all.push(proof(changed, honest.other));
        let mut emptied = siblings.clone();
        emptied[place] = Digest::ZERO;
        all.push(proof(emptied, honest.other));
        let mut fewer = siblings.clone();
        fewer.remove(place);
        all.push(proof(fewer, honest.other));
    }
    for place in 0..=siblings.len() {
        for added in [Digest::ZERO, Digest([1; 32]), leaves[0].hash()] {
            let mut more = siblings.clone();
            more.insert(place, added);
            all.push(proof(more, honest.other));
        }
    }
    all.push(proof(siblings.clone(), None));
    all.extend(leaves.iter().map(|leaf| proof(siblings.clone(), Some(*leaf))));
    all.retain(|tampered| tampered != honest);
    all
}

#[test]
fn no_tampered_proof_shows_anything() {
    for count in [1, 2, 3, 10, 60] {
        let (map, absent) = example(count);
        let root = checked_root(&map);
        let leaves: Vec<MapLeaf> = map.iter().map(|(key, value)| MapLeaf::of(key, value)).collect();
        for key in map.keys().chain(&absent[..5]) {
            let values = [*key as u16 * 3, 0, 3];
            for proof in tampered(&prove_key(&map, key), &leaves) {
                assert_eq!(shown(&root, *key, &values, &proof), Shown::Nothing, "{key}: {proof:?}");
            }
        }
    }
}

#[test]
fn a_key_s_own_leaf_does_not_show_its_absence() {
    let (map, _) = example(10);
    let root = checked_root(&map);
    for (key, value) in &map {
        // The way, the leaf and the root are all genuine; only the claim is false.
        let honest = prove_key(&map, key);
        let denial = MapProof { other: Some(MapLeaf::of(key, value)), ..honest };
        assert!(!verify_non_membership(&root, key, &denial));
    }
}

#[test]
fn a_proof_of_membership_carries_no_other_leaf() {
    let (map, _) = example(10);
    let root = checked_root(&map);
    for (key, value) in &map {
        let honest = prove_key(&map, key);
        assert!(verify_membership(&root, key, value, &honest));
        for leaf in [MapLeaf::of(key, value), MapLeaf::of(&1000u32, &1u16)] {
            let adorned = MapProof { other: Some(leaf), ..honest.clone() };
            assert!(!verify_membership(&root, key, value, &adorned));
        }
    }
}

/// The root that follows if a leaf, rightly or wrongly, is placed at the end of a key's path.
fn root_over_leaf(key: u32, leaf: Digest, siblings: &[Digest]) -> Digest {
    siblings.iter().enumerate().rev().fold(leaf, |node, (depth, sibling)| {
        let right = bit_by_hand(&key_hash_by_hand(key), depth);
        let (left, right) = if right { (sibling, &node) } else { (&node, sibling) };
        Digest(sha256(&[&[3], &left.0, &right.0]))
    })
}

/// A leaf whose key hash is `key`'s but for bit `depth`.
fn leaf_parting_at(key: u32, depth: usize) -> MapLeaf {
    let mut key_hash = Digest(key_hash_by_hand(key));
    key_hash.0[depth / 8] ^= 0x80 >> (depth % 8);
    MapLeaf { key_hash, value_hash: Digest([5; 32]) }
}

#[test]
fn another_leaf_counts_only_if_it_shares_the_whole_way() {
    let key = 7;
    for count in [1, 2, 8, 9, 100, 255, 256] {
        let siblings: Vec<Digest> = (0..count).map(|number| Digest([number as u8; 32])).collect();
        for depth in [0, 1, 7, 8, 50, 98, 99, 100, 253, 254, 255] {
            // The root fits each time; whether the leaf belongs there is what is asked.
            let leaf = leaf_parting_at(key, depth);
            let root = root_over_leaf(key, leaf.hash(), &siblings);
            let proof = proof(siblings.clone(), Some(leaf));
            assert_eq!(verify_non_membership(&root, &key, &proof), depth >= siblings.len());
        }
    }
}

#[test]
fn ways_of_256_siblings_are_followed_to_their_end() {
    let key = 7;
    let siblings = vec![Digest([1; 32]); 256];
    let leaf = MapLeaf::of(&key, &9u16);
    let proof = proof(siblings.clone(), None);
    let root = root_over_leaf(key, leaf.hash(), &siblings);
    assert!(verify_membership(&root, &key, &9u16, &proof));
    assert!(!verify_non_membership(&root, &key, &proof));
    let root = root_over_leaf(key, Digest::ZERO, &siblings);
    assert!(verify_non_membership(&root, &key, &proof));
    assert!(Bounded::<Digest, 256>::try_from(vec![Digest::ZERO; 257]).is_err());
}

#[test]
fn in_the_empty_map_every_key_is_absent_and_none_present() {
    let empty = proof(Vec::new(), None);
    for key in 0..20u32 {
        assert!(verify_non_membership(&Digest::ZERO, &key, &empty));
        assert_eq!(shown(&Digest::ZERO, key, &[0, 1], &empty), Shown::Absence);
        let leaf = MapLeaf::of(&(key + 1), &0u16);
        let other = proof(Vec::new(), Some(leaf));
        assert_eq!(shown(&Digest::ZERO, key, &[0, 1], &other), Shown::Nothing);
    }
}
