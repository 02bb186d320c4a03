//! Target `drp_transcript`: a third party is handed a transcript of the randomness protocol.
//!
//! The first byte says what the rest is: the facts of a vector and the bytes of a transcript; or a
//! vector's transcript with edits, after which some of what hashes and signs may be made anew, so
//! that the checks behind are reached. What must hold:
//! - nothing panics, and what decodes encodes to the same bytes;
//! - [`verify_transcript`], [`list_checks`] and [`verify_batched`] give one answer, that of the
//!   vector if nothing was edited; the list is in its order; and what is accepted the batched path
//!   accepts by itself;
//! - whoever has not the keys changes nothing that is signed: an announcement or a deal that was
//!   not made anew is that of a vector; without a quorum's secrets the commit, the log and the
//!   random number are those of an accepted vector with the same facts.
//!
//! In the toy groups anybody can guess a proof, so there the last half does not hold, and the
//! batched path may accept.

use std::collections::BTreeMap;

use arbitrary::Unstructured;
use ioschain_spec::primitives::numbers::Height;
use ioschain_spec::cached_suite::Cached;
use ioschain_spec::drp::report::Check;
use ioschain_spec::drp::log::{LotteryLog, head_vote};
use ioschain_spec::drp::messages::{
    Announcement, OrderedRecord, Record, SignedDeal, Transcript, derive_root,
};
use ioschain_spec::drp::verifier::{list_checks, verify_transcript};
use ioschain_spec::drp::verifier_batched::verify_batched;
use ioschain_spec::drp::{EpochContext, EpochEnvironment, LogPosition, Specification};
use ioschain_spec::primitives::certificate::{Roster, Signers, name_signers};
use ioschain_spec::primitives::cosi::{CollectiveSignature, sign_for_all};
use ioschain_spec::primitives::ed25519::{KeyPair, PublicKey};
use ioschain_spec::primitives::encoding::{Bounded, decode, encode};
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, EncodedScalar, Group, Scalar as _, derive_nonzero_scalar,
};
use ioschain_spec::primitives::hash::{Digest, sha256, tags};
use ioschain_spec::primitives::keys::{NodeId, ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use ioschain_spec::suite::Normative;
use ioschain_vectors::format::vector::Case;
use ioschain_vectors::format::wire_json::WireFormat;
use serde_json::Value;

use crate::codes::Codes;
use crate::edit::{EDIT_KINDS, read_edits};
use crate::targets::{Seeds, choice};
use crate::vectors::{cases, format_of, from_json, list, member};

type NormativeTranscript = Transcript<CollectiveSignature>;

/// Vectors with more validators are left out: one run would take as long as hundreds of others.
const VALIDATORS_MAX: usize = 9;
/// A run of the fuzzer has no end, so the memory of its suite is emptied when it has this many
/// answers of a kind.
const ENTRIES_MAX: usize = 1 << 12;
/// The validators of the vectors have these numbers.
const NUMBERS: std::ops::RangeInclusive<u32> = 1..=64;

/// A transcript begins with so many byte strings, the last of which is its announcement's
/// signature.
const TEXTS_OF_ANNOUNCEMENT: u8 = 6;

/// What is made anew after the edits: a bit of the second byte for each.
mod seals {
    pub(super) const SESSION: u8 = 1;
    pub(super) const ANNOUNCEMENT: u8 = 2;
    pub(super) const DEALS: u8 = 4;
    pub(super) const ROOT: u8 = 8;
    /// Needs the secrets of a quorum.
    pub(super) const SIGNATURE: u8 = 16;
    /// Needs the secrets of a quorum.
    pub(super) const LOG: u8 = 32;
    pub(super) const ALL: u8 = 63;
}

/// A vector's facts and transcript.
struct Base {
    group: String,
    epoch: EpochContext,
    json: Value,
    transcript: NormativeTranscript,
    is_accepted: bool,
}

struct World {
    bases: Vec<Base>,
    format: WireFormat,
    /// By public key.
    signing: BTreeMap<PublicKey, KeyPair>,
    /// Of group keys in all groups, by public key.
    secrets: BTreeMap<EncodedElement, EncodedScalar>,
    suite: Cached<Normative>,
}

thread_local! {
    static WORLD: World = World::load();
}

/// Runs one input.
pub fn run(data: &[u8], codes: &mut Codes) {
    let Some((mode, rest)) = data.split_first() else { return };
    WORLD.with(|world| match mode % 2 {
        0 => world.raw(rest, codes),
        // A source of bytes gives zeros when it is empty, so there is an answer for all of them.
        _ => world.edited(&mut Unstructured::new(rest), codes).unwrap_or(()),
    });
}

/// Each case as bytes, without and with one too many; for the accepted ones each kind of edit, with
/// nothing and everything made anew, and with everything but what the leader alone can sign.
pub fn seeds() -> Seeds {
    let world = World::load();
    let mut seeds = Seeds::default();
    for (number, base) in world.bases.iter().enumerate() {
        let number = number as u8;
        let bytes = encode(&base.transcript);
        seeds.add([&[0, number][..], &bytes].concat());
        if base.is_accepted {
            seeds.add([&[0, number][..], &bytes, &[0]].concat());
            let by_leader = seals::SESSION | seals::ANNOUNCEMENT;
            for made_anew in [0, seals::DEALS | seals::ROOT, seals::ALL ^ by_leader, seals::ALL] {
                seeds.add_edits(&[1, number, made_anew]);
            }
            let flip = choice(0, EDIT_KINDS);
            for text in 0..TEXTS_OF_ANNOUNCEMENT {
                let by_others = [&[1, number, seals::ALL ^ by_leader][..], &flip, &[text, 0, 1, 0]];
                seeds.add(by_others.concat());
            }
        }
    }
    seeds
}

impl World {
    /// What `verify` gives, and how many signatures it asked for, remembered or not.
    fn count_signatures<T>(&self, verify: impl FnOnce() -> T) -> (T, u64) {
        let before = self.suite.signatures_asked();
        (verify(), self.suite.signatures_asked() - before)
    }

    fn load() -> Self {
        let format = format_of::<NormativeTranscript>();
        let bases = cases("drp/verify_transcript");
        let bases = bases.iter().filter_map(|case| read_base(&format, case));
        let bases = bases.filter(|base| base.epoch.configuration.count() <= VALIDATORS_MAX);
        let mut world = Self {
            bases: bases.collect(),
            format,
            signing: BTreeMap::new(),
            secrets: BTreeMap::new(),
            suite: Cached::new(Normative, ENTRIES_MAX),
        };
        for number in NUMBERS {
            let seed = sha256(&[format!("validator {number}").as_bytes()]).0;
            let signing = ValidatorKeyPairs::from_seed(&seed).signing;
            world.signing.insert(signing.public_key(), signing);
            world.add_secret::<Ristretto255>(&seed);
            world.add_secret::<ToyGroup<5>>(&seed);
            world.add_secret::<ToyGroup<7>>(&seed);
            world.add_secret::<ToyGroup<11>>(&seed);
        }
        let epochs = world.bases.iter().filter(|base| base.is_accepted).map(|base| &base.epoch);
        let keys = epochs.flat_map(|epoch| epoch.configuration.validators());
        let known = |keys: &ValidatorKeys| {
            world.signing.contains_key(&keys.signing) && world.secrets.contains_key(&keys.group)
        };
        assert!(keys.into_iter().all(known), "the vectors' validators have known secrets");
        world
    }

    fn add_secret<G: Group>(&mut self, seed: &[u8; 32]) {
        let secret = derive_nonzero_scalar::<G>(tags::KEYS_SECRET, seed);
        self.secrets.insert(G::generator().multiply(secret).encode(), secret.encode());
    }

    fn raw(&self, data: &[u8], codes: &mut Codes) {
        let Some((base, bytes)) = data.split_first() else { return };
        let base = &self.bases[usize::from(*base) % self.bases.len()];
        if let Ok(transcript) = codes.note(decode::<NormativeTranscript>(bytes)) {
            assert_eq!(encode(&transcript), bytes, "what is decoded is what was encoded");
            self.judge_in_group(base, transcript, 0, codes);
        }
    }

    fn edited(&self, source: &mut Unstructured<'_>, codes: &mut Codes) -> arbitrary::Result<()> {
        let base = &self.bases[usize::from(source.arbitrary::<u8>()?) % self.bases.len()];
        let made_anew = source.arbitrary::<u8>()?;
        let mut value = base.json.clone();
        let donors: Vec<&Value> = self.bases.iter().map(|base| &base.json).collect();
        for edit in read_edits(source)? {
            edit.apply(&mut value, &donors);
        }
        let Ok(bytes) = self.format.to_bytes(&value) else { return Ok(()) };
        if let Ok(transcript) = codes.note(decode::<NormativeTranscript>(&bytes)) {
            assert_eq!(encode(&transcript), bytes, "what is decoded is what was encoded");
            self.judge_in_group(base, transcript, made_anew, codes);
        }
        Ok(())
    }

    fn judge_in_group(
        &self,
        base: &Base,
        transcript: NormativeTranscript,
        made_anew: u8,
        codes: &mut Codes,
    ) {
        let judge = match base.group.as_str() {
            <ToyGroup<5> as Group>::NAME => Self::judge::<ToyGroup<5>>,
            <ToyGroup<7> as Group>::NAME => Self::judge::<ToyGroup<7>>,
            <ToyGroup<11> as Group>::NAME => Self::judge::<ToyGroup<11>>,
            _ => Self::judge::<Ristretto255>,
        };
        judge(self, base, transcript, made_anew, codes);
    }

    fn judge<G: Group>(
        &self,
        base: &Base,
        mut transcript: NormativeTranscript,
        made_anew: u8,
        codes: &mut Codes,
    ) {
        let environment = EpochEnvironment::<G, _> {
            rules: &Specification,
            suite: &self.suite,
            epoch: &base.epoch,
        };
        self.make_anew(&environment, &mut transcript, made_anew);
        let readable = || verify_transcript(&environment, &transcript);
        let (verified, asked) = self.count_signatures(readable);
        let verified = codes.note(verified);
        if transcript == base.transcript {
            assert_eq!(verified.is_ok(), base.is_accepted, "a vector: {verified:?}");
        }
        let report = list_checks(&environment, &transcript);
        let checks = report.outcomes.iter().map(|(check, _)| *check);
        assert!(checks.eq(Check::ALL.into_iter().take(report.outcomes.len())), "{report:?}");
        assert_eq!(report.failed().map(|(_, rejection)| rejection), verified.err());
        assert!(verified.is_err() || report.outcomes.len() == Check::ALL.len(), "{report:?}");

        let is_sound = base.group == Ristretto255::NAME;
        let batched = || verify_batched::<G, _>(&self.suite, &base.epoch, &transcript);
        let (batched, asked_by_batched) = self.count_signatures(batched);
        if is_sound || verified.is_ok() {
            assert_eq!(batched, verified, "the batched path gives the same answer");
        }
        if let Ok(randomness) = verified {
            assert_eq!(randomness, transcript.randomness);
            assert_eq!(asked_by_batched, asked, "the batched path accepts by itself");
            self.check_signed::<G>(base, &transcript, made_anew);
        }
    }

    /// What was not made anew and is accepted all the same is in a vector: what its owners signed;
    /// and, if neither the signature nor the log was made anew, all that a quorum committed to, in
    /// an accepted one with the same facts.
    fn check_signed<G: Group>(&self, base: &Base, transcript: &NormativeTranscript, anew: u8) {
        let is_kept = |seal: u8| anew & seal == 0;
        let proposal = &transcript.commit.proposal;
        let proposals = || self.bases.iter().map(|other| &other.transcript.commit.proposal);
        if is_kept(seals::ANNOUNCEMENT) {
            let is_announced = proposals().any(|other| other.announcement == proposal.announcement);
            assert!(is_announced, "accepted, and the leader did not sign it");
        }
        if is_kept(seals::DEALS) {
            let is_dealt = |deal| proposals().any(|other| other.deals.contains(deal));
            assert!(
                proposal.deals.iter().all(is_dealt),
                "accepted, and its dealer did not sign it"
            );
        }
        if is_kept(seals::SIGNATURE | seals::LOG) && G::NAME == Ristretto255::NAME {
            let is_original = |original: &NormativeTranscript| {
                original.commit == transcript.commit
                    && original.log.records == transcript.log.records
                    && original.secret == transcript.secret
                    && original.randomness == transcript.randomness
            };
            let others = self.bases.iter().filter(|other| {
                other.is_accepted && other.group == base.group && other.epoch == base.epoch
            });
            let is_committed = others.map(|other| &other.transcript).any(is_original);
            assert!(is_committed, "accepted, and nobody committed to it");
        }
    }

    /// Hashes and signs what the bits of `made_anew` say, as its owners would.
    fn make_anew<G: Group>(
        &self,
        environment: &EpochEnvironment<'_, G, Cached<Normative>>,
        transcript: &mut NormativeTranscript,
        made_anew: u8,
    ) {
        let is_wanted = |seal: u8| made_anew & seal != 0;
        let roster = &environment.epoch.configuration;
        let proposal = &mut transcript.commit.proposal;
        if is_wanted(seals::SESSION) {
            proposal.statement.session = proposal.announcement.run.session_id();
        }
        if is_wanted(seals::ANNOUNCEMENT) {
            let run = proposal.announcement.run;
            if let Some(key_pair) = self.key_pair(roster, &run.leader) {
                proposal.announcement = Announcement::sign(&self.suite, run, key_pair);
            }
        }
        if is_wanted(seals::DEALS) {
            let (session, hash) = (proposal.statement.session, proposal.announcement.hash());
            let deals = proposal.deals.clone().into_vec().into_iter();
            let deals = deals.map(|deal| self.sign_deal(roster, session, hash, deal));
            proposal.deals = within_cap(deals.collect());
        }
        if is_wanted(seals::ROOT) {
            proposal.statement.root = derive_root(&proposal.deals);
        }
        if is_wanted(seals::SIGNATURE) {
            let message = proposal.statement.message();
            let signers = transcript.commit.signature.signers.clone();
            transcript.commit.signature = self.sign_together::<G>(roster, &signers, &message);
        }
        if is_wanted(seals::LOG) {
            self.certify_log(environment, transcript);
        }
    }

    fn key_pair(&self, roster: &Roster, validator: &NodeId) -> Option<&KeyPair> {
        self.signing.get(&roster.keys_of(validator)?.signing)
    }

    fn sign_deal(
        &self,
        roster: &Roster,
        session: Digest,
        announcement: Digest,
        deal: SignedDeal,
    ) -> SignedDeal {
        match self.key_pair(roster, &deal.dealer) {
            Some(key_pair) => {
                let SignedDeal { dealer, deal, .. } = deal;
                SignedDeal::sign(&self.suite, session, announcement, dealer, deal, key_pair)
            }
            None => deal,
        }
    }

    /// The signature of those whom a bitmap names, a quorum or not.
    fn sign_together<G: Group>(
        &self,
        roster: &Roster,
        signers: &Signers,
        message: &Digest,
    ) -> CollectiveSignature {
        let is_named = |position: usize| {
            signers.get(position / 8).is_some_and(|byte| byte >> (position % 8) & 1 == 1)
        };
        let named = roster.validators().enumerate().filter(|(position, _)| is_named(*position));
        let secrets = named.filter_map(|(_, keys)| self.secrets.get(&keys.group));
        let secrets = secrets.filter_map(|secret| G::Scalar::decode(secret).ok());
        sign_for_all::<G>(signers, secrets, message)
    }

    /// Ends the log with the commit, and certifies it if it is one.
    fn certify_log<G: Group>(
        &self,
        environment: &EpochEnvironment<'_, G, Cached<Normative>>,
        transcript: &mut NormativeTranscript,
    ) {
        let commit = transcript.commit.hash();
        let mut records = transcript.log.records.clone().into_vec();
        if let Some(OrderedRecord { record: Record::Commit(hash), .. }) = records.last_mut() {
            *hash = commit;
        }
        let (epoch, mut progress) = (environment.epoch, LotteryLog::new(environment.epoch));
        let ordered = records.iter().try_for_each(|ordered| {
            progress.append_record(environment, ordered.height, &ordered.record)
        });
        transcript.log.records = within_cap(records);
        let roster = &epoch.configuration;
        if let (Ok(()), Ok(signers)) = (ordered, name_signers(roster.count(), 0..roster.quorum())) {
            let message = head_vote(epoch, progress.position()).message();
            transcript.log.certificate = self.sign_together::<G>(roster, &signers, &message);
        }
    }
}

/// A list that is as long as one that was within its cap.
fn within_cap<T, const CAP: usize>(values: Vec<T>) -> Bounded<T, CAP> {
    Bounded::try_from(values).unwrap_or_else(|_| Bounded::empty())
}

fn read_base(format: &WireFormat, case: &Case) -> Option<Base> {
    let (input, epoch) = (&case.input, &case.input["epoch"]);
    let (height, head) = member::<(Height, Digest)>(epoch, "opened");
    let number = |name: &str| epoch[name].as_u64();
    let epoch = EpochContext {
        chain_id: member(epoch, "chain_id"),
        number: member(epoch, "number"),
        randomness_before: member(epoch, "randomness_before"),
        configuration: Roster::new(list::<ValidatorKeys>(epoch, "validators")).ok()?,
        convicted: list::<NodeId>(epoch, "convicted").into_iter().collect(),
        group_size: u16::try_from(number("group_size")?).ok()?,
        lottery_heights: member(epoch, "lottery_heights"),
        opened: LogPosition { height, head },
    };
    Some(Base {
        group: input["group"].as_str()?.to_owned(),
        epoch,
        json: input["transcript"].clone(),
        transcript: from_json(format, &input["transcript"])?,
        is_accepted: case.expect.as_ref()?.value().is_some(),
    })
}
