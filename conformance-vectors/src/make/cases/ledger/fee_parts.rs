//! How a fee is divided.

use serde_json::json;

use ioschain_spec::ledger::{Input, Transaction};
use ioschain_spec::primitives::numbers::Shard;

use super::samples::sample_transaction;
use crate::format::vector::VectorFile;
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{Owner, change_inputs, change_outputs, outpoint, output};
use crate::reference::to_json;

const SHARDS: u16 = 3;

/// A transaction whose input i is owned in shard `inputs[i]`, and whose outputs likewise.
fn across(inputs: &[u16], outputs: &[u16], fee: u64) -> Result<Transaction, CaseError> {
    let owner = |shard: &u16| Owner::new("fee payer", Shard(*shard), SHARDS);
    let owners = inputs.iter().map(owner).collect::<Result<Vec<_>, _>>()?;
    let payees = outputs.iter().map(owner).collect::<Result<Vec<_>, _>>()?;
    let mut transaction = sample_transaction()?;
    transaction.fee = fee;
    change_inputs(&mut transaction, |inputs| {
        let placed = (1..).zip(&owners);
        let input = |(place, owner): (u8, &Owner)| Input {
            outpoint: outpoint(place, 0),
            owner: owner.account(),
            amount: 100,
        };
        *inputs = placed.map(input).collect();
    })?;
    change_outputs(&mut transaction, |outputs| {
        *outputs = payees.iter().map(|payee| output(payee, 100)).collect();
    })?;
    Ok(transaction)
}

/// Fees of payments with one to three input shards, with and without a remainder; a fee of 0, the
/// largest, and one without inputs. An implementation that gives the remainder to another shard, or
/// counts a shard for each of its inputs, divides them otherwise.
pub(super) fn fee_parts() -> Result<VectorFile, CaseError> {
    let doc = "How a fee is divided among three shards. Each of the k input shards gets ⌊fee/k⌋, \
               the shard of input 0 also gets the remainder, and a shard that only has outputs \
               gets nothing.";
    let mut suite = SuiteWriter::new("ledger.fee_parts", "division", doc)?;
    // Slug, shards of the inputs, shards of the outputs, fee, and who gets what.
    type Row = (&'static str, &'static [u16], &'static [u16], u64, [u64; 3]);
    let most = u64::MAX / 3;
    let rows: [Row; 13] = [
        ("one-shard", &[1], &[1], 10, [10, 0, 0]),
        ("one-input-shard-that-is-not-the-first", &[3], &[1], 11, [0, 0, 11]),
        ("two-shards-even", &[1, 2], &[3], 20, [10, 10, 0]),
        ("two-shards-remainder-to-shard-1", &[1, 2], &[3], 21, [11, 10, 0]),
        ("two-shards-remainder-to-shard-2", &[2, 1], &[3], 21, [10, 11, 0]),
        ("a-shard-with-two-inputs-counts-once", &[1, 1, 2], &[3], 21, [11, 10, 0]),
        ("three-shards-even", &[1, 2, 3], &[1], 12, [4, 4, 4]),
        ("three-shards-remainder-one", &[3, 1, 2], &[1], 13, [4, 4, 5]),
        ("three-shards-remainder-two", &[2, 1, 3], &[1], 14, [4, 6, 4]),
        ("less-than-the-shards", &[2, 1, 3], &[1], 2, [0, 2, 0]),
        ("nothing", &[1, 2], &[3], 0, [0, 0, 0]),
        ("the-largest-fee", &[1, 2, 3], &[1], u64::MAX, [most; 3]),
        ("no-inputs", &[], &[1], 10, [0, 0, 0]),
    ];
    for (slug, inputs, outputs, fee, parts) in rows {
        let doc = format!(
            "Given a fee of {fee} and inputs in the shards {inputs:?}, when the fee is divided, \
             then the shards 1 to 3 get {parts:?}."
        );
        let transaction = across(inputs, outputs, fee)?;
        let input = json!({ "transaction": to_json(&transaction)?, "shards": SHARDS });
        let parts: Vec<_> =
            (1..=SHARDS).zip(parts).map(|(shard, part)| json!([shard, part.to_string()])).collect();
        suite.add(
            slug,
            &["LED-FEE-01"],
            &doc,
            input,
            Intent::Exactly(json!({ "parts": parts })),
        )?;
    }
    Ok(suite.finish())
}
