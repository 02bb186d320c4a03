//! The map commitment with stored subtree hashes. This is the fast path beside
//! [`super::map_commitment`], and its roots must be equal to those of that module.
//!
//! Nodes are shared and never change. An update creates new nodes along the changed paths and
//! leaves the old trie intact. A block can therefore be tried and dropped, and its cost depends on
//! the number of changes and not on the size of the map.

use std::collections::BTreeMap;
use std::sync::Arc;

use borsh::BorshSerialize;

use super::hash::{Digest, tagged_hash, tags};
use super::map_commitment::{MapLeaf, hash_branch, hash_key, sorted_leaves};

/// The trie of a map, with the hash of every node. Cloning it copies no nodes.
#[derive(Clone, Debug, Default)]
pub struct CachedMapCommitment {
    trie: Trie,
}

/// The change of one key: the key hash and the new value hash, where `None` removes the key.
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

    /// The trie after `changes`. A new value of `None` removes the key.
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

    /// The root, which equals [`super::map_commitment::map_root`] of the same entries.
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

    /// Applies `changes`, which are sorted by key hash and share the first `depth` bits with this
    /// subtree.
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

/// The node above two subtrees after `changes`. A branch has at least two entries. With fewer
/// entries it is replaced by its only leaf, or by the empty subtree.
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
