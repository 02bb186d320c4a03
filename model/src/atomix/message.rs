//! The messages that can reach a shard.
//!
//! A message has two forms. In the readable [transition](super::transition) it contains attested
//! votes. In the memoised engine, which copies messages a million times a second, it contains the
//! numbers of attestations.

use std::fmt;

use ioschain_spec::ledger::Vote;
use ioschain_spec::primitives::numbers::Shard;

/// The largest number of proofs in one message of a model, and so of input shards of a transaction.
pub const PROOFS_MAX: usize = 4;

/// A vote that a shard has attested, with the numbers of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttestedVote {
    /// The shard that voted.
    pub shard: Shard,
    /// The number of the transaction in the plan.
    pub transaction: u8,
    /// The vote.
    pub vote: Vote,
}

impl AttestedVote {
    /// Whether the same shard voted differently on the same transaction.
    pub fn contradicts(&self, other: &Self) -> bool {
        (self.shard, self.transaction) == (other.shard, other.transaction)
            && self.vote != other.vote
    }
}

/// The numbers of attestations, in the order of the message that carries them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProofNumbers {
    count: u8,
    numbers: [u8; PROOFS_MAX],
}

impl ProofNumbers {
    /// These numbers and one more. `None` if there are already [`PROOFS_MAX`].
    pub fn and(mut self, number: u8) -> Option<Self> {
        *self.numbers.get_mut(usize::from(self.count))? = number;
        self.count += 1;
        Some(self)
    }

    /// The numbers in order.
    pub fn numbers(&self) -> &[u8] {
        &self.numbers[..usize::from(self.count)]
    }
}

impl FromIterator<u8> for ProofNumbers {
    /// # Panics
    /// If there are more than [`PROOFS_MAX`].
    fn from_iter<I: IntoIterator<Item = u8>>(numbers: I) -> Self {
        let mut proofs = Self::default();
        for number in numbers {
            proofs =
                proofs.and(number).expect("a model's transactions have at most 4 input shards");
        }
        proofs
    }
}

/// A message that reaches a shard, or an action that a shard takes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message<Proof = AttestedVote, Proofs = Vec<Proof>> {
    /// A client's lock request, or its transaction if that concerns one shard only.
    Request {
        /// The number of the transaction in the plan.
        transaction: u8,
    },
    /// The same request from a stranger, with forged witnesses.
    Forged {
        /// The number of the transaction in the plan.
        transaction: u8,
    },
    /// An unlock-to-commit of a transaction.
    Commit {
        /// The number of the transaction in the plan.
        transaction: u8,
        /// The attestations that the message carries, in order.
        proofs: Proofs,
    },
    /// An unlock-to-abort of a transaction.
    Abort {
        /// The number of the transaction in the plan.
        transaction: u8,
        /// The attestation that the message carries.
        proof: Proof,
    },
    /// The shard sweeps the transactions that expired in the epoch before its own.
    Import,
    /// The shard closes its epoch.
    Close,
}

/// A message of the memoised engine, with the numbers of attestations.
pub type NumberedMessage = Message<u8, ProofNumbers>;

/// The kinds of messages, in the order of [`Message`].
pub const KINDS: [&str; 6] = ["request", "forged request", "commit", "abort", "import", "close"];

impl<Proof, Proofs> Message<Proof, Proofs> {
    /// The kind of the message, one of [`KINDS`].
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Request { .. } => "request",
            Self::Forged { .. } => "forged request",
            Self::Commit { .. } => "commit",
            Self::Abort { .. } => "abort",
            Self::Import => "import",
            Self::Close => "close",
        }
    }

    /// The transaction that the message is about. `None` if it is about all expired transactions.
    pub fn transaction(&self) -> Option<u8> {
        match self {
            Self::Request { transaction }
            | Self::Forged { transaction }
            | Self::Commit { transaction, .. }
            | Self::Abort { transaction, .. } => Some(*transaction),
            Self::Import | Self::Close => None,
        }
    }
}

impl Message {
    /// The attested votes that the message carries, in order.
    pub fn proofs(&self) -> Vec<AttestedVote> {
        match self {
            Self::Commit { proofs, .. } => proofs.clone(),
            Self::Abort { proof, .. } => vec![*proof],
            _ => Vec::new(),
        }
    }
}

impl NumberedMessage {
    /// The numbers of the attestations that the message carries, in order.
    pub fn proofs(&self) -> ProofNumbers {
        match self {
            Self::Commit { proofs, .. } => *proofs,
            Self::Abort { proof, .. } => ProofNumbers::from_iter([*proof]),
            _ => ProofNumbers::default(),
        }
    }
}

impl<Proof, Proofs> fmt::Display for Message<Proof, Proofs> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind())?;
        self.transaction().map_or(Ok(()), |transaction| write!(formatter, " T{transaction}"))
    }
}
