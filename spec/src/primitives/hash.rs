//! Hashing: SHA-256 with a tag for every kind of value, so that the hash of one kind cannot be
//! mistaken for that of another. The nodes of the list and map commitments and the blocks of the
//! random stream are plain SHA-256 as their modules define.

use std::io::{Result as IoResult, Write};

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 output, 32 bytes. Ordered as bytes.
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
    /// Thirty-two zero bytes: the root of an empty map, and the predecessor of nothing.
    pub const ZERO: Self = Self([0; 32]);

    /// Bit `depth` of the digest, most significant bit of the first byte first; 0 past the end.
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
            /// All of them, for the test that no two are equal and for the vectors.
            pub const ALL: &[Tag] = &[$($constant),*];
        };
    }

    tags! {
        /// Key of a map entry.
        KEY = "key";
        /// Value of a map entry.
        VALUE = "value";
        /// First policy of an account: its [`AccountId`](crate::ledger::AccountId).
        ACCOUNT = "account";
        /// Owner, to find the owner's shard.
        SHARD = "shard";
        /// Transaction: its [`TxId`](crate::ledger::TxId).
        TRANSACTION = "tx";
        /// Transaction id, as signed by the owners of its inputs.
        WITNESS = "sig";
        /// Index of a genesis output.
        GENESIS_OUTPUT = "genesis";
        /// (transaction id, input index) of a refund.
        REFUND = "refund";
        /// Block header.
        BLOCK = "block";
        /// What a validator signs.
        VOTE = "vote";
        /// Genesis: the chain id.
        CHAIN = "chain";
        /// (chain id, shard): the predecessor of a shard's first block.
        FIRST_BLOCK = "genesis/shard";
        /// (previous identity hash, entry): the identity log.
        IDENTITY = "identity";
        /// An epoch's closing entry.
        EPOCH_CLOSED = "epoch-closed";
        /// (context, nonce commitments): the challenge of a proof of equal logarithms.
        DLEQ_CHALLENGE = "dleq/challenge";
        /// (seed, secret, context): the nonce of a proof of equal logarithms.
        DLEQ_NONCE = "dleq/nonce";
        /// (seed, session, dealer, k): coefficient k of a dealer's polynomial.
        PVSS_COEFFICIENT = "pvss/coefficient";
        /// A dealer's commitments.
        PVSS_COMMITMENTS = "pvss/commitments";
        /// (key of the signers, nonce commitments, bitmap, message): what binds the second nonces.
        COSI_BINDING = "cosi/binding";
        /// (key of the signers, message, commitment): the challenge of a collective signature.
        COSI_CHALLENGE = "cosi/challenge";
        /// (randomness, secret, message, attempt, k): nonce k of a signer.
        COSI_NONCE = "cosi/nonce";
        /// The public keys of a validator: its [`NodeId`](crate::primitives::keys::NodeId).
        NODE = "node";
        /// A validator's seed, for the seed of its signing key.
        KEYS_SIGNING = "keys/signing";
        /// A validator's seed, for the seed of its lottery key.
        KEYS_LOTTERY = "keys/lottery";
        /// A validator's seed, for the seed of its group key.
        KEYS_GROUP = "keys/group";
        /// Seed of a group key: its secret scalar.
        KEYS_SECRET = "keys/secret";
        /// (key, message, commitment): the challenge of a proof of possession.
        POSSESSION = "possession";
        /// (seed, key, message): the nonce of a proof of possession.
        POSSESSION_NONCE = "possession/nonce";
        /// A registration, as its three keys sign it.
        REGISTRATION = "registration";
        /// (epoch, shard, random number): the order in which validators are cut into shards.
        SEED_ASSIGN = "seed/assign";
        /// (epoch, shard, random number): the order in which validators leave a shard.
        SEED_SWAP_OUT = "seed/swap-out";
        /// (epoch, shard, random number): the order in which validators join a shard.
        SEED_SWAP_IN = "seed/swap-in";
        /// (epoch, shard, random number): the draw of a shard's believable league.
        SEED_LEAGUE = "seed/league";
        /// (epoch, shard, random number of the epoch before): the order of a shard's leaders.
        SEED_LEADER = "seed/leader";
        /// The name of the group that a run computes in.
        DRP_SUITE = "drp/suite";
        /// A run's configuration: its session id.
        DRP_SESSION = "drp/sid";
        /// Session id: the order in which servers are cut into groups.
        DRP_GROUPS = "drp/groups";
        /// Session id, hashed to the base of the run's commitments.
        DRP_BASE = "drp/base";
        /// A run's configuration, as its leader signs it.
        DRP_ANNOUNCEMENT_SIGNED = "drp/i1/signed";
        /// An announcement with its signature.
        DRP_ANNOUNCEMENT = "drp/i1";
        /// (session id, announcement, dealer, deal), as the dealer signs it.
        DRP_DEAL_SIGNED = "drp/r1/signed";
        /// A deal with its signature.
        DRP_DEAL = "drp/r1";
        /// (session id, inputs, root of the deals): what validators sign together.
        DRP_STATEMENT = "drp/statement";
        /// A commit, as the log names it.
        DRP_COMMIT = "drp/commit";
        /// (session id, sum of the secrets): the random number.
        DRP_OUTPUT = "drp/out";
        /// What a validator signs that has waited too long for a leader.
        DRP_TIMEOUT = "drp/timeout";
        /// (head before, height, record): the log of a lottery and its runs.
        DRP_LOG = "drp/log";
        /// A transcript: the weights with which its proofs are summed up.
        DRP_BATCH = "drp/batch";
        /// (sum of secrets, bitmap, message): the nonce of who signs for many.
        COSI_FOR_ALL = "cosi/for-all";
    }
}

/// `H(tag, value) = SHA-256("IOSChain/v1" ‖ len8(tag) ‖ tag ‖ encode(value))`.
///
/// **CRY-HASH-01** (MUST) [own] A value that is hashed by its encoding is hashed under the tag of
/// its kind, and no two kinds have one tag.
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

/// [`tagged_hash`] of a value that is already encoded.
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

/// SHA-256 over the concatenation of `parts` and the encoding of `value`, which is not put together
/// first.
pub(super) fn sha256_of<T: BorshSerialize + ?Sized>(parts: &[&[u8]], value: &T) -> Digest {
    let mut sink = Sink(start(parts));
    // Hashing cannot fail; encoding does only for sequences over u32::MAX, and no cap comes near
    // it.
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

/// Hashes what is written into it.
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
