//! Quorums, and certificates by enough and by too few, with every way to be none.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    self, CryCertificateCount, CryCertificateQuorum, CryCertificateSignature, CryCertificateSigners,
};
use ioschain_spec::primitives::certificate::{QuorumCertificate, Roster};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::signature::{KeyPair, PublicKey, Signature};

use crate::cases::support::{CaseError, Intent, SuiteWriter};
use crate::cases::world::{digest, key_pair};
use crate::reference::to_json;
use crate::vector::{FLAG_SECOND_FAULT, VectorFile};

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![quorums()?, valid()?, too_few()?, false_certificates()?, two_faults()?])
}

fn quorums() -> Result<VectorFile, CaseError> {
    let doc =
        "How many validators may be faulty and how many make a quorum, and the roster's root.";
    let mut suite = SuiteWriter::new("primitives.quorum", "sizes", doc)?;
    for size in (0..=13).chain([16, 100]) {
        let keys: BTreeMap<PublicKey, ()> = (0..size)
            .map(|number| (PublicKey(digest(&format!("validator {number}")).0), ()))
            .collect();
        let roster = Roster { keys: keys.try_into()? };
        let doc = format!(
            "Given a roster of {size}, when its quorum is asked for, then it is all but ⌊(n − 1)/3⌋."
        );
        let input = json!({ "roster": to_json(&roster)? });
        suite.add(&format!("size-{size}"), &["CRY-QUORUM-01"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// A roster with the key pairs behind it, in its order, and a message.
struct Committee {
    keys: Vec<KeyPair>,
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
        let mut keys: Vec<KeyPair> =
            (0..size).map(|number| key_pair("committee", number)).collect();
        keys.sort_by_key(KeyPair::public_key);
        let public: BTreeMap<PublicKey, ()> =
            keys.iter().map(|keys| (keys.public_key(), ())).collect();
        let message = digest(&format!("message to {size}"));
        Ok(Self { keys, roster: Roster { keys: public.try_into()? }, message })
    }

    fn signature(&self, position: usize) -> Signature {
        self.keys[position].sign(&self.message.0)
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
    for size in (1..=10).chain([13, 16, 17]) {
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
    let doc = "Certificates by one less than a quorum; for n = 5, 6, 8, 9, 11 and 12 a count of 2f + 1 would pass.";
    let mut suite = SuiteWriter::new("primitives.certificate", "too-few", doc)?;
    let requirements = ["CRY-CERT-02", "CRY-QUORUM-01"];
    for size in (1..=12).chain([17]) {
        let committee = Committee::of(size)?;
        let faults = committee.roster.faults_max();
        let counts = [("one-short", committee.roster.quorum() - 1), ("two-thirds", 2 * faults + 1)];
        for (slug, count) in counts {
            if count < committee.roster.quorum()
                && (slug == "one-short" || count + 1 < committee.roster.quorum())
            {
                let doc = format!(
                    "Given signatures by {count} of {size}, when the certificate is verified, then they are too few."
                );
                let input = committee.input(&committee.draft(0..count))?;
                let intent = Intent::Rejected(CryCertificateQuorum);
                suite.add(&format!("{slug}-of-{size}"), &requirements, &doc, input, intent)?;
            }
        }
    }
    Ok(suite.finish())
}

/// A certificate that is refused: slug, what it is, itself, why.
type Refused = (&'static str, &'static str, Draft, Rejection);

fn requirement(reason: Rejection) -> [&'static str; 1] {
    [reason.requirement()]
}

fn add_refused(
    suite: &mut SuiteWriter,
    committee: &Committee,
    refused: Vec<Refused>,
    flag: Option<&str>,
) -> Result<(), CaseError> {
    let size = committee.keys.len();
    for (slug, what, draft, reason) in refused {
        let doc = format!(
            "Given {what}, when it is verified as a certificate of a roster of {size}, then it is refused."
        );
        let input = committee.input(&draft)?;
        let slug = format!("{slug}-of-{size}");
        let intent = Intent::Rejected(reason);
        let case = suite.add(&slug, &requirement(reason), &doc, input, intent)?;
        if let Some(flag) = flag {
            case.flag(flag);
        }
    }
    Ok(())
}

fn false_certificates() -> Result<VectorFile, CaseError> {
    let doc = "Honest certificates with one thing changed.";
    let mut suite = SuiteWriter::new("primitives.certificate", "changed", doc)?;
    for size in [4, 8, 9] {
        let committee = Committee::of(size)?;
        let mut refused = wrong_bitmaps(&committee);
        refused.extend(wrong_signatures(&committee)?);
        add_refused(&mut suite, &committee, refused, None)?;
    }
    // A whole other message, and a whole other roster.
    let committee = Committee::of(4)?;
    let other = Committee { message: digest("another message"), ..Committee::of(4)? };
    let doc = "Given a certificate of another message, when it is verified, then it is refused.";
    let input = committee.input(&other.quorum())?;
    let intent = Intent::Rejected(CryCertificateSignature);
    suite.add("other-message", &["CRY-CERT-04"], doc, input, intent)?;
    let mut grown = Committee::of(5)?;
    grown.message = committee.message;
    let doc = "Given a certificate by a quorum of four, when it is verified against a roster of five, then they are too few.";
    let input = grown.input(&committee.quorum())?;
    let intent = Intent::Rejected(CryCertificateQuorum);
    suite.add("roster-grown", &["CRY-CERT-02", "CRY-QUORUM-01"], doc, input, intent)?;
    Ok(suite.finish())
}

fn wrong_bitmaps(committee: &Committee) -> Vec<Refused> {
    let size = committee.keys.len();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut draft = committee.quorum();
        change(&mut draft.bitmap);
        draft
    };
    let mut refused: Vec<Refused> = vec![
        (
            "bitmap-empty",
            "a certificate without its bitmap",
            with(&Vec::clear),
            CryCertificateSigners,
        ),
        (
            "bitmap-longer",
            "a certificate whose bitmap has an empty byte more",
            with(&|bitmap| bitmap.push(0)),
            CryCertificateSigners,
        ),
        (
            "bitmap-longer-and-stray",
            "a certificate whose bitmap has a bit in a byte more",
            with(&|bitmap| bitmap.push(0x80)),
            CryCertificateSigners,
        ),
        (
            "signer-more",
            "a certificate whose bitmap has a signer more than there are signatures",
            with(&|bitmap| {
                let last = committee.roster.quorum();
                bitmap[last / 8] |= 1 << (last % 8);
            }),
            CryCertificateCount,
        ),
        (
            "signer-other",
            "a certificate whose bitmap names the last validator in the place of the first",
            with(&|bitmap| {
                bitmap[0] ^= 1;
                bitmap[(size - 1) / 8] |= 1 << ((size - 1) % 8);
            }),
            CryCertificateSignature,
        ),
        (
            "signer-less",
            "a certificate whose bitmap has a signer less than a quorum",
            with(&|bitmap| bitmap[0] ^= 1),
            CryCertificateQuorum,
        ),
        (
            "nobody",
            "a certificate whose bitmap is empty",
            with(&|bitmap| bitmap.fill(0)),
            CryCertificateQuorum,
        ),
    ];
    if size % 8 != 0 {
        refused.extend([
            (
                "stray-first",
                "a certificate whose bitmap has the first bit after the roster's",
                with(&|bitmap| bitmap[size / 8] |= 1 << (size % 8)),
                CryCertificateSigners,
            ),
            (
                "stray-last",
                "a certificate whose bitmap has its very last bit",
                with(&|bitmap| bitmap[size / 8] |= 0x80),
                CryCertificateSigners,
            ),
        ]);
    }
    if size > 8 {
        let cut = with(&|bitmap| {
            bitmap.pop();
        });
        refused.push((
            "bitmap-shorter",
            "a certificate whose bitmap lacks its last byte",
            cut,
            CryCertificateSigners,
        ));
    }
    refused
}

fn wrong_signatures(committee: &Committee) -> Result<Vec<Refused>, CaseError> {
    let quorum = committee.roster.quorum();
    let last = quorum - 1;
    let with = |change: &dyn Fn(&mut Vec<Signature>)| {
        let mut draft = committee.quorum();
        change(&mut draft.signatures);
        draft
    };
    let stranger = key_pair("stranger", 0).sign(&committee.message.0);
    Ok(vec![
        ("none", "a certificate without signatures", with(&Vec::clear), CryCertificateCount),
        (
            "last-missing",
            "a certificate without its last signature",
            with(&|list| {
                list.pop();
            }),
            CryCertificateCount,
        ),
        (
            "last-twice",
            "a certificate with its last signature twice",
            with(&|list| list.push(list[last])),
            CryCertificateCount,
        ),
        (
            "first-changed",
            "a certificate with a bit flipped in its first signature",
            with(&|list| list[0].0[0] ^= 1),
            CryCertificateSignature,
        ),
        (
            "last-changed",
            "a certificate with a bit flipped in its last signature",
            with(&|list| list[last].0[63] ^= 1),
            CryCertificateSignature,
        ),
        (
            "zero",
            "a certificate with a signature of zeros",
            with(&|list| list[1] = Signature([0; 64])),
            CryCertificateSignature,
        ),
        (
            "swapped",
            "a certificate with its first two signatures in the wrong order",
            with(&|list| list.swap(0, 1)),
            CryCertificateSignature,
        ),
        (
            "reversed",
            "a certificate with its signatures in reverse order",
            with(&|list| list.reverse()),
            CryCertificateSignature,
        ),
        (
            "one-for-all",
            "a certificate with the first signature for every signer",
            with(&|list| list.fill(committee.signature(0))),
            CryCertificateSignature,
        ),
        (
            "stranger",
            "a certificate with a signature by someone who is not in the roster",
            with(&|list| list[last] = stranger),
            CryCertificateSignature,
        ),
    ])
}

fn two_faults() -> Result<VectorFile, CaseError> {
    let doc = "Certificates with two faults, of which the one checked first is reported.";
    let mut suite = SuiteWriter::new("primitives.certificate", "two-faults", doc)?;
    for size in [4, 9] {
        let committee = Committee::of(size)?;
        let place = size as usize;
        let with = |change: &dyn Fn(&mut Draft)| {
            let mut draft = committee.quorum();
            change(&mut draft);
            draft
        };
        let refused = vec![
            (
                "signers-and-quorum",
                "a certificate with a stray bit and too few signers",
                with(&|draft| {
                    draft.bitmap[0] = 0;
                    draft.bitmap[place / 8] |= 0x80;
                }),
                CryCertificateSigners,
            ),
            (
                "signers-and-count",
                "a certificate with a longer bitmap and a signature missing",
                with(&|draft| {
                    draft.bitmap.push(0);
                    draft.signatures.pop();
                }),
                CryCertificateSigners,
            ),
            (
                "signers-and-signature",
                "a certificate with a stray bit and a false signature",
                with(&|draft| {
                    draft.bitmap[place / 8] |= 0x80;
                    draft.signatures[0].0[0] ^= 1;
                }),
                CryCertificateSigners,
            ),
            (
                "quorum-and-count",
                "a certificate with a signer less than a quorum, and one signature more than signers",
                with(&|draft| {
                    draft.bitmap[0] ^= 2;
                }),
                CryCertificateQuorum,
            ),
            (
                "quorum-and-signature",
                "a certificate by one less than a quorum, one signature false",
                with(&|draft| {
                    draft.bitmap[0] ^= 1;
                    draft.signatures.remove(0);
                    draft.signatures[0].0[40] ^= 1;
                }),
                CryCertificateQuorum,
            ),
            (
                "count-and-signature",
                "a certificate with a signature missing and another false",
                with(&|draft| {
                    draft.signatures.pop();
                    draft.signatures[0].0[0] ^= 1;
                }),
                CryCertificateCount,
            ),
            (
                "more-and-signature",
                "a certificate with a signature too many and another false",
                with(&|draft| {
                    draft.signatures.push(draft.signatures[0]);
                    draft.signatures[1].0[0] ^= 1;
                }),
                CryCertificateCount,
            ),
            (
                "two-signatures",
                "a certificate with its first and its last signature false",
                with(&|draft| {
                    draft.signatures[0].0[0] ^= 1;
                    if let Some(last) = draft.signatures.last_mut() {
                        last.0[33] ^= 1;
                    }
                }),
                CryCertificateSignature,
            ),
        ];
        add_refused(&mut suite, &committee, refused, Some(FLAG_SECOND_FAULT))?;
    }
    Ok(suite.finish())
}
