//! The same over toy groups, where the smallest possible change of a share must be found.

use ioschain_spec::Rejection::{CryDleqProof, CryPvssLengths, CrySharePositions};
use ioschain_spec::primitives::group::{Element as _, EncodedElement, Group};
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::pvss::{
    Deal, DecryptedShare, decode_deal, verify_deal, verify_decryption,
};
use ioschain_spec::primitives::toy_group::ToyGroup;

use super::honest::Honest;
use super::recovery::recovery_json;
use super::{Question, RECOVERY, Run};
use crate::format::vector::VectorFile;
use crate::make::cases::primitives::group::{nonzero, short_name};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

pub(super) fn toy_files() -> Result<Vec<VectorFile>, CaseError> {
    let mut honest = Honest::new(SuiteWriter::tiny)?;
    honest.add_runs::<ToyGroup<5>>(&[(4, 2), (3, 3)])?;
    honest.add_runs::<ToyGroup<7>>(&[(6, 4), (2, 1)])?;
    honest.add_runs::<ToyGroup<11>>(&[(10, 4), (5, 3)])?;
    let mut files = honest.finish();
    let doc = "Sharings among as many recipients as a toy group has positions, and among one more.";
    let mut sharings = SuiteWriter::tiny("primitives.pvss_sharing", "positions", doc)?;
    let doc = "Deals over toy groups in which one share is replaced by the next element.";
    let mut deals = SuiteWriter::tiny("primitives.pvss_verify_deal", "changed", doc)?;
    let doc = "Decryptions over toy groups in which the share is replaced by the next element.";
    let mut decryptions = SuiteWriter::tiny("primitives.pvss_verify_decryption", "changed", doc)?;
    let doc = "Shares over toy groups that are too few, or whose positions are 0 or equal modulo \
               the order.";
    let mut recovery = SuiteWriter::tiny("primitives.pvss_recover", "positions", doc)?;
    let mut suites = [&mut sharings, &mut deals, &mut decryptions, &mut recovery];
    add_toy_faults::<ToyGroup<5>>(&mut suites)?;
    add_toy_faults::<ToyGroup<7>>(&mut suites)?;
    add_toy_faults::<ToyGroup<11>>(&mut suites)?;
    files.extend([sharings, deals, decryptions, recovery].map(SuiteWriter::finish));
    Ok(files)
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

/// The first run in which those changes make a proof false: where the challenge is 0, or a share is
/// the identity, they would not, or break another rule.
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

/// As many recipients as a toy group has positions, and one more; a share of a deal and of a
/// decryption that is replaced by the next element; and shares that are too few, or at positions
/// that are 0 or equal modulo the order. An implementation that compares positions as integers
/// recovers a secret from them.
fn add_toy_faults<G: Group>(
    [sharings, deals, decryptions, recovery]: &mut [&mut SuiteWriter; 4],
) -> Result<(), CaseError> {
    let (group, last) = (short_name::<G>(), G::POSITIONS_MAX);
    let run = toy_run::<G>()?;
    for (recipients, then, intent) in [
        (last, "this is possible", Intent::Ok),
        (last + 1, "this is refused", Intent::Rejected(CryPvssLengths)),
    ] {
        let keys = vec![G::generator().encode(); recipients as usize];
        let question = Question { keys, ..run.question.clone() };
        let doc = format!(
            "Given {recipients} recipients in {group}, when a secret is to be shared among them, \
             then {then}."
        );
        let slug = format!("{group}-recipients-{recipients}");
        sharings.add(&slug, &["CRY-PVSS-01"], &doc, question.sharing_json()?, intent)?;
    }
    let refused = Intent::Rejected(CryDleqProof);
    for place in [0, 3] {
        let question = with_next_share(&run, place)?;
        let doc = format!(
            "Given a deal in {group}, when share {place} is replaced by the next element, then it \
             is refused."
        );
        let slug = format!("{group}-share-{place}");
        deals.add(&slug, &["CRY-PVSS-04"], &doc, question.deal_json()?, refused.clone())?;
    }
    let question = with_next_decrypted(&run)?;
    let doc = format!(
        "Given a decryption in {group}, when the share is replaced by the next element, then it is \
         refused."
    );
    let slug = format!("{group}-share");
    decryptions.add(&slug, &["CRY-PVSS-05"], &doc, question.decryption_json()?, refused)?;
    let shares = &run.question.decrypted;
    for (slug, what, position) in [("order", "0", last + 1), ("order-and-one", "1", last + 2)] {
        let shares = [shares[0], DecryptedShare { position: Position(position), ..shares[1] }];
        let doc = format!(
            "Given shares in {group} at position 1 and at a position that is {what} modulo the \
             order, when the secret is to be recovered, then it is refused."
        );
        let input = recovery_json(&run.question, &shares)?;
        let intent = Intent::Rejected(CrySharePositions);
        recovery.add(&format!("{group}-at-{slug}"), RECOVERY, &doc, input, intent)?;
    }
    let doc = format!(
        "Given one share in {group} where two are needed, when the secret is to be recovered, then \
         it is refused."
    );
    let intent = Intent::Rejected(CrySharePositions);
    let input = recovery_json(&run.question, &shares[..1])?;
    recovery.add(&format!("{group}-one"), RECOVERY, &doc, input, intent)?;
    Ok(())
}
