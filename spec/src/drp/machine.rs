//! The vocabulary of a validator's machine: its secrets, its memory, the events that it receives
//! and the effects that it returns. The machine itself is in [`server`](super::server).

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use zeroize::Zeroizing;

use super::configuration::ViewAndRank;
use super::messages::{LogEntry, Message, SignedDeal};
use super::recovery::Recovered;
use super::rules::Step;
use crate::primitives::ed25519::KeyPair;
use crate::primitives::encoding::BoundedMap;
use crate::primitives::group::Group;
use crate::primitives::hash::Digest;
use crate::primitives::keys::{NodeId, ValidatorKeyPairs};
use crate::primitives::numbers::{Height, Rank, View};
use crate::primitives::ristretto::Ristretto255;

/// The largest number of runs that a validator answers in one epoch.
pub const RUNS_MAX: usize = 1 << 16;

/// The secrets that a validator's machine uses.
#[derive(Clone)]
pub struct Secrets<G: Group> {
    /// The validator's name, which is public.
    pub name: NodeId,
    /// The key pair with which it signs.
    pub signing: KeyPair,
    /// The secret with which it decrypts shares.
    pub decryption: Zeroizing<G::Scalar>,
    /// The seed of its polynomials and nonces. Each epoch needs another seed.
    pub seed: Zeroizing<[u8; 32]>,
}

impl Secrets<Ristretto255> {
    /// The secrets of a validator, with a seed that the caller draws.
    pub fn new(key_pairs: &ValidatorKeyPairs, seed: [u8; 32]) -> Self {
        Self {
            name: key_pairs.public_keys().node_id(),
            signing: key_pairs.signing.clone(),
            decryption: Zeroizing::new(key_pairs.group.secret()),
            seed: Zeroizing::new(seed),
        }
    }
}

impl<G: Group> std::fmt::Debug for Secrets<G> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Secrets").field(&self.name).finish()
    }
}

/// The facts that a validator must not forget during an epoch: its answers, by view and rank. It is
/// empty at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Memory {
    /// At most one answer for each view and rank.
    pub answered: BoundedMap<ViewAndRank, Answered, RUNS_MAX>,
}

/// The messages that a validator has sent in one run.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Answered {
    /// The hash of the announcement that it answered.
    pub announcement: Digest,
    /// Its deal, R1, or `None` if it leads.
    pub deal: Option<SignedDeal>,
    /// The message of the statement that it agreed to.
    pub agreed: Option<Digest>,
}

/// An event at a validator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A message arrives. A deal, R1, is for the leader's machine and is refused here.
    Message(Message),
    /// The log orders an entry at a height.
    Ordered {
        /// The height of the entry's block.
        height: Height,
        /// The entry that is ordered.
        entry: LogEntry,
    },
    /// The log has reached a height.
    Reached(Height),
    /// The deadline of a step has passed, in the run of a view and rank.
    Deadline {
        /// The view of the run.
        view: View,
        /// The rank of its leader.
        rank: Rank,
        /// The step whose deadline has passed.
        step: Step,
    },
}

/// An action that a machine wants. The caller carries it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Store this memory so that it survives a crash, before any later effect is carried out.
    Persist(Memory),
    /// Send a message to one validator.
    Send {
        /// The validator that receives the message.
        to: NodeId,
        /// The message to send.
        message: Message,
    },
    /// Send a message to every validator.
    Broadcast(Message),
    /// From now on, take part in the collective signing of this message.
    Agree(Digest),
    /// Get this message signed by everybody who agrees.
    Collect(Digest),
    /// Send an entry to the log to be ordered.
    Order(LogEntry),
    /// The random number is recovered.
    Output(Recovered),
}
