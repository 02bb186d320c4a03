//! §1: the building blocks that every section shares.
//!
//! | module | what it is | origin |
//! |---|---|---|
//! | [`encoding`] | restricted Borsh, bounded sequences and maps | own, on Borsh |
//! | [`hash`] | tagged SHA-256 and the table of tags | own |
//! | [`list_commitment`] | Merkle tree over a list, inclusion proofs | RFC 6962 |
//! | [`map_commitment`] | binary trie over a map, membership and non-membership proofs | own |
//! | [`map_commitment_cached`] | the same root at the cost of the change, beside the readable one | own |
//! | [`signature`] | Ed25519, strict | RFC 8032 |
//! | [`certificate`] | rosters, quorums, quorum certificates | own |
//! | [`stream`] | random stream, `below`, shuffle, buckets, `mulshift` | own |
//! | [`suite`] | the cryptography as a value: [`suite::Normative`] and [`suite::Ideal`] | own |

pub mod certificate;
pub mod encoding;
pub mod hash;
pub mod list_commitment;
pub mod map_commitment;
pub mod map_commitment_cached;
pub mod signature;
pub mod stream;
pub mod suite;
