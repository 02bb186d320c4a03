//! Target `cosi`: signers and a leader of collective signing are handed messages.
//!
//! The first byte says what the rest is: a vector's collective signature or challenge, as bytes or with edits; or
//! a session among a few validators whose messages are changed, misplaced, repeated and left out. What must hold:
//! - nothing panics, and what decodes encodes to the same bytes;
//! - a signer gives nonces and answers exactly when it may, one answer for each attempt, and a refusal leaves its
//!   nonces as they were ([`Watched`]);
//! - a refusal leaves the leader as it was, and nobody is faulty who has answered;
//! - a signature verifies only if each validator that it names has answered a challenge for these signers.
//!
//! In the toy group anybody can guess a response, so there the last does not hold.

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::{Arbitrary, Unstructured};
use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::{Signers, faults_max};
use ioschain_spec::primitives::cosi::{
    Challenge, CollectiveSignature, Cosigners, Leader, Nonce, Open, Response, Signer,
    Specification, verify_collective_signature,
};
use ioschain_spec::primitives::encoding::{Wire, decode, encode};
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, EncodedScalar, Group, Scalar, derive_nonzero_scalar,
};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use ioschain_vectors::wire_json::WireFormat;
use serde_json::Value;

use crate::codes::Codes;
use crate::edit::{Edit, read_edits};
use crate::targets::{Seeds, choice};
use crate::vectors::{cases, format_of, list, member, to_json};

/// How many ways there are to read an input.
const MODES: u8 = 6;
/// The most that happens in a session.
const ACTIONS_MAX: usize = 24;
/// How many kinds of [`Action`] there are, for the seeds.
const ACTION_KINDS: u64 = 8;
/// What the validators of a session sign.
const MESSAGE: Digest = Digest([9; 32]);

/// What happens in a session.
#[derive(Clone, Debug, Arbitrary)]
enum Action {
    /// All that is honest happens for one attempt, but what these bits leave out: nonces, then responses.
    Attempt { without_nonce: u8, without_response: u8 },
    /// A signer is asked for nonces.
    Open { signer: u8, edit: Option<Edit> },
    /// The leader is handed a signer's nonces, as by another perhaps.
    Nonce { of: u8, from: u8, edit: Option<Edit> },
    /// The leader makes its challenge.
    Ask,
    /// A signer is handed the challenge.
    Answer { signer: u8, edit: Option<Edit> },
    /// The leader is handed a signer's response, as by another perhaps.
    Response { of: u8, from: u8, edit: Option<Edit> },
    /// The leader gives the attempt up.
    Restart,
    /// A signature of the session is verified.
    Verify { which: u8, message: Option<u8>, edit: Option<Edit> },
}

/// A vector with a collective signature.
struct Signed {
    group: String,
    keys: Vec<EncodedElement>,
    message: Digest,
    collective: CollectiveSignature,
    is_accepted: bool,
}

/// A vector with a challenge to a signer.
struct Asked {
    keys: Vec<EncodedElement>,
    message: Digest,
    position: usize,
    secret: EncodedScalar,
    opened: Vec<(u32, Digest)>,
    before: Vec<Challenge>,
    challenge: Challenge,
}

struct World {
    signed: Vec<Signed>,
    asked: Vec<Asked>,
    formats: Formats,
}

struct Formats {
    open: WireFormat,
    nonce: WireFormat,
    challenge: WireFormat,
    response: WireFormat,
    collective: WireFormat,
}

thread_local! {
    static WORLD: World = World::load();
}

/// Runs one input.
pub fn run(data: &[u8], codes: &mut Codes) {
    let Some((mode, rest)) = data.split_first() else { return };
    let source = &mut Unstructured::new(rest);
    // A source of bytes gives zeros when it is empty, so there is an answer for all of them.
    WORLD.with(|world| match mode % MODES {
        0 => world.raw_signature(rest, codes),
        1 => world.edited_signature(source, codes).unwrap_or(()),
        2 => world.raw_challenge(rest, codes),
        3 => world.edited_challenge(source, codes).unwrap_or(()),
        4 => session::<Ristretto255>(&world.formats, source, codes).unwrap_or(()),
        _ => session::<ToyGroup<11>>(&world.formats, source, codes).unwrap_or(()),
    });
}

/// Each case as bytes and with each kind of edit, and sessions with one action of each kind.
pub fn seeds() -> Seeds {
    let world = World::load();
    let mut seeds = Seeds::default();
    for (number, signed) in world.signed.iter().enumerate() {
        seeds.add([&[0, number as u8][..], &encode(&signed.collective)].concat());
        seeds.add_edits(&[1, number as u8]);
    }
    for (number, asked) in world.asked.iter().enumerate() {
        seeds.add([&[2, number as u8][..], &encode(&asked.challenge)].concat());
        seeds.add_edits(&[3, number as u8]);
    }
    let action = |kind: u64, fields: &[u8]| [&choice(kind, ACTION_KINDS)[..], fields].concat();
    let attempts = [[0, 0], [1, 0], [0, 1], [2, 4], [3, 0], [0, 3]].map(|bits| action(0, &bits));
    for (mode, count) in [(4, 0), (4, 1), (4, 3), (5, 0), (5, 3)] {
        for attempt in &attempts {
            for kind in 0..ACTION_KINDS {
                let next = action(kind, &[1, 1, 0]);
                seeds.add([&[mode, count][..], attempt, &next].concat());
                seeds.add(
                    [&[mode, count][..], attempt, &action(6, &[]), &attempts[0], &next].concat(),
                );
            }
        }
    }
    seeds
}

impl World {
    fn load() -> Self {
        let signed = cases("primitives/cosi_verify").into_iter().map(|case| Signed {
            group: case.input["group"].as_str().unwrap_or_default().to_owned(),
            keys: list(&case.input, "keys"),
            message: member(&case.input, "message"),
            collective: member(&case.input, "collective"),
            is_accepted: case.expect.as_ref().is_some_and(|expect| expect.value().is_some()),
        });
        let asked = cases("primitives/cosi_answer").into_iter().map(|case| Asked {
            keys: list(&case.input, "keys"),
            message: member(&case.input, "message"),
            position: case.input["position"].as_u64().unwrap_or(0) as usize,
            secret: member(&case.input, "secret"),
            opened: list(&case.input, "opened"),
            before: list(&case.input, "before"),
            challenge: member(&case.input, "challenge"),
        });
        let formats = Formats {
            open: format_of::<Open>(),
            nonce: format_of::<Nonce>(),
            challenge: format_of::<Challenge>(),
            response: format_of::<Response>(),
            collective: format_of::<CollectiveSignature>(),
        };
        Self { signed: signed.collect(), asked: asked.collect(), formats }
    }

    fn raw_signature(&self, data: &[u8], codes: &mut Codes) {
        let Some((place, bytes)) = data.split_first() else { return };
        if let Some(collective) = decode_again(bytes, codes) {
            self.judge_signature(usize::from(*place), &collective, codes);
        }
    }

    fn edited_signature(
        &self,
        source: &mut Unstructured<'_>,
        codes: &mut Codes,
    ) -> arbitrary::Result<()> {
        let place = usize::from(source.arbitrary::<u8>()?);
        let format = &self.formats.collective;
        let honest = &self.signed[place % self.signed.len()].collective;
        let donors: Vec<Value> =
            self.signed.iter().map(|signed| to_json(format, &signed.collective)).collect();
        let edits = read_edits(source)?;
        if let Some(collective) = edited(format, honest, &edits, &donors, codes) {
            self.judge_signature(place, &collective, codes);
        }
        Ok(())
    }

    /// A signature that is accepted is one of the accepted vectors for the same keys and message.
    fn judge_signature(&self, place: usize, collective: &CollectiveSignature, codes: &mut Codes) {
        let signed = &self.signed[place % self.signed.len()];
        let accepted = match signed.group.as_str() {
            <ToyGroup<5> as Group>::NAME => verify_in::<ToyGroup<5>>(signed, collective),
            <ToyGroup<7> as Group>::NAME => verify_in::<ToyGroup<7>>(signed, collective),
            <ToyGroup<11> as Group>::NAME => verify_in::<ToyGroup<11>>(signed, collective),
            _ => verify_in::<Ristretto255>(signed, collective),
        };
        if codes.note(accepted).is_ok() && signed.group == Ristretto255::NAME {
            let is_original = |other: &Signed| {
                other.is_accepted
                    && other.keys == signed.keys
                    && other.message == signed.message
                    && other.collective == *collective
            };
            assert!(self.signed.iter().any(is_original), "accepted, and nobody signed it");
        }
    }

    fn raw_challenge(&self, data: &[u8], codes: &mut Codes) {
        let Some((place, bytes)) = data.split_first() else { return };
        let _ = decode_again::<Nonce>(bytes, &mut Codes::default());
        let _ = decode_again::<Response>(bytes, &mut Codes::default());
        if let Some(challenge) = decode_again(bytes, codes) {
            self.judge_challenge(usize::from(*place), &challenge, codes);
        }
    }

    fn edited_challenge(
        &self,
        source: &mut Unstructured<'_>,
        codes: &mut Codes,
    ) -> arbitrary::Result<()> {
        let place = usize::from(source.arbitrary::<u8>()?);
        let format = &self.formats.challenge;
        let honest = &self.asked[place % self.asked.len()].challenge;
        let donors: Vec<Value> =
            self.asked.iter().map(|asked| to_json(format, &asked.challenge)).collect();
        let edits = read_edits(source)?;
        if let Some(challenge) = edited(format, honest, &edits, &donors, codes) {
            self.judge_challenge(place, &challenge, codes);
        }
        Ok(())
    }

    fn judge_challenge(&self, place: usize, challenge: &Challenge, codes: &mut Codes) {
        let asked = &self.asked[place % self.asked.len()];
        let Ok(cosigners) = codes.note(Cosigners::<Ristretto255>::new(&asked.keys)) else { return };
        let Ok(secret) = Scalar::decode(&asked.secret) else { return };
        let mut signer = Watched::new(&cosigners, asked.position, secret, asked.message);
        for (attempt, randomness) in &asked.opened {
            let open = Open { message: asked.message, attempt: *attempt };
            signer.open(&open, &randomness.0, codes);
        }
        for challenge in &asked.before {
            signer.answer(challenge, codes);
        }
        signer.answer(challenge, codes);
    }
}

fn verify_in<G: Group>(signed: &Signed, collective: &CollectiveSignature) -> Result<(), Rejection> {
    let cosigners = Cosigners::<G>::new(&signed.keys)?;
    verify_collective_signature(&cosigners, &signed.message, collective)
}

/// The value of some bytes, which are its encoding.
fn decode_again<T: Wire>(bytes: &[u8], codes: &mut Codes) -> Option<T> {
    let value = codes.note(decode::<T>(bytes)).ok()?;
    assert_eq!(encode(&value), bytes, "what is decoded is what was encoded");
    Some(value)
}

/// A message with edits; `None` if they leave none.
fn edited<T: Wire + Clone>(
    format: &WireFormat,
    honest: &T,
    edits: &[Edit],
    donors: &[Value],
    codes: &mut Codes,
) -> Option<T> {
    if edits.is_empty() {
        return Some(honest.clone());
    }
    let mut value = to_json(format, honest);
    let donors: Vec<&Value> = donors.iter().collect();
    edits.iter().for_each(|edit| edit.apply(&mut value, &donors));
    decode_again(&format.to_bytes(&value).ok()?, codes)
}

/// A signer, beside what is known about it from outside.
struct Watched<'a, G: Group> {
    signer: Signer<'a, G>,
    position: usize,
    message: Digest,
    attempt_max: u32,
    /// What it committed to, by attempt.
    sent: BTreeMap<u32, Nonce>,
    /// What it answered, by attempt.
    answered: BTreeMap<u32, (Challenge, Response)>,
}

impl<'a, G: Group> Watched<'a, G> {
    fn new(
        cosigners: &'a Cosigners<G>,
        position: usize,
        secret: G::Scalar,
        message: Digest,
    ) -> Self {
        Self {
            signer: Signer::new(cosigners, position, secret, message),
            position,
            message,
            attempt_max: faults_max(cosigners.count()) as u32,
            sent: BTreeMap::new(),
            answered: BTreeMap::new(),
        }
    }

    /// It gives nonces exactly for its message, for attempts up to f that it has not answered, always the same.
    fn open(&mut self, open: &Open, randomness: &[u8; 32], codes: &mut Codes) -> Option<Nonce> {
        let may = open.message == self.message
            && open.attempt <= self.attempt_max
            && !self.answered.contains_key(&open.attempt);
        let given = codes.note(self.signer.open(open, randomness));
        assert_eq!(given.as_ref().err(), (!may).then_some(&Rejection::CryCosiUnexpected));
        if let Ok(nonce) = &given {
            assert_eq!((nonce.message, nonce.attempt), (open.message, open.attempt));
            let first = self.sent.entry(open.attempt).or_insert(*nonce);
            assert_eq!(first, nonce, "the same nonces until they are used");
        } else {
            self.check_nonces();
        }
        given.ok()
    }

    /// It answers only what it has nonces for and is asked for, and once.
    fn answer(&mut self, challenge: &Challenge, codes: &mut Codes) -> Option<Response> {
        let attempt = challenge.attempt;
        let is_ready = self.sent.contains_key(&attempt) && !self.answered.contains_key(&attempt);
        let answer = codes.note(self.signer.answer(&Specification, challenge));
        if let Ok(response) = &answer {
            assert!(is_ready && challenge.message == self.message, "answered what it must not");
            assert!(names(&challenge.signers, self.position), "answered for others");
            assert_eq!((response.message, response.attempt), (self.message, attempt));
            self.answered.insert(attempt, (challenge.clone(), *response));
            let again = self.signer.answer(&Specification, challenge);
            assert_eq!(again, Err(Rejection::CryCosiUnexpected), "answered twice");
        }
        self.check_nonces();
        answer.ok()
    }

    /// Nonces that were sent and not used are still there; those that were used are not.
    fn check_nonces(&mut self) {
        for (attempt, nonce) in &self.sent {
            let open = Open { message: self.message, attempt: *attempt };
            let again = self.signer.open(&open, &[0xee; 32]);
            let is_used = self.answered.contains_key(attempt);
            assert_eq!(again.ok(), (!is_used).then_some(*nonce), "other nonces than before");
        }
    }
}

fn names(signers: &Signers, position: usize) -> bool {
    signers.get(position / 8).is_some_and(|byte| byte >> (position % 8) & 1 == 1)
}

/// Some validators that sign [`MESSAGE`].
struct Session<'a, G: Group> {
    formats: &'a Formats,
    cosigners: &'a Cosigners<G>,
    leader: Leader<'a, G>,
    signers: Vec<Watched<'a, G>>,
    challenge: Option<Challenge>,
    /// Whose responses the leader took in this attempt.
    taken: BTreeSet<usize>,
    /// The signatures that were made.
    made: Vec<CollectiveSignature>,
    /// How often randomness was drawn.
    draws: u64,
}

/// A session of 4 to 7 validators.
fn session<G: Group>(
    formats: &Formats,
    source: &mut Unstructured<'_>,
    codes: &mut Codes,
) -> arbitrary::Result<()> {
    let count = 4 + source.arbitrary::<u8>()? % 4;
    let secrets = (0..count).map(|number| derive_nonzero_scalar::<G>(tags::KEYS_SECRET, &number));
    let secrets: Vec<G::Scalar> = secrets.collect();
    let key = |secret: &G::Scalar| G::generator().multiply(*secret).encode();
    let keys: Vec<EncodedElement> = secrets.iter().map(key).collect();
    let cosigners = Cosigners::<G>::new(&keys).expect("no key is the identity");
    let positions = secrets.into_iter().enumerate();
    let signers =
        positions.map(|(position, secret)| Watched::new(&cosigners, position, secret, MESSAGE));
    let mut session = Session {
        formats,
        cosigners: &cosigners,
        leader: Leader::new(&cosigners, MESSAGE),
        signers: signers.collect(),
        challenge: None,
        taken: BTreeSet::new(),
        made: Vec::new(),
        draws: 0,
    };
    let mut actions = 0;
    while !source.is_empty() && actions < ACTIONS_MAX {
        session.act(source.arbitrary()?, codes);
        actions += 1;
    }
    Ok(())
}

impl<G: Group> Session<'_, G> {
    fn act(&mut self, action: Action, codes: &mut Codes) {
        match action {
            Action::Attempt { without_nonce, without_response } => {
                self.attempt(without_nonce, without_response, codes);
            }
            Action::Open { signer, edit } => {
                let open = self.leader.open();
                let edits: Vec<Edit> = edit.into_iter().collect();
                if let Some(open) = edited(&self.formats.open, &open, &edits, &[], codes) {
                    self.open(self.place(signer), &open, codes);
                }
            }
            Action::Nonce { of, from, edit } => {
                let sent = self.signers[self.place(of)].sent.values().next_back().copied();
                let edits: Vec<Edit> = edit.into_iter().collect();
                let nonce =
                    sent.and_then(|sent| edited(&self.formats.nonce, &sent, &edits, &[], codes));
                if let Some(nonce) = nonce {
                    self.take_nonce(usize::from(from) % (self.signers.len() + 1), &nonce, codes);
                }
            }
            Action::Ask => self.ask(codes),
            Action::Answer { signer, edit } => {
                let edits: Vec<Edit> = edit.into_iter().collect();
                let asked = self.challenge.as_ref();
                let challenge = asked
                    .and_then(|asked| edited(&self.formats.challenge, asked, &edits, &[], codes));
                if let Some(challenge) = challenge {
                    let place = self.place(signer);
                    self.signers[place].answer(&challenge, codes);
                }
            }
            Action::Response { of, from, edit } => {
                let last = self.signers[self.place(of)].answered.values().next_back();
                let response = last.map(|(_, response)| *response);
                let edits: Vec<Edit> = edit.into_iter().collect();
                let response = response
                    .and_then(|sent| edited(&self.formats.response, &sent, &edits, &[], codes));
                if let Some(response) = response {
                    let from = usize::from(from) % (self.signers.len() + 1);
                    self.take_response(from, &response, codes);
                }
            }
            Action::Restart => self.restart(),
            Action::Verify { which, message, edit } => self.verify(which, message, edit, codes),
        }
    }

    fn place(&self, number: u8) -> usize {
        usize::from(number) % self.signers.len()
    }

    fn attempt(&mut self, without_nonce: u8, without_response: u8, codes: &mut Codes) {
        let is_left_out = |bits: u8, position: usize| bits >> (position % 8) & 1 == 1;
        let open = self.leader.open();
        for position in 0..self.signers.len() {
            let nonce = self.open(position, &open, codes);
            if let Some(nonce) = nonce.filter(|_| !is_left_out(without_nonce, position)) {
                self.take_nonce(position, &nonce, codes);
            }
        }
        self.ask(codes);
        let Some(challenge) = self.challenge.clone() else { return };
        for position in 0..self.signers.len() {
            if is_left_out(without_response, position) {
                continue;
            }
            if let Some(response) = self.signers[position].answer(&challenge, codes) {
                self.take_response(position, &response, codes);
            }
        }
    }

    fn open(&mut self, position: usize, open: &Open, codes: &mut Codes) -> Option<Nonce> {
        self.draws += 1;
        let mut randomness = [0; 32];
        randomness[..8].copy_from_slice(&self.draws.to_le_bytes());
        self.signers[position].open(open, &randomness, codes)
    }

    fn take_nonce(&mut self, from: usize, nonce: &Nonce, codes: &mut Codes) {
        let before = self.leader.clone();
        if codes.note(self.leader.receive_nonce(from, nonce)).is_err() {
            self.check_unchanged(&before);
        }
    }

    fn ask(&mut self, codes: &mut Codes) {
        let before = self.leader.clone();
        match codes.note(self.leader.challenge(&Specification)) {
            Ok(challenge) => {
                let faulty = self.leader.faulty();
                assert!(!faulty.iter().any(|position| names(&challenge.signers, *position)));
                self.challenge = Some(challenge);
            }
            Err(_) => self.check_unchanged(&before),
        }
    }

    fn take_response(&mut self, from: usize, response: &Response, codes: &mut Codes) {
        let before = self.leader.clone();
        if codes.note(self.leader.receive_response(from, response)).is_err() {
            return self.check_unchanged(&before);
        }
        assert!(self.taken.insert(from), "took two responses of one signer");
        if G::NAME == Ristretto255::NAME {
            let answered = self.signers[from].answered.get(&response.attempt);
            let asked = self.challenge.as_ref();
            let is_its = answered
                .is_some_and(|(challenge, given)| given == response && Some(challenge) == asked);
            assert!(is_its, "took a response that the signer did not give");
        }
        self.check_signature();
    }

    /// A signature that is made verifies, and each validator that it names has answered for these signers.
    fn check_signature(&mut self) {
        let Some(made) = self.leader.signature() else { return };
        let verified = verify_collective_signature(self.cosigners, &MESSAGE, &made);
        assert_eq!(verified, Ok(()), "what is made verifies");
        let attempt = self.leader.open().attempt;
        for signer in self.signers.iter().filter(|signer| names(&made.signers, signer.position)) {
            let answered = signer.answered.get(&attempt);
            let for_these = answered.is_some_and(|(asked, _)| asked.signers == made.signers);
            assert!(for_these || G::NAME != Ristretto255::NAME, "named, and did not sign");
        }
        self.made.push(made);
    }

    fn restart(&mut self) {
        let (before, attempt) = (self.leader.faulty().clone(), self.leader.open().attempt);
        let is_last = attempt >= faults_max(self.signers.len()) as u32;
        let opened = self.leader.restart();
        let next = (!is_last).then_some(Open { message: MESSAGE, attempt: attempt + 1 });
        assert_eq!(opened, next, "attempts are 0 to f");
        assert!(before.is_subset(self.leader.faulty()));
        for found in self.leader.faulty().difference(&before) {
            let asked = self.challenge.as_ref();
            assert!(asked.is_some_and(|asked| names(&asked.signers, *found)), "was not asked");
            assert!(!self.taken.contains(found), "has answered");
        }
        if opened.is_some() {
            self.challenge = None;
            self.taken.clear();
        }
    }

    fn verify(&mut self, which: u8, message: Option<u8>, edit: Option<Edit>, codes: &mut Codes) {
        let Some(place) = usize::from(which).checked_rem(self.made.len()) else { return };
        let edits: Vec<Edit> = edit.into_iter().collect();
        let made = &self.made[place];
        let Some(collective) = edited(&self.formats.collective, made, &edits, &[], codes) else {
            return;
        };
        let message = message.map_or(MESSAGE, |byte| Digest([byte; 32]));
        let verified = verify_collective_signature(self.cosigners, &message, &collective);
        if codes.note(verified).is_ok() && G::NAME == Ristretto255::NAME {
            assert!(message == MESSAGE && self.made.contains(&collective), "nobody signed it");
        }
    }

    fn check_unchanged(&self, before: &Leader<'_, G>) {
        let [before, after] = [before, &self.leader].map(|leader| format!("{leader:?}"));
        assert_eq!(before, after, "a refusal leaves the leader as it was");
    }
}
