//! The codecs of §1: proofs, rosters, votes, certificates.

use ioschain_spec::primitives::certificate::{Roster, ValidatorVote};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::map_commitment::{MapLeaf, MapProof};
use ioschain_spec::primitives::merkle::InclusionProof;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};

use super::codec::values;
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
    values! { "encoding.inclusion_proof":
        "empty-path" "the proof for the only leaf of a list" => only;
        "two-siblings" broken "an inclusion proof with two siblings" => inclusion_proof(2)?;
        "full-path" "an inclusion proof with 32 siblings, the most" => largest;
    }
}

fn map_proofs() -> Result<[VectorFile; 2], CaseError> {
    let other = MapLeaf { key_hash: digest("key hash"), value_hash: digest("value hash") };
    let siblings = |count| -> Result<_, CaseError> {
        let siblings: Vec<Digest> =
            (0..count).map(|depth| digest(&format!("branch {depth}"))).collect();
        Ok(siblings.try_into()?)
    };
    let full = Repeat::new(&256u32.to_le_bytes(), &digest("branch").0, 256, &[0]);
    let full = &[("full-siblings", "a map proof with 256 siblings, the most", full)];
    values! { "encoding.map_proof", full:
        "empty" "a map proof without anything" => MapProof { siblings: siblings(0)?, other: None };
        "membership" broken "a map proof with three siblings and no other leaf" =>
            MapProof { siblings: siblings(3)?, other: None };
        "other-leaf" broken "a map proof with one sibling and another leaf" =>
            MapProof { siblings: siblings(1)?, other: Some(other) };
    }
}

fn rosters() -> Result<[VectorFile; 2], CaseError> {
    values! { "encoding.roster":
        "empty" "a roster of nobody" => Roster::new([])?;
        "one" "a roster of one validator" => roster(0, 1)?;
        "four" broken "a roster of four validators" => roster(0, 4)?;
        "nine" "a roster of nine validators" => roster(0, 9)?;
    }
}

fn certificates() -> Result<[VectorFile; 2], CaseError> {
    let full = [&512u32.to_le_bytes()[..], &[]].concat();
    let full = Repeat::new(&full, &[0xff], 512, &0u32.to_le_bytes());
    let full = &[("full-bitmap", "a certificate with a bitmap of 512 bytes, the most", full)];
    values! { "encoding.quorum_certificate", full:
        "empty" "a certificate without signers" => certificate(&[], 0)?;
        "three-of-four" broken "a certificate of three of four validators" =>
            certificate(&[0b0111], 3)?;
        "two-bytes" "a certificate with a bitmap of two bytes" => certificate(&[0xfe, 0x01], 2)?;
    }
}

fn votes() -> Result<[VectorFile; 2], CaseError> {
    let vote = ValidatorVote {
        chain_id: digest("chain"),
        shard: Shard(0x0102),
        epoch: Epoch(0x1112_1314_1516_1718),
        height: Height(0x2122_2324_2526_2728),
        value: digest("value"),
    };
    let least = ValidatorVote {
        chain_id: Digest::ZERO,
        shard: Shard(0),
        epoch: Epoch(0),
        height: Height(0),
        value: Digest::ZERO,
    };
    let most = ValidatorVote {
        shard: Shard(u16::MAX),
        epoch: Epoch(u64::MAX),
        height: Height(u64::MAX),
        ..vote.clone()
    };
    values! { "encoding.validator_vote":
        "distinct" broken "a vote whose integers have eight different bytes" => vote;
        "least" "a vote with zero in every field" => least;
        "most" "a vote with the largest integers" => most;
    }
}
