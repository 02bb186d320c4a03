//! A run of the protocol among an epoch's validators: what the cases of §4 are made from.
//!
//! The validators and their log are those of the test kit. Deals, proposals and signatures come
//! from the machines of the specification. Only decryption is done here, so that not every
//! validator has to check a large run again.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_spec::drp::checks::CheckedProposal;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::log::LotteryLog;
use ioschain_spec::drp::machine::{Effect, Event, Memory, Secrets};
use ioschain_spec::drp::messages::{
    Announcement, Commit, Fail, LogEntry, Message, Proposal, Reveal, RevealedShare, SignedDeal,
    Timeout, Transcript,
};
use ioschain_spec::drp::recovery::Recovery;
use ioschain_spec::drp::server::Server;
use ioschain_spec::drp::{
    EpochContext, EpochEnvironment, Leadership, LogPosition, Session, Specification,
};
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::group::{Group, Scalar as _, derive_nonzero_scalar};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeys};
use ioschain_spec::primitives::numbers::{Epoch, Height, Rank, View};
use ioschain_spec::primitives::pvss::decrypt_share;
use ioschain_spec::suite::Normative;
use ioschain_spec::testing::drp::{OrderedLog, Participant, Participants, epoch_of};

use crate::make::cases::support::CaseError;
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

pub(super) type NormativeTranscript = Transcript<CollectiveSignature>;

/// Something that is not there, where the making of a case goes wrong.
pub(super) fn missing(what: &str) -> CaseError {
    CaseError { id: "a run of the randomness protocol".to_owned(), problem: format!("no {what}") }
}

/// The validators of an epoch, and its log so far, under the rules of the specification.
#[derive(Clone)]
pub(super) struct EpochRun<G: Group> {
    pub(super) epoch: EpochContext,
    pub(super) participants: Participants<G>,
    pub(super) log: OrderedLog,
}

/// Who is faulty in a run that is committed nevertheless, and how.
#[derive(Clone, Debug, Default)]
pub(super) struct FaultPlan {
    /// They encrypt a share that is not the committed one.
    pub(super) deal_falsely: Vec<NodeId>,
    /// They agree, send nonces, and do not answer the challenge.
    pub(super) leave_signing: Vec<NodeId>,
    /// They do not decrypt.
    pub(super) keep_shares: Vec<NodeId>,
}

/// A run that has ended with its random number.
#[derive(Clone)]
pub(super) struct CompletedRun<G: Group> {
    /// The log ends with the commit.
    pub(super) world: EpochRun<G>,
    pub(super) leadership: Leadership,
    /// Of all servers, whether they count or not.
    pub(super) deals: Vec<SignedDeal>,
    pub(super) commit: Commit,
    /// Of all servers, whether they are sent or not.
    pub(super) reveals: BTreeMap<NodeId, Reveal>,
    pub(super) transcript: NormativeTranscript,
}

/// The validator of a number; its group key is in `G`.
fn participant<G: Group>(number: u32) -> Participant<G> {
    let seed = digest(&format!("validator {number}")).0;
    let decryption = derive_nonzero_scalar::<G>(tags::KEYS_SECRET, &seed);
    let coins = digest(&format!("secrets of validator {number}")).0;
    Participant::new(&seed, decryption, coins)
}

fn under_specification<G: Group>(epoch: &EpochContext) -> EpochEnvironment<'_, G, Normative> {
    EpochEnvironment { rules: &Specification, suite: &Normative, epoch }
}

/// The swap of two encrypted shares, signed again: only the proofs show it.
pub(super) fn falsify<G: Group>(
    dealer: &Participant<G>,
    deal: &SignedDeal,
) -> Result<SignedDeal, CaseError> {
    let mut dealt = deal.deal.clone();
    edit(&mut dealt.shares, |shares| shares.swap(0, 1))?;
    let SignedDeal { session, announcement, .. } = *deal;
    let Secrets { name, signing, .. } = &dealer.secrets;
    Ok(SignedDeal::sign(&Normative, session, announcement, *name, dealt, signing))
}

pub(super) fn edit<T: Clone, const CAP: usize>(
    values: &mut Bounded<T, CAP>,
    change: impl FnOnce(&mut Vec<T>),
) -> Result<(), CaseError> {
    let mut edited = values.clone().into_vec();
    change(&mut edited);
    *values = edited.try_into()?;
    Ok(())
}

impl<G: Group> EpochRun<G> {
    /// The first `count` validators, when the lottery opens.
    pub(super) fn new(count: u32, group_size: u16) -> Result<Self, CaseError> {
        Self::of(1..=count, group_size)
    }

    /// The validators of these numbers.
    pub(super) fn of(
        numbers: impl IntoIterator<Item = u32>,
        group_size: u16,
    ) -> Result<Self, CaseError> {
        let participants: Participants<G> = numbers.into_iter().map(participant).collect();
        let epoch = EpochContext {
            chain_id: digest("chain"),
            number: Epoch(7),
            randomness_before: digest("randomness"),
            opened: LogPosition { height: Height(100), head: digest("log") },
            ..epoch_of(participants.roster()?, group_size)
        };
        Ok(Self::in_epoch(epoch, participants))
    }

    /// The same validators in another epoch, when its lottery opens.
    pub(super) fn in_epoch(epoch: EpochContext, participants: Participants<G>) -> Self {
        Self { log: OrderedLog::new(&epoch), epoch, participants }
    }

    pub(super) fn environment(&self) -> EpochEnvironment<'_, G, Normative> {
        under_specification(&self.epoch)
    }

    pub(super) fn names(&self) -> Vec<NodeId> {
        self.participants.names()
    }

    pub(super) fn member(&self, name: &NodeId) -> Result<&Participant<G>, CaseError> {
        self.participants.get(name).ok_or_else(|| missing("such validator"))
    }

    // --- The log ---

    pub(super) fn order_at(
        &mut self,
        height: Height,
        entry: LogEntry,
    ) -> Result<Option<CheckedProposal<G>>, CaseError> {
        Ok(self.log.append(&under_specification(&self.epoch), height, entry)?)
    }

    /// Orders an entry at the next height.
    pub(super) fn order(
        &mut self,
        entry: LogEntry,
    ) -> Result<Option<CheckedProposal<G>>, CaseError> {
        self.order_at(self.log.next_height(), entry)
    }

    pub(super) fn reach(&mut self, height: Height) {
        self.log.reach(&under_specification::<G>(&self.epoch), height);
    }

    /// The ticket of a validator in the lottery that is on.
    pub(super) fn ticket(&self, name: &NodeId) -> Result<LogEntry, CaseError> {
        let ticket = self.member(name)?.draw_ticket(&self.environment(), &self.log.state)?;
        Ok(LogEntry::Ticket(ticket))
    }

    /// These validators, as far as they may lead, enter the lottery that is on, which then closes.
    pub(super) fn hold_lottery_of(&mut self, names: &[NodeId]) -> Result<(), CaseError> {
        let enters = |name: &NodeId| names.contains(name);
        let tickets =
            self.participants.draw_tickets(&self.environment(), &self.log.state, enters)?;
        let height = self.log.next_height();
        for ticket in tickets {
            self.order_at(height, ticket)?;
        }
        self.reach(height + self.epoch.lottery_heights);
        Ok(())
    }

    /// All who may lead enter the lottery that is on.
    pub(super) fn hold_lottery(&mut self) -> Result<(), CaseError> {
        self.hold_lottery_of(&self.names())
    }

    pub(super) fn turn(&self) -> Result<Leadership, CaseError> {
        Ok(self.log.leadership(&self.epoch)?)
    }

    pub(super) fn timeout(
        &self,
        by: &NodeId,
        view: View,
        rank: Rank,
    ) -> Result<Timeout, CaseError> {
        Ok(self.member(by)?.sign_timeout(&self.epoch, view, rank))
    }

    /// That so many have given up the leader of a view and rank.
    pub(super) fn fail_by(&self, count: usize, view: View, rank: Rank) -> Result<Fail, CaseError> {
        Ok(self.participants.fail_by(count, &self.epoch, view, rank)?)
    }

    /// That a quorum has given up the current leader.
    pub(super) fn fail(&self) -> Result<LogEntry, CaseError> {
        let Leadership { view, rank, .. } = self.turn()?;
        Ok(LogEntry::Fail(self.fail_by(self.epoch.quorum(), view, rank)?))
    }

    // --- A turn ---

    /// A validator that has followed the log.
    pub(super) fn server(&self, name: &NodeId, memory: Memory) -> Result<Server<G>, CaseError> {
        Ok(self.member(name)?.machine(memory, &self.log))
    }

    pub(super) fn session(&self, leadership: &Leadership) -> Result<Session<G>, CaseError> {
        Ok(Session::derive(&self.environment(), &self.epoch.run::<G>(leadership))?)
    }

    pub(super) fn announce(&self, leadership: &Leadership) -> Result<Announcement, CaseError> {
        let signing = &self.member(&leadership.leader)?.secrets.signing;
        Ok(Announcement::sign(&Normative, self.epoch.run::<G>(leadership), signing))
    }

    /// What a validator remembers after an announcement, and the deal that it sends.
    pub(super) fn answer(
        &self,
        name: &NodeId,
        announcement: &Announcement,
    ) -> Result<(Memory, Option<SignedDeal>), CaseError> {
        let mut server = self.server(name, Memory::default())?;
        let event = Event::Message(Message::Announcement(announcement.clone()));
        let effects = server.handle(&self.environment(), event)?;
        let deal = effects.into_iter().find_map(|effect| match effect {
            Effect::Send { message: Message::Deal(deal), .. } => Some(deal),
            _ => None,
        });
        Ok((server.memory().clone(), deal))
    }

    /// The deals of all servers, in the order of names.
    pub(super) fn deals(&self, announcement: &Announcement) -> Result<Vec<SignedDeal>, CaseError> {
        let mut deals = Vec::new();
        for name in self.names() {
            deals.extend(self.answer(&name, announcement)?.1);
        }
        Ok(deals)
    }

    /// What the leader proposes after these deals, some of which it may refuse.
    pub(super) fn propose(
        &self,
        leadership: &Leadership,
        deals: &[SignedDeal],
    ) -> Result<Proposal, CaseError> {
        let environment = self.environment();
        let signing = &self.member(&leadership.leader)?.secrets.signing;
        let (mut leader, _) = Leader::start(&environment, leadership, signing)?;
        for deal in deals {
            let _ = leader.take_deal(&environment, deal.clone()); // refused or not
        }
        leader.propose(&environment)?;
        leader.proposal().cloned().ok_or_else(|| missing("proposal"))
    }

    /// All sign together, in as many attempts as it takes; `absent` send nonces and do not answer.
    pub(super) fn sign_together(
        &self,
        message: &Digest,
        absent: &[NodeId],
    ) -> Result<CollectiveSignature, CaseError> {
        let signing = self.participants.sign_together(
            &self.epoch,
            message,
            |_| true,
            |name| !absent.contains(name),
            |_, position, _| digest(&format!("nonces of {position}")).0,
        );
        Ok(signing?.signature)
    }

    /// What a server decrypts of a commit; nothing if it leads.
    pub(super) fn reveal(
        &self,
        name: &NodeId,
        checked: &CheckedProposal<G>,
    ) -> Result<Option<Reveal>, CaseError> {
        let Some((own, group)) = checked.session.group_of(name) else { return Ok(None) };
        let position = group.position_of(name).ok_or_else(|| missing("position"))?;
        let secrets = &self.member(name)?.secrets;
        let mut shares = Vec::new();
        for input in checked.inputs.iter().filter(|input| input.group == own) {
            let (sharing, deal) = (&input.sharing, &input.deal);
            let share = decrypt_share(sharing, deal, position, *secrets.decryption, &secrets.seed)?;
            shares.push(RevealedShare { dealer: input.dealer, share });
        }
        Ok(Some(Reveal { session: checked.session.id, shares: shares.try_into()? }))
    }

    /// A quorum's certificate of the log's head.
    pub(super) fn certify(&self, state: &LotteryLog) -> Result<CollectiveSignature, CaseError> {
        Ok(self.participants.certify(&self.epoch, state)?)
    }

    /// The turn of the current leader, to the end.
    pub(super) fn run(mut self, faults: &FaultPlan) -> Result<CompletedRun<G>, CaseError> {
        let leadership = self.turn()?;
        let announcement = self.announce(&leadership)?;
        let mut deals = self.deals(&announcement)?;
        for deal in &mut deals {
            if faults.deal_falsely.contains(&deal.dealer) {
                *deal = falsify(self.member(&deal.dealer)?, deal)?;
            }
        }
        let proposal = self.propose(&leadership, &deals)?;
        let message = proposal.statement.message();
        let signature = self.sign_together(&message, &faults.leave_signing)?;
        let commit = Commit { proposal, signature };
        let checked = self.order(LogEntry::Commit(commit.clone()))?;
        let checked = checked.ok_or_else(|| missing("commit"))?;
        let mut reveals = BTreeMap::new();
        let mut recovery = Recovery::new(checked.clone());
        for name in self.names() {
            let Some(reveal) = self.reveal(&name, &checked)? else { continue };
            if !faults.keep_shares.contains(&name) {
                recovery.add(&self.environment(), &reveal)?;
            }
            reveals.insert(name, reveal);
        }
        let recovered = recovery.recovered().ok_or_else(|| missing("random number"))?;
        let segment = self.log.segment(self.certify(&self.log.state)?)?;
        let transcript = recovered.into_transcript(commit.clone(), segment)?;
        Ok(CompletedRun { world: self, leadership, deals, commit, reveals, transcript })
    }

    // --- JSON ---

    /// The members of an input that say which group and epoch.
    pub(super) fn to_json(&self) -> Result<Value, CaseError> {
        Ok(json!({ "group": G::NAME, "epoch": epoch_json(&self.epoch)? }))
    }

    /// The same with the log so far.
    pub(super) fn log_json(&self) -> Result<Value, CaseError> {
        let mut input = self.to_json()?;
        input["log"] = list_to_json(&self.log.entries)?;
        input["height"] = json!(self.log.height.to_string());
        Ok(input)
    }

    /// The same with a validator that has a memory.
    pub(super) fn server_json(&self, name: &NodeId, memory: &Memory) -> Result<Value, CaseError> {
        let Participant { signing_seed, secrets, .. } = self.member(name)?;
        let mut input = self.log_json()?;
        input["validator"] = to_json(name)?;
        input["signing"] = to_json(signing_seed)?;
        input["decryption"] = to_json(&secrets.decryption.encode())?;
        input["seed"] = to_json(&Digest(*secrets.seed))?;
        input["memory"] = to_json(memory)?;
        Ok(input)
    }
}

pub(super) fn epoch_json(epoch: &EpochContext) -> Result<Value, CaseError> {
    let configuration = &epoch.configuration;
    let names: Vec<NodeId> = configuration.node_ids().collect();
    let keys: Vec<ValidatorKeys> =
        names.iter().filter_map(|name| configuration.keys_of(name)).copied().collect();
    let convicted: Vec<NodeId> = epoch.convicted.iter().copied().collect();
    Ok(json!({
        "chain_id": to_json(&epoch.chain_id)?,
        "number": epoch.number.to_string(),
        "randomness_before": to_json(&epoch.randomness_before)?,
        "validators": list_to_json(&keys)?,
        "convicted": list_to_json(&convicted)?,
        "group_size": epoch.group_size,
        "lottery_heights": epoch.lottery_heights.to_string(),
        "opened": to_json(&(epoch.opened.height, epoch.opened.head))?,
    }))
}

pub(super) fn leadership_json(leadership: &Leadership) -> Result<Value, CaseError> {
    Ok(json!({
        "view": leadership.view.0,
        "rank": leadership.rank.0,
        "leader": to_json(&leadership.leader)?,
    }))
}
