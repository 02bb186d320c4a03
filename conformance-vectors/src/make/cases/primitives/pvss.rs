//! Shamir's secret sharing and the publicly verifiable one on top of it.

use ioschain_spec::Rejection::{
    self, CryDleqProof, CryElementEncoding, CryElementIdentity, CryPvssLengths, CryScalarEncoding,
    CrySharePositions,
};
use ioschain_spec::primitives::dleq::DleqProof;
use ioschain_spec::primitives::group::{
    Element as _, EncodedElement, EncodedScalar, Group, Scalar as _,
};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::pvss::{
    Deal, DecryptedShare, EncryptedShare, Sharing, deal, decode_deal, decrypt_share, verify_deal,
    verify_decryption,
};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::shamir::Polynomial;
use ioschain_spec::primitives::toy_group::ToyGroup;
use serde_json::{Value, json};

use super::curve_points::plus_order;
use super::group::{element, element_json, nonzero, scalar, scalar_json, short_name};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Checks, Fault, Pairs};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = shamir_files()?;
    files.extend(standard_files()?);
    files.extend(toy_files()?);
    Ok(files)
}

// --- Shamir -----------------------------------------------------------------------------------

/// RFC 9591 appendix E.3 (ristretto255): the secret and the other coefficient, and the shares.
const RFC_9591_COEFFICIENTS: [&str; 2] = [
    "1b25a55e463cfd15cf14a5d3acc3d15053f08da49c8afcf3ab265f2ebc4f970b",
    "410f8b744b19325891d73736923525a4f596c805d060dfb9c98009d34e3fec02",
];
const RFC_9591_SHARES: [&str; 3] = [
    "5c3430d391552f6e60ecdc093ff9f6f4488756aa6cebdbad75a768010b8f830e",
    "b06fc5eac20b4f6e1b271d9df2343d843e1e1fb03c4cbb673f2872d459ce6f01",
    "f17e505f0e2581c6acfe54d3846a622834b5e7b50cad9a2109a97ba7a80d5c04",
];

const SHARE: &[&str] = &["CRY-SHARE-01"];
const LAGRANGE: &[&str] = &["CRY-SHARE-02"];
const BOTH: &[&str] = &["CRY-SHARE-01", "CRY-SHARE-02"];

fn shamir_files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = vec![rfc_9591_shares()?, rfc_9591_secrets()?];
    let doc = "Weights at positions, and positions that have none.";
    let mut suite = SuiteWriter::new("primitives.lagrange", "positions", doc)?;
    for positions in [&[][..], &[1], &[1, 2, 3], &[3, 1, 2], &[2, 7, 4_000_000_000], &[u32::MAX]] {
        add_lagrange::<Ristretto255>(&mut suite, positions, true)?;
    }
    for positions in [&[0][..], &[1, 0, 2], &[1, 1], &[1, 2, 3, 2]] {
        add_lagrange::<Ristretto255>(&mut suite, positions, false)?;
    }
    files.push(suite.finish());
    let doc = "Weights over toy groups, where positions that differ by the order are one.";
    let mut suite = SuiteWriter::tiny("primitives.lagrange", "positions", doc)?;
    add_toy_lagrange::<ToyGroup<5>>(&mut suite)?;
    add_toy_lagrange::<ToyGroup<7>>(&mut suite)?;
    add_toy_lagrange::<ToyGroup<11>>(&mut suite)?;
    files.push(suite.finish());
    let doc = "Polynomials over toy groups, shared at every position.";
    let mut sharing = SuiteWriter::tiny("primitives.shamir_share", "polynomials", doc)?;
    let doc = "Secrets over toy groups, recovered at several positions, or refused.";
    let mut recovery = SuiteWriter::tiny("primitives.shamir_recover", "positions", doc)?;
    add_toy_shamir::<ToyGroup<5>>(&mut sharing, &mut recovery)?;
    add_toy_shamir::<ToyGroup<7>>(&mut sharing, &mut recovery)?;
    add_toy_shamir::<ToyGroup<11>>(&mut sharing, &mut recovery)?;
    files.extend([sharing.finish(), recovery.finish()]);
    Ok(files)
}

fn rfc_9591_shares() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc =
        "Shares of RFC 9591 (appendix E.3), of other polynomials, and coefficients that are none.";
    let mut suite = SuiteWriter::new("primitives.shamir_share", "polynomials", doc)?;
    let ask = |coefficients: Value, positions: &[u32]| json!({ "group": G::NAME, "coefficients": coefficients, "positions": positions });
    let doc = "Given the polynomial of RFC 9591, when it is shared at 1, 2 and 3, then the shares are the published ones.";
    let input = ask(json!(RFC_9591_COEFFICIENTS), &[1, 2, 3]);
    let intent = Intent::Exactly(json!({ "shares": RFC_9591_SHARES }));
    suite.add("rfc-9591", SHARE, doc, input, intent)?;
    let doc =
        "Given the polynomial of RFC 9591, when it is evaluated at 0, then its secret comes out.";
    let input = ask(json!(RFC_9591_COEFFICIENTS), &[0]);
    let intent = Intent::Exactly(json!({ "shares": [RFC_9591_COEFFICIENTS[0]] }));
    suite.add("secret", SHARE, doc, input, intent)?;
    for count in [0, 1, 5] {
        let labels = (0..count).map(|number| scalar::<G>(&format!("coefficient {number}")));
        let coefficients: Value = labels.map(scalar_json::<G>).collect();
        let doc = format!(
            "Given {count} coefficients, when the polynomial is shared, then these are the shares."
        );
        let input = ask(coefficients, &[1, 2, u32::MAX]);
        suite.add(&format!("coefficients-{count}"), SHARE, &doc, input, Intent::Ok)?;
    }
    let raised = hex::encode(plus_order(&[0; 32]));
    let doc = "Given the order as the last coefficient, when the polynomial is shared, then it is refused.";
    let input = ask(json!([RFC_9591_COEFFICIENTS[0], raised]), &[1]);
    suite.add(
        "coefficient-order",
        &["CRY-GROUP-02"],
        doc,
        input,
        Intent::Rejected(CryScalarEncoding),
    )?;
    Ok(suite.finish())
}

fn recovery_input<G: Group>(positions: &[u32], shares: &[Value]) -> Value {
    json!({ "group": G::NAME, "positions": positions, "shares": shares })
}

fn rfc_9591_secrets() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "The secret of RFC 9591 (appendix E.3) out of its shares, and shares that give none.";
    let mut suite = SuiteWriter::new("primitives.shamir_recover", "rfc-9591", doc)?;
    let shares = RFC_9591_SHARES.map(|share| json!(share));
    for positions in [&[1, 2][..], &[1, 3], &[3, 2], &[1, 2, 3]] {
        let values: Vec<Value> =
            positions.iter().map(|position| shares[*position as usize - 1].clone()).collect();
        let doc = format!(
            "Given the shares of RFC 9591 at {positions:?}, when the secret is recovered, then it is the published one."
        );
        let slug = format!("at-{}", dashed(positions));
        let intent = Intent::Exactly(json!({ "secret": RFC_9591_COEFFICIENTS[0] }));
        suite.add(&slug, BOTH, &doc, recovery_input::<G>(positions, &values), intent)?;
    }
    let [one, two, _] = &shares;
    let raised = json!(hex::encode(plus_order(&[1; 32])));
    let refused = [
        ("zero", "a share at 0", vec![0, 2], vec![one.clone(), two.clone()], CrySharePositions),
        ("twice", "two shares at 1", vec![1, 1], vec![one.clone(), two.clone()], CrySharePositions),
        (
            "same-twice",
            "one share twice",
            vec![2, 2],
            vec![two.clone(), two.clone()],
            CrySharePositions,
        ),
        (
            "raised",
            "a share that is no scalar",
            vec![1, 2],
            vec![one.clone(), raised],
            CryScalarEncoding,
        ),
    ];
    for (slug, what, positions, values, rejection) in refused {
        let doc = format!("Given {what}, when the secret is recovered, then it is refused.");
        let requirements = if rejection == CrySharePositions { BOTH } else { &["CRY-GROUP-02"] };
        let input = recovery_input::<G>(&positions, &values);
        suite.add(slug, requirements, &doc, input, Intent::Rejected(rejection))?;
    }
    Ok(suite.finish())
}

fn dashed(positions: &[u32]) -> String {
    positions.iter().map(u32::to_string).collect::<Vec<_>>().join("-")
}

fn add_lagrange<G: Group>(
    suite: &mut SuiteWriter,
    positions: &[u32],
    valid: bool,
) -> Result<(), CaseError> {
    let group = short_name::<G>();
    let verdict = if valid { "these come out" } else { "it is refused" };
    let doc = format!(
        "Given the positions {positions:?} in {group}, when weights are asked for, then {verdict}."
    );
    let intent = if valid { Intent::Ok } else { Intent::Rejected(CrySharePositions) };
    let slug = format!("{group}-at-{}", dashed(positions));
    let input = json!({ "group": G::NAME, "positions": positions });
    suite.add(slug.trim_end_matches("-at-"), LAGRANGE, &doc, input, intent)?;
    Ok(())
}

fn add_toy_lagrange<G: Group>(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let last = G::POSITIONS_MAX;
    for positions in [&[1, last][..], &[2, 3, 4], &[last + 2, 2]] {
        add_lagrange::<G>(suite, positions, true)?;
    }
    for positions in [&[1, last + 1][..], &[1, last + 2], &[2, 3, 2]] {
        add_lagrange::<G>(suite, positions, false)?;
    }
    Ok(())
}

fn add_toy_shamir<G: Group>(
    sharing: &mut SuiteWriter,
    recovery: &mut SuiteWriter,
) -> Result<(), CaseError> {
    let (group, last) = (short_name::<G>(), G::POSITIONS_MAX);
    let all: Vec<u32> = (1..=last).collect();
    for (number, count) in [(0, 1), (1, 2), (2, 3), (3, last)] {
        let coefficients: Vec<G::Scalar> =
            (0..count).map(|k| scalar::<G>(&format!("polynomial {number} {k}"))).collect();
        let written: Vec<Value> = coefficients.iter().copied().map(scalar_json::<G>).collect();
        let doc = format!(
            "Given a polynomial of {count} coefficients in {group}, when it is shared everywhere, then these are the shares."
        );
        let input = json!({ "group": G::NAME, "coefficients": written, "positions": all });
        sharing.add(&format!("{group}-coefficients-{count}"), SHARE, &doc, input, Intent::Ok)?;

        let polynomial = Polynomial::new(coefficients);
        let shares: Vec<Value> =
            all.iter().map(|position| scalar_json::<G>(polynomial.evaluate(*position))).collect();
        let from = (last - count) as usize;
        let doc = format!(
            "Given the last {count} shares in {group}, when the secret is recovered, then it is the first coefficient."
        );
        let input = recovery_input::<G>(&all[from..], &shares[from..]);
        let intent = Intent::Exactly(json!({ "secret": written[0] }));
        recovery.add(&format!("{group}-last-{count}"), BOTH, &doc, input, intent)?;
    }
    let share = scalar_json::<G>(G::Scalar::ONE);
    for (slug, what, other) in [("order", "0", last + 1), ("order-and-one", "1", last + 2)] {
        let doc = format!(
            "Given shares in {group} at 1 and at what is {what} there, when the secret is recovered, then it is refused."
        );
        let input = recovery_input::<G>(&[1, other], &[share.clone(), share.clone()]);
        let intent = Intent::Rejected(CrySharePositions);
        recovery.add(&format!("{group}-at-{slug}"), BOTH, &doc, input, intent)?;
    }
    Ok(())
}

// --- A sharing and its deal -------------------------------------------------------------------

/// A dealer's secret shared among recipients, and all that is secret about it.
struct Run<G: Group> {
    sharing: Sharing<G>,
    question: Question,
    secret_keys: Vec<G::Scalar>,
    coefficients: Vec<G::Scalar>,
}

/// What questions about a deal are made from.
#[derive(Clone)]
struct Question {
    group: &'static str,
    session: Digest,
    dealer: Digest,
    base: EncodedElement,
    threshold: u32,
    keys: Vec<EncodedElement>,
    commitments: Vec<EncodedElement>,
    shares: Vec<EncryptedShare>,
    /// What the recipients decrypt.
    decrypted: Vec<DecryptedShare>,
    /// Whose decryption is asked about.
    asked: usize,
}

const SEED: [u8; 32] = [7; 32];

impl<G: Group> Run<G> {
    fn new(recipients: u32, threshold: u32) -> Result<Self, CaseError> {
        let coefficients =
            (0..threshold).map(|k| scalar::<G>(&format!("coefficient {k}"))).collect();
        Self::of(recipients, coefficients)
    }

    fn of(recipients: u32, coefficients: Vec<G::Scalar>) -> Result<Self, CaseError> {
        let secret_keys: Vec<G::Scalar> =
            (1..=recipients).map(|number| nonzero::<G>(&format!("key {number}"))).collect();
        let keys: Vec<G::Element> =
            secret_keys.iter().map(|secret| G::generator().multiply(*secret)).collect();
        let (session, dealer) = (digest("session"), digest("dealer"));
        let base = G::generator().multiply(nonzero::<G>("base"));
        let threshold = coefficients.len();
        let sharing = Sharing::new(session, dealer, base, threshold, keys.clone())?;
        let polynomial = Polynomial::new(coefficients.clone());
        let deal = deal(&sharing, &polynomial, &SEED)?;
        let decoded = decode_deal(&sharing, &deal)?;
        let decrypt = |(position, secret): (u32, &G::Scalar)| {
            decrypt_share(&sharing, &decoded, position, *secret, &SEED)
        };
        let decrypted = (1..).zip(&secret_keys).map(decrypt).collect::<Result<_, _>>()?;
        let question = Question {
            group: G::NAME,
            session,
            dealer,
            base: base.encode(),
            threshold: u32::try_from(threshold).unwrap_or(u32::MAX),
            keys: keys.into_iter().map(|key| key.encode()).collect(),
            commitments: deal.commitments.to_vec(),
            shares: deal.shares.to_vec(),
            decrypted,
            asked: 0,
        };
        Ok(Self { sharing, question, secret_keys, coefficients })
    }
}

impl Question {
    fn sharing_json(&self) -> Result<Value, CaseError> {
        Ok(json!({
            "group": self.group,
            "session": to_json(&self.session)?,
            "dealer": to_json(&self.dealer)?,
            "base": to_json(&self.base)?,
            "threshold": self.threshold,
            "keys": list_to_json(&self.keys)?,
        }))
    }

    fn deal_json(&self) -> Result<Value, CaseError> {
        let mut input = self.sharing_json()?;
        let commitments = self.commitments.clone().try_into()?;
        input["deal"] = to_json(&Deal { commitments, shares: self.shares.clone().try_into()? })?;
        Ok(input)
    }

    fn decryption_json(&self) -> Result<Value, CaseError> {
        let mut input = self.deal_json()?;
        input["decrypted"] = to_json(&self.decrypted[self.asked])?;
        Ok(input)
    }

    fn asked(&mut self) -> &mut DecryptedShare {
        &mut self.decrypted[self.asked]
    }
}

const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const NO_SCALAR: EncodedScalar = EncodedScalar([0xff; 32]);
const NEUTRAL: EncodedElement = EncodedElement([0; 32]);

fn another() -> EncodedElement {
    element::<Ristretto255>("another").encode()
}

const DEAL: &[&str] = &["CRY-PVSS-01", "CRY-PVSS-02", "CRY-PVSS-03", "CRY-PVSS-04", "CRY-GROUP-03"];
const DECRYPTION: &[&str] = &["CRY-PVSS-05", "CRY-DLEQ-01"];
const RECOVERY: &[&str] = &["CRY-PVSS-06", "CRY-SHARE-02"];

/// The suites about honest runs, of one profile.
struct Honest {
    dealing: SuiteWriter,
    deals: SuiteWriter,
    decrypting: SuiteWriter,
    decryptions: SuiteWriter,
    recovery: SuiteWriter,
}

impl Honest {
    fn new(
        open: fn(&str, &str, &str) -> Result<SuiteWriter, CaseError>,
    ) -> Result<Self, CaseError> {
        Ok(Self {
            dealing: open(
                "primitives.pvss_deal",
                "honest",
                "What honest dealers commit to and encrypt.",
            )?,
            deals: open("primitives.pvss_verify_deal", "honest", "Deals of honest dealers.")?,
            decrypting: open(
                "primitives.pvss_decrypt",
                "honest",
                "Shares that recipients decrypt.",
            )?,
            decryptions: open(
                "primitives.pvss_verify_decryption",
                "honest",
                "Decryptions of honest recipients.",
            )?,
            recovery: open(
                "primitives.pvss_recover",
                "honest",
                "Secrets out of t shares or more.",
            )?,
        })
    }

    fn finish(self) -> Vec<VectorFile> {
        let Self { dealing, deals, decrypting, decryptions, recovery } = self;
        [dealing, deals, decrypting, decryptions, recovery].map(SuiteWriter::finish).to_vec()
    }

    /// A run from the deal to the secret.
    fn add<G: Group>(&mut self, slug: &str, what: &str, run: &Run<G>) -> Result<(), CaseError> {
        let (group, question) = (short_name::<G>(), &run.question);
        let slug = format!("{group}-{slug}");
        let what = format!("{what} in {group}");
        let mut input = question.sharing_json()?;
        let coefficients: Value = run.coefficients.iter().copied().map(scalar_json::<G>).collect();
        input["coefficients"] = coefficients;
        let encrypted: Vec<EncodedElement> = question.shares.iter().map(|one| one.share).collect();
        let intent = Intent::Exactly(json!({
            "commitments": list_to_json(&question.commitments)?,
            "shares": list_to_json(&encrypted)?,
        }));
        let doc = format!("Given {what}, when the secret is dealt, then it is so.");
        self.dealing.add(&slug, &["CRY-PVSS-02", "CRY-SHARE-01"], &doc, input, intent)?;
        let doc = format!("Given {what}, when the deal is verified, then it holds.");
        self.deals.add(&slug, DEAL, &doc, question.deal_json()?, Intent::Ok)?;
        let last = run.secret_keys.len() - 1;
        let mut asked = question.clone();
        asked.asked = last;
        let mut input = question.deal_json()?;
        input["position"] = json!(last + 1);
        input["secret_key"] = scalar_json::<G>(run.secret_keys[last]);
        let intent = Intent::Exactly(json!({ "share": to_json(&asked.asked().share)? }));
        let doc =
            format!("Given {what}, when the last recipient decrypts, then this is its share.");
        self.decrypting.add(&slug, &["CRY-PVSS-05"], &doc, input, intent)?;
        let doc = format!(
            "Given {what}, when the last recipient's decryption is verified, then it holds."
        );
        self.decryptions.add(&slug, DECRYPTION, &doc, asked.decryption_json()?, Intent::Ok)?;
        self.add_recovery(&slug, &what, run)
    }

    /// The secret out of the last t shares, and out of all.
    fn add_recovery<G: Group>(
        &mut self,
        slug: &str,
        what: &str,
        run: &Run<G>,
    ) -> Result<(), CaseError> {
        let first = run.coefficients.first().copied().unwrap_or(G::Scalar::ZERO);
        let secret = element_json::<G>(G::generator().multiply(first));
        let shares = &run.question.decrypted;
        let lasts = &shares[shares.len() - run.sharing.threshold()..];
        for (kind, of_kind, shares) in [("last", "the last t", lasts), ("all", "all", &shares[..])]
        {
            let doc = format!(
                "Given {what}, when the secret is recovered from {of_kind} shares, then it is the dealt one."
            );
            let input = recovery_json(&run.question, shares)?;
            let intent = Intent::Exactly(json!({ "secret": secret }));
            self.recovery.add(&format!("{slug}-{kind}"), RECOVERY, &doc, input, intent)?;
        }
        Ok(())
    }
}

fn recovery_json(question: &Question, shares: &[DecryptedShare]) -> Result<Value, CaseError> {
    let mut input = question.sharing_json()?;
    input["positions"] = shares.iter().map(|share| json!(share.position)).collect();
    let elements: Vec<EncodedElement> = shares.iter().map(|share| share.share).collect();
    input["shares"] = list_to_json(&elements)?;
    Ok(input)
}

// --- ristretto255 -----------------------------------------------------------------------------

fn standard_files() -> Result<Vec<VectorFile>, CaseError> {
    type G = Ristretto255;
    let mut honest = Honest::new(SuiteWriter::new)?;
    for (recipients, threshold) in [(1, 1), (3, 2), (4, 3), (7, 5)] {
        let slug = format!("{threshold}-of-{recipients}");
        let what = format!("a secret that {threshold} of {recipients} recover");
        honest.add(&slug, &what, &Run::<G>::new(recipients, threshold)?)?;
    }
    let zero = <G as Group>::Scalar::ZERO;
    let identity = Run::<G>::of(3, vec![zero, zero])?;
    honest.add("identity", "the polynomial 0, whose secret is the identity", &identity)?;
    let mut files = honest.finish();
    let run = Run::<G>::new(4, 3)?;
    files.extend([sharings(&run)?, dealers(&run)?, broken_deals(&run)?, changed_deals(&run)?]);
    files.extend([decrypters(&run)?, broken_decryptions(&run)?, changed_decryptions(&run)?]);
    files.push(recoveries(&run)?);
    Ok(files)
}

/// What is done: slug, in words, requirement, what for, in fact.
type Change = (&'static str, &'static str, &'static str, Rejection, fn(&mut Question));

/// Adds the question with each change, refused.
fn add_changes(
    suite: &mut SuiteWriter,
    honest: &Question,
    subject: &str,
    ask: fn(&Question) -> Result<Value, CaseError>,
    changes: &[Change],
) -> Result<(), CaseError> {
    for (slug, what, requirement, rejection, apply) in changes {
        let mut question = honest.clone();
        apply(&mut question);
        let doc = format!("Given {subject} {what}, when it is verified, then it is refused.");
        let intent = Intent::Rejected(*rejection);
        suite.add(slug, &[*requirement], &doc, ask(&question)?, intent)?;
    }
    Ok(())
}

const SHARING_CHANGES: [Change; 9] = [
    ("threshold-zero", "with the threshold 0", "CRY-PVSS-01", CryPvssLengths, |q| q.threshold = 0),
    (
        "threshold-five",
        "with one more to recover than there are",
        "CRY-PVSS-01",
        CryPvssLengths,
        |q| q.threshold = 5,
    ),
    ("threshold-most", "with the largest threshold", "CRY-PVSS-01", CryPvssLengths, |q| {
        q.threshold = u32::MAX
    }),
    ("nobody", "without recipients", "CRY-PVSS-01", CryPvssLengths, |q| q.keys.clear()),
    ("base-identity", "with the identity for its base", "CRY-GROUP-03", CryElementIdentity, |q| {
        q.base = NEUTRAL
    }),
    (
        "first-key-identity",
        "with the identity for its first key",
        "CRY-GROUP-03",
        CryElementIdentity,
        |q| q.keys[0] = NEUTRAL,
    ),
    (
        "last-key-identity",
        "with the identity for its last key",
        "CRY-GROUP-03",
        CryElementIdentity,
        |q| q.keys[3] = NEUTRAL,
    ),
    (
        "base-no-element",
        "with a base that is no element",
        "CRY-GROUP-01",
        CryElementEncoding,
        |q| q.base = NO_ELEMENT,
    ),
    ("key-no-element", "with a key that is no element", "CRY-GROUP-01", CryElementEncoding, |q| {
        q.keys[3] = NO_ELEMENT
    }),
];

fn sharings(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc =
        "Thresholds, bases and keys with which a secret can be shared, and with which it cannot.";
    let mut suite = SuiteWriter::new("primitives.pvss_sharing", "limits", doc)?;
    let ask = Question::sharing_json;
    for threshold in [1, 4] {
        let question = Question { threshold, ..run.question.clone() };
        let doc = format!(
            "Given four recipients, when {threshold} of them are to recover, then they can."
        );
        let requirements = ["CRY-PVSS-01", "CRY-GROUP-03"];
        suite.add(
            &format!("{threshold}-of-4"),
            &requirements,
            &doc,
            ask(&question)?,
            Intent::Ok,
        )?;
    }
    add_changes(&mut suite, &run.question, "a sharing among four", ask, &SHARING_CHANGES)?;
    let question = Question { threshold: 0, base: NEUTRAL, ..run.question.clone() };
    let doc = "Given a sharing with the threshold 0 and the identity for its base, when it is verified, then it is refused for the former.";
    let intent = Intent::Rejected(CryPvssLengths);
    suite
        .add("threshold-before-identity", &["CRY-PVSS-01"], doc, ask(&question)?, intent)?
        .flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}

fn dealers(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc = "Polynomials that have more or fewer coefficients than the threshold.";
    let mut suite = SuiteWriter::new("primitives.pvss_deal", "lengths", doc)?;
    for count in [0, 2, 4] {
        let coefficients = (0..count).map(|k| scalar::<Ristretto255>(&format!("coefficient {k}")));
        let mut input = run.question.sharing_json()?;
        input["coefficients"] = coefficients.map(scalar_json::<Ristretto255>).collect();
        let doc = format!(
            "Given {count} coefficients and the threshold 3, when the secret is dealt, then it is refused."
        );
        let intent = Intent::Rejected(CryPvssLengths);
        suite.add(&format!("coefficients-{count}"), &["CRY-PVSS-02"], &doc, input, intent)?;
    }
    Ok(suite.finish())
}

/// One fault for each check of a deal, in their order.
const DEAL_FAULTS: [Fault<Question>; 5] = [
    Fault {
        slug: "lengths",
        what: "a commitment is missing",
        requirement: "CRY-PVSS-03",
        rejection: CryPvssLengths,
        commit: |question| {
            question.commitments.remove(0);
            Ok(())
        },
    },
    Fault {
        slug: "element",
        what: "the first encrypted share is no element",
        requirement: "CRY-GROUP-01",
        rejection: CryElementEncoding,
        commit: |question| {
            question.shares[0].share = NO_ELEMENT;
            Ok(())
        },
    },
    Fault {
        slug: "scalar",
        what: "the second share's response is no scalar",
        requirement: "CRY-GROUP-02",
        rejection: CryScalarEncoding,
        commit: |question| {
            question.shares[1].proof.response = NO_SCALAR;
            Ok(())
        },
    },
    Fault {
        slug: "identity",
        what: "the third share's T1 is the identity",
        requirement: "CRY-DLEQ-03",
        rejection: CryElementIdentity,
        commit: |question| {
            question.shares[2].proof.nonce_commitments[0] = NEUTRAL;
            Ok(())
        },
    },
    Fault {
        slug: "proof",
        what: "the last share's response is another's",
        requirement: "CRY-PVSS-04",
        rejection: CryDleqProof,
        commit: |question| {
            question.shares[3].proof.response = question.shares[1].proof.response;
            Ok(())
        },
    },
];

fn broken_deals(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc = "An honest deal with one fault for each check, and with two.";
    let mut suite = SuiteWriter::new("primitives.pvss_verify_deal", "checks", doc)?;
    let honest = &run.question;
    let ask = Question::deal_json;
    let checks = Checks { subject: "a deal to four", honest, faults: &DEAL_FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    // The response that the last share would have is no scalar itself then.
    checks.add_pairs(&mut suite, Pairs::All, &[("scalar", "proof")])?;
    let mut question = run.question.clone();
    question.shares[1].proof.response = question.shares[0].proof.response;
    question.shares[2].proof.nonce_commitments[1] = NEUTRAL;
    let doc = "Given a deal to four, when the second share's proof is false and the third's T2 is the identity, then it is refused for the former.";
    let intent = Intent::Rejected(CryDleqProof);
    let requirements = ["CRY-PVSS-04", "CRY-DLEQ-02"];
    suite
        .add("proof-before-identity", &requirements, doc, ask(&question)?, intent)?
        .flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}

const LENGTHS: &str = "CRY-PVSS-03";
const ENCRYPTED: &str = "CRY-PVSS-04";
const CHALLENGE: &str = "CRY-DLEQ-01";

const DEAL_CHANGES: [Change; 24] = [
    ("commitment-more", "with a commitment more", LENGTHS, CryPvssLengths, |q| {
        q.commitments.push(NEUTRAL)
    }),
    ("no-commitments", "without commitments", LENGTHS, CryPvssLengths, |q| q.commitments.clear()),
    ("share-missing", "without its last share", LENGTHS, CryPvssLengths, |q| q.shares.truncate(3)),
    ("share-twice", "with its last share twice", LENGTHS, CryPvssLengths, |q| {
        q.shares.push(q.shares[3])
    }),
    ("recipient-missing", "of four to three", LENGTHS, CryPvssLengths, |q| q.keys.truncate(3)),
    ("threshold-lower", "under a lower threshold", LENGTHS, CryPvssLengths, |q| q.threshold = 2),
    (
        "commitment-no-element",
        "with a commitment that is no element",
        "CRY-GROUP-01",
        CryElementEncoding,
        |q| q.commitments[2] = NO_ELEMENT,
    ),
    ("commitment-other", "with another last commitment", ENCRYPTED, CryDleqProof, |q| {
        q.commitments[2] = another()
    }),
    (
        "commitment-identity",
        "with the identity for its last commitment",
        ENCRYPTED,
        CryDleqProof,
        |q| q.commitments[2] = NEUTRAL,
    ),
    ("commitments-exchanged", "with two commitments exchanged", ENCRYPTED, CryDleqProof, |q| {
        q.commitments.swap(0, 1)
    }),
    ("first-share-other", "with another first share", ENCRYPTED, CryDleqProof, |q| {
        q.shares[0].share = another()
    }),
    ("last-share-other", "with another last share", ENCRYPTED, CryDleqProof, |q| {
        q.shares[3].share = another()
    }),
    ("last-share-identity", "with the identity for its last share", ENCRYPTED, CryDleqProof, |q| {
        q.shares[3].share = NEUTRAL
    }),
    ("shares-exchanged", "with two shares exchanged", ENCRYPTED, CryDleqProof, |q| {
        q.shares.swap(1, 2)
    }),
    (
        "elements-exchanged",
        "with two shares exchanged and their proofs left",
        ENCRYPTED,
        CryDleqProof,
        |q| {
            let [one, other] = [q.shares[0].share, q.shares[3].share];
            (q.shares[0].share, q.shares[3].share) = (other, one);
        },
    ),
    ("proofs-exchanged", "with two proofs exchanged", ENCRYPTED, CryDleqProof, |q| {
        let [one, other]: [DleqProof; 2] = [q.shares[0].proof, q.shares[3].proof];
        (q.shares[0].proof, q.shares[3].proof) = (other, one);
    }),
    ("commitment-of-nonce-other", "with another T2", ENCRYPTED, CryDleqProof, |q| {
        q.shares[2].proof.nonce_commitments[1] = another()
    }),
    ("session", "of another session", CHALLENGE, CryDleqProof, |q| {
        q.session = digest("another session")
    }),
    ("dealer", "copied from another dealer", CHALLENGE, CryDleqProof, |q| {
        q.dealer = digest("another dealer")
    }),
    ("base", "under another base", ENCRYPTED, CryDleqProof, |q| q.base = another()),
    ("key-other", "to another last recipient", ENCRYPTED, CryDleqProof, |q| q.keys[3] = another()),
    ("keys-exchanged", "with two recipients exchanged", ENCRYPTED, CryDleqProof, |q| {
        q.keys.swap(0, 1)
    }),
    ("rotated", "with its recipients and shares one place further", ENCRYPTED, CryDleqProof, |q| {
        q.keys.rotate_left(1);
        q.shares.rotate_left(1);
    }),
    ("t2-no-element", "with a T2 that is no element", "CRY-GROUP-01", CryElementEncoding, |q| {
        q.shares[3].proof.nonce_commitments[1] = NO_ELEMENT
    }),
];

fn changed_deals(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "An honest deal with one thing changed, and deals by dealers that are not honest.";
    let mut suite = SuiteWriter::new("primitives.pvss_verify_deal", "changed", doc)?;
    let ask = Question::deal_json;
    add_changes(&mut suite, &run.question, "a deal to four", ask, &DEAL_CHANGES)?;
    // Shares of a polynomial of a higher degree, of which only t commitments are shown.
    let mut question = run.question.clone();
    let higher = Run::<G>::new(4, 4)?.question;
    question.shares = higher.shares;
    let doc = "Given shares of a polynomial with a coefficient more than the commitments are, when the deal is verified, then it is refused.";
    let intent = Intent::Rejected(CryDleqProof);
    suite.add("degree-too-high", &["CRY-PVSS-04", "CRY-PVSS-03"], doc, ask(&question)?, intent)?;
    let question = Question { commitments: higher.commitments, ..question };
    let doc = "Given a polynomial with a coefficient more than the threshold, when its deal is verified, then it is refused.";
    let intent = Intent::Rejected(CryPvssLengths);
    suite.add("coefficient-more", &["CRY-PVSS-03"], doc, ask(&question)?, intent)?;
    Ok(suite.finish())
}

// --- Decryption and recovery ------------------------------------------------------------------

fn decrypters(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Those who are no recipients.";
    let mut suite = SuiteWriter::new("primitives.pvss_decrypt", "strangers", doc)?;
    let secret = |number: usize| scalar_json::<G>(run.secret_keys[number]);
    let cases = [
        ("position-zero", "the position 0", 0, secret(0), CrySharePositions, "CRY-PVSS-06"),
        (
            "position-five",
            "a position after the last",
            5,
            secret(0),
            CrySharePositions,
            "CRY-PVSS-06",
        ),
        (
            "position-most",
            "the largest position",
            u32::MAX,
            secret(0),
            CrySharePositions,
            "CRY-PVSS-06",
        ),
        ("key-of-other", "the key of another recipient", 1, secret(1), CryDleqProof, "CRY-PVSS-05"),
        ("key-zero", "the key 0", 1, json!(hex::encode([0; 32])), CryDleqProof, "CRY-PVSS-05"),
        (
            "key-no-scalar",
            "a key that is no scalar",
            1,
            json!(hex::encode(NO_SCALAR.0)),
            CryScalarEncoding,
            "CRY-GROUP-02",
        ),
    ];
    for (slug, what, position, secret_key, rejection, requirement) in cases {
        let mut input = run.question.deal_json()?;
        input["position"] = json!(position);
        input["secret_key"] = secret_key;
        let doc = format!("Given {what}, when a share is decrypted, then it is refused.");
        suite.add(slug, &[requirement], &doc, input, Intent::Rejected(rejection))?;
    }
    Ok(suite.finish())
}

/// One fault for each check of a decryption, in their order.
const DECRYPTION_FAULTS: [Fault<Question>; 5] = [
    Fault {
        slug: "position",
        what: "nobody has its position",
        requirement: "CRY-PVSS-06",
        rejection: CrySharePositions,
        commit: |question| {
            question.asked().position = 5;
            Ok(())
        },
    },
    Fault {
        slug: "element",
        what: "the share is no element",
        requirement: "CRY-GROUP-01",
        rejection: CryElementEncoding,
        commit: |question| {
            question.asked().share = NO_ELEMENT;
            Ok(())
        },
    },
    Fault {
        slug: "scalar",
        what: "the response is no scalar",
        requirement: "CRY-GROUP-02",
        rejection: CryScalarEncoding,
        commit: |question| {
            question.asked().proof.response = NO_SCALAR;
            Ok(())
        },
    },
    Fault {
        slug: "identity",
        what: "T1 is the identity",
        requirement: "CRY-DLEQ-03",
        rejection: CryElementIdentity,
        commit: |question| {
            question.asked().proof.nonce_commitments[0] = NEUTRAL;
            Ok(())
        },
    },
    Fault {
        slug: "proof",
        what: "it is shown for another session",
        requirement: "CRY-PVSS-05",
        rejection: CryDleqProof,
        commit: |question| {
            question.session = digest("another session");
            Ok(())
        },
    },
];

fn broken_decryptions(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc = "An honest decryption with one fault for each check, and with two.";
    let mut suite = SuiteWriter::new("primitives.pvss_verify_decryption", "checks", doc)?;
    let honest = &run.question;
    let ask = Question::decryption_json;
    let checks = Checks { subject: "a decryption", honest, faults: &DECRYPTION_FAULTS, ask };
    checks.add_single_faults(&mut suite)?;
    checks.add_pairs(&mut suite, Pairs::All, &[])?;
    let mut question = run.question.clone();
    question.shares.pop();
    question.asked().position = 5;
    let doc = "Given a decryption, when its deal is too short and nobody has its position, then it is refused for the former.";
    let intent = Intent::Rejected(CryPvssLengths);
    let requirements = ["CRY-PVSS-03", "CRY-PVSS-06"];
    suite
        .add("lengths-before-position", &requirements, doc, ask(&question)?, intent)?
        .flag(FLAG_SECOND_FAULT);
    Ok(suite.finish())
}

const DECRYPTED: &str = "CRY-PVSS-05";

const DECRYPTION_CHANGES: [Change; 16] = [
    ("position-zero", "at the position 0", "CRY-PVSS-06", CrySharePositions, |q| {
        q.asked().position = 0
    }),
    ("position-most", "at the largest position", "CRY-PVSS-06", CrySharePositions, |q| {
        q.asked().position = u32::MAX
    }),
    ("position-other", "at another's position", DECRYPTED, CryDleqProof, |q| {
        q.asked().position = 2
    }),
    ("share-other", "with another share", DECRYPTED, CryDleqProof, |q| q.asked().share = another()),
    ("share-identity", "with the identity for its share", DECRYPTED, CryDleqProof, |q| {
        q.asked().share = NEUTRAL
    }),
    ("share-encrypted", "with the share still encrypted", DECRYPTED, CryDleqProof, |q| {
        q.asked().share = q.shares[0].share
    }),
    ("share-of-next", "with the next recipient's share", DECRYPTED, CryDleqProof, |q| {
        q.asked().share = q.decrypted[1].share
    }),
    ("proof-of-next", "with the next recipient's proof", DECRYPTED, CryDleqProof, |q| {
        q.asked().proof = q.decrypted[1].proof
    }),
    ("proof-of-encryption", "with the dealer's proof", CHALLENGE, CryDleqProof, |q| {
        q.asked().proof = q.shares[0].proof
    }),
    ("t1-other", "with another T1", DECRYPTED, CryDleqProof, |q| {
        q.asked().proof.nonce_commitments[0] = another()
    }),
    (
        "response-raised",
        "with a response raised by the order",
        "CRY-GROUP-02",
        CryScalarEncoding,
        |q| {
            q.asked().proof.response = EncodedScalar(plus_order(&q.decrypted[0].proof.response.0));
        },
    ),
    ("dealer", "of another dealer's share", CHALLENGE, CryDleqProof, |q| {
        q.dealer = digest("another dealer")
    }),
    ("base", "under another base", CHALLENGE, CryDleqProof, |q| q.base = another()),
    ("commitment", "of a deal with another commitment", CHALLENGE, CryDleqProof, |q| {
        q.commitments[1] = another()
    }),
    ("encrypted", "of another encrypted share", DECRYPTED, CryDleqProof, |q| {
        q.shares[0].share = another()
    }),
    ("key", "by another recipient", DECRYPTED, CryDleqProof, |q| q.keys[0] = another()),
];

fn changed_decryptions(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc = "An honest decryption with one thing changed.";
    let mut suite = SuiteWriter::new("primitives.pvss_verify_decryption", "changed", doc)?;
    let ask = Question::decryption_json;
    add_changes(&mut suite, &run.question, "a decryption", ask, &DECRYPTION_CHANGES)?;
    Ok(suite.finish())
}

fn recoveries(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc =
        "Shares that are too few or at no position, and one too many that would change nothing.";
    let mut suite = SuiteWriter::new("primitives.pvss_recover", "positions", doc)?;
    let shares = &run.question.decrypted;
    let at = |position: u32| DecryptedShare { position, ..shares[0] };
    let wrong_last = [&shares[..3], &[DecryptedShare { share: another(), ..shares[3] }]].concat();
    let doc = "Given three good shares and a wrong one at a higher position, when the secret is recovered, then the lowest three give it.";
    let input = recovery_json(&run.question, &wrong_last)?;
    let secret =
        element_json::<Ristretto255>(Ristretto255::generator().multiply(run.coefficients[0]));
    suite.add(
        "wrong-fourth",
        RECOVERY,
        doc,
        input,
        Intent::Exactly(json!({ "secret": secret })),
    )?;
    let mut no_element = shares[..3].to_vec();
    no_element[1].share = NO_ELEMENT;
    let refused = [
        ("none", "no shares", vec![], CrySharePositions),
        (
            "two",
            "two shares of the three that are needed",
            shares[1..3].to_vec(),
            CrySharePositions,
        ),
        ("same-thrice", "one share three times", vec![shares[0]; 3], CrySharePositions),
        ("at-zero", "a share at 0", [&shares[1..], &[at(0)]].concat(), CrySharePositions),
        ("no-element", "a share that is no element", no_element, CryElementEncoding),
    ];
    for (slug, what, shares, rejection) in refused {
        let doc = format!("Given {what}, when the secret is recovered, then it is refused.");
        let requirements =
            if rejection == CrySharePositions { RECOVERY } else { &["CRY-GROUP-01"] };
        let input = recovery_json(&run.question, &shares)?;
        suite.add(slug, requirements, &doc, input, Intent::Rejected(rejection))?;
    }
    Ok(suite.finish())
}

// --- Toy groups -------------------------------------------------------------------------------

fn toy_files() -> Result<Vec<VectorFile>, CaseError> {
    let mut honest = Honest::new(SuiteWriter::tiny)?;
    add_toy_runs::<ToyGroup<5>>(&mut honest, &[(4, 2), (3, 3)])?;
    add_toy_runs::<ToyGroup<7>>(&mut honest, &[(6, 4), (2, 1)])?;
    add_toy_runs::<ToyGroup<11>>(&mut honest, &[(10, 4), (5, 3)])?;
    let mut files = honest.finish();
    let doc = "Sharings among as many as a toy group has positions for, and among one more.";
    let mut sharings = SuiteWriter::tiny("primitives.pvss_sharing", "positions", doc)?;
    let doc = "Deals over toy groups in which a share is another, by as little as 1.";
    let mut deals = SuiteWriter::tiny("primitives.pvss_verify_deal", "changed", doc)?;
    let doc = "Decryptions over toy groups in which the share is another, by as little as 1.";
    let mut decryptions = SuiteWriter::tiny("primitives.pvss_verify_decryption", "changed", doc)?;
    let doc = "Shares over toy groups that are too few, or at positions that are 0 or equal there.";
    let mut recovery = SuiteWriter::tiny("primitives.pvss_recover", "positions", doc)?;
    let mut suites = [&mut sharings, &mut deals, &mut decryptions, &mut recovery];
    add_toy_faults::<ToyGroup<5>>(&mut suites)?;
    add_toy_faults::<ToyGroup<7>>(&mut suites)?;
    add_toy_faults::<ToyGroup<11>>(&mut suites)?;
    files.extend([sharings, deals, decryptions, recovery].map(SuiteWriter::finish));
    Ok(files)
}

fn add_toy_runs<G: Group>(honest: &mut Honest, sizes: &[(u32, u32)]) -> Result<(), CaseError> {
    for (recipients, threshold) in sizes {
        let slug = format!("{threshold}-of-{recipients}");
        let what = format!("a secret that {threshold} of {recipients} recover");
        honest.add(&slug, &what, &Run::<G>::new(*recipients, *threshold)?)?;
    }
    Ok(())
}

/// The element one further on.
fn next<G: Group>(encoded: &EncodedElement) -> Result<EncodedElement, CaseError> {
    Ok(G::Element::decode(encoded)?.add(G::generator()).encode())
}

/// The deal in which the share at `place` is one further on.
fn with_next_share<G: Group>(run: &Run<G>, place: usize) -> Result<Question, CaseError> {
    let mut question = run.question.clone();
    question.shares[place].share = next::<G>(&question.shares[place].share)?;
    Ok(question)
}

/// The decryption in which the first share is one further on.
fn with_next_decrypted<G: Group>(run: &Run<G>) -> Result<Question, CaseError> {
    let mut question = run.question.clone();
    question.asked().share = next::<G>(&question.decrypted[0].share)?;
    Ok(question)
}

/// The first run in which those changes make a proof false: where the challenge is 0, or a share is the
/// identity, they would not, or break another rule.
fn toy_run<G: Group>() -> Result<Run<G>, CaseError> {
    for number in 0..1_000 {
        let coefficient = |k: u32| nonzero::<G>(&format!("toy coefficient {number} {k}"));
        let run = Run::<G>::of(4, (0..2).map(coefficient).collect())?;
        let is_refused = |place: usize| -> Result<bool, CaseError> {
            let Question { commitments, shares, .. } = with_next_share(&run, place)?;
            let deal = Deal { commitments: commitments.try_into()?, shares: shares.try_into()? };
            Ok(verify_deal(&run.sharing, &deal).err() == Some(CryDleqProof))
        };
        let Question { commitments, shares, decrypted, .. } = with_next_decrypted(&run)?;
        let deal = Deal { commitments: commitments.try_into()?, shares: shares.try_into()? };
        let deal = decode_deal(&run.sharing, &deal)?;
        let answer = verify_decryption(&run.sharing, &deal, &decrypted[0]);
        if is_refused(0)? && is_refused(3)? && answer == Err(CryDleqProof) {
            return Ok(run);
        }
    }
    let problem = "there is no such run".to_owned();
    Err(CaseError { id: "primitives.pvss_verify_deal".to_owned(), problem })
}

fn add_toy_faults<G: Group>(
    [sharings, deals, decryptions, recovery]: &mut [&mut SuiteWriter; 4],
) -> Result<(), CaseError> {
    let (group, last) = (short_name::<G>(), G::POSITIONS_MAX);
    let run = toy_run::<G>()?;
    for (recipients, intent) in [(last, Intent::Ok), (last + 1, Intent::Rejected(CryPvssLengths))] {
        let keys = vec![G::generator().encode(); recipients as usize];
        let question = Question { keys, ..run.question.clone() };
        let doc = format!(
            "Given {recipients} recipients in {group}, when a secret is to be shared among them, then this is the answer."
        );
        let slug = format!("{group}-recipients-{recipients}");
        sharings.add(&slug, &["CRY-PVSS-01"], &doc, question.sharing_json()?, intent)?;
    }
    let refused = Intent::Rejected(CryDleqProof);
    for place in [0, 3] {
        let question = with_next_share(&run, place)?;
        let doc = format!(
            "Given a deal in {group}, when share {place} is one further on, then it is refused."
        );
        let slug = format!("{group}-share-{place}");
        deals.add(&slug, &["CRY-PVSS-04"], &doc, question.deal_json()?, refused.clone())?;
    }
    let question = with_next_decrypted(&run)?;
    let doc = format!(
        "Given a decryption in {group}, when the share is one further on, then it is refused."
    );
    let slug = format!("{group}-share");
    decryptions.add(&slug, &["CRY-PVSS-05"], &doc, question.decryption_json()?, refused)?;
    let shares = &run.question.decrypted;
    for (slug, what, position) in [("order", "0", last + 1), ("order-and-one", "1", last + 2)] {
        let shares = [shares[0], DecryptedShare { position, ..shares[1] }];
        let doc = format!(
            "Given shares in {group} at 1 and at what is {what} there, when the secret is recovered, then it is refused."
        );
        let input = recovery_json(&run.question, &shares)?;
        let intent = Intent::Rejected(CrySharePositions);
        recovery.add(&format!("{group}-at-{slug}"), RECOVERY, &doc, input, intent)?;
    }
    let doc = format!(
        "Given one share in {group} where two are needed, when the secret is recovered, then it is refused."
    );
    let intent = Intent::Rejected(CrySharePositions);
    let input = recovery_json(&run.question, &shares[..1])?;
    recovery.add(&format!("{group}-one"), RECOVERY, &doc, input, intent)?;
    Ok(())
}
