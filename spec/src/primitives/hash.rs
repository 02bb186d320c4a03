//! Hashing: SHA-256 with a tag for every kind of value. The tag is part of what is hashed, so an
//! attacker cannot present the hash of one kind of value as the hash of another kind.
//!
//! The nodes of the list and map commitments and the blocks of the random stream do not use tags.
//! They are plain SHA-256, as their modules define.

use std::io::{Result as IoResult, Write};

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 output of 32 bytes. Digests are ordered as byte strings.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    BorshSerialize,
    BorshDeserialize,
    BorshSchema,
)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Thirty-two zero bytes. This is the root of an empty map, and the predecessor where there is
    /// none.
    pub const ZERO: Self = Self([0; 32]);

    /// The bit of the digest at `depth`. Bit 0 is the most significant bit of the first byte. Bits
    /// beyond the end are 0.
    ///
    /// # Examples
    /// ```
    /// use ioschain_spec::primitives::hash::Digest;
    ///
    /// let mut digest = Digest::ZERO;
    /// digest.0[1] = 0b0100_0000;
    /// assert!(digest.bit(9), "bits 0 to 7 are in byte 0, bits 8 to 15 in byte 1");
    /// assert!(!digest.bit(8) && !digest.bit(10) && !digest.bit(256));
    /// ```
    pub fn bit(&self, depth: u16) -> bool {
        let mask = 0x80u8 >> (depth % 8);
        self.0.get(usize::from(depth / 8)).is_some_and(|byte| byte & mask != 0)
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for byte in self.0 {
            write!(formatter, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The name of one use of the hash function, at most 255 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag(&'static str);

impl Tag {
    const fn new(name: &'static str) -> Self {
        assert!(name.len() <= 255, "a tag's length is one byte");
        Self(name)
    }

    /// The tag's text, as it is hashed.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// Every tag of the protocol, once.
pub mod tags {
    use super::Tag;

    macro_rules! tags {
        ($($(#[$doc:meta])* $constant:ident = $name:literal;)*) => {
            $($(#[$doc])* pub const $constant: Tag = Tag::new($name);)*
            /// All tags, for the vectors and for the test that no two are equal.
            pub const ALL: &[Tag] = &[$($constant),*];
        };
    }

    tags! {
        /// The key of a map entry.
        KEY = "key";
        /// The value of a map entry.
        VALUE = "value";
        /// The first policy of an account. The hash is its [`AccountId`](crate::ledger::AccountId).
        ACCOUNT = "account";
        /// An owner. The hash decides the owner's shard.
        SHARD = "shard";
        /// A transaction. The hash is its [`TxId`](crate::ledger::TxId).
        TRANSACTION = "tx";
        /// A transaction id, as the owners of the inputs sign it.
        WITNESS = "sig";
        /// The index of a genesis output.
        GENESIS_OUTPUT = "genesis";
        /// The transaction id and the input index of a refund.
        REFUND = "refund";
        /// A block header.
        BLOCK = "block";
        /// A vote, as a validator signs it.
        VOTE = "vote";
        /// Genesis. The hash is the chain id.
        CHAIN = "chain";
        /// The chain id and a shard. The hash is the predecessor of the shard's first block.
        FIRST_BLOCK = "genesis/shard";
        /// The identity log: its previous hash and the next entry.
        IDENTITY = "identity";
        /// The entry that closes an epoch.
        EPOCH_CLOSED = "epoch-closed";
        /// The context and the nonce commitments. The hash is the challenge of a proof of equal
        /// logarithms.
        DLEQ_CHALLENGE = "dleq/challenge";
        /// The seed, the secret and the context. The hash is the nonce of a proof of equal
        /// logarithms.
        DLEQ_NONCE = "dleq/nonce";
        /// The seed, the session, the dealer and k. The hash is coefficient k of the dealer's
        /// polynomial.
        PVSS_COEFFICIENT = "pvss/coefficient";
        /// The commitments of a dealer.
        PVSS_COMMITMENTS = "pvss/commitments";
        /// The sum of the signers' keys, the nonce commitments, the bitmap and the message. The
        /// hash is the factor of the second nonces.
        COSI_BINDING = "cosi/binding";
        /// The sum of the signers' keys, the message and the commitment. The hash is the challenge
        /// of a collective signature.
        COSI_CHALLENGE = "cosi/challenge";
        /// The randomness, the secret, the message, the attempt and k. The hash is nonce k of a
        /// signer.
        COSI_NONCE = "cosi/nonce";
        /// The public keys of a validator. The hash is its
        /// [`NodeId`](crate::primitives::keys::NodeId).
        NODE = "node";
        /// A validator's seed. The hash is the seed of its signing key.
        KEYS_SIGNING = "keys/signing";
        /// A validator's seed. The hash is the seed of its lottery key.
        KEYS_LOTTERY = "keys/lottery";
        /// A validator's seed. The hash is the seed of its group key.
        KEYS_GROUP = "keys/group";
        /// The seed of a group key. The hash is its secret scalar.
        KEYS_SECRET = "keys/secret";
        /// The key, the message and the commitment. The hash is the challenge of a proof of
        /// possession.
        POSSESSION = "possession";
        /// The seed, the key and the message. The hash is the nonce of a proof of possession.
        POSSESSION_NONCE = "possession/nonce";
        /// A registration, as its three keys sign it.
        REGISTRATION = "registration";
        /// The epoch, the shard and the random number. The hash orders the validators before they
        /// are divided into shards.
        SEED_ASSIGN = "seed/assign";
        /// The epoch, the shard and the random number. The hash gives the order in which validators
        /// leave a shard.
        SEED_SWAP_OUT = "seed/swap-out";
        /// The epoch, the shard and the random number. The hash gives the order in which validators
        /// join a shard.
        SEED_SWAP_IN = "seed/swap-in";
        /// The epoch, the shard and the random number. The hash decides the draw of a shard's
        /// believable league.
        SEED_LEAGUE = "seed/league";
        /// The epoch, the shard and the random number of the previous epoch. The hash gives the
        /// order of the shard's leaders.
        SEED_LEADER = "seed/leader";
        /// The name of the algebraic group in which a run computes.
        DRP_SUITE = "drp/suite";
        /// The configuration of a run. The hash is its session id.
        DRP_SESSION = "drp/sid";
        /// The session id. The hash orders the servers before they are divided into groups.
        DRP_GROUPS = "drp/groups";
        /// The session id. It is hashed to the base of the run's commitments.
        DRP_BASE = "drp/base";
        /// The configuration of a run, as its leader signs it.
        DRP_ANNOUNCEMENT_SIGNED = "drp/i1/signed";
        /// An announcement with its signature, as deals name it.
        DRP_ANNOUNCEMENT = "drp/i1";
        /// The session id, the announcement, the dealer and the deal, as the dealer signs them.
        DRP_DEAL_SIGNED = "drp/r1/signed";
        /// A deal with its signature, as the root of a statement commits to it.
        DRP_DEAL = "drp/r1";
        /// The session id, the inputs and the root of the deals, as validators sign them together.
        DRP_STATEMENT = "drp/statement";
        /// A commit, as the log names it.
        DRP_COMMIT = "drp/commit";
        /// The session id and the sum of the secrets. The hash is the random number.
        DRP_OUTPUT = "drp/out";
        /// The timeout that a validator signs when it has waited too long for a leader.
        DRP_TIMEOUT = "drp/timeout";
        /// The log of a lottery and its runs: its previous head, the height and the record.
        DRP_LOG = "drp/log";
        /// A transcript. The hash is the seed of the weights with which its proofs are added up.
        DRP_BATCH = "drp/batch";
        /// The sum of the secrets, the bitmap and the message. The hash is the nonce of a caller
        /// that signs for many.
        COSI_FOR_ALL = "cosi/for-all";
    }
}

/// `H(tag, value) = SHA-256("IOSChain/v1" ‖ len8(tag) ‖ tag ‖ encode(value))`.
///
/// **CRY-HASH-01** (MUST) \[own] A value that is hashed by its encoding is hashed under the tag of
/// its kind, and no two kinds have the same tag. Without it, an attacker could present a value of
/// one kind as one of another kind with the same bytes.
///
/// # Examples
/// ```
/// use ioschain_spec::primitives::hash::{sha256, tagged_hash, tags};
///
/// let key = 5u32;
/// let hash = tagged_hash(tags::KEY, &key);
/// assert_eq!(hash, sha256(&[b"IOSChain/v1", &[3], b"key", &[5, 0, 0, 0]]));
/// assert_ne!(hash, tagged_hash(tags::VALUE, &key), "another tag, another hash");
/// ```
pub fn tagged_hash<T: BorshSerialize + ?Sized>(tag: Tag, value: &T) -> Digest {
    let (length, name) = length_and_name(tag);
    sha256_of(&[DOMAIN, &length, name], value)
}

/// The [`tagged_hash`] of a value that is already encoded.
pub fn tagged_hash_of_bytes(tag: Tag, encoded: &[u8]) -> Digest {
    let (length, name) = length_and_name(tag);
    sha256(&[DOMAIN, &length, name, encoded])
}

const DOMAIN: &[u8] = b"IOSChain/v1";

fn length_and_name(tag: Tag) -> ([u8; 1], &'static [u8]) {
    let name = tag.name().as_bytes();
    ([u8::try_from(name.len()).unwrap_or(u8::MAX)], name) // Tag::new bounds it
}

/// Plain SHA-256 over the concatenation of `parts`.
pub fn sha256(parts: &[&[u8]]) -> Digest {
    Digest(start(parts).finalize().into())
}

/// SHA-256 over the concatenation of `parts` and the encoding of `value`. The encoding is hashed
/// while it is written, and is not stored first.
pub(super) fn sha256_of<T: BorshSerialize + ?Sized>(parts: &[&[u8]], value: &T) -> Digest {
    let mut sink = Sink(start(parts));
    // Hashing cannot fail. Encoding fails only for sequences longer than u32::MAX, and every cap is
    // far below that.
    let _ = value.serialize(&mut sink);
    Digest(sink.0.finalize().into())
}

fn start(parts: &[&[u8]]) -> Sha256 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher
}

/// A writer that hashes every byte that is written to it.
struct Sink(Sha256);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}
