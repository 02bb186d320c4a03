//! Quorums, and certificates by enough and by too few, with every way to be none.

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    self, CryCertificateCount, CryCertificateQuorum, CryCertificateSignature, CryCertificateSigners,
};
use ioschain_spec::primitives::certificate::{QuorumCertificate, Roster};
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::{Digest, sha256};
use ioschain_spec::primitives::keys::{ValidatorKeyPairs, ValidatorKeys};
use ioschain_spec::primitives::vrf::VrfPublicKey;

use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, key_pair};
use crate::reference::to_json;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![quorums()?, valid()?, too_few()?, false_certificates()?, two_faults()?])
}

fn quorums() -> Result<VectorFile, CaseError> {
    let doc =
        "How many validators may be faulty and how many make a quorum, and the roster's root.";
    let mut suite = SuiteWriter::new("primitives.quorum", "sizes", doc)?;
    for size in (0..=13).chain([16, 100]) {
        let roster = Roster::new((0..size).map(made_up_keys))?;
        let doc = format!(
            "Given a roster of {size}, when its quorum is asked for, then it is all but ⌊(n − 1)/3⌋."
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
struct Committee {
    keys: Vec<ValidatorKeyPairs>,
    roster: Roster,
    message: Digest,
}

/// A certificate before it is put together: what is changed to break it.
#[derive(Clone)]
struct Draft {
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
        let mut bitmap = vec![0; self.keys.len().div_ceil(8)];
        let mut signatures = Vec::new();
        for position in positions {
            bitmap[position / 8] |= 1 << (position % 8);
            signatures.push(self.signature(position));
        }
        Draft { bitmap, signatures }
    }

    /// Signed by the first of a quorum.
    fn quorum(&self) -> Draft {
        self.draft(0..self.roster.quorum())
    }

    fn input(&self, draft: &Draft) -> Result<Value, CaseError> {
        let certificate = QuorumCertificate {
            signers: draft.bitmap.clone().try_into()?,
            signatures: draft.signatures.clone().try_into()?,
        };
        Ok(json!({
            "roster": to_json(&self.roster)?,
            "message": hex::encode(self.message.0),
            "certificate": to_json(&certificate)?,
        }))
    }
}

const ALL: &[&str] = &["CRY-CERT-01", "CRY-CERT-02", "CRY-CERT-03", "CRY-CERT-04", "CRY-QUORUM-01"];

fn valid() -> Result<VectorFile, CaseError> {
    let doc = "Certificates by exactly a quorum, by all, and by other quorums.";
    let mut suite = SuiteWriter::new("primitives.certificate", "valid", doc)?;
    for size in (4..=10).chain([13, 16, 17]) {
        let committee = Committee::of(size)?;
        let quorum = committee.roster.quorum();
        let doc = format!(
            "Given signatures by the first {quorum} of {size}, when the certificate is verified, then it holds."
        );
        let input = committee.input(&committee.quorum())?;
        suite.add(&format!("quorum-of-{size}"), ALL, &doc, input, Intent::Ok)?;
    }
    for size in [4, 8, 9] {
        let committee = Committee::of(size)?;
        let (size, quorum) = (size as usize, committee.roster.quorum());
        let drafts = [
            ("last", format!("the last {quorum}"), committee.draft(size - quorum..size)),
            ("all", "all".to_owned(), committee.draft(0..size)),
            (
                "gap",
                "all but the second".to_owned(),
                committee.draft((0..size).filter(|place| *place != 1)),
            ),
        ];
        for (slug, signers, draft) in drafts {
            let doc = format!(
                "Given signatures by {signers} of {size}, when the certificate is verified, then it holds."
            );
            suite.add(
                &format!("{slug}-of-{size}"),
                ALL,
                &doc,
                committee.input(&draft)?,
                Intent::Ok,
            )?;
        }
    }
    Ok(suite.finish())
}

fn too_few() -> Result<VectorFile, CaseError> {
    let doc = "Certificates by one less than a quorum, and by 2f + 1 where that is fewer still.";
    let mut suite = SuiteWriter::new("primitives.certificate", "too-few", doc)?;
    for size in 1..=3 {
        let committee = Committee::of(size)?;
        let doc = format!(
            "Given signatures by all of a roster of {size}, when the certificate is verified, then it is refused: a roster has at least four."
        );
        let input = committee.input(&committee.quorum())?;
        let intent = Intent::Rejected(CryCertificateQuorum);
        suite.add(&format!("roster-of-{size}"), &["CRY-CERT-02"], &doc, input, intent)?;
    }
    for size in (1..=12).chain([17]) {
        let committee = Committee::of(size)?;
        let one_short = committee.roster.quorum() - 1;
        let two_thirds = 2 * committee.roster.faults_max() + 1;
        let mut counts = vec![("one-short", one_short)];
        counts.extend((two_thirds < one_short).then_some(("two-thirds", two_thirds)));
        for (slug, count) in counts {
            let doc = format!(
                "Given signatures by {count} of {size}, when the certificate is verified, then they are too few."
            );
            let input = committee.input(&committee.draft(0..count))?;
            let intent = Intent::Rejected(CryCertificateQuorum);
            let requirements = ["CRY-CERT-02", "CRY-QUORUM-01"];
            suite.add(&format!("{slug}-of-{size}"), &requirements, &doc, input, intent)?;
        }
    }
    Ok(suite.finish())
}

/// What is done to an honest certificate: slug, in words, in fact.
type Change<'a> = (&'static str, &'static str, &'a dyn Fn(&mut Draft));

/// Adds a quorum's certificate with each of `changes`, refused for `reason`.
fn add_refused(
    suite: &mut SuiteWriter,
    committee: &Committee,
    flags: &[&str],
    reason: Rejection,
    changes: &[Change<'_>],
) -> Result<(), CaseError> {
    let size = committee.keys.len();
    for (slug, what, change) in changes {
        let mut draft = committee.quorum();
        change(&mut draft);
        let doc = format!(
            "Given a certificate by a roster of {size} {what}, when it is verified, then it is refused."
        );
        let input = committee.input(&draft)?;
        let slug = format!("{slug}-of-{size}");
        let intent = Intent::Rejected(reason);
        let case = suite.add(&slug, reason.requirements(), &doc, input, intent)?;
        for flag in flags {
            case.flag(flag);
        }
    }
    Ok(())
}

fn false_certificates() -> Result<VectorFile, CaseError> {
    let doc = "Honest certificates with one thing changed.";
    let mut suite = SuiteWriter::new("primitives.certificate", "changed", doc)?;
    for size in [4, 8, 9] {
        add_wrong_bitmaps(&mut suite, &Committee::of(size)?)?;
    }
    for size in [4, 9] {
        add_wrong_signatures(&mut suite, &Committee::of(size)?)?;
    }
    // A whole other message, and a whole other roster.
    let committee = Committee::of(4)?;
    let other = Committee { message: digest("another message"), ..Committee::of(4)? };
    let doc = "Given a certificate of another message, when it is verified, then it is refused.";
    let input = committee.input(&other.quorum())?;
    let intent = Intent::Rejected(CryCertificateSignature);
    suite.add("other-message", &["CRY-CERT-04"], doc, input, intent)?;
    let grown = Committee { message: committee.message, ..Committee::of(5)? };
    let doc = "Given a certificate by a quorum of four, when it is verified against a roster of five, then they are too few.";
    let input = grown.input(&committee.quorum())?;
    let intent = Intent::Rejected(CryCertificateQuorum);
    suite.add("roster-grown", &["CRY-CERT-02", "CRY-QUORUM-01"], doc, input, intent)?;
    Ok(suite.finish())
}

fn add_wrong_bitmaps(suite: &mut SuiteWriter, committee: &Committee) -> Result<(), CaseError> {
    let size = committee.keys.len();
    let quorum = committee.roster.quorum();
    let misfits: &[Change<'_>] = &[
        ("bitmap-empty", "without its bitmap", &|draft| draft.bitmap.clear()),
        ("bitmap-longer", "with an empty byte more in its bitmap", &|draft| draft.bitmap.push(0)),
        ("bitmap-longer-and-stray", "with a bit in a byte more", &|draft| draft.bitmap.push(0x80)),
    ];
    let strays: &[Change<'_>] = &[
        ("stray-first", "with the first bit after the roster's", &|draft| {
            draft.bitmap[size / 8] |= 1 << (size % 8);
        }),
        ("stray-last", "with the very last bit", &|draft| draft.bitmap[size / 8] |= 0x80),
    ];
    let cut: &[Change<'_>] = &[("bitmap-shorter", "without its bitmap's last byte", &|draft| {
        draft.bitmap.pop();
    })];
    let too_few: &[Change<'_>] = &[
        ("signer-less", "with a signer less in its bitmap", &|draft| draft.bitmap[0] ^= 1),
        ("nobody", "with an empty bitmap", &|draft| draft.bitmap.fill(0)),
    ];
    let one_more: &[Change<'_>] =
        &[("signer-more", "with a signer more in its bitmap", &|draft| {
            draft.bitmap[quorum / 8] |= 1 << (quorum % 8);
        })];
    let another: &[Change<'_>] =
        &[("signer-other", "with the last for the first signer", &|draft| {
            draft.bitmap[0] ^= 1;
            draft.bitmap[(size - 1) / 8] |= 1 << ((size - 1) % 8);
        })];
    add_refused(suite, committee, &[], CryCertificateSigners, misfits)?;
    if !size.is_multiple_of(8) {
        add_refused(suite, committee, &[], CryCertificateSigners, strays)?;
    }
    if size > 8 {
        add_refused(suite, committee, &[], CryCertificateSigners, cut)?;
    }
    add_refused(suite, committee, &[], CryCertificateQuorum, too_few)?;
    add_refused(suite, committee, &[], CryCertificateCount, one_more)?;
    add_refused(suite, committee, &[], CryCertificateSignature, another)
}

fn add_wrong_signatures(suite: &mut SuiteWriter, committee: &Committee) -> Result<(), CaseError> {
    let last = committee.roster.quorum() - 1;
    let stranger = key_pair("stranger", 0).sign(&committee.message.0);
    let miscounted: &[Change<'_>] = &[
        ("none", "without signatures", &|draft| draft.signatures.clear()),
        ("last-missing", "without its last signature", &|draft| {
            draft.signatures.pop();
        }),
        ("last-twice", "with its last signature twice", &|draft| {
            draft.signatures.push(committee.signature(last));
        }),
    ];
    let invalid: &[Change<'_>] = &[
        ("first-changed", "with a bit flipped in its first signature", &|draft| {
            draft.signatures[0].0[0] ^= 1;
        }),
        ("last-changed", "with a bit flipped in its last signature", &|draft| {
            draft.signatures[last].0[63] ^= 1;
        }),
        ("zero", "with a signature of zeros", &|draft| draft.signatures[1] = Signature([0; 64])),
        ("swapped", "with its first two signatures exchanged", &|draft| {
            draft.signatures.swap(0, 1)
        }),
        ("reversed", "with its signatures in reverse order", &|draft| draft.signatures.reverse()),
        ("one-for-all", "with the first signature for every signer", &|draft| {
            draft.signatures.fill(committee.signature(0));
        }),
        ("stranger", "with a signature by someone who is not in the roster", &|draft| {
            draft.signatures[last] = stranger;
        }),
    ];
    add_refused(suite, committee, &[], CryCertificateCount, miscounted)?;
    add_refused(suite, committee, &[], CryCertificateSignature, invalid)
}

fn two_faults() -> Result<VectorFile, CaseError> {
    let doc = "Certificates with two faults, of which the one checked first is reported.";
    let mut suite = SuiteWriter::new("primitives.certificate", "two-faults", doc)?;
    for size in [4, 9] {
        add_two_faults(&mut suite, &Committee::of(size)?)?;
    }
    Ok(suite.finish())
}

fn add_two_faults(suite: &mut SuiteWriter, committee: &Committee) -> Result<(), CaseError> {
    let last = committee.roster.quorum() - 1;
    let add_stray = |draft: &mut Draft| draft.bitmap[committee.keys.len() / 8] |= 0x80;
    let signers: &[Change<'_>] = &[
        ("signers-and-quorum", "with a stray bit and too few signers", &|draft| {
            draft.bitmap[0] = 0;
            add_stray(draft);
        }),
        ("signers-and-count", "with a longer bitmap and a signature missing", &|draft| {
            draft.bitmap.push(0);
            draft.signatures.pop();
        }),
        ("signers-and-signature", "with a stray bit and a false signature", &|draft| {
            add_stray(draft);
            draft.signatures[0].0[0] ^= 1;
        }),
    ];
    let quorum: &[Change<'_>] = &[
        ("quorum-and-count", "with a signer less, and so a signature too many", &|draft| {
            draft.bitmap[0] ^= 2;
        }),
        ("quorum-and-signature", "by one less than a quorum, one signature false", &|draft| {
            draft.bitmap[0] ^= 1;
            draft.signatures.remove(0);
            draft.signatures[0].0[40] ^= 1;
        }),
    ];
    let count: &[Change<'_>] = &[
        ("count-and-signature", "with a signature missing and another false", &|draft| {
            draft.signatures.pop();
            draft.signatures[0].0[0] ^= 1;
        }),
        ("more-and-signature", "with a signature too many and another false", &|draft| {
            draft.signatures.push(committee.signature(0));
            draft.signatures[1].0[0] ^= 1;
        }),
    ];
    let signatures: &[Change<'_>] =
        &[("two-signatures", "with its first and its last signature false", &|draft| {
            draft.signatures[0].0[0] ^= 1;
            draft.signatures[last].0[33] ^= 1;
        })];
    let flags = [FLAG_SECOND_FAULT];
    add_refused(suite, committee, &flags, CryCertificateSigners, signers)?;
    add_refused(suite, committee, &flags, CryCertificateQuorum, quorum)?;
    add_refused(suite, committee, &flags, CryCertificateCount, count)?;
    add_refused(suite, committee, &flags, CryCertificateSignature, signatures)
}
