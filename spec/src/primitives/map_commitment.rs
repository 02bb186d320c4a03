//! Map commitment: a binary trie over the hashes of the keys.
//!
//! ```text
//! root(∅)            = 32 zero bytes
//! root({k ↦ v})      = SHA-256(0x02 ‖ kh ‖ H("value", v))           where kh = H("key", k)
//! root(S) at depth d = SHA-256(0x03 ‖ root(S with bit d of kh = 0) ‖ root(S with bit d of kh = 1))
//! ```
//! `H(tag, x)` is [`tagged_hash`], bit 0 is the most significant bit of the first byte, and ‖ joins
//! byte strings.
//!
//! *Promise.* Let `root` be the root of a map, and let SHA-256 have no collision:
//! * complete: what [`prove_key`] gives for a key verifies;
//! * sound: [`verify_membership`] accepts some proof iff the map has this value for this key, and
//!   [`verify_non_membership`] accepts some proof iff the map does not contain the key;
//! * unique: for each key, exactly one proof verifies.
//!
//! Nothing is promised of a `root` that belongs to no map: whoever signs a root must have computed
//! it.
//!
//! A single entry is a leaf at any depth, so a path is about as long as the logarithm (base 2) of
//! the number of entries. The map with the keys 0 to 3, one byte each, is this tree:
//!
//! ```text
//!  key   kh begins with                     root
//!   0    1010                            0 /    \ 1
//!   1    0010                        leaf 1      •              depth 1
//!   2    1110                                 0 / \ 1
//!   3    1011                                  •   leaf 2       depth 2
//!                                           0 / \ 1
//!                                        empty   •              depth 3
//!                                             0 / \ 1
//!                                         leaf 0   leaf 3       depth 4
//! ```
//! A proof that the map does *not* contain a key shows what is in the place where the key would be:
//! * The hash of key 13 begins with 1000. The path 1, 0, 0 ends at the empty subtree. The proof has
//!   the three siblings of this path (leaf 1, leaf 2, the branch above leaves 0 and 3) and no other
//!   leaf.
//! * The hash of key 4 begins with 0101. The path 0 ends at leaf 1. The proof has the one sibling
//!   (the branch at depth 1) and leaf 1 itself, whose key hash also begins with 0 and is not that
//!   of key 4.
//!
//! Why not a sparse Merkle tree of depth 256? It hashes 256 levels for every entry, or needs tables
//! and rules for its empty subtrees, which every implementation would have to copy exactly. Why not
//! a Jellyfish tree? It also shortens a subtree with one entry to a leaf, but it groups four levels
//! into one node with a version for storage, and a commitment needs neither.
//!
//! This module is the definition and recomputes everything. [`super::map_commitment_cached`] gives
//! the same root at a cost that depends on what changed. Origin: own.
//!
//! # Examples
//! The tree above, and both proofs that a key is absent:
//! ```
//! use std::collections::BTreeMap;
//!
//! use ioschain_spec::primitives::map_commitment::{
//!     map_root, prove_key, verify_membership, verify_non_membership,
//! };
//!
//! let map = BTreeMap::from([(0u8, "zero"), (1, "one"), (2, "two"), (3, "three")]);
//! let root = map_root(&map);
//! let known = "18f85b1e0786fe90bb0dd2c78d3607f5e419906dc37c919f10d27c41303c6db6";
//! assert_eq!(format!("{root:?}"), known);
//! assert!(verify_membership(&root, &3u8, &"three", &prove_key(&map, &3)));
//!
//! let proof = prove_key(&map, &13);
//! assert_eq!((proof.siblings.len(), proof.other), (3, None));
//! assert!(verify_non_membership(&root, &13u8, &proof));
//!
//! let proof = prove_key(&map, &4);
//! assert!(proof.siblings.len() == 1 && proof.other.is_some());
//! assert!(verify_non_membership(&root, &4u8, &proof));
//! assert!(!verify_non_membership(&root, &3u8, &proof), "key 3 is in the map");
//! ```

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::encoding::Bounded;
use super::hash::{Digest, sha256, tagged_hash, tags};

/// The first byte of what is hashed for a leaf.
const LEAF: [u8; 1] = [0x02];
/// The first byte of what is hashed for a branch. It differs from [`LEAF`], or an attacker could
/// present a branch as the leaf of another key, and so deny every key below it. Both differ from
/// the bytes of the [list commitment](super::merkle), so that no node of one kind of tree is a node
/// of the other.
const BRANCH: [u8; 1] = [0x03];

/// One entry of a map as the trie stores it, with both parts hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct MapLeaf {
    /// The key hash `kh = H("key", key)`.
    pub key_hash: Digest,
    /// The value hash `H("value", value)`.
    pub value_hash: Digest,
}

impl MapLeaf {
    /// The leaf of an entry.
    pub fn of<K: BorshSerialize, V: BorshSerialize>(key: &K, value: &V) -> Self {
        Self { key_hash: hash_key(key), value_hash: tagged_hash(tags::VALUE, value) }
    }

    /// The hash of the leaf: `SHA-256(0x02 ‖ key_hash ‖ value_hash)`.
    pub fn hash(&self) -> Digest {
        sha256(&[&LEAF, &self.key_hash.0, &self.value_hash.0])
    }
}

/// The proof of what a map contains for a key. A membership proof consists of the siblings on the
/// path. A non-membership proof also shows, in `other`, what is in the place of the key: nothing,
/// or the leaf of another key.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct MapProof {
    /// The siblings on the path, from the child of the root downwards. There are as many as the
    /// leaf is deep.
    pub siblings: Bounded<Digest, 256>,
    /// The leaf of another key that shares the path. Only proofs of non-membership have one.
    pub other: Option<MapLeaf>,
}

/// The key hash `kh = H("key", key)`.
pub fn hash_key<K: BorshSerialize>(key: &K) -> Digest {
    tagged_hash(tags::KEY, key)
}

/// The hash of a branch: `SHA-256(0x03 ‖ left ‖ right)`.
pub(super) fn hash_branch(left: &Digest, right: &Digest) -> Digest {
    sha256(&[&BRANCH, &left.0, &right.0])
}

/// The root of a map.
///
/// **CRY-MAP-01** (MUST) \[own] The map commitment is the trie above; it depends only on the
/// entries, not on the order in which they were inserted.
pub fn map_root<K: BorshSerialize, V: BorshSerialize>(map: &BTreeMap<K, V>) -> Digest {
    root_at(0, &sorted_leaves(map))
}

/// The proof of what `map` contains for `key`: a membership proof if it contains the key, otherwise
/// a non-membership proof.
pub fn prove_key<K: BorshSerialize, V: BorshSerialize>(map: &BTreeMap<K, V>, key: &K) -> MapProof {
    let key_hash = hash_key(key);
    let all = sorted_leaves(map);
    let (mut leaves, mut siblings) = (all.as_slice(), Vec::new());
    let mut depth = 0u16;
    while leaves.len() > 1 {
        let (zero, one) = split_at_bit(depth, leaves);
        let (same, sibling) = if key_hash.bit(depth) { (one, zero) } else { (zero, one) };
        depth = depth.saturating_add(1);
        siblings.push(root_at(depth, sibling));
        leaves = same;
    }
    let other = leaves.first().filter(|leaf| leaf.key_hash != key_hash).copied();
    // Distinct SHA-256 hashes differ within 256 bits, so the siblings always fit.
    MapProof { siblings: Bounded::try_from(siblings).unwrap_or(Bounded::empty()), other }
}

/// Returns whether `proof` shows that the map with this `root` has `value` for `key`.
///
/// **CRY-MAP-02** (MUST) \[own] A proof that carries another leaf is not a proof of membership.
/// Otherwise one statement would have several valid proofs with different bytes.
pub fn verify_membership<K: BorshSerialize, V: BorshSerialize>(
    root: &Digest,
    key: &K,
    value: &V,
    proof: &MapProof,
) -> bool {
    let leaf = MapLeaf::of(key, value);
    proof.other.is_none() && fold(&leaf.key_hash, leaf.hash(), &proof.siblings) == *root
}

/// Returns whether `proof` shows that the map with this `root` does not contain `key`.
///
/// **CRY-MAP-03** (MUST) \[own] The other leaf must be of another key and share the path with this
/// key. Otherwise an attacker could deny a key that the map contains by showing the key's own leaf.
pub fn verify_non_membership<K: BorshSerialize>(root: &Digest, key: &K, proof: &MapProof) -> bool {
    let key_hash = hash_key(key);
    let found = match &proof.other {
        None => Digest::ZERO,
        Some(leaf) => {
            let mut path = (0u16..).zip(proof.siblings.iter());
            let shares_path = path.all(|(d, _)| leaf.key_hash.bit(d) == key_hash.bit(d));
            if leaf.key_hash == key_hash || !shares_path {
                return false;
            }
            leaf.hash()
        }
    };
    fold(&key_hash, found, &proof.siblings) == *root
}

/// The root above a node at depth `siblings.len()` on the path of `key_hash`.
fn fold(key_hash: &Digest, node: Digest, siblings: &[Digest]) -> Digest {
    let path: Vec<(u16, &Digest)> = (0u16..).zip(siblings).collect();
    path.into_iter().rev().fold(node, |node, (depth, sibling)| {
        if key_hash.bit(depth) { hash_branch(sibling, &node) } else { hash_branch(&node, sibling) }
    })
}

/// The definition of the root. The `leaves` have distinct key hashes, share their first `depth`
/// bits, and are sorted by key hash.
fn root_at(depth: u16, leaves: &[MapLeaf]) -> Digest {
    match leaves {
        [] => Digest::ZERO,
        [leaf] => leaf.hash(),
        _ => {
            let (zero, one) = split_at_bit(depth, leaves);
            let below = depth.saturating_add(1);
            hash_branch(&root_at(below, zero), &root_at(below, one))
        }
    }
}

/// The leaves with bit 0 at `depth`, and those with bit 1. `middle` is never beyond the end.
fn split_at_bit(depth: u16, leaves: &[MapLeaf]) -> (&[MapLeaf], &[MapLeaf]) {
    let middle = leaves.partition_point(|leaf| !leaf.key_hash.bit(depth));
    leaves.split_at_checked(middle).unwrap_or((leaves, &[]))
}

pub(super) fn sorted_leaves<K: BorshSerialize, V: BorshSerialize>(
    map: &BTreeMap<K, V>,
) -> Vec<MapLeaf> {
    let mut leaves: Vec<MapLeaf> = map.iter().map(|(key, value)| MapLeaf::of(key, value)).collect();
    leaves.sort_unstable_by_key(|leaf| leaf.key_hash);
    leaves
}
