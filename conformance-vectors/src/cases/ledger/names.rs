//! What things are called: accounts, their shards, transactions.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::ledger::{AccountId, Input, OutPoint, Output, Payload, Policy, Transaction, TxId};
use ioschain_spec::primitives::encoding::Bounded;
use ioschain_spec::primitives::hash::{Digest, tagged_hash, tags};

use crate::cases::support::{CaseError, Intent, SuiteWriter};
use crate::cases::world::{digest, key_pair, outpoint, policy};
use crate::reference::to_json;
use crate::vector::VectorFile;

/// `ledger.account_id`.
pub(super) fn account_ids() -> Result<VectorFile, CaseError> {
    let doc = "An account is named by its first policy: threshold, keys and weights.";
    let mut suite = SuiteWriter::new("ledger.account_id", "policies", doc)?;
    let keys: Vec<_> = (0..16).map(|number| key_pair("account", number)).collect();
    let first = |count: usize| keys.get(..count).unwrap_or(&keys);
    let policies = [
        ("one-key", "one key of weight 1", policy(1, first(1), &[1])?),
        ("another-key", "one other key of weight 1", policy(1, keys.get(1..2).unwrap_or(&[]), &[1])?),
        ("two-of-three", "three keys of weight 1, two of which must sign", policy(2, first(3), &[1; 3])?),
        ("another-threshold", "three keys of weight 1, all of which must sign", policy(3, first(3), &[1; 3])?),
        ("another-weight", "three keys, one of them with weight 2", policy(2, first(3), &[1, 2, 1])?),
        ("sixteen-keys", "as many keys as a policy holds", policy(16, first(16), &[1; 16])?),
        ("widest-numbers", "the largest weight and the largest threshold", policy(u32::MAX, first(1), &[u16::MAX])?),
        ("no-keys", "a policy that nobody can satisfy, which has a name all the same", policy(0, &[], &[])?),
    ];
    for (slug, what, policy) in policies {
        let doc = format!("Given {what}, when the account is named, then it is H(\"account\", policy).");
        let input = json!({ "policy": to_json(&policy)? });
        suite.add(slug, &["LED-OWNER-01"], &doc, input, Intent::Ok)?;
    }

    let three: Policy = policy(2, first(3), &[1; 3])?;
    let mut unsorted = to_json(&three)?;
    reorder_keys(&mut unsorted, |keys| keys.swap(0, 1));
    suite.add(
        "keys-unsorted",
        &["LED-OWNER-01", "ENC-SET-01"],
        "Given a policy whose keys are not in increasing order, when the account is named, then the policy is no policy.",
        json!({ "policy": unsorted }),
        Intent::Rejected(Rejection::EncMalformed),
    )?;
    let mut repeated = to_json(&three)?;
    reorder_keys(&mut repeated, |keys| {
        if let Some(first) = keys.first().cloned() {
            keys.insert(0, first);
        }
    });
    suite.add(
        "key-repeated",
        &["LED-OWNER-01", "ENC-SET-01"],
        "Given a policy that names a key twice, when the account is named, then the policy is no policy.",
        json!({ "policy": repeated }),
        Intent::Rejected(Rejection::EncMalformed),
    )?;
    Ok(suite.finish())
}

fn reorder_keys(policy: &mut Value, change: impl FnOnce(&mut Vec<Value>)) {
    if let Some(keys) = policy.get_mut("keys").and_then(Value::as_array_mut) {
        change(keys);
    }
}

/// An owner and the number that decides its shard.
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

/// `ledger.shard_of_owner`.
pub(super) fn shards_of_owners() -> Result<VectorFile, CaseError> {
    let doc = "The owner's hash, scaled to the number of shards. Of 4,096 owners the two nearest to \
               each border are asked for.";
    let mut suite = SuiteWriter::new("ledger.shard_of_owner", "borders", doc)?;
    let candidates = candidates();
    // The number of shards, and the shards whose lower border is looked at.
    let borders: [(u16, &[u16]); 4] = [(1, &[1]), (2, &[1, 2]), (3, &[2, 3]), (1024, &[1, 2, 513, 1024])];
    for (shards, above) in borders {
        for shard in above {
            // The least word of `shard`: ⌈(shard − 1) · 2⁶⁴ / shards⌉.
            let border = (u128::from(*shard - 1) << 64).div_ceil(u128::from(shards));
            let place = candidates.partition_point(|(word, _)| u128::from(*word) < border);
            let below = place.checked_sub(1).and_then(|place| candidates.get(place));
            let sides = [("below", *shard - 1, below), ("above", *shard, candidates.get(place))];
            for (side, expected, owner) in sides {
                let Some((_, owner)) = owner else { continue };
                let doc = format!(
                    "Given an owner just {side} the border of shard {shard}, when there are {shards} shards, then it lives in shard {expected}."
                );
                let input = json!({ "owner": to_json(owner)?, "shards": shards });
                let intent = Intent::Exactly(json!({ "shard": expected }));
                let slug = format!("{shards}-shards-{side}-shard-{shard}");
                suite.add(&slug, &["LED-OWNER-02", "CRY-STREAM-05"], &doc, input, intent)?;
            }
        }
    }
    let (_, last) = candidates.last().copied().unwrap_or_default();
    for shards in [1, 2, 3, 1024] {
        let doc = format!(
            "Given the owner with the highest hash, when there are {shards} shards, then it lives in the last."
        );
        let input = json!({ "owner": to_json(&last)?, "shards": shards });
        let intent = Intent::Exactly(json!({ "shard": shards }));
        suite.add(&format!("last-of-{shards}"), &["LED-OWNER-02"], &doc, input, intent)?;
    }
    Ok(suite.finish())
}

fn sample_transaction() -> Result<Transaction, CaseError> {
    let input = |label: &str, amount| Input {
        outpoint: outpoint(label),
        owner: AccountId(digest("payer")),
        amount,
    };
    let mut inputs = vec![input("first coin", 600), input("second coin", 500)];
    inputs.sort_by_key(|input| input.outpoint);
    let output = |label: &str, amount| Output {
        owner: AccountId(digest(label)),
        amount,
        data_hash: None,
    };
    Ok(Transaction {
        version: 1,
        chain_id: digest("chain"),
        inputs: inputs.try_into()?,
        outputs: vec![output("payee", 800), output("payer", 290)].try_into()?,
        fee: 10,
        expiry_epoch: 1,
        salt: 0,
        payload: Payload::Transfer,
    })
}

/// Changes the input at `place` of a transaction.
fn change_input(
    transaction: &mut Transaction,
    place: usize,
    change: impl FnOnce(&mut Input),
) -> Result<(), CaseError> {
    let mut inputs = std::mem::replace(&mut transaction.inputs, Bounded::empty()).into_vec();
    inputs.get_mut(place).into_iter().for_each(|_| {});
    if let Some(input) = inputs.get_mut(place) {
        change(input);
    }
    transaction.inputs = inputs.try_into()?;
    Ok(())
}

/// `ledger.txid`.
pub(super) fn transaction_ids() -> Result<VectorFile, CaseError> {
    let doc = "The id covers every field: each case but the first changes one.";
    let mut suite = SuiteWriter::new("ledger.txid", "fields", doc)?;
    type Change = fn(&mut Transaction) -> Result<(), CaseError>;
    let changes: [(&str, &str, Change); 16] = [
        ("payment", "a payment", |_| Ok(())),
        ("version", "another version", |tx| { tx.version = 2; Ok(()) }),
        ("chain-id", "another chain", |tx| { tx.chain_id = digest("other chain"); Ok(()) }),
        ("input-outpoint", "another outpoint", |tx| change_input(tx, 0, |input| input.outpoint.txid = TxId(digest("other coin")))),
        ("input-index", "another index of an outpoint", |tx| change_input(tx, 0, |input| input.outpoint.index = 1)),
        ("input-owner", "another claimed owner", |tx| change_input(tx, 0, |input| input.owner = AccountId(digest("other payer")))),
        ("input-amount", "another claimed amount", |tx| change_input(tx, 1, |input| input.amount += 1)),
        ("inputs-swapped", "its inputs in the other order", |tx| { let mut inputs = tx.inputs.to_vec(); inputs.reverse(); tx.inputs = inputs.try_into()?; Ok(()) }),
        ("input-left-out", "an input less", |tx| { tx.inputs = tx.inputs.iter().skip(1).cloned().collect::<Vec<_>>().try_into()?; Ok(()) }),
        ("output-owner", "another payee", |tx| change_output(tx, |output| output.owner = AccountId(digest("other payee")))),
        ("output-amount", "another amount paid", |tx| change_output(tx, |output| output.amount += 1)),
        ("output-data", "a hash of data at an output", |tx| change_output(tx, |output| output.data_hash = Some(Digest::ZERO))),
        ("outputs-swapped", "its outputs in the other order", |tx| { let mut outputs = tx.outputs.to_vec(); outputs.reverse(); tx.outputs = outputs.try_into()?; Ok(()) }),
        ("fee", "another fee", |tx| { tx.fee += 1; Ok(()) }),
        ("expiry-epoch", "another expiry", |tx| { tx.expiry_epoch += 1; Ok(()) }),
        ("salt", "another salt", |tx| { tx.salt = u64::MAX; Ok(()) }),
    ];
    for (slug, what, change) in changes {
        let mut transaction = sample_transaction()?;
        change(&mut transaction)?;
        let doc = format!("Given {what}, when the transaction is named, then the id is H(\"tx\", transaction).");
        let input = json!({ "transaction": to_json(&transaction)? });
        suite.add(slug, &["LED-TX-01", "CRY-HASH-01"], &doc, input, Intent::Ok)?;
    }
    let mut empty = sample_transaction()?;
    (empty.inputs, empty.outputs) = (Bounded::empty(), Bounded::empty());
    suite.add(
        "nothing-in-nothing-out",
        &["LED-TX-01"],
        "Given a transaction without inputs and outputs, when it is named, then it has an id, although no shard takes it.",
        json!({ "transaction": to_json(&empty)? }),
        Intent::Ok,
    )?;
    Ok(suite.finish())
}

fn change_output(
    transaction: &mut Transaction,
    change: impl FnOnce(&mut Output),
) -> Result<(), CaseError> {
    let mut outputs = transaction.outputs.to_vec();
    if let Some(output) = outputs.first_mut() {
        change(output);
    }
    transaction.outputs = outputs.try_into()?;
    Ok(())
}

/// An outpoint with a chosen place in the order of outpoints.
pub(super) fn outpoint_at(place: u8, index: u32) -> OutPoint {
    OutPoint { txid: TxId(Digest([place; 32])), index }
}
