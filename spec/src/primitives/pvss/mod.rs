//! Publicly verifiable secret sharing: a dealer shares a random group element among recipients, and
//! anyone can check that it did. Origin: Schoenmakers 1999.
//!
//! ```text
//!  dealer                          recipient j, key pair xⱼ, Yⱼ = xⱼ·G          anyone
//!    polynomial s, t coefficients
//!    Aₖ = aₖ·H        commitments
//!    Eⱼ = s(j)·Yⱼ     encrypted shares  ─────────────────────────────▶  verify_deal
//!    proofs: log_H Vⱼ = log_Yⱼ Eⱼ
//!                                    Sⱼ = xⱼ⁻¹·Eⱼ = s(j)·G   share  ──▶  verify_decryption
//!                                    proof: log_G Yⱼ = log_Sⱼ Eⱼ
//!                                                                       recover: s(0)·G = Σ λⱼ·Sⱼ
//! ```
//!
//! The commitments determine `Vⱼ = Σₖ jᵏ·Aₖ = s(j)·H`, to which share j is compared. The secret is
//! the *element* s(0)·G, never the scalar. Each session has its own base H, whose logarithm nobody
//! knows. If H were G, the commitment A₀ would publish the secret.
//!
//! If the decisional Diffie-Hellman problem is hard, t − 1 shares reveal nothing about the secret.
//! Soundness depends only on the hash function: a dealer cannot give different secrets to two sets
//! of t recipients.
//!
//! | module | contents |
//! |---|---|
//! | [`sharing`] | session, dealer, base, threshold and keys; the dealer's polynomial |
//! | [`dealing`] | a deal: commitments, encrypted shares, and their check |
//! | [`decrypting`] | a decrypted share and its check |
//! | [`recovering`] | from valid shares to the secret |

pub mod dealing;
pub mod decrypting;
pub mod recovering;
pub mod sharing;

pub use dealing::{
    Deal, DecodedDeal, EncryptedShare, deal, decode_deal, evaluate_commitments, verify_deal,
    verify_encryptions,
};
pub use decrypting::{
    DecodedDecryption, DecryptedShare, decode_decryption, decrypt_share, verify_decryption,
};
pub use recovering::recover;
pub use sharing::Sharing;

pub(super) use dealing::{Recipient, recipient};
pub(super) use decrypting::decryption;
pub(crate) use recovering::{choose_shares, interpolate};
