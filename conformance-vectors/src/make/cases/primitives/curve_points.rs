//! Ed25519 signatures that only the rules for points and scalars tell apart.
//!
//! With a known scalar behind each point, and a point of small order added to it, a signature is
//! made for which the equation times the cofactor holds: `8·S·B = 8·R + 8·k·A`. Whether it also
//! holds without the cofactor depends on k, and so on the message, which is tried until it is as
//! wanted. So most cases are one rule away from the other verdict. The equation does not hold for
//! the last three of the large scalars, nor for the points of [`NO_POINTS`].

use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity;
use serde_json::json;
use sha2::{Digest as _, Sha512};

use super::group::number;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Change, case_table, changed};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

const REQUIREMENT: &[&str] = &["CRY-SIGN-01"];

/// The most messages tried; one in eight has the wanted k, unless none has.
const MESSAGES: u32 = 1_000;

/// The encodings of the eight points of small order (C2SP/CCTV, `ed25519/README.md`), canonical
/// first, and why the others are not canonical.
pub(super) const SMALL_ORDER: &[(&str, &str, &str)] = case_table! {
    "one", "order 1" => "0100000000000000000000000000000000000000000000000000000000000000";
    "two", "order 2" => "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    "four", "order 4" => "0000000000000000000000000000000000000000000000000000000000000000";
    "four-negated", "order 4"
        => "0000000000000000000000000000000000000000000000000000000000000080";
    "eight-1", "order 8" => "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    "eight-2", "order 8" => "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85";
    "eight-3", "order 8" => "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
    "eight-4", "order 8" => "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa";
    "one-signed", "order 1, as x = −0"
        => "0100000000000000000000000000000000000000000000000000000000000080";
    "one-above", "order 1, with y = p + 1"
        => "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    "one-above-signed", "order 1, as x = −0 with y = p + 1"
        => "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    "two-signed", "order 2, as x = −0"
        => "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    "four-above", "order 4, with y = p"
        => "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
    "four-above-signed", "order 4, with y = p"
        => "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
};

/// L, the order of the base point, little-endian.
pub(super) const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        small_order_keys()?,
        small_order_points()?,
        mixed_order()?,
        large_scalars()?,
        no_points()?,
    ])
}

/// A point, and what is known about it: `scalar · B + torsion`.
#[derive(Clone, Copy)]
struct Part {
    scalar: Scalar,
    torsion: EdwardsPoint,
    encoding: [u8; 32],
}

impl Part {
    /// Of prime order, plus the i-th of the eight points of small order; 0 adds nothing.
    fn mixed(name: &str, torsion: usize) -> Self {
        let scalar = Scalar::from_bytes_mod_order(digest(name).0);
        let torsion = EIGHT_TORSION[torsion];
        let encoding = (EdwardsPoint::mul_base(&scalar) + torsion).compress().0;
        Self { scalar, torsion, encoding }
    }

    /// Of small order, in this encoding.
    fn small(encoding: &str) -> Option<Self> {
        let encoding = <[u8; 32]>::try_from(hex::decode(encoding).ok()?).ok()?;
        let torsion = CompressedEdwardsY(encoding).decompress()?;
        Some(Self { scalar: Scalar::ZERO, torsion, encoding })
    }
}

/// A key, a message and a signature.
struct Forgery {
    key: [u8; 32],
    message: Vec<u8>,
    point: [u8; 32],
    scalar: [u8; 32],
}

/// The signature with this A and this R for which the equation without the cofactor holds, or does
/// not. `None` if no message makes it so.
fn forge(key: &Part, point: &Part, cofactorless: bool) -> Option<Forgery> {
    (0..MESSAGES).find_map(|number| {
        let message = number.to_le_bytes().to_vec();
        let hash = Sha512::new()
            .chain_update(point.encoding)
            .chain_update(key.encoding)
            .chain_update(&message);
        let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        let holds = point.torsion + key.torsion * k == EdwardsPoint::identity();
        let scalar = (point.scalar + k * key.scalar).to_bytes();
        let forgery = Forgery { key: key.encoding, message, point: point.encoding, scalar };
        (holds == cofactorless).then_some(forgery)
    })
}

/// Adds a case about a forgery.
fn add(
    suite: &mut SuiteWriter,
    slug: &str,
    what: &str,
    forgery: Option<Forgery>,
    valid: bool,
) -> Result<(), CaseError> {
    let forgery =
        forgery.ok_or_else(|| suite.error(slug, "there is no such signature".to_owned()))?;
    let verdict = if valid { "is valid" } else { "is not valid" };
    let doc = format!("Given a signature {what}, when it is verified, then it {verdict}.");
    let input = json!({
        "public_key": hex::encode(forgery.key),
        "message": hex::encode(&forgery.message),
        "signature": hex::encode([forgery.point, forgery.scalar].concat()),
    });
    suite.add(slug, REQUIREMENT, &doc, input, Intent::Valid(valid))?;
    Ok(())
}

fn small(suite: &SuiteWriter, slug: &str, encoding: &str) -> Result<Part, CaseError> {
    Part::small(encoding).ok_or_else(|| suite.error(slug, "this is no point".to_owned()))
}

/// A verifier that accepts these keys accepts a signature of any message by nobody.
fn small_order_keys() -> Result<VectorFile, CaseError> {
    let doc = "Keys of small order, for which anyone can make a signature. The verification \
               equation holds in every case.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "small-order-keys", doc)?;
    let point = Part::mixed("R", 0);
    for (slug, what, encoding) in SMALL_ORDER {
        let key = small(&suite, slug, encoding)?;
        let what = format!("under a key of {what}, although the equation holds");
        add(&mut suite, slug, &what, forge(&key, &point, true), false)?;
    }
    Ok(suite.finish())
}

/// Verifiers disagree about such an R, so a block with such a signature would split the validators.
fn small_order_points() -> Result<VectorFile, CaseError> {
    let doc = "Points R of small order. The verification equation holds in every case.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "small-order-points", doc)?;
    // The key's own part of small order cancels that of R.
    let key = Part::mixed("A", 1);
    for (slug, what, encoding) in SMALL_ORDER {
        let point = small(&suite, slug, encoding)?;
        let what = format!("with an R of {what}, although the equation holds");
        add(&mut suite, slug, &what, forge(&key, &point, true), false)?;
    }
    let (_, _, encoding) = SMALL_ORDER[4];
    let both = small(&suite, "both", encoding)?;
    let what = "with S = 0 and with A and R of order 8, although the equation holds";
    add(&mut suite, "both", what, forge(&both, &both, true), false)?;
    Ok(suite.finish())
}

/// For each two orders, a signature for which the equation holds with and without the cofactor, and
/// one for which it holds only with it, where there are such. A verifier that multiplies by the
/// cofactor accepts the latter, too.
fn mixed_order() -> Result<VectorFile, CaseError> {
    let doc = "Points with a component of small order. They are allowed where the equation holds \
               without the cofactor.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "mixed-order", doc)?;
    // Multiples of a point of order 8: the fourth has order 2, the second and sixth have order 4.
    let orders = [(0, "L"), (4, "2 L"), (2, "4 L"), (1, "8 L")];
    for (of_key, key_order) in orders {
        for (of_point, point_order) in orders {
            let (key, point) = (Part::mixed("A", of_key), Part::mixed("R", of_point));
            for (slug, holds, cofactorless) in
                [("both", "with and without", true), ("cofactored", "only with", false)]
            {
                let what = format!(
                    "with A of order {key_order} and R of order {point_order}, for which the \
                     equation holds {holds} the cofactor"
                );
                let slug = format!("a-{of_key}-r-{of_point}-{slug}");
                if let Some(forgery) = forge(&key, &point, cofactorless) {
                    add(&mut suite, &slug, &what, Some(forgery), cofactorless)?;
                }
            }
        }
    }
    Ok(suite.finish())
}

/// `bytes + L`, as long as that fits in 32 bytes.
pub(super) fn plus_order(bytes: &[u8; 32]) -> [u8; 32] {
    let mut sum = [0; 32];
    let mut carry = 0u16;
    for (place, (one, other)) in bytes.iter().zip(ORDER).enumerate() {
        let digit = u16::from(*one) + u16::from(other) + carry;
        (sum[place], carry) = (digit as u8, digit >> 8);
    }
    sum
}

/// An honest S, S increased by multiples of L, and three other scalars. A verifier that reduces S,
/// or looks only at its highest bits, accepts an increased one: a second signature that nobody
/// made.
fn large_scalars() -> Result<VectorFile, CaseError> {
    let doc =
        "Scalars S that are not below the order L. The equation holds modulo L in every case.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "large-scalars", doc)?;
    let honest = || forge(&Part::mixed("A", 0), &Part::mixed("R", 0), true);
    let with = |scalar| honest().map(|forgery| Forgery { scalar, ..forgery });
    let mut scalar = honest().map_or([0; 32], |forgery| forgery.scalar);
    for multiple in 0..=14 {
        let what = format!("whose S is increased by {multiple} times L");
        if [0, 1, 2, 3, 7, 8, 14].contains(&multiple) {
            add(&mut suite, &format!("raised-{multiple}"), &what, with(scalar), multiple == 0)?;
        }
        scalar = plus_order(&scalar);
    }
    add(&mut suite, "order", "whose S is L", with(ORDER), false)?;
    add(&mut suite, "zero", "whose S is 0", with([0; 32]), false)?;
    add(&mut suite, "largest", "whose S is 2²⁵⁶ − 1", with([0xff; 32]), false)?;
    Ok(suite.finish())
}

/// A y that no point has, or that a point has, as 32 bytes.
fn small_y(of_point: bool) -> [u8; 32] {
    let encodings = (2..=u8::MAX).map(|low| number(low.into()));
    let is_point = |y: &[u8; 32]| CompressedEdwardsY(*y).decompress().is_some();
    encodings.into_iter().find(|y| is_point(y) == of_point).unwrap_or_default()
}

/// Encodings of no point, a y of p or more, and a point with the other sign. A verifier that
/// ignores a sign accepts one key in two encodings. The signatures are made for the point before
/// the change, so a verifier that reads y modulo p may refuse the others as false.
const NO_POINTS: &[Change<Part>] = case_table! {
    "off-curve", "a y coordinate that no point has" => |part| part.encoding = small_y(false);
    // Of a point of large order, only a y below 19 can be raised.
    "above", "the y coordinate of a point, increased by p" => |part| {
        part.encoding = [0xff; 32];
        part.encoding[0] = 0xed + small_y(true)[0];
        part.encoding[31] = 0x7f;
    };
    "full", "32 bytes with all bits set" => |part| part.encoding = [0xff; 32];
    "negated", "an honest point with its sign bit flipped" => |part| part.encoding[31] ^= 0x80;
};

fn no_points() -> Result<VectorFile, CaseError> {
    let doc = "Keys and points R that are not on the curve, or whose encoding is not canonical.";
    let mut suite = SuiteWriter::new("primitives.ed25519_verify", "no-points", doc)?;
    let (key, point) = (Part::mixed("A", 0), Part::mixed("R", 0));
    let changed_points = changed(&point, &[NO_POINTS]);
    for ((slug, what, of_key), (.., of_point)) in changed(&key, &[NO_POINTS]).zip(changed_points) {
        let said = format!("under a key that is {what}");
        add(&mut suite, &format!("key-{slug}"), &said, forge(&of_key, &point, true), false)?;
        let said = format!("with an R that is {what}");
        add(&mut suite, &format!("point-{slug}"), &said, forge(&key, &of_point, true), false)?;
    }
    Ok(suite.finish())
}
