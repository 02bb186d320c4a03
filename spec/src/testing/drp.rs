//! The validators of an epoch with all their secrets, and the log that orders their entries.
//!
//! | item | what it is |
//! |---|---|
//! | [`Participant`] | a validator with its secrets: it draws tickets and signs timeouts |
//! | [`Participants`] | all validators of an epoch: they sign together, certify the log and give leaders up |
//! | [`OrderedLog`] | the entries that were ordered, and the state that follows from them |
//! | [`epoch_of`] | an epoch with these validators, for callers to whom its other facts do not matter |
//!
//! All of it is generic over the group, so that the same code makes runs in ristretto255 and in toy
//! groups.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use crate::Rejection;
use crate::drp::checks::CheckedProposal;
use crate::drp::leader::Leader;
use crate::drp::log::{LotteryLog, head_vote};
use crate::drp::machine::{Effect, Event, Memory, Secrets};
use crate::drp::messages::{
    Commit, Fail, LogEntry, LogSegment, Message, OrderedRecord, Proposal, Timeout, timeout_message,
};
use crate::drp::server::Server;
use crate::drp::{EpochContext, EpochEnvironment, Leadership, LogPosition};
use crate::primitives::certificate::{Roster, Signers, name_signers};
use crate::primitives::cosi::{self, CollectiveSignature, Signer, sign_for_all};
use crate::primitives::ed25519::Signature;
use crate::primitives::encoding::{BoundedMap, encode};
use crate::primitives::group::{Element, Group};
use crate::primitives::hash::{Digest, tagged_hash, tags};
use crate::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use crate::primitives::numbers::{Epoch, Height, Rank, View};
use crate::primitives::ristretto::Ristretto255;
use crate::sharding::lottery::Ticket;
use crate::suite::{Normative, Suite};

/// An epoch with these validators. A caller that needs another chain, number or log overrides that
/// field.
///
/// A lottery takes tickets for five heights, and the first one opens at height 100.
pub fn epoch_of(configuration: Roster, group_size: u16) -> EpochContext {
    EpochContext {
        chain_id: Digest([7; 32]),
        number: Epoch(3),
        randomness_before: Digest([11; 32]),
        configuration,
        convicted: Default::default(),
        group_size,
        lottery_heights: 5,
        opened: LogPosition { height: Height(100), head: Digest([13; 32]) },
    }
}

/// A validator with its secrets. Its group key is in `G`.
#[derive(Clone)]
pub struct Participant<G: Group> {
    /// The validator's key pairs. Their group key is in ristretto255, and it is used only if `G` is
    /// ristretto255.
    pub key_pairs: ValidatorKeyPairs,
    /// The seed of its signing key, from which another implementation makes the same key.
    pub signing_seed: Digest,
    /// The secrets for the validator's machine. They contain its name, which is that of its public
    /// keys in `G`.
    pub secrets: Secrets<G>,
}

impl Participant<Ristretto255> {
    /// The validator with the key pairs of `seed`. Its polynomials and nonces come from `coins`.
    pub fn from_seed(seed: &[u8; 32], coins: [u8; 32]) -> Self {
        Self::new(seed, ValidatorKeyPairs::from_seed(seed).group.secret(), coins)
    }
}

impl<G: Group> Participant<G> {
    /// The validator with the key pairs of `seed`, but with the group key of `decryption`.
    ///
    /// Its polynomials and nonces come from `coins`.
    pub fn new(seed: &[u8; 32], decryption: G::Scalar, coins: [u8; 32]) -> Self {
        let key_pairs = ValidatorKeyPairs::from_seed(seed);
        let secrets = Secrets {
            name: key_pairs.public_keys().node_id(),
            signing: key_pairs.signing.clone(),
            decryption: decryption.into(),
            seed: coins.into(),
        };
        let signing_seed = tagged_hash(tags::KEYS_SIGNING, seed);
        let mut participant = Self { key_pairs, signing_seed, secrets };
        participant.secrets.name = participant.public_keys().node_id();
        participant
    }

    /// The name of the validator.
    pub fn name(&self) -> NodeId {
        self.secrets.name
    }

    /// The public keys of the validator. The group key is in `G`.
    pub fn public_keys(&self) -> ValidatorKeys {
        let group = G::generator().multiply(*self.secrets.decryption).encode();
        ValidatorKeys { group, ..self.key_pairs.public_keys() }
    }

    /// Whether the validator may lead in the current view.
    pub fn may_lead<S: Suite>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        state: &LotteryLog,
    ) -> bool {
        state.with_lottery(environment, |lottery| lottery.may_lead(&self.name()))
    }

    /// The validator's ticket in the current lottery, whether the validator may lead or not.
    ///
    /// # Errors
    /// [`Rejection::CryVrfProofFalse`] if the lottery's input hashes to no point for its key, which
    /// does not happen.
    pub fn draw_ticket<S: Suite>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        state: &LotteryLog,
    ) -> Result<Ticket, Rejection> {
        let drawn = state.with_lottery(environment, |lottery| {
            environment.rules.draw_ticket(lottery, &self.key_pairs)
        });
        let ticket = drawn.ok_or(Rejection::CryVrfProofFalse)?;
        // In a toy group, the group key is another one, so the validator's name differs from that
        // of its key pairs.
        Ok(Ticket { validator: self.name(), ..ticket })
    }

    /// The validator's timeout for the leader of a view and rank.
    pub fn sign_timeout(&self, epoch: &EpochContext, view: View, rank: Rank) -> Timeout {
        let message = timeout_message(&epoch.chain_id, epoch.number, view, rank);
        let signature = self.secrets.signing.sign(&message.0);
        Timeout { epoch: epoch.number, view, rank, validator: self.name(), signature }
    }

    /// The validator's machine after it has followed `log`, with the memory that it has persisted.
    pub fn machine(&self, memory: Memory, log: &OrderedLog) -> Server<G> {
        Server::following(self.secrets.clone(), memory, log.state.clone(), log.height)
    }
}

/// All validators of an epoch, by name. So they are in the order of the roster.
#[derive(Clone)]
pub struct Participants<G: Group>(BTreeMap<NodeId, Participant<G>>);

impl<G: Group> Deref for Participants<G> {
    type Target = BTreeMap<NodeId, Participant<G>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<G: Group> DerefMut for Participants<G> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<G: Group> FromIterator<Participant<G>> for Participants<G> {
    fn from_iter<I: IntoIterator<Item = Participant<G>>>(participants: I) -> Self {
        Self(participants.into_iter().map(|it| (it.name(), it)).collect())
    }
}

/// A collective signature, and how many attempts and messages it needed.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The signature that was made.
    pub signature: CollectiveSignature,
    /// How many attempts there were.
    pub attempts: u32,
    /// How many messages were sent, in all attempts together.
    pub messages: usize,
    /// How many bytes the encodings of these messages have, together.
    pub bytes: usize,
}

impl Participants<Ristretto255> {
    /// `count` validators. The key pairs, polynomials and nonces of number i come from the seed
    /// `[i; 32]`.
    pub fn numbered(count: u8) -> Self {
        (1..=count).map(|number| Participant::from_seed(&[number; 32], [number; 32])).collect()
    }
}

impl<G: Group> Participants<G> {
    /// The names of the validators, in order.
    pub fn names(&self) -> Vec<NodeId> {
        self.keys().copied().collect()
    }

    /// The roster of all validators.
    ///
    /// # Errors
    /// Those of [`Roster::new`].
    pub fn roster(&self) -> Result<Roster, Rejection> {
        Roster::new(self.values().map(Participant::public_keys))
    }

    /// The tickets in the current lottery, of the validators that may lead and for which `enters`
    /// is true.
    ///
    /// # Errors
    /// Those of [`Participant::draw_ticket`].
    pub fn draw_tickets<S: Suite>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        state: &LotteryLog,
        enters: impl Fn(&NodeId) -> bool,
    ) -> Result<Vec<LogEntry>, Rejection> {
        let entrants = self.values().filter(|it| it.may_lead(environment, state));
        let entrants = entrants.filter(|it| enters(&it.name()));
        entrants.map(|it| it.draw_ticket(environment, state).map(LogEntry::Ticket)).collect()
    }

    /// The failure of the leader of a view and rank, with the timeouts of the first `count`
    /// validators.
    ///
    /// # Errors
    /// None, if the validators fit in a roster.
    pub fn fail_by(
        &self,
        count: usize,
        epoch: &EpochContext,
        view: View,
        rank: Rank,
    ) -> Result<Fail, Rejection> {
        let timeouts: BTreeMap<NodeId, Signature> = self
            .iter()
            .take(count)
            .map(|(name, it)| (*name, it.sign_timeout(epoch, view, rank).signature))
            .collect();
        let timeouts = BoundedMap::try_from(timeouts)?;
        Ok(Fail { epoch: epoch.number, view, rank, timeouts })
    }

    /// The proposal (I2) of the current leader, after every server has answered its announcement
    /// with a deal.
    ///
    /// # Errors
    /// Those of [`OrderedLog::leadership`], of [`Leader::start`], of [`Server::handle`], of
    /// [`Leader::take_deal`]; [`Rejection::DrpDealsMissing`] without servers.
    pub fn propose<S: Suite>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        log: &OrderedLog,
    ) -> Result<Proposal, Rejection> {
        let current = log.leadership(environment.epoch)?;
        let leading = self.get(&current.leader).ok_or(Rejection::DrpLeader)?;
        let (mut leader, _) = Leader::start(environment, &current, &leading.secrets.signing)?;
        let announcement = Message::Announcement(leader.announcement().clone());
        for participant in self.values() {
            let mut machine = participant.machine(Memory::default(), log);
            for effect in machine.handle(environment, Event::Message(announcement.clone()))? {
                if let Effect::Send { message: Message::Deal(deal), .. } = effect {
                    leader.take_deal(environment, deal)?;
                }
            }
        }
        leader.proposal().cloned().ok_or(Rejection::DrpDealsMissing)
    }

    /// The commit (I3) of the current leader: its proposal, signed by the first validators that are
    /// a quorum. It is not ordered yet.
    ///
    /// # Errors
    /// Those of [`Participants::propose`], of [`Participants::first_signers`].
    pub fn commit<S: Suite>(
        &self,
        environment: &EpochEnvironment<'_, G, S>,
        log: &OrderedLog,
    ) -> Result<Commit, Rejection> {
        let proposal = self.propose(environment, log)?;
        let quorum = self.first_signers(environment.epoch.quorum())?;
        let signature = self.signature_by(&quorum, &proposal.statement.message());
        Ok(Commit { proposal, signature })
    }

    /// The first `count` validators as signers.
    ///
    /// # Errors
    /// Those of [`name_signers`].
    pub fn first_signers(&self, count: usize) -> Result<Signers, Rejection> {
        name_signers(self.len(), 0..count)
    }

    /// The collective signature of a message by exactly these validators, even if they are not a
    /// quorum. It is computed from all their secrets, without a signing session.
    pub fn signature_by(&self, signers: &Signers, message: &Digest) -> CollectiveSignature {
        // Signer i is bit i, counted from the lowest bit of the first byte.
        let bits = signers.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
        let members = self.values().zip(bits).filter(|(_, has_signed)| *has_signed);
        sign_for_all::<G>(signers, members.map(|(it, _)| *it.secrets.decryption), message)
    }

    /// The collective signature of a message by the validators for which `agrees` is true. They
    /// sign in a session, which takes as many attempts as it needs.
    ///
    /// The validators for which `answers` is false send nonces and do not answer the challenge.
    /// `randomness` gives the nonces of a validator for its position and the attempt.
    ///
    /// # Errors
    /// Those of the last attempt, [`Rejection::CryCertificateQuorum`] if too few answer.
    pub fn sign_together(
        &self,
        epoch: &EpochContext,
        message: &Digest,
        agrees: impl Fn(&NodeId) -> bool,
        answers: impl Fn(&NodeId) -> bool,
        randomness: impl Fn(&Participant<G>, usize, u32) -> [u8; 32],
    ) -> Result<Signing, Rejection> {
        let cosigners = epoch.configuration.cosigners::<G>()?;
        let agreed = self.values().enumerate().filter(|(_, it)| agrees(&it.name()));
        let mut signers: Vec<Cosigner<'_, G>> = agreed
            .map(|(position, participant)| {
                let secret = *participant.secrets.decryption;
                let signer = Signer::new(&cosigners, position, secret, *message);
                let answers = answers(&participant.name());
                Cosigner { position, participant, signer, answers }
            })
            .collect();
        let mut leader = cosi::Leader::new(&cosigners, *message);
        let mut sent = Traffic::default();
        let mut attempts = 1;
        loop {
            let signed = attempt(&mut leader, &mut signers, &randomness, &mut sent);
            if let Ok(Some(signature)) = signed {
                let Traffic { messages, bytes } = sent;
                return Ok(Signing { signature, attempts, messages, bytes });
            }
            if leader.restart().is_none() {
                return Err(signed.err().unwrap_or(Rejection::CryCertificateQuorum));
            }
            attempts = attempts.saturating_add(1);
        }
    }

    /// The certificate of the log's head by the first validators that are a quorum. In a toy group,
    /// the keys of a quorum may add up to the identity. Then more validators sign.
    ///
    /// # Errors
    /// That of the certificate by all, if no quorum can sign.
    pub fn certify(
        &self,
        epoch: &EpochContext,
        state: &LotteryLog,
    ) -> Result<CollectiveSignature, Rejection> {
        let message = head_vote(epoch, state.position()).message();
        let mut failed = Rejection::CryCertificateQuorum;
        for count in epoch.quorum()..=self.len() {
            let certificate = self.signature_by(&self.first_signers(count)?, &message);
            let roster = &epoch.configuration;
            match Normative.verify_certificate::<G>(roster, &message, &certificate) {
                Ok(()) => return Ok(certificate),
                Err(rejection) => failed = rejection,
            }
        }
        Err(failed)
    }
}

/// A validator that takes part in a session of collective signing.
struct Cosigner<'a, G: Group> {
    position: usize,
    participant: &'a Participant<G>,
    signer: Signer<'a, G>,
    /// Whether the validator answers the challenge.
    answers: bool,
}

/// Messages that were sent.
#[derive(Clone, Copy, Debug, Default)]
struct Traffic {
    messages: usize,
    bytes: usize,
}

impl Traffic {
    fn add<T: borsh::BorshSerialize>(&mut self, message: &T) {
        self.messages = self.messages.saturating_add(1);
        self.bytes = self.bytes.saturating_add(encode(message).len());
    }
}

/// One attempt at signing together. All validators that were not found faulty send nonces, and some
/// of them answer the challenge.
fn attempt<G: Group>(
    leader: &mut cosi::Leader<'_, G>,
    signers: &mut [Cosigner<'_, G>],
    randomness: &impl Fn(&Participant<G>, usize, u32) -> [u8; 32],
    sent: &mut Traffic,
) -> Result<Option<CollectiveSignature>, Rejection> {
    let open = leader.open();
    sent.add(&open);
    let faulty = leader.faulty().clone();
    for cosigner in signers.iter_mut().filter(|it| !faulty.contains(&it.position)) {
        let randomness = randomness(cosigner.participant, cosigner.position, open.attempt);
        let nonce = cosigner.signer.open(&open, &randomness)?;
        leader.receive_nonce(cosigner.position, &nonce)?;
        sent.add(&nonce);
    }
    let challenge = leader.challenge(&cosi::Specification)?;
    sent.add(&challenge);
    let asked = signers.iter_mut().filter(|it| !faulty.contains(&it.position));
    for cosigner in asked.filter(|it| it.answers) {
        let response = cosigner.signer.answer(&cosi::Specification, &challenge)?;
        leader.receive_response(cosigner.position, &response)?;
        sent.add(&response);
    }
    Ok(leader.signature())
}

/// The entries that were ordered in an epoch, each with its height, and the state of the log after
/// them.
#[derive(Clone, Debug)]
pub struct OrderedLog {
    /// The state of the log after these entries.
    pub state: LotteryLog,
    /// The height that the log has reached.
    pub height: Height,
    /// The entries, each with the height of its block.
    pub entries: Vec<(Height, LogEntry)>,
}

impl OrderedLog {
    /// The log when the first lottery of an epoch opens.
    pub fn new(epoch: &EpochContext) -> Self {
        let height = epoch.opened.height;
        Self { state: LotteryLog::new(epoch), height, entries: Vec::new() }
    }

    /// The log after the first lottery of an epoch, which all validators have entered.
    ///
    /// # Errors
    /// Those of [`Participants::draw_tickets`], of [`LotteryLog::append`].
    pub fn after_lottery<G: Group, S: Suite>(
        environment: &EpochEnvironment<'_, G, S>,
        participants: &Participants<G>,
    ) -> Result<Self, Rejection> {
        let mut log = Self::new(environment.epoch);
        let height = log.next_height();
        for ticket in participants.draw_tickets(environment, &log.state, |_| true)? {
            log.append(environment, height, ticket)?;
        }
        log.reach(environment, height.saturating_add(environment.epoch.lottery_heights));
        Ok(log)
    }

    /// Orders an entry in the block at `height`. A block may contain several entries. For a commit,
    /// the result is what the recovery needs.
    ///
    /// # Errors
    /// Those of [`LotteryLog::append`]; then nothing is changed.
    pub fn append<G: Group, S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        height: Height,
        entry: LogEntry,
    ) -> Result<Option<CheckedProposal<G>>, Rejection> {
        let checked = self.state.append(environment, height, &entry)?;
        self.height = self.height.max(height);
        self.entries.push((height, entry));
        Ok(checked)
    }

    /// The height of the next block.
    pub fn next_height(&self) -> Height {
        self.height.saturating_add(1)
    }

    /// Updates the log to the moment when it has reached a height, if it has not reached it before.
    pub fn reach<G: Group, S: Suite>(
        &mut self,
        environment: &EpochEnvironment<'_, G, S>,
        height: Height,
    ) {
        self.height = self.height.max(height);
        self.state.advance(environment, self.height);
    }

    /// The current leader, with its view and rank.
    ///
    /// # Errors
    /// Those of [`LotteryLog::leadership`].
    pub fn leadership(&self, epoch: &EpochContext) -> Result<Leadership, Rejection> {
        self.state.leadership(epoch, self.height)
    }

    /// The entries as a transcript has them.
    pub fn records(&self) -> Vec<OrderedRecord> {
        let record = |(height, entry): &(Height, LogEntry)| OrderedRecord {
            height: *height,
            record: entry.record(),
        };
        self.entries.iter().map(record).collect()
    }

    /// The commit that was ordered last, if there is one.
    pub fn commit(&self) -> Option<&Commit> {
        self.entries.iter().rev().find_map(|(_, entry)| match entry {
            LogEntry::Commit(commit) => Some(commit),
            _ => None,
        })
    }

    /// The log of a transcript, with this certificate of its head.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] if there are more entries than a transcript holds.
    pub fn segment(
        &self,
        certificate: CollectiveSignature,
    ) -> Result<LogSegment<CollectiveSignature>, Rejection> {
        Ok(LogSegment { records: self.records().try_into()?, certificate })
    }
}
