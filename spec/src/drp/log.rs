//! Whose turn it is to lead: a state that follows the identity log, entry by entry.
//!
//! ```text
//!   lottery of v ── ranks ──► rank 0 ──Fail──► rank 1 ──Fail──► rank 2 ──Fail──► lottery of v + 1
//!     │ nobody enters           └────────────────┴────────────────┴─Commit──► nobody leads again
//!     └────────────────────────────────────────────────────────────────────────► lottery of v + 1
//! ```
//!
//! All validators see the same log, so at every moment they agree on whose turn it is. If a commit
//! and a failure compete, the one that is ordered first counts, so there are never two current
//! leaders. Validators follow the log as it grows. A third party replays it and reaches the same
//! states.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::checks::{CheckedProposal, check_commit};
use super::configuration::{EpochContext, EpochEnvironment, Leadership, LogPosition};
use super::messages::{Fail, LogEntry, Record, Timeout, timeout_message};
use super::report::Report;
use crate::Rejection;
use crate::primitives::certificate::ValidatorVote;
use crate::primitives::ed25519::Signature;
use crate::primitives::group::Group;
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::NodeId;
use crate::primitives::numbers::{Epoch, Height, Rank, Shard, View};
use crate::primitives::vrf::VrfOutput;
use crate::sharding::lottery::{
    Lottery, Ticket, Tickets, derive_last_height, derive_ranks, have_all_failed,
};
use crate::suite::Suite;

/// The state of the lotteries and runs of one epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotteryLog {
    /// The height of the last entry, and the log's head there.
    position: LogPosition,
    /// The current view.
    view: View,
    /// The height at which the view's lottery opened.
    opened_at: Height,
    /// The tickets that count in this lottery.
    tickets: Tickets,
    /// The current rank: the number of leaders of this view that have failed.
    rank: Rank,
    /// The validators that have led in this epoch and failed, since the exclusions were last
    /// cleared.
    failed: BTreeSet<NodeId>,
    /// The hash of the epoch's commit, if one is ordered.
    committed: Option<Digest>,
}

impl LotteryLog {
    /// The state when the first lottery opens.
    pub fn new(epoch: &EpochContext) -> Self {
        Self {
            position: epoch.opened,
            view: View(0),
            opened_at: epoch.opened.height,
            tickets: Tickets::new(),
            rank: Rank(0),
            failed: BTreeSet::new(),
            committed: None,
        }
    }

    /// The height of the last entry, and the log's head there.
    pub fn position(&self) -> LogPosition {
        self.position
    }

    /// The current view.
    pub fn view(&self) -> View {
        self.view
    }

    /// The hash of the epoch's commit, if there is one.
    pub fn committed(&self) -> Option<Digest> {
        self.committed
    }

    /// The leaders by rank, according to the tickets that count so far.
    pub fn ranks(&self) -> Vec<NodeId> {
        derive_ranks(&self.tickets)
    }

    /// The validator whose turn it is at a height. There is one if a ticket counts, the lottery's
    /// last height for tickets is past, and no run is committed. The log need not [have
    /// reached](Self::advance) `height`: that changes the state only while no ticket counts, and
    /// then it is nobody's turn.
    ///
    /// # Errors
    /// [`Rejection::DrpNotCurrent`] while it is nobody's turn.
    pub fn leadership(
        &self,
        epoch: &EpochContext,
        height: Height,
    ) -> Result<Leadership, Rejection> {
        let ranks = derive_ranks(&self.tickets);
        let leader = ranks
            .get(usize::from(self.rank))
            .filter(|_| self.committed.is_none() && height > self.last_height(epoch));
        // DRP-LOG-02: it is somebody's turn.
        let leader = leader.ok_or(Rejection::DrpNotCurrent)?;
        Ok(Leadership { view: self.view, rank: self.rank, leader: *leader })
    }

    /// Updates the state to the moment when the log has reached `height`.
    ///
    /// **EDS-VIEW-02** (MUST) \[own] If a lottery closes without a ticket, the lottery of the next
    /// view follows. It opens at the height at which the earlier lottery closes.
    pub fn advance<G: Group, S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        height: Height,
    ) {
        let heights = lottery_heights(environment.epoch);
        let closed = self.lotteries_closed_empty(environment.epoch, height);
        if closed > 0 {
            self.view = environment.rules.derive_later_view(self.view, closed);
            self.opened_at = self.opened_at.saturating_add(closed.saturating_mul(heights));
            // EDS-ELIGIBLE-02: no eligible validator has entered, so the exclusions are cleared.
            self.failed.clear();
        }
    }

    /// The number of lotteries that have closed without a ticket when `height` is reached.
    fn lotteries_closed_empty(&self, epoch: &EpochContext, height: Height) -> u64 {
        let since = height.since(self.opened_at).saturating_sub(1);
        let closed = since.checked_div(lottery_heights(epoch)).unwrap_or(0);
        if self.tickets.is_empty() { closed } else { 0 }
    }

    /// The state when `height` is reached. Usually it is the present state.
    fn reached<G: Group, S: Suite>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        height: Height,
    ) -> Cow<'_, Self> {
        let mut reached = Cow::Borrowed(self);
        if self.lotteries_closed_empty(environment.epoch, height) > 0 {
            reached.to_mut().advance(environment, height);
        }
        reached
    }

    /// Calls `act` with the current lottery.
    pub fn with_lottery<G: Group, S: Suite, T>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        act: impl FnOnce(&Lottery<'_>) -> T,
    ) -> T {
        let epoch = environment.epoch;
        let (configuration, convicted) = (&epoch.configuration, &epoch.convicted);
        let rules = environment.rules;
        let excluded = rules.derive_excluded(configuration, convicted, &self.failed);
        act(&Lottery {
            chain_id: epoch.chain_id,
            epoch: epoch.number,
            view: self.view,
            randomness_before: epoch.randomness_before,
            configuration,
            excluded: &excluded,
            opened_at: self.opened_at,
            heights: lottery_heights(epoch),
        })
    }

    /// Appends an entry to the log. For a commit, returns the checked proposal, from which recovery
    /// starts.
    ///
    /// **DRP-COMMIT-03** (MUST) \[own] The validators of the identity shard check a commit as a
    /// third party would, before they vote for its block. Otherwise a malicious leader could get a
    /// commit ordered that nobody can recover, and the epoch would have no random number.
    ///
    /// # Errors
    /// Those of [`check_commit`] for a commit; then those of [`LotteryLog::append_record`].
    pub fn append<G: Group, S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        height: Height,
        entry: &LogEntry,
    ) -> Result<Option<CheckedProposal<G>>, Rejection> {
        let mut checked = None;
        if let LogEntry::Commit(commit) = entry {
            let current = self.leadership(environment.epoch, height);
            // DRP-COMMIT-03: every check up to the collective signature.
            checked = Some(check_commit(environment, current, commit, &mut Report::default())?);
        }
        self.append_record(environment, height, &entry.record())?;
        Ok(checked)
    }

    /// Appends a record to the log. If it is the record of a commit, the caller must have checked
    /// this commit before.
    ///
    /// **DRP-LOG-01** (MUST) \[own] The height of a record is not below the height of the record
    /// before it.
    ///
    /// **DRP-LOG-02** (MUST) \[own] A commit or a failure names the current view and rank. So if a
    /// commit and a failure compete, only the one that is ordered first counts.
    ///
    /// **DRP-LOG-03** (MUST) \[own] The log's head is
    /// `H("drp/log", (head before, height, record))`.
    ///
    /// | order | check | id | code | function |
    /// |---|---|---|---|---|
    /// | 1 | the height does not decrease | DRP-LOG-01 | `DRP_LOG_ORDER` | `append_record` |
    /// | 2 | a ticket: the ticket is of the lottery's epoch | EDS-TICKET-01 | `EDS_TICKET_EPOCH` | `check_claims` |
    /// | 3 | a ticket: it is of the lottery's view | EDS-TICKET-02 | `EDS_TICKET_VIEW` | `check_claims` |
    /// | 4 | a ticket: it is ordered in time | EDS-TICKET-03 | `EDS_TICKET_LATE` | `check_claims` |
    /// | 5 | a ticket: its validator is one of the epoch's | EDS-TICKET-04 | `EDS_TICKET_UNREGISTERED` | `check_claims` |
    /// | 6 | a ticket: its validator may lead | EDS-TICKET-05 | `EDS_TICKET_EXCLUDED` | `check_claims` |
    /// | 7 | a ticket: its validator has no other ticket | EDS-TICKET-06 | `EDS_TICKET_REPEATED` | `check_claims` |
    /// | 8 | a ticket: proof (EDS-TICKET-07): the lottery key is a point of large order | CRY-VRF-01 | `CRY_VRF_KEY` | `vrf::verify` |
    /// | 9 | a ticket: proof (EDS-TICKET-07): the proof is canonically encoded | CRY-VRF-02 | `CRY_VRF_PROOF_MALFORMED` | `vrf::verify` |
    /// | 10 | a ticket: proof (EDS-TICKET-07): it is this key's for this input | CRY-VRF-03 | `CRY_VRF_PROOF_FALSE` | `vrf::verify` |
    /// | 11 | a failure or a commit: somebody's turn has come | DRP-LOG-02 | `DRP_NOT_CURRENT` | `leadership` |
    /// | 12 | a failure: it names the current view and rank | DRP-LOG-02 | `DRP_NOT_CURRENT` | `check_current` |
    /// | 13 | a failure: a quorum has timed out | DRP-FAIL-01 | `DRP_FAIL_QUORUM` | `check_fail` |
    /// | 14 | a failure, each timeout: it is by a validator of the epoch | DRP-TIMEOUT-01 | `DRP_TIMEOUT_SIGNER` | `check_timeout_signature` |
    /// | 15 | a failure, each timeout: that validator signed it | DRP-TIMEOUT-02 | `DRP_TIMEOUT_SIGNATURE` | `check_timeout_signature` |
    ///
    /// # Errors
    /// The first row of the table that fails.
    pub fn append_record<G: Group, S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        height: Height,
        record: &Record,
    ) -> Result<(), Rejection> {
        // DRP-LOG-01: heights do not decrease.
        if height < self.position.height {
            return Err(Rejection::DrpLogOrder);
        }
        match record {
            Record::Ticket(ticket) => {
                let number =
                    self.reached(environment, height).check_ticket(environment, height, ticket)?;
                self.advance(environment, height);
                self.tickets.insert(ticket.validator, number);
            }
            Record::Fail(fail) => {
                let current = self.leadership(environment.epoch, height)?;
                check_fail(environment, &current, fail)?;
                self.fail(environment, height, current.leader);
            }
            Record::Commit(hash) => {
                self.leadership(environment.epoch, height)?;
                self.committed = Some(*hash).filter(|_| !environment.rules.may_run_again());
            }
            Record::Other(_) => self.advance(environment, height),
        }
        // DRP-LOG-03: the head after this record.
        let head = tagged_hash(tags::DRP_LOG, &(self.position.head, height, record));
        self.position = LogPosition { height, head };
        Ok(())
    }

    /// Checks a ticket in the current lottery, and returns its number.
    fn check_ticket<G: Group, S: Suite>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        height: Height,
        ticket: &Ticket,
    ) -> Result<VrfOutput, Rejection> {
        let (rules, suite) = (environment.rules, environment.suite);
        self.with_lottery(environment, |lottery| {
            rules.check_ticket(suite, lottery, &self.tickets, height, ticket)
        })
    }

    /// **EDS-RANK-01** (MUST) [WP §5 step 7] A failure makes the next rank current. After the
    /// failure of the last rank, the lottery of the next view opens at the height of this failure.
    ///
    /// The paper: "the back-up leader will be used to run DRP. If the two backup leaders fail
    /// continuously, the lottery will roll back to step 1" (§5 step 7).
    fn fail<G: Group, S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        height: Height,
        leader: NodeId,
    ) {
        self.failed.insert(leader);
        self.rank = self.rank.saturating_add(1);
        // EDS-RANK-01: the last rank has failed.
        if usize::from(self.rank) >= self.ranks().len() {
            self.view = environment.rules.derive_later_view(self.view, 1);
            self.opened_at = height;
            self.tickets.clear();
            self.rank = Rank(0);
        }
        let EpochContext { configuration, convicted, .. } = environment.epoch;
        // EDS-ELIGIBLE-02: the exclusions are cleared.
        if have_all_failed(configuration, convicted, &self.failed) {
            self.failed.clear();
        }
    }

    /// The last height at which tickets count.
    fn last_height(&self, epoch: &EpochContext) -> Height {
        derive_last_height(self.opened_at, lottery_heights(epoch))
    }
}

/// The number of heights for which a lottery is open, at least one.
fn lottery_heights(epoch: &EpochContext) -> u64 {
    epoch.lottery_heights.max(1)
}

/// Checks a failure: a proof that the current leader has failed.
///
/// **DRP-FAIL-01** (MUST) \[own] A failure has the timeouts of a quorum. If fewer were enough,
/// malicious validators alone could depose an honest leader.
///
/// # Errors
/// In this order: [`Rejection::DrpNotCurrent`], [`Rejection::DrpFailQuorum`], those of
/// [`check_timeout`].
pub fn check_fail<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    current: &Leadership,
    fail: &Fail,
) -> Result<(), Rejection> {
    let Fail { epoch, view, rank, timeouts } = fail;
    check_current(environment.epoch, current, (*epoch, *view, *rank))?;
    // DRP-FAIL-01: a quorum has timed out.
    if timeouts.len() < environment.epoch.quorum() {
        return Err(Rejection::DrpFailQuorum);
    }
    timeouts.iter().try_for_each(|(validator, signature)| {
        check_timeout_signature(environment, current, validator, signature)
    })
}

/// Checks a timeout: a proof that a validator has given up the current leader.
///
/// **DRP-TIMEOUT-01** (MUST) \[own] The signer of a timeout is a validator of the epoch.
///
/// **DRP-TIMEOUT-02** (MUST) \[own] A timeout is signed by its validator, for this chain, epoch,
/// view and rank. Otherwise an old timeout could depose a later leader.
///
/// # Errors
/// In this order: [`Rejection::DrpNotCurrent`], [`Rejection::DrpTimeoutSigner`],
/// [`Rejection::DrpTimeoutSignature`].
pub fn check_timeout<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    current: &Leadership,
    timeout: &Timeout,
) -> Result<(), Rejection> {
    let Timeout { epoch, view, rank, validator, signature } = timeout;
    check_current(environment.epoch, current, (*epoch, *view, *rank))?;
    check_timeout_signature(environment, current, validator, signature)
}

/// Checks that an entry names the current epoch, view and rank.
fn check_current(
    epoch: &EpochContext,
    current: &Leadership,
    named: (Epoch, View, Rank),
) -> Result<(), Rejection> {
    // DRP-LOG-02: it names the current view and rank.
    if named != (epoch.number, current.view, current.rank) {
        return Err(Rejection::DrpNotCurrent);
    }
    Ok(())
}

/// Checks the signature of a timeout.
fn check_timeout_signature<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    current: &Leadership,
    validator: &NodeId,
    signature: &Signature,
) -> Result<(), Rejection> {
    let epoch = environment.epoch;
    // DRP-TIMEOUT-01: the signer is a validator of the epoch.
    let key = epoch.signing_key(validator).ok_or(Rejection::DrpTimeoutSigner)?;
    let message = timeout_message(&epoch.chain_id, epoch.number, current.view, current.rank);
    // DRP-TIMEOUT-02: that validator signed it.
    if !environment.suite.verify_signature(key, &message, signature) {
        return Err(Rejection::DrpTimeoutSignature);
    }
    Ok(())
}

/// The vote that the validators of the identity shard sign for the log at a position.
pub fn head_vote(epoch: &EpochContext, position: LogPosition) -> ValidatorVote {
    ValidatorVote {
        chain_id: epoch.chain_id,
        shard: Shard::IDENTITY,
        epoch: epoch.number,
        height: position.height,
        value: position.head,
    }
}
