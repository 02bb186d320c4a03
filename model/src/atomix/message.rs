//! What can reach a shard, small enough to be copied a million times a second.

use std::fmt;

/// The most proofs in one message of a model, so the most input shards of a transaction.
pub const PROOFS_MAX: usize = 4;

/// Attestations by number, in the order of the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proofs {
    count: u8,
    numbers: [u8; PROOFS_MAX],
}

impl Proofs {
    /// These and one more; `None` beyond [`PROOFS_MAX`].
    pub fn and(mut self, number: u8) -> Option<Self> {
        *self.numbers.get_mut(usize::from(self.count))? = number;
        self.count += 1;
        Some(self)
    }

    /// In order.
    pub fn numbers(&self) -> &[u8] {
        &self.numbers[..usize::from(self.count)]
    }
}

impl FromIterator<u8> for Proofs {
    /// # Panics
    /// Beyond [`PROOFS_MAX`].
    fn from_iter<I: IntoIterator<Item = u8>>(numbers: I) -> Self {
        let mut proofs = Self::default();
        for number in numbers {
            proofs =
                proofs.and(number).expect("a model's transactions have at most 4 input shards");
        }
        proofs
    }
}

/// A message, or a step that a shard takes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// A lock request, or a transaction of one shard alone.
    Request {
        /// Which transaction.
        transaction: u8,
    },
    /// A request with a garbage witness, by a stranger.
    Garbage {
        /// Which transaction.
        transaction: u8,
    },
    /// An unlock-to-commit.
    Commit {
        /// Which transaction.
        transaction: u8,
        /// Which attestations.
        proofs: Proofs,
    },
    /// An unlock-to-abort.
    Abort {
        /// Which transaction.
        transaction: u8,
        /// Which attestation.
        proof: u8,
    },
    /// The sweep of the epoch before the shard's.
    Import,
    /// The shard closes its epoch.
    Close,
}

/// The kinds of messages, in the order of [`Message`].
pub const KINDS: [&str; 6] = ["request", "garbage", "commit", "abort", "import", "close"];

impl Message {
    /// One of [`KINDS`].
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Request { .. } => "request",
            Self::Garbage { .. } => "garbage",
            Self::Commit { .. } => "commit",
            Self::Abort { .. } => "abort",
            Self::Import => "import",
            Self::Close => "close",
        }
    }

    /// Which transaction it is about.
    pub fn transaction(&self) -> Option<u8> {
        match self {
            Self::Request { transaction }
            | Self::Garbage { transaction }
            | Self::Commit { transaction, .. }
            | Self::Abort { transaction, .. } => Some(*transaction),
            Self::Import | Self::Close => None,
        }
    }

    /// The attestations that it carries, by number.
    pub fn proofs(&self) -> Proofs {
        match self {
            Self::Commit { proofs, .. } => *proofs,
            Self::Abort { proof, .. } => Proofs::from_iter([*proof]),
            _ => Proofs::default(),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind())?;
        self.transaction().map_or(Ok(()), |transaction| write!(formatter, " T{transaction}"))
    }
}
