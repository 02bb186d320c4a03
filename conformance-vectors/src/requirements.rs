//! The requirements that the vectors must cover.

use std::collections::BTreeSet;

use ioschain_spec::requirements::{Level, REQUIREMENTS};

/// Every requirement whose level is MUST, in order.
pub fn must_requirements() -> BTreeSet<String> {
    let must = REQUIREMENTS.iter().filter(|requirement| requirement.level == Level::Must);
    must.map(|requirement| requirement.id.to_owned()).collect()
}
