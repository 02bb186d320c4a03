//! A session of collective signing among a few validators, whose messages are changed, misplaced,
//! repeated and left out.

use arbitrary::{Arbitrary, Unstructured};
use ioschain_spec::primitives::cosi::{
    Challenge, CollectiveSignature, Cosigners, Nonce, Open, Response, verify_collective_signature,
};
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, Group, derive_nonzero_scalar,
};
use ioschain_spec::primitives::hash::{Digest, tags};

use super::leader::WatchedLeader;
use super::signer::WatchedSigner;
use super::{Formats, edited, is_sound};
use crate::codes::Codes;
use crate::edit::{EDIT_KINDS, Edit};
use crate::targets::{Seeds, choice};

/// The most that happens in a session.
const ACTIONS_MAX: usize = 24;
/// How many kinds of [`Action`] there are, for the seeds.
const ACTION_KINDS: u64 = 8;
/// What the validators of a session sign.
const MESSAGE: Digest = Digest([9; 32]);

/// What happens in a session.
#[derive(Clone, Debug, Arbitrary)]
enum Action {
    /// All that is honest happens for one attempt, but what these bits leave out: nonces, then
    /// responses.
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

/// The validators of sessions of 4, 5, 6 and 7.
pub(super) struct Validators<G: Group>([(Vec<G::Scalar>, Cosigners<G>); 4]);

impl<G: Group> Validators<G> {
    pub(super) fn new() -> Self {
        Self([4u8, 5, 6, 7].map(|count| {
            let secret = |number| derive_nonzero_scalar::<G>(tags::KEYS_SECRET, &number);
            let secrets: Vec<G::Scalar> = (0..count).map(secret).collect();
            let key = |secret: &G::Scalar| G::generator().multiply(*secret).encode();
            let keys: Vec<EncodedElement> = secrets.iter().map(key).collect();
            (secrets, Cosigners::new(&keys).expect("no key is the identity"))
        }))
    }
}

/// Some validators that sign [`MESSAGE`].
struct Session<'a, G: Group> {
    formats: &'a Formats,
    cosigners: &'a Cosigners<G>,
    leader: WatchedLeader<'a, G>,
    signers: Vec<WatchedSigner<'a, G>>,
    /// The signatures that were made.
    made: Vec<CollectiveSignature>,
    /// How often randomness was drawn.
    draws: u64,
}

/// A session: the first byte says of how many, the others what happens.
pub(super) fn session<G: Group>(
    validators: &Validators<G>,
    formats: &Formats,
    source: &mut Unstructured<'_>,
    codes: &mut Codes,
) -> arbitrary::Result<()> {
    let Validators(validators) = validators;
    let (secrets, cosigners) = &validators[usize::from(source.arbitrary::<u8>()? % 4)];
    let positions = secrets.iter().enumerate();
    let signers = positions
        .map(|(position, secret)| WatchedSigner::new(cosigners, position, *secret, MESSAGE));
    let mut session = Session {
        formats,
        cosigners,
        leader: WatchedLeader::new(cosigners, MESSAGE),
        signers: signers.collect(),
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

/// Sessions with one action of each kind after an attempt, and with each kind of edit of each
/// message.
pub(super) fn seeds(seeds: &mut Seeds) {
    let action = |kind: u64, fields: &[u8]| [&choice(kind, ACTION_KINDS)[..], fields].concat();
    let attempt = |without: [u8; 2]| action(0, &without);
    let restart = action(6, &[]);
    for session in [[4, 0], [4, 1], [4, 3], [5, 0], [5, 3]] {
        for without in [[0, 0], [1, 0], [0, 1], [2, 4], [3, 0], [0, 3]] {
            for kind in 0..ACTION_KINDS {
                let (first, next) = (attempt(without), action(kind, &[1, 1, 0]));
                seeds.add([&session[..], &first, &next].concat());
                seeds.add([&session[..], &first, &restart, &attempt([0, 0]), &next].concat());
            }
        }
        // What each message needs before it, and its fields before the edit.
        let (open, answer) = (action(1, &[1, 0]), action(4, &[1, 0]));
        let unanswered = attempt([0, 2]);
        let messages: [(u64, Vec<u8>, &[u8]); 5] = [
            (1, Vec::new(), &[1]),
            (2, open, &[1, 1]),
            (4, unanswered.clone(), &[1]),
            (5, [unanswered, answer].concat(), &[1, 1]),
            (7, attempt([0, 0]), &[0, 0]),
        ];
        for ((kind, before, fields), edit) in
            messages.iter().flat_map(|message| (0..EDIT_KINDS).map(move |edit| (message, edit)))
        {
            for text in 0..4 {
                let edit = [&[1][..], &choice(edit, EDIT_KINDS), &[text, 0, 1, 0]].concat();
                seeds.add([&session[..], before, &action(*kind, fields), &edit].concat());
            }
        }
    }
}

impl<G: Group> Session<'_, G> {
    fn act(&mut self, action: Action, codes: &mut Codes) {
        match action {
            Action::Attempt { without_nonce, without_response } => {
                self.attempt(without_nonce, without_response, codes);
            }
            Action::Open { signer, edit } => {
                let open = self.leader.open();
                if let Some(open) = edited(&self.formats.open, &open, edit.as_slice(), &[], codes) {
                    self.open(self.place(signer), &open, codes);
                }
            }
            Action::Nonce { of, from, edit } => self.misplace_nonce(of, from, edit, codes),
            Action::Ask => self.leader.ask(codes),
            Action::Answer { signer, edit } => {
                let Some(asked) = &self.leader.challenge else { return };
                let format = &self.formats.challenge;
                if let Some(challenge) = edited(format, asked, edit.as_slice(), &[], codes) {
                    self.answer(self.place(signer), &challenge, codes);
                }
            }
            Action::Response { of, from, edit } => self.misplace_response(of, from, edit, codes),
            Action::Restart => self.leader.restart(),
            Action::Verify { which, message, edit } => self.verify(which, message, edit, codes),
        }
    }

    /// Hands the leader the last nonce of a signer.
    fn misplace_nonce(&mut self, of: u8, from: u8, edit: Option<Edit>, codes: &mut Codes) {
        let Some(sent) = self.signers[self.place(of)].sent.values().next_back() else { return };
        if let Some(nonce) = edited(&self.formats.nonce, sent, edit.as_slice(), &[], codes) {
            self.take_nonce(self.place_or_outside(from), &nonce, codes);
        }
    }

    /// Hands the leader the last response of a signer.
    fn misplace_response(&mut self, of: u8, from: u8, edit: Option<Edit>, codes: &mut Codes) {
        let last = self.signers[self.place(of)].answered.values().next_back();
        let Some((_, sent)) = last else { return };
        if let Some(response) = edited(&self.formats.response, sent, edit.as_slice(), &[], codes) {
            self.take_response(self.place_or_outside(from), &response, codes);
        }
    }

    fn place(&self, number: u8) -> usize {
        usize::from(number) % self.signers.len()
    }

    /// A position, or the one after the last.
    fn place_or_outside(&self, number: u8) -> usize {
        usize::from(number) % (self.signers.len() + 1)
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
        self.leader.ask(codes);
        let Some(challenge) = self.leader.challenge.clone() else { return };
        for position in 0..self.signers.len() {
            if is_left_out(without_response, position) {
                continue;
            }
            if let Some(response) = self.answer(position, &challenge, codes) {
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

    /// A signer that may answer answers what the leader asks.
    fn answer(
        &mut self,
        position: usize,
        challenge: &Challenge,
        codes: &mut Codes,
    ) -> Option<Response> {
        let signer = &mut self.signers[position];
        let must =
            signer.may_answer(challenge) && self.leader.challenge.as_ref() == Some(challenge);
        let answer = signer.answer(challenge, codes);
        assert!(answer.is_some() || !must, "does not answer the leader");
        answer
    }

    fn take_nonce(&mut self, from: usize, nonce: &Nonce, codes: &mut Codes) {
        let own = self.signers.get(from).and_then(|signer| signer.sent.get(&nonce.attempt));
        self.leader.take_nonce(from, nonce, own, codes);
    }

    fn take_response(&mut self, from: usize, response: &Response, codes: &mut Codes) {
        let (signer, attempt) = (self.signers.get(from), &response.attempt);
        let sent = signer.and_then(|signer| signer.sent.get(attempt));
        let answered = signer.and_then(|signer| signer.answered.get(attempt));
        self.made.extend(self.leader.take_response(from, response, (sent, answered), codes));
    }

    /// A signature verifies if and only if it is one that was made, of what was signed.
    fn verify(&mut self, which: u8, message: Option<u8>, edit: Option<Edit>, codes: &mut Codes) {
        let Some(place) = usize::from(which).checked_rem(self.made.len()) else { return };
        let (format, made) = (&self.formats.collective, &self.made[place]);
        let Some(collective) = edited(format, made, edit.as_slice(), &[], codes) else { return };
        let message = message.map_or(MESSAGE, |byte| Digest([byte; 32]));
        let is_made = message == MESSAGE && self.made.contains(&collective);
        let verified =
            codes.note(verify_collective_signature(self.cosigners, &message, &collective));
        assert!(verified.is_ok() || !is_made, "what was made: {verified:?}");
        assert!(verified.is_err() || is_made || !is_sound::<G>(), "nobody signed it");
    }
}
