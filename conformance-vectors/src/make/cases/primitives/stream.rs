//! The stream of a seed and what is drawn from it, exactly.

use serde_json::{Value, json};

use ioschain_model::words::count as count_of;
use ioschain_spec::primitives::hash::Digest;

use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![streams()?, numbers_below()?, shuffles()?, cuts()?, mapped_hashes()?])
}

fn seed_json(seed: &Digest) -> Value {
    json!(hex::encode(seed.0))
}

/// A stream that counts blocks from 1, or reads words in another order of bytes, has other words.
fn streams() -> Result<VectorFile, CaseError> {
    let doc = "The first 64-bit words of streams. A block of the stream has four words.";
    let mut suite = SuiteWriter::new("primitives.stream", "words", doc)?;
    let seeds = [
        ("zero", "zeros", Digest::ZERO),
        ("full", "ones", Digest([0xff; 32])),
        ("label", "the hash of a label", digest("stream")),
    ];
    for (slug, what, seed) in seeds {
        for count in [0, 1, 3, 4, 5, 8, 13] {
            let words = count_of(count, "word");
            let doc = format!(
                "Given a seed of {what}, when {words} of the stream are read, then this is the \
                 result."
            );
            let input = json!({ "seed": seed_json(&seed), "count": count });
            suite.add(&format!("{slug}-{count}"), &["CRY-STREAM-01"], &doc, input, Intent::Ok)?;
        }
    }
    Ok(suite.finish())
}

/// Bounds: small ones, powers of two and their neighbours, and those for which up to half of the
/// words are thrown away.
const BOUNDS: [u64; 16] = [
    1,
    2,
    3,
    7,
    10,
    1_000_000_007,
    u32::MAX as u64,
    1 << 32,
    (1 << 32) + 1,
    (1 << 63) - 1,
    1 << 63,
    (1 << 63) + 1,
    (1 << 63) + (1 << 62),
    u64::MAX / 3 * 2,
    u64::MAX - 1,
    u64::MAX,
];

/// An implementation that takes a word modulo the bound favours small numbers, and draws others.
fn numbers_below() -> Result<VectorFile, CaseError> {
    let doc = "Numbers below a bound. The words of the stream that would make small numbers more \
               likely are discarded.";
    let mut suite = SuiteWriter::new("primitives.below", "bounds", doc)?;
    for bound in BOUNDS {
        let doc = format!(
            "Given a seed, when twelve numbers below {bound} are drawn, then these are the \
             numbers."
        );
        let seed = digest("below");
        let input = json!({ "seed": seed_json(&seed), "bound": bound.to_string(), "count": 12 });
        suite.add(&format!("bound-{bound}"), &["CRY-STREAM-02"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// A shuffle that starts at the other end, or swaps with any item, gives another order; then
/// validators disagree about who is in which shard.
fn shuffles() -> Result<VectorFile, CaseError> {
    let doc = "Lists in a shuffled order.";
    let mut suite = SuiteWriter::new("primitives.shuffle", "lengths", doc)?;
    for length in [0, 1, 2, 3, 10, 100, 257] {
        for number in 0..if length == 3 { 6 } else { 2 } {
            let items = count_of(length, "item");
            let doc = format!(
                "Given seed number {number}, when a list of {items} is shuffled, then this is the \
                 order."
            );
            let seed = digest(&format!("shuffle {number}"));
            let input = json!({ "seed": seed_json(&seed), "length": length });
            let slug = format!("length-{length}-seed-{number}");
            suite.add(&slug, &["CRY-STREAM-03"], &doc, input, Intent::Ok)?;
        }
    }
    Ok(suite.finish())
}

/// An implementation that puts the larger buckets last, or divides by 0, cuts in another way.
fn cuts() -> Result<VectorFile, CaseError> {
    let doc = "Lists divided into buckets whose sizes differ by at most one.";
    let mut suite = SuiteWriter::new("primitives.buckets", "sizes", doc)?;
    let sizes = [
        (0, 0),
        (0, 1),
        (0, 3),
        (1, 0),
        (5, 0),
        (1, 1),
        (5, 1),
        (1, 2),
        (3, 5),
        (4, 5),
        (5, 5),
        (6, 5),
        (7, 3),
        (8, 4),
        (9, 4),
        (10, 4),
        (11, 4),
        (100, 7),
    ];
    for (length, count) in sizes {
        let (items, buckets) = (count_of(length, "item"), count_of(count, "bucket"));
        let doc = format!(
            "Given {items}, when they are divided into {buckets}, then these are the buckets."
        );
        let input = json!({ "length": length, "count": count });
        let slug = format!("{length}-into-{count}");
        suite.add(&slug, &["CRY-STREAM-04"], &doc, input, Intent::Ok)?;
    }
    Ok(suite.finish())
}

/// An implementation that takes the hash modulo the bound, or reads other bytes, gives other
/// numbers.
fn mapped_hashes() -> Result<VectorFile, CaseError> {
    let doc = "Hashes mapped to a range. Only the first eight bytes of a hash count.";
    let mut suite = SuiteWriter::new("primitives.mulshift", "boundaries", doc)?;
    let word = |word: u64, rest: u8| {
        let mut bytes = [rest; 32];
        bytes[..8].copy_from_slice(&word.to_be_bytes());
        Digest(bytes)
    };
    // The last word below 1/2 and below 1/3, and the word after each: there the value steps.
    let third = u64::MAX / 3;
    let hashes = [
        ("zero", "zeros", Digest::ZERO),
        ("full", "ones", Digest([0xff; 32])),
        ("rest-full", "zeros in the first eight bytes and ones in the others", word(0, 0xff)),
        ("first-full", "ones in the first eight bytes and zeros in the others", word(u64::MAX, 0)),
        (
            "below-half",
            "the largest number below one half in the first eight bytes",
            word((1 << 63) - 1, 0),
        ),
        ("half", "one half in the first eight bytes", word(1 << 63, 0)),
        (
            "below-third",
            "the largest number below one third in the first eight bytes",
            word(third, 0),
        ),
        (
            "above-third",
            "the smallest number above one third in the first eight bytes",
            word(third + 1, 0),
        ),
        ("label", "the hash of a label", digest("mulshift")),
    ];
    for (slug, what, hash) in hashes {
        for bound in [0, 1, 2, 3, 1024, u16::MAX] {
            let doc = format!(
                "Given a hash with {what}, when it is mapped to a number below {bound}, then this \
                 is the number."
            );
            let input = json!({ "hash": seed_json(&hash), "bound": bound });
            let slug = format!("{slug}-below-{bound}");
            suite.add(&slug, &["CRY-STREAM-05"], &doc, input, Intent::Ok)?;
        }
    }
    Ok(suite.finish())
}
