//! Target `cosi`: signers and a leader of collective signing are handed messages.
//!
//! The first byte says what the rest is: a vector's collective signature or challenge, as bytes or
//! with edits; or a session among a few validators whose messages are changed, misplaced, repeated
//! and left out. What must hold:
//! - nothing panics, and what decodes encodes to the same bytes;
//! - a signer gives nonces exactly when it may, and answers only then, once for each attempt; a
//!   refusal leaves its nonces as they were ([`signer`]);
//! - a leader takes what is awaited and honest, and nothing that is not awaited; a refusal leaves
//!   it as it was; its challenge names those whose nonces it took; whoever was asked and did not
//!   answer is faulty, and nobody else; it has a signature when all who were asked have answered
//!   ([`leader`]);
//! - a signature verifies if and only if it is one that was made, by the answers of all whom it
//!   names.
//!
//! In the toy group anybody can guess a response, so there a signature may verify that nobody made.

mod leader;
mod session;
mod signer;

use arbitrary::Unstructured;
use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::Signers;
use ioschain_spec::primitives::cosi::{
    Challenge, CollectiveSignature, Cosigners, Nonce, Open, Response, verify_collective_signature,
};
use ioschain_spec::primitives::encoding::{Wire, decode, encode};
use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar, Group, Scalar};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use ioschain_vectors::format::wire_json::WireFormat;
use serde_json::Value;

use self::session::{Validators, session};
use self::signer::WatchedSigner;
use crate::codes::Codes;
use crate::edit::{Edit, read_edits};
use crate::targets::Seeds;
use crate::vectors::{cases, format_of, list, member, to_json};

/// How many ways there are to read an input.
const MODES: u8 = 6;

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

/// What inputs choose among.
struct World {
    signed: Vec<Signed>,
    asked: Vec<Asked>,
    formats: Formats,
    /// Those of sessions, in two groups.
    validators: Validators<Ristretto255>,
    toy_validators: Validators<ToyGroup<11>>,
}

/// The JSON forms of what is edited.
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
        4 => session(&world.validators, &world.formats, source, codes).unwrap_or(()),
        _ => session(&world.toy_validators, &world.formats, source, codes).unwrap_or(()),
    });
}

/// Each case as bytes and with each kind of edit, and sessions.
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
    session::seeds(&mut seeds);
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
        Self {
            signed: signed.collect(),
            asked: asked.collect(),
            formats,
            validators: Validators::new(),
            toy_validators: Validators::new(),
        }
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

    /// A signature of an accepted vector is accepted for the signers that made it, and for no
    /// others. What else is accepted was made too, and is in a vector that names others.
    fn judge_signature(&self, place: usize, collective: &CollectiveSignature, codes: &mut Codes) {
        let signed = &self.signed[place % self.signed.len()];
        let verified = match signed.group.as_str() {
            <ToyGroup<5> as Group>::NAME => verify_in::<ToyGroup<5>>(signed, collective),
            <ToyGroup<7> as Group>::NAME => verify_in::<ToyGroup<7>>(signed, collective),
            <ToyGroup<11> as Group>::NAME => verify_in::<ToyGroup<11>>(signed, collective),
            _ => verify_in::<Ristretto255>(signed, collective),
        };
        let verified = codes.note(verified);
        let of_vectors = || {
            self.signed.iter().filter(|other| {
                (&other.group, &other.keys) == (&signed.group, &signed.keys)
                    && other.message == signed.message
                    && other.collective.signature == collective.signature
            })
        };
        let mut originals = of_vectors().filter(|other| other.is_accepted).peekable();
        let has_original = originals.peek().is_some();
        let is_original = originals.any(|original| original.collective == *collective);
        assert!(verified.is_ok() || !is_original, "an accepted vector: {verified:?}");
        if signed.group == Ristretto255::NAME && verified.is_ok() {
            assert!(is_original || !has_original, "accepted, and others signed it");
            assert!(of_vectors().next().is_some(), "accepted, and nobody signed it");
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
        let mut signer = WatchedSigner::new(&cosigners, asked.position, secret, asked.message);
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

/// Whether nobody can guess a response.
fn is_sound<G: Group>() -> bool {
    G::NAME == Ristretto255::NAME
}

/// Whether a bitmap names a position.
fn names(signers: &Signers, position: usize) -> bool {
    signers.get(position / 8).is_some_and(|byte| byte >> (position % 8) & 1 == 1)
}
