//! §1: the building blocks that all sections share.
//!
//! | module | what it is | origin |
//! |---|---|---|
//! | [`encoding`] | restricted Borsh, bounded sequences and maps | own, on Borsh |
//! | [`hash`] | tagged SHA-256 and the table of tags | own |
//! | [`numbers`] | shard, epoch, height, view, rank and position as types | own |
//! | [`merkle`] | Merkle tree over a list, inclusion proofs | RFC 6962 |
//! | [`map_commitment`] | binary trie over a map, proofs that a key is present or absent | own |
//! | [`map_commitment_cached`] | the same root at the cost of the change, beside the readable one | own |
//! | [`ed25519`] | Ed25519, strict | RFC 8032 |
//! | [`certificate`] | rosters, quorums, quorum certificates | own |
//! | [`vrf`] | verifiable random function | RFC 9381 |
//! | [`keys`] | the three keys of a validator, proof of possession | own |
//! | [`stream`] | random stream, `below`, shuffle, buckets, `mulshift` | own |
//! | [`group`] | a group of prime order with its scalars; hashing to both | RFC 9497, RFC 9380 |
//! | [`expand_message`] | uniform bytes from a message | RFC 9380 |
//! | [`ristretto`] | the group of the protocol | RFC 9496 |
//! | [`toy_group`] | groups of 5, 7 and 11 elements, for models and tests | own |
//! | [`dleq`] | proofs of equal logarithms | Chaum-Pedersen 1992 |
//! | [`shamir`] | polynomials, Lagrange coefficients | Shamir 1979 |
//! | [`pvss`] | publicly verifiable secret sharing | Schoenmakers 1999 |
//! | [`pvss_batched`] | many of its proofs checked with one sum, beside the readable way | Bellare, Garay, Rabin 1998 |
//! | [`schnorr`] | Schnorr signatures | Schnorr 1991 |
//! | [`cosi`] | collective signing | Crites, Komlo, Maller 2021 |

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
