//! The map commitment with every subtree's hash kept: the fast path beside
//! [`super::map_commitment`], whose roots it must equal.
//!
//! Nodes are shared and never change. An update makes new nodes along the changed paths and leaves
//! the old trie whole, so a block can be tried and thrown away, and its cost follows the number of
//! changes and not the size of the map.

use std::collections::BTreeMap;
use std::sync::Arc;

use borsh::BorshSerialize;

use super::hash::{Digest, tagged_hash, tags};
use super::map_commitment::{MapLeaf, hash_branch, hash_key, sorted_leaves};

/// A map's trie with its hashes. Cloning is free.
#[derive(Clone, Debug, Default)]
pub struct CachedMapCommitment {
    trie: Trie,
}

/// What happens to one key: `None` removes it.
type Change = (Digest, Option<Digest>);

#[derive(Clone, Debug, Default)]
enum Trie {
    #[default]
    Empty,
    Leaf(MapLeaf),
    Branch(Arc<Branch>),
}

#[derive(Debug)]
struct Branch {
    hash: Digest,
    children: (Trie, Trie),
}

impl CachedMapCommitment {
    /// The trie of a whole map.
    pub fn of<K: BorshSerialize, V: BorshSerialize>(map: &BTreeMap<K, V>) -> Self {
        let insertions: Vec<Change> = sorted_leaves(map)
            .into_iter()
            .map(|leaf| (leaf.key_hash, Some(leaf.value_hash)))
            .collect();
        Self { trie: Trie::Empty.updated(0, &insertions) }
    }

    /// The trie after `changes`, where a key's new value is `None` when the key goes.
    ///
    /// # Examples
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use ioschain_spec::primitives::map_commitment::map_root;
    /// use ioschain_spec::primitives::map_commitment_cached::CachedMapCommitment;
    ///
    /// let before = BTreeMap::from([(1u32, "one"), (2, "two")]);
    /// let changes = BTreeMap::from([(2, None), (3, Some("three"))]);
    /// let after = BTreeMap::from([(1u32, "one"), (3, "three")]);
    /// assert_eq!(CachedMapCommitment::of(&before).updated(&changes).root(), map_root(&after));
    /// ```
    pub fn updated<K: BorshSerialize, V: BorshSerialize>(
        &self,
        changes: &BTreeMap<K, Option<V>>,
    ) -> Self {
        let mut hashed: Vec<Change> = changes
            .iter()
            .map(|(key, value)| {
                let value_hash = value.as_ref().map(|value| tagged_hash(tags::VALUE, value));
                (hash_key(key), value_hash)
            })
            .collect();
        hashed.sort_unstable();
        Self { trie: self.trie.updated(0, &hashed) }
    }

    /// The root; equal to [`super::map_commitment::map_root`] of the same entries.
    pub fn root(&self) -> Digest {
        self.trie.hash()
    }
}

impl Trie {
    fn hash(&self) -> Digest {
        match self {
            Self::Empty => Digest::ZERO,
            Self::Leaf(leaf) => leaf.hash(),
            Self::Branch(branch) => branch.hash,
        }
    }

    /// `changes` are sorted by key hash and share the first `depth` bits with this place.
    fn updated(&self, depth: u16, changes: &[Change]) -> Self {
        match (self, changes) {
            (_, []) => self.clone(),
            (Self::Branch(branch), _) => {
                branch_of(depth, &branch.children.0, &branch.children.1, changes)
            }
            (Self::Leaf(leaf), [change]) if change.0 == leaf.key_hash => leaf_of(change),
            (Self::Empty, [change]) => leaf_of(change),
            (Self::Empty, _) => branch_of(depth, &Self::Empty, &Self::Empty, changes),
            (Self::Leaf(leaf), _) => {
                let (zero, one) = match leaf.key_hash.bit(depth) {
                    false => (self, &Self::Empty),
                    true => (&Self::Empty, self),
                };
                branch_of(depth, zero, one, changes)
            }
        }
    }
}

fn leaf_of((key_hash, value_hash): &Change) -> Trie {
    match value_hash {
        None => Trie::Empty,
        Some(value_hash) => Trie::Leaf(MapLeaf { key_hash: *key_hash, value_hash: *value_hash }),
    }
}

/// A branch holds at least two entries; with fewer it collapses to what it holds.
fn branch_of(depth: u16, zero: &Trie, one: &Trie, changes: &[Change]) -> Trie {
    let middle = changes.partition_point(|(key_hash, _)| !key_hash.bit(depth));
    let (to_zero, to_one) = changes.split_at_checked(middle).unwrap_or((changes, &[]));
    let below = depth.saturating_add(1);
    let children = (zero.updated(below, to_zero), one.updated(below, to_one));
    match children {
        (Trie::Empty, only @ (Trie::Empty | Trie::Leaf(_)))
        | (only @ Trie::Leaf(_), Trie::Empty) => only,
        _ => {
            let hash = hash_branch(&children.0.hash(), &children.1.hash());
            Trie::Branch(Arc::new(Branch { hash, children }))
        }
    }
}
