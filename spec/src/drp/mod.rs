//! §4: the distributed randomness protocol: one random number for each epoch, which nobody can
//! choose, foresee or withhold.
//!
//! ```text
//!  leader                     servers of a group                    identity log
//!    │ I1 announcement ─────────►│                                      │
//!    │◄──────────── R1 deals ────┤  a secret shared within the group    │
//!    │ I2 proposal ─────────────►│  t of each group's deals: the inputs │
//!    │◄─── collective signature ─┤  of a quorum, by those who checked   │
//!    │ I3 commit ────────────────┼─────────────────────────────────────►│ ordered: the number is
//!    │                           │◄─────────────────────────────────────┤ fixed, nobody knows it
//!    │◄──── R3 shares, to all ───┤ ───► everyone
//!    Z = Σ secrets of the inputs, rnd = H("drp/out", (sid, Z))
//! ```
//!
//! Let S be the set of servers. A group of c servers has the threshold t = ⌊c/3⌋ + 1, and over all
//! groups Σ t > |S|/3 ≥ f. So in some group fewer than t servers are malicious. One of the t inputs
//! of this group is honest, and nobody can recover it before the first honest server decrypts.
//! Therefore the sum of the inputs is uniform, and until then nobody knows it.
//!
//! The paper does not say *when* the number is fixed. In the paper, the client sees the number
//! first and may discard it. In this specification, the commit is ordered before anybody decrypts,
//! and no other run follows it.
//!
//! | module | contents |
//! |---|---|
//! | [`configuration`] | the data of a run: its epoch, validators, leader, session id and groups |
//! | [`messages`] | the messages of a run, the entries of the log, the transcript |
//! | [`rules`] | decides how the balanced groups are drawn (no client chooses them) |
//! | | decides the threshold of each group |
//! | | decides which inputs the leader chooses, and which of them count |
//! | | decides who signs the inputs, and which shares are valid |
//! | | decides when servers show their shares, and to whom |
//! | | decides the deadlines (Δ), and whether an epoch may have a second run |
//! | [`leader`] | the paper's client: what it sends, and until when it gathers deals |
//! | | it sends no grouping: see [`rules`] |
//! | [`machine`] | the events, the effects, the memory and the secrets of a validator's machine |
//! | [`server`] | the paper's servers: they share a secret within their group, sign, decrypt |
//! | | the dealer makes a share for itself too (gap W27) |
//! | | how they give a leader up |
//! | [`checks`] | that a run is led by the elected leader (§5 step 4) |
//! | | the checks of a proposal, and of its collective signature (the commit), in order |
//! | [`report`] | the names of all checks of a transcript, and the record of their outcomes |
//! | [`log`] | whose turn it is to lead: tickets, failed leaders (§5 step 7), the commit |
//! | [`recovery`] | from decrypted shares to the group secrets and the final random number |
//! | [`verifier`] | the third party (requirement 4 of the paper): it verifies a transcript |
//! | [`verifier_batched`] | the same with one sum for all proofs, beside the readable one |
//!
//! The cryptography is among the primitives of §1: secret sharing in
//! [`pvss`](crate::primitives::pvss), the proofs (NIZK) in [`dleq`](crate::primitives::dleq), and
//! the collective signature (CoSi) in [`cosi`](crate::primitives::cosi). The lottery that elects
//! the leader is in [`lottery`](crate::sharding::lottery) (§5).
//!
//! The leader and the server are state machines. A machine does not sign collectively itself. It
//! reports when a validator agrees to a message and when a leader wants a message signed, and it
//! receives the collective signature.
//!
//! The passing of time is an event, and secrets are arguments. A machine returns the actions that
//! it wants as effects. The caller must carry them out in their order.
//!
//! Origin: white paper §4, RandHound 2017. The order of commit and decryption, derived groups and
//! deadlines are ours (gaps W10, W12, W13, W14, W16, W17, W18, W19).

pub mod checks;
pub mod configuration;
pub mod leader;
pub mod log;
pub mod machine;
pub mod messages;
pub mod recovery;
pub mod report;
pub mod rules;
pub mod server;
pub mod verifier;
pub mod verifier_batched;

pub use configuration::{EpochContext, EpochEnvironment, Leadership, LogPosition, Run, Session};
pub use rules::{Rules, Specification};
