//! §7 Atomix: transactions between shards, all or nothing.
//!
//! Each shard is a sequential machine here; §8 makes it one. A transaction has k input shards and
//! any number of output shards; a shard can be both. Anyone may carry the messages: a client, a
//! recipient, a validator, a passer-by. They are self-contained, authenticated and idempotent.
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
//! A client that disappears is no matter: when all shards have closed the transaction's expiry
//! epoch, the sweep settles it the same way everywhere.
//!
//! The paper's four steps (one input shard, one output shard, the output shard may refuse) are the
//! variant `variants::WhitePaper`. Three rules the paper does not state carry the proof:
//! **bound** (a proof names its transaction), **final** (one vote for each shard and transaction),
//! **fresh** (an output is never created twice).
//!
//! | module | what it is |
//! |---|---|
//! | [`message`] | what travels between shards |
//! | [`attestation`] | what a shard shows others of its vote, as a type of the suite |
//! | [`decision_proof`] | a shard's proof of its vote, and how it is verified |
//! | [`rules`] | the decision points of this section |
//! | [`lock`] | step one |
//! | [`unlock`] | step two: commit or abort |
//! | [`sweep`] | expiry lists, the sweep, closing an epoch, pruning |
//!
//! Origin: white paper §7 ("a variant of OmniLedger"), OmniLedger 2018 §IV-C, Sonnino et al. 2019 for
//! replays; expiry, sweep and fresh refunds are ours.

pub mod attestation;
pub mod decision_proof;
pub mod lock;
pub mod message;
pub mod rules;
pub mod sweep;
pub mod unlock;

pub use message::{Answer, ExpiryList, Import, UnlockAbort, UnlockCommit};
pub use rules::{Rules, Specification};
