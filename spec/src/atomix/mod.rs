//! §7 Atomix: a transaction between shards takes effect in all of them or in none.
//!
//! In this module, each shard is one sequential machine. The agreement protocol of §8 will make the
//! validators of a shard act as one. A transaction has k input shards and any number of output
//! shards, and a shard can be both. Anyone may send the messages to the shards: a client, a
//! recipient, a validator, or a stranger. The messages are self-contained, authenticated and
//! idempotent.
//!
//! ```text
//!   client            input shard A        input shard B        output shard C
//!     │ LockRequest ───────►│                    │                    │
//!     │ LockRequest ────────┼───────────────────►│                    │
//!     │◄── proof: accepted ─┤                    │                    │
//!     │◄── proof: accepted ─┼────────────────────┤                    │
//!     │ UnlockCommit (both proofs) ►│───────────►│───────────────────►│  all settle Committed
//!     :                     :                    :                    :
//!     │ UnlockAbort (one proof: rejected) ► every input shard that accepted settles Aborted
//! ```
//!
//! A client that disappears does no harm. When all shards have closed the transaction's expiry
//! epoch, the sweep settles the transaction the same way everywhere.
//!
//! # The order of checks
//! The checks of each request have the same order, from the cheapest to the most expensive. The
//! premises table of each `apply_*` function lists every check.
//!
//! ```text
//!   request ─► static ─► participant ─► window ─► stored ─► proofs ─► settle
//!              §3        this shard     expiry    a stored  (lock:    locks, outputs,
//!              bytes     has a part     epoch     answer    witness,  refunds, row
//!              alone                              repeats   outpoint)
//!              │         │              │         │         │
//!              └─────────┴──────────────┴─ refused, no row ─┘         (a lock may also vote no)
//! ```
//!
//! For a lock request, the stored vote is looked up before the epoch is checked, because the vote
//! is final.
//!
//! # From a decision to a proof
//! A shard proves its vote to another shard. In the diagram, each step commits to the step above
//! it. The verifier checks the steps from the bottom to the top.
//!
//! ```text
//!   Decision row   (vote, settled, expiry) of a txid, in the state of the shard
//!      │ encode_decision_leaf
//!   leaf           encode((txid, decision))
//!      │ Merkle path
//!   root           decisions_root in the Header of the block that named the transaction
//!      │ certificate of a quorum of the roster that the identity log gives
//!   DecisionProof  row, path, header, certificate
//!      │ as the type that the suite chooses
//!   Attestation    Normative: the DecisionProof; Ideal: the vote, which only the shard can make
//!      │ Attests::verify_attestation
//!   Decided        (shard, txid, vote): the only type that the rules read
//! ```
//!
//! # Modules
//! The paper's four steps (one input shard, one output shard, and the output shard may refuse) are
//! the variant `variants::WhitePaper`. The proof of atomicity needs three rules that the paper
//! does not state: **bound** (a proof names its transaction), **final** (one vote for each shard
//! and transaction), **fresh** (an output is never created twice).
//!
//! | module | contents |
//! |---|---|
//! | [`lock`] | step 1, and the lock of step 2: an input shard validates, locks the fund, votes |
//! | | step 2: the vote is written (logged) into the state of its shard |
//! | [`decision_proof`] | step 2: the proof of acceptance (or of rejection), which goes to B |
//! | [`chain::block`](crate::chain::block) | step 2: the header of a block commits to the votes |
//! | [`unlock`] | the paper's steps 3 and 4: all shards commit, or the fund is returned |
//! | [`rules`] | decides what becomes a vote, and that a vote is final (no double spending) |
//! | | decides which proofs count for a commit and for an abort |
//! | | decides that no output shard can refuse, and why |
//! | | decides which output a refund is, what a sweep commits, when a vote is forgotten |
//! | [`sweep`] | the end of a transaction whose client disappeared; how an epoch is closed |
//! | [`message`] | what is sent to the other shard, and the answers; anybody may send it (gap A61) |
//! | [`attestation`] | a shard's proof of its vote, as a type of the suite |
//!
//! In the paper all nodes of a shard approve, so that one silent node would stop the shard. In this
//! specification a quorum signs the proof (gap A4): [`certificate`](crate::primitives::certificate)
//! has the quorum, and [`cosi`](crate::primitives::cosi) the signature. A block is built first and
//! signed afterwards. How a shard agrees on a block is §8. The checks of witnesses and inputs are
//! those of the ledger ([`ledger::Rules`](crate::ledger::Rules)).
//!
//! Origin: white paper §7 ("a variant of the Omniledger algorithm"), OmniLedger 2018 §IV-C, and
//! Sonnino et al. 2019 for replays. Expiry, sweep and fresh refunds are ours.

pub mod attestation;
pub mod decision_proof;
pub mod lock;
pub mod message;
pub mod rules;
pub mod sweep;
pub mod unlock;

pub use message::{Answer, ExpiryList, Import, UnlockAbort, UnlockCommit};
pub use rules::{Rules, Specification};
