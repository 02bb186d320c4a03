//! The lottery that chooses the leader of the randomness protocol.
//!
//! Every validator draws one number from the verifiable random function. The validator with the
//! smallest number leads, and the next two are the back-up leaders. Nobody can try again for a
//! better number: the function has one output for each key and input, and the input contains a
//! random number that did not exist when the keys were fixed (gap W8).
//!
//! In the paper, validators gossip their tickets for a time Δ and then take the minimum. If a
//! ticket reaches only half of the validators in that time, they elect different leaders. In this
//! specification, a ticket counts when it is ordered in the identity log.
//!
//! Origin: white paper §5, steps 1 to 3, and OmniLedger.

use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};

use crate::Rejection;
use crate::primitives::certificate::Roster;
use crate::primitives::encoding::encode;
use crate::primitives::hash::Digest;
use crate::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use crate::primitives::numbers::{Epoch, Height, View};
use crate::primitives::vrf::{VrfOutput, VrfProof};
use crate::suite::Suite;

/// The number of leaders of a lottery: one leader and two back-up leaders.
pub const RANKS: usize = 3;

/// A validator's entry in a lottery.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, BorshSchema)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Ticket {
    /// The epoch of the lottery.
    pub epoch: Epoch,
    /// The view of the lottery within the epoch. It is 0 at first. It increases by one after each
    /// lottery that nobody entered or whose leaders all failed.
    pub view: View,
    /// The validator that draws.
    pub validator: NodeId,
    /// The proof of the validator's lottery key for [`Lottery::input`].
    pub proof: VrfProof,
}

/// The lottery of an epoch and view.
#[derive(Clone, Copy, Debug)]
pub struct Lottery<'a> {
    /// The id of the chain.
    pub chain_id: Digest,
    /// The epoch for whose run a leader is drawn.
    pub epoch: Epoch,
    /// The view within the epoch.
    pub view: View,
    /// The random number of the epoch before.
    pub randomness_before: Digest,
    /// The validators of the epoch.
    pub configuration: &'a Roster,
    /// The validators that may not lead, from [`derive_excluded`].
    pub excluded: &'a BTreeSet<NodeId>,
    /// The identity height at which the lottery opened.
    pub opened_at: Height,
    /// The number of heights after the opening at which tickets still count.
    pub heights: u64,
}

/// The numbers of the tickets that count in one lottery, by validator.
pub type Tickets = BTreeMap<NodeId, VrfOutput>;

/// The last height at which tickets count, in a lottery that opened at `opened_at` for so many
/// `heights`.
pub fn derive_last_height(opened_at: Height, heights: u64) -> Height {
    opened_at.saturating_add(heights)
}

impl Lottery<'_> {
    /// α, the input of the random function.
    ///
    /// **EDS-LOTTERY-01** (MUST) [OL, own] A lottery's input is the encoding of the bytes "eds",
    /// the chain id, the configuration's root, epoch, view, and the random number of the epoch
    /// before. Without the random number, the draws of all future epochs would be known in advance.
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

    /// Draws the ticket of the holder of `key_pairs`, whether the ticket would count or not. The
    /// result is `None` if the input cannot be hashed to the curve, which happens with probability
    /// 2⁻²⁵⁶.
    pub fn draw(&self, key_pairs: &ValidatorKeyPairs) -> Option<Ticket> {
        let validator = key_pairs.public_keys().node_id();
        let proof = key_pairs.lottery.prove(&self.input())?;
        Some(Ticket { epoch: self.epoch, view: self.view, validator, proof })
    }

    /// Checks a ticket that is ordered at `height` of the identity log after the tickets `counted`,
    /// and returns the number that it drew.
    ///
    /// **EDS-TICKET-07** (MUST) [WP §5 step 1] A ticket's proof is a valid proof of its validator's
    /// lottery key for the lottery's input. Otherwise a validator could invent a number that is
    /// smaller than all others.
    ///
    /// The paper: a validator computes its lottery "using Verifiable Random Function with its view
    /// v" and its private key (§5 step 1). The input has more parts here (gap W8).
    ///
    /// | order | check | id | code | function |
    /// |---|---|---|---|---|
    /// | 1 | the ticket is of the lottery's epoch | EDS-TICKET-01 | `EDS_TICKET_EPOCH` | `check_claims` |
    /// | 2 | it is of the lottery's view | EDS-TICKET-02 | `EDS_TICKET_VIEW` | `check_claims` |
    /// | 3 | it is ordered in time | EDS-TICKET-03 | `EDS_TICKET_LATE` | `check_claims` |
    /// | 4 | its validator is one of the epoch's | EDS-TICKET-04 | `EDS_TICKET_UNREGISTERED` | `check_claims` |
    /// | 5 | its validator may lead | EDS-TICKET-05 | `EDS_TICKET_EXCLUDED` | `check_claims` |
    /// | 6 | its validator has no other ticket | EDS-TICKET-06 | `EDS_TICKET_REPEATED` | `check_claims` |
    /// | 7 | proof (EDS-TICKET-07): the lottery key is a point of large order | CRY-VRF-01 | `CRY_VRF_KEY` | `vrf::verify` |
    /// | 8 | proof (EDS-TICKET-07): the proof is canonically encoded | CRY-VRF-02 | `CRY_VRF_PROOF_MALFORMED` | `vrf::verify` |
    /// | 9 | proof (EDS-TICKET-07): it is this key's for this input | CRY-VRF-03 | `CRY_VRF_PROOF_FALSE` | `vrf::verify` |
    ///
    /// # Errors
    /// The first row of the table that fails.
    ///
    /// ```
    /// use std::collections::BTreeSet;
    ///
    /// use ioschain_spec::Rejection;
    /// use ioschain_spec::primitives::certificate::Roster;
    /// use ioschain_spec::primitives::hash::Digest;
    /// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
    /// use ioschain_spec::primitives::numbers::{Epoch, Height, View};
    /// use ioschain_spec::sharding::lottery::{Lottery, Tickets, derive_ranks};
    /// use ioschain_spec::suite::Normative;
    ///
    /// let validators: Vec<_> =
    ///     (1..=4).map(|number| ValidatorKeyPairs::from_seed(&[number; 32])).collect();
    /// let configuration = Roster::new(validators.iter().map(|keys| keys.public_keys()))?;
    /// let lottery = Lottery {
    ///     chain_id: Digest([7; 32]),
    ///     epoch: Epoch(3),
    ///     view: View(0),
    ///     randomness_before: Digest([5; 32]),
    ///     configuration: &configuration,
    ///     excluded: &BTreeSet::new(),
    ///     opened_at: Height(100),
    ///     heights: 5,
    /// };
    /// let mut counted = Tickets::new();
    /// for key_pairs in &validators {
    ///     let ticket = lottery.draw(key_pairs).unwrap();
    ///     let number = lottery.check_ticket(&Normative, &counted, Height(105), &ticket)?;
    ///     counted.insert(ticket.validator, number);
    ///     // A validator has one ticket, and it counts in time only.
    ///     let again = lottery.check_ticket(&Normative, &counted, Height(105), &ticket);
    ///     assert_eq!(again, Err(Rejection::EdsTicketRepeated));
    ///     let late = lottery.check_ticket(&Normative, &counted, Height(106), &ticket);
    ///     assert_eq!(late, Err(Rejection::EdsTicketLate));
    /// }
    /// // The smallest number leads, and the next two are back-up leaders.
    /// let smallest = counted.iter().min_by_key(|(_, number)| **number).unwrap();
    /// assert_eq!(derive_ranks(&counted).first(), Some(smallest.0));
    /// assert_eq!(derive_ranks(&counted).len(), 3);
    /// # Ok::<(), Rejection>(())
    /// ```
    pub fn check_ticket<S: Suite>(
        &self,
        suite: &S,
        counted: &Tickets,
        height: Height,
        ticket: &Ticket,
    ) -> Result<VrfOutput, Rejection> {
        let keys = self.check_claims(counted, height, ticket)?;
        // EDS-TICKET-07: the number was drawn with the validator's key.
        suite.verify_vrf(&keys.lottery, &self.input(), &ticket.proof)
    }

    /// Checks everything about a ticket except its proof, and returns the keys of its validator.
    ///
    /// **EDS-TICKET-01** (MUST) \[own] A ticket names the lottery's epoch.
    ///
    /// **EDS-TICKET-02** (MUST) \[own] A ticket names the lottery's view.
    ///
    /// **EDS-TICKET-03** (MUST) \[own] A ticket counts if it is ordered at most the policy's number
    /// of heights after the lottery opened. Otherwise a validator could wait for the other tickets
    /// and then decide whether to enter.
    ///
    /// **EDS-TICKET-04** (MUST) [WP §5 step 1] The validator of a ticket is in the epoch's
    /// configuration.
    ///
    /// **EDS-TICKET-05** (MUST) [OL, own] The validator of a ticket may lead.
    ///
    /// **EDS-TICKET-06** (MUST) [WP §5] Only one ticket of a validator counts in a lottery.
    ///
    /// The paper: "Each validator can produce only a single valid lottery per view" (§5, Analysis).
    ///
    /// # Errors
    /// In this order: [`Rejection::EdsTicketEpoch`], [`Rejection::EdsTicketView`],
    /// [`Rejection::EdsTicketLate`], [`Rejection::EdsTicketUnregistered`],
    /// [`Rejection::EdsTicketExcluded`], [`Rejection::EdsTicketRepeated`].
    pub fn check_claims(
        &self,
        counted: &Tickets,
        height: Height,
        ticket: &Ticket,
    ) -> Result<&ValidatorKeys, Rejection> {
        // EDS-TICKET-01: the ticket is of this epoch.
        if ticket.epoch != self.epoch {
            return Err(Rejection::EdsTicketEpoch);
        }
        // EDS-TICKET-02: it is of this view.
        if ticket.view != self.view {
            return Err(Rejection::EdsTicketView);
        }
        // EDS-TICKET-03: it is in time.
        if height > derive_last_height(self.opened_at, self.heights) {
            return Err(Rejection::EdsTicketLate);
        }
        // EDS-TICKET-04: its validator is one of the epoch's.
        let keys = self.configuration.keys_of(&ticket.validator);
        let keys = keys.ok_or(Rejection::EdsTicketUnregistered)?;
        // EDS-TICKET-05: its validator may lead.
        if !self.may_lead(&ticket.validator) {
            return Err(Rejection::EdsTicketExcluded);
        }
        // EDS-TICKET-06: this is the validator's first ticket.
        if counted.contains_key(&ticket.validator) {
            return Err(Rejection::EdsTicketRepeated);
        }
        Ok(keys)
    }
}

/// The validators that may not lead: the `convicted`, and those that led in this epoch and
/// `failed`, unless that leaves nobody.
///
/// **EDS-ELIGIBLE-01** (MUST) [WP §5 step 7, OL] A leader that failed does not lead again in the
/// epoch; it stays a server. A validator that was convicted before the epoch's first lottery opened
/// does not lead in it.
///
/// The paper: "exclude this leader in the rest of the epoch" (§5 step 7).
///
/// **EDS-ELIGIBLE-02** (MUST) \[own] If all other validators have failed, or if a lottery closes
/// without a ticket, those who failed may lead again, and the exclusions are cleared. So no epoch
/// ends without its random number. Also, validators that never enter a lottery cannot exclude for
/// ever those who were too slow once.
///
/// ```
/// use std::collections::BTreeSet;
///
/// use ioschain_spec::primitives::certificate::Roster;
/// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
/// use ioschain_spec::sharding::lottery::derive_excluded;
///
/// let keys = |number| ValidatorKeyPairs::from_seed(&[number; 32]).public_keys();
/// let configuration = Roster::new((1..=4).map(keys))?;
/// let named = |numbers: &[u8]| -> BTreeSet<_> {
///     numbers.iter().map(|number| keys(*number).node_id()).collect()
/// };
/// let excluded = |convicted: &[u8], failed: &[u8]| {
///     derive_excluded(&configuration, &named(convicted), &named(failed))
/// };
/// assert_eq!(excluded(&[1], &[2, 3]), named(&[1, 2, 3]));
/// // Nobody would be left, so those who failed may lead again. The convicted may not.
/// assert_eq!(excluded(&[1], &[2, 3, 4]), named(&[1]));
/// # Ok::<(), ioschain_spec::Rejection>(())
/// ```
pub fn derive_excluded(
    configuration: &Roster,
    convicted: &BTreeSet<NodeId>,
    failed: &BTreeSet<NodeId>,
) -> BTreeSet<NodeId> {
    // EDS-ELIGIBLE-02: if nobody else is left, those who failed may lead again.
    if have_all_failed(configuration, convicted, failed) {
        return convicted.clone();
    }
    // EDS-ELIGIBLE-01: the convicted and those who failed may not lead.
    convicted | failed
}

/// Whether every validator that is not convicted has failed.
pub fn have_all_failed(
    configuration: &Roster,
    convicted: &BTreeSet<NodeId>,
    failed: &BTreeSet<NodeId>,
) -> bool {
    configuration
        .node_ids()
        .all(|validator| convicted.contains(&validator) || failed.contains(&validator))
}

/// The leaders, rank 0 first. There are at most three, and fewer if there are fewer tickets.
///
/// **EDS-LOTTERY-02** (MUST) [WP §5 steps 2 and 3, ties own] The validators with the three smallest
/// numbers have the ranks 0, 1 and 2. A number is the random function's output, read as a
/// big-endian integer. Of two validators with equal numbers, the one with the smaller name comes
/// first.
///
/// The paper: "Each validator collects the top 3 minimum-value lottery" (§5 step 2).
pub fn derive_ranks(tickets: &Tickets) -> Vec<NodeId> {
    let mut drawn: Vec<(VrfOutput, NodeId)> =
        tickets.iter().map(|(validator, number)| (*number, *validator)).collect();
    drawn.sort_unstable();
    drawn.into_iter().take(RANKS).map(|(_, validator)| validator).collect()
}
