//! Signatures: honest ones, with one thing changed, and forged.

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    self, CryCertificateQuorum, CryCertificateSigners, CryCosiSignature, CryElementIdentity,
};
use ioschain_spec::primitives::cosi::{BindingContext, CollectiveSignature, Rules, Specification};
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, Group, Scalar as _, tagged_hash_to_scalar,
};
use ioschain_spec::primitives::hash::{Digest, Tag, tags};
use ioschain_spec::primitives::schnorr::{SchnorrSignature, derive_challenge};
use ioschain_spec::primitives::toy_group::ToyGroup;

use super::super::curve_points::plus_order;
use super::super::group::{nonzero, short_name};
use super::{
    Attempt, Committee, IDENTITY, NO_ELEMENT, QUORUM, Real, Scalar, committee, edit, signers,
};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Fault, Pairs, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        signatures()?,
        masks()?,
        changed_signatures()?,
        forged_signatures()?,
        toy_signatures()?,
    ])
}

// --- Signatures -------------------------------------------------------------------------------

/// What `cosi_verify` is asked.
#[derive(Clone)]
struct Claim {
    keys: Vec<EncodedElement>,
    message: Digest,
    collective: CollectiveSignature,
}

impl Claim {
    fn by<G: Group>(committee: &Committee<G>, positions: &[usize]) -> Result<Self, CaseError> {
        let collective = committee.collective(positions)?;
        Ok(Self { keys: committee.keys.clone(), message: committee.message, collective })
    }

    fn honest() -> Result<Self, CaseError> {
        Self::by(&committee()?, &QUORUM)
    }

    /// A signature that names `positions`, by whoever knows `secret`. It is valid if `secret` is
    /// the sum of the named validators' secrets and the challenge hashes all parts under the right
    /// tag.
    fn with_secret(
        keys: &[EncodedElement],
        positions: &[usize],
        secret: Scalar,
        (tag, parts): (Tag, Parts),
    ) -> Result<Self, CaseError> {
        let (message, nonce) = (digest("message"), nonzero::<Real>("nonce"));
        let [key, commitment] =
            [secret, nonce].map(|scalar| Real::generator().multiply(scalar).encode());
        let challenge = match parts {
            Parts::All => derive_challenge::<Real>(tag, &key, &message, &commitment),
            Parts::WithoutKey => tagged_hash_to_scalar::<Real>(tag, &(message, commitment)),
            Parts::WithoutMessage => tagged_hash_to_scalar::<Real>(tag, &(key, commitment)),
            Parts::WithoutCommitment => tagged_hash_to_scalar::<Real>(tag, &(key, message)),
        };
        let response = nonce.add(challenge.multiply(secret)).encode();
        let signature = SchnorrSignature { commitment, response };
        let collective =
            CollectiveSignature { signers: signers(keys.len(), positions)?, signature };
        Ok(Self { keys: keys.to_vec(), message, collective })
    }

    fn to_json(&self) -> Result<Value, CaseError> {
        self.in_group::<Real>()
    }

    fn in_group<G: Group>(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "group": G::NAME,
            "keys": list_to_json(&self.keys)?,
            "message": to_json(&self.message)?,
            "collective": to_json(&self.collective)?,
        }))
    }
}

/// What a challenge is the hash of.
#[derive(Clone, Copy)]
enum Parts {
    All,
    WithoutKey,
    WithoutMessage,
    WithoutCommitment,
}

const VERIFY: &[&str] = &["CRY-COSI-02", "CRY-CERT-01", "CRY-CERT-02"];

/// A verifier that adds up other keys, or counts a quorum differently, refuses one of these.
fn signatures() -> Result<VectorFile, CaseError> {
    let doc = "Honest signatures by quorums of rosters of several sizes.";
    let mut suite = SuiteWriter::new("primitives.cosi_verify", "honest", doc)?;
    let rows: [(&str, u32, Vec<usize>); 6] = [
        ("four", 4, vec![0, 1, 2]),
        ("five", 5, QUORUM.to_vec()),
        ("five-all", 5, (0..5).collect()),
        ("eight", 8, vec![0, 1, 3, 4, 6, 7]),
        ("nine", 9, (1..8).collect()),
        ("nine-last", 9, (2..9).collect()),
    ];
    for (slug, validators, positions) in rows {
        let doc = format!(
            "Given {} signers of {validators} validators, when their collective signature is \
             verified, then it is valid.",
            positions.len()
        );
        let claim = Claim::by(&Committee::<Real>::of(validators)?, &positions)?;
        suite.add(slug, VERIFY, &doc, claim.to_json()?, Intent::Ok)?;
    }
    Ok(suite.finish())
}

type MaskChange = fn(&mut Vec<u8>);

/// A verifier that is lenient about the bitmap accepts two encodings of one signature, or too few
/// signers.
fn masks() -> Result<VectorFile, CaseError> {
    let doc = "Signatures with a changed bitmap: one of another length, one with bits after the \
               end of the roster, one below a quorum, or one that names other signers.";
    let mut suite = SuiteWriter::new("primitives.cosi_verify", "masks", doc)?;
    let five = Claim::honest()?;
    let positions: Vec<usize> = (1..8).collect();
    let nine = Claim::by(&Committee::<Real>::of(9)?, &positions)?;
    let three = {
        let committee = Committee::<Real>::of(3)?;
        let secret = committee.secrets.iter().copied().fold(Scalar::ZERO, Scalar::add);
        Claim::with_secret(&committee.keys, &[0, 1, 2], secret, (tags::COSI_CHALLENGE, Parts::All))?
    };
    let (bitmap, quorum) = (CryCertificateSigners, CryCertificateQuorum);
    let rows: [(&str, &str, &Claim, Rejection, MaskChange); 14] = [
        ("empty", "has no bytes", &five, bitmap, Vec::clear),
        ("long", "has an additional byte", &five, bitmap, |bytes| bytes.push(0)),
        ("stray", "names a validator after the end of the roster", &five, bitmap, |bytes| {
            bytes[0] |= 0b0010_0000
        }),
        ("stray-last", "has the last bit of its byte set", &five, bitmap, |bytes| bytes[0] |= 0x80),
        ("short-of-two", "has one byte instead of two", &nine, bitmap, |bytes| bytes.truncate(1)),
        ("stray-of-two", "names a validator after the end of the roster", &nine, bitmap, |bytes| {
            bytes[1] |= 0b10
        }),
        ("nobody", "names nobody", &five, quorum, |bytes| bytes[0] = 0),
        ("two-f-and-one", "names 2f + 1 signers", &five, quorum, |bytes| bytes[0] &= 0b1111),
        ("below-quorum-of-nine", "names six of nine signers", &nine, quorum, |bytes| {
            bytes[0] &= 0xfd
        }),
        (
            "roster-of-three",
            "names all three validators of a roster that is too small",
            &three,
            quorum,
            |_| (),
        ),
        (
            "another-named",
            "names one validator that did not sign",
            &five,
            CryCosiSignature,
            |bytes| bytes[0] |= 8,
        ),
        (
            "other-named",
            "names another validator instead of one that signed",
            &five,
            CryCosiSignature,
            |bytes| {
                bytes[0] = 0b0000_1111;
            },
        ),
        ("one-unnamed", "does not name one of the signers", &five, CryCosiSignature, |_| ()),
        ("bits-reversed", "has its bits in the opposite order", &nine, CryCosiSignature, |bytes| {
            *bytes = vec![0x7f, 0];
        }),
    ];
    let everybody = Claim::by(&committee()?, &[0, 1, 2, 3, 4])?;
    for (slug, what, claim, rejection, change) in rows {
        let mut claim = if slug == "one-unnamed" { everybody.clone() } else { claim.clone() };
        if slug == "one-unnamed" {
            edit(&mut claim.collective.signers, |bytes| bytes[0] = 0b0001_1110)?;
        }
        edit(&mut claim.collective.signers, change)?;
        let doc = format!(
            "Given a collective signature whose bitmap {what}, when it is verified, then it is \
             refused."
        );
        let requirement = match rejection {
            CryCertificateSigners => "CRY-CERT-01",
            CryCertificateQuorum => "CRY-CERT-02",
            _ => "CRY-COSI-02",
        };
        suite.add(slug, &[requirement], &doc, claim.to_json()?, Intent::Rejected(rejection))?;
    }
    Ok(suite.finish())
}

/// In the order of the checks.
const CLAIM_FAULTS: &[Fault<Claim>] = &faults! { Claim:
    "key-no-element" => CryElementEncoding, "CRY-GROUP-01", "a key of a validator that did not \
                                                             sign does not encode an element",
        |claim| claim.keys[3] = NO_ELEMENT;
    "key-identity" => CryElementIdentity, "CRY-GROUP-03", "a signer's key is the identity",
        |claim| claim.keys[4] = IDENTITY;
    "bitmap" => CryCertificateSigners, "CRY-CERT-01", "its bitmap names a validator after the end \
                                                       of the roster",
        |claim| edit(&mut claim.collective.signers, |bytes| bytes[0] |= 0b0100_0000);
    "quorum" => CryCertificateQuorum, "CRY-CERT-02", "its bitmap names fewer signers than a quorum",
        |claim| edit(&mut claim.collective.signers, |bytes| bytes[0] &= 0b1110_1111);
    "commitment-no-element" => CryElementEncoding, "CRY-GROUP-01", "its commitment does not encode \
                                                                    an element",
        |claim| claim.collective.signature.commitment = NO_ELEMENT;
    "commitment-identity" => CryElementIdentity, "CRY-GROUP-03", "its commitment is the identity",
        |claim| claim.collective.signature.commitment = IDENTITY;
    "response-no-scalar" => CryScalarEncoding, "CRY-GROUP-02",
        "its response is increased by the order",
        |claim| {
            let response = &mut claim.collective.signature.response;
            response.0 = plus_order(&response.0);
        };
    "keys-cancel" => CryElementIdentity, "CRY-GROUP-03", "the keys of the signers add up to the \
                                                          identity",
        |claim| {
            let [one, other] = [nonzero::<Real>("one"), nonzero::<Real>("other")];
            let minus = |secret: Scalar| Scalar::ZERO.subtract(secret);
            let secrets = [one, minus(one), other, minus(other)];
            for (position, secret) in QUORUM.into_iter().zip(secrets) {
                claim.keys[position] = Real::generator().multiply(secret).encode();
            }
        };
    "message" => CryCosiSignature, "CRY-COSI-02", "it is for another message",
        |claim| claim.message = digest("other");
    "commitment-other" => CryCosiSignature, "CRY-COSI-02", "its commitment is changed",
        |claim| {
            let other = Real::generator().multiply(nonzero::<Real>("other"));
            claim.collective.signature.commitment = other.encode();
        };
    "response-other" => CryCosiSignature, "CRY-COSI-02", "its response is changed",
        |claim| claim.collective.signature.response.0[0] ^= 1;
};

/// A verifier that leaves a check out, or has another order of checks, gives another answer.
fn changed_signatures() -> Result<VectorFile, CaseError> {
    let doc = "A signature with one fault for each check, and with two faults.";
    let mut suite = SuiteWriter::new("primitives.cosi_verify", "changed", doc)?;
    let (honest, ask) = (Claim::honest()?, Claim::to_json as fn(&Claim) -> _);
    let subject = "a collective signature";
    let checks = Checks { subject, honest: &honest, faults: CLAIM_FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    // The last three are one check.
    let impossible = [
        ("commitment-no-element", "commitment-identity"),
        ("message", "commitment-other"),
        ("message", "response-other"),
        ("commitment-other", "response-other"),
    ];
    checks.add_pairs(&mut suite, Pairs::Neighbours, &impossible)?;
    Ok(suite.finish())
}

/// Signatures by whoever knows too little, hashes too little, or adds up what does not belong
/// together.
fn forged_signatures() -> Result<VectorFile, CaseError> {
    let doc = "Signatures that were not made by following the protocol. A rogue key is refused \
               when its possession has to be proven; the verification of a signature cannot detect \
               it.";
    let mut suite = SuiteWriter::new("primitives.cosi_verify", "forged", doc)?;
    let committee = committee()?;
    let (secrets, keys) = (&committee.secrets, &committee.keys);
    let quorum = QUORUM.map(|position| secrets[position]).into_iter();
    let (sum, all) = (
        quorum.fold(Scalar::ZERO, Scalar::add),
        secrets.iter().copied().fold(Scalar::ZERO, Scalar::add),
    );
    let with = |secret, tag, parts| Claim::with_secret(keys, &QUORUM, secret, (tag, parts));
    let cosi = tags::COSI_CHALLENGE;
    let rows = [
        (
            "tag-possession",
            "the tag of proofs of possession in its challenge",
            with(sum, tags::POSSESSION, Parts::All)?,
        ),
        (
            "tag-binding",
            "the tag of the factor b in its challenge",
            with(sum, tags::COSI_BINDING, Parts::All)?,
        ),
        (
            "without-key",
            "a challenge that does not hash the key",
            with(sum, cosi, Parts::WithoutKey)?,
        ),
        (
            "without-message",
            "a challenge that does not hash the message",
            with(sum, cosi, Parts::WithoutMessage)?,
        ),
        (
            "without-commitment",
            "a challenge that does not hash the commitment",
            with(sum, cosi, Parts::WithoutCommitment)?,
        ),
        ("by-one", "the secret key of one signer alone", with(secrets[0], cosi, Parts::All)?),
        (
            "by-all-keys",
            "the sum of the secret keys of all validators instead of the signers'",
            with(all, cosi, Parts::All)?,
        ),
        (
            "commitment-first",
            "R = D, as in the scheme of the paper",
            committee.mixed(|[hiding, _], _| hiding, None)?,
        ),
        (
            "commitment-one",
            "b = 1, R = D + F",
            committee.mixed(|[hiding, binding], _| hiding.add(binding), None)?,
        ),
        (
            "nonces-exchanged",
            "the sums of the nonces exchanged, R = F + b·D",
            committee.mixed(|[hiding, binding], b| binding.add(hiding.multiply(b)), None)?,
        ),
        (
            "restart-mixed",
            "one response of the previous attempt",
            committee.mixed(|[hiding, binding], b| hiding.add(binding.multiply(b)), Some(0))?,
        ),
        ("response-missing", "one response missing", committee.without_last()?),
    ];
    for (slug, what, claim) in rows {
        let doc = format!(
            "Given a collective signature with {what}, when it is verified, then it is refused."
        );
        let intent = Intent::Rejected(CryCosiSignature);
        suite.add(slug, &["CRY-COSI-01", "CRY-COSI-02"], &doc, claim.to_json()?, intent)?;
    }
    add_rogue_key(&mut suite, &committee)?;
    Ok(suite.finish())
}

/// A key that its owner chose after the others': it alone knows the secret of the sum.
fn add_rogue_key(suite: &mut SuiteWriter, committee: &Committee<Real>) -> Result<(), CaseError> {
    let mut rogue = committee.keys.clone();
    let mine = nonzero::<Real>("rogue");
    let mut key = Real::generator().multiply(mine);
    for position in [0, 1, 2] {
        key = key.subtract(<Real as Group>::Element::decode(&committee.keys[position])?);
    }
    rogue[4] = key.encode();
    let how = (tags::COSI_CHALLENGE, Parts::All);
    let mut claim = Claim::with_secret(&rogue, &QUORUM, mine, how)?;
    let doc = "Given a key without a proof of possession that cancels the keys of the other \
               signers, when a signature that its owner made for all of them is verified, then it \
               is valid.";
    suite.add("rogue-key-unproven", &["CRY-COSI-02"], doc, claim.to_json()?, Intent::Ok)?;
    claim.keys = committee.keys.clone();
    let doc = "Given the same signature and only keys with a proof of possession, when it is \
               verified, then it is refused.";
    let intent = Intent::Rejected(CryCosiSignature);
    suite.add("rogue-key-refused", &["CRY-COSI-02"], doc, claim.to_json()?, intent)?;
    Ok(())
}

impl Committee<Real> {
    /// The sum of the responses of the second attempt under another R, or with the response of one
    /// signer, by its place in P, out of the first.
    fn mixed(
        &self,
        commitment: fn([<Real as Group>::Element; 2], Scalar) -> <Real as Group>::Element,
        old: Option<usize>,
    ) -> Result<Claim, CaseError> {
        let challenge = self.challenge(&QUORUM, 1)?;
        let key = QUORUM.iter().map(|position| self.secrets[*position]);
        let key = Real::generator().multiply(key.fold(Scalar::ZERO, Scalar::add)).encode();
        let binding: Scalar = Rules::<Real>::derive_binding(
            &Specification,
            &BindingContext {
                key,
                commitments: challenge.commitments,
                signers: &challenge.signers,
                message: challenge.message,
            },
        );
        let [hiding, binding_part] = &challenge.commitments;
        type Element = <Real as Group>::Element;
        let sums = [Element::decode(hiding)?, Element::decode(binding_part)?];
        let commitment = commitment(sums, binding).encode();
        let (first, second) = (self.attempt(&QUORUM, 0)?, self.attempt(&QUORUM, 1)?);
        let mut response = Scalar::ZERO;
        for (place, (_, sent)) in second.responses.iter().enumerate() {
            let sent = if old == Some(place) { &first.responses[place].1 } else { sent };
            response = response.add(Scalar::decode(&sent.response)?);
        }
        let signature = SchnorrSignature { commitment, response: response.encode() };
        let collective = CollectiveSignature { signers: challenge.signers, signature };
        Ok(Claim { keys: self.keys.clone(), message: self.message, collective })
    }

    /// An honest signature, without the response of the last of P.
    fn without_last(&self) -> Result<Claim, CaseError> {
        let mut claim = Claim::by(self, &QUORUM)?;
        let Attempt { responses, .. } = self.attempt(&QUORUM, 0)?;
        let mut response = Scalar::decode(&claim.collective.signature.response)?;
        for (_, last) in responses.iter().skip(3) {
            response = response.subtract(Scalar::decode(&last.response)?);
        }
        claim.collective.signature.response = response.encode();
        Ok(claim)
    }
}

// --- Toy groups -------------------------------------------------------------------------------

/// An honest signature in each of three toy groups, and two changes of it. The models run over toy
/// groups, so an implementation must agree on these signatures, too.
fn toy_signatures() -> Result<VectorFile, CaseError> {
    let doc = "Signatures over toy groups, and the same signatures with a changed response or \
               commitment.";
    let mut suite = SuiteWriter::tiny("primitives.cosi_verify", "toy-groups", doc)?;
    add_toy::<ToyGroup<5>>(&mut suite)?;
    add_toy::<ToyGroup<7>>(&mut suite)?;
    add_toy::<ToyGroup<11>>(&mut suite)?;
    Ok(suite.finish())
}

fn add_toy<G: Group>(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let group = short_name::<G>();
    // Whether keys or nonces cancel out, as they often do here, is seen when the signature is made.
    let made = (1..100).find_map(|first| {
        let secret = |number: u64| nonzero::<G>(&format!("toy {}", first * 10 + number));
        let committee = Committee::<G>::with((0..4).map(secret).collect()).ok()?;
        Claim::by(&committee, &[0, 1, 3]).ok()
    });
    let claim = made.ok_or_else(|| suite.error(group, "no keys that do not cancel".to_owned()))?;
    let doc = format!(
        "Given three of four signers in {group}, when their collective signature is verified, then \
         it is valid."
    );
    suite.add(&format!("{group}-honest"), VERIFY, &doc, claim.in_group::<G>()?, Intent::Ok)?;
    let signature = &claim.collective.signature;
    let raised = G::Scalar::decode(&signature.response)?.add(G::Scalar::ONE).encode();
    let changes = [
        ("response", "its response increased by 1", raised, signature.commitment, CryCosiSignature),
        (
            "identity",
            "the identity as its commitment R",
            signature.response,
            G::identity().encode(),
            CryElementIdentity,
        ),
    ];
    for (slug, what, response, commitment, rejection) in changes {
        let mut claim = claim.clone();
        claim.collective.signature = SchnorrSignature { commitment, response };
        let doc = format!(
            "Given a signature in {group} with {what}, when it is verified, then it is refused."
        );
        let requirement =
            if rejection == CryCosiSignature { "CRY-COSI-02" } else { "CRY-GROUP-03" };
        let intent = Intent::Rejected(rejection);
        suite.add(
            &format!("{group}-{slug}"),
            &[requirement],
            &doc,
            claim.in_group::<G>()?,
            intent,
        )?;
    }
    Ok(())
}
