//! A transcript as a file: JSON with the facts that it is judged by in plain sight, and the
//! transcript in its canonical encoding, in hex.

use ioschain_spec::primitives::numbers::{Epoch, Height};
use std::collections::BTreeSet;

use ioschain_spec::Rejection;
use ioschain_spec::drp::checks::Report;
use ioschain_spec::drp::messages::Transcript;
use ioschain_spec::drp::verifier::{list_checks, verify_transcript};
use ioschain_spec::drp::{EpochContext, EpochEnvironment, LogPosition, Specification};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::PublicKey;
use ioschain_spec::primitives::encoding::{decode, encode};
use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeys};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::vrf::VrfPublicKey;
use ioschain_spec::suite::Normative;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What every file says first.
const FORMAT: &str = "ioschain drp transcript 1";

/// A file as it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranscriptFile {
    format: String,
    /// The facts of the identity log.
    pub epoch: EpochFacts,
    /// Borsh, in hex.
    transcript: String,
}

/// What a third party must know besides the transcript. Numbers of 64 bits are decimal strings,
/// bytes are hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochFacts {
    chain_id: Bytes32,
    epoch: String,
    randomness_before: Bytes32,
    /// In the order of their names.
    validators: Vec<KeyFacts>,
    /// Names of those who may not lead.
    convicted: Vec<Bytes32>,
    group_size: u16,
    lottery_heights: String,
    opened_height: String,
    opened_head: Bytes32,
}

/// A validator's public keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFacts {
    signing: Bytes32,
    lottery: Bytes32,
    group: Bytes32,
}

/// 32 bytes in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Bytes32(#[serde(with = "hex::serde")] [u8; 32]);

/// Why a file cannot be judged.
#[derive(Debug, Error)]
pub enum FileError {
    /// It is no JSON object of this shape.
    #[error("it is not a transcript file: {0}; `ioschain drp run --transcript-out F` writes one")]
    Json(#[from] serde_json::Error),
    /// It is no JSON object of the facts' shape.
    #[error("it is not a file of facts: {0}; `ioschain drp run --facts-out F` writes one")]
    Facts(serde_json::Error),
    /// It is of another format or version.
    #[error("its format is `{0}`, and only `{FORMAT}` is understood")]
    Format(String),
    /// A number is none.
    #[error("`{field}` is `{value}`, and must be a number of 64 bits in decimal")]
    Number {
        /// Of which field.
        field: &'static str,
        /// What stands there.
        value: String,
    },
    /// The transcript is not hex.
    #[error("`transcript` is not hex: {0}")]
    Hex(#[from] hex::FromHexError),
    /// It is hex of something else.
    #[error(
        "`transcript` has {bytes} bytes and does not decode: {rejection}; it is cut off or was changed"
    )]
    Encoding {
        /// How many bytes there are.
        bytes: usize,
        /// Why they do not decode.
        rejection: Rejection,
    },
    /// Too many validators, or not each once in the order of their names.
    #[error(
        "`validators` cannot be those of an epoch: at most 4,096, each once, in the order of their names ({0})"
    )]
    Validators(Rejection),
}

/// A transcript with what it is judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The facts.
    pub epoch: EpochContext,
    /// The transcript.
    pub transcript: Transcript<CollectiveSignature>,
}

impl TranscriptFile {
    /// The file of a transcript.
    pub fn of(epoch: &EpochContext, transcript: &Transcript<CollectiveSignature>) -> Self {
        let transcript = hex::encode(encode(transcript));
        Self { format: FORMAT.to_owned(), epoch: EpochFacts::of(epoch), transcript }
    }

    /// As it is written, with a newline at the end.
    ///
    /// # Errors
    /// None that is known: every field has a JSON form.
    pub fn to_json(&self) -> Result<String, FileError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// What stands in a file.
    ///
    /// # Errors
    /// The first thing that makes it unusable.
    pub fn parse(text: &[u8]) -> Result<Judged, FileError> {
        let Self { format, epoch, transcript } = serde_json::from_slice(text)?;
        if format != FORMAT {
            return Err(FileError::Format(format));
        }
        let bytes = hex::decode(transcript)?;
        let transcript = decode(&bytes)
            .map_err(|rejection| FileError::Encoding { bytes: bytes.len(), rejection })?;
        Ok(Judged { epoch: epoch.to_epoch()?, transcript })
    }
}

impl EpochFacts {
    fn of(epoch: &EpochContext) -> Self {
        let names = epoch.configuration.node_ids();
        let keys = names.filter_map(|name| epoch.configuration.keys_of(&name).copied());
        let validators = keys.map(|ValidatorKeys { signing, lottery, group }| KeyFacts {
            signing: Bytes32(signing.0),
            lottery: Bytes32(lottery.0),
            group: Bytes32(group.0),
        });
        Self {
            chain_id: Bytes32(epoch.chain_id.0),
            epoch: epoch.number.to_string(),
            randomness_before: Bytes32(epoch.randomness_before.0),
            validators: validators.collect(),
            convicted: epoch.convicted.iter().map(|name| Bytes32(name.0.0)).collect(),
            group_size: epoch.group_size,
            lottery_heights: epoch.lottery_heights.to_string(),
            opened_height: epoch.opened.height.to_string(),
            opened_head: Bytes32(epoch.opened.head.0),
        }
    }

    /// The epoch that a file of facts is about.
    ///
    /// # Errors
    /// The first thing that makes it unusable.
    pub fn parse(text: &[u8]) -> Result<EpochContext, FileError> {
        let facts: Self = serde_json::from_slice(text).map_err(FileError::Facts)?;
        facts.to_epoch()
    }

    /// As they are written, with a newline at the end.
    ///
    /// # Errors
    /// None that is known: every field has a JSON form.
    pub fn to_json(&self) -> Result<String, FileError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    fn to_epoch(&self) -> Result<EpochContext, FileError> {
        let number = |field, value: &String| {
            value.parse::<u64>().map_err(|_| FileError::Number { field, value: value.clone() })
        };
        let keys =
            self.validators.iter().map(|KeyFacts { signing, lottery, group }| ValidatorKeys {
                signing: PublicKey(signing.0),
                lottery: VrfPublicKey(lottery.0),
                group: EncodedElement(group.0),
            });
        let keys: Vec<ValidatorKeys> = keys.collect();
        if !keys.is_sorted_by(|one, next| one.node_id() < next.node_id()) {
            return Err(FileError::Validators(Rejection::EncMalformed));
        }
        let convicted: BTreeSet<NodeId> =
            self.convicted.iter().map(|name| NodeId(Digest(name.0))).collect();
        Ok(EpochContext {
            chain_id: Digest(self.chain_id.0),
            number: Epoch(number("epoch", &self.epoch)?),
            randomness_before: Digest(self.randomness_before.0),
            configuration: Roster::new(keys).map_err(FileError::Validators)?,
            convicted,
            group_size: self.group_size,
            lottery_heights: number("lottery_heights", &self.lottery_heights)?,
            opened: LogPosition {
                height: Height(number("opened_height", &self.opened_height)?),
                head: Digest(self.opened_head.0),
            },
        })
    }

    /// A name for these facts, to compare with those of somebody who was there: the SHA-256 of
    /// their JSON.
    ///
    /// # Errors
    /// None that is known: every field has a JSON form.
    pub fn fingerprint(&self) -> Result<Digest, FileError> {
        Ok(sha256(&[&serde_json::to_vec(self)?]))
    }
}

/// Verifies a transcript with the specification's own rules and nothing remembered.
///
/// # Errors
/// Of the first check that fails.
pub fn verify(
    epoch: &EpochContext,
    transcript: &Transcript<CollectiveSignature>,
) -> Result<Digest, Rejection> {
    verify_transcript(&environment(epoch), transcript)
}

/// Every check up to the first that fails.
pub fn checks(epoch: &EpochContext, transcript: &Transcript<CollectiveSignature>) -> Report {
    list_checks(&environment(epoch), transcript)
}

fn environment(epoch: &EpochContext) -> EpochEnvironment<'_, Ristretto255, Normative> {
    EpochEnvironment { rules: &Specification, suite: &Normative, epoch }
}
