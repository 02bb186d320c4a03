//! The third party: it took no part in the run. It has a transcript and the
//! [`EpochContext`](super::EpochContext), and it computes or verifies everything else: leader,
//! session, groups, thresholds, inputs and shares. The paper's client would have told it these.
//!
//! * *Taken as given*: the whole context, which comes from the identity log: the chain, the epoch's
//!   number, the random number before, the validators, the convicted, the policy, and the position
//!   at which the first lottery opened. With another context a false transcript may pass.
//! * *Assumed*: fewer than a third of these validators are malicious.
//! * *Then `Ok(r)` means*: the commit is the first of its epoch in the log, its leader was the
//!   current one, each group has exactly t inputs with valid sharings, and r is what these inputs
//!   give. So no other number passes for this epoch.
//! * *It does not mean* that nobody knew r early. That follows from when honest servers decrypt
//!   (DRP-REVEAL-01), which no transcript can show.

use std::collections::BTreeMap;

use super::checks::{CheckedProposal, check_commit};
use super::configuration::{EpochEnvironment, Leadership};
use super::log::{LotteryLog, head_vote};
use super::messages::{Commit, LogSegment, Record, Transcript};
use super::recovery::{derive_randomness, derive_secret};
use super::report::{Check, Report};
use crate::Rejection;
use crate::primitives::group::{EncodedElement, Group};
use crate::primitives::hash::Digest;
use crate::primitives::numbers::Position;
use crate::suite::Suite;

/// Verifies a transcript and returns its random number.
///
/// Each row begins with the name of its [`Check`]. A row without an id represents the whole table
/// of the named function.
///
/// | order | check | id | code | function |
/// |---|---|---|---|---|
/// | 1 | Configuration: the run is of this suite, chain, epoch and these validators | DRP-CONFIG-01 | `DRP_CONFIGURATION` | `check_configuration` |
/// | 2 | Session: the session id is the run's | DRP-SESSION-01 | `DRP_SESSION` | `check_session` |
/// | 3 | Leader: each record before the commit passes the checks of the log | - | - | `append_record` |
/// | 4 | Leader: the log gives this view, rank and leader | DRP-LEADER-01 | `DRP_LEADER` | `check_leader` |
/// | 5 | Groups: they are a partition of the servers | DRP-GROUPS-02 | `DRP_GROUPS` | `Rules::check_groups` |
/// | 6 | Groups: the inputs are one list for each group | DRP-GROUPS-02 | `DRP_GROUPS` | `check_lists` |
/// | 7 | Thresholds: each member's group key is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 8 | Thresholds: each fits its group | CRY-PVSS-01 | `CRY_PVSS_LENGTHS` | `Sharing::with_encoded_keys` |
/// | 9 | Thresholds: neither base nor key is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 10 | Announcement: the leader signed it | DRP-ANNOUNCE-01 | `DRP_ANNOUNCEMENT` | `check_announcement_signature` |
/// | 11 | Inputs: as many as the threshold of each group | DRP-INPUTS-01 | `DRP_INPUT_COUNT` | `Rules::check_inputs` |
/// | 12 | Inputs: no dealer comes twice | DRP-INPUTS-02 | `DRP_INPUT_REPEATED` | `check_members` |
/// | 13 | Inputs: each dealer is of its group | DRP-INPUTS-03 | `DRP_INPUT_GROUP` | `check_members` |
/// | 14 | Deals: one of each dealer, in order | DRP-DEAL-01 | `DRP_DEAL_DEALER` | `decode_deals` |
/// | 15 | Deals, each: its dealer signed it | DRP-DEAL-02 | `DRP_DEAL_SIGNATURE` | `Rules::check_deal_origin` |
/// | 16 | Deals, each: it answers this announcement | DRP-DEAL-03 | `DRP_DEAL_SESSION` | `Rules::check_deal_origin` |
/// | 17 | Deals, each: its lengths are exact | CRY-PVSS-03 | `CRY_PVSS_LENGTHS` | `decode_deal` |
/// | 18 | Deals, each: its elements are encoded | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 19 | Deals, each: its scalars are encoded | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 20 | Encryptions: no base of a proof is the identity | CRY-DLEQ-03 | `CRY_ELEMENT_IDENTITY` | `check_identity` |
/// | 21 | Encryptions: each share is the committed one | CRY-DLEQ-02 | `CRY_DLEQ_PROOF` | `verify` |
/// | 22 | Root: it commits to the deals | DRP-ROOT-01 | `DRP_ROOT` | `check_root` |
/// | 23 | Signers: the bitmap fits the validators | CRY-CERT-01 | `CRY_CERTIFICATE_SIGNERS` | `check_signers` |
/// | 24 | Signers: they are a quorum | CRY-CERT-02 | `CRY_CERTIFICATE_QUORUM` | `check_signers` |
/// | 25 | CollectiveSignature: its commitment is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 26 | CollectiveSignature: neither commitment nor key sum is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 27 | CollectiveSignature: its response is a scalar | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 28 | CollectiveSignature: the signers signed the statement | CRY-COSI-02 | `CRY_COSI_SIGNATURE` | `verify_named` |
/// | 29 | Commit: the log ends with this commit, its first | DRP-COMMIT-01 | `DRP_COMMIT_ENTRY` | `check_ordered` |
/// | 30 | Commit: its record passes the checks of the log | - | - | `append_record` |
/// | 31 | Commit, certificate of the log's head: the bitmap fits the roster | CRY-CERT-01 | `CRY_CERTIFICATE_SIGNERS` | `check_signers` |
/// | 32 | Commit, certificate of the log's head: a quorum signed | CRY-CERT-02 | `CRY_CERTIFICATE_QUORUM` | `check_signers` |
/// | 33 | Commit, certificate of the log's head: the commitment is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 34 | Commit, certificate of the log's head: neither commitment nor key sum is the identity | CRY-GROUP-03 | `CRY_ELEMENT_IDENTITY` | `refuse_identity` |
/// | 35 | Commit, certificate of the log's head: the response is a scalar | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 36 | Commit, certificate of the log's head: the signers signed the message | CRY-COSI-02 | `CRY_COSI_SIGNATURE` | `verify_named` |
/// | 37 | Shares: as many as the threshold, at rising positions | DRP-SHARES-01 | `DRP_SHARE_COUNT` | `check_share_counts` |
/// | 38 | Decryptions, each: a recipient has its position | CRY-PVSS-06 | `CRY_SHARE_POSITIONS` | `recipient` |
/// | 39 | Decryptions, each: the share is an element | CRY-GROUP-01 | `CRY_ELEMENT_ENCODING` | `decode` |
/// | 40 | Decryptions, each: the proof's scalars are encoded | CRY-GROUP-02 | `CRY_SCALAR_ENCODING` | `decode` |
/// | 41 | Decryptions, each: no base of the proof is the identity | CRY-DLEQ-03 | `CRY_ELEMENT_IDENTITY` | `check_identity` |
/// | 42 | Decryptions, each: the share is the encrypted one | CRY-DLEQ-02 | `CRY_DLEQ_PROOF` | `verify` |
/// | 43 | Output: the shares give the secret | DRP-OUTPUT-01 | `DRP_SECRET` | `check_output` |
/// | 44 | Output: the secret gives the random number | DRP-OUTPUT-02 | `DRP_OUTPUT` | `check_output` |
///
/// # Errors
/// The first row of the table that fails.
///
/// ```
/// use std::collections::BTreeSet;
///
/// use ioschain_spec::Rejection;
/// use ioschain_spec::drp::leader::Leader;
/// use ioschain_spec::drp::log::{LotteryLog, head_vote};
/// use ioschain_spec::drp::messages::{Commit, LogEntry, LogSegment, Message, OrderedRecord};
/// use ioschain_spec::drp::recovery::Recovery;
/// use ioschain_spec::drp::machine::{Effect, Event, Memory, Secrets};
/// use ioschain_spec::drp::server::Server;
/// use ioschain_spec::drp::verifier::verify_transcript;
/// use ioschain_spec::drp::{EpochContext, EpochEnvironment, LogPosition, Specification};
/// use ioschain_spec::primitives::certificate::Roster;
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::keys::ValidatorKeyPairs;
/// use ioschain_spec::primitives::numbers::{Epoch, Height};
/// use ioschain_spec::primitives::ristretto::Ristretto255;
/// use ioschain_spec::suite::Normative;
///
/// let validators: Vec<_> =
///     (1..=4).map(|number| ValidatorKeyPairs::from_seed(&[number; 32])).collect();
/// let epoch = EpochContext {
///     chain_id: Digest([7; 32]),
///     number: Epoch(3),
///     randomness_before: Digest([11; 32]),
///     configuration: Roster::new(validators.iter().map(|keys| keys.public_keys()))?,
///     convicted: BTreeSet::new(),
///     group_size: 3,
///     lottery_heights: 5,
///     opened: LogPosition { height: Height(100), head: Digest([13; 32]) },
/// };
/// let environment: EpochEnvironment<'_, Ristretto255, Normative> =
///     EpochEnvironment { rules: &Specification, suite: &Normative, epoch: &epoch };
///
/// // Every validator enters the lottery, and the smallest number leads.
/// let mut log = LotteryLog::new(&epoch);
/// let mut records = Vec::new();
/// for key_pairs in &validators {
///     let ticket = log.with_lottery(&environment, |lottery| lottery.draw(key_pairs)).unwrap();
///     let entry = LogEntry::Ticket(ticket);
///     log.append(&environment, Height(101), &entry)?;
///     records.push(OrderedRecord { height: Height(101), record: entry.record() });
/// }
/// let leadership = log.leadership(&epoch, Height(106))?;
///
/// // I1 and R1: the leader announces its run, and the servers answer with deals.
/// let is_leader = |keys: &&ValidatorKeyPairs| keys.public_keys().node_id() == leadership.leader;
/// let signing = &validators.iter().find(is_leader).unwrap().signing;
/// let (mut leader, _) = Leader::start(&environment, &leadership, signing)?;
/// let follow = |keys| {
///     Server::following(Secrets::new(keys, [1; 32]), Memory::default(), log.clone(), Height(106))
/// };
/// let mut servers: Vec<_> = validators.iter().map(follow).collect();
/// for server in &mut servers {
///     let announcement = Message::Announcement(leader.announcement().clone());
///     for effect in server.handle(&environment, Event::Message(announcement))? {
///         if let Effect::Send { message: Message::Deal(deal), .. } = effect {
///             leader.take_deal(&environment, deal)?;
///         }
///     }
/// }
///
/// // I2 and I3: a quorum signs the proposal, and the commit is ordered.
/// let proposal = leader.proposal().unwrap().clone();
/// let signature = epoch.configuration.certify(&validators, &proposal.statement.message())?;
/// let commit = Commit { proposal, signature };
/// let entry = LogEntry::Commit(commit.clone());
/// let checked = log.append(&environment, Height(107), &entry)?.unwrap();
/// records.push(OrderedRecord { height: Height(107), record: entry.record() });
///
/// // R3: only now the servers decrypt, and anyone can recover the number.
/// let mut recovery = Recovery::new(checked);
/// for server in &mut servers {
///     let ordered = Event::Ordered { height: Height(107), entry: entry.clone() };
///     for effect in server.handle(&environment, ordered)? {
///         if let Effect::Broadcast(Message::Reveal(reveal)) = effect {
///             recovery.add(&environment, &reveal)?;
///         }
///     }
/// }
/// let recovered = recovery.recovered().unwrap();
///
/// // The third party needs the transcript and the context of the epoch.
/// let message = head_vote(&epoch, log.position()).message();
/// let certificate = epoch.configuration.certify(&validators, &message)?;
/// let segment = LogSegment { records: records.try_into()?, certificate };
/// let mut transcript = recovered.into_transcript(commit, segment)?;
/// assert_eq!(verify_transcript(&environment, &transcript), Ok(transcript.randomness));
/// transcript.randomness = Digest([0; 32]);
/// assert_eq!(verify_transcript(&environment, &transcript), Err(Rejection::DrpOutput));
/// # Ok::<(), Rejection>(())
/// ```
pub fn verify_transcript<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    transcript: &Transcript<S::Certificate>,
) -> Result<Digest, Rejection> {
    run_checks(environment, transcript, &mut Report::default())?;
    Ok(transcript.randomness)
}

/// The checks of a transcript with their outcomes, up to the first that fails.
pub fn list_checks<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    transcript: &Transcript<S::Certificate>,
) -> Report {
    let mut report = Report::default();
    let _ = run_checks(environment, transcript, &mut report); // the report has it
    report
}

/// Runs every check and returns the committed proposal.
pub(super) fn run_checks<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    transcript: &Transcript<S::Certificate>,
    report: &mut Report,
) -> Result<CheckedProposal<G>, Rejection> {
    let Transcript { commit, log, secret, randomness, .. } = transcript;
    // The leader follows from the log, so the log is replayed first. If a record is refused, the
    // refusal is reported where the leader is checked.
    let replayed = replay(environment, log);
    let current = replayed.as_ref().map(|(_, leadership)| *leadership);
    let current = current.map_err(|rejection| *rejection);
    let checked = check_commit(environment, current, commit, report)?;
    let ordered =
        replayed.and_then(|(lottery_log, _)| check_ordered(environment, lottery_log, log, commit));
    report.note(Check::Commit, ordered)?;
    report.note(Check::Shares, check_share_counts(&checked, transcript))?;
    let elements = report.note(Check::Decryptions, decrypt(environment, &checked, transcript))?;
    let output = check_output(&checked, &elements, secret, randomness);
    report.note(Check::Output, output)?;
    Ok(checked)
}

/// Replays the log. Returns its state before its first commit, and the leader at that moment.
fn replay<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    log: &LogSegment<S::Certificate>,
) -> Result<(LotteryLog, Leadership), Rejection> {
    let mut lottery_log = LotteryLog::new(environment.epoch);
    let mut height = environment.epoch.opened.height;
    for ordered in &log.records {
        height = ordered.height;
        if matches!(ordered.record, Record::Commit(_)) {
            break;
        }
        lottery_log.append_record(environment, height, &ordered.record)?;
    }
    let leadership = lottery_log.leadership(environment.epoch, height)?;
    Ok((lottery_log, leadership))
}

/// **DRP-COMMIT-01** (MUST) \[own] A commit counts if it is ordered in the identity log as the
/// first of its epoch. To show this, a transcript has everything that the log ordered from the
/// opening of the first lottery up to the commit, and a quorum's certificate of the log's head
/// there.
fn check_ordered<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    mut lottery_log: LotteryLog,
    log: &LogSegment<S::Certificate>,
    commit: &Commit,
) -> Result<(), Rejection> {
    let commits = log.records.iter().filter(|ordered| matches!(ordered.record, Record::Commit(_)));
    let last = log.records.last().filter(|last| last.record == Record::Commit(commit.hash()));
    // DRP-COMMIT-01: the log ends with this commit and contains no other. Otherwise a leader could
    // show the number that it likes best.
    let last = last.filter(|_| commits.count() == 1).ok_or(Rejection::DrpCommitEntry)?;
    lottery_log.append_record(environment, last.height, &last.record)?;
    let (epoch, suite) = (environment.epoch, environment.suite);
    let message = head_vote(epoch, lottery_log.position()).message();
    suite.verify_certificate::<G>(&epoch.configuration, &message, &log.certificate)
}

/// **DRP-SHARES-01** (MUST) \[own] For each input, a transcript has exactly as many shares as the
/// input's threshold. Their positions strictly increase.
fn check_share_counts<G: Group, C>(
    checked: &CheckedProposal<G>,
    transcript: &Transcript<C>,
) -> Result<(), Rejection> {
    let mut pairs = checked.inputs.iter().zip(&transcript.shares);
    let fits = pairs.all(|(input, shares)| {
        shares.len() == input.sharing.threshold()
            && shares.is_sorted_by(|one, next| one.position < next.position)
    });
    // DRP-SHARES-01: each input has shares at exactly t distinct positions.
    if transcript.shares.len() != checked.inputs.len() || !fits {
        return Err(Rejection::DrpShareCount);
    }
    Ok(())
}

/// Checks and returns the shares of each input, by position.
fn decrypt<G: Group, S: Suite>(
    environment: &EpochEnvironment<'_, G, S>,
    checked: &CheckedProposal<G>,
    transcript: &Transcript<S::Certificate>,
) -> Result<Vec<BTreeMap<Position, G::Element>>, Rejection> {
    let mut elements = Vec::new();
    for (input, shares) in checked.inputs.iter().zip(&transcript.shares) {
        let mut of_input = BTreeMap::new();
        for share in shares {
            let (sharing, deal) = (&input.sharing, &input.deal);
            let element = environment.rules.check_decryption(sharing, deal, share)?;
            of_input.insert(share.position, element);
        }
        elements.push(of_input);
    }
    Ok(elements)
}

/// Checks the secret and the random number.
fn check_output<G: Group>(
    checked: &CheckedProposal<G>,
    elements: &[BTreeMap<Position, G::Element>],
    secret: &EncodedElement,
    randomness: &Digest,
) -> Result<(), Rejection> {
    // DRP-OUTPUT-01: the secret is the sum of the inputs' secrets.
    if derive_secret(&checked.inputs, elements)? != *secret {
        return Err(Rejection::DrpSecret);
    }
    // DRP-OUTPUT-02: the random number is its hash.
    if derive_randomness(&checked.session.id, secret) != *randomness {
        return Err(Rejection::DrpOutput);
    }
    Ok(())
}
