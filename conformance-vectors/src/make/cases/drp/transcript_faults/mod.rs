//! Transcripts that differ from a valid one in one thing, each refused at the check of that thing.
//!
//! When a fault changes signed data, the signers sign the changed data, so that no earlier check
//! fails and most later ones pass. The run is one of seven validators in groups of three, in which
//! the first leader failed and the second committed.
//!
//! | file | faults |
//! |---|---|
//! | [`run`] | of the run, its log, and whose turn it was |
//! | [`deals`] | of groups, the announcement, inputs, deals and the root |
//! | [`signatures`] | of the collective signature |
//! | [`commit`] | of the commit, the log's certificate, shares and the random number |
//! | [`pairs`] | two or more at once, which fix the order of the checks |
//! | [`facts`] | none: the reader knows other facts of the epoch |
//! | [`checks`] | one or two for each check but one, at which the list of checks ends |

mod checks;
mod commit;
mod deals;
mod facts;
mod pairs;
mod question;
mod run;
mod signatures;

use ioschain_spec::primitives::group::{EncodedElement, EncodedScalar};

pub(super) use checks::with_fault;
pub(super) use question::Question;

use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Checks, Fault};
use crate::make::cases::support::{CaseError, SuiteWriter};

const NO_ELEMENT: EncodedElement = EncodedElement([0xff; 32]);
const NO_SCALAR: EncodedScalar = EncodedScalar([0xff; 32]);
const IDENTITY: EncodedElement = EncodedElement([0; 32]);

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let honest = Question::honest()?;
    Ok(vec![
        single_faults(
            &honest,
            "run-faults",
            "Faults in the run and in the choice of its leader.",
            run::RUN,
        )?,
        single_faults(
            &honest,
            "deal-faults",
            "Faults in the groups, the inputs, the deals and the root.",
            deals::DEALS,
        )?,
        single_faults(
            &honest,
            "signature-faults",
            "Faults in the collective signature.",
            signatures::SIGNATURES,
        )?,
        single_faults(
            &honest,
            "commit-faults",
            "Faults in the commit, the shares and the random number.",
            commit::COMMIT,
        )?,
        pairs::two_faults(&honest)?,
        facts::other_facts(&honest)?,
        checks::listed_checks(&honest)?,
    ])
}

fn single_faults(
    honest: &Question,
    name: &str,
    doc: &str,
    faults: &[Fault<Question>],
) -> Result<VectorFile, CaseError> {
    let doc = format!(
        "{doc} Each case changes one part of a valid transcript and signs the changed transcript."
    );
    let mut suite = SuiteWriter::new("drp.verify_transcript", name, &doc)?;
    let checks = Checks { subject: "a transcript", honest, faults, ask: Question::to_json };
    checks.add_single_faults(&mut suite)?;
    Ok(suite.finish())
}
