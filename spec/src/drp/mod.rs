//! §4: the distributed randomness protocol: one random number an epoch, that nobody can choose, foresee or
//! hold back.
//!
//! ```text
//!  leader                     servers of a group                    identity log
//!    │ I1 announcement ─────────►│                                      │
//!    │◄──────────── R1 deals ────┤  a secret shared within the group    │
//!    │ I2 proposal ─────────────►│  t of each group's deals: the inputs │
//!    │◄─── collective signature ─┤  of a quorum, by those who checked   │
//!    │ I3 commit ────────────────┼─────────────────────────────────────►│ ordered: now the number is fixed,
//!    │                           │◄─────────────────────────────────────┤ and nobody knows it
//!    │◄──── R3 shares, to all ───┤ ───► everyone
//!    Z = Σ secrets of the inputs, rnd = H("drp/out", (sid, Z))
//! ```
//!
//! A group of c servers has the threshold t = ⌊c/3⌋ + 1, and over all groups Σ t > |S|/3 ≥ f. So in some group
//! fewer than t are malicious: one of its t inputs is honest, and nobody can recover that one before the first
//! honest decryption. The sum is uniform, and until then unknown. What the paper leaves open is *when* the number
//! is fixed. There the client sees it first and may drop it; here the commit is ordered before anybody decrypts,
//! and after it there is no other run.
//!
//! | module | what it is |
//! |---|---|
//! | [`configuration`] | a run, its session id, groups and thresholds |
//! | [`messages`] | what travels, what is ordered, the transcript |
//! | [`rules`] | the decision points of this section |
//! | [`log`] | the log: tickets, failures, whose turn it is, the commit |
//! | [`checks`] | what is checked of a proposal and of a commit |
//! | [`recovery`] | shares to secrets to the random number |
//! | [`verifier`] | the third party: a transcript and the facts that it is judged by |
//! | [`verifier_batched`] | the same with one sum for all proofs, beside the readable one |
//! | [`leader`] | the client of the paper, as a machine |
//! | [`server`] | every validator, as a machine |
//!
//! How validators sign together is a matter of the primitives ([`cosi`](crate::primitives::cosi)): a machine
//! says when a validator agrees to a message and when a leader wants it signed, and is told the signature.
//!
//! Time is an event, secrets are arguments, and what a machine wants done it gives back as effects, in the
//! order in which they must be done. Origin: white paper §4, RandHound 2017; the order of commit and
//! decryption, derived groups and deadlines are ours (gaps W10, W12, W13, W14, W16, W17, W18, W19).

pub mod checks;
pub mod configuration;
pub mod leader;
pub mod log;
pub mod messages;
pub mod recovery;
pub mod rules;
pub mod server;
pub mod verifier;
pub mod verifier_batched;

pub use configuration::{Epoch, EpochEnvironment, Leadership, LogPosition, Run, Session};
pub use rules::{Rules, Specification};
