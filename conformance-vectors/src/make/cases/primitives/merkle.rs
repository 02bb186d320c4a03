//! The list commitment: roots, proofs, and proofs that are none.

use std::fmt::Display;

use serde_json::{Value, json};

use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::merkle::{InclusionProof, list_root, prove_inclusion};

use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Change, case_table, changed};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

const ROOT: &[&str] = &["CRY-LIST-01"];
const PROOF: &[&str] = &["CRY-LIST-01", "CRY-LIST-02"];

/// The leaves and roots that Certificate Transparency logs are tested with
/// (google/certificate-transparency, `merkletree/merkle_tree_test.cc`): the root of the first n.
const TRANSPARENCY_LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const TRANSPARENCY_ROOTS: [&str; 9] = [
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

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        known_roots()?,
        roots()?,
        proofs()?,
        honest_inclusion()?,
        false_inclusion()?,
        forged_inclusion()?,
    ])
}

/// Leaves of different lengths from 0 to 32, the first of them empty; 33 leaves have every length.
fn leaves(count: u32) -> Vec<Vec<u8>> {
    let length = |number: u32| (number as usize * 7) % 33;
    (0..count)
        .map(|number| {
            digest(&format!("leaf {number}")).0.into_iter().take(length(number)).collect()
        })
        .collect()
}

fn leaves_json(leaves: &[Vec<u8>]) -> Value {
    leaves.iter().map(hex::encode).collect()
}

fn hash_leaf(leaf: &[u8]) -> Digest {
    sha256(&[&[0], leaf])
}

fn hash_node(left: &Digest, right: &Digest) -> Digest {
    sha256(&[&[1], &left.0, &right.0])
}

/// A tree without the prefixes of leaves and nodes, or with odd nodes duplicated, has other roots.
fn known_roots() -> Result<VectorFile, CaseError> {
    let doc = "The roots of the Certificate Transparency test lists.";
    let mut suite = SuiteWriter::new("primitives.merkle_root", "certificate-transparency", doc)?;
    for (size, root) in TRANSPARENCY_ROOTS.iter().enumerate() {
        let of_size = leaf_count(size);
        let doc = format!(
            "Given the first {of_size} of the Certificate Transparency tests, when the list is \
             committed to, then the root is the published one."
        );
        let input = json!({ "leaves": &TRANSPARENCY_LEAVES[..size] });
        let intent = Intent::Exactly(json!({ "root": root }));
        suite.add(&format!("first-{size}"), ROOT, &doc, input, intent)?;
    }
    Ok(suite.finish())
}

/// A number of leaves, in words.
fn leaf_count(count: impl Display) -> String {
    match count.to_string().as_str() {
        "1" => "1 leaf".to_owned(),
        other => format!("{other} leaves"),
    }
}

/// A tree in which two of these lists have one root lets a block be replaced by another.
fn roots() -> Result<VectorFile, CaseError> {
    let doc = "Roots of lists of many sizes, and of lists that must have different roots.";
    let mut suite = SuiteWriter::new("primitives.merkle_root", "roots", doc)?;
    for size in (0..=9).chain([16, 17, 33]) {
        let of_size = leaf_count(size);
        let doc =
            format!("Given a list of {of_size}, when it is committed to, then this is the root.");
        let input = json!({ "leaves": leaves_json(&leaves(size)) });
        suite.add(&format!("size-{size}"), ROOT, &doc, input, Intent::Ok)?;
    }
    let (three, six) = (leaves(3), leaves(6));
    let swapped = vec![three[1].clone(), three[0].clone(), three[2].clone()];
    let as_leaf = [hash_leaf(&three[0]).0, hash_leaf(&three[1]).0].concat();
    let prefixed = [&[1], &as_leaf[..]].concat();
    let lists = case_table! {
        "swapped", "three leaves with the first two swapped" => swapped;
        "last-twice", "three leaves with the last one repeated (CVE-2012-2459)"
            => [&three[..], &three[2..]].concat();
        "last-pair-twice", "six leaves with the last two repeated (CVE-2012-2459)"
            => [&six[..], &six[4..]].concat();
        "equal", "four equal leaves" => vec![b"same".to_vec(); 4];
        "one-empty", "one empty leaf, which differs from the empty list" => vec![vec![]];
        "node-as-leaf", "one leaf that consists of the hashes of two leaves" => vec![as_leaf];
        "prefixed-node-as-leaf", "one leaf that consists of the bytes that are hashed for a node" => vec![prefixed];
    };
    for (slug, what, list) in lists {
        let doc = format!(
            "Given a list of {what}, when it is committed to, then its root differs from those of \
             the other lists."
        );
        suite.add(slug, ROOT, &doc, json!({ "leaves": leaves_json(list) }), Intent::Ok)?;
    }
    let long = [Repeat::new(&[], &[0xa5], 10_000, &[]).to_value(), json!("00")];
    let doc = "Given a list of a leaf of 10,000 bytes and a leaf of one byte, when it is committed \
               to, then this is the root.";
    suite.add("long", ROOT, doc, json!({ "leaves": long }), Intent::Ok)?;
    Ok(suite.finish())
}

/// Sizes and the positions in them for which proofs are made.
const PLACES: [(u32, &[u32]); 13] = [
    (1, &[0]),
    (2, &[0, 1]),
    (3, &[0, 1, 2]),
    (4, &[0, 3]),
    (5, &[0, 3, 4]),
    (6, &[4, 5]),
    (7, &[2, 5, 6]),
    (8, &[0, 5, 7]),
    (9, &[7, 8]),
    (10, &[9]),
    (16, &[15]),
    (17, &[0, 16]),
    (33, &[31, 32]),
];

/// A prover that adds a sibling where a node has none, or writes siblings from the root downwards,
/// answers otherwise.
fn proofs() -> Result<VectorFile, CaseError> {
    let doc = "Inclusion proofs, and positions without a leaf.";
    let mut suite = SuiteWriter::new("primitives.merkle_prove", "proofs", doc)?;
    for (size, places) in PLACES {
        for index in places {
            let of_size = leaf_count(size);
            let doc = format!(
                "Given a list of {of_size}, when a proof for leaf {index} is made, then it \
                 contains these siblings."
            );
            let input = json!({ "leaves": leaves_json(&leaves(size)), "index": index });
            suite.add(&format!("{index}-of-{size}"), ROOT, &doc, input, Intent::Ok)?;
        }
    }
    for (size, index) in [(0, 0), (1, 1), (3, 3), (8, 8), (3, u32::MAX)] {
        let of_size = leaf_count(size);
        let doc = format!(
            "Given a list of {of_size}, when a proof for leaf {index} is requested, then there is \
             none."
        );
        let input = json!({ "leaves": leaves_json(&leaves(size)), "index": index });
        let none = Intent::Exactly(json!({ "proof": null }));
        suite.add(&format!("no-{index}-of-{size}"), PROOF, &doc, input, none)?.refused_by_value();
    }
    Ok(suite.finish())
}

/// What `merkle_inclusion` is asked.
#[derive(Clone)]
struct Claim {
    root: Digest,
    leaf: Vec<u8>,
    index: u32,
    size: u32,
    path: Vec<Digest>,
}

impl Claim {
    /// That leaf `index` is among [`leaves`] of `size`, with its honest proof.
    fn honest(size: u32, index: u32) -> Self {
        Self::among(&leaves(size), index)
    }

    fn among(leaves: &[Vec<u8>], index: u32) -> Self {
        let path = prove_inclusion(leaves, index).map(|proof| proof.path.into_vec());
        let leaf = leaves.get(index as usize).cloned().unwrap_or_default();
        let (root, size) = (list_root(leaves), leaves.len() as u32);
        Self { root, leaf, index, size, path: path.unwrap_or_default() }
    }

    /// The node above leaf and sibling for the leaf, hashed or not, in a list half as long.
    fn climb(&mut self, prefix: &[u8]) {
        let sibling = self.path.remove(0);
        self.leaf = [prefix, &hash_leaf(&self.leaf).0, &sibling.0].concat();
        self.size /= 2;
    }

    /// With a sibling that the leaf does not have, in a list of four.
    fn place_beside(&mut self, sibling: Digest) {
        self.path.insert(0, sibling);
        self.size = 4;
    }

    fn last_sibling(&mut self) -> &mut Digest {
        let last = self.path.len() - 1;
        &mut self.path[last]
    }

    fn input(&self) -> Result<Value, CaseError> {
        let path = self.path.clone().try_into()?;
        let proof = InclusionProof { index: self.index, size: self.size, path };
        Ok(json!({
            "root": hex::encode(self.root.0),
            "leaf": hex::encode(&self.leaf),
            "proof": to_json(&proof)?,
        }))
    }
}

/// Adds a claim about a proof, which holds or does not hold.
fn add(
    suite: &mut SuiteWriter,
    slug: &str,
    what: &str,
    claim: &Claim,
    holds: bool,
) -> Result<(), CaseError> {
    let verdict = if holds { "is valid" } else { "is not valid" };
    let doc = format!("Given {what}, when it is verified, then it {verdict}.");
    suite.add(slug, PROOF, &doc, claim.input()?, Intent::Valid(holds))?;
    Ok(())
}

/// A verifier that takes the size as a part of the commitment refuses the proofs under another
/// size.
fn honest_inclusion() -> Result<VectorFile, CaseError> {
    let doc = "Valid proofs. A proof shows that a leaf is in the list; it does not show the leaf's \
               position.";
    let mut suite = SuiteWriter::new("primitives.merkle_inclusion", "honest", doc)?;
    for (size, places) in PLACES {
        for index in places {
            let what = format!("the proof for leaf {index} of {size}");
            let claim = Claim::honest(size, *index);
            add(&mut suite, &format!("{index}-of-{size}"), &what, &claim, true)?;
        }
    }
    // The same siblings on the same sides: a proof does not show more of the size.
    for (size, index, claimed) in [(7, 2, 8), (8, 5, 7), (6, 0, 8), (5, 3, 7)] {
        let what = format!(
            "the proof for leaf {index} of {size} with the size {claimed}, which requires the same \
             siblings on the same sides"
        );
        let claim = Claim { size: claimed, ..Claim::honest(size, index) };
        add(&mut suite, &format!("{index}-of-{size}-as-{claimed}"), &what, &claim, true)?;
    }
    // A list may hold the same leaf twice.
    let three = leaves(3);
    let four = [&three[..], &three[2..]].concat();
    for index in [2, 3] {
        let doc = format!(
            "Given a list whose last two leaves are equal, when the proof for leaf {index} is \
             verified, then it is valid."
        );
        let input = Claim::among(&four, index).input()?;
        suite.add(&format!("twin-{index}"), PROOF, &doc, input, Intent::Valid(true))?;
    }
    Ok(suite.finish())
}

// --- One thing changed ------------------------------------------------------------------------

/// A verifier that does not compare leaf and root, or does not bound the index, accepts one of
/// these.
const CHANGES: &[Change<Claim>] = case_table! {
    "other-leaf", "and another leaf" => |claim| claim.leaf = b"another".to_vec();
    "longer-leaf", "and the leaf with an additional byte" => |claim| claim.leaf.push(0);
    "other-root", "and the root with one bit flipped" => |claim| claim.root.0[31] ^= 1;
    "longer-list", "and the root of a list with an additional leaf"
        => |claim| claim.root = list_root(&leaves(claim.size + 1));
    "index-is-size", "with the size as its index" => |claim| claim.index = claim.size;
    "index-largest", "with the largest index" => |claim| claim.index = u32::MAX;
    "size-zero", "with the size 0" => |claim| claim.size = 0;
    "one-more", "with an additional sibling next to the root" => |claim| claim.path.push(Digest::ZERO);
    "one-before", "with an additional sibling next to the leaf"
        => |claim| claim.path.insert(0, Digest::ZERO);
};

/// A verifier that stops when the siblings run out accepts a node for a root. These need a sibling.
const WITH_A_SIBLING: &[Change<Claim>] = case_table! {
    "size-is-index", "with the index as its size" => |claim| claim.size = claim.index;
    "no-path", "without siblings" => |claim| claim.path.clear();
    "first-changed", "with a bit flipped in the first sibling"
        => |claim| claim.path[0].0[0] ^= 0x80;
};

/// A verifier that folds siblings in another order, or skips one, accepts these. They need two.
const WITH_TWO_SIBLINGS: &[Change<Claim>] = case_table! {
    "first-missing", "without the first sibling" => |claim| { claim.path.remove(0); };
    "last-missing", "without the last sibling" => |claim| { claim.path.pop(); };
    "last-changed", "with a bit flipped in the last sibling"
        => |claim| claim.last_sibling().0[31] ^= 1;
    "reversed", "with its siblings in reverse order" => |claim| claim.path.reverse();
    "last-twice", "with its last sibling repeated" => |claim| {
        let last = *claim.last_sibling();
        claim.path.push(last);
    };
};

/// Sizes and indices that change the number of siblings, or the sides that they are on: size,
/// index, and the number that is claimed instead.
const OTHER_SIZES: [(u32, u32, u32); 8] =
    [(1, 0, 2), (2, 1, 3), (2, 0, 1), (3, 2, 4), (5, 4, 6), (8, 5, 9), (8, 5, 6), (4, 1, 5)];
const OTHER_INDICES: [(u32, u32, u32); 6] =
    [(8, 5, 4), (8, 5, 7), (8, 5, 1), (7, 6, 2), (4, 3, 2), (5, 4, 0)];

fn false_inclusion() -> Result<VectorFile, CaseError> {
    let doc = "Honest proofs with one change each.";
    let mut suite = SuiteWriter::new("primitives.merkle_inclusion", "changed", doc)?;
    for (size, index) in [(1, 0), (2, 1), (3, 2), (5, 4), (7, 2), (8, 5)] {
        let honest = Claim::honest(size, index);
        let tables = [CHANGES, WITH_A_SIBLING, WITH_TWO_SIBLINGS];
        let tables = &tables[..=honest.path.len().min(2)];
        for (slug, change, claim) in changed(&honest, tables) {
            let what = format!("the proof for leaf {index} of {size} {change}");
            add(&mut suite, &format!("{index}-of-{size}-{slug}"), &what, &claim, false)?;
        }
    }
    for (size, index, claimed) in OTHER_SIZES {
        let what = format!("the proof for leaf {index} of {size} with the size {claimed}");
        let claim = Claim { size: claimed, ..Claim::honest(size, index) };
        add(&mut suite, &format!("{index}-of-{size}-as-{claimed}"), &what, &claim, false)?;
    }
    for (size, index, claimed) in OTHER_INDICES {
        let what = format!("the proof for leaf {index} of {size} with the index {claimed}");
        let claim = Claim { index: claimed, ..Claim::honest(size, index) };
        add(&mut suite, &format!("{index}-of-{size}-at-{claimed}"), &what, &claim, false)?;
    }
    Ok(suite.finish())
}

// --- Forgeries --------------------------------------------------------------------------------

/// A tree that hashes leaves and nodes alike takes the node above a leaf, or the root, for a leaf.
/// The claims are about the first of four leaves.
const NODES_AS_LEAVES: &[Change<Claim>] = case_table! {
    "pair-as-leaf", "the two leaf hashes below a node of a list of four, as a leaf of a list of \
                     two" => |claim| claim.climb(&[]);
    "node-as-leaf", "the bytes that are hashed for a node of a list of four, as a leaf of a list \
                     of two"
        => |claim| claim.climb(&[1]);
    "leaf-as-node", "the bytes that are hashed for a leaf, as a leaf" => |claim| claim.leaf.insert(0, 0);
    "hash-as-leaf", "the hash of a leaf, as a leaf"
        => |claim| claim.leaf = hash_leaf(&claim.leaf).0.to_vec();
    "root-as-leaf", "the root of a list, as its only leaf" => |claim| {
        (claim.leaf, claim.size) = (claim.root.0.to_vec(), 1);
        claim.path.clear();
    };
    "children-as-leaf", "the two hashes below the root, as the only leaf" => |claim| {
        let left = hash_node(&hash_leaf(&claim.leaf), &claim.path[0]);
        (claim.leaf, claim.size) = ([left.0, claim.path[1].0].concat(), 1);
        claim.path.clear();
    };
};

/// A tree that duplicates odd nodes (CVE-2012-2459), or fills up with nothing, takes the last of
/// three leaves for one of four.
const LAST_OF_FOUR: &[Change<Claim>] = case_table! {
    "last-duplicated", "the last of three leaves as a fourth leaf, with itself as its sibling \
                        (CVE-2012-2459)"
        => |claim| {
            claim.index = 3;
            claim.place_beside(hash_leaf(&claim.leaf));
        };
    "last-beside-itself",
        "the last of three leaves as the third of four, with itself as its sibling (CVE-2012-2459)"
        => |claim| claim.place_beside(hash_leaf(&claim.leaf));
    "last-with-empty", "the last of three leaves with a sibling of zeros"
        => |claim| claim.place_beside(Digest::ZERO);
};

/// A tree with a special case for the empty list takes nothing for a leaf.
const NOTHING: &[Change<Claim>] = case_table! {
    "in-the-empty-list", "an empty leaf in the empty list" => |_| ();
    "only-leaf-of-the-empty-list", "an empty leaf as the only leaf, under the root of the empty \
                                    list"
        => |claim| claim.size = 1;
    "under-zero", "an empty leaf as the only leaf, under a root of zeros"
        => |claim| (claim.root, claim.size) = (Digest::ZERO, 1);
};

fn forged_inclusion() -> Result<VectorFile, CaseError> {
    let doc = "Proofs that other Merkle trees would accept.";
    let mut suite = SuiteWriter::new("primitives.merkle_inclusion", "forged", doc)?;
    let families = [
        (Claim::honest(4, 0), NODES_AS_LEAVES),
        (Claim::honest(3, 2), LAST_OF_FOUR),
        (Claim::honest(0, 0), NOTHING),
    ];
    for (honest, table) in families {
        for (slug, what, claim) in changed(&honest, &[table]) {
            let doc = format!("Given {what}, when the proof is verified, then it is not valid.");
            suite.add(slug, PROOF, &doc, claim.input()?, Intent::Valid(false))?;
        }
    }
    Ok(suite.finish())
}
