//! The secret out of decrypted shares, and shares that give none.

use ioschain_spec::Rejection::{CryElementEncoding, CrySharePositions};
use ioschain_spec::primitives::group::{Element as _, EncodedElement, Group};
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::pvss::DecryptedShare;
use ioschain_spec::primitives::ristretto::Ristretto255;
use serde_json::{Value, json};

use super::{NO_ELEMENT, Question, RECOVERY, Run, another};
use crate::format::vector::VectorFile;
use crate::make::cases::primitives::group::element_json;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::list_to_json;

pub(super) fn recovery_json(
    question: &Question,
    shares: &[DecryptedShare],
) -> Result<Value, CaseError> {
    let mut input = question.sharing_json()?;
    input["positions"] = shares.iter().map(|share| json!(share.position.0)).collect();
    let elements: Vec<EncodedElement> = shares.iter().map(|share| share.share).collect();
    input["shares"] = list_to_json(&elements)?;
    Ok(input)
}

/// An implementation that counts shares otherwise recovers no secret, or another one.
pub(super) fn recoveries(run: &Run<Ristretto255>) -> Result<VectorFile, CaseError> {
    let doc =
        "Too few shares, shares at invalid positions, and an additional share that has no effect.";
    let mut suite = SuiteWriter::new("primitives.pvss_recover", "positions", doc)?;
    let shares = &run.question.decrypted;
    let at = |position: Position| DecryptedShare { position, ..shares[0] };
    let wrong_last = [&shares[..3], &[DecryptedShare { share: another(), ..shares[3] }]].concat();
    let doc = "Given three correct shares and a wrong share at a higher position, when the secret \
               is recovered, then it follows from the three shares at the lowest positions.";
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
            "two of the three shares that are needed",
            shares[1..3].to_vec(),
            CrySharePositions,
        ),
        ("same-thrice", "the same share three times", vec![shares[0]; 3], CrySharePositions),
        ("at-zero", "a share at 0", [&shares[1..], &[at(Position(0))]].concat(), CrySharePositions),
        ("no-element", "a share that does not encode an element", no_element, CryElementEncoding),
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
