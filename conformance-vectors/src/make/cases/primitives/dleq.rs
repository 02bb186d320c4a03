//! Proofs of equal logarithms: honest ones, ones with one thing changed, and forgeries that fit a
//! verifier which does not compute the challenge, or computes it over too little.

use ioschain_spec::Rejection::{
    self, CryDleqProof, CryElementEncoding, CryElementIdentity, CryScalarEncoding,
};
use ioschain_spec::primitives::dleq::{
    DleqProof, DleqStatement, ProofContext, ProofRole, derive_challenge, prove, respond, verify,
};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, EncodedScalar, Group, Scalar,
};
use ioschain_spec::primitives::hash::tags;
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::toy_group::ToyGroup;
use serde_json::{Value, json};

use super::curve_points::plus_order;
use super::group::{element, nonzero, scalar, scalar_json, short_name};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::case_table;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;
use crate::reference::to_json;

const ALL: &[&str] = &["CRY-DLEQ-01", "CRY-DLEQ-02", "CRY-DLEQ-03"];
const CONTEXT: &[&str] = &["CRY-DLEQ-01"];
const EQUATIONS: &[&str] = &["CRY-DLEQ-02"];
const IDENTITY: &[&str] = &["CRY-DLEQ-03"];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut toy = SuiteWriter::tiny(
        "primitives.dleq_verify",
        "toy-groups",
        "Proofs over toy groups: honest ones, and ones with one thing changed. A change is tried under \
         growing numbers until the challenge is another, which it is not once in as many times as there \
         are elements.",
    )?;
    add_toy::<ToyGroup<5>>(&mut toy)?;
    add_toy::<ToyGroup<7>>(&mut toy)?;
    add_toy::<ToyGroup<11>>(&mut toy)?;
    Ok(vec![
        proving()?,
        toy_proving()?,
        honest()?,
        changed()?,
        unsound()?,
        weak_challenges()?,
        toy.finish(),
    ])
}

/// What `dleq_verify` is asked.
#[derive(Clone)]
struct Claim {
    context: ProofContext,
    bases: [EncodedElement; 2],
    values: [EncodedElement; 2],
    proof: DleqProof,
}

/// Where a proof of encryption belongs that has this second base and these values.
fn context(bases: [EncodedElement; 2], values: [EncodedElement; 2]) -> ProofContext {
    let ([base, key], [_, encrypted]) = (bases, values);
    ProofContext {
        session: digest("session"),
        dealer: digest("dealer"),
        base,
        commitments: digest("commitments"),
        recipient: Position(3),
        key,
        encrypted,
        role: ProofRole::Encryption,
    }
}

impl Claim {
    /// An honest dealer's claim: that an encrypted share is the committed one.
    fn encryption<G: Group>(secret: G::Scalar) -> Result<Self, CaseError> {
        let bases = [G::generator().multiply(nonzero::<G>("base")), public_key::<G>()];
        let statement = DleqStatement::<G>::with_logarithm(bases, secret);
        let context = context(bases.map(|b| b.encode()), statement.values.map(|v| v.encode()));
        Self::prove(context, &statement, secret)
    }

    /// An honest recipient's claim: that a share is the encrypted one.
    fn decryption<G: Group>(share: G::Element) -> Result<Self, CaseError> {
        let secret = nonzero::<G>("key");
        let bases = [G::generator(), share];
        let statement = DleqStatement::<G>::with_logarithm(bases, secret);
        let [key, encrypted] = statement.values.map(|value| value.encode());
        let base = G::generator().multiply(nonzero::<G>("base")).encode();
        let role = ProofRole::Decryption(share.encode());
        let context = ProofContext { role, ..context([base, key], [key, encrypted]) };
        Self::prove(context, &statement, secret)
    }

    /// With a nonce for which neither challenge nor response is 0, as they would often be in a toy
    /// group.
    fn prove<G: Group>(
        context: ProofContext,
        statement: &DleqStatement<G>,
        secret: G::Scalar,
    ) -> Result<Self, CaseError> {
        let mut proof = prove::<G>(&context, statement.bases, secret, first_nonce::<G>())?;
        for number in 0..1_000 {
            let challenge = derive_challenge::<G>(&context, &proof.nonce_commitments);
            if challenge != G::Scalar::ZERO && proof.response != G::Scalar::ZERO.encode() {
                break;
            }
            let nonce = nonzero::<G>(&format!("nonce {number}"));
            proof = prove::<G>(&context, statement.bases, secret, nonce)?;
        }
        let bases = statement.bases.map(|base| base.encode());
        Ok(Self { context, bases, values: statement.values.map(|value| value.encode()), proof })
    }

    /// What the specification says.
    fn answer<G: Group>(&self) -> Result<(), Rejection> {
        let decode = |[one, other]: &[EncodedElement; 2]| -> Result<_, Rejection> {
            Ok([G::Element::decode(one)?, G::Element::decode(other)?])
        };
        let (bases, values) = (decode(&self.bases)?, decode(&self.values)?);
        verify(&self.context, &DleqStatement::<G> { bases, values }, &self.proof.decode()?)
    }

    fn to_json<G: Group>(&self) -> Result<Value, CaseError> {
        let all = |elements: &[EncodedElement; 2]| -> Result<Vec<Value>, CaseError> {
            elements.iter().map(|element| Ok(to_json(element)?)).collect()
        };
        Ok(json!({
            "group": G::NAME,
            "context": to_json(&self.context)?,
            "bases": all(&self.bases)?,
            "values": all(&self.values)?,
            "proof": to_json(&self.proof)?,
        }))
    }
}

fn first_nonce<G: Group>() -> G::Scalar {
    nonzero::<G>("nonce")
}

fn public_key<G: Group>() -> G::Element {
    G::generator().multiply(nonzero::<G>("key"))
}

// --- Honest proofs ----------------------------------------------------------------------------

fn proving() -> Result<VectorFile, CaseError> {
    let doc = "Proofs with given nonces, and nonces that no proof is made with.";
    let mut suite = SuiteWriter::new("primitives.dleq_prove", "nonces", doc)?;
    add_proving::<Ristretto255>(&mut suite)?;
    Ok(suite.finish())
}

fn toy_proving() -> Result<VectorFile, CaseError> {
    let doc = "Proofs over toy groups with given nonces, and nonces that no proof is made with.";
    let mut suite = SuiteWriter::tiny("primitives.dleq_prove", "nonces", doc)?;
    add_proving::<ToyGroup<5>>(&mut suite)?;
    add_proving::<ToyGroup<7>>(&mut suite)?;
    add_proving::<ToyGroup<11>>(&mut suite)?;
    Ok(suite.finish())
}

fn add_proving<G: Group>(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let identity = G::identity().encode();
    let claim = Claim::encryption::<G>(scalar::<G>("secret"))?;
    let (one, zero) = (G::Scalar::ONE, G::Scalar::ZERO);
    let (secret, nonce) = (scalar::<G>("secret"), nonzero::<G>("nonce"));
    let [first, second] = claim.bases;
    let refused = Intent::Rejected(CryElementIdentity);
    let questions = [
        ("honest", "a secret and a nonce", [first, second], secret, nonce, Intent::Ok),
        ("nonce-one", "the nonce 1", [first, second], secret, one, Intent::Ok),
        ("secret-zero", "the secret 0", [first, second], zero, nonce, Intent::Ok),
        (
            "second-base-identity",
            "the identity as second base",
            [first, identity],
            secret,
            nonce,
            Intent::Ok,
        ),
        ("nonce-zero", "the nonce 0", [first, second], secret, zero, refused.clone()),
        (
            "first-base-identity",
            "the identity as first base",
            [identity, second],
            secret,
            nonce,
            refused,
        ),
    ];
    for (slug, what, bases, secret, nonce, intent) in questions {
        let group = short_name::<G>();
        let doc =
            format!("Given {what} in {group}, when a proof is made, then this is the answer.");
        let requirements = if intent == Intent::Ok { ALL } else { IDENTITY };
        let input = json!({
            "group": G::NAME,
            "context": to_json(&claim.context)?,
            "bases": [to_json(&bases[0])?, to_json(&bases[1])?],
            "secret": scalar_json::<G>(secret),
            "nonce": scalar_json::<G>(nonce),
        });
        suite.add(&format!("{group}-{slug}"), requirements, &doc, input, intent)?;
    }
    Ok(())
}

/// Honest claims: slug, in words.
fn honest_claims<G: Group>() -> Result<Vec<(&'static str, &'static str, Claim)>, CaseError> {
    let share = public_key::<G>().multiply(nonzero::<G>("share"));
    Ok(vec![
        ("encryption", "of encryption", Claim::encryption::<G>(nonzero::<G>("secret"))?),
        ("decryption", "of decryption", Claim::decryption::<G>(share)?),
        (
            "secret-zero",
            "of encryption, in which both values are the identity",
            Claim::encryption::<G>(G::Scalar::ZERO)?,
        ),
        (
            "share-identity",
            "of decryption, in which the share is the identity",
            Claim::decryption::<G>(G::identity())?,
        ),
    ])
}

fn add_honest<G: Group>(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    for (slug, what, claim) in honest_claims::<G>()? {
        let group = short_name::<G>();
        let doc = format!("Given an honest proof {what}, when it is verified, then it holds.");
        suite.add(&format!("{group}-{slug}"), ALL, &doc, claim.to_json::<G>()?, Intent::Ok)?;
    }
    Ok(())
}

fn honest() -> Result<VectorFile, CaseError> {
    let doc = "Honest proofs, of both roles.";
    let mut suite = SuiteWriter::new("primitives.dleq_verify", "honest", doc)?;
    add_honest::<Ristretto255>(&mut suite)?;
    Ok(suite.finish())
}

// --- One thing changed ------------------------------------------------------------------------

/// What is changed: slug, in words, requirements, in fact. The number tells other values apart.
type Change = (&'static str, &'static str, &'static [&'static str], fn(&mut Claim, u32));

fn other<G: Group>(number: u32) -> EncodedElement {
    element::<G>(&format!("other {number}")).encode()
}

fn context_changes<G: Group>() -> Vec<Change> {
    vec![
        ("session", "of another session", CONTEXT, |claim, number| {
            claim.context.session = digest(&format!("other {number}"));
        }),
        ("dealer", "of another dealer", CONTEXT, |claim, number| {
            claim.context.dealer = digest(&format!("other {number}"));
        }),
        ("base", "in the context of another base", CONTEXT, |claim, number| {
            claim.context.base = other::<G>(number);
        }),
        ("commitments", "of other commitments", CONTEXT, |claim, number| {
            claim.context.commitments = digest(&format!("other {number}"));
        }),
        ("recipient", "for another recipient", CONTEXT, |claim, number| {
            claim.context.recipient += number + 1;
        }),
        ("key", "in the context of another key", CONTEXT, |claim, number| {
            claim.context.key = other::<G>(number);
        }),
        ("encrypted", "in the context of another encrypted share", CONTEXT, |claim, number| {
            claim.context.encrypted = other::<G>(number);
        }),
        ("role", "in the context of the other role", CONTEXT, |claim, number| {
            claim.context.role = match claim.context.role {
                ProofRole::Encryption => ProofRole::Decryption(other::<G>(number)),
                ProofRole::Decryption(_) => ProofRole::Encryption,
            };
        }),
    ]
}

fn equation_changes<G: Group>() -> Vec<Change> {
    vec![
        ("first-base", "with another first base", EQUATIONS, |claim, number| {
            claim.bases[0] = other::<G>(number);
        }),
        ("second-base", "with another second base", EQUATIONS, |claim, number| {
            claim.bases[1] = other::<G>(number);
        }),
        ("first-value", "with another first value", EQUATIONS, |claim, number| {
            claim.values[0] = other::<G>(number);
        }),
        ("second-value", "with another second value", EQUATIONS, |claim, number| {
            claim.values[1] = other::<G>(number);
        }),
        ("first-commitment", "with another commitment T1", ALL, |claim, number| {
            claim.proof.nonce_commitments[0] = other::<G>(number);
        }),
        ("second-commitment", "with another commitment T2", ALL, |claim, number| {
            claim.proof.nonce_commitments[1] = other::<G>(number);
        }),
        ("response", "with another response", EQUATIONS, |claim, number| {
            claim.proof.response = scalar::<G>(&format!("other {number}")).encode();
        }),
    ]
}

/// What has no number: another one would be no other.
fn exchanges() -> Vec<Change> {
    vec![
        ("bases-exchanged", "with its bases exchanged", EQUATIONS, |claim, _| {
            claim.bases.reverse()
        }),
        ("values-exchanged", "with its values exchanged", EQUATIONS, |claim, _| {
            claim.values.reverse();
        }),
        ("statement-exchanged", "with bases and values exchanged", ALL, |claim, _| {
            claim.bases.reverse();
            claim.values.reverse();
        }),
        ("commitments-exchanged", "with T1 and T2 exchanged", ALL, |claim, _| {
            claim.proof.nonce_commitments.reverse();
        }),
        ("response-zero", "with the response 0", EQUATIONS, |claim, _| {
            claim.proof.response = EncodedScalar([0; 32]);
        }),
    ]
}

/// Adds an honest claim with each change that makes it false.
fn add_changed<G: Group>(
    suite: &mut SuiteWriter,
    (slug, what, honest): &(&str, &str, Claim),
    changes: &[Change],
) -> Result<(), CaseError> {
    for (change_slug, change, requirements, apply) in changes {
        let slug = format!("{}-{slug}-{change_slug}", short_name::<G>());
        let changed = (0..1_000).map(|number| {
            let mut claim = honest.clone();
            apply(&mut claim, number);
            claim
        });
        let claim = changed
            .into_iter()
            .find(|claim| claim.answer::<G>() == Err(CryDleqProof))
            .ok_or_else(|| suite.error(&slug, "the proof holds all the same".to_owned()))?;
        let doc = format!(
            "Given an honest proof {what}, when it is verified {change}, then it is refused."
        );
        let intent = Intent::Rejected(CryDleqProof);
        suite.add(&slug, requirements, &doc, claim.to_json::<G>()?, intent)?;
    }
    Ok(())
}

fn changed() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Honest proofs with one thing changed, in what they are about or in themselves.";
    let mut suite = SuiteWriter::new("primitives.dleq_verify", "changed", doc)?;
    let honest = honest_claims::<G>()?;
    let (encryption, decryption) = (&honest[0], &honest[1]);
    add_changed::<G>(&mut suite, encryption, &context_changes::<G>())?;
    add_changed::<G>(&mut suite, encryption, &equation_changes::<G>())?;
    add_changed::<G>(&mut suite, encryption, &exchanges())?;
    let other_share: Change =
        ("share", "in the context of another share", CONTEXT, |claim, number| {
            claim.context.role = ProofRole::Decryption(other::<G>(number));
        });
    let mut changes = vec![other_share];
    changes.extend(context_changes::<G>().into_iter().filter(|change| change.0 == "role"));
    changes.extend(equation_changes::<G>().into_iter().skip(4));
    add_changed::<G>(&mut suite, decryption, &changes)?;
    add_bad_parts(&mut suite, &encryption.2)?;
    Ok(suite.finish())
}

const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const NEUTRAL: EncodedElement = EncodedElement([0; 32]);

/// Slug, in words, the reason, whether there is a second fault, in fact.
type BadPart = (&'static str, &'static str, Rejection, bool, fn(&mut Claim));

/// Parts that are no element, no scalar, or the identity; and two such faults.
const BAD_PARTS: &[BadPart] = case_table! {
    "first-base-no-element", "a first base that is no element", CryElementEncoding, false
        => |claim| claim.bases[0] = NO_ELEMENT;
    "second-value-no-element", "a second value that is no element", CryElementEncoding, false
        => |claim| claim.values[1] = NO_ELEMENT;
    "first-commitment-no-element", "a T1 that is no element", CryElementEncoding, false
        => |claim| claim.proof.nonce_commitments[0] = NO_ELEMENT;
    "second-commitment-no-element", "a T2 that is no element", CryElementEncoding, false
        => |claim| claim.proof.nonce_commitments[1] = NO_ELEMENT;
    "response-raised", "a response raised by the order", CryScalarEncoding, false
        => |claim| claim.proof.response = EncodedScalar(plus_order(&claim.proof.response.0));
    "first-base-identity", "the identity as first base", CryElementIdentity, false
        => |claim| claim.bases[0] = NEUTRAL;
    "first-commitment-identity", "the identity as T1", CryElementIdentity, false
        => |claim| claim.proof.nonce_commitments[0] = NEUTRAL;
    "second-commitment-identity", "the identity as T2", CryElementIdentity, false
        => |claim| claim.proof.nonce_commitments[1] = NEUTRAL;
    "element-before-scalar", "a T2 that is no element and a response that is no scalar",
        CryElementEncoding, true => |claim| {
            claim.proof.nonce_commitments[1] = NO_ELEMENT;
            claim.proof.response = EncodedScalar([0xff; 32]);
        };
    "scalar-before-identity", "a response that is no scalar and the identity as T1",
        CryScalarEncoding, true => |claim| {
            claim.proof.nonce_commitments[0] = NEUTRAL;
            claim.proof.response = EncodedScalar([0xff; 32]);
        };
    "identity-before-proof", "the identity as T1 and another session", CryElementIdentity, true
        => |claim| {
            claim.proof.nonce_commitments[0] = NEUTRAL;
            claim.context.session = digest("other");
        };
};

fn add_bad_parts(suite: &mut SuiteWriter, honest: &Claim) -> Result<(), CaseError> {
    for (slug, what, rejection, second_fault, commit) in BAD_PARTS.iter().copied() {
        let mut claim = honest.clone();
        commit(&mut claim);
        let doc =
            format!("Given an honest proof with {what}, when it is verified, then it is refused.");
        let requirement = match rejection {
            CryElementEncoding => "CRY-GROUP-01",
            CryScalarEncoding => "CRY-GROUP-02",
            _ => "CRY-DLEQ-03",
        };
        let input = claim.to_json::<Ristretto255>()?;
        let case = suite.add(slug, &[requirement], &doc, input, Intent::Rejected(rejection))?;
        if second_fault {
            case.flag(FLAG_SECOND_FAULT);
        }
    }
    Ok(())
}

// --- Forgeries --------------------------------------------------------------------------------

/// A statement about honest bases, true or false, with T1 and T2 fitted to a challenge.
fn fitted<G: Group>(challenge: G::Scalar, is_true: bool) -> Claim {
    let bases = [G::generator().multiply(nonzero::<G>("base")), public_key::<G>()];
    let (secret, response) = (nonzero::<G>("secret"), nonzero::<G>("response"));
    let other_secret = if is_true { secret } else { secret.add(G::Scalar::ONE) };
    let values = [bases[0].multiply(secret), bases[1].multiply(other_secret)];
    let fit = |base: G::Element, value: G::Element| {
        base.multiply(response).subtract(value.multiply(challenge)).encode()
    };
    let nonce_commitments = [fit(bases[0], values[0]), fit(bases[1], values[1])];
    let proof = DleqProof { nonce_commitments, response: response.encode() };
    let (bases, values) = (bases.map(|b| b.encode()), values.map(|v| v.encode()));
    Claim { context: context(bases, values), bases, values, proof }
}

/// A fault of public code until 2024: the verifier takes the challenge from the proof.
fn unsound() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Proofs with T1 and T2 fitted to a challenge, mostly of false statements: they hold for a \
               verifier that takes the challenge from whoever proves, and does not compute it.";
    let mut suite = SuiteWriter::new("primitives.dleq_verify", "fitted", doc)?;
    let challenges = [
        ("chosen", "a challenge that was chosen", scalar::<G>("challenge")),
        ("one", "the challenge 1", <G as Group>::Scalar::ONE),
        ("zero", "the challenge 0", <G as Group>::Scalar::ZERO),
    ];
    for (slug, what, challenge) in challenges {
        for (kind, is_true) in [("false", false), ("true", true)] {
            let claim = fitted::<G>(challenge, is_true);
            let doc = format!(
                "Given a {kind} statement with T1 and T2 fitted to {what}, when the proof is verified, then it is refused."
            );
            let intent = Intent::Rejected(CryDleqProof);
            suite.add(&format!("{slug}-{kind}"), ALL, &doc, claim.to_json::<G>()?, intent)?;
        }
    }
    Ok(suite.finish())
}

/// What the challenge hashes, part by part.
fn hashed_parts(
    context: &ProofContext,
    commitments: &[EncodedElement; 2],
) -> [(&'static str, Vec<u8>); 10] {
    [
        ("session", encode(&context.session)),
        ("dealer", encode(&context.dealer)),
        ("base", encode(&context.base)),
        ("commitments", encode(&context.commitments)),
        ("recipient", encode(&context.recipient)),
        ("key", encode(&context.key)),
        ("encrypted", encode(&context.encrypted)),
        ("role", encode(&context.role)),
        ("t1", encode(&commitments[0])),
        ("t2", encode(&commitments[1])),
    ]
}

/// The challenge over those parts that `is_hashed` names, in their order.
fn weak_challenge<G: Group>(
    context: &ProofContext,
    commitments: &[EncodedElement; 2],
    is_hashed: impl Fn(&str) -> bool,
) -> G::Scalar {
    let parts = hashed_parts(context, commitments).into_iter();
    let hashed: Vec<u8> =
        parts.filter(|(name, _)| is_hashed(name)).flat_map(|(_, bytes)| bytes).collect();
    let domain = ["HashToScalar-IOSChain/v1", G::NAME, tags::DLEQ_CHALLENGE.name()].join("-");
    G::hash_to_scalar(domain.as_bytes(), &hashed)
}

/// Another fault of public code: the challenge hashes values and commitments, and neither bases nor
/// context.
fn weak_challenges() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Proofs that answer a challenge over a part of what is to be hashed: whoever leaves that \
               out accepts them, elsewhere than where they belong or of false statements.";
    let mut suite = SuiteWriter::new("primitives.dleq_verify", "weak-challenges", doc)?;
    let honest = Claim::encryption::<G>(nonzero::<G>("secret"))?;
    let (secret, nonce) = (nonzero::<G>("secret"), first_nonce::<G>());
    let commitments = honest.proof.nonce_commitments;
    let full = weak_challenge::<G>(&honest.context, &commitments, |_| true);
    if full != derive_challenge::<G>(&honest.context, &commitments) {
        return Err(suite.error("parts", "the parts are not those of the challenge".to_owned()));
    }
    for (left_out, _) in hashed_parts(&honest.context, &commitments) {
        let challenge = weak_challenge::<G>(&honest.context, &commitments, |name| name != left_out);
        let mut claim = honest.clone();
        claim.proof.response = respond(secret, nonce, challenge).encode();
        let doc = format!(
            "Given a true statement and a challenge that leaves out {left_out}, when the proof is verified, then it is refused."
        );
        let intent = Intent::Rejected(CryDleqProof);
        suite.add(&format!("without-{left_out}"), ALL, &doc, claim.to_json::<G>()?, intent)?;
    }
    let adaptive = [
        (
            "values-chosen-last",
            "values chosen after a challenge over T1 and T2 alone",
            values_last::<G>(),
        ),
        (
            "bases-chosen-last",
            "bases chosen after a challenge over values, T1 and T2",
            bases_last::<G>(),
        ),
    ];
    for (slug, what, claim) in adaptive {
        let claim = claim.ok_or_else(|| suite.error(slug, "a scalar is 0".to_owned()))?;
        let doc = format!(
            "Given a false statement with {what}, when the proof is verified, then it is refused."
        );
        let intent = Intent::Rejected(CryDleqProof);
        suite.add(slug, ALL, &doc, claim.to_json::<G>()?, intent)?;
    }
    Ok(suite.finish())
}

/// T1 and T2 with different nonces, and the values for which both equations hold.
fn values_last<G: Group>() -> Option<Claim> {
    let bases = [G::generator().multiply(nonzero::<G>("base")), public_key::<G>()];
    let nonce = nonzero::<G>("nonce");
    let commitments = [bases[0].multiply(nonce), bases[1].multiply(nonce.add(G::Scalar::ONE))];
    let encoded = commitments.map(|commitment| commitment.encode());
    let nothing = context(encoded, encoded);
    let is_commitment = |name: &str| ["t1", "t2"].contains(&name);
    let inverse = weak_challenge::<G>(&nothing, &encoded, is_commitment).invert()?;
    let response = nonzero::<G>("response");
    let value = |base: G::Element, commitment: G::Element| {
        base.multiply(response).subtract(commitment).multiply(inverse).encode()
    };
    let values = [value(bases[0], commitments[0]), value(bases[1], commitments[1])];
    let bases = bases.map(|base| base.encode());
    let proof = DleqProof { nonce_commitments: encoded, response: response.encode() };
    Some(Claim { context: context(bases, values), bases, values, proof })
}

/// Values, T1 and T2 of anything, and the bases for which both equations hold. The hash is one over
/// the encrypted share, the committed one in the place of the commitments, T1 and T2.
fn bases_last<G: Group>() -> Option<Claim> {
    let values = [element::<G>("first value"), element::<G>("second value")];
    let commitments = [element::<G>("T1"), element::<G>("T2")];
    let (values_encoded, encoded) = (values.map(|v| v.encode()), commitments.map(|c| c.encode()));
    let hashed = [values_encoded, encoded].map(|pair| encode(&pair)).concat();
    let domain = ["HashToScalar-IOSChain/v1", G::NAME, tags::DLEQ_CHALLENGE.name()].join("-");
    let challenge = G::hash_to_scalar(domain.as_bytes(), &hashed);
    let response = nonzero::<G>("response");
    let inverse = response.invert()?;
    let base = |value: G::Element, commitment: G::Element| {
        commitment.add(value.multiply(challenge)).multiply(inverse).encode()
    };
    let bases = [base(values[0], commitments[0]), base(values[1], commitments[1])];
    let proof = DleqProof { nonce_commitments: encoded, response: response.encode() };
    let context = context(bases, values_encoded);
    Some(Claim { context, bases, values: values_encoded, proof })
}

// --- Toy groups -------------------------------------------------------------------------------

fn add_toy<G: Group>(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    add_honest::<G>(suite)?;
    let honest = honest_claims::<G>()?;
    let (encryption, decryption) = (&honest[0], &honest[1]);
    let kept = |changes: Vec<Change>, slugs: &[&str]| -> Vec<Change> {
        changes.into_iter().filter(|change| slugs.contains(&change.0)).collect()
    };
    let of_context = kept(context_changes::<G>(), &["session", "recipient", "role"]);
    let of_equations = equation_changes::<G>();
    let of_values = kept(of_equations.clone(), &["second-base", "second-value", "response"]);
    add_changed::<G>(suite, encryption, &of_context)?;
    add_changed::<G>(suite, encryption, &of_values)?;
    add_changed::<G>(suite, decryption, &kept(of_equations, &["first-commitment", "response"]))
}
