//! List commitment: the Merkle tree of RFC 6962 §2.1.
//!
//! A leaf is `SHA-256(0x00 ‖ x)`, an inner node is `SHA-256(0x01 ‖ left ‖ right)`, and the root of
//! the empty list is `SHA-256("")`. An odd node is never duplicated. Duplication would give two
//! different lists the same root (CVE-2012-2459).
//!
//! ```text
//!                 root                       the proof for leaf b:
//!               /      \                       index 1, size 3,
//!       hash(a, b)      hash(c)                path [hash(a), hash(c)]
//!       /        \
//!  hash(a)      hash(b)
//! ```

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use super::encoding::Bounded;
use super::hash::{Digest, sha256, sha256_of};

/// The first byte of what is hashed for a leaf.
const LEAF: [u8; 1] = [0x00];
/// The first byte of what is hashed for an inner node. It differs from [`LEAF`], or an attacker
/// could present an inner node as a leaf of the list.
const NODE: [u8; 1] = [0x01];

/// The proof that a leaf is in a list of `size` leaves. It proves membership, but neither position
/// nor size, because several pairs of index and size can share a path. A caller that needs the
/// position or the size must know it from another source. Origin: RFC 6962 §2.1.1.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct InclusionProof {
    /// The index of the leaf, counted from 0.
    pub index: u32,
    /// The number of leaves in the list.
    pub size: u32,
    /// The siblings on the path, from the leaf's sibling up to a child of the root.
    pub path: Bounded<Digest, 32>,
}

/// The root of a list of byte strings.
///
/// **CRY-LIST-01** (MUST) [RFC 6962 §2.1] The list commitment is the Merkle tree hash.
pub fn list_root<L: AsRef<[u8]>>(leaves: &[L]) -> Digest {
    root_over(&hash_leaves(leaves))
}

/// The root of a list of values. Each value is encoded as one leaf.
pub fn list_root_of<T: BorshSerialize>(values: impl IntoIterator<Item = T>) -> Digest {
    let hashes: Vec<Digest> = values.into_iter().map(|value| sha256_of(&[&LEAF], &value)).collect();
    root_over(&hashes)
}

/// The definition of the root, over the hashes of the leaves.
fn root_over(hashes: &[Digest]) -> Digest {
    match hashes {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = split(hashes);
            hash_node(&root_over(left), &root_over(right))
        }
    }
}

/// The proof that leaf `index` is in the list. It is `None` if the list has no such leaf.
pub fn prove_inclusion<L: AsRef<[u8]>>(leaves: &[L], index: u32) -> Option<InclusionProof> {
    let size = u32::try_from(leaves.len()).ok()?;
    let position = usize::try_from(index).ok()?;
    if index >= size {
        return None;
    }
    let path = Bounded::try_from(audit_path(&hash_leaves(leaves), position)).ok()?;
    Some(InclusionProof { index, size, path })
}

/// Fast path: computes the root and the proof of every leaf, in order, at the cost of one tree. The
/// results equal [`list_root`] and [`prove_inclusion`] for each index.
pub fn prove_every_inclusion<L: AsRef<[u8]>>(leaves: &[L]) -> (Digest, Vec<InclusionProof>) {
    let (root, paths) = root_and_paths(&hash_leaves(leaves));
    let size = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
    let proofs = (0u32..)
        .zip(paths)
        .filter_map(|(index, path)| {
            let path = Bounded::try_from(path).ok()?;
            Some(InclusionProof { index, size, path })
        })
        .collect();
    (root, proofs)
}

fn root_and_paths(hashes: &[Digest]) -> (Digest, Vec<Vec<Digest>>) {
    match hashes {
        [] => (root_over(hashes), Vec::new()),
        [leaf] => (*leaf, vec![Vec::new()]),
        _ => {
            let (left, right) = split(hashes);
            let (left_root, mut paths) = root_and_paths(left);
            let (right_root, mut right_paths) = root_and_paths(right);
            paths.iter_mut().for_each(|path| path.push(right_root));
            right_paths.iter_mut().for_each(|path| path.push(left_root));
            paths.append(&mut right_paths);
            (hash_node(&left_root, &right_root), paths)
        }
    }
}

/// Returns whether `proof` shows that `leaf` is in the list with this `root`.
///
/// **CRY-LIST-02** (MUST) [RFC 9162 §2.1.3.2] A path of the wrong length for its index and size
/// proves nothing. Otherwise a proof could carry hashes that nothing checks.
///
/// # Examples
/// ```
/// use ioschain_spec::primitives::merkle::{list_root, prove_inclusion, verify_inclusion};
///
/// let leaves = ["apple", "pear", "plum"];
/// let root = list_root(&leaves);
/// let proof = prove_inclusion(&leaves, 1).ok_or("the list has no leaf 1")?;
/// assert!(verify_inclusion(&root, b"pear", &proof));
/// assert!(!verify_inclusion(&root, b"peach", &proof));
/// # Ok::<(), &str>(())
/// ```
pub fn verify_inclusion(root: &Digest, leaf: &[u8], proof: &InclusionProof) -> bool {
    root_from_path(hash_leaf(leaf), proof.index, proof.size, &proof.path) == Some(*root)
}

/// The root that follows from the leaf hash `node`. The function follows the recursion of
/// [`root_over`] downwards.
fn root_from_path(node: Digest, index: u32, size: u32, path: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    if size == 1 {
        return path.is_empty().then_some(node);
    }
    let (sibling, below) = path.split_last()?;
    let left_size = largest_power_of_two_below(size);
    if index < left_size {
        let left = root_from_path(node, index, left_size, below)?;
        Some(hash_node(&left, sibling))
    } else {
        let (index, size) = (index.checked_sub(left_size)?, size.checked_sub(left_size)?);
        let right = root_from_path(node, index, size, below)?;
        Some(hash_node(sibling, &right))
    }
}

fn audit_path(hashes: &[Digest], index: usize) -> Vec<Digest> {
    if hashes.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = split(hashes);
    let (mut path, sibling) = match index.checked_sub(left.len()) {
        None => (audit_path(left, index), root_over(right)),
        Some(index) => (audit_path(right, index), root_over(left)),
    };
    path.push(sibling);
    path
}

/// Splits the list as the tree does: the left subtree is the largest complete one that leaves at
/// least one leaf for the right subtree.
fn split(hashes: &[Digest]) -> (&[Digest], &[Digest]) {
    let size = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
    let middle = usize::try_from(largest_power_of_two_below(size)).unwrap_or(usize::MAX);
    hashes.split_at_checked(middle).unwrap_or((hashes, &[]))
}

/// The largest power of two below `size`, for `size` ≥ 2. RFC 6962 calls it `k`.
fn largest_power_of_two_below(size: u32) -> u32 {
    1u32.checked_shl(size.saturating_sub(1).checked_ilog2().unwrap_or(0)).unwrap_or(1)
}

fn hash_leaves<L: AsRef<[u8]>>(leaves: &[L]) -> Vec<Digest> {
    leaves.iter().map(|leaf| hash_leaf(leaf.as_ref())).collect()
}

fn hash_leaf(leaf: &[u8]) -> Digest {
    sha256(&[&LEAF, leaf])
}

fn hash_node(left: &Digest, right: &Digest) -> Digest {
    sha256(&[&NODE, &left.0, &right.0])
}
