//! The list commitment (CRY-LIST-01, CRY-LIST-02), against the published vectors of Certificate
//! Transparency, against ct-merkle, and against the algorithms of RFC 9162 written another way.

mod support;

use ct_merkle::RootHash;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ioschain_spec::primitives::encoding::{Bounded, encode};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::merkle::{
    InclusionProof, list_root, list_root_of, prove_every_inclusion, prove_inclusion,
    verify_inclusion,
};
use quickcheck::quickcheck;
use sha2::Sha256;
use support::sha256;

/// Leaves that all differ, of various lengths.
fn leaves(count: u32) -> Vec<Vec<u8>> {
    (0..count).map(|number| number.to_be_bytes().repeat(number as usize % 20 + 1)).collect()
}

fn hash_leaf(leaf: &[u8]) -> Digest {
    Digest(sha256(&[&[0], leaf]))
}

fn hash_node(left: &Digest, right: &Digest) -> Digest {
    Digest(sha256(&[&[1], &left.0, &right.0]))
}

/// The Merkle tree hash from the leaves up: pairs are joined, and an odd node goes up as it is.
fn root_bottom_up(leaves: &[Vec<u8>]) -> Digest {
    let mut level: Vec<Digest> = leaves.iter().map(|leaf| hash_leaf(leaf)).collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => hash_node(left, right),
                single => single[0],
            })
            .collect();
    }
    level.first().copied().unwrap_or(Digest(sha256(&[])))
}

/// The root that a proof leads to by RFC 9162 §2.1.3.2, step by step as the RFC writes it.
fn root_step_by_step(leaf: &[u8], proof: &InclusionProof) -> Option<Digest> {
    if proof.index >= proof.size {
        return None;
    }
    let (mut first, mut last) = (proof.index, proof.size - 1);
    let mut node = hash_leaf(leaf);
    for sibling in &proof.path {
        if last == 0 {
            return None;
        }
        if first & 1 == 1 || first == last {
            node = hash_node(sibling, &node);
            while first & 1 == 0 && first != 0 {
                (first, last) = (first >> 1, last >> 1);
            }
        } else {
            node = hash_node(&node, sibling);
        }
        (first, last) = (first >> 1, last >> 1);
    }
    (last == 0).then_some(node)
}

/// The answer of the specification, which must be that of the RFC's algorithm.
fn answer(root: &Digest, leaf: &[u8], proof: &InclusionProof) -> bool {
    let verified = verify_inclusion(root, leaf, proof);
    assert_eq!(verified, root_step_by_step(leaf, proof) == Some(*root), "{proof:?}");
    verified
}

fn with_path(proof: &InclusionProof, path: Vec<Digest>) -> InclusionProof {
    InclusionProof { path: Bounded::try_from(path).unwrap(), ..proof.clone() }
}

// --- Published vectors ------------------------------------------------------------------------

/// The leaves and roots of Certificate Transparency's test data (transparency-dev/merkle,
/// `testonly/constants.go`: `LeafInputs`, `RootHashes`).
const PUBLISHED_LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const PUBLISHED_ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
/// Index, size and path, from the same project (`testonly/reference_test.go`).
const PUBLISHED_PATHS: [(u32, usize, &[&str]); 6] = [
    (0, 1, &[]),
    (0, 2, &["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"]),
    (1, 2, &["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"]),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
];

fn published_leaves() -> Vec<Vec<u8>> {
    PUBLISHED_LEAVES.map(|leaf| hex::decode(leaf).unwrap()).to_vec()
}

#[test]
fn the_published_roots_hold() {
    for (size, root) in PUBLISHED_ROOTS.iter().enumerate() {
        assert_eq!(hex::encode(list_root(&published_leaves()[..size]).0), *root, "size {size}");
    }
}

#[test]
fn the_published_paths_hold() {
    for (index, size, path) in PUBLISHED_PATHS {
        let leaves = &published_leaves()[..size];
        let proof = prove_inclusion(leaves, index).unwrap();
        let found: Vec<String> = proof.path.iter().map(|sibling| hex::encode(sibling.0)).collect();
        assert_eq!(found, path, "leaf {index} of {size}");
        assert!(answer(&list_root(leaves), &leaves[index as usize], &proof));
    }
}

// --- The definition, and ct-merkle ------------------------------------------------------------

#[test]
fn small_lists_have_the_roots_that_the_definition_gives() {
    let [a, b, c] = [b"a", b"b", b"c"].map(|leaf| hash_leaf(leaf));
    assert_eq!(list_root::<&[u8]>(&[]), Digest(sha256(&[])));
    assert_eq!(list_root(&["a"]), a);
    assert_eq!(list_root(&["a", "b"]), hash_node(&a, &b));
    assert_eq!(list_root(&["a", "b", "c"]), hash_node(&hash_node(&a, &b), &c));
}

fn ct_tree(leaves: &[Vec<u8>]) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    leaves.iter().for_each(|leaf| tree.push(leaf.clone()));
    tree
}

/// Roots and proofs are those of ct-merkle, and each side accepts the other's proofs.
fn assert_agrees_with_ct_merkle(leaves: &[Vec<u8>]) {
    let (tree, root) = (ct_tree(leaves), list_root(leaves));
    assert_eq!(root.0, **tree.root().as_bytes(), "{} leaves", leaves.len());
    assert_eq!(root, root_bottom_up(leaves));
    let size = u32::try_from(leaves.len()).unwrap();
    for (index, leaf) in (0..size).zip(leaves) {
        let proof = prove_inclusion(leaves, index).unwrap();
        assert_eq!((proof.index, proof.size), (index, size));
        let theirs = tree.prove_inclusion(index as usize);
        let path: Vec<u8> = proof.path.iter().flat_map(|sibling| sibling.0).collect();
        assert_eq!(path, theirs.as_bytes());
        assert!(answer(&root, leaf, &proof));
        let their_root = RootHash::<Sha256>::new(root.0.into(), u64::from(size));
        assert!(their_root.verify_inclusion(leaf, u64::from(index), &theirs).is_ok());
    }
}

#[test]
fn roots_and_proofs_are_those_of_ct_merkle_for_sizes_up_to_40() {
    for size in 0..=40 {
        assert_agrees_with_ct_merkle(&leaves(size));
    }
}

quickcheck! {
    fn roots_and_proofs_are_those_of_ct_merkle_for_arbitrary_lists(leaves: Vec<Vec<u8>>) -> bool {
        assert_agrees_with_ct_merkle(&leaves);
        true
    }

    fn lists_have_the_same_root_only_if_they_are_the_same(
        one: Vec<Vec<u8>>, other: Vec<Vec<u8>>
    ) -> bool {
        (list_root(&one) == list_root(&other)) == (one == other)
    }

    fn the_root_of_values_is_the_root_of_their_encodings(values: Vec<(u64, Vec<u8>)>) -> bool {
        let encoded: Vec<Vec<u8>> = values.iter().map(encode).collect();
        list_root_of(&values) == list_root(&encoded)
    }

    /// Also for lists that nobody has: exactly one length of path fits an index and a size, and
    /// what such a path leads to is what the RFC's algorithm says.
    fn arbitrary_proofs_are_answered_as_rfc_9162_says(
        index: u32, size: u32, small: bool, sibling: [u8; 32], leaf: Vec<u8>
    ) -> bool {
        let (index, size) = if small { (index % 64, size % 64) } else { (index, size) };
        let fitting = (0..=32u8).filter(|length| {
            let path = (0..*length).map(|number| Digest(sha256(&[&sibling, &[number]]))).collect();
            let proof = with_path(&InclusionProof { index, size, path: Bounded::empty() }, path);
            let root = root_step_by_step(&leaf, &proof);
            let other = Digest(sibling);
            !answer(&other, &leaf, &proof) && root.is_some_and(|root| answer(&root, &leaf, &proof))
        });
        fitting.count() == usize::from(index < size)
    }
}

#[test]
fn the_proofs_of_all_leaves_at_once_are_the_proofs_of_each() {
    for size in 0..=70 {
        let leaves = leaves(size);
        let (root, proofs) = prove_every_inclusion(&leaves);
        assert_eq!(root, list_root(&leaves));
        let each: Vec<_> =
            (0..size).map(|index| prove_inclusion(&leaves, index).unwrap()).collect();
        assert_eq!(proofs, each);
    }
}

#[test]
fn there_is_no_proof_of_a_leaf_beyond_the_end() {
    assert_eq!(prove_inclusion::<Vec<u8>>(&[], 0), None);
    for size in 1..20 {
        for index in [size, size + 1, u32::MAX] {
            assert_eq!(prove_inclusion(&leaves(size), index), None);
        }
    }
}

// --- What must not verify ---------------------------------------------------------------------

/// Every (root, leaf, proof) of the lists of up to 20 leaves.
fn for_every_proof(check: impl Fn(&[Vec<u8>], &Digest, &[u8], &InclusionProof)) {
    for size in 1..=20 {
        let leaves = leaves(size);
        let (root, proofs) = prove_every_inclusion(&leaves);
        for (leaf, proof) in leaves.iter().zip(&proofs) {
            assert!(answer(&root, leaf, proof));
            check(&leaves, &root, leaf, proof);
        }
    }
}

#[test]
fn a_proof_is_of_its_own_leaf_alone() {
    for_every_proof(|leaves, root, leaf, proof| {
        for other in leaves.iter().filter(|other| *other != leaf) {
            assert!(!answer(root, other, proof));
        }
        assert!(!answer(root, &[leaf, &[0][..]].concat(), proof));
        assert!(!answer(root, b"", proof));
    });
}

#[test]
fn a_proof_is_for_its_own_root_alone() {
    for_every_proof(|leaves, root, leaf, proof| {
        for shorter in 0..leaves.len() {
            assert!(!answer(&list_root(&leaves[..shorter]), leaf, proof));
        }
        let mut changed = *root;
        changed.0[31] ^= 1;
        assert!(!answer(&changed, leaf, proof));
        assert!(!answer(&Digest::ZERO, leaf, proof));
    });
}

#[test]
fn no_other_index_of_the_same_list_is_accepted() {
    for_every_proof(|leaves, root, leaf, proof| {
        let size = u32::try_from(leaves.len()).unwrap();
        for index in (0..size + 3).chain([u32::MAX]).filter(|index| *index != proof.index) {
            assert!(!answer(root, leaf, &InclusionProof { index, ..proof.clone() }));
        }
    });
}

#[test]
fn a_path_with_a_sibling_changed_missing_or_added_is_refused() {
    for_every_proof(|_, root, leaf, proof| {
        let path = proof.path.to_vec();
        for place in 0..path.len() {
            let mut changed = path.clone();
            changed[place].0[0] ^= 0x80;
            assert!(!answer(root, leaf, &with_path(proof, changed)));
            let mut shorter = path.clone();
            shorter.remove(place);
            assert!(!answer(root, leaf, &with_path(proof, shorter)));
        }
        for place in 0..=path.len() {
            for added in [Digest::ZERO, *root, hash_leaf(leaf)] {
                let mut longer = path.clone();
                longer.insert(place, added);
                assert!(!answer(root, leaf, &with_path(proof, longer)));
            }
        }
    });
}

#[test]
fn a_size_that_needs_a_path_of_another_length_is_refused() {
    for_every_proof(|_, root, leaf, proof| {
        let needed = |size: u32| prove_inclusion(&leaves(size), proof.index).map(|p| p.path.len());
        for size in 0..=40 {
            if needed(size) != Some(proof.path.len()) {
                assert!(!answer(root, leaf, &InclusionProof { size, ..proof.clone() }));
            }
        }
        assert!(!answer(root, leaf, &InclusionProof { size: u32::MAX, ..proof.clone() }));
    });
}

/// Known limit, as in RFC 9162: the root does not contain the size. An index and a size that turn
/// left and right at the same heights pass as well, so a proof says *that* a leaf is in the list
/// and not *where*; and one fact has several valid proofs.
#[test]
fn known_limit_a_proof_shows_membership_and_not_position_or_size() {
    let leaves = leaves(5);
    let root = list_root(&leaves);
    let proof = prove_inclusion(&leaves, 0).unwrap();
    for size in [5, 6, 7, 8] {
        assert!(answer(&root, &leaves[0], &InclusionProof { size, ..proof.clone() }));
    }
    let last = prove_inclusion(&leaves, 4).unwrap();
    for (index, size) in [(4, 5), (2, 3), (1, 2)] {
        assert!(answer(&root, &leaves[4], &InclusionProof { index, size, ..last.clone() }));
    }
}

#[test]
fn repeating_the_end_of_a_list_changes_its_root() {
    // CVE-2012-2459: where an odd node is paired with itself, it does not.
    for size in 1..=40 {
        let list = leaves(size);
        let root = list_root(&list);
        for repeated in 1..=list.len() {
            let longer = [&list[..], &list[list.len() - repeated..]].concat();
            assert_ne!(list_root(&longer), root, "the last {repeated} of {size}");
        }
    }
}

#[test]
fn an_inner_node_cannot_pose_as_a_leaf() {
    for size in 2..=20 {
        let leaves = leaves(size);
        let root = list_root(&leaves);
        let middle = leaves.len().next_power_of_two() / 2;
        let halves = [list_root(&leaves[..middle]).0, list_root(&leaves[middle..]).0].concat();
        assert_eq!(root, Digest(sha256(&[&[1], &halves])));
        assert_ne!(list_root(&[&halves]), root);
        let proof = InclusionProof { index: 0, size: 1, path: Bounded::empty() };
        assert!(!answer(&root, &halves, &proof));
    }
}
