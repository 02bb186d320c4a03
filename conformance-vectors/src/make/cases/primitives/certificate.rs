//! Quorums, certificates by enough signers and by too few, and certificates with one change or two
//! faults.

use ioschain_model::words::count;
use serde_json::{Value, json};

use ioschain_spec::Rejection::CryCertificateQuorum;
use ioschain_spec::primitives::certificate::{QuorumCertificate, Roster};
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::{ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::vrf::VrfPublicKey;

use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Edit, add_edits, edits};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, key_pair};
use crate::reference::to_json;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![quorums()?, valid()?, too_few()?, false_certificates()?, two_faults()?])
}

/// Rosters of 0 to 13, 16 and 100 validators. An implementation whose quorum is 2f + 1 has one that
/// is too small where n is not 3f + 1.
fn quorums() -> Result<VectorFile, CaseError> {
    let doc = "The number of validators that may be faulty, the size of a quorum, and the \
               commitment to the roster.";
    let mut suite = SuiteWriter::new("primitives.quorum", "sizes", doc)?;
    for size in (0..=13).chain([16, 100]) {
        let roster = Roster::new((0..size).map(made_up_keys))?;
        let doc = format!(
            "Given a roster of n = {size}, when its quorum is computed, then it is n − ⌊(n − \
             1)/3⌋."
        );
        let input = json!({ "roster": to_json(&roster)? });
        suite.add(&format!("size-{size}"), &["CRY-QUORUM-01"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// Keys that nobody has.
fn made_up_keys(number: u32) -> ValidatorKeys {
    let key = |role: &str| digest(&format!("{role} key {number}")).0;
    ValidatorKeys {
        signing: PublicKey(key("signing")),
        lottery: VrfPublicKey(key("lottery")),
        group: EncodedElement(key("group")),
    }
}

/// A roster with the key pairs behind it, in its order, and a message.
#[derive(Clone)]
struct Committee {
    keys: Vec<ValidatorKeyPairs>,
    roster: Roster,
    message: Digest,
}

/// A certificate before it is put together, for this committee to verify.
#[derive(Clone)]
struct Draft {
    committee: Committee,
    bitmap: Vec<u8>,
    signatures: Vec<Signature>,
}

impl Committee {
    fn of(size: u32) -> Result<Self, CaseError> {
        let seed = |number: u32| sha256(&[b"committee", &number.to_le_bytes()]).0;
        let mut keys: Vec<ValidatorKeyPairs> =
            (0..size).map(|number| ValidatorKeyPairs::from_seed(&seed(number))).collect();
        keys.sort_by_key(|keys| keys.public_keys().node_id());
        let roster = Roster::new(keys.iter().map(ValidatorKeyPairs::public_keys))?;
        let message = digest(&format!("message to {size}"));
        Ok(Self { keys, roster, message })
    }

    fn signature(&self, position: usize) -> Signature {
        self.keys[position].signing.sign(&self.message.0)
    }

    /// Signed by these, in roster order.
    fn draft(&self, positions: impl IntoIterator<Item = usize>) -> Draft {
        let bitmap = vec![0; self.keys.len().div_ceil(8)];
        let mut draft = Draft { committee: self.clone(), bitmap, signatures: vec![] };
        for position in positions {
            draft.flip(position);
            draft.signatures.push(self.signature(position));
        }
        draft
    }

    /// Signed by the first validators, as many as a quorum.
    fn quorum(&self) -> Draft {
        self.draft(0..self.roster.quorum())
    }
}

impl Draft {
    fn flip(&mut self, position: usize) {
        self.bitmap[position / 8] ^= 1 << (position % 8);
    }

    fn size(&self) -> usize {
        self.committee.keys.len()
    }

    fn last_signature(&mut self) -> &mut Signature {
        let last = self.signatures.len() - 1;
        &mut self.signatures[last]
    }

    fn input(&self) -> Result<Value, CaseError> {
        let certificate = QuorumCertificate {
            signers: self.bitmap.clone().try_into()?,
            signatures: self.signatures.clone().try_into()?,
        };
        Ok(json!({
            "roster": to_json(&self.committee.roster)?,
            "message": hex::encode(self.committee.message.0),
            "certificate": to_json(&certificate)?,
        }))
    }
}

const ALL: &[&str] = &["CRY-CERT-01", "CRY-CERT-02", "CRY-CERT-03", "CRY-CERT-04", "CRY-QUORUM-01"];
const SIGNERS: &[&str] = &["CRY-CERT-01"];
const QUORUM: &[&str] = &["CRY-CERT-02"];
const COUNT: &[&str] = &["CRY-CERT-03"];
const SIGNATURE: &[&str] = &["CRY-CERT-04"];

/// A verifier that reads the bitmap in another order of bits, or wants the first validators,
/// refuses one of these.
fn valid() -> Result<VectorFile, CaseError> {
    let doc = "Certificates signed by exactly a quorum, by the whole roster, and by other quorums.";
    let mut suite = SuiteWriter::new("primitives.certificate", "valid", doc)?;
    let mut add = |slug: &str, signers: &str, draft: &Draft| {
        let size = draft.size();
        let doc = format!(
            "Given signatures by {signers} of {size} validators, when the certificate is verified, \
             then it is valid."
        );
        let slug = format!("{slug}-of-{size}");
        suite.add(&slug, ALL, &doc, draft.input()?, Intent::Ok).map(|_| ())
    };
    for size in (4..=10).chain([13, 16, 17]) {
        let committee = Committee::of(size)?;
        let first = format!("the first {}", committee.roster.quorum());
        add("quorum", &first, &committee.quorum())?;
    }
    for size in [4, 8, 9] {
        let committee = Committee::of(size)?;
        let (size, quorum) = (size as usize, committee.roster.quorum());
        add("last", &format!("the last {quorum}"), &committee.draft(size - quorum..size))?;
        add("all", "all", &committee.draft(0..size))?;
        add("gap", "all but the second", &committee.draft((0..1).chain(2..size)))?;
    }
    Ok(suite.finish())
}

/// A verifier that counts 2f + 1, or rounds a third down, accepts too few; one without a least size
/// lets a roster of one certify.
fn too_few() -> Result<VectorFile, CaseError> {
    let doc = "Certificates with one signer fewer than a quorum, and certificates with 2f + 1 \
               signers where this is even less.";
    let mut suite = SuiteWriter::new("primitives.certificate", "too-few", doc)?;
    for size in 1..=3 {
        let doc = format!(
            "Given signatures by a whole roster of {size}, when the certificate is verified, then \
             it is refused, because a roster has at least four validators."
        );
        let input = Committee::of(size)?.quorum().input()?;
        let intent = Intent::Rejected(CryCertificateQuorum);
        suite.add(&format!("roster-of-{size}"), QUORUM, &doc, input, intent)?;
    }
    for size in (1..=12).chain([17]) {
        let committee = Committee::of(size)?;
        let one_short = committee.roster.quorum() - 1;
        let two_thirds = 2 * committee.roster.faults_max() + 1;
        let mut counts = vec![("one-short", one_short)];
        counts.extend((two_thirds < one_short).then_some(("two-thirds", two_thirds)));
        for (slug, signers) in counts {
            let doc = format!(
                "Given {} and a roster of {}, when the certificate is verified, then it is \
                 refused, because the signers are fewer than a quorum.",
                count(signers, "signature"),
                count(size, "validator")
            );
            let input = committee.draft(0..signers).input()?;
            let intent = Intent::Rejected(CryCertificateQuorum);
            let requirements = ["CRY-CERT-02", "CRY-QUORUM-01"];
            suite.add(&format!("{slug}-of-{size}"), &requirements, &doc, input, intent)?;
        }
    }
    Ok(suite.finish())
}

/// Adds a quorum's certificate of a committee of each size with each edit that changes it.
fn add_refused(
    suite: &mut SuiteWriter,
    sizes: &[u32],
    edits: &[Edit<Draft>],
) -> Result<(), CaseError> {
    for size in sizes {
        let honest = Committee::of(*size)?.quorum();
        let is_possible = |edit: &&Edit<Draft>| match edit.slug {
            "stray-first" | "stray-last" => size % 8 != 0,
            "bitmap-shorter" => *size > 8,
            _ => true,
        };
        for edit in edits.iter().filter(is_possible) {
            let doc = format!(
                "Given a certificate by a roster of {size} {{what}}, when it is verified, then it \
                 is refused."
            );
            let input = edit.apply(&honest)?.input()?;
            edit.add_as(suite, &format!("{}-of-{size}", edit.slug), &doc, input, edit.intent())?;
        }
    }
    Ok(())
}

/// A verifier that ignores bits beyond the roster has several certificates of one vote; one that
/// does not pair bits and signatures takes a signature for another validator's.
const WRONG_BITMAPS: &[Edit<Draft>] = &edits! { Draft:
    "bitmap-empty" => CryCertificateSigners, SIGNERS, "without its bitmap",
        |draft| draft.bitmap.clear();
    "bitmap-longer" => CryCertificateSigners, SIGNERS, "with an additional zero byte in its bitmap",
        |draft| draft.bitmap.push(0);
    "bitmap-longer-and-stray" => CryCertificateSigners, SIGNERS, "with a bit set in an additional \
                                                                  byte of its bitmap",
        |draft| draft.bitmap.push(0x80);
    "stray-first" => CryCertificateSigners, SIGNERS, "with the first bit after the end of the \
                                                      roster set",
        |draft| draft.flip(draft.size());
    "stray-last" => CryCertificateSigners, SIGNERS, "with the last bit of its bitmap set",
        |draft| draft.flip(draft.size() | 7);
    "bitmap-shorter" => CryCertificateSigners, SIGNERS, "without its bitmap's last byte",
        |draft| { draft.bitmap.pop(); };
    "signer-less" => CryCertificateQuorum, QUORUM, "with one signer removed from its bitmap",
        |draft| draft.flip(0);
    "nobody" => CryCertificateQuorum, QUORUM, "with an empty bitmap",
        |draft| draft.bitmap.fill(0);
    "signer-more" => CryCertificateCount, COUNT, "with one signer added to its bitmap",
        |draft| draft.flip(draft.committee.roster.quorum());
    "signer-other" => CryCertificateSignature, SIGNATURE, "with the first signer replaced by the \
                                                           last validator in its bitmap",
        |draft| {
            draft.flip(0);
            draft.flip(draft.size() - 1);
        };
};

/// A verifier that checks only some signatures, or any signature for any signer, accepts these.
const WRONG_SIGNATURES: &[Edit<Draft>] = &edits! { Draft:
    "none" => CryCertificateCount, COUNT, "without signatures", |draft| draft.signatures.clear();
    "last-missing" => CryCertificateCount, COUNT, "without its last signature",
        |draft| { draft.signatures.pop(); };
    "last-twice" => CryCertificateCount, COUNT, "with its last signature twice",
        |draft| {
            let last = *draft.last_signature();
            draft.signatures.push(last);
        };
    "first-changed" => CryCertificateSignature, SIGNATURE,
        "with a bit flipped in its first signature", |draft| draft.signatures[0].0[0] ^= 1;
    "last-changed" => CryCertificateSignature, SIGNATURE,
        "with a bit flipped in its last signature", |draft| draft.last_signature().0[63] ^= 1;
    "zero" => CryCertificateSignature, SIGNATURE, "with a signature of zeros",
        |draft| draft.signatures[1] = Signature([0; 64]);
    "swapped" => CryCertificateSignature, SIGNATURE, "with its first two signatures exchanged",
        |draft| draft.signatures.swap(0, 1);
    "reversed" => CryCertificateSignature, SIGNATURE, "with its signatures in reverse order",
        |draft| draft.signatures.reverse();
    "one-for-all" => CryCertificateSignature, SIGNATURE,
        "with the first signature repeated for every signer",
        |draft| draft.signatures.fill(draft.committee.signature(0));
    "stranger" => CryCertificateSignature, SIGNATURE,
        "with a signature by someone who is not in the roster",
        |draft| *draft.last_signature() =
            key_pair("stranger", 0).sign(&draft.committee.message.0);
};

/// A certificate is of one message and by one roster: without these, an old one could be used
/// again.
const OTHER_MESSAGE: &[Edit<Draft>] = &edits! { Draft:
    "other-message" => CryCertificateSignature, SIGNATURE, "of another message",
        |draft| {
            let message = digest("another message");
            let other = Committee { message, ..draft.committee.clone() };
            draft.signatures = other.quorum().signatures;
        };
};
const OTHER_ROSTER: &[Edit<Draft>] = &edits! { Draft:
    "roster-grown" => CryCertificateQuorum, &["CRY-CERT-02", "CRY-QUORUM-01"], "a roster of five",
        |draft| draft.committee.roster = Committee::of(5)?.roster;
};

/// What the tables above make of honest certificates.
fn false_certificates() -> Result<VectorFile, CaseError> {
    let doc = "Honest certificates with one change each.";
    let mut suite = SuiteWriter::new("primitives.certificate", "changed", doc)?;
    add_refused(&mut suite, &[4, 8, 9], WRONG_BITMAPS)?;
    add_refused(&mut suite, &[4, 9], WRONG_SIGNATURES)?;
    let honest = Committee::of(4)?.quorum();
    let doc = "Given a certificate {what}, when it is verified, then it is refused.";
    add_edits(&mut suite, &honest, Draft::input, doc, OTHER_MESSAGE)?;
    let doc = "Given a certificate by a quorum of four, when it is verified against {what}, then \
               it is refused, because the signers are fewer than a quorum.";
    add_edits(&mut suite, &honest, Draft::input, doc, OTHER_ROSTER)?;
    Ok(suite.finish())
}

/// Two faults together fix the order of the checks: bitmap, quorum, number, signatures.
const TWO_FAULTS: &[Edit<Draft>] = &edits! { Draft:
    "signers-and-quorum" => CryCertificateSigners, SIGNERS, "with a bit after the end of the \
                                                             roster and too few signers",
        |draft| {
            draft.bitmap[0] = 0;
            draft.flip(draft.size() | 7);
        }, second_fault;
    "signers-and-count" => CryCertificateSigners, SIGNERS,
        "with a bitmap that is too long and one signature missing",
        |draft| {
            draft.bitmap.push(0);
            draft.signatures.pop();
        }, second_fault;
    "signers-and-signature" => CryCertificateSigners, SIGNERS,
        "with a bit after the end of the roster and an invalid signature",
        |draft| {
            draft.flip(draft.size() | 7);
            draft.signatures[0].0[0] ^= 1;
        }, second_fault;
    "quorum-and-count" => CryCertificateQuorum, QUORUM,
        "with one signer removed and its signature kept",
        |draft| draft.flip(1), second_fault;
    "quorum-and-signature" => CryCertificateQuorum, QUORUM,
        "with one signer fewer than a quorum and an invalid signature",
        |draft| {
            draft.flip(0);
            draft.signatures.remove(0);
            draft.signatures[0].0[40] ^= 1;
        }, second_fault;
    "count-and-signature" => CryCertificateCount, COUNT,
        "with one signature missing and another invalid",
        |draft| {
            draft.signatures.pop();
            draft.signatures[0].0[0] ^= 1;
        }, second_fault;
    "more-and-signature" => CryCertificateCount, COUNT,
        "with one signature too many and another invalid",
        |draft| {
            draft.signatures.push(draft.committee.signature(0));
            draft.signatures[1].0[0] ^= 1;
        }, second_fault;
    "two-signatures" => CryCertificateSignature, SIGNATURE,
        "with an invalid first signature and an invalid last signature",
        |draft| {
            draft.signatures[0].0[0] ^= 1;
            draft.last_signature().0[33] ^= 1;
        }, second_fault;
};

fn two_faults() -> Result<VectorFile, CaseError> {
    let doc = "Certificates with two faults each. The fault that is checked first is reported.";
    let mut suite = SuiteWriter::new("primitives.certificate", "two-faults", doc)?;
    add_refused(&mut suite, &[4, 9], TWO_FAULTS)?;
    Ok(suite.finish())
}
