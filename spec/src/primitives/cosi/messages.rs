//! The four messages of a session: Open, Nonce, Challenge, Response.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::primitives::certificate::Signers;
use crate::primitives::group::{EncodedElement, EncodedScalar};
use crate::primitives::hash::Digest;

/// The leader asks all validators for nonces.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Open {
    /// The message M that is to be signed.
    pub message: Digest,
    /// The attempt a, counted from 0.
    pub attempt: u32,
}

/// A signer sends the leader the commitments to its two nonces.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Nonce {
    /// The message M.
    pub message: Digest,
    /// The attempt a.
    pub attempt: u32,
    /// The commitments Dᵢ and Fᵢ to the nonces dᵢ and fᵢ.
    pub commitments: [EncodedElement; 2],
}

/// The leader asks the signers that it names for responses.
#[derive(Clone, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Challenge {
    /// The message M.
    pub message: Digest,
    /// The attempt a.
    pub attempt: u32,
    /// The signers P.
    pub signers: Signers,
    /// The sums D and F of the commitments of all signers in P.
    pub commitments: [EncodedElement; 2],
}

/// A signer sends the leader its part of the signature.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize, BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Response {
    /// The message M.
    pub message: Digest,
    /// The attempt a.
    pub attempt: u32,
    /// The response zᵢ.
    pub response: EncodedScalar,
}
