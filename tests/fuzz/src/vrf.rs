//! Target `vrf`: anybody hands in a proof of the verifiable random function, and so does the holder
//! of the key.
//!
//! The first byte says which: a proof of the vectors with other bytes, one with edits, or one that
//! a holder of a key makes with a nonce and a point of small order of its choice. What must hold:
//! nothing panics; the crate `vrf-rfc9381` gives the same answer, for every key that is one and up
//! to its laxer reading of responses; and whatever proof is accepted, the output is that of the
//! honest proof.

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Unstructured};
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::scalar::clamp_integer;
use curve25519_dalek::{EdwardsPoint, Scalar};
use ioschain_spec::Rejection;
use ioschain_spec::primitives::encoding::{decode, encode};
use ioschain_spec::primitives::vrf::{
    VrfKeyPair, VrfOutput, VrfProof, VrfPublicKey, derive_challenge, encode_to_curve, verify,
};
use ioschain_vectors::format::wire_json::WireFormat;
use serde_json::Value;
use sha2::{Digest as _, Sha512};
use vrf_rfc9381::ec::edwards25519::EdVrfProof;
use vrf_rfc9381::ec::edwards25519::tai::EdVrfEdwards25519TaiPublicKey;
use vrf_rfc9381::{Proof as _, Verifier as _};

use crate::codes::Codes;
use crate::edit::read_edits;
use crate::targets::Seeds;
use crate::vectors::{cases, format_of, from_json, member};

/// How many ways there are to read an input.
const MODES: u8 = 3;
/// The keys whose holder makes proofs as it likes.
const HOLDERS: u8 = 4;

/// A proof that a holder of a key makes, not as the specification says.
#[derive(Clone, Debug, Arbitrary)]
struct Crafted {
    /// Whose.
    holder: u8,
    /// The nonce.
    nonce: [u8; 8],
    /// Which point of small order is added to Γ.
    torsion: u8,
    /// The input.
    alpha: Vec<u8>,
}

struct World {
    /// The input of each case: proof, public key, input.
    cases: Vec<Value>,
    /// The key pairs whose seeds are known.
    key_pairs: BTreeMap<VrfPublicKey, VrfKeyPair>,
    /// The outputs of the accepted cases, by key and input.
    outputs: BTreeMap<(VrfPublicKey, Vec<u8>), VrfOutput>,
    key_format: WireFormat,
    proof_format: WireFormat,
}

thread_local! {
    static WORLD: World = World::load();
}

/// Runs one input.
pub fn run(data: &[u8], codes: &mut Codes) {
    let Some((mode, rest)) = data.split_first() else { return };
    WORLD.with(|world| match mode % MODES {
        0 => world.raw(rest, codes),
        // A source of bytes gives zeros when it is empty, so there is an answer for all of them.
        1 => world.edited(&mut Unstructured::new(rest), codes).unwrap_or(()),
        _ => world.crafted(&mut Unstructured::new(rest), codes).unwrap_or(()),
    });
}

/// One seed for each case, one for each kind of edit, and some crafted proofs.
pub fn seeds() -> Seeds {
    let world = World::load();
    let mut seeds = Seeds::default();
    for (number, case) in world.cases.iter().enumerate() {
        let Some((key, alpha, proof)) = world.read(case) else { continue };
        seeds.add([&[0][..], &key.0, &encode(&proof), &alpha].concat());
        seeds.add_edits(&[1, number as u8]);
    }
    for torsion in 0..8 {
        for nonce in 0..8 {
            let seed = [2, torsion % HOLDERS, nonce, 0, 0, 0, 0, 0, 0, 0, torsion, nonce, torsion];
            seeds.add(seed.to_vec());
        }
    }
    seeds
}

impl World {
    fn load() -> Self {
        let verified = cases("primitives/vrf_verify");
        let proven = cases("primitives/vrf_prove");
        let seeds = proven.iter().map(|case| member::<[u8; 32]>(&case.input, "seed"));
        let key_pairs = seeds.chain((0..HOLDERS).map(holder_seed)).map(|seed| {
            let key_pair = VrfKeyPair::from_seed(&seed);
            (key_pair.public_key(), key_pair)
        });
        let mut world = Self {
            key_pairs: key_pairs.collect(),
            outputs: BTreeMap::new(),
            cases: verified.iter().map(|case| case.input.clone()).collect(),
            key_format: format_of::<VrfPublicKey>(),
            proof_format: format_of::<VrfProof>(),
        };
        for case in &verified {
            if let Some(answer) = case.expect.as_ref().and_then(|expect| expect.value()) {
                let (key, alpha, _) = world.read(&case.input).expect("an accepted case is one");
                world.outputs.insert((key, alpha), member(answer, "output"));
            }
        }
        world
    }

    fn read(&self, input: &Value) -> Option<(VrfPublicKey, Vec<u8>, VrfProof)> {
        let key = from_json(&self.key_format, &input["public_key"])?;
        let alpha = input["input"].as_str().and_then(|text| hex::decode(text).ok())?;
        Some((key, alpha, from_json(&self.proof_format, &input["proof"])?))
    }

    fn raw(&self, data: &[u8], codes: &mut Codes) {
        let Some((key, rest)) = data.split_first_chunk::<32>() else { return };
        let (proof, alpha) = rest.split_at(rest.len().min(80));
        let Ok(decoded) = codes.note(decode::<VrfProof>(proof)) else { return };
        assert_eq!(encode(&decoded), proof, "what is decoded is what was encoded");
        self.judge(&VrfPublicKey(*key), alpha, &decoded, codes);
    }

    fn edited(&self, source: &mut Unstructured<'_>, codes: &mut Codes) -> arbitrary::Result<()> {
        let place = usize::from(source.arbitrary::<u8>()?) % self.cases.len();
        let mut input = self.cases[place].clone();
        let donors: Vec<&Value> = self.cases.iter().collect();
        for edit in read_edits(source)? {
            edit.apply(&mut input, &donors);
        }
        if let Some((key, alpha, proof)) = self.read(&input) {
            self.judge(&key, &alpha, &proof, codes);
        }
        Ok(())
    }

    fn crafted(&self, source: &mut Unstructured<'_>, codes: &mut Codes) -> arbitrary::Result<()> {
        let Crafted { holder, nonce, torsion, alpha } = source.arbitrary()?;
        let seed = holder_seed(holder % HOLDERS);
        let key = VrfKeyPair::from_seed(&seed).public_key();
        let torsion = EIGHT_TORSION[usize::from(torsion) % EIGHT_TORSION.len()];
        if let Some(proof) = craft(&seed, &key, &alpha, &nonce, &torsion) {
            self.judge(&key, &alpha, &proof, codes);
        }
        Ok(())
    }

    fn judge(&self, key: &VrfPublicKey, alpha: &[u8], proof: &VrfProof, codes: &mut Codes) {
        let verified = codes.note(verify(key, alpha, proof));
        let theirs = their_answer(key, alpha, proof);
        // The other implementation reduces a response that is not below the order, which RFC 9381
        // refuses (§5.4.4).
        let as_they_read_it = match verified {
            Err(Rejection::CryVrfProofMalformed) => verify(key, alpha, &reduce_response(proof)),
            answer => answer,
        };
        // It does not validate keys, which the RFC leaves open.
        if verified != Err(Rejection::CryVrfKey) {
            assert_eq!(as_they_read_it.ok(), theirs, "both implementations give the same answer");
        }
        let Ok(output) = verified else { return };
        assert_eq!(reduce_response(proof), *proof, "a response is below the order");
        assert_eq!(proof.to_output(), Ok(output), "the output is the proof's");
        let of_case = self.outputs.get(&(*key, alpha.to_vec())).copied();
        let honest = self.key_pairs.get(key).and_then(|key_pair| key_pair.prove(alpha));
        let honest = honest.and_then(|honest| honest.to_output().ok());
        assert_eq!(Some(output), honest.or(of_case), "the output is that of the honest proof");
    }
}

fn holder_seed(holder: u8) -> [u8; 32] {
    [holder; 32]
}

fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    Sha512::digest(parts.concat()).into()
}

/// A proof with this nonce, and a point of small order added to Γ.
fn craft(
    seed: &[u8; 32],
    key: &VrfPublicKey,
    alpha: &[u8],
    nonce: &[u8],
    torsion: &EdwardsPoint,
) -> Option<VrfProof> {
    let clamped = clamp_integer(*sha512(&[seed]).first_chunk::<32>()?);
    let secret = Scalar::from_bytes_mod_order(clamped);
    let nonce = Scalar::from_bytes_mod_order_wide(&sha512(&[b"nonce", nonce]));
    let h = encode_to_curve(key, alpha)?;
    let gamma = (secret * h + torsion).compress().0;
    let (u, v) = (EdwardsPoint::mul_base(&nonce).compress().0, (nonce * h).compress().0);
    let challenge = derive_challenge([&key.0, &h.compress().0, &gamma, &u, &v]);
    let c = Scalar::from(u128::from_le_bytes(challenge));
    Some(VrfProof { gamma, challenge, response: (nonce + c * secret).to_bytes() })
}

fn reduce_response(proof: &VrfProof) -> VrfProof {
    VrfProof { response: Scalar::from_bytes_mod_order(proof.response).to_bytes(), ..*proof }
}

/// What `vrf-rfc9381` says of a proof; `None` for a refusal.
fn their_answer(key: &VrfPublicKey, alpha: &[u8], proof: &VrfProof) -> Option<VrfOutput> {
    let key = EdVrfEdwards25519TaiPublicKey::from_slice(&key.0).ok()?;
    let output = key.verify(alpha, EdVrfProof::decode_pi(&encode(proof)).ok()?).ok()?;
    Some(VrfOutput(output.into()))
}
