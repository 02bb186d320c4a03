//! What stands for the identity shard until it exists: an ordered log of entries.
//!
//! The paper needs an order that all shards agree on (§5, §6) and does not say where it comes from;
//! OmniLedger's identity blockchain is the answer. The real one runs the agreement of §8.3. Here each
//! entry is one height, rosters are those of genesis, and the only entry is [`EpochClosed`], which
//! stands for the Micro State Block's header (§9).
//! Every look-up is made *at a height*, so that all validators of a shard see the same.
//! Registrations ([`registration`](crate::sharding::registration)) have their checks and are not entries yet; what the randomness protocol
//! orders has a log of its own ([`progress`](crate::drp::log)).
//! Origin: own.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::parameters::{Parameters, SHARDS_MAX};
use crate::primitives::certificate::{Roster, ValidatorVote};
use crate::primitives::encoding::Bounded;
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::ristretto::Ristretto255;
use crate::suite::Suite;

/// A shard has closed an epoch; stands for the header of its Micro State Block.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct EpochClosed {
    /// Which chain.
    pub chain_id: Digest,
    /// Which shard, 1..=m.
    pub shard: u16,
    /// Which epoch.
    pub epoch: u64,
    /// How many blocks the shard had then.
    pub height: u64,
    /// The hash of its last block.
    pub last_header: Digest,
    /// At place i the root of the expiry list addressed to shard i + 1 (§7).
    pub expiry_roots: Bounded<Digest, SHARDS_MAX>,
}

/// An entry with the certificate of the shard that made it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct CertifiedEpoch<C> {
    /// What the shard closed.
    pub closed: EpochClosed,
    /// Its roster's certificate of [`EpochClosed::vote`].
    pub certificate: C,
}

impl EpochClosed {
    /// What the shard's validators sign: `H("epoch-closed", entry)` at the entry's place.
    pub fn vote(&self) -> ValidatorVote {
        ValidatorVote {
            chain_id: self.chain_id,
            shard: self.shard,
            epoch: self.epoch,
            height: self.height,
            value: tagged_hash(tags::EPOCH_CLOSED, self),
        }
    }
}

/// The log. Its height is the number of its entries.
#[derive(Clone, Debug)]
pub struct IdentityLog {
    parameters: Parameters,
    /// The rosters of shards 0..=m, for ever.
    rosters: Vec<Roster>,
    /// The log's hash at each height, from 0.
    hashes: Vec<Digest>,
    /// Each closing entry and the height from which on it is seen.
    closed: BTreeMap<(u16, u64), (u64, EpochClosed)>,
}

/// The log up to a height.
#[derive(Clone, Copy, Debug)]
pub struct IdentityView<'a> {
    log: &'a IdentityLog,
    height: u64,
}

impl IdentityLog {
    /// The empty log of a chain; `rosters` are those of shards 0..=m.
    pub fn new(parameters: Parameters, rosters: Vec<Roster>) -> Self {
        let first = tagged_hash(tags::IDENTITY, &parameters.chain_id);
        Self { parameters, rosters, hashes: vec![first], closed: BTreeMap::new() }
    }

    /// How many entries there are.
    pub fn height(&self) -> u64 {
        u64::try_from(self.hashes.len()).unwrap_or(u64::MAX).saturating_sub(1)
    }

    /// The whole log.
    pub fn view(&self) -> IdentityView<'_> {
        IdentityView { log: self, height: self.height() }
    }

    /// The log at a height; `None` above its own.
    pub fn view_at(&self, height: u64) -> Option<IdentityView<'_>> {
        (height <= self.height()).then_some(IdentityView { log: self, height })
    }

    /// Appends an entry.
    ///
    /// **MSB-CLOSE-01** (MUST) [own] A closing entry is of this chain.
    ///
    /// **MSB-CLOSE-02** (MUST) [own] A closing entry is of a transaction shard, 1..=m.
    ///
    /// **MSB-CLOSE-03** (MUST) [own] A closing entry is of the epoch after the last that its shard
    /// closed.
    ///
    /// **MSB-CLOSE-04** (MUST) [own] A closing entry has an expiry root for each transaction shard, its
    /// own included.
    ///
    /// **MSB-CLOSE-05** (MUST) [own] A closing entry is certified by its shard's roster.
    ///
    /// # Errors
    /// In this order: [`Rejection::MsbChain`], [`Rejection::MsbShard`], [`Rejection::MsbEpoch`],
    /// [`Rejection::MsbExpiryRoots`], the suite's rejection of the certificate.
    pub fn append<S: Suite>(
        &mut self,
        suite: &S,
        entry: &CertifiedEpoch<S::Certificate>,
    ) -> Result<(), Rejection> {
        let closed = &entry.closed;
        // MSB-CLOSE-01: of this chain.
        if closed.chain_id != self.parameters.chain_id {
            return Err(Rejection::MsbChain);
        }
        // MSB-CLOSE-02: its shard exists, and is not the identity shard.
        let roster = self.rosters.get(usize::from(closed.shard));
        let roster = roster.filter(|_| closed.shard > 0).ok_or(Rejection::MsbShard)?;
        // MSB-CLOSE-03: one entry for each shard and epoch, in order.
        if closed.epoch != self.last_closed(closed.shard).saturating_add(1) {
            return Err(Rejection::MsbEpoch);
        }
        // MSB-CLOSE-04: a list for every shard.
        if closed.expiry_roots.len() != usize::from(self.parameters.shards) {
            return Err(Rejection::MsbExpiryRoots);
        }
        // MSB-CLOSE-05: the shard's roster signed it.
        suite.verify_certificate::<Ristretto255>(
            roster,
            &closed.vote().message(),
            &entry.certificate,
        )?;

        self.hashes.push(tagged_hash(tags::IDENTITY, &(self.view().hash(), closed)));
        let height = self.height();
        self.closed.insert((closed.shard, closed.epoch), (height, closed.clone()));
        Ok(())
    }

    /// The last epoch that a shard closed; epoch 0 is closed by genesis.
    fn last_closed(&self, shard: u16) -> u64 {
        let of_shard = self.closed.range((shard, 0)..=(shard, u64::MAX));
        of_shard.last().map_or(0, |((_, epoch), _)| *epoch)
    }
}

impl<'a> IdentityView<'a> {
    /// What genesis fixed.
    pub fn parameters(&self) -> &'a Parameters {
        &self.log.parameters
    }

    /// How much of the log is seen.
    pub fn height(&self) -> u64 {
        self.height
    }

    /// The log's hash at this height.
    pub fn hash(&self) -> Digest {
        let at = usize::try_from(self.height).ok();
        at.and_then(|at| self.log.hashes.get(at)).copied().unwrap_or(Digest::ZERO)
    }

    /// The roster of a shard. It is that of genesis at every height until §6 exists.
    pub fn roster(&self, shard: u16) -> Option<&'a Roster> {
        self.log.rosters.get(usize::from(shard))
    }

    /// A shard's closing entry of an epoch, if it is seen from here.
    pub fn closed(&self, shard: u16, epoch: u64) -> Option<&'a EpochClosed> {
        let (height, closed) = self.log.closed.get(&(shard, epoch))?;
        (*height <= self.height).then_some(closed)
    }

    /// Whether every transaction shard has closed `epoch`; epoch 0 is closed by genesis.
    pub fn all_closed(&self, epoch: u64) -> bool {
        epoch == 0
            || (1..=self.parameters().shards).all(|shard| self.closed(shard, epoch).is_some())
    }
}
