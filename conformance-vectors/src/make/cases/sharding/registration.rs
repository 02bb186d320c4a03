//! Registration: each check alone and in pairs, and keys of somebody else's.

use serde_json::{Value, json};

use ioschain_spec::Rejection::{CryPossession, CryVrfProofFalse, EdsRegistrationSignature};
use ioschain_spec::ledger::AccountId;
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::ValidatorKeys;
use ioschain_spec::primitives::vrf::VrfPublicKey;
use ioschain_spec::sharding::registration::{Registration, SignedRegistration};

use super::{key_pairs, validators};
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Edit, Fault, Pairs, add_edits, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

const ALL: &[&str] = &[
    "EDS-REGISTER-01",
    "EDS-REGISTER-02",
    "EDS-REGISTER-03",
    "EDS-REGISTER-04",
    "EDS-REGISTER-05",
];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![messages()?, checks()?, of_others()?])
}

/// What `check_registration` is asked; validators 1 and 2 are registered.
#[derive(Clone)]
struct Question {
    chain_id: Digest,
    registered: Vec<Registration>,
    signed: SignedRegistration,
    /// What is done to the proofs, which are made when the question is asked, over what is
    /// registered.
    spoil: Vec<fn(&mut SignedRegistration)>,
}

fn registration(keys: ValidatorKeys) -> Registration {
    Registration { chain_id: digest("chain"), keys, owner: AccountId(digest("owner")) }
}

fn sign(registration: Registration) -> Result<SignedRegistration, CaseError> {
    let signed = registration.sign(&key_pairs(0));
    let problem = "the message cannot be hashed to the curve".to_owned();
    signed.ok_or_else(|| CaseError { id: "identity.check_registration".to_owned(), problem })
}

impl Question {
    fn honest() -> Result<Self, CaseError> {
        let keys = validators(3);
        let registered = keys[1..].iter().map(|keys| registration(*keys)).collect();
        let signed = sign(registration(keys[0]))?;
        Ok(Self { chain_id: digest("chain"), registered, signed, spoil: Vec::new() })
    }

    /// The input, with proofs that fit what is registered, but for what is spoilt.
    fn to_json(&self) -> Result<Value, CaseError> {
        let mut signed = sign(self.signed.registration.clone())?;
        self.spoil.iter().for_each(|spoil| spoil(&mut signed));
        self.with(&signed)
    }

    fn with(&self, signed: &SignedRegistration) -> Result<Value, CaseError> {
        Ok(json!({
            "chain_id": hex::encode(self.chain_id.0),
            "registered": list_to_json(&self.registered)?,
            "signed": to_json(signed)?,
        }))
    }

    fn keys(&mut self) -> &mut ValidatorKeys {
        &mut self.signed.registration.keys
    }
}

/// An implementation that signs another message, or derives the home shard otherwise, differs here.
fn messages() -> Result<VectorFile, CaseError> {
    let doc = "The message that the keys of a registration prove, and the home shard of its \
               validator.";
    let mut suite = SuiteWriter::new("identity.registration", "messages", doc)?;
    let honest = registration(validators(1)[0]);
    let owner = Registration { owner: AccountId(digest("another owner")), ..honest.clone() };
    let chain = Registration { chain_id: digest("another chain"), ..honest.clone() };
    let questions = [
        ("honest", "a registration", &honest, 4),
        ("one-shard", "a registration on a chain with one shard", &honest, 1),
        ("many-shards", "a registration on a chain with 1,024 shards", &honest, 1024),
        ("other-owner", "a registration with another owner", &owner, 1024),
        ("other-chain", "a registration for another chain", &chain, 1024),
    ];
    for (slug, what, registration, shards) in questions {
        let doc = format!(
            "Given {what}, when its message and its home shard are computed, then they are as \
             expected."
        );
        let input = json!({ "registration": to_json(registration)?, "shards": shards });
        suite.add(slug, &["EDS-REGISTER-06"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// The identity, on the curve of the signatures and the lottery.
fn neutral() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
}

/// Faults in the order of the checks: one for each but those of the encodings in the group key and
/// its proof of possession.
const FAULTS: &[Fault<Question>] = &faults! { Question:
    "chain" => EdsRegistrationChain, "EDS-REGISTER-01", "it is for another chain",
        |question| question.chain_id = digest("another chain");
    "repeated" => EdsRegistrationRepeated, "EDS-REGISTER-02",
        "one of its keys is already registered",
        |question| {
            let key = question.keys().signing;
            question.registered[1].keys.signing = key;
        };
    "signature" => EdsRegistrationSignature, "EDS-REGISTER-03", "it is not signed",
        |question| question.spoil.push(|signed| signed.signature = Signature([0; 64]));
    "lottery-key" => CryVrfKey, "EDS-REGISTER-04", "its lottery key is of small order",
        |question| question.keys().lottery = VrfPublicKey(neutral());
    "lottery-form" => CryVrfProofMalformed, "EDS-REGISTER-04",
        "the response of its lottery proof is not a scalar",
        |question| question.spoil.push(|signed| signed.lottery_proof.response = [0xff; 32]);
    "lottery-proof" => CryVrfProofFalse, "EDS-REGISTER-04",
        "the challenge of its lottery proof was changed",
        |question| question.spoil.push(|signed| signed.lottery_proof.challenge[0] ^= 1);
    "group-key" => CryElementIdentity, "EDS-REGISTER-05", "its group key is the identity",
        |question| question.keys().group = EncodedElement([0; 32]);
    "possession" => CryPossession, "EDS-REGISTER-05",
        "the response of its proof of possession was changed",
        |question| question.spoil.push(|signed| signed.possession.response.0[0] ^= 1);
};

/// An implementation that leaves a check out, or has another order of checks, gives another answer.
fn checks() -> Result<VectorFile, CaseError> {
    let doc = "Honest registrations, registrations with one fault for each check, and \
               registrations with two faults.";
    let mut suite = SuiteWriter::new("identity.check_registration", "checks", doc)?;
    let honest = Question::honest()?;
    let doc = "Given an honest registration, when it is checked, then it is accepted.";
    suite.add("honest", ALL, doc, honest.to_json()?, Intent::Ok)?;
    let first = Question { registered: vec![], ..honest.clone() };
    let doc = "Given an honest registration and no registered validators, when it is checked, \
               then it is accepted.";
    suite.add("first", ALL, doc, first.to_json()?, Intent::Ok)?;
    let ask = Question::to_json;
    let checks = Checks { subject: "a registration", honest: &honest, faults: FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::All, &[])?;
    Ok(suite.finish())
}

/// Keys of others that validator 0 registers for itself. An implementation that does not ask for a
/// proof of each key, or takes a proof over another registration, lets it cancel or take over their
/// keys.
fn of_others() -> Result<VectorFile, CaseError> {
    let doc = "Registrations with keys that are already registered, with the keys of another \
               holder, or with changes after signing.";
    let mut suite = SuiteWriter::new("identity.check_registration", "others", doc)?;
    let honest = Question::honest()?;
    add_registered(&mut suite, &honest)?;
    let theirs = key_pairs(9);
    let of_theirs = registration(theirs.public_keys()).sign(&theirs);
    let problem = || suite.error("others", "the message cannot be hashed to the curve".to_owned());
    let of_theirs = of_theirs.ok_or_else(problem)?;
    let keys = of_theirs.registration.keys;
    type Steal = fn(&mut ValidatorKeys, &ValidatorKeys);
    type Copy = fn(&mut SignedRegistration, &SignedRegistration);
    let parts: [(&str, &str, _, Steal, Copy); 3] = [
        (
            "signing",
            "EDS-REGISTER-03",
            EdsRegistrationSignature,
            |mine, keys| mine.signing = keys.signing,
            |mine, other| mine.signature = other.signature,
        ),
        (
            "lottery",
            "EDS-REGISTER-04",
            CryVrfProofFalse,
            |mine, keys| mine.lottery = keys.lottery,
            |mine, other| mine.lottery_proof = other.lottery_proof,
        ),
        (
            "group",
            "EDS-REGISTER-05",
            CryPossession,
            |mine, keys| mine.group = keys.group,
            |mine, other| mine.possession = other.possession,
        ),
    ];
    for (part, requirement, rejection, steal, copy) in parts {
        let mut mine = honest.signed.registration.clone();
        steal(&mut mine.keys, &keys);
        let own_proof = sign(mine)?;
        let mut copied = own_proof.clone();
        copy(&mut copied, &of_theirs);
        for (slug, what, signed) in [
            ("own", "a proof by the registering validator", own_proof),
            ("copied", "a copy of its holder's proof", copied),
        ] {
            let doc = format!(
                "Given a registration with the {part} key of another holder and {what}, when it \
                 is checked, then it is refused."
            );
            let slug = format!("{part}-{slug}-proof");
            suite.add(
                &slug,
                &[requirement],
                &doc,
                honest.with(&signed)?,
                Intent::Rejected(rejection),
            )?;
        }
    }
    add_changed(&mut suite, &honest)?;
    Ok(suite.finish())
}

const REPEATED: &[&str] = &["EDS-REGISTER-02"];

/// An implementation that compares whole registrations, or one kind of key alone, lets a validator
/// register a key that another has.
const REGISTERED: &[Edit<Question>] = &edits! { Question:
    "registered-all" => EdsRegistrationRepeated, REPEATED, "all keys",
        |question| question.registered[0].keys = *question.keys();
    "registered-signing" => EdsRegistrationRepeated, REPEATED, "the signing key",
        |question| question.registered[0].keys.signing = question.keys().signing;
    "registered-lottery" => EdsRegistrationRepeated, REPEATED, "the lottery key",
        |question| question.registered[0].keys.lottery = question.keys().lottery;
    "registered-group" => EdsRegistrationRepeated, REPEATED, "the group key",
        |question| question.registered[0].keys.group = question.keys().group;
};

/// Keys that are registered; and keys whose bytes are, which an implementation refuses that
/// compares bytes without the kind of the key.
fn add_registered(suite: &mut SuiteWriter, honest: &Question) -> Result<(), CaseError> {
    let doc = "Given a registration with {what} of a registered validator, when it is checked, \
               then it is refused.";
    add_edits(suite, honest, Question::to_json, doc, REGISTERED)?;
    // The bytes of another kind of key are not that key.
    let mut question = honest.clone();
    let keys = question.signed.registration.keys;
    question.registered[0].keys.signing = PublicKey(keys.group.0);
    question.registered[1].keys.group = EncodedElement(keys.lottery.0);
    let doc = "Given a registration with keys whose bytes are registered as keys of another kind, \
               when it is checked, then it is accepted.";
    suite.add("other-kinds", ALL, doc, question.to_json()?, Intent::Ok)?;
    Ok(())
}

/// The owner is another than was signed; one key after the other signs again. An implementation
/// whose proofs do not all cover the owner accepts too early.
fn add_changed(suite: &mut SuiteWriter, honest: &Question) -> Result<(), CaseError> {
    let mut changed = honest.signed.registration.clone();
    changed.owner = AccountId(digest("another owner"));
    let again = sign(changed)?;
    let mut signed = SignedRegistration {
        registration: again.registration.clone(),
        ..sign(honest.signed.registration.clone())?
    };
    type Prove = fn(&mut SignedRegistration, &SignedRegistration);
    let steps: [(&str, &str, Intent, Prove); 4] = [
        (
            "nobody",
            "no key proves the changed registration",
            Intent::Rejected(EdsRegistrationSignature),
            |_, _| {},
        ),
        (
            "signing",
            "only the signing key proves the changed registration",
            Intent::Rejected(CryVrfProofFalse),
            |signed, again| {
                signed.signature = again.signature;
            },
        ),
        (
            "lottery",
            "only the signing key and the lottery key prove the changed registration",
            Intent::Rejected(CryPossession),
            |signed, again| {
                signed.lottery_proof = again.lottery_proof;
            },
        ),
        ("group", "all three keys prove the changed registration", Intent::Ok, |signed, again| {
            signed.possession = again.possession;
        }),
    ];
    for (slug, what, intent, prove) in steps {
        prove(&mut signed, &again);
        let doc = format!(
            "Given a registration whose owner was changed, when {what}, then the answer is as \
             expected."
        );
        let slug = format!("owner-changed-{slug}");
        suite.add(&slug, ALL, &doc, honest.with(&signed)?, intent)?;
    }
    Ok(())
}
