//! H(tag, x) for every tag.

use serde_json::json;

use ioschain_spec::primitives::hash::tags;

use crate::format::repeat::Repeat;
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

const REQUIREMENT: &[&str] = &["CRY-HASH-01"];

/// An implementation without a tag, or with one tag for two purposes, lets a hash made for one
/// purpose be used for another; one that pads wrongly differs around the length of a block.
pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let doc = "Hashes under every tag of the protocol, of no bytes and of 32 bytes, and of inputs \
               whose length is close to the block size of the hash function.";
    let mut suite = SuiteWriter::new("primitives.tagged_hash", "tags", doc)?;
    for tag in tags::ALL {
        let name = tag.name();
        let slug = name.replace('/', "-");
        let contents = [("nothing", vec![]), ("a digest", digest("content").0.to_vec())];
        for (what, bytes) in contents {
            let doc = format!(
                "Given {what}, when it is hashed under the tag `{name}`, then this is the hash."
            );
            let slug = format!("{slug}-{}", what.replace(' ', "-"));
            let input = json!({ "tag": name, "bytes": hex::encode(bytes) });
            suite.add(&slug, REQUIREMENT, &doc, input, Intent::Ok)?;
        }
    }
    // What is hashed under "tx" begins with 14 bytes; SHA-256 pads to blocks of 64 bytes.
    for length in [1, 41, 42, 49, 50, 51, 113, 114, 1_000, 100_000] {
        let doc =
            format!("Given {length} equal bytes, when they are hashed, then this is the hash.");
        let bytes = Repeat::new(&[], &[0x5a], length, &[]).to_value();
        let input = json!({ "tag": "tx", "bytes": bytes });
        suite.add(&format!("length-{length}"), REQUIREMENT, &doc, input, Intent::Ok)?;
    }
    Ok(vec![suite.finish()])
}
