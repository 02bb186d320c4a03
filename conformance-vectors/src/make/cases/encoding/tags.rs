//! The permanent tags of the rejections, which are written in decision rows and so in state roots.

use serde_json::json;

use ioschain_spec::Rejection;
use ioschain_spec::ledger::{Settlement, Vote};
use ioschain_spec::primitives::encoding::encode;

use super::values::decision;
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};

/// Where in an encoded row of a rejection the tag of the rejection is: after that of the vote.
const REJECTION_TAG_AT: usize = 1;

/// An implementation that numbers its rejections in another order has other state roots as soon as
/// one rejection is stored.
pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let mut suite = SuiteWriter::new(
        "encoding.decision",
        "rejection-tags",
        "The permanent tag of every rejection, and all tags that no rejection has.",
    )?;
    for rejection in Rejection::ALL {
        let row = decision(Vote::Rejected(*rejection), Settlement::No);
        let slug = rejection.code().to_lowercase().replace('_', "-");
        let doc = format!(
            "Given a decision row with a vote to reject for the reason {}, when its bytes are \
             decoded, then the tag of the reason becomes this code.",
            rejection.code()
        );
        let input = json!({ "bytes": hex::encode(encode(&row)) });
        suite.add(&slug, &["ENC-ENCODE-01", "ENC-DECODE-01"], &doc, input, Intent::Ok)?;
    }
    for tag in unused_tags() {
        let mut bytes = encode(&decision(Vote::Rejected(Rejection::EncMalformed), Settlement::No));
        if let Some(byte) = bytes.get_mut(REJECTION_TAG_AT) {
            *byte = tag;
        }
        let doc = format!(
            "Given a decision row with a vote to reject under the tag {tag}, when the bytes are \
             decoded, then they are refused, because no rejection has this tag."
        );
        let intent = Intent::Rejected(Rejection::EncMalformed);
        let input = json!({ "bytes": hex::encode(bytes) });
        suite.add(&format!("unused-{tag}"), &["ENC-DECODE-01"], &doc, input, intent)?;
    }
    Ok(vec![suite.finish()])
}

/// The first and the last tag of every gap between the tags that are used.
fn unused_tags() -> Vec<u8> {
    let used: Vec<u8> = Rejection::ALL.iter().flat_map(encode).collect();
    let is_used = |tag: u8| used.contains(&tag);
    (0..=u8::MAX)
        .filter(|tag| !is_used(*tag))
        .filter(|tag| {
            let before = tag.checked_sub(1).is_none_or(is_used);
            let after = tag.checked_add(1).is_none_or(is_used);
            before || after
        })
        .collect()
}
