//! A transcript as a file in JSON. The file has the facts with which the transcript is verified as
//! readable fields, and the transcript itself in its canonical encoding, in hex.

use std::collections::BTreeSet;

use ioschain_model::words::count;
use ioschain_spec::Rejection;
use ioschain_spec::drp::messages::Transcript;
use ioschain_spec::drp::report::Report;
use ioschain_spec::drp::verifier::{list_checks, verify_transcript};
use ioschain_spec::drp::{EpochContext, EpochEnvironment, LogPosition, Specification};
use ioschain_spec::primitives::certificate::Roster;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::PublicKey;
use ioschain_spec::primitives::encoding::{decode, encode};
use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeys};
use ioschain_spec::primitives::numbers::{Epoch, Height};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::vrf::VrfPublicKey;
use ioschain_spec::suite::Normative;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of the format, with its version. It is the first field of every file.
const FORMAT: &str = "ioschain drp transcript 1";

/// The contents of a transcript file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranscriptFile {
    format: String,
    /// The facts that a third party knows from the identity log.
    pub epoch: EpochFacts,
    /// The Borsh encoding of the transcript, in hex.
    transcript: String,
}

/// The facts that a third party must know besides the transcript. Numbers of 64 bits are decimal
/// strings, and bytes are hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochFacts {
    chain_id: Bytes32,
    epoch: String,
    randomness_before: Bytes32,
    /// The keys of the validators, in the order of the validators' names.
    validators: Vec<KeyFacts>,
    /// The names of the validators that may not lead.
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

/// A value of 32 bytes, which is written in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Bytes32(#[serde(with = "hex::serde")] [u8; 32]);

/// The reason why a file cannot be verified.
#[derive(Debug, Error)]
pub enum FileError {
    /// The file is not a JSON object with the fields of a transcript file.
    #[error("it is not a transcript file: {0}; `ioschain drp run --transcript-out F` writes one")]
    Json(#[from] serde_json::Error),
    /// The file is not a JSON object with the fields of a file of facts.
    #[error("it is not a file of facts: {0}; `ioschain drp run --facts-out F` writes one")]
    Facts(serde_json::Error),
    /// The file has another format or version.
    #[error("its format is `{0}`, and only `{FORMAT}` is understood")]
    Format(String),
    /// A field must be a number and is not.
    #[error("`{field}` is `{value}`, and must be a number of 64 bits in decimal")]
    Number {
        /// The name of the field.
        field: &'static str,
        /// The value of the field.
        value: String,
    },
    /// The transcript is not written in hex.
    #[error("`transcript` is not hex: {0}")]
    Hex(#[from] hex::FromHexError),
    /// The bytes of the transcript do not decode to a transcript.
    #[error(
        "`transcript` has {} and does not decode: {rejection}; it is cut off or was changed",
        count(.bytes, "byte")
    )]
    Encoding {
        /// The number of bytes.
        bytes: usize,
        /// The reason why they do not decode.
        rejection: Rejection,
    },
    /// There are too many validators, or they are not in the order of their names, each once.
    #[error(
        "`validators` cannot be those of an epoch: at most 4,096, each once, in the order of their names ({0})"
    )]
    Validators(Rejection),
}

/// A transcript with the facts with which it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The facts about the epoch.
    pub epoch: EpochContext,
    /// The transcript that is to be verified.
    pub transcript: Transcript<CollectiveSignature>,
}

impl TranscriptFile {
    /// Makes the file of a transcript and the facts about its epoch.
    pub fn of(epoch: &EpochContext, transcript: &Transcript<CollectiveSignature>) -> Self {
        let transcript = hex::encode(encode(transcript));
        Self { format: FORMAT.to_owned(), epoch: EpochFacts::of(epoch), transcript }
    }

    /// The text of the file, which ends with a newline.
    ///
    /// # Errors
    /// No error is known, because every field has a JSON form.
    pub fn to_json(&self) -> Result<String, FileError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads a transcript file.
    ///
    /// # Errors
    /// The first fault that is found in the file.
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

    /// Reads a file of facts.
    ///
    /// # Errors
    /// The first fault that is found in the file.
    pub fn parse(text: &[u8]) -> Result<EpochContext, FileError> {
        let facts: Self = serde_json::from_slice(text).map_err(FileError::Facts)?;
        facts.to_epoch()
    }

    /// The text of a file of facts, which ends with a newline.
    ///
    /// # Errors
    /// No error is known, because every field has a JSON form.
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

    /// The SHA-256 of the JSON of these facts. A third party can compare it with that of a
    /// validator which took part in the epoch.
    ///
    /// # Errors
    /// No error is known, because every field has a JSON form.
    pub fn fingerprint(&self) -> Result<Digest, FileError> {
        Ok(sha256(&[&serde_json::to_vec(self)?]))
    }
}

/// Verifies a transcript with the specification's own rules, without the memory of a run.
///
/// # Errors
/// The rejection of the first check that fails.
pub fn verify(
    epoch: &EpochContext,
    transcript: &Transcript<CollectiveSignature>,
) -> Result<Digest, Rejection> {
    verify_transcript(&environment(epoch), transcript)
}

/// The outcomes of all checks, up to and including the first that fails.
pub fn checks(epoch: &EpochContext, transcript: &Transcript<CollectiveSignature>) -> Report {
    list_checks(&environment(epoch), transcript)
}

fn environment(epoch: &EpochContext) -> EpochEnvironment<'_, Ristretto255, Normative> {
    EpochEnvironment { rules: &Specification, suite: &Normative, epoch }
}
