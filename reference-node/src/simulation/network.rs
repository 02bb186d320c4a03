//! The network between clients and shards. It delivers messages in a random order, and some of them
//! a second time.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::rc::Rc;

use ioschain_spec::chain::entry::Entry;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::sha256;
use ioschain_spec::primitives::numbers::Shard;
use ioschain_spec::primitives::stream::Stream;

use super::Proof;

/// One message in eight is delivered twice.
const ONE_DUPLICATE_IN: NonZeroU64 = NonZeroU64::new(8).unwrap();
/// The second copy arrives less than this number of rounds after the first.
const DUPLICATE_ROUNDS: NonZeroU64 = NonZeroU64::new(4).unwrap();

/// A message on its way to a shard.
#[derive(Clone)]
pub struct Delivery {
    /// The shard that receives the message.
    pub shard: Shard,
    /// The payment to which the message belongs.
    pub payment: usize,
    /// The encoded entry.
    pub bytes: Rc<[u8]>,
}

/// The network, with the messages that have not arrived yet.
pub(super) struct Network {
    stream: Stream,
    queue: BTreeMap<u64, Vec<Delivery>>,
    /// The number of deliveries so far, including duplicates.
    pub(super) messages: u64,
    /// The sum of the encoded sizes of these deliveries.
    pub(super) bytes: u64,
}

impl Network {
    pub(super) fn new(seed: u64) -> Self {
        let seed = sha256(&[b"replay network", &seed.to_le_bytes()]);
        Self { stream: Stream::new(seed), queue: BTreeMap::new(), messages: 0, bytes: 0 }
    }

    /// Sends an entry to some shards. It arrives in this `round`, and in some cases a second time
    /// in this or a later round.
    pub(super) fn send(
        &mut self,
        round: u64,
        shards: impl IntoIterator<Item = Shard>,
        payment: usize,
        entry: &Entry<Proof>,
    ) {
        let bytes: Rc<[u8]> = encode(entry).into();
        for shard in shards {
            let delivery = Delivery { shard, payment, bytes: Rc::clone(&bytes) };
            if self.stream.below(ONE_DUPLICATE_IN) == 0 {
                let late = round + self.stream.below(DUPLICATE_ROUNDS);
                self.queue.entry(late).or_default().push(delivery.clone());
            }
            self.queue.entry(round).or_default().push(delivery);
        }
    }

    /// The messages that arrive in a round, for each shard, in a random order.
    pub(super) fn deliver(&mut self, round: u64) -> BTreeMap<Shard, Vec<Delivery>> {
        let mut arriving = self.queue.remove(&round).unwrap_or_default();
        self.stream.shuffle(&mut arriving);
        let mut by_shard: BTreeMap<Shard, Vec<Delivery>> = BTreeMap::new();
        for delivery in arriving {
            self.messages += 1;
            self.bytes += delivery.bytes.len() as u64;
            by_shard.entry(delivery.shard).or_default().push(delivery);
        }
        by_shard
    }

    /// Whether all messages have arrived.
    pub(super) fn is_quiet(&self) -> bool {
        self.queue.is_empty()
    }
}
