//! The lottery: who leads the randomness protocol. Origin: white paper §5, steps 1 to 3, and OmniLedger.
//!
//! Every validator draws one number from the verifiable random function; the smallest leads, and the next two
//! stand by. Nobody can try for a better number: the function has one output for each key and input, and the
//! input holds a random number that came into being when the keys were fixed already (gap W8).
//!
//! The paper lets validators gossip their tickets for a time Δ and then take the minimum. A ticket that
//! reaches half of them just in time splits them, so a ticket counts here when the identity log has it.

use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::primitives::certificate::Roster;
use crate::primitives::encoding::encode;
use crate::primitives::hash::Digest;
use crate::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use crate::primitives::vrf::{VrfOutput, VrfProof};
use crate::suite::Suite;

/// How many leaders a lottery gives: one, and two that stand by.
pub const RANKS: usize = 3;

/// A validator's entry in one lottery.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Ticket {
    /// In which epoch.
    pub epoch: u64,
    /// In which view of it: 0, and one more after each lottery whose leaders all failed, or which nobody
    /// entered.
    pub view: u32,
    /// Whose.
    pub validator: NodeId,
    /// Its lottery key's proof for [`Lottery::input`].
    pub proof: VrfProof,
}

/// One lottery: that of an epoch and view.
#[derive(Clone, Copy, Debug)]
pub struct Lottery<'a> {
    /// Which chain.
    pub chain_id: Digest,
    /// For the random number of which epoch.
    pub epoch: u64,
    /// In which view of it.
    pub view: u32,
    /// The random number of the epoch before.
    pub randomness_before: Digest,
    /// The validators of the epoch.
    pub configuration: &'a Roster,
    /// Who may not lead, from [`derive_excluded`].
    pub excluded: &'a BTreeSet<NodeId>,
    /// The identity height at which it opened.
    pub opened_at: u64,
    /// For how many heights after that tickets count.
    pub heights: u64,
}

/// The tickets that count in one lottery, by validator.
pub type Tickets = BTreeMap<NodeId, VrfOutput>;

/// The last height at which tickets count in a lottery that opened at a height, for so many heights.
pub fn derive_last_height(opened_at: u64, heights: u64) -> u64 {
    opened_at.saturating_add(heights)
}

impl Lottery<'_> {
    /// α, what the random function is drawn over.
    ///
    /// **EDS-LOTTERY-01** (MUST) [OL, own] A lottery's input is the encoding of the bytes "eds", the chain id,
    /// the configuration's root, epoch, view, and the random number of the epoch before.
    pub fn input(&self) -> Vec<u8> {
        encode(&(
            *b"eds",
            self.chain_id,
            self.configuration.root(),
            self.epoch,
            self.view,
            self.randomness_before,
        ))
    }

    /// Whether a validator of the epoch may lead.
    pub fn may_lead(&self, validator: &NodeId) -> bool {
        !self.excluded.contains(validator)
    }

    /// The ticket of the holder of `key_pairs`, whether or not it would count. `None` if the input cannot be
    /// hashed to the curve, which happens once in 2²⁵⁶.
    pub fn draw(&self, key_pairs: &ValidatorKeyPairs) -> Option<Ticket> {
        let validator = key_pairs.public_keys().node_id();
        let proof = key_pairs.lottery.prove(&self.input())?;
        Some(Ticket { epoch: self.epoch, view: self.view, validator, proof })
    }

    /// Checks a ticket that is ordered at `height` of the identity log, after those `counted`; gives the
    /// number that it drew.
    ///
    /// **EDS-TICKET-07** (MUST) [WP §5 step 1] A ticket's proof is one of its validator's lottery key for the
    /// lottery's input.
    ///
    /// # Errors
    /// In this order: those of [`Lottery::check_claims`]; those of
    /// [`vrf::verify`](crate::primitives::vrf::verify).
    pub fn check_ticket<S: Suite>(
        &self,
        suite: &S,
        counted: &Tickets,
        height: u64,
        ticket: &Ticket,
    ) -> Result<VrfOutput, Rejection> {
        let keys = self.check_claims(counted, height, ticket)?;
        // EDS-TICKET-07: drawn by its key.
        suite.verify_vrf(&keys.lottery, &self.input(), &ticket.proof)
    }

    /// Checks all of a ticket but its proof; gives the keys of its validator.
    ///
    /// **EDS-TICKET-01** (MUST) [own] A ticket is of the lottery's epoch.
    ///
    /// **EDS-TICKET-02** (MUST) [own] A ticket is of the lottery's view.
    ///
    /// **EDS-TICKET-03** (MUST) [own] A ticket counts if it is ordered at most the policy's number of heights
    /// after the lottery opened.
    ///
    /// **EDS-TICKET-04** (MUST) [WP §5 step 1] A ticket is of a validator of the epoch's configuration.
    ///
    /// **EDS-TICKET-05** (MUST) [OL, own] A ticket is of a validator that may lead.
    ///
    /// **EDS-TICKET-06** (MUST) [own] A validator has one ticket in a lottery.
    ///
    /// # Errors
    /// In this order: [`Rejection::EdsTicketEpoch`], [`Rejection::EdsTicketView`],
    /// [`Rejection::EdsTicketLate`], [`Rejection::EdsTicketUnregistered`],
    /// [`Rejection::EdsTicketExcluded`], [`Rejection::EdsTicketRepeated`].
    pub fn check_claims(
        &self,
        counted: &Tickets,
        height: u64,
        ticket: &Ticket,
    ) -> Result<&ValidatorKeys, Rejection> {
        // EDS-TICKET-01: of this epoch.
        if ticket.epoch != self.epoch {
            return Err(Rejection::EdsTicketEpoch);
        }
        // EDS-TICKET-02: of this view.
        if ticket.view != self.view {
            return Err(Rejection::EdsTicketView);
        }
        // EDS-TICKET-03: in time.
        if height > derive_last_height(self.opened_at, self.heights) {
            return Err(Rejection::EdsTicketLate);
        }
        // EDS-TICKET-04: of a validator of the epoch.
        let keys = self.configuration.keys_of(&ticket.validator);
        let keys = keys.ok_or(Rejection::EdsTicketUnregistered)?;
        // EDS-TICKET-05: which may lead.
        if !self.may_lead(&ticket.validator) {
            return Err(Rejection::EdsTicketExcluded);
        }
        // EDS-TICKET-06: its first.
        if counted.contains_key(&ticket.validator) {
            return Err(Rejection::EdsTicketRepeated);
        }
        Ok(keys)
    }
}

/// Who may not lead: the `convicted`, and those who led in this epoch and `failed`, unless that leaves nobody.
///
/// **EDS-ELIGIBLE-01** (MUST) [WP §5 step 7, OL] A leader that failed does not lead again in the epoch; it
/// stays a server. A validator that was convicted before the epoch's first lottery opened does not lead in it.
///
/// **EDS-ELIGIBLE-02** (MUST) [own] If all others have failed, or a lottery closes without a ticket, those who
/// failed may lead again, and exclusions begin anew: an epoch does not end without its random number, and
/// those who never enter cannot keep out those who were too slow once.
pub fn derive_excluded(
    configuration: &Roster,
    convicted: &BTreeSet<NodeId>,
    failed: &BTreeSet<NodeId>,
) -> BTreeSet<NodeId> {
    // EDS-ELIGIBLE-02: if nobody would be left, those who failed may.
    if have_all_failed(configuration, convicted, failed) {
        return convicted.clone();
    }
    // EDS-ELIGIBLE-01: the convicted, and those who failed.
    convicted | failed
}

/// Whether everybody who is not convicted has failed.
pub fn have_all_failed(
    configuration: &Roster,
    convicted: &BTreeSet<NodeId>,
    failed: &BTreeSet<NodeId>,
) -> bool {
    configuration
        .node_ids()
        .all(|validator| convicted.contains(&validator) || failed.contains(&validator))
}

/// The leaders, rank 0 first: at most three, fewer if there are fewer tickets.
///
/// **EDS-LOTTERY-02** (MUST) [WP §5 steps 2 and 3, ties own] The validators with the three smallest numbers
/// are ranks 0, 1 and 2; a number is the random function's output, big-endian, and of two equal ones the
/// smaller name comes first.
pub fn derive_ranks(tickets: &Tickets) -> Vec<NodeId> {
    let mut drawn: Vec<(VrfOutput, NodeId)> =
        tickets.iter().map(|(validator, number)| (*number, *validator)).collect();
    drawn.sort_unstable();
    drawn.into_iter().take(RANKS).map(|(_, validator)| validator).collect()
}
