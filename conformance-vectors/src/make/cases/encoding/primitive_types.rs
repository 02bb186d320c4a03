//! The codecs of §1: proofs, rosters, votes, certificates.

use ioschain_spec::primitives::certificate::{Roster, ValidatorVote};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::map_commitment::{MapLeaf, MapProof};
use ioschain_spec::primitives::merkle::InclusionProof;
use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};

use super::codec::codecs;
use super::values::{certificate, inclusion_proof, roster};
use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::support::CaseError;
use crate::make::cases::world::digest;

fn map_proof(siblings: u32, other: Option<MapLeaf>) -> Result<MapProof, CaseError> {
    let siblings: Vec<Digest> =
        (0..siblings).map(|depth| digest(&format!("branch {depth}"))).collect();
    Ok(MapProof { siblings: siblings.try_into()?, other })
}

fn vote() -> ValidatorVote {
    ValidatorVote {
        chain_id: digest("chain"),
        shard: Shard(0x0102),
        epoch: Epoch(0x1112_1314_1516_1718),
        height: Height(0x2122_2324_2526_2728),
        value: digest("value"),
    }
}

/// What validators sign and prove is hashed as it is encoded: a codec with fields in another order,
/// or with other lengths, signs something else.
pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    codecs! {
        "encoding.inclusion_proof" => {
            "empty-path" "the proof for the only leaf of a list" =>
                InclusionProof { index: 0, size: 1, ..inclusion_proof(0)? };
            "two-siblings" broken "an inclusion proof with two siblings" => inclusion_proof(2)?;
            "full-path" "an inclusion proof with 32 siblings, the most" =>
                InclusionProof { index: u32::MAX - 1, size: u32::MAX, ..inclusion_proof(32)? };
        }
        "encoding.map_proof" => {
            let other = MapLeaf { key_hash: digest("key hash"), value_hash: digest("value hash") };
            "empty" "a map proof without siblings and without another leaf" => map_proof(0, None)?;
            "membership" broken "a map proof with three siblings and no other leaf" =>
                map_proof(3, None)?;
            "other-leaf" broken "a map proof with one sibling and another leaf" =>
                map_proof(1, Some(other))?;
            full "full-siblings" "a map proof with 256 siblings, the most" =>
                Repeat::new(&256u32.to_le_bytes(), &digest("branch").0, 256, &[0]);
        }
        "encoding.roster" => {
            "empty" "an empty roster" => Roster::new([])?;
            "one" "a roster of one validator" => roster(0, 1)?;
            "four" broken "a roster of four validators" => roster(0, 4)?;
            "nine" "a roster of nine validators" => roster(0, 9)?;
        }
        "encoding.quorum_certificate" => {
            "empty" "a certificate without signers" => certificate(&[], 0)?;
            "three-of-four" broken "a certificate by three of four validators" =>
                certificate(&[0b0111], 3)?;
            "two-bytes" "a certificate with a bitmap of two bytes" =>
                certificate(&[0xfe, 0x01], 2)?;
            full "full-bitmap" "a certificate with a bitmap of 512 bytes, the most" =>
                Repeat::new(&512u32.to_le_bytes(), &[0xff], 512, &0u32.to_le_bytes());
        }
        "encoding.validator_vote" => {
            let nothing = Digest::ZERO;
            "distinct" broken "a vote whose integers have eight different bytes" => vote();
            "least" "a vote with zero in every field" =>
                ValidatorVote { chain_id: nothing, shard: Shard(0), epoch: Epoch(0), height: Height(0), value: nothing };
            "most" "a vote with the largest integers" =>
                ValidatorVote { shard: Shard(u16::MAX), epoch: Epoch(u64::MAX), height: Height(u64::MAX), ..vote() };
        }
    }
}
