//! Honest runs, from the deal to the secret.

use ioschain_model::words::count;
use ioschain_spec::primitives::group::{Element as _, EncodedElement, Group, Scalar as _};
use serde_json::{Value, json};

use super::recovery::recovery_json;
use super::{DEAL, DECRYPTION, RECOVERY, Run};
use crate::format::vector::VectorFile;
use crate::make::cases::primitives::group::{element_json, scalar_json, short_name};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::list_to_json;
use crate::reference::to_json;

/// The suites about honest runs, of one profile.
pub(super) struct Honest {
    dealing: SuiteWriter,
    deals: SuiteWriter,
    decrypting: SuiteWriter,
    decryptions: SuiteWriter,
    recovery: SuiteWriter,
}

impl Honest {
    pub(super) fn new(
        open: fn(&str, &str, &str) -> Result<SuiteWriter, CaseError>,
    ) -> Result<Self, CaseError> {
        Ok(Self {
            dealing: open(
                "primitives.pvss_deal",
                "honest",
                "The commitments and encrypted shares of honest dealers.",
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
                "Secrets recovered from t shares or more.",
            )?,
        })
    }

    pub(super) fn finish(self) -> Vec<VectorFile> {
        let Self { dealing, deals, decrypting, decryptions, recovery } = self;
        [dealing, deals, decrypting, decryptions, recovery].map(SuiteWriter::finish).to_vec()
    }

    /// Runs of so many recipients with such thresholds.
    pub(super) fn add_runs<G: Group>(&mut self, sizes: &[(u32, u32)]) -> Result<(), CaseError> {
        for (recipients, threshold) in sizes {
            let slug = format!("{threshold}-of-{recipients}");
            let what = format!(
                "a secret with {} and the threshold {threshold}",
                count(recipients, "recipient")
            );
            self.add(&slug, &what, &Run::<G>::new(*recipients, *threshold)?)?;
        }
        Ok(())
    }

    /// A run from the deal to the secret.
    pub(super) fn add<G: Group>(
        &mut self,
        slug: &str,
        what: &str,
        run: &Run<G>,
    ) -> Result<(), CaseError> {
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
        let doc = format!(
            "Given {what}, when the secret is dealt, then these are the commitments and the \
             encrypted shares."
        );
        self.dealing.add(&slug, &["CRY-PVSS-02", "CRY-SHARE-01"], &doc, input, intent)?;
        let doc = format!("Given {what}, when the deal is verified, then it is valid.");
        self.deals.add(&slug, DEAL, &doc, question.deal_json()?, Intent::Ok)?;
        let last = run.secret_keys.len() - 1;
        let mut asked = question.clone();
        asked.asked = last;
        let mut input = question.deal_json()?;
        input["position"] = json!(last + 1);
        input["secret_key"] = scalar_json::<G>(run.secret_keys[last]);
        let intent = Intent::Exactly(json!({ "share": to_json(&asked.asked().share)? }));
        let doc = format!(
            "Given {what}, when the last recipient decrypts its share, then this is the share."
        );
        self.decrypting.add(&slug, &["CRY-PVSS-05"], &doc, input, intent)?;
        let doc = format!(
            "Given {what}, when the last recipient's decryption is verified, then it is valid."
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
                "Given {what}, when the secret is recovered from {of_kind} shares, then it is the \
                 dealt one."
            );
            let input = recovery_json(&run.question, shares)?;
            let intent = Intent::Exactly(json!({ "secret": secret }));
            self.recovery.add(&format!("{slug}-{kind}"), RECOVERY, &doc, input, intent)?;
        }
        Ok(())
    }
}
