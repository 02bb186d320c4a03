//! A shard's proof of its vote, as a type of the suite.
//!
//! Under the real suites, an attestation is a [`DecisionProof`]: a row, its path, a header and its
//! certificate. Under [`Ideal`] it is the vote itself, and only the voting shard can make it. So
//! the states of a model need no history. The verification of both gives a [`Decided`], and the
//! rules read nothing else.
//!
//! Origin: own.

use super::decision_proof::{Decided, DecisionProof, verify_decision_proof};
use crate::Rejection;
use crate::cached_suite::Cached;
use crate::identity::IdentityView;
use crate::ledger::{Decision, TxId, Vote};
use crate::primitives::certificate::QuorumCertificate;
use crate::primitives::cosi::CollectiveSignature;
use crate::primitives::numbers::Shard;
use crate::suite::{Ideal, Normative, SignatureLists, Suite};

/// A suite in which a shard can prove its vote on a transaction.
pub trait Attests: Suite {
    /// A shard's proof of its vote on a transaction.
    type Attestation: Clone + std::fmt::Debug + PartialEq + Eq;

    /// Checks a shard's proof of its vote, as seen from `identity`.
    ///
    /// # Errors
    /// The suite's rejection of an invalid attestation.
    fn verify_attestation(
        &self,
        identity: &IdentityView<'_>,
        attestation: &Self::Attestation,
    ) -> Result<Decided, Rejection>;
}

impl Attests for Normative {
    type Attestation = DecisionProof<CollectiveSignature>;

    fn verify_attestation(
        &self,
        identity: &IdentityView<'_>,
        attestation: &Self::Attestation,
    ) -> Result<Decided, Rejection> {
        verify_decision_proof(self, identity, attestation)
    }
}

impl Attests for SignatureLists {
    type Attestation = DecisionProof<QuorumCertificate>;

    fn verify_attestation(
        &self,
        identity: &IdentityView<'_>,
        attestation: &Self::Attestation,
    ) -> Result<Decided, Rejection> {
        verify_decision_proof(self, identity, attestation)
    }
}

/// The decision proof is verified each time. Only the result for its certificate is cached.
impl<S: Suite> Attests for Cached<S> {
    type Attestation = DecisionProof<S::Certificate>;

    fn verify_attestation(
        &self,
        identity: &IdentityView<'_>,
        attestation: &Self::Attestation,
    ) -> Result<Decided, Rejection> {
        verify_decision_proof(self, identity, attestation)
    }
}

/// An attestation under [`Ideal`]. Only [`Ideal::attest`] makes one, from a row that a block of the
/// shard names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdealAttestation(Decided);

impl Ideal {
    /// The proof of a row among the decisions of a block of `shard`, or `None` if the shard has not
    /// voted.
    ///
    /// Like [`prove_decisions`](super::decision_proof::prove_decisions), this function uses the row
    /// that the rules read. So if a variant forgets a row, the shard cannot prove it in either
    /// suite.
    pub fn attest(
        &self,
        shard: Shard,
        txid: TxId,
        decision: &Decision,
    ) -> Option<IdealAttestation> {
        let has_voted = decision.vote != Vote::None;
        has_voted.then(|| IdealAttestation(Decided::new(shard, txid, decision.vote)))
    }
}

impl Attests for Ideal {
    type Attestation = IdealAttestation;

    fn verify_attestation(
        &self,
        _identity: &IdentityView<'_>,
        attestation: &IdealAttestation,
    ) -> Result<Decided, Rejection> {
        Ok(attestation.0)
    }
}
