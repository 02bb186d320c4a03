//! Shamir's secret sharing: shares of polynomials, weights at positions, secrets out of shares.
//!
//! The published values are those of RFC 9591. In toy groups positions that differ by the order are
//! one position, so an implementation that compares them as integers is found.

use ioschain_model::words::count as count_of;
use ioschain_spec::Rejection::{CryScalarEncoding, CrySharePositions};
use ioschain_spec::primitives::group::{Group, Scalar as _};
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::shamir::Polynomial;
use ioschain_spec::primitives::toy_group::ToyGroup;
use serde_json::{Value, json};

use crate::format::vector::VectorFile;
use crate::make::cases::primitives::curve_points::plus_order;
use crate::make::cases::primitives::group::{scalar, scalar_json, short_name};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

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

pub(super) fn shamir_files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = vec![rfc_9591_shares()?, rfc_9591_secrets()?];
    let doc = "Lagrange weights of positions, and positions for which there are no weights.";
    let mut suite = SuiteWriter::new("primitives.lagrange", "positions", doc)?;
    for positions in [&[][..], &[1], &[1, 2, 3], &[3, 1, 2], &[2, 7, 4_000_000_000], &[u32::MAX]] {
        add_lagrange::<Ristretto255>(&mut suite, positions, true)?;
    }
    for positions in [&[0][..], &[1, 0, 2], &[1, 1], &[1, 2, 3, 2]] {
        add_lagrange::<Ristretto255>(&mut suite, positions, false)?;
    }
    files.push(suite.finish());
    let doc = "Lagrange weights over toy groups. Two positions are equal there if they differ by a \
               multiple of the order.";
    let mut suite = SuiteWriter::tiny("primitives.lagrange", "positions", doc)?;
    add_toy_lagrange::<ToyGroup<5>>(&mut suite)?;
    add_toy_lagrange::<ToyGroup<7>>(&mut suite)?;
    add_toy_lagrange::<ToyGroup<11>>(&mut suite)?;
    files.push(suite.finish());
    let doc = "Shares of polynomials over toy groups at all positions.";
    let mut sharing = SuiteWriter::tiny("primitives.shamir_share", "polynomials", doc)?;
    let doc = "Secrets over toy groups, recovered from shares at several positions, and positions \
               that are refused.";
    let mut recovery = SuiteWriter::tiny("primitives.shamir_recover", "positions", doc)?;
    add_toy_shamir::<ToyGroup<5>>(&mut sharing, &mut recovery)?;
    add_toy_shamir::<ToyGroup<7>>(&mut sharing, &mut recovery)?;
    add_toy_shamir::<ToyGroup<11>>(&mut sharing, &mut recovery)?;
    files.extend([sharing.finish(), recovery.finish()]);
    Ok(files)
}

/// An implementation that evaluates the polynomial otherwise does not compute the published shares.
fn rfc_9591_shares() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "Shares of RFC 9591 (appendix E.3), shares of other polynomials, and a coefficient \
               that does not encode a scalar.";
    let mut suite = SuiteWriter::new("primitives.shamir_share", "polynomials", doc)?;
    let ask = |coefficients: Value, positions: &[u32]| json!({ "group": G::NAME, "coefficients": coefficients, "positions": positions });
    let doc = "Given the polynomial of RFC 9591, when it is shared at 1, 2 and 3, then the shares \
               are the published ones.";
    let input = ask(json!(RFC_9591_COEFFICIENTS), &[1, 2, 3]);
    let intent = Intent::Exactly(json!({ "shares": RFC_9591_SHARES }));
    suite.add("rfc-9591", SHARE, doc, input, intent)?;
    let doc = "Given the polynomial of RFC 9591, when it is evaluated at 0, then the result is its \
               secret.";
    let input = ask(json!(RFC_9591_COEFFICIENTS), &[0]);
    let intent = Intent::Exactly(json!({ "shares": [RFC_9591_COEFFICIENTS[0]] }));
    suite.add("secret", SHARE, doc, input, intent)?;
    for count in [0, 1, 5] {
        let labels = (0..count).map(|number| scalar::<G>(&format!("coefficient {number}")));
        let coefficients: Value = labels.map(scalar_json::<G>).collect();
        let terms = count_of(count, "coefficient");
        let doc =
            format!("Given a polynomial of {terms}, when it is shared, then these are the shares.");
        let input = ask(coefficients, &[1, 2, u32::MAX]);
        suite.add(&format!("coefficients-{count}"), SHARE, &doc, input, Intent::Ok)?;
    }
    let raised = hex::encode(plus_order(&[0; 32]));
    let doc = "Given the order as the last coefficient, when the polynomial is shared, then it is \
               refused.";
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

/// An implementation that interpolates otherwise does not recover the published secret.
fn rfc_9591_secrets() -> Result<VectorFile, CaseError> {
    type G = Ristretto255;
    let doc = "The secret of RFC 9591 (appendix E.3), recovered from its shares, and shares from \
               which no secret can be recovered.";
    let mut suite = SuiteWriter::new("primitives.shamir_recover", "rfc-9591", doc)?;
    let shares = RFC_9591_SHARES.map(|share| json!(share));
    for positions in [&[1, 2][..], &[1, 3], &[3, 2], &[1, 2, 3]] {
        let values: Vec<Value> =
            positions.iter().map(|position| shares[*position as usize - 1].clone()).collect();
        let doc = format!(
            "Given the shares of RFC 9591 at {positions:?}, when the secret is recovered, then it \
             is the published one."
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
            "the same share twice",
            vec![2, 2],
            vec![two.clone(), two.clone()],
            CrySharePositions,
        ),
        (
            "raised",
            "a share that does not encode a scalar",
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
    let verdict = if valid { "these are the weights" } else { "they are refused" };
    let doc = format!(
        "Given the positions {positions:?} in {group}, when their Lagrange weights are computed, \
         then {verdict}."
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
        let terms = count_of(count, "coefficient");
        let doc = format!(
            "Given a polynomial of {terms} in {group}, when it is shared at all positions, then \
             these are the shares."
        );
        let input = json!({ "group": G::NAME, "coefficients": written, "positions": all });
        sharing.add(&format!("{group}-coefficients-{count}"), SHARE, &doc, input, Intent::Ok)?;

        let polynomial = Polynomial::new(coefficients);
        let shares: Vec<Value> = all
            .iter()
            .map(|position| scalar_json::<G>(polynomial.evaluate(Position(*position))))
            .collect();
        let from = (last - count) as usize;
        let kept = count_of(count, "share");
        let doc = format!(
            "Given {kept} of a polynomial in {group}, at the last positions, when the secret is \
             recovered, then it is the first coefficient of the polynomial."
        );
        let input = recovery_input::<G>(&all[from..], &shares[from..]);
        let intent = Intent::Exactly(json!({ "secret": written[0] }));
        recovery.add(&format!("{group}-last-{count}"), BOTH, &doc, input, intent)?;
    }
    let share = scalar_json::<G>(G::Scalar::ONE);
    for (slug, what, other) in [("order", "0", last + 1), ("order-and-one", "1", last + 2)] {
        let doc = format!(
            "Given shares in {group} at position 1 and at a position that is {what} modulo the \
             order, when the secret is to be recovered, then it is refused."
        );
        let input = recovery_input::<G>(&[1, other], &[share.clone(), share.clone()]);
        let intent = Intent::Rejected(CrySharePositions);
        recovery.add(&format!("{group}-at-{slug}"), BOTH, &doc, input, intent)?;
    }
    Ok(())
}
