//! The two suites that every codec has: its values, and what it refuses.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::primitives::encoding::{Wire, encode};

use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::format::wire_json::{Malformation, WireFormat};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

/// An honest value of a wire type.
pub(super) struct Honest<T> {
    /// Part of case ids.
    pub(super) slug: &'static str,
    /// What it is, as in "given …".
    pub(super) what: &'static str,
    pub(super) value: T,
    /// Whether its encoding is also broken in every way that the schema shows.
    pub(super) broken: bool,
}

/// The suites of some codecs as a table of their values. A row is the slug, what the value is, and
/// the value; `broken` says that its encoding is also broken in every way that the schema shows.
/// Rows with `full` come last, and are encodings, written short, in which a sequence is as long as
/// its cap.
///
/// ```text
/// codecs! {
///     "encoding.roster" => {
///         "empty" "a roster of nobody" => Roster::new([])?;
///         "four" broken "a roster of four validators" => roster(0, 4)?;
///     }
/// }
/// ```
macro_rules! codecs {
    ($($handler:literal => {
        $(let $name:ident = $shared:expr;)*
        $($slug:literal $($broken:ident)? $what:literal => $value:expr;)*
        $(full $full_slug:literal $full_what:literal => $full:expr;)*
    })*) => {{
        let mut files = Vec::new();
        $({
            $(let $name = $shared;)*
            let honest = [$($crate::make::cases::encoding::codec::Honest {
                slug: $slug,
                what: $what,
                value: $value,
                broken: $crate::make::cases::encoding::codec::codecs!(@flag $($broken)?),
            }),*];
            let full = [$(($full_slug, $full_what, $full)),*];
            files.extend($crate::make::cases::encoding::codec::suites($handler, &honest, &full)?);
        })*
        Ok(files)
    }};
    (@flag broken) => { true };
    (@flag) => { false };
}
pub(super) use codecs;

/// The suites `values` and `malformed` of one codec. `full` are encodings, written short, of values
/// in which a sequence is as long as its cap.
pub(super) fn suites<T: Wire>(
    handler: &str,
    honest: &[Honest<T>],
    full: &[(&str, &str, Repeat)],
) -> Result<[VectorFile; 2], CaseError> {
    let mut values =
        SuiteWriter::new(handler, "values", "Honest values that are decoded and encoded again.")?;
    let mut malformed = SuiteWriter::new(
        handler,
        "malformed",
        "Honest encodings that are changed in one place, in every way that the schema of the type \
         excludes.",
    )?;
    for value in honest {
        let bytes = encode(&value.value);
        let malformations = WireFormat::of::<T>()
            .map_err(|error| values.error(value.slug, error.to_string()))?
            .malformations(&bytes)
            .map_err(|error| values.error(value.slug, error.to_string()))?;
        let requirements = kept_requirements(&malformations);
        add_value(&mut values, value.slug, value.what, json!(hex::encode(bytes)), &requirements)?;
        for malformation in malformations.iter().filter(|_| value.broken) {
            add_malformed(&mut malformed, value, malformation)?;
        }
    }
    for (slug, what, encoding) in full {
        let requirements = ["ENC-ENCODE-01", "ENC-DECODE-01", "ENC-CAP-01"];
        add_value(&mut values, slug, what, encoding.to_value(), &requirements)?;
    }
    Ok([values.finish(), malformed.finish()])
}

fn add_value(
    suite: &mut SuiteWriter,
    slug: &str,
    what: &str,
    bytes: Value,
    requirements: &[&str],
) -> Result<(), CaseError> {
    let doc = format!(
        "Given {what}, when its bytes are decoded, then the result is this value, which encodes to \
         the same bytes."
    );
    suite.add(slug, requirements, &doc, json!({ "bytes": bytes }), Intent::Ok)?;
    Ok(())
}

/// What an honest value obeys: how it can be broken shows whether it has lengths, and keys in
/// order.
fn kept_requirements(malformations: &[Malformation]) -> Vec<&'static str> {
    let can_be = |kind| malformations.iter().any(|one| one.slug.starts_with(kind));
    let mut requirements = vec!["ENC-ENCODE-01", "ENC-DECODE-01"];
    requirements.extend(can_be("length").then_some("ENC-CAP-01"));
    requirements.extend(can_be("unsorted").then_some("ENC-SET-01"));
    requirements
}

fn add_malformed<T>(
    suite: &mut SuiteWriter,
    honest: &Honest<T>,
    malformation: &Malformation,
) -> Result<(), CaseError> {
    let slug = format!("{}-{}", honest.slug, malformation.slug);
    let doc = format!(
        "Given {}, encoded so that {}, when the bytes are decoded, then they are refused.",
        honest.what, malformation.description
    );
    let input = json!({ "bytes": malformation.written });
    let requirements = broken_requirements(malformation);
    suite.add(&slug, requirements, &doc, input, Intent::Rejected(Rejection::EncMalformed))?;
    Ok(())
}

/// What a decoder that accepts these bytes violates.
fn broken_requirements(malformation: &Malformation) -> &'static [&'static str] {
    let slug = malformation.slug.as_str();
    if slug.starts_with("length-over-cap") || slug.starts_with("length-huge") {
        &["ENC-DECODE-01", "ENC-CAP-01"]
    } else if slug.starts_with("unsorted") || slug.starts_with("repeated") {
        &["ENC-DECODE-01", "ENC-SET-01", "ENC-ENCODE-01"]
    } else if slug.starts_with("trailing") || slug.starts_with("option-tag") {
        &["ENC-DECODE-01", "ENC-ENCODE-01"]
    } else {
        &["ENC-DECODE-01"]
    }
}
