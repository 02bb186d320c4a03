//! A validator during the runs of an epoch: it deals, signs, gives up leaders, decrypts and
//! recovers.
//!
//! The machine performs no input or output. It receives an event and returns effects. The caller
//! must carry out the effects in their order. [`Effect::Persist`] comes before every message that
//! the stored memory is about. So a validator that crashes between the two, and restarts with its
//! memory, never sends two different messages.
//!
//! The leader of a run has this machine too. In its own run, the machine does everything except
//! dealing and decrypting.

use std::collections::BTreeMap;

use super::checks::{CheckedProposal, Input, check_announcement, check_commit};
use super::configuration::{EpochContext, EpochEnvironment, Leadership, Session, ViewAndRank};
use super::log::{LotteryLog, check_timeout};
use super::machine::{Answered, Effect, Event, Memory, Secrets};
use super::messages::{
    Announcement, Commit, Fail, LogEntry, Message, Proposal, Reveal, RevealedShare, SignedDeal,
    Timeout, timeout_message,
};
use super::recovery::{Recovered, Recovery};
use super::report::Report;
use super::rules::{Audience, Seen, Stage, Step};
use crate::Rejection;
use crate::primitives::ed25519::Signature;
use crate::primitives::encoding::Bounded;
use crate::primitives::group::Group;
use crate::primitives::hash::Digest;
use crate::primitives::keys::NodeId;
use crate::primitives::numbers::Height;
use crate::primitives::pvss::{deal, decrypt_share};
use crate::suite::Suite;

/// The machine of a validator during an epoch.
///
/// # Examples
/// A server answers an announcement with a deal. Before the deal, it stores what it has answered.
/// ```
/// use ioschain_spec::Rejection;
/// use ioschain_spec::drp::machine::{Effect, Event, Memory};
/// use ioschain_spec::drp::messages::Message;
/// use ioschain_spec::drp::{EpochEnvironment, Specification};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
/// use ioschain_spec::suite::Normative;
/// use ioschain_spec::testing::drp::{OrderedLog, Participants, epoch_of};
///
/// let participants = Participants::numbered(4);
/// let epoch = epoch_of(participants.roster()?, 3);
/// let environment: EpochEnvironment<'_, Ristretto255, Normative> =
///     EpochEnvironment { rules: &Specification, suite: &Normative, epoch: &epoch };
/// let log = OrderedLog::after_lottery(&environment, &participants)?;
/// let server = epoch.servers(&log.leadership(&epoch)?.leader)[0];
/// let mut machine = participants[&server].machine(Memory::default(), &log);
///
/// let announcement = participants.propose(&environment, &log)?.announcement;
/// let event = Event::Message(Message::Announcement(announcement));
/// let effects = machine.handle(&environment, event.clone())?;
/// let [Effect::Persist(memory), Effect::Send { message: Message::Deal(_), .. }] = &effects[..]
/// else {
///     panic!("the memory comes first, and then the deal")
/// };
///
/// // After a crash, the stored memory gives the same deal to the same announcement.
/// let mut restarted = participants[&server].machine(memory.clone(), &log);
/// assert_eq!(restarted.handle(&environment, event)?, effects[1..]);
/// # Ok::<(), Rejection>(())
/// ```
#[derive(Clone, Debug)]
pub struct Server<G: Group> {
    secrets: Secrets<G>,
    memory: Memory,
    lottery_log: LotteryLog,
    height: Height,
    turn: Turn,
    recovery: Option<Recovery<G>>,
    recovered: Option<Recovered>,
}

/// The state that is kept for the turn of one leader.
#[derive(Clone, Debug)]
struct Turn {
    /// The commit (I3), if a valid one has arrived.
    commit: Option<Commit>,
    /// The validators that have given the leader up.
    timeouts: BTreeMap<NodeId, Signature>,
}

impl Turn {
    fn new() -> Self {
        Self { commit: None, timeouts: BTreeMap::new() }
    }
}

impl<G: Group> Server<G> {
    /// The machine when the first lottery opens, or when the validator restarts after a crash.
    /// After a crash, `memory` is what the validator persisted last, and the caller must deliver
    /// the log again.
    pub fn new(epoch: &EpochContext, secrets: Secrets<G>, memory: Memory) -> Self {
        Self::following(secrets, memory, LotteryLog::new(epoch), epoch.opened.height)
    }

    /// The machine of a validator that has followed the log to `height`. `lottery_log` is the state
    /// of the log there.
    pub fn following(
        secrets: Secrets<G>,
        memory: Memory,
        lottery_log: LotteryLog,
        height: Height,
    ) -> Self {
        Self {
            secrets,
            memory,
            lottery_log,
            height,
            turn: Turn::new(),
            recovery: None,
            recovered: None,
        }
    }

    /// The state of the log, as far as this validator has followed it.
    pub fn lottery_log(&self) -> &LotteryLog {
        &self.lottery_log
    }

    /// The current leader.
    ///
    /// # Errors
    /// [`Rejection::DrpNotCurrent`] while it is nobody's turn.
    pub fn leadership(&self, epoch: &EpochContext) -> Result<Leadership, Rejection> {
        self.lottery_log.leadership(epoch, self.height)
    }

    /// The facts that the validator must not forget.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The valid I3 of this turn, if one has arrived.
    pub fn commit(&self) -> Option<&Commit> {
        self.turn.commit.as_ref()
    }

    /// The validators that have given up the leader of this turn.
    pub fn timeouts(&self) -> impl Iterator<Item = &NodeId> {
        self.turn.timeouts.keys()
    }

    /// The valid shares of the committed run, once there is one.
    pub fn recovery(&self) -> Option<&Recovery<G>> {
        self.recovery.as_ref()
    }

    /// The random number and its proof, if they are recovered.
    pub fn recovered(&self) -> Option<&Recovered> {
        self.recovered.as_ref()
    }

    /// Handles an event. If it is rejected, the machine does not change.
    ///
    /// # Errors
    /// The rejection of the first check that fails. Each handler documents its own.
    pub fn handle<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        event: Event,
    ) -> Result<Vec<Effect>, Rejection> {
        match event {
            Event::Message(Message::Announcement(announcement)) => {
                self.answer_announcement(environment, &announcement)
            }
            Event::Message(Message::Proposal(proposal)) => {
                self.agree_to_proposal(environment, &proposal)
            }
            Event::Message(Message::Commit(commit)) => self.pass_commit_on(environment, commit),
            Event::Message(Message::Reveal(reveal)) => self.take_shares(environment, &reveal),
            Event::Message(Message::Timeout(timeout)) => self.count_timeout(environment, &timeout),
            // DRP-ANNOUNCE-03: deals answer announcements, and this machine makes none.
            Event::Message(Message::Deal(_)) => Err(Rejection::DrpNotAnnounced),
            Event::Ordered { height, entry } => self.follow_log(environment, height, &entry),
            Event::Reached(height) => {
                self.height = self.height.max(height);
                self.lottery_log.advance(environment, self.height);
                Ok(Vec::new())
            }
            Event::Deadline { view, rank, step } => {
                Ok(self.meet_deadline(environment, (view, rank), step))
            }
        }
    }

    /// Handles an announcement (I1): the validator answers with a deal.
    ///
    /// **DRP-ANNOUNCE-02** (MUST) \[own] A validator answers one announcement for each view and
    /// rank. It persists which announcement this is before it answers. The same announcement again
    /// gets the same answer. If there were two deals for one number, a leader could try both.
    ///
    /// # Errors
    /// Those of [`check_announcement`], [`Rejection::DrpRunRepeated`], those of
    /// [`Session::derive`].
    fn answer_announcement<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        announcement: &Announcement,
    ) -> Result<Vec<Effect>, Rejection> {
        let current = self.leadership(environment.epoch)?;
        check_announcement(environment, &current, announcement)?;
        let run = &announcement.run;
        if let Some(answered) = self.memory.answered.get(&run.view_and_rank()) {
            // DRP-ANNOUNCE-02: there is no second announcement.
            if answered.announcement != announcement.hash() {
                return Err(Rejection::DrpRunRepeated);
            }
            return Ok(send_deal(run.leader, answered.deal.clone()));
        }
        let session = Session::derive(environment, run)?;
        let deal = self.deal(environment, &session, announcement.hash())?;
        let answer =
            Answered { announcement: announcement.hash(), deal: deal.clone(), agreed: None };
        self.remember(run.view_and_rank(), answer)?;
        let mut effects = vec![Effect::Persist(self.memory.clone())];
        effects.extend(send_deal(run.leader, deal));
        Ok(effects)
    }

    /// The validator's deal for its own group, or `None` if it leads. Unlike in the paper, the deal
    /// has a share for the dealer too (gap W27).
    fn deal<S: Suite>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        session: &Session<G>,
        announcement: Digest,
    ) -> Result<Option<SignedDeal>, Rejection> {
        let Secrets { name, signing, seed, .. } = &self.secrets;
        let Some((_, group)) = session.group_of(name) else {
            return Ok(None); // it leads
        };
        let sharing = group.sharing_of(name);
        let deal = deal(&sharing, &sharing.derive_polynomial(seed), seed)?;
        let suite = environment.suite;
        Ok(Some(SignedDeal::sign(suite, session.id, announcement, *name, deal, signing)))
    }

    /// Handles a proposal (I2): the validator agrees to the statement.
    ///
    /// **DRP-ANNOUNCE-03** (MUST) \[own] A validator takes part in a run only if it has answered
    /// the run's announcement.
    ///
    /// **DRP-SIGN-04** (MUST) \[own] If a signer's own deal is an input, the signer checks that it
    /// is byte for byte the deal that it sent. Otherwise a leader could replace the one honest
    /// input of a group.
    ///
    /// **DRP-SIGN-05** (MUST) \[own] A validator agrees to one statement of a run. It persists
    /// which statement this is before it takes part in signing. It may sign the same statement
    /// again. Two quorums have an honest validator in common, so a run has at most one commit.
    ///
    /// # Errors
    /// In this order: those of [`Rules::check_proposal`](super::Rules::check_proposal),
    /// [`Rejection::DrpNotAnnounced`], [`Rejection::DrpOwnDeal`],
    /// [`Rejection::DrpStatementRepeated`].
    fn agree_to_proposal<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        proposal: &Proposal,
    ) -> Result<Vec<Effect>, Rejection> {
        let name = self.secrets.name;
        let current = self.leadership(environment.epoch);
        let mut report = Report::default();
        let rules = environment.rules;
        let checked =
            rules.check_proposal(environment, current, proposal, Some(&name), &mut report)?;
        let turn = proposal.announcement.run.view_and_rank();
        let announcement = proposal.announcement.hash();
        let answered = self.memory.answered.get(&turn);
        let answered = answered.filter(|answered| answered.announcement == announcement);
        // DRP-ANNOUNCE-03: this validator has answered the run's announcement.
        let mut answered = answered.cloned().ok_or(Rejection::DrpNotAnnounced)?;
        let mut own = proposal.deals.iter().filter(|deal| deal.dealer == name);
        // DRP-SIGN-04: its own deal is the one that it sent.
        if !own.all(|deal| answered.deal.as_ref() == Some(deal)) {
            return Err(Rejection::DrpOwnDeal);
        }
        let message = proposal.statement.message();
        // DRP-SIGN-05: it agrees to one statement of each run.
        if answered.agreed.is_some_and(|agreed| agreed != message) {
            return Err(Rejection::DrpStatementRepeated);
        }
        answered.agreed = Some(message);
        self.remember(turn, answered)?;
        let mut effects = vec![Effect::Persist(self.memory.clone()), Effect::Agree(message)];
        effects.extend(self.reveal_at(environment, Stage::Proposed, &checked)?);
        Ok(effects)
    }

    /// Handles a commit (I3): the validator keeps it, passes it on, and sends it to the log.
    ///
    /// # Errors
    /// Those of [`check_commit`].
    fn pass_commit_on<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        commit: Commit,
    ) -> Result<Vec<Effect>, Rejection> {
        let current = self.leadership(environment.epoch);
        if current.is_ok() && self.turn.commit.as_ref() == Some(&commit) {
            return Ok(Vec::new()); // every validator passes it on
        }
        let checked = check_commit(environment, current, &commit, &mut Report::default())?;
        if self.turn.commit.is_some() {
            return Ok(Vec::new());
        }
        let revealed = self.reveal_at(environment, Stage::SignedOff, &checked)?;
        self.turn.commit = Some(commit.clone());
        Ok(pass_on(commit).into_iter().chain(revealed).collect())
    }

    /// Follows an entry of the log. The current leader may change. After a commit, servers decrypt.
    ///
    /// # Errors
    /// Those of [`LotteryLog::append`]. The identity validators do not vote for such an entry.
    fn follow_log<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        height: Height,
        entry: &LogEntry,
    ) -> Result<Vec<Effect>, Rejection> {
        let mut lottery_log = self.lottery_log.clone();
        let committed = lottery_log.append(environment, height, entry)?;
        let effects = match &committed {
            Some(checked) => self.reveal_at(environment, Stage::Committed, checked)?,
            None => Vec::new(),
        };
        let turn_before = self.leadership(environment.epoch);
        self.lottery_log = lottery_log;
        self.height = self.height.max(height);
        if self.leadership(environment.epoch) != turn_before {
            self.turn = Turn::new();
        }
        Ok(effects)
    }

    /// If the run has reached the right stage, decrypts the shares of the inputs of the validator's
    /// own group, and starts the recovery.
    fn reveal_at<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        stage: Stage,
        checked: &CheckedProposal<G>,
    ) -> Result<Vec<Effect>, Rejection> {
        let rules = environment.rules;
        let begun = self.recovery.as_ref().map(|recovery| &recovery.proposal().statement);
        // DRP-REVEAL-01: the commit is ordered, and the shares are decrypted only once.
        if !rules.may_reveal(stage) || begun == Some(&checked.statement) {
            return Ok(Vec::new());
        }
        let mut recovery = Recovery::new(checked.clone());
        let reveal = self.decrypt(checked)?;
        recovery.add(environment, &reveal)?;
        self.recovery = Some(recovery);
        let mut effects = Vec::new();
        if !reveal.shares.is_empty() {
            let (message, to) = (Message::Reveal(reveal), checked.session.run.leader);
            effects.push(match rules.audience_of_shares() {
                Audience::All => Effect::Broadcast(message),
                Audience::Leader => Effect::Send { to, message },
            });
        }
        effects.extend(self.recover());
        Ok(effects)
    }

    /// The validator's shares of the inputs of its group.
    fn decrypt(&self, checked: &CheckedProposal<G>) -> Result<Reveal, Rejection> {
        let Secrets { name, decryption, seed, .. } = &self.secrets;
        let session = &checked.session;
        let Some((own, group)) = session.group_of(name) else {
            return Ok(Reveal { session: session.id, shares: Bounded::empty() }); // it leads
        };
        let position = group.position_of(name).unwrap_or_default(); // a member has one
        let inputs = checked.inputs.iter().filter(|input| input.group == own);
        let decrypt = |input: &Input<G>| {
            let (sharing, deal) = (&input.sharing, &input.deal);
            let share = decrypt_share(sharing, deal, position, **decryption, seed)?;
            Ok(RevealedShare { dealer: input.dealer, share })
        };
        let shares = inputs.map(decrypt).collect::<Result<Vec<_>, Rejection>>()?;
        Ok(Reveal { session: session.id, shares: shares.try_into()? })
    }

    /// Handles shares (R3) of another server. If they arrive before the commit is ordered in this
    /// validator's log, they are refused, and the network must deliver them again.
    ///
    /// # Errors
    /// [`Rejection::DrpNotCommitted`]; those of [`Recovery::add`].
    fn take_shares<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        reveal: &Reveal,
    ) -> Result<Vec<Effect>, Rejection> {
        // DRP-REVEAL-01: a run is committed, so its number can be recovered.
        let recovery = self.recovery.as_mut().ok_or(Rejection::DrpNotCommitted)?;
        recovery.add(environment, reveal)?;
        Ok(self.recover())
    }

    /// The random number as an effect, when it is recovered for the first time.
    fn recover(&mut self) -> Vec<Effect> {
        if self.recovered.is_some() {
            return Vec::new();
        }
        self.recovered = self.recovery.as_ref().and_then(Recovery::recovered);
        self.recovered.clone().map(Effect::Output).into_iter().collect()
    }

    /// Counts a timeout. When there is a quorum of timeouts, the failure can be ordered.
    ///
    /// # Errors
    /// [`Rejection::DrpNotCurrent`]; those of [`check_timeout`].
    fn count_timeout<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        timeout: &Timeout,
    ) -> Result<Vec<Effect>, Rejection> {
        let current = self.leadership(environment.epoch)?;
        check_timeout(environment, &current, timeout)?;
        let Timeout { epoch, view, rank, validator, signature } = *timeout;
        let is_new = self.turn.timeouts.insert(validator, signature).is_none();
        if !is_new || self.turn.timeouts.len() != environment.epoch.quorum() {
            return Ok(Vec::new());
        }
        let timeouts = self.turn.timeouts.clone().try_into()?;
        Ok(vec![Effect::Order(LogEntry::Fail(Fail { epoch, view, rank, timeouts }))])
    }

    /// Acts at the deadline of a step: gives up the leader, or passes I3 on. A deadline that
    /// belongs to another leader's turn has no effect.
    fn meet_deadline<S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        turn: ViewAndRank,
        step: Step,
    ) -> Vec<Effect> {
        let epoch = environment.epoch;
        let current = self.leadership(epoch);
        let Some(current) = current.ok().filter(|now| (now.view, now.rank) == turn) else {
            return Vec::new();
        };
        let answered = self.memory.answered.get(&turn);
        let seen = Seen {
            announcement: answered.is_some(),
            proposal: answered.is_some_and(|answered| answered.agreed.is_some()),
            commit: self.turn.commit.is_some(),
        };
        if environment.rules.gives_up(step, seen) {
            let (view, rank) = (current.view, current.rank);
            let message = timeout_message(&epoch.chain_id, epoch.number, view, rank);
            let signature = environment.suite.sign_with(&self.secrets.signing, &message);
            let validator = self.secrets.name;
            let timeout = Timeout { epoch: epoch.number, view, rank, validator, signature };
            let mut effects = vec![Effect::Broadcast(Message::Timeout(timeout))];
            let counted = self.count_timeout(environment, &timeout); // its own: nothing to refuse
            effects.extend(counted.unwrap_or_default());
            return effects;
        }
        self.turn.commit.clone().map(pass_on).unwrap_or_default()
    }

    /// Stores an answer in the memory.
    fn remember(&mut self, turn: ViewAndRank, answer: Answered) -> Result<(), Rejection> {
        let mut answered: BTreeMap<_, _> = (*self.memory.answered).clone();
        answered.insert(turn, answer);
        self.memory = Memory { answered: answered.try_into()? };
        Ok(())
    }
}

/// The effects that send a deal, if there is one.
fn send_deal(to: NodeId, deal: Option<SignedDeal>) -> Vec<Effect> {
    let message = deal.map(Message::Deal);
    message.map(|message| Effect::Send { to, message }).into_iter().collect()
}

/// The effects that pass a commit on and have it ordered.
fn pass_on(commit: Commit) -> Vec<Effect> {
    let message = Message::Commit(commit.clone());
    vec![Effect::Broadcast(message), Effect::Order(LogEntry::Commit(commit))]
}
