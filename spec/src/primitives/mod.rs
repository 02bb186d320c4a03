//! §1: the building blocks that all sections share.
//!
//! | module | contents | origin |
//! |---|---|---|
//! | [`encoding`] | the bytes of every message: restricted Borsh, bounded lists and maps | own |
//! | [`numbers`] | shard, epoch, height, view, rank, position as types | own |
//! | [`hash`] | tagged SHA-256 and the table of tags | own |
//! | [`merkle`] | Merkle tree over a list, proofs of inclusion | RFC 6962 |
//! | [`map_commitment`] | tree over a map, proofs that a key is present or absent | own |
//! | [`map_commitment_cached`] | the same root, recomputed only where the map changed | own |
//! | [`ed25519`] | signatures of single validators and owners | RFC 8032 |
//! | [`certificate`] | the roster of a shard, its quorum, and what a quorum signs | own |
//! | [`vrf`] | verifiable random function, for the lottery of §5 | RFC 9381 |
//! | [`keys`] | the three keys of a validator, proof of possession | own |
//! | [`stream`] | random stream of a seed: the permutation and the buckets of §5 | own |
//! | [`group`] | a group of prime order, its scalars, hashing to both | RFC 9497, 9380 |
//! | [`expand_message`] | uniform bytes from a message | RFC 9380 |
//! | [`ristretto`] | the group of the protocol | RFC 9496 |
//! | [`toy_group`] | groups of 5, 7 and 11 elements, for models and tests | own |
//! | [`dleq`] | the paper's NIZK proofs: two logarithms are equal | Chaum-Pedersen 1992 |
//! | [`shamir`] | polynomials, Lagrange coefficients | Shamir 1979 |
//! | [`pvss`] | publicly verifiable secret sharing, for §4 | Schoenmakers 1999 |
//! | [`pvss::dealing`] | an encrypted share with its NIZK proof, the check of every share | |
//! | [`pvss::decrypting`] | a decrypted share with its NIZK proof, and its check | |
//! | [`pvss_batched`] | many of its proofs checked with one sum | Bellare et al. 1998 |
//! | [`schnorr`] | Schnorr signatures | Schnorr 1991 |
//! | [`cosi`] | collective signing (CoSi) | Crites et al. 2021 |
//! | [`cosi::signer`], [`cosi::leader`] | the machines of a signer and of the leader | |
//! | [`cosi::signature`] | the collective signature and its check | |

pub mod certificate;
pub mod cosi;
pub mod dleq;
pub mod ed25519;
pub mod encoding;
pub mod expand_message;
pub mod group;
pub mod hash;
pub mod keys;
pub mod map_commitment;
pub mod map_commitment_cached;
pub mod merkle;
pub mod numbers;
pub mod pvss;
pub mod pvss_batched;
pub mod ristretto;
pub mod schnorr;
pub mod shamir;
pub mod stream;
pub mod toy_group;
pub mod vrf;
