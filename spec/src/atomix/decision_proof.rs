//! A shard's proof of its vote: a decision row, its path in a block, the block's header, and the
//! certificate of the shard's roster.
//!
//! The paper's "proof of acceptance" is gossiped by the client before the fund is locked (§7 step 2);
//! here the lock comes first and the proof speaks of the lock (gap A5). Origin: OmniLedger §IV-C.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::identity::IdentityView;
use crate::ledger::header::Header;
use crate::ledger::{Decision, TxId, Vote};
use crate::primitives::encoding::encode;
use crate::primitives::merkle::{InclusionProof, prove_every_inclusion, verify_inclusion};
use crate::primitives::ristretto::Ristretto255;
use crate::suite::Suite;

/// What a valid attestation says. Only verification makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decided {
    shard: u16,
    txid: TxId,
    vote: Vote,
}

impl Decided {
    /// Only for suites: whoever calls this has verified, or is the model's shard itself.
    pub(crate) fn new(shard: u16, txid: TxId, vote: Vote) -> Self {
        Self { shard, txid, vote }
    }

    /// Which shard voted.
    pub fn shard(&self) -> u16 {
        self.shard
    }

    /// On which transaction.
    pub fn txid(&self) -> TxId {
        self.txid
    }

    /// How.
    pub fn vote(&self) -> Vote {
        self.vote
    }
}

/// The normative attestation. `C` is the suite's certificate.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct DecisionProof<C> {
    /// On which transaction.
    pub txid: TxId,
    /// The row after the block.
    pub decision: Decision,
    /// From (txid, decision) to the header's decisions root.
    pub path: InclusionProof,
    /// The block that named the transaction.
    pub header: Header,
    /// A quorum's certificate of the header.
    pub certificate: C,
}

/// The leaf of a decision row under a header's decisions root: `encode((txid, decision))`.
pub fn encode_decision_leaf(txid: &TxId, decision: &Decision) -> Vec<u8> {
    encode(&(txid, decision))
}

/// The proofs of all rows that a certified block speaks of, in their order.
pub fn prove_decisions<C: Clone>(
    header: &Header,
    certificate: &C,
    decisions: &[(TxId, Decision)],
) -> Vec<DecisionProof<C>> {
    let leaves: Vec<Vec<u8>> =
        decisions.iter().map(|(txid, decision)| encode_decision_leaf(txid, decision)).collect();
    let (_, paths) = prove_every_inclusion(&leaves);
    decisions
        .iter()
        .zip(paths)
        .map(|(&(txid, decision), path)| DecisionProof {
            txid,
            decision,
            path,
            header: header.clone(),
            certificate: certificate.clone(),
        })
        .collect()
}

/// Verifies the chain from the identity log's roster to the shard's vote.
///
/// **ATX-PROOF-01** (MUST) [own] A proof's header is of this chain.
///
/// **ATX-PROOF-02** (MUST) [OL §IV-C, identity log own] A proof's header names the roster that
/// the identity log, as far as the reader sees it, gives for the header's shard.
///
/// **ATX-PROOF-03** (MUST) [OL §IV-C] A proof's path leads from (txid, decision row) to its header's
/// decisions root.
///
/// **ATX-PROOF-04** (MUST) [own] The row of a proof carries a vote; a shard that only received has none.
///
/// # Errors
/// In this order: [`Rejection::AtxProofChain`], [`Rejection::AtxProofRosterUnknown`], the suite's
/// rejection of the certificate, [`Rejection::AtxProofPath`], [`Rejection::AtxProofNoVote`].
pub fn verify_decision_proof<S: Suite>(
    suite: &S,
    identity: &IdentityView<'_>,
    proof: &DecisionProof<S::Certificate>,
) -> Result<Decided, Rejection> {
    let header = &proof.header;
    // ATX-PROOF-01: of this chain.
    if header.chain_id != identity.parameters().chain_id {
        return Err(Rejection::AtxProofChain);
    }
    // ATX-PROOF-02: the roster that signs is the one the log gives.
    let roster = identity.roster(header.shard).filter(|roster| roster.root() == header.roster_root);
    let roster = roster.ok_or(Rejection::AtxProofRosterUnknown)?;
    let message = header.vote(suite).message();
    suite.verify_certificate::<Ristretto255>(roster, &message, &proof.certificate)?;
    // ATX-PROOF-03: the row is among the block's decisions.
    let leaf = encode_decision_leaf(&proof.txid, &proof.decision);
    if !verify_inclusion(&header.decisions_root, &leaf, &proof.path) {
        return Err(Rejection::AtxProofPath);
    }
    // ATX-PROOF-04: the shard had a vote.
    if proof.decision.vote == Vote::None {
        return Err(Rejection::AtxProofNoVote);
    }
    Ok(Decided::new(header.shard, proof.txid, proof.decision.vote))
}
