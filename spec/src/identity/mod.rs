//! An ordered log of entries. It takes the place of the identity shard until that shard is
//! implemented.
//!
//! The protocol needs an order of events that all shards agree on (§5, §6). The paper does not say
//! where this order comes from. This specification follows OmniLedger, whose order comes from an
//! identity blockchain. The real identity shard will run the agreement protocol of §8. In this log,
//! each entry has its own height, and the rosters are those of genesis. The only kind of entry is
//! [`EpochClosed`], the placeholder for the header of the Micro State Block (§9).
//!
//! | item | contents |
//! |---|---|
//! | [`IdentityLog`] | the log, and the checks of an entry |
//! | [`EpochClosed`] | an entry: a shard ends an epoch; it takes the place of Header(msb) of §9 |
//! | [`CertifiedEpoch`] | an entry with the certificate of its shard |
//! | [`IdentityView`] | the log at a height: rosters of shards, epochs that they have closed |
//!
//! How a shard closes its epoch is in [`sweep`](crate::atomix::sweep), because the entry commits to
//! the lists of §7.
//!
//! Every look-up is made *at a height*. So all validators of a shard get the same answer, although
//! some of them may have more of the log than others.
//!
//! The checks of a registration exist ([`registration`](crate::sharding::registration)), but
//! registrations are not entries of this log yet. The randomness protocol has a log of its own
//! ([`log`](crate::drp::log)), with its own head and heights. The identity shard will join the two
//! into one chain; until then nothing depends on their common order.
//!
//! Origin: own.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::parameters::{Parameters, SHARDS_MAX};
use crate::primitives::certificate::{Roster, ValidatorVote};
use crate::primitives::encoding::Bounded;
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::numbers::{Epoch, Height, Shard};
use crate::primitives::ristretto::Ristretto255;
use crate::suite::Suite;

/// The entry with which a shard closes an epoch. It is the placeholder for the header of the
/// shard's Micro State Block.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct EpochClosed {
    /// The id of the chain.
    pub chain_id: Digest,
    /// The shard that closes the epoch, in 1..=m.
    pub shard: Shard,
    /// The epoch that is closed.
    pub epoch: Epoch,
    /// The number of blocks that the shard has when it closes the epoch.
    pub height: Height,
    /// The hash of the shard's last block.
    pub last_header: Digest,
    /// At index i, the root of the expiry list that is addressed to shard i + 1 (§7).
    pub expiry_roots: Bounded<Digest, SHARDS_MAX>,
}

/// An entry with the certificate of the shard that made it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct CertifiedEpoch<C> {
    /// The entry that is certified.
    pub closed: EpochClosed,
    /// The certificate of [`EpochClosed::vote`] by the shard's roster.
    pub certificate: C,
}

impl EpochClosed {
    /// The vote that the shard's validators sign: `H("epoch-closed", entry)` at the shard, epoch
    /// and height of the entry.
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

/// The identity log. Its height is the number of its entries.
#[derive(Clone, Debug)]
pub struct IdentityLog {
    parameters: Parameters,
    /// The rosters of shards 0..=m. They do not change, because §6 is not specified yet.
    rosters: Vec<Roster>,
    /// The log's hash at each height, from height 0.
    hashes: Vec<Digest>,
    /// The closing entries by shard and epoch, each with the height at which it becomes visible.
    /// The shard is first in the key, so that the entries of one shard are one range of the map.
    closed: BTreeMap<(Shard, Epoch), (Height, EpochClosed)>,
}

/// The log as it is seen at a height.
#[derive(Clone, Copy, Debug)]
pub struct IdentityView<'a> {
    log: &'a IdentityLog,
    height: Height,
}

impl IdentityLog {
    /// The empty log of a chain. `rosters` are the rosters of shards 0..=m.
    pub fn new(parameters: Parameters, rosters: Vec<Roster>) -> Self {
        let first = tagged_hash(tags::IDENTITY, &parameters.chain_id);
        Self { parameters, rosters, hashes: vec![first], closed: BTreeMap::new() }
    }

    /// The number of entries.
    pub fn height(&self) -> Height {
        Height(u64::try_from(self.hashes.len()).unwrap_or(u64::MAX)).saturating_sub(1)
    }

    /// The view of the whole log.
    pub fn view(&self) -> IdentityView<'_> {
        IdentityView { log: self, height: self.height() }
    }

    /// The view of the log at a height. `None` if the log has not reached this height.
    pub fn view_at(&self, height: Height) -> Option<IdentityView<'_>> {
        (height <= self.height()).then_some(IdentityView { log: self, height })
    }

    /// Appends an entry.
    ///
    /// **MSB-CLOSE-01** (MUST) \[own] A closing entry names this chain.
    ///
    /// **MSB-CLOSE-02** (MUST) \[own] The shard of a closing entry is a transaction shard, 1..=m.
    ///
    /// **MSB-CLOSE-03** (MUST) \[own] The epoch of a closing entry is one after the last epoch that
    /// its shard closed. A shard that closed one epoch twice could commit to two sets of expiry
    /// lists. Then a transaction could commit in one shard and abort in another.
    ///
    /// **MSB-CLOSE-04** (MUST) \[own] A closing entry has one expiry root for each transaction
    /// shard, including the shard that closes the epoch.
    ///
    /// **MSB-CLOSE-05** (MUST) \[own] A closing entry is certified by its shard's roster. Without
    /// the certificate, a stranger could close an epoch for a shard with empty lists, and every
    /// transaction of that epoch would abort.
    ///
    /// | order | check | id | code | function |
    /// |---|---|---|---|---|
    /// | 1 | the entry names this chain | MSB-CLOSE-01 | `MSB_CHAIN` | `append` |
    /// | 2 | its shard is one of 1..=m | MSB-CLOSE-02 | `MSB_SHARD` | `append` |
    /// | 3 | its epoch is the next one of its shard | MSB-CLOSE-03 | `MSB_EPOCH` | `append` |
    /// | 4 | it has one expiry root for each shard | MSB-CLOSE-04 | `MSB_EXPIRY_ROOTS` | `append` |
    /// | 5 | certificate (MSB-CLOSE-05): the bitmap fits the roster | CRY-CERT-01 | `CRY_CERTIFICATE_SIGNERS` | `check_signers` |
    /// | 6 | certificate (MSB-CLOSE-05): a quorum signed | CRY-CERT-02 | `CRY_CERTIFICATE_QUORUM` | `check_signers` |
    /// | 7 | certificate (MSB-CLOSE-05): the commitment is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
    /// | 8 | certificate (MSB-CLOSE-05): neither commitment nor key sum is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
    /// | 9 | certificate (MSB-CLOSE-05): the response is a scalar | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
    /// | 10 | certificate (MSB-CLOSE-05): the signers signed the message | CRY-COSI-02 | `CRY_COSI_SIGNATURE` | `verify_named` |
    ///
    /// The codes of the certificate checks are those of the normative suite.
    ///
    /// # Errors
    /// The first row of the table that fails.
    ///
    /// ```
    /// use ioschain_spec::Rejection;
    /// use ioschain_spec::identity::{CertifiedEpoch, EpochClosed, IdentityLog};
    /// use ioschain_spec::parameters::Parameters;
    /// use ioschain_spec::primitives::certificate::Roster;
    /// use ioschain_spec::primitives::hash::Digest;
    /// use ioschain_spec::primitives::numbers::{Epoch, Height, Shard};
    /// use ioschain_spec::suite::{Ideal, IdealCertificate};
    ///
    /// let chain_id = Digest([7; 32]);
    /// let parameters = Parameters { chain_id, shards: 1, fee_minimum: 1, rejections_max: 8 };
    /// let mut log = IdentityLog::new(parameters, vec![Roster::new([])?, Roster::new([])?]);
    /// let closed = EpochClosed {
    ///     chain_id,
    ///     shard: Shard(1),
    ///     epoch: Epoch(1),
    ///     height: Height(5),
    ///     last_header: Digest([8; 32]),
    ///     expiry_roots: vec![Digest::ZERO].try_into()?,
    /// };
    /// let entry = CertifiedEpoch { closed, certificate: IdealCertificate };
    /// log.append(&Ideal, &entry)?;
    /// assert!(log.view().all_closed(Epoch(1)));
    /// // A view at a lower height does not see the entry.
    /// assert!(!log.view_at(Height(0)).unwrap().all_closed(Epoch(1)));
    /// // A shard closes each epoch once.
    /// assert_eq!(log.append(&Ideal, &entry), Err(Rejection::MsbEpoch));
    /// # Ok::<(), Rejection>(())
    /// ```
    pub fn append<S: Suite>(
        &mut self,
        suite: &S,
        entry: &CertifiedEpoch<S::Certificate>,
    ) -> Result<(), Rejection> {
        let closed = &entry.closed;
        // MSB-CLOSE-01: the entry names this chain. Otherwise an entry that was signed for a test
        // chain could be replayed.
        if closed.chain_id != self.parameters.chain_id {
            return Err(Rejection::MsbChain);
        }
        // MSB-CLOSE-02: its shard exists and is not the identity shard.
        let roster = self.rosters.get(usize::from(closed.shard));
        let roster =
            roster.filter(|_| closed.shard != Shard::IDENTITY).ok_or(Rejection::MsbShard)?;
        // MSB-CLOSE-03: a shard closes each epoch once, in order.
        if closed.epoch != self.last_closed(closed.shard).saturating_add(1) {
            return Err(Rejection::MsbEpoch);
        }
        // MSB-CLOSE-04: there is one root for every shard.
        if closed.expiry_roots.len() != usize::from(self.parameters.shards) {
            return Err(Rejection::MsbExpiryRoots);
        }
        // MSB-CLOSE-05: the shard's roster certified the entry.
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

    /// The last epoch that a shard closed. Genesis closes epoch 0.
    fn last_closed(&self, shard: Shard) -> Epoch {
        let of_shard = self.closed.range((shard, Epoch(0))..=(shard, Epoch::MAX));
        of_shard.last().map_or(Epoch(0), |((_, epoch), _)| *epoch)
    }
}

impl<'a> IdentityView<'a> {
    /// The parameters that genesis fixed.
    pub fn parameters(&self) -> &'a Parameters {
        &self.log.parameters
    }

    /// The height at which the log is seen.
    pub fn height(&self) -> Height {
        self.height
    }

    /// The log's hash at this height.
    pub fn hash(&self) -> Digest {
        let at = usize::try_from(self.height.0).ok();
        at.and_then(|at| self.log.hashes.get(at)).copied().unwrap_or(Digest::ZERO)
    }

    /// The roster of a shard. It is the roster of genesis at every height, because §6 is not
    /// specified yet.
    pub fn roster(&self, shard: Shard) -> Option<&'a Roster> {
        self.log.rosters.get(usize::from(shard))
    }

    /// The entry with which a shard closed an epoch, if it is visible at this height.
    pub fn closed(&self, shard: Shard, epoch: Epoch) -> Option<&'a EpochClosed> {
        let (height, closed) = self.log.closed.get(&(shard, epoch))?;
        (*height <= self.height).then_some(closed)
    }

    /// Whether every transaction shard has closed `epoch`. Genesis closes epoch 0.
    pub fn all_closed(&self, epoch: Epoch) -> bool {
        epoch == Epoch(0)
            || Shard::all(self.parameters().shards).all(|shard| self.closed(shard, epoch).is_some())
    }
}
