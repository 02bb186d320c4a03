//! Publicly verifiable secret sharing, and Shamir's under it.

mod deal;
mod decryption;
mod honest;
mod recovery;
mod shamir;
mod toy;

use ioschain_spec::Rejection::{self};
use ioschain_spec::primitives::group::{Element as _, EncodedElement, EncodedScalar, Group};
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::pvss::{
    Deal, DecryptedShare, EncryptedShare, Sharing, deal, decode_deal, decrypt_share,
};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::shamir::Polynomial;
use serde_json::{Value, json};

use crate::format::vector::VectorFile;
use crate::make::cases::primitives::group::{element, nonzero, scalar};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{digest, list_to_json};
use crate::reference::to_json;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = shamir::shamir_files()?;
    files.extend(standard_files()?);
    files.extend(toy::toy_files()?);
    Ok(files)
}

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
            decrypt_share(&sharing, &decoded, Position(position), *secret, &SEED)
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

fn standard_files() -> Result<Vec<VectorFile>, CaseError> {
    type G = Ristretto255;
    let mut honest = honest::Honest::new(SuiteWriter::new)?;
    honest.add_runs::<G>(&[(1, 1), (3, 2), (4, 3), (7, 5)])?;
    let zero = <G as Group>::Scalar::ZERO;
    let identity = Run::<G>::of(3, vec![zero, zero])?;
    honest.add("identity", "the polynomial 0, whose secret is the identity", &identity)?;
    let mut files = honest.finish();
    let run = Run::<G>::new(4, 3)?;
    files.extend([
        deal::sharings(&run)?,
        deal::dealers(&run)?,
        deal::broken_deals(&run)?,
        deal::changed_deals(&run)?,
    ]);
    files.extend([
        decryption::decrypters(&run)?,
        decryption::broken_decryptions(&run)?,
        decryption::changed_decryptions(&run)?,
    ]);
    files.push(recovery::recoveries(&run)?);
    Ok(files)
}

/// A change that is refused: its slug, its description, the requirement, the rejection, and the
/// change itself.
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
const CHALLENGE: &str = "CRY-DLEQ-01";
