//! Collective signing: many validators make one Schnorr signature, with a bitmap that names them.
//! Origin: white paper §4 and §8 (CoSi), Crites, Komlo and Maller 2021 (SpeedyMuSig).
//!
//! ```text
//!  leader                                         signer i, key pair xᵢ, Xᵢ
//!    Open(M, a)                        ─────▶       two fresh nonces dᵢ, fᵢ
//!                                      ◀─────     Nonce(M, a, Dᵢ = dᵢ·G, Fᵢ = fᵢ·G)
//!    P: who answered; D = Σ Dᵢ, F = Σ Fᵢ
//!    Challenge(M, a, P, D, F)          ─────▶     both: X_P = Σ Xᵢ, b = hash(X_P, D, F, P, M),
//!                                                       R = D + b·F, c = hash(X_P, M, R)
//!                                      ◀─────     Response(M, a, zᵢ = dᵢ + b·fᵢ + c·xᵢ)
//!    (R, z = Σ zᵢ) is X_P's signature of M; if one zᵢ is missing or false, a + 1 opens without i
//! ```
//!
//! **Why two nonces.** With one nonce for each signer, a leader that runs many sessions at once can
//! pick its own nonces after it has seen those of the others. The answers then add up to a
//! signature of a message that nobody agreed to sign (Drijvers et al. 2019; in polynomial time,
//! Benhamouda et al. 2020). The factor b changes with everything that the leader can pick, so the
//! leader cannot steer this sum. The paper's scheme is the variant
//! `variants::WhitePaper`.
//!
//! **Why plain key sums.** An attacker that could choose its key freely could choose one that
//! cancels other keys in the sum. Every key is therefore registered with a proof of possession
//! ([`keys`](super::keys)). The keys that are passed to [`Cosigners::new`] must have been
//! registered in this way.
//!
//! The messages are sent in their senders' signed envelopes, along a tree or a star. A sum does not
//! depend on the order of its terms, so the bytes of the signature do not depend on the route
//! either. The caller decides when to stop waiting.
//!
//! | module | contents |
//! |---|---|
//! | [`signature`] | the keys of those who may sign, the collective signature and its check |
//! | [`messages`] | the four messages of a session |
//! | [`signer`] | the machine of a signer: it answers Open and Challenge |
//! | [`leader`] | the machine of the leader: it collects nonces and responses |
//! | [`rules`] | the factor b, and the values that follow from a challenge |

pub mod leader;
pub mod messages;
pub mod rules;
pub mod signature;
pub mod signer;

pub use leader::{Leader, combine_commitments, combine_responses};
pub use messages::{Challenge, Nonce, Open, Response};
pub use rules::{BindingContext, Rules, Specification};
pub use signature::{
    CollectiveSignature, Cosigners, sign_for_all, verify_collective_signature, verify_named,
};
pub use signer::Signer;
