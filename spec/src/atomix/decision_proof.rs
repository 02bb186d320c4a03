//! A shard's proof of its vote: a decision row, its path in a block, the block's header, and the
//! certificate of the shard's roster.
//!
//! The paper: "the client will gossip a proof-of-acceptance to endorse the transaction", before the
//! fund is locked (§7 step 2). In this specification, the lock comes first and the proof is about
//! the lock (gap A5).
//!
//! Origin: OmniLedger §IV-C.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::identity::IdentityView;
use crate::ledger::header::Header;
use crate::ledger::{Decision, TxId, Vote};
use crate::primitives::encoding::encode;
use crate::primitives::merkle::{InclusionProof, prove_every_inclusion, verify_inclusion};
use crate::primitives::numbers::Shard;
use crate::primitives::ristretto::Ristretto255;
use crate::suite::Suite;

/// The content of a valid attestation. Only verification makes a value of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decided {
    shard: Shard,
    txid: TxId,
    vote: Vote,
}

impl Decided {
    /// A verified vote. Only suites may call this: the caller has verified a proof, or is the
    /// model's shard itself.
    pub(crate) fn new(shard: Shard, txid: TxId, vote: Vote) -> Self {
        Self { shard, txid, vote }
    }

    /// The shard that voted.
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// The id of the transaction.
    pub fn txid(&self) -> TxId {
        self.txid
    }

    /// The vote of the shard on the transaction.
    pub fn vote(&self) -> Vote {
        self.vote
    }
}

/// The attestation of the real suites. `C` is the suite's certificate.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct DecisionProof<C> {
    /// The id of the transaction.
    pub txid: TxId,
    /// The decision row after the block.
    pub decision: Decision,
    /// The path from (txid, decision) to the header's decisions root.
    pub path: InclusionProof,
    /// The header of the block that named the transaction.
    pub header: Header,
    /// A quorum's certificate of the header.
    pub certificate: C,
}

/// The leaf of a decision row under a header's decisions root: `encode((txid, decision))`.
pub fn encode_decision_leaf(txid: &TxId, decision: &Decision) -> Vec<u8> {
    encode(&(txid, decision))
}

/// The proofs of all rows that a certified block commits to, in their order.
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

/// Verifies a proof from the identity log's roster down to the shard's vote, and returns the vote.
///
/// **ATX-PROOF-01** (MUST) \[own] The header of a proof names this chain.
///
/// **ATX-PROOF-02** (MUST) [OL §IV-C, identity log own] The header of a proof names the roster that
/// the identity log, as far as the reader sees it, gives for the header's shard. Otherwise an
/// attacker could prove any vote with a roster of the attacker's own keys.
///
/// **ATX-PROOF-03** (MUST) [OL §IV-C] A proof's path leads from (txid, decision row) to its
/// header's decisions root. Otherwise a certified block could prove votes that it does not contain.
///
/// **ATX-PROOF-04** (MUST) \[own] The row of a proof contains a vote. A shard that only receives
/// outputs of the transaction has no vote.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | the header is of this chain | ATX-PROOF-01 | `ATX_PROOF_CHAIN` | `verify_decision_proof` |
/// | 2 | its roster is the one that the identity log gives | ATX-PROOF-02 | `ATX_PROOF_ROSTER_UNKNOWN` | `verify_decision_proof` |
/// | 3 | certificate: the bitmap fits the roster | CRY-CERT-01 | `CRY_CERTIFICATE_SIGNERS` | `check_signers` |
/// | 4 | certificate: a quorum signed | CRY-CERT-02 | `CRY_CERTIFICATE_QUORUM` | `check_signers` |
/// | 5 | certificate: the commitment is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 6 | certificate: neither commitment nor key sum is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 7 | certificate: the response is a scalar | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 8 | certificate: the signers signed the message | CRY-COSI-02 | `CRY_COSI_SIGNATURE` | `verify_named` |
/// | 9 | the path leads to the decisions root | ATX-PROOF-03 | `ATX_PROOF_PATH` | `verify_decision_proof` |
/// | 10 | the row carries a vote | ATX-PROOF-04 | `ATX_PROOF_NO_VOTE` | `verify_decision_proof` |
///
/// The codes of the certificate checks are those of the normative suite.
///
/// # Errors
/// The first row of the table that fails.
///
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::atomix::decision_proof::{prove_decisions, verify_decision_proof};
/// use ioschain_spec::identity::IdentityLog;
/// use ioschain_spec::ledger::{Decision, Header, Settlement, TxId, Vote};
/// use ioschain_spec::parameters::Parameters;
/// use ioschain_spec::primitives::certificate::Roster;
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
/// use ioschain_spec::primitives::merkle::list_root_of;
/// use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
/// use ioschain_spec::suite::Normative;
///
/// // The roster of shard 1, as the identity log gives it.
/// let validators: Vec<_> =
///     (1..=4).map(|number| ValidatorKeyPairs::from_seed(&[number; 32])).collect();
/// let roster = Roster::new(validators.iter().map(|keys| keys.public_keys()))?;
/// let chain_id = Digest([7; 32]);
/// let parameters = Parameters { chain_id, shards: 1, fee_minimum: 1, rejections_max: 8 };
/// let log = IdentityLog::new(parameters, vec![Roster::new([])?, roster.clone()]);
///
/// // A block of shard 1 commits to a vote, and a quorum certifies its header.
/// let txid = TxId(Digest([9; 32]));
/// let row = Decision { vote: Vote::Accepted, settled: Settlement::No, expiry_epoch: Epoch(1) };
/// let rows = [(txid, row)];
/// let header = Header {
///     chain_id,
///     shard: Shard(1),
///     decisions_root: list_root_of(&rows),
///     roster_root: roster.root(),
/// #   epoch: Epoch(1),
/// #   height: Height(1),
/// #   previous: Digest::ZERO,
/// #   identity_height: Height(0),
/// #   identity_hash: Digest::ZERO,
/// #   transactions_root: Digest::ZERO,
/// #   receipts_root: Digest::ZERO,
/// #   state_root: Digest::ZERO,
///     // and the other fields
/// };
/// let certificate = roster.certify(&validators[..3], &header.vote(&Normative).message())?;
/// let [mut proof] = prove_decisions(&header, &certificate, &rows).try_into().unwrap();
///
/// // Whoever has the identity log can verify the vote, and nobody can change it.
/// let decided = verify_decision_proof(&Normative, &log.view(), &proof)?;
/// assert_eq!((decided.shard(), decided.txid(), decided.vote()), (Shard(1), txid, Vote::Accepted));
/// proof.decision.vote = Vote::Rejected(Rejection::LedOutpointLocked);
/// let forged = verify_decision_proof(&Normative, &log.view(), &proof);
/// assert_eq!(forged, Err(Rejection::AtxProofPath));
/// # Ok::<(), Rejection>(())
/// ```
pub fn verify_decision_proof<S: Suite>(
    suite: &S,
    identity: &IdentityView<'_>,
    proof: &DecisionProof<S::Certificate>,
) -> Result<Decided, Rejection> {
    let header = &proof.header;
    // ATX-PROOF-01: the header names this chain.
    if header.chain_id != identity.parameters().chain_id {
        return Err(Rejection::AtxProofChain);
    }
    // ATX-PROOF-02: the roster that signs is the one that the log gives.
    let roster = identity.roster(header.shard).filter(|roster| roster.root() == header.roster_root);
    let roster = roster.ok_or(Rejection::AtxProofRosterUnknown)?;
    let message = header.vote(suite).message();
    suite.verify_certificate::<Ristretto255>(roster, &message, &proof.certificate)?;
    // ATX-PROOF-03: the row is among the block's decisions.
    let leaf = encode_decision_leaf(&proof.txid, &proof.decision);
    if !verify_inclusion(&header.decisions_root, &leaf, &proof.path) {
        return Err(Rejection::AtxProofPath);
    }
    // ATX-PROOF-04: the shard has voted.
    if proof.decision.vote == Vote::None {
        return Err(Rejection::AtxProofNoVote);
    }
    Ok(Decided::new(header.shard, proof.txid, proof.decision.vote))
}
