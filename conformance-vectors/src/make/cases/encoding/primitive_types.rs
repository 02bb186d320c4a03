//! The codecs of §1: proofs, rosters, votes, certificates.

use ioschain_spec::primitives::certificate::{QuorumCertificate, Roster, ValidatorVote};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::map_commitment::{MapLeaf, MapProof};
use ioschain_spec::primitives::merkle::InclusionProof;

use super::codec::{broken, honest, suites};
use super::values::{certificate, inclusion_proof, roster};
use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;
use crate::make::cases::world::digest;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let suites = [inclusion_proofs()?, map_proofs()?, rosters()?, certificates()?, votes()?];
    Ok(suites.into_iter().flatten().collect())
}

fn inclusion_proofs() -> Result<[VectorFile; 2], CaseError> {
    let only = InclusionProof { index: 0, size: 1, ..inclusion_proof(0)? };
    let largest = InclusionProof { index: u32::MAX - 1, size: u32::MAX, ..inclusion_proof(32)? };
    suites(
        "encoding.inclusion_proof",
        &[
            honest("empty-path", "the proof for the only leaf of a list", only),
            broken("two-siblings", "an inclusion proof with two siblings", inclusion_proof(2)?),
            honest("full-path", "an inclusion proof with 32 siblings, the most", largest),
        ],
        &[],
    )
}

fn map_proofs() -> Result<[VectorFile; 2], CaseError> {
    let other = MapLeaf { key_hash: digest("key hash"), value_hash: digest("value hash") };
    let siblings = |count| -> Result<_, CaseError> {
        let siblings: Vec<Digest> =
            (0..count).map(|depth| digest(&format!("branch {depth}"))).collect();
        Ok(siblings.try_into()?)
    };
    let full = Repeat::new(&256u32.to_le_bytes(), &digest("branch").0, 256, &[0]);
    suites(
        "encoding.map_proof",
        &[
            honest(
                "empty",
                "a map proof without anything",
                MapProof { siblings: siblings(0)?, other: None },
            ),
            broken(
                "membership",
                "a map proof with three siblings and no other leaf",
                MapProof { siblings: siblings(3)?, other: None },
            ),
            broken(
                "other-leaf",
                "a map proof with one sibling and another leaf",
                MapProof { siblings: siblings(1)?, other: Some(other) },
            ),
        ],
        &[("full-siblings", "a map proof with 256 siblings, the most", full)],
    )
}

fn rosters() -> Result<[VectorFile; 2], CaseError> {
    suites(
        "encoding.roster",
        &[
            honest("empty", "a roster of nobody", Roster::new([])?),
            honest("one", "a roster of one validator", roster(0, 1)?),
            broken("four", "a roster of four validators", roster(0, 4)?),
            honest("nine", "a roster of nine validators", roster(0, 9)?),
        ],
        &[],
    )
}

fn certificates() -> Result<[VectorFile; 2], CaseError> {
    let full = [&512u32.to_le_bytes()[..], &[]].concat();
    let full = Repeat::new(&full, &[0xff], 512, &0u32.to_le_bytes());
    suites::<QuorumCertificate>(
        "encoding.quorum_certificate",
        &[
            honest("empty", "a certificate without signers", certificate(&[], 0)?),
            broken(
                "three-of-four",
                "a certificate of three of four validators",
                certificate(&[0b0111], 3)?,
            ),
            honest(
                "two-bytes",
                "a certificate with a bitmap of two bytes",
                certificate(&[0xfe, 0x01], 2)?,
            ),
        ],
        &[("full-bitmap", "a certificate with a bitmap of 512 bytes, the most", full)],
    )
}

fn votes() -> Result<[VectorFile; 2], CaseError> {
    let vote = ValidatorVote {
        chain_id: digest("chain"),
        shard: 0x0102,
        epoch: 0x1112_1314_1516_1718,
        height: 0x2122_2324_2526_2728,
        value: digest("value"),
    };
    let least = ValidatorVote {
        chain_id: Digest::ZERO,
        shard: 0,
        epoch: 0,
        height: 0,
        value: Digest::ZERO,
    };
    let most = ValidatorVote { shard: u16::MAX, epoch: u64::MAX, height: u64::MAX, ..vote.clone() };
    suites(
        "encoding.validator_vote",
        &[
            broken("distinct", "a vote whose integers have eight different bytes", vote),
            honest("least", "a vote with zero in every field", least),
            honest("most", "a vote with the largest integers", most),
        ],
        &[],
    )
}
