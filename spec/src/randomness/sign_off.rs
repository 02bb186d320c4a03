//! The collective signature of a statement, as this section uses it: a mask of signers, and a signature
//! that shows that all of them signed. How they make it together is a protocol of its own; the machines here
//! say when a validator agrees to a statement, and are told the signature.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::primitives::certificate::ROSTER_MAX;
use crate::primitives::encoding::{Bounded, Wire};
use crate::primitives::hash::Digest;
use crate::primitives::keys::NodeId;
use crate::primitives::signature::Signature;
use crate::primitives::suite::{Normative, Suite};
use crate::sharding::Configuration;

/// P: who signed, out of the validators of an epoch in the order of names.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Signers {
    /// ⌈n/8⌉ bytes; validator i signed iff bit i mod 8 (least significant first) of byte ⌊i/8⌋ is 1.
    pub mask: Bounded<u8, { ROSTER_MAX / 8 }>,
}

impl Signers {
    /// The mask of these validators; others than the configuration's leave no trace in it.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, for configurations within their cap.
    pub fn new(
        configuration: &Configuration,
        signers: &BTreeSet<NodeId>,
    ) -> Result<Self, Rejection> {
        let signed: Vec<bool> =
            configuration.node_ids().map(|validator| signers.contains(&validator)).collect();
        let byte =
            |eight: &[bool]| eight.iter().rev().fold(0u8, |byte, bit| (byte << 1) | u8::from(*bit));
        Ok(Self { mask: signed.chunks(8).map(byte).collect::<Vec<u8>>().try_into()? })
    }

    /// Who signed, in the order of names; `None` for a mask that does not fit the configuration: of another
    /// length, or with a bit beyond its last validator.
    pub fn members(&self, configuration: &Configuration) -> Option<Vec<NodeId>> {
        let bit = |byte: u8| (0..8u32).map(move |bit| byte.checked_shr(bit).unwrap_or(0) & 1 == 1);
        let mut bits = self.mask.iter().copied().flat_map(bit);
        let validators: Vec<NodeId> = configuration.node_ids().collect();
        let fits = self.mask.len() == validators.len().div_ceil(8);
        let signed = validators.into_iter().zip(bits.by_ref()).filter(|(_, bit)| *bit);
        let signed = signed.map(|(validator, _)| validator).collect();
        (fits && !bits.any(|stray| stray)).then_some(signed)
    }
}

/// A suite with a collective signature.
pub trait SignOff: Suite + std::fmt::Debug {
    /// What shows that all of a mask's validators signed.
    type CollectiveSignature: Wire + Clone + std::fmt::Debug + PartialEq + Eq;

    /// Whether `signature` is one of `message` by exactly `signers`, validators of `configuration`.
    fn verify_collective(
        &self,
        configuration: &Configuration,
        signers: &[NodeId],
        message: &Digest,
        signature: &Self::CollectiveSignature,
    ) -> bool;
}

/// The signatures of the signers, in their order: the plain form of a collective signature, and its oracle.
pub type SignatureList = Bounded<Signature, ROSTER_MAX>;

impl SignOff for Normative {
    type CollectiveSignature = SignatureList;

    fn verify_collective(
        &self,
        configuration: &Configuration,
        signers: &[NodeId],
        message: &Digest,
        signature: &SignatureList,
    ) -> bool {
        let mut signed = signers.iter().zip(signature);
        signers.len() == signature.len()
            && signed.all(|(signer, signature)| {
                let keys = configuration.keys_of(signer);
                keys.is_some_and(|keys| self.verify_signature(&keys.signing, message, signature))
            })
    }
}
