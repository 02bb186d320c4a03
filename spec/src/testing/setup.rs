//! The error of the test kit, and values that are derived from labels.

use std::fmt;

use crate::Rejection;
use crate::ledger::{OutPoint, TxId};
use crate::primitives::ed25519::KeyPair;
use crate::primitives::hash::{Digest, sha256};

/// Why a test setting cannot be built. If a test gets this error, the test itself is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupError(pub String);

impl fmt::Display for SetupError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for SetupError {}

impl From<Rejection> for SetupError {
    fn from(rejection: Rejection) -> Self {
        Self(rejection.to_string())
    }
}

/// The result of building a part of the setting. It is an error if the specification refuses what
/// is built, if a list is longer than its bound, or if a named shard, proof or owner does not
/// exist.
pub type Setup<T> = Result<T, SetupError>;

/// The key pair that is derived from a role and a number.
pub fn key_pair(role: &str, number: u32) -> KeyPair {
    KeyPair::from_seed(&sha256(&[role.as_bytes(), &number.to_le_bytes()]).0)
}

/// A digest that depends on a label and nothing else.
pub fn digest(label: &str) -> Digest {
    sha256(&[label.as_bytes()])
}

/// An outpoint that no transaction created. `place` decides its position in the order of outpoints.
pub fn outpoint(place: u8, index: u32) -> OutPoint {
    OutPoint { txid: TxId(Digest([place; 32])), index }
}
