//! An epoch's validators, and how a run goes among them: what the cases of §4 are made from.
//!
//! Deals, proposals, signatures and the log are the specification's machines' own. Only decrypting is done here, so
//! that a large run need not be checked by every validator again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use ioschain_spec::drp::checks::CheckedProposal;
use ioschain_spec::drp::leader::Leader;
use ioschain_spec::drp::log::{LotteryLog, head_vote};
use ioschain_spec::drp::messages::{
    Announcement, Commit, Fail, LogEntry, LogSegment, Message, OrderedRecord, Proposal, Reveal,
    RevealedShare, SignedDeal, Timeout, Transcript, timeout_message,
};
use ioschain_spec::drp::recovery::Recovery;
use ioschain_spec::drp::server::{Effect, Event, Memory, Secrets, Server};
use ioschain_spec::drp::{
    Epoch, EpochEnvironment, Leadership, LogPosition, Session, Specification,
};
use ioschain_spec::primitives::certificate::{Roster, Signers, name_signers};
use ioschain_spec::primitives::cosi::{self, CollectiveSignature, Signer, sign_for_all};
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::encoding::{Bounded, BoundedMap};
use ioschain_spec::primitives::group::{Element as _, Group, Scalar as _, derive_nonzero_scalar};
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::pvss::decrypt_share;
use ioschain_spec::suite::Normative;

use crate::make::cases::support::CaseError;
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

pub(super) type NormativeTranscript = Transcript<CollectiveSignature>;

/// Something that is not there, where the making of a case goes wrong.
pub(super) fn missing(what: &str) -> CaseError {
    CaseError { id: "a run of the randomness protocol".to_owned(), problem: format!("no {what}") }
}

/// A validator with its secrets.
#[derive(Clone)]
pub(super) struct Member<G: Group> {
    pub(super) key_pairs: ValidatorKeyPairs,
    /// The seed of its signing key.
    pub(super) signing_seed: Digest,
    pub(super) secrets: Secrets<G>,
}

/// The validators of an epoch, and its log so far.
#[derive(Clone)]
pub(super) struct World<G: Group> {
    pub(super) epoch: Epoch,
    pub(super) members: BTreeMap<NodeId, Member<G>>,
    pub(super) progress: LotteryLog,
    pub(super) height: u64,
    pub(super) log: Vec<(u64, LogEntry)>,
}

/// What goes wrong in a run that is committed all the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Troubles {
    /// They encrypt a share that is not the committed one.
    pub(super) deal_falsely: Vec<NodeId>,
    /// They agree, send nonces, and do not answer the challenge.
    pub(super) leave_signing: Vec<NodeId>,
    /// They do not decrypt.
    pub(super) keep_shares: Vec<NodeId>,
}

/// A run that is over.
#[derive(Clone)]
pub(super) struct Finished<G: Group> {
    /// The log ends with the commit.
    pub(super) world: World<G>,
    pub(super) leadership: Leadership,
    /// Of all servers, whether they count or not.
    pub(super) deals: Vec<SignedDeal>,
    pub(super) commit: Commit,
    /// Of all servers, whether they are sent or not.
    pub(super) reveals: BTreeMap<NodeId, Reveal>,
    pub(super) transcript: NormativeTranscript,
}

/// The validator of a number; its group key is in `G`.
fn member<G: Group>(number: u32) -> (ValidatorKeys, Member<G>) {
    let seed = digest(&format!("validator {number}")).0;
    let key_pairs = ValidatorKeyPairs::from_seed(&seed);
    let decryption = derive_nonzero_scalar::<G>(tags::KEYS_SECRET, &seed);
    let mut keys = key_pairs.public_keys();
    keys.group = G::generator().multiply(decryption).encode();
    let secrets = Secrets {
        name: keys.node_id(),
        signing: key_pairs.signing.clone(),
        decryption: decryption.into(),
        seed: digest(&format!("secrets of validator {number}")).0.into(),
    };
    let signing_seed = tagged_hash(tags::KEYS_SIGNING, &seed);
    (keys, Member { key_pairs, signing_seed, secrets })
}

/// The swap of two encrypted shares, signed again: only the proofs show it.
pub(super) fn falsify<G: Group>(
    member: &Member<G>,
    deal: &SignedDeal,
) -> Result<SignedDeal, CaseError> {
    let mut dealt = deal.deal.clone();
    edit(&mut dealt.shares, |shares| shares.swap(0, 1))?;
    let SignedDeal { session, announcement, dealer, .. } = *deal;
    let signing = &member.secrets.signing;
    Ok(SignedDeal::sign(&Normative, session, announcement, dealer, dealt, signing))
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

impl<G: Group> World<G> {
    /// The first `count` validators, when the lottery opens.
    pub(super) fn new(count: u32, group_size: u16) -> Result<Self, CaseError> {
        Self::of(1..=count, group_size)
    }

    /// The validators of these numbers.
    pub(super) fn of(
        numbers: impl IntoIterator<Item = u32>,
        group_size: u16,
    ) -> Result<Self, CaseError> {
        let members: Vec<_> = numbers.into_iter().map(member::<G>).collect();
        let configuration = Roster::new(members.iter().map(|(keys, _)| *keys))?;
        let members = members.into_iter().map(|(_, member)| (member.secrets.name, member));
        Ok(Self::in_epoch(
            Epoch {
                chain_id: digest("chain"),
                number: 7,
                randomness_before: digest("randomness"),
                configuration,
                convicted: BTreeSet::new(),
                group_size,
                lottery_heights: 5,
                opened: LogPosition { height: 100, head: digest("log") },
            },
            members.collect(),
        ))
    }

    /// The same validators in another epoch, when its lottery opens.
    pub(super) fn in_epoch(epoch: Epoch, members: BTreeMap<NodeId, Member<G>>) -> Self {
        let (progress, height) = (LotteryLog::new(&epoch), epoch.opened.height);
        Self { epoch, members, progress, height, log: Vec::new() }
    }

    pub(super) fn environment(&self) -> EpochEnvironment<'_, G, Normative> {
        EpochEnvironment { rules: &Specification, suite: &Normative, epoch: &self.epoch }
    }

    pub(super) fn names(&self) -> Vec<NodeId> {
        self.members.keys().copied().collect()
    }

    pub(super) fn member(&self, name: &NodeId) -> Result<&Member<G>, CaseError> {
        self.members.get(name).ok_or_else(|| missing("such validator"))
    }

    // --- The log ---

    pub(super) fn order_at(
        &mut self,
        height: u64,
        entry: LogEntry,
    ) -> Result<Option<CheckedProposal<G>>, CaseError> {
        let mut progress = self.progress.clone();
        let checked = progress.append(&self.environment(), height, &entry)?;
        (self.progress, self.height) = (progress, self.height.max(height));
        self.log.push((height, entry));
        Ok(checked)
    }

    /// Orders an entry at the next height.
    pub(super) fn order(
        &mut self,
        entry: LogEntry,
    ) -> Result<Option<CheckedProposal<G>>, CaseError> {
        self.order_at(self.height + 1, entry)
    }

    pub(super) fn reach(&mut self, height: u64) {
        self.height = self.height.max(height);
        let mut progress = self.progress.clone();
        progress.advance(&self.environment(), self.height);
        self.progress = progress;
    }

    /// The ticket of a validator in the lottery that is on.
    pub(super) fn ticket(&self, name: &NodeId) -> Result<LogEntry, CaseError> {
        let key_pairs = &self.member(name)?.key_pairs;
        let ticket =
            self.progress.with_lottery(&self.environment(), |lottery| lottery.draw(key_pairs));
        let mut ticket = ticket.ok_or_else(|| missing("point on the curve"))?;
        ticket.validator = *name; // the keys of a toy group make another name
        Ok(LogEntry::Ticket(ticket))
    }

    /// These validators enter the lottery that is on, which then closes.
    pub(super) fn hold_lottery_of(&mut self, names: &[NodeId]) -> Result<(), CaseError> {
        let height = self.height + 1;
        for name in names {
            self.order_at(height, self.ticket(name)?)?;
        }
        self.reach(height + self.epoch.lottery_heights);
        Ok(())
    }

    /// All who may lead enter the lottery that is on.
    pub(super) fn hold_lottery(&mut self) -> Result<(), CaseError> {
        let environment = self.environment();
        let may_lead = |name: &NodeId| {
            self.progress.with_lottery(&environment, |lottery| lottery.may_lead(name))
        };
        let names: Vec<NodeId> = self.names().into_iter().filter(may_lead).collect();
        self.hold_lottery_of(&names)
    }

    pub(super) fn turn(&self) -> Result<Leadership, CaseError> {
        Ok(self.progress.leadership(&self.epoch, self.height)?)
    }

    pub(super) fn timeout(&self, by: &NodeId, view: u32, rank: u8) -> Result<Timeout, CaseError> {
        let epoch = self.epoch.number;
        let message = timeout_message(&self.epoch.chain_id, epoch, view, rank);
        let signature = self.member(by)?.secrets.signing.sign(&message.0);
        Ok(Timeout { epoch, view, rank, validator: *by, signature })
    }

    /// That so many have given up the leader of a view and rank.
    pub(super) fn fail_by(&self, count: usize, view: u32, rank: u8) -> Result<Fail, CaseError> {
        let mut timeouts: BTreeMap<NodeId, Signature> = BTreeMap::new();
        for name in self.names().iter().take(count) {
            timeouts.insert(*name, self.timeout(name, view, rank)?.signature);
        }
        let timeouts = BoundedMap::try_from(timeouts)?;
        Ok(Fail { epoch: self.epoch.number, view, rank, timeouts })
    }

    /// That a quorum has given up the current leader.
    pub(super) fn fail(&self) -> Result<LogEntry, CaseError> {
        let Leadership { view, rank, .. } = self.turn()?;
        Ok(LogEntry::Fail(self.fail_by(self.epoch.quorum(), view, rank)?))
    }

    // --- A turn ---

    /// A validator that has followed the log.
    pub(super) fn server(&self, name: &NodeId, memory: Memory) -> Result<Server<G>, CaseError> {
        let secrets = self.member(name)?.secrets.clone();
        Ok(Server::following(secrets, memory, self.progress.clone(), self.height))
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
        let cosigners = self.epoch.configuration.cosigners::<G>()?;
        let mut leader = cosi::Leader::new(&cosigners, *message);
        loop {
            let open = leader.open();
            let mut signers = Vec::new();
            for (position, (name, member)) in self.members.iter().enumerate() {
                let secret = *member.secrets.decryption;
                let mut signer = Signer::new(&cosigners, position, secret, *message);
                let nonce = signer.open(&open, &digest(&format!("nonces of {position}")).0)?;
                if !leader.faulty().contains(&position) {
                    leader.receive_nonce(position, &nonce)?;
                    signers.push((position, signer, absent.contains(name)));
                }
            }
            let challenge = leader.challenge(&cosi::Specification)?;
            for (position, signer, _) in signers.iter_mut().filter(|(.., is_absent)| !is_absent) {
                leader.receive_response(
                    *position,
                    &signer.answer(&cosi::Specification, &challenge)?,
                )?;
            }
            if let Some(signature) = leader.signature() {
                return Ok(signature);
            }
            leader.restart().ok_or_else(|| missing("further attempt"))?;
        }
    }

    /// The signature of a message by exactly these, a quorum or not: made by whoever knows all their secrets.
    pub(super) fn signature_by(&self, signers: &Signers, message: &Digest) -> CollectiveSignature {
        let signed = |position: usize| signers[position / 8] >> (position % 8) & 1 == 1;
        let members = self.members.values().enumerate().filter(|(position, _)| signed(*position));
        let secrets = members.map(|(_, member)| *member.secrets.decryption);
        sign_for_all::<G>(signers, secrets, message)
    }

    /// The first `count` validators as signers.
    pub(super) fn first_signers(&self, count: usize) -> Result<Signers, CaseError> {
        Ok(name_signers(self.members.len(), 0..count)?)
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
    pub(super) fn certify(&self, progress: &LotteryLog) -> Result<CollectiveSignature, CaseError> {
        let message = head_vote(&self.epoch, progress.position()).message();
        Ok(self.signature_by(&self.first_signers(self.epoch.quorum())?, &message))
    }

    /// The turn of the current leader, to the end.
    pub(super) fn run(mut self, troubles: &Troubles) -> Result<Finished<G>, CaseError> {
        let leadership = self.turn()?;
        let announcement = self.announce(&leadership)?;
        let mut deals = self.deals(&announcement)?;
        for deal in &mut deals {
            if troubles.deal_falsely.contains(&deal.dealer) {
                *deal = falsify(self.member(&deal.dealer)?, deal)?;
            }
        }
        let proposal = self.propose(&leadership, &deals)?;
        let message = proposal.statement.message();
        let signature = self.sign_together(&message, &troubles.leave_signing)?;
        let commit = Commit { proposal, signature };
        let checked = self.order(LogEntry::Commit(commit.clone()))?;
        let checked = checked.ok_or_else(|| missing("commit"))?;
        let mut reveals = BTreeMap::new();
        let mut recovery = Recovery::new(checked.clone());
        for name in self.names() {
            let Some(reveal) = self.reveal(&name, &checked)? else { continue };
            if !troubles.keep_shares.contains(&name) {
                recovery.add(&self.environment(), &reveal)?;
            }
            reveals.insert(name, reveal);
        }
        let recovered = recovery.recovered().ok_or_else(|| missing("random number"))?;
        let record = |(height, entry): &(u64, LogEntry)| OrderedRecord {
            height: *height,
            record: entry.record(),
        };
        let records: Vec<OrderedRecord> = self.log.iter().map(record).collect();
        let certificate = self.certify(&self.progress)?;
        let segment = LogSegment { records: records.try_into()?, certificate };
        let transcript = recovered.into_transcript(commit.clone(), segment)?;
        Ok(Finished { world: self, leadership, deals, commit, reveals, transcript })
    }

    // --- JSON ---

    /// The members of an input that say which group and epoch.
    pub(super) fn to_json(&self) -> Result<Value, CaseError> {
        Ok(json!({ "group": G::NAME, "epoch": epoch_json(&self.epoch)? }))
    }

    /// The same with the log so far.
    pub(super) fn log_json(&self) -> Result<Value, CaseError> {
        let mut input = self.to_json()?;
        input["log"] = list_to_json(&self.log)?;
        input["height"] = json!(self.height.to_string());
        Ok(input)
    }

    /// The same with a validator that has a memory.
    pub(super) fn server_json(&self, name: &NodeId, memory: &Memory) -> Result<Value, CaseError> {
        let Member { signing_seed, secrets, .. } = self.member(name)?;
        let mut input = self.log_json()?;
        input["validator"] = to_json(name)?;
        input["signing"] = to_json(signing_seed)?;
        input["decryption"] = to_json(&secrets.decryption.encode())?;
        input["seed"] = to_json(&Digest(*secrets.seed))?;
        input["memory"] = to_json(memory)?;
        Ok(input)
    }
}

pub(super) fn epoch_json(epoch: &Epoch) -> Result<Value, CaseError> {
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
        "view": leadership.view,
        "rank": leadership.rank,
        "leader": to_json(&leadership.leader)?,
    }))
}
