//! Malformed bytes that no schema shows: another order of keys, too many keys that are all
//! different, lengths written another way, and two faults at once.

use std::collections::BTreeMap;

use serde_json::json;

use ioschain_spec::Rejection;
use ioschain_spec::ledger::{Settlement, Vote};
use ioschain_spec::primitives::ed25519::{PublicKey, Signature};
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::keys::ValidatorKeys;

use super::values::{
    decision, inclusion_proof, policy, public_key, roster, signature, transaction,
};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::digest;

/// A malformed encoding: its slug, what was done to what, the bytes, what it violates.
type Fault = (&'static str, &'static str, Vec<u8>, &'static [&'static str]);

const ORDER: &[&str] = &["ENC-DECODE-01", "ENC-SET-01", "ENC-ENCODE-01"];
const CAP: &[&str] = &["ENC-DECODE-01", "ENC-CAP-01"];
const LENGTH: &[&str] = &["ENC-DECODE-01", "ENC-ENCODE-01"];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        suite("encoding.policy", &policies()?, &policies_with_two()?)?,
        suite("encoding.witness", &witnesses(), &[])?,
        suite("encoding.roster", &rosters()?, &rosters_with_two()?)?,
        suite("encoding.inclusion_proof", &paths()?, &[])?,
        suite("encoding.decision", &[], &decisions_with_two())?,
        suite("encoding.transaction", &transactions()?, &transactions_with_two()?)?,
    ])
}

fn suite(handler: &str, one: &[Fault], two: &[Fault]) -> Result<VectorFile, CaseError> {
    let doc =
        "Encodings that are malformed in ways that the type's schema does not show, or twice.";
    let mut suite = SuiteWriter::new(handler, "by-hand", doc)?;
    for (faults, second_fault) in [(one, false), (two, true)] {
        for (slug, what, bytes, requirements) in faults {
            let doc = format!("Given {what}, when the bytes are decoded, then they are refused.");
            let input = json!({ "bytes": hex::encode(bytes) });
            let intent = Intent::Rejected(Rejection::EncMalformed);
            let case = suite.add(slug, requirements, &doc, input, intent)?;
            if second_fault {
                case.flag(FLAG_SECOND_FAULT);
            }
        }
    }
    Ok(suite.finish())
}

/// A map as it stands on the wire, in whatever order.
fn map_bytes<V: borsh::BorshSerialize>(entries: &[(PublicKey, V)]) -> Vec<u8> {
    let mut bytes = encode(&(entries.len() as u32));
    bytes.extend(entries.iter().flat_map(encode));
    bytes
}

/// Keys in increasing order, each with a value.
fn sorted<V>(count: u32, value: impl Fn(u32) -> V) -> Vec<(PublicKey, V)> {
    let entries: BTreeMap<PublicKey, V> =
        (1..=count).map(|number| (public_key(number), value(number))).collect();
    entries.into_iter().collect()
}

fn policy_bytes(entries: &[(PublicKey, u16)]) -> Vec<u8> {
    [encode(&2u32), map_bytes(entries)].concat()
}

fn policies() -> Result<Vec<Fault>, CaseError> {
    let mut faults = policies_out_of_order();
    faults.extend(policies_of_other_lengths()?);
    Ok(faults)
}

fn policies_out_of_order() -> Vec<Fault> {
    type Weight = (PublicKey, u16);
    let honest = sorted(3, |number| number as u16);
    let with = |change: &dyn Fn(&mut Vec<Weight>)| {
        let mut entries = honest.clone();
        change(&mut entries);
        policy_bytes(&entries)
    };
    let descending = with(&|entries| entries.reverse());
    let last_two_swapped = with(&|entries| entries.swap(1, 2));
    let repeated_last = with(&|entries| entries.push(honest[2]));
    let other_weight = with(&|entries| entries.insert(1, (honest[0].0, 9)));
    vec![
        ("descending", "a policy with its keys in decreasing order", descending, ORDER),
        (
            "last-two-swapped",
            "a policy of three keys, the last two swapped",
            last_two_swapped,
            ORDER,
        ),
        ("repeated-last", "a policy with its last key and weight twice", repeated_last, ORDER),
        ("repeated-other-weight", "a policy with one key under two weights", other_weight, ORDER),
    ]
}

/// The number of keys is two; it is written in other ways, or is not what follows.
fn policies_of_other_lengths() -> Result<Vec<Fault>, CaseError> {
    let seventeen = policy_bytes(&sorted(17, |number| number as u16));
    let honest = encode(&policy(1, 2)?);
    let (threshold, rest) = honest.split_at(4);
    let with = |length: &[u8]| [threshold, length, &rest[4..]].concat();
    let big_endian = with(&2u32.to_be_bytes());
    let two_bytes = with(&2u16.to_le_bytes());
    let eight_bytes = with(&2u64.to_le_bytes());
    Ok(vec![
        ("seventeen-keys", "a policy of seventeen keys in order, one over the cap", seventeen, CAP),
        (
            "length-big-endian",
            "a policy whose number of keys has its highest byte first",
            big_endian,
            LENGTH,
        ),
        ("length-two-bytes", "a policy whose number of keys takes two bytes", two_bytes, LENGTH),
        (
            "length-eight-bytes",
            "a policy whose number of keys takes eight bytes",
            eight_bytes,
            LENGTH,
        ),
        (
            "length-too-small",
            "a policy of two keys that says it has one",
            with(&1u32.to_le_bytes()),
            LENGTH,
        ),
        (
            "length-too-large",
            "a policy of two keys that says it has three",
            with(&3u32.to_le_bytes()),
            LENGTH,
        ),
    ])
}

fn policies_with_two() -> Result<Vec<Fault>, CaseError> {
    let descending: Vec<_> = sorted(3, |number| number as u16).into_iter().rev().collect();
    let over_cap: Vec<_> = sorted(17, |number| number as u16).into_iter().rev().collect();
    let twice = encode(&policy(1, 1)?).repeat(2);
    Ok(vec![
        (
            "descending-and-trailing",
            "a policy with its keys in decreasing order and a byte after it",
            [policy_bytes(&descending), vec![0]].concat(),
            ORDER,
        ),
        (
            "over-cap-and-descending",
            "a policy of seventeen keys in decreasing order",
            policy_bytes(&over_cap),
            CAP,
        ),
        (
            "over-cap-and-truncated",
            "a policy that says it has seventeen keys, and ends there",
            [encode(&1u32), encode(&17u32)].concat(),
            CAP,
        ),
        ("twice", "a policy, and once more the same bytes", twice, LENGTH),
    ])
}

fn witnesses() -> Vec<Fault> {
    let signatures = sorted(2, signature);
    let descending: Vec<(PublicKey, Signature)> = signatures.iter().rev().copied().collect();
    let repeated = [signatures[0], (signatures[0].0, signature(9))];
    let no_policy = |entries: &[(PublicKey, Signature)]| [vec![0], map_bytes(entries)].concat();
    vec![
        (
            "descending",
            "a witness with its signatures in decreasing order of their keys",
            no_policy(&descending),
            ORDER,
        ),
        (
            "repeated-other-signature",
            "a witness with two signatures of one key",
            no_policy(&repeated),
            ORDER,
        ),
        (
            "seventeen-signatures",
            "a witness with seventeen signatures in order, one over the cap",
            no_policy(&sorted(17, signature)),
            CAP,
        ),
    ]
}

/// The bytes of a sequence of validators.
fn roster_bytes(validators: &[ValidatorKeys]) -> Vec<u8> {
    let mut bytes = encode(&(validators.len() as u32));
    bytes.extend(validators.iter().flat_map(encode));
    bytes
}

fn rosters() -> Result<Vec<Fault>, CaseError> {
    let keys: Vec<ValidatorKeys> = roster(1, 4)?.validators().copied().collect();
    let mut rotated = keys.clone();
    rotated.rotate_left(1);
    let mut by_signing_key = keys.clone();
    by_signing_key.sort_by_key(|keys| keys.signing);
    let mut repeated_last = keys.clone();
    repeated_last.push(keys[3]);
    let with_values = [encode(&4u32), keys.iter().flat_map(|keys| encode(&(keys, 0u8))).collect()];
    let with_names =
        [encode(&4u32), keys.iter().flat_map(|keys| encode(&(keys.node_id(), keys))).collect()];
    Ok(vec![
        ("rotated", "a roster whose first validator stands last", roster_bytes(&rotated), ORDER),
        (
            "by-signing-key",
            "a roster in the order of signing keys, not of names",
            roster_bytes(&by_signing_key),
            ORDER,
        ),
        (
            "repeated-last",
            "a roster whose last validator stands there twice",
            roster_bytes(&repeated_last),
            ORDER,
        ),
        (
            "all-equal",
            "a roster of four times the same validator",
            roster_bytes(&[keys[0]; 4]),
            ORDER,
        ),
        (
            "with-values",
            "a roster with a zero byte after each validator, as if a set had values",
            with_values.concat(),
            LENGTH,
        ),
        (
            "with-names",
            "a roster with each validator's name before its keys, as if it were a map",
            with_names.concat(),
            LENGTH,
        ),
    ])
}

fn rosters_with_two() -> Result<Vec<Fault>, CaseError> {
    let mut descending: Vec<ValidatorKeys> = roster(1, 4)?.validators().copied().collect();
    descending.reverse();
    let mut cut = encode(&roster(0, 4)?);
    cut.truncate(cut.len() - 1);
    let mut unsorted_and_cut = roster_bytes(&descending);
    unsorted_and_cut.pop();
    Ok(vec![
        (
            "descending-and-truncated",
            "a roster with its validators in decreasing order, the last byte missing",
            unsorted_and_cut,
            ORDER,
        ),
        (
            "truncated-and-over-cap",
            "a roster that says it has 4,097 validators, and has not quite four",
            [&4097u32.to_le_bytes(), &cut[4..]].concat(),
            CAP,
        ),
    ])
}

fn paths() -> Result<Vec<Fault>, CaseError> {
    let full = encode(&inclusion_proof(32)?);
    let (before, siblings) = (&full[..8], &full[12..]);
    let one_more = [before, &33u32.to_le_bytes(), siblings, &digest("sibling 33").0].concat();
    Ok(vec![(
        "path-of-33",
        "an inclusion proof with 33 different siblings, one over the cap",
        one_more,
        CAP,
    )])
}

fn decisions_with_two() -> Vec<Fault> {
    let honest = encode(&decision(Vote::Accepted, Settlement::Committed));
    let (rest, last) = (&honest[2..], honest.len() - 1);
    vec![
        (
            "unknown-vote-and-settlement",
            "a row whose vote and settlement have tags that do not exist",
            [&[9, 9], rest].concat(),
            &["ENC-DECODE-01"],
        ),
        (
            "unknown-vote-and-truncated",
            "a row whose vote has an unknown tag and whose last byte is missing",
            [&[9], &honest[1..last]].concat(),
            &["ENC-DECODE-01"],
        ),
        (
            "unknown-settlement-and-trailing",
            "a row whose settlement has an unknown tag, with a byte after it",
            [&honest[..1], &[3], rest, &[0]].concat(),
            &["ENC-DECODE-01"],
        ),
    ]
}

fn transactions() -> Result<Vec<Fault>, CaseError> {
    let honest = encode(&transaction(1, 1)?);
    let (all_but_payload, payload) = honest.split_at(honest.len() - 1);
    let without_version = honest[1..].to_vec();
    let doubled = [all_but_payload, payload, payload].concat();
    Ok(vec![
        ("without-version", "a transaction without its version", without_version, LENGTH),
        ("without-payload", "a transaction without its payload", all_but_payload.to_vec(), LENGTH),
        ("payload-twice", "a transaction with its payload twice", doubled, LENGTH),
    ])
}

fn transactions_with_two() -> Result<Vec<Fault>, CaseError> {
    let honest = encode(&transaction(1, 1)?);
    let all_but_payload = &honest[..honest.len() - 1];
    Ok(vec![(
        "unknown-payload-and-trailing",
        "a transaction with an unknown payload and a byte after it",
        [all_but_payload, &[1, 0]].concat(),
        &["ENC-DECODE-01"],
    )])
}
