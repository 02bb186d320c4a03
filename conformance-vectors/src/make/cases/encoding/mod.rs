//! The codecs: every wire type with honest values, and honest encodings broken in one place.
//!
//! The module `codec` derives most malformed bytes from a type's schema. The module `by_hand` has
//! the malformed bytes that no schema describes: a wrong order of keys, two faults at once, and
//! lengths that are written in another way.

mod by_hand;
mod codec;
mod drp_types;
mod ledger_types;
mod message_types;
mod primitive_types;
mod tags;
mod values;

use super::support::CaseError;
use crate::format::vector::VectorFile;

/// The suites of every codec.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut files = primitive_types::files()?;
    files.extend(ledger_types::files()?);
    files.extend(message_types::files()?);
    files.extend(drp_types::files()?);
    files.extend(tags::files()?);
    files.extend(by_hand::files()?);
    Ok(files)
}
