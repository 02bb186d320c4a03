//! What things are called: accounts, their shards, transactions.

use serde_json::{Value, json};

use ioschain_model::words::count;
use ioschain_spec::Rejection;
use ioschain_spec::ledger::{AccountId, Transaction, TxId};
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};

use super::samples::sample_transaction;
use crate::format::vector::VectorFile;
use crate::make::cases::faults::{Edit, add_edits, edits};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{change_inputs, change_outputs, digest, key_pair, policy};
use crate::reference::to_json;

/// Policies that differ in keys, weights or threshold, up to the largest; and two that no encoding
/// gives, with keys out of order or repeated. An implementation that leaves a part of the policy
/// out gives two accounts one id.
pub(super) fn account_ids() -> Result<VectorFile, CaseError> {
    let doc =
        "The id of an account is the hash of its first policy: its threshold, keys and weights.";
    let mut suite = SuiteWriter::new("ledger.account_id", "policies", doc)?;
    let keys: Vec<_> = (0..16).map(|number| key_pair("account", number)).collect();
    let three = policy(2, &keys[..3], &[1; 3])?;
    let policies = [
        ("one-key", "one key of weight 1", policy(1, &keys[..1], &[1])?),
        ("another-key", "one other key of weight 1", policy(1, &keys[1..2], &[1])?),
        ("two-of-three", "three keys of weight 1, two of which must sign", three.clone()),
        (
            "another-threshold",
            "three keys, all of which must sign",
            policy(3, &keys[..3], &[1; 3])?,
        ),
        ("another-weight", "three keys, one of weight 2", policy(2, &keys[..3], &[1, 2, 1])?),
        (
            "sixteen-keys",
            "the largest number of keys that a policy can have",
            policy(16, &keys, &[1; 16])?,
        ),
        (
            "widest-numbers",
            "the largest threshold and the largest weight",
            policy(u32::MAX, &keys[..1], &[u16::MAX])?,
        ),
        ("no-keys", "the threshold 0 and no keys", policy(0, &[], &[])?),
    ];
    for (slug, what, policy) in policies {
        let doc = format!(
            "Given a policy with {what}, when the account id is computed, then it is \
             H(\"account\", policy)."
        );
        let input = json!({ "policy": to_json(&policy)? });
        suite.add(slug, &["LED-OWNER-01"], &doc, input, Intent::Ok)?;
    }

    let mut unsorted = to_json(&three)?;
    change_keys(&mut unsorted, |keys| keys.swap(0, 1));
    let mut repeated = to_json(&three)?;
    change_keys(&mut repeated, |keys| keys.insert(0, keys[0].clone()));
    let malformed = [
        ("keys-unsorted", "whose keys are not in increasing order", unsorted),
        ("key-repeated", "that names a key twice", repeated),
    ];
    for (slug, what, policy) in malformed {
        let doc = format!(
            "Given a policy {what}, when the account id is to be computed, then the policy is \
             refused as malformed."
        );
        let intent = Intent::Rejected(Rejection::EncMalformed);
        let input = json!({ "policy": policy });
        suite.add(slug, &["LED-OWNER-01", "ENC-SET-01"], &doc, input, intent)?;
    }
    Ok(suite.finish())
}

/// Changes the keys of a policy in JSON.
fn change_keys(policy: &mut Value, change: impl FnOnce(&mut Vec<Value>)) {
    if let Some(keys) = policy["keys"].as_array_mut() {
        change(keys);
    }
}

/// Owners with the number that decides their shard, by that number.
fn candidates() -> Vec<(u64, AccountId)> {
    let word_of = |owner: &AccountId| {
        let hash: Digest = tagged_hash(tags::SHARD, owner);
        hash.0.first_chunk().map_or(0, |word| u64::from_be_bytes(*word))
    };
    let mut candidates: Vec<(u64, AccountId)> = (0..4096)
        .map(|number| AccountId(digest(&format!("owner {number}"))))
        .map(|owner| (word_of(&owner), owner))
        .collect();
    candidates.sort_unstable();
    candidates
}

/// Owners at the borders between shards, and those with the lowest and the highest hash. An
/// implementation that takes the hash modulo the number of shards, or rounds otherwise, finds
/// another shard.
pub(super) fn shards_of_owners() -> Result<VectorFile, CaseError> {
    let doc = "The shard of an owner is the owner's hash, scaled to the number of shards. The \
               cases use the two owners nearest to each border between shards, among 4,096 owners, \
               and those with the lowest and the highest hash.";
    let mut suite = SuiteWriter::new("ledger.shard_of_owner", "borders", doc)?;
    let candidates = candidates();
    let requirements = ["LED-OWNER-02", "CRY-STREAM-05"];
    let borders: [(u16, u16); 6] = [(2, 2), (3, 2), (3, 3), (1024, 2), (1024, 513), (1024, 1024)];
    for (shards, shard) in borders {
        // The least number of `shard`: ⌈(shard − 1) · 2⁶⁴ / shards⌉.
        let border = (u128::from(shard - 1) << 64).div_ceil(u128::from(shards));
        let place = candidates.partition_point(|(word, _)| u128::from(*word) < border);
        for (side, lives_in, (_, owner)) in
            [("below", shard - 1, candidates[place - 1]), ("above", shard, candidates[place])]
        {
            let doc = format!(
                "Given an owner just {side} the lower border of shard {shard}, when there are \
                 {shards} shards, then the owner belongs to shard {lives_in}."
            );
            let input = json!({ "owner": to_json(&owner)?, "shards": shards });
            let intent = Intent::Exactly(json!({ "shard": lives_in }));
            let slug = format!("{shards}-shards-{side}-shard-{shard}");
            suite.add(&slug, &requirements, &doc, input, intent)?;
        }
    }
    let ends = [("lowest", candidates[0].1), ("highest", candidates[candidates.len() - 1].1)];
    for (end, owner) in ends {
        for shards in [1u16, 3, 1024] {
            let lives_in = if end == "lowest" { 1 } else { shards };
            let number_of_shards = count(shards, "shard");
            let doc = format!(
                "Given the owner with the {end} hash, when there are {number_of_shards}, then the \
                 owner belongs to shard {lives_in}."
            );
            let input = json!({ "owner": to_json(&owner)?, "shards": shards });
            let intent = Intent::Exactly(json!({ "shard": lives_in }));
            suite.add(&format!("{shards}-shards-{end}"), &requirements, &doc, input, intent)?;
        }
    }
    Ok(suite.finish())
}

/// A payment, and changes of each of its fields but the payload, of the order of its inputs and
/// outputs, and of their number. An implementation that leaves a field out gives two of them one
/// id.
pub(super) fn transaction_ids() -> Result<VectorFile, CaseError> {
    let doc =
        "The transaction id depends on every field. Each case except the first changes one field.";
    let mut suite = SuiteWriter::new("ledger.txid", "fields", doc)?;
    let doc =
        "Given {what}, when the transaction id is computed, then it is H(\"tx\", transaction).";
    let ask = |tx: &Transaction| Ok(json!({ "transaction": to_json(tx)? }));
    add_edits(&mut suite, &sample_transaction()?, ask, doc, CHANGES)?;
    Ok(suite.finish())
}

const NAMED: &[&str] = &["LED-TX-01", "CRY-HASH-01"];

const CHANGES: &[Edit<Transaction>] = &edits! { Transaction:
    "payment" => accepted, NAMED, "a payment", |_| ();
    "version" => accepted, NAMED, "a payment with another version", |tx| tx.version = 2;
    "chain-id" => accepted, NAMED, "a payment for another chain", |tx| tx.chain_id = digest("other \
                                                                                             chain");
    "input-outpoint" => accepted, NAMED, "a payment that spends another coin",
        |tx| change_inputs(tx, |inputs| inputs[0].outpoint.txid = TxId(digest("other coin")));
    "input-index" => accepted, NAMED, "a payment that spends an output with another index",
        |tx| change_inputs(tx, |inputs| inputs[0].outpoint.index = 1);
    "input-owner" => accepted, NAMED, "a payment in which an input claims another owner",
        |tx| change_inputs(tx, |inputs| inputs[0].owner = AccountId(digest("other payer")));
    "input-amount" => accepted, NAMED, "a payment in which an input claims another amount",
        |tx| change_inputs(tx, |inputs| inputs[1].amount += 1);
    "inputs-swapped" => accepted, NAMED, "a payment with its inputs in the opposite order",
        |tx| change_inputs(tx, |inputs| inputs.reverse());
    "input-left-out" => accepted, NAMED, "a payment with one input removed",
        |tx| change_inputs(tx, |inputs| inputs.truncate(1));
    "output-owner" => accepted, NAMED, "a payment to another payee",
        |tx| change_outputs(tx, |outputs| outputs[0].owner = AccountId(digest("other payee")));
    "output-amount" => accepted, NAMED, "a payment of another amount",
        |tx| change_outputs(tx, |outputs| outputs[0].amount += 1);
    "output-data" => accepted, NAMED, "a payment with a hash of data in an output",
        |tx| change_outputs(tx, |outputs| outputs[0].data_hash = Some(Digest::ZERO));
    "outputs-swapped" => accepted, NAMED, "a payment with its outputs in the opposite order",
        |tx| change_outputs(tx, |outputs| outputs.reverse());
    "fee" => accepted, NAMED, "a payment with another fee", |tx| tx.fee += 1;
    "expiry-epoch" => accepted, NAMED, "a payment with another expiry epoch", |tx| tx.expiry_epoch += 1;
    "salt" => accepted, NAMED, "a payment with another salt", |tx| tx.salt = u64::MAX;
    "nothing-in-nothing-out" => accepted, NAMED, "a transaction without inputs and outputs", |tx| {
        change_inputs(tx, Vec::clear)?;
        change_outputs(tx, Vec::clear)
    };
};
